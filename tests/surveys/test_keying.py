"""Paper comes in: printed with codes, keyed twice by two people, settled by a third act, and found again by its code."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from engagement.activities.models import TakingPart
from engagement.surveys import queries
from engagement.surveys.actions import building, keying, slips
from engagement.surveys.actions.refusals import Refused
from engagement.surveys.models import Call, FilledSheet, KeyingPlan, PrintedSlip, Response, Survey
from engagement.surveys.rules.conditions import World
from engagement.surveys.rules.keying import read_sheet
from tests.factories import make_role
from tests.surveys.building import ids, make_draft, make_published

pytestmark = pytest.mark.django_db


def desk(name, *args):
    return reverse(f"surveys_desk:{name}", args=args)


@pytest.fixture
def park(board, coordinator):
    return make_published(board, coordinator)


@pytest.fixture
def colleague(board):
    return make_role("coordinator", board)


@pytest.fixture
def at_desk(client, coordinator):
    client.force_login(coordinator)
    return client


def choice(survey, question, label):
    choices = survey.current.read.questions[question].choices
    return next(each.id for each in choices if each.label == label)


def filled(survey, **typed):
    """What somebody keys of a sheet that says yes, every week, benches."""
    first, second, third, last = ids(survey)
    data = {
        first: ["yes"],
        second: [choice(survey, second, "Every week")],
        third: [choice(survey, third, "Benches")],
        last: ["More trees"],
        "form_token": str(uuid4()),
    }
    names = dict(zip(("first", "second", "third", "last"), ids(survey), strict=True))
    return data | {names.get(name, name): value for name, value in typed.items()}


def keyed(survey, **typed):
    data = {name: value for name, value in filled(survey, **typed).items() if name != "form_token"}
    return read_sheet(survey.current.read, data, World("paper", "en-gb"))


def printed(client, survey, **more):
    data = {"act": "print", "size": "3", "purpose": "the library", "hand_in": "The desk.", "language": "en-gb", **more}
    answer = client.post(desk("paper", survey.pk), data)
    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(b"".join(answer.streaming_content)))


def words(pdf):
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_numbered_sheets_carry_their_version_number_and_code_on_every_page(at_desk, park):
    pdf = printed(at_desk, park)
    said = words(pdf)

    codes = set(re.findall(r"Code ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})", said))
    assert len(codes) == 3
    assert {queries.code_digest(code.replace("-", "")) for code in codes} == set(
        PrintedSlip.objects.values_list("code_digest", flat=True)
    )
    for page in pdf.pages:
        foot = " ".join(page.extract_text().split())
        assert f"Version 1, {park.current.digest[:8]}" in foot
        assert re.search(r"Sheet 1-[123]", foot)


@pytest.mark.parametrize("large", [{}, {"is_large": "on"}])
def test_a_sheet_says_its_branches_in_words(at_desk, park, large):
    said = words(printed(at_desk, park, size="1", **large))

    assert "1. Do you use the park?" in said
    assert "Answer question 2 only if you ticked “Yes” at question 1." in said
    assert "If you ticked “No” at question 1, go to question 4." in said
    assert "If not, go on with question 3." in said
    assert "Something else" in said


def test_a_draft_is_printed_as_a_draft_and_without_a_code(at_desk, board, coordinator):
    draft = make_draft(board, coordinator)

    answer = at_desk.get(desk("preview", draft.pk, "paper"))

    said = words(PdfReader(io.BytesIO(b"".join(answer.streaming_content))))
    assert "Draft: not for filling in" in said
    assert "Code" not in said


def test_a_sheet_keyed_twice_the_same_is_settled_and_counts(client, coordinator, colleague, park):
    client.force_login(coordinator)
    client.post(desk("key", park.pk), filled(park))
    sheet = FilledSheet.objects.get()
    assert (sheet.state, Response.objects.count()) == ("again", 0)
    assert client.get(desk("again", park.pk, sheet.number)).status_code == 302

    client.force_login(colleague)
    page = client.get(desk("again", park.pk, sheet.number)).content.decode()
    assert "More trees" not in page
    assert "checked" not in page
    client.post(desk("again", park.pk, sheet.number), filled(park))

    sheet.refresh_from_db()
    assert sheet.state == "settled"
    assert (sheet.response.channel, sheet.response.state) == ("paper", "sent")
    assert sheet.response.answers[ids(park)[3]] == "More trees"
    assert list(sheet.readings.values_list("answers", flat=True)) == [{}, {}]
    assert TakingPart.objects.filter(activity=park.activity, channel="paper", person=None).count() == 1
    assert sheet.response.words.get().text == "More trees"
    assert Survey.objects.get().current.first_answer_on is not None


def test_readings_that_differ_stand_side_by_side_and_a_third_act_settles_them(client, coordinator, colleague, park):
    client.force_login(coordinator)
    client.post(desk("key", park.pk), filled(park))
    number = FilledSheet.objects.get().number
    client.force_login(colleague)
    client.post(desk("again", park.pk, number), filled(park, first=["no"], last=["More bees"]))
    assert Response.objects.count() == 0

    page = client.get(desk("settle", park.pk, number)).content.decode()
    assert "More trees" in page
    assert "More bees" in page
    assert "Benches" not in page
    first, last = ids(park)[0], ids(park)[3]
    half = client.post(desk("settle", park.pk, number), {f"takes-{first}": "first"})
    assert "choose at each question" in half.content.decode()
    client.post(desk("settle", park.pk, number), {f"takes-{first}": "first", f"takes-{last}": "second"})

    response = Response.objects.get()
    assert (response.answers[first], response.answers[last]) == ("yes", "More bees")
    assert FilledSheet.objects.get().settled_by == colleague


def test_where_neither_is_right_the_sheet_is_keyed_afresh(client, coordinator, colleague, park):
    sheet = keying.key_first(
        survey=park, version=park.current, keyed=keyed(park), language="en-gb", token=uuid4(), by=coordinator,
        now=timezone.now(),
    )  # fmt: skip
    keying.key_again(sheet=sheet, keyed=keyed(park, last=["Bees"]), by=colleague, now=timezone.now())

    client.force_login(coordinator)
    client.post(desk("afresh", park.pk, sheet.number), filled(park, last=["Seas"]))

    assert Response.objects.get().answers[ids(park)[3]] == "Seas"


def test_paper_that_went_its_own_way_is_marked_and_never_refused(at_desk, park):
    KeyingPlan.objects.create(survey=park, again="none")
    second = ids(park)[1]
    both = [choice(park, second, "Every week"), choice(park, second, "Less often")]

    at_desk.post(desk("key", park.pk), filled(park, second=both, last=[""]))

    sheet = FilledSheet.objects.get()
    assert sheet.state == "settled"
    assert sheet.marks[second] == {"is": "twice", "said": sorted(both)}
    page = at_desk.get(desk("sheet", park.pk, sheet.number)).content.decode()
    assert "Ticked more than once: Every week, Less often" in page
    assert "Left out" in page


def test_a_doubt_comes_back_with_everything_typed_and_is_kept_when_the_paper_says_so(at_desk, park):
    KeyingPlan.objects.create(survey=park, again="none")
    third = ids(park)[2]
    data = filled(park, third=[choice(park, third, "Benches"), choice(park, third, "None")])

    asked = at_desk.post(desk("key", park.pk), data)
    assert "Look at these once more" in asked.content.decode()
    assert "More trees" in asked.content.decode()
    assert FilledSheet.objects.count() == 0

    at_desk.post(desk("key", park.pk), {**data, "sure": "on"})
    assert FilledSheet.objects.get().marks[third]["is"] == "does_not_fit"


def test_the_same_sheet_sent_twice_is_kept_once(at_desk, park):
    data = filled(park)

    for _each in range(3):
        assert at_desk.post(desk("key", park.pk), data).status_code == 302

    assert FilledSheet.objects.count() == 1


def test_a_numbered_sheet_is_found_by_its_number_and_its_code_leads_to_the_answers(at_desk, park):
    KeyingPlan.objects.create(survey=park, again="none")
    code = re.search(r"Code ([0-9A-Z-]{14})", words(printed(at_desk, park, size="1")))[1]

    by_number = at_desk.post(desk("paper", park.pk), {"act": "which", "slip": "1-1"})
    by_code = at_desk.post(desk("paper", park.pk), {"act": "which", "slip": code.lower()})
    assert by_number["Location"] == by_code["Location"]
    at_desk.post(by_number["Location"], filled(park))

    response = queries.response_of_code(code)
    assert response.answers[ids(park)[3]] == "More trees"
    taken = at_desk.post(desk("paper", park.pk), {"act": "which", "slip": "1-1"})
    assert "was keyed before" in taken.content.decode()
    wrong = at_desk.post(desk("paper", park.pk), {"act": "which", "slip": "9-9"})
    assert "No sheet of this survey has this number" in wrong.content.decode()


def test_answers_that_are_taken_back_take_marks_and_scans_along(park, coordinator):
    KeyingPlan.objects.create(survey=park, again="none")
    sheet = keying.key_first(
        survey=park, version=park.current, keyed=keyed(park, last=[""]), language="en-gb", token=uuid4(),
        by=coordinator, now=timezone.now(),
    )  # fmt: skip
    keying.keep_scan(sheet=sheet, upload=picture(), by=coordinator, now=timezone.now())

    slips.withdraw(response=Response.objects.get(), now=timezone.now())

    sheet.refresh_from_db()
    assert sheet.marks == {}
    assert sheet.scans.count() == 0


def test_paper_of_an_earlier_version_is_keyed_as_that_version(at_desk, park, coordinator):
    KeyingPlan.objects.create(survey=park, again="none")
    printed(at_desk, park, size="1")
    last, page = ids(park)[3], park.draft.schema["pages"][2]["id"]
    taken = {"survey": park, "does": "take", "by": coordinator, "now": timezone.now()}
    building.take_step(**taken, alter=lambda desk: desk.set_page(desk.pages[0]["id"], {"next": []}) or page)
    done = building.take_step(**taken, alter=lambda desk: desk.take_page(page) or page)
    building.publish(survey=park, stamp=done.draft.stamp, by=coordinator, now=timezone.now())

    go = at_desk.post(desk("paper", park.pk), {"act": "which", "slip": "1-1"})
    at_desk.post(go["Location"], filled(park))

    assert Response.objects.get().version.number == 1
    assert Response.objects.get().answers[last] == "More trees"


def picture():
    file = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(file, "PNG")
    file.seek(0)
    file.size = len(file.getvalue())
    file.name = "Mrs Smith's sheet.png"
    return file


def test_a_scan_is_kept_without_its_name_and_handed_only_to_the_boards_own(
    client, park, coordinator, other_coordinator
):
    client.force_login(coordinator)
    client.post(desk("key", park.pk), filled(park))
    sheet = FilledSheet.objects.get()
    client.post(desk("sheet", park.pk, sheet.number), {"scan": picture()})
    scan = sheet.scans.get()

    answer = client.get(desk("scan", scan.pk))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Smith" not in str(answer.headers) + scan.file.name
    client.force_login(other_coordinator)
    assert client.get(desk("scan", scan.pk)).status_code == 404
    assert client.post(desk("take_out_scan", scan.pk)).status_code == 404
    assert client.get(desk("sheet", park.pk, sheet.number)).status_code == 404


def test_a_scan_that_is_no_picture_is_refused_in_words(at_desk, park):
    at_desk.post(desk("key", park.pk), filled(park))
    sheet = FilledSheet.objects.get()
    file = io.BytesIO(b"<svg onload=alert(1)>")
    file.name = "scan.pdf"

    answer = at_desk.post(desk("sheet", park.pk, sheet.number), {"scan": file})

    assert "A scan is a picture or a PDF." in answer.content.decode()
    assert sheet.scans.count() == 0


def test_a_call_is_kept_only_once_it_was_read_back_and_its_code_leads_to_it(at_desk, park):
    data = filled(park)
    back = at_desk.post(desk("phone", park.pk), {**data, "act": "back"})
    assert "Every week" in back.content.decode()
    assert Response.objects.count() == 0
    unread = at_desk.post(desk("phone", park.pk), {**data, "act": "keep", "why": "They rang."})
    assert "Read the answers back to the person first" in unread.content.decode()

    kept = at_desk.post(desk("phone", park.pk), {**data, "act": "keep", "why": "They rang.", "read_back": "on"})
    again = at_desk.post(desk("phone", park.pk), {**data, "act": "keep", "why": "They rang.", "read_back": "on"})

    code = re.search(r'slip-code">([0-9A-Z-]{14})', kept.content.decode())[1]
    assert code in again.content.decode()
    response = queries.response_of_code(code)
    assert (response.channel, response.state) == ("phone", "sent")
    assert Call.objects.get().response == response


def test_a_call_with_something_that_does_not_fit_comes_back_with_all_of_it(at_desk, park):
    third = ids(park)[2]
    data = filled(park, third=[choice(park, third, "Benches"), choice(park, third, "None")])

    answer = at_desk.post(desk("phone", park.pk), {**data, "act": "back"}).content.decode()

    assert "Look at these once more" in answer
    assert "More trees" in answer


def test_calls_end_with_the_survey_and_paper_that_was_in_time_is_keyed_after(at_desk, park, coordinator):
    building.close_early(survey=park, why="Done", by=coordinator, now=timezone.now() - timedelta(seconds=1))

    assert "is not open now" in at_desk.get(desk("phone", park.pk)).content.decode()
    assert at_desk.post(desk("key", park.pk), filled(park)).status_code == 302
    assert FilledSheet.objects.count() == 1


def test_a_first_reading_is_taken_back_by_its_own_keyer_alone(client, park, coordinator, colleague):
    client.force_login(coordinator)
    client.post(desk("key", park.pk), filled(park))
    number = FilledSheet.objects.get().number

    client.force_login(colleague)
    client.post(desk("take_back_reading", park.pk, number))
    assert FilledSheet.objects.count() == 1
    client.force_login(coordinator)
    client.post(desk("take_back_reading", park.pk, number))
    assert FilledSheet.objects.count() == 0


def test_of_a_sample_about_one_in_so_many_is_keyed_again(park, coordinator, monkeypatch):
    KeyingPlan.objects.create(survey=park, again="sample", one_in=3)
    drawn = iter([0, 1, 2, 0, 2])
    monkeypatch.setattr(keying.secrets, "randbelow", lambda most: next(drawn) if most == 3 else 0)

    states = [
        keying.key_first(
            survey=park, version=park.current, keyed=keyed(park), language="en-gb", token=uuid4(), by=coordinator,
            now=timezone.now(),
        ).state
        for _each in range(5)
    ]  # fmt: skip

    assert states == ["again", "settled", "settled", "again", "settled"]


def test_the_web_preview_follows_its_branches_and_keeps_nothing(at_desk, board, coordinator):
    draft = make_draft(board, coordinator)
    first = ids(draft)[0]
    pages = [
        page["id"] for page in draft.draft.schema["pages"]
    ]  # fmt: skip
    address = desk("preview", draft.pk, "web")
    assert "Do you use the park?" in at_desk.get(address).content.decode()

    answer = at_desk.post(address, {"page": pages[0], "before": "{}", "go": "on", first: "no"}).content.decode()

    assert "In your words" in answer
    assert Response.objects.count() == 0
    assert at_desk.post(address, {"page": "zz", "before": '["odd"]', "go": "on"}).status_code == 200


def test_desk_pages_of_paper_stay_within_their_queries(at_desk, park, coordinator):
    def counted(address):
        with CaptureQueriesContext(connection) as found:
            assert at_desk.get(address).status_code == 200
        return len(found)

    def more(count):
        for _each in range(count):
            keying.key_first(
                survey=park, version=park.current, keyed=keyed(park), language="en-gb", token=uuid4(), by=coordinator,
                now=timezone.now(),
            )  # fmt: skip

    more(1)
    addresses = [desk("paper", park.pk), desk("sheet", park.pk, 1), desk("key", park.pk), desk("phone", park.pk)]
    before = [counted(address) for address in addresses]
    more(12)
    after = [counted(address) for address in addresses]

    assert max(after) <= 15
    assert all(now <= was + 2 for was, now in zip(before, after, strict=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.serial
def test_two_people_keying_a_sheet_again_at_the_same_moment_leave_one_second_reading(board):
    first, second, third = (make_role("coordinator", board) for _each in range(3))
    park = make_published(board, first)
    sheet = keying.key_first(
        survey=park, version=park.current, keyed=keyed(park), language="en-gb", token=uuid4(), by=first,
        now=timezone.now(),
    )  # fmt: skip
    said = []

    def key(by):
        try:
            keying.key_again(sheet=sheet, keyed=keyed(park), by=by, now=timezone.now())
            said.append("kept")
        except Refused:
            said.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=key, args=[by]) for by in (second, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["kept", "refused"]
    assert Response.objects.count() == 1
