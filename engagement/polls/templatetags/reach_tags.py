"""`{% load reach_tags %}`: {% picture_address poll "link" %}, {% oembed_address poll %}, for the head of a poll's page."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse

from engagement.polls.models import Poll

register = template.Library()


@register.simple_tag
def picture_address(poll: Poll, shape: str) -> str:
    """Give the whole address of the poll's picture of this shape, as other sites need it."""
    activity = poll.activity
    return str(settings.SITE_URL) + reverse("polls:picture", args=[activity.board.slug, activity.slug, shape])


@register.simple_tag
def oembed_address(poll: Poll) -> str:
    """Give the address at which another site finds what to paste for this poll."""
    asked = urlencode({"url": str(settings.SITE_URL) + poll.get_absolute_url(), "format": "json"})
    return f"{settings.SITE_URL}{reverse('polls:oembed')}?{asked}"
