"""Tables: the money, the rounds with their proposals, the vote and its count, what came of it."""

from engagement.funding.models.assessment import (
    Assessment,
    CriteriaFixed,
    Criterion,
    Interest,
    Panel,
    PanelChoice,
    PanelMember,
    Remark,
    Reopening,
    Score,
)
from engagement.funding.models.awards import Award, Report
from engagement.funding.models.money import Contribution, LedgerEntry, Pot, Stream
from engagement.funding.models.pipeline import (
    ContactAgreed,
    Funder,
    FunderInterest,
    Offer,
    Pledge,
    SavedFilter,
    SharedCost,
)
from engagement.funding.models.rounds import CostLine, FundingRound, Proposal
from engagement.funding.models.voting import Ballot, Count, Envelope, LotsDrawn, RollEntry

__all__ = [
    "Assessment",
    "Award",
    "Ballot",
    "ContactAgreed",
    "Contribution",
    "CostLine",
    "Count",
    "CriteriaFixed",
    "Criterion",
    "Envelope",
    "Funder",
    "FunderInterest",
    "FundingRound",
    "Interest",
    "LedgerEntry",
    "LotsDrawn",
    "Offer",
    "Panel",
    "PanelChoice",
    "PanelMember",
    "Pledge",
    "Pot",
    "Proposal",
    "Remark",
    "Reopening",
    "Report",
    "RollEntry",
    "SavedFilter",
    "Score",
    "SharedCost",
    "Stream",
]
