"""Make a valid call and valid ideas."""

from __future__ import annotations

from itertools import count

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Activity, Audience
from engagement.ideas.models import Idea, IdeasCall
from tests.factories import make_activity, make_person

numbers = count(1)


def make_call(board: Board, question: str = "", *, shows_at_once: bool = False, **facts: object) -> IdeasCall:
    """Give a call that opened yesterday, closes in a week and asks for nothing but an e-mail address."""
    question = question or f"What would make evenings better? {next(numbers)}"
    facts.setdefault("audience", Audience.ANYONE)
    activity = make_activity(board, Activity.Kind.IDEAS, question, **facts)
    return IdeasCall.objects.create(activity=activity, question=question, shows_at_once=shows_at_once)


def make_idea(call: IdeasCall, title: str = "", *, author: Person | None = None, **facts: object) -> Idea:
    """Give an idea that is shown."""
    number = next(numbers)
    facts.setdefault("state", Idea.State.SHOWN)
    facts.setdefault("text", "It would bring people together.")
    facts.setdefault("slug", f"idea-{number}")
    title = title or f"Benches by the river {number}"
    return Idea.objects.create(call=call, title=title, author=author or make_person(), **facts)


def many_ideas(call: IdeasCall, how_many: int, **facts: object) -> None:
    author = make_person()
    Idea.objects.bulk_create(
        Idea(
            call=call,
            title=f"Idea number {n}",
            slug=f"many-{n}",
            text="Words " * 20,
            author=author,
            state=Idea.State.SHOWN,
            backers=n % 50,
            search_text=f"idea number {n} words",
            **facts,
        )
        for n in range(how_many)
    )
