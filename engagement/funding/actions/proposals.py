"""A proposal from being sent in to its place on the ballot."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Organisation, Person
from boards.people.queries import colleagues_in
from engagement.activities.models import Channel
from engagement.activities.rules import REFERENCE_BITS, reference
from engagement.evidence.models import Need
from engagement.funding import panel_queries, permissions
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import CostLine, FundingRound, Objection, Proposal, Question, RollEntry
from engagement.funding.rules import BEFORE_VOTING, MOST_ON_A_BALLOT
from engagement.ideas.models import Idea
from engagement.ideas.permissions import writes
from engagement.ideas.queries import writers_of
from engagement.moderation.actions import decide
from engagement.moderation.models import Decision, Moderated
from engagement.notifications.actions import tell, tell_all


@transaction.atomic
def propose(
    *,
    round: FundingRound,
    lead: Person | None,
    title: str,
    group: str,
    summary: str,
    who_benefits: str,
    lines: Sequence[tuple[str, int]],
    now: datetime,
    place: str = "",
    org_id: str = "",
    organisation: Organisation | None = None,
    needs: Iterable[Need] = (),
    minutes_asked: int = 0,
    keyed: Keyed | None = None,
    from_idea: Idea | None = None,
) -> Proposal:
    """Keep a proposal, to be checked. What it asks for is the sum of its lines.

    One that an officer keys counts from the moment it reached the board.
    """
    if keyed is not None:
        may_be_keyed(keyed, round, now=now)
    elif not (verdict := permissions.may_propose(round, now=now)):
        raise Refused(verdict.why_not)
    if from_idea is not None and not may_carry(from_idea, lead, round):
        raise Refused(_("Only the people who wrote an idea can carry it into a round of the same board."))
    cost_pence = sum(amount for _what, amount in lines)
    if cost_pence <= 0:
        raise Refused(_("Say what the money would buy, and how much each thing costs."))
    if problem := too_dear(round, cost_pence):
        raise Refused(problem)
    proposal = Proposal.objects.create(
        round=round,
        lead=lead,
        title=title,
        slug=free_slug(round, title),
        group=group,
        organisation=organisation,
        org_id=org_id,
        summary=summary,
        who_benefits=who_benefits,
        place=place,
        cost_pence=cost_pence,
        reference=reference(secrets.randbits(REFERENCE_BITS)),
        sent_on=timezone.localdate(keyed.came_at if keyed else now),
        sent_at=now,
        minutes_asked=minutes_asked,
        from_idea=from_idea,
        channel=keyed.channel if keyed else Channel.WEB,
        keyed_by=keyed.by if keyed else None,
        keyed_because=keyed.because.strip()[:300] if keyed else "",
    )
    CostLine.objects.bulk_create(CostLine(proposal=proposal, what=what, amount_pence=amount) for what, amount in lines)
    proposal.needs.set([need for need in needs if need.board_id == round.activity.board_id])
    if keyed is not None:
        log(
            instance=proposal,
            action="funding.key",
            user=keyed.by,
            title=f"{_('Proposal')} {proposal.pk}",
            data={"channel": keyed.channel, "because": proposal.keyed_because, "board": round.activity.board_id},
        )
    if lead is not None:
        tell(
            person=lead,
            key=f"funding-proposed:{proposal.pk}",
            kind="funding",
            subject=_("We have your proposal “%(title)s”") % {"title": title},
            body=_("Your reference is %(reference)s. We will check it and write to you.")
            % {"reference": proposal.reference},
            link=proposal.get_absolute_url(),
            now=now,
        )
    if from_idea is not None:
        tell_all(
            people=writers_of(from_idea).exclude(pk=lead.pk if lead else 0),
            key=f"funding-from-idea:{proposal.pk}",
            kind="funding",
            subject=_("Your idea asks for money: %(title)s") % {"title": from_idea.title},
            body=_("One of its writers has carried it into “%(round)s”. You see the proposal once it is shown.")
            % {"round": round.title},
            link=from_idea.get_absolute_url(),
            now=now,
        )
    return proposal


def may_carry(idea: Idea, lead: Person | None, round: FundingRound) -> bool:
    return lead is not None and writes(lead, idea) and idea.call.activity.board_id == round.activity.board_id


@dataclass(frozen=True)
class Keyed:
    """A proposal that came by phone, on paper or in person: who keyed it, how and when it came, and why."""

    by: Person
    channel: str
    because: str
    came_at: datetime


def may_be_keyed(keyed: Keyed, round: FundingRound, *, now: datetime) -> None:
    """Refuse what no officer may key, and what reached the board outside the dates that bind everyone."""
    verdict = permissions.may_key(keyed.by, round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if not keyed.because.strip():
        raise Refused(_("Write why you key it for them."))
    if keyed.channel not in KEYED_CHANNELS:
        raise ValueError("A keyed proposal came by phone, on paper or in person.")
    if keyed.came_at > now:
        raise Refused(_("It cannot have reached you later than now."))
    dates = round.dates()
    if not dates.proposals_open_at <= keyed.came_at < dates.proposals_close_at:
        raise Refused(_("It reached you outside the dates for proposals, which are the same for everyone."))


KEYED_CHANNELS = (Channel.PHONE, Channel.PAPER, Channel.IN_PERSON)


def free_slug(round: FundingRound, title: str) -> str:
    base = slugify(title)[:60].strip("-") or "proposal"
    if not Proposal.objects.filter(round=round, slug=base).exists():
        return base
    return f"{base}-{secrets.token_hex(3)}"


def too_dear(round: FundingRound, cost_pence: int) -> str:
    """Give why this is more than the round can give to one proposal, or an empty text."""
    limits = [limit for limit in (round.most_pence, round.stream.cap_pence, round.budget_pence) if limit]
    return _("This comes to more than one proposal may ask for in this round.") if cost_pence > min(limits) else ""


def hold(proposal: Proposal, by: Person, now: datetime) -> Proposal:
    """Give the proposal, held, with its round held, if this officer may still check it."""
    round = (
        FundingRound.objects.select_for_update(of=("self",))
        .select_related("activity__board", "stream__pot")
        .get(pk=proposal.round_id)
    )
    held: Proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    held.round = round
    verdict = permissions.may_check(by, round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if RollEntry.objects.filter(round=round).exists():
        raise Refused(_("Someone has voted, so the list can no longer change."))
    if held.standing == Proposal.Standing.WITHDRAWN:
        raise Refused(_("This group has withdrawn its proposal."))
    return held


def settle(held: Proposal, proposal: Proposal, before: str, *, by: Person, now: datetime) -> None:
    """Write down where it stands now. A question that waits is over once something else is decided."""
    held.save(update_fields=["standing", "standing_words", "number"])
    if held.standing != Proposal.Standing.ASKED:
        Question.objects.filter(proposal=held).waiting().update(taken_back_at=now)
    for name in ("standing", "standing_words", "number", "state"):
        setattr(proposal, name, getattr(held, name))
    log(
        instance=held,
        action="funding.check",
        user=by,
        title=f"{_('Proposal')} {held.pk}",
        data={
            "before": before,
            "after": held.standing,
            "words": held.standing_words,
            "board": held.round.activity.board_id,
        },
    )


def tell_group(held: Proposal, *, subject: str, body: str, now: datetime, link: str = "") -> None:
    """Tell whoever sent it in and everyone who acts for the group, once each."""
    people = {held.lead.pk: held.lead} if held.lead is not None else {}
    if held.organisation_id is not None:
        people |= {person.pk: person for person in colleagues_in(held.organisation_id)}
    for person in people.values():
        tell(
            person=person,
            key=f"funding-check:{held.pk}:{held.standing}:{now.isoformat()}:{person.pk}",
            kind="funding",
            subject=subject % {"title": held.title},
            body=body,
            link=link or held.get_absolute_url(),
            now=now,
        )


@transaction.atomic
def put_on_ballot(*, proposal: Proposal, by: Person, now: datetime) -> None:
    """Give a checked proposal the next number on the ballot, and show it."""
    held = hold(proposal, by, now)
    if held.standing == Proposal.Standing.ON_BALLOT:
        return
    shortlist = panel_queries.shortlist_of(held.round)
    if shortlist is not None and held.pk not in shortlist:
        raise Refused(_("In this round a panel makes the shortlist, and this proposal is not on it."))
    before = held.standing
    if problem := too_dear(held.round, held.cost_pence):
        raise Refused(problem)
    number = (Proposal.objects.filter(round=held.round).aggregate(last=Max("number"))["last"] or 0) + 1
    if number > MOST_ON_A_BALLOT:
        raise Refused(_("A ballot holds at most %(most)d proposals.") % {"most": MOST_ON_A_BALLOT})
    held.standing, held.standing_words, held.number = Proposal.Standing.ON_BALLOT, "", number
    if held.state != Moderated.State.SHOWN:
        decide(item=held, to=Moderated.State.SHOWN, reason=Decision.Reason.FINE, by=by, now=now)
    settle(held, proposal, before, by=by, now=now)
    tell_group(
        held,
        subject=_("“%(title)s” is on the ballot"),
        body=_("Your proposal has been checked. People can vote for it when voting opens."),
        now=now,
    )


@transaction.atomic
def shortlist(*, proposal: Proposal, by: Person, now: datetime) -> None:
    """Put a checked proposal on the shortlist, in a round where a panel has a say."""
    held = hold(proposal, by, now)
    if held.round.combines == FundingRound.Combines.VOTE:
        raise Refused(_("In this round the vote alone decides, so there is no shortlist."))
    if held.standing == Proposal.Standing.SHORTLISTED:
        return
    before = held.standing
    held.standing, held.standing_words, held.number = Proposal.Standing.SHORTLISTED, "", None
    settle(held, proposal, before, by=by, now=now)
    tell_group(
        held,
        subject=_("“%(title)s” is on the shortlist"),
        body=_("Your proposal has been checked and is on the shortlist. We will write to you when there is more."),
        now=now,
    )


@transaction.atomic
def reopen(*, proposal: Proposal, by: Person, now: datetime) -> None:
    """Take back what was decided: off the ballot or the shortlist, or no longer refused. It is checked again."""
    held = hold(proposal, by, now)
    if held.standing not in DECIDED:
        raise Refused(_("There is nothing to take back."))
    before = held.standing
    held.standing, held.standing_words, held.number = Proposal.Standing.SUBMITTED, "", None
    settle(held, proposal, before, by=by, now=now)
    tell_group(
        held,
        subject=_("“%(title)s” is being checked again"),
        body=_("We took back what we wrote to you before. We are checking your proposal again."),
        now=now,
    )


DECIDED = (Proposal.Standing.ON_BALLOT, Proposal.Standing.SHORTLISTED, Proposal.Standing.NOT_ELIGIBLE)


@transaction.atomic
def refuse(*, proposal: Proposal, words: str, by: Person, now: datetime) -> None:
    """Say that a proposal cannot be funded in this round, and why."""
    _stand(
        proposal,
        Proposal.Standing.NOT_ELIGIBLE,
        words,
        by=by,
        now=now,
        subject=_("“%(title)s” cannot be funded in this round"),
    )


def _stand(proposal: Proposal, standing: str, words: str, *, by: Person, now: datetime, subject: str) -> None:
    held = hold(proposal, by, now)
    if not words.strip():
        raise Refused(_("Write the words that the group will read."))
    before = held.standing
    held.standing, held.standing_words, held.number = standing, words.strip(), None
    settle(held, proposal, before, by=by, now=now)
    tell_group(held, subject=subject, body=held.standing_words, now=now)


@transaction.atomic
def withdraw(*, proposal: Proposal, by: Person, now: datetime) -> None:
    """The group takes its proposal out.

    Before voting it leaves the ballot. After voting has opened its number stays, with a line
    through it: ticks already given to it count for nothing, and the rest of those ballots stands.
    """
    round = FundingRound.objects.select_for_update(of=("self",)).select_related("activity").get(pk=proposal.round_id)
    held: Proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    held.round = round
    verdict = permissions.may_withdraw(by, held, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    held.standing = Proposal.Standing.WITHDRAWN
    if round.stage(now) in BEFORE_VOTING and not RollEntry.objects.filter(round=round).exists():
        held.number = None
    held.save(update_fields=["standing", "number"])
    proposal.standing, proposal.number = held.standing, held.number


@transaction.atomic
def take_out(*, proposal: Proposal, words: str, by: Person, now: datetime) -> None:
    """Take a proposal out of a counted round because an objection was upheld. The count is then run again.

    It keeps its number, with a line through it, and its ticks count for nothing, as if it had withdrawn.
    """
    round = FundingRound.objects.select_for_update(of=("self",)).select_related("activity").get(pk=proposal.round_id)
    held: Proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    held.round = round
    verdict = permissions.may_count_again(by, round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if not round.objections.filter(outcome=Objection.Outcome.UPHELD).exists():
        raise Refused(_("A proposal is taken out after the count only when an objection was upheld."))
    if held.standing != Proposal.Standing.ON_BALLOT:
        raise Refused(_("This proposal is no longer in the round."))
    if not words.strip():
        raise Refused(_("Write the words that the group will read."))
    held.standing, held.standing_words = Proposal.Standing.WITHDRAWN, words.strip()[:1000]
    settle(held, proposal, Proposal.Standing.ON_BALLOT, by=by, now=now)
    tell_group(held, subject=_("“%(title)s” was taken out of the round"), body=held.standing_words, now=now)
