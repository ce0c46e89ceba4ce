"""Letters that carry a voting code, as a PDF: one page each, or both sides of one sheet in large print.

The upper third leaves room for an address, where an envelope's window shows it when the sheet is
folded in three. No letter carries a number: the file holds the codes in an order that says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from components.printed import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    UNBROKEN,
    Face,
    Pages,
    height_of,
    lines_of,
    not_in_print,
    width_of,
)
from components.templatetags.components import london
from engagement.funding.models import FundingRound
from engagement.funding.rules import CODE_LETTERS, code_in_words

SIDE = 20
"""Left and right margin. The window of a DL envelope begins there too (BS 4264)."""
WIDTH = PAGE_WIDTH - 2 * SIDE
FOOT = PAGE_HEIGHT - 15
BELOW_WINDOW = 84
"""The address stands from 40 to 80 mm down, in the first third of the sheet."""
SPACED_MM = 0.6
"""Between the letters of a code, beside their own room."""
MOST_LETTERS = 1000
"""As many as are drawn while someone waits."""


@dataclass(frozen=True)
class Size:
    """The type of a letter, in points."""

    body: float
    code: float
    titles: tuple[float, ...]
    square_mm: float
    sides: int


NORMAL = Size(body=12, code=36, titles=(24, 20, 17), square_mm=46, sides=1)
LARGE = Size(body=18, code=38, titles=(28, 24, 20), square_mm=52, sides=2)


def languages() -> list[tuple[str, str]]:
    """Give the site's languages that the printed fonts can write."""
    return [
        (code, str(name))
        for code, name in settings.LANGUAGES
        if not not_in_print(translation.get_language_info(code)["name_local"])
    ]


def link_of(round: FundingRound, code: str) -> str:
    """Give the address a letter's square code holds. What follows the # never reaches a server or its log."""
    return f"{settings.SITE_URL}{round.address('vote')}#code={code}"


def short_address(round: FundingRound) -> str:
    """Give the address to type: "moothall.example/vote/12"."""
    return settings.SITE_URL.partition("://")[2] + reverse("funding:short", args=[round.pk]).rstrip("/")


def unbroken(words: str) -> str:
    return words.replace(" ", UNBROKEN)


def left_out(round: FundingRound) -> str:
    """Give each letter of the round's own words that a printed letter cannot draw."""
    return not_in_print(round.board.name, round.title, round.activity.summary)


def draw_letters(
    file: IO[bytes], *, round: FundingRound, codes: Iterable[str], is_test: bool, is_large: bool, language: str,
    other_ways: str,
) -> None:  # fmt: skip
    """Write a letter for each code to the file. Only one page is ever in the making."""
    with translation.override(language):
        pages = Pages(
            file,
            title=_("Voting letters: %(title)s") % {"title": round.title},
            language=translation.to_locale(language).replace("_", "-"),
            by=round.board.name,
        )
        letter = _Letter(pages, LARGE if is_large else NORMAL, round, is_test=is_test, other_ways=other_ways)
        for code in codes:
            letter.draw(code)
        pages.finish()


class _Letter:
    """What every letter of a batch has in common, and how one is set. Each part gives how far down it reached."""

    def __init__(self, pages: Pages, size: Size, round: FundingRound, *, is_test: bool, other_ways: str) -> None:
        self.pages, self.size, self.round = pages, size, round
        self.is_test, self.other_ways = is_test, other_ways
        self.gap = size.body * 0.25
        self.closes = _("Voting is open from %(opens)s until %(closes)s, London time.") % {
            "opens": unbroken(london(round.voting_opens_at)),
            "closes": unbroken(london(round.activity.closes_at)),
        }
        self.steps = [
            _("Point your phone's camera at the square, or go to %(address)s") % {"address": short_address(round)},
            _("Choose the proposals you would fund."),
            _("Type the code if it is not there yet, and send your vote."),
        ]
        for self.title_lines in (3, 2, 1):
            with pages.measuring():
                sides = self.sides("0" * CODE_LETTERS, about=0)
            if max(sides) <= FOOT:
                break
        # What it is about is cut to the room that all the rest leaves.
        self.about = max(0, int((FOOT - sides[-1]) / height_of(1, size.body)))

    def draw(self, code: str) -> None:
        self.sides(code, about=self.about)

    def sides(self, code: str, *, about: int) -> list[float]:
        """Set the letter; give how far down each side of it reached."""
        y = self.paragraph(_("You can help decide which groups get money."), self.head() + self.gap)
        if self.size.sides == 1:
            y = self.what(y, about=about)
        y = self.panel(code, self.paragraph(self.closes, y + self.gap, face=Face.STRONG) + self.gap)
        y = self.how(y + self.gap)
        if self.size.sides == 1:
            y = self.foot(y)
            self.pages.turn()
            return [y]
        y = self.paragraph(_("There is more on the back."), y + self.gap)
        self.pages.turn()
        back = self.heading(20)
        back = self.foot(self.what(back, about=about))
        self.pages.turn()
        return [y, back]

    def paragraph(self, words: str, y: float, *, face: Face = Face.PLAIN, size: float = 0, most: int = 99) -> float:
        return self.pages.text(words, x=SIDE, y=y, width=WIDTH, size=size or self.size.body, face=face, most=most)

    def heading(self, y: float) -> float:
        """The round's title, as large as sets it in two lines; the longest in three of the smallest, if they fit."""
        fits = [size for size in self.size.titles if len(lines_of(self.round.title, WIDTH, size, Face.HEADING)) < 3]
        size = fits[0] if fits else self.size.titles[-1]
        return self.paragraph(self.round.title, y, face=Face.HEADING, size=size, most=self.title_lines)

    def head(self) -> float:
        self.paragraph(self.round.board.name, 15, face=Face.STRONG, size=self.size.body + 1, most=2)
        y = self.heading(BELOW_WINDOW)
        if not self.is_test:
            return y
        words = _("A letter for trying out. Its code cannot vote.")
        top = y + self.gap
        y = self.pages.text(words, x=SIDE + 4, y=top + 1.5, width=WIDTH - 8, size=self.size.body, face=Face.STRONG)
        self.pages.box(x=SIDE, y=top, width=WIDTH, height=y + 1.5 - top, line=1.5)
        return y + 1.5

    def what(self, y: float, *, about: int) -> float:
        return self.paragraph(self.round.activity.summary, y + self.gap * 0.7, most=about)

    def panel(self, code: str, y: float) -> float:
        """The code and its square, side by side in a box."""
        side = self.size.square_mm
        self.pages.box(x=SIDE, y=y, width=WIDTH, height=side + 2)
        self.pages.square(link_of(self.round, code), x=SIDE + WIDTH - side - 1, y=y + 1, side=side)
        x, width, body, code_size = SIDE + 6, WIDTH - side - 9, self.size.body, self.size.code
        shown, label, words = code_in_words(code), _("Your own voting code"), _("It votes once. You need no account.")
        while width_of(shown, code_size, Face.STRONG) + SPACED_MM * len(shown) > width:
            code_size -= 1
        lines = len(lines_of(label, width, body, Face.STRONG)) + len(lines_of(words, width, body))
        at = y + (side + 2 - height_of(lines, body) - height_of(1, code_size)) / 2
        at = self.pages.text(label, x=x, y=at, width=width, size=body, face=Face.STRONG)
        at = self.pages.text(shown, x=x, y=at, width=width, size=code_size, face=Face.STRONG, spaced=SPACED_MM)
        self.pages.text(words, x=x, y=at, width=width, size=body)
        return y + side + 2

    def how(self, y: float) -> float:
        y = self.paragraph(_("How to vote"), y, face=Face.STRONG)
        indent = self.size.body * 0.55
        for number, step in enumerate(self.steps, start=1):
            self.pages.text(f"{number}.", x=SIDE, y=y, width=indent, size=self.size.body)
            y = self.pages.text(step, x=SIDE + indent, y=y, width=WIDTH - indent, size=self.size.body)
        return y

    def foot(self, y: float) -> float:
        if self.other_ways:
            y = self.paragraph(_("Other ways to vote"), y + self.gap, face=Face.STRONG)
            y = self.paragraph(self.other_ways, y)
        words = _(
            "Your vote is secret: the list of who voted never says how. Do not give your code to anyone. "
            "Until voting closes you can change your mind with the same code."
        )
        return self.paragraph(words, y + self.gap)
