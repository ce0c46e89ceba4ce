"""Text from outside, made safe to keep and to show again."""

import unicodedata

TAB_AND_NEW_LINE = "\t\n"


def without_hidden_characters(text: str) -> tuple[str, bool]:
    """The text with what no database or page can carry taken out, and whether anything was.

    Out go control characters (NUL among them), lone surrogates and the code points Unicode
    sets aside as never text. Line ends become one new line each, which is not counted as a
    change. Direction marks and joiners stay: Arabic, Persian and emoji need them.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(character for character in unified if _can_be_kept(character))
    return kept, kept != unified


def _can_be_kept(character: str) -> bool:
    if character in TAB_AND_NEW_LINE:
        return True
    if unicodedata.category(character) in {"Cc", "Cs"}:
        return False
    point = ord(character)
    return not (0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE)
