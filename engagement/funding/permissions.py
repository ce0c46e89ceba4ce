"""Who may do what in a round. The only place that says so."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from engagement.activities import permissions as activities
from engagement.funding.models import FundingRound, Proposal
from engagement.funding.rules import ALLOWED, Stage
from engagement.moderation.models import Moderated

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person
    from engagement.funding.models import VotingCode


def in_stage(round: FundingRound, act: str, *, now: datetime) -> bool:
    return round.stage(now) in ALLOWED[act]


def may_see(person: Person | AnonymousUser, round: FundingRound) -> Verdict:
    return activities.may_see(person, round.activity)


def may_propose(round: FundingRound, *, now: datetime) -> Verdict:
    """Anyone may write one; who they are is asked when they send it."""
    if in_stage(round, "propose", now=now):
        return YES
    if round.stage(now) in (Stage.DRAFT, Stage.COMING):
        return Verdict(False, _("This round is not open for proposals yet."))
    return Verdict(False, _("This round has closed for proposals. Nothing you send now can be taken in."))


def voting_is_open(round: FundingRound, *, now: datetime) -> Verdict:
    """From voting_opens_at up to, and not including, the closing time."""
    stage = round.stage(now)
    if stage is Stage.VOTING:
        if not round.public_key:
            return Verdict(
                False, _("Voting cannot open yet: the key for the sealed ballots is missing. Ring the board.")
            )
        return YES
    if stage in (Stage.DRAFT, Stage.COMING, Stage.PROPOSALS, Stage.CHECKS):
        return Verdict(False, _("Voting has not opened yet."))
    return Verdict(False, _("Voting has closed. This was not counted."))


def may_vote(
    person: Person | AnonymousUser | None, round: FundingRound, *, now: datetime, code: VotingCode | None = None
) -> Verdict:
    """While voting is open: whoever holds a code of this round, or stands on its rung.

    Who once voted with a code, signed in, may change that vote without it.
    """
    verdict = voting_is_open(round, now=now)
    if not verdict:
        return verdict
    if code is not None:
        if code.batch.round_id != round.pk:
            return Verdict(False, _("This code is for another vote."))
        return YES
    if person is None:
        return Verdict(False, _("Type the code from your letter, or sign in."))
    verdict = activities.may_take_part(person, round.activity, now=now)
    if not verdict and person.is_authenticated and round.roll.filter(person=person.pk, code__isnull=False).exists():
        return YES
    return verdict


def may_see_results(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    """Nobody before the count, officers included: until then there are none."""
    if in_stage(round, "see_results", now=now) and may_see(person, round):
        return YES
    return Verdict(False, _("The results show when the votes have been counted."))


def may_see_proposal(person: Person | AnonymousUser, proposal: Proposal) -> Verdict:
    """Everyone once it is shown; until then its sender and the board's officers."""
    if proposal.state == Moderated.State.SHOWN:
        return YES
    if person.is_authenticated and proposal.lead_id == person.pk:
        return YES
    if may(person, "see_unpublished", proposal.round.activity.board_id):
        return YES
    return Verdict(False, "")


def may_withdraw(person: Person | AnonymousUser, proposal: Proposal, *, now: datetime) -> Verdict:
    """The group itself, until voting closes."""
    if not person.is_authenticated or proposal.lead_id != person.pk:
        return Verdict(False, _("Only the person who sent it in can withdraw it."))
    if proposal.standing in (Proposal.Standing.WITHDRAWN, Proposal.Standing.NOT_ELIGIBLE):
        return Verdict(False, _("This proposal is no longer in the round."))
    if not in_stage(proposal.round, "withdraw", now=now):
        return Verdict(False, _("Voting has closed, so it is too late to withdraw here. Ring the board."))
    return YES


def _officer(person: Person | AnonymousUser, act: str, round: FundingRound) -> Verdict:
    return may(person, act, round.activity.board_id)


def may_change_rules(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "run_activities", round)
    if verdict and not in_stage(round, "change_rules", now=now):
        return Verdict(False, _("Voting has opened, so the rules of this round can no longer change."))
    return verdict


def may_check(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "run_activities", round)
    if verdict and not in_stage(round, "check", now=now):
        return Verdict(False, _("The list for the ballot is fixed once voting opens."))
    return verdict


def may_count(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "run_count", round)
    if not verdict or in_stage(round, "count", now=now):
        return verdict
    if round.counted_at:
        return Verdict(False, _("This round has been counted."))
    return Verdict(False, _("A round can be counted only after voting has closed."))


def may_award(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "award", round)
    if not verdict or in_stage(round, "award", now=now):
        return verdict
    if round.awarded_at:
        return Verdict(False, _("The grants of this round have been awarded."))
    return Verdict(False, _("Grants can be awarded once the votes have been counted."))


def may_report(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "award", round)
    if verdict and not in_stage(round, "report", now=now):
        return Verdict(False, _("There is nothing to report on until grants have been awarded."))
    return verdict


def may_set_pot(person: Person | AnonymousUser, board_id: int) -> Verdict:
    return may(person, "set_pot", board_id)


def may_hold_ceremony(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    """While the round is a draft: publishing it needs the key."""
    verdict = _officer(person, "run_activities", round)
    if not verdict:
        return verdict
    if round.key_kept != FundingRound.KeyKept.OFFICERS:
        return Verdict(False, _("The key of this round lies in a file on the server. Change the round to split it."))
    if round.stage(now) is not Stage.DRAFT:
        return Verdict(False, _("This round is published, so its key can no longer change."))
    return YES


def may_try_shares(person: Person | AnonymousUser, round: FundingRound) -> Verdict:
    verdict = _officer(person, "see_unpublished", round)
    if not verdict:
        return verdict
    if round.key_kept != FundingRound.KeyKept.OFFICERS or not round.public_key:
        return Verdict(False, _("All three officers must take their share first."))
    if round.opened_at is not None:
        return Verdict(False, _("The ballots have been opened and the key is destroyed."))
    return YES


def may_make_codes(person: Person | AnonymousUser, round: FundingRound) -> Verdict:
    verdict = _officer(person, "run_count", round)
    if verdict and round.opened_at is not None:
        return Verdict(False, _("The ballots have been opened. A code would be of no use."))
    return verdict


def may_print_paper(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    """Once the list for the ballot is being settled, until voting closes."""
    verdict = _officer(person, "key_paper", round)
    if verdict and not in_stage(round, "print_paper", now=now):
        if round.stage(now) in (Stage.DRAFT, Stage.COMING, Stage.PROPOSALS):
            return Verdict(False, _("Sheets can be printed once the round has closed for proposals."))
        return Verdict(False, _("Voting has closed, so no more sheets are printed."))
    return verdict


def may_hand_in(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    """While voting is open, and until the count for sheets that came in before it closed."""
    return _paper_desk(person, "hand_in", round, now)


def may_key_paper(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    """From the opening of voting until the count."""
    return _paper_desk(person, "key_paper", round, now)


def _paper_desk(person: Person | AnonymousUser, act: str, round: FundingRound, now: datetime) -> Verdict:
    verdict = _officer(person, "key_paper", round)
    if not verdict or in_stage(round, act, now=now):
        return verdict
    if round.opened_at is not None:
        return Verdict(False, _("The ballots have been opened, so nothing more can be taken in or keyed."))
    return Verdict(False, _("Voting has not opened yet."))


def may_settle_votes(person: Person | AnonymousUser, round: FundingRound) -> Verdict:
    """Hold a vote back, say what should become of it, agree: each needs this role."""
    return _officer(person, "run_count", round)
