"""Who may build a survey, publish it, keep its questions, print it and key what came back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from boards.places.models import Board
from engagement.surveys.models import LibraryQuestion, Survey

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person

    Someone = Person | AnonymousUser


def may_look(person: Someone, survey: Survey) -> Verdict:
    """See the draft, its checks and how it will look."""
    return may(person, "see_unpublished", survey.activity.board_id)


def may_build_on(person: Someone, board: Board) -> Verdict:
    return may(person, "run_activities", board)


def may_build(person: Someone, survey: Survey) -> Verdict:
    return may(person, "run_activities", survey.activity.board_id)


def may_publish(person: Someone, survey: Survey, *, now: datetime) -> Verdict:
    verdict = may_build(person, survey)
    if verdict and survey.activity.closes_at is not None and survey.activity.closes_at <= now:
        return Verdict(False, _("The closing time has passed. Give it a later one first."))
    return verdict


def may_close(person: Someone, survey: Survey, *, now: datetime) -> Verdict:
    verdict = may_build(person, survey)
    if verdict and not survey.activity.is_open(now):
        return Verdict(False, _("Only an open survey can be closed early."))
    return verdict


def may_delete(person: Someone, survey: Survey) -> Verdict:
    verdict = may_build(person, survey)
    if verdict and (not survey.activity.is_draft or survey.responses.exists() or survey.filled_sheets.exists()):
        return Verdict(False, _("Only a survey that was never published can be deleted. Close this one instead."))
    return verdict


def may_copy(person: Someone, survey: Survey) -> Verdict:
    """Copy what a survey asks: what is published is for anyone who builds, a draft for its own board's officers."""
    if not survey.activity.is_draft and survey.current_id is not None:
        return YES
    return may_look(person, survey)


def may_keep_in_library(person: Someone, survey: Survey, *, for_council: bool) -> Verdict:
    return may(person, "run_activities", None if for_council else survey.activity.board_id)


def may_change_library(person: Someone, kept: LibraryQuestion) -> Verdict:
    return may(person, "run_activities", kept.board_id)


def may_print(person: Someone, survey: Survey) -> Verdict:
    """Print what people answer now; a draft can be looked at, and is printed with "draft" on it."""
    verdict = may(person, "key_paper", survey.activity.board_id)
    if verdict and survey.current_id is None:
        return Verdict(False, _("Publish the survey first. Until then, look at it on paper as it will be."))
    if verdict and not survey.takes_paper:
        return Verdict(False, _("This survey is not set to be answered on paper. Change that in its settings."))
    return verdict


def may_key(person: Someone, survey: Survey, *, now: datetime) -> Verdict:
    """Key sheets from the opening on. Paper handed in in time may be keyed after closing."""
    verdict = may_print(person, survey)
    if verdict and (survey.activity.is_draft or now < survey.activity.opens_at):
        return Verdict(False, _("This survey has not opened yet."))
    return verdict


def may_write_down(person: Someone, survey: Survey, *, now: datetime) -> Verdict:
    """Write down answers for someone on the telephone, while it is open."""
    verdict = may(person, "key_paper", survey.activity.board_id)
    if not verdict:
        return verdict
    if not survey.takes_phone:
        return Verdict(False, _("This survey is not set to be answered by phone. Change that in its settings."))
    if survey.current_id is None or not survey.activity.is_open(now):
        return Verdict(False, _("This survey is not open now."))
    return YES
