"""The shelf that board pages stand on. Its own address, /boards/, is answered by boards.places."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy

from cms.pages.base import FixedPage


class BoardsPage(FixedPage):
    """Holds the board pages; shows nothing of its own."""

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.BoardPage"]
    content_panels: list[Any] = []
    promote_panels: list[Any] = []
    preview_modes: list[Any] = []

    class Meta:
        verbose_name = gettext_lazy("boards")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect("/boards/")
