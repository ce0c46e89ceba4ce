"""The queue at the desk: read, decide, put right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from boards.people import keys
from boards.people.permissions import boards_where, is_council_wide, may, officers_only, own_boards_where
from boards.places.models import Board
from engagement.moderation import actions, permissions, queries
from engagement.moderation.forms import WHY_HIDDEN, Choices, choices_of
from engagement.moderation.models import Decision, Moderated, thing_of
from engagement.moderation.queries.marked import marked
from engagement.moderation.queries.rules import text_of
from engagement.moderation.queries.to_do import TABS, Notes, Row, ToDo, Why, with_what_held

A_PAGE = 20
MOST_QUESTIONS = 4
"""What reading the things of one page may ask of the database; the page's own come on top (fifteen in all)."""
LAST = "moderation-last"
"""In the session: the decisions this officer made last, so that one button takes them back."""


@dataclass(frozen=True)
class Card:
    """One thing of the queue as its page shows it."""

    key: str
    item: Moderated
    kind: str
    why: Why
    heading: SafeString
    words: SafeString

    @property
    def words_read(self) -> str:
        """What says, when a button is pressed, that these are still the words."""
        return keys.digest(text_of(self.item))

    @property
    def held_because(self) -> list[str]:
        """Each reason once, in order."""
        return list(dict.fromkeys(each.why for each in self.why.held)) if self.item.state == "pending" else []

    @property
    def has_been_changed(self) -> bool:
        asked = self.why.asked
        return asked is not None and asked.of_text not in keys.digests(text_of(self.item))


@officers_only("hear_objections")
def queue(request: HttpRequest) -> HttpResponse:
    """All that needs this officer, in tabs; one form, so that it works by keyboard and without scripts."""
    choices = None
    if request.method == "POST":
        choices = choices_of(request.POST)
        if choices and not choices.problem:
            return act_on(request, choices)
    assert request.user.is_authenticated  # noqa: S101
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS and tab != "objections" else "all"
    kind = request.GET.get("kind", "")[:60]
    board = board_asked(request)
    found = queries.to_do(request.user, tab=tab, kind=kind if kind in queries.kinds() else "", board=board)
    pages = queries.in_pages(found.rows, size=A_PAGE, most_questions=MOST_QUESTIONS)
    page = Paginator(pages, 1).get_page(request.GET.get("page", "")[:9])
    context = {
        "page_title": _("Waiting to be read"),
        "header_icon": "comment",
        "page": page,
        "how_many": len(found.rows),
        "cards": cards_of([row for rows in page for row in rows], found.notes),
        "reasons": WHY_HIDDEN,
        "choices": choices,
        "now": timezone.now(),
        "last": request.session.get(LAST, []),
        "kept": kept_in_links(request),
        "kind": kind,
        "board": board,
        "boards": boards_to_choose(request),
        "there_are_more": found.there_are_more,
        "may_set_rules": bool(permissions.may_set_rules(request.user)),
        **ways(found, tab, board),
    }
    status = 422 if choices and choices.problem else 200
    return TemplateResponse(request, "moderation/desk/queue.html", context, status=status)


def ways(found: ToDo, tab: str, board: int | None) -> dict[str, Any]:
    """Give the tabs with their counts, and the kinds there are something of."""
    labels = {
        "all": _("To do"),
        "held": _("Held by a rule"),
        "reported": _("Reported"),
        "passed_on": _("Passed on"),
        "asked": _("With the writer"),
        "objections": _("Objections"),
    }
    on_board = {"board": str(board)} if board is not None else {}
    tabs = []
    for name in TABS:
        address = reverse("moderation_desk:objections" if name == "objections" else "moderation_desk:queue")
        asked = on_board | ({"tab": name} if name not in ("all", "objections") else {})
        href = address + ("?" + urlencode(asked) if asked else "")
        tabs.append({"href": href, "label": labels[name], "count": found.counts[name], "is_here": name == tab})
    kinds = queries.kinds()
    of_kind = [
        {"value": label, "label": f"{str(kinds[label]._meta.verbose_name_plural).capitalize()} ({count})"}
        for label, count in sorted(found.of_kind.items())
    ]
    return {"tabs": tabs, "tab": tab, "of_kind": of_kind}


def board_asked(request: HttpRequest) -> int | None:
    """Give the board the officer wants to see alone; what is not theirs shows nothing (queries.to_do)."""
    asked = request.GET.get("board", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 12 else None


def cards_of(rows: list[Row], notes: Notes) -> list[Card]:
    things = queries.the_items((row.kind, row.key, row.sent_at) for row in rows)
    why = with_what_held(notes, [each.item for each in things])
    cards = []
    for each in things:
        here = why[thing_of(each.item)]
        heading, words = marked(each.item, here.held)
        cards.append(Card(each.key, each.item, each.kind, here, heading, words))
    return cards


def act_on(request: HttpRequest, choices: Choices) -> HttpResponse:
    """Do it to each thing named. One that is not theirs refuses the whole post before anything is done."""
    assert request.user.is_authenticated  # noqa: S101
    items = {key: item for key in choices.keys if (item := queries.item_by_key(key)) is not None}
    if not items:
        raise Http404
    if not all(permissions.may_decide(request.user, item) for item in items.values()):
        raise PermissionDenied
    decisions, done = [], 0
    for key, item in items.items():
        try:
            seen_words = request.POST.get(f"seen-{key}", "")
            if decision := act_on_one(item, choices, by=request.user, seen_words=seen_words):
                decisions.append(decision.pk)
        except actions.DecisionRefused as refusal:
            messages.warning(request, str(refusal))
        else:
            done += 1
    if done:
        messages.success(request, what_was_done(choices.act, done))
    request.session[LAST] = decisions
    return redirect(back_to_the_queue(request))


def act_on_one(item: Moderated, choices: Choices, *, by: Any, seen_words: str = "") -> Decision | None:
    now = timezone.now()
    if choices.act == "keep":
        actions.keep(item=item, by=by, now=now)
    elif choices.act == "ask":
        actions.ask_to_change(item=item, words=choices.words, by=by, now=now)
    elif choices.act == "pass_on":
        actions.pass_on(item=item, words=choices.words, by=by, now=now)
    else:
        to = Moderated.State.SHOWN if choices.act == "show" else Moderated.State.HIDDEN
        return actions.decide(
            item=item,
            to=to,
            reason=choices.reason,
            words=choices.words,
            by=by,
            now=now,
            seen_as=item.state,
            seen_words=seen_words,
        )
    return None


def what_was_done(act: str, done: int) -> str:
    said = {
        "show": ngettext("%(n)d shown.", "%(n)d shown.", done),
        "hide": ngettext("%(n)d not shown. The writer is told.", "%(n)d not shown. The writers are told.", done),
        "keep": _("It stays as it is. Whoever reported it can see that you looked."),
        "ask": _("The writer is asked. It waits under “With the writer”."),
        "pass_on": _("Passed on to the council’s officers. You find it under “Passed on”."),
    }[act]
    return said % {"n": done} if "%(n)d" in said else said


def boards_to_choose(request: HttpRequest) -> list[tuple[int, str]]:
    """Give the boards someone may keep to, where there is more than one. Asks only for those who see every board."""
    if is_council_wide(request.user, "hear_objections"):
        return list(Board.objects.order_by("name").values_list("pk", "name")[:100])
    boards = own_boards_where(request.user, "hear_objections")
    return [(board.pk, board.name) for board in boards] if len(boards) > 1 else []


def kept_in_links(request: HttpRequest) -> str:
    """Give the part of the address that a link to the next page keeps."""
    kept = {name: request.GET[name][:60] for name in ("tab", "kind", "board") if request.GET.get(name)}
    return urlencode(kept) + "&" if kept else ""


def back_to_the_queue(request: HttpRequest) -> str:
    kept = {name: request.GET[name][:60] for name in ("tab", "kind", "board", "page") if request.GET.get(name)}
    return reverse("moderation_desk:queue") + ("?" + urlencode(kept) if kept else "")


@officers_only("hear_objections")
@require_POST
def undo_last(request: HttpRequest) -> HttpResponse:
    """Take back what this officer decided last, all of it that nobody has decided anew."""
    assert request.user.is_authenticated  # noqa: S101
    done = 0
    for decision in Decision.objects.filter(pk__in=request.session.pop(LAST, []), by=request.user):
        try:
            actions.undo(decision=decision, by=request.user, now=timezone.now())
        except actions.DecisionRefused as refusal:
            messages.warning(request, str(refusal))
        else:
            done += 1
    if done:
        messages.success(request, ngettext("%(n)d put back.", "%(n)d put back.", done) % {"n": done})
    return redirect(back_to_the_queue(request))


@officers_only("moderate")
def decided(request: HttpRequest) -> HttpResponse:
    """What was decided lately on one's boards, with the reason, and a way to put it right."""
    boards = boards_where(request.user, "moderate").values("pk")
    page = Paginator(queries.decisions_on(boards), A_PAGE).get_page(request.GET.get("page", "")[:9])
    pairs = queries.with_their_items(page)
    rows = [(each, item, item is not None and item.state == each.became) for each, item in pairs]
    return TemplateResponse(
        request,
        "moderation/desk/decided.html",
        {"page_title": _("Decided lately"), "header_icon": "history", "page": page, "rows": rows},
    )


@officers_only("moderate")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    assert request.user.is_authenticated  # noqa: S101
    if pk > 2**62:
        raise Http404
    decision = get_object_or_404(Decision, pk=pk)
    if not may(request.user, "moderate", decision.board_id):
        raise PermissionDenied
    try:
        new = actions.undo(decision=decision, by=request.user, now=timezone.now())
    except actions.DecisionRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Put back. It is now: %(state)s.") % {"state": new.get_became_display().lower()})
    return redirect("moderation_desk:decided")
