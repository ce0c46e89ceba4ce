"""What every public page of this room stands on: the thing asked for, or a 404, and the way back."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.places.models import Board
from engagement.activities.permissions import may_see as may_see_activity
from engagement.ideas import permissions, queries
from engagement.ideas.models import CoAuthor, Idea, IdeaPicture, IdeasCall, Version

TONES = {
    Idea.Status.RECEIVED: "neutral",
    Idea.Status.BEING_LOOKED_AT: "waiting",
    Idea.Status.IN_PLAN: "decided",
    Idea.Status.GOING_TO_VOTE: "open",
    Idea.Status.DONE: "done",
    Idea.Status.NOT_TAKEN_UP: "stopped",
}


def call_or_404(request: HttpRequest, board_slug: str, call_slug: str) -> IdeasCall:
    """Give the call; a draft is a 404 to whoever may not see it."""
    call = get_object_or_404(
        IdeasCall.objects.for_board(board_slug).with_what_its_form_asks().select_related("activity__board", "area"),
        activity__slug=call_slug,
    )
    if not may_see_activity(request.user, call.activity):
        raise Http404
    return call


def idea_or_404(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> Idea:
    """Give the idea with what its page asks of it; one that is not shown is a 404 to whoever may not know of it."""
    mine = OuterRef("pk")
    person = request.user.pk if request.user.is_authenticated else None
    found: Idea = get_object_or_404(
        Idea.objects.select_related("call__activity__board", "place", "need", "theme", "merged_into__call").annotate(
            has_pictures=Exists(IdeaPicture.objects.filter(idea=mine)),
            has_versions=Exists(Version.objects.filter(idea=mine)),
            has_co_authors=Exists(CoAuthor.objects.filter(idea=mine)),
            has_brought_in=Exists(Idea.objects.filter(merged_into=mine)),
            **(queries.of_this_person(person) if person else {}),
        ),
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


def key_typed(typed: str) -> int:
    """Give the key that a form or an address names; 0, which is no thing's, for what is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0


def shapes_of(board: Board) -> list[dict[str, Any]]:
    """Give the outlines of a board's wards, for a map of them."""
    return [{"name": ward.name, "geometry": ward.boundary} for ward in board.areas.wards()]


def backers_in_words(count: int) -> str:
    if not count:
        return _("Nobody has backed this yet")
    return ngettext("%(n)d person backs this", "%(n)d people back this", count) % {"n": count}


def comments_in_words(count: int) -> str:
    return ngettext("%(n)d comment", "%(n)d comments", count) % {"n": count} if count else ""


def card_of(idea: Idea, address: str, *, far: str = "") -> dict[str, Any]:
    return {
        "title": idea.title,
        "href": f"{address}{idea.slug}/",
        "text": shortened(idea.text),
        "status": idea.get_status_display(),
        "tone": TONES[Idea.Status(idea.status)],
        "meta": " · ".join(filter(None, [backers_in_words(idea.backers), comments_in_words(idea.comments), far])),
        "eyebrow": idea.place_words or (idea.place.name if idea.place else ""),
        "level": 3,
    }


def shortened(text: str, most: int = 180) -> str:
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    start, _space, _rest = text[:most].rpartition(" ")
    return (start or text[:most]) + "…"
