"""News, of one board or of the whole council."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms.blocks import STORY_BODY
from cms.pages.base import BasePage, FixedPage
from cms.pages.board import BoardPage
from cms.pictures import CARD, read_sizes


class OfBoardOrCouncil:
    """A page that belongs to the board it stands under, if it stands under one."""

    @property
    def board_page(self) -> BoardPage | None:
        if not hasattr(self, "_board_page"):
            above = (self.path[:length] for length in range(self.steplen, len(self.path), self.steplen))
            found = BoardPage.objects.filter(path__in=list(above)) if self.path else BoardPage.objects.none()
            self._board_page: BoardPage | None = found.select_related("board").first()
        return self._board_page

    @property
    def board(self) -> Any:
        return self.board_page.board if self.board_page else None

    def crumbs(self) -> list[tuple[str, str]]:
        above = [(_("Home"), "/")]
        if self.board:
            above += [(_("Boards"), "/boards/"), (self.board.name, self.board.get_absolute_url())]
        return [*above, (self.title, "")]


class NewsListPage(OfBoardOrCouncil, FixedPage):
    """The news of one board (or of the council), newest first."""

    template = "cms/pages/news_list.html"
    parent_page_types = ["cms.HomePage", "cms.BoardPage"]
    subpage_types = ["cms.NewsPage"]
    content_panels: list[Any] = []
    PER_PAGE = 12

    class Meta:
        verbose_name = gettext_lazy("news list")

    def stories(self) -> Any:
        return NewsPage.objects.child_of(self).live().select_related("picture").order_by("-date", "-pk")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["stories"] = Paginator(self.stories(), self.PER_PAGE).get_page(request.GET.get("page"))
        read_sizes([story.picture for story in context["stories"]], CARD)
        return context


class NewsPage(OfBoardOrCouncil, BasePage):
    """One piece of news."""

    date = models.DateField(gettext_lazy("date"), default=timezone.localdate)
    intro = models.CharField(gettext_lazy("opening sentence"), max_length=300)
    picture = models.ForeignKey(
        "cms.Picture", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("picture")
    )
    body = StreamField(STORY_BODY, blank=True, verbose_name=gettext_lazy("story"))

    template = "cms/pages/news.html"
    parent_page_types = ["cms.NewsListPage"]
    subpage_types: list[str] = []
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("date"),
        FieldPanel("intro"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("intro"), index.SearchField("body")]

    class Meta:
        verbose_name = gettext_lazy("news")
        verbose_name_plural = gettext_lazy("news")

    @property
    def address(self) -> str:
        """Where it is read, worked out without a question to the database."""
        below = str(self.url_path).split("/", 2)[2]
        return "/" + below

    def crumbs(self) -> list[tuple[str, str]]:
        *above, here = super().crumbs()
        news = f"{self.board.get_absolute_url()}news/" if self.board else "/news/"
        return [*above, (_("News"), news), here]
