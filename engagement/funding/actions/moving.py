"""What each move of a round needs, and whom it tells (rules.MOVES names both)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.models import Person
from boards.people.rules import YES, Verdict
from components.templatetags.components import london
from engagement.funding import queries
from engagement.funding.models import Award, FundingRound, MoveTold, Proposal
from engagement.funding.rules import MOVES, Move, dates_in_order, moves_by_time
from engagement.notifications.actions import tell_all

TOO_OLD_TO_TELL = timedelta(days=14)
"""A move that came longer ago is noted and nobody is written to: the news is stale, as after a long outage."""

MOVE: Mapping[str, Move] = {move.name: move for move in MOVES}


# --- what must be true -------------------------------------------------------------------------


def _dates(round: FundingRound, now: datetime) -> Verdict:
    if dates_in_order(round.dates()):
        return YES
    return Verdict(
        False,
        _(
            "Put the times in order: proposals open, proposals close, voting opens (or the same moment), voting closes. "
            "Questions, the shortlist and the panel come between proposals and voting."
        ),
    )


def _money(round: FundingRound, now: datetime) -> Verdict:
    if round.budget_pence <= round.stream.left_pence:
        return YES
    return Verdict(False, _("The budget is more than is left in the stream. Put money in or lower the budget."))


def _key(round: FundingRound, now: datetime) -> Verdict:
    if round.key_kept == FundingRound.KeyKept.FILE:
        return YES  # it is made in the moment of publishing
    if queries.key_is_ready(round):
        return YES
    return Verdict(
        False, _("Hold the key ceremony first: three officers each take a share, and two open a test ballot.")
    )


def _something(round: FundingRound, now: datetime) -> Verdict:
    if round.proposals.choosable().exists():
        return YES
    return Verdict(False, _("Nothing is on the ballot. Put at least one proposal on it before voting opens."))


def _voting_closed(round: FundingRound, now: datetime) -> Verdict:
    if now >= round.dates().voting_closes_at:
        return YES
    return Verdict(False, _("A round can be counted only after voting has closed."))


def _no_tie(round: FundingRound, now: datetime) -> Verdict:
    return YES if round.counted_at else Verdict(False, _("A tie holds up the count. Draw lots in public first."))


def _objections(round: FundingRound, now: datetime) -> Verdict:
    if not round.objections.filter(answered_at__isnull=True).exists():
        return YES
    return Verdict(False, _("Someone has objected and has no answer yet. Answer every objection first."))


def _reports(round: FundingRound, now: datetime) -> Verdict:
    if not Award.objects.filter(proposal__round=round, report__isnull=True).exists():
        return YES
    return Verdict(False, _("A group has not reported yet. Ask for its report, or write down what you know of it."))


CONDITIONS: Mapping[str, Callable[[FundingRound, datetime], Verdict]] = {
    "dates in order": _dates,
    "money in the stream": _money,
    "a key": _key,
    "something on the ballot": _something,
    "voting closed": _voting_closed,
    "no tie left": _no_tie,
    "objections answered": _objections,
    "reports in": _reports,
}


def may_move(round: FundingRound, name: str, *, now: datetime) -> Verdict:
    """Give yes when everything that this move needs is true, else the first thing that is not, in words."""
    for need in MOVE[name].needs:
        if not (verdict := CONDITIONS[need](round, now)):
            return verdict
    return YES


# --- who is told -------------------------------------------------------------------------------


def _holding(round: FundingRound, kind: str) -> QuerySet[Person]:
    today = timezone.localdate()
    held = Q(roles__board=round.activity.board_id, roles__kind=kind, roles__since__lte=today)
    return Person.objects.filter(held & (Q(roles__until__isnull=True) | Q(roles__until__gt=today)))


def _leads(proposals: QuerySet[Proposal]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=proposals.filter(lead__isnull=False).values("lead"))


def _past_groups(round: FundingRound) -> QuerySet[Person]:
    earlier = Proposal.objects.filter(
        round__activity__board=round.activity.board_id,
        round__activity__opens_at__lt=round.activity.opens_at,
        round__activity__opens_at__gte=round.activity.opens_at - timedelta(days=2 * 365),
        round__rehearses__isnull=True,
    )
    return _leads(earlier)


AUDIENCES: Mapping[str, Callable[[FundingRound], QuerySet[Person]]] = {
    "coordinators": lambda round: _holding(round, "coordinator"),
    "chair": lambda round: _holding(round, "chair"),
    "groups": lambda round: _leads(round.proposals.exclude(standing=Proposal.Standing.WITHDRAWN)),
    "groups on the ballot": lambda round: _leads(round.proposals.choosable()),
    "panel": lambda round: Person.objects.filter(panel_seats__panel__round=round, panel_seats__left_at__isnull=True),
    "past groups": _past_groups,
}


def told_by(name: str, round: FundingRound) -> tuple[str, str, str]:
    """Give the subject, the words and the address of what a move tells."""
    title, page = {"title": round.title}, round.get_absolute_url()
    until = {"when": london(round.proposals_close_at)}
    votes_until = {"when": london(round.activity.closes_at)}
    told = {
        "open_for_proposals": (
            _("“%(title)s” is open for proposals"),
            _("Groups can ask for a grant until %(when)s.") % until,
            page,
        ),
        "close_proposals": (
            _("“%(title)s” has closed for proposals"),
            _("Every proposal is now checked. If anything is missing, the board asks the group."),
            page,
        ),
        "ask_back": (
            _("“%(title)s”: ask the groups what is missing"),
            _("The days for questions back have begun. Ask each group now, so that it has time to answer."),
            page,
        ),
        "make_shortlist": (
            _("“%(title)s”: the shortlist is due"),
            _("Decide which proposals go on, and tell the others why."),
            page,
        ),
        "assess": (_("“%(title)s”: the panel begins"), _("The panel can now assess the proposals."), page),
        "open_voting": (
            _("Voting in “%(title)s” is open"),
            _("People can vote until %(when)s. The rules can no longer change.") % votes_until,
            page,
        ),
        "close_voting": (
            _("Voting in “%(title)s” has closed"),
            _("The ballots are still sealed. Count them when you are ready; the results then show at once."),
            page,
        ),
        "count": (
            _("“%(title)s” has been counted"),
            _("The results page says what is funded and why, and anyone can count again."),
            round.address("results"),
        ),
        "end_review": (
            _("“%(title)s”: the days for objections are over"),
            _("The board can now confirm the result at its meeting."),
            round.address("results"),
        ),
        "confirm": (
            _("The board has confirmed the result of “%(title)s”"),
            _("It was decided here: %(words)s") % {"words": round.confirmed_words},
            round.address("results"),
        ),
        "close": (_("“%(title)s” is closed"), _("Every group has reported. Nothing more is to be done."), page),
    }
    subject, body, link = told[name]
    return subject % title, body, link


def tell_of(round: FundingRound, name: str, *, now: datetime, key: str = "") -> int:
    """Tell everyone whom a move concerns, once each; give how many messages are new."""
    if round.is_rehearsal:
        return 0
    subject, body, link = told_by(name, round)
    people = Person.objects.filter(pk__in=set()).none()
    for audience in MOVE[name].tells:
        people = people | Person.objects.filter(pk__in=AUDIENCES[audience](round).values("pk"))
    return tell_all(
        people=people.filter(is_active=True).distinct(),
        key=f"funding-move:{round.pk}:{name}:{key or now.date().isoformat()}",
        kind="funding",
        subject=subject,
        body=body,
        link=link,
        now=now,
    )


def tell_what_came_by_itself(*, now: datetime) -> int:
    """Tell of every move that time has made since the last look; give how many moves were new.

    The stage itself needs no telling: it is worked out from the times. This is safe to run twice
    at once, and after the server was down it catches up with what is not too old.
    """
    rounds = FundingRound.objects.published().filter(closed_at__isnull=True, activity__opens_at__lte=now)
    rounds = rounds.filter(Q(awarded_at__isnull=True) | Q(awarded_at__gt=now - TOO_OLD_TO_TELL))
    known = set(MoveTold.objects.filter(round__in=rounds).values_list("round_id", "move", "due_at"))
    new = 0
    for round in rounds.select_related("activity__board", "stream__pot"):
        for move, due_at in moves_by_time(round.dates(), round.facts()):
            if due_at <= now and (round.pk, move.name, due_at) not in known:
                new += _tell_once(round, move, due_at, now=now)
    return new


@transaction.atomic
def _tell_once(round: FundingRound, move: Move, due_at: datetime, *, now: datetime) -> int:
    _row, made = MoveTold.objects.get_or_create(round=round, move=move.name, due_at=due_at, defaults={"told_at": now})
    if made and due_at > now - TOO_OLD_TO_TELL:
        tell_of(round, move.name, now=now, key=due_at.isoformat())
    return int(made)
