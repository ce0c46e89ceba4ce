"""Tables: the money, the rounds with their proposals, the vote and its count, what came of it."""

from engagement.funding.models.awards import Award, Report
from engagement.funding.models.codes import CodeBatch, VotingCode
from engagement.funding.models.keys import KeyShare, KeyWrap
from engagement.funding.models.money import Contribution, LedgerEntry, Pot, Stream
from engagement.funding.models.paper import Keying, PaperBatch, PaperMark, PaperSheet
from engagement.funding.models.rounds import CostLine, FundingRound, Proposal
from engagement.funding.models.voting import Ballot, Count, Envelope, LotsDrawn, RollEntry
from engagement.funding.models.watching import Hold, OddThing, ThrowawayDomain, Venue

__all__ = [
    "Award",
    "Ballot",
    "CodeBatch",
    "Contribution",
    "CostLine",
    "Count",
    "Envelope",
    "FundingRound",
    "Hold",
    "KeyShare",
    "KeyWrap",
    "Keying",
    "LedgerEntry",
    "LotsDrawn",
    "OddThing",
    "PaperBatch",
    "PaperMark",
    "PaperSheet",
    "Pot",
    "Proposal",
    "Report",
    "RollEntry",
    "Stream",
    "ThrowawayDomain",
    "Venue",
    "VotingCode",
]
