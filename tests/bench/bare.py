"""The yardsticks: a bare view that returns 2 KB, and one that inserts one row, beside the real site.

The site is the real one with one address more (tests/bench/urls.py).
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest  # noqa: E402
from django.http import HttpResponse  # noqa: E402

from moothall.wsgi import application as site  # noqa: E402
from tests.bench.row import insert  # noqa: E402

settings.ROOT_URLCONF = "tests.bench.urls"

TWO_KB = b"<!doctype html><title>Bare</title>" + b"x" * 2000


class Bare(WSGIHandler):
    """Django's handler with no middleware: what Django itself costs."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._middleware_chain = self.answer  # type: ignore[assignment]
        self._view_middleware = self._template_response_middleware = self._exception_middleware = []

    def answer(self, request: WSGIRequest) -> HttpResponse:
        if request.path == "/bench/insert/":
            insert()
            return HttpResponse(b"kept")
        return HttpResponse(TWO_KB)


bare = Bare()


def application(environ, start_response):  # type: ignore[no-untyped-def]
    door = bare if environ["PATH_INFO"].startswith("/bench/") else site
    return door(environ, start_response)
