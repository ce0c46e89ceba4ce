"""From the award to what came of it: the offer, the payments, the report, and who may see what."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from wagtail.models import ModelLogEntry

from engagement.funding import queries, queries_awards, queries_money, words_awards
from engagement.funding.actions import offers, payments, reports
from engagement.funding.actions.awards import award_round, record_report
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.reminders import remind
from engagement.funding.models import Award, EvidenceFile, Lasting, LedgerEntry, Payment, Proposal, Report
from engagement.funding.rules.awards import MOVES, AwardFacts, Must, Refusal, State, Who, refused
from engagement.moderation.models import Moderated
from engagement.notifications.models import Message
from tests.factories import make_person
from tests.funding.factories import AFTER, make_counted, make_money, make_round, make_vote

pytestmark = pytest.mark.django_db
TODAY = AFTER.date()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def lead():
    return make_person("lead@example.org")


@pytest.fixture
def award(board, coordinator, lead):
    """A grant of £400 from a stream of £1,000, awarded and not yet offered."""
    round = make_round(
        board, costs=(400_00,), stream=make_money(board, allocated_pence=1000_00), report_by=TODAY + 90 * DAY
    )
    Proposal.objects.update(lead=lead)
    make_vote(round, 1)
    make_counted(round)
    [found] = award_round(round=round, words="Board, item 4", by=coordinator, now=AFTER)
    return Award.objects.get(pk=found.pk)


@pytest.fixture
def accepted(award, coordinator, lead):
    offers.offer(award=award, answer_by=TODAY + 14 * DAY, by=coordinator, now=AFTER)
    offers.accept(award=award, by=lead, now=AFTER)
    return award


def left(award) -> int:
    award.stream.refresh_from_db()
    return award.stream.left_pence


def picture_bytes(kind="JPEG", size=(40, 30)) -> bytes:
    picture = Image.new("RGB", size, "#aa3300")
    exif = picture.getexif()
    exif[0x010F] = "SpyCamera"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    held = BytesIO()
    picture.save(held, kind, exif=exif)
    return held.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def sent(name, contents) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, contents, "text/html")


# --- the table


@given(
    st.sampled_from(sorted(MOVES)),
    st.sampled_from(State),
    st.sampled_from(Who),
    st.integers(0, 500),
    st.integers(0, 500),
    st.integers(0, 500),
)
def test_the_table_lets_nothing_through_that_breaks_its_own_words(name, state, who, amount, paid, money):
    paid = min(paid, amount)
    facts = AwardFacts(state, amount, paid, 0, 100)

    why = refused(name, facts, who=who, reason="Because", amount_pence=money)

    move = MOVES[name]
    if who not in move.who:
        assert why is Refusal.NOT_YOU
    elif state not in move.before:
        assert why is Refusal.NOT_NOW
    elif why is None:
        if Must.FIT_THE_AWARD in move.must:
            assert paid + money <= amount
        if Must.FIT_WHAT_IS_PAID in move.must:
            assert money <= paid
        if Must.FIT_THE_STREAM in move.must:
            assert money - amount <= 100


def test_every_refusal_of_the_table_has_a_sentence():
    for name in MOVES:
        for why in Refusal:
            for state in State:
                assert words_awards.refusal(why, name, state).endswith(".")


@given(st.text(max_size=200))
def test_a_letter_with_any_braces_is_still_a_letter(template):
    award = Award(amount_pence=400_00, proposal=Proposal(title="{board}", group="Castle {amount}"))

    words = words_awards.letter(template, award, board="Town", answer_by=TODAY, report_by=None)

    if "{" not in template:
        assert words == template


def test_a_letter_fills_its_gaps_and_never_fills_what_it_put_in():
    award = Award(amount_pence=400_50, proposal=Proposal(title="{board}", group="G"))

    words = words_awards.letter("{title}: {amount} {other} {", award, board="Town", answer_by=TODAY, report_by=None)

    assert words == "{board}: £400.50 {other} {"


# --- the offer


def test_a_group_reads_its_letter_and_accepts_online(client, award, coordinator, lead):
    offers.offer(award=award, answer_by=TODAY + 14 * DAY, by=coordinator, now=AFTER)
    client.force_login(lead)

    page = client.get(award.address("grant")).content.decode()
    assert "£400" in page
    assert "You keep receipts" in page
    answer = client.post(award.address("answer"), {"answer": "accept"})

    assert answer["Location"] == award.address("grant")
    award.refresh_from_db()
    assert (award.state, award.answered_by_group) == ("accepted", True)
    assert Message.objects.filter(to=coordinator, subject__startswith="Accepted").exists()
    again = client.post(award.address("answer"), {"answer": "decline"})
    assert "accepted already" in again.content.decode()


def test_the_letter_is_the_boards_own_and_stays_as_it_was_sent(award, board, coordinator):
    offers.save_letter(board=board, words="Take {amount} by {answer_by}.", by=coordinator)
    offers.offer(award=award, answer_by=date(2026, 12, 24), by=coordinator, now=AFTER)
    offers.save_letter(board=board, words="Other", by=coordinator)

    award.refresh_from_db()
    assert award.offer_words == "Take £400 by Thursday 24 December 2026."


def test_no_thank_you_puts_the_money_back_and_says_so(client, award, coordinator, lead):
    offers.offer(award=award, answer_by=TODAY, by=coordinator, now=AFTER)
    assert left(award) == 600_00

    offers.decline(award=award, by=lead, now=AFTER)

    assert left(award) == 1000_00
    assert list(queries.awards_of()) == []
    page = client.get(award.get_absolute_url()).content.decode()
    assert "The group said no" in page
    offers.reopen(award=award, reason="They rang: it was a mistake", by=coordinator, now=AFTER)
    assert left(award) == 600_00
    assert queries.streams_out_of_balance() == queries_money.awards_out_of_balance() == []


def test_a_declined_grant_whose_money_is_gone_cannot_be_offered_again(award, coordinator, lead):
    offers.offer(award=award, answer_by=TODAY, by=coordinator, now=AFTER)
    offers.decline(award=award, by=lead, now=AFTER)
    from engagement.funding.actions.money import take_out

    take_out(stream=award.stream, amount_pence=700_00, by=coordinator, on=TODAY, words="Needed elsewhere")

    with pytest.raises(Refused, match="not enough money"):
        offers.reopen(award=award, reason="Again", by=coordinator, now=AFTER)


def test_an_officer_answers_for_a_group_only_with_how_it_was_said(award, coordinator):
    offers.offer(award=award, answer_by=TODAY, by=coordinator, now=AFTER)

    with pytest.raises(Refused, match="Say why"):
        offers.accept(award=award, by=coordinator, now=AFTER)
    offers.accept(award=award, by=coordinator, now=AFTER, reason="By telephone on Monday")

    award.refresh_from_db()
    assert (award.answered_by_group, award.answered_words) == (False, "By telephone on Monday")


def test_nothing_can_be_accepted_before_it_is_offered_nor_paid_before_it_is_accepted(award, coordinator, lead):
    with pytest.raises(Refused, match="not been offered"):
        offers.accept(award=award, by=lead, now=AFTER)
    with pytest.raises(Refused, match="has not passed"):
        offers.offer(award=award, answer_by=TODAY - DAY, by=coordinator, now=AFTER)
    offers.offer(award=award, answer_by=TODAY, by=coordinator, now=AFTER)
    payment = payments.schedule(award=award, amount_pence=1, due_on=TODAY, by=coordinator, now=AFTER)

    with pytest.raises(Refused, match="accept the offer first"):
        payments.pay(payment=payment, reference="", by=coordinator, now=AFTER)


def test_an_offer_or_an_answer_is_undone_while_no_money_has_moved(accepted, coordinator):
    offers.reopen(award=accepted, reason="Wrong grant", by=coordinator, now=AFTER)
    offers.take_offer_back(award=accepted, reason="Wrong letter", by=coordinator, now=AFTER)
    accepted.refresh_from_db()
    assert accepted.state == "awarded"

    offers.offer(award=accepted, answer_by=TODAY, by=coordinator, now=AFTER)
    offers.accept(award=accepted, reason="By telephone", by=coordinator, now=AFTER)
    pay(accepted, 1_00, coordinator)
    with pytest.raises(Refused, match="Money has been paid"):
        offers.reopen(award=accepted, reason="Wrong grant", by=coordinator, now=AFTER)


# --- money


def pay(award, pence, by) -> Payment:
    payment = payments.schedule(award=award, amount_pence=pence, due_on=TODAY, by=by, now=AFTER)
    return payments.pay(payment=payment, reference="BACS 77", by=by, now=AFTER)


def test_a_grant_is_paid_in_stages_and_never_beyond_itself(accepted, coordinator):
    pay(accepted, 150_00, coordinator)
    pay(accepted, 250_00, coordinator)

    with pytest.raises(Refused, match="more than the grant"):
        payments.schedule(award=accepted, amount_pence=1, due_on=TODAY, by=coordinator, now=AFTER)
    accepted.refresh_from_db()
    assert accepted.paid_pence == accepted.stream.paid_pence == 400_00
    with pytest.raises(Refused, match="not paid twice"):
        payments.pay(payment=accepted.payments.first(), reference="", by=coordinator, now=AFTER)
    with pytest.raises(Refused, match="written by mistake"):
        payments.drop_payment(payment=accepted.payments.first(), by=coordinator, now=AFTER)


def test_a_day_to_come_is_not_a_day_of_payment(accepted, coordinator):
    payment = payments.schedule(award=accepted, amount_pence=1, due_on=TODAY, by=coordinator, now=AFTER)

    with pytest.raises(Refused, match="still to come"):
        payments.pay(payment=payment, reference="", by=coordinator, now=AFTER, on=TODAY + DAY)


def test_a_payment_written_by_mistake_is_put_right_by_another_line(accepted, coordinator):
    payment = pay(accepted, 150_00, coordinator)

    payments.unpay(payment=payment, reason="That was the other Castle group", by=coordinator, now=AFTER)

    assert list(LedgerEntry.objects.filter(award=accepted).values_list("kind", flat=True)) == [
        "awarded",
        "paid",
        "unpaid",
    ]
    payments.pay(payment=payment, reference="BACS 78", by=coordinator, now=AFTER)
    assert queries.streams_out_of_balance() == queries_money.awards_out_of_balance() == []


def test_a_change_is_public_with_its_reason_and_moves_the_money(client, accepted, coordinator):
    pay(accepted, 100_00, coordinator)

    with pytest.raises(Refused, match="paid already"):
        offers.vary(award=accepted, amount_pence=99_99, reason="Less", by=coordinator, now=AFTER)
    with pytest.raises(Refused, match="Nothing would change"):
        offers.vary(award=accepted, amount_pence=400_00, reason="Less", by=coordinator, now=AFTER)
    with pytest.raises(Refused, match="not enough money"):
        offers.vary(award=accepted, amount_pence=1000_01, reason="More", by=coordinator, now=AFTER)
    offers.vary(
        award=accepted,
        amount_pence=300_00,
        purpose="One swing, and a bench",
        reason="Swings cost less",
        by=coordinator,
        now=AFTER,
    )

    assert left(accepted) == 700_00
    page = client.get(accepted.get_absolute_url()).content.decode()
    for words in ("£400", "£300", "One swing, and a bench", "Swings cost less"):
        assert words in page
    accepted.refresh_from_db()
    assert (accepted.amount_pence, accepted.first_pence) == (300_00, 400_00)


def test_a_grant_is_never_raised_past_what_one_grant_may_be(accepted, coordinator):
    accepted.stream.cap_pence = 450_00
    accepted.stream.save(update_fields=["cap_pence"])

    with pytest.raises(Refused, match="may not be as much"):
        offers.vary(award=accepted, amount_pence=450_01, reason="More", by=coordinator, now=AFTER)
    offers.vary(award=accepted, amount_pence=450_00, reason="More", by=coordinator, now=AFTER)


def test_planned_payments_stand_in_the_way_of_a_smaller_grant(accepted, coordinator):
    payments.schedule(award=accepted, amount_pence=400_00, due_on=TODAY, by=coordinator, now=AFTER)

    with pytest.raises(Refused, match="planned payments"):
        offers.vary(award=accepted, amount_pence=300_00, reason="Less", by=coordinator, now=AFTER)


def test_a_withdrawn_grant_keeps_what_was_paid_and_releases_the_rest(client, accepted, coordinator):
    pay(accepted, 150_00, coordinator)
    payments.schedule(award=accepted, amount_pence=250_00, due_on=TODAY, by=coordinator, now=AFTER)

    offers.withdraw_award(award=accepted, reason="The group has closed", by=coordinator, now=AFTER)

    assert left(accepted) == 850_00
    accepted.refresh_from_db()
    assert (accepted.amount_pence, accepted.payments.count()) == (150_00, 1)
    assert "The group has closed" in client.get(accepted.get_absolute_url()).content.decode()


def test_what_was_not_spent_comes_back_into_the_stream(accepted, coordinator):
    pay(accepted, 400_00, coordinator)

    with pytest.raises(Refused, match="more than was paid"):
        payments.take_return(award=accepted, amount_pence=400_01, by=coordinator, now=AFTER)
    payments.take_return(award=accepted, amount_pence=50_00, words="Two swings less", by=coordinator, now=AFTER)
    accepted.refresh_from_db()
    assert (accepted.amount_pence, accepted.paid_pence, accepted.state) == (350_00, 350_00, "accepted")
    assert left(accepted) == 650_00

    payments.take_return(award=accepted, amount_pence=350_00, by=coordinator, now=AFTER)
    accepted.refresh_from_db()
    assert (accepted.amount_pence, accepted.state) == (0, "withdrawn")
    assert queries.streams_out_of_balance() == queries_money.awards_out_of_balance() == []


# --- evidence


def test_a_receipt_is_a_download_for_its_group_and_officers_and_nothing_to_others(
    client, accepted, coordinator, other_coordinator, lead, stranger
):
    client.force_login(lead)
    client.post(accepted.address("send_file"), {"upload": sent('../re"ceipt.html', PDF), **token()})
    file = EvidenceFile.objects.get()
    address = accepted.address("evidence_file", str(file.key))

    for person in (lead, coordinator):
        client.force_login(person)
        answer = client.get(address)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert ".html" not in answer["Content-Disposition"]
        assert b"".join(answer.streaming_content) == PDF
    for person in (stranger, other_coordinator):
        client.force_login(person)
        assert client.get(address).status_code == 404
        assert client.post(accepted.address("send_file"), {"upload": sent("a.pdf", PDF)}).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302


def test_a_photograph_of_a_receipt_loses_its_place(accepted, lead):
    file = payments.keep_evidence(award=accepted, upload=sent("a.jpg", picture_bytes()), by=lead, now=AFTER)

    held = file.file.open("rb").read()
    assert b"SpyCamera" not in held
    assert file.kind == "image/jpeg"


@pytest.mark.parametrize(
    ("name", "contents", "words"),
    [
        ("a.pdf", b"<html><script>alert(1)</script>", "PDF or a photograph"),
        ("a.pdf", b"%PDF-1.4 cut", "cut short"),
        ("a.jpg", b"\xff\xd8\xff\xe0broken", "not a picture"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PDF or a photograph"),
        ("a.png", b"MZ\x90", "PDF or a photograph"),
    ],
)
def test_what_is_not_a_receipt_is_refused_in_words(client, accepted, lead, name, contents, words):
    client.force_login(lead)

    page = client.post(accepted.address("send_file"), {"upload": sent(name, contents), **token()}).content.decode()

    assert words in page
    assert not EvidenceFile.objects.exists()


def test_a_picture_of_too_many_dots_is_refused_before_it_is_opened(client, accepted, lead):
    held = BytesIO()
    Image.new("1", (9000, 9000)).save(held, "PNG")
    client.force_login(lead)

    page = client.post(
        accepted.address("send_file"), {"upload": sent("bomb.png", held.getvalue()), **token()}
    ).content.decode()

    assert "too many dots" in page


# --- reports


def token():
    return {"form_token": str(uuid4())}


TOLD = {
    "did": "Two swings and a party.",
    "people_helped": "60",
    "spent_pence": "390",
    "went_wrong": "Rain.",
    "again": "differently",
}


def test_a_group_reports_with_a_picture_and_everyone_reads_it_once_it_is_published(
    client, accepted, coordinator, lead, stranger
):
    client.force_login(lead)
    answer = client.post(
        accepted.address("report"), {**TOLD, **token(), "picture_1": sent("p.jpg", picture_bytes()), "alt_1": "A swing"}
    )
    assert answer.status_code == 302
    report = Report.objects.get()
    picture = report.pictures.get()
    address = accepted.address("report_picture", str(picture.pk))
    assert client.get(address).status_code == 200
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert "Two swings" not in client.get(accepted.get_absolute_url()).content.decode()

    reports.publish_report(report=report, publish=True, by=coordinator, now=AFTER)

    client.logout()
    page = client.get(accepted.get_absolute_url()).content.decode()
    for words in ("Two swings", "Rain.", "Yes, but differently", 'alt="A swing"'):
        assert words in page
    shown = client.get(address)
    assert shown["Content-Type"] == "image/jpeg"
    assert b"SpyCamera" not in b"".join(shown.streaming_content)
    reports.publish_report(report=report, publish=False, by=coordinator, now=AFTER)
    assert client.get(address).status_code == 404


def test_ten_equal_sendings_of_a_receipt_or_a_report_keep_one(client, accepted, lead):
    client.force_login(lead)
    once, again = token(), token()

    for _ in range(10):
        client.post(accepted.address("send_file"), {"upload": sent("a.pdf", PDF), **once})
        client.post(
            accepted.address("report"), {**TOLD, **again, "picture_1": sent("p.jpg", picture_bytes()), "alt_1": "S"}
        )

    assert EvidenceFile.objects.count() == 1
    assert Report.objects.get().pictures.count() == 1
    other = client.post(accepted.address("send_file"), {"upload": sent("a.pdf", PDF + b"%%EOF"), **once})
    assert "sent before" in other.content.decode()
    assert EvidenceFile.objects.count() == 1


def test_a_hidden_proposal_hides_its_pictures(client, accepted, coordinator, lead):
    report = reports.send_report(
        award=accepted, did="Done", spent_pence=1, people_helped=None, went_wrong="", again="yes", by=lead, now=AFTER,
        pictures=[(sent("p.jpg", picture_bytes()), "A swing")],
    )  # fmt: skip
    reports.publish_report(report=report, publish=True, by=coordinator, now=AFTER)
    Proposal.objects.update(state=Moderated.State.HIDDEN)

    assert client.get(accepted.address("report_picture", str(report.pictures.get().pk))).status_code == 404


def test_a_picture_without_words_is_sent_back_and_everything_typed_is_kept(client, accepted, lead):
    client.force_login(lead)

    page = client.post(
        accepted.address("report"), {**TOLD, **token(), "picture_1": sent("p.jpg", picture_bytes())}
    ).content.decode()

    assert "Say what this picture shows" in page
    assert "Two swings and a party." in page
    assert not Report.objects.exists()


def test_an_officer_asks_about_a_report_and_the_group_sends_it_again(client, accepted, coordinator, lead):
    report = reports.send_report(
        award=accepted, did="Done", spent_pence=1, people_helped=None, went_wrong="", again="yes", by=lead, now=AFTER
    )
    with pytest.raises(Refused, match="Write the words"):
        reports.ask_about_report(report=report, words=" ", by=coordinator, now=AFTER)
    reports.ask_about_report(report=report, words="How many swings?", by=coordinator, now=AFTER)
    client.force_login(lead)
    assert "How many swings?" in client.get(accepted.address("report")).content.decode()

    client.post(accepted.address("report"), {**TOLD, **token()})

    report.refresh_from_db()
    assert (report.did, report.asked_words) == ("Two swings and a party.", "")
    reports.publish_report(report=report, publish=True, by=coordinator, now=AFTER)
    assert "is published" in client.post(accepted.address("report"), {**TOLD, **token()}).content.decode()


def test_only_the_person_who_sent_the_proposal_answers_and_reports(client, accepted, coordinator, stranger):
    for person in (coordinator, stranger):
        client.force_login(person)
        assert client.get(accepted.address("report")).status_code == 404
        assert client.post(accepted.address("answer"), {"answer": "accept"}).status_code == 404
    with pytest.raises(Refused):
        reports.publish_report(report=Report(award=accepted), publish=True, by=stranger, now=AFTER)


def test_the_page_of_a_grant_with_everything_asks_ten_questions_at_most(
    client, accepted, coordinator, lead, django_assert_max_num_queries
):
    for n in range(1, 5):
        pay(accepted, n, coordinator)
        offers.vary(award=accepted, amount_pence=400_00 - n, reason="Less", by=coordinator, now=AFTER)
    report = reports.send_report(
        award=accepted, did="Done", spent_pence=1, people_helped=None, went_wrong="", again="yes", by=lead, now=AFTER,
        pictures=[(sent("p.jpg", picture_bytes()), f"Swing {n}") for n in range(6)],
    )  # fmt: skip
    reports.publish_report(report=report, publish=True, by=coordinator, now=AFTER)
    Lasting.objects.create(award=accepted, months=3, lasts="yes", answered_on=TODAY, is_published=True)
    client.get(accepted.get_absolute_url())

    with django_assert_max_num_queries(10):
        page = client.get(accepted.get_absolute_url()).content.decode()
    assert page.count("<img") >= 6
    reports.publish_report(report=report, publish=False, by=coordinator, now=AFTER)
    with pytest.raises(Refused, match="six pictures"):
        reports.send_report(
            award=Award.objects.get(), did="x", spent_pence=1, people_helped=None, went_wrong="", again="", by=lead,
            now=AFTER, pictures=[(sent("p.jpg", picture_bytes()), "Another")] * 7,
        )  # fmt: skip


# --- reminders


def told(award, part):
    return Message.objects.filter(key__startswith=f"funding-grant:{award.pk}:{part}").count()


def test_an_unanswered_offer_is_reminded_of_three_days_before_and_on_the_day(award, coordinator):
    offers.offer(award=award, answer_by=TODAY + 14 * DAY, by=coordinator, now=AFTER)

    for days, sent_by_then in ((10, 0), (11, 1), (12, 1), (14, 2), (20, 2)):
        remind(now=AFTER + days * DAY)
        remind(now=AFTER + days * DAY)
        assert told(award, "offer-due") == sent_by_then, days


def test_a_report_is_asked_for_before_on_and_after_its_day_until_it_comes(accepted, lead):
    for days, sent_by_then in ((75, 0), (76, 1), (90, 2), (103, 2), (104, 3), (110, 3)):
        remind(now=AFTER + days * DAY)
        assert told(accepted, "report-due") == sent_by_then, days
    assert Message.objects.filter(subject__endswith="is late").count() == 1


def test_a_reminder_missed_for_weeks_is_not_sent_late(accepted):
    assert remind(now=AFTER + 200 * DAY) == 0


def test_three_and_twelve_months_on_the_group_is_asked_and_its_answer_is_public(client, accepted, coordinator, lead):
    report = reports.send_report(
        award=accepted, did="Done", spent_pence=1, people_helped=None, went_wrong="", again="yes", by=lead, now=AFTER
    )
    with pytest.raises(Refused, match="not asked this yet"):
        reports.say_if_it_lasted(award=accepted, months=3, lasts="yes", words="", by=lead, now=AFTER)
    reports.publish_report(report=report, publish=True, by=coordinator, now=AFTER)
    remind(now=AFTER + 89 * DAY)
    assert told(accepted, "lasting") == 0
    remind(now=AFTER + 91 * DAY)
    remind(now=AFTER + 92 * DAY)
    assert told(accepted, "lasting:3") >= 1
    with time_machine.travel(AFTER + 91 * DAY, tick=False):
        client.force_login(lead)
        client.post(accepted.address("lasting", "3"), {"lasts": "partly", "words": "One swing was mended."})
        said = Lasting.objects.get()
        client.logout()
        assert "mended" not in client.get(accepted.get_absolute_url()).content.decode()
        reports.publish_lasting(said=said, publish=True, by=coordinator)
        assert "One swing was mended." in client.get(accepted.get_absolute_url()).content.decode()
    remind(now=AFTER + 366 * DAY)
    assert Message.objects.filter(link=accepted.address("lasting", "12")).count() == 1


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 10, 5), 3, date(2027, 1, 5)),
    ],
)
def test_months_end_where_a_calendar_says(day, months, then):
    assert queries_awards.months_after(day, months) == then


def test_the_timer_writes_reminders_and_sends_them(award, coordinator, mailoutbox):
    offers.offer(award=award, answer_by=TODAY + 14 * DAY, by=coordinator, now=AFTER)

    with time_machine.travel(AFTER + 14 * DAY, tick=False):
        call_command("tick")

    assert any("Please answer" in mail.subject for mail in mailoutbox)


# --- what others lean on


def test_awards_keep_what_other_rooms_read_of_them(board, accepted, coordinator):
    record_report(
        award=accepted, did="Done", spent_pence=1, people_helped=3, on=TODAY, publish=True, by=coordinator, now=AFTER
    )

    [found] = queries.awards_of(board)
    assert (found.amount_pence, found.report.did) == (400_00, "Done")
    assert queries.pot_of(board, AFTER).left == 600_00


def test_every_move_is_in_the_log(accepted, coordinator):
    pay(accepted, 100_00, coordinator)

    assert set(ModelLogEntry.objects.filter(action__startswith="funding.award_").values_list("action", flat=True)) == {
        "funding.award_offer", "funding.award_accept", "funding.award_schedule", "funding.award_pay",
    }  # fmt: skip
