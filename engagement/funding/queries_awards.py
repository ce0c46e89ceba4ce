"""Reads about awards: the facts a move asks for, what waits, what shows on a proposal's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from boards.people.models import Person, Role
from boards.people.rules import CARRIES
from boards.places.models import Area, Board
from engagement.funding.models import Award, EvidenceFile, Lasting, OfferTemplate, Payment, Proposal, Report
from engagement.funding.rules.awards import AwardFacts, State


def facts_of(award: Award) -> AwardFacts:
    """Give what the table of moves asks about an award. Call with the award held."""
    planned = award.payments.filter(paid_on__isnull=True).aggregate(pence=Sum("amount_pence", default=0))["pence"]
    return AwardFacts(
        state=State(award.state),
        amount_pence=award.amount_pence,
        paid_pence=award.paid_pence,
        scheduled_pence=int(planned),
        stream_left_pence=award.stream.left_pence,
    )


def officers_of(board: Board, act: str, today: date) -> QuerySet[Person]:
    """Give the people whose role on this very board carries an act: whom a message for the board goes to."""
    kinds = [kind for kind, acts in CARRIES.items() if act in acts]
    return Person.objects.filter(
        is_active=True, pk__in=Role.objects.held_on(today).filter(board=board, kind__in=kinds).values("person")
    )


def letter_of(board: Board) -> str:
    """Give the letter of offer this board wrote, or an empty text."""
    return OfferTemplate.objects.filter(board=board).values_list("words", flat=True).first() or ""


def wards_named(proposal: Proposal) -> list[Area]:
    """Give the ward of the board that a proposal's place names outright, or nothing.

    A place is free words; only a whole name is believed, so that no pound is put on the wrong map.
    """
    place = " ".join(proposal.place.split()).casefold()
    if not place:
        return []
    wards = proposal.round.activity.board.areas.wards().without_shapes()
    return [ward for ward in wards if ward.name.casefold() == place]


@dataclass(frozen=True)
class AwardStory:
    """What anyone may read about a grant, in a fixed number of queries."""

    award: Award
    report: Report | None
    payments: list[Payment]
    variations: list[object]
    pictures: list[object]
    lasting: list[Lasting]


def story_of(award: Award) -> AwardStory:
    """Give what the proposal's page tells of its grant: five queries at most."""
    report = getattr(award, "report", None)
    shown = report if report is not None and report.is_published else None
    return AwardStory(
        award=award,
        report=shown,
        payments=list(award.payments.filter(paid_on__isnull=False).order_by("paid_on", "pk")),
        variations=list(award.variations.all()),
        pictures=list(shown.pictures.all()) if shown else [],
        lasting=list(award.lasting.filter(is_published=True)),
    )


def due_day() -> Coalesce:
    """The day a report is due, for filters: the award's own, or its round's."""
    return Coalesce("report_by", "proposal__round__report_by")


def with_what_waits(awards: QuerySet[Award], today: date) -> QuerySet[Award]:
    """Mark each award with what waits: an answer, a payment, a report, words to publish."""
    unpaid = Payment.objects.filter(award=OuterRef("pk"), paid_on__isnull=True, due_on__lte=today)
    sent = Report.objects.filter(award=OuterRef("pk"))
    later = Lasting.objects.filter(award=OuterRef("pk"), is_published=False)
    return awards.annotate(
        due=due_day(),
        payment_due=Exists(unpaid),
        has_report=Exists(sent),
        report_to_read=Exists(sent.filter(is_published=False, asked_words="")),
        lasting_to_read=Exists(later),
    )


def waits(today: date) -> dict[str, Q]:
    """Give what may wait with a grant, each as a filter on awards that `with_what_waits` has marked."""
    return {
        "offer": Q(state=State.AWARDED),
        "answer": Q(state=State.OFFERED) & (Q(answer_by__lt=today) | Q(answer_by__isnull=True)),
        "payment": Q(payment_due=True),
        "late": Q(state=State.ACCEPTED, has_report=False, due__lt=today),
        "read": Q(report_to_read=True) | Q(lasting_to_read=True),
    }


def counts_of_what_waits(awards: QuerySet[Award], today: date) -> dict[str, int]:
    """Count the awards with which each thing waits. One query."""
    return awards.order_by().aggregate(**{name: Count("pk", filter=only) for name, only in waits(today).items()})


def files_of(award: Award) -> QuerySet[EvidenceFile]:
    return EvidenceFile.objects.filter(award=award).select_related("payment")


MONTHS = (3, 12)


def months_after(day: date, months: int) -> date:
    """Give the same day so many months later, or the last of a shorter month."""
    number = day.month - 1 + months
    year, month = day.year + number // 12, number % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def lasting_asked(award: Award, today: date) -> list[int]:
    """Give for which months a grant's group may say by now whether it lasted, and has not."""
    report = getattr(award, "report", None)
    if report is None or not report.is_published:
        return []
    said = set(award.lasting.values_list("months", flat=True))
    return [months for months in MONTHS if months not in said and today >= months_after(report.reported_on, months)]
