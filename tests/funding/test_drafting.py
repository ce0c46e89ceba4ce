"""The longer form: kept as it is typed, shared in the group, and sent once."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from boards.people.models import Membership, Organisation
from engagement.funding import checking
from engagement.funding.actions import drafts
from engagement.funding.actions.drafts import ChangedMeanwhile, save_part, start_draft
from engagement.funding.actions.refusals import Refused
from engagement.funding.forms import long_form
from engagement.funding.models import Draft, Host, Match, Plan, Proposal
from engagement.funding.rules.checks import Check, Says
from engagement.notifications.models import Message
from tests.factories import make_need, make_person, make_postcode
from tests.funding.factories import OPENS, PROPOSALS_CLOSE, make_money, make_round

pytestmark = pytest.mark.django_db
NOW = OPENS + timedelta(days=1)


@pytest.fixture
def round(board):
    return make_round(board, stream=make_money(board, cap_pence=5000_00), budget_pence=8000_00)


def at(moment):
    return time_machine.travel(moment, tick=False)


def html(response):
    return response.content.decode()


def token_in(page):
    return re.search(r'name="form_token" value="([^"]+)"', page)[1]


def filled(round, **changes):
    """Give every part of a form that is finished, as it is typed."""
    ward = round.activity.board.areas.wards()[0]
    answers = {
        "project": {
            "title": ["A hoist for the boat"],
            "summary": ["A hoist, so that wheelchair users can sail."],
            "starts_on_day": ["4"], "starts_on_month": ["1"], "starts_on_year": ["2027"],
            "ends_on_day": ["30"], "ends_on_month": ["6"], "ends_on_year": ["2027"],
        },
        "people": {"who_benefits": ["Forty sailors."], "areas": [str(ward.pk)], "at_risk": ["adults"]},
        "outcome": {"outcome": ["More people sail."], "how_known": ["We count them."]},
        "money": {"what_1": ["Hoist"], "cost_1": ["2,000"], "what_2": ["Fitting"], "cost_2": ["500"]},
        "match": {"giver_1": ["Sailing club"], "amount_1": ["300"], "kind_1": ["cash"], "standing_1": ["secured"]},
        "group": {"group": ["Mere Sailors"], "kind": ["charity"], "number": ["1234567"], "has_account": ["yes"]},
    }  # fmt: skip
    return {part: {**boxes, **changes.get(part, {})} for part, boxes in answers.items()}


def begin(client, round):
    page = html(client.get(round.address("start")))
    return client.post(round.address("start"), {"form_token": token_in(page), "for_group": "other", "answers": "empty"})


def type_all(client, base, answers):
    for part, boxes in answers.items():
        page = html(client.get(base + part + "/"))
        version = re.search(r'name="version" value="(\d+)"', page)[1]
        answer = client.post(base + part + "/", {**boxes, "version": version, "step": "next"})
        assert answer.status_code == 302, html(answer)
    return answer


def test_the_eligibility_questions_say_which_form_it_is_and_how_long_it_takes(client, round):
    ready = {"in_area": "yes", "not_for_profit": "yes", "account": "yes", "begun": "no"}
    with at(NOW):
        short = html(client.get(round.address("apply"), {**ready, "amount": "400"}))
        long = html(client.get(round.address("apply"), {**ready, "amount": "1,000"}))
        empty = html(client.get(round.address("apply"), {"amount": ""}))
        cookies = client.cookies

    assert f"about {long_form.minutes_of_long_form(round)} minutes" in long
    assert round.address("start") in long
    assert round.address("propose") in short
    assert round.address("start") not in short
    assert "There is a problem" in empty
    assert not cookies


def test_whoever_cannot_ask_is_told_plainly_and_shown_the_next_way(client, round):
    wrong = {"in_area": "no", "not_for_profit": "no", "account": "no", "begun": "yes", "amount": "9000"}
    with at(NOW):
        page = html(client.get(round.address("apply"), wrong))

    for words in (
        "only for what helps people in its area",
        "Find the board",
        "may hold the money",
        "what comes next",
        "Ask for less",
    ):
        assert words in page
    assert round.address("start") not in page


def test_every_question_can_be_read_before_starting(client, round, board):
    make_need(board, "Somewhere to meet")
    page = html(client.get(round.address("questions")))

    for part, kind in long_form.PARTS.items():
        for field in long_form.plain_questions(kind(round=round)):
            assert str(field.label) in page.replace("&#x27;", "'"), (part, field.name)


def test_a_charity_signed_in_fills_in_six_parts_and_sends_them_once(client, round, stranger):
    client.force_login(stranger)
    with at(NOW):
        base = begin(client, round)["Location"]
        last = type_all(client, base, filled(round))
        assert last["Location"] == base + "check/"
        page = html(client.get(last["Location"]))
        assert "£2,500" in page
        answers = {client.post(last["Location"])["Location"] for _ in range(10)}
        confirmation = html(client.get(round.address("sent", Proposal.objects.get().slug)))

    proposal = Proposal.objects.get()
    assert len(answers) == 2  # the confirmation, and then the proposal that is there
    assert proposal.reference in confirmation
    assert proposal.cost_pence == 2500_00
    assert proposal.org_id == "GB-CHC-1234567"
    assert proposal.minutes_asked == long_form.minutes_of_long_form(round)
    assert Plan.objects.get().for_adults_at_risk
    assert not Plan.objects.get().for_children
    assert [(m.giver, m.amount_pence, m.kind, m.standing) for m in Match.objects.all()] == [
        ("Sailing club", 300_00, "cash", "secured")
    ]
    assert Membership.objects.get().person == stranger


def test_a_group_without_an_account_fills_in_first_and_says_who_it_is_last(client, round):
    with at(NOW):
        base = begin(client, round)["Location"]
        last = type_all(client, base, filled(round))
        answer = client.post(last["Location"])
        assert answer["Location"].startswith("/account/login/?next=")
        assert not Draft.objects.exists()
        client.force_login(make_person())
        kept = client.get(round.address("form_keep") + "?to=check")
        assert client.get(round.address("form_keep") + "?to=check").status_code == 302  # again: nothing more is made
        sent = client.post(kept["Location"])

    assert Draft.objects.count() == 1
    assert sent["Location"].endswith("/sent/")
    assert Proposal.objects.get().title == "A hoist for the boat"


def test_a_part_is_kept_finished_or_not_and_wrong_words_stay_in_their_boxes(client, round, stranger):
    client.force_login(stranger)
    with at(NOW):
        base = begin(client, round)["Location"]
        refused = html(
            client.post(base + "money/", {"what_1": "Hoist", "cost_1": "a lot", "version": "0", "step": "next"})
        )
        later = client.post(base + "match/", {"giver_1": "Sailing club", "version": "0", "step": "later"})
        again = html(client.get(base + "money/"))
        tasks = html(client.get(base))

    assert "There is a problem" in refused
    assert 'value="a lot"' in refused
    assert 'value="a lot"' in again
    assert later["Location"] == base
    assert tasks.count("Not finished") == 2
    assert Draft.objects.get().answers["match"] == {"giver_1": ["Sailing club"]}


def test_an_unfinished_form_cannot_be_sent(client, round, stranger):
    client.force_login(stranger)
    with at(NOW):
        base = begin(client, round)["Location"]
        page = html(client.post(base + "check/"))

    assert "Some parts are not finished" in page
    assert not Proposal.objects.exists()


def test_two_people_writing_at_once_lose_no_words(client, round, board):
    first, second = make_person("first@example.org", display_name="Ann"), make_person("second@example.org")
    group = Organisation.objects.create(name="Mere Sailors")
    for person in (first, second):
        Membership.objects.create(organisation=group, person=person, joined_on=OPENS.date())
    draft = start_draft(key=uuid4(), round=round, by=first, now=NOW, organisation=group, answers=filled(round))
    base = draft.get_absolute_url()
    client.force_login(second)
    with at(NOW):
        opened = re.search(r'name="version" value="(\d+)"', html(client.get(base + "outcome/")))[1]
        save_part(
            draft=draft, part="outcome", typed={"outcome": ["Ann wrote this."], "how_known": ["We count them."]},
            seen=1, by=first, now=NOW,
        )  # fmt: skip
        mine = {"outcome": "I wrote that.", "how_known": "We count them."}
        page = html(client.post(base + "outcome/", {**mine, "version": opened, "step": "next"}))
        assert "Someone else saved this part" in page
        assert "Ann wrote this." in page
        assert page.count("I wrote that.") >= 2  # in the table and in the box
        assert Draft.objects.get().answers["outcome"]["outcome"] == ["Ann wrote this."]
        newer = re.search(r'name="version" value="(\d+)"', page)[1]
        done = client.post(base + "outcome/", {**mine, "outcome": "Both.", "version": newer, "step": "next"})

    assert done.status_code == 302
    held = Draft.objects.get()
    assert held.answers["outcome"]["outcome"] == ["Both."]
    assert held.edited_by == second


def test_the_same_words_saved_twice_are_no_quarrel(round, stranger):
    draft = start_draft(key=uuid4(), round=round, by=stranger, now=NOW)
    for _ in range(3):
        save_part(draft=draft, part="outcome", typed={"outcome": ["Same."]}, seen=0, by=stranger, now=NOW)
    with pytest.raises(ChangedMeanwhile) as change:
        save_part(draft=draft, part="outcome", typed={"outcome": ["Other."]}, seen=0, by=stranger, now=NOW)

    assert Draft.objects.get().versions == {"outcome": 1}
    assert change.value.theirs == {"outcome": ["Same."]}


def test_nothing_is_sent_that_was_changed_since_it_was_read(round, stranger):
    answers = filled(round)
    draft = start_draft(key=uuid4(), round=round, by=stranger, now=NOW, answers=answers)
    application = long_form.application_of(long_form.all_forms(answers, round))
    seen = dict(draft.versions)
    save_part(draft=draft, part="outcome", typed={"outcome": ["Newer."]}, seen=1, by=stranger, now=NOW)

    with pytest.raises(Refused, match="changed this form"):
        drafts.send_draft(draft=draft, application=application, seen=seen, minutes_asked=1, by=stranger, now=NOW)
    assert not Proposal.objects.exists()


def test_a_form_is_sent_up_to_the_last_microsecond_and_not_at_the_closing_second(client, round, stranger):
    answers = filled(round)
    early = start_draft(key=uuid4(), round=round, by=stranger, now=NOW, answers=answers)
    late = start_draft(key=uuid4(), round=round, by=stranger, now=NOW, answers=answers)
    application = long_form.application_of(long_form.all_forms(answers, round))
    said = {"application": application, "minutes_asked": 30, "by": stranger}

    drafts.send_draft(draft=early, seen=early.versions, now=PROPOSALS_CLOSE - timedelta(microseconds=1), **said)
    with pytest.raises(Refused, match="closed for proposals"):
        drafts.send_draft(draft=late, seen=late.versions, now=PROPOSALS_CLOSE, **said)
    client.force_login(stranger)
    with at(PROPOSALS_CLOSE):
        page = html(client.post(round.address("draft_check", str(late.key))))
        list_page = html(client.get(late.get_absolute_url()))

    assert "closed for proposals" in page
    assert "What you wrote is kept" in page
    assert "What you wrote is kept" in list_page
    assert Proposal.objects.count() == 1
    assert Draft.objects.get(pk=late.pk).answers == answers


def test_a_draft_is_for_its_writer_and_its_group_and_for_nobody_else(client, round, coordinator, neighbour, stranger):
    draft = start_draft(key=uuid4(), round=round, by=stranger, now=NOW, answers=filled(round))
    for person in (None, neighbour, coordinator):
        client.logout()
        if person:
            client.force_login(person)
        for address in (
            draft.get_absolute_url(),
            draft.get_absolute_url() + "outcome/",
            round.address("draft_check", str(draft.key)),
        ):
            assert client.get(address).status_code == 404
            assert client.post(address, {"outcome": "x", "version": "9"}).status_code == 404
    assert Draft.objects.get().answers == filled(round)


def test_the_one_page_leads_on_from_a_thousand_pounds_and_takes_its_words_along(client, round, stranger):
    client.force_login(stranger)
    with at(NOW):
        token = token_in(html(client.get(round.address("propose"))))
        typed = {
            "form_token": token, "title": "A hoist", "summary": "For the boat.", "who_benefits": "Sailors.",
            "what_1": "Hoist", "cost_1": "1,000", "group": "Mere Sailors", "kind": "charity", "org_id": "1234567",
        }  # fmt: skip
        page = html(client.post(round.address("propose"), {**typed, "step": "send"}))
        assert "Go on with the longer form" in page
        assert not Proposal.objects.exists()
        answer = client.post(round.address("propose"), {**typed, "step": "longer"})

    draft = Draft.objects.get()
    assert answer["Location"] == draft.get_absolute_url()
    assert draft.answers["project"] == {"title": ["A hoist"], "summary": ["For the boat."]}
    assert draft.answers["money"] == {"what_1": ["Hoist"], "cost_1": ["1,000"]}
    assert draft.answers["group"]["number"] == ["1234567"]


def test_the_answers_of_the_last_form_are_offered_and_what_was_carried_is_shown(client, round, stranger, board):
    client.force_login(stranger)
    with at(NOW):
        type_all(client, begin(client, round)["Location"], filled(round))
        client.post(round.address("draft_check", str(Draft.objects.get().key)))
        second = make_round(board)
        page = html(client.get(second.address("start")))
        assert "Carry over from “A hoist for the boat”" in page
        group = Organisation.objects.get()
        answer = client.post(
            second.address("start"),
            {"form_token": token_in(page), "for_group": group.pk, "answers": Proposal.objects.get().pk},
        )
        tasks = html(client.get(answer["Location"]))
        part = html(client.get(answer["Location"] + "people/"))

    draft = Draft.objects.get(round=second)
    assert draft.answers["people"]["who_benefits"] == ["Forty sailors."]
    assert draft.answers["group"]["number"] == ["1234567"]
    assert "project" not in draft.answers
    assert "money" not in draft.answers
    assert tasks.count("From your last form") == 3
    assert "These answers come from your earlier form" in part


def test_what_a_group_reads_while_it_writes_is_what_the_officer_reads(round, stranger):
    make_postcode("XX1 1AA", round.activity.board)
    answers = filled(round, people={"postcode": ["XX1 1AA"]})
    draft = start_draft(key=uuid4(), round=round, by=stranger, now=NOW, answers=answers)
    application = long_form.application_of(long_form.all_forms(answers, round))
    before = checking.check_application(application, round, None)
    proposal = drafts.send_draft(
        draft=draft, application=application, seen=draft.versions, minutes_asked=30, by=stranger, now=NOW
    )
    after = checking.check_list([proposal], round)[proposal.pk]

    assert before == after
    failing = {found.check for found in after if found.says is Says.FAILS}
    assert failing == {Check.SAFEGUARDING, Check.ACCOUNTS}


def test_the_same_thing_asked_of_another_board_is_shown(round, next_board, stranger):
    other = make_round(next_board, budget_pence=8000_00)
    first = drafts.apply(
        round=other, application=long_form.application_of(long_form.all_forms(filled(other), other)), lead=stranger,
        now=NOW,
    )  # fmt: skip
    second = drafts.apply(
        round=round, application=long_form.application_of(long_form.all_forms(filled(round), round)), lead=stranger,
        now=NOW,
    )  # fmt: skip

    [twice] = [found for found in checking.check_list([second], round)[second.pk] if found.check is Check.TWICE]

    assert first.organisation == second.organisation
    assert twice.says is Says.LOOK
    assert next_board.name in twice.twins[0].where


def test_a_group_with_no_bank_account_names_a_host_that_is_asked_and_answers(client, round, stranger):
    answers = filled(
        round,
        group={
            "group": ["Gate Allotments"], "kind": ["none"], "number": [], "has_account": ["no"],
            "host_group": ["Castle Trust"], "host_kind": ["charity"], "host_number": ["7654321"],
            "host_email": ["host@example.org"],
        },
    )  # fmt: skip
    client.force_login(stranger)
    with at(NOW):
        base = begin(client, round)["Location"]
        type_all(client, base, answers)
        client.post(base + "check/")
        proposal = Proposal.objects.get()
        host = Host.objects.get()
        assert Message.objects.filter(to=host.asked, subject__contains="hold a grant for Gate Allotments").exists()
        assert client.get(round.address("host", proposal.slug)).status_code == 404  # the group cannot say yes itself
        client.force_login(host.asked)
        assert client.get(proposal.get_absolute_url()).status_code == 200  # the host reads what it is asked for
        client.post(round.address("host", proposal.slug), {"agrees": "yes"})
        client.post(round.address("host", proposal.slug), {"agrees": "yes"})

    host.refresh_from_db()
    assert host.agrees
    assert host.organisation.org_id == "GB-CHC-7654321"
    assert proposal.organisation.identifier.startswith("360G-")
    assert not host.organisation.memberships.exists()  # being named gives nobody a key to the host
    assert Message.objects.filter(to=stranger, subject__contains="Your host has answered").count() == 1


def test_a_form_that_is_too_long_to_keep_is_refused_with_a_sentence(client, round, stranger):
    client.force_login(stranger)
    with at(NOW):
        base = begin(client, round)["Location"]
        page = html(client.post(base + "outcome/", {"outcome": "x" * 200_000, "version": "0", "step": "later"}))

    assert "more text than we can keep" in page
    assert Draft.objects.get().answers == {}


def test_a_draft_is_deleted_only_after_asking(client, round, stranger):
    draft = start_draft(key=uuid4(), round=round, by=stranger, now=NOW, answers=filled(round))
    client.force_login(stranger)
    with at(NOW):
        assert client.get(round.address("draft_delete", str(draft.key))).status_code == 200
        assert Draft.objects.exists()
        client.post(round.address("draft_delete", str(draft.key)))

    assert not Draft.objects.exists()
