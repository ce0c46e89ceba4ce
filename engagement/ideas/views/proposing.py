"""Sending an idea: one thing a page, check, send; who they are comes last."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people import pending
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.limits import sender_of
from boards.people.permissions import login_required, open_to_all
from boards.places.models import Area
from components.templatetags.components import pence
from engagement.activities.actions import say_what_was_kept
from engagement.activities.permissions import not_open
from engagement.evidence.models import Need, Theme
from engagement.ideas import actions, permissions, queries
from engagement.ideas.forms import PAGES, IdeaForm
from engagement.ideas.models import Idea, IdeasCall
from engagement.ideas.views.frame import call_or_404, crumbs, shapes_of
from engagement.moderation.guarding import guarded


@open_to_all
def propose(request: HttpRequest, board_slug: str, call_slug: str) -> HttpResponse:
    """One thing a page, then check and send. `step` says which page was filled in, and `go` where to."""
    now = timezone.now()
    call = call_or_404(request, board_slug, call_slug)
    board = call.activity.board
    form = IdeaForm(request.POST or None, call=call, person=request.user, request=request)
    context: dict[str, Any] = {
        "call": call,
        "board": board,
        "form": form,
        "now": now,
        "crumbs": crumbs(board, call, (_("Share an idea"), "")),
    }
    verdict = not_open(call.activity, now=now)
    if not verdict:
        context["why_not"] = verdict.why_not
        return TemplateResponse(request, "ideas/propose.html", context, status=409 if request.method == "POST" else 200)
    pages = form.pages()
    if request.method != "POST":
        return ask(request, context, pages[0], find_fault=False)
    step, go = request.POST.get("step", ""), request.POST.get("go", "")
    if step == "change":
        return ask(request, context, go if go in pages else pages[0], find_fault=False)
    if step in pages:
        at = pages.index(step)
        if go == "back":
            return ask(request, context, pages[max(0, at - 1)], find_fault=False)
        if any(name in form.errors for name in PAGES[step]) or form.non_field_errors():
            return ask(request, context, step, find_fault=True)
        if step == "name" and go != "different" and (alike := queries.similar(call, form.cleaned_data["title"])):
            return offer(request, context, alike)
        if at + 1 < len(pages):
            return ask(request, context, pages[at + 1], find_fault=False)
    if not form.is_valid():
        return ask(request, context, form.wrong_page() or pages[-1], find_fault=True)
    if step != "send":
        context |= {"rows": answers_of(form), "form": None, "filled": form, "pages": changes_of(form)}
        context["similar"] = queries.similar(call, form.cleaned_data["title"])
        return TemplateResponse(request, "ideas/check.html", context)
    kept = form.kept()
    contents = {
        **kept,
        "token": str(form.cleaned_data["form_token"]),
        "standing": form.kept_standing(),
        "doubts": list(guarded(request).reasons),
    }
    if not request.user.is_authenticated:
        finish_at = reverse("ideas:finish", args=[board_slug, call_slug])
        return redirect(pending.keep(request, f"ideas:propose:{call.pk}", contents, finish_at=finish_at))
    return send(request, call, contents)


def ask(request: HttpRequest, context: dict[str, Any], page: str, *, find_fault: bool) -> HttpResponse:
    """Ask one page's questions; what was filled in on the others travels along."""
    form: IdeaForm = context["form"]
    pages = form.pages()
    form.show_page(page, find_fault=find_fault)
    context |= {
        "page": page,
        "at": pages.index(page) + 1,
        "of": len(pages),
        "is_first": page == pages[0],
        "similar_at": reverse("ideas:similar", args=[context["board"].slug, context["call"].activity.slug]),
        "shapes": shapes_of(context["board"]) if page == "place" else [],
    }
    return TemplateResponse(request, "ideas/propose.html", context)


def offer(request: HttpRequest, context: dict[str, Any], alike: list[Idea]) -> HttpResponse:
    """Is it one of these? Back it instead; or go on, because yours is different."""
    form: IdeaForm = context["form"]
    form.forget_errors()
    context |= {"similar": alike, "form": None, "filled": form}
    return TemplateResponse(request, "ideas/offer.html", context)


def changes_of(form: IdeaForm) -> list[tuple[str, str]]:
    """Give the pages that can be gone back to, and what each is called."""
    names = {
        "name": _("Change its name"),
        "idea": _("Change the idea"),
        "place": _("Change the place"),
        "more": _("Change who it helps or its cost"),
        "you": _("Change the name shown"),
    }
    return [(page, names[page]) for page in form.pages()]


@open_to_all
def similar(request: HttpRequest, board_slug: str, call_slug: str) -> HttpResponse:
    """Ideas like the name being typed, as a piece of the page."""
    call = call_or_404(request, board_slug, call_slug)
    title = request.GET.get("title", "")[:100]
    found = queries.similar(call, title) if len(title.strip()) >= SHORTEST_COMPARED else []
    return TemplateResponse(request, "ideas/_similar.html", {"similar": found, "call": call})


SHORTEST_COMPARED = 4


def answers_of(form: IdeaForm) -> list[tuple[Any, ...]]:
    """Give what was filled in, question by question, for the page that checks it."""
    rows: list[tuple[Any, ...]] = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if field.widget.is_hidden or value in (None, ""):
            continue
        if name == "cost_guess_pence":
            value = pence(value)
        elif name == "reason":
            value = dict(field.choices)[value]  # type: ignore[attr-defined]
        rows.append((field.label, value))
    return rows


def send(request: HttpRequest, call: IdeasCall, contents: dict[str, Any]) -> HttpResponse:
    """Keep the idea once, however often this was sent, and go to its confirmation."""
    assert request.user.is_authenticated  # noqa: S101
    person = request.user
    now = timezone.now()
    board = call.activity.board
    words = {name: value for name, value in contents.items() if name not in ("token", "standing", "doubts")}

    def act() -> str:
        say_what_was_kept(person=person, board=board, kept=contents.get("standing") or {})
        sent_words = {
            **words,
            "place": Area.objects.filter(pk=words["place"]).first() if words["place"] else None,
            "need": Need.objects.filter(pk=words["need"]).first() if words["need"] else None,
            "theme": Theme.objects.filter(pk=words["theme"]).first() if words["theme"] else None,
        }
        kept_idea = actions.propose(
            call=call,
            author=person,
            now=now,
            device=sender_of(request),
            doubts=contents.get("doubts", ()),
            **sent_words,
        )
        return reverse("ideas:sent", args=[board.slug, call.activity.slug, kept_idea.reference.lower()])

    try:
        answer, _now = do_once(
            token=UUID(contents["token"]), contents={**words, "person": person.pk}, act=act, once_more=True
        )
    except (actions.IdeaRefused, SentWithOtherWords) as refusal:
        why = str(refusal) or _(
            "This page was sent before with other words. Your first idea is kept. Start again to send another."
        )
        context = {
            "call": call,
            "board": board,
            "why_not": why,
            "words": words,
            "needs_standing": not permissions.may_propose(person, call, now=now) and call.activity.is_open(now),
            "crumbs": crumbs(board, call, (_("Share an idea"), "")),
        }
        return TemplateResponse(request, "ideas/not_sent.html", context, status=409)
    return redirect(answer)


@login_required
def finish(request: HttpRequest, board_slug: str, call_slug: str) -> HttpResponse:
    """Signed in now: keep what was filled in before."""
    call = call_or_404(request, board_slug, call_slug)
    contents = pending.take(request, f"ideas:propose:{call.pk}")
    if contents is None:
        return redirect(call.get_absolute_url())
    return send(request, call, contents)


@open_to_all
def sent(request: HttpRequest, board_slug: str, call_slug: str, reference: str) -> HttpResponse:
    """The confirmation. It can be bookmarked; it shows nothing of the idea but whether it is on the wall."""
    call = call_or_404(request, board_slug, call_slug)
    found = get_object_or_404(Idea.objects.filter(call=call), reference=reference.upper()[:9])
    return TemplateResponse(
        request,
        "ideas/sent.html",
        {
            "call": call,
            "board": call.activity.board,
            "sent": found,
            "is_mine": permissions.writes(request.user, found),
            "address": f"{call.get_absolute_url()}{found.slug}/" if found.is_shown else "",
            "crumbs": crumbs(call.activity.board, call, (_("Your idea"), "")),
        },
    )
