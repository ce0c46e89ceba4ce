"""The room as Django knows it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"

    def ready(self) -> None:
        offer_no_tags_of_others()
        ask_for_no_portraits()
        # After the last app: by then every table, content type and permission is there.
        # (Django sends the signal only for apps that have models.)
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(give_the_site_a_home, sender=last, dispatch_uid="cms.give_the_site_a_home")


def give_the_site_a_home(*, using: str, **kwargs: Any) -> None:
    """See that a database that was just migrated (or emptied) has a home page."""
    from cms.actions import set_up_site
    from cms.models import HomePage

    if using == "default" and HomePage._meta.db_table in connections[using].introspection.table_names():
        set_up_site()


def offer_no_tags_of_others() -> None:
    """Leave out the "most popular tags" beside lists of pictures and documents.

    Wagtail counts them over all boards, so they would say what others write about; it offers no
    setting or hook for them (8.0). tests/desk/test_scope.py fails if they come back.
    """
    from taggit.models import Tag
    from wagtail.admin import filters
    from wagtail.images.views import chooser

    filters.popular_tags_for_model = chooser.popular_tags_for_model = lambda model, count=10: Tag.objects.none()


def ask_for_no_portraits() -> None:
    """Leave out the picture of oneself on Wagtail's account page: its files would come in uncleaned."""
    from wagtail.admin.views.account import AvatarSettingsPanel

    AvatarSettingsPanel.is_active = lambda panel: False
