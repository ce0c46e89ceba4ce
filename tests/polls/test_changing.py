"""Where a poll allows it, a vote may be changed until closing: one vote each, sealed, and gone when it closes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from boards.people import keys
from engagement.activities.models import Activity, Audience, TakingPart
from engagement.polls import actions, queries
from engagement.polls.models import KeptVote, Kind, PlaceTally, Poll, Tally, Voters
from tests.factories import make_board, make_person, make_postcode, make_role
from tests.polls.factories import choice_of, make_poll, marks_of
from tests.polls.test_actions import in_threads
from tests.polls.test_kinds import A_VOTE, at, counted, send

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def vote(client, poll, text, **more):
    return send(client, poll, choice=str(choice_of(poll, text).pk), **more)


def change(client, poll, **typed):
    return client.post(at("vote", poll) + "?change=1", typed, follow=True)


def test_a_voter_changes_their_vote_and_still_has_one(client, board, resident, django_assert_max_num_queries):
    poll = make_poll(board, may_change=True)
    client.force_login(resident)
    first = vote(client, poll, "Swings")
    assert "You can change your vote until this closes." in first.text

    page = client.get(at("poll", poll) + "?change=1")
    assert "Send my new vote" in page.text
    assert " checked" not in page.text, "What was chosen before is shown to nobody who sits at this screen"
    again = {"choice": str(choice_of(poll, "Trees").pk)}
    with django_assert_max_num_queries(12):  # two of them begin and end a savepoint of the test's own
        assert client.post(at("vote", poll) + "?change=1", again).content == b"Your vote is changed."
    done = client.get(at("thanks", poll, first.context["row"].reference) + "?changed=1")

    assert "Your vote is changed" in done.text
    assert counted(poll) == {"Swings": 0, "Benches": 0, "Trees": 1}
    assert done.context["row"].reference == first.context["row"].reference
    assert TakingPart.objects.count() == KeptVote.objects.count() == 1


def test_the_same_vote_again_changes_nothing_and_says_so(client, board, resident):
    poll = make_poll(board, may_change=True)
    client.force_login(resident)
    vote(client, poll, "Swings")
    sealed = KeptVote.objects.get().sealed

    assert "already counted" in vote(client, poll, "Swings").text
    assert KeptVote.objects.get().sealed == sealed
    assert counted(poll)["Swings"] == 1


def test_sending_the_first_page_twice_with_another_choice_takes_the_last(client, board, resident):
    poll = make_poll(board, may_change=True)
    client.force_login(resident)
    vote(client, poll, "Swings")
    assert "Your vote is changed" in vote(client, poll, "Benches").text
    assert counted(poll) == {"Swings": 0, "Benches": 1, "Trees": 0}


@pytest.mark.parametrize("kind", [Kind.SEVERAL, Kind.RANKING])
def test_several_and_a_ranking_are_changed_whole_and_the_base_stays(client, board, resident, kind):
    poll = make_poll(board, kind=kind, may_change=True)
    client.force_login(resident)
    send(client, poll, **A_VOTE[kind](poll))
    new = {
        Kind.SEVERAL: {"chosen": [str(choice_of(poll, "Benches").pk)]},
        Kind.RANKING: {f"places_{choice_of(poll, 'Benches').pk}": "1", f"places_{choice_of(poll, 'Trees').pk}": "2"},
    }[kind]

    assert "Your vote is changed" in change(client, poll, **new).text

    assert Voters.objects.get().people == 1
    if kind == Kind.SEVERAL:
        assert counted(poll) == {"Swings": 0, "Benches": 1, "Trees": 0}
    else:
        assert queries.places(poll) == [("Swings", [0, 0, 0]), ("Benches", [1, 0, 0]), ("Trees", [0, 1, 0])]


def test_a_browser_without_an_account_changes_its_vote_and_tells_its_postcode_once(client, board):
    poll = make_poll(board, may_change=True, audience=Audience.SAYS_LOCAL)
    make_postcode("XX1 1AA", board)
    vote(client, poll, "Swings", reason="lives", postcode="XX1 1AA")

    assert "The postcode of that place" not in client.get(at("poll", poll) + "?change=1").text
    assert "Your vote is changed" in change(client, poll, choice=str(choice_of(poll, "Trees").pk)).text
    assert counted(poll) == {"Swings": 0, "Benches": 0, "Trees": 1}


def test_signing_in_afterwards_on_that_browser_changes_the_same_vote(client, board, resident):
    poll = make_poll(board, may_change=True, audience=Audience.ANYONE)
    vote(client, poll, "Swings")
    client.force_login(resident)
    assert "Your vote is changed" in vote(client, poll, "Trees").text
    assert counted(poll) == {"Swings": 0, "Benches": 0, "Trees": 1}
    assert TakingPart.objects.count() == 1


def test_a_stranger_who_asks_to_change_is_a_first_voter(client, board, resident):
    poll = make_poll(board, may_change=True)
    client.force_login(resident)
    assert "Your vote is counted" in change(client, poll, choice=str(choice_of(poll, "Trees").pk)).text
    assert counted(poll)["Trees"] == 1


def test_a_poll_that_does_not_allow_it_changes_nothing(client, board, resident):
    poll = make_poll(board)
    client.force_login(resident)
    vote(client, poll, "Swings")

    assert client.get(at("poll", poll) + "?change=1").context["form"] is None
    assert "already counted" in change(client, poll, choice=str(choice_of(poll, "Trees").pk)).text
    assert counted(poll) == {"Swings": 1, "Benches": 0, "Trees": 0}
    assert not KeptVote.objects.exists()
    row = TakingPart.objects.get()
    with pytest.raises(actions.VoteRefused, match="cannot be changed"):
        actions.change_vote(poll=poll, row=row, marks=marks_of(poll, Trees=1), now=NOW)


def test_a_slip_in_a_change_is_a_sentence_and_the_first_vote_stays(client, board, resident):
    poll = make_poll(board, may_change=True)
    client.force_login(resident)
    vote(client, poll, "Swings")
    page = change(client, poll)
    assert "Choose one answer." in page.text
    assert "Send my new vote" in page.text
    assert counted(poll)["Swings"] == 1


# --- what is kept --------------------------------------------------------------------------------


def test_what_is_kept_is_sealed_of_one_length_and_bound_to_its_row(board, resident, neighbour):
    poll = make_poll(board, kind=Kind.RANKING, may_change=True, audience=Audience.ANYONE)
    actions.cast_vote(poll=poll, marks=marks_of(poll, Swings=1), person=resident, now=NOW)
    actions.cast_vote(poll=poll, marks=marks_of(poll, Trees=1, Benches=2, Swings=3), person=neighbour, now=NOW)
    one, other = KeptVote.objects.order_by("pk")

    assert len(one.sealed) == len(other.sealed)
    assert {field.name for field in KeptVote._meta.get_fields()} == {"taking_part", "poll", "sealed"}
    purpose = f"vote of {one.pk} in poll {poll.pk}".encode()
    assert keys.unseal(purpose, one.sealed) is not None
    assert keys.unseal(purpose, other.sealed) is None, "A sealed vote put in another's row does not open"


def test_a_vote_that_cannot_be_opened_stays_counted_and_says_so(client, board, resident, settings):
    poll = make_poll(board, may_change=True)
    client.force_login(resident)
    vote(client, poll, "Swings")
    row = TakingPart.objects.get()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key altogether, and a long one at that", []

    with pytest.raises(actions.VoteRefused, match="It stays counted as it was"):
        actions.change_vote(poll=poll, row=row, marks=marks_of(poll, Trees=1), now=NOW)
    assert counted(poll)["Swings"] == 1


@pytest.mark.parametrize("way", ["tick", "early", "nothing"])
def test_the_counts_never_wait_for_the_closing_job_and_what_was_kept_goes(client, board, resident, coordinator, way):
    poll = make_poll(board, may_change=True)
    client.force_login(resident)
    vote(client, poll, "Swings")
    change(client, poll, choice=str(choice_of(poll, "Trees").pk))

    if way == "early":
        actions.close_early(poll=poll, why="Enough.", by=coordinator, now=datetime.now(UTC))
    else:
        Activity.objects.update(closes_at=datetime.now(UTC) - timedelta(seconds=1))
    if way == "tick":
        call_command("tick")

    assert queries.results(Poll.objects.get()).rows == (("Swings", 0), ("Benches", 0), ("Trees", 1))
    assert KeptVote.objects.exists() is (way == "nothing")
    late = change(client, poll, choice=str(choice_of(poll, "Benches").pk))
    assert late.status_code == 409
    assert "This poll closed on" in late.text
    assert counted(poll) == {"Swings": 0, "Benches": 0, "Trees": 1}


def test_tick_keeps_the_votes_of_a_poll_that_is_open(client, board, resident):
    poll = make_poll(board, may_change=True)
    client.force_login(resident)
    vote(client, poll, "Swings")
    call_command("tick")
    assert KeptVote.objects.count() == 1


def test_a_poll_opened_again_takes_no_change_of_a_vote_that_is_no_longer_kept(client, board, resident):
    poll = make_poll(board, may_change=True)
    client.force_login(resident)
    vote(client, poll, "Swings")
    KeptVote.objects.all().delete()
    assert "already counted" in vote(client, poll, "Trees").text
    assert counted(poll)["Swings"] == 1


CLOSES = [
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
]


@pytest.mark.parametrize("closes_at", CLOSES)
def test_a_change_counts_to_the_last_microsecond_and_not_at_the_closing_second(client, board, closes_at):
    with time_machine.travel(closes_at - timedelta(days=2), tick=False):
        poll = make_poll(board, may_change=True, opens_at=closes_at - timedelta(days=1), closes_at=closes_at)
        person = make_person(stands_in=board)
    with time_machine.travel(closes_at - timedelta(microseconds=1), tick=False):
        client.force_login(person)
        vote(client, poll, "Swings")
        assert "Your vote is changed" in change(client, poll, choice=str(choice_of(poll, "Trees").pk)).text
    with time_machine.travel(closes_at, tick=False):
        client.force_login(person)
        assert change(client, poll, choice=str(choice_of(poll, "Benches").pk)).status_code == 409
    assert counted(poll) == {"Swings": 0, "Benches": 0, "Trees": 1}


# --- races ---------------------------------------------------------------------------------------


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [Kind.RANKING])
def test_two_hundred_posts_of_one_voter_with_changes_of_mind_leave_one_vote(kind):
    board = make_board()
    poll = make_poll(board, kind=kind, may_change=True)
    voter = make_person("voter@example.org", stands_in=board)
    client = Client()
    client.force_login(voter)
    cookies = client.cookies.copy()
    address = reverse("polls:vote", args=[board.slug, poll.activity.slug])
    pks = [choice.pk for choice in poll.choices.all()]
    bodies = [
        {"choice": str(pk)} if kind == Kind.ONE_CHOICE else {f"places_{pk}": "1", f"places_{pks[at - 1]}": "2"}
        for at, pk in enumerate(pks)
    ]

    def post(number):
        mine = Client(raise_request_exception=False)
        mine.cookies = cookies.copy()
        answer = mine.post(address, bodies[number % 3])
        return answer.status_code, answer.content.decode()

    answers = [answer for _round in range(4) for answer in in_threads(50, post)]

    assert {status for status, _words in answers} == {302}
    words = [said for _status, said in answers]
    assert words.count("Your vote is counted.") == 1
    assert set(words) == {"Your vote is counted.", "Your vote is changed.", "Your vote was already counted."}
    assert TakingPart.objects.count() == KeptVote.objects.count() == 1
    row = TakingPart.objects.get()
    kept = actions.read_back(
        keys.unseal(f"vote of {row.pk} in poll {poll.pk}".encode(), KeptVote.objects.get().sealed), sorted(pks)
    )
    if kind == Kind.ONE_CHOICE:
        tallied = {pk: votes for pk, votes in Tally.objects.values_list("choice_id", "votes") if votes}
        assert tallied == dict.fromkeys(kept, 1)
    else:
        tallied = {
            (pk, place): votes
            for pk, place, votes in PlaceTally.objects.values_list("choice_id", "place", "votes")
            if votes
        }
        assert tallied == dict.fromkeys(kept.items(), 1)
        assert Voters.objects.get().people == 1


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(6))
def test_an_officer_who_changes_a_poll_in_the_same_moment_comes_before_all_votes_or_after_one(_round):
    board = make_board()
    poll = make_poll(board, kind=Kind.SEVERAL)
    officer = make_role("coordinator", board)
    voters = [make_person(f"v{number}@example.org", stands_in=board) for number in range(8)]
    read = [Poll.objects.select_related("activity__board").prefetch_related("choices").get(pk=poll.pk) for _ in voters]
    facts = {name: getattr(poll.activity, name) for name in actions.ACTIVITY_FIELDS}
    texts = [choice.text for choice in poll.choices.all()]
    marks = marks_of(poll, Swings=1)

    def act(number):
        try:
            if number == 4:
                actions.change_poll(
                    poll=poll, question="Which two?", choices=texts, needs=[], by=officer, **facts, kind=Kind.RANKING
                )
            else:
                at_ = number - (number > 4)
                actions.cast_vote(poll=read[at_], marks=marks, person=voters[at_], now=NOW)
        except (actions.VoteRefused, actions.PollRefused):
            return False
        return True

    went = in_threads(9, act)

    changed = Poll.objects.get().kind == Kind.RANKING
    assert went[4] is changed
    votes = 0 if changed else 8
    assert TakingPart.objects.count() == went.count(True) - changed == votes
    assert sum(counted(poll).values()) == votes


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_changes_of_many_voters_at_once_add_up_to_the_roll():
    board = make_board()
    poll = make_poll(board, may_change=True)
    voters = [make_person(f"v{number}@example.org", stands_in=board) for number in range(10)]
    choices = list(poll.choices.all())

    def act(number):
        mine = Poll.objects.select_related("activity__board").prefetch_related("choices").get(pk=poll.pk)
        actions.cast_vote(poll=mine, choice=choices[number // 10 % 3], person=voters[number % 10], now=NOW)

    in_threads(40, act)

    assert TakingPart.objects.count() == KeptVote.objects.count() == sum(counted(poll).values()) == 10
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT xmin::text FROM polls_tally")
            assert len(cursor.fetchall()) == 1, "No row tells which choice the last voter made"
