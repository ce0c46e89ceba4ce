"""Real threads on a real database: one envelope a voter, one award a round, no stream overdrawn."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client

from engagement.activities.models import Audience, TakingPart
from engagement.funding import queries, queries_money
from engagement.funding.actions import money, offers, paper, payments
from engagement.funding.actions.awards import award_round
from engagement.funding.actions.codes import find_code, make_codes
from engagement.funding.actions.counting import count_round
from engagement.funding.actions.ledger import MoneyRefused
from engagement.funding.actions.refusals import AwardRefused, CountRefused, Refused, VoteRefused
from engagement.funding.actions.sampling import compare_sheet, draw_sample
from engagement.funding.actions.taking_back import take_back_hand_in
from engagement.funding.actions.voting import cast_vote
from engagement.funding.models import (
    Award,
    Ballot,
    Count,
    Envelope,
    FundingRound,
    Keying,
    PaperMark,
    PaperSample,
    PaperSheet,
    RollEntry,
    Stream,
)
from tests.factories import make_board, make_role
from tests.funding.factories import (
    AFTER,
    VOTING_CLOSES,
    VOTING_OPENS,
    make_counted,
    make_money,
    make_round,
    make_vote,
    make_voter,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.serial]


def at_once(acts):
    """Run every act in a thread of its own, all let go together; give what each returned or raised."""
    gate = threading.Barrier(min(len(acts), 20))

    def run(act):
        try:
            gate.wait(timeout=30)
            return act()
        except Exception as fault:
            return fault
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=min(len(acts), 20)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def town(transactional_db):
    return make_board("Thornbridge Town")


def test_two_hundred_posts_of_one_voter_over_ten_sessions_leave_one_envelope(town):
    round = make_round(town, costs=(100_00, 200_00))
    voter = make_voter(town)
    clients = []
    for _ in range(10):
        client = Client()
        client.force_login(voter)
        clients.append(client)

    def post(client):
        return lambda: client.post(round.address("thanks"), {"ticks": ["1"], "form_token": str(uuid4())})

    with time_machine.travel(VOTING_OPENS, tick=False):
        answers = at_once([post(clients[n % 10]) for n in range(200)])

    assert {answer.status_code for answer in answers} == {200}
    assert all(b"Your vote is counted in" in answer.content for answer in answers)
    assert RollEntry.objects.count() == Envelope.objects.count() == TakingPart.objects.count() == 1
    assert queries.result_of(make_counted(round).file)["votes"] == {"1": 1, "2": 0}


def test_two_hundred_posts_of_one_code_over_ten_browsers_leave_one_envelope(town):
    """Each answer says that it is counted, or that the code was used and on which day."""
    round = make_round(town, costs=(100_00, 200_00), audience=Audience.CODE)
    [code] = make_codes(round=round, size=1, purpose="Letters", by=None)[1]
    clients = [Client() for _ in range(10)]

    def post(client):
        return lambda: client.post(round.address("thanks"), {"ticks": ["1"], "code": code, "form_token": str(uuid4())})

    with time_machine.travel(VOTING_OPENS, tick=False):
        answers = at_once([post(clients[n % 10]) for n in range(200)])

    assert {answer.status_code for answer in answers} == {200}
    said = [
        "counted" if b"Your vote is counted in" in answer.content else b"This code was used on" in answer.content
        for answer in answers
    ]
    assert "counted" in said
    assert False not in said
    assert RollEntry.objects.count() == Envelope.objects.count() == TakingPart.objects.count() == 1
    assert queries.result_of(make_counted(round).file)["votes"] == {"1": 1, "2": 0}


def test_one_voter_by_account_and_by_code_at_once_stays_one_voter(town):
    round = make_round(town, costs=(100_00, 200_00))
    voter = make_voter(town)
    [code] = make_codes(round=round, size=1, purpose="Letters", by=None)[1]

    def cast(with_code):
        return lambda: cast_vote(
            person=voter,
            code=find_code(round, code) if with_code else None,
            round=round,
            marks=[(1, 1)],
            receipt=uuid4(),
            now=VOTING_OPENS,
        )

    done = at_once([cast(n % 2 == 0) for n in range(40)])

    assert done == [None] * 40
    entry = RollEntry.objects.get()
    assert (entry.person, entry.code.state) == (voter, "used")
    assert Envelope.objects.count() == TakingPart.objects.count() == 1


def test_two_awards_at_once_cannot_overdraw_a_stream(town):
    stream = make_money(town, allocated_pence=700_00)
    officer = make_role("coordinator", town)
    rounds = []
    for _ in range(4):
        round = make_round(town, costs=(400_00,), stream=stream, budget_pence=500_00)
        make_vote(round, 1)
        make_counted(round)
        rounds.append(round)

    done = at_once([lambda r=r: award_round(round=r, words="Board", by=officer, now=AFTER) for r in rounds])

    assert sum(isinstance(each, AwardRefused) for each in done) == 3
    assert Award.objects.count() == 1
    assert Stream.objects.get().awarded_pence == 400_00
    assert queries.streams_out_of_balance() == []


def test_one_round_awarded_from_ten_screens_is_awarded_once(town):
    officer = make_role("coordinator", town)
    round = make_round(town, costs=(400_00,))
    make_vote(round, 1)
    make_counted(round)

    done = at_once([lambda: award_round(round=round, words="Board", by=officer, now=AFTER) for _ in range(10)])

    assert sum(isinstance(each, AwardRefused) for each in done) == 9
    assert Award.objects.count() == 1


def test_ten_counts_at_once_open_the_envelopes_once_and_settle_once(town):
    round = make_round(town, costs=(400_00, 300_00))
    for _ in range(5):
        make_vote(round, 1, 2)
    officer = make_role("coordinator", town)

    done = at_once([lambda: count_round(round=round, by=officer, now=AFTER) for _ in range(10)])

    assert sum(isinstance(each, Count) for each in done) == 1
    assert sum(isinstance(each, CountRefused) for each in done) == 9
    assert Ballot.objects.count() == 5
    assert not Envelope.objects.exists()


def test_votes_racing_the_count_are_either_counted_or_told_they_were_not(town):
    """A server whose clock is a little behind still casts while another has begun to count."""
    round = make_round(town, costs=(100_00, 200_00))
    voters = [make_voter(town) for _ in range(19)]
    officer = make_role("coordinator", town)

    def cast(voter):
        return lambda: cast_vote(
            person=voter,
            round=FundingRound.objects.select_related("activity__board").get(pk=round.pk),
            marks=[(1, 1)],
            receipt=uuid4(),
            now=VOTING_CLOSES - timedelta(seconds=1),
        )

    acts = [cast(voter) for voter in voters]
    acts.insert(9, lambda: count_round(round=round, by=officer, now=VOTING_CLOSES))
    done = at_once(acts)

    accepted = sum(each is None for each in done)
    refused = sum(isinstance(each, VoteRefused) for each in done)
    assert accepted + refused == 19, done
    assert Ballot.objects.count() == RollEntry.objects.count() == accepted
    assert not Envelope.objects.exists()


def test_roll_and_ballots_share_no_transaction_on_postgresql(town):
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL keeps the transaction of each row.")
    round = make_round(town, costs=(100_00, 200_00))
    for _ in range(3):
        make_vote(round, 1)
    for code in make_codes(round=round, size=3, purpose="Letters", by=None)[1]:
        cast_vote(code=find_code(round, code), round=round, marks=[(2, 1)], receipt=uuid4(), now=VOTING_OPENS)
    make_counted(round)

    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM funding_rollentry")
        roll = {row[0] for row in cursor.fetchall()}
        for table in ("funding_votingcode", "activities_takingpart", "funding_hold"):
            cursor.execute(f"SELECT xmin::text FROM {table}")
            roll |= {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT xmin::text FROM funding_ballot")
        ballots = {row[0] for row in cursor.fetchall()}

    assert len(ballots) == 1
    assert not roll & ballots


# --- the pot


def test_the_last_pound_is_awarded_once_moved_once_or_paid_once(town):
    """Two movements at the same money: whichever comes second is refused, and the ledger still adds up."""
    stream, other = make_money(town, allocated_pence=1_00), make_money(town, allocated_pence=0)
    day = AFTER.date()

    done = at_once(
        [lambda: money.move(source=stream, target=other, amount_pence=1_00, by=None, on=day)] * 5
        + [lambda: money.take_out(stream=stream, amount_pence=1_00, by=None, on=day, words="Less")] * 5
    )

    assert sum(isinstance(each, AwardRefused | MoneyRefused) for each in done) == 9, done
    stream.refresh_from_db()
    assert stream.allocated_pence == 0
    assert queries.streams_out_of_balance() == []


def test_moves_in_both_directions_never_wait_for_each_other_for_ever(town):
    one, two = make_money(town, allocated_pence=100), make_money(town, allocated_pence=100)
    day = AFTER.date()

    def move(source, target):
        return lambda: money.move(source=source, target=target, amount_pence=1, by=None, on=day)

    done = at_once([move(one, two) if n % 2 else move(two, one) for n in range(20)])

    assert all(isinstance(each, tuple) for each in done), done
    assert {row.allocated_pence for row in Stream.objects.all()} == {100}
    assert queries.streams_out_of_balance() == []


def make_accepted(town, officer, *costs):
    round = make_round(town, costs=costs)
    make_vote(round, *range(1, len(costs) + 1))
    make_counted(round)
    awards = award_round(round=round, words="Board", by=officer, now=AFTER)
    for award in awards:
        offers.offer(award=award, answer_by=AFTER.date() + timedelta(days=30), by=officer, now=AFTER)
        offers.accept(award=award, reason="By telephone", by=officer, now=AFTER)
    return awards


def test_one_payment_from_ten_screens_is_paid_once(town):
    officer = make_role("coordinator", town)
    [award] = make_accepted(town, officer, 400_00)
    payment = payments.schedule(award=award, amount_pence=400_00, due_on=AFTER.date(), by=officer, now=AFTER)

    done = at_once([lambda: payments.pay(payment=payment, reference="BACS", by=officer, now=AFTER) for _ in range(10)])

    assert sum(isinstance(each, MoneyRefused) for each in done) == 9, done
    award.refresh_from_db()
    assert award.paid_pence == Stream.objects.get().paid_pence == 400_00
    assert queries_money.awards_out_of_balance() == queries.streams_out_of_balance() == []


def test_an_offer_is_answered_once_whatever_arrives_together(town):
    officer = make_role("coordinator", town)
    round = make_round(town, costs=(400_00,))
    make_vote(round, 1)
    make_counted(round)
    [award] = award_round(round=round, words="Board", by=officer, now=AFTER)
    offers.offer(award=award, answer_by=AFTER.date(), by=officer, now=AFTER)

    def answer(act):
        return lambda: act(award=Award.objects.get(pk=award.pk), reason="Said so", by=officer, now=AFTER)

    done = at_once([answer(act) for act in (offers.accept, offers.decline, offers.withdraw_award) * 4])

    award.refresh_from_db()
    assert sum(isinstance(each, AwardRefused) for each in done) >= 10
    assert award.amount_pence in (0, 400_00)
    assert queries_money.awards_out_of_balance() == queries.streams_out_of_balance() == []


def test_payments_planned_together_never_come_to_more_than_the_grant(town):
    officer = make_role("coordinator", town)
    [award] = make_accepted(town, officer, 400_00)

    done = at_once(
        [
            lambda: payments.schedule(award=award, amount_pence=150_00, due_on=AFTER.date(), by=officer, now=AFTER)
            for _ in range(10)
        ]
    )

    assert sum(isinstance(each, AwardRefused) for each in done) == 8, done
    assert award.payments.count() == 2


def test_the_place_of_a_ballot_in_its_table_says_nothing_of_its_voters_place_on_the_roll(town):
    """Where a row lies (ctid, rowid) is an order too: over many counts it matches no better than chance."""
    same, size, rounds = 0, 12, 6
    for _ in range(rounds):
        round = make_round(town, costs=(1_00,) * size)
        for number in range(1, size + 1):
            make_vote(round, number)
        make_counted(round)
        place = "ctid" if connection.vendor == "postgresql" else "rowid"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT marks FROM funding_ballot WHERE round_id = %s ORDER BY {place}", [round.pk])
            stored = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]
        same += sum(marks == [[at, 1]] for at, marks in enumerate(stored, 1))

    assert same < 20  # 6 by chance; all 72 where the order was kept


def test_two_desks_that_take_a_sheet_from_one_voter_leave_one_mark(town):
    round = make_round(town, costs=(100_00, 200_00))
    officers = [make_role("coordinator", town) for _ in range(2)]
    voter = make_voter(town)
    for who in ({"person": voter}, {"reference": "TH 12"}):
        acts = [
            lambda by=officers[n % 2], who=who: paper.hand_in(round=round, by=by, now=VOTING_OPENS, **who)
            for n in range(10)
        ]
        done = at_once(acts)
        assert sum(isinstance(each, PaperMark) for each in done) == 1, done
        assert sum(isinstance(each, Refused) for each in done) == 9, done

    assert PaperMark.objects.count() == RollEntry.objects.count() == TakingPart.objects.count() == 2


def test_a_vote_on_the_site_and_a_sheet_at_the_same_moment_leave_one_of_them(town):
    """Paper counts here: the vote on the site is refused, or its envelope is void."""
    round = make_round(town, costs=(100_00, 200_00))
    officer = make_role("coordinator", town)
    voters = [make_voter(town) for _ in range(8)]
    acts = []
    for voter in voters:
        acts.append(
            lambda voter=voter: cast_vote(person=voter, round=round, marks=[(1, 1)], receipt=uuid4(), now=VOTING_OPENS)
        )
        acts.append(lambda voter=voter: paper.hand_in(round=round, person=voter, by=officer, now=VOTING_OPENS))
    done = at_once(acts)

    assert all(isinstance(each, PaperMark) for each in done[1::2]), done
    assert all(each is None or isinstance(each, VoteRefused) for each in done[::2]), done
    assert RollEntry.objects.filter(channel="paper").count() == PaperMark.objects.count() == 8
    assert RollEntry.objects.count() == TakingPart.objects.count() == 8


def test_two_people_who_key_one_sheet_at_once_are_first_and_second(town):
    round = make_round(town, costs=(100_00, 200_00))
    officers = [make_role("coordinator", town) for _ in range(2)]
    batch = paper.print_sheets(
        round=round, size=1, purpose="Library", hand_in="The box", by=officers[0], now=VOTING_OPENS
    )
    number = batch.sheets.get().number
    acts = [
        lambda by=officers[n % 2]: paper.key_sheet(batch=batch, number=number, marks=[(2, 1)], by=by, now=VOTING_OPENS)
        for n in range(8)
    ]
    done = at_once(acts)

    assert sorted(each for each in done if isinstance(each, str)) == ["first", "second"]
    assert sum(isinstance(each, Refused) for each in done) == 6, done
    assert PaperSheet.objects.get().state == "used"


def test_a_mark_taken_back_while_its_voter_votes_and_hands_in_again_leaves_one_vote_or_none(town):
    """Whoever comes first, each mark on the roll has a sheet or an envelope, and nobody meets an error of ours."""
    round = make_round(town, costs=(100_00, 200_00))
    officer = make_role("coordinator", town)
    voters = [make_voter(town) for _ in range(5)]
    for voter in voters:
        paper.hand_in(round=round, person=voter, by=officer, now=VOTING_OPENS)

    def back(voter):
        return take_back_hand_in(
            round=round, by=officer, now=VOTING_OPENS, reason="A slip", became="another", person=voter
        )  # fmt: skip

    acts = []
    for voter in voters:
        acts += [lambda voter=voter: back(voter)] * 2
        acts.append(lambda voter=voter: paper.hand_in(round=round, person=voter, by=officer, now=VOTING_OPENS))
        acts.append(lambda voter=voter: make_vote(round, 1, person=voter))
    done = at_once(acts)

    assert all(isinstance(each, Refused) for each in done if isinstance(each, Exception)), done
    roll = {entry.pk for entry in RollEntry.objects.all()}
    marked = set(PaperMark.objects.values_list("entry", flat=True))
    sealed = set(Envelope.objects.values_list("entry", flat=True))
    assert roll == marked | sealed
    assert RollEntry.objects.filter(channel="paper").count() == len(marked)
    assert TakingPart.objects.count() == len(roll)


def test_two_marks_cannot_both_be_taken_back_for_the_one_that_is_too_many(town):
    """One sheet is in the box and two are marked: only one mark can go."""
    round = make_round(town, costs=(100_00, 200_00))
    officers = [make_role("coordinator", town) for _ in range(2)]
    batch = paper.print_sheets(
        round=round, size=1, purpose="x", hand_in="x", by=officers[0], now=VOTING_OPENS
    )  # fmt: skip
    for who in ("TH 1", "TH 2"):
        paper.hand_in(round=round, reference=who, by=officers[0], now=VOTING_OPENS)
    paper.key_sheet(batch=batch, number=batch.sheets.get().number, marks=[(1, 1)], by=officers[0], now=VOTING_OPENS)

    done = at_once(
        [
            lambda who=who: take_back_hand_in(
                round=round, by=officers[1], now=VOTING_OPENS, reason="A slip", became="another", reference=who
            )
            for who in ("TH 1", "TH 2")
        ]
    )

    assert sorted(str(each) == "None" for each in done) == [False, True], done
    assert PaperMark.objects.count() == RollEntry.objects.count() == 1


def test_two_draws_at_once_are_one_sample_and_two_readers_of_a_sheet_leave_one_finding(town):
    round = make_round(town, costs=(100_00, 200_00))
    officers = [make_role("coordinator", town) for _ in range(4)]
    batch = paper.print_sheets(
        round=round, size=4, purpose="x", hand_in="x", by=officers[0], now=VOTING_OPENS
    )  # fmt: skip
    for number in batch.sheets.values_list("number", flat=True):
        paper.hand_in(round=round, reference=number, by=officers[0], now=VOTING_OPENS)
        for by in officers[:2]:
            paper.key_sheet(batch=batch, number=number, marks=[(1, 1)], by=by, now=VOTING_OPENS)

    draws = at_once([lambda by=by: draw_sample(round=round, size=20, by=by, now=AFTER) for by in officers * 2])
    assert sum(isinstance(each, PaperSample) for each in draws) == 1, draws
    assert all(isinstance(each, PaperSample | Refused) for each in draws), draws
    acts = [
        lambda by=by, number=number: compare_sheet(batch=batch, number=number, marks=[(1, 1)], by=by, now=AFTER)
        for number in batch.sheets.values_list("number", flat=True)
        for by in officers[2:]
    ]
    found = at_once(acts)

    assert found.count("same") == 4, found
    assert all(each == "same" or isinstance(each, Refused) for each in found), found
    assert Keying.objects.filter(place=4).count() == 4
