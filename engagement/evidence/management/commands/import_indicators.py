"""`manage.py import_indicators FILE.csv`: figures by area, with their source and licence."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from boards.places.actions.reading import FileRefused
from engagement.evidence.actions.importing import import_indicators


class Command(BaseCommand):
    help = "Load figures for areas. The whole file is checked first; a bad one changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--about", type=Path, help="A CSV that says what each column is (indicators.csv beside it)."
        )
        parser.add_argument(
            "--period", default="", help="The period of columns that are known but not described there."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = import_indicators(path=options["file"], about=options["about"], period=options["period"])
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from None
        if done.not_described:
            self.stdout.write(f"Left out, because nothing describes them: {', '.join(done.not_described)}.")
        if done.described_anew:
            self.stdout.write(f"{done.described_anew} indicators are described in other words now.")
        if not done.new and not done.changed:
            self.stdout.write(f"Nothing changed: all {done.same} figures were here already.")
        else:
            self.stdout.write(f"{done.new} new figures, {done.changed} changed, {done.same} as they were.")
