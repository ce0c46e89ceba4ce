"""Every public address × who asks × how: made from one table. A new address without a row fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.town import Town, make_town

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ROOMS = {
    "moderation",
    "places",
    "people",
    "evidence",
    "activities",
    "polls",
    "surveys",
    "ideas",
    "conversations",
    "funding",
    "outcomes",
    "cms",
}

# all: anyone may read it. signed in: others are sent to sign in. own: as signed in, and 404 for whose it is not.
# panel: whoever sits on it, and the board's officers; to anyone else it does not exist. pipeline: funders' partners,
# staff, administrators. pots: funders' partners, where a pot of this year is theirs to add to.
# act: takes posts; a plain GET leads back to its page. kept: only whoever just did it sees it.
# grant: its group, and its board's officers who award.
OF_A_GRANT = ("resident", "coordinator", "administrator")
DOORS = {
    "places:find": "all", "places:boards": "all", "places:map_json": "all",
    "people:second_factor": "signed in", "people:prove": "signed in", "people:details": "signed in",
    "evidence:needs": "all", "evidence:slip": "all", "evidence:withdraw": "own", "evidence:needs_of_board": "all",
    "evidence:need": "all", "evidence:tell_us": "all", "evidence:tell_us_finish": "signed in", "evidence:told": "all",
    "activities:list": "all", "activities:open": "all", "activities:short": "all",
    "moderation:report": "all", "moderation:reported": "kept", "moderation:rules": "all", "moderation:object": "own",
    "polls:list": "all", "polls:poll": "all", "polls:vote": "act", "polls:finish": "signed in",
    "polls:thanks": "kept", "polls:take_back": "kept", "polls:results": "all", "polls:words": "all",
    "surveys:list": "all", "surveys:survey": "all", "surveys:start": "act", "surveys:page": "kept",
    "surveys:save": "kept", "surveys:check": "kept", "surveys:finish": "signed in", "surveys:thanks": "kept",
    "surveys:equality": "kept", "surveys:equality_thanks": "all", "surveys:file": "kept", "surveys:find": "all",
    "surveys:results": "all", "surveys:open_copy": "kept", "surveys:gone": "all", "surveys:slip": "kept", "surveys:correct": "kept", "surveys:take_back": "kept",
    "polls:hall": "all", "polls:embed": "all", "polls:picture": "all",
    "polls:embed_script": "all", "polls:oembed": "kept", "polls:kiosk": "kept", "polls:kiosk_vote": "act",
    "polls:kiosk_state": "act", "polls:kiosk_leave": "act", "polls:kiosk_start": "kept", "polls:kiosk_worker": "all",
    "ideas:calls": "all", "ideas:wall": "all", "ideas:map": "all", "ideas:propose": "all", "ideas:finish": "signed in",
    "ideas:sent": "kept", "ideas:idea": "all", "ideas:back": "act", "ideas:back_finish": "signed in",
    "ideas:take_back": "act", "ideas:feed": "all", "ideas:csv": "all", "ideas:geojson": "all", "ideas:similar": "all",
    "ideas:follow": "act", "ideas:follow_finish": "signed in", "ideas:comment": "act",
    "ideas:comment_finish": "signed in", "ideas:change": "own", "ideas:versions": "all", "ideas:together": "own",
    "ideas:pictures": "own", "ideas:picture": "kept",
    "conversations:list": "all", "conversations:conversation": "all", "conversations:answer": "act",
    "conversations:count": "kept", "conversations:finish": "signed in", "conversations:mine": "all",
    "conversations:add": "all", "conversations:add_finish": "signed in", "conversations:sent": "kept",
    "conversations:results": "all", "conversations:statements": "all", "conversations:statements_file": "all",
    "conversations:answers_file": "kept",
    "funding:pot": "all", "funding:round": "all", "funding:propose": "all", "funding:propose_finish": "signed in",
    "funding:proposal": "all", "funding:sent": "kept", "funding:withdraw": "kept", "funding:vote": "all",
    "funding:check": "act", "funding:thanks": "kept", "funding:results": "all", "funding:check_receipt": "act",
    "funding:object": "all", "funding:object_finish": "signed in", "funding:objected": "kept",
    "funding:ballots": "kept", "funding:count_file": "kept",
    "funding:apply": "all", "funding:questions": "all", "funding:start": "all", "funding:form": "kept",
    "funding:form_part": "kept", "funding:form_check": "kept", "funding:form_keep": "signed in",
    "funding:draft": "kept", "funding:draft_part": "kept", "funding:draft_check": "kept",
    "funding:draft_delete": "own", "funding:talk": "kept", "funding:host": "kept", "funding:my_groups": "signed in",
    "funding:group": "own", "funding:group_people": "own", "funding:papers": "own", "funding:paper": "own",
    "funding:join": "kept",
    "funding:money": "all", "funding:ledger": "all", "funding:ledger_file": "all", "funding:data": "all",
    "funding:grants_json": "all", "funding:grants_csv": "all", "funding:grants_xlsx": "all",
    "funding:transparency_csv": "all",
    "funding:grant": "grant", "funding:answer": "act", "funding:send_file": "act", "funding:evidence_file": "grant",
    "funding:report": "own", "funding:report_picture": "kept", "funding:picture_out": "act", "funding:lasting": "own",
    "funding:panel": "panel", "funding:panel_close": "panel", "funding:panel_ranking": "panel",
    "funding:panel_decide": "panel", "funding:panel_proposal": "panel", "funding:assessment": "kept",
    "funding:pipeline": "pipeline", "funding:pipeline_copy": "pipeline", "funding:pipeline_gaps": "pipeline",
    "funding:pipeline_saved": "pipeline", "funding:pipeline_pots": "pipeline", "funding:pipeline_one": "pipeline",
    "funding:pipeline_offer": "pots", "funding:pipeline_sign_in_again": "act", "funding:contact": "kept",
    "funding:ballots_pb": "kept", "funding:sums": "kept", "funding:working": "kept",
    "funding:short": "all", "funding:compare": "act", "funding:drill": "kept",
    "outcomes:outcomes": "all", "outcomes:of_board": "all", "outcomes:loop": "all", "outcomes:mine": "signed in",
    "cms:home": "all", "cms:board": "all", "cms:news": "all", "cms:feed": "all", "cms:story": "all",
    "cms:council_news": "all", "cms:council_feed": "all", "cms:brand_css": "all",
}  # fmt: skip


MAY_BE_FRAMED = {"polls:embed"}
"""The only pages that another site may show in a frame."""
PANEL = {"partner", "coordinator", "chair", "evidence team", "staff", "administrator"}
FUNDERS = {"funder", "staff", "administrator"}


def room_addresses(resolver: URLResolver | None = None) -> Iterator[tuple[str, URLPattern]]:
    for part in (resolver or get_resolver()).url_patterns:
        if isinstance(part, URLResolver):
            if part.app_name in ROOMS:
                yield from ((f"{part.app_name}:{each.name}", each) for each in part.url_patterns)
            elif part.app_name is None and "desk" not in str(part.pattern):
                yield from room_addresses(part)


ADDRESSES = list(room_addresses())


def test_every_public_address_has_a_row():
    named = {name for name, _ in ADDRESSES}

    assert named, "no address was found"
    assert named - set(DOORS) == set(), "say in DOORS who may enter"
    assert set(DOORS) - named == set(), "these are no longer addresses"


@pytest.fixture
def town(db, settings, tmp_path) -> Town:
    settings.VAR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    return make_town()


def address_of(name: str, pattern: URLPattern, town: Town) -> str:
    words = {}
    for part in pattern.pattern.converters:
        keys = (f"{name}:{part}", f"{name.split(':')[0]}:{part}", part)
        words[part] = next(town.words[key] for key in keys if key in town.words)
    return reverse(name, kwargs=words)


def asking(town: Town, who: str) -> Client:
    client = Client(raise_request_exception=False)
    if person := town.people[who]:
        client.force_login(person)
    return client


def test_every_address_answers_everyone_as_the_table_says(town):
    wrong = []
    for name, pattern in ADDRESSES:
        address = address_of(name, pattern, town)
        door = DOORS[name]
        for who in town.people:
            client = asking(town, who)
            status = client.get(address).status_code
            allowed = {
                "all": {200, 302, 301},
                "signed in": {302} if who == "anonymous" else {200, 302},
                "own": {302} if who == "anonymous" else {200} if who == "resident" else {404},
                "grant": {302} if who == "anonymous" else {200} if who in OF_A_GRANT else {404},
                "panel": {302} if who == "anonymous" else {200} if who in PANEL else {404},
                "pipeline": {302} if who == "anonymous" else {200} if who in FUNDERS else {404},
                "pots": {302} if who == "anonymous" else {200, 404} if who == "funder" else {404},
                "act": {200, 302, 405, 403, 404},
                "kept": {200, 302, 403, 404},
            }[door]
            if address == "/news/clock/" and status == 404:
                continue  # the story is the board's: the council's own list does not hold it
            if status not in allowed:
                wrong.append(f"GET {address} as {who}: {status}, wanted one of {sorted(allowed)}")
    assert not wrong, "\n".join(wrong)


def test_no_way_of_asking_breaks_an_address(town):
    wrong = []
    for who in ("anonymous", "other coordinator"):
        client = asking(town, who)
        for name, pattern in ADDRESSES:
            address = address_of(name, pattern, town)
            for method in ("head", "post", "put", "delete", "options"):
                status = getattr(client, method)(address).status_code
                if status >= 500:
                    wrong.append(f"{method} {address} as {who}: {status}")
    assert not wrong, "\n".join(wrong)


def test_what_is_hidden_is_a_404_to_all_but_its_officers_and_its_writer(town):
    wrong = []
    for address in town.hidden:
        for who in ("anonymous", "neighbour", "other coordinator", "partner"):
            if (status := asking(town, who).get(address).status_code) != 404:
                wrong.append(f"{address} as {who}: {status}")
        if (status := asking(town, "coordinator").get(address).status_code) == 500:
            wrong.append(f"{address} as its coordinator: {status}")
    assert not wrong, "\n".join(wrong)


def test_hidden_words_stand_on_no_page_that_anyone_may_read(town):
    pages = [address_of(name, pattern, town) for name, pattern in ADDRESSES if DOORS[name] == "all"]
    for who in ("anonymous", "neighbour", "other coordinator"):
        client = asking(town, who)
        for address in pages:
            answer = client.get(address)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert b"Pending words" not in text, address
            assert b"Not out yet" not in text, address
            assert b"A draft poll" not in text, address


def test_someone_who_only_reads_gets_no_cookie(town):
    for name, pattern in ADDRESSES:
        if DOORS[name] == "all":
            answer = Client().get(address_of(name, pattern, town))
            assert not answer.cookies, f"{name} set {list(answer.cookies)}"


def test_every_public_page_carries_the_strict_policy_and_its_kin(town):
    for name, pattern in ADDRESSES:
        answer = Client().get(address_of(name, pattern, town))
        policy = answer["Content-Security-Policy"]
        assert "unsafe-inline" not in policy, name
        assert "unsafe-eval" not in policy, name
        frames = "frame-ancestors *" if name in MAY_BE_FRAMED else "frame-ancestors 'none'"
        for wanted in ("object-src 'none'", "base-uri 'none'", "form-action 'self'", frames):
            assert wanted in policy, name
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "Referrer-Policy" in answer
        assert "Permissions-Policy" in answer


def test_personal_pages_are_kept_nowhere(town):
    client = asking(town, "resident")
    for address in ("/me/", "/", town.board.get_absolute_url()):
        assert "no-store" in client.get(address)["Cache-Control"], address


def test_a_post_from_another_site_is_refused_everywhere(town):
    for name, pattern in ADDRESSES:
        address = address_of(name, pattern, town)
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
        ):
            status = asking(town, "resident").post(address, {"choice": "1"}, headers=headers).status_code
            assert status == 403, f"{name} with {headers}: {status}"


def test_a_body_of_too_many_fields_is_refused(client):
    many = "&".join(f"f{at}=1" for at in range(12_000))
    assert client.generic("POST", "/find/", many, "application/x-www-form-urlencoded").status_code == 413
