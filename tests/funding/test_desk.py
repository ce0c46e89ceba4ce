"""The officers' door: a round from pot to report, and shut to another board's coordinator."""

import pytest
import time_machine
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagement.activities.models import Activity
from engagement.funding.desk_urls import urlpatterns
from engagement.funding.models import (
    Award,
    Ballot,
    CodeBatch,
    FundingRound,
    PaperBatch,
    PaperScan,
    Proposal,
    Report,
    Stream,
)
from tests.factories import make_need, make_person
from tests.funding.factories import (
    AFTER,
    BEFORE,
    OPENS,
    VOTING_CLOSES,
    VOTING_OPENS,
    make_counted,
    make_money,
    make_proposal,
    make_round,
    make_vote,
)

pytestmark = pytest.mark.django_db


def at(moment):
    return time_machine.travel(moment, tick=False)


def desk(name, *args):
    return reverse(f"funding_desk:{name}", args=args)


FILLED = {
    "title": "Winter grants",
    "summary": "For small groups.",
    "budget_pence": "1,000",
    "audience": "2",
    "least_ticks": "1",
    "opens_at": "1 November 2026 09:00",
    "proposals_close_at": "15 November 2026 17:00",
    "voting_opens_at": "20 November 2026 09:00",
    "closes_at": "30 November 2026 17:00",
}


def test_a_coordinator_takes_a_round_from_pot_to_report(client, board, coordinator):
    client.force_login(coordinator)
    with at(BEFORE):
        client.post(
            desk("add_stream"),
            {"board": board.pk, "name": "Quick grants", "year_starts_on": "2026-04-01", "allocated_pence": "5,000"},
        )
        stream = Stream.objects.get()
        client.post(desk("money_in", stream.pk), {"amount_pence": "250", "organisation": "Sailing club"})
        answer = client.post(desk("add"), {**FILLED, "stream": stream.pk, "needs": [make_need(board).pk]})
        round = FundingRound.objects.get()
        assert answer["Location"] == desk("round", round.pk)
        assert round.activity.is_draft
        client.post(desk("publish", round.pk))
    stream.refresh_from_db()
    assert stream.allocated_pence == 5250_00
    round = FundingRound.objects.select_related("activity__board", "stream__pot").get()
    first, second, third = (
        make_proposal(round, cost_pence=cost, lead=make_person()) for cost in (700_00, 700_00, 10_00)
    )

    with at(OPENS):
        for proposal in (first, second):
            assert client.get(desk("proposal", proposal.pk)).status_code == 200
            client.post(desk("proposal", proposal.pk), {"act": "approve"})
        refused = client.post(desk("proposal", third.pk), {"act": "refuse", "words": ""})
        assert "Write the words" in refused.content.decode()
        client.post(desk("proposal", third.pk), {"act": "refuse", "words": "It is outside the area."})
    make_vote(round, 1)
    make_vote(round, 2)
    with at(VOTING_OPENS):
        client.post(desk("count", round.pk))
        assert not Ballot.objects.exists()
    with at(AFTER):
        assert "Open the ballots and count" in client.get(desk("count", round.pk)).content.decode()
        client.post(desk("count", round.pk))
        page = client.get(desk("count", round.pk)).content.decode()
        assert "Draw lots in public" in page
        wrong = client.post(desk("count", round.pk), {"place_1": "2", "place_2": "2", "words": "Hat"})
        assert "each place once" in wrong.content.decode()
        client.post(desk("count", round.pk), {"place_1": "2", "place_2": "1", "words": "From a hat, 12 people there"})
        assert "£700" in client.get(desk("award", round.pk)).content.decode()
        client.post(desk("award", round.pk), {"words": "Board meeting, 3 December 2026"})
        award = Award.objects.get()
        assert award.proposal == second
        client.post(desk("report", award.pk), {"did": "Benches are in", "spent_pence": "690", "publish": "on"})

    assert Report.objects.get().spent_pence == 690_00
    done = set(ModelLogEntry.objects.filter(action__startswith="funding.").values_list("action", flat=True))
    assert done == {
        f"funding.{act}"
        for act in [
            "allocate",
            "contribute",
            "save_round",
            "publish_round",
            "check",
            "open_envelopes",
            "count",
            "draw_lots",
            "confirm_result",
            "award",
            "report",
        ]
    }


def test_a_round_already_sealed_shows_no_form_and_takes_no_change(client, board, coordinator):
    round = make_round(board)
    client.force_login(coordinator)
    with at(VOTING_OPENS):
        assert client.get(desk("edit", round.pk)).status_code == 302
        answer = client.post(desk("edit", round.pk), {**FILLED, "stream": round.stream_id, "budget_pence": "1"})

    assert "no longer change" in answer.content.decode()
    assert FundingRound.objects.get().budget_pence == 1000_00


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"closes_at": "29 March 2026 01:30"}, "clocks go forward"),
        ({"closes_at": "soon"}, "Enter a day and a time"),
        ({"closes_at": "2 November 2026 09:00"}, "in order"),
        ({"least_ticks": "9" * 4000}, ""),
        ({"title": "a\x00b"}, ""),
        ({"audience": "0"}, ""),
        ({"budget_pence": "-5"}, ""),
    ],
)
def test_a_round_typed_wrong_is_refused_at_the_field(client, board, coordinator, change, words):
    stream = make_money(board)
    client.force_login(coordinator)
    with at(BEFORE):
        answer = client.post(desk("add"), {**FILLED, "stream": stream.pk, **change})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not FundingRound.objects.exists()


def test_a_time_that_happens_twice_takes_the_first_and_says_so(client, board, coordinator):
    stream = make_money(board)
    client.force_login(coordinator)
    with at(BEFORE):
        answer = client.post(
            desk("add"), {**FILLED, "stream": stream.pk, "opens_at": "25 October 2026 01:30"}, follow=True
        )

    assert "happens twice" in answer.content.decode()
    assert Activity.objects.get().opens_at.isoformat() == "2026-10-25T00:30:00+00:00"


def walked(round, proposal, award, stream):
    batch = PaperBatch.objects.get_or_create(round=round, number=412, purpose="Secret library")[0].pk
    for pattern in urlpatterns:
        kind = pattern.name
        pk = {"proposal": proposal.pk, "letter": round.activity.board_id}.get(kind, round.pk)
        pk = award.pk if str(pattern.pattern).startswith("awards/") else pk
        pk = stream.pk if str(pattern.pattern).startswith("streams/") else pk
        if kind == "cancel_codes":
            pk = CodeBatch.objects.get_or_create(round=round, purpose="Secret letters", size=1)[0].pk
        pk = batch if kind in ("paper_batch", "paper_sheets", "paper_scans") else pk
        scan = PaperScan.objects.get_or_create(batch_id=batch, kind="application/pdf", size_bytes=5, file="secret.pdf")[
            0
        ]
        words = {"pk": pk, "name": "vary", "key": scan.pk}
        yield kind, desk(kind, *[words[part] for part in pattern.pattern.converters])


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_desk_address_is_shut_to_the_others(
    client, board, coordinator, other_coordinator, stranger, staff, method
):
    round = make_round(board, title="Secret round", costs=(100_00,))
    make_vote(round, 1)
    make_counted(round)
    with at(AFTER):
        client.force_login(coordinator)
        client.post(desk("award", round.pk), {"words": "Board"})
        award, proposal = Award.objects.get(), Proposal.objects.get()
        Proposal.objects.update(title="Secret proposal")
        for person in (other_coordinator, stranger):
            client.force_login(person)
            for name, url in walked(round, proposal, award, round.stream):
                answer = getattr(client, method)(url)
                assert answer.status_code in (
                    (200,)
                    if name in ("index", "add", "add_stream", "grants", "offers") and person == other_coordinator
                    else (302, 403, 404, 405)
                ), url
                assert b"Secret" not in answer.content, url
        client.logout()
        for _name, url in walked(round, proposal, award, round.stream):
            assert getattr(client, method)(url).status_code == 302
    assert FundingRound.objects.get().budget_pence == 1000_00
    assert not Report.objects.exists()


def test_staff_see_a_round_and_set_the_pot_but_neither_run_the_vote_nor_read_the_roll(client, board, staff):
    round = make_round(board, costs=(100_00,))
    client.force_login(staff)
    with at(VOTING_CLOSES):
        assert client.get(desk("round", round.pk)).status_code == 200
        for name in ("count", "award", "roll", "edit"):
            answer = client.get(desk(name, round.pk))
            assert (answer.status_code, answer["Location"]) == (302, "/desk/"), name
        assert client.get(desk("money_in", round.stream_id)).status_code == 200


def test_the_roll_says_who_and_when_and_never_how(client, board, coordinator):
    round = make_round(board, costs=(100_00, 200_00))
    voter = make_vote(round, 2)
    client.force_login(coordinator)
    with at(VOTING_OPENS):
        page = client.get(desk("roll", round.pk)).content.decode()

    assert voter.email in page
    assert "Swings" not in page


@pytest.mark.parametrize("rows", [3, 60])
def test_desk_pages_ask_few_queries(client, board, coordinator, rows, django_assert_max_num_queries):
    round = make_round(board, costs=(10_00,) * rows)
    client.force_login(coordinator)
    with at(VOTING_OPENS):
        for url in (desk("index"), desk("round", round.pk), desk("roll", round.pk)):
            client.get(url)
            with django_assert_max_num_queries(25):
                client.get(url)


def test_odd_board_in_the_address_is_not_found(client, coordinator, next_board):
    client.force_login(coordinator)
    for odd in (next_board.pk, "9" * 11):
        assert client.get(desk("add"), {"board": odd}).status_code == 404
    for odd in ("x", "9" * 30, ""):
        assert client.get(desk("add"), {"board": odd}).status_code == 200
