"""The officers' screens that are not lists: recording, linking, withdrawing."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.permissions import boards_where, may, officers_only
from engagement.evidence import permissions, queries
from engagement.evidence.actions import recording
from engagement.evidence.forms import BEARINGS, DeskWithdrawForm, LinkForm, RecordForm
from engagement.evidence.models import Evidence, Need
from engagement.evidence.rules import in_fours


@officers_only("record_evidence")
def record(request: HttpRequest) -> HttpResponse:
    """Record a conversation, then show its slip once."""
    boards = boards_where(request.user, "record_evidence")
    form = RecordForm(request.POST or None, boards=boards)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        sent = {name: str(value) for name, value in values.items() if name != "form_token"}
        try:
            reference, _now = do_once(token=values["form_token"], contents=sent, act=lambda: keep(request, form))
        except recording.RecordRefused as refusal:
            form.add_error(None, str(refusal))
        except SentWithOtherWords:
            form.add_error(None, _("This form was sent before with other words. Open a new one to record more."))
        else:
            evidence = Evidence.objects.select_related("board").get(reference=reference)
            context = {
                "evidence": evidence,
                "code": in_fours(recording.slip_of(values["form_token"])),
                "page_title": _("Kept. Hand this slip over"),
                "header_icon": "comment",
            }
            return TemplateResponse(request, "evidence/desk/slip.html", context)
    bearings = [[form[f"{part}_{at}"] for part in ("need", "relation", "reason")] for at in range(1, BEARINGS + 1)]
    return TemplateResponse(
        request,
        "evidence/desk/record.html",
        {"form": form, "bearings": bearings, "page_title": _("Record a conversation"), "header_icon": "comment"},
    )


def keep(request: HttpRequest, form: RecordForm) -> str:
    """Record what the form holds; give its reference."""
    values = form.cleaned_data
    evidence, _code = recording.record(
        board=values["board"], text=values["text"], how=values["how"], heard_on=values["heard_on"],
        voices=values["voices"], scopes=values["agreed"], now=timezone.now(), by=request.user,
        where=values["where"], where_words=values["where_words"], language=values["language"],
        contact=form.contact(), bears_on=form.bearings(), token=values["form_token"],
    )  # fmt: skip
    return evidence.reference


def own_evidence(request: HttpRequest, pk: int) -> Evidence:
    """Give the words if the officer may see their board's, else 404."""
    evidence = get_object_or_404(Evidence.objects.select_related("board"), pk=pk, withdrawn_at__isnull=True)
    if not may(request.user, "see_unpublished", evidence.board):
        raise Http404
    return evidence


@officers_only("link_evidence")
def links(request: HttpRequest, pk: int) -> HttpResponse:
    """Link words to needs, and unlink them."""
    evidence = own_evidence(request, pk)
    if not permissions.may_link(request.user, evidence):
        raise Http404
    form = LinkForm(request.POST if "need" in request.POST else None, evidence=evidence)
    if request.method == "POST":
        remove = request.POST.get("remove", "")
        if remove.isascii() and remove.isdigit() and len(remove) < 12:
            need = get_object_or_404(Need, pk=int(remove), board=evidence.board)
            recording.unlink(evidence=evidence, need=need, by=request.user)
            messages.success(request, _("Unlinked."))
            return redirect("evidence_links", pk)
        if form.is_valid():
            recording.link(evidence=evidence, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Linked."))
            return redirect("evidence_links", pk)
    context = {
        "evidence": evidence,
        "form": form,
        "links": evidence.links.select_related("need__board"),
        "agreed": queries.agreed_scopes(evidence),
        "page_title": _("Link words to needs"),
        "header_icon": "comment",
    }
    return TemplateResponse(request, "evidence/desk/links.html", context)


@officers_only("record_evidence")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take someone's words out of everything, because they asked."""
    evidence = own_evidence(request, pk)
    if not permissions.may_withdraw(request.user, evidence):
        raise Http404
    form = DeskWithdrawForm(request.POST or None, agreed=queries.agreed_scopes(evidence))
    if request.method == "POST" and form.is_valid():
        recording.withdraw_consent(
            evidence=evidence, scope=form.cleaned_data["scope"], by=request.user, now=timezone.now()
        )
        messages.success(request, _("Done. Every page follows at once."))
        return redirect("evidence_desk:index")
    return TemplateResponse(
        request,
        "evidence/desk/withdraw.html",
        {"evidence": evidence, "form": form, "page_title": _("Take these words back?"), "header_icon": "comment"},
    )
