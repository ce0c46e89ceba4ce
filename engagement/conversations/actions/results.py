"""Working out what a conversation came to, in the background, and keeping it. No page works it out."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction

from engagement.conversations import queries
from engagement.conversations.actions.answering import hold
from engagement.conversations.models import Answer, Conversation, KeptResults, Participant, Statement
from engagement.rules.small_numbers import LEAST_SHOWN

ASKED_AGAIN_SECONDS = 30


def results_now(conversation: Conversation, *, now: datetime) -> KeptResults | None:
    """Give the results kept last, and ask a worker for newer ones where they are old; None before the first."""
    kept = queries.kept_results(conversation)
    # One worker is enough, however many look at the page.
    if is_due(conversation, kept, now=now) and cache.add(
        f"conversations:results:{conversation.pk}", 1, ASKED_AGAIN_SECONDS
    ):
        from engagement.conversations.tasks import work_out_results  # the task calls this module

        work_out_results.enqueue(conversation.pk)
        kept = queries.kept_results(conversation)
    return kept


def is_due(conversation: Conversation, kept: KeptResults | None, *, now: datetime) -> bool:
    """Tell whether results are to be worked out: once it has closed, and before that with each five people.

    While it is open they move on only when five people or more answered since: else whoever looks
    before and after one person answers could subtract what the one page said from the other.
    """
    if conversation.activity.has_closed(now):
        return kept is None or not kept.is_final or kept.changes < conversation.changes
    if kept is not None and kept.changes >= conversation.changes:
        return False
    return queries.changed_since(conversation, kept.changes if kept else 0) >= LEAST_SHOWN


def work_out(conversation: Conversation, *, now: datetime) -> KeptResults:
    """Work out the results from every answer to a statement that is shown, and keep them.

    Two workers may do it at once: results from an older state never take the place of newer ones.
    """
    # numpy and scikit-learn are large: a process that serves pages never loads them.
    from engagement.conversations.rules.opinion import opinion_of
    from engagement.conversations.rules.published import published

    conversation = Conversation.objects.select_related("activity__board").get(pk=conversation.pk)
    statements = sorted(Statement.objects.shown().filter(conversation=conversation).values_list("pk", flat=True))
    answers = sorted(
        Answer.objects.filter(participant__conversation=conversation, statement__state=Statement.State.SHOWN)
        .order_by()
        .values_list("participant_id", "statement_id", "way")
    )
    opinion = opinion_of(answers, statements=statements, least=conversation.least_in_group, shown_least=LEAST_SHOWN)
    digest = sha256(f"{conversation.least_in_group}:{statements}:{answers}".encode()).hexdigest()
    with transaction.atomic():
        hold(conversation)
        kept = queries.kept_results(conversation)
        is_final = conversation.activity.has_closed(now)
        if kept is not None and kept.changes > conversation.changes:
            return kept
        kept, _made = KeptResults.objects.update_or_create(
            conversation=conversation,
            defaults={
                "changes": conversation.changes,
                "digest": digest,
                "worked_out_at": now,
                "people": opinion.people,
                "is_final": is_final,
                "found": published(opinion),
            },
        )
        for pk, extremity in opinion.extremity.items():
            Statement.objects.filter(pk=pk).exclude(extremity=extremity).update(extremity=extremity)
    return kept


def work_out_all_that_is_due(*, now: datetime) -> int:
    """Work out the results of every conversation that is due, for the timer; give how many."""
    done = 0
    for conversation in queries.to_work_out(now):
        if is_due(conversation, queries.kept_results(conversation), now=now):
            work_out(conversation, now=now)
            done += 1
    return done


def forget_who_answered(*, before: datetime, on: object) -> int:
    """Cut the tie between people and their answers in conversations that closed before then; give how many.

    Only once their last results are kept. The answers stay, and nothing leads from them to anyone.
    """
    rows = Conversation.objects.closed_before(before).filter(forgotten_on__isnull=True, kept_results__is_final=True)
    done = 0
    for conversation in rows:
        with transaction.atomic():
            Participant.objects.filter(conversation=conversation).update(taking_part=None, changed_at=0)
            Conversation.objects.filter(pk=conversation.pk).update(forgotten_on=on)
        done += 1
    return done
