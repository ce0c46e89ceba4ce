"""Every kind of poll through its form: with what it must have, without it, and counted as it should be."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.urls import reverse

from engagement.activities.models import Activity, Audience, TakingPart
from engagement.polls import actions, queries
from engagement.polls.models import KeptVote, Kind, PlaceTally, Poll, Tally, Voters
from tests.factories import make_board, make_person, make_postcode
from tests.polls.factories import choice_of, make_poll, marks_of
from tests.polls.test_actions import in_threads
from tests.polls.test_views import keep_session_and_sign_in

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def at(name, poll, *more):
    return reverse(f"polls:{name}", args=[poll.activity.board.slug, poll.activity.slug, *more])


def send(client, poll, *, follow=True, **typed):
    return client.post(at("vote", poll), typed, follow=follow)


def ranked(poll, **places):
    return {f"places_{choice_of(poll, text).pk}": str(place) for text, place in places.items()}


def chosen(poll, *texts):
    return {"chosen": [str(choice_of(poll, text).pk) for text in texts]}


def counted(poll):
    return dict(Tally.objects.filter(choice__poll=poll).values_list("choice__text", "votes"))


# --- one of the platform's own choices -----------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        (Kind.YES_NO, "Not sure", "Not sure"),
        (Kind.SCALE, "1", "1 – Not safe"),
        (Kind.SCALE, "5", "5 – Very safe"),
        (Kind.SCALE, "3", "3"),
        (Kind.FACES, "Very happy", "Very happy"),
    ],
)
def test_a_kind_with_choices_of_its_own_is_one_choice(client, board, resident, kind, text, shown):
    poll = make_poll(board, kind=kind)
    client.force_login(resident)

    page = client.get(at("poll", poll))
    assert shown in page.text
    without = client.post(at("vote", poll), {})
    assert "Choose one answer." in without.text
    done = send(client, poll, choice=str(choice_of(poll, text).pk))

    assert "Your vote is counted" in done.text
    assert counted(poll)[text] == 1
    assert sum(counted(poll).values()) == TakingPart.objects.count() == 1


def test_a_face_is_never_a_picture_alone(client, board):
    page = client.get(at("poll", make_poll(board, kind=Kind.FACES)))
    for words in ("Very unhappy", "Unhappy", "Neither happy nor unhappy", "Happy", "Very happy"):
        assert re.search(rf"</svg>\s*<span>{words}</span>", page.text), words
    assert page.text.count('class="faces__face"') == 5


def test_only_the_words_of_the_platform_follow_the_readers_language(board, monkeypatch):
    monkeypatch.setattr("engagement.polls.models.gettext", str.upper)
    assert make_poll(board, kind=Kind.YES_NO).worded_choices == ["YES", "NO", "NOT SURE"]
    assert make_poll(board, choices=("Yes", "No")).worded_choices == ["Yes", "No"], (
        "What a board wrote is as it wrote it"
    )


@pytest.mark.skipif(
    "postgres" not in settings.DATABASES["default"]["ENGINE"], reason="The one statement is PostgreSQL's."
)
@pytest.mark.parametrize(
    ("fields", "quick"),
    [
        ({"kind": Kind.YES_NO}, True),
        ({"kind": Kind.SCALE}, True),
        ({"kind": Kind.FACES}, True),
        ({"asks_why": True}, True),
        ({"may_change": True}, False),
        ({"kind": Kind.SEVERAL}, False),
        ({"kind": Kind.RANKING}, False),
    ],
)
def test_one_statement_counts_what_is_one_choice_for_good(board, resident, fields, quick):
    poll = make_poll(board, **fields)
    Tally.objects.bulk_create(Tally(choice=choice, channel="web") for choice in poll.choices.all())
    first = poll.choices.first()

    done = actions.cast_vote_at_once(
        board_slug=board.slug, poll_slug=poll.activity.slug, choice_id=first.pk, person=resident, now=NOW
    )

    assert bool(done) is quick
    assert sum(counted(poll).values()) == int(quick)


# --- several -------------------------------------------------------------------------------------


def test_several_choices_are_counted_each_and_the_base_is_people(client, board, resident, neighbour):
    poll = make_poll(board, kind=Kind.SEVERAL, audience=Audience.ANYONE, results_show="always")
    client.force_login(resident)
    send(client, poll, **chosen(poll, "Swings", "Trees"))
    client.force_login(neighbour)
    send(client, poll, **chosen(poll, "Trees"))

    assert counted(poll) == {"Swings": 1, "Benches": 0, "Trees": 2}
    assert Voters.objects.get(poll=poll).people == TakingPart.objects.count() == 2
    found = queries.results(poll)
    assert (found.base, found.rows) == (2, (("Swings", 1), ("Benches", 0), ("Trees", 2)))
    page = client.get(at("results", poll))
    assert "2 people who voted, not of everyone" in page.text
    assert "not a sample of everyone" in page.text
    assert "add up to more than 100%" in page.text


@pytest.mark.parametrize(
    ("least", "most", "texts", "says"),
    [
        (1, 3, (), "Choose at least one."),
        (2, 3, ("Swings",), "Choose 2 or more. You chose 1."),
        (1, 2, ("Swings", "Benches", "Trees"), "Choose 2 or fewer. You chose 3."),
        (2, 2, ("Swings", "Swings"), "Choose 2 or more. You chose 1."),
    ],
)
def test_too_few_or_too_many_is_a_sentence_and_no_vote(client, board, resident, least, most, texts, says):
    poll = make_poll(board, kind=Kind.SEVERAL, least=least, most=most)
    client.force_login(resident)

    page = client.post(at("vote", poll), chosen(poll, *texts))

    assert says in page.text
    assert not TakingPart.objects.exists()
    assert not Tally.objects.filter(votes__gt=0).exists()
    for text in texts:
        assert re.search(rf'value="{choice_of(poll, text).pk}"[^>]* checked', page.text), "What was ticked stays ticked"


@pytest.mark.parametrize("typed", [["x"], ["-1"], ["9" * 4000], ["\x00"], ["\ud800"], ["1.0"], ["１"]])
def test_an_odd_tick_is_never_a_fault(client, board, resident, typed):
    poll = make_poll(board, kind=Kind.SEVERAL)
    client.force_login(resident)
    answer = client.post(at("vote", poll), {"chosen": [each.encode("utf-8", "surrogatepass") for each in typed]})
    assert answer.status_code < 500
    assert not TakingPart.objects.exists()


def test_a_choice_of_another_poll_is_no_choice(client, board, resident):
    poll, other = make_poll(board, kind=Kind.SEVERAL), make_poll(board, kind=Kind.SEVERAL)
    client.force_login(resident)
    page = client.post(at("vote", poll), chosen(other, "Swings"))
    assert "Choose from the list." in page.text
    with pytest.raises(ValueError, match="no vote"):
        actions.cast_vote(poll=poll, marks=marks_of(other, Swings=1), person=resident, now=NOW)
    assert not TakingPart.objects.exists()


# --- ranking -------------------------------------------------------------------------------------


def test_a_ranking_is_counted_by_choice_and_place(client, board, resident, neighbour, stranger):
    poll = make_poll(board, kind=Kind.RANKING, most=2, audience=Audience.ANYONE, results_show="always")
    for person, places in (
        (resident, {"Swings": 1, "Trees": 2}),
        (neighbour, {"Trees": 1}),
        (stranger, {"Trees": 2, "Swings": 1}),
    ):
        client.force_login(person)
        assert "Your vote is counted" in send(client, poll, **ranked(poll, **places)).text

    found = queries.results(poll)
    assert found.base == 3
    assert found.rows == (("Swings", 2), ("Benches", 0), ("Trees", 1))
    assert found.points == (("Swings", 4), ("Benches", 0), ("Trees", 4)), "2 for a first place, 1 for a second"
    assert queries.places(poll) == [("Swings", [2, 0]), ("Benches", [0, 0]), ("Trees", [1, 2])]
    assert PlaceTally.objects.count() == 6, "A row for each choice and place, and none for a vote"
    page = client.get(at("results", poll))
    assert "A first place gives 2 points, the next place one point less" in page.text
    assert "3 people who voted, not of everyone" in page.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Give a number to 2 choices or more."),
        ({"Swings": 1}, "Give a number to 2 choices or more."),
        ({"Swings": 1, "Trees": 1}, "Use each number once. 1 is there more than once."),
        ({"Swings": 1, "Trees": 3}, "Leave no number out. 2 is missing."),
        ({"Swings": 1, "Trees": 4}, "Use the numbers from 1 to 3. 4 is not one of them."),
        ({"Swings": 0, "Trees": 1}, "Use the numbers from 1 to 3. 0 is not one of them."),
        ({"Swings": "first", "Trees": 2}, "Write whole numbers only"),
        ({"Swings": "1.5", "Trees": 2}, "Write whole numbers only"),
        ({"Swings": "-1", "Trees": 2}, "Write whole numbers only"),
        ({"Swings": "9" * 5000, "Trees": 2}, "Write whole numbers only"),
        ({"Swings": "१", "Trees": 2}, "Write whole numbers only"),
    ],
)
def test_a_slip_in_a_ranking_is_a_sentence_with_everything_typed_kept(client, board, resident, typed, says):
    poll = make_poll(board, kind=Kind.RANKING, least=2)
    client.force_login(resident)

    page = client.post(at("vote", poll), ranked(poll, **typed))

    assert page.status_code == 200
    assert says in page.text
    for text, place in typed.items():
        assert re.search(rf'name="places_{choice_of(poll, text).pk}" value="{place}"', page.text), text
    assert not TakingPart.objects.exists()
    assert not PlaceTally.objects.filter(votes__gt=0).exists()


def test_a_numbers_box_of_odd_letters_is_never_a_fault(client, board, resident):
    poll = make_poll(board, kind=Kind.RANKING)
    client.force_login(resident)
    for typed in ("\x00", "\ud800", "<script>", " " * 9000, "\u202e1"):
        body = {name: typed.encode("utf-8", "surrogatepass") for name in ranked(poll, Swings=1)}
        assert client.post(at("vote", poll), body).status_code < 500
    assert not TakingPart.objects.exists() or PlaceTally.objects.aggregate(all=Sum("votes"))["all"] == 1


# --- what holds for them all ---------------------------------------------------------------------

A_VOTE = {
    Kind.ONE_CHOICE: lambda poll: {"choice": str(choice_of(poll, "Trees").pk)},
    Kind.YES_NO: lambda poll: {"choice": str(choice_of(poll, "Yes").pk)},
    Kind.SCALE: lambda poll: {"choice": str(choice_of(poll, "2").pk)},
    Kind.FACES: lambda poll: {"choice": str(choice_of(poll, "Happy").pk)},
    Kind.SEVERAL: lambda poll: chosen(poll, "Swings", "Trees"),
    Kind.RANKING: lambda poll: ranked(poll, Trees=1, Swings=2),
}


@pytest.mark.parametrize("kind", Kind.values)
def test_any_kind_survives_the_sign_in(client, board, stranger, kind):
    poll = make_poll(board, kind=kind)
    make_postcode("XX1 1AA", board)
    asked = send(client, poll, follow=False, reason="works", postcode="XX1 1AA", **A_VOTE[kind](poll))
    assert asked["Location"].startswith(reverse("account_login"))
    keep_session_and_sign_in(client, stranger)

    assert "Your vote is counted" in client.get(at("finish", poll), follow=True).text
    assert queries.results(poll).base == TakingPart.objects.count() == 1


@pytest.mark.parametrize("kind", Kind.values)
def test_any_kind_keeps_the_vote_of_someone_whose_ward_is_not_known(client, board, stranger, kind):
    """Signed in on the way, but the postcode is not there: the form comes back as it was filled in."""
    poll = make_poll(board, kind=kind)
    make_postcode("XX1 1AA", board)
    send(client, poll, follow=False, reason="works", postcode="XX1 1AA", **A_VOTE[kind](poll))
    kept = client.session["pending"]
    for each in kept.values():
        del each["area"]
    client.force_login(stranger)
    session = client.session
    session["pending"] = kept
    session.save()

    page = client.get(at("finish", poll))

    assert "The postcode of that place" in page.text
    for name, typed in A_VOTE[kind](poll).items():
        assert f'name="{name}"' in page.text
        for value in typed if isinstance(typed, list) else [typed]:
            assert re.search(rf'name="{name}" value="{value}"', page.text)
    assert not TakingPart.objects.exists()


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize(
    ("show", "before", "after_voting", "after_closing"),
    [
        ("always", True, True, True),
        ("after_voting", False, True, True),
        ("after_closing", False, False, True),
        ("officers", False, False, False),
    ],
)
def test_results_of_any_kind_show_when_the_poll_says(
    client, board, resident, kind, show, before, after_voting, after_closing
):
    poll = make_poll(board, kind=kind, results_show=show)
    client.force_login(resident)

    def shown():
        page = client.get(at("results", poll))
        assert ("not a sample of everyone" in page.text) is bool(
            page.context["results"] and page.context["results"].base
        )
        return page.context["results"] is not None

    assert shown() is before
    send(client, poll, **A_VOTE[kind](poll))
    assert shown() is after_voting
    Activity.objects.update(closes_at=datetime.now(UTC) - timedelta(seconds=1))
    assert shown() is after_closing


def test_a_scale_shows_its_spread_and_its_median_and_no_mean(client, board):
    poll = make_poll(board, kind=Kind.SCALE, results_show="always")
    for text, votes in (("1", 2), ("2", 0), ("3", 5), ("4", 9), ("5", 4)):
        Tally.objects.create(choice=choice_of(poll, text), channel="web", votes=votes)

    page = client.get(at("results", poll))

    assert [votes for _words, votes in page.context["results"].rows] == [2, 0, 5, 9, 4]
    assert "The middle answer (the median) is <bdi>4</bdi>" in page.text
    assert "lie from <bdi>3</bdi> to <bdi>4</bdi>" in page.text
    assert "1 – Not safe" in page.text
    assert "3.65" not in page.text


def test_a_median_between_two_answers_says_so(client, board):
    poll = make_poll(board, kind=Kind.SCALE, results_show="always")
    for text, votes in (("1", 3), ("2", 0), ("3", 0), ("4", 3), ("5", 0)):
        Tally.objects.create(choice=choice_of(poll, text), channel="web", votes=votes)
    page = client.get(at("results", poll))
    assert "The middle (the median) lies <bdi>between 1 – Not safe and 4</bdi>" in page.text


@pytest.mark.parametrize(
    "fields", [{"kind": kind} for kind in Kind.values] + [{"kind": Kind.RANKING, "may_change": True, "asks_why": True}]
)
@pytest.mark.parametrize("already", [10, 10_000])
def test_pages_of_any_kind_ask_ten_questions_or_fewer(
    client, board, resident, django_assert_max_num_queries, fields, already
):
    poll = make_poll(board, results_show="always", **fields)
    TakingPart.objects.bulk_create(TakingPart(activity=poll.activity, channel="paper") for _each in range(already))
    for channel in ("paper", "web"):
        Voters.objects.create(poll=poll, channel=channel, people=already if channel == "paper" else 0)
        for choice in poll.choices.all():
            Tally.objects.create(choice=choice, channel=channel, votes=already if channel == "paper" else 0)
            for place in range(1, (poll.most or 0) + 1):
                PlaceTally.objects.create(choice=choice, channel=channel, place=place, votes=0)
    for signed_in in (False, True):
        if signed_in:
            client.force_login(resident)
        for name in ("poll", "results", "words"):
            with django_assert_max_num_queries(10):
                assert client.get(at(name, poll)).status_code == 200
    # Two of the vote's are of the test's own: it begins and ends a savepoint where a request begins and ends itself.
    typed = A_VOTE[Kind(poll.kind)](poll)
    with django_assert_max_num_queries(12):
        assert send(client, poll, follow=False, **typed).status_code == 302
    for name in ("poll", "results"):
        with django_assert_max_num_queries(10):
            assert client.get(at(name, poll)).status_code == 200


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "unknown"},
        {"kind": Kind.SEVERAL},
        {"kind": Kind.SEVERAL, "least": 1},
        {"kind": Kind.SEVERAL, "most": 2},
        {"kind": Kind.SEVERAL, "least": 0, "most": 2},
        {"kind": Kind.SEVERAL, "least": 3, "most": 2},
        {"kind": Kind.SEVERAL, "least": 1, "most": 21},
        {"kind": Kind.RANKING, "least": 1, "most": 11},
        {"kind": Kind.ONE_CHOICE, "least": 1, "most": 1},
        {"kind": Kind.YES_NO, "most": 1},
        {"kind": Kind.SCALE},
        {"kind": Kind.SCALE, "steps": 5},
        {"kind": Kind.SCALE, "steps": 5, "low_label": "a"},
        {"kind": Kind.SCALE, "steps": 5, "low_label": " ", "high_label": "b"},
        {"kind": Kind.SCALE, "low_label": "a", "high_label": "b"},
        {"kind": Kind.SCALE, "steps": 1, "low_label": "a", "high_label": "b"},
        {"kind": Kind.SCALE, "steps": 12, "low_label": "a", "high_label": "b"},
        {"kind": Kind.FACES, "steps": 5},
        {"kind": Kind.FACES, "low_label": "a"},
    ],
)
def test_the_database_refuses_a_poll_that_asks_what_its_kind_does_not(board, broken):
    poll = make_poll(board)
    with pytest.raises(IntegrityError), transaction.atomic():
        Poll.objects.filter(pk=poll.pk).update(**broken)


@pytest.mark.parametrize(
    "broken",
    [
        lambda poll: PlaceTally.objects.create(choice=poll.choices.first(), channel="web", place=0),
        lambda poll: PlaceTally.objects.create(choice=poll.choices.first(), channel="web", place=11),
        lambda poll: PlaceTally.objects.create(choice=poll.choices.first(), channel="web", place=1, votes=-1),
        lambda poll: [PlaceTally.objects.create(choice=poll.choices.first(), channel="web", place=1) for _ in "ab"],
        lambda poll: [Voters.objects.create(poll=poll, channel="web") for _ in "ab"],
        lambda poll: Voters.objects.create(poll=poll, channel="web", people=-1),
    ],
)
def test_the_database_refuses_a_count_that_can_never_be(board, broken):
    poll = make_poll(board, kind=Kind.RANKING)
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(poll)


def test_no_row_of_a_vote_of_several_or_of_a_ranking_is_kept():
    assert {field.name for field in PlaceTally._meta.get_fields()} == {"id", "choice", "place", "channel", "votes"}
    assert {field.name for field in Voters._meta.get_fields()} == {"id", "poll", "channel", "people"}


@pytest.mark.parametrize("kind", [Kind.SEVERAL, Kind.RANKING])
def test_a_poll_changed_while_the_voter_answered_counts_nothing(board, resident, coordinator, kind):
    """Nobody has voted yet, so the officer may still change it; a page made before is answered in words."""
    poll = make_poll(board, kind=kind)
    stale = Poll.objects.select_related("activity__board").prefetch_related("choices").get(pk=poll.pk)
    marks = marks_of(poll, Swings=1)
    Poll.objects.filter(pk=poll.pk).update(most=2)

    with pytest.raises(actions.VoteRefused, match="changed this poll while you answered"):
        actions.cast_vote(poll=stale, marks=marks, person=resident, now=NOW)
    assert not TakingPart.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.serial
def test_choices_written_anew_while_the_voter_answered_count_nothing():
    board = make_board()
    voter = make_person(stands_in=board)
    poll = make_poll(board)
    stale = Poll.objects.select_related("activity__board").prefetch_related("choices").get(pk=poll.pk)
    gone = next(iter(stale.choices.all()))
    poll.choices.all().delete()

    with pytest.raises(actions.VoteRefused, match="changed this poll"):
        actions.cast_vote(poll=stale, choice=gone, person=voter, now=NOW)
    assert not TakingPart.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.serial
@pytest.mark.parametrize("kind", [Kind.SEVERAL, Kind.RANKING])
def test_many_voters_at_once_are_all_counted_from_the_very_first_vote(kind):
    board = make_board()
    poll = make_poll(board, kind=kind)
    voters = [make_person(f"v{number}@example.org", stands_in=board) for number in range(30)]
    marks = [marks_of(poll, Swings=1), marks_of(poll, **({"Trees": 1, "Swings": 2 if kind == Kind.RANKING else 1}))]

    def vote(number):
        mine = Poll.objects.select_related("activity__board").prefetch_related("choices").get(pk=poll.pk)
        return actions.cast_vote(poll=mine, marks=marks[number % 2], person=voters[number], now=NOW).counted_now

    assert all(in_threads(30, vote))
    assert TakingPart.objects.count() == Voters.objects.get().people == 30
    assert not KeptVote.objects.exists()
    if kind == Kind.SEVERAL:
        assert counted(poll) == {"Swings": 30, "Benches": 0, "Trees": 15}
    else:
        assert queries.places(poll) == [("Swings", [15, 15, 0]), ("Benches", [0, 0, 0]), ("Trees", [15, 0, 0])]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT xmin::text FROM polls_{'tally' if kind == Kind.SEVERAL else 'placetally'}")
            assert len(cursor.fetchall()) == 1, "No row tells which choice the last voter made"
