"""The officers' pages: calls, ideas, and the board's answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.permissions import board_ids_where, boards_where, may_somewhere, officers_only
from components.forms import without_hidden_characters
from engagement.ideas import actions, permissions, queries
from engagement.ideas.forms import AnswerForm, CallForm, WriteDownForm
from engagement.ideas.models import Idea, IdeasCall
from engagement.ideas.rules import search_words
from engagement.moderation.queries import decisions_about

A_PAGE = 25


def small(pk: int) -> int:
    """A number too large for a key names nothing."""
    if pk > 2**62:
        raise Http404
    return pk


@officers_only("see_unpublished")
def ideas(request: HttpRequest) -> HttpResponse:
    """Every idea of one's boards, by state, status, call and words."""
    assert request.user.is_authenticated  # noqa: S101
    found = queries.desk_ideas(request.user).order_by("-sent_at", "-pk")
    words = without_hidden_characters(request.GET.get("q", "")[:200])[0].strip()
    state, status = request.GET.get("state", ""), request.GET.get("status", "")
    call = request.GET.get("call", "")
    for word in search_words(words):
        found = found.filter(search_text__contains=word)
    if state in Idea.State.values:
        found = found.filter(state=state)
    if status in Idea.Status.values:
        found = found.filter(status=status)
    if call.isascii() and call.isdigit() and len(call) < 18:
        found = found.filter(call=int(call))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page", "")[:9])
    kept = {"q": words, "state": state, "status": status, "call": call}
    return TemplateResponse(
        request,
        "ideas/desk/ideas.html",
        {
            "page_title": _("Ideas"),
            "header_icon": "pick",
            "page": page,
            "words": words,
            "state": state,
            "status": status,
            "states": Idea.State.choices,
            "statuses": Idea.Status.choices,
            "kept": "".join(urlencode({name: value}) + "&" for name, value in kept.items() if value),
            "may_run": may_somewhere(request.user, "run_activities"),
        },
    )


@officers_only("see_unpublished")
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    """One idea: its words, its path, and the form that answers it."""
    found = get_object_or_404(
        Idea.objects.select_related("call__activity__board", "place", "need", "author"), pk=small(pk)
    )
    if not permissions.may_see(request.user, found) or found.call.activity.board_id not in board_ids_where(
        request.user, "see_unpublished"
    ):
        raise PermissionDenied
    may_answer = permissions.may_answer(request.user, found)
    form = AnswerForm(request.POST or None, idea=found) if may_answer and found.is_shown else None
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied
        if form is None:
            messages.warning(request, _("Only an idea that is shown can be answered. Read it in the queue first."))
        elif form.is_valid():
            try:
                actions.answer(idea=found, by=request.user, now=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            except actions.IdeaRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Answered. The writer and the backers are told."))
                return redirect("ideas_desk:idea", found.pk)
    return TemplateResponse(
        request,
        "ideas/desk/idea.html",
        {
            "page_title": found.title,
            "header_icon": "pick",
            "idea": found,
            "form": form,
            "answers": found.status_changes.select_related("by"),
            "decisions": decisions_about(found),
        },
    )


@officers_only("see_unpublished")
def calls(request: HttpRequest) -> HttpResponse:
    rows = (
        IdeasCall.objects.filter(activity__board__in=boards_where(request.user, "see_unpublished"))
        .select_related("activity__board")
        .annotate(
            shown_count=Count("ideas", filter=Q(ideas__state=Idea.State.SHOWN)),
            waiting_count=Count("ideas", filter=Q(ideas__state=Idea.State.PENDING)),
        )
        .order_by("-activity__opens_at", "-pk")
    )
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page", "")[:9])
    return TemplateResponse(
        request,
        "ideas/desk/calls.html",
        {
            "page_title": _("Calls for ideas"),
            "header_icon": "pick",
            "page": page,
            "now": timezone.now(),
            "runs": board_ids_where(request.user, "run_activities"),
        },
    )


def facts_typed(form: CallForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {
        "question": data["question"],
        "title": data["question"],
        "summary": data["summary"],
        "needs": data["needs"],
        "opens_at": data["opens_at"],
        "closes_at": data["closes_at"],
        "audience": data["audience"],
        "shows_at_once": data["shows_at_once"],
        "is_draft": not data["published"],
    }


def say_notes(request: HttpRequest, form: CallForm) -> None:
    for name in ("opens_at", "closes_at"):
        if note := form.fields[name].note:
            messages.info(request, str(note))


@officers_only("run_activities")
def new_call(request: HttpRequest) -> HttpResponse:
    form = CallForm(request.POST or None, person=request.user)
    if form.is_valid():
        try:
            call = actions.open_call(board=form.cleaned_data["board"], by=request.user, **facts_typed(form))  # type: ignore[arg-type]
        except actions.IdeaRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            say_notes(request, form)
            messages.success(request, _("The call is kept."))
            return redirect("ideas_desk:call", call.pk)
    return TemplateResponse(
        request,
        "ideas/desk/call.html",
        {"page_title": _("Ask for ideas"), "header_icon": "pick", "form": form, "call": None},
    )


@officers_only("run_activities")
def call(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(IdeasCall.objects.select_related("activity__board"), pk=small(pk))
    if not permissions.may_run(request.user, found.activity.board_id):
        raise PermissionDenied
    form = CallForm(request.POST or None, person=request.user, call=found)
    if form.is_valid():
        try:
            actions.change_call(call=found, by=request.user, **facts_typed(form))  # type: ignore[arg-type]
        except actions.IdeaRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            say_notes(request, form)
            messages.success(request, _("The call is kept."))
            return redirect("ideas_desk:call", found.pk)
    return TemplateResponse(
        request,
        "ideas/desk/call.html",
        {"page_title": found.question, "header_icon": "pick", "form": form, "call": found},
    )


@officers_only("key_paper")
def write_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down an idea that came on paper, by phone or in person."""
    calls = IdeasCall.objects.with_whether_it_serves_needs().select_related("activity__board")
    found = get_object_or_404(calls, pk=small(pk))
    if not permissions.may_write_down(request.user, found):
        raise PermissionDenied
    form = WriteDownForm(request.POST or None, call=found, person=request.user)
    if form.is_valid():
        words = form.kept() | {"place": form.cleaned_data["place"], "need": form.cleaned_data.get("need")}
        try:
            kept = actions.write_down(
                call=found,
                by=request.user,  # type: ignore[arg-type]
                channel=form.cleaned_data["channel"],
                email=form.cleaned_data["email"],
                now=timezone.now(),
                **words,
            )
        except actions.IdeaRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Written down. Its reference is %(ref)s.") % {"ref": kept.reference})
            return redirect("ideas_desk:write_down", found.pk)
    return TemplateResponse(
        request,
        "ideas/desk/write_down.html",
        {"page_title": _("Write down an idea"), "header_icon": "edit", "form": form, "call": found},
    )
