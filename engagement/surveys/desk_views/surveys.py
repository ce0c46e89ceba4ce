"""The officers' list of surveys; setting one up, publishing it, its versions, closing and deleting it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from boards.people.desk_forms import BoardChoice, board_chosen
from boards.people.permissions import may, may_somewhere, officers_only
from components.forms import without_hidden_characters
from engagement.activities.templatetags.activity_tags import state_of
from engagement.surveys import asking_words, building_permissions, building_queries
from engagement.surveys.actions import building
from engagement.surveys.check_words import checked
from engagement.surveys.desk_views.frame import A_PAGE, officer, own_survey, page
from engagement.surveys.forms.settings import CloseForm, SettingsForm, initial_of
from engagement.surveys.models import Survey, SurveyVersion
from engagement.surveys.rules.changes import Change, Did, changes

DID = {
    Did.PAGE_ADDED: lambda: _("Page added"),
    Did.PAGE_TAKEN: lambda: _("Page taken away"),
    Did.PAGE_CHANGED: lambda: _("Page changed"),
    Did.ADDED: lambda: _("Question added"),
    Did.TAKEN: lambda: _("Question taken away"),
    Did.MOVED: lambda: _("Question moved"),
    Did.CHANGED: lambda: _("Question changed"),
}


@officers_only("see_unpublished")
def index(request: HttpRequest) -> HttpResponse:
    """The surveys of this officer's boards."""
    now = timezone.now()
    listed = Paginator(building_queries.desk_surveys(officer(request)), A_PAGE).get_page(
        request.GET.get("page", "")[:9]
    )
    return page(
        request,
        "index",
        listed=listed,
        surveys=[(survey, state_of(survey.activity, now)[0]) for survey in listed],
        may_add=may_somewhere(request.user, "run_activities"),
    )


@officers_only("run_activities")
def add(request: HttpRequest) -> HttpResponse:
    """Choose the board where there are several, then its dates and audience; its questions come after."""
    board = board_chosen(request, "run_activities")
    if board is None:
        return page(request, "choose_board", form=BoardChoice(person=officer(request), act="run_activities"))
    form = SettingsForm(request.POST or None, board=board)
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            made = building.new_survey(
                board=board, language=values.pop("language"), values=values, by=officer(request), now=timezone.now()
            )
        except building.BuildRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            for note in form.notes():
                messages.warning(request, note)
            messages.success(request, _("Kept as a draft. Now add its questions."))
            return redirect("surveys_desk:build", made.pk)
    return page(request, "settings", form=form, board=board, survey=None)


@officers_only("run_activities")
def settings(request: HttpRequest, pk: int) -> HttpResponse:
    survey = own_survey(request, pk, "run_activities")
    answered = survey.responses.exists()
    form = SettingsForm(
        request.POST or None, board=survey.activity.board, survey=survey, answered=answered, initial=initial_of(survey)
    )
    if form.is_valid():
        try:
            building.change_settings(survey=survey, values=form.cleaned_data, by=officer(request))
        except building.BuildRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            for note in form.notes():
                messages.warning(request, note)
            messages.success(request, _("Saved."))
            return redirect("surveys_desk:survey", pk)
    return page(request, "settings", form=form, board=survey.activity.board, survey=survey)


@officers_only("see_unpublished")
def survey_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One survey: how it stands, what was changed and not published, and every way on from here."""
    now = timezone.now()
    survey = own_survey(request, pk, "see_unpublished")
    draft = building.draft_of(survey, by=officer(request), now=now)
    versions = list(survey.versions.select_related("made_by"))
    return page(
        request,
        "survey",
        survey=survey,
        activity=survey.activity,
        state=state_of(survey.activity, now)[0],
        answered=survey.responses.sent().count(),
        draft=draft,
        differs=not versions or versions[0].schema != draft.schema,
        versions=versions,
        may_build=building_permissions.may_build(request.user, survey),
        may_key=may(request.user, "key_paper", survey.activity.board_id),
        may_close=building_permissions.may_close(request.user, survey, now=now),
        may_delete=building_permissions.may_delete(request.user, survey),
    )


def shown(change: Change, old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    """Give a change as the page shows it: what was done to what, and each setting before and after."""
    before, after = asking_words.questions_of(old).get(change.id, {}), asking_words.questions_of(new).get(change.id, {})
    return {
        "what": DID[change.did](),
        "label": change.label or asking_words.page_name(new if change.did != Did.PAGE_TAKEN else old, change.id),
        "differences": [
            (
                str(asking_words.SETTINGS.get(each.name, each.name)),
                asking_words.setting_in_words(each.name, each.was, old, before),
                asking_words.setting_in_words(each.name, each.became, new, after),
            )
            for each in change.differences
        ],
    }


@officers_only("run_activities")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Look once more at what stops it, what to weigh and what changes; then publish."""
    survey = own_survey(request, pk, "run_activities")
    draft = building.draft_of(survey, by=officer(request), now=timezone.now())
    if request.method == "POST":
        stamp = request.POST.get("stamp", "")
        try:
            made = building.publish(
                survey=survey,
                stamp=int(stamp) if stamp.isascii() and stamp.isdigit() and len(stamp) < 9 else -1,
                by=officer(request),
                now=timezone.now(),
            )
        except building.BuildRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("surveys_desk:publish", pk)
        messages.success(
            request,
            _("Version %(number)d is published.") % {"number": made.number},
            buttons=[messages.button(survey.get_absolute_url(), _("See its page"))],
        )
        return redirect("surveys_desk:survey", pk)
    old = survey.current.schema if survey.current else None
    return page(
        request,
        "publish",
        survey=survey,
        draft=draft,
        checked=checked(draft.schema, takes_paper=survey.takes_paper),
        changes=[shown(each, old, draft.schema) for each in changes(old, draft.schema)] if old else [],
        is_first=survey.activity.is_draft,
        answered=survey.responses.sent().count(),
    )


@officers_only("see_unpublished")
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What one version changed from the one before."""
    survey = own_survey(request, pk, "see_unpublished")
    if number > 30_000:
        raise Http404
    found = get_object_or_404(SurveyVersion.objects.select_related("made_by"), survey=survey, number=number)
    before = survey.versions.filter(number__lt=number).order_by("-number").first()
    return page(
        request,
        "version",
        survey=survey,
        version=found,
        before=before,
        changes=[shown(each, before.schema, found.schema) for each in changes(before.schema, found.schema)]
        if before
        else [],
        answered=found.responses.sent().count(),
    )


@officers_only("run_activities")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    survey = own_survey(request, pk, "run_activities")
    form = CloseForm(request.POST or None)
    if form.is_valid():
        try:
            building.close_early(survey=survey, why=form.cleaned_data["why"], by=officer(request), now=timezone.now())
        except building.BuildRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The survey is closed."))
            return redirect("surveys_desk:survey", pk)
    return page(request, "close", survey=survey, form=form)


@officers_only("run_activities")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    survey = own_survey(request, pk, "run_activities")
    verdict = building_permissions.may_delete(request.user, survey)
    if request.method == "POST":
        try:
            building.delete_draft(survey=survey, by=officer(request))
        except building.BuildRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("surveys_desk:survey", pk)
        messages.success(request, _("The draft is deleted."))
        return redirect("surveys_desk:index")
    return page(request, "delete", survey=survey, verdict=verdict)


@officers_only("run_activities")
def copy_from(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a survey, of any board, whose questions replace this draft's."""
    survey = own_survey(request, pk, "run_activities")
    if request.method == "POST":
        chosen = request.POST.get("survey", "")
        found = (
            Survey.objects.select_related("activity__board", "current").filter(pk=int(chosen)).first()
            if chosen.isascii() and chosen.isdigit() and len(chosen) < 12
            else None
        )
        schema = building_queries.schema_to_copy(found) if found else None
        if found is None or schema is None or not building_permissions.may_copy(request.user, found):
            messages.error(request, _("Choose a survey from the list."))
        else:
            try:
                building.take_over(survey=survey, schema=schema, by=officer(request), now=timezone.now())
            except building.BuildRefused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("Its questions are copied. You can undo this."))
                return redirect("surveys_desk:build", pk)
    words = without_hidden_characters(request.GET.get("q", "")[:100])[0].strip()
    found_all = building_queries.copyable(officer(request), words=words).exclude(pk=pk)
    return page(
        request,
        "copy",
        survey=survey,
        words=words,
        listed=Paginator(found_all, A_PAGE).get_page(request.GET.get("page", "")[:9]),
    )
