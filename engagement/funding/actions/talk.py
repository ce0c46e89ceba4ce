"""A question to a group about its proposal, and the answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from components.templatetags.components import london_date
from engagement.funding import permissions
from engagement.funding.actions.proposals import hold, settle, tell_group
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import FundingRound, Proposal, Question
from engagement.notifications.actions import tell

DAYS_TO_ANSWER = 7
"""Where the officer names no day; less where voting opens sooner."""


def last_day(round: FundingRound, now: datetime) -> date:
    """Give the last whole day before voting opens: after it no answer can change the ballot."""
    return timezone.localdate(round.voting_opens_at - timedelta(microseconds=1))


def usual_day(round: FundingRound, now: datetime) -> date:
    return min(timezone.localdate(now) + timedelta(days=DAYS_TO_ANSWER), last_day(round, now))


@transaction.atomic
def ask_group(*, proposal: Proposal, words: str, by: Person, now: datetime, answer_by: date | None = None) -> Question:
    """Ask the group a question, with the last day for an answer. A question that still waits is taken back."""
    held = hold(proposal, by, now)
    if not words.strip():
        raise Refused(_("Write the words that the group will read."))
    day = answer_by or usual_day(held.round, now)
    if day < timezone.localdate(now):
        raise Refused(_("The day for the answer has gone by. Choose a later one."))
    if day > last_day(held.round, now):
        raise Refused(
            _("Voting opens before that. Choose %(day)s or a day before it.")
            % {"day": london_date(last_day(held.round, now))}
        )
    before = held.standing
    Question.objects.filter(proposal=held).waiting().update(taken_back_at=now)
    question = Question.objects.create(
        proposal=held, words=words.strip()[:1000], asked_by=by, asked_at=now, answer_by=day
    )
    held.standing, held.standing_words, held.number = Proposal.Standing.ASKED, question.words, None
    settle(held, proposal, before, by=by, now=now)
    tell_group(
        held,
        subject=_("A question about “%(title)s”"),
        body=question.words
        + "\n\n"
        + _("Please answer by %(day)s. If we have no answer by then, the board decides with what it has.")
        % {"day": london_date(day)},
        now=now,
        link=held.round.address("talk", held.slug),
    )
    return question


@transaction.atomic
def answer(*, question: Question, words: str, by: Person, now: datetime) -> None:
    """Keep the group's answer; the proposal is checked again, and the officer who asked is told."""
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("round__activity__board", "round__stream__pot")
        .get(pk=question.proposal_id)
    )
    held = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if held.answered_at is not None and held.answer == words.strip() and permissions.speaks_for(by, proposal):
        return  # the same answer, sent twice
    verdict = permissions.may_answer(by, proposal, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if held.answered_at is not None or held.taken_back_at is not None:
        raise Refused(_("This question has been answered or taken back. Read the page again."))
    if not words.strip():
        raise Refused(_("Write your answer."))
    held.answer, held.answered_by, held.answered_at = words.strip(), by, now
    held.save(update_fields=["answer", "answered_by", "answered_at"])
    proposal.standing, proposal.standing_words = Proposal.Standing.SUBMITTED, ""
    proposal.save(update_fields=["standing", "standing_words"])
    log(
        instance=proposal,
        action="funding.answer",
        user=by,
        title=f"{_('Proposal')} {proposal.pk}",
        data={
            "before": Proposal.Standing.ASKED.value,
            "after": Proposal.Standing.SUBMITTED.value,
            "question": held.pk,
            "board": proposal.round.activity.board_id,
        },
    )
    if held.asked_by is not None:
        tell(
            person=held.asked_by,
            key=f"funding-answer:{held.pk}",
            kind="funding",
            subject=_("An answer about “%(title)s”") % {"title": proposal.title},
            body=_("The group has answered your question. The proposal waits to be checked."),
            link=reverse("funding_desk:proposal", args=[proposal.pk]),
            now=now,
        )


def remind(*, now: datetime) -> int:
    """Remind groups, once, of a question whose day is tomorrow or today; give how many were told."""
    today = timezone.localdate(now)
    told = 0
    soon = Question.objects.waiting().filter(answer_by__gte=today, answer_by__lte=today + timedelta(days=1))
    for question in soon.select_related("proposal__lead", "proposal__round__activity__board"):
        proposal = question.proposal
        if question.asked_at > now - timedelta(days=1) or proposal.lead is None:
            continue
        told += tell(
            person=proposal.lead,
            key=f"funding-question-reminder:{question.pk}",
            kind="funding",
            subject=_("Please answer about “%(title)s”") % {"title": proposal.title},
            body=_("The board asked you a question. The last day for your answer is %(day)s.")
            % {"day": london_date(question.answer_by)},
            link=proposal.round.address("talk", proposal.slug),
            now=now,
        )
    return told
