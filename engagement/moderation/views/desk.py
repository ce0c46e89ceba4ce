"""The queue at the desk: read, decide, put right."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from boards.people.permissions import boards_where, may, officers_only
from engagement.moderation import actions, permissions, queries
from engagement.moderation.forms import WHY_HIDDEN, Choices, choices_of
from engagement.moderation.models import Decision

A_PAGE = 20


@officers_only("moderate")
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first; one form, so that it works by keyboard and without scripts."""
    choices = None
    if request.method == "POST":
        choices = choices_of(request.POST)
        if choices and not choices.problem:
            return decide(request, choices)
    assert request.user.is_authenticated  # noqa: S101
    page = Paginator(queries.waiting(request.user), A_PAGE).get_page(request.GET.get("page", "")[:9])
    return TemplateResponse(
        request,
        "moderation/desk/queue.html",
        {
            "page_title": _("Waiting to be read"),
            "header_icon": "comment",
            "page": page,
            "items": queries.the_items(page),
            "reasons": WHY_HIDDEN,
            "choices": choices,
            "now": timezone.now(),
        },
        status=422 if choices and choices.problem else 200,
    )


def decide(request: HttpRequest, choices: Choices) -> HttpResponse:
    """Decide each thing named. One of another board refuses the whole post before anything is done."""
    assert request.user.is_authenticated  # noqa: S101
    items = [item for key in choices.keys if (item := queries.item_by_key(key)) is not None]
    if not items:
        raise Http404
    if not all(permissions.may_decide(request.user, item) for item in items):
        raise PermissionDenied
    done = 0
    for item in items:
        try:
            actions.decide(
                item=item,
                to=choices.to,
                reason=choices.reason,
                words=choices.words,
                by=request.user,
                now=timezone.now(),
                seen_as="pending",
            )
        except actions.DecisionRefused as refusal:
            messages.warning(request, str(refusal))
        else:
            done += 1
    if done:
        shown = ngettext("%(n)d shown.", "%(n)d shown.", done)
        not_shown = ngettext("%(n)d not shown. The writer is told.", "%(n)d not shown. The writers are told.", done)
        said = (shown if choices.to == "shown" else not_shown) % {"n": done}
        messages.success(request, said + " " + _("You can put a decision right under “Decided lately”."))
    page = request.GET.get("page", "")
    return redirect(reverse("moderation_desk:queue") + ("?" + urlencode({"page": page[:9]}) if page else ""))


@officers_only("moderate")
def decided(request: HttpRequest) -> HttpResponse:
    """What was decided lately on one's boards, with the reason, and a way to put it right."""
    boards = boards_where(request.user, "moderate").values("pk")
    page = Paginator(queries.decisions_on(boards), A_PAGE).get_page(request.GET.get("page", "")[:9])
    pairs = queries.with_their_items(page)
    rows = [(each, item, item is not None and item.state == each.became) for each, item in pairs]
    return TemplateResponse(
        request,
        "moderation/desk/decided.html",
        {"page_title": _("Decided lately"), "header_icon": "history", "page": page, "rows": rows},
    )


@officers_only("moderate")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    assert request.user.is_authenticated  # noqa: S101
    if pk > 2**62:
        raise Http404
    decision = get_object_or_404(Decision, pk=pk)
    if not may(request.user, "moderate", decision.board_id):
        raise PermissionDenied
    try:
        new = actions.undo(decision=decision, by=request.user, now=timezone.now())
    except actions.DecisionRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Put back. It is now: %(state)s.") % {"state": new.get_became_display().lower()})
    return redirect("moderation_desk:decided")
