"""Every word a person reads is marked for translation, and a language is offered only when it is whole."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("boards", "engagement", "cms", "site")

MARKED = re.compile(r"{%\s*block(?:trans|translate)\b.*?{%\s*endblock(?:trans|translate)\s*%}", re.S)
SILENT = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}|<(script|style|code)\b.*?</\1>", re.S)
TAGS = re.compile(r"{%.*?%}|{{.*?}}", re.S)
WORDS_IN_TAGS = re.compile(
    r"{%\s*(?!trans|load|url|include|extends|block|static|if|elif|with|for|get_|translate|image|now|cycle)\w+[^%]*?"
    r"\b(?:text|title|label|hint|button|action|heading|note|words)=\"([^\"]*[A-Za-z]{2}[^\"]*)\""
)
SAID = {"alt", "title", "aria-label", "placeholder", "content", "label"}
NOT_WORDS = re.compile(r"^[\s\W\d]*$|^width=device-width|^light dark$|^#?[0-9a-f]{6}$|^[A-Z]{2,4}$|^/[\w/-]+$")


class Words(HTMLParser):
    """What is left to read, or to hear, once everything marked and every tag of the template is taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.keep(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SAID:
                self.keep(value or "")

    def keep(self, text: str) -> None:
        text = " ".join(text.split())
        if re.search(r"[^\W\d_]{2}", text) and not NOT_WORDS.match(text):
            self.found.append(text)


def unmarked(source: str) -> list[str]:
    bare = SILENT.sub("", MARKED.sub("", source))
    reader = Words()
    reader.feed(TAGS.sub("", re.sub(r"(</?h){{.*?}}", r"\g<1>2", bare)))
    reader.close()
    return reader.found + WORDS_IN_TAGS.findall(bare)


def templates() -> list[Path]:
    """Every template of ours that is a page, a part of one or a letter; examples of the gallery are for builders."""
    found = [path for room in ROOMS for kind in ("*.html", "*.txt") for path in (ROOT / room).rglob(kind)]
    kept = [path for path in found if "vendor" not in path.parts and path.name != "example.html"]
    return [
        path for path in kept if "templates" in path.parts or ("components" in path.parts and path.suffix == ".html")
    ]


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_of_a_template_is_left_unmarked(path):
    assert unmarked(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Send it</p>",
        '<img alt="A bench">',
        '<p aria-label="Pages">{{ n }}</p>',
        "<p>{% translate 'Yes' %} or no</p>",
        '{% button text="Send" %}',
        '{% empty_state title="Nothing yet" text=text %}',
        "{% if n %}Welcome{% endif %}",
    ],
)
def test_an_unmarked_word_is_found(source):
    assert unmarked(source)


@pytest.mark.parametrize(
    "source",
    [
        "{% translate 'Send it' %}",
        "{% blocktranslate %}Send <b>it</b>{% endblocktranslate %}",
        '<p class="notice">{{ words }} · 3</p>',
        "{% translate 'Send' as send %}{% button text=send kind=\"quiet\" %}",
        "<script>let words = 1</script>{# for builders #}",
    ],
)
def test_a_marked_word_is_let_by(source):
    assert unmarked(source) == []


WRITTEN = re.compile(
    r"{{\s*[\w.]*\.(?:title|text|question|summary|asked|said|did|did_not_because|next_step|strapline|reason|words"
    r"|display_name|moderated_title|moderated_words|where_words|place_words|who_helps)\s*(?:\|[^}]*)?}}"
)
"""Variables that hold what someone wrote, in whatever language they write."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
MARK = "\ue000"


class Directions(HTMLParser):
    """What people wrote that stands in no element with a direction of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, tag in {"bdi", "title", "option", "textarea"} or "dir" in dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in [name for name, _own in self.open]:
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if MARK in data and not any(own for _tag, own in self.open):
            self.found.append(f"<{self.open[-1][0] if self.open else ''}> {' '.join(data.split())}")


def undirected(source: str) -> list[str]:
    bare = SILENT.sub(
        "",
        re.sub(r"{%\s*block (?:title|description|head)\b.*?{%\s*endblock\s*%}", "", MARKED.sub("", source), flags=re.S),
    )
    reader = Directions()
    reader.feed(TAGS.sub("", re.sub(r"(</?h){{.*?}}", r"\g<1>2", WRITTEN.sub(MARK, bare))))
    reader.close()
    return reader.found


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_people_wrote_has_its_own_direction(path):
    if path.suffix == ".html":
        assert undirected(path.read_text()) == []


def test_words_without_a_direction_are_found():
    assert undirected("<p>{{ idea.title }}</p>")
    assert undirected("<p dir='auto'>{{ idea.title|truncatewords:3 }}</p>") == []
    assert undirected("<li><bdi>{{ idea.title }}</bdi></li>") == []


SHOWN_BY = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_label", "page_title", "why_not"}
SHOWN_FIRST = {"ValidationError", "PermissionDenied", "success", "warning", "MenuItem", "FieldPanel"}


def said_plainly(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(re.search(r"[a-z]{2} |^[A-Z][a-z]+$", node.value))
    )


def unmarked_in(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = [each.value for each in node.keywords if each.arg in SHOWN_BY]
        given += node.args[:2] if name in SHOWN_FIRST else []
        found += [f"line {each.lineno}: {each.value}" for each in given if said_plainly(each)]
    return found


def modules() -> list[Path]:
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return [path for path in found if not {"migrations", "management", "demo"} & set(path.parts)]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_that_code_shows_is_left_unmarked(path):
    assert unmarked_in(path.read_text()) == []


def test_an_unmarked_word_in_code_is_found():
    assert unmarked_in('x = CharField(label="Your name")') == ["line 1: Your name"]
    assert unmarked_in('raise ValidationError("This is too long")')
    assert unmarked_in('x = CharField(label=_("Your name"))') == []


def untranslated(code: str) -> int:
    """How many phrases of this language's catalogue have no translation yet, or a doubtful one."""
    path = ROOT / "locale" / code / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return 10**6
    entries = re.split(r"\n\n+", path.read_text().strip())[1:]
    empty = re.compile(r'^msgstr(?:\[\d\])? ""(?!\n")', re.M)
    return sum(1 for entry in entries if not entry.startswith("#~") and (empty.search(entry) or ", fuzzy" in entry))


def test_a_language_is_offered_only_when_all_of_it_is_translated():
    half = [code for code in settings.WHOLE_LANGUAGES if code != settings.LANGUAGE_CODE and untranslated(code)]

    assert half == []


def test_a_half_translated_language_is_seen_as_such():
    assert untranslated("cy") > 1000
    assert untranslated("xx")
