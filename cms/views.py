"""The front doors and the news, each found by one query, and the brand's style sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from boards.people.permissions import open_to_all
from cms.brand import brand_now
from cms.models import BoardPage, HomePage, NewsListPage, NewsPage


@open_to_all
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    page = get_object_or_404(HomePage.objects.live().select_related("hero_picture"))
    return page.serve(request)


@open_to_all
@require_safe
def board(request: HttpRequest, board_slug: str) -> HttpResponse:
    pages = BoardPage.objects.live().select_related("board", "hero_picture")
    return get_object_or_404(pages, board__slug=board_slug).serve(request)


@open_to_all
@require_safe
def news(request: HttpRequest, board_slug: str = "") -> HttpResponse:
    return get_object_or_404(NewsListPage.objects.live(), url_path=news_path(board_slug)).serve(request)


@open_to_all
@require_safe
def story(request: HttpRequest, story_slug: str, board_slug: str = "") -> HttpResponse:
    pages = NewsPage.objects.live().select_related("picture")
    return get_object_or_404(pages, url_path=f"{news_path(board_slug)}{story_slug}/").serve(request)


def news_path(board_slug: str) -> str:
    return f"/home/boards/{board_slug}/news/" if board_slug else "/home/news/"


@open_to_all
@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """The council's colours. Its address carries a mark of its contents, so it may be kept for a year."""
    known = brand_now()
    response = HttpResponse(known["css"], content_type="text/css; charset=utf-8")
    same = known["css_mark"] and request.META.get("QUERY_STRING") == known["css_mark"]
    response["Cache-Control"] = "public, max-age=31536000, immutable" if same else "public, max-age=60"
    return response
