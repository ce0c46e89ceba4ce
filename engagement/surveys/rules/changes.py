"""What differs between two versions of a survey, page by page and question by question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LISTED = ("choices", "rows", "columns")
LEFT_OUT = ("id", "questions")


class Did(StrEnum):
    PAGE_ADDED = "page_added"
    PAGE_TAKEN = "page_taken"
    PAGE_CHANGED = "page_changed"
    ADDED = "added"
    TAKEN = "taken"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One setting that changed. `was` and `became` are as the schema has them; None where there was none."""

    name: str
    was: Any
    became: Any


@dataclass(frozen=True)
class Change:
    did: Did
    id: str
    label: str
    """The words of the question, or the title of the page; of the newer version where it is there."""
    differences: tuple[Difference, ...] = ()


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Give what changed, in the order of the newer version; what is gone comes last. Nothing: no entries."""
    return [*_pages(old, new), *_questions(old, new)]


def _pages(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before = {page["id"]: page for page in old.get("pages") or ()}
    after = {page["id"]: page for page in new.get("pages") or ()}
    for id, page in after.items():
        if id not in before:
            yield Change(Did.PAGE_ADDED, id, page.get("title", ""))
        elif found := _differences(before[id], page):
            yield Change(Did.PAGE_CHANGED, id, page.get("title", ""), found)
    for id, page in before.items():
        if id not in after:
            yield Change(Did.PAGE_TAKEN, id, page.get("title", ""))


def _questions(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = _placed(old), _placed(new)
    kept = [id for id in after if id in before]
    stayed = set(_longest_in_order([id for id in before if id in after], kept))
    for id, (question, page) in after.items():
        if id not in before:
            yield Change(Did.ADDED, id, question.get("label", ""))
            continue
        was, page_was = before[id]
        if found := _differences(was, question):
            yield Change(Did.CHANGED, id, question.get("label", ""), found)
        if id not in stayed or page != page_was:
            yield Change(Did.MOVED, id, question.get("label", ""))
    for id, (question, _page) in before.items():
        if id not in after:
            yield Change(Did.TAKEN, id, question.get("label", ""))


def _placed(schema: Mapping[str, Any]) -> dict[str, tuple[Mapping[str, Any], str]]:
    return {
        question["id"]: (question, page["id"])
        for page in schema.get("pages") or ()
        for question in page.get("questions") or ()
    }


def _differences(was: Mapping[str, Any], became: Mapping[str, Any]) -> tuple[Difference, ...]:
    names = [name for name in dict.fromkeys([*was, *became]) if name not in LEFT_OUT]
    return tuple(
        Difference(name, was.get(name), became.get(name))
        for name in names
        if (was.get(name) or None) != (became.get(name) or None)
    )


def _longest_in_order(before: list[str], after: list[str]) -> list[str]:
    """Give the most that kept their order among each other, so that one moved up does not move all below it."""
    place = {id: number for number, id in enumerate(before)}
    best: list[list[str]] = []
    for id in after:
        fits = [row for row in best if place[row[-1]] < place[id]]
        best.append([*max(fits, key=len, default=[]), id])
    return max(best, key=len, default=[])
