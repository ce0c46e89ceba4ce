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
from django.views.decorators.http import require_POST

from boards.people.permissions import board_ids_where, boards_where, may_somewhere, officers_only
from components.forms import without_hidden_characters
from engagement.ideas import actions, permissions, queries
from engagement.ideas.forms import AnswerForm, BringIntoForm, CallForm, ReplyForm, WriteDownForm
from engagement.ideas.models import ANY_TIME, Comment, Idea, IdeasCall, Merging
from engagement.ideas.rules import search_words
from engagement.ideas.views.frame import key_typed
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
            "comments": list(found.all_comments.prefetch_related("replies")[:MOST_COMMENTS]),
            "mergings": list(found.mergings_in.filter(undone_at__isnull=True).select_related("duplicate")),
            "may_answer": may_answer,
        },
    )


MOST_COMMENTS = 200


def idea_to_answer(request: HttpRequest, pk: int) -> Idea:
    """Give an idea to an officer who answers for its board."""
    found: Idea = get_object_or_404(Idea.objects.select_related("call__activity__board"), pk=small(pk))
    if not permissions.may_answer(request.user, found):
        raise PermissionDenied
    return found


@officers_only("answer_ideas")
def bring_into(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose which idea stands for this one too: look for it, see both, then bring them together."""
    found = idea_to_answer(request, pk)
    words = without_hidden_characters(request.GET.get("q", "")[:200])[0].strip()
    form = BringIntoForm(request.POST or None, idea=found, words=words)
    if form.is_valid():
        into = form.cleaned_data["into"]
        try:
            actions.bring_into(duplicate=found, into=into, by=request.user, now=timezone.now())
        except actions.IdeaRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Brought together. Both writers are told, and it can be undone here."))
            return redirect("ideas_desk:idea", into.pk)
    context = {
        "page_title": _("Bring into another idea"),
        "header_icon": "pick",
        "idea": found,
        "form": form,
        "words": words,
        "candidates": list(form.fields["into"].queryset),
    }
    return TemplateResponse(request, "ideas/desk/bring_into.html", context)


@officers_only("answer_ideas")
@require_POST
def take_apart(request: HttpRequest, pk: int) -> HttpResponse:
    merging = get_object_or_404(
        Merging.objects.select_related("into__call__activity__board", "duplicate"), pk=small(pk)
    )
    if not permissions.may_answer(request.user, merging.into):
        raise PermissionDenied
    try:
        actions.take_apart(merging=merging, by=request.user, now=timezone.now())
    except actions.IdeaRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Taken apart. Each idea has its own backers and comments again."))
    return redirect("ideas_desk:idea", merging.duplicate_id)


@officers_only("answer_ideas")
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Reply to a comment as the board."""
    comment = get_object_or_404(Comment.objects.select_related("idea__call__activity__board", "author"), pk=small(pk))
    if not permissions.may_answer(request.user, comment.idea):
        raise PermissionDenied
    form = ReplyForm(request.POST or None)
    if form.is_valid():
        try:
            actions.reply(comment=comment, words=form.cleaned_data["words"], by=request.user, now=timezone.now())
        except actions.IdeaRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Replied. Whoever sent the comment is told."))
            return redirect("ideas_desk:idea", comment.idea_id)
    context = {
        "page_title": _("Reply to a comment"),
        "header_icon": "comment",
        "comment": comment,
        "replies": list(comment.replies.select_related("by")),
        "form": form,
    }
    return TemplateResponse(request, "ideas/desk/reply.html", context)


@officers_only("run_activities")
@require_POST
def open_any_time(request: HttpRequest) -> HttpResponse:
    """Open the standing call of a board: suggest something any time."""
    board = get_object_or_404(boards_where(request.user, "run_activities"), pk=key_typed(request.POST.get("board", "")))
    try:
        call = actions.open_any_time_call(board=board, by=request.user, now=timezone.now())
    except actions.IdeaRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("ideas_desk:calls")
    messages.success(request, _("People can suggest something at any time now."))
    return redirect("ideas_desk:call", call.pk)


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
            "without_any_time": list(
                boards_where(request.user, "run_activities")
                .exclude(activities__kind="ideas", activities__slug=ANY_TIME)
                .order_by("name")[:30]
            ),
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
        "comments_open": data["comments_open"],
        "area": data["area"],
        "themes": data["themes"],
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
    calls = IdeasCall.objects.with_what_its_form_asks().select_related("activity__board")
    found = get_object_or_404(calls, pk=small(pk))
    if not permissions.may_write_down(request.user, found):
        raise PermissionDenied
    form = WriteDownForm(request.POST or None, call=found, person=request.user)
    if form.is_valid():
        words = form.kept() | {name: form.cleaned_data.get(name) for name in ("place", "need", "theme")}
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
