"""The public door: the list, the question, the vote, the thanks and the results."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache

from boards.people import pending
from boards.people.limits import within_limit
from boards.people.permissions import login_required, open_to_all
from boards.people.rules import Verdict
from boards.places.models import Board
from components.templatetags.components import london
from engagement.activities.actions import say_standing, say_what_was_kept
from engagement.activities.device import device_of, give_device
from engagement.activities.models import Activity, TakingPart
from engagement.activities.permissions import needs_account
from engagement.activities.queries import by_reference, turnout
from engagement.activities.rules import normal_reference
from engagement.activities.spots import code_in, spot_with
from engagement.activities.views import crumbs_of, page_of
from engagement.moderation.guarding import guarded
from engagement.polls import actions, queries, whys
from engagement.polls.forms import BallotForm, typed_again
from engagement.polls.models import Poll
from engagement.polls.permissions import is_a_vote, may_change_vote, may_see_results
from engagement.polls.social import social_of

NO_COOKIE = gettext_noop(
    "Your browser refused the one cookie that keeps a vote to one each, so this was not counted. "
    "Allow cookies for this site and try again, or ring the board or vote at a library."
)

TOO_MANY = gettext_noop(
    "Many votes came from your network just now, so this one was not counted. Send it again in a minute."
)
VOTES_A_MINUTE = 120
"""Posts without an account from one network address. A hall full of people shares one, and each vote takes two."""


def find_poll(request: HttpRequest, board_slug: str, poll_slug: str) -> Poll:
    """Give a published poll, with whether the reader's standing is known. A draft is not there."""
    polls = Poll.objects.for_board(board_slug).published().prefetch_related("choices")
    polls = polls.with_standing_of(request.user, timezone.localdate())
    return get_object_or_404(polls, activity__slug=poll_slug)


def way_to(poll: Poll, *further: tuple[str, str]) -> list[tuple[str, str]]:
    board = poll.activity.board
    return crumbs_of(board, (_("Polls"), reverse("polls:list", args=[board.slug])), *further)


def question_page(
    request: HttpRequest,
    poll: Poll,
    *,
    form: BallotForm | None = None,
    refusal: str = "",
    status: int = 200,
    looking: bool = True,
    changing: bool = False,
) -> HttpResponse:
    """The one page of a poll: the form while it can be voted in, what became of it after.

    `changing` is for someone who has voted and asks for the form again, where the poll allows it.
    """
    now = timezone.now()
    activity = poll.activity
    mine = actions.already_counted(poll=poll, person=request.user, device=device_of(request)) if looking else None
    is_open = activity.is_open(now)
    may_change = bool(mine is not None and may_change_vote(poll, now=now))
    changing = changing and may_change
    if form is None and is_open and (mine is None or changing):
        form = BallotForm(poll=poll, person=request.user, stands=poll.stands or changing, changing=changing)
    if not is_open or (mine is not None and not changing):
        form = None
    verdict = may_see_results(request.user, activity, now=now, took_part=mine is not None)
    results = queries.results(poll) if verdict and form is None else None
    context = {
        "poll": poll,
        "activity": activity,
        "board": activity.board,
        "form": form,
        "mine": mine,
        "may_change": may_change,
        "changing": changing or (form is not None and form.changing),
        "refusal": refusal,
        "is_open": is_open,
        "has_closed": activity.has_closed(now),
        "results": results,
        "social": social_of(poll) if results else [],
        "at": code_in(request),
        "whole_address": settings.SITE_URL + poll.get_absolute_url(),
        "verdict": verdict,
        "corrections": list(poll.corrections.all()),
        "needs": list(activity.needs.all()),
        "now": now,
        "crumbs": way_to(poll, (activity.title, "")),
    }
    return TemplateResponse(request, "polls/poll.html", context, status=status)


@open_to_all
def poll_list(request: HttpRequest, board_slug: str) -> HttpResponse:
    """A board's polls: open first, then what comes and what has closed."""
    now = timezone.now()
    board = get_object_or_404(Board, slug=board_slug)
    closed = page_of(queries.polls_of(board, now=now, state="closed"), request)
    context = {
        "board": board,
        "open": queries.polls_of(board, now=now, state="open")[:50],
        "coming": queries.polls_of(board, now=now, state="coming")[:50],
        "page": closed,
        "now": now,
        "crumbs": crumbs_of(board, (_("Polls"), "")),
    }
    return TemplateResponse(request, "polls/list.html", context)


@open_to_all
def poll_page(request: HttpRequest, board_slug: str, poll_slug: str) -> HttpResponse:
    return question_page(request, find_poll(request, board_slug, poll_slug), changing="change" in request.GET)


def too_late(poll: Poll) -> str:
    """Say why a vote that came now cannot be counted."""
    activity = poll.activity
    if activity.closes_at is not None and activity.has_closed(timezone.now()):
        return _(
            "This poll closed on %(when)s. Your page was opened before then, and your vote came after, "
            "so it was not counted."
        ) % {"when": london(activity.closes_at)}
    return _("This poll opens on %(when)s. Your vote was not counted.") % {"when": london(activity.opens_at)}


@open_to_all
def vote(request: HttpRequest, board_slug: str, poll_slug: str) -> HttpResponse:
    """Count a vote, or lead someone to say who they are first. Repeating it changes nothing."""
    person = request.user
    at = code_in(request)
    if request.method == "POST" and person.is_authenticated and not device_of(request) and not at:
        choice = request.POST.get("choice", "") if not request.POST.get("why", "").strip() else ""
        # As the form would have it: a plain number, and one that a key can be.
        if re.fullmatch(r"[1-9][0-9]{0,17}", choice, re.ASCII):
            done = actions.cast_vote_at_once(
                board_slug=board_slug, poll_slug=poll_slug, choice_id=int(choice), person=person, now=timezone.now()
            )
            if done:
                pages_follow(request, done.results_show)
                return thank(board_slug, poll_slug, done.reference)
    poll = find_poll(request, board_slug, poll_slug)
    if request.method != "POST":
        return redirect(poll)
    now = timezone.now()
    activity = poll.activity
    if not activity.is_open(now):
        return question_page(request, poll, refusal=too_late(poll), status=409)
    asks_to_change = poll.may_change and "change" in request.GET
    mine = actions.already_counted(poll=poll, person=person, device=device_of(request)) if asks_to_change else None
    changing = mine is not None  # whoever has voted has shown where they stand
    form = BallotForm(request.POST, poll=poll, person=person, stands=poll.stands or changing, changing=changing)
    if not form.is_valid():
        return question_page(request, poll, form=form, looking=False)
    if mine is not None:
        return counted(request, poll, form, lambda: actions.change_vote(poll=poll, row=mine, marks=form.marks, now=now))
    if needs_account(activity) and not person.is_authenticated:
        finish_at = reverse("polls:finish", args=[board_slug, poll_slug])
        return redirect(pending.keep(request, f"polls:{poll.pk}", form.kept_vote() | {"at": at}, finish_at=finish_at))
    device = device_of(request)
    if not person.is_authenticated and not within_limit(request, "vote", a_minute=VOTES_A_MINUTE):
        return question_page(request, poll, form=form, refusal=_(TOO_MANY), status=429)
    if not person.is_authenticated and not device:
        if "again" in request.GET:
            return question_page(request, poll, form=form, refusal=_(NO_COOKIE), status=400)
        # The vote waits until the browser has shown that it keeps the cookie: 307 sends the same
        # form again. So a double click, which has no cookie yet, still leaves one vote.
        response = redirect(request.path + "?again=1" + (f"&at={at}" if at else ""), preserve_request=True)
        give_device(response)
        return response
    if person.is_authenticated and form.area is not None:
        say_standing(person=person, board=activity.board, reason=form.cleaned_data["reason"], area=form.area)
    return cast(request, poll, marks=form.marks, device=device, area=form.area, form=form, at=at, **form.words)


@login_required
@never_cache
def finish(request: HttpRequest, board_slug: str, poll_slug: str) -> HttpResponse:
    """Count the vote that was filled in before signing in."""
    poll = find_poll(request, board_slug, poll_slug)
    if request.method != "GET":
        return redirect(poll)
    kept = pending.take(request, f"polls:{poll.pk}")
    marks = marks_kept(kept)
    if kept is None or not is_a_vote(poll, marks):  # the board may have changed its draft's choices meanwhile
        return redirect(poll)
    if not poll.activity.is_open(timezone.now()):
        return question_page(request, poll, refusal=too_late(poll), status=409)
    standing = None if poll.stands else say_what_was_kept(person=request.user, board=poll.activity.board, kept=kept)
    if standing is None and not poll.stands:
        form = BallotForm(typed_again(poll, kept, marks), poll=poll, person=request.user, stands=False)
        return question_page(request, poll, form=form)
    words = {"why": str(kept.get("why", "")), "may_quote": bool(kept.get("may_quote"))}
    area = standing.area if standing else None
    return cast(request, poll, marks=marks, device="", area=area, form=None, at=str(kept.get("at", "")), **words)


def marks_kept(kept: dict[str, Any] | None) -> dict[int, int]:
    """Give the vote that was kept in the session during the sign-in; none where it is not there."""
    return {int(pk): int(mark) for pk, mark in kept.get("marks", ())} if kept else {}


def cast(
    request: HttpRequest,
    poll: Poll,
    *,
    marks: dict[int, int],
    device: str,
    area: Any,
    form: BallotForm | None,
    at: str,
    why: str = "",
    may_quote: bool = False,
) -> HttpResponse:
    """Make the one call that counts, and answer in words as well as by where it leads."""
    person = request.user if request.user.is_authenticated else None
    # Someone who voted on this browser before signing in has voted, and changes that vote where one may.
    before = actions.already_counted(poll=poll, person=None, device=device) if person and device else None
    now = timezone.now()

    def act() -> actions.Cast:
        if before is not None:
            if poll.may_change:
                return actions.change_vote(poll=poll, row=before, marks=marks, now=now)
            return actions.Cast(before, counted_now=False)
        return actions.cast_vote(
            poll=poll,
            marks=marks,
            now=now,
            person=person,
            device="" if person else device,
            area=area,
            spot=spot_with(poll.activity, at),
            why=why,
            may_quote=may_quote,
            why_doubts=guarded(request, asks_sum=False).reasons if why and request.method == "POST" else (),
        )

    return counted(request, poll, form, act)


def counted(request: HttpRequest, poll: Poll, form: BallotForm | None, act: Callable[[], actions.Cast]) -> HttpResponse:
    """Do what counts, and answer by where it leads."""
    try:
        done = act()
    except actions.VoteRefused as refused:
        # It may have closed between the click and the count.
        closed = not poll.activity.is_open(timezone.now())
        return question_page(
            request, poll, form=form, refusal=too_late(poll) if closed else str(refused), status=409 if closed else 403
        )
    activity = poll.activity
    pages_follow(request, activity.results_show)
    became = "" if done.counted_now else "changed" if done.changed else "already"
    return thank(activity.board.slug, activity.slug, done.taking_part.reference, became=became)


def pages_follow(request: HttpRequest, results_show: str) -> None:
    """Let kept pages follow a vote (moothall.page_cache) only where a reader could see it."""
    request.pages_changed = results_show == Activity.ResultsShow.ALWAYS  # type: ignore[attr-defined]


def thank(board_slug: str, poll_slug: str, reference: str, *, became: str = "") -> HttpResponse:
    """Lead to the confirmation, and say in words what became of the vote: counted, "changed", or "already"."""
    where = reverse("polls:thanks", args=[board_slug, poll_slug, reference])
    response = HttpResponseRedirect(f"{where}?{became}=1" if became else where)
    words = {"already": _("Your vote was already counted."), "changed": _("Your vote is changed.")}
    response.content = words.get(became, _("Your vote is counted.")).encode()
    return response


def row_of(poll: Poll, reference: str) -> TakingPart:
    """Give the row that a confirmation quotes; anything else is not there."""
    row: TakingPart | None = by_reference(poll.activity, normal_reference(reference))
    if row is None:
        raise Http404
    return row


@open_to_all
def thanks(request: HttpRequest, board_slug: str, poll_slug: str, reference: str) -> HttpResponse:
    """A confirmation that can be found again from its address: it names no person and no choice."""
    poll = find_poll(request, board_slug, poll_slug)
    row = row_of(poll, reference)
    now = timezone.now()
    context = {
        "poll": poll,
        "activity": poll.activity,
        "board": poll.activity.board,
        "row": row,
        "already": "already" in request.GET,
        "changed": "changed" in request.GET,
        "may_change": may_change_vote(poll, now=now),
        "has_words": poll.asks_why and whys.of_reference(poll, row.reference) is not None,
        "verdict": may_see_results(request.user, poll.activity, now=now, took_part=True),
        "now": now,
        "crumbs": way_to(poll, (poll.activity.title, poll.get_absolute_url())),
    }
    return TemplateResponse(request, "polls/thanks.html", context)


@open_to_all
@never_cache
def take_back(request: HttpRequest, board_slug: str, poll_slug: str, reference: str) -> HttpResponse:
    """Ask, and then take back what someone wrote of why. Whoever holds the confirmation may; it never shows the words."""
    poll = find_poll(request, board_slug, poll_slug)
    row = row_of(poll, reference)
    why = whys.of_reference(poll, row.reference)
    if request.method == "POST" and why is not None:
        whys.take_back(why=why, now=timezone.now())
        request.pages_changed = True  # type: ignore[attr-defined]
        why = None
    context = {
        "poll": poll,
        "activity": poll.activity,
        "row": row,
        "has_words": why is not None,
        "crumbs": way_to(poll, (poll.activity.title, poll.get_absolute_url()), (_("Take your words back"), "")),
    }
    return TemplateResponse(request, "polls/take_back.html", context)


def may_read(request: HttpRequest, poll: Poll, now: datetime) -> Verdict:
    """Tell whether this reader may see the results: that hangs on the poll, the day, and whether they voted."""
    mine = actions.already_counted(poll=poll, person=request.user, device=device_of(request))
    return may_see_results(request.user, poll.activity, now=now, took_part=mine is not None)


WHYS_ON_RESULTS = 5


@open_to_all
def results(request: HttpRequest, board_slug: str, poll_slug: str) -> HttpResponse:
    poll = find_poll(request, board_slug, poll_slug)
    now = timezone.now()
    verdict = may_read(request, poll, now)
    words = list(queries.shown_whys(poll)[: WHYS_ON_RESULTS + 1]) if verdict and poll.asks_why else []
    context = {
        "poll": poll,
        "activity": poll.activity,
        "board": poll.activity.board,
        "verdict": verdict,
        "results": queries.results(poll) if verdict else None,
        "social": social_of(poll) if verdict else [],
        "turnout": turnout(poll.activity) if verdict else None,
        "whys": words[:WHYS_ON_RESULTS],
        "more_whys": len(words) > WHYS_ON_RESULTS,
        "corrections": list(poll.corrections.all()),
        "has_closed": poll.activity.has_closed(now),
        "now": now,
        "crumbs": way_to(poll, (poll.activity.title, poll.get_absolute_url()), (_("Results"), "")),
    }
    return TemplateResponse(request, "polls/results.html", context)


@open_to_all
def words(request: HttpRequest, board_slug: str, poll_slug: str) -> HttpResponse:
    """Why, in people's own words: to whom and when the results show."""
    poll = find_poll(request, board_slug, poll_slug)
    verdict = may_read(request, poll, timezone.now())
    results_at = reverse("polls:results", args=[board_slug, poll_slug])
    context = {
        "poll": poll,
        "activity": poll.activity,
        "verdict": verdict,
        "page": page_of(queries.shown_whys(poll), request) if verdict and poll.asks_why else None,
        "crumbs": way_to(
            poll, (poll.activity.title, poll.get_absolute_url()), (_("Results"), results_at), (_("Why"), "")
        ),
    }
    return TemplateResponse(request, "polls/words.html", context)
