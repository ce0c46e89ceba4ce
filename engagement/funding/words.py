"""Sentences derived from where a round stands and from the working of its count. None is typed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from components.templatetags.components import london, london_date, pence
from engagement.activities.models import Channel
from engagement.funding.effort import Effort
from engagement.funding.models import Amendment, FundingRound, Proposal
from engagement.funding.rules import (
    BEST_SCORE,
    ORDER,
    Fault,
    Method,
    Paper,
    Problem,
    Reason,
    Sample,
    Stage,
    Why,
    most_wrong,
)
from engagement.rules.counting import Method as CountingMethod


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
        Stage.QUESTIONS: _("Groups are answering questions"),
        Stage.SHORTLIST: _("The shortlist is being made"),
        Stage.ASSESSMENT: _("A panel is assessing"),
        Stage.VOTING: _("Voting is open"),
        Stage.TO_COUNT: _("Waiting for the count"),
        Stage.TIE: _("Being counted"),
        Stage.REVIEW: _("Counted, open to objections"),
        Stage.COUNTED: _("Counted"),
        Stage.CONFIRMED: _("Confirmed by the board"),
        Stage.AWARDED: _("Grants awarded"),
        Stage.CLOSED: _("Closed"),
    }[stage]


TONES = {
    Stage.DRAFT: "neutral",
    Stage.COMING: "waiting",
    Stage.PROPOSALS: "open",
    Stage.CHECKS: "waiting",
    Stage.QUESTIONS: "waiting",
    Stage.SHORTLIST: "waiting",
    Stage.ASSESSMENT: "waiting",
    Stage.VOTING: "open",
    Stage.TO_COUNT: "waiting",
    Stage.TIE: "waiting",
    Stage.REVIEW: "decided",
    Stage.COUNTED: "decided",
    Stage.CONFIRMED: "decided",
    Stage.AWARDED: "done",
    Stage.CLOSED: "done",
}


def strip(round: FundingRound, now: datetime) -> list[dict[str, Any]]:
    """Give the stages of a round for `{% stages %}`, each with its day; those it leaves out are not there."""
    dates = round.dates()
    named: list[tuple[str, Stage, Stage, object]] = [
        (_("Proposals"), Stage.PROPOSALS, Stage.PROPOSALS, dates.proposals_open_at),
        (_("Checks"), Stage.CHECKS, Stage.CHECKS, dates.proposals_close_at),
        (_("Questions back"), Stage.QUESTIONS, Stage.QUESTIONS, dates.questions_from_at),
        (_("Shortlist"), Stage.SHORTLIST, Stage.SHORTLIST, dates.shortlist_from_at),
        (_("Panel"), Stage.ASSESSMENT, Stage.ASSESSMENT, dates.assessment_from_at),
        (_("Voting"), Stage.VOTING, Stage.VOTING, dates.voting_opens_at),
        (_("Count"), Stage.TO_COUNT, Stage.TIE, round.counted_at or dates.voting_closes_at),
        (_("Objections"), Stage.REVIEW, Stage.REVIEW, round.counted_at if round.review_days else None),
        (_("Confirmed"), Stage.COUNTED, Stage.CONFIRMED, round.confirmed_at or ""),
        (_("Grants"), Stage.AWARDED, Stage.AWARDED, round.awarded_at or ""),
        (_("Closed"), Stage.CLOSED, Stage.CLOSED, round.closed_at or ""),
    ]
    here = ORDER.index(round.stage(now))
    optional = {Stage.QUESTIONS, Stage.SHORTLIST, Stage.ASSESSMENT}
    steps = []
    for label, first, last, when in named:
        if (when is None and first in optional) or (first is Stage.REVIEW and not round.review_days):
            continue
        if first is Stage.CLOSED and not round.closed_at:
            continue
        state = "done" if here > ORDER.index(last) else "now" if here >= ORDER.index(first) else "next"
        if last in (Stage.AWARDED, Stage.CLOSED) and state == "now":
            state = "done"
        steps.append({"label": label, "state": state, "when": london_date(when) if when else ""})
    return steps


def changes(amendment: Amendment) -> list[tuple[str, str, str]]:
    """Give each rule that an amendment changes: its name, what it was, what it becomes."""
    found = []
    for name, (was, becomes) in amendment.changes.items():
        field: Any = None if name == "closes_at" else FundingRound._meta.get_field(name)
        label = _("Voting closes") if field is None else str(field.verbose_name)
        found.append((label[:1].upper() + label[1:], _said(field, was), _said(field, becomes)))
    return found


def _said(field: Any, value: Any) -> str:
    if field is None:
        return london(parse_datetime(value))
    if value is None:
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.name.endswith("_pence"):
        return pence(value)
    return str(dict(field.flatchoices).get(value, value))


def ballot_problem(problem: Problem, method: str) -> str:
    """Say what keeps a ballot from being whole, and what to do."""
    wanted, given = problem.wanted, problem.given
    short = wanted - given
    ticks = Method(method).is_ticks
    figures = {"least": wanted, "most": wanted, "given": given, "short": short, "over": -short}
    if problem.fault is Fault.TOO_FEW:
        if ticks:
            return (
                ngettext(
                    "Tick at least %(least)d. You have ticked %(given)d: tick %(short)d more.",
                    "Tick at least %(least)d. You have ticked %(given)d: tick %(short)d more.",
                    short,
                )
                % figures
            )
        return (
            ngettext(
                "Choose at least %(least)d. You have chosen %(given)d: choose %(short)d more.",
                "Choose at least %(least)d. You have chosen %(given)d: choose %(short)d more.",
                short,
            )
            % figures
        )
    if problem.fault is Fault.TOO_MANY:
        if ticks:
            return _("Tick %(most)d at most. You have ticked %(given)d.") % figures
        return _("Choose %(most)d at most. You have chosen %(given)d.") % figures
    if problem.fault is Fault.OVER_BUDGET:
        return _("This comes to %(cost)s and there is %(budget)s: take out at least %(over)s.") % {
            "cost": pence(given),
            "budget": pence(wanted),
            "over": pence(-short),
        }
    if problem.fault is Fault.PLACES_WITH_GAPS:
        return ngettext(
            "Give your favourite place 1.",
            "Use each place from 1 to %(count)d once: 1 for your favourite, then 2, and so on.",
            wanted,
        ) % {"count": wanted}
    if problem.fault is Fault.TOO_MANY_POINTS:
        return _("You have %(wanted)d points and gave %(given)d. Take back %(over)d.") % {**figures, "wanted": wanted}
    if problem.fault is Fault.POINTS_LEFT:
        return ngettext(
            "You have %(short)d point left. Give out all %(wanted)d.",
            "You have %(short)d points left. Give out all %(wanted)d.",
            short,
        ) % {**figures, "wanted": wanted}
    return {
        Fault.NOT_ON_THE_BALLOT: _("One of the proposals you chose is no longer on the ballot. Check your choices."),
        Fault.BLANK_AND_CHOSEN: _("You asked for a blank vote and also chose proposals. Do one or the other."),
        Fault.BLANK_NOT_ALLOWED: _("This round takes no blank votes."),
        Fault.NO_SUCH_SCORE: _("A score is a whole number from 1 to %(best)d.") % {"best": BEST_SCORE},
        Fault.NO_SUCH_VALUE: _("Use whole numbers only."),
    }[problem.fault]


def how_to_vote(paper: Paper) -> list[str]:
    """Say what a voter does on this ballot, a sentence a line."""
    least, most = paper.least_here, paper.most
    figures = {"least": least, "most": most or 0, "points": paper.points, "best": BEST_SCORE}
    if paper.method.is_ticks:
        first = _("Tick the proposals you would fund.")
        if paper.method is Method.KNAPSACK:
            first = _("Choose what you would buy. Together it may cost %(budget)s at most.") % {
                "budget": pence(paper.budget_pence)
            }
        said = [first, ngettext("Tick at least %(least)d.", "Tick at least %(least)d.", least) % figures]
        return [*said, _("Tick %(most)d at most.") % figures] if most else said
    if paper.method is Method.RANKING:
        said = [
            _("Put your favourites in order: 1 for the one you like best, then 2, and so on."),
            _("Number at least %(least)d.") % figures,
        ]
        if most:
            said.append(
                _("Number %(most)d at most. Your first gets %(most)d points, the next one less each time.") % figures
            )
        return said
    if paper.method is Method.POINTS:
        said = [
            _("You have %(points)d points. Give them all out.") % figures,
            _("Give points to at least %(least)d proposals.") % figures
            if least > 1
            else _("Give them to one proposal or to several."),
        ]
        return [*said, _("Give points to %(most)d at most.") % figures] if most else said
    said = [
        _("Give a score from 1 to %(best)d. %(best)d is best. Leave out what you have no view on.") % figures,
        _("Score at least %(least)d.") % figures,
    ]
    return [*said, _("Score %(most)d at most.") % figures] if most else said


def mark_in_words(method: str, value: int) -> str:
    """Say what stands beside a chosen proposal; nothing for a tick."""
    if method == Method.RANKING:
        return _("Place %(place)d") % {"place": value}
    if method == Method.POINTS:
        return ngettext("%(n)d point", "%(n)d points", value) % {"n": value}
    if method == Method.SCORES:
        return _("Score %(score)d of %(best)d") % {"score": value, "best": BEST_SCORE}
    return ""


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
    change: str = ""
    part: str = "waiting"
    href: str = ""


def results(file: Mapping[str, Any], slugs: Mapping[int, str]) -> list[Line]:
    """Give the outcome of every proposal in words, best supported first, and those withdrawn last."""
    listed = {row["number"]: row for row in file["inputs"]["proposals"]}
    result = file["result"]
    steps: Sequence[Mapping[str, Any]] = sorted(result["steps"], key=lambda step: -step["votes"])
    titles = {str(number): row["title"] for number, row in listed.items()}
    least_funded = min((step["votes"] for step in steps if step["why"] == Why.FUNDED), default=None)
    reserve = {each["number"]: each for each in file.get("reserve", ())}
    paid = _paid_from_shares(file)
    lines = []
    for step in steps:
        row = listed[step["number"]]
        status, tone, because = _outcome(step, least_funded, titles)
        if step["why"] == Why.FUNDED and not step["by_lot"]:
            because = paid.get(str(step["number"]), because)
        part = {"done": "funded", "stopped": "not"}.get(tone, "waiting")
        change = ""
        if part == "not":
            change = what_would_have_changed(
                (file.get("what_if") or {}).get(str(step["number"])), row["cost_pence"], titles
            )
            if held := reserve.get(step["number"]):
                part, status, tone = "reserve", _("Reserve"), "waiting"
                change = " ".join(filter(None, [_reserve(held, titles), change]))
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
                change,
                part,
            )
        )
    reached = {step["number"] for step in steps}
    tied = set(result.get("tie_between", ()))
    for number in sorted(set(listed) - reached, key=lambda n: (-result["votes"].get(str(n), -1), n)):
        row = listed[number]
        if row["withdrawn"]:
            part, status, tone = "withdrawn", _("Withdrawn"), "neutral"
            because = _("It was withdrawn after voting had opened, so its ticks were not counted.")
        elif number in tied:
            part, status, tone = "tied", _("Tied"), "waiting"
            because = _("It has as many votes as another, and the money left cannot pay for both. Lots decide.")
        else:
            part, status, tone = "waiting", _("Not reached yet"), "waiting"
            because = _("The tie above it is settled first.")
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
                part=part,
            )
        )
    return lines


def in_parts(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Give the lines in parts for reading: what gets money, what is next, what does not, and the rest."""
    titles = {
        "funded": _("Funded"),
        "reserve": _("Next, if money comes back"),
        "not": _("Not funded this time"),
        "tied": _("Tied: lots decide"),
        "waiting": _("Not decided yet"),
        "withdrawn": _("Withdrawn"),
    }
    found = [
        {"name": name, "title": title, "lines": [line for line in lines if line.part == name]}
        for name, title in titles.items()
    ]
    return [part for part in found if part["lines"]]


def _reserve(held: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    if not held["if_one_of"]:
        return _("It is next if the board adds %(more)s.") % {"more": pence(held["more_pence"])}
    if len(held["if_one_of"]) == 1:
        out = _("It is next if “%(title)s” drops out") % {"title": titles[str(held["if_one_of"][0])]}
    else:
        out = ngettext(
            "It is next if one of %(n)d funded proposal drops out",
            "It is next if one of %(n)d funded proposals drops out",
            len(held["if_one_of"]),
        ) % {"n": len(held["if_one_of"])}
    return _("%(out)s, or if the board adds %(more)s.") % {"out": out, "more": pence(held["more_pence"])}


def what_would_have_changed(near: Mapping[str, Any] | None, cost_pence: int, titles: Mapping[str, str]) -> str:
    """Give the sentence on what would have had it funded, from the counts that were asked; empty where none was."""
    if not near:
        return ""
    ways = []
    if near["cost_pence"] is not None and near["cost_pence"] < cost_pence:
        ways.append(_("a cost of %(cost)s") % {"cost": pence(near["cost_pence"])})
    if near["more_votes"] and near["more_votes"] < 1_000_000:
        ways.append(ngettext("%(n)d more vote", "%(n)d more votes", near["more_votes"]) % {"n": near["more_votes"]})
    if near["budget_pence"] is not None:
        ways.append(_("a recount with %(budget)s to give") % {"budget": pence(near["budget_pence"])})
    said = []
    if near.get("went_to"):
        spent = [
            _("%(money)s to “%(title)s”") % {"money": pence(money), "title": titles.get(project, project)}
            for project, money, _voters in near["went_to"]
            if money
        ]
        if spent:
            said.append(_("Its voters’ shares went elsewhere: %(spent)s.") % {"spent": "; ".join(spent)})
    if near.get("support_percent"):
        said.append(_("At best they could pay %(percent)d%% of its cost.") % {"percent": near["support_percent"]})
    if ways:
        said.append(_("What would have won: %(ways)s.") % {"ways": _(", or ").join(ways)})
    return " ".join(said)


# --- both rules, fairness, turnout, money ------------------------------------------------------


METHODS = ("most_votes", "equal_shares")


def method_name(method: str) -> str:
    return _("Equal shares") if method.replace("-", "_") == "equal_shares" else _("Most votes")


def compared(summary: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give both ways of counting side by side, and what only one of them funds. None for counts of the first form."""
    result = summary["result"]
    if not all(method in result for method in METHODS):
        return None
    titles = {str(row["number"]): f"{row['number']}. {row['title']}" for row in summary["inputs"]["proposals"]}
    decides = summary["inputs"]["rule"]["method"].replace("-", "_")
    settled = all(result[method]["status"] == "settled" for method in METHODS)
    funded = {method: set(result[method]["funded"]) for method in METHODS}
    columns = []
    for method in METHODS:
        held, other = result[method], METHODS[1 - METHODS.index(method)]
        fair = held["fairness"] or {}
        columns.append(
            {
                "name": method_name(method),
                "decides": method == decides,
                "tie": held["status"] != "settled",
                "funded": len(held["funded"]),
                "left_pence": held["left_pence"],
                "nothing": (fair.get("voters_with_funded_choices") or [None])[0],
                "average": _thousandths(fair.get("average_funded_choices_thousandths")),
                "only": [titles[id] for id in held["funded"] if id not in funded[other]] if settled else [],
            }
        )
    return {"columns": columns, "same": settled and funded["most_votes"] == funded["equal_shares"], "settled": settled}


def _thousandths(value: int | None) -> str:
    """Give thousandths as a number with one decimal, rounded half up."""
    return "" if value is None else f"{(value + 50) // 1000}.{(value + 50) // 100 % 10}"


def fairness_told(summary: Mapping[str, Any]) -> list[str]:
    """Give how fair the deciding count is, in sentences that can be checked."""
    result = summary["result"]
    held = result.get(summary["inputs"]["rule"]["method"].replace("-", "_"), {})
    fair = held.get("fairness")
    if not fair or not fair["voters"]:
        return []
    none = fair["voters_with_funded_choices"][0]
    told = [
        _("Every voter has something they chose funded.")
        if not none
        else ngettext(
            "%(none)d of %(voters)d voters has nothing they chose funded.",
            "%(none)d of %(voters)d voters have nothing they chose funded.",
            none,
        )
        % {"none": none, "voters": fair["voters"]},
        _("On average, a voter has %(n)s of their choices funded.")
        % {"n": _thousandths(fair["average_funded_choices_thousandths"])},
        _("On average, %(percent)d%% of the budget goes to what a voter chose.")
        % {"percent": fair["budget_on_own_choices_thousandths"] // 10},
    ]
    titles = {str(row["number"]): row["title"] for row in summary["inputs"]["proposals"]}
    claims = sorted(fair["claims"], key=lambda claim: -claim["people"])
    if not claims:
        told.append(_("No group that is large enough, and that shares a wish, was left out."))
    for claim in claims[:3]:
        told.append(
            ngettext(
                "%(people)d person who chose “%(title)s” was entitled to %(entitled)s, and got at most %(most)s.",
                "%(people)d people who chose “%(title)s” were entitled to %(entitled)s together. "
                "Each got at most %(most)s.",
                claim["people"],
            )
            % {
                "people": claim["people"],
                "title": titles.get(claim["project"], ""),
                "entitled": pence(claim["entitled_pence"]),
                "most": pence(claim["most_got_pence"]),
            }
        )
    if len(claims) > 3:
        told.append(_("There are %(n)d such groups in all.") % {"n": len(claims)})
    return told


def workings(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give each way of counting step by step: for `{% amounts %}` the money left, and the price of each purchase."""
    result, inputs = summary["result"], summary["inputs"]
    titles = {str(row["number"]): f"{row['number']}. {row['title']}" for row in inputs["proposals"]}
    decides = inputs["rule"]["method"].replace("-", "_")
    found = []
    for method in METHODS:
        held = result.get(method) or (result if method == decides else None)
        if held is None:
            continue
        steps = []
        for step in held["steps"]:
            if step["why"] == Reason.NOT_REACHED:
                continue  # a tie before it is settled first
            number = str(step.get("project", step.get("number")))
            got = step["why"] in (Reason.FUNDED, Reason.FUNDED_BY_TOP_UP, Reason.NEEDS_NO_MONEY)
            left = step["left_pence"] - (step["cost_pence"] if got else 0)
            steps.append(
                {
                    "label": titles[number],
                    "pence": left,
                    "taken_pence": step["cost_pence"] if got else 0,
                    "text": _("takes %(cost)s") % {"cost": pence(step["cost_pence"])} if got else _("passed over"),
                }
            )
        rounds = held.get("rounds") or []
        found.append(
            {
                "name": method_name(method),
                "decides": method == decides,
                "tie": held["status"] != "settled",
                "steps": steps,
                "whole_pence": inputs["budget_pence"],
                "shares": _shares(held) if rounds else "",
                "prices": [
                    {
                        "label": titles[each["project"]],
                        "pence": each["price_pence"],
                        "taken_pence": 0,
                        "text": _payers(each),
                    }
                    for each in rounds
                ],
            }
        )
    return found


def _payers(each: Mapping[str, Any]) -> str:
    paid = ngettext("%(n)d voter paid this", "%(n)d voters paid this", each["full_payers"]) % {"n": each["full_payers"]}
    if not each["part_payers"]:
        return paid
    return paid + ngettext(", %(n)d paid all they had left", ", %(n)d paid all they had left", each["part_payers"]) % {
        "n": each["part_payers"]
    }


def _shares(held: Mapping[str, Any]) -> str:
    first, last = (held["start_share_pence"], held["share_pence"] or held["start_share_pence"])
    return _("Every voter’s share began at %(first)s. It was raised to %(last)s so that more could be bought.") % {
        "first": pence(first[0] // first[1]),
        "last": pence(last[0] // last[1]),
    }


def channels(summary: Mapping[str, Any]) -> list[tuple[str, int | None]]:
    labels = {value: str(label) for value, label in Channel.choices}
    return [(labels.get(channel, channel), people) for channel, people in summary["turnout"]["channels"]]


def wards(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give each ward's voters beside those who live there, and how many that is in a thousand."""
    rows = []
    for name, people, population in summary["turnout"]["wards"]:
        rate = None if not population or people is None else _thousandths(people * 1_000_000 // population)
        rows.append(
            {"name": name or _("Elsewhere or not said"), "people": people, "population": population, "rate": rate}
        )
    return rows


def not_counted(summary: Mapping[str, Any]) -> list[str]:
    """Give a sentence for each kind of ballot that chose nothing, where there was one."""
    blank = summary["result"].get("blank", 0)
    if not blank:
        return []
    return [
        ngettext(
            "%(n)d ballot was blank. It is turnout and has no share.",
            "%(n)d ballots were blank. They are turnout and have no share.",
            blank,
        )
        % {"n": blank}
    ]


def sample_told(beside: Mapping[str, Any]) -> list[str]:
    """Give what the comparison of a sample of sheets found, in plain words; nothing of a count from before there were any."""
    if not beside.get("paper") or "sample" not in beside:
        return []
    if beside["sample"] is None:
        return [_("No sample of the sheets was compared once more.")]
    sample = Sample(**beside["sample"])
    said = [
        ngettext(
            "After keying, %(n)d sheet of %(all)d was drawn at random and compared once more with what was keyed.",
            "After keying, %(n)d sheets of %(all)d were drawn at random and compared once more with what was keyed.",
            sample.compared,
        )
        % {"n": sample.compared, "all": sample.drawn_from}
    ]
    if sample.wrong:
        said.append(
            ngettext(
                "%(n)d had been keyed wrongly and was put right. Sheets that were not drawn may be wrong as well.",
                "%(n)d had been keyed wrongly and were put right. Sheets that were not drawn may be wrong as well.",
                sample.wrong,
            )
            % {"n": sample.wrong}
            if not sample.is_whole
            else ngettext(
                "%(n)d had been keyed wrongly and was put right.",
                "%(n)d had been keyed wrongly and were put right.",
                sample.wrong,
            )
            % {"n": sample.wrong}
        )
    elif sample.compared and sample.is_whole:
        said.append(_("These are all the sheets, and none had been keyed wrongly."))
    elif sample.compared:
        most, of = most_wrong(sample.compared)
        said.append(
            _(
                "None had been keyed wrongly. So at most %(most)d in %(of)d of all sheets are wrong, with 95%% certainty."
            )
            % {"most": most, "of": of}
        )
    if sample.stood:
        said.append(
            ngettext(
                "%(n)d was read differently; keyed again by two people, it stood as it was.",
                "%(n)d were read differently; keyed again by two people, they stood as they were.",
                sample.stood,
            )
            % {"n": sample.stood}
        )
    if sample.not_in_it:
        said.append(
            ngettext(
                "%(n)d sheet was keyed after the draw and could not be drawn.",
                "%(n)d sheets were keyed after the draw and could not be drawn.",
                sample.not_in_it,
            )
            % {"n": sample.not_in_it}
        )
    return said


def by_need(funded: Sequence[Proposal]) -> list[dict[str, Any]]:
    """Give the money for each need. What answers several is told under each, so the sums may overlap."""
    sums: dict[str, int] = {}
    for proposal in funded:
        for need in proposal.needs.all():
            sums[need.title] = sums.get(need.title, 0) + proposal.cost_pence
    return _most_first(sums)


def by_place(funded: Sequence[Proposal]) -> list[dict[str, Any]]:
    sums: dict[str, int] = {}
    for proposal in funded:
        place = proposal.place.strip() or _("Place not said")
        sums[place] = sums.get(place, 0) + proposal.cost_pence
    return _most_first(sums)


def _most_first(sums: Mapping[str, int]) -> list[dict[str, Any]]:
    ranked = sorted(sums.items(), key=lambda each: (-each[1], each[0]))[:20]
    return [{"label": label, "pence": money, "taken_pence": 0, "text": ""} for label, money in ranked]


def read_out(summary: Mapping[str, Any]) -> list[str]:
    """Give what to read out at the meeting: the turnout, each grant, who is next, and where to check."""
    result, inputs = summary["result"], summary["inputs"]
    if result["status"] == "tie":
        return []
    lines = results(summary, {})
    people = result["ballots"]
    said = [
        ngettext("%(n)d person voted.", "%(n)d people voted.", people) % {"n": people},
        _("The round was counted by this rule, fixed before voting opened: %(rule)s.")
        % {"rule": method_name(inputs["rule"]["method"]).lower()},
    ]
    by_number = {line.number: line for line in lines}
    said += [
        _("Number %(number)d, “%(title)s”: %(cost)s, with %(votes)d votes.")
        % {
            "number": n,
            "title": by_number[n].title,
            "cost": pence(by_number[n].cost_pence),
            "votes": by_number[n].votes,
        }
        for n in result["funded"]
    ]
    said.append(
        _("That is %(spent)s of %(budget)s.")
        % {
            "spent": pence(inputs["budget_pence"] - result["left_pence"]),
            "budget": pence(inputs["budget_pence"]),
        }
    )
    for line in lines:
        if line.part == "reserve":
            said.append(_("Reserve: “%(title)s”.") % {"title": line.title})
    said.append(_("Every ballot is published without names, and anyone can count again on the results page."))
    return said


def _paid_from_shares(file: Mapping[str, Any]) -> dict[str, str]:
    """Say of each that equal shares bought what its voters paid; nothing where most votes decided."""
    result = file["result"]
    if result.get("decides") != CountingMethod.EQUAL_SHARES:
        return {}
    said = {}
    for each in result["equal_shares"].get("rounds") or []:
        full, part = each["full_payers"], each["part_payers"]
        if Method(file["inputs"]["ballot"]).is_ticks:
            because = ngettext(
                "%(n)d voter for it paid up to %(price)s from their share.",
                "%(n)d voters for it paid up to %(price)s each from their shares.",
                full,
            )
        else:
            because = ngettext(
                "%(n)d voter for it paid up to %(price)s for each point they gave it.",
                "%(n)d voters for it paid up to %(price)s for each point they gave it.",
                full,
            )
        because %= {"n": full, "price": pence(each["price_pence"])}
        if part:
            because += " " + ngettext(
                "%(n)d more paid what was left of theirs.", "%(n)d more paid what was left of theirs.", part
            ) % {"n": part}
        said[each["project"]] = because
    return said


def _outcome(step: Mapping[str, Any], least_funded: int | None, titles: Mapping[str, str]) -> tuple[str, str, str]:
    """Give the status, its tone and the sentence that a step of the count stands for."""
    left = pence(step["left_pence"])
    why = step["why"]
    if why == Reason.FUNDED:
        if step["by_lot"]:
            return (
                _("Funded"),
                "done",
                _("Drawn by lot among equal votes. %(left)s was left, enough for it.") % {"left": left},
            )
        return _("Funded"), "done", _("%(left)s was left when its turn came, enough for it.") % {"left": left}
    if why == Reason.FUNDED_BY_TOP_UP:
        return _("Funded"), "done", _("%(left)s was left over, enough for it.") % {"left": left}
    if why == Reason.NEEDS_NO_MONEY:
        return _("Funded"), "done", _("It needs no money.")
    if why == Reason.NOT_REACHED:
        return _("Not reached yet"), "waiting", _("The tie above it is settled first.")
    return _("Not funded"), "stopped", _why_not(step, least_funded, titles)


def _why_not(step: Mapping[str, Any], least_funded: int | None, titles: Mapping[str, str]) -> str:
    left, cost = pence(step["left_pence"]), pence(step["cost_pence"])
    why = step["why"]
    if why == Reason.NO_VOTES:
        return _("Nobody voted for it.")
    if why in (Why.DEARER_THAN_THE_POT, Reason.DEARER_THAN_THE_BUDGET):
        return _("It cost more than the whole budget.")
    if why == Reason.LOST_THE_LOT:
        return _("It lost the lot among equal votes: %(left)s was left and it cost %(cost)s.") % {
            "left": left,
            "cost": cost,
        }
    if why == Reason.BELOW_LEAST_VOTES:
        return _("It had fewer votes than this round asks for.")
    if why == Reason.BELOW_VOTE_FLOOR:
        return _("It had too few votes for its cost, by the floor this round set.")
    if why == Reason.CONFLICTS:
        return _("It cannot be done beside “%(other)s”, which is funded.") % {
            "other": titles.get(step["because_of"] or "", "")
        }
    if why == Reason.TOO_FEW_VOTES:
        return _("It had too few votes for its cost: all its voters' shares together would not pay %(cost)s.") % {
            "cost": cost
        }
    if why == Reason.SUPPORTERS_SPENT:
        return _("Its voters had paid for other choices and had %(theirs)s left. It cost %(cost)s.") % {
            "theirs": pence(step["supporters_left_pence"] or 0),
            "cost": cost,
        }
    because = _("It cost %(cost)s and only %(left)s was left when its turn came.") % {"cost": cost, "left": left}
    if step.get("votes_short"):
        return (
            because
            + " "
            + ngettext("It fell short by %(short)d vote.", "It fell short by %(short)d votes.", step["votes_short"])
            % {"short": step["votes_short"]}
        )
    if "votes_short" not in step and least_funded is not None and step["votes"] < least_funded:
        short = least_funded - step["votes"]
        because += " " + ngettext(
            "It had %(short)d vote fewer than the last one funded.",
            "It had %(short)d votes fewer than the last one funded.",
            short,
        ) % {"short": short}
    return because
