"""The council's own name and colours."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from cms.brand import Brand, contrast
from tests.factories import make_role

colours = st.from_regex(r"\A#[0-9a-f]{6}\Z")


def test_contrast_agrees_with_the_published_examples():
    """WCAG 2.2: black on white is 21 to 1; #767676 is the palest grey that passes, #777777 does not."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") > 4.5 > contrast("#777777", "#ffffff")


@given(one=colours, other=colours)
def test_contrast_is_the_same_both_ways_and_between_1_and_21(one, other):
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0001


@pytest.mark.django_db
@pytest.mark.parametrize("colour", ["#ffffff", "#ffc83d", "#777777"])
def test_a_colour_too_pale_to_read_is_refused(colour):
    with pytest.raises(ValidationError):
        Brand(name="Thornbridge", colour=colour).full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "#123456;}", "#123456\n", "url(x)", "</style>"])
def test_what_is_no_colour_is_refused_and_never_reaches_the_sheet(client, colour):
    brand = Brand(name="Thornbridge", colour=colour, link_colour=colour)
    with pytest.raises(ValidationError):
        brand.full_clean()
    Brand.objects.bulk_create([Brand(name="Thornbridge", colour=colour[:7], link_colour=colour[:7])])
    assert "url(" not in client.get("/brand.css").content.decode()
    assert "}" not in client.get("/brand.css").content.decode().replace("}\n", "")


@pytest.mark.django_db
def test_a_saved_brand_shows_at_once(client, django_assert_num_queries):
    assert client.get("/brand.css").content == b""
    Brand.objects.create(name="Thornbridge Council", colour="#123456")

    sheet = client.get("/brand.css")
    page = client.get("/about/").content.decode()

    assert "--colour-brand: #123456;" in sheet.content.decode()
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert "Thornbridge Council" in page
    assert "/brand.css?" in page
    with django_assert_num_queries(0):
        client.get("/brand.css")


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "answer"), [("administrator", 200), ("staff", 302), ("evidence_team", 302)])
def test_only_an_administrator_sets_the_brand(client, who, answer):
    client.force_login(make_role(who, None))
    assert client.get("/desk/settings/cms/brand/", follow=False).status_code in (answer, 302)
    brand, _made = Brand.objects.get_or_create()
    client.post(f"/desk/settings/cms/brand/{brand.pk}/", {"name": "Changed", "colour": "#123456"})
    assert Brand.objects.filter(name="Changed").exists() == (who == "administrator")
