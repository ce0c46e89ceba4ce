"""No odd value in any field, question, address or body breaks a page (PROMISES 14).

Every form that each person can reach is found by walking the site (tests/explorer.py), so a new
one is tried without being named here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from zlib import crc32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import Resolver404, resolve

from tests.explorer import EACH_VIEW, Form, Seen, forms_of, is_html, read, shape, view_of, walk
from tests.funding.factories import dates_around, make_round
from tests.town import Town, make_town

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WHO = {"anonymous": "/", "resident": "/", "administrator": "/desk/"}
"""Who tries the forms, and below which address: the desk's are tried by whoever meets most of them."""
WAGTAILS = tuple(
    f"/desk/{part}/"
    for part in (
        "pages", "images", "documents", "reports", "users", "groups", "sites", "redirects", "searchpicks", "workflows",
        "collections", "locales", "account", "choose-page", "choose-external-link", "choose-email-link", "tag-autocomplete",
        "api", "editors", "bulk", "snippets", "styleguide", "password_reset", "login", "jsi18n", "sprite", "upgrade",
    )
)  # fmt: skip
"""Screens that are Wagtail's own, tried by its own tests; who may enter them is tried in tests/desk."""
SLOW = 2.0
"""Seconds of this process's own work: other tests share the machine."""
MEGABYTE = "x" * 1_000_000
DIGITS = "9" * 5_000
LONE = "\ud800"
NUL = "a\x00b"

EVERYWHERE = [
    NUL, LONE, DIGITS, "-" + DIGITS, "9" * 25, "-1", "1e400", "NaN", "٣", "\u202e\u200b\ufeff", "   ", '"', "'\"%(<>)s{}",
    "0000-00-00", "9999-12-31T23:59", "10000-01-01", "31/02/2027", "\U0001f4a9" * 300, "[" * 3000, "{}", "None", "on", "__class__", "../..", "//elsewhere.example", "=1+1",
]  # fmt: skip
"""Put in every field of a form at once, and in each question of a page."""
ALONE = [NUL, LONE, DIGITS, "\u202e", "", "10000-01-01"]
"""Put in one field at a time by turns, with something likely in the rest."""


@pytest.fixture
def town(db, settings, tmp_path) -> Town:
    settings.VAR = tmp_path
    made = make_town()
    make_round(made.board, title="Summer grants", **dates_around(datetime.now(UTC), "proposals"))
    return made


class Visitor:
    """Someone who asks odd things. What they change is put back; what goes wrong is kept."""

    def __init__(self, town: Town, who: str) -> None:
        self.client = Client(raise_request_exception=False)
        if person := town.people[who]:
            self.client.force_login(person)
        self.who = who
        self.wrong: list[str] = []
        self.asked = 0

    def ask(self, what: str, method: str, address: str, *args: Any, **kwargs: Any) -> Any:
        self.asked += 1
        answer, took = self.timed(method, address, *args, **kwargs)
        if took > SLOW:  # or the machine stood still for a moment: only what is slow twice is slow
            answer, took = self.timed(method, address, *args, **kwargs)
        if answer.status_code >= 500:
            fault = answer.exc_info[1] if getattr(answer, "exc_info", None) else ""
            self.wrong.append(f"{answer.status_code} as {self.who}: {what} {str(fault)[:120]!r}")
        if took > SLOW:
            self.wrong.append(f"{took:.1f} s as {self.who}: {what}")
        if is_html(answer) and b"Traceback (most recent call last)" in answer.content:
            self.wrong.append(f"a trace as {self.who}: {what}")
        return answer

    def timed(self, method: str, address: str, *args: Any, **kwargs: Any) -> tuple[Any, float]:
        """Ask, put back what it changed, and give the answer with the seconds of this process's work."""
        cookies = self.client.cookies.copy()
        for body in (*args, *kwargs.values()):
            rewind(body)
        began = time.process_time()
        with transaction.atomic():
            try:
                answer = getattr(self.client, method)(address, *args, **kwargs)
            finally:
                transaction.set_rollback(True)
        took = time.process_time() - began
        self.client.cookies = cookies
        return answer, took

    def send(self, what: str, form: Form, fields: dict[str, list[Any]]) -> Any:
        if form.method == "get":
            query = QueryDict(mutable=True)
            for name, values in fields.items():
                query.setlist(name, [value if isinstance(value, str) else "file" for value in values])
            address = urlsplit(form.action).path + "?" + encoded(query)
            return self.ask(what, "get", address[:100_000])
        return self.ask(
            what, "post", form.action, {name: [plain(v) for v in values] for name, values in fields.items()}
        )


def rewind(body: Any) -> None:
    """Let the files of a body be read from their beginning."""
    for values in body.values() if isinstance(body, dict) else ():
        for value in values if isinstance(values, list) else ():
            if isinstance(value, SimpleUploadedFile):
                value.seek(0)


def is_tried(path: str, who: str) -> bool:
    return path.startswith(WHO[who]) and not path.startswith(WAGTAILS)


def plain(value: Any) -> Any:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def encoded(query: QueryDict) -> str:
    return "&".join(
        f"{quote(name)}={quote(value.encode('utf-8', 'surrogatepass'))}"
        for name, values in query.lists()
        for value in values
    )


def some_of(values: list[Any], where: str, many: int = 2) -> list[Any]:
    """Give some of the values, others in each place and the same each time: all are tried somewhere, none everywhere."""
    first = crc32(where.encode())
    return [values[(first + at * 3) % len(values)] for at in range(many)]


def odd_ways(form: Form) -> Iterator[tuple[str, dict[str, list[Any]]]]:
    """Give ways to send a form that no page of ours sends it in."""
    likely = form.filled()
    yield "as it stands", likely
    yield "empty", {}
    for value in some_of(EVERYWHERE, form.action):
        yield f"{value[:12]!r} everywhere", {name: [value] for name in form.names if name != "csrfmiddlewaretoken"}
    for at, name in enumerate(form.names):
        if name == "csrfmiddlewaretoken":
            continue
        rest = {other: values for other, values in likely.items() if other != name}
        # Every other field is left for the next form of the same kind: all ways are tried in every form of any length.
        if (at + len(form.action)) % 2:
            odd = ALONE[(at + len(form.action)) // 2 % len(ALONE)]
            yield f"{name} {odd[:12]!r}", {**rest, name: [odd]}
            continue
        # One of these for each field by turns: all are tried in every form of any length.
        turn = (at + crc32(form.action.encode())) % 4
        if turn == 0:
            yield f"no {name}", rest
        elif turn == 1:
            yield f"{name} a megabyte", {**rest, name: [MEGABYTE if form.method == "post" else "x" * 50_000]}
        elif turn == 2:
            yield f"{name} twice", {**rest, name: [*likely.get(name, ["x"]), "y"]}
        elif form.method == "post":
            page = SimpleUploadedFile("a\u202eb<i>.html", b"\x00<script>", "text/html")
            yield f"{name} a file", {**rest, name: [page]}


@pytest.mark.parametrize("who", WHO)
def test_no_odd_value_in_any_field_of_any_form_breaks_it(town, who):
    visitor = Visitor(town, who)
    seen = list(walk(visitor.client, each_view=1 if who == "administrator" else EACH_VIEW))
    waiting, done = forms_of(seen), 0
    tried: set[tuple[Any, ...]] = set()
    while waiting:
        form = waiting.pop(0)
        key = (view_of(form.action), form.method, *sorted({shape(name) for name in form.names}))
        if key in tried or not is_tried(urlsplit(form.action).path, who):
            continue
        tried.add(key)
        done += 1
        for way, fields in odd_ways(form):
            answer = visitor.send(f"{form.method} {form.action} from {form.page}: {way}", form, fields)
            if way == "as it stands" and is_html(answer):  # the next step of the same journey
                page = read(form.action, answer.content.decode())
                waiting += forms_of([Seen(form.action, "", answer.status_code, "", page)])

    assert done > 15, "the walk found hardly a form"
    assert not visitor.wrong, f"{len(visitor.wrong)} of {visitor.asked}:\n" + "\n".join(visitor.wrong)


ODD_WORDS = [DIGITS, "0", "-1", "%ED%A0%80", "%00", "%2e%2e%2f", "%F0%9F%92%A9", "x" * 3000, "'%22%3C", "%E2%80%AE"]


@pytest.mark.parametrize("who", ["anonymous", "administrator"])
def test_no_odd_word_question_or_body_breaks_a_page(town, who):
    """In each part of an address, in each question that any link or form of the site asks, and sent to each page."""
    visitor = Visitor(town, who)
    pages = [(page.view, page.address) for page in walk(visitor.client, each_view=1)]
    ask_odd_addresses(visitor, pages)
    ask_odd_questions(visitor, pages)
    send_odd_bodies(visitor, pages)

    assert visitor.asked > 50
    assert not visitor.wrong, f"{len(visitor.wrong)} of {visitor.asked}:\n" + "\n".join(visitor.wrong)


def ask_odd_addresses(visitor: Visitor, pages: list[tuple[str, str]]) -> None:
    addresses = {}
    for view, address in pages:
        path = urlsplit(address).path
        for at, part in enumerate(path.split("/")):
            # What an address of this view may have in this place, taken from one that works.
            if part and resolves_with_words(path):
                addresses.setdefault((view, at), path.split("/"))
    for (view, at), parts in addresses.items():
        if not is_tried("/".join(parts), visitor.who):
            continue
        for odd in some_of(ODD_WORDS, f"{view}{at}", 1):
            visitor.ask(f"{view} with {odd[:12]!r} in part {at}", "get", "/".join([*parts[:at], odd, *parts[at + 1 :]]))


def resolves_with_words(path: str) -> bool:
    try:
        return bool(resolve(path).kwargs or resolve(path).args)
    except Resolver404:
        return False


def ask_odd_questions(visitor: Visitor, pages: list[tuple[str, str]]) -> None:
    asked: dict[tuple[str, str], str] = {}
    for view, address in pages:
        path = urlsplit(address).path
        for name, _ in [*parse_qsl(urlsplit(address).query, keep_blank_values=True), ("page", ""), ("p", "")]:
            asked.setdefault((view, name), path)
    for (_view, name), path in asked.items():
        if is_tried(path, visitor.who):
            for value in some_of(EVERYWHERE, path + name):
                odd = quote(value.encode("utf-8", "surrogatepass"))
                visitor.ask(f"{path}?{name}={value[:12]!r}", "get", f"{path}?{name}={odd}")


BODIES = [
    ("application/json", b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
    ("application/json", b'{"code": "\\ud800"}'),
    ("application/x-www-form-urlencoded; charset=utf-16", "q=words".encode("utf-16")),
    ("application/x-www-form-urlencoded; charset=nonsense", b"q=words"),
    ("application/x-www-form-urlencoded", "&".join(f"f{at}=1" for at in range(1_500)).encode()),
    ("application/x-www-form-urlencoded", b"q=\xff\xfe\xed\xa0\x80&=&&&%zz=%"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"q\"; filename=\"a\x00b\"\r\n\r\nx\r\n--x--"),
    ("multipart/form-data", b"--x"),
    ("text/plain", b"q=words"),
    ("image/png", b"\x89PNG"),
    ("\u00e9/x", b""),
]  # fmt: skip


def send_odd_bodies(visitor: Visitor, pages: list[tuple[str, str]]) -> None:
    for _view, address in pages:
        path = urlsplit(address).path
        if is_tried(path, visitor.who):
            for kind, body in some_of(BODIES, path, 1):
                visitor.ask(f"{path} sent {kind} {body[:20]!r}", "generic", "POST", path, body, kind)


HEADERS = [
    {"Accept-Language": "en," * 20_000}, {"Accept-Language": "x" * 100}, {"Accept-Language": "cy;q=" + DIGITS},
    {"Cookie": "session=" + "x" * 5000}, {"Cookie": "=;;=;session=\x80"}, {"Cookie": "messages=" + "[" * 4000},
    {"Accept": "\x80" * 50}, {"Referer": "http://[::"}, {"Origin": "null"}, {"Origin": "http://[::"},
    {"Range": "bytes=0-" + DIGITS}, {"If-Modified-Since": DIGITS}, {"HX-Request": "\x80"}, {"HX-Current-URL": "http://[::"},
    {"X-Forwarded-For": "a" * 5000}, {"Content-Length": "abc"}, {"Host": "[::"}, {"X-Requested-With": "\x80"},
]  # fmt: skip


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: next(iter(headers)))
def test_no_odd_header_breaks_a_page(town, headers):
    visitor = Visitor(town, "anonymous")
    for path in ("/", "/boards/", "/account/login/", town.board.get_absolute_url(), "/desk/", "/nowhere/"):
        visitor.ask(f"{path} with {headers}", "get", path, headers=headers)
        visitor.ask(f"post {path} with {headers}", "post", path, {"q": "x"}, headers=headers)

    assert not visitor.wrong, "\n".join(each[:300] for each in visitor.wrong)
