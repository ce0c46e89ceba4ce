"""The rules that ask for a look, as an administrator set them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person

KEPT_RULES = "moderation-rules"
"""Under this the rows are kept at hand (queries.rules.all_rules)."""


class Rule(models.Model):
    """One rule: whether it is on, what it says of itself, and its words or numbers.

    A rule that no administrator has touched has no row and is as moderation.starting_rules says.
    """

    class Kind(models.TextChoices):
        LINK = "link", _("A link from someone new")
        TELEPHONE = "telephone", _("A telephone number")
        EMAIL = "email", _("An e-mail address")
        ADDRESS = "address", _("A house and street, or a whole postcode")
        NAME_STREET = "name_street", _("A name with a street")
        WORDS = "words", _("A word on the list")
        ALIKE = "alike", _("Nearly the same words, again and again")
        BURST = "burst", _("Many things from one device")
        UNSEEN = "unseen", _("Letters that hide or deceive")
        MAIL_DOMAIN = "mail_domain", _("A throw-away e-mail address")
        FORM = "form", _("A form filled in like a machine would")
        REPORTED = "reported", _("Reported by several people")

    kind = models.CharField(_("rule"), max_length=20, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_on = models.BooleanField(_("on"), default=True)
    why = models.CharField(_("what it says of itself"), max_length=300)
    words = models.TextField(_("words"), blank=True)
    number = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    hours = models.PositiveIntegerField(_("within how many hours"), null=True, blank=True)
    changed_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["kind", "language"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="rule_once_a_language"),
            models.CheckConstraint(condition=~Q(why=""), name="rule_says_why"),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__gte=1), name="rule_number_above_nought"
            ),
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gte=1, hours__lte=720), name="rule_looks_back_thirty_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language})" if self.language else str(self.get_kind_display())

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        cache.delete(KEPT_RULES)
        # Once more when others can see the row: one of them may have read the old one in between.
        transaction.on_commit(partial(cache.delete, KEPT_RULES))

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.language}" if self.language else self.kind

    def lines(self) -> list[str]:
        """Give its words, one of each line."""
        return [line.strip() for line in self.words.splitlines() if line.strip()]
