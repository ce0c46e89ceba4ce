"""One thing of each kind that residents write, with words of ours in every field of theirs.

A new kind fails here until MAKERS says how to make one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.text import slugify

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.conversations.models import Conversation
from engagement.evidence.models import Consent, Evidence
from engagement.funding.models import FundingRound
from engagement.ideas.models import Comment, Idea, IdeaPicture, IdeasCall, Version
from engagement.moderation.models import Moderated
from engagement.moderation.queries import kinds
from engagement.polls.models import Poll, Why
from engagement.surveys.models import Survey, Words
from tests.conversations.factories import make_conversation, make_statement
from tests.factories import make_person
from tests.funding.factories import dates_around, make_proposal, make_round
from tests.ideas.factories import make_call, make_idea
from tests.polls.factories import make_poll
from tests.surveys.factories import make_response, make_survey


def an_idea(board: Board, words: str, state: str, author: Person) -> Moderated:
    call = call_of(board)
    fields = {"who_it_helps": words, "place_words": words, "name_shown": words}
    return make_idea(
        call, words, text=words, slug=slugify(f"{words} {state}"), state=state, author=author, backers=3,
        latitude="54.50000", longitude="1.90000", place=board.areas.wards()[0], **fields,
    )  # fmt: skip


def a_piece_of_evidence(board: Board, words: str, state: str, author: Person) -> Moderated:
    made = Evidence.objects.create(
        board=board, text=words, where_words=words, how="online", heard_on=timezone.localdate(), state=state,
        contact=author, reference=secrets.token_hex(6).upper(),
    )  # fmt: skip
    for scope in Consent.Scope.values:
        Consent.objects.create(evidence=made, scope=scope, wording="Yes", taken_at=timezone.now())
    return made


def a_why(board: Board, words: str, state: str, author: Person) -> Moderated:
    poll = Poll.objects.filter(activity__board=board).first() or make_poll(board, "Which bus?", asks_why=True)
    # Where the words of others would be read, if any were shown.
    Poll.objects.filter(pk=poll.pk).update(asks_why=True)
    Activity.objects.filter(pk=poll.pk).update(results_show=Activity.ResultsShow.ALWAYS)
    return Why.objects.create(poll=poll, text=words, may_quote=True, state=state)


def words_of_a_survey(board: Board, words: str, state: str, author: Person) -> Moderated:
    survey = Survey.objects.filter(activity__board=board).first() or make_survey(board, title="The park and you")
    response = make_response(survey, {"wish": words})
    return Words.objects.create(
        survey=survey, response=response, question="wish", label="What should change?", text=words, state=state
    )


def a_proposal(board: Board, words: str, state: str, author: Person) -> Moderated:
    round = FundingRound.objects.filter(activity__board=board).first()
    round = round or make_round(board, title="Spring grants", **dates_around(timezone.now(), "proposals"))
    made = make_proposal(round, title=words)
    made.group = made.summary = made.who_benefits = made.place = words
    made.state, made.lead, made.slug = state, author, slugify(f"{words} {state}")
    made.save()
    return made


def a_comment(board: Board, words: str, state: str, author: Person) -> Moderated:
    idea = shown_idea(board)
    Idea.objects.filter(pk=idea.pk).update(comments=1)
    return Comment.objects.create(idea=idea, stance="for", text=words, name_shown=words, author=author, state=state)


def shown_idea(board: Board) -> Idea:
    title = "An idea that everyone may read"
    known = Idea.objects.filter(call__activity__board=board, title=title).first()
    return known or make_idea(call_of(board), title, slug="everyone-may-read-it")


def call_of(board: Board) -> IdeasCall:
    return IdeasCall.objects.filter(activity__board=board).order_by("pk").first() or make_call(
        board, "What would help?"
    )


def a_version(board: Board, words: str, state: str, author: Person) -> Moderated:
    idea = shown_idea(board)
    if not idea.versions.exists():
        Version.objects.create(idea=idea, number=1, state="shown", title=idea.title, text=idea.text)
    if state == "pending":  # one waits at a time
        idea.versions.pending().update(state="hidden")
    number = idea.versions.count() + 1
    return Version.objects.create(
        idea=idea, number=number, title=words, text=words, who_it_helps=words, place_words=words, by=author, state=state
    )


def a_picture(board: Board, words: str, state: str, author: Person) -> Moderated:
    idea = shown_idea(board)
    row = IdeaPicture(idea=idea, alt=words, kind="image/png", width=1, height=1, by=author, state=state)
    row.file.save(f"{slugify(words)}-{state}.png", ContentFile(b"\x89PNG\r\n\x1a\n"), save=False)
    row.save()
    return row


def a_statement(board: Board, words: str, state: str, author: Person) -> Moderated:
    conversation = Conversation.objects.filter(activity__board=board).first() or make_conversation(board)
    return make_statement(conversation, words, author=author, state=state)


Maker = Callable[[Board, str, str, Person], Moderated]
MAKERS: dict[str, Maker] = {
    "ideas.idea": an_idea,
    "ideas.comment": a_comment,
    "ideas.version": a_version,
    "ideas.ideapicture": a_picture,
    "conversations.statement": a_statement,
    "evidence.evidence": a_piece_of_evidence,
    "polls.why": a_why,
    "surveys.words": words_of_a_survey,
    "funding.proposal": a_proposal,
}


def make_of(label: str, board: Board, words: str, *, state: str = "pending", author: Any = None) -> Moderated:
    if label not in MAKERS:
        pytest.fail(f"{label} is moderated, and tests/moderation/kinds.py does not say how to make one.")
    return MAKERS[label](board, words, state, author or make_person())


def make_of_each(board: Board, words: str, *, state: str = "pending", author: Any = None) -> dict[str, Moderated]:
    return {
        label: make_of(label, board, f"{words}{at}", state=state, author=author)
        for at, label in enumerate(sorted(kinds()))
    }
