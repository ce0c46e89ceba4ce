"""What this room adds to the desk. Only registers."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from boards.people.permissions import may_somewhere


class SurveysMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_somewhere(request.user, "see_unpublished")


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    reading = include(("engagement.surveys.desk_urls_reading", "surveys_reading"), namespace="surveys_reading")
    return [
        path("surveys/", include(("engagement.surveys.desk_urls", "surveys_desk"), namespace="surveys_desk")),
        path("survey-answers/", reading),
    ]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    return SurveysMenuItem(
        _("Surveys"), reverse_lazy("surveys_desk:index"), name="surveys", icon_name="list-ul", order=205
    )


LOGGED = {
    "new": (_("Make a survey"), _("Made a survey")),
    "settings": (_("Change a survey's settings"), _("Changed a survey's settings")),
    "publish": (_("Publish a survey"), _("Published a survey")),
    "close_early": (_("Close a survey early"), _("Closed a survey early")),
    "delete": (_("Delete a draft survey"), _("Deleted a draft survey")),
    "keep_question": (_("Keep a question"), _("Kept a question in the library")),
    "print": (_("Print a survey"), _("Printed numbered sheets of a survey")),
    "keying_plan": (_("Plan keying"), _("Changed how many sheets are keyed again")),
    "settle_sheet": (_("Settle a sheet"), _("Settled a sheet that was keyed differently")),
    "scan_sheet": (_("Add a scan"), _("Added a scan of a filled sheet")),
    "see_scan": (_("Open a scan"), _("Opened a scan of a filled sheet")),
    "take_out_scan": (_("Take out a scan"), _("Took out a scan of a filled sheet")),
    "write_down": (_("Write down answers"), _("Wrote down answers for someone")),
    "withdraw": (_("Take answers back"), _("Someone took their answers back")),
    "open_file": (_("Open a file handed in"), _("Opened a file handed in with answers")),
    "export": (_("Take a copy of answers"), _("Took a copy of a survey's answers")),
    "import": (_("Bring answers in"), _("Brought answers in from a file")),
    "import_out": (_("Take an import back"), _("Took answers out that a file had brought in")),
    "passage": (_("Make a passage evidence"), _("Made a passage of a survey evidence")),
    "passage_out": (_("Take a passage out of evidence"), _("Took a passage of a survey out of evidence")),
}


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for name, (label, message) in LOGGED.items():
        actions.register_action(f"surveys.{name}", label, message)
