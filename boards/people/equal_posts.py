"""A desk form that is sent twice does its act once, also where the form itself carries no token of its own.

Every page of the desk writes Django's token against forgery behind a new mask each time it is made, so two posts
that are equal to the letter came from one page: a double click, a lost answer, a reload.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from boards.people.models import SentForm

WAITS_SECONDS = 5.0
"""How long a second post waits for the first to be done."""
LONGEST_ADDRESS = 300


class EqualPosts:
    """Give a desk post that came before the answer of the first: where it led. An act refused may be sent again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_from_a_page = request.method == "POST" and bool(request.POST.get(FORGERY))
        if not is_from_a_page or not request.path.startswith("/desk/") or not request.user.is_authenticated:
            return self.get_response(request)
        token = token_of(request)
        if not claimed(token):
            if where := answer_to_the_first(token):
                return HttpResponseRedirect(where)
            if SentForm.objects.filter(pk=token).exists():
                return render(request, "409.html", status=409)
            # The first one was refused: this one is asked in its own right.
            return self.get_response(request)
        kept = False
        try:
            response = self.get_response(request)
            kept = response.status_code in (302, 303)
        finally:
            if not kept:
                SentForm.objects.filter(pk=token).delete()
        if kept:
            where = response["Location"]
            SentForm.objects.filter(pk=token).update(answer=where if len(where) <= LONGEST_ADDRESS else "/desk/")
        return response


FORGERY = "csrfmiddlewaretoken"


def token_of(request: HttpRequest) -> UUID:
    """Give a number that equal posts of one page have in common, and no others."""
    told = hashlib.sha256()
    parts = [request.get_full_path(), str(request.user.pk)]
    parts += [part for name, values in sorted(request.POST.lists()) for part in (name, *values)]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            parts += [name, file.name or "", str(file.size)]
            content = hashlib.sha256()
            for piece in file.chunks():
                content.update(piece)
            file.seek(0)
            parts.append(content.hexdigest())
    for part in parts:
        written = part.encode("utf-8", "surrogatepass")
        told.update(len(written).to_bytes(8, "big") + written)
    return UUID(bytes=told.digest()[:16])


def claimed(token: UUID) -> bool:
    """Say that this post is being seen to. False where an equal one is, or was."""
    try:
        with transaction.atomic():
            SentForm.objects.create(token=token, fingerprint=token.hex)
    except IntegrityError:
        return False
    return True


def answer_to_the_first(token: UUID) -> str:
    """Give where the first post led, waiting for it; "" where it was refused, or is not done yet."""
    until = time.monotonic() + WAITS_SECONDS
    while True:
        answer: str | None = SentForm.objects.filter(pk=token).values_list("answer", flat=True).first()
        if answer or answer is None or time.monotonic() > until:
            return answer or ""
        time.sleep(0.05)
