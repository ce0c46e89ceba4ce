"""What this room adds to the desk. Only registers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

LOGGED = {
    "withdraw": (_("Take answers back"), _("Someone took their answers back")),
    "open_file": (_("Open a file handed in"), _("Opened a file handed in with answers")),
}


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for name, (label, message) in LOGGED.items():
        actions.register_action(f"surveys.{name}", label, message)
