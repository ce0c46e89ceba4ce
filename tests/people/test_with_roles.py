"""The person of a session is read as the ORM would read them, with what they hold today."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.users.models import UserProfile

from boards.people.models import Person, Role
from boards.people.permissions import own_boards_where, roles_held
from boards.people.with_roles import person_with_roles
from tests.factories import make_person, make_role

pytestmark = pytest.mark.django_db


def values(one):
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}


def test_every_field_is_of_its_own_kind(board):
    officer = make_role("coordinator", board)
    Person.objects.filter(pk=officer.pk).update(display_name="Ana")
    UserProfile.objects.create(user=officer, dismissibles={"whats-new": True}, preferred_language="cy")

    read = person_with_roles(officer.pk)

    assert values(read) == values(Person.objects.get(pk=officer.pk))
    assert values(read.wagtail_userprofile) == values(UserProfile.objects.get(user=officer))
    assert type(read.is_superuser) is bool
    assert read.wagtail_userprofile.dismissibles == {"whats-new": True}
    assert not read._state.adding


def test_roles_of_several_boards_and_of_the_council_come_with_it_in_one_query(
    board, next_board, django_assert_num_queries
):
    officer = make_role("coordinator", board)
    Role.objects.create(person=officer, board=next_board, kind="member")
    Role.objects.create(person=officer, board=None, kind="staff")
    today, day = timezone.localdate(), timedelta(days=1)
    Role.objects.create(person=officer, board=next_board, kind="chair", since=today - day, until=today)
    Role.objects.create(person=officer, board=board, kind="chair", since=today + day)

    with django_assert_num_queries(1):
        read = person_with_roles(officer.pk)
        held = roles_held(read)
        boards = own_boards_where(read, "see_unpublished")

    assert held == roles_held(Person.objects.get(pk=officer.pk))
    assert set(held) == {None, board.pk, next_board.pk}
    assert [values(each) for each in boards] == [values(each) for each in own_boards_where(officer, "see_unpublished")]


def test_someone_without_a_role_or_a_profile_is_read_and_nobody_is_nobody(django_assert_num_queries):
    resident = make_person()

    with django_assert_num_queries(1):
        read = person_with_roles(str(resident.pk))
        assert roles_held(read) == {}
        assert not hasattr(read, "wagtail_userprofile")

    assert values(read) == values(resident)
    assert person_with_roles(resident.pk + 1) is None
    assert person_with_roles("no number") is None
