"""Reads what the site gave, each kind with a parser of its own, and says where a hostile text is more than words."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from bleach._vendor import html5lib
from defusedxml import ElementTree
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.explorer import Seen
from tests.odd.hostile import END, PROBE

MARK = re.compile(r"=zq\d+q")
"""The mark as it was sent. An address made from a text has lost its first sign."""
NOT_READ = {"script", "style", "template", "noscript", "iframe", "noembed", "noframes", "xmp", "plaintext"}
"""Elements whose text is no words to a reader."""
ADDRESSES = {"href", "src", "action", "formaction", "srcset", "data", "poster", "background", "ping", "xlink:href"}
SCHEMES = {"", "http", "https", "mailto", "tel"}
INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "i", "kbd", "label", "mark", "q", "s", "samp",
    "small", "span", "strong", "sub", "sup", "time", "u", "var", "br", "img", "svg", "wbr", "ins", "del",
}  # fmt: skip
APART = {"bdi", "bdo"}
"""Elements whose text turns nothing outside them."""
ALONE = {"title", "textarea", "option"}
"""Elements that hold no other elements, where nothing can be set apart. What goes through a form turns nothing anyway."""
TURNS, TURNED = "\u202e", "turns what follows"
LETTER = re.compile(r"[^\W\d_]")
OPENERS = ("=", "+", "-", "@", "\t", "\r")


def tree_of(html: str) -> Any:
    return html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)


def faults_of(html: str, *, is_desk: bool = False) -> list[str]:
    """Give where words in this page are alive, are not as they were written, or turn the words after them.

    The last is not asked of the desk, whose frames are Wagtail's: no form lets such a text in.
    """
    return [fault for fault in _faults(tree_of(html), []) if not is_desk or TURNED not in fault]


def _faults(element: Any, above: list[Any]) -> Iterator[str]:
    if not isinstance(element.tag, str):  # a comment
        return
    yield from _alive(element)
    tag = element.tag.lower()
    if tag in NOT_READ:
        text = "".join(element.itertext())
        if PROBE in text and not _is_json(element, text):
            yield f"<{tag}> holds {_near(text)}"
        return
    path = [*above, element]
    if element.text:
        yield from _unread(element.text, path)
        yield from _turned(element.text, path, element, 0)
    for at, child in enumerate(element):
        yield from _faults(child, path)
        if child.tail:
            yield from _unread(child.tail, path)
            yield from _turned(child.tail, path, element, at + 1)


def _alive(element: Any) -> Iterator[str]:
    if PROBE in element.tag.lower():
        yield f"an element <{element.tag}>"
    for name, value in element.attrib.items():
        name = str(name).lower()
        if (
            PROBE in name
            or (name.startswith("on") and PROBE in value)
            or (name in ("style", "srcdoc") and PROBE in value)
        ):
            yield f"<{element.tag} {name}={value[:60]!r}>"
        if name in ADDRESSES and (PROBE in value or MARK.search(value)):
            squeezed = re.sub(r"[\x00-\x20]", "", value)
            parts = urlsplit(squeezed)
            if parts.scheme.lower() not in SCHEMES:
                yield f"<{element.tag} {name}={value[:60]!r}> leads to a {parts.scheme}"
            if element.tag != "a" and PROBE in parts.netloc:
                yield f"<{element.tag} {name}={value[:60]!r}> loads from elsewhere"


def _is_json(element: Any, text: str) -> bool:
    if "json" not in element.get("type", ""):
        return False
    json.loads(text)
    return True


def _near(text: str) -> str:
    at = text.find(PROBE)
    return repr(text[max(0, at - 30) : at + 30])


def _unread(text: str, path: list[Any]) -> Iterator[str]:
    """After each mark the words must go on as they were written, or be cut with a sign that says so."""
    for found in MARK.finditer(text):
        rest = text[found.end() :].lstrip("\n ")
        if not rest.startswith(("<script>", "'\"><")) and "…" not in rest[:10]:
            yield f"{_names(path)} changed the words: {rest[:40]!r}"


def _turned(text: str, path: list[Any], parent: Any, after: int) -> Iterator[str]:
    """Tell whether a text that turns the direction turns words of ours behind it too."""
    if TURNS not in text or not MARK.search(text) or path[-1].tag in ALONE:
        return
    _own, found, behind = text.rpartition(END)
    if not found:
        behind = ""
    for depth in range(len(path) - 1, -1, -1):
        holder = path[depth]
        if not behind.strip():
            behind += "".join(_text_behind(holder, after if holder is parent else _place(path, depth)))
        if holder.tag in APART or holder.get("dir") or holder.tag not in INLINE:
            break
    if LETTER.search(MARK.split(behind)[0]):
        yield f"{_names(path)} {TURNED}: {behind.strip()[:40]!r}"


def _place(path: list[Any], depth: int) -> int:
    return list(path[depth]).index(path[depth + 1]) + 1


def _text_behind(holder: Any, first: int) -> Iterator[str]:
    """Give the text that stands in the same line: up to the next block."""
    children = list(holder)
    if first > 0:
        yield children[first - 1].tail or "" if first <= len(children) else ""
    for child in children[first:]:
        if not isinstance(child.tag, str):
            continue
        if child.tag not in INLINE or child.tag == "br":
            return
        yield "".join(child.itertext())
        yield child.tail or ""


def _names(path: list[Any]) -> str:
    return " ".join(f"{each.tag}.{each.get('class', '').split(' ')[0]}".rstrip(".") for each in path[-4:])


def faults_in_file(seen: Seen) -> list[str]:
    """Give what is wrong with a file or a feed, by the kind it says it is."""
    kind, body = seen.kind.partition(";")[0], seen.body
    wrong = []
    given = seen.headers.get("Content-Disposition", "")
    if "\r" in given or "\n" in given or not given.isascii():
        wrong.append(f"its name breaks the header: {given!r}")
    try:
        wrong += READERS.get(kind, _any_other)(body)
    except Exception as fault:  # whatever a reader of this kind cannot read
        wrong.append(f"{kind} cannot be read: {fault!r:.120}")
    return wrong


def _csv(body: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
    return [
        f"a formula: {cell[:40]!r}" for row in rows for cell in row if MARK.search(cell) and cell.startswith(OPENERS)
    ]


def _xlsx(body: bytes) -> list[str]:
    book = load_workbook(io.BytesIO(body))
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    return [f"a formula: {cell.value[:40]!r}" for cell in cells if cell.data_type == "f"]


def _xml(body: bytes) -> list[str]:
    wrong = []
    for each in ElementTree.fromstring(body).iter():
        if PROBE in each.tag or any(PROBE in name for name in each.attrib):
            wrong.append(f"an element <{each.tag}>")
        if each.get("type") == "html" or each.tag.endswith(("description", "encoded")):
            wrong += faults_of(f"<body>{each.text or ''}")
        if each.tag.endswith("}link") and urlsplit(each.get("href", "")).scheme not in SCHEMES:
            wrong.append(f"a link to {each.get('href')!r}")
    return wrong


def _svg(body: bytes) -> list[str]:
    if PROBE.encode() not in body:
        return []
    return [
        f"an element <{each.tag}>"
        for each in ElementTree.fromstring(body).iter()
        if PROBE in each.tag or any(PROBE in name or name.startswith("on") for name in each.attrib)
    ]


def _ics(body: bytes) -> list[str]:
    wrong = [f"a line of {len(line)}" for line in body.split(b"\r\n") if len(line) > 75]
    lines = re.sub(rb"\r\n[ \t]", b"", body).decode().split("\r\n")
    names = [re.split("[:;]", line, maxsplit=1)[0] for line in lines if line]
    return wrong + [f"a property {name[:40]!r}" for name in names if not re.fullmatch("[A-Z-]+", name)]


def _json(body: bytes) -> list[str]:
    json.loads(body)
    return []


def _pdf(body: bytes) -> list[str]:
    if b"startxref" not in body:  # what somebody in the town sent for one
        return []
    reader = PdfReader(io.BytesIO(body))
    for each in reader.pages:
        each.extract_text()
    return [f"it holds {name}" for name in ("/JavaScript", "/JS ", "/Launch") if name.encode() in body]


def _any_other(body: bytes) -> list[str]:
    return []


READERS = {
    "text/csv": _csv,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _xlsx,
    "application/atom+xml": _xml,
    "application/rss+xml": _xml,
    "application/xml": _xml,
    "text/xml": _xml,
    "image/svg+xml": _svg,
    "text/calendar": _ics,
    "application/json": _json,
    "application/geo+json": _json,
    "application/pdf": _pdf,
}
