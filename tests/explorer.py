"""Walks the site as someone would, and gives every page and every form that they meet.

Nothing is named here: the walk begins at each address of the URL conf that needs no words, goes on
by every link it finds, and looks for forms in the answers to posts too. So a new page or form is
tried by the tests that use this on the day it is made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

EACH_VIEW = 3
"""How many addresses of one view are looked at: a second poll's page has the first one's forms."""
NOT_WALKED = ("/static/", "/media/", "/account/logout/", "/desk/logout/", "/desk/test404/")
VOID = {"input", "br", "hr", "img", "link", "meta", "source", "area", "base", "col", "embed", "track", "wbr"}


@dataclass
class Field:
    name: str
    kind: str
    value: str


@dataclass
class Form:
    page: str
    """Where it was found; its posts go to `action`."""
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(each.name for each in self.fields))

    def filled(self) -> dict[str, list[str]]:
        """Give what a browser would send, with something in every field that is empty."""
        sent: dict[str, list[str]] = {}
        for each in self.fields:
            if each.kind == "radio" and each.name in sent:
                continue
            if each.kind == "submit" and each.name in sent:
                continue
            if each.kind == "file":
                continue
            sent.setdefault(each.name, []).append(each.value or likely(each))
        return sent


def likely(each: Field) -> str:
    """Give an answer that a field of this kind takes."""
    if each.kind == "hidden":
        return ""
    by_kind = {"email": "someone@example.org", "date": "2031-03-04", "number": "3", "url": "https://example.org/"}
    if each.kind in by_kind:
        return by_kind[each.kind]
    if "at" in each.name.split("_") or each.name.endswith("_on"):
        return "2031-03-04 12:00"
    return "Words of an ordinary kind"


class Reader(HTMLParser):
    """Reads a page's links and forms."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.open: Form | None = None
        self.select: Field | None = None
        self.area: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "a" and has.get("href"):
            self.links.append(urljoin(self.page, has["href"]))
        elif tag == "form":
            self.open = Form(self.page, urljoin(self.page, has.get("action") or ""), has.get("method", "get").lower())
            self.forms.append(self.open)
            if "id" in has:
                self.by_id[has["id"]] = self.open
        elif tag in ("input", "select", "textarea", "button") and has.get("name"):
            form = self.by_id.get(has.get("form", "")) or self.open
            if form is None:
                return
            kind = {"select": "select", "textarea": "textarea", "button": "submit"}.get(tag, has.get("type", "text"))
            found = Field(has["name"], kind, has.get("value", "on" if kind == "checkbox" else ""))
            form.fields.append(found)
            if tag == "select":
                self.select = found
            if tag == "textarea":
                self.area = found
        elif tag == "option" and self.select is not None and (not self.select.value or "selected" in has):
            self.select.value = has.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data


def read(page: str, html: str) -> Reader:
    reader = Reader(page)
    reader.feed(html)
    reader.close()
    return reader


@dataclass
class Seen:
    """A page as it was answered."""

    address: str
    view: str
    status: int
    html: str
    reader: Reader
    kind: str = ""
    body: bytes = b""
    """What is no page (a feed, a file), as it was sent, and of what kind it says it is."""
    headers: dict[str, str] = field(default_factory=dict)


def plain_addresses(patterns: Iterable[Any] | None = None, route: str = "") -> Iterator[str]:
    """Give every address of the site that needs no words to be filled in."""
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        whole = route + str(each.pattern).replace("^", "").replace("$", "").replace("\\", "")
        if isinstance(each, URLResolver):
            yield from plain_addresses(each.url_patterns, whole)
        elif isinstance(each, URLPattern) and not re.search(r"[<(*]", whole):
            yield "/" + whole


def view_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name or ""
    except Resolver404:
        return ""


def is_ours(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("", "http") and parts.netloc in ("", "testserver", "localhost", "localhost:8000")


def is_html(answer: Any) -> bool:
    return not answer.streaming and answer.get("Content-Type", "").startswith("text/html")


def walk(
    client: Client,
    *,
    beginning: Iterable[str] = (),
    each_view: int = EACH_VIEW,
    bodies: bool = False,
    below: str = "/",
) -> Iterator[Seen]:
    """Give every page `below` an address that this visitor reaches by its address or by a link.

    Files too, where `bodies` are asked for.
    """
    waiting = [*plain_addresses(), *beginning]
    known = set(waiting)
    looked: Counter[str] = Counter()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        if not is_ours(address) or parts.path.startswith(NOT_WALKED) or not parts.path.startswith(below):
            continue
        asked = parts.path + (f"?{parts.query}" if parts.query else "")
        view = view_of(parts.path)
        # A page of Wagtail's is one view for all kinds: told apart by how deep it lies.
        counted = f"{view} {parts.path.count('/') if view == 'wagtail_serve' else ''}"
        if parts.query:
            counted += " ?" + ",".join(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
        looked[counted] += 1
        if looked[counted] > each_view:
            continue
        answer = client.get(asked)
        if answer.status_code in (301, 302) and answer["Location"]:
            onward = urljoin(asked, answer["Location"])
            if onward not in known:
                known.add(onward)
                waiting.append(onward)
        html = answer.content.decode("utf-8", "replace") if is_html(answer) else ""
        reader = read(asked, html)
        body = b"" if html or not bodies else b"".join(answer)
        yield Seen(
            asked, view, answer.status_code, html, reader, answer.get("Content-Type", ""), body, dict(answer.headers)
        )
        for link in reader.links:
            link = link.partition("#")[0]
            if link not in known:
                known.add(link)
                waiting.append(link)


def forms_of(seen: Iterable[Seen]) -> list[Form]:
    """Give each form once: by the view that takes it and the fields it has."""
    found: dict[tuple[Any, ...], Form] = {}
    for page in seen:
        for form in page.reader.forms:
            if is_ours(form.action) and not urlsplit(form.action).path.startswith(NOT_WALKED):
                key = (view_of(form.action), form.method, *sorted({shape(name) for name in form.names}))
                found.setdefault(key, form)
    return list(found.values())


def shape(name: str) -> str:
    """A field's name without its numbers: row 7 of a list is tried as row 0."""
    return re.sub(r"\d+", "0", name)
