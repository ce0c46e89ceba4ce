"""Writing an idea together: changing its words, its versions, who writes it, and its pictures."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.limits import within_limit
from boards.people.permissions import login_required, may, open_to_all
from components.handed_out import handed_over
from components.templatetags.components import pence
from engagement.ideas import actions, permissions
from engagement.ideas.forms import ChangeForm, InviteForm, PictureForm
from engagement.ideas.models import CoAuthor, Idea, IdeaPicture, Version
from engagement.ideas.rules import Change, changed_words
from engagement.ideas.views.frame import crumbs, idea_or_404, key_typed


def own_idea(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> Idea:
    """Give an idea to those who wrote it; to everyone else its tools are not there."""
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    if not permissions.writes(request.user, found):
        raise Http404
    return found


def frame(found: Idea, here: str, **more: Any) -> dict[str, Any]:
    board = found.call.activity.board
    trail = crumbs(board, found.call, (found.title, found.get_absolute_url()), (here, ""))
    return {"idea": found, "call": found.call, "board": board, "crumbs": trail, **more}


@login_required
@never_cache
def change(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Change the words. What is shown changes once the new words were read."""
    found = own_idea(request, board_slug, call_slug, idea_slug)
    now = timezone.now()
    newest = found.versions.order_by("-number").first()
    verdict = permissions.may_change(request.user, found, now=now)
    start = newest if newest is not None and newest.state == Version.State.PENDING else found
    seen = newest.number if newest is not None else 0
    form = ChangeForm(request.POST or None, initial={**ChangeForm.words_of(start), "seen": seen})  # type: ignore[arg-type]
    context = frame(found, _("Change it"), form=form, newest=newest, why_not=verdict.why_not)
    if not verdict:
        return TemplateResponse(request, "ideas/change.html", context, status=409 if request.method == "POST" else 200)
    if form.is_valid():
        try:
            made = actions.change_words(
                idea=found, words=form.words(), seen=form.cleaned_data["seen"] or 0, by=request.user, now=now
            )
        except actions.IdeaRefused as refusal:
            form.add_error(None, str(refusal))
            context["theirs"] = newest or found
            # Read now, so that sending once more is a choice made knowingly.
            form.data["seen"] = str(seen)
        else:
            if made is not None and made.state == Version.State.PENDING:
                messages.success(request, _("We have the new words. Someone at the board reads them before they show."))
            else:
                messages.success(request, _("The new words are kept."))
            return redirect(found.get_absolute_url())
    return TemplateResponse(request, "ideas/change.html", context)


@open_to_all
def versions(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Each version that was shown, beside the one before it."""
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    shown = list(found.versions.shown().order_by("number"))
    steps = [{"version": after, "changes": differences(before, after)} for before, after in pairwise(shown)]
    context = frame(found, _("What changed"), first=shown[0] if shown else None, steps=steps[::-1])
    if permissions.writes(request.user, found):
        context["waiting"] = found.versions.pending().first()
    return TemplateResponse(request, "ideas/versions.html", context)


def differences(before: Version, after: Version) -> list[dict[str, Any]]:
    """Give each field that changed, with its words in pieces: as they were, taken out, put in."""
    names = {
        "title": _("Its name"),
        "text": _("The idea"),
        "place_words": _("Where"),
        "who_it_helps": _("Who it would help"),
        "cost_guess_pence": _("A guess at the cost"),
    }

    def as_words(value: Any, name: str) -> str:
        return (pence(value) if value is not None else "") if name == "cost_guess_pence" else value

    found: list[dict[str, Any]] = []
    for name, label in names.items():
        was, now = as_words(getattr(before, name), name), as_words(getattr(after, name), name)
        if was != now:
            pieces: list[Change] = changed_words(was, now)
            found.append({"label": label, "pieces": pieces})
    return found


@login_required
@never_cache
def together(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Who writes it: the writer asks others, and each of them says yes or leaves."""
    found: Idea = get_object_or_404(
        Idea.objects.select_related("call__activity__board"),
        call__activity__board__slug=board_slug, call__activity__slug=call_slug, slug=idea_slug,
    )  # fmt: skip
    mine = CoAuthor.objects.filter(idea=found, person=request.user.pk).first()
    is_writer = found.author_id == request.user.pk
    if not is_writer and mine is None:
        raise Http404
    form = InviteForm(request.POST if request.POST.get("act") == "invite" else None) if is_writer else None
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "invite" and form is not None:
            if form.is_valid() and may_invite(request, form):
                try:
                    actions.invite(idea=found, email=form.cleaned_data["email"], by=request.user, now=timezone.now())
                except actions.IdeaRefused as refusal:
                    form.add_error("email", str(refusal))
                else:
                    messages.success(request, _("We have written to them. They are a writer once they say yes."))
                    return redirect(request.path)
        elif act == "join" and mine is not None:
            actions.join(idea=found, person=request.user, now=timezone.now())
            messages.success(request, _("You write this idea together now."))
            return redirect(request.path)
        elif act == "leave" and mine is not None:
            actions.leave(idea=found, person=request.user, by=request.user)
            messages.success(request, _("You are no longer one of its writers. What you wrote stays."))
            return redirect(found.get_absolute_url() if found.is_shown else found.call.get_absolute_url())
        elif act.startswith("out-") and is_writer:
            row = found.co_authors.filter(pk=key_typed(act.removeprefix("out-"))).select_related("person").first()
            if row is not None:
                actions.leave(idea=found, person=row.person, by=request.user)
                messages.success(request, _("Taken out. What they wrote stays."))
            return redirect(request.path)
    rows = list(found.co_authors.select_related("person")) if is_writer else []
    context = frame(found, _("Who writes it"), form=form, mine=mine, is_writer=is_writer, rows=rows)
    return TemplateResponse(request, "ideas/together.html", context)


INVITATIONS_A_MINUTE = 10


def may_invite(request: HttpRequest, form: InviteForm) -> bool:
    if within_limit(request, "ideas:invite", a_minute=INVITATIONS_A_MINUTE):
        return True
    form.add_error("email", _("That was a lot of invitations at once. Wait a minute, then go on."))
    return False


@login_required
@never_cache
def pictures(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str) -> HttpResponse:
    """Add a picture and say what it shows; take one out."""
    found = own_idea(request, board_slug, call_slug, idea_slug)
    now = timezone.now()
    verdict = permissions.may_change(request.user, found, now=now)
    if request.method == "POST" and (key := key_typed(request.POST.get("out", ""))):
        row = get_object_or_404(IdeaPicture.objects.select_related("idea__call__activity"), idea=found, pk=key)
        try:
            actions.drop_picture(picture=row, by=request.user, now=now)
        except actions.IdeaRefused as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("The picture is taken out."))
        return redirect(request.path)
    form = PictureForm(request.POST or None, request.FILES or None)
    if verdict and request.method == "POST" and form.is_valid():
        try:
            added = actions.add_picture(
                idea=found, upload=form.cleaned_data["picture"], alt=form.cleaned_data["alt"], by=request.user, now=now
            )
        except actions.IdeaRefused as refusal:
            form.add_error("picture", str(refusal))
        else:
            if added.state == IdeaPicture.State.SHOWN:
                messages.success(request, _("Your picture is on the page of the idea."))
            else:
                messages.success(request, _("We have your picture. Someone at the board looks at it before it shows."))
            return redirect(request.path)
    rows = list(found.pictures.order_by("pk"))
    context = frame(found, _("Pictures"), form=form if verdict else None, rows=rows, why_not=verdict.why_not)
    return TemplateResponse(request, "ideas/pictures.html", context)


@open_to_all
def picture(request: HttpRequest, board_slug: str, call_slug: str, idea_slug: str, pk: int) -> FileResponse:
    """One picture: to everyone once it and its idea are shown, until then to its writers and officers."""
    found = idea_or_404(request, board_slug, call_slug, idea_slug)
    row: IdeaPicture = get_object_or_404(IdeaPicture, idea=found, pk=key_typed(str(pk)))
    person: Any = request.user
    sees_all = (
        permissions.writes(person, found)
        or row.by_id == (person.pk or 0)
        or any(may(person, act, found.call.activity.board_id) for act in ("moderate", "see_unpublished"))
    )
    if row.state != IdeaPicture.State.SHOWN and not sees_all:
        raise Http404
    answer = handed_over(row.file, kind=row.kind, name=f"picture-{row.pk}", as_attachment=False)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    # Once taken down it is gone at once: no browser or proxy may keep it.
    answer["Cache-Control"] = "private, no-cache"
    return answer


__all__ = ["change", "picture", "pictures", "together", "versions"]
