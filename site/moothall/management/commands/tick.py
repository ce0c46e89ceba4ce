"""`manage.py tick`: what is due now, run every minute by a timer. Safe to run twice at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from boards.people.models import Person, SentForm
from engagement.conversations.actions.results import forget_who_answered, work_out_all_that_is_due
from engagement.funding.actions import reminders, talk
from engagement.funding.actions.moving import tell_what_came_by_itself
from engagement.notifications.actions import send_due
from engagement.polls.actions import forget_kept_votes
from engagement.surveys.actions.counting import count_all_that_changed
from engagement.surveys.actions.drafting import drop_old_drafts
from engagement.surveys.actions.exporting import drop_ended
from engagement.surveys.actions.importing import drop_waiting


class Command(BaseCommand):
    help = "Tell of what dates have moved, send messages that are due and drop what has outlived its use. Opening and closing need no timer."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        moved = tell_what_came_by_itself(now=now)
        talk.remind(now=now)
        reminded = reminders.remind(now=now)
        sent = send_due(now=now)
        counted = count_all_that_changed()
        grouped = work_out_all_that_is_due(now=now)
        forget_who_answered(before=now - timedelta(days=30), on=timezone.localdate(now))
        forgotten = forget_kept_votes(now=now)
        unsent = drop_old_drafts(now=now)
        ended = drop_ended(now=now) + drop_waiting(now=now)
        dropped, _ = SentForm.objects.filter(sent_on__lt=timezone.localdate(now) - timedelta(days=30)).delete()
        # Someone typed an address and never the code: nothing hangs on it, and it may not be theirs.
        unproved, _ = (
            Person.objects.filter(last_login__isnull=True, date_joined__lt=now - timedelta(days=2))
            .filter(emailaddress__isnull=False, roles__isnull=True, evidence__isnull=True, messages__isnull=True)
            .exclude(emailaddress__verified=True)
            .filter(taking_part__isnull=True, ideas__isnull=True, statements__isnull=True, proposals__isnull=True)
            .delete()
        )
        self.stdout.write(
            f"{moved} moves of rounds told, {reminded} reminders written, {sent} messages sent, {counted} surveys counted, "
            f"{grouped} conversations worked out. "
            f"Dropped: {forgotten} kept votes of closed polls, {ended} files of answers, {unsent} old surveys that were never "
            f"sent, {dropped} used form tokens and {unproved} rows of unproved addresses."
        )
