"""Make the pages, groups and collections the site leans on, where they are missing."""

from typing import Any

from django.core.management.base import BaseCommand

from cms.actions import set_up_all


class Command(BaseCommand):
    help = "Give the site a home page and each board a page, a group and a collection. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"The site has a home page, and {set_up_all()} boards have theirs.")
