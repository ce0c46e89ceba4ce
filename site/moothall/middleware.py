"""What every request passes on its way in, and every answer on its way out."""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.datastructures import MultiValueDictKeyError

from components.framing import MAY_BE_FRAMED

log = structlog.get_logger(__name__)

Answers = Callable[[HttpRequest], HttpResponse]

PUBLIC_CSP = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Wagtail's own screens need inline scripts and styles (TECH_NOTES, section 3).
DESK_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


class OddRequests:
    """Answer 400 to a request no browser of ours would send, before any room reads it."""

    def __init__(self, get_response: Answers) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponse("Bad request", status=400, content_type="text/plain")
        if len(request.META.get("HTTP_ACCEPT_LANGUAGE", "")) > 500:
            request.META["HTTP_ACCEPT_LANGUAGE"] = ""
        try:
            # Read here, once, so that a body that cannot be read is refused and not a fault later.
            if request.method == "POST":
                len(request.POST)
        except (UnicodeError, LookupError, MultiPartParserError, BadRequest):
            return HttpResponse("Bad request", status=400, content_type="text/plain")
        except (RequestDataTooBig, TooManyFieldsSent):
            return HttpResponse("Too much was sent at once", status=413, content_type="text/plain")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 400 where a value was so odd that no form had a say.

        A number no database holds, a letter no text holds, a part of a form that its page always
        sends. Anything else is a fault of ours, and stays one.
        """
        if not is_odd(exception):
            return None
        log.warning("odd_request", path=request.path, error=type(exception).__name__, exc_info=exception)
        return render(request, "400.html", status=400)


def is_odd(exception: Exception) -> bool:
    """Tell whether only what was sent can have caused this."""
    if isinstance(exception, MultiValueDictKeyError | DataError | OverflowError | UnicodeEncodeError | RecursionError):
        return True
    if isinstance(exception, OperationalError):
        return any(words in str(exception) for words in ODD_TO_SQLITE)
    return isinstance(exception, ValueError) and any(words in str(exception) for words in ODD_TO_PYTHON)


ODD_TO_SQLITE = ("fts5:", "LIKE or GLOB pattern too complex", "too many SQL variables", "string or blob too big")
ODD_TO_PYTHON = ("Exceeds the limit (", "A string literal cannot contain NUL", "embedded null")


class SecurityHeaders:
    """Set the content security policy, and keep personal pages out of every cache."""

    def __init__(self, get_response: Answers) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        policy = DESK_CSP if request.path.startswith("/desk/") else PUBLIC_CSP
        if getattr(request, "is_dummy", False):
            # Wagtail's preview of a page: the public policy, shown inside a frame of the desk.
            policy = PUBLIC_CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        if is_framed := response.headers.pop(MAY_BE_FRAMED, None):
            # A page made for other sites' pages: it shows what a stranger sees, and nothing in it acts.
            policy = PUBLIC_CSP.replace("frame-ancestors 'none'", "frame-ancestors *")
        nonce = request.csp_nonce  # type: ignore[attr-defined]
        response.headers.setdefault("Content-Security-Policy", policy.format(nonce=nonce))
        if not is_framed:
            own = request.path.startswith("/desk/")
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN" if own else "DENY")
        user = getattr(request, "user", None)
        if request.path.startswith(("/desk/", "/account/", "/me/")) or (user is not None and user.is_authenticated):
            response.headers["Cache-Control"] = "no-store, private"
        return response


class OutageAnswer:
    """Answer 503 and "this was not counted" when the database cannot be reached or is stalled."""

    def __init__(self, get_response: Answers) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, (OperationalError, InterfaceError)) or is_odd(exception):
            return None
        log.error("database_unavailable", path=request.path, error=type(exception).__name__)
        response = render(request, "503.html", {"posted": request.method == "POST"}, status=503)
        response["Retry-After"] = "10"
        return response


class SameOriginOrToken(CsrfViewMiddleware):
    """Refuse a post made by another site.

    Our own public forms carry no token, so that someone who only reads gets no cookie and a
    page can be kept in a cache. Their posts are judged by what browsers say of where a request
    comes from: Fetch Metadata (W3C, Sec-Fetch-Site) first, else the Origin header (Fetch
    standard). With neither it was no browser, and there is no cookie to misuse. Everything
    else (the desk, accounts) keeps Django's token.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not getattr(view, "door", None):
            return super().process_view(request, view, args, kwargs)
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return None
        if came_from_us(request):
            return None
        return render(request, "403.html", {"why": ""}, status=403)


def came_from_us(request: HttpRequest) -> bool:
    """Tell whether the browser says this request was made by one of our own pages."""
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        return fetched_from in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        same_host = urlsplit(origin).netloc == request.get_host()
    except ValueError:  # no address at all, so none of ours
        return False
    return same_host or origin in settings.CSRF_TRUSTED_ORIGINS
