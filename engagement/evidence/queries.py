"""Needs with their two halves, and what came of a slip's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, FilteredRelation, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from boards.people import keys
from boards.people.models import Person
from boards.places.models import Board, BoardArea
from engagement.evidence.models import Consent, Evidence, EvidenceLink, Indicator, Need, Theme
from engagement.evidence.rules import Part, in_a_hundred, is_a_place_in_order, normal_code, put_together
from engagement.rules.small_numbers import LEAST_SHOWN, safe_breakdown

SORTS = {"voices": ("-voices", "title"), "newest": ("-since", "-pk"), "title": ("title", "pk")}


def with_counts(needs: QuerySet[Need]) -> QuerySet[Need]:
    """Add `voices` (people whose counted words bear on the need) and `figures`: two counts, never one score."""
    counted = EvidenceLink.objects.filter(need=OuterRef("pk"), evidence__in=Evidence.objects.counted()).order_by()
    voices = counted.values("need").annotate(total=Sum("evidence__voices")).values("total")
    figures = (
        Need.indicators.through._default_manager.filter(need=OuterRef("pk"))
        .order_by()
        .values("need")
        .annotate(n=Count("pk"))
    )
    return needs.annotate(
        voices=Coalesce(Subquery(voices, output_field=IntegerField()), 0),
        figures=Coalesce(Subquery(figures.values("n"), output_field=IntegerField()), 0),
    )


def needs_of(board: Board, *, limit: int | None = None) -> list[Need]:
    """Give a board's needs, most voices first, each with `voices` and `figures`. One query."""
    found = with_counts(Need.objects.current().filter(board=board)).select_related("theme")
    needs = list(found.order_by(*SORTS["voices"])[:limit])
    for need in needs:
        need.board = board
    return needs


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
    """How many voices of one kind: heard one way, or bearing on the need one way. None: too few to publish."""

    label: str
    voices: int | None


@dataclass(frozen=True)
class Heard:
    """The counted voices of a need: all of them, how many quotes they give, how they were heard, what they say."""

    voices: int
    quotes: int
    by_how: list[HeardBy]
    by_relation: list[HeardBy]

    @property
    def any_hidden(self) -> bool:
        shown = [rows for rows in (self.by_how, self.by_relation) if len(rows) > 1]
        return any(row.voices is None for rows in shown for row in rows)


def heard_about(need: Need) -> Heard:
    """Count the voices of a need, those who may not be quoted among them. Small numbers hidden (PROMISES 18)."""
    may_be_quoted = Consent.objects.filter(
        evidence=OuterRef("evidence"), scope=Consent.Scope.QUOTE, withdrawn_at__isnull=True
    )
    rows = list(
        EvidenceLink.objects.filter(need=need, evidence__in=Evidence.objects.counted())
        .order_by()
        .annotate(quotable=Exists(may_be_quoted))
        .values_list("evidence__how", "relation", "quotable")
        .annotate(total=Sum("evidence__voices"), said=Count("pk"))
    )
    hows: dict[str, int] = {}
    relations: dict[str, int] = {}
    for how, relation, _quotable, total, _said in rows:
        hows[how] = hows.get(how, 0) + total
        relations[relation] = relations.get(relation, 0) + total
    return Heard(
        voices=sum(hows.values()),
        quotes=sum(said for _how, _relation, quotable, _total, said in rows if quotable),
        by_how=_published(hows, dict(Evidence.How.choices)),
        by_relation=_published(relations, dict(EvidenceLink.Relation.choices)),
    )


def _published(counts: dict[str, int], labels: Mapping[Any, Any]) -> list[HeardBy]:
    safe = safe_breakdown(counts)
    return [HeardBy(str(labels[name]), safe[name]) for name in sorted(counts, key=lambda name: (-counts[name], name))]


def quotes_for(need: Need) -> QuerySet[EvidenceLink]:
    """Give the links whose words may be shown: dissent in its place by date, never last."""
    return (
        EvidenceLink.objects.filter(need=need, evidence__in=Evidence.objects.quotable())
        .select_related("evidence__where")
        .order_by("-evidence__heard_on", "-pk")
    )


@dataclass(frozen=True)
class Figure:
    """One figure for the board, with what it needs to be believed. `here` is None where it cannot be said."""

    indicator: Indicator
    period: str
    here: Decimal | None
    compare: str = ""
    note: str = ""
    too_few: bool = False


# What a count is a share of: the newest indicator whose key starts so.
SHARE_OF = {"people": "pop_", "households": "households_"}
Row = tuple[int, int, str, Decimal, int | None]


def figures_for(need: Need) -> list[Figure]:
    """Give a need's figures for its board, put together from its areas (rules.put_together). Two queries."""
    known = list(
        Indicator.objects.annotate(
            is_chosen=Exists(Need.indicators.through._default_manager.filter(need=need.pk, indicator=OuterRef("pk")))
        )
        .filter(Q(is_chosen=True) | Q(key__startswith="pop_") | Q(key__startswith="households_"))
        .order_by("label")
    )
    chosen = [each for each in known if each.is_chosen]
    if not chosen:
        return []
    wholes = {
        unit: max(
            (each for each in known if each.unit == unit and each.key.startswith(start)),
            key=lambda each: each.key,
            default=None,
        )
        for unit, start in SHARE_OF.items()
    }
    asked = {each.pk for each in chosen} | {each.pk for each in wholes.values() if each}
    figures = FilteredRelation("area__figures", condition=Q(area__figures__indicator__in=asked))
    covers = (
        BoardArea.objects.annotate(figure=figures)
        .order_by()
        .values_list(
            "board_id",
            "area_id",
            "share",
            "figure__indicator_id",
            "figure__period",
            "figure__value",
            "area__population",
        )
    )
    here: dict[int, Decimal] = {}
    everywhere: dict[int, Decimal] = {}
    told: dict[tuple[int, int, str], Row] = {}
    for board, area, share, indicator, period, value, population in covers:
        everywhere[area] = Decimal(1)
        if board == need.board_id:
            here[area] = share
        if indicator is not None:  # once, for an area of two boards
            told[indicator, area, period] = (indicator, area, period, value, population)
    values = list(told.values())
    return [_figure(each, wholes.get(each.unit), values, here, everywhere) for each in chosen]


def _figure(
    indicator: Indicator,
    whole: Indicator | None,
    values: list[Row],
    here: Mapping[int, Decimal],
    everywhere: Mapping[int, Decimal],
) -> Figure:
    period = max((row[2] for row in values if row[0] == indicator.pk), default="")

    def put(which: Indicator, areas: Mapping[int, Decimal]) -> Decimal | None:
        last = max((row[2] for row in values if row[0] == which.pk), default="")
        known = [row for row in values if row[0] == which.pk and row[2] == last and row[1] in areas]
        if len(known) < len(areas) or (is_a_place_in_order(which.unit) and len(areas) > 1):
            return None  # a part is not the whole, and ranks do not add up
        return put_together((Part(row[3], areas[row[1]], row[4]) for row in known), is_count=which.is_count)

    value = put(indicator, here)
    if value is None:
        found = sum(1 for row in values if row[0] == indicator.pk and row[2] == period and row[1] in here)
        note = ""
        if found and not is_a_place_in_order(indicator.unit) and found < len(here):
            note = _("Known for %(found)d of the %(all)d areas in this board, so not added up.") % {
                "found": found,
                "all": len(here),
            }
        elif found:
            note = _("Known for each area in this board, but such numbers cannot be put together.")
        return Figure(indicator, period, None, note=note)
    if indicator.unit in SHARE_OF and 0 < value < LEAST_SHOWN:
        return Figure(indicator, period, None, too_few=True)
    note = ""
    if len(here) > 1:
        note = (
            _("Added up from the %(n)d areas in this board.")
            if indicator.is_count
            else _("The average of the %(n)d areas in this board, each counted by who lives there.")
        ) % {"n": len(here)}
    return Figure(indicator, period, value, compare=_compare(indicator, whole, value, put, here, everywhere), note=note)


def _compare(
    indicator: Indicator,
    whole: Indicator | None,
    value: Decimal,
    put: Callable[[Indicator, Mapping[int, Decimal]], Decimal | None],
    here: Mapping[int, Decimal],
    everywhere: Mapping[int, Decimal],
) -> str:
    """Say how a figure stands beside all the boards together. A count alone says nothing, so it is made a share."""
    if len(everywhere) == len(here):
        return ""  # there is one board
    beside = put(indicator, everywhere)
    if beside is None:
        return ""
    if not indicator.is_count:
        return _("%(value)s across all the boards") % {"value": as_read(beside)}
    if whole is None or whole.pk == indicator.pk:
        return _("%(value)s across all the boards") % {"value": as_read(beside)}
    whole_here, whole_everywhere = put(whole, here), put(whole, everywhere)
    if whole_here is None or whole_everywhere is None:
        return ""
    share, share_beside = in_a_hundred(value, whole_here), in_a_hundred(beside, whole_everywhere)
    if share is None or share_beside is None:
        return ""
    if share == share_beside:
        return _("About %(n)d in every 100 here, as across all the boards") % {"n": share}
    return _("About %(n)d in every 100 here, and %(m)d in every 100 across all the boards") % {
        "n": share,
        "m": share_beside,
    }


def as_read(value: Decimal) -> str:
    """A number with commas at the thousands and no noughts it does not need."""
    plain = f"{value:,f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain).replace("-", "−")


def people_to_tell(needs: Iterable[Need]) -> QuerySet[Person]:
    """Give whose words bear on these needs and who agreed to be told what came of it."""
    spoke = Evidence.objects.reachable().filter(links__need__in=needs).values("contact")
    return Person.objects.filter(pk__in=spoke, is_active=True)


def slip_digest(code: str) -> str:
    return keys.digest(f"slip:{code}")


def evidence_of_slip(typed: str) -> Evidence | None:
    """Give the words a slip code was handed out for, or None."""
    code = normal_code(typed)
    if code is None:
        return None
    return (
        Evidence.objects.filter(slip_digest__in=keys.digests(f"slip:{code}"), withdrawn_at__isnull=True)
        .select_related("board", "where")
        .first()
    )


def needs_of_evidence(evidence: Evidence) -> list[Need]:
    return list(Need.objects.current().filter(links__evidence=evidence).select_related("board").distinct())


def may_be_quoted(evidence: Evidence) -> bool:
    """Tell whether these words may be shown, to anyone: a slip can be found by someone it was not given to."""
    return Evidence.objects.quotable().filter(pk=evidence.pk).exists()


def unlinked(boards: QuerySet[Board]) -> QuerySet[Evidence]:
    """Give what was said on these boards and bears on no need yet: for the home panel."""
    return Evidence.objects.counted().filter(board__in=boards, links__isnull=True)


def agreed_scopes(evidence: Evidence) -> set[str]:
    return set(Consent.objects.filter(evidence=evidence, withdrawn_at__isnull=True).values_list("scope", flat=True))
