"""The ballot, and the desk's forms for a poll."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from boards.people.desk import BoardForm
from boards.people.desk_forms import DeskForm
from boards.places.models import Board
from components.forms import shows_nothing, without_hidden_characters
from engagement.activities.forms import LondonField, StandingForm
from engagement.activities.models import Activity, Audience
from engagement.evidence.actions.recording import WORDINGS
from engagement.evidence.models import Consent, EvidenceLink, Need
from engagement.moderation.guarding import add_guard
from engagement.polls import actions
from engagement.polls.models import (
    LONGEST_CHOICE,
    LONGEST_END,
    LONGEST_WHY,
    MANY_ANSWERS,
    MOST_CHOICES,
    OWN_CHOICES,
    Choice,
    Kind,
    Poll,
    Why,
)
from engagement.polls.permissions import may_reword
from engagement.polls.rules import FEWEST_STEPS, MOST_PLACES, MOST_STEPS, Fault, fault_of_ranking


class FacesSelect(forms.RadioSelect):
    """Five faces, each with its words: the picture alone never says it."""

    template_name = "polls/faces.html"
    keeps_own_template = True


class RankingWidget(forms.Widget):
    """A box for a number beside each choice. With scripts there are buttons to move it up and down as well."""

    template_name = "polls/ranking.html"
    keeps_own_template = True
    use_fieldset = True
    options: Sequence[tuple[str, str]] = ()
    most = 1

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {key: str(data.get(f"{name}_{key}") or "") for key, _label in self.options}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(f"{name}_{key}" not in data for key, _label in self.options)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{self.options[0][0]}" if id_ and self.options else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        typed = value if isinstance(value, dict) else {}
        id_ = context["widget"]["attrs"].get("id", name)
        context["widget"] |= {
            "most": self.most,
            "rows": [
                {"name": f"{name}_{key}", "id": f"{id_}_{key}", "label": label, "value": typed.get(key, "")}
                for key, label in self.options
            ],
        }
        return context


class RankingField(forms.Field):
    """The numbers typed beside choices, as {choice's key: place}."""

    widget = RankingWidget
    least = 1
    most = 1

    def clean(self, value: Any) -> dict[int, int]:
        places: dict[int, int] = {}
        for key, typed in (value or {}).items():
            if not typed.strip():
                continue
            if not re.fullmatch(r"[0-9]{1,3}", typed.strip(), re.ASCII):
                raise forms.ValidationError(_("Write whole numbers only, such as 1, 2 and 3."), code="invalid")
            places[int(key)] = int(typed)
        fault = fault_of_ranking(list(places.values()), least=self.least, most=self.most)
        if fault is not None:
            raise forms.ValidationError(self.sentence(fault), code=fault.what)
        return places

    def sentence(self, fault: Fault) -> Any:
        if fault.what == "few":
            return ngettext(
                "Give a number to %(n)d choice or more. Start with 1 for the one you like best.",
                "Give a number to %(n)d choices or more. Start with 1 for the one you like best.",
                self.least,
            ) % {"n": self.least}
        words = {
            "outside": _("Use the numbers from 1 to %(most)d. %(number)d is not one of them."),
            "twice": _("Use each number once. %(number)d is there more than once."),
            "gap": _("Leave no number out. %(number)d is missing."),
        }
        return words[fault.what] % {"number": fault.number, "most": self.most}


class BallotForm(StandingForm):
    """What a vote in this poll holds, why if it asks, and where the voter stands if we do not know.

    After `is_valid`, `marks` is what actions.cast_vote takes, `why` and `may_quote` go with it.
    `changing`: the voter has voted and may change it, so why is not asked a second time.
    """

    choice = forms.ChoiceField(widget=forms.RadioSelect)
    chosen = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    places = RankingField()
    why = forms.CharField(
        label=_("Why? In your own words"),
        max_length=LONGEST_WHY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    may_quote = forms.BooleanField(label=WORDINGS[Consent.Scope.QUOTE], required=False)

    def __init__(self, *args: Any, poll: Poll, changing: bool = False, **kwargs: Any) -> None:
        self.poll = poll
        self.changing = changing
        self.choices_by_key = {str(choice.pk): choice for choice in poll.choices.all()}
        super().__init__(*args, activity=poll.activity, **kwargs)
        asked = {Kind.SEVERAL: "chosen", Kind.RANKING: "places"}.get(Kind(poll.kind), "choice")
        for name in {"choice", "chosen", "places"} - {asked}:
            del self.fields[name]
        if changing or not poll.asks_why:
            del self.fields["why"], self.fields["may_quote"]
        else:
            self.fields["why"].help_text = _(
                "%(counted)s An officer reads it first. It is kept without your name, and not with your vote. "
                "Leave out what would tell who you are."
            ) % {"counted": WORDINGS[Consent.Scope.EVIDENCE]}
            add_guard(self.fields)
        field: Any = self.fields[asked]
        field.label = poll.question
        options = list(zip(self.choices_by_key, poll.worded_choices, strict=True))
        if asked == "places":
            field.least, field.most = poll.least or 1, poll.most or 1
            field.widget.options, field.widget.most, field.widget.kind = options, field.most, "group"
            field.help_text = how_many_places(field.least, field.most)
        else:
            if poll.kind == Kind.FACES:
                field.widget = FacesSelect()
                field.widget.kind, field.widget.is_inline = "radios", False
            field.choices = options
        if asked == "chosen":
            field.help_text = how_many(poll.least or 1, poll.most or 1, of=len(options))
        elif asked == "choice":
            field.error_messages["required"] = _("Choose one answer.")
        field.widget.is_heading = True

    def clean_choice(self) -> Choice:
        return self.choices_by_key[self.cleaned_data["choice"]]

    def clean_chosen(self) -> list[Choice]:
        chosen = [self.choices_by_key[key] for key in dict.fromkeys(self.cleaned_data["chosen"])]
        least, most = self.poll.least or 1, self.poll.most or 1
        if len(chosen) < least:
            raise forms.ValidationError(
                _("Choose %(least)d or more. You chose %(n)d."), code="few", params={"least": least, "n": len(chosen)}
            )
        if len(chosen) > most:
            raise forms.ValidationError(
                _("Choose %(most)d or fewer. You chose %(n)d."), code="many", params={"most": most, "n": len(chosen)}
            )
        return chosen

    @property
    def marks(self) -> dict[int, int]:
        """The vote: each choice it holds with its place, or with 1."""
        if "places" in self.cleaned_data:
            places: dict[int, int] = self.cleaned_data["places"]
            return places
        chosen = self.cleaned_data["chosen"] if "chosen" in self.cleaned_data else [self.cleaned_data["choice"]]
        return {choice.pk: 1 for choice in chosen}

    @property
    def words(self) -> dict[str, Any]:
        """Why, for actions.cast_vote."""
        return {
            "why": self.cleaned_data.get("why", "").strip(),
            "may_quote": self.cleaned_data.get("may_quote", False),
        }

    def kept_vote(self) -> dict[str, Any]:
        """Give what to keep until they have signed in, in plain values: the vote, why, and where they stand."""
        return {"marks": [list(each) for each in self.marks.items()], **self.words, **self.kept_standing()}


def typed_again(poll: Poll, kept: Mapping[str, Any], marks: Mapping[int, int]) -> dict[str, Any]:
    """Give a kept vote as the form's fields, so that it can be sent once more."""
    typed: dict[str, Any] = {"why": kept.get("why", ""), **({"may_quote": "on"} if kept.get("may_quote") else {})}
    if poll.kind == Kind.RANKING:
        return typed | {f"places_{pk}": str(place) for pk, place in marks.items()}
    if poll.kind == Kind.SEVERAL:
        return typed | {"chosen": [str(pk) for pk in marks]}
    return typed | {"choice": str(next(iter(marks)))}


def how_many(least: int, most: int, *, of: int) -> Any:
    """Say how many choices a vote holds."""
    if least == most:
        return _("Choose %(most)d.") % {"most": most}
    if most == of:
        return _("Choose as many as you like.") if least == 1 else _("Choose %(least)d or more.") % {"least": least}
    return _("Choose from %(least)d to %(most)d.") % {"least": least, "most": most}


def how_many_places(least: int, most: int) -> Any:
    words = _("Write 1 beside the one you like best, 2 beside the next, and so on, up to %(most)d.") % {"most": most}
    if least == most:
        return words
    few = ngettext("Give at least %(n)d number.", "Give at least %(n)d numbers.", least) % {"n": least}
    return f"{words} {few}"


# The rungs that a poll can ask for today; the codes and checks of the others have no screens yet.
RUNGS = [choice for choice in Audience.choices if choice[0] <= Audience.EMAIL]


KIND_HINTS = {
    Kind.ONE_CHOICE: _("People choose one of the answers that you write."),
    Kind.SEVERAL: _("People choose some of the answers that you write. You say how many."),
    Kind.YES_NO: _("The answers are Yes, No and Not sure."),
    Kind.SCALE: _("People choose a step from 2 to 11. You write what the two ends mean."),
    Kind.RANKING: _("People number the answers that you write, with 1 for the best."),
    Kind.FACES: _("People choose one of five faces with words, from very unhappy to very happy."),
}
ASKED_BY_KIND = {
    "choices_text": OWN_CHOICES,
    "least": MANY_ANSWERS,
    "most": MANY_ANSWERS,
    "steps": (Kind.SCALE,),
    "low_label": (Kind.SCALE,),
    "high_label": (Kind.SCALE,),
}
"""The fields that only some kinds ask."""


class PollForm(BoardForm):
    """A whole poll on one page: question, choices one a line, dates in London, who, and what it serves.

    It asks what its kind asks and no more. The kind is the one sent with it, else the one given, else the poll's.
    """

    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.all())
    title = forms.CharField(
        label=_("Short title"), max_length=150, help_text=_("For lists and links, such as: Swings or benches?")
    )
    slug = forms.SlugField(
        label=_("Address"),
        max_length=70,
        required=False,
        help_text=_("The end of its address. Leave empty and we make it from the title."),
    )
    summary = forms.CharField(
        label=_("In a few sentences, why you ask and what will follow"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    choices_text = forms.CharField(
        label=_("Choices"),
        max_length=(LONGEST_CHOICE + 2) * MOST_CHOICES,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One on each line, from 2 to 20."),
    )
    least = forms.IntegerField(
        label=_("How many at least"), min_value=1, max_value=MOST_CHOICES, initial=1, help_text=_("Usually 1.")
    )
    most = forms.IntegerField(
        label=_("How many at most"),
        min_value=1,
        max_value=MOST_CHOICES,
        required=False,
        help_text=_("Leave empty for all of them."),
    )
    steps = forms.IntegerField(
        label=_("How many steps"),
        min_value=FEWEST_STEPS,
        max_value=MOST_STEPS,
        initial=5,
        help_text=_("From 2 to 11. Eleven steps are numbered 0 to 10, others from 1."),
    )
    low_label = forms.CharField(
        label=_("What the lowest step means"), max_length=LONGEST_END, help_text=_("Such as: Not safe at all")
    )
    high_label = forms.CharField(
        label=_("What the highest step means"), max_length=LONGEST_END, help_text=_("Such as: Very safe")
    )
    kind = forms.ChoiceField(choices=Kind.choices, required=False, widget=forms.HiddenInput)
    asks_why = forms.BooleanField(
        label=_("Ask why, in a box they can leave empty"),
        required=False,
        help_text=_("An officer reads the words first. They are kept without a name and not with the vote."),
    )
    may_change = forms.BooleanField(
        label=_("People may change their vote until it closes"),
        required=False,
        help_text=_("For that each vote is kept, sealed, until then. The page says so. Fixed by the first vote."),
    )
    opens_at = LondonField(label=_("Opens"), help_text=_("London time, such as: 30 October 2026 9am"))
    closes_at = LondonField(
        label=_("Closes"),
        required=False,
        help_text=_("London time, such as: 30 October 23:59. Leave empty and it stays open."),
    )
    audience = forms.TypedChoiceField(
        label=_("Who can vote"), choices=RUNGS, coerce=int, widget=forms.RadioSelect, initial=Audience.EMAIL
    )
    results_show = forms.ChoiceField(
        label=_("When results show"),
        choices=Activity.ResultsShow.choices,
        widget=forms.RadioSelect,
        initial=Activity.ResultsShow.AFTER_CLOSING,
    )
    needs = forms.ModelMultipleChoiceField(
        label=_("Needs it serves"),
        queryset=Need.objects.select_related("board"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Poll
        fields = ["question"]

    field_order = [
        *("kind", "board", "title", "question", "choices_text", "least", "most", "steps", "low_label", "high_label"),
        *("asks_why", "may_change", "summary", "opens_at", "closes_at"),
    ]

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked_kind = self._kind(kind)
        self.initial["kind"] = self.asked_kind
        for name, kinds in ASKED_BY_KIND.items():
            if self.asked_kind not in kinds:
                del self.fields[name]
        if self.asked_kind == Kind.RANKING:
            self.fields["most"].help_text = _("The last number people may give, up to 10. Leave empty for all of them.")
        boards = self.fields["board"].queryset  # type: ignore[attr-defined]
        needs = self.fields["needs"]
        needs.queryset = needs.queryset.filter(board__in=boards).order_by("board__name", "title")  # type: ignore[attr-defined]
        needs.label_from_instance = lambda need: f"{need.title} ({need.board.name})"  # type: ignore[attr-defined]
        self.is_fixed = False
        if self.instance.pk is None:
            return
        activity = self.instance.activity
        self.initial |= {
            name: getattr(activity, name)
            for name in ("board", "title", "slug", "summary", "opens_at", "closes_at", "audience", "results_show")
        }
        self.initial["needs"] = list(activity.needs.values_list("pk", flat=True))
        for name in ("least", "most", "steps", "low_label", "high_label", "asks_why", "may_change"):
            if (value := getattr(self.instance, name)) not in (None, ""):
                self.initial[name] = value
        if self.instance.writes_choices:
            self.initial["choices_text"] = "\n".join(self.instance.choices.values_list("text", flat=True))
        del self.fields["board"]
        needs.queryset = needs.queryset.filter(board=activity.board)  # type: ignore[attr-defined]
        if not activity.is_draft:
            del self.fields["slug"]
        if not self.may_be_reworded:
            self.is_fixed = True
            fixed = {"question", "opens_at", "audience", "asks_why", "may_change", *ASKED_BY_KIND}
            for name in fixed & set(self.fields):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Fixed, because people have voted.")

    @cached_property
    def may_be_reworded(self) -> bool:
        """Asked once for the whole form."""
        return bool(may_reword(self.instance))

    def _kind(self, given: str) -> str:
        if self.instance.pk is not None and not self.may_be_reworded:
            return str(self.instance.kind)
        sent = str(self.data.get("kind", "")) if self.is_bound else ""
        return next((each for each in (sent, given) if each in Kind.values), str(self.instance.kind))

    @property
    def kind_label(self) -> str:
        return str(Kind(self.asked_kind).label)

    def clean_kind(self) -> str:
        return self.asked_kind

    def clean_low_label(self) -> str:
        return one_line(self.cleaned_data["low_label"])

    def clean_high_label(self) -> str:
        return one_line(self.cleaned_data["high_label"])

    def clean_question(self) -> str:
        return without_hidden_characters(self.cleaned_data["question"])[0].strip()

    def clean_choices_text(self) -> list[str]:
        lines = without_hidden_characters(self.cleaned_data["choices_text"])[0].split("\n")
        texts = [" ".join(line.split()) for line in lines if line.strip()]
        if not 2 <= len(texts) <= MOST_CHOICES:
            raise forms.ValidationError(
                _("Give from 2 to 20 choices, one on each line. There are %(n)s now."), params={"n": len(texts)}
            )
        too_long = [text for text in texts if len(text) > LONGEST_CHOICE]
        if too_long:
            raise forms.ValidationError(
                _("This choice has more than %(most)s characters: %(text)s"),
                params={"most": LONGEST_CHOICE, "text": too_long[0]},
            )
        seen: set[str] = set()
        for text in texts:
            if text.casefold() in seen:
                raise forms.ValidationError(_("The same choice stands twice: %(text)s"), params={"text": text})
            seen.add(text.casefold())
        return texts

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It must close after it opens."))
        if cleaned.get("may_change") and "closes_at" in cleaned and closes is None:
            self.add_error("closes_at", _("Where people may change their vote, say when it closes."))
        self._clean_how_many(cleaned)
        board = self.instance.activity.board if self.instance.pk else cleaned.get("board")
        if board and any(need.board_id != board.pk for need in cleaned.get("needs", ())):
            self.add_error("needs", _("Choose needs of the poll's own board."))
        return cleaned

    def _clean_how_many(self, cleaned: dict[str, Any]) -> None:
        if self.asked_kind not in MANY_ANSWERS or "choices_text" not in cleaned or "most" not in cleaned:
            return
        there = len(cleaned["choices_text"])
        top = min(there, MOST_PLACES) if self.asked_kind == Kind.RANKING else there
        most = cleaned["most"] = top if cleaned["most"] is None else cleaned["most"]
        if most > top:
            self.add_error("most", _("This can be %(top)d at most.") % {"top": top})
        elif cleaned.get("least") and cleaned["least"] > most:
            self.add_error(
                "least", _("This cannot be more than the number at most, which is %(most)d.") % {"most": most}
            )

    def notes(self) -> list[str]:
        """Give what to say of the times after saving: each one that happens twice."""
        return [
            f"{self.fields[name].label}: {self.fields[name].note}"  # type: ignore[attr-defined]
            for name in ("opens_at", "closes_at")
            if getattr(self.fields[name], "note", "")
        ]

    def save(self, commit: bool = True) -> Poll:
        given = {
            name: self.cleaned_data.get(name)
            for name in ("title", "summary", "opens_at", "closes_at", "audience", "results_show", "slug")
        }
        given |= {
            name: self.cleaned_data[name]
            for name in ("kind", "least", "most", "steps", "low_label", "high_label", "asks_why", "may_change")
            if name in self.cleaned_data
        }
        given |= {
            "question": self.cleaned_data["question"],
            "choices": self.cleaned_data.get("choices_text", []),
            "needs": self.cleaned_data["needs"],
            "by": self.for_user,
        }
        if self.instance.pk is None:
            saved = actions.draft_poll(board=self.cleaned_data["board"], **given)
        else:
            saved = actions.change_poll(poll=self.instance, **given)
        self.instance = saved
        return saved


class CloseForm(DeskForm):
    why = forms.CharField(
        label=_("Why does it close early?"),
        max_length=200,
        help_text=_("Shown on the poll's page and kept in the log."),
    )


def one_line(text: str) -> str:
    """Give what was typed in one line; "" where nothing of it can be seen."""
    line = " ".join(without_hidden_characters(text)[0].split())
    return "" if shows_nothing(line) else line


def seen(text: str) -> str:
    """Give it in one line; refuse what nobody could see."""
    line = one_line(text)
    if not line:
        raise forms.ValidationError(_("Write some words."))
    return line


class PutRightForm(DeskForm):
    what = forms.ChoiceField(label=_("What has the slip"), widget=forms.RadioSelect)
    became = forms.CharField(label=_("As it should be"), max_length=200)
    why = forms.CharField(
        label=_("What was wrong"),
        max_length=200,
        help_text=_("Shown on the poll's page, such as: a letter was missing."),
    )

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices_by_key = {str(choice.pk): choice for choice in poll.choices.all()} if poll.writes_choices else {}
        self.ends = {"low_label": poll.low_label, "high_label": poll.high_label} if poll.kind == Kind.SCALE else {}
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            ("question", poll.question),
            *self.ends.items(),
            *((key, choice.text) for key, choice in self.choices_by_key.items()),
        ]

    def clean_became(self) -> str:
        return seen(self.cleaned_data["became"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        became = cleaned.get("became", "")
        if cleaned.get("what") in self.choices_by_key and len(became) > LONGEST_CHOICE:
            self.add_error("became", _("A choice has at most 120 characters."))
        if cleaned.get("what") in self.ends and len(became) > LONGEST_END:
            self.add_error("became", _("The words at an end have at most 60 characters."))
        return cleaned

    @property
    def choice(self) -> Choice | None:
        return self.choices_by_key.get(self.cleaned_data["what"])

    @property
    def of_the_poll(self) -> str:
        """Which words of the poll itself, where it is no choice."""
        return self.cleaned_data["what"] if self.cleaned_data["what"] in self.ends else "question"


class EvidenceForm(DeskForm):
    """Makes someone's words evidence: of a need of the board, where one fits."""

    need = forms.ModelChoiceField(
        label=_("Which need do they bear on?"),
        queryset=Need.objects.none(),
        required=False,
        empty_label=_("None yet"),
    )
    relation = forms.ChoiceField(
        label=_("How they bear on it"),
        choices=EvidenceLink.Relation.choices,
        initial=EvidenceLink.Relation.SUPPORTS,
        required=False,
    )

    def __init__(self, *args: Any, why: Why, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs: Any = self.fields["need"]
        needs.queryset = Need.objects.current().filter(board=why.poll.activity.board_id).order_by("title")

    def clean_relation(self) -> str:
        return self.cleaned_data["relation"] or EvidenceLink.Relation.SUPPORTS
