"""An open call with a dozen ideas: on the map, backed, some answered, two waiting to be read."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.actions import taking_part
from engagement.activities.models import TakingPart
from engagement.evidence.models import Need
from engagement.ideas.actions import answer, open_call, reply, store
from engagement.ideas.models import Backing, Comment, Idea, IdeasCall
from engagement.moderation.actions import decide
from engagement.moderation.models import Decision
from moothall.demo.loader.people import Cast
from moothall.demo.loader.reading import BoardFile, moment

BECAME = {
    "looking-into-it": Idea.Status.BEING_LOOKED_AT,
    "planned": Idea.Status.IN_PLAN,
    "under-way": Idea.Status.IN_PLAN,
    "done": Idea.Status.DONE,
    "not-going-ahead": Idea.Status.NOT_TAKEN_UP,
}


def load(file: BoardFile, board: Board, *, cast: Cast, needs: dict[str, Need], now: datetime) -> IdeasCall:
    asked = file["ideas"]
    call = open_call(
        board=board,
        question=asked["question"],
        slug=asked["slug"],
        summary=asked["summary"],
        opens_at=moment(asked["opens"], now),
        closes_at=moment(asked["closes"], now),
        audience=asked["audience"],
        is_draft=False,
        needs=[needs[slug] for slug in asked["needs"]],
        themes=[theme for slug in asked["needs"] if (theme := needs[slug].theme) is not None],
        by=None,
    )
    wards = {ward.name: ward for ward in board.areas.wards()}
    backers: set[int] = set()
    for each in asked["items"]:
        latitude, longitude = each["at"]
        idea = store(
            call=call,
            author=Person.objects.known_by(each["email"]) if "email" in each else None,
            title=each["title"],
            text=each["text"],
            name_shown=each["by"],
            place=wards[each["place"]],
            place_words=each["spot"],
            latitude=latitude,
            longitude=longitude,
            need=needs[each["need"]],
            theme=needs[each["need"]].theme,
            sent_at=moment(each["on"], now, at=time(7, 40)),
        )
        if idea.author is not None:
            TakingPart.objects.create(**taken(call, idea.author, now=idea.sent_at))
        if not each.get("pending"):
            read_and_answer(idea, each, cast=cast, now=now)
            backers |= back(idea, cast.crowd[: each["backers"]], now=now)
            talk(idea, each.get("comments", ()), cast=cast, now=now)
    TakingPart.objects.bulk_create(
        [taking_part(activity=call.activity, person=person, now=now) for person in cast.crowd if person.pk in backers],
        batch_size=500,
    )
    return call


def taken(call: IdeasCall, person: Person, *, now: datetime) -> dict[str, Any]:
    return {"activity": call.activity, "person": person, "on": now.date()}


def read_and_answer(idea: Idea, each: dict[str, Any], *, cast: Cast, now: datetime) -> None:
    """Show it, and answer it before anyone backs it, so that the crowd is not written to."""
    read_at = min(now, idea.sent_at + timedelta(hours=3))
    decide(item=idea, to=Idea.State.SHOWN, reason=Decision.Reason.FINE, by=cast.coordinator, now=read_at)
    if "answer" in each:
        answered_at = min(now, idea.sent_at + timedelta(days=4))
        answer(idea=idea, to=BECAME[each["status"]], words=each["answer"], by=cast.coordinator, now=answered_at)


def talk(idea: Idea, comments: Any, *, cast: Cast, now: datetime) -> None:
    """Let neighbours comment, and the board reply where it did; each comment was read and shown."""
    for number, each in enumerate(comments):
        said_at = min(now, idea.sent_at + timedelta(days=2, hours=number))
        said = Comment.objects.create(
            idea=idea,
            stance=each["stance"],
            text=each["text"],
            name_shown=each.get("by", ""),
            author=cast.crowd[number],
            sent_at=said_at,
        )
        decide(item=said, to=Comment.State.SHOWN, reason=Decision.Reason.FINE, by=cast.coordinator, now=said_at)
        if "reply" in each:
            replied_at = min(now, said_at + timedelta(days=1))
            reply(comment=said, words=each["reply"], by=cast.coordinator, now=replied_at)


def back(idea: Idea, people: list[Person], *, now: datetime) -> set[int]:
    days = max(1, (now - idea.sent_at).days)
    Backing.objects.bulk_create(
        [
            Backing(idea=idea, person=person, backed_at=idea.sent_at + timedelta(days=n % days, hours=4))
            for n, person in enumerate(people)
        ],
        batch_size=500,
    )
    Idea.objects.filter(pk=idea.pk).update(backers=len(people))
    return {person.pk for person in people}
