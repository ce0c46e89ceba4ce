"""What is wrong, or hard, in a survey as it is being built: found, named by its place, and never put into words here.

What `stops` keeps a survey from being published. The rest is for whoever builds it to weigh.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engagement.surveys.rules.conditions import as_number
from engagement.surveys.rules.joining import Condition, atoms_of
from engagement.surveys.rules.on_paper import is_tangled, settled
from engagement.surveys.rules.paths import TESTS, Survey, Walk, answers_of, holds, test_of


class What(StrEnum):
    NOTHING_ASKED = "nothing_asked"
    EMPTY_PAGE = "empty_page"
    NO_WORDS = "no_words"
    CANNOT_ANSWER = "cannot_answer"
    ASKS_UNKNOWN = "asks_unknown"
    ASKS_LATER = "asks_later"
    ASKS_CHOICE = "asks_choice"
    ASKS_WRONGLY = "asks_wrongly"
    NO_SUCH_PAGE = "no_such_page"
    LOOP = "loop"
    NO_END = "no_end"
    PAGE_NOT_REACHED = "page_not_reached"
    QUESTION_NOT_REACHED = "question_not_reached"
    NEVER_HOLDS = "never_holds"
    NEVER_USED = "never_used"
    PAPER_FILE = "paper_file"
    PAPER_PLACE = "paper_place"
    PAPER_LEFT_OUT = "paper_left_out"
    PAPER_BRANCH = "paper_branch"
    PAPER_TANGLED = "paper_tangled"


STOPS = frozenset(
    {
        What.NOTHING_ASKED, What.EMPTY_PAGE, What.NO_WORDS, What.CANNOT_ANSWER, What.ASKS_UNKNOWN, What.ASKS_LATER, What.ASKS_CHOICE,
        What.ASKS_WRONGLY, What.NO_SUCH_PAGE, What.LOOP, What.NO_END,
    }
)  # fmt: skip
PAPER = frozenset({What.PAPER_FILE, What.PAPER_PLACE, What.PAPER_LEFT_OUT, What.PAPER_BRANCH, What.PAPER_TANGLED})


@dataclass(frozen=True)
class Found:
    """One finding. `rule` counts the page's rules from nought; `about` is the id, or value, that it is about."""

    what: What
    page: str = ""
    question: str = ""
    rule: int | None = None
    about: str = ""

    @property
    def stops(self) -> bool:
        return self.what in STOPS

    @property
    def is_for_paper(self) -> bool:
        return self.what in PAPER


@dataclass(frozen=True)
class _Place:
    """A condition, where it stands, and the questions that are answered by then."""

    condition: Condition
    page: str
    question: str
    rule: int | None
    earlier: frozenset[str]


def check(schema: Mapping[str, Any], *, takes_paper: bool = True) -> list[Found]:
    """Give all that is found, in the order of the pages; of one place, what stops first."""
    pages = list(schema.get("pages") or ())
    asked = [
        question for page in pages for question in page.get("questions") or () if question.get("kind") != "information"
    ]
    if not asked:
        found = [Found(What.NOTHING_ASKED)]
    else:
        walk = Survey(schema, takes_paper=takes_paper).walk()
        wrong = list(_conditions(pages))
        # What cannot be reached because its condition is wrong is said once, as what to put right.
        known = {(each.page, each.question, each.rule) for each in wrong if each.stops}
        reach = [each for each in _reach(pages, walk) if (each.page, each.question, each.rule) not in known]
        found = [*_words_and_answers(pages), *wrong, *_targets(pages), *reach]
        if takes_paper:
            found += _on_paper(pages, str(schema.get("language") or ""))
    at = {page["id"]: number for number, page in enumerate(pages)}
    inside = {
        each["id"]: number for page in pages for number, each in enumerate(page.get("questions") or (), start=1)
    }  # fmt: skip
    order = list(What)
    return sorted(
        dict.fromkeys(found),
        key=lambda each: (at.get(each.page, -1), inside.get(each.question, 0), not each.stops, order.index(each.what)),
    )


def why_not_answerable(question: Mapping[str, Any]) -> str:
    """Give what makes a question impossible to answer ("" where it can be): the setting at fault."""
    kind, count = question.get("kind"), len(question.get("choices") or ())
    if kind in ("one_choice", "drop_down", "several", "ranking", "points") and count < 2:
        return "choices"
    if kind == "matrix":
        return "rows" if not question.get("rows") else "columns" if len(question.get("columns") or ()) < 2 else ""
    if kind == "several":
        least, most = question.get("least") or 0, question.get("most") or count
        free = sum(not each.get("exclusive") for each in question.get("choices") or ())
        return "least" if least > min(most, free) and not free < count else ""
    if kind == "number":
        low, high = as_number(question.get("least")), as_number(question.get("most"))
        return "least" if low is not None and high is not None and low > high else ""
    if kind == "date":
        low_day, high_day = question.get("from"), question.get("to")
        return "from" if low_day and high_day and str(low_day) > str(high_day) else ""
    return ""


def _words_and_answers(pages: list[Mapping[str, Any]]) -> Iterator[Found]:
    for page in pages:
        if not page.get("questions"):
            yield Found(What.EMPTY_PAGE, page["id"])
        for question in page.get("questions") or ():
            if not str(question.get("label") or "").strip():
                yield Found(What.NO_WORDS, page["id"], question["id"])
            if fault := why_not_answerable(question):
                yield Found(What.CANNOT_ANSWER, page["id"], question["id"], about=fault)


def _places(pages: list[Mapping[str, Any]]) -> Iterator[_Place]:
    earlier: set[str] = set()
    for page in pages:
        if page.get("show_if"):
            yield _Place(page["show_if"], page["id"], "", None, frozenset(earlier))
        for question in page.get("questions") or ():
            if question.get("show_if"):
                yield _Place(question["show_if"], page["id"], question["id"], None, frozenset(earlier))
            earlier.add(question["id"])
        for number, rule in enumerate(page.get("next") or ()):
            if rule.get("if"):
                yield _Place(rule["if"], page["id"], "", number, frozenset(earlier))


def _conditions(pages: list[Mapping[str, Any]]) -> Iterator[Found]:
    """Judge each single test by itself: may it be asked here, and can it ever hold?"""
    questions = {each["id"]: each for page in pages for each in page.get("questions") or ()}
    for place in _places(pages):
        for atom in atoms_of(place.condition):
            if "q" not in atom:
                continue
            what: What | None = None
            about, question = str(atom["q"]), questions.get(atom["q"])
            if question is None:
                what = What.ASKS_UNKNOWN
            elif atom["q"] not in place.earlier:
                what = What.ASKS_LATER
            elif test_of(atom) not in TESTS.get(str(question.get("kind")), frozenset()):
                what = What.ASKS_WRONGLY
            elif _names_no_choice(question, atom):
                what = What.ASKS_CHOICE
            else:
                known = answers_of(question, [atom])
                if known is not None and not any(holds(atom, value) for value in known | {None}):
                    what = What.NEVER_HOLDS
            if what is not None:
                yield Found(what, place.page, place.question, place.rule, about)


def _names_no_choice(question: Mapping[str, Any], atom: Mapping[str, Any]) -> bool:
    if test_of(atom) not in ("is", "is_not", "has", "lacks"):
        return False
    wanted = atom[test_of(atom)]
    if question.get("kind") in ("one_choice", "drop_down", "several", "ranking"):
        return wanted not in {each["id"] for each in question.get("choices") or ()}
    return question.get("kind") == "yes_no" and wanted not in ("yes", "no", "unknown")


def _targets(pages: list[Mapping[str, Any]]) -> Iterator[Found]:
    at = {page["id"]: number for number, page in enumerate(pages)}
    for number, page in enumerate(pages):
        for place, rule in enumerate(page.get("next") or ()):
            target = rule.get("to")
            if target == "end":
                continue
            if target not in at:
                yield Found(What.NO_SUCH_PAGE, page["id"], rule=place, about=str(target))
            elif at[target] <= number:
                yield Found(What.LOOP, page["id"], rule=place, about=str(target))


def _reach(pages: list[Mapping[str, Any]], walk: Walk) -> Iterator[Found]:
    """A page nobody arrives at, a question nobody is shown, a rule nobody follows, and no way to the end."""
    if not walk.ends:
        yield Found(What.NO_END)
    for page in pages:
        if page["id"] not in walk.arrived:
            yield Found(What.PAGE_NOT_REACHED, page["id"])
            continue
        if page["id"] not in walk.entered:
            yield Found(What.NEVER_HOLDS, page["id"])
            continue
        for question in page.get("questions") or ():
            if question["id"] not in walk.questions:
                yield Found(What.QUESTION_NOT_REACHED, page["id"], question["id"])
        for number, _ in enumerate(page.get("next") or ()):
            if (page["id"], number) not in walk.rules:
                yield Found(What.NEVER_USED, page["id"], rule=number)


def _on_paper(pages: list[Mapping[str, Any]], language: str) -> Iterator[Found]:
    for page in pages:
        shown = settled(page.get("show_if"), channel="paper", language=language)
        if shown is False:
            yield Found(What.PAPER_LEFT_OUT, page["id"])
            continue
        yield from _in_words(shown, page["id"])
        for question in page.get("questions") or ():
            asked = settled(question.get("show_if"), channel="paper", language=language)
            if asked is False:
                yield Found(What.PAPER_LEFT_OUT, page["id"], question["id"])
                continue
            if question.get("kind") == "file":
                yield Found(What.PAPER_FILE, page["id"], question["id"])
            elif question.get("kind") == "place":
                yield Found(What.PAPER_PLACE, page["id"], question["id"])
            yield from _in_words(asked, page["id"], question["id"])
        for number, rule in enumerate(page.get("next") or ()):
            yield from _in_words(settled(rule.get("if"), channel="paper", language=language), page["id"], rule=number)


def _in_words(condition: Condition | bool, page: str, question: str = "", rule: int | None = None) -> Iterator[Found]:
    if isinstance(condition, bool):
        return
    yield Found(What.PAPER_TANGLED if is_tangled(condition) else What.PAPER_BRANCH, page, question, rule)
