"""Outcomes for everyone, a resident's own page, and the desk's way to publish."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from boards.people.permissions import login_required, officers_only, open_to_all
from boards.places.models import Board
from engagement.funding.panel_queries import panels_of
from engagement.funding.pipeline_queries import sees_pipeline
from engagement.outcomes import actions, permissions, queries
from engagement.outcomes.models import Loop

A_PAGE = 20


@open_to_all
def outcomes(request: HttpRequest, board_slug: str = "") -> HttpResponse:
    """List what came of it, newest first: of one board, or of all."""
    board = get_object_or_404(Board, slug=board_slug) if board_slug else None
    page = Paginator(queries.outcomes_of(board), A_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "outcomes/outcomes.html", {"board": board, "page": page})


@open_to_all
def loop(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """One loop: asked, said, did, did not because, next; and everything it answers."""
    found = get_object_or_404(Loop.objects.select_related("board"), board__slug=board_slug, slug=slug)
    if not permissions.may_see(request.user, found):
        raise Http404
    context = {
        "loop": found,
        "board": found.board,
        "needs": found.needs.select_related("board"),
        "quotes": found.evidence.quotable().select_related("where")[:20],
        "activities": found.activities.published().select_related("board"),
        "awards": found.awards.select_related("proposal__round__activity__board", "proposal__organisation"),
    }
    return TemplateResponse(request, "outcomes/loop.html", context)


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What I said and what came of it."""
    thread = queries.thread_of(request.user, now=timezone.now())
    page = Paginator(thread, A_PAGE).get_page(request.GET.get("page"))
    answered = sum(spoken.is_answered for spoken in thread)
    return TemplateResponse(
        request,
        "outcomes/mine.html",
        {
            "page": page,
            "said": len(thread),
            "answered": answered,
            "person": request.user,
            "funds": sees_pipeline(request.user),
            "panels": panels_of(request.user),
        },
    )


@officers_only("publish_outcome")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what will go to how many people, then publish."""
    found = get_object_or_404(Loop.objects.select_related("board"), pk=pk)
    if not permissions.may_see(request.user, found) or not permissions.may_delete(request.user, found):
        raise Http404
    if request.method == "POST":
        try:
            told = actions.publish(loop=found, by=request.user, now=timezone.now())
        except actions.OutcomeRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                ngettext("Published. %(n)s person is being told.", "Published. %(n)s people are being told.", told)
                % {"n": told},
            )
        return redirect("outcomes_desk:index")
    context = {
        "loop": found,
        "people": queries.people_to_tell(found).count(),
        "message": actions.message_body(found),
        "missing": missing_before_publishing(found),
    }
    return TemplateResponse(request, "outcomes/desk/publish.html", context)


def missing_before_publishing(found: Loop) -> list[str]:
    """Give what a careful officer would still put right, in sentences. None of it stops the publishing."""
    missing = []
    if not found.did_not_because:
        missing.append(_("Was anything asked for that was not done? If so, say why. Silence is what people mind most."))
    if not found.next_step:
        missing.append(_("What happens next, and by when? If nothing does, say so."))
    if not (found.activities.exists() or found.evidence.exists() or found.needs.exists()):
        missing.append(_("It is not linked to anything people said, so nobody will be told."))
    return missing
