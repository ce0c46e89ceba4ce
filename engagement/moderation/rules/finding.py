"""Words of a list, and letters that are not what they seem, found in a text with where they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """Part of a text: from `start` up to, and not including, `end`, in characters."""

    start: int
    end: int


WORD = re.compile(r"\w+(?:['’]\w+)*")


def as_folded(text: str) -> str:
    """Give a text in small letters without accents, so that "Café" and "cafe" are one word."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).replace("’", "'")


def find_words(text: str, listed: Iterable[str]) -> list[Span]:
    """Find whole words and phrases of a list, whatever their capitals and accents.

    A word inside another word is not found: "ass" stands on a list without "class" being held.
    """
    phrases: dict[str, list[list[str]]] = {}
    for line in listed:
        parts = [as_folded(part) for part in WORD.findall(line)]
        if parts:
            phrases.setdefault(parts[0], []).append(parts)
    if not phrases:
        return []
    words = [(as_folded(found.group()), found.start(), found.end()) for found in WORD.finditer(text)]
    spans: list[Span] = []
    for at, (word, start, _end) in enumerate(words):
        for parts in phrases.get(word, ()):
            there = words[at : at + len(parts)]
            if [each[0] for each in there] == parts:
                spans.append(Span(start, there[-1][2]))
    return apart(spans)


# Unicode Standard Annex 9: the marks that turn the direction of what follows; and marks that show as nothing.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
UNSEEN = re.compile("[\u200b\u2060-\u2064\ufeff\u00ad\u180e]")
# A joiner belongs to Persian, to the scripts of India and to emoji. Between two Latin letters it only hides a word.
JOINER_IN_LATIN = re.compile("(?<=[A-Za-z\u00c0-\u024f])[\u200c\u200d](?=[A-Za-z\u00c0-\u024f])")
ALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")


def mixed_or_unseen(text: str) -> list[Span]:
    """Find marks that turn the text round or show as nothing, and words of letters from two alphabets."""
    spans = [Span(*found.span()) for mark in (TURNING, UNSEEN, JOINER_IN_LATIN) for found in mark.finditer(text)]
    if not text.isascii():
        spans += [Span(*found.span()) for found in WORD.finditer(text) if is_mixed(found.group())]
    return apart(spans)


def is_mixed(word: str) -> bool:
    """Tell whether a word has letters of two alphabets that look alike, such as a Cyrillic "а" in "pаrk"."""
    if word.isascii():
        return False
    scripts = set()
    for letter in word:
        if letter.isalpha():
            first = unicodedata.name(letter, "").partition(" ")[0]
            if first in ALIKE_SCRIPTS and letter not in "µΩ":  # signs of measure
                scripts.add(first)
    return len(scripts) > 1


def apart(spans: Iterable[Span]) -> list[Span]:
    """Give spans in order, with those that touch or lie over each other made one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return joined
