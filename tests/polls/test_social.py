"""Polls on social media: written down, shown beside the poll and never added to it, and counted as one voice."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from engagement.evidence.models import Evidence
from engagement.polls import queries, social
from engagement.polls.actions import PollRefused
from engagement.polls.models import SocialPoll, Tally
from tests.factories import make_need, make_person, make_role
from tests.polls.factories import choice_of, make_poll

pytestmark = pytest.mark.django_db


def desk(name, *keys):
    return reverse(f"polls_desk:{name}", args=keys)


def typed(**more):
    today = timezone.localdate()
    return {
        "platform": "instagram",
        "link": "https://instagram.com/p/abc",
        "wording": "Swings or benches?",
        "starts_on": (today - timedelta(days=3)).isoformat(),
        "ends_on": (today - timedelta(days=1)).isoformat(),
        "answers": "Swings: 1,240\nBenches 31",
        "reach": "9000",
        **more,
    }


@pytest.fixture
def poll(board):
    return make_poll(board, results_show="always")


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    return client


def write_one(client, poll, **more):
    return client.post(desk("add_social", poll.pk), typed(**more), follow=True)


def test_it_is_written_down_and_logged(signed_in, poll, coordinator):
    page = write_one(signed_in, poll)

    found = SocialPoll.objects.get()
    assert "Written down." in page.text
    assert [(count.text, count.votes) for count in found.counts.all()] == [("Swings", 1240), ("Benches", 31)]
    assert (found.reach, found.recorded_by) == (9000, coordinator)
    assert ModelLogEntry.objects.get(action="polls.social_add").data["after"]["counts"] == [
        ["Swings", 1240],
        ["Benches", 31],
    ]


def test_it_stands_beside_the_poll_and_is_never_added(signed_in, client, poll):
    Tally.objects.create(choice=choice_of(poll, "Swings"), channel="web", votes=6)
    write_one(signed_in, poll)
    signed_in.logout()

    page = client.get(poll.get_absolute_url() + "results/")

    assert queries.results(poll).base == 6
    assert "Asked on social media too" in page.text
    assert "1,240" in page.text
    assert "not part of the result" in page.text
    assert "9,000 people saw it" in page.text
    assert '<a href="https://instagram.com/p/abc" rel="nofollow noopener noreferrer">' in page.text


def test_it_shows_only_where_the_polls_own_results_do(signed_in, client, poll):
    write_one(signed_in, poll)
    poll.activity.results_show = "after_closing"
    poll.activity.save()
    signed_in.logout()

    for address in (poll.get_absolute_url(), poll.get_absolute_url() + "results/"):
        assert "1,240" not in client.get(address).text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"answers": "Swings\nBenches: 3"}, "Put a number at the end of this line: Swings"),
        ({"answers": "Swings: 3"}, "There are 1 now"),
        ({"answers": "Swings: 3\nswings: 4"}, "The same answer stands twice"),
        ({"answers": "Swings: -3\n: 4"}, "Put a number at the end of this line: : 4"),
        ({"answers": "Swings: " + "9" * 5000 + "\nB: 1"}, "error-message"),
        ({"answers": "Swings: 9999999999\nB: 1"}, "more than there are people"),
        ({"answers": f"{'x' * 121}: 1\nB: 1"}, "more than 120 characters"),
        ({"link": "javascript:alert(1)"}, "error-message"),
        ({"link": "http://instagram.com/p"}, "https://"),
        ({"ends_on": "2020-01-01"}, "It must end after it begins."),
        ({"ends_on": "2999-01-01"}, "That day has not come yet"),
        ({"platform": "myspace"}, "error-message"),
        ({"reach": "-1"}, "error-message"),
        ({"wording": "\u202e"}, "error-message"),
        ({"starts_on": "x"}, "error-message"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_all_that_was_typed_is_kept(signed_in, poll, more, words):
    page = write_one(signed_in, poll, **more)

    assert words in page.text
    assert "error-message" in page.text
    assert not SocialPoll.objects.exists()
    if "wording" not in more:
        assert 'value="Swings or benches?"' in page.text


def test_it_is_changed_and_the_log_keeps_what_was(signed_in, poll):
    write_one(signed_in, poll)
    found = SocialPoll.objects.get()

    page = signed_in.get(desk("change_social", poll.pk, found.pk))
    assert "Swings: 1240" in page.text
    signed_in.post(desk("change_social", poll.pk, found.pk), typed(answers="Swings: 1250\nBenches: 40", reach=""))

    found.refresh_from_db()
    assert [(count.text, count.votes) for count in found.counts.all()] == [("Swings", 1250), ("Benches", 40)]
    assert found.reach is None
    said = ModelLogEntry.objects.get(action="polls.social_change").data
    assert (said["before"]["reach"], said["after"]["reach"]) == (9000, None)
    assert said["before"]["counts"][0] == ["Swings", 1240]


def test_it_counts_as_one_voice_for_a_need_with_its_numbers_in_words(signed_in, client, poll):
    need = make_need(poll.activity.board, "Somewhere to sit")
    write_one(signed_in, poll)
    found = SocialPoll.objects.get()

    page = signed_in.post(
        desk("social_evidence", poll.pk, found.pk),
        {"need": need.pk, "relation": "supports", "reason": "Many want it."},
        follow=True,
    )

    assert "It counts as evidence for “Somewhere to sit”." in page.text
    evidence = Evidence.objects.counted().get()
    assert (evidence.how, evidence.voices) == (Evidence.How.SOCIAL, 1)
    assert "Swings: 1,240; Benches: 31" in evidence.text
    assert ModelLogEntry.objects.filter(action="polls.social_evidence").count() == 1
    signed_in.logout()
    need_page = client.get(need.get_absolute_url()).text
    assert "A poll on Instagram asked" in need_page
    assert "A poll on social media" in need_page


def test_a_second_need_gets_the_same_evidence(signed_in, poll):
    needs = [make_need(poll.activity.board), make_need(poll.activity.board)]
    write_one(signed_in, poll)
    found = SocialPoll.objects.get()

    for need in needs:
        signed_in.post(
            desk("social_evidence", poll.pk, found.pk),
            {"need": need.pk, "relation": "qualifies", "reason": "It may be."},
        )

    assert Evidence.objects.get().links.count() == 2


def test_changed_numbers_follow_into_the_evidence_and_taking_it_away_withdraws_it(signed_in, poll):
    need = make_need(poll.activity.board)
    write_one(signed_in, poll)
    found = SocialPoll.objects.get()
    signed_in.post(desk("social_evidence", poll.pk, found.pk), {"need": need.pk, "relation": "supports", "reason": "x"})

    signed_in.post(desk("change_social", poll.pk, found.pk), typed(answers="Swings: 7\nBenches: 40"))
    assert "Swings: 7;" in Evidence.objects.get().text
    assert "Take this away?" in signed_in.get(desk("remove_social", poll.pk, found.pk)).text
    signed_in.post(desk("remove_social", poll.pk, found.pk))

    assert not SocialPoll.objects.exists()
    assert not Evidence.objects.counted().exists()
    assert "Swings: 7" not in Evidence.objects.get().text
    assert ModelLogEntry.objects.get(action="polls.social_remove").data["before"]["counts"] == [
        ["Swings", 7],
        ["Benches", 40],
    ]


def test_a_need_of_another_board_is_not_offered(signed_in, poll, next_board):
    write_one(signed_in, poll)
    other = make_need(next_board, "Elsewhere's need")
    make_need(poll.activity.board)
    found = SocialPoll.objects.get()

    page = signed_in.post(
        desk("social_evidence", poll.pk, found.pk), {"need": other.pk, "relation": "supports", "reason": "x"}
    )

    assert "error-message" in page.text
    assert not Evidence.objects.exists()


def test_nobody_else_writes_one_down(poll):
    given = {
        "platform": "x",
        "link": "",
        "wording": "?",
        "starts_on": timezone.localdate(),
        "ends_on": timezone.localdate(),
        "reach": None,
    }
    for who in (make_person(), make_role("evidence_team", None, email="e@example.org")):
        with pytest.raises(PollRefused):
            social.record_social(poll=poll, answers=[("A", 1), ("B", 2)], by=who, **given)


@pytest.mark.parametrize("many", [1, 12])
def test_the_results_ask_few_questions_however_many_there_are(
    signed_in, client, poll, many, django_assert_max_num_queries
):
    for _each in range(many):
        write_one(signed_in, poll)
    signed_in.logout()
    with django_assert_max_num_queries(10):
        client.get(poll.get_absolute_url() + "results/")
    with django_assert_max_num_queries(10):
        client.get(poll.get_absolute_url())
