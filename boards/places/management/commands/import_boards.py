"""manage.py import_boards FILE.json"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from boards.places.actions.boards import import_boards
from boards.places.actions.reading import FileRefused


class Command(BaseCommand):
    help = "Bring in boards and the wards each covers, from JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_boards(options["file"])
        except FileRefused as refused:
            raise CommandError(str(refused)) from None
        if not report:
            self.stdout.write(_("Nothing changed: all %d boards were here already.") % report.same)
            return
        self.stdout.write(
            _("%(new)d boards are new, %(changed)d changed, %(same)d are as they were.")
            % {"new": len(report.new), "changed": len(report.changed), "same": report.same}
        )
