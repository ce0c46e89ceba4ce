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
