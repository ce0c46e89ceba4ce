"""Every component and filter, for `{% load components %}`. Look at them at /components/.

All tags take keywords only. `level` is the heading level (2 unless said) so that headings nest.

WORDS AND FIGURES
  {% quote text=e.text how=_("Conversation") where="Library" on=e.heard_on voices=12 lang="cy" dir="auto" href=url %}
  {% figure label="Adults who walk daily" value="38" unit="%" area="Oakhill" period="2025" source="Active Lives"
     source_href=url compare="41% across the council" %}
  {% halves told_title=... figures_title=... level=2 %} …quotes… {% figures %} …figures… {% endhalves %}
  {% bars title="How people voted" rows=rows base=240 note="" %}      rows: (label, count or None) pairs; None is "under 5"
  {% meter label="Codes used" value=120 total=400 %}
  {% amounts title=… rows=rows unit=… whole_pence=… %}      rows: dicts of label pence taken_pence text
  {% outcomes title=… name="funded" lines=lines %}      what became of proposals, and why
  {% money_bar label="The pot" allocated_pence=… awarded_pence=… paid_pence=… %}
  {% money_stack title=… rows=rows %}      rows: dicts of label note depth all_pence awarded_pence paid_pence
  {% money_rows title=… label="Need" rows=rows note=… %}      rows: (label, href, pence)

  {% statement_card text=… source=_("From another participant") ways_at=url key=… %}      a statement and its three answers
  {% opinion_map title=… groups=groups cloud=points outside=0 %}      groups: (letter, people); points: [group, x, y]
  {% leanings text=statement rows=rows %}      rows: (who, [agree, disagree, pass], in words); None is not shown

STATES
  {% empty_state title=… text=… href=… action=… %}
  {% status_tag text=… tone="open" %}      tones: neutral open waiting decided done stopped
  {% notice title=… text=… tone="info" href=… action=… %}      tones: info good warning
  {% clock opens_at=… closes_at=… now=now %}      "Open until 5pm on Friday 27 November 2026: 4 days left"
  {% confirmation title=… text=… reference=… %}

THE LOOP
  {% loop_strip here="asked" links=links explain=False %}      heard understood asked decided done changed; links: {step: url}
  {% loop_of_page view=… slug=… %}      base.html does this for every page of a board, and {% board_nav slug=… view=… path=… %}
  {% thread title=… steps=steps %}      steps: dicts of label title href when text

LISTS AND PICTURES
  {% card_grid cards=cards level=3 %}      cards: dicts of card's keywords; or <ul class="card-grid"><li>{% card … %}</li></ul>
  {% card title=… href=… text=… seed=board.slug picture=url status=… tone=… meta="Closes 5pm Friday" level=3 %}
  {% need_card title=… href=… voices=12 figures=3 eyebrow=… level=3 %}      words and figures in two equal halves
  {% scene seed=board.slug shape="card" %}      a picture of its own for every board; shape: card or wide
  {% hero title=… text=… seed=… eyebrow=… %} …buttons… {% endhero %}
  {% person_badge name=… role=… picture=url %}
  {% area_map title=… shapes=shapes points=points %}      shapes: dicts of name href geometry tone; points: name href lon lat text
  {% pager page=page %}      a Paginator page; keeps the rest of the query string
  {% search_box label=… name="q" value=… action=… hint=… button=… %}
  {% filters groups=groups %}      groups: dicts of name label options [dicts of value label selected count]
  {% stages title=… steps=steps %}      a round's stages: dicts of label when state (done, now, next)

FORMS (see components.forms)
  {% error_summary form=form %}      base.html does this for `form`
  {% button text=… href=… kind="primary" name=… value=… %}      kinds: primary secondary warning quiet
  {% summary_list rows=rows %}      rows: (label, value) or (label, value, href, what is changed)
  {% check_answers title=… rows=rows %}
  {% file_link href=… title=… kind="CSV" size_bytes=2048 %}
  {% share_links path=… title=… %}

WAYS ABOUT
  {% breadcrumbs crumbs=crumbs %}      crumbs: (title, url) pairs; the last one may have no url
  {% back_link href=… text=… %}

FILTERS
  125050|pence → £1,250.50    moment|london → Friday 27 November 2026, 5pm    day|london_date → Friday 27 November 2026
  moment|ago:now → 3 days ago
    somebody's words|apart → <bdi>, in the middle of a sentence      officers' markup|running_text → cleaned by nh3

PAGES extend "base.html": blocks title, breadcrumbs, main; head and scripts where needed. `main` is inside
<main class="page">. Classes for laying out, all in sheets/: stack (space between), split (two columns that stack),
card-grid, prose (running text at a readable width), lede (opening sentence), eyebrow (small line above a heading),
panel (soft box), band (full-width strip), muted, numeral. Headings: plain <h1> to <h4> are styled; so are <table>,
<dl class="facts">, <details>. No style attributes and no inline scripts: the policy refuses them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from components.forms.base import dress
from components.forms.cleaning import only_running_text
from components.geometry import draw

register = template.Library()
LONDON = ZoneInfo("Europe/London")


# Filters


@register.filter
def apart(words: object) -> SafeString:
    """Words of someone's own in the middle of ours: their direction is their own (HTML, the bdi element)."""
    return format_html("<bdi>{}</bdi>", words)


@register.filter
def running_text(html: object) -> SafeString:
    """What an officer wrote with headings, lists and links, cleaned once more as it is shown."""
    return mark_safe(only_running_text(str(html)))  # nosec B703 B308: nh3 has just cleaned it


@register.filter
def pence(value: object) -> str:
    """Whole pence as pounds: 125000 is £1,250 and 125050 is £1,250.50. The only place with a £."""
    if isinstance(value, bool) or not isinstance(value, int):
        return ""
    pounds, rest = divmod(abs(value), 100)
    return f"{'−' if value < 0 else ''}£{pounds:,}" + (f".{rest:02}" if rest else "")


@register.filter
def london(value: object) -> str:
    """A moment as a Londoner reads it: Friday 27 November 2026, 5pm."""
    if not isinstance(value, dt.datetime):
        return london_date(value)
    local = _local(value)
    # Translators: a day and a time, such as "Friday 27 November 2026, 5pm".
    return _("%(day)s, %(time)s") % {"day": date_format(local, "l j F Y"), "time": clock_time(local)}


@register.filter
def london_date(value: object) -> str:
    """A day: Friday 27 November 2026. A moment gives the day it is in London."""
    if isinstance(value, dt.datetime):
        value = _local(value).date()
    return date_format(value, "l j F Y") if isinstance(value, dt.date) else ""


@register.filter
def ago(value: object, now: object = None) -> str:
    """How long since, in one unit: just now, 5 minutes ago, yesterday, 3 weeks ago."""
    if not isinstance(value, dt.datetime):
        return ""
    present = now if isinstance(now, dt.datetime) else timezone.now()
    seconds = (present - value).total_seconds()
    days = (_local(present).date() - _local(value).date()).days
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        minutes = int(seconds // 60)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if days == 0:
        hours = int(seconds // 3600)
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    if days == 1:
        return _("yesterday")
    if days < 14:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    if days < 61:
        return ngettext("%(n)d week ago", "%(n)d weeks ago", days // 7) % {"n": days // 7}
    if days < 730:
        return ngettext("%(n)d month ago", "%(n)d months ago", days // 30) % {"n": days // 30}
    return ngettext("%(n)d year ago", "%(n)d years ago", days // 365) % {"n": days // 365}


def _local(moment: dt.datetime) -> dt.datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(LONDON)


def clock_time(local: dt.datetime) -> str:
    """5pm, 5:30pm; noon and midnight said in words, since 12am and 12pm are misread."""
    if (local.hour, local.minute) == (12, 0):
        return pgettext("time of day", "12 noon")
    if (local.hour, local.minute) == (0, 0):
        return pgettext("time of day", "midnight as the day begins")
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{hour}{minutes}{pgettext('time', 'am') if local.hour < 12 else pgettext('time', 'pm')}"


# Words and figures


@register.inclusion_tag("components/quote/quote.html")
def quote(
    *,
    text: str,
    how: str = "",
    where: str = "",
    on: dt.date | None = None,
    voices: int | None = None,
    lang: str = "",
    dir: str = "auto",
    href: str = "",
    action: str = "",
) -> dict[str, object]:
    """What someone said, as they said it, and where it was heard."""
    return {
        "text": text,
        "how": how,
        "where": where,
        "on": on,
        "voices": voices,
        "lang": lang,
        "dir": dir,
        "href": href,
        "action": action,
    }


@register.inclusion_tag("components/figure/figure.html")
def figure(
    *,
    label: str,
    value: object,
    unit: str = "",
    area: str = "",
    period: object = "",
    source: str = "",
    source_href: str = "",
    compare: str = "",
    note: str = "",
    href: str = "",
) -> dict[str, object]:
    """One number with all it needs to be believed: of what, where, when, and who counted."""
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "area": area,
        "period": period,
        "source": source,
        "source_href": source_href,
        "compare": compare,
        "note": note,
        "href": href,
    }


class HalvesNode(template.Node):
    def __init__(self, told: NodeList, figures: NodeList, options: dict[str, FilterExpression]) -> None:
        self.told, self.figures, self.options = told, figures, options

    def render(self, context: Context) -> str:
        options = {name: value.resolve(context) for name, value in self.options.items()}
        page = context.template.engine.get_template("components/halves/halves.html")
        with context.push(
            told=self.told.render(context),
            figures=self.figures.render(context),
            told_title=options.get("told_title") or _("What people told us"),
            figures_title=options.get("figures_title") or _("What the figures show"),
            level=options.get("level") or 2,
        ):
            return page.render(context)


@register.tag
def halves(parser: Parser, token: Token) -> HalvesNode:
    """Words and numbers, side by side, the same size: neither comes first because it is bigger."""
    options = _keywords(parser, token, {"told_title", "figures_title", "level"})
    told = parser.parse(("figures",))
    parser.delete_first_token()
    figures = parser.parse(("endhalves",))
    parser.delete_first_token()
    return HalvesNode(told, figures, options)


@register.inclusion_tag("components/bars/bars.html")
def bars(
    *,
    title: str,
    rows: Iterable[Sequence[Any]],
    base: int | None = None,
    base_label: str = "",
    note: str = "",
    label: str = "",
    unit: str = "",
    level: int = 2,
) -> dict[str, object]:
    """Counts as bars, in a table that is the chart: nothing is only in the picture.

    `base` is what shares are a share of (people, not ticks, when several may be ticked).
    A count of None was too small to publish.
    """
    drawn = [(str(row[0]), row[1]) for row in rows]
    known = [count for _label, count in drawn if count is not None]
    longest = max([*known, 1])
    return {
        "title": title,
        "label": label or _("Answer"),
        "unit": unit or _("People"),
        "rows": [
            {
                "label": row_label,
                "count": count,
                "width": 0 if count is None else round(100 * count / longest, 2),
                "share": None if count is None or not base else share(count, base),
            }
            for row_label, count in drawn
        ],
        "base": base,
        "base_label": base_label,
        "has_small": len(known) < len(drawn),
        "note": note,
        "level": level,
    }


def share(part: int, whole: int) -> str:
    """A share in whole per cent, worked out last and half rounded up; never 0% or 100% for some or not all."""
    if whole <= 0:
        return ""
    percent = (200 * part + whole) // (2 * whole)
    if part and percent == 0:
        return _("under 1%")
    if part < whole and percent == 100:
        return _("over 99%")
    return f"{percent}%"


@register.inclusion_tag("components/meter/meter.html")
def meter(*, label: str, value: int, total: int, note: str = "") -> dict[str, object]:
    """How much of something there is: answers against a target, codes used of codes printed."""
    return {
        "label": label,
        "value": value,
        "total": total,
        "width": max(0, min(100, round(100 * value / total, 2))) if total > 0 else 0,
        "note": note,
    }


@register.inclusion_tag("components/money_bar/money_bar.html")
def money_bar(
    *, label: str, allocated_pence: int, awarded_pence: int, paid_pence: int | None = None, note: str = ""
) -> dict[str, object]:
    """A pot: what there is, what has been given, what is left. All in whole pence."""
    left = allocated_pence - awarded_pence
    whole = max(allocated_pence, awarded_pence, 1)
    return {
        "label": label,
        "allocated_pence": allocated_pence,
        "awarded_pence": awarded_pence,
        "paid_pence": paid_pence,
        "left_pence": left,
        "over_pence": -left if left < 0 else 0,
        "awarded_width": round(100 * awarded_pence / whole, 2),
        "paid_width": round(100 * (paid_pence or 0) / whole, 2),
        "share": share(awarded_pence, allocated_pence),
        "note": note,
    }


@register.inclusion_tag("components/money_stack/money_stack.html")
def money_stack(*, title: str, rows: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, object]:
    """Where a pot's money is, part by part: paid, still to pay, left. The table is the picture's twin."""
    lines = [dict(row) for row in rows]
    most = max([*(row["all_pence"] for row in lines), 1])
    names = ("all_pence", "awarded_pence", "paid_pence")
    for row in lines:
        row["left_pence"] = row["all_pence"] - row["awarded_pence"]
        for name in names:
            row[name.replace("pence", "width")] = round(100 * row[name] / most, 2)
    whole = {name: sum(row[name] for row in lines) for name in (*names, "left_pence")}
    return {"title": title, "rows": lines, "whole": whole, "label": label or _("Part of the pot")}


@register.inclusion_tag("components/money_rows/money_rows.html")
def money_rows(
    *, title: str, rows: Iterable[Sequence[Any]], label: str = "", unit: str = "", note: str = ""
) -> dict[str, object]:
    """Sums of money as bars, in a table that is the chart."""
    lines = [{"label": row[0], "href": row[1], "pence": row[2]} for row in rows]
    most = max([*(row["pence"] for row in lines), 1])
    for row in lines:
        row["width"] = round(100 * row["pence"] / most, 2)
    return {"title": title, "rows": lines, "label": label, "unit": unit or _("Awarded"), "note": note}


@register.inclusion_tag("components/amounts/amounts.html")
def amounts(
    *, title: str, rows: Iterable[Mapping[str, Any]], label: str = "", unit: str = "", whole_pence: int | None = None
) -> dict[str, object]:
    """Sums of money as bars, in a table that is the chart. `taken_pence` is drawn after the sum, in another colour."""
    listed = list(rows)
    whole = whole_pence or max([row["pence"] + row.get("taken_pence", 0) for row in listed] or [1]) or 1

    def width(money: int) -> str:
        return f"{max(0, min(100, round(100 * money / whole))):d}"

    return {
        "title": title,
        "label": label or _("What"),
        "unit": unit or _("Money"),
        "rows": [
            {
                "label": row["label"],
                "text": row.get("text", ""),
                "pence": row["pence"],
                "width": width(row["pence"]),
                "before": width(row["pence"] + row.get("taken_pence", 0)),
            }
            for row in listed
        ],
    }


@register.inclusion_tag("components/outcomes/outcomes.html")
def outcomes(*, title: str, lines: Iterable[Any], name: str = "other", level: int = 2) -> dict[str, object]:
    """What became of proposals: each with its money, its votes, and the reason in a sentence or two.

    name: funded, reserve, not, other. lines: number title group href votes cost_pence status tone because change.
    """
    return {"title": title, "lines": lines, "name": name, "level": level}


# Opinion


@register.inclusion_tag("components/statement_card/statement_card.html")
def statement_card(
    *,
    text: str,
    source: str,
    ways_at: str = "",
    key: object = "",
    given: str = "",
    next: str = "",
    about: bool = False,
    level: int = 2,
) -> dict[str, object]:
    """One statement, where it is from, and three answers of one size. `given` is the answer someone gave before.

    `about`: where there are many on a page, each button says what it is about.
    """
    ways = (("agree", _("Agree")), ("disagree", _("Disagree")), ("pass", pgettext("answer", "Pass")))
    return {
        "text": text,
        "source": source,
        "ways_at": ways_at,
        "key": key,
        "given": given,
        "given_words": dict(ways).get(given, ""),
        "next": next,
        "about": about,
        "level": level,
        "ways": [{"value": value, "label": label, "is_given": value == given} for value, label in ways],
    }


@register.inclusion_tag("components/opinion_map/opinion_map.html")
def opinion_map(
    *,
    title: str,
    groups: Iterable[Sequence[Any]],
    cloud: Iterable[Sequence[int]],
    outside: int | None = 0,
    note: str = "",
) -> dict[str, object]:
    """Groups of opinion as clouds, and their sizes in a table. No point may be a person: the caller sees to that.

    A picture is 1000 wide and 600 high. People of None were too few to publish; `outside` are in no group.
    """
    points = [tuple(int(number) for number in point) for point in cloud]
    drawn = []
    for at, (letter, people) in enumerate(groups):
        mine = [point[1:] for point in points if point[0] == at]
        drawn.append(
            {
                "letter": letter,
                "name": _("Group %(letter)s") % {"letter": letter},
                "people": people,
                "path": "".join(f"M{x} {y}h0" for x, y in mine),
                "x": sum(x for x, _y in mine) // max(1, len(mine)),
                "y": sum(y for _x, y in mine) // max(1, len(mine)),
            }
        )
    return {
        "title": title,
        "groups": drawn,
        "outside": outside,
        "has_small": outside is None or any(group["people"] is None for group in drawn),
        "note": note
        or _(
            "The points show where each group lies and how far it spreads. No point is a person. "
            "Groups that lie close together answered more alike."
        ),
    }


@register.inclusion_tag("components/leanings/leanings.html")
def leanings(*, text: str, rows: Iterable[Sequence[Any]]) -> dict[str, object]:
    """How everyone and each group answered one statement, in a table that is the chart.

    Rows are (who, [agree, disagree, pass], in words). A bar is drawn only where all three numbers are shown.
    """
    lines = []
    for label, counts, words in rows:
        bar: list[dict[str, object]] = []
        if None not in counts and sum(counts):
            start = 0.0
            for name, count in zip(("agree", "disagree", "pass"), counts, strict=True):
                width = 100 * count / sum(counts)
                if width:
                    bar.append({"name": name, "x": start, "width": width})
                start += width
        lines.append({"label": label, "counts": counts, "words": words, "bar": bar})
    return {"text": text, "rows": lines}


# States


@register.inclusion_tag("components/empty_state/empty_state.html")
def empty_state(
    *, title: str, text: str = "", href: str = "", action: str = "", level: int | None = None
) -> dict[str, object]:
    """Nothing here yet: why, and what to do about it."""
    return {"title": title, "text": text, "href": href, "action": action, "level": level}


TONES = {"neutral", "open", "waiting", "decided", "done", "stopped"}


@register.inclusion_tag("components/status_tag/status_tag.html")
def status_tag(*, text: str, tone: str = "neutral") -> dict[str, object]:
    """Where something stands, in a word; the tone only repeats it."""
    return {"text": text, "tone": tone if tone in TONES else "neutral"}


@register.inclusion_tag("components/notice/notice.html")
def notice(
    *, title: str = "", text: str = "", tone: str = "info", href: str = "", action: str = "", level: int | None = None
) -> dict[str, object]:
    """Something to know before going on."""
    return {
        "title": title,
        "text": text,
        "tone": tone if tone in {"info", "good", "warning"} else "info",
        "href": href,
        "action": action,
        "level": level,
    }


@register.inclusion_tag("components/clock/clock.html")
def clock(
    *, opens_at: dt.datetime | None = None, closes_at: dt.datetime | None = None, now: dt.datetime | None = None
) -> dict[str, object]:
    """When something opens or closes, in a sentence. Opens at, up to and not including, closes at."""
    present = now or timezone.now()
    if opens_at and present < opens_at:
        return {"state": "before", "moment": opens_at, "closes_at": closes_at, "left": time_left(present, opens_at)}
    if closes_at and present >= closes_at:
        return {"state": "after", "moment": closes_at}
    if closes_at:
        return {"state": "open", "moment": closes_at, "left": time_left(present, closes_at)}
    return {"state": "always"}


def time_left(now: dt.datetime, until: dt.datetime) -> str:
    """How long from now, in one unit, never rounded up."""
    seconds = int((until - now).total_seconds())
    days = (_local(until).date() - _local(now).date()).days
    if days >= 2:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if seconds >= 3600:
        hours = seconds // 3600
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    minutes = max(1, seconds // 60)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


@register.inclusion_tag("components/confirmation/confirmation.html")
def confirmation(*, title: str, text: str = "", reference: object = "", label: str = "") -> dict[str, object]:
    """It is done, and the reference to quote, or what `label` calls it. It is the page's h1."""
    return {"title": title, "text": text, "reference": reference, "label": label}


# The loop


LOOP = ("heard", "understood", "asked", "decided", "done", "changed")


@register.inclusion_tag("components/loop_strip/loop_strip.html")
def loop_strip(
    *, here: str = "", links: Mapping[str, str] | None = None, title: str = "", level: int = 2, explain: bool = False
) -> dict[str, object]:
    """The one loop everything is part of, and where on it this page stands; `explain` says what each step is."""
    words = {
        "heard": (_("Heard"), _("You say what would make life better. Your words are kept as you said them.")),
        "understood": (_("Understood"), _("What people told us stands beside what the figures show.")),
        "asked": (_("Asked"), _("The board asks: a poll, your ideas, what a group would do with a grant.")),
        "decided": (_("Decided"), _("People vote. The rule is set before the first vote, and anyone can count again.")),
        "done": (_("Done"), _("Money is given, and things are done.")),
        "changed": (_("Changed?"), _("Everyone who spoke hears what was done, what was not, and why.")),
    }
    position = LOOP.index(here) if here in LOOP else -1
    return {
        "title": title,
        "level": level,
        "explain": explain,
        "words": words[here][1] if position >= 0 else "",
        "steps": [
            {
                "name": words[step][0],
                "words": words[step][1],
                "href": (links or {}).get(step, ""),
                "is_here": index == position,
                "is_past": index < position,
            }
            for index, step in enumerate(LOOP)
        ],
    }


KEPT_PARTS = 1024
"""How many pieces that are the same on many pages are kept as they were made, a language each."""
STEPS_OF_VIEWS = {
    "evidence:tell_us": "heard",
    "evidence:tell_us_finish": "heard",
    "evidence:told": "heard",
    "evidence": "understood",
    "activities": "asked",
    "polls:results": "decided",
    "polls": "asked",
    "surveys:results": "decided",
    "surveys": "asked",
    "ideas": "asked",
    "conversations:results": "decided",
    "conversations:statements": "decided",
    "conversations": "asked",
    "funding:propose": "asked",
    "funding:propose_finish": "asked",
    "funding:sent": "asked",
    "funding": "decided",
    "outcomes": "done",
}
"""Where on the loop each page stands, by its view or else by its room."""


@register.simple_tag
def loop_of_page(*, view: str = "", slug: str = "", title: str = "", explain: bool = False) -> SafeString:
    """The loop with this page's own step marked and each step a way on; nothing for pages that stand outside it."""
    here = STEPS_OF_VIEWS.get(view) or STEPS_OF_VIEWS.get(view.partition(":")[0], "")
    return _loop_of_page(get_language() or "", here, slug, title, explain)


@lru_cache(maxsize=KEPT_PARTS)
def _loop_of_page(language: str, here: str, slug: str, title: str, explain: bool) -> SafeString:
    board = f"/boards/{slug}/"
    if slug:
        links = {"heard": board + "tell-us/", "understood": board + "needs/", "asked": board + "activities/"}
        links |= {"decided": board + "funding/", "done": board + "outcomes/"}
    else:
        links = {"understood": "/needs/", "asked": "/open/", "done": "/outcomes/"}
    strip = loop_strip(here=here, links=links, title=title or _("From words to change"), explain=explain)
    return render_to_string("components/loop_strip/loop_strip.html", strip)


@register.simple_tag
def board_nav(*, slug: str, view: str = "", path: str = "") -> SafeString:
    """The parts of one board, with the one this page belongs to marked."""
    room = "cms:news" if view in {"cms:news", "cms:story"} else view.partition(":")[0]
    board = f"/boards/{slug}/"
    part = path.removeprefix(board) if path.startswith(board) else None
    return _board_nav(get_language() or "", slug, room, part if part in PARTS_OF_A_BOARD else None)


PARTS_OF_A_BOARD = ("", "needs/", "activities/", "funding/", "outcomes/", "news/")


@lru_cache(maxsize=KEPT_PARTS)
def _board_nav(language: str, slug: str, room: str, part: str | None) -> SafeString:
    names = (_("The board"), _("Needs"), _("Take part"), _("Grants"), _("What came of it"), _("News"))
    rooms = (
        {"cms"},
        {"evidence"},
        {"activities", "polls", "surveys", "ideas", "conversations"},
        {"funding"},
        {"outcomes"},
        {"cms:news"},
    )
    links = [
        {"name": name, "href": f"/boards/{slug}/{rest}", "is_page": part == rest, "is_here": room in here}
        for name, rest, here in zip(names, PARTS_OF_A_BOARD, rooms, strict=True)
    ]
    return render_to_string("components/board_nav/board_nav.html", {"links": links})


@register.inclusion_tag("components/thread/thread.html")
def thread(*, steps: Iterable[Mapping[str, object]], title: str = "", level: int = 2) -> dict[str, object]:
    """From someone's words to what came of them, a step at a time, each one a link."""
    return {"steps": list(steps), "title": title or _("The thread, from words to outcome"), "level": level}


@register.inclusion_tag("components/stages/stages.html")
def stages(*, steps: Iterable[Mapping[str, object]], title: str = "", level: int = 2) -> dict[str, object]:
    """The stages something passes through, with the one it is in."""
    return {"steps": list(steps), "title": title, "level": level}


# Lists and pictures


@register.inclusion_tag("components/card/card.html")
def card(
    *,
    title: str,
    href: str = "",
    text: str = "",
    seed: str = "",
    picture: str = "",
    status: str = "",
    tone: str = "neutral",
    meta: object = "",
    eyebrow: str = "",
    kind: str = "",
    level: int = 3,
) -> dict[str, object]:
    """One thing in a list. The whole card answers a click; only the title is the link.

    `kind` (poll, ideas, conversation, round) draws the little picture of that way of asking.
    """
    return {
        "kind": kind if kind in ("poll", "ideas", "conversation", "round") else "",
        "title": title,
        "href": href,
        "text": text,
        "seed": seed,
        "picture": picture,
        "status": status,
        "tone": tone if tone in TONES else "neutral",
        "meta": meta,
        "eyebrow": eyebrow,
        "level": level,
    }


PICTURED = 10
"""How many people or bars a need's picture draws at most; the number beside it says how many there are."""


@register.inclusion_tag("components/need_card/need_card.html")
def need_card(
    *, title: str, href: str, voices: int = 0, figures: int = 0, eyebrow: str = "", level: int = 3
) -> dict[str, object]:
    """One need in a list: words and figures as two halves of one size, each drawn and each counted."""
    heights = (7, 11, 15)
    return {
        "title": title,
        "href": href,
        "eyebrow": eyebrow,
        "level": level,
        "voices": voices,
        "figures": figures,
        "picture_width": PICTURED * 11,
        "people": [5 + 11 * at for at in range(min(voices or 0, PICTURED))],
        "bars": [
            {"x": 1 + 11 * at, "y": 16 - heights[at % 3], "height": heights[at % 3]}
            for at in range(min(figures or 0, PICTURED))
        ],
    }


@register.inclusion_tag("components/card_grid/card_grid.html")
def card_grid(*, cards: Iterable[Mapping[str, Any]], level: int = 3) -> dict[str, object]:
    """Cards in a list that finds its own number of columns."""
    return {"cards": [card(**{"level": level, **each}) for each in cards]}


@register.inclusion_tag("components/scene/scene.html")
def scene(*, seed: object, shape: str = "card") -> dict[str, object]:
    """A place's own picture: always the same for the same seed, and only an ornament."""
    return {"seed": scene_seed(seed), "shape": "wide" if shape == "wide" else "card"}


def scene_seed(seed: object) -> str:
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in str(seed).lower())
    return kept[:60].strip("-") or "moothall"


class HeroNode(template.Node):
    def __init__(self, inside: NodeList, options: dict[str, FilterExpression]) -> None:
        self.inside, self.options = inside, options

    def render(self, context: Context) -> str:
        options = {name: value.resolve(context) for name, value in self.options.items()}
        options["seed"] = scene_seed(options["seed"]) if options.get("seed") else ""
        page = context.template.engine.get_template("components/hero/hero.html")
        blank = {"title": "", "text": "", "eyebrow": "", "picture": "", "picture_alt": ""}
        with context.push(**{**blank, **options}, inside=self.inside.render(context)):
            return page.render(context)


@register.tag
def hero(parser: Parser, token: Token) -> HeroNode:
    """The top of a front page: its h1, a sentence, a picture, and what to do."""
    options = _keywords(parser, token, {"title", "text", "seed", "eyebrow", "picture", "picture_alt"})
    inside = parser.parse(("endhero",))
    parser.delete_first_token()
    return HeroNode(inside, options)


@register.inclusion_tag("components/pros_and_cons/pros_and_cons.html")
def pros_and_cons(*, sides: Iterable[Mapping[str, Any]], level: int = 3) -> dict[str, object]:
    """What people say in columns, for, against and questions; the board's replies marked as its own.

    A side has `stance`, `title`, `comments` and, for when there are none, `empty`. A comment has
    `pk`, `text`, `name_shown`, `sent_at` and `shown_replies` (each `words`, `at`), and may have
    `report_href` and `edited_on` (the days on which details were taken out of it).
    """
    return {"sides": list(sides), "level": level}


@register.inclusion_tag("components/changed_words/changed_words.html")
def changed_words(*, pieces: Iterable[Any]) -> dict[str, object]:
    """A text and what changed in it: each piece has `words` and `what` ("same", "out" or "in")."""
    return {"pieces": pieces}


@register.inclusion_tag("components/photo/photo.html")
def photo(*, src: str, alt: str, width: int, height: int, note: str = "") -> dict[str, object]:
    """A picture someone sent, no larger than the page; `alt` says what it shows."""
    return {"src": src, "alt": alt, "width": width, "height": height, "note": note}


@register.inclusion_tag("components/person_badge/person_badge.html")
def person_badge(*, name: str, role: str = "", picture: str = "") -> dict[str, object]:
    """Someone's name and what they do, with a picture or their initials."""
    words = [word for word in str(name).split() if word[:1].isalnum()]
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
    return {"name": name, "role": role, "picture": picture, "initials": initials or "?", "hue": sum(map(ord, name)) % 5}


@register.inclusion_tag("components/area_map/area_map.html")
def area_map(
    *,
    title: str,
    shapes: Iterable[Mapping[str, Any]] = (),
    points: Iterable[Mapping[str, Any]] = (),
    list_title: str = "",
    show_list: bool = True,
    level: int = 2,
) -> dict[str, object]:
    """Areas and places, drawn on the server from our own boundaries, with the same things as a list.

    Geometries are GeoJSON in WGS 84 (longitude first). What cannot be drawn is still in the list.
    """
    shapes, points = [dict(shape) for shape in shapes], [dict(point) for point in points]
    return {
        "title": title,
        "map": draw(shapes, points),
        "shapes": shapes,
        "points": points,
        "list_title": list_title or _("The same as a list"),
        "show_list": show_list,
        "level": level,
    }


@register.inclusion_tag("components/pager/pager.html", takes_context=True)
def pager(context: Context, *, page: Page, param: str = "page") -> dict[str, object]:
    """Ways to the other pages of a list, keeping whatever else was asked for."""
    request = context.get("request")
    asked = request.GET.copy() if request else None

    def to(number: int) -> str:
        if asked is None:
            return f"?{param}={number}"
        query = asked.copy()
        query[param] = str(number)
        return "?" + query.urlencode()

    numbers: list[dict[str, object]] = []
    elided = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    for number in elided:
        if isinstance(number, int):
            numbers.append({"number": number, "href": to(number), "is_here": number == page.number})
        else:
            numbers.append({"number": None})
    return {
        "page": page,
        "numbers": numbers,
        "before": to(page.previous_page_number()) if page.has_previous() else "",
        "after": to(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("components/search_box/search_box.html")
def search_box(
    *,
    label: str,
    name: str = "q",
    value: object = "",
    action: str = "",
    hint: str = "",
    button: str = "",
    autocomplete: str = "off",
    error: str = "",
) -> dict[str, object]:
    """One box and a button, sent as a plain GET."""
    return {
        "label": label,
        "name": name,
        "value": value or "",
        "action": action,
        "hint": hint,
        "button": button or _("Search"),
        "autocomplete": autocomplete,
        "error": error,
    }


@register.inclusion_tag("components/filters/filters.html", takes_context=True)
def filters(
    context: Context, *, groups: Iterable[Mapping[str, Any]], action: str = "", title: str = "", keep: str = "q"
) -> dict[str, object]:
    """Ways to narrow a list, as a plain GET form that keeps the search words."""
    request = context.get("request")
    groups = [dict(group) for group in groups]
    chosen = [option for group in groups for option in group.get("options", ()) if option.get("selected")]
    kept = [(key, request.GET.get(key)) for key in keep.split() if request and request.GET.get(key)]
    return {
        "groups": groups,
        "action": action,
        "title": title or _("Narrow the list"),
        "kept": kept,
        "any_chosen": any(option.get("value") for option in chosen),
    }


# Forms


@register.inclusion_tag("components/error_summary/error_summary.html")
def error_summary(*, form: BaseForm) -> dict[str, object]:
    """What is wrong, at the top, each line a link to where it is. Said once for each form."""
    form.summary_shown = True  # type: ignore[attr-defined]
    problems: list[dict[str, object]] = []
    if isinstance(form, BaseForm) and form.errors:
        problems += [{"text": error, "href": ""} for error in form.non_field_errors()]
        for field in form:
            if field.errors:
                problems += [
                    {"text": named(field.label, message, problem.code), "href": "#" + first_control(field)}
                    for problem in field.errors.as_data()
                    for message in problem.messages
                ]
    return {"problems": problems}


def named(label: object, message: str, code: str | None) -> str:
    """Away from its question "Answer this question." says nothing, so the question comes too."""
    if code not in {"required", "invalid_choice", "incomplete"}:
        return message
    # Translators: a question, then what is wrong with its answer.
    return _("%(question)s – %(problem)s") % {"question": label, "problem": message}


def first_control(field: Any) -> str:
    """The id of what to put the cursor in: for radios and checkboxes, their first option."""
    kind = getattr(field.field.widget, "kind", "")
    if kind in {"radios", "checkboxes"}:
        return f"{field.auto_id}_0"
    if kind == "group":
        return str(field.field.widget.id_for_label(field.auto_id))
    return str(field.id_for_label or field.auto_id)


@register.simple_tag
def dressed(*, form: BaseForm) -> str:
    """A form from a library, in our markup."""
    return str(dress(form).render())


@register.inclusion_tag("components/button/button.html")
def button(
    *,
    text: str,
    href: str = "",
    kind: str = "primary",
    name: str = "",
    value: object = "",
    about: str = "",
) -> dict[str, object]:
    """A button, or with `href` a link that looks like one. `about` is read out after the text."""
    return {"text": text, "href": href, "kind": kind, "name": name, "value": value, "about": about}


@register.inclusion_tag("components/summary_list/summary_list.html")
def summary_list(*, rows: Iterable[Sequence[Any]]) -> dict[str, object]:
    """Facts in two columns, with a way to change each where there is one."""
    return {
        "rows": [
            {
                "label": row[0],
                "value": row[1],
                "href": row[2] if len(row) > 2 else "",
                "what": row[3] if len(row) > 3 else row[0],
            }
            for row in rows
        ]
    }


@register.inclusion_tag("components/check_answers/check_answers.html")
def check_answers(*, rows: Iterable[Sequence[Any]], title: str = "", level: int = 2) -> dict[str, object]:
    """What was answered, before it is sent."""
    return {**summary_list(rows=rows), "title": title or _("Check your answers"), "level": level}


@register.inclusion_tag("components/file_link/file_link.html")
def file_link(*, href: str, title: str, kind: str = "", size_bytes: int | None = None) -> dict[str, object]:
    """A file to take away: what it is, its kind and its size."""
    return {"href": href, "title": title, "kind": kind, "size": file_size(size_bytes)}


def file_size(size_bytes: int | None) -> str:
    if size_bytes is None:
        return ""
    if size_bytes < 1024:
        return ngettext("%(n)d byte", "%(n)d bytes", size_bytes) % {"n": size_bytes}
    if size_bytes < 1024 * 1024:
        return f"{-(-size_bytes // 1024)} kB"
    return f"{size_bytes / 1024 / 1024:.1f} MB"


@register.inclusion_tag("components/share_links/share_links.html", takes_context=True)
def share_links(context: Context, *, path: str = "", title: str = "") -> dict[str, object]:
    """This page's address to copy or send by e-mail, and how to print it. No other company is told."""
    request = context.get("request")
    path = path or (request.path if request else "/")
    return {"address": request.build_absolute_uri(path) if request else path, "title": title}


# Ways about


@register.inclusion_tag("components/breadcrumbs/breadcrumbs.html")
def breadcrumbs(*, crumbs: Iterable[Sequence[str]]) -> dict[str, object]:
    """Where this page is, and the way up."""
    return {"crumbs": [{"title": crumb[0], "href": crumb[1] if len(crumb) > 1 else ""} for crumb in crumbs]}


@register.inclusion_tag("components/back_link/back_link.html")
def back_link(*, href: str, text: str = "") -> dict[str, object]:
    """To the page before, inside something with several pages."""
    return {"href": href, "text": text or _("Back")}


@register.simple_tag
def heading(*, text: object, level: int = 2, css: str = "") -> str:
    """A heading of the level the page needs."""
    number = min(6, max(1, int(level)))
    return format_html("<h{}{}>{}</h{}>", number, format_html(' class="{}"', css) if css else "", text, number)


def _keywords(parser: Parser, token: Token, allowed: set[str]) -> dict[str, FilterExpression]:
    name, *bits = token.split_contents()
    options = token_kwargs(bits, parser)
    if bits or not set(options) <= allowed:
        raise template.TemplateSyntaxError(f"{name} takes keywords only: {', '.join(sorted(allowed))}")
    return options


@register.inclusion_tag("components/breadcrumbs/breadcrumbs.html")
def board_crumbs(*, board: Any, title: object, parent: str = "", parent_href: str = "") -> dict[str, object]:
    """Where a page of a board is: home, the board, perhaps a list, and the page itself."""
    crumbs = [{"title": _("Home"), "href": "/"}, {"title": str(board), "href": f"/boards/{board.slug}/"}]
    if parent:
        crumbs.append({"title": parent, "href": parent_href})
    return {"crumbs": [*crumbs, {"title": title, "href": ""}]}


@register.filter
def figure_value(value: Any) -> str:
    """A figure as people read it: thousands parted, no noughts after the point."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
