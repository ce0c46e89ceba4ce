"""Which pages another site may show in a frame: those that say so themselves, and no other."""

from typing import TypeVar

from django.http import HttpResponse

MAY_BE_FRAMED = "X-Moothall-May-Be-Framed"
"""Between a view and moothall.middleware.SecurityHeaders, through the kept pages; it never leaves the site."""

Answer = TypeVar("Answer", bound=HttpResponse)


def may_be_framed(response: Answer) -> Answer:
    """Let any site frame this answer. Only for a page that shows what strangers see and on which nothing acts."""
    response.headers[MAY_BE_FRAMED] = "yes"
    return response
