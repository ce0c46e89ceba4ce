"""What this room adds to the desk. Only registers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

LOGGED = {
    "allocate": (_("Put money in"), _("Put money into a stream")),
    "contribute": (_("Take in a partner's money"), _("Took in a partner's money")),
    "save_round": (_("Change a round"), _("Changed a round's rules")),
    "publish_round": (_("Publish a round"), _("Published a round")),
    "check": (_("Check a proposal"), _("Checked a proposal")),
    "open_envelopes": (_("Open the envelopes"), _("Opened the envelopes")),
    "count": (_("Count"), _("Counted the votes")),
    "draw_lots": (_("Draw lots"), _("Wrote down lots drawn in public")),
    "award": (_("Award"), _("Awarded the grants")),
    "report": (_("Record a report"), _("Recorded a report")),
}


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for name, (label, message) in LOGGED.items():
        actions.register_action(f"funding.{name}", label, message)
