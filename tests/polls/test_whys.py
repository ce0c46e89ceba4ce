"""Why: words that an officer reads first, that stand beside no vote, and that evidence and the poll keep as one."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from engagement.activities.models import Activity, Audience, TakingPart
from engagement.evidence.actions import recording
from engagement.evidence.models import Consent, Evidence
from engagement.moderation.actions import decide, undo
from engagement.moderation.models import Decision
from engagement.moderation.queries import waiting_count
from engagement.polls import actions, queries, whys
from engagement.polls.models import Poll, Why
from tests.factories import make_board, make_need, make_postcode, make_role
from tests.polls.factories import choice_of, make_poll
from tests.polls.test_kinds import at, send
from tests.polls.test_views import keep_session_and_sign_in

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
WORDS = "There is no shade by the ford."


def desk(name, *args):
    return reverse(f"polls_desk:{name}", args=args)


def vote(client, poll, text="Swings", **more):
    return send(client, poll, choice=str(choice_of(poll, text).pk), **more)


def make_why(poll, text=WORDS, **fields):
    return Why.objects.create(poll=poll, text=text, **{"state": "shown", "may_quote": True, **fields})


# --- sending -------------------------------------------------------------------------------------


def test_words_are_kept_with_a_day_and_with_no_vote_and_no_voter(client, board, resident):
    poll = make_poll(board, asks_why=True)
    client.force_login(resident)

    done = vote(client, poll, "Trees", why=WORDS, may_quote="on")

    assert "Your vote is counted" in done.text
    why = Why.objects.get()
    assert (why.text, why.may_quote, why.state) == (WORDS, True, Why.State.PENDING)
    day = timezone.localtime(why.sent_at)
    assert (day.date(), day.hour, day.minute, day.second) == (timezone.localdate(), 0, 0, 0)
    fields = {field.name for field in Why._meta.get_fields()}
    assert fields == {"id", "poll", "text", "may_quote", "digest", "evidence", "withdrawn_at", "state", "sent_at"}
    assert TakingPart.objects.get().reference not in str(Why.objects.values().get())


@pytest.mark.parametrize("typed", [{}, {"why": ""}, {"why": "  \n "}, {"may_quote": "on"}])
def test_the_box_may_stay_empty(client, board, resident, typed):
    poll = make_poll(board, asks_why=True)
    client.force_login(resident)
    assert "Your vote is counted" in vote(client, poll, **typed).text
    assert not Why.objects.exists()


def test_a_poll_that_does_not_ask_keeps_no_words(client, board, resident):
    poll = make_poll(board)
    client.force_login(resident)
    assert "In your own words" not in client.get(at("poll", poll)).text
    vote(client, poll, why=WORDS)
    assert not Why.objects.exists()


def test_the_page_says_what_becomes_of_the_words_and_nothing_is_shown_unless_they_say_so(client, board, resident):
    poll = make_poll(board, asks_why=True)
    client.force_login(resident)
    page = client.get(at("poll", poll))
    assert "It is kept without your name, and not with your vote." in page.text
    assert not re.search(r'name="may_quote"[^>]* checked', page.text)
    vote(client, poll, why=WORDS)
    assert Why.objects.get().may_quote is False


def test_too_long_words_are_a_sentence_with_everything_kept(client, board, resident):
    poll = make_poll(board, asks_why=True)
    client.force_login(resident)
    page = vote(client, poll, "Trees", why="a" * 1001, may_quote="on")
    assert "Use 1000 characters or fewer. You have used 1001." in page.text
    assert "a" * 1001 in page.text
    assert re.search(rf'value="{choice_of(poll, "Trees").pk}"[^>]* checked', page.text)
    assert not TakingPart.objects.exists()
    assert vote(client, poll, why="x" * 1_000_000).status_code < 500
    assert not Why.objects.exists()


def test_words_survive_the_sign_in(client, board, stranger):
    poll = make_poll(board, asks_why=True)
    make_postcode("XX1 1AA", board)
    vote(client, poll, follow=False, why=WORDS, may_quote="on", reason="works", postcode="XX1 1AA")
    keep_session_and_sign_in(client, stranger)
    client.get(at("finish", poll), follow=True)
    assert (Why.objects.get().text, Why.objects.get().may_quote) == (WORDS, True)


def test_a_vote_sent_twice_leaves_the_words_once(client, board, resident):
    poll = make_poll(board, asks_why=True, may_change=True)
    client.force_login(resident)
    vote(client, poll, "Swings", why=WORDS)
    vote(client, poll, "Swings", why=WORDS)
    vote(client, poll, "Trees", why=WORDS)
    assert Why.objects.count() == 1
    assert "In your own words" not in client.get(at("poll", poll) + "?change=1").text


def test_hostile_words_never_become_markup(client, board, coordinator):
    hostile = "<script>alert(1)</script>"
    poll = make_poll(board, asks_why=True, results_show="always", audience=Audience.ANYONE)
    vote(client, poll, why=hostile, may_quote="on")
    Why.objects.update(state="shown")
    client.force_login(coordinator)
    why = Why.objects.get()
    for path in (at("results", poll), at("words", poll), desk("words", poll.pk), desk("make_evidence", why.pk)):
        page = client.get(path)
        assert page.status_code == 200
        assert hostile not in page.text
        assert "alert(1)" in page.text


# --- reading -------------------------------------------------------------------------------------


def test_words_show_once_they_are_read_and_only_where_the_writer_agreed(client, board, coordinator):
    poll = make_poll(board, asks_why=True, results_show="always")
    for number, fields in enumerate(({}, {"state": "pending"}, {"state": "hidden"}, {"may_quote": False})):
        make_why(poll, f"Reason {number}", **fields)
    assert [why.text for why in queries.shown_whys(poll)] == ["Reason 0"]
    page = client.get(at("words", poll)).text
    assert [f"Reason {number}" in page for number in range(4)] == [True, False, False, False]
    results = client.get(at("results", poll))
    assert [why.text for why in results.context["whys"]] == ["Reason 0"]
    client.force_login(coordinator)
    page = client.get(desk("words", poll.pk)).text
    assert [f"Reason {number}" in page for number in range(4)] == [True] * 4, "Officers read them all"


@pytest.mark.parametrize("show", ["after_voting", "after_closing", "officers"])
def test_words_show_to_nobody_before_the_results_do(client, board, resident, show):
    poll = make_poll(board, asks_why=True, results_show=show)
    make_why(poll)
    client.force_login(resident)
    assert WORDS not in client.get(at("words", poll)).text
    assert WORDS not in client.get(at("results", poll)).text
    Activity.objects.update(closes_at=datetime.now(UTC) - timedelta(seconds=1))
    assert (WORDS in client.get(at("words", poll)).text) is (show != "officers")


def test_the_queue_holds_them_with_what_they_were_sent_in_for(client, board, coordinator):
    poll = make_poll(board, asks_why=True)
    make_why(poll, state="pending", may_quote=False)
    assert waiting_count(coordinator) == 1
    client.force_login(coordinator)
    page = client.get(reverse("moderation_desk:queue"))
    assert WORDS in page.text
    assert poll.question in page.text
    assert "The writer asks us not to show this." in page.text


@pytest.mark.parametrize("number", [3, 400])
def test_pages_of_words_ask_few_questions(client, board, coordinator, django_assert_max_num_queries, number):
    poll = make_poll(board, asks_why=True, results_show="always")
    need = make_need(board)
    Why.objects.bulk_create(
        Why(poll=poll, text=f"Reason {each}", may_quote=True, state="shown") for each in range(number)
    )
    whys.make_evidence(why=Why.objects.first(), by=coordinator, now=NOW, need=need)
    for path in (at("words", poll), at("results", poll)):
        with django_assert_max_num_queries(10):
            page = client.get(path)
        assert len(page.content) < 100_000
    client.force_login(coordinator)
    for path in (at("words", poll), at("results", poll)):
        with django_assert_max_num_queries(10):
            client.get(path)
    Activity.objects.update(results_show="officers")
    for path in (at("words", poll), at("results", poll)):
        with django_assert_max_num_queries(10):
            assert client.get(path).context["verdict"]
    client.get(desk("words", poll.pk))
    with django_assert_max_num_queries(15):
        assert client.get(desk("words", poll.pk)).status_code == 200


# --- into evidence, and back ---------------------------------------------------------------------


def test_one_press_makes_words_evidence_with_what_the_writer_agreed_to(client, board, coordinator):
    poll = make_poll(board, asks_why=True)
    why = make_why(poll, state="pending")
    client.force_login(coordinator)

    done = client.post(desk("make_evidence", why.pk), follow=True)

    assert "These words are evidence now." in done.text
    why.refresh_from_db()
    evidence = Evidence.objects.get()
    assert why.evidence == evidence
    assert (evidence.text, evidence.how, evidence.voices, evidence.board) == (WORDS, "online", 1, board)
    assert evidence.where_words == f"Poll: {poll.activity.title}"
    agreed = evidence.consents.order_by("scope")
    assert [each.scope for each in agreed] == [Consent.Scope.EVIDENCE, Consent.Scope.QUOTE]
    assert {(each.taken_by, each.taken_at) for each in agreed} == {(None, why.sent_at)}, (
        "They agreed, and not the officer"
    )
    assert why.state == Why.State.SHOWN
    assert Decision.objects.get().about == why, "It was read by that, and the decision is written down"
    assert ModelLogEntry.objects.filter(action="polls.make_evidence").count() == 1
    assert WORDS not in str(list(ModelLogEntry.objects.values_list("data", "label")))


def test_words_are_linked_to_a_need_of_the_board_and_of_no_other(client, board, next_board, coordinator):
    poll = make_poll(board, asks_why=True)
    why = make_why(poll, may_quote=False)
    need, theirs = make_need(board), make_need(next_board)
    client.force_login(coordinator)

    refused = client.post(desk("make_evidence", why.pk), {"need": theirs.pk})
    assert refused.status_code == 200
    assert not Evidence.objects.exists()
    client.post(desk("make_evidence", why.pk), {"need": need.pk, "relation": "suggests"})

    link = Evidence.objects.get().links.get()
    assert (link.need, link.relation) == (need, "suggests")
    assert [each.scope for each in Evidence.objects.get().consents.all()] == [Consent.Scope.EVIDENCE]


def test_a_second_press_makes_nothing_twice(client, board, coordinator):
    why = make_why(make_poll(board, asks_why=True))
    client.force_login(coordinator)
    client.post(desk("make_evidence", why.pk))
    again = client.post(desk("make_evidence", why.pk))
    assert "These words are evidence already." in again.text
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("fields", [{"state": "hidden"}, {"state": "hidden", "withdrawn_at": NOW}])
def test_hidden_or_withdrawn_words_are_not_made_evidence(client, board, coordinator, fields):
    why = make_why(make_poll(board, asks_why=True), **fields)
    client.force_login(coordinator)
    assert client.post(desk("make_evidence", why.pk)).status_code == 200
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("kind", ["chair", "member", "partner"])
def test_roles_that_do_not_record_make_none(client, board, kind):
    why = make_why(make_poll(board, asks_why=True))
    client.force_login(make_role(kind, board))
    assert client.post(desk("make_evidence", why.pk)).status_code in (302, 403, 404)
    assert not Evidence.objects.exists()


def test_another_boards_coordinator_reads_no_words(client, board, other_coordinator):
    poll = make_poll(board, asks_why=True)
    why = make_why(poll, state="pending")
    client.force_login(other_coordinator)
    for path in (desk("words", poll.pk), desk("make_evidence", why.pk)):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code in (302, 403, 404)
            assert WORDS not in answer.text
    assert client.get(desk("make_evidence", 1)).status_code == 404


def test_withdrawn_there_is_withdrawn_here(client, board, coordinator):
    poll = make_poll(board, asks_why=True, results_show="always")
    why = make_why(poll)
    evidence = whys.make_evidence(why=why, by=coordinator, now=NOW)
    assert WORDS in client.get(at("words", poll)).text

    recording.withdraw(evidence=evidence, by=coordinator, now=NOW)

    why.refresh_from_db()
    assert why.withdrawn_at is not None
    assert WORDS not in str(Why.objects.values().get())
    assert WORDS not in client.get(at("words", poll)).text


def test_taking_back_the_consent_to_count_there_withdraws_here(board, coordinator):
    why = make_why(make_poll(board, asks_why=True))
    evidence = whys.make_evidence(why=why, by=coordinator, now=NOW)
    recording.withdraw_consent(evidence=evidence, scope="evidence", by=coordinator, now=NOW)
    assert Why.objects.get().withdrawn_at is not None


def test_what_may_not_be_quoted_there_does_not_show_here(client, board, coordinator):
    poll = make_poll(board, asks_why=True, results_show="always")
    evidence = whys.make_evidence(why=make_why(poll), by=coordinator, now=NOW)
    recording.withdraw_consent(evidence=evidence, scope="quote", by=coordinator, now=NOW)
    assert WORDS not in client.get(at("words", poll)).text
    assert Why.objects.get().withdrawn_at is None, "They still count"


def test_the_writer_takes_their_words_back_from_everywhere(client, board, coordinator, resident):
    poll = make_poll(board, asks_why=True, results_show="always")
    client.force_login(resident)
    done = vote(client, poll, why=WORDS, may_quote="on")
    address = at("take_back", poll, done.context["row"].reference)
    assert address in done.text
    evidence = whys.make_evidence(why=Why.objects.get(), by=coordinator, now=NOW)
    client.logout()

    asked = client.get(address)
    assert "Take your words back?" in asked.text
    assert WORDS not in asked.text, "Whoever finds the confirmation does not read the words"
    assert Why.objects.get().withdrawn_at is None, "Looking takes nothing back"
    gone = client.post(address)

    assert "No words of yours are kept here" in gone.text
    evidence.refresh_from_db()
    assert evidence.withdrawn_at is not None
    for model in (Why, Evidence):
        assert WORDS not in str(list(model.objects.values()))
    assert "No words of yours are kept here" in client.get(address).text
    assert client.post(address).status_code == 200
    assert address not in client.get(at("thanks", poll, done.context["row"].reference)).text


def test_a_reference_leads_to_its_own_words_only(client, board, resident, neighbour):
    poll = make_poll(board, asks_why=True, audience=Audience.ANYONE)
    client.force_login(resident)
    vote(client, poll, why=WORDS)
    client.force_login(neighbour)
    other = vote(client, poll).context["row"].reference
    assert client.post(at("take_back", poll, other)).status_code == 200
    assert client.post(at("take_back", poll, "00000-00000")).status_code == 404
    assert Why.objects.get().withdrawn_at is None


def test_hidden_here_is_hidden_there_and_shown_again_with_it(client, board, coordinator):
    poll = make_poll(board, asks_why=True, results_show="always")
    why = make_why(poll)
    evidence = whys.make_evidence(why=why, by=coordinator, now=NOW)
    decision = decide(item=Why.objects.get(), to="hidden", reason="personal", by=coordinator, now=NOW)
    evidence.refresh_from_db()
    assert evidence.state == "hidden"

    undo(decision=decision, by=coordinator, now=NOW)

    evidence.refresh_from_db()
    assert evidence.state == "shown"
    decide(item=evidence, to="hidden", reason="personal", by=coordinator, now=NOW)
    assert not queries.shown_whys(poll).exists(), "Hidden there, it does not show here"


@pytest.mark.django_db(transaction=True)
@pytest.mark.serial
def test_two_officers_at_once_make_one_piece_of_evidence():
    board = make_board()
    why = make_why(make_poll(board, asks_why=True), state="pending")
    officers = [make_role("coordinator", board) for _each in range(6)]

    def act(officer):
        try:
            whys.make_evidence(why=Why.objects.select_related("poll__activity__board").get(), by=officer, now=NOW)
        except whys.WhyRefused:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(act, officers))

    assert made.count(True) == 1
    assert Evidence.objects.count() == 1
    why.refresh_from_db()
    assert why.evidence_id is not None


@pytest.mark.parametrize(
    "broken",
    [
        lambda poll: make_why(poll, "  "),
        lambda poll: make_why(poll, withdrawn_at=NOW, digest="a" * 64),
        lambda poll: [make_why(poll, digest="a" * 64) for _each in "ab"],
    ],
)
def test_the_database_refuses_words_that_can_never_be(board, broken):
    poll = make_poll(board, asks_why=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(poll)


def test_a_poll_with_words_is_never_deleted_with_them(board):
    poll = make_poll(board, asks_why=True)
    make_why(poll)
    with pytest.raises(ProtectedError):
        Poll.objects.filter(pk=poll.pk).delete()


def test_a_draft_with_no_votes_is_still_deleted(board, coordinator):
    poll = make_poll(board, asks_why=True, may_change=True, is_draft=True)
    actions.delete_poll(poll=poll, by=coordinator)
    assert not Poll.objects.exists()
