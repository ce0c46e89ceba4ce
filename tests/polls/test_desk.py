"""The coordinator's door: set up, look, publish, close, put right; their own board and no other."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagement.activities.models import Activity, Audience, TakingPart
from engagement.polls import actions
from engagement.polls.models import Kind, Poll
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


# --- kinds ---------------------------------------------------------------------------------------


def test_a_new_poll_begins_with_its_kind_as_links(client, board, coordinator):
    client.force_login(coordinator)
    page = client.get(desk("add"))
    for kind in Kind.values:
        assert f'href="?kind={kind}"' in page.text
    assert client.get(desk("add") + "?kind=odd").template_name == "polls/desk/kinds.html"


ASKED = {
    Kind.ONE_CHOICE: {"choices_text"},
    Kind.SEVERAL: {"choices_text", "least", "most"},
    Kind.YES_NO: set(),
    Kind.SCALE: {"steps", "low_label", "high_label"},
    Kind.RANKING: {"choices_text", "least", "most"},
    Kind.FACES: set(),
}


@pytest.mark.parametrize("kind", Kind.values)
def test_a_kind_asks_what_it_needs_and_no_more(client, board, coordinator, kind):
    client.force_login(coordinator)
    form = client.get(desk("add") + f"?kind={kind}").context["form"]
    asked = set(form.fields) & set().union(*ASKED.values())
    assert asked == ASKED[kind]
    assert form["kind"].value() == kind


OF_KIND = {
    Kind.SEVERAL: {"least": "1", "most": "2"},
    Kind.YES_NO: {"choices_text": ""},
    Kind.SCALE: {"steps": "7", "low_label": "Not safe", "high_label": " Very  safe "},
    Kind.RANKING: {"least": "2", "most": ""},
    Kind.FACES: {"choices_text": ""},
}


@pytest.mark.parametrize("kind", OF_KIND)
def test_a_coordinator_sets_up_any_kind_looks_at_it_and_publishes_it(client, board, coordinator, kind):
    client.force_login(coordinator)

    client.post(desk("add"), typed(board, kind=kind, asks_why="on", may_change="on", **OF_KIND[kind]))

    poll = Poll.objects.get()
    assert (poll.kind, poll.asks_why, poll.may_change) == (kind, True, True)
    texts = list(poll.choices.values_list("text", flat=True))
    expected = {
        Kind.YES_NO: ["Yes", "No", "Not sure"],
        Kind.SCALE: ["1", "2", "3", "4", "5", "6", "7"],
        Kind.FACES: ["Very unhappy", "Unhappy", "Neither happy nor unhappy", "Happy", "Very happy"],
    }
    assert texts == expected.get(kind, ["Swings", "Benches", "Trees"])
    if kind == Kind.SCALE:
        assert (poll.steps, poll.low_label, poll.high_label) == (7, "Not safe", "Very safe")
    if kind == Kind.SEVERAL:
        assert (poll.least, poll.most) == (1, 2)
    if kind == Kind.RANKING:
        assert (poll.least, poll.most) == (2, 3), "Empty: all of them"
    looked = client.get(desk("preview", poll.pk))
    assert "In your own words" in looked.text
    assert "Send my vote" not in looked.text
    client.post(desk("publish", poll.pk))
    assert client.get(poll.get_absolute_url()).status_code in (200, 302)
    assert not Poll.objects.get().activity.is_draft
    again = client.get(desk("edit", poll.pk)).context["form"]
    assert again.asked_kind == kind
    assert again.initial["asks_why"] is True


@pytest.mark.parametrize(
    ("kind", "field", "value", "says"),
    [
        (Kind.SEVERAL, "most", "4", "This can be 3 at most."),
        (Kind.SEVERAL, "least", "3", "This cannot be more than the number at most, which is 2."),
        (Kind.SEVERAL, "least", "0", "greater than or equal to 1"),
        (Kind.SEVERAL, "least", "9" * 5000, "whole number"),
        (Kind.SEVERAL, "choices_text", "One", "from 2 to 20"),
        (Kind.RANKING, "most", "4", "This can be 3 at most."),
        (Kind.SCALE, "steps", "1", "greater than or equal to 2"),
        (Kind.SCALE, "steps", "12", "less than or equal to 11"),
        (Kind.SCALE, "steps", "", "required"),
        (Kind.SCALE, "low_label", "  ", "required"),
        (Kind.SCALE, "high_label", "x" * 61, "at most 60"),
        (Kind.YES_NO, "question", "", "required"),
    ],
)
def test_a_slip_in_a_kind_is_a_sentence_and_stores_nothing(client, board, coordinator, kind, field, value, says):
    client.force_login(coordinator)
    page = client.post(desk("add"), typed(board, **{"kind": kind, **OF_KIND[kind], field: value}))
    assert page.status_code == 200
    assert says in page.text
    assert page.context["form"].asked_kind == kind, "The form that comes back asks the same"
    assert not Poll.objects.exists()


def test_a_vote_that_may_be_changed_needs_a_closing_time(client, board, coordinator):
    client.force_login(coordinator)
    page = client.post(desk("add"), typed(board, may_change="on", closes_at=""))
    assert "say when it closes" in page.text
    assert not Poll.objects.exists()


def test_a_draft_can_be_asked_in_another_way(client, board, coordinator):
    poll = make_poll(board, is_draft=True)
    client.force_login(coordinator)
    page = client.get(desk("edit", poll.pk))
    assert 'href="?kind=scale"' in page.text
    assert "steps" in client.get(desk("edit", poll.pk) + "?kind=scale").context["form"].fields

    client.post(desk("edit", poll.pk), typed(board, kind=Kind.SCALE, **OF_KIND[Kind.SCALE]))
    assert Poll.objects.get().choices.count() == 7
    client.post(desk("edit", poll.pk), typed(board, kind=Kind.ONE_CHOICE, choices_text="A\nB"))

    poll = Poll.objects.get()
    assert (poll.kind, poll.steps, poll.low_label) == (Kind.ONE_CHOICE, None, "")
    assert list(poll.choices.values_list("text", flat=True)) == ["A", "B"]


@pytest.mark.parametrize("kind", Kind.values)
def test_everything_a_kind_asks_is_fixed_by_the_first_vote(client, board, coordinator, resident, kind):
    poll = make_poll(board, kind=kind)
    before = Poll.objects.values().get(), list(poll.choices.values_list("text", flat=True))
    TakingPart.objects.create(activity=poll.activity, person=resident)
    client.force_login(coordinator)
    assert "Ask it in another way" not in client.get(desk("edit", poll.pk)).text

    changed = typed(board, kind=Kind.SCALE, steps="9", low_label="X", high_label="Y", least="2", most="2")
    client.post(desk("edit", poll.pk), changed | {"asks_why": "on", "may_change": "on", "summary": "New words"})

    assert (Poll.objects.values().get(), list(poll.choices.values_list("text", flat=True))) == before
    assert Activity.objects.get().summary == "New words", "What may change still does"
    facts = {name: getattr(poll.activity, name) for name in actions.ACTIVITY_FIELDS}
    with pytest.raises(actions.PollRefused, match="are fixed"):
        actions.change_poll(
            poll=poll, question=poll.question, choices=before[1], needs=[], by=coordinator, **facts, may_change=True
        )


@pytest.mark.parametrize("what", ["low_label", "high_label"])
def test_a_slip_at_an_end_of_a_scale_is_put_right_in_the_open(client, board, coordinator, resident, what):
    poll = make_poll(board, kind=Kind.SCALE, **{what: "Vrey"})
    TakingPart.objects.create(activity=poll.activity, person=resident)
    client.force_login(coordinator)

    refused = client.post(desk("put_right", poll.pk), {"what": what, "became": "x" * 61, "why": "A slip."})
    assert "at most 60" in refused.text
    client.post(desk("put_right", poll.pk), {"what": what, "became": "Very", "why": "Two letters were swapped."})

    assert getattr(Poll.objects.get(), what) == "Very"
    assert "“Vrey” became “Very”. Two letters were swapped." in client.get(poll.get_absolute_url()).text
    assert ModelLogEntry.objects.get(action="polls.put_right").data["after"] == {what: "Very"}


@pytest.mark.parametrize("kind", [Kind.YES_NO, Kind.FACES, Kind.SCALE])
def test_the_platforms_own_choices_have_no_slip_to_put_right(client, board, coordinator, resident, kind):
    poll = make_poll(board, kind=kind)
    first = poll.choices.first()
    client.force_login(coordinator)
    client.post(desk("put_right", poll.pk), {"what": str(first.pk), "became": "Other", "why": "No reason."})
    first.refresh_from_db()
    assert first.text != "Other"
    with pytest.raises(actions.PollRefused):
        actions.put_right(poll=poll, choice=first, became="Other", why="x", by=coordinator, now=datetime.now(UTC))


@pytest.mark.parametrize("kind", [Kind.SEVERAL, Kind.RANKING])
def test_a_slip_in_a_choice_of_several_is_put_right_too(client, board, coordinator, resident, kind):
    poll = make_poll(board, kind=kind, choices=("Swnigs", "Benches"))
    TakingPart.objects.create(activity=poll.activity, person=resident)
    client.force_login(coordinator)
    slip = {"what": str(choice_of(poll, "Swnigs").pk), "became": "Swings", "why": "Two letters were swapped."}
    client.post(desk("put_right", poll.pk), slip)
    assert "“Swnigs” became “Swings”" in client.get(poll.get_absolute_url()).text


@pytest.mark.parametrize("kind", Kind.values)
def test_officers_see_how_any_kind_stands(client, board, coordinator, resident, kind, django_assert_max_num_queries):
    poll = make_poll(board, kind=kind)
    first = poll.choices.first()
    actions.cast_vote(poll=poll, choice=first, person=resident, now=datetime.now(UTC))
    client.force_login(coordinator)
    client.get(desk("standing", poll.pk))
    with django_assert_max_num_queries(15):
        page = client.get(desk("standing", poll.pk))
    assert "1 person has voted." in page.text
    assert "not a sample of everyone" in page.text
    if kind == Kind.RANKING:
        assert page.context["places"][0] == ("Swings", [1, 0, 0])
    assert page.context["results"].rows[0][1] == 1
