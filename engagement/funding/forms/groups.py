"""Who asks: the kind of group, its number, who can act for it, and its papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.actions.groups import parish_named
from boards.people.org_ids import Numbered, Register, Wrong, read_number
from components.forms import DayField, PublicForm
from components.handed_in import FileRefused, checked
from engagement.funding.models import Paper

KINDS = (
    (Register.NONE.value, _("A group with no number")),
    (Register.CHARITY.value, _("A charity in England or Wales")),
    (Register.CHARITY_SCOTLAND.value, _("A charity in Scotland")),
    (Register.CHARITY_NORTHERN_IRELAND.value, _("A charity in Northern Ireland")),
    (Register.COMPANY.value, _("A company or community interest company")),
    (Register.SCHOOL.value, _("A school")),
    (Register.PARISH.value, _("A town or parish council")),
    (Register.COUNCIL.value, _("Another council")),
)
SENTENCES = {
    Wrong.MISSING: _("Enter the number, or choose “A group with no number”."),
    Wrong.CHARITY: _("A charity number in England and Wales has six or seven digits, like 1234567."),
    Wrong.CHARITY_SCOTLAND: _("A charity number in Scotland is SC and six digits, like SC012345."),
    Wrong.CHARITY_NORTHERN_IRELAND: _("A charity number in Northern Ireland has six digits, like 100123."),
    Wrong.COMPANY: _("A company number has eight signs, like 01234567 or SC012345."),
    Wrong.SCHOOL: _("A school’s number (URN) has six digits, like 123456."),
    Wrong.PARISH: _("We cannot tell which parish this is. Write its full name, or its code, like E04001452."),
    Wrong.COUNCIL: _("A council’s code has three letters, like BUC. Ring the board if you do not know it."),
    Wrong.WHICH: _("We cannot tell what this number is. Choose what kind of group you are, then check the number."),
    Wrong.NOT_EXPECTED: _("You wrote a number. Choose what kind of group it is for, or take the number out."),
}


def read_group(name: str, kind: str, number: str) -> Numbered | Wrong:
    """Give the identifier of a group as it was filled in. A parish council may be known by its name alone."""
    register = Register(kind) if kind else None
    if register is Register.PARISH and not number.strip():
        code = parish_named(name)
        return Numbered(Register.PARISH, gss_code=code) if code else Wrong.PARISH
    return read_number(number, register)


class GroupFields(forms.Form):
    """Fields for one group; `prefix_of` names them for a host beside the group itself."""

    def number_of(self, cleaned: dict[str, Any], *, of: str = "", number: str = "number") -> Numbered | None:
        """Give the identifier, or put a sentence at the field that is wrong."""
        read = read_group(cleaned.get(f"{of}group", ""), cleaned.get(f"{of}kind", ""), cleaned.get(f"{of}{number}", ""))
        if isinstance(read, Wrong):
            self.add_error(f"{of}{number}", SENTENCES[read])
            return None
        return read


class InviteForm(PublicForm):
    once = True
    email = forms.EmailField(label=_("The e-mail address of someone in your group"), max_length=254)


class JoinForm(PublicForm):
    """A button, and nothing to fill in."""


class HostForm(PublicForm):
    agrees = forms.ChoiceField(
        label=_("Will you hold the grant for them?"),
        choices=[("yes", _("Yes, we will hold it and pay it out for this")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )


FILE_SENTENCES = {
    "big": _("This file is too large. Choose one of less than 10 MB."),
    "empty": _("This file is empty. Choose another."),
    "kind": _("Choose a PDF, a Word or OpenDocument text, or a photo."),
    "broken": _("This file cannot be read. Save it again, or take a photo of the paper."),
    "macros": _("This file has small programs in it, which we do not keep. Save it as a PDF."),
}


class PaperForm(PublicForm):
    """A policy or accounts: a file, or a few lines."""

    once = True
    kind = forms.ChoiceField(label=_("What is it?"), choices=Paper.Kind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("A file"), required=False, help_text=_("A PDF, a Word or OpenDocument text, or a photo. Up to 10 MB.")
    )
    words = forms.CharField(
        label=_("Or in your own words"),
        help_text=_("A small group may write a few lines: who looks after it, or what came in and what went out."),
        max_length=3000,
        required=False,
        widget=forms.Textarea,
    )
    dated_on = DayField(label=_("What is its date?"), help_text=_("For accounts, the last day they cover."))
    valid_until = DayField(
        label=_("Until when does it hold?"), help_text=_("Leave it out if it has no end."), required=False
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data.get("file")
        if not upload:
            return None
        try:
            return checked(upload)
        except FileRefused as refusal:
            raise forms.ValidationError(FILE_SENTENCES[refusal.why], code=refusal.why) from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("file") and not cleaned.get("words") and not {"file", "words"} & set(self.errors):
            self.add_error("file", _("Choose a file, or write a few lines below."))
        dated, until = cleaned.get("dated_on"), cleaned.get("valid_until")
        if dated and until and until <= dated:
            self.add_error("valid_until", _("It must hold longer than its own date."))
        return cleaned


class AnswerForm(PublicForm):
    question = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(label=_("Your answer"), max_length=3000, widget=forms.Textarea)
