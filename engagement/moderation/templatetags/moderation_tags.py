"""`{% load moderation_tags %}`: {% report_link item %} and {% edited_mark item %}, beside any words residents wrote."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from engagement.moderation.models import Moderated
from engagement.moderation.queries.edits import days_edited

register = template.Library()


@register.inclusion_tag("moderation/_report_link.html")
def report_link(item: Moderated, *, name: str = "") -> dict[str, Any]:
    """A link to ask the board to look at this. `name` says what, for those who hear links out of their place."""
    address = reverse("moderation:report", args=[item._meta.model_name, item.pk])
    return {"address": address, "name": name or item.moderated_title()}


@register.inclusion_tag("moderation/_edited_mark.html")
def edited_mark(item: Moderated) -> dict[str, Any]:
    """Says on which days the board took personal details out of this, and never what they were.

    One query for a thing, unless `queries.note_edits` has asked for the whole list before.
    """
    return {"days": days_edited(item)}
