"""Looking over, reporting and taking personal details out: what rooms call, and what comes of it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.models import ModelLogEntry

from boards.people.rules import CARRIES
from engagement.ideas.models import Idea
from engagement.moderation import queries
from engagement.moderation.actions import DecisionRefused, decide, edit_out, look_over, read_original, report
from engagement.moderation.models import Edit, Held, Original, Report, Rule
from tests.factories import make_person, make_role
from tests.ideas.factories import make_call, make_idea

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(board):
    return make_call(board)


def why_held(item) -> set[str]:
    return set(Held.objects.about(item).values_list("rule", flat=True))


# --- looking over ------------------------------------------------------------------------------


def test_plain_words_are_left_as_they_are(call, now):
    idea = make_idea(call, "Benches by the river", text="People could sit and talk there.")

    assert look_over(item=idea, person=idea.author, now=now) == []
    idea.refresh_from_db()
    assert idea.state == "shown"
    assert not Held.objects.exists()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Ring me on 07700 900123.", "telephone"),
        ("Write to jo.hale@example.org.", "email"),
        ("See https://example.com/buy now.", "link"),
        ("They live at 12 Mill Lane.", "address"),
        ("Mrs Hale of Mill Lane makes the noise.", "name_street"),
        ("The board are idiots.", "words"),
        ("Mae nhw'n dwpsyn, twpsyn llwyr.", "words"),
        ("The p\u0430rk is nice.", "unseen"),
    ],
)
def test_what_a_rule_finds_waits_for_a_look_with_the_reason_and_the_place(call, now, text, rule):
    idea = make_idea(call, text=text)

    held = look_over(item=idea, person=idea.author, now=now)

    idea.refresh_from_db()
    assert idea.state == "pending"
    assert why_held(idea) == {rule}
    assert all(each.why for each in held)
    said = f"{idea.title}\n\n{idea.moderated_words()}"
    assert said[held[0].start : held[0].end] in text
    assert not any(text in str(value) for each in held for value in vars(each).values())


def test_a_link_from_someone_who_has_been_shown_before_is_no_news(call, now):
    author = make_person()
    make_idea(call, author=author)
    idea = make_idea(call, author=author, state="pending", text="See https://example.com.")

    assert look_over(item=idea, person=author, now=now) == []


def test_a_throw_away_mail_address_holds_what_its_owner_sends(call, now):
    for email, rules in (
        ("a@mailinator.com", {"mail_domain"}),
        ("a@sub.mailinator.com", {"mail_domain"}),
        ("a@notmailinator.com", set()),
    ):
        idea = make_idea(call, author=make_person(email))
        look_over(item=idea, person=idea.author, now=now)
        assert why_held(idea) == rules, email


def test_the_same_words_again_and_again_wait(call, now):
    words = "Buy our wonderful new windows at half the price, this week only, from us"
    ideas = [make_idea(call, f"Windows {n}", text=f"{words} {n}.") for n in range(4)]

    found = [bool(look_over(item=idea, person=None, now=now)) for idea in ideas]

    assert all(found), "four texts alike, three others of each"
    other = make_idea(call, "Benches with backs", text="Older people would come again if they could sit down.")
    assert look_over(item=other, person=None, now=now) == []


def test_many_things_from_one_device_in_an_hour_wait(call, now):
    titles = ["Benches", "A clock", "Trees along the road", "A slide", "Lights", "Rooms for bands", "A map", "Ducks"]
    titles += ["A library van", "Quiet hours", "A repair cafe", "Wider paths"]
    ideas = [make_idea(call, title, text=f"{title * 3}.") for title in titles]

    held = [bool(look_over(item=idea, person=None, now=now, device="one device")) for idea in ideas]

    assert held == [False] * 10 + [True] * 2
    assert why_held(ideas[-1]) == {"burst"}
    assert look_over(item=make_idea(call), person=None, now=now, device="another") == []


def test_a_rule_that_is_off_holds_nothing_and_a_rows_words_are_used(call, now):
    Rule.objects.create(kind="telephone", is_on=False, why="Off.")
    Rule.objects.create(kind="words", language="en", words="gnome\ngarden gnome", why="No gnomes.")
    idea = make_idea(call, text="Ring 07700 900123, you idiots, about the Garden Gnome.")

    look_over(item=idea, person=None, now=now)

    assert set(Held.objects.about(idea).values_list("rule", "why")) == {("words", "No gnomes.")}


def test_what_the_guard_of_a_form_doubted_is_said(call, now):
    idea = make_idea(call)

    [held] = look_over(item=idea, person=idea.author, now=now, doubts=["It was sent within a second."])

    assert held.why.endswith("It was sent within a second.")


def test_looking_over_costs_few_queries(call, now, django_assert_max_num_queries):
    idea = make_idea(call)
    look_over(item=idea, person=idea.author, now=now)
    with django_assert_max_num_queries(4):
        look_over(item=idea, person=idea.author, now=now)


# --- reports -----------------------------------------------------------------------------------


def address(item) -> str:
    return reverse("moderation:report", args=[item._meta.model_name, item.pk])


def test_anyone_reports_once_and_the_thing_stays_shown(client, call):
    idea = make_idea(call, "Words to look at")
    page = client.get(address(idea))
    token = page.context["form"]["form_token"].value()

    answer = client.post(address(idea), {"reason": "unkind", "words": "Look.", "form_token": str(token)})

    made = Report.objects.get()
    assert answer.url == reverse("moderation:reported", args=[made.reference])
    thanks = client.get(answer.url).content.decode()
    assert made.reference in thanks
    assert "What happens next" in thanks
    assert "Words to look at" not in thanks
    idea.refresh_from_db()
    assert idea.state == "shown"
    assert len(made.device) == 64


def test_a_second_report_by_the_same_person_or_device_is_the_first(call, resident, now):
    idea, other = make_idea(call), make_idea(call)
    for who in ({"person": resident, "device": ""}, {"person": None, "device": "10.0.0.1 browser"}):
        first = report(item=idea, reason="law", now=now, **who)
        assert report(item=idea, reason="advert", now=now, **who) == first
        report(item=other, reason="law", now=now, **who)
    assert Report.objects.count() == 4
    digests = set(Report.objects.exclude(device="").values_list("device", flat=True))
    assert len(digests) == 2, "one device leaves another digest on each thing"
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(person=resident).first().__class__.objects.create(
            about=idea, board=call.activity.board, person=resident, reason="law", at=now
        )


def test_a_report_needs_a_reason_and_keeps_what_was_typed(client, call):
    idea = make_idea(call)
    token = client.get(address(idea)).context["form"]["form_token"].value()

    answer = client.post(address(idea), {"words": "My careful words", "form_token": str(token)})

    assert answer.status_code == 422
    assert "My careful words" in answer.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize("state", ["pending", "hidden"])
def test_what_is_not_shown_cannot_be_reported_and_is_not_there(client, call, state):
    assert client.get(address(make_idea(call, state=state))).status_code == 404
    for odd in ("/report/idea/abc/", "/report/person/1/", "/report/idea/99999999999999999999999/", "/report/x/1/"):
        assert client.get(odd).status_code == 404


def test_a_decision_settles_the_reports_and_forgets_the_device(call, coordinator, now):
    idea = make_idea(call)
    made = report(item=idea, person=None, device="10.0.0.1 browser", reason="law", now=now)

    decide(item=idea, to="hidden", reason="law", by=coordinator, now=now)

    made.refresh_from_db()
    assert made.settled_at is not None
    assert made.device == ""


def test_reports_hold_a_thing_only_where_a_rule_says_how_many(call, now):
    idea = make_idea(call)
    for n in range(3):
        report(item=idea, person=None, device=f"device {n}", reason="law", now=now)
    idea.refresh_from_db()
    assert idea.state == "shown"

    Rule.objects.create(kind="reported", is_on=True, number=4, why="Reported.")
    report(item=idea, person=None, device="a machine", reason="law", now=now, is_doubtful=True)
    idea.refresh_from_db()
    assert idea.state == "shown"
    report(item=idea, person=None, device="device 4", reason="law", now=now)
    idea.refresh_from_db()
    assert idea.state == "pending"
    assert why_held(idea) == {"reported"}


def test_reports_from_one_address_have_a_limit(client, call):
    ideas = [make_idea(call) for _ in range(12)]
    token = "00000000-0000-4000-8000-0000000000"
    statuses = [
        client.post(address(idea), {"reason": "law", "form_token": f"{token}{at:02}"}).status_code
        for at, idea in enumerate(ideas)
    ]
    assert statuses == [302] * 10 + [422] * 2


# --- edits -------------------------------------------------------------------------------------


def test_details_are_taken_out_everywhere_and_the_original_is_sealed(client, call, coordinator, now):
    idea = make_idea(call, "Ring Zanzibarquoll", slug="ring-zanzibarquoll", text="Ask Zanzibarquoll on Mill Lane.")

    edit_out(item=idea, field="title", text="Ring the warden", by=coordinator, now=now)
    edit_out(item=idea, field="text", text="Ask on Mill Lane.", by=coordinator, now=now)

    kept = Idea.objects.get(pk=idea.pk)
    assert "zanzibarquoll" not in " ".join(str(value) for value in vars(kept).values()).lower()
    for model in (Edit, Original):
        for row in model.objects.all():
            assert "zanzibarquoll" not in str(vars(row)).lower()
    for entry in ModelLogEntry.objects.filter(action="moderation.edit"):
        assert "zanzibarquoll" not in f"{entry.label}{entry.data}".lower()
    assert Original.objects.get(edit__field="text").unsealed() == "Ask Zanzibarquoll on Mill Lane."


def test_the_original_is_read_with_a_reason_by_those_who_may_and_each_reading_is_logged(
    call, coordinator, other_coordinator, staff, now
):
    idea = make_idea(call, text="Before")
    edit = edit_out(item=idea, field="text", text="After", by=coordinator, now=now)

    for person in (other_coordinator, staff, make_role("evidence_team", None), idea.author):
        with pytest.raises(DecisionRefused):
            read_original(edit=edit, why="To see", by=person)
    with pytest.raises(DecisionRefused, match="why"):
        read_original(edit=edit, why=" ", by=coordinator)
    assert not ModelLogEntry.objects.filter(action="moderation.read_original").exists()

    assert read_original(edit=edit, why="The writer asks", by=coordinator) == "Before"
    entry = ModelLogEntry.objects.get(action="moderation.read_original")
    assert entry.user == coordinator
    assert entry.data["why"] == "The writer asks"
    assert {role for role, acts in CARRIES.items() if "see_originals" in acts} == {"coordinator", "administrator"}


def test_only_the_writers_own_words_are_edited_and_only_by_the_boards_officers(
    call, coordinator, other_coordinator, now
):
    idea = make_idea(call, text="Before")

    with pytest.raises(ValueError, match="own words"):
        edit_out(item=idea, field="reference", text="X", by=coordinator, now=now)
    for text, why in (("Before", "Nothing was changed"), ("", "Something must stay"), ("x" * 3001, "3000")):
        with pytest.raises(DecisionRefused, match=why):
            edit_out(item=idea, field="text", text=text, by=coordinator, now=now)
    with pytest.raises(DecisionRefused, match="have changed"):
        edit_out(item=idea, field="text", text="After", by=coordinator, now=now, was="Something else")
    with pytest.raises(DecisionRefused):
        edit_out(item=idea, field="text", text="After", by=other_coordinator, now=now)
    assert not Edit.objects.exists()


def test_every_kind_names_fields_that_are_its_own_text():
    for label, model in queries.kinds().items():
        for name in model.moderated_fields:
            assert model._meta.get_field(name).get_internal_type() in ("CharField", "TextField"), (label, name)


# --- what stands beside the words --------------------------------------------------------------


def rendered(tag: str, item) -> str:
    from django.template import Context, Template

    return Template("{% load moderation_tags %}{% " + tag + " %}").render(Context({"item": item}))


def test_the_link_and_the_mark_stand_beside_words(call, coordinator, now, django_assert_num_queries):
    idea, other = make_idea(call, "<b>Words</b>"), make_idea(call)
    link = rendered("report_link item", idea)
    assert f'href="{address(idea)}"' in link
    assert "<b>" not in link
    assert rendered("edited_mark item", idea).strip() == ""

    edit_out(item=idea, field="text", text="After", by=coordinator, now=now)

    fresh = Idea.objects.get(pk=idea.pk)
    mark = rendered("edited_mark item", fresh)
    assert "Edited by the board to take out personal details" in mark
    assert "bring people together" not in mark
    queries.note_edits([fresh, other])
    with django_assert_num_queries(0):
        rendered("edited_mark item", fresh)
        assert rendered("edited_mark item", other).strip() == ""
