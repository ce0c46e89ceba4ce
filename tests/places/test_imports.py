"""Files are kept whole or refused whole, in words that say where and why."""

from __future__ import annotations

import io
import time
import tracemalloc
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from boards.places.actions.areas import How, import_areas
from boards.places.actions.boards import import_boards
from boards.places.actions.postcodes import Columns, import_postcodes
from boards.places.actions.reading import SHOWN, FileRefused, Problems, opened_csv
from boards.places.management.progress import ProgressBar
from boards.places.models import Area, Board, BoardArea, Postcode
from tests.conftest import SHARED
from tests.places.factories import feature, geojson, make_ward, square, written

pytestmark = pytest.mark.django_db

GEO = SHARED / "data" / "geo"
needs_real_files = pytest.mark.skipif(not GEO.is_dir(), reason="the real files are not in the repository")
HEADINGS = "pcds,lat,long,ward_code,lsoa_code\n"
GOOD_ROW = "XX1 1AA,54.50000,1.90000,E05999001,E01999001\n"


def refused(call, *args, **kwargs) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        call(*args, **kwargs)
    return caught.value


# Areas


def test_areas_are_kept_with_their_boundary_box_and_outline(tmp_path):
    report = import_areas(geojson(tmp_path, feature(), feature("E05999002", "Brackenfold", square(1.1, 54.0))))

    ward = Area.objects.get(code="E05999001")
    assert report.new == ["E05999001", "E05999002"]
    assert (ward.name, ward.kind) == ("Abbotsmere", "ward")
    assert (ward.west, ward.south, ward.east, ward.north) == (1.0, 54.0, 1.1, 54.1)
    assert ward.outline["type"] == "Polygon"


def test_the_same_file_twice_changes_nothing(tmp_path):
    path = geojson(tmp_path, feature(), feature("E05999002", "Brackenfold", square(1.1, 54.0)))
    import_areas(path)
    before = list(Area.objects.values())

    report = import_areas(path)

    assert not report
    assert report.same == 2
    assert list(Area.objects.values()) == before


def test_a_corrected_name_or_boundary_is_taken_over_and_nothing_else_is_lost(tmp_path):
    council = make_ward("E07999001", "Thornbridge", kind="council")
    make_ward("E05999001", "Abotsmere", parent=council, population=7703, valid_from=date(2025, 5, 1))

    report = import_areas(geojson(tmp_path, feature()))

    ward = Area.objects.get(code="E05999001")
    assert report.changed == ["E05999001"]
    assert (ward.name, ward.parent, ward.population, ward.valid_from) == (
        "Abbotsmere", council, 7703, date(2025, 5, 1),
    )  # fmt: skip


def test_a_redrawn_ward_is_a_new_area_and_links_keep_the_old_code(tmp_path, board):
    council = make_ward("E07999001", "Thornbridge", kind="council")
    old = make_ward("E05999001", "Abbotsmere", parent=council)
    link = BoardArea.objects.create(board=board, area=old)
    how = How(parent="E07999001", valid_from=date(2026, 5, 7), end_missing=True)

    report = import_areas(geojson(tmp_path, feature("E05999091", "Abbotsmere")), how=how)

    old.refresh_from_db()
    link.refresh_from_db()
    assert report.ended == ["E05999001"]
    assert old.valid_to == date(2026, 5, 7)
    assert link.area.code == "E05999001"
    assert [ward.code for ward in Area.objects.wards().in_force_on(date(2026, 5, 6)).filter(parent=council)] == [
        "E05999001"
    ]
    assert [ward.code for ward in Area.objects.wards().in_force_on(date(2026, 5, 7)).filter(parent=council)] == [
        "E05999091"
    ]
    again = import_areas(geojson(tmp_path, feature("E05999091", "Abbotsmere")), how=how)
    assert not again


SOUND = square(1.0, 54.0)["coordinates"][0]


@pytest.mark.parametrize(
    ("bad", "field", "reason"),
    [
        (
            feature(geometry={"type": "Polygon", "coordinates": [[[y, x] for x, y in SOUND]]}),
            "geometry",
            "swap the two",
        ),
        (feature(geometry={"type": "Polygon", "coordinates": [SOUND[:-1]]}), "geometry", "not closed"),
        (
            feature(
                geometry={"type": "Polygon", "coordinates": [[[1, 54], [1.1, 54.1], [1.1, 54], [1, 54.1], [1, 54]]]}
            ),
            "geometry",
            "crosses itself at [1.05, 54.05]",
        ),
        (feature(geometry={"type": "Point", "coordinates": [1.0, 54.0]}), "geometry", "is a Point"),
        (feature(geometry={"type": "Polygon", "coordinates": [[[4e5, 2e5]] * 4]}), "geometry", "National Grid"),
        (
            feature(geometry={"type": "Polygon", "coordinates": [[[120, -30]] * 4]}),
            "geometry",
            "not near these islands",
        ),
        (feature(geometry={}), "geometry", "is a None"),
        (feature(code=""), "code", "missing"),
        (feature(code="E0599"), "code", "shape"),
        (feature(code="E99999001"), "code", "do not keep"),
        (feature(name=""), "name", "missing"),
        (feature(name=None), "name", "missing"),
        (feature(name="=HYPERLINK(1)"), "name", "formula"),
        (feature(name="+1"), "name", "formula"),
        (feature(name="-1"), "name", "formula"),
        (feature(name="@SUM"), "name", "formula"),
        (feature(name="\tAbbotsmere"), "name", "formula"),
        (feature(name="Abbots\x00mere"), "name", "hidden"),
        (feature(name="A" * 121), "name", "longer than 120"),
        (feature(LAD25CD="E07999999"), "parent", "E07999999, which is not a place we know"),
        (feature("E05999009"), "code", "already"),
        ("not a feature", "type", "not a GeoJSON feature"),
    ],
)
def test_one_bad_feature_refuses_the_whole_file_and_says_which_and_why(tmp_path, bad, field, reason):
    path = geojson(tmp_path, feature("E05999009", "Ironbeck"), bad)

    refusal = refused(import_areas, path)

    [problem] = refusal.problems
    assert "feature 2" in problem.where
    assert problem.field == field
    assert reason in problem.reason
    assert not Area.objects.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"pcds,lat", "not JSON"),
        (b'{"type": "FeatureCollection", "features": []}', "no area"),
        (b'{"type": "Topology"}', "FeatureCollection"),
        (b"[1, 2]", "FeatureCollection"),
        (b'{"name": "Caf\xe9"}', "not UTF-8"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": ' + b"9" * 6000 + b"}", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:27700"}},"features":[{}]}', "WGS 84"),
    ],
)
def test_a_file_that_is_not_geojson_is_refused_in_words(tmp_path, text, reason):
    assert reason in str(refused(import_areas, written(tmp_path, text, "wards.geojson")))


def test_a_code_of_another_kind_is_refused_when_the_kind_is_said(tmp_path):
    refusal = refused(import_areas, geojson(tmp_path, feature("E07999001")), how=How(kind="ward"))
    assert "not “Ward”" in str(refusal)


def test_a_missing_file_is_refused_and_not_a_fault(tmp_path):
    assert "cannot be opened" in str(refused(import_areas, tmp_path / "none.geojson"))


def test_the_first_twenty_problems_are_told_and_all_are_counted(tmp_path):
    path = geojson(tmp_path, *[feature(f"E0599{number:04d}", "") for number in range(30)])

    refusal = refused(import_areas, path)

    assert (len(refusal.problems), refusal.total) == (SHOWN, 30)
    assert "There are 30 problems" in str(refusal)
    assert "first 20" in str(refusal)


def test_parishes_come_from_a_csv_file_with_the_wards_they_lie_in(tmp_path):
    make_ward("E05999004", "Dunmarsh")
    make_ward("E07999001", "Thornbridge", kind="council")
    path = written(
        tmp_path, "par_cd,par_nm,lad_cd,ward_codes\nE04999003,Dunmarsh with Eastry,E07999001,E05999004\n", "p.csv"
    )

    first, second = import_areas(path), import_areas(path)

    parish = Area.objects.get(code="E04999003")
    assert (first.new, bool(second)) == (["E04999003"], False)
    assert (parish.kind, parish.parent.code, [ward.name for ward in parish.wards.all()]) == (
        "parish", "E07999001", ["Dunmarsh"],
    )  # fmt: skip


def test_the_command_prints_what_it_did_and_what_it_refused(tmp_path, capsys):
    path = geojson(tmp_path, feature())
    call_command("import_areas", path)
    assert "1 areas are new" in capsys.readouterr().out
    call_command("import_areas", path)
    assert "Nothing changed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="was refused, and nothing was changed"):
        call_command("import_areas", geojson(tmp_path, feature(code="x")))


# Postcodes


@pytest.fixture
def wards():
    make_ward("E01999001", "Thornbridge 001A", kind="lsoa")
    return make_ward()


@pytest.mark.usefixtures("wards")
def test_postcodes_are_kept_and_the_same_file_twice_changes_nothing(tmp_path):
    path = written(tmp_path, HEADINGS + GOOD_ROW)

    first, second = import_postcodes(path), import_postcodes(path)

    kept = Postcode.objects.get()
    assert (first.new, second.same, bool(second)) == (1, 1, False)
    assert (kept.pk, kept.ward.code, kept.lsoa.code, kept.latitude, kept.longitude) == (
        "XX1 1AA", "E05999001", "E01999001", Decimal("54.50000"), Decimal("1.90000"),
    )  # fmt: skip


def test_a_moved_postcode_is_changed(tmp_path, wards):
    import_postcodes(written(tmp_path, HEADINGS + GOOD_ROW))
    make_ward("E05999002", "Brackenfold")

    report = import_postcodes(written(tmp_path, HEADINGS + GOOD_ROW.replace("E05999001", "E05999002")))

    assert report.changed == 1
    assert Postcode.objects.get().ward.code == "E05999002"


@pytest.mark.usefixtures("wards")
@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("nonsense,54.5,1.9,E05999001,E01999001", "pcds", "not a postcode"),
        ("=1+1,54.5,1.9,E05999001,E01999001", "pcds", "not a postcode"),
        ("XX1 1AB,1.9,54.5,E05999001,E01999001", "lat", "wrong way round"),
        ("XX1 1AB,99.999999,0.000000,E05999001,E01999001", "lat", "not near these islands"),
        ("XX1 1AB,fifty,1.9,E05999001,E01999001", "lat", "not a number"),
        ("XX1 1AB,54.5,1e0,E05999001,E01999001", "long", "not a number"),
        ("XX1 1AB,54.5,NaN,E05999001,E01999001", "long", "not a number"),
        ("XX1 1AB,,1.9,E05999001,E01999001", "lat", "missing"),
        ("XX1 1AB,54.5,1.9,E05999077,E01999001", "ward_code", "not a ward we know"),
        ("XX1 1AB,54.5,1.9,,E01999001", "ward_code", "missing"),
        ("XX1 1AB,54.5,1.9,Abbey,E01999001", "ward_code", "shape"),
        ("XX1 1AB,54.5,1.9,E05999001,E01999077", "lsoa_code", "not a small area we know"),
        ("xx11aa,54.5,1.9,E05999001,E01999001", "pcds", "twice"),
        ("XX1 1AB,54.5,1.9", "", "3 cells"),
        (f"{'X' * 2000},54.5,1.9,E05999001,E01999001", "pcds", "longer than"),
    ],
)
def test_one_bad_row_refuses_the_whole_file_and_says_which_and_why(tmp_path, row, field, reason):
    path = written(tmp_path, HEADINGS + GOOD_ROW + row + "\n")

    [problem] = refused(import_postcodes, path).problems

    assert problem.where == "row 3"
    assert problem.field == field
    assert reason in problem.reason
    assert not Postcode.objects.exists()


@pytest.mark.usefixtures("wards")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (HEADINGS.encode(), "no postcode in this file"),
        (b"pcds,lat,long\nXX1 1AA,54.5,1.9\n", "No column holds this"),
        (b"pcds;lat;long;ward_code\n", "semicolons"),
        (b"pcds,lat,lat,ward_code,long\n", "Two columns"),
        (HEADINGS.encode() + b"XX1 1AA,54.5,1.9,E05999001,Caf\xe9\n", "line 2: The text is not UTF-8"),
        (HEADINGS.encode("utf-16"), "not UTF-8"),
        (HEADINGS.encode() + b"XX1\x001AA,54.5,1.9,E05999001,\n", "NUL"),
        (HEADINGS.encode() + b'"XX1 1AA,54.5\n', "cannot be read as CSV"),
        (b"x" * 200_000, "far too long"),
    ],
)
def test_a_file_that_is_not_a_table_of_postcodes_is_refused_in_words(tmp_path, text, reason):
    assert reason in str(refused(import_postcodes, written(tmp_path, text)))
    assert not Postcode.objects.exists()


def test_the_columns_of_the_onspd_are_known_and_others_can_be_named(tmp_path, wards):
    onspd = "pcd7,pcd8,pcds,dointr,doterm,lad25cd,wd25cd,lsoa11cd,lsoa21cd,lat,long\n"
    row = "XX11AA,XX1  1AA,XX1 1AA,199601,{ended},{council},E05999001,E01000001,E01999001,54.5,1.9\n"
    text = onspd + row.format(ended="", council="E07999001")
    text += row.replace("XX1 1AA", "XX1 1AB").format(ended="202001", council="E07999001")
    text += row.replace("XX1 1AA", "XX1 1AC").replace("E05999001", "S13000001").format(ended="", council="S12000001")

    report = import_postcodes(written(tmp_path, text), council="E07999001")

    assert (report.new, report.ended, report.elsewhere) == (1, 1, 1)
    odd = written(tmp_path, "where,n,e,w\nXX1 1AD,54.5,1.9,E05999001\n", "odd.csv")
    assert import_postcodes(odd, columns=Columns(postcode="where", latitude="n", longitude="e", ward="w")).new == 1


def test_with_no_wards_the_officer_is_told_to_import_them_first(tmp_path):
    assert "import_areas" in str(refused(import_postcodes, written(tmp_path, HEADINGS + GOOD_ROW)))


def test_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path):
    rows = (
        f"XX{n // 6760 % 10} {n // 676 % 10}{chr(65 + n // 26 % 26)}{chr(65 + n % 26)},54.5,1.9,x\n"
        for n in range(60_000)
    )
    path = written(tmp_path, "pcds,lat,long,note\n" + "".join(rows))

    tracemalloc.start()
    with opened_csv(path, Problems(path.name)) as table:
        count = sum(1 for _row in table.rows())
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 60_000
    assert peak < 1_000_000


def test_progress_is_a_bar_for_a_watcher_and_lines_for_a_log():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    watched, logged = Terminal(), io.StringIO()
    for stream in (watched, logged):
        bar = ProgressBar("Checking", stream)
        bar(1, 2)
        bar(2, 2)

    assert "\r" in watched.getvalue()
    assert watched.getvalue().endswith("] 100%\n")
    assert logged.getvalue() == "Checking: 100%\n"


# Boards


def boards_file(folder, text: str):
    return written(folder, text, "boards.json")


@pytest.mark.parametrize("wards", ['["E05999001"]', '[{"code": "E05999001", "name": "Abbotsmere"}]'])
def test_boards_are_kept_and_the_same_file_twice_changes_nothing(tmp_path, wards):
    make_ward()
    path = boards_file(
        tmp_path, '{"boards": [{"slug": "north", "name": "North", "wards": WARDS}]}'.replace("WARDS", wards)
    )

    first, second = import_boards(path), import_boards(path)

    assert (first.new, bool(second), second.same) == (["north"], False, 1)
    assert [area.code for area in Board.objects.get().areas.all()] == ["E05999001"]


def test_a_ward_moved_between_boards_leaves_the_first_and_an_ended_one_stays(tmp_path):
    make_ward(), make_ward("E05999002", "Brackenfold")
    ended = make_ward("E05999003", "Old Green", valid_to=date(2025, 5, 1))
    import_boards(
        boards_file(
            tmp_path, '{"boards": [{"slug": "a", "name": "A", "wards": ["E05999001", "E05999002", "E05999003"]}]}'
        )
    )

    import_boards(
        boards_file(
            tmp_path,
            '{"boards": [{"slug": "a", "name": "A", "wards": ["E05999001"]}, {"slug": "b", "name": "B", "wards": ["E05999002"]}]}',
        )
    )

    assert {area.code for area in Board.objects.get(slug="a").areas.all()} == {"E05999001", ended.code}
    assert {area.code for area in Board.objects.get(slug="b").areas.all()} == {"E05999002"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{}", "list named"),
        ('{"boards": []}', "list named"),
        ('{"boards": ["x"]}', "not a board"),
        ('{"boards": [{"name": "=1", "wards": ["E05999001"]}]}', "formula"),
        ('{"boards": [{"name": "A", "slug": "A b", "wards": ["E05999001"]}]}', "address"),
        ('{"boards": [{"name": "A"}]}', "at least one ward"),
        ('{"boards": [{"name": "A", "wards": ["E05999099"]}]}', "not an area we know"),
        ('{"boards": [{"name": "A", "wards": ["E05999001", "E05999001"]}]}', "twice"),
        ('{"boards": [{"name": "A", "wards": ["E05999001"]}, {"name": "A", "wards": ["E05999002"]}]}', "Another board"),
        (
            '{"boards": [{"name": "A", "wards": ["E05999001"]}, {"name": "B", "wards": ["E05999001"]}]}',
            "more than one board",
        ),
        ('{"boards": [{"name": "A", "wards": [{"code": "E05999001", "share": 2}]}]}', "share"),
        ('{"boards": [{"name": "A", "wards": [{"code": "E05999001", "share": "NaN"}]}]}', "share"),
    ],
)
def test_a_bad_boards_file_is_refused_whole(tmp_path, text, reason):
    make_ward(), make_ward("E05999002", "Brackenfold")
    assert reason in str(refused(import_boards, boards_file(tmp_path, text)))
    assert not Board.objects.exists()


# The real files


@needs_real_files
def test_the_real_wards_postcodes_and_boards_of_a_county_come_in_within_thirty_seconds():
    began = time.monotonic()
    import_areas(GEO / "bucks_authority.geojson")
    wards = import_areas(GEO / "bucks_wards_2025.geojson", how=How(kind="ward", parent="E06000060"))
    small_areas = import_areas(GEO / "bucks_lsoa_2021.geojson")
    postcodes = import_postcodes(GEO / "bucks_postcodes_2014.csv")
    took = time.monotonic() - began

    assert (len(wards.new), len(small_areas.new), postcodes.new) == (49, 334, 15_615)
    assert took < 30
    assert not import_areas(GEO / "bucks_wards_2025.geojson", how=How(kind="ward", parent="E06000060"))
    assert not import_postcodes(GEO / "bucks_postcodes_2014.csv")
    assert len(import_areas(GEO / "bucks_parishes.csv").new) == 171
    assert len(import_boards(GEO / "bucks_boards.json").new) == 8
    assert not import_boards(GEO / "bucks_boards.json")
