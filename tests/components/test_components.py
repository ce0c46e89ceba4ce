"""Each component is whole, says what it should, and carries hostile words safely."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from components import bundle
from components.geometry import draw
from components.samples import samples
from components.scenery import draw_scene
from components.templatetags import components as tags
from components.views import component_names

SITE = Path(bundle.__file__).resolve().parents[1]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
LONDON_NIGHT = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


def drawn(text: str, **context: object) -> str:
    return Template("{% load components %}" + text).render(Context(context))


@pytest.mark.parametrize("name", component_names())
def test_every_component_has_a_sheet_an_example_and_a_tag(name):
    folder = SITE / "components" / name

    assert (folder / f"{name}.css").read_text().startswith("@layer components {")
    assert (folder / "example.html").exists()
    assert name in tags.register.tags


def test_every_folder_with_an_example_is_shown_in_the_gallery():
    with_examples = {path.parent.name for path in (SITE / "components").glob("*/example.html")}

    assert with_examples == set(component_names())


def test_the_joined_sheet_is_as_new_as_its_parts():
    assert bundle.BUNDLE.read_text() == bundle.look(), "Run: python site/components/bundle.py"


def test_our_sheets_use_no_ids_no_important_and_logical_directions():
    sheet = re.sub(r"/\*.*?\*/", "", bundle.look(), flags=re.S)

    assert "!important" not in sheet
    assert not re.search(r"^\s*#[a-z]", sheet, re.M)
    assert not re.search(r"(margin|padding|border)-(left|right)|text-align: (left|right)|float:", sheet)
    assert "http" not in re.sub(r'\[href\^="http"\]', "", sheet)


def test_vendored_files_are_the_ones_whose_checksums_are_kept():
    from hashlib import sha256

    lists = sorted((SITE / "static" / "vendor").glob("*/*/SHA256SUMS"))
    assert len(lists) == 4
    for sums in lists:
        named = dict(reversed(line.split("  ")) for line in sums.read_text().splitlines())
        kept = {
            str(path.relative_to(sums.parent)): sha256(path.read_bytes()).hexdigest()
            for path in sums.parent.rglob("*")
            if path.is_file() and path != sums
        }
        assert kept == named
        assert "LICENSE" in named


def test_the_vendored_look_bears_no_government_mark():
    for sheet in (SITE / "static" / "vendor" / "govuk-frontend").rglob("*.css"):
        assert not re.search(r"GDS Transport|crown|crest|url\(", sheet.read_text(), re.I)


@pytest.mark.parametrize("name", component_names())
def test_no_example_has_what_the_policy_refuses(name, client, db):
    page = client.get(f"/components/{name}/").content.decode()

    assert not re.search(r"<[^>]+\sstyle\s*=|<[^>]+\son[a-z]+\s*=|javascript:", page)


@pytest.mark.parametrize(
    "tag",
    [
        "{% quote text=words how=words where=words lang=words href='/x' action=words %}",
        "{% figure label=words value=words unit=words area=words period=words source=words compare=words note=words %}",
        "{% card title=words text=words status=words meta=words eyebrow=words seed=words tone=words %}",
        "{% bars title=words rows=rows base=10 note=words %}",
        "{% thread title=words steps=steps %}",
        "{% stages title=words steps=stages %}",
        "{% area_map title=words shapes=shapes points=points %}",
        "{% person_badge name=words role=words %}",
        "{% summary_list rows=rows %}",
        "{% search_box label=words value=words hint=words error=words %}",
        "{% notice title=words text=words action=words tone=words %}",
        "{% confirmation title=words text=words reference=words %}",
        "{% breadcrumbs crumbs=rows %}",
        "{% button text=words name=words value=words about=words %}",
        "{% status_tag text=words tone=words %}",
        "{% hero title=words text=words eyebrow=words seed=words %}{% endhero %}",
        "{% halves told_title=words %}{{ words }}{% figures %}{{ words }}{% endhalves %}",
        "{% file_link href='/x' title=words kind=words %}",
    ],
)
def test_hostile_words_stay_words(tag):
    here = {"type": "Polygon", "coordinates": [[[0, 51], [0.1, 51], [0.1, 51.1], [0, 51]]]}
    html = drawn(
        tag,
        words=HOSTILE,
        rows=[(HOSTILE, 3)],
        steps=[{"label": HOSTILE, "title": HOSTILE, "text": HOSTILE, "when": HOSTILE}],
        stages=[{"label": HOSTILE, "when": HOSTILE, "state": "now"}],
        shapes=[{"name": HOSTILE, "geometry": here}],
        points=[{"name": HOSTILE, "lon": 0.05, "lat": 51.05}],
    )

    assert "<script" not in html
    assert "<img src=x" not in html
    assert "onerror=alert(1)&gt;" in html or "onerror" not in html


def test_the_two_halves_have_the_same_heading_level_and_shape():
    html = drawn("{% halves level=3 %}words{% figures %}numbers{% endhalves %}")

    assert re.findall(r"<h(\d)[^>]*>([^<]+)</h\d>", html) == [
        ("3", "What people told us"),
        ("3", "What the figures show"),
    ]
    assert html.count('class="halves__body"') == 2


@pytest.mark.parametrize(
    ("pence", "shown"),
    [
        (0, "£0"),
        (5, "£0.05"),
        (125_000, "£1,250"),
        (125_050, "£1,250.50"),
        (-300, "−£3"),
        ("12", ""),
        (None, ""),
        (True, ""),
    ],
)
def test_money_is_pounds_and_pence(pence, shown):
    assert tags.pence(pence) == shown


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (dt.datetime(2026, 11, 27, 17, 0, tzinfo=dt.UTC), "Friday 27 November 2026, 5pm"),
        (dt.datetime(2026, 7, 1, 16, 30, tzinfo=dt.UTC), "Wednesday 1 July 2026, 5:30pm"),
        (dt.datetime(2026, 11, 27, 12, 0, tzinfo=dt.UTC), "Friday 27 November 2026, 12 noon"),
        (dt.datetime(2026, 6, 30, 23, 0, tzinfo=dt.UTC), "Wednesday 1 July 2026, midnight as the day begins"),
        (LONDON_NIGHT, "Sunday 25 October 2026, 1:30am"),
        ("not a moment", ""),
    ],
)
def test_moments_are_said_as_london_says_them(moment, shown):
    assert tags.london(moment) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (1, 3, "33%"),
        (1, 2000, "under 1%"),
        (1999, 2000, "over 99%"),
        (0, 5, "0%"),
        (5, 5, "100%"),
        (1, 8, "13%"),
        (1, 0, ""),
    ],
)
def test_a_share_never_says_none_or_all_when_it_is_some(part, whole, shown):
    assert tags.share(part, whole) == shown


def test_a_number_too_small_to_publish_leaves_no_trace_in_the_bars():
    html = drawn("{% bars title='T' rows=rows base=50 %}", rows=[("Many", 46), ("Few", None)])

    assert "under 5" in html
    assert "Numbers under 5 are not shown" in html
    assert 'width="0.00%"' in html


def test_something_closes_at_the_second_it_says():
    closes = dt.datetime(2026, 11, 27, 17, 0, tzinfo=dt.UTC)
    before = drawn("{% clock closes_at=c now=n %}", c=closes, n=closes - dt.timedelta(seconds=1))
    at = drawn("{% clock closes_at=c now=n %}", c=closes, n=closes)

    assert "Open." in before
    assert "Closed." in at


def test_the_pager_keeps_what_else_was_asked_for():
    request = RequestFactory().get("/x", {"q": "river & sea", "page": "2"})
    html = Template("{% load components %}{% pager page=page %}").render(
        Context({"request": request, "page": Paginator(range(100), 10).page(2)})
    )

    assert "?q=river+%26+sea&amp;page=3" in html
    assert 'aria-current="page">2<' in html


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {},
        "POLYGON",
        {"type": "Polygon", "coordinates": None},
        {"type": "Polygon", "coordinates": [[["a", 1], [None, 2], [1], [1, 2]]]},
        {"type": "Polygon", "coordinates": [[[1e400, 51]] * 5]},
        {"type": "Polygon", "coordinates": [[[51000, 400000]] * 5]},
        {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": "x"}]},
    ],
)
def test_a_boundary_that_cannot_be_drawn_is_left_to_the_list(geometry):
    assert draw([{"name": "Odd", "geometry": geometry}]) is None
    html = drawn(
        "{% area_map title='T' shapes=shapes %}", shapes=[{"name": "Odd", "href": "/odd", "geometry": geometry}]
    )

    assert '<a href="/odd">Odd</a>' in html
    assert "<svg" not in html


def test_north_is_up_and_everything_is_inside_the_frame():
    sample = samples()
    drawing = draw(sample["shapes"], sample["points"])
    heights = {shape.name: shape.label_at[1] for shape in drawing.shapes}
    numbers = [float(n) for shape in drawing.shapes for n in re.findall(r"[\d.]+", shape.path)]

    assert heights["Saltmarsh"] > heights["Oakhill"]
    assert max(numbers) <= max(drawing.frame.width, drawing.frame.height)
    assert min(numbers) >= 0


def test_a_board_keeps_its_picture_and_another_has_another():
    assert draw_scene("oakhill", "card") == draw_scene("oakhill", "card")
    assert draw_scene("oakhill", "card") != draw_scene("saltmarsh", "card")
    assert len(draw_scene("oakhill", "wide")) < 15_000
    assert "<script" not in draw_scene("x", "card")


def test_a_picture_of_an_unknown_shape_is_not_found(client, db):
    assert client.get("/components/scenes/oakhill-tall.svg").status_code == 404
    assert client.get("/components/nothing/").status_code == 404
