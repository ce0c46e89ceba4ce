"""Areas, boards and postcodes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.places.rules import normal_postcode


class AreaQuerySet(models.QuerySet["Area"]):
    def in_force_on(self, day: date) -> AreaQuerySet:
        """From valid_from up to, and not including, valid_to; either may be unknown."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )

    def wards(self) -> AreaQuerySet:
        return self.filter(kind=Area.Kind.WARD)


class Area(models.Model):
    """A place with an official code. A ward that is redrawn is a new area with a new code."""

    class Kind(models.TextChoices):
        COUNCIL = "council", _("Council")
        WARD = "ward", _("Ward")
        PARISH = "parish", _("Parish")
        LSOA = "lsoa", _("Small area (LSOA)")
        MSOA = "msoa", _("Neighbourhood (MSOA)")

    code = models.CharField(
        _("code"),
        max_length=9,
        unique=True,
        validators=[RegexValidator(r"^[EWSN]\d{8}$")],
        help_text=_("The ONS nine-character code, such as E05015927."),
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    boundary = models.JSONField(
        _("boundary"), null=True, blank=True, help_text=_("A GeoJSON Polygon or MultiPolygon in WGS 84 (RFC 7946).")
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_source = models.CharField(max_length=120, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    valid_from = models.DateField(_("in force from"), null=True, blank=True)
    valid_to = models.DateField(
        _("in force until"), null=True, blank=True, help_text=_("The first day it no longer is.")
    )

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        indexes = [models.Index(fields=["kind", "name"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="area_valid_from_before_valid_to",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Board(models.Model):
    """A community board, and the areas it covers."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    strapline = models.CharField(_("one line about this board"), max_length=160, blank=True)
    areas: models.ManyToManyField[Area, BoardArea] = models.ManyToManyField(
        Area, through="BoardArea", related_name="boards"
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("board")
        verbose_name_plural = _("boards")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The board's Wagtail page; cms puts one at this address for every board."""
        return f"/boards/{self.slug}/"


class BoardArea(models.Model):
    """An area, or a share of one, that lies in a board."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="covers")
    area = models.ForeignKey(Area, models.PROTECT, related_name="covered_by")
    share = models.DecimalField(
        _("share of its people who live in the board"),
        max_digits=5,
        decimal_places=4,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.0001")), MaxValueValidator(Decimal(1))],
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["board", "area"], name="board_covers_area_once"),
            models.CheckConstraint(condition=Q(share__gt=0) & Q(share__lte=1), name="board_area_share_up_to_one"),
        ]

    def __str__(self) -> str:
        return f"{self.area} in {self.board}"


class PostcodeField(models.CharField):
    """A postcode kept in its one normal form: capitals, one space before the last three."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return normal_postcode(value) or value if isinstance(value, str) else value


class Postcode(models.Model):
    """Where a postcode lies. Source: the ONS Postcode Directory (pcds, lat, long, ward and LSOA codes)."""

    postcode = PostcodeField(_("postcode"), max_length=8, primary_key=True)
    ward = models.ForeignKey(Area, models.PROTECT, related_name="ward_postcodes")
    lsoa = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="lsoa_postcodes")
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)

    class Meta:
        verbose_name = _("postcode")
        verbose_name_plural = _("postcodes")

    def __str__(self) -> str:
        return self.postcode
