"""The coordinator's door: set up, look, publish, close, put right; their own board and no other."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagement.activities.models import Activity, Audience, TakingPart
from engagement.polls.models import Poll
from tests.factories import make_need, make_role
from tests.polls.factories import choice_of, make_poll

pytestmark = pytest.mark.django_db


def desk(name, *args):
    return reverse(f"polls_desk:{name}", args=args)


def typed(on, **changes):
    return {
        "board": str(on.pk),
        "title": "Swings or benches?",
        "slug": "",
        "question": "What should the green have?",
        "choices_text": "Swings\nBenches\n\n Trees ",
        "summary": "You told us the green is bare.",
        "opens_at": "1 December 2026 9am",
        "closes_at": "31 December 2026 23:59",
        "audience": "2",
        "results_show": "after_closing",
        **changes,
    }


def test_a_coordinator_sets_up_a_poll_in_one_form_and_publishes_it(client, board, coordinator):
    need = make_need(board)
    client.force_login(coordinator)

    client.post(desk("add"), typed(board, needs=[str(need.pk)]))

    poll = Poll.objects.get()
    assert poll.activity.is_draft
    assert list(poll.choices.values_list("text", flat=True)) == ["Swings", "Benches", "Trees"]
    assert poll.activity.closes_at == datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert poll.activity.slug == "swings-or-benches"
    assert list(poll.activity.needs.all()) == [need]
    assert "What should the green have?" in client.get(desk("preview", poll.pk)).text
    assert client.get(poll.get_absolute_url()).status_code == 404

    client.post(desk("publish", poll.pk))

    assert client.get(poll.get_absolute_url()).status_code == 200
    assert {"polls.draft", "polls.publish"} <= set(ModelLogEntry.objects.values_list("action", flat=True))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("choices_text", "Only one", "from 2 to 20"),
        ("choices_text", "Same\nsame", "stands twice"),
        ("choices_text", "a\n" + "b" * 121, "more than 120"),
        ("closes_at", "1 November 2026 9am", "close after it opens"),
        ("closes_at", "28 March 2027 01:30", "does not happen"),
        ("closes_at", "soon", "Enter a day and a time"),
        ("audience", "9", "valid choice"),
        ("question", "   ", "required"),
        ("board", "999999", "valid choice"),
    ],
)
def test_a_slip_in_the_form_is_a_sentence_and_stores_nothing(client, board, coordinator, field, value, says):
    client.force_login(coordinator)

    page = client.post(desk("add"), typed(board, **{field: value}))

    assert page.status_code == 200
    assert says in page.text
    assert not Poll.objects.exists()
    assert not Activity.objects.exists()


def test_a_closing_time_that_happens_twice_takes_the_first_and_says_so(client, board, coordinator):
    client.force_login(coordinator)
    answer = client.post(
        desk("add"), typed(board, opens_at="1 October 2027 9am", closes_at="31 October 2027 01:30"), follow=True
    )
    assert Activity.objects.get().closes_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "happens twice" in answer.text


def test_a_coordinator_cannot_put_a_poll_on_another_board(client, next_board, coordinator, board):
    client.force_login(coordinator)
    client.post(desk("add"), typed(next_board))
    assert not Poll.objects.exists()


def test_a_need_of_another_board_is_not_offered(client, board, next_board, coordinator):
    theirs = make_need(next_board)
    client.force_login(coordinator)
    client.post(desk("add"), typed(board, needs=[str(theirs.pk)]))
    assert not Poll.objects.exists()


@pytest.mark.parametrize("name", ["edit", "delete", "history", "preview", "publish", "close", "put_right", "standing"])
def test_another_boards_coordinator_is_refused_everywhere(client, board, other_coordinator, name):
    poll = make_poll(board, is_draft=name in ("publish", "delete"))
    before = Activity.objects.values().get()
    client.force_login(other_coordinator)

    for answer in (client.get(desk(name, poll.pk)), client.post(desk(name, poll.pk), typed(board, why="x"))):
        assert answer.status_code in (302, 403, 404)
        assert poll.question not in answer.text
    assert Activity.objects.values().get() == before


def test_another_boards_polls_are_not_in_the_list(client, board, next_board, coordinator):
    make_poll(board, title="Ours")
    make_poll(next_board, title="Theirs")
    client.force_login(coordinator)
    page = client.get(desk("index"))
    assert "Ours" in page.text
    assert "Theirs" not in page.text
    assert "Theirs" not in client.get(desk("index") + "?q=Theirs").text.replace('value="Theirs"', "").replace(
        "“Theirs”", ""
    )


@pytest.mark.parametrize("kind", ["chair", "member", "partner"])
def test_roles_that_do_not_run_polls_change_nothing(client, board, kind):
    poll = make_poll(board)
    client.force_login(make_role(kind, board))
    for name in ("edit", "delete", "publish", "close", "put_right"):
        assert client.post(desk(name, poll.pk), typed(board, why="x", question="Changed")).status_code in (
            302,
            403,
            404,
        )
    assert Poll.objects.get().question == poll.question
    assert Activity.objects.get().closes_at == poll.activity.closes_at


def test_a_draft_can_be_rewritten_and_deleted(client, board, coordinator):
    poll = make_poll(board, is_draft=True)
    client.force_login(coordinator)

    client.post(desk("edit", poll.pk), typed(board, choices_text="Yes\nNo", question="Shall we?"))
    poll.refresh_from_db()
    assert (poll.question, list(poll.choices.values_list("text", flat=True))) == ("Shall we?", ["Yes", "No"])

    client.post(desk("delete", poll.pk))
    assert not Poll.objects.exists()
    assert not Activity.objects.exists()


def test_a_published_poll_is_not_deleted(client, board, coordinator):
    poll = make_poll(board)
    client.force_login(coordinator)
    client.post(desk("delete", poll.pk))
    assert Poll.objects.filter(pk=poll.pk).exists()


def test_words_and_audience_are_fixed_by_the_first_vote_and_the_end_is_not(client, board, coordinator, resident):
    poll = make_poll(board)
    TakingPart.objects.create(activity=poll.activity, person=resident)
    client.force_login(coordinator)

    client.post(
        desk("edit", poll.pk),
        typed(board, question="Other words", choices_text="A\nB", audience="0", closes_at="1 January 2099 9am"),
    )

    poll = Poll.objects.get()
    assert poll.question == "What should the green have?"
    assert poll.choices.count() == 3
    assert poll.activity.audience == Audience.EMAIL
    assert poll.activity.closes_at.year == 2099


def test_a_slip_is_put_right_in_the_open(client, board, coordinator, resident):
    poll = make_poll(board, choices=("Swnigs", "Benches"))
    TakingPart.objects.create(activity=poll.activity, person=resident)
    client.force_login(coordinator)

    client.post(
        desk("put_right", poll.pk),
        {"what": str(choice_of(poll, "Swnigs").pk), "became": "Swings", "why": "Two letters were swapped."},
    )

    page = client.get(poll.get_absolute_url())
    assert "“Swnigs” became “Swings”. Two letters were swapped." in page.text
    entry = ModelLogEntry.objects.get(action="polls.put_right")
    assert entry.data["before"] == {"text": "Swnigs"}
    assert entry.data["after"] == {"text": "Swings"}


def test_closing_early_needs_a_reason_is_logged_and_shown(client, board, coordinator):
    poll = make_poll(board)
    client.force_login(coordinator)

    refused = client.post(desk("close", poll.pk), {"why": ""})
    assert refused.status_code == 200
    assert Activity.objects.get().is_open(datetime.now(UTC))

    client.post(desk("close", poll.pk), {"why": "The green has been sold."})

    assert Activity.objects.get().has_closed(datetime.now(UTC))
    assert "The green has been sold." in client.get(poll.get_absolute_url()).text
    assert ModelLogEntry.objects.get(action="polls.close_early").data["why"] == "The green has been sold."


def test_two_polls_of_one_title_have_two_addresses(client, board, coordinator):
    client.force_login(coordinator)
    client.post(desk("add"), typed(board))
    client.post(desk("add"), typed(board))
    assert set(Activity.objects.values_list("slug", flat=True)) == {"swings-or-benches", "swings-or-benches-2"}


@pytest.mark.parametrize("polls", [2, 30])
def test_the_list_asks_fifteen_questions_or_fewer(client, board, coordinator, django_assert_max_num_queries, polls):
    for _each in range(polls):
        make_poll(board)
    client.force_login(coordinator)
    client.get(desk("index"))
    with django_assert_max_num_queries(15):
        assert client.get(desk("index")).status_code == 200
