"""A conversation in a real browser: on a phone, with and without scripts, by keyboard alone, to its results."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from engagement.activities.models import Activity, Audience
from engagement.conversations.actions.results import work_out
from engagement.conversations.models import Answer, Participant, Statement
from engagement.moderation.actions import decide
from tests.conversations.factories import make_answers, make_conversation, make_statement, two_camps
from tests.eyes import broken_rules, look, press, press_key, sign_in, tab_to
from tests.factories import make_need, make_person, make_postcode

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCRIPTS = pytest.mark.parametrize("javascript", [False, True], ids=["no scripts", "scripts"])


@SCRIPTS
def test_with_thirty_others_someone_answers_by_keyboard_alone_and_reaches_the_results(
    live_server, open_browser, board, javascript
):
    conversation = make_conversation(board, "Who should the square be for?", statements=8, results_show="always")
    make_answers(conversation, two_camps(30, 8))
    work_out(conversation, now=timezone.now())
    page = open_browser(width=320, javascript=javascript)
    page.goto(live_server.url + f"/boards/{board.slug}/conversations/")
    tab_to(page, "Who should the square be for?")
    press_key(page)

    for number, way in enumerate(("Agree", "Disagree", "Pass"), 1):
        tab_to(page, way)
        press_key(page, "Space")
        page.get_by_text(f"You have answered {number} of 8 statements.").wait_for()
    tab_to(page, "See and change my answers")
    press_key(page)
    assert page.get_by_text("Your answer: Agree").count() == 1
    tab_to(page, "Pass", inside="Your answer: Agree")
    press_key(page, "Space")
    assert page.get_by_text("Your answer: Pass").count() == 2
    tab_to(page, "Back to the conversation")
    press_key(page)
    tab_to(page, "See how it stands")
    press_key(page)

    page.get_by_role("heading", name="What most people in every group agree on").wait_for()
    page.get_by_text("30 people answered.").wait_for()
    assert page.locator(".opinion-map__table tbody tr").count() >= 2
    if javascript:  # axe is a script itself
        look(page, "results")
    assert Participant.objects.count() == 31
    mine = Participant.objects.get(taking_part__device__isnull=False)
    assert sorted(mine.answers.values_list("way", flat=True)) == [-1, 0, 0]


@SCRIPTS
def test_text_first_and_sign_in_last_from_an_answer_and_a_statement_to_both_counted(
    live_server, open_browser, board, coordinator, now, javascript
):
    conversation = make_conversation(board, "Who should the square be for?", audience=Audience.EMAIL)
    texts = ("Benches for everyone.", "No cars on Saturdays.")
    for text in texts:
        make_statement(conversation, text)
    make_postcode("XX1 1AA", board)
    someone = make_person("someone@example.org")
    EmailAddress.objects.create(user=someone, email=someone.email, verified=True, primary=True)
    page = open_browser(width=390, javascript=javascript)
    page.goto(live_server.url + conversation.get_absolute_url())
    press(page, re.compile("^Agree"))
    press(page, "Pass")
    page.get_by_text("You have answered every statement so far").wait_for()
    assert not Answer.objects.exists()
    press(page, "Count my answers", "link")
    press(page, "Count my answers")
    page.get_by_role("link", name="Choose one.").wait_for()  # the form says what is missing
    page.get_by_label("I live here").check(force=True)
    page.get_by_label("The postcode of that place").fill("xx1 1aa")
    press(page, "Count my answers")
    page.locator("input[type=email]").fill("someone@example.org")
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button").first.click()
    code = re.search(r"(?m)^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", mail.outbox[-1].body)
    assert code, mail.outbox[-1].body
    page.locator("input[name=code]").fill(code[1])
    page.locator("main form button").first.click()
    page.wait_for_url("**/mine/**")
    page.get_by_text("Your answers are counted").wait_for()
    assert sorted(Answer.objects.values_list("way", flat=True)) == [0, 1]

    press(page, "Back to the conversation", "link")
    press(page, "Add a statement of my own", "link")
    page.get_by_label("Your statement").fill("Benches for everyone, please.")
    press(page, "Go on")
    page.get_by_role("heading", name="Is it one of these?").wait_for()
    press(page, "Change it")
    assert page.get_by_label("Your statement").input_value() == "Benches for everyone, please."
    page.get_by_label("Your statement").fill("Let the fair come back in May.")
    press(page, "Go on")
    press(page, "Send my statement")
    statement = Statement.objects.get(author=someone)
    page.get_by_text(statement.reference).wait_for()
    decide(item=statement, to="shown", reason="fine", by=coordinator, now=now)

    stranger = open_browser(width=390, javascript=javascript)
    stranger.goto(live_server.url + conversation.get_absolute_url() + f"?statement={statement.pk}")
    stranger.get_by_role("blockquote").get_by_text("Let the fair come back in May.").wait_for()
    stranger.get_by_text("From another participant").wait_for()
    page.goto(live_server.url + conversation.address("mine"))
    page.get_by_text("Let the fair come back in May.").wait_for()


@pytest.mark.parametrize("width", [320])
def test_no_page_keeps_anyone_out(live_server, open_browser, board, width):
    conversation = make_conversation(
        board, "Who should the square be for?", statements=12, results_show="always", background="It was laid in 1890."
    )
    conversation.activity.needs.add(make_need(board))
    make_answers(conversation, two_camps(60, 12))
    work_out(conversation, now=timezone.now())
    local = make_conversation(board, "For locals?", statements=2, audience=Audience.SAYS_LOCAL)
    empty = make_conversation(board, "Nothing yet?", results_show="always")
    closed = make_conversation(
        board, "Over?", statements=3, opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now()
    )
    page = open_browser(width=width)
    for address in (
        f"/boards/{board.slug}/conversations/",
        *(conversation.address(name) for name in ("conversation", "add", "mine", "results", "statements")),
        *(empty.address(name) for name in ("conversation", "results", "statements")),
        *(closed.address(name) for name in ("conversation", "mine", "add", "results")),
    ):
        assert page.goto(live_server.url + address).status == 200
        look(page, address)
    smallest = (
        "Math.min(...[...document.querySelectorAll('.statement-card__way')].map(b => b.getBoundingClientRect().height))"
    )
    page.goto(live_server.url + local.get_absolute_url())
    assert page.evaluate(smallest) >= 44
    press(page, "Disagree")
    look(page, "an answer that waits")
    press(page, "Count my answers", "link")
    press(page, "Count my answers")
    look(page, "count, with its errors")
    page.goto(live_server.url + conversation.address("add"))
    press(page, "Go on")
    look(page, "add, with its errors")
    page.get_by_label("Your statement").fill(Statement.objects.filter(conversation=conversation).first().text)
    press(page, "Go on")
    look(page, "check, with one like it")
    page.goto(live_server.url + conversation.get_absolute_url())
    press(page, re.compile("^Agree"))
    page.goto(live_server.url + conversation.address("mine"))
    look(page, "my answers")
    Activity.objects.filter(pk=closed.pk).update(results_show="officers")
    page.goto(live_server.url + closed.address("results"))
    look(page, "results for officers only")


DESK_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("width", [320])
def test_the_desk_pages_keep_no_officer_out(live_server, open_browser, board, coordinator, width):
    conversation = make_conversation(board, statements=8)
    make_statement(conversation, is_the_boards=False, state="pending")
    make_answers(conversation, two_camps(30, 8))
    work_out(conversation, now=timezone.now())
    shown = Statement.objects.shown().first()
    page = open_browser(width=width)
    sign_in(page, live_server, coordinator)
    at = f"{live_server.url}/desk/conversations/"
    for rest in ("", "new/", *(f"{conversation.pk}/{name}" for name in (
        "", "statements/", f"statements/{shown.pk}/hide/", "results/", "close/", "copies/",
    ))):  # fmt: skip
        assert page.goto(at + rest).status == 200
        assert broken_rules(page, context="#main .nice-padding", options=DESK_RULES) == [], rest
    page.goto(at + "new/")
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Keep this").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert broken_rules(page, context="#main .nice-padding", options=DESK_RULES) == []
