"""The front door of the whole council."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from cms.blocks import HOME_BODY
from cms.pages.base import FixedPage


class HomePage(FixedPage):
    """Find your board; what is open now; what changed."""

    headline = models.CharField(gettext_lazy("headline"), max_length=90)
    intro = models.CharField(gettext_lazy("opening sentence"), max_length=300, blank=True)
    hero_picture = models.ForeignKey(
        "cms.Picture", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("picture")
    )
    body = StreamField(HOME_BODY, blank=True, verbose_name=gettext_lazy("below the facts"))

    template = "cms/pages/home.html"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.BoardsPage", "cms.NewsListPage", "cms.StandardPage"]
    content_panels = [
        MultiFieldPanel(
            [FieldPanel("headline"), FieldPanel("intro"), FieldPanel("hero_picture")], gettext_lazy("Top of the page")
        ),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = gettext_lazy("home page")

    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("Home"), "")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        if self.hero_picture:
            context["facts"].hero = self.hero_picture
            context["facts"].news  # noqa: B018  reads both
        return context
