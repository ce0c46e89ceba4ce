"""Make a valid thing, so that a test states only what matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.utils.text import slugify

from boards.people.models import Person, Role, Standing
from boards.places.models import Area, Board, BoardArea, Postcode
from engagement.activities.models import Activity, Audience
from engagement.evidence.models import Need

numbers = count(1)


def make_area(name: str = "Fenny Hale", *, kind: str = "ward", code: str = "", **fields: object) -> Area:
    return Area.objects.create(name=name, kind=kind, code=code or f"E05{900000 + next(numbers):06d}", **fields)


def make_board(name: str = "Thornbridge Town", *, wards: tuple[str, ...] = ("Fenny Hale",)) -> Board:
    board = Board.objects.create(name=name, slug=slugify(name))
    for ward in wards:
        BoardArea.objects.create(board=board, area=make_area(ward))
    return board


def make_postcode(postcode: str, board: Board) -> Postcode:
    return Postcode.objects.create(
        postcode=postcode, ward=board.areas.wards()[0], latitude="54.50000", longitude="1.90000"
    )


def make_person(email: str = "", *, stands_in: Board | None = None, **fields: object) -> Person:
    person = Person.objects.create_user(email or f"person{next(numbers)}@example.org", None, **fields)
    if stands_in:
        Standing.objects.create(person=person, board=stands_in, reason=Standing.Reason.LIVES)
    return person


def make_role(kind: str, board: Board | None, *, email: str = "", **fields: object) -> Person:
    """Give a new person who holds this role."""
    person = make_person(email)
    Role.objects.create(person=person, board=board, kind=kind, since=date(2020, 1, 1), **fields)
    return Person.objects.get(pk=person.pk)


def make_need(board: Board, title: str = "", **fields: object) -> Need:
    title = title or f"Somewhere to meet {next(numbers)}"
    return Need.objects.create(board=board, title=title, slug=slugify(title), **fields)


def make_activity(board: Board, kind: str, title: str = "", **fields: object) -> Activity:
    """Give an activity that opened yesterday and closes in a week, for people with an e-mail."""
    title = title or f"A {kind} {next(numbers)}"
    now = datetime.now(UTC)
    given = {
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=7),
        "audience": Audience.EMAIL,
        "is_draft": False,
        "slug": slugify(title),
        **fields,
    }
    return Activity.objects.create(board=board, kind=kind, title=title, **given)
