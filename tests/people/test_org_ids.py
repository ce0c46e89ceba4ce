"""A group's number, however it is typed, is one identifier; a wrong one is told apart."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.people.models import Organisation
from boards.people.org_ids import FULL, Numbered, Register, Wrong, place_name, read_number, same_letters
from tests.conftest import SHARED


@pytest.mark.parametrize(
    ("typed", "register", "org_id"),
    [
        ("1234567", Register.CHARITY, "GB-CHC-1234567"),
        ("0234567", Register.CHARITY, "GB-CHC-234567"),
        ("Registered charity no. 1234567", Register.CHARITY, "GB-CHC-1234567"),
        ("gb-chc-1234567", Register.CHARITY, "GB-CHC-1234567"),
        ("１２３４５６７", Register.CHARITY, "GB-CHC-1234567"),
        ("SC012345", Register.CHARITY_SCOTLAND, "GB-SC-SC012345"),
        ("sc 12345", Register.CHARITY_SCOTLAND, "GB-SC-SC012345"),
        ("12345", Register.CHARITY_SCOTLAND, "GB-SC-SC012345"),
        ("NIC 100123", Register.CHARITY_NORTHERN_IRELAND, "GB-NIC-100123"),
        ("01234567", Register.COMPANY, "GB-COH-01234567"),
        ("1234567", Register.COMPANY, "GB-COH-01234567"),
        ("SC012345", Register.COMPANY, "GB-COH-SC012345"),
        ("CE012345", Register.COMPANY, "GB-COH-CE012345"),
        ("ni 1234", Register.COMPANY, "GB-COH-NI001234"),
        ("123456", Register.SCHOOL, "GB-EDU-123456"),
        ("URN: 123456", Register.SCHOOL, "GB-EDU-123456"),
        ("BUC", Register.COUNCIL, "GB-LAE-BUC"),
        ("1234567", None, "GB-CHC-1234567"),
        ("01234567", None, "GB-COH-01234567"),
        ("GB-COH-SC012345", None, "GB-COH-SC012345"),
    ],
)
def test_a_number_is_read_however_it_is_typed(typed, register, org_id):
    read = read_number(typed, register)

    assert isinstance(read, Numbered)
    assert read.org_id == org_id


@pytest.mark.parametrize(
    ("typed", "register", "wrong"),
    [
        ("", Register.CHARITY, Wrong.MISSING),
        ("12345", Register.CHARITY, Wrong.CHARITY),
        ("12345678", Register.CHARITY, Wrong.CHARITY),
        ("SC1", Register.CHARITY_SCOTLAND, Wrong.CHARITY_SCOTLAND),
        ("200123", Register.CHARITY_NORTHERN_IRELAND, Wrong.CHARITY_NORTHERN_IRELAND),
        ("ZZ123456", Register.COMPANY, Wrong.COMPANY),
        ("123456789", Register.COMPANY, Wrong.COMPANY),
        ("12345", Register.SCHOOL, Wrong.SCHOOL),
        ("E05000001", Register.PARISH, Wrong.PARISH),
        ("SC012345", None, Wrong.WHICH),
        ("hello", None, Wrong.WHICH),
        ("GB-COH-01234567", Register.CHARITY, Wrong.WHICH),
        ("1234567", Register.NONE, Wrong.NOT_EXPECTED),
        ("9" * 5000, Register.CHARITY, Wrong.CHARITY),
        ("١٢٣٤٥٦٧", Register.CHARITY, Wrong.CHARITY),
    ],
)
def test_a_wrong_number_is_told_apart(typed, register, wrong):
    assert read_number(typed, register) == wrong


def test_a_parish_council_has_the_code_of_its_parish():
    assert read_number("E04001452", Register.PARISH) == Numbered(Register.PARISH, gss_code="E04001452")
    assert read_number("e04001452") == Numbered(Register.PARISH, gss_code="E04001452")


@given(st.text(max_size=40), st.sampled_from([None, *Register]))
def test_whatever_is_typed_gives_an_identifier_that_can_be_kept_or_a_sentence(typed, register):
    read = read_number(typed, register)

    if isinstance(read, Numbered) and read.org_id:
        assert re.fullmatch(r"[A-Z]{2}-[A-Z]+-[A-Z0-9]+", read.org_id)
        assert read_number(read.org_id, read.register) == read  # reading it again changes nothing
    else:
        assert isinstance(read, Numbered | Wrong)


def test_every_register_we_write_is_on_the_public_list():
    path = SHARED / "standards" / "orgid" / "org_id_lists.csv"
    if not path.exists():
        pytest.skip("The list of registers is not here.")
    with path.open() as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    assert {prefix.rstrip("-") for prefix in FULL} <= codes


def test_every_council_of_england_is_read_as_its_own_identifier():
    path = SHARED / "data" / "geo" / "uk_council_orgid_to_gss.csv"
    if not path.exists():
        pytest.skip("The list of councils is not here.")
    with path.open() as file:
        listed = [row["org_id"] for row in csv.DictReader(file) if row["org_id"].startswith("GB-LAE-")]
    wrong = [org_id for org_id in listed if read_number(org_id) != Numbered(Register.COUNCIL, org_id)]
    assert listed
    assert wrong == []


def test_names_are_compared_as_their_writers_would_agree():
    assert place_name("Fenny Hale Parish Council") == place_name("fenny hale") == "fenny hale"
    assert same_letters("Café & Friends") == same_letters("cafe and friends")


@pytest.mark.django_db
def test_groups_with_no_number_never_share_an_identifier(settings):
    settings.ORG_ID_PREFIX = "360G-thornbridge"
    groups = [Organisation.objects.create(name="Gate Allotments") for _ in range(50)]

    assert len({group.identifier for group in groups}) == 50
    assert len({group.slug for group in groups}) == 50
    assert all(group.identifier.startswith("360G-thornbridge-") for group in groups)
