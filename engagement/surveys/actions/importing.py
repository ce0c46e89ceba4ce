"""Bringing in answers from a table made elsewhere: looked at whole, then all of it or nothing."""

from __future__ import annotations

import csv
import hmac
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Area, Postcode
from boards.places.rules import normal_postcode
from components.forms import without_hidden_characters
from engagement.activities.models import Activity, Channel, TakingPart, new_reference
from engagement.surveys import queries
from engagement.surveys.actions.answering import words_of
from engagement.surveys.actions.taking_back import drop_words
from engagement.surveys.models import BroughtIn, Incoming, Response, Survey, SurveyVersion, Words
from engagement.surveys.models.incoming import WAITS
from engagement.surveys.rules import incoming as rules
from engagement.surveys.rules.answers import Fault, Known
from engagement.surveys.rules.columns import Column
from engagement.surveys.rules.schema import LONGEST_LONG_TEXT, Kind, Schema
from engagement.surveys.words import FACE_WORDS, fault_in_words

LARGEST_BYTES = 50 * 1024 * 1024
MOST_COLUMNS = 200
MOST_ROWS = 50_000
SHOWN_PROBLEMS = 200
BATCH = 500


class ImportRefused(Exception):
    """Its message is fit to show the officer."""


# --- reading the file ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    """How a file begins: its headings, Qualtrics' questions under them, the first rows, and where rows begin."""

    headings: tuple[str, ...]
    described: tuple[str, ...]
    first_rows: tuple[tuple[str, ...], ...]
    skipped: int


def records(file: Any) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank with its number, as a spreadsheet counts. Only one is in memory at a time."""
    while hasattr(file, "file"):
        file = file.file  # what Django wraps, which reads as bytes
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", errors="strict")
    reader = csv.reader(text, strict=True)
    number = 0
    try:
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            if any("\x00" in cell for cell in cells):
                raise ImportRefused(_("Row %(n)d holds a NUL character. Is this a CSV file?") % {"n": number})
            if any(cell.strip() for cell in cells):
                yield number, cells
    except UnicodeDecodeError:
        raise ImportRefused(_("The text is not UTF-8. Save the file as “CSV UTF-8”, then send it again.")) from None
    except csv.Error:
        raise ImportRefused(
            _("Row %(n)d cannot be read as CSV. Look for a quotation mark out of place.") % {"n": number}
        ) from None
    finally:
        text.detach()


def head_of(file: Any) -> Head:
    """Read how a file begins; refuse what is no table of answers."""
    found: list[list[str]] = []
    for _number, cells in records(file):
        found.append(cells)
        if len(found) == 8:
            break
    if not found:
        raise ImportRefused(_("The file is empty. Its first row must name the columns."))
    headings = [cell.strip() for cell in found[0]]
    if len(headings) > MOST_COLUMNS:
        raise ImportRefused(_("There are more than %(most)d columns.") % {"most": MOST_COLUMNS})
    if len(headings) == 1 and any(sign in headings[0] for sign in ";\t|"):
        raise ImportRefused(_("The columns are not parted by commas. Save the file with commas."))
    blank = [""] * len(headings)
    second, third = (found[1] if len(found) > 1 else blank), (found[2] if len(found) > 2 else blank)
    skipped = rules.rows_of_headings(second, third)
    described = [*second, *blank][: len(headings)] if skipped == 3 else blank
    rows = [tuple(shortened(cell) for cell in [*row, *blank][: len(headings)]) for row in found[skipped:]]
    return Head(
        tuple(shortened(cell) for cell in headings),
        tuple(shortened(cell) for cell in described),
        tuple(rows[:5]),
        skipped,
    )


def shortened(text: str, longest: int = 80) -> str:
    line = " ".join(without_hidden_characters(text[: longest * 2])[0].split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


@transaction.atomic
def keep_file(*, survey: Survey, upload: Any, by: Person, now: datetime) -> Incoming:
    """Keep a file until an officer has said what its columns are; refuse one that cannot be read at all."""
    if survey.current is None:
        raise ImportRefused(_("This survey asks nothing yet. Add its questions first."))
    if upload.size > LARGEST_BYTES:
        raise ImportRefused(_("The file is larger than %(most)d MB.") % {"most": LARGEST_BYTES // 1024 // 1024})
    head = head_of(upload)
    guessed = rules.guess(head.headings, head.described, rules.columns_for(survey.current.read))
    held = Incoming(survey=survey, version=survey.current, by=by, targets=guessed, asked_at=now)
    upload.seek(0)
    held.file.save("answers.csv", File(upload), save=False)
    held.save(force_insert=True)
    return held


# --- looking at all of it ------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """One thing wrong in the file: which row, which column, and why."""

    row: int
    column: str
    reason: str


@dataclass
class Report:
    """What a whole file comes to: how many answers are new, here already or unfinished, and what is wrong with it."""

    new: int = 0
    already: int = 0
    unfinished: int = 0
    without_area: int = 0
    total_problems: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: int, column: str, reason: str) -> None:
        self.total_problems += 1
        if len(self.problems) < SHOWN_PROBLEMS:
            self.problems.append(Problem(row, column, reason))

    @property
    def fits(self) -> bool:
        return not self.total_problems


@dataclass(frozen=True)
class One:
    """One row that may come in."""

    number: int
    token: UUID
    answers: Mapping[str, Any]
    channel: str
    on: date
    place: int | None


class Reader:
    """Reads the rows of one file by what its columns are said to be."""

    def __init__(self, incoming: Incoming) -> None:
        self.incoming, self.survey = incoming, incoming.survey
        self.schema: Schema = incoming.version.read
        self.targets: Sequence[str] = incoming.targets
        self.about = {target: at for at, target in enumerate(self.targets) if target in rules.ABOUT}
        self.channels = {value: str(label) for value, label in Channel.choices}
        faces = {str(value): str(words) for value, words in FACE_WORDS.items()}
        wards = {code for code, _name in queries.wards_of(self.survey)}
        known = Known(knows_postcode=queries.is_on_our_list, areas=wards)
        self.reader = rules.RowReader(self.schema, self.targets, faces, known)
        self.areas: dict[str, int] = {}
        self.postcodes: dict[str, int | None] = {}
        self.twins: Counter[str] = Counter()
        self.today = timezone.localdate()

    def rows(self, report: Report) -> Iterator[One]:
        """Give the rows that may come in, and note in the report what is wrong with the others."""
        with self.incoming.file.open("rb") as file:
            head = head_of(file)
            wide = len(head.headings)
            seen: set[str] = set()
            for at, (number, cells) in enumerate(records(file)):
                if at < head.skipped:
                    continue
                if at >= MOST_ROWS + head.skipped:
                    report.add(number, "", _("There are more than %(most)d rows. Part the file.") % {"most": MOST_ROWS})
                    return
                if len(cells) != wide:
                    report.add(
                        number, "",
                        _("There are %(found)d cells where the headings name %(wanted)d.") % {"found": len(cells), "wanted": wide},
                    )  # fmt: skip
                    continue
                one = self.read(number, cells, head, report, seen)
                if one is not None:
                    yield one

    def read(self, number: int, cells: list[str], head: Head, report: Report, seen: set[str]) -> One | None:
        before = report.total_problems
        for column, cell in zip(head.headings, cells, strict=True):
            if len(cell) > LONGEST_LONG_TEXT:
                report.add(number, column, _("The cell is longer than %(most)d letters.") % {"most": LONGEST_LONG_TEXT})
        if report.total_problems > before:
            return None
        if rules.FINISHED in self.about and not rules.is_finished(cells[self.about[rules.FINISHED]]):
            report.unfinished += 1
            return None
        identity = self.identity(number, cells, head, report, seen)
        channel, on = self.channel_and_day(number, cells, head, report)
        place = self.place(number, cells, head, report)
        row = self.reader.read([without_hidden_characters(cell)[0] for cell in cells])
        for at, wrong, question in row.wrong:
            report.add(number, head.headings[at], self.in_words(wrong, question, cells[at]))
        if report.total_problems > before or channel is None or on is None:
            return None
        if not row.answers:
            report.add(number, "", _("There is no answer in this row."))
            return None
        token = UUID(
            bytes=hmac.new(
                settings.SECRET_KEY.encode(), f"survey {self.survey.pk} row {identity}".encode(), sha256
            ).digest()[:16],
            version=4,
        )
        return One(number, token, row.answers, channel, on, place)

    def identity(self, number: int, cells: list[str], head: Head, report: Report, seen: set[str]) -> str:
        """Give what makes a row this row: its own id, or else what is in it and which of its twins it is."""
        if rules.ID in self.about:
            id = cells[self.about[rules.ID]].strip()
            column = head.headings[self.about[rules.ID]]
            if not id:
                report.add(number, column, _("The row has no id of its own."))
            elif id in seen:
                report.add(number, column, _("The same id stands in an earlier row."))
            seen.add(id)
            return f"id {id}"
        contents = sha256("\x1f".join(cells).encode()).hexdigest()
        self.twins[contents] += 1
        return f"cells {contents} {self.twins[contents]}"

    def channel_and_day(
        self, number: int, cells: list[str], head: Head, report: Report
    ) -> tuple[str | None, date | None]:
        channel: str | None = self.incoming.channel
        on = self.incoming.on
        for target in (rules.CHANNEL, rules.ON):
            at = self.about.get(target)
            if at is None or not cells[at].strip():
                continue
            try:
                if target == rules.CHANNEL:
                    channel = rules.channel_of(cells[at], self.channels)
                else:
                    on = rules.day_of(cells[at])
            except rules.Unreadable as unreadable:
                report.add(number, head.headings[at], self.in_words(unreadable.code, "", cells[at]))
                return None, None
        day = self.about.get(rules.ON)
        column = head.headings[day] if day is not None else ""
        if on is None:
            report.add(number, column, _("There is no day. Say one for the whole file."))
        elif on > self.today or on.year < 1990:
            report.add(number, column, _("“%(day)s” cannot be the day someone answered.") % {"day": on.isoformat()})
        return channel, on

    def place(self, number: int, cells: list[str], head: Head, report: Report) -> int | None:
        """Give the area of a row: by its code, else by its postcode. A postcode we do not know leaves it empty."""
        at = self.about.get(rules.AREA)
        if at is not None and cells[at].strip():
            code = cells[at].strip().upper()
            if code not in self.areas:
                self.areas[code] = Area.objects.filter(code=code).values_list("pk", flat=True).first() or 0
            if not self.areas[code]:
                report.add(number, head.headings[at], _("We know no area “%(code)s”.") % {"code": shortened(code, 20)})
                return None
            return self.areas[code]
        at = self.about.get(rules.POSTCODE)
        if at is None or not cells[at].strip():
            return None
        postcode = normal_postcode(cells[at][:20]) or ""
        if postcode not in self.postcodes:
            if len(self.postcodes) > 5_000:
                self.postcodes.clear()
            found = Postcode.objects.filter(pk=postcode).values_list("ward", flat=True).first() if postcode else None
            self.postcodes[postcode] = found
        if self.postcodes[postcode] is None:
            report.without_area += 1
        return self.postcodes[postcode]

    def in_words(self, wrong: str | Fault, question: str, cell: str) -> str:
        if isinstance(wrong, Fault):
            return str(fault_in_words(self.schema.questions[question], wrong))
        cell = shortened(cell, 40)
        sentences = {
            "choice": _("“%(cell)s” is none of the choices."),
            "number": _("“%(cell)s” is not a number."),
            "whole": _("“%(cell)s” is not a whole number."),
            "day": _("“%(cell)s” is not a day. Write it as 2026-05-31 or 31/05/2026."),
            "yes_no": _("“%(cell)s” is neither yes nor no."),
            "tick": _("“%(cell)s” does not say whether it was ticked."),
            "rank": _("The places in order are not 1, 2, 3 and so on, each once."),
            "channel": _("“%(cell)s” is none of our ways in."),
        }
        return sentences[wrong] % {"cell": cell}


def look(incoming: Incoming) -> Report:
    """Read the whole file and say what it comes to. Nothing is kept of it."""
    report = Report()
    for batch in in_batches(Reader(incoming).rows(report)):
        sort_out(incoming.survey, batch, report)
    return report


def in_batches(rows: Iterator[One]) -> Iterator[list[One]]:
    batch: list[One] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def sort_out(survey: Survey, batch: list[One], report: Report) -> list[One]:
    """Give the rows that are new. One that is here already with other answers is a problem, not a second one."""
    held = {
        token: (state, answers, corrected)
        for token, state, answers, corrected in Response.objects.filter(
            survey=survey, token__in=[one.token for one in batch]
        ).values_list("token", "state", "answers", "corrected_on")
    }
    new = []
    for one in batch:
        if one.token not in held:
            new.append(one)
            continue
        state, answers, corrected = held[one.token]
        # Put right or taken back since: what its writer said last stands.
        if state == Response.State.SENT and corrected is None and answers != dict(one.answers):
            report.add(one.number, "", _("This row is here already, with other answers."))
        else:
            report.already += 1
    report.new += len(new)
    return new


# --- all of it or nothing ------------------------------------------------------------------------


@transaction.atomic
def bring_in(*, incoming: Incoming, by: Person, now: datetime) -> Report:
    """Bring in every row that is not here yet, or nothing. The same file again changes nothing.

    Raises ImportRefused where anything in the file is wrong: look at it first.
    """
    held = Incoming.objects.select_for_update(of=("self",)).get(pk=incoming.pk)
    if held.state != Incoming.State.WAITING:
        raise ImportRefused(_("This file was brought in already."))
    # Held from here to the commit, as whoever changes the questions holds it.
    Activity.objects.select_for_update(no_key=True, of=("self",)).get(pk=incoming.survey_id)
    report = Report()
    schema: Schema = incoming.version.read
    try:
        with transaction.atomic():
            for batch in in_batches(Reader(incoming).rows(report)):
                new = sort_out(incoming.survey, batch, report)
                if report.fits:
                    store(incoming, new, schema)
            if not report.fits:
                raise ImportRefused(_("Something in the file does not fit. Nothing was brought in."))
    except IntegrityError:
        raise ImportRefused(_("Someone brought in the same answers a moment ago. Look again.")) from None
    if report.new:
        SurveyVersion.objects.filter(pk=incoming.version_id, first_answer_on__isnull=True).update(
            first_answer_on=timezone.localdate(now)
        )
    held.state = Incoming.State.IN
    held.told = {"new": report.new, "already": report.already, "unfinished": report.unfinished}
    name = held.file.name
    held.file = ""
    held.save(update_fields=["state", "told", "file"])
    storage = incoming.file.storage
    transaction.on_commit(lambda: storage.delete(name or ""))
    log(instance=incoming.survey, action="surveys.import", user=by, data={**held.told, "file": str(incoming.pk)})
    return report


def store(incoming: Incoming, rows: list[One], schema: Schema) -> None:
    """Write some rows: who took part, the answers, their words for the queue, and that they came by this file."""
    survey = incoming.survey
    parts = [
        TakingPart(activity_id=survey.pk, channel=one.channel, place_id=one.place, on=one.on, reference=new_reference())
        for one in rows
    ]
    TakingPart.objects.bulk_create(parts)
    responses = [
        Response(
            survey=survey, version_id=incoming.version_id, state=Response.State.SENT, channel=one.channel,
            place_id=one.place, answers=dict(one.answers), on=one.on, reference=part.reference, token=one.token,
            taking_part=part, language=schema.language,
        )
        for one, part in zip(rows, parts, strict=True)
    ]  # fmt: skip
    Response.objects.bulk_create(responses)
    Words.objects.bulk_create(
        Words(
            survey=survey, response=response, question=id, label=label, text=text,
            sent_at=timezone.make_aware(datetime.combine(response.on, time.min)),
        )
        for response in responses
        for id, (label, text) in words_of(schema, response.answers).items()
    )  # fmt: skip
    BroughtIn.objects.bulk_create(BroughtIn(response=response, incoming=incoming) for response in responses)


@transaction.atomic
def take_out(*, incoming: Incoming, by: Person, now: datetime) -> int:
    """Take everything out again that a file brought in, with what was made of it; give how many answers went."""
    held = Incoming.objects.select_for_update(of=("self",)).get(pk=incoming.pk)
    if held.state != Incoming.State.IN:
        raise ImportRefused(_("This file is not in."))
    mine = Response.objects.filter(brought_in__incoming=held)
    for words in Words.objects.filter(response__in=mine, passages__isnull=False).distinct():
        drop_words(words, now=now)
    parts = list(mine.filter(taking_part__isnull=False).values_list("taking_part", flat=True))
    count = mine.count()
    mine.delete()
    for at in range(0, len(parts), 1_000):
        TakingPart.objects.filter(pk__in=parts[at : at + 1_000]).delete()
    held.state = Incoming.State.OUT
    held.save(update_fields=["state"])
    log(instance=incoming.survey, action="surveys.import_out", user=by, data={"answers": count, "file": str(held.pk)})
    return count


def give_up(*, incoming: Incoming) -> None:
    """Delete a file that will not be brought in."""
    if incoming.state == Incoming.State.WAITING:
        incoming.file.delete(save=False)
        incoming.delete()


def drop_waiting(*, now: datetime) -> int:
    """Delete files nobody brought in for a day, for the timer; give how many."""
    ended = list(Incoming.objects.filter(state=Incoming.State.WAITING, asked_at__lte=now - WAITS))
    for incoming in ended:
        give_up(incoming=incoming)
    return len(ended)


def columns_in_words(columns: Sequence[Column]) -> list[tuple[str, str]]:
    """Give what a column may hold, by name, for whoever chooses."""
    about = {
        rules.ID: _("The row's own id"),
        rules.ON: _("The day it was answered"),
        rules.CHANNEL: _("The way it came in"),
        rules.POSTCODE: _("Postcode: only the area is kept"),
        rules.AREA: _("The code of the area"),
        rules.FINISHED: _("Whether it was finished: unfinished ones stay out"),
    }
    listed = [(rules.LEFT_OUT, _("Leave it out")), *about.items()]
    for column in columns:
        part = column.part_label or {
            "words": _("in words"),
            "lat": _("latitude"),
            "lon": _("longitude"),
            "area": _("area"),
        }.get(column.part, "")
        if column.heading.endswith("__other"):
            part = _("words with “other”")
        elif column.kind is Kind.SEVERAL and not part:
            part = _("all that were ticked, in one cell")
        label = shortened(column.label, 60)
        listed.append((column.heading, f"{label}: {shortened(part, 40)}" if part else label))
    return listed
