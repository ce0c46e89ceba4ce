"""Needs with their two halves, and what came of a slip's words."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from boards.people.models import Person
from boards.places.models import Area, Board, BoardArea
from engagement.evidence.models import Consent, Evidence, EvidenceLink, Indicator, IndicatorValue, Need, Theme
from engagement.evidence.rules import Part, normal_code, put_together

SORTS = {"voices": ("-voices", "title"), "newest": ("-since", "-pk"), "title": ("title", "pk")}


def with_counts(needs: QuerySet[Need]) -> QuerySet[Need]:
    """Add `voices` (people whose counted words bear on the need) and `figures` (how many it has)."""
    counted = EvidenceLink.objects.filter(need=OuterRef("pk"), evidence__in=Evidence.objects.counted()).order_by()
    voices = counted.values("need").annotate(total=Sum("evidence__voices")).values("total")
    figures = (
        Need.indicators.through.objects.filter(need=OuterRef("pk")).order_by().values("need").annotate(n=Count("pk"))
    )
    return needs.annotate(
        voices=Coalesce(Subquery(voices, output_field=IntegerField()), 0),
        figures=Coalesce(Subquery(figures.values("n"), output_field=IntegerField()), 0),
    )


def needs_of(board: Board, *, limit: int | None = None) -> list[Need]:
    """Give a board's needs, most voices first, each with `voices` and `figures`. One query."""
    found = with_counts(Need.objects.current().filter(board=board)).select_related("board", "theme")
    return list(found.order_by("-voices", "title")[:limit])


def needs_everywhere(*, board: str = "", theme: str = "", words: str = "", sort: str = "voices") -> QuerySet[Need]:
    """Give needs across boards, narrowed by board slug, theme code (or its branch) and words."""
    found = Need.objects.current().select_related("board", "theme")
    if board:
        found = found.filter(board__slug=board)
    if theme:
        found = found.filter(Q(theme__code=theme) | Q(theme__parent__code=theme))
    for word in words.split()[:8]:
        found = found.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    return with_counts(found).order_by(*SORTS.get(sort, SORTS["voices"]))


def top_themes() -> QuerySet[Theme]:
    return Theme.objects.filter(parent__isnull=True).order_by("label")


@dataclass(frozen=True)
class HeardBy:
    """How many voices were heard one way."""

    how: str
    voices: int


def voices_of(need: Need) -> list[HeardBy]:
    """Give the counted voices of a need by how they were heard, most first."""
    labels = dict(Evidence.How.choices)
    rows = (
        Evidence.objects.counted()
        .filter(links__need=need)
        .order_by()
        .values_list("how")
        .annotate(total=Sum("voices"))
        .order_by("-total")
    )
    return [HeardBy(str(labels[how]), total) for how, total in rows]


def quotes_for(need: Need) -> QuerySet[EvidenceLink]:
    """Give the links whose words may be shown: dissent in its place by date, never last."""
    return (
        EvidenceLink.objects.filter(need=need, evidence__in=Evidence.objects.quotable())
        .select_related("evidence__where")
        .order_by("-evidence__heard_on", "-pk")
    )


@dataclass(frozen=True)
class Figure:
    """One figure for the board and, beside it, for the whole council area."""

    indicator: Indicator
    period: str
    here: Decimal | None
    everywhere: Decimal | None


def figures_for(need: Need) -> list[Figure]:
    """Give a need's figures for its board, put together from wards (rules.put_together). Three queries."""
    chosen = list(need.indicators.all())
    if not chosen:
        return []
    shares = dict(BoardArea.objects.filter(board=need.board_id).values_list("area_id", "share"))
    values = list(
        IndicatorValue.objects.filter(indicator__in=chosen, area__kind=Area.Kind.WARD)
        .order_by("-period")
        .values_list("indicator_id", "area_id", "period", "value", "area__population")
    )
    figures = []
    for indicator in chosen:
        own = [row for row in values if row[0] == indicator.pk]
        period = max((row[2] for row in own), default="")
        latest = [row for row in own if row[2] == period]
        here = [Part(value, shares[area], people) for _, area, _, value, people in latest if area in shares]
        everywhere = [Part(value, Decimal(1), people) for _, _, _, value, people in latest]
        figures.append(
            Figure(
                indicator,
                period,
                put_together(here, is_count=indicator.is_count),
                put_together(everywhere, is_count=indicator.is_count),
            )
        )
    return figures


def people_to_tell(needs: Iterable[Need]) -> QuerySet[Person]:
    """Give whose words bear on these needs and who agreed to be told what came of it."""
    spoke = Evidence.objects.reachable().filter(links__need__in=needs).values("contact")
    return Person.objects.filter(pk__in=spoke, is_active=True)


def slip_digest(code: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"slip:{code}".encode(), sha256).hexdigest()


def evidence_of_slip(typed: str) -> Evidence | None:
    """Give the words a slip code was handed out for, or None."""
    code = normal_code(typed)
    if code is None:
        return None
    return (
        Evidence.objects.filter(slip_digest=slip_digest(code), withdrawn_at__isnull=True)
        .select_related("board", "where")
        .first()
    )


def needs_of_evidence(evidence: Evidence) -> list[Need]:
    return list(Need.objects.current().filter(links__evidence=evidence).select_related("board").distinct())


def unlinked(boards: QuerySet[Board]) -> int:
    """Count what was said on these boards and bears on no need yet: for the home panel."""
    return Evidence.objects.counted().filter(board__in=boards, links__isnull=True).count()


def agreed_scopes(evidence: Evidence) -> set[str]:
    return set(Consent.objects.filter(evidence=evidence, withdrawn_at__isnull=True).values_list("scope", flat=True))
