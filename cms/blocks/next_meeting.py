"""The next public meeting."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class NextMeetingBlock(blocks.StructBlock):
    """Typed by the board until there is a room for meetings. Once it is over it says so."""

    heading = blocks.CharBlock(required=False, max_length=80, label=_("Heading"))
    title = blocks.CharBlock(max_length=120, label=_("What the meeting is about"))
    starts_at = blocks.DateTimeBlock(label=_("When it starts"))
    where = blocks.TextBlock(max_length=300, rows=2, label=_("Where"))
    getting_there = blocks.CharBlock(
        required=False, max_length=200, label=_("Getting there"), help_text=_("Steps, hearing loop, parking, bus.")
    )

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context.setdefault("now", timezone.now())
        context["is_over"] = bool(value.get("starts_at")) and value["starts_at"] < context["now"]
        return context

    class Meta:
        icon = "calendar-alt"
        label = _("Next meeting")
        template = "cms/blocks/next_meeting.html"
