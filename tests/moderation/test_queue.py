"""One queue across all kinds: what stands in it, in what order, and everything an officer does from it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagement.ideas.models import Idea
from engagement.moderation import queries
from engagement.moderation.actions import (
    DecisionRefused,
    ask_to_change,
    decide,
    keep,
    look_over,
    pass_on,
    report,
    undo,
    was_changed,
)
from engagement.moderation.models import Asked, Decision, Edit, Escalation, Report
from engagement.notifications.models import Message
from tests.conftest import in_days
from tests.factories import make_person, make_role
from tests.ideas.factories import make_call, make_idea
from tests.moderation.kinds import make_of, make_of_each

pytestmark = pytest.mark.django_db
QUEUE = "/desk/moderation/"


def key(item) -> str:
    return f"{item._meta.label_lower}:{item.pk}"


@pytest.fixture
def call(board):
    return make_call(board)


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    return client


def keys_in(person, tab: str = "all") -> list[str]:
    return [f"{row.kind}:{row.key}" for row in queries.to_do(person, tab=tab).rows]


def test_every_kind_stands_in_one_queue(signed_in, board, coordinator, resident):
    things = make_of_each(board, "Waitingwords", author=resident)

    assert set(keys_in(coordinator)) == {key(item) for item in things.values()}
    page = "".join(signed_in.get(f"{QUEUE}?page={at}").content.decode() for at in (1, 2, 3))
    for label, item in things.items():
        assert item.moderated_words().split("\n")[0] in page, label


def test_the_queue_asks_fifteen_questions_or_fewer_whatever_kinds_are_on_the_page(
    signed_in, board, coordinator, resident, now, django_assert_max_num_queries
):
    for at in range(3):
        for label, item in make_of_each(board, f"Words{at}of", author=resident).items():
            if at == 0 and label != "ideas.idea":
                look_over(item=item, person=None, now=now, doubts=["Quick."])
    shown = make_of_each(board, "Shownwords", state="shown", author=resident)
    for item in shown.values():
        report(item=item, person=resident, device="", reason="law", now=now)
    pass_on(item=shown["ideas.idea"], words="Look.", by=coordinator, now=now)
    signed_in.get(QUEUE)
    for query in ("", "?tab=reported", "?tab=held", "?tab=asked", "?tab=passed_on"):
        with django_assert_max_num_queries(15):
            signed_in.get(QUEUE + query)
    signed_in.force_login(make_role("administrator", None))
    signed_in.get(QUEUE)
    for query in ("", "?page=2"):
        with django_assert_max_num_queries(15):
            signed_in.get(QUEUE + query)


def test_what_was_reported_comes_before_what_waits_and_then_the_oldest(call, coordinator, resident, now):
    newer = make_idea(call, state="pending", sent_at=in_days(-1))
    older = make_idea(call, state="pending", sent_at=in_days(-9))
    reported = make_idea(call, sent_at=in_days(0))
    make_idea(call)
    report(item=reported, person=resident, device="", reason="law", now=now)

    assert keys_in(coordinator) == [key(reported), key(older), key(newer)]
    assert keys_in(coordinator, "reported") == [key(reported)]
    assert queries.to_do(coordinator).counts == {
        "all": 3, "held": 0, "reported": 1, "passed_on": 0, "asked": 0, "objections": 0,
    }  # fmt: skip


def test_the_tabs_count_and_the_filter_keeps_to_one_kind(signed_in, board, coordinator, resident, now):
    make_of_each(board, "Waitingwords", author=resident)
    held = make_of(label="ideas.idea", board=board, words="Ring 07700 900123", state="shown", author=resident)
    look_over(item=held, person=resident, now=now)

    found = queries.to_do(coordinator, tab="held")
    assert [row.key for row in found.rows] == [str(held.pk)]
    page = signed_in.get(QUEUE + "?tab=held").content.decode()
    assert "<mark>07700 900123</mark>" in page
    assert "It seems to have a telephone number in it." in page
    only = queries.to_do(coordinator, kind="polls.why")
    assert {row.kind for row in only.rows} == {"polls.why"}
    assert signed_in.get(QUEUE + "?kind=polls.why").status_code == 200
    for odd in ("?tab=zzz", "?kind=zzz", "?board=9999", "?board=x", "?tab=objections", "?board=" + "9" * 40):
        assert signed_in.get(QUEUE + odd).status_code == 200


def test_someone_of_the_council_keeps_to_one_board(client, board, next_board):
    ours = make_idea(make_call(board), "Ours", state="pending")
    make_idea(make_call(next_board), "Theirs", state="pending")
    client.force_login(make_role("administrator", None))

    page = client.get(f"{QUEUE}?board={board.pk}")

    assert [card.item for card in page.context["cards"]] == [ours]
    assert "All boards" in page.content.decode()


def test_marks_and_hostile_words_are_words(signed_in, call, now):
    bad = "<script>alert(1)</script> jo@example.org <img src=x onerror=alert(2)>"
    idea = make_idea(call, "<b>jo@example.org</b>", text=bad)
    look_over(item=idea, person=idea.author, now=now)

    page = signed_in.get(QUEUE).content.decode()

    assert "<mark>jo@example.org</mark>" in page
    assert "&lt;b&gt;<mark>jo@example.org</mark>&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_after_an_edit_no_old_mark_stands_in_the_new_words(signed_in, call, coordinator, now):
    from engagement.moderation.actions import edit_out

    idea = make_idea(call, "Benches", text="Ring 07700 900123 and ask.")
    look_over(item=idea, person=idea.author, now=now)
    edit_out(item=idea, field="text", text="Ring the board and ask us all.", by=coordinator, now=now)

    assert "<mark>" not in signed_in.get(QUEUE).content.decode()


# --- what an officer does ----------------------------------------------------------------------


def test_a_reported_thing_is_left_shown_and_that_answers_the_report(signed_in, call, resident, now):
    idea = make_idea(call)
    report(item=idea, person=resident, device="", reason="law", now=now)

    signed_in.post(QUEUE, {"keep": key(idea)})

    assert Report.objects.get().settled_at is not None
    assert ModelLogEntry.objects.filter(action="moderation.keep").exists()
    assert not Decision.objects.exists()
    assert "Nothing waits" in signed_in.get(QUEUE).content.decode()


def test_a_reported_thing_is_hidden_and_its_writer_told_with_how_to_object(signed_in, call, resident, now):
    idea = make_idea(call, author=make_person("writer@example.org"))
    report(item=idea, person=resident, device="", reason="law", now=now)

    signed_in.post(QUEUE, {"hide": key(idea), f"reason-{key(idea)}": "unkind"})

    decision = Decision.objects.get()
    [told] = Message.objects.all()
    assert told.to.email == "writer@example.org"
    assert "Hurts or insults people" in told.body
    assert reverse("moderation:object", args=[decision.pk]) in told.body


@pytest.mark.parametrize("label", ["ideas.idea", "evidence.evidence", "funding.proposal"])
def test_every_writer_we_know_is_told_of_a_decision(board, coordinator, resident, now, label):
    item = make_of(label, board, "Thesewords", author=resident)

    decide(item=item, to="hidden", reason="law", by=coordinator, now=now, words="Sorry.")

    told = Message.objects.get(to=resident)
    assert "May be against the law" in told.body
    assert "Sorry." in told.body
    assert "/objection/" in told.body


def test_the_writer_is_asked_and_the_thing_waits_in_its_own_tab(signed_in, call, coordinator, now):
    idea = make_idea(call, state="pending")
    signed_in.post(QUEUE, {"ask": key(idea), f"ask-words-{key(idea)}": "Leave out the name."})

    idea.refresh_from_db()
    assert idea.state == "pending"
    told = Message.objects.get(to=idea.author)
    assert "Leave out the name." in told.body
    assert keys_in(coordinator) == []
    assert keys_in(coordinator, "asked") == [key(idea)]
    with pytest.raises(DecisionRefused, match="already"):
        ask_to_change(item=idea, words="Again", by=coordinator, now=now)

    idea.text = "Changed by its writer."
    idea.save()
    assert "The writer has changed it since you asked" in signed_in.get(QUEUE + "?tab=asked").content.decode()
    was_changed(item=idea, now=now)
    assert keys_in(coordinator) == [key(idea)]


def test_nobody_is_asked_where_the_writer_is_not_known_or_nothing_waits(board, call, coordinator, now):
    why = make_of("polls.why", board, "Thesewords")
    with pytest.raises(DecisionRefused, match="do not know who"):
        ask_to_change(item=why, words="Change it", by=coordinator, now=now)
    with pytest.raises(DecisionRefused, match="Only what waits"):
        ask_to_change(item=make_idea(call), words="Change it", by=coordinator, now=now)
    with pytest.raises(DecisionRefused, match="words first"):
        ask_to_change(item=make_idea(call, state="pending"), words="  ", by=coordinator, now=now)
    assert not Asked.objects.exists()


def test_what_is_passed_on_is_with_the_council_and_shown_to_it_first(client, call, coordinator, staff, now):
    waits = make_idea(call, state="pending", sent_at=in_days(-5))
    idea = make_idea(call, "Passed words", state="pending")
    everyone = make_role("administrator", None)
    with pytest.raises(DecisionRefused):
        decide(item=idea, to="shown", reason="fine", by=staff, now=now)
    assert keys_in(staff) == []

    pass_on(item=idea, words="Is this against the law?", by=coordinator, now=now)

    assert keys_in(coordinator) == [key(waits)]
    assert keys_in(coordinator, "passed_on") == [key(idea)]
    assert keys_in(everyone) == [key(idea), key(waits)]
    assert keys_in(staff) == [key(idea)]
    with pytest.raises(DecisionRefused, match="already"):
        pass_on(item=idea, words="Again", by=coordinator, now=now)
    client.force_login(staff)
    page = client.get(QUEUE).content.decode()
    assert "Is this against the law?" in page
    client.post(QUEUE, {"hide": key(idea), f"reason-{key(idea)}": "law"})
    idea.refresh_from_db()
    assert idea.state == "hidden"
    assert Escalation.objects.get().settled_at is not None
    with pytest.raises(DecisionRefused):
        undo(decision=Decision.objects.get(), by=staff, now=now)


def test_the_last_decisions_are_undone_together(signed_in, call):
    ideas = [make_idea(call, state="pending") for _ in range(3)]
    signed_in.post(QUEUE, {"ticked": "show", "item": [key(each) for each in ideas]})
    assert "Undo the last 3" in signed_in.get(QUEUE).content.decode()

    signed_in.post(QUEUE + "undo/")

    assert set(Idea.objects.values_list("state", flat=True)) == {"pending"}
    assert "Undo the last" not in signed_in.get(QUEUE).content.decode()


@pytest.mark.parametrize("act", ["ask", "pass_on", "hide"])
def test_what_is_missing_is_said_and_what_was_typed_stays(signed_in, call, act):
    idea = make_idea(call, state="pending")
    words = {"hide": {f"words-{key(idea)}": "Kept words"}}.get(act, {})

    answer = signed_in.post(QUEUE, {act: key(idea), **words})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'role="alert"' in page
    if act == "hide":
        assert "Kept words" in page
    assert not Decision.objects.exists()


@pytest.mark.parametrize("act", ["keep", "ask", "pass_on", "hide", "show"])
def test_the_next_boards_officer_does_none_of_it(client, call, other_coordinator, act):
    idea = make_idea(call, state="pending")
    client.force_login(other_coordinator)
    named = key(idea)

    answer = client.post(
        QUEUE, {act: named, f"{act}-words-{named}": "Words", f"reason-{named}": "law", f"words-{named}": "x"}
    )

    assert answer.status_code == 403 or answer.url == "/desk/"
    assert client.get(f"/desk/moderation/edit/{named}/").status_code in (302, 403)
    assert not (Decision.objects.exists())
    assert not (Asked.objects.exists())
    assert not (Escalation.objects.exists())


def test_keeping_what_was_hidden_a_moment_ago_is_refused(call, coordinator, now):
    idea = make_idea(call, state="hidden")
    with pytest.raises(DecisionRefused, match="moment ago"):
        keep(item=idea, by=coordinator, now=now)


# --- personal details --------------------------------------------------------------------------


def test_details_are_taken_out_at_the_desk_field_by_field(signed_in, call, now):
    idea = make_idea(call, "Benches", text="Ask Zanzibarquoll.", state="pending")
    look_over(item=idea, person=idea.author, now=now)
    address = f"/desk/moderation/edit/{key(idea)}/"
    form = signed_in.get(address).context["form"]
    sent = {name: field.initial for name, field in form.fields.items()}
    unchanged = signed_in.post(address, sent)
    assert unchanged.status_code == 422

    answer = signed_in.post(address, sent | {"text": "Ask someone."})

    assert answer.status_code == 302
    idea.refresh_from_db()
    assert idea.text == "Ask someone."
    assert Edit.objects.get().field == "text"
    assert "personal details" in Message.objects.get(to=idea.author).subject
    assert "Zanzibarquoll" not in signed_in.get("/desk/moderation/edits/").content.decode()
    late = signed_in.post(address, sent | {"text": "Ask anyone."})
    assert late.status_code == 422
    assert "The words have changed" in late.content.decode()


def test_the_original_opens_with_a_reason_alone(signed_in, client, call, coordinator, staff, now):
    from engagement.moderation.actions import edit_out

    idea = make_idea(call, text="Ask Zanzibarquoll.")
    edit = edit_out(item=idea, field="text", text="Ask.", by=coordinator, now=now)
    address = f"/desk/moderation/edits/{edit.pk}/"

    assert "Zanzibarquoll" not in signed_in.get(address).content.decode()
    assert signed_in.post(address, {"why": ""}).status_code == 422
    opened = signed_in.post(address, {"why": "The writer asks"})
    assert "Zanzibarquoll" in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    assert ModelLogEntry.objects.filter(action="moderation.read_original").count() == 1
    client.force_login(staff)
    assert client.post(address, {"why": "To see"}).status_code in (302, 403)
    assert ModelLogEntry.objects.filter(action="moderation.read_original").count() == 1


def test_nothing_is_shown_that_its_writer_changed_since_the_officer_read_it(client, board, coordinator):
    idea = make_idea(make_call(board), "Benches", state="pending", text="Kind words.")
    client.force_login(coordinator)
    page = client.get(QUEUE).content.decode()
    key = f"ideas.idea:{idea.pk}"
    read = re.search(rf'name="seen-{re.escape(key)}" value="([0-9a-f]+)"', page)[1]
    idea.text = "Other words, that nobody has read."
    idea.save()

    answer = client.post(QUEUE, {"show": key, f"seen-{key}": read}, follow=True).content.decode()

    assert "has changed it since" in answer
    assert not Idea.objects.shown().exists()
    read = re.search(rf'name="seen-{re.escape(key)}" value="([0-9a-f]+)"', answer)[1]
    client.post(QUEUE, {"show": key, f"seen-{key}": read})
    assert Idea.objects.shown().exists()
