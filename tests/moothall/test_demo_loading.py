"""Loading the demo into an empty site."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from boards.places.models import Board
from engagement.outcomes.models import Loop
from engagement.polls.models import Poll
from moothall.demo.loader import load, outcomes

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

pytestmark = pytest.mark.once


def quiet(words: str) -> None: ...


def test_a_load_that_was_cut_short_goes_on(db, settings, tmp_path, monkeypatch):
    settings.VAR = tmp_path
    real, boards = outcomes.load, []

    def cut_short(file, board, **more):
        boards.append(board.slug)
        if len(boards) == 3:
            raise KeyboardInterrupt
        real(file, board, **more)

    monkeypatch.setattr(outcomes, "load", cut_short)
    with pytest.raises(KeyboardInterrupt):
        load(now=NOW, say=quiet)
    assert Loop.objects.values("board").distinct().count() == 2
    assert not Poll.objects.for_board(boards[-1]).exists()
    monkeypatch.setattr(outcomes, "load", real)

    load(now=NOW, say=quiet)

    assert Loop.objects.count() == 33


def test_the_demo_is_refused_where_it_is_not_asked_for(db, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=true"):
        call_command("demo")
    assert not Board.objects.exists()
