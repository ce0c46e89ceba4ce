"""Opening a call for ideas and changing it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.activities.models import Activity, Audience
from engagement.evidence.models import Need, Theme
from engagement.ideas import permissions
from engagement.ideas.actions.refusals import IdeaRefused
from engagement.ideas.models import ANY_TIME, IdeasCall

CALL_FACTS = ("title", "summary", "opens_at", "closes_at", "audience", "is_draft")


@transaction.atomic
def open_call(
    *,
    board: Board,
    question: str,
    opens_at: datetime,
    closes_at: datetime | None,
    audience: int,
    by: Person | None,
    title: str = "",
    slug: str = "",
    summary: str = "",
    shows_at_once: bool = False,
    comments_open: bool = True,
    area: Area | None = None,
    is_draft: bool = True,
    needs: Iterable[Need] = (),
    themes: Iterable[Theme] = (),
) -> IdeasCall:
    """Make a call for ideas; a draft, unless told otherwise. `by` is None for the demo and for imports."""
    if by is not None and not (verdict := permissions.may_run(by, board.pk)):
        raise IdeaRefused(verdict.why_not)
    activity = Activity.objects.create(
        board=board,
        kind=Activity.Kind.IDEAS,
        title=title or question,
        slug=slug or free_address(board, title or question),
        summary=summary,
        opens_at=opens_at,
        closes_at=closes_at,
        audience=audience,
        results_show=Activity.ResultsShow.ALWAYS,
        is_draft=is_draft,
    )
    activity.needs.set(needs)
    call = IdeasCall.objects.create(
        activity=activity, question=question, shows_at_once=shows_at_once, comments_open=comments_open, area=area
    )
    call.themes.set(themes)
    log(instance=call, action="ideas.open_call", user=by, data={"after": facts_of(call)})
    return call


@transaction.atomic
def change_call(
    *,
    call: IdeasCall,
    by: Person,
    needs: Iterable[Need] | None = None,
    themes: Iterable[Theme] | None = None,
    **changes: Any,
) -> IdeasCall:
    """Change a call. Who may take part cannot change once anyone did: that rule was their promise."""
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=call.pk)
    verdict = permissions.may_run(by, activity.board_id)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    before = facts_of(IdeasCall.objects.select_related("activity").get(pk=call.pk))
    if "audience" in changes and changes["audience"] != activity.audience and activity.taking_part.exists():
        raise IdeaRefused(_("People have taken part already, so who may take part cannot change."))
    if changes.get("is_draft") and not activity.is_draft and call.ideas.exists():
        raise IdeaRefused(_("People have sent ideas already, so this cannot be a draft again. Close it instead."))
    for name, value in changes.items():
        setattr(activity if name in CALL_FACTS else call, name, value)
    activity.save()
    call.activity = activity
    call.save()
    if needs is not None:
        activity.needs.set(needs)
    if themes is not None:
        call.themes.set(themes)
    after = facts_of(call)
    if after != before or needs is not None:
        log(instance=call, action="ideas.change_call", user=by, data={"before": before, "after": after})
    return call


@transaction.atomic
def open_any_time_call(*, board: Board, by: Person | None, now: datetime) -> IdeasCall:
    """Give the board's standing call, "suggest something any time", opening it the first time. It never closes."""
    found = IdeasCall.objects.for_board(board.slug).filter(activity__slug=ANY_TIME).first()
    return found or open_call(
        board=board,
        question=_("What would make this a better place?"),
        title=_("Suggest something any time"),
        slug=ANY_TIME,
        summary=_("You need not wait until the board asks. Tell it your idea, and it answers in words."),
        opens_at=now,
        closes_at=None,
        audience=Audience.ANYONE,
        is_draft=False,
        by=by,
    )


def facts_of(call: IdeasCall) -> dict[str, Any]:
    facts = {name: getattr(call.activity, name) for name in CALL_FACTS}
    facts |= {name: getattr(call, name) for name in ("question", "shows_at_once", "comments_open", "area_id")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}


def free_address(board: Board, title: str) -> str:
    base = slugify(title)[:60].strip("-") or "ideas"
    slug = base
    while Activity.objects.filter(board=board, kind=Activity.Kind.IDEAS, slug=slug).exists():
        slug = f"{base}-{secrets.token_hex(2)}"
    return slug
