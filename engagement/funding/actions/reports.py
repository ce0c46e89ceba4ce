"""What came of a grant: the group's report, and whether it lasted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.funding import permissions, queries_awards, receipts
from engagement.funding.actions.offers import as_whom, desk_link, done, held_award, may_move, tell_group, tell_officers
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import Award, Lasting, Report, ReportPicture

MOST_PICTURES = 6


@transaction.atomic
def send_report(
    *,
    award: Award,
    did: str,
    spent_pence: int,
    people_helped: int | None,
    went_wrong: str,
    again: str,
    by: Person,
    now: datetime,
    pictures: Sequence[tuple[Any, str]] = (),
) -> Report:
    """The group says what happened. An officer reads it before anyone else; until then it can be sent again."""
    clean = [(receipts.picture(upload), alt.strip()[:200]) for upload, alt in pictures]
    if any(not alt for _kept, alt in clean):
        raise Refused(_("Say what each picture shows, for people who cannot see it."))
    row = held_award(award)
    may_move("report", row, by=by, who=as_whom(row, by, True))
    before = Report.objects.select_for_update().filter(award=row).first()
    if before is not None and before.is_published:
        raise Refused(_("Your report is published. To change it, ring the board."))
    report, made = Report.objects.update_or_create(
        award=row,
        defaults={
            "did": did,
            "spent_pence": spent_pence,
            "people_helped": people_helped,
            "went_wrong": went_wrong,
            "again": again,
            "reported_on": timezone.localdate(now),
            "by_group": True,
            "asked_words": "",
            "is_published": False,
        },
    )
    if report.pictures.count() + len(clean) > MOST_PICTURES:
        raise Refused(_("A report has six pictures at most. Take one out first."))
    for kept, alt in clean:
        picture = ReportPicture(report=report, alt=alt, kind=kept.kind, width=kept.width, height=kept.height)
        picture.file.save(f"{uuid4()}.{kept.ending}", ContentFile(kept.contents), save=False)
        picture.save()
    done("report", award, row, by=by, now=now, first=made, spent_pence=spent_pence, pictures=len(clean))
    tell_officers(
        row,
        key=f"report:{now.isoformat()}",
        subject=_("A report has come: “%(title)s”"),
        body=_("Read it, and publish it or ask the group about it."),
        link=desk_link(row),
        now=now,
    )
    return report


@transaction.atomic
def drop_picture(*, picture: ReportPicture, by: Person, now: datetime) -> None:
    """The group, or an officer, takes a picture out of a report."""
    row = held_award(picture.report.award)
    report = Report.objects.select_for_update().get(pk=picture.report_id)
    officer = permissions.may_manage_award(by, row)
    if not officer and (report.is_published or not permissions.is_of_group(by, row)):
        raise Refused(_("This report can no longer be changed here. Ring the board."))
    stored, storage = str(picture.file.name), picture.file.storage
    picture.delete()
    transaction.on_commit(lambda: storage.delete(stored))
    log(
        instance=row, action="funding.report_picture", user=by, title=f"{_('Grant')} {row.pk}",
        data={"out": True, "board": row.proposal.round.activity.board_id},
    )  # fmt: skip


def _officer_on(report: Report, by: Person) -> Award:
    row = held_award(report.award)
    verdict = permissions.may_manage_award(by, row)
    if not verdict:
        raise Refused(verdict.why_not)
    return row


@transaction.atomic
def publish_report(*, report: Report, publish: bool, by: Person, now: datetime) -> Report:
    """Show a report on its proposal's page, or take it from there. From then on outcomes can tell of it."""
    row = _officer_on(report, by)
    held = Report.objects.select_for_update().get(pk=report.pk)
    before, held.is_published, held.asked_words = held.is_published, publish, ""
    held.save(update_fields=["is_published", "asked_words"])
    log(
        instance=row.proposal,
        action="funding.publish_report",
        user=by,
        title=f"{_('Grant')} {row.pk}",
        data={"before": before, "after": publish, "board": row.proposal.round.activity.board_id},
    )
    if publish and not before:
        tell_group(
            row,
            key=f"published:{now.isoformat()}",
            subject=_("Your report on “%(title)s” is published"),
            body=_("Thank you. Everyone can read now what came of it."),
            link=row.get_absolute_url(),
            now=now,
        )
    report.is_published, report.asked_words = publish, ""
    return held


@transaction.atomic
def ask_about_report(*, report: Report, words: str, by: Person, now: datetime) -> Report:
    """Ask the group something before its report is published; it can send the report again."""
    row = _officer_on(report, by)
    if not words.strip():
        raise Refused(_("Write the words that the group gets."))
    held = Report.objects.select_for_update().get(pk=report.pk)
    if held.is_published:
        raise Refused(_("This report is published. Take it down first, then ask."))
    held.asked_words = words.strip()[:1000]
    held.save(update_fields=["asked_words"])
    log(
        instance=row.proposal, action="funding.ask_about_report", user=by, title=f"{_('Grant')} {row.pk}",
        data={"words": held.asked_words, "board": row.proposal.round.activity.board_id},
    )  # fmt: skip
    tell_group(
        row,
        key=f"report-asked:{now.isoformat()}",
        subject=_("A question about your report on “%(title)s”"),
        body=held.asked_words,
        link=row.address("report"),
        now=now,
    )
    report.asked_words = held.asked_words
    return held


# --- did it last? ------------------------------------------------------------------------------


@transaction.atomic
def say_if_it_lasted(*, award: Award, months: int, lasts: str, words: str, by: Person, now: datetime) -> Lasting:
    """The group says 3 or 12 months on whether it lasted. An officer reads it, then it is public."""
    row = held_award(award)
    may_move("say_if_it_lasted", row, by=by, who=as_whom(row, by, True))
    before = row.lasting.select_for_update().filter(months=months).first()
    if before is not None and before.is_published:
        raise Refused(_("Your answer is published. To change it, ring the board."))
    if before is None and months not in queries_awards.lasting_asked(row, timezone.localdate(now)):
        raise Refused(_("We have not asked this yet. We write to you when it is time."))
    said, _made = Lasting.objects.update_or_create(
        award=row,
        months=months,
        defaults={"lasts": lasts, "words": words, "answered_on": timezone.localdate(now), "is_published": False},
    )
    done("say_if_it_lasted", award, row, by=by, now=now, months=months, lasts=lasts)
    tell_officers(
        row,
        key=f"lasting:{months}:{now.isoformat()}",
        subject=_("Did it last? “%(title)s”"),
        body=_("The group has answered. Read it, and publish it."),
        link=desk_link(row),
        now=now,
    )
    return said


@transaction.atomic
def publish_lasting(*, said: Lasting, publish: bool, by: Person) -> Lasting:
    """Show what a group says some months on, or take it down."""
    row = held_award(said.award)
    verdict = permissions.may_manage_award(by, row)
    if not verdict:
        raise Refused(verdict.why_not)
    said.is_published = publish
    said.save(update_fields=["is_published"])
    log(
        instance=row.proposal, action="funding.publish_lasting", user=by, title=f"{_('Grant')} {row.pk}",
        data={"months": said.months, "after": publish, "board": row.proposal.round.activity.board_id},
    )  # fmt: skip
    return said
