"""The private key of a round: a file beside the database, or split among three officers. Gone after the count.

Never in the database as it is. Split, it exists only in the server's memory: while it is made,
while a test ballot is opened, and while the envelopes are opened.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from engagement.funding.rules import PAIRS, Share


class KeyMissing(Exception):
    """This machine does not hold the private key."""


def folder() -> Path:
    """Keep this folder out of the backups of the database: together they would open the envelopes."""
    return Path(settings.VAR) / "keys"


def path_of(public_key: str) -> Path:
    return folder() / f"{sha256(public_key.encode()).hexdigest()[:32]}.key"


def make() -> str:
    """Make a pair, keep the private one in a file only the server may read; give the public one.

    A test ballot is sealed and opened before it is used.
    """
    private = PrivateKey.generate()
    public_key = b64encode(bytes(private.public_key)).decode()
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path_of(public_key), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, bytes(private))
        os.fsync(file)
    finally:
        os.close(file)
    if opener(public_key).decrypt(sealer(public_key).encrypt(b"a test ballot")) != b"a test ballot":
        raise KeyMissing("The key just made does not open what it sealed.")
    return public_key


def sealer(public_key: str) -> Any:
    return SealedBox(PublicKey(b64decode(public_key)))


def is_here(public_key: str) -> bool:
    return bool(public_key) and path_of(public_key).exists()


def opener(public_key: str) -> Any:
    try:
        return SealedBox(PrivateKey(path_of(public_key).read_bytes()))
    except FileNotFoundError:
        raise KeyMissing(str(path_of(public_key))) from None


class SharesDoNotOpen(Exception):
    """These two shares are not two of this round's three."""


TEST_BALLOT = b"a test ballot"


def make_share(place: int) -> tuple[Share, str]:
    """Give a new share and its public half."""
    private = PrivateKey.generate()
    return Share(place, bytes(private)), b64encode(bytes(private.public_key)).decode()


def make_for_three(publics: Mapping[int, str]) -> tuple[str, dict[tuple[int, int], bytes]]:
    """Make a round's key; give its public half, and the key wrapped for each pair of officers.

    For a pair it is sealed for the second and that again for the first: it takes both to open.
    """
    private = PrivateKey.generate()
    wraps = {}
    for first, second in PAIRS:
        inner = SealedBox(PublicKey(b64decode(publics[second]))).encrypt(bytes(private))
        wraps[first, second] = bytes(SealedBox(PublicKey(b64decode(publics[first]))).encrypt(inner))
    return b64encode(bytes(private.public_key)).decode(), wraps


def pair_of(shares: Collection[Share]) -> tuple[int, int]:
    places = sorted({share.place for share in shares})
    if len(places) != 2 or len(shares) != 2:
        raise SharesDoNotOpen("It takes two different shares.")
    return places[0], places[1]


def opener_of_two(public_key: str, wrapped: bytes, shares: Collection[Share]) -> Any:
    """Give the box that opens the envelopes, from two shares. A test ballot is opened with it first."""
    pair_of(shares)
    first, second = sorted(shares, key=lambda share: share.place)
    try:
        inner = SealedBox(PrivateKey(first.secret)).decrypt(wrapped)
        box = SealedBox(PrivateKey(SealedBox(PrivateKey(second.secret)).decrypt(inner)))
        if box.decrypt(sealer(public_key).encrypt(TEST_BALLOT)) != TEST_BALLOT:
            raise SharesDoNotOpen("They open something else.")
    except (CryptoError, ValueError):
        raise SharesDoNotOpen("They open nothing here.") from None
    return box


def destroy(public_key: str) -> None:
    """Overwrite the private key and remove it. Doing it twice does no harm."""
    shred(path_of(public_key))


def shred(path: Path) -> None:
    """Overwrite a file of keys and remove it."""
    try:
        with path.open("r+b") as file:
            file.write(os.urandom(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    path.unlink(missing_ok=True)
