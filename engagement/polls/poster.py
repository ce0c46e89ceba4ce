"""A poster of A4 for one poll, as a PDF: what is asked, how to take part with a phone and without, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from components.printed import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    UNBROKEN,
    Face,
    Pages,
    not_in_print,
    width_of,
)
from components.templatetags.components import london
from engagement.activities.models import Audience, Spot
from engagement.activities.spots import short_address, whole_address
from engagement.polls.models import Poll

SIDE = 18
WIDTH = PAGE_WIDTH - 2 * SIDE
TOP, FOOT = 16, PAGE_HEIGHT - 14


@dataclass(frozen=True)
class Size:
    """The type of a poster, in points, and the square in millimetres. Each thing may shrink to its last size."""

    body: float
    questions: tuple[float, ...]
    addresses: tuple[float, ...]
    squares_mm: tuple[float, ...]


USUAL = Size(
    body=14, questions=(50, 44, 38, 33, 28, 24, 20), addresses=(30, 26, 22, 18, 14), squares_mm=(92, 80, 70, 62)
)
LARGE = Size(
    body=18, questions=(50, 44, 38, 33, 28, 24, 20), addresses=(30, 26, 22, 18), squares_mm=(80, 70, 62, 55, 48)
)


def languages() -> list[tuple[str, str]]:
    """Give the site's languages that the printed fonts can write."""
    return [
        (code, str(name))
        for code, name in settings.LANGUAGES
        if not not_in_print(translation.get_language_info(code)["name_local"])
    ]


def left_out(poll: Poll, spot: Spot | None = None) -> str:
    """Give each letter of the poll's own words that a poster cannot draw."""
    activity = poll.activity
    return not_in_print(activity.board.name, poll.question, activity.summary, spot.name if spot else "")


def draw_poster(
    file: IO[bytes], *, poll: Poll, spot: Spot | None, is_large: bool, language: str, other_ways: str
) -> None:
    """Write the poster, one page, to the file."""
    with translation.override(language):
        pages = Pages(
            file,
            title=_("Poster: %(title)s") % {"title": poll.activity.title},
            language=translation.to_locale(language).replace("_", "-"),
            by=poll.activity.board.name,
        )
        _Poster(pages, LARGE if is_large else USUAL, poll, spot, other_ways).draw()
        pages.finish()


class _Poster:
    """Sets the page from the top down, each part below where the last one ended."""

    def __init__(self, pages: Pages, size: Size, poll: Poll, spot: Spot | None, other_ways: str) -> None:
        self.pages, self.size, self.poll, self.spot = pages, size, poll, spot
        self.other_ways = other_ways
        self.gap = size.body * 0.3
        self.link = whole_address(poll.activity, spot)
        self.address = short_address(poll.activity, spot)
        self.fit()

    def fit(self) -> None:
        """Take the largest question and square that leave room for the rest, with as much as can be said about it.

        A question that fills a page of the smallest type ends in three dots.
        """
        pairs = [(question, square) for square in self.size.squares_mm for question in self.size.questions]
        pairs.sort(key=lambda pair: -pair[0] / 50 - pair[1] / 92)
        self.most: int | None = None
        for self.about in (4, 3, 2, 1, 0):
            for self.question_size, self.square in pairs:
                if self.fits():
                    return
        self.question_size, self.square = self.size.questions[-1], self.size.squares_mm[-1]
        for self.most in range(8, 0, -1):
            if self.fits():
                return

    def fits(self) -> bool:
        with self.pages.measuring():
            return self.sheet() <= FOOT

    def draw(self) -> None:
        self.sheet()
        self.pages.turn()

    def paragraph(
        self, words: str, y: float, *, face: Face = Face.PLAIN, size: float = 0, most: int | None = None
    ) -> float:
        return self.pages.text(words, x=SIDE, y=y, width=WIDTH, size=size or self.size.body, face=face, most=most)

    def sheet(self) -> float:
        activity = self.poll.activity
        y = self.paragraph(activity.board.name, TOP, face=Face.STRONG, size=self.size.body + 4, most=2)
        y = self.paragraph(self.poll.question, y + self.gap, face=Face.HEADING, size=self.question_size, most=self.most)
        if activity.summary and self.about:
            y = self.paragraph(activity.summary, y + self.gap, most=self.about)
        y = self.panel(y + self.gap * 1.5)
        y = self.paragraph(self.until(), y + self.gap * 1.5, face=Face.STRONG, size=self.size.body + 4)
        y = self.paragraph(self.who(), y + self.gap / 2)
        if self.other_ways:
            y = self.paragraph(_("No phone, or no internet?"), y + self.gap, face=Face.STRONG)
            y = self.paragraph(self.other_ways, y)
        if self.spot is not None:
            words = _(
                "This poster is for: %(place)s. The address says that you found it there, and nothing of who you are."
            )
            y = self.paragraph(words % {"place": self.spot.name}, y + self.gap)
        return y

    def panel(self, y: float) -> float:
        """How to take part, beside the square; the address in words below, as large as it fits."""
        side = self.square
        self.pages.square(self.link, x=SIDE + WIDTH - side, y=y, side=side)
        x, width = SIDE, WIDTH - side - 6
        at = self.pages.text(_("Have your say"), x=x, y=y + 4, width=width, size=self.size.body + 6, face=Face.STRONG)
        at = self.pages.text(
            _("1. Point your phone’s camera at the square."), x=x, y=at + self.gap, width=width, size=self.size.body
        )
        at = self.pages.text(
            _("2. Or go to the address below, on any phone or computer."),
            x=x, y=at + self.gap, width=width, size=self.size.body,
        )  # fmt: skip
        at = self.pages.text(
            _("3. Choose, and send your vote."), x=x, y=at + self.gap, width=width, size=self.size.body
        )
        y = max(at, y + side) + self.gap / 2
        sizes = [size for size in self.size.addresses if width_of(self.address, size, Face.STRONG) <= WIDTH]
        return self.paragraph(self.address, y, face=Face.STRONG, size=sizes[0] if sizes else self.size.addresses[-1])

    def until(self) -> str:
        activity = self.poll.activity
        if activity.closes_at is None:
            return _("It stays open for now.")
        return _("Vote before %(when)s, London time.") % {"when": london(activity.closes_at).replace(" ", UNBROKEN)}

    def who(self) -> str:
        audience = self.poll.activity.audience
        if audience == Audience.ANYONE:
            return _("Anyone can vote, with no account.")
        if audience == Audience.SAYS_LOCAL:
            return _("For everyone who lives, works or studies here. You need no account.")
        return _("For everyone who lives, works or studies here. We ask for your e-mail address.")
