"""The sample of sheets that is compared once more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.funding import permissions, queries
from engagement.funding.actions import sampling
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.paper import CompareForm, DrawForm
from engagement.funding.desk_views.frame import officer, own_round, page, round_context
from engagement.funding.models import SampledSheet


@officers_only("key_paper")
@never_cache
@sensitive_post_parameters("marks", "blank", "spoiled")
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the sample, then compare its sheets one by one."""
    now = timezone.now()
    round = own_round(request, pk, "key_paper")
    act = request.POST.get("act", "")
    drawing = DrawForm(request.POST if act == "draw" else None)
    comparing = CompareForm(request.POST if act == "compare" else None, round=round)
    form = {"draw": drawing, "compare": comparing}.get(act)
    if form is not None and form.is_valid():
        try:
            if act == "draw":
                sampling.draw_sample(round=round, by=officer(request), now=now, **form.cleaned_data)
                messages.success(request, _("The sample is drawn. Fetch these sheets out of the box."))
            else:
                given = form.cleaned_data
                given["batch"].round = round
                found = sampling.compare_sheet(by=officer(request), now=now, **given)
                if found == SampledSheet.Found.SAME:
                    messages.success(request, _("Sheet %(number)s was read the same.") % {"number": given["number"]})
                else:
                    messages.warning(
                        request,
                        _("Sheet %(number)s was keyed differently. It is open again: two people key it afresh.")
                        % {"number": given["number"]},
                    )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("funding_desk:paper_sample", pk)
    figures = queries.paper_sample(round)
    sheets = queries.sampled_sheets(round, officer(request)) if figures else []
    if sheets:
        comparing.initial["batch"] = sheets[0][0].sheet.batch_id
    return page(
        request,
        "paper_sample",
        **round_context(round, now),
        drawing=drawing,
        comparing=comparing,
        figures=figures,
        sheets=sheets,
        verdict=permissions.may_sample_paper(request.user, round, now=now),
    )
