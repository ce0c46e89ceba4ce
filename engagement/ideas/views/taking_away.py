"""The wall to take away: a feed, a CSV and a GeoJSON of what is shown, row by row, without anyone's address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from boards.people.permissions import open_to_all
from engagement.ideas import queries
from engagement.ideas.forms import asked_of
from engagement.ideas.models import Idea, IdeasCall
from engagement.ideas.views.frame import call_or_404
from engagement.rules.tables import csv_lines, inert, pounds

HEADINGS = (
    "reference", "address", "title", "idea", "who_it_helps", "cost_guess_pounds", "theme", "need", "ward", "where",
    "latitude", "longitude", "name_shown", "came_by", "status", "sent_at", "answered_at", "backers", "comments",
)  # fmt: skip


class IdeasFeed(Feed):  # type: ignore[type-arg]
    """The newest ideas of a call that are shown. Atom (RFC 4287)."""

    feed_type = Atom1Feed
    MOST = 30

    def get_object(self, request: HttpRequest, board_slug: str, call_slug: str) -> IdeasCall:
        return call_or_404(request, board_slug, call_slug)

    def title(self, call: IdeasCall) -> str:
        return call.question

    def subtitle(self, call: IdeasCall) -> str:
        return call.activity.summary

    def link(self, call: IdeasCall) -> str:
        return call.get_absolute_url()

    def items(self, call: IdeasCall) -> list[Idea]:
        rows = Idea.objects.on_the_wall().filter(call=call).select_related("call__activity__board")
        return list(rows.order_by("-sent_at", "-pk")[: self.MOST])

    def item_title(self, idea: Idea) -> str:
        return idea.title

    def item_description(self, idea: Idea) -> str:
        return escape(idea.text)  # in a feed this is markup, and people's words are none

    def item_pubdate(self, idea: Idea) -> datetime:
        return idea.sent_at

    def item_updateddate(self, idea: Idea) -> datetime:
        return idea.status_at or idea.sent_at

    def item_author_name(self, idea: Idea) -> str:
        return idea.name_shown or _("A resident")

    def item_guid(self, idea: Idea) -> str:
        return f"tag:{settings.SITE_URL.rpartition('/')[2].partition(':')[0]},2026:idea-{idea.reference}"


feed = open_to_all(IdeasFeed())


def taken(request: HttpRequest, call: IdeasCall) -> Iterator[Idea]:
    """Give the ideas asked for, the newest first, a thousand rows at a time."""
    found = queries.narrowed(Idea.objects.on_the_wall().filter(call=call), asked_of(request.GET))
    rows = found.select_related("place", "need", "theme").order_by("-sent_at", "-pk")
    return rows.iterator(chunk_size=1000)


@open_to_all
def as_csv(request: HttpRequest, board_slug: str, call_slug: str) -> StreamingHttpResponse:
    call = call_or_404(request, board_slug, call_slug)

    lines = csv_lines(chain([HEADINGS], (cells(call, idea) for idea in taken(request, call))))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{call.activity.slug}-ideas.csv"'
    return answer


def cells(call: IdeasCall, idea: Idea) -> list[str]:
    """Give one row of HEADINGS. What people wrote can start no formula; all else is as machines read it."""
    return [
        idea.reference,
        f"{settings.SITE_URL}{call.get_absolute_url()}{idea.slug}/",
        inert(idea.title),
        inert(idea.text),
        inert(idea.who_it_helps),
        "" if idea.cost_guess_pence is None else pounds(idea.cost_guess_pence),
        inert(idea.theme.label) if idea.theme else "",
        inert(idea.need.title) if idea.need else "",
        inert(idea.place.name) if idea.place else "",
        inert(idea.place_words),
        "" if idea.latitude is None else str(idea.latitude),
        "" if idea.longitude is None else str(idea.longitude),
        inert(idea.name_shown),
        idea.channel,
        idea.status,
        timezone.localtime(idea.sent_at).isoformat(timespec="seconds"),
        timezone.localtime(idea.answered_at).isoformat(timespec="seconds") if idea.answered_at else "",
        str(idea.backers),
        str(idea.comments),
    ]


@open_to_all
def as_geojson(request: HttpRequest, board_slug: str, call_slug: str) -> StreamingHttpResponse:
    """The ideas that are on the map, as GeoJSON (RFC 7946): points in WGS 84, longitude first, to the nearest 100 m."""
    call = call_or_404(request, board_slug, call_slug)

    def parts() -> Iterator[str]:
        yield '{"type":"FeatureCollection","features":['
        before = "\n"
        for idea in taken(request, call):
            if idea.latitude is not None and idea.longitude is not None:
                yield before + json.dumps(feature(call, idea), ensure_ascii=False)
                before = ",\n"
        yield "\n]}\n"

    answer = StreamingHttpResponse(parts(), content_type="application/geo+json")
    answer["Content-Disposition"] = f'attachment; filename="{call.activity.slug}-ideas.geojson"'
    return answer


def feature(call: IdeasCall, idea: Idea) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": idea.reference,
        "geometry": {"type": "Point", "coordinates": [float(idea.longitude or 0), float(idea.latitude or 0)]},
        "properties": {
            "title": idea.title,
            "address": f"{settings.SITE_URL}{call.get_absolute_url()}{idea.slug}/",
            "where": idea.place_words,
            "ward": idea.place.name if idea.place else None,
            "theme": idea.theme.label if idea.theme else None,
            "status": idea.status,
            "backers": idea.backers,
            "comments": idea.comments,
            "sent_on": timezone.localdate(idea.sent_at).isoformat(),
        },
    }
