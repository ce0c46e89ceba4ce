"""What lies inside a sealed envelope: always the same number of bytes, whatever was ticked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from engagement.funding.rules.ballots import LARGEST_VALUE, Marks, Method, in_order

MOST_ON_A_BALLOT = 512
VERSION = 2
HEAD_BYTES = 1 + 1 + 16 + 32
PLAIN_BYTES = HEAD_BYTES + MOST_ON_A_BALLOT
"""A version, the kind of ballot, the receipt, the digest of the list voted on, and one byte for each number."""

FIRST_VERSION = 1
FIRST_BYTES = 1 + 16 + 32 + MOST_ON_A_BALLOT // 8
"""As version 1 sealed it: no kind (all were approval) and one bit for each number."""

KINDS = {method: code for code, method in enumerate(Method, 1)}
METHODS = {code: method for method, code in KINDS.items()}


class NotABallot(ValueError):
    """Opened bytes that this room did not seal."""


@dataclass(frozen=True)
class Opened:
    """A ballot out of its envelope: its receipt, the list it was made on, its kind and its marks in order."""

    receipt: UUID
    list_digest: str
    method: Method
    marks: Marks


def pack(*, receipt: UUID, list_digest: str, method: str, marks: Iterable[tuple[int, int]]) -> bytes:
    """Give the bytes to seal: as many for a blank ballot as for a full one.

    Numbers run from 1 to MOST_ON_A_BALLOT, values from 1 to LARGEST_VALUE.
    """
    values = bytearray(MOST_ON_A_BALLOT)
    for number, value in marks:
        if not 1 <= number <= MOST_ON_A_BALLOT or not 1 <= value <= LARGEST_VALUE:
            raise ValueError("A number or a value is not on any ballot.")
        values[number - 1] = value
    head = bytes([VERSION, KINDS[Method(method)]]) + receipt.bytes + bytes.fromhex(list_digest)
    return head + bytes(values)


def unpack(plain: bytes) -> Opened:
    """Give the ballot that was sealed, also by version 1."""
    if plain[:1] == bytes([FIRST_VERSION]) and len(plain) == FIRST_BYTES:
        return _first(plain)
    if plain[:1] != bytes([VERSION]) or len(plain) != PLAIN_BYTES or plain[1] not in METHODS:
        raise NotABallot("These bytes are not a ballot.")
    return Opened(
        receipt=UUID(bytes=plain[2:18]),
        list_digest=plain[18:HEAD_BYTES].hex(),
        method=METHODS[plain[1]],
        marks=in_order((number, value) for number, value in enumerate(plain[HEAD_BYTES:], 1) if value),
    )


def _first(plain: bytes) -> Opened:
    bits = int.from_bytes(plain[49:], "big")
    return Opened(
        receipt=UUID(bytes=plain[1:17]),
        list_digest=plain[17:49].hex(),
        method=Method.APPROVAL,
        marks=tuple((number, 1) for number in range(1, MOST_ON_A_BALLOT + 1) if bits >> (number - 1) & 1),
    )


# Crockford's base 32: no I, L, O or U, so that a receipt can be read out and copied by hand.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_LETTERS = 26


def receipt_in_words(receipt: UUID) -> str:
    """Give the 128 bits of a receipt as 26 letters in groups: "0CT4N-RG5VC-…"."""
    number = receipt.int
    letters = "".join(LETTERS[number >> shift & 31] for shift in range(125, -5, -5))
    return "-".join(letters[start : start + 5] for start in range(0, RECEIPT_LETTERS, 5))


def receipt_from_words(typed: str) -> UUID | None:
    """Give the receipt someone typed, however they spaced it, or None when it cannot be one."""
    bare = re.sub(r"[\s-]", "", typed[:80]).upper().translate(str.maketrans("OIL", "011"))
    if len(bare) != RECEIPT_LETTERS or any(letter not in LETTERS for letter in bare):
        return None
    number = 0
    for letter in bare:
        number = number << 5 | LETTERS.index(letter)
    return UUID(int=number) if number < 1 << 128 else None
