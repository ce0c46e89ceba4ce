"""Writing a vote into the counts. Called by actions, inside the transaction that holds the poll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Case, F, PositiveIntegerField, When

from engagement.polls.models import Choice, Kind, PlaceTally, Poll, Tally, Voters


def count(*, poll: Poll, marks: Mapping[int, int], channel: str, instead_of: Mapping[int, int] | None = None) -> None:
    """Add one vote: `marks` gives each choice it holds its place, or 1 where there are no places.

    `instead_of` is the vote that it takes the place of. Every row of the channel is written each
    time, so that no row's version names what the last voter chose.
    """
    choices = list(poll.choices.all())
    if poll.kind == Kind.RANKING:
        _add_places(poll, choices, marks, channel, instead_of or {})
    else:
        _add_choices(poll, choices, marks, channel, instead_of or {})
    if not poll.has_one_answer and instead_of is None:
        _add_voter(poll, channel)


def _add_choices(
    poll: Poll, choices: Sequence[Choice], marks: Mapping[int, int], channel: str, old: Mapping[int, int]
) -> None:
    adding = {pk: (pk in marks) - (pk in old) for pk in {*marks, *old}}
    tallies = Tally.objects.filter(choice__poll=poll, channel=channel)
    whens = [When(choice_id=pk, then=F("votes") + add) for pk, add in sorted(adding.items()) if add]
    written = tallies.update(votes=_case(whens))
    if written < len(choices):
        # The first vote by this channel. A second pass over new rows of nought, still under the lock.
        before = set(tallies.values_list("choice_id", flat=True)) if written else set()
        Tally.objects.bulk_create(
            [
                Tally(choice=each, channel=channel, votes=adding.get(each.pk, 0))
                for each in choices
                if each.pk not in before
            ]
        )


def _add_places(
    poll: Poll, choices: Sequence[Choice], marks: Mapping[int, int], channel: str, old: Mapping[int, int]
) -> None:
    adding = {place: (place in marks.items()) - (place in old.items()) for place in {*marks.items(), *old.items()}}
    tallies = PlaceTally.objects.filter(choice__poll=poll, channel=channel)
    whens = [
        When(choice_id=pk, place=place, then=F("votes") + add) for (pk, place), add in sorted(adding.items()) if add
    ]
    written = tallies.update(votes=_case(whens))
    places = range(1, (poll.most or 0) + 1)
    if written < len(choices) * len(places):
        before = set(tallies.values_list("choice_id", "place")) if written else set()
        PlaceTally.objects.bulk_create(
            [
                PlaceTally(choice=each, place=place, channel=channel, votes=adding.get((each.pk, place), 0))
                for each in choices
                for place in places
                if (each.pk, place) not in before
            ]
        )


def _case(whens: Sequence[When]) -> Case:
    return Case(*whens, default=F("votes"), output_field=PositiveIntegerField())


def _add_voter(poll: Poll, channel: str) -> None:
    if not Voters.objects.filter(poll=poll, channel=channel).update(people=F("people") + 1):
        Voters.objects.create(poll=poll, channel=channel, people=1)
