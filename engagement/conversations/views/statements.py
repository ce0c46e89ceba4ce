"""Adding a statement: write it, look at similar ones, send it; who they are comes last."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people import pending
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.limits import sender_of
from boards.people.permissions import login_required, open_to_all
from engagement.activities.actions import say_what_was_kept
from engagement.activities.permissions import not_open
from engagement.conversations import queries
from engagement.conversations.actions.refusals import Refused
from engagement.conversations.actions.statements import add_statement
from engagement.conversations.forms import StatementForm
from engagement.conversations.models import Conversation, Statement
from engagement.conversations.views.frame import conversation_or_404, way_to
from engagement.moderation.guarding import guarded


@open_to_all
def add(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    now = timezone.now()
    found = conversation_or_404(request, board_slug, slug)
    form = StatementForm(
        request.POST if request.method == "POST" else None,
        conversation=found,
        person=request.user,
        request=request,
    )
    step = request.POST.get("step", "")
    context: dict[str, Any] = {
        "conversation": found,
        "board": found.activity.board,
        "form": form,
        "now": now,
        "crumbs": way_to(found, (_("Add a statement"), "")),
    }
    verdict = not_open(found.activity, now=now)
    why_not = verdict.why_not
    if verdict and not found.takes_statements:
        why_not = _("In this conversation the board alone puts in statements.")
    if why_not:
        context["why_not"] = why_not
        return TemplateResponse(
            request, "conversations/add.html", context, status=409 if request.method == "POST" else 200
        )
    if request.method != "POST" or step == "change" or not form.is_valid():
        if step == "change":
            form.forget_errors()  # back at the form to change something: nothing is wrong yet
        return TemplateResponse(request, "conversations/add.html", context)
    text = form.cleaned_data["text"]
    if step != "send":
        context |= {"text": text, "similar": queries.similar(found, text), "form": None, "filled": form}
        return TemplateResponse(request, "conversations/check.html", context)
    contents = {"text": text, "token": str(form.cleaned_data["form_token"]), "standing": form.kept_standing()}
    contents["doubts"] = list(guarded(request).reasons)
    if not request.user.is_authenticated:
        name = f"conversations:add:{found.pk}"
        return redirect(pending.keep(request, name, contents, finish_at=found.address("add_finish")))
    return send(request, found, contents)


def send(request: HttpRequest, found: Conversation, contents: dict[str, Any]) -> HttpResponse:
    """Keep the statement once, however often this was sent, and go to its confirmation."""
    person = request.user
    board = found.activity.board

    def act() -> str:
        say_what_was_kept(person=person, board=board, kept=contents.get("standing") or {})
        kept = add_statement(
            conversation=found,
            author=person,
            text=contents["text"],
            now=timezone.now(),
            device=sender_of(request),
            doubts=contents.get("doubts") or (),
        )
        return found.address("sent", kept.reference.lower())

    try:
        answer, _now = do_once(
            token=UUID(contents["token"]), contents={"text": contents["text"], "person": person.pk}, act=act
        )
    except (Refused, SentWithOtherWords) as refusal:
        why = str(refusal) or _(
            "This page was sent before with other words. Your first statement is kept. Start again to send another."
        )
        context = {
            "conversation": found,
            "board": board,
            "why_not": why,
            "text": contents["text"],
            "similar": queries.similar(found, contents["text"]),
            "crumbs": way_to(found, (_("Add a statement"), "")),
        }
        return TemplateResponse(request, "conversations/not_sent.html", context, status=409)
    request.pages_changed = found.shows_at_once  # type: ignore[attr-defined]
    return redirect(answer)


@login_required
def add_finish(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Signed in now: keep what was written before."""
    found = conversation_or_404(request, board_slug, slug)
    contents = pending.take(request, f"conversations:add:{found.pk}")
    if contents is None:
        return redirect(found)
    return send(request, found, contents)


@open_to_all
def sent(request: HttpRequest, board_slug: str, slug: str, reference: str) -> HttpResponse:
    """The confirmation. It can be bookmarked; it shows nothing of the statement but what became of it."""
    found = conversation_or_404(request, board_slug, slug)
    statement = get_object_or_404(Statement.objects.filter(conversation=found), reference=reference.upper()[:11])
    context = {
        "conversation": found,
        "board": found.activity.board,
        "sent": statement,
        "crumbs": way_to(found, (_("Your statement"), "")),
    }
    return TemplateResponse(request, "conversations/sent.html", context)
