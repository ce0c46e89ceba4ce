"""The rules at the desk, and what everyone can read of them and of what came of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagement.moderation.actions import DecisionRefused, change_rule, decide, look_over
from engagement.moderation.models import Rule
from engagement.moderation.queries.rules import all_rules, rule_by_key
from engagement.moderation.queries.totals import the_month
from engagement.moderation.starting_rules import starting_rules
from tests.factories import make_role
from tests.ideas.factories import make_call, make_idea

pytestmark = pytest.mark.django_db
RULES = "/desk/moderation/rules/"


@pytest.fixture
def administrator(db):
    return make_role("administrator", None)


def test_every_kind_of_rule_stands_without_a_row_and_says_why():
    rules = all_rules()
    assert {rule.kind for rule in rules} == set(Rule.Kind.values)
    assert all(rule.why for rule in rules)
    assert {rule.language for rule in rules if rule.kind == "words"} == {"en", "cy"}
    for rule in starting_rules():
        rule.full_clean(exclude=["changed_by"])


def test_an_administrator_changes_a_rule_and_it_holds_from_then_on(client, board, administrator, now):
    client.force_login(administrator)
    address = RULES + "words-en/"
    form = client.get(address).context["form"]

    answer = client.post(
        address, {"is_on": "on", "why": "No gnomes here.", "words": "gnome\n\ngnome\nGarden gnome", "act": "keep"}
    )

    assert answer.status_code == 302
    rule = Rule.objects.get()
    assert rule.lines() == ["gnome", "Garden gnome"]
    assert rule.changed_by == administrator
    entry = ModelLogEntry.objects.get(action="moderation.change_rule")
    assert entry.data["after"]["why"] == "No gnomes here."
    assert "idiot" in entry.data["before"]["words"]
    assert "idiot" in form["words"].value()
    idea = make_idea(make_call(board), text="A gnome by the pond.")
    [held] = look_over(item=idea, person=idea.author, now=now)
    assert held.why == "No gnomes here."


def test_a_text_is_tried_before_anything_is_kept(client, administrator):
    client.force_login(administrator)

    tried = client.post(
        RULES + "words-en/", {"why": "x", "words": "gnome", "sample": "A <b>Gnome</b>, look.", "act": "try"}
    ).content.decode()
    assert "&lt;b&gt;<mark>Gnome</mark>&lt;/b&gt;" in tried
    everything = client.post(RULES, {"sample": "Ring 07700 900123 or jo@example.org"}).content.decode()
    assert "<mark>07700 900123</mark>" in everything
    assert "<mark>jo@example.org</mark>" in everything
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("rule", "typed"),
    [
        ("words-en", {"words": "x" * 61}),
        ("words-en", {"words": "!!!"}),
        ("words-en", {"words": "\n".join(f"w{n}" for n in range(2001))}),
        ("mail_domain", {"words": "not a domain"}),
        ("mail_domain", {"words": "http://example.com"}),
        ("burst", {"number": "0", "hours": "1"}),
        ("burst", {"number": "1001", "hours": "1"}),
        ("alike", {"number": "3", "hours": "721"}),
        ("alike", {"number": "9" * 30, "hours": "1"}),
        ("telephone", {"why": ""}),
    ],
)
def test_what_no_rule_can_be_is_refused_with_what_was_typed(client, administrator, rule, typed):
    client.force_login(administrator)

    answer = client.post(f"{RULES}{rule}/", {"why": "Because of it.", "act": "keep", **typed})

    assert answer.status_code == 422
    assert not Rule.objects.exists()


def test_a_pattern_is_only_words(board, now):
    Rule.objects.create(kind="words", language="en", words="(a+)+$\n.*", why="x")
    idea = make_idea(make_call(board), text="a" * 3000)
    assert look_over(item=idea, person=idea.author, now=now) == []


def test_only_an_administrator_sets_the_rules(client, coordinator, staff, now):
    for person in (coordinator, staff, make_role("evidence_team", None)):
        client.force_login(person)
        for address in (RULES, RULES + "telephone/"):
            assert client.get(address).status_code in (302, 403)
        with pytest.raises(DecisionRefused):
            change_rule(rule=rule_by_key("telephone"), by=person, now=now, is_on=False)


def test_odd_rules_are_not_there(client, administrator):
    client.force_login(administrator)
    for odd in ("zzz", "words-zz", "words-", "telephone-en"):
        assert client.get(f"{RULES}{odd}/").status_code == 404


# --- for everyone ------------------------------------------------------------------------------


def page_of(client, month: str = "") -> str:
    return client.get(reverse("moderation:rules") + (f"?month={month}" if month else "")).content.decode()


def test_everyone_reads_the_rules_and_no_word_of_a_list(client):
    page = page_of(client)

    for rule in all_rules():
        assert (rule.why.replace("'", "&#x27;") in page) == rule.is_on, rule.kind
    assert "Hurts or insults people" in page
    for word in ("wanker", "twpsyn", "mailinator"):
        assert word not in page


def test_the_page_asks_ten_questions_or_fewer(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        page_of(client)


def test_a_whole_month_is_counted_and_small_numbers_are_not_printed(client, board, coordinator, time_machine):
    time_machine.move_to(datetime(2026, 10, 14, 12, tzinfo=UTC), tick=False)
    call = make_call(board)
    now = datetime(2026, 10, 14, 15, tzinfo=UTC)
    for n in range(12):
        idea = make_idea(call, state="pending", sent_at=datetime(2026, 10, 14, 12, tzinfo=UTC))
        if n < 7:
            decide(item=idea, to="hidden", reason="law" if n < 5 else "advert", by=coordinator, now=now)
    for _ in range(6):
        make_idea(call, sent_at=datetime(2026, 10, 20, 12, tzinfo=UTC))
    make_idea(call, sent_at=datetime(2026, 11, 1, 12, tzinfo=UTC))
    time_machine.move_to(datetime(2026, 11, 14, 12, tzinfo=UTC), tick=False)
    cache.clear()

    month = the_month(datetime(2026, 10, 1, tzinfo=UTC).date())

    assert (month.came_in_all, month.at_once, month.hidden_in_all, month.median_hours) == (18, 6, 7, 3)
    assert month.hidden == {"law": None, "advert": None}, "seven in all, and two of them would follow"
    assert month.edited == 0
    assert "October 2026" in page_of(client)
    assert "October 2026" in page_of(client, "2026-11"), "a month that still runs is not counted"
    assert "September 2026" in page_of(client, "2026-09")
    assert page_of(client, "x" * 300)
