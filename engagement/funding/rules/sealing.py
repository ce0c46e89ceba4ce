"""What lies inside a sealed envelope: always the same number of bytes, whatever was ticked."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

MOST_ON_A_BALLOT = 512
VERSION = 1
PLAIN_BYTES = 1 + 16 + 32 + MOST_ON_A_BALLOT // 8
"""A version, the receipt, the digest of the list voted on, and one bit for each number."""


class NotABallot(ValueError):
    """Opened bytes that this room did not seal."""


@dataclass(frozen=True)
class Opened:
    """A ballot out of its envelope: its receipt, the list it was made on, the numbers ticked in order."""

    receipt: UUID
    list_digest: str
    ticks: tuple[int, ...]


def pack(*, receipt: UUID, list_digest: str, ticks: Collection[int]) -> bytes:
    """Give the bytes to seal. Numbers run from 1 to MOST_ON_A_BALLOT; twice the same is once."""
    if any(not 1 <= number <= MOST_ON_A_BALLOT for number in ticks):
        raise ValueError("A number is not on any ballot.")
    bits = 0
    for number in set(ticks):
        bits |= 1 << (number - 1)
    return bytes([VERSION]) + receipt.bytes + bytes.fromhex(list_digest) + bits.to_bytes(MOST_ON_A_BALLOT // 8, "big")


def unpack(plain: bytes) -> Opened:
    if len(plain) != PLAIN_BYTES or plain[0] != VERSION:
        raise NotABallot("These bytes are not a ballot.")
    bits = int.from_bytes(plain[49:], "big")
    return Opened(
        receipt=UUID(bytes=plain[1:17]),
        list_digest=plain[17:49].hex(),
        ticks=tuple(number for number in range(1, MOST_ON_A_BALLOT + 1) if bits >> (number - 1) & 1),
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
