"""Comments below an idea, and what the board replies to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.activities.actions import note_taking_part
from engagement.ideas import permissions, queries
from engagement.ideas.actions.refusals import IdeaRefused
from engagement.ideas.models import BoardReply, Comment, Idea
from engagement.moderation.actions import DecisionWords, look_over, tell_decision
from engagement.moderation.models import Decision, Moderated
from engagement.notifications.actions import tell

MOST_COMMENTS_A_DAY = 40


@transaction.atomic
def comment(
    *,
    idea: Idea,
    person: Person,
    stance: str,
    text: str,
    now: datetime,
    name_shown: str = "",
    device: str = "",
    doubts: Sequence[str] = (),
) -> Comment:
    """Keep a comment. It waits to be read, unless the call shows things at once."""
    if stance not in Comment.Stance.values:
        raise ValueError("No such stance.")
    verdict = permissions.may_comment(person, idea, now=now)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    if not text.strip():
        raise IdeaRefused(_("Write your comment first."))
    if queries.comments_today(person, now=now) >= MOST_COMMENTS_A_DAY:
        raise IdeaRefused(
            _("You have sent %(most)d comments in a day. Send the next one tomorrow.") % {"most": MOST_COMMENTS_A_DAY}
        )
    made = Comment.objects.create(
        idea=idea,
        stance=stance,
        text=text.strip(),
        author=person,
        name_shown=name_shown,
        sent_at=now,
        state=Comment.State.SHOWN if idea.call.shows_at_once else Comment.State.PENDING,
    )
    look_over(item=made, person=person, now=now, device=device, doubts=doubts)
    note_taking_part(activity=idea.call.activity, person=person, now=now)
    count_comments(idea)
    return made


def count_comments(idea: Idea) -> None:
    """Count again what is shown below an idea and what was brought into it."""
    root = idea.merged_into or idea
    Idea.objects.filter(pk=root.pk).update(comments=queries.comments_of(root).count())


OF_A_COMMENT = DecisionWords(
    kind="ideas.comment_decided",
    shown=_lazy("Your comment is shown: %(title)s"),
    shown_says=_lazy("Everyone can read your comment now."),
    hidden=_lazy("Your comment is not shown: %(title)s"),
    hidden_says=_lazy("We have read your comment and we do not show it."),
)


def after_deciding_a_comment(item: Moderated, decision: Decision) -> None:
    """After a decision of the queue: count again, and tell whoever sent it."""
    assert isinstance(item, Comment)  # noqa: S101  # registered for comments alone
    count_comments(item.idea)
    tell_decision(item, decision, words=OF_A_COMMENT, title=item.idea.title, link=item.idea.get_absolute_url())


@transaction.atomic
def reply(*, comment: Comment, words: str, by: Person, now: datetime) -> BoardReply:
    """The board replies to a comment that is shown; whoever sent it is told."""
    verdict = permissions.may_answer(by, comment.idea)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    words = words.strip()
    if not words:
        raise IdeaRefused(_("Write the reply first."))
    held = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if held.state != Comment.State.SHOWN:
        raise IdeaRefused(_("Only a comment that is shown can have a reply. Read it in the queue first."))
    made = BoardReply.objects.create(comment=held, words=words, by=by, at=now)
    log(
        instance=comment.idea, action="ideas.reply", user=by, title=f"idea {comment.idea_id}",
        data={"comment": held.pk, "reply": made.pk},
    )  # fmt: skip
    if (author := held.author) is not None:
        with translation.override(author.language or settings.LANGUAGE_CODE):
            tell(
                person=author,
                key=f"ideas:reply:{made.pk}",
                kind="ideas.reply",
                subject=_("The board replied to your comment: %(title)s") % {"title": comment.idea.title},
                body=words,
                link=f"{comment.idea.get_absolute_url()}#comment-{held.pk}",
                now=now,
            )
    return made
