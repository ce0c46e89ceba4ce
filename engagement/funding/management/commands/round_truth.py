"""What the database says of a round: who has voted and, after the count only, how it went. Never joined."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from engagement.funding import queries
from engagement.funding.management.rounds import round_named
from engagement.funding.models import RollEntry


class Command(BaseCommand):
    help = "Print as JSON who is recorded as having voted in ROUND and, only after the count, the tally. Never joined."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", help="its number, or board-slug/round-slug")

    def handle(self, *args: Any, **options: Any) -> None:
        round = round_named(options["round"])
        roll = RollEntry.objects.filter(round=round)
        count = queries.latest_count(round) if round.counted_at is not None else None
        result = queries.result_of(count.file) if count is not None else None
        told: dict[str, Any] = {
            "round": f"{round.board.slug}/{round.slug}",
            "voted": {
                "people": sorted(roll.filter(person__isnull=False).values_list("person__email", flat=True)),
                "codes": sorted(map(str, roll.filter(code__isnull=False).values_list("code", flat=True))),
                "without_a_name": roll.filter(person__isnull=True, code__isnull=True).count(),
            },
            "roll": roll.count(),
            "by_channel": dict(sorted(queries.turnout(round).items())),
            "set_aside": queries.set_aside(round),
            "tally": {
                "ballots": result["ballots"],
                "votes": result["votes"],
                "funded": result["funded"],
                "left_pence": result["left_pence"],
                "count_sha256": count.file_digest,
            }
            if result is not None and count is not None
            else None,
        }
        self.stdout.write(json.dumps(told, indent=2, sort_keys=True))
