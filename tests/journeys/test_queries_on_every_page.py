"""Every page of the demo, found by its links and by its rows: few questions to the database on each (PROMISES 25)."""

from __future__ import annotations

import re
from collections import Counter, deque
from datetime import UTC, datetime
from html import unescape
from itertools import zip_longest
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import Resolver404, get_resolver, resolve, reverse
from django.utils import timezone

from boards.people.models import Organisation, Person, Role
from boards.places.models import Board
from engagement.evidence.models import Evidence, Need
from engagement.funding.actions.codes import make_codes
from engagement.funding.actions.paper import print_sheets
from engagement.funding.actions.rehearsing import start_rehearsal
from engagement.funding.models import (
    Amendment,
    Award,
    CodeBatch,
    Contribution,
    Envelope,
    Funder,
    FundingRound,
    Hold,
    KeyShare,
    Lasting,
    Objection,
    OddThing,
    Offer,
    PanelMember,
    PaperBatch,
    Payment,
    Pledge,
    Proposal,
    Stream,
    Variation,
    Venue,
)
from engagement.ideas.models import Idea, IdeasCall
from engagement.moderation.models import Decision
from engagement.outcomes.models import Loop
from engagement.polls.models import Poll
from moothall.demo.loader import load

pytestmark = [pytest.mark.django_db, pytest.mark.once]
A_KIND = 2
"""Pages tried of each kind: two boards, two polls, and so on."""


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    var = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), override_settings(VAR=var), transaction.atomic():
        now = datetime.now(UTC)
        load(now=now, say=lambda words: None)
        what_the_demo_has_not(now)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db):
    """The demo, loaded once for this file."""


def what_the_demo_has_not(now):
    """Give the coordinator's own rounds one or two of everything that has a screen and that the demo leaves out."""
    staff, coordinator = (Person.objects.get(email=f"{who}@thornbridge.example") for who in ("staff", "coordinator"))
    round = FundingRound.objects.get(activity__board__slug="thornbridge-town", activity__slug="town-fund")
    # Of boards whose rounds are counted and paid for, too: those stages have screens of their own.
    for slug in ("whitestone-moor", "north-thornbridge", "windle-levels"):
        Role.objects.create(person=coordinator, board=Board.objects.get(slug=slug), kind=Role.Kind.COORDINATOR)
    make_codes(round=round, purpose="Letters", size=30, by=None)
    print_sheets(round=round, purpose="The open day", hand_in="At the desk.", size=20, by=coordinator, now=now)
    start_rehearsal(round=round, by=None, now=now)
    Amendment.objects.create(
        round=round, changes={}, reason="A slip.", proposed_by=staff, proposed_at=now, digest_before="0" * 64
    )
    for place, officer in enumerate((staff, coordinator), 1):
        KeyShare.objects.create(round=round, place=place, officer=officer)
    Venue.objects.create(board=round.board, name="The library", network="network")
    envelopes = list(Envelope.objects.filter(entry__round=round)[:40])
    for at, envelope in enumerate(envelopes):
        envelope.network, envelope.device = f"network {at // 20}", f"device {at // 5}"
        if at % 4 == 0:
            Hold.objects.create(entry=envelope.entry, reason="Many at once.", held_by=coordinator, proposed_by=staff)
    Envelope.objects.bulk_update(envelopes, ["network", "device"])
    for kind in OddThing.Kind:
        OddThing.objects.create(round=round, kind=kind, about="network 1", times=9)
    stream = Stream.objects.filter(pot__board=round.board).first()
    for funder in Funder.objects.all():
        Offer.objects.create(stream=stream, funder=funder, amount_pence=500_00, offered_at=now)
    for award in Award.objects.filter(proposal__round__activity__board__slug="whitestone-moor"):
        Lasting.objects.create(award=award, months=3, lasts="yes", answered_on=now.date())
        Variation.objects.create(award=award, on=now.date(), before_pence=2_00, after_pence=1_00, reason="Cheaper.")


def kind_of(path):
    """Give the view behind an address and the stage of what it shows; Wagtail's pages have one view for all kinds."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.view_name == "wagtail_serve":
        return "page " + re.sub(r"/boards/[^/]+/", "/boards/…/", path)
    if match.app_name == "funding_desk" and "pk" in match.kwargs:
        return f"{match.view_name} {match.kwargs.get('name', '')} {stage_of(match)}"
    return match.view_name


def stage_of(match):
    """Give the stage of a round, the standing of a proposal, the state of an award: each stage has a screen of its own."""
    model = FUNDING_ROWS[match.route.removeprefix("desk/funding/").partition("/")[0]]
    row = model.objects.filter(pk=match.kwargs["pk"]).first()
    if isinstance(row, FundingRound):
        return row.stage(timezone.now()).value
    return getattr(row, "state", "") if not isinstance(row, Proposal) else row.standing


def walk(client, start, *, below="/", but=()):
    """Follow links from `start`; give (kind, address, queries, bytes) of each page, asked twice."""
    waiting, seen, tried, found = deque(start), set(start), Counter(), []
    while waiting:
        path = waiting.popleft()
        kind = kind_of(urlsplit(path).path)
        if kind is None or tried[kind] >= A_KIND:
            continue
        answer = client.get(path)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        tried[kind] += 1
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        found.append((kind, path, len(captured), len(answer.content)))
        # Links, and the desk's menu, which its script makes from data.
        for link in re.findall(r'(?:href="|"url": ")([^"#]+)"', unescape(answer.text)):
            if link.startswith(below) and not link.startswith(("//", *but)) and link not in seen:
                seen.add(link)
                waiting.append(link)
    return found


FUNDING_ROWS = {
    "amendments": Amendment,
    "awards": Award,
    "boards": Board,
    "codes": CodeBatch,
    "contributions": Contribution,
    "lasting": Lasting,
    "objections": Objection,
    "offers": Offer,
    "panel-members": PanelMember,
    "paper": PaperBatch,
    "payments": Payment,
    "pledges": Pledge,
    "proposals": Proposal,
    "rehearsals": FundingRound,
    "rounds": FundingRound,
    "streams": Stream,
}
"""Of which table the row is that an address of the grants desk names, by the address's first word."""

OTHER_ROWS = {
    "evidence_desk": Evidence,
    "needs_desk": Need,
    "organisations_desk": Organisation,
    "outcomes_desk": Loop,
    "polls_desk": Poll,
    "roles_desk": Role,
}
SINGLE_ROWS = {
    "evidence_links": Evidence,
    "evidence_withdraw": Evidence,
    "outcomes_publish": Loop,
    "moderation_desk:undo": Decision,
    "ideas_desk:idea": Idea,
    "ideas_desk:call": IdeasCall,
    "ideas_desk:write_down": IdeasCall,
}
MOST_ROWS = 40


def screens_of_rows():
    """Give the address of every desk screen for rows of its table, the first of each screen before the second of any."""
    rows = {
        name: list(model.objects.order_by("-pk").values_list("pk", flat=True)[:MOST_ROWS])
        for name, model in {**FUNDING_ROWS, **OTHER_ROWS, **SINGLE_ROWS}.items()
    }
    desk = {space: inner for space, (_prefix, inner) in get_resolver().namespace_dict.items()}
    screens = [[reverse(name, args=[pk]) for pk in rows[name]] for name in SINGLE_ROWS]
    for space in OTHER_ROWS:
        for pattern in desk[space].url_patterns:
            if pattern.pattern.converters.keys() == {"pk"}:
                screens.append([reverse(f"{space}:{pattern.name}", args=[pk]) for pk in rows[space]])
    for pattern in desk["funding_desk"].url_patterns:
        if pattern.pattern.converters.keys() == {"pk"}:
            word = str(pattern.pattern).partition("/")[0]
            screens.append([reverse(f"funding_desk:{pattern.name}", args=[pk]) for pk in rows[word]])
    return [path for level in zip_longest(*screens) for path in level if path]


NOT_OURS = ("/desk/pages/", "/desk/images/", "/desk/documents/", "/desk/account/", "/desk/reports/", "/desk/logout")
NOT_PAGES = ("/static/", "/media/", "/desk/", "/account/", "/demo/", "/documents/", "/components/")


def too_many(found, most):
    return [f"{queries} queries: {path} ({kind})" for kind, path, queries, _bytes in found if queries > most]


def test_no_public_page_asks_more_than_ten_questions_or_weighs_more_than_100_kb(demo):
    found = walk(Client(), ["/"], but=NOT_PAGES)

    kinds = {kind for kind, *_ in found}
    assert {"polls:poll", "polls:list", "ideas:idea", "evidence:need", "funding:round", "activities:list"} <= kinds, (
        kinds
    )
    assert not too_many(found, 10)
    assert not [f"{size} bytes: {path}" for _kind, path, _queries, size in found if size > 100_000]


def test_no_public_page_asks_more_than_ten_questions_of_someone_signed_in(demo):
    client = Client()
    client.force_login(Person.objects.get(email="resident@thornbridge.example"))
    assert not too_many(walk(client, ["/", "/me/"], but=NOT_PAGES), 10)


FUNDING_OF_ALL = "round proposals ceremony offers confirm money_in partner contribution move_money take_out"
FUNDING_OF_A_COORDINATOR = (
    "add amend amendment award cancel_codes codes count grant grants key letter move objections odd_things offer_round panel paper "
    "paper_batch paper_sheets proposal proposal_funders rehearsal rehearse roll take_proposal_out"
)
OF_ALL = {
    *(f"funding_desk:{name}" for name in FUNDING_OF_ALL.split()),
    *("evidence_desk:edit", "evidence_desk:history", "evidence_links", "evidence_withdraw", "needs_desk:edit"),
    *("polls_desk:preview", "polls_desk:standing", "ideas_desk:idea", "outcomes_desk:index"),
}
OF_ONE = {
    "coordinator": {
        *(f"funding_desk:{name}" for name in FUNDING_OF_A_COORDINATOR.split()),
        *(f"polls_desk:{name}" for name in ("add", "edit", "history", "usage", "publish", "close", "put_right")),
        *("ideas_desk:call", "ideas_desk:write_down", "moderation_desk:queue", "moderation_desk:decided"),
    },
    "staff": {"funding_desk:funders", *(f"outcomes_desk:{name}" for name in ("add", "edit", "delete", "history"))},
}


@pytest.mark.parametrize("officer", ["coordinator", "staff"])
def test_no_desk_screen_of_ours_asks_more_than_fifteen_questions(demo, officer):
    client = Client()
    client.force_login(Person.objects.get(email=f"{officer}@thornbridge.example"))

    found = walk(client, ["/desk/", *screens_of_rows()], below="/desk/", but=NOT_OURS)

    missed = (OF_ALL | OF_ONE[officer]) - {kind.partition(" ")[0] for kind, *_ in found}
    assert not missed
    assert not too_many(found, 15)
