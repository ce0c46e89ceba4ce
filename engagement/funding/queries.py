"""Reads for pages, other rooms and the count."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from django.db.models import CharField, Q, QuerySet, TextField, Value
from django.db.models import Count as CountOf
from django.db.models.functions import Cast
from django.utils import timezone

from boards.people.models import Person
from boards.people.permissions import boards_where
from boards.places.models import Board
from engagement.activities.models import Activity, Channel
from engagement.funding import panel_queries, queries_money
from engagement.funding.models import (
    Award,
    Ballot,
    CodeBatch,
    Contribution,
    Count,
    Envelope,
    FundingRound,
    Hold,
    Keying,
    OddThing,
    PaperBatch,
    PaperSample,
    PaperSheet,
    Pot,
    Proposal,
    RollEntry,
    SampledSheet,
    Stream,
    ThrowawayDomain,
    Venue,
    VotingCode,
)
from engagement.funding.rules import (
    Account,
    Marks,
    Method,
    Paper,
    Rule,
    Sample,
    account_of,
    account_of_all,
    canonical,
    digest,
)
from engagement.rules.counting import Method as Counting
from engagement.rules.counting.rule import Stop, TopUp
from engagement.rules.small_numbers import safe_breakdown

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
    """Give the pot of the financial year we are in, or None. Two queries, three while it holds no stream."""
    today = timezone.localdate(now)
    begun = Pot.objects.filter(board=board, year_starts_on__lte=today).order_by("-year_starts_on")
    streams = tuple(
        Stream.objects.filter(pot=begun.values("pk")[:1])
        .select_related("pot")
        .prefetch_related("contributions")
        .order_by("pk")
    )
    pot = streams[0].pot if streams else begun.first()
    if pot is None or today >= year_after(pot.year_starts_on):
        return None
    pot.board = board
    given = tuple(each for stream in streams for each in stream.contributions.all() if each.kept_pence)
    return PotSummary(pot, streams, given)


def year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, month=3, day=1)


def streams_out_of_balance() -> list[int]:
    """Give the streams whose totals are not what their ledger adds up to. Always empty."""
    return queries_money.streams_out_of_balance()


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
    "allows_blank", "assessment_from_at", "both_ways", "combines", "key_kept", "points", "questions_from_at", "review_days",
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
        method=Counting.EQUAL_SHARES if round.rule == FundingRound.Rule.EQUAL_SHARES else Counting.MOST_VOTES,
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


def paper_of(round: FundingRound, listed: Sequence[Mapping[str, Any]]) -> Paper:
    """Give the rules of this round's ballot, with what can be chosen on it."""
    return Paper(
        method=Method(round.method),
        costs_pence={row["number"]: row["cost_pence"] for row in listed if not row["withdrawn"]},
        least=round.least_ticks,
        most=round.most_ticks,
        points=round.points,
        budget_pence=round.budget_pence,
        allows_blank=round.allows_blank,
    )


def list_digest(listed: list[dict[str, Any]]) -> str:
    """Give the digest of the list and its costs. One that withdraws does not change it."""
    return digest(canonical([[row["number"], row["title"], row["cost_pence"]] for row in listed]))


def vote_of(person: Any, round: FundingRound, code: VotingCode | None = None) -> RollEntry | None:
    """Give the mark on the roll of this person, or of this code, or None."""
    if code is not None and (mark := round.roll.filter(code=code).first()):
        return mark
    return round.roll.filter(person=person.pk).first() if person.is_authenticated else None


def takes_codes(round: FundingRound) -> bool:
    """Whether voting codes have been made for a round; known already of one that `the_round` gave."""
    known: bool | None = getattr(round, "has_codes", None)
    return round.code_batches.exists() if known is None else known


def key_is_ready(round: FundingRound) -> bool:
    """Whether there is a key, and where officers share it, whether two of them have opened a test ballot with it."""
    if round.key_kept == FundingRound.KeyKept.OFFICERS:
        return bool(round.public_key) and round.key_wraps.filter(tested_on__isnull=False).exists()
    return bool(round.public_key)


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
    """Give what is to be funded: what the panel decided where it decides after hearing the vote, else the vote's."""
    decided = panel_queries.decided_by_panel(round)
    return funded_by_vote(round) if decided is None else decided


def funded_by_vote(round: FundingRound) -> list[Proposal]:
    """Give what the latest count funded, if it is settled, in the order it was funded."""
    count = latest_count(round)
    if count is None or not count.is_settled:
        return []
    numbers: list[int] = result_of(count.file)["funded"]
    found = {proposal.number: proposal for proposal in round.proposals.filter(number__in=numbers)}
    return [found[number] for number in numbers]


# --- for other rooms ---------------------------------------------------------------------------


def awards_of(board: Board | None = None) -> QuerySet[Award]:
    """Give awards that stand, latest first, with their proposals, rounds and reports.

    One that was declined, or withdrawn before anything was paid, is no longer among them.
    """
    found = (
        Award.objects.standing()
        .select_related("proposal__round__activity__board", "report")
        .order_by("-awarded_at", "-pk")
    )
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


@dataclass(frozen=True)
class Turnout:
    """How many have voted: in all, by channel and by day. None stands for too few to show (PROMISES 18)."""

    total: int
    by_channel: tuple[tuple[str, int | None], ...]
    by_day: tuple[tuple[date, int | None], ...]


def turnout_shown(round: FundingRound) -> Turnout:
    """Give the turnout as everyone may see it, officers too, also while voting is open. One query."""
    channels: dict[str, int] = {}
    days: dict[date, int] = {}
    for channel, on, people in round.roll.order_by().values_list("channel", "on").annotate(people=CountOf("pk")):
        channels[channel] = channels.get(channel, 0) + people
        days[on] = days.get(on, 0) + people
    shown_channels, shown_days = safe_breakdown(channels), safe_breakdown(days)
    labels = {value: str(label) for value, label in Channel.choices}
    return Turnout(
        total=sum(channels.values()),
        by_channel=tuple((labels[value], shown_channels[value]) for value in Channel.values if value in channels),
        by_day=tuple((day, shown_days[day]) for day in sorted(days)),
    )


def set_aside(round: FundingRound) -> int:
    """Give how many votes two officers set aside."""
    return Hold.objects.filter(entry__round=round, outcome=Hold.Outcome.VOID).count()


def code_batches(round: FundingRound) -> QuerySet[CodeBatch]:
    """Give the batches of codes, each with how many are in which state."""
    states = VotingCode.State
    counted = {
        f"{state}_codes": CountOf("codes", filter=Q(codes__state=state))
        for state in (states.ISSUED, states.USED, states.VOID, states.TEST)
    }
    return CodeBatch.objects.filter(round=round).select_related("made_by").annotate(**counted)


def hand_in_words(round: FundingRound) -> str:
    """Give where the newest sheets of paper are handed in; empty where the round has none."""
    return PaperBatch.objects.filter(round=round).order_by("-number").values_list("hand_in", flat=True).first() or ""


def paper_accounts(round: FundingRound) -> list[tuple[PaperBatch, Account]]:
    """Give each batch of sheets with what became of them. Three queries, and no sheet's choices."""
    states: dict[int, dict[str, int]] = {}
    sheets = PaperSheet.objects.filter(batch__round=round).order_by()
    for batch, state, n in sheets.values_list("batch", "state").annotate(n=CountOf("pk")):
        states.setdefault(int(batch), {})[str(state)] = int(n)
    keyed: dict[int, Counter[int]] = {}
    waiting = sheets.filter(state=PaperSheet.State.ISSUED).annotate(times=CountOf("keyings"))
    for batch, times in waiting.values_list("batch", "times"):
        keyed.setdefault(int(batch), Counter())[int(times)] += 1
    return [
        (
            batch,
            account_of(
                states.get(batch.pk, {}),
                once=keyed[batch.pk][1] if batch.pk in keyed else 0,
                differing=keyed[batch.pk][2] if batch.pk in keyed else 0,
            ),
        )
        for batch in PaperBatch.objects.filter(round=round)
    ]


def paper_account(round: FundingRound) -> Account | None:
    """Give the account of all of a round's sheets, as published; None where nothing was printed."""
    found = paper_accounts(round)
    return account_of_all(account for _batch, account in found) if found else None


def sheets_in_the_box(round: FundingRound) -> QuerySet[PaperSheet]:
    """Give the sheets that must have been handed in: settled, or keyed and on their way to it."""
    settled = Q(state__in=[PaperSheet.State.USED, PaperSheet.State.SPOILED]) & ~Q(spoiled=PaperSheet.Spoiled.REPLACED)
    keyed = Q(state=PaperSheet.State.ISSUED, pk__in=Keying.objects.filter(sheet__batch__round=round).values("sheet"))
    return PaperSheet.objects.filter(settled | keyed, batch__round=round).order_by()


def sheets_set_aside(round: FundingRound) -> QuerySet[PaperSheet]:
    return PaperSheet.objects.filter(batch__round=round, state=PaperSheet.State.ASIDE).order_by()


def paper_sample(round: FundingRound) -> Sample | None:
    """Give what the comparison of a sample found, or None where none was drawn."""
    of = SampledSheet.Found
    finding = {str(each): CountOf("sheets", filter=Q(sheets__found=each)) for each in of}
    drawn = PaperSample.objects.filter(round=round).values("drawn_from", **finding).first()
    if drawn is None:
        return None
    return Sample(
        drawn_from=drawn["drawn_from"],
        compared=drawn[of.SAME] + drawn[of.STOOD] + drawn[of.CHANGED],
        wrong=drawn[of.CHANGED],
        stood=drawn[of.STOOD],
        waiting=drawn[of.WAITING] + drawn[of.DIFFERS],
        not_in_it=max(0, sheets_in_the_box(round).count() - drawn["drawn_from"]),
    )


def sampled_sheets(round: FundingRound, person: Person) -> list[tuple[SampledSheet, bool]]:
    """Give the sheets of the sample that are not done, each with whether this officer may not compare it."""
    own = set(Keying.objects.filter(sheet__batch__round=round, by=person).values_list("sheet", flat=True))
    open_ones = SampledSheet.objects.filter(
        sample__round=round, found__in=[SampledSheet.Found.WAITING, SampledSheet.Found.DIFFERS]
    )
    return [(each, each.pk in own) for each in open_ones.select_related("sheet__batch")[:500]]


def sheets_keyed(batch: PaperBatch) -> QuerySet[PaperSheet]:
    """Give the sheets keyed and not settled, each with `times`, by number: that says nothing of when."""
    waiting = batch.sheets.filter(state=PaperSheet.State.ISSUED).annotate(times=CountOf("keyings"))
    return waiting.filter(times__gt=0).order_by("number")[:500]


def paper_spoiled(round: FundingRound) -> list[tuple[str, int]]:
    """Give how many sheets were spoiled, for each reason in words."""
    found = dict(
        PaperSheet.objects.filter(batch__round=round, state=PaperSheet.State.SPOILED)
        .order_by()
        .values_list("spoiled")
        .annotate(n=CountOf("pk"))
    )
    return [(str(reason.label), found[reason.value]) for reason in PaperSheet.Spoiled if reason.value in found]


MANY_FROM = {"device": 2, "network": 5}
MOST_GROUPS = 50
MOST_IN_A_GROUP = 200


@dataclass(frozen=True)
class OddGroup:
    """Votes that look odd for one reason, by the roll: names, never choices, never a time of day."""

    kind: str
    about: str
    times: int
    entries: tuple[RollEntry, ...]


def known_networks_and_domains(round: FundingRound) -> tuple[list[dict[str, str]], list[str]]:
    """Give the venues of a round's board by name, and every domain of throw-away mail: one query for both."""
    venues = Venue.objects.filter(board=round.board).order_by().values_list("network", "name")
    domains = ThrowawayDomain.objects.order_by().values_list("domain", Value("", CharField()))
    rows = sorted(venues.union(domains, all=True), key=lambda row: (row[1], row[0]))
    return (
        [{"network": network, "name": name} for network, name in rows if name],
        [domain for domain, name in rows if not name],
    )


def odd_groups(round: FundingRound, domains: Iterable[str]) -> list[OddGroup]:
    """Give what looks odd, the largest first: devices and networks, bursts, guessing, postcodes, throw-away mail.

    Five queries. A group names the first of its votes; hold those and the next ones show. `domains`
    are those of throw-away mail.
    """
    many = {kind: _many_from(round, kind, least) for kind, least in MANY_FROM.items()}
    noted = [
        (thing.kind, thing.about, thing.times)
        for thing in OddThing.objects.filter(round=round).order_by("-times", "kind", "about")[:MOST_GROUPS]
        if thing.kind == OddThing.Kind.BURST or thing.times >= LEAST_NOTED
    ]
    networks = {*many["network"], *(about for _kind, about, _times in noted)}
    entries = _entries_from(round, {"device": set(many["device"]), "network": networks})
    groups = [
        OddGroup(kind, about, times, tuple(entries[kind][about]))
        for kind, found in many.items()
        for about, times in found.items()
    ]
    groups += [OddGroup(kind, about, times, tuple(entries["network"][about])) for kind, about, times in noted]
    thrown = Q()
    for domain in domains:
        thrown |= Q(person__email__iendswith=f"@{domain}")
    if thrown:
        thrown_away = list(
            round.roll.filter(thrown).select_related("person", "hold").order_by("person__email")[:MOST_IN_A_GROUP]
        )
        if thrown_away:
            groups.append(OddGroup("mail", "", len(thrown_away), tuple(thrown_away)))
    return groups


LEAST_NOTED = 5


def _many_from(round: FundingRound, kind: str, least: int) -> dict[str, int]:
    """Give the devices or networks that `least` votes or more came from, with how many, the most first."""
    return dict(
        Envelope.objects.filter(entry__round=round)
        .exclude(**{kind: ""})
        .order_by()
        .values_list(kind)
        .annotate(times=CountOf("pk"))
        .filter(times__gte=least)
        .order_by("-times", kind)[:MOST_GROUPS]
    )


def _entries_from(round: FundingRound, wanted: Mapping[str, set[str]]) -> dict[str, dict[str, list[RollEntry]]]:
    """Give the first votes from each device and network asked for: {"network": {digest: [entry, …]}}. One query."""
    found: dict[str, dict[str, list[RollEntry]]] = {
        kind: {about: [] for about in abouts} for kind, abouts in wanted.items()
    }
    any_of = Q()
    for kind, abouts in wanted.items():
        any_of |= Q(**{f"{kind}__in": abouts}) if abouts else Q()
    rows = (
        Envelope.objects.filter(any_of, entry__round=round)
        .select_related("entry__person", "entry__hold")
        .defer("sealed")
        .order_by("entry__person__email", "entry__code")[: MOST_IN_A_GROUP * MOST_GROUPS * len(wanted)]
    )
    for envelope in rows if any_of else ():
        for kind, groups in found.items():
            group = groups.get(getattr(envelope, kind))
            if group is not None and len(group) < MOST_IN_A_GROUP:
                group.append(envelope.entry)
    return found


def holds_of(round: FundingRound) -> list[Hold]:
    """Give the votes held back and settled, by name."""
    return list(
        Hold.objects.filter(entry__round=round)
        .select_related("entry__person", "held_by", "proposed_by", "settled_by")
        .order_by("outcome", "entry__person__email", "entry__code")[:1000]
    )


BALLOTS_AT_A_TIME = 20_000


def ballots_of(round: FundingRound) -> list[tuple[Marks, int]]:
    """Give every different ballot with how often it was cast, in an order that says nothing of who or when.

    Thousands of rows are read as one text: reading each row's marks by itself takes four times as long.
    """
    rows = Ballot.objects.filter(round=round).annotate(text=Cast("marks", TextField())).values_list("text", flat=True)
    texts = rows.iterator(chunk_size=BALLOTS_AT_A_TIME)
    grouped: Counter[Marks] = Counter()
    while some := list(islice(texts, BALLOTS_AT_A_TIME)):
        grouped.update(tuple(map(tuple, marks)) for marks in json.loads(f"[{','.join(some)}]"))
    # In the order of the marks, compared as one string each, which is faster than pair by pair.
    return sorted(grouped.items(), key=lambda item: "".join(map(chr, chain.from_iterable(item[0]))))
