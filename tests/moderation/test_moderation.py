"""The queue: who decides, once, with a reason, and how it is put right."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagement.ideas.models import Idea
from engagement.moderation import queries
from engagement.moderation.actions import DecisionRefused, decide, undo
from engagement.moderation.models import Decision
from tests.conftest import in_days
from tests.factories import make_board, make_role
from tests.ideas.factories import make_call, make_idea


@pytest.fixture
def waiting_idea(board):
    return make_idea(make_call(board), "Waiting words", state="pending")


def key(item) -> str:
    return f"{item._meta.label_lower}:{item.pk}"


QUEUE = "moderation_desk:queue"


def refused(answer) -> bool:
    """The desk sends whoever may not do something back to its first page."""
    return answer.status_code == 403 or (answer.status_code == 302 and answer.url == "/desk/")


def test_a_decision_is_a_row_with_its_reason_and_a_line_in_the_log(waiting_idea, coordinator, now):
    decision = decide(item=waiting_idea, to="shown", reason="fine", by=coordinator, now=now)

    waiting_idea.refresh_from_db()
    assert waiting_idea.state == "shown"
    assert (decision.was, decision.became, decision.reason, decision.by) == ("pending", "shown", "fine", coordinator)
    entry = ModelLogEntry.objects.get(action="moderation.decide")
    assert (entry.data["before"], entry.data["after"]) == ("pending", "shown")
    assert "Waiting words" not in f"{entry.label}{entry.data}"


def test_hiding_needs_a_reason(waiting_idea, coordinator, now):
    with pytest.raises(DecisionRefused, match="why"):
        decide(item=waiting_idea, to="hidden", reason="fine", by=coordinator, now=now)
    with pytest.raises(ValueError, match="reason"):
        decide(item=waiting_idea, to="hidden", reason="because", by=coordinator, now=now)
    assert not Decision.objects.exists()


def test_two_officers_at_once_leave_one_decision(waiting_idea, coordinator, now):
    seen_by_both = Idea.objects.get(pk=waiting_idea.pk)
    decide(item=waiting_idea, to="hidden", reason="advert", by=coordinator, now=now, seen_as="pending")

    with pytest.raises(DecisionRefused, match="moment ago"):
        decide(item=seen_by_both, to="shown", reason="fine", by=coordinator, now=now, seen_as="pending")
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("kind", ["chair", "member", "partner", "staff"])
def test_roles_that_do_not_moderate_decide_nothing(board, waiting_idea, now, kind):
    person = make_role(kind, None if kind == "staff" else board)

    with pytest.raises(DecisionRefused):
        decide(item=waiting_idea, to="shown", reason="fine", by=person, now=now)


def test_undo_is_a_new_decision_and_only_of_the_last(waiting_idea, coordinator, now):
    first = decide(item=waiting_idea, to="shown", reason="fine", by=coordinator, now=now)
    second = decide(item=waiting_idea, to="hidden", reason="law", by=coordinator, now=now)

    with pytest.raises(DecisionRefused, match="newer"):
        undo(decision=first, by=coordinator, now=now)
    third = undo(decision=second, by=coordinator, now=now)

    waiting_idea.refresh_from_db()
    assert waiting_idea.state == "shown"
    assert third.reason == "put_right"
    assert Decision.objects.count() == 3


# --- the queue ---------------------------------------------------------------------------------


def test_the_queue_holds_ones_own_boards_oldest_first(board, next_board, coordinator, other_coordinator):
    call = make_call(board)
    newer = make_idea(call, state="pending", sent_at=in_days(-1))
    older = make_idea(call, state="pending", sent_at=in_days(-2))
    make_idea(call)
    theirs = make_idea(make_call(next_board), state="pending")
    everywhere = make_role("administrator", None)

    assert [queued.item for queued in queries.the_items(queries.waiting(coordinator))] == [older, newer]
    assert [queued.item for queued in queries.the_items(queries.waiting(other_coordinator))] == [theirs]
    assert queries.waiting_count(coordinator) == 2
    assert queries.waiting_count(everywhere) == 3


def test_a_coordinator_shows_one_and_hides_another_from_the_queue(client, board, coordinator):
    call = make_call(board)
    one, other = make_idea(call, "First words", state="pending"), make_idea(call, "Second words", state="pending")
    client.force_login(coordinator)
    page = client.get(reverse(QUEUE)).content.decode()
    assert "First words" in page
    assert "Second words" in page

    client.post(reverse(QUEUE), {"show": key(one)})
    client.post(
        reverse(QUEUE), {"hide": key(other), f"reason-{key(other)}": "unkind", f"words-{key(other)}": "Please be kind."}
    )

    assert set(Idea.objects.values_list("title", "state")) == {("First words", "shown"), ("Second words", "hidden")}
    assert Decision.objects.get(became="hidden").words == "Please be kind."
    assert "Nothing waits" in client.get(reverse(QUEUE)).content.decode()


def test_many_are_decided_together(client, board, coordinator):
    call = make_call(board)
    ideas = [make_idea(call, state="pending") for _ in range(4)]
    client.force_login(coordinator)

    nothing = client.post(reverse(QUEUE), {"ticked": "show"})
    assert nothing.status_code == 422
    client.post(reverse(QUEUE), {"ticked": "show", "item": [key(each) for each in ideas[:3]]})
    unsaid = client.post(reverse(QUEUE), {"ticked": "hide", "item": [key(ideas[3])]})
    assert unsaid.status_code == 422
    client.post(reverse(QUEUE), {"ticked": "hide", "item": [key(ideas[3])], "reason-ticked": "twice"})

    assert Idea.objects.filter(state="shown").count() == 3
    assert Idea.objects.filter(state="hidden").count() == 1


def test_the_next_boards_coordinator_is_refused_by_every_address(
    client, waiting_idea, coordinator, other_coordinator, resident, now
):
    client.force_login(other_coordinator)
    assert "Waiting words" not in client.get(reverse(QUEUE)).content.decode()
    for data in (
        {"show": key(waiting_idea)},
        {"hide": key(waiting_idea), f"reason-{key(waiting_idea)}": "law"},
        {"ticked": "show", "item": [key(waiting_idea)]},
    ):
        assert refused(client.post(reverse(QUEUE), data))
    assert not Decision.objects.exists()
    decision = decide(item=waiting_idea, to="shown", reason="fine", by=coordinator, now=now)
    assert refused(client.post(reverse("moderation_desk:undo", args=[decision.pk])))
    assert "Waiting words" not in client.get(reverse("moderation_desk:decided")).content.decode()
    client.force_login(resident)
    for address in (reverse(QUEUE), reverse("moderation_desk:decided")):
        assert client.get(address).status_code in (302, 403)


def test_a_batch_with_one_of_another_board_does_nothing_at_all(client, board, next_board, coordinator):
    ours = make_idea(make_call(board), state="pending")
    theirs = make_idea(make_call(next_board), state="pending")
    client.force_login(coordinator)

    assert refused(client.post(reverse(QUEUE), {"ticked": "show", "item": [key(ours), key(theirs)]}))
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "",
        ":",
        "ideas.idea:",
        "ideas.idea:abc",
        "people.person:1",
        "ideas.idea:" + "9" * 30,
        "x" * 5000,
        "ideas.idea:-1",
    ],
)
def test_odd_names_name_nothing(client, waiting_idea, coordinator, name):
    client.force_login(coordinator)

    assert client.post(reverse(QUEUE), {"show": name}).status_code in (200, 404)
    assert client.post(reverse(QUEUE), {"ticked": "show", "item": [name]}).status_code == 404
    assert not Decision.objects.exists()


def test_a_decision_is_put_right_from_the_desk(client, waiting_idea, coordinator, now):
    decision = decide(item=waiting_idea, to="shown", reason="fine", by=coordinator, now=now)
    client.force_login(coordinator)
    assert "Put back" in client.get(reverse("moderation_desk:decided")).content.decode()

    client.post(reverse("moderation_desk:undo", args=[decision.pk]))

    waiting_idea.refresh_from_db()
    assert waiting_idea.state == "pending"


def test_the_queue_takes_fifteen_queries_or_fewer_and_is_paged(
    client, board, coordinator, django_assert_max_num_queries
):
    call = make_call(board)
    for _ in range(45):
        make_idea(call, state="pending")
    client.force_login(coordinator)
    client.get(reverse(QUEUE))

    for query in ("", "?page=2", "?page=abc", "?page=999"):
        with django_assert_max_num_queries(15):
            page = client.get(reverse(QUEUE) + query)
        assert len(page.context["cards"]) in (20, 5)


def test_hostile_words_in_the_queue_are_words(client, board, coordinator):
    words = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    make_idea(make_call(board), words, text=words, place_words=words, state="pending")
    client.force_login(coordinator)

    page = client.get(reverse(QUEUE)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_an_empty_queue_says_so(client, coordinator):
    make_board("Elsewhere")
    client.force_login(coordinator)

    assert "Nothing waits" in client.get(reverse(QUEUE)).content.decode()
