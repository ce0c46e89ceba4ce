"""The officers' door to the money: from the ledger to the report, and shut to everyone else."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.urls import reverse

from engagement.funding.actions import offers, payments, reports
from engagement.funding.actions.awards import award_round
from engagement.funding.models import Award, Contribution, OfferTemplate, Payment, Proposal, Stream
from tests.factories import make_area, make_board, make_person, make_role
from tests.funding.factories import AFTER, make_counted, make_money, make_round, make_vote

pytestmark = pytest.mark.django_db
TODAY = AFTER.date()


def desk(name, *args):
    return reverse(f"funding_desk:{name}", args=args)


@pytest.fixture(autouse=True)
def just_after():
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def award(board, coordinator):
    round = make_round(board, costs=(400_00,), report_by=TODAY + timedelta(days=30))
    Proposal.objects.update(lead=make_person("lead@example.org"))
    make_vote(round, 1)
    make_counted(round)
    return award_round(round=round, words="Board", by=coordinator, now=AFTER)[0]


def post(client, address, **values):
    answer = client.post(address, values)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    return answer


def test_an_officer_moves_money_takes_it_out_and_writes_down_partners(client, board, coordinator):
    client.force_login(coordinator)
    stream = make_money(board, allocated_pence=1000_00, name="Community grants")

    post(
        client, desk("add_stream"), board=board.pk, name="Tiny grants", year_starts_on="2026-04-01",
        allocated_pence="100", cap_pence="50", limit_pence="200", within=stream.pk,
    )  # fmt: skip
    small = Stream.objects.get(name="Tiny grants")
    assert (small.within, small.allocated_pence) == (stream, 100_00)
    post(client, desk("move_money", stream.pk), target=small.pk, amount_pence="100", words="More asked")
    refused = client.post(desk("move_money", stream.pk), {"target": small.pk, "amount_pence": "0.01"})
    assert "hold in all" in refused.content.decode()
    post(client, desk("take_out", stream.pk), amount_pence="50", words="Typed twice")
    post(client, desk("partner", stream.pk), organisation="Sailing Club", amount_pence="70", conditions="Boats")
    given = Contribution.objects.get()
    assert given.state == "promised"
    post(client, desk("contribution", given.pk, "receive"))
    post(client, desk("contribution", given.pk, "give-back"), amount_pence="20", words="One boat less")
    post(client, desk("partner", stream.pk), organisation="Rowing Club", amount_pence="70")
    post(client, desk("contribution", Contribution.objects.get(state="promised").pk, "cancel"), words="No rowers")
    post(client, desk("edit_stream", stream.pk), name="Grants", limit_pence="5,000", cap_pence="500")

    stream.refresh_from_db()
    assert (stream.name, stream.allocated_pence, stream.limit_pence) == ("Grants", 800_00, 5000_00)
    page = client.get(desk("money_in", stream.pk)).content.decode()
    for words in ("Left after it", "Typed twice", "Sailing Club", "£800"):
        assert words in page
    assert "Give back" in client.get(desk("partner", stream.pk)).content.decode()
    both = client.post(desk("partner", stream.pk), {"amount_pence": "1"})
    assert "one of the two" in both.content.decode()


def test_a_second_click_moves_no_money_twice(client, board, coordinator, award):
    client.force_login(coordinator)
    stream = make_money(board, allocated_pence=100_00)
    token = str(uuid4())

    for _ in range(3):
        post(client, desk("money_in", stream.pk), amount_pence="10", form_token=token)
    other = client.post(desk("money_in", stream.pk), {"amount_pence": "11", "form_token": token})
    assert "sent before" in other.content.decode()
    token = str(uuid4())
    for _ in range(3):
        post(client, desk("take_out", stream.pk), amount_pence="30", words="Less", form_token=token)
        post(
            client,
            desk("move", award.pk, "schedule"),
            amount_pence="5",
            due_on="2026-12-01",
            form_token=str(UUID(int=7)),
        )

    stream.refresh_from_db()
    assert stream.allocated_pence == 80_00
    assert Payment.objects.count() == 1


def test_an_officer_takes_a_grant_from_the_offer_to_the_report(client, board, coordinator, award):
    client.force_login(coordinator)
    assert "Offer the grant" in client.get(desk("grant", award.pk)).content.decode()
    post(client, desk("letter", board.pk), words="Dear {group}, take {amount}.")
    assert "say the sum" in client.post(desk("letter", board.pk), {"words": "Take it."}).content.decode()
    assert OfferTemplate.objects.get().words == "Dear {group}, take {amount}."
    assert "1 grant waits" in client.get(desk("offer_round", award.proposal.round_id)).content.decode()
    post(client, desk("offer_round", award.proposal.round_id), answer_by="2026-12-14")
    award.refresh_from_db()
    assert award.offer_words == "Dear Castle Green Tenants, take £400."
    post(client, desk("move", award.pk, "take_offer_back"), reason="Wrong day")
    form = client.get(desk("move", award.pk, "offer")).content.decode()
    assert "take {amount}" in form
    post(
        client, desk("move", award.pk, "offer"), answer_by="2026-12-14", words="Take {amount}.",
        starts_on="2026-12-01", ends_on="2027-03-31",
    )  # fmt: skip
    post(client, desk("move", award.pk, "accept"), reason="By telephone")
    post(client, desk("move", award.pk, "schedule"), amount_pence="250", due_on="2026-12-01", asks="A quote")
    post(client, desk("move", award.pk, "schedule"), amount_pence="150", due_on="2027-01-01")
    first, second = Payment.objects.order_by("due_on")
    post(client, desk("payment", first.pk, "pay"), on="2026-11-30", reference="BACS 9")
    post(client, desk("payment", first.pk, "unpay"), reason="Wrong line")
    post(client, desk("payment", first.pk, "pay"), on="2026-11-30", reference="BACS 10")
    post(client, desk("payment", second.pk, "drop"))
    post(client, desk("move", award.pk, "vary"), amount_pence="300", purpose="One swing", reason="Cheaper")
    post(client, desk("move", award.pk, "take_return"), amount_pence="25", words="Not spent")
    ward = board.areas.wards()[0]
    post(client, desk("move", award.pk, "places"), areas=[ward.pk])
    elsewhere = client.post(desk("move", award.pk, "places"), {"areas": [make_area("Elsewhere").pk]})
    assert elsewhere.status_code == 200
    award.refresh_from_db()
    assert (award.amount_pence, award.paid_pence, list(award.areas.all())) == (275_00, 225_00, [ward])

    report = reports.send_report(
        award=award, did="Done", spent_pence=1, people_helped=None, went_wrong="", again="yes",
        by=award.proposal.lead, now=AFTER,
    )  # fmt: skip
    post(client, desk("read_report", award.pk), act="ask", words="How many?")
    post(client, desk("read_report", award.pk), act="publish")
    report.refresh_from_db()
    assert report.is_published
    page = client.get(desk("grant", award.pk)).content.decode()
    for words in ("BACS 10", "Cheaper", "Published"):
        assert words in page
    assert "Take it down" in client.get(desk("read_report", award.pk)).content.decode()
    assert ward.name in client.get(desk("move", award.pk, "places")).content.decode()


def test_the_list_of_grants_says_what_waits_in_fifteen_queries(
    client, board, coordinator, django_assert_max_num_queries
):
    round = make_round(
        board, costs=tuple(100_00 + n for n in range(9)), budget_pence=1000_00, report_by=TODAY - timedelta(days=1)
    )
    make_vote(round, *range(1, 10))
    make_counted(round)
    awards = award_round(round=round, words="Board", by=coordinator, now=AFTER)
    for award in awards[:5]:
        offers.offer(award=award, answer_by=TODAY, by=coordinator, now=AFTER)
    for award in awards[:3]:
        offers.accept(award=award, reason="By letter", by=coordinator, now=AFTER)
    payments.schedule(award=awards[0], amount_pence=1, due_on=TODAY, by=coordinator, now=AFTER)
    Award.objects.filter(pk=awards[4].pk).update(answer_by=TODAY - timedelta(days=1))
    client.force_login(coordinator)
    client.get(desk("grants"))

    with django_assert_max_num_queries(15):
        page = client.get(desk("grants")).content.decode()
    for words in ("to be offered</a> (4)" and "(4)", "in time (1)", "due (1)", "late (3)", "to read (0)"):
        assert words in page, words
    for query, number in (
        ("waits=late", 3),
        ("waits=answer", 1),
        ("state=offered", 2),
        ("sort=amount", 9),
        ("q=zzz", 0),
    ):
        assert client.get(desk("grants") + "?" + query).content.decode().count('class="title"') == number, query
    for odd in ("sort=__class__", "state=;drop", "page=abc", "q=%00", "waits=x"):
        assert client.get(desk("grants") + "?" + odd).status_code in (200, 400)


def test_desk_pages_of_money_keep_to_fifteen_queries(client, board, coordinator, award, django_assert_max_num_queries):
    offers.offer(award=award, answer_by=TODAY, by=coordinator, now=AFTER)
    offers.accept(award=award, reason="By letter", by=coordinator, now=AFTER)
    for n in range(1, 7):
        payments.schedule(award=award, amount_pence=n, due_on=TODAY, by=coordinator, now=AFTER)
    client.force_login(coordinator)
    client.get(desk("grants"))

    for address in (
        desk("grant", award.pk), desk("read_report", award.pk), desk("money_in", award.stream_id), desk("move", award.pk, "vary"),
        desk("move_money", award.stream_id), desk("partner", award.stream_id), desk("index"),
    ):  # fmt: skip
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200, address


def test_another_boards_officers_and_everyone_else_find_nothing(client, board, award, other_coordinator, coordinator):
    offers.offer(award=award, answer_by=TODAY, by=coordinator, now=AFTER)
    offers.accept(award=award, reason="By letter", by=coordinator, now=AFTER)
    payment = payments.schedule(award=award, amount_pence=1, due_on=TODAY, by=coordinator, now=AFTER)
    stream = award.stream
    given = Contribution.objects.create(stream=stream, organisation="Club", amount_pence=1, on=date(2026, 5, 1))
    addresses = [
        desk("grant", award.pk), desk("read_report", award.pk), desk("payment", payment.pk, "pay"),
        desk("payment", payment.pk, "drop"), desk("letter", board.pk), desk("offer_round", award.proposal.round_id),
        desk("money_in", stream.pk), desk("edit_stream", stream.pk), desk("move_money", stream.pk),
        desk("take_out", stream.pk), desk("partner", stream.pk), desk("contribution", given.pk, "give-back"),
        *[desk("move", award.pk, name) for name in ("offer", "vary", "withdraw", "places", "schedule", "nonsense")],
    ]  # fmt: skip
    for person in (other_coordinator, make_role("chair", board), make_role("member", board), make_person()):
        client.force_login(person)
        for address in addresses:
            for answer in (client.get(address), client.post(address, {"reason": "Mine", "amount_pence": "1"})):
                assert answer.status_code in (302, 403, 404, 405), (person, address)
                assert (
                    answer.status_code != 302 or "/account/" in answer["Location"] or answer["Location"] == "/desk/"
                ), address
    award.refresh_from_db()
    assert (award.amount_pence, award.state, Payment.objects.get().paid_on) == (400_00, "accepted", None)


def test_a_board_of_its_own_has_its_own_list(client, other_coordinator, award):
    make_board("Third")
    client.force_login(other_coordinator)

    assert award.proposal.title not in client.get(desk("grants")).content.decode()
