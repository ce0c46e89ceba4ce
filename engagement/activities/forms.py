"""Forms that polls, ideas and funding share: where someone stands, and when something opens and closes.

class BallotForm(StandingForm):
    choice = forms.ChoiceField(...)

form = BallotForm(request.POST or None, activity=poll.activity, person=request.user)
if form.is_valid():
    form.area             # the Area they said, or None when it was not asked
    form.kept_standing()  # plain values for boards.people.pending.keep, and back through
                          # activities.actions.say_what_was_kept
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Standing
from boards.places.models import Area, Postcode
from components.forms import PostcodeField, PublicForm, WhenField
from engagement.activities import queries
from engagement.activities.models import Activity
from engagement.activities.permissions import needs_standing
from engagement.activities.rules import with_year

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person

NOT_ON_OUR_LIST = _(
    "We cannot find that postcode. Check it for slips. If it is right, it may be new: "
    "ring the board or ask at a library, and they will help you take part."
)
NOT_IN_THIS_BOARD = _(
    "That postcode is not in %(board)s. If you live, work or study here in another way, use that postcode. "
    "If not, find your own board from our home page, or ring us or ask at a library."
)


class StandingForm(PublicForm):
    """Asks last where someone lives, works or studies, if the activity's rung needs it and we do not know.

    The postcode is looked up and forgotten: only the ward is kept. `stands` may be given by a
    caller who has already looked; else the form asks the database once.
    """

    reason = forms.ChoiceField(
        label=_("Which of these is true for you?"), choices=Standing.Reason.choices, widget=forms.RadioSelect
    )
    postcode = PostcodeField(
        label=_("The postcode of that place"),
        help_text=_("We use it to find your ward. We do not keep the postcode."),
    )

    def __init__(
        self,
        *args: Any,
        activity: Activity,
        person: Person | AnonymousUser,
        stands: bool | None = None,
        **kwargs: Any,
    ) -> None:
        self.activity = activity
        self.area: Area | None = None
        asks = asks_standing(activity, person, stands=stands)
        if not asks:
            # Before the form copies its fields: most people are known, and a vote is little more than this.
            self.base_fields = {name: field for name, field in self.base_fields.items() if name not in STANDING_FIELDS}
        super().__init__(*args, **kwargs)
        if asks:
            self.order_fields([*(name for name in self.fields if name not in STANDING_FIELDS), *STANDING_FIELDS])

    @property
    def asks_standing(self) -> bool:
        return "postcode" in self.fields

    def clean_postcode(self) -> str:
        postcode: str = self.cleaned_data["postcode"]
        try:
            self.area = queries.area_in_board(postcode, self.activity.board)
        except Postcode.DoesNotExist:
            raise forms.ValidationError(NOT_ON_OUR_LIST, code="unknown") from None
        if self.area is None:
            raise forms.ValidationError(NOT_IN_THIS_BOARD, code="elsewhere", params={"board": self.activity.board.name})
        return postcode

    def kept_standing(self) -> dict[str, Any]:
        """Give what to keep until they have signed in: the reason and the ward, never the postcode."""
        if self.area is None:
            return {}
        return {"reason": self.cleaned_data["reason"], "area": self.area.pk}


STANDING_FIELDS = ("reason", "postcode")


def asks_standing(activity: Activity, person: Person | AnonymousUser, *, stands: bool | None = None) -> bool:
    """Tell whether someone must say where they live, work or study before this counts."""
    if not needs_standing(activity):
        return False
    if stands is None:
        stands = queries.standing_of(person, activity.board_id, timezone.localdate()) is not None
    return not stands


class LondonField(WhenField):
    """A deadline as officers type it: WhenField, and the year may be left out ("30 October 23:59").

    It means London. `note` says so when the time happens twice and the first is taken; a time
    that does not happen is refused in words.
    """

    def clean(self, value: object) -> dt.datetime | None:  # type: ignore[override]
        if isinstance(value, dt.datetime):  # a disabled field hands back its own moment
            return value
        if isinstance(value, str):
            value = with_year(value, timezone.localdate())
        return super().clean(value)
