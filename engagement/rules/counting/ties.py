"""What decides between equals. A tie is a result, never an accident of sorting."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engagement.rules.counting.election import Election, natural
from engagement.rules.counting.rule import Rule, Tie


class TieStops(Exception):
    """Equals that only a lot can part, and no lot was drawn. `between` holds project numbers."""

    def __init__(self, between: Sequence[int]) -> None:
        super().__init__(between)
        self.between = tuple(sorted(between))


class TieOrder:
    """The order between equals that a rule and the lots drawn give."""

    def __init__(self, election: Election, rule: Rule, lots: Sequence[str]) -> None:
        self.election = election
        self.ties = rule.ties
        self.places = {id: at for at, id in reversed(list(enumerate(lots)))}

    def key(self, project: int) -> tuple[int | str, ...]:
        """Give what sorts equals, as far as the rule goes without a lot."""
        held = self.election.projects[project]
        found: list[int | str] = []
        for tie in self.ties:
            if tie is Tie.COST:
                found.append(held.cost_pence)
            elif tie is Tie.VOTES:
                found.append(-self.election.supporters[project])
            elif tie is Tie.ID:
                found.append(held.id)
            else:
                break
        return tuple(found)

    def has_lot(self, projects: Sequence[int]) -> bool:
        return Tie.LOT in self.ties and all(self.election.projects[each].id in self.places for each in projects)

    def by_lot(self, projects: Sequence[int]) -> list[int]:
        return sorted(projects, key=lambda each: self.places[self.election.projects[each].id])

    def in_list_order(self, projects: Sequence[int]) -> list[int]:
        return sorted(projects, key=lambda each: natural(self.election.projects[each].id))

    def first_of(self, projects: Sequence[int], makes_no_difference: Callable[[Sequence[int]], bool]) -> int:
        """Give which of these equals comes first. Raises TieStops where only a missing lot could say.

        Where the order makes no difference to anything that follows, the list's order is taken.
        """
        best = min(map(self.key, projects))
        level = [each for each in projects if self.key(each) == best]
        if len(level) == 1:
            return level[0]
        if self.has_lot(level):
            return self.by_lot(level)[0]
        if makes_no_difference(level):
            return self.in_list_order(level)[0]
        raise TieStops(level)
