"""The desk's screens that put a poll where people are: places, posters, pictures, kiosks and social media."""

from __future__ import annotations

from io import BytesIO
from typing import Any, cast

import segno
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from wagtail.admin import messages

from boards.people.models import Person
from boards.people.permissions import officers_only
from engagement.activities.models import Audience, Spot
from engagement.activities.queries import turnout
from engagement.activities.spots import short_address, whole_address
from engagement.polls import kiosk, permissions, places, poster, share_picture, social
from engagement.polls.actions import PollRefused
from engagement.polls.desk_views import ask, desk_poll
from engagement.polls.embed import lines_to_paste
from engagement.polls.hall import square
from engagement.polls.models import Kiosk, Poll, SocialPoll
from engagement.polls.reach_forms import KioskForm, PlaceForm, PosterForm, SocialEvidenceForm, SocialForm


def officer(request: HttpRequest) -> Person:
    """Give who is at the desk: officers_only has asked."""
    return cast(Person, request.user)


def back(poll: Poll) -> HttpResponse:
    return redirect("polls_desk:reach", poll.pk)


def used_places(poll: Poll) -> Any:
    return places.places_of(poll).filter(is_used=True)


def screen(request: HttpRequest, poll: Poll, name: str, *, title: str, **more: Any) -> HttpResponse:
    """Give one of these screens, with the way back to the one that leads to them all."""
    response = ask(request, poll, title=title, template=f"polls/desk/{name}.html", **more)
    crumbs = response.context_data["breadcrumbs_items"]  # type: ignore[attr-defined]
    if name != "reach":
        crumbs.insert(-1, {"url": reverse("polls_desk:reach", args=[poll.pk]), "label": _("Where people are")})
    return response


# --- the one that leads to them all ---------------------------------------------------------------


@officers_only("run_activities")
def reach(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that puts this poll before people. A post names a new place."""
    poll = desk_poll(request, pk, "run_activities")
    form = PlaceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            places.add_place(poll=poll, name=form.cleaned_data["name"], by=officer(request))
        except PollRefused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("“%(place)s” has its own address.") % {"place": form.cleaned_data["name"]})
            return back(poll)
    activity = poll.activity
    rows = [{"spot": spot, "address": short_address(activity, spot)} for spot in places.places_of(poll)]
    kiosks = Kiosk.objects.filter(poll=poll).select_related("spot", "opened_by").prefetch_related("refusals")[:30]
    return screen(
        request,
        poll,
        "reach",
        title=_("Where people are"),
        form=form,
        places=rows,
        ways=turnout(activity),
        kiosks=kiosks,
        kiosk_verdict=permissions.may_put_out_kiosk(request.user, poll, now=timezone.now()),
        short=short_address(activity),
        lines=lines_to_paste(poll),
        shapes=[
            {"name": _("For the preview of a link, 1200 × 630"), "shape": "link"},
            {"name": _("For a story, 1080 × 1920"), "shape": "story"},
        ],
        cannot_draw=share_picture.cannot_draw(poll),
        social=social.social_of(poll),
        asks_account=activity.audience >= Audience.EMAIL,
    )


# --- places ---------------------------------------------------------------------------------------


@officers_only("run_activities")
def place(request: HttpRequest, pk: int, spot_pk: int) -> HttpResponse:
    """Put a place's name right, put it away, or bring it back."""
    poll = desk_poll(request, pk, "run_activities")
    spot = get_object_or_404(Spot, pk=spot_pk, activity=poll.pk)
    does = request.POST.get("does", "")
    form = PlaceForm(request.POST if request.method == "POST" and does == "name" else None, initial={"name": spot.name})
    try:
        if request.method == "POST" and does == "away":
            places.put_place_away(poll=poll, spot=spot, by=officer(request))
            messages.success(request, _("“%(place)s” is put away.") % {"place": spot.name})
            return back(poll)
        if request.method == "POST" and does == "back":
            places.bring_place_back(poll=poll, spot=spot, by=officer(request))
            messages.success(request, _("“%(place)s” is back.") % {"place": spot.name})
            return back(poll)
        if form.is_bound and form.is_valid():
            places.rename_place(poll=poll, spot=spot, name=form.cleaned_data["name"], by=officer(request))
            messages.success(request, _("The name is changed. Its address stays."))
            return back(poll)
    except PollRefused as refused:
        if form.is_bound:
            form.add_error("name", str(refused))
            spot.refresh_from_db()
        else:
            messages.error(request, str(refused))
            return back(poll)
    return screen(
        request,
        poll,
        "place",
        title=_("A place"),
        form=form,
        spot=spot,
        address=short_address(poll.activity, spot),
        square=square(whole_address(poll.activity, spot), short_address(poll.activity, spot)),
    )


@officers_only("run_activities")
def place_square(request: HttpRequest, pk: int, spot_pk: int) -> FileResponse:
    """Give the square code of a place as a picture to put into something of one's own."""
    poll = desk_poll(request, pk, "run_activities")
    spot = get_object_or_404(Spot, pk=spot_pk, activity=poll.pk)
    file = BytesIO()
    segno.make(whole_address(poll.activity, spot), error="m", micro=False).save(file, kind="png", scale=20, border=4)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{spot.code}.png", content_type="image/png")


@officers_only("run_activities")
def print_poster(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """Ask what the poster should say; then give it. It changes nothing, so an address asks for it."""
    poll = desk_poll(request, pk, "run_activities")
    asked = "size" in request.GET
    initial = {"place": request.GET.get("place")} if not asked else {}
    form = PosterForm(request.GET if asked else None, places=used_places(poll), initial=initial)
    if asked and form.is_valid():
        given = form.cleaned_data
        file = BytesIO()
        poster.draw_poster(
            file,
            poll=poll,
            spot=given["place"],
            is_large=given["size"] == "large",
            language=given.get("language") or form.usual_language,
            other_ways=given["other_ways"],
        )
        file.seek(0)
        name = f"poster-{poll.activity.slug}{'-' + given['place'].code if given['place'] else ''}.pdf"
        return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")
    return screen(request, poll, "poster", title=_("A poster"), form=form, left_out=poster.left_out(poll))


# --- kiosks ---------------------------------------------------------------------------------------


@officers_only("run_activities")
@never_cache
def open_kiosk(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a kiosk for one place. The answer is the link that makes a device it, shown this once."""
    poll = desk_poll(request, pk, "run_activities")
    now = timezone.now()
    free = used_places(poll).filter(has_kiosk=False)
    form = KioskForm(request.POST if request.method == "POST" else None, places=free)
    verdict = permissions.may_put_out_kiosk(request.user, poll, now=now)
    opening = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            opening = kiosk.open_kiosk(poll=poll, spot=given["place"], pin=given["pin"], by=officer(request), now=now)
        except PollRefused as refused:
            form.add_error(None, str(refused))
    link = settings.SITE_URL + reverse("polls:kiosk_start", args=[opening.code]) if opening else ""
    return screen(
        request,
        poll,
        "kiosk",
        title=_("Open a kiosk"),
        form=form,
        verdict=verdict,
        has_place=free.exists(),
        opening=opening,
        link=link,
        square=square(link, _("The link that starts the kiosk")) if link else "",
    )


@officers_only("run_activities")
def end_kiosk(request: HttpRequest, pk: int, kiosk_pk: int) -> HttpResponse:
    """End a kiosk from here: when its device is back, lost or broken."""
    poll = desk_poll(request, pk, "run_activities")
    found = get_object_or_404(Kiosk.objects.select_related("poll__activity__board", "spot"), pk=kiosk_pk, poll=poll)
    if request.method == "POST":
        kiosk.end_kiosk(kiosk=found, by=officer(request), now=timezone.now())
        messages.success(request, _("The kiosk at “%(place)s” is ended.") % {"place": found.spot.name})
        return back(poll)
    return screen(request, poll, "kiosk_end", title=_("End a kiosk"), kiosk=found)


# --- social media -----------------------------------------------------------------------------------


def own_social(poll: Poll, social_pk: int) -> SocialPoll:
    found = SocialPoll.objects.select_related("poll__activity__board", "evidence").prefetch_related("counts")
    return get_object_or_404(found, pk=social_pk, poll=poll)


@officers_only("run_activities")
def add_social(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what a poll on social media came to."""
    poll = desk_poll(request, pk, "run_activities")
    form = SocialForm(request.POST if request.method == "POST" else None, poll=poll)
    if request.method == "POST" and form.is_valid():
        try:
            social.record_social(poll=poll, answers=form.cleaned_data["answers"], by=officer(request), **form.given())
        except PollRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Written down. It shows beside the poll when the poll’s own results do."))
            return back(poll)
    return screen(request, poll, "social", title=_("A poll on social media"), form=form, does=_("Write it down"))


@officers_only("run_activities")
def change_social(request: HttpRequest, pk: int, social_pk: int) -> HttpResponse:
    """Put right what was written down."""
    poll = desk_poll(request, pk, "run_activities")
    form = SocialForm(
        request.POST if request.method == "POST" else None, poll=poll, instance=own_social(poll, social_pk)
    )
    if request.method == "POST" and form.is_valid():
        try:
            social.change_social(
                social=own_social(poll, social_pk),  # as it stands; the form has written on its own
                answers=form.cleaned_data["answers"],
                by=officer(request),
                **form.given(),
            )
        except PollRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Changed."))
            return back(poll)
    return screen(request, poll, "social", title=_("A poll on social media"), form=form, does=_("Save"))


@officers_only("run_activities")
def remove_social(request: HttpRequest, pk: int, social_pk: int) -> HttpResponse:
    poll = desk_poll(request, pk, "run_activities")
    found = own_social(poll, social_pk)
    if request.method == "POST":
        try:
            social.remove_social(social=found, by=officer(request), now=timezone.now())
        except PollRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Taken away."))
        return back(poll)
    return screen(request, poll, "social_remove", title=_("Take it away"), panel=social.panel_of(found))


@officers_only("run_activities")
def social_evidence(request: HttpRequest, pk: int, social_pk: int) -> HttpResponse:
    """Count it as evidence for a need: one voice, with its numbers in words."""
    poll = desk_poll(request, pk, "run_activities")
    found = own_social(poll, social_pk)
    form = SocialEvidenceForm(request.POST if request.method == "POST" else None, poll=poll)
    if request.method == "POST" and form.is_valid():
        try:
            social.count_as_evidence(social=found, by=officer(request), now=timezone.now(), **form.cleaned_data)
        except PollRefused as refused:
            form.add_error(None, str(refused))
        else:
            need = form.cleaned_data["need"]
            messages.success(request, _("It counts as evidence for “%(need)s”.") % {"need": need.title})
            return back(poll)
    words = social.in_words(found, [(count.text, count.votes) for count in found.counts.all()])
    return screen(
        request, poll, "social_evidence", title=_("Count it as evidence"), form=form, words=words,
        has_need=form.fields["need"].queryset.exists(),  # type: ignore[attr-defined]
    )  # fmt: skip


ACTS = [
    (reach, "reach/<int:pk>/"),
    (place, "place/<int:pk>/<int:spot_pk>/"),
    (place_square, "place-square/<int:pk>/<int:spot_pk>/"),
    (print_poster, "poster/<int:pk>/"),
    (open_kiosk, "kiosk/<int:pk>/"),
    (end_kiosk, "kiosk-end/<int:pk>/<int:kiosk_pk>/"),
    (add_social, "social-add/<int:pk>/"),
    (change_social, "social/<int:pk>/<int:social_pk>/"),
    (remove_social, "social-remove/<int:pk>/<int:social_pk>/"),
    (social_evidence, "social-evidence/<int:pk>/<int:social_pk>/"),
]
"""Each with its address on the desk, after "polls/"; its name is the view's own."""
