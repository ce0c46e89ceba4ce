"""Free text of a survey, one piece at a time, for whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from engagement.evidence.models import Consent, EvidenceLink
from engagement.surveys.models import Passage, Survey, SurveyVersion, Words
from engagement.surveys.rules.schema import Kind, Schema

UNREAD, READ, HIDDEN = "pending", "shown", "hidden"


@dataclass(frozen=True)
class Wanted:
    """Which words to read; what is empty leaves nothing out."""

    question: str = ""
    channel: str = ""
    area: int | None = None
    state: str = ""
    words: str = ""


def words_of(survey: Survey, wanted: Wanted) -> QuerySet[Words]:
    """Give the words that fit, by day and then by their response's random key: never in the order they came.

    Words whose evidence was withdrawn are withdrawn here too.
    """
    found: QuerySet[Words] = Words.objects.filter(survey=survey, response__state="sent").exclude(
        passages__evidence__withdrawn_at__isnull=False
    )
    if wanted.question:
        found = found.filter(question=wanted.question)
    if wanted.channel:
        found = found.filter(response__channel=wanted.channel)
    if wanted.area is not None:
        found = found.filter(response__place=wanted.area)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.words:
        found = found.filter(text__icontains=wanted.words)
    return found.select_related("response__place", "response__version", "survey__activity__board").order_by(
        "response__on", "response", "question"
    )


def questions_with_words(survey: Survey) -> list[tuple[str, str]]:
    """Give the boxes anyone wrote in, by id and label."""
    return list(Words.objects.filter(survey=survey).order_by("question").values_list("question", "label").distinct())


def areas_to_choose(survey: Survey) -> tuple[tuple[str, str], ...]:
    """Give the areas of the survey's board, by key and name."""
    areas = survey.activity.board.areas.order_by("name").values_list("pk", "name")
    return tuple((str(pk), name) for pk, name in areas)


def how_many_wait(survey: Survey) -> int:
    return words_of(survey, Wanted(state=UNREAD)).count()


def passages_of(words: Words) -> list[Passage]:
    """Give what of these words became evidence, with the needs it was linked to. Two queries."""
    found = Passage.objects.filter(words=words, evidence__withdrawn_at__isnull=True).select_related("evidence")
    passages = list(found.prefetch_related("evidence__links__need__board"))
    return passages


def links_of(passage: Passage) -> list[EvidenceLink]:
    return list(passage.evidence.links.all())


def agreed_in(words: Words) -> dict[str, str]:
    """Give what whoever wrote this agreed to in the same survey: the wording of each scope, as they read it."""
    answers = words.response.answers
    return {
        scope: wording
        for question, scope, wording in consents_in(words.response.version)
        if answers.get(question) is True
    }


def consents_in(version: SurveyVersion) -> list[tuple[str, str, str]]:
    """Give the consents a version asks for: the question's id, the scope, the wording."""
    schema: Schema = version.read
    return [
        (question.id, question.scope, question.label)
        for question in schema.questions.values()
        if question.kind is Kind.CONSENT and question.scope in Consent.Scope.values
    ]
