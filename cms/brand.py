"""The council's own name, colours and contact on every page."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

KEPT_AS = "cms:brand"
KEPT_SECONDS = 300
LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of ordinary size."""

COLOUR = re.compile(r"^#[0-9a-fA-F]{6}\Z")
a_colour = RegexValidator(COLOUR.pattern, _("Write the colour as # and six digits, such as #5b2a4e."))


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb. Source: WCAG 2.2, "relative luminance"."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def darker(colour: str) -> str:
    """The same colour with two thirds of its light, for edges and pointing at."""
    if not COLOUR.match(colour):
        return ""
    return "#" + "".join(f"{int(colour[start : start + 2], 16) * 2 // 3:02x}" for start in (1, 3, 5))


@register_setting(icon="view", order=100)
class Brand(BaseGenericSetting):
    """How the site is named and coloured. One row; empty fields keep Moothall's own."""

    name = models.CharField(_("name of the site"), max_length=60, default="Moothall")
    strapline = models.CharField(_("one line in the footer"), max_length=160, blank=True)
    colour = models.CharField(
        _("main colour"),
        max_length=7,
        blank=True,
        validators=[a_colour],
        help_text=_("Headers and buttons, with white words on it. Such as #5b2a4e."),
    )
    link_colour = models.CharField(
        _("colour of links"), max_length=7, blank=True, validators=[a_colour], help_text=_("On a white page.")
    )
    logo = models.ForeignKey(
        "cms.Picture", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.TextField(_("postal address"), max_length=300, blank=True)
    council_url = models.URLField(_("council's own site"), blank=True)

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("strapline"), FieldPanel("logo")], _("Name")),
        MultiFieldPanel([FieldPanel("colour"), FieldPanel("link_colour")], _("Colours")),
        MultiFieldPanel(
            [FieldPanel("telephone"), FieldPanel("email"), FieldPanel("address"), FieldPanel("council_url")],
            _("Contact"),
        ),
    ]

    class Meta:
        verbose_name = _("brand")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a colour that words could not be read on."""
        problems = {}
        for field in ("colour", "link_colour"):
            colour = getattr(self, field)
            if COLOUR.match(colour) and contrast(colour, "#ffffff") < LEAST_CONTRAST:
                problems[field] = ValidationError(
                    gettext("This is too pale to read against white. Choose a darker one: it must stand out 4.5 to 1.")
                )
        if problems:
            raise ValidationError(problems)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        cache.delete(KEPT_AS)

    @property
    def css(self) -> str:
        """The style sheet that carries the colours. Holds nothing but checked colours."""
        link = self.link_colour or self.colour
        given = {
            "--colour-brand": self.colour,
            "--colour-brand-deep": darker(self.colour),
            "--colour-link": link,
            "--colour-link-hover": darker(link),
        }
        lines = [f"  {name}: {colour};" for name, colour in given.items() if COLOUR.match(colour)]
        return "@layer tokens {\n:root {\n" + "\n".join(lines) + "\n}\n}\n" if lines else ""


def brand_now() -> dict[str, Any]:
    """Give what pages show of the brand: one question to the database, kept for KEPT_SECONDS."""
    kept: dict[str, Any] | None = cache.get(KEPT_AS)
    if kept is None:
        brand = Brand.objects.select_related("logo").first() or Brand()
        logo = brand.logo.get_rendition("max-400x120|format-webp") if brand.logo else None
        kept = {
            "name": brand.name,
            "strapline": brand.strapline,
            "colour": brand.colour,
            "logo_url": logo.url if logo else "",
            "telephone": brand.telephone,
            "email": brand.email,
            "address": brand.address,
            "council_url": brand.council_url,
            "css": brand.css,
            "css_mark": sha256(brand.css.encode()).hexdigest()[:12] if brand.css else "",
        }
        cache.set(KEPT_AS, kept, KEPT_SECONDS)
    return kept
