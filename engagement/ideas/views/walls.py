"""A board's calls, the wall of one, its map, and the same to take away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.hands import hand_of
from boards.people.permissions import open_to_all
from boards.places.models import Board
from engagement.activities.views import page_of
from engagement.ideas import queries
from engagement.ideas.forms import asked_of, query_with
from engagement.ideas.models import ANY_TIME, Idea, IdeasCall
from engagement.ideas.rules import HANDS, metres_between
from engagement.ideas.views.frame import call_or_404, card_of, crumbs, shapes_of

CALLS_A_PAGE = 12


@open_to_all
def calls(request: HttpRequest, board_slug: str) -> HttpResponse:
    board = get_object_or_404(Board, slug=board_slug)
    now = timezone.now()
    found = queries.calls_of(board, now=now)
    any_time = next((each for each in found if each.activity.slug == ANY_TIME and each.activity.is_open(now)), None)
    page = page_of([each for each in found if each is not any_time], request, size=CALLS_A_PAGE)
    context = {"board": board, "page": page, "any_time": any_time, "now": now, "crumbs": crumbs(board)}
    return TemplateResponse(request, "ideas/calls.html", context)


@open_to_all
def wall(request: HttpRequest, board_slug: str, call_slug: str) -> HttpResponse:
    call = call_or_404(request, board_slug, call_slug)
    now = timezone.now()
    asked = asked_of(request.GET, hand=hand_of(request, HANDS))
    found = queries.wall(call, asked, today=timezone.localdate(now))
    page = queries.WallPaginator(found, asked, queries.PAGE).get_page(request.GET.get("page", "")[:9])
    address = call.get_absolute_url()
    waiting = queries.waiting_for_an_answer(call)
    return TemplateResponse(
        request,
        "ideas/wall.html",
        {
            "call": call,
            "activity": call.activity,
            "board": call.activity.board,
            "now": now,
            "asked": asked,
            "near_error": _("We cannot find that postcode. Check it for slips.")
            if asked.near and not asked.point
            else "",
            "page": page,
            "cards": [card_of(each, address, far=far_in_words(each, asked)) for each in page],
            "groups": filter_groups(call, asked),
            "waiting": waiting,
            "waiting_days": waiting.days(now),
            "is_open": call.activity.is_open(now),
            "map_address": reverse("ideas:map", args=[board_slug, call_slug]) + query_with(asked),
            "csv_address": reverse("ideas:csv", args=[board_slug, call_slug]) + query_with(asked),
            "geojson_address": reverse("ideas:geojson", args=[board_slug, call_slug]) + query_with(asked),
            "feed_address": reverse("ideas:feed", args=[board_slug, call_slug]),
            "crumbs": crumbs(call.activity.board, call),
        },
    )


def far_in_words(idea: Idea, asked: queries.Asked) -> str:
    """Say how far an idea is from the place asked about, to the nearest 100 metres: "1.2 km away"."""
    if asked.sort != "near" or asked.point is None or idea.latitude is None or idea.longitude is None:
        return ""
    metres = round(metres_between(asked.point, (float(idea.latitude), float(idea.longitude))), -2)
    if metres < 1000:
        return _("%(metres)d metres away") % {"metres": max(100, metres)}
    return _("%(km)s km away") % {"km": f"{metres / 1000:.1f}"}


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
    if call.has_themes and (themes := queries.themes_of(call)):
        pairs = [("", _("Any")), *((theme.code, theme.label) for theme in themes)]
        groups.append({"name": "theme", "label": _("About"), "options": options(pairs, asked.theme)})
    if call.serves_needs and (needs := queries.needs_asked(call)):
        pairs = [("", _("Any")), *((need.slug, need.title) for need in needs)]
        groups.append({"name": "need", "label": _("Need"), "options": options(pairs, asked.need)})
    sort = "" if asked.sort == "shuffled" else asked.sort
    orders = [
        ("", _("Shuffled, new each day")),
        ("newest", _("Newest first")),
        ("backed", _("Most backed")),
        ("discussed", _("Most discussed")),
    ]
    if asked.point:
        orders.append(("near", _("Nearest first")))
    groups.append({"name": "sort", "label": _("Order"), "options": options(orders, sort)})
    return groups


@open_to_all
def on_a_map(request: HttpRequest, board_slug: str, call_slug: str) -> HttpResponse:
    """The same ideas on a map, and beside it as a list."""
    call = call_or_404(request, board_slug, call_slug)
    asked = asked_of(request.GET, hand=hand_of(request, HANDS))
    found = queries.wall(call, asked, today=timezone.localdate())
    placed = found.filter(latitude__isnull=False)
    page = queries.WallPaginator(placed, asked, queries.ON_A_MAP).get_page(request.GET.get("page", "")[:9])
    address = call.get_absolute_url()
    board = call.activity.board
    return TemplateResponse(
        request,
        "ideas/map.html",
        {
            "call": call,
            "board": board,
            "page": page,
            "rows": [
                {
                    "title": each.title,
                    "href": f"{address}{each.slug}/",
                    "where": ", ".join(filter(None, [each.place_words, each.place.name if each.place else ""])),
                    "far": far_in_words(each, asked),
                    "status": each.get_status_display(),
                    "backers": each.backers,
                }
                for each in page
            ],
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
            "shapes": shapes_of(board),
            "wall_address": address + query_with(asked),
            "crumbs": crumbs(board, call, (_("On a map"), "")),
        },
    )
