"""Comments for and against, the board's replies, and following."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from engagement.activities.models import Audience, TakingPart
from engagement.ideas import actions
from engagement.ideas.models import Comment, Following, Idea
from engagement.moderation.actions import decide
from engagement.notifications.models import Message
from tests.conftest import in_days
from tests.factories import make_person, make_postcode
from tests.ideas.factories import make_call, make_idea


@pytest.fixture
def idea(board):
    return make_idea(make_call(board), "Benches by the river")


def words(**more: str) -> dict[str, str]:
    return {"stance": "for", "text": "My nan cannot walk so far.", "form_token": str(uuid4()), **more}


def test_a_comment_waits_to_be_read_then_shows_on_its_side_and_is_counted(client, idea, stranger, coordinator, now):
    said = actions.comment(idea=idea, person=stranger, stance="against", text="Youths will sit there.", now=now)
    page = client.get(idea.get_absolute_url()).content.decode()
    assert "Youths will sit there." not in page

    decide(item=said, to="shown", reason="fine", by=coordinator, now=now)

    page = client.get(idea.get_absolute_url())
    sides = {side["stance"]: [c.text for c in side["comments"]] for side in page.context["sides"]}
    assert sides == {"for": [], "against": ["Youths will sit there."], "question": []}
    assert Idea.objects.get(pk=idea.pk).comments == 1
    assert "1 comment" in client.get(idea.call.get_absolute_url()).content.decode()
    assert Message.objects.filter(to=stranger, kind="ideas.comment_decided").count() == 1
    assert TakingPart.objects.filter(activity=idea.call.activity, person=stranger).count() == 1

    decide(item=said, to="hidden", reason="unkind", by=coordinator, now=now)
    assert Idea.objects.get(pk=idea.pk).comments == 0
    assert "Youths will sit there." not in client.get(idea.get_absolute_url()).content.decode()


def test_the_words_come_first_and_the_sign_in_last(client, idea, stranger):
    address = idea.get_absolute_url() + "comment/"

    answer = client.post(address, words())
    assert answer["Location"].startswith("/account/login/")
    assert not Comment.objects.exists()
    client.force_login(stranger)
    client.get(address + "finish/")
    said = Comment.objects.get()
    assert (said.text, said.author, said.state) == ("My nan cannot walk so far.", stranger, "pending")
    client.get(address + "finish/")
    assert Comment.objects.count() == 1


def test_no_name_is_shown_that_was_not_chosen(client, board, stranger, now):
    idea = make_idea(make_call(board, shows_at_once=True))
    stranger.display_name = "Rosalind Zephyr"
    stranger.save()
    actions.comment(idea=idea, person=stranger, stance="for", text="Yes please.", now=now)
    actions.comment(idea=idea, person=stranger, stance="question", text="Who mends it?", name_shown="Roz", now=now)

    page = client.get(idea.get_absolute_url()).content.decode()
    assert "Yes please." in page
    assert "Roz</bdi>" in page
    assert "Zephyr" not in page


def test_ten_equal_posts_keep_one_comment_and_the_same_token_takes_no_other_words(client, idea, stranger):
    client.force_login(stranger)
    address = idea.get_absolute_url() + "comment/"
    post = words()
    for _ in range(10):
        assert client.post(address, post).status_code == 302
    assert Comment.objects.count() == 1

    refused = client.post(address, post | {"text": "Other words."})
    assert refused.status_code == 409
    assert "Other words." in refused.content.decode()
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("odd", "says"),
    [({"stance": ""}, "Choose one"), ({"stance": "both"}, "There is a problem"), ({"text": ""}, "There is a problem"),
     ({"text": "z" * 1001}, "1000 characters"), ({"text": "a\x00b"}, "There is a problem")],
)  # fmt: skip
def test_a_bad_comment_says_what_to_do_and_keeps_what_was_typed(client, idea, odd, says):
    page = client.post(idea.get_absolute_url() + "comment/", words(name_shown="Ada") | odd)

    assert says in page.content.decode()
    assert "Ada" in page.content.decode()
    assert not Comment.objects.exists()


def test_comments_close_with_the_call_and_where_the_board_wants_none(client, board, stranger, now):
    closed = make_idea(make_call(board, closes_at=in_days(-0.001)))
    call = make_call(board)
    call.comments_open = False
    call.save()
    quiet = make_idea(call)
    for idea in (closed, quiet):
        with pytest.raises(actions.IdeaRefused):
            actions.comment(idea=idea, person=stranger, stance="for", text="Late.", now=now)
        answer = client.post(idea.get_absolute_url() + "comment/", words(text="Late words."))
        assert answer.status_code == 409
        assert "Late words." in answer.content.decode()
    assert "Add a point" not in client.get(quiet.get_absolute_url()).content.decode()


def test_the_closing_second_itself_is_too_late_for_a_comment(board, stranger, now):
    idea = make_idea(make_call(board, closes_at=in_days(1)))
    closes_at = idea.call.activity.closes_at
    actions.comment(idea=idea, person=stranger, stance="for", text="In time.", now=closes_at - timedelta(seconds=1))
    with pytest.raises(actions.IdeaRefused):
        actions.comment(idea=idea, person=stranger, stance="for", text="Too late.", now=closes_at)


def test_a_local_call_asks_a_commenter_where_they_stand(client, board, stranger):
    idea = make_idea(make_call(board, audience=Audience.EMAIL))
    make_postcode("XX1 1AA", board)
    client.force_login(stranger)
    address = idea.get_absolute_url() + "comment/"

    assert "postcode" in client.post(address, words()).content.decode()
    assert not Comment.objects.exists()
    client.post(address, words(reason="lives", postcode="XX1 1AA"))
    assert Comment.objects.count() == 1


def test_nobody_floods_an_idea_with_comments(board, stranger, now):
    idea = make_idea(make_call(board))
    for n in range(40):
        actions.comment(idea=idea, person=stranger, stance="for", text=f"Point {n}.", now=now)
    with pytest.raises(actions.IdeaRefused, match="tomorrow"):
        actions.comment(idea=idea, person=stranger, stance="for", text="One more.", now=now)


def test_the_board_replies_to_a_shown_comment_marked_as_the_board(client, idea, coordinator, stranger, now):
    said = Comment.objects.create(idea=idea, stance="question", text="Who mends it?", author=stranger, state="shown")
    Idea.objects.filter(pk=idea.pk).update(comments=1)
    client.force_login(coordinator)

    answer = client.post(reverse("ideas_desk:reply", args=[said.pk]), {"words": "The parish does, each spring."})

    assert answer.status_code == 302
    page = client.get(idea.get_absolute_url()).content.decode()
    assert "The board replies" in page
    assert "The parish does, each spring." in page
    assert Message.objects.get(kind="ideas.reply").to == stranger


def test_only_the_boards_officers_reply_and_only_to_what_is_shown(
    board, coordinator, other_coordinator, resident, stranger, now
):
    idea = make_idea(make_call(board))
    said = actions.comment(idea=idea, person=stranger, stance="question", text="Who mends it?", now=now)
    with pytest.raises(actions.IdeaRefused, match="Read it in the queue"):
        actions.reply(comment=said, words="We do.", by=coordinator, now=now)
    for person in (other_coordinator, resident):
        with pytest.raises(actions.IdeaRefused):
            actions.reply(comment=said, words="We do.", by=person, now=now)


def test_an_answer_reaches_writer_backer_commenter_and_follower_once_each(board, coordinator, now):
    idea = make_idea(make_call(board, shows_at_once=True))
    backer, commenter, follower, all_three, nobody = (make_person() for _ in range(5))
    for person in (backer, all_three):
        actions.back(idea=idea, person=person, now=now)
    for person in (commenter, all_three):
        actions.comment(idea=idea, person=person, stance="for", text=f"Yes, says {person.pk}.", now=now)
    for person in (follower, all_three):
        actions.follow(idea=idea, person=person)
    Comment.objects.create(idea=idea, stance="for", text="Not shown.", author=nobody, state="hidden")

    actions.answer(idea=idea, to="in_plan", words="Next spring.", by=coordinator, now=now)

    told = list(Message.objects.filter(kind="ideas.answer").values_list("to", flat=True))
    assert sorted(told) == sorted(p.pk for p in (idea.author, backer, commenter, follower, all_three))


def test_following_is_once_each_and_a_link_alone_changes_nothing(client, idea, stranger):
    client.force_login(stranger)
    address = idea.get_absolute_url() + "follow/"
    assert client.get(address).status_code == 405
    assert client.get(address + "finish/").status_code == 200
    assert not Following.objects.exists()
    for _ in range(3):
        client.post(address)
    assert Following.objects.count() == 1
    client.post(address, {"stop": "1"})
    assert not Following.objects.exists()


def test_an_idea_with_many_comments_takes_ten_queries_or_fewer(
    client, board, stranger, coordinator, now, django_assert_max_num_queries
):
    idea = make_idea(make_call(board))
    Comment.objects.bulk_create(
        Comment(
            idea=idea, stance=("for", "against", "question")[n % 3], text=f"Point {n}", state="shown", author=stranger
        )
        for n in range(60)
    )
    Idea.objects.filter(pk=idea.pk).update(comments=60)
    for said in Comment.objects.all()[:20]:
        actions.reply(comment=said, words="Thank you.", by=coordinator, now=now)
    actions.answer(idea=idea, to="in_plan", words="Next spring.", by=coordinator, now=now)
    client.get(idea.get_absolute_url())
    with django_assert_max_num_queries(10):
        client.get(idea.get_absolute_url())
