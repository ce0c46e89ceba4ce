"""Fields that British forms ask for: pounds, postcodes, days, deadlines, telephones."""

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LONDON = ZoneInfo("Europe/London")
MOST_PENCE = 2**31 - 1
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)

# "1,250.50": pounds with or without commas at the thousands, then at most two digits of pence.
POUNDS = re.compile(r"£?\s*(-?)\s*(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,2}))?", re.ASCII)
# Royal Mail's form, "A9 9AA" to "AA9A 9AA", and Girobank's GIR 0AA (BS 7666-0:2006, Annex C).
POSTCODE = re.compile(
    r"(GIR|[A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][ABD-HJLNP-UW-Z]{2})",
    re.ASCII,
)


class MoneyField(forms.Field):
    """Pounds as people type them, "£1,250.50", to whole pence, 125050, and back.

    Refuses what could be read two ways ("1.250,50", "1,25", "1.005") rather than guess.
    """

    widget = forms.TextInput
    width = 10
    prefix = "£"
    default_error_messages = {
        "required": _("Enter an amount in pounds."),
        "invalid": _("Enter an amount in pounds and pence, like 1,250 or 1250.50."),
        "min_value": _("Enter %(amount)s or more."),
        "max_value": _("Enter %(amount)s or less."),
    }

    def __init__(self, *, min_pence: int = 0, max_pence: int = MOST_PENCE, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.min_pence, self.max_pence = min_pence, max_pence

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "spellcheck": "false", "autocomplete": "off"}

    def to_python(self, value: object) -> int | None:
        text = str(value).strip() if value is not None else ""
        if not text:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        match = POUNDS.fullmatch(text) if len(text) <= 20 else None
        if match is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        sign, pounds, pence = match.groups()
        amount = int(pounds.replace(",", "")) * 100 + int((pence or "").ljust(2, "0"))
        return -amount if sign else amount

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is None:
            return
        for code, limit, wrong in (
            ("min_value", self.min_pence, value < self.min_pence),
            ("max_value", self.max_pence, value > self.max_pence),
        ):
            if wrong:
                from components.templatetags.components import pence

                raise forms.ValidationError(self.error_messages[code], code=code, params={"amount": pence(limit)})

    def prepare_value(self, value: object) -> object:
        if isinstance(value, int) and not isinstance(value, bool):
            pounds, rest = divmod(abs(value), 100)
            return f"{'-' if value < 0 else ''}{pounds:,}" + (f".{rest:02}" if rest else "")
        return value

    def has_changed(self, initial: object, data: object) -> bool:
        try:
            return self.to_python(data) != initial
        except forms.ValidationError:
            return True


class PostcodeField(forms.CharField):
    """A full UK postcode, in capitals with its one space, however it was typed."""

    width = 10
    default_error_messages = {
        "required": _("Enter a postcode."),
        "invalid": _("Enter a full UK postcode, like LS1 1UR."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "postal-code", "spellcheck": "false", "autocapitalize": "characters", "dir": "ltr"}

    def clean(self, value: object) -> str:
        text = super().to_python(value)
        if not text:
            self.validate(text)
            return str(self.empty_value)
        match = POSTCODE.fullmatch(re.sub(r"[\s.\-]", "", text).upper()) if len(text) <= 20 else None
        if match is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return f"{match[1]} {match[2]}"


class PhoneField(forms.CharField):
    """A telephone number as typed, of a length and in the signs a number can have."""

    width = 20
    default_error_messages = {
        "invalid": _("Enter a telephone number, like 01632 960 001 or +44 808 157 0192."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "tel", "inputmode": "tel", "dir": "ltr"}

    def to_python(self, value: object) -> str:
        text = str(super().to_python(value))
        digits = re.sub(r"\D", "", text, flags=re.ASCII)
        if text and (not re.fullmatch(r"\+?[0-9()\s.\-]+", text, re.ASCII) or not 7 <= len(digits) <= 15):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return text


class DayWidget(forms.MultiWidget):
    """Day, month and year in three boxes: no calendar to fight with."""

    template_name = "components/form/day.html"
    keeps_own_template = True
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "class": "govuk-input govuk-date-input__input"}
        super().__init__(
            {
                "day": forms.TextInput({**box, "label": _("Day"), "width": "2"}),
                "month": forms.TextInput({**box, "label": _("Month"), "width": "2"}),
                "year": forms.TextInput({**box, "label": pgettext_lazy("date", "Year"), "width": "4"}),
            },
            attrs,
        )

    def decompress(self, value: object) -> list[object]:
        if isinstance(value, dt.datetime):
            value = value.astimezone(LONDON).date() if value.tzinfo else value.date()
        if isinstance(value, dt.date):
            return [value.day, value.month, value.year]
        return [None, None, None]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_day" if id_ else id_


class DayField(forms.MultiValueField):
    """A date, typed in three boxes. Months may be numbers or English names."""

    widget = DayWidget
    default_error_messages = {
        "required": _("Enter a date."),
        "incomplete": _("Enter a day, a month and a year."),
        "invalid": _("Enter a real date, like 27 11 2026."),
        "range": _("Enter a year between 1900 and 2199."),
    }

    def __init__(self, **kwargs: Any) -> None:
        too_long = {"max_length": self.default_error_messages["invalid"]}
        parts = tuple(forms.CharField(max_length=12, error_messages=too_long) for _box in range(3))
        super().__init__(fields=parts, require_all_fields=False, **kwargs)

    def compress(self, values: list[str]) -> dt.date | None:
        return day_from_parts(values, self.error_messages) if any(values) else None


MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)


def day_from_parts(values: list[str], messages: dict[str, Any]) -> dt.date:
    day, month, year = (str(value).strip() for value in values)
    named = [number for number, name in enumerate(MONTHS, 1) if len(month) > 2 and name.startswith(month.casefold())]
    try:
        if not re.fullmatch(r"\d{1,2}", day, re.ASCII) or not re.fullmatch(r"\d{4}", year, re.ASCII):
            raise ValueError
        if not named and not re.fullmatch(r"\d{1,2}", month, re.ASCII):
            raise ValueError
        typed = dt.date(int(year), named[0] if named else int(month), int(day))
    except ValueError:
        raise forms.ValidationError(messages["invalid"], code="invalid") from None
    if not EARLIEST <= typed <= LATEST:
        raise forms.ValidationError(messages["range"], code="range")
    return typed


# "30 October 2026 23:59", "30/10/2026 11.59pm", "2026-10-30T23:59"
WHEN = re.compile(
    r"(?:(?P<iso>\d{4}-\d{1,2}-\d{1,2})[T ]|(?:[a-z]+day,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s/.-]+(?P<month>[a-z]+|\d{1,2})[\s/.,-]+(?P<year>\d{4}),?\s+(?:at\s+)?)"
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?::00)?\s*(?P<half>am|pm)?",
    re.ASCII | re.IGNORECASE,
)


class WhenField(forms.CharField):
    """A day and a time in London, to an aware UTC moment.

    On the night the clocks go back an hour happens twice: the first one counts, and `note`
    says so after cleaning. On the night they go forward an hour is missing: it is refused.
    """

    width = 30
    default_error_messages = {
        "required": _("Enter a day and a time."),
        "invalid": _("Enter a day and a time, like 30 October 2026 23:59."),
        "range": _("Enter a year between 1900 and 2199."),
        "missing": _("The clocks go forward that night, so that time does not happen. Choose another time."),
    }
    FIRST_OF_TWO = _("The clocks go back that night, so this time happens twice. We take the first.")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)
        self.note: Any = ""

    def clean(self, value: object) -> dt.datetime | None:  # type: ignore[override]
        text = forms.CharField.to_python(self, value)
        self.note = ""
        if not text:
            self.validate(text)
            return None
        match = WHEN.fullmatch(text.strip()) if len(text) <= 60 else None
        if match is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        parts = match["iso"].split("-")[::-1] if match["iso"] else [match["day"], match["month"], match["year"]]
        day = day_from_parts(parts, {**self.error_messages})
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        if match["half"]:
            if not 1 <= hour <= 12:
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
            hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
        elif match["minute"] is None or hour > 23 or minute > 59:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if minute > 59:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        first = dt.datetime.combine(day, dt.time(hour, minute), LONDON)
        moment = first.astimezone(dt.UTC)
        if moment.astimezone(LONDON).replace(tzinfo=None) != first.replace(tzinfo=None):
            raise forms.ValidationError(self.error_messages["missing"], code="missing")
        if first.replace(fold=1).utcoffset() != first.utcoffset():
            self.note = self.FIRST_OF_TWO
        return moment

    def prepare_value(self, value: object) -> object:
        if isinstance(value, dt.datetime):
            local = value.astimezone(LONDON)
            return f"{local.day} {MONTHS[local.month - 1].capitalize()} {local:%Y %H:%M}"
        return value

    def has_changed(self, initial: object, data: object) -> bool:
        try:
            return self.clean(data) != initial
        except forms.ValidationError:
            return True
