"""The whole loop in a browser, as five people: words, a need, an idea, a poll, a round, awards, the answer.

A resident speaks at a market stall. Someone else sends an idea, a third person votes. The
coordinator records, reads, counts and awards; council staff publish what came of it; and the
resident who spoke first finds the answer on her own page.
"""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from boards.people.models import Person
from cms.actions import set_up_board_pages
from engagement.activities.models import TakingPart
from engagement.funding import queries as funding_queries
from engagement.funding.models import Award, FundingRound, Proposal
from engagement.ideas.models import Idea, IdeasCall
from engagement.outcomes.models import Loop
from tests.eyes import press
from tests.factories import make_activity, make_board, make_need, make_postcode, make_role
from tests.funding.factories import dates_around, make_round
from tests.polls.factories import make_poll

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WAYS = [pytest.param(True, marks=pytest.mark.journey, id="with scripts"), pytest.param(False, id="without scripts")]


def known(person: Person) -> Person:
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def code_sent_to(address: str) -> str:
    letter = next(message for message in reversed(mail.outbox) if message.to == [address])
    found = re.search(r"(?m)^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", letter.body)
    assert found, letter.body
    return found[1]


def give_code(page, address: str) -> None:
    """Say who one is: the address, then the code that came to it."""
    page.locator("main input[type=email]").first.fill(address)
    page.locator("main form button").first.click()
    page.wait_for_selector("input[name=code]")
    page.locator("input[name=code]").fill(code_sent_to(address))
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button").first.click()


def sign_in(page, server, address: str, then: str) -> None:
    page.goto(f"{server.url}/account/login/?next={then}")
    give_code(page, address)
    page.wait_for_url("**" + then)


def close_voting(round: FundingRound) -> None:
    """Let time pass: the times move, and the seal of the rules with them, as a test's clock cannot."""
    round = FundingRound.objects.select_related("activity").get(pk=round.pk)
    for name, moment in dates_around(timezone.now(), "to_count").items():
        setattr(round.activity if name in ("opens_at", "closes_at") else round, name, moment)
    round.activity.save()
    round.rules_digest = funding_queries.rules_digest(round)
    round.save()


@pytest.mark.parametrize("javascript", WAYS)
def test_a_resident_finds_what_came_of_her_words(live_server, open_browser, javascript, settings, tmp_path):
    settings.VAR = tmp_path
    board = make_board("Thornbridge Town", wards=("Fenny Hale",))
    make_postcode("XX1 1AA", board)
    set_up_board_pages(board)
    coordinator = known(make_role("coordinator", board, email="dev@example.org"))
    staff = known(make_role("staff", None, email="staff@example.org"))
    need = make_need(board, "Somewhere to go after five")
    call = IdeasCall.objects.create(
        activity=make_activity(board, "ideas", "Better evenings"), question="What would make evenings better?"
    )
    poll = make_poll(board, title="Late bus", question="Which night should the bus run?", choices=("Tuesday", "Friday"))
    round = make_round(board, title="Town fund", costs=(400_00, 300_00), **dates_around(timezone.now(), "voting"))
    for proposal, title in zip(
        Proposal.objects.filter(round=round).order_by("number"), ("A warm room", "A bench"), strict=True
    ):
        proposal.title = title
        proposal.save()
    desk = open_browser(width=1280)  # the desk is Wagtail's own, which needs scripts
    officer = desk

    # 1. The coordinator records what a resident says at the market, and hands over a slip.
    sign_in(officer, live_server, coordinator.email, "/desk/evidence/record/")
    officer.locator("#id_text").fill("The square is dead by five. Teenagers sit in the bus shelter.")
    officer.locator("#id_how").select_option("street_talk")
    for box in officer.locator("input[name=agreed]").all():
        box.check()
    officer.locator("#id_contact_email").fill("amira@example.org")
    officer.locator("#id_need_1").select_option(str(need.pk))
    officer.get_by_role("button", name="Keep it and show the slip").click()
    slip = officer.locator("code").first.inner_text()

    # 2. Somebody else finds their board by postcode and sends an idea: words first, who they are last.
    ben = open_browser(width=390, javascript=javascript)
    ben.goto(live_server.url + "/")
    ben.locator("main input[name=q]").first.fill("xx1 1aa")
    ben.get_by_role("button", name="Find your board").click()
    ben.wait_for_url("**/boards/thornbridge-town/**")
    ben.goto(live_server.url + call.get_absolute_url() + "propose/")
    ben.locator("#id_title").fill("Open the old library till nine")
    press(ben, "Go on")
    ben.locator("#id_text").fill("It is warm and it has chairs.")
    for _place_more_and_you in range(3):
        press(ben, "Go on")
    if ben.locator("input[name=postcode]").count():
        ben.get_by_label("I live here").check()
        ben.locator("input[name=postcode]").fill("XX1 1AA")
    press(ben, "Go on")
    ben.get_by_role("button", name="Send my idea").click()
    known(Person.objects.create_user("ben@example.org"))
    give_code(ben, "ben@example.org")
    if ben.locator("main input[name=postcode]").count():
        ben.get_by_label("I live here").check()
        ben.locator("main input[name=postcode]").fill("XX1 1AA")
        with ben.expect_navigation(wait_until="load"):
            ben.locator("main form button").first.click()
    idea = Idea.objects.get()
    assert idea.state == "pending"

    # 3. The coordinator reads it, and it shows.
    officer.goto(live_server.url + "/desk/moderation/")
    with officer.expect_navigation(wait_until="load"):
        officer.get_by_role("button", name=re.compile("^Show")).first.click()
    ben.goto(live_server.url + call.get_absolute_url())
    ben.get_by_text("Open the old library till nine").first.wait_for()

    # 4. A third person answers the poll: four pages from the link.
    chidi = open_browser(width=390, javascript=javascript)
    known(Person.objects.create_user("chidi@example.org"))
    chidi.goto(live_server.url + poll.get_absolute_url())
    chidi.get_by_label("Friday").check()
    chidi.get_by_label("I live here").check()
    chidi.get_by_label("The postcode of that place").fill("xx11aa")
    chidi.get_by_role("button", name="Send my vote").click()
    give_code(chidi, "chidi@example.org")
    chidi.wait_for_url("**/thanks/**")

    # 5. And votes on the grants, in a sealed ballot.
    chidi.goto(live_server.url + round.get_absolute_url() + "vote/")
    chidi.get_by_label("A warm room").check()
    chidi.get_by_role("button", name="Check my vote").click()
    chidi.get_by_role("button", name="Seal and send my vote").click()
    assert chidi.locator(".confirmation strong").inner_text()
    assert set(TakingPart.objects.values_list("activity__title", flat=True)) == {
        "Better evenings",
        "Late bus",
        "Town fund",
    }

    # 6. Voting closes. The coordinator counts and awards.
    close_voting(round)
    officer.goto(f"{live_server.url}/desk/funding/rounds/{round.pk}/count/")
    officer.get_by_role("button", name="Open the ballots and count").click()
    officer.get_by_text("The count is settled.").wait_for()
    officer.goto(f"{live_server.url}/desk/funding/rounds/{round.pk}/award/")
    words = officer.locator("main [name=words]")
    if words.count():
        words.fill("Board meeting, 3 December")
    press(officer, "Award all of these and tell the groups")
    assert Award.objects.get().proposal.title == "A warm room"

    # 7. Staff write the answer and publish it. Everyone who took part is told.
    officer = open_browser(width=1280)
    sign_in(officer, live_server, staff.email, "/desk/outcomes/new/")
    for name, text in {
        "title": "A warm room after five",
        "slug": "a-warm-room",
        "asked": "What would make evenings better?",
        "said": "The square is dead by five.",
        "did": "The old library opens till nine.",
        "did_not_because": "Sundays: no one could staff them.",
    }.items():
        officer.locator(f"#id_{name}").fill(text)
    officer.locator("#id_board").select_option(str(board.pk))
    officer.locator("#id_needs").select_option([str(need.pk)])
    officer.locator("#id_activities").select_option([str(poll.pk), str(call.pk), str(round.pk)])
    officer.locator("#id_awards").select_option([str(Award.objects.get().pk)])
    with officer.expect_navigation(wait_until="load"):
        officer.locator("form [type=submit]").last.click()
    loop = Loop.objects.get()
    officer.goto(f"{live_server.url}/desk/outcomes/{loop.pk}/publish/")
    press(officer, "Publish and tell people")
    told = {message.to[0] for message in mail.outbox if "What came of it" in message.subject}
    assert told == {"amira@example.org", "ben@example.org", "chidi@example.org"}

    # 8. The resident who spoke first finds the answer: by her slip, and on her own page.
    amira = open_browser(width=320, javascript=javascript)
    amira.goto(live_server.url + "/slip/")
    amira.locator("#id_code").fill(slip)
    amira.get_by_role("button", name="Show me").click()
    amira.get_by_text("A warm room after five").first.wait_for()
    known(Person.objects.get(email="amira@example.org"))
    sign_in(amira, live_server, "amira@example.org", "/me/")
    amira.get_by_text("The square is dead by five").first.wait_for()
    amira.get_by_role("link", name="A warm room after five").first.click()
    amira.wait_for_url("**/outcomes/a-warm-room/")
    amira.get_by_text("Sundays: no one could staff them.").wait_for()
    # And back again, from the answer to the need her words made.
    amira.get_by_role("link", name="Somewhere to go after five").first.click()
    amira.wait_for_url("**/needs/**")
    amira.get_by_text("Teenagers sit in the bus shelter").first.wait_for()
