"""Funders together: only what one may see, sums that never exceed what is asked, twins, gaps, offers, copies."""

from __future__ import annotations

import csv
import io
import time
from uuid import uuid4

import pytest
import time_machine
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry

from boards.people.models import Organisation
from engagement.evidence.actions.recording import Bearing, record
from engagement.evidence.models import Theme
from engagement.funding import pipeline_queries
from engagement.funding.actions.money import make_stream
from engagement.funding.actions.pipeline import (
    PipelineRefused,
    agree_pledge,
    answer_offer,
    end_funder,
    mark_interest,
    name_funder,
    offer,
    pledge,
    set_boards_part,
    share_contact,
    take_back_interest,
    withdraw_offer,
    withdraw_pledge,
)
from engagement.funding.models import (
    Contribution,
    Funder,
    FunderInterest,
    LedgerEntry,
    Offer,
    Pledge,
    Proposal,
    SavedFilter,
    SharedCost,
)
from engagement.funding.pipeline_permissions import eyes_of, may_see_in_pipeline, proposals_seen
from engagement.funding.rules.likeness import Asked, Why, twins
from engagement.notifications.models import Message
from engagement.rules.tables import inert
from tests.factories import make_need, make_person, make_role
from tests.funding.factories import NOW, OPENS, make_proposal, make_round
from tests.funding.panel_factories import make_funder

PIPELINE = "/pipeline/"


def shown(round, **fields):
    proposal = make_proposal(round, **fields)
    Proposal.objects.filter(pk=proposal.pk).update(state="shown")
    proposal.refresh_from_db()
    return proposal


def one(proposal):
    return reverse("funding:pipeline_one", args=[proposal.reference])


def funder_of(person):
    return Funder.objects.get(organisation__roles__person=person)


# --- the rules -----------------------------------------------------------------------------------


def test_twins_are_found_by_title_words_and_group_and_say_why():
    one = Asked(1, "A tap for the allotment", "Water without a walk for thirty growers.", "Gate Allotments", "GB-CHC-1")
    others = [
        one,
        Asked(2, "Allotment: a tap for the", "Something else entirely, about drains.", "Other People"),
        Asked(3, "Growing", "For thirty growers, water without a walk.", "Other People"),
        Asked(4, "A tap for our allotments here", "New fence and gate.", "Another Name", "GB-CHC-1"),
        Asked(5, "Stage lights", "Eight lamps so plays need not end at dusk.", "Gate Allotments"),
    ]
    found = {twin.key: twin.why for twin in twins(one, others)}

    assert found == {2: (Why.TITLE,), 3: (Why.WORDS,), 4: (Why.SAME_GROUP, Why.TITLE)}


def test_twins_are_found_among_ten_thousand():
    words = [f"word{n}" for n in range(900)]
    others = [
        Asked(
            n,
            " ".join(words[(n * 7 + k) % 900] for k in range(5)),
            " ".join(words[(n * k) % 900] for k in range(40)),
            f"Group {n}",
        )
        for n in range(10_000)
    ]
    found = twins(others[77], others)

    assert all(twin.key != 77 for twin in found)
    assert len(found) <= 10


@given(st.text(max_size=40))
def test_no_copied_text_begins_like_a_formula(text):
    assert not inert(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert inert(text).removeprefix("'") == text or inert(text) == text


# --- who sees what -------------------------------------------------------------------------------

db = pytest.mark.django_db


@pytest.fixture
def round(board):
    return make_round(board, title="Winter grants")


@pytest.fixture
def swings(round):
    return shown(round, title="Swings for every age", lead=make_person("lead@example.org"), place="Fenny Hale")


@pytest.fixture
def funder(db):
    return make_funder()


ADDRESSES = ["pipeline", "pipeline_copy", "pipeline_gaps", "pipeline_saved", "pipeline_pots"]


@db
def test_the_pipeline_does_not_exist_for_those_who_may_not_see_it(
    client, swings, resident, stranger, coordinator, other_coordinator, board, next_board
):
    stream = swings.round.stream
    addresses = [reverse(f"funding:{name}") for name in ADDRESSES]
    addresses += [one(swings), reverse("funding:pipeline_offer", args=[stream.pk])]
    posts = [*addresses, reverse("funding:pipeline_sign_in_again")]
    partner = make_role("partner", board)
    no_funder = make_role("partner", board, organisation=Organisation.objects.create(name="Small charity"))
    people = [resident, stranger, coordinator, other_coordinator, partner, no_funder, make_role("member", board)]
    for person in [*people, make_role("chair", board), make_role("evidence_team", None)]:
        client.force_login(person)
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 404, (address, person)
            assert b"Swings" not in answer.content
        for address in posts:
            assert client.post(address, {"step": "pledge", "amount_pence": "5"}).status_code == 404, (address, person)
        assert "Funders together" not in client.get("/me/").content.decode()
    client.logout()
    for address in addresses:
        assert client.get(address).status_code == 302
    assert not Pledge.objects.exists()


@db
def test_funders_staff_and_administrators_see_it_and_their_own_page_leads_there(client, swings, funder, staff):
    for person in (funder, staff, make_role("administrator", None)):
        client.force_login(person)
        assert "Swings for every age" in client.get(PIPELINE).content.decode()
        assert client.get(one(swings)).status_code == 200
        assert PIPELINE in client.get("/me/").content.decode()


@db
def test_drafts_rehearsals_and_what_is_not_shown_are_not_in_it_on_any_path(client, board, swings, funder):
    pending = make_proposal(swings.round, title="Waiting words")
    hidden = shown(swings.round, title="Hidden words")
    Proposal.objects.filter(pk=hidden.pk).update(state="hidden")
    later = make_round(board, title="Not yet")
    drafted = shown(later, title="Drafted words")
    later.activity.is_draft = True
    later.activity.save()
    mock = make_round(board, title="Mock")
    mocked = shown(mock, title="Mocked words")
    mock.rehearses = swings.round
    mock.save()
    client.force_login(funder)
    fresh(client)
    pages = [client.get(PIPELINE), client.get(PIPELINE + "?q=words"), client.get(one(swings))]
    text = "".join(page.content.decode() for page in pages) + "".join(
        part.decode() for part in client.post(reverse("funding:pipeline_copy"), {"query": ""}).streaming_content
    )

    assert "Swings" in text
    eyes = eyes_of(funder)
    for proposal in (pending, hidden, drafted, mocked):
        assert proposal.title not in text
        assert client.get(one(proposal)).status_code == 404
        assert not may_see_in_pipeline(eyes, Proposal.objects.get(pk=proposal.pk))
        with pytest.raises(PipelineRefused):
            mark_interest(proposal=proposal, funder=funder_of(funder), words="x", seen_by="group", by=funder, now=NOW)
        with pytest.raises(PipelineRefused):
            pledge(proposal=proposal, funder=funder_of(funder), amount_pence=1, conditions="", by=funder, now=NOW)
    assert not Message.objects.filter(key__startswith="funder").exists()


@db
def test_a_funder_of_one_board_sees_that_board_only(client, swings, next_board):
    theirs = shown(make_round(next_board), title="Marsh boats")
    person = make_funder("Marsh Fund", board=next_board)
    client.force_login(person)
    page = client.get(PIPELINE).content.decode()

    assert "Marsh boats" in page
    assert "Swings for every age" not in page
    assert client.get(one(swings)).status_code == 404
    assert client.get(reverse("funding:pipeline_offer", args=[swings.round.stream_id])).status_code == 404
    assert set(proposals_seen(eyes_of(person))) == {theirs}
    with pytest.raises(PipelineRefused):
        pledge(proposal=swings, funder=funder_of(person), amount_pence=1, conditions="", by=person, now=NOW)
    with pytest.raises(PipelineRefused):
        offer(stream=swings.round.stream, funder=funder_of(person), amount_pence=1, conditions="", by=person, now=NOW)


@db
def test_nobody_speaks_for_anothers_funder(swings, funder, staff):
    other = make_funder("Vale Trust")
    for person in (other, staff):
        with pytest.raises(PipelineRefused, match="speak for"):
            pledge(proposal=swings, funder=funder_of(funder), amount_pence=1, conditions="", by=person, now=NOW)
        with pytest.raises(PipelineRefused, match="speak for"):
            take_back_interest(proposal=swings, funder=funder_of(funder), by=person)


# --- the list ------------------------------------------------------------------------------------


@db
def test_filters_narrow_by_board_theme_need_place_stage_amount_and_words(client, board, next_board, swings, funder):
    theme = Theme.objects.create(code="PLAY", label="Play")
    under = Theme.objects.create(code="PLAY-1", label="Outdoor play", parent=theme)
    need = make_need(board, "Somewhere to play", theme=under)
    swings.needs.add(need)
    boats = shown(
        make_round(next_board, title="Marsh round"), title="Boats", cost_pence=50_00, summary="Rowing lessons"
    )
    client.force_login(funder)
    with time_machine.travel(OPENS, tick=False):
        for query, there in (
            ("", {"Swings for every age", "Boats"}),
            (f"board={board.slug}", {"Swings for every age"}),
            ("theme=PLAY", {"Swings for every age"}),
            ("theme=PLAY-1", {"Swings for every age"}),
            (f"need={need.slug}", {"Swings for every age"}),
            ("place=fenny", {"Swings for every age"}),
            ("stage=proposals", {"Swings for every age", "Boats"}),
            ("stage=voting", set()),
            ("most=100", {"Boats"}),
            ("least=100", {"Swings for every age"}),
            ("q=ROWING", {"Boats"}),
            ("q=castle+swings", {"Swings for every age"}),
            ("least=lots", {"Swings for every age", "Boats"}),
        ):
            page = client.get(PIPELINE + "?" + query).content.decode()
            found = {title for title in ("Swings for every age", "Boats") if f'dir="auto">{title}</a>' in page}
            assert found == there, query
        listed = [
            p.title
            for p in pipeline_queries.pipeline(eyes_of(funder), pipeline_queries.Wanted(sort="smallest"), now=OPENS)
        ]
    assert listed == [boats.title, swings.title]


@db
@pytest.mark.parametrize(
    "odd", ["page=abc", "page=-1", "q=%22%27", "sort=__class__", "stage=draft", "board=..", "least=1e9", "q=" + "9" * 5000,
            "theme=%F0%9F%92%A9", "most=" + "9" * 300]
)  # fmt: skip
def test_no_odd_question_breaks_the_list(client, swings, funder, odd):
    client.force_login(funder)
    assert client.get(PIPELINE + "?" + odd).status_code == 200


@db
@pytest.mark.parametrize("rows", [10, 1200])
def test_the_pages_ask_ten_queries_or_fewer_however_many_rows(
    client, board, funder, rows, django_assert_max_num_queries
):
    round = make_round(board, title="Many")
    need = make_need(board)
    first = shown(round, title="First of many")
    many = Proposal.objects.bulk_create(
        Proposal(
            round=round, title=f"Proposal {n}", slug=f"p{n}", group=f"Group {n}", summary=f"Words {n}", who_benefits="All",
            cost_pence=100_00, reference=f"R{n:08}", sent_on=timezone.localdate(), state="shown",
        )
        for n in range(rows)
    )  # fmt: skip
    Proposal.needs.through.objects.bulk_create(Proposal.needs.through(proposal=each, need=need) for each in many)
    SharedCost.objects.bulk_create(SharedCost(proposal=each, asked_pence=100_00, board_pence=1) for each in many)
    client.force_login(funder)
    fresh(client)
    for address in (
        PIPELINE, PIPELINE + f"?board={board.slug}&q=proposal&place=x", PIPELINE + "?stage=voting",
        reverse("funding:pipeline_gaps"), reverse("funding:pipeline_pots"), reverse("funding:pipeline_saved"),
        reverse("funding:pipeline_copy"),
    ):  # fmt: skip
        client.get(address)
        with django_assert_max_num_queries(10):
            page = client.get(address)
        assert len(page.content) < 100_000, address
    with django_assert_max_num_queries(10):
        assert client.get(one(first)).status_code == 200


# --- a copy --------------------------------------------------------------------------------------


def fresh(client):
    session = client.session
    user = session["_auth_user_id"]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = user
    session.save()


@db
def test_a_copy_needs_a_fresh_sign_in_is_inert_and_is_logged(client, round, swings, funder):
    Proposal.objects.filter(pk=swings.pk).update(title='=HYPERLINK("x")', group="@group", place="+1")
    client.force_login(funder)
    address = reverse("funding:pipeline_copy")
    for answer in (client.get(address), client.post(address, {"query": ""})):
        assert "Sign in again" in answer.content.decode()
    assert not ModelLogEntry.objects.filter(action="funding.copy_pipeline").exists()
    leaves = client.post(reverse("funding:pipeline_sign_in_again"), {"query": "q=swings"})
    assert leaves["Location"] == "/account/login/?next=%2Fpipeline%2Fcopy%2F%3Fq%3Dswings"
    assert "_auth_user_id" not in client.session

    client.force_login(funder)
    fresh(client)
    answer = client.post(address, {"query": "sort=title"})
    text = b"".join(answer.streaming_content).decode()
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["title"], row["group"], row["place"]) == ('\'=HYPERLINK("x")', "'@group", "'+1")
    assert row["asked_pence"] == "40000"
    assert "lead@example.org" not in text
    assert ModelLogEntry.objects.get(action="funding.copy_pipeline").data == {"query": "sort=title", "rows": 1}


@db
def test_a_sign_in_of_a_while_ago_is_not_fresh(client, swings, funder):
    client.force_login(funder)
    fresh(client)
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=16), tick=False):
        assert "Sign in again" in client.post(reverse("funding:pipeline_copy")).content.decode()


@db
def test_a_way_of_looking_is_kept_as_a_link_for_its_owner(client, swings, funder):
    client.force_login(funder)
    saved = reverse("funding:pipeline_saved")
    for _ in range(2):
        client.post(saved, {"name": "Big ones", "query": "least=1000&sort=largest&evil=%3Cscript%3E&page=9"})
    [kept] = SavedFilter.objects.all()
    assert kept.query == "least=1000&sort=largest"
    assert "?least=1000&amp;sort=largest" in client.get(saved).content.decode()
    client.force_login(make_funder("Vale Trust"))
    assert "Big ones" not in client.get(saved).content.decode()
    client.post(saved, {"remove": kept.pk})
    assert SavedFilter.objects.exists()


# --- interest and contact ------------------------------------------------------------------------


@db
def test_an_interest_is_for_funders_alone_or_also_for_the_group_as_the_funder_wants(
    client, swings, funder, coordinator
):
    said = {"proposal": swings, "funder": funder_of(funder), "by": funder, "now": NOW}
    mark_interest(**said, words="Between us only", seen_by="funders")
    client.force_login(swings.lead)
    assert "Between us only" not in client.get(swings.get_absolute_url()).content.decode()
    assert not Message.objects.filter(to=swings.lead, key__startswith="funder").exists()
    client.force_login(coordinator)
    desk = reverse("funding_desk:proposal_funders", args=[swings.pk])
    assert "Between us only" in client.get(desk).content.decode()
    client.force_login(make_funder("Vale Trust"))
    assert "Between us only" in client.get(one(swings)).content.decode()

    mark_interest(**said, words="Tell them we like it", seen_by="group")
    assert FunderInterest.objects.count() == 1
    assert "Tell them we like it" in Message.objects.get(to=swings.lead, key__startswith="funder").body
    client.force_login(swings.lead)
    assert "Tell them we like it" in client.get(swings.get_absolute_url()).content.decode()
    client.logout()
    assert "Tell them we like it" not in client.get(swings.get_absolute_url()).content.decode()


@db
def test_a_groups_address_shows_to_funders_only_once_the_group_agreed(client, swings, funder, stranger):
    client.force_login(funder)
    assert "lead@example.org" not in client.get(one(swings)).content.decode()
    contact = swings.round.address("contact", swings.slug)
    assert client.post(contact, {"agrees": "yes"}).status_code == 404
    with pytest.raises(PipelineRefused):
        share_contact(proposal=swings, agrees=True, by=stranger, now=NOW)
    client.force_login(swings.lead)
    client.post(contact, {"agrees": "yes"})
    client.force_login(funder)
    assert "lead@example.org" in client.get(one(swings)).content.decode()
    client.force_login(swings.lead)
    client.post(contact, {"agrees": "no"})
    client.force_login(funder)
    assert "lead@example.org" not in client.get(one(swings)).content.decode()


# --- sharing a cost ------------------------------------------------------------------------------


@db
def test_pledges_and_the_boards_part_never_come_to_more_than_is_asked(swings, funder, coordinator):
    other = make_funder("Vale Trust")
    set_boards_part(proposal=swings, board_pence=250_00, by=coordinator)
    with pytest.raises(PipelineRefused, match="£150 is still open"):
        pledge(proposal=swings, funder=funder_of(funder), amount_pence=150_01, conditions="", by=funder, now=NOW)
    pledge(proposal=swings, funder=funder_of(funder), amount_pence=100_00, conditions="", by=funder, now=NOW)
    with pytest.raises(PipelineRefused, match="pledged already"):
        pledge(proposal=swings, funder=funder_of(funder), amount_pence=1, conditions="", by=funder, now=NOW)
    with pytest.raises(PipelineRefused, match="more than is asked"):
        set_boards_part(proposal=swings, board_pence=300_01, by=coordinator)
    pledge(proposal=swings, funder=funder_of(other), amount_pence=50_00, conditions="", by=other, now=NOW)

    assert SharedCost.objects.get().left_pence == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        SharedCost.objects.update(pledged_pence=150_01)


@db
def test_a_pledge_is_agreed_by_the_boards_coordinator_and_withdrawn_with_a_reason(
    swings, funder, coordinator, other_coordinator, staff
):
    made = pledge(
        proposal=swings, funder=funder_of(funder), amount_pence=100_00, conditions="Name us", by=funder, now=NOW
    )
    assert Message.objects.filter(to=coordinator, key__startswith="funder-pledge:").count() == 1
    assert not Message.objects.filter(to=other_coordinator).exists()
    for person in (other_coordinator, staff, funder):
        with pytest.raises(PipelineRefused):
            agree_pledge(pledge=made, by=person, now=NOW)
    agree_pledge(pledge=made, by=coordinator, now=NOW)
    with pytest.raises(PipelineRefused):
        agree_pledge(pledge=made, by=coordinator, now=NOW)
    with pytest.raises(PipelineRefused, match="Say why"):
        withdraw_pledge(pledge=made, words="", by=funder, now=NOW)
    withdraw_pledge(pledge=made, words="Our board said no", by=funder, now=NOW)
    with pytest.raises(PipelineRefused):
        withdraw_pledge(pledge=made, words="Again", by=funder, now=NOW)

    assert SharedCost.objects.get().pledged_pence == 0
    actions = list(
        ModelLogEntry.objects.filter(action__contains="pledge").order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["funding.pledge", "funding.agree_pledge", "funding.withdraw_pledge"]


@db
def test_equal_posts_of_one_pledge_make_one(client, swings, funder):
    client.force_login(funder)
    token = str(uuid4())
    sent = {"step": "pledge", "amount_pence": "100", "form_token": token}
    for _ in range(10):
        assert client.post(one(swings), sent).status_code == 302
    assert Pledge.objects.count() == 1
    assert "another sum" in client.post(one(swings), {**sent, "amount_pence": "90"}).content.decode()
    client.post(one(swings), {"step": "withdraw", "words": ""})
    assert Pledge.objects.get().state == Pledge.State.WITHDRAWN
    assert "There is a problem" in client.post(one(swings), {"step": "pledge", "amount_pence": "x"}).content.decode()
    client.post(one(swings), {"step": "interest", "words": "We like it", "seen_by": "funders"})
    assert FunderInterest.objects.count() == 1
    client.post(one(swings), {"step": "interest_off"})
    assert not FunderInterest.objects.exists()


# --- offers --------------------------------------------------------------------------------------


@db
def test_an_offer_is_in_the_pot_only_once_the_council_takes_it_in(board, funder, coordinator, other_coordinator):
    stream = make_stream(
        board=board, year_starts_on=OPENS.date().replace(month=4, day=1), name="Sport", allocated_pence=0, cap_pence=None,
        by=None, on=OPENS.date(),
    )  # fmt: skip
    made = offer(
        stream=stream, funder=funder_of(funder), amount_pence=500_00, conditions="For sport only", by=funder, now=NOW
    )
    stream.refresh_from_db()
    assert stream.allocated_pence == 0
    with pytest.raises(PipelineRefused):
        answer_offer(offer=made, take_in=True, words="", by=other_coordinator, now=NOW)
    answer_offer(offer=made, take_in=True, words="", by=coordinator, now=NOW)
    for again in (
        lambda: answer_offer(offer=made, take_in=True, words="", by=coordinator, now=NOW),
        lambda: withdraw_offer(offer=made, by=funder, now=NOW),
    ):
        with pytest.raises(PipelineRefused, match="answered or withdrawn"):
            again()

    stream.refresh_from_db()
    assert stream.allocated_pence == 500_00
    assert Contribution.objects.get().organisation == "Moor Fund"
    assert LedgerEntry.objects.get().amount_pence == 500_00
    assert Message.objects.filter(to=funder, key__startswith="funder-offer").count() == 1


@db
def test_the_pages_of_offers_work_from_both_doors(client, board, funder, coordinator, other_coordinator):
    stream = make_stream(
        board=board, year_starts_on=timezone.localdate().replace(month=1, day=1), name="Sport", allocated_pence=1,
        cap_pence=None, by=None, on=timezone.localdate(),
    )  # fmt: skip
    client.force_login(funder)
    address = reverse("funding:pipeline_offer", args=[stream.pk])
    assert "Sport" in client.get(reverse("funding:pipeline_pots")).content.decode()
    assert "There is a problem" in client.post(address, {"amount_pence": "-1"}).content.decode()
    for amount in ("500", "20"):
        client.post(address, {"amount_pence": amount, "conditions": "Sport", "form_token": str(uuid4())})
    second, first = Offer.objects.all()
    client.post(reverse("funding:pipeline_pots"), {"offer": second.pk})
    second.refresh_from_db()
    assert second.state == Offer.State.WITHDRAWN

    answer = reverse("funding_desk:answer_offer", args=[first.pk])
    client.force_login(other_coordinator)
    assert client.get(answer).status_code == client.post(answer, {"take_in": "yes"}).status_code == 404
    assert "Moor Fund" not in client.get(reverse("funding_desk:offers")).content.decode()
    client.force_login(coordinator)
    assert "Moor Fund" in client.get(reverse("funding_desk:offers")).content.decode()
    assert "Say why" in client.post(answer, {"take_in": "no"}).content.decode()
    client.post(answer, {"take_in": "no", "words": "Not this year"})
    client.force_login(funder)
    assert "Not this year" in client.get(reverse("funding:pipeline_pots")).content.decode()


@db
def test_the_database_holds_no_offer_taken_in_without_its_ledger(board, funder):
    stream = make_round(board).stream
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.create(
            stream=stream, funder=funder_of(funder), amount_pence=1, state="taken_in", offered_at=NOW, by=funder
        )


# --- the desk ------------------------------------------------------------------------------------


@db
def test_the_desk_of_pledges_is_the_boards_own(client, swings, funder, coordinator, other_coordinator, staff):
    made = pledge(proposal=swings, funder=funder_of(funder), amount_pence=100_00, conditions="", by=funder, now=NOW)
    page, agree = (
        reverse("funding_desk:proposal_funders", args=[swings.pk]),
        reverse("funding_desk:agree_pledge", args=[made.pk]),
    )
    client.force_login(other_coordinator)
    for answer in (client.get(page), client.post(page, {"board_pence": "1"}), client.post(agree)):
        assert answer.status_code == 404
    client.force_login(coordinator)
    assert "more than is asked" in client.post(page, {"board_pence": "301"}).content.decode()
    client.post(page, {"board_pence": "300"})
    client.post(agree)
    made.refresh_from_db()
    assert made.state == Pledge.State.AGREED
    assert SharedCost.objects.get().left_pence == 0


@db
def test_only_who_sets_every_pot_says_who_funds(client, coordinator, staff, funder, swings):
    organisation = Organisation.objects.create(name="Vale Trust")
    address = reverse("funding_desk:funders")
    client.force_login(coordinator)
    assert client.get(address).status_code == 404
    with pytest.raises(PipelineRefused):
        name_funder(organisation=organisation, by=coordinator, on=NOW.date())
    client.force_login(staff)
    client.post(address, {"organisation": organisation.pk})
    named = Funder.objects.get(organisation=organisation)
    client.post(address, {"end": named.pk})
    assert not Funder.objects.filter(organisation=organisation).exists()
    pledge(proposal=swings, funder=funder_of(funder), amount_pence=1, conditions="", by=funder, now=NOW)
    with pytest.raises(PipelineRefused, match="promised"):
        end_funder(funder=funder_of(funder), by=staff)


# --- twins and gaps ------------------------------------------------------------------------------


@db
def test_twins_across_boards_and_years_show_only_what_one_may_see(client, swings, next_board, funder):
    twin = shown(make_round(next_board, title="Marsh round"), title="Swings for every age, please")
    make_proposal(swings.round, title="Swings for every age again")
    client.force_login(funder)
    page = client.get(one(swings)).content.decode()

    assert twin.reference in page
    assert "Nearly the same title" in page
    assert "age again" not in page
    local = make_funder("Town Fund", board=swings.round.board)
    client.force_login(local)
    assert twin.reference not in client.get(one(swings)).content.decode()


@db
def test_gaps_are_needs_with_voices_and_no_proposal_and_places_with_no_money(
    client, board, swings, funder, coordinator
):
    ward = board.areas.wards()[0]
    lonely, answered, silent = make_need(board, "A warm room"), make_need(board, "A swing"), make_need(board, "A moat")
    for need in (lonely, answered):
        record(
            board=board, text="We need it.", how="group", heard_on=timezone.localdate(), voices=7, scopes=["evidence"],
            now=timezone.now(), by=coordinator, where=ward, bears_on=[Bearing(need, "supports", "They say so.")],
        )  # fmt: skip
    swings.needs.add(answered)
    client.force_login(funder)
    page = client.get(reverse("funding:pipeline_gaps")).content.decode()

    assert lonely.title in page
    assert "7 voices" in page
    assert answered.title not in page
    assert silent.title not in page
    assert [(place.ward, place.voices) for place in pipeline_queries.places_without_money(eyes_of(funder))] == [
        (ward.name, 14)
    ]


@db
def test_few_voices_in_a_place_are_not_published(board, funder, coordinator):
    record(
        board=board, text="We need it.", how="group", heard_on=timezone.localdate(), voices=3, scopes=["evidence"],
        now=timezone.now(), by=coordinator, where=board.areas.wards()[0],
        bears_on=[Bearing(make_need(board), "supports", "They say so.")],
    )  # fmt: skip
    [place] = pipeline_queries.places_without_money(eyes_of(funder))
    assert place.voices is None
