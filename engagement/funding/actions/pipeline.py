"""Funders together: an interest, a part of the cost, an offer to a pot, and what the board answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Organisation, Person, Role
from components.templatetags.components import pence
from engagement.funding import pipeline_permissions as permissions
from engagement.funding.actions.money import contribute
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import (
    ContactAgreed,
    Funder,
    FunderInterest,
    Offer,
    Pledge,
    Proposal,
    SavedFilter,
    SharedCost,
    Stream,
)
from engagement.notifications.actions import tell

MOST_SAVED = 30


class PipelineRefused(Refused):
    """Nothing was promised and nothing changed; the message says why."""


def _allow(verdict: Any) -> None:
    if not verdict:
        raise PipelineRefused(verdict.why_not)


def _held(proposal: Proposal) -> Proposal:
    """Give the proposal, held: the parts of one cost are promised one after another."""
    held: Proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("round__activity__board", "lead")
        .get(pk=proposal.pk)
    )
    return held


def _log(action: str, proposal: Proposal, by: Person | None, **data: Any) -> None:
    log(
        instance=proposal,
        action=f"funding.{action}",
        user=by,
        title=f"{_('Proposal')} {proposal.pk}",
        data={**data, "board": proposal.round.activity.board_id},
    )


def _desk_address(proposal: Proposal) -> str:
    return f"/desk/funding/proposals/{proposal.pk}/funders/"


def _tell_coordinators(proposal: Proposal, *, key: str, subject: str, body: str, now: datetime) -> None:
    board_id = proposal.round.activity.board_id
    held = Role.objects.held_on(timezone.localdate(now)).filter(kind=Role.Kind.COORDINATOR, board=board_id)
    for role in held.select_related("person"):
        tell(
            person=role.person, key=f"{key}:{role.person_id}", kind="funding", subject=subject, body=body,
            link=_desk_address(proposal), now=now,
        )  # fmt: skip


# --- who funds ---------------------------------------------------------------------------------


@transaction.atomic
def name_funder(*, organisation: Organisation, by: Person | None, on: date) -> Funder:
    """Say that an organisation funds: its partners see the pipeline from now on."""
    if by is not None:
        _allow(permissions.may_name_funders(by))
    funder, made = Funder.objects.get_or_create(organisation=organisation, defaults={"since": on})
    if made:
        log(instance=organisation, action="funding.name_funder", user=by, data={"organisation": organisation.pk})
    return funder


@transaction.atomic
def end_funder(*, funder: Funder, by: Person) -> None:
    """Say that an organisation no longer funds. One that has promised anything stays, so that the promise does."""
    _allow(permissions.may_name_funders(by))
    if funder.interests.exists() or funder.pledges.exists() or funder.offers.exists():
        raise PipelineRefused(_("It has promised or said something here. End its people's roles instead."))
    log(
        instance=funder.organisation,
        action="funding.end_funder",
        user=by,
        data={"organisation": funder.organisation_id},
    )
    funder.delete()


# --- interest ----------------------------------------------------------------------------------


@transaction.atomic
def mark_interest(
    *, proposal: Proposal, funder: Funder, words: str, seen_by: str, by: Person, now: datetime
) -> FunderInterest:
    """Say that a funder has its eye on a proposal, in words; the group reads them only if the funder wants it so."""
    held = _held(proposal)
    _allow(permissions.may_speak_for(permissions.eyes_of(by), funder, held))
    if not words.strip():
        raise PipelineRefused(_("Say in a few words what interests you."))
    interest, _made = FunderInterest.objects.update_or_create(
        proposal=held,
        funder=funder,
        defaults={"words": words.strip()[:600], "seen_by": seen_by, "by": by, "said_at": now},
    )
    _log("mark_interest", held, by, funder=funder.pk, seen_by=seen_by)
    if seen_by == FunderInterest.SeenBy.GROUP and held.lead is not None:
        tell(
            person=held.lead,
            key=f"funder-interest:{held.pk}:{funder.pk}",
            kind="funding",
            subject=_("A funder is interested in “%(title)s”") % {"title": held.title},
            body=f"{funder.organisation}: {interest.words}",
            link=held.get_absolute_url(),
            now=now,
        )
    return interest


@transaction.atomic
def take_back_interest(*, proposal: Proposal, funder: Funder, by: Person) -> None:
    held = _held(proposal)
    _allow(permissions.may_speak_for(permissions.eyes_of(by), funder, held))
    gone, _rows = FunderInterest.objects.filter(proposal=held, funder=funder).delete()
    if gone:
        _log("take_back_interest", held, by, funder=funder.pk)


# --- sharing a cost ----------------------------------------------------------------------------


def _shared_cost(held: Proposal) -> SharedCost:
    """Give how the cost is shared, with what is asked and awarded as they stand today."""
    shared, _made = SharedCost.objects.get_or_create(proposal=held, defaults={"asked_pence": held.cost_pence})
    award = getattr(held, "award", None)
    board_pence = max(shared.board_pence, award.amount_pence if award else 0)
    if (shared.asked_pence, shared.board_pence) != (held.cost_pence, board_pence):
        shared.asked_pence, shared.board_pence = held.cost_pence, board_pence
        try:
            with transaction.atomic():
                shared.save(update_fields=["asked_pence", "board_pence"])
        except IntegrityError:
            raise PipelineRefused(_("What is promised already comes to all that is asked.")) from None
    return shared


@transaction.atomic
def pledge(
    *, proposal: Proposal, funder: Funder, amount_pence: int, conditions: str, by: Person, now: datetime
) -> Pledge:
    """Promise a part of a proposal's cost. All parts and the board's never come to more than is asked."""
    held = _held(proposal)
    _allow(permissions.may_pledge(permissions.eyes_of(by), funder, held))
    if amount_pence <= 0:
        raise PipelineRefused(_("Pledge at least a penny."))
    shared = _shared_cost(held)
    if Pledge.objects.standing().filter(proposal=held, funder=funder).exists():
        raise PipelineRefused(_("This funder has pledged already. Withdraw that pledge to make another."))
    if amount_pence > shared.left_pence:
        raise PipelineRefused(
            _("Together that would be more than is asked. %(left)s is still open.") % {"left": pence(shared.left_pence)}
        )
    try:
        with transaction.atomic():
            SharedCost.objects.filter(pk=held.pk).update(pledged_pence=F("pledged_pence") + amount_pence)
            made = Pledge.objects.create(
                proposal=held, funder=funder, amount_pence=amount_pence, conditions=conditions.strip()[:600], by=by,
                pledged_at=now,
            )  # fmt: skip
    except IntegrityError:  # the constraints of the database, whatever the lines above believed
        raise PipelineRefused(_("Someone else pledged a moment ago. Look at what is still open.")) from None
    _log("pledge", held, by, funder=funder.pk, amount_pence=amount_pence)
    _tell_coordinators(
        held,
        key=f"funder-pledge:{made.pk}",
        subject=_("A pledge towards “%(title)s”") % {"title": held.title},
        body=_("%(funder)s pledges %(money)s. It waits for you to agree.")
        % {"funder": funder.organisation, "money": pence(amount_pence)},
        now=now,
    )
    return made


@transaction.atomic
def withdraw_pledge(*, pledge: Pledge, words: str, by: Person, now: datetime) -> None:
    """Take a pledge back. One that was agreed is withdrawn with a reason, and the coordinator is told."""
    held = _held(pledge.proposal)
    row = Pledge.objects.select_related("funder__organisation").get(pk=pledge.pk)
    _allow(permissions.may_speak_for(permissions.eyes_of(by), row.funder, held))
    if row.state == Pledge.State.WITHDRAWN:
        raise PipelineRefused(_("This pledge has been withdrawn."))
    if row.state == Pledge.State.AGREED and not words.strip():
        raise PipelineRefused(_("The board counts on this pledge. Say why you withdraw it."))
    was = row.state
    row.state, row.withdrawn_at, row.withdrawn_words = Pledge.State.WITHDRAWN, now, words.strip()[:300]
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_words"])
    SharedCost.objects.filter(pk=held.pk).update(pledged_pence=F("pledged_pence") - row.amount_pence)
    _log("withdraw_pledge", held, by, funder=row.funder_id, amount_pence=row.amount_pence, before=was)
    _tell_coordinators(
        held,
        key=f"funder-pledge-back:{row.pk}",
        subject=_("A pledge towards “%(title)s” was withdrawn") % {"title": held.title},
        body=f"{row.funder.organisation}: {row.withdrawn_words}"
        if row.withdrawn_words
        else str(row.funder.organisation),
        now=now,
    )


@transaction.atomic
def agree_pledge(*, pledge: Pledge, by: Person, now: datetime) -> None:
    """The board's coordinator agrees a pledge, with its conditions."""
    held = _held(pledge.proposal)
    _allow(permissions.may_agree(by, held.round.activity.board_id))
    row = Pledge.objects.select_related("by").get(pk=pledge.pk)
    if row.state != Pledge.State.PLEDGED:
        raise PipelineRefused(_("This pledge does not wait to be agreed."))
    row.state, row.agreed_by, row.agreed_at = Pledge.State.AGREED, by, now
    row.save(update_fields=["state", "agreed_by", "agreed_at"])
    _log("agree_pledge", held, by, funder=row.funder_id, amount_pence=row.amount_pence)
    if row.by is not None:
        tell(
            person=row.by,
            key=f"funder-pledge-agreed:{row.pk}",
            kind="funding",
            subject=_("Your pledge towards “%(title)s” is agreed") % {"title": held.title},
            body=_("The board counts on %(money)s from you.") % {"money": pence(row.amount_pence)},
            link=f"/pipeline/{held.reference}/",
            now=now,
        )


@transaction.atomic
def set_boards_part(*, proposal: Proposal, board_pence: int, by: Person) -> SharedCost:
    """The coordinator says what the board means to give; funders share the rest."""
    held = _held(proposal)
    _allow(permissions.may_agree(by, held.round.activity.board_id))
    shared = _shared_cost(held)
    before = shared.board_pence
    shared.board_pence = board_pence
    award = getattr(held, "award", None)
    if award is not None and board_pence < award.amount_pence:
        raise PipelineRefused(_("The board has awarded %(money)s already.") % {"money": pence(award.amount_pence)})
    try:
        with transaction.atomic():
            SharedCost.objects.filter(pk=held.pk).update(board_pence=board_pence)
    except IntegrityError:
        raise PipelineRefused(_("With what funders have pledged, that is more than is asked.")) from None
    _log("set_boards_part", held, by, before=before, after=board_pence)
    return shared


# --- offers to a pot ---------------------------------------------------------------------------


@transaction.atomic
def offer(*, stream: Stream, funder: Funder, amount_pence: int, conditions: str, by: Person, now: datetime) -> Offer:
    """Offer money to a part of a board's pot, with conditions. It is spent by nobody until it is taken in."""
    _allow(permissions.may_offer(permissions.eyes_of(by), funder, stream))
    if amount_pence <= 0:
        raise PipelineRefused(_("Offer at least a penny."))
    made = Offer.objects.create(
        stream=stream,
        funder=funder,
        amount_pence=amount_pence,
        conditions=conditions.strip()[:280],
        by=by,
        offered_at=now,
    )
    log(
        instance=stream,
        action="funding.offer",
        user=by,
        data={"amount_pence": amount_pence, "from": str(funder), "board": stream.pot.board_id},
    )
    return made


def _open_offer(offer: Offer) -> Offer:
    row = (
        Offer.objects.select_for_update(of=("self",))
        .select_related("stream__pot__board", "funder__organisation", "by")
        .get(pk=offer.pk)
    )
    if row.state != Offer.State.OFFERED:
        raise PipelineRefused(_("This offer has been answered or withdrawn."))
    return row


@transaction.atomic
def withdraw_offer(*, offer: Offer, by: Person, now: datetime) -> None:
    row = _open_offer(offer)
    _allow(permissions.may_offer(permissions.eyes_of(by), row.funder, row.stream))
    row.state, row.answered_at = Offer.State.WITHDRAWN, now
    row.save(update_fields=["state", "answered_at"])
    log(
        instance=row.stream,
        action="funding.withdraw_offer",
        user=by,
        data={"amount_pence": row.amount_pence, "from": str(row.funder), "board": row.stream.pot.board_id},
    )


@transaction.atomic
def answer_offer(*, offer: Offer, take_in: bool, words: str, by: Person, now: datetime) -> None:
    """Take offered money into the pot, under its conditions, or decline it with a reason."""
    row = _open_offer(offer)
    _allow(permissions.may_answer_offer(by, row.stream.pot.board_id))
    if not take_in and not words.strip():
        raise PipelineRefused(_("Say why. The funder reads it."))
    if take_in:
        row.contribution = contribute(
            stream=row.stream,
            organisation=str(row.funder),
            amount_pence=row.amount_pence,
            by=by,
            on=timezone.localdate(now),
            words=words.strip()[:300],
            conditions=row.conditions,
        )
    row.state = Offer.State.TAKEN_IN if take_in else Offer.State.DECLINED
    row.answered_at, row.answered_words = now, words.strip()[:300]
    row.save(update_fields=["state", "answered_at", "answered_words", "contribution"])
    log(
        instance=row.stream,
        action="funding.answer_offer",
        user=by,
        data={"state": row.state, "from": str(row.funder), "board": row.stream.pot.board_id},
    )
    if row.by is not None:
        tell(
            person=row.by,
            key=f"funder-offer:{row.pk}",
            kind="funding",
            subject=_("Your money is in the pot") if take_in else _("Your offer was not taken"),
            body=row.answered_words or _("Thank you."),
            link="/pipeline/pots/",
            now=now,
        )


# --- a group's contact, and one's own ways of looking -------------------------------------------


@transaction.atomic
def share_contact(*, proposal: Proposal, agrees: bool, by: Person, now: datetime) -> None:
    """The group agrees that funders see its e-mail address, or takes that back."""
    _allow(permissions.may_share_contact(by, proposal))
    if agrees:
        ContactAgreed.objects.get_or_create(proposal=proposal, defaults={"at": now})
    else:
        ContactAgreed.objects.filter(proposal=proposal).delete()


@transaction.atomic
def save_filter(*, person: Person, name: str, query: str) -> SavedFilter:
    """Keep a way of looking at the pipeline under a name; the same name takes the place of the old one."""
    _allow(permissions.may_see_pipeline(permissions.eyes_of(person)))
    if SavedFilter.objects.filter(person=person).exclude(name=name).count() >= MOST_SAVED:
        raise PipelineRefused(_("You have kept %(most)d already. Remove one first.") % {"most": MOST_SAVED})
    return SavedFilter.objects.update_or_create(person=person, name=name, defaults={"query": query})[0]


def log_copy(*, by: Person, query: str, rows: int) -> None:
    """Write to the log that someone took a copy of the pipeline: what they asked for and how many rows they got."""
    log(
        instance=by,
        action="funding.copy_pipeline",
        user=by,
        title=str(by.pk),
        data={"query": query[:800], "rows": rows},
    )
