"""The desk's way to the queue."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from boards.people.permissions import may_somewhere


class QueueMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_somewhere(request.user, "hear_objections")


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    return [path("moderation/", include("engagement.moderation.desk_urls"))]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    return QueueMenuItem(
        _("Waiting to be read"),
        reverse_lazy("moderation_desk:queue"),
        name="moderation",
        icon_name="comment",
        order=150,
    )


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("moderation.decide", _("Decide what is shown"), _("Decided whether this is shown"))
    actions.register_action("moderation.keep", _("Leave as it is"), _("Left this as it is"))
    actions.register_action("moderation.ask", _("Ask the writer"), _("Asked the writer to change this"))
    actions.register_action("moderation.pass_on", _("Pass on"), _("Passed this on to the council"))
    actions.register_action("moderation.change_rule", _("Change a rule"), _("Changed a rule of moderation"))
    actions.register_action("moderation.hear", _("Decide an objection"), _("Decided an objection"))
    actions.register_action("moderation.edit", _("Take out personal details"), _("Took personal details out of this"))
    actions.register_action("moderation.read_original", _("Read what was taken out"), _("Read what was taken out"))
