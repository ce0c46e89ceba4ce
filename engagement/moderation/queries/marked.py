"""A thing's words with what the rules found marked in them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import conditional_escape, format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString

from boards.people import keys
from engagement.moderation.models import Held, Moderated
from engagement.moderation.queries.rules import own_title, text_of
from engagement.moderation.rules.finding import Span, apart


def marked(item: Moderated, held: Iterable[Held]) -> tuple[SafeString, SafeString]:
    """Give the heading and the words as HTML, with <mark> around what was found.

    Marks are drawn only in the very text they were made for: one that was edited since has none.
    """
    text, title = text_of(item), own_title(item)
    digests = keys.digests(text)
    spans = apart(
        Span(each.start, each.end)
        for each in held
        if each.start is not None and each.end is not None and each.of_text in digests
    )
    cut = len(title) + 2 if title else 0
    heading = with_marks(title, [span for span in spans if span.end <= cut]) if title else None
    words = with_marks(text[cut:], [Span(span.start - cut, span.end - cut) for span in spans if span.start >= cut])
    return (
        heading if heading is not None else conditional_escape(item.moderated_title()),
        SafeString(linebreaks(words)),  # nosec B703: with_marks has escaped every piece
    )


def with_marks(text: str, spans: Iterable[Span]) -> SafeString:
    pieces, at = [], 0
    for span in spans:
        pieces.append((text[at : span.start], text[span.start : span.end]))
        at = span.end
    return format_html("{}{}", format_html_join("", "{}<mark>{}</mark>", pieces), text[at:])
