"""The pictures of a poll that other sites and telephones show."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from boards.people.permissions import open_to_all
from engagement.polls.embed import find_for_all
from engagement.polls.share_picture import SHAPES, picture_of

ONE_HOUR = 3600


@open_to_all
def picture(request: HttpRequest, board_slug: str, poll_slug: str, shape: str) -> HttpResponse:
    """Give the PNG; as a file to keep where the desk asks for it."""
    if shape not in SHAPES:
        raise Http404
    poll = find_for_all(board_slug, poll_slug)
    response = HttpResponse(picture_of(poll, shape), content_type="image/png")
    response["Cache-Control"] = f"public, max-age={ONE_HOUR}"
    if "keep" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="{poll.activity.slug}-{shape}.png"'
    return response
