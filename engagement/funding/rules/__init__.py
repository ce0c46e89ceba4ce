"""What can be read aloud at a board meeting: where a round stands, how votes are counted, what is sealed."""

from engagement.funding.rules.counting import (
    CountFileUnreadable,
    count_file,
    election_of,
    recount,
    write_ballots,
)
from engagement.funding.rules.first_format import (
    Funded,
    Step,
    TieToBreak,
    Why,
    fund_by_support,
    tally,
    work_through,
)
from engagement.funding.rules.sealing import (
    MOST_ON_A_BALLOT,
    PLAIN_BYTES,
    NotABallot,
    Opened,
    pack,
    receipt_from_words,
    receipt_in_words,
    unpack,
)
from engagement.funding.rules.stages import ALLOWED, ORDER, Dates, Facts, Stage, dates_in_order, stage_at
from engagement.rules.counting import Disagreement, Method, Reason, Rule, canonical, digest

__all__ = [
    "ALLOWED",
    "MOST_ON_A_BALLOT",
    "ORDER",
    "PLAIN_BYTES",
    "CountFileUnreadable",
    "Dates",
    "Disagreement",
    "Facts",
    "Funded",
    "Method",
    "NotABallot",
    "Opened",
    "Reason",
    "Rule",
    "Stage",
    "Step",
    "TieToBreak",
    "Why",
    "canonical",
    "count_file",
    "dates_in_order",
    "digest",
    "election_of",
    "fund_by_support",
    "pack",
    "receipt_from_words",
    "receipt_in_words",
    "recount",
    "stage_at",
    "tally",
    "unpack",
    "work_through",
    "write_ballots",
]
