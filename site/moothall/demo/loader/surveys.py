"""A survey of a board that has a file for one, with what people answered."""

from __future__ import annotations

import tomllib
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from boards.places.models import Board
from engagement.activities.actions import device_digest
from engagement.activities.models import Activity, TakingPart
from engagement.evidence.models import Need
from engagement.surveys.actions.answering import words_of
from engagement.surveys.models import Response, Survey, SurveyVersion, Words
from engagement.surveys.rules.answers import check_all
from engagement.surveys.rules.conditions import World
from moothall.demo.loader.people import Cast
from moothall.demo.loader.reading import DATA, moment


def survey_file(slug: str) -> dict[str, Any] | None:
    """Give the survey of a board, or None where it has none."""
    path = DATA / "surveys" / f"{slug}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def load(board: Board, *, cast: Cast, needs: dict[str, Need], now: datetime) -> None:
    file = survey_file(board.slug)
    if file is None:
        return
    opens_at = moment(file["opens"], now)
    activity = Activity.objects.create(
        board=board,
        kind=Activity.Kind.SURVEY,
        title=file["title"],
        slug=file["slug"],
        summary=file["summary"],
        opens_at=opens_at,
        closes_at=moment(file["closes"], now),
        audience=file["audience"],
        results_show=file["results"].replace("-", "_"),
        is_draft=False,
    )
    activity.needs.set([needs[slug] for slug in file["needs"]])
    survey = Survey.objects.create(
        activity=activity,
        introduction=file["introduction"].strip(),
        thanks_words=file["thanks"],
        takes_paper=file["paper"],
        takes_phone=file.get("phone", False),
        asks_equality=file["equality"],
    )
    survey.current = SurveyVersion.objects.create(
        survey=survey,
        number=1,
        schema={"language": "en", "pages": file["pages"]},
        made_at=opens_at - timedelta(days=2),
        made_by=cast.coordinator,
        first_answer_on=timezone.localdate(opens_at),
    )
    survey.save(update_fields=["current"])
    answer(survey, file["answers"], now=now)


def answer(survey: Survey, patterns: list[dict[str, Any]], *, now: datetime) -> None:
    """Write what people answered, each with the row that says someone took part. Words of a closed survey were read."""
    if survey.current is None or survey.activity.closes_at is None:
        raise ValueError("A demo survey has a version and a closing time.")
    schema = survey.current.read
    first = timezone.localdate(survey.activity.opens_at)
    days = max(1, (timezone.localdate(min(now, survey.activity.closes_at)) - first).days)
    state = Words.State.SHOWN if survey.activity.has_closed(now) else Words.State.PENDING
    parts: list[TakingPart] = []
    responses: list[Response] = []
    words: list[Words] = []
    for pattern in patterns:
        for number in range(pattern["times"]):
            said = {id: lines[number] for id, lines in pattern["words"].items() if number < len(lines)}
            checked = check_all(schema, {**pattern["answers"], **said}, World(pattern["channel"], "en"))
            if not checked.fits:
                raise ValueError(f"{survey}: {checked.faults}")
            on = first + timedelta(days=(len(parts) * 7919) % days)
            parts.append(
                TakingPart(
                    activity=survey.activity,
                    device=device_digest(survey.activity, uuid4().hex) if pattern["channel"] == "web" else None,
                    channel=pattern["channel"],
                    on=on,
                )
            )
            responses.append(
                Response(
                    survey=survey,
                    version=survey.current,
                    state=Response.State.SENT,
                    channel=pattern["channel"],
                    answers=dict(checked.answers),
                    on=on,
                    reference=parts[-1].reference,
                )
            )
            midnight = timezone.make_aware(datetime.combine(on, time.min))
            words += [
                Words(
                    survey=survey, response=responses[-1], question=id, label=label, text=text, state=state,
                    sent_at=midnight,
                )
                for id, (label, text) in words_of(schema, checked.answers).items()
            ]  # fmt: skip
    for part, response in zip(TakingPart.objects.bulk_create(parts, batch_size=500), responses, strict=True):
        response.taking_part = part
    Response.objects.bulk_create(responses, batch_size=500)
    Words.objects.bulk_create(words, batch_size=500)
