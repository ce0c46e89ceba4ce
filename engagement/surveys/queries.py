"""Surveys of a board, and finding someone's answers again: by their form, their code or their account."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from boards.people import keys
from boards.places.models import Area, Board, Postcode
from engagement.evidence.models import Need
from engagement.evidence.rules import normal_code
from engagement.surveys.models import Response, Survey, Upload, Words
from engagement.surveys.rules.answers import Known
from engagement.surveys.rules.conditions import World
from engagement.surveys.rules.schema import Kind, Page, Schema

if TYPE_CHECKING:
    from boards.people.models import Person


def surveys_of(board: Board, *, now: datetime | None = None, state: str = "") -> QuerySet[Survey]:
    """Give a board's published surveys; `state` narrows to "open", "coming" or "closed"."""
    moment = now or timezone.now()
    surveys = Survey.objects.for_board(board).published().filter(activity__is_unlisted=False)
    if state == "open":
        return surveys.open_at(moment).order_by("activity__closes_at", "pk")
    if state == "coming":
        return surveys.coming_at(moment).order_by("activity__opens_at", "pk")
    if state == "closed":
        return surveys.closed_at(moment).order_by("-activity__closes_at", "-pk")
    return surveys.order_by("-activity__opens_at", "-pk")


# --- finding answers again -----------------------------------------------------------------------


def code_digest(code: str) -> str:
    return keys.digest(f"survey:{code}")


def response_of_code(typed: str) -> Response | None:
    """Give the draft or the sent answers that a code was given for, or None."""
    code = normal_code(typed)
    if code is None:
        return None
    return _at_hand().filter(code_digest__in=keys.digests(f"survey:{code}")).first()


def response_of_token(token: UUID | str) -> Response | None:
    """Give what was begun or sent with a form's token. Whoever holds the token began it."""
    try:
        given = token if isinstance(token, UUID) else UUID(token)
    except (ValueError, AttributeError, TypeError):
        return None
    return _at_hand().filter(token=given).first()


def draft_of_person(person: Person, survey: Survey) -> Response | None:
    """Give what someone signed in began last and did not send: it is theirs on any device."""
    return _at_hand().drafts().filter(survey=survey, person=person, corrects__isnull=True).order_by("-on").first()


def response_of_reference(survey: Survey, reference: str) -> Response | None:
    return Response.objects.sent().filter(survey=survey, reference=reference).first()


def _at_hand() -> QuerySet[Response]:
    return Response.objects.select_related("survey__activity__board", "version", "corrects")


# --- what rules ask ------------------------------------------------------------------------------


def world_of(response: Response) -> World:
    """Give what conditions may ask besides answers. A language is known by its first part: "en" of "en-gb"."""
    return World(response.channel, response.language.partition("-")[0])


def known_for(response: Response, pages: list[Page] | tuple[Page, ...]) -> Known:
    """Give what the rules must know for these pages: nothing is read that none of them asks for."""
    kinds = {question.kind for page in pages for question in page.questions}
    uploads: dict[str, list[str]] = {}
    if Kind.FILE in kinds:
        for question, public_id in uploads_of(response).values_list("question", "public_id"):
            uploads.setdefault(question, []).append(public_id)
    areas = wards_of(response.survey) if Kind.PLACE in kinds else []
    return Known(knows_postcode=is_on_our_list, areas={code for code, _name in areas}, uploads=uploads)


def is_on_our_list(postcode: str) -> bool:
    return Postcode.objects.filter(pk=postcode).exists()


def uploads_of(response: Response) -> QuerySet[Upload]:
    """Give the files of a response; a draft that puts another right may keep that one's."""
    owners = [response.pk] if response.corrects_id is None else [response.pk, response.corrects_id]
    return Upload.objects.filter(response__in=owners).order_by("pk")


def wards_of(survey: Survey) -> list[tuple[str, str]]:
    """Give the wards of the survey's board by code and name, in the order of their names."""
    wards: QuerySet[Area] = survey.activity.board.areas.wards()  # type: ignore[attr-defined]
    return list(wards.order_by("name").values_list("code", "name"))


def shapes_of(survey: Survey) -> list[dict[str, Any]]:
    """Give the outlines of the board's wards to draw: our own, nothing of anybody else's."""
    wards: QuerySet[Area] = survey.activity.board.areas.wards()  # type: ignore[attr-defined]
    rows = wards.filter(outline__isnull=False).order_by("name").values_list("name", "outline")
    return [{"name": name, "geometry": outline} for name, outline in rows]


def has_kind(schema: Schema, kind: Kind) -> bool:
    return any(question.kind is kind for question in schema.questions.values())


# --- what came of it -----------------------------------------------------------------------------


def needs_served(response: Response) -> list[Need]:
    """Give the needs that someone's answers bear on: those the survey was held for, and those their words became evidence of."""
    activity = response.survey.activity
    bearing = Need.objects.filter(links__evidence__survey_passage__words__response=response)
    found = Need.objects.current().filter(pk__in=activity.needs.values("pk")) | Need.objects.current().filter(
        pk__in=bearing.values("pk")
    )
    return list(found.select_related("board").distinct().order_by("title")[:8])


def words_in(response: Response) -> dict[str, str]:
    """Give how each box of free text stands with whoever reads them: its state by the question's id."""
    return dict(Words.objects.filter(response=response).values_list("question", "state"))
