"""Who may do what in a round. The only place that says so."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from boards.people.models import Organisation
from boards.people.permissions import boards_where, may
from boards.people.queries import acts_for
from boards.people.rules import YES, Verdict
from engagement.activities import permissions as activities
from engagement.funding.models import Award, Draft, FundingRound, Host, Proposal, Report
from engagement.funding.rules import ALLOWED, BEFORE_VOTING, Stage
from engagement.ideas.permissions import writes
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
    if stage in BEFORE_VOTING:
        return Verdict(False, _("Voting has not opened yet."))
    return Verdict(False, _("Voting has closed. This was not counted."))


def may_vote(
    person: Person | AnonymousUser | None,
    round: FundingRound,
    *,
    now: datetime,
    code: VotingCode | None = None,
    shown: str | None = None,
) -> Verdict:
    """While voting is open: whoever holds a code of this round, or stands on its rung.

    Who once voted with a code, signed in, may change that vote without it. `shown` as for
    activities.permissions.may_take_part.
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
    verdict = activities.may_take_part(person, round.activity, now=now, shown=shown)
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
    if speaks_for(person, proposal) or may(person, "see_unpublished", proposal.round.activity.board_id):
        return YES
    host = Host.objects.filter(proposal=proposal).first() if person.is_authenticated else None
    return YES if host is not None and host.asked_id == person.pk else Verdict(False, "")


def speaks_for(person: Person | AnonymousUser, proposal: Proposal) -> bool:
    """Whoever sent it in, and everyone who acts for the group."""
    if not person.is_authenticated:
        return False
    return proposal.lead_id == person.pk or acts_for(person, proposal.organisation_id)


def may_edit_draft(person: Person | AnonymousUser, draft: Draft) -> Verdict:
    """Whoever started it, everyone who acts for the group, and who wrote the idea it came from.

    Officers do not read what is not sent.
    """
    if person.is_authenticated and (draft.started_by_id == person.pk or acts_for(person, draft.organisation_id)):
        return YES
    if draft.from_idea is not None and writes(person, draft.from_idea):
        return YES
    return Verdict(False, "")


def may_see_group(person: Person | AnonymousUser, organisation: Organisation) -> Verdict:
    return YES if acts_for(person, organisation.pk) else Verdict(False, "")


def may_see_papers(person: Person | AnonymousUser, organisation: Organisation) -> Verdict:
    """The group; officers of a board it asks; and, where a panel has a say, the panel's members."""
    if acts_for(person, organisation.pk):
        return YES
    if not person.is_authenticated:
        return Verdict(False, "")
    asked = Proposal.objects.filter(organisation=organisation)
    if asked.filter(round__activity__board__in=boards_where(person, "see_unpublished")).exists():
        return YES
    panels = asked.exclude(round__combines=FundingRound.Combines.VOTE)
    if panels.filter(round__activity__board__in=boards_where(person, "assess")).exists():
        return YES
    return Verdict(False, "")


def may_see_talk(person: Person | AnonymousUser, proposal: Proposal) -> Verdict:
    """The group and the board's officers: the words of a question are not for the public."""
    if speaks_for(person, proposal) or may(person, "see_unpublished", proposal.round.activity.board_id):
        return YES
    return Verdict(False, "")


def may_answer(person: Person | AnonymousUser, proposal: Proposal, *, now: datetime) -> Verdict:
    """The group, while its question waits and the list for the ballot is not fixed."""
    if not speaks_for(person, proposal):
        return Verdict(False, _("Only people of the group can answer."))
    if proposal.standing != Proposal.Standing.ASKED:
        return Verdict(False, _("No question waits for an answer."))
    if not in_stage(proposal.round, "check", now=now):
        return Verdict(False, _("The list for the ballot is fixed, so it is too late to answer here. Ring the board."))
    return YES


def may_key(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    """An officer who keys what came by phone, on paper or in person, until the list for the ballot is fixed."""
    verdict = _officer(person, "key_paper", round)
    if verdict and not in_stage(round, "check", now=now):
        return Verdict(False, _("A proposal can be keyed until voting opens."))
    return verdict


def may_withdraw(person: Person | AnonymousUser, proposal: Proposal, *, now: datetime) -> Verdict:
    """The group itself, until voting closes."""
    if not person.is_authenticated or proposal.lead_id != person.pk:
        return Verdict(False, _("Only the person who sent it in can withdraw it."))
    if proposal.standing in (Proposal.Standing.WITHDRAWN, Proposal.Standing.NOT_ELIGIBLE):
        return Verdict(False, _("This proposal is no longer in the round."))
    if not in_stage(proposal.round, "withdraw", now=now):
        return Verdict(False, _("It is too late to withdraw here. Ring the board."))
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


def may_amend(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    """Two officers, while voting is open and nobody has voted; the actions see to the second half."""
    verdict = _officer(person, "run_activities", round)
    if not verdict:
        verdict = _officer(person, "confirm_result", round)  # the chair may be the second officer
    if verdict and not in_stage(round, "amend", now=now):
        if round.stage(now) in BEFORE_VOTING:
            return Verdict(False, _("Voting has not opened yet: change the round itself."))
        return Verdict(False, _("Voting has closed, so the rules of this round can no longer change."))
    return verdict


def may_rehearse(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "run_activities", round)
    if verdict and (round.is_rehearsal or not in_stage(round, "rehearse", now=now)):
        return Verdict(False, _("A round can be rehearsed until its voting opens."))
    return verdict


def may_count_again(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "run_count", round)
    if verdict and not in_stage(round, "count_again", now=now):
        return Verdict(False, _("It can be counted again from the first count until the board confirms the result."))
    return verdict


def may_object(round: FundingRound, *, now: datetime) -> Verdict:
    """Anyone, within the review days; who they are is asked last."""
    if in_stage(round, "object", now=now):
        return YES
    if round.counted_at is None:
        return Verdict(False, _("There is no result to object to yet."))
    return Verdict(False, _("The days for objections are over. Ring the board or come to its next meeting."))


def may_answer_objection(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "run_count", round)
    if not verdict:
        verdict = _officer(person, "confirm_result", round)
    if verdict and not in_stage(round, "count_again", now=now):
        return Verdict(False, _("The result has been confirmed."))
    return verdict


def may_confirm(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    """The chair, or the coordinator who writes down what the board decided at its meeting."""
    verdict = _officer(person, "confirm_result", round)
    if not verdict:
        verdict = _officer(person, "run_count", round)
    if not verdict or in_stage(round, "confirm", now=now):
        return verdict
    if round.stage(now) is Stage.REVIEW:
        return Verdict(False, _("People can still object. Confirm the result when those days are over."))
    if round.confirmed_at:
        return Verdict(False, _("The board has confirmed this result."))
    return Verdict(False, _("There is no result to confirm yet."))


def may_close(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "run_activities", round)
    if verdict and not in_stage(round, "close", now=now):
        return Verdict(False, _("A round ends once its grants are awarded and every group has reported."))
    return verdict


def may_award(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "award", round)
    if not verdict or in_stage(round, "award", now=now):
        return verdict
    if round.awarded_at:
        return Verdict(False, _("The grants of this round have been awarded."))
    if round.stage(now) is Stage.REVIEW:
        return Verdict(False, _("People can still object. Grants can be awarded when those days are over."))
    return Verdict(False, _("Grants can be awarded once the votes have been counted."))


def may_report(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    verdict = _officer(person, "award", round)
    if verdict and not in_stage(round, "report", now=now):
        return Verdict(False, _("There is nothing to report on until grants have been awarded."))
    return verdict


def may_set_pot(person: Person | AnonymousUser, board_id: int) -> Verdict:
    return may(person, "set_pot", board_id)


# --- grants ------------------------------------------------------------------------------------


def is_of_group(person: Person | AnonymousUser, award: Award) -> bool:
    """The person who sent in the proposal answers for its grant."""
    return bool(person.is_authenticated and award.proposal.lead_id == person.pk)


def may_manage_award(person: Person | AnonymousUser, award: Award) -> Verdict:
    """An officer whose role on this board carries awarding: offers, payments, changes, reports."""
    return may(person, "award", award.proposal.round.activity.board_id)


def may_see_grant(person: Person | AnonymousUser, award: Award) -> Verdict:
    """The letter, the payments to come and the evidence: the group, and the board's officers who award."""
    return YES if is_of_group(person, award) else may_manage_award(person, award)


def may_see_report(person: Person | AnonymousUser, award: Award, report: Report | None) -> Verdict:
    """Everyone once it is published and its proposal can be read; until then the group and the officers."""
    if may_see_grant(person, award):
        return YES
    if report is not None and report.is_published and award.proposal.state == Moderated.State.SHOWN:
        return YES
    return Verdict(False, "")


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


def may_sample_paper(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    """Once voting has closed and until the count: before, a sheet could still come that no draw can reach."""
    verdict = _officer(person, "key_paper", round)
    if not verdict or in_stage(round, "sample_paper", now=now):
        return verdict
    if round.opened_at is not None:
        return Verdict(False, _("The ballots have been opened, so no sheet can be compared any more."))
    return Verdict(False, _("A sample is drawn once voting has closed and every sheet is keyed."))


def may_scan(person: Person | AnonymousUser, round: FundingRound, *, one_sheet: bool, now: datetime) -> Verdict:
    """A pile while paper is keyed; one sheet only after voting, when nobody stands at the desk handing it in."""
    verdict = _paper_desk(person, "scan_pile", round, now)
    if verdict and one_sheet and not in_stage(round, "scan_sheet", now=now):
        return Verdict(
            False,
            _(
                "One sheet can be scanned once voting has closed, so that no scan is made as somebody hands it in. "
                "Until then scan a whole pile."
            ),
        )
    return verdict


def may_see_scan(person: Person | AnonymousUser, round: FundingRound, *, now: datetime) -> Verdict:
    """Whoever may key the sheets may look at them again, until the round is closed and the scans go."""
    verdict = _officer(person, "key_paper", round)
    if verdict and not in_stage(round, "see_scan", now=now):
        return Verdict(False, _("The round is closed, and its scans are destroyed."))
    return verdict


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
