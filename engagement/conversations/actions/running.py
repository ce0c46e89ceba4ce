"""Setting up a conversation, changing it and closing it: what its officers do."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.conversations import permissions
from engagement.conversations.actions.refusals import Refused
from engagement.conversations.actions.statements import add_the_boards
from engagement.conversations.models import Conversation
from engagement.evidence.models import Need

ACTIVITY_FACTS = ("title", "summary", "opens_at", "closes_at", "audience", "results_show", "is_draft")
OWN_FACTS = (
    "question", "background", "takes_statements", "shows_at_once", "least_in_group", "publishes_answers",
)  # fmt: skip
PROMISED = ("question", "audience", "results_show", "least_in_group", "publishes_answers")
"""What people were told before they answered: it stays as it was."""


@transaction.atomic
def open_conversation(
    *,
    board: Board,
    question: str,
    opens_at: datetime,
    closes_at: datetime | None,
    audience: int,
    by: Person | None,
    now: datetime,
    slug: str = "",
    statements: Iterable[str] = (),
    needs: Iterable[Need] = (),
    **facts: Any,
) -> Conversation:
    """Make a conversation with the board's own statements; a draft, unless told otherwise.

    `by` is None for the demo and for imports.
    """
    if by is not None and not (verdict := permissions.may_run(by, board.pk)):
        raise Refused(verdict.why_not)
    activity = Activity.objects.create(
        board=board,
        kind=Activity.Kind.CONVERSATION,
        title=question,
        slug=slug or free_address(board, question),
        opens_at=opens_at,
        closes_at=closes_at,
        audience=audience,
        **{name: facts[name] for name in ACTIVITY_FACTS if name in facts},
    )
    activity.needs.set(needs)
    conversation = Conversation.objects.create(
        activity=activity, question=question, **{name: facts[name] for name in OWN_FACTS if name in facts}
    )
    made = add_the_boards(conversation, statements, now=now)
    log(
        instance=conversation, action="conversations.open", user=by,
        data={"after": facts_of(conversation), "statements": len(made)},
    )  # fmt: skip
    return conversation


@transaction.atomic
def change_conversation(
    *,
    conversation: Conversation,
    by: Person,
    now: datetime,
    statements: Iterable[str] = (),
    needs: Iterable[Need] | None = None,
    **changes: Any,
) -> Conversation:
    """Change a conversation and add statements of the board. What people were told before they answered stays."""
    activity = Activity.objects.select_for_update(of=("self",), no_key=True).get(pk=conversation.pk)
    if not (verdict := permissions.may_run(by, activity.board_id)):
        raise Refused(verdict.why_not)
    held = Conversation.objects.select_related("activity").get(pk=conversation.pk)
    before = facts_of(held)
    if activity.taking_part.exists():
        if any(name in changes and changes[name] != value for name, value in promised(held).items()):
            raise Refused(
                _(
                    "People have answered already. So the question, who may take part, when the results show, the least "
                    "people in a group and whether answers are published stay as they are."
                )
            )
        if changes.get("is_draft") and not activity.is_draft:
            raise Refused(_("People have answered already, so this cannot be a draft again. Close it instead."))
    closes_at = changes.get("closes_at", activity.closes_at)
    if held.forgotten_on is not None and (closes_at is None or closes_at > now):
        raise Refused(_("We have forgotten who answered here, so this cannot open again. Begin a new conversation."))
    for name, value in changes.items():
        setattr(activity if name in ACTIVITY_FACTS else held, name, value)
    activity.title = held.question
    activity.save()
    held.activity = activity
    held.save(update_fields=list(OWN_FACTS))
    if needs is not None:
        activity.needs.set(needs)
    made = add_the_boards(held, statements, now=now)
    after = facts_of(held)
    if after != before or made or needs is not None:
        log(
            instance=held, action="conversations.change", user=by,
            data={"before": before, "after": after, "statements": len(made)},
        )  # fmt: skip
    return held


@transaction.atomic
def close_now(*, conversation: Conversation, by: Person, now: datetime) -> Conversation:
    """Close an open conversation before its time. Its results are then worked out for the last time."""
    activity = Activity.objects.select_for_update(of=("self",), no_key=True).get(pk=conversation.pk)
    if not (verdict := permissions.may_run(by, activity.board_id)):
        raise Refused(verdict.why_not)
    if not activity.is_open(now):
        raise Refused(_("Only an open conversation can be closed early."))
    was, activity.closes_at = activity.closes_at, now
    if activity.opens_at >= now:
        raise Refused(_("It has opened this very moment. Try again."))
    activity.save(update_fields=["closes_at"])
    log(
        instance=conversation, action="conversations.close", user=by,
        data={"before": was.isoformat() if was else None, "after": now.isoformat()},
    )  # fmt: skip
    transaction.on_commit(partial(ask_for_results, conversation.pk))
    return conversation


def ask_for_results(pk: int) -> None:
    from engagement.conversations.tasks import work_out_results  # tasks call the actions

    work_out_results.enqueue(pk)


def log_copy(*, conversation: Conversation, by: Person, shape: str, rows: int) -> None:
    log(instance=conversation, action="conversations.copy", user=by, data={"shape": shape, "rows": rows})


def promised(conversation: Conversation) -> dict[str, Any]:
    activity = conversation.activity
    return {name: getattr(activity if name in ACTIVITY_FACTS else conversation, name) for name in PROMISED}


def facts_of(conversation: Conversation) -> dict[str, Any]:
    facts = {name: getattr(conversation.activity, name) for name in ACTIVITY_FACTS}
    facts |= {name: getattr(conversation, name) for name in OWN_FACTS}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}


def free_address(board: Board, question: str) -> str:
    base = slugify(question)[:60].strip("-") or "conversation"
    slug = base
    while Activity.objects.filter(board=board, kind=Activity.Kind.CONVERSATION, slug=slug).exists():
        slug = f"{base}-{secrets.token_hex(2)}"
    return slug
