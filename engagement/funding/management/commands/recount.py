"""Count a published count again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engagement.funding.rules import CountFileUnreadable, recount


class Command(BaseCommand):
    help = "Count again what a published count.json holds, and print the same file made afresh. Needs no database."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="A count.json from a results page, or - for standard input.")
        parser.add_argument("--check", action="store_true", help="Print nothing but whether both are equal.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            held = sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
            text = held.decode("utf-8")
            again = recount(text)
        except OSError as fault:
            raise CommandError(f"Cannot read this file: {fault.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError("This file is not UTF-8 text.") from None
        except CountFileUnreadable as fault:
            raise CommandError(str(fault)) from None
        if not options["check"]:
            sys.stdout.buffer.write(again.encode())
            sys.stdout.flush()
        if again != text:
            raise CommandError("The file and the count made afresh differ.")
        if options["check"]:
            self.stdout.write("Equal: the count made afresh gives the same file, byte for byte.")
