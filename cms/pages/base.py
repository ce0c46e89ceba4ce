"""What every page type shares."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page, PagePermissionTester

from boards.people.desk_forms import WordsToKeep
from cms.queries import facts_for


def is_taken_by_a_room(path: str) -> bool:
    """Tell whether a room answers at this address, so that a page there would never be seen."""
    try:
        return resolve(path).view_name not in ("wagtail_serve", "cms:story")
    except Resolver404:
        return False


class BasePageForm(WordsToKeep, WagtailAdminPageForm):
    """Refuses an address that a room has already claimed."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        slug = cleaned.get("slug")
        if slug and self.parent_page and not self.instance.address_is_fixed:
            above = self.parent_page.url_path.split("/", 2)[2]  # /home/boards/x/ → boards/x/
            if is_taken_by_a_room(f"/{above}{slug}/"):
                self.add_error(
                    "slug", ValidationError(_("The site already uses this address. Choose different words."))
                )
        return cleaned


class FixedPageTester(PagePermissionTester):
    """A page the site leans on: it can be edited, and never deleted, moved, copied or taken down."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_move_to(self, destination: Page) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_copy_to(self, destination: Page, recursive: bool = False) -> bool:
        return False


class BasePage(Page):
    """A page of this site: public or a draft, and nothing in between."""

    private_page_options: list[str] = []
    show_in_menus_default = False
    base_form_class = BasePageForm
    address_is_fixed = False
    """The site made it and leans on its address."""

    promote_panels = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            gettext_lazy("Address and search"),
        )
    ]
    settings_panels: list[Any] = []

    class Meta:
        abstract = True

    @property
    def board(self) -> Any:
        """The board this page belongs to, or None for a page of the whole council."""
        return None

    def crumbs(self) -> list[tuple[str, str]]:
        """The way up, from the home page; the page itself comes last."""
        return [(_("Home"), "/"), (self.title, "")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        now = timezone.now()
        context.update(now=now, facts=facts_for(self.board, now=now), crumbs=self.crumbs())
        return context


class FixedPage(BasePage):
    """Made by the site (cms.actions.set_up) and never by hand."""

    address_is_fixed = True
    promote_panels = [
        MultiFieldPanel([FieldPanel("seo_title"), FieldPanel("search_description")], gettext_lazy("Search"))
    ]

    class Meta:
        abstract = True

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        # Wagtail lets no class inherit is_creatable, so a flag here would close nothing.
        return False

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return FixedPageTester(user, self)
