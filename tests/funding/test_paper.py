"""Voting on paper: handed in once, keyed twice by two people, balanced before the count, joined to nobody."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from engagement.activities.models import TakingPart
from engagement.funding import queries
from engagement.funding.actions import codes, paper
from engagement.funding.actions.counting import count_round
from engagement.funding.actions.refusals import CountRefused, Refused, VoteRefused
from engagement.funding.actions.voting import cast_vote
from engagement.funding.models import (
    Ballot,
    Envelope,
    FundingRound,
    Keying,
    PaperBatch,
    PaperMark,
    PaperSheet,
    RollEntry,
)
from engagement.funding.rules import PLAIN_BYTES, marks_from_words, sheet_from_words, sheet_number
from tests.factories import make_role
from tests.funding.factories import AFTER, VOTING_CLOSES, VOTING_OPENS, make_round, make_vote, make_voter
from tests.funding.test_voting import dump

NOW = VOTING_OPENS


@given(st.integers(0, 99_999), st.integers(0, 5), st.integers(0, 9))
def test_a_slip_of_one_digit_in_a_sheet_number_is_found(five, place, digit):
    number = sheet_number(five)
    slip = number[:place] + str(digit) + number[place + 1 :]

    assert sheet_from_words(f" {number[:3]}-{number[3:]} ") == number
    assert (sheet_from_words(slip) is None) == (slip != number)


@pytest.mark.parametrize(
    ("typed", "ticks", "read"),
    [
        ("7 3, 12", True, ((3, 1), (7, 1), (12, 1))),
        ("", True, ()),
        ("3:5 7:2", False, ((3, 5), (7, 2))),
        ("3:5", True, None),
        ("3", False, None),
        ("3 x", True, None),
        ("-3", True, None),
        ("3 3", True, ((3, 1), (3, 1))),
    ],
)
def test_what_is_keyed_is_read_or_refused(typed, ticks, read):
    assert marks_from_words(typed, ticks=ticks) == read


@pytest.fixture
def round(board):
    return make_round(board, costs=(400_00, 300_00, 500_00))


@pytest.fixture
def officers(board):
    return [make_role("coordinator", board) for _ in range(3)]


def printed(round, officers, size=1, **more):
    """Give a batch and the numbers of its sheets."""
    batch = paper.print_sheets(
        round=round, size=size, purpose="Library", hand_in="The box at the library", by=officers[0], now=NOW, **more
    )
    return batch, list(batch.sheets.values_list("number", flat=True))


def key(batch, number, *ticks, by, now=NOW, **more):
    marks = [(each, 1) if isinstance(each, int) else each for each in ticks]
    return paper.key_sheet(batch=batch, number=number, marks=marks, by=by, now=now, **more)


def keyed(batch, number, *ticks, officers, **more):
    return [key(batch, number, *ticks, by=by, **more) for by in officers[:2]]


def handed_in(round, officers, **who):
    return paper.hand_in(round=round, by=officers[0], now=NOW, **(who or {"reference": f"TH-{uuid4()}"}))


@pytest.mark.django_db
def test_a_sheet_keyed_alike_by_two_people_is_a_ballot_like_any_other(round, officers):
    make_vote(round, 1)
    batch, [number] = printed(round, officers)
    handed_in(round, officers)

    assert keyed(batch, number, 2, 3, officers=officers) == ["first", "second"]

    sizes = {len(bytes(row)) for row in Envelope.objects.values_list("sealed", flat=True)}
    assert {len(bytes(PaperSheet.objects.get().sealed))} == sizes == {PLAIN_BYTES + 48}
    count = count_round(round=round, by=officers[0], now=AFTER)
    assert queries.result_of(count.file)["votes"] == {"1": 1, "2": 1, "3": 1}
    assert sorted(ballot.ticks for ballot in Ballot.objects.all()) == [[1], [2, 3]]
    assert not Keying.objects.exists()
    assert bytes(PaperSheet.objects.get().sealed) == b""
    assert dict(queries.turnout_shown(round).by_channel).keys() == {"On this site", "On paper"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "marks", "more"),
    [
        ("approval", [(1, 1), (3, 1)], {}),
        ("knapsack", [(1, 1), (3, 1)], {}),
        ("ranking", [(1, 2), (3, 1)], {"most_ticks": 3}),
        ("points", [(1, 4), (3, 6)], {}),
        ("scores", [(1, 5), (3, 1)], {}),
    ],
)
def test_every_kind_of_ballot_is_keyed_and_a_faulty_one_refused(board, officers, method, marks, more):
    round = make_round(board, costs=(400_00, 300_00, 500_00), method=method, **more)
    batch, [number] = printed(round, officers)
    handed_in(round, officers)

    with pytest.raises(Refused):
        key(batch, number, (1, 1), (9, 1), by=officers[0])
    assert keyed(batch, number, *marks, officers=officers) == ["first", "second"]
    count_round(round=round, by=officers[0], now=AFTER)

    assert [tuple(mark) for mark in Ballot.objects.get().marks] == marks


@pytest.mark.django_db
def test_what_two_read_differently_is_settled_by_a_third_who_says_so(round, officers):
    batch, [number] = printed(round, officers)
    handed_in(round, officers)

    assert key(batch, number, 1, by=officers[0]) == "first"
    assert key(batch, number, 2, by=officers[1]) == "differs"
    with pytest.raises(CountRefused, match="1 were read differently"):
        count_round(round=round, by=officers[0], now=AFTER)
    with pytest.raises(Refused, match="Somebody else"):
        key(batch, number, 2, by=officers[1], settles=True)
    with pytest.raises(Refused, match="yours settles it"):
        key(batch, number, 2, by=officers[2])
    assert key(batch, number, 2, by=officers[2], settles=True, doubt="crossed") == "settled"
    with pytest.raises(Refused, match="settled"):
        key(batch, number, 3, by=officers[0])

    count_round(round=round, by=officers[0], now=AFTER)
    assert Ballot.objects.get().ticks == [2]
    assert PaperSheet.objects.get().doubt == "crossed"


@pytest.mark.django_db
def test_nobody_keys_a_sheet_twice_not_even_past_the_code(round, officers):
    batch, [number] = printed(round, officers)
    key(batch, number, 1, by=officers[0])

    with pytest.raises(Refused, match="Somebody else"):
        key(batch, number, 1, by=officers[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Keying.objects.create(sheet=PaperSheet.objects.get(), place=2, by=officers[0], digest="x")


@pytest.mark.django_db
def test_a_first_reading_can_be_taken_back_by_its_own_keyer_only(round, officers):
    batch, [number] = printed(round, officers)
    key(batch, number, 1, by=officers[0])

    with pytest.raises(Refused, match="your own"):
        paper.take_back(batch=batch, number=number, by=officers[1], now=NOW)
    paper.take_back(batch=batch, number=number, by=officers[0], now=NOW)
    assert keyed(batch, number, 2, officers=officers) == ["first", "second"]
    with pytest.raises(Refused, match="your own"):
        paper.take_back(batch=batch, number=number, by=officers[0], now=NOW)


@pytest.mark.django_db
def test_equal_choices_on_two_sheets_look_different_and_nothing_plain_is_kept(round, officers):
    batch, numbers = printed(round, officers, 2)
    for number in numbers:
        key(batch, number, 1, 3, by=officers[0])

    assert len(set(Keying.objects.values_list("digest", flat=True))) == 2
    secret = paper.key_path(batch).read_bytes()
    assert secret.hex() not in dump()
    for number in numbers:
        key(batch, number, 1, 3, by=officers[1])
    assert set(Keying.objects.values_list("digest", flat=True)) == {""}
    for _number in numbers:
        handed_in(round, officers)
    count_round(round=round, by=officers[0], now=AFTER)


@pytest.mark.django_db
def test_the_count_waits_until_issued_is_used_spoiled_and_unused(client, round, officers):
    batch, numbers = printed(round, officers, 5)
    for _ in range(2):
        handed_in(round, officers)
    keyed(batch, numbers[0], 1, officers=officers)
    for by in officers[:2]:
        key(batch, numbers[1], by=by, spoiled="named")

    with pytest.raises(CountRefused, match=r"5 issued, 1 used, 1 spoiled, 0 unused, 0 set aside\. 3 are missing"):
        count_round(round=round, by=officers[0], now=AFTER)
    paper.say_what_became(batch=batch, numbers=numbers[2:4], state="unused", by=officers[0], now=NOW)
    paper.say_what_became(batch=batch, numbers=numbers[4:], state="spoiled", by=officers[0], now=NOW)
    with pytest.raises(Refused, match="keyed"):
        paper.say_what_became(batch=batch, numbers=numbers[:1], state="unused", by=officers[0], now=NOW)
    count_round(round=round, by=officers[0], now=AFTER)

    assert Ballot.objects.count() == 1
    results = client.get(round.address("results")).content.decode()
    assert "5 sheets were printed: 1 were used, 2 spoiled, 2 unused, and 0 set aside" in results
    assert "It says who the voter is: 1" in results
    spoiled = dict(queries.paper_spoiled(round))
    assert spoiled == {"Given back at the desk for another sheet": 1, "It says who the voter is": 1}


@pytest.mark.django_db
def test_more_sheets_than_marks_on_the_roll_stop_the_count(round, officers):
    batch, numbers = printed(round, officers, 2)
    handed_in(round, officers)
    for number in numbers:
        keyed(batch, number, 1, officers=officers)

    with pytest.raises(CountRefused, match="1 handed in a sheet and 2 sheets were in the box"):
        count_round(round=round, by=officers[0], now=AFTER)
    assert not Ballot.objects.exists()


@pytest.mark.django_db
def test_a_voter_hands_in_once_by_account_by_code_and_by_the_boards_roll(round, officers, board):
    voter = make_voter(board)
    [code] = codes.make_codes(round=round, size=1, purpose="Letters", by=None)[1]
    for who in ({"person": voter}, {"code": codes.find_code(round, code)}, {"reference": "th 12"}):
        handed_in(round, officers, **who)
    for who in ({"person": voter}, {"code": codes.find_code(round, code)}, {"reference": "TH12"}):
        with pytest.raises(Refused, match="already"):
            handed_in(round, officers, **who)

    assert PaperMark.objects.count() == TakingPart.objects.count() == 3
    assert "TH12" not in dump()
    for who in ({"person": voter}, {"code": codes.find_code(round, code)}):
        with pytest.raises(VoteRefused, match=r"on paper|On paper"):
            cast_vote(round=round, marks=[(1, 1)], receipt=uuid4(), now=NOW, **who)
    assert not Envelope.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("rule", "counted"), [("paper", [[2]]), ("neither", [])])
def test_who_voted_on_both_is_settled_by_the_rounds_rule(board, officers, rule, counted):
    round = make_round(board, costs=(400_00, 300_00), both_ways=rule)
    voter = make_vote(round, 1)
    batch, [number] = printed(round, officers)
    mark = handed_in(round, officers, person=voter)
    assert mark.is_aside == (rule == "neither")
    assert Envelope.objects.count() == 1  # kept, and never opened
    with pytest.raises(VoteRefused, match="on paper"):
        make_vote(round, 1, person=voter)

    if rule == "neither":
        paper.say_what_became(batch=batch, numbers=[number], state="aside", by=officers[0], now=NOW)
    else:
        keyed(batch, number, 2, officers=officers)
    count_round(round=round, by=officers[0], now=AFTER)

    assert [ballot.ticks for ballot in Ballot.objects.all()] == counted
    assert RollEntry.objects.count() == 1
    assert not Envelope.objects.exists()


@pytest.mark.django_db
def test_where_the_site_counts_a_sheet_is_refused_at_the_desk(board, officers):
    round = make_round(board, costs=(400_00, 300_00), both_ways="web")
    voter = make_vote(round, 1)

    with pytest.raises(Refused, match="Do not take the sheet"):
        handed_in(round, officers, person=voter)
    count_round(round=round, by=officers[0], now=AFTER)
    assert [ballot.ticks for ballot in Ballot.objects.all()] == [[1]]


@pytest.mark.django_db
def test_nothing_joins_a_sheet_to_a_voter(round, officers):
    related = {field.related_model for field in [*PaperSheet._meta.get_fields(), *Keying._meta.get_fields()]}
    assert not related & {RollEntry, PaperMark, Ballot}
    assert {field.name for field in PaperMark._meta.get_fields()} == {"entry", "is_aside", "was", "by"}

    batch, [number] = printed(round, officers)
    sheet = PaperSheet.objects.get()
    mark = handed_in(round, officers)
    keyed(batch, number, 2, officers=officers)
    count_round(round=round, by=officers[0], now=AFTER)
    receipt = Ballot.objects.get().receipt
    holding = tables_holding(str(sheet.pk), sheet.pk.hex)
    assert holding == {"funding_papersheet"}
    assert tables_holding(str(receipt), receipt.hex) == {"funding_ballot"}
    assert mark.entry.reference not in str(PaperSheet.objects.values())


def tables_holding(*texts):
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if any(text in str(value) for row in cursor.fetchall() for value in row for text in texts):
                found.add(table)
    return found


@pytest.mark.django_db
def test_keying_goes_on_after_closing_and_ends_at_the_count(round, officers):
    batch, numbers = printed(round, officers, 2)
    handed_in(round, officers)
    keyed(batch, numbers[0], 1, officers=officers, now=VOTING_CLOSES + timedelta(hours=2))
    paper.say_what_became(batch=batch, numbers=numbers[1:], state="unused", by=officers[0], now=AFTER)
    count_round(round=round, by=officers[0], now=AFTER)

    batch.round.refresh_from_db()
    for act in (
        lambda: key(batch, numbers[1], 1, by=officers[0], now=AFTER),
        lambda: paper.hand_in(round=batch.round, by=officers[0], now=AFTER, reference="TH 1"),
        lambda: paper.print_sheets(round=batch.round, size=1, purpose="x", hand_in="x", by=officers[0], now=AFTER),
    ):
        with pytest.raises(Refused):
            act()


@pytest.mark.django_db
def test_another_boards_coordinator_prints_takes_in_and_keys_nothing(round, officers, other_coordinator):
    batch, [number] = printed(round, officers)

    with pytest.raises(Refused, match="role"):
        key(batch, number, 1, by=other_coordinator)
    with pytest.raises(Refused, match="role"):
        paper.hand_in(round=round, by=other_coordinator, now=NOW, reference="TH 1")
    with pytest.raises(Refused, match="role"):
        printed(round, [other_coordinator])


@pytest.mark.django_db(transaction=True)
def test_a_count_killed_while_opening_loses_no_sheet_and_doubles_none(round, officers, monkeypatch):
    batch, [number] = printed(round, officers)
    handed_in(round, officers)
    keyed(batch, number, 2, officers=officers)
    monkeypatch.setattr("engagement.funding.actions.counting.log", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        count_round(round=round, by=officers[0], now=AFTER)
    assert bytes(PaperSheet.objects.get().sealed)
    assert paper.key_path(batch).exists()
    monkeypatch.undo()

    count_round(round=FundingRound.objects.get(), by=officers[0], now=AFTER)

    assert [ballot.ticks for ballot in Ballot.objects.all()] == [[2]]
    assert not paper.key_path(batch).exists()


# --- at the desk


@pytest.mark.django_db
def test_a_coordinator_prints_takes_in_and_two_key_a_sheet_at_the_desk(
    client, round, officers, django_assert_max_num_queries
):
    client.force_login(officers[0])
    with time_machine.travel(NOW, tick=False):
        form = {"act": "print", "size": "8", "purpose": "Library", "hand_in": "The box", "orders": "2"}
        sheets = client.post(reverse("funding_desk:paper", args=[round.pk]), form, follow=True).content.decode()
        batch = PaperBatch.objects.get()
        home, keying = reverse("funding_desk:paper", args=[round.pk]), batch_address(batch)
        number = batch.sheets.first().number
        assert sheets.count('class="sheet"') == 8
        assert {"order A", "order B"} == set(re.findall(r"order [A-F]", sheets))
        for said in (f"sheet {number}", "£400", "Doubtful marks", "The box"):
            assert said in sheets

        odd = client.post(home, {"act": "hand_in", "email": "", "code": "", "reference": ""}).content.decode()
        assert "only one" in odd
        client.post(home, {"act": "hand_in", "reference": "TH 12"})
        again = client.post(home, {"act": "hand_in", "reference": "th12"}).content.decode()
        assert "already" in again
        for by in officers[:2]:
            client.force_login(by)
            client.post(keying, {"act": "key", "number": number, "marks": "2 3 "})
        client.post(keying, {"act": "became", "state": "unused", "rest": "on"})
        for url in (home, keying):
            client.get(url)
            with django_assert_max_num_queries(25):
                page = client.get(url).content.decode()
    assert "It balances." in page
    assert queries.result_of(count_round(round=round, by=officers[0], now=AFTER).file)["votes"]["2"] == 1


def batch_address(batch):
    return reverse("funding_desk:paper_batch", args=[batch.pk])
