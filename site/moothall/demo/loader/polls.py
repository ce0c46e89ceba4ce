"""Polls that have closed and that are open, with how often each choice was chosen, and where people were asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from boards.places.models import Board
from engagement.activities.actions import device_digest
from engagement.activities.models import Activity, Spot, TakingPart
from engagement.evidence.models import Need
from engagement.polls.actions import draft_poll, publish_poll
from engagement.polls.models import Poll, Tally
from engagement.polls.places import add_place
from engagement.polls.social import record_social
from moothall.demo.loader.people import Cast
from moothall.demo.loader.reading import BoardFile, day, moment

CHANNELS = ("web", "paper", "phone", "in_person", "kiosk")


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
        spots = [add_place(poll=poll, name=name, by=cast.coordinator) for name in each.get("places", ())]
        count(poll, each["choices"], spots=spots, now=now)
        for asked in each.get("social", ()):
            record_social(
                poll=poll,
                answers=[(text, votes) for text, votes in asked["answers"]],
                by=cast.coordinator,
                platform=asked["platform"],
                link="",
                wording=asked["wording"],
                starts_on=day(asked["starts"], now),
                ends_on=day(asked["ends"], now),
                reach=asked["reach"],
            )
        made[each["slug"]] = poll.activity
    return made


def count(poll: Poll, choices: list[dict[str, int | str]], *, spots: list[Spot], now: datetime) -> None:
    """Write the counts, and for each vote the row that says someone took part and not what they chose.

    The kiosk stands at the first place; of the votes on the site every fourth came by a place's link.
    """
    held = {choice.text: choice for choice in poll.choices.all()}
    closes_at = poll.activity.closes_at
    if closes_at is None:
        raise ValueError("A demo poll has a closing time.")
    first = poll.activity.opens_at.date()
    days = max(1, (min(now, closes_at).date() - first).days)
    rows: list[TakingPart] = []
    for channel in CHANNELS:
        votes = {str(each["text"]): int(each.get(channel, 0)) for each in choices}
        if not any(votes.values()):
            continue
        Tally.objects.bulk_create(
            [Tally(choice=held[text], channel=channel, votes=cast) for text, cast in votes.items()]
        )
        rows += [
            TakingPart(
                activity=poll.activity,
                device=device_digest(poll.activity, uuid4().hex) if channel in ("web", "kiosk") else None,
                channel=channel,
                spot=spot_of(channel, number, spots),
                on=first + timedelta(days=number * 7919 % days),
            )
            for number in range(sum(votes.values()))
        ]
    TakingPart.objects.bulk_create(rows, batch_size=500)


def spot_of(channel: str, number: int, spots: list[Spot]) -> Spot | None:
    if not spots or channel not in ("web", "kiosk"):
        return None
    if channel == "kiosk":
        return spots[0]
    return spots[number // 4 % len(spots)] if number % 4 == 0 else None
