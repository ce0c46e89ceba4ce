"""`manage.py tick`: what is due now, run every minute by a timer. Safe to run twice at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from boards.people.models import SentForm
from engagement.notifications.actions import send_due


class Command(BaseCommand):
    help = "Send messages that are due and drop what has outlived its use. Opening and closing need no timer."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        sent = send_due(now=now)
        dropped, _ = SentForm.objects.filter(sent_on__lt=timezone.localdate(now) - timedelta(days=30)).delete()
        self.stdout.write(f"{sent} messages sent, {dropped} used form tokens dropped.")
