"""Officers with their roles, residents with their standing, and a crowd that votes and backs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from boards.people.actions.roles import give_role
from boards.people.models import Organisation, Person, Role, Standing
from boards.places.models import Board, Postcode
from engagement.funding.actions.pipeline import name_funder
from moothall.demo.loader.reading import BoardFile

SINCE = timedelta(days=700)
STAFF = "staff@thornbridge.example"
KINDS = {
    "charity": Organisation.Kind.CHARITY,
    "grant maker": Organisation.Kind.CHARITY,
    "school association": Organisation.Kind.CHARITY,
    "community benefit society": Organisation.Kind.COMPANY,
    "community interest company": Organisation.Kind.COMPANY,
    "community group": Organisation.Kind.INFORMAL,
    "sports club": Organisation.Kind.INFORMAL,
}


@dataclass(frozen=True)
class Cast:
    """Who acts on a board. The crowd cannot sign in: nobody is behind its addresses."""

    coordinator: Person
    staff: Person
    organisations: dict[str, Organisation]
    crowd: list[Person]


def load_council(council: dict[str, Any], *, now: datetime) -> None:
    """Make the officers of the whole council, the funder and the residents."""
    since = timezone.localdate(now) - SINCE
    organisations = {each["slug"]: organisation(each) for each in council["organisations"]}
    for each in council["organisations"]:
        if each.get("funds"):
            name_funder(organisation=organisations[each["slug"]], by=None, on=since)
    for each in council["officers"]:
        give_role(
            person=person(each), kind=each["role"].replace("-", "_"), board=None, by=None, since=since,
            organisation=organisations.get(each.get("organisation", "")),
        )  # fmt: skip
    postcodes = Postcode.objects.select_related("ward").in_bulk([each["postcode"] for each in council["residents"]])
    boards = {area: board for board in Board.objects.all() for area in board.areas.values_list("pk", flat=True)}
    for each in council["residents"]:
        ward = postcodes[each["postcode"]].ward
        Standing.objects.get_or_create(
            person=person(each), board=boards[ward.pk],
            defaults={"area": ward, "reason": Standing.Reason.LIVES, "since": since},
        )  # fmt: skip


def load_board(file: BoardFile, board: Board, *, now: datetime) -> Cast:
    if board.strapline != file["board"]["strapline"]:
        board.strapline = file["board"]["strapline"]
        board.save(update_fields=["strapline"])
    organisations = {each["slug"]: organisation(each) for each in file["organisations"]}
    coordinator: Person | None = None
    for each in file["people"]:
        who = person(each)
        give_role(
            person=who, kind=each["role"], board=board, by=None, since=timezone.localdate(now) - SINCE,
            organisation=organisations.get(each.get("organisation", "")),
        )  # fmt: skip
        if each["role"] == Role.Kind.COORDINATOR:
            coordinator = who
    if coordinator is None:
        raise ValueError(f"{file.name} has no coordinator.")
    crowd = make_crowd(board, size=crowd_needed(file), now=now)
    return Cast(coordinator, Person.objects.get(email=STAFF), organisations, crowd)


def crowd_needed(file: BoardFile) -> int:
    """Give how many different people voted on the web or backed one idea."""
    ballots = file["round"].get("ballots", {}).get("web", 0)
    return max([ballots, *(item["backers"] for item in file["ideas"]["items"])])


def make_crowd(board: Board, *, size: int, now: datetime) -> list[Person]:
    nobody = make_password(None)
    crowd = Person.objects.bulk_create(
        [
            Person(email=f"{board.slug}-{n}@crowd.thornbridge.example", password=nobody, is_active=False)
            for n in range(1, size + 1)
        ],
        batch_size=500,
    )
    wards = list(board.areas.wards())
    Standing.objects.bulk_create(
        [
            Standing(person=each, board=board, area=wards[n % len(wards)], reason=Standing.Reason.LIVES)
            for n, each in enumerate(crowd)
        ],
        batch_size=500,
    )
    return crowd


def person(each: dict[str, Any]) -> Person:
    """Give the person of an entry. They sign in by a code sent to the address."""
    who = Person.objects.known_by(each["email"])
    if who.display_name != each["name"]:
        who.display_name = each["name"]
        who.save(update_fields=["display_name"])
    return who


def organisation(each: dict[str, Any]) -> Organisation:
    kind = KINDS[each["kind"]]
    if kind == Organisation.Kind.INFORMAL:  # on no register, so it has no number
        return Organisation.objects.get_or_create(name=each["name"], kind=kind)[0]
    return Organisation.objects.get_or_create(org_id=each["org_id"], defaults={"name": each["name"], "kind": kind})[0]
