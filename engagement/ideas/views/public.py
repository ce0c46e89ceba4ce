"""The public pages: calls, the wall, one idea, sending one and backing one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from boards.people import pending
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.permissions import login_required, open_to_all
from boards.places.models import Area, Board
from components.templatetags.components import pence
from engagement.activities.actions import say_what_was_kept
from engagement.activities.permissions import may_see as may_see_activity
from engagement.activities.permissions import not_open
from engagement.evidence.models import Need
from engagement.ideas import actions, permissions, queries
from engagement.ideas.forms import BackForm, IdeaForm, asked_of, query_with
from engagement.ideas.models import Idea, IdeasCall
from engagement.moderation.queries import last_decision

TONES = {
    Idea.Status.RECEIVED: "neutral",
    Idea.Status.BEING_LOOKED_AT: "waiting",
    Idea.Status.IN_PLAN: "decided",
    Idea.Status.GOING_TO_VOTE: "open",
    Idea.Status.DONE: "done",
    Idea.Status.NOT_TAKEN_UP: "stopped",
}
CALLS_A_PAGE = 12


def call_or_404(request: HttpRequest, board_slug: str, call_slug: str) -> IdeasCall:
    """Give the call; a draft is a 404 to whoever may not see it."""
    call = get_object_or_404(
        IdeasCall.objects.for_board(board_slug).with_whether_it_serves_needs().select_related("activity__board"),
        activity__slug=call_slug,
    )
    if not may_see_activity(request.user, call.activity):
        raise Http404
    return call


def idea_or_404(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> Idea:
    """Give the idea; one that is not shown is a 404 to whoever may not know of it."""
    found: Idea = get_object_or_404(
        Idea.objects.select_related("call__activity__board", "place", "need"),
        call__activity__board__slug=board_slug,
        call__activity__slug=call_slug,
        slug=idea_slug,
    )
    if not permissions.may_see(request.user, found):
        raise Http404
    return found


def crumbs(board: Board, call: IdeasCall | None = None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    trail = [(_("Home"), "/"), (board.name, board.get_absolute_url())]
    trail.append((_("Ideas"), reverse("ideas:calls", args=[board.slug]) if call else ""))
    if call:
        trail += [(call.activity.title, call.get_absolute_url() if more else ""), *more]
    return trail


def page_of(request: HttpRequest, rows: Any, size: int) -> Page[Any]:
    """Give the page asked for; an odd number gives the first or the last."""
    return Paginator(rows, size).get_page(request.GET.get("page", "")[:9])


def backers_in_words(count: int) -> str:
    if not count:
        return _("Nobody has backed this yet")
    return ngettext("%(n)d person backs this", "%(n)d people back this", count) % {"n": count}


def card_of(idea: Idea, address: str) -> dict[str, Any]:
    return {
        "title": idea.title,
        "href": f"{address}{idea.slug}/",
        "text": shortened(idea.text),
        "status": idea.get_status_display(),
        "tone": TONES[Idea.Status(idea.status)],
        "meta": backers_in_words(idea.backers),
        "eyebrow": idea.place_words or (idea.place.name if idea.place else ""),
        "level": 3,
    }


def shortened(text: str, most: int = 180) -> str:
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    start, _space, _rest = text[:most].rpartition(" ")
    return (start or text[:most]) + "…"


@open_to_all
def calls(request: HttpRequest, board_slug: str) -> HttpResponse:
    board = get_object_or_404(Board, slug=board_slug)
    now = timezone.now()
    page = page_of(request, queries.calls_of(board, now=now), CALLS_A_PAGE)
    return TemplateResponse(
        request, "ideas/calls.html", {"board": board, "page": page, "now": now, "crumbs": crumbs(board)}
    )


@open_to_all
def wall(request: HttpRequest, board_slug: str, call_slug: str) -> HttpResponse:
    call = call_or_404(request, board_slug, call_slug)
    now = timezone.now()
    asked = asked_of(request.GET)
    page = page_of(request, queries.wall(call, asked, today=timezone.localdate(now)), queries.PAGE)
    address = call.get_absolute_url()
    return TemplateResponse(
        request,
        "ideas/wall.html",
        {
            "call": call,
            "activity": call.activity,
            "board": call.activity.board,
            "now": now,
            "asked": asked,
            "page": page,
            "cards": [card_of(each, address) for each in page],
            "groups": filter_groups(call, asked),
            "is_open": call.activity.is_open(now),
            "map_address": reverse("ideas:map", args=[board_slug, call_slug]) + query_with(asked),
            "crumbs": crumbs(call.activity.board, call),
        },
    )


def filter_groups(call: IdeasCall, asked: queries.Asked) -> list[dict[str, Any]]:
    def options(pairs: Any, chosen: str) -> list[dict[str, Any]]:
        return [{"value": value, "label": label, "selected": value == chosen, "count": None} for value, label in pairs]

    groups = [
        {
            "name": "status",
            "label": _("Where it stands"),
            "options": options([("", _("Any")), *Idea.Status.choices], asked.status),
        }
    ]
    wards = queries.wards_of(call.activity.board)
    if len(wards) > 1:
        pairs = [("", _("All of it")), *((ward.code, ward.name) for ward in wards)]
        groups.append({"name": "ward", "label": _("Part of the area"), "options": options(pairs, asked.ward)})
    if needs := queries.needs_asked(call):
        pairs = [("", _("Any")), *((need.slug, need.title) for need in needs)]
        groups.append({"name": "need", "label": _("Need"), "options": options(pairs, asked.need)})
    sort = "" if asked.sort == "shuffled" else asked.sort
    orders = [("", _("Shuffled, new each day")), ("newest", _("Newest first")), ("backed", _("Most backed"))]
    groups.append({"name": "sort", "label": _("Order"), "options": options(orders, sort)})
    return groups


@open_to_all
def on_a_map(request: HttpRequest, board_slug: str, call_slug: str) -> HttpResponse:
    """The same ideas on a map, and beside it as a list."""
    call = call_or_404(request, board_slug, call_slug)
    asked = asked_of(request.GET)
    found = queries.wall(call, asked, today=timezone.localdate())
    placed = found.filter(latitude__isnull=False)
    page = page_of(request, placed, queries.ON_A_MAP)
    address = call.get_absolute_url()
    board = call.activity.board
    return TemplateResponse(
        request,
        "ideas/map.html",
        {
            "call": call,
            "board": board,
            "page": page,
            "points": [
                {
                    "name": each.title,
                    "href": f"{address}{each.slug}/",
                    "lat": float(each.latitude),
                    "lon": float(each.longitude),
                    "text": each.place_words,
                }
                for each in page
            ],
            "shapes": [{"name": ward.name, "geometry": ward.boundary} for ward in board.areas.wards()],
            "wall_address": address + query_with(asked),
            "crumbs": crumbs(board, call, (_("On a map"), "")),
        },
    )


@open_to_all
def propose(request: HttpRequest, board_slug: str, call_slug: str) -> HttpResponse:
    """Fill in, check, send; who they are comes last."""
    now = timezone.now()
    call = call_or_404(request, board_slug, call_slug)
    board = call.activity.board
    form = IdeaForm(request.POST or None, call=call, person=request.user)
    step = request.POST.get("step", "")
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
    if request.method != "POST" or step == "change" or not form.is_valid():
        if step == "change":
            form.forget_errors()  # back at the form to change something: nothing is wrong yet
            context["form"] = form
        return TemplateResponse(request, "ideas/propose.html", context)
    kept = form.kept()
    token = form.cleaned_data["form_token"]
    if step != "send":
        context |= {
            "rows": answers_of(form),
            "similar": queries.similar(call, kept["title"]),
            "form": None,
            "filled": form,
        }
        return TemplateResponse(request, "ideas/check.html", context)
    contents = {**kept, "token": str(token), "standing": form.kept_standing()}
    if not request.user.is_authenticated:
        finish_at = reverse("ideas:finish", args=[board_slug, call_slug])
        return redirect(pending.keep(request, f"ideas:propose:{call.pk}", contents, finish_at=finish_at))
    return send(request, call, contents)


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
    words = {name: value for name, value in contents.items() if name not in ("token", "standing")}

    def act() -> str:
        say_what_was_kept(person=person, board=board, kept=contents.get("standing") or {})
        sent_words = {
            **words,
            "place": Area.objects.filter(pk=words["place"]).first() if words["place"] else None,
            "need": Need.objects.filter(pk=words["need"]).first() if words["need"] else None,
        }
        kept_idea = actions.propose(call=call, author=person, now=now, **sent_words)
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
            "address": f"{call.get_absolute_url()}{found.slug}/" if found.is_shown else "",
            "crumbs": crumbs(call.activity.board, call, (_("Your idea"), "")),
        },
    )


@open_to_all
def idea(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    now = timezone.now()
    call = found.call
    call_open = call.activity.is_open(now)
    is_mine = request.user.is_authenticated and found.author_id == request.user.pk
    verdict = permissions.may_back(request.user, found, now=now)
    points = []
    # A point says where only inside the outline of its ward.
    if found.latitude is not None and found.longitude is not None and found.place and found.place.boundary:
        name = found.place_words or found.title
        points = [{"name": name, "lat": float(found.latitude), "lon": float(found.longitude)}]
    return TemplateResponse(
        request,
        "ideas/idea.html",
        {
            "idea": found,
            "call": call,
            "board": call.activity.board,
            "now": now,
            "is_mine": is_mine,
            "decision": last_decision(found) if not found.is_shown else None,
            "tone": TONES[Idea.Status(found.status)],
            "answers": queries.answers_to(found),
            "backers": backers_in_words(found.backers),
            "backed": queries.has_backed(request.user, found),
            "may_back": bool(verdict),
            "call_open": call_open,
            "asks_more": call_open and not verdict and not is_mine and request.user.is_authenticated,
            "similar": queries.similar(call, found.title, but_not=found),
            "points": points,
            "shapes": [{"name": found.place.name, "geometry": found.place.boundary}] if points and found.place else [],
            "crumbs": crumbs(call.activity.board, call, (found.title, "")),
        },
    )


@open_to_all
def back(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Back an idea: ask where they stand only if the call needs it, and who they are last."""
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    now = timezone.now()
    call = found.call
    address = found.get_absolute_url()
    context = {
        "idea": found,
        "call": call,
        "board": call.activity.board,
        "crumbs": crumbs(call.activity.board, call, (found.title, address), (_("Back this idea"), "")),
    }
    verdict = not_open(call.activity, now=now)
    if not verdict:
        context["why_not"] = verdict.why_not
        return TemplateResponse(request, "ideas/back.html", context, status=409 if request.method == "POST" else 200)
    form = BackForm(request.POST if request.method == "POST" else None, activity=call.activity, person=request.user)
    context["form"] = form
    if request.method != "POST" or not form.is_valid():
        return TemplateResponse(request, "ideas/back.html", context)
    kept = {"standing": form.kept_standing()}
    if not request.user.is_authenticated:
        finish_at = reverse("ideas:back_finish", args=[board_slug, call_slug, idea_slug])
        return redirect(pending.keep(request, f"ideas:back:{found.pk}", kept, finish_at=finish_at))
    return count_backing(request, found, kept)


def count_backing(request: HttpRequest, found: Idea, kept: dict[str, Any]) -> HttpResponse:
    assert request.user.is_authenticated  # noqa: S101
    say_what_was_kept(person=request.user, board=found.call.activity.board, kept=kept.get("standing") or {})
    try:
        new = actions.back(idea=found, person=request.user, now=timezone.now())
    except actions.IdeaRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        said = _("Counted: you back this idea.") if new else _("Already counted: you backed this idea before.")
        messages.success(request, said)
    return redirect(found.get_absolute_url())


@login_required
def back_finish(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Signed in now: count what they asked for before."""
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    kept = pending.take(request, f"ideas:back:{found.pk}")
    if kept is None:
        return redirect(found.get_absolute_url())
    return count_backing(request, found, kept)


@login_required
@require_POST
def take_back(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    assert request.user.is_authenticated  # noqa: S101
    try:
        gone = actions.take_back(idea=found, person=request.user, now=timezone.now())
    except actions.IdeaRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("You no longer back this idea.") if gone else _("You did not back this idea."))
    return redirect(found.get_absolute_url())
