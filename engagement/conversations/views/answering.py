"""The list, the conversation itself, and answering its statements one at a time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache

from boards.people import pending
from boards.people.limits import within_limit
from boards.people.permissions import login_required, open_to_all
from boards.places.models import Area, Board
from engagement.activities.actions import say_standing, say_what_was_kept
from engagement.activities.device import device_of, give_device
from engagement.activities.permissions import needs_account, not_open
from engagement.activities.views import crumbs_of, page_of
from engagement.conversations import permissions, queries
from engagement.conversations.actions import answering
from engagement.conversations.actions.refusals import Refused
from engagement.conversations.forms import WAYS, WORDS, CountForm
from engagement.conversations.models import Conversation
from engagement.conversations.views.frame import Reader, conversation_or_404, key_in, source_of, too_late, way_to

NO_COOKIE = gettext_noop(
    "Your browser refused the one cookie that keeps your answers together, so this was not kept. "
    "Allow cookies for this site and try again."
)
TOO_MANY = gettext_noop(
    "Many answers came from your network just now, so this one was not kept. Send it again in a minute."
)
ANSWERS_A_MINUTE = 300
"""Answers without an account from one network address: a class of thirty, each ten a minute."""


@open_to_all
def conversation_list(request: HttpRequest, board_slug: str) -> HttpResponse:
    """A board's conversations: open first, then what comes and what has closed."""
    now = timezone.now()
    board = get_object_or_404(Board, slug=board_slug)
    context = {
        "board": board,
        "open": queries.conversations_of(board, now=now, state="open")[:50],
        "coming": queries.conversations_of(board, now=now, state="coming")[:50],
        "page": page_of(queries.conversations_of(board, now=now, state="closed"), request),
        "now": now,
        "crumbs": crumbs_of(board, (_("Conversations"), "")),
    }
    return TemplateResponse(request, "conversations/list.html", context)


@open_to_all
def conversation(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """The question, and the statement that comes next (or the one that `?statement=` asks for)."""
    found = conversation_or_404(request, board_slug, slug)
    return page(request, found, Reader(request, found), asked=key_in(request.GET.get("statement", "")))


def page(
    request: HttpRequest,
    found: Conversation,
    reader: Reader,
    *,
    refusal: str = "",
    asked: int | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    activity = found.activity
    answered = reader.answered
    is_open = activity.is_open(now)
    place = queries.place_in(found, answered=answered, seed=reader.seed(), asked=asked)
    given = WORDS[answered[place.statement.pk]] if place.statement and place.statement.pk in answered else ""
    context = {
        "conversation": found,
        "activity": activity,
        "board": activity.board,
        "now": now,
        "is_open": is_open,
        "has_closed": activity.has_closed(now),
        "place": place,
        "given": given,
        "source": source_of(place.statement) if place.statement else "",
        "answered": len(answered),
        "waiting": len(reader.waiting_answers),
        "has_answers": bool(answered),
        "may_add": found.takes_statements and is_open,
        "verdict": permissions.may_see_results(request.user, activity, now=now, took_part=reader.took_part),
        "needs": list(activity.needs.all()),
        "refusal": refusal,
        "answer_at": found.address("answer"),
        "crumbs": way_to(found),
    }
    return TemplateResponse(request, "conversations/conversation.html", context, status=status)


@open_to_all
def answer(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Keep one answer, at once or until we know who gave it. Repeating it changes nothing."""
    found = conversation_or_404(request, board_slug, slug)
    if request.method != "POST":
        return redirect(found)
    now = timezone.now()
    reader = Reader(request, found)
    if not not_open(found.activity, now=now):
        return page(request, found, reader, refusal=too_late(found), status=409)
    key, way = key_in(request.POST.get("statement", "")), WAYS.get(request.POST.get("way", ""))
    if key is None or way is None:
        return page(request, found, reader, refusal=_("Choose agree, disagree or pass."), status=400)
    if queries.shown_statement(found, key) is None:
        gone = _("This statement is not shown any more, so your answer was not kept. Here is the next.")
        return page(request, found, reader, refusal=gone, status=409)
    person = request.user
    if not person.is_authenticated and not within_limit(request, "answer", a_minute=ANSWERS_A_MINUTE):
        return page(request, found, reader, refusal=_(TOO_MANY), status=429)
    back = found.address("mine") if request.POST.get("next") == "mine" else found.get_absolute_url()
    if not reader.may_answer(now):
        reader.keep({key: way})
        return redirect(back)
    if not person.is_authenticated and not reader.digest:
        return give_cookie(request, found, reader)
    try:
        store(request, found, reader, {key: way})
    except Refused as refused:
        return page(request, found, reader, refusal=str(refused), status=409)
    return redirect(back)


def give_cookie(request: HttpRequest, found: Conversation, reader: Reader) -> HttpResponse:
    """Send the same form again with a cookie: 307. So a double click, which has none yet, is still one person."""
    if "again" in request.GET:
        return page(request, found, reader, refusal=_(NO_COOKIE), status=400)
    response = redirect(request.path + "?again=1", preserve_request=True)
    give_device(response)
    return response


def store(
    request: HttpRequest, found: Conversation, reader: Reader, ways: dict[int, int], *, area: Area | None = None
) -> int:
    person = request.user if request.user.is_authenticated else None
    return answering.answer(
        conversation=found,
        ways=ways,
        now=timezone.now(),
        person=person,
        device=device_of(request),
        area=area,
        seed=reader.waiting.get("seed"),
    )


@open_to_all
@never_cache
def count(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Have the answers counted that wait in the session: say where you stand, and who you are last."""
    found = conversation_or_404(request, board_slug, slug)
    now = timezone.now()
    reader = Reader(request, found)
    if not reader.waiting_answers:
        return redirect(found)
    if not not_open(found.activity, now=now):
        return page(request, found, reader, refusal=too_late(found), status=409)
    person = request.user
    form = CountForm(
        request.POST if request.method == "POST" else None,
        activity=found.activity,
        person=person,
        stands=True if reader.says_local else None,
    )
    if request.method == "POST" and form.is_valid():
        if needs_account(found.activity) and not person.is_authenticated:
            contents = {**reader.waiting, "standing": form.kept_standing()}
            return redirect(pending.keep(request, reader.name, contents, finish_at=found.address("finish")))
        if not person.is_authenticated and not reader.digest:
            return give_cookie(request, found, reader)
        if person.is_authenticated and form.area is not None:
            say_standing(person=person, board=found.activity.board, reason=form.cleaned_data["reason"], area=form.area)
        return count_now(request, found, reader, area=form.area)
    context = {
        "conversation": found,
        "activity": found.activity,
        "board": found.activity.board,
        "form": form,
        "waiting": len(reader.waiting_answers),
        "needs_account": needs_account(found.activity),
        "crumbs": way_to(found, (_("Count my answers"), "")),
    }
    return TemplateResponse(request, "conversations/count.html", context)


def count_now(request: HttpRequest, found: Conversation, reader: Reader, *, area: Area | None = None) -> HttpResponse:
    """Keep what waited; where that is refused, it goes on waiting and nothing typed is lost."""
    try:
        store(request, found, reader, reader.waiting_answers, area=area)
    except Refused as refused:
        return page(request, found, reader, refusal=str(refused), status=409)
    pending.take(request, reader.name)
    return redirect(found.address("mine") + "?counted=1")


@login_required
@never_cache
def finish(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Signed in now: count what was answered before."""
    found = conversation_or_404(request, board_slug, slug)
    reader = Reader(request, found)
    if request.method != "GET" or not reader.waiting_answers:
        return redirect(found)
    say_what_was_kept(person=request.user, board=found.activity.board, kept=reader.waiting.get("standing") or {})
    if not reader.may_answer(timezone.now()) and not_open(found.activity, now=timezone.now()):
        return redirect(found.address("count"))  # where they stand is still to be asked
    return count_now(request, found, reader)


@open_to_all
@never_cache
def mine(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """One's own answers, to look at and change, and what became of one's own statements."""
    found = conversation_or_404(request, board_slug, slug)
    now = timezone.now()
    reader = Reader(request, found)
    rows = queries.answered_statements(found, reader.answered)
    paged: Any = page_of(rows, request, size=20)  # type: ignore[arg-type]
    context = {
        "conversation": found,
        "activity": found.activity,
        "board": found.activity.board,
        "page": paged,
        "rows": [
            {"statement": each, "given": WORDS[way], "source": source_of(each)} for each, way in paged.object_list
        ],
        "waiting": len(reader.waiting_answers),
        "just_counted": "counted" in request.GET and reader.took_part,
        "sent": list(queries.statements_by(request.user, found)[:50]) if request.user.is_authenticated else [],
        "is_open": found.activity.is_open(now),
        "answer_at": found.address("answer"),
        "crumbs": way_to(found, (_("My answers"), "")),
    }
    return TemplateResponse(request, "conversations/mine.html", context)
