"""The desk in the order of a coordinator's week, with Wagtail's unused screens put away."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from boards.people.permissions import may
from cms.desk import WhatNeedsYou
from cms.scope import pages_in_reach

PLACES = {"explorer": 400, "images": 410, "documents": 420, "reports": 900, "settings": 910}
HIDDEN = {"help"}
SETTINGS_SHOWN = {"brand"}
REPORTS_SHOWN = {"site-history", "aging-pages", "locked-pages"}


@hooks.register("construct_main_menu", order=1000)
def in_the_order_of_a_week(request: Any, items: list[Any]) -> None:
    hidden = set(HIDDEN)
    if not may(request.user, "see_log", None):
        hidden.add("reports")
    if not may(request.user, "set_brand", None):
        hidden.add("settings")
    items[:] = [item for item in items if item.name not in hidden]
    for item in items:
        item.order = PLACES.get(item.name, item.order)
    items.sort(key=lambda item: (item.order, item.label))


@hooks.register("construct_settings_menu", order=1000)
def only_our_settings(request: Any, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name in SETTINGS_SHOWN]


@hooks.register("construct_reports_menu", order=1000)
def only_reports_used_here(request: Any, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name in REPORTS_SHOWN]


@hooks.register("register_admin_menu_item")
def see_the_site() -> MenuItem:
    return MenuItem(_("See the public site"), "/", name="public-site", icon_name="view", order=1000)


@hooks.register("construct_homepage_panels", order=1000)
def what_needs_you(request: Any, panels: list[Any]) -> None:
    panels[:] = [WhatNeedsYou()]


@hooks.register("construct_homepage_summary_items", order=1000)
def no_counts_of_tables(request: Any, items: list[Any]) -> None:
    items.clear()


@hooks.register("construct_page_chooser_queryset")
def pages_to_choose(pages: Any, request: Any) -> Any:
    return pages_in_reach(request.user, pages)


@hooks.register("construct_explorer_page_queryset")
def pages_to_explore(parent: Any, pages: Any, request: Any) -> Any:
    return pages_in_reach(request.user, pages)


@hooks.register("insert_global_admin_css")
def our_colours() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("cms/desk.css"))


@hooks.register("construct_page_action_menu")
def no_locks_in_the_way(items: list[Any], request: Any, context: dict[str, Any]) -> None:
    items[:] = [item for item in items if item.name not in ("action-submit", "action-cancel-workflow")]
