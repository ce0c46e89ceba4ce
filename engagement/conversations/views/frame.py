"""Finding a conversation and whoever answers in it: what every public page begins with."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from boards.people import pending
from components.templatetags.components import london
from engagement.activities.actions import device_digest
from engagement.activities.device import device_of
from engagement.activities.models import TakingPart
from engagement.activities.views import crumbs_of
from engagement.conversations import permissions, queries
from engagement.conversations.models import Conversation, Participant, Statement
from engagement.conversations.models import new_seed as new_seed

KEY = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def conversation_or_404(request: HttpRequest, board_slug: str, slug: str) -> Conversation:
    """Give the conversation; a draft is a 404 to whoever may not see it."""
    found = get_object_or_404(Conversation.objects.for_board(board_slug), activity__slug=slug)
    if not permissions.may_see(request.user, found.activity):
        raise Http404
    return found


def way_to(conversation: Conversation, *further: tuple[str, str]) -> list[tuple[str, str]]:
    board = conversation.activity.board
    trail = [(_("Conversations"), reverse("conversations:list", args=[board.slug]))]
    trail.append((conversation.activity.title, conversation.get_absolute_url() if further else ""))
    return crumbs_of(board, *trail, *further)


def key_in(typed: str) -> int | None:
    """Read a statement's key from what came with a request: anything odd is none."""
    return int(typed) if KEY.fullmatch(typed) else None


def source_of(statement: Statement) -> str:
    """Say where a statement is from. Nobody is ever named, whoever reads it."""
    return _("From the board") if statement.is_the_boards else _("From another participant")


class Reader:
    """Who looks at a conversation: what they answered so far, kept in the tables or waiting in their session."""

    def __init__(self, request: HttpRequest, conversation: Conversation) -> None:
        self.request, self.conversation = request, conversation
        self.name = f"conversations:{conversation.pk}"
        device = device_of(request)
        self.digest = device_digest(conversation.activity, device) if device else ""
        self.taking_part: TakingPart | None = queries.taking_part_of(conversation, request.user, self.digest)
        self.participant: Participant | None = queries.participant_of(self.taking_part)
        self.counted = queries.answers_of(self.participant)

    @property
    def waiting(self) -> dict[str, Any]:
        """What they answered before we knew who they are: {"answers": {key: way}, "seed": …}, or nothing."""
        return pending.look(self.request, self.name) or {}

    @property
    def waiting_answers(self) -> dict[int, int]:
        return {int(key): int(way) for key, way in self.waiting.get("answers", {}).items()}

    @property
    def answered(self) -> dict[int, int]:
        return {**self.counted, **self.waiting_answers}

    @property
    def says_local(self) -> bool:
        return self.taking_part is not None and self.taking_part.place_id is not None

    @property
    def took_part(self) -> bool:
        return bool(self.counted)

    def seed(self) -> int:
        """Give what shuffles statements for them: their own from the first answer on, before that another each time."""
        if self.participant is not None:
            return self.participant.seed
        kept: int = self.waiting.get("seed") or new_seed()
        return kept

    def may_answer(self, now: datetime) -> Any:
        return permissions.may_answer(self.request.user, self.conversation, now=now, says_local=self.says_local)

    def keep(self, ways: dict[int, int]) -> None:
        """Keep answers in the session until we know who gave them."""
        answers = {str(key): way for key, way in {**self.waiting_answers, **ways}.items()}
        contents = {**self.waiting, "answers": answers, "seed": self.seed()}
        pending.keep(self.request, self.name, contents, finish_at="")


def too_late(conversation: Conversation) -> str:
    activity = conversation.activity
    if activity.closes_at is None:
        return _("This is not open. Your answer was not kept.")
    return _(
        "This conversation closed on %(when)s. Your page was opened before then, and your answer came after, "
        "so it was not kept."
    ) % {"when": london(activity.closes_at)}
