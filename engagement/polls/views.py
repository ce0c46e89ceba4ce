"""The public door: the list, the question, the vote, the thanks and the results."""

from __future__ import annotations

import re
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
from engagement.polls import actions, queries
from engagement.polls.forms import BallotForm
from engagement.polls.models import Poll
from engagement.polls.permissions import may_see_results
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
) -> HttpResponse:
    """The one page of a poll: the form while it can be voted in, what became of it after."""
    now = timezone.now()
    activity = poll.activity
    mine = actions.already_counted(poll=poll, person=request.user, device=device_of(request)) if looking else None
    is_open = activity.is_open(now)
    if form is None and is_open and mine is None:
        form = BallotForm(poll=poll, person=request.user, stands=poll.stands)
    if not is_open or mine is not None:
        form = None
    verdict = may_see_results(request.user, activity, now=now, took_part=mine is not None)
    results = queries.results(poll) if verdict and form is None else None
    context = {
        "poll": poll,
        "activity": activity,
        "board": activity.board,
        "form": form,
        "mine": mine,
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
    return question_page(request, find_poll(request, board_slug, poll_slug))


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
        choice = request.POST.get("choice", "")
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
    form = BallotForm(request.POST, poll=poll, person=person, stands=poll.stands)
    if not form.is_valid():
        return question_page(request, poll, form=form, looking=False)
    if needs_account(activity) and not person.is_authenticated:
        kept = {"choice": form.cleaned_data["choice"].pk, **form.kept_standing(), "at": at}
        finish_at = reverse("polls:finish", args=[board_slug, poll_slug])
        return redirect(pending.keep(request, f"polls:{poll.pk}", kept, finish_at=finish_at))
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
    return cast(request, poll, choice=form.cleaned_data["choice"], device=device, area=form.area, form=form, at=at)


@login_required
@never_cache
def finish(request: HttpRequest, board_slug: str, poll_slug: str) -> HttpResponse:
    """Count the vote that was filled in before signing in."""
    poll = find_poll(request, board_slug, poll_slug)
    if request.method != "GET":
        return redirect(poll)
    kept = pending.take(request, f"polls:{poll.pk}")
    choice = next((each for each in poll.choices.all() if kept and each.pk == kept.get("choice")), None)
    if kept is None or choice is None:
        return redirect(poll)
    if not poll.activity.is_open(timezone.now()):
        return question_page(request, poll, refusal=too_late(poll), status=409)
    standing = None if poll.stands else say_what_was_kept(person=request.user, board=poll.activity.board, kept=kept)
    if standing is None and not poll.stands:
        form = BallotForm({"choice": str(choice.pk)}, poll=poll, person=request.user, stands=False)
        return question_page(request, poll, form=form)
    area = standing.area if standing else None
    return cast(request, poll, choice=choice, device="", area=area, form=None, at=kept.get("at", ""))


def cast(
    request: HttpRequest, poll: Poll, *, choice: Any, device: str, area: Any, form: BallotForm | None, at: str
) -> HttpResponse:
    """Make the one call that counts, and answer in words as well as by where it leads."""
    person = request.user if request.user.is_authenticated else None
    # Someone who voted on this browser before signing in has voted.
    before = actions.already_counted(poll=poll, person=None, device=device) if person and device else None
    try:
        done = (
            actions.Cast(before, counted_now=False)
            if before
            else actions.cast_vote(
                poll=poll,
                choice=choice,
                now=timezone.now(),
                person=person,
                device="" if person else device,
                area=area,
                spot=spot_with(poll.activity, at),
            )
        )
    except actions.VoteRefused as refused:
        # It may have closed between the click and the count.
        closed = not poll.activity.is_open(timezone.now())
        return question_page(
            request, poll, form=form, refusal=too_late(poll) if closed else str(refused), status=409 if closed else 403
        )
    activity = poll.activity
    pages_follow(request, activity.results_show)
    return thank(activity.board.slug, activity.slug, done.taking_part.reference, already=not done.counted_now)


def pages_follow(request: HttpRequest, results_show: str) -> None:
    """Let kept pages follow a vote (moothall.page_cache) only where a reader could see it."""
    request.pages_changed = results_show == Activity.ResultsShow.ALWAYS  # type: ignore[attr-defined]


def thank(board_slug: str, poll_slug: str, reference: str, *, already: bool = False) -> HttpResponse:
    """Lead to the confirmation, and say in words what became of the vote."""
    where = reverse("polls:thanks", args=[board_slug, poll_slug, reference])
    response = HttpResponseRedirect(where + "?already=1" if already else where)
    response.content = (_("Your vote was already counted.") if already else _("Your vote is counted.")).encode()
    return response


@open_to_all
def thanks(request: HttpRequest, board_slug: str, poll_slug: str, reference: str) -> HttpResponse:
    """A confirmation that can be found again from its address: it names no person and no choice."""
    poll = find_poll(request, board_slug, poll_slug)
    row: TakingPart | None = by_reference(poll.activity, normal_reference(reference))
    if row is None:
        raise Http404
    now = timezone.now()
    context = {
        "poll": poll,
        "activity": poll.activity,
        "board": poll.activity.board,
        "row": row,
        "already": "already" in request.GET,
        "verdict": may_see_results(request.user, poll.activity, now=now, took_part=True),
        "now": now,
        "crumbs": way_to(poll, (poll.activity.title, poll.get_absolute_url())),
    }
    return TemplateResponse(request, "polls/thanks.html", context)


@open_to_all
def results(request: HttpRequest, board_slug: str, poll_slug: str) -> HttpResponse:
    poll = find_poll(request, board_slug, poll_slug)
    now = timezone.now()
    mine = actions.already_counted(poll=poll, person=request.user, device=device_of(request))
    verdict = may_see_results(request.user, poll.activity, now=now, took_part=mine is not None)
    context = {
        "poll": poll,
        "activity": poll.activity,
        "board": poll.activity.board,
        "verdict": verdict,
        "results": queries.results(poll) if verdict else None,
        "social": social_of(poll) if verdict else [],
        "turnout": turnout(poll.activity) if verdict else None,
        "corrections": list(poll.corrections.all()),
        "has_closed": poll.activity.has_closed(now),
        "now": now,
        "crumbs": way_to(poll, (poll.activity.title, poll.get_absolute_url()), (_("Results"), "")),
    }
    return TemplateResponse(request, "polls/results.html", context)
