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
    "name_key_officers": (_("Name the key's officers"), _("Named the three officers of a key")),
    "take_key_share": (_("Take a share"), _("Took their share of a key")),
    "try_key_shares": (_("Try two shares"), _("Opened a test ballot with two shares")),
    "make_codes": (_("Make voting codes"), _("Made voting codes")),
    "cancel_codes": (_("Cancel voting codes"), _("Cancelled voting codes")),
    "print_paper": (_("Print paper ballots"), _("Printed a batch of paper ballots")),
    "paper_sheets": (_("Account for sheets"), _("Said what became of sheets")),
    "take_back_hand_in": (_("Take back a mark for paper"), _("Took back the roll's mark for a sheet")),
    "draw_paper_sample": (_("Draw a sample of sheets"), _("Drew the sample of sheets to compare")),
    "compare_paper": (_("Compare a sheet"), _("Compared a sheet of the sample")),
    "scan_paper": (_("Add a scan"), _("Added a scan of paper ballots")),
    "see_paper_scan": (_("Open a scan"), _("Opened a scan of paper ballots")),
    "take_out_paper_scan": (_("Take out a scan"), _("Took out a scan of paper ballots")),
    "hold_votes": (_("Hold votes"), _("Held votes back")),
    "propose_votes": (_("Propose what becomes of votes"), _("Proposed what becomes of held votes")),
    "settle_votes": (_("Settle votes"), _("Agreed what becomes of held votes")),
    "add_venue": (_("Add a venue"), _("Added a venue where many vote")),
    "add_throwaway_domain": (_("Add a mail domain"), _("Put a mail domain on the throw-away list")),
    "remove_throwaway_domain": (_("Take off a mail domain"), _("Took a mail domain off the throw-away list")),
    "close_rehearsal": (_("Close a rehearsal"), _("Let a rehearsal close early")),
    "report": (_("Record a report"), _("Recorded a report")),
    "change_stream": (_("Change a part of a pot"), _("Changed a part of a pot")),
    "take_out": (_("Take money out"), _("Took money out of a stream")),
    "move_money": (_("Move money"), _("Moved money to another stream")),
    "receive": (_("Take in promised money"), _("Took in a partner's promised money")),
    "cancel_promise": (_("Strike a promise"), _("Struck a partner's promise")),
    "give_back": (_("Give money back"), _("Gave money back to a partner")),
    "letter": (_("Change the letter of offer"), _("Changed the letter of offer")),
    "award_offer": (_("Offer a grant"), _("Offered a grant")),
    "award_take_offer_back": (_("Take an offer back"), _("Took an offer back")),
    "award_accept": (_("Accept a grant"), _("Recorded that a grant was accepted")),
    "award_decline": (_("Decline a grant"), _("Recorded that a grant was declined")),
    "award_reopen": (_("Offer a grant again"), _("Put a grant on offer again")),
    "award_places": (_("Say which wards a grant is for"), _("Said which wards a grant is for")),
    "award_vary": (_("Change a grant"), _("Changed a grant")),
    "award_withdraw": (_("Withdraw a grant"), _("Withdrew a grant")),
    "award_schedule": (_("Plan a payment"), _("Planned a payment")),
    "award_drop_payment": (_("Strike a planned payment"), _("Struck a planned payment")),
    "award_pay": (_("Mark a payment as paid"), _("Marked a payment as paid")),
    "award_unpay": (_("Take a payment back"), _("Took back a payment written by mistake")),
    "award_take_return": (_("Take money back"), _("Took unspent money back")),
    "award_send_evidence": (_("Add a file"), _("Added a file to a grant")),
    "award_report": (_("Send a report"), _("Sent a report")),
    "award_say_if_it_lasted": (_("Say if it lasted"), _("Said whether it lasted")),
    "report_picture": (_("Take out a picture"), _("Took a picture out of a report")),
    "publish_report": (_("Publish a report"), _("Published a report, or took it down")),
    "ask_about_report": (_("Ask about a report"), _("Asked the group about its report")),
    "publish_lasting": (_("Publish what lasted"), _("Published what a group says some months on")),
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
