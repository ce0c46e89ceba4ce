"""The grants as data: valid, whole, without a person, and inert in every spreadsheet."""

from __future__ import annotations

import csv
import gc
import io
import json
import tracemalloc
import zipfile
from datetime import datetime
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.people.models import Organisation, Person
from engagement.evidence.models import Theme
from engagement.funding import exports
from engagement.funding.actions import money, offers
from engagement.funding.actions.awards import award_round
from engagement.funding.models import Award, FundingRound, Proposal
from engagement.funding.rules import threesixty
from engagement.moderation.models import Moderated
from engagement.rules.tables import STARTS_A_FORMULA, inert, pounds
from tests.conftest import SHARED
from tests.factories import make_area, make_need, make_person
from tests.funding.factories import AFTER, make_counted, make_money, make_round, make_vote

pytestmark = pytest.mark.django_db
STANDARD = SHARED / "standards"
needs_standard = pytest.mark.skipif(not STANDARD.exists(), reason="The standard's own files are not here.")

MOMENTS = jsonschema.FormatChecker(formats=())


@MOMENTS.checks("date-time", raises=ValueError)
def is_a_moment(value: object) -> bool:
    """RFC 3339: a day, a time and where on earth."""
    return not isinstance(value, str) or ("T" in value and datetime.fromisoformat(value).tzinfo is not None)


@pytest.fixture(autouse=True)
def council(settings):
    settings.COUNCIL_NAME, settings.GRANTS_PREFIX = "Thornbridge District Council", "360G-ThornbridgeDC"
    settings.COUNCIL_ORG_ID, settings.SITE_URL = "GB-LAE-THO", "https://boards.example.org"


@pytest.fixture
def grants(board, coordinator):
    """Two awards: one of a charity, to a ward and a need, with dates; one of a group with no number, awkwardly named."""
    stream = make_money(board, allocated_pence=5000_00, name="Small grants")
    round = make_round(board, costs=(420_50, 300_00), stream=stream)
    need = make_need(board, theme=Theme.objects.create(code="OLD-ACT", label="Clubs for older people"))
    charity = Organisation.objects.create(name="Abbotsmere Association", kind="charity", org_id="GB-CHC-1099999")
    first, second = Proposal.objects.order_by("pk")
    first.organisation, first.place, first.title = charity, " fenny  hale ", "Lunch club"
    first.slug, second.slug, second.summary = "lunch-club", "one-for-rope", "Rope for the seesaw."
    first.lead = make_person("secret.lead@example.org", display_name="Secret Lead")
    first.needs.add(need)
    second.group, second.title = '=HYPERLINK("http://evil.example")', "+1 for swings"
    for proposal in (first, second):
        proposal.save()
    make_vote(round, 1, 2)
    make_counted(round)
    awards = award_round(round=round, words="Board", by=coordinator, now=AFTER)
    offers.offer(
        award=next(each for each in awards if each.amount_pence == 420_50),
        answer_by=AFTER.date(), by=coordinator, now=AFTER,
        starts_on=AFTER.date().replace(day=1, month=12), ends_on=AFTER.date().replace(day=30, month=11, year=2027),
    )  # fmt: skip
    return awards


def read(answer) -> str:
    return b"".join(answer.streaming_content).decode()


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read(answer))))


def package(client, query="") -> dict:
    return json.loads(read(client.get("/data/grants.json" + query)))


# --- rules


@given(st.text(max_size=30))
def test_no_words_start_a_formula_and_no_words_are_lost(words):
    out = inert(words)

    assert not out.startswith(STARTS_A_FORMULA) or out == ""
    assert out in (words, "'" + words)


@given(st.integers(-(10**12), 10**12))
def test_pounds_for_machines_are_exact(pence):
    whole, _, rest = pounds(pence).partition(".")

    assert len(rest) == 2
    assert int(whole.lstrip("-") + rest) * (-1 if pence < 0 else 1) == pence


@given(st.integers(0, 2**31))
def test_a_number_in_json_is_the_sum_to_the_penny(pence):
    found = json.loads(json.dumps(threesixty.pounds_as_number(pence)))

    assert round(found * 100) == pence


# --- 360Giving


@needs_standard
def test_the_package_is_valid_by_the_standards_own_schema(client, grants):
    found = package(client)
    folder = STANDARD / "360giving"
    grant_schema = json.loads((folder / "360-giving-schema.json").read_text())
    package_schema = json.loads((folder / "360-giving-package-schema.json").read_text())
    package_schema["properties"]["grants"]["items"] = {}

    jsonschema.Draft202012Validator(package_schema, format_checker=MOMENTS).validate(found)
    judge = jsonschema.Draft202012Validator(grant_schema, format_checker=MOMENTS)
    for grant in found["grants"]:
        assert [error.message for error in judge.iter_errors(grant)] == []
    with pytest.raises(jsonschema.ValidationError):
        judge.validate({**found["grants"][0], "amountAwarded": "£420"})


@needs_standard
def test_the_package_has_the_shape_of_the_example(client, grants):
    example = json.loads((STANDARD / "examples" / "360giving_package.json").read_text())
    found = package(client)

    assert set(example) <= set(found)
    first = next(grant for grant in found["grants"] if grant["title"] == "Lunch club")
    left_out = {"plannedDates"} - set(first)
    assert set(example["grants"][0]) - set(first) == left_out
    for name in (
        "recipientOrganization",
        "beneficiaryLocation",
        "fundingOrganization",
        "grantProgramme",
        "plannedDates",
    ):
        optional = {"postalCode", "addressLocality", "addressCountry", "location"}
        assert set(example["grants"][0][name][0]) - optional <= set(first[name][0]), name


@needs_standard
def test_every_heading_is_one_of_the_standard_and_stands_for_its_path():
    with (STANDARD / "360giving" / "field_titles.csv").open() as file:
        paths = {row["spreadsheet_title"]: row["json_path"] for row in csv.DictReader(file)}

    for heading, path, _written in threesixty.COLUMNS:
        title = ":".join(part for part in heading.split(":") if not part.isdigit())
        plain = "".join("[]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
        assert paths[title] == plain, heading


@needs_standard
def test_codes_are_of_the_standards_lists(client, grants):
    folder = STANDARD / "360giving" / "codelists"
    codes = {
        name: {row["Code"] for row in csv.DictReader((folder / f"{name}.csv").open())}
        for name in ("geoCodeType", "locationScope", "countryCode", "currency")
    }
    assert set(threesixty.GEO_CODE_TYPES.values()) <= codes["geoCodeType"]
    assert threesixty.LOCAL_AREA in codes["locationScope"]
    assert threesixty.COUNTRY in codes["countryCode"]
    assert "GBP" in codes["currency"]
    with (STANDARD / "orgid" / "org_id_lists.csv").open() as file:
        lists = {row["code"] for row in csv.DictReader(file)}
    for known in ("CHC", "COH", "SC", "NIC", "EDU", "LAE", "LAS", "PLA", "NHS", "UKPRN", "MPR", "GOR"):
        assert f"GB-{known}" in lists, known


def test_a_grant_says_who_gave_what_to_whom_for_what_and_where(client, grants, board):
    found = {grant["title"]: grant for grant in package(client)["grants"]}
    first, second = found["Lunch club"], found["+1 for swings"]

    assert first["id"].startswith("360G-ThornbridgeDC-grant-")
    assert (first["amountAwarded"], first["awardDate"]) == (420.5, "2026-11-30")
    assert first["plannedDates"] == [{"startDate": "2026-12-01", "endDate": "2027-11-30", "duration": 12}]
    assert first["recipientOrganization"] == [
        {"id": "GB-CHC-1099999", "name": "Abbotsmere Association", "charityNumber": "1099999"}
    ]
    ward = board.areas.wards()[0]
    assert first["beneficiaryLocation"] == [
        {"name": "Fenny Hale", "countryCode": "GB", "geoCode": ward.code, "geoCodeType": "WD"}
    ]
    assert first["fundingOrganization"] == [
        {"id": "GB-LAE-THO", "name": "Thornbridge District Council", "department": "Thornbridge Town"}
    ]
    assert [each["code"] for each in first["classifications"]][1] == "OLD-ACT"
    assert second["amountAwarded"] == 300
    assert second["recipientOrganization"][0]["id"].startswith("360G-ThornbridgeDC-org-")
    assert second["beneficiaryLocation"] == [{"name": "Thornbridge Town", "countryCode": "GB"}]
    assert len({grant["id"] for grant in found.values()}) == 2


@pytest.mark.parametrize("typed", ["1099999", "GB-CHC-1099999; DROP", "gb-chc-1", "GB-XXX-1", "my mobile 07700 900000"])
def test_what_someone_typed_as_a_number_goes_out_only_if_it_is_one(client, grants, typed):
    Proposal.objects.update(org_id=typed, organisation=None)

    for grant in package(client)["grants"]:
        assert grant["recipientOrganization"][0]["id"].startswith("360G-ThornbridgeDC-org-")
    assert typed not in read(client.get("/data/grants-transparency.csv"))


def test_words_that_were_taken_down_leave_in_no_file_and_the_money_stays(client, grants):
    Proposal.objects.filter(title="+1 for swings").update(state=Moderated.State.HIDDEN)

    for name in ("grants.json", "grants.csv", "grants-transparency.csv"):
        text = read(client.get(f"/data/{name}"))
        for word in ("+1 for", "rope"):
            assert word not in text.lower()
        assert "HYPERLINK" not in text
        assert "300" in text
    assert b"HYPERLINK" not in sheet_of(client.get("/data/grants.xlsx"))


def test_no_person_is_in_any_file(client, grants, coordinator):
    for name in ("grants.json", "grants.csv", "grants-transparency.csv", "grants.xlsx"):
        answer = client.get(f"/data/{name}")
        raw = b"".join(answer.streaming_content)
        text = sheet_of_bytes(raw) if name.endswith("xlsx") else raw
        for person in Person.objects.all():
            assert person.email.encode() not in text
        assert b"Secret Lead" not in text


# --- files


def sheet_of_bytes(raw: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        return b"".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))


def sheet_of(answer) -> bytes:
    return sheet_of_bytes(b"".join(answer.streaming_content))


def test_no_cell_of_a_csv_runs_and_no_machine_value_is_changed(client, grants):
    for row in rows_of(client.get("/data/grants.csv")):
        assert not any(value.startswith(STARTS_A_FORMULA) for value in row.values())
    second = next(row for row in rows_of(client.get("/data/grants.csv")) if "swings" in row["Title"])
    assert (second["Title"], second["Amount Awarded"], second["Award Date"]) == ("'+1 for swings", "300", "2026-11-30")


def test_the_spreadsheet_holds_text_and_numbers_and_not_one_formula(client, grants):
    answer = client.get("/data/grants.xlsx")
    raw = b"".join(answer.streaming_content)
    assert raw[:4] == b"PK\x03\x04"
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert sheet.findall(f".//{space}f") == []
    words = [cell.text for cell in sheet.iter(f"{space}t")]
    assert words[: len(threesixty.HEADINGS)] == list(threesixty.HEADINGS)
    assert "+1 for swings" in words  # a text cell is inert as it is: nothing is put before it
    assert "420.5" in [cell.text for cell in sheet.iter(f"{space}v")]


def test_the_transparency_list_has_what_the_code_asks(client, grants):
    rows = rows_of(client.get("/data/grants-transparency.csv"))

    first = next(row for row in rows if row["Beneficiary"] == "Abbotsmere Association")
    assert (first["Date awarded"], first["Amount"], first["Department"]) == ("2026-11-30", "420.50", "Thornbridge Town")
    assert (first["Start of the time period"], first["End of the time period"]) == ("2026-12-01", "2027-11-30")
    assert first["Beneficiary registration number"] == "GB-CHC-1099999"


def test_a_board_has_its_own_files_and_an_unknown_one_has_none(client, grants, next_board):
    assert package(client, "?board=mere-and-marsh")["grants"] == []
    assert len(package(client, "?board=thornbridge-town")["grants"]) == 2
    assert "thornbridge-town-grants.csv" in client.get("/data/grants.csv?board=thornbridge-town")["Content-Disposition"]
    for name in ("grants.json", "grants.csv", "grants.xlsx", "grants-transparency.csv", "grants/"):
        for odd in ("nowhere", "%00", "../..", "%ed%a0%80"):
            assert client.get(f"/data/{name}?board={odd}").status_code in (400, 404), (name, odd)


def test_the_same_grants_give_the_same_bytes(client, grants):
    assert read(client.get("/data/grants.json")) == read(client.get("/data/grants.json"))


def test_the_page_says_which_licence(client, grants, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        page = client.get("/data/grants/?board=thornbridge-town").content.decode()

    assert "Open Government Licence" in page
    assert "/data/grants.json?board=thornbridge-town" in page
    assert "2 grants" in page


def test_a_declined_grant_is_no_grant(client, grants, coordinator):
    money_back = next(each for each in grants if each.amount_pence == 420_50)
    offers.decline(award=Award.objects.get(pk=money_back.pk), reason="By letter", by=coordinator, now=AFTER)

    assert [grant["title"] for grant in package(client)["grants"]] == ["+1 for swings"]


@pytest.mark.once
def test_the_last_grants_of_a_file_are_written_with_no_more_held_than_the_first(grants, board, monkeypatch):
    """What each file holds in memory after 500 of 1,600 awards, and after 1,500."""
    round = FundingRound.objects.get()
    stream = make_money(board, allocated_pence=10_000_00)
    made = Proposal.objects.bulk_create(
        Proposal(
            round=round, title=f"Bench {n}", slug=f"bench-{n}", group="Group", summary="A bench. " * 40, cost_pence=100,
            who_benefits="All", reference=f"R{n}", sent_on=AFTER.date(), state="shown", sent_at=AFTER,
        )
        for n in range(1600)
    )  # fmt: skip
    Award.objects.bulk_create(
        Award(proposal=each, stream=stream, amount_pence=100, first_pence=100, awarded_at=AFTER) for each in made
    )
    held, all_of_them = [], exports.grants

    def watched(board):
        for at, grant in enumerate(all_of_them(board)):
            if at in (500, 1500):
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
            yield grant

    monkeypatch.setattr(exports, "grants", watched)
    tracemalloc.start()
    try:
        for make in (exports.as_json, exports.as_csv, lambda board: exports.as_xlsx(board)):
            for _piece in make(None):
                pass
    finally:
        tracemalloc.stop()

    assert len(held) == 6
    grown = [after - before for before, after in zip(held[::2], held[1::2], strict=True)]
    assert max(grown) < 500_000, grown


# --- the ledger and the pot's page


def test_the_ledger_is_public_whole_and_names_no_officer(
    client, grants, board, coordinator, django_assert_max_num_queries
):
    coordinator.display_name = "Olive Officer"
    coordinator.save()
    stream = grants[0].stream
    money.contribute(
        stream=stream, organisation="=Club", amount_pence=10_00, by=coordinator, on=AFTER.date(), words="@home"
    )
    with django_assert_max_num_queries(10):
        page = client.get(f"/boards/{board.slug}/money/ledger/").content.decode()
    table = read(client.get(f"/boards/{board.slug}/money/ledger.csv"))

    for text in (page, table):
        assert "Lunch club" in page
        assert "Olive" not in text
        assert coordinator.email not in text
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["kind"] for row in rows] == ["allocated", "awarded", "awarded", "contributed"]
    assert rows[0]["amount_gbp"] == "5000.00"
    assert (rows[3]["partner"], rows[3]["words"]) == ("'=Club", "'@home")
    assert rows[1]["grant"].startswith("360G-ThornbridgeDC-grant-")
    only = client.get(
        f"/boards/{board.slug}/money/ledger/?kind=contributed&part={stream.pk}&year=2026"
    ).content.decode()
    assert "Lunch club" not in only
    assert "=Club" in only
    assert client.get(f"/boards/{board.slug}/money/?year=1999").status_code == 404


def test_the_picture_of_the_pot_adds_up_in_ten_queries(
    client, grants, board, coordinator, django_assert_max_num_queries
):
    stream = grants[0].stream
    stream.refresh_from_db()
    small = money.make_stream(
        board=board, year_starts_on=stream.pot.year_starts_on, name="Tiny grants", allocated_pence=100_00,
        cap_pence=10_00, within=stream, by=coordinator, on=AFTER.date(),
    )  # fmt: skip
    money.contribute(
        stream=small, organisation="Sailing Club", amount_pence=50_00, by=None, on=AFTER.date(), conditions="For boats",
        received=False,
    )  # fmt: skip
    with django_assert_max_num_queries(10):
        page = client.get(f"/boards/{board.slug}/money/").content.decode()

    for words in (
        "£5,000",
        "Tiny grants",
        "Sailing Club",
        "For boats",
        "£50 is promised",
        "Lunch club" and "Fenny Hale",
    ):
        assert words in page, words
    assert "Of awards that name a need: £420.50 of £720.50" in page
    assert "Of awards that name a ward: £420.50 of £720.50" in page


def test_an_award_for_two_wards_is_shared_to_the_penny(client, grants, board):
    award = next(each for each in grants if each.amount_pence == 420_50)
    award.areas.add(make_area("Dunmarsh"), make_area("Mill End"))

    page = client.get(f"/boards/{board.slug}/money/").content.decode()

    assert (page.count("£140.17"), page.count("£140.16")) == (2, 1)


def test_a_board_without_money_says_so(client, next_board):
    for address in ("money/", "money/ledger/"):
        assert "No money yet" in client.get(f"/boards/{next_board.slug}/{address}").content.decode()
    assert client.get(f"/boards/{next_board.slug}/money/ledger.csv").status_code == 404


def test_a_hidden_proposals_words_are_not_in_the_ledger(client, grants, board):
    Proposal.objects.update(state=Moderated.State.HIDDEN)

    for address in ("money/ledger/", "money/ledger.csv", "funding/"):
        answer = client.get(f"/boards/{board.slug}/{address}")
        text = read(answer) if answer.streaming else answer.content.decode()
        assert "Lunch club" not in text
        assert "swings" not in text
