"""manage.py import_areas FILE.geojson"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from boards.places.actions.areas import How, import_areas
from boards.places.actions.reading import FileRefused
from boards.places.management.progress import ProgressBar
from boards.places.models import Area


class Command(BaseCommand):
    help = "Bring in wards, councils, parishes or small areas from GeoJSON (or CSV, for areas without boundaries)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=Area.Kind.values, default="", help="Refuse areas of any other kind.")
        parser.add_argument("--parent", default="", metavar="CODE", help="The area that all of these lie in.")
        parser.add_argument("--code-property", default="", help="Which property (or column) holds the code.")
        parser.add_argument("--name-property", default="", help="Which property (or column) holds the name.")
        parser.add_argument(
            "--valid-from", type=a_day, metavar="YYYY-MM-DD", help="The first day these areas are in force."
        )
        parser.add_argument(
            "--end-missing",
            action="store_true",
            help="End, on that day, the areas of this kind and parent that the file does not name.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        how = How(
            **{name: options[name] for name in ("kind", "parent", "code_property", "name_property")},
            valid_from=options["valid_from"],
            end_missing=options["end_missing"],
        )
        try:
            report = import_areas(options["file"], how=how, progress=ProgressBar(_("Checking areas")))
        except FileRefused as refused:
            raise CommandError(str(refused)) from None
        if not report:
            self.stdout.write(_("Nothing changed: all %d areas were here already.") % report.same)
            return
        self.stdout.write(
            _("%(new)d areas are new, %(changed)d changed, %(ended)d ended, %(same)d are as they were.")
            % {
                "new": len(report.new),
                "changed": len(report.changed),
                "ended": len(report.ended),
                "same": report.same,
            }
        )


def a_day(text: str) -> date:
    return date.fromisoformat(text)
