"""What `manage.py tick` reminds groups of, worked out from dates alone. Each reminder goes once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from components.templatetags.components import london_date
from engagement.funding import queries_awards
from engagement.funding.models import Award, Report
from engagement.notifications.actions import tell

OFFER_DAYS = (-3, 0)
"""Days before (less than nought) or after the answer is due."""
REPORT_DAYS = (-14, 0, 14)
WINDOW = 21
"""A reminder missed for longer than this, as when the server stood still, is not sent any more."""


def remind(*, now: datetime) -> int:
    """Put every reminder that is due in the outbox; give how many are new. Safe to run twice at once."""
    today = timezone.localdate(now)
    return remind_of_offers(today, now) + remind_of_reports(today, now) + ask_if_it_lasted(today, now)


def latest(due_on: date, days: tuple[int, ...], today: date) -> int | None:
    """Give the last of these days that has come, unless it is long past."""
    come = [each for each in days if due_on + timedelta(days=each) <= today]
    if not come or (today - due_on).days - come[-1] > WINDOW:
        return None
    return come[-1]


def remind_of_offers(today: date, now: datetime) -> int:
    offered = _with_lead().filter(
        state=Award.State.OFFERED,
        answer_by__gte=today - timedelta(days=WINDOW),
        answer_by__lte=today - timedelta(days=OFFER_DAYS[0]),
    )
    made = 0
    for award in offered.iterator():
        step = latest(award.answer_by, OFFER_DAYS, today) if award.answer_by else None
        if step is not None:
            made += _tell(
                award,
                f"offer-due:{award.answer_by}:{step}",
                _("Please answer: the grant for “%(title)s”"),
                _("Your offer waits for a yes or a no by %(day)s.") % {"day": london_date(award.answer_by)},
                award.address("grant"),
                now,
            )
    return made


def remind_of_reports(today: date, now: datetime) -> int:
    owing = (
        _with_lead()
        .filter(state=Award.State.ACCEPTED, report__isnull=True)
        .annotate(due=queries_awards.due_day())
        .filter(due__gte=today - timedelta(days=REPORT_DAYS[-1] + WINDOW))
        .filter(due__lte=today - timedelta(days=REPORT_DAYS[0]))
    )
    made = 0
    for award in owing.iterator():
        due: date = award.due_on
        step = latest(due, REPORT_DAYS, today)
        if step is not None:
            late = step > 0
            made += _tell(
                award,
                f"report-due:{due}:{step}",
                _("Your report on “%(title)s” is late") if late else _("Your report on “%(title)s” is due"),
                _("Tell us what happened. It takes about five minutes. It was due on %(day)s.")
                % {"day": london_date(due)}
                if late
                else _("Tell us what happened by %(day)s. It takes about five minutes.") % {"day": london_date(due)},
                award.address("report"),
                now,
            )
    return made


def ask_if_it_lasted(today: date, now: datetime) -> int:
    made = 0
    for months in queries_awards.MONTHS:
        reports = (
            Report.objects.filter(
                is_published=True,
                award__state=Award.State.ACCEPTED,
                award__proposal__lead__isnull=False,
                reported_on__lte=today - timedelta(days=28 * months),
                reported_on__gte=today - timedelta(days=31 * months + WINDOW),
            )
            .exclude(award__lasting__months=months)
            .select_related("award__proposal__lead", "award__proposal__round__activity__board")
        )
        for report in reports.iterator():
            asked_on = queries_awards.months_after(report.reported_on, months)
            if asked_on <= today <= asked_on + timedelta(days=WINDOW):
                made += _tell(
                    report.award,
                    f"lasting:{months}",
                    _("Did it last? “%(title)s”"),
                    _("It is %(months)d months since your report. Tell us in two minutes what is left of it.")
                    % {"months": months},
                    report.award.address("lasting", str(months)),
                    now,
                )
    return made


def _with_lead() -> QuerySet[Award]:
    return Award.objects.filter(proposal__lead__isnull=False, proposal__lead__is_active=True).select_related(
        "proposal__lead", "proposal__round__activity__board"
    )


def _tell(award: Award, key: str, subject: str, body: str, link: str, now: datetime) -> bool:
    lead = award.proposal.lead
    if lead is None:
        return False
    return tell(
        person=lead,
        key=f"funding-grant:{award.pk}:{key}",
        kind="funding",
        subject=subject % {"title": award.proposal.title},
        body=body,
        link=link,
        now=now,
    )
