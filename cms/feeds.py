"""News to follow in a reader, without an account."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from cms.models import NewsListPage, NewsPage

LONDON = ZoneInfo("Europe/London")


class NewsFeed(Feed):  # type: ignore[type-arg]
    """The newest news of one board, or of the council. Atom (RFC 4287)."""

    feed_type = Atom1Feed
    MOST = 30

    def get_object(self, request: HttpRequest, board_slug: str = "") -> NewsListPage:
        path = f"/home/boards/{board_slug}/news/" if board_slug else "/home/news/"
        return get_object_or_404(NewsListPage.objects.live(), url_path=path)

    def title(self, page: NewsListPage) -> str:
        return _("News from %(board)s") % {"board": page.board.name} if page.board else _("News")

    def subtitle(self, page: NewsListPage) -> str:
        return page.board.strapline if page.board else ""

    def link(self, page: NewsListPage) -> str:
        return f"{page.board.get_absolute_url()}news/" if page.board else "/news/"

    def items(self, page: NewsListPage) -> list[NewsPage]:
        return list(page.stories()[: self.MOST])

    def item_title(self, story: NewsPage) -> str:
        return story.title

    def item_description(self, story: NewsPage) -> str:
        return escape(story.intro)  # in a feed this is markup, and our words are none

    def item_link(self, story: NewsPage) -> str:
        return story.address

    def item_pubdate(self, story: NewsPage) -> datetime:
        return datetime.combine(story.date, time(), LONDON)

    def item_updateddate(self, story: NewsPage) -> datetime:
        return story.last_published_at or self.item_pubdate(story)

    def item_guid(self, story: NewsPage) -> str:
        return f"urn:uuid:{story.translation_key}"
