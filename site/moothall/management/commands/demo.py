"""`manage.py demo`: load the invented district of Thornbridge."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from moothall.demo.loader import load
from moothall.demo.loader.reading import council_file


class Command(BaseCommand):
    help = "Load the demo: sixteen invented boards. Running it again changes no data; on a new day, open stays open."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Set DEMO=true: this fills the site with invented people and words.")
        load(now=timezone.now(), say=self.stdout.write)
        self.stdout.write(
            f"\nThe site is at {settings.SITE_URL}/ once it is started. Sign in with any of these addresses:"
        )
        for each in council_file()["sign_ins"]:
            self.stdout.write(f"  {each['email']:<36} {each['says']}")
        self.stdout.write(
            f"Mail, with the codes to sign in, appears on the console and at {settings.SITE_URL}/demo/mail/"
        )
