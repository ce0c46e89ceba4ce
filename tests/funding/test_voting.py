"""The vote: once each, sealed, to the second, and never joined to a name."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boards.people.models import Person
from cms.brand import brand_now
from engagement.activities.models import Audience, TakingPart
from engagement.funding import queries
from engagement.funding.actions import keys
from engagement.funding.actions.codes import make_codes
from engagement.funding.actions.counting import count_round, draw_lots
from engagement.funding.actions.proposals import put_on_ballot, withdraw
from engagement.funding.actions.refusals import CountRefused, Refused, VoteRefused
from engagement.funding.actions.rounds import save_round
from engagement.funding.actions.voting import cast_vote
from engagement.funding.models import Ballot, Count, Envelope, FundingRound, Proposal, RollEntry
from engagement.funding.rules import PLAIN_BYTES, recount
from tests.factories import make_person, make_postcode
from tests.funding.factories import (
    AFTER,
    VOTING_CLOSES,
    VOTING_OPENS,
    make_counted,
    make_proposal,
    make_round,
    make_vote,
    make_voter,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def round(board):
    return make_round(board, costs=(400_00, 300_00, 500_00))


def test_a_change_of_mind_replaces_the_envelope_and_leaves_one_mark(round):
    voter = make_vote(round, 1)
    make_vote(round, 2, 3, person=voter)

    assert RollEntry.objects.count() == Envelope.objects.count() == TakingPart.objects.count() == 1
    make_counted(round)
    assert [ballot.ticks for ballot in Ballot.objects.all()] == [[2, 3]]


@pytest.mark.parametrize("moment", [VOTING_OPENS, VOTING_CLOSES - SECOND, VOTING_CLOSES - timedelta(microseconds=1)])
def test_a_vote_in_the_first_and_the_last_second_counts(round, moment):
    make_vote(round, 1, now=moment)

    assert Envelope.objects.count() == 1


@pytest.mark.parametrize("moment", [VOTING_OPENS - SECOND, VOTING_CLOSES, VOTING_CLOSES + SECOND])
def test_a_vote_before_opening_or_at_the_closing_second_is_refused_in_words(round, moment):
    with pytest.raises(VoteRefused, match=r"not opened|not counted"):
        make_vote(round, 1, now=moment)

    assert not RollEntry.objects.exists()


@pytest.mark.parametrize(
    "closes_at",
    [
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # the second 1:30 of the night the clocks go back
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),  # the moment they go forward
        datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_deadlines_hold_on_odd_nights(board, closes_at):
    week = timedelta(days=7)
    round = make_round(
        board,
        costs=(100_00,),
        opens_at=closes_at - 3 * week,
        proposals_close_at=closes_at - 2 * week,
        voting_opens_at=closes_at - week,
        closes_at=closes_at,
    )

    make_vote(round, 1, now=closes_at - SECOND)
    with pytest.raises(VoteRefused):
        make_vote(round, 1, now=closes_at)


def test_someone_from_elsewhere_is_told_what_to_do_first(round, neighbour):
    with pytest.raises(VoteRefused, match="live, work or study"):
        make_vote(round, 1, person=neighbour)


def test_a_round_for_letters_takes_no_vote_on_a_word_alone(board):
    round = make_round(board, costs=(100_00,), audience=Audience.CODE)

    with pytest.raises(VoteRefused, match="letter"):
        make_vote(round, 1)


@pytest.mark.parametrize(
    ("ticks", "words"), [([1], "2 more"), ([], "3 more"), ([1, 2, 3, 4, 5], "4 at most"), ([1, 2, 99], "no longer")]
)
def test_too_few_too_many_and_strange_ticks_are_refused(board, ticks, words):
    round = make_round(board, costs=(100_00,) * 5, least_ticks=3, most_ticks=4)

    with pytest.raises(VoteRefused, match=words):
        make_vote(round, *ticks)

    assert not RollEntry.objects.exists()


def test_a_short_ballot_does_not_ask_for_more_than_it_holds(board):
    round = make_round(board, costs=(100_00, 100_00), least_ticks=3)

    make_vote(round, 1, 2)

    assert Envelope.objects.count() == 1


def test_envelopes_have_one_size_and_hide_even_equal_choices(round):
    for ticks in ((1,), (1,), (1, 2, 3)):
        make_vote(round, *ticks)

    sealed = [bytes(envelope.sealed) for envelope in Envelope.objects.all()]
    assert {len(each) for each in sealed} == {PLAIN_BYTES + 48}
    assert len(set(sealed)) == 3


def dump() -> str:
    """Give every value in every table of the database as one text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                found += [bytes(v).hex() if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(found)


def test_while_voting_is_open_the_receipt_is_nowhere_and_afterwards_only_on_the_ballot(round):
    receipt = uuid4()
    voter = make_voter(round.activity.board)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        cast_vote(person=voter, round=round, marks=[(2, 1)], receipt=receipt, now=VOTING_OPENS)

    said = "\n".join(query["sql"] for query in asked)
    for form in (str(receipt), receipt.hex, str(receipt.int)):
        assert form not in dump()
        assert form not in said
    make_counted(round)
    assert Ballot.objects.get().receipt == receipt
    assert not Envelope.objects.exists()


def test_nothing_joins_the_roll_to_the_ballots():
    between = {
        field.related_model for field in [*Ballot._meta.get_fields(), *Count._meta.get_fields()] if field.is_relation
    }

    assert RollEntry not in between
    assert Envelope not in between
    assert {field.name for field in Ballot._meta.get_fields()} == {"receipt", "round", "marks"}


def test_ballots_come_out_in_another_order_than_they_went_in(board):
    round = make_round(board, costs=(100_00,) * 8)
    order = [[n] for n in range(1, 9)] * 5
    for ticks in order:
        make_vote(round, *ticks)

    make_counted(round)

    came_out = [ballot.ticks for ballot in Ballot.objects.all()]
    assert sorted(came_out) == sorted(order)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT marks FROM funding_ballot ORDER BY rowid")
        else:
            cursor.execute("SELECT marks FROM funding_ballot ORDER BY ctid")
        stored = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]
    assert [[number for number, _value in marks] for marks in stored] != order


def test_nobody_counts_before_closing_not_even_the_board(round, coordinator):
    make_vote(round, 1)

    with pytest.raises(CountRefused, match="after voting has closed"):
        count_round(round=round, by=coordinator, now=VOTING_CLOSES - SECOND)

    assert Envelope.objects.count() == 1


def test_another_boards_coordinator_cannot_count(round, other_coordinator):
    with pytest.raises(CountRefused, match="role"):
        count_round(round=round, by=other_coordinator, now=AFTER)


def test_the_count_funds_the_most_supported_that_fit(round, coordinator):
    for ticks in ((1, 3), (3,), (3, 2), (1,)):
        make_vote(round, *ticks)

    count = make_counted(round, coordinator)

    result = queries.result_of(count.file)
    assert result["votes"] == {"1": 2, "2": 1, "3": 3}
    assert [p.number for p in queries.funded_proposals(round)] == [3, 1]
    assert result["left_pence"] == 100_00
    assert FundingRound.objects.get().counted_at is not None


def test_a_stored_count_can_be_run_again_byte_for_byte_by_anyone(round, tmp_path, capsysbinary):
    for ticks in ((1, 3), (3,), (3, 2), (1,)):
        make_vote(round, *ticks)
    count = make_counted(round)
    path = tmp_path / "count.json"
    path.write_bytes(count.file.encode())

    call_command("recount", str(path))

    assert capsysbinary.readouterr().out == count.file.encode()
    assert recount(count.file) == count.file


def test_a_tie_stops_the_count_until_lots_are_drawn_in_public(board, coordinator):
    round = make_round(board, costs=(600_00, 600_00))
    for ticks in ((1,), (2,)):
        make_vote(round, *ticks)

    first = make_counted(round, coordinator)
    assert not first.is_settled
    assert queries.tie_of(round) == [1, 2]
    assert make_counted(round, coordinator) == first  # nothing new to count

    with pytest.raises(CountRefused, match="each place once"):
        draw_lots(round=round, order=[2, 2], words="In the hall", on=AFTER.date(), by=coordinator, now=AFTER)
    with pytest.raises(CountRefused, match="who was there"):
        draw_lots(round=round, order=[2, 1], words=" ", on=AFTER.date(), by=coordinator, now=AFTER)
    draw_lots(
        round=round,
        order=[2, 1],
        words="Drawn from a hat by Ms Ade, 9 people there",
        on=AFTER.date(),
        by=coordinator,
        now=AFTER,
    )
    second = make_counted(round, coordinator)

    assert second.is_settled
    assert queries.result_of(second.file)["funded"] == [2]
    assert [step["why"] for step in queries.result_of(second.file)["steps"]] == ["funded", "lost_the_lot"]


def test_a_count_killed_after_opening_goes_on_where_it_stopped(round, coordinator, monkeypatch):
    make_vote(round, 1)

    def killed(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr("engagement.funding.actions.counting.count_ballots", killed)
    with pytest.raises(KeyboardInterrupt):
        count_round(round=round, by=coordinator, now=AFTER)
    monkeypatch.undo()
    count = count_round(round=FundingRound.objects.get(), by=coordinator, now=AFTER)

    assert queries.result_of(count.file)["ballots"] == 1 == Ballot.objects.count()


def test_a_count_killed_while_opening_leaves_every_envelope_sealed(round, coordinator, monkeypatch):
    make_vote(round, 1)
    monkeypatch.setattr("engagement.funding.actions.counting.log", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))

    with pytest.raises(KeyboardInterrupt):
        count_round(round=round, by=coordinator, now=AFTER)

    assert Envelope.objects.count() == 1
    assert not Ballot.objects.exists()
    assert keys.is_here(round.public_key)


@pytest.mark.django_db(transaction=True)
def test_the_key_is_a_private_file_outside_the_database_and_is_gone_after_the_count(board, keys_folder):
    round = make_round(board, costs=(100_00,))
    path = keys.path_of(round.public_key)
    secret = path.read_bytes()
    assert path.parent == keys_folder
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret.hex() not in dump()

    make_vote(round, 1)
    make_counted(round)

    assert not path.exists()


def test_a_lost_key_is_said_plainly_and_loses_no_envelope(round, coordinator):
    make_vote(round, 1)
    keys.destroy(round.public_key)

    with pytest.raises(CountRefused, match="key"):
        make_counted(round, coordinator)

    assert Envelope.objects.count() == 1


def test_a_vote_after_the_count_began_is_refused_whatever_its_clock_says(round):
    make_vote(round, 1)
    make_counted(round)

    with pytest.raises(VoteRefused, match="not counted"):
        make_vote(FundingRound.objects.get(), 1, now=VOTING_CLOSES - SECOND)


def test_a_cost_changed_behind_the_platforms_back_stops_the_count(round, coordinator):
    make_vote(round, 1)
    Proposal.objects.filter(number=1).update(cost_pence=1)

    with pytest.raises(CountRefused, match="cost changed"):
        make_counted(round, coordinator)


def test_rules_changed_behind_the_platforms_back_stop_the_count(round, coordinator):
    make_vote(round, 1)
    FundingRound.objects.update(budget_pence=1)

    with pytest.raises(CountRefused, match="rules"):
        make_counted(round, coordinator)


def test_a_lost_envelope_stops_the_count(round, coordinator):
    make_vote(round, 1)
    make_vote(round, 2)
    Envelope.objects.filter(entry=RollEntry.objects.first()).delete()

    with pytest.raises(CountRefused, match="do not match"):
        make_counted(round, coordinator)


def test_a_forged_envelope_stops_the_count(round, coordinator):
    make_vote(round, 1)
    Envelope.objects.update(sealed=bytes(PLAIN_BYTES + 48))

    with pytest.raises(CountRefused, match="changed"):
        make_counted(round, coordinator)


def test_the_rules_are_fixed_once_voting_opens(round, coordinator):
    with pytest.raises(Refused, match="no longer change"):
        save_round(board=round.board, values={"budget_pence": 5}, by=coordinator, now=VOTING_OPENS, round=round)


def test_the_rules_are_fixed_once_someone_voted_whatever_the_clock_says(round, coordinator):
    make_vote(round, 1)

    with pytest.raises(Refused, match="no longer change"):
        save_round(
            board=round.board, values={"budget_pence": 5}, by=coordinator, now=VOTING_OPENS - SECOND, round=round
        )


def test_nothing_joins_the_ballot_once_voting_opens(round, coordinator):
    late = make_proposal(round)

    with pytest.raises(Refused, match="fixed once voting opens"):
        put_on_ballot(proposal=late, by=coordinator, now=VOTING_OPENS)


def test_a_proposal_withdrawn_in_mid_vote_keeps_its_number_and_gets_no_money(board):
    lead = make_person()
    round = make_round(board, costs=(400_00, 300_00))
    proposal = Proposal.objects.get(number=1)
    Proposal.objects.update(lead=lead)
    proposal.refresh_from_db()
    make_vote(round, 1, 2)

    withdraw(proposal=proposal, by=lead, now=VOTING_OPENS + SECOND)
    make_vote(round, 2, now=VOTING_OPENS + SECOND)
    with pytest.raises(VoteRefused, match="no longer on the ballot"):
        make_vote(round, 1, now=VOTING_OPENS + SECOND)
    count = make_counted(round)

    assert queries.result_of(count.file)["votes"] == {"2": 2}
    assert queries.result_of(count.file)["funded"] == [2]


def test_a_round_in_which_nobody_voted_can_be_counted(round):
    count = make_counted(round)

    assert count.is_settled
    assert queries.result_of(count.file)["funded"] == []


def test_deleting_an_account_during_the_vote_keeps_the_vote(round):
    voter = make_vote(round, 1)
    voter.delete()

    count = make_counted(round)

    assert queries.result_of(count.file)["ballots"] == 1


@pytest.mark.parametrize("already", [10, 10_000])
def test_casting_asks_ten_queries_or_fewer(round, client, already, django_assert_num_queries):
    channel, day = "web", timezone.localdate(VOTING_OPENS)
    RollEntry.objects.bulk_create(
        RollEntry(round=round, person=person, channel=channel, on=day)
        for person in Person.objects.bulk_create(Person(email=f"{n}@many.example") for n in range(already))
    )
    Envelope.objects.bulk_create(Envelope(entry=entry, sealed=b"sealed") for entry in RollEntry.objects.all())
    voter = make_voter(round.activity.board)
    client.force_login(voter)
    brand_now()
    make_vote(round, 2)
    post_vote(client, round, make_voter(round.activity.board), 2)  # reads the round and its ballot, and keeps them
    client.force_login(voter)

    # A first vote, which PostgreSQL takes in one statement, then a change of mind.
    for asked in (4 if connection.vendor == "postgresql" else 9, 10):
        with time_machine.travel(VOTING_OPENS, tick=False), django_assert_num_queries(asked):
            answer = client.post(round.address("thanks"), {"ticks": ["1"], "form_token": str(uuid4())})
        assert answer.status_code == 200
    assert Envelope.objects.count() == already + 3


def post_vote(client, round, voter, *ticks, now=VOTING_OPENS):
    client.force_login(voter)
    with time_machine.travel(now, tick=False):
        return client.post(
            round.address("thanks"), {"ticks": [str(tick) for tick in ticks], "form_token": str(uuid4())}
        )


def was_counted(answer):
    return "Keep this receipt" in answer.content.decode()


def test_a_proposal_withdrawn_a_moment_ago_cannot_be_chosen_any_more(round, client):
    """The server keeps what is on the ballot between two votes; it must see at once that something went."""
    lead = make_person()
    Proposal.objects.filter(number=1).update(lead=lead)
    assert was_counted(post_vote(client, round, make_voter(round.board), 1))
    withdraw(proposal=round.proposals.get(number=1), by=lead, now=VOTING_OPENS)

    refused = post_vote(client, round, make_voter(round.board), 1)

    assert refused.context["form"].errors
    assert Envelope.objects.count() == 1


def test_a_closing_time_that_moved_a_moment_ago_holds_for_the_next_vote(round, client):
    voters = [make_voter(round.board) for _ in range(2)]
    assert was_counted(post_vote(client, round, voters[0], 1))
    round.activity.closes_at = VOTING_OPENS + SECOND
    round.activity.save(update_fields=["closes_at"])

    refused = post_vote(client, round, voters[1], 1, now=VOTING_OPENS + SECOND)

    assert "Voting has closed" in refused.content.decode()
    assert Envelope.objects.count() == 1


def test_codes_made_a_moment_ago_are_asked_for_at_the_next_vote(round, client):
    """Also from someone who is not signed in: before there were codes, they were sent to sign in."""
    assert was_counted(post_vote(client, round, make_voter(round.board), 1))
    client.logout()
    form = {"ticks": ["1"], "form_token": str(uuid4())}
    with time_machine.travel(VOTING_OPENS, tick=False):
        before = client.post(round.address("thanks"), form)
        make_codes(round=round, size=1, purpose="Letters", by=None)
        after = client.post(round.address("thanks"), form)

    assert before.status_code == 302
    assert "code" in after.context["form"].errors


def test_a_voter_without_standing_is_asked_for_it_and_then_counted_in_one_go(round, client):
    postcode = make_postcode("TH1 1AA", round.board)
    stranger = make_person()

    asked = post_vote(client, round, stranger, 1)
    assert "postcode" in asked.context["form"].fields
    with time_machine.travel(VOTING_OPENS, tick=False):
        counted = client.post(
            round.address("thanks"),
            {"ticks": ["1"], "form_token": str(uuid4()), "reason": "lives", "postcode": postcode.postcode},
        )

    assert was_counted(counted)
    assert Envelope.objects.count() == 1


def test_a_round_that_is_not_there_or_not_published_takes_no_vote(round, client, board):
    hidden = make_round(board, published=False, costs=())

    assert post_vote(client, hidden, make_voter(board), 1).status_code == 404
    assert client.post(round.address("thanks").replace(round.slug, "no-such-round")).status_code == 404
