"""The public door: pages, forms and files, with and without an account."""

import json
import re
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session

from engagement.activities.models import TakingPart
from engagement.funding.actions.awards import award_round, record_report
from engagement.funding.models import Ballot, Envelope, Proposal, RollEntry
from engagement.funding.rules import recount
from tests.factories import make_need, make_person, make_postcode
from tests.funding.factories import (
    AFTER,
    OPENS,
    PROPOSALS_CLOSE,
    VOTING_CLOSES,
    VOTING_OPENS,
    make_counted,
    make_proposal,
    make_round,
    make_vote,
    make_voter,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(board):
    return make_round(board, costs=(400_00, 300_00, 500_00), least_ticks=2)


def at(moment):
    return time_machine.travel(moment, tick=False)


def html(response):
    return response.getvalue().decode()


FILLED = {
    "title": "New swings",
    "summary": "Two swings by the moat.",
    "who_benefits": "Children under ten.",
    "place": "Castle Green",
    "what_1": "Swings",
    "cost_1": "250.50",
    "what_2": "Paint",
    "cost_2": "9.50",
    "group": "Castle Green Tenants",
    "org_id": "",
}


def token_in(page):
    return re.search(r'name="form_token" value="([^"]+)"', page)[1]


def send(client, round, **changes):
    page = html(client.get(round.address("propose")))
    return client.post(round.address("propose"), {**FILLED, "form_token": token_in(page), "step": "send", **changes})


@pytest.mark.parametrize("moment", [OPENS, PROPOSALS_CLOSE, VOTING_OPENS, AFTER])
def test_the_round_page_and_the_pot_open_at_every_stage(client, round, board, moment):
    make_proposal(round)
    with at(moment):
        assert client.get(round.get_absolute_url()).status_code == 200
        assert client.get(f"/boards/{board.slug}/funding/").status_code == 200


def test_a_draft_round_does_not_exist_for_the_public_on_any_of_its_pages(client, board, coordinator, other_coordinator):
    draft = make_round(board, published=False)
    names = ["round", "propose", "vote", "results", "ballots", "count_file", "check_receipt"]

    assert [client.get(draft.address(name)).status_code for name in names] == [404] * 7
    client.force_login(other_coordinator)
    assert [client.get(draft.address(name)).status_code for name in names] == [404] * 7
    client.force_login(coordinator)
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_a_group_signed_in_checks_and_sends_and_gets_a_reference(client, round, stranger):
    client.force_login(stranger)
    with at(OPENS):
        page = html(client.get(round.address("propose")))
        filled = {**FILLED, "form_token": token_in(page)}
        checked = client.post(round.address("propose"), {**filled, "step": "check"})
        assert "£260" in html(checked)
        assert not Proposal.objects.filter(title="New swings").exists()
        answer = client.post(round.address("propose"), {**filled, "step": "send"})
        confirmation = client.get(answer["Location"])

    proposal = Proposal.objects.get(title="New swings")
    assert proposal.cost_pence == 260_00
    assert proposal.lead == stranger
    assert proposal.reference in html(confirmation)
    assert [line.amount_pence for line in proposal.lines.all()] == [250_50, 9_50]


def test_a_group_without_an_account_fills_in_first_and_signs_in_last(client, round):
    with at(OPENS):
        answer = send(client, round)
        assert "/account/login/" in answer["Location"]
        assert not Proposal.objects.filter(title="New swings").exists()
        client.force_login(make_person())
        # force_login makes a new session for the new person, as a first sign-in keeps it: carry it over
        finished = client.get(round.address("propose_finish"))

    assert finished.status_code == 302
    assert Proposal.objects.filter(title="New swings").exists()


def test_ten_equal_posts_store_one_proposal_and_the_same_token_with_other_words_is_refused(client, round, stranger):
    client.force_login(stranger)
    with at(OPENS):
        token = str(uuid4())
        answers = {send(client, round, form_token=token)["Location"] for _ in range(10)}
        other = send(client, round, form_token=token, title="Other")

    assert len(answers) == 1
    assert Proposal.objects.filter(group="Castle Green Tenants", title="New swings").count() == 1
    assert other.status_code == 200
    assert "sent before with other words" in html(other)


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_do(client, round, stranger):
    client.force_login(stranger)
    with at(OPENS):
        page = html(send(client, round, cost_1="a lot", who_benefits=""))

    assert "New swings" in page
    assert "a lot" in page
    assert "There is a problem" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cost_1": "5,000"}, "more than one proposal may ask for"),
        ({"what_3": "Rope"}, "Say what this costs"),
        ({"cost_3": "4"}, "Say what this money would buy"),
        ({"cost_1": "0"}, "or more"),
        ({"cost_1": "9" * 5000}, "Enter an amount"),
        ({"title": "x\x00y"}, "hidden characters"),
        ({"title": "x" * 101}, "100 characters"),
        ({"form_token": "no"}, "Something was missing"),
        ({"needs": ["999999"]}, ""),
    ],
)
def test_odd_input_is_refused_in_words(client, round, stranger, board, change, words):
    make_need(board)
    client.force_login(stranger)
    with at(OPENS):
        answer = send(client, round, **change)

    assert answer.status_code == 200
    assert words in html(answer)
    assert not Proposal.objects.filter(lead=stranger).exists()


def test_a_page_opened_before_closing_and_sent_after_says_so_and_keeps_the_words(client, round, stranger):
    client.force_login(stranger)
    with at(OPENS):
        token = token_in(html(client.get(round.address("propose"))))
    with at(PROPOSALS_CLOSE):
        answer = client.post(round.address("propose"), {**FILLED, "form_token": token, "step": "send"})

    assert "closed for proposals" in html(answer)
    assert "New swings" in html(answer)
    assert not Proposal.objects.filter(title="New swings").exists()


def test_a_proposal_nobody_has_read_is_seen_by_its_writer_and_officers_only(
    client, round, stranger, coordinator, other_coordinator
):
    proposal = make_proposal(round, title="Unread words", lead=stranger)
    url = proposal.get_absolute_url()

    with at(VOTING_OPENS):
        assert client.get(url).status_code == 404
        assert "Unread words" not in html(client.get(round.get_absolute_url()))
        for person, status in ((stranger, 200), (coordinator, 200), (other_coordinator, 404)):
            client.force_login(person)
            assert client.get(url).status_code == status


# --- voting


def ballot(client, round, *ticks):
    return client.post(round.address("vote"), {"ticks": [str(n) for n in ticks]})


def test_a_signed_in_resident_votes_in_three_pages_and_gets_a_receipt(client, round):
    voter = make_voter(round.board)
    client.force_login(voter)
    with at(VOTING_OPENS):
        assert client.get(round.address("vote"), follow=True).status_code == 200
        checked = client.get(ballot(client, round, 1, 3)["Location"])
        token = token_in(html(checked))
        done = client.post(round.address("thanks"), {"ticks": ["1", "3"], "form_token": token})
        again = client.get(round.address("thanks"))
    make_counted(round)

    shown = re.search(r"(?:[0-9A-Z]{5}-){5}[0-9A-Z]", html(done))[0]
    assert shown not in html(again)  # shown once
    assert "You have voted" in html(again)
    assert Ballot.objects.get().ticks == [1, 3]
    with at(AFTER):
        found = client.post(round.address("check_receipt"), {"receipt": shown.lower()})
    assert "Your ballot is in the count" in html(found)


def test_ticks_survive_the_sign_in_in_the_voters_own_browser_and_never_touch_the_server(client, round):
    with at(VOTING_OPENS):
        answer = ballot(client, round, 2, 3)
        assert answer["Location"].startswith("/account/login/?next=")
        assert not Session.objects.exists()
        cookie = answer.cookies["ballot"]
        assert cookie["httponly"]
        assert "ticks" not in cookie.value
        client.force_login(make_voter(round.board))
        page = html(client.get(round.address("check")))

    chosen = {int(n) for n in re.findall(r'name="ticks" value="(\d+)"', page)}
    assert chosen == {2, 3}
    assert all("ticks" not in str(s.get_decoded()) for s in Session.objects.all())


def test_a_changed_ballot_cookie_is_only_an_empty_ballot(client, round):
    client.cookies["ballot"] = "AAAA" * 50
    client.force_login(make_voter(round.board))
    with at(VOTING_OPENS):
        page = client.get(round.address("check"), follow=True)
    assert page.status_code == 200
    assert "not on this device" in html(page)
    assert "checked" not in html(page)


def test_errors_keep_the_ticks(client, round):
    with at(VOTING_OPENS):
        page = html(ballot(client, round, 2))

    assert "1 more" in page
    assert re.search(r'value="2"[^>]*checked', page)


def test_someone_new_says_where_they_live_on_the_check_page_and_the_postcode_is_not_kept(client, round, board):
    make_postcode("XX1 1AA", board)
    person = make_person()
    client.force_login(person)
    with at(VOTING_OPENS):
        ballot(client, round, 1, 2)
        page = html(client.get(round.address("check")))
        assert "postcode" in page
        refused = client.post(
            round.address("thanks"),
            {"ticks": ["1", "2"], "form_token": token_in(page), "reason": "lives", "postcode": "ZZ"},
        )
        assert "postcode" in html(refused)
        done = client.post(
            round.address("thanks"),
            {"ticks": ["1", "2"], "form_token": token_in(page), "reason": "lives", "postcode": "xx1 1aa"},
        )

    assert "Keep this receipt" in html(done)
    assert RollEntry.objects.get().person == person


def test_a_ballot_opened_before_closing_and_sent_after_is_told_it_was_not_counted(client, round):
    client.force_login(make_voter(round.board))
    with at(VOTING_OPENS):
        ballot(client, round, 1, 2)
        token = token_in(html(client.get(round.address("check"))))
    with at(VOTING_CLOSES):
        answer = client.post(round.address("thanks"), {"ticks": ["1", "2"], "form_token": token})

    assert "was not counted" in html(answer)
    assert not Envelope.objects.exists()


@pytest.mark.parametrize("ticks", [["x"], ["9" * 5000], ["-1"], ["1\x00"], ["1", "1", "2"], ["\ud800"]])
def test_odd_ticks_give_no_fault(client, round, ticks):
    client.force_login(make_voter(round.board))
    with at(VOTING_OPENS):
        for name in ("vote", "thanks"):
            body = "&".join(f"ticks={t.encode('utf-8', 'surrogatepass').hex()}" for t in ticks)
            assert client.post(
                round.address(name), {"ticks": ticks} if "\ud800" not in ticks else {"x": body}
            ).status_code in (200, 302, 400)


def test_voting_twice_replaces_the_first_and_says_so(client, round):
    voter = make_vote(round, 1, 2)
    client.force_login(voter)
    with at(VOTING_OPENS):
        ballot(client, round, 2, 3)
        page = html(client.get(round.address("check")))
        client.post(round.address("thanks"), {"ticks": ["2", "3"], "form_token": token_in(page)})

    assert "takes the place" in page
    assert Envelope.objects.count() == RollEntry.objects.count() == TakingPart.objects.count() == 1


# --- results


def test_nobody_sees_a_result_before_the_count_officers_included(client, round, coordinator):
    make_vote(round, 1, 2)
    client.force_login(coordinator)
    with at(AFTER):
        assert "Not counted yet" in html(client.get(round.address("results")))
        assert client.get(round.address("ballots")).status_code == 404
        assert client.get(round.address("count_file")).status_code == 404
        assert client.post(round.address("check_receipt"), {"receipt": "x"}).status_code == 404


def test_results_say_why_and_the_files_can_be_counted_again(client, round):
    for ticks in ((1, 3), (1, 3), (2, 3)):
        make_vote(round, *ticks)
    count = make_counted(round)
    with at(AFTER):
        page = html(client.get(round.address("results")))
        file = client.get(round.address("count_file"))
        ballots = html(client.get(round.address("ballots"))).splitlines()

    assert "only £100 was left when its turn came" in page
    assert "3 people voted" in page
    assert file.content.decode() == count.file == recount(count.file)
    assert count.file_digest in page
    assert sorted(line.split(",")[1] for line in ballots[1:]) == ["1 3", "1 3", "2 3"]
    assert "example.org" not in "".join(ballots) + count.file


def test_an_award_and_its_report_show_on_the_proposal(client, round, coordinator):
    make_vote(round, 1, 2)
    make_counted(round)
    awards = award_round(round=round, words="Board, 3 December", by=coordinator, now=AFTER)
    record_report(
        award=awards[0],
        did="The swings are up.",
        spent_pence=399_00,
        people_helped=80,
        on=AFTER.date(),
        publish=True,
        by=coordinator,
        now=AFTER,
    )
    with at(AFTER):
        page = html(client.get(awards[0].get_absolute_url()))
        assert "The swings are up." in page
        assert "Board, 3 December" in html(client.get(round.address("results")))


def test_unpublished_reports_stay_inside(client, round, coordinator):
    make_vote(round, 1, 2)
    make_counted(round)
    awards = award_round(round=round, words="Board", by=coordinator, now=AFTER)
    record_report(
        award=awards[0],
        did="Not for all.",
        spent_pence=1,
        people_helped=None,
        on=AFTER.date(),
        publish=False,
        by=coordinator,
        now=AFTER,
    )
    with at(AFTER):
        assert "Not for all." not in html(client.get(awards[0].get_absolute_url()))


# --- everywhere

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_hostile_words_stay_words_on_every_page(client, board, coordinator):
    round = make_round(board, title=HOSTILE, summary=HOSTILE, guidance=HOSTILE, costs=(400_00,), least_ticks=1)
    Proposal.objects.update(title=HOSTILE, group=HOSTILE, summary=HOSTILE, who_benefits=HOSTILE, place=HOSTILE)
    proposal = Proposal.objects.get()
    pages = []
    with at(VOTING_OPENS):
        for url in (
            f"/boards/{board.slug}/funding/",
            round.get_absolute_url(),
            proposal.get_absolute_url(),
            round.address("vote"),
        ):
            pages.append(html(client.get(url)))
    make_vote(round, 1)
    make_counted(round)
    with at(AFTER):
        pages.append(html(client.get(round.address("results"))))

    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("rows", [2, 60])
def test_pages_ask_few_queries_however_many_rows(client, board, rows, django_assert_max_num_queries):
    round = make_round(board, costs=(10_00,) * rows, least_ticks=1)
    names = ["round", "vote"]
    with at(VOTING_OPENS):
        for name in names:
            with django_assert_max_num_queries(10):
                client.get(round.address(name))
        with django_assert_max_num_queries(10):
            client.get(f"/boards/{board.slug}/funding/")
        with django_assert_max_num_queries(10):
            client.get(Proposal.objects.first().get_absolute_url())


@pytest.mark.parametrize("ballots", [10, 10_000])
def test_results_ask_few_queries_however_many_ballots(client, board, ballots, django_assert_max_num_queries):
    round = make_round(board, costs=(100_00, 200_00))
    make_vote(round, 1)
    make_counted(round)
    Ballot.objects.bulk_create([Ballot(round=round, marks=[[1, 1], [2, 1]]) for _ in range(ballots)], batch_size=500)
    with at(AFTER):
        for name in ("results", "ballots", "count_file"):
            with django_assert_max_num_queries(10):
                client.get(round.address(name))


def test_a_reader_gets_no_cookie(client, round):
    with at(VOTING_OPENS):
        for name in ("round", "vote", "propose"):
            assert not client.get(round.address(name)).cookies


@pytest.mark.parametrize("page", ["abc", "-1", "9" * 30, ""])
def test_odd_page_numbers_are_answered(client, round, page):
    with at(VOTING_OPENS):
        assert client.get(round.get_absolute_url(), {"page": page}).status_code == 200


def test_unknown_addresses_are_not_found(client, round, board):
    for url in (
        "/boards/nowhere/funding/",
        f"/boards/{board.slug}/funding/nothing/",
        round.address("proposal", "nothing"),
        f"/boards/nowhere/funding/{round.slug}/",
    ):
        assert client.get(url).status_code == 404


def test_the_count_file_holds_no_voter_and_no_day(round):
    make_vote(round, 1, 2)
    file = json.loads(make_counted(round).file)

    assert set(file["inputs"]["ballots"][0]) == {"ticks", "times"}
