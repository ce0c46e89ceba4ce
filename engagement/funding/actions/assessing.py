"""A panel at work: its criteria and people, what each says of themselves, their scores, and what it decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person, Role
from boards.people.permissions import may
from engagement.funding import panel_permissions as permissions
from engagement.funding import panel_queries, queries
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import (
    Assessment,
    Criterion,
    FundingRound,
    Interest,
    Panel,
    PanelChoice,
    PanelMember,
    Proposal,
    Remark,
    Reopening,
    Score,
)
from engagement.funding.rules.assessing import MOST_CRITERIA, departures, weights_add_up
from engagement.notifications.actions import tell


class PanelRefused(Refused):
    """The panel's work stands as it was; the message says why."""


def _allow(verdict: Any) -> None:
    if not verdict:
        raise PanelRefused(verdict.why_not)


def _round(pk: int) -> FundingRound:
    """Give the round, held: the panel is set up and the round changed one at a time."""
    return (
        FundingRound.objects.select_for_update(of=("self",)).select_related("activity__board", "stream__pot").get(pk=pk)
    )


def _held(panel: Panel) -> Panel:
    """Give the panel, held: scores, closing and deciding wait for one another."""
    held = (
        Panel.objects.select_for_update(of=("self",))
        .select_related("round__activity__board", "round__stream__pot")
        .get(pk=panel.pk)
    )
    return held


def _log(action: str, round: FundingRound, by: Person | None, **data: Any) -> None:
    """Write to the log what was done and by whom. No score and no remark is ever in it."""
    log(instance=round, action=f"funding.{action}", user=by, data={**data, "board": round.activity.board_id})


# --- setting up --------------------------------------------------------------------------------


@transaction.atomic
def save_criteria(
    *,
    round: FundingRound,
    criteria: Sequence[Mapping[str, Any]],
    shows_interests: str,
    by: Person | None,
) -> Panel:
    """Keep a round's criteria, in this order. Each has `name`, `weight` and `guidance`, six texts from 0 to 5."""
    held = _round(round.pk)
    panel = panel_queries.panel_of(held)
    if by is not None:
        _allow(permissions.may_change_criteria(by, held, panel))
    if panel is not None:
        panel = _held(panel)
        if panel.started_at is not None:
            raise PanelRefused(_("The first score has been given, so the criteria can no longer change."))
    if not weights_add_up(each["weight"] for each in criteria):
        together = sum(each["weight"] for each in criteria)
        raise PanelRefused(_("The weights must add up to 100. They come to %(sum)d.") % {"sum": together})
    if len(criteria) > MOST_CRITERIA:
        raise PanelRefused(_("A panel has at most %(most)d criteria.") % {"most": MOST_CRITERIA})
    if any(len(each["guidance"]) != 6 or not all(words.strip() for words in each["guidance"]) for each in criteria):
        raise PanelRefused(_("Say for each criterion what every score from 0 to 5 means."))
    if panel is None:
        panel = Panel(round=held)
    panel.shows_interests = shows_interests
    panel.save()
    panel.criteria.all().delete()
    rows = [
        Criterion(
            panel=panel,
            position=position,
            name=each["name"].strip(),
            weight=each["weight"],
            **{f"guidance_{score}": words.strip() for score, words in enumerate(each["guidance"])},
        )
        for position, each in enumerate(criteria, 1)
    ]
    Criterion.objects.bulk_create(rows)
    _log("save_criteria", held, by, criteria=[[row.name, row.weight] for row in rows], shows_interests=shows_interests)
    return panel


@transaction.atomic
def seat(*, round: FundingRound, person: Person, is_chair: bool, by: Person | None, now: datetime) -> PanelMember:
    """Give someone a seat on the panel, or change who takes the chair. Their role must let them assess."""
    held = _round(round.pk)
    if by is not None:
        _allow(permissions.may_set_panel(by, held))
    panel = panel_queries.panel_of(held)
    if panel is None:
        raise PanelRefused(_("First write down the criteria."))
    if panel.decided_at is not None:
        raise PanelRefused(_("The panel has decided, so its people no longer change."))
    if not may(person, "assess", held.activity.board_id):
        raise PanelRefused(_("This person's role does not let them assess for this board."))
    if is_chair:
        panel.members.filter(is_chair=True).exclude(person=person).update(is_chair=False)
    role = _role_of(person, held)
    member, _made = PanelMember.objects.update_or_create(
        panel=panel,
        person=person,
        defaults={
            "is_chair": is_chair,
            "left_at": None,
            "role": role.get_kind_display() if role else _("Officer"),
            "organisation": role.organisation if role else None,
        },
    )
    _log("seat_panel", held, by, person=person.pk, chair=is_chair)
    if not held.activity.is_draft:  # a draft round is nobody's business yet
        tell(
            person=person,
            key=f"panel-seat:{held.pk}:{person.pk}",
            kind="funding",
            subject=_("You have a seat on the panel of “%(title)s”") % {"title": held.title},
            body=_("Say for each proposal whether you have an interest in it, then score it alone."),
            link=held.address("panel"),
            now=now,
        )
    return member


def _role_of(person: Person, round: FundingRound) -> Role | None:
    """Give the role a person sits by: that on the board before one for the whole council."""
    board_id = round.activity.board_id
    roles = [
        role
        for role in person.roles.select_related("organisation")
        if role.board_id in (None, board_id) and role.until is None
    ]
    return min(roles, key=lambda role: (role.board_id is None, role.pk), default=None)


@transaction.atomic
def unseat(*, member: PanelMember, by: Person | None, now: datetime) -> None:
    """Someone leaves the panel. What they handed in stands; what they said of themselves still shuts them out."""
    panel = _held(member.panel)
    if by is not None:
        _allow(permissions.may_set_panel(by, panel.round))
    if panel.decided_at is not None:
        raise PanelRefused(_("The panel has decided, so its people no longer change."))
    PanelMember.objects.filter(pk=member.pk).update(left_at=now, is_chair=False)
    _log("unseat_panel", panel.round, by, person=member.person_id)


# --- interests ---------------------------------------------------------------------------------


@transaction.atomic
def declare(
    *, panel: Panel, proposal: Proposal, person: Person, has_interest: bool, words: str, now: datetime
) -> Interest:
    """A member says whether they have an interest in a proposal, before they read it.

    One who finds out later says so the same way: their scores, if any, are void. An interest
    once said is never unsaid.
    """
    held = _held(panel)
    seat = permissions.seat_of(person, held, held.round)
    _allow(permissions.may_declare(seat, proposal))
    if has_interest and not words.strip():
        raise PanelRefused(_("Say in a few words what your interest is. It is published."))
    if seat.member is None:
        raise PanelRefused(_("You have no seat on this panel."))
    kind = Interest.Kind.DECLARED if has_interest else Interest.Kind.NONE
    said, made = Interest.objects.get_or_create(
        member=seat.member,
        proposal=proposal,
        defaults={"kind": kind, "words": words.strip()[:300] if has_interest else "", "said_at": now, "by": person},
    )
    if not made and has_interest:
        said.kind, said.words, said.said_at, said.by = kind, words.strip()[:300], now, person
        said.save(update_fields=["kind", "words", "said_at", "by"])
    if has_interest:
        _void(seat.member, proposal, _("They have an interest in it: %(words)s") % {"words": said.words})
        _log("declare_interest", held.round, person, proposal=proposal.pk, words=said.words)
    return said


@transaction.atomic
def find_interest(*, member: PanelMember, proposal: Proposal, words: str, by: Person, now: datetime) -> Interest:
    """Write down an interest that was not declared: the member is shut out, and their scores for it are void."""
    held = _held(member.panel)
    seat = permissions.seat_of(by, held, held.round)
    _allow(permissions.may_find_interest(seat, proposal))
    if proposal.round_id != held.pk:
        raise ValueError("The proposal is not in this panel's round.")
    if not words.strip():
        raise PanelRefused(_("Say what the interest is. It is published."))
    found, _made = Interest.objects.update_or_create(
        member=member,
        proposal=proposal,
        defaults={"kind": Interest.Kind.FOUND, "words": words.strip()[:300], "said_at": now, "by": by},
    )
    _void(member, proposal, _("An interest was found later: %(words)s") % {"words": found.words})
    _log("find_interest", held.round, by, proposal=proposal.pk, member=member.pk, words=found.words)
    return found


def _void(member: PanelMember, proposal: Proposal, words: str) -> None:
    Assessment.objects.filter(member=member, proposal=proposal).update(
        state=Assessment.State.VOID, void_words=words[:300]
    )


# --- scores ------------------------------------------------------------------------------------


@transaction.atomic
def save_scores(
    *,
    panel: Panel,
    proposal: Proposal,
    person: Person,
    scores: Mapping[int, tuple[int | None, str]],
    hand_in: bool,
    now: datetime,
) -> Assessment:
    """Keep a member's scores as a draft, or hand them in for good.

    `scores` is by criterion: a score from 0 to 5 or None, and words. Handed in, each has both.
    The first score of the round fixes its criteria under their digest.
    """
    held = _held(panel)
    seat = permissions.seat_of(person, held, held.round)
    proposal = Proposal.objects.get(pk=proposal.pk, round=held.pk)
    _allow(permissions.may_score(seat, proposal, now=now))
    if seat.member is None:
        raise PanelRefused(_("You have no seat on this panel."))
    criteria = panel_queries.criteria_of(held)
    if set(scores) - {each.pk for each in criteria}:
        raise ValueError("A score for a criterion of another panel.")
    given = {each.pk: scores.get(each.pk, (None, "")) for each in criteria}
    if any(score is not None and not 0 <= score <= 5 for score, _words in given.values()):
        raise PanelRefused(_("A score is a whole number from 0 to 5."))
    if hand_in and any(score is None or not words.strip() for score, words in given.values()):
        raise PanelRefused(_("Give every criterion a score and a reason before you hand in."))
    if not weights_add_up(each.weight for each in criteria):
        raise PanelRefused(_("The criteria are not ready: their weights do not add up to 100."))
    if held.started_at is None:
        held.started_at, held.criteria_digest = now, panel_queries.criteria_digest(criteria)
        held.save(update_fields=["started_at", "criteria_digest"])
    elif panel_queries.criteria_digest(criteria) != held.criteria_digest:
        raise PanelRefused(_("The criteria are not those that scoring began with. Tell the board."))
    sheet, _made = Assessment.objects.get_or_create(member=seat.member, proposal=proposal)
    for criterion, (score, words) in given.items():
        Score.objects.update_or_create(
            assessment=sheet, criterion_id=criterion, defaults={"score": score, "words": words.strip()[:1000]}
        )
    if hand_in:
        sheet.state, sheet.handed_in_at = Assessment.State.HANDED_IN, now
        sheet.save(update_fields=["state", "handed_in_at"])
        _log("hand_in_scores", held.round, person, proposal=proposal.pk)
    return sheet


@transaction.atomic
def reopen(*, sheet: Assessment, reason: str, by: Person, now: datetime) -> None:
    """The chair gives scores back to be changed. What they were before is kept with the reason."""
    held = _held(sheet.member.panel)
    seat = permissions.seat_of(by, held, held.round)
    row = Assessment.objects.select_related("proposal").get(pk=sheet.pk)
    _allow(permissions.may_reopen(seat, row.proposal))
    if row.state != Assessment.State.HANDED_IN:
        raise PanelRefused(_("These scores have not been handed in."))
    if not reason.strip():
        raise PanelRefused(_("Say why. It is kept with the scores."))
    before = [[score.criterion_id, score.score, score.words] for score in row.scores.all()]
    Reopening.objects.create(assessment=row, by=by, reason=reason.strip()[:300], at=now, before=before)
    Assessment.objects.filter(pk=row.pk).update(state=Assessment.State.DRAFT, handed_in_at=None)
    _log("reopen_scores", held.round, by, proposal=row.proposal_id, member=row.member_id, reason=reason.strip()[:300])


@transaction.atomic
def close_scoring(*, panel: Panel, by: Person, now: datetime) -> None:
    """The chair closes scoring: drafts count for nothing, and the panel sees everything it may."""
    held = _held(panel)
    _allow(permissions.may_close(permissions.seat_of(by, held, held.round)))
    if held.started_at is None:
        raise PanelRefused(_("Nobody has scored anything yet."))
    held.closed_at = now
    held.save(update_fields=["closed_at"])
    panel.closed_at = now
    _log("close_scoring", held.round, by, criteria_sha256=held.criteria_digest)


@transaction.atomic
def remark(*, panel: Panel, proposal: Proposal, person: Person, words: str, now: datetime) -> Remark:
    """Say something to the panel about a proposal, once all have handed in."""
    held = _held(panel)
    seat = permissions.seat_of(person, held, held.round)
    progress = panel_queries.progress_of(held).get(proposal.pk)
    _allow(permissions.may_discuss(seat, proposal, all_in=progress is not None and progress.all_in))
    if seat.member is None or not words.strip():
        raise PanelRefused(_("Write something first."))
    return Remark.objects.create(proposal=proposal, member=seat.member, words=words.strip()[:2000], at=now)


# --- what it comes to --------------------------------------------------------------------------


@transaction.atomic
def decide(
    *, panel: Panel, choices: Sequence[tuple[Proposal, bool, str]], words: str, by: Person, now: datetime
) -> list[PanelChoice]:
    """Write down what the panel decided: its shortlist, or what it funds after hearing the vote.

    `choices` names every proposal before the panel once: chosen or not, and the reason. Whoever
    is left off a shortlist is owed a reason; so is every departure from the vote.
    """
    held = _held(panel)
    round = _round(held.pk)
    held.round = round
    _allow(permissions.may_decide(permissions.seat_of(by, held, round), now=now))
    if not words.strip():
        raise PanelRefused(_("Say where this was decided, such as the meeting and its date."))
    hears = round.combines == FundingRound.Combines.PANEL_HEARS_VOTE
    before = list(round.proposals.choosable()) if hears else panel_queries.to_be_scored(round)
    told = {proposal.pk: (chosen, reason.strip()[:500]) for proposal, chosen, reason in choices}
    if len(told) != len(choices) or set(told) != {proposal.pk for proposal in before}:
        raise PanelRefused(_("Other proposals are before the panel now. Look again, and decide on each."))
    voted: set[int] = set()
    if hears:
        voted = {proposal.pk for proposal in queries.funded_by_vote(round)}
        spent = sum(proposal.cost_pence for proposal in before if told[proposal.pk][0])
        if spent > round.budget_pence:
            raise PanelRefused(_("Together these cost more than the budget."))
        owed = departures(voted, [pk for pk, (chosen, _reason) in told.items() if chosen]).all()
    else:
        owed = tuple(pk for pk, (chosen, _reason) in told.items() if not chosen)
    if any(not told[pk][1] for pk in owed):
        raise PanelRefused(
            _("Give a reason for each proposal where you depart from the vote. It is published.")
            if hears
            else _("Give a reason for each proposal you leave off the shortlist. It is published.")
        )
    made = PanelChoice.objects.bulk_create(
        [
            PanelChoice(
                panel=held,
                proposal=proposal,
                chosen=told[proposal.pk][0],
                reason=told[proposal.pk][1],
                position=position,
                voted=proposal.pk in voted if hears else None,
            )
            for position, proposal in enumerate(before, 1)
        ]
    )
    held.decided_at, held.decided_by, held.decided_words = now, by, words.strip()[:300]
    held.save(update_fields=["decided_at", "decided_by", "decided_words"])
    _log(
        "panel_decides",
        round,
        by,
        chosen=[row.proposal_id for row in made if row.chosen],
        departures=[[row.proposal_id, row.reason] for row in made if row.proposal_id in owed],
        words=held.decided_words,
    )
    return made
