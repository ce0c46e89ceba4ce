"""The longer form: whether it is for you, its parts, and sending it. Begun with or without an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people import pending
from boards.people.permissions import login_required, open_to_all
from engagement.funding import check_words, checking, permissions
from engagement.funding.actions import drafts
from engagement.funding.actions.drafts import ChangedMeanwhile, Typed
from engagement.funding.actions.refusals import Refused
from engagement.funding.forms import long_form
from engagement.funding.forms.long_form import PARTS, EligibilityForm, GroupPart, PartForm
from engagement.funding.forms.proposing import ConfirmForm, ProposalForm
from engagement.funding.forms.starting import StartForm, carried_answers
from engagement.funding.from_ideas import idea_named
from engagement.funding.models import Draft, FundingRound, Proposal
from engagement.funding.rules.checks import LONG_FORM_FROM_PENCE
from engagement.funding.views.frame import page, the_round, voter


@dataclass
class Sheet:
    """A longer form on its way: a draft on the server, or what a visitor without an account has typed so far."""

    round: FundingRound
    answers: Mapping[str, Typed] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    draft: Draft | None = None

    def address(self, name: str, *more: str) -> str:
        """Give the address of the task list (""), of a part, or of the check, for this sheet."""
        if self.draft is not None:
            return self.round.address(f"draft{name}", str(self.draft.key), *more)
        return self.round.address(f"form{name}", *more)


def kept_name(round: FundingRound) -> str:
    return f"funding-form:{round.pk}"


def the_sheet(request: HttpRequest, round: FundingRound, key: UUID | None) -> Sheet | None:
    """Give the form that is meant, or None where a visitor has begun none."""
    if key is None:
        kept = pending.look(request, kept_name(round))
        return Sheet(round, kept["answers"], kept["versions"]) if kept else None
    draft = get_object_or_404(
        Draft.objects.select_related("organisation", "edited_by", "sent_as", "from_idea"), pk=key, round=round
    )
    if not permissions.may_edit_draft(request.user, draft):
        raise Http404
    draft.round = round
    return Sheet(round, draft.answers, draft.versions, draft)


@open_to_all
def apply(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """A few questions that save a group from writing in vain; then which form it is, and how long it takes."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    verdict = permissions.may_propose(round, now=now)
    if not verdict:
        return page(request, "closed", round, now, below=True, verdict=verdict)
    form = EligibilityForm(request.GET if "amount" in request.GET else None, round=round)
    ready = form.is_valid()
    return page(
        request,
        "apply",
        round,
        now,
        below=True,
        form=form,
        ready=ready,
        why_not=form.why_not() if ready else [],
        is_long=ready and form.wants_long_form(),
        **how_long(round),
    )


def how_long(round: FundingRound) -> dict[str, Any]:
    return {
        "minutes_short": long_form.minutes_of_short_form(ProposalForm(round=round)),
        "minutes_long": long_form.minutes_of_long_form(round),
        "decided_on": checking.decided_on(round),
        "threshold_pence": LONG_FORM_FROM_PENCE,
    }


@open_to_all
def questions(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Every question of both forms, to read or print before starting."""
    round = the_round(request, board_slug, slug)
    return page(
        request,
        "questions",
        round,
        timezone.now(),
        below=True,
        short=long_form.plain_questions(ProposalForm(round=round)),
        parts=[(kind.called, long_form.plain_questions(kind(round=round))) for kind in PARTS.values()],
        **how_long(round),
    )


@open_to_all
@never_cache
def start(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Begin the longer form: for which of my groups, and with the answers of my last one or without."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    verdict = permissions.may_propose(round, now=now)
    if not verdict:
        return page(request, "closed", round, now, below=True, verdict=verdict)
    form = StartForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_valid():
        try:
            return begin(request, round, form, now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    has_begun = pending.look(request, kept_name(round)) if request.COOKIES else None
    return page(
        request, "start", round, now, below=True, form=form, has_begun=bool(has_begun), parts=PARTS.values(),
        **how_long(round),
    )  # fmt: skip


def begin(request: HttpRequest, round: FundingRound, form: StartForm, now: datetime) -> HttpResponse:
    key = form.cleaned_data["form_token"]
    last = form.last_form()
    answers = carried_answers(last, round) if last is not None else {}
    group = form.group()
    if group is not None:
        answers.setdefault("group", form.group_answers(group))
    if not request.user.is_authenticated:
        if pending.look(request, kept_name(round)) is None:
            keep(request, round, {"key": str(key), "answers": {}, "versions": {}})
        return redirect(round.address("form"))
    draft = drafts.start_draft(
        key=key,
        round=round,
        by=voter(request),
        now=now,
        organisation=group,
        answers=answers,
        carried=list(answers) if last is not None else [],
        carried_from=last,
    )
    return redirect(draft.round.address("draft", str(draft.key)))


def keep(request: HttpRequest, round: FundingRound, kept: dict[str, Any]) -> None:
    pending.keep(request, kept_name(round), kept, finish_at="")


@open_to_all
@never_cache
def form(request: HttpRequest, board_slug: str, slug: str, key: UUID | None = None) -> HttpResponse:
    """The task list: what is finished, what is not, and what the checks would say."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    sheet = the_sheet(request, round, key)
    if sheet is None:
        return redirect(round.address("start"))
    if sheet.draft is not None and sheet.draft.sent_as is not None:
        return sent_already(sheet.draft.sent_as, round)
    parts = long_form.all_forms(sheet.answers, round)
    states = {part: long_form.state_of(each) for part, each in parts.items()}
    carried = sheet.draft.carried if sheet.draft else []
    return page(
        request,
        "form",
        round,
        now,
        below=True,
        sheet=sheet,
        tasks=[
            {
                "title": each.called,
                "href": sheet.address("_part", part),
                "state": states[part],
                "carried": part in carried,
            }
            for part, each in parts.items()
        ],
        done=sum(state == "done" for state in states.values()),
        asked_pence=long_form.asked_so_far(parts),
        lines=what_checks_say(parts, sheet),
        verdict=permissions.may_propose(round, now=now),
        check_href=sheet.address("_check"),
        keep_href=sign_in_to(round, "list"),
        **how_long(round),
    )


def sent_already(proposal: Proposal, round: FundingRound) -> HttpResponseRedirect:
    return HttpResponseRedirect(round.address("proposal", proposal.slug))


def what_checks_say(parts: Mapping[str, PartForm], sheet: Sheet) -> list[check_words.Line]:
    """Give the checks in words once every part is finished; before that they would only nag."""
    application = long_form.application_of(parts)
    if application is None:
        return []
    organisation = sheet.draft.organisation if sheet.draft else None
    return check_words.lines(checking.check_application(application, sheet.round, organisation))


@open_to_all
@never_cache
def part(request: HttpRequest, board_slug: str, slug: str, part: str, key: UUID | None = None) -> HttpResponse:
    """One part: kept as it is typed, finished or not; only "save and go on" asks for all of it."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    if part not in PARTS:
        raise Http404
    sheet = the_sheet(request, round, key)
    if sheet is None:
        return redirect(round.address("start"))
    if sheet.draft is not None and sheet.draft.sent_as is not None:
        return sent_already(sheet.draft.sent_as, round)
    version, theirs = sheet.versions.get(part, 0), None
    if request.method == "POST":
        filled = PARTS[part](request.POST, round=round)
        typed = long_form.typed_in(filled, request.POST)
        try:
            version = save(request, sheet, part, typed, now)
        except ChangedMeanwhile as change:
            theirs, version = change, change.version
        except Refused as refusal:
            filled.add_error(None, str(refusal))
        else:
            if request.POST.get("step") == "later":
                messages.success(request, _("Saved."))
                return redirect(sheet.address(""))
            if filled.is_valid():
                settle_group(request, sheet, filled, now)
                return redirect(after(sheet, part))
    else:
        filled = PARTS[part](initial=initial_of(part, sheet), round=round)
    order = list(PARTS)
    return page(
        request,
        "part",
        round,
        now,
        below=True,
        form=filled,
        sheet=sheet,
        version=version,
        theirs=theirs,
        their_rows=side_by_side(filled, theirs.theirs) if theirs else (),
        place_in_order=order.index(part) + 1,
        parts_in_all=len(order),
        carried_from=sheet.draft.carried_from if sheet.draft and part in sheet.draft.carried else None,
        back=sheet.address(""),
    )


def initial_of(part: str, sheet: Sheet) -> dict[str, Any]:
    """Give what was typed, for a page that is only read: nothing is marked wrong before it is sent."""
    typed = sheet.answers.get(part, {})
    initial: dict[str, Any] = {}
    for name, each in PARTS[part](round=sheet.round).fields.items():
        suffixes = getattr(each.widget, "widgets_names", None)
        if suffixes:
            boxes = [(typed.get(name + suffix) or [""])[-1] for suffix in suffixes]
            if any(boxes):
                initial[name] = boxes
        elif name in typed:
            many = getattr(each.widget, "allow_multiple_selected", False)
            initial[name] = list(typed[name]) if many else typed[name][-1]
    return initial


def save(request: HttpRequest, sheet: Sheet, part: str, typed: dict[str, list[str]], now: datetime) -> int:
    """Keep one part of a sheet; give its version now."""
    seen = request.POST.get("version", "")
    if sheet.draft is not None:
        number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
        held = drafts.save_part(draft=sheet.draft, part=part, typed=typed, seen=number, by=voter(request), now=now)
        return int(held.versions.get(part, 0))
    drafts.check_size(typed)
    kept = pending.look(request, kept_name(sheet.round)) or {"key": str(uuid4()), "answers": {}, "versions": {}}
    version = int(kept["versions"].get(part, 0)) + 1
    keep(
        request,
        sheet.round,
        {**kept, "answers": {**kept["answers"], part: typed}, "versions": {**kept["versions"], part: version}},
    )
    return version


def settle_group(request: HttpRequest, sheet: Sheet, filled: PartForm, now: datetime) -> None:
    if sheet.draft is None or not isinstance(filled, GroupPart) or filled.read is None:
        return
    drafts.give_to_group(
        draft=sheet.draft,
        name=filled.cleaned_data["group"],
        numbered=filled.read,
        by=voter(request),
        on=timezone.localdate(now),
    )


def after(sheet: Sheet, part: str) -> str:
    order = list(PARTS)
    at = order.index(part) + 1
    return sheet.address("_part", order[at]) if at < len(order) else sheet.address("_check")


def side_by_side(filled: PartForm, theirs: Typed) -> list[tuple[str, str, str]]:
    """Give each box that differs: its question, what stands there now, and what this writer typed."""
    rows = []
    mine = long_form.typed_in(filled, filled.data)
    other = long_form.form_of(filled.part, theirs, filled.round)
    for name, each in filled.fields.items():
        names = [name + suffix for suffix in getattr(each.widget, "widgets_names", [""])]
        if [mine.get(box) for box in names] == [list(theirs.get(box, [])) or None for box in names]:
            continue
        rows.append((str(each.label), typed_words(other, name), typed_words(filled, name)))
    return rows


def typed_words(form: PartForm, name: str) -> str:
    """Give what stands in a box in words: of choices their labels, of a date its three boxes."""
    if not form.is_bound:
        return ""
    value, each = form[name].value(), form.fields[name]
    values = [str(one) for one in value if one] if isinstance(value, list | tuple) else [str(value or "")]
    called = {str(key): str(label) for key, label in getattr(each.widget, "choices", ())}
    return ("\n" if called else " ").join(called.get(one, one) for one in values)


@open_to_all
@never_cache
def check(request: HttpRequest, board_slug: str, slug: str, key: UUID | None = None) -> HttpResponse:
    """Everything once more, what the checks say, and the button that sends it."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    sheet = the_sheet(request, round, key)
    if sheet is None:
        return redirect(round.address("start"))
    if sheet.draft is not None and sheet.draft.sent_as is not None:
        return sent_already(sheet.draft.sent_as, round)
    parts = long_form.all_forms(sheet.answers, round)
    verdict = permissions.may_propose(round, now=now)
    application = long_form.application_of(parts)
    confirm = ConfirmForm(request.POST if request.method == "POST" else None)
    if confirm.is_valid():
        if not verdict:
            confirm.add_error(None, verdict.why_not)
        elif application is None:
            confirm.add_error(None, _("Some parts are not finished. Finish them first, then send it."))
        elif sheet.draft is None or not request.user.is_authenticated:
            return HttpResponseRedirect(sign_in_to(round, "check"))
        else:
            try:
                proposal = drafts.send_draft(
                    draft=sheet.draft,
                    application=application,
                    seen=sheet.versions,
                    minutes_asked=long_form.minutes_of_long_form(round),
                    by=voter(request),
                    now=now,
                )
            except Refused as refusal:
                confirm.add_error(None, str(refusal))
            else:
                return redirect(round.address("sent", proposal.slug))
    return page(
        request,
        "form_check",
        round,
        now,
        below=True,
        form=confirm,
        sheet=sheet,
        sections=[
            {
                "title": each.called,
                "href": sheet.address("_part", part),
                "state": long_form.state_of(each),
                "rows": long_form.answer_rows(each) if long_form.state_of(each) == "done" else [],
            }
            for part, each in parts.items()
        ],
        is_finished=application is not None,
        lines=what_checks_say(parts, sheet),
        verdict=verdict,
        back=sheet.address(""),
    )


def sign_in_to(round: FundingRound, to: str) -> str:
    """Give the sign-in that leads to keeping a visitor's form on the server, and then to the list or the check."""
    finish = round.address("form_keep") + "?" + urlencode({"to": to})
    return reverse("account_login") + "?" + urlencode({"next": finish})


@login_required
@never_cache
def form_keep(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Back from signing in: what was typed before is now a draft on the server."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    kept = pending.look(request, kept_name(round))
    if kept is None:
        return redirect("funding:my_groups")
    try:
        draft = drafts.start_draft(
            key=UUID(kept["key"]),
            round=round,
            by=voter(request),
            now=now,
            answers=kept["answers"],
            from_idea=idea_named(kept.get("from_idea", ""), round),
        )
    except Refused as refusal:
        return page(request, "form_kept", round, now, below=True, refused=str(refusal), has_form=True)
    pending.take(request, kept_name(round))
    draft.round = round
    filled = long_form.form_of("group", draft.answers.get("group"), round)
    if long_form.state_of(filled) == "done":
        settle_group(request, Sheet(round, draft=draft), filled, now)
    to = "_check" if request.GET.get("to") == "check" else ""
    return redirect(Sheet(round, draft=draft).address(to))


@login_required
@never_cache
def draft_delete(request: HttpRequest, board_slug: str, slug: str, key: UUID) -> HttpResponse:
    """Delete a form that was not sent, after asking once."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    sheet = the_sheet(request, round, key)
    if sheet is None or sheet.draft is None:
        raise Http404
    confirm = ConfirmForm(request.POST if request.method == "POST" else None)
    if confirm.is_valid():
        try:
            drafts.delete_draft(draft=sheet.draft, by=voter(request))
        except Refused as refusal:
            confirm.add_error(None, str(refusal))
        else:
            messages.success(request, _("Deleted."))
            return redirect("funding:my_groups")
    return page(request, "draft_delete", round, now, below=True, sheet=sheet, form=confirm)
