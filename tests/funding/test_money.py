"""The pot, the ledger and the awards: never a penny more than there is."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from engagement.funding import queries
from engagement.funding.actions.awards import award_round, record_report
from engagement.funding.actions.money import allocate, contribute
from engagement.funding.actions.proposals import put_on_ballot, refuse
from engagement.funding.actions.refusals import AwardRefused, Refused
from engagement.funding.actions.rounds import publish_round, save_round
from engagement.funding.actions.talk import ask_group
from engagement.funding.models import Award, LedgerEntry, Proposal, Stream
from engagement.funding.models.money import NeverChanged
from engagement.moderation.models import Moderated
from engagement.notifications.models import Message
from tests.factories import make_person
from tests.funding.factories import (
    AFTER,
    BEFORE,
    DATES,
    NOW,
    OPENS,
    VOTING_CLOSES,
    make_counted,
    make_money,
    make_proposal,
    make_round,
    make_vote,
    make_voter,
)

pytestmark = pytest.mark.django_db


def test_the_pot_is_the_sum_of_its_streams_in_three_queries(board, next_board, django_assert_max_num_queries):
    stream = make_money(board, allocated_pence=100)
    make_money(board, allocated_pence=200)
    make_money(next_board, allocated_pence=999)
    contribute(stream=stream, organisation="Mere Sailing Club", amount_pence=50, by=None, on=date(2026, 5, 1))

    with django_assert_max_num_queries(3):
        pot = queries.pot_of(board, NOW)
        assert (pot.allocated, pot.awarded, pot.left) == (350, 0, 350)
        assert [given.organisation for given in pot.contributions] == ["Mere Sailing Club"]


def test_last_years_pot_is_not_this_years(board):
    make_money(board)

    assert queries.pot_of(board, NOW.replace(year=2027)) is None
    assert queries.pot_of(board, NOW.replace(year=2025)) is None


def test_a_ledger_entry_is_never_changed_nor_deleted(board):
    entry = allocate(stream=make_money(board), amount_pence=5, by=None, on=date(2026, 5, 1))

    for change in (
        entry.save,
        entry.delete,
        lambda: LedgerEntry.objects.update(amount_pence=1),
        LedgerEntry.objects.all().delete,
    ):
        with pytest.raises(NeverChanged):
            change()


@pytest.mark.parametrize("awarded", [101, -1])
def test_the_database_itself_refuses_an_overdrawn_stream(board, awarded):
    stream = make_money(board, allocated_pence=100)

    with pytest.raises(IntegrityError), transaction.atomic():
        Stream.objects.filter(pk=stream.pk).update(awarded_pence=awarded)


def counted(board, *costs, stream=None, budget=1000_00):
    round = make_round(board, costs=costs, stream=stream, budget_pence=budget)
    make_vote(round, *range(1, len(costs) + 1))
    make_counted(round)
    return round


def test_awards_go_into_the_ledger_and_the_sums_balance(board, coordinator):
    stream = make_money(board, allocated_pence=1000_00)
    round = counted(board, 400_00, 300_00, stream=stream)

    awards = award_round(round=round, words="Board, item 4", by=coordinator, now=AFTER)

    stream.refresh_from_db()
    assert sum(award.amount_pence for award in awards) == stream.awarded_pence == 700_00
    assert stream.left_pence == 300_00
    assert queries.streams_out_of_balance() == []
    Stream.objects.update(awarded_pence=1)
    assert queries.streams_out_of_balance() == [stream.pk]


def test_awarding_twice_awards_once(board, coordinator):
    round = counted(board, 400_00)
    award_round(round=round, words="Board", by=coordinator, now=AFTER)

    with pytest.raises(AwardRefused, match="have been awarded"):
        award_round(round=round, words="Board", by=coordinator, now=AFTER)

    assert Award.objects.count() == 1


def test_two_rounds_on_one_stream_cannot_take_more_than_it_holds(board, coordinator):
    stream = make_money(board, allocated_pence=700_00)
    first, second = (counted(board, 400_00, stream=stream, budget=500_00) for _ in range(2))
    award_round(round=first, words="Board", by=coordinator, now=AFTER)

    with pytest.raises(AwardRefused, match="Nothing was awarded"):
        award_round(round=second, words="Board", by=coordinator, now=AFTER)

    assert Award.objects.count() == 1
    assert queries.streams_out_of_balance() == []


def test_nothing_is_awarded_before_the_count_or_by_another_board(board, coordinator, other_coordinator):
    round = make_round(board, costs=(100_00,))

    with pytest.raises(AwardRefused, match="once the votes have been counted"):
        award_round(round=round, words="Board", by=coordinator, now=AFTER)
    make_counted(round)
    with pytest.raises(AwardRefused, match="role"):
        award_round(round=round, words="Board", by=other_coordinator, now=AFTER)
    with pytest.raises(AwardRefused, match="where this was decided"):
        award_round(round=round, words=" ", by=coordinator, now=AFTER)


def test_every_group_on_the_ballot_is_told_once_how_it_fared(board, coordinator):
    lead = make_person()
    round = make_round(board, costs=(600_00, 700_00))
    Proposal.objects.update(lead=lead)
    make_vote(round, 1)
    make_counted(round)
    award_round(round=round, words="Board", by=coordinator, now=AFTER)

    subjects = sorted(Message.objects.filter(key__startswith="funding-award:").values_list("subject", flat=True))
    assert ["has a grant" in s for s in subjects].count(True) == 1
    assert ["did not win" in s for s in subjects].count(True) == 1


def test_only_awarded_rounds_are_reported_on(board, coordinator):
    round = counted(board, 100_00)
    award = award_round(round=round, words="Board", by=coordinator, now=AFTER)[0]
    told = {"did": "Done", "spent_pence": 1, "people_helped": 3, "on": AFTER.date(), "publish": True, "by": coordinator}

    record_report(award=award, **told, now=AFTER)
    record_report(award=award, **{**told, "did": "Done well"}, now=AFTER)

    award.refresh_from_db()
    assert award.report.did == "Done well"


# --- rounds and proposals


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"closes_at": DATES["voting_opens_at"]}, "in order"),
        ({"proposals_close_at": OPENS}, "in order"),
        ({"closes_at": None}, "when voting closes"),
        ({"audience": 1}, "e-mail"),
        ({"least_ticks": 3, "most_ticks": 2}, "fewer than the least"),
    ],
)
def test_a_round_whose_parts_do_not_fit_is_refused_in_words(board, change, words):
    with pytest.raises(Refused, match=words):
        make_round(board, **change)


def test_the_money_of_another_board_is_refused(board, next_board):
    with pytest.raises(Refused, match="own pot"):
        make_round(board, stream=make_money(next_board))


def test_a_budget_that_is_not_there_cannot_be_published(board):
    with pytest.raises(Refused, match="more than is left"):
        make_round(board, stream=make_money(board, allocated_pence=100), budget_pence=101)


def test_a_round_is_published_once(board):
    with pytest.raises(Refused, match="already"):
        publish_round(round=make_round(board), by=None, now=BEFORE)


def test_another_boards_coordinator_makes_no_round_here(board, other_coordinator):
    with pytest.raises(Refused, match="role"):
        save_round(board=board, values={}, by=other_coordinator, now=BEFORE)


def test_a_proposal_dearer_than_allowed_never_gets_in(board):
    round = make_round(board, stream=make_money(board, cap_pence=300_00))

    with pytest.raises(Refused, match="more than one proposal"):
        make_proposal(round, cost_pence=300_01)
    make_proposal(round, cost_pence=300_00)


def test_a_checked_proposal_is_numbered_shown_and_told(board, coordinator):
    round = make_round(board)
    first, second = make_proposal(round, lead=make_person()), make_proposal(round)

    put_on_ballot(proposal=first, by=coordinator, now=OPENS)
    put_on_ballot(proposal=second, by=coordinator, now=OPENS)
    put_on_ballot(proposal=first, by=coordinator, now=OPENS)

    assert list(round.proposals.on_ballot().values_list("number", "state")) == [
        (1, Moderated.State.SHOWN),
        (2, Moderated.State.SHOWN),
    ]
    assert Message.objects.filter(subject__contains="on the ballot").count() == 1


@pytest.mark.parametrize("act", [ask_group, refuse])
def test_asking_and_refusing_need_words_and_send_them(board, coordinator, act):
    proposal = make_proposal(make_round(board), lead=make_person())

    with pytest.raises(Refused, match="words"):
        act(proposal=proposal, words=" ", by=coordinator, now=OPENS)
    act(proposal=proposal, words="Which street?", by=coordinator, now=OPENS)

    assert Message.objects.filter(body__startswith="Which street?").exists()
    assert proposal.number is None


def test_another_boards_coordinator_checks_nothing_here(board, other_coordinator):
    proposal = make_proposal(make_round(board))

    with pytest.raises(Refused, match="role"):
        put_on_ballot(proposal=proposal, by=other_coordinator, now=OPENS)


def test_everyone_who_voted_or_proposed_is_told_of_what_comes(board):
    voter, lead = make_voter(board), make_person()
    round = make_round(board, costs=(100_00,))
    Proposal.objects.update(lead=lead)
    make_vote(round, 1, person=voter)
    make_person()

    assert set(queries.people_to_tell([round])) == {voter, lead}
    assert list(queries.rounds_touched_by(voter)) == [round]
    assert [p.round_id for p in queries.proposals_of_person(lead)] == [round.pk]


def test_the_desk_knows_what_waits(board, coordinator):
    round = make_round(board, costs=(100_00,))
    make_proposal(round)

    assert queries.waiting_for(coordinator, OPENS) == {"to_check": 1, "to_count": 0, "to_award": 0}
    assert queries.waiting_for(coordinator, VOTING_CLOSES)["to_count"] == 1
    make_counted(round)
    assert queries.waiting_for(coordinator, AFTER)["to_award"] == 1
