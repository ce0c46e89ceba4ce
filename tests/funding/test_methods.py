"""Every kind of ballot on the pages: choices that survive each step, a total, a comparison, a count."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.test import Client

from engagement.activities.models import Audience
from engagement.funding import carrying, queries
from engagement.funding.actions import keys
from engagement.funding.actions.codes import make_codes
from engagement.funding.actions.refusals import CountRefused, Refused, VoteRefused
from engagement.funding.models import Ballot, Envelope, FundingRound, RollEntry
from engagement.funding.rules import MOST_ON_A_BALLOT, PLAIN_BYTES, recount
from tests.factories import make_role
from tests.funding.factories import (
    AFTER,
    VOTING_OPENS,
    make_counted,
    make_round,
    make_vote,
    make_voter,
)

pytestmark = pytest.mark.django_db
COSTS = (400_00, 300_00, 500_00, 200_00)
KINDS = {
    "approval": {},
    "knapsack": {"least_ticks": 2},
    "ranking": {"most_ticks": 3, "least_ticks": 2},
    "points": {"least_ticks": 2},
    "scores": {"least_ticks": 2},
}
CHOSEN = {
    "approval": ((1, 1), (3, 1)),
    "knapsack": ((1, 1), (3, 1)),
    "ranking": ((1, 2), (3, 1)),
    "points": ((1, 3), (3, 7)),
    "scores": ((1, 2), (3, 5)),
}
VOTES = {
    "approval": {"1": 1, "2": 0, "3": 1, "4": 0},
    "knapsack": {"1": 1, "2": 0, "3": 1, "4": 0},
    "ranking": {"1": 2, "2": 0, "3": 3, "4": 0},
    "points": {"1": 3, "2": 0, "3": 7, "4": 0},
    "scores": {"1": 2, "2": 0, "3": 5, "4": 0},
}
methods = pytest.mark.parametrize("method", list(KINDS))


def at(moment):
    return time_machine.travel(moment, tick=False)


def of_kind(board, method, **more):
    return make_round(board, costs=COSTS, method=method, **{**KINDS[method], **more})


def typed(method, marks):
    if method in ("approval", "knapsack"):
        return {"ticks": [str(number) for number, _value in marks]}
    return {f"value_{number}": str(value) for number, value in marks}


def html(answer):
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()


def hidden(page):
    """Give the hidden fields of the form that casts."""
    form = page[page.index("data-cast") :]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if value:
            fields.setdefault(name[1], []).append(value[1])
    return fields


@methods
def test_a_ballot_goes_from_the_first_page_to_the_published_list(client, board, method):
    round = of_kind(board, method)
    client.force_login(make_voter(board))
    with at(VOTING_OPENS):
        checked = html(client.get(client.post(round.address("vote"), typed(method, CHOSEN[method]))["Location"]))
        done = html(client.post(round.address("thanks"), hidden(checked)))
    receipt = re.search(r"(?:[0-9A-Z]{5}-){5}[0-9A-Z]", done)[0]
    count = make_counted(round)

    assert [tuple(map(tuple, ballot.marks)) for ballot in Ballot.objects.all()] == [CHOSEN[method]]
    assert queries.result_of(count.file)["scores"] == VOTES[method]
    assert recount(count.file) == count.file
    with at(AFTER):
        page = html(client.post(round.address("check_receipt"), {"receipt": receipt}))
        assert client.get(round.address("results")).status_code == 200
        file = html(client.get(round.address("ballots")))
    assert "Your ballot is in the count" in page
    assert "enough for it" in page  # how each choice fared
    assert receipt in file
    assert ("3:7" in file) == (method == "points")


@methods
def test_a_broken_ballot_keeps_what_was_typed_and_says_why(client, board, method):
    round = of_kind(board, method, least_ticks=3 if method != "knapsack" else 2)
    marks = CHOSEN[method] if method != "knapsack" else ((1, 1), (2, 1), (3, 1))
    with at(VOTING_OPENS):
        page = html(client.post(round.address("vote"), typed(method, marks)))

    assert "There is a problem" in page
    assert "take out at least £200" in page or "1 more" in page or "choose 1 more" in page
    for number, value in marks:
        if method in ("approval", "knapsack"):
            assert re.search(rf'name="ticks" value="{number}"[^>]* checked', page)
        elif method == "scores":
            assert f'<option value="{value}" selected>' in page
        else:
            assert re.search(rf'name="value_{number}"[^>]* value="{value}"', page)
    assert not RollEntry.objects.exists()


@methods
def test_the_server_adds_up_and_compares_without_a_script(client, board, method):
    round = of_kind(board, method)
    with at(VOTING_OPENS):
        page = html(client.post(round.address("vote"), {**typed(method, CHOSEN[method][:1]), "step": "total"}))
        assert "1 proposal chosen." in page
        assert "Together they cost £400." in page
        assert ("£600 is left." in page) == (method == "knapsack")
        assert ("7 points left." in page) == (method == "points")
        assert "There is a problem" not in page
        answer = client.post(round.address("vote"), {**typed(method, CHOSEN[method]), "step": "compare"})
        assert answer["Location"] == round.address("compare")
        compared = html(client.get(answer["Location"]))
    assert compared.count('aria-labelledby="compare_') == 2
    assert "Together they cost £900." in compared


@methods
def test_what_is_carried_has_one_size_and_fits_a_cookie_on_the_fullest_ballot(method, rf):
    def cookie(marks):
        answer = HttpResponse()
        carrying.carry(answer, 7, marks, seed=4711)
        return answer.cookies["ballot"].value

    value = 1 if method in ("approval", "knapsack") else 255
    full = [(number, value) for number in range(1, MOST_ON_A_BALLOT + 1)]
    assert len({len(cookie(full)), len(cookie(full[:60])), len(cookie([]))}) == 1
    assert len(cookie(full)) < 1000
    request = rf.get("/")
    request.COOKIES["ballot"] = cookie(full)
    assert carrying.carried(request, 7) == carrying.Carried(tuple(full), 4711)
    assert carrying.carried(request, 8) is None


@methods
def test_a_session_that_ends_loses_nothing(client, board, method):
    round = of_kind(board, method)
    voter = make_voter(board)
    client.force_login(voter)
    with at(VOTING_OPENS):
        client.post(round.address("vote"), typed(method, CHOSEN[method]))
        checked = html(client.get(round.address("check")))
        Session.objects.all().delete()
        sent = client.post(round.address("thanks"), hidden(checked))
        assert sent["Location"].startswith("/account/login/?next=")
        assert not RollEntry.objects.exists()
        client.force_login(voter)
        again = hidden(html(client.get(round.address("check"))))
        assert {k: v for k, v in again.items() if k != "form_token"} == {
            k: v for k, v in hidden(checked).items() if k != "form_token"
        }
        assert "Your vote is counted in" in html(client.post(round.address("thanks"), again))


def test_a_blank_vote_is_counted_as_turnout_where_it_is_allowed_and_asked_for(client, board):
    round = of_kind(board, "approval", allows_blank=True)
    make_vote(round, 1, 2, 3)
    client.force_login(make_voter(board))
    with at(VOTING_OPENS):
        slip = html(client.post(round.address("vote"), {}))
        assert "There is a problem" in slip
        both = html(client.post(round.address("vote"), {"ticks": ["1"], "blank": "on"}))
        assert "Do one or the other" in both
        checked = html(client.get(client.post(round.address("vote"), {"blank": "on"})["Location"]))
        assert "You cast a blank vote" in checked
        done = html(client.post(round.address("thanks"), hidden(checked)))
    receipt = re.search(r"(?:[0-9A-Z]{5}-){5}[0-9A-Z]", done)[0]
    sizes = {len(bytes(envelope.sealed)) for envelope in Envelope.objects.all()}
    result = queries.result_of(make_counted(round).file)

    assert sizes == {PLAIN_BYTES + 48}
    assert result["ballots"] == 2
    assert sum(result["votes"].values()) == 3
    with at(AFTER):
        assert "It is a blank vote" in html(client.post(round.address("check_receipt"), {"receipt": receipt}))


def test_a_blank_vote_is_refused_where_the_rules_do_not_allow_it(board):
    round = of_kind(board, "approval")

    with pytest.raises(VoteRefused, match="no blank"):
        make_vote(round, blank=True)
    with pytest.raises(VoteRefused, match="at least"):
        make_vote(round)


def test_a_voters_order_is_told_and_stays_through_every_step(client, board):
    round = of_kind(board, "approval")

    def order(page):
        return [int(n) for n in re.findall(r'name="ticks" value="(\d+)"', page)]

    with at(VOTING_OPENS):
        first = client.get(round.address("vote"))
        seed = int(re.search(r"order=(\d+)", first["Location"])[1])
        page = html(client.get(first["Location"]))
        assert f"your number {seed}" in page
        assert order(html(client.get(first["Location"]))) == order(page)
        refused = client.post(first["Location"], {"order": str(seed)})
        assert order(html(refused)) == order(page)
        client.post(first["Location"], {"order": str(seed), "ticks": ["1"], "step": "compare"})
        again = html(client.get(round.address("vote")))  # back from the comparison, without the number in the address
        assert order(again) == order(page)
        others = {tuple(order(html(client.get(f"{round.address('vote')}?order={n}")))) for n in range(1, 20)}
    assert len(others) > 5
    assert not first.cookies


@pytest.mark.parametrize("order", ["0", "x", "99999", "-1", "٣", "1" * 5000])
def test_an_odd_order_gives_a_new_one(client, board, order):
    round = of_kind(board, "approval")
    with at(VOTING_OPENS):
        assert client.get(round.address("vote"), {"order": order}, follow=True).status_code == 200


def test_costs_are_left_off_the_ballot_where_the_rules_say_so(client, board):
    round = of_kind(board, "approval", shows_costs=False)
    with at(VOTING_OPENS):
        page = html(client.get(round.address("vote"), follow=True))
        assert "£" not in page[page.index("<form") :]
        client.post(round.address("vote"), {"ticks": ["1"], "step": "compare"})
        assert "£" not in html(client.get(round.address("compare")))


@methods
def test_the_rules_of_the_method_stand_on_the_rounds_page(client, board, method):
    round = of_kind(board, method)
    with at(VOTING_OPENS):
        page = html(client.get(round.get_absolute_url()))

    assert {
        "approval": "Tick the proposals you would fund.",
        "knapsack": "Together it may cost £1,000 at most.",
        "ranking": "1 for the one you like best",
        "points": "You have 10 points.",
        "scores": "Give a score from 1 to 5.",
    }[method] in page


@pytest.mark.parametrize(
    "values", [{"value_1": "abc"}, {"value_1": "-4"}, {"value_1": "9" * 5000}, {"value_1": "1.5"}, {"value_1": "１"}]
)
@pytest.mark.parametrize("method", ["ranking", "points", "scores"])
def test_odd_values_are_refused_in_words(client, board, method, values):
    round = of_kind(board, method)
    client.force_login(make_voter(board))
    with at(VOTING_OPENS):
        for name in ("vote", "thanks"):
            answer = client.post(round.address(name), {**values, "form_token": str(uuid4())})
            assert answer.status_code == 200
            assert "There is a problem" in html(answer)
    assert not RollEntry.objects.exists()


def test_a_ballot_of_sixty_is_under_a_hundred_thousand_bytes(client, board):
    for method in KINDS:
        round = make_round(board, costs=(10_00,) * 60, method=method, **KINDS[method])
        with at(VOTING_OPENS):
            assert len(client.get(round.address("vote"), follow=True).content) < 100_000, method


def test_a_round_whose_ballot_does_not_fit_together_is_refused_in_words(board):
    for rules, words in (
        ({"method": "ranking"}, "how many places"),
        ({"method": "ranking", "most_ticks": 300}, "how many places"),
        ({"method": "points", "points": 300}, "at most 255"),
        ({"method": "points", "points": 2, "least_ticks": 3}, "at least as many"),
    ):
        with pytest.raises(Refused, match=words):
            make_round(board, **rules)


def test_a_kind_changed_behind_the_platforms_back_stops_the_count(board):
    round = of_kind(board, "approval")
    make_vote(round, 1)
    FundingRound.objects.update(method="scores")
    FundingRound.objects.update(
        rules_digest=queries.rules_digest(FundingRound.objects.select_related("activity").get())
    )

    with pytest.raises(CountRefused, match="kind of ballot"):
        make_counted(FundingRound.objects.select_related("activity__board").get())


def test_turnout_hides_small_numbers_from_officers_too(client, board):
    round = of_kind(board, "approval")
    for day, voters in ((0, 6), (1, 2), (2, 7)):
        for _ in range(voters):
            make_vote(round, 1, now=VOTING_OPENS + timedelta(days=day))
    shown = queries.turnout_shown(round)

    assert shown.total == 15
    assert [people for _day, people in shown.by_day] == [None, None, 7]
    client.force_login(make_role("administrator", None))
    with at(VOTING_OPENS + timedelta(days=3)):
        page = html(client.get(round.get_absolute_url()))
        assert "15 votes have come in." in page
        assert page.count("too few to show") == 2


def test_nobody_sees_how_it_stands_while_voting_is_open(client, board):
    """Officers and administrators included: pages, desk, files and commands."""
    round = of_kind(board, "approval")
    for _ in range(6):
        make_vote(round, 1)
    make_vote(round, 2)
    who = [None, make_voter(board), make_role("coordinator", board), make_role("administrator", None)]
    with at(VOTING_OPENS):
        for person in who:
            browser = Client()
            if person:
                browser.force_login(person)
            for name in ("ballots", "count_file", "check_receipt"):
                assert browser.get(round.address(name)).status_code == 404
            assert "Not counted yet" in html(browser.get(round.address("results")))
    assert not Ballot.objects.exists()
    assert not round.counts.exists()


@pytest.mark.parametrize(
    "closes_at",
    [datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)],
    ids=["the clocks go back", "the clocks go forward"],
)
@pytest.mark.parametrize("audience", [Audience.EMAIL, Audience.CODE])
def test_the_pages_take_the_last_second_and_refuse_the_closing_one(client, board, closes_at, audience):
    week = timedelta(days=7)
    round = of_kind(
        board,
        "points",
        audience=audience,
        opens_at=closes_at - 3 * week,
        proposals_close_at=closes_at - 2 * week,
        voting_opens_at=closes_at - week,
        closes_at=closes_at,
    )
    code = make_codes(round=round, size=1, purpose="x", by=None)[1][0] if audience == Audience.CODE else ""
    form = {**typed("points", CHOSEN["points"]), "code": code}

    with at(closes_at - timedelta(seconds=1)):
        client.force_login(make_voter(board))
        assert "Your vote is counted in" in html(client.post(round.address("thanks"), {**form, "form_token": uuid4()}))
    with at(closes_at):
        late = html(client.post(round.address("thanks"), {**form, "form_token": uuid4(), "again": "on"}))
    assert "This was not counted" in late
    make_counted(round)
    assert Ballot.objects.count() == 1


@pytest.mark.once
@pytest.mark.timeout(900)  # every migration of the room, back and forth
@pytest.mark.django_db(transaction=True)
def test_a_full_database_of_the_first_version_comes_forward_without_loss(board):
    """Ballots already counted, an envelope already sealed and a vote on paper, through the migrations and to a count."""
    counted, live = of_kind(board, "approval"), of_kind(board, "approval")
    for each in (counted, live):  # with the seal that the first version gave
        each.seal_version = 1
        each.rules_digest = queries.rules_digest(each)
        each.save(update_fields=["seal_version", "rules_digest"])
    make_vote(counted, 2)
    make_counted(counted)
    make_vote(live, 1)
    receipt = uuid4()
    bits = (1 << 0 | 1 << 2).to_bytes(64, "big")
    listed = bytes.fromhex(queries.list_digest(queries.ballot_list(live)))
    sealed = bytes(keys.sealer(live.public_key).encrypt(b"\x01" + receipt.bytes + listed + bits))
    Envelope.objects.update(sealed=sealed)
    call_command("migrate", "funding", "0002", verbosity=0)
    try:
        old = MigrationExecutor(connection).loader.project_state([("funding", "0002_rules_of_a_round")]).apps
        ballots = old.get_model("funding", "Ballot").objects
        assert [ballot.ticks for ballot in ballots.all()] == [[2]]
        ballots.bulk_create(
            [old.get_model("funding", "Ballot")(round_id=counted.pk, ticks=[n % 4 + 1, 4]) for n in range(2500)]
        )
        old.get_model("funding", "RollEntry").objects.create(round_id=counted.pk, channel="paper")
    finally:
        call_command("migrate", "funding", verbosity=0)

    assert Ballot.objects.filter(round=counted).count() == 2501
    assert sorted(Ballot.objects.get(marks=[[2, 1]]).ticks) == [2]
    assert Ballot.objects.filter(marks=[[3, 1], [4, 1]]).count() == 625
    assert Ballot.objects.filter(marks=[[4, 1]]).count() == 625
    assert RollEntry.objects.get(channel="paper").admitted_by == "paper"
    live = FundingRound.objects.select_related("activity__board").get(pk=live.pk)
    assert queries.result_of(make_counted(live).file)["votes"] == {"1": 1, "2": 0, "3": 1, "4": 0}
    assert Ballot.objects.get(round=live).receipt == receipt
