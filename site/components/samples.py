"""Made-up things for the gallery's examples. No database: the gallery shows looks, not facts."""

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from components.forms import DayField, MoneyField, PhoneField, PostcodeField, PublicForm, WhenField

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)


class SampleForm(PublicForm):
    once = True
    inline = {"agree"}
    choice_hints = {"kind": {"idea": gettext_lazy("You would like someone to make it happen")}}

    title = forms.CharField(
        label=gettext_lazy("Give your idea a name"), help_text=gettext_lazy("A few words"), max_length=80
    )
    story = forms.CharField(label=gettext_lazy("Tell us more"), widget=forms.Textarea, max_length=500)
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[("idea", gettext_lazy("An idea")), ("offer", gettext_lazy("An offer of help"))],
        widget=forms.RadioSelect,
    )
    agree = forms.ChoiceField(
        label=gettext_lazy("Is it for children?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )
    for_whom = forms.MultipleChoiceField(
        label=gettext_lazy("Who is it for?"),
        choices=[("young", gettext_lazy("Young people")), ("old", gettext_lazy("Older people"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    ward = forms.ChoiceField(
        label=gettext_lazy("Where?"), choices=[("", gettext_lazy("Choose a place")), ("oak", "Oakhill")]
    )
    cost_pence = MoneyField(label=gettext_lazy("What might it cost?"), min_pence=1)
    postcode = PostcodeField(label=gettext_lazy("Your postcode"), help_text=gettext_lazy("Like LS1 1UR"))
    phone = PhoneField(label=gettext_lazy("Your telephone number"), required=False)
    people = forms.IntegerField(label=gettext_lazy("How many people would it help?"), min_value=1)
    day = DayField(label=gettext_lazy("When could it start?"), help_text=gettext_lazy("Like 27 11 2026"))
    closes = WhenField(label=gettext_lazy("When does it close?"), help_text=gettext_lazy("Like 30 October 2026 23:59"))
    picture = forms.FileField(label=gettext_lazy("A picture"), required=False)
    sure = forms.BooleanField(label=gettext_lazy("I have read how my words will be used"))


def square(west: float, south: float, size: float = 0.03) -> dict[str, Any]:
    east, north = west + size, south + size * 0.7
    ring = [[west, south], [east, south + 0.004], [east - 0.003, north], [west + 0.004, north - 0.002], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def samples() -> dict[str, Any]:
    return {
        "groups_of_opinion": [("A", 24), ("B", 17)],
        "cloud_of_opinion": [
            *([0, 260 + 40 * (n % 5), 200 + 36 * (n // 5)] for n in range(20)),
            *([1, 660 + 34 * (n % 4), 260 + 40 * (n // 4)] for n in range(15)),
        ],
        "rows_of_opinion": [
            (_("Everyone"), [31, 11, 6], ""),
            (_("Group A"), [22, None, None], _("Most agree")),
            (_("Group B"), [9, 8, 5], _("Split")),
        ],
        "now": NOW,
        "sample_changes": [
            {"what": "same", "words": _("A seat at the")},
            {"what": "out", "words": _(" bus stop")},
            {"what": "in", "words": _(" market, with a back to lean on")},
        ],
        "sample_sides": [
            {
                "stance": "for",
                "title": _("Points for"),
                "empty": "",
                "comments": [
                    {
                        "pk": 1,
                        "text": _("My mother cannot walk the whole way without sitting down."),
                        "name_shown": "",
                        "sent_at": NOW,
                        "shown_replies": [{"words": _("We have asked what a seat would cost."), "at": NOW}],
                    }
                ],
            },
            {
                "stance": "against",
                "title": _("Points against"),
                "empty": _("Nobody has given one yet."),
                "comments": [],
            },
            {"stance": "question", "title": _("Questions"), "empty": _("Nobody has asked yet."), "comments": []},
        ],
        "opens_at": NOW - dt.timedelta(days=6),
        "closes_at": dt.datetime(2026, 11, 27, 17, 0, tzinfo=dt.UTC),
        "on": dt.date(2026, 10, 14),
        "rows": [
            (_("More benches along the river path"), 118),
            (_("A crossing by the school"), 87),
            (_("Longer library hours"), 31),
            (_("None of these"), None),
        ],
        "stack": [
            {
                "label": _("Community grants"),
                "note": _("One grant is £5,000 at most"),
                "all_pence": 2_000_000,
                "awarded_pence": 1_200_000,
                "paid_pence": 450_000,
            },
            {
                "label": _("Small grants"),
                "depth": 1,
                "all_pence": 300_000,
                "awarded_pence": 120_000,
                "paid_pence": 120_000,
            },
        ],
        "money": [
            (_("Somewhere warm to meet"), "#need", 820_000),
            (_("A safe way to school"), "", 500_050),
        ],
        "loop_links": {"heard": "#heard", "understood": "#understood"},
        "steps": [
            {
                "label": _("Heard"),
                "title": _("12 people at the library talked about getting about"),
                "href": "#1",
                "when": dt.date(2026, 3, 4),
                "text": _("“I would walk more if there was somewhere to sit.”"),
            },
            {
                "label": _("Understood"),
                "title": _("Somewhere to rest on the way"),
                "href": "#2",
                "when": dt.date(2026, 4, 20),
            },
            {"label": _("Decided"), "title": _("Six benches, £3,400"), "href": "#3", "when": dt.date(2026, 9, 2)},
            {"label": _("Done"), "title": _("The benches are in"), "href": "#4", "when": dt.date(2026, 11, 1)},
        ],
        "stages": [
            {"label": _("Propose"), "state": "done", "when": dt.date(2026, 9, 1)},
            {"label": _("Check"), "state": "done", "when": dt.date(2026, 10, 1)},
            {"label": _("Vote"), "state": "now", "when": dt.date(2026, 11, 20)},
            {"label": _("Award"), "state": "next", "when": dt.date(2026, 12, 4)},
            {"label": _("Report"), "state": "next"},
        ],
        "cards": [
            {
                "title": "Oakhill and Fernside",
                "href": "#oakhill",
                "seed": "oakhill",
                "text": _("Two villages and the valley between."),
                "meta": _("3 things open"),
            },
            {
                "title": "Marketgate",
                "href": "#marketgate",
                "seed": "marketgate",
                "status": _("Voting now"),
                "tone": "open",
                "text": _("The old town and its market."),
            },
            {
                "title": "Saltmarsh",
                "href": "#saltmarsh",
                "seed": "saltmarsh",
                "status": _("Decided"),
                "tone": "decided",
                "text": _("Along the estuary."),
            },
        ],
        "page": Paginator(range(240), 20).page(4),
        "crumbs": [(_("Boards"), "#boards"), ("Oakhill", "#oakhill"), (_("Needs"), "")],
        "groups": [
            {
                "name": "board",
                "label": _("Board"),
                "options": [
                    {"value": "", "label": _("All boards"), "selected": True},
                    {"value": "oakhill", "label": "Oakhill", "count": 12},
                ],
            },
            {
                "name": "status",
                "label": _("Status"),
                "options": [
                    {"value": "", "label": _("Any"), "selected": True},
                    {"value": "open", "label": _("Open"), "count": 3},
                ],
            },
        ],
        "answers": [
            (_("Your idea"), _("Benches by the river"), "#title", _("your idea")),
            (_("Where"), "Oakhill", "#ward", _("where")),
            (_("Cost"), "£3,400", "#cost", _("the cost")),
        ],
        "amounts": [
            {"label": _("Stage lights"), "pence": 700000, "taken_pence": 300000, "text": _("takes £3,000")},
            {"label": _("Cold water school"), "pence": 250000, "taken_pence": 450000, "text": _("takes £4,500")},
            {"label": _("Swings"), "pence": 250000, "taken_pence": 0, "text": _("passed over")},
        ],
        "outcomes": [
            {
                "number": 4,
                "title": _("Swings"),
                "group": "Castle Green Tenants",
                "href": "#swings",
                "votes": 52,
                "cost_pence": 310000,
                "status": _("Reserve"),
                "tone": "waiting",
                "because": _("It cost £3,100 and only £2,500 was left when its turn came."),
                "change": _("It is next if the board adds £600."),
            }
        ],
        "facts": [(_("Opened"), "1 November 2026"), (_("People who took part"), "240")],
        "shapes": [
            {"name": "Oakhill", "href": "#oakhill", "geometry": square(-1.60, 53.80), "text": _("3 things open")},
            {"name": "Marketgate", "href": "#marketgate", "geometry": square(-1.567, 53.803)},
            {"name": "Saltmarsh", "href": "#saltmarsh", "geometry": square(-1.592, 53.777)},
        ],
        "points": [
            {"name": _("River path bench"), "href": "#bench", "lon": -1.585, "lat": 53.81},
            {"name": _("School crossing"), "href": "#crossing", "lon": -1.552, "lat": 53.815},
        ],
        "blank_form": SampleForm(),
        "wrong_form": wrong_form("wrong"),
        "summary_form": wrong_form("summary"),
    }


def wrong_form(name: str) -> SampleForm:
    return SampleForm(
        {
            "title": "",
            "cost_pence": "1.250,50",
            "postcode": "nowhere",
            "people": "0",
            "day_day": "31",
            "day_month": "2",
            "day_year": "2026",
            "form_token": "3f2b8c1e-4a55-4d6e-9f0b-0c8e6f1f2a10",
        },
        auto_id=f"{name}_%s",
    )
