"""Reporting something, for anyone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.limits import sender_of, within_limit
from boards.people.permissions import open_to_all
from engagement.moderation import actions, queries
from engagement.moderation.forms import ReportForm
from engagement.moderation.guarding import guarded
from engagement.moderation.models import Moderated, Report

REPORTS_A_MINUTE = 10


@open_to_all
def report(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Ask the board to look at something. What nobody may read cannot be reported, and is not there."""
    item = queries.readable_thing(kind, key)
    if item is None:
        raise Http404
    form = ReportForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        if not within_limit(request, "report", a_minute=REPORTS_A_MINUTE):
            form.add_error(None, _("Many reports are coming from where you are. Wait a minute, then send it again."))
        else:
            try:
                return redirect(keep(request, item, form))
            except SentWithOtherWords:
                form.add_error(None, _("You sent this page before with other words. Open it again to send more."))
    context = {
        "form": form,
        "board": item.moderated_board(),
        "title": item.moderated_title(),
        "address": where_it_stands(item),
    }
    return TemplateResponse(request, "moderation/report.html", context, status=422 if form.errors else 200)


def keep(request: HttpRequest, item: Moderated, form: ReportForm) -> str:
    """Keep the report once, however often it is sent; give the address of its confirmation."""
    person = request.user if request.user.is_authenticated else None
    said = {name: form.cleaned_data[name] for name in ("reason", "words")}

    doubtful = not guarded(request)

    def act() -> str:
        made = actions.report(
            item=item, person=person, device=sender_of(request), now=timezone.now(), is_doubtful=doubtful, **said
        )
        return reverse("moderation:reported", args=[made.reference])

    thing = f"{item._meta.label_lower}:{item.pk}"
    contents = {**said, "about": thing, "person": person.pk if person else None}
    answer, _now = do_once(token=form.cleaned_data["form_token"], contents=contents, act=act)
    return answer


def where_it_stands(item: Moderated) -> str:
    own = getattr(item, "get_absolute_url", None)
    address: str = own() if own else item.moderated_context()[1]
    return address


@open_to_all
@never_cache
def reported(request: HttpRequest, reference: str) -> HttpResponse:
    """Thank whoever reported. Bookmarked, it says whether an officer has decided, and nothing of what it was about."""
    found = get_object_or_404(Report.objects.select_related("board"), reference=reference.upper()[:9])
    return TemplateResponse(request, "moderation/reported.html", {"report": found})
