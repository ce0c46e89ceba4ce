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
from engagement.funding.models.money import Contribution, LedgerEntry, Pot, Stream
from engagement.funding.models.rounds import CostLine, FundingRound, Proposal
from engagement.funding.models.voting import Ballot, Count, Envelope, LotsDrawn, RollEntry

__all__ = [
    "Award",
    "Ballot",
    "Contribution",
    "CostLine",
    "Count",
    "Envelope",
    "EvidenceFile",
    "FundingRound",
    "Lasting",
    "LedgerEntry",
    "LotsDrawn",
    "OfferTemplate",
    "Payment",
    "Pot",
    "Proposal",
    "Report",
    "ReportPicture",
    "RollEntry",
    "Stream",
    "Variation",
]
