"""A survey as sheets of A4 to fill in with a pen, in usual or in large print: numbered with a code each, or plain.

Questions stand in the order in which they are keyed. Where the web would branch, the sheet says in
words where to go. Every page names its version, and the code where there is one, so that loose
pages find each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.conf import settings
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
from engagement.evidence.rules import in_fours
from engagement.surveys.asking_words import for_reader, how_to_answer, questions_of
from engagement.surveys.models import Survey, SurveyVersion
from engagement.surveys.rules.on_paper import Item, Sheet, numbers_of, sheets_of
from engagement.surveys.rules.schema import FACES
from engagement.surveys.words import FACE_WORDS, YES_NO_WORDS

SIDE = 18
WIDTH = PAGE_WIDTH - 2 * SIDE
TOP, FOOT = 16, PAGE_HEIGHT - 22
MOST_SHEETS = 500
"""As many as are drawn while someone waits."""


@dataclass(frozen=True)
class Size:
    """Type in points, boxes and lines in millimetres."""

    body: float
    small: float
    title: float
    heading: float
    tick_mm: float
    line_mm: float
    square_mm: float


NORMAL = Size(body=11, small=9, title=20, heading=14, tick_mm=4.5, line_mm=9, square_mm=34)
LARGE = Size(body=18, small=18, title=26, heading=21, tick_mm=7, line_mm=14, square_mm=42)


@dataclass(frozen=True)
class Slip:
    """The number of a sheet in its run, and the code printed on it."""

    number: int
    code: str


def languages() -> list[tuple[str, str]]:
    """Give the site's languages that the printed fonts can write."""
    return [
        (code, str(name))
        for code, name in settings.LANGUAGES
        if not not_in_print(translation.get_language_info(code)["name_local"])
    ]


def left_out(schema: Mapping[str, Any], *more: str) -> str:
    """Give each letter of a survey's own words that the printed sheet cannot draw."""
    words = [str(page.get("title", "")) for page in schema.get("pages") or ()]
    for question in questions_of(schema).values():
        words += [question.get("label", ""), question.get("help", ""), *(question.get("ends") or ())]
        words += [each.get("label", "") for name in ("choices", "rows", "columns") for each in question.get(name) or ()]
    return not_in_print(*words, *more)


def slip_link(code: str) -> str:
    return f"{settings.SITE_URL}/s/{code}/"


def slip_page() -> str:
    """Give the address where a code is typed: "moothall.example/s"."""
    return settings.SITE_URL.partition("://")[2] + "/s"


def draw_sheets(
    file: IO[bytes], *, survey: Survey, schema: Mapping[str, Any], version: SurveyVersion | None, language: str,
    is_large: bool, slips: Iterable[Slip] = (), run: int = 0, hand_in: str = "",
) -> None:  # fmt: skip
    """Write a sheet for each slip to the file, or one plain sheet. Without a version it is a draft, and says so."""
    with translation.override(language):
        pages = Pages(
            file,
            title=survey.activity.title,
            language=translation.to_locale(language).replace("_", "-"),
            by=survey.activity.board.name,
        )
        form = _Form(pages, LARGE if is_large else NORMAL, survey, schema, version, language, run, hand_in)
        drawn = False
        for slip in slips:
            form.draw(slip)
            drawn = True
        if not drawn:
            form.draw(None)
        pages.finish()


class _Form:
    """What every sheet has in common, and how one is set. `y` is how far down the page it has come."""

    def __init__(
        self, pages: Pages, size: Size, survey: Survey, schema: Mapping[str, Any], version: SurveyVersion | None,
        language: str, run: int, hand_in: str,
    ) -> None:  # fmt: skip
        self.pages, self.size, self.survey, self.version = pages, size, survey, version
        self.run, self.hand_in = run, hand_in
        self.sheets = sheets_of(schema, language=language)
        self.numbers, self.questions = numbers_of(self.sheets), questions_of(schema)
        self.gap = size.body * 0.2
        self.page, self.of, self.y = 1, 0, float(TOP)
        self.slip: Slip | None = None

    def draw(self, slip: Slip | None) -> None:
        self.slip = slip
        if not self.of:  # how many pages it takes does not hang on the code
            with self.pages.measuring():
                self.whole()
            self.of = self.page
        self.whole()

    def whole(self) -> None:
        self.page, self.y = 1, float(TOP)
        self.head()
        for sheet in self.sheets:
            self.section(sheet)
        self.room(3 * height_of(1, self.size.body))
        self.y += self.gap
        self.say(_("This is the end. Thank you."), face=Face.STRONG)
        if self.hand_in:
            self.say(self.hand_in)
        self.foot()
        self.pages.turn()

    # --- the flow --------------------------------------------------------------------------------

    def room(self, height: float) -> None:
        """Begin a new page where this much would not fit; what is taller than a page begins one too."""
        if self.y + height > FOOT and self.y > TOP:
            self.foot()
            self.pages.turn()
            self.page += 1
            self.y = float(TOP)

    def say(
        self, words: str, *, x: float = SIDE, width: float = WIDTH, size: float = 0, face: Face = Face.PLAIN
    ) -> None:
        """Write a paragraph, and go on to the next page in the middle of it if need be."""
        size = size or self.size.body
        for paragraph in words.splitlines():
            for line in lines_of(paragraph, width, size, face):
                self.room(height_of(1, size))
                self.y = self.pages.text(line, x=x, y=self.y, width=width + 1, size=size, face=face)

    def height(self, words: str, *, width: float = WIDTH, size: float = 0, face: Face = Face.PLAIN) -> float:
        size = size or self.size.body
        return sum(height_of(len(lines_of(each, width, size, face)), size) for each in words.splitlines())

    def foot(self) -> None:
        if self.version is None:
            which = _("Draft: not for filling in")
        else:
            which = _("Version %(number)d, %(digest)s") % {
                "number": self.version.number,
                "digest": self.version.digest[:8],
            }
        parts = [which]
        if self.slip is not None:
            parts.append(_("Sheet %(run)d-%(number)d") % {"run": self.run, "number": self.slip.number})
            parts.append(_("Code %(code)s") % {"code": in_fours(self.slip.code)})
        parts.append(_("Page %(page)d of %(of)d") % {"page": self.page, "of": self.of or self.page})
        size = min(self.size.small, 12)
        y = FOOT + 4
        for words in ("  ·  ".join(parts), f"{self.survey.activity.board.name}  ·  {self.survey.activity.title}"):
            y = self.pages.text(words, x=SIDE, y=y, width=WIDTH, size=size, most=1)

    # --- the parts -------------------------------------------------------------------------------

    def head(self) -> None:
        activity, size = self.survey.activity, self.size
        side = size.square_mm
        width = WIDTH - side - 6
        self.pages.square(self.link(), x=SIDE + WIDTH - side, y=TOP - 2, side=side)
        self.y = self.pages.text(
            activity.board.name, x=SIDE, y=TOP, width=width, size=size.body, face=Face.STRONG, most=2
        )
        self.y = self.pages.text(
            activity.title, x=SIDE, y=self.y + 1, width=width, size=size.title, face=Face.HEADING, most=4
        )
        if self.slip is not None:
            self.y += 1
            self.say(_("Your own code"), width=width, face=Face.STRONG)
            self.y = self.pages.text(
                in_fours(self.slip.code), x=SIDE, y=self.y, width=width, size=size.title, face=Face.STRONG, spaced=0.4
            )
        self.y = max(self.y, TOP + side) + 1
        if self.slip is not None:
            self.say(
                _(
                    "Keep a note of the code. With it you can see what we recorded, put it right or take it back: point a "
                    "phone at the square, go to %(address)s, or ring us. It does not say who you are."
                )
                % {"address": slip_page()}
            )
        else:
            self.say(_("You can answer on our site instead: point a phone at the square."))
        self.y += self.gap
        if self.survey.introduction:
            self.say(self.survey.introduction)
            self.y += self.gap
        self.say(self.closing(activity.closes_at), face=Face.STRONG)
        self.say(_("You may leave out any question. Do not write your name unless it is asked for."))
        self.y += self.gap

    def link(self) -> str:
        if self.slip is not None:
            return slip_link(self.slip.code)
        return settings.SITE_URL + self.survey.get_absolute_url()

    def closing(self, closes_at: datetime | None) -> str:
        if closes_at is None:
            return self.hand_in or _("Hand it in when you are done.")
        when = london(closes_at).replace(" ", UNBROKEN)
        return (_("Hand it in before %(when)s.") % {"when": when} + f" {self.hand_in}").strip()

    def section(self, sheet: Sheet) -> None:
        title_height = self.height(sheet.title, size=self.size.heading, face=Face.HEADING) if sheet.title else 0
        first = self.question_height(sheet.items[0]) if sheet.items else 0
        self.room(title_height + min(first, 90) + 8)
        self.y += self.gap * 1.5
        if sheet.title:
            self.say(sheet.title, size=self.size.heading, face=Face.HEADING)
            self.y += self.gap / 2
        if sheet.only_if:
            self.say(self.only_these(sheet), face=Face.STRONG)
        for item in sheet.items:
            self.question(item)
        self.ways(sheet)

    def only_these(self, sheet: Sheet) -> str:
        condition = for_reader(sheet.only_if, self.questions, self.numbers)
        if sheet.first is None:
            return _("Read this only if %(condition)s.") % {"condition": condition}
        if sheet.first == sheet.last:
            return _("Answer question %(first)d only if %(condition)s.") % {
                "first": sheet.first,
                "condition": condition,
            }
        return _("Answer questions %(first)d to %(last)d only if %(condition)s.") % {
            "first": sheet.first,
            "last": sheet.last,
            "condition": condition,
        }

    def ways(self, sheet: Sheet) -> None:
        """Say where to go after a page, where it is not simply on."""
        said = []
        for way in sheet.ways:
            condition = for_reader(way.only_if, self.questions, self.numbers)
            if way.to is None:
                said.append(_("If %(condition)s, go to the end.") % {"condition": condition})
            else:
                said.append(_("If %(condition)s, go to question %(to)d.") % {"condition": condition, "to": way.to})
        simply_on = sheet.onwards == (sheet.last or 0) + 1 or (sheet.onwards is None and sheet is self.sheets[-1])
        if said and sheet.onwards is not None:
            said.append(_("If not, go on with question %(to)d.") % {"to": sheet.onwards})
        elif said and not simply_on:
            said.append(_("If not, go to the end."))
        elif not simply_on and sheet.onwards is not None:
            said.append(_("Now go to question %(to)d.") % {"to": sheet.onwards})
        elif not simply_on:
            said.append(_("Now go to the end."))
        if said:
            self.y += self.gap
        for words in said:
            self.room(self.height(words, face=Face.STRONG))
            self.say(words, face=Face.STRONG)

    # --- questions -------------------------------------------------------------------------------

    def label_of(self, item: Item) -> str:
        label = str(item.question.get("label", ""))
        return f"{item.number}. {label}" if item.number is not None else label

    def question_height(self, item: Item) -> float:
        """How much room a question asks for on a page of its own, so that it is not torn apart for nothing."""
        question = item.question
        height = self.height(self.label_of(item), face=Face.STRONG) + self.height(how_to_answer(question))
        height += self.height(str(question.get("help", "")))
        if item.only_if:
            height += self.height(for_reader(item.only_if, self.questions, self.numbers)) + height_of(1, self.size.body)
        line = max(self.size.tick_mm + 2.5, height_of(1, self.size.body) + 1.5)
        match question.get("kind"):
            case "one_choice" | "several" | "drop_down" | "ranking" | "points":
                height += line * len(question.get("choices") or ())
            case "yes_no":
                height += line * len(YES_NO_WORDS)
            case "faces":
                height += line * FACES
            case "long_text":
                height += self.size.line_mm * 5
            case "matrix":
                height += 2 * line * len(question.get("rows") or ())
            case _:
                height += self.size.line_mm * 2
        return height + self.gap * 2

    def question(self, item: Item) -> None:
        question, height = item.question, self.question_height(item)
        self.room(min(height, FOOT - TOP) if height < 0.6 * (FOOT - TOP) else 40)
        self.y += self.gap
        if item.only_if:
            condition = for_reader(item.only_if, self.questions, self.numbers)
            words = _("Answer question %(number)d only if %(condition)s.") if item.number else _("Read this only if %(condition)s.")  # fmt: skip
            self.say(words % {"number": item.number, "condition": condition}, face=Face.STRONG)
        if question.get("kind") == "information":
            self.say(self.label_of(item))
            self.say(str(question.get("help", "")))
            return
        self.say(self.label_of(item), face=Face.STRONG)
        for words in (str(question.get("help", "")), how_to_answer(question)):
            self.say(words)
        self.y += 0.8
        self.answer(question)

    def answer(self, question: Mapping[str, Any]) -> None:
        choices = question.get("choices") or ()
        match question.get("kind"):
            case "one_choice" | "several" | "drop_down":
                for choice in choices:
                    self.tick(str(choice["label"]), other=bool(choice.get("other")))
            case "yes_no":
                for words in YES_NO_WORDS.values():
                    self.tick(str(words))
            case "faces":
                for words in FACE_WORDS.values():
                    self.tick(str(words))
            case "scale":
                self.scale(question)
            case "matrix":
                for row in question.get("rows") or ():
                    self.row(str(row["label"]), [str(column["label"]) for column in question.get("columns") or ()])
            case "ranking" | "points":
                for choice in choices:
                    self.tick(str(choice["label"]), wide=True)
            case "consent":
                self.tick(_("I agree"))
            case "date":
                self.date()
            case "long_text":
                self.lines(5)
            case "file":
                pass  # the words above say where it can be sent
            case "place":
                self.lines(2)
            case "number" | "postcode":
                self.lines(1, width=70)
            case _:
                self.lines(1)

    def tick(self, words: str, *, other: bool = False, wide: bool = False) -> None:
        side = self.size.tick_mm
        width = side * 2.4 if wide else side
        x = SIDE + 4
        lines = lines_of(words, WIDTH - width - 8, self.size.body)
        height = max(side, height_of(len(lines), self.size.body)) + 2
        self.room(height)
        line = height_of(1, self.size.body)
        self.pages.box(x=x, y=self.y + max(0, (line - side) / 2), width=width, height=side, corner=0.6)
        y = self.y + max(0, (side - line) / 2)
        self.pages.text(words, x=x + width + 3, y=y, width=WIDTH - width - 8, size=self.size.body)
        if other:
            after = x + width + 5 + width_of(lines[-1] if lines else "", self.size.body)
            if len(lines) == 1 and SIDE + WIDTH - after > 40:
                self.pages.rule(x=after, y=self.y + line, width=SIDE + WIDTH - after)
            else:
                self.room(height + self.size.line_mm)
                self.y += self.size.line_mm
                self.pages.rule(x=x + width + 3, y=self.y + line, width=WIDTH - width - 8)
        self.y += height

    def boxes(self, labels: list[str], x: float) -> None:
        """Set ticks in a line, and go on in the next where it is full."""
        side, at = self.size.tick_mm, x
        line = max(side, height_of(1, self.size.body)) + 2
        self.room(line)
        for words in labels:
            room = side + 2 + width_of(words, self.size.body) + 5
            if at > x and at + room > SIDE + WIDTH:
                at = x
                self.y += line
                self.room(line)
            self.pages.box(x=at, y=self.y + max(0, (line - 2 - side) / 2), width=side, height=side, corner=0.6)
            self.pages.text(words, x=at + side + 2, y=self.y, width=WIDTH - side, size=self.size.body, most=1)
            at += room
        self.y += line

    def scale(self, question: Mapping[str, Any]) -> None:
        start, steps = int(question.get("start", 1)), int(question.get("steps", 5))
        left, right = (str(end) for end in (question.get("ends") or ("", "")))
        if left:
            self.say(f"{start} = {left}", x=SIDE + 4, width=WIDTH - 4)
        if right:
            self.say(f"{start + steps - 1} = {right}", x=SIDE + 4, width=WIDTH - 4)
        labels = [str(number) for number in range(start, start + steps)]
        self.room(self.boxes_height(labels, SIDE + 4))
        self.boxes(labels, SIDE + 4)

    def row(self, label: str, columns: list[str]) -> None:
        self.room(self.height(label, width=WIDTH - 4) + self.boxes_height(columns, SIDE + 10))
        self.say(label, x=SIDE + 4, width=WIDTH - 4)
        self.boxes(columns, SIDE + 10)

    def boxes_height(self, labels: list[str], x: float) -> float:
        """How far ticks in a line reach down, so that a row is not torn apart."""
        side, at, lines = self.size.tick_mm, x, 1
        for words in labels:
            room = side + 2 + width_of(words, self.size.body) + 5
            if at > x and at + room > SIDE + WIDTH:
                at, lines = x, lines + 1
            at += room
        return lines * (max(side, height_of(1, self.size.body)) + 2)

    def lines(self, number: int, *, width: float = WIDTH - 4) -> None:
        for _each in range(number):
            self.room(self.size.line_mm)
            self.y += self.size.line_mm
            self.pages.rule(x=SIDE + 4, y=self.y, width=width)
        self.y += 2

    def date(self) -> None:
        self.room(self.size.line_mm + height_of(1, self.size.body))
        x = SIDE + 4.0
        for words, width in ((_("Day"), 22.0), (_("Month"), 22.0), (_("Year"), 34.0)):
            self.pages.text(words, x=x, y=self.y, width=60, size=self.size.body)
            at = x + width_of(words, self.size.body) + 2
            self.pages.rule(x=at, y=self.y + height_of(1, self.size.body), width=width)
            x = at + width + 5
        self.y += self.size.line_mm
