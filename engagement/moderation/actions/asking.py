"""What an officer does with a thing instead of deciding it: keep it as it is, ask its writer, pass it on."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people import keys
from boards.people.models import Person
from engagement.moderation import permissions
from engagement.moderation.actions.deciding import LONGEST_WORDS, DecisionRefused, settle
from engagement.moderation.actions.telling import tell_asked
from engagement.moderation.models import Asked, Escalation, Moderated, naming
from engagement.moderation.queries.rules import text_of


def held_open(item: Moderated, by: Person) -> Moderated:
    """Hold a thing to the commit, for someone who may decide about it."""
    model = type(item)
    held: Moderated | None = model._default_manager.select_for_update(of=("self",)).filter(pk=item.pk).first()
    if held is None:
        raise DecisionRefused(_("This has been deleted since you opened the page."))
    verdict = permissions.may_decide(by, held)
    if not verdict:
        raise DecisionRefused(verdict.why_not)
    return held


def in_words(words: str) -> str:
    words = words.strip()
    if not words:
        raise DecisionRefused(_("Say it in words first."))
    if len(words) > LONGEST_WORDS:
        raise DecisionRefused(_("Use %(most)d letters or fewer.") % {"most": LONGEST_WORDS})
    return words


@transaction.atomic
def keep(*, item: Moderated, by: Person, now: datetime) -> None:
    """Leave a thing shown that was reported or passed on: that answers whoever did so."""
    held = held_open(item, by)
    if held.state != Moderated.State.SHOWN:
        raise DecisionRefused(
            _("Someone decided this a moment ago. It is now: %(state)s.") % {"state": held.get_state_display().lower()}
        )
    settle(held, now=now)
    log(instance=held, action="moderation.keep", user=by, title=name_in_the_log(held), data={})


@transaction.atomic
def ask_to_change(*, item: Moderated, words: str, by: Person, now: datetime) -> Asked:
    """Ask the writer to change something. The thing goes on waiting until they did, or an officer decides."""
    held = held_open(item, by)
    words = in_words(words)
    if held.state != Moderated.State.PENDING:
        raise DecisionRefused(_("Only what waits can go back to its writer."))
    if held.moderated_person() is None:
        raise DecisionRefused(_("We do not know who wrote this, so nobody can be asked."))
    try:
        with transaction.atomic():
            asked = Asked.objects.create(**naming(held), by=by, words=words, at=now, of_text=keys.digest(text_of(held)))
    except IntegrityError:
        raise DecisionRefused(_("The writer has been asked already.")) from None
    log(instance=held, action="moderation.ask", user=by, title=name_in_the_log(held), data={"asked": asked.pk})
    tell_asked(held, asked)
    return asked


def was_changed(*, item: Moderated, now: datetime) -> int:
    """Its writer changed a thing: what they were asked is answered, and it is read again. Rooms call this."""
    return Asked.objects.about(item).filter(settled_at__isnull=True).update(settled_at=now)


@transaction.atomic
def pass_on(*, item: Moderated, words: str, by: Person, now: datetime) -> Escalation:
    """Pass a thing on to the council's own officers, saying what they should look at."""
    held = held_open(item, by)
    words = in_words(words)
    try:
        with transaction.atomic():
            passed = Escalation.objects.create(**naming(held), by=by, words=words, at=now)
    except IntegrityError:
        raise DecisionRefused(_("This has been passed on already.")) from None
    log(instance=held, action="moderation.pass_on", user=by, title=name_in_the_log(held), data={"note": passed.pk})
    return passed


def name_in_the_log(item: Moderated) -> str:
    """Name a thing without its words: those can be erased, the log cannot."""
    return f"{item._meta.verbose_name} {item.pk}"
