"""The front door of one board."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Collection

from boards.places.models import Board
from cms.blocks import BOARD_BODY
from cms.pages.base import FixedPage


class BoardPage(FixedPage):
    """One board: its people, what is open, its needs, its pot, what came of it.

    The name and the address are the board's own; its officers choose the words, the pictures
    and which facts show, in which order.
    """

    board = models.OneToOneField(Board, models.PROTECT, related_name="page", editable=False)
    collection = models.OneToOneField(Collection, models.PROTECT, related_name="+", editable=False)
    hero_text = models.CharField(
        gettext_lazy("opening sentence"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy("What is good about this place, in a sentence."),
    )
    hero_picture = models.ForeignKey(
        "cms.Picture", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("picture")
    )
    body = StreamField(BOARD_BODY, blank=True, verbose_name=gettext_lazy("page"))

    template = "cms/pages/board.html"
    parent_page_types = ["cms.BoardsPage"]
    subpage_types = ["cms.NewsListPage", "cms.StandardPage"]
    content_panels = [
        MultiFieldPanel([FieldPanel("hero_text"), FieldPanel("hero_picture")], gettext_lazy("Top of the page")),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = gettext_lazy("board page")

    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("Home"), "/"), (_("Boards"), "/boards/"), (self.board.name, "")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        if self.hero_picture:
            context["facts"].hero = self.hero_picture
            context["facts"].news  # noqa: B018  reads both
        return context
