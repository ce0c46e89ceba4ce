"""Needs for everyone, residents' own words, and slips."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people import pending
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.limits import sender_of, within_limit
from boards.people.permissions import login_required, open_to_all
from boards.places.models import Area, Board
from engagement.evidence import queries, thread
from engagement.evidence.actions import recording
from engagement.evidence.forms import SlipForm, TellUsForm, WithdrawForm
from engagement.evidence.models import Consent, Evidence, EvidenceLink, Need
from engagement.moderation.guarding import guarded

A_PAGE = 20
TRIES_A_MINUTE = 10
SENT_A_MINUTE = 20


@open_to_all
def needs(request: HttpRequest) -> HttpResponse:
    """The shared picture: needs across boards, voices and figures side by side."""
    asked = {name: request.GET.get(name, "")[:100] for name in ("board", "theme", "q", "sort")}
    found = queries.needs_everywhere(
        board=asked["board"], theme=asked["theme"], words=asked["q"].replace("\x00", ""), sort=asked["sort"]
    )
    groups = [
        {
            "name": "board",
            "label": _("Board"),
            "options": [{"value": "", "label": _("All boards"), "selected": not asked["board"]}]
            + [
                {"value": slug, "label": name, "selected": asked["board"] == slug}
                for slug, name in Board.objects.values_list("slug", "name")
            ],
        },
        {
            "name": "theme",
            "label": _("Theme"),
            "options": [{"value": "", "label": _("All themes"), "selected": not asked["theme"]}]
            + [
                {"value": theme.code, "label": theme.label, "selected": asked["theme"] == theme.code}
                for theme in queries.top_themes()
            ],
        },
        {
            "name": "sort",
            "label": _("In order of"),
            "options": [
                {"value": "voices", "label": _("Most voices"), "selected": asked["sort"] in ("", "voices")},
                {"value": "newest", "label": _("Newest"), "selected": asked["sort"] == "newest"},
                {"value": "title", "label": _("A to Z"), "selected": asked["sort"] == "title"},
            ],
        },
    ]
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "evidence/needs.html", {"page": page, "groups": groups, "words": asked["q"]})


@open_to_all
def needs_of_board(request: HttpRequest, board_slug: str) -> HttpResponse:
    board = get_object_or_404(Board, slug=board_slug)
    page = Paginator(queries.needs_everywhere(board=board.slug), A_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "evidence/needs_of_board.html", {"board": board, "page": page})


@open_to_all
def need(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """One need: what people told us and what the figures show, in two equal halves; then its thread."""
    found = get_object_or_404(
        Need.objects.current().select_related("board", "theme"), board__slug=board_slug, slug=slug
    )
    heard = queries.heard_about(found)
    quotes = Paginator(queries.quotes_for(found), 12)
    quotes.count = heard.quotes  # known already: one query less
    links = quotes.get_page(request.GET.get("page"))
    steps = [
        {"label": step.label, "title": step.title, "href": step.href, "when": step.on, "text": step.text[:200]}
        for step in thread.steps_of(found, now=timezone.now())
    ]
    context = {
        "need": found,
        "board": found.board,
        "heard": heard,
        "links": links,
        "need_figures": queries.figures_for(found),
        "steps": steps,
    }
    return TemplateResponse(request, "evidence/need.html", context)


@open_to_all
def tell_us(request: HttpRequest, board_slug: str) -> HttpResponse:
    """A resident's own words, typed first; who they are comes last, and only if they want an answer."""
    board = get_object_or_404(Board, slug=board_slug)
    asked = request.GET.get("need", "")[:80]
    about = Need.objects.current().filter(board=board, slug=asked).first() if asked else None
    is_figure = about is not None and request.GET.get("about") == "figure"
    form = TellUsForm(request.POST or None, request=request, board=board, need=about, is_figure=is_figure)
    if request.method == "POST" and form.is_valid():
        contents = {
            "text": form.cleaned_data["text"],
            "where": form.cleaned_data["where"].pk if form.cleaned_data["where"] else None,
            "agreed": sorted(form.cleaned_data["agreed"]),
            "token": str(form.cleaned_data["form_token"]),
            "need": about.pk if about else None,
            "relation": form.cleaned_data.get("relation") or EvidenceLink.Relation.SUGGESTS.value,
            "is_figure": is_figure,
        }
        if not within_limit(request, "tell-us", a_minute=SENT_A_MINUTE):
            form.add_error(None, _("Many people are writing from where you are. Wait a minute, then send it again."))
            return tell_us_page(request, board, form, about, is_figure)
        contents["doubts"] = list(guarded(request).reasons)
        if Consent.Scope.CONTACT in contents["agreed"] and not request.user.is_authenticated:
            return redirect(
                pending.keep(
                    request,
                    f"tell-us:{board.pk}",
                    contents,
                    finish_at=reverse("evidence:tell_us_finish", args=[board.slug]),
                )
            )
        try:
            return redirect(store(request, board, contents))
        except SentWithOtherWords:
            form.add_error(None, _("You sent this form before with other words. Open the page again to send more."))
    return tell_us_page(request, board, form, about, is_figure)


def tell_us_page(
    request: HttpRequest, board: Board, form: TellUsForm, about: Need | None, is_figure: bool
) -> HttpResponse:
    context = {"board": board, "form": form, "need": about, "is_figure": is_figure}
    return TemplateResponse(request, "evidence/tell_us.html", context, status=422 if form.errors else 200)


@login_required
def tell_us_finish(request: HttpRequest, board_slug: str) -> HttpResponse:
    """Keep the words someone typed before they signed in."""
    board = get_object_or_404(Board, slug=board_slug)
    contents = pending.take(request, f"tell-us:{board.pk}")
    if contents is None:
        return redirect("evidence:tell_us", board.slug)
    try:
        return redirect(store(request, board, contents))
    except SentWithOtherWords:
        return redirect("evidence:tell_us", board.slug)


def store(request: HttpRequest, board: Board, contents: dict) -> str:  # type: ignore[type-arg]
    """Keep the words once, however often the form is sent; give the address of the confirmation."""
    person = request.user if request.user.is_authenticated else None
    # How it came is no part of what was typed: a second post of the same form may come otherwise.
    doubts = contents.pop("doubts", [])

    def act() -> str:
        kept = recording.tell_us(
            board=board,
            text=contents["text"],
            scopes=contents["agreed"],
            now=timezone.now(),
            where=Area.objects.filter(pk=contents["where"]).first() if contents["where"] else None,
            person=person,
            need=Need.objects.current().filter(board=board, pk=contents["need"]).first() if contents["need"] else None,
            relation=contents["relation"],
            is_figure=contents["is_figure"],
            device=sender_of(request),
            doubts=doubts,
        )
        return reverse("evidence:told", args=[board.slug, kept.reference])

    address, _now = do_once(token=UUID(contents["token"]), contents={**contents, "board": board.pk}, act=act)
    return address


@open_to_all
def told(request: HttpRequest, board_slug: str, reference: str) -> HttpResponse:
    """Confirm; a bookmark of it still answers, and shows none of the words."""
    board = get_object_or_404(Board, slug=board_slug)
    if not Evidence.objects.filter(board=board, reference=reference, recorded_by__isnull=True).exists():
        raise Http404
    return TemplateResponse(request, "evidence/told.html", {"board": board, "reference": reference})


@open_to_all
@never_cache
def slip(request: HttpRequest) -> HttpResponse:
    """What came of the words someone got a slip for. No account, no name."""
    form = SlipForm(request.POST or None)
    if request.method == "POST" and not within_limit(request, "slip", a_minute=TRIES_A_MINUTE):
        return TemplateResponse(request, "429.html", {}, status=429)
    if request.method == "POST" and form.is_valid():
        evidence = queries.evidence_of_slip(form.cleaned_data["code"])
        if evidence is not None:
            now = timezone.now()
            if "take_back" in request.POST:
                recording.withdraw(evidence=evidence, by=None, now=now)
                return TemplateResponse(request, "evidence/slip_gone.html", {})
            threads = [(found, thread.steps_of(found, now=now)) for found in queries.needs_of_evidence(evidence)[:5]]
            return TemplateResponse(
                request,
                "evidence/slip_answer.html",
                {
                    "evidence": evidence,
                    "threads": threads,
                    "may_be_quoted": queries.may_be_quoted(evidence),
                    "code": form.cleaned_data["code"],
                },
            )
        form.add_error("code", _("We do not know that code. Check each letter. Still stuck? Ring the board."))
    return TemplateResponse(request, "evidence/slip.html", {"form": form}, status=422 if form.errors else 200)


@login_required
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back one's own words: asked once more, then gone from everywhere."""
    evidence = get_object_or_404(Evidence.objects.select_related("board"), reference=reference, contact=request.user.pk)
    agreed = queries.agreed_scopes(evidence)
    form = WithdrawForm(request.POST or None, agreed=agreed)
    if request.method == "POST" and form.is_valid():
        recording.withdraw_consent(
            evidence=evidence, scope=form.cleaned_data["scope"], by=request.user, now=timezone.now()
        )
        return redirect("/me/")
    return TemplateResponse(
        request, "evidence/withdraw.html", {"evidence": evidence, "form": form}, status=422 if form.errors else 200
    )
