"""Answers are kept once each, changed while it is open, and lead to nobody once it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from engagement.activities.actions import device_digest
from engagement.activities.models import Activity, Audience, TakingPart
from engagement.conversations import queries
from engagement.conversations.actions import answering, running
from engagement.conversations.actions.refusals import Refused
from engagement.conversations.actions.results import (
    forget_who_answered,
    is_due,
    results_now,
    work_out,
    work_out_all_that_is_due,
)
from engagement.conversations.actions.statements import MOST_A_DAY, add_statement
from engagement.conversations.models import Answer, Conversation, KeptResults, Participant, Statement
from engagement.moderation.actions import decide
from engagement.notifications.models import Message
from tests.conversations.factories import make_answers, make_conversation, make_statement, two_camps
from tests.factories import make_board, make_person
from tests.polls.test_actions import in_threads

NOW = datetime.now(UTC)


def counts(statement):
    statement.refresh_from_db()
    return statement.agrees, statement.disagrees, statement.passes


# --- one answer of one person to one statement -------------------------------------------------------


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_two_hundred_posts_of_one_person_over_ten_sessions_leave_one_answer():
    board = make_board()
    conversation = make_conversation(board, statements=1, audience=Audience.EMAIL)
    statement = Statement.objects.get()
    person = make_person("voter@example.org", stands_in=board)
    cookies = []
    for _each in range(10):
        client = Client()
        client.force_login(person)
        cookies.append(client.cookies.copy())
    ways = ["agree", "disagree", "pass"]

    def post(number):
        client = Client(raise_request_exception=False)
        client.cookies = cookies[number % 10].copy()
        way = ways[number % 3]
        return client.post(conversation.address("answer"), {"statement": statement.pk, "way": way}).status_code

    assert {status for _round in range(4) for status in in_threads(50, post)} == {302}
    assert Answer.objects.count() == Participant.objects.count() == TakingPart.objects.count() == 1
    assert sum(counts(statement)) == 1
    kept = Answer.objects.get()
    assert counts(statement) == tuple(int(kept.way == way) for way in (1, -1, 0))


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_two_hundred_posts_of_one_browser_without_an_account_leave_one_answer(settings):
    settings.RATE_LIMITS_TIMES = 100
    conversation = make_conversation(make_board(), statements=1)
    statement = Statement.objects.get()

    def post(_number):
        client = Client(raise_request_exception=False)
        client.cookies["device"] = "a" * 32
        return client.post(conversation.address("answer"), {"statement": statement.pk, "way": "agree"}).status_code

    assert {status for _round in range(4) for status in in_threads(50, post)} == {302}
    assert Answer.objects.count() == Participant.objects.count() == TakingPart.objects.count() == 1
    assert counts(statement) == (1, 0, 0)


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_many_people_at_once_are_all_kept():
    board = make_board()
    conversation = make_conversation(board, statements=3, audience=Audience.EMAIL)
    people = [make_person(f"v{number}@example.org", stands_in=board) for number in range(40)]
    keys = list(Statement.objects.values_list("pk", flat=True))

    def work(number):
        mine = Conversation.objects.select_related("activity__board").get(pk=conversation.pk)
        ways = dict(zip(keys, (1, -1, 0), strict=True))
        return answering.answer(conversation=mine, ways=ways, now=timezone.now(), person=people[number])

    assert in_threads(40, work) == [3] * 40
    assert Answer.objects.count() == 120
    assert [counts(each) for each in Statement.objects.order_by("pk")] == [(40, 0, 0), (0, 40, 0), (0, 0, 40)]
    conversation.refresh_from_db()
    assert conversation.changes == 40


@pytest.mark.django_db
def test_the_database_itself_keeps_one_answer_and_one_of_three(board):
    conversation = make_conversation(board, statements=1)
    [person] = make_answers(conversation, [[1]])
    statement = Statement.objects.get()

    for wrong in ({"participant": person, "statement": statement, "way": -1},):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.update(way=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.update(least_in_group=4)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.update(agrees=F("agrees") - 5)


@pytest.mark.django_db
def test_an_answer_is_changed_in_place_and_the_same_again_changes_nothing(board, resident):
    conversation = make_conversation(board, statements=1)
    statement = Statement.objects.get()
    sent = {"conversation": conversation, "now": NOW, "person": resident}

    done = [answering.answer(ways={statement.pk: way}, **sent) for way in (1, 1, -1, 0)]

    assert done == [1, 0, 1, 1]
    assert counts(statement) == (0, 0, 1)
    assert Answer.objects.get().way == 0
    conversation.refresh_from_db()
    assert conversation.changes == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("opens", "closes", "draft"), [(-5, -1, False), (1, 5, False), (-5, 5, True)], ids=["closed", "coming", "draft"]
)
def test_nothing_is_kept_while_it_is_not_open(board, resident, opens, closes, draft):
    conversation = make_conversation(
        board,
        statements=1,
        opens_at=NOW + timedelta(days=opens),
        closes_at=NOW + timedelta(days=closes),
        is_draft=draft,
    )

    with pytest.raises(Refused):
        answering.answer(conversation=conversation, ways={Statement.objects.get().pk: 1}, now=NOW, person=resident)
    assert not TakingPart.objects.exists()


@pytest.mark.django_db
def test_an_answer_counts_to_the_closing_second_and_not_in_it(board, resident):
    conversation = make_conversation(board, statements=2, closes_at=NOW + timedelta(hours=1))
    one, two = Statement.objects.values_list("pk", flat=True)
    closes_at = conversation.activity.closes_at

    before = closes_at - timedelta(microseconds=1)
    assert answering.answer(conversation=conversation, ways={one: 1}, now=before, person=resident) == 1
    with pytest.raises(Refused, match="closed"):
        answering.answer(conversation=conversation, ways={two: 1}, now=closes_at, person=resident)


@pytest.mark.django_db
def test_one_that_an_officer_closed_since_the_page_was_made_keeps_nothing(board, resident, coordinator):
    conversation = make_conversation(board, statements=1)
    stale = Conversation.objects.select_related("activity__board").get()
    running.close_now(conversation=conversation, by=coordinator, now=NOW)

    with pytest.raises(Refused, match="closed"):
        answering.answer(conversation=stale, ways={Statement.objects.get().pk: 1}, now=NOW, person=resident)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["pending", "hidden"])
def test_a_statement_that_is_not_shown_takes_no_answer(board, resident, stranger, state):
    conversation = make_conversation(board)
    statement = make_statement(conversation, author=stranger, state=state)

    with pytest.raises(Refused, match="not shown"):
        answering.answer(conversation=conversation, ways={statement.pk: 1}, now=NOW, person=resident)
    assert not Answer.objects.exists()


@pytest.mark.django_db
def test_a_statement_of_another_conversation_takes_no_answer_by_this_one(board, resident):
    conversation, other = make_conversation(board), make_conversation(board, statements=1)

    with pytest.raises(Refused):
        answering.answer(conversation=conversation, ways={Statement.objects.get().pk: 1}, now=NOW, person=resident)
    assert other.changes == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("audience", "allowed"),
    [(Audience.ANYONE, True), (Audience.SAYS_LOCAL, False), (Audience.EMAIL, False), (Audience.CODE, False)],
)
def test_a_stranger_is_kept_only_where_anyone_is(board, stranger, audience, allowed):
    conversation = make_conversation(board, statements=1, audience=audience)
    ways = {Statement.objects.get().pk: 1}

    if allowed:
        assert answering.answer(conversation=conversation, ways=ways, now=NOW, person=stranger) == 1
    else:
        with pytest.raises(Refused):
            answering.answer(conversation=conversation, ways=ways, now=NOW, person=stranger)
    assert Answer.objects.exists() == allowed


@pytest.mark.django_db
def test_whoever_gave_a_postcode_with_one_answer_need_not_give_it_again(board):
    conversation = make_conversation(board, statements=2, audience=Audience.SAYS_LOCAL)
    one, two = Statement.objects.values_list("pk", flat=True)
    sent = {"conversation": conversation, "now": NOW, "device": "b" * 32}

    with pytest.raises(Refused):
        answering.answer(ways={one: 1}, **sent)
    assert answering.answer(ways={one: 1}, area=board.areas.get(), **sent) == 1
    assert answering.answer(ways={two: 1}, **sent) == 1
    assert TakingPart.objects.get().place == board.areas.get()


@pytest.mark.django_db
def test_someone_who_answered_in_this_browser_and_then_signed_in_is_still_one_person(board, resident):
    conversation = make_conversation(board, statements=2)
    one, two = Statement.objects.values_list("pk", flat=True)
    sent = {"conversation": conversation, "now": NOW, "device": "c" * 32}

    answering.answer(ways={one: 1}, **sent)
    answering.answer(ways={two: 1}, person=resident, **sent)

    digest = device_digest(conversation.activity, "c" * 32)
    mine = queries.participant_of(queries.taking_part_of(conversation, resident, digest))
    assert queries.answers_of(mine) == {one: 1, two: 1}
    assert Participant.objects.count() == 1


@pytest.mark.django_db
def test_whoever_answered_in_this_browser_and_then_sent_a_statement_keeps_their_answers(board, resident):
    conversation = make_conversation(board, statements=2)
    one, two = Statement.objects.values_list("pk", flat=True)
    sent = {"conversation": conversation, "now": NOW, "device": "d" * 32}
    answering.answer(ways={one: 1}, **sent)

    add_statement(conversation=conversation, author=resident, text="Mine too.", now=NOW)
    answering.answer(ways={one: 1, two: 1}, person=resident, **sent)

    assert Participant.objects.count() == 1
    assert Answer.objects.count() == 2


# --- statements --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_statement_waits_to_be_read_and_its_writer_is_told(board, resident, coordinator):
    conversation = make_conversation(board, audience=Audience.EMAIL)

    statement = add_statement(conversation=conversation, author=resident, text="  More   benches. ", now=NOW)
    assert (statement.text, statement.state) == ("More benches.", "pending")
    decide(item=statement, to="shown", reason="fine", by=coordinator, now=NOW)

    told = Message.objects.get(to=resident)
    assert "More benches." in told.subject
    assert told.link == conversation.address("mine")
    conversation.refresh_from_db()
    assert conversation.changes == 1
    assert TakingPart.objects.get().person == resident


@pytest.mark.django_db
def test_the_writer_of_a_statement_that_is_not_shown_is_told_why(board, resident, coordinator):
    conversation = make_conversation(board)
    statement = add_statement(conversation=conversation, author=resident, text="Bob is bad.", now=NOW)

    decide(item=statement, to="hidden", reason="personal", by=coordinator, now=NOW, words="Leave Bob out.")

    body = Message.objects.get(to=resident).body
    assert "Leave Bob out." in body
    assert "has not agreed" in body


@pytest.mark.django_db
def test_what_someone_has_said_already_is_not_taken_twice(board, resident):
    conversation = make_conversation(board)
    make_statement(conversation, "More benches.")

    with pytest.raises(Refused, match="already"):
        add_statement(conversation=conversation, author=resident, text="more  BENCHES", now=NOW)


@pytest.mark.django_db
def test_what_waits_gives_itself_away_to_nobody_who_says_the_same(board, resident, stranger):
    conversation = make_conversation(board)
    add_statement(conversation=conversation, author=resident, text="More benches.", now=NOW)

    assert add_statement(conversation=conversation, author=stranger, text="More benches.", now=NOW).pk


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "state"), [("More benches.", "shown"), ("Ring me on 01632 960123.", "pending")])
def test_where_statements_show_at_once_a_rule_still_holds_one_for_a_look(board, resident, text, state):
    conversation = make_conversation(board, shows_at_once=True)

    statement = add_statement(conversation=conversation, author=resident, text=text, now=NOW)

    assert (statement.state, Statement.objects.get().state) == (state, state)


@pytest.mark.django_db
def test_a_person_sends_ten_statements_a_day_at_most(board, resident):
    conversation = make_conversation(board)
    for number in range(MOST_A_DAY):
        add_statement(conversation=conversation, author=resident, text=f"Thing {number}", now=NOW)

    with pytest.raises(Refused, match="tomorrow"):
        add_statement(conversation=conversation, author=resident, text="One more", now=NOW)
    assert add_statement(
        conversation=conversation, author=resident, text="One more", now=NOW + timedelta(days=1, seconds=1)
    )


@pytest.mark.django_db
def test_where_the_board_alone_puts_them_in_nobody_adds_a_statement(board, resident):
    conversation = make_conversation(board, takes_statements=False)

    with pytest.raises(Refused, match="board alone"):
        add_statement(conversation=conversation, author=resident, text="Mine", now=NOW)


# --- running it --------------------------------------------------------------------------------------


def set_up(board, by, **facts):
    given = {
        "question": "What about the square?",
        "opens_at": NOW - timedelta(days=1),
        "closes_at": NOW + timedelta(days=1),
        "audience": Audience.ANYONE,
        "statements": ["One.", " Two. ", "one", ""],
        "is_draft": False,
        **facts,
    }
    return running.open_conversation(board=board, by=by, now=NOW, **given)


@pytest.mark.django_db
def test_a_board_sets_one_up_with_its_own_statements_each_once(board, coordinator):
    conversation = set_up(board, coordinator)

    assert list(Statement.objects.shown().values_list("text", "is_the_boards")) == [("One.", True), ("Two.", True)]
    assert conversation.get_absolute_url() == f"/boards/{board.slug}/conversations/what-about-the-square/"
    assert ModelLogEntry.objects.filter(action="conversations.open", user=coordinator).count() == 1
    assert set_up(board, coordinator).activity.slug != conversation.activity.slug


@pytest.mark.django_db
def test_another_boards_coordinator_sets_up_changes_and_closes_nothing(board, coordinator, other_coordinator):
    with pytest.raises(Refused):
        set_up(board, other_coordinator)
    conversation = set_up(board, coordinator)
    with pytest.raises(Refused):
        running.change_conversation(conversation=conversation, by=other_coordinator, now=NOW, question="Mine?")
    with pytest.raises(Refused):
        running.close_now(conversation=conversation, by=other_coordinator, now=NOW)


@pytest.mark.django_db
def test_what_people_were_told_before_they_answered_stays(board, coordinator, resident):
    conversation = set_up(board, coordinator)
    answering.answer(conversation=conversation, ways={Statement.objects.first().pk: 1}, now=NOW, person=resident)

    for change in (
        {"question": "Something else?"}, {"audience": Audience.EMAIL}, {"publishes_answers": True},
        {"least_in_group": 9}, {"results_show": "always"}, {"is_draft": True},
    ):  # fmt: skip
        with pytest.raises(Refused, match="answered already"):
            running.change_conversation(conversation=conversation, by=coordinator, now=NOW, **change)
    later = NOW + timedelta(days=9)
    running.change_conversation(
        conversation=conversation, by=coordinator, now=NOW, closes_at=later, statements=["Three."]
    )
    conversation.activity.refresh_from_db()
    assert conversation.activity.closes_at == later
    assert Statement.objects.count() == 3


# --- results -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_results_are_worked_out_kept_and_name_nobody(board):
    conversation = make_conversation(board, statements=12)
    people = make_answers(conversation, two_camps(40, 12))

    kept = work_out(conversation, now=NOW)

    assert [group["people"] for group in kept.found["groups"]] == [24, 16]
    assert kept.people == 40
    assert len(kept.digest) == 64
    assert not kept.is_final
    assert not any(str(person.pk) in repr(kept.found) for person in people)
    assert Statement.objects.filter(extremity__gt=0).count() > 6


@pytest.mark.django_db
def test_the_same_answers_give_the_same_results_and_digest(board):
    conversation = make_conversation(board, statements=8)
    make_answers(conversation, two_camps(30, 8))

    first = work_out(conversation, now=NOW)
    second = work_out(conversation, now=NOW + timedelta(hours=1))

    assert (first.digest, first.found) == (second.digest, second.found)
    Answer.objects.filter(pk=Answer.objects.filter(way=1).first().pk).update(way=-1)
    assert work_out(conversation, now=NOW).digest != first.digest


@pytest.mark.django_db
def test_results_of_an_open_conversation_move_on_by_five_people_or_more(board):
    conversation = make_conversation(board, statements=8)
    rows = two_camps(30, 8)
    make_answers(conversation, rows[:20])
    first = results_now(conversation, now=NOW)
    assert first is not None
    for so_many, due in ((4, False), (1, True)):
        make_answers(conversation, rows[:so_many])
        assert is_due(conversation, first, now=NOW) == due

    assert work_out_all_that_is_due(now=NOW) == 1
    assert KeptResults.objects.get().people == 25
    assert work_out_all_that_is_due(now=NOW) == 0


@pytest.mark.django_db
def test_one_person_who_changes_much_moves_no_results(board):
    conversation = make_conversation(board, statements=8)
    people = make_answers(conversation, two_camps(20, 8))
    first = work_out(conversation, now=NOW)
    person = TakingPart.objects.get(pk=people[0].taking_part_id).person

    for statement in Statement.objects.all():
        for way in (1, -1, 0):
            answering.answer(conversation=conversation, ways={statement.pk: way}, now=NOW, person=person)

    conversation.refresh_from_db()
    assert conversation.changes > first.changes + 5
    assert not is_due(conversation, first, now=NOW)


@pytest.mark.django_db
def test_after_closing_the_last_results_are_of_everyone(board, coordinator):
    conversation = make_conversation(board, statements=8)
    rows = two_camps(30, 8)
    make_answers(conversation, rows[:20])
    work_out(conversation, now=NOW)
    make_answers(conversation, rows[:2])
    conversation.activity.closes_at = NOW
    conversation.activity.save()

    assert work_out_all_that_is_due(now=NOW) == 1

    kept = KeptResults.objects.get()
    assert (kept.people, kept.is_final) == (22, True)
    assert work_out_all_that_is_due(now=NOW) == 0


@pytest.mark.django_db
def test_fewer_than_five_people_are_not_worked_out_while_it_is_open_and_nothing_of_them_is_kept(board):
    conversation = make_conversation(board, statements=8)
    make_answers(conversation, two_camps(4, 8))

    assert results_now(conversation, now=NOW) is None
    assert work_out(conversation, now=NOW).found == {}


@pytest.mark.django_db
def test_a_month_after_closing_nothing_leads_from_an_answer_to_anyone(board):
    conversation = make_conversation(board, statements=8, closes_at=NOW)
    make_answers(conversation, two_camps(30, 8))
    assert forget_who_answered(before=NOW, on=NOW.date()) == 0  # its last results are not kept yet
    work_out(conversation, now=NOW)

    assert forget_who_answered(before=NOW - timedelta(seconds=1), on=NOW.date()) == 0
    assert forget_who_answered(before=NOW, on=NOW.date()) == 1

    assert not Participant.objects.filter(taking_part__isnull=False).exists()
    assert Participant.objects.filter(changed_at=0).count() == 30
    assert Answer.objects.count() == 240
    assert TakingPart.objects.count() == 30


@pytest.mark.django_db
def test_no_key_tells_in_which_order_people_came(board):
    conversation = make_conversation(board, statements=2)
    people = make_answers(conversation, [[1, 1]] * 40)

    keys = [person.pk for person in people]
    assert keys != sorted(keys)
    assert not {field.get_internal_type() for field in Answer._meta.fields} & {
        "DateTimeField",
        "DateField",
        "TimeField",
    }
    assert not {field.get_internal_type() for field in Participant._meta.fields} & {"DateTimeField", "DateField"}


@pytest.mark.django_db
def test_one_whose_people_are_forgotten_cannot_open_again(board, coordinator):
    conversation = make_conversation(board, statements=8, closes_at=NOW)
    make_answers(conversation, two_camps(30, 8))
    work_out(conversation, now=NOW)
    forget_who_answered(before=NOW, on=NOW.date())

    with pytest.raises(Refused, match="forgotten"):
        running.change_conversation(
            conversation=conversation, by=coordinator, now=NOW, closes_at=NOW + timedelta(days=1)
        )


@pytest.mark.django_db
def test_it_is_an_activity_like_any_other(board):
    conversation = make_conversation(board)

    assert conversation.activity.kind == Activity.Kind.CONVERSATION
    assert conversation.activity.get_absolute_url() == conversation.get_absolute_url()
