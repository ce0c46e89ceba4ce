"""Every way through a survey at once: which pages and questions someone may meet, and which rules are ever used.

Answers are grouped by what conditions can tell apart (a number by the limits it is held against,
several choices by those that are named), and groups travel through the pages together. Where there
are too many to follow apart they are put together, which can only make more seem possible: what is
called out of reach is out of reach.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from engagement.surveys.rules.conditions import as_number
from engagement.surveys.rules.joining import Atom, Condition, atoms_of
from engagement.surveys.rules.schema import COMPARED, FACES, Kind

Value = Hashable
Box = tuple[frozenset[Value], ...]
"""For each thing that conditions ask about, the answers still possible."""

MOST_BOXES = 300
MOST_NAMED = 10
CHANNELS = ("web", "kiosk", "paper", "phone", "in_person")
OTHER_LANGUAGE = "*"
OTHER_WORDS = "\N{INFORMATION SEPARATOR ONE}"
"""Stands for any text that no condition names; nobody can type it."""
TESTS: Mapping[str, frozenset[str]] = {
    kind.value: frozenset({*compared, "answered"})
    for kind, compared in COMPARED.items()
    if kind is not Kind.INFORMATION
}
"""What a condition may ask of each kind of question."""


@dataclass
class Walk:
    """What anyone can meet. A rule is named by its page and its place there.

    Someone arrives at a page, enters it if its condition holds, and meets it if a question on it is shown.
    """

    arrived: set[str] = field(default_factory=set)
    entered: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)
    rules: set[tuple[str, int]] = field(default_factory=set)
    ends: bool = False


def test_of(atom: Atom) -> str:
    return next(
        (name for name in ("is", "is_not", "has", "lacks", "at_least", "at_most", "answered") if name in atom), ""
    )


def holds(atom: Atom, value: Value) -> bool:
    """Tell whether one test holds for one answer. No answer fails every test but "not answered"."""
    test = test_of(atom)
    wanted = atom.get(test)
    if test == "answered":
        return (value is not None) is bool(wanted)
    if value is None:
        return False
    if test in ("has", "lacks"):
        return (isinstance(value, frozenset) and wanted in value) is (test == "has")
    if isinstance(value, Decimal):
        number = as_number(wanted)
        if number is None:
            return False
        return {"is": value == number, "is_not": value != number, "at_least": value >= number, "at_most": value <= number}[test]  # fmt: skip
    if test not in ("is", "is_not"):
        return False
    if isinstance(value, str) and isinstance(wanted, str):
        return (value.strip().casefold() == wanted.strip().casefold()) is (test == "is")
    return (value is wanted if isinstance(wanted, bool) else value == wanted) is (test == "is")


def answers_of(question: Mapping[str, Any], atoms: Iterable[Atom]) -> frozenset[Value] | None:
    """Give the answers that these tests can tell apart; None where there are too many to list."""
    kind, atoms = question.get("kind"), list(atoms)
    if kind in ("one_choice", "drop_down"):
        return frozenset(each["id"] for each in question.get("choices") or ())
    if kind == "yes_no":
        return frozenset(("yes", "no", "unknown"))
    if kind == "consent":
        return frozenset((True, False))
    if kind in ("scale", "faces"):
        start, steps = (question.get("start", 1), question.get("steps", 5)) if kind == "scale" else (1, FACES)
        return frozenset(Decimal(number) for number in range(start, start + steps))
    if kind == "number":
        return _numbers(question, atoms)
    if kind in ("several", "ranking", "points"):
        return _choices(question, atoms)
    named = {str(atom[test]).strip().casefold() for atom in atoms if (test := test_of(atom)) in ("is", "is_not")}
    return frozenset({OTHER_WORDS, *named})


def _numbers(question: Mapping[str, Any], atoms: list[Atom]) -> frozenset[Value]:
    """Give each number that a test names, those just beside it, and the least and the most, where they may be given."""
    step = Decimal(1).scaleb(-int(question.get("decimals") or 0))
    least, most = as_number(question.get("least")), as_number(question.get("most"))
    found: set[Decimal] = set()
    for named in [least, most, *(as_number(atom.get(test_of(atom))) for atom in atoms), Decimal(0)]:
        if named is None or abs(named) > Decimal(10) ** 15:
            continue
        near = (named / step).to_integral_value() * step
        found |= {near - step, near, near + step}
    return frozenset(
        number for number in found if (least is None or number >= least) and (most is None or number <= most)
    )


def _choices(question: Mapping[str, Any], atoms: list[Atom]) -> frozenset[Value] | None:
    """Give each set of the named choices that someone may tick, among others that are not named."""
    choices = question.get("choices") or ()
    alone = {each["id"] for each in choices if each.get("exclusive")}
    named = {each["id"] for each in choices} & {atom.get(test_of(atom)) for atom in atoms}
    if len(named) > MOST_NAMED:
        return None
    others = sum(each["id"] not in named and each["id"] not in alone for each in choices)
    most = question.get("most") or len(choices)
    least = (question.get("least") or 0) if question.get("kind") == "several" else 0
    found: set[Value] = set()
    for size in range(min(len(named), most) + 1):
        for chosen in combinations(sorted(named), size):
            ticked = frozenset(chosen)
            if ticked & alone:
                possible = size == 1
            else:
                room = min(others, most - size)
                possible = size + room >= max(least, 1) or (size == 0 and bool(alone - named))
            if possible:
                found.add(ticked)
    return frozenset(found)


class Survey:
    """A survey's pages, ready to be walked."""

    def __init__(
        self, schema: Mapping[str, Any], *, takes_paper: bool = True, channels: Iterable[str] = CHANNELS
    ) -> None:
        self.pages: list[Mapping[str, Any]] = list(schema.get("pages") or ())
        self.takes_paper = takes_paper
        asked: dict[str, list[Atom]] = {}
        for atom in (atom for condition in every_condition(schema) for atom in atoms_of(condition)):
            name = f"q:{atom['q']}" if "q" in atom else "channel" if "channel" in atom else "language"
            asked.setdefault(name, []).append(atom)
        self.place: dict[str, int] = {}
        self.loose: set[str] = set()
        start: list[frozenset[Value]] = []
        questions = {f"q:{each['id']}": each for page in self.pages for each in page.get("questions") or ()}
        for name, atoms in asked.items():
            if name == "channel":
                possible: frozenset[Value] | None = frozenset(channels)
            elif name == "language":
                possible = frozenset([OTHER_LANGUAGE, *(atom["language"] for atom in atoms)])
            elif name not in questions:
                continue
            else:
                known = answers_of(questions[name], atoms)
                possible = None if known is None else known | {None}
            if possible is None:
                self.loose.add(name)
            else:
                self.place[name] = len(start)
                start.append(possible)
        self.start: Box = tuple(start)

    def split(self, box: Box, condition: Condition | None, known: set[str]) -> tuple[list[Box], list[Box]]:
        """Give the parts of a group for which a condition holds, and those for which it does not."""
        if not condition:
            return [box], []
        if "not" in condition:
            yes, no = self.split(box, condition["not"], known)
            return no, yes
        if "all" in condition or "any" in condition:
            is_all = "all" in condition
            going: list[Box] = [box]
            settled_: list[Box] = []
            for part in condition["all" if is_all else "any"]:
                on: list[Box] = []
                for each in going:
                    yes, no = self.split(each, part, known)
                    on += yes if is_all else no
                    settled_ += no if is_all else yes
                going = on
            return (going, settled_) if is_all else (settled_, going)
        return self._split_atom(box, condition, known)

    def _split_atom(self, box: Box, atom: Atom, known: set[str]) -> tuple[list[Box], list[Box]]:
        test: Callable[[Value], bool]
        if "q" in atom:
            name = f"q:{atom['q']}"
            if name not in known:  # later, or nowhere: there is no answer yet
                return ([box], []) if holds(atom, None) else ([], [box])
            if name in self.loose:
                return [box], [box]
            test = lambda value: holds(atom, value)  # noqa: E731
        else:
            name = "channel" if "channel" in atom else "language"
            test = lambda value: value == atom[name]  # noqa: E731
        at = self.place[name]
        yes = frozenset(value for value in box[at] if test(value))
        no = box[at] - yes
        return self._with(box, at, yes), self._with(box, at, no)

    def _with(self, box: Box, at: int, values: frozenset[Value]) -> list[Box]:
        return [(*box[:at], values, *box[at + 1 :])] if values else []

    def without_answers(self, box: Box, questions: Iterable[Mapping[str, Any]]) -> Box:
        for question in questions:
            at = self.place.get(f"q:{question['id']}")
            if at is not None:
                box = (*box[:at], frozenset([None]), *box[at + 1 :])
        return box

    def answered(self, box: Box, question: Mapping[str, Any]) -> list[Box]:
        """What must be answered has an answer, save on paper, where nobody can be held to it."""
        at = self.place.get(f"q:{question['id']}")
        if at is None or not question.get("required"):
            return [box]
        refused: set[Value] = {None, False} if question.get("kind") == "consent" else {None}
        if not self.takes_paper:
            return self._with(box, at, box[at] - refused)
        if "channel" not in self.place:
            return [box]
        on_paper, elsewhere = self._split_atom(box, {"channel": "paper"}, set())
        return [*on_paper, *(part for each in elsewhere for part in self._with(each, at, each[at] - refused))]

    def walk(self) -> Walk:
        """Go through all pages in their order with every group of answers."""
        found, known = Walk(), set[str]()
        at_page = {page["id"]: number for number, page in enumerate(self.pages)}
        arriving: list[list[Box]] = [[] for _ in range(len(self.pages) + 1)]
        arriving[0] = [self.start]
        for number, page in enumerate(self.pages):
            questions = page.get("questions") or ()
            inside, passing = self._each(together(arriving[number]), page.get("show_if"), known)
            if arriving[number]:
                found.arrived.add(page["id"])
            arriving[number + 1] += [self.without_answers(box, questions) for box in passing]
            if inside:
                found.entered.add(page["id"])
            inside = self._ask(questions, inside, known, found, arriving[number + 1])
            if inside:
                found.pages.add(page["id"])
            for place, rule in enumerate(page.get("next") or ()):
                taken, inside = self._each(inside, rule.get("if"), known)
                if not taken:
                    continue
                found.rules.add((page["id"], place))
                target = len(self.pages) if rule.get("to") == "end" else at_page.get(rule.get("to"), -1)
                if target > number:
                    jumped = [each for over in self.pages[number + 1 : target] for each in over.get("questions") or ()]
                    arriving[target] += [self.without_answers(box, jumped) for box in taken]
            arriving[number + 1] += inside
        found.ends = bool(arriving[-1])
        return found

    def _ask(
        self, questions: Iterable[Mapping[str, Any]], quiet: list[Box], known: set[str], found: Walk, passing: list[Box]
    ) -> list[Box]:
        """Give the groups that are shown some question of a page; those that are shown none pass it by, and its jumps."""
        inside: list[Box] = []
        for question in questions:
            first, still_quiet = self._each(quiet, question.get("show_if"), known)
            more, hidden = self._each(inside, question.get("show_if"), known)
            if first or more:
                found.questions.add(question["id"])
            known.add(f"q:{question['id']}")
            asked = [part for box in (*first, *more) for part in self.answered(box, question)]
            inside = together([*asked, *(self.without_answers(box, [question]) for box in hidden)])
            quiet = together(self.without_answers(box, [question]) for box in still_quiet)
        passing += quiet
        return inside

    def _each(self, boxes: list[Box], condition: Condition | None, known: set[str]) -> tuple[list[Box], list[Box]]:
        yes: list[Box] = []
        no: list[Box] = []
        for box in boxes:
            holds_, fails = self.split(box, condition, known)
            yes += holds_
            no += fails
        return together(yes), together(no)


def together(boxes: Iterable[Box]) -> list[Box]:
    """Give the same groups in fewer: those that differ in one thing are one. Past the limit, one for all."""
    found = set(boxes)
    size = len(next(iter(found), ()))
    for at in range(size):
        if len(found) < 2:
            break
        merged: dict[tuple[Box, Box], frozenset[Value]] = {}
        for box in found:
            rest = (box[:at], box[at + 1 :])
            merged[rest] = merged.get(rest, frozenset()) | box[at]
        found = {(*before, values, *after) for (before, after), values in merged.items()}
    if len(found) > MOST_BOXES:
        return [tuple(frozenset().union(*(box[at] for box in found)) for at in range(size))]
    return sorted(found, key=repr)


def every_condition(schema: Mapping[str, Any]) -> list[Condition]:
    """Give each condition of a survey, in its order."""
    found = []
    for page in schema.get("pages") or ():
        found.append(page.get("show_if"))
        found += [question.get("show_if") for question in page.get("questions") or ()]
        found += [rule.get("if") for rule in page.get("next") or ()]
    return [condition for condition in found if condition]
