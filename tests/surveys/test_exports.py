"""Every answer leaves as it was given, in constant memory, and nothing in it comes alive in a spreadsheet."""

from __future__ import annotations

import csv
import gc
import io
import tracemalloc
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import openpyxl
import pytest

from boards.places.models import Area
from engagement.rules.tables import STARTS_A_FORMULA
from engagement.surveys import exports
from engagement.surveys.models import Response
from tests.surveys.asking import choices, page, question, schema
from tests.surveys.everything import HOSTILE, answer, forty
from tests.surveys.factories import make_response, make_survey

pytestmark = pytest.mark.django_db

ASKS = forty()


@pytest.fixture
def survey(board):
    found = make_survey(board, ASKS)
    random = Random(11)
    ward = board.areas.get()
    Response.objects.bulk_create(
        Response(
            survey=found, version=found.current, state="sent", answers=answer(ASKS, random),
            channel=random.choice(["web", "paper"]), place=random.choice([ward, None]),
            on=date(2026, 5, 1) + timedelta(days=random.randint(0, 9)), reference=f"R{at:05}",
        )
        for at in range(80)
    )  # fmt: skip
    make_response(found, {"q1": "a"}, state="draft")
    make_response(found, {"q1": "a"}, state="withdrawn")
    return found


def read_csv(lines):
    return list(csv.DictReader(io.StringIO("".join(lines), newline="")))


def read_xlsx(survey, *, in_words):
    file = io.BytesIO()
    exports.write_xlsx(exports.Sheet(survey, in_words=in_words), file, progress=lambda _done: None)
    book = openpyxl.load_workbook(io.BytesIO(file.getvalue()), read_only=True)
    rows = book["answers"].iter_rows(values_only=True)
    headings = next(rows)
    return [dict(zip(headings, row, strict=True)) for row in rows], book


def unguarded(cell):
    """What the CSV says once its apostrophe, which keeps a formula from running, is taken off."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" \u00a0").startswith(STARTS_A_FORMULA) else cell


WORDS = {"a": "Swings", "b": "=Benches", "c": 'Trees, "old" ones', "d": "Other"}
PLAIN = {"a": "Swings", "b": "Benches", "c": "Trees"}
COLUMNS = {"a": "Bad", "b": "Fair", "c": "Good"}


def expected(response, *, in_words):
    """What must stand in each column, worked out from the answers by themselves and not by the export's rules."""
    found = {
        "reference": response.reference, "version": "1", "channel": response.channel,
        "area_code": response.place.code if response.place else "", "area": response.place.name if response.place else "",
        "language": "en", "on": response.on.isoformat(),
    }  # fmt: skip
    if in_words:
        found["channel"] = response.get_channel_display()
    for asked in (each for one in ASKS["pages"] for each in one["questions"]):
        key, kind, given = asked["id"], asked["kind"], response.answers.get(asked["id"])
        match kind:
            case "one_choice" | "drop_down":
                found[key] = "" if given is None else WORDS[given] if in_words else given
                found[f"{key}__other"] = response.answers.get(f"{key}__other", "")
            case "several":
                found |= {f"{key}.{c}": "" if given is None else "1" if c in given else "0" for c in "abcd"}
                found[f"{key}__other"] = ""
            case "matrix":
                for row in "ab":
                    cell = (given or {}).get(row, "")
                    found[f"{key}.{row}"] = COLUMNS[cell] if in_words and cell else cell
            case "ranking":
                found |= {f"{key}.{c}": str(given.index(c) + 1) if given and c in given else "" for c in "abc"}
            case "points":
                found |= {f"{key}.{c}": "" if given is None else str(given.get(c, 0)) for c in "abc"}
            case "place":
                found |= {f"{key}.{part}": (given or {}).get(part, "") for part in ("words", "lat", "lon", "area")}
            case "yes_no":
                own = {"yes": "Yes", "no": "No", "unknown": "I do not know"}
                found[key] = "" if given is None else own[given] if in_words else given
            case "consent":
                said = "" if given is None else "yes" if given else "no"
                found[key] = {"yes": "Yes, I agree", "no": "No", "": ""}[said] if in_words else said
            case "faces":
                faces = ["Very bad", "Bad", "Neither good nor bad", "Good", "Very good"]
                found[key] = "" if given is None else faces[given - 1] if in_words else str(given)
            case _:
                found[key] = "" if given is None else str(given)
    return found


@pytest.mark.parametrize("in_words", [True, False])
def test_every_value_of_the_csv_is_what_was_answered(survey, in_words):
    rows = read_csv(exports.as_csv(survey, in_words=in_words))

    told = {row["reference"]: {name: unguarded(cell) for name, cell in row.items()} for row in rows}
    sent = Response.objects.sent().select_related("place")
    assert len(rows) == 80
    assert told == {each.reference: expected(each, in_words=in_words) for each in sent}


@pytest.mark.parametrize("in_words", [True, False])
def test_every_value_of_the_spreadsheet_is_what_was_answered(survey, in_words):
    rows, _book = read_xlsx(survey, in_words=in_words)

    by_reference = {row["reference"]: row for row in rows}
    assert len(by_reference) == 80
    for response in Response.objects.sent().select_related("place"):
        row = by_reference[response.reference]
        for name, wanted in expected(response, in_words=in_words).items():
            cell = row[name]
            if isinstance(cell, int | float):
                assert Decimal(str(cell)) == Decimal(wanted), name
            else:
                assert (cell or "") == wanted, name


def test_no_cell_of_either_file_is_a_formula(survey):
    for row in read_csv(exports.as_csv(survey, in_words=True)):
        for name, cell in row.items():
            assert not cell.lstrip(" \u00a0").startswith(STARTS_A_FORMULA) or Decimal(cell) is not None, name
    _rows, book = read_xlsx(survey, in_words=True)
    assert {cell.data_type for row in book["answers"].iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


def test_hostile_words_are_among_what_was_tried(survey):
    text = "".join(exports.as_csv(survey, in_words=True))

    assert "'=HYPERLINK" in text
    assert all(
        any(words in str(each.answers) or words in each.answers.values() for each in Response.objects.sent())
        for words in HOSTILE
    )


def test_answers_to_an_older_version_leave_in_the_same_table(board):
    from engagement.surveys.models import SurveyVersion

    old = schema(
        page(
            "p1", question("one", "one_choice", "Which?", choices=choices("Swing", "Bench")), question("was", "yes_no")
        )
    )
    survey = make_survey(board, old)
    make_response(survey, {"one": "b", "was": "no"}, reference="OLD")
    survey.current = SurveyVersion.objects.create(
        survey=survey, number=2, made_at=survey.current.made_at,
        schema=schema(page("p1", question("one", "one_choice", "Which one?", choices=[{"id": "a", "label": "Swings"}, {"id": "n", "label": "New"}]))),
    )  # fmt: skip
    survey.save()
    make_response(survey, {"one": "n"}, reference="NEW")

    rows = {row["reference"]: row for row in read_csv(exports.as_csv(survey, in_words=True))}

    assert (rows["OLD"]["version"], rows["OLD"]["one"], rows["OLD"]["was"]) == ("1", "Bench", "No")
    assert (rows["NEW"]["version"], rows["NEW"]["one"], rows["NEW"]["was"]) == ("2", "New", "")


def test_the_codebook_names_every_column_and_code(survey):
    lines = list(csv.reader(io.StringIO("".join(exports.codebook_csv(survey)), newline="")))

    headings = set(read_csv(exports.as_csv(survey, in_words=False))[0])
    assert headings == {line[0] for line in lines[1:]}
    assert ["q1", "Question 1?", "", "one_choice", "a", "Swings", "1"] in lines


def test_a_long_number_keeps_every_figure(board):
    survey = make_survey(board, schema(page("p1", question("n", "number", decimals=4))))
    make_response(survey, {"n": "123456789012345.1234"})

    rows, _book = read_xlsx(survey, in_words=True)

    assert rows[0]["n"] == "123456789012345.1234"


def test_the_open_copy_holds_no_person_and_no_small_number(survey, board):
    from engagement.surveys.actions.counting import count_what_changed

    other = Area.objects.create(code="E05999990", name="High Fell", kind="ward")
    make_response(survey, {"q1": "c", "q9": "Zanzibarquoll"}, place=other, channel="phone")
    counts = count_what_changed(survey).counts

    text = "".join(exports.open_csv(survey, counts, whole_only=False))
    rows = read_csv([text])

    assert "Zanzibarquoll" not in text
    assert "R0000" not in text
    assert rows
    assert {row["breakdown"] for row in rows} == {"all", "channel", "area"}
    for row in rows:
        assert int(row["people"]) == 0 or int(row["people"]) >= 5


@pytest.mark.once
def test_the_last_rows_of_a_file_are_written_with_no_more_held_than_the_first(board, monkeypatch):
    """What each file holds in memory after 400 of 1,600 answers to forty questions, and after 1,500."""
    survey = make_survey(board, ASKS)
    random = Random(5)
    kinds = [answer(ASKS, random) for _ in range(20)]
    Response.objects.bulk_create(
        (Response(survey=survey, version=survey.current, state="sent", answers=kinds[at % 20]) for at in range(1_600)),
        batch_size=500,
    )
    held, all_of_them = [], exports.Sheet.rows

    def watched(sheet):
        for at, row in enumerate(all_of_them(sheet)):
            if at in (400, 1_500):
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
            yield row

    monkeypatch.setattr(exports.Sheet, "rows", watched)
    monkeypatch.setattr(exports, "CHUNK", 100)
    tracemalloc.start()
    try:
        for _piece in exports.as_csv(survey, in_words=True):
            pass
        with open("/dev/null", "wb") as nowhere:
            exports.write_xlsx(exports.Sheet(survey, in_words=True), Unread(nowhere), progress=lambda _done: None)
    finally:
        tracemalloc.stop()

    assert len(held) == 4
    grown = [after - before for before, after in zip(held[::2], held[1::2], strict=True)]
    assert max(grown) < 500_000, grown


class Unread(io.RawIOBase):
    """Somewhere a workbook can be written to and looked back in, that keeps nothing."""

    def __init__(self, file):
        self.file, self.at = file, 0

    def writable(self):
        return True

    def seekable(self):
        return True

    def write(self, data):
        self.at += len(data)
        return len(data)

    def tell(self):
        return self.at

    def seek(self, offset, whence=0):
        self.at = offset if whence == 0 else self.at + offset
        return self.at

    def flush(self):
        pass
