"""Equal posts of one form store one thing (PROMISES 4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from boards.people import keys
from boards.people.models import SentForm


class SentWithOtherWords(Exception):
    """The same form was already sent with other contents. Its message is fit to show."""


def fingerprint(contents: Mapping[str, Any]) -> str:
    """Give a keyed digest of what was typed: equal contents, equal digest; the words cannot be read from it."""
    return keys.digest(as_text(contents))


def as_text(contents: Mapping[str, Any]) -> str:
    return json.dumps(contents, sort_keys=True, default=str, ensure_ascii=True)


def do_once(
    *, token: UUID, contents: Mapping[str, Any], act: Callable[[], str], once_more: bool = False
) -> tuple[str, bool]:
    """Run `act` for this form unless it was sent before; give its answer (an address) and whether it ran now.

    The token and the act are stored together or not at all. Raises SentWithOtherWords when the
    token came before with other contents; whatever `act` raises leaves the token unused.

    `once_more` is for an act that looks for something free before it takes it: where another took
    it in the same moment, the act is undone and run again, and sees it taken.
    """
    digest = fingerprint(contents)
    try:
        with transaction.atomic():
            sent = SentForm.objects.create(token=token, fingerprint=digest)
            sent.answer = act()
            sent.save(update_fields=["answer"])
            return sent.answer, True
    except IntegrityError:
        before = SentForm.objects.filter(token=token).first()
        if before is None and once_more:
            return do_once(token=token, contents=contents, act=act)
        if before is None:
            raise  # the act itself broke a constraint: not ours to explain
        if before.fingerprint not in keys.digests(as_text(contents)):
            raise SentWithOtherWords from None
        return before.answer, False
