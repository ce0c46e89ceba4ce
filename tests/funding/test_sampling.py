"""A random sample of keyed sheets, compared once more by somebody else, and told with the result."""

from __future__ import annotations

from dataclasses import asdict

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry

from engagement.funding import queries, words
from engagement.funding.actions import paper
from engagement.funding.actions.counting import count_round
from engagement.funding.actions.refusals import CountRefused, Refused
from engagement.funding.actions.sampling import compare_sheet, draw_sample
from engagement.funding.actions.taking_back import take_back_hand_in
from engagement.funding.models import Ballot, FundingRound, Keying, PaperSample, PaperSheet, SampledSheet
from engagement.funding.rules import Sample, most_wrong, sample_size
from tests.factories import make_role
from tests.funding.factories import AFTER, VOTING_OPENS, make_round
from tests.funding.test_paper import handed_in, key, keyed, printed
from tests.funding.test_voting import dump


@given(asked=st.integers(-5, 10_000), sheets=st.integers(1, 10_000))
def test_a_sample_is_at_least_twenty_sheets_or_all_of_them(asked, sheets):
    drawn = sample_size(asked, sheets)

    assert drawn <= sheets
    assert drawn >= min(20, sheets)
    assert drawn == min(max(asked, 20), sheets)


@given(st.integers(4, 5000))
def test_the_rule_of_three_keeps_its_word_for_every_size(n):
    """Were 3 in n wrong, n sheets without a fault would come up less than once in twenty draws."""
    most, of = most_wrong(n)

    assert (1 - most / of) ** n < 0.05


@pytest.fixture
def round(board):
    return make_round(board, costs=(400_00, 300_00))


@pytest.fixture
def officers(board):
    return [make_role("coordinator", board) for _ in range(4)]


@pytest.fixture
def boxed(round, officers):
    """A batch of 3 sheets, all keyed by the first two officers: two used, one spoiled."""
    batch, numbers = printed(round, officers, 3)
    for _number in numbers:
        handed_in(round, officers)
    keyed(batch, numbers[0], 1, officers=officers)
    keyed(batch, numbers[1], 2, officers=officers)
    keyed(batch, numbers[2], officers=officers, spoiled="named")
    return batch, numbers


def drawn(round, officers, size=20):
    return draw_sample(round=round, size=size, by=officers[0], now=AFTER)


def compare(batch, number, *ticks, by, **more):
    return compare_sheet(batch=batch, number=number, marks=[(each, 1) for each in ticks], by=by, now=AFTER, **more)


@pytest.mark.django_db
def test_sheets_read_the_same_are_told_with_the_result(client, round, officers, boxed):
    batch, numbers = boxed
    assert drawn(round, officers).drawn_from == 3
    with pytest.raises(CountRefused, match="3 sheets of the sample wait"):
        count_round(round=round, by=officers[0], now=AFTER)

    assert compare(batch, numbers[0], 1, by=officers[2]) == "same"
    assert compare(batch, numbers[1], 2, by=officers[3]) == "same"
    assert compare(batch, numbers[2], by=officers[2], spoiled="named") == "same"
    count_round(round=round, by=officers[0], now=AFTER)

    results = client.get(round.address("results")).content.decode()
    assert "3 sheets of 3 were drawn at random" in results
    assert "These are all the sheets, and none had been keyed wrongly." in results
    assert sorted(ballot.ticks for ballot in Ballot.objects.all()) == [[1], [2]]


@pytest.mark.django_db
def test_whoever_keyed_a_sheet_does_not_compare_it(round, officers, boxed):
    batch, numbers = boxed
    drawn(round, officers)

    for by in officers[:2]:
        with pytest.raises(Refused, match="You have keyed this sheet"):
            compare(batch, numbers[0], 1, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():  # not even past the code
        Keying.objects.create(sheet=PaperSheet.objects.get(number=numbers[0]), place=4, by=officers[0])
    compare(batch, numbers[0], 1, by=officers[2])
    with pytest.raises(Refused, match="compared"):
        compare(batch, numbers[0], 1, by=officers[3])
    with pytest.raises(Refused, match="not in the sample"):
        compare(batch, "000000", 1, by=officers[2])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("again", "found", "counted"),
    [(2, "changed", [[2], [2]]), (1, "stood", [[1], [2]])],
    ids=["it was keyed wrongly", "the third reader was wrong"],
)
def test_a_sheet_read_differently_is_keyed_afresh_and_the_fault_is_told(
    client, round, officers, boxed, again, found, counted
):
    batch, numbers = boxed
    drawn(round, officers)
    for number, ticks, more in ((numbers[1], (2,), {}), (numbers[2], (), {"spoiled": "named"})):
        compare(batch, number, *ticks, by=officers[2], **more)

    assert compare(batch, numbers[0], 2, by=officers[2]) == "differs"
    sheet = PaperSheet.objects.get(number=numbers[0])
    assert (sheet.state, bytes(sheet.sealed), sheet.keyings.count()) == ("issued", b"", 0)
    with pytest.raises(CountRefused, match="does not balance"):
        count_round(round=round, by=officers[0], now=AFTER)
    with pytest.raises(Refused, match="keyed"):
        paper.say_what_became(batch=batch, numbers=[sheet.number], state="unused", by=officers[0], now=AFTER)
    handed_in(round, officers, reference="TH 1")
    with pytest.raises(Refused, match="was in the box"):  # still nameless: it was keyed once
        take_back_hand_in(
            round=round, by=officers[0], now=AFTER, reason="A slip", became="unused", batch=batch.pk,
            number=sheet.number, reference="TH 1",
        )  # fmt: skip
    take_back_hand_in(round=round, by=officers[0], now=AFTER, reason="A slip", became="another", reference="TH 1")
    for by in officers[:2]:
        key(batch, numbers[0], again, by=by, now=AFTER)
    assert SampledSheet.objects.get(sheet=sheet).found == found
    count_round(round=round, by=officers[0], now=AFTER)

    assert sorted(ballot.ticks for ballot in Ballot.objects.all()) == counted
    results = client.get(round.address("results")).content.decode()
    told = {"changed": "1 had been keyed wrongly and was put right", "stood": "1 was read differently"}
    assert told[found] in results
    assert "wrong, with 95%" not in results


@pytest.mark.django_db
def test_it_is_drawn_once_after_closing_when_all_is_keyed(round, officers, other_coordinator):
    batch, numbers = printed(round, officers, 2)
    for _number in numbers:
        handed_in(round, officers)
    keyed(batch, numbers[0], 1, officers=officers)

    with pytest.raises(Refused, match="does not balance"):
        drawn(round, officers)
    keyed(batch, numbers[1], 1, officers=officers)
    with pytest.raises(Refused, match="once voting has closed"):
        draw_sample(round=round, size=20, by=officers[0], now=VOTING_OPENS)
    with pytest.raises(Refused, match="at least 20"):
        drawn(round, officers, size=19)
    with pytest.raises(Refused, match="role"):
        drawn(round, [other_coordinator])
    drawn(round, officers)
    with pytest.raises(Refused, match="cannot be drawn again"):
        drawn(round, officers)
    assert SampledSheet.objects.count() == 2


@pytest.mark.django_db
def test_of_many_sheets_only_those_drawn_keep_a_digest_and_none_after_the_count(round, officers):
    batch, numbers = printed(round, officers, 24)
    for number in numbers:
        handed_in(round, officers)
        keyed(batch, number, 1, officers=officers)
    assert not PaperSheet.objects.filter(settled="").exists()

    drawn(round, officers)

    assert SampledSheet.objects.exclude(digest="").count() == 20
    assert not PaperSheet.objects.exclude(settled="").exists()
    for each in SampledSheet.objects.select_related("sheet"):
        compare(batch, each.sheet.number, 1, by=officers[2])
    assert not SampledSheet.objects.exclude(digest="").exists()
    digests = set(Keying.objects.values_list("digest", flat=True))
    assert digests == {""}
    count_round(round=round, by=officers[0], now=AFTER)
    told = " ".join(words.sample_told({"paper": {"used": 1}, "sample": None}))
    assert told == "No sample of the sheets was compared once more."
    assert queries.paper_sample(round) == Sample(drawn_from=24, compared=20)
    assert not Keying.objects.exists()


@pytest.mark.django_db
def test_a_sheet_keyed_after_the_draw_is_told(round, officers, boxed):
    more, [late] = printed(round, officers)
    paper.say_what_became(batch=more, numbers=[late], state="unused", by=officers[0], now=AFTER)
    drawn(round, officers)
    paper.say_what_became(batch=more, numbers=[late], state="issued", by=officers[0], now=AFTER)
    handed_in(round, officers)
    keyed(more, late, 1, officers=officers)

    sample = queries.paper_sample(round)
    assert sample.not_in_it == 1
    assert PaperSheet.objects.get(number=late, batch=more).settled == ""
    assert not sample.is_whole


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        (Sample(300, 60), "at most 3 in 60 of all sheets are wrong, with 95% certainty"),
        (Sample(300, 60, wrong=2), "2 had been keyed wrongly and were put right. Sheets that were not drawn may"),
        (Sample(3, 3, wrong=1), "1 had been keyed wrongly and was put right."),
        (Sample(3, 3, not_in_it=1), "1 sheet was keyed after the draw"),
    ],
)
def test_what_was_found_is_told_in_plain_words(sample, said):
    assert said in " ".join(words.sample_told({"paper": {"used": 3}, "sample": asdict(sample)}))


def test_a_count_from_before_there_were_samples_says_nothing_of_them():
    assert words.sample_told({"paper": {"used": 3}}) == []
    assert words.sample_told({}) == []


@pytest.mark.django_db
def test_no_log_line_and_no_table_says_how_a_compared_sheet_was_marked(round, officers, boxed):
    batch, numbers = boxed
    drawn(round, officers)
    compare(batch, numbers[0], 1, by=officers[2])

    logged = [each.data for each in ModelLogEntry.objects.filter(action="funding.compare_paper")]
    assert [set(each) for each in logged] == [{"batch", "found", "board"}]
    assert paper.key_path(batch).read_bytes().hex() not in dump()


# --- at the desk


@pytest.mark.django_db
def test_a_sample_is_drawn_and_compared_at_the_desk(client, round, officers, boxed, django_assert_max_num_queries):
    batch, numbers = boxed
    address = reverse("funding_desk:paper_sample", args=[round.pk])
    client.force_login(officers[2])
    with time_machine.travel(AFTER, tick=False):
        assert address in client.get(reverse("funding_desk:paper", args=[round.pk])).content.decode()
        few = client.post(address, {"act": "draw", "size": "3"}).content.decode()
        assert "greater than or equal to 20" in few
        client.post(address, {"act": "draw", "size": "20"})
        assert PaperSample.objects.get().by == officers[2]
        good = {"act": "compare", "batch": batch.pk, "number": numbers[0], "marks": "1 "}
        odd = client.post(address, {**good, "marks": "x"}).content.decode()
        assert "cannot be read" in odd
        assert numbers[0] in odd
        same = client.post(address, good, follow=True).content.decode()
        assert "was read the same" in same
        differs = client.post(address, {**good, "number": numbers[1], "marks": "1"}, follow=True).content.decode()
        assert "keyed differently. It is open again" in differs
        client.force_login(officers[0])
        client.get(address)
        with django_assert_max_num_queries(15):
            page = client.get(address).content.decode()
        assert "You keyed it: somebody else compares it" in page
    assert FundingRound.objects.get().opened_at is None
