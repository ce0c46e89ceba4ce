"""A condition as lines joined by "and" and "or", as people write it: "and" binds closer than "or".

Any condition can be written so. One that would need more lines than anyone reads gives None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

Condition = Mapping[str, Any]
Atom = Mapping[str, Any]
Lines = tuple[tuple[Atom, ...], ...]
"""One group a line of "or"; inside it, all must hold."""

MOST_GROUPS = 24
OPPOSITE = {"is": "is_not", "is_not": "is", "has": "lacks", "lacks": "has"}


def atoms_of(condition: Condition | None) -> Iterator[Atom]:
    """Give every single question that a condition asks, in its order."""
    if not condition:
        return
    if "not" in condition:
        yield from atoms_of(condition["not"])
    elif "all" in condition or "any" in condition:
        for part in condition.get("all", condition.get("any", ())):
            yield from atoms_of(part)
    else:
        yield condition


def asks_of(condition: Condition | None) -> set[str]:
    """Give the ids of the questions that a condition looks at."""
    return {str(atom["q"]) for atom in atoms_of(condition) if "q" in atom}


def lines_of(condition: Condition | None) -> Lines | None:
    """Give a condition as groups joined by "or"; no lines where there is no condition; None where it is too tangled."""
    if not condition:
        return ()
    return _lines(condition)


def condition_of(lines: Lines) -> dict[str, Any] | None:
    """Give the condition that these lines say, as plainly as it can be written; None for no line.

    >>> condition_of((({"q": "q1", "is": "a"},),))
    {'q': 'q1', 'is': 'a'}
    """
    groups = [[dict(atom) for atom in dict_once(group)] for group in lines if group]
    whole = [group[0] if len(group) == 1 else {"all": group} for group in groups]
    if not whole:
        return None
    return whole[0] if len(whole) == 1 else {"any": whole}


def dict_once(group: tuple[Atom, ...]) -> list[Atom]:
    """Give each line once."""
    kept: list[Atom] = []
    for atom in group:
        if atom not in kept:
            kept.append(atom)
    return kept


def _lines(condition: Condition) -> Lines | None:
    if "any" in condition:
        groups: list[tuple[Atom, ...]] = []
        for part in condition["any"]:
            found = _lines(part)
            if found is None:
                return None
            groups += found
        return tuple(groups) if len(groups) <= MOST_GROUPS else None
    if "all" in condition:
        parts = [_lines(part) for part in condition["all"]]
        size = 1
        for each in parts:
            if each is None:
                return None
            size *= len(each)
            if size > MOST_GROUPS:
                return None
        known = [each for each in parts if each is not None]
        return tuple(tuple(atom for group in chosen for atom in group) for chosen in product(*known))
    if "not" in condition:
        turned = _turned(condition["not"])
        return None if turned is None else _lines(turned)
    return ((condition,),)


def _turned(condition: Condition) -> Condition | None:
    """Give the opposite without a "not". What has no answer fails every test, so its opposite says that too."""
    if "not" in condition:
        return condition["not"]  # type: ignore[no-any-return]
    for one, other in (("all", "any"), ("any", "all")):
        if one in condition:
            parts = [_turned(part) for part in condition[one]]
            return None if None in parts else {other: parts}
    if "q" not in condition:
        return None  # another channel or language: there is no line for "any but this"
    question = condition["q"]
    if "answered" in condition:
        return {"q": question, "answered": not condition["answered"]}
    for test, opposite in OPPOSITE.items():
        if test in condition:
            return {"any": [{"q": question, opposite: condition[test]}, {"q": question, "answered": False}]}
    return None
