"""Building a survey: the draft changed a step at a time, undone, published as a version, copied, kept in the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.evidence.models import Need
from engagement.surveys import building_permissions as permissions
from engagement.surveys.models import Draft, LibraryQuestion, Step, Survey, SurveyVersion
from engagement.surveys.models.building import STEPS_KEPT
from engagement.surveys.rules.checks import check
from engagement.surveys.rules.editing import Desk, Full, Gone, empty, highest, page_of, question_of, seen
from engagement.surveys.rules.schema import SchemaRefused, read_schema

Does = Step.Does


class BuildRefused(Exception):
    """What an officer asked for cannot be done. Its message is fit to show."""


class ChangedMeanwhile(BuildRefused):
    """Somebody else changed the same thing. `by` is who; `now` is the thing as it stands."""

    def __init__(self, message: str, *, now: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.now = now


# --- the survey ----------------------------------------------------------------------------------

OF_SURVEY = ("introduction", "thanks_words", "takes_paper", "takes_phone", "asks_equality")
OF_ACTIVITY = ("title", "summary", "opens_at", "closes_at", "audience", "results_show")


def free_slug(board: Board, title: str, *, but: int | None = None) -> str:
    """Give an address from a title that no other survey of the board has."""
    stem = slugify(title)[:70] or "survey"
    others = Activity.objects.filter(board=board, kind=Activity.Kind.SURVEY, slug__startswith=stem)
    if but is not None:
        others = others.exclude(pk=but)
    taken = set(others.values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{number}" for number in range(2, 1000))) if slug not in taken)


@transaction.atomic
def new_survey(
    *, board: Board, values: Mapping[str, Any], language: str, by: Person, now: datetime,
    like: Mapping[str, Any] | None = None,
) -> Survey:  # fmt: skip
    """Make a survey that nobody sees yet, with an empty draft or with the questions of another."""
    verdict = permissions.may_build_on(by, board)
    if not verdict:
        raise BuildRefused(verdict.why_not)
    activity = Activity(board=board, kind=Activity.Kind.SURVEY, is_draft=True)
    _fill(activity, OF_ACTIVITY, values)
    activity.slug = free_slug(board, activity.title)
    try:
        with transaction.atomic():
            activity.save(force_insert=True)
    except IntegrityError:
        raise BuildRefused(_("Somebody has just made a survey with this title. Change the title a little.")) from None
    activity.needs.set(_own_needs(board, values.get("needs", ())))
    survey = Survey(activity=activity)
    _fill(survey, OF_SURVEY, values)
    survey.save(force_insert=True)
    desk = Desk(empty(language), 0)
    if like is not None:
        desk.take_over(like)
    Draft.objects.create(survey=survey, schema=desk.schema, last_number=desk.number, changed_at=now, changed_by=by)
    _log(survey, "new", by)
    return survey


@transaction.atomic
def change_settings(*, survey: Survey, values: Mapping[str, Any], by: Person) -> None:
    """Change its dates, audience, words and channels. What is fixed once people have answered is refused."""
    verdict = permissions.may_build(by, survey)
    if not verdict:
        raise BuildRefused(verdict.why_not)
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    if survey.responses.exists() and any(
        name in values and getattr(activity, name) != values[name] for name in ("opens_at", "audience")
    ):
        raise BuildRefused(_("People have answered, so the opening and who may answer are fixed."))
    before = {name: str(getattr(activity, name)) for name in OF_ACTIVITY} | {
        name: str(getattr(survey, name)) for name in OF_SURVEY
    }
    _fill(activity, OF_ACTIVITY, values)
    if activity.is_draft:
        activity.slug = free_slug(activity.board, activity.title, but=activity.pk)
    activity.save()
    if "needs" in values:
        activity.needs.set(_own_needs(activity.board, values["needs"]))
    _fill(survey, OF_SURVEY, values)
    survey.activity = activity
    survey.save(update_fields=list(OF_SURVEY))
    after = {name: str(getattr(activity, name)) for name in OF_ACTIVITY} | {
        name: str(getattr(survey, name)) for name in OF_SURVEY
    }
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if changed:
        _log(survey, "settings", by, changed=changed)


def _fill(row: Any, names: Iterable[str], values: Mapping[str, Any]) -> None:
    for name in names:
        if name in values:
            setattr(row, name, values[name])


def _own_needs(board: Board, needs: Iterable[Need]) -> list[Need]:
    return [need for need in needs if need.board_id == board.pk]


# --- the draft -----------------------------------------------------------------------------------


def draft_of(survey: Survey, *, by: Person, now: datetime) -> Draft:
    """Give the draft; one that is missing begins from the version people answer now."""
    found = Draft.objects.filter(survey=survey).first()
    if found is not None:
        return found
    schema = survey.current.schema if survey.current else empty(settings.LANGUAGE_CODE)
    known = max((highest(version.schema) for version in survey.versions.all()), default=0)
    made, _new = Draft.objects.get_or_create(
        survey=survey,
        defaults={"schema": schema, "last_number": max(known, highest(schema)), "changed_at": now, "changed_by": by},
    )
    return made


@dataclass(frozen=True)
class Done:
    """What a step made: the draft after it, and the id it was about."""

    draft: Draft
    id: str


@transaction.atomic
def take_step(
    *, survey: Survey, does: str, by: Person, now: datetime, alter: Callable[[Desk], str], about: str = "",
    as_seen: str | None = None,
) -> Done:  # fmt: skip
    """Change the draft by one step and keep how it was.

    `alter` works on a copy and gives the id of what it made or changed. `about` is the page or question
    at hand; `as_seen` the stamp it had when its officer opened it: if somebody has changed it since,
    nothing is overwritten and ChangedMeanwhile says so. Work on other questions does not stand in the way.
    """
    verdict = permissions.may_build(by, survey)
    if not verdict:
        raise BuildRefused(verdict.why_not)
    draft_of(survey, by=by, now=now)
    draft = Draft.objects.select_for_update(of=("self",)).select_related("changed_by").get(survey=survey)
    desk = Desk(draft.schema, draft.last_number)
    try:
        if about:
            _refuse_if_changed(desk, about, as_seen)
        label = _label(desk.schema, about)
        id = alter(desk)
    except Gone:
        raise BuildRefused(_("This is not in the survey any more: somebody has taken it away.")) from None
    except Full as full:
        said = (
            _("A survey has at most %(most)d pages.")
            if full.of == "pages"
            else _("A survey has at most %(most)d questions.")
        )
        raise BuildRefused(said % {"most": full.most}) from None
    if desk.schema == draft.schema:
        return Done(draft, id)
    _keep_step(draft, does=does, about=id, label=_label(desk.schema, id) or label, by=by, now=now)
    draft.schema, draft.last_number = desk.schema, desk.number
    draft.save()
    return Done(draft, id)


def _keep_step(draft: Draft, *, does: str, about: str, label: str, by: Person, now: datetime) -> None:
    draft.stamp += 1
    draft.changed_at, draft.changed_by = now, by
    Step.objects.create(
        draft=draft,
        number=draft.stamp,
        does=does,
        about=about[:20],
        label=label[:120],
        before=draft.schema,
        by=by,
        at=now,
    )
    if draft.stamp > STEPS_KEPT:
        draft.steps.filter(number__lte=draft.stamp - STEPS_KEPT).delete()


def _thing(schema: Mapping[str, Any], id: str) -> Mapping[str, Any]:
    try:
        return page_of(schema, id)
    except Gone:
        return question_of(schema, id)[0]


def _label(schema: Mapping[str, Any], id: str) -> str:
    try:
        thing = _thing(schema, id)
    except Gone:
        return ""
    return str(thing.get("label") or thing.get("title") or "")


def _refuse_if_changed(desk: Desk, about: str, as_seen: str | None) -> None:
    thing = _thing(desk.schema, about)
    if as_seen is not None and as_seen != seen(thing):
        raise ChangedMeanwhile(
            _("Somebody else changed this while you had it open. Nothing is lost: see both below."), now=thing
        )


@transaction.atomic
def undo(*, survey: Survey, number: int, by: Person, now: datetime) -> Step:
    """Put the draft back to how it was before its last step. Undoing once more does that step again."""
    verdict = permissions.may_build(by, survey)
    if not verdict:
        raise BuildRefused(verdict.why_not)
    draft = Draft.objects.select_for_update(of=("self",)).filter(survey=survey).first()
    last = draft.steps.first() if draft else None
    if draft is None or last is None:
        raise BuildRefused(_("There is nothing to undo."))
    if last.number != number:
        raise BuildRefused(_("Somebody has changed the survey since. Look at it before you undo anything."))
    before = last.before
    _keep_step(draft, does=Does.UNDO, about=last.about, label=last.label, by=by, now=now)
    draft.schema = before
    draft.save()
    return last


@transaction.atomic
def take_over(*, survey: Survey, schema: Mapping[str, Any], by: Person, now: datetime) -> None:
    """Put a copy of another survey's questions in place of this draft's; it can be undone."""

    def alter(desk: Desk) -> str:
        desk.take_over(schema)
        return str(desk.pages[0]["id"])

    take_step(survey=survey, does=Does.TAKE_OVER, by=by, now=now, alter=alter)


# --- publishing ----------------------------------------------------------------------------------


def what_stops(survey: Survey, schema: Mapping[str, Any]) -> str:
    """Give "" if a draft may be published, or a sentence that says why not."""
    if any(found.stops for found in check(schema, takes_paper=survey.takes_paper)):
        return _("Some things must be put right first. They are listed beside the questions.")
    try:
        read_schema(schema)
    except SchemaRefused:
        return _("Some settings are not right yet. They are listed beside the questions.")
    return ""


@transaction.atomic
def publish(*, survey: Survey, stamp: int, by: Person, now: datetime) -> SurveyVersion:
    """Make the draft a version that people answer from now on, and the survey public if it was not.

    Earlier versions stay as they are, with whatever answers they have. Nobody who has begun is moved to another.
    """
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    survey.activity = activity
    verdict = permissions.may_publish(by, survey, now=now)
    if not verdict:
        raise BuildRefused(verdict.why_not)
    draft = Draft.objects.select_for_update(of=("self",)).get(survey=survey)
    if draft.stamp != stamp:
        raise BuildRefused(_("Somebody has changed the survey since you looked. Look at it again before you publish."))
    if stops := what_stops(survey, draft.schema):
        raise BuildRefused(stops)
    latest = survey.versions.order_by("-number").first()
    if latest is not None and latest.schema == draft.schema:
        if not activity.is_draft:
            raise BuildRefused(_("Nothing has changed since this was last published."))
        version = latest
    else:
        version = SurveyVersion.objects.create(
            survey=survey, number=latest.number + 1 if latest else 1, schema=draft.schema, made_at=now, made_by=by
        )
    survey.current = version
    survey.save(update_fields=["current"])
    was_draft = activity.is_draft
    if was_draft:
        activity.is_draft = False
        activity.save(update_fields=["is_draft"])
    _log(survey, "publish", by, version=version.number, first=was_draft)
    return version


@transaction.atomic
def close_early(*, survey: Survey, why: str, by: Person, now: datetime) -> None:
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    survey.activity = activity
    verdict = permissions.may_close(by, survey, now=now)
    if not verdict:
        raise BuildRefused(verdict.why_not)
    was = activity.closes_at
    activity.closes_at = now
    activity.save(update_fields=["closes_at"])
    _log(survey, "close_early", by, why=why, was=was.isoformat() if was else "")


@transaction.atomic
def delete_draft(*, survey: Survey, by: Person) -> None:
    """Delete a survey that was never published."""
    verdict = permissions.may_delete(by, survey)
    if not verdict:
        raise BuildRefused(verdict.why_not)
    _log(survey, "delete", by, title=survey.activity.title)
    survey.print_runs.all().delete()
    survey.current = None
    survey.save(update_fields=["current"])
    survey.activity.delete()


# --- the library ---------------------------------------------------------------------------------


@transaction.atomic
def keep_in_library(
    *, survey: Survey, question: str, for_council: bool, by: Person, now: datetime
) -> LibraryQuestion:  # fmt: skip
    """Keep a question of the draft to be asked again: for the board, or for every board. Its condition stays behind."""
    verdict = permissions.may_keep_in_library(by, survey, for_council=for_council)
    if not verdict:
        raise BuildRefused(verdict.why_not)
    draft = draft_of(survey, by=by, now=now)
    try:
        found, _page = question_of(draft.schema, question)
    except Gone:
        raise BuildRefused(_("This is not in the survey any more: somebody has taken it away.")) from None
    kept = {name: value for name, value in found.items() if name not in ("id", "show_if")} | {"show_if": None}
    if not kept["label"].strip():
        raise BuildRefused(_("Write the question first. Then it can be kept."))
    board = None if for_council else survey.activity.board
    made, _new = LibraryQuestion.objects.update_or_create(
        board=board,
        label=kept["label"][:500],
        kind=kept["kind"],
        defaults={
            "question": kept,
            "language": draft.schema.get("language", settings.LANGUAGE_CODE),
            "made_by": by,
            "made_at": now,
        },
    )
    _log(survey, "keep_question", by, question=made.label, council=for_council)
    return made


@transaction.atomic
def take_from_library(*, kept: LibraryQuestion, by: Person) -> None:
    """Take a question out of the library; surveys that ask it keep it."""
    verdict = permissions.may_change_library(by, kept)
    if not verdict:
        raise BuildRefused(verdict.why_not)
    kept.delete()


def _log(survey: Survey, action: str, by: Person, **data: object) -> None:
    log(instance=survey, action=f"surveys.{action}", user=by, data={**data, "board": survey.activity.board_id})
