"""An award from the offer to its answer, and every change after: one table of moves says what may be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.funding import permissions, queries_awards, words_awards
from engagement.funding.actions.ledger import MoneyRefused, held, write
from engagement.funding.actions.refusals import AwardRefused
from engagement.funding.models import Award, FundingRound, OfferTemplate, Variation
from engagement.funding.rules.awards import MOVES, State, Who, refused
from engagement.notifications.actions import tell


def held_award(award: Award) -> Award:
    """Give the award, held, and then its stream: always in this order."""
    row = (
        Award.objects.select_for_update(of=("self",))
        .select_related("proposal__round__activity__board", "proposal__lead")
        .get(pk=award.pk)
    )
    [row.stream] = held(row.stream)
    return row


def who_is(person: Person | None, award: Award) -> Who:
    """Say as whom someone acts. Nobody (the loader of a demo, a command) acts as an officer."""
    if person is None or permissions.may_manage_award(person, award):
        return Who.OFFICER
    if permissions.is_of_group(person, award):
        return Who.GROUP
    raise AwardRefused(_("Your role on this board does not include this."))


def may_move(
    name: str, row: Award, *, by: Person | None, who: Who | None = None, reason: str = "", amount_pence: int = 0
) -> Who:
    """Ask the table of moves; give as whom the move is made, or refuse in words."""
    asks = who or who_is(by, row)
    why = refused(name, queries_awards.facts_of(row), who=asks, reason=reason, amount_pence=amount_pence)
    if why is not None:
        raise AwardRefused(words_awards.refusal(why, name, State(row.state)))
    return asks


def done(
    name: str, award: Award, row: Award, *, by: Person | None, now: datetime, before: str = "", **data: Any
) -> None:
    """Set where the move leads, write it to the log, and let the caller's object say the same."""
    before = before or row.state
    move = MOVES[name]
    if move.after is not None:
        row.state = Award.State(move.after.value)
    row.changed_at = now
    row.save()
    log(
        instance=row,
        action=f"funding.award_{name}",
        user=by,
        title=f"{_('Grant')} {row.pk}",
        data={"before": before, "after": row.state, **data, "board": row.proposal.round.activity.board_id},
    )
    for field in ("state", "amount_pence", "paid_pence", "purpose", "offered_at", "answered_at", "changed_at"):
        setattr(award, field, getattr(row, field))


def tell_group(row: Award, *, key: str, subject: str, body: str, now: datetime, link: str = "") -> None:
    lead = row.proposal.lead
    if lead is not None:
        tell(
            person=lead,
            key=f"funding-grant:{row.pk}:{key}",
            kind="funding",
            subject=subject % {"title": row.proposal.title},
            body=body,
            link=link or row.address("grant"),
            now=now,
        )


def tell_officers(row: Award, *, key: str, subject: str, body: str, link: str, now: datetime) -> None:
    board = row.proposal.round.activity.board
    for officer in queries_awards.officers_of(board, "award", timezone.localdate(now)):
        tell(
            person=officer,
            key=f"funding-grant:{row.pk}:{key}:{officer.pk}",
            kind="funding",
            subject=subject % {"title": row.proposal.title},
            body=body,
            link=link,
            now=now,
        )


def desk_link(row: Award) -> str:
    return f"/desk/funding/awards/{row.pk}/"


# --- the offer ---------------------------------------------------------------------------------


@transaction.atomic
def offer(
    *,
    award: Award,
    answer_by: date,
    by: Person | None,
    now: datetime,
    words: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    report_by: date | None = None,
) -> Award:
    """Send the group its letter: `words`, or the board's own letter, or the first one there is."""
    row = held_award(award)
    may_move("offer", row, by=by)
    if answer_by < timezone.localdate(now):
        raise AwardRefused(_("Give the group a day to answer by that has not passed."))
    if starts_on and ends_on and ends_on < starts_on:
        raise AwardRefused(_("It ends before it starts. Check the two days."))
    board = row.proposal.round.activity.board
    row.report_by = report_by or row.report_by
    template = words.strip() or queries_awards.letter_of(board) or words_awards.first_letter()
    row.offer_words = words_awards.letter(template, row, board=board.name, answer_by=answer_by, report_by=row.due_on)
    row.offered_at, row.answer_by = now, answer_by
    row.starts_on, row.ends_on = starts_on or row.starts_on, ends_on or row.ends_on
    done("offer", award, row, by=by, now=now, answer_by=str(answer_by))
    tell_group(
        row,
        key=f"offer:{now.isoformat()}",
        subject=_("A grant is offered to you: “%(title)s”"),
        body=_("Read the letter and its terms, and say yes or no by %(day)s.")
        % {"day": words_awards.london_date(answer_by)},
        now=now,
    )
    return row


@transaction.atomic
def offer_round(*, round: FundingRound, answer_by: date, by: Person | None, now: datetime) -> int:
    """Send every grant of a round that waits for it its letter; give how many went."""
    waiting = Award.objects.filter(proposal__round=round, state=Award.State.AWARDED).order_by("pk")
    for award in waiting:
        offer(award=award, answer_by=answer_by, by=by, now=now)
    return len(waiting)


@transaction.atomic
def take_offer_back(*, award: Award, reason: str, by: Person | None, now: datetime) -> Award:
    """Undo an offer nobody has answered yet. The grant stays awarded and no money moves."""
    row = held_award(award)
    may_move("take_offer_back", row, by=by, reason=reason)
    row.offered_at = row.answer_by = None
    done("take_offer_back", award, row, by=by, now=now, reason=reason)
    tell_group(
        row,
        key=f"offer-back:{now.isoformat()}",
        subject=_("The offer for “%(title)s” is put off"),
        body=reason,
        now=now,
    )
    return row


@transaction.atomic
def accept(*, award: Award, by: Person | None, now: datetime, reason: str = "", as_group: bool = False) -> Award:
    """The group says yes: online by its lead, or written down by an officer with how it was said."""
    row = held_award(award)
    who = may_move("accept", row, by=by, who=as_whom(row, by, as_group), reason=reason)
    answered(row, who, reason, now)
    done("accept", award, row, by=by, now=now, who=who.value, reason=reason)
    tell_group(
        row,
        key=f"accepted:{now.isoformat()}",
        subject=_("You have accepted the grant for “%(title)s”"),
        body=_("Thank you. The board now plans the payments, and you see them on the page of your grant."),
        now=now,
    )
    if who is Who.GROUP:
        tell_officers(
            row,
            key=f"accepted:{now.isoformat()}",
            subject=_("Accepted: “%(title)s”"),
            body=_("The group has accepted its grant. Plan the payments next."),
            link=desk_link(row),
            now=now,
        )
    return row


def as_whom(row: Award, by: Person | None, as_group: bool) -> Who | None:
    """An officer who leads a group answers for it as anyone would, on the group's own page."""
    return Who.GROUP if as_group and by is not None and permissions.is_of_group(by, row) else None


def answered(row: Award, who: Who, reason: str, now: datetime) -> None:
    row.answered_at, row.answered_by_group, row.answered_words = now, who is Who.GROUP, reason.strip()[:300]


@transaction.atomic
def decline(*, award: Award, by: Person | None, now: datetime, reason: str = "", as_group: bool = False) -> Award:
    """The group says no: its money goes back into the stream."""
    row = held_award(award)
    who = may_move("decline", row, by=by, who=as_whom(row, by, as_group), reason=reason)
    answered(row, who, reason, now)
    before, row.state = row.state, Award.State.DECLINED
    row.save()
    release(row, row.amount_pence, by=by, now=now, words=_("The group said no to the grant"))
    done("decline", award, row, by=by, now=now, before=before, who=who.value, reason=reason)
    tell_group(
        row,
        key=f"declined:{now.isoformat()}",
        subject=_("You have said no to the grant for “%(title)s”"),
        body=_("Thank you for telling us. The money is back in the pot for others."),
        now=now,
    )
    if who is Who.GROUP:
        tell_officers(
            row,
            key=f"declined:{now.isoformat()}",
            subject=_("Not wanted: “%(title)s”"),
            body=_("The group has said no to its grant. The money is back in the pot."),
            link=desk_link(row),
            now=now,
        )
    return row


def release(row: Award, amount_pence: int, *, by: Person | None, now: datetime, words: str) -> None:
    """Put money of an award back into its stream."""
    if amount_pence:
        write(
            stream=row.stream, kind="released", amount_pence=amount_pence, award=row,
            on=timezone.localdate(now), by=by, words=words,
        )  # fmt: skip


@transaction.atomic
def reopen(*, award: Award, reason: str, by: Person | None, now: datetime) -> Award:
    """Undo an answer while nothing is paid: the grant is on offer again. Declined money is taken again."""
    row = held_award(award)
    again = 0
    if row.state == Award.State.DECLINED:
        last = row.entries.filter(kind="released").order_by("-pk").first()
        again = last.amount_pence if last else 0
    may_move("reopen", row, by=by, reason=reason, amount_pence=row.amount_pence + again)
    if again:
        write(
            stream=row.stream, kind="raised", amount_pence=again, award=row,
            on=timezone.localdate(now), by=by, words=reason,
        )  # fmt: skip
    row.answered_at, row.answered_by_group, row.answered_words = None, False, ""
    done("reopen", award, row, by=by, now=now, reason=reason)
    tell_group(
        row,
        key=f"reopened:{now.isoformat()}",
        subject=_("The grant for “%(title)s” is on offer again"),
        body=reason,
        now=now,
    )
    return row


# --- changes -----------------------------------------------------------------------------------


@transaction.atomic
def vary(
    *, award: Award, reason: str, by: Person | None, now: datetime, amount_pence: int | None = None, purpose: str = ""
) -> Variation:
    """Change what a grant comes to, or what it is for. Public, with the reason."""
    row = held_award(award)
    new_pence = row.amount_pence if amount_pence is None else amount_pence
    may_move("vary", row, by=by, reason=reason, amount_pence=new_pence)
    before_pence, before_purpose = row.amount_pence, row.purpose_now
    new_purpose = purpose.strip() or before_purpose
    if new_pence == before_pence and new_purpose == before_purpose:
        raise AwardRefused(_("Nothing would change. Write another amount, or what it is for now."))
    planned = queries_awards.facts_of(row).scheduled_pence
    if row.paid_pence + planned > new_pence:
        raise AwardRefused(_("The planned payments come to more than that. Take some out first."))
    cap = row.stream.cap_pence
    if new_pence > before_pence and cap is not None and new_pence > cap:
        raise AwardRefused(_("One grant from this part of the pot may not be as much as that."))
    day = timezone.localdate(now)
    if new_pence > before_pence:
        write(
            stream=row.stream, kind="raised", amount_pence=new_pence - before_pence, award=row, on=day, by=by,
            words=reason,
        )  # fmt: skip
    else:
        release(row, before_pence - new_pence, by=by, now=now, words=reason)
    if new_purpose != before_purpose:
        row.purpose = new_purpose
    change = Variation.objects.create(
        award=row,
        on=day,
        before_pence=before_pence,
        after_pence=new_pence,
        before_purpose=before_purpose if new_purpose != before_purpose else "",
        after_purpose=new_purpose if new_purpose != before_purpose else "",
        reason=reason.strip()[:300],
        by=by,
    )
    done("vary", award, row, by=by, now=now, before_pence=before_pence, after_pence=new_pence, reason=reason)
    tell_group(
        row, key=f"varied:{change.pk}", subject=_("Your grant for “%(title)s” has changed"), body=reason, now=now
    )
    return change


@transaction.atomic
def withdraw_award(*, award: Award, reason: str, by: Person | None, now: datetime) -> Award:
    """The board takes a grant back: what is not paid goes into the stream again. Public, with the reason."""
    row = held_award(award)
    may_move("withdraw", row, by=by, reason=reason)
    row.ended_words = reason.strip()[:300]
    before, row.state = row.state, Award.State.WITHDRAWN
    row.save()
    release(row, row.to_pay_pence, by=by, now=now, words=reason)
    row.payments.filter(paid_on__isnull=True).delete()
    done("withdraw", award, row, by=by, now=now, before=before, reason=reason)
    tell_group(
        row,
        key=f"withdrawn:{now.isoformat()}",
        subject=_("The grant for “%(title)s” is withdrawn"),
        body=reason,
        now=now,
    )
    return row


@transaction.atomic
def save_letter(*, board: Board, words: str, by: Person) -> OfferTemplate:
    """Keep a board's own letter of offer; letters already sent stay as they were."""
    before = queries_awards.letter_of(board)
    kept, _made = OfferTemplate.objects.update_or_create(board=board, defaults={"words": words})
    log(instance=kept, action="funding.letter", user=by, data={"before": before, "after": words, "board": board.pk})
    return kept


@transaction.atomic
def set_places(*, award: Award, areas: Iterable[Area], by: Person, now: datetime) -> None:
    """Say which wards of its board a grant is for."""
    row = held_award(award)
    verdict = permissions.may_manage_award(by, row)
    if not verdict:
        raise AwardRefused(verdict.why_not)
    own = set(row.proposal.round.activity.board.areas.values_list("pk", flat=True))
    chosen = [area for area in areas if area.pk in own]
    before = list(row.areas.values_list("code", flat=True))
    row.areas.set(chosen)
    row.changed_at = now
    row.save(update_fields=["changed_at"])
    log(
        instance=row,
        action="funding.award_places",
        user=by,
        title=f"{_('Grant')} {row.pk}",
        data={
            "before": before,
            "after": sorted(area.code for area in chosen),
            "board": row.proposal.round.activity.board_id,
        },
    )


__all__ = [
    "MoneyRefused",
    "accept",
    "decline",
    "offer",
    "offer_round",
    "reopen",
    "save_letter",
    "set_places",
    "take_offer_back",
    "vary",
    "withdraw_award",
]
