"""Taking personal details out of a text at the desk, and opening what was taken out."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.permissions import boards_where, officers_only
from engagement.moderation import actions, permissions, queries
from engagement.moderation.forms import EditForm, ReadForm
from engagement.moderation.models import Edit, Held
from engagement.moderation.queries.marked import marked

A_PAGE = 20


@officers_only("hear_objections")
def edit(request: HttpRequest, thing: str) -> HttpResponse:
    """The writer's words, field by field. Only what is taken out changes; the original is sealed away."""
    assert request.user.is_authenticated  # noqa: S101
    item = queries.item_by_key(thing)
    if item is None or not item.moderated_fields:
        raise Http404
    if not permissions.may_decide(request.user, item):
        raise PermissionDenied
    form = EditForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        if not changes:
            form.add_error(None, _("Nothing was changed. Take out what should not be shown, then send it again."))
        for name, (text, was) in changes.items():
            try:
                actions.edit_out(item=item, field=name, text=text, was=was, by=request.user, now=timezone.now())
            except actions.DecisionRefused as refusal:
                form.add_error(name, str(refusal))
        if not form.errors:
            messages.success(
                request, _("Taken out. The page says that the board edited it. Now decide whether it shows.")
            )
            return redirect("moderation_desk:queue")
    heading, words = marked(item, Held.objects.about(item))
    context = {
        "page_title": _("Take out personal details"),
        "header_icon": "edit",
        "form": form,
        "item": item,
        "heading": heading,
        "words": words,
    }
    return TemplateResponse(request, "moderation/desk/edit.html", context, status=422 if form.errors else 200)


@officers_only("see_originals")
def edits(request: HttpRequest) -> HttpResponse:
    """What was edited on one's boards, without a word of it."""
    boards = boards_where(request.user, "see_originals").values("pk")
    found = Edit.objects.filter(board__in=boards).select_related("by", "board", "content_type")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page", "")[:9])
    context = {"page_title": _("What was taken out"), "header_icon": "edit", "page": page}
    return TemplateResponse(request, "moderation/desk/edits.html", context)


@officers_only("see_originals")
@never_cache
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one original: with a reason, and the reading is logged."""
    assert request.user.is_authenticated  # noqa: S101
    if pk > 2**62:
        raise Http404
    found = get_object_or_404(Edit.objects.select_related("board", "by", "content_type"), pk=pk)
    if not permissions.may_see_originals(request.user, found.board_id):
        raise PermissionDenied
    form = ReadForm(request.POST or None)
    text = None
    if request.method == "POST" and form.is_valid():
        try:
            text = actions.read_original(edit=found, why=form.cleaned_data["why"], by=request.user)
        except actions.DecisionRefused as refusal:
            form.add_error(None, str(refusal))
    context = {"page_title": _("What was taken out"), "header_icon": "edit", "form": form, "edit": found, "text": text}
    return TemplateResponse(request, "moderation/desk/original.html", context, status=422 if form.errors else 200)
