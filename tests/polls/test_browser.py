"""Voting in a real browser: with scripts and without, from the link to the thanks, and by everyone's means."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail

from engagement.activities.models import Activity, Audience, TakingPart
from engagement.polls.models import Kind, Poll, Tally, Why
from engagement.polls.queries import places
from tests.eyes import look, sign_in
from tests.factories import make_board, make_need, make_person, make_postcode, make_role
from tests.polls.factories import choice_of, make_poll

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES", "")


def check(page, name=""):
    """No accessibility fault of WCAG 2.2 AA, and no sideways scroll."""
    look(page, name, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    if PICTURES:
        width = page.viewport_size["width"]
        page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_newcomer_votes_in_four_pages_and_signs_in_last(live_server, open_browser, javascript):
    board = make_board()
    ward = make_postcode("XX1 1AA", board).ward
    poll = make_poll(board, summary="You told us the green is bare.")
    page = open_browser(width=320, javascript=javascript)

    page.goto(live_server.url + poll.get_absolute_url())
    page.get_by_label("Trees").check()
    page.get_by_label("I work here").check()
    page.get_by_label("The postcode of that place").fill("xx1 1aa")
    page.get_by_role("button", name="Send my vote").click()
    page.locator("input[type=email], input[name=login]").first.fill("newcomer@example.org")
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button[type=submit], main form button:not([type])").first.click()
    code = re.search(r"^\s*([A-Z0-9][A-Z0-9-]{4,9}[A-Z0-9])\s*$", mail.outbox[-1].body, re.M)[1]
    page.locator("input[name=code]").fill(code)
    page.locator("main form button[type=submit], main form button:not([type])").first.click()

    page.get_by_role("heading", name="Your vote is counted").wait_for()
    if javascript:  # axe is a script
        check(page, "thanks")
    assert Tally.objects.get(choice__text="Trees").votes == 1
    assert TakingPart.objects.get().person.standings.get().area == ward
    page.reload()
    page.get_by_role("heading", name="Your vote is counted").wait_for()


@pytest.mark.parametrize("javascript", [True, False])
def test_anyone_votes_by_keyboard_alone(live_server, open_browser, javascript):
    poll = make_poll(make_board(), audience=Audience.ANYONE, results_show="always")
    page = open_browser(javascript=javascript)

    page.goto(live_server.url + poll.get_absolute_url())
    page.get_by_label("Swings").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Your vote is counted").wait_for()
    assert Tally.objects.get(choice__text="Swings").votes == 1
    page.go_back()
    page.goto(live_server.url + poll.get_absolute_url())
    page.get_by_text("Your vote is counted").wait_for()
    assert page.get_by_role("button", name="Send my vote").count() == 0


@pytest.mark.parametrize("width", [320])
def test_every_page_of_a_poll_can_be_used_by_everyone(live_server, open_browser, client, width):
    board = make_board()
    need = make_need(board)
    closes = datetime.now(UTC) + timedelta(days=9)
    poll = make_poll(
        board,
        question="What should Fenny Hale green have next to the new path?",
        choices=("Swings for small children", "Benches in the shade", "Six young trees", "Leave it as it is"),
        title="The green at Fenny Hale",
        summary="You told us the green is bare in summer and nobody stays there. There is money for one thing this year.",
        closes_at=closes,
        audience=Audience.SAYS_LOCAL,
    )
    poll.activity.needs.add(need)
    over = make_poll(
        board,
        question="Which evening suits you for meetings?",
        choices=("Monday", "Wednesday", "Thursday"),
        title="Meeting evenings",
        opens_at=closes - timedelta(days=40),
        closes_at=closes - timedelta(days=10),
    )
    for text, votes in (("Monday", 31), ("Wednesday", 114), ("Thursday", 6)):
        Tally.objects.create(choice=choice_of(over, text), channel="web", votes=votes)
    TakingPart.objects.bulk_create(TakingPart(activity=over.activity) for _each in range(130))
    TakingPart.objects.bulk_create(TakingPart(activity=over.activity, channel="paper") for _each in range(21))
    make_poll(board, title="A bench for the library", opens_at=closes, closes_at=closes + timedelta(days=9))
    page = open_browser(width=width)
    refused = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)

    for name, path in {
        "list": f"/boards/{board.slug}/polls/",
        "activities": f"/boards/{board.slug}/activities/",
        "open": "/open/",
        "poll": poll.get_absolute_url(),
        "closed": over.get_absolute_url(),
        "results": over.get_absolute_url() + "results/",
        "too-soon": poll.get_absolute_url() + "results/",
    }.items():
        page.goto(live_server.url + path)
        check(page, name)
    page.goto(live_server.url + poll.get_absolute_url())
    page.get_by_role("button", name="Send my vote").click()
    page.get_by_role("link", name="Choose one answer.").wait_for()
    check(page, "errors")
    page.goto(live_server.url + poll.get_absolute_url())
    page.get_by_label("Six young trees").check()
    Activity.objects.filter(pk=poll.pk).update(closes_at=datetime.now(UTC))
    page.get_by_role("button", name="Send my vote").click()
    page.get_by_text("Your page was opened before then").wait_for()
    check(page, "too-late")
    assert refused == []


@pytest.mark.parametrize("width", [320])
def test_the_desk_screens_of_polls_can_be_used_by_everyone(live_server, open_browser, client, width):
    board = make_board()
    coordinator = make_role("coordinator", board)
    draft = make_poll(board, is_draft=True, title="A draft")
    poll = make_poll(board)
    make_person(stands_in=board)
    page = open_browser(width=width)
    sign_in(page, live_server, coordinator)
    for name, path in {
        "desk-list": "/desk/polls/",
        "desk-new": "/desk/polls/new/",
        "desk-edit": f"/desk/polls/edit/{poll.pk}/",
        "desk-preview": f"/desk/polls/preview/{draft.pk}/",
        "desk-publish": f"/desk/polls/publish/{draft.pk}/",
        "desk-close": f"/desk/polls/close/{poll.pk}/",
        "desk-put-right": f"/desk/polls/put-right/{poll.pk}/",
        "desk-standing": f"/desk/polls/standing/{poll.pk}/",
    }.items():
        answer = page.goto(live_server.url + path)
        assert answer.status == 200, path
        check(page, name)


# --- kinds ---------------------------------------------------------------------------------------

RANKED = ("Swings for small children", "Benches in the shade", "Six young trees")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_ranking_is_made_by_keyboard_alone_with_numbers(live_server, open_browser, javascript):
    poll = make_poll(make_board(), kind=Kind.RANKING, choices=RANKED, audience=Audience.ANYONE, results_show="always")
    page = open_browser(width=320, javascript=javascript)
    page.goto(live_server.url + poll.get_absolute_url())
    if javascript:
        check(page, "ranking")

    page.get_by_label("Six young trees", exact=True).focus()
    page.keyboard.type("1")
    page.get_by_label("Benches in the shade", exact=True).focus()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Leave no number out. 2 is missing.").click()
    if javascript:
        check(page, "ranking-error")
    assert page.get_by_label("Six young trees", exact=True).input_value() == "1"
    page.get_by_label("Benches in the shade", exact=True).fill("2")
    page.get_by_role("button", name="Send my vote").press("Enter")

    page.get_by_role("heading", name="Your vote is counted").wait_for()
    assert places(poll) == [(RANKED[0], [0, 0, 0]), (RANKED[1], [0, 1, 0]), (RANKED[2], [1, 0, 0])]
    page.goto(live_server.url + poll.get_absolute_url() + "results/")
    if javascript:
        check(page, "ranking-results")


def test_buttons_move_a_choice_up_and_down_and_say_so(live_server, open_browser):
    poll = make_poll(
        make_board(), kind=Kind.RANKING, choices=RANKED, most=2, audience=Audience.ANYONE, results_show="always"
    )
    page = open_browser(width=320)
    page.goto(live_server.url + poll.get_absolute_url())
    said = page.locator("[data-ranking-said]")
    up = {text: page.get_by_role("button", name=f"Move up: {text}") for text in RANKED}
    down = {text: page.get_by_role("button", name=f"Move down: {text}") for text in RANKED}
    for button in (*up.values(), *down.values()):
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44

    up[RANKED[2]].focus()
    page.keyboard.press("Enter")
    assert said.inner_text() == "Six young trees is now number 1."
    assert up[RANKED[2]].evaluate("button => button === document.activeElement"), "Where one was, one still is"
    up[RANKED[1]].press("Space")
    assert said.inner_text() == "Benches in the shade is now number 2."
    up[RANKED[0]].click()
    assert said.inner_text() == "You can give 2 numbers. Take one away first."
    up[RANKED[1]].click()
    down[RANKED[2]].click()
    assert said.inner_text() == "Six young trees has no number now."
    down[RANKED[2]].click()
    assert next(row.inner_text() for row in page.locator("[data-words]").all()) == RANKED[1]
    up[RANKED[0]].click()
    check(page, "ranking-moved")
    page.get_by_role("button", name="Send my vote").click()

    page.get_by_role("heading", name="Your vote is counted").wait_for()
    assert places(poll) == [(RANKED[0], [0, 1]), (RANKED[1], [1, 0]), (RANKED[2], [0, 0])]


@pytest.mark.parametrize("javascript", [True, False])
def test_several_are_ticked_by_keyboard_with_why_and_changed_later(live_server, open_browser, javascript):
    poll = make_poll(
        make_board(),
        kind=Kind.SEVERAL,
        choices=RANKED,
        most=2,
        audience=Audience.ANYONE,
        results_show="always",
        asks_why=True,
        may_change=True,
    )
    page = open_browser(width=320, javascript=javascript)
    page.goto(live_server.url + poll.get_absolute_url())
    if javascript:
        check(page, "several")

    for text in RANKED:
        page.get_by_label(text).focus()
        page.keyboard.press("Space")
    page.get_by_label("Why? In your own words").fill("There is no shade.")
    page.get_by_role("button", name="Send my vote").press("Enter")
    page.get_by_role("link", name="Choose 2 or fewer. You chose 3.").wait_for()
    if javascript:
        check(page, "several-error")
    assert page.get_by_label("Why? In your own words").input_value() == "There is no shade."
    page.get_by_label(RANKED[0]).uncheck()
    page.get_by_role("button", name="Send my vote").press("Enter")
    page.get_by_role("heading", name="Your vote is counted").wait_for()
    if javascript:
        check(page, "several-thanks")

    page.get_by_role("link", name="Change my vote").click()
    page.get_by_label(RANKED[0]).check()
    if javascript:
        check(page, "several-changing")
    page.get_by_role("button", name="Send my new vote").press("Enter")
    page.get_by_role("heading", name="Your vote is changed").wait_for()
    assert dict(Tally.objects.values_list("choice__text", "votes")) == {RANKED[0]: 1, RANKED[1]: 0, RANKED[2]: 0}

    page.get_by_role("link", name="Take my words back").click()
    if javascript:
        check(page, "take-back")
    page.get_by_role("button", name="Take my words back").press("Enter")
    page.get_by_role("heading", name="No words of yours are kept here").wait_for()
    assert Why.objects.get().text == "(withdrawn)"


@pytest.mark.parametrize("width", [320])
def test_the_other_kinds_and_their_results_can_be_used_by_everyone(live_server, open_browser, width):
    board = make_board()
    page = open_browser(width=width)
    for kind, fields in (
        (Kind.YES_NO, {}),
        (Kind.FACES, {}),
        (Kind.SCALE, {"steps": 5}),
        (Kind.SCALE, {"steps": 11, "low_label": "Not safe at all after dark"}),
    ):
        poll = make_poll(board, kind=kind, audience=Audience.ANYONE, results_show="always", asks_why=True, **fields)
        page.goto(live_server.url + poll.get_absolute_url())
        name = f"{kind}-{fields.get('steps', '')}"
        check(page, name)
        page.locator("input[type=radio]").nth(1).check(force=True)
        page.get_by_role("button", name="Send my vote").click()
        page.get_by_role("heading", name="Your vote is counted").wait_for()
        for number in range(7):
            Why.objects.create(poll=poll, text=f"A reason of mine, number {number}.", may_quote=True, state="shown")
        for part in ("results", "words"):
            page.goto(live_server.url + poll.get_absolute_url() + f"{part}/")
            check(page, f"{name}-{part}")


@pytest.mark.parametrize("width", [320])
def test_the_desk_screens_of_kinds_can_be_used_by_everyone(live_server, open_browser, width):
    board = make_board()
    coordinator = make_role("coordinator", board)
    draft = make_poll(board, kind=Kind.SCALE, is_draft=True, title="A draft")
    poll = make_poll(board, kind=Kind.RANKING, asks_why=True)
    make_need(board)
    why = Why.objects.create(poll=poll, text="There is no shade.", state="shown")
    page = open_browser(width=width)
    sign_in(page, live_server, coordinator)
    for name, path in {
        **{f"desk-new-{kind}": f"/desk/polls/new/?kind={kind}" for kind in ("several", "scale")},
        "desk-kind-edit": f"/desk/polls/edit/{draft.pk}/",
        "desk-kind-preview": f"/desk/polls/preview/{poll.pk}/",
        "desk-kind-standing": f"/desk/polls/standing/{poll.pk}/",
        "desk-words": f"/desk/polls/words/{poll.pk}/",
        "desk-evidence": f"/desk/polls/words/evidence/{why.pk}/",
    }.items():
        answer = page.goto(live_server.url + path)
        assert answer.status == 200, path
        check(page, name)


def test_a_coordinator_sets_up_a_scale_without_scripts(live_server, open_browser):
    """The desk as it is where no script runs: each step is a link or a form."""
    board = make_board()
    page = open_browser(javascript=False)
    sign_in(page, live_server, make_role("coordinator", board))
    page.goto(live_server.url + "/desk/polls/new/")
    page.get_by_role("link", name="A scale").click()
    assert page.locator("textarea[name=choices_text]").count() == 0
    for name, typed in {
        "title": "After dark",
        "question": "How safe is the path after dark?",
        "low_label": "Not safe",
        "high_label": "Very safe",
        "opens_at": "1 December 2026 9am",
        "closes_at": "31 December 2026 23:59",
    }.items():
        page.locator(f"[name={name}]").fill(typed)
    page.locator("button[type=submit].button-longrunning").first.click()
    page.wait_for_url("**/edit/**")
    poll = Poll.objects.get()
    assert (poll.kind, poll.steps, poll.high_label) == (Kind.SCALE, 5, "Very safe")
