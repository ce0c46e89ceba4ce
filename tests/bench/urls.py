"""The site's own addresses, and a yardstick: an ordinary view that inserts one row for someone signed in."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from boards.people.permissions import login_required
from moothall.urls import handler400, handler403, handler404, handler500
from moothall.urls import urlpatterns as site
from tests.bench.row import insert

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_required
def insert_signed_in(request: HttpRequest) -> HttpResponse:
    insert()
    return HttpResponse(b"kept")


urlpatterns = [path("yardstick/insert/", insert_signed_in), *site]
