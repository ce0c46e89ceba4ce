"""The officers' pages: the list, setting one up, its statements, its results, closing it and taking copies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.permissions import board_ids_where, may, may_somewhere, officers_only
from boards.people.second_factor import is_fresh, sign_in_again
from engagement.conversations import exports, queries
from engagement.conversations.actions import results as working
from engagement.conversations.actions import running
from engagement.conversations.actions.refusals import Refused
from engagement.conversations.forms import ConversationForm, HideForm
from engagement.conversations.models import Conversation, Participant, Statement
from engagement.conversations.results import Results
from engagement.conversations.views.results import as_file
from engagement.moderation.actions import DecisionRefused, decide

A_PAGE = 25
ICON = "group"


def own(request: HttpRequest, pk: int, act: str) -> Conversation:
    """Give the conversation if this officer may do the act on its board; for anyone else it is not there."""
    if pk > 2**62:
        raise Http404  # too large for a key: it names nothing
    found = get_object_or_404(Conversation.objects.select_related("activity__board"), pk=pk)
    if not may(request.user, act, found.activity.board_id):
        raise PermissionDenied
    return found


def page(request: HttpRequest, name: str, title: str, found: Conversation | None = None, **more: Any) -> HttpResponse:
    context = {
        "page_title": title,
        "header_icon": ICON,
        "conversation": found,
        "now": timezone.now(),
        "may_run": found is not None and bool(may(request.user, "run_activities", found.activity.board_id)),
        **more,
    }
    return TemplateResponse(request, f"conversations/desk/{name}.html", context)


def page_number(request: HttpRequest) -> str:
    return request.GET.get("page", "")[:9]


@officers_only("see_unpublished")
def conversations(request: HttpRequest) -> HttpResponse:
    rows = Paginator(queries.desk_conversations(request.user), A_PAGE).get_page(page_number(request))
    return page(
        request,
        "list",
        _("Conversations"),
        page=rows,
        may_begin=may_somewhere(request.user, "run_activities"),
        runs=board_ids_where(request.user, "run_activities"),
    )


def facts_typed(form: ConversationForm) -> dict[str, Any]:
    data = form.cleaned_data
    names = (*running.OWN_FACTS, "summary", "opens_at", "closes_at", "audience", "results_show", "needs", "statements")
    return {**{name: data[name] for name in names}, "is_draft": not data["published"]}


def say_notes(request: HttpRequest, form: ConversationForm) -> None:
    for name in ("opens_at", "closes_at"):
        if note := form.fields[name].note:
            messages.info(request, str(note))


@officers_only("run_activities")
def new(request: HttpRequest) -> HttpResponse:
    form = ConversationForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_valid():
        try:
            made = running.open_conversation(
                board=form.cleaned_data["board"], by=request.user, now=timezone.now(), **facts_typed(form)
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            say_notes(request, form)
            messages.success(request, _("The conversation is kept."))
            return redirect("conversations_desk:edit", made.pk)
    return page(request, "edit", _("Start a conversation"), form=form)


@officers_only("run_activities")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = own(request, pk, "run_activities")
    form = ConversationForm(request.POST if request.method == "POST" else None, person=request.user, conversation=found)
    if form.is_valid():
        try:
            running.change_conversation(conversation=found, by=request.user, now=timezone.now(), **facts_typed(form))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            say_notes(request, form)
            messages.success(request, _("The conversation is kept."))
            return redirect("conversations_desk:edit", found.pk)
    return page(request, "edit", found.question, found, form=form)


@officers_only("see_unpublished")
def statements(request: HttpRequest, pk: int) -> HttpResponse:
    """Every statement with its state. What waits is read in the queue."""
    found = own(request, pk, "see_unpublished")
    rows = Statement.objects.filter(conversation=found).order_by("-pk")
    state = request.GET.get("state", "")
    state = state if state in Statement.State.values else ""
    if state:
        rows = rows.filter(state=state)
    return page(
        request,
        "statements",
        _("Statements"),
        found,
        page=Paginator(rows, A_PAGE).get_page(page_number(request)),
        state=state,
        states=Statement.State.choices,
        may_hide=bool(may(request.user, "moderate", found.activity.board_id)),
        kept=f"state={state}&" if state else "",
    )


@officers_only("moderate")
def hide(request: HttpRequest, pk: int, statement_pk: int) -> HttpResponse:
    """Take one shown statement off the pages, with the reason; that is a decision like any of the queue."""
    found = own(request, pk, "moderate")
    statement = get_object_or_404(Statement.objects.shown().filter(conversation=found), pk=min(statement_pk, 2**62))
    form = HideForm(request.POST if request.method == "POST" else None, initial={"seen_as": statement.state})
    if form.is_valid():
        try:
            decide(item=statement, to=Statement.State.HIDDEN, by=request.user, now=timezone.now(), **form.cleaned_data)
        except DecisionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is not shown any more."))
            return redirect("conversations_desk:statements", found.pk)
    return page(request, "hide", _("Hide a statement"), found, form=form, statement=statement)


@officers_only("see_unpublished")
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """The results as they stand, before everyone sees them too; the same small numbers are left out."""
    found = own(request, pk, "see_unpublished")
    now = timezone.now()
    kept = working.results_now(found, now=now)
    return page(
        request,
        "results",
        _("Results"),
        found,
        kept=kept,
        results=Results(found, kept) if kept else None,
        people=Participant.objects.filter(conversation=found).count(),
        is_old=working.is_due(found, kept, now=now),
    )


@officers_only("run_activities")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    found = own(request, pk, "run_activities")
    if request.method != "POST":
        return page(request, "close", _("Close this conversation now"), found)
    try:
        running.close_now(conversation=found, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The conversation is closed. Its results are being worked out."))
    return redirect("conversations_desk:results", found.pk)


@officers_only("run_activities")
@never_cache
def copies(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """Take the statements, or each person's answers without names, after a fresh sign-in. Each copy is in the log."""
    found = own(request, pk, "run_activities")
    fresh = is_fresh(request)
    if request.method == "POST" and "sign_in_again" in request.POST:
        return sign_in_again(request, reverse("conversations_desk:copies", args=[pk]))
    shape = request.POST.get("shape", "")
    if request.method == "POST" and fresh and shape in ("statements", "answers"):
        people = Participant.objects.filter(conversation=found).count()
        running.log_copy(conversation=found, by=request.user, shape=shape, rows=people)
        slug = found.activity.slug
        if shape == "statements":
            return as_file(exports.statements_csv(found, queries.kept_results(found)), f"{slug}-statements.csv")
        return as_file(exports.answers_csv(found), f"{slug}-answers.csv")
    return page(
        request,
        "copies",
        _("Take a copy"),
        found,
        fresh=fresh,
        has_answers=exports.has_answers_to_give(found),
        least=exports.LEAST_PEOPLE,
        not_chosen=request.method == "POST" and fresh,
    )
