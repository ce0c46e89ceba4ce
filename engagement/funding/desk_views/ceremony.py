"""The key ceremony: name three officers, take a share, open a test ballot with two."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.funding import permissions
from engagement.funding.actions import ceremony as holding
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.voting import SharesForm, ThreeOfficersForm
from engagement.funding.desk_views.frame import officer, own_round, page, round_context


@officers_only("see_unpublished")
@never_cache
def ceremony(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the ceremony stands, and what this officer can do next."""
    now = timezone.now()
    round = own_round(request, pk, "see_unpublished")
    may_name = permissions.may_hold_ceremony(request.user, round, now=now)
    naming = "officer_1" in request.POST
    form = ThreeOfficersForm(request.POST if naming else None, board=round.board) if may_name else None
    if naming and form is not None and form.is_valid():
        try:
            holding.name_officers(round=round, officers=form.officers(), by=officer(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Named. Each of the three now opens this page and takes their share."))
            return redirect("funding_desk:ceremony", pk)
    shares = list(round.key_shares.select_related("officer"))
    may_try = permissions.may_try_shares(request.user, round)
    trying = "text_1" in request.POST
    shares_form = SharesForm(request.POST if trying else None, request.FILES if trying else None) if may_try else None
    if trying and shares_form is not None and shares_form.is_valid():
        try:
            pair = holding.try_shares(round=round, shares=shares_form.shares(), by=officer(request), now=now)
        except Refused as refusal:
            shares_form.add_error(None, str(refusal))
        else:
            said = _("Shares %(first)d and %(second)d opened a test ballot.") % {"first": pair[0], "second": pair[1]}
            messages.success(request, said)
            return redirect("funding_desk:ceremony", pk)
    return page(
        request,
        "ceremony",
        **round_context(round, now),
        form=form,
        shares_form=shares_form,
        shares=shares,
        mine=next((share for share in shares if share.officer_id == request.user.pk), None),
        wraps=list(round.key_wraps.all()),
        why_not=may_name.why_not if not shares else "",
    )


@officers_only("see_unpublished")
@never_cache
@require_POST
def take_share(request: HttpRequest, pk: int) -> HttpResponse:
    """Show this officer's share: once."""
    round = own_round(request, pk, "see_unpublished")
    try:
        line = holding.take_share(round=round, officer=officer(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("funding_desk:ceremony", pk)
    place = round.key_shares.get(officer=officer(request)).place
    text = share_file(round.title, round.board.name, place, line)
    if "as_file" in request.POST:
        response = HttpResponse(text, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{round.slug}-share-{place}.txt"'
        return response
    return page(request, "share", **round_context(round, timezone.now()), text=text, place=place)


def share_file(title: str, board: str, place: int, line: str) -> str:
    """Give what an officer keeps, in words."""
    return "\n".join(
        [
            _("Share %(place)d of 3 of the key to the sealed ballots") % {"place": place},
            f"{title}, {board}",
            "",
            _("Any two of the three shares open the ballots after voting has closed. One alone opens nothing."),
            _("Keep it where nobody else can read it, and not with another share. Never send it by e-mail."),
            _("If two of the three are lost, the votes are lost. After the count, destroy it."),
            "",
            line,
            "",
        ]
    )
