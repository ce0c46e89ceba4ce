"""The site's secret key, and those it had before: what was made with an old one still works.

A slip of paper and an app on a telephone outlive a key that had to be changed. What is new is
made with SECRET_KEY; what is looked up or opened is tried with each of SECRET_KEY_FALLBACKS too.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from django.conf import settings
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox


def keys() -> list[bytes]:
    """Give the key of today, then the ones before it."""
    return [key.encode() for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def digest(message: str) -> str:
    """Give a keyed SHA-256 of the message, in hex."""
    return digests(message)[0]


def digests(message: str) -> list[str]:
    """Give what `digest` gives today, then what it gave under each key before."""
    return [hmac.new(key, message.encode(), sha256).hexdigest() for key in keys()]


def seal(purpose: bytes, plain: bytes) -> str:
    """Give text that only `unseal` with the same purpose opens."""
    return urlsafe_b64encode(bytes(boxes(purpose)[0].encrypt(plain))).decode()


def unseal(purpose: bytes, sealed: str) -> bytes | None:
    """Give what was sealed, or None for what was not sealed by us for this purpose."""
    for box in boxes(purpose):
        try:
            return box.decrypt(urlsafe_b64decode(sealed))
        except (CryptoError, ValueError, TypeError):
            continue
    return None


def boxes(purpose: bytes) -> list[SecretBox]:
    return [SecretBox(sha256(purpose + key).digest()) for key in keys()]
