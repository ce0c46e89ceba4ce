"""What waits to be read, why, and what was decided."""

from engagement.moderation.queries.edits import days_edited, note_edits
from engagement.moderation.queries.queue import (
    Queued,
    decisions_about,
    decisions_on,
    item_by_key,
    kind_named,
    kinds,
    last_decision,
    readable_thing,
    the_items,
    waiting,
    with_their_items,
)
from engagement.moderation.queries.to_do import in_pages, to_do, to_do_count
from engagement.moderation.queries.to_do import to_do_count as waiting_count

__all__ = [
    "Queued",
    "days_edited",
    "decisions_about",
    "decisions_on",
    "in_pages",
    "item_by_key",
    "kind_named",
    "kinds",
    "last_decision",
    "note_edits",
    "readable_thing",
    "the_items",
    "to_do",
    "to_do_count",
    "waiting",
    "waiting_count",
    "with_their_items",
]
