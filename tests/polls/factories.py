"""Make a valid poll, so that a test states only what matters."""

from engagement.polls.models import Choice, Poll
from tests.factories import make_activity


def make_poll(board, question="What should the green have?", choices=("Swings", "Benches", "Trees"), **fields):
    poll = Poll.objects.create(activity=make_activity(board, "poll", **fields), question=question)
    for at, text in enumerate(choices, 1):
        Choice.objects.create(poll=poll, text=text, position=at)
    return poll


def choice_of(poll, text):
    return poll.choices.get(text=text)
