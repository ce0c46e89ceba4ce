"""Knowing a group when it comes again, and who acts for it."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Membership, Organisation, Person
from boards.people.org_ids import KINDS, Numbered, Register, place_name, same_letters
from boards.people.queries import acts_for, organisations_of
from boards.places.models import Area

MOST_INVITED = 20
"""People of one group who have not come yet. A group that wants more waits until some have."""


class GroupRefused(Exception):
    """Its message is fit to show."""


def known(*, name: str, numbered: Numbered, person: Person | None = None) -> Organisation | None:
    """Give the organisation that this number, parish, or (among a person's own groups) name means, or None.

    A name alone never leads to a group of other people: two may be called the same.
    """
    if numbered.org_id:
        return Organisation.objects.filter(org_id=numbered.org_id).first()
    if numbered.gss_code:
        return Organisation.objects.filter(local_id=f"p-{numbered.gss_code}").first()
    if person is None:
        return None
    wanted = same_letters(name)
    return next((group for group in organisations_of(person) if same_letters(group.name) == wanted), None)


def parish_named(name: str) -> str:
    """Give the code of the parish a council is named after, or an empty text where none or several are."""
    wanted = place_name(name)
    if not wanted:
        return ""
    parishes = Area.objects.filter(kind=Area.Kind.PARISH, name__icontains=wanted.split()[0]).values_list("code", "name")
    found = [code for code, called in parishes[:200] if place_name(called) == wanted]
    return found[0] if len(found) == 1 else ""


@transaction.atomic
def recognise(*, name: str, numbered: Numbered, person: Person | None, on: date) -> Organisation:
    """Give the organisation, made now if it is new; whoever brings a new one acts for it.

    Knowing the number of a group that is here already opens nothing of it: its own people invite.
    """
    found = known(name=name, numbered=numbered, person=person)
    if found is not None:
        return found
    group = Organisation(
        name=name[:160],
        kind=KINDS[numbered.register],
        org_id=numbered.org_id,
        local_id=f"p-{numbered.gss_code}" if numbered.gss_code else "",
    )
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:  # someone brought the same one a moment ago
        again = known(name=name, numbered=numbered, person=person)
        if again is None:
            raise
        return again
    if person is not None:
        Membership.objects.create(organisation=group, person=person, invited_by=person, invited_on=on, joined_on=on)
    return group


def number_of(*, name: str, numbered: Numbered) -> Numbered:
    """Give a town or parish council the code of its parish where its name says which one it is."""
    if numbered.register is Register.PARISH and not numbered.gss_code:
        return Numbered(Register.PARISH, gss_code=parish_named(name))
    return numbered


@transaction.atomic
def invite(*, organisation: Organisation, email: str, by: Person, on: date) -> tuple[Person, bool]:
    """Ask someone to act for a group too; give them, and whether this is new."""
    if not acts_for(by, organisation.pk):
        raise GroupRefused(_("Only people of this group can invite others."))
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    person = Person.objects.known_by(email)
    membership = Membership.objects.filter(organisation=organisation, person=person).first()
    if membership is not None or acts_for(person, organisation.pk):
        return person, False
    if Membership.objects.filter(organisation=organisation, joined_on__isnull=True).count() >= MOST_INVITED:
        raise GroupRefused(_("Many people you invited have not come yet. Take some invitations back first."))
    Membership.objects.create(organisation=organisation, person=person, invited_by=by, invited_on=on)
    log(
        instance=organisation,
        action="people.invite_to_group",
        user=by,
        data={"organisation": organisation.pk, "person": person.pk},
    )
    return person, True


@transaction.atomic
def join(*, organisation: Organisation, person: Person, on: date) -> bool:
    """Take up an invitation; False when there is none. A second time changes nothing."""
    membership = Membership.objects.select_for_update().filter(organisation=organisation, person=person).first()
    if membership is None:
        return False
    if membership.joined_on is None:
        membership.joined_on = on
        membership.save(update_fields=["joined_on"])
        log(
            instance=organisation,
            action="people.join_group",
            user=person,
            data={"organisation": organisation.pk, "person": person.pk},
        )
    return True


@transaction.atomic
def leave(*, membership: Membership, by: Person) -> None:
    """Take someone out of a group, or take an invitation back. The last one who acts for it stays."""
    if not acts_for(by, membership.organisation_id):
        raise GroupRefused(_("Only people of this group can do this."))
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    others = Membership.objects.filter(organisation=membership.organisation_id).joined().exclude(pk=membership.pk)
    if membership.joined_on is not None and not others.exists():
        raise GroupRefused(_("Someone must be left who acts for the group. Invite another person first."))
    log(
        instance=membership.organisation,
        action="people.leave_group",
        user=by,
        data={"organisation": membership.organisation_id, "person": membership.person_id},
    )
    membership.delete()
