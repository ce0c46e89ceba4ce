"""From an idea to a proposal: its text, place, need and writers come along, and both pages show the way."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from engagement.funding.models import FundingRound, Proposal
from engagement.ideas.models import Idea
from engagement.ideas.onward import Onward
from engagement.ideas.permissions import writes
from engagement.ideas.queries import shown_ideas

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person


def idea_named(reference: str, round: FundingRound) -> Idea | None:
    """Give the shown idea of the round's board with this reference; None for another, or for no reference at all."""
    if not reference:
        return None
    ideas = shown_ideas().filter(call__activity__board=round.activity.board_id)
    return (
        ideas.select_related("call__activity__board", "place", "need").filter(reference=reference[:9].upper()).first()
    )


def boxes_from(idea: Idea) -> dict[str, Any]:
    """Give what the one-page form begins with: nothing of the idea is lost, all of it can be changed."""
    where = ", ".join(filter(None, [idea.place_words, idea.place.name if idea.place else ""]))
    return {
        "title": idea.title,
        "summary": idea.text,
        "who_benefits": idea.who_it_helps,
        "place": where[:120],
        "needs": [idea.need.pk] if idea.need else [],
        "from_idea": idea.reference,
    }


def idea_of(proposal: Proposal) -> Idea | None:
    """Give the idea a proposal came from, while everyone may see it."""
    if proposal.from_idea_id is None:
        return None
    rows = Idea.objects.readable().select_related("call__activity__board")
    return rows.filter(pk=proposal.from_idea_id).first()


def ways_on(idea: Idea, person: Person | AnonymousUser, now: datetime) -> list[Onward]:
    """Give the proposals made from an idea, and for its writers the rounds that take proposals now."""
    made = Proposal.objects.shown().filter(from_idea=idea, round__activity__is_draft=False)
    found = [
        Onward(
            _("A proposal for money: %(title)s") % {"title": proposal.title},
            proposal.get_absolute_url(),
            str(proposal.get_standing_display()),
        )
        for proposal in made.select_related("round__activity__board").order_by("pk")
    ]
    if not idea.is_shown or idea.merged_into_id or not writes(person, idea):
        return found
    rounds = FundingRound.objects.filter(
        activity__board=idea.call.activity.board_id, activity__is_draft=False, activity__is_unlisted=False,
        activity__opens_at__lte=now, proposals_close_at__gt=now,
    ).select_related("activity__board")  # fmt: skip
    return found + [
        Onward(
            _("Carry it into “%(round)s” and ask for money") % {"round": round.title},
            f"{round.address('propose')}?idea={idea.reference}",
            _("Its words, place and need come along."),
        )
        for round in rounds.order_by("proposals_close_at", "pk")[:5]
    ]
