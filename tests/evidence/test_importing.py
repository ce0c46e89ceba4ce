"""Figures and themes from files: whole, or not at all, and the same file twice changes nothing."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from boards.places.models import Area
from engagement.evidence.actions.importing import import_indicators, import_themes
from engagement.evidence.models import Indicator, IndicatorValue, Theme
from tests.conftest import SHARED
from tests.factories import make_area

pytestmark = pytest.mark.django_db

ABOUT = """key,label,unit,period,polarity,theme,source,licence
pop_2021,Usual residents,people,2021,,population,Invented,CC0-1.0
asb_rate,"Reports per 1,000",rate,2025,high_is_need,crime,Invented,CC0-1.0
"""
GOOD = """area_code,area_name,pop_2021,asb_rate
E05999001,Abbotsmere,7703,9.47
E05999002,Brackenfold,9175,
"""


@pytest.fixture
def wards(db):
    return [make_area("Abbotsmere", code="E05999001"), make_area("Brackenfold", code="E05999002")]


@pytest.fixture
def load(tmp_path):
    def load(figures: str | bytes, about: str = ABOUT) -> str:
        (tmp_path / "indicators.csv").write_text(about)
        path = tmp_path / "figures.csv"
        path.write_bytes(figures if isinstance(figures, bytes) else figures.encode())
        out = StringIO()
        call_command("import_indicators", str(path), stdout=out)
        return out.getvalue()

    return load


def test_figures_come_in_with_their_source_licence_and_period(wards, load):
    said = load(GOOD)

    assert "3 new figures" in said
    row = IndicatorValue.objects.select_related("indicator").get(indicator__key="asb_rate")
    assert (row.value, row.period, row.area.name) == (Decimal("9.47"), "2025", "Abbotsmere")
    assert (row.indicator.source, row.indicator.licence, row.indicator.unit) == ("Invented", "CC0-1.0", "rate")
    assert Area.objects.get(code="E05999001").population == 7703


def test_the_same_file_twice_changes_nothing(wards, load):
    load(GOOD)
    before = list(IndicatorValue.objects.order_by("pk").values()), list(Indicator.objects.values())

    assert "Nothing changed" in load(GOOD)
    assert before == (list(IndicatorValue.objects.order_by("pk").values()), list(Indicator.objects.values()))


def test_a_changed_figure_takes_the_place_of_the_old_one(wards, load):
    load(GOOD)

    assert "1 changed" in load(GOOD.replace("9.47", "9.5"))
    assert IndicatorValue.objects.get(indicator__key="asb_rate").value == Decimal("9.5")


def test_an_empty_cell_is_a_figure_that_is_not_known(wards, load):
    load(GOOD)

    assert not IndicatorValue.objects.filter(area__code="E05999002", indicator__key="asb_rate").exists()


BAD = {
    "unknown area": (GOOD.replace("E05999002", "E05000000"), ["row 3", "area_code", "E05000000"]),
    "duplicate area": (GOOD.replace("E05999002", "E05999001"), ["row 3", "area_code", "earlier row"]),
    "bad number": (GOOD.replace("9175", "9,175").replace(",9,175", ',"9,175"'), ["row 3", "pop_2021", "9,175"]),
    "exponent": (GOOD.replace("9175", "1e9"), ["row 3", "pop_2021", "1e9"]),
    "not a number": (GOOD.replace("9175", "NaN"), ["row 3", "pop_2021", "NaN"]),
    "huge number": (GOOD.replace("9175", "9" * 900), ["row 3", "pop_2021"]),
    "formula": (GOOD.replace("Brackenfold", "=cmd|calc"), ["row 3", "area_name", "formula"]),
    "not utf-8": (GOOD.replace("Brackenfold", "Brackenföld").encode("latin-1"), ["UTF-8"]),
    "utf-16": (GOOD.encode("utf-16"), ["UTF-8"]),
    "nul": (GOOD.replace("Abbotsmere", "Abb\x00"), ["NUL"]),
    "no code column": (GOOD.replace("area_code", "place"), ["area_code"]),
    "nothing described": ("area_code,foo\nE05999001,3\n", ["described"]),
    "short row": (GOOD + "E05999001\n", ["row 4"]),
    "empty": ("", ["empty"]),
    "semicolons": (GOOD.replace(",", ";"), ["semicolons"]),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_whole_with_row_field_and_reason(wards, load, name):
    contents, said = BAD[name]

    with pytest.raises(CommandError) as refused:
        load(contents)

    for words in ["refused, and nothing was changed", *said]:
        assert words in str(refused.value)
    assert not IndicatorValue.objects.exists()
    assert not Indicator.objects.exists()


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (ABOUT.replace("CC0-1.0", ""), "licence"),
        (ABOUT + ABOUT.splitlines()[1] + "\n", "twice"),
        (ABOUT.replace("Usual residents", "@SUM(A1)"), "formula"),
        (ABOUT.replace(",unit,", ",units,"), "unit"),
    ],
)
def test_a_bad_description_is_refused_too(wards, load, about, said):
    with pytest.raises(CommandError, match=said):
        load(GOOD, about)
    assert not Indicator.objects.exists()


def test_a_description_that_was_named_and_is_not_there_is_refused(wards, tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text(GOOD)

    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("import_indicators", str(path), "--about", str(tmp_path / "none.csv"))


def test_a_file_that_is_not_there_is_refused_in_words(db, tmp_path):
    with pytest.raises(CommandError):
        call_command("import_indicators", str(tmp_path / "none.csv"))


THEMES = "code,parent,label,description\nCOM,,Community,Places that bring people together\nCOM-LON,COM,Loneliness,People cut off\n"


def test_themes_come_in_as_a_tree_and_twice_changes_nothing(db, tmp_path):
    path = tmp_path / "themes.csv"
    path.write_text(THEMES)

    assert import_themes(path=path).new == 2
    again = import_themes(path=path)

    assert (again.new, again.changed, again.same) == (0, 0, 2)
    assert Theme.objects.get(code="COM-LON").parent.code == "COM"


@pytest.mark.parametrize(
    "wrong",
    [THEMES + "COM,,Again,x\n", THEMES + "X-Y,X,Orphan,x\n", THEMES + "Y,Y,Own parent,x\n", THEMES + "Z,,=1+1,x\n"],
)
def test_bad_themes_are_refused_whole(db, tmp_path, wrong):
    path = tmp_path / "themes.csv"
    path.write_text(wrong)

    with pytest.raises(CommandError):
        call_command("import_themes", str(path))
    assert not Theme.objects.exists()


def test_the_demos_themes_come_in(db):
    from moothall import settings

    path = settings.SITE_DIR / "demo" / "data" / "taxonomies" / "community_needs.csv"

    assert import_themes(path=path).new == 63


@pytest.mark.skipif(not (SHARED / "data" / "geo").is_dir(), reason="the real files are not here")
def test_the_real_files_come_in(db):
    import csv

    folder = SHARED / "data" / "geo"
    for name, kind in [("bucks_ward25_indicators.csv", "ward"), ("bucks_lsoa21_indicators.csv", "lsoa")]:
        with (folder / name).open() as file:
            Area.objects.bulk_create(
                Area(code=row["area_code"], name=row["area_name"], kind=kind) for row in csv.DictReader(file)
            )
        done = import_indicators(path=folder / name)
        assert done.new > 1000
        assert done.not_described == ()
        assert import_indicators(path=folder / name).new == 0
    assert not Indicator.objects.filter(source="").exists()
