"""A longer form on its way: what has been typed so far, by whom, and which words came last."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from boards.people.models import Organisation, Person
from engagement.funding.models.rounds import FundingRound, Proposal
from engagement.ideas.models import Idea


class Draft(models.Model):
    """A form that is not sent yet.

    `answers` holds each part as it was typed, finished or not, so that nothing is lost on the
    way; whether a part is finished is asked of its form, every time. `versions` counts the saves
    of each part: someone who saves over a part that changed since they opened it is told first.
    """

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    round = models.ForeignKey(FundingRound, models.CASCADE, related_name="drafts")
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="drafts")
    started_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="drafts_started")
    answers: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    versions: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    carried: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text=_("The parts whose answers came from an earlier form and were not looked at yet.")
    )
    carried_from = models.ForeignKey(Proposal, models.SET_NULL, null=True, blank=True, related_name="+")
    from_idea = models.ForeignKey(Idea, models.SET_NULL, null=True, blank=True, related_name="+")
    edited_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    edited_at = models.DateTimeField()
    sent_as = models.OneToOneField(Proposal, models.CASCADE, null=True, blank=True, related_name="draft")

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-edited_at"]

    def __str__(self) -> str:
        return self.title or str(_("A form not named yet"))

    @property
    def title(self) -> str:
        typed = self.answers.get("project", {}).get("title", [""])
        return str(typed[-1])[:100] if typed else ""

    def get_absolute_url(self) -> str:
        return self.round.address("draft", str(self.key))
