"""Reads for pages, other rooms and the count."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count as CountOf
from django.db.models import F, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from boards.people.models import Person
from boards.people.permissions import boards_where
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.funding.models import (
    Award,
    Contribution,
    Count,
    FundingRound,
    LedgerEntry,
    Pot,
    Proposal,
    RollEntry,
    Stream,
)
from engagement.funding.rules import Method, Rule, canonical, digest
from engagement.rules.counting.rule import Stop, TopUp

# --- the pot -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PotSummary:
    """A board's money for a year, in pence."""

    pot: Pot
    streams: tuple[Stream, ...]
    contributions: tuple[Contribution, ...]

    @property
    def allocated(self) -> int:
        return sum(stream.allocated_pence for stream in self.streams)

    @property
    def awarded(self) -> int:
        return sum(stream.awarded_pence for stream in self.streams)

    @property
    def left(self) -> int:
        return self.allocated - self.awarded


def pot_of(board: Board, now: datetime) -> PotSummary | None:
    """Give the pot of the financial year we are in, or None. Three queries."""
    today = timezone.localdate(now)
    pot = (
        Pot.objects.filter(board=board, year_starts_on__lte=today)
        .order_by("-year_starts_on")
        .prefetch_related(
            Prefetch("streams", Stream.objects.prefetch_related(Prefetch("contributions")).order_by("pk"))
        )
        .first()
    )
    if pot is None or today >= year_after(pot.year_starts_on):
        return None
    pot.board = board
    streams = tuple(pot.streams.all())
    given = tuple(contribution for stream in streams for contribution in stream.contributions.all())
    return PotSummary(pot, streams, given)


def year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, month=3, day=1)


def streams_out_of_balance() -> list[int]:
    """Give the streams whose totals are not what their ledger adds up to. Always empty."""
    kinds = LedgerEntry.Kind
    rows = Stream.objects.annotate(
        into=Sum("entries__amount_pence", filter=Q(entries__kind__in=[kinds.ALLOCATED, kinds.CONTRIBUTED]), default=0),
        given=Sum("entries__amount_pence", filter=Q(entries__kind=kinds.AWARDED), default=0),
        returned=Sum("entries__amount_pence", filter=Q(entries__kind=kinds.RETURNED), default=0),
    )
    return list(
        rows.exclude(into=F("allocated_pence"), awarded_pence=F("given") - F("returned")).values_list("pk", flat=True)
    )


POT_IN_POUNDS_PENCE = 50_000_00


# --- rounds ------------------------------------------------------------------------------------


def rounds_of(board: Board, now: datetime | None = None) -> QuerySet[FundingRound]:
    """Give a board's published rounds, latest first."""
    return (
        FundingRound.objects.filter(activity__board=board)
        .published()
        .select_related("activity__board", "stream__pot")
        .order_by("-activity__opens_at", "-pk")
    )


SEALED_SINCE_THE_SECOND = (
    "allows_blank", "assessment_from_at", "both_ways", "combines", "points", "questions_from_at", "review_days",
    "shortlist_from_at", "shows_costs",
)  # fmt: skip


def rules_of(round: FundingRound) -> dict[str, Any]:
    """Give the rules that are fixed when voting opens, as plain values.

    A round sealed by an earlier version of the platform keeps the seal of that version (`seal_version`).
    """
    dates = round.dates()
    first = {
        "audience": round.activity.audience,
        "ballot": str(round.method),
        "budget_pence": round.budget_pence,
        "least_ticks": round.least_ticks,
        "most_pence": round.most_pence,
        "most_ticks": round.most_ticks,
        "proposals_close_at": moment(dates.proposals_close_at),
        "proposals_open_at": moment(dates.proposals_open_at),
        "rule": str(round.rule),
        "stream": round.stream_id,
        "voting_closes_at": moment(dates.voting_closes_at),
        "voting_opens_at": moment(dates.voting_opens_at),
    }
    if round.seal_version < 2:
        return first
    since = {name: getattr(round, name) for name in SEALED_SINCE_THE_SECOND}
    return {
        **first,
        **{name: moment(value) if isinstance(value, datetime) else value for name, value in since.items()},
        "counting": rule_of(round).record(),
    }


def rule_of(round: FundingRound) -> Rule:
    """Give the whole rule of counting of a round: the one place where its fields become a rule record.

    What a round does not say is as docs/counting.md recommends. Shares are counted in whole pounds
    where the pot is large, and in pence where a pound would be much of a share.
    """
    return Rule(
        method=Method.EQUAL_SHARES if round.rule == FundingRound.Rule.EQUAL_SHARES else Method.MOST_VOTES,
        unit_pence=100 if round.budget_pence >= POT_IN_POUNDS_PENCE else 1,
        step_pence=round.step_pence or 0,
        stop=Stop.OVERSPENDING if round.completion == FundingRound.Completion.BEFORE_OVERSPENDING else Stop.EXHAUSTIVE,
        top_up=TopUp.MOST_VOTES if round.top_up else TopUp.NONE,
        least_votes=round.least_votes,
        vote_floor=round.vote_floor,
    )


def rule_with_exclusions(round: FundingRound) -> Rule:
    """Give the rule with the sets of proposals on the ballot of which only one can be funded."""
    sets: dict[str, list[str]] = {}
    named = Proposal.objects.for_round(round).choosable().exclude(only_one_of="")
    for number, words in named.values_list("number", "only_one_of"):
        sets.setdefault(words.strip().casefold(), []).append(str(number))
    return replace(rule_of(round), exclusive=tuple(tuple(each) for each in sets.values() if len(each) > 1))


def moment(at: datetime) -> str:
    return at.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="microseconds")


def rules_digest(round: FundingRound) -> str:
    return digest(canonical(rules_of(round)))


def ballot_list(round: FundingRound) -> list[dict[str, Any]]:
    """Give what is on the ballot, in order: number, title, cost, and whether it withdrew after voting opened."""
    return [
        {
            "number": number,
            "title": title,
            "group": group,
            "cost_pence": cost_pence,
            "withdrawn": standing == Proposal.Standing.WITHDRAWN,
        }
        for number, title, group, cost_pence, standing in Proposal.objects.for_round(round)
        .on_ballot()
        .values_list("number", "title", "group", "cost_pence", "standing")
    ]


def list_digest(listed: list[dict[str, Any]]) -> str:
    """Give the digest of the list and its costs. One that withdraws does not change it."""
    return digest(canonical([[row["number"], row["title"], row["cost_pence"]] for row in listed]))


def vote_of(person: Any, round: FundingRound) -> RollEntry | None:
    """Give the person's mark on the roll, or None."""
    return round.roll.filter(person=person.pk).first() if person.is_authenticated else None


# --- counts ------------------------------------------------------------------------------------


def latest_count(round: FundingRound) -> Count | None:
    """Give the latest count without its file, which can be as long as all ballots: `.file` fetches it."""
    return round.counts.select_related("made_by").defer("file").order_by("-number").first()


@lru_cache(maxsize=32)
def read_count(file: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(file)
    return held


def result_of(file: str) -> dict[str, Any]:
    result: dict[str, Any] = read_count(file)["result"]
    return result


def tie_of(round: FundingRound) -> list[int]:
    """Give the numbers that the latest count found tied and nobody has drawn yet."""
    count = latest_count(round)
    if count is None or count.is_settled:
        return []
    between: list[int] = result_of(count.file).get("tie_between", [])
    drawn = {number for order in round.lots.values_list("order", flat=True) for number in order}
    return [] if set(between) <= drawn else sorted(between)


def funded_proposals(round: FundingRound) -> list[Proposal]:
    """Give what the latest count funded, if it is settled, in the order it was funded."""
    count = latest_count(round)
    if count is None or not count.is_settled:
        return []
    numbers: list[int] = result_of(count.file)["funded"]
    found = {proposal.number: proposal for proposal in round.proposals.filter(number__in=numbers)}
    return [found[number] for number in numbers]


# --- for other rooms ---------------------------------------------------------------------------


def awards_of(board: Board | None = None) -> QuerySet[Award]:
    """Give awards, latest first, with their proposals, rounds and reports."""
    found = Award.objects.select_related("proposal__round__activity__board", "report").order_by("-awarded_at", "-pk")
    return found.filter(proposal__round__activity__board=board) if board is not None else found


def awards_for_need(need: Any) -> QuerySet[Award]:
    return awards_of().filter(proposal__needs=need)


def rounds_touched_by(person: Person) -> QuerySet[FundingRound]:
    """Give the rounds someone voted in, latest first. Never how."""
    return (
        FundingRound.objects.filter(roll__person=person, rehearses__isnull=True)
        .select_related("activity__board")
        .order_by("-activity__closes_at", "-pk")
    )


def proposals_of_person(person: Person) -> QuerySet[Proposal]:
    """Give what someone sent in, latest first, with its round and award."""
    return (
        Proposal.objects.filter(lead=person, round__rehearses__isnull=True)
        .select_related("round__activity__board", "award__report")
        .order_by("-sent_on", "-pk")
    )


def people_to_tell(rounds: Any) -> QuerySet[Person]:
    """Give who voted in these rounds or proposed something in them: each once."""
    return Person.objects.filter(is_active=True).filter(
        Q(pk__in=RollEntry.objects.filter(round__in=rounds, person__isnull=False).values("person"))
        | Q(pk__in=Proposal.objects.filter(round__in=rounds, lead__isnull=False).values("lead"))
    )


def waiting_for(person: Person, now: datetime) -> dict[str, int]:
    """Give what an officer's rounds wait for: proposals to check, counts to run, grants to award."""
    mine = FundingRound.objects.filter(
        activity__board__in=boards_where(person, "run_count"), activity__kind=Activity.Kind.ROUND
    ).published()
    return {
        "to_check": Proposal.objects.filter(
            round__in=mine, standing=Proposal.Standing.SUBMITTED, round__voting_opens_at__gt=now
        ).count(),
        "to_count": mine.filter(counted_at__isnull=True, activity__closes_at__lte=now).count(),
        "to_award": mine.filter(counted_at__isnull=False, awarded_at__isnull=True).count(),
    }


def turnout(round: FundingRound) -> dict[str, int]:
    return dict(round.roll.order_by().values_list("channel").annotate(people=CountOf("pk")))
