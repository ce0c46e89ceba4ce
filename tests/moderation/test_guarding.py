"""What looks like a machine's post is kept, and waits with the reason. Nothing is lost by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from engagement.evidence.models import Evidence
from engagement.moderation import guarding
from engagement.moderation.guarding import AT_ONCE, STAMP, SUM, TRAP, guarded, is_solved, new_stamp, new_sum, solved
from engagement.moderation.models import Held, Report
from engagement.polls.models import Why
from tests.ideas.factories import make_call, make_idea
from tests.polls.factories import make_poll

pytestmark = pytest.mark.django_db


def post(**typed: str):
    return RequestFactory().post("/", typed)


@pytest.fixture
def a_while_ago(time_machine):
    """Give a stamp of a page opened a minute ago."""
    now = timezone.now()
    time_machine.move_to(now - timedelta(minutes=1), tick=False)
    stamp = new_stamp()
    time_machine.move_to(now, tick=False)
    return stamp


def test_a_person_who_took_their_time_is_not_doubted(a_while_ago):
    assert guarded(post(**{STAMP: a_while_ago, TRAP: ""}))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({TRAP: "https://buy.example"}, "do not see"),
        ({STAMP: ""}, "without its page"),
        ({STAMP: "x:1abc:forged"}, "without its page"),
        ({STAMP: ":" * 500}, "without its page"),
        ({STAMP: "\u00e9:\u00e9:\u00e9"}, "without its page"),
        ({STAMP: "now"}, "three seconds"),
    ],
)
def test_each_doubt_is_said_in_words(a_while_ago, typed, says):
    typed = {STAMP: a_while_ago} | {name: new_stamp() if value == "now" else value for name, value in typed.items()}

    [reason] = guarded(post(**typed)).reasons

    assert says in reason


def test_a_busy_network_is_asked_for_a_sum_and_each_answer_is_good_once(a_while_ago):
    for _ in range(AT_ONCE):
        assert guarded(post(**{STAMP: a_while_ago}))
    [reason] = guarded(post(**{STAMP: a_while_ago})).reasons
    assert "did not do the sum" in reason

    answer = solved(new_sum())

    assert guarded(post(**{STAMP: a_while_ago, SUM: answer}))
    assert not guarded(post(**{STAMP: a_while_ago, SUM: answer})), "used before"
    assert guarded(post(**{STAMP: a_while_ago}), asks_sum=False)
    other = RequestFactory().post("/", {STAMP: a_while_ago}, REMOTE_ADDR="10.9.8.7")
    assert guarded(other), "another network is not asked"


@pytest.mark.parametrize(
    "sent", ["", "x", "e30=", "bnVsbA==", "WzFd", "é" * 10, "A" * 3000, "eyJhbGdvcml0aG0iOiAxfQ=="]
)
def test_no_odd_answer_is_a_sum(sent):
    assert not is_solved(sent)


def test_a_sum_made_by_someone_else_or_too_long_ago_counts_for_nothing(settings, time_machine):
    sum_ = new_sum()
    answer = solved(sum_)
    settings.SECRET_KEY = "another key altogether, of good length"
    assert not is_solved(answer)
    settings.SECRET_KEY = "a third one of the same good length"
    late = solved(new_sum())
    time_machine.move_to(timezone.now() + guarding.SUM_HOLDS + timedelta(minutes=1))
    assert not is_solved(late)


def sent_fields(form) -> dict[str, str]:
    return {name: str(form[name].value() or "") for name in form.fields}


def test_words_told_by_a_machine_are_kept_and_held_with_the_reason(client, board):
    address = reverse("evidence:tell_us", args=[board.slug])
    form = client.get(address).context["form"]
    typed = sent_fields(form) | {"text": "Buy this wonderful thing", "agreed": ["evidence"], TRAP: "spam", "where": ""}

    answer = client.post(address, typed)

    assert answer.status_code == 302
    kept = Evidence.objects.get()
    assert kept.text == "Buy this wonderful thing"
    assert kept.state == "pending"
    why = Held.objects.about(kept).get(rule="form").why
    assert "do not see" in why
    assert client.post(address, typed | {TRAP: ""}).url == answer.url, "how it came is no part of what was typed"


def test_a_form_shown_again_keeps_its_first_stamp_and_is_not_wrong_for_the_guard(client, board, a_while_ago):
    address = reverse("evidence:tell_us", args=[board.slug])
    again = client.post(address, {"text": "", STAMP: a_while_ago, TRAP: "x", SUM: "x" * 9000})
    assert again.status_code == 422
    page = again.content.decode()
    assert a_while_ago in page
    assert 'value="x"' not in page
    assert not {TRAP, STAMP, SUM} & set(again.context["form"].errors)


def test_the_page_carries_a_sum_only_for_a_busy_network(client, board):
    address = reverse("evidence:tell_us", args=[board.slug])
    assert "data-sum=" not in client.get(address).content.decode()
    for _ in range(AT_ONCE):
        guarded(post())
    page = client.get(address).content.decode()
    assert "data-sum=" in page
    assert "If it cannot, send all the same" in page
    cache.clear()
    assert "data-sum=" not in client.get(address).content.decode()


def test_a_machines_report_is_kept_and_marked(client, board):
    idea = make_idea(make_call(board))
    address = reverse("moderation:report", args=["idea", idea.pk])
    token = client.get(address).context["form"]["form_token"].value()

    client.post(address, {"reason": "law", "form_token": str(token), TRAP: "x"})

    assert Report.objects.get().is_doubtful


def test_why_words_are_looked_over_and_the_reason_leads_to_nobody(client, board, resident):
    poll = make_poll(board, asks_why=True)
    client.force_login(resident)
    address = reverse("polls:vote", args=[board.slug, poll.activity.slug])

    client.post(address, {"choice": str(poll.choices.first().pk), "why": "Ring 07700 900123"})

    why = Why.objects.get()
    rules = set(Held.objects.about(why).values_list("rule", flat=True))
    assert rules == {"telephone", "form"}
    for held in Held.objects.about(why):
        assert held.pk > 2**20, "a random key: no order of arrival"
        assert not [name for name in vars(held) if name.endswith("_at")], "no time of day"
