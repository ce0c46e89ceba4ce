"""manage.py import_postcodes FILE.csv"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from boards.places.actions.postcodes import Columns, import_postcodes
from boards.places.actions.reading import FileRefused
from boards.places.management.progress import ProgressBar


class Command(BaseCommand):
    help = "Bring in postcodes from the ONS Postcode Directory, or a CSV file with the same columns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--council", default="", metavar="CODE", help="Keep to the rows of this council.")
        for name in ("postcode", "latitude", "longitude", "ward", "lsoa", "council"):
            parser.add_argument(f"--{name}-column", default="", help=f"Which column holds the {name}.")

    def handle(self, *args: Any, **options: Any) -> None:
        columns = Columns(
            **{
                name: options[f"{name}_column"]
                for name in ("postcode", "latitude", "longitude", "ward", "lsoa", "council")
            }
        )
        try:
            report = import_postcodes(
                options["file"],
                columns=columns,
                council=options["council"],
                checking=ProgressBar(_("Checking postcodes")),
                saving=ProgressBar(_("Saving postcodes")),
            )
        except FileRefused as refused:
            raise CommandError(str(refused)) from None
        if report.without_small_areas:
            self.stdout.write(_("Small areas are not loaded, so postcodes were not linked to them."))
        if report.elsewhere or report.ended:
            self.stdout.write(
                _("%(elsewhere)d rows lie in other councils and %(ended)d have ended: passed over.")
                % {"elsewhere": report.elsewhere, "ended": report.ended}
            )
        if not report:
            self.stdout.write(_("Nothing changed: all %d postcodes were here already.") % report.same)
            return
        self.stdout.write(
            _("%(new)d postcodes are new, %(changed)d changed, %(same)d are as they were.")
            % {"new": report.new, "changed": report.changed, "same": report.same}
        )
