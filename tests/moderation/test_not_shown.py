"""What has not been shown is reached by nobody but its writer and its board's officers.

The walk finds everything by itself: each kind by `queries.kinds()`, each address by the address book of the site and
by every link a visitor meets. A new room, address, feed, file or picture is tried on the day it is made.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db.models import FileField
from django.test import Client
from django.urls import reverse

from boards.people.models import Person
from engagement.moderation import queries
from engagement.moderation.models import Moderated
from moothall import page_cache
from tests.conventions.test_doors import ADDRESSES, DOORS, address_of, room_addresses
from tests.desk.test_scope import a_rooms
from tests.explorer import walk
from tests.moderation.kinds import make_of
from tests.town import Town, make_town

pytestmark = [pytest.mark.django_db, pytest.mark.once]

MARK, SEEK = "Zyxquark", "Findablewombat"
"""In every field of what is not shown: one that no page may hold, and one to search for (a page repeats what was asked)."""
STRANGERS = ("anonymous", "neighbour", "other coordinator")
ASKED = [{}, {"q": SEEK}, {"search": SEEK}, {"page": "1", "sort": "newest"}, {"format": "csv"}]


@pytest.fixture
def town(db, settings, tmp_path) -> Town:
    settings.VAR, settings.MEDIA_ROOT = tmp_path, str(tmp_path / "media")
    return make_town()


def unshown(town: Town) -> list[Moderated]:
    """Give one thing of each kind that waits, and one that is hidden, all by the resident."""
    author = town.people["resident"]
    made = []
    for label in sorted(queries.kinds()):
        for state in ("pending", "hidden"):
            words = f"{MARK}{label.replace('.', '')}{state} {SEEK}"
            made.append(make_of(label, town.board, words, state=state, author=author))
    return made


def asking(who: Person | None) -> Client:
    client = Client(raise_request_exception=False)
    if who is not None:
        client.force_login(who)
    return client


def everything_in(answer: Any) -> str:
    """Give all the text of an answer: its headers, and what is packed in it where it is an archive."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    parts = [body]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            parts += [packed.read(name) for name in packed.namelist()]
    text = "\n".join(part.decode("utf-8", "replace") for part in parts)
    return text + str(dict(answer.headers))


def public_addresses(town: Town) -> Iterator[str]:
    for name, pattern in ADDRESSES:
        yield address_of(name, pattern, town)


def own_addresses(item: Moderated) -> Iterator[str]:
    """Give every address that is this thing's own: its page, its report, its files."""
    if hasattr(item, "get_absolute_url"):
        yield item.get_absolute_url()
    yield reverse("moderation:report", args=[item._meta.model_name, item.pk])
    for field in item._meta.get_fields():
        if isinstance(field, FileField) and getattr(item, field.name):
            yield getattr(item, field.name).url


def test_every_kind_is_tried_in_both_states(town):
    made = unshown(town)
    assert {(item._meta.label_lower, item.state) for item in made} == {
        (label, state) for label in queries.kinds() for state in ("pending", "hidden")
    }
    assert len(made) >= 10
    for item in made:
        assert MARK in item.moderated_words()


@pytest.mark.parametrize("who", ["anonymous", "other coordinator"])
def test_no_address_of_the_site_says_a_word_of_it(town, who):
    unshown(town)
    client = asking(town.people[who])
    said = []
    for address in public_addresses(town):
        for query in ASKED if who == "anonymous" else ASKED[:1]:
            asked = f"{address}?{urlencode(query)}" if query else address
            if MARK.lower() in everything_in(client.get(asked)).lower():
                said.append(asked)
    assert not said, "\n".join(said)


@pytest.mark.parametrize("who", ["anonymous"])
def test_no_link_that_someone_meets_leads_to_it(town, who):
    unshown(town)
    client = asking(town.people[who])
    seen = list(walk(client, beginning=[*public_addresses(town), "/sitemap.xml", "/robots.txt"], each_view=2))
    assert len(seen) > 60
    assert not [each.address for each in seen if MARK.lower() in f"{each.address} {each.html}".lower()]


def test_its_own_addresses_are_not_there_for_others(town):
    wrong = []
    for item in unshown(town):
        for address in own_addresses(item):
            for who in (*STRANGERS, "partner"):
                answer = asking(town.people[who]).get(address)
                if answer.status_code not in (302, 404) or MARK in everything_in(answer).replace(address, ""):
                    wrong.append(f"{address} as {who}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_its_writer_and_the_boards_officers_do_reach_it(town):
    own = 0
    for item in unshown(town):
        if not hasattr(item, "get_absolute_url"):
            continue
        own += 1
        for who in ("resident", "coordinator"):
            answer = asking(town.people[who]).get(item.get_absolute_url())
            assert answer.status_code == 200, (item, who)
            assert answer.streaming or MARK in everything_in(answer), (item, who)  # a picture has no words
    assert own >= 4
    client = asking(town.people["coordinator"])
    queue = "".join(client.get(f"/desk/moderation/?page={at}").content.decode() for at in (1, 2, 3))
    for label in queries.kinds():
        assert f"{MARK}{label.replace('.', '')}pending" in queue


@pytest.mark.parametrize("who", ["other coordinator"])
def test_no_screen_of_the_desk_says_a_word_of_it_to_another_board(town, who):
    made = unshown(town)
    client = asking(town.people[who])
    said = []
    for route, _name, _pattern in a_rooms():
        addresses = ["/" + route] if "<" not in route and "(" not in route else []
        if route.count("<") == 1:
            # Few keys serve them all: things of different kinds have the same numbers.
            keys = sorted(
                {str(item.pk) for item in made} | {f"{item._meta.label_lower}:{item.pk}" for item in made[:3]}
            )
            addresses = ["/" + re.sub(r"<[^>]+>", str(key), route) for key in keys]
        for address in addresses:
            address = address.replace("^", "").replace("$", "").replace("\\", "")
            if MARK.lower() in everything_in(client.get(address)).lower():
                said.append(address)
    assert not said, "\n".join(said)


CHANGING = re.compile(
    r'nonce="[^"]*"|name="(?:form_token|guard_\w+|csrfmiddlewaretoken)" value="[^"]*"|value="[^"]*" id="id_guard_\w+"|'
    # Who comes to a conversation for the first time is dealt any of its statements.
    r'statement-card__text" dir="auto"><p>[^<]*|name="statement" value="[^"]*"|'
    r"nonce-[\w-]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d\d:\d\d:\d\d(?:\.\d+)?|\d+ seconds?"
)


def test_no_page_counts_it(town):
    """Each page anyone may read is the same, letter for letter, before and after such things came in."""
    unshown(town)  # so that what they stand in is there both times
    before = pages_of(town)
    for label in sorted(queries.kinds()):
        for at in range(3):
            for state in ("pending", "hidden"):
                make_of(label, town.board, f"{MARK}more{at}{label.replace('.', '')}{state}", state=state)
    after = pages_of(town)
    changed = [name for name in before if before[name] != after[name]]
    assert changed == []


def test_the_walks_above_would_see_it(town):
    """The same walks find the same words once they are shown: so finding none is worth something."""
    unshown(town)
    before = pages_of(town)
    for label in sorted(queries.kinds()):
        make_of(label, town.board, f"{MARK}{label.replace('.', '')}shown {SEEK}", state="shown")
    after = pages_of(town)
    changed = {name for name in before if before[name] != after[name]}
    client = asking(None)
    seen = " ".join(everything_in(client.get(address)) for address in public_addresses(town))
    for label in ("ideas.idea", "polls.why", "funding.proposal"):
        assert f"{MARK}{label.replace('.', '')}shown" in seen, label
    assert {"ideas:wall", "funding:round"} <= changed


def pages_of(town: Town) -> dict[str, str]:
    client = asking(None)
    found = {}
    for name, pattern in room_addresses():
        if DOORS[name] == "all":
            answer = client.get(address_of(name, pattern, town))
            if not answer.streaming and answer.get("Content-Type", "").startswith(("text/", "application/json")):
                found[name] = CHANGING.sub("", answer.content.decode())
    return found


def test_no_kept_page_shows_it_to_the_next_visitor(town, settings):
    settings.PAGE_CACHE_SECONDS = 60
    made = [item for item in unshown(town) if hasattr(item, "get_absolute_url")]
    page_cache.forget()
    for who in ("resident", "coordinator", "anonymous"):
        for item in made:
            answer = asking(town.people[who]).get(item.get_absolute_url())
            assert (answer.status_code == 200) == (who != "anonymous"), (item, who)
            if who != "anonymous":
                assert "no-store" in answer["Cache-Control"]
    for address in public_addresses(town):
        asking(town.people["coordinator"]).get(address)
    for address in public_addresses(town):
        assert MARK.lower() not in everything_in(asking(None).get(address)).lower(), address
