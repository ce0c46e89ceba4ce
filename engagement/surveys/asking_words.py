"""Questions, conditions and changes in words: for whoever builds a survey, and for whoever has it on paper or hears it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engagement.activities.models import Channel
from engagement.surveys.rules.joining import Atom, Condition
from engagement.surveys.rules.paths import test_of
from engagement.surveys.rules.schema import Kind
from engagement.surveys.words import FACE_WORDS, KIND_NAMES, YES_NO_WORDS

# In the order in which they are offered: what is asked most comes first.
KINDS: dict[str, Any] = {
    kind: KIND_NAMES[Kind(kind)]
    for kind in (
        "one_choice", "several", "yes_no", "drop_down", "scale", "faces", "matrix", "ranking", "points", "short_text",
        "long_text", "number", "date", "email", "postcode", "place", "file", "consent", "information",
    )
}  # fmt: skip
SCOPES = {
    "evidence": gettext_lazy("Their words may be used as evidence"),
    "quote": gettext_lazy("Their words may be quoted"),
    "contact": gettext_lazy("They may be written to about this"),
}
SETTINGS = {
    "title": gettext_lazy("Title"),
    "label": gettext_lazy("Question"),
    "help": gettext_lazy("Help"),
    "kind": gettext_lazy("Kind"),
    "required": gettext_lazy("Must be answered"),
    "show_if": gettext_lazy("Shown only if"),
    "next": gettext_lazy("Where to go next"),
    "choices": gettext_lazy("Choices"),
    "rows": gettext_lazy("Rows"),
    "columns": gettext_lazy("Columns"),
    "longest": gettext_lazy("Most letters"),
    "least": gettext_lazy("Least"),
    "most": gettext_lazy("Most"),
    "decimals": gettext_lazy("Figures after the point"),
    "unit": gettext_lazy("Unit"),
    "from": gettext_lazy("Earliest"),
    "to": gettext_lazy("Latest"),
    "known_only": gettext_lazy("Only postcodes on our list"),
    "steps": gettext_lazy("Steps"),
    "start": gettext_lazy("Begins at"),
    "ends": gettext_lazy("Words at the ends"),
    "points": gettext_lazy("Points"),
    "scope": gettext_lazy("What they agree to"),
}


def quoted(words: str) -> str:
    return _("“%(words)s”") % {"words": words}


def language_name(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))


def channel_name(channel: str) -> str:
    return str(dict(Channel.choices).get(channel, channel))


def value_in_words(question: Mapping[str, Any], value: object) -> str:
    """Give the words of a choice, or the value itself."""
    for each in question.get("choices") or ():
        if each["id"] == value:
            return str(each["label"])
    if question.get("kind") == "yes_no":
        return str(YES_NO_WORDS.get(str(value), value))
    if question.get("kind") == "faces" and isinstance(value, int):
        return str(FACE_WORDS.get(value, value))
    return str(value)


# --- conditions ----------------------------------------------------------------------------------


def atom_for_desk(atom: Atom, questions: Mapping[str, Mapping[str, Any]]) -> str:
    """Give one test as whoever builds reads it: “Do you use it?” is “No”."""
    if "channel" in atom:
        return _("it is answered: %(channel)s") % {"channel": channel_name(atom["channel"])}
    if "language" in atom:
        return _("the language is %(language)s") % {"language": language_name(atom["language"])}
    question = questions.get(str(atom.get("q")))
    if question is None:
        return _("a question that is gone")
    test, label = test_of(atom), quoted(question.get("label") or _("a question without words"))
    if question.get("kind") == "consent" and test in ("is", "is_not"):
        agreed = atom[test] is (test == "is")
        return (_("%(question)s is ticked") if agreed else _("%(question)s is not ticked")) % {"question": label}
    if test == "answered":
        said = _("%(question)s is answered") if atom["answered"] else _("%(question)s is not answered")
        return said % {"question": label}
    pattern = {
        "is": _("%(question)s is %(value)s"),
        "is_not": _("%(question)s is answered, and not with %(value)s"),
        "has": _("%(value)s is chosen at %(question)s"),
        "lacks": _("%(question)s is answered without %(value)s"),
        "at_least": _("%(question)s is %(value)s or more"),
        "at_most": _("%(question)s is %(value)s or less"),
    }.get(test, "%(question)s")
    return pattern % {"question": label, "value": quoted(value_in_words(question, atom.get(test)))}


def atom_for_reader(atom: Atom, questions: Mapping[str, Mapping[str, Any]], numbers: Mapping[str, int]) -> str:
    """Give one test as someone with the sheet before them reads it: you ticked “No” at question 3."""
    question = questions.get(str(atom.get("q")))
    number = numbers.get(str(atom.get("q")))
    if question is None or number is None:
        return _("something that this sheet does not ask")
    test, kind = test_of(atom), question.get("kind")
    if test == "answered":
        said = _("you answered question %(number)d") if atom["answered"] else _("you left question %(number)d empty")
        return said % {"number": number}
    if kind == "consent" and test in ("is", "is_not"):
        agreed = atom[test] is (test == "is")
        return (_("you ticked the box at question %(number)d") if agreed else _("you did not tick the box at question %(number)d")) % {"number": number}  # fmt: skip
    if kind in ("number", "short_text", "date"):
        pattern = {
            "is": _("you wrote %(value)s at question %(number)d"),
            "is_not": _("you wrote something else than %(value)s at question %(number)d"),
            "at_least": _("you wrote %(value)s or more at question %(number)d"),
            "at_most": _("you wrote %(value)s or less at question %(number)d"),
        }[test]
    else:
        pattern = {
            "is": _("you ticked %(value)s at question %(number)d"),
            "is_not": _("you ticked something else than %(value)s at question %(number)d"),
            "has": _("you chose %(value)s at question %(number)d"),
            "lacks": _("you answered question %(number)d without %(value)s"),
            "at_least": _("you ticked %(value)s or higher at question %(number)d"),
            "at_most": _("you ticked %(value)s or lower at question %(number)d"),
        }[test]
    return pattern % {"number": number, "value": quoted(value_in_words(question, atom.get(test)))}


def in_words(condition: Condition | None, one: Callable[[Atom], str], *, inside: bool = False) -> str:
    """Give a condition as a sentence's part; what is joined inside something joined stands in brackets."""
    if not condition:
        return ""
    if "not" in condition:
        return _("it is not so that %(condition)s") % {"condition": in_words(condition["not"], one, inside=True)}
    for name in ("all", "any"):
        if name in condition:
            parts = [in_words(part, one, inside=len(condition[name]) > 1) for part in condition[name]]
            joined = (_(" and ") if name == "all" else _(" or ")).join(parts)
            return f"({joined})" if inside and len(parts) > 1 else joined
    return one(condition)


def questions_of(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {each["id"]: each for page in schema.get("pages") or () for each in page.get("questions") or ()}


def for_desk(condition: Condition | None, questions: Mapping[str, Mapping[str, Any]]) -> str:
    return in_words(condition, lambda atom: atom_for_desk(atom, questions))


def for_reader(
    condition: Condition | None, questions: Mapping[str, Mapping[str, Any]], numbers: Mapping[str, int]
) -> str:
    return in_words(condition, lambda atom: atom_for_reader(atom, questions, numbers))


# --- how to answer, where there is no form to say so ---------------------------------------------


def how_to_answer(question: Mapping[str, Any]) -> str:
    """Give the line under a question that says what to do on paper; empty where it is plain."""
    kind, count = question.get("kind"), len(question.get("choices") or ())
    if kind in ("one_choice", "yes_no", "drop_down", "faces", "scale"):
        return _("Tick one.")
    if kind == "several":
        return _several(int(question.get("least") or 0), int(question.get("most") or count), count)
    if kind == "matrix":
        return _("Tick one in each row.")
    if kind == "ranking":
        most = question.get("most") or count
        return _("Write 1 beside the best, 2 beside the next, and so on, up to %(most)d.") % {"most": most}
    if kind == "points":
        return _("Share out %(points)d points. Write how many you give beside each.") % {
            "points": question.get("points", 0)
        }
    if kind == "number":
        return _number(question)
    if kind == "date":
        return _("Write the day, the month and the year.")
    if kind == "place":
        return _("Say where it is: a street, a building, or what it is near.")
    if kind == "file":
        return _("Pictures and files can be sent on our site only.")
    if kind == "consent":
        return _("Tick the box if you agree.")
    return ""


def _several(least: int, most: int, count: int) -> str:
    if least and least == most:
        return ngettext("Tick %(n)d.", "Tick %(n)d of them.", least) % {"n": least}
    if least > 0 and most < count:
        return _("Tick from %(least)d to %(most)d.") % {"least": least, "most": most}
    if most < count:
        return _("Tick up to %(most)d.") % {"most": most}
    if least > 1:
        return _("Tick %(least)d or more.") % {"least": least}
    return _("Tick all that fit.")


def _number(question: Mapping[str, Any]) -> str:
    least, most, unit = question.get("least"), question.get("most"), question.get("unit") or ""
    if least is not None and most is not None:
        said = _("Write a number from %(least)s to %(most)s.") % {"least": least, "most": most}
    elif least is not None:
        said = _("Write a number of %(least)s or more.") % {"least": least}
    elif most is not None:
        said = _("Write a number of %(most)s or less.") % {"most": most}
    else:
        said = _("Write a number.")
    return f"{said} ({unit})" if unit else said


# --- settings and changes ------------------------------------------------------------------------


def setting_in_words(name: str, value: Any, schema: Mapping[str, Any], question: Mapping[str, Any]) -> str:
    """Give one setting of a page or a question as words; what is empty is a dash."""
    if value in (None, "", [], False):
        return "–"
    if value is True:
        return _("Yes")
    if name in ("choices", "rows", "columns"):
        return " · ".join(str(each.get("label", "")) for each in value)
    if name == "show_if":
        return for_desk(value, questions_of(schema))
    if name == "next":
        return " · ".join(rule_in_words(rule, schema) for rule in value)
    if name == "kind":
        return str(KINDS.get(value, value))
    if name == "scope":
        return str(SCOPES.get(value, value))
    if name == "ends":
        return " – ".join(str(end) for end in value)
    return str(value)


def page_name(schema: Mapping[str, Any], id: str) -> str:
    """Give a page by its number and title, or the end."""
    if id == "end":
        return _("the end")
    for number, page in enumerate(schema.get("pages") or (), start=1):
        if page["id"] == id:
            title = page.get("title")
            return _("page %(number)d: %(title)s") % {"number": number, "title": title} if title else _("page %(number)d") % {"number": number}  # fmt: skip
    return _("a page that is gone")


def rule_in_words(rule: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    target = page_name(schema, str(rule.get("to")))
    if not rule.get("if"):
        return _("then go to %(page)s") % {"page": target}
    condition = for_desk(rule["if"], questions_of(schema))
    return _("if %(condition)s, go to %(page)s") % {"condition": condition, "page": target}
