"""Load the demo from its data files, through the rooms' own actions where it matters.

Each board is loaded whole or not at all, and one that is there already is left alone; so a load
that was cut short goes on where it stopped, and a second run changes nothing. On a later day
`anchor` moves on what should still be open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from boards.places.models import Board
from engagement.ideas.models import IdeasCall
from engagement.notifications.models import Message
from moothall.demo.loader import (
    anchor,
    conversations,
    evidence,
    funding,
    ideas,
    outcomes,
    pages,
    people,
    places,
    polls,
    surveys,
    together,
)
from moothall.demo.loader.reading import BoardFile, board_files, council_file

Say = Callable[[str], None]


def load(*, now: datetime, say: Say) -> None:
    """Bring the demo up to today, telling what it is doing."""
    places.load(say=say)
    files = board_files()
    waiting = [file for file in files if not is_here(file)]
    if waiting:
        say("People, the council's pages and a page for each board")
        with transaction.atomic():
            people.load_council(council_file(), now=now)
            pages.load_home()
    for number, file in enumerate(waiting, 1):
        say(f"{file.name} ({number} of {len(waiting)}): people, words, polls, ideas, money, outcomes, news")
        load_board(file, now=now)
    moved = anchor.move_on(files, now=now)
    if moved:
        say(f"A new day: {moved} open things now close later, so that they are still open")
    if not waiting and not moved:
        say("The demo is here already; nothing changed")


def is_here(file: BoardFile) -> bool:
    return IdeasCall.objects.for_board(file.slug).exists()


@transaction.atomic
def load_board(file: BoardFile, *, now: datetime) -> None:
    """Load one board, in the order in which it would have happened."""
    board = Board.objects.get(slug=file.slug)
    cast = people.load_board(file, board, now=now)
    needs = evidence.load_needs(file, board, now=now)
    said = evidence.load_evidence(file, board, cast=cast, needs=needs, now=now)
    asked = polls.load(file, board, cast=cast, needs=needs, now=now)
    surveys.load(board, cast=cast, needs=needs, now=now)
    conversations.load(board, cast=cast, needs=needs, now=now)
    call = ideas.load(file, board, cast=cast, needs=needs, now=now)
    awards, round = funding.load(file, board, cast=cast, needs=needs, now=now)
    together.load(file, board, round=round, cast=cast, now=now)
    outcomes.load(file, board, needs=needs, said=said, polls=asked, call=call, awards=awards, round=round, now=now)
    pages.load_board(file, board, now=now)
    # What these acts told people was told in the past: nothing of it leaves now.
    Message.objects.filter(sent_at__isnull=True, made_at__lte=now).update(sent_at=now)
