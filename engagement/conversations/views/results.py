"""What a conversation came to: the page, every statement, and the files anyone may take."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.permissions import open_to_all
from boards.people.rules import Verdict
from engagement.activities.views import page_of
from engagement.conversations import exports, permissions, queries
from engagement.conversations.actions.results import is_due, results_now
from engagement.conversations.models import Conversation
from engagement.conversations.results import Results
from engagement.conversations.views.frame import Reader, conversation_or_404, way_to

STATEMENTS_A_PAGE = 15


def may_read(request: HttpRequest, found: Conversation, now: datetime) -> Verdict:
    took_part = Reader(request, found).took_part
    return permissions.may_see_results(request.user, found.activity, now=now, took_part=took_part)


def context_of(request: HttpRequest, found: Conversation, verdict: Verdict, now: datetime) -> dict[str, Any]:
    kept = results_now(found, now=now) if verdict else None
    return {
        "conversation": found,
        "activity": found.activity,
        "board": found.activity.board,
        "now": now,
        "is_open": found.activity.is_open(now),
        "has_closed": found.activity.has_closed(now),
        "verdict": verdict,
        "results": Results(found, kept) if kept else None,
        "kept": kept,
        "is_old": kept is not None and is_due(found, kept, now=now),
        "publishes": permissions.may_take_answers(request.user, found, now=now),
    }


@open_to_all
def results(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    found = conversation_or_404(request, board_slug, slug)
    now = timezone.now()
    context = context_of(request, found, may_read(request, found, now), now)
    context["has_answers_file"] = bool(context["publishes"]) and exports.has_answers_to_give(found)
    context["crumbs"] = way_to(found, (_("Results"), ""))
    return TemplateResponse(request, "conversations/results.html", context)


@open_to_all
def statements(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Every statement that is shown, and how people answered it: to whom and when the results show."""
    found = conversation_or_404(request, board_slug, slug)
    now = timezone.now()
    context = context_of(request, found, may_read(request, found, now), now)
    told = context["results"]
    if told:
        page: Any = page_of(told.everything(), request, size=STATEMENTS_A_PAGE)
        context |= {"page": page, "rows": [told.told(pk) for pk in page.object_list]}
    context["crumbs"] = way_to(found, (_("Results"), found.address("results")), (_("Every statement"), ""))
    return TemplateResponse(request, "conversations/statements.html", context)


def as_file(lines: Any, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@open_to_all
def statements_file(request: HttpRequest, board_slug: str, slug: str) -> StreamingHttpResponse:
    found = conversation_or_404(request, board_slug, slug)
    now = timezone.now()
    if not may_read(request, found, now):
        raise Http404
    return as_file(exports.statements_csv(found, queries.kept_results(found)), f"{slug}-statements.csv")


@open_to_all
def answers_file(request: HttpRequest, board_slug: str, slug: str) -> StreamingHttpResponse:
    """Each person's answers without names, where the board said beforehand that they come out, and after closing."""
    found = conversation_or_404(request, board_slug, slug)
    if not permissions.may_take_answers(request.user, found, now=timezone.now()):
        raise Http404
    return as_file(exports.answers_csv(found), f"{slug}-answers.csv")
