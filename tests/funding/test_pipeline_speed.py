"""Ten thousand proposals: the list, one proposal with its twins, and the gaps stay quick."""

from __future__ import annotations

import time

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.funding.models import Proposal
from tests.funding.factories import make_round
from tests.funding.panel_factories import make_funder

pytestmark = pytest.mark.django_db
WORDS = [
    "swings",
    "tap",
    "lamp",
    "garden",
    "kitchen",
    "boat",
    "bus",
    "evening",
    "young",
    "people",
    "warm",
    "room",
    "path",
    "wheel",
    "ramp",
    "school",
    "club",
    "choir",
    "tree",
    "river",
]


def test_ten_thousand_proposals_are_read_and_compared_within_two_seconds(client, board):
    round = make_round(board)
    Proposal.objects.bulk_create(
        (
            Proposal(
                round=round, title=" ".join(WORDS[(n * k) % 21 % len(WORDS)] for k in range(1, 6)) + f" {n}",
                slug=f"p{n}", group=f"Group {n % 700}",
                summary=" ".join(WORDS[(n * k + k * k) % len(WORDS)] for k in range(1, 41)), who_benefits="All",
                cost_pence=100_00 + n, reference=f"R{n:08}", sent_on=timezone.localdate(), state="shown",
            )
            for n in range(10_000)
        ),
        batch_size=2000,
    )  # fmt: skip
    client.force_login(make_funder())
    one = Proposal.objects.get(reference="R00000077")
    for address in (
        "/pipeline/",
        "/pipeline/?q=garden+choir&sort=largest",
        reverse("funding:pipeline_one", args=[one.reference]),
        "/pipeline/gaps/",
    ):
        client.get(address)
        begun = time.process_time()
        assert client.get(address).status_code == 200
        took = time.process_time() - begun
        assert took < 2, (address, took)
