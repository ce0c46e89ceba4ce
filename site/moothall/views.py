"""Pages that belong to no room: the server's health, and what went wrong."""

from uuid import uuid4

import structlog
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from boards.people.permissions import open_to_all

log = structlog.get_logger(__name__)


@open_to_all
@never_cache
def healthy(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers too; a load balancer reads this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"healthy": True})


@open_to_all
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


@open_to_all
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"why": str(exception) if exception else ""}, status=403)


@open_to_all
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


@open_to_all
def server_error(request: HttpRequest) -> HttpResponse:
    """Apologise with a reference that the log holds too."""
    reference = uuid4().hex[:8]
    log.error("server_error", reference=reference, path=request.path)
    return render(request, "500.html", {"reference": reference}, status=500)
