"""Places: a short address for each, kept from the link to the vote without a cookie, and told with small numbers hidden."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagement.activities.models import Audience, Spot, TakingPart
from engagement.activities.queries import turnout
from engagement.activities.rules import normal_spot, spot_code
from engagement.activities.spots import short_address
from engagement.polls import places
from tests.factories import make_person, make_postcode, make_role
from tests.polls.factories import choice_of, make_poll
from tests.polls.test_views import keep_session_and_sign_in

pytestmark = pytest.mark.django_db


def make_spot(poll, name="Library"):
    return Spot.objects.create(activity=poll.activity, name=name)


def at(name, poll, *more):
    return reverse(f"polls:{name}", args=[poll.activity.board.slug, poll.activity.slug, *more])


def form_action(page):
    return re.search(r'<form [^>]*method="post" action="([^"]+)"', page.text)[1]


# --- from the link to the vote -------------------------------------------------------------------------


def test_a_short_link_leads_to_the_poll_and_sets_no_cookie(client, board):
    poll = make_poll(board, audience=Audience.ANYONE)
    spot = make_spot(poll)

    page = client.get(f"/p/{spot.code.lower()}/", follow=True)

    assert page.redirect_chain == [(f"{poll.get_absolute_url()}?at={spot.code}", 302)]
    assert "What should the green have?" in page.text
    assert not client.cookies


def test_the_place_goes_with_the_vote_of_someone_without_an_account(client, board):
    poll = make_poll(board, audience=Audience.ANYONE)
    spot = make_spot(poll)
    page = client.get(spot.get_absolute_url(), follow=True)

    thanks = client.post(form_action(page), {"choice": choice_of(poll, "Trees").pk}, follow=True)

    assert "Your vote is counted" in thanks.text
    assert TakingPart.objects.get().spot == spot


def test_the_place_goes_with_the_vote_of_someone_signed_in(client, board, resident):
    poll = make_poll(board)
    spot = make_spot(poll)
    client.force_login(resident)
    page = client.get(spot.get_absolute_url(), follow=True)

    client.post(form_action(page), {"choice": choice_of(poll, "Trees").pk})

    row = TakingPart.objects.get()
    assert (row.person, row.spot) == (resident, spot)


def test_the_place_survives_signing_in(client, board, resident):
    make_postcode("XX1 1AA", board)
    poll = make_poll(board)
    spot = make_spot(poll)
    page = client.get(spot.get_absolute_url(), follow=True)
    sent = {"choice": choice_of(poll, "Trees").pk, "reason": "lives", "postcode": "XX1 1AA"}

    client.post(form_action(page), sent)
    keep_session_and_sign_in(client, resident)
    done = client.get(at("finish", poll), follow=True)

    assert "Your vote is counted" in done.text
    assert TakingPart.objects.get().spot == spot


def test_a_slip_in_the_form_keeps_the_place(client, board):
    poll = make_poll(board, audience=Audience.ANYONE)
    spot = make_spot(poll)
    page = client.post(f"{at('vote', poll)}?at={spot.code}", {})

    assert form_action(page).endswith(f"?at={spot.code}")


@pytest.mark.parametrize("code", ["nothing", "ZZZZZZ", "0" * 6, "9" * 30, "%00", "é" * 6, "../..", "٣٣٣٣٣٣"])
def test_an_address_of_no_place_is_not_found(client, board, code):
    assert client.get(f"/p/{code}/").status_code in (400, 404)


def test_another_polls_place_is_not_written_down(client, board):
    poll, other = make_poll(board, audience=Audience.ANYONE), make_poll(board, audience=Audience.ANYONE)
    spot = make_spot(other)

    client.post(f"{at('vote', poll)}?at={spot.code}", {"choice": choice_of(poll, "Trees").pk}, follow=True)

    assert TakingPart.objects.get().spot is None


def test_a_drafts_places_lead_nowhere(client, board):
    spot = make_spot(make_poll(board, is_draft=True))

    assert client.get(spot.get_absolute_url()).status_code == 404
    assert client.get(f"/p/{spot.activity_id}/").status_code == 404


def test_a_number_leads_to_the_poll_with_no_place(client, board):
    poll = make_poll(board)

    assert client.get(f"/p/{poll.pk}/")["Location"] == poll.get_absolute_url()
    assert short_address(poll.activity).endswith(f"/p/{poll.pk}")


@pytest.mark.parametrize("number", [0, 1, 2**30 - 1, 123_456_789])
def test_a_code_is_read_back_as_it_was_and_is_no_number(number):
    code = spot_code(number)

    assert normal_spot(code) == normal_spot(code.lower()) == code
    assert not code.isdigit()


# --- what is told ----------------------------------------------------------------------------------------


def took_part(poll, spot, people, channel="web"):
    TakingPart.objects.bulk_create(
        TakingPart(activity=poll.activity, spot=spot, channel=channel) for _each in range(people)
    )


def test_numbers_by_place_stand_in_the_results_and_small_ones_are_hidden(client, board):
    poll = make_poll(board, results_show="always")
    library, stall, stop = (make_spot(poll, name) for name in ("Library", "Market stall", "Bus stop"))
    took_part(poll, None, 30)
    took_part(poll, library, 12)
    took_part(poll, stall, 8, "kiosk")
    took_part(poll, stop, 2)

    ways = dict(turnout(poll.activity).by_channel)
    page = client.get(at("results", poll))

    assert ways["On this site, Library"] == 12
    assert ways["On this site, Bus stop"] is None
    assert list(ways.values()).count(None) == 2, "one alone could be had by subtraction"
    assert "On this site, Library" in page.text


def test_no_place_is_told_apart_from_its_channel_in_a_second_table(board):
    """Two tables, of channels and of places, would give away the two who came by the library's link."""
    poll = make_poll(board)
    library = make_spot(poll)
    took_part(poll, library, 7, "kiosk")
    took_part(poll, library, 2)
    took_part(poll, None, 20)

    ways = turnout(poll.activity).by_channel

    assert sum(people or 0 for _way, people in ways) + sum(7 if people is None else 0 for _way, people in ways) != 29
    assert dict(ways)["On this site, Library"] is None
    assert dict(ways)["At a kiosk, Library"] is None


# --- the desk ----------------------------------------------------------------------------------------------


def desk(name, *keys):
    return reverse(f"polls_desk:{name}", args=keys)


def test_a_coordinator_names_a_place_and_it_is_logged(client, board, coordinator):
    poll = make_poll(board)
    client.force_login(coordinator)

    page = client.post(desk("reach", poll.pk), {"name": "  The  library "}, follow=True)

    spot = Spot.objects.get()
    assert spot.name == "The library"
    assert short_address(poll.activity, spot) in page.text
    assert ModelLogEntry.objects.filter(action="polls.place_add").get().data["after"]["code"] == spot.code


def test_two_places_of_one_name_are_refused_at_the_field(client, board, coordinator):
    poll = make_poll(board)
    make_spot(poll, "Library")
    client.force_login(coordinator)

    page = client.post(desk("reach", poll.pk), {"name": "Library"})

    assert "a place of that name already" in page.text
    assert 'value="Library"' in page.text
    assert Spot.objects.count() == 1


def test_a_place_is_renamed_and_keeps_its_address(client, board, coordinator):
    poll = make_poll(board)
    spot = make_spot(poll)
    client.force_login(coordinator)

    client.post(desk("place", poll.pk, spot.pk), {"does": "name", "name": "Old library"})

    assert (Spot.objects.get().name, Spot.objects.get().code) == ("Old library", spot.code)
    assert ModelLogEntry.objects.filter(action="polls.place_change").exists()


def test_a_place_with_votes_is_put_away_and_brought_back_and_one_without_is_deleted(client, board, coordinator):
    poll = make_poll(board)
    used, unused = make_spot(poll, "Library"), make_spot(poll, "Stall")
    took_part(poll, used, 1)
    client.force_login(coordinator)

    for spot in (used, unused):
        client.post(desk("place", poll.pk, spot.pk), {"does": "away"})

    assert [(spot.name, spot.is_used) for spot in Spot.objects.all()] == [("Library", False)]
    assert client.get(used.get_absolute_url()).status_code == 302, "what is printed still leads there"
    client.post(desk("place", poll.pk, used.pk), {"does": "back"})
    assert Spot.objects.get().is_used


def test_another_polls_place_is_not_there(client, board, coordinator):
    poll, other = make_poll(board), make_poll(board)
    client.force_login(coordinator)

    assert client.get(desk("place", poll.pk, make_spot(other).pk)).status_code == 404


def test_an_officer_who_may_not_run_polls_names_no_place(board):
    poll = make_poll(board)

    with pytest.raises(places.PollRefused):
        places.add_place(poll=poll, name="Library", by=make_person())
    client = Client()
    client.force_login(make_role("evidence_team", None, email="e@example.org"))
    assert client.post(desk("reach", poll.pk), {"name": "Library"}).status_code in (302, 403)
    assert not Spot.objects.exists()


def test_the_square_of_a_place_is_a_picture(client, board, coordinator):
    poll = make_poll(board)
    spot = make_spot(poll)
    client.force_login(coordinator)

    answer = client.get(desk("place_square", poll.pk, spot.pk))

    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert spot.code in answer["Content-Disposition"]


@pytest.mark.parametrize("many", [1, 40])
def test_the_screen_asks_few_questions_however_many_places(
    client, board, coordinator, django_assert_max_num_queries, many
):
    poll = make_poll(board)
    for number in range(many):
        took_part(poll, make_spot(poll, f"Place {number}"), 6)
    client.force_login(coordinator)
    client.get(desk("reach", poll.pk))

    with django_assert_max_num_queries(15):
        page = client.get(desk("reach", poll.pk))
    assert f"Place {many - 1}" in page.text
