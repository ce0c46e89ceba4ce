"""What each check says, to the group while it writes and to the officer who decides. None of it is a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from components.templatetags.components import london_date, pence
from engagement.funding.rules.checks import Check, Finding, Says


@dataclass(frozen=True)
class Line:
    """One check in words: what it looks at, how it stands, and what to do where something is missing."""

    name: str
    says: str
    tone: str
    label: str
    words: str
    links: tuple[tuple[str, str], ...] = ()


TONES = {Says.PASSES: "done", Says.FAILS: "stopped", Says.LOOK: "waiting"}


def names() -> dict[Check, str]:
    return {
        Check.IN_AREA: _("In the board's area"),
        Check.IN_STREAM: _("The money is there"),
        Check.WITHIN_CAP: _("Within what one grant may be"),
        Check.WITHIN_ROUND: _("Within what this round gives"),
        Check.NOT_BEGUN: _("Not begun yet"),
        Check.MATCH: _("Others give something too"),
        Check.SAFEGUARDING: _("People are kept safe"),
        Check.ACCOUNTS: _("Accounts"),
        Check.ACCOUNT: _("Somewhere to pay the grant"),
        Check.TWICE: _("Not paid for twice"),
    }


def sentence(found: Finding) -> str:
    """Give what a finding means, and what to do where something is missing."""
    money, day = pence(found.pence), london_date(found.day)
    return {
        (Check.IN_AREA, "outside"): _("A place you named is not in this board's area. The board can pay only for people here."),
        (Check.IN_AREA, "inside"): _("It helps people in this board's area."),
        (Check.IN_AREA, "not_said"): _("It does not say which parts of the area it helps. A person will look."),
        (Check.IN_STREAM, "too_little_left"): _("Only %(money)s is left in this part of the pot.") % {"money": money},
        (Check.IN_STREAM, "holds_enough"): _("This part of the pot holds %(money)s.") % {"money": money},
        (Check.WITHIN_CAP, "above_cap"): _("One grant may be %(money)s at most. Ask for less, or find the rest elsewhere.")
        % {"money": money},
        (Check.WITHIN_CAP, "below_cap"): _("It is not more than one grant may be."),
        (Check.WITHIN_ROUND, "above_most"): _("One proposal may ask for %(money)s at most in this round.") % {"money": money},
        (Check.WITHIN_ROUND, "below_most"): _("It is not more than this round can give."),
        (Check.NOT_BEGUN, "no_dates"): _("It does not say when it begins and ends."),
        (Check.NOT_BEGUN, "too_soon"): _("It begins before the decision on %(day)s. A grant cannot pay for what is done already. Choose a later day.")
        % {"day": day},
        (Check.NOT_BEGUN, "after_decision"): _("It begins after the decision."),
        (Check.MATCH, "not_needed"): _("For a sum this small nobody else needs to give."),
        (Check.MATCH, "secured"): _("Others give %(money)s.") % {"money": money},
        (Check.MATCH, "only_asked"): _("Others were asked for %(money)s and have not answered yet. Tell us when they do.")
        % {"money": money},
        (Check.MATCH, "none"): _("Nobody else gives anything yet. Hours that volunteers give count too: write down what they are worth."),
        (Check.SAFEGUARDING, "nobody_at_risk"): _("No children or adults at risk take part."),
        (Check.SAFEGUARDING, "no_policy"): _("Children or adults at risk take part, and the group's page has nothing on how you keep them safe. Add it there once, and it serves for every form."),
        (Check.SAFEGUARDING, "runs_out"): _("What you have on keeping people safe runs out on %(day)s, before the work ends. Add a newer one on the group's page.")
        % {"day": day},
        (Check.SAFEGUARDING, "policy"): _("The group's page says how you keep people safe."),
        (Check.ACCOUNTS, "there"): _("The group's page has its accounts."),
        (Check.ACCOUNTS, "missing"): _("The group's page has no accounts. Add them once, and they serve for every form. A few lines of what came in and what went out are enough for a small group."),
        (Check.ACCOUNT, "own"): _("The group has its own bank account."),
        (Check.ACCOUNT, "not_said"): _("It does not say whether the group has a bank account."),
        (Check.ACCOUNT, "no_host"): _("The group has no bank account. Name another organisation that would hold the money for you."),
        (Check.ACCOUNT, "host_asked"): _("The host has been written to and has not answered yet."),
        (Check.ACCOUNT, "host"): _("The host agrees to hold the money."),
        (Check.ACCOUNT, "host_no"): _("The host does not agree to hold the money. Find another one and ring the board."),
        (Check.TWICE, "none_like_it"): _("We know of no other grant to this group for the same thing."),
        (Check.TWICE, "like_it"): _("Another proposal of this group looks like this one. That may be quite right: say in your words how they differ."),
    }[(found.check, found.why)]  # fmt: skip


def lines(findings: list[Finding]) -> list[Line]:
    """Give the checks in words, what is missing first."""
    called = names()
    label = {Says.PASSES: _("Fine"), Says.FAILS: _("Missing"), Says.LOOK: _("To look at")}
    order = [Says.FAILS, Says.LOOK, Says.PASSES]
    return [
        Line(
            name=called[found.check],
            says=found.says.value,
            tone=TONES[found.says],
            label=label[found.says],
            words=sentence(found),
            links=tuple((f"{each.title}: {pence(each.amount_pence)}, {each.where}", each.href) for each in found.twins),
        )
        for found in sorted(findings, key=lambda found: order.index(found.says))
    ]


def glance(findings: list[Finding]) -> tuple[int, int, int]:
    """Give how many pass, fail, and want a look."""
    says = [found.says for found in findings]
    return says.count(Says.PASSES), says.count(Says.FAILS), says.count(Says.LOOK)
