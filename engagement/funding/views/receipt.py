"""The page with the receipt: made once for all who vote in a round, and filled in for each of them.

In the last minutes no page is asked for more, and but for one line it is the same for everyone. It is
made with a mark where the receipt goes and kept in two halves, beside the round and no longer than that. No receipt
is ever kept, nor is a page that says anything else to one reader alone: officers, and whoever has a message
waiting, get one of their own.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from boards.people.permissions import kinds_held
from engagement.funding.ballot_box import BallotBox
from engagement.funding.rules import receipt_in_words
from engagement.funding.views.frame import page

MARK = "the-receipt-goes-here"


def receipt_page(request: HttpRequest, box: BallotBox, receipt: UUID, now: datetime) -> HttpResponse:
    words = receipt_in_words(receipt)
    if kinds_held(request.user) or len(get_messages(request)):
        return _made(request, box, words, now)
    kind = (get_language() or "", request.user.is_authenticated, timezone.localdate(now))
    halves = box.pages.get(kind)
    if halves is None:
        made = _made(request, box, MARK, now)
        if not is_for_all(request, made):
            return _made(request, box, words, now)
        before, after = made.content.split(MARK.encode())
        halves = box.pages[kind] = (before, after)
    return HttpResponse(words.encode().join(halves))


def _made(request: HttpRequest, box: BallotBox, words: str, now: datetime) -> HttpResponse:
    return page(request, "thanks", box.round, now, below=True, receipt=words).render()


def is_for_all(request: HttpRequest, made: HttpResponse) -> bool:
    """Tell whether a page holds nothing that is one reader's own: what guards their scripts, or their forms."""
    nonce: str = request.csp_nonce  # type: ignore[attr-defined]
    return nonce.encode() not in made.content and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
