"""The sign-in links of invented voters (`manage.py make_voters`); elsewhere there is no such address."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from boards.people.permissions import open_to_all
from engagement.funding.actions.drills import person_of_link
from engagement.funding.views.frame import the_round


@open_to_all
@never_cache
def drill(request: HttpRequest, board_slug: str, slug: str, token: str) -> HttpResponse:
    """Sign an invented voter in and lead to the ballot."""
    person = person_of_link(token)
    if person is None:
        raise Http404
    round = the_round(request, board_slug, slug)
    login(request, person, backend="boards.people.backends.RolesBackend")
    return redirect(round.address("vote"))
