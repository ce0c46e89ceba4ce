"""The public door of a poll: fill first, identify last, once each, and nothing after the closing second."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import Sum
from django.urls import reverse

from engagement.activities.models import Activity, Audience, TakingPart
from engagement.polls.models import Poll, Tally
from tests.factories import make_board, make_person, make_postcode, make_role
from tests.polls.factories import choice_of, make_poll

pytestmark = pytest.mark.django_db


def at(name, poll, *more):
    return reverse(f"polls:{name}", args=[poll.activity.board.slug, poll.activity.slug, *more])


def send(client, poll, text="Swings", *, follow=True, **more):
    return client.post(at("vote", poll), {"choice": str(choice_of(poll, text).pk), **more}, follow=follow)


def votes(poll):
    return Tally.objects.filter(choice__poll=poll).aggregate(all=Sum("votes", default=0))["all"]


def votes_for(poll, text):
    return Tally.objects.filter(choice__poll=poll, choice__text=text).aggregate(all=Sum("votes", default=0))["all"]


# --- a signed-in resident ------------------------------------------------------------------------


def test_a_resident_votes_in_two_pages(client, board, resident):
    poll = make_poll(board)
    client.force_login(resident)

    page = client.get(at("poll", poll))
    thanks = send(client, poll)

    assert "What should the green have?" in page.text
    assert len(thanks.redirect_chain) == 1
    assert "Your vote is counted" in thanks.text
    assert (votes_for(poll, "Swings"), votes(poll)) == (1, 1)


def test_a_second_vote_is_already_counted_and_changes_nothing(client, board, resident):
    poll = make_poll(board)
    client.force_login(resident)
    first = send(client, poll, "Swings")

    second = send(client, poll, "Benches")

    assert "already counted" in second.text
    assert first.context["row"].reference == second.context["row"].reference
    assert (votes_for(poll, "Swings"), votes_for(poll, "Benches")) == (1, 0)


def test_the_answer_itself_says_counted_or_already_counted(client, board, resident):
    poll = make_poll(board)
    client.force_login(resident)

    assert send(client, poll, follow=False).content == b"Your vote is counted."
    assert send(client, poll, follow=False).content == b"Your vote was already counted."


def test_a_confirmation_survives_a_bookmark_and_tells_neither_who_nor_what(client, board, resident, django_user_model):
    poll = make_poll(board)
    client.force_login(resident)
    thanks = send(client, poll, "Trees")
    address = thanks.redirect_chain[0][0]
    client.logout()

    again = client.get(address)

    assert again.status_code == 200
    assert "Your vote is counted" in again.text
    assert "Trees" not in again.text
    assert resident.email not in again.text


def test_a_made_up_reference_is_not_found(client, board):
    poll = make_poll(board)
    assert client.get(at("thanks", poll, "00000-00000")).status_code == 404


def test_a_reference_of_another_poll_is_not_found(client, board, resident):
    poll, other = make_poll(board), make_poll(board)
    client.force_login(resident)
    reference = send(client, poll).context["row"].reference
    assert client.get(at("thanks", other, reference)).status_code == 404


def test_no_choice_is_a_sentence_and_no_vote(client, board, resident):
    poll = make_poll(board)
    client.force_login(resident)

    page = client.post(at("vote", poll), {})

    assert "Choose one answer." in page.text
    assert votes(poll) == 0


def test_a_choice_of_another_poll_is_refused(client, board, resident):
    poll, other = make_poll(board), make_poll(board, choices=("Yes", "No"))
    client.force_login(resident)

    page = client.post(at("vote", poll), {"choice": str(choice_of(other, "Yes").pk)})

    assert page.status_code == 200
    assert (votes(poll), votes(other)) == (0, 0)


@pytest.mark.parametrize(
    "typed", ["", "x", "\x00", "\ud800", "-1", "9" * 5000, "1.0", "१", "<script>", "1" + " " * 3000]
)
def test_an_odd_choice_is_never_a_fault(client, board, resident, typed):
    make_poll(board)  # takes the number 1, which some of these could be read as
    poll = make_poll(board)
    client.force_login(resident)
    answer = client.post(at("vote", poll), {"choice": typed.encode("utf-8", "surrogatepass")})
    assert answer.status_code < 500
    assert votes(poll) == 0


# --- the ladder ----------------------------------------------------------------------------------


def test_anyone_votes_once_from_one_browser_without_an_account(client, board):
    poll = make_poll(board, audience=Audience.ANYONE)

    first, second = send(client, poll), send(client, poll, "Trees")

    assert "Your vote is counted" in first.text
    assert "already counted" in second.text
    assert votes(poll) == 1
    assert not TakingPart.objects.exclude(device__isnull=False).exists()


def test_reading_gives_no_cookie_and_voting_gives_one_random_one(client, board):
    poll = make_poll(board, audience=Audience.ANYONE)

    assert not client.get(at("poll", poll)).cookies
    assert set(send(client, poll, follow=False).cookies) == {"device"}


def test_a_double_click_before_the_cookie_comes_leaves_one_vote(client, board):
    poll = make_poll(board, audience=Audience.ANYONE)

    send(client, poll, follow=False)
    client.cookies.clear()
    send(client, poll, follow=False)

    assert votes(poll) == 0  # neither counts until the browser has come back with its cookie


def test_a_browser_that_keeps_no_cookie_is_told_so(client, board):
    poll = make_poll(board, audience=Audience.ANYONE)
    page = client.post(at("vote", poll) + "?again=1", {"choice": str(choice_of(poll, "Swings").pk)})
    assert page.status_code == 400
    assert "refused the one cookie" in page.text
    assert votes(poll) == 0


def test_a_flood_without_accounts_is_held_back_and_told_so(client, board, monkeypatch):
    monkeypatch.setattr("engagement.polls.views.VOTES_A_MINUTE", 4)
    poll = make_poll(board, audience=Audience.ANYONE)
    for _each in range(2):
        client.cookies.clear()
        assert "Your vote is counted" in send(client, poll).text
    client.cookies.clear()

    held = send(client, poll, follow=False)

    assert held.status_code == 429
    assert "Send it again in a minute." in held.text
    assert votes(poll) == 2


def test_the_same_browser_is_not_known_from_one_poll_to_the_next(client, board):
    one, other = make_poll(board, audience=Audience.ANYONE), make_poll(board, audience=Audience.ANYONE)
    send(client, one)
    send(client, other)
    digests = list(TakingPart.objects.values_list("device", flat=True))
    assert len(set(digests)) == 2
    assert client.cookies["device"].value not in digests


def test_signing_in_on_the_same_browser_gives_no_second_vote(client, board, resident):
    poll = make_poll(board, audience=Audience.ANYONE)
    send(client, poll)
    client.force_login(resident)
    assert "already counted" in send(client, poll).text
    assert votes(poll) == 1


def test_rung_one_asks_for_a_postcode_and_keeps_the_ward_only(client, board):
    poll = make_poll(board, audience=Audience.SAYS_LOCAL)
    postcode = make_postcode("XX1 1AA", board)

    without = send(client, poll)
    done = send(client, poll, reason="lives", postcode="xx11aa")

    assert "Enter a postcode." in without.text
    assert "Your vote is counted" in done.text
    assert TakingPart.objects.get().place == postcode.ward


def test_someone_from_the_next_board_keeps_their_choice_and_is_told_the_next_way_in(client, board, next_board):
    poll = make_poll(board, audience=Audience.SAYS_LOCAL)
    make_postcode("XX2 2BB", next_board)

    page = send(client, poll, "Benches", reason="lives", postcode="XX2 2BB")

    assert "That postcode is not in Thornbridge Town." in page.text
    assert page.context["form"]["choice"].value() == str(choice_of(poll, "Benches").pk)
    assert votes(poll) == 0


def test_rung_two_fills_first_and_signs_in_last(client, board, stranger):
    poll = make_poll(board)
    ward = make_postcode("XX1 1AA", board).ward

    asked = send(client, poll, "Trees", follow=False, reason="works", postcode="XX1 1AA")
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("account_login"))
    assert votes(poll) == 0

    keep_session_and_sign_in(client, stranger)
    done = client.get(at("finish", poll), follow=True)

    assert "Your vote is counted" in done.text
    assert (votes_for(poll, "Trees"), votes(poll)) == (1, 1)
    assert stranger.standings.get().area == ward
    assert not client.session.get("pending")


def keep_session_and_sign_in(client, person):
    """Sign in as allauth does: what the session holds is kept."""
    kept = client.session.get("pending")
    client.force_login(person)
    session = client.session
    session["pending"] = kept
    session.save()


def test_finishing_twice_counts_once(client, board, resident):
    poll = make_poll(board)
    make_postcode("XX1 1AA", board)
    send(client, poll, "Trees", follow=False, reason="works", postcode="XX1 1AA")
    keep_session_and_sign_in(client, resident)

    client.get(at("finish", poll))
    again = client.get(at("finish", poll), follow=True)

    assert again.status_code == 200
    assert votes(poll) == 1


def test_someone_signed_in_whose_ward_we_do_not_know_is_asked(client, board, stranger):
    poll = make_poll(board)
    client.force_login(stranger)

    assert "The postcode of that place" in client.get(at("poll", poll)).text
    assert votes(poll) == 0


@pytest.mark.parametrize("rung", [Audience.CODE, Audience.IN_PERSON])
def test_the_higher_rungs_refuse_whoever_only_said_so_and_name_the_next_way(client, board, resident, rung):
    poll = make_poll(board, audience=rung)
    client.force_login(resident)

    page = send(client, poll)

    assert page.status_code == 403
    assert "library" in page.context["refusal"]
    assert votes(poll) == 0


# --- the closing second --------------------------------------------------------------------------

NIGHTS = [
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # 1:30 the first time, as the clocks go back
    datetime(2026, 10, 25, 1, 0, tzinfo=UTC),  # 1am for the second time
    datetime(2027, 3, 28, 1, 0, tzinfo=UTC),  # 2am, an hour after 1am does not happen
    datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 6, 30, 22, 59, tzinfo=UTC),  # 23:59 in summer
]


@pytest.mark.parametrize("closes_at", NIGHTS)
def test_the_last_microsecond_counts_and_the_closing_second_does_not(client, board, closes_at):
    with time_machine.travel(closes_at - timedelta(days=2), tick=False):
        poll = make_poll(board, opens_at=closes_at - timedelta(days=1), closes_at=closes_at)
        early, late = make_person(stands_in=board), make_person(stands_in=board)
    with time_machine.travel(closes_at - timedelta(microseconds=1), tick=False):
        client.force_login(early)
        assert "Your vote is counted" in send(client, poll).text
    with time_machine.travel(closes_at, tick=False):
        client.force_login(late)
        page = send(client, poll)
    assert page.status_code == 409
    assert "Your page was opened before then" in page.text
    assert "This poll closed on" in page.text
    assert votes(poll) == 1


@pytest.mark.parametrize("opens_at", NIGHTS)
def test_nothing_counts_before_it_opens_and_the_opening_second_does(client, board, opens_at):
    with time_machine.travel(opens_at - timedelta(days=2), tick=False):
        poll = make_poll(board, opens_at=opens_at, closes_at=opens_at + timedelta(days=1))
        person = make_person(stands_in=board)
    with time_machine.travel(opens_at - timedelta(microseconds=1), tick=False):
        client.force_login(person)
        assert send(client, poll).status_code == 409
    with time_machine.travel(opens_at, tick=False):
        client.force_login(person)
        assert "Your vote is counted" in send(client, poll).text


def test_a_poll_that_closed_during_sign_in_says_so(client, board, resident):
    poll = make_poll(board)
    make_postcode("XX1 1AA", board)
    send(client, poll, "Trees", follow=False, reason="works", postcode="XX1 1AA")
    keep_session_and_sign_in(client, resident)
    Activity.objects.update(closes_at=datetime.now(UTC) - timedelta(seconds=1))

    page = client.get(at("finish", poll))

    assert page.status_code == 409
    assert "it was not counted" in page.text
    assert votes(poll) == 0


# --- what is shown to whom -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["poll", "vote", "results"])
def test_a_draft_is_not_there(client, board, resident, coordinator, name):
    poll = make_poll(board, is_draft=True)
    for person in (None, resident, coordinator):
        if person:
            client.force_login(person)
        assert client.get(at(name, poll)).status_code == 404
        assert client.post(at(name, poll), {}).status_code == 404


def test_a_poll_stands_under_its_own_board_only(client, board, next_board):
    poll = make_poll(board)
    assert client.get(reverse("polls:poll", args=[next_board.slug, poll.activity.slug])).status_code == 404


@pytest.mark.parametrize(
    ("show", "before", "after_voting", "after_closing"),
    [
        ("always", True, True, True),
        ("after_voting", False, True, True),
        ("after_closing", False, False, True),
        ("officers", False, False, False),
    ],
)
def test_results_show_when_the_poll_says(client, board, resident, show, before, after_voting, after_closing):
    poll = make_poll(board, results_show=show)
    client.force_login(resident)
    shown = lambda: client.get(at("results", poll)).context["results"] is not None  # noqa: E731

    assert shown() is before
    send(client, poll)
    assert shown() is after_voting
    Activity.objects.update(closes_at=datetime.now(UTC) - timedelta(seconds=1))
    assert shown() is after_closing


def test_officers_see_the_results_of_their_own_board_at_any_time(client, board, coordinator, other_coordinator):
    poll = make_poll(board, results_show="officers")
    client.force_login(coordinator)
    assert client.get(at("results", poll)).context["results"] is not None
    client.force_login(other_coordinator)
    assert client.get(at("results", poll)).context["results"] is None


def test_results_say_what_they_are_a_share_of_and_hide_small_channels(client, board):
    poll = make_poll(board, audience=Audience.ANYONE, results_show="always")
    TakingPart.objects.bulk_create(TakingPart(activity=poll.activity) for _each in range(12))
    TakingPart.objects.bulk_create(TakingPart(activity=poll.activity, channel="paper") for _each in range(2))
    for text, number in (("Swings", 9), ("Benches", 5)):
        Tally.objects.create(choice=choice_of(poll, text), channel="web", votes=number)

    page = client.get(at("results", poll))

    assert "14 people who voted, not of everyone" in page.text
    assert dict(page.context["turnout"].by_channel) == {"On this site": None, "On paper": None}
    assert page.context["results"].rows == (("Swings", 9), ("Benches", 5), ("Trees", 0))


def test_words_from_people_never_become_markup(client, board, resident):
    hostile = "<script>alert(1)</script>"
    poll = make_poll(
        board, question=hostile, choices=(hostile, "b"), title=hostile, slug="x", summary=hostile, results_show="always"
    )
    client.force_login(resident)
    pages = [client.get(at("poll", poll)), send(client, poll, "b"), client.get(at("results", poll))]
    pages += [client.get(f"/boards/{board.slug}/polls/"), client.get("/open/")]
    for page in pages:
        assert page.status_code == 200
        assert hostile not in page.text


def test_a_post_from_another_site_is_refused(client, board, resident):
    poll = make_poll(board)
    client.force_login(resident)
    answer = client.post(
        at("vote", poll), {"choice": str(choice_of(poll, "Swings").pk)}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert votes(poll) == 0


# --- lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?page=abc",
        "?page=-1",
        "?page=" + "9" * 400,
        "?state=x&kind=y",
        "?state=closed",
        "?state=coming",
        "?board=nowhere",
        "?page=%ED%A0%80",
    ],
)
def test_lists_answer_odd_questions_with_a_page(client, board, query):
    make_poll(board)
    for path in (f"/boards/{board.slug}/polls/", f"/boards/{board.slug}/activities/", "/open/"):
        assert client.get(path + query).status_code == 200


def test_lists_hold_what_is_open_and_no_drafts(client, board, next_board):
    make_poll(board, title="Open here")
    make_poll(board, title="A secret draft", is_draft=True)
    make_poll(next_board, title="Open next door")
    assert "Open here" in client.get(f"/boards/{board.slug}/polls/").text
    everything = client.get("/open/").text
    assert "Open here" in everything
    assert "Open next door" in everything
    assert "A secret draft" not in everything
    assert "Open next door" not in client.get(f"/open/?board={board.slug}").text


# --- ten queries ---------------------------------------------------------------------------------


@pytest.mark.parametrize("already", [10, 10_000])
def test_pages_and_the_vote_ask_ten_questions_of_the_database_or_fewer(
    client, board, resident, django_assert_max_num_queries, already
):
    poll = make_poll(board, results_show="always")
    TakingPart.objects.bulk_create(TakingPart(activity=poll.activity, channel="paper") for _each in range(already))
    for choice in poll.choices.all():
        Tally.objects.create(choice=choice, channel="paper", votes=already if choice.text == "Trees" else 0)
        Tally.objects.create(choice=choice, channel="web", votes=0)
    for signed_in in (False, True):
        if signed_in:
            client.force_login(resident)
        for path in (at("poll", poll), at("results", poll), f"/boards/{board.slug}/polls/", "/open/"):
            with django_assert_max_num_queries(10):
                assert client.get(path).status_code == 200
    typed = {"choice": str(choice_of(poll, "Swings").pk)}
    with django_assert_max_num_queries(10):
        assert client.post(at("vote", poll), typed).status_code == 302
    with django_assert_max_num_queries(10):
        assert client.get(at("poll", poll)).status_code == 200


def test_lists_ask_as_few_questions_for_many_polls_as_for_few(client, board, django_assert_max_num_queries):
    for _each in range(40):
        make_poll(board, closes_at=datetime.now(UTC) - timedelta(hours=1))
        make_poll(board)
    for path in (f"/boards/{board.slug}/polls/", f"/boards/{board.slug}/activities/", "/open/"):
        with django_assert_max_num_queries(10):
            page = client.get(path)
        assert len(page.content) < 100_000


def test_the_other_rooms_can_ask_who_voted_and_never_what(board, resident, neighbour):
    from engagement.polls import queries

    poll = make_poll(board)
    assert list(queries.people_to_tell([poll])) == []
    TakingPart.objects.create(activity=poll.activity, person=resident)
    assert list(queries.people_to_tell([poll])) == [resident]
    assert [row.activity for row in queries.polls_touched_by(resident)] == [poll.activity]
    assert list(queries.polls_touched_by(neighbour)) == []
    assert Poll.objects.for_board(make_board("Elsewhere")).count() == 0
    assert make_role("coordinator", board) not in queries.people_to_tell([poll])
