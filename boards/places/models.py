"""Areas, boards and postcodes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.places.rules import boundaries, normal_postcode


class AreaQuerySet(models.QuerySet["Area"]):
    def in_force_on(self, day: date) -> AreaQuerySet:
        """From valid_from up to, and not including, valid_to; either may be unknown."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )

    def wards(self) -> AreaQuerySet:
        return self.filter(kind=Area.Kind.WARD)

    def that_may_hold(self, *, latitude: float, longitude: float) -> AreaQuerySet:
        """Those whose box holds a place. Ask `boundaries.holds` of each: a box has corners its area has not."""
        return self.filter(west__lte=longitude, east__gte=longitude, south__lte=latitude, north__gte=latitude)

    def without_shapes(self) -> AreaQuerySet:
        """For lists: a boundary can be a hundred times the rest of its row."""
        return self.defer("boundary", "outline")


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
        validators=[RegexValidator(r"^[EWSN][0-9]{8}\Z")],
        help_text=_("The ONS nine-character code, such as E05015927."),
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    boundary = models.JSONField(
        _("boundary"), null=True, blank=True, help_text=_("A GeoJSON Polygon or MultiPolygon in WGS 84 (RFC 7946).")
    )
    outline = models.JSONField(
        _("outline"), null=True, blank=True, editable=False, help_text=_("The boundary made lighter, for drawing.")
    )
    # The box round the boundary, in degrees: which areas are worth asking whether a place lies in them.
    west = models.FloatField(null=True, blank=True, editable=False)
    south = models.FloatField(null=True, blank=True, editable=False)
    east = models.FloatField(null=True, blank=True, editable=False)
    north = models.FloatField(null=True, blank=True, editable=False)
    wards: models.ManyToManyField[Area, models.Model] = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="parishes",
        verbose_name=_("wards it lies in"),
        help_text=_("For a parish: its edges are not those of wards."),
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the box and the outline in step with the boundary. Imports save in bulk and call `draw` themselves."""
        fields = kwargs.get("update_fields")
        if "boundary" not in self.get_deferred_fields() and (fields is None or "boundary" in fields):
            self.draw()
            if fields is not None:
                kwargs["update_fields"] = {*fields, "outline", "west", "south", "east", "north"}
        super().save(*args, **kwargs)

    def draw(self, outline: boundaries.Geometry | None = None) -> None:
        """Set the box round the boundary, and the outline: the one given, or where the box moved one made alone."""
        if self.boundary is None:
            self.outline = self.west = self.south = self.east = self.north = None
            return
        before, box = (self.west, self.south, self.east, self.north), boundaries.box_of(self.boundary)
        self.west, self.south, self.east, self.north = box.west, box.south, box.east, box.north
        if outline is not None:
            self.outline = outline
        elif self.outline is None or before != (box.west, box.south, box.east, box.north):
            [self.outline] = boundaries.outlines([self.boundary])


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


class PostcodeField(models.CharField):  # type: ignore[type-arg]
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
