"""Scans of paper ballots, handed only to officers who may key them."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.funding import permissions
from engagement.funding.actions import scans as acting
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.paper import ScanForm
from engagement.funding.desk_views.frame import A_PAGE, officer, own_round, page, round_context
from engagement.funding.desk_views.paper import own_batch
from engagement.funding.models import PaperScan
from engagement.funding.receipts import FileRefused


def own_scan(request: HttpRequest, key: UUID) -> PaperScan:
    """Give a scan of a board on which this officer keys paper; to anyone else there is none."""
    found = get_object_or_404(PaperScan.objects.select_related("batch", "sheet"), pk=key)
    found.batch.round = own_round(request, found.batch.round_id, "key_paper")
    if not permissions.may_see_scan(request.user, found.batch.round, now=timezone.now()):
        raise Http404
    return found


@officers_only("key_paper")
@never_cache
def scans(request: HttpRequest, pk: int) -> HttpResponse:
    """The scans of a batch, and adding one."""
    now = timezone.now()
    batch = own_batch(request, pk)
    form = ScanForm(request.POST, request.FILES) if request.method == "POST" else ScanForm()
    if form.is_valid():
        try:
            acting.keep_scan(
                batch=batch, upload=form.cleaned_data["scan"], number=form.cleaned_data["sheet"] or "",
                by=officer(request), now=now,
            )  # fmt: skip
        except FileRefused as refusal:
            form.add_error("scan", str(refusal))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The scan is kept."))
            return redirect("funding_desk:paper_scans", pk)
    return page(
        request,
        "paper_scans",
        **round_context(batch.round, now),
        batch=batch,
        form=form,
        scans=Paginator(batch.scans.select_related("sheet").order_by("sheet__number", "key"), A_PAGE).get_page(
            request.GET.get("page")
        ),
        verdict=permissions.may_scan(request.user, batch.round, one_sheet=False, now=now),
    )


@officers_only("key_paper")
@never_cache
def scan(request: HttpRequest, key: UUID) -> FileResponse:
    """Hand out one scan, as a download in which nothing can run."""
    found = own_scan(request, key)
    try:
        opened = found.file.open("rb")
    except OSError:
        raise Http404 from None
    acting.note_looking(scan=found, by=officer(request))
    ending = (found.file.name or "").rpartition(".")[2]
    what = f"sheet-{found.sheet.number}" if found.sheet else f"pile-{str(found.pk)[:8]}"
    answer = FileResponse(
        opened, as_attachment=True, filename=f"batch-{found.batch.number}-{what}.{ending}", content_type=found.kind
    )
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@officers_only("key_paper")
@never_cache
@require_POST
def take_out(request: HttpRequest, key: UUID) -> HttpResponse:
    found = own_scan(request, key)
    acting.take_out_scan(scan=found, by=officer(request), now=timezone.now())
    messages.success(request, _("The scan is taken out."))
    return redirect("funding_desk:paper_scans", found.batch_id)
