"""What people write is kept as they wrote it, but for what would run, hide, or turn what stands after it."""

import bleach
import pytest
from django import forms
from hypothesis import given, settings
from hypothesis import strategies as st

from components.forms import PublicForm
from components.forms.cleaning import (
    ATTRIBUTES,
    CLOSES,
    OPENS,
    SCHEMES,
    TAGS,
    only_running_text,
    shows_nothing,
    without_hidden_characters,
)
from tests.odd.hostile import INVISIBLE, TEXTS
from tests.odd.reading import faults_of, tree_of


def left_open(line):
    """Count what is begun and not ended, or ended and not begun (Unicode Standard Annex 9)."""
    waiting = []
    for character in line:
        if character in OPENS:
            waiting.append(OPENS[character])
        elif character in CLOSES and (not waiting or waiting.pop() != character):
            return True
    return bool(waiting)


any_marks = st.text(
    st.sampled_from("ab\n " + "".join(OPENS) + "".join(CLOSES) + "\u200e\u200f\u202d\u202e"), max_size=30
)


@given(any_marks)
def test_no_text_turns_what_stands_after_it(text):
    kept, _changed = without_hidden_characters(text)

    assert not any(left_open(line) for line in kept.split("\n"))
    assert without_hidden_characters(kept) == (kept, False)
    assert [c for c in kept if c in "ab\n \u200e\u200f"] == [c for c in text if c in "ab\n \u200e\u200f"]


def test_an_override_goes_and_the_form_says_so():
    assert without_hidden_characters("photo\u202egnp.exe") == ("photognp.exe", True)


@pytest.mark.parametrize(
    "text", ["مكان للقاء", "\u2067שלום\u2069 (2026)", "👩\u200d👩\u200d👧", "می\u200cخواهم", "re\u0301sume\u0301"]
)
def test_what_a_language_needs_stays(text):
    assert without_hidden_characters(text) == (text, False)
    assert not shows_nothing(text)


class Name(PublicForm):
    name = forms.CharField(label="Name")


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_name_in_which_nothing_shows_is_no_name(text):
    assert Name({"name": text}).errors["name"]


# The second opinion: bleach reads markup by the same rules of HTML, in code of its own.

ALIKE = {"tags": TAGS, "attributes": {tag: list(names) for tag, names in ATTRIBUTES.items()}, "protocols": SCHEMES}


def second_opinion(html):
    return bleach.clean(html, strip=True, strip_comments=True, **ALIKE)


def what_is_left(html):
    """Give each element with its attributes in the order they come."""
    found = []
    for element in tree_of(html).iter():
        if isinstance(element.tag, str) and element.tag not in ("html", "head", "body"):
            found.append((element.tag, dict(element.attrib)))
    return found


def is_only_running_text(html):
    return not faults_of(html) and all(
        tag in TAGS | {"tbody"} and set(has) <= ATTRIBUTES.get(tag, set()) for tag, has in what_is_left(html)
    )


@pytest.mark.parametrize("hostile", TEXTS, ids=lambda each: each.name)
def test_nh3_and_bleach_agree_that_nothing_hostile_is_left(hostile):
    ours, other = only_running_text(hostile.text), second_opinion(hostile.text)

    assert is_only_running_text(ours)
    assert is_only_running_text(other)
    assert {tag for tag, _has in what_is_left(ours)} == {tag for tag, _has in what_is_left(other)}


tags = st.sampled_from(
    sorted(
        TAGS
        | {
            "script",
            "style",
            "img",
            "svg",
            "math",
            "iframe",
            "form",
            "table",
            "td",
            "span",
            "div",
            "xseed",
            "title",
            "textarea",
            "noscript",
            "template",
        }
    )
)
values = st.one_of(
    st.sampled_from([each.text for each in TEXTS]),
    st.sampled_from(
        [
            "/needs/",
            "https://example.org/?a=1&b=2",
            "mailto:a@example.org",
            "#x",
            "//xseed.example/",
            "JAVA\tSCRIPT:xseed()",
            "data:,x",
        ]
    ),
)
names = st.sampled_from(
    ["href", "src", "onclick", "style", "class", "id", "xlink:href", "srcdoc", "formaction", "title"]
)
attributes = st.dictionaries(names, values, max_size=3)


@st.composite
def markup(draw, depth=3):
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        if depth == 0 or draw(st.booleans()):
            parts.append(draw(st.one_of(values, st.text(max_size=12))))
            continue
        tag, has, quote = draw(tags), draw(attributes), draw(st.sampled_from(["'", '"', ""]))
        parts.append(f"<{tag}" + "".join(f" {name}={quote}{value}{quote}" for name, value in has.items()))
        parts.append(draw(st.sampled_from([">", "/>", ">"])) + draw(markup(depth=depth - 1)))
        parts.append(draw(st.sampled_from([f"</{tag}>", f"</{tag}>", "", "</p>", "-->"])))
    return "".join(parts)


@settings(max_examples=300)
@given(markup())
def test_nh3_and_bleach_agree_on_markup_of_any_making(html):
    """Both leave running text alone. What bleach lets through, nh3 lets through as safely, and the other way about."""
    ours, other = only_running_text(html), second_opinion(html)

    assert is_only_running_text(ours), ours
    assert is_only_running_text(other), other
    # Each finds nothing left to clean in what the other gave.
    assert what_is_left(second_opinion(ours)) == what_is_left(ours)
    assert what_is_left(only_running_text(other)) == what_is_left(other)


def test_what_an_officer_writes_stays_as_it_is():
    html = '<h2>Come by</h2><p>On <b>Monday</b>, <a href="/needs/">see</a> or <a href="mailto:a@example.org">write</a>.</p><ul><li>Tea</li></ul>'

    assert only_running_text(html) == html
