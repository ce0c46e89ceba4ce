"""Free text, read one piece at a time: shown or not, and a passage of it made evidence."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.permissions import may, officers_only
from engagement.moderation.actions import DecisionRefused, decide
from engagement.moderation.models import Decision, Moderated
from engagement.surveys import queries_words
from engagement.surveys.actions import passages
from engagement.surveys.actions.passages import PassageRefused
from engagement.surveys.desk_views.frame import officer, own_survey
from engagement.surveys.desk_views.reading import page
from engagement.surveys.forms.reading import DecideForm, PassageForm, WordsFilterForm
from engagement.surveys.models import Passage, Survey, Words


@officers_only("see_unpublished")
@never_cache
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece of free text, and the way to the next."""
    return screen(request, own_survey(request, pk, "see_unpublished"))


def screen(
    request: HttpRequest,
    survey: Survey,
    *,
    here: Words | None = None,
    passage_form: PassageForm | None = None,
    decide_form: DecideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the piece that the address names, or the one a refused form was about."""
    form = WordsFilterForm(
        request.GET,
        questions=queries_words.questions_with_words(survey),
        areas=queries_words.areas_to_choose(survey),
    )
    found = Paginator(queries_words.words_of(survey, form.wanted()), 1).get_page(request.GET.get("page", "1")[:9])
    item = here or next(iter(found.object_list), None)
    context: dict[str, Any] = {"form": form, "found": found, "item": item, "query": request.GET.urlencode()}
    if item is not None:
        agreed = queries_words.agreed_in(item)
        board = survey.activity.board_id
        context |= {
            "agreed": agreed,
            "asks_consent": any(
                scope == "evidence" for _q, scope, _w in queries_words.consents_in(item.response.version)
            ),
            "passages": queries_words.passages_of(item),
            "may_moderate": may(request.user, "moderate", board),
            "may_record": may(request.user, "record_evidence", board),
            "decide_form": decide_form or DecideForm(),
            "passage_form": passage_form or PassageForm(survey=survey, initial={"text": item.text[:5000]}),
        }
    response = page(request, "words", survey, _("Free text"), **context)
    response.status_code = status
    return response


def own_words(request: HttpRequest, pk: int, act: str) -> Words:
    """Give a piece of free text of a board on which this officer may do this; to anyone else there is none."""
    if pk > 2**62:
        raise Http404
    found = get_object_or_404(
        Words.objects.select_related(
            "survey__activity__board", "survey__current", "response__version", "response__place"
        ).filter(response__state="sent"),
        pk=pk,
    )
    if not may(request.user, act, found.survey.activity.board_id):
        raise Http404
    return found


def back_to(request: HttpRequest, survey: Survey) -> HttpResponse:
    query = request.GET.urlencode()
    return redirect(reverse("surveys_reading:words", args=[survey.pk]) + (f"?{query}" if query else ""))


@officers_only("moderate")
@require_POST
def decide_words(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide whether a piece of free text may be shown."""
    item = own_words(request, pk, "moderate")
    form = DecideForm(request.POST)
    if not form.is_valid():
        return screen(request, item.survey, here=item, decide_form=form, status=422)
    to = form.cleaned_data["to"]
    reason = Decision.Reason.FINE if to == Moderated.State.SHOWN else form.cleaned_data["reason"]
    try:
        decide(item=item, to=to, reason=reason, by=officer(request), now=timezone.now(), seen_as=item.state)
    except DecisionRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("Read. You can put it right under “Decided lately”."))
    return back_to(request, item.survey)


@officers_only("record_evidence")
@require_POST
def to_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Make evidence of a passage, with its link and consent, in one act."""
    item = own_words(request, pk, "record_evidence")
    form = PassageForm(request.POST, survey=item.survey)
    if form.is_valid():
        given = dict(form.cleaned_data)
        token = given.pop("form_token", None)

        def act() -> str:
            return passages.send_to_evidence(
                words=item, by=officer(request), now=timezone.now(), **given
            ).evidence.reference

        try:
            if token is None:
                act()
            else:
                contents = {**given, "need": given["need"].pk if given["need"] else None, "words": item.pk}
                do_once(token=token, contents={**contents, "by": officer(request).pk}, act=act)
        except PassageRefused as refused:
            form.add_error("text", str(refused))
        except SentWithOtherWords:
            form.add_error(
                None, _("This form was sent before with other words. Open it again to send another passage.")
            )
        else:
            messages.success(request, _("The passage is evidence now."))
            return back_to(request, item.survey)
    return screen(request, item.survey, here=item, passage_form=form, status=422)


@officers_only("record_evidence")
@require_POST
def out_of_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a passage that was sent by mistake out of evidence again."""
    if pk > 2**62:
        raise Http404
    passage = get_object_or_404(
        Passage.objects.select_related("evidence__board", "words__survey__activity__board"),
        pk=pk,
        evidence__withdrawn_at__isnull=True,
    )
    survey = passage.words.survey
    if not may(request.user, "record_evidence", survey.activity.board_id):
        raise Http404
    try:
        passages.take_out_of_evidence(passage=passage, by=officer(request), now=timezone.now())
    except PassageRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The passage is no longer evidence."))
    return back_to(request, survey)
