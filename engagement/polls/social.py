"""What the same question got on social media: kept, shown beside the poll, and counted as evidence.

Its numbers are never added to the poll's. Nobody can know who answered there, or how often, so as
evidence it is one voice; the numbers stand in its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from boards.people.models import Person
from components.templatetags.components import london_date
from engagement.evidence.actions import recording
from engagement.evidence.models import Consent, Evidence, Need
from engagement.polls.actions import PollRefused
from engagement.polls.models import Poll, SocialCount, SocialPoll
from engagement.polls.permissions import may_run

Answers = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Panel:
    """One poll on social media as a page shows it."""

    social: SocialPoll
    rows: tuple[tuple[str, int], ...]
    base: int
    title: str


def social_of(poll: Poll) -> list[Panel]:
    """Give a poll's polls on social media, latest first, in two queries."""
    return [panel_of(each) for each in SocialPoll.objects.filter(poll=poll).prefetch_related("counts")]


def panel_of(social: SocialPoll) -> Panel:
    rows = tuple((count.text, count.votes) for count in social.counts.all())
    title = _("Answers on %(platform)s") % {"platform": name_of(social)}
    return Panel(social, rows, sum(votes for _text, votes in rows), title)


def name_of(social: SocialPoll) -> str:
    if social.platform == SocialPoll.Platform.OTHER:
        return _("social media")
    return str(social.get_platform_display())


def in_words(social: SocialPoll, answers: Answers) -> str:
    """Give what evidence keeps of it: what was asked, where and when, and every count."""
    sentences = [
        _("A poll on %(platform)s asked “%(question)s”, from %(first)s to %(last)s.")
        % {
            "platform": name_of(social),
            "question": social.wording,
            "first": london_date(social.starts_on),
            "last": london_date(social.ends_on),
        },
        _("Answers: %(answers)s.") % {"answers": "; ".join(f"{text}: {intcomma(votes)}" for text, votes in answers)},
    ]
    if social.reach:
        sentences.append(
            ngettext("%(n)s person saw it.", "%(n)s people saw it.", social.reach) % {"n": intcomma(social.reach)}
        )
    sentences.append(_("Nobody can know who answered, or how often."))
    return " ".join(sentences)


@transaction.atomic
def record_social(*, poll: Poll, answers: Answers, by: Person, **fields: Any) -> SocialPoll:
    """Write down a poll on social media with its counts."""
    _ask(poll, by)
    social = SocialPoll.objects.create(poll=poll, recorded_by=by, **fields)
    _count(social, answers)
    log(instance=poll, action="polls.social_add", user=by, data={"after": picture_of(social)})
    return social


@transaction.atomic
def change_social(*, social: SocialPoll, answers: Answers, by: Person, **fields: Any) -> None:
    """Put what was written down right. Where it counts as evidence, the words there follow."""
    _ask(social.poll, by)
    before = picture_of(social)
    for name, value in fields.items():
        setattr(social, name, value)
    social.save()
    social.counts.all().delete()
    _count(social, answers)
    evidence = social.evidence
    if evidence is not None and evidence.withdrawn_at is None:
        evidence.text, evidence.heard_on = in_words(social, answers), social.ends_on
        evidence.save(update_fields=["text", "heard_on"])
    log(
        instance=social.poll,
        action="polls.social_change",
        user=by,
        data={"before": before, "after": picture_of(social)},
    )


@transaction.atomic
def remove_social(*, social: SocialPoll, by: Person, now: datetime) -> None:
    """Take it away, and out of the evidence too."""
    _ask(social.poll, by)
    log(instance=social.poll, action="polls.social_remove", user=by, data={"before": picture_of(social)})
    evidence = social.evidence
    social.delete()
    if evidence is not None and evidence.withdrawn_at is None:
        _say(lambda: recording.withdraw(evidence=evidence, by=by, now=now))


@transaction.atomic
def count_as_evidence(
    *, social: SocialPoll, need: Need, relation: str, reason: str, by: Person, now: datetime
) -> Evidence:
    """Link it to a need as one voice, with all its numbers in words. Again: to a further need."""
    _ask(social.poll, by)
    held = SocialPoll.objects.select_for_update(of=("self",)).select_related("evidence").get(pk=social.pk)
    evidence = held.evidence
    if evidence is None or evidence.withdrawn_at is not None:
        answers = [(count.text, count.votes) for count in held.counts.all()]
        evidence, _code = _say(
            lambda: recording.record(
                board=social.poll.activity.board,
                text=in_words(held, answers),
                how=Evidence.How.SOCIAL,
                heard_on=held.ends_on,
                voices=1,
                scopes=[Consent.Scope.EVIDENCE, Consent.Scope.QUOTE],
                now=now,
                by=by,
                where_words=name_of(held),
            )
        )
        held.evidence = evidence
        held.save(update_fields=["evidence"])
    _say(lambda: recording.link(evidence=evidence, need=need, relation=relation, reason=reason, by=by, now=now))
    log(
        instance=social.poll,
        action="polls.social_evidence",
        user=by,
        data={"need": need.slug, "relation": relation, "evidence": evidence.reference},
    )
    return evidence


def has_ended(social: SocialPoll, now: datetime) -> bool:
    return social.ends_on <= timezone.localdate(now)


def picture_of(social: SocialPoll) -> dict[str, Any]:
    """Give what the log keeps of it."""
    return {
        "platform": social.platform,
        "link": social.link,
        "wording": social.wording,
        "from": _iso(social.starts_on),
        "to": _iso(social.ends_on),
        "reach": social.reach,
        "counts": [
            [text, votes] for text, votes in social.counts.order_by("position", "pk").values_list("text", "votes")
        ],
    }


def _iso(day: date) -> str:
    return day.isoformat()


def _count(social: SocialPoll, answers: Answers) -> None:
    SocialCount.objects.bulk_create(
        SocialCount(social=social, text=text, votes=votes, position=at) for at, (text, votes) in enumerate(answers, 1)
    )


def _ask(poll: Poll, by: Person) -> None:
    verdict = may_run(by, poll)
    if not verdict:
        raise PollRefused(verdict.why_not)


def _say(act: Any) -> Any:
    """Do what the evidence room does, and pass its refusal on in our own words' way."""
    try:
        return act()
    except recording.RecordRefused as refused:
        raise PollRefused(str(refused)) from None
