"""Hostile texts go through every form, and come out as words wherever they are shown, copied out, mailed or fed.

The list is tests/odd/hostile.py. Forms and pages are found by walking the site (tests/explorer.py), so a new one is
tried without being named here. Each text that is sent has a mark of its own in front; where the mark comes out, a parser
that reads as browsers do says whether the rest came out beside it as words (tests/odd/reading.py).
"""

from __future__ import annotations

import email
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.policy import default as modern
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from engagement.notifications.actions import send_due
from tests.explorer import Form, Seen, forms_of, is_html, read, shape, view_of, walk
from tests.odd.hostile import END, FILE_NAMES, MIDDLE, PROBE, SHORT, TURNED, every_text
from tests.odd.reading import MARK, faults_in_file, faults_of
from tests.odd.test_equal_posts import NOT_THINGS, in_place_of_words
from tests.odd.test_live_text import TABLES_OF, words_columns
from tests.odd.test_values import WAGTAILS, plain, town  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WHO = {"anonymous": 6, "resident": 6, "coordinator": 20}
"""Who sends forms, and how many of theirs take the texts at least: fewer, and the walk is broken."""
READERS = {"anonymous": "/", "resident": "/", "administrator": "/desk/"}
"""Who reads, and below which address each looks closely: an administrator meets all that a coordinator does."""
MOST_STEPS = 5
TYPED = ("text", "textarea", "search")
WAYS = (TURNED, every_text(), MIDDLE, SHORT)
"""What should be refused; then the longest first: a box that is too short for it gets the next."""


@dataclass
class Senders:
    """What everyone sent, to be known again by its mark, and what went wrong."""

    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    where: dict[str, str] = field(default_factory=dict)
    took: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def text(self, words: str, where: str) -> str:
        mark = f"=zq{next(self.numbers)}q"
        self.where[mark] = where
        return f"{mark}{words}{END}"

    def origin(self, fault: str) -> str:
        return " and ".join(self.where[mark] for mark in MARK.findall(fault) if mark in self.where)

    def hostile(self, form: Form, words: str) -> dict[str, list[Any]]:
        """Give what somebody sends who writes this in every box that takes words."""
        found: dict[str, list[Any]] = {}
        kinds = {each.name: each.kind for each in form.fields}
        for name, values in form.filled().items():
            fits = what_fits(name)
            if kinds[name] not in TYPED or name == "csrfmiddlewaretoken" or any(MARK.search(value) for value in values):
                found[name] = [plain(value) for value in values]
            else:
                found[name] = [fits or self.text(words, f"{name} of {form.action}")]
        for at, each in enumerate(form.fields):
            if each.kind == "submit" and found[each.name] == [b"back"]:
                found[each.name] = [plain(each.value)]
            if each.kind == "file":
                name = FILE_NAMES[(at + len(form.action)) % len(FILE_NAMES)]
                found[each.name] = [SimpleUploadedFile(name, picture(), "image/png")]
        return found

    def send(self, client: Client, form: Form, who: str) -> Iterator[Form]:
        """Send a form until it takes the words, through all its steps; give the forms met on the way."""
        for words in WAYS:
            step: Form | None = form
            for _ in range(MOST_STEPS):
                if step is None:
                    break
                took, met = self.send_once(client, step, who, self.hostile(step, words))
                yield from met
                if took:
                    self.took.setdefault(who, []).append(form.action)
                    return
                step = next_step(step, met)
        self.refused.setdefault(who, []).append(form.action)

    def send_once(self, client: Client, form: Form, who: str, fields: dict[str, list[Any]]) -> tuple[bool, list[Form]]:
        """Send it; give whether the words were taken, and the forms of the answer. What takes things away is undone."""
        jar = client.cookies.copy()
        written = Written()
        with transaction.atomic(), connection.execute_wrapper(written):
            answer = client.post(form.action, fields)
            moved = answer.status_code in (302, 303)
            if moved:
                answer = client.get(urljoin(form.action, answer["Location"]))
            transaction.set_rollback(written.took_away)
        if written.took_away:
            client.cookies = jar
        where = f"{form.action} from {form.page} as {who}"
        if answer.status_code >= 500:
            self.wrong.append(f"{where}: {answer.status_code} {getattr(answer, 'exc_info', ('', ''))[1]!r:.160}")
        met = []
        if is_html(answer):
            html = answer.content.decode()
            if PROBE in html:
                faults = faults_of(html, is_desk=form.action.startswith("/desk/"))
                self.wrong += [f"{where}: {fault}" for fault in faults]
            met = forms_of([Seen(form.action, "", answer.status_code, "", read(form.action, html))])
        return moved or bool(written.into), met


class Written:
    """Notes into which tables a request writes, and from which it takes without putting anything in their place."""

    def __init__(self) -> None:
        self.into: set[str] = set()
        self.out_of: set[str] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        for what, table in re.findall(r'(INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', sql):
            if what == "DELETE FROM" and context["cursor"].rowcount > 0:
                self.out_of.add(table)
            elif what != "DELETE FROM" and not table.startswith(NOT_THINGS):
                self.into.add(table)
        return answer

    @property
    def took_away(self) -> bool:
        return bool(self.out_of - self.into)


def what_fits(name: str) -> str | None:
    """Give what a box takes that takes no words. Whatever ends, ends a year later."""
    return "2032" if re.search("(until|ends).*_year$", name) else in_place_of_words(name)


def next_step(sent: Form, met: list[Form]) -> Form | None:
    """Give the form that carries on what was sent: in it stands what was typed, and it asks for something else."""
    for form in met:
        carries = any(MARK.search(each.value) for each in form.fields)
        if carries and view_of(form.action) == view_of(sent.action) and asks(form) != asks(sent):
            return form
    return None


def asks(form: Form) -> list[tuple[str, str]]:
    """Give its fields, and what each step says of itself."""
    return [(each.name, each.value if each.name in ("step", "go") else "") for each in form.fields]


@cache
def picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(held, "PNG")
    return held.getvalue()


def send_through_every_form(senders: Senders, person: Any, who: str) -> None:
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(person)
    beginning = "/desk/" if who == "coordinator" else "/"
    waiting = forms_of(list(walk(client, each_view=1, below=beginning)))
    tried: set[tuple[Any, ...]] = set()
    while waiting:
        form = waiting.pop(0)
        path = urlsplit(form.action).path
        key = (view_of(form.action), *sorted({shape(name) for name in form.names}))
        has_words = any(each.kind in (*TYPED, "file") for each in form.fields)
        if key in tried or not has_words or form.method != "post":
            continue
        if not path.startswith(beginning) or path.startswith((*WAGTAILS, "/account/")):
            continue
        tried.add(key)
        waiting += senders.send(client, form, who)


def columns_that_took(character: str) -> Iterator[str]:
    """Give where a character came through a form and was kept."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy or model._meta.app_label in ("sessions", "admin"):
            continue
        for column in model._meta.local_concrete_fields:
            if isinstance(column, models.CharField | models.TextField | models.JSONField):
                for kept in model._base_manager.values_list(column.attname, flat=True):
                    if kept and character in str(kept) and MARK.search(str(kept)):
                        yield f"{model._meta.label}.{column.name} took {character!r} {MARK.findall(str(kept))[:1]}"
                        break


def fill_what_no_form_filled(senders: Senders) -> None:
    """Put texts in the rows that the town had before, so that pages are met which nobody's form fills."""
    for model in apps.get_models():
        if model._meta.app_label not in TABLES_OF or model._meta.proxy:
            continue
        for column in words_columns(model):
            for pk in list(model._base_manager.values_list("pk", flat=True)[:12]):
                fitting = [
                    words for words in (TURNED, SHORT) if not column.max_length or column.max_length > len(words) + 12
                ]
                if not fitting:
                    continue
                text = senders.text(fitting[0], f"{model._meta.label}.{column.name}")
                try:
                    column.run_validators(text)
                    with transaction.atomic():
                        model._base_manager.filter(pk=pk).exclude(**{f"{column.name}__contains": "=zq"}).update(
                            **{column.name: text}
                        )
                except (ValidationError, DatabaseError, ValueError):
                    continue


def read_everything(senders: Senders, person: Any, who: str) -> tuple[int, int]:
    """Look at every page and file that someone reaches, if nobody saw its texts there before; give how many there were."""
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(person)
    pages = files = 0
    for seen in walk(client, each_view=1, bodies=True, below=READERS[who]):
        where = f"{seen.address} ({seen.view}) as {who}"
        if seen.status >= 500:
            senders.wrong.append(f"{where}: {seen.status}")
        shown = {seen.address + mark for mark in MARK.findall(seen.html)}
        if PROBE in seen.html and not shown <= senders.seen:
            pages += 1
            senders.seen |= shown
            faults = faults_of(seen.html, is_desk=seen.address.startswith("/desk/"))
            senders.wrong += [f"{where}: {fault}" for fault in faults]
        elif seen.body:
            files += 1
            senders.wrong += [f"{where}: {fault}" for fault in faults_in_file(seen)]
    return pages, files


def faults_of_mails() -> Iterator[str]:
    for message in mail.outbox:
        read_back = email.message_from_bytes(message.message().as_bytes(), policy=modern)
        odd = [name for name in read_back if name.lower() in ("bcc", "x-xseed")]
        if odd or not message.to or read_back.get_all("To", [""])[0] != message.to[0]:
            yield f"{message.subject!r:.80} has headers of its own: {odd}"
        if "\n" in str(read_back["Subject"]):
            yield f"{message.subject!r:.80} breaks its line"
        for part in read_back.walk():
            if part.get_content_type() == "text/html":
                yield from (f"{message.subject!r:.80}: {fault}" for fault in faults_of(part.get_content()))


def test_hostile_texts_come_out_of_every_form_as_words(town):  # noqa: F811
    senders = Senders()
    for who in WHO:
        send_through_every_form(senders, town.people[who], who)
    senders.wrong += [f"{each} from {senders.origin(each)}" for each in columns_that_took("\u202e")]
    fill_what_no_form_filled(senders)
    while send_due(now=timezone.now()):
        pass
    senders.wrong += [f"a mail: {fault}" for fault in faults_of_mails()]
    met = {who: read_everything(senders, town.people[who], who) for who in READERS}

    listed = sorted(set(senders.wrong))
    assert not listed, f"{len(listed)}:\n" + "\n".join(listed)
    for who, least in WHO.items():
        assert len(senders.took[who]) >= least, f"hardly a form took the texts of {who}: {senders.refused[who]}"
    for who, (pages, _files) in met.items():
        assert pages > 15, f"{who} hardly met a text: nothing was tried"
    assert mail.outbox
