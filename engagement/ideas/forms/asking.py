"""What someone asks of the wall, read from its address and put back into one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict

from components.forms import PostcodeField, without_hidden_characters
from engagement.ideas import queries
from engagement.ideas.models import Idea


def asked_of(query: QueryDict, *, hand: int = 0) -> queries.Asked:
    """Read what was asked of the wall from its address: odd values are left out, never a fault."""

    def one(name: str, longest: int) -> str:
        return without_hidden_characters(query.get(name, "")[:longest])[0].strip()

    status, sort, near = one("status", 20), one("sort", 10), one("near", 12)
    point = queries.point_of(postcode_from(near)) if near else None
    if near and "sort" not in query:
        sort = "near"
    return queries.Asked(
        words=one("q", 200),
        status=status if status in Idea.Status.values else "",
        theme=one("theme", 20),
        ward=one("ward", 9),
        need=one("need", 80),
        near=near,
        point=point,
        sort=sort if sort in queries.SORTS and (sort != "near" or point) else "shuffled",
        hand=hand,
    )


def postcode_from(typed: str) -> str:
    """Give a postcode as we keep it, or "" for what is none."""
    try:
        return str(PostcodeField(required=False).clean(typed))
    except ValidationError:
        return ""


def query_with(asked: queries.Asked, **changes: str) -> str:
    """Give the wall's address part for what was asked, with changes."""
    values = {
        "q": asked.words, "status": asked.status, "theme": asked.theme, "ward": asked.ward, "need": asked.need,
        "near": asked.near, "sort": asked.sort,
    }  # fmt: skip
    values |= changes
    kept = {name: value for name, value in values.items() if value and (name, value) != ("sort", "shuffled")}
    return "?" + urlencode(kept) if kept else "?"
