"""A grant in the 360Giving Data Standard, 1.4: as JSON and as a line of a spreadsheet.

Source: ThreeSixtyGiving/standard, release 1.4.3, `360-giving-schema.json`; the headings are its
titles. The list of fields is kept here, so that what leaves is what is written down and nothing
else: no contact, no address, no postcode (a small group's is often someone's home).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

VERSION = "1.4"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
LICENCE_NAME = "Open Government Licence v3.0"
COUNTRY = "GB"
LOCAL_AREA = "GLS060"
GEO_CODE_TYPES = {"ward": "WD", "parish": "PAR", "lsoa": "LSOA", "msoa": "MSOA"}
MOST_PLACES, MOST_NEEDS = 5, 6
"""A spreadsheet's columns are fixed before its first line. The JSON holds every place and need."""


@dataclass(frozen=True)
class Publisher:
    """The council: its name, its prefix with 360Giving, its org-id."""

    name: str
    prefix: str
    org_id: str
    website: str


@dataclass(frozen=True)
class Place:
    name: str
    code: str
    kind: str


@dataclass(frozen=True)
class Cause:
    """A need the grant answers."""

    code: str
    title: str
    theme_code: str = ""
    theme: str = ""


@dataclass(frozen=True)
class Grant:
    """What leaves of one award. Money in pence."""

    number: int
    title: str
    description: str
    group: str
    group_key: str
    org_id: str
    asked_pence: int
    amount_pence: int
    paid_pence: int
    awarded_on: date
    starts_on: date | None
    ends_on: date | None
    url: str
    board: str
    board_slug: str
    stream: str
    stream_code: str
    changed: str
    places: tuple[Place, ...] = ()
    needs: tuple[Cause, ...] = ()


ORG_ID = re.compile(
    r"GB-(CHC-\d{6,7}(-\d{1,3})?|COH-([0-9]{8}|[A-Z]{2}[0-9]{6})|SC-SC\d{6}|NIC-\d{6}|EDU-\d{6}"
    r"|LAE-[A-Z]{3}|LAS-[A-Z]{3}|PLA-[A-Z]{3}|MPR-[A-Z0-9]+|GOR-[A-Z0-9]+|NHS-[A-Z0-9]+|UKPRN-\d{8}|GOV-\w+)\Z"
)
"""The registers of org-id.guide that small groups here come from, each with the shape of its numbers."""


def grant_id(publisher: Publisher, grant: Grant) -> str:
    return id_of(publisher, grant.number)


def id_of(publisher: Publisher, number: int) -> str:
    """Prefix, then a number that never changes: the id of a grant is for ever."""
    return f"{publisher.prefix}-grant-{number:06d}"


def recipient_id(publisher: Publisher, grant: Grant) -> str:
    """The group's number in a public register; without one, a local id under the publisher's prefix."""
    return grant.org_id if ORG_ID.match(grant.org_id) else f"{publisher.prefix}-org-{grant.group_key}"


def pounds_as_number(pence: int) -> int | float:
    """JSON knows numbers only: whole pounds as an integer, else with its two places. Exact for every sum of money."""
    return pence // 100 if pence % 100 == 0 else pence / 100


def months(starts_on: date, ends_on: date) -> int | None:
    """Whole months from the first day to the last, both of them in; None where it is not whole."""
    whole = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
    after = date.fromordinal(ends_on.toordinal() + 1)
    if after.day == starts_on.day:
        return (after.year - starts_on.year) * 12 + after.month - starts_on.month or None
    return whole if after.day == 1 and starts_on.day == 1 and whole else None


def as_json(grant: Grant, publisher: Publisher, *, data_source: str) -> dict[str, Any]:
    """Give one grant as the standard has it. A field that is not known is left out, never empty."""
    number = grant.org_id if ORG_ID.match(grant.org_id) else ""
    recipient: dict[str, Any] = {"id": recipient_id(publisher, grant), "name": grant.group}
    if number.startswith("GB-CHC-"):
        recipient["charityNumber"] = number.removeprefix("GB-CHC-")
    if number.startswith("GB-COH-"):
        recipient["companyNumber"] = number.removeprefix("GB-COH-")
    found: dict[str, Any] = {
        "id": grant_id(publisher, grant),
        "title": grant.title,
        "description": grant.description,
        "currency": "GBP",
        "amountAppliedFor": pounds_as_number(grant.asked_pence),
        "amountAwarded": pounds_as_number(grant.amount_pence),
        "amountDisbursed": pounds_as_number(grant.paid_pence),
        "awardDate": grant.awarded_on.isoformat(),
        "url": grant.url,
        "recipientOrganization": [recipient],
        "fundingOrganization": [
            {"id": publisher.org_id or publisher.prefix, "name": publisher.name, "department": grant.board}
        ],
        "grantProgramme": [{"code": grant.stream_code, "title": grant.stream}],
        "fromOpenCall": "Yes",
        "locationScope": LOCAL_AREA,
        "dateModified": grant.changed,
        "dataSource": data_source,
    }
    if planned := planned_dates(grant):
        found["plannedDates"] = [planned]
    found["beneficiaryLocation"] = [place_as_json(place) for place in grant.places] or [
        {"name": grant.board, "countryCode": COUNTRY}
    ]
    if causes := list(classifications(grant, publisher)):
        found["classifications"] = causes
    return found


def planned_dates(grant: Grant) -> dict[str, Any]:
    planned: dict[str, Any] = {}
    if grant.starts_on:
        planned["startDate"] = grant.starts_on.isoformat()
    if grant.ends_on:
        planned["endDate"] = grant.ends_on.isoformat()
    if grant.starts_on and grant.ends_on and (whole := months(grant.starts_on, grant.ends_on)):
        planned["duration"] = whole
    return planned


def place_as_json(place: Place) -> dict[str, str]:
    found = {"name": place.name, "countryCode": COUNTRY}
    if place.kind in GEO_CODE_TYPES:
        found |= {"geoCode": place.code, "geoCodeType": GEO_CODE_TYPES[place.kind]}
    return found


def classifications(grant: Grant, publisher: Publisher) -> Iterator[dict[str, str]]:
    seen = set()
    for need in grant.needs:
        yield {"vocabulary": f"{publisher.name}: needs", "code": need.code, "title": need.title}
        if need.theme_code and need.theme_code not in seen:
            seen.add(need.theme_code)
            yield {"vocabulary": f"{publisher.name}: themes", "code": need.theme_code, "title": need.theme}


def package_head(publisher: Publisher, *, title: str, description: str, address: str, page: str, modified: str) -> dict:  # type: ignore[type-arg]
    """Give the package around the grants, without them."""
    return {
        "version": VERSION,
        "title": title,
        "description": description,
        "issued": modified[:10],
        "modified": modified,
        "identifier": f"{publisher.prefix}-grants",
        "publisher": {
            "identifier": publisher.org_id or publisher.prefix,
            "name": publisher.name,
            "website": publisher.website,
        },
        "license": LICENCE,
        "licenseName": LICENCE_NAME,
        "downloadURL": address,
        "accessURL": page,
    }


# --- the spreadsheet ---------------------------------------------------------------------------

Path = tuple[str | int, ...]


def _columns() -> Iterator[tuple[str, Path, bool]]:
    """Heading, where it stands in the JSON, and whether people wrote it."""
    yield from (
        ("Identifier", ("id",), False),
        ("Title", ("title",), True),
        ("Description", ("description",), True),
        ("Currency", ("currency",), False),
        ("Amount Applied For", ("amountAppliedFor",), False),
        ("Amount Awarded", ("amountAwarded",), False),
        ("Amount Disbursed", ("amountDisbursed",), False),
        ("Award Date", ("awardDate",), False),
        ("URL", ("url",), False),
        ("Planned Dates:Start Date", ("plannedDates", 0, "startDate"), False),
        ("Planned Dates:End Date", ("plannedDates", 0, "endDate"), False),
        ("Planned Dates:Duration (months)", ("plannedDates", 0, "duration"), False),
        ("Recipient Org:Identifier", ("recipientOrganization", 0, "id"), False),
        ("Recipient Org:Name", ("recipientOrganization", 0, "name"), True),
        ("Recipient Org:Charity Number", ("recipientOrganization", 0, "charityNumber"), False),
        ("Recipient Org:Company Number", ("recipientOrganization", 0, "companyNumber"), False),
        ("Funding Org:Identifier", ("fundingOrganization", 0, "id"), False),
        ("Funding Org:Name", ("fundingOrganization", 0, "name"), True),
        ("Funding Org:Department", ("fundingOrganization", 0, "department"), True),
        ("Grant Programme:Code", ("grantProgramme", 0, "code"), False),
        ("Grant Programme:Title", ("grantProgramme", 0, "title"), True),
        ("From An Open Call?", ("fromOpenCall",), False),
        ("Location Scope", ("locationScope",), False),
    )
    for number in range(MOST_PLACES):
        at = f"Beneficiary Location:{number}:"
        yield at + "Name", ("beneficiaryLocation", number, "name"), True
        yield at + "Geographic Code", ("beneficiaryLocation", number, "geoCode"), False
        yield at + "Geographic Code Type", ("beneficiaryLocation", number, "geoCodeType"), False
        yield at + "Country Code", ("beneficiaryLocation", number, "countryCode"), False
    for number in range(MOST_NEEDS):
        at = f"Classifications:{number}:"
        yield at + "Vocabulary", ("classifications", number, "vocabulary"), True
        yield at + "Code", ("classifications", number, "code"), False
        yield at + "Title", ("classifications", number, "title"), True
    yield "Last Modified", ("dateModified",), False
    yield "Data Source", ("dataSource",), False


COLUMNS: tuple[tuple[str, Path, bool], ...] = tuple(_columns())
HEADINGS: tuple[str, ...] = tuple(heading for heading, _path, _written in COLUMNS)


def at(found: Mapping[str, Any], path: Path) -> Any:
    """Give what stands at a path of a grant, or None."""
    here: Any = found
    for step in path:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list) and step < len(here) else None
        else:
            here = here.get(step) if isinstance(here, dict) else None
        if here is None:
            return None
    return here


def line(found: Mapping[str, Any]) -> list[tuple[Any, bool]]:
    """Give a grant's cells in the order of HEADINGS: the value or None, and whether people wrote it."""
    return [(at(found, path), written) for _heading, path, written in COLUMNS]


# --- the Transparency Code ---------------------------------------------------------------------

TRANSPARENCY_HEADINGS: tuple[str, ...] = (
    "Date awarded",
    "Start of the time period",
    "End of the time period",
    "Department",
    "Beneficiary",
    "Beneficiary registration number",
    "Purpose",
    "Amount",
    "Grant identifier",
)
"""Source: Local Government Transparency Code 2015, paragraphs 42 and 43: grants to voluntary, community and social
enterprise organisations."""


def transparency_line(grant: Grant, publisher: Publisher, *, amount: str) -> list[tuple[str, bool]]:
    return [
        (grant.awarded_on.isoformat(), False),
        (grant.starts_on.isoformat() if grant.starts_on else "", False),
        (grant.ends_on.isoformat() if grant.ends_on else "", False),
        (grant.board, True),
        (grant.group, True),
        (grant.org_id if ORG_ID.match(grant.org_id) else "", False),
        (grant.description, True),
        (amount, False),
        (grant_id(publisher, grant), False),
    ]
