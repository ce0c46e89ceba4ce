"""manage.py import_indicators FILE.csv [--about indicators.csv]"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from boards.places.actions.reading import FileRefused
from boards.places.management.progress import ProgressBar
from engagement.evidence.actions.importing import import_indicators


class Command(BaseCommand):
    help = "Bring in figures: a row an area, a column an indicator. indicators.csv beside it says what they mean."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--about", type=Path, default=None, metavar="FILE", help="Another file than indicators.csv."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_indicators(
                options["file"], about=options["about"], progress=ProgressBar(_("Checking figures"))
            )
        except FileRefused as refused:
            raise CommandError(str(refused)) from None
        if not report:
            self.stdout.write(_("Nothing changed: all %d figures were here already.") % report.same)
            return
        self.stdout.write(
            _("%(new)d figures are new, %(changed)d changed, %(same)d are as they were.")
            % {"new": report.new, "changed": report.changed, "same": report.same}
        )
