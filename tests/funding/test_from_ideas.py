"""From an idea to a proposal: what comes along, who may carry it, and the way back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from engagement.funding.models import Draft, Proposal
from engagement.ideas.models import CoAuthor
from engagement.moderation.actions import decide
from engagement.notifications.models import Message
from tests.factories import make_need, make_person
from tests.funding.factories import dates_around, make_round
from tests.ideas.factories import make_call, make_idea


@pytest.fixture
def round(board, now):
    return make_round(board, costs=(), **dates_around(now, "proposals"))


@pytest.fixture
def idea(board, stranger):
    need = make_need(board)
    ward = board.areas.wards()[0]
    return make_idea(
        make_call(board), "Benches by the river", author=stranger, text="Somewhere to sit.", need=need, place=ward,
        who_it_helps="People who tire.",
    )  # fmt: skip


def filled(idea, **more: str) -> dict[str, object]:
    return {
        "title": idea.title, "summary": idea.text, "who_benefits": idea.who_it_helps, "place": "By the ford",
        "what_1": "Two benches", "cost_1": "800", "group": "Friends of the Ford", "kind": "none", "org_id": "",
        "needs": [idea.need.pk], "from_idea": idea.reference, "form_token": str(uuid4()), "step": "send", **more,
    }  # fmt: skip


def test_its_writers_alone_are_shown_the_rounds_that_take_proposals(client, round, idea, stranger):
    way = f"{round.address('propose')}?idea={idea.reference}"
    assert way not in client.get(idea.get_absolute_url()).content.decode()
    client.force_login(stranger)
    assert way in client.get(idea.get_absolute_url()).content.decode()


def test_its_words_place_and_need_come_along(client, round, idea, stranger):
    client.force_login(stranger)
    page = client.get(f"{round.address('propose')}?idea={idea.reference}")
    begins = page.context["form"].initial
    assert (begins["title"], begins["summary"], begins["who_benefits"]) == (idea.title, idea.text, idea.who_it_helps)
    assert str(idea.place) in begins["place"]
    assert begins["needs"] == [idea.need.pk]


def test_both_pages_show_the_way_once_the_proposal_is_read(client, round, idea, stranger, coordinator, now):
    client.force_login(stranger)
    answer = client.post(round.address("propose"), filled(idea))
    assert answer.status_code == 302
    proposal = Proposal.objects.get()
    assert proposal.from_idea == idea
    assert proposal.get_absolute_url() not in Client().get(idea.get_absolute_url()).content.decode()

    decide(item=proposal, to="shown", reason="fine", by=coordinator, now=now)

    anyone = Client()
    assert proposal.get_absolute_url() in anyone.get(idea.get_absolute_url()).content.decode()
    assert idea.get_absolute_url() in anyone.get(proposal.get_absolute_url()).content.decode()


def test_someone_elses_idea_is_not_carried_and_nothing_typed_is_lost(client, round, idea, resident):
    client.force_login(resident)
    page = client.post(round.address("propose"), filled(idea, group="Quick Hands"))
    assert "Only the people who wrote an idea" in page.content.decode()
    assert "Quick Hands" in page.content.decode()
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("state", ["pending", "hidden"])
def test_an_idea_that_is_not_shown_fills_in_nothing(client, round, idea, state):
    idea.state = state
    idea.save()
    page = client.get(f"{round.address('propose')}?idea={idea.reference}").content.decode()
    assert idea.title not in page


def test_a_co_author_is_told_and_may_write_in_the_longer_form(client, round, idea, stranger, now):
    friend = make_person()
    CoAuthor.objects.create(idea=idea, person=friend, invited_at=now, accepted_at=now)
    client.force_login(stranger)
    answer = client.post(round.address("propose"), filled(idea, step="longer"))
    draft = Draft.objects.get()
    assert (answer.status_code, draft.from_idea) == (302, idea)
    other = Client()
    other.force_login(friend)
    assert other.get(draft.get_absolute_url()).status_code == 200

    client.post(round.address("propose"), filled(idea))
    assert Message.objects.filter(to=friend, kind="funding").count() == 1


def test_the_link_survives_the_sign_in(client, round, idea, stranger):
    client.post(round.address("propose"), filled(idea))
    assert not Proposal.objects.exists()
    client.force_login(stranger)
    client.get(round.address("propose_finish"))
    assert Proposal.objects.get().from_idea == idea
