"""Objections: written by whoever wrote the thing, decided at the desk by someone else."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.permissions import login_required, officers_only
from engagement.moderation import actions, permissions, queries
from engagement.moderation.forms import HearForm, ObjectionForm
from engagement.moderation.models import Decision, Moderated, Objection
from engagement.moderation.queries.to_do import boards_of, objections_for
from engagement.moderation.views.desk import A_PAGE, board_asked, ways


@login_required
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a decision was wrong. To anyone but whoever wrote the thing, this page does not exist."""
    assert request.user.is_authenticated  # noqa: S101
    if pk > 2**62:
        raise Http404
    decision = get_object_or_404(Decision.objects.select_related("board", "objection"), pk=pk)
    item = decision.about
    if not permissions.may_object(request.user, decision) or not isinstance(item, Moderated):
        raise Http404
    objection: Objection | None = getattr(decision, "objection", None)
    form = ObjectionForm(request.POST or None) if objection is None else None
    if request.method == "POST":
        if objection is None and form is not None and form.is_valid():
            words = form.cleaned_data["words"]
            actions.object_to(decision=decision, by=request.user, words=words, now=timezone.now())
            return redirect("moderation:object", decision.pk)
        if objection is not None:
            return redirect("moderation:object", decision.pk)
    context = {"decision": decision, "item": item, "board": decision.board, "objection": objection, "form": form}
    status = 422 if form is not None and form.errors else 200
    return TemplateResponse(request, "moderation/object.html", context, status=status)


@officers_only("hear_objections")
def objections(request: HttpRequest) -> HttpResponse:
    """The objections this officer may decide: to what others decided, oldest first."""
    assert request.user.is_authenticated  # noqa: S101
    board = board_asked(request)
    found = queries.to_do(request.user, board=board)
    _moderate, hear = boards_of(request.user)
    mine = objections_for(request.user, hear if board is None else hear & {board})
    page = Paginator(mine, A_PAGE).get_page(request.GET.get("page", "")[:9])
    pairs = queries.with_their_items([each.decision for each in page])
    context = {
        "page_title": _("Objections"),
        "header_icon": "comment",
        "page": page,
        "rows": [(each, item) for each, (_decision, item) in zip(page, pairs, strict=True)],
        "now": timezone.now(),
        **ways(found, "objections", board),
    }
    return TemplateResponse(request, "moderation/desk/objections.html", context)


@officers_only("hear_objections")
def hear(request: HttpRequest, pk: int) -> HttpResponse:
    """Read what was hidden, why, and what the writer says; then decide in words."""
    assert request.user.is_authenticated  # noqa: S101
    if pk > 2**62:
        raise Http404
    found = get_object_or_404(Objection.objects.select_related("decision__board", "decision__by"), pk=pk)
    if not permissions.may_hear(request.user, found):
        raise PermissionDenied
    form = HearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hear(objection=found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except actions.DecisionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Decided. The writer is told what you said."))
            return redirect("moderation_desk:objections")
    item = found.decision.about
    context = {
        "page_title": _("An objection"),
        "header_icon": "comment",
        "form": form,
        "objection": found,
        "decision": found.decision,
        "item": item if isinstance(item, Moderated) else None,
        "now": timezone.now(),
    }
    return TemplateResponse(request, "moderation/desk/hear.html", context, status=422 if form.errors else 200)
