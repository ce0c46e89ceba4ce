"""manage.py import_themes FILE.csv"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from boards.places.actions.reading import FileRefused
from engagement.evidence.actions.importing import import_themes


class Command(BaseCommand):
    help = "Bring in the themes of need: columns code, parent, label and description."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_themes(options["file"])
        except FileRefused as refused:
            raise CommandError(str(refused)) from None
        if not report:
            self.stdout.write(_("Nothing changed: all %d themes were here already.") % report.same)
            return
        self.stdout.write(
            _("%(new)d themes are new, %(changed)d changed, %(same)d are as they were.")
            % {"new": report.new, "changed": report.changed, "same": report.same}
        )
