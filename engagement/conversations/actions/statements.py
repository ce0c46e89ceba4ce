"""Adding statements, and what follows when an officer has read one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from boards.people.models import Person
from engagement.activities.actions import note_taking_part
from engagement.conversations import permissions, queries
from engagement.conversations.actions.refusals import Refused
from engagement.conversations.models import MOST_STATEMENTS, Conversation, Statement
from engagement.conversations.rules.order import folded
from engagement.moderation.actions import DecisionWords, look_over, tell_decision
from engagement.moderation.models import Decision, Moderated

MOST_A_DAY = 10


@transaction.atomic
def add_statement(
    *,
    conversation: Conversation,
    author: Person,
    text: str,
    now: datetime,
    device: str = "",
    doubts: Sequence[str] = (),
) -> Statement:
    """Keep someone's statement. It waits to be read, unless the conversation shows statements at once.

    Also there the board's rules may hold it for a look (moderation.look_over): `device` is the same for one
    sender, `doubts` are what the form's guard said.
    """
    verdict = permissions.may_add(author, conversation, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    text = " ".join(text.split())
    # Its writer waits for themselves here: a hundred posts at once are counted one after the other.
    Person.objects.select_for_update(no_key=True).get(pk=author.pk)
    mine = Statement.objects.filter(conversation=conversation, author=author, sent_at__gt=now - timedelta(days=1))
    if mine.count() >= MOST_A_DAY:
        raise Refused(
            _("You have sent %(most)d statements in a day. Send the next one tomorrow.") % {"most": MOST_A_DAY}
        )
    if Statement.objects.filter(conversation=conversation).count() >= MOST_STATEMENTS:
        raise Refused(_("This conversation has as many statements as it can hold. You can answer those there are."))
    if queries.is_there_already(conversation, text):
        raise Refused(_("Someone has said this already. You can answer theirs."))
    state = Statement.State.SHOWN if conversation.shows_at_once else Statement.State.PENDING
    statement = Statement.objects.create(conversation=conversation, text=text, author=author, state=state, sent_at=now)
    look_over(item=statement, person=author, now=now, device=device, doubts=doubts)
    note_taking_part(activity=conversation.activity, person=author, now=now)
    return statement


def add_the_boards(conversation: Conversation, texts: Iterable[str], *, now: datetime) -> list[Statement]:
    """Put in the board's own statements, shown at once. One that is there already is passed over."""
    there = {
        folded(text) for text in Statement.objects.filter(conversation=conversation).values_list("text", flat=True)
    }
    made = []
    for text in texts:
        text = " ".join(text.split())
        if text and folded(text) not in there:
            there.add(folded(text))
            made.append(
                Statement(
                    conversation=conversation,
                    text=text,
                    is_the_boards=True,
                    state=Statement.State.SHOWN,
                    sent_at=now,
                )
            )
    if len(there) > MOST_STATEMENTS:
        raise Refused(_("A conversation can hold %(most)d statements.") % {"most": MOST_STATEMENTS})
    return Statement.objects.bulk_create(made)


OF_A_STATEMENT = DecisionWords(
    kind="conversations.decided",
    shown=_lazy("Your statement is in: %(title)s"),
    shown_says=_lazy("We have read your statement. People can agree or disagree with it now. Your name is not shown."),
    hidden=_lazy("Your statement is not shown: %(title)s"),
    hidden_says=_lazy(
        "We have read your statement and we do not show it. Only you and the board's officers can see it."
    ),
    then=_lazy("You can send it again in other words while the conversation is open."),
)


def after_deciding(item: Moderated, decision: Decision) -> None:
    """After a decision of the queue: the results are worked out anew, and whoever sent it is told."""
    assert isinstance(item, Statement)  # noqa: S101  # registered for statements alone
    Conversation.objects.filter(pk=item.conversation_id).update(changes=F("changes") + 1)
    tell_decision(item, decision, words=OF_A_STATEMENT, title=item.text, link=item.conversation.address("mine"))
