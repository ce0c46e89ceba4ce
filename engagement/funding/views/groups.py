"""A group's own pages: its forms and proposals, its people, its papers, and what it hosts."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.actions.groups import GroupRefused, invite, join, leave
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.models import Membership, Organisation
from boards.people.permissions import login_required
from boards.people.queries import organisations_of
from engagement.funding import permissions
from engagement.funding.actions.drafts import answer_as_host
from engagement.funding.actions.papers import add_paper, take_out_paper
from engagement.funding.actions.refusals import Refused
from engagement.funding.forms.groups import HostForm, InviteForm, JoinForm, PaperForm
from engagement.funding.models import Draft, Host, Paper, Proposal
from engagement.funding.views.frame import A_PAGE, page, the_round, voter
from engagement.funding.views.proposing import why_refused
from engagement.notifications.actions import tell


def the_group(request: HttpRequest, group_slug: str) -> Organisation:
    """Give a group that the reader acts for; another does not exist for them."""
    group = get_object_or_404(Organisation, slug=group_slug)
    if not permissions.may_see_group(request.user, group):
        raise Http404
    return group


def group_page(request: HttpRequest, template: str, group: Organisation, **context: Any) -> TemplateResponse:
    crumbs = [(_("Home"), "/"), (_("My groups"), "/me/groups/"), (group.name, context.get("above", ""))]
    return TemplateResponse(
        request, f"funding/groups/{template}.html", {"group": group, "crumbs": crumbs, "now": timezone.now(), **context}
    )


@login_required
@never_cache
def my_groups(request: HttpRequest) -> HttpResponse:
    """The groups I act for, invitations that wait, and forms I began for no group yet."""
    person = voter(request)
    return TemplateResponse(
        request,
        "funding/groups/mine.html",
        {
            "groups": list(organisations_of(person)),
            "invited": list(
                Membership.objects.filter(person=person, joined_on__isnull=True).select_related(
                    "organisation", "invited_by"
                )
            ),
            "drafts": list(
                Draft.objects.filter(started_by=person, organisation__isnull=True, sent_as__isnull=True)
                .select_related("round__activity__board", "edited_by")
                .order_by("-edited_at")[:A_PAGE]
            ),
            "hosting": list(
                Host.objects.filter(asked=person).select_related("proposal__round__activity__board")[:A_PAGE]
            ),
            "crumbs": [(_("Home"), "/"), (_("My groups"), "")],
        },
    )


@login_required
@never_cache
def group(request: HttpRequest, group_slug: str) -> HttpResponse:
    """What a group has begun, what it sent in, and what waits for it."""
    found = the_group(request, group_slug)
    proposals = Paginator(
        Proposal.objects.filter(organisation=found)
        .select_related("round__activity__board", "award", "lead")
        .order_by("-sent_on", "-pk"),
        A_PAGE,
    ).get_page(request.GET.get("page"))
    today = timezone.localdate()
    good = set(Paper.objects.filter(organisation=found).good_on(today).values_list("kind", flat=True))
    return group_page(
        request,
        "group",
        found,
        drafts=list(
            Draft.objects.filter(organisation=found, sent_as__isnull=True).select_related(
                "round__activity__board", "edited_by"
            )[:A_PAGE]
        ),
        proposals=proposals,
        papers=[(kind.label, kind.value in good) for kind in Paper.Kind],
        people=found.memberships.joined().count(),
    )


@login_required
@never_cache
def people(request: HttpRequest, group_slug: str) -> HttpResponse:
    """Who acts for a group; inviting someone by e-mail; taking someone out."""
    found = the_group(request, group_slug)
    now = timezone.now()
    taking_out = request.POST.get("take_out", "") if request.method == "POST" else ""
    form = InviteForm(request.POST if request.method == "POST" and not taking_out else None)
    if taking_out:
        number = int(taking_out) if taking_out.isascii() and taking_out.isdigit() and len(taking_out) < 12 else 0
        membership = Membership.objects.filter(organisation=found, pk=number).select_related("organisation").first()
        if membership is not None:
            try:
                leave(membership=membership, by=voter(request))
            except GroupRefused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("Taken out."))
        mine = membership is not None and membership.person_id == request.user.pk
        return redirect("funding:my_groups") if mine else redirect("funding:group_people", found.slug)
    if form.is_valid():
        email = form.cleaned_data["email"]

        def act() -> str:
            person, is_new = invite(organisation=found, email=email, by=voter(request), on=timezone.localdate(now))
            if is_new:
                tell(
                    person=person,
                    key=f"group-invitation:{found.pk}:{person.pk}:{now.isoformat()}",
                    kind="funding",
                    subject=_("You are invited to write for %(group)s") % {"group": found.name},
                    body=_(
                        "Someone of the group asks you to help with its forms and proposals. Sign in with this address."
                    ),
                    link=f"/groups/{found.slug}/join/",
                    now=now,
                )
            return f"/groups/{found.slug}/people/"

        try:
            answer, _ran = do_once(
                token=form.cleaned_data["form_token"], contents={"email": email, "group": found.pk}, act=act
            )
        except (GroupRefused, SentWithOtherWords) as refusal:
            form.add_error(None, why_refused(refusal))
        else:
            messages.success(request, _("We have written to them."))
            return redirect(answer)
    return group_page(
        request,
        "people",
        found,
        form=form,
        memberships=list(found.memberships.select_related("person", "invited_by")[:100]),
        above=f"/groups/{found.slug}/",
    )


@login_required
@never_cache
def join_group(request: HttpRequest, group_slug: str) -> HttpResponse:
    """Take up an invitation. Without one the group does not exist."""
    found = get_object_or_404(Organisation, slug=group_slug)
    membership = Membership.objects.filter(organisation=found, person=voter(request)).first()
    if membership is None:
        raise Http404
    form = JoinForm(request.POST if request.method == "POST" else None)
    if membership.joined_on is not None or form.is_valid():
        join(organisation=found, person=voter(request), on=timezone.localdate())
        return redirect("funding:group", found.slug)
    return group_page(request, "join", found, form=form)


@login_required
@never_cache
def papers(request: HttpRequest, group_slug: str) -> HttpResponse:
    """A group's policy and accounts, asked for once; adding one, and taking one out."""
    found = the_group(request, group_slug)
    now = timezone.now()
    taking_out = request.POST.get("take_out", "") if request.method == "POST" else ""
    form = PaperForm(
        request.POST if request.method == "POST" and not taking_out else None,
        request.FILES if request.method == "POST" and not taking_out else None,
        initial={"kind": request.GET.get("kind")} if request.GET.get("kind") in Paper.Kind.values else None,
    )
    if taking_out:
        paper = Paper.objects.filter(organisation=found, pk=as_key(taking_out)).select_related("organisation").first()
        if paper is not None:
            take_out_paper(paper=paper, by=voter(request))
            messages.success(request, _("Taken out."))
        return redirect("funding:papers", found.slug)
    if form.is_valid():
        said = form.cleaned_data

        def act() -> str:
            add_paper(
                organisation=found,
                kind=said["kind"],
                words=said["words"],
                file=said["file"],
                dated_on=said["dated_on"],
                valid_until=said["valid_until"],
                by=voter(request),
                now=now,
            )
            return f"/groups/{found.slug}/papers/"

        contents = {name: said[name] for name in ("kind", "words", "dated_on", "valid_until")}
        contents |= {"group": found.pk, "file": sha256(said["file"].content).hexdigest() if said["file"] else ""}
        try:
            answer, _ran = do_once(token=said["form_token"], contents=contents, act=act)
        except (Refused, SentWithOtherWords) as refusal:
            form.add_error(None, why_refused(refusal))
        else:
            messages.success(request, _("Kept. It serves for every form of your group."))
            return redirect(answer)
    today = timezone.localdate(now)
    listed = [
        (paper, paper.valid_until is None or paper.valid_until > today)
        for paper in Paper.objects.filter(organisation=found).select_related("added_by")
    ]
    return group_page(request, "papers", found, form=form, papers=listed, above=f"/groups/{found.slug}/")


def as_key(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


@login_required
@never_cache
def paper(request: HttpRequest, group_slug: str, key: UUID) -> Any:
    """Hand out one paper as an attachment: to the group, the officers and the panel it asks, and nobody else."""
    found = get_object_or_404(Paper.objects.select_related("organisation"), pk=key, organisation__slug=group_slug)
    if not permissions.may_see_papers(request.user, found.organisation) or not found.file:
        raise Http404
    answer = FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.file_name, content_type=found.file_type
    )
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@login_required
@never_cache
def host(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    """The page of whoever was asked to hold a grant for a group without an account."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    asked = get_object_or_404(
        Host.objects.select_related("proposal", "organisation"),
        proposal__round=round,
        proposal__slug=proposal_slug,
        asked=voter(request),
    )
    asked.proposal.round = round
    initial = None if asked.agrees is None else {"agrees": "yes" if asked.agrees else "no"}
    form = HostForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            answer_as_host(host=asked, agrees=form.cleaned_data["agrees"] == "yes", by=voter(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. The group has been told."))
            return redirect(round.address("host", proposal_slug))
    return page(request, "host", round, now, below=True, host=asked, proposal=asked.proposal, form=form)
