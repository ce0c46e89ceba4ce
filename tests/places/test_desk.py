"""Administrators look at areas and change a board's name; nobody else does."""

from __future__ import annotations

import pytest
from wagtail.models import ModelLogEntry

from boards.places.models import Area, Board
from tests.factories import make_board, make_role
from tests.places.factories import square

pytestmark = pytest.mark.django_db

SCREENS = ["/desk/boards/", "/desk/areas/", "/desk/boards/edit/{board}/", "/desk/areas/inspect/{area}/"]


@pytest.fixture
def administrator(board):
    return make_role("administrator", None)


def at(screen: str, board: Board) -> str:
    return screen.format(board=board.pk, area=board.areas.get().pk)


@pytest.mark.parametrize("screen", SCREENS)
def test_an_administrator_opens_every_screen(client, board, administrator, screen):
    client.force_login(administrator)
    assert client.get(at(screen, board)).status_code == 200


@pytest.mark.parametrize("screen", [*SCREENS, "/desk/boards/history/{board}/"])
@pytest.mark.parametrize("kind", ["chair", "coordinator", "staff", "evidence_team"])
def test_no_other_officer_opens_them(client, board, kind, screen):
    person = make_role(kind, board if kind in ("chair", "coordinator") else None)
    client.force_login(person)

    answer = client.get(at(screen, board))

    assert answer.status_code in (302, 403)
    assert answer.status_code == 403 or answer.headers["Location"] == "/desk/"


def test_a_changed_name_is_in_the_log_with_before_and_after(client, board, administrator):
    client.force_login(administrator)

    answer = client.post(f"/desk/boards/edit/{board.pk}/", {"name": "Thornbridge", "strapline": "Market town"})

    board.refresh_from_db()
    assert answer.status_code == 302
    assert (board.name, board.slug) == ("Thornbridge", "thornbridge-town")
    entry = ModelLogEntry.objects.get(action="places.change_board")
    assert entry.data["before"]["name"] == "Thornbridge Town"
    assert entry.data["after"] == {"name": "Thornbridge", "slug": "thornbridge-town", "strapline": "Market town"}


@pytest.mark.parametrize("act", ["/desk/areas/new/", "/desk/areas/edit/{area}/", "/desk/areas/delete/{area}/",
                                 "/desk/boards/new/", "/desk/boards/delete/{board}/"])  # fmt: skip
def test_what_was_imported_is_changed_by_nobody_from_the_desk(client, board, administrator, act):
    client.force_login(administrator)

    answer = client.post(at(act, board), {"name": "Other"})

    assert answer.status_code in (302, 403, 404)
    assert not Area.objects.filter(name="Other").exists()
    assert (Board.objects.count(), Area.objects.count()) == (1, 1)


def test_a_coordinator_still_chooses_among_wards(coordinator, board):
    from django import forms

    from boards.people.desk import BoardForm

    class PlaceForm(BoardForm):
        ward = forms.ModelChoiceField(Area.objects.wards())

        class Meta:
            model = Board
            fields = ["name"]

    assert list(PlaceForm(for_user=coordinator).fields["ward"].queryset) == list(board.areas.all())


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_of_areas_asks_the_same_whatever_the_rows(
    client, board, administrator, rows, django_assert_max_num_queries
):
    for number in range(rows):
        for ward in make_board(f"Board {number}").areas.all():
            ward.boundary = square(1.0, 54.0)
            ward.save()
    client.force_login(administrator)
    client.get("/desk/areas/")

    with django_assert_max_num_queries(15):
        client.get("/desk/areas/")
