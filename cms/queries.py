"""What pages show of the rooms, each asked at most once a page and only if a block shows it."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.apps import apps

from boards.people.models import Role
from boards.places.models import Board
from cms.pictures import CARD, HERO, read_sizes
from engagement.activities.queries import open_activities
from engagement.evidence.queries import needs_of
from engagement.funding.queries import pot_of
from engagement.outcomes.queries import outcomes_of

SHOWN = 3
"""How many of a thing a front page shows before it says where the rest are."""


class Facts:
    """The live facts of one board, or with None of the whole council."""

    def __init__(self, board: Board | None, *, now: datetime) -> None:
        self.board = board
        self.now = now
        self.hero: Any = None
        """The page's own picture, read together with those of its news."""

    @cached_property
    def open_now(self) -> list[Any]:
        return list(open_activities(self.board, now=self.now, limit=6))

    @cached_property
    def needs(self) -> list[Any]:
        return needs_of(self.board, limit=SHOWN) if self.board else []

    @cached_property
    def pot(self) -> Any:
        return pot_of(self.board, self.now) if self.board else None

    @cached_property
    def outcomes(self) -> list[Any]:
        return list(outcomes_of(self.board, limit=SHOWN))

    @cached_property
    def news(self) -> list[Any]:
        """The latest news of the board; for the council, of every board and its own."""
        stories = apps.get_model("cms", "NewsPage").objects.live().select_related("picture")
        stories = stories.only("title", "slug", "url_path", "date", "intro", "picture")  # a card, not the whole story
        if self.board is not None:
            stories = stories.filter(url_path__contains=f"/boards/{self.board.slug}/news/")
        latest = list(stories.order_by("-date", "-pk")[:SHOWN])
        read_sizes([self.hero, *(story.picture for story in latest)], CARD, HERO)
        return latest

    @cached_property
    def people(self) -> list[Role]:
        """Chairs, then coordinators, who chose a name to show; no e-mail address is ever shown."""
        if self.board is None:
            return []
        held = (
            self.board.roles.held_on(self.now.date())
            .filter(kind__in=[Role.Kind.CHAIR, Role.Kind.COORDINATOR])
            .exclude(person__display_name="")
            .select_related("person")
            .only("kind", "board", "person__display_name")
        )
        return sorted(held, key=lambda role: (role.kind, role.person.display_name))

    @cached_property
    def boards(self) -> list[Board]:
        return list(Board.objects.all())


def facts_for(board: Board | None, *, now: datetime) -> Facts:
    return Facts(board, now=now)
