"""Taking personal details out of a text, and the one way to what stood there before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people import keys
from boards.people.models import Person
from engagement.moderation import permissions
from engagement.moderation.actions.deciding import DecisionRefused
from engagement.moderation.actions.telling import tell_edited
from engagement.moderation.models import Edit, Moderated, Original, naming

# What a room does to the copies it keeps of an edited text, in the same transaction: (thing, field, what it was).
AfterEditing = Callable[[Moderated, str, str], None]
_after: dict[type[Moderated], AfterEditing] = {}


def when_edited(model: type[Moderated], act: AfterEditing) -> None:
    _after[model] = act


def as_typed(text: str) -> str:
    """Give a text as a box sends it back: what a browser does to line ends is no change."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def digest_of(text: str) -> str:
    """Give a keyed digest of what stands in a field, to tell whether it is still what an officer saw."""
    return keys.digest(f"seen: {as_typed(text)}")


@transaction.atomic
def edit_out(*, item: Moderated, field: str, text: str, by: Person, now: datetime, was: str | None = None) -> Edit:
    """Put `text` in place of one field, so that personal details are out; what stood there is sealed away.

    `was` is the digest of what the officer saw: where it changed since, nothing is done. Only fields that the kind names
    may be edited.
    """
    model = type(item)
    if field not in model.moderated_fields:
        raise ValueError("This field is not the writer's own words.")
    held = model._default_manager.select_for_update(of=("self",)).filter(pk=item.pk).first()
    if held is None:
        raise DecisionRefused(_("This has been deleted since you opened the page."))
    verdict = permissions.may_decide(by, held)
    if not verdict:
        raise DecisionRefused(verdict.why_not)
    before: str = getattr(held, field)
    text = as_typed(text)
    if was is not None and was != digest_of(before):
        raise DecisionRefused(_("The words have changed since you opened the page. Read them again."))
    if text == as_typed(before):
        raise DecisionRefused(_("Nothing was changed. Take out what should not be shown, then send it again."))
    box = model._meta.get_field(field)
    assert isinstance(box, models.CharField | models.TextField)  # noqa: S101
    if not text and not box.blank:
        raise DecisionRefused(_("Something must stay. To take all of it away, do not show it."))
    if box.max_length and len(text) > box.max_length:
        raise DecisionRefused(_("Use %(most)d letters or fewer.") % {"most": box.max_length})
    setattr(held, field, text)
    held.moderated_was_edited(field)
    held.save()
    edit = Edit.objects.create(**naming(held), field=field, by=by, at=now)
    Original.objects.create(edit=edit, sealed=Original.seal(before))
    # Neither text stands in the log: it is read by more people, and is never emptied.
    log(
        instance=held,
        action="moderation.edit",
        user=by,
        title=f"{model._meta.verbose_name} {held.pk}",
        data={"field": field, "edit": edit.pk, "board": edit.board_id},
    )
    if act := _after.get(model):
        act(held, field, before)
    tell_edited(held, edit)
    item.refresh_from_db()
    return edit


@transaction.atomic
def read_original(*, edit: Edit, why: str, by: Person) -> str:
    """Give what stood there before an edit. Who read it, and why, is in the log from then on."""
    verdict = permissions.may_see_originals(by, edit.board_id)
    if not verdict:
        raise DecisionRefused(verdict.why_not)
    why = why.strip()
    if not why:
        raise DecisionRefused(_("Say why you need to read it. It is kept in the log."))
    text = Original.objects.get(pk=edit.pk).unsealed()
    if text is None:
        raise DecisionRefused(_("This cannot be opened: the key it was sealed with is gone."))
    log(
        instance=edit,
        action="moderation.read_original",
        user=by,
        data={"edit": edit.pk, "why": why[:300], "board": edit.board_id},
    )
    return text
