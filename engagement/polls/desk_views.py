"""What an officer does to a poll besides writing it: look, publish, close early, put a slip right."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from boards.people.permissions import may, officers_only
from engagement.activities.queries import turnout
from engagement.activities.views import page_of
from engagement.moderation.actions import DecisionRefused
from engagement.polls import actions, permissions, queries, whys
from engagement.polls.forms import BallotForm, CloseForm, EvidenceForm, PutRightForm
from engagement.polls.models import Kind, Poll, Why


def desk_poll(request: HttpRequest, pk: int, act: str) -> Poll:
    """Give the poll if this officer may do the act on its board; for anyone else it is not there."""
    poll = get_object_or_404(
        Poll.objects.select_related("activity__board").prefetch_related("choices", "corrections"), pk=pk
    )
    if not may(request.user, act, poll.activity.board_id):
        raise Http404
    return poll


def back_to(poll: Poll) -> HttpResponse:
    return redirect(reverse("polls_desk:edit", args=[poll.pk]))


@officers_only("see_unpublished")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the page as the public will see it. No vote can be sent from here."""
    poll = desk_poll(request, pk, "see_unpublished")
    context = {
        "poll": poll,
        "activity": poll.activity,
        "board": poll.activity.board,
        "form": BallotForm(poll=poll, person=request.user, stands=False),
        "corrections": list(poll.corrections.all()),
        "needs": list(poll.activity.needs.all()),
        "now": max(timezone.now(), poll.activity.opens_at),
        "preview": True,
        "mine": None,
        "may_change": False,
        "changing": False,
        "refusal": "",
        "is_open": True,
        "has_closed": False,
    }
    return TemplateResponse(request, "polls/poll.html", context)


@officers_only("run_activities")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    poll = desk_poll(request, pk, "run_activities")
    if request.method != "POST":
        return ask(request, poll, title=_("Publish"), template="polls/desk/publish.html")
    try:
        actions.publish_poll(poll=poll, by=request.user, now=timezone.now())
    except actions.PollRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            _("“%(title)s” is published.") % {"title": poll.activity.title},
            buttons=[messages.button(poll.get_absolute_url(), _("See its page"))],
        )
    return back_to(poll)


@officers_only("run_activities")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an open poll now, with a reason that the page will show."""
    poll = desk_poll(request, pk, "run_activities")
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_early(poll=poll, by=request.user, now=timezone.now(), **form.cleaned_data)
        except actions.PollRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(title)s” is closed.") % {"title": poll.activity.title})
            return back_to(poll)
    return ask(request, poll, title=_("Close early"), template="polls/desk/act.html", form=form, does=_("Close it now"))


@officers_only("run_activities")
def put_right(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a slip right in the words after voting began. The page shows what was, and why."""
    poll = desk_poll(request, pk, "run_activities")
    form = PutRightForm(request.POST if request.method == "POST" else None, poll=poll)
    if request.method == "POST" and form.is_valid():
        try:
            actions.put_right(
                poll=poll,
                choice=form.choice,
                what=form.of_the_poll,
                became=form.cleaned_data["became"],
                why=form.cleaned_data["why"],
                by=request.user,
                now=timezone.now(),
            )
        except actions.PollRefused as refused:
            form.add_error("became", str(refused))
        else:
            messages.success(request, _("Put right. The poll's page says so."))
            return back_to(poll)
    return ask(
        request, poll, title=_("Put a slip right"), template="polls/desk/act.html", form=form, does=_("Put it right")
    )


@officers_only("see_unpublished")
def standing(request: HttpRequest, pk: int) -> HttpResponse:
    """How a poll stands, for its officers."""
    poll = desk_poll(request, pk, "see_unpublished")
    ranks = poll.kind == Kind.RANKING
    return ask(
        request,
        poll,
        title=_("How it stands"),
        template="polls/desk/standing.html",
        results=queries.results(poll),
        places=queries.places(poll) if ranks else [],
        place_numbers=range(1, (poll.most or 0) + 1) if ranks else [],
        turnout=turnout(poll.activity),
    )


@officers_only("see_unpublished")
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """Why people voted as they did: every word, read or not, and what became evidence."""
    poll = desk_poll(request, pk, "see_unpublished")
    return ask(
        request,
        poll,
        title=_("Why they voted so"),
        template="polls/desk/words.html",
        page=page_of(queries.desk_whys(poll), request, size=25),
        may_make=permissions.may_make_evidence(request.user, poll),
    )


@officers_only("record_evidence")
def make_evidence(request: HttpRequest, why: int) -> HttpResponse:
    """Make someone's words evidence. A form with nothing chosen does it too: the need can be said later."""
    said = get_object_or_404(Why.objects.select_related("poll__activity__board", "evidence"), pk=why)
    poll = said.poll
    if not may(request.user, "record_evidence", poll.activity.board_id):
        raise Http404
    form = EvidenceForm(request.POST if request.method == "POST" else None, why=said)
    if request.method == "POST" and form.is_valid():
        try:
            evidence = whys.make_evidence(why=said, by=request.user, now=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
        except (whys.WhyRefused, DecisionRefused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                _("These words are evidence now. The two are linked: what is taken back there is taken back here."),
                buttons=[messages.button(reverse("evidence_links", args=[evidence.pk]), _("Link them to needs"))],
            )
            return redirect("polls_desk:words", poll.pk)
    return ask(
        request, poll, title=_("Make these words evidence"), template="polls/desk/evidence.html", form=form, why=said
    )


def ask(request: HttpRequest, poll: Poll, *, title: str, template: str, **more: Any) -> HttpResponse:
    context = {
        "poll": poll,
        "activity": poll.activity,
        "page_title": title,
        "header_title": f"{title}: {poll.activity.title}",
        "header_icon": "success",
        "breadcrumbs_items": [
            {"url": reverse("polls_desk:index"), "label": _("Polls")},
            {"url": reverse("polls_desk:edit", args=[poll.pk]), "label": poll.activity.title},
            {"url": "", "label": title},
        ],
        **more,
    }
    return TemplateResponse(request, template, context)
