"""Close voting in a rehearsal soon, by the clock, as a real round closes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from engagement.funding.actions.drills import close_in
from engagement.funding.actions.refusals import Refused
from engagement.funding.management.rounds import round_named


class Command(BaseCommand):
    help = "Let voting in a rehearsal round close in so many seconds. Refuses a real round."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", help="its number, or board-slug/round-slug")
        parser.add_argument("--in", dest="seconds", type=int, required=True, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["seconds"] <= 31 * 24 * 3600:
            raise CommandError("Give between 0 seconds and 31 days.")
        try:
            closes_at = close_in(round=round_named(options["round"]), seconds=options["seconds"], now=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Voting closes at {closes_at.isoformat()}.")
