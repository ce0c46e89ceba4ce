"""How a draft will look: on the web page by page with its branches, on paper, and as a script for the telephone."""

from __future__ import annotations

import json
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.surveys import queries
from engagement.surveys.actions import building
from engagement.surveys.actions.drafting import boxes_of
from engagement.surveys.desk_views.frame import officer, own_survey, page
from engagement.surveys.desk_views.printing import pdf, printed_language
from engagement.surveys.forms.asking import asked_page
from engagement.surveys.forms.keying import parts_of
from engagement.surveys.models import Survey
from engagement.surveys.rules.answers import OTHER, Known, check_page, keep_shown, next_page, page_before, path
from engagement.surveys.rules.conditions import World
from engagement.surveys.rules.putting_back import typed_from
from engagement.surveys.rules.schema import Kind, Schema, SchemaRefused, read_schema
from engagement.surveys.words import flaw_with_place

CHANNELS = ("web", "paper", "phone")
LONGEST = 100_000


@officers_only("see_unpublished")
@never_cache
def preview(request: HttpRequest, pk: int, channel: str) -> HttpResponse | FileResponse:
    """Look at the draft as people will meet it. Nothing that is tried here is kept."""
    survey = own_survey(request, pk, "see_unpublished")
    if channel not in CHANNELS:
        raise Http404
    draft = building.draft_of(survey, by=officer(request), now=timezone.now())
    try:
        schema = read_schema(draft.schema)
    except SchemaRefused as refused:
        messages.error(request, _("It cannot be shown yet: %(flaw)s") % {"flaw": flaw_with_place(refused.flaws[0])})
        return redirect("surveys_desk:build", pk)
    if channel == "paper":
        return pdf(
            survey, f"{survey.activity.slug}-draft", as_attachment=False, schema=draft.schema, version=None,
            language=printed_language(draft.schema), is_large="large" in request.GET,
        )  # fmt: skip
    if channel == "phone":
        parts = parts_of(draft.schema, schema, {}, language=schema.language, channel="phone", areas=queries.wards_of(survey))  # fmt: skip
        return page(request, "phone_preview", survey=survey, parts=parts, introduction=survey.introduction)
    return on_the_web(request, survey, schema)


def tried_before(request: HttpRequest, schema: Schema) -> dict[str, Any]:
    """Give the answers tried on earlier pages: carried by the page itself, and only as far as they name its questions."""
    try:
        given = json.loads(request.POST.get("before", "")[:LONGEST] or "{}")
    except ValueError:
        return {}
    if not isinstance(given, dict):
        return {}
    known = {name for id in schema.questions for name in (id, id + OTHER)}
    return {name: value for name, value in given.items() if name in known}


def on_the_web(request: HttpRequest, survey: Survey, schema: Schema) -> HttpResponse:
    world = World("web", schema.language)
    areas = queries.wards_of(survey) if queries.has_kind(schema, Kind.PLACE) else []
    before = tried_before(request, schema) if request.method == "POST" else {}
    way = path(schema, before, world)
    asked = schema.page(request.POST.get("page", "")[:20]) or (way[0] if way else schema.pages[0])
    typed: Any = {}
    faults: Any = {}
    is_end = False
    if request.method == "POST":
        typed = boxes_of(asked, request.POST)
        known = Known(knows_postcode=queries.is_on_our_list, areas={code for code, _name in areas})
        checked = check_page(asked, typed, before, world, known)
        # A file is not handed in here, so it may be missing.
        faults = {id: fault for id, fault in checked.faults.items() if schema.questions[id].kind is not Kind.FILE}
        own = {name for question in asked.questions for name in (question.id, question.id + OTHER)}
        after = {name: value for name, value in before.items() if name not in own} | dict(checked.answers)
        go = request.POST.get("go", "")
        to = page_before(schema, asked.id, before, world) if go == "back" else None
        if go != "back" and not faults:
            to = next_page(schema, asked.id, keep_shown(schema, after, world), world)
            is_end = to is None
        if to is not None:
            faults, before = {}, after
            asked = schema.page(to) or asked
            typed = typed_from(asked, before)
    now = timezone.now()
    return TemplateResponse(
        request,
        "surveys/desk/preview_web.html",
        {
            "survey": survey,
            "activity": survey.activity,
            "board": survey.activity.board,
            "asked": asked,
            "form": asked_page(asked, typed, before, world, faults=faults, here=dict(before), areas=areas),
            "before": json.dumps(before),
            "number": [each.id for each in schema.pages].index(asked.id) + 1,
            "of": len(schema.pages),
            "is_end": is_end,
            "now": max(now, survey.activity.opens_at),
            "preview": True,
        },
    )
