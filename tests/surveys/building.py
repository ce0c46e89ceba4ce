"""Surveys on the desk: made by the same act that a coordinator uses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from engagement.activities.models import Audience
from engagement.surveys.actions import building
from engagement.surveys.models import Survey
from tests.surveys.any_survey import q, survey

PARK = survey(
    [
        q(1, label="Do you use the park?"),
        {
            "id": "q2", "kind": "one_choice", "label": "How often do you go?", "help": "", "required": True,
            "show_if": {"q": "q1", "is": "yes"},
            "choices": [
                {"id": "a", "label": "Every week"}, {"id": "b", "label": "Less often"},
                {"id": "x", "label": "Something else", "other": True},
            ],
        },
    ],
    [{"id": "q3", "kind": "several", "label": "What would make it better?", "choices": [
        {"id": "a", "label": "Benches"}, {"id": "b", "label": "Lights"}, {"id": "n", "label": "None", "exclusive": True}]}],
    [{"id": "q4", "kind": "long_text", "label": "Tell us more"}],
    p1={"title": "The park", "next": [{"if": {"q": "q1", "is": "no"}, "to": "p3"}]},
    p2={"title": "Better"},
    p3={"title": "In your words"},
)  # fmt: skip


def settings_for(**values: Any) -> dict[str, Any]:
    now = timezone.now()
    return {
        "title": "The park",
        "summary": "",
        "introduction": "We want to know.",
        "thanks_words": "",
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=7),
        "audience": Audience.ANYONE,
        "results_show": "after_closing",
        "takes_paper": True,
        "takes_phone": True,
        "asks_equality": False,
        "needs": [],
        **values,
    }


def make_draft(board: Any, by: Any, asks: Any = PARK, **values: Any) -> Survey:
    """A survey of this board that nobody sees yet, with these questions under new ids."""
    made = building.new_survey(
        board=board, values=settings_for(**values), language="en-gb", by=by, now=timezone.now(), like=asks
    )
    return Survey.objects.select_related("activity__board", "draft").get(pk=made.pk)


def make_published(board: Any, by: Any, asks: Any = PARK, **values: Any) -> Survey:
    made = make_draft(board, by, asks, **values)
    building.publish(survey=made, stamp=made.draft.stamp, by=by, now=timezone.now())
    return Survey.objects.select_related("activity__board", "draft", "current").get(pk=made.pk)


def ids(made: Survey) -> list[str]:
    """The ids of a draft's questions, in order."""
    return [each["id"] for page in made.draft.schema["pages"] for each in page["questions"]]
