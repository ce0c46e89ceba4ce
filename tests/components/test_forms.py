"""What people type: understood when it is plain, refused in words when it is not, and never lost."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID, uuid4

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from components.forms import DayField, MoneyField, PostcodeField, PublicForm, WhenField, without_hidden_characters


class Asking(PublicForm):
    title = forms.CharField(label="Give it a name", max_length=20)
    story = forms.CharField(label="Tell us more", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(
        label="What is it?", choices=[("idea", "An idea"), ("offer", "An offer")], widget=forms.RadioSelect
    )
    people = forms.IntegerField(label="How many?", required=False)
    email = forms.EmailField(label="Email", required=False)


class Once(PublicForm):
    once = True
    title = forms.CharField(label="Name")


@given(st.integers(0, 2**31 - 1))
def test_any_amount_typed_as_we_show_it_comes_back_the_same(pence):
    field = MoneyField()

    assert field.clean(field.prepare_value(pence)) == pence
    assert field.clean("£" + str(field.prepare_value(pence))) == pence


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("1,250.50", 125_050),
        ("£1250", 125_000),
        (" 0.5 ", 50),
        ("12.05", 1205),
        ("£ 3", 300),
        ("1,000,000", 100_000_000),
    ],
)
def test_pounds_are_understood(typed, pence):
    assert MoneyField().clean(typed) == pence


@pytest.mark.parametrize(
    "typed",
    ["1.250,50", "1,25", "1.005", "12e3", "ten", "١٢", "--1", "1,2345", "9" * 5000, "£", "0x10", "1 2", "-5", "."],
)
def test_an_amount_that_could_be_read_two_ways_is_refused_in_words(typed):
    with pytest.raises(forms.ValidationError) as refusal:
        MoneyField().clean(typed)

    assert refusal.value.messages[0].startswith("Enter ")


@given(st.text(max_size=60))
def test_no_text_breaks_the_money_field(typed):
    try:
        pence = MoneyField(required=False).clean(typed)
    except forms.ValidationError:
        return
    assert pence is None or 0 <= pence < 2**31


def test_limits_of_an_amount_are_said_in_pounds():
    with pytest.raises(forms.ValidationError, match="Enter £500 or less"):
        MoneyField(max_pence=50_000).clean("501")


@pytest.mark.parametrize("typed", ["ls11ur", "LS1 1UR", " l s1-1ur ", "LS1.1UR"])
def test_a_postcode_is_kept_in_one_form(typed):
    assert PostcodeField().clean(typed) == "LS1 1UR"


@pytest.mark.parametrize("typed", ["LS1", "1LS 1UR", "LS1 1UC", "ＬＳ１ １ＵＲ", "nowhere", "LS1 1UR; DROP"])
def test_what_is_no_postcode_is_refused_with_an_example(typed):
    with pytest.raises(forms.ValidationError, match="like LS1 1UR"):
        PostcodeField().clean(typed)


@pytest.mark.parametrize(
    "typed", ["30 October 2026 23:59", "30/10/2026 11.59pm", "2026-10-30T23:59", "Friday 30th oct 2026 at 11:59 PM"]
)
def test_a_deadline_is_read_as_london_time(typed):
    assert WhenField().clean(typed) == dt.datetime(2026, 10, 30, 23, 59, tzinfo=dt.UTC)


def test_summer_time_is_an_hour_ahead():
    assert WhenField().clean("1 July 2026 17:00") == dt.datetime(2026, 7, 1, 16, 0, tzinfo=dt.UTC)


def test_an_hour_that_happens_twice_takes_the_first_and_says_so():
    field = WhenField()

    assert field.clean("25 October 2026 01:30") == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert "happens twice" in str(field.note)
    field.clean("25 October 2026 03:30")
    assert field.note == ""


def test_an_hour_that_does_not_happen_is_refused():
    with pytest.raises(forms.ValidationError, match="does not happen"):
        WhenField().clean("29 March 2026 01:30")


@pytest.mark.parametrize(
    "typed", ["29 February 2027 10:00", "1 July 2026", "1 July 2026 25:00", "0 13pm", "9" * 5000, "1/7/0001 10:00"]
)
def test_a_moment_that_is_none_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        WhenField().clean(typed)


@given(st.text(max_size=70))
def test_no_text_breaks_the_deadline_field(typed):
    try:
        moment = WhenField(required=False).clean(typed)
    except forms.ValidationError:
        return
    assert moment is None or moment.tzinfo is not None


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (["29", "2", "2028"], dt.date(2028, 2, 29)),
        (["1", "Feb", "2026"], dt.date(2026, 2, 1)),
        (["01", "09", "2026"], dt.date(2026, 9, 1)),
    ],
)
def test_a_day_is_read_from_its_three_boxes(typed, day):
    assert DayField().clean(typed) == day


@pytest.mark.parametrize(
    "typed", [["31", "2", "2026"], ["1", "", "2026"], ["x", "1", "2026"], ["1", "1", "26"], ["1" * 5000, "1", "2026"]]
)
def test_a_day_that_is_none_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        DayField().clean(typed)


@given(st.text(st.characters(codec=None, categories=None), max_size=80))
def test_text_that_is_kept_can_be_stored_and_shown(text):
    kept, changed = without_hidden_characters(text)

    kept.encode("utf-8")
    assert "\x00" not in kept
    assert without_hidden_characters(kept) == (kept, False)
    assert changed or kept == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\ud800", "\ufffe"])
def test_hidden_characters_are_taken_out_and_said(hidden):
    form = Asking({"title": f"Ben{hidden}ches", "kind": "idea"})

    assert not form.is_valid()
    assert "hidden characters" in form.errors["title"][0]
    assert 'value="Benches"' in str(form)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("people", "9" * 5000),
        ("people", "99999999999"),
        ("people", "١٢"),
        ("title", "x" * 1_000_000),
        ("story", "x" * 20_000),
        ("kind", "\ud83d"),
        ("email", "a" * 5000 + "@example.org"),
    ],
)
def test_odd_input_is_a_sentence_at_its_field(name, value):
    form = Asking({"title": "Benches", "kind": "idea", name: value})

    assert name in form.errors
    str(form).encode("utf-8")


def test_everything_typed_is_kept_and_hostile_text_stays_text():
    form = Asking(QueryDict("title=<script>alert(1)</script>&story=</textarea><b>&kind=&people=many"))
    html = str(form)

    assert "<script>" not in html
    assert "&lt;/textarea&gt;&lt;b&gt;" in html
    assert 'value="many"' in html
    assert html.count("govuk-error-message") == len(form.errors)


def test_each_error_is_tied_to_its_control_and_the_summary_leads_there():
    html = str(Asking({"title": "", "people": "x"}))

    assert 'href="#id_kind_0"' in html
    assert 'id="id_kind_0"' in html
    assert 'href="#id_title"' in html
    assert re.search(r'<input[^>]*name="title"[^>]*aria-describedby="id_title_error"', html)
    assert 'id="id_title_error"' in html
    assert "Give it a name – Answer this question." in html


def test_the_summary_is_said_once():
    from django.template import Context, Template

    form = Asking({})
    page = Template("{% load components %}{% error_summary form=form %}{{ form }}").render(Context({"form": form}))

    assert page.count("There is a problem") == 1


def test_a_form_sent_once_keeps_its_token_and_each_new_page_has_another():
    first, second = str(Once()), str(Once())
    token = uuid4()
    again = Once({"title": "", "form_token": str(token)})
    good = Once({"title": "Benches", "form_token": str(token)})

    assert (
        re.search(r'name="form_token" value="([^"]+)"', first)[1]
        != re.search(r'name="form_token" value="([^"]+)"', second)[1]
    )
    assert f'value="{token}"' in str(again)
    assert good.is_valid()
    assert good.cleaned_data["form_token"] == UUID(str(token))


@pytest.mark.parametrize("token", ["", "x", "9" * 5000, "\x00"])
def test_a_lost_token_is_an_error_of_the_whole_form(token):
    form = Once({"title": "Benches", "form_token": token})

    assert not form.is_valid()
    assert form.non_field_errors()
    assert "form_token" not in form.errors
    assert "There is a problem" in str(form)


def test_the_desk_keeps_its_own_widgets():
    plain = forms.Form()
    plain.fields["title"] = forms.CharField()

    assert "govuk" not in str(plain)
