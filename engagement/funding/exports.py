"""The grants as files anyone may take: 360Giving JSON, CSV and XLSX, and the Transparency Code's list.

Read a few hundred at a time and written as they are read, so that a hundred thousand awards take
no more memory than ten. No person is in any of them: not the lead, not an officer, no contact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.db.models import Max, Prefetch, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from boards.places.models import Area, Board
from engagement.evidence.models import Need
from engagement.funding.models import Award
from engagement.funding.models.awards import can_be_read
from engagement.funding.rules import threesixty
from engagement.funding.rules.threesixty import Cause, Grant, Place, Publisher
from engagement.rules import tables
from engagement.rules.tables import inert, pounds

CHUNK = 400


def publisher() -> Publisher:
    """Give the council as the standard names it, from the settings."""
    return Publisher(settings.COUNCIL_NAME, settings.GRANTS_PREFIX, settings.COUNCIL_ORG_ID, settings.SITE_URL)


def awards(board: Board | None) -> QuerySet[Award]:
    """Give every award that stands, in the order in which they were made."""
    found = Award.objects.standing().filter(proposal__round__activity__is_draft=False)
    if board is not None:
        found = found.filter(proposal__round__activity__board=board)
    return found


def grants(board: Board | None) -> Iterator[Grant]:
    """Give what leaves of each award, read in chunks."""
    found = (
        awards(board)
        .select_related(
            "proposal__round__activity__board", "proposal__round__stream", "proposal__organisation", "stream"
        )
        .prefetch_related(
            Prefetch("areas", Area.objects.without_shapes().order_by("code")),
            Prefetch("proposal__needs", Need.objects.select_related("theme", "board").order_by("pk")),
        )
        .order_by("pk")
    )
    return (grant_of(award) for award in found.iterator(chunk_size=CHUNK))


def grant_of(award: Award) -> Grant:
    """Give one award as plain values. Words that were taken down are not among them; the money is."""
    proposal, shown = award.proposal, can_be_read(award.proposal)
    board = proposal.round.activity.board
    organisation = proposal.organisation
    name = organisation.name if organisation else proposal.group if shown else _("Name not shown")
    key = f"{organisation.pk}" if organisation else f"{board.slug}-{slugify(proposal.group) or proposal.pk}"
    return Grant(
        number=award.pk,
        title=proposal.title if shown else _("Title not shown"),
        description=award.purpose_now if shown else _("These words were taken down."),
        group=name,
        group_key=key if organisation or shown else f"{board.slug}-{award.pk}",
        org_id=(organisation.org_id if organisation else "") or proposal.org_id,
        asked_pence=proposal.cost_pence,
        amount_pence=award.amount_pence,
        paid_pence=award.paid_pence,
        awarded_on=timezone.localdate(award.awarded_at),
        starts_on=award.starts_on,
        ends_on=award.ends_on,
        # The address of a proposal holds words of its title.
        url=settings.SITE_URL + (proposal if shown else proposal.round).get_absolute_url(),
        board=board.name,
        board_slug=board.slug,
        stream=award.stream.name,
        stream_code=f"{board.slug}-{slugify(award.stream.name) or award.stream_id}",
        changed=moment(award.changed_at),
        places=tuple(Place(area.name, area.code, area.kind) for area in award.areas.all()),
        needs=tuple(
            Cause(
                f"{need.board.slug}/{need.slug}",
                need.title,
                need.theme.code if need.theme else "",
                need.theme.label if need.theme else "",
            )
            for need in proposal.needs.all()
        ),
    )


def grant_number(council: Publisher, award: Award) -> str:
    """Give the id of an award as the files have it, without reading more of it."""
    return threesixty.id_of(council, award.pk)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def title_of(board: Board | None) -> str:
    council = publisher().name
    if board is None:
        return _("%(council)s: community board grants") % {"council": council}
    return _("%(council)s: grants of the community board %(board)s") % {"council": council, "board": board.name}


def address_of(name: str, board: Board | None) -> str:
    return f"{settings.SITE_URL}/data/{name}" + (f"?board={board.slug}" if board else "")


def last_change(board: Board | None) -> datetime:
    return awards(board).aggregate(last=Max("changed_at"))["last"] or datetime(2000, 1, 1, tzinfo=UTC)


# --- the files ---------------------------------------------------------------------------------


def as_json(board: Board | None) -> Iterator[str]:
    """Give the package piece by piece. The same grants give the same bytes."""
    council = publisher()
    address = address_of("grants.json", board)
    head = threesixty.package_head(
        council,
        title=title_of(board),
        description=_("Grants that the community boards awarded after a public count. No personal data."),
        address=address,
        page=f"{settings.SITE_URL}/data/grants/",
        modified=moment(last_change(board)),
    )
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "grants": ['
    before = "\n"
    for grant in grants(board):
        yield before + json.dumps(threesixty.as_json(grant, council, data_source=address), ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def csv_lines(headings: Iterable[str], lines: Iterable[Iterable[tuple[Any, bool]]]) -> Iterator[str]:
    """Give a CSV in which what people wrote can start no formula; everything else is as it is."""
    cells = ([as_cell(value, written=written) for value, written in line] for line in lines)
    return tables.csv_lines(chain([headings], cells))


def as_cell(value: Any, *, written: bool) -> str:
    if value is None:
        return ""
    return inert(str(value)) if written else str(value)


def as_csv(board: Board | None) -> Iterator[str]:
    council, address = publisher(), address_of("grants.csv", board)
    return csv_lines(
        threesixty.HEADINGS,
        (threesixty.line(threesixty.as_json(grant, council, data_source=address)) for grant in grants(board)),
    )


def transparency(board: Board | None) -> Iterator[str]:
    council = publisher()
    return csv_lines(
        threesixty.TRANSPARENCY_HEADINGS,
        (threesixty.transparency_line(grant, council, amount=pounds(grant.amount_pence)) for grant in grants(board)),
    )


def as_xlsx(board: Board | None) -> IO[bytes]:
    """Give the spreadsheet as a file on disk that goes when it is closed. A cell is text or a number, never a formula."""
    council, address = publisher(), address_of("grants.xlsx", board)
    file = TemporaryFile()  # noqa: SIM115  # the answer closes it when it has been sent
    book = Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sheet = book.add_worksheet("grants")
    for column, heading in enumerate(threesixty.HEADINGS):
        sheet.write_string(0, column, heading)
    for row, grant in enumerate(grants(board), 1):
        for column, (value, _written) in enumerate(
            threesixty.line(threesixty.as_json(grant, council, data_source=address))
        ):
            if isinstance(value, int | float):
                sheet.write_number(row, column, value)
            elif value is not None:
                sheet.write_string(row, column, value)
    about = book.add_worksheet("Meta")
    for row, (name, value) in enumerate(
        (
            ("Title", title_of(board)),
            ("Publisher:Name", council.name),
            ("Publisher:Identifier", council.org_id or council.prefix),
            ("License", threesixty.LICENCE),
            ("License Name", threesixty.LICENCE_NAME),
            ("Modified", moment(last_change(board))),
            ("Version", threesixty.VERSION),
        )
    ):
        about.write_string(row, 0, name)
        about.write_string(row, 1, value)
    book.close()
    file.seek(0)
    return file


TEXT_FILES: dict[str, tuple[Callable[[Board | None], Iterator[str]], str]] = {
    "grants.json": (as_json, "application/json"),
    "grants.csv": (as_csv, "text/csv"),
    "grants-transparency.csv": (transparency, "text/csv"),
}
