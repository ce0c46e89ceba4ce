"""Lists of what is open, coming and closed."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.permissions import open_to_all
from boards.places.models import Board
from engagement.activities import queries
from engagement.activities.models import Activity
from engagement.activities.rules import normal_spot

ON_A_PAGE = 12


def page_of(rows: QuerySet[Any] | list[Any], request: HttpRequest, *, size: int = ON_A_PAGE) -> Page[Any]:
    """Give the page asked for; a number that is odd or too great gives the nearest there is."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    return Paginator(rows, size).get_page(number)


def crumbs_of(board: Board, *further: tuple[str, str]) -> list[tuple[str, str]]:
    """Give the way from the home page through the board to this page."""
    return [(_("Home"), "/"), (board.name, board.get_absolute_url()), *further]


@open_to_all
def board_list(request: HttpRequest, board_slug: str) -> HttpResponse:
    """Everything one board asks: open, coming or closed."""
    now = timezone.now()
    board = get_object_or_404(Board, slug=board_slug)
    states = {
        "open": (_("Open now"), queries.open_activities),
        "coming": (_("Opens later"), queries.coming_activities),
        "closed": (_("Closed"), queries.closed_activities),
    }
    state = request.GET.get("state", "open")
    state = state if state in states else "open"
    there = queries.kinds_with_something(board)
    kind = request.GET.get("kind", "")
    kind = kind if kind in there else ""
    groups = [
        {
            "name": "state",
            "label": _("When"),
            "options": [
                # What is open is what you get without asking.
                {"value": "" if value == "open" else value, "label": label, "selected": value == state}
                for value, (label, _find) in states.items()
            ],
        }
    ]
    if len(there) > 1:
        kinds = [(value, label) for value, label in Activity.Kind.choices if value in there]
        groups.append(
            {
                "name": "kind",
                "label": _("Kind"),
                "options": [
                    {"value": "", "label": _("Every kind"), "selected": not kind},
                    *({"value": value, "label": label, "selected": value == kind} for value, label in kinds),
                ],
            }
        )
    page = page_of(states[state][1](board, now=now, kind=kind), request)
    return TemplateResponse(
        request,
        "activities/list.html",
        {
            "board": board,
            "page": page,
            "state": state,
            "state_label": states[state][0],
            "groups": groups,
            "now": now,
            "crumbs": crumbs_of(board, (_("Take part"), "")),
        },
    )


@open_to_all
def short(request: HttpRequest, code: str) -> HttpResponse:
    """Lead from the short address on a poster to what it is for, with the place in the address.

    A place's code is six signs; a number is an activity's own, with no place.
    """
    asked = Activity.objects.published().select_related("board")
    if code.isascii() and code.isdigit() and len(code) < 10:
        return redirect(get_object_or_404(asked, pk=int(code)))
    known = normal_spot(code)
    activity = get_object_or_404(asked, spots__code=known) if known else None
    if activity is None:
        raise Http404
    return redirect(f"{activity.get_absolute_url()}?at={known}")


@open_to_all
def everything_open(request: HttpRequest) -> HttpResponse:
    """What is open on every board, what closes soonest first."""
    now = timezone.now()
    boards = list(Board.objects.only("pk", "name", "slug"))
    chosen = next((board for board in boards if board.slug == request.GET.get("board", "")), None)
    groups = [
        {
            "name": "board",
            "label": _("Board"),
            "options": [
                {"value": "", "label": _("Every board"), "selected": chosen is None},
                *({"value": board.slug, "label": board.name, "selected": board == chosen} for board in boards),
            ],
        }
    ]
    page = page_of(queries.open_activities(chosen, now=now), request)
    crumbs = [(_("Home"), "/"), (_("Open now"), "")]
    return TemplateResponse(
        request, "activities/open.html", {"page": page, "groups": groups, "now": now, "crumbs": crumbs}
    )
