"""A survey in the order of a printed sheet: its questions numbered, and where the reader goes next.

What depends on the channel or the language is settled beforehand: on paper both are known. What
depends on an answer is left as a condition, to be said in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engagement.surveys.rules.joining import Condition, asks_of, atoms_of

NOT_ASKED = frozenset({"information"})
"""Has words to read and no number."""


@dataclass(frozen=True)
class Item:
    """A question as it stands on the sheet. `number` is None for what is only read."""

    question: Mapping[str, Any]
    number: int | None
    only_if: Condition | None


@dataclass(frozen=True)
class Way:
    """After a page: where to go, if this holds. `to` is a question's number; None is the end."""

    only_if: Condition | None
    to: int | None


@dataclass(frozen=True)
class Sheet:
    """A page of the survey. `first` and `last` are the numbers on it; both None where nothing is asked."""

    id: str
    title: str
    only_if: Condition | None
    items: tuple[Item, ...]
    ways: tuple[Way, ...]
    onwards: int | None
    """The number of what follows if no way is taken; None is the end."""

    @property
    def first(self) -> int | None:
        return next((item.number for item in self.items if item.number is not None), None)

    @property
    def last(self) -> int | None:
        return next((item.number for item in reversed(self.items) if item.number is not None), None)


def settled(condition: Condition | None, *, channel: str, language: str) -> Condition | bool:
    """Give what is left of a condition once channel and language are known: True, False, or a condition on answers."""
    if not condition:
        return True
    if "channel" in condition:
        return bool(condition["channel"] == channel)
    if "language" in condition:
        return bool(condition["language"] == language)
    if "not" in condition:
        inner = settled(condition["not"], channel=channel, language=language)
        return not inner if isinstance(inner, bool) else {"not": inner}
    for name, decides in (("all", False), ("any", True)):
        if name in condition:
            parts = [settled(part, channel=channel, language=language) for part in condition[name]]
            if any(part is decides for part in parts):
                return decides
            left = [part for part in parts if not isinstance(part, bool)]
            if not left:
                return not decides
            return left[0] if len(left) == 1 else {name: left}
    return condition


def sheets_of(schema: Mapping[str, Any], *, language: str, channel: str = "paper") -> tuple[Sheet, ...]:
    """Give the pages as they are printed, or read out. What this channel never shows is not there."""
    pages: list[tuple[Mapping[str, Any], Condition | None, list[Item]]] = []
    number = 0
    for page in schema.get("pages") or ():
        shown = settled(page.get("show_if"), channel=channel, language=language)
        if shown is False:
            continue
        items: list[Item] = []
        for question in page.get("questions") or ():
            asked = settled(question.get("show_if"), channel=channel, language=language)
            if asked is False:
                continue
            is_asked = question.get("kind") not in NOT_ASKED
            number += is_asked
            items.append(Item(question, number if is_asked else None, _left(asked)))
        pages.append((page, _left(shown), items))
    begins = _beginnings(schema, pages)
    sheets = []
    for at, (page, only_if, items) in enumerate(pages):
        following = pages[at + 1][0]["id"] if at + 1 < len(pages) else "end"
        onwards = begins.get(following)
        ways = []
        for rule in page.get("next") or ():
            holds = settled(rule.get("if"), channel=channel, language=language)
            if holds is False or (rule.get("to") != "end" and rule.get("to") not in begins):
                continue
            to = begins.get(rule.get("to"))
            if holds is True:
                onwards = to
                break
            ways.append(Way(_left(holds), to))
        sheets.append(
            Sheet(str(page.get("id")), str(page.get("title", "")), only_if, tuple(items), tuple(ways), onwards)
        )
    return tuple(sheets)


def _left(condition: Condition | bool) -> Condition | None:
    return None if isinstance(condition, bool) else condition


def _beginnings(
    schema: Mapping[str, Any], pages: list[tuple[Mapping[str, Any], Condition | None, list[Item]]]
) -> dict[str, int | None]:
    """Give where each page begins: its own first number, or that of the next page that has one; None at the end."""
    printed = {page["id"]: items for page, _, items in pages}
    begins: dict[str, int | None] = {}
    following: int | None = None
    for page in reversed(schema.get("pages") or ()):
        own = next((item.number for item in printed.get(page["id"], ()) if item.number is not None), None)
        following = own if own is not None else following
        begins[page["id"]] = following
    return begins


def is_tangled(condition: Condition | None) -> bool:
    """Tell whether a condition is hard to follow on paper: more than two tests, or about more than one question."""
    return len(list(atoms_of(condition))) > 2 or len(asks_of(condition)) > 1


def numbers_of(sheets: tuple[Sheet, ...]) -> dict[str, int]:
    """Give the printed number of each question by its id."""
    return {
        str(item.question["id"]): item.number for sheet in sheets for item in sheet.items if item.number is not None
    }
