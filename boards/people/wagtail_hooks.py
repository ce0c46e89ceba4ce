"""Registers this room's desk screens."""

from wagtail import hooks

from boards.people.places_desk import PlacesGroup
from boards.people.viewsets import PeopleGroup


@hooks.register("register_admin_viewset")
def viewsets():
    return [PeopleGroup(), PlacesGroup()]


@hooks.register("register_log_actions")
def log_actions(actions):
    actions.register_action("people.give_role", "Give a role", "Role given")
    actions.register_action("people.change_role", "Change a role", "Role changed")
    actions.register_action("people.end_role", "End a role", "Role ended")
    actions.register_action("people.invite_to_group", "Invite to a group", "Invited someone to a group")
    actions.register_action("people.join_group", "Join a group", "Joined a group")
    actions.register_action("people.leave_group", "Leave a group", "Someone left a group")
    actions.register_action("places.change_board", "Change a board", "Board changed")
