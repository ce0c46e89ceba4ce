"""One small town with something in every room, for tests that walk every address."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from boards.people.models import Person
from boards.places.models import Board
from cms.actions import set_up_board_pages
from cms.models import NewsListPage, NewsPage
from engagement.evidence.actions.recording import Bearing, record, tell_us
from engagement.ideas.models import Idea, IdeasCall
from engagement.outcomes.models import Loop
from tests.factories import make_activity, make_board, make_need, make_person, make_postcode, make_role
from tests.funding.factories import dates_around, make_counted, make_proposal, make_round, make_vote
from tests.polls.factories import make_poll


@dataclass
class Town:
    board: Board
    next_board: Board
    people: dict[str, Person | None]
    words: dict[str, str] = field(default_factory=dict)
    """What each part of an address may be: the names the address patterns use."""
    hidden: list[str] = field(default_factory=list)
    """Addresses of this board that only its officers (or the writer) may open."""


def make_town() -> Town:
    board, next_board = make_board("Thornbridge Town"), make_board("Mere and Marsh", wards=("Dunmarsh",))
    make_postcode("XX1 1AA", board)
    page = set_up_board_pages(board)
    set_up_board_pages(next_board)
    story = NewsPage(title="The clock is mended", slug="clock", intro="It strikes again.")
    NewsListPage.objects.child_of(page).get().add_child(instance=story)
    resident = make_person("resident@example.org", stands_in=board)
    people: dict[str, Person | None] = {
        "anonymous": None,
        "resident": resident,
        "neighbour": make_person("neighbour@example.org", stands_in=next_board),
        "coordinator": make_role("coordinator", board, email="coordinator@example.org"),
        "other coordinator": make_role("coordinator", next_board, email="other@example.org"),
        "chair": make_role("chair", board, email="chair@example.org"),
        "partner": make_role("partner", None, email="partner@example.org"),
        "evidence team": make_role("evidence_team", None, email="evidence@example.org"),
        "staff": make_role("staff", None, email="staff@example.org"),
        "administrator": make_role("administrator", None, email="administrator@example.org"),
    }
    coordinator = people["coordinator"]
    assert coordinator is not None
    now = datetime.now(UTC)
    need = make_need(board, "Somewhere to meet")
    evidence, _code = record(
        board=board, text="There is nowhere warm after four.", how="group", heard_on=timezone.localdate(), voices=7,
        scopes=["evidence", "quote", "contact"], now=now, by=coordinator, contact=resident,
        bears_on=[Bearing(need, "supports", "They have nowhere to go.")],
    )  # fmt: skip
    sent = tell_us(board=board, text="Pending words of mine", scopes=["evidence"], now=now, where=None, person=None)
    poll = make_poll(board, title="First bus")
    draft = make_poll(board, title="A draft poll", is_draft=True)
    poll.activity.needs.add(need)
    wall = make_activity(board, "ideas", "Worth staying for")
    call = IdeasCall.objects.create(activity=wall, question="What would make it worth staying?")
    shown = Idea.objects.create(
        call=call, title="A bench", slug="a-bench", text="By the ford.", state="shown", author=resident
    )
    waiting = Idea.objects.create(
        call=call, title="Pending words", slug="pending", text="Not read yet.", author=resident
    )
    voting = make_round(board, title="Spring grants", costs=(400_00, 300_00, 200_00), **dates_around(now, "voting"))
    counted = make_round(board, title="Autumn grants", costs=(400_00, 300_00), **dates_around(now, "to_count"))
    make_vote(counted, 1, person=resident, now=counted.voting_opens_at + timedelta(minutes=1))
    make_counted(counted)
    proposal = voting.proposals.on_ballot()[0]
    hidden_proposal = make_proposal(voting, title="Not read yet")
    loop = Loop.objects.create(
        board=board, title="A room after four", slug="a-room", asked="Where?", said="Warm.", did="The old library.",
        published_at=now,
    )  # fmt: skip
    loop.needs.add(need)
    secret = Loop.objects.create(board=board, title="Not out yet", slug="secret", asked="?", said="?", did="?")
    town = Town(board, next_board, people)
    town.words = {
        "board_slug": board.slug,
        "story_slug": story.slug,
        "poll_slug": poll.activity.slug,
        "call_slug": wall.slug,
        "idea_slug": shown.slug,
        "proposal_slug": proposal.slug,
        "evidence:need:slug": need.slug,
        "funding:slug": voting.activity.slug,
        "outcomes:loop:slug": loop.slug,
        "evidence:told:reference": sent.reference,
        "evidence:withdraw:reference": evidence.reference,
        "ideas:sent:reference": shown.reference,
        "polls:thanks:reference": "no-such-one",
        "funding:drill:token": "no-such-one",
    }
    town.hidden = [
        draft.activity.get_absolute_url(),
        waiting.get_absolute_url(),
        hidden_proposal.get_absolute_url(),
        secret.get_absolute_url(),
    ]
    return town
