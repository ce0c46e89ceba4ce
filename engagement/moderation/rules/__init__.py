"""What a text is looked through for. Each finder gives spans; none of them refuses anything."""

from engagement.moderation.rules.finding import Span, as_folded, find_words, mixed_or_unseen
from engagement.moderation.rules.likeness import enough_alike
from engagement.moderation.rules.ways_to_reach import (
    find_addresses,
    find_emails,
    find_links,
    find_names_with_a_street,
    find_telephones,
)

__all__ = [
    "Span",
    "as_folded",
    "enough_alike",
    "find_addresses",
    "find_emails",
    "find_links",
    "find_names_with_a_street",
    "find_telephones",
    "find_words",
    "mixed_or_unseen",
]
