"""Voters for a drill or a load test, written to a file."""

from __future__ import annotations

import csv
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from engagement.funding.actions import drills
from engagement.funding.actions.refusals import Refused
from engagement.funding.management.rounds import round_named
from engagement.funding.rules import code_in_words


class Command(BaseCommand):
    help = (
        "Make N voters who may vote in ROUND and write them to FILE as CSV: id, email, link (opening it signs in), "
        "or with --codes: id, code, link. Works on test, demo and drill settings only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", help="its number, or board-slug/round-slug")
        parser.add_argument("n", type=int)
        parser.add_argument("file")
        parser.add_argument("--codes", action="store_true", help="one-use codes, without accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if not drills.drills_are_allowed():
            raise CommandError("Voters are invented on test, demo and drill settings only (DRILLS=true).")
        if options["n"] < 1:
            raise CommandError("Make at least one voter.")
        round = round_named(options["round"])
        try:
            descriptor = os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as fault:
            raise CommandError(f"The file cannot be written: {fault.strerror}.") from None
        with os.fdopen(descriptor, "w", newline="") as file:
            writer = csv.writer(file)
            try:
                if options["codes"]:
                    writer.writerow(["id", "code", "link"])
                    vote = f"{settings.SITE_URL}{round.address('vote')}"
                    for pk, code in drills.make_code_voters(round=round, size=options["n"]):
                        writer.writerow([pk, code_in_words(code), f"{vote}#code={code}"])
                else:
                    writer.writerow(["id", "email", "link"])
                    for number, email, token in drills.make_people(round=round, size=options["n"], now=timezone.now()):
                        link = reverse("funding:drill", args=[round.board.slug, round.slug, token])
                        writer.writerow([number, email, f"{settings.SITE_URL}{link}"])
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
        self.stdout.write(f"{options['n']} voters are in {options['file']}.")
