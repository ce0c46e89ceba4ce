"""Sentences about awards: why a move is refused, the letter of offer, the state of a grant."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from components.templatetags.components import london_date, pence
from engagement.funding.models import Award
from engagement.funding.models.awards import can_be_read
from engagement.funding.rules.awards import MOVES, Refusal, State


def refusal(why: Refusal, name: str, state: State) -> str:
    if why is Refusal.NOT_NOW:
        return not_now(name, state)
    return {
        Refusal.NOT_YOU: _("Only the person who sent in the proposal can do this."),
        Refusal.NO_REASON: _("Say why, in a few words."),
        Refusal.PAID_ALREADY: _("Money has been paid, so this can no longer be undone."),
        Refusal.MORE_THAN_AWARDED: _("That comes to more than the grant. No money moved."),
        Refusal.MORE_THAN_PAID: _("That is more than was paid. No money moved."),
        Refusal.LESS_THAN_PAID: _("More than that has been paid already. No money moved."),
        Refusal.MORE_THAN_THE_STREAM: _("There is not enough money left for that. No money moved."),
    }[why]


def not_now(name: str, state: State) -> str:
    if state is State.DECLINED:
        return _("The group has said no to this grant.")
    if state is State.WITHDRAWN:
        return _("The board has withdrawn this grant.")
    if name in ("accept", "decline"):
        if state is State.ACCEPTED:
            return _("This offer has been accepted already.")
        return _("This grant has not been offered yet.")
    if State.ACCEPTED in MOVES[name].before:
        return _("The group has to accept the offer first.")
    return _("This cannot be done to this grant now.")


FIELDS = ("group", "title", "amount", "board", "answer_by", "report_by")
"""What a letter may name in braces, such as {amount}."""


def first_letter() -> str:
    """The letter of offer of a board that has written none of its own."""
    return _(
        "Dear {group},\n\n"
        "{board} offers you a grant of {amount} for “{title}”.\n\n"
        "If you say yes, you agree to these terms:\n\n"
        "1. You spend the money only on what your proposal says. Ask us before you change anything.\n"
        "2. You keep receipts, and show them when we ask.\n"
        "3. You keep the people you work with safe.\n"
        "4. You tell us what happened by {report_by}, and we publish it.\n"
        "5. You give back what you do not spend.\n\n"
        "Please answer by {answer_by}. If you do not want the grant, say no, and the money helps someone else.\n\n"
        "{board}"
    )


def letter(template: str, award: Award, *, board: str, answer_by: date, report_by: date | None) -> str:
    """Give the letter with its gaps filled. Anything else in braces stays as it is written."""
    proposal = award.proposal
    filled = {
        "group": proposal.group,
        "title": proposal.title,
        "amount": pence(award.amount_pence),
        "board": board,
        "answer_by": london_date(answer_by),
        "report_by": london_date(report_by) if report_by else _("the day we agree with you"),
    }
    parts = template.split("{")
    words = parts[0]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        words += filled[name] + rest if brace and name in filled else "{" + part
    return words


TONES = {
    State.AWARDED: "decided",
    State.OFFERED: "waiting",
    State.ACCEPTED: "done",
    State.DECLINED: "stopped",
    State.WITHDRAWN: "stopped",
}


def tone(award: Award) -> str:
    return TONES[State(award.state)]


# --- what anyone may read ----------------------------------------------------------------------


def public_title(award: Award) -> tuple[str, str]:
    """Give a grant's title and address; of a proposal that was taken down only that there is one."""
    if can_be_read(award.proposal):
        return award.proposal.title, award.get_absolute_url()
    return _("A grant whose words were taken down"), ""


def public_group(award: Award) -> str:
    return award.proposal.group if can_be_read(award.proposal) else _("Name not shown")
