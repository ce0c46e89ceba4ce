"""The desk's way to ideas, and the names of what officers do with them."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from boards.people.permissions import may_somewhere


class IdeasMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_somewhere(request.user, "see_unpublished")


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    return [path("ideas/", include("engagement.ideas.desk_urls"))]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    return IdeasMenuItem(_("Ideas"), reverse_lazy("ideas_desk:ideas"), name="ideas", icon_name="pick", order=210)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("ideas.answer", _("Answer an idea"), _("Answered an idea"))
    actions.register_action("ideas.write_down", _("Write down an idea"), _("Wrote down an idea for someone"))
    actions.register_action("ideas.reply", _("Reply to a comment"), _("Replied to a comment"))
    actions.register_action("ideas.bring_into", _("Bring an idea into another"), _("Brought an idea into another"))
    actions.register_action("ideas.take_apart", _("Take two ideas apart"), _("Took two ideas apart"))
    actions.register_action("ideas.open_call", _("Ask for ideas"), _("Made a call for ideas"))
    actions.register_action("ideas.change_call", _("Change a call for ideas"), _("Changed a call for ideas"))
