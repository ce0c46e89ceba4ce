"""The sentences: what is wrong with a schema and where, and what is wrong with an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engagement.surveys.rules.answers import Fault
from engagement.surveys.rules.schema import Flaw, Kind, Question

KIND_NAMES: Mapping[Kind, Any] = {
    Kind.SHORT_TEXT: gettext_lazy("Short text"),
    Kind.LONG_TEXT: gettext_lazy("Long text"),
    Kind.NUMBER: gettext_lazy("Number"),
    Kind.DATE: gettext_lazy("Date"),
    Kind.EMAIL: gettext_lazy("E-mail address"),
    Kind.POSTCODE: gettext_lazy("Postcode"),
    Kind.YES_NO: gettext_lazy("Yes, no or don’t know"),
    Kind.ONE_CHOICE: gettext_lazy("One choice"),
    Kind.SEVERAL: gettext_lazy("Several choices"),
    Kind.DROP_DOWN: gettext_lazy("One choice from a drop-down list"),
    Kind.SCALE: gettext_lazy("Scale"),
    Kind.FACES: gettext_lazy("Faces"),
    Kind.MATRIX: gettext_lazy("Table, one choice a row"),
    Kind.RANKING: gettext_lazy("Put in order"),
    Kind.POINTS: gettext_lazy("Points to share"),
    Kind.PLACE: gettext_lazy("Place"),
    Kind.FILE: gettext_lazy("Picture or document"),
    Kind.INFORMATION: gettext_lazy("Information, no answer"),
    Kind.CONSENT: gettext_lazy("Consent"),
}
YES_NO_WORDS: Mapping[str, Any] = {
    "yes": gettext_lazy("Yes"),
    "no": gettext_lazy("No"),
    "unknown": gettext_lazy("I do not know"),
}
FACE_WORDS: Mapping[int, Any] = {
    1: gettext_lazy("Very bad"),
    2: gettext_lazy("Bad"),
    3: gettext_lazy("Neither good nor bad"),
    4: gettext_lazy("Good"),
    5: gettext_lazy("Very good"),
}
PARTS_OF_A_DATE: Mapping[str, Any] = {
    "day": gettext_lazy("a day"),
    "month": gettext_lazy("a month"),
    "year": gettext_lazy("a year"),
}

# --- schemas -------------------------------------------------------------------------------------

FLAWS: Mapping[str, Any] = {
    "shape": gettext_lazy("This is not a survey we can read."),
    "language": gettext_lazy("The language is not one we know how to name."),
    "no_pages": gettext_lazy("There is no page yet. Add one."),
    "many_pages": gettext_lazy("There are more than %(most)s pages. Make it shorter."),
    "many_questions": gettext_lazy("There are more than %(most)s questions. Make it shorter."),
    "no_questions": gettext_lazy("Nothing is asked yet. Add a question."),
    "page_shape": gettext_lazy("This page cannot be read."),
    "page_id": gettext_lazy("The page needs a short name of small letters and figures."),
    "page_id_twice": gettext_lazy("Two pages have the same short name, %(id)s."),
    "empty_page": gettext_lazy("There is no question on this page. Add one, or take the page out."),
    "jump_shape": gettext_lazy("Where to go next cannot be read."),
    "jump_unknown": gettext_lazy("It leads to a page that is not there, %(to)s."),
    "jump_back": gettext_lazy("It leads back to page %(to)s. People can only be led on, never round again."),
    "question_shape": gettext_lazy("This question cannot be read."),
    "question_id": gettext_lazy("The question needs a short name of small letters and figures."),
    "question_id_twice": gettext_lazy("Two questions have the same short name, %(id)s."),
    "no_label": gettext_lazy("Write the question."),
    "kind": gettext_lazy("Choose what kind of question it is."),
    "unknown_key": gettext_lazy("This kind of question has no “%(name)s”."),
    "required": gettext_lazy("Whether it must be answered is yes or no."),
    "no_other_here": gettext_lazy("“Other, say” does not fit this kind of question."),
    "no_exclusive_here": gettext_lazy("“None of these” fits only a question with several answers."),
    "two_others": gettext_lazy("Only one choice can ask for words."),
    "list": gettext_lazy("Write the %(name)s, one on each line."),
    "how_many": gettext_lazy("Give from %(least)s to %(most)s %(name)s."),
    "choice_id": gettext_lazy("One of the %(name)s cannot be read."),
    "choice_label": gettext_lazy("One of the %(name)s has no words."),
    "choice_twice": gettext_lazy("Two of the %(name)s have the same short name, %(id)s."),
    "choice_same_words": gettext_lazy("Two of the %(name)s say the same: %(label)s."),
    "least_over_most": gettext_lazy("The least is more than the most."),
    "whole": gettext_lazy("“%(name)s” is a whole number from %(least)s to %(most)s."),
    "number": gettext_lazy("“%(name)s” is not a number."),
    "day": gettext_lazy("“%(name)s” is not a real date."),
    "ends": gettext_lazy("Give words for both ends of the scale, or for neither."),
    "scope": gettext_lazy("Choose what people agree to."),
    "text": gettext_lazy("“%(name)s” is not text."),
    "long": gettext_lazy("“%(name)s” is longer than %(most)s letters."),
    "characters": gettext_lazy("“%(name)s” has hidden characters that we cannot keep."),
    "condition_shape": gettext_lazy("When it is shown cannot be read."),
    "condition_how": gettext_lazy("When it is shown cannot be read."),
    "condition_number": gettext_lazy("When it is shown asks for a number, and this is none."),
    "condition_deep": gettext_lazy("When it is shown has too many rules inside each other."),
    "condition_many": gettext_lazy("When it is shown has too many rules."),
    "condition_not_earlier": gettext_lazy("When it is shown hangs on a question that does not come before it, %(id)s."),
    "condition_does_not_fit": gettext_lazy("When it is shown asks something that does not fit “%(label)s”."),
    "condition_unknown_choice": gettext_lazy("When it is shown asks for an answer that “%(label)s” does not have."),
}
PARTS: Mapping[str, Any] = {
    "choices": gettext_lazy("choices"),
    "rows": gettext_lazy("rows"),
    "columns": gettext_lazy("columns"),
}


def flaw_in_words(flaw: Flaw) -> str:
    """Give what is wrong, without where: "Write the question."."""
    given = {name: str(PARTS.get(value, value)) for name, value in flaw.given.items()}
    return str(FLAWS[flaw.code]) % given


def flaw_with_place(flaw: Flaw) -> str:
    """Give where and what: "Page 2 (The park), question 3 (How often?): Write the question."."""
    where = ""
    if flaw.page:
        where = _("Page %(number)s") % {"number": flaw.page}
        if flaw.page_title:
            where = _("%(where)s (%(words)s)") % {"where": where, "words": flaw.page_title[:60]}
    if flaw.question:
        asked = _("question %(number)s") % {"number": flaw.question}
        if flaw.question_label:
            asked = _("%(where)s (%(words)s)") % {"where": asked, "words": flaw.question_label[:60]}
        where = f"{where}, {asked}"
    return f"{where}: {flaw_in_words(flaw)}" if where else flaw_in_words(flaw)


# --- answers -------------------------------------------------------------------------------------


def fault_in_words(question: Question, fault: Fault) -> str:
    """Give what to do about an answer that does not fit: said at its field, and in the summary."""
    say = FAULTS[fault.code]
    return str(say(question, fault.given)) if callable(say) else str(say) % fault.given


def _long(_question: Question, given: Mapping[str, Any]) -> str:
    return ngettext(
        "Use %(most)s characters or fewer. It is %(over)s too long.",
        "Use %(most)s characters or fewer. It is %(over)s too long.",
        given["over"],
    ) % dict(given)


def _decimals(_question: Question, given: Mapping[str, Any]) -> str:
    return ngettext(
        "Use %(decimals)s figure after the point, or none.",
        "Use %(decimals)s figures after the point or fewer.",
        given["decimals"],
    ) % dict(given)


def _date_part(_question: Question, given: Mapping[str, Any]) -> str:
    parts = [str(PARTS_OF_A_DATE[part]) for part in given["parts"]]
    if len(parts) == 1:
        return _("The date must have %(part)s.") % {"part": parts[0]}
    return _("The date must have %(part)s and %(other)s.") % {"part": parts[0], "other": parts[1]}


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _points(_question: Question, given: Mapping[str, Any]) -> str:
    if given["left"] > 0:
        return ngettext(
            "You have %(left)s point left to share. The points must add up to %(points)s.",
            "You have %(left)s points left to share. The points must add up to %(points)s.",
            given["left"],
        ) % dict(given)
    over = {**given, "over": -given["left"]}
    return (
        ngettext(
            "You have shared %(over)s point too many. The points must add up to %(points)s.",
            "You have shared %(over)s points too many. The points must add up to %(points)s.",
            over["over"],
        )
        % over
    )


def _few(_question: Question, given: Mapping[str, Any]) -> str:
    return ngettext("Choose at least %(least)s.", "Choose at least %(least)s.", given["least"]) % dict(given)


def _many(_question: Question, given: Mapping[str, Any]) -> str:
    return ngettext("Choose %(most)s only.", "Choose %(most)s or fewer.", given["most"]) % dict(given)


FAULTS: Mapping[str, Callable[[Question, Mapping[str, Any]], str] | Any] = {
    "missing_short_text": gettext_lazy("Write your answer."),
    "missing_long_text": gettext_lazy("Write your answer."),
    "missing_number": gettext_lazy("Enter a number."),
    "missing_date": gettext_lazy("Enter a date."),
    "missing_email": gettext_lazy("Enter an e-mail address."),
    "missing_postcode": gettext_lazy("Enter a postcode."),
    "missing_yes_no": gettext_lazy("Choose yes, no or “I do not know”."),
    "missing_one_choice": gettext_lazy("Choose one answer."),
    "missing_drop_down": gettext_lazy("Choose one answer from the list."),
    "missing_several": gettext_lazy("Choose at least one answer."),
    "missing_scale": gettext_lazy("Choose a number on the scale."),
    "missing_faces": gettext_lazy("Choose a face."),
    "missing_matrix": gettext_lazy("Choose an answer for each row."),
    "missing_ranking": gettext_lazy("Give at least one a number. 1 is the best."),
    "missing_points": gettext_lazy("Share out the points."),
    "missing_place": gettext_lazy("Say where it is."),
    "missing_file": gettext_lazy("Choose a file to send."),
    "missing_consent": gettext_lazy("Tick the box if you agree. Without it we cannot take your answers."),
    "long": _long,
    "characters": gettext_lazy("There are hidden characters in this that we cannot keep. Type it again."),
    "number": gettext_lazy("Enter a number in figures, such as 12 or 3.5."),
    "whole_number": gettext_lazy("Enter a whole number, such as 12."),
    "decimals": _decimals,
    "too_small": gettext_lazy("Enter a number that is %(least)s or more."),
    "too_great": gettext_lazy("Enter a number that is %(most)s or less."),
    "date": gettext_lazy("Enter a real date, such as 27 3 2026."),
    "date_part": _date_part,
    "date_year": gettext_lazy("Enter a year after 1900."),
    "date_early": lambda _question, given: _("Enter a date on or after %(day)s.") % {"day": _day(given["earliest"])},
    "date_late": lambda _question, given: _("Enter a date on or before %(day)s.") % {"day": _day(given["latest"])},
    "email": gettext_lazy("Enter an e-mail address like name@example.org."),
    "postcode": gettext_lazy("Enter a full postcode, such as HP10 0AA."),
    "postcode_unknown": gettext_lazy(
        "We cannot find that postcode. Check it for slips. If it is right, it may be new: ring the board."
    ),
    "unknown": gettext_lazy("Choose from the answers shown."),
    "other_missing": gettext_lazy("Say what the other is, or choose another answer."),
    "other_not_chosen": gettext_lazy(
        "You wrote words for an answer that is not chosen. Choose it, or clear the words."
    ),
    "exclusive": gettext_lazy("You chose “%(label)s” and something else. Choose one or the other."),
    "too_few": _few,
    "too_many": _many,
    "row_missing": gettext_lazy("Choose an answer for “%(label)s”."),
    "rank": gettext_lazy("For “%(label)s” enter a whole number from 1 to %(most)s, or leave it empty."),
    "rank_twice": gettext_lazy("Two have the number %(place)s. Give each a number of its own."),
    "rank_too_many": gettext_lazy("Give numbers to %(most)s or fewer."),
    "points_whole": gettext_lazy("Use whole numbers only, such as 10."),
    "points": _points,
    "pin": gettext_lazy("That place on the map cannot be used. Say it in words, or choose the ward."),
    "file_gone": gettext_lazy("We no longer have that file. Choose it again."),
    "file_big": gettext_lazy(
        "This file is too large. Send one under 10 MB, and a picture of fewer than 40 million dots."
    ),
    "file_empty": gettext_lazy("This file is empty. Choose another."),
    "file_kind": gettext_lazy("Send a photo (JPEG, PNG or WebP), a PDF, or a Word or OpenDocument text."),
    "file_broken": gettext_lazy("This file cannot be opened. Save it again, or choose another."),
    "file_macros": gettext_lazy("This document has small programs (macros) in it. Save it without them, or as a PDF."),
}
