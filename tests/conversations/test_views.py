"""The public pages: answering without an account, with one that comes last, and what everyone may read."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boards.people.models import Standing
from engagement.activities.models import Activity, Audience, TakingPart
from engagement.conversations.actions.results import work_out
from engagement.conversations.models import Answer, Participant, Statement
from engagement.moderation.actions import decide
from tests.conversations.factories import make_answers, make_conversation, make_statement, two_camps
from tests.factories import make_need, make_person, make_postcode

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def page_of(client, conversation, name="conversation", **query):
    return client.get(conversation.address(name), query)


def answer(client, conversation, statement, way="agree", **more):
    return client.post(conversation.address("answer"), {"statement": statement.pk, "way": way, **more}, follow=True)


def table_of(response):
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))


# --- answering ---------------------------------------------------------------------------------------


def test_anyone_answers_one_statement_after_another_and_sees_how_far_they_are(client, board):
    conversation = make_conversation(board, statements=3)

    said = []
    for _each in range(3):
        page = page_of(client, conversation)
        asked = page.context["place"].statement
        said.append(asked.pk)
        page = answer(client, conversation, asked)

    assert sorted(said) == sorted(Statement.objects.values_list("pk", flat=True))
    assert "You have answered 3 of 3 statements." in page.text
    assert "You have answered every statement so far" in page.text
    assert Answer.objects.filter(way=1).count() == 3
    assert Participant.objects.count() == 1


def test_whoever_only_reads_leaves_nothing(client, board):
    conversation = make_conversation(board, statements=3)

    page = page_of(client, conversation)

    assert not page.cookies
    assert not TakingPart.objects.exists()


def test_one_person_is_asked_the_same_however_often_they_look(client, board):
    conversation = make_conversation(board, statements=20)
    answer(client, conversation, Statement.objects.first())

    assert len({page_of(client, conversation).context["place"].statement.pk for _each in range(6)}) == 1


def test_people_begin_with_different_statements(board):
    conversation = make_conversation(board, statements=20)

    first = {page_of(Client(), conversation, look=n).context["place"].statement.pk for n in range(30)}

    assert len(first) > 5


def test_a_statement_bears_no_name_whoever_reads_it(client, board, resident, coordinator):
    conversation = make_conversation(board)
    make_statement(conversation, "Benches.", author=make_person("mary.smith@example.org", display_name="Mary Smith"))

    for who in (None, resident, coordinator):
        if who:
            client.force_login(who)
        page = page_of(client, conversation)
        assert "From another participant" in page.text
        assert "Mary" not in page.text
        assert "mary" not in page.text


def test_a_browser_that_refuses_the_cookie_is_told_so(board):
    conversation = make_conversation(board, statements=1)

    page = Client().post(
        conversation.address("answer") + "?again=1", {"statement": Statement.objects.get().pk, "way": "agree"}
    )

    assert page.status_code == 400
    assert "refused the one cookie" in page.text


@pytest.mark.parametrize("sent", [{}, {"way": "agree"}, {"statement": "x", "way": "agree"}, {"way": "perhaps"}])
def test_an_odd_answer_is_refused_in_words(client, board, sent):
    conversation = make_conversation(board, statements=1)
    if "statement" not in sent and sent.get("way") == "perhaps":
        sent = {**sent, "statement": Statement.objects.get().pk}

    page = client.post(conversation.address("answer"), sent)

    assert page.status_code == 400
    assert "Choose agree, disagree or pass." in page.text


def test_an_answer_that_comes_after_closing_says_so(client, board):
    conversation = make_conversation(board, statements=1, closes_at=NOW - timedelta(minutes=1))

    page = answer(client, conversation, Statement.objects.get())

    assert page.status_code == 409
    assert "so it was not kept" in page.text
    assert not Answer.objects.exists()


def test_an_answer_to_one_that_was_hidden_meanwhile_shows_the_next(client, board, coordinator):
    conversation = make_conversation(board, statements=2)
    gone = Statement.objects.first()
    decide(item=gone, to="hidden", reason="unkind", by=coordinator, now=NOW)

    page = answer(client, conversation, gone)

    assert page.status_code == 409
    assert "not shown any more" in page.text
    assert page.context["place"].statement != gone


def test_answers_are_looked_at_and_changed_until_it_closes(client, board):
    conversation = make_conversation(board, statements=2)
    one, two = Statement.objects.all()
    answer(client, conversation, one, "agree")
    answer(client, conversation, two, "pass")

    page = page_of(client, conversation, "mine")
    assert [row["given"] for row in page.context["rows"]] == ["agree", "pass"]
    page = answer(client, conversation, one, "disagree", next="mine")

    assert page.redirect_chain[-1][0] == conversation.address("mine")
    assert [row["given"] for row in page.context["rows"]] == ["disagree", "pass"]
    Activity.objects.update(closes_at=NOW)
    page = page_of(client, conversation, "mine")
    assert "<button" not in page.text.split("<main")[1].split("</main>")[0]


def test_one_statement_can_be_asked_for_by_its_address_only_if_it_is_shown(client, board, stranger):
    conversation = make_conversation(board, statements=5)
    waiting = make_statement(conversation, "Secret words", author=stranger, state="pending")
    wanted = Statement.objects.shown().last()

    assert page_of(client, conversation, statement=wanted.pk).context["place"].statement == wanted
    assert "Secret words" not in page_of(client, conversation, statement=waiting.pk).text
    assert page_of(client, conversation, statement="9" * 40).status_code == 200


# --- fill in first, say who you are last ---------------------------------------------------------------


def test_answers_before_signing_in_are_kept_and_counted_after(client, board):
    conversation = make_conversation(board, statements=4, audience=Audience.EMAIL)
    make_postcode("XX1 1AA", board)
    for _each in range(3):
        asked = page_of(client, conversation).context["place"].statement
        page = answer(client, conversation, asked)
    assert "Your answers are not counted yet" in page.text
    assert "You have answered 3 of 4 statements." in page.text
    assert not Answer.objects.exists()

    page = client.post(conversation.address("count"), {"reason": "lives", "postcode": "XX1 1AA"})
    assert page.status_code == 302
    assert page["Location"].startswith("/account/login/?next=")
    person = make_person("new@example.org")
    kept = client.session["pending"]
    client.force_login(person)
    session = client.session
    session["pending"] = kept
    session.save()
    page = client.get(conversation.address("finish"), follow=True)

    assert "Your answers are counted" in page.text
    assert Answer.objects.count() == 3
    assert Standing.objects.filter(person=person, board=board).exists()
    assert TakingPart.objects.get().person == person
    assert client.get(conversation.address("finish")).status_code == 302
    assert Answer.objects.count() == 3


def test_where_people_say_they_are_local_a_postcode_is_asked_once_and_last(client, board):
    conversation = make_conversation(board, statements=4, audience=Audience.SAYS_LOCAL)
    make_postcode("XX1 1AA", board)
    one, two, three, _four = Statement.objects.all()
    answer(client, conversation, one)
    answer(client, conversation, two, "pass")
    assert not Answer.objects.exists()

    wrong = client.post(conversation.address("count"), {"reason": "lives", "postcode": "ZZ9 9ZZ"})
    assert wrong.status_code == 200
    assert "We cannot find that postcode" in wrong.text
    page = client.post(conversation.address("count"), {"reason": "lives", "postcode": "XX1 1AA"}, follow=True)
    assert "Your answers are counted" in page.text
    answer(client, conversation, three)

    assert Answer.objects.count() == 3
    assert TakingPart.objects.get().place == board.areas.get()


def test_someone_signed_in_whom_we_do_not_know_here_is_asked_where_they_stand(client, board, stranger):
    conversation = make_conversation(board, statements=2, audience=Audience.EMAIL)
    make_postcode("XX1 1AA", board)
    client.force_login(stranger)
    answer(client, conversation, Statement.objects.first())

    page = client.get(conversation.address("count"))
    assert "postcode" in page.text
    page = client.post(conversation.address("count"), {"reason": "works", "postcode": "XX1 1AA"}, follow=True)

    assert Answer.objects.count() == 1


def test_what_waits_is_not_lost_when_it_cannot_be_counted(client, board, resident):
    conversation = make_conversation(board, statements=2, audience=Audience.CODE)
    client.force_login(resident)
    answer(client, conversation, Statement.objects.first())

    page = client.post(conversation.address("count"), {})

    assert page.status_code == 409
    assert "code from our letter" in page.text
    assert page.context["waiting"] == 1


# --- statements ----------------------------------------------------------------------------------------


def form_token(page):
    return page.context["form"]["form_token"].value()


def test_a_statement_is_written_first_and_signed_last(client, board, resident):
    conversation = make_conversation(board, audience=Audience.EMAIL)
    make_statement(conversation, "Buses should run later in the evening.")
    make_postcode("XX1 1AA", board)
    page = page_of(client, conversation, "add")
    sent = {
        "text": "Buses should run later.", "form_token": form_token(page), "reason": "lives", "postcode": "XX1 1AA",
    }  # fmt: skip

    check = client.post(conversation.address("add"), {**sent, "step": "check"})
    assert "Is it one of these?" in check.text
    assert "later in the evening" in check.text
    gone = client.post(conversation.address("add"), {**sent, "step": "send"})
    assert gone["Location"].startswith("/account/login/")
    kept = client.session["pending"]
    client.force_login(resident)
    session = client.session
    session["pending"] = kept
    session.save()
    page = client.get(conversation.address("add_finish"), follow=True)

    statement = Statement.objects.get(author=resident)
    assert statement.reference in page.text
    assert statement.state == "pending"
    assert "Buses should run later." not in page_of(Client(), conversation).text


def test_ten_equal_posts_of_a_statement_store_one_and_other_words_are_refused(client, board, resident):
    conversation = make_conversation(board)
    client.force_login(resident)
    sent = {"text": "More benches.", "form_token": form_token(page_of(client, conversation, "add")), "step": "send"}

    where = {client.post(conversation.address("add"), sent)["Location"] for _each in range(10)}

    assert len(where) == 1
    assert Statement.objects.count() == 1
    other = client.post(conversation.address("add"), {**sent, "text": "Fewer benches."})
    assert other.status_code == 409
    assert "Fewer benches." in other.text


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Answer this question."), ("x" * 141, "Use 140 characters or fewer"), ("a\x07b", "hidden characters")],
)
def test_a_wrong_statement_is_refused_in_words_and_kept(client, board, text, said):
    conversation = make_conversation(board)
    page = page_of(client, conversation, "add")

    page = client.post(conversation.address("add"), {"text": text, "form_token": form_token(page), "step": "check"})

    assert said in page.text
    assert text.replace("\x07", "") in page.text
    assert not Statement.objects.exists()


def test_what_waits_reaches_only_its_writer_and_officers(client, board, resident, neighbour, coordinator):
    conversation = make_conversation(board, statements=6, results_show="always")
    make_statement(conversation, "Waiting words", author=resident, state="pending")
    make_statement(conversation, "Hidden words", author=resident, state="hidden")
    make_answers(conversation, two_camps(20, 6))
    work_out(conversation, now=NOW)

    def words_seen(who):
        mine = Client()
        if who:
            mine.force_login(who)
        found = set()
        for name in ("conversation", "mine", "add", "results", "statements", "statements_file"):
            answered = page_of(mine, conversation, name)
            text = b"".join(answered.streaming_content).decode() if answered.streaming else answered.text
            found |= {words for words in ("Waiting words", "Hidden words") if words in text}
        return found

    assert words_seen(None) == words_seen(neighbour) == set()
    assert words_seen(resident) == {"Waiting words", "Hidden words"}
    client.force_login(coordinator)
    assert "Waiting words" in client.get(reverse("conversations_desk:statements", args=[conversation.pk])).text


# --- results -------------------------------------------------------------------------------------------


def with_results(board, *, people=40, statements=12, **facts):
    conversation = make_conversation(board, statements=statements, **{"results_show": "always", **facts})
    make_answers(conversation, two_camps(people, statements))
    work_out(conversation, now=NOW)
    return conversation


def test_results_say_what_joins_what_parts_and_how_far_it_carries(client, board):
    conversation = with_results(board)

    page = page_of(client, conversation, "results")

    assert "40 people answered." in page.text
    assert "What most people in every group agree on" in page.text
    assert "What people in Group A have in common" in page.text
    assert page.text.count("opinion-map__points--") == 2
    assert "not a sample" in page.text
    assert {told.text for told in page.context["results"].agreed} == set(
        Statement.objects.order_by("pk").values_list("text", flat=True)[:2]
    )
    assert len(page.content) < 100_000


def test_the_results_page_works_nothing_out(client, board, monkeypatch):
    conversation = with_results(board)
    monkeypatch.setattr(
        "engagement.conversations.rules.opinion.opinion_of", lambda *_a, **_k: pytest.fail("worked out in a page")
    )

    assert page_of(client, conversation, "results").status_code == 200


@pytest.mark.parametrize(
    ("when", "open_sees", "closed_sees"),
    [("always", True, True), ("after_voting", False, True), ("after_closing", False, True), ("officers", False, False)],
)
def test_results_show_when_the_board_said(client, board, when, open_sees, closed_sees):
    conversation = with_results(board, results_show=when)

    assert ("Group A" in page_of(client, conversation, "results").text) == open_sees
    assert (page_of(client, conversation, "statements_file").status_code == 200) == open_sees
    Activity.objects.update(closes_at=NOW)
    work_out(conversation, now=NOW)
    assert ("Group A" in page_of(client, conversation, "results").text) == closed_sees
    assert (page_of(client, conversation, "statements_file").status_code == 200) == closed_sees


def test_whoever_answered_sees_results_that_show_after_answering(client, board):
    conversation = with_results(board, results_show="after_voting")
    answer(client, conversation, Statement.objects.first())

    assert "Group A" in page_of(client, conversation, "results").text


def test_fewer_than_five_people_are_not_shown(client, board):
    conversation = make_conversation(board, statements=6, results_show="always")
    make_answers(conversation, two_camps(4, 6))

    assert "Fewer than five people have answered" in page_of(client, conversation, "results").text
    Activity.objects.update(closes_at=NOW)
    work_out(conversation, now=NOW)
    assert "Fewer than five people have answered" in page_of(client, conversation, "results").text


def test_a_statement_that_is_hidden_leaves_the_results_at_once(client, board, coordinator):
    conversation = with_results(board)
    agreed = page_of(client, conversation, "results").context["results"].agreed[0]

    decide(item=Statement.objects.get(pk=agreed.pk), to="hidden", reason="law", by=coordinator, now=NOW)

    for name in ("results", "statements", "statements_file"):
        answered = page_of(client, conversation, name)
        text = b"".join(answered.streaming_content).decode() if answered.streaming else answered.text
        assert agreed.text not in text


def test_the_file_of_statements_is_the_page_as_a_table_and_runs_nothing(client, board):
    conversation = make_conversation(board, statements=7, results_show="always")
    Statement.objects.filter(pk=Statement.objects.first().pk).update(text="=cmd|' /C calc'!A0")
    make_answers(conversation, two_camps(30, 7))
    work_out(conversation, now=NOW)

    head, *rows = table_of(page_of(client, conversation, "statements_file"))

    assert head[:6] == ["statement", "text", "from", "agree", "disagree", "pass"]
    assert "group_b_leans" in head
    assert rows[0][1] == "'=cmd|' /C calc'!A0"
    assert len(rows) == 7
    numbers = [int(cell) for row in rows for cell in row[3:] if cell.isdigit()]
    assert numbers
    assert not any(0 < number < 5 for number in numbers)


def test_the_file_of_answers_comes_out_only_where_it_was_said_before_and_after_closing(client, board):
    private, said = with_results(board), with_results(board, publishes_answers=True)

    assert page_of(client, said, "answers_file").status_code == 404
    assert "we publish a file of all answers" in page_of(client, said).text
    assert "We never publish what one person answered." in page_of(client, private).text
    Activity.objects.update(closes_at=NOW)
    assert page_of(client, private, "answers_file").status_code == 404
    assert page_of(client, said, "answers_file").status_code == 200
    assert "answers.csv" in page_of(client, said, "results").text


def test_the_file_of_answers_has_a_line_for_each_person_and_nothing_else_of_them(client, board):
    conversation = with_results(board, people=30, statements=6, publishes_answers=True)
    lonely = make_statement(conversation)
    first = Participant.objects.first()
    Answer.objects.create(participant=first, statement=lonely, way=1)
    Activity.objects.update(closes_at=NOW)

    head, *rows = table_of(page_of(client, conversation, "answers_file"))
    _head, *again = table_of(page_of(client, conversation, "answers_file"))

    assert [int(row[0]) for row in rows] == list(range(1, 31))
    assert len(head) == 7  # one that a single person answered is not there
    assert sorted(row[1:] for row in rows) == sorted(row[1:] for row in again)
    assert [row[1:] for row in rows] != [row[1:] for row in again]
    kept = sorted(
        [str(way) for way in Answer.objects.filter(participant=person).exclude(statement=lonely)
         .order_by("statement").values_list("way", flat=True)]
        for person in Participant.objects.all()
    )  # fmt: skip
    assert sorted(row[1:] for row in rows) == kept


def test_no_file_of_answers_of_fewer_than_fifteen_people(client, board):
    conversation = with_results(board, people=14, statements=6, publishes_answers=True)
    Activity.objects.update(closes_at=NOW)

    assert table_of(page_of(client, conversation, "answers_file")) == [["row"]]
    assert "answers.csv" not in page_of(client, conversation, "results").text


# --- with the other rooms ------------------------------------------------------------------------------


def test_it_stands_where_everything_open_stands(client, board, resident):
    conversation = make_conversation(board, "What about the old market hall?", statements=1)
    need = make_need(board)
    conversation.activity.needs.add(need)
    client.force_login(resident)
    answer(client, conversation, Statement.objects.get())

    for address in (
        f"/boards/{board.slug}/activities/", f"/boards/{board.slug}/activities/?kind=conversation",
        f"/boards/{board.slug}/conversations/", "/open/", "/me/", need.get_absolute_url(),
    ):  # fmt: skip
        assert "What about the old market hall?" in client.get(address).text, address
    assert "It began with what people told us" in page_of(client, conversation).text


def test_a_draft_is_there_for_its_officers_alone(client, board, neighbour, coordinator):
    conversation = make_conversation(board, statements=2, is_draft=True)

    for who in (None, neighbour):
        if who:
            client.force_login(who)
        for name in ("conversation", "mine", "add", "results", "statements", "statements_file", "answers_file"):
            assert page_of(client, conversation, name).status_code == 404
    client.force_login(coordinator)
    assert "This is a draft" in page_of(client, conversation).text


@pytest.mark.parametrize("many", [3, 60])
def test_pages_ask_little_of_the_database_however_much_there_is(client, board, resident, many):
    conversation = with_results(board, people=20, statements=many)
    client.force_login(resident)
    answer(client, conversation, Statement.objects.first())

    for name in ("list", "conversation", "mine", "add", "results", "statements"):
        address = reverse("conversations:list", args=[board.slug]) if name == "list" else conversation.address(name)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        assert len(captured) <= 10, (name, [each["sql"][:150] for each in captured])
