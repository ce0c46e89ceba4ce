"""Changing a survey while it is built: each act gives a new schema and leaves the one it was given alone.

Ids come from one counter of the survey that only goes up, so none is ever used for something else:
answers to an earlier version still say what they said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from hashlib import sha256
from typing import Any

from engagement.surveys.rules.schema import END, MOST_PAGES, MOST_QUESTIONS, WITH_CHOICES, Kind

Raw = dict[str, Any]
NUMBER_AT_END = re.compile(r"(\d{1,9})$")
LISTS = ("choices", "rows", "columns")


class Full(Exception):
    """No more fit. `most` says how many do, `of` what: pages or questions."""

    def __init__(self, of: str, most: int) -> None:
        super().__init__(of)
        self.of, self.most = of, most


class Gone(LookupError):
    """What was to be changed is not there any more."""


def empty(language: str) -> Raw:
    """Give a survey of one page that asks nothing yet."""
    return {"language": language, "pages": [{"id": "p1", "title": "", "show_if": None, "questions": [], "next": []}]}


def ids_in(schema: Mapping[str, Any]) -> Iterator[str]:
    for page in schema.get("pages") or ():
        yield str(page["id"])
        for question in page.get("questions") or ():
            yield str(question["id"])
            for name in LISTS:
                yield from (str(each["id"]) for each in question.get(name) or ())


def highest(schema: Mapping[str, Any]) -> int:
    """Give the highest number at the end of any id in it; nought where there is none."""
    found = (NUMBER_AT_END.search(id) for id in ids_in(schema))
    return max((int(match[1]) for match in found if match), default=0)


def seen(thing: Mapping[str, Any]) -> str:
    """Give a stamp of a page's or a question's own words and settings: another once somebody changed them.

    A page's stamp leaves out its questions, so that work on one of them does not stand in the way.
    """
    own = {name: value for name, value in thing.items() if name != "questions"}
    return sha256(json.dumps(own, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def page_of(schema: Mapping[str, Any], id: str) -> Raw:
    for page in schema["pages"]:
        if page["id"] == id:
            return page  # type: ignore[no-any-return]
    raise Gone(id)


def question_of(schema: Mapping[str, Any], id: str) -> tuple[Raw, Raw]:
    """Give a question and the page it is on."""
    for page in schema["pages"]:
        for question in page["questions"]:
            if question["id"] == id:
                return question, page
    raise Gone(id)


class Desk:
    """A copy of a survey on which to work. `number` is the last number that an id was given."""

    def __init__(self, schema: Mapping[str, Any], number: int) -> None:
        self.schema: Raw = deepcopy(dict(schema))
        self.number = max(number, highest(schema))

    @property
    def pages(self) -> list[Raw]:
        return self.schema["pages"]  # type: ignore[no-any-return]

    def new_id(self, letter: str) -> str:
        self.number += 1
        return f"{letter}{self.number}"

    # --- pages -----------------------------------------------------------------------------------

    def add_page(self, title: str = "", *, after: str = "") -> str:
        if len(self.pages) >= MOST_PAGES:
            raise Full("pages", MOST_PAGES)
        page: Raw = {"id": self.new_id("p"), "title": title, "show_if": None, "questions": [], "next": []}
        at = self._at(after) + 1 if after else len(self.pages)
        self.pages.insert(at, page)
        return str(page["id"])

    def set_page(self, id: str, settings: Mapping[str, Any]) -> None:
        """Change a page's own settings; its questions stay."""
        page_of(self.schema, id).update(deepcopy(dict(settings)))

    def move_page(self, id: str, *, up: bool) -> bool:
        """Change places with the page before or after; False at the end of the row."""
        at = self._at(id)
        return _swap(self.pages, at, at - 1 if up else at + 1)

    def copy_page(self, id: str) -> str:
        """Put a copy after it, with new ids throughout; what its own questions ask of each other goes along."""
        page = deepcopy(page_of(self.schema, id))
        if len(self.pages) >= MOST_PAGES:
            raise Full("pages", MOST_PAGES)
        if self._count() + len(page["questions"]) > MOST_QUESTIONS:
            raise Full("questions", MOST_QUESTIONS)
        self._rename([page])
        self.pages.insert(self._at(id) + 1, page)
        return str(page["id"])

    def take_page(self, id: str) -> None:
        if len(self.pages) == 1:
            self.pages[0] = {**empty("")["pages"][0], "id": self.new_id("p")}
            return
        del self.pages[self._at(id)]

    # --- questions -------------------------------------------------------------------------------

    def add_question(self, page: str, question: Mapping[str, Any], *, after: str = "") -> str:
        """Put a question on a page, at its end or after another. Whatever ids it had, it gets new ones."""
        if self._count() >= MOST_QUESTIONS:
            raise Full("questions", MOST_QUESTIONS)
        made = deepcopy(dict(question))
        self._renumber(made, {})
        listed = page_of(self.schema, page)["questions"]
        at = next((place + 1 for place, each in enumerate(listed) if each["id"] == after), len(listed))
        listed.insert(at, made)
        return str(made["id"])

    def set_question(self, id: str, settings: Mapping[str, Any]) -> None:
        """Give a question other words and settings; its id stays, and new choices get ids of their own."""
        old, _page = question_of(self.schema, id)
        made = {**deepcopy(dict(settings)), "id": id}
        for name in LISTS:
            known = {each["id"] for each in old.get(name) or ()}
            for each in made.get(name) or ():
                if each.get("id") not in known:
                    each["id"] = self.new_id(name[0])
        old.clear()
        old.update(made)

    def move_question(self, id: str, *, up: bool) -> bool:
        """Change places with the question before or after; from the end of a page, onto the next page."""
        question, page = question_of(self.schema, id)
        listed = page["questions"]
        at = listed.index(question)
        if _swap(listed, at, at - 1 if up else at + 1):
            return True
        beside = self._at(page["id"]) + (-1 if up else 1)
        if not 0 <= beside < len(self.pages):
            return False
        listed.remove(question)
        there = self.pages[beside]["questions"]
        there.insert(len(there) if up else 0, question)
        return True

    def copy_question(self, id: str) -> str:
        question, page = question_of(self.schema, id)
        return self.add_question(str(page["id"]), question, after=id)

    def take_question(self, id: str) -> None:
        question, page = question_of(self.schema, id)
        page["questions"].remove(question)

    # --- all of it -------------------------------------------------------------------------------

    def take_over(self, schema: Mapping[str, Any]) -> None:
        """Become a copy of another survey: its pages, with new ids throughout."""
        pages = deepcopy(list(schema["pages"]))
        self._rename(pages)
        self.schema = {"language": schema.get("language", "en"), "pages": pages}

    def _at(self, id: str) -> int:
        return self.pages.index(page_of(self.schema, id))

    def _count(self) -> int:
        return sum(len(page["questions"]) for page in self.pages)

    def _renumber(self, question: Raw, names: dict[str, Any]) -> None:
        old = question.get("id")
        question["id"] = self.new_id("q")
        inside: dict[str, str] = {}
        for name in LISTS:
            for each in question.get(name) or ():
                inside[str(each.get("id"))] = each["id"] = self.new_id(name[0])
        if old:
            names[str(old)] = (question["id"], inside)

    def _rename(self, pages: list[Raw]) -> None:
        """Give all that stands on these pages new ids, and let what they ask of each other follow."""
        page_names: dict[str, str] = {}
        names: dict[str, Any] = {}
        for page in pages:
            page_names[str(page["id"])] = page["id"] = self.new_id("p")
            for question in page["questions"]:
                self._renumber(question, names)
        for page in pages:
            page["show_if"] = _follow(page.get("show_if"), names)
            for question in page["questions"]:
                if question.get("show_if"):
                    question["show_if"] = _follow(question["show_if"], names)
            for rule in page.get("next") or ():
                rule["if"] = _follow(rule.get("if"), names)
                if rule["to"] != END:
                    rule["to"] = page_names.get(str(rule["to"]), rule["to"])


def _swap(listed: list[Raw], at: int, other: int) -> bool:
    if not 0 <= other < len(listed):
        return False
    listed[at], listed[other] = listed[other], listed[at]
    return True


def _follow(condition: Any, names: Mapping[str, Any]) -> Any:
    if not condition:
        return condition
    for name in ("all", "any"):
        if name in condition:
            return {name: [_follow(part, names) for part in condition[name]]}
    if "not" in condition:
        return {"not": _follow(condition["not"], names)}
    if "q" not in condition or str(condition["q"]) not in names:
        return condition
    id, inside = names[str(condition["q"])]
    return {
        name: id if name == "q" else inside.get(value, value) if isinstance(value, str) else value
        for name, value in condition.items()
    }


def new_question(kind: str) -> Raw:
    """Give a question of a kind as it begins: with what the kind cannot do without."""
    made: Raw = {"kind": kind, "label": "", "help": "", "required": False, "show_if": None}
    if Kind(kind) in WITH_CHOICES:
        made["choices"] = []
    own: dict[str, Raw] = {
        "scale": {"steps": 5, "start": 1, "ends": ["", ""]},
        "matrix": {"rows": [], "columns": []},
        "points": {"points": 10},
        "consent": {"scope": "evidence"},
    }
    return {**made, **own.get(kind, {})}
