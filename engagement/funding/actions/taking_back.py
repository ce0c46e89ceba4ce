"""Taking back a mark for paper that was made by mistake, until the count, and only if the numbers can still balance."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.activities.models import Channel, TakingPart
from engagement.funding import permissions, queries
from engagement.funding.actions.paper import check_one_voter, reference_digest
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.voting import hold_unopened, refuse_if_set_aside
from engagement.funding.models import FundingRound, Hold, PaperMark, PaperSheet, RollEntry, SampledSheet, VotingCode

State = PaperSheet.State


@transaction.atomic
def take_back_hand_in(
    *, round: FundingRound, by: Person, now: datetime, reason: str, became: str, batch: int | None = None,
    number: str = "", person: Person | None = None, code: VotingCode | None = None, reference: str = "",
) -> None:  # fmt: skip
    """Take the mark off the roll, as if this voter had never come to the desk; what they cast on the site counts again.

    `became` says where the sheet is. "unused" or "spoiled": it is in the officer's hand, and its
    numbers are given. "another": another voter handed it in and has been marked for it. No sheet with
    a ballot is touched and the log names neither voter nor sheet, so the two are not joined.
    """
    # Whoever votes, hands in or keys holds this row shared: while we have it, no number moves.
    FundingRound.objects.select_for_update(of=("self",)).get(pk=round.pk)
    verdict = permissions.may_hand_in(by, round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    check_one_voter(person, code, reference)
    hold_unopened(round)
    if not reason.strip():
        raise Refused(_("Say why the mark is taken back. It is kept in the log."))
    entry = _entry(round, person=person, code=code, reference=reference)
    mark = PaperMark.objects.filter(entry=entry).first() if entry is not None else None
    if entry is None or mark is None:
        raise Refused(_("The roll has no mark for paper of this voter."))
    refuse_if_set_aside(entry)
    if Hold.objects.filter(entry=entry).exists():
        raise Refused(_("This voter's vote is held back. Settle that first, under Odd things."))
    if became == "another":
        if batch is not None or number:
            raise ValueError("A sheet that another voter handed in has no number here.")
    else:
        _bring_back(round, batch, number, state=became, was_aside=mark.is_aside)
    is_aside, was = mark.is_aside, mark.was
    mark.delete()
    _refuse_if_more_sheets_than_voters(round)
    _as_before(entry, was)
    log(
        instance=round,
        action="funding.take_back_hand_in",
        user=by,
        data={
            "reason": reason.strip()[:300],
            "sheet": became,
            "set_aside": is_aside,
            "board": round.activity.board_id,
        },
    )


def _entry(
    round: FundingRound, *, person: Person | None, code: VotingCode | None, reference: str
) -> RollEntry | None:  # fmt: skip
    if person is not None:
        return RollEntry.objects.filter(round=round, person=person).first()
    if code is not None:
        return RollEntry.objects.filter(round=round, code=code).first()
    return RollEntry.objects.filter(round=round, reference=reference_digest(round, reference)).first()


def _bring_back(round: FundingRound, batch: int | None, number: str, *, state: str, was_aside: bool) -> None:
    """Put the sheet they gave back among the unused or the spoiled. One that was keyed was in the box."""
    if state not in (State.UNUSED, State.SPOILED):
        raise ValueError(f"Not for {state!r}.")
    sheet = (
        PaperSheet.objects.select_for_update(of=("self",))
        .order_by()
        .filter(batch__round=round, batch=batch, number=number)
        .first()
    )
    if sheet is None:
        raise Refused(_("No sheet of this batch has this number. Check it for slips."))
    if sheet.state == State.USED or sheet.keyings.exists() or SampledSheet.objects.filter(sheet=sheet).exists():
        raise Refused(_("This sheet has been keyed, so it was in the box. It cannot be the one they gave back."))
    if sheet.state == State.ASIDE and not was_aside:
        raise Refused(_("This sheet was set aside for a voter who had voted on this site. This voter had not."))
    sheet.state = state
    sheet.spoiled = PaperSheet.Spoiled.REPLACED if state == State.SPOILED else ""
    sheet.save(update_fields=["state", "spoiled"])


def _refuse_if_more_sheets_than_voters(round: FundingRound) -> None:
    """Stop what could not balance any more: more sheets known to be in the box than voters who handed one in."""
    for is_aside, sheets in ((False, queries.sheets_in_the_box(round)), (True, queries.sheets_set_aside(round))):
        known, voters = sheets.count(), PaperMark.objects.filter(entry__round=round, is_aside=is_aside).count()
        if known > voters:
            raise Refused(
                _(
                    "This would not balance: %(sheets)d sheets were handed in, and only %(voters)d voters would be "
                    "left on the roll for them. If somebody else handed this one in, mark the roll for them first."
                )
                % {"sheets": known, "voters": voters}
            )


def _as_before(entry: RollEntry, was: str) -> None:
    """Leave the roll as it was: by the channel they had voted by, or without this voter."""
    if was:
        entry.channel = was
        entry.save(update_fields=["channel"])
        return
    parts = TakingPart.objects.filter(activity=entry.round_id, person=entry.person_id, channel=Channel.PAPER)
    if entry.person_id is None:
        parts = parts.filter(device=None, on=entry.on)  # one of those without a name: they are all alike
    TakingPart.objects.filter(pk__in=list(parts.order_by("-pk").values_list("pk", flat=True)[:1])).delete()
    code = entry.code_id
    entry.delete()
    if code is not None:
        VotingCode.objects.filter(pk=code).update(state=VotingCode.State.ISSUED, used_on=None, used_by="")
