"""No stored text becomes markup, on any page, for anyone, with no policy of the browser to lean on (PROMISES 10).

Every column of words in every table is filled with the same hostile words, if its field takes them;
then everyone walks everything they reach. A new model or page is tried without being named. What officers reach is
read by the walk of test_hostile_texts.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.utils import timezone
from wagtail.documents import get_document_model

from cms.models import BoardPage
from engagement.notifications.actions import send_due, tell
from tests.cms.factories import make_picture
from tests.explorer import walk
from tests.town import Town, make_town

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LONG = "'\"--></script></style></title></textarea></template><xseed xseed=1 onload=x()>{{ 7|add:7 }}${7}"
SHORT = "'\"><xseed>"
TABLES_OF = {
    *(
        "cms",
        "evidence",
        "activities",
        "polls",
        "ideas",
        "conversations",
        "funding",
        "outcomes",
        "moderation",
        "notifications",
    )
}
TABLES_OF |= {*("people", "places", "wagtailcore", "wagtaildocs", "taggit")}
LEFT = re.compile(
    r"slug|path|digest|fingerprint|token|reference|hash|(^|_)key|file|email|password|locale|language_code|hostname|state"
    r"|action$|model|app_label|codename|filter_spec|(^|_)code$|postcode|uuid|colour|block_|content_path|object_id"
)
"""Columns that hold no words of anyone's: addresses, codes, and what the site itself writes."""
CHOSEN = {"moderation.Decision.was", "moderation.Decision.became", "moderation.Decision.reason"}
"""Picked from a list that the model does not hold."""


def words_columns(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    for field in model._meta.local_concrete_fields:
        plain = type(field) in (models.CharField, models.TextField) and not field.choices
        if plain and not LEFT.search(field.name) and f"{model._meta.label}.{field.name}" not in CHOSEN:
            yield field


def fill_with_hostile_words() -> set[str]:
    """Put the words in every row, and give the columns that took them."""
    filled = set()
    for model in apps.get_models():
        if model._meta.app_label not in TABLES_OF or model._meta.proxy:
            continue
        for field in words_columns(model):
            seed = LONG if not field.max_length or field.max_length >= len(LONG) + 8 else SHORT
            try:
                field.run_validators(seed)
            except ValidationError:
                continue  # no form lets it in
            for pk in model._base_manager.values_list("pk", flat=True):
                try:
                    with transaction.atomic():
                        if model._base_manager.filter(pk=pk).update(**{field.name: f"{seed}{pk}"[: field.max_length]}):
                            filled.add(f"{model._meta.label}.{field.name}")
                except (DatabaseError, ValueError):
                    continue  # a constraint keeps it out
    return filled


@pytest.fixture
def town(db, settings, tmp_path) -> Town:
    settings.VAR, settings.MEDIA_ROOT = tmp_path, str(tmp_path)
    made = make_town()
    collection = BoardPage.objects.get(board=made.board).collection
    make_picture(collection, "A picture")
    document = get_document_model().objects.create(
        title="A document", collection=collection, file=ContentFile(b"words", name="words.txt")
    )
    document.tags.add("tag")
    filled = fill_with_hostile_words()
    assert len(filled) > 60, sorted(filled)
    return made


class Markup(HTMLParser):
    """Finds elements and attributes that came from the words, and whatever is loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.live: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "xseed" in tag or any("xseed" in name for name, _ in attrs):
            self.live.append(self.get_starttag_text() or tag)
        for name, value in attrs:
            value = (value or "").strip().lower()
            if name in ("src", "href", "action", "formaction", "srcset", "data", "poster"):
                if value.startswith(("javascript:", "vbscript:", "data:text")):
                    self.live.append(f"{tag} {name}={value[:40]}")
                loads = tag != "a" and name != "action"
                if loads and urlsplit(value).netloc not in ("", "testserver", "localhost", "localhost:8000"):
                    self.live.append(f"{tag} loads {value[:60]}")


def live_in(html: str) -> list[str]:
    reader = Markup()
    reader.feed(html)
    reader.close()
    return reader.live


@pytest.mark.parametrize("who", ["resident"])
def test_no_words_become_markup_on_any_page(town, who):
    """Those that are stored; and those that are typed, in every question of the first page of each view."""
    client = Client(raise_request_exception=False)
    if person := town.people[who]:
        client.force_login(person)
    wrong, met, pages, tried = [], 0, 0, set()
    for page in walk(client):
        pages += 1
        met += "xseed" in page.html
        wrong += [f"{page.address} as {who}: {live[:120]}" for live in live_in(page.html)]
        if page.status >= 500:
            wrong.append(f"{page.address} as {who}: {page.status}")
        if "14${7}" in page.html:
            wrong.append(f"{page.address} as {who}: words were run as a template")
        if page.view not in tried:
            tried.add(page.view)
            wrong += live_where_typed(client, urlsplit(page.address).path)

    assert pages > 150
    assert met > 15, "the words were hardly met: nothing was tried"
    assert len(tried) > 50
    assert not wrong, "\n".join(wrong)


def live_where_typed(client: Client, path: str) -> Iterator[str]:
    for names in (["q"], ["next", "page", "sort", "status", "board", "need", "state", "kind", "id", "theme"]):
        answer = client.get(path, dict.fromkeys(names, LONG))
        if answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            yield from (f"{path}?{names[0]}=: {live[:120]}" for live in live_in(answer.content.decode()))


def test_feeds_stay_well_formed_and_hold_the_words_as_words(town):
    for address in ("/news/feed/", f"{town.board.get_absolute_url()}news/feed/"):
        answer = Client().get(address)
        if answer.status_code == 404:
            continue
        tree = ElementTree.fromstring(answer.content)
        assert not [each for each in tree.iter() if "xseed" in each.tag]


def test_messages_hold_the_words_as_words(town):
    mail.outbox.clear()
    tell(
        person=town.people["resident"],
        key="odd",
        kind="test",
        subject=LONG,
        body=f"{LONG}\n\n{LONG}",
        now=timezone.now(),
    )

    send_due(now=timezone.now())

    assert mail.outbox
    for message in mail.outbox:
        for body, kind in message.alternatives:
            assert kind == "text/html"
            assert "xseed" in body
            assert not live_in(body), message.subject
