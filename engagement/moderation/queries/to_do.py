"""Everything that needs an officer: what waits, what was reported, passed on or objected to. Three questions in all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from boards.people.permissions import board_ids_where, is_council_wide, own_boards_where
from engagement.moderation.models import Asked, Escalation, Held, Moderated, Objection, Report
from engagement.moderation.queries.queue import kinds

if TYPE_CHECKING:
    from boards.people.models import Person

MOST = 5000
"""Rows read at once. A board with more than that to read has another trouble than the order of its queue."""
TABS = ("all", "held", "reported", "passed_on", "asked", "objections")


@dataclass(frozen=True)
class Row:
    """One thing of the queue, named and not read yet."""

    kind: str
    key: str
    sent_at: datetime
    is_pending: bool
    is_held: bool
    is_reported: bool
    is_passed_on: bool
    is_asked: bool

    def stands_in(self, tab: str) -> bool:
        """Tell whether a tab lists it. What was passed on or lies with its writer is out of the way of the rest."""
        if tab == "all":
            return not self.is_asked
        return {
            "held": self.is_held and not self.is_asked,
            "reported": self.is_reported,
            "passed_on": self.is_passed_on,
            "asked": self.is_asked,
        }[tab]


@dataclass
class ToDo:
    """What one officer has to do: the rows in order, how many in each tab, and whether there are more than were read."""

    rows: list[Row]
    counts: Mapping[str, int]
    of_kind: Mapping[str, int] = field(default_factory=dict)
    notes: Notes = field(default_factory=lambda: Notes())
    there_are_more: bool = False


def boards_of(person: Person) -> tuple[set[int], set[int]]:
    """Give the boards where someone moderates, and those where they take what was passed on or objected to."""
    hear = board_ids_where(person, "hear_objections")
    if is_council_wide(person, "moderate"):
        return hear, hear
    return {board.pk for board in own_boards_where(person, "moderate")}, hear


def to_do(person: Person, *, tab: str = "all", kind: str = "", board: int | None = None) -> ToDo:
    """Give what this officer has to do. First what was passed on to them, then what everyone can see and someone
    reported, then what waits, the oldest first."""
    moderate, hear = boards_of(person)
    if board is not None:
        moderate, hear = moderate & {board}, hear & {board}
    if not hear:
        return ToDo([], dict.fromkeys(TABS, 0))
    notes, to_hear = open_notes(person, moderate, hear)
    found = list(the_rows(notes, moderate, hear)[: MOST + 1])
    rows = [row_of(notes, *each) for each in found[:MOST]]
    if not is_council_wide(person, "hear_objections"):
        # Passed on by the board: it is with others now.
        kept = {"all": [row for row in rows if not row.is_passed_on], "passed_on": rows}
    else:
        kept = {"all": rows, "passed_on": rows}
    listed = {name: [row for row in kept.get(name, rows) if row.stands_in(name)] for name in TABS[:-1]}
    counts: dict[str, int] = {name: len(listed[name]) for name in listed}
    counts["objections"] = to_hear
    chosen = listed.get(tab, [])
    of_kind = Counter(row.kind for row in chosen)
    if kind:
        chosen = [row for row in chosen if row.kind == kind]
    chosen.sort(key=lambda row: (turn_of(row), row.sent_at, row.kind, row.key))
    return ToDo(chosen, counts, of_kind, notes, there_are_more=len(found) > MOST)


def turn_of(row: Row) -> int:
    if row.is_passed_on:
        return 0
    return 1 if row.is_reported and not row.is_pending else 2


def in_pages(rows: list[Row], *, size: int, most_questions: int) -> list[list[Row]]:
    """Cut the rows into pages, in order. A page ends early where reading its things would ask too many questions."""
    pages: list[list[Row]] = []
    read: set[str] = set()
    for row in rows:
        asks = sum(1 + len(kinds()[kind].moderated_lists) for kind in read | {row.kind})
        if not pages or len(pages[-1]) >= size or asks > most_questions:
            pages.append([])
            read = set()
        read.add(row.kind)
        pages[-1].append(row)
    return pages


def to_do_count(person: Person) -> int:
    """Give how many things need this person."""
    found = to_do(person)
    return found.counts["all"] + found.counts["objections"]


@dataclass(frozen=True)
class Note:
    """One open note about a thing: who wrote it, when and what."""

    kind: str
    thing: tuple[int, str]
    at: datetime
    words: str
    reason: str = ""
    is_doubtful: bool = False
    of_text: str = ""
    by: str = ""

    def get_reason_display(self) -> str:
        return str(dict(Report.Reason.choices).get(self.reason, ""))


@dataclass
class Why:
    """Why a thing is in the queue, for the officer who reads it."""

    held: list[Held] = field(default_factory=list)
    reports: list[Note] = field(default_factory=list)
    passed_on: Note | None = None
    asked: Note | None = None


class Notes:
    """The open notes of some boards, by thing."""

    def __init__(self, notes: Iterable[Note] = ()) -> None:
        self.why: dict[tuple[int, str], Why] = defaultdict(Why)
        self.keys: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for note in notes:
            self.keys[note.kind][note.thing[0]].add(note.thing[1])
            here = self.why[note.thing]
            if note.kind == "reported":
                here.reports.append(note)
            elif note.kind == "passed_on":
                here.passed_on = note
            else:
                here.asked = note

    def has(self, kind: str, content_type: int, key: str) -> bool:
        return key in self.keys[kind][content_type]


def open_notes(person: Person, moderate: set[int], hear: set[int]) -> tuple[Notes, int]:
    """Give what is reported, passed on or with its writer, and how many objections there are to hear. One query."""
    nobody = Value("", output_field=CharField())
    no = Value(False, output_field=BooleanField())  # a value in SQL

    def part(name: str, rows: QuerySet[Any], **more: Any) -> QuerySet[Any]:
        given = {"of_": nobody, "reason_": nobody, "doubt_": no, "name_": nobody, "email_": nobody, **more}
        said = Value(name, output_field=CharField())
        return (
            rows.order_by()
            .annotate(note_=said, **given)
            .values_list(
                "note_", "content_type_id", "object_id", "at", "words", "reason_", "doubt_", "of_", "name_", "email_"
            )
        )

    who = {"name_": F("by__display_name"), "email_": F("by__email")}
    unsettled = {"settled_at__isnull": True}
    reports = part(
        "reported",
        Report.objects.filter(board__in=moderate, **unsettled),
        reason_=F("reason"),
        doubt_=F("is_doubtful"),
    )
    passed_on = part("passed_on", Escalation.objects.filter(board__in=hear, **unsettled), **who)
    asked = part("asked", Asked.objects.filter(board__in=moderate, **unsettled), of_=F("of_text"), **who)
    objections = (
        objections_for(person, hear)
        .select_related(None)
        .order_by()
        .annotate(note_=Value("objections", output_field=CharField()), key_=Cast(F("pk"), CharField(max_length=40)))
        .annotate(of_=nobody, reason_=nobody, doubt_=no, name_=nobody, email_=nobody, words_=nobody)
        .values_list("note_", "decision_id", "key_", "made_at", "words_", "reason_", "doubt_", "of_", "name_", "email_")
    )
    found, to_hear = [], 0
    for note, content_type, key, at, words, reason, doubt, of_text, name, email in reports.union(
        passed_on, asked, objections, all=True
    )[: MOST * 2]:
        if note == "objections":
            to_hear += 1
            continue
        by = name or email or ""
        found.append(Note(note, (content_type, key), at, words, reason, bool(doubt), of_text, by))
    return Notes(sorted(found, key=lambda note: note.at)), to_hear


def the_rows(notes: Notes, moderate: set[int], hear: set[int]) -> QuerySet[Any]:
    """Give (kind, key, sent in, state, held by a rule) of each thing that waits or has an open note. One query."""
    parts = []
    for label, model in sorted(kinds().items()):
        content_type = ContentType.objects.get_for_model(model).pk
        noted = notes.keys["passed_on"][content_type] | notes.keys["reported"][content_type]
        asked = Q(state=Moderated.State.PENDING, **{f"{model.board_path}__in": moderate})
        if noted:
            asked |= Q(pk__in=noted, **{f"{model.board_path}__in": hear})
        held = Held.objects.filter(content_type_id=content_type, object_id=OuterRef("key_"))
        parts.append(
            model._default_manager.filter(asked)
            .order_by()
            .annotate(
                kind_=Value(label, output_field=CharField()),
                key_=Cast(F("pk"), output_field=CharField(max_length=40)),
            )
            .annotate(held_=Exists(held))
            .values_list("kind_", "key_", "sent_at", "state", "held_")
        )
    first, *rest = parts if len(parts) > 1 else [parts[0], parts[0].none()]
    return first.union(*rest, all=True).order_by("sent_at", "kind_", "key_")


def row_of(notes: Notes, label: str, key: str, sent_at: datetime, state: str, is_held: bool) -> Row:
    content_type = ContentType.objects.get_for_model(kinds()[label]).pk
    is_pending = state == Moderated.State.PENDING
    return Row(
        kind=label,
        key=key,
        sent_at=sent_at,
        is_pending=is_pending,
        is_held=bool(is_held) and is_pending,
        is_reported=notes.has("reported", content_type, key),
        is_passed_on=notes.has("passed_on", content_type, key),
        is_asked=notes.has("asked", content_type, key) and is_pending,
    )


def objections_for(person: Person, boards: set[int]) -> QuerySet[Objection]:
    """Give the objections this person may decide: of these boards, to someone else's decision. Oldest first."""
    return (
        Objection.objects.filter(decided_at__isnull=True, decision__board__in=boards)
        .exclude(first_decider=person)
        .select_related("decision__board", "decision__by", "decision__content_type", "by")
        .order_by("made_at", "pk")
    )


def with_what_held(notes: Notes, items: list[Moderated]) -> dict[tuple[int, str], Why]:
    """Give why each of these things is in the queue, with what the rules found in it. One query."""
    for held in Held.objects.about_any(items).order_by("rule", "start", "pk") if items else ():
        notes.why[held.thing].held.append(held)
    return notes.why
