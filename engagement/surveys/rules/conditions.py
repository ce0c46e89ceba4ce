"""When a question or a page is shown: conditions on earlier answers, the channel or the language.

A question that has no answer makes every condition on it false, "is not" and "lacks" among them;
only `answered: false` is true of it. So what hangs on a hidden question is hidden too, unless it
asks for just that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

Answers = Mapping[str, Any]
"""Answers by the question's id, as the contract of kinds says (rules.answers)."""

DEEPEST = 6
MOST_PARTS = 20


@dataclass(frozen=True)
class World:
    """What is known besides the answers: how they come in, and in which language."""

    channel: str = "web"
    language: str = "en"


@dataclass(frozen=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    part: Condition


@dataclass(frozen=True)
class Asks:
    """One question's answer compared: `how` is is, is_not, has, lacks, at_least, at_most or answered."""

    question: str
    how: str
    value: str | int | bool | Decimal


@dataclass(frozen=True)
class ChannelIs:
    channel: str


@dataclass(frozen=True)
class LanguageIs:
    language: str


Condition = All | AnyOf | Not | Asks | ChannelIs | LanguageIs
COMPARISONS = ("is", "is_not", "has", "lacks", "at_least", "at_most", "answered")


class BadCondition(ValueError):
    """`code` is one of: shape, deep, many, how, number."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(raw: object, *, depth: int = 0) -> Condition:
    """Give the condition that JSON says, or raise BadCondition."""
    if depth > DEEPEST:
        raise BadCondition("deep")
    if not isinstance(raw, Mapping):
        raise BadCondition("shape")
    keys = set(raw)
    if keys == {"all"} or keys == {"any"}:
        name = next(iter(keys))
        parts = raw[name]
        if not isinstance(parts, list) or not parts:
            raise BadCondition("shape")
        if len(parts) > MOST_PARTS:
            raise BadCondition("many")
        parsed = tuple(parse(part, depth=depth + 1) for part in parts)
        return All(parsed) if name == "all" else AnyOf(parsed)
    if keys == {"not"}:
        return Not(parse(raw["not"], depth=depth + 1))
    if keys == {"channel"} and isinstance(raw["channel"], str):
        return ChannelIs(raw["channel"])
    if keys == {"language"} and isinstance(raw["language"], str):
        return LanguageIs(raw["language"])
    if "q" in keys and len(keys) == 2 and isinstance(raw["q"], str):
        (how,) = keys - {"q"}
        if how not in COMPARISONS:
            raise BadCondition("how")
        return Asks(raw["q"], how, _value(how, raw[how]))
    raise BadCondition("shape")


def _value(how: str, raw: object) -> str | int | bool | Decimal:
    if how == "answered":
        if not isinstance(raw, bool):
            raise BadCondition("shape")
        return raw
    if how in ("at_least", "at_most"):
        number = None if isinstance(raw, bool) else as_number(raw)
        if number is None:
            raise BadCondition("number")
        return number
    if how in ("has", "lacks"):
        if not isinstance(raw, str):
            raise BadCondition("shape")
        return raw
    if not isinstance(raw, str | int):
        raise BadCondition("shape")
    return raw


def as_number(value: object) -> Decimal | None:
    """Give an exact number, or None where there is none: text that is not a number, or one that never ends."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int) and abs(value) > 10**15:
        return None
    text = str(value)
    if len(text) > 40:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) <= 10**15 else None


def holds(condition: Condition | None, answers: Answers, world: World) -> bool:
    """Tell whether it is so; no condition always is."""
    match condition:
        case None:
            return True
        case All(parts):
            return all(holds(part, answers, world) for part in parts)
        case AnyOf(parts):
            return any(holds(part, answers, world) for part in parts)
        case Not(part):
            return not holds(part, answers, world)
        case ChannelIs(channel):
            return world.channel == channel
        case LanguageIs(language):
            return world.language == language
        case Asks(question, how, value):
            return _compares(answers.get(question), how, value)


def _compares(answer: object, how: str, value: str | int | bool | Decimal) -> bool:
    if how == "answered":
        return is_answer(answer) == value
    if not is_answer(answer):
        return False
    if how in ("is", "is_not"):
        return _same(answer, value) == (how == "is")
    if how in ("has", "lacks"):
        return _holds_choice(answer, str(value)) == (how == "has")
    number = as_number(answer)
    if number is None or not isinstance(value, Decimal):
        return False
    return number >= value if how == "at_least" else number <= value


def is_answer(answer: object) -> bool:
    """Tell whether there is an answer at all: not nothing, nor an empty text, list or table. No is an answer."""
    return answer is not None and answer not in ("", [], {})


def _same(answer: object, value: object) -> bool:
    if isinstance(answer, bool) or isinstance(value, bool):
        return answer is value
    if isinstance(answer, str) and isinstance(value, str):
        return answer.strip().casefold() == value.strip().casefold()
    one, other = as_number(answer), as_number(value)
    return one is not None and one == other


def _holds_choice(answer: object, choice: str) -> bool:
    """A choice of several, of a ranking, or one that was given points."""
    if isinstance(answer, Mapping):
        given = answer.get(choice)
        return isinstance(given, int) and given > 0
    if isinstance(answer, list | tuple):
        return choice in answer
    return answer == choice


def asked_about(condition: Condition | None) -> Iterator[Asks]:
    """Give every comparison inside a condition, in its order."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from asked_about(part)
        case Not(part):
            yield from asked_about(part)
        case Asks():
            yield condition
        case _:
            return
