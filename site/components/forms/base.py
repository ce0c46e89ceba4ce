"""`PublicForm`: GOV.UK markup, sentences for errors, and limits on everything typed."""

from functools import cache
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from components.forms.cleaning import shows_nothing, without_hidden_characters

LONGEST_LINE = 250
LONGEST_TEXT = 10_000
LARGEST_NUMBER = 2**31 - 1
LONGEST_NUMBER = 20
"""Digits typed. Longer ones are refused before Python turns them into a number."""

HIDDEN_CHARACTERS = _("We took out hidden characters that we cannot keep. Check what is left, then send it again.")
TOKEN_LOST = _("Something was missing from the page, so nothing was sent. Check your answers and send them again.")


class PublicRenderer(TemplatesSetting):
    """Named on our forms only: overriding Django's templates would restyle the desk as well."""

    form_template_name = "components/form/whole.html"
    field_template_name = "components/form/field.html"


class PublicFormMixin:
    default_renderer = PublicRenderer()
    use_required_attribute = False
    error_css_class = "govuk-form-group--error"

    once: ClassVar[bool] = False
    heading: ClassVar[str] = ""
    inline: ClassVar[set[str]] = set()
    widths: ClassVar[dict[str, int]] = {}
    choice_hints: ClassVar[dict[str, dict[str, Any]]] = {}
    summary_shown = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._had_hidden_characters: set[str] = set()
        if self.is_bound:
            self.data = self._readable(self.data)
        if self.once:
            self.fields["form_token"] = forms.UUIDField(
                widget=forms.HiddenInput,
                initial=uuid4,
                error_messages={"required": TOKEN_LOST, "invalid": TOKEN_LOST},
            )
        for name, field in self.fields.items():
            _limit(field)
            _say_plainly(field)
            self._dress(name, field)

    def _readable(self, data: Any) -> Any:
        """What was sent, without hidden characters; the fields that had any get a sentence."""
        if isinstance(data, QueryDict | MultiValueDict):
            cleaned: Any = MultiValueDict()
            for key in data:
                cleaned.setlist(key, [self._readable_value(key, value) for value in data.getlist(key)])
            return cleaned
        return {key: self._readable_value(key, value) for key, value in data.items()}

    def _readable_value(self, key: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        value, changed = without_hidden_characters(value)
        if changed:
            self._had_hidden_characters.add(key)
        return "" if shows_nothing(value) else value

    def _clean_fields(self) -> None:
        super()._clean_fields()
        for name, field in self.fields.items():
            keys = {self.add_prefix(name)}
            if isinstance(field.widget, forms.MultiWidget):
                keys |= {self.add_prefix(name) + suffix for suffix in field.widget.widgets_names}
            if keys & self._had_hidden_characters and name not in self._errors:
                self.add_error(name, forms.ValidationError(HIDDEN_CHARACTERS, code="hidden_characters"))

    def full_clean(self) -> None:
        super().full_clean()
        # A hidden field has nowhere to show its error: it becomes the form's own.
        if self._errors and self.is_bound:
            for name in list(self._errors):
                if name in self.fields and self.fields[name].widget.is_hidden:
                    problems = self._errors.pop(name)
                    for problem in problems.as_data():
                        for message in problem.messages:
                            if message not in self.non_field_errors():
                                self.add_error(None, message)

    def _dress(self, name: str, field: forms.Field) -> None:
        widget = field.widget
        widget.kind = _kind(widget)  # type: ignore[attr-defined]
        widget.is_inline = name in self.inline  # type: ignore[attr-defined]
        widget.is_heading = name == self.heading  # type: ignore[attr-defined]
        template = {
            "radios": "components/form/choices.html",
            "checkboxes": "components/form/choices.html",
            "checkbox": "components/form/checkbox.html",
            "file": "components/form/file.html",
        }.get(widget.kind)  # type: ignore[attr-defined]
        if template and not getattr(widget, "keeps_own_template", False):
            widget.template_name = template
        if widget.kind in {"radios", "checkboxes"}:  # type: ignore[attr-defined]
            _tell_template(
                widget,
                {"block": f"govuk-{widget.kind}", "is_inline": name in self.inline},  # type: ignore[attr-defined]
                self.choice_hints.get(name, {}),
            )
        classes = {
            "text": "govuk-input",
            "textarea": "govuk-textarea",
            "select": "govuk-select",
            "file": "govuk-file-upload",
        }.get(widget.kind)  # type: ignore[attr-defined]
        if not classes:
            return
        if name in self.widths:
            classes += f" govuk-input--width-{self.widths[name]}"
        elif (width := getattr(field, "width", None)) is not None:
            classes += f" govuk-input--width-{width}"
        widget.attrs["class"] = " ".join(filter(None, [classes, widget.attrs.get("class", "")]))
        if widget.kind in {"text", "textarea"} and isinstance(field, forms.CharField):  # type: ignore[attr-defined]
            # People write in their own language: each box finds its own direction.
            widget.attrs.setdefault("dir", "auto")
        if widget.kind == "textarea":  # type: ignore[attr-defined]
            if str(widget.attrs.get("rows", "10")) == "10":  # Django's own; ours is shorter
                widget.attrs["rows"] = "5"
            widget.attrs.pop("cols", None)
            # The counter counts and says so; a box that cuts off what is typed loses words.
            widget.longest = widget.attrs.pop("maxlength", None) or getattr(field, "max_length", None)  # type: ignore[attr-defined]
            if widget.longest:  # type: ignore[attr-defined]
                widget.attrs["class"] += " govuk-js-character-count"
                _tell_template(widget, {}, {})


def dress(form: forms.BaseForm) -> forms.BaseForm:
    """Give a form that is not ours (allauth's) our markup; what it accepts stays its own."""
    form.renderer = PublicRenderer()
    form.use_required_attribute = False
    form._bound_fields_cache = {}  # each remembers the renderer it was made with
    for name, field in form.fields.items():
        if not hasattr(field.widget, "kind"):
            PublicFormMixin._dress(_Plain(), name, field)  # type: ignore[arg-type]
            field.widget.attrs.pop("placeholder", None)  # the label says it, and stays
    return form


class _Plain:
    heading = ""
    inline: ClassVar[set[str]] = set()
    widths: ClassVar[dict[str, int]] = {"code": 10}
    choice_hints: ClassVar[dict[str, dict[str, Any]]] = {}


class PublicForm(PublicFormMixin, forms.Form):
    """Every public form's base."""


class PublicModelForm(PublicFormMixin, forms.ModelForm):
    """The same, for a form made from a model."""


def _kind(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return "hidden"
    for kind, classes in (
        ("checkboxes", forms.CheckboxSelectMultiple),
        ("radios", forms.RadioSelect),
        ("checkbox", forms.CheckboxInput),
        ("select", forms.Select),
        ("textarea", forms.Textarea),
        ("file", forms.FileInput),
        ("group", forms.MultiWidget),
    ):
        if isinstance(widget, classes):
            return kind
    return "text"


def _tell_template(widget: forms.Widget, extra: dict[str, Any], hints: dict[str, Any]) -> None:
    """Give this one widget's template more to go on, without a class of widgets of our own."""
    usual = widget.get_context

    def get_context(name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = usual(name, value, attrs)
        told = context["widget"]
        told.update(extra)
        for _group, options, _index in told.get("optgroups", ()):
            for option in options:
                option["hint"] = hints.get(str(option["value"]), "")
        if getattr(widget, "longest", None) and told["attrs"].get("id"):
            described = (told["attrs"].get("aria-describedby", ""), f"{told['attrs']['id']}-info")
            told["attrs"]["aria-describedby"] = " ".join(filter(None, described))
        return context

    widget.get_context = get_context  # type: ignore[method-assign]


def _limit(field: forms.Field) -> None:
    """No field is without an end: text has a length, a number has a size."""
    becomes_text = isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField | forms.JSONField)
    if becomes_text and field.max_length is None:
        field.max_length = LONGEST_TEXT if isinstance(field.widget, forms.Textarea) else LONGEST_LINE
        field.validators = [*field.validators, MaxLengthValidator(field.max_length)]
    if isinstance(field, forms.IntegerField | forms.FloatField | forms.DecimalField):
        have = {type(validator) for validator in field.validators}
        if MaxValueValidator not in have:
            field.validators = [*field.validators, MaxValueValidator(LARGEST_NUMBER)]
        if MinValueValidator not in have:
            field.validators = [*field.validators, MinValueValidator(-LARGEST_NUMBER)]
        field.to_python = _refusing_long_numbers(field)  # type: ignore[method-assign]
        if not field.widget.is_hidden and isinstance(field.widget, forms.NumberInput):
            # A number box loses what was typed when it is wrong, and changes when scrolled over.
            field.widget = forms.TextInput(
                attrs={
                    **{k: v for k, v in field.widget.attrs.items() if k not in {"min", "max", "step"}},
                    "inputmode": "numeric" if type(field) is forms.IntegerField else "decimal",
                }
            )
            field.widget.is_localized = bool(field.localize)


def _refusing_long_numbers(field: forms.Field) -> Any:
    understand = field.to_python

    def to_python(value: Any) -> Any:
        if isinstance(value, str) and (len(value.strip()) > LONGEST_NUMBER or not value.isascii()):
            raise forms.ValidationError(field.error_messages["invalid"], code="invalid")
        return understand(value)

    return to_python


def _say_plainly(field: forms.Field) -> None:
    """Where Django's own wording stands, ours takes its place; a form's own wording stays."""
    ours: dict[str, Any] = {"required": _("Answer this question.")}
    if isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
        ours |= {
            "required": _("Choose at least one."),
            "invalid_choice": _("Choose from the list."),
            "invalid_list": _("Choose from the list."),
            "invalid_pk_value": _("Choose from the list."),
        }
    elif isinstance(field, forms.ModelChoiceField | forms.ChoiceField):
        ours |= {"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")}
    elif isinstance(field, forms.BooleanField):
        ours |= {"required": _("Tick the box to go on.")}
    elif isinstance(field, forms.FileField):
        ours |= {"required": _("Choose a file."), "empty": _("This file is empty. Choose another.")}
    elif isinstance(field, forms.EmailField):
        ours |= {
            "required": _("Enter an email address."),
            "invalid": _("Enter an email address like name@example.com."),
        }
    elif isinstance(field, forms.IntegerField | forms.FloatField | forms.DecimalField):
        ours |= {"required": _("Enter a number."), "invalid": _("Enter a number, using digits only, like 12.")}
    standard = _standard_messages(type(field))  # type: ignore[arg-type]
    ours |= {
        "max_length": _("Use %(limit_value)d characters or fewer. You have used %(show_value)d."),
        "min_length": _("Use %(limit_value)d characters or more. You have used %(show_value)d."),
        "max_value": _("Enter a number that is %(limit_value)s or less."),
        "min_value": _("Enter a number that is %(limit_value)s or more."),
    }
    for code, message in ours.items():
        # Looked up by code when a validator speaks, so no shared validator is changed.
        if field.error_messages.get(code) == standard.get(code):
            field.error_messages[code] = message


@cache
def _standard_messages(kind: Any) -> dict[str, Any]:
    messages: dict[str, Any] = {}
    for parent in reversed(kind.__mro__):
        if parent.__module__.startswith("django."):
            messages.update(getattr(parent, "default_error_messages", {}))
    return messages
