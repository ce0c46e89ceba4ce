"""The desk's way to conversations, and the names of what officers do with them."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from boards.people.permissions import may_somewhere


class ConversationsMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_somewhere(request.user, "see_unpublished")


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    return [path("conversations/", include("engagement.conversations.desk_urls"))]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    return ConversationsMenuItem(
        _("Conversations"),
        reverse_lazy("conversations_desk:conversations"),
        name="conversations",
        icon_name="group",
        order=215,
    )


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("conversations.open", _("Start a conversation"), _("Made a conversation"))
    actions.register_action("conversations.change", _("Change a conversation"), _("Changed a conversation"))
    actions.register_action("conversations.close", _("Close a conversation"), _("Closed a conversation early"))
    actions.register_action(
        "conversations.copy", _("Take a copy of a conversation"), _("Took a copy of a conversation")
    )
