"""What was asked about a need stands in its thread, and what is not published does not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template

from tests.factories import make_activity, make_need

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def thread_of(need):
    return Template("{% load activity_tags %}{% need_thread need %}").render(Context({"need": need}))


def test_a_need_that_nothing_was_asked_about_says_so(board):
    assert "Nothing has been asked or decided about this yet." in thread_of(make_need(board))


def test_the_thread_of_a_need_links_what_was_asked_oldest_first(board, next_board):
    need = make_need(board)
    later = make_activity(board, "poll", "Swings or benches?")
    first = make_activity(board, "ideas", "Ideas for the green", opens_at=NOW - timedelta(days=90))
    draft = make_activity(board, "poll", "Not yet", is_draft=True)
    for activity in (later, first, draft):
        activity.needs.add(need)
    make_activity(board, "poll", "Something else")

    shown = thread_of(need)

    assert shown.index("Ideas for the green") < shown.index("Swings or benches?")
    assert f'href="{first.get_absolute_url()}"' in shown
    assert "Not yet" not in shown
    assert "Something else" not in shown
