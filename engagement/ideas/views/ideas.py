"""One idea: its page, backing and following it, and the comments below."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from boards.people import pending
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.limits import sender_of
from boards.people.permissions import login_required, open_to_all
from engagement.activities.actions import say_what_was_kept
from engagement.activities.permissions import not_open
from engagement.ideas import actions, onward, permissions, queries
from engagement.ideas.forms import BackForm, CommentForm
from engagement.ideas.models import Comment, Idea, StatusChange
from engagement.ideas.views.frame import TONES, backers_in_words, crumbs, idea_or_404
from engagement.moderation.guarding import guarded
from engagement.moderation.queries import days_edited, last_decision, note_edits


@open_to_all
def idea(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    return show(
        request, found, CommentForm(activity=found.call.activity, person=request.user, stands=True, request=request)
    )


def show(request: HttpRequest, found: Idea, form: CommentForm, *, status: int = 200) -> HttpResponse:
    """The page of an idea, with the form for a comment as it stands."""
    now = timezone.now()
    call = found.call
    call_open = call.activity.is_open(now)
    is_mine = permissions.writes(request.user, found)
    verdict = permissions.may_back(request.user, found, now=now)
    points = []
    # A point says where only inside the outline of its ward.
    if found.latitude is not None and found.longitude is not None and found.place and found.place.boundary:
        name = found.place_words or found.title
        points = [{"name": name, "lat": float(found.latitude), "lon": float(found.longitude)}]
    answers = queries.answers_to(found) if found.answered_at else []
    context = {
        "idea": found,
        "call": call,
        "board": call.activity.board,
        "now": now,
        "is_mine": is_mine,
        "may_change": is_mine and bool(permissions.may_change(request.user, found, now=now)),
        "decision": last_decision(found) if not found.is_shown else None,
        "tone": TONES[Idea.Status(found.status)],
        "answers": answers,
        "path": path_of(found, answers),
        "waits": queries.days_waiting(found, now),
        "backers": backers_in_words(found.backers),
        "backed": getattr(found, "is_backed", False),
        "follows": getattr(found, "is_followed", False),
        "may_back": bool(verdict),
        "call_open": call_open,
        "asks_more": call_open and not verdict and not is_mine and request.user.is_authenticated,
        # Ten questions a page: whoever has signed in is asked about for other things.
        "similar": []
        if request.user.is_authenticated
        else queries.similar(call, found.title, but_not=found, by_letters=False),
        "points": points,
        "shapes": [{"name": found.place.name, "geometry": found.place.boundary}] if points and found.place else [],
        "pictures": queries.pictures_of(found, request.user, is_mine=is_mine) if found.has_pictures else [],
        "together": queries.co_authors_counted(found) if found.has_co_authors else 0,
        "brought_in": queries.brought_into(found) if found.has_brought_in else [],
        "sides": sides(found),
        "own_waiting": queries.comments_waiting(request.user, found)
        if getattr(found, "has_own_waiting", False)
        else [],
        "comment_form": form if permissions.comments_are_open(found, now=now) else None,
        "onward": onward.links_for(found, request.user, now),
        "crumbs": crumbs(call.activity.board, call, (found.title, "")),
    }
    return TemplateResponse(request, "ideas/idea.html", context, status=status)


def path_of(idea: Idea, answers: list[StatusChange]) -> list[dict[str, Any]]:
    """Give the path of an idea for its page: each step that was taken with its day, and those still to come.

    An idea that is not taken up has no further steps; one that skipped a step does not show it.
    """
    taken = {str(Idea.Status.RECEIVED): idea.sent_at}
    for answer in answers:
        taken[answer.became] = answer.at
    labels = dict(Idea.Status.choices)
    steps: list[dict[str, Any]] = [
        {"label": labels[status], "when": when, "state": "now" if status == idea.status else "done"}
        for status, when in sorted(taken.items(), key=lambda step: (step[0] == idea.status, step[1]))
    ]
    if idea.status in ON_THE_WAY:
        later = ON_THE_WAY[ON_THE_WAY.index(idea.status) + 1 :]
        steps += [{"label": labels[status], "when": None, "state": "next"} for status in later if status not in taken]
    return steps


ON_THE_WAY = [
    Idea.Status.RECEIVED, Idea.Status.BEING_LOOKED_AT, Idea.Status.IN_PLAN, Idea.Status.GOING_TO_VOTE, Idea.Status.DONE,
]  # fmt: skip


def sides(idea: Idea) -> list[dict[str, Any]]:
    """Give the comments in three columns: for, against and questions, each oldest first."""
    shown = list(queries.comments_of(idea).prefetch_related(REPLIES)[:MOST_COMMENTS]) if idea.comments else []
    note_edits([idea, *shown])
    for each in shown:
        each.report_href = reverse("moderation:report", args=["comment", each.pk])  # type: ignore[attr-defined]
        each.edited_on = days_edited(each)  # type: ignore[attr-defined]
    headings = {
        Comment.Stance.FOR: (_("Points for"), _("Nobody has given a point for it yet.")),
        Comment.Stance.AGAINST: (_("Points against"), _("Nobody has given a point against it yet.")),
        Comment.Stance.QUESTION: (_("Questions"), _("Nobody has asked anything yet.")),
    }
    return [
        {"stance": stance, "title": title, "empty": empty, "comments": [c for c in shown if c.stance == stance]}
        for stance, (title, empty) in headings.items()
    ]


MOST_COMMENTS = 300
REPLIES = Prefetch("replies", to_attr="shown_replies")


@open_to_all
def comment(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Send a comment: the words first, where they stand if the call asks, and who they are last."""
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    if request.method != "POST":
        return redirect(found.get_absolute_url() + "#comments")
    verdict = permissions.comments_are_open(found, now=timezone.now())
    form = CommentForm(request.POST, activity=found.call.activity, person=request.user, request=request)
    if not verdict:
        form.add_error(None, verdict.why_not)
        return TemplateResponse(request, "ideas/comment.html", comment_context(found, form), status=409)
    if not form.is_valid():
        return TemplateResponse(request, "ideas/comment.html", comment_context(found, form))
    kept = {
        **form.kept(),
        "token": str(form.cleaned_data["form_token"]),
        "standing": form.kept_standing(),
        "doubts": list(guarded(request).reasons),
    }
    if not request.user.is_authenticated:
        finish_at = reverse("ideas:comment_finish", args=[board_slug, call_slug, idea_slug])
        return redirect(pending.keep(request, f"ideas:comment:{found.pk}", kept, finish_at=finish_at))
    return send_comment(request, found, kept)


def comment_context(found: Idea, form: CommentForm) -> dict[str, Any]:
    board = found.call.activity.board
    trail = crumbs(board, found.call, (found.title, found.get_absolute_url()), (_("Your comment"), ""))
    return {"idea": found, "call": found.call, "board": board, "form": form, "crumbs": trail}


def send_comment(request: HttpRequest, found: Idea, kept: dict[str, Any]) -> HttpResponse:
    """Keep the comment once, however often it was sent, and say so on the idea's page."""
    assert request.user.is_authenticated  # noqa: S101
    person = request.user
    words = {name: kept[name] for name in ("stance", "text", "name_shown")}

    def act() -> str:
        say_what_was_kept(person=person, board=found.call.activity.board, kept=kept.get("standing") or {})
        actions.comment(
            idea=found,
            person=person,
            now=timezone.now(),
            device=sender_of(request),
            doubts=kept.get("doubts", ()),
            **words,
        )
        return found.get_absolute_url() + "#comments"

    try:
        answer, _now = do_once(
            token=UUID(kept["token"]), contents={**words, "person": person.pk, "idea": found.pk}, act=act
        )
    except (actions.IdeaRefused, SentWithOtherWords) as refusal:
        form = CommentForm(initial=words, activity=found.call.activity, person=person, request=request)
        why = str(refusal) or _("This page was sent before with other words. Your first comment is kept.")
        context = {**comment_context(found, form), "why_not": why}
        return TemplateResponse(request, "ideas/comment.html", context, status=409)
    # A rule may have held it, also where the call shows things at once.
    if queries.last_comment_is_shown(person, found):
        messages.success(request, _("Your comment is shown below."))
    else:
        messages.success(
            request, _("We have your comment. Someone at the board reads it before it shows; we tell you when it does.")
        )
    return redirect(answer)


@login_required
def comment_finish(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Signed in now: keep the comment written before."""
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    kept = pending.take(request, f"ideas:comment:{found.pk}")
    if kept is None:
        return redirect(found.get_absolute_url())
    return send_comment(request, found, kept)


@login_required
@require_POST
def follow(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    if request.POST.get("stop"):
        actions.stop_following(idea=found, person=request.user)
        messages.success(request, _("You no longer follow this idea."))
    else:
        actions.follow(idea=found, person=request.user)
        messages.success(request, _("You follow this idea. We tell you what the board answers."))
    return redirect(found.get_absolute_url())


@login_required
def follow_finish(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Ask for a press of the button once they are signed in: an address alone changes nothing."""
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    board = found.call.activity.board
    trail = crumbs(board, found.call, (found.title, found.get_absolute_url()), (_("Follow this idea"), ""))
    context = {"idea": found, "board": board, "call": found.call, "crumbs": trail}
    return TemplateResponse(request, "ideas/follow.html", context)


@open_to_all
def back(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Back an idea: ask where they stand only if the call needs it, and who they are last."""
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    if found.merged_into is not None:
        return redirect(found.merged_into.get_absolute_url())
    now = timezone.now()
    call = found.call
    address = found.get_absolute_url()
    context = {
        "idea": found,
        "call": call,
        "board": call.activity.board,
        "crumbs": crumbs(call.activity.board, call, (found.title, address), (_("Back this idea"), "")),
    }
    verdict = not_open(call.activity, now=now)
    if not verdict:
        context["why_not"] = verdict.why_not
        return TemplateResponse(request, "ideas/back.html", context, status=409 if request.method == "POST" else 200)
    form = BackForm(request.POST if request.method == "POST" else None, activity=call.activity, person=request.user)
    context["form"] = form
    if request.method != "POST" or not form.is_valid():
        return TemplateResponse(request, "ideas/back.html", context)
    kept = {"standing": form.kept_standing()}
    if not request.user.is_authenticated:
        finish_at = reverse("ideas:back_finish", args=[board_slug, call_slug, idea_slug])
        return redirect(pending.keep(request, f"ideas:back:{found.pk}", kept, finish_at=finish_at))
    return count_backing(request, found, kept)


def count_backing(request: HttpRequest, found: Idea, kept: dict[str, Any]) -> HttpResponse:
    assert request.user.is_authenticated  # noqa: S101
    say_what_was_kept(person=request.user, board=found.call.activity.board, kept=kept.get("standing") or {})
    try:
        new = actions.back(idea=found, person=request.user, now=timezone.now())
    except actions.IdeaRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        said = _("Counted: you back this idea.") if new else _("Already counted: you backed this idea before.")
        messages.success(request, said)
    return redirect(found.get_absolute_url())


@login_required
def back_finish(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Signed in now: count what they asked for before."""
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    kept = pending.take(request, f"ideas:back:{found.pk}")
    if kept is None:
        return redirect(found.get_absolute_url())
    return count_backing(request, found, kept)


@login_required
@require_POST
def take_back(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    assert request.user.is_authenticated  # noqa: S101
    try:
        gone = actions.take_back(idea=found, person=request.user, now=timezone.now())
    except actions.IdeaRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("You no longer back this idea.") if gone else _("You did not back this idea."))
    return redirect(found.get_absolute_url())
