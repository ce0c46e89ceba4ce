"""Loops closed by council staff, tied to everything they answer."""

from __future__ import annotations

from datetime import datetime, time

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.evidence.models import Evidence, Need
from engagement.funding.models import Award
from engagement.ideas.models import IdeasCall
from engagement.outcomes.actions import publish
from engagement.outcomes.models import Loop
from moothall.demo.loader.people import STAFF
from moothall.demo.loader.reading import BoardFile, day, moment

STATUS = {"done": Loop.Status.DONE, "under-way": Loop.Status.UNDER_WAY, "not-done": Loop.Status.ANSWERED}


def load(
    file: BoardFile,
    board: Board,
    *,
    needs: dict[str, Need],
    said: dict[str, Evidence],
    polls: dict[str, Activity],
    call: IdeasCall,
    awards: dict[str, Award],
    round: Activity,
    now: datetime,
) -> None:
    staff = Person.objects.get(email=STAFF)
    for each in file["outcomes"]:
        loop = Loop.objects.create(
            board=board,
            title=each["title"],
            slug=each["slug"],
            asked=each["asked"],
            said=each["said"],
            did=each["did"],
            did_not_because=each["did_not_because"],
            next_step=each["next"],
            next_by=day(each["next_by"], now),
            status=STATUS[each["status"]],
        )
        loop.needs.set([needs[slug] for slug in each["needs"]])
        loop.evidence.set([said[key] for key in each["evidence"]])
        answered = [polls[slug] for slug in each["polls"]]
        answered += [call.activity] if each["ideas"] else []
        answered += [round] if each["awards"] else []
        loop.activities.set(answered)
        loop.awards.set([awards[slug] for slug in each["awards"]])
        publish(loop=loop, by=staff, now=moment(each["published"], now, at=time(10)))
