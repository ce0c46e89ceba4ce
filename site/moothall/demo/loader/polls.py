"""Polls that have closed and that are open, with how often each choice was chosen, and where people were asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from boards.places.models import Board
from engagement.activities.actions import device_digest
from engagement.activities.models import Activity, Spot, TakingPart
from engagement.evidence.models import Need
from engagement.polls.actions import POLL_FIELDS, draft_poll, publish_poll
from engagement.polls.models import Kind, PlaceTally, Poll, Tally, Voters, Why
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
            choices=[choice["text"] for choice in each.get("choices", [])],
            needs=[needs[slug] for slug in each["needs"]],
            by=cast.coordinator,
            title=each["question"],
            slug=each["slug"],
            summary=each["summary"],
            opens_at=opens_at,
            closes_at=moment(each["closes"], now),
            audience=each["audience"],
            results_show=each["results"].replace("-", "_"),
            **{name: each[name] for name in POLL_FIELDS if name in each},
        )
        publish_poll(poll=poll, by=cast.coordinator, now=opens_at - timedelta(days=1))
        spots = [add_place(poll=poll, name=name, by=cast.coordinator) for name in each.get("places", ())]
        votes = [Given((str(choice["text"]),), choice) for choice in each.get("choices", []) if "web" in choice]
        count(poll, votes or [Given(tuple(vote["chosen"]), vote) for vote in each["votes"]], spots=spots, now=now)
        for number, text in enumerate(each.get("whys", [])):
            # The last waits to be read, as some always do.
            state = Why.State.SHOWN if number + 1 < len(each["whys"]) else Why.State.PENDING
            Why.objects.create(poll=poll, text=text, may_quote=True, state=state, sent_at=opens_at)
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


@dataclass(frozen=True)
class Given:
    """A vote that several people gave: what it chose (of a ranking, in order), and how many by each channel."""

    chosen: tuple[str, ...]
    people: Mapping[str, Any]


def count(poll: Poll, votes: list[Given], *, spots: list[Spot], now: datetime) -> None:
    """Write the counts, and for each vote the row that says someone took part and not what they chose.

    The kiosk stands at the first place; of the votes on the site every fourth came by a place's link.
    """
    closes_at = poll.activity.closes_at
    if closes_at is None:
        raise ValueError("A demo poll has a closing time.")
    first = poll.activity.opens_at.date()
    days = max(1, (min(now, closes_at).date() - first).days)
    rows: list[TakingPart] = []
    for channel in CHANNELS:
        people = sum(int(vote.people.get(channel, 0)) for vote in votes)
        if not people:
            continue
        write(poll, votes, channel)
        if not poll.has_one_answer:
            Voters.objects.create(poll=poll, channel=channel, people=people)
        rows += [
            TakingPart(
                activity=poll.activity,
                device=device_digest(poll.activity, uuid4().hex) if channel in ("web", "kiosk") else None,
                channel=channel,
                spot=spot_of(channel, number, spots),
                on=first + timedelta(days=number * 7919 % days),
            )
            for number in range(people)
        ]
    TakingPart.objects.bulk_create(rows, batch_size=500)


def spot_of(channel: str, number: int, spots: list[Spot]) -> Spot | None:
    if not spots or channel not in ("web", "kiosk"):
        return None
    if channel == "kiosk":
        return spots[0]
    return spots[number // 4 % len(spots)] if number % 4 == 0 else None


def write(poll: Poll, votes: list[Given], channel: str) -> None:
    """Add up the votes of one channel, with a row for every choice (and place), as voting leaves them."""
    choices = list(poll.choices.all())
    if poll.kind == Kind.RANKING:
        PlaceTally.objects.bulk_create(
            PlaceTally(
                choice=choice,
                place=place,
                channel=channel,
                votes=sum(
                    int(vote.people.get(channel, 0))
                    for vote in votes
                    if vote.chosen[place - 1 : place] == (choice.text,)
                ),
            )
            for choice in choices
            for place in range(1, (poll.most or 0) + 1)
        )
    else:
        Tally.objects.bulk_create(
            Tally(
                choice=choice,
                channel=channel,
                votes=sum(int(vote.people.get(channel, 0)) for vote in votes if choice.text in vote.chosen),
            )
            for choice in choices
        )
