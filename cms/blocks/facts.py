"""What every block of facts shares."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.queries import facts_for


class FactsBlock(blocks.StructBlock):
    """A heading, and below it what a room answers when the page is read."""

    heading = blocks.CharBlock(
        required=False, max_length=80, label=_("Heading"), help_text=_("Leave empty to use the usual one.")
    )

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        if "facts" not in context:
            context["facts"] = facts_for(getattr(context.get("page"), "board", None), now=timezone.now())
        return context
