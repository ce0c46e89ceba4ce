"""The home page's notice, and each board's page and news."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.utils.html import escape

from boards.places.models import Board
from cms.actions import set_up_board_pages, set_up_site, under
from cms.models import NewsListPage, NewsPage
from moothall.demo.loader.reading import BoardFile, day, moment


def paragraphs(words: str) -> str:
    return "".join(f"<p>{escape(' '.join(part.split()))}</p>" for part in words.split("\n\n") if part.strip())


NOTICE = """
<h2>This is a demonstration</h2>
<p>Thornbridge, its boards and everyone in it are invented. So are all words, votes and figures here.
The district lies in the North Sea, and its postcodes were never given out. Try XX1 1AA.</p>
"""


def load_home() -> None:
    home = set_up_site()
    if not home.body:
        home.body = [{"type": "text", "value": NOTICE}]
        home.save_revision().publish()


def reached(board: Board, where: str) -> dict[str, str]:
    """Give a board's invented contact: a number kept for stories (Ofcom's 01632 960), and addresses nobody has."""
    number = 100 + sum(map(ord, board.slug)) % 900
    return {
        "heading": "",
        "telephone": f"01632 960{number}",
        "email": f"{board.slug}@thornbridge.example",
        "address": where,
    }


def load_board(file: BoardFile, board: Board, *, now: datetime) -> None:
    """Fill the board's page with its own words around the live facts, and write its news."""
    page = set_up_board_pages(board)
    told = file["board"]
    strengths = "".join(f"<li>{escape(each)}</li>" for each in told["strengths"])
    facts: list[dict[str, Any]] = [
        {"type": kind, "value": {"heading": ""}} for kind in ("open_now", "needs", "pot", "outcomes", "news")
    ]
    meeting = file["meeting"]
    page.body = [
        {"type": "text", "value": paragraphs(told["about"])},
        {"type": "text", "value": f"<h2>What is strong here</h2><ul>{strengths}</ul>"},
        *facts,
        {
            "type": "next_meeting",
            "value": {
                "heading": "",
                "title": meeting["title"],
                "starts_at": moment(meeting["on"], now, at=time(18)).isoformat(),
                "where": meeting["where"],
                "getting_there": "",
            },
        },
        {"type": "text", "value": "<h3>On the agenda</h3><ul>" + "".join(f"<li>{escape(each)}</li>" for each in meeting["agenda"]) + "</ul>"},
        {"type": "people", "value": reached(board, meeting["where"])},
    ]  # fmt: skip
    page.hero_text = told["strapline"]
    page.save_revision().publish()
    news = NewsListPage.objects.child_of(page).get()
    for each in sorted(file["news"], key=lambda story: day(story["on"], now)):
        under(
            news,
            NewsPage(
                title=each["title"],
                slug=each["slug"],
                date=day(each["on"], now),
                intro=each["intro"],
                body=[{"type": "text", "value": paragraphs(each["body"])}],
            ),
        )
