"""A panel scores each apart; an interest shuts out; the criteria stand; what it decides is what goes on."""

from __future__ import annotations

from fractions import Fraction

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry

from boards.people.models import Person, Role
from engagement.funding import panel_queries, queries
from engagement.funding.actions.assessing import (
    PanelRefused,
    close_scoring,
    decide,
    declare,
    find_interest,
    remark,
    reopen,
    save_criteria,
    save_scores,
    seat,
    unseat,
)
from engagement.funding.actions.awards import award_round
from engagement.funding.actions.proposals import put_on_ballot
from engagement.funding.actions.refusals import AwardRefused, Refused
from engagement.funding.actions.rounds import save_round
from engagement.funding.models import Assessment, CriteriaFixed, Criterion, Interest, PanelMember, Proposal, Score
from engagement.funding.rules.assessing import (
    Weighed,
    assess,
    departures,
    in_order,
    two_places,
    weighed_score,
    weights_add_up,
)
from engagement.notifications.models import Message
from tests.factories import make_person, make_role
from tests.funding.factories import AFTER, VOTING_CLOSES, VOTING_OPENS, make_counted, make_proposal, make_vote
from tests.funding.panel_factories import CRITERIA, GUIDANCE, SCORING, make_panel_round, make_panellists, make_sheet

TWO = [Weighed(1, "Need", 60), Weighed(2, "Done", 40)]


def at(moment):
    return time_machine.travel(moment, tick=False)


# --- the arithmetic ------------------------------------------------------------------------------


def test_weights_are_whole_and_come_to_a_hundred():
    assert weights_add_up([60, 40])
    assert not weights_add_up([60, 41])
    assert not weights_add_up([100, 0])
    assert not weights_add_up([])


def test_a_weighed_score_is_exact():
    assert weighed_score({1: 5, 2: 0}, TWO) == 3
    assert weighed_score({1: 2, 2: 3}, TWO) == Fraction(12, 5)


def test_the_spread_says_low_high_and_mean():
    found = assess(7, [{1: 1, 2: 3}, {1: 5, 2: 3}, {1: 1, 2: 3}], TWO)

    need, done = found.spreads
    assert (need.low, need.high, need.mean, need.adds) == (1, 5, Fraction(7, 3), Fraction(7, 5))
    assert (done.low, done.high) == (3, 3)
    assert found.total == Fraction(13, 5)
    assert assess(7, [], TWO) is None


def test_equal_scores_share_a_place_and_the_next_counts_them_all():
    sheets = {1: [{1: 4, 2: 4}], 2: [{1: 5, 2: 5}], 3: [{1: 4, 2: 4}], 4: [{1: 0, 2: 0}]}
    placed = in_order(assess(key, given, TWO) for key, given in sheets.items())

    assert [(each.assessed.key, each.place, each.shares) for each in placed] == [
        (2, 1, 0), (1, 2, 1), (3, 2, 1), (4, 4, 0),
    ]  # fmt: skip


def test_thirds_that_add_up_are_a_tie_and_not_a_rounding():
    three = [Weighed(1, "A", 33), Weighed(2, "B", 33), Weighed(3, "C", 34)]
    one = assess(1, [{1: 1, 2: 0, 3: 0}, {1: 0, 2: 1, 3: 0}, {1: 0, 2: 0, 3: 1}], three)
    two = assess(2, [{1: 1, 2: 1, 3: 1}, {1: 0, 2: 0, 3: 0}, {1: 0, 2: 0, 3: 0}], three)

    assert {each.shares for each in in_order([one, two])} == {1}


scores = st.integers(0, 5)


@given(st.lists(st.tuples(scores, scores), min_size=1, max_size=9), st.integers(1, 99))
def test_what_each_criterion_adds_is_the_mean_of_the_whole_scores(given_scores, weight):
    criteria = [Weighed(1, "A", weight), Weighed(2, "B", 100 - weight)]
    found = assess(1, [{1: a, 2: b} for a, b in given_scores], criteria)

    assert found.total == sum(found.totals) / len(found.totals)
    assert 0 <= found.total <= 5
    assert found.totals[0] <= found.total <= found.totals[-1]


def test_a_score_is_shown_to_two_places_and_says_when_that_is_not_exact():
    assert two_places(Fraction(17, 5)) == ("3.40", True)
    assert two_places(Fraction(7, 3)) == ("2.33", False)
    assert two_places(Fraction(1, 200)) == ("0.01", False)


def test_departures_go_both_ways():
    found = departures([1, 2], [2, 3])
    assert (found.added, found.left_out, found.all()) == ((3,), (1,), (1, 3))
    assert not departures([1], [1])


# --- the panel -----------------------------------------------------------------------------------

db = pytest.mark.django_db


@pytest.fixture
def people(board):
    return make_panellists(board)


@pytest.fixture
def scene(board, people):
    """A round whose panel makes the shortlist, with two proposals before it."""
    round, panel = make_panel_round(board, people=people)
    return round, panel, [make_proposal(round, title="Swings"), make_proposal(round, title="A tap")]


def get(client, person, round, name, *more):
    client.force_login(person)
    return client.get(round.address(name, *more))


@db
def test_criteria_that_do_not_come_to_a_hundred_are_refused(board, people):
    round, _panel = make_panel_round(board, people=people)
    for wrong in (
        [{**CRITERIA[0], "weight": 61}, CRITERIA[1]],
        [],
        [{**CRITERIA[0], "weight": 100, "guidance": ["x"]}],
    ):
        with pytest.raises(PanelRefused):
            save_criteria(round=round, criteria=wrong, shows_interests="name", by=None)
    assert [each.weight for each in Criterion.objects.all()] == [60, 40]


@db
def test_from_the_first_score_on_the_criteria_cannot_change(scene, people, board):
    round, panel, (swings, _tap) = scene
    save_criteria(
        round=round, criteria=[{"name": "All", "weight": 100, "guidance": GUIDANCE}], shows_interests="name", by=None
    )
    declare(panel=panel, proposal=swings, person=people[0], has_interest=False, words="", now=SCORING)
    [criterion] = Criterion.objects.all()
    save_scores(
        panel=panel, proposal=swings, person=people[0], scores={criterion.pk: (3, "")}, hand_in=False, now=SCORING
    )
    panel.refresh_from_db()

    assert panel.criteria_digest == panel_queries.criteria_digest([criterion])
    with pytest.raises(PanelRefused, match="no longer change"):
        save_criteria(round=round, criteria=CRITERIA, shows_interests="name", by=make_role("coordinator", board))
    criterion.weight = 99
    for change in (criterion.save, criterion.delete, Criterion.objects.all().delete):
        with pytest.raises(CriteriaFixed):
            change()
    with pytest.raises(CriteriaFixed):
        Criterion.objects.update(weight=99)


@db
def test_criteria_changed_behind_the_back_break_the_seal_and_stop_the_scoring(scene, people):
    from django.db import connection

    _round, panel, (swings, tap) = scene
    make_sheet(panel, swings, people[0], 3, 3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE funding_criterion SET weight = 50")

    with pytest.raises(PanelRefused, match="not those that scoring began with"):
        make_sheet(panel, tap, people[0], 3, 3)


@db
def test_nobody_sees_anothers_scores_before_handing_in_their_own(client, scene, people, coordinator):
    round, panel, (swings, _tap) = scene
    make_sheet(panel, swings, people[0], 5, 1)

    second = get(client, people[1], round, "panel_proposal", swings.slug).content.decode()
    assert "Answer this before you read the proposal" in second
    assert "New swings by the moat" not in second
    declare(panel=panel, proposal=swings, person=people[1], has_interest=False, words="", now=SCORING)
    with at(SCORING):
        for person in (people[1], coordinator, make_role("administrator", None)):
            page = get(client, person, round, "panel_proposal", swings.slug).content.decode()
            assert "New swings by the moat" in page
            assert "Because of" not in page
            assert "of 5 so far" not in page
            assert "Because of" not in get(client, person, round, "panel").content.decode()
            assert "ranking shows when" in get(client, person, round, "panel_ranking").content.decode()
    make_sheet(panel, swings, people[1], 1, 1)
    page = get(client, people[1], round, "panel_proposal", swings.slug).content.decode()
    assert "Because of 5" in page
    assert "from 1 to 5, mean 3.00" in page


@db
def test_no_score_stands_in_the_log(scene, people):
    _round, panel, (swings, _tap) = scene
    sheet = make_sheet(panel, swings, people[1], 5, 1)
    declare(panel=panel, proposal=swings, person=people[0], has_interest=False, words="", now=SCORING)
    reopen(sheet=sheet, reason="Read the wrong one", by=people[0], now=SCORING)
    rows = ModelLogEntry.objects.filter(action__in=["funding.hand_in_scores", "funding.reopen_scores"])

    assert rows.count() == 2
    for row in rows:
        assert set(row.data) <= {"board", "proposal", "member", "reason"}
        assert "Because" not in str(row.data)


@db
def test_a_draft_is_kept_and_handed_in_only_when_whole(scene, people):
    _round, panel, (swings, _tap) = scene
    make_sheet(panel, swings, people[0], 4, 4, hand_in=False)
    first, second = Criterion.objects.all()
    half = {first.pk: (4, "Good"), second.pk: (None, "")}

    with pytest.raises(PanelRefused, match="every criterion"):
        save_scores(panel=panel, proposal=swings, person=people[0], scores=half, hand_in=True, now=SCORING)
    save_scores(panel=panel, proposal=swings, person=people[0], scores=half, hand_in=False, now=SCORING)
    assert list(Score.objects.values_list("score", flat=True)) == [4, None]
    whole = {first.pk: (4, "Good"), second.pk: (0, "No permit")}
    save_scores(panel=panel, proposal=swings, person=people[0], scores=whole, hand_in=True, now=SCORING)
    with pytest.raises(PanelRefused, match="Only the chair"):
        save_scores(panel=panel, proposal=swings, person=people[0], scores=whole, hand_in=True, now=SCORING)


@db
def test_the_database_takes_no_score_but_0_to_5_and_one_a_criterion(scene, people):
    _round, panel, (swings, _tap) = scene
    sheet = make_sheet(panel, swings, people[0], 4, 4, hand_in=False)
    first = Criterion.objects.first()
    for fields in ({"score": 6}, {"score": 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Score.objects.filter(score=4, criterion=first).update(**fields) if fields["score"] == 6 else (
                Score.objects.create(assessment=sheet, criterion=first, **fields)
            )


@db
def test_only_the_chair_gives_scores_back_with_a_reason_and_they_keep_what_they_were(scene, people, coordinator):
    _round, panel, (swings, _tap) = scene
    sheet = make_sheet(panel, swings, people[1], 5, 1)
    for person, reason in ((people[1], "Mine"), (coordinator, "So"), (people[0], " ")):
        with pytest.raises(PanelRefused):
            reopen(sheet=sheet, reason=reason, by=person, now=SCORING)
    with pytest.raises(PanelRefused, match="First say"):
        reopen(sheet=sheet, reason="Read the wrong one", by=people[0], now=SCORING)
    declare(panel=panel, proposal=swings, person=people[0], has_interest=False, words="", now=SCORING)
    reopen(sheet=sheet, reason="Read the wrong one", by=people[0], now=SCORING)

    sheet.refresh_from_db()
    assert sheet.state == Assessment.State.DRAFT
    assert [score for _criterion, score, _words in sheet.reopenings.get().before] == [5, 1]
    assert ModelLogEntry.objects.get(action="funding.reopen_scores").data["reason"] == "Read the wrong one"


@db
def test_a_chair_who_has_not_scored_sees_no_score_when_giving_one_back(client, scene, people):
    round, panel, (swings, _tap) = scene
    make_sheet(panel, swings, people[1], 5, 1)
    declare(panel=panel, proposal=swings, person=people[0], has_interest=False, words="", now=SCORING)
    client.force_login(people[0])
    with at(SCORING):
        answer = client.post(
            round.address("panel_proposal", swings.slug),
            {"step": "reopen", "sheet": Assessment.objects.get().pk, "reason": "They asked"},
            follow=True,
        )

    assert "Because of" not in answer.content.decode()
    assert Assessment.objects.get().state == Assessment.State.DRAFT


@db
def test_a_declared_interest_shuts_out_of_page_scores_talk_and_ranking(client, scene, people):
    round, panel, (swings, tap) = scene
    declare(panel=panel, proposal=swings, person=people[2], has_interest=True, words="My sister runs it", now=SCORING)
    make_sheet(panel, tap, people[2], 2, 2)
    for person in people[:2]:
        make_sheet(panel, swings, person, 5, 5)
        make_sheet(panel, tap, person, 2, 2)
    remark(panel=panel, proposal=swings, person=people[0], words="A secret remark", now=SCORING)
    close_scoring(panel=panel, by=people[0], now=SCORING)

    page = get(client, people[2], round, "panel_proposal", swings.slug).content.decode()
    assert "You take no part in this one" in page
    for hidden in ("Because of", "A secret remark", "New swings by the moat", "of 5"):
        assert hidden not in page
    table = get(client, people[2], round, "panel_ranking").content.decode()
    assert "Swings" not in table
    assert "Place 1:" in table
    assert "Place 2:" not in table
    assert "Place 2:" in get(client, people[0], round, "panel_ranking").content.decode()
    with at(SCORING):
        client.force_login(people[2])
        for step in ({"step": "remark", "words": "x", "form_token": "0" * 32}, {"step": "draft"}, {"step": "interest"}):
            client.post(round.address("panel_proposal", swings.slug), step)
    assert swings.remarks.count() == 1
    assert not Assessment.objects.filter(member__person=people[2], proposal=swings).exists()


@db
def test_someone_who_has_left_or_is_an_officer_stays_shut_out_by_their_interest(client, scene, people, coordinator):
    round, panel, (swings, _tap) = scene
    seat(round=round, person=coordinator, is_chair=False, by=None, now=SCORING)
    declare(panel=panel, proposal=swings, person=coordinator, has_interest=True, words="A trustee", now=SCORING)
    unseat(member=PanelMember.objects.get(person=coordinator), by=None, now=SCORING)
    make_sheet(panel, swings, people[0], 5, 5)
    close_scoring(panel=panel, by=people[0], now=SCORING)

    page = get(client, coordinator, round, "panel_proposal", swings.slug).content.decode()
    assert "You take no part" in page
    assert "Because of" not in page
    assert "Swings" not in get(client, coordinator, round, "panel_ranking").content.decode()
    with pytest.raises(PanelRefused, match="interest"):
        decide(panel=panel, choices=[], words="x", by=coordinator, now=SCORING)


@db
def test_an_interest_once_said_is_not_unsaid(scene, people):
    _round, panel, (swings, _tap) = scene
    declare(panel=panel, proposal=swings, person=people[1], has_interest=True, words="A trustee", now=SCORING)
    with pytest.raises(PanelRefused):
        declare(panel=panel, proposal=swings, person=people[1], has_interest=False, words="", now=SCORING)
    assert Interest.objects.get().kind == Interest.Kind.DECLARED


@db
@pytest.mark.parametrize(("shows", "name_is_there"), [("name", True), ("role", False)])
def test_an_interest_is_published_by_name_or_role_as_the_board_decides(client, scene, people, shows, name_is_there):
    _round, panel, (swings, _tap) = scene
    panel.shows_interests = shows
    panel.save()
    Proposal.objects.update(state="shown")
    declare(panel=panel, proposal=swings, person=people[1], has_interest=True, words="I keep their books", now=SCORING)
    page = client.get(swings.get_absolute_url()).content.decode()

    assert "I keep their books" in page
    assert ("Panellist B" in page) is name_is_there
    assert "Partner" in page
    assert people[1].email not in page


@db
def test_an_interest_found_later_voids_the_scores_and_is_published(client, scene, people):
    _round, panel, (swings, _tap) = scene
    for person in people:
        make_sheet(panel, swings, person, 5 if person == people[2] else 1, 1)
    found = find_interest(
        member=PanelMember.objects.get(person=people[2]),
        proposal=swings,
        words="Paid by them",
        by=people[0],
        now=SCORING,
    )

    assert found.kind == Interest.Kind.FOUND
    assert panel_queries.scores_of(panel)[swings.pk] == [{c.pk: 1 for c in Criterion.objects.all()}] * 2
    assert Assessment.objects.get(member__person=people[2]).void_words == "An interest was found later: Paid by them"
    Proposal.objects.update(state="shown")
    assert "not declared and was found later" in client.get(swings.get_absolute_url()).content.decode()
    with pytest.raises(PanelRefused):
        find_interest(
            member=PanelMember.objects.get(person=people[0]), proposal=swings, words="x", by=people[1], now=SCORING
        )


@db
def test_the_panel_talks_only_when_all_have_handed_in(scene, people):
    _round, panel, (swings, _tap) = scene
    declare(panel=panel, proposal=swings, person=people[2], has_interest=True, words="A trustee", now=SCORING)
    make_sheet(panel, swings, people[0], 3, 3)
    with pytest.raises(PanelRefused, match="everyone has handed in"):
        remark(panel=panel, proposal=swings, person=people[0], words="Well?", now=SCORING)
    make_sheet(panel, swings, people[1], 3, 3)
    remark(panel=panel, proposal=swings, person=people[0], words="Well?", now=SCORING)
    with pytest.raises(PanelRefused):
        remark(panel=panel, proposal=swings, person=people[2], words="And me?", now=SCORING)


@db
def test_equal_posts_of_one_remark_say_it_once(client, scene, people):
    round, panel, (swings, _tap) = scene
    for person in people:
        make_sheet(panel, swings, person, 3, 3)
    client.force_login(people[0])
    sent = {"step": "remark", "words": "Well?", "form_token": "6f1c1f0e-0000-4000-8000-000000000001"}
    with at(SCORING):
        for _ in range(10):
            client.post(round.address("panel_proposal", swings.slug), sent)
    assert swings.remarks.count() == 1


@db
def test_scoring_ends_when_voting_opens_where_the_panel_only_shortlists(scene, people):
    _round, panel, (swings, _tap) = scene
    with pytest.raises(PanelRefused, match="at this stage"):
        make_sheet(panel, swings, people[0], 3, 3, now=VOTING_OPENS)


@db
def test_only_what_the_panel_shortlisted_goes_on_the_ballot_and_the_rest_get_a_reason(
    client, scene, people, coordinator
):
    round, panel, (swings, tap) = scene
    assert panel_queries.shortlist_of(round) == frozenset()
    with pytest.raises(Refused, match="not on it"):
        put_on_ballot(proposal=swings, by=coordinator, now=SCORING)
    make_sheet(panel, swings, people[0], 5, 5)
    with pytest.raises(PanelRefused, match="closes scoring"):
        decide(panel=panel, choices=[(swings, True, ""), (tap, False, "x")], words="Panel", by=people[0], now=SCORING)
    close_scoring(panel=panel, by=people[0], now=SCORING)
    for wrong in ([(swings, True, "")], [(swings, True, ""), (tap, False, " ")]):
        with pytest.raises(PanelRefused):
            decide(panel=panel, choices=wrong, words="Panel", by=people[0], now=SCORING)
    decide(
        panel=panel, choices=[(swings, True, ""), (tap, False, "No permit")], words="Panel, 16 November",
        by=people[0], now=SCORING,
    )  # fmt: skip

    assert panel_queries.shortlist_of(round) == {swings.pk}
    put_on_ballot(proposal=swings, by=coordinator, now=SCORING)
    with pytest.raises(Refused, match="not on it"):
        put_on_ballot(proposal=tap, by=coordinator, now=SCORING)
    Proposal.objects.update(state="shown")
    page = client.get(round.address("assessment")).content.decode()
    assert "No permit" in page
    assert "all gave 5" in page
    assert "Because of" not in page


@db
def test_a_round_without_a_panel_that_shortlists_asks_for_no_shortlist(board, coordinator, people):
    round, _panel = make_panel_round(board, people=people, combines="vote")
    proposal = make_proposal(round)
    assert panel_queries.shortlist_of(round) is None
    put_on_ballot(proposal=proposal, by=coordinator, now=SCORING)
    assert Proposal.objects.get().number == 1


@pytest.fixture
def heard(board, people):
    """A counted round whose panel decides after hearing the vote: the vote alone funds the first of two."""
    round, panel = make_panel_round(board, people=people, combines="panel_hears_vote", costs=(600_00, 700_00))
    first, second = round.proposals.on_ballot()
    for person in people:
        make_sheet(panel, second, person, 5, 5, now=VOTING_OPENS)
    for _ in range(2):
        make_vote(round, 1)
    make_vote(round, 2)
    make_counted(round)
    round.refresh_from_db()
    close_scoring(panel=panel, by=people[0], now=VOTING_CLOSES)
    return round, panel, first, second


@db
def test_a_panel_that_hears_the_vote_says_why_it_departs_and_its_word_is_what_is_awarded(
    client, heard, people, coordinator
):
    round, panel, first, second = heard
    assert [each.pk for each in queries.funded_by_vote(round)] == [first.pk]
    with pytest.raises(AwardRefused, match="has not decided"):
        award_round(round=round, words="Board", by=coordinator, now=AFTER)
    choices = [(first, False, ""), (second, True, "")]
    with pytest.raises(PanelRefused, match="depart from the vote"):
        decide(panel=panel, choices=choices, words="Panel", by=people[0], now=AFTER)
    with pytest.raises(PanelRefused, match="more than the budget"):
        decide(panel=panel, choices=[(first, True, ""), (second, True, "y")], words="Panel", by=people[0], now=AFTER)
    assert "decides next" in client.get(round.address("results")).content.decode()
    decide(
        panel=panel, choices=[(first, False, "No permit"), (second, True, "Ready now")], words="Panel, 1 December",
        by=people[0], now=AFTER,
    )  # fmt: skip

    page = client.get(round.address("assessment")).content.decode()
    for words in ("No permit", "Ready now", "(not as the vote)", "Panel, 1 December"):
        assert words in page
    assert round.address("assessment") in client.get(round.address("results")).content.decode()
    [award] = award_round(round=round, words="Board", by=coordinator, now=AFTER)
    assert award.proposal == second


@db
def test_the_database_refuses_a_departure_without_a_reason(heard):
    from engagement.funding.models import PanelChoice

    _round, panel, first, _second = heard
    with pytest.raises(IntegrityError), transaction.atomic():
        PanelChoice.objects.create(panel=panel, proposal=first, chosen=False, voted=True, position=1)


@db
def test_where_the_vote_decides_the_panels_work_shows_with_the_count(client, board, people):
    round, panel = make_panel_round(board, people=people, combines="vote")
    proposal = make_proposal(round)
    make_sheet(panel, proposal, people[0], 4, 4)
    close_scoring(panel=panel, by=people[0], now=SCORING)
    put_on_ballot(proposal=proposal, by=make_role("coordinator", board), now=SCORING)
    assert client.get(round.address("assessment")).status_code == 404
    make_vote(round, 1)
    make_counted(round)

    assert "4.00 of 5" in client.get(round.address("assessment")).content.decode()


# --- the doors -----------------------------------------------------------------------------------


@db
def test_the_panels_pages_do_not_exist_for_anyone_else(client, scene, people, resident, other_coordinator, stranger):
    round, panel, (swings, _tap) = scene
    make_sheet(panel, swings, people[0], 5, 5)
    others = [
        resident,
        other_coordinator,
        stranger,
        make_role("partner", round.board),
        make_role("member", round.board),
    ]
    for name, more in (
        ("panel", ()), ("panel_close", ()), ("panel_ranking", ()), ("panel_decision", ()), ("panel_proposal", (swings.slug,)),
    ):  # fmt: skip
        name = "panel_decide" if name == "panel_decision" else name
        for person in others:
            client.force_login(person)
            for method in ("get", "post"):
                answer = getattr(client, method)(round.address(name, *more))
                assert answer.status_code == 404, (name, person)
        client.logout()
        assert client.get(round.address(name, *more)).status_code == 302
    assert client.get(round.address("assessment")).status_code == 404


@db
def test_a_seat_ends_with_the_role(client, scene, people):
    round, panel, (swings, _tap) = scene
    Role.objects.filter(person=people[1]).update(until="2026-01-01")
    person = Person.objects.get(pk=people[1].pk)
    assert get(client, person, round, "panel").status_code == 404
    with pytest.raises(PanelRefused):
        make_sheet(panel, swings, person, 1, 1)


@db
def test_whoever_gets_a_seat_is_told_once_and_of_no_draft(scene, people, board):
    round, _panel, _proposals = scene
    seat(round=round, person=people[1], is_chair=False, by=None, now=SCORING)
    assert Message.objects.get(to=people[1]).link == round.address("panel")
    assert client_of(people[1]).get(Message.objects.get(to=people[1]).link).status_code == 200
    Message.objects.all().delete()
    make_panel_round(board, people=people, published=False)
    assert not Message.objects.filter(key__startswith="panel-seat").exists()


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


@db
def test_only_someone_whose_role_assesses_gets_a_seat(scene, coordinator, other_coordinator, next_board):
    round, _panel, _proposals = scene
    for person in (make_person(), make_role("chair", round.board), other_coordinator, make_role("partner", next_board)):
        with pytest.raises(PanelRefused, match="role does not"):
            seat(round=round, person=person, is_chair=False, by=coordinator, now=SCORING)


@db
def test_a_coordinator_sets_up_a_panel_at_the_desk(client, board, coordinator, other_coordinator):
    from tests.funding.factories import make_round

    round = make_round(board)
    someone = make_role("partner", board)
    url = reverse("funding_desk:panel", args=[round.pk])
    filled = {
        "shows_interests": "role", "name_1": "Need", "weight_1": "70", "guidance_1": "\n".join(GUIDANCE),
        "name_2": "Done", "weight_2": "20", "guidance_2": "\n".join(GUIDANCE),
    }  # fmt: skip
    client.force_login(coordinator)
    assert "add up to 100" in client.post(url, filled).content.decode()
    assert "six lines" in client.post(url, {**filled, "weight_2": "30", "guidance_2": "x"}).content.decode()
    client.post(url, {**filled, "weight_2": "30"})
    client.post(reverse("funding_desk:panel_seat", args=[round.pk]), {"person": someone.pk, "is_chair": "on"})
    member = PanelMember.objects.get()
    assert (member.person, member.is_chair, member.panel.shows_interests) == (someone, True, "role")
    assert client.get(url).status_code == 200

    client.force_login(other_coordinator)
    for method, address in (
        ("get", url), ("post", url), ("post", reverse("funding_desk:panel_seat", args=[round.pk])),
        ("post", reverse("funding_desk:panel_unseat", args=[member.pk])),
    ):  # fmt: skip
        assert getattr(client, method)(address, filled).status_code == 404
    client.force_login(coordinator)
    client.post(reverse("funding_desk:panel_unseat", args=[member.pk]))
    assert PanelMember.objects.get().left_at is not None


@db
def test_a_member_declares_scores_and_hands_in_on_the_page(client, scene, people):
    round, _panel, (swings, _tap) = scene
    first, second = Criterion.objects.all()
    url = round.address("panel_proposal", swings.slug)
    client.force_login(people[0])
    with at(SCORING):
        assert "There is a problem" in client.post(url, {"step": "interest", "has_interest": "yes"}).content.decode()
        client.post(url, {"step": "interest", "has_interest": "no"})
        client.post(url, {"step": "draft", f"score_{first.pk}": "4", f"words_{first.pk}": "Kept words"})
        assert "Kept words" in client.get(url).content.decode()
        refused = client.post(url, {"step": "hand_in", f"score_{first.pk}": "4", f"words_{first.pk}": "Kept words"})
        assert "There is a problem" in refused.content.decode()
        for odd in ("6", "-1", "x", "9" * 400):
            assert client.post(url, {"step": "draft", f"score_{first.pk}": odd}).status_code == 200
        client.post(
            url,
            {
                "step": "hand_in", f"score_{first.pk}": "4", f"words_{first.pk}": "a", f"score_{second.pk}": "0",
                f"words_{second.pk}": "b",
            },
        )  # fmt: skip
    assert Assessment.objects.get().state == Assessment.State.HANDED_IN


@db
@pytest.mark.parametrize("rows", [3, 40])
def test_the_panels_pages_ask_few_queries(client, board, people, rows, django_assert_max_num_queries):
    round, panel = make_panel_round(board, people=people)
    proposals = [make_proposal(round, title=f"Proposal {n}") for n in range(rows)]
    for proposal in proposals:
        for person in people:
            make_sheet(panel, proposal, person, 3, 3)
    close_scoring(panel=panel, by=people[0], now=SCORING)
    decide(
        panel=panel, choices=[(proposal, True, "") for proposal in proposals], words="Panel", by=people[0], now=SCORING
    )
    Proposal.objects.update(state="shown")
    client.force_login(people[1])
    for name, more, most in (
        ("panel", (), 15), ("panel_ranking", (), 15), ("panel_proposal", (proposals[0].slug,), 22), ("assessment", (), 12),
    ):  # fmt: skip
        with django_assert_max_num_queries(most):
            assert client.get(round.address(name, *more)).status_code == 200


@db
@pytest.mark.parametrize("rows", [2, 30])
def test_the_public_page_of_an_assessment_asks_ten_queries_or_fewer(
    client, board, people, rows, django_assert_max_num_queries
):
    round, panel = make_panel_round(board, people=people)
    proposals = [make_proposal(round, title=f"Proposal {n}") for n in range(rows)]
    for proposal in proposals:
        make_sheet(panel, proposal, people[0], 3, 3)
        declare(panel=panel, proposal=proposal, person=people[1], has_interest=True, words="Kin", now=SCORING)
    close_scoring(panel=panel, by=people[0], now=SCORING)
    decide(panel=panel, choices=[(each, True, "") for each in proposals], words="Panel", by=people[0], now=SCORING)
    Proposal.objects.update(state="shown")
    with django_assert_max_num_queries(10):
        assert client.get(round.address("assessment")).status_code == 200


def test_how_vote_and_panel_go_together_is_fixed_by_the_first_score(board, coordinator):
    people = make_panellists(board)
    round, panel = make_panel_round(board, people=people)

    def change(combines):
        return save_round(board=board, round=round, values={"combines": combines}, by=coordinator, now=SCORING)

    assert change("panel_hears_vote").combines == "panel_hears_vote"
    change("panel_shortlists")
    make_sheet(panel, make_proposal(round), people[1], 3, 4)
    with pytest.raises(Refused, match="first score"):
        change("vote")
    assert change("panel_shortlists").combines == "panel_shortlists"
