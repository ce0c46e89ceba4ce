"""Roles: what they open, where, and until when."""

from datetime import timedelta

from django.utils import timezone

from boards.people.models import Person, Role
from boards.people.permissions import boards_where, may
from tests.factories import make_role


def test_a_coordinator_moderates_their_own_board_and_no_other(coordinator, board, next_board):
    assert may(coordinator, "moderate", board)
    assert not may(coordinator, "moderate", next_board)
    assert list(boards_where(coordinator, "moderate")) == [board]


def test_staff_publish_outcomes_on_every_board(staff, board, next_board):
    assert may(staff, "publish_outcome", board)
    assert set(boards_where(staff, "publish_outcome")) == {board, next_board}


def test_a_role_that_ends_today_opens_nothing_today(board):
    person = make_role("coordinator", board)
    Role.objects.update(until=timezone.localdate())

    assert not may(Person.objects.get(pk=person.pk), "moderate", board)


def test_a_role_that_ends_tomorrow_still_opens_today(board):
    person = make_role("coordinator", board)
    Role.objects.update(until=timezone.localdate() + timedelta(days=1))

    assert may(Person.objects.get(pk=person.pk), "moderate", board)


def test_a_resident_enters_no_desk(resident, board):
    assert not may(resident, "enter_desk", board)
