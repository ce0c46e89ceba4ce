"""Themes, needs, evidence in people's words, and figures."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from boards.places.models import Board


class Need(models.Model):
    """Something residents say would make life better, in their terms."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="needs")
    title = models.CharField(_("title"), max_length=150)
    slug = models.SlugField(max_length=80)
