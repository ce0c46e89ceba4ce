"""Figures and themes from files: whole, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from boards.places.actions.reading import Problems, Progress, Wrong, a_name, a_number, opened_csv, shortened
from boards.places.models import Area
from engagement.evidence.models import Indicator, IndicatorValue, Theme

NOT_FIGURES = {"area_code", "area_name", "area_type", "ward_code"}


@dataclass
class Imported:
    """How many rows were new, changed and the same, and which columns nobody described."""

    new: int = 0
    changed: int = 0
    same: int = 0
    described_anew: int = 0
    not_described: tuple[str, ...] = ()


def a_key(value: str) -> str:
    key = value.strip()
    if not key or len(key) > 60 or not all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in key):
        raise Wrong(_("“%(key)s” is not a key: letters, figures and _ only.") % {"key": shortened(key)})
    return key


def words(longest: int, *, needed: bool = True):  # type: ignore[no-untyped-def]
    def understand(value: str) -> str:
        if not value.strip() and not needed:
            return ""
        return a_name(value, longest=longest)

    return understand


@transaction.atomic
def import_indicators(
    *, path: Path, about: Path | None = None, period: str = "", progress: Progress | None = None
) -> Imported:
    """Load a table of areas by figures; the same file twice changes nothing.

    `path`: a CSV with `area_code` and a column a figure. `about`: a CSV that says of each column
    its label, unit, period, source and licence; `indicators.csv` beside the file where not given.
    Raises FileRefused with the row, the field and the reason, and then nothing was changed.
    """
    beside = path.with_name("indicators.csv")
    described = describe(about) if about else describe(beside) if beside.exists() else {}
    problems = Problems(path.name)
    known = {indicator.key: indicator for indicator in Indicator.objects.all()}
    areas = dict(Area.objects.values_list("code", "pk"))
    outcome = Imported()
    rows: list[tuple[str, int, str, Decimal]] = []
    with opened_csv(path, problems, progress=progress) as table:
        code_column = table.column("area_code", r"area_code", r"(wd|lsoa|lad)\d\dcd")
        problems.refuse_if_any()
        name_column = table.column("area_name", r"area_name", needed=False)
        figures = [name for name in table.columns if name and name not in NOT_FIGURES and name != code_column]
        keys = [name for name in figures if name in described or name in known]
        outcome.not_described = tuple(name for name in figures if name not in keys)
        if not keys:
            raise problems.refuse(
                "", "", _("None of its columns is described. Say what they are in an indicators.csv, with --about.")
            )
        seen: set[str] = set()
        for row in table.rows():
            with problems.noting(row):
                code = row.read(code_column, str.strip)
                if code not in areas:
                    problems.add(
                        row.where, code_column, _("We know no area “%s”. Load its area first.") % shortened(code)
                    )
                    continue
                if code in seen:
                    problems.add(row.where, code_column, _("The code “%s” stands in an earlier row too.") % code)
                    continue
                seen.add(code)
                if name_column:
                    row.read(name_column, a_name)
                for key in keys:
                    if not row.cells[key].strip():
                        continue
                    value = row.read(key, a_number)
                    when = described[key]["period"] if key in described else period
                    rows.append((key, areas[code], when, value))
    problems.refuse_if_any()
    for key in keys:
        if key in described:
            fields = {name: value for name, value in described[key].items() if name != "period"}
            held_before = known.get(key)
            if held_before is None or any(getattr(held_before, name) != value for name, value in fields.items()):
                known[key], made = Indicator.objects.update_or_create(key=key, defaults=fields)
                outcome.described_anew += not made
    before = {
        (row.indicator_id, row.area_id, row.period): row
        for row in IndicatorValue.objects.filter(indicator__key__in=keys).iterator(chunk_size=2000)
    }
    fresh, changed = [], []
    for key, area, when, value in rows:
        value = value.quantize(Decimal("0.00001"))
        held = before.get((known[key].pk, area, when))
        if held is None:
            fresh.append(IndicatorValue(indicator=known[key], area_id=area, period=when, value=value))
        elif held.value != value:
            held.value = value
            changed.append(held)
        else:
            outcome.same += 1
    IndicatorValue.objects.bulk_create(fresh, batch_size=1000)
    IndicatorValue.objects.bulk_update(changed, ["value"], batch_size=500)
    outcome.new, outcome.changed = len(fresh), len(changed)
    if "pop_2021" in keys:
        keep_population(rows)
    return outcome


def keep_population(rows: list[tuple[str, int, str, Decimal]]) -> None:
    """Census counts of usual residents are each area's population too."""
    areas = {area: int(value) for key, area, _when, value in rows if key == "pop_2021"}
    held = list(Area.objects.filter(pk__in=areas).only("pk", "population"))
    changed = [area for area in held if area.population != areas[area.pk]]
    for area in changed:
        area.population, area.population_year, area.population_source = areas[area.pk], 2021, "Census 2021"
    Area.objects.bulk_update(changed, ["population", "population_year", "population_source"], batch_size=500)


def describe(path: Path) -> dict[str, dict[str, str]]:
    """Give what indicators.csv says of each column: label, unit, period, polarity, about, source, licence."""
    problems = Problems(path.name)
    found: dict[str, dict[str, str]] = {}
    with opened_csv(path, problems) as table:
        key_column = table.column("indicator", r"indicator", r"key")
        columns = {name: table.column(name, name) for name in ("label", "unit", "period", "source")}
        columns |= {name: table.column(name, name, needed=False) for name in ("polarity", "theme", "licence")}
        problems.refuse_if_any()
        for row in table.rows():
            with problems.noting(row):
                key = row.read(key_column, a_key)
                source = row.read(columns["source"], words(300))
                licence = row.read(columns["licence"], words(80, needed=False)) if columns["licence"] else ""
                if not licence and "OGL" in source:
                    licence = "OGL v3.0"
                if not licence and source.strip().lower() != "derived":
                    problems.add(row.where, "licence", _("Say under which licence the figure may be shown."))
                if key in found:
                    problems.add(row.where, key_column, _("“%s” is described twice.") % key)
                found[key] = {
                    "label": row.read(columns["label"], words(200)),
                    "unit": row.read(columns["unit"], words(40)),
                    "period": row.read(columns["period"], words(20)),
                    "polarity": row.read(columns["polarity"], words(20, needed=False)) if columns["polarity"] else "",
                    "about": row.read(columns["theme"], words(60, needed=False)) if columns["theme"] else "",
                    "source": source,
                    "licence": licence,
                }
    problems.refuse_if_any()
    return found


@transaction.atomic
def import_themes(*, path: Path) -> Imported:
    """Load the tree of themes: code, parent, label, description. The same file twice changes nothing."""
    problems = Problems(path.name)
    rows = []
    with opened_csv(path, problems) as table:
        for name in ("code", "parent", "label", "description"):
            table.column(name, name)
        problems.refuse_if_any()
        codes: set[str] = set()
        for row in table.rows():
            with problems.noting(row):
                code = row.read("code", a_key)
                if code in codes:
                    problems.add(row.where, "code", _("The code “%s” stands in an earlier row too.") % code)
                parent = row.cells["parent"].strip()
                if parent and parent not in codes:
                    problems.add(row.where, "parent", _("“%s” must stand in an earlier row.") % shortened(parent))
                codes.add(code)
                rows.append((code, parent, row.read("label", words(120)), row.read("description", words(400))))
    problems.refuse_if_any()
    outcome = Imported()
    known = {theme.code: theme for theme in Theme.objects.all()}
    for code, parent, label, definition in rows:
        theme = known.get(code) or Theme(code=code)
        wanted = (known[parent] if parent else None, label, definition)
        if theme.pk and (theme.parent, theme.label, theme.definition) == wanted:
            outcome.same += 1
            continue
        outcome.changed += bool(theme.pk)
        outcome.new += not theme.pk
        theme.parent, theme.label, theme.definition = wanted
        theme.save()
        known[code] = theme
    return outcome
