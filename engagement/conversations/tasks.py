"""Background work of this room."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task


@task()
def work_out_results(pk: int) -> None:
    from engagement.conversations.actions.results import work_out  # the action enqueues this task: it comes first
    from engagement.conversations.models import Conversation

    conversation = Conversation.objects.filter(pk=pk).first()
    if conversation is not None:
        work_out(conversation, now=timezone.now())
