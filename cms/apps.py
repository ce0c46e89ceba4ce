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
        know_the_top_of_a_board()
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


def know_the_top_of_a_board() -> None:
    """Do not ask the database, on every screen, for the top of a tree whose top is at hand.

    Wagtail looks for the page above all those that someone may change. An officer of one board
    has one such page, and Wagtail has just read it.
    """
    from wagtail.models import AbstractPage
    from wagtail.permission_policies.pages import PagePermissionPolicy
    from wagtail.permissions import register_permission_policy

    class KnowsTheTop(PagePermissionPolicy):
        def explorable_root_instance(self, user: Any) -> Any:
            pages = {page.pk: page for page in self.instances_with_direct_explore_permission(user)}
            return next(iter(pages.values())) if len(pages) == 1 else super().explorable_root_instance(user)

    register_permission_policy(AbstractPage, KnowsTheTop())
