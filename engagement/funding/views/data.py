"""The grants to take away: what there is, under which licence, and the files."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from boards.people.permissions import open_to_all
from boards.places.models import Board
from engagement.funding import exports
from engagement.funding.rules import threesixty

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def the_board(request: HttpRequest) -> Board | None:
    """Give the board of ?board=slug, or None for the whole council."""
    slug = request.GET.get("board", "")
    if not slug:
        return None
    board = Board.objects.filter(slug=slug).first() if slug.isascii() and slug.isprintable() else None
    if board is None:
        raise Http404
    return board


@open_to_all
def grants(request: HttpRequest) -> HttpResponse:
    """What the files hold and do not, for the whole council and for each board."""
    board = the_board(request)
    return TemplateResponse(
        request,
        "funding/data.html",
        {
            "board": board,
            "query": f"?board={board.slug}" if board else "",
            "boards": Board.objects.order_by("name"),
            "awards": exports.awards(board).count(),
            "publisher": exports.publisher(),
            "licence": threesixty.LICENCE,
            "licence_name": threesixty.LICENCE_NAME,
            "version": threesixty.VERSION,
            "crumbs": [(_("Home"), "/"), (_("Grants as data"), "")],
        },
    )


def named(response: HttpResponse | StreamingHttpResponse, board: Board | None, name: str) -> None:
    before = f"{board.slug}-" if board else ""
    response["Content-Disposition"] = f'attachment; filename="{before}{name}"'


def text(request: HttpRequest, name: str) -> StreamingHttpResponse:
    board = the_board(request)
    make, kind = exports.TEXT_FILES[name]
    response = StreamingHttpResponse(make(board), content_type=f"{kind}; charset=utf-8")
    named(response, board, name)
    return response


@open_to_all
def grants_json(request: HttpRequest) -> StreamingHttpResponse:
    """Every grant in the 360Giving Data Standard."""
    return text(request, "grants.json")


@open_to_all
def grants_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same as a table."""
    return text(request, "grants.csv")


@open_to_all
def transparency_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list of grants that the Local Government Transparency Code asks for."""
    return text(request, "grants-transparency.csv")


@open_to_all
def grants_xlsx(request: HttpRequest) -> FileResponse:
    """The same as a spreadsheet."""
    board = the_board(request)
    response = FileResponse(exports.as_xlsx(board), content_type=XLSX)
    named(response, board, "grants.xlsx")
    return response
