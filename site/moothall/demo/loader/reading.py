"""The data files, and their days and times made real."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DATA = Path(__file__).resolve().parent.parent / "data"
LONDON = ZoneInfo("Europe/London")
OFFSET = re.compile(r"([+-]\d{1,4})d(?: (\d{2}):(\d{2}))?")


@dataclass(frozen=True)
class BoardFile:
    """One board's file."""

    path: Path

    @cached_property
    def data(self) -> dict[str, Any]:
        return tomllib.loads(self.path.read_text(encoding="utf-8"))

    def __getitem__(self, table: str) -> Any:
        return self.data[table]

    @property
    def slug(self) -> str:
        return self.path.stem

    @property
    def name(self) -> str:
        return str(self["board"]["name"])


def board_files() -> list[BoardFile]:
    return [BoardFile(path) for path in sorted((DATA / "boards").glob("*.toml"))]


def council_file() -> dict[str, Any]:
    return tomllib.loads((DATA / "people.toml").read_text(encoding="utf-8"))


def days_in(written: str) -> int:
    """Give the days of "-30d" or "+12d 17:00", counted from the day of loading."""
    found = OFFSET.fullmatch(written)
    if found is None:
        raise ValueError(f"Write a day as “-30d” or “+12d 17:00”, not “{written}”.")
    return int(found[1])


def day(written: str, now: datetime) -> date:
    return now.astimezone(LONDON).date() + timedelta(days=days_in(written))


def moment(written: str, now: datetime, *, at: time = time(9)) -> datetime:
    """Give the moment in London that a day and perhaps a time mean; `at` where no time is written."""
    found = OFFSET.fullmatch(written)
    clock = time(int(found[2]), int(found[3])) if found and found[2] else at
    return datetime.combine(day(written, now), clock, tzinfo=LONDON)
