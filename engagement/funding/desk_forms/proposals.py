"""What becomes of a proposal."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from engagement.funding.desk_forms.frame import DeskForm


class CheckProposalForm(DeskForm):
    ACTS = (
        ("approve", _("Put it on the ballot")),
        ("ask", _("Ask the group a question")),
        ("refuse", _("It cannot be funded in this round")),
    )
    act = forms.ChoiceField(label=_("What now?"), choices=ACTS, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Words to the group"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed to ask or to refuse. The group reads them."),
    )
