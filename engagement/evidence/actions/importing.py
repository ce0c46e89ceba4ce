"""Bringing in figures and themes from files. A file is taken whole or not at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from boards.places.actions.reading import Problems, Progress, Row, Wrong, a_name, a_number, opened_csv, shortened
from boards.places.models import Area
from engagement.evidence.models import Indicator, IndicatorValue, Theme

BATCH = 2_000
# Columns that say which area a row is about, and hold no figure.
ABOUT_THE_AREA = (
    "area_code",
    "area_name",
    "area_type",
    "ward_code",
    "ward_name",
    "lsoa_code",
    "parent_code",
    "lad_code",
)
STEP = Decimal("0.000001")


@dataclass
class Report:
    """What an import did. False when nothing changed."""

    new: int = 0
    changed: int = 0
    same: int = 0
    about_new: int = 0
    about_changed: int = 0

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.about_new or self.about_changed)


@dataclass(frozen=True)
class About:
    """What indicators.csv says of one column."""

    label: str
    unit: str
    period: str
    polarity: str
    theme: str
    source: str
    licence: str


def a_line(longest: int, *, needed: bool = True):  # type: ignore[no-untyped-def]
    """Give a reader of one line of text that no spreadsheet would run."""

    def read(value: str) -> str:
        if not value.strip():
            if needed:
                raise Wrong(_("This must be filled in."))
            return ""
        return a_name(value, longest=longest)

    return read


def a_polarity(value: str) -> str:
    if value.strip() not in Indicator.Polarity.values:
        raise Wrong(
            _("“%(value)s” is not known. Use high_is_need, low_is_need or leave it empty.")
            % {"value": shortened(value)}
        )
    return value.strip()


def licence_in(source: str) -> str:
    """Give the licence that a source names, or "" where it names none."""
    if "OGL v3" in source or "Open Government Licence v3" in source:
        return "OGL-UK-3.0"
    return "CC0-1.0" if "CC0" in source else ""


def read_about(path: Path) -> dict[str, About]:
    """Give what an indicators.csv says of each column, or refuse it."""
    problems = Problems(path.name)
    found: dict[str, About] = {}
    with opened_csv(path, problems) as table:
        key = table.column("key", "key", "indicator")
        names = {name: table.column(name, name) for name in ("label", "unit", "period", "source")}
        extra = {name: table.column(name, name, needed=False) for name in ("polarity", "theme", "licence")}
        problems.refuse_if_any()
        for row in table.rows():
            with problems.noting(row):
                name = row.read(key, a_line(60))
                if name in found:
                    problems.add(row.where, key, _("“%(key)s” is described twice.") % {"key": shortened(name)})
                    continue
                source = row.read(names["source"], a_line(300))
                licence = row.read(extra["licence"], a_line(60, needed=False)) if extra["licence"] else ""
                found[name] = About(
                    label=row.read(names["label"], a_line(200)),
                    unit=row.read(names["unit"], a_line(30)),
                    period=row.read(names["period"], a_line(20)),
                    polarity=row.read(extra["polarity"], a_polarity) if extra["polarity"] else "",
                    theme=row.read(extra["theme"], a_line(40, needed=False)) if extra["theme"] else "",
                    source=source,
                    licence=licence or licence_in(source),
                )
    problems.refuse_if_any()
    return found


def import_indicators(path: Path, *, about: Path | None = None, progress: Progress | None = None) -> Report:
    """Bring in figures: a row an area, a column an indicator, described by indicators.csv beside the file.

    Source of the shape: the ward and LSOA tables that ONS and MHCLG publish, tidied to one code a
    row. An empty cell is a figure that is not known. The same file twice changes nothing. Raises
    FileRefused, with every row and reason, and then nothing was kept.
    """
    described = read_about(about or path.parent / "indicators.csv")
    problems = Problems(path.name)
    report = Report()
    with transaction.atomic(), opened_csv(path, problems, progress=progress) as table:
        code = table.column("area_code", "area_code", r"(wd|lsoa|msoa|lad)\d\dcd")
        columns = [name for name in table.columns if name and name.lower() not in ABOUT_THE_AREA and name != code]
        for name in columns:
            if name not in described:
                problems.add(
                    _("row 1"), shortened(name), _("indicators.csv says nothing of this column: its unit and source.")
                )
        if code and not columns:
            problems.add(_("row 1"), "", _("No column holds figures."))
        problems.refuse_if_any()
        indicators = keep_about({name: described[name] for name in columns}, report)
        areas = dict(Area.objects.values_list("code", "pk"))
        seen: dict[str, int] = {}
        batch: list[IndicatorValue] = []
        for row in table.rows():
            with problems.noting(row):
                area = row.read(code, lambda text: known_area(text, areas))
                if (first := seen.setdefault(row.cells[code].strip(), row.number)) != row.number:
                    problems.add(
                        row.where,
                        code,
                        _("%(code)s stands in row %(first)d already.")
                        % {"code": row.cells[code].strip(), "first": first},
                    )
                    continue
                check_name(row, problems)
                for name in columns:
                    if not row.cells[name].strip():
                        continue
                    with problems.noting(row):
                        value = row.read(name, a_number).quantize(STEP)
                        batch.append(
                            IndicatorValue(
                                indicator=indicators[name], area_id=area, period=described[name].period, value=value
                            )
                        )
            if len(batch) >= BATCH:
                if not problems.total:
                    keep_values(batch, report)
                batch = []
        if not seen:
            problems.add("", "", _("The file has no rows of figures."))
        problems.refuse_if_any()
        keep_values(batch, report)
    return report


def known_area(text: str, areas: dict[str, int]) -> int:
    found = areas.get(text.strip())
    if found is None:
        raise Wrong(
            _("“%(code)s” is no area we know. Import the areas first, or put the code right.")
            % {"code": shortened(text)}
        )
    return found


def check_name(row: Row, problems: Problems) -> None:
    """A name in the file is not kept, but one that would run as a formula says the file was tampered with."""
    for name in ("area_name", "ward_name"):
        if row.cells.get(name, "").strip():
            with problems.noting(row):
                row.read(name, a_name)


def keep_about(described: dict[str, About], report: Report) -> dict[str, Indicator]:
    held = {each.key: each for each in Indicator.objects.filter(key__in=described)}
    for key, about in described.items():
        indicator = held.get(key)
        if indicator is None:
            held[key] = Indicator.objects.create(key=key, **about.__dict__)
            report.about_new += 1
        elif any(getattr(indicator, name) != value for name, value in about.__dict__.items()):
            for name, value in about.__dict__.items():
                setattr(indicator, name, value)
            indicator.save()
            report.about_changed += 1
    return held


def keep_values(batch: list[IndicatorValue], report: Report) -> None:
    """Keep a batch of figures, and count what was new and what changed."""
    if not batch:
        return
    held = {
        (indicator, area, period): value
        for indicator, area, period, value in IndicatorValue.objects.filter(
            indicator__in={each.indicator_id for each in batch}, area__in={each.area_id for each in batch}
        ).values_list("indicator_id", "area_id", "period", "value")
    }
    fresh = []
    for each in batch:
        before = held.get((each.indicator_id, each.area_id, each.period))
        if before == each.value:
            report.same += 1
            continue
        report.new, report.changed = report.new + (before is None), report.changed + (before is not None)
        fresh.append(each)
    IndicatorValue.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["indicator", "area", "period"],
        update_fields=["value"],
        batch_size=500,
    )


def import_themes(path: Path) -> Report:
    """Bring in the themes of need: code, parent, label and definition, parents before or after their children."""
    problems = Problems(path.name)
    report = Report()
    rows: dict[str, tuple[str, str, str]] = {}
    wheres: dict[str, str] = {}
    with opened_csv(path, problems) as table:
        code = table.column("code", "code")
        parent, label = table.column("parent", "parent"), table.column("label", "label")
        definition = table.column("description", "description", "definition", needed=False)
        problems.refuse_if_any()
        for row in table.rows():
            with problems.noting(row):
                key = row.read(code, a_line(20))
                if key in rows:
                    problems.add(row.where, code, _("“%(code)s” stands in the file twice.") % {"code": key})
                    continue
                meaning = row.read(definition, a_line(500, needed=False)) if definition else ""
                rows[key] = (row.read(parent, a_line(20, needed=False)), row.read(label, a_line(120)), meaning)
                wheres[key] = row.where
    held = {theme.code: theme for theme in Theme.objects.select_related("parent")}
    for key, (above, _label, _meaning) in rows.items():
        if above and above not in rows and above not in held:
            problems.add(wheres[key], "parent", _("“%(code)s” is no theme in this file.") % {"code": above})
    for key in in_a_ring({key: above for key, (above, _l, _m) in rows.items()}):
        problems.add(wheres[key], "parent", _("“%(code)s” is its own parent, by way of others.") % {"code": key})
    problems.refuse_if_any()
    with transaction.atomic():
        done: set[str] = set()
        while len(done) < len(rows):
            for key, (above, name, meaning) in rows.items():
                if key in done or (above in rows and above not in done):
                    continue
                done.add(key)
                theme = held.get(key)
                wanted = {"parent": held[above] if above else None, "label": name, "definition": meaning}
                if theme is None:
                    held[key] = Theme.objects.create(code=key, **wanted)
                    report.new += 1
                elif any(getattr(theme, field) != value for field, value in wanted.items()):
                    for field, value in wanted.items():
                        setattr(theme, field, value)
                    theme.save()
                    report.changed += 1
                else:
                    report.same += 1
    return report


def in_a_ring(parents: dict[str, str]) -> list[str]:
    """Give the codes whose parents lead back to themselves."""
    ringed = []
    for start in parents:
        steps, at = Counter[str](), start
        while at in parents and parents[at] and not steps[at]:
            steps[at] += 1
            at = parents[at]
        if at == start and steps[start]:
            ringed.append(start)
    return ringed
