"""`manage.py import_themes FILE.csv`: the tree of themes that needs are sorted by."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from boards.places.actions.reading import FileRefused
from engagement.evidence.actions.importing import import_themes


class Command(BaseCommand):
    help = "Load themes (code, parent, label, description). The whole file is checked first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = import_themes(path=options["file"])
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{done.new} new themes, {done.changed} changed, {done.same} as they were.")
