"""The public pages, as residents meet them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boards.people.models import Standing
from engagement.activities.models import Audience, TakingPart
from engagement.ideas import actions, queries
from engagement.ideas.models import Backing, Idea
from engagement.moderation.guarding import STAMP, new_stamp
from engagement.moderation.queries.rules import all_rules
from tests.conftest import in_days
from tests.factories import make_need, make_person, make_postcode, make_role
from tests.ideas.factories import make_call, make_idea, many_ideas

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{ 7|add:7 }} javascript:alert(3)'


def address_of(call, *rest: str) -> str:
    return call.get_absolute_url() + "".join(f"{part}/" for part in rest)


def typed(**words: str) -> dict[str, str]:
    return {"title": "Benches", "text": "Somewhere to sit.", "form_token": str(uuid4()), "step": "check", **words}


@pytest.fixture
def call(board):
    return make_call(board)


# --- what is shown, and to whom ----------------------------------------------------------------


def test_the_wall_the_map_and_search_hold_only_what_is_shown(client, call):
    point = {"latitude": "54.5", "longitude": "1.9"}
    make_idea(call, "Shown benches", **point)
    make_idea(call, "Pending benches", state="pending", **point)
    make_idea(call, "Hidden benches", state="hidden", **point)

    for address in (address_of(call), address_of(call) + "?q=benches", address_of(call, "map")):
        page = client.get(address).content.decode()
        assert "Shown benches" in page
        assert "Pending benches" not in page
        assert "Hidden benches" not in page
    assert "1 idea" in client.get(address_of(call)).content.decode()


@pytest.mark.parametrize("state", ["pending", "hidden"])
def test_an_idea_not_shown_is_there_for_its_writer_and_officers_and_nobody_else(
    board, call, stranger, neighbour, coordinator, other_coordinator, state
):
    idea = make_idea(call, author=stranger, state=state)
    answers = {}
    for name, person in {
        "nobody": None, "writer": stranger, "neighbour": neighbour,
        "coordinator": coordinator, "other": other_coordinator, "partner": make_role("partner", board),
    }.items():  # fmt: skip
        browser = Client()
        if person:
            browser.force_login(person)
        answers[name] = [
            browser.get(idea.get_absolute_url()).status_code,
            browser.get(idea.get_absolute_url() + "back/").status_code,
        ]

    assert answers["writer"][0] == answers["coordinator"][0] == 200
    for name in ("nobody", "neighbour", "other", "partner"):
        assert answers[name] == [404, 404]


def test_a_draft_call_and_its_ideas_are_for_officers(client, board, coordinator):
    call = make_call(board, is_draft=True)
    idea = make_idea(call)

    for address in (address_of(call), address_of(call, "propose"), address_of(call, "map"), idea.get_absolute_url()):
        assert client.get(address).status_code == 404
    assert call.question not in client.get(reverse("ideas:calls", args=[board.slug])).content.decode()
    client.force_login(coordinator)
    assert client.get(address_of(call)).status_code == 200


def test_a_call_is_found_only_under_its_own_board(client, call, next_board):
    assert client.get(f"/boards/{next_board.slug}/ideas/{call.activity.slug}/").status_code == 404


def test_the_wall_narrows_by_status_ward_need_and_words(client, board, call):
    need = make_need(board, "A place to meet")
    call.activity.needs.add(need)
    ward = board.areas.wards()[0]
    make_idea(call, "Alpha", status="done")
    make_idea(call, "Beta", place=ward)
    make_idea(call, "Gamma café", need=need)

    def found(query):
        page = client.get(address_of(call) + query).content.decode()
        return {name for name in ("Alpha", "Beta", "Gamma") if name in page}

    assert found("") == {"Alpha", "Beta", "Gamma"}
    assert found("?status=done") == {"Alpha"}
    assert found(f"?ward={ward.code}") == {"Beta"}
    assert found(f"?need={need.slug}") == {"Gamma"}
    assert found("?q=CAFE") == {"Gamma"}
    assert found("?q=zebra") == set()
    assert found("?q=cafe&status=done") == set()


def test_the_wall_sorts_by_newest_and_by_most_backed(client, call, now):
    make_idea(call, "Older", backers=9, sent_at=in_days(-3))
    make_idea(call, "Newer", backers=1, sent_at=in_days(-1))

    newest = client.get(address_of(call) + "?sort=newest").content.decode()
    backed = client.get(address_of(call) + "?sort=backed").content.decode()
    assert newest.index("Newer") < newest.index("Older")
    assert backed.index("Older") < backed.index("Newer")


def test_the_shuffled_pages_of_one_day_hold_every_idea_once(client, call):
    many_ideas(call, 45)
    seen = [
        card["title"]
        for number in (1, 2, 3)
        for card in client.get(f"{address_of(call)}?page={number}").context["cards"]
    ]

    assert len(seen) == len(set(seen)) == 45


ODD = [
    "?page=abc", "?page=-1", "?page=99999999999999999999", "?sort=%27%3B--", "?status=nope", "?ward=E0&need=x",
    "?q=" + "a" * 5000, "?q=%25%5F%5C%27%22", "?q=%ED%A0%80", "?q=%EF%BF%BE%01", "?q=&q=&sort=newest&sort=backed",
    "?page=%D9%A3", "?need=" + "n" * 3000, "?q=%22unclosed",
]  # fmt: skip


@pytest.mark.parametrize("query", ODD)
def test_odd_questions_get_a_page(client, call, query):
    make_idea(call)

    assert client.get(address_of(call) + query).status_code == 200
    assert client.get(address_of(call, "map") + query).status_code == 200


def test_a_reader_gets_no_cookie(client, call):
    idea = make_idea(call)
    for address in (address_of(call), idea.get_absolute_url(), address_of(call, "propose"), address_of(call, "map")):
        assert not client.get(address).cookies


@pytest.mark.parametrize("rows", [10, 3000])
def test_reading_takes_ten_queries_or_fewer_whatever_the_rows(
    client, board, call, resident, rows, django_assert_max_num_queries
):
    call.activity.needs.add(make_need(board))
    many_ideas(call, rows, latitude="54.5", longitude="1.9")
    idea = make_idea(call, "Idea number 3")

    for person in (None, resident):
        if person:
            client.force_login(person)
        for address in (
            reverse("ideas:calls", args=[board.slug]),
            address_of(call),
            address_of(call) + "?q=number&sort=backed",
            address_of(call, "map"),
            address_of(call, "propose"),
            idea.get_absolute_url(),
        ):
            with django_assert_max_num_queries(10):
                page = client.get(address)
            assert page.status_code == 200
            assert len(page.content) < 100_000


def test_the_map_of_one_idea_is_drawn_inside_its_ward(client, board, call):
    ward = board.areas.wards()[0]
    point = {"latitude": "54.5", "longitude": "1.9", "place": ward}
    idea = make_idea(call, **point)
    assert '<svg class="area-map__map"' not in client.get(idea.get_absolute_url()).content.decode()

    ward.boundary = {"type": "Polygon", "coordinates": [[[1.8, 54.4], [2, 54.4], [2, 54.6], [1.8, 54.6], [1.8, 54.4]]]}
    ward.save()
    assert '<svg class="area-map__map"' in client.get(idea.get_absolute_url()).content.decode()


# --- sending one -------------------------------------------------------------------------------


def test_fill_in_check_sign_in_and_the_idea_is_kept(client, board, call, stranger):
    words = typed(title="A repair bench", name_shown="Ron")
    checked = client.post(address_of(call, "propose"), words)
    assert "A repair bench" in checked.content.decode()
    assert not Idea.objects.exists()

    away = client.post(address_of(call, "propose"), words | {"step": "send"})
    assert away.url.startswith(reverse("account_login"))
    assert not Idea.objects.exists()
    client.force_login(stranger)
    there = client.get(address_of(call, "propose", "finish"), follow=True)

    idea = Idea.objects.get()
    assert (idea.title, idea.author, idea.name_shown, idea.state) == ("A repair bench", stranger, "Ron", "pending")
    assert idea.reference in there.content.decode()
    assert client.get(there.request["PATH_INFO"]).status_code == 200
    assert idea.title not in Client().get(there.request["PATH_INFO"]).content.decode()
    client.get(address_of(call, "propose", "finish"))
    assert Idea.objects.count() == 1


def test_ten_equal_posts_keep_one_idea_and_the_same_token_takes_no_other_words(client, call, stranger):
    client.force_login(stranger)
    words = typed(step="send")

    places = {client.post(address_of(call, "propose"), words).url for _ in range(10)}
    assert len(places) == 1
    assert Idea.objects.count() == 1
    other = client.post(address_of(call, "propose"), words | {"text": "Other words."})
    assert other.status_code == 409
    assert "Other words." in other.content.decode()
    assert Idea.objects.count() == 1


def test_a_local_call_asks_for_a_postcode_keeps_the_ward_and_forgets_the_postcode(client, board, stranger):
    call = make_call(board, audience=Audience.EMAIL)
    make_postcode("XX1 1AA", board)
    words = typed()
    assert "postcode" in client.post(address_of(call, "propose"), words).context["form"].errors

    client.post(address_of(call, "propose"), words | {"step": "send", "reason": "lives", "postcode": "xx11aa"})
    assert "XX1 1AA" not in str(dict(client.session))
    client.force_login(stranger)
    client.get(address_of(call, "propose", "finish"))

    assert Idea.objects.get().author == stranger
    assert Standing.objects.get(person=stranger).area == board.areas.wards()[0]


def test_a_place_can_be_words_a_ward_or_a_postcode_of_this_board(client, board, next_board, call, stranger):
    client.force_login(stranger)
    make_postcode("XX1 1AA", board)
    make_postcode("XX2 2BB", next_board)

    for odd in ("XX2 2BB", "XX9 9ZZ", "nonsense"):
        page = client.post(address_of(call, "propose"), typed(place_postcode=odd))
        assert page.context["form"].errors["place_postcode"]
        assert odd in page.content.decode()
    client.post(address_of(call, "propose"), typed(step="send", place_postcode="XX1 1AA"))
    idea = Idea.objects.get()
    assert idea.place == board.areas.wards()[0]
    assert idea.latitude is not None


@pytest.mark.parametrize(
    "odd",
    [
        {"title": ""}, {"text": ""}, {"title": "x" * 101}, {"text": "y" * 200_000}, {"title": "a\x00b"},
        {"cost_guess_pence": "9" * 5000}, {"cost_guess_pence": "-1"}, {"place": "99999999999999999999"},
        {"need": "abc"}, {"form_token": "not a token"}, {"form_token": ""}, {"place_postcode": "\u202e" * 30},
    ],
)  # fmt: skip
def test_odd_words_are_refused_in_words_and_nothing_typed_is_lost(client, board, call, stranger, odd):
    call.activity.needs.add(make_need(board))
    client.force_login(stranger)

    page = client.post(
        address_of(call, "propose"), typed(text="Keep these words.", step="send", name_shown="Ada") | odd
    )

    assert page.status_code == 200
    assert not Idea.objects.exists()
    assert "There is a problem" in page.content.decode()
    assert "Ada" in page.content.decode()


def test_changing_something_brings_back_the_form_as_it_was(client, call):
    page = client.post(address_of(call, "propose"), typed(title="Swings", step="change")).content.decode()

    assert 'value="Swings"' in page
    assert "There is a problem" not in page


def test_a_page_opened_before_closing_and_sent_after_says_so_and_keeps_the_words(client, board, stranger):
    call = make_call(board, closes_at=in_days(-0.001))
    client.force_login(stranger)

    page = client.post(address_of(call, "propose"), typed(step="send", text="Words to keep."))

    assert page.status_code == 409
    assert "This has closed" in page.content.decode()
    assert "Words to keep." in page.content.decode()
    assert not Idea.objects.exists()


def test_an_idea_like_one_that_is_there_is_pointed_to_before_sending(client, call):
    make_idea(call, "Benches along the river walk")
    make_idea(call, "Secret benches along the river walk", state="pending")

    page = client.post(address_of(call, "propose"), typed(title="More benches along the river walk")).content.decode()

    assert ">Benches along the river walk<" in page
    assert "Secret" not in page


# --- backing -----------------------------------------------------------------------------------


def test_backing_signs_in_last_and_counts(client, call, stranger):
    idea = make_idea(call)

    away = client.post(idea.get_absolute_url() + "back/")
    assert away.url.startswith(reverse("account_login"))
    client.force_login(stranger)
    page = client.get(idea.get_absolute_url() + "back/finish/", follow=True).content.decode()
    assert "Counted: you back this idea." in page
    assert "1 person backs this" in page
    again = client.post(idea.get_absolute_url() + "back/", follow=True).content.decode()
    assert "Already counted" in again
    client.post(idea.get_absolute_url() + "take-back/")
    assert not Backing.objects.exists()


def test_backing_where_standing_is_needed_asks_for_it(client, board, stranger):
    make_postcode("XX1 1AA", board)
    idea = make_idea(make_call(board, audience=Audience.SAYS_LOCAL))
    client.force_login(stranger)

    asked = client.post(idea.get_absolute_url() + "back/")
    assert asked.context["form"].errors
    client.post(idea.get_absolute_url() + "back/", {"reason": "works", "postcode": "XX1 1AA"})
    assert Backing.objects.get().person == stranger


def test_a_link_cannot_back_an_idea_and_another_site_cannot_post_it(client, call, stranger):
    idea = make_idea(call)
    client.force_login(stranger)

    client.get(idea.get_absolute_url() + "back/")
    client.get(idea.get_absolute_url() + "back/finish/")
    assert client.post(idea.get_absolute_url() + "back/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get(idea.get_absolute_url() + "take-back/").status_code == 405
    assert not Backing.objects.exists()


# --- words from outside ------------------------------------------------------------------------


def test_hostile_words_are_words(client, board, coordinator, now):
    call = make_call(board, f"Q {HOSTILE}"[:150], slug="hostile")
    writer = make_person()
    idea = make_idea(
        call, HOSTILE[:100], author=writer, text=HOSTILE, place_words=HOSTILE, who_it_helps=HOSTILE,
        name_shown=HOSTILE[:60], latitude="54.5", longitude="1.9",
    )  # fmt: skip
    actions.answer(idea=idea, to="done", words=HOSTILE, by=coordinator, now=now)
    client.force_login(coordinator)

    for address in (
        reverse("ideas:calls", args=[board.slug]), address_of(call), address_of(call, "map"), idea.get_absolute_url(),
        address_of(call) + "?q=%3Cscript%3Ealert(1)%3C/script%3E", reverse("ideas_desk:ideas"),
        reverse("ideas_desk:idea", args=[idea.pk]), reverse("ideas_desk:calls"),
        reverse("ideas_desk:call", args=[call.pk]),
    ):  # fmt: skip
        page = client.get(address)
        assert page.status_code == 200, address
        text = page.content.decode()
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address
        assert 'href="javascript' not in text, address


# --- the desk ----------------------------------------------------------------------------------


def test_a_coordinator_answers_from_the_desk(client, call, coordinator):
    idea = make_idea(call)
    client.force_login(coordinator)

    client.post(
        reverse("ideas_desk:idea", args=[idea.pk]), {"to": "in_plan", "words": "In May.", "seen_as": "received"}
    )

    assert "In May." in client.get(idea.get_absolute_url()).content.decode()


def test_a_coordinator_opens_a_call_and_its_dates_are_londons(client, board, coordinator):
    client.force_login(coordinator)
    page = client.post(
        reverse("ideas_desk:new_call"),
        {
            "board": board.pk, "question": "What about the square?", "opens_at": "1 July 2026 9am",
            "closes_at": "1 July 2099 5pm", "audience": "2", "published": "on",
        },
    )  # fmt: skip
    assert page.status_code == 302

    call = board.activities.get().ideas_call
    assert call.activity.opens_at.isoformat() == "2026-07-01T08:00:00+00:00"
    assert client.get(call.get_absolute_url()).status_code == 200


def test_every_desk_page_of_ideas_refuses_the_next_boards_coordinator(
    client, board, next_board, call, coordinator, other_coordinator, resident
):
    idea = make_idea(call, "Ours alone")
    named = [
        reverse("ideas_desk:idea", args=[idea.pk]),
        reverse("ideas_desk:call", args=[call.pk]),
        reverse("ideas_desk:write_down", args=[call.pk]),
    ]
    lists = [reverse("ideas_desk:ideas"), reverse("ideas_desk:calls"), reverse("ideas_desk:new_call")]
    client.force_login(other_coordinator)
    for address in named:
        assert client.get(address).status_code in (403, 404, 302), address
        posted = client.post(address, {"to": "done", "words": "w", "question": "Mine?", "channel": "paper"})
        assert posted.status_code in (403, 404, 302), address
    for address in lists:
        page = client.get(address).content.decode()
        assert "Ours alone" not in page
        assert call.question not in page
        assert board.name not in page
    forged = client.post(
        lists[2], {"board": board.pk, "question": "Forged?", "opens_at": "1 July 2026 9am", "audience": "0"}
    )
    assert forged.status_code == 200
    assert not board.activities.filter(title="Forged?").exists()
    idea.refresh_from_db()
    assert idea.status == "received"
    client.force_login(resident)
    for address in named + lists:
        assert client.get(address).status_code in (403, 404, 302), address


def test_desk_lists_take_fifteen_queries_or_fewer(client, call, coordinator, django_assert_max_num_queries):
    many_ideas(call, 200)
    client.force_login(coordinator)
    client.get(reverse("ideas_desk:ideas"))
    for address in (
        reverse("ideas_desk:ideas"),
        reverse("ideas_desk:calls"),
        reverse("ideas_desk:call", args=[call.pk]),
    ):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200
    for odd in ("?page=abc", "?call=99999999999999999999", "?state=x&status=y&q=%22"):
        assert client.get(reverse("ideas_desk:ideas") + odd).status_code == 200
    assert client.get(reverse("ideas_desk:ideas") + "9" * 30 + "/").status_code == 404


@pytest.mark.parametrize("already", [10, 10_000])
def test_sending_an_idea_asks_ten_questions_of_the_database_whether_or_not_its_title_is_new(
    client, call, resident, already, django_assert_num_queries
):
    many_ideas(call, already)
    all_rules()  # kept at hand between posts
    client.force_login(resident)
    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        opened = new_stamp()
    for _new_then_taken in range(2):
        with django_assert_num_queries(10):
            answer = client.post(address_of(call, "propose"), typed(step="send", **{STAMP: opened}))
        assert answer.status_code == 302
    assert Idea.objects.filter(author=resident).count() == 2
    assert len(set(Idea.objects.filter(author=resident).values_list("slug", flat=True))) == 2
    assert TakingPart.objects.filter(person=resident).count() == 1


def test_two_who_send_the_same_title_in_the_same_moment_are_both_kept(client, call, resident, stranger, monkeypatch):
    seen = queries.sent_today_and_taken
    make_idea(call, "Benches", slug="benches")

    def a_moment_too_early(*args, **kwargs):
        monkeypatch.setattr(queries, "sent_today_and_taken", seen)
        sent, _taken = seen(*args, **kwargs)
        return sent, False

    monkeypatch.setattr(queries, "sent_today_and_taken", a_moment_too_early)
    client.force_login(resident)

    answer = client.post(address_of(call, "propose"), typed(step="send"))

    assert answer.status_code == 302
    assert "/sent/" in answer["Location"]
    assert Idea.objects.filter(author=resident, title="Benches").exclude(slug="benches").count() == 1


def test_the_same_form_sent_twice_keeps_one_idea_even_when_its_title_was_taken(client, call, resident):
    make_idea(call, "Benches", slug="benches")
    client.force_login(resident)
    words = typed(step="send")

    first, second = (client.post(address_of(call, "propose"), words) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Idea.objects.filter(author=resident).count() == 1
