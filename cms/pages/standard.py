"""A page of words: about, privacy, how it works."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms.blocks import STORY_BODY
from cms.pages.base import BasePage
from cms.pages.news import OfBoardOrCouncil


class StandardPage(OfBoardOrCouncil, BasePage):
    """Words and pictures on one subject."""

    intro = models.CharField(gettext_lazy("opening sentence"), max_length=300, blank=True)
    body = StreamField(STORY_BODY, blank=True, verbose_name=gettext_lazy("page"))

    template = "cms/pages/standard.html"
    parent_page_types = ["cms.HomePage", "cms.BoardPage"]
    subpage_types: list[str] = []
    content_panels = [*BasePage.content_panels, FieldPanel("intro"), FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("intro"), index.SearchField("body")]

    class Meta:
        verbose_name = gettext_lazy("page of words")
        verbose_name_plural = gettext_lazy("pages of words")
