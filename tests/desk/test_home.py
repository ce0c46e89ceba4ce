"""The desk's first screen says what needs you."""

from __future__ import annotations

import pytest

from tests.cms.factories import make_board_page, picture_file
from tests.conftest import in_days
from tests.factories import make_activity, make_role

pytestmark = pytest.mark.django_db


def home_of(client, person) -> str:
    client.force_login(person)
    answer = client.get("/desk/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_coordinator_sees_what_closes_soon_on_their_board_only(client, board, next_board, coordinator):
    make_activity(board, "poll", "Closes on Thursday", closes_at=in_days(3))
    make_activity(board, "poll", "Closes in a month", closes_at=in_days(30))
    make_activity(next_board, "poll", "Next door's poll", closes_at=in_days(2))

    body = home_of(client, coordinator)

    assert "What needs you" in body
    assert "Closes on Thursday" in body
    assert "Closes in a month" not in body
    assert "Next door" not in body


def test_a_draft_that_should_be_open_is_pointed_out(client, board, coordinator):
    make_activity(board, "poll", "Forgotten poll", is_draft=True)
    assert "Forgotten poll" in home_of(client, coordinator)


def test_nothing_waiting_says_so(client, board, coordinator):
    assert "Nothing waits for you" in home_of(client, coordinator)


def test_the_tables_and_screens_of_the_machine_are_put_away(client, board, coordinator):
    make_board_page(board)
    body = home_of(client, coordinator)
    for word in (
        "/desk/users/",
        "/desk/groups/",
        "/desk/workflows/",
        "/desk/sites/",
        "/desk/reports/",
        "/desk/settings/",
    ):
        assert word not in body, word
    assert "Moothall desk" in body


def test_an_administrator_finds_the_brand(client, board):
    assert "/desk/settings/cms/brand/" in home_of(client, make_role("administrator", None))


def test_a_chair_with_no_pages_to_edit_still_has_a_desk(client, board):
    make_board_page(board)
    assert board.name in home_of(client, make_role("chair", board))


@pytest.mark.parametrize("rows", [1, 60])
def test_the_first_screen_asks_the_same_whatever_waits(client, board, coordinator, rows, django_assert_max_num_queries):
    make_board_page(board)
    for number in range(rows):
        make_activity(board, "poll", f"Poll {number}", closes_at=in_days(2))
    home_of(client, coordinator)
    with django_assert_max_num_queries(15):
        assert client.get("/desk/").status_code == 200


def test_the_first_screen_names_no_other_site(client, coordinator):
    assert "wagtail.org" not in home_of(client, coordinator)


def test_a_portrait_cannot_be_sent(client, coordinator, settings, tmp_path):
    """It would come in uncleaned; nobody is shown one."""
    settings.MEDIA_ROOT = tmp_path
    client.force_login(coordinator)

    assert client.get("/desk/account/").status_code == 200
    client.post("/desk/account/", {"avatar-avatar": picture_file(), "locale-preferred_language": "en"})

    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_no_longer_on_the_desk_is_said_in_the_sites_own_look(client, coordinator):
    client.force_login(coordinator)

    answer = client.get("/desk/evidence/edit/404404/")

    assert answer.status_code == 404
    assert "We cannot find that page of the desk" in answer.content.decode()
