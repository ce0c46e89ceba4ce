"""What this room adds to the desk. Only registers."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from boards.people.permissions import may_somewhere


class GrantsMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_somewhere(request.user, "see_unpublished")


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    return [path("funding/", include(("engagement.funding.desk_urls", "funding_desk"), namespace="funding_desk"))]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    return GrantsMenuItem(_("Grants"), reverse_lazy("funding_desk:index"), name="grants", icon_name="form", order=220)


LOGGED = {
    "allocate": (_("Put money in"), _("Put money into a stream")),
    "contribute": (_("Take in a partner's money"), _("Took in a partner's money")),
    "save_round": (_("Change a round"), _("Changed a round's rules")),
    "publish_round": (_("Publish a round"), _("Published a round")),
    "answer": (_("Answer a question"), _("The group answered a question")),
    "key": (_("Key a proposal"), _("Keyed a proposal for a group")),
    "paper": (_("Add a paper"), _("Added a paper of a group")),
    "paper_out": (_("Take out a paper"), _("Took out a paper of a group")),
    "check": (_("Check a proposal"), _("Checked a proposal")),
    "propose_amendment": (_("Propose an amendment"), _("Proposed an amendment to the rules")),
    "settle_amendment": (_("Settle an amendment"), _("Settled an amendment to the rules")),
    "start_rehearsal": (_("Start a rehearsal"), _("Started a rehearsal")),
    "put_away_rehearsal": (_("Put a rehearsal away"), _("Put a rehearsal away")),
    "answer_objection": (_("Answer an objection"), _("Answered an objection")),
    "confirm_result": (_("Confirm a result"), _("Confirmed a result")),
    "close_round": (_("Close a round"), _("Closed a round")),
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
