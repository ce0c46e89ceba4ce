"""The officers' screens: recording, linking and taking back, on their own board only."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from boards.people.models import Person
from engagement.evidence import queries
from engagement.evidence.models import Evidence, Need
from tests.evidence.factories import ALL, make_evidence
from tests.factories import make_need, make_role

pytestmark = pytest.mark.django_db


def form(own, **more):
    return {
        "form_token": str(uuid4()), "board": own.pk, "text": "Nowhere to sit by the ferry", "how": "street_talk",
        "where": "", "where_words": "Market", "heard_on": str(timezone.localdate()), "voices": "3", "language": "pl",
        "agreed": ["evidence", "quote", "contact"], "contact_email": "speaker@example.org", **more,
    }  # fmt: skip


def test_a_conversation_is_recorded_linked_and_its_slip_shown(client, board, coordinator):
    need = make_need(board)
    client.force_login(coordinator)

    answer = client.post(
        "/desk/evidence/record/", form(board, need_1=need.pk, relation_1="qualifies", reason_1="Only in winter")
    )

    page = answer.content.decode()
    evidence = Evidence.objects.get()
    code = re.search(r"<code[^>]*>([^<]+)</code>", page)[1]
    assert queries.evidence_of_slip(code) == evidence
    assert evidence.state == Evidence.State.SHOWN
    assert evidence.contact.email == "speaker@example.org"
    assert (evidence.language, evidence.voices, evidence.recorded_by) == ("pl", 3, coordinator)
    assert [(link.need, link.relation, link.by) for link in evidence.links.all()] == [(need, "qualifies", coordinator)]
    assert {consent.scope for consent in evidence.consents.all()} == {"evidence", "quote", "contact"}


def test_sending_the_form_ten_times_keeps_one_and_shows_the_same_slip(client, board, coordinator):
    client.force_login(coordinator)
    once = form(board)

    codes = {
        re.search(r"<code[^>]*>([^<]+)</code>", client.post("/desk/evidence/record/", once).content.decode())[1]
        for _ in range(10)
    }

    assert len(codes) == 1
    assert Evidence.objects.count() == 1
    refused = client.post("/desk/evidence/record/", {**once, "text": "Other words"}).content.decode()
    assert "sent before with other words" in refused


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"agreed": ["quote"]}, "first line"),
        ({"agreed": []}, "first line"),
        ({"agreed": ["evidence"]}, "only if they agreed"),
        ({"heard_on": str(timezone.localdate() + timedelta(days=2))}, "not come yet"),
        ({"voices": "0"}, "greater than or equal to 1"),
        ({"voices": "9" * 5000}, "Not kept yet"),
        ({"text": " "}, "required"),
        ({"contact_email": "nobody"}, "valid"),
    ],
)
def test_a_refused_recording_keeps_what_was_typed(client, board, coordinator, wrong, said):
    client.force_login(coordinator)

    page = client.post("/desk/evidence/record/", form(board, **wrong)).content.decode()

    assert said in page
    assert "Market" in page
    assert not Evidence.objects.exists()
    assert not Person.objects.filter(email="speaker@example.org").exists()


def test_needs_and_wards_of_another_board_are_neither_offered_nor_taken(client, board, next_board, coordinator):
    client.force_login(coordinator)
    theirs = make_need(next_board, "Zanzibarquoll")

    assert "Zanzibarquoll" not in client.get("/desk/evidence/record/").content.decode()
    for wrong in ({"need_1": theirs.pk}, {"board": next_board.pk}, {"where": next_board.areas.get().pk}):
        client.post("/desk/evidence/record/", form(board, **wrong))
    assert not Evidence.objects.exists()


def addresses(evidence, need):
    return [
        f"/desk/evidence/{evidence.pk}/links/",
        f"/desk/evidence/{evidence.pk}/withdraw/",
        f"/desk/evidence/edit/{evidence.pk}/",
        f"/desk/evidence/history/{evidence.pk}/",
        f"/desk/evidence/delete/{evidence.pk}/",
        f"/desk/needs/edit/{need.pk}/",
        f"/desk/needs/history/{need.pk}/",
        f"/desk/needs/delete/{need.pk}/",
    ]


def test_the_coordinator_of_another_board_is_refused_everywhere(client, board, other_coordinator):
    need = make_need(board, "Zanzibarquoll need")
    evidence = make_evidence(board, "Zanzibarquoll words", need=need)
    client.force_login(other_coordinator)

    for address in addresses(evidence, need):
        for method in (client.get, client.post):
            answer = method(address, {"scope": "evidence", "remove": str(need.pk), "title": "Mine", "status": "met"})
            assert answer.status_code in (302, 403, 404), address
            assert "Zanzibarquoll" not in answer.content.decode()
    for listing in (
        "/desk/evidence/",
        "/desk/needs/",
        "/desk/evidence/?q=Zanzibarquoll",
        "/desk/needs/results/?q=Zanz",
    ):
        assert "Zanzibarquoll words" not in client.get(listing).content.decode()
        assert "Zanzibarquoll need" not in client.get(listing).content.decode()
    need.refresh_from_db()
    assert (need.title, need.status) == ("Zanzibarquoll need", Need.Status.HEARD)
    assert Evidence.objects.quotable().count() == 1
    assert evidence.links.count() == 1


@pytest.mark.parametrize("who", [None, "resident", "partner", "member"])
def test_those_without_a_desk_reach_no_screen(client, board, resident, who):
    need = make_need(board)
    evidence = make_evidence(board)
    if who:
        client.force_login(resident if who == "resident" else make_role(who, board))

    for address in [*addresses(evidence, need), "/desk/evidence/record/", "/desk/evidence/", "/desk/needs/"]:
        assert client.get(address).status_code in (302, 403, 404), address


def test_a_chair_reads_and_changes_nothing(client, board):
    evidence = make_evidence(board)
    client.force_login(make_role("chair", board))

    assert client.get("/desk/evidence/record/").status_code in (302, 403)
    assert client.post(f"/desk/evidence/{evidence.pk}/withdraw/", {"scope": "evidence"}).status_code in (302, 403, 404)
    assert Evidence.objects.quotable().count() == 1


def test_words_are_linked_and_unlinked_at_the_desk(client, board, coordinator):
    need, evidence = make_need(board), make_evidence(board)
    client.force_login(coordinator)
    address = f"/desk/evidence/{evidence.pk}/links/"

    client.post(address, {"need": need.pk, "relation": "contradicts", "reason": "Says so"})
    assert evidence.links.get().relation == "contradicts"
    client.post(address, {"need": need.pk, "relation": "supports", "reason": ""})
    assert evidence.links.get().relation == "supports"
    client.post(address, {"remove": str(need.pk)})
    assert not evidence.links.exists()
    assert {"evidence.link", "evidence.unlink"} <= {entry.action for entry in ModelLogEntry.objects.all()}


def test_consent_to_quote_is_taken_back_at_the_desk(client, board, coordinator, resident):
    evidence = make_evidence(board, scopes=ALL, contact=resident)
    client.force_login(coordinator)
    address = f"/desk/evidence/{evidence.pk}/withdraw/"

    assert "Stop showing the words" in client.get(address).content.decode()
    client.post(address, {"scope": "quote"})
    assert (Evidence.objects.quotable().count(), Evidence.objects.counted().count()) == (0, 1)
    client.post(address, {"scope": "evidence"})
    assert Evidence.objects.counted().count() == 0
    assert client.get(address).status_code == 404


def test_how_words_were_heard_is_put_right_and_logged_without_the_words(client, board, coordinator):
    evidence = make_evidence(board, "Quinquereme")
    client.force_login(coordinator)

    answer = client.post(
        f"/desk/evidence/edit/{evidence.pk}/",
        {
            "how": "call",
            "where_words": "Ninevehplace",
            "heard_on": str(evidence.heard_on),
            "voices": "4",
            "language": "cy",
        },
    )

    assert answer.status_code == 302
    evidence.refresh_from_db()
    assert (evidence.how, evidence.voices, evidence.text) == ("call", 4, "Quinquereme")
    entry = ModelLogEntry.objects.get(action="evidence.change")
    assert entry.data["before"]["voices"] == "1"
    assert entry.data["after"]["voices"] == "4"
    assert "Nineveh" not in json.dumps([each.data for each in ModelLogEntry.objects.all()])


def need_form(board, **more):
    return {"board": board.pk, "title": "Buses that come", "slug": "", "summary": "", "status": "heard",
            "no_figures_because": "", "since": "2026-01-01", **more}  # fmt: skip


def test_a_need_is_written_with_an_address_of_its_own(client, board, coordinator):
    make_need(board, "Buses that come")
    client.force_login(coordinator)

    assert client.post("/desk/needs/new/", need_form(board)).status_code == 302

    assert set(Need.objects.values_list("slug", flat=True)) == {"buses-that-come", "buses-that-come-2"}


def test_a_coordinator_does_not_confirm_a_need_and_the_evidence_team_does(client, board, coordinator):
    need = make_need(board, "Buses that come")
    sent = need_form(board, slug=need.slug, status="confirmed")
    client.force_login(coordinator)
    client.post(f"/desk/needs/edit/{need.pk}/", sent)
    need.refresh_from_db()
    assert need.status == Need.Status.HEARD

    client.force_login(make_role("evidence_team", None))
    assert client.post(f"/desk/needs/edit/{need.pk}/", sent).status_code == 302
    need.refresh_from_db()
    assert need.status == Need.Status.CONFIRMED
    entry = ModelLogEntry.objects.get(action="evidence.change")
    assert (entry.data["before"]["status"], entry.data["after"]["status"]) == ("heard", "confirmed")


def test_a_need_cannot_be_moved_to_a_board_of_others(client, board, next_board, coordinator):
    need = make_need(board, "Buses that come")
    client.force_login(coordinator)

    client.post(f"/desk/needs/edit/{need.pk}/", need_form(next_board, slug=need.slug))

    need.refresh_from_db()
    assert need.board == board


@pytest.mark.parametrize("rows", [2, 40])
def test_the_lists_make_few_queries_however_many_rows(client, board, coordinator, rows, django_assert_max_num_queries):
    for number in range(rows):
        make_evidence(board, f"Words {number}")
        make_need(board)
    client.force_login(coordinator)
    client.get("/desk/evidence/")

    for address in ("/desk/evidence/", "/desk/needs/"):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("pk", ["999999", "9" * 40])
def test_unknown_rows_are_not_found(client, board, coordinator, pk):
    client.force_login(coordinator)

    for address in (f"/desk/evidence/{pk}/links/", f"/desk/evidence/{pk}/withdraw/", f"/desk/evidence/edit/{pk}/"):
        assert client.get(address).status_code == 404


def test_each_row_of_the_list_leads_to_linking_putting_right_and_taking_back(client, board, coordinator):
    evidence = make_evidence(board)
    client.force_login(coordinator)

    page = client.get("/desk/evidence/").content.decode()

    for screen in (f"{evidence.pk}/links/", f"edit/{evidence.pk}/", f"{evidence.pk}/withdraw/", "record/"):
        assert f'href="/desk/evidence/{screen}"' in page
        assert client.get(f"/desk/evidence/{screen}").status_code == 200
