"""A poll inside another site's page: the frame, its one line of script, and oEmbed.

The frame shows the question, how it stands where everyone may see that, and a link that opens the poll in
a page of its own. Nobody votes inside the frame: to count each voter once takes a cookie or an account,
and a frame of ours keeps neither in another site's page. Nor could someone tell there that it is us they
vote with: a page laid over the frame could make them press what they do not see.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from boards.people.permissions import open_to_all
from components.framing import may_be_framed
from engagement.activities.queries import how_many
from engagement.polls import queries
from engagement.polls.models import Poll
from engagement.polls.permissions import may_see_results

WIDTH, HEIGHT = 600, 420
LEAST_SIDE = 200
ONE_DAY = 24 * 3600
SCRIPT = "polls/embed.js"


def find_for_all(board_slug: str, poll_slug: str) -> Poll:
    """Give a published poll as anyone sees it."""
    polls = Poll.objects.for_board(board_slug).published().prefetch_related("choices")
    return get_object_or_404(polls, activity__slug=poll_slug)


@open_to_all
def frame(request: HttpRequest, board_slug: str, poll_slug: str) -> HttpResponse:
    """The page that another site may put in a frame: as for a stranger, whoever looks."""
    poll = find_for_all(board_slug, poll_slug)
    now = timezone.now()
    activity = poll.activity
    verdict = may_see_results(AnonymousUser(), activity, now=now)
    context = {
        "poll": poll,
        "activity": activity,
        "board": activity.board,
        "is_open": activity.is_open(now),
        "has_closed": activity.has_closed(now),
        "results": queries.results(poll) if verdict else None,
        "voted": how_many(activity),
        "now": now,
    }
    response = may_be_framed(TemplateResponse(request, "polls/embed.html", context))
    response["X-Robots-Tag"] = "noindex"  # the poll's own page is the one to find
    return response


@open_to_all
def script(request: HttpRequest) -> HttpResponse:
    """The one line of script for the frame's height, at an address that does not change when its contents do."""
    return static_script(SCRIPT, max_age=ONE_DAY)


def static_script(name: str, *, max_age: int) -> HttpResponse:
    """Give a script of ours as it stands, for an address that must stay the same."""
    found = finders.find(name)
    if isinstance(found, str):
        code = Path(found).read_bytes()
    else:  # gathered, and its source is not there
        with staticfiles_storage.open(name) as kept:
            code = kept.read()
    response = HttpResponse(code, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={max_age}" if max_age else "no-cache"
    return response


def lines_to_paste(poll: Poll, *, width: int = WIDTH, height: int = HEIGHT) -> SafeString:
    """Give the HTML that puts a poll into another page: a frame, and the script for its height."""
    source = settings.SITE_URL + reverse("polls:embed", args=[poll.activity.board.slug, poll.activity.slug])
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" data-moothall></iframe>\n'
        '<script src="{}" async></script>',
        source,
        poll.question,
        width,
        height,
        settings.SITE_URL + reverse("polls:embed_script"),
    )


def side(asked: str, usual: int) -> int:
    """Give a width or height that fits within what the other site has room for."""
    if not re.fullmatch(r"[0-9]{1,5}", asked, re.ASCII):
        return usual
    return max(LEAST_SIDE, min(usual, int(asked)))


def poll_at(address: str) -> Poll | None:
    """Give the published poll that an address of ours names. Nothing is fetched: the address is only read."""
    try:
        asked, ours = urlsplit(address), urlsplit(settings.SITE_URL)
        if asked.scheme not in ("http", "https") or asked.netloc.lower() != ours.netloc.lower():
            return None
        match = resolve(asked.path)
    except (ValueError, Resolver404):
        return None
    if match.view_name not in ("polls:poll", "polls:embed", "polls:results"):
        return None
    try:
        return find_for_all(match.kwargs["board_slug"], match.kwargs["poll_slug"])
    except Http404:
        return None


@open_to_all
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer what to paste for a poll's address (oembed.com, version 1.0, section 2.3.4: type rich). JSON only."""
    if request.GET.get("format", "json") != "json":
        return JsonResponse({"error": "json"}, status=501)
    poll = poll_at(request.GET.get("url", ""))
    if poll is None:
        raise Http404
    width = side(request.GET.get("maxwidth", ""), WIDTH)
    height = side(request.GET.get("maxheight", ""), HEIGHT)
    return JsonResponse(
        {
            "version": "1.0",
            "type": "rich",
            "title": poll.question,
            "provider_name": poll.activity.board.name,
            "provider_url": settings.SITE_URL + poll.activity.board.get_absolute_url(),
            "html": lines_to_paste(poll, width=width, height=height),
            "width": width,
            "height": height,
            "cache_age": ONE_DAY,
        }
    )
