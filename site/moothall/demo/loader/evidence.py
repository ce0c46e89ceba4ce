"""Needs in residents' words, and what people said that bears on them."""

from __future__ import annotations

from datetime import datetime, time

from boards.people.models import Person
from boards.places.models import Board
from engagement.evidence.actions.recording import Bearing, record
from engagement.evidence.models import Evidence, Indicator, Need, Theme
from moothall.demo.loader.people import Cast
from moothall.demo.loader.reading import BoardFile, day, days_in, moment


def load_needs(file: BoardFile, board: Board, *, now: datetime) -> dict[str, Need]:
    themes = {theme.code: theme for theme in Theme.objects.all()}
    needs = {}
    for each in file["needs"]:
        heard = [
            said["on"]
            for said in file["evidence"]
            if any(bears["need"] == each["slug"] for bears in said["needs"])
        ]  # fmt: skip
        need = Need.objects.create(
            board=board,
            title=each["title"],
            slug=each["slug"],
            summary=each["summary"],
            theme=themes[each["theme"]],
            status=each["status"].replace("-", "_"),
            no_figures_because=each.get("no_figures_because", ""),
            since=day(min(heard, key=days_in), now),
        )
        need.indicators.set(Indicator.objects.filter(key__in=each["indicators"]))
        needs[need.slug] = need
    return needs


def load_evidence(
    file: BoardFile, board: Board, *, cast: Cast, needs: dict[str, Need], now: datetime
) -> dict[str, Evidence]:
    """Record each quotation as its coordinator did on that day. Words that are shown are also counted."""
    wards = {ward.name: ward for ward in board.areas.wards()}
    said = {}
    for each in file["evidence"]:
        evidence, _slip = record(
            board=board,
            text=each["quote"],
            how=each["how"].replace("-", "_"),
            heard_on=day(each["on"], now),
            voices=each["voices"],
            scopes={"evidence", *each["consent"]},
            now=moment(each["on"], now, at=time(16, 30)),
            by=cast.coordinator,
            where=wards[each["place"]],
            where_words=each["heard"],
            contact=Person.objects.known_by(each["contact"]) if "contact" in each else None,
            bears_on=[Bearing(needs[b["need"]], b["relation"], b["because"]) for b in each["needs"]],
        )
        said[each["key"]] = evidence
    return said
