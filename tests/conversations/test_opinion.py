"""Groups of opinion are the same whatever the order of answers, large enough, and as published elsewhere."""

from __future__ import annotations

import csv
from functools import cache
from math import prod
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from engagement.conversations.rules import opinion as rules
from engagement.conversations.rules.opinion import Tally, opinion_of, z_of_one, z_of_two
from engagement.conversations.rules.published import cloud, published, row_of, rows_of
from tests.conftest import SHARED
from tests.conversations.factories import two_camps

FOLDER = SHARED / "data" / "polis"
PUBLISHED = ("15-per-hour-seattle", "brexit-consensus")


def answers_in(rows, *, first_person=1):
    return [
        (first_person + person, statement, way)
        for person, row in enumerate(rows)
        for statement, way in enumerate(row)
        if way is not None
    ]


def camps(people=40, statements=12, **more):
    return answers_in(two_camps(people, statements, **more)), range(statements)


any_answers = st.lists(st.tuples(st.integers(1, 25), st.integers(0, 9), st.sampled_from([1, 0, -1])), max_size=220)


# --- what holds for any answers ----------------------------------------------------------------------


@settings(max_examples=25)
@given(any_answers, st.randoms())
def test_the_order_of_answers_changes_nothing(answers, chance):
    once = list({(person, statement): way for person, statement, way in answers}.items())
    listed = [(person, statement, way) for (person, statement), way in once]
    shuffled = list(listed)
    chance.shuffle(shuffled)

    assert opinion_of(listed, statements=range(10), least=5) == opinion_of(
        shuffled, statements=range(9, -1, -1), least=5
    )


@settings(max_examples=25)
@given(any_answers, st.integers(5, 8))
def test_no_group_is_smaller_than_asked_and_nobody_is_in_two(answers, least):
    found = opinion_of(answers, statements=range(10), least=least)
    people = [person for group in found.groups for person in group.people]

    assert all(len(group.people) >= least for group in found.groups)
    assert len(found.groups) != 1
    assert len(people) == len(set(people)) == (found.placed if found.groups else 0)
    assert set(people) <= {person for person, _statement, _way in answers}
    assert all(0 <= each.score <= 1 for each in (*found.agreed, *found.divides, *found.unsure))


@settings(max_examples=25)
@given(any_answers)
def test_tallies_of_groups_never_come_to_more_than_everyones(answers):
    found = opinion_of(answers, statements=range(10), least=5)

    for statement, everyone in found.tallies.items():
        for way in (1, 0, -1):
            assert sum(group[statement].of(way) for group in found.by_group) <= everyone.of(way)


@pytest.mark.parametrize("seed", range(6))
def test_new_names_for_people_and_statements_change_nothing_but_names(seed):
    answers, statements = camps(seed=seed)
    chance = Random(seed)
    people = dict(zip(range(1, 41), chance.sample(range(1_000), 40), strict=True))
    names = dict(zip(statements, chance.sample(range(1_000), 12), strict=True))

    plain = opinion_of(answers, statements=statements, least=5)
    renamed = opinion_of(
        [(people[person], names[statement], way) for person, statement, way in answers],
        statements=names.values(),
        least=5,
    )

    assert {frozenset(people[each] for each in group.people) for group in plain.groups} == {
        frozenset(group.people) for group in renamed.groups
    }
    assert {names[each.statement]: each.score for each in plain.agreed} == {
        each.statement: each.score for each in renamed.agreed
    }
    assert {names[each.statement] for each in plain.divides} == {each.statement for each in renamed.divides}


def test_a_statement_that_is_there_twice_moves_nobody_and_scores_as_its_twin():
    answers, statements = camps(people=60)
    doubled = answers + [(person, 99, way) for person, statement, way in answers if statement == 0]

    plain = opinion_of(answers, statements=statements, least=5)
    twice = opinion_of(doubled, statements=[*statements, 99], least=5)

    assert [group.people for group in plain.groups] == [group.people for group in twice.groups]
    scores = {each.statement: each.score for each in twice.agreed}
    assert scores[0] == scores[99]


def test_the_last_answer_of_one_person_counts():
    answers, statements = camps()

    assert opinion_of([(1, 0, -1), *answers], statements=statements, least=5) == opinion_of(
        answers, statements=statements, least=5
    )


def test_answers_to_statements_that_are_not_shown_count_nowhere():
    answers, statements = camps()
    with_hidden = answers + [(person, 77, 1) for person in range(1, 41)]

    assert opinion_of(with_hidden, statements=statements, least=5) == opinion_of(
        answers, statements=statements, least=5
    )


# --- what people would say of it ---------------------------------------------------------------------


def test_two_camps_are_found_with_what_joins_and_what_parts_them():
    answers, statements = camps(people=50)

    found = opinion_of(answers, statements=statements, least=5)

    assert [len(group.people) for group in found.groups] == [30, 20]
    assert all(person % 5 in (1, 2, 3) for person in found.groups[0].people)
    assert {each.statement for each in found.agreed} == {0, 1}
    assert all(each.way == 1 for each in found.agreed)
    assert {each.statement for each in found.divides} >= {2, 3, 4}
    assert 0 not in {each.statement for each in found.divides}
    assert found.unsure[0].statement == 11
    assert found.clearness > 0.5


def test_what_all_reject_is_common_ground_too():
    rows = [[*row, -1] for row in two_camps(50, 12)]

    found = opinion_of(answers_in(rows), statements=range(13), least=5)

    assert {each.statement: each.way for each in found.agreed}[12] == -1


def test_a_group_that_would_be_too_small_is_not_shown_and_the_result_says_so():
    answers, statements = camps(people=40)
    odd = [(900 + person, statement, -1 if statement < 6 else 1) for person in range(3) for statement in statements]

    found = opinion_of(answers + odd, statements=statements, least=5)

    assert all(len(group.people) >= 5 for group in found.groups)
    assert opinion_of(answers, statements=statements, least=30).groups == ()


def test_groups_too_small_for_a_board_that_asks_for_more_fall_back():
    rows = [[way] * 5 + [0] * 5 for way in (1, -1) for _each in range(12)]
    rows += [[0] * 5 + [1] * 5 for _each in range(4)]

    found = opinion_of(answers_in(rows), statements=range(10), least=5)

    assert found.wanted == 3
    assert found.fell_back
    assert all(len(group.people) >= 5 for group in found.groups)


@pytest.mark.parametrize("rows", [[], [[1] * 10] * 30, [[1, None] * 5] * 30, [[0] * 10] * 30, [[None] * 10] * 3])
def test_people_who_all_say_the_same_are_in_no_groups(rows):
    found = opinion_of(answers_in(rows), statements=range(10), least=5)

    assert found.groups == ()
    assert found.divides == ()


def test_without_groups_the_lists_are_of_everyone_together():
    found = opinion_of(answers_in([[1, -1, 0, 1, 1, 1, 1]] * 9), statements=range(7), least=5)

    assert found.groups == ()
    assert {(each.statement, each.way) for each in found.agreed} == {(0, 1), (1, -1), (3, 1), (4, 1), (5, 1), (6, 1)}
    assert [each.statement for each in found.unsure] == [2]


def test_whoever_answered_few_statements_is_counted_and_stands_in_no_group():
    answers, statements = camps(people=40)

    found = opinion_of([*answers, (500, 0, 1), (500, 1, 1)], statements=statements, least=5)

    assert (found.people, found.placed) == (41, 40)
    assert 500 not in found.points


def test_few_answers_are_stretched_so_that_quiet_people_do_not_all_lie_in_the_middle():
    whole = np.array([[1.0] * 8, [-1.0] * 8, [1.0] * 8, [-1.0] * 8])
    part = whole.copy()
    part[0, 4:] = np.nan

    points, _loadings, _explained = rules.mapped(part)

    full = abs(points[2, 0])
    assert full * 0.6 < abs(points[0, 0]) < full  # half the answers: 1/2 of the way, times the root of two


def test_z_scores_are_those_of_the_textbook_with_one_added():
    here, there, together = 10 / 21, 4 / 31, 14 / 52

    assert z_of_two(9, 20, 3, 30) == pytest.approx(
        (here - there) / np.sqrt(together * (1 - together) * (1 / 21 + 1 / 31))
    )
    assert z_of_one(9, 20) == pytest.approx((10 / 21 - 0.5) / np.sqrt(0.25 / 21))


# --- what is published -------------------------------------------------------------------------------


def test_small_numbers_and_what_they_could_be_had_from_are_left_out():
    assert row_of(Tally(20, 3, 2)) == [20, None, None]
    everyone, groups = Tally(40, 12, 8), [Tally(25, 3, 2), Tally(15, 9, 6)]

    rows = rows_of(everyone, groups)

    assert rows[0][1] is None
    assert rows[0][2] is None
    for column in range(3):
        hidden = [row[column] for row in rows].count(None)
        assert hidden != 1  # else the whole and the other group would give it away


@settings(max_examples=60)
@given(st.lists(st.tuples(*[st.integers(0, 40)] * 3), min_size=2, max_size=5), st.tuples(*[st.integers(0, 9)] * 3))
def test_no_number_from_1_to_4_is_ever_published(groups, rest):
    tallies = [Tally(*each) for each in groups]
    everyone = Tally(*(sum(each) for each in zip(*groups, rest, strict=True)))

    shown = [*row_of(everyone), *(count for row in rows_of(everyone, tallies) for count in row)]

    assert all(count is None or count == 0 or count >= 5 for count in shown)


def test_nothing_is_published_of_fewer_than_five_people():
    answers, statements = camps(people=4)

    assert published(opinion_of(answers, statements=statements, least=5)) == {}


def test_what_is_published_names_nobody():
    answers = [(person + 1_000_000, statement, way) for person, statement, way in camps(people=50)[0]]

    told = repr(published(opinion_of(answers, statements=range(12), least=5)))

    assert "10000" not in told


def test_no_point_of_the_picture_is_a_person_and_none_lies_outside_it():
    answers, statements = camps(people=52)
    found = opinion_of(answers, statements=statements, least=5)

    drawn = cloud(found.groups, found.points)
    other = opinion_of([each for each in answers if each[0] != 1], statements=statements, least=5)

    sizes = [len(group.people) for group in found.groups]
    assert [sum(point[0] == at for point in drawn) for at in range(2)] == [size - size % 5 for size in sizes]
    assert all(0 <= x <= 1000 and 0 <= y <= 600 for _group, x, y in drawn)
    # One person fewer moves every point a little: none was theirs.
    assert len(cloud(other.groups, other.points)) >= len(drawn) - 5


# --- as others published it --------------------------------------------------------------------------


@cache
def conversation(name):
    """Give (answers, statements that were not moderated out, published group by person) of one conversation."""
    folder = FOLDER / name

    def rows(file):
        with (folder / file).open(newline="", encoding="utf-8") as opened:
            return list(csv.DictReader(opened))

    votes = sorted(rows("votes.csv"), key=lambda row: int(row["timestamp"]))
    answers = [(int(row["voter-id"]), int(row["comment-id"]), int(row["vote"])) for row in votes]
    shown = [int(row["comment-id"]) for row in rows("comments.csv") if int(row["moderated"]) >= 0]
    groups = {int(row["participant"]): row["group-id"] for row in rows("participants-votes.csv") if row["group-id"]}
    return answers, shown, groups


needs_files = pytest.mark.skipif(not FOLDER.is_dir(), reason="the published Polis conversations are not here")


@needs_files
@pytest.mark.parametrize("name", PUBLISHED)
def test_two_groups_are_those_that_polis_published(name, monkeypatch):
    """With the two groups that Polis showed: adjusted Rand index 0.75 or more, sizes within 10 in a hundred people.

    Polis' own grouping is not the one right answer: it grew vote by vote, each grouping beginning
    from the one before, and its people are not quite ours (it dropped some that answered much).
    1.0 is the same grouping and 0 is chance; found here: 0.776 and 0.876.
    """
    answers, statements, theirs = conversation(name)
    monkeypatch.setattr(rules, "MOST_GROUPS", len(set(theirs.values())))

    found = opinion_of(answers, statements=statements, least=5)
    ours = {person: at for at, group in enumerate(found.groups) for person in group.people}
    both = sorted(ours.keys() & theirs.keys())

    assert len(both) >= 0.95 * len(theirs)
    assert adjusted_rand_score([ours[p] for p in both], [theirs[p] for p in both]) >= 0.75
    sizes = sorted(sum(ours[p] == group for p in both) for group in set(ours.values()))
    published_sizes = sorted(sum(theirs[p] == group for p in both) for group in set(theirs.values()))
    assert all(abs(one - other) <= 0.1 * len(both) for one, other in zip(sizes, published_sizes, strict=True))


@needs_files
@pytest.mark.parametrize("name", PUBLISHED)
def test_the_number_of_groups_found_is_that_of_polis_or_one_more(name):
    """Polis showed two in both. Ours finds two and three; its three split one of the two (index 0.6 or more)."""
    answers, statements, theirs = conversation(name)

    found = opinion_of(answers, statements=statements, least=5)
    ours = {person: at for at, group in enumerate(found.groups) for person in group.people}
    both = sorted(ours.keys() & theirs.keys())

    assert 2 <= len(found.groups) <= 3
    assert adjusted_rand_score([ours[p] for p in both], [theirs[p] for p in both]) >= 0.6


@needs_files
@pytest.mark.parametrize("name", PUBLISHED)
def test_statements_agreed_by_all_groups_rank_as_in_the_published_groups(name):
    """Group-aware consensus worked out on Polis' groups and on ours: of the top ten at least eight are the same,
    and the ranks of all statements correlate at 0.9 or more (Spearman). Found here: 8 and 9 of ten, 0.95 and 0.98."""
    answers, statements, theirs = conversation(name)
    found = opinion_of(answers, statements=statements, least=5)
    last = {(person, statement): way for person, statement, way in answers}

    def ranking(groups):
        def share(group, statement):
            ways = [last[person, statement] for person in group if (person, statement) in last]
            return (ways.count(1) + 1) / (len(ways) + 2)

        scores = {statement: prod(share(group, statement) for group in groups) for statement in statements}
        return sorted(statements, key=lambda statement: (-scores[statement], statement))

    published_groups = [[p for p in theirs if theirs[p] == group] for group in sorted(set(theirs.values()))]
    one, other = ranking(published_groups), ranking([group.people for group in found.groups])

    assert len(set(one[:10]) & set(other[:10])) >= 8
    ranks = np.corrcoef([one.index(each) for each in statements], [other.index(each) for each in statements])
    assert ranks[0, 1] >= 0.9


@needs_files
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_conversation_gives_the_same_on_every_run(name):
    answers, statements, _theirs = conversation(name)

    assert opinion_of(answers, statements=statements, least=5) == opinion_of(
        answers[::-1][::-1], statements=statements, least=5
    )
