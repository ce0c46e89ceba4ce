"""What was found in a survey, in sentences that say what to do; how long it takes, and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagement.surveys.asking_words import KINDS, page_name, questions_of, quoted
from engagement.surveys.rules.checks import Found, What, check
from engagement.surveys.rules.minutes import WORDS_A_MINUTE, Minutes, minutes_for
from engagement.surveys.rules.reading_age import AIM, age_of_question
from engagement.surveys.rules.schema import SchemaRefused, read_schema
from engagement.surveys.words import flaw_in_words


@dataclass(frozen=True)
class Remark:
    """One finding as it is shown: where (the id of a page or question to go to), and what to do."""

    where: str
    place: str
    says: str
    stops: bool
    is_for_paper: bool


@dataclass(frozen=True)
class Age:
    """The reading age of one question, and the longest of its words where it is high."""

    id: str
    age: int
    is_high: bool
    hard: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """All that is shown beside a survey while it is built."""

    stops: tuple[Remark, ...]
    to_weigh: tuple[Remark, ...]
    on_paper: tuple[Remark, ...]
    minutes: Minutes
    minutes_words: str
    basis: str
    ages: Mapping[str, Age]

    @property
    def is_clear(self) -> bool:
        return not (self.stops or self.to_weigh)


def checked(schema: Mapping[str, Any], *, takes_paper: bool) -> Checked:
    """Look at a draft as it stands and give everything to say of it."""
    found = check(schema, takes_paper=takes_paper)
    remarks = [Remark(each.question or each.page, place_of(each, schema), sentence(each, schema), each.stops, each.is_for_paper) for each in found]  # fmt: skip
    if not any(each.stops for each in remarks):
        remarks += _flaws(schema)
    minutes = minutes_for(schema)
    language = str(schema.get("language") or "")
    ages = {}
    for id, question in questions_of(schema).items():
        said = age_of_question(question, language)
        if said is not None:
            ages[id] = Age(id, said.age, said.age > AIM, said.hard if said.age > AIM else ())
    return Checked(
        stops=tuple(each for each in remarks if each.stops),
        to_weigh=tuple(each for each in remarks if not each.stops and not each.is_for_paper),
        on_paper=tuple(each for each in remarks if each.is_for_paper),
        minutes=minutes,
        minutes_words=minutes_in_words(minutes),
        basis=basis_of(minutes),
        ages=ages,
    )


def place_of(found: Found, schema: Mapping[str, Any]) -> str:
    """Give where a finding is: the question's words, or the page."""
    if found.question:
        question = questions_of(schema).get(found.question, {})
        return str(question.get("label") or _("A question without words"))
    return capfirst(page_name(schema, found.page)) if found.page else ""


def sentence(found: Found, schema: Mapping[str, Any]) -> str:
    """Give a finding as a sentence that says what to do about it."""
    questions = questions_of(schema)
    about = questions.get(found.about, {}).get("label") or ""
    other = quoted(about) if about else _("a question without words")
    match found.what:
        case What.NOTHING_ASKED:
            return _("This survey asks nothing yet. Add a question.")
        case What.EMPTY_PAGE:
            return _("This page has no question. Add one, or take the page away.")
        case What.NO_WORDS:
            return _("Write the question.")
        case What.CANNOT_ANSWER:
            return _cannot_answer(found.about)
        case What.ASKS_UNKNOWN:
            return _("Its condition asks about a question that is gone. Change the condition.")
        case What.ASKS_LATER:
            return _("Its condition asks about %(other)s, which comes later. Ask only about earlier questions.") % {"other": other}  # fmt: skip
        case What.ASKS_CHOICE:
            return _("Its condition asks for a choice that %(other)s does not have. Change the condition.") % {"other": other}  # fmt: skip
        case What.ASKS_WRONGLY:
            return _("Its condition does not fit the kind of %(other)s. Change the condition.") % {"other": other}
        case What.NO_SUCH_PAGE:
            return _("A rule here leads to a page that is gone. Choose another page.")
        case What.LOOP:
            return _("A rule here leads back to %(page)s, so people would go round in a loop. Lead onwards.") % {"page": page_name(schema, found.about)}  # fmt: skip
        case What.NO_END:
            return _("No way leads to the end, so nobody could send their answers.")
        case What.PAGE_NOT_REACHED:
            return _("Nobody can reach this page: everyone is led past it.")
        case What.QUESTION_NOT_REACHED:
            return _("Nobody can be shown this question: its condition never holds by then.")
        case What.NEVER_HOLDS:
            return _never_holds(other if found.about else "")
        case What.NEVER_USED:
            return _("Rule %(number)d here is never used: nobody who gets to it fits it.") % {"number": (found.rule or 0) + 1}  # fmt: skip
        case What.PAPER_FILE:
            return _("A file cannot be handed in on paper. The sheet says that it can be sent on the site.")
        case What.PAPER_PLACE:
            return _("There is no map on paper. The sheet asks for the place in words.")
        case What.PAPER_LEFT_OUT:
            return _("Not on paper: its condition keeps it off the sheet.")
        case What.PAPER_BRANCH:
            return _("This branch is said in words.")
        case What.PAPER_TANGLED:
            return _(
                "This branch is hard to follow in words: it hangs on more than one answer. Try to make it plainer."
            )
    raise ValueError(found.what)


def _never_holds(other: str) -> str:
    if other:
        return _("A condition here can never hold: %(other)s can never be that.") % {"other": other}
    return _("Its condition can never hold, so nobody is shown it.")


def _cannot_answer(fault: str) -> str:
    return {
        "choices": _("Nobody can answer this: give at least two choices."),
        "rows": _("Nobody can answer this: give at least one row."),
        "columns": _("Nobody can answer this: give at least two columns."),
        "least": _("Nobody can answer this: the least is more than the most."),
        "from": _("Nobody can answer this: the earliest day is after the latest."),
    }[fault]


def _flaws(schema: Mapping[str, Any]) -> list[Remark]:
    """What the survey's own reader refuses and no check here names: a text too long, the same choice twice."""
    try:
        read_schema(schema)
    except SchemaRefused as refused:
        return [
            Remark(
                flaw.question_id or flaw.page_id,
                flaw.question_label or capfirst(page_name(schema, flaw.page_id)),
                flaw_in_words(flaw),
                stops=True,
                is_for_paper=False,
            )
            for flaw in refused.flaws
        ]
    return []


# --- minutes -------------------------------------------------------------------------------------


def minutes_in_words(minutes: Minutes) -> str:
    if minutes.most == 0:
        return _("No time: nothing is asked yet.")
    if minutes.least in (0, minutes.most):
        return ngettext("About %(n)d minute", "About %(n)d minutes", minutes.most) % {"n": minutes.most}
    return _("From %(least)d to %(most)d minutes, by what is answered") % {"least": minutes.least, "most": minutes.most}


def basis_of(minutes: Minutes) -> str:
    """Give on what the minutes rest, so that nobody takes them for measured."""
    kinds = ", ".join(f"{number} × {KINDS[kind]}" for kind, number in minutes.kinds)
    return _(
        "Reading %(words)d words at %(pace)d a minute: %(reading)d seconds. Answering: %(doing)d seconds, a guess for "
        "each kind of question (%(kinds)s). Nothing here is measured."
    ) % {
        "words": minutes.words,
        "pace": WORDS_A_MINUTE,
        "reading": minutes.reading_seconds,
        "doing": minutes.doing_seconds,
        "kinds": kinds,
    }
