"""Text from outside, made safe to keep and to show again."""

import unicodedata

import nh3

TAB_AND_NEW_LINE = "\t\n"
OVERRIDES = "\u202d\u202e"
"""They show letters in another order than the one they are written in. No language needs them; "photo\u202egnp.exe" does."""
OPENS = {"\u202a": "\u202c", "\u202b": "\u202c", "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}
"""What begins a stretch of another direction, and what ends it (Unicode Standard Annex 9)."""
CLOSES = set(OPENS.values())
BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters and signs, by their class, that show nothing."""


def without_hidden_characters(text: str) -> tuple[str, bool]:
    """The text with what no database or page can carry taken out, and whether anything was.

    Out go control characters (NUL among them), lone surrogates, the code points Unicode sets aside as
    never text, and overrides of direction. Line ends become one new line each, and a stretch of
    another direction is ended with its line, so that it turns nothing that stands after the text; neither is counted
    as a change. Other direction marks and joiners stay: Arabic, Persian and emoji need them.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(character for character in unified if _can_be_kept(character))
    changed = kept != unified
    if any(mark in kept for mark in (*OPENS, *CLOSES)):
        kept = "\n".join(_ended(line) for line in kept.split("\n"))
    return kept, changed


def _can_be_kept(character: str) -> bool:
    if character in TAB_AND_NEW_LINE:
        return True
    if unicodedata.category(character) in {"Cc", "Cs"} or character in OVERRIDES:
        return False
    point = ord(character)
    return not (0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE)


def _ended(line: str) -> str:
    """Give a line in which each stretch of another direction is ended, and none that it did not begin."""
    kept, waiting = [], []
    for character in line:
        if character in OPENS:
            waiting.append(OPENS[character])
        elif character in CLOSES:
            if character not in waiting:
                continue
            while waiting[-1] != character:  # an end also ends what was begun inside
                kept.append(waiting.pop())
            waiting.pop()
        kept.append(character)
    return "".join([*kept, *reversed(waiting)])


def shows_nothing(text: str) -> bool:
    """Tell whether there is nothing to see in a text: a name of zero-width spaces is no name."""
    return all(
        unicodedata.category(character) in {"Cf", "Cc", "Mn", "Me", "Zs", "Zl", "Zp"} or character in BLANK
        for character in text
    )


TAGS = {"a", "b", "br", "em", "h2", "h3", "hr", "i", "li", "ol", "p", "strong", "ul"}
"""What an officer may write in running text. Whatever else is there by a slip or by force goes, its words stay."""
ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "*": set()}
SCHEMES = {"http", "https", "mailto", "tel"}


def only_running_text(html: str) -> str:
    """Give markup in which nothing runs, loads or leads to anything but a page, a letter or a telephone."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
