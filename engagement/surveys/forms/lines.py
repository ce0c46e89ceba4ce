"""Lines that grow: choices, rows and columns, and the tests of a condition. They work without any script.

Each group of lines is read from names such as "choices-3-label". A button names what to do with them
("choices-up-3"); the page comes back with everything typed, and nothing is kept until it is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from components.forms import without_hidden_characters
from engagement.surveys.asking_words import KINDS, atom_for_desk, channel_name, for_desk, language_name, value_in_words
from engagement.surveys.rules.conditions import as_number
from engagement.surveys.rules.joining import Lines, condition_of, lines_of
from engagement.surveys.rules.paths import TESTS, test_of
from engagement.surveys.rules.schema import FACES, LONGEST_CHOICE
from engagement.surveys.words import YES_NO_WORDS

MOST_LINES = 200
SPARE = 3
MOST_TESTS = 20


def number_in(data: Mapping[str, Any], name: str, *, most: int) -> int:
    text = str(data.get(name, ""))
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def plain(data: Mapping[str, Any], name: str, longest: int) -> str:
    return " ".join(without_hidden_characters(str(data.get(name, ""))[: longest + 1])[0].split())


# --- choices, rows, columns ----------------------------------------------------------------------


@dataclass
class Line:
    id: str = ""
    label: str = ""
    other: bool = False
    exclusive: bool = False
    error: str = ""


@dataclass
class Listed:
    """The lines of one list. Empty ones are dropped when it is saved."""

    name: str
    heading: str
    lines: list[Line] = field(default_factory=list)
    takes_other: bool = False
    takes_exclusive: bool = False

    @classmethod
    def of(cls, name: str, heading: str, kept: list[Mapping[str, Any]], **settings: bool) -> Listed:
        lines = [Line(each["id"], each["label"], bool(each.get("other")), bool(each.get("exclusive"))) for each in kept]
        return cls(name, heading, [*lines, *(Line() for _each in range(SPARE))], **settings)

    @classmethod
    def typed(cls, name: str, heading: str, data: Mapping[str, Any], **settings: bool) -> Listed:
        count = number_in(data, f"{name}-count", most=MOST_LINES)
        lines = [
            Line(
                plain(data, f"{name}-{at}-id", 20),
                plain(data, f"{name}-{at}-label", LONGEST_CHOICE),
                bool(data.get(f"{name}-{at}-other")) and settings.get("takes_other", False),
                bool(data.get(f"{name}-{at}-exclusive")) and settings.get("takes_exclusive", False),
            )
            for at in range(count)
        ]
        return cls(name, heading, lines, **settings)

    def act(self, act: str) -> None:
        """Do what a button asks of these lines; what is not for them is passed over."""
        what = act.removeprefix(f"{self.name}-")
        if what == act:
            return
        if what == "more":
            self.lines += [Line() for _each in range(min(SPARE, MOST_LINES - len(self.lines)))]
            return
        does, _dash, at = what.partition("-")
        if not at.isascii() or not at.isdigit() or len(at) > 4:
            return
        one, other = int(at), int(at) + {"up": -1, "down": 1}.get(does, 0)
        if 0 <= one < len(self.lines) and 0 <= other < len(self.lines):
            self.lines[one], self.lines[other] = self.lines[other], self.lines[one]

    def check(self) -> bool:
        """Say at each line what is wrong with it; True where nothing is."""
        seen: set[str] = set()
        for line in self.lines:
            line.error = ""
            if len(line.label) > LONGEST_CHOICE:
                line.error = _("Use %(most)d letters or fewer.") % {"most": LONGEST_CHOICE}
            elif line.label and line.label.casefold() in seen:
                line.error = _("This stands here twice.")
            elif line.other and sum(each.other for each in self.lines) > 1:
                line.error = _("Only one can ask for other words.")
            seen.add(line.label.casefold())
        return not any(line.error for line in self.lines)

    def kept(self) -> list[dict[str, Any]]:
        """Give the lines as the schema has them; a new one has no id yet."""
        return [
            {"id": line.id, "label": line.label}
            | ({"other": True} if line.other else {})
            | ({"exclusive": True} if line.exclusive else {})
            for line in self.lines
            if line.label
        ]


# --- conditions ----------------------------------------------------------------------------------


@dataclass
class Test:
    """One line of a condition. `test` is what was chosen from the list, `value` what was written beside it."""

    joined: str = "and"
    test: str = ""
    value: str = ""
    error: str = ""


@dataclass
class Tests:
    """A condition in lines. `kept` holds one that came from elsewhere and has no lines."""

    name: str
    offers: list[tuple[str, list[tuple[str, str]]]]
    questions: Mapping[str, Mapping[str, Any]]
    lines: list[Test] = field(default_factory=list)
    kept: Any = None

    @classmethod
    def of(cls, name: str, condition: Any, *, offers: Any, questions: Mapping[str, Any]) -> Tests:
        groups = lines_of(condition)
        if groups is None:
            return cls(name, offers, questions, [], condition)
        lines = [
            Test("or" if at == 0 and number else "and", *written(atom, questions))
            for number, group in enumerate(groups)
            for at, atom in enumerate(group)
        ]
        return cls(name, offers, questions, [*lines, Test()])

    @classmethod
    def typed(cls, name: str, data: Mapping[str, Any], *, offers: Any, questions: Mapping[str, Any], was: Any) -> Tests:
        if f"{name}-kept" in data and not data.get(f"{name}-clear"):
            return cls(name, offers, questions, [], was)
        count = number_in(data, f"{name}-count", most=MOST_TESTS)
        lines = [
            Test(
                "or" if data.get(f"{name}-{at}-join") == "or" else "and",
                plain(data, f"{name}-{at}-test", 80),
                plain(data, f"{name}-{at}-value", 300),
            )
            for at in range(count)
        ]
        return cls(name, offers, questions, lines or [Test()])

    def act(self, act: str) -> None:
        if act == f"{self.name}-more" and len(self.lines) < MOST_TESTS:
            self.lines.append(Test())

    @property
    def in_words(self) -> str:
        """What is kept although it has no lines, in words."""
        return for_desk(self.kept, self.questions)

    def offered(self, chosen: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """The list to choose from; what was chosen and is not offered any more stays in it."""
        if not chosen or any(chosen == value for _group, options in self.offers for value, _label in options):
            return self.offers
        atom = atom_of(chosen, "", self.questions)
        label = atom_for_desk(atom, self.questions) if isinstance(atom, dict) else _("a question that is gone")
        return [(_("Not possible here any more"), [(chosen, label)]), *self.offers]

    @property
    def shown(self) -> list[tuple[int, Test, list[tuple[str, list[tuple[str, str]]]]]]:
        return [(at, line, self.offered(line.test)) for at, line in enumerate(self.lines)]

    def check(self) -> bool:
        for line in self.lines:
            line.error = ""
            if line.test:
                atom = atom_of(line.test, line.value, self.questions)
                line.error = atom if isinstance(atom, str) else ""
        return not any(line.error for line in self.lines)

    def condition(self) -> dict[str, Any] | None:
        """Give the condition that the lines say; lines with nothing chosen are passed over."""
        if self.kept is not None:
            return self.kept  # type: ignore[no-any-return]
        groups: list[list[Any]] = []
        for line in self.lines:
            atom = atom_of(line.test, line.value, self.questions) if line.test else None
            if not isinstance(atom, dict):
                continue
            if line.joined == "or" or not groups:
                groups.append([])
            groups[-1].append(atom)
        lines: Lines = tuple(tuple(group) for group in groups)
        return condition_of(lines)


WRITTEN = "#"
"""Stands in an option for what is written in the box beside it."""


def written(atom: Mapping[str, Any], questions: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """Give an atom as an option of the list, and what stands in the box."""
    if "channel" in atom:
        return f"|channel|{atom['channel']}", ""
    if "language" in atom:
        return f"|language|{atom['language']}", ""
    test = test_of(atom)
    value = atom.get(test)
    if isinstance(value, bool):
        return f"{atom['q']}|{test}|{'yes' if value else 'no'}", ""
    kind = questions.get(str(atom.get("q")), {}).get("kind")
    if test in ("at_least", "at_most") or kind in ("number", "scale", "faces", "short_text", "date"):
        return f"{atom['q']}|{test}|{WRITTEN}", str(value)
    return f"{atom['q']}|{test}|{value}", ""


def atom_of(chosen: str, value: str, questions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | str:
    """Give the test that an option and its box say, or a sentence about what is missing."""
    asked, test, wanted = (*chosen.split("|", 2), "", "")[:3]
    if not asked and test in ("channel", "language"):
        return {test: wanted}
    question = questions.get(asked, {})
    kind = question.get("kind")
    if test == "answered" or kind == "consent":
        return {"q": asked, test: wanted == "yes"}
    if wanted != WRITTEN:
        return {"q": asked, test: wanted}
    if kind in ("number", "scale", "faces") or test in ("at_least", "at_most"):
        number = as_number(value.replace(",", ""))
        if number is None:
            return _("Write a number beside this.")
        if kind in ("scale", "faces"):
            return {"q": asked, test: int(number)} if number == int(number) else _("Write a whole number beside this.")
        if test in ("is", "is_not"):
            return {"q": asked, test: format(number.normalize(), "f")}
        plain_number = format(number.normalize(), "f")
        return {"q": asked, test: int(number) if number == int(number) else plain_number}
    return {"q": asked, test: value} if value else _("Write the words beside this.")


def offers_for(
    earlier: list[tuple[int, Mapping[str, Any]]], languages: list[str], channels: list[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give every test that may be asked of these questions, in words, grouped by question."""
    offers = []
    for number, question in earlier:
        options = _options(question)
        if options:
            label = question.get("label") or _("a question without words")
            # A closed list shows only what was chosen, so each line names its question too.
            said = [
                (value, _("question %(number)d %(says)s") % {"number": number, "says": words})
                for value, words in options
            ]
            offers.append((f"{number}. {label[:70]} ({KINDS[str(question['kind'])]})", said))
    offers.append((_("How it is answered"), [(f"|channel|{each}", channel_name(each)) for each in channels]))
    if len(languages) > 1:
        offers.append((_("Language"), [(f"|language|{each}", language_name(each)) for each in languages]))
    return offers


def _options(question: Mapping[str, Any]) -> list[tuple[str, str]]:
    kind, id = str(question.get("kind")), question["id"]
    tests = TESTS.get(kind, frozenset())
    options: list[tuple[str, str]] = []

    def add(test: str, value: str, words: str) -> None:
        options.append((f"{id}|{test}|{value}", words))

    if kind == "consent":
        add("is", "yes", _("is ticked"))
        add("is", "no", _("is not ticked"))
        return options
    named: list[str] = [each["id"] for each in question.get("choices") or ()]
    if kind == "yes_no":
        named = list(YES_NO_WORDS)
    says: dict[str, Callable[[str], str]] = {
        "is": lambda words: _("is “%(words)s”") % {"words": words},
        "is_not": lambda words: _("is not “%(words)s”") % {"words": words},
        "has": lambda words: _("“%(words)s” is chosen") % {"words": words},
        "lacks": lambda words: _("“%(words)s” is not chosen") % {"words": words},
    }
    for test in ("is", "is_not", "has", "lacks"):
        if test in tests:
            for value in named:
                add(test, value, says[test](value_in_words(question, value)))
    if kind in ("number", "scale", "faces"):
        reach = _(" (1 to %(most)d)") % {"most": FACES} if kind == "faces" else ""
        add("at_least", WRITTEN, _("is this number or more:") + reach)
        add("at_most", WRITTEN, _("is this number or less:") + reach)
        add("is", WRITTEN, _("is just this number:") + reach)
        add("is_not", WRITTEN, _("is any but this number:") + reach)
    if kind == "short_text":
        add("is", WRITTEN, _("is just these words:"))
        add("is_not", WRITTEN, _("is any but these words:"))
    if "answered" in tests:
        add("answered", "yes", _("is answered"))
        add("answered", "no", _("is not answered"))
    return options
