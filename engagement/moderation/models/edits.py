"""Personal details taken out by an officer: that it was done is public, what stood there is not."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.people import keys
from boards.people.models import Person
from engagement.moderation.models.about import AboutAThing, AboutQuerySet

PURPOSE = b"moderation original"


class Edit(AboutAThing):
    """One field of one thing, edited by an officer to take personal details out."""

    field = models.CharField(max_length=40)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects = AboutQuerySet.as_manager()

    class Meta:
        verbose_name = _("edit")
        verbose_name_plural = _("edits")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"]), models.Index(fields=["board", "-at"])]
        constraints = [models.CheckConstraint(condition=~Q(field=""), name="edit_names_its_field")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Original(models.Model):
    """What stood there before, sealed with the site's key. Opened only by actions.read_original, which logs it."""

    edit = models.OneToOneField(Edit, models.CASCADE, primary_key=True, related_name="original")
    sealed = models.TextField()

    class Meta:
        verbose_name = _("original of an edit")
        verbose_name_plural = _("originals of edits")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @staticmethod
    def seal(text: str) -> str:
        return keys.seal(PURPOSE, text.encode())

    def unsealed(self) -> str | None:
        """Give the words, or None where the site's key has been lost."""
        plain = keys.unseal(PURPOSE, self.sealed)
        return None if plain is None else plain.decode()
