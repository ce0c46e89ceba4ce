"""Someone's first idea, in a real browser, with and without scripts; and every page read by axe."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from engagement.funding.models import Proposal
from engagement.ideas import actions
from engagement.ideas.models import Backing, Idea
from engagement.ideas.models.shaping import SHAPED
from engagement.moderation.actions import decide
from tests.eyes import broken_rules, look, press, press_key, sign_in, tab_to
from tests.factories import make_need, make_person, make_postcode
from tests.funding.factories import dates_around, make_round
from tests.ideas.factories import make_call, make_idea

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fill_in(page, title: str, text: str) -> None:
    """Answer the pages of an idea, one thing each, as far as the page that checks it."""
    page.get_by_label("Give your idea a name").fill(title)
    press(page, "Go on")
    page.get_by_label("What is your idea?").fill(text)
    press(page, "Go on")
    page.get_by_label("Where would it be?").fill("The church hall")
    press(page, "Go on")
    page.get_by_label("Who would it help?").fill("Everyone on our street")
    press(page, "Go on")
    page.get_by_label("A name to show with it").fill("Ada")
    press(page, "Go on")


@pytest.mark.parametrize("javascript", [False, True], ids=["no scripts", "scripts"])
def test_a_first_idea_from_the_wall_to_its_answer(live_server, open_browser, board, coordinator, now, javascript):
    call = make_call(board, "What would make our evenings better?")
    writer = make_person("tone.deaf@example.org")
    EmailAddress.objects.create(user=writer, email=writer.email, verified=True, primary=True)
    page = open_browser(width=390, javascript=javascript)
    page.goto(live_server.url + call.get_absolute_url())
    page.get_by_role("button", name="Share an idea").or_(page.get_by_role("link", name="Share an idea")).first.click()
    fill_in(
        page, "Singing for people who cannot sing", "There is a choir for those who can. I would like the other one."
    )
    page.get_by_role("heading", name="Check your idea").wait_for()
    page.get_by_role("button", name="Send my idea").click()

    page.locator("input[type=email]").fill("tone.deaf@example.org")
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button[type=submit], main form button:not([type])").first.click()
    code = re.search(r"(?m)^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", mail.outbox[-1].body)
    assert code, mail.outbox[-1].body
    page.locator("input[name=code]").fill(code[1])
    page.locator("main form button").first.click()
    page.wait_for_url("**/sent/**")
    idea = Idea.objects.get()
    page.get_by_text(idea.reference).wait_for()
    assert idea.author.email == "tone.deaf@example.org"

    page.goto(live_server.url + idea.get_absolute_url())
    page.get_by_text("Waiting to be read").wait_for()
    decide(item=idea, to="shown", reason="fine", by=coordinator, now=now)
    friend = open_browser(javascript=javascript)
    sign_in(friend, live_server, make_person("friend@example.org"))
    friend.goto(live_server.url + idea.get_absolute_url())
    friend.get_by_role("button", name="Back this idea").click()
    friend.get_by_text("1 person backs this").wait_for()
    assert Backing.objects.count() == 1
    actions.answer(idea=idea, to="in_plan", words="The church hall is yours on Tuesdays.", by=coordinator, now=now)
    page.reload()
    page.get_by_text("The church hall is yours on Tuesdays.").wait_for()


@pytest.mark.parametrize("width", [320])
def test_no_page_keeps_anyone_out(live_server, open_browser, board, coordinator, stranger, now, width):
    call = make_call(board, "What would make our evenings better?")
    call.activity.needs.add(make_need(board))
    local = make_call(board, "What about the square?", audience=2)
    make_postcode("XX1 1AA", board)
    ideas = [make_idea(call, f"Idea {n} with benches", latitude="54.5", longitude="1.9") for n in range(21)]
    actions.back(idea=ideas[0], person=stranger, now=now)
    actions.answer(idea=ideas[0], to="in_plan", words="In May.", by=coordinator, now=now)
    page = open_browser(width=width)
    wall = live_server.url + call.get_absolute_url()
    for address in (
        live_server.url + f"/boards/{board.slug}/ideas/", wall, wall + "?q=zebra", wall + "map/", wall + "propose/",
        live_server.url + ideas[0].get_absolute_url(), live_server.url + make_idea(local).get_absolute_url() + "back/",
        wall + f"sent/{ideas[0].reference.lower()}/",
    ):  # fmt: skip
        assert page.goto(address).status == 200
        look(page, address)
    page.goto(wall + "propose/")
    press(page, "Go on")
    look(page, "the form with its errors")
    page.get_by_label("Give your idea a name").fill("Idea 1 with benches")
    press(page, "Go on")
    look(page, "the likes")
    press(page, "No, mine is different")
    page.get_by_label("What is your idea?").fill("Words")
    for part in ("place", "more", "you"):
        press(page, "Go on")
        look(page, part)
    press(page, "Go on")
    look(page, "check")
    sign_in(page, live_server, ideas[0].author)
    changed = {name: getattr(ideas[1], name) for name in SHAPED} | {"text": "Other words."}
    made = actions.change_words(idea=ideas[1], words=changed, seen=0, by=ideas[1].author, now=now)
    decide(item=made, to="shown", reason="fine", by=coordinator, now=now)
    said = actions.comment(idea=ideas[1], person=stranger, stance="for", text="Yes.", now=now)
    decide(item=said, to="shown", reason="fine", by=coordinator, now=now)
    actions.reply(comment=said, words="Thank you.", by=coordinator, now=now)
    actions.bring_into(duplicate=ideas[2], into=ideas[1], by=coordinator, now=now)
    own = live_server.url + make_idea(call, "Mine", author=ideas[0].author).get_absolute_url()
    for address in (
        own, own + "change/", own + "together/", own + "pictures/", own + "versions/", wall + "?near=XX1+1AA",
        live_server.url + ideas[1].get_absolute_url(), live_server.url + ideas[1].get_absolute_url() + "versions/",
        live_server.url + ideas[2].get_absolute_url(), live_server.url + ideas[3].get_absolute_url() + "follow/finish/",
    ):  # fmt: skip
        assert page.goto(address).status == 200
        look(page, address)
    page.goto(live_server.url + ideas[4].get_absolute_url())
    page.locator("summary", has_text="Add a point or a question").click()
    press(page, "Send my comment")
    look(page, "a comment with its errors")


DESK_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("width", [320])
def test_the_desk_pages_keep_no_officer_out(live_server, open_browser, board, coordinator, now, width):
    call = make_call(board, "What would make our evenings better?")
    waiting = [make_idea(call, state="pending") for _ in range(2)]
    shown = make_idea(call)
    decide(item=waiting[0], to="hidden", reason="twice", by=coordinator, now=now)
    said = actions.comment(idea=shown, person=make_person(), stance="for", text="Yes.", now=now)
    decide(item=said, to="shown", reason="fine", by=coordinator, now=now)
    actions.bring_into(duplicate=make_idea(call, "A twin"), into=shown, by=coordinator, now=now)
    page = open_browser(width=width)
    sign_in(page, live_server, coordinator)
    for address in (
        "moderation/", "moderation/decided/", "ideas/", f"ideas/{shown.pk}/", "ideas/calls/", "ideas/calls/new/",
        f"ideas/{shown.pk}/bring-into/", f"ideas/comments/{said.pk}/reply/", f"ideas/calls/{call.pk}/", f"ideas/calls/{call.pk}/write-down/",
    ):  # fmt: skip
        assert page.goto(live_server.url + "/desk/" + address).status == 200
        # Our own part of the page; the frame round it is Wagtail's.
        assert broken_rules(page, context="#main .nice-padding", options=DESK_RULES) == [], address


@pytest.mark.parametrize("javascript", [False, True], ids=["no scripts", "scripts"])
def test_an_idea_from_a_twin_it_was_offered_to_a_proposal_for_money(
    live_server, open_browser, board, coordinator, stranger, now, javascript
):
    """Offered a twin, sent all the same, read, discussed, brought together, taken apart, carried into a round."""
    call = make_call(board, "What would make our evenings better?")
    twin = make_idea(call, "Benches along the river walk")
    round = make_round(board, **dates_around(now, "proposals"))
    page = open_browser(width=320, javascript=javascript)
    sign_in(page, live_server, stranger)
    page.goto(live_server.url + call.get_absolute_url() + "propose/")
    page.get_by_label("Give your idea a name").fill("Benches on the river walk")
    if javascript:
        page.locator("[data-likes-here] a", has_text=twin.title).wait_for()
    press(page, "Go on")
    page.get_by_role("heading", name="Is it one of these?").wait_for()
    page.get_by_role("link", name=twin.title, exact=True).wait_for()
    press(page, "No, mine is different")
    page.get_by_label("What is your idea?").fill("Seats with a back, for people who tire.")
    for _ in range(4):
        press(page, "Go on")
    page.get_by_role("button", name="Send my idea").click()
    page.wait_for_url("**/sent/**")
    mine = Idea.objects.get(author=stranger)
    decide(item=mine, to="shown", reason="fine", by=coordinator, now=now)

    friend = open_browser(width=320, javascript=javascript)
    sign_in(friend, live_server, make_person("friend@example.org"))
    friend.goto(live_server.url + mine.get_absolute_url())
    friend.locator("summary", has_text="Add a point or a question").click()
    friend.get_by_label("A question").check()
    friend.get_by_label("Your comment").fill("Who mends them?")
    press(friend, "Send my comment")
    friend.get_by_text("We have your comment.").wait_for()
    friend.get_by_text("Who mends them?").first.wait_for()
    decide(item=mine.all_comments.get(), to="shown", reason="fine", by=coordinator, now=now)

    merging = actions.bring_into(duplicate=mine, into=twin, by=coordinator, now=now)
    page.goto(live_server.url + mine.get_absolute_url())
    page.get_by_text("Brought into another idea").wait_for()
    page.get_by_role("link", name=twin.title).first.click()
    page.get_by_role("heading", name=twin.title).wait_for()
    page.get_by_text("Who mends them?").first.wait_for()
    actions.take_apart(merging=merging, by=coordinator, now=now)

    page.goto(live_server.url + mine.get_absolute_url())
    page.get_by_text("Who mends them?").first.wait_for()
    page.get_by_role("link", name=f"Carry it into “{round.title}”").click()
    page.get_by_text("From the idea").wait_for()
    assert page.get_by_label("A short name for what you want to do").input_value() == mine.title
    page.get_by_label("Who will it help?").fill("People who tire.")
    page.get_by_label("What it is").first.fill("Two benches")
    page.get_by_label("What it costs").first.fill("600")
    page.get_by_label("The name of your group").fill("Friends of the Ford")
    page.get_by_label("What kind of group is it?").select_option("none")
    press(page, "Check your proposal")
    press(page, "Send my proposal")
    proposal = Proposal.objects.get()
    assert proposal.from_idea == mine
    decide(item=proposal, to="shown", reason="fine", by=coordinator, now=now)
    page.goto(live_server.url + mine.get_absolute_url())
    page.get_by_role("link", name="A proposal for money").first.click()
    page.locator("main").get_by_role("link", name=mine.title).first.wait_for()


def test_a_place_is_set_on_the_map_with_the_keyboard_alone(live_server, open_browser, board):
    ward = board.areas.wards()[0]
    square = [[1.9, 54.5], [1.92, 54.5], [1.92, 54.52], [1.9, 54.52], [1.9, 54.5]]
    ward.boundary = {"type": "Polygon", "coordinates": [square]}
    ward.save()
    call = make_call(board)
    page = open_browser(width=320, javascript=True)
    page.goto(live_server.url + call.get_absolute_url() + "propose/")
    page.get_by_label("Give your idea a name").fill("Benches")
    press(page, "Go on")
    page.get_by_label("What is your idea?").fill("To sit.")
    press(page, "Go on")
    page.get_by_text("Press the map where it would be.").wait_for()
    page.locator("svg.area-map__map").focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("The place is set").wait_for()
    assert 54.5 < float(page.input_value("#id_latitude")) < 54.52
    assert 1.9 < float(page.input_value("#id_longitude")) < 1.92
    assert broken_rules(page) == []
    press(page, "Go on")
    assert page.get_by_label("Who would it help?").is_visible()


@pytest.mark.parametrize("javascript", [False, True], ids=["no scripts", "scripts"])
def test_an_idea_is_sent_and_another_backed_by_keyboard_alone(live_server, open_browser, board, stranger, javascript):
    call = make_call(board, "What would make our evenings better?")
    other = make_idea(call, "A skate park")
    page = open_browser(width=320, javascript=javascript)
    sign_in(page, live_server, stranger)
    page.goto(live_server.url + call.get_absolute_url())
    tab_to(page, "Share an idea")
    press_key(page)
    for box, words in (
        ("title", "Benches"),
        ("text", "Somewhere to sit."),
        ("place_words", "By the ford"),
        ("", ""),
        ("", ""),
    ):
        if box:
            tab_to(page, box)
            page.keyboard.type(words)
        tab_to(page, "Go on")
        press_key(page)
    tab_to(page, "Send my idea")
    press_key(page)
    assert Idea.objects.get(author=stranger).text == "Somewhere to sit."

    page.goto(live_server.url + other.get_absolute_url())
    tab_to(page, "Back this idea")
    press_key(page)
    page.get_by_text("1 person backs this").wait_for()
    tab_to(page, "Take my backing away")
    press_key(page)
    page.get_by_text("Nobody has backed this yet").wait_for()
