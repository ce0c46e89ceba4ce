"""Making evidence of a part of someone's words, in one act: read, kept with consent, linked both ways."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.activities.models import Channel
from engagement.evidence.actions import recording
from engagement.evidence.actions.recording import Bearing, RecordRefused
from engagement.evidence.models import Consent, Evidence, Need
from engagement.moderation.actions import DecisionRefused, decide
from engagement.moderation.models import Decision, Moderated
from engagement.surveys import queries_words
from engagement.surveys.models import Passage, Words

HEARD = {
    Channel.WEB: Evidence.How.ONLINE,
    Channel.KIOSK: Evidence.How.ONLINE,
    Channel.PAPER: Evidence.How.LETTER,
    Channel.PHONE: Evidence.How.CALL,
    Channel.IN_PERSON: Evidence.How.INTERVIEW,
}
LONGEST_PASSAGE = 5_000


class PassageRefused(Exception):
    """Its message is fit to show the officer."""


@transaction.atomic
def send_to_evidence(
    *,
    words: Words,
    text: str,
    by: Person,
    now: datetime,
    need: Need | None = None,
    relation: str = "",
    reason: str = "",
) -> Passage:
    """Keep a part of these words as evidence, with what their writer agreed to, and link it to a need where one is given.

    It must stand in the words as it is; words that nobody read yet are read and shown by this. Only
    what the writer ticked in the same survey counts as consent, in the wording they read.
    """
    # Two officers at once: the second sees what the first made of it.
    held = (
        Words.objects.select_for_update(of=("self",))
        .select_related("response__version", "response__place")
        .get(pk=words.pk)
    )
    board = held.moderated_board()
    text = text.strip()
    if not text or _flat(text) not in _flat(held.text):
        raise PassageRefused(_("Keep to their own words: this does not stand in what they wrote."))
    if len(text) > LONGEST_PASSAGE:
        raise PassageRefused(_("Choose a shorter part: %(most)d letters at most.") % {"most": LONGEST_PASSAGE})
    if Passage.objects.filter(words=held, evidence__withdrawn_at__isnull=False).exists():
        raise PassageRefused(_("These words were taken back."))
    agreed = queries_words.agreed_in(held)
    if Consent.Scope.EVIDENCE not in agreed:
        raise PassageRefused(_("Whoever wrote this did not agree that their words may count as evidence."))
    if any(_flat(passage.evidence.text) == _flat(text) for passage in queries_words.passages_of(held)):
        raise PassageRefused(_("This passage is evidence already."))
    if held.state == Moderated.State.HIDDEN:
        raise PassageRefused(_("These words are not shown. Decide first that they are."))
    try:
        if held.state == Moderated.State.PENDING:
            decide(
                item=held, to=Moderated.State.SHOWN, reason=Decision.Reason.FINE, by=by, now=now,
                seen_as=Moderated.State.PENDING,
            )  # fmt: skip
        # To be told what came of it they keep their code: we hold no address of theirs here.
        scopes = [scope for scope in agreed if scope != Consent.Scope.CONTACT]
        evidence, _code = recording.record(
            board=board,
            text=text,
            how=HEARD[Channel(held.response.channel)],
            heard_on=held.response.on,
            voices=1,
            scopes=scopes,
            now=now,
            by=by,
            where=held.response.place,
            language=held.response.language,
            bears_on=[Bearing(need, relation, reason)] if need is not None else [],
        )
    except (RecordRefused, DecisionRefused) as refused:
        raise PassageRefused(str(refused)) from refused
    # They read the survey's own wording, and nobody read it to them.
    for scope in scopes:
        Consent.objects.filter(evidence=evidence, scope=scope).update(wording=agreed[scope][:300], taken_by=None)
    passage = Passage.objects.create(words=held, evidence=evidence)
    log(
        instance=held.survey,
        action="surveys.passage",
        user=by,
        data={"words": held.pk, "evidence": evidence.reference, "need": need.slug if need else ""},
    )
    return passage


@transaction.atomic
def take_out_of_evidence(*, passage: Passage, by: Person, now: datetime) -> None:
    """Undo a passage that an officer sent by mistake: it goes from evidence, and the words stay as they were read."""
    evidence = passage.evidence
    reference, words = evidence.reference, passage.words
    passage.delete()
    try:
        recording.withdraw(evidence=evidence, by=by, now=now)
    except RecordRefused as refused:
        raise PassageRefused(str(refused)) from refused
    log(instance=words.survey, action="surveys.passage_out", user=by, data={"words": words.pk, "evidence": reference})


def _flat(text: str) -> str:
    """The same text with every gap one space: a form sends lines as it likes."""
    return " ".join(text.split())
