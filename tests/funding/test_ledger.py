"""Promises of the ledger: never changed, always adding up, tried on any sequence of movements."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.people.models import Organisation
from engagement.funding import queries, queries_money
from engagement.funding.actions import money, offers, payments
from engagement.funding.actions.awards import award_round
from engagement.funding.actions.ledger import MoneyRefused
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import Award, Contribution, LedgerEntry, Payment, Stream
from engagement.funding.rules.money import EFFECTS, Totals, added_up, shared_out
from tests.factories import make_board, make_person
from tests.funding.factories import AFTER, make_counted, make_money, make_round, make_vote

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 7)


def awarded(board, officer, *costs, stream=None):
    round = make_round(board, costs=costs, stream=stream or make_money(board), budget_pence=sum(costs))
    make_vote(round, *range(1, len(costs) + 1))
    make_counted(round)
    return award_round(round=round, words="Board, item 4", by=officer, now=AFTER)


# --- rules


@given(st.integers(0, 10**9), st.integers(1, 40))
def test_a_sum_shared_out_loses_nothing_and_is_fair_to_a_penny(pence, parts):
    shares = shared_out(pence, parts)

    assert sum(shares) == pence
    assert len(shares) == parts
    assert max(shares) - min(shares) <= 1


def test_nobody_shares_among_none():
    with pytest.raises(ValueError, match="one at least"):
        shared_out(1, 0)


def test_every_kind_of_entry_has_its_effect_and_no_other_has():
    assert set(EFFECTS) == set(LedgerEntry.Kind.values)
    assert added_up([("allocated", 9), ("awarded", 5), ("paid", 3), ("returned", 1), ("released", 1)]) == Totals(
        9, 4, 2
    )


# --- the table


def test_the_database_refuses_a_change_whoever_asks(board):
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL keeps this guard in the database; the model keeps it everywhere.")
    make_money(board, allocated_pence=5)

    for order in (
        "UPDATE funding_ledgerentry SET amount_pence = 6",
        "UPDATE funding_ledgerentry SET words = 'else', by_id = NULL",
        "DELETE FROM funding_ledgerentry",
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(order)


def test_an_officers_account_can_go_and_the_entry_stays(board, coordinator):
    entry = money.allocate(stream=make_money(board), amount_pence=5, by=coordinator, on=DAY)
    coordinator.delete()

    entry.refresh_from_db()
    assert (entry.by, entry.amount_pence) == (None, 5)


@pytest.mark.parametrize(
    "broken",
    [
        {"allocated_pence": 100, "awarded_pence": 101},
        {"allocated_pence": 100, "awarded_pence": 10, "paid_pence": 11},
        {"paid_pence": -1},
        {"limit_pence": 99},
    ],
)
def test_the_database_itself_refuses_totals_that_cannot_be(board, broken):
    stream = make_money(board, allocated_pence=100)

    with pytest.raises(IntegrityError), transaction.atomic():
        Stream.objects.filter(pk=stream.pk).update(**broken)


def test_an_award_is_never_paid_beyond_itself_in_the_database_either(board, coordinator):
    [award] = awarded(board, coordinator, 400_00)

    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(paid_pence=400_01)


# --- streams


def test_a_stream_holds_no_more_than_its_limit_its_sub_pots_with_it(board, next_board):
    highways = money.make_stream(
        board=board, year_starts_on=date(2026, 4, 1), name="Highways", allocated_pence=15_000_00, cap_pence=None,
        limit_pence=20_000_00, by=None, on=DAY,
    )  # fmt: skip
    small = money.make_stream(
        board=board, year_starts_on=date(2026, 4, 1), name="Crossings", allocated_pence=5_000_00, cap_pence=500_00,
        within=highways, by=None, on=DAY,
    )  # fmt: skip
    highways.refresh_from_db()
    assert (highways.allocated_pence, small.allocated_pence) == (10_000_00, 5_000_00)

    for stream in (highways, small):
        with pytest.raises(MoneyRefused, match="hold in all"):
            money.allocate(stream=stream, amount_pence=5_000_01, by=None, on=DAY)
    money.allocate(stream=small, amount_pence=5_000_00, by=None, on=DAY)
    with pytest.raises(MoneyRefused, match="more than that already"):
        money.change_stream(stream=highways, name="Highways", cap_pence=None, limit_pence=19_999_99, by=None)
    with pytest.raises(MoneyRefused, match="not in another sub-pot"):
        money.make_stream(
            board=board, year_starts_on=date(2026, 4, 1), name="Zebras", allocated_pence=0, cap_pence=None,
            within=small, by=None, on=DAY,
        )  # fmt: skip
    with pytest.raises(MoneyRefused, match="its board"):
        money.move(source=small, target=make_money(next_board), amount_pence=1, by=None, on=DAY)
    with pytest.raises(MoneyRefused, match="another part"):
        money.move(source=small, target=small, amount_pence=1, by=None, on=DAY)
    assert queries.streams_out_of_balance() == []


def test_money_out_needs_a_reason_and_leaves_what_is_awarded(board, coordinator):
    stream = make_money(board, allocated_pence=1000_00)
    awarded(board, coordinator, 400_00, stream=stream)

    with pytest.raises(MoneyRefused, match="Say why"):
        money.take_out(stream=stream, amount_pence=1, by=coordinator, on=DAY, words=" ")
    with pytest.raises(MoneyRefused, match="not enough money left"):
        money.take_out(stream=stream, amount_pence=600_01, by=coordinator, on=DAY, words="Typed twice")
    money.take_out(stream=stream, amount_pence=600_00, by=coordinator, on=DAY, words="Typed twice")

    stream.refresh_from_db()
    assert (stream.allocated_pence, stream.left_pence) == (400_00, 0)


# --- partners


def test_a_promise_is_no_money_until_it_comes(board, coordinator):
    stream = make_money(board, allocated_pence=100)
    club = Organisation.objects.create(name="Mere Sailing Club")

    promise = money.contribute(
        stream=stream,
        organisation=club,
        amount_pence=50,
        by=coordinator,
        on=DAY,
        conditions="For boats",
        received=False,
    )
    stream.refresh_from_db()
    assert (stream.allocated_pence, promise.partner, promise.kept_pence) == (100, club, 0)
    with pytest.raises(MoneyRefused):
        money.give_back(contribution=promise, amount_pence=1, by=coordinator, on=DAY, words="No boats")

    got = money.receive(contribution=promise, by=coordinator, on=DAY)
    stream.refresh_from_db()
    assert (stream.allocated_pence, got.kept_pence, got.conditions) == (150, 50, "For boats")
    for again in (money.receive, money.cancel_promise):
        with pytest.raises(MoneyRefused, match="not waited for"):
            again(
                contribution=promise,
                by=coordinator,
                **({"words": ""} if again is money.cancel_promise else {"on": DAY}),
            )

    back = money.give_back(contribution=promise, amount_pence=20, by=coordinator, on=DAY, words="One boat less")
    assert back.kept_pence == 30
    with pytest.raises(MoneyRefused, match="more than this partner's"):
        money.give_back(contribution=promise, amount_pence=31, by=coordinator, on=DAY, words="All")
    stream.refresh_from_db()
    assert stream.allocated_pence == 130
    assert queries.streams_out_of_balance() == []


def test_money_that_is_awarded_cannot_go_back_to_the_partner(board, coordinator):
    stream = make_money(board, allocated_pence=300_00)
    given = money.contribute(stream=stream, organisation="Club", amount_pence=200_00, by=None, on=DAY)
    stream.refresh_from_db()
    awarded(board, coordinator, 400_00, stream=stream)

    with pytest.raises(MoneyRefused, match="not enough money left"):
        money.give_back(contribution=given, amount_pence=100_01, by=coordinator, on=DAY, words="Back")
    assert Contribution.objects.get().given_back_pence == 0


# --- any sequence


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "allocate", "contribute", "promise", "receive", "give_back", "take_out", "move", "offer", "accept",
                "decline", "reopen", "vary", "withdraw", "schedule", "pay", "unpay", "return", "drop",
            ]
        ),
        st.integers(0, 5),
        st.integers(1, 250),
    ),
    min_size=12,
    max_size=40,
)  # fmt: skip


@pytest.fixture
def ground(db):
    board = make_board("Thornbridge Town")
    streams = [make_money(board, allocated_pence=1000) for _ in range(2)]
    small = money.make_stream(
        board=board, year_starts_on=date(2026, 4, 1), name="Small", allocated_pence=200, cap_pence=None,
        within=streams[0], limit_pence=900, by=None, on=DAY,
    )  # fmt: skip
    from tests.factories import make_role

    officer = make_role("coordinator", board)
    awards = [
        award
        for stream in streams
        for award in awarded(board, officer, 200, 100, stream=Stream.objects.get(pk=stream.pk))
    ]
    for award in awards[:3]:
        offers.offer(award=award, answer_by=DAY + timedelta(days=60), by=officer, now=AFTER)
        offers.accept(award=award, reason="By telephone", by=officer, now=AFTER)
        payments.pay(
            payment=payments.schedule(award=award, amount_pence=60, due_on=DAY, by=officer, now=AFTER),
            reference="BACS 1",
            by=officer,
            now=AFTER,
        )
    return [*streams, small], awards, officer


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=ACTS)
def test_whatever_is_asked_no_penny_is_made_or_lost(ground, acts):
    """Accepted acts are played on plain numbers too; refused ones must have changed nothing."""
    streams, awards, officer = ground
    with transaction.atomic():
        plain = {row.pk: [row.allocated_pence, row.awarded_pence, row.paid_pence] for row in Stream.objects.all()}
        for name, which, pence in acts:
            try:
                with transaction.atomic():
                    moved = play(name, which, pence, streams, awards, officer)
            except Refused:
                moved = []
            for stream_pk, column, change in moved:
                plain[stream_pk][column] += change
            found = {row.pk: [row.allocated_pence, row.awarded_pence, row.paid_pence] for row in Stream.objects.all()}
            assert found == plain, (name, which, pence)
            for allocated, given_out, paid in plain.values():
                assert 0 <= paid <= given_out <= allocated
        assert queries.streams_out_of_balance() == []
        assert queries_money.awards_out_of_balance() == []
        for award in Award.objects.all():
            planned = award.payments.filter(paid_on__isnull=True)
            assert sum(p.amount_pence for p in planned) + award.paid_pence <= award.amount_pence or award.state in (
                "declined",
                "withdrawn",
            )
        transaction.set_rollback(True)


def play(name, which, pence, streams, awards, officer):
    """Do one thing; give what it should have done to (stream, column of its totals), from the act alone."""
    stream = streams[which % 3]
    award = Award.objects.get(pk=awards[which % len(awards)].pk)
    home, size, paid = award.stream_id, award.amount_pence, award.paid_pence
    common = {"by": officer, "now": AFTER + timedelta(days=9)}
    if name == "allocate":
        money.allocate(stream=stream, amount_pence=pence, by=officer, on=DAY)
        return [(stream.pk, 0, pence)]
    if name == "take_out":
        money.take_out(stream=stream, amount_pence=pence, by=officer, on=DAY, words="Less")
        return [(stream.pk, 0, -pence)]
    if name == "move":
        target = streams[(which + 1) % 3]
        money.move(source=stream, target=target, amount_pence=pence, by=officer, on=DAY)
        return [(stream.pk, 0, -pence), (target.pk, 0, pence)]
    if name in ("contribute", "promise"):
        money.contribute(
            stream=stream, organisation="Club", amount_pence=pence, by=officer, on=DAY, received=name == "contribute"
        )
        return [(stream.pk, 0, pence)] if name == "contribute" else []
    if name in ("receive", "give_back"):
        given = Contribution.objects.order_by("pk").first()
        if given is None:
            return []
        if name == "receive":
            money.receive(contribution=given, by=officer, on=DAY)
            return [(given.stream_id, 0, given.amount_pence)]
        money.give_back(contribution=given, amount_pence=pence, by=officer, on=DAY, words="Back")
        return [(given.stream_id, 0, -pence)]
    if name == "offer":
        offers.offer(award=award, answer_by=DAY + timedelta(days=60), **common)
        return []
    if name in ("accept", "decline", "withdraw"):
        act = {"accept": offers.accept, "decline": offers.decline, "withdraw": offers.withdraw_award}[name]
        act(award=award, reason="By telephone", **common)
        return [(home, 1, -(size - paid))] if name != "accept" else []
    if name == "reopen":
        was_declined = award.state == "declined"
        again = award.entries.filter(kind="released").order_by("-pk").first() if was_declined else None
        offers.reopen(award=award, reason="They rang again", **common)
        return [(home, 1, again.amount_pence)] if again else []
    if name == "vary":
        offers.vary(award=award, amount_pence=pence, reason="Costs changed", **common)
        return [(home, 1, pence - size)]
    if name == "schedule":
        payments.schedule(award=award, amount_pence=pence, due_on=DAY, **common)
        return []
    if name == "return":
        payments.take_return(award=award, amount_pence=pence, **common)
        return [(home, 2, -pence), (home, 1, -pence)]
    payment = Payment.objects.filter(award=award).order_by("pk").first()
    if payment is None:
        return []
    if name == "drop":
        payments.drop_payment(payment=payment, **common)
        return []
    if name == "pay":
        payments.pay(payment=payment, reference="BACS 1", **common)
        return [(home, 2, payment.amount_pence)]
    payments.unpay(payment=payment, reason="Wrong line", **common)
    return [(home, 2, -payment.amount_pence)]


def test_the_running_balance_ends_at_what_is_left(board, coordinator):
    stream = make_money(board, allocated_pence=1000_00)
    awarded(board, coordinator, 400_00, 100_00, stream=stream)
    money.take_out(stream=stream, amount_pence=50_00, by=coordinator, on=DAY, words="Less")

    lines = list(queries_money.with_running_balance(stream))

    stream.refresh_from_db()
    assert sorted(line.left_pence for line in lines[1:]) in ([500_00, 600_00, 1000_00], [500_00, 900_00, 1000_00])
    assert [line.left_pence - line.change for line in lines[:-1]] == [line.left_pence for line in lines[1:]]
    assert lines[0].left_pence == stream.left_pence == 450_00


def test_a_person_with_no_role_here_moves_nothing(board, coordinator):
    [award] = awarded(board, coordinator, 400_00)

    for act in (offers.withdraw_award, offers.decline, offers.accept):
        with pytest.raises(Refused, match="role"):
            act(award=award, reason="Mine", by=make_person(), now=AFTER)
