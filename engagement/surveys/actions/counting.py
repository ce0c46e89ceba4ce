"""Keeping the counts of a survey: only the parts in which something changed are counted again.

A page of results asks for `counts_now`. It counts what is little at once; where a great deal came
in, as with an import, a worker counts, and until then the page says how much waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from engagement.rules.small_numbers import LEAST_SHOWN
from engagement.surveys.models import PARTS, KeptCounts, KeptPart, Response, Survey, SurveyVersion, ToCount
from engagement.surveys.rules import counting
from engagement.surveys.rules.counting import Asked, Counts

AT_ONCE = 3_000
"""How many responses a page may count while someone waits: about a tenth of a second."""
CHUNK = 2_000
ASKED_AGAIN_SECONDS = 30


@dataclass(frozen=True)
class Counted:
    """A survey's counts, and whether some of its responses are still on their way into them."""

    counts: Counts
    is_whole: bool
    counted_at: datetime | None


def counts_now(survey: Survey) -> Counted:
    """Give the counts of a survey as it stands, or, while very many wait to be counted, as it stood."""
    kept = KeptCounts.objects.filter(pk=survey.pk).first()
    if kept is not None and not ToCount.objects.filter(survey_key=survey.pk).exists():
        return Counted(kept.counts, True, kept.counted_at)
    if is_little(survey, kept):
        kept = count_what_changed(survey)
        return Counted(kept.counts, True, kept.counted_at)
    # One worker is enough, however many look at the page.
    if cache.add(f"surveys:count:{survey.pk}", 1, ASKED_AGAIN_SECONDS):
        from engagement.surveys.tasks import count_survey  # the task calls this module

        count_survey.enqueue(survey.pk)
        kept = KeptCounts.objects.filter(pk=survey.pk).first()
    whole = kept is not None and not ToCount.objects.filter(survey_key=survey.pk).exists()
    return Counted(kept.counts if kept else {}, whole, kept.counted_at if kept else None)


def counts_for_all(survey: Survey, *, now: datetime) -> Counted:
    """Give the counts that everyone may see: of a survey that is open, as they stood some responses ago.

    They move on once five more (or fewer) were sent than were shown last. Else whoever looks before
    and after one person answers could subtract what the one page said from the other.
    """
    found = counts_now(survey)
    if not survey.activity.is_open(now):
        return found
    kept = KeptCounts.objects.filter(pk=survey.pk).first()
    shown = kept.shown if kept else {}
    if abs(sent_in(found.counts) - sent_in(shown)) >= LEAST_SHOWN:
        KeptCounts.objects.filter(pk=survey.pk).update(shown=found.counts)
        shown = found.counts
    return Counted(shown, found.is_whole, found.counted_at)


def sent_in(counts: Counts) -> int:
    sent: int = counts.get("sent", {}).get(counting.ALL, 0)
    return sent


def is_little(survey: Survey, kept: KeptCounts | None) -> bool:
    """Tell whether what must be counted is little enough to be counted while someone waits."""
    if kept is None:
        return not Response.objects.filter(survey=survey)[AT_ONCE : AT_ONCE + 1].exists()
    changed = ToCount.objects.filter(survey_key=survey.pk).values("part").distinct().count()
    held = sum(kept.counts.get("left", {}).values()) + sent_in(kept.counts)
    noted = ToCount.objects.filter(survey_key=survey.pk)[AT_ONCE : AT_ONCE + 1].exists()
    return not noted and held * changed // len(PARTS) <= AT_ONCE


@transaction.atomic
def count_what_changed(survey: Survey) -> KeptCounts:
    """Count again every part in which something changed, and give the whole.

    Whoever comes second waits for the first: both would else write a whole that misses the
    other's part. What is written while this runs leaves its own note, and is counted next time.
    """
    KeptCounts.objects.get_or_create(survey=survey)
    kept = KeptCounts.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    # The notes first, and then the responses: what came between is counted now, and once more later.
    noted = list(ToCount.objects.filter(survey_key=survey.pk).values_list("pk", "part"))
    first_time = kept.counted_at is None
    parts = list(PARTS) if first_time else sorted({part for _pk, part in noted})
    fresh = count_parts(survey, parts)
    held = {row.part: row for row in KeptPart.objects.filter(survey=survey, part__in=parts)}
    new, changed = [], []
    for part in parts:
        now = fresh.get(part, {})
        before = held.get(part)
        if before is None:
            if now:
                new.append(KeptPart(survey=survey, part=part, counts=now))
        else:
            counting.add(kept.counts, before.counts, times=-1)
            before.counts = now
            changed.append(before)
        counting.add(kept.counts, now)
    KeptPart.objects.bulk_create(new, batch_size=64)
    KeptPart.objects.bulk_update(changed, ["counts"], batch_size=64)
    kept.counted_at = timezone.now()
    kept.save(update_fields=["counts", "counted_at"])
    keys = [pk for pk, _part in noted]
    for at in range(0, len(keys), 5_000):
        ToCount.objects.filter(pk__in=keys[at : at + 5_000]).delete()
    return kept


def count_parts(survey: Survey, parts: list[str]) -> dict[str, Counts]:
    """Count some parts of a survey from its responses, read once and one after the other."""
    asked = versions_asked(survey)
    found: dict[str, Counts] = {}
    for key, version, state, channel, place, reached, answers in rows_of(survey, parts):
        counts = found.setdefault(key.hex[:2], {})
        if state == Response.State.SENT:
            number, things = asked[version]
            area = str(place) if place else ""
            counting.count_response(counts, things, answers, channel=channel, area=area, version=number)
        elif state == Response.State.DRAFT:
            counting.count_draft(counts, reached)
    return found


def versions_asked(survey: Survey) -> dict[int, tuple[int, tuple[Asked, ...]]]:
    """Give what each version asks, by its key. One that was never finished has no responses."""
    versions = SurveyVersion.objects.filter(
        Exists(Response.objects.filter(version=OuterRef("pk"), survey=survey)), survey=survey
    )
    return {version.pk: (version.number, counting.asked_in(version.read)) for version in versions}


def rows_of(survey: Survey, parts: list[str]) -> Iterator[tuple[UUID, int, str, str, int | None, str, dict[str, Any]]]:
    """Give the responses of some parts as plain rows, in any order."""
    columns = ("id", "version_id", "state", "channel", "place_id", "reached", "answers")
    counted = [Response.State.SENT, Response.State.DRAFT]
    rows = Response.objects.filter(survey=survey, state__in=counted).order_by().values_list(*columns)
    if len(parts) > len(PARTS) // 8:
        wanted = set(parts)
        for row in rows.iterator(chunk_size=CHUNK):
            if row[0].hex[:2] in wanted:
                yield row
        return
    for part in parts:
        least, most = UUID(part.ljust(32, "0")), UUID(part.ljust(32, "f"))
        yield from rows.filter(id__gte=least, id__lte=most)


def count_all_that_changed() -> int:
    """Count every survey in which something changed, for the timer; give how many. Notes of deleted ones are dropped."""
    keys = set(ToCount.objects.values_list("survey_key", flat=True).distinct())
    surveys = list(Survey.objects.filter(pk__in=keys))
    for survey in surveys:
        count_what_changed(survey)
    ToCount.objects.filter(survey_key__in=keys - {survey.pk for survey in surveys}).delete()
    return len(surveys)


def differs_from_answers(survey: Survey) -> bool:
    """Tell whether the kept counts, brought up to date, differ from all responses counted afresh: they never should."""
    kept = count_what_changed(survey).counts
    afresh: Counts = {}
    for counts in count_parts(survey, list(PARTS)).values():
        counting.add(afresh, counts)
    return afresh != kept
