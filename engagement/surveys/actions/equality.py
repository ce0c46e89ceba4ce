"""Keeping what someone said of themselves where nothing joins it to them."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from engagement.surveys.models import EqualityAnswer, Survey, week_of

MIXED_WITH = 24
"""How many rows of the week each new one is shuffled with."""


def keep_equality(*, survey: Survey, answers: Mapping[str, Any], mark: str, now: datetime) -> bool:
    """Keep a set of equality answers once for each mark; False when this mark kept one before.

    The mark was given out at random when answers were sent, and lies in that visitor's session until
    now. The row's key is worked out from it with the site's key, so a second post meets the first,
    and whoever holds the tables cannot go from one to the other.

    Rows lie in a table in the order they came, and so do the responses. So the new answers change
    places with those of other rows of the same week: a random handful is written anew, each with
    answers of another, and neither order nor version of a row says whose they are.
    """
    if not answers:
        return True
    key = UUID(bytes=hmac.new(settings.SECRET_KEY.encode(), b"equality of " + mark.encode(), sha256).digest()[:16])
    week = week_of(timezone.localdate(now))
    try:
        with transaction.atomic():
            row = EqualityAnswer.objects.create(id=key, survey=survey, on=week, answers={})
            others = list(
                EqualityAnswer.objects.filter(survey=survey, on=week).exclude(pk=key).values_list("pk", flat=True)
            )
            chosen = secrets.SystemRandom().sample(others, min(MIXED_WITH, len(others)))
            rows = list(EqualityAnswer.objects.select_for_update().filter(pk__in=chosen).order_by("pk"))
            contents = [*(each.answers for each in rows), dict(answers)]
            secrets.SystemRandom().shuffle(contents)
            for each, content in zip([*rows, row], contents, strict=True):
                each.answers = content
            EqualityAnswer.objects.bulk_update([*rows, row], ["answers"])
    except IntegrityError:
        if EqualityAnswer.objects.filter(pk=key).exists():
            return False
        raise
    return True
