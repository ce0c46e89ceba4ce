"""Once each, whatever the hurry; and nothing in the tables to join a vote to its voter."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from time import sleep

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boards.people.models import Standing
from engagement.activities.models import Activity, TakingPart
from engagement.polls import actions
from engagement.polls.models import Choice, Poll, Tally
from tests.factories import make_board, make_person
from tests.polls.factories import choice_of, make_poll

NOW = datetime.now(UTC)


def in_threads(count, work):
    barrier = Barrier(count)

    def one(number):
        try:
            barrier.wait(timeout=60)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_two_hundred_posts_of_one_voter_over_ten_sessions_leave_one_vote():
    board = make_board()
    poll = make_poll(board)
    voter = make_person("voter@example.org", stands_in=board)
    cookies = []
    for _each in range(10):
        client = Client()
        client.force_login(voter)
        cookies.append(client.cookies.copy())
    address = reverse("polls:vote", args=[board.slug, poll.activity.slug])
    chosen = [str(choice.pk) for choice in poll.choices.all()]

    def post(number):
        client = Client(raise_request_exception=False)
        client.cookies = cookies[number % 10].copy()
        answer = client.post(address, {"choice": chosen[number % 3]})
        return answer.status_code, answer.content.decode()

    answers = [answer for _round in range(4) for answer in in_threads(50, post)]

    assert len(answers) == 200
    assert {status for status, _words in answers} == {302}
    words = [said for _status, said in answers]
    assert words.count("Your vote is counted.") == 1
    assert words.count("Your vote was already counted.") == 199
    assert TakingPart.objects.count() == 1
    assert Tally.objects.aggregate(all=Sum("votes"))["all"] == 1


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_many_voters_at_once_are_all_counted_from_the_very_first_vote():
    board = make_board()
    poll = make_poll(board)
    voters = [make_person(f"v{number}@example.org", stands_in=board) for number in range(40)]
    choices = list(poll.choices.all())

    def vote(number):
        mine = Poll.objects.select_related("activity__board").get(pk=poll.pk)
        return actions.cast_vote(poll=mine, choice=choices[number % 3], person=voters[number], now=NOW).counted_now

    assert all(in_threads(40, vote))
    assert TakingPart.objects.count() == 40
    assert [each.votes for each in Tally.objects.order_by("choice_id")] == [14, 13, 13]


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_no_vote_is_counted_after_an_early_closing_that_came_first():
    board = make_board()
    poll = make_poll(board)
    voter = make_person("late@example.org", stands_in=board)
    stale = Poll.objects.select_related("activity__board").get(pk=poll.pk)
    Activity.objects.filter(pk=poll.pk).update(closes_at=NOW - timedelta(seconds=1))

    with pytest.raises(actions.VoteRefused):
        actions.cast_vote(poll=stale, choice=choice_of(poll, "Swings"), person=voter, now=NOW)

    assert not TakingPart.objects.exists()
    assert not Tally.objects.filter(votes__gt=0).exists()


# --- the one statement of PostgreSQL -------------------------------------------------------------

only_postgresql = pytest.mark.skipif(
    "postgres" not in settings.DATABASES["default"]["ENGINE"], reason="The one statement is PostgreSQL's."
)


def noughts(poll):
    Tally.objects.bulk_create(Tally(choice=choice, channel="web") for choice in poll.choices.all())


def at_once(poll, text, person, now=NOW):
    return actions.cast_vote_at_once(
        board_slug=poll.activity.board.slug,
        poll_slug=poll.activity.slug,
        choice_id=choice_of(poll, text).pk,
        person=person,
        now=now,
    )


STANDS = {
    "unknown": None,
    "said": {},
    "ended": {"until": NOW.date() - timedelta(days=1)},
    "ends today": {"until": timezone.localdate(NOW)},
    "ends tomorrow": {"until": timezone.localdate(NOW) + timedelta(days=1)},
}
TIMES = {
    "open": {},
    "open for ever": {"closes_at": None},
    "draft": {"is_draft": True},
    "closes now": {"closes_at": NOW},
    "opens now": {"opens_at": NOW},
    "opens later": {"opens_at": NOW + timedelta(seconds=1)},
}


@only_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("stands", STANDS)
@pytest.mark.parametrize("audience", [0, 1, 2])
def test_one_statement_counts_exactly_the_votes_that_the_ordinary_way_counts(board, audience, stands, times):
    person = make_person("one@example.org")
    if STANDS[stands] is not None:
        Standing.objects.create(person=person, board=board, reason="lives", **STANDS[stands])
    quick, ordinary = (make_poll(board, audience=audience, **TIMES[times]) for _ in range(2))
    noughts(quick)
    noughts(ordinary)

    done = at_once(quick, "Trees", person)
    try:
        counted = actions.cast_vote(poll=ordinary, choice=choice_of(ordinary, "Trees"), person=person, now=NOW)
    except actions.VoteRefused:
        counted = None

    assert bool(done) == bool(counted)
    for poll in (quick, ordinary):
        assert TakingPart.objects.filter(activity=poll.activity, person=person).count() == int(bool(done))
        assert dict(Tally.objects.filter(choice__poll=poll).values_list("choice__text", "votes")) == {
            "Swings": 0,
            "Benches": 0,
            "Trees": int(bool(done)),
        }
    if done:
        rows = [TakingPart.objects.get(activity=poll.activity) for poll in (quick, ordinary)]
        assert done.reference == rows[0].reference
        assert len({(row.channel, row.place_id, row.device, row.on) for row in rows}) == 1
        assert at_once(quick, "Swings", person) is None, "A second vote changes nothing"
        assert Tally.objects.filter(choice__poll=quick, votes__gt=0).get().choice.text == "Trees"


@only_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("audience", [3, 4])
def test_one_statement_leaves_the_rungs_it_does_not_know_to_the_ordinary_way(board, resident, audience):
    poll = make_poll(board, audience=audience)
    noughts(poll)
    assert at_once(poll, "Trees", resident) is None


@only_postgresql
@pytest.mark.django_db
def test_one_statement_leaves_another_polls_choice_and_a_first_vote_to_the_ordinary_way(board, resident):
    poll, other = make_poll(board), make_poll(board)
    noughts(other)
    assert at_once(poll, "Trees", resident) is None, "No row of nought is there yet"
    foreign = choice_of(poll, "Trees").pk
    where = {"board_slug": board.slug, "poll_slug": other.activity.slug, "person": resident, "now": NOW}
    assert actions.cast_vote_at_once(choice_id=foreign, **where) is None
    assert not TakingPart.objects.exists()


@only_postgresql
@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_one_statement_counts_many_voters_at_once_and_each_of_them_once():
    poll = make_poll(make_board())
    noughts(poll)
    voters = [make_person(f"v{number}@example.org", stands_in=poll.activity.board) for number in range(20)]
    texts = ["Swings", "Benches", "Trees"]

    # Every voter twice at the same moment, by both ways.
    def vote(number):
        person, text = voters[number % 20], texts[number % 20 % 3]
        if number < 30:
            return bool(at_once(poll, text, person))
        mine = Poll.objects.select_related("activity__board").get(pk=poll.pk)
        return actions.cast_vote(poll=mine, choice=choice_of(poll, text), person=person, now=NOW).counted_now

    assert sum(in_threads(40, vote)) == 20
    assert TakingPart.objects.count() == 20
    assert [each.votes for each in Tally.objects.order_by("choice_id")] == [7, 7, 6]
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT xmin::text FROM polls_tally")
        assert len(cursor.fetchall()) == 1, "No row tells which choice the last voter made"
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",), "Nothing but the one statement is let go early"


@only_postgresql
@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_one_statement_waits_for_an_officer_who_is_closing_and_then_counts_nothing():
    board = make_board()
    poll = make_poll(board)
    noughts(poll)
    voter = make_person("late@example.org", stands_in=board)
    results = []

    def vote():
        try:
            results.append(at_once(poll, "Trees", voter, now=datetime.now(UTC)))
        finally:
            connection.close()

    late = Thread(target=vote)
    with transaction.atomic():
        Activity.objects.select_for_update().get(pk=poll.pk)
        # Before anything the voter can read: by their clock it closed first.
        Activity.objects.filter(pk=poll.pk).update(closes_at=datetime.now(UTC) - timedelta(seconds=1))
        late.start()
        for _tried in range(200):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    break
            sleep(0.02)
        else:
            pytest.fail("The vote did not wait for the officer.")
        assert not results
    late.join(timeout=20)

    assert results == [None]
    assert not TakingPart.objects.exists()
    assert not Tally.objects.filter(votes__gt=0).exists()


@pytest.mark.django_db
def test_the_votes_add_up_to_the_people_who_took_part(board):
    poll = make_poll(board)
    for number, text in enumerate(["Swings", "Trees", "Swings", "Benches"]):
        voter = make_person(f"p{number}@example.org", stands_in=board)
        actions.cast_vote(poll=poll, choice=choice_of(poll, text), person=voter, now=NOW)
    assert Tally.objects.aggregate(all=Sum("votes"))["all"] == TakingPart.objects.count() == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.serial
def test_no_row_tells_which_choice_the_last_voter_made():
    if connection.vendor != "postgresql":
        pytest.skip("Row versions (xmin) are PostgreSQL's.")
    board = make_board()
    poll = make_poll(board)
    for number, text in enumerate(["Swings", "Trees", "Benches", "Trees"]):
        voter = make_person(f"x{number}@example.org", stands_in=board)
        actions.cast_vote(poll=poll, choice=choice_of(poll, text), person=voter, now=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT xmin::text FROM polls_tally")
            assert len(cursor.fetchall()) == 1


def test_nothing_that_polls_keep_could_join_a_vote_to_a_voter():
    fields = {field.name for field in Tally._meta.get_fields()}
    assert fields == {"id", "choice", "channel", "votes"}
    kept_of_who = {field.name for field in TakingPart._meta.concrete_fields}
    assert kept_of_who == {"id", "activity", "person", "device", "channel", "place", "spot", "on", "reference"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        lambda poll: Choice.objects.create(poll=poll, text="   "),
        lambda poll: Choice.objects.create(poll=poll, text=""),
        lambda poll: Choice.objects.create(poll=poll, text="Swings"),
        lambda poll: Poll.objects.filter(pk=poll.pk).update(question=" "),
        lambda poll: Tally.objects.create(choice=poll.choices.first(), channel="web", votes=-1),
    ],
)
def test_the_database_itself_refuses_what_can_never_be(board, broken):
    poll = make_poll(board)
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(poll)


@pytest.mark.django_db
def test_a_choice_of_another_poll_is_the_callers_mistake(board, resident):
    one, other = make_poll(board), make_poll(board)
    with pytest.raises(ValueError, match="another poll"):
        actions.cast_vote(poll=one, choice=choice_of(other, "Swings"), person=resident, now=NOW)


@pytest.mark.django_db
def test_every_reference_given_out_is_its_own(board):
    poll = make_poll(board)
    voters = [make_person(f"r{number}@example.org", stands_in=board) for number in range(30)]
    rows = [
        actions.cast_vote(poll=poll, choice=choice_of(poll, "Trees"), person=voter, now=NOW).taking_part
        for voter in voters
    ]
    references = {row.reference for row in rows}
    assert len(references) == 30
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", reference) for reference in references)
