"""Tables: the money, the rounds with their proposals, the vote and its count, what came of it."""

from engagement.funding.models.awards import (
    Award,
    EvidenceFile,
    Lasting,
    OfferTemplate,
    Payment,
    Report,
    ReportPicture,
    Variation,
)
from engagement.funding.models.drafts import Draft
from engagement.funding.models.groups import Host, Paper
from engagement.funding.models.money import Contribution, LedgerEntry, Pot, Stream
from engagement.funding.models.moving import Amendment, MoveTold, Objection
from engagement.funding.models.plans import Match, Plan
from engagement.funding.models.rounds import CostLine, FundingRound, Proposal
from engagement.funding.models.talk import Question
from engagement.funding.models.voting import Ballot, Count, Envelope, LotsDrawn, RollEntry

__all__ = [
    "Amendment",
    "Award",
    "Ballot",
    "Contribution",
    "CostLine",
    "Count",
    "Draft",
    "Envelope",
    "EvidenceFile",
    "FundingRound",
    "Host",
    "Lasting",
    "LedgerEntry",
    "LotsDrawn",
    "Match",
    "MoveTold",
    "Objection",
    "OfferTemplate",
    "Paper",
    "Payment",
    "Plan",
    "Pot",
    "Proposal",
    "Question",
    "Report",
    "ReportPicture",
    "RollEntry",
    "Stream",
    "Variation",
]
