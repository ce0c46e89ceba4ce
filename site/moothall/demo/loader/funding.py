"""The pot, and a round taken as far as its board has come: each step by the room's own action."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from boards.people.models import Membership, Person
from boards.people.org_ids import Numbered, read_number
from boards.places.models import Board
from engagement.activities.actions import taking_part
from engagement.activities.models import Activity, Channel, TakingPart
from engagement.evidence.models import Need
from engagement.funding import queries
from engagement.funding.actions import keys
from engagement.funding.actions.awards import award_round, record_report
from engagement.funding.actions.confirming import answer_objection, object_to
from engagement.funding.actions.counting import count_round, draw_lots
from engagement.funding.actions.drafts import Application, Others, apply
from engagement.funding.actions.money import contribute, make_stream
from engagement.funding.actions.offers import accept, offer
from engagement.funding.actions.papers import add_paper
from engagement.funding.actions.payments import pay, schedule
from engagement.funding.actions.proposals import propose, put_on_ballot
from engagement.funding.actions.rounds import publish_round, save_round
from engagement.funding.actions.talk import answer, ask_group
from engagement.funding.forms.long_form import minutes_of_long_form
from engagement.funding.models import Award, Envelope, FundingRound, Paper, Proposal, RollEntry, Stream
from engagement.funding.rules import pack
from moothall.demo.loader.people import Cast
from moothall.demo.loader.reading import BoardFile, day, moment

STAGES = ("draft", "open-for-proposals", "voting", "counted", "in-review", "awarded", "reported")


def load(
    file: BoardFile, board: Board, *, cast: Cast, needs: dict[str, Need], now: datetime
) -> tuple[dict[str, Award], Activity]:
    """Give the awards by the slug of their proposal, and the round's activity."""
    streams = load_pot(file, board, cast=cast, now=now)
    told = file["round"]
    has_come = STAGES.index(told["stage"])
    round = make_round(told, board, streams[told["stream"]], needs, cast=cast, now=now)
    if has_come < STAGES.index("open-for-proposals"):
        return {}, round.activity
    proposals = load_proposals(told, round, needs, cast=cast, now=now)
    if has_come < STAGES.index("voting"):
        return {}, round.activity
    vote(told, round, proposals, cast=cast, now=now)
    if has_come < STAGES.index("counted"):
        return {}, round.activity
    count(told, round, proposals, cast=cast, now=now)
    objections(told, round, cast=cast, now=now)
    if has_come < STAGES.index("awarded"):
        return {}, round.activity
    awards = award(told, round, cast=cast, now=now)
    offer_and_pay(told, awards, cast=cast, now=now)
    report(told, awards, cast=cast, now=now)
    return awards, round.activity


def year_start(now: datetime) -> date:
    """The first of April on or before a day."""
    today = timezone.localdate(now)
    return date(today.year if today >= date(today.year, 4, 1) else today.year - 1, 4, 1)


def load_pot(file: BoardFile, board: Board, *, cast: Cast, now: datetime) -> dict[str, Stream]:
    pot, begins = file["pot"], year_start(now)
    # A round that opened before this year's pot began was promised its money by then.
    put_in_on = min(begins, timezone.localdate(moment(file["round"]["opens"], now)))
    partners = pot.get("partners", [])
    given = sum(each["amount_pence"] for each in partners)
    streams = {}
    for number, each in enumerate(pot["streams"]):
        stream = make_stream(
            board=board,
            year_starts_on=begins,
            name=each["name"],
            # What the file says a stream holds includes what partners give; they give to the first.
            allocated_pence=each["amount_pence"] - (given if number == 0 else 0),
            cap_pence=each["cap_pence"],
            by=cast.staff,
            on=put_in_on,
            words="This year's money from the council",
        )
        streams[each["name"]] = stream
    for each in partners:
        contribute(
            stream=streams[pot["streams"][0]["name"]], organisation=each["name"], amount_pence=each["amount_pence"],
            by=cast.staff, on=put_in_on,
        )  # fmt: skip
    return streams


def make_round(
    told: dict[str, Any], board: Board, stream: Stream, needs: dict[str, Need], *, cast: Cast, now: datetime
) -> FundingRound:
    opens_at = moment(told["opens"], now)
    before = min(now, opens_at - timedelta(days=7))
    round = save_round(
        board=board,
        values={
            "title": told["title"],
            "slug": told["slug"],
            "summary": told["intro"],
            "opens_at": opens_at,
            "proposals_close_at": moment(told["closes"], now),
            "voting_opens_at": moment(told["voting_opens"], now),
            "closes_at": moment(told["voting_closes"], now),
            "audience": told["audience"],
            "stream": stream,
            "budget_pence": told["budget_pence"],
            "least_ticks": told["at_least"],
            "review_days": told.get("review_days", 0),
            "rule": told.get("rule", FundingRound.Rule.MOST_SUPPORT),
            "report_by": day(told["report_by"], now) if "report_by" in told else None,
            "needs": [needs[slug] for slug in told["needs"]],
        },
        by=cast.coordinator,
        now=before,
    )
    if told["stage"] != "draft":
        publish_round(round=round, by=cast.coordinator, now=before)
        round = FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk)
    return round


def load_proposals(
    told: dict[str, Any], round: FundingRound, needs: dict[str, Need], *, cast: Cast, now: datetime
) -> dict[str, Proposal]:
    """Send in each, and put it on the ballot; while proposals are open the last waits to be checked."""
    proposals = {}
    still_open = told["stage"] == "open-for-proposals"
    for number, each in enumerate(told["proposals"], 1):
        organisation = cast.organisations.get(each.get("organisation", ""))
        need = needs[each["need"]]
        sent_at = min(now, round.activity.opens_at + timedelta(days=number, hours=number))
        if "plan" in each:
            proposals[each["slug"]] = long_form(each, round, [need], cast=cast, sent_at=sent_at, now=now)
            continue
        proposal = propose(
            round=round,
            lead=None,
            title=each["title"],
            group=organisation.name if organisation else each["group"],
            organisation=organisation,
            org_id=organisation.org_id if organisation else "",
            summary=each["summary"],
            who_benefits=f"People who told us: “{need.title}”",
            lines=[(what, pence) for what, pence in each["buys"]],
            place=each["place"],
            needs=[need],
            now=sent_at,
        )
        if not (still_open and number == len(told["proposals"])):
            put_on_ballot(proposal=proposal, by=cast.coordinator, now=sent_at + timedelta(hours=5))
        proposals[each["slug"]] = proposal
    return proposals


def long_form(
    each: dict[str, Any], round: FundingRound, needs: list[Need], *, cast: Cast, sent_at: datetime, now: datetime
) -> Proposal:
    """Send in a proposal with all that the longer form asks; it was asked a question, and answered it."""
    plan, organisation = each["plan"], cast.organisations[each["organisation"]]
    lead = Person.objects.get(email=each["lead"])
    numbered = read_number(organisation.org_id)
    if not isinstance(numbered, Numbered):
        raise ValueError(f"{organisation.org_id} is not a number that a register has.")
    Membership.objects.get_or_create(
        organisation=organisation, person=lead, defaults={"joined_on": timezone.localdate(sent_at)}
    )
    proposal = apply(
        round=round,
        organisation=organisation,
        lead=lead,
        application=Application(
            title=each["title"],
            summary=each["summary"],
            starts_on=day(plan["starts"], now),
            ends_on=day(plan["ends"], now),
            who_benefits=f"People who told us: “{needs[0].title}”",
            areas=tuple(round.board.areas.filter(name__in=plan["wards"])),
            place=each["place"],
            postcode="",
            for_children=False,
            for_adults_at_risk=False,
            needs=tuple(needs),
            outcome=plan["outcome"],
            how_known=plan["how_known"],
            lines=tuple((what, pence) for what, pence in each["buys"]),
            matches=tuple(Others(*given) for given in plan["match"]),
            nobody_matches=False,
            group=organisation.name,
            numbered=numbered,
            has_account=True,
        ),
        minutes_asked=minutes_of_long_form(round),
        now=sent_at,
    )
    add_paper(
        organisation=organisation,
        kind=Paper.Kind.ACCOUNTS,
        words="The year came to £4,310 in and £3,880 out. Two members have read the book and signed it.",
        file=None,
        dated_on=timezone.localdate(sent_at) - timedelta(days=90),
        valid_until=None,
        by=lead,
        now=sent_at,
    )
    question = ask_group(
        proposal=proposal, words=plan["question"], by=cast.coordinator, now=sent_at + timedelta(hours=2)
    )
    answer(question=question, words=plan["answer"], by=lead, now=sent_at + timedelta(hours=4))
    put_on_ballot(proposal=proposal, by=cast.coordinator, now=sent_at + timedelta(hours=5))
    return proposal


def vote(
    told: dict[str, Any], round: FundingRound, proposals: dict[str, Proposal], *, cast: Cast, now: datetime
) -> None:
    """Seal every ballot in an envelope, as voting.cast_vote does, all in one go. Paper has no name on the roll."""
    numbers = [proposal.number or 0 for proposal in proposals.values()]
    chance = Random(round.activity.slug)  # noqa: S311  # the same votes each time
    web, paper = told["ballots"]["web"], told["ballots"]["paper"]
    size = web + paper
    votes = [each.get("votes") for each in told["proposals"]]
    if all(given is not None for given in votes):
        ballots = ballots_that_add_up(dict(zip(numbers, votes, strict=True)), size)
    else:
        most = len(numbers)
        ballots = [
            chance.sample(numbers, chance.randint(round.least_ticks, min(most, round.least_ticks + 2)))
            for _ in range(size)
        ]
    chance.shuffle(ballots)
    list_digest = queries.list_digest(queries.ballot_list(round))
    box = keys.sealer(round.public_key)
    closes_at = round.activity.closes_at
    if closes_at is None:
        raise ValueError("A demo round has a closing time.")
    first = timezone.localdate(round.voting_opens_at)
    days = max(1, (timezone.localdate(min(now, closes_at)) - first).days)
    voters: list[Person | None] = [*cast.crowd[:web], *[None] * paper]
    roll = RollEntry.objects.bulk_create(
        [
            RollEntry(
                round=round, person=voter, channel=Channel.WEB if voter else Channel.PAPER,
                admitted_by=RollEntry.AdmittedBy.ACCOUNT if voter else RollEntry.AdmittedBy.PAPER,
                on=first + timedelta(days=n * 7919 % days),
            )
            for n, voter in enumerate(voters)
        ],
        batch_size=500,
    )  # fmt: skip
    Envelope.objects.bulk_create(
        [
            Envelope(
                entry=entry,
                sealed=bytes(
                    box.encrypt(
                        pack(
                            receipt=UUID(int=chance.getrandbits(128)),
                            list_digest=list_digest,
                            method=round.method,
                            marks=[(number, 1) for number in ticks],
                        )
                    )
                ),
            )
            for entry, ticks in zip(roll, ballots, strict=True)
        ],
        batch_size=500,
    )
    TakingPart.objects.bulk_create(
        [
            taking_part(activity=round.activity, person=entry.person, now=moment_of(entry.on))
            if entry.person
            else TakingPart(activity=round.activity, channel=entry.channel, on=entry.on)
            for entry in roll
        ],
        batch_size=500,
    )


def moment_of(on: date) -> datetime:
    return datetime.combine(on, time(12), tzinfo=timezone.get_default_timezone())


def ballots_that_add_up(votes: dict[int, int], ballots: int) -> list[list[int]]:
    """Give that many ballots in which each number is ticked exactly as often as told.

    Ticks are dealt like cards, number by number: sizes differ by one at most, and no ballot has
    the same number twice, since none has more votes than there are ballots.
    """
    dealt: list[list[int]] = [[] for _ in range(ballots)]
    turn = 0
    for number, times in votes.items():
        for _ in range(times):
            dealt[turn % ballots].append(number)
            turn += 1
    return dealt


def count(
    told: dict[str, Any], round: FundingRound, proposals: dict[str, Proposal], *, cast: Cast, now: datetime
) -> None:
    counted_at = moment(told["counted"], now, at=time(18, 30))
    first = count_round(round=round, by=cast.coordinator, now=counted_at)
    if "lots" in told and not first.is_settled:
        lots = told["lots"]
        draw_lots(
            round=round, order=[proposals[slug].number or 0 for slug in lots["drawn"]], words=lots["how"],
            on=day(lots["on"], now), by=cast.coordinator, now=counted_at + timedelta(minutes=20),
        )  # fmt: skip
        count_round(round=round, by=cast.coordinator, now=counted_at + timedelta(minutes=25))


def objections(told: dict[str, Any], round: FundingRound, *, cast: Cast, now: datetime) -> None:
    for each in told.get("objections", ()):
        objection = object_to(
            round=round, person=Person.objects.get(email=each["by"]), grounds=each["grounds"], words=each["words"],
            now=moment(each["on"], now, at=time(20)),
        )  # fmt: skip
        if "answer" in each:
            answer_objection(
                objection=objection, upheld=each["upheld"], answer=each["answer"], by=cast.coordinator,
                now=moment(each["answered"], now, at=time(10)),
            )  # fmt: skip


def award(told: dict[str, Any], round: FundingRound, *, cast: Cast, now: datetime) -> dict[str, Award]:
    awarded_at = moment(told["awarded"], now, at=time(19, 30))
    made = award_round(
        round=round,
        words=f"Decided at the board's public meeting on {awarded_at:%-d %B %Y}",
        by=cast.coordinator,
        now=awarded_at,
    )
    by_title = {award.proposal.title: award for award in made}
    return {each["slug"]: by_title[each["title"]] for each in told["proposals"] if each["title"] in by_title}


def offer_and_pay(told: dict[str, Any], awards: dict[str, Award], *, cast: Cast, now: datetime) -> None:
    """Offer every grant; where reports are in, all were accepted and paid in two stages; else the first only."""
    reported = told["stage"] == "reported"
    offered_at = moment(told["awarded"], now, at=time(20)) + timedelta(days=1)
    answered_at = offered_at + timedelta(days=4)
    if offered_at > now:
        return
    for number, made in enumerate(awards.values()):
        on = timezone.localdate(offered_at)
        offer(
            award=made, answer_by=on + timedelta(days=14), by=cast.coordinator, now=offered_at,
            starts_on=on, ends_on=max(on, made.due_on) if made.due_on else None,
        )  # fmt: skip
        if answered_at > now or not (reported or number == 0):
            continue
        accept(award=made, reason="By letter, signed for the group", by=cast.coordinator, now=answered_at)
        first = made.amount_pence * 6 // 10
        for stage, (amount_pence, asks) in enumerate(
            ((first, ""), (made.amount_pence - first, "Receipts for what you have bought so far"))
        ):
            planned_at = answered_at + timedelta(days=10 + 40 * stage)
            payment = schedule(
                award=made, amount_pence=amount_pence, due_on=timezone.localdate(planned_at), asks=asks,
                by=cast.coordinator, now=answered_at,
            )  # fmt: skip
            if reported and planned_at <= now:
                reference = f"BACS {400_000 + payment.pk}"
                pay(payment=payment, reference=reference, by=cast.coordinator, now=planned_at)


def report(told: dict[str, Any], awards: dict[str, Award], *, cast: Cast, now: datetime) -> None:
    for each in told["proposals"]:
        if "report" in each and each["slug"] in awards:
            said = each["report"]
            record_report(
                award=awards[each["slug"]], did=said["did"], spent_pence=said["spent_pence"],
                people_helped=said["people"], on=day(said["on"], now), publish=True, by=cast.coordinator,
                now=moment(said["on"], now, at=time(11)),
            )  # fmt: skip
