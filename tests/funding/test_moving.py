"""The moves of a round: by its dates, to the second; told once; amended by two; objected to; confirmed; closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from engagement.activities.models import Activity
from engagement.activities.queries import closed_activities, open_activities
from engagement.funding import queries
from engagement.funding.actions.amending import propose_amendment, settle_amendment
from engagement.funding.actions.awards import award_round, record_report
from engagement.funding.actions.confirming import answer_objection, close_round, confirm_result, object_to
from engagement.funding.actions.counting import count_again, count_round, draw_lots
from engagement.funding.actions.moving import AUDIENCES, CONDITIONS, tell_what_came_by_itself
from engagement.funding.actions.proposals import take_out, withdraw
from engagement.funding.actions.refusals import CountRefused, Refused, VoteRefused
from engagement.funding.actions.rehearsing import (
    cast_mock_ballots,
    end_rehearsal,
    put_away_rehearsal,
    start_rehearsal,
)
from engagement.funding.models import (
    Amendment,
    Award,
    Ballot,
    Count,
    Envelope,
    FundingRound,
    MoveTold,
    Objection,
    Proposal,
    RollEntry,
)
from engagement.funding.rules import MOVES, ORDER, Dates, Facts, Stage, moves_by_time, stage_at
from engagement.notifications.models import Message
from tests.factories import make_person, make_role
from tests.funding.factories import (
    BEFORE,
    OPENS,
    PROPOSALS_CLOSE,
    VOTING_CLOSES,
    VOTING_OPENS,
    make_counted,
    make_round,
    make_vote,
    make_voter,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
QUESTIONS, SHORTLIST, ASSESSMENT = (PROPOSALS_CLOSE + timedelta(days=n) for n in (1, 2, 3))
WITH_ALL = {"questions_from_at": QUESTIONS, "shortlist_from_at": SHORTLIST, "assessment_from_at": ASSESSMENT}
LONDON = ZoneInfo("Europe/London")


def again(round: FundingRound) -> FundingRound:
    return FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk)


# --- the stages --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "before", "then"),
    [
        (OPENS, Stage.COMING, Stage.PROPOSALS),
        (PROPOSALS_CLOSE, Stage.PROPOSALS, Stage.CHECKS),
        (QUESTIONS, Stage.CHECKS, Stage.QUESTIONS),
        (SHORTLIST, Stage.QUESTIONS, Stage.SHORTLIST),
        (ASSESSMENT, Stage.SHORTLIST, Stage.ASSESSMENT),
        (VOTING_OPENS, Stage.ASSESSMENT, Stage.VOTING),
        (VOTING_CLOSES, Stage.VOTING, Stage.TO_COUNT),
    ],
)
def test_every_stage_begins_in_its_own_second(board, begins, before, then):
    round = make_round(board, **WITH_ALL)

    assert round.stage(begins - timedelta(microseconds=1)) is before
    assert round.stage(begins) is then


def test_stages_that_a_round_leaves_out_never_come(board):
    round = make_round(board)
    seen = {round.stage(OPENS + timedelta(hours=n)) for n in range(24 * 30)}

    assert seen == {Stage.PROPOSALS, Stage.CHECKS, Stage.VOTING, Stage.TO_COUNT}


@pytest.mark.parametrize(
    "closes", [datetime(2026, 10, 25, 1, 30, tzinfo=LONDON), datetime(2027, 3, 28, 2, 30, tzinfo=LONDON)]
)
def test_stages_turn_to_the_second_on_the_nights_the_clocks_change(closes):
    moment = closes.astimezone(UTC)
    dates = Dates(*(moment + timedelta(days=n) for n in (-9, -6, -3)), moment)
    published = Facts(published=True)

    assert stage_at(dates, published, moment - SECOND) is Stage.VOTING
    assert stage_at(dates, published, moment) is Stage.TO_COUNT


@pytest.mark.parametrize(
    ("counted_at", "ends"),
    [
        (datetime(2026, 10, 20, 18, tzinfo=UTC), datetime(2026, 10, 28, tzinfo=LONDON)),  # over the end of summer time
        (datetime(2027, 3, 24, 23, 30, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=LONDON)),  # over its beginning
        (datetime(2028, 2, 22, 12, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=LONDON)),  # over 29 February
    ],
)
def test_review_days_end_at_midnight_in_london(counted_at, ends):
    round = FundingRound(counted_at=counted_at, review_days=7)

    assert round.review_ends_at == ends
    assert round.review_ends_at.utcoffset() == ends.utcoffset()


def test_the_moves_are_in_the_order_of_the_stages_and_every_name_in_them_is_known():
    places = [ORDER.index(move.to) for move in MOVES]

    assert places == sorted(places)
    assert {need for move in MOVES for need in move.needs} <= set(CONDITIONS)
    assert {told for move in MOVES for told in move.tells} <= set(AUDIENCES)


def test_times_out_of_order_are_refused(board):
    with pytest.raises(Refused, match="in order"):
        make_round(board, questions_from_at=VOTING_OPENS + SECOND)


# --- telling -----------------------------------------------------------------------------------


def test_what_dates_move_is_told_once_also_after_the_server_was_down(board, coordinator):
    lead = make_person("lead@example.org")
    round = make_round(board, costs=(400_00,))
    Proposal.objects.update(lead=lead)
    for _ in range(3):
        tell_what_came_by_itself(now=VOTING_OPENS + timedelta(days=1))

    subjects = list(Message.objects.filter(key__startswith="funding-move").values_list("to__email", "subject"))
    assert ("lead@example.org", f"Voting in “{round.title}” is open") in subjects
    assert (coordinator.email, f"“{round.title}” has closed for proposals") in subjects
    assert len(subjects) == len(set(subjects))
    assert MoveTold.objects.count() == 3


def test_stale_moves_are_noted_and_nobody_is_written_to(board, coordinator):
    make_round(board, costs=(400_00,))
    tell_what_came_by_itself(now=VOTING_CLOSES + timedelta(days=60))

    assert MoveTold.objects.count() == 4
    assert not Message.objects.filter(key__startswith="funding-move").exists()


def test_a_draft_and_a_rehearsal_tell_nobody(board, coordinator):
    make_round(board, published=False)
    start_rehearsal(round=make_round(board), by=coordinator, now=OPENS)
    MoveTold.objects.all().delete()
    Message.objects.all().delete()
    FundingRound.objects.filter(rehearses__isnull=True).update(closed_at=None)
    Activity.objects.filter(is_unlisted=False).update(is_draft=True)
    tell_what_came_by_itself(now=VOTING_CLOSES)

    assert not MoveTold.objects.exists()
    assert not Message.objects.exists()


def test_moves_by_time_are_only_those_that_have_a_time():
    dates = Dates(OPENS, PROPOSALS_CLOSE, VOTING_OPENS, VOTING_CLOSES)

    assert [move.name for move, _at in moves_by_time(dates, Facts(published=True))] == [
        "open_for_proposals", "close_proposals", "open_voting", "close_voting",
    ]  # fmt: skip
    assert moves_by_time(dates, Facts(published=False)) == ()


# --- amendments --------------------------------------------------------------------------------


@pytest.fixture
def voting(board):
    return make_round(board, costs=(400_00, 300_00))


def proposed(round, by, **values):
    return propose_amendment(
        round=round, values={"budget_pence": 900_00, **values}, reason="A slip", by=by, now=VOTING_OPENS
    )


def test_an_amendment_takes_two_officers_and_gets_a_new_seal(voting, board, coordinator):
    second = make_role("coordinator", board)
    amendment = proposed(voting, coordinator)
    sealed = again(voting).rules_digest
    with pytest.raises(Refused, match="Another officer"):
        settle_amendment(amendment=amendment, agree=True, by=coordinator, now=VOTING_OPENS)
    settle_amendment(amendment=amendment, agree=True, by=second, now=VOTING_OPENS)

    changed = again(voting)
    amendment.refresh_from_db()
    assert changed.budget_pence == 900_00
    assert changed.rules_digest == amendment.digest_after == queries.rules_digest(changed) != sealed
    make_vote(changed, 1)
    assert make_counted(changed).is_settled


def test_the_chair_may_be_the_second_officer_and_another_boards_coordinator_may_not(
    voting, board, coordinator, other_coordinator
):
    amendment = proposed(voting, coordinator)
    with pytest.raises(Refused):
        settle_amendment(amendment=amendment, agree=True, by=other_coordinator, now=VOTING_OPENS)
    settle_amendment(amendment=amendment, agree=True, by=make_role("chair", board), now=VOTING_OPENS)

    assert again(voting).budget_pence == 900_00


def test_nothing_is_amended_once_someone_has_voted(voting, board, coordinator):
    amendment = proposed(voting, coordinator)
    make_vote(voting, 1)
    with pytest.raises(Refused, match="Someone has voted"):
        settle_amendment(amendment=amendment, agree=True, by=make_role("chair", board), now=VOTING_OPENS)
    with pytest.raises(Refused, match="Someone has voted"):
        proposed(voting, coordinator)

    assert again(voting).budget_pence == 1000_00


def test_a_ballot_made_under_the_rules_before_an_amendment_is_refused(voting, board, coordinator):
    page_opened_before = again(voting)
    settle_amendment(
        amendment=proposed(voting, coordinator), agree=True, by=make_role("chair", board), now=VOTING_OPENS
    )

    with pytest.raises(VoteRefused, match="has just changed the rules"):
        make_vote(page_opened_before, 1, 2, now=VOTING_OPENS)
    assert not RollEntry.objects.filter(round=voting).exists()

    make_vote(again(voting), 1, 2, now=VOTING_OPENS)
    assert RollEntry.objects.filter(round=voting).count() == 1


def test_an_amendment_needs_a_reason_a_difference_and_an_open_vote(voting, coordinator):
    for values, reason, now, words in (
        ({"budget_pence": 900_00}, " ", VOTING_OPENS, "Say why"),
        ({"budget_pence": 1000_00}, "Why", VOTING_OPENS, "Nothing is different"),
        ({"budget_pence": 900_00}, "Why", OPENS, "change the round itself"),
        ({"budget_pence": 900_00}, "Why", VOTING_CLOSES, "can no longer change"),
        ({"least_ticks": 3, "most_ticks": 2}, "Why", VOTING_OPENS, "fewer than the least"),
        ({"closes_at": VOTING_OPENS - SECOND}, "Why", VOTING_OPENS, "in the future"),
        ({"budget_pence": 10**9}, "Why", VOTING_OPENS, "more than is left"),
    ):
        with pytest.raises(Refused, match=words):
            propose_amendment(round=voting, values=values, reason=reason, by=coordinator, now=now)
    assert not Amendment.objects.exists()


def test_only_one_amendment_waits_at_a_time_and_a_dropped_one_changes_nothing(voting, board, coordinator):
    first = proposed(voting, coordinator)
    with pytest.raises(Refused, match="Another amendment"):
        proposed(voting, coordinator, least_votes=2)
    settle_amendment(amendment=first, agree=False, by=coordinator, now=VOTING_OPENS)

    assert again(voting).budget_pence == 1000_00
    proposed(voting, coordinator, least_votes=2)


def test_the_database_itself_refuses_an_amendment_made_by_one_person(voting, coordinator):
    amendment = proposed(voting, coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.filter(pk=amendment.pk).update(state="made", settled_by=coordinator, settled_at=VOTING_OPENS)


def test_amendments_show_on_the_rounds_page_with_their_reason(client, voting, board, coordinator):
    proposed(voting, coordinator, closes_at=VOTING_CLOSES + timedelta(days=1))
    with time_machine.travel(VOTING_OPENS, tick=False):
        page = client.get(voting.get_absolute_url()).content.decode()

    assert "An amendment to the rules is proposed" in page
    assert "A slip" in page
    assert "£900" in page


# --- objections, counting again, confirming ----------------------------------------------------


@pytest.fixture
def counted(board):
    round = make_round(board, costs=(400_00, 700_00), review_days=3)
    for _ in range(2):
        make_vote(round, 2)
    make_vote(round, 1)
    make_counted(round)
    return again(round)


IN_REVIEW = VOTING_CLOSES + timedelta(days=1)
AFTER_REVIEW = VOTING_CLOSES + timedelta(days=4)


def test_the_result_waits_for_the_review_days_and_for_every_answer(counted, coordinator, resident):
    assert counted.stage(IN_REVIEW) is Stage.REVIEW
    for act in (
        lambda: confirm_result(round=counted, words="Board", by=coordinator, now=IN_REVIEW),
        lambda: award_round(round=counted, words="Board", by=coordinator, now=IN_REVIEW),
    ):
        with pytest.raises(Refused, match="can still object"):
            act()
    objection = object_to(round=counted, person=resident, grounds="count", words="I counted two.", now=IN_REVIEW)
    with pytest.raises(Refused, match="has no answer"):
        confirm_result(round=counted, words="Board", by=coordinator, now=AFTER_REVIEW)
    with pytest.raises(Refused, match="has no answer"):
        award_round(round=counted, words="Board", by=coordinator, now=AFTER_REVIEW)
    answer_objection(objection=objection, upheld=False, answer="We looked.", by=coordinator, now=AFTER_REVIEW)
    confirm_result(round=counted, words="Board, item 4", by=coordinator, now=AFTER_REVIEW)
    assert again(counted).stage(AFTER_REVIEW) is Stage.CONFIRMED
    award_round(round=again(counted), words="Board, item 5", by=coordinator, now=AFTER_REVIEW)

    kept = again(counted)
    assert (kept.confirmed_words, kept.awarded_words) == ("Board, item 4", "Board, item 5")
    assert Message.objects.filter(to=resident, subject="The board has answered your objection").count() == 1


def test_objections_come_from_the_count_to_the_last_second_of_the_review(counted, resident):
    ends = counted.review_ends_at
    object_to(round=counted, person=resident, grounds="rules", words="?", now=ends - SECOND)
    with pytest.raises(Refused, match="are over"):
        object_to(round=counted, person=resident, grounds="rules", words="?", now=ends)

    assert Objection.objects.count() == 1


def test_a_result_changes_only_by_a_new_count_that_says_why(counted, coordinator, resident):
    winner, first_end = Proposal.objects.get(number=2), counted.review_ends_at
    with pytest.raises(CountRefused, match="Nothing has changed"):
        count_again(round=counted, why="To be sure", by=coordinator, now=IN_REVIEW)
    with pytest.raises(Refused, match="objection was upheld"):
        take_out(proposal=winner, words="Out of the area", by=coordinator, now=IN_REVIEW)
    objection = object_to(round=counted, person=resident, grounds="proposal", words="Not here", now=IN_REVIEW)
    answer_objection(objection=objection, upheld=True, answer="It is so.", by=coordinator, now=IN_REVIEW)
    take_out(proposal=winner, words="Out of the area", by=coordinator, now=IN_REVIEW)
    with pytest.raises(CountRefused, match="Say why"):
        count_again(round=counted, why="", by=coordinator, now=IN_REVIEW)
    count_again(round=counted, why="Number 2 lies outside the area", by=coordinator, now=IN_REVIEW + timedelta(days=1))

    first, second = Count.objects.order_by("number")
    assert queries.result_of(first.file)["funded"] == [2]
    assert queries.result_of(second.file)["funded"] == [1]
    assert [each.number for each in queries.funded_proposals(again(counted))] == [1]
    assert again(counted).review_ends_at > first_end
    with pytest.raises(IntegrityError), transaction.atomic():
        Count.objects.create(
            round=counted, number=3, is_settled=True, file="{}", file_digest="x", made_at=IN_REVIEW, why=""
        )


def test_counting_again_may_find_a_tie_and_then_lots_are_drawn(board, coordinator):
    lead = make_person()
    round = make_round(board, costs=(600_00, 600_00, 900_00), review_days=3)
    Proposal.objects.filter(number=3).update(lead=lead)
    for ticks in ((1, 3), (2, 3)):
        make_vote(round, *ticks)
    make_counted(round)
    withdraw(proposal=Proposal.objects.get(number=3), by=lead, now=IN_REVIEW)
    count_again(round=round, why="Number 3 withdrew", by=coordinator, now=IN_REVIEW)
    assert again(round).stage(IN_REVIEW) is Stage.TIE
    draw_lots(round=round, order=[2, 1], words="A hat", on=IN_REVIEW.date(), by=coordinator, now=IN_REVIEW)
    count_round(round=again(round), by=coordinator, now=IN_REVIEW)

    assert [each.number for each in queries.funded_proposals(again(round))] == [2]
    assert Count.objects.get(number=3).why == "Number 3 withdrew"


def test_a_round_closes_when_every_group_has_reported(counted, coordinator):
    award_round(round=counted, words="Board", by=coordinator, now=AFTER_REVIEW)
    with pytest.raises(Refused, match="has not reported"):
        close_round(round=again(counted), by=coordinator, now=AFTER_REVIEW)
    record_report(
        award=Award.objects.get(), did="Done", spent_pence=1, people_helped=None, on=AFTER_REVIEW.date(), publish=True,
        by=coordinator, now=AFTER_REVIEW,
    )  # fmt: skip
    close_round(round=again(counted), by=coordinator, now=AFTER_REVIEW)

    assert again(counted).stage(AFTER_REVIEW) is Stage.CLOSED


def test_someone_objects_first_and_says_who_they_are_last(client, counted, resident):
    form = counted.address("object")
    with time_machine.travel(IN_REVIEW, tick=False):
        page = client.get(form).content.decode()
        token = page.split('name="form_token" value="')[1].split('"')[0]
        sent = {"grounds": "count", "words": "I make it two to one.", "form_token": token}
        answer = client.post(form, sent)
        assert answer["Location"].startswith("/account/login/")
        client.force_login(resident)
        for _ in range(10):
            done = client.post(form, sent)
        page = client.get(done["Location"]).content.decode()
        assert Objection.objects.get().reference in page
        results = client.get(counted.address("results")).content.decode()
    assert "1 objection was made" in results
    assert "I make it two" not in results
    assert resident.email not in results


def test_a_form_sent_after_the_review_keeps_its_words_and_stores_nothing(client, counted, resident):
    client.force_login(resident)
    with time_machine.travel(AFTER_REVIEW, tick=False):
        answer = client.post(counted.address("object"), {"grounds": "count", "words": "My long words"})

    assert "are over" in answer.content.decode()
    assert "My long words" in answer.content.decode()
    assert not Objection.objects.exists()


# --- rehearsals --------------------------------------------------------------------------------


def test_a_rehearsal_runs_the_whole_round_and_leaves_nothing_behind(client, board, coordinator, tmp_path, settings):
    settings.VAR = tmp_path
    real = make_round(board, costs=(400_00, 700_00, 300_00), title="Winter grants")
    before = {model: model.objects.count() for model in (Proposal, RollEntry, Envelope, Ballot, Count, Activity)}
    rehearsal = start_rehearsal(round=real, by=coordinator, now=OPENS)
    cast_mock_ballots(rehearsal=rehearsal, how_many=50, seed=7, now=OPENS)
    voter = make_vote(rehearsal, 1, now=OPENS)
    end_rehearsal(rehearsal=rehearsal, at=OPENS + SECOND)
    rehearsal = again(rehearsal)
    count = count_round(round=rehearsal, by=coordinator, now=OPENS + SECOND)

    assert queries.result_of(count.file)["ballots"] == 51
    assert real.ballots.count() == real.roll.count() == 0
    assert again(real).counted_at is None
    assert not queries.rounds_touched_by(voter).exists()
    assert rehearsal not in queries.rounds_of(board)
    for listed in (open_activities(board, now=OPENS), closed_activities(board, now=OPENS + timedelta(days=1))):
        assert rehearsal.activity not in listed
    with pytest.raises(Refused, match="rehearsal"):
        award_round(round=rehearsal, words="Board", by=coordinator, now=OPENS + SECOND)
    with pytest.raises(IntegrityError), transaction.atomic():
        FundingRound.objects.filter(pk=rehearsal.pk).update(awarded_at=OPENS)
    put_away_rehearsal(rehearsal=rehearsal, by=coordinator)
    assert {model: model.objects.count() for model in before} == before


def test_the_same_seed_gives_the_same_mock_votes(board, coordinator):
    real = make_round(board, costs=(100_00, 200_00, 300_00, 400_00))
    votes = []
    for _ in range(2):
        rehearsal = start_rehearsal(round=real, by=coordinator, now=OPENS)
        cast_mock_ballots(rehearsal=rehearsal, how_many=40, seed=3, now=OPENS)
        end_rehearsal(rehearsal=rehearsal, at=OPENS + SECOND)
        count = count_round(round=again(rehearsal), by=coordinator, now=OPENS + SECOND)
        votes.append(queries.result_of(count.file)["votes"])
    assert votes[0] == votes[1]


def test_a_round_with_nothing_on_its_ballot_rehearses_on_samples(board, coordinator):
    rehearsal = start_rehearsal(round=make_round(board), by=coordinator, now=BEFORE + SECOND)

    assert rehearsal.proposals.choosable().count() == 6
    assert sum(rehearsal.proposals.values_list("cost_pence", flat=True)) > rehearsal.budget_pence


def test_an_open_round_is_no_longer_rehearsed_and_a_real_one_takes_no_mock_ballot(
    board, coordinator, other_coordinator
):
    real = make_round(board, costs=(100_00,))
    with pytest.raises(Refused, match="until its voting opens"):
        start_rehearsal(round=real, by=coordinator, now=VOTING_OPENS)
    with pytest.raises(Refused):
        start_rehearsal(round=real, by=other_coordinator, now=OPENS)
    with pytest.raises(ValueError, match="Only a rehearsal"):
        cast_mock_ballots(rehearsal=real, how_many=1, seed=1, now=VOTING_OPENS)
    with pytest.raises(ValueError, match="Only a rehearsal"):
        end_rehearsal(rehearsal=real, at=VOTING_OPENS)
    with pytest.raises(ValueError, match="Only a rehearsal"):
        put_away_rehearsal(rehearsal=real, by=coordinator)


def test_the_officers_walk_a_rehearsal_and_an_amendment_at_the_desk(client, board, coordinator, tmp_path, settings):
    settings.VAR = tmp_path
    real = make_round(board, costs=(400_00, 700_00))

    def desk(name, *args):
        return reverse(f"funding_desk:{name}", args=args)

    client.force_login(coordinator)
    with time_machine.travel(OPENS, tick=False):
        where = client.post(desk("rehearse", real.pk))["Location"]
        rehearsal = FundingRound.objects.get(rehearses=real)
        assert where == desk("rehearsal", rehearsal.pk)
        client.post(where, {"how_many": "20", "seed": "5"})
        assert "20 mock ballots" in client.get(where).content.decode()
        client.post(desk("end_rehearsal", rehearsal.pk))
        client.post(desk("count", rehearsal.pk))
        assert "This is a rehearsal" in client.get(again(rehearsal).address("results")).content.decode()
        assert client.get(desk("rehearse", real.pk)).status_code == 200
        client.post(desk("put_away", rehearsal.pk))
        assert not FundingRound.objects.filter(rehearses=real).exists()
    with time_machine.travel(VOTING_OPENS, tick=False):
        form = client.get(desk("amend", real.pk))
        assert form.status_code == 200
        kept = {
            name: value
            for name, value in form.context["form"].initial.items()
            if value is not None and value is not False
        }
        closes = {"closes_at": "2 December 2026 17:00"}
        client.post(desk("amend", real.pk), {**kept, **closes, "budget_pence": "900", "reason": "More time"})
        amendment = Amendment.objects.get()
        assert set(amendment.changes) == {"budget_pence", "closes_at"}
        own = client.post(desk("amendment", amendment.pk), {"act": "agree"})
        assert "Another officer has to agree" in own.content.decode()
        client.force_login(make_role("chair", board))
        client.post(desk("amendment", amendment.pk), {"act": "agree"})
    assert again(real).budget_pence == 900_00


def test_the_officers_answer_confirm_and_count_again_at_the_desk(client, counted, coordinator, resident):
    def desk(name, *args):
        return reverse(f"funding_desk:{name}", args=args)

    client.force_login(coordinator)
    with time_machine.travel(IN_REVIEW, tick=False):
        objection = object_to(round=counted, person=resident, grounds="proposal", words="Not here", now=IN_REVIEW)
        assert "Not here" in client.get(desk("objections", counted.pk)).content.decode()
        client.post(desk("answer_objection", objection.pk), {"outcome": "upheld", "answer": "It is so."})
        assert "Take it out" in client.get(desk("count_again", counted.pk)).content.decode()
        client.post(desk("take_proposal_out", Proposal.objects.get(number=2).pk), {"words": "Out of the area"})
        client.post(desk("count_again", counted.pk), {"why": "Number 2 lies outside"})
        assert "Number 2 lies outside" in client.get(counted.address("results")).content.decode()
    with time_machine.travel(AFTER_REVIEW + timedelta(days=2), tick=False):
        assert "Castle Green" in client.get(desk("confirm", counted.pk)).content.decode()
        client.post(desk("confirm", counted.pk), {"words": "Board, 6 December"})
        assert "Board, 6 December" in client.get(counted.address("results")).content.decode()
        client.post(desk("award", counted.pk), {"words": "The same meeting"})
        award = Award.objects.get()
        client.post(desk("report", award.pk), {"did": "Swings are up", "spent_pence": "400", "publish": "on"})
        client.post(desk("close", counted.pk))
    assert again(counted).closed_at is not None


def test_nobody_proposes_or_votes_in_the_stages_between(board):
    round = make_round(board, **WITH_ALL)
    for moment in (QUESTIONS, SHORTLIST, ASSESSMENT):
        with pytest.raises(Refused, match="has closed for proposals"):
            propose_at(again(round), moment)
        with pytest.raises(VoteRefused, match="not opened"):
            make_vote(again(round), person=make_voter(board), now=moment)


def propose_at(round, moment):
    from engagement.funding.actions.proposals import propose

    return propose(
        round=round, lead=None, title="Late", group="G", summary="S", who_benefits="W", lines=[("x", 1_00)], now=moment
    )
