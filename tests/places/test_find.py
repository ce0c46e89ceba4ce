"""From a postcode, a name or a spot on the map to the board."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from boards.places import queries
from boards.places.models import Area, Board, BoardArea
from tests.factories import make_area, make_board, make_postcode
from tests.places.factories import make_ward, square

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(board):
    make_postcode("XX1 1AA", board)
    return board


def ask(client, q: str):
    return client.post("/find/", {"q": q})


def words(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("typed", ["XX1 1AA", "xx11aa", " xx1-1aa ", "XXI IAA"])
def test_a_postcode_leads_to_its_board_and_stands_in_no_address(client, town, typed):
    answer = ask(client, typed)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/boards/thornbridge-town/")
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies


def test_the_form_sends_a_post_so_that_no_log_or_history_keeps_a_postcode(client):
    page = words(client.get("/find/"))
    assert '<form class="find-board" method="post" action="/find/"' in page


def test_a_page_about_a_postcode_is_kept_by_no_cache(client, town, settings):
    settings.PAGE_CACHE_SECONDS = 30
    assert "no-store" in ask(client, "XX1 9ZZ").headers["Cache-Control"]


def test_a_post_from_another_site_is_refused(client, town):
    assert client.post("/find/", {"q": "XX1 1AA"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_ward_shared_by_two_boards_offers_both(client, town, next_board):
    ward = town.areas.get()
    BoardArea.objects.filter(board=town).update(share=Decimal("0.6"))
    BoardArea.objects.create(board=next_board, area=ward, share=Decimal("0.4"))

    page = words(ask(client, "XX1 1AA"))

    assert "edge of two boards" in page
    assert "/boards/thornbridge-town/" in page
    assert "/boards/mere-and-marsh/" in page


def test_a_board_that_covers_the_small_area_comes_before_one_that_covers_the_ward(town, next_board):
    small = make_area("Thornbridge 001A", kind="lsoa", code="E01999001")
    postcode = make_postcode("XX1 1AB", town)
    postcode.lsoa = small
    postcode.save()
    BoardArea.objects.create(board=next_board, area=small)

    assert queries.board_for_postcode("XX1 1AB").board == next_board


def test_a_postcode_in_no_board_says_so_and_offers_the_map(client, town):
    BoardArea.objects.all().delete()

    page = words(ask(client, "XX1 1AA"))

    assert "No board looks after Fenny Hale yet" in page
    assert 'href="/boards/"' in page


def test_a_new_postcode_offers_the_boards_of_those_that_begin_the_same(client, town):
    page = words(ask(client, "XX1 1ZZ"))

    assert "We do not know XX1 1ZZ" in page
    assert "/boards/thornbridge-town/" in page
    assert "library" in page


def test_a_postcode_from_elsewhere_is_a_normal_answer_with_a_next_step(client, town):
    page = words(ask(client, "SW1A 1AA"))

    assert "SW1A 1AA is outside our boards" in page
    assert 'href="/boards/"' in page


def test_half_a_postcode_offers_the_boards_it_may_be(client, town):
    page = words(ask(client, "xx1"))

    assert "Postcodes that begin XX1 are in this board" in page
    assert "/boards/thornbridge-town/" in page


@pytest.mark.parametrize("typed", ["Fenny Hale", "fenny", "hale", "FENNY HALE "])
def test_a_name_goes_on_to_an_address_to_share_and_finds_its_board(client, town, typed):
    first = ask(client, typed)
    assert first.status_code == 303
    assert first.headers["Location"].startswith("/find/?q=")

    page = words(client.get(first.headers["Location"]))
    assert "Places we found" in page
    assert "Fenny Hale" in page
    assert "/boards/thornbridge-town/" in page


@pytest.mark.parametrize("typed", ["Fenny Hail", "Feny Hale", "Thornbrige"])
def test_a_slip_in_a_name_is_asked_about(client, town, typed):
    page = words(client.get("/find/", {"q": typed}))

    assert "Did you mean" in page
    assert "/boards/thornbridge-town/" in page


def test_a_parish_leads_to_the_boards_of_its_wards(client, town):
    parish = make_area("Hale Magna", kind="parish", code="E04999004")
    parish.wards.set(town.areas.all())

    assert "/boards/thornbridge-town/" in words(client.get("/find/", {"q": "hale magna"}))


def test_a_parish_whose_wards_we_do_not_know_asks_for_a_postcode(client, town):
    make_area("Hale Parva", kind="parish", code="E04999005")
    assert "Your postcode will tell" in words(client.get("/find/", {"q": "hale parva"}))


def test_a_ward_that_has_ended_is_not_offered(client, board):
    make_ward("E05999099", "Old Green", valid_to=date(2025, 5, 1))
    assert "no place like that" in words(client.get("/find/", {"q": "Old Green"}))


def test_nonsense_is_a_normal_page_with_a_next_step(client, town):
    page = words(client.get("/find/", {"q": "qqqq zzzz"}))

    assert "We found no place like that" in page
    assert "library" in page


def test_a_blank_box_says_what_to_type(client):
    page = words(ask(client, "  "))

    assert "Type a postcode, or the name of a place." in page
    assert "Error:" in page


ODD = ["\x00", "a\x00b", "x" * 5000, "9" * 5000, "\ud800", "\u202e", "ß1 1AA", "<script>alert(1)</script>", "' OR 1=1 --",
       "%00", "{{7*7}}", "💩" * 40, "XX1 1AA" * 9, "٣", "\n\n", "=1+1", "XX1 1AA\x00"]  # fmt: skip


@pytest.mark.parametrize("typed", ODD)
def test_nothing_typed_is_a_fault(client, town, typed):
    sent = typed.encode("utf-8", "surrogatepass")
    posted = client.post(
        "/find/", b"q=" + b"".join(b"%%%02x" % byte for byte in sent), content_type="application/x-www-form-urlencoded"
    )

    assert posted.status_code in (200, 303, 400)
    assert b"<script>alert" not in posted.content
    if "\x00" not in typed and "\ud800" not in typed:
        assert client.get("/find/", {"q": typed}).status_code in (200, 303)


def test_the_box_keeps_what_was_typed(client, town):
    assert 'value="XX1 1ZZ"' in words(ask(client, "XX1 1ZZ"))


@pytest.mark.parametrize("rows", [1, 40])
@pytest.mark.parametrize("typed", ["XX1 1AA", "XX1 9ZZ", "XX1", "place", "Plaice"])
def test_finding_asks_few_questions_whatever_the_rows(client, rows, typed, django_assert_max_num_queries):
    for number in range(rows):
        board = make_board(f"Board {number}", wards=(f"Place {number}",))
        make_postcode(f"XX1 1A{chr(65 + number % 26)}" if number < 26 else f"XX1 2A{chr(65 + number % 26)}", board)

    with django_assert_max_num_queries(6):
        client.get("/find/", {"q": typed})


# The map


@pytest.fixture
def drawn(board, next_board):
    for index, each in enumerate([board, next_board]):
        ward = each.areas.get()
        ward.boundary = square(1.0 + index / 10, 54.0)
        ward.save()
    return board, next_board


def test_a_spot_lies_in_the_ward_that_holds_it(drawn):
    assert queries.ward_containing(54.05, 1.05) == drawn[0].areas.get()
    assert queries.ward_containing(54.05, 1.15) == drawn[1].areas.get()
    assert queries.ward_containing(54.05, 1.5) is None
    assert queries.ward_containing(0, 0) is None
    assert queries.ward_containing(float("nan"), 1.05) is None


def test_a_spot_on_a_line_lies_in_the_same_ward_each_time(drawn):
    lower = Area.objects.order_by("code").first()
    assert {queries.ward_containing(54.05, 1.1) for _again in range(3)} == {lower}


def test_neighbouring_boards_are_drawn_in_unlike_colours(drawn):
    one, other = queries.map_features(drawn)
    assert one["tone"] != other["tone"]
    assert one["geometry"]["geometries"]


def test_all_boards_are_on_a_map_and_in_a_list(client, drawn):
    page = words(client.get("/boards/"))

    for board in drawn:
        assert f'href="/boards/{board.slug}/"' in page
        assert f"<title>{board.name}</title>" in page
    assert "Wards: Fenny Hale" in page


def test_a_site_without_boards_says_so(client):
    assert "No boards yet" in words(client.get("/boards/"))


@pytest.mark.parametrize("page", ["abc", "-1", "999999", "9" * 5000, "%00", "\ud800".encode("utf-8", "surrogatepass")])
def test_an_odd_page_number_is_no_fault(client, drawn, page):
    assert client.get("/boards/", {"page": page}).status_code == 200


def test_a_hostile_name_is_only_text(client, drawn):
    Board.objects.filter(pk=drawn[0].pk).update(
        name="<img src=x onerror=alert(1)>", strapline="</style><script>1</script>"
    )

    page = words(client.get("/boards/"))

    assert "<img src=x" not in page
    assert "<script>1" not in page


@pytest.mark.parametrize("rows", [2, 70])
def test_the_map_and_list_ask_few_questions_and_stay_light(client, rows, django_assert_max_num_queries):
    for number in range(rows):
        board = make_board(f"Board {number}", wards=(f"Place {number}", f"Other place {number}"))
        for index, ward in enumerate(board.areas.all()):
            ward.boundary = square(1.0 + number % 8 / 10 + index / 20, 54.0 + number // 8 / 10, 0.05)
            ward.save()

    with django_assert_max_num_queries(6):
        answer = client.get("/boards/")

    assert len(answer.content) < 100_000


def test_the_map_can_be_taken_away_whole(client, drawn, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        answer = client.get("/boards/map.json")

    features = answer.json()["features"]
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert {each["properties"]["board_slug"] for each in features} == {board.slug for board in drawn}
    assert features[0]["geometry"] == square(1.0, 54.0)


def test_a_changed_boundary_moves_the_box_and_the_outline(drawn):
    ward = drawn[0].areas.get()
    ward.boundary = square(2.0, 54.0)
    ward.save(update_fields=["boundary"])

    ward.refresh_from_db()
    assert (ward.west, ward.east) == (2.0, 2.1)
    assert ward.outline["coordinates"][0][0][0] >= 2.0
