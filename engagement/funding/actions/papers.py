"""A group's papers: kept once, for every later form."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Organisation, Person
from components.handed_in import Checked
from engagement.funding import permissions
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import Paper

MOST_PAPERS = 40


@transaction.atomic
def add_paper(
    *,
    organisation: Organisation,
    kind: str,
    words: str,
    file: Checked | None,
    dated_on: date,
    valid_until: date | None,
    by: Person,
    now: datetime,
) -> Paper:
    """Keep a policy or accounts, as a file or in the group's own words."""
    if not permissions.may_see_group(by, organisation):
        raise Refused(_("Only people of this group can add its papers."))
    if not words.strip() and file is None:
        raise Refused(_("Add a file, or write it in your own words."))
    if Paper.objects.filter(organisation=organisation).count() >= MOST_PAPERS:
        raise Refused(_("Your group has many papers here. Take out the old ones first."))
    paper = Paper(
        organisation=organisation,
        kind=kind,
        words=words.strip(),
        file_name=file.name if file else "",
        file_type=file.type if file else "",
        dated_on=dated_on,
        valid_until=valid_until,
        added_by=by,
        added_at=now,
    )
    if file is not None:
        paper.file.save(file.name, ContentFile(file.content), save=False)
        stored, storage = paper.file.name or "", paper.file.storage
        try:
            with transaction.atomic():
                paper.save()
        except Exception:
            storage.delete(stored)
            raise
    else:
        paper.save()
    log(
        instance=paper,
        action="funding.paper",
        user=by,
        title=str(paper.get_kind_display()),
        data={"organisation": organisation.pk, "kind": kind, "file": bool(file)},
    )
    return paper


@transaction.atomic
def take_out_paper(*, paper: Paper, by: Person) -> None:
    """Take a paper out for good: its row now, its file once that is certain."""
    if not permissions.may_see_group(by, paper.organisation):
        raise Refused(_("Only people of this group can take out its papers."))
    file = paper.file
    if file:
        stored, storage = file.name or "", file.storage
        transaction.on_commit(lambda: storage.delete(stored))
    log(
        instance=paper,
        action="funding.paper_out",
        user=by,
        title=str(paper.get_kind_display()),
        data={"organisation": paper.organisation_id, "kind": paper.kind},
    )
    paper.delete()
