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
    "report": (_("Record a report"), _("Recorded a report")),
    "save_criteria": (_("Write a panel's criteria"), _("Wrote a panel's criteria")),
    "seat_panel": (_("Seat a panel member"), _("Seated a panel member")),
    "unseat_panel": (_("Unseat a panel member"), _("Took a panel member off the panel")),
    "declare_interest": (_("Declare an interest"), _("Declared an interest")),
    "find_interest": (_("Find an interest"), _("Found an interest that was not declared")),
    "hand_in_scores": (_("Hand in scores"), _("Handed in scores")),
    "reopen_scores": (_("Give scores back"), _("Gave scores back to be changed")),
    "close_scoring": (_("Close scoring"), _("Closed scoring")),
    "name_funder": (_("Name a funder"), _("Named a funder")),
    "end_funder": (_("End a funder"), _("Took an organisation off the funders")),
    "mark_interest": (_("Mark a funder's interest"), _("Marked a funder's interest")),
    "take_back_interest": (_("Take back an interest"), _("Took back a funder's interest")),
    "pledge": (_("Pledge"), _("Pledged a part of a cost")),
    "withdraw_pledge": (_("Withdraw a pledge"), _("Withdrew a pledge")),
    "agree_pledge": (_("Agree a pledge"), _("Agreed a pledge")),
    "set_boards_part": (_("Set the board's part"), _("Set the board's part of a cost")),
    "offer": (_("Offer money"), _("Offered money to a pot")),
    "withdraw_offer": (_("Withdraw an offer"), _("Withdrew an offer of money")),
    "answer_offer": (_("Answer an offer"), _("Answered an offer of money")),
    "copy_pipeline": (_("Copy the pipeline"), _("Took a copy of the pipeline")),
    "panel_decides": (_("Record a panel's decision"), _("Recorded what the panel decided")),
}


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for name, (label, message) in LOGGED.items():
        actions.register_action(f"funding.{name}", label, message)
