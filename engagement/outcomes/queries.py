"""What was published, whom it answers, and a resident's thread from their words to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet, Value
from django.utils.translation import gettext as _

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import TakingPart
from engagement.evidence.models import Evidence, EvidenceLink
from engagement.evidence.thread import Step
from engagement.funding.models import Award
from engagement.ideas.models import Backing, Idea
from engagement.outcomes.models import Loop

if TYPE_CHECKING:
    from engagement.evidence.models import Need


def outcomes_of(board: Board | None = None, *, limit: int | None = None) -> QuerySet[Loop]:
    """Give what was published, newest first: of one board, or with None of all."""
    found = Loop.objects.published().select_related("board").order_by("-published_at", "-pk")
    if board is not None:
        found = found.filter(board=board)
    return found[:limit]


def people_to_tell(loop: Loop) -> QuerySet[Person]:
    """Give everyone who took part in anything the loop answers and left a way to be reached, once each.

    Who took part in a linked activity; who sent or backed an idea there; who put in a proposal
    there; whose own words are linked, or bear on a linked need, and who agreed to be told.
    """
    activities = loop.activities.values("pk")
    needs = loop.needs.values("pk")
    took_part = TakingPart.objects.filter(activity__in=activities, person__isnull=False).values("person")
    ideas = Idea.objects.filter(call__in=activities)
    writers = ideas.filter(author__isnull=False).values("author")
    backers = Backing.objects.filter(idea__in=ideas).values("person")
    applicants = Person.objects.filter(proposals__round__in=activities).values("pk")
    spoke = (
        Evidence.objects.reachable()
        .filter(Q(pk__in=loop.evidence.values("pk")) | Q(links__need__in=needs))
        .values("contact")
    )
    return (
        Person.objects.filter(is_active=True)
        .filter(Q(pk__in=took_part) | Q(pk__in=writers) | Q(pk__in=backers) | Q(pk__in=applicants) | Q(pk__in=spoke))
        .order_by("pk")
    )


@dataclass
class Spoken:
    """One thing a person said or did, and the steps that followed."""

    what: str
    words: str
    href: str
    on: date
    steps: list[Step] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        return any(step.stage in ("done", "changed") for step in self.steps)


def loop_step(loop: Loop) -> Step:
    if loop.published_at is None:
        raise ValueError("Only a published outcome is a step.")
    return Step("done", _("What came of it"), loop.title, loop.get_absolute_url(), loop.published_at.date(), loop.did)


def answered_by(loops: list[Loop]) -> dict[int, dict[str, set[int]]]:
    """Give the keys of the needs, activities and words that each loop answers, by the loop's key. One query."""
    found: dict[int, dict[str, set[int]]] = {
        loop.pk: {"needs": set(), "activities": set(), "evidence": set()} for loop in loops
    }
    parts = [
        through._default_manager.filter(loop__in=found).order_by().values_list("loop", Value(name), key)
        for name, through, key in (
            ("needs", Loop.needs.through, "need"),
            ("activities", Loop.activities.through, "activity"),
            ("evidence", Loop.evidence.through, "evidence"),
        )
    ]
    for loop_id, name, key in parts[0].union(*parts[1:], all=True) if loops else ():
        found[loop_id][name].add(key)
    return found


def thread_of(person: Person, *, now: datetime, limit: int = 50) -> list[Spoken]:
    """Give what a person said and did, newest first, each with what came of it. The same few queries for any number."""
    said = list(
        Evidence.objects.filter(contact=person, withdrawn_at__isnull=True)
        .select_related("board")
        .order_by("-heard_on", "-pk")[:limit]
    )
    links = list(EvidenceLink.objects.filter(evidence__in=said).select_related("need__board"))
    parts = list(
        TakingPart.objects.filter(person=person, activity__is_draft=False, activity__is_unlisted=False)
        .select_related("activity__board")
        .order_by("-on", "-pk")[:limit]
    )
    ideas = list(
        Idea.objects.filter(author=person).select_related("call__activity__board").order_by("-sent_at", "-pk")[:limit]
    )
    needs = {link.need_id for link in links}
    activities = {part.activity_id for part in parts} | {idea.call_id for idea in ideas}
    loops = list(
        Loop.objects.published()
        .filter(Q(needs__in=needs) | Q(activities__in=activities) | Q(evidence__in=said))
        .select_related("board")
        .distinct()
        .order_by("published_at")
    )
    answers = answered_by(loops)
    found = []
    for evidence in said:
        own_needs = [link.need for link in links if link.evidence_id == evidence.pk]
        spoken = Spoken(_("You told %(board)s") % {"board": evidence.board}, evidence.text, "", evidence.heard_on)
        for need in own_needs:
            spoken.steps.append(
                Step(
                    "understood", _("It counts towards a need"), need.title, need.get_absolute_url(), evidence.heard_on
                )
            )
        for loop in loops:
            answers_need = {need.pk for need in own_needs} & answers[loop.pk]["needs"]
            if answers_need or evidence.pk in answers[loop.pk]["evidence"]:
                spoken.steps.append(loop_step(loop))
        found.append(spoken)
    for idea in ideas:
        href = idea.get_absolute_url()
        spoken = Spoken(_("You sent an idea"), idea.title, href, idea.sent_at.date())
        if idea.status != Idea.Status.RECEIVED and idea.status_at:
            spoken.steps.append(
                Step("decided", _("The board answered"), str(idea.get_status_display()), href, idea.status_at.date())
            )
        spoken.steps += [loop_step(loop) for loop in loops if idea.call_id in answers[loop.pk]["activities"]]
        found.append(spoken)
    with_ideas = {idea.call_id for idea in ideas}
    for part in parts:
        if part.activity_id in with_ideas:
            continue
        activity = part.activity
        spoken = Spoken(
            _("You took part: %(kind)s") % {"kind": activity.get_kind_display()},
            activity.title,
            activity.get_absolute_url(),
            part.on,
        )
        spoken.steps += [loop_step(loop) for loop in loops if activity.pk in answers[loop.pk]["activities"]]
        found.append(spoken)
    for spoken in found:
        spoken.steps.sort(key=lambda step: step.on)
    return sorted(found, key=lambda spoken: spoken.on, reverse=True)


def steps_for_need(need: Need, now: datetime) -> list[Step]:
    """Tell a need's page of the loops that answer it, and of the awards those tell of."""
    loops = (
        Loop.objects.published()
        .filter(needs=need)
        .select_related("board")
        .prefetch_related(Prefetch("awards", awards_that_stand()))
    )
    steps = []
    for loop in loops:
        steps.append(loop_step(loop))
        for award in loop.awards.all():
            steps.append(
                Step(
                    "decided",
                    _("Award"),
                    award.proposal.title,
                    award.proposal.get_absolute_url(),
                    award.awarded_at.date(),
                )
            )
            report = getattr(award, "report", None)
            if report is not None and report.is_published:
                steps.append(
                    Step(
                        "done",
                        _("What the group says"),
                        award.proposal.title,
                        award.proposal.get_absolute_url(),
                        report.reported_on,
                        report.did,
                    )
                )
    return steps


def awards_that_stand() -> QuerySet[Award]:
    """Give awards that hold money and whose words the public may read, with their reports."""
    return (
        Award.objects.standing()
        .filter(proposal__state="shown")
        .select_related("proposal__round__activity__board", "report")
    )
