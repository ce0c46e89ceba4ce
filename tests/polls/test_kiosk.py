"""A kiosk: opened by an officer for one place, each vote counted once, nothing lost without a word."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, connections
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagement.activities.models import Activity, Audience, Channel, Spot, TakingPart
from engagement.polls import kiosk as kiosks
from engagement.polls.actions import PollRefused
from engagement.polls.models import KeptVote, Kind, Kiosk, KioskRefusal, Tally, Why
from engagement.polls.queries import results
from tests.factories import make_board, make_person, make_role
from tests.polls.factories import choice_of, make_poll

pytestmark = pytest.mark.django_db
PIN = "271828"


def make_kiosk(poll, place="Library", pin=PIN):
    """Give a kiosk that waits for its device, and the code that starts it."""
    officer = make_role("coordinator", poll.activity.board)
    spot, _made = Spot.objects.get_or_create(activity=poll.activity, name=place)
    opening = kiosks.open_kiosk(poll=poll, spot=spot, pin=pin, by=officer, now=datetime.now(UTC))
    return opening.kiosk, opening.code


def device_with(code):
    """Give a device on which the kiosk has been started."""
    device = Client()
    assert device.post(f"/kiosk/start/{code}/")["Location"] == "/kiosk/"
    return device


@pytest.fixture
def poll(board):
    return make_poll(board, audience=Audience.ANYONE)


@pytest.fixture
def device(poll):
    return device_with(make_kiosk(poll)[1])


def send(device, poll, text="Trees", token="a" * 32, **more):
    choice = {"choice": choice_of(poll, text).pk} if text else {}
    return device.post("/kiosk/vote/", {"token": token, **choice, **more}, headers={"Accept": "application/json"})


def votes(poll):
    return {
        (tally.choice.text, tally.channel): tally.votes
        for tally in Tally.objects.filter(choice__poll=poll, votes__gt=0).select_related("choice")
    }


# --- opening -----------------------------------------------------------------------------------------------


def desk(name, *keys):
    return reverse(f"polls_desk:{name}", args=keys)


def test_an_officer_opens_a_kiosk_and_its_link_starts_one_device(client, poll, coordinator):
    spot = Spot.objects.create(activity=poll.activity, name="Library")
    client.force_login(coordinator)

    page = client.post(desk("open_kiosk", poll.pk), {"place": spot.pk, "pin": PIN})
    link = re.search(r"/kiosk/start/([\w-]+)/", page.text)[1]
    device = device_with(link)

    assert "What should the green have?" in device.get("/kiosk/").text
    assert device_with_fails(link)
    kiosk = Kiosk.objects.get()
    assert PIN not in kiosk.pin
    assert link not in (kiosk.opening or "", kiosk.key)
    assert device.cookies["kiosk"].value != kiosk.key
    assert [entry.action for entry in ModelLogEntry.objects.order_by("pk")] == ["polls.kiosk_open", "polls.kiosk_start"]


def device_with_fails(code):
    return Client().post(f"/kiosk/start/{code}/").status_code == 404


def test_looking_at_the_link_does_not_use_it_up(poll):
    _kiosk, code = make_kiosk(poll)

    assert "Start the kiosk on this device" in Client().get(f"/kiosk/start/{code}/").text

    device_with(code)


def test_the_link_is_good_for_an_hour(poll):
    _kiosk, code = make_kiosk(poll)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert device_with_fails(code)


@pytest.mark.parametrize("code", ["x", "A" * 24, "é" * 24, "9" * 3000])
def test_an_odd_link_starts_nothing(poll, code):
    make_kiosk(poll)
    assert device_with_fails(code)


def test_starting_signs_an_officer_out(client, poll, coordinator):
    _kiosk, code = make_kiosk(poll)
    client.force_login(coordinator)
    assert "signs you out" in client.get(f"/kiosk/start/{code}/").text

    client.post(f"/kiosk/start/{code}/")

    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("rung", [Audience.SAYS_LOCAL, Audience.EMAIL, Audience.CODE, Audience.IN_PERSON])
def test_a_poll_that_asks_who_its_voters_are_has_no_kiosk_and_the_desk_says_why(client, board, coordinator, rung):
    poll = make_poll(board, audience=rung)
    spot = Spot.objects.create(activity=poll.activity, name="Library")
    client.force_login(coordinator)

    assert "does not know who stands before it" in client.get(desk("open_kiosk", poll.pk)).text
    page = client.post(desk("open_kiosk", poll.pk), {"place": spot.pk, "pin": PIN})

    assert "does not know who stands before it" in page.text
    assert not Kiosk.objects.exists()


def test_only_who_runs_the_boards_polls_opens_one(poll):
    spot = Spot.objects.create(activity=poll.activity, name="Library")
    with pytest.raises(PollRefused):
        kiosks.open_kiosk(poll=poll, spot=spot, pin=PIN, by=make_person(), now=datetime.now(UTC))


@pytest.mark.parametrize("pin", ["", "12345", "123456", "987654", "111111", "121212", "12ab56", "٢٧١٨٢٨", "1" * 13])
def test_a_pin_that_is_easy_or_no_figures_is_refused_at_the_field(client, poll, coordinator, pin):
    spot = Spot.objects.create(activity=poll.activity, name="Library")
    client.force_login(coordinator)

    page = client.post(desk("open_kiosk", poll.pk), {"place": spot.pk, "pin": pin})

    assert "error-message" in page.text
    assert not Kiosk.objects.exists()


def test_one_place_has_one_kiosk_at_a_time(client, poll, coordinator):
    kiosk, _code = make_kiosk(poll)
    client.force_login(coordinator)

    page = client.post(desk("open_kiosk", poll.pk), {"place": kiosk.spot.pk, "pin": PIN})
    assert Kiosk.objects.count() == 1
    assert "error-message" in page.text
    with pytest.raises(PollRefused, match="stands there already"):
        make_kiosk(poll)
    with pytest.raises(IntegrityError):
        Kiosk.objects.create(poll=poll, spot=kiosk.spot, pin="x", made_at=datetime.now(UTC))


def test_a_device_that_is_no_kiosk_finds_nothing(client, poll):
    client.cookies["kiosk"] = "f" * 32
    for address in ("/kiosk/", "/kiosk/vote/", "/kiosk/state/", "/kiosk/leave/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404


# --- voting --------------------------------------------------------------------------------------------------


def test_a_vote_counts_once_under_its_own_channel_and_place_however_often_it_is_sent(poll, device):
    answers = [send(device, poll) for _again in range(10)]

    assert {(answer.status_code, answer.json()["outcome"]) for answer in answers} == {(200, "counted")}
    assert votes(poll) == {("Trees", Channel.KIOSK): 1}
    row = TakingPart.objects.get()
    assert (row.channel, row.spot.name, row.person) == (Channel.KIOSK, "Library", None)


def test_the_same_token_with_another_choice_changes_nothing(poll, device):
    send(device, poll, "Trees")
    send(device, poll, "Swings")
    assert votes(poll) == {("Trees", Channel.KIOSK): 1}


def test_many_people_vote_on_one_device(poll, device):
    for number in range(7):
        send(device, poll, token=f"{number:032x}")
    assert votes(poll) == {("Trees", Channel.KIOSK): 7}


def test_the_roll_keeps_no_token_as_it_was(poll, device):
    send(device, poll, token="b" * 32)
    assert "b" * 32 not in TakingPart.objects.get().device


@pytest.mark.parametrize("token", ["", "x", "A" * 32, "a" * 31, "a" * 5000, "٣" * 32])
def test_a_vote_with_no_right_token_is_not_counted(poll, device, token):
    assert send(device, poll, token=token).status_code == 400
    assert votes(poll) == {}


def test_a_slip_gives_the_page_back_and_is_no_refusal(poll, device):
    answer = send(device, poll, text="")

    assert answer.status_code == 422
    assert "Choose one answer." in answer.text
    assert not KioskRefusal.objects.exists()


def test_without_script_a_vote_is_told_in_a_page(poll, device):
    page = device.get("/kiosk/")
    token = re.search(r'name="token" value="(\w{32})"', page.text)[1]

    said = device.post("/kiosk/vote/", {"token": token, "choice": choice_of(poll, "Swings").pk})

    assert "Your vote is counted" in said.text
    assert "Next person" in said.text
    assert votes(poll) == {("Swings", Channel.KIOSK): 1}


def test_a_vote_that_comes_after_closing_is_refused_and_noted_once(poll, device):
    poll.activity.closes_at = closes = datetime.now(UTC) + timedelta(hours=1)
    poll.activity.save()
    with time_machine.travel(closes - timedelta(milliseconds=1), tick=False):
        assert send(device, poll, token="1" * 32).json()["outcome"] == "counted"
    with time_machine.travel(closes, tick=False):
        late = [send(device, poll, token="2" * 32, later="1") for _again in range(3)]
        again = send(device, poll, token="1" * 32, later="1")

    assert {(answer.status_code, answer.json()["outcome"]) for answer in late} == {(409, "closed")}
    assert again.json()["outcome"] == "counted", "it was counted in time; only the answer was lost"
    assert KioskRefusal.objects.get().why == "closed"
    assert votes(poll) == {("Trees", Channel.KIOSK): 1}


def test_a_queued_vote_that_the_form_refuses_is_noted(poll, device):
    answer = send(device, poll, text="", later="1")

    assert answer.json()["outcome"] == "wrong"
    assert KioskRefusal.objects.get().why == "wrong"


def test_a_vote_before_opening_is_kept_by_the_device(board):
    poll = make_poll(board, audience=Audience.ANYONE, opens_at=datetime.now(UTC) + timedelta(hours=1))
    device = device_with(make_kiosk(poll)[1])

    answer = send(device, poll)

    assert (answer.status_code, answer.json()["outcome"]) == (425, "wait")
    assert "opens on" in device.get("/kiosk/").text


def test_a_vote_from_another_site_is_refused(poll, device):
    answer = device.post(
        "/kiosk/vote/",
        {"token": "a" * 32, "choice": choice_of(poll, "Trees").pk},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert votes(poll) == {}


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_one_token_at_the_same_moment_counts_once():
    poll = make_poll(make_board(), audience=Audience.ANYONE)
    code = make_kiosk(poll)[1]
    device = device_with(code)
    cookie = device.cookies["kiosk"].value
    answers, gate = [], threading.Barrier(8)

    def press():
        mine = Client(raise_request_exception=False)
        mine.cookies["kiosk"] = cookie
        gate.wait()
        answers.append(send(mine, poll).status_code)
        connections.close_all()

    threads = [threading.Thread(target=press) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.close()

    assert set(answers) == {200}
    assert votes(poll) == {("Trees", Channel.KIOSK): 1}


# --- languages --------------------------------------------------------------------------------------------------


def test_it_speaks_each_language_of_the_site_and_says_so(poll, device):
    page, arabic = device.get("/kiosk/"), device.get("/kiosk/?language=ar")

    assert 'data-language-code="cy"' in page.text
    assert '<html class="govuk-template" lang="en-gb" dir="ltr">' in page.text
    assert '<html class="govuk-template" lang="ar" dir="rtl">' in arabic.text
    assert arabic["Content-Language"] == "ar"
    assert device.get("/kiosk/?language=xx").status_code == 200


def test_one_language_needs_no_buttons(poll, device, settings):
    settings.LANGUAGES = [("en-gb", "English")]
    assert "kiosk__language" not in device.get("/kiosk/").text


# --- leaving ------------------------------------------------------------------------------------------------------


def test_staff_leave_with_the_pin_and_it_is_logged_with_its_count(poll, device):
    for number in range(3):
        send(device, poll, token=f"{number:032x}")

    page = device.post("/kiosk/leave/", {"pin": PIN})

    assert "The kiosk is ended" in page.text
    assert not device.cookies["kiosk"].value
    assert Kiosk.objects.get().ended_at is not None
    said = ModelLogEntry.objects.get(action="polls.kiosk_end").data
    assert (said["votes"], said["not_counted"], said["how"]) == (3, 0, "pin")


def test_a_wrong_pin_is_refused_and_after_five_none_is_tried(poll, device):
    for _again in range(5):
        answer = device.post("/kiosk/leave/", {"pin": "000001"})
        assert answer.status_code == 403
        assert "That is not the PIN." in answer.text

    right = device.post("/kiosk/leave/", {"pin": PIN})

    assert right.status_code == 403
    assert "wrong too often" in right.text
    assert Kiosk.objects.get().ended_at is None


def test_an_officer_ends_it_from_the_desk_and_is_told_what_waits(client, poll, coordinator):
    kiosk, code = make_kiosk(poll)
    device = device_with(code)
    device.post("/kiosk/state/", {"waiting": "4"})
    client.force_login(coordinator)

    asked = client.get(desk("end_kiosk", poll.pk, kiosk.pk))
    assert "4 votes waited on it" in asked.text
    client.post(desk("end_kiosk", poll.pk, kiosk.pk))
    client.post(desk("end_kiosk", poll.pk, kiosk.pk))

    assert ModelLogEntry.objects.filter(action="polls.kiosk_end").get().data["said_to_wait"] == 4
    late = send(device, poll, later="1")
    assert (late.status_code, late.json()["outcome"]) == (410, "ended")
    assert votes(poll) == {}
    assert "It came after the kiosk was ended: 1" in client.get(desk("reach", poll.pk)).text
    assert "This kiosk has been ended" in device.get("/kiosk/").text


def test_a_new_kiosk_counts_from_nought_at_a_place_that_had_one(poll):
    first, code = make_kiosk(poll)
    send(device_with(code), poll, token="1" * 32)
    kiosks.end_kiosk(kiosk=first, by=None, now=datetime.now(UTC))
    second, code = make_kiosk(poll)
    device = device_with(code)
    for number in (2, 3):
        send(device, poll, token=f"{number}" * 32)
    kiosks.end_kiosk(kiosk=second, by=None, now=datetime.now(UTC))

    assert [entry.data["votes"] for entry in ModelLogEntry.objects.filter(action="polls.kiosk_end").order_by("pk")] == [
        1,
        2,
    ]


@pytest.mark.parametrize("waiting", ["", "-1", "x", "9" * 5000, "٣", "9999999"])
def test_odd_words_of_how_many_wait_are_no_fault(poll, device, waiting):
    assert device.post("/kiosk/state/", {"waiting": waiting}).json() == {"open": True}
    assert Kiosk.objects.get().waiting <= kiosks.LONGEST_QUEUE


def test_a_kiosks_pages_are_kept_nowhere_and_ask_little(poll, device, django_assert_max_num_queries):
    device.get("/kiosk/")
    with django_assert_max_num_queries(10):
        page = device.get("/kiosk/")
    assert "no-store" in page["Cache-Control"]
    with django_assert_max_num_queries(10):
        send(device, poll)


def test_when_the_poll_has_closed_the_kiosk_says_so(poll, device):
    Activity.objects.update(closes_at=datetime.now(UTC) - timedelta(minutes=1))
    page = device.get("/kiosk/")
    assert "This poll closed on" in page.text
    assert device.post("/kiosk/state/", {"waiting": "0"}).json() == {"open": False}


# --- every kind of poll -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind.values)
def test_a_kiosk_takes_every_kind_of_poll_by_the_polls_own_form(board, kind):
    poll = make_poll(board, kind=kind, audience=Audience.ANYONE, asks_why=True, may_change=True)
    device = device_with(make_kiosk(poll)[1])
    first, second = poll.choices.all()[:2]
    given = {
        Kind.SEVERAL: {"chosen": [first.pk, second.pk]},
        Kind.RANKING: {f"places_{first.pk}": "2", f"places_{second.pk}": "1"},
    }.get(kind, {"choice": first.pk})

    assert "Send my vote" in device.get("/kiosk/").text
    assert send(device, poll, text="", token="c" * 32).status_code == 422
    for _again in range(3):
        answer = send(device, poll, text="", token="d" * 32, why="For the children.", **given)
        assert answer.json() == {"outcome": "counted"}

    assert TakingPart.objects.get().channel == Channel.KIOSK
    assert results(poll).base == 1
    assert not KeptVote.objects.exists(), "nobody can come back to it, so it is not kept"
    assert Why.objects.get().text == "For the children."
    for page in ("hall/", "embed/"):
        assert Client().get(poll.get_absolute_url() + page).status_code == 200
