"""A grant from the letter to the report in a real browser, and every new page read by axe."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from engagement.funding.actions import money, offers, payments, reports
from engagement.funding.actions.awards import award_round
from engagement.funding.models import Award, FundingRound, Proposal, Report
from tests.eyes import broken_rules, look, press, sign_in
from tests.factories import make_need, make_person
from tests.funding.factories import dates_around, make_counted, make_round, make_vote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def granted(board, coordinator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    now = timezone.now()
    need = make_need(board, "The swings have been chained up for two summers")
    stream = money.make_stream(
        board=board, year_starts_on=timezone.localdate(now).replace(month=1, day=1), name="Community grants",
        allocated_pence=5000_00, cap_pence=2000_00, limit_pence=9000_00, by=coordinator, on=timezone.localdate(now),
    )  # fmt: skip
    money.make_stream(
        board=board, year_starts_on=stream.pot.year_starts_on, name="Tiny grants", allocated_pence=500_00,
        cap_pence=100_00, within=stream, by=coordinator, on=timezone.localdate(now),
    )  # fmt: skip
    money.contribute(
        stream=stream, organisation="Mere Sailing Club", amount_pence=250_00, by=coordinator,
        on=timezone.localdate(now), conditions="For boats and what floats",
    )  # fmt: skip
    money.contribute(
        stream=stream, organisation="Rowers", amount_pence=100_00, by=coordinator, on=timezone.localdate(now),
        received=False,
    )  # fmt: skip
    round = make_round(
        board, title="Winter grants", costs=(400_00, 300_00), stream=stream,
        report_by=timezone.localdate(now) + timedelta(days=60), **dates_around(now, "voting"),
    )  # fmt: skip
    lead = make_person("lead@example.org")
    Proposal.objects.update(lead=lead, place="Fenny Hale")
    for proposal in Proposal.objects.all():
        proposal.needs.add(need)
    make_vote(round, 1, 2, now=now)
    for name, moment in dates_around(now, "to_count").items():
        setattr(round.activity if name in ("opens_at", "closes_at") else round, name, moment)
    from engagement.funding import queries

    round.activity.save()
    round.rules_digest = queries.rules_digest(round)
    round.save()
    make_counted(FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk))
    awards = award_round(round=round, words="Board, item 4", by=coordinator, now=now)
    award = Award.objects.get(pk=awards[0].pk)
    offers.offer(award=award, answer_by=timezone.localdate(now) + timedelta(days=14), by=coordinator, now=now)
    return award, lead


def picture_file() -> dict[str, object]:
    held = io.BytesIO()
    Image.new("RGB", (60, 40), "#227755").save(held, "JPEG")
    return {"name": "swing.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}


PDF = {"name": "receipt.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}


@pytest.mark.parametrize(("width", "javascript"), [(320, False), (1280, True)])
def test_a_group_takes_its_grant_from_the_letter_to_the_report(
    live_server, open_browser, board, coordinator, granted, width, javascript
):
    award, lead = granted
    now = timezone.now()
    page = open_browser(width=width, javascript=True)
    reader = open_browser(width=width, javascript=javascript)
    for browser in (page, reader):
        sign_in(browser, live_server, lead)

    def see(address: str, name: str) -> None:
        page.goto(live_server.url + address)
        look(page, f"{name} at {width}")

    see(award.address("grant"), "offer")
    reader.goto(live_server.url + award.address("grant"))
    press(reader, "Send your answer")
    reader.get_by_text("There is a problem").wait_for()
    reader.get_by_label("Yes, we accept it and its terms").check()
    press(reader, "Send your answer")
    reader.get_by_text("Accepted on").wait_for()
    payment = payments.schedule(
        award=award, amount_pence=200_00, due_on=timezone.localdate(now), asks="A quote", by=coordinator, now=now
    )
    reader.reload()
    reader.get_by_label("A receipt or a photograph").set_input_files(
        {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"<html>"}
    )
    press(reader, "Send this file")
    reader.get_by_text("PDF or a photograph").first.wait_for()
    reader.get_by_label("A receipt or a photograph").set_input_files(PDF)
    press(reader, "Send this file")
    reader.get_by_text("receipt.pdf").wait_for()
    payments.pay(payment=payment, reference="BACS 1", by=coordinator, now=now)
    see(award.address("grant"), "accepted")
    page.goto(live_server.url + award.address("report"))
    press(page, "Send your report")
    look(page, f"report_errors at {width}")
    reader.goto(live_server.url + award.address("report"))
    reader.get_by_label("What happened?").fill("Two swings stand.")
    reader.get_by_label("How much of the grant did you spend?").fill("390")
    reader.get_by_label("Yes, just the same").check()
    reader.locator("#id_picture_1").set_input_files(picture_file())
    reader.locator("#id_alt_1").fill("A swing by the moat")
    press(reader, "Send your report")
    reader.get_by_text("We have your report").wait_for()
    see(award.address("report"), "report_with_picture")
    report = Report.objects.get()
    reports.publish_report(report=report, publish=True, by=coordinator, now=now)
    Report.objects.update(reported_on=timezone.localdate(now) - timedelta(days=120))
    see(award.address("lasting", "3"), "lasting")
    press(page, "Send it")
    look(page, f"lasting_errors at {width}")
    see(award.get_absolute_url(), "awarded")
    assert page.get_by_alt_text("A swing by the moat").evaluate("each => each.naturalWidth") == 60
    for address in ("money/", "money/ledger/", "money/ledger/?kind=paid"):
        see(f"/boards/{board.slug}/{address}", address)
    see(f"/data/grants/?board={board.slug}", "data")


def test_the_desk_screens_of_money_keep_the_rules_too(live_server, open_browser, board, coordinator, granted):
    award, _lead = granted
    now = timezone.now()
    offers.accept(award=award, reason="By letter", by=coordinator, now=now)
    payments.schedule(award=award, amount_pence=200_00, due_on=timezone.localdate(now), by=coordinator, now=now)
    stream = award.stream_id
    page = open_browser()
    sign_in(page, live_server, coordinator)
    for address in (
        "awards/", f"awards/{award.pk}/", f"awards/{award.pk}/vary/", f"awards/{award.pk}/places/",
        f"awards/{award.pk}/read/", f"streams/{stream}/", f"streams/{stream}/partner/", f"streams/{stream}/move/",
        f"boards/{board.pk}/letter/", f"rounds/{award.proposal.round_id}/offers/",
    ):  # fmt: skip
        page.goto(live_server.url + "/desk/funding/" + address)
        assert broken_rules(page, context="#main") == [], address
    page.goto(live_server.url + f"/desk/funding/awards/{award.pk}/")
    press(page, "Mark as paid", role="link")
    page.get_by_label("Reference of the payment").fill("BACS 5")
    press(page, "It is paid")
    page.get_by_text("BACS 5").wait_for()
