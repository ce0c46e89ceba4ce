"""Answering: the survey's own page, one page of questions at a time, the check, and sending."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people import pending
from boards.people.limits import within_limit
from boards.people.permissions import login_required, open_to_all
from boards.places.models import Board
from components.forms.cleaning import without_hidden_characters
from engagement.activities.actions import say_standing, say_what_was_kept
from engagement.activities.device import device_of, give_device
from engagement.activities.models import Activity
from engagement.activities.permissions import may_see_results
from engagement.activities.queries import standing_of
from engagement.activities.rules import normal_reference
from engagement.activities.views import crumbs_of, page_of
from engagement.evidence.rules import in_fours
from engagement.surveys import permissions, queries, telling
from engagement.surveys.actions import answering, drafting, slips
from engagement.surveys.actions.refusals import Refused, Unfit
from engagement.surveys.forms.asking import AskedPage, asked_page
from engagement.surveys.forms.sending import BeginForm, SendForm
from engagement.surveys.models import Response, Survey
from engagement.surveys.rules.answers import (
    Checked,
    Fault,
    check_page,
    first_unanswered,
    keep_shown,
    next_page,
    page_before,
    path,
    shown_questions,
)
from engagement.surveys.rules.putting_back import typed_from
from engagement.surveys.rules.schema import Kind, Page
from engagement.surveys.views.frame import (
    answers_in_hand,
    forget,
    is_theirs,
    lost,
    page,
    remember,
    the_survey,
    too_late,
)

NO_COOKIE = gettext_noop(
    "Your browser refused the one cookie that keeps this to one answer each, so this was not counted. "
    "Allow cookies for this site and try again, or ring the board or ask at a library."
)
TOO_MANY = gettext_noop(
    "Many answers came from your network just now. Send this again in a minute; what you typed is kept."
)
BEGUN_A_MINUTE = 120
"""Surveys begun or sent without an account from one network address. A hall full of people shares one."""
THANKS = "survey_thanks"
"""In the session: the references whose slip code may still be shown, once."""
EQUALITY = "survey_equality"
"""In the session: a random mark for each survey whose equality page this visitor may send, once."""


@open_to_all
def survey_list(request: HttpRequest, board_slug: str) -> HttpResponse:
    """A board's surveys: open first, then what comes and what has closed."""
    now = timezone.now()
    board = get_object_or_404(Board, slug=board_slug)
    context = {
        "board": board,
        "open": queries.surveys_of(board, now=now, state="open")[:50],
        "coming": queries.surveys_of(board, now=now, state="coming")[:50],
        "page": page_of(queries.surveys_of(board, now=now, state="closed"), request),
        "now": now,
        "crumbs": crumbs_of(board, (_("Surveys"), "")),
    }
    return TemplateResponse(request, "surveys/list.html", context)


@open_to_all
def survey_page(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Why the board asks, how long it is, and the way in; after closing, what came of it."""
    return introduction(request, the_survey(board_slug, slug))


def introduction(
    request: HttpRequest, survey: Survey, *, form: BeginForm | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    activity = survey.activity
    verdict = permissions.may_begin(survey, now=now)
    mine = None
    in_hand = None
    if request.COOKIES:
        mine = answering.took_part_before(survey, person=request.user, device=device_of(request))
        in_hand = answers_in_hand(request, survey) if mine is None else None
        in_hand = in_hand if in_hand and in_hand.state == Response.State.DRAFT else None
    schema = survey.current.read if survey.current else None
    return page(
        request,
        "survey",
        survey,
        below=False,
        status=status,
        form=(form or BeginForm()) if verdict and mine is None else None,
        refusal=refusal,
        verdict=verdict,
        mine=mine,
        in_hand=in_hand,
        is_open=activity.is_open(now),
        has_closed=activity.has_closed(now),
        how_many=sum(question.is_answered for question in schema.questions.values()) if schema else 0,
        results_verdict=may_see_results(request.user, activity, now=now, took_part=mine is not None),
        needs=list(activity.needs.all()),
    )


@open_to_all
@never_cache
def start(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Begin answers, or go on with those begun here."""
    survey = the_survey(board_slug, slug)
    if request.method != "POST":
        return redirect(survey)
    now = timezone.now()
    form = BeginForm(request.POST)
    if not form.is_valid():
        return introduction(request, survey, form=form, status=422)
    in_hand = answers_in_hand(request, survey)
    if in_hand is not None and in_hand.state == Response.State.DRAFT and "afresh" not in request.POST:
        return redirect(where_to_go_on(in_hand))
    person = request.user if request.user.is_authenticated else None
    if person is None and not within_limit(request, "survey-begin", a_minute=BEGUN_A_MINUTE):
        return introduction(request, survey, refusal=_(TOO_MANY), status=429)
    try:
        response = drafting.begin(
            survey=survey, token=form.cleaned_data["form_token"], language=get_language() or "en", now=now,
            person=person,
        )  # fmt: skip
    except Refused as refused:
        return introduction(request, survey, refusal=str(refused), status=409)
    response.survey = survey
    if response.state != Response.State.DRAFT:
        return thank(request, survey, response, already=True)
    remember(request, response)
    answer = redirect(where_to_go_on(response))
    if person is None and not device_of(request):
        give_device(answer)
    return answer


def where_to_go_on(response: Response) -> str:
    """Give the address of the page to answer next: the last one shown, else the first with something missing."""
    survey, schema = response.survey, response.version.read
    way = [each.id for each in path(schema, response.answers, queries.world_of(response))]
    if response.typed:
        unfinished = [page_id for page_id in way if page_id in response.typed]
        if unfinished:
            return survey.address("page", unfinished[0])
    if response.reached in way:
        following = next_page(schema, response.reached, response.answers, queries.world_of(response))
        missing = missing_page(response)
        if missing is not None and (following is None or schema.place_of(missing) < schema.place_of(following)):
            return survey.address("page", missing)
        return survey.address("page", following) if following else survey.address("check")
    return survey.address("page", way[0]) if way else survey.address("check")


def missing_page(response: Response) -> str | None:
    """Give the first page on the way with something missing or wrong, or None."""
    schema = response.version.read
    return first_unanswered(
        schema, response.answers, queries.world_of(response), queries.known_for(response, schema.pages)
    )


# --- one page ------------------------------------------------------------------------------------


@open_to_all
@never_cache
def page_view(request: HttpRequest, board_slug: str, slug: str, page_id: str) -> HttpResponse:
    """One page of questions. What is typed is kept with every post, whether it fits or not."""
    survey = the_survey(board_slug, slug)
    response = answers_in_hand(request, survey)
    if response is None:
        return lost(request, survey)
    if response.state != Response.State.DRAFT:
        return thank(request, survey, response, already=True)
    asked = response.version.read.page(page_id)
    if asked is None:
        return redirect(where_to_go_on(response))
    if request.method == "POST":
        return take_page(request, survey, response, asked)
    world = queries.world_of(response)
    way = [each.id for each in path(response.version.read, response.answers, world)]
    if page_id not in way:
        return redirect(where_to_go_on(response))
    typed = response.typed.get(page_id)
    if typed is None:
        typed = typed_from(asked, response.answers)
    return draw(request, survey, response, asked, typed)


def take_page(request: HttpRequest, survey: Survey, response: Response, asked: Page) -> HttpResponse:
    """Read what was sent of one page, keep it, and lead on: or show it again with what is wrong."""
    now = timezone.now()
    go = request.POST.get("go", "")
    if response.corrects_id is None and not survey.activity.is_open(now):
        return introduction(request, survey, refusal=too_late(survey, now=now), status=409)
    remember(request, response)
    schema, world = response.version.read, queries.world_of(response)
    raw = drafting.boxes_of(asked, request.POST)
    file_faults = take_files(request, response, asked)
    known = queries.known_for(response, [asked])
    for question in asked.questions:
        if question.kind is Kind.FILE:
            raw[question.id] = list(known.uploads.get(question.id, ()))[-1:]
    before = {
        name: answer
        for name, answer in keep_shown(schema, response.answers, world).items()
        if name.removesuffix("__other") not in {question.id for question in asked.questions}
    }
    checked = check_page(asked, raw, before, world, known)
    unseen = not_seen_yet(request, checked)
    # What was never asked is no slip of theirs: it is asked now.
    faults = {id: fault for id, fault in {**checked.faults, **file_faults}.items() if id not in unseen}
    typed = {name: [without_hidden_characters(value)[0] for value in values] for name, values in raw.items()}
    try:
        drafting.keep_page(
            response=response,
            page=asked,
            answers=checked.answers,
            typed=typed if faults or unseen else None,
            now=now,
        )
    except Refused:
        return thank(request, survey, queries.response_of_token(response.token) or response, already=True)
    if go == "save":
        return redirect(survey.address("save"))
    if go == "back":
        earlier = page_before(schema, asked.id, response.answers, world)
        return redirect(survey.address("page", earlier) if earlier else survey.get_absolute_url())
    if faults or unseen:
        return draw(
            request, survey, response, asked, typed, faults=faults, here=checked.answers,
            came_out=[question.label for question in asked.questions if question.id in unseen],
            status=422 if faults else 200,
        )  # fmt: skip
    if "change" in request.POST:
        missing = missing_page(response)
        return redirect(survey.address("page", missing) if missing else survey.address("check"))
    following = next_page(schema, asked.id, response.answers, world)
    return redirect(survey.address("page", following) if following else survey.address("check"))


def not_seen_yet(request: HttpRequest, checked: Checked) -> set[str]:
    """Give the questions that this page's own answers brought out, and that the sender was not shown.

    The page says in `shown` what it asked. Without a script it could not ask what an answer on it
    would bring out, so it is shown again with that in it.
    """
    if "shown" not in request.POST:
        return set()
    seen = set(request.POST.get("shown", "")[:5000].split())
    return {id for id in checked.shown if id not in seen}


def take_files(request: HttpRequest, response: Response, asked: Page) -> dict[str, Fault]:
    """Keep the files that came with a page, each at once, so that a slip elsewhere loses none."""
    faults: dict[str, Fault] = {}
    for question in asked.questions:
        if question.kind is not Kind.FILE:
            continue
        if f"{question.id}__remove" in request.POST:
            drafting.drop_file(response=response, question=question)
            forget_answer(response, question.id)
        upload = request.FILES.get(question.id)
        if upload is None:
            continue
        try:
            drafting.keep_file(response=response, question=question, upload=upload, now=timezone.now())
        except drafting.FileRefused as refused:
            faults[question.id] = Fault(f"file_{refused.why}")
        except Refused:
            return faults
    return faults


def forget_answer(response: Response, id: str) -> None:
    response.answers = {name: answer for name, answer in response.answers.items() if name != id}


def draw(
    request: HttpRequest,
    survey: Survey,
    response: Response,
    asked: Page,
    typed: Any,
    *,
    faults: dict[str, Fault] | None = None,
    here: Any = None,
    came_out: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    schema, world = response.version.read, queries.world_of(response)
    way = [each.id for each in path(schema, response.answers, world)]
    own = {question.id for question in asked.questions}
    live = keep_shown(schema, response.answers, world)
    kinds = {question.kind for question in asked.questions}
    form: AskedPage = asked_page(
        asked,
        typed,
        live,
        world,
        faults=faults,
        here=here
        if here is not None
        else {name: answer for name, answer in response.answers.items() if name.removesuffix("__other") in own},
        areas=queries.wards_of(survey) if Kind.PLACE in kinds else (),
        uploads={upload.question: upload for upload in queries.uploads_of(response)} if Kind.FILE in kinds else None,
    )
    return page(
        request,
        "page",
        survey,
        status=status,
        form=form,
        asked=asked,
        response=response,
        came_out=came_out or [],
        number=way.index(asked.id) + 1 if asked.id in way else 1,
        of=max(len(way), 1),
        is_first=bool(way) and way[0] == asked.id,
        change="change" in (request.POST if request.method == "POST" else request.GET),
        map_shapes=queries.shapes_of(survey) if Kind.PLACE in kinds else [],
        question_lang="" if (get_language() or "").startswith(schema.language) else schema.language,
    )


# --- saving for later ----------------------------------------------------------------------------


@open_to_all
@never_cache
def save(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """The link and the code that lead back to what was typed so far."""
    survey = the_survey(board_slug, slug)
    response = answers_in_hand(request, survey)
    if response is None:
        return lost(request, survey)
    if response.state != Response.State.DRAFT:
        return thank(request, survey, response, already=True)
    code = in_fours(drafting.give_code(response=response))
    return page(
        request,
        "saved",
        survey,
        code=code,
        link=request.build_absolute_uri(reverse("surveys:slip", args=[code])),
        go_on=where_to_go_on(response),
    )


# --- the check, and sending ----------------------------------------------------------------------


@open_to_all
@never_cache
def check(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Everything that was answered, with a way to change each; and sending it."""
    survey = the_survey(board_slug, slug)
    response = answers_in_hand(request, survey)
    if response is None:
        return lost(request, survey)
    if response.state != Response.State.DRAFT:
        return thank(request, survey, response, already=True)
    missing = missing_page(response)
    if missing is not None:
        return redirect(survey.address("page", missing))
    person = request.user
    if response.corrects_id is not None:
        if request.method == "POST":
            return put_right(request, survey, response)
        return draw_check(request, survey, response, None)
    if request.method != "POST":
        return draw_check(request, survey, response, send_form(request, survey))
    now = timezone.now()
    if not survey.activity.is_open(now):
        return introduction(request, survey, refusal=too_late(survey, now=now), status=409)
    form = send_form(request, survey, request.POST)
    if not form.is_valid():
        return draw_check(request, survey, response, form, status=422)
    remember(request, response)
    if permissions.needs_account(survey.activity) and not person.is_authenticated:
        kept = {"token": response.token.hex, **form.kept_standing()}
        return redirect(pending.keep(request, f"surveys:{survey.pk}", kept, finish_at=survey.address("finish")))
    device = device_of(request)
    if not person.is_authenticated and not within_limit(request, "survey-send", a_minute=BEGUN_A_MINUTE):
        return draw_check(request, survey, response, form, refusal=_(TOO_MANY), status=429)
    if not person.is_authenticated and not device:
        if "again" in request.GET:
            return draw_check(request, survey, response, form, refusal=_(NO_COOKIE), status=400)
        # As for a vote: the answers wait until the browser has shown that it keeps the cookie.
        again = redirect(request.path + "?again=1", preserve_request=True)
        give_device(again)
        return again
    if person.is_authenticated and form.area is not None:
        say_standing(person=person, board=survey.activity.board, reason=form.cleaned_data["reason"], area=form.area)
    return send(request, survey, response, area=form.area, device=device, form=form)


def send_form(request: HttpRequest, survey: Survey, data: Any = None) -> SendForm:
    return SendForm(data, activity=survey.activity, person=request.user)


def draw_check(
    request: HttpRequest, survey: Survey, response: Response, form: SendForm | None, *, refusal: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    return page(
        request,
        "check",
        survey,
        status=status,
        form=form,
        response=response,
        refusal=refusal,
        parts=parts_of(response, change_at=lambda page_id: survey.address("page", page_id) + "?change=1"),
        needs_account=permissions.needs_account(survey.activity) and not request.user.is_authenticated,
    )


def parts_of(response: Response, *, change_at: Any = None) -> list[dict[str, Any]]:
    """Give each page on the way with its questions and what was answered, in words."""
    schema, world = response.version.read, queries.world_of(response)
    live = keep_shown(schema, response.answers, world)
    areas = dict(queries.wards_of(response.survey)) if queries.has_kind(schema, Kind.PLACE) else {}
    parts = []
    for at, each in enumerate(path(schema, response.answers, world), 1):
        shown = [
            {"id": question.id, "label": question.label, "lines": telling.told(question, live, areas=areas)}
            for question in shown_questions(each, live, world)
            if question.is_answered
        ]
        if shown:
            parts.append(
                {"title": each.title or _("Page %(number)s") % {"number": at}, "rows": shown,
                 "href": change_at(each.id) if change_at else ""}
            )  # fmt: skip
    return parts


def send(
    request: HttpRequest, survey: Survey, response: Response, *, area: Any, device: str, form: SendForm | None
) -> HttpResponse:
    """Make the one call that stores, and answer in words as well as by where it leads."""
    person = request.user if request.user.is_authenticated else None
    # Someone who answered on this browser before signing in has answered.
    before = answering.took_part_before(survey, person=None, device=device) if person and device else None
    if before is not None and before.reference != response.reference:
        forget(request, survey)
        return thanks_at(survey, before.reference, already=True)
    try:
        done = answering.send(response=response, now=timezone.now(), person=person, device=device, area=area)
    except Unfit as unfit:
        return redirect(survey.address("page", unfit.page_id))
    except Refused as refused:
        now = timezone.now()
        if not survey.activity.is_open(now):
            return introduction(request, survey, refusal=too_late(survey, now=now), status=409)
        return draw_check(request, survey, response, form, refusal=str(refused), status=403)
    # Let kept pages follow only where a reader could see it.
    request.pages_changed = survey.activity.results_show == Activity.ResultsShow.ALWAYS  # type: ignore[attr-defined]
    if done.reference != response.reference:
        forget(request, survey)
        return thanks_at(survey, done.reference, already=True)
    if done.stored_now and survey.asks_equality:
        marks = request.session.get(EQUALITY, {})
        request.session[EQUALITY] = dict([*list(marks.items())[-4:], (str(survey.pk), uuid4().hex)])
    return thank(request, survey, response, already=not done.stored_now)


@login_required
@never_cache
def finish(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Send the answers that were given before signing in."""
    survey = the_survey(board_slug, slug)
    kept = pending.take(request, f"surveys:{survey.pk}") if request.method == "GET" else None
    response = queries.response_of_token(kept["token"]) if kept else None
    if kept is None or response is None or response.survey_id != survey.pk:
        in_hand = answers_in_hand(request, survey)
        return redirect(survey.address("check") if in_hand is not None else survey.get_absolute_url())
    now = timezone.now()
    response.survey = survey
    if not is_theirs(request, response, survey):
        return lost(request, survey)
    if not survey.activity.is_open(now):
        return introduction(request, survey, refusal=too_late(survey, now=now), status=409)
    standing = standing_of(request.user, survey.activity.board_id, timezone.localdate(now))
    if standing is None:
        standing = say_what_was_kept(person=request.user, board=survey.activity.board, kept=kept)
    if standing is None:
        return redirect(survey.address("check"))
    return send(request, survey, response, area=standing.area, device="", form=None)


def put_right(request: HttpRequest, survey: Survey, draft: Response) -> HttpResponse:
    """Send corrected answers, and lead back to the slip."""
    try:
        response = slips.send_correction(draft=draft, now=timezone.now())
    except Unfit as unfit:
        return redirect(survey.address("page", unfit.page_id))
    except Refused as refused:
        return draw_check(request, survey, draft, None, refusal=str(refused), status=403)
    request.pages_changed = True  # type: ignore[attr-defined]
    forget(request, survey)
    return redirect(reverse("surveys:slip", args=[in_fours(drafting.code_of(response.token))]) + "?corrected=1")


def thank(request: HttpRequest, survey: Survey, response: Response, *, already: bool = False) -> HttpResponse:
    """Lead to the confirmation; its code may be shown there once."""
    if response.state == Response.State.WITHDRAWN:
        return redirect(survey)
    marks = request.session.get(THANKS, {})
    request.session[THANKS] = dict([*list(marks.items())[-4:], (response.reference, response.token.hex)])
    return thanks_at(survey, response.reference, already=already)


def thanks_at(survey: Survey, reference: str, *, already: bool) -> HttpResponse:
    where = survey.address("thanks", reference)
    answer = HttpResponseRedirect(where + "?already=1" if already else where)
    answer.content = (_("Your answers are in already.") if already else _("Your answers are in.")).encode()
    return answer


@open_to_all
@never_cache
def thanks(request: HttpRequest, board_slug: str, slug: str, reference: str) -> HttpResponse:
    """A confirmation that can be found again from its address: it names no person and no answer."""
    survey = the_survey(board_slug, slug)
    response = queries.response_of_reference(survey, normal_reference(reference))
    if response is None:
        return lost(request, survey)
    code = ""
    if request.COOKIES:
        marks = request.session.get(THANKS, {})
        token = marks.pop(response.reference, None)
        if token == response.token.hex:
            request.session[THANKS] = marks
            code = in_fours(drafting.code_of(response.token))
    may_say = request.COOKIES and str(survey.pk) in request.session.get(EQUALITY, {})
    return page(
        request,
        "thanks",
        survey,
        response=response,
        already="already" in request.GET,
        code=code,
        link=request.build_absolute_uri(reverse("surveys:slip", args=[code])) if code else "",
        asks_equality=survey.asks_equality and may_say,
        results_verdict=may_see_results(request.user, survey.activity, now=timezone.now(), took_part=True),
    )
