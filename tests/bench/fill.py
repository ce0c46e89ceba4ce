"""What the benchmark stands on: a board with needs, 1,000 ideas, a poll with 10,000 votes, a survey of 30 questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from random import Random
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection

from boards.people.models import Person, Standing
from boards.places.models import Board
from engagement.activities.models import Activity, Audience, Channel, TakingPart
from engagement.evidence.models import Consent, Evidence, EvidenceLink
from engagement.ideas.models import Idea, IdeasCall
from engagement.polls.models import Choice, Poll, Tally
from engagement.surveys.models import Response, Survey
from tests.factories import make_activity, make_board, make_need
from tests.surveys.everything import answer, forty
from tests.surveys.factories import make_survey

Request = tuple[str, str, bytes, dict[str, str]]
VOTES = 10_000
IDEAS = 1_000


@dataclass
class Filled:
    board: Board
    poll: Poll
    choice: Choice
    call: IdeasCall
    survey: Survey
    pages: dict[str, str]

    def voters(self, count: int, name: str = "bench") -> list[str]:
        """Give the cookies of people who are signed in and whose standing is known."""
        people = [Person(email=f"{name}{at}@example.org") for at in range(count)]
        for person in people:
            person.set_unusable_password()
        people = Person.objects.bulk_create(people)
        Standing.objects.bulk_create([Standing(person=each, board=self.board, reason="lives") for each in people])
        return [signed_in(person) for person in people]

    def posts(self, count: int) -> dict[str, list[Request]]:
        """Votes, ideas and answers of people who are signed in, each someone else."""
        cookies = self.voters(count)
        check = self.survey.address("check")
        vote = self.poll.get_absolute_url() + "vote/"
        propose = self.call.get_absolute_url() + "propose/"
        return {
            "insert one row as an ordinary view, signed in": [
                posted("/yardstick/insert/", cookie, {"one": "row"}) for cookie in cookies
            ],
            "poll vote, signed in, 10,000 before it": [
                posted(vote, cookie, {"choice": self.choice.pk}) for cookie in cookies
            ],
            "idea post, signed in": [
                posted(
                    propose,
                    cookie,
                    {
                        "title": f"A bench by the ford {at}",
                        "text": "Somewhere to sit on the way home from the shops, with a back to it.",
                        "form_token": str(uuid4()),
                        "step": "send",
                    },
                )
                for at, cookie in enumerate(cookies)
            ],
            "survey of 30 questions sent, signed in": [
                posted(check, cookie, {"response": token})
                for cookie, token in zip(cookies, self.filled_in(count), strict=True)
            ],
        }

    def filled_in(self, count: int) -> list[str]:
        """Answers to all pages of the survey, not sent yet: their tokens."""
        random = Random(7)
        asks = self.survey.current.schema
        drafts = Response.objects.bulk_create(
            Response(survey=self.survey, version=self.survey.current, state="draft", answers=answer(asks, random))
            for _ in range(count)
        )
        return [draft.token.hex for draft in drafts]


def posted(path: str, cookie: str, fields: dict[str, object]) -> Request:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    return ("POST", path, urlencode(fields).encode(), headers)


def signed_in(person: Person) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "boards.people.backends.SignInBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def everything() -> Filled:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_row (id bigserial PRIMARY KEY, words text)")
    board = make_board("Thornbridge Town", wards=("Fenny Hale", "Gallowtree", "Harrowby"))
    call_command("set_up_pages", verbosity=0)
    need = make_need(board, "Somewhere warm to meet after four")
    now = datetime.now(UTC)
    said = Evidence.objects.bulk_create(
        [
            Evidence(
                board=board, text=f"There is nowhere to sit, said number {at}.", how="group", heard_on=now.date(),
                voices=1, state="shown", reference=f"BENCH{at:05}",
            )
            for at in range(200)
        ]
    )  # fmt: skip
    Consent.objects.bulk_create(
        [
            Consent(evidence=each, scope=scope, wording="yes", taken_at=now)
            for each in said
            for scope in ("evidence", "quote")
        ]
    )
    EvidenceLink.objects.bulk_create([EvidenceLink(evidence=each, need=need, relation="supports") for each in said])
    activity = make_activity(board, "poll", "First bus", audience=Audience.EMAIL, results_show="always")
    poll = Poll.objects.create(activity=activity, question="When should the first bus leave?")
    choices = [
        Choice.objects.create(poll=poll, text=text, position=at) for at, text in enumerate(["Six", "Seven", "Eight"])
    ]
    Tally.objects.bulk_create([Tally(choice=choice, channel=Channel.WEB, votes=VOTES // 3) for choice in choices])
    voters = Person.objects.bulk_create([Person(email=f"voter{at}@example.org", password="!") for at in range(VOTES)])
    TakingPart.objects.bulk_create([TakingPart(activity=activity, person=voter) for voter in voters], batch_size=1000)
    wall: Activity = make_activity(board, "ideas", "Worth staying for", audience=Audience.EMAIL)
    call = IdeasCall.objects.create(activity=wall, question="What would make it worth staying?")
    Idea.objects.bulk_create(
        [
            Idea(
                call=call, title=f"Idea number {at}", slug=f"idea-{at}", text="A few words about it. " * 8,
                state="shown", sent_at=now - timedelta(minutes=at), author=voters[at],
            )
            for at in range(IDEAS)
        ]
    )  # fmt: skip
    survey = make_survey(board, forty(30), title="Thirty questions", slug="thirty", audience=Audience.EMAIL)
    pages = {
        "home": "/",
        "board page": board.get_absolute_url(),
        "need page": need.get_absolute_url(),
        "poll page": poll.get_absolute_url(),
        "idea list, 1,000 ideas": call.get_absolute_url(),
    }
    return Filled(board, poll, choices[0], call, survey, pages)
