"""Make a valid poll, so that a test states only what matters."""

from engagement.polls.actions import POLL_FIELDS
from engagement.polls.models import FACE_WORDS, MANY_ANSWERS, YES_NO_WORDS, Choice, Kind, Poll
from engagement.polls.rules import steps_of
from tests.factories import make_activity


def make_poll(board, question="What should the green have?", choices=("Swings", "Benches", "Trees"), **fields):
    own = {name: fields.pop(name) for name in POLL_FIELDS if name in fields}
    kind = own.get("kind", Kind.ONE_CHOICE)
    if kind in MANY_ANSWERS:
        own = {"least": 1, "most": len(choices), **own}
    if kind == Kind.SCALE:
        own = {"steps": 5, "low_label": "Not safe", "high_label": "Very safe", **own}
        choices = [str(step) for step in steps_of(own["steps"])]
    choices = {Kind.YES_NO: YES_NO_WORDS, Kind.FACES: FACE_WORDS}.get(kind, choices)
    poll = Poll.objects.create(activity=make_activity(board, "poll", **fields), question=question, **own)
    for at, text in enumerate(choices, 1):
        Choice.objects.create(poll=poll, text=text, position=at)
    return poll


def choice_of(poll, text):
    return poll.choices.get(text=text)


def marks_of(poll, **places):
    """Give a vote by the words of its choices: marks_of(poll, Swings=1, Trees=2)."""
    return {choice_of(poll, text).pk: place for text, place in places.items()}
