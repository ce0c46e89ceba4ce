"""One small town with something in every room, for tests that walk every address."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from boards.people.models import Membership, Organisation, Person
from boards.places.models import Board
from cms.actions import set_up_board_pages
from cms.models import NewsListPage, NewsPage
from engagement.activities.models import Spot
from engagement.conversations.actions.results import work_out
from engagement.evidence.actions.recording import Bearing, record, tell_us
from engagement.funding.actions.awards import award_round
from engagement.funding.actions.offers import accept, offer
from engagement.funding.actions.payments import keep_evidence
from engagement.funding.models import Award, Draft, EvidenceFile, FundingRound, Paper
from engagement.ideas.models import Idea, IdeasCall
from engagement.moderation.models import Decision
from engagement.outcomes.models import Loop
from engagement.surveys.models import Words
from engagement.surveys.queries import code_digest
from tests.conversations.factories import make_answers, make_conversation, make_statement, two_camps
from tests.factories import make_activity, make_board, make_need, make_person, make_postcode, make_role
from tests.funding.factories import dates_around, make_counted, make_proposal, make_round, make_vote
from tests.funding.panel_factories import make_funder, make_panel
from tests.polls.factories import make_poll
from tests.surveys.factories import make_response, make_survey


@dataclass
class Town:
    board: Board
    next_board: Board
    people: dict[str, Person | None]
    words: dict[str, str] = field(default_factory=dict)
    """What each part of an address may be: the names the address patterns use."""
    hidden: list[str] = field(default_factory=list)
    """Addresses of this board that only its officers (or the writer) may open."""
    more: list[str] = field(default_factory=list)
    """Further addresses of the same kinds of page, in other states, where a test has made some."""


def make_group(resident: Person, round: FundingRound, now: datetime) -> tuple[Organisation, Draft, Paper]:
    """Give a group the resident acts for, with a form on its way and a paper that is a file."""
    group = Organisation.objects.create(name="Fenny Hale Wheels")
    Membership.objects.create(organisation=group, person=resident, joined_on=timezone.localdate(now))
    draft = Draft.objects.create(
        round=round,
        organisation=group,
        started_by=resident,
        edited_at=now,
        answers={"project": {"title": ["Pending words of a form"]}},
    )
    paper = Paper(organisation=group, kind="accounts", dated_on=timezone.localdate(now), added_at=now)
    paper.file_name, paper.file_type = "accounts.pdf", "application/pdf"
    paper.file.save("x", ContentFile(b"%PDF-1.7 Pending words %%EOF"), save=False)
    paper.save()
    return group, draft, paper


def make_grant(board: Board, lead: Person, officer: Person, now: datetime) -> tuple[Award, EvidenceFile]:
    """Give a grant that the resident's group has accepted, and a receipt it sent."""
    round = make_round(board, title="Winter grants", costs=(300_00,), **dates_around(now, "to_count"))
    round.proposals.update(lead=lead)
    make_vote(round, 1, now=round.voting_opens_at + timedelta(minutes=1))
    make_counted(round)
    [award] = award_round(round=round, words="Board, item 4", by=officer, now=now)
    award = Award.objects.get(pk=award.pk)
    offer(award=award, answer_by=timezone.localdate(now), by=officer, now=now)
    accept(award=award, by=lead, now=now)
    pdf = SimpleUploadedFile("receipt.pdf", b"%PDF-1.4\n%%EOF\n")
    return award, keep_evidence(award=award, upload=pdf, by=lead, now=now)


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
        "funder": make_funder(email="funder@example.org"),
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
    survey = make_survey(board, title="The park and you")
    draft_survey = make_survey(board, title="A draft poll of many questions", is_draft=True)
    answered = make_response(survey, {"uses": "no", "wish": "Pending words of an answer"})
    answered.code_digest = code_digest("0123456789AB")
    answered.save()
    Words.objects.create(
        survey=survey,
        response=answered,
        question="wish",
        label="What should change?",
        text="Pending words of an answer",
    )
    poll.activity.needs.add(need)
    spot = Spot.objects.create(activity=poll.activity, name="The bus station")
    wall = make_activity(board, "ideas", "Worth staying for")
    call = IdeasCall.objects.create(activity=wall, question="What would make it worth staying?")
    shown = Idea.objects.create(
        call=call, title="A bench", slug="a-bench", text="By the ford.", state="shown", author=resident
    )
    waiting = Idea.objects.create(
        call=call, title="Pending words", slug="pending", text="Not read yet.", author=resident
    )
    conversation = make_conversation(board, "What should the high street be?", statements=8, results_show="always")
    make_answers(conversation, two_camps(30, 8))
    work_out(conversation, now=now)
    said = make_statement(conversation, "Pending words of a statement", author=resident, state="pending")
    draft_conversation = make_conversation(board, "A draft poll in statements", is_draft=True)
    gone = Idea.objects.create(
        call=call, title="Pending words that are hidden", slug="hidden", text="Read.", author=resident, state="hidden"
    )
    decision = Decision.objects.create(
        about=gone, board=board, by=coordinator, was="pending", became="hidden", reason="off_topic", words="Elsewhere.",
        decided_at=now,
    )  # fmt: skip
    voting = make_round(board, title="Spring grants", costs=(400_00, 300_00, 200_00), **dates_around(now, "voting"))
    counted = make_round(board, title="Autumn grants", costs=(400_00, 300_00), **dates_around(now, "to_count"))
    make_vote(counted, 1, person=resident, now=counted.voting_opens_at + timedelta(minutes=1))
    make_counted(counted)
    granted, receipt = make_grant(board, resident, coordinator, now)
    proposal = voting.proposals.on_ballot()[0]
    partner = people["partner"]
    assert partner is not None
    make_panel(voting, people=[partner])
    hidden_proposal = make_proposal(voting, title="Not read yet")
    group, form, paper = make_group(resident, voting, now)
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
        "funding:pipeline_one:reference": proposal.reference,
        "funding:pipeline_offer:pk": str(voting.stream_id),
        "funding:short:pk": str(voting.pk),
        "funding:slug": voting.activity.slug,
        "group_slug": group.slug,
        "key": str(form.key),
        "funding:paper:key": str(paper.key),
        "part": "outcome",
        **{
            f"funding:{name}:{part}": word
            for name in (
                "grant",
                "answer",
                "send_file",
                "evidence_file",
                "report",
                "report_picture",
                "picture_out",
                "lasting",
            )
            for part, word in (("slug", granted.proposal.round.slug), ("proposal_slug", granted.proposal.slug))
        },
        "funding:evidence_file:key": str(receipt.key),
        "funding:pk": "1",
        "funding:months": "3",
        "outcomes:loop:slug": loop.slug,
        "evidence:told:reference": sent.reference,
        "evidence:withdraw:reference": evidence.reference,
        "ideas:sent:reference": shown.reference,
        "ideas:pk": "1",
        "conversations:slug": conversation.activity.slug,
        "conversations:sent:reference": said.reference.lower(),
        "moderation:object:pk": str(decision.pk),
        "moderation:report:kind": "idea",
        "moderation:report:key": str(shown.pk),
        "moderation:reported:reference": "no-such-one",
        "polls:thanks:reference": "no-such-one",
        "surveys:slug": survey.activity.slug,
        "surveys:page_id": "p1",
        "surveys:thanks:reference": answered.reference,
        "surveys:file:public_id": "no-such-one",
        "code": "0123-4567-89AB",
        "polls:picture:shape": "link",
        "polls:kiosk_start:code": "no-such-one",
        "activities:short:code": spot.code,
        "polls:take_back:reference": "no-such-one",
        "funding:objected:reference": "no-such-one",
        "funding:drill:token": "no-such-one",
    }
    town.hidden = [
        draft.activity.get_absolute_url(),
        draft_survey.get_absolute_url(),
        draft_conversation.get_absolute_url(),
        waiting.get_absolute_url(),
        gone.get_absolute_url(),
        hidden_proposal.get_absolute_url(),
        secret.get_absolute_url(),
        form.get_absolute_url(),
    ]
    return town
