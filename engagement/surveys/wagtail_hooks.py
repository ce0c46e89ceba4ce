"""What this room adds to the desk. Only registers."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks


@hooks.register("register_admin_urls")
def reading_addresses() -> list[URLPattern | URLResolver]:
    reading = include(("engagement.surveys.desk_urls_reading", "surveys_reading"), namespace="surveys_reading")
    return [path("survey-answers/", reading)]


READING_LOGGED = {
    "export": (_("Take a copy of answers"), _("Took a copy of a survey's answers")),
    "import": (_("Bring answers in"), _("Brought answers in from a file")),
    "import_out": (_("Take an import back"), _("Took answers out that a file had brought in")),
    "passage": (_("Make a passage evidence"), _("Made a passage of a survey evidence")),
    "passage_out": (_("Take a passage out of evidence"), _("Took a passage of a survey out of evidence")),
}


@hooks.register("register_log_actions")
def reading_log_actions(actions: Any) -> None:
    for name, (label, message) in READING_LOGGED.items():
        actions.register_action(f"surveys.{name}", label, message)
