"""The private key of a round: a file beside the database and never in it, gone after the count."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from nacl.public import PrivateKey, PublicKey, SealedBox


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


def destroy(public_key: str) -> None:
    """Overwrite the private key and remove it. Doing it twice does no harm."""
    path = path_of(public_key)
    try:
        with path.open("r+b") as file:
            file.write(os.urandom(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    path.unlink(missing_ok=True)
