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
    "check": (_("Check a proposal"), _("Checked a proposal")),
    "open_envelopes": (_("Open the envelopes"), _("Opened the envelopes")),
    "count": (_("Count"), _("Counted the votes")),
    "draw_lots": (_("Draw lots"), _("Wrote down lots drawn in public")),
    "award": (_("Award"), _("Awarded the grants")),
    "name_key_officers": (_("Name the key's officers"), _("Named the three officers of a key")),
    "take_key_share": (_("Take a share"), _("Took their share of a key")),
    "try_key_shares": (_("Try two shares"), _("Opened a test ballot with two shares")),
    "make_codes": (_("Make voting codes"), _("Made voting codes")),
    "cancel_codes": (_("Cancel voting codes"), _("Cancelled voting codes")),
    "print_paper": (_("Print paper ballots"), _("Printed a batch of paper ballots")),
    "paper_sheets": (_("Account for sheets"), _("Said what became of sheets")),
    "hold_votes": (_("Hold votes"), _("Held votes back")),
    "propose_votes": (_("Propose what becomes of votes"), _("Proposed what becomes of held votes")),
    "settle_votes": (_("Settle votes"), _("Agreed what becomes of held votes")),
    "add_venue": (_("Add a venue"), _("Added a venue where many vote")),
    "add_throwaway_domain": (_("Add a mail domain"), _("Put a mail domain on the throw-away list")),
    "remove_throwaway_domain": (_("Take off a mail domain"), _("Took a mail domain off the throw-away list")),
    "close_rehearsal": (_("Close a rehearsal"), _("Let a rehearsal close early")),
    "report": (_("Record a report"), _("Recorded a report")),
}


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for name, (label, message) in LOGGED.items():
        actions.register_action(f"funding.{name}", label, message)
