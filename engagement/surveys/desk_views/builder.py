"""The builder: pages and questions one under another, each changed on a screen of its own, the checks beside."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from boards.people.permissions import may, officers_only
from components.forms import without_hidden_characters
from engagement.activities.models import Channel
from engagement.surveys import asking_words, building_permissions, building_queries
from engagement.surveys.actions import building
from engagement.surveys.actions.building import Does
from engagement.surveys.building_queries import earlier, pages_of
from engagement.surveys.check_words import checked
from engagement.surveys.desk_views.frame import A_PAGE, officer, own_survey, page
from engagement.surveys.forms.building import KeepForm, KindForm
from engagement.surveys.forms.lines import offers_for
from engagement.surveys.forms.questions import PageForm, QuestionForm
from engagement.surveys.models import Draft, Survey
from engagement.surveys.rules.editing import Desk, Gone, new_question, page_of, question_of, seen
from engagement.surveys.rules.schema import Kind


def back(survey: Survey, id: str = "") -> HttpResponse:
    """Go to the builder, at the page or question that was worked on."""
    return redirect(reverse("surveys_desk:build", args=[survey.pk]) + (f"#{id}" if id else ""))


def cards(schema: dict[str, Any], findings: Any) -> list[dict[str, Any]]:
    """Give the pages as the builder lays them out: each question with its condition, age and remarks."""
    questions = asking_words.questions_of(schema)
    said: dict[str, list[Any]] = {}
    for remark in (*findings.stops, *findings.to_weigh, *findings.on_paper):
        said.setdefault(remark.where, []).append(remark)
    return [
        {
            "page": each.page,
            "number": each.number,
            "is_first": at == 0,
            "show_if": asking_words.for_desk(each.page.get("show_if"), questions),
            "rules": [asking_words.rule_in_words(rule, schema) for rule in each.page.get("next") or ()],
            "remarks": said.get(each.page["id"], []),
            "questions": [
                {
                    "question": asked.question,
                    "number": asked.number,
                    "kind": asking_words.KINDS[asked.question["kind"]],
                    "show_if": asking_words.for_desk(asked.question.get("show_if"), questions),
                    "age": findings.ages.get(asked.question["id"]),
                    "remarks": said.get(asked.question["id"], []),
                }
                for asked in each.asked
            ],
        }
        for at, each in enumerate(pages_of(schema))
    ]


@officers_only("see_unpublished")
def build(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole draft, with a button for every act on it."""
    survey = own_survey(request, pk, "see_unpublished")
    may_build = building_permissions.may_build(request.user, survey)
    if request.method == "POST":
        if not may_build:
            raise Http404
        return back(survey, act(request, survey, request.POST.get("act", "")[:40]))
    draft = building.draft_of(survey, by=officer(request), now=timezone.now())
    findings = checked(draft.schema, takes_paper=survey.takes_paper)
    return page(
        request,
        "build",
        survey=survey,
        draft=draft,
        cards=cards(draft.schema, findings),
        checked=findings,
        last=draft.steps.select_related("by").first(),
        may_build=may_build,
        kinds=KindForm(),
        differs=survey.current is None or survey.current.schema != draft.schema,
    )


def act(request: HttpRequest, survey: Survey, asked: str) -> str:
    """Do what a button of the builder asks; give the id to go back to."""
    what, _colon, id = asked.partition(":")
    does: dict[str, tuple[str, Callable[[Desk], Any], str]] = {
        "up": (Does.MOVE, lambda desk: desk.move_question(id, up=True), ""),
        "down": (Does.MOVE, lambda desk: desk.move_question(id, up=False), ""),
        "copy": (Does.COPY, lambda desk: desk.copy_question(id), _("Copied. The copy is below it.")),
        "take": (Does.TAKE, lambda desk: desk.take_question(id), _("Taken away. You can undo this.")),
        "page-up": (Does.MOVE, lambda desk: desk.move_page(id, up=True), ""),
        "page-down": (Does.MOVE, lambda desk: desk.move_page(id, up=False), ""),
        "page-copy": (Does.COPY, lambda desk: desk.copy_page(id), _("Copied. The copy is below it.")),
        "page-take": (Does.TAKE, lambda desk: desk.take_page(id), _("The page is taken away. You can undo this.")),
        "page-add": (Does.ADD, lambda desk: desk.add_page(after=id), _("A page is added.")),
    }
    try:
        if what == "undo":
            number = int(id) if id.isascii() and id.isdigit() and len(id) < 9 else -1
            step = building.undo(survey=survey, number=number, by=officer(request), now=timezone.now())
            messages.success(request, _("Undone."))
            return step.about
        if what not in does:
            return ""
        kind, change, said = does[what]

        def alter(desk: Desk) -> str:
            made = change(desk)
            return made if isinstance(made, str) else id

        done = building.take_step(
            survey=survey, does=kind, by=officer(request), now=timezone.now(), alter=alter, about=id,
            as_seen=request.POST.get(f"seen-{id}") if what in ("take", "page-take") else None,
        )  # fmt: skip
    except building.BuildRefused as refusal:
        messages.error(request, str(refusal))
        return id
    if said:
        messages.success(request, said)
    return done.id if kind != Does.TAKE else ""


# --- one question --------------------------------------------------------------------------------


def languages_of(draft: Draft) -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def question_form(request: HttpRequest, draft: Draft, question: dict[str, Any], before: list[Any]) -> QuestionForm:
    return QuestionForm(
        request.POST if request.method == "POST" else None,
        question=question,
        offers=offers_for(before, languages_of(draft), list(Channel.values)),
        questions=asking_words.questions_of(draft.schema),
    )


def kept(
    request: HttpRequest, survey: Survey, form: Any, id: str, as_seen: str, change: Callable[[Desk], Any]
) -> tuple[bool, Any]:
    """Change a question or a page of the draft, and tell whether it is kept; else what somebody made of it meanwhile."""

    def alter(desk: Desk) -> str:
        change(desk)
        return id

    try:
        building.take_step(
            survey=survey,
            does=Does.CHANGE,
            by=officer(request),
            now=timezone.now(),
            alter=alter,
            about=id,
            as_seen=as_seen,
        )
    except building.ChangedMeanwhile as meanwhile:
        form.add_error(None, str(meanwhile))
        return False, meanwhile.now
    except building.BuildRefused as refusal:
        form.add_error(None, str(refusal))
        return False, None
    messages.success(request, _("Saved."))
    return True, None


@officers_only("run_activities")
def question(request: HttpRequest, pk: int, id: str) -> HttpResponse:
    """Change one question."""
    survey = own_survey(request, pk, "run_activities")
    draft = building.draft_of(survey, by=officer(request), now=timezone.now())
    try:
        found, its_page = question_of(draft.schema, id)
    except Gone:
        messages.error(request, _("This is not in the survey any more: somebody has taken it away."))
        return back(survey)
    form = question_form(request, draft, found, earlier(draft.schema, question=id))
    as_seen = request.POST.get("seen", "")[:16] if request.method == "POST" else seen(found)
    asked = request.POST.get("act", "")[:60]
    theirs: Any = None
    if request.method == "POST":
        form.act(asked)
        right = form.is_valid()
        if asked == "save" and right:
            made = form.schema()
            is_kept, theirs = kept(request, survey, form, id, as_seen, lambda desk: desk.set_question(id, made))
            if is_kept:
                return back(survey, id)
            as_seen = seen(theirs) if theirs is not None else as_seen
    return page(
        request,
        "question",
        survey=survey,
        form=form,
        id=id,
        as_seen=as_seen,
        asked=asked,
        theirs=differences(theirs, form.schema(), draft.schema) if theirs else [],
        checked=looked_at(survey, draft, id, its_page["id"], form.schema()),
        is_new=False,
    )


def differences(theirs: dict[str, Any], mine: dict[str, Any], schema: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Give each setting that somebody else's words and one's own differ in."""
    names = [name for name in dict.fromkeys([*theirs, *mine]) if name not in ("id", "questions")]
    return [
        (
            str(asking_words.SETTINGS.get(name, name)),
            asking_words.setting_in_words(name, theirs.get(name), schema, theirs),
            asking_words.setting_in_words(name, mine.get(name), schema, mine),
        )
        for name in names
        if (theirs.get(name) or None) != (mine.get(name) or None)
    ]


def looked_at(survey: Survey, draft: Draft, id: str, page_id: str, made: dict[str, Any]) -> Any:
    """Check the survey as it would be with what is typed now, and give what is said of this one, and how long it all takes."""
    schema = deepcopy(draft.schema)
    if id == page_id:
        page_of(schema, id).update({name: value for name, value in made.items() if name != "questions"})
    else:
        listed = page_of(schema, page_id)["questions"]
        at = next((place for place, each in enumerate(listed) if each["id"] == id), len(listed))
        for name in ("choices", "rows", "columns"):
            for number, each in enumerate(made.get(name) or ()):
                each["id"] = each.get("id") or f"new{number}"
        listed[at : at + 1] = [{**made, "id": id}]
    findings = checked(schema, takes_paper=survey.takes_paper)
    own = [each for each in (*findings.stops, *findings.to_weigh, *findings.on_paper) if each.where == id]
    others = [each for each in findings.stops if each.where != id]
    return {"own": own, "others": others, "age": findings.ages.get(id), "all": findings}


@officers_only("run_activities")
def add_question(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a new question of a kind, on a page."""
    survey = own_survey(request, pk, "run_activities")
    draft = building.draft_of(survey, by=officer(request), now=timezone.now())
    kind, page_id, after = (request.GET.get(name, "")[:20] for name in ("kind", "page", "after"))
    try:
        its_page = page_of(draft.schema, page_id)
        made = new_question(Kind(kind).value)
    except (Gone, ValueError):
        return back(survey)
    before = earlier(draft.schema, page=its_page["id"], whole_page=True)
    form = question_form(request, draft, made, before)
    asked = request.POST.get("act", "")[:60]
    if request.method == "POST":
        form.act(asked)
        right = form.is_valid()
        if asked == "save" and right:
            typed = form.schema()
            try:
                done = building.take_step(
                    survey=survey, does=Does.ADD, by=officer(request), now=timezone.now(),
                    alter=lambda desk: desk.add_question(page_id, typed, after=after),
                )  # fmt: skip
            except building.BuildRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The question is added."))
                return back(survey, done.id)
    typed = form.schema()
    return page(
        request,
        "question",
        survey=survey,
        form=form,
        id="",
        as_seen="",
        asked=asked,
        theirs=[],
        checked=looked_at(survey, draft, "new", page_id, typed),
        is_new=True,
    )


# --- one page ------------------------------------------------------------------------------------


@officers_only("run_activities")
def page_settings(request: HttpRequest, pk: int, id: str) -> HttpResponse:
    """Change a page's title, when it is shown, and where it leads."""
    survey = own_survey(request, pk, "run_activities")
    draft = building.draft_of(survey, by=officer(request), now=timezone.now())
    try:
        found = page_of(draft.schema, id)
    except Gone:
        messages.error(request, _("This is not in the survey any more: somebody has taken it away."))
        return back(survey)
    ids = [each["id"] for each in draft.schema["pages"]]
    later = [(each, asking_words.page_name(draft.schema, each)) for each in ids[ids.index(id) + 1 :]]
    gone = {str(rule["to"]) for rule in found.get("next") or ()} - {*ids[ids.index(id) + 1 :], "end"}
    form = PageForm(
        request.POST if request.method == "POST" else None,
        page=found,
        later=later,
        offers=offers_for(earlier(draft.schema, page=id), languages_of(draft), list(Channel.values)),
        offers_after=offers_for(
            earlier(draft.schema, page=id, whole_page=True), languages_of(draft), list(Channel.values)
        ),
        questions=asking_words.questions_of(draft.schema),
    )
    as_seen = request.POST.get("seen", "")[:16] if request.method == "POST" else seen(found)
    asked = request.POST.get("act", "")[:60]
    theirs: Any = None
    if request.method == "POST":
        form.act(asked)
        right = form.is_valid()
        if asked == "save" and right:
            made = form.schema()
            is_kept, theirs = kept(request, survey, form, id, as_seen, lambda desk: desk.set_page(id, made))
            if is_kept:
                return back(survey, id)
            as_seen = seen(theirs) if theirs is not None else as_seen
    return page(
        request,
        "page",
        survey=survey,
        form=form,
        id=id,
        number=ids.index(id) + 1,
        as_seen=as_seen,
        gone=gone,
        theirs=differences(theirs, form.schema(), draft.schema) if theirs else [],
        checked=looked_at(survey, draft, id, id, form.schema()),
        questions_seen=[each["id"] for each in found["questions"]],
    )


# --- the library ---------------------------------------------------------------------------------


@officers_only("run_activities")
def library(request: HttpRequest, pk: int) -> HttpResponse:
    """Questions kept for another time: put one on a page, or take one out of the library."""
    survey = own_survey(request, pk, "run_activities")
    draft = building.draft_of(survey, by=officer(request), now=timezone.now())
    page_id = request.GET.get("page", "")[:20]
    ids = [each["id"] for each in draft.schema["pages"]]
    page_id = page_id if page_id in ids else ids[-1]
    if request.method == "POST":
        return from_library(request, survey, page_id)
    words = without_hidden_characters(request.GET.get("q", "")[:100])[0].strip()
    kind = request.GET.get("kind", "")[:20]
    found = building_queries.library(officer(request), survey, words=words, kind=kind)
    return page(
        request,
        "library",
        survey=survey,
        words=words,
        kind=kind,
        kinds=list(asking_words.KINDS.items()),
        page_id=page_id,
        page_name=asking_words.page_name(draft.schema, page_id),
        listed=Paginator(found, A_PAGE).get_page(request.GET.get("at", "")[:9]),
        names=asking_words.KINDS,
        may_council=may(request.user, "run_activities", None),
    )


def from_library(request: HttpRequest, survey: Survey, page_id: str) -> HttpResponse:
    what, _colon, key = request.POST.get("act", "")[:40].partition(":")
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 12 else -1
    kept = get_object_or_404(building_queries.library(officer(request), survey), pk=number)
    try:
        if what == "forget":
            building.take_from_library(kept=kept, by=officer(request))
            messages.success(request, _("It is taken out of the library. Surveys that ask it keep it."))
            return redirect(reverse("surveys_desk:library", args=[survey.pk]) + f"?page={page_id}")
        done = building.take_step(
            survey=survey, does=Does.ADD, by=officer(request), now=timezone.now(),
            alter=lambda desk: desk.add_question(page_id, kept.question),
        )  # fmt: skip
    except building.BuildRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("surveys_desk:library", args=[survey.pk]) + f"?page={page_id}")
    messages.success(request, _("The question is added."))
    return back(survey, done.id)


@officers_only("run_activities")
def keep(request: HttpRequest, pk: int, id: str) -> HttpResponse:
    """Keep a question in the library, for this board or for all."""
    survey = own_survey(request, pk, "run_activities")
    draft = building.draft_of(survey, by=officer(request), now=timezone.now())
    try:
        found, _page = question_of(draft.schema, id)
    except Gone:
        messages.error(request, _("This is not in the survey any more: somebody has taken it away."))
        return back(survey)
    may_council = bool(building_permissions.may_keep_in_library(request.user, survey, for_council=True))
    form = KeepForm(request.POST or None, may_for_council=may_council)
    if form.is_valid():
        try:
            building.keep_in_library(
                survey=survey, question=id, for_council=form.cleaned_data["for_council"], by=officer(request),
                now=timezone.now(),
            )  # fmt: skip
        except building.BuildRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The question is kept in the library."))
            return back(survey, id)
    return page(request, "keep", survey=survey, form=form, question=found, id=id)
