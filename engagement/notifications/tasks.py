"""Background work of this room."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task


@task()
def send_messages() -> int:
    from engagement.notifications.actions import send_due  # the actions enqueue this task: they come first

    return send_due(now=timezone.now())


def send_due_soon() -> None:
    """Ask a worker to send what is due. If the queue cannot be reached `manage.py tick` sends it later."""
    send_messages.enqueue()
