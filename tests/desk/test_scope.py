"""A coordinator of one board reaches nothing of another's, by any address of the desk.

The walk finds every address by itself. To add a room: give MODELS a row for each model its
screens show, saying how to make one that carries SECRET in its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.documents import get_document_model
from wagtail.models import Page

from boards.people.models import Organisation
from cms.middleware import TAGS
from cms.models import NewsPage
from cms.scope import CLOSED, RULES, anyone, link_typed, rule_for
from engagement.activities.models import Spot
from engagement.evidence.models import Evidence
from engagement.funding.models import PaperBatch, PaperScan
from engagement.ideas.models import Idea, IdeasCall
from engagement.moderation.models import Decision, Edit, Objection, Original
from engagement.outcomes.models import Loop
from engagement.polls.models import Kiosk, SocialPoll, Why
from engagement.surveys.models import Copy, Incoming, Passage, Words
from tests.cms.factories import make_board_page, make_news, make_picture, picture_file
from tests.conversations.factories import make_conversation, make_statement
from tests.factories import make_activity, make_need, make_role
from tests.funding.factories import make_proposal, make_round
from tests.polls.factories import make_poll
from tests.surveys.any_survey import q, survey
from tests.surveys.building import make_draft
from tests.surveys.factories import make_response, make_survey

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SECRET = "Zanzibarquoll"
"""In every word of the other board that an officer of this one must not meet."""


class World:
    """The other board's things, each marked, and the person who must not reach them."""

    def __init__(self, board: Any, next_board: Any) -> None:
        self.page = make_board_page(board)
        self.mine = make_board_page(next_board)
        self.draft = make_news(self.page, f"{SECRET} draft", live=False, intro=SECRET)
        self.latest = self.draft.save_revision()
        self.picture = make_picture(self.page.collection, f"{SECRET} picture")
        self.picture.tags.add(f"{SECRET} tag")
        self.document = get_document_model().objects.create(
            title=f"{SECRET} document",
            collection=self.page.collection,
            file=ContentFile(b"words", name="words.txt"),
        )
        self.document.tags.add(f"{SECRET} tag")
        self.activity = make_activity(board, "poll", f"{SECRET} poll", is_draft=True)
        self.need = make_need(board, f"{SECRET} need")
        self.coordinator = make_role("coordinator", board, email=f"{SECRET}@example.org")
        self.loop = Loop.objects.create(
            board=board, title=f"{SECRET} outcome", slug="loop", asked=SECRET, said=SECRET, did=f"{SECRET} done"
        )
        self.round = make_round(board)
        self.proposal = make_proposal(self.round, title=f"{SECRET} proposal")
        self.poll = make_poll(board, question=f"{SECRET} question", is_draft=True)
        self.spot = Spot.objects.create(activity=self.poll.activity, name=f"{SECRET} place")
        self.kiosk = Kiosk.objects.create(poll=self.poll, spot=self.spot, pin="!", made_at=datetime.now(UTC))
        self.social = SocialPoll.objects.create(
            poll=self.poll,
            platform="x",
            wording=f"{SECRET} asked there",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 1, 2),
        )
        self.why = Why.objects.create(poll=self.poll, text=f"{SECRET} why", may_quote=True)
        self.call = IdeasCall.objects.create(
            activity=make_activity(board, "ideas", f"{SECRET} call", is_draft=True), question=f"{SECRET} asks"
        )
        self.conversation = make_conversation(board, f"{SECRET} conversation", is_draft=True)
        self.statement = make_statement(self.conversation, f"{SECRET} statement", author=self.coordinator)
        self.idea = Idea.objects.create(
            call=self.call,
            title=f"{SECRET} idea",
            slug="idea",
            text=f"{SECRET} text",
            author=self.coordinator,
        )
        self.evidence = Evidence.objects.create(
            board=board, text=f"{SECRET} said", how=Evidence.How.INTERVIEW, heard_on=date(2026, 1, 1)
        )
        self.decision = Decision.objects.create(
            about=self.idea,
            board=board,
            by=self.coordinator,
            was="pending",
            became="shown",
            reason="fine",
            words=f"{SECRET} words",
            decided_at=datetime.now(UTC),
        )
        self.edit = Edit.objects.create(
            about=self.idea, board=board, field="text", by=self.coordinator, at=datetime.now(UTC)
        )
        Original.objects.create(edit=self.edit, sealed=Original.seal(f"{SECRET} before"))
        self.objection = Objection.objects.create(
            decision=self.decision, by=self.coordinator, words=f"{SECRET} objects", made_at=datetime.now(UTC)
        )
        self.batch = PaperBatch.objects.create(round=self.round, number=101, purpose=f"{SECRET} sheets", hand_in=SECRET)
        self.scan = PaperScan.objects.create(
            batch=self.batch, kind="application/pdf", size_bytes=5, file=ContentFile(b"%PDF-", name="scan.pdf")
        )
        self.survey = make_draft(
            board, self.coordinator, survey([q(1, label=f"{SECRET} question")]), title=f"{SECRET} survey"
        )
        self.organisation = Organisation.objects.create(name=f"{SECRET} organisation")
        self.answered = make_survey(board, title=f"{SECRET} survey answered")
        now = datetime.now(UTC)
        self.words = Words.objects.create(
            survey=self.answered, response=make_response(self.answered, {"wish": SECRET}), question="wish", text=SECRET,
            label=f"{SECRET} asks",
        )  # fmt: skip
        self.passage = Passage.objects.create(words=self.words, evidence=self.evidence)
        self.copy = Copy.objects.create(
            survey=self.answered, by=self.coordinator, session_digest="x", asked_at=now, moved_at=now, ends_at=now
        )
        self.incoming = Incoming.objects.create(
            survey=self.answered, version=self.answered.current, asked_at=now,
            file=ContentFile(SECRET.encode(), name="answers.csv"),
        )  # fmt: skip


@pytest.fixture
def world(board, next_board):
    return World(board, next_board)


# How a placeholder of an address is filled: by the address's namespace, then by its own name.
PARAMS: dict[str, Callable[[World], Any]] = {
    "page_id": lambda w: w.draft.pk,
    "parent_page_id": lambda w: w.draft.get_parent().pk,
    "page_to_move_id": lambda w: w.draft.pk,
    "destination_id": lambda w: w.page.pk,
    "image_id": lambda w: w.picture.pk,
    "document_id": lambda w: w.document.pk,
    "doc_id": lambda w: w.document.pk,
    "revision_id": lambda w: w.latest.pk,
    "revision_id_a": lambda w: "earliest",
    "revision_id_b": lambda w: "latest",
    "content_type_app_name": lambda w: "cms",
    "content_type_model_name": lambda w: "newspage",
    "app_label": lambda w: "wagtailcore",
    "model_name": lambda w: "page",
    "app_name": lambda w: "cms",
    "action": lambda w: "publish",
    "action_name": lambda w: "publish",
    "object_id": lambda w: w.draft.pk,
    "session_id": lambda w: 1,
    "filter_spec": lambda w: "original",
    "task_state_id": lambda w: 1,
    "task_id": lambda w: 1,
    "workflow_state_id": lambda w: 1,
    "page_pk": lambda w: w.draft.pk,
    "workflow_pk": lambda w: 1,
    "collection_id": lambda w: w.page.collection_id,
    "uploaded_file_id": lambda w: 1,
    "uidb64": lambda w: "MQ",
    "token": lambda w: "set-password",
    "name": lambda w: "receive",
    "key": lambda w: w.scan.pk,
    "id": lambda w: w.survey.draft.schema["pages"][0]["questions"][0]["id"],
    "number": lambda w: 1,
    "channel": lambda w: "web",
    "spot_pk": lambda w: w.spot.pk,
    "statement_pk": lambda w: w.statement.pk,
    "kiosk_pk": lambda w: w.kiosk.pk,
    "social_pk": lambda w: w.social.pk,
    "why": lambda w: w.why.pk,
    "thing": lambda w: f"ideas.idea:{w.idea.pk}",
    "rule": lambda w: "words-en",
    "copy_key": lambda w: w.copy.pk,
    "incoming_key": lambda w: w.incoming.pk,
}
PK_OF: dict[str, Callable[[World], Any]] = {
    "wagtailadmin_pages": lambda w: w.draft.pk,
    "wagtailadmin_api:pages": lambda w: w.draft.pk,
    "wagtailadmin_api:images": lambda w: w.picture.pk,
    "wagtailadmin_api:documents": lambda w: w.document.pk,
    "wagtailimages_chooser": lambda w: w.picture.pk,
    "wagtaildocs_chooser": lambda w: w.document.pk,
    "wagtailadmin_collections": lambda w: w.page.collection_id,
    "wagtailadmin_workflows": lambda w: 1,
    "wagtailsites": lambda w: 1,
    "wagtailusers_users": lambda w: w.coordinator.pk,
    "wagtailusers_groups": lambda w: w.coordinator.groups.values_list("pk", flat=True).first() or 1,
    "wagtailsettings": lambda w: 1,
}
# Screens written as plain functions name no model: their row is their address or namespace.
PK_OF |= {
    "outcomes_publish": lambda w: w.loop.pk,
    "ideas_desk:idea": lambda w: w.idea.pk,
    "ideas_desk": lambda w: w.call.pk,
    "conversations_desk": lambda w: w.conversation.pk,
    "evidence_links": lambda w: w.evidence.pk,
    "evidence_withdraw": lambda w: w.evidence.pk,
    "moderation_desk:undo": lambda w: w.decision.pk,
    "moderation_desk:original": lambda w: w.edit.pk,
    "moderation_desk:hear": lambda w: w.objection.pk,
    "funding_desk": lambda w: w.round.pk,
    "funding_desk:paper_batch": lambda w: w.batch.pk,
    "funding_desk:paper_sheets": lambda w: w.batch.pk,
    "funding_desk:paper_scans": lambda w: w.batch.pk,
    "funding_desk:letter": lambda w: w.page.board_id,
    "polls_desk": lambda w: w.poll.pk,
    "surveys_desk": lambda w: w.survey.pk,
    "surveys_reading": lambda w: w.answered.pk,
    "surveys_reading:decide": lambda w: w.words.pk,
    "surveys_reading:to_evidence": lambda w: w.words.pk,
    "surveys_reading:out_of_evidence": lambda w: w.passage.pk,
}
# One row a model that a room's desk screens name by pk: how to make one of the other board's.
MODELS: dict[str, Callable[[World], Any]] = {
    "activities.activity": lambda w: w.activity.pk,
    "evidence.need": lambda w: w.need.pk,
    "evidence.evidence": lambda w: w.evidence.pk,
    "outcomes.loop": lambda w: w.loop.pk,
    "funding.fundinground": lambda w: w.round.pk,
    "funding.proposal": lambda w: w.proposal.pk,
    "funding.pot": lambda w: w.round.stream.pot_id,
    "polls.poll": lambda w: w.poll.pk,
    "surveys.survey": lambda w: w.survey.pk,
    "ideas.ideascall": lambda w: w.call.pk,
    "ideas.idea": lambda w: w.idea.pk,
    "conversations.conversation": lambda w: w.conversation.pk,
    "conversations.statement": lambda w: w.statement.pk,
    "places.area": lambda w: w.page.board.areas.first().pk,
    "places.board": lambda w: w.page.board_id,
    "people.role": lambda w: w.coordinator.roles.get().pk,
    "people.organisation": lambda w: w.organisation.pk,
}
# Named by no row of a board's, so nothing of another board's can be on them.
WITHOUT_A_ROW = {"wagtailsettings:edit": {"app_name": "cms", "model_name": "brand"}}


def desk_addresses() -> Iterator[tuple[str, str, URLPattern]]:
    def walk(patterns: Any, route: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, str, URLPattern]]:
        for each in patterns:
            whole = route + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, whole, (*spaces, each.namespace) if each.namespace else spaces)
            elif whole.startswith("desk/"):
                yield whole, ":".join((*spaces, each.name or "")), each

    return walk(get_resolver().url_patterns, "", ())


def wagtails_own() -> list[tuple[str, str, URLPattern]]:
    return [found for found in desk_addresses() if rule_for(found[1]) is not None]


def a_rooms() -> list[tuple[str, str, URLPattern]]:
    return [
        found
        for found in desk_addresses()
        if rule_for(found[1]) is None and found[0] not in ("desk/^.*/$", "desk/test404/")
    ]


def model_of(pattern: URLPattern) -> str:
    """The model a room's screen is for: what the guard closes over, or what the view says."""
    view = pattern.callback
    model = getattr(view, "desk_model", None) or getattr(getattr(view, "view_class", None), "model", None)
    model = model or getattr(view, "view_initkwargs", {}).get("model")
    return model._meta.label_lower if isinstance(model, type) and issubclass(model, Model) else ""


def label_is_wagtails(name: str) -> bool:
    return rule_for(name) is not None


def fill(world: World, route: str, name: str, pattern: URLPattern) -> str:
    """Write the address with the other board's things in it; fails for a placeholder nobody mapped."""
    space = name.rpartition(":")[0]
    fixed = WITHOUT_A_ROW.get(name, {})

    def value(match: re.Match[str]) -> str:
        param = match["name"] or match["regex_name"]
        if param in fixed:
            return fixed[param]
        if param == "pk" and (name in PK_OF or space in PK_OF) and not model_of(pattern):
            return str((PK_OF.get(name) or PK_OF[space])(world))
        if param == "pk" and label_is_wagtails(name) and space in PK_OF:
            return str(PK_OF[space](world))
        if param in PARAMS:
            return str(PARAMS[param](world))
        label = model_of(pattern)
        if label in MODELS:
            return str(MODELS[label](world))
        pytest.fail(f"{name} ({route}) names a {label or param!r} that tests/desk/test_scope.py has no row for.")

    filled = re.sub(
        r"<(?:[\w.]+:)?(?P<name>\w+)>|\(\?P<(?P<regex_name>\w+)>[^)]*\)", value, route.replace("^", "").replace("$", "")
    )
    return "/" + filled.replace("\\", "")


QUERIES = [
    "",
    "?q={secret}",
    "?id={draft}&id={page}",
    "?id={picture}",
    "?id={document}",
    "?term={secret}&q={secret}",
    "?id=all&parentId={parent}",
]


def tried(client: Any, address: str, world: World) -> Iterator[tuple[str, Any]]:
    for query in QUERIES:
        asked = address + query.format(
            secret=SECRET,
            draft=world.draft.pk,
            page=world.page.pk,
            picture=world.picture.pk,
            document=world.document.pk,
            parent=world.draft.get_parent().pk,
        )
        yield f"GET {asked}", client.get(asked)
    body = {"title": "taken", "q": SECRET, "ids": [world.draft.pk], "action-publish": "1", "id": world.draft.pk}
    yield f"POST {address}", client.post(address, body)


def words_in(answer: Any) -> str:
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode("utf-8", "replace")


def test_no_address_of_wagtails_shows_or_changes_another_boards_things(client, world, other_coordinator):
    client.force_login(other_coordinator)
    before = everything_of(world)
    leaks, faults, seen = [], [], 0

    for route, name, pattern in wagtails_own():
        if name in ("wagtailadmin_logout",):
            continue
        for asked, answer in tried(client, fill(world, route, name, pattern), world):
            seen += 1
            if answer.status_code >= 500:
                faults.append((name, asked, answer.status_code))
            # The search box repeats what was typed; that is not a leak of what is there.
            shown = words_in(answer).replace(f'value="{SECRET}"', "")
            if answer.status_code == 200 and (f"{SECRET} " in shown or f"{SECRET}@" in shown):
                leaks.append((name, asked))

    assert seen > 800
    assert not faults
    assert not leaks, sorted({name for name, _asked in leaks})
    assert everything_of(world) == before


def everything_of(world: World) -> dict[str, Any]:
    return {
        "pages": list(Page.objects.filter(path__startswith=world.page.path).order_by("pk").values()),
        "draft": list(NewsPage.objects.filter(pk=world.draft.pk).values()),
        "picture": list(type(world.picture).objects.filter(pk=world.picture.pk).values()),
        "document": list(type(world.document).objects.filter(pk=world.document.pk).values()),
    }


def test_addresses_that_name_a_thing_answer_no(client, world, other_coordinator):
    """Not only without its words: refused."""
    client.force_login(other_coordinator)
    open_doors = []
    for route, name, pattern in wagtails_own():
        if RULES.get(name) in (anyone, link_typed) or name in ("wagtailadmin_login", *TAGS):
            continue
        address = fill(world, route, name, pattern)
        if name == "wagtail_bulk_action" or "chosen_multiple" in name:
            address += f"?id={world.draft.pk}&id={world.picture.pk}"
        for answer in (client.get(address), client.post(address)):
            away = answer.status_code == 302 and SECRET not in answer.get("Location", "")
            if not away and answer.status_code not in (403, 404):
                open_doors.append((name, address, answer.status_code))
    assert not open_doors


def test_every_address_of_a_room_refuses_the_other_boards_rows(client, world, other_coordinator):
    client.force_login(other_coordinator)
    wrong = []
    for route, name, pattern in a_rooms():
        address = fill(world, route, name, pattern)
        names_a_row = address != "/" + route
        for asked in ("get", "post"):
            answer = getattr(client, asked)(address)
            if (
                (names_a_row and answer.status_code not in (302, 403, 404, 405))
                or answer.status_code >= 500
                or f"{SECRET} " in words_in(answer)
            ):
                wrong.append((name, asked, answer.status_code))
    assert not wrong


def test_every_one_of_wagtails_addresses_has_a_rule():
    unknown = [
        (name, route)
        for route, name, _pattern in desk_addresses()
        if name.startswith("wagtail") and name not in RULES and not closed_on_purpose(name)
    ]
    assert not unknown


def closed_on_purpose(name: str) -> bool:
    return name.partition(":")[0] in CLOSED


def test_a_coordinator_still_does_their_own_work(client, world, coordinator):
    client.force_login(coordinator)
    for address in (
        "/desk/",
        f"/desk/pages/{world.page.pk}/",
        f"/desk/pages/{world.page.pk}/edit/",
        f"/desk/pages/{world.draft.pk}/edit/",
        f"/desk/pages/{world.draft.pk}/history/",
        f"/desk/pages/{world.draft.pk}/revisions/compare/earliest...latest/",
        f"/desk/images/{world.picture.pk}/",
        f"/desk/documents/edit/{world.document.pk}/",
        "/desk/images/",
        "/desk/images/add/",
        "/desk/images/chooser/",
        "/desk/choose-page/",
        "/desk/documents/",
        f"/desk/images/chooser/chosen/{world.picture.pk}/",
    ):
        assert client.get(address).status_code == 200, address
    assert SECRET in client.get("/desk/images/").content.decode()
    # What the neighbour's search must not find is there to be found.
    for address in ("/desk/pages/search/", "/desk/choose-page/search/"):
        assert f"{SECRET} draft" in client.get(address, {"q": SECRET}).content.decode(), address


def test_acts_on_many_at_once_take_only_ones_own(client, world, other_coordinator):
    client.force_login(other_coordinator)
    ids = f"?id={world.draft.pk}&id={world.picture.pk}&id={world.document.pk}&id={world.coordinator.pk}"
    before = everything_of(world)

    for model in ("wagtailcore/page", "cms/picture", "wagtaildocs/document", "people/person", "auth/group"):
        for action in ("delete", "publish", "unpublish", "move", "add_tags", "add_to_collection", "assign_role"):
            address = f"/desk/bulk/{model}/{action}/{ids}"
            assert client.get(address).status_code == 404, address
            assert client.post(address).status_code == 404, address
    assert everything_of(world) == before


def test_who_else_has_a_thing_open_is_not_told_to_others(client, world, other_coordinator):
    client.force_login(other_coordinator)
    for model in ("wagtailcore/page", "cms/picture", "people/person", "nothing/here"):
        for pk in (world.draft.pk, world.picture.pk, "9" * 40, "abc"):
            assert client.post(f"/desk/editing-sessions/ping/{model}/{pk}/1/").status_code in (403, 404)


def test_a_picture_cannot_be_put_in_another_boards_collection(client, world, other_coordinator):
    client.force_login(other_coordinator)

    client.post(
        "/desk/images/add/",
        {
            "title": "Mine",
            "description": "Words",
            "file": picture_file(),
            "collection": world.page.collection_id,
            "tags": "",
        },
    )

    assert not type(world.picture).objects.filter(title="Mine", collection=world.page.collection).exists()


def test_a_page_cannot_be_moved_or_copied_under_another_boards(client, world, other_coordinator):
    mine = make_news(world.mine, "Mine to move")
    there = world.draft.get_parent()
    client.force_login(other_coordinator)

    for address in (f"/desk/pages/{mine.pk}/move/{there.pk}/confirm/", f"/desk/pages/{mine.pk}/copy/"):
        client.post(
            address, {"new_title": "Copied", "new_slug": "copied", "new_parent_page": there.pk, "publish_copies": "on"}
        )

    assert list(NewsPage.objects.child_of(there).values_list("pk", flat=True)) == [world.draft.pk]


@pytest.mark.parametrize("who", ["coordinator", "staff", "administrator"])
def test_the_screens_that_the_table_of_roles_replaces_are_closed_to_all(client, board, who):
    make_board_page(board)
    client.force_login(make_role(who, board if who == "coordinator" else None))
    for address in ("/desk/users/", "/desk/groups/", "/desk/users/new/", "/desk/workflows/list/", "/desk/sites/"):
        assert client.get(address).status_code in (302, 403), address
        assert client.get(address, follow=True).status_code in (200, 403)
        assert client.post(address).status_code in (302, 403), address


def test_only_council_wide_officers_see_the_site_history(client, board, coordinator, staff):
    make_board_page(board)
    client.force_login(coordinator)
    assert client.get("/desk/reports/site-history/").status_code in (302, 403)
    client.force_login(staff)
    assert client.get("/desk/reports/site-history/").status_code == 200


@pytest.mark.parametrize("address", ["/desk/login/", "/_util/login/"])
def test_wagtails_own_sign_in_is_closed(client, address, coordinator):
    coordinator.set_password("correct horse battery staple")
    coordinator.save()

    answer = client.post(address, {"username": coordinator.email, "password": "correct horse battery staple"})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    assert "_auth_user_id" not in client.session
    assert client.get(address, {"next": "https://elsewhere.example/"})["Location"] == "/account/login/"


def test_a_resident_and_a_partner_do_not_enter(client, board, resident):
    make_board_page(board)
    for person in (resident, make_role("partner", board), make_role("member", board)):
        client.force_login(person)
        for address in ("/desk/", "/desk/pages/", "/desk/images/", "/desk/choose-page/"):
            assert client.get(address).status_code in (302, 403), address
