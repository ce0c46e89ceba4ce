"""Letters with a voting code: one sheet each, everything a voter needs on it, nothing over anything else."""

import io
import re
import time

import pytest
from allauth.account.internal.userkit import user_id_to_str
from django.core.cache import cache
from django.urls import reverse
from pypdf import PdfReader

from boards.places.models import Board
from components.printed import Pages
from engagement.activities.models import Audience
from engagement.funding import letters
from engagement.funding.actions import codes as making
from engagement.funding.models import CodeBatch, PaperBatch, VotingCode
from engagement.funding.rules import code_from_words
from tests.funding.factories import make_round

pytestmark = pytest.mark.django_db
CODE = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")
PHONE = "By phone: 01632 960 118."


@pytest.fixture(autouse=True)
def no_tries_yet():
    cache.clear()


@pytest.fixture
def round(board):
    return make_round(board, costs=(400_00, 300_00), audience=Audience.CODE, title="Grants for ŵyl y môr")


def draw(round, n=1, **more) -> PdfReader:
    given = {"is_test": False, "is_large": False, "language": "en-gb", "other_ways": PHONE, **more}
    file = io.BytesIO()
    codes = [f"{at:05}QX4TB" for at in range(n)]
    letters.draw_letters(file, round=round, codes=codes, **given)
    return PdfReader(io.BytesIO(file.getvalue()))


def words_of(page) -> str:
    return " ".join(page.extract_text().split())


def fonts_of(page) -> list[float]:
    return [float(size) for size in re.findall(rb"/F\d+(?:\+\d+)? ([\d.]+) Tf", page.get_contents().get_data())]


def test_a_letter_says_all_that_is_needed_to_vote(round):
    [page] = draw(round).pages
    text = words_of(page)

    for words in (
        round.board.name,
        "Grants for ŵyl y môr",
        "Money for small groups.",
        "from Friday 20 November 2026, 9am until Monday 30 November 2026, 5pm, London time.",
        "00000-QX4TB",
        letters.short_address(round),
        PHONE,
        "Do not give your code to anyone.",
    ):
        assert words in text
    assert "trying out" not in text


def test_each_letter_is_one_page_with_one_code_and_no_number_that_orders_voters(round):
    pages = draw(round, 12).pages

    assert len(pages) == 12
    assert [CODE.findall(words_of(page)) for page in pages] == [[f"{n:05}-QX4TB"] for n in range(12)]
    bare = {CODE.sub("", words_of(page)) for page in pages}
    assert len(bare) == 1, "nothing but the code differs"


def test_large_print_is_eighteen_point_at_least_on_both_sides_of_a_sheet(round):
    front, back = draw(round, is_large=True).pages

    assert min(fonts_of(front) + fonts_of(back)) >= 18
    assert "00000-QX4TB" in words_of(front)
    assert not CODE.search(words_of(back))
    assert "There is more on the back." in words_of(front)
    assert PHONE in words_of(back)


def test_a_trial_letter_says_so(round):
    [page] = draw(round, is_test=True).pages

    assert "Its code cannot vote." in words_of(page)


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("letter", ["W", "w ", "i", "中", "🎉", "ع ", "\u202e", "a\n"])
def test_the_longest_words_anybody_can_type_stay_on_the_sheet_and_out_of_the_window(
    board, monkeypatch, letter, is_large, settings
):
    settings.SITE_URL = "https://" + "w" * 63 + ".example"
    Board.objects.filter(pk=board.pk).update(name=(letter * 80)[:80])
    board.refresh_from_db()
    round = make_round(board, title=(letter * 150)[:150], summary=(letter * 600)[:600])
    boxes = []
    plain = Pages.text

    def watched(self, words, *, y, size, **more):
        end = plain(self, words, y=y, size=size, **more)
        if self._drawing:
            boxes.append((more["x"], y, end, more["width"]))
        return end

    monkeypatch.setattr(Pages, "text", watched)
    pages = draw(round, is_test=True, is_large=is_large, other_ways="W" * 200).pages

    assert len(pages) == (2 if is_large else 1)
    last = 0.0
    for x, y, end, width in boxes:
        assert end <= letters.FOOT, "runs off the sheet"
        assert x + width <= 191
        if y < last - 100:  # the back begins
            last = 0.0
        assert y >= last - 0.01 or x > letters.SIDE + 10, "lies on what is above it"
        last = end if width > 100 else last
    assert boxes[0][2] <= 40, "the board's name ends above the address"
    assert boxes[1][1] >= 80, "the title begins below the address"


def test_the_widest_code_stays_on_one_line_beside_its_square(round):
    file = io.BytesIO()
    letters.draw_letters(
        file, round=round, codes=["W" * 10], is_test=False, is_large=True, language="en-gb", other_ways=""
    )

    assert "WWWWW-WWWWW" in PdfReader(io.BytesIO(file.getvalue())).pages[0].extract_text()


def test_letters_are_offered_only_in_languages_the_fonts_can_write():
    assert [code for code, _name in letters.languages()] == ["en-gb", "cy"]


def test_a_letter_in_welsh_says_so_in_the_file(round):
    assert draw(round, language="cy").root_object["/Lang"] == "cy"
    assert draw(round).root_object["/Lang"] == "en-GB"


def test_five_hundred_letters_are_made_while_someone_waits(round):
    began = time.process_time()
    pages = draw(round, 500).pages

    assert len(pages) == 500
    assert time.process_time() - began < 15


# --- at the desk


@pytest.fixture
def desk(client, coordinator):
    client.force_login(coordinator)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = user_id_to_str(coordinator)
    session.save()
    return client


def ask(desk, round, **more):
    form = {"size": "2", "purpose": "Quay ward", "shape": "letters", "language": "en-gb", "other_ways": PHONE, **more}
    return desk.post(reverse("funding_desk:codes", args=[round.pk]), form)


def test_letters_come_as_a_file_kept_nowhere_whose_codes_vote(desk, round):
    answer = ask(desk, round)

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "no-store" in answer["Cache-Control"]
    pages = PdfReader(io.BytesIO(answer.getvalue())).pages
    codes = [code_from_words(CODE.search(words_of(page))[0]) for page in pages]
    assert len(set(codes)) == 2
    assert all(making.find_code(round, code).state == "issued" for code in codes)


def test_a_file_that_fails_leaves_no_batch_that_nobody_can_read(desk, round, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr(letters, "draw_letters", fail)
    with pytest.raises(OSError, match="No space"):
        ask(desk, round)

    assert not CodeBatch.objects.exists()
    assert not VotingCode.objects.exists()


def test_too_many_letters_at_once_are_refused_and_a_table_of_as_many_is_not(desk, round, monkeypatch):
    monkeypatch.setattr(letters, "MOST_LETTERS", 3)

    page = ask(desk, round, size="4").content.decode()
    assert "Make at most 3 letters at once" in page
    assert "Quay ward" in page
    assert not CodeBatch.objects.exists()
    assert ask(desk, round, size="4", shape="csv")["Content-Type"].startswith("text/csv")


def test_the_desk_says_what_the_letters_cannot_draw(desk, board):
    round = make_round(board, title="Grants 中文", audience=Audience.CODE)
    page = desk.get(reverse("funding_desk:codes", args=[round.pk])).content.decode()

    assert "<bdi>中文</bdi>" in page
    assert "cannot draw ع" in ask(desk, round, other_ways="ع").content.decode()
    assert not CodeBatch.objects.exists()


def test_the_way_to_hand_in_paper_stands_in_the_form_for_a_round_with_paper(desk, round):
    address = reverse("funding_desk:codes", args=[round.pk])
    assert "Harbour Library" not in desk.get(address).content.decode()
    PaperBatch.objects.create(
        round=round, number=1, purpose="x", hand_in="Harbour Library, Quay Street", list_digest="x"
    )

    assert "On paper: Harbour Library, Quay Street" in desk.get(address).content.decode()


# --- the address that is typed


def test_the_short_address_leads_to_the_ballot_and_hides_a_draft(client, round, board):
    assert letters.short_address(round).endswith(f"/vote/{round.pk}")
    answer = client.get(f"/vote/{round.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, round.address("vote"))

    draft = make_round(board, published=False)
    assert client.get(f"/vote/{draft.pk}/").status_code == 404
    assert client.get("/vote/987654/").status_code == 404
