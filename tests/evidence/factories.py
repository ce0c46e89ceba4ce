"""Make valid evidence and figures, so that a test states only what matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.evidence.actions import recording
from engagement.evidence.models import Consent, Evidence, EvidenceLink, Indicator, IndicatorValue, Need

ALL = tuple(Consent.Scope.values)


def make_evidence(
    board: Board,
    text: str = "There is nowhere warm to sit after four.",
    *,
    scopes: tuple[str, ...] = ("evidence", "quote"),
    need: Need | None = None,
    relation: str = "supports",
    contact: Person | None = None,
    voices: int = 1,
    how: str = "interview",
    state: str = "",
    **more: object,
) -> Evidence:
    """Give words an officer recorded two days ago, which count and may be quoted."""
    now = datetime.now(UTC)
    evidence, _code = recording.record(
        board=board, text=text, how=how, heard_on=(now - timedelta(days=2)).date(), voices=voices, scopes=scopes,
        now=now, by=None, contact=contact, **more,
    )  # fmt: skip
    if state:
        Evidence.objects.filter(pk=evidence.pk).update(state=state)
        evidence.refresh_from_db()
    if need is not None:
        EvidenceLink.objects.create(evidence=evidence, need=need, relation=relation)
    return evidence


def make_indicator(
    key: str = "hh_no_car_n", *, unit: str = "households", need: Need | None = None, **more: str
) -> Indicator:
    given = {"label": f"Label of {key}", "source": "Invented", "licence": "CC0-1.0", **more}
    indicator = Indicator.objects.create(key=key, unit=unit, **given)
    if need is not None:
        need.indicators.add(indicator)
    return indicator


def make_figure(indicator: Indicator, area: Area, value: object, period: str = "2021") -> IndicatorValue:
    return IndicatorValue.objects.create(indicator=indicator, area=area, period=period, value=Decimal(str(value)))
