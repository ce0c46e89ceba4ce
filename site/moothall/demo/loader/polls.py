"""One poll that has closed and one that is open, with how often each choice was chosen."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from boards.places.models import Board
from engagement.activities.actions import device_digest
from engagement.activities.models import Activity, TakingPart
from engagement.evidence.models import Need
from engagement.polls.actions import draft_poll, publish_poll
from engagement.polls.models import Poll, Tally
from moothall.demo.loader.people import Cast
from moothall.demo.loader.reading import BoardFile, moment

CHANNELS = ("web", "paper", "phone", "in_person")


def load(file: BoardFile, board: Board, *, cast: Cast, needs: dict[str, Need], now: datetime) -> dict[str, Activity]:
    made = {}
    for each in file["polls"]:
        opens_at = moment(each["opens"], now)
        poll = draft_poll(
            board=board,
            question=each["question"],
            choices=[choice["text"] for choice in each["choices"]],
            needs=[needs[slug] for slug in each["needs"]],
            by=cast.coordinator,
            title=each["question"],
            slug=each["slug"],
            summary=each["summary"],
            opens_at=opens_at,
            closes_at=moment(each["closes"], now),
            audience=each["audience"],
            results_show=each["results"].replace("-", "_"),
        )
        publish_poll(poll=poll, by=cast.coordinator, now=opens_at - timedelta(days=1))
        count(poll, each["choices"], now=now)
        made[each["slug"]] = poll.activity
    return made


def count(poll: Poll, choices: list[dict[str, int | str]], *, now: datetime) -> None:
    """Write the counts, and for each vote the row that says someone took part and not what they chose."""
    held = {choice.text: choice for choice in poll.choices.all()}
    closes_at = poll.activity.closes_at
    if closes_at is None:
        raise ValueError("A demo poll has a closing time.")
    first = poll.activity.opens_at.date()
    days = max(1, (min(now, closes_at).date() - first).days)
    rows: list[TakingPart] = []
    for channel in CHANNELS:
        votes = {str(each["text"]): int(each[channel]) for each in choices}
        if not any(votes.values()):
            continue
        Tally.objects.bulk_create(
            [Tally(choice=held[text], channel=channel, votes=cast) for text, cast in votes.items()]
        )
        rows += [
            TakingPart(
                activity=poll.activity,
                device=device_digest(poll.activity, uuid4().hex) if channel == "web" else None,
                channel=channel,
                on=first + timedelta(days=number * 7919 % days),
            )
            for number in range(sum(votes.values()))
        ]
    TakingPart.objects.bulk_create(rows, batch_size=500)
