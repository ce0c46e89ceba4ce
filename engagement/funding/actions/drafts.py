"""A longer form from its first word to being sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.actions.groups import number_of, recognise
from boards.people.models import Organisation, Person
from boards.people.org_ids import Numbered
from boards.people.queries import acts_for
from boards.places.models import Area
from engagement.evidence.models import Need
from engagement.funding import permissions
from engagement.funding.actions.proposals import Keyed, propose
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import Draft, FundingRound, Host, Match, Plan, Proposal
from engagement.ideas.models import Idea
from engagement.ideas.permissions import writes
from engagement.notifications.actions import tell

Typed = Mapping[str, Sequence[str]]
"""What stands in the boxes of one part, as it was typed."""
MOST_SIGNS = 60_000
MOST_DRAFTS = 30


class ChangedMeanwhile(Refused):
    """Someone saved this part since it was opened. Holds what they wrote, so that both can be read."""

    def __init__(self, theirs: Typed, by: str, version: int) -> None:
        super().__init__(_("Someone else saved this part while you were writing."))
        self.theirs, self.by, self.version = theirs, by, version


@transaction.atomic
def start_draft(
    *,
    key: UUID,
    round: FundingRound,
    by: Person,
    now: datetime,
    organisation: Organisation | None = None,
    answers: Mapping[str, Typed] | None = None,
    carried: Sequence[str] = (),
    carried_from: Proposal | None = None,
    from_idea: Idea | None = None,
) -> Draft:
    """Begin a longer form, or give the one that this key began."""
    verdict = permissions.may_propose(round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if organisation is not None and not acts_for(by, organisation.pk):
        raise Refused(_("Only people of this group can write for it."))
    before = Draft.objects.filter(pk=key).first()
    if before is not None:
        if before.started_by_id != by.pk or before.round_id != round.pk:
            raise Refused(_("This form was begun before. Start a new one."))
        return before
    if Draft.objects.filter(started_by=by, sent_as__isnull=True).count() >= MOST_DRAFTS:
        raise Refused(_("You have many forms here that are not sent. Delete some first."))
    return Draft.objects.create(
        key=key,
        round=round,
        organisation=organisation,
        started_by=by,
        edited_by=by,
        edited_at=now,
        answers={
            part: {name: list(values) for name, values in typed.items()} for part, typed in (answers or {}).items()
        },
        versions=dict.fromkeys(answers or {}, 1),
        carried=list(carried),
        carried_from=carried_from,
        from_idea=from_idea if from_idea is not None and writes(by, from_idea) else None,
    )


def check_size(typed: Typed) -> None:
    if len(json.dumps({name: list(values) for name, values in typed.items()})) > MOST_SIGNS:
        raise Refused(_("This is more text than we can keep. Make it shorter."))


@transaction.atomic
def save_part(*, draft: Draft, part: str, typed: Typed, seen: int, by: Person, now: datetime) -> Draft:
    """Keep what was typed in one part, finished or not.

    `seen` is the version that the writer opened. Raises ChangedMeanwhile, and changes nothing,
    where another has saved other words since; to save over them they post the newer version.
    """
    held = Draft.objects.select_for_update(of=("self",)).select_related("edited_by").get(pk=draft.pk)
    if not permissions.may_edit_draft(by, held):
        raise Refused(_("Only people of this group can write in its form."))
    if held.sent_as_id is not None:
        raise Refused(_("This form has been sent, so it can no longer change."))
    check_size(typed)
    kept = {name: list(values) for name, values in typed.items()}
    now_stands, version = held.answers.get(part, {}), held.versions.get(part, 0)
    if kept != now_stands and version != seen:
        raise ChangedMeanwhile(now_stands, str(held.edited_by or ""), version)
    if kept != now_stands:
        held.answers[part], held.versions[part] = kept, version + 1
        held.edited_by, held.edited_at = by, now
    held.carried = [each for each in held.carried if each != part]
    held.save(update_fields=["answers", "versions", "carried", "edited_by", "edited_at"])
    return held


@transaction.atomic
def give_to_group(*, draft: Draft, name: str, numbered: Numbered, by: Person, on: date) -> None:
    """List a draft under its group, where its writer acts for that group or brings a new one.

    A group that is here already and has other people keeps its doors shut: the draft stays its
    writer's own, and the proposal is joined to the group when it is sent.
    """
    held = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if held.organisation_id is not None or held.sent_as_id is not None:
        return
    group = recognise(name=name, numbered=number_of(name=name, numbered=numbered), person=by, on=on)
    if group.memberships.filter(person=by, joined_on__isnull=False).exists() or acts_for(by, group.pk):
        held.organisation = group
        held.save(update_fields=["organisation"])


@transaction.atomic
def delete_draft(*, draft: Draft, by: Person) -> None:
    held = Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
    if held is None:
        return
    if not permissions.may_edit_draft(by, held):
        raise Refused(_("Only people of this group can delete its form."))
    if held.sent_as_id is not None:
        raise Refused(_("This form has been sent. You can withdraw the proposal on its page."))
    held.delete()


@dataclass(frozen=True)
class HostNamed:
    """Another organisation that would hold the money, and the address of whoever can say yes for it."""

    name: str
    numbered: Numbered
    email: str


@dataclass(frozen=True)
class Others:
    """What someone else gives: one line of the match."""

    giver: str
    amount_pence: int
    kind: str
    standing: str


@dataclass(frozen=True)
class Application:
    """Every answer of the longer form, clean."""

    title: str
    summary: str
    starts_on: date
    ends_on: date
    who_benefits: str
    areas: tuple[Area, ...]
    place: str
    postcode: str
    for_children: bool
    for_adults_at_risk: bool
    needs: tuple[Need, ...]
    outcome: str
    how_known: str
    lines: tuple[tuple[str, int], ...]
    matches: tuple[Others, ...]
    nobody_matches: bool
    group: str
    numbered: Numbered
    has_account: bool
    host: HostNamed | None = None

    @property
    def cost_pence(self) -> int:
        return sum(amount for _what, amount in self.lines)


@transaction.atomic
def send_draft(
    *, draft: Draft, application: Application, seen: Mapping[str, int], minutes_asked: int, by: Person, now: datetime
) -> Proposal:
    """Send a finished form in; sent twice, it gives the proposal of the first time.

    `seen` are the versions from which `application` was read: what changed since is not sent unread.
    """
    held = Draft.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=draft.pk)
    if not permissions.may_edit_draft(by, held):
        raise Refused(_("Only people of this group can send its form."))
    if held.sent_as is not None:
        return held.sent_as
    if held.versions != dict(seen):
        raise Refused(_("Someone changed this form a moment ago. Read it once more, then send it."))
    proposal = apply(
        round=draft.round,
        application=application,
        lead=by,
        organisation=held.organisation,
        minutes_asked=minutes_asked,
        from_idea=held.from_idea if held.from_idea is not None and writes(by, held.from_idea) else None,
        now=now,
    )
    held.sent_as = proposal
    if held.organisation_id is None and acts_for(by, proposal.organisation_id):
        held.organisation = proposal.organisation
    held.save(update_fields=["sent_as", "organisation"])
    return proposal


@transaction.atomic
def apply(
    *,
    round: FundingRound,
    application: Application,
    lead: Person | None,
    now: datetime,
    organisation: Organisation | None = None,
    minutes_asked: int = 0,
    keyed: Keyed | None = None,
    from_idea: Idea | None = None,
) -> Proposal:
    """Keep a proposal with all that the longer form asks; its host is asked to agree."""
    numbered = number_of(name=application.group, numbered=application.numbered)
    if organisation is None:
        organisation = recognise(name=application.group, numbered=numbered, person=lead, on=timezone.localdate(now))
    proposal = propose(
        round=round,
        lead=lead,
        title=application.title,
        group=application.group,
        summary=application.summary,
        who_benefits=application.who_benefits,
        lines=application.lines,
        place=application.place,
        org_id=organisation.identifier,
        organisation=organisation,
        needs=application.needs,
        minutes_asked=minutes_asked,
        keyed=keyed,
        from_idea=from_idea,
        now=now,
    )
    plan = Plan.objects.create(
        proposal=proposal,
        starts_on=application.starts_on,
        ends_on=application.ends_on,
        postcode=application.postcode,
        for_children=application.for_children,
        for_adults_at_risk=application.for_adults_at_risk,
        outcome=application.outcome,
        how_known=application.how_known,
        has_account=application.has_account,
        nobody_matches=application.nobody_matches,
    )
    plan.areas.set(application.areas)
    Match.objects.bulk_create(
        Match(
            proposal=proposal, giver=each.giver, amount_pence=each.amount_pence, kind=each.kind, standing=each.standing
        )
        for each in application.matches
    )
    if application.host is not None:
        ask_host(proposal=proposal, host=application.host, now=now)
    return proposal


def ask_host(*, proposal: Proposal, host: HostNamed, now: datetime) -> Host:
    """Write to the host: only who answers from that address can agree."""
    organisation = recognise(
        name=host.name,
        numbered=number_of(name=host.name, numbered=host.numbered),
        person=None,
        on=timezone.localdate(now),
    )
    if organisation.pk == proposal.organisation_id:
        raise Refused(_("A host is another organisation. Name one that is not your own group."))
    person = Person.objects.known_by(host.email)
    if person.pk == proposal.lead_id:
        raise Refused(_("The host must answer from an address of its own, not from yours."))
    asked = Host.objects.create(proposal=proposal, organisation=organisation, asked=person, asked_at=now)
    tell(
        person=person,
        key=f"funding-host:{asked.pk}",
        kind="funding",
        subject=_("Would you hold a grant for %(group)s?") % {"group": proposal.group},
        body=_(
            "%(group)s has no bank account and asks you to hold its grant, if it wins one, for “%(title)s”.\n\n"
            "Read what it asks for and say yes or no on the page below."
        )
        % {"group": proposal.group, "title": proposal.title},
        link=proposal.round.address("host", proposal.slug),
        now=now,
    )
    return asked


@transaction.atomic
def answer_as_host(*, host: Host, agrees: bool, by: Person, now: datetime) -> None:
    """Keep what the host says; it may change its mind while the proposal is checked."""
    held = Host.objects.select_for_update(of=("self",)).select_related("proposal__lead").get(pk=host.pk)
    if held.asked_id != by.pk:
        raise Refused(_("Only the person who was asked can answer."))
    if held.agrees == agrees:
        return
    round = FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=held.proposal.round_id)
    if not permissions.in_stage(round, "check", now=now):
        raise Refused(_("The list for the ballot is fixed, so this can no longer change here. Ring the board."))
    held.agrees, held.answered_at = agrees, now
    held.save(update_fields=["agrees", "answered_at"])
    proposal = held.proposal
    proposal.round = round
    if proposal.lead is not None:
        said = _("Your host agrees to hold the grant.") if agrees else _("Your host does not agree to hold the grant.")
        tell(
            person=proposal.lead,
            key=f"funding-host-answer:{held.pk}:{now.isoformat()}",
            kind="funding",
            subject=_("Your host has answered about “%(title)s”") % {"title": proposal.title},
            body=said,
            link=proposal.get_absolute_url(),
            now=now,
        )
