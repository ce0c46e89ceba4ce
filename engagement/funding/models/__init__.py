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
from engagement.funding.models.codes import CodeBatch, VotingCode
from engagement.funding.models.drafts import Draft
from engagement.funding.models.groups import Host, Paper
from engagement.funding.models.keys import KeyShare, KeyWrap
from engagement.funding.models.money import Contribution, LedgerEntry, Pot, Stream
from engagement.funding.models.moving import Amendment, MoveTold, Objection
from engagement.funding.models.paper import (
    Keying,
    PaperBatch,
    PaperMark,
    PaperSample,
    PaperScan,
    PaperSheet,
    SampledSheet,
)
from engagement.funding.models.pipeline import (
    ContactAgreed,
    Funder,
    FunderInterest,
    Offer,
    Pledge,
    SavedFilter,
    SharedCost,
)
from engagement.funding.models.plans import Match, Plan
from engagement.funding.models.rounds import CostLine, FundingRound, Proposal
from engagement.funding.models.talk import Question
from engagement.funding.models.voting import Ballot, Count, Envelope, LotsDrawn, RollEntry
from engagement.funding.models.watching import Hold, OddThing, ThrowawayDomain, Venue

__all__ = [
    "Amendment",
    "Assessment",
    "Award",
    "Ballot",
    "CodeBatch",
    "ContactAgreed",
    "Contribution",
    "CostLine",
    "Count",
    "CriteriaFixed",
    "Criterion",
    "Draft",
    "Envelope",
    "EvidenceFile",
    "Funder",
    "FunderInterest",
    "FundingRound",
    "Hold",
    "Host",
    "Interest",
    "KeyShare",
    "KeyWrap",
    "Keying",
    "Lasting",
    "LedgerEntry",
    "LotsDrawn",
    "Match",
    "MoveTold",
    "Objection",
    "OddThing",
    "Offer",
    "OfferTemplate",
    "Panel",
    "PanelChoice",
    "PanelMember",
    "Paper",
    "PaperBatch",
    "PaperMark",
    "PaperSample",
    "PaperScan",
    "PaperSheet",
    "Payment",
    "Plan",
    "Pledge",
    "Pot",
    "Proposal",
    "Question",
    "Remark",
    "Reopening",
    "Report",
    "ReportPicture",
    "RollEntry",
    "SampledSheet",
    "SavedFilter",
    "Score",
    "SharedCost",
    "Stream",
    "ThrowawayDomain",
    "Variation",
    "Venue",
    "VotingCode",
]
