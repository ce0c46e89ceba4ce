"""Words that are taken back, with everything that was made of them."""

from __future__ import annotations

from datetime import datetime

from engagement.evidence.actions import recording
from engagement.evidence.models import Evidence
from engagement.surveys.models import Passage, Words


def drop_words(words: Words, *, now: datetime) -> None:
    """Delete words, and withdraw the evidence they became. Call it inside a transaction."""
    made = Passage.objects.filter(words=words).values("evidence")
    for evidence in Evidence.objects.filter(pk__in=made, withdrawn_at__isnull=True):
        recording.withdraw(evidence=evidence, by=None, now=now)
    words.delete()
