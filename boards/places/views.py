"""Find your board, and the list and map of all of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from boards.places import queries
from boards.places.forms import FindForm
from boards.places.models import Board

BOARDS_ON_A_PAGE = 60


class SeeOther(HttpResponseRedirect):
    """Go and look there, whatever was sent here."""

    status_code = 303


def open_to_all(view: Any) -> Any:
    """The mark that `boards.people.permissions.open_to_all` sets; this room is below that one."""
    view.door = "open_to_all"
    return view


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("q")
def find(request: HttpRequest) -> HttpResponse:
    """From a postcode to its board; from a name to the places that have it.

    A name goes on as an address that can be shared. Whatever holds a figure may be a postcode,
    and never stands in an address of ours, nor in any cache.
    """
    typed = request.POST if request.method == "POST" else request.GET
    form = FindForm(typed if "q" in typed or request.method == "POST" else None)
    answer = None
    if form.is_valid():
        q = form.cleaned_data["q"]
        answer = queries.find(q)
        if isinstance(answer, queries.BoardFound):
            return no_store(SeeOther(answer.board.get_absolute_url()))
        if request.method == "POST" and not any(character.isdigit() for character in q):
            return SeeOther(reverse("places:find") + "?" + urlencode({"q": q}))
    return no_store(TemplateResponse(request, "places/find.html", {"form": form, "answer": answer}))


def no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response


@open_to_all
@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """Every board: a map, and the same as a list."""
    page = Paginator(Board.objects.all(), BOARDS_ON_A_PAGE).get_page(request.GET.get("page"))
    here = list(page.object_list)
    wards = queries.ward_names(here)
    context = {
        "page": page,
        "shapes": queries.map_features(here),
        "boards": [{"board": board, "wards": wards[board.pk]} for board in here],
    }
    return TemplateResponse(request, "places/boards.html", context)


@open_to_all
@require_safe
def map_json(request: HttpRequest) -> HttpResponse:
    """The wards of every board with their whole boundaries, as GeoJSON to take away."""
    response = JsonResponse(queries.map_of_wards(Board.objects.all()), content_type="application/geo+json")
    response["Cache-Control"] = "public, max-age=3600"
    return response
