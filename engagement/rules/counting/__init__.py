"""How ballots become funded projects: exact, explained, and the same on every machine.

Words: a *project* has an id and a cost; a *ballot* chooses projects; an *election* is both with a
budget; a *rule* is every piece of the fine print; a *count* is what the rule makes of the election.
Plain Python and numpy: no Django, no clock, no randomness, no fraction of a penny decided by rounding.
"""

from engagement.rules.counting.count import Counted, MethodCount, Status, Step, count, recount_method
from engagement.rules.counting.election import Election, Kind, NotCountable, Project, make_election
from engagement.rules.counting.referee import Disagreement
from engagement.rules.counting.rule import Method, Reads, Rule, Start, Stop, Tie, TopUp, Worth, canonical, digest
from engagement.rules.counting.taking_part import Reason
from engagement.rules.counting.ties import TieStops

__all__ = [
    "Counted",
    "Disagreement",
    "Election",
    "Kind",
    "Method",
    "MethodCount",
    "NotCountable",
    "Project",
    "Reads",
    "Reason",
    "Rule",
    "Start",
    "Status",
    "Step",
    "Stop",
    "Tie",
    "TieStops",
    "TopUp",
    "Worth",
    "canonical",
    "count",
    "digest",
    "make_election",
    "recount_method",
]
