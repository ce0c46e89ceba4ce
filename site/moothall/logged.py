"""What a log line must not hold: a code in an address opens what it was given for."""

import re
from collections.abc import MutableMapping
from typing import Any

CODE_IN_ADDRESS = re.compile(r"(?<![A-Za-z0-9])/s/[^/\s?]+")
"""The one address that a code is part of (engagement.surveys.urls): its link is made to be followed."""


def without_codes(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Give a log line with codes in addresses struck out."""
    for key in ("request", "path", "event"):
        value = event.get(key)
        if isinstance(value, str) and "/s/" in value:
            event[key] = CODE_IN_ADDRESS.sub("/s/…", value)
    return event
