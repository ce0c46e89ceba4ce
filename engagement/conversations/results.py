"""Kept results in words and rows, as the page of results and the desk show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from engagement.conversations.models import Conversation, KeptResults
from engagement.conversations.queries import texts_of

LETTERS = "ABCDE"
CLEAR, LOOSE = 0.5, 0.25
"""Of the silhouette: Kaufman and Rousseeuw, "Finding groups in data", 1990, table 4."""
LISTED = 5


@dataclass(frozen=True)
class Told:
    """One statement with everything a page says of it."""

    pk: int
    text: str
    rows: list[tuple[str, list[int | None], str]]
    words: str = ""


class Results:
    """What a conversation came to, ready for a template. Statements hidden since are left out of every list."""

    def __init__(self, conversation: Conversation, kept: KeptResults) -> None:
        self.kept = kept
        self.found: dict[str, Any] = kept.found
        self.texts = texts_of(conversation)
        self.tables: dict[str, dict[str, Any]] = self.found.get("tables", {})
        self.letters = LETTERS[: len(self.found.get("groups", ()))]

    def __bool__(self) -> bool:
        return bool(self.found)

    @property
    def people(self) -> int:
        people: int = self.found.get("people", 0)
        return people

    @property
    def cloud(self) -> list[list[int]]:
        points: list[list[int]] = self.found.get("cloud", [])
        return points

    @property
    def outside(self) -> int | None:
        return self.found.get("outside", 0)

    @property
    def sizes(self) -> list[tuple[str, int | None]]:
        return [(letter, group["people"]) for letter, group in zip(self.letters, self.groups_found, strict=True)]

    @property
    def groups_found(self) -> list[dict[str, Any]]:
        groups: list[dict[str, Any]] = self.found.get("groups", [])
        return groups

    @property
    def fell_back(self) -> bool:
        return len(self.letters) < self.found.get("wanted", 0)

    @property
    def how_clear(self) -> str:
        """Say how clearly the groups lie apart."""
        clearness = self.found.get("clearness", 0)
        if clearness > CLEAR:
            return _("The groups lie clearly apart.")
        if clearness > LOOSE:
            return _("The groups overlap at their edges: some people could stand in either.")
        return _("The groups are faint: people's views run into each other. Do not make much of them.")

    @property
    def explained(self) -> int:
        """How many of a hundred parts of the differences between people the picture shows."""
        return round(100 * self.found.get("explained", 0))

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Give each group with what its people have in common, in words."""
        return [
            {
                "name": _("Group %(letter)s") % {"letter": letter},
                "agrees": self._typical(group, 1),
                "disagrees": self._typical(group, -1),
            }
            for letter, group in zip(self.letters, self.groups_found, strict=True)
        ]

    def _typical(self, group: dict[str, Any], wanted: int) -> list[str]:
        return [self.texts[pk] for pk, way in group["typical"] if way == wanted and pk in self.texts]

    @property
    def agreed(self) -> list[Told]:
        return [
            self.told(pk, _("Most agree.") if way > 0 else _("Most disagree."))
            for pk, way, _score in self.found.get("agreed", ())
            if pk in self.texts
        ][:LISTED]

    @property
    def divides(self) -> list[Told]:
        return [self.told(pk) for pk, _way, _score in self.found.get("divides", ()) if pk in self.texts][:LISTED]

    @property
    def unsure(self) -> list[Told]:
        return [self.told(pk) for pk, _way, _score in self.found.get("unsure", ()) if pk in self.texts][:LISTED]

    def told(self, pk: int, words: str = "") -> Told:
        return Told(pk, self.texts[pk], self.rows_of(pk), words)

    def rows_of(self, pk: int) -> list[tuple[str, list[int | None], str]]:
        """Give who, how many agree, disagree and pass, and in a word: everyone first, and then each group."""
        table = self.tables.get(str(pk))
        if table is None:
            return [(_("Everyone"), [None, None, None], _("Nobody was asked before these results."))]
        leans = {
            "agree": _("Most agree"),
            "disagree": _("Most disagree"),
            "split": _("No side has most"),
            "few": _("Too few answered"),
        }
        rows = [(_("Everyone"), table["all"], "" if self.letters else leans[table["leans"][0]])]
        for at, letter in enumerate(self.letters):
            name = _("Group %(letter)s") % {"letter": letter}
            rows.append((name, table["groups"][at], leans[table["leans"][at]]))
        return rows

    def everything(self) -> list[int]:
        """Give the keys of all statements shown, in the order they came in."""
        return sorted(self.texts)
