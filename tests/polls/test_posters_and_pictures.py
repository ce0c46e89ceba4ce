"""A poster and a picture of a poll: everything needed to take part, nothing off the page, whatever the words."""

import io
import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from PIL import Image, features
from pypdf import PdfReader

from components.printed import Pages
from engagement.activities.models import Audience, Spot
from engagement.activities.spots import whole_address
from engagement.polls import poster, share_picture
from tests.polls.factories import make_poll

pytestmark = pytest.mark.django_db
LONGEST = "Which of these should come first, when the old mill is made new, " * 3
ARABIC = "ما الذي يجب أن يكون في الحديقة الخضراء بجانب الطريق الجديد؟"


def draw(poll, **more) -> PdfReader:
    given = {
        "spot": None,
        "is_large": False,
        "language": "en-gb",
        "other_ways": "Ring 01904 000000, or ask at the library.",
    }
    file = io.BytesIO()
    poster.draw_poster(file, poll=poll, **(given | more))
    return PdfReader(io.BytesIO(file.getvalue()))


def words_of(page) -> str:
    return " ".join(page.extract_text().split())


def sizes_of(page) -> list[float]:
    return [float(size) for size in re.findall(rb"/F\d+(?:\+\d+)? ([\d.]+) Tf", page.get_contents().get_data())]


# --- the poster --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_large", [False, True])
def test_a_poster_says_all_that_is_needed_to_vote(board, settings, is_large):
    settings.SITE_URL = "https://boards.example"
    poll = make_poll(board, audience=Audience.ANYONE, summary="You told us that the green is bare.")
    spot = Spot.objects.create(activity=poll.activity, name="Mill Lane stop")

    [page] = draw(poll, spot=spot, is_large=is_large).pages
    text = words_of(page)

    for words in (
        board.name, "What should the green have?", "the green is bare", f"boards.example/p/{spot.code}",
        "Point your phone’s camera at the square", "Vote before", "London time", "Anyone can vote", "Ring 01904 000000",
        "Mill Lane stop",
    ):  # fmt: skip
        assert words in text, words
    assert min(sizes_of(page)) >= (18 if is_large else 14)


def test_the_square_on_a_poster_holds_the_places_short_address(board, monkeypatch):
    poll = make_poll(board)
    spot = Spot.objects.create(activity=poll.activity, name="Library")
    held = []
    monkeypatch.setattr(Pages, "square", lambda pages, link, **where: held.append(link))

    draw(poll, spot=spot)

    assert set(held) == {whole_address(poll.activity, spot)}


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("question", ["?", LONGEST[:200], "W" * 200, ARABIC, "🎉" * 60, "Llanfair­pwll" * 15])
def test_no_words_run_off_a_poster(board, monkeypatch, question, is_large):
    poll = make_poll(board, question=question[:200], summary="Because you told us so. " * 25)
    spot = Spot.objects.create(
        activity=poll.activity, name="A place with as long a name as sixty letters let a name be xx"[:60]
    )
    ends = []
    text = Pages.text
    monkeypatch.setattr(
        Pages,
        "text",
        lambda pages, words, **how: ends.append((pages._drawing, text(pages, words, **how))) or ends[-1][1],
    )

    [page] = draw(poll, spot=spot, is_large=is_large, other_ways="Ring the board on 01904 000000, or ask. " * 4).pages

    assert max(end for is_drawn, end in ends if is_drawn) <= poster.FOOT
    assert f"/p/{spot.code}" in words_of(page).replace(" ", "")


def test_the_desk_gives_the_poster_and_says_what_it_cannot_draw(client, board, coordinator):
    poll = make_poll(board, question=ARABIC)
    spot = Spot.objects.create(activity=poll.activity, name="Library")
    client.force_login(coordinator)
    address = reverse("polls_desk:print_poster", args=[poll.pk])

    asked = client.get(address, {"place": spot.pk})
    answer = client.get(
        address, {"place": spot.pk, "size": "large", "language": "en-gb", "other_ways": "Ask at the library."}
    )

    assert "Posters write Latin letters only" in asked.text
    assert f'value="{spot.pk}" selected' in asked.text
    assert answer["Content-Type"] == "application/pdf"
    assert "Ask at the library." in words_of(PdfReader(io.BytesIO(b"".join(answer.streaming_content))).pages[0])


def test_what_a_poster_cannot_draw_is_refused_at_the_field(client, board, coordinator):
    poll = make_poll(board)
    client.force_login(coordinator)

    page = client.get(
        reverse("polls_desk:print_poster", args=[poll.pk]), {"size": "usual", "language": "en-gb", "other_ways": "اسأل"}
    )

    assert "A poster cannot draw" in page.text
    assert "اسأل" in page.text


# --- the picture -----------------------------------------------------------------------------------------------


def picture(client, poll, shape, **query):
    return client.get(reverse("polls:picture", args=[poll.activity.board.slug, poll.activity.slug, shape]), query)


def colours(image, box):
    return {colour for _many, colour in image.convert("RGB").crop(box).getcolors(1_000_000)}


@pytest.mark.parametrize(("shape", "size"), [("link", (1200, 630)), ("story", (1080, 1920))])
@pytest.mark.parametrize("question", ["Swings?", LONGEST[:200], "W" * 200, ARABIC])
def test_a_picture_has_its_size_and_its_words_stay_within(client, board, shape, size, question):
    poll = make_poll(board, question=question)

    answer = picture(client, poll, shape)
    image = Image.open(io.BytesIO(answer.content))

    assert (image.format, image.size) == ("PNG", size)
    assert len(answer.content) < 200_000
    margin = share_picture.SHAPES[shape].margin - 20
    for side in ((0, 0, margin, size[1]), (size[0] - margin, 0, *size)):
        assert colours(image, side) <= {share_picture.GROUND, share_picture.DEEP}, "nothing reaches into the margin"
    assert len(colours(image, (0, 0, *size))) > 3, "there is something on it"


def test_the_whole_question_stands_on_it_down_to_the_smallest_type():
    shape = share_picture.SHAPES["link"]

    font, lines = share_picture.fitted("Swings or benches?", share_picture.Face.HEADING, shape.questions, 1000, 300)
    assert (int(font.size), " ".join(lines)) == (shape.questions[0], "Swings or benches?")
    font, lines = share_picture.fitted(LONGEST, share_picture.Face.HEADING, shape.questions, 1000, 300)
    assert int(font.size) < shape.questions[0]
    assert " ".join(lines) == LONGEST.strip()
    font, lines = share_picture.fitted("W" * 200, share_picture.Face.HEADING, shape.questions, 1000, 100)
    assert int(font.size) == shape.questions[-1]
    assert lines[-1].endswith("…")
    assert all(font.getlength(line) <= 1000 for line in lines)


@pytest.mark.skipif(
    not (features.check("raqm") and features.check("fribidi")), reason="this machine cannot join letters"
)
def test_arabic_is_drawn_joined_and_from_the_right(client, board):
    poll = make_poll(board, question="نعم")

    image = Image.open(io.BytesIO(picture(client, poll, "link").content))
    middle = (70, 180, 1130, 300)

    lit = [x for x in range(70, 1130) if share_picture.LIGHT in colours(image, (x, middle[1], x + 1, middle[3]))]
    assert min(lit) > 600, "it stands at the right"
    assert not share_picture.cannot_draw(poll)


def test_letters_that_no_font_of_ours_has_are_left_out_and_the_desk_says_so(client, board, coordinator):
    poll = make_poll(board, question="公园里应该有什么？")

    assert picture(client, poll, "story").status_code == 200
    client.force_login(coordinator)
    assert "Our fonts cannot draw the question" in client.get(reverse("polls_desk:reach", args=[poll.pk])).text


def test_a_picture_is_made_once_until_its_words_change(client, board, monkeypatch):
    cache.clear()
    poll = make_poll(board)
    made = []
    draw_one = share_picture.draw
    monkeypatch.setattr(share_picture, "draw", lambda *given, **more: made.append(given) or draw_one(*given, **more))

    first, again = picture(client, poll, "link"), picture(client, poll, "link")
    type(poll).objects.filter(pk=poll.pk).update(question="Which tree?")
    other = picture(client, poll, "link")

    assert len(made) == 2
    assert first.content == again.content != other.content


def test_a_picture_in_a_right_to_left_language_begins_at_the_right(board):
    poll = make_poll(board)
    with translation.override("ar"):
        image = Image.open(io.BytesIO(share_picture.picture_of(poll, "link"))).convert("RGB")

    accent = [x for x in range(image.width) if share_picture.ACCENT in colours(image, (x, 60, x + 1, 160))]
    assert min(accent) > 900


def test_a_drafts_picture_is_not_there_and_odd_shapes_are_not_found(client, board):
    assert picture(client, make_poll(board, is_draft=True), "link").status_code == 404
    poll = make_poll(board)
    assert client.get(f"{poll.get_absolute_url()}picture/other.png").status_code == 404


def test_a_poll_page_names_its_picture_and_where_to_find_what_to_paste(client, board, settings):
    settings.SITE_URL = "https://boards.example"
    poll = make_poll(board)

    page = client.get(poll.get_absolute_url()).text

    assert (
        f'<meta property="og:image" content="https://boards.example{poll.get_absolute_url()}picture/link.png">' in page
    )
    assert (
        'type="application/json+oembed" href="https://boards.example/oembed/?url=https%3A%2F%2Fboards.example' in page
    )


def test_a_picture_can_be_kept_as_a_file(client, board):
    poll = make_poll(board, title="Green")
    assert picture(client, poll, "story", keep="1")["Content-Disposition"] == 'attachment; filename="green-story.png"'
