"""A key split among three officers: any two open the envelopes, one alone opens nothing.

Each holds a *share*, a secret of 32 bytes. The round's key is wrapped for each pair, once for
the one and then for the other. A share is written in letters that can be typed from paper.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from engagement.funding.rules.sealing import LETTERS

PLACES = (1, 2, 3)
PAIRS = ((1, 2), (1, 3), (2, 3))
SHARE_BYTES = 32
CHECK_BYTES = 3
SHARE_LETTERS = (SHARE_BYTES + CHECK_BYTES) * 8 // 5
MARKED = re.compile(rf"SHARE\s*:\s*([123])((?:[\s-]*[0-9A-Z]){{{SHARE_LETTERS}}})", re.IGNORECASE)


@dataclass(frozen=True)
class Share:
    """One officer's part: its place among the three, and its secret."""

    place: int
    secret: bytes


def share_in_words(share: Share) -> str:
    """Give the line an officer keeps: "SHARE: 1-0CT4N-RG5VC-…". Three bytes of check stand at its end."""
    whole = bytes([*share.secret, *_check(share)])
    number = int.from_bytes(whole, "big")
    letters = "".join(LETTERS[number >> shift & 31] for shift in range(SHARE_LETTERS * 5 - 5, -5, -5))
    return f"SHARE: {share.place}-" + "-".join(letters[at : at + 5] for at in range(0, SHARE_LETTERS, 5))


def share_from_words(text: str) -> Share | None:
    """Give the share found in a file or in what was typed, or None when there is none or it has a slip."""
    found = MARKED.search(text[:20_000])
    if found is None:
        return None
    letters = re.sub(r"[\s-]", "", found[2]).upper().translate(str.maketrans("OIL", "011"))
    number = 0
    for letter in letters:
        if letter not in LETTERS:
            return None
        number = number << 5 | LETTERS.index(letter)
    whole = number.to_bytes(SHARE_BYTES + CHECK_BYTES, "big")
    share = Share(int(found[1]), whole[:SHARE_BYTES])
    return share if whole[SHARE_BYTES:] == _check(share) else None


def _check(share: Share) -> bytes:
    return sha256(b"share" + bytes([share.place]) + share.secret).digest()[:CHECK_BYTES]
