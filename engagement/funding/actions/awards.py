"""Awarding what the count funded, and writing down what came of it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.funding import panel_queries, permissions, queries, queries_awards
from engagement.funding.actions import ledger
from engagement.funding.actions.confirming import note_confirmed
from engagement.funding.actions.moving import may_move
from engagement.funding.actions.refusals import AwardRefused, Refused
from engagement.funding.models import Award, FundingRound, Proposal, Report, Stream
from engagement.notifications.actions import tell


@transaction.atomic
def award_round(*, round: FundingRound, words: str, by: Person, now: datetime) -> list[Award]:
    """Award every proposal that the settled count funded, in one act.

    `words` says where it was decided. The stream is held while its money is taken, and the
    database refuses to let it go below nothing.
    """
    held = FundingRound.objects.select_for_update(of=("self",)).select_related("activity__board").get(pk=round.pk)
    verdict = permissions.may_award(by, held, now=now)
    if not verdict:
        raise AwardRefused(verdict.why_not)
    if not words.strip():
        raise AwardRefused(_("Say where this was decided, such as the meeting and its date."))
    if held.combines == FundingRound.Combines.PANEL_HEARS_VOTE and not panel_queries.panel_has_decided(held):
        raise AwardRefused(_("In this round a panel decides after hearing the vote, and it has not decided yet."))
    if held.is_rehearsal:
        raise AwardRefused(_("This is a rehearsal. No money is given out."))
    if not (verdict := may_move(held, "award", now=now)):
        raise AwardRefused(verdict.why_not)
    if held.confirmed_at is None:
        # One meeting may decide both: then the words of the award are the record of the decision.
        note_confirmed(held, words=words, by=by, now=now)
    funded = queries.funded_proposals(held)
    [stream] = ledger.held(held.stream)
    if stream.left_pence < sum(proposal.cost_pence for proposal in funded):
        raise AwardRefused(not_enough())
    awards = [award_one(proposal, stream=stream, words=words, by=by, now=now) for proposal in funded]
    held.awarded_at, held.awarded_words = now, words.strip()[:300]
    held.save(update_fields=["awarded_at", "awarded_words"])
    round.awarded_at, round.awarded_words = held.awarded_at, held.awarded_words
    log(
        instance=held,
        action="funding.award",
        user=by,
        data={
            "awards": [[award.proposal.number, award.amount_pence] for award in awards],
            "words": held.awarded_words,
            "board": held.activity.board_id,
        },
    )
    tell_groups(held, now=now)
    return awards


def not_enough() -> str:
    return _("The stream holds less than these grants come to. Nothing was awarded. Put money in first.")


def award_one(proposal: Proposal, *, stream: Stream, words: str, by: Person | None, now: datetime) -> Award:
    """Make one award, in the round's transaction and with its stream held: it and its entry, or neither."""
    award = Award.objects.create(
        proposal=proposal, stream=stream, amount_pence=proposal.cost_pence, awarded_at=now, changed_at=now, by=by
    )
    award.areas.set(queries_awards.wards_named(proposal))
    try:
        ledger.write(
            stream=stream, kind="awarded", amount_pence=award.amount_pence, award=award,
            on=timezone.localdate(now), by=by, words=words,
        )  # fmt: skip
    except ledger.MoneyRefused:  # the constraint of the database, whatever was read before
        raise AwardRefused(not_enough()) from None
    return award


def tell_groups(round: FundingRound, *, now: datetime) -> None:
    """Tell each group on the ballot how its proposal fared."""
    funded = {proposal.pk for proposal in queries.funded_proposals(round)}
    for proposal in round.proposals.choosable().select_related("lead"):
        if proposal.lead is None:
            continue
        if proposal.pk in funded:
            subject = _("“%(title)s” has a grant") % {"title": proposal.title}
            body = _("Your proposal won enough votes, and the board has awarded the grant. We will be in touch.")
        else:
            subject = _("“%(title)s” did not win a grant this time") % {"title": proposal.title}
            body = _("The votes have been counted. The results page says why, and anyone can count them again.")
        tell(
            person=proposal.lead,
            key=f"funding-award:{proposal.pk}",
            kind="funding",
            subject=subject,
            body=body,
            link=round.address("results"),
            now=now,
        )


@transaction.atomic
def record_report(
    *,
    award: Award,
    did: str,
    spent_pence: int,
    people_helped: int | None,
    on: date,
    publish: bool,
    by: Person,
    now: datetime,
    went_wrong: str = "",
    again: str = "",
) -> Report:
    """Keep what a group says it did with its grant; a later report of the same award takes its place."""
    round = award.proposal.round
    verdict = permissions.may_report(by, round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    report, made = Report.objects.update_or_create(
        award=award,
        defaults={
            "did": did,
            "spent_pence": spent_pence,
            "people_helped": people_helped,
            "went_wrong": went_wrong,
            "again": again,
            "reported_on": on,
            "is_published": publish,
        },
    )
    log(
        instance=award.proposal,
        action="funding.report",
        user=by,
        data={"first": made, "spent_pence": spent_pence, "published": publish, "board": round.activity.board_id},
    )
    return report
