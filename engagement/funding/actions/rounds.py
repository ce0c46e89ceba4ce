"""Setting up a round, and opening it to the public."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from boards.people.permissions import may
from boards.places.models import Board
from engagement.activities.models import Activity, Audience
from engagement.funding import permissions, queries
from engagement.funding.actions import keys, moving
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import FundingRound, Panel, RollEntry
from engagement.funding.rules import LARGEST_VALUE, Stage

OF_ACTIVITY = ("title", "summary", "opens_at", "closes_at", "audience")
OF_ROUND = (
    "stream", "budget_pence", "most_pence", "guidance", "proposals_close_at", "voting_opens_at",
    "questions_from_at", "shortlist_from_at", "assessment_from_at",
    "method", "least_ticks", "most_ticks", "points", "shows_costs", "allows_blank", "both_ways", "key_kept",
    "rule", "step_pence", "completion", "top_up", "least_votes", "vote_floor", "combines", "review_days", "report_by",
)  # fmt: skip
SEAL = 2
"""The version of the seal that covers every rule there is. An older round gets it when it is next changed."""


@transaction.atomic
def save_round(
    *, board: Board, values: Mapping[str, Any], by: Person | None, now: datetime, round: FundingRound | None = None
) -> FundingRound:
    """Make a draft round, or change one whose voting has not opened.

    `values` holds the fields of OF_ACTIVITY and OF_ROUND, `needs`, and for a new round perhaps `slug`.
    """
    if round is None:
        if by is not None and not (verdict := may(by, "run_activities", board)):
            raise Refused(verdict.why_not)
        slug = values.get("slug") or free_slug(board, values["title"])
        activity = Activity(board=board, kind=Activity.Kind.ROUND, slug=slug, is_draft=True)
        held, before = FundingRound(activity=activity), {}
    else:
        held = FundingRound.objects.select_for_update(of=("self",)).select_related("activity__board").get(pk=round.pk)
        if by is not None and not (verdict := permissions.may_change_rules(by, held, now=now)):
            raise Refused(verdict.why_not)
        if RollEntry.objects.filter(round=held).exists():
            raise Refused(_("Someone has voted, so the rules of this round can no longer change."))
        activity, before = held.activity, queries.rules_of(held)
    if not activity.is_draft and values.get("key_kept", held.key_kept) != held.key_kept:
        raise Refused(_("Where the key is kept is fixed once the round is published."))
    if values.get("combines", held.combines) != held.combines and _panel_has_begun(held):
        raise Refused(_("The panel has given its first score, so how vote and panel go together can no longer change."))
    for name in OF_ACTIVITY:
        if name in values:
            setattr(activity, name, values[name])
    for name in OF_ROUND:
        if name in values:
            setattr(held, name, values[name])
    held.seal_version = SEAL
    check_round(held, now=now)
    try:
        with transaction.atomic():
            activity.save()
            held.activity = activity
            if not activity.is_draft:
                held.rules_digest = queries.rules_digest(held)
            held.save()
    except IntegrityError:
        raise Refused(_("Another round of this board has this address. Choose another title.")) from None
    if "needs" in values:
        activity.needs.set(values["needs"])
    after = queries.rules_of(held)
    log(
        instance=held,
        action="funding.save_round",
        user=by,
        data={
            "before": {key: value for key, value in before.items() if after[key] != value},
            "after": {key: value for key, value in after.items() if before.get(key) != value},
            "board": board.pk,
        },
    )
    return held


def _panel_has_begun(round: FundingRound) -> bool:
    # Held, so that no first score slips in between.
    panel = Panel.objects.select_for_update().filter(round=round).first()
    return panel is not None and panel.started_at is not None


def free_slug(board: Board, title: str) -> str:
    base = slugify(title)[:70].strip("-") or "round"
    taken = set(
        Activity.objects.filter(board=board, kind=Activity.Kind.ROUND, slug__startswith=base).values_list(
            "slug", flat=True
        )
    )
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)


def check_round(round: FundingRound, *, now: datetime) -> None:
    """Refuse a round whose parts do not fit together, or whose voting would be open at once, in words."""
    check_parts(round, now=now)
    if round.voting_opens_at <= now:
        raise Refused(_("Voting must open in the future: once it opens the rules are fixed."))


def check_parts(round: FundingRound, *, now: datetime) -> None:
    """Refuse a round whose parts do not fit together, in words."""
    activity = round.activity
    if activity.closes_at is None:
        raise Refused(_("Say when voting closes."))
    if not (verdict := moving.CONDITIONS["dates in order"](round, now)):
        raise Refused(verdict.why_not)
    if activity.audience < Audience.EMAIL:
        raise Refused(_("A vote on grants asks for at least an e-mail address that answers."))
    if round.stream.pot.board_id != activity.board_id:
        raise Refused(_("The money must come from this board's own pot."))
    if round.most_ticks is not None and round.most_ticks < round.least_ticks:
        raise Refused(_("The most ticks cannot be fewer than the least."))
    if round.method == FundingRound.Method.RANKING and not (round.most_ticks and round.most_ticks <= LARGEST_VALUE):
        raise Refused(_("Say how many places a voter may fill: put it under “most ticks” (up to 255)."))
    if round.method == FundingRound.Method.POINTS and not round.least_ticks <= round.points <= LARGEST_VALUE:
        raise Refused(_("The points to share out must be at least as many as the least ticks, and at most 255."))


@transaction.atomic
def publish_round(*, round: FundingRound, by: Person | None, now: datetime) -> None:
    """Show a draft to everyone: its key is made and its rules get their seal."""
    held = (
        FundingRound.objects.select_for_update(of=("self",)).select_related("activity", "stream__pot").get(pk=round.pk)
    )
    if by is not None and not (verdict := permissions.may_change_rules(by, held, now=now)):
        raise Refused(verdict.why_not)
    if held.stage(now) is not Stage.DRAFT:
        raise Refused(_("This round is published already."))
    check_round(held, now=now)
    if not (verdict := moving.may_move(held, "publish", now=now)):
        raise Refused(verdict.why_not)
    if held.key_kept == FundingRound.KeyKept.FILE:
        held.public_key = keys.make()
    held.activity.is_draft = False
    held.activity.save(update_fields=["is_draft"])
    held.rules_digest = queries.rules_digest(held)
    held.save(update_fields=["public_key", "rules_digest"])
    round.public_key, round.rules_digest, round.activity.is_draft = held.public_key, held.rules_digest, False
    log(
        instance=held,
        action="funding.publish_round",
        user=by,
        data={"rules_sha256": held.rules_digest, "board": held.activity.board_id},
    )
