"""A poll on the wall of a hall: the question, the way in and how it stands, to be read from the back row."""

from __future__ import annotations

import segno
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from boards.people.permissions import open_to_all
from engagement.activities.queries import how_many
from engagement.activities.spots import code_in, short_address, spot_with, whole_address
from engagement.polls import queries
from engagement.polls.embed import find_for_all
from engagement.polls.permissions import may_see_results

SECONDS = 10
"""Between two looks at how it stands."""


def square(link: str, title: str) -> SafeString:
    """Give a QR code as SVG to stand in a page, black on white whatever the page's colours."""
    made = segno.make(link, error="m", micro=False)
    drawn = made.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, title=title)
    return mark_safe(drawn)  # nosec B703 B308: segno escapes the title; the rest it draws itself


@open_to_all
def hall(request: HttpRequest, board_slug: str, poll_slug: str) -> HttpResponse:
    """The view for a big screen. It shows what a stranger may see, though an officer may have opened it."""
    poll = find_for_all(board_slug, poll_slug)
    activity = poll.activity
    now = timezone.now()
    code = code_in(request)
    spot = spot_with(activity, code)
    verdict = may_see_results(AnonymousUser(), activity, now=now)
    context = {
        "poll": poll,
        "activity": activity,
        "board": activity.board,
        "address": short_address(activity, spot),
        "square": square(whole_address(activity, spot), short_address(activity, spot)),
        "is_open": activity.is_open(now),
        "has_closed": activity.has_closed(now),
        "results": queries.results(poll) if verdict else None,
        "voted": how_many(activity),
        "seconds": SECONDS,
        "now": now,
    }
    return TemplateResponse(request, "polls/hall.html", context)
