"""Sentences derived from where a round stands and from the working of its count. None is typed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from components.templatetags.components import london_date, pence
from engagement.funding.effort import Effort
from engagement.funding.models import FundingRound
from engagement.funding.rules import Stage, Why


def hours_asked(effort: Effort) -> str:
    """Give the sentence on how much form filling each £1,000 took, to one place of decimals; empty where unknown."""
    hours = effort.hours
    if hours is None or not effort.minutes:
        return ""
    tenths = round_half_up(hours * 10)
    whole, tenth = divmod(tenths, 10)
    said = str(whole) if not tenth else f"{whole}.{tenth}"
    return ngettext(
        "For each £1,000 given, groups spent about %(hours)s hours on forms: %(forms)s form was sent in.",
        "For each £1,000 given, groups spent about %(hours)s hours on forms: %(forms)s forms were sent in.",
        effort.forms,
    ) % {"hours": said if tenths else "0.1", "forms": effort.forms}


def round_half_up(number: Fraction) -> int:
    return int(number + Fraction(1, 2))


def stage_label(stage: Stage) -> str:
    return {
        Stage.DRAFT: _("Draft"),
        Stage.COMING: _("Opens soon"),
        Stage.PROPOSALS: _("Open for proposals"),
        Stage.CHECKS: _("Proposals are being checked"),
        Stage.VOTING: _("Voting is open"),
        Stage.TO_COUNT: _("Waiting for the count"),
        Stage.TIE: _("Being counted"),
        Stage.COUNTED: _("Counted"),
        Stage.AWARDED: _("Grants awarded"),
    }[stage]


TONES = {
    Stage.DRAFT: "neutral",
    Stage.COMING: "waiting",
    Stage.PROPOSALS: "open",
    Stage.CHECKS: "waiting",
    Stage.VOTING: "open",
    Stage.TO_COUNT: "waiting",
    Stage.TIE: "waiting",
    Stage.COUNTED: "decided",
    Stage.AWARDED: "done",
}
STRIP = (
    (Stage.PROPOSALS, Stage.PROPOSALS),
    (Stage.CHECKS, Stage.CHECKS),
    (Stage.VOTING, Stage.VOTING),
    (Stage.TO_COUNT, Stage.COUNTED),
    (Stage.AWARDED, Stage.AWARDED),
)


def strip(round: FundingRound, now: datetime) -> list[dict[str, Any]]:
    """Give the stages of a round for `{% stages %}`, each with its day."""
    here = list(Stage).index(round.stage(now))
    dates = round.dates()
    labels = [_("Proposals"), _("Checks"), _("Voting"), _("Count"), _("Grants")]
    whens: list[object] = [
        dates.proposals_open_at,
        dates.proposals_close_at,
        dates.voting_opens_at,
        round.counted_at or dates.voting_closes_at,
        round.awarded_at or "",
    ]
    steps = []
    for label, when, (first, last) in zip(labels, whens, STRIP, strict=True):
        start, end = list(Stage).index(first), list(Stage).index(last)
        state = "done" if here > end else "now" if here >= start else "next"
        if last is Stage.AWARDED and state == "now":
            state = "done"
        steps.append({"label": label, "state": state, "when": london_date(when) if when else ""})
    return steps


@dataclass(frozen=True)
class Line:
    """One proposal on the results page."""

    number: int
    title: str
    group: str
    votes: int | None
    cost_pence: int
    status: str
    tone: str
    because: str
    slug: str = ""


def results(file: Mapping[str, Any], slugs: Mapping[int, str]) -> list[Line]:
    """Give the outcome of every proposal in words, best supported first, and those withdrawn last."""
    listed = {row["number"]: row for row in file["inputs"]["proposals"]}
    result = file["result"]
    steps: Sequence[Mapping[str, Any]] = result["steps"]
    least_funded = min((step["votes"] for step in steps if step["why"] == Why.FUNDED), default=None)
    lines = []
    for step in steps:
        row = listed[step["number"]]
        status, tone, because = _outcome(step, least_funded)
        lines.append(
            Line(
                step["number"],
                row["title"],
                row["group"],
                step["votes"],
                row["cost_pence"],
                status,
                tone,
                because,
                slugs.get(step["number"], ""),
            )
        )
    reached = {step["number"] for step in steps}
    tied = set(result.get("tie_between", ()))
    for number in sorted(set(listed) - reached, key=lambda n: (-result["votes"].get(str(n), -1), n)):
        row = listed[number]
        if row["withdrawn"]:
            status, tone = _("Withdrawn"), "neutral"
            because = _("The group withdrew it while voting was open. Its ticks were not counted.")
        elif number in tied:
            status, tone = _("Tied"), "waiting"
            because = _("It has as many votes as another, and the money left cannot pay for both. Lots decide.")
        else:
            status, tone, because = _("Not reached yet"), "waiting", _("The tie above it is settled first.")
        votes = None if row["withdrawn"] else result["votes"][str(number)]
        lines.append(
            Line(
                number,
                row["title"],
                row["group"],
                votes,
                row["cost_pence"],
                status,
                tone,
                because,
                slugs.get(number, ""),
            )
        )
    return lines


def _outcome(step: Mapping[str, Any], least_funded: int | None) -> tuple[str, str, str]:
    left, cost = pence(step["left_pence"]), pence(step["cost_pence"])
    if step["why"] == Why.FUNDED:
        if step["by_lot"]:
            return (
                _("Funded"),
                "done",
                _("Drawn by lot among equal votes. %(left)s was left, enough for it.") % {"left": left},
            )
        return _("Funded"), "done", _("%(left)s was left when its turn came, enough for it.") % {"left": left}
    not_funded = _("Not funded")
    if step["why"] == Why.NO_VOTES:
        return not_funded, "stopped", _("Nobody voted for it.")
    if step["why"] == Why.DEARER_THAN_THE_POT:
        return not_funded, "stopped", _("It cost more than the whole budget.")
    if step["why"] == Why.LOST_THE_LOT:
        return (
            not_funded,
            "stopped",
            _("It lost the lot among equal votes: %(left)s was left and it cost %(cost)s.")
            % {"left": left, "cost": cost},
        )
    because = _("It cost %(cost)s and only %(left)s was left when its turn came.") % {"cost": cost, "left": left}
    if least_funded is not None and step["votes"] < least_funded:
        short = least_funded - step["votes"]
        because += " " + ngettext(
            "It had %(short)d vote fewer than the last one funded.",
            "It had %(short)d votes fewer than the last one funded.",
            short,
        ) % {"short": short}
    return not_funded, "stopped", because
