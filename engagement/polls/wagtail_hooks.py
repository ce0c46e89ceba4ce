"""The desk's way to polls, and the names of what officers do with them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from engagement.polls.viewsets import PollViewSet


@hooks.register("register_admin_viewset")
def polls() -> PollViewSet:
    return PollViewSet()


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("polls.draft", _("Draft a poll"), _("Drafted a poll"))
    actions.register_action("polls.change", _("Change a poll"), _("Changed a poll"))
    actions.register_action("polls.publish", _("Publish a poll"), _("Published a poll"))
    actions.register_action("polls.close_early", _("Close a poll early"), _("Closed a poll early"))
    actions.register_action("polls.put_right", _("Put a poll's words right"), _("Put a poll's words right"))
    actions.register_action("polls.delete", _("Delete a draft poll"), _("Deleted a draft poll"))
    actions.register_action("polls.make_evidence", _("Make words of a poll evidence"), _("Made words evidence"))
    actions.register_action("polls.take_back_why", _("Take words back"), _("Words taken back by their writer"))
    actions.register_action("polls.place_add", _("Name a place for a poll"), _("Named a place for a poll"))
    actions.register_action("polls.place_change", _("Rename a poll's place"), _("Renamed a poll's place"))
    actions.register_action("polls.place_away", _("Put a poll's place away"), _("Put a poll's place away"))
    actions.register_action("polls.place_back", _("Bring a poll's place back"), _("Brought a poll's place back"))
    actions.register_action("polls.kiosk_open", _("Open a kiosk"), _("Opened a kiosk"))
    actions.register_action("polls.kiosk_start", _("Start a kiosk on its device"), _("Started a kiosk on its device"))
    actions.register_action("polls.kiosk_end", _("End a kiosk"), _("Ended a kiosk"))
    actions.register_action(
        "polls.social_add", _("Record a poll on social media"), _("Recorded a poll on social media")
    )
    actions.register_action(
        "polls.social_change", _("Change a poll on social media"), _("Changed a poll on social media")
    )
    actions.register_action(
        "polls.social_remove", _("Remove a poll on social media"), _("Removed a poll on social media")
    )
    actions.register_action(
        "polls.social_evidence", _("Count social media as evidence"), _("Counted social media as evidence")
    )
