"""Raising every voter's share step by step until the money is used as far as it goes ("Add1").

Many steps in a row buy the same. They are leapt over only where `Run.proves` shows that nothing
between can come out otherwise, so the result is that of every single step. The fast engine finds
the way; the referee walks it again in exact arithmetic and checks every leap and every stop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from engagement.rules.counting.election import Election
from engagement.rules.counting.equal_shares import FINE, CannotTell, EqualShares, Round, Run
from engagement.rules.counting.referee import Disagreement, Exact
from engagement.rules.counting.rule import Rule, Stop
from engagement.rules.counting.taking_part import Conflicts
from engagement.rules.counting.ties import TieOrder

FURTHEST = 64  # how far above its start a share may rise before units are made coarser


class Stopped(StrEnum):
    """Why shares were not raised further."""

    NOTHING_MORE_FITS = "nothing_more_fits"
    NEXT_OVERSPENDS = "next_overspends"
    ALL_FUNDED = "all_funded"
    NOT_RAISED = "not_raised"


@dataclass(frozen=True)
class Stretch:
    """A stretch of shares that all buy the same: its first and last share, how many, and what it costs."""

    first: Fraction
    last: Fraction
    shares: int
    order: tuple[int, ...]
    spent_pence: int


@dataclass(frozen=True)
class Raised:
    """Where raising ended: the last run that does not overspend, the way there, and why it stopped."""

    run: Run
    stretches: tuple[Stretch, ...]
    raises: int
    stopped: Stopped
    overspending: Stretch | None
    visited: tuple[Run, ...]


class Raising:
    """Equal shares from the start share upwards."""

    def __init__(self, election: Election, rule: Rule, order: TieOrder, projects: Sequence[int]) -> None:
        self.election, self.rule, self.order, self.projects = election, rule, order, list(projects)
        self.start = rule.start_share(election.budget_pence, election.voters)
        self.step = rule.step(election.budget_pence, election.voters)
        self.conflicts = Conflicts(election, rule)
        self.costs = election.costs()
        self.exact = Exact(election, rule, order, projects)
        self.fast: EqualShares | None = None
        self.too_large = False

    # --- the way, found by the engine ----------------------------------------------------------------

    def _engine(self, share: Fraction) -> EqualShares:
        if self.fast is None or share > self.fast.most_share:
            most = FURTHEST * max(share, self.start, Fraction(self.step))
            self.fast = EqualShares(
                self.election,
                self.rule,
                self.order,
                self.projects,
                Fraction(-(-most.numerator // most.denominator))
                if self.start.denominator == 1
                else Fraction(
                    -(-most.numerator // most.denominator) * self.start.denominator + 1, self.start.denominator
                ),
            )
        return self.fast

    def run_at(self, share: Fraction, earlier: Run | None = None) -> Run:
        """Give what one share buys: by whole units, or exactly where they cannot tell."""
        if not self.too_large:
            try:
                engine = self._engine(share)
            except CannotTell:
                self.too_large = True
            else:
                try:
                    return engine.run(share, earlier)
                except CannotTell:
                    pass
        exact = self.exact.run(share, (earlier.exact or in_fractions(earlier)) if earlier else None)
        return in_whole_numbers(exact)

    def raise_shares(self) -> Raised:
        """Give where raising ends. Raises TieStops for a tie that only a lot can part."""
        share, leap, raises = self.start, 1, 0
        run = self.run_at(share)
        visited = [run]
        stretches = [Stretch(share, share, 1, run.order, run.spent_pence)]
        while True:
            stopped = self.stops(run.order, run.spent_pence)
            if stopped is not None:
                return Raised(run, tuple(stretches), raises, stopped, None, tuple(visited))
            further = share + leap * self.step
            new = self.run_at(further, run)
            if leap > 1 and not (new.proves(run) or (new.exact and run.exact and new.exact.proves(run.exact))):
                leap = max(1, leap // 4)
                continue
            if new.spent_pence > self.election.budget_pence:
                over = Stretch(further, further, 1, new.order, new.spent_pence)
                visited.append(new)
                return Raised(run, tuple(stretches), raises, Stopped.NEXT_OVERSPENDS, over, tuple(visited))
            raises += leap
            if new.order == run.order:
                stretches[-1] = Stretch(
                    stretches[-1].first, further, stretches[-1].shares + leap, new.order, new.spent_pence
                )
                leap *= 2
            else:
                stretches.append(Stretch(further, further, 1, new.order, new.spent_pence))
                leap = 1
            share, run = further, new
            visited.append(new)

    def stops(self, order: Sequence[int], spent_pence: int) -> Stopped | None:
        """Say why a result is final as it stands, or None."""
        bought = set(order)
        barred = {other for each in bought for other in self.conflicts.of(each)}
        open_ = [p for p in self.projects if p not in bought and p not in barred]
        if not open_:
            return Stopped.ALL_FUNDED
        if self.rule.stop is Stop.AT_ONCE:
            return Stopped.NOT_RAISED
        left = self.election.budget_pence - spent_pence
        if self.rule.stop is Stop.EXHAUSTIVE and not any(self.costs[p] <= left for p in open_):
            return Stopped.NOTHING_MORE_FITS
        return None

    # --- the same way, walked again by the referee ----------------------------------------------------

    def check(self, found: Raised) -> None:
        """Walk the whole way in exact arithmetic. Raises Disagreement; leaves the last run in `exact`."""
        before: Run | None = None
        for claimed in found.visited:
            run = self.exact.run(claimed.share, before)
            if run.order != claimed.order or run.spent_pence != sum(self.costs[p] for p in run.order):
                raise Disagreement(f"At the share {claimed.share} the two counts buy different projects.")
            if before is None:
                if claimed.share != self.start:
                    raise Disagreement("The first share differs.")
            else:
                steps = (claimed.share - before.share) / self.step
                if steps.denominator != 1 or steps < 1 or (steps > 1 and not run.proves(before)):
                    raise Disagreement(f"The leap to the share {claimed.share} is not proved.")
                if self.stops(before.order, before.spent_pence) is not None:
                    raise Disagreement(f"Shares should not be raised above {before.share}.")
            if run.spent_pence > self.election.budget_pence:
                break
            before = run
        if before is None or before.share != found.run.share or before.order != found.run.order:
            raise Disagreement("The two counts end differently.")
        stopped = self.stops(before.order, before.spent_pence)
        over = found.stopped is Stopped.NEXT_OVERSPENDS and run.spent_pence > self.election.budget_pence
        if stopped is not (None if over else found.stopped) or (over and run.share != before.share + self.step):
            raise Disagreement("The two counts stop for different reasons.")
        self.exact.run(before.share)


def in_whole_numbers(run: Run) -> Run:
    """Give an exact run with rates as the engine keeps them: each rounded to the side that stays true."""
    return Run(
        run.share,
        tuple(
            Round(
                each.project,
                -(-_scaled(each.rate) // each.rate.denominator),
                None if each.rival is None else _scaled(each.rival) // each.rival.denominator,
                each.below,
            )
            for each in run.rounds
        ),
        run.spent_pence,
        run,
    )


def in_fractions(run: Run) -> Run:
    """Give an engine's run with its rates as the exact count keeps them."""
    return Run(
        run.share,
        tuple(
            Round(
                each.project,
                Fraction(int(each.rate), 1 << FINE),
                None if each.rival is None else Fraction(int(each.rival), 1 << FINE),
                each.below,
            )
            for each in run.rounds
        ),
        run.spent_pence,
    )


def _scaled(rate: int | Fraction) -> int:
    return rate.numerator << FINE
