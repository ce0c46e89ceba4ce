"""What everyone sees of a survey: every question with its base, nothing small, and in time."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product
from random import Random

import pytest
from django.utils import timezone

from boards.places.models import Area
from engagement.activities.models import Activity
from engagement.evidence.models import Indicator, IndicatorValue
from engagement.surveys.models import EqualityAnswer, Response, week_of
from tests.surveys.asking import choices, page, question, schema
from tests.surveys.factories import make_response, make_survey

pytestmark = pytest.mark.django_db

ASKS = schema(
    page(
        "p1",
        question("often", "one_choice", "How often do you come?", choices=choices("Daily", "Weekly", "Never")),
        question("likes", "several", "What do you like?", choices=choices("Swings", "Benches", "Trees")),
        question("good", "scale", "How good is it?", steps=5, ends=["Poor", "Good"]),
        question("parts", "matrix", "How are its parts?"),
    ),
    page(
        "p2",
        question("first", "ranking", "What should come first?"),
        question("money", "points", "How would you share 100 points?"),
        question("age", "number", "How old are you?"),
        question("where", "place", "Where do you sit?"),
        question("words", "long_text", "What else?"),
        question("agree", "consent", "May we count your words?"),
    ),
)


def long_ago(**fields):
    now = timezone.now()
    return {"opens_at": now - timedelta(days=30), "closes_at": now - timedelta(days=1), "audience": 0, **fields}


def answer_of(random):
    return {
        "often": random.choice("aab"),
        "likes": random.sample("abc", random.randint(1, 3)),
        "good": random.randint(1, 5),
        "parts": {"a": random.choice("abc"), "b": random.choice("abc")},
        "first": random.sample("abc", 3),
        "money": {"a": 60, "b": 40},
        "age": str(random.randint(16, 90)),
        "where": {"lat": "54.123", "lon": "-1.344"},
        "words": "Zanzibarquoll",
        "agree": True,
    }


def fill(survey, many, **fields):
    random = Random(7)
    Response.objects.bulk_create(
        Response(
            survey=survey, version=survey.current, state="sent", answers=answer_of(random),
            **{"channel": "web" if at % 3 else "paper", **fields},
        )
        for at in range(many)
    )  # fmt: skip


@pytest.fixture
def survey(board):
    return make_survey(board, ASKS, title="The park", slug="the-park", **long_ago(results_show="always"))


def get(client, query="", survey="the-park"):
    return client.get(f"/boards/thornbridge-town/surveys/{survey}/results/{query}")


def words_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_every_question_is_there_with_its_base(client, survey):
    fill(survey, 40)
    make_response(survey, {})

    text = words_of(get(client))

    assert "41 people answered." in text
    assert "not a sample of everyone" in text
    assert "40 people answered this. 1 gave no answer or was not asked." in text
    assert "Shares are of the 40 people who answered." in text
    for words in ("How often do you come?", "What do you like?", "How are its parts?", "In the middle", "Put first"):
        assert words in text


def test_nobodys_words_are_on_it(client, survey):
    fill(survey, 40)

    assert "Zanzibarquoll" not in get(client).content.decode()


def test_a_survey_few_answered_shows_nothing(client, survey):
    fill(survey, 4)

    text = words_of(get(client))

    assert "Fewer than five people answered" in text
    assert "How often do you come?" not in text


def test_a_small_number_stands_nowhere(client, survey):
    fill(survey, 40)
    fill_rare = [{"often": "c"}] * 2
    for answers in fill_rare:
        make_response(survey, answers)

    text = words_of(get(client))

    found = re.search(r"Never (\S+ \S+)", text)
    assert found
    assert found[1] == "under 5"


def test_an_open_survey_moves_on_by_five_at_a_time(client, board):
    now = timezone.now()
    survey = make_survey(
        board, ASKS, title="The park", slug="the-park", audience=0, results_show="always",
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
    )  # fmt: skip
    fill(survey, 10)
    before = words_of(get(client))
    assert "10 people answered." in before

    fill(survey, 4)
    assert words_of(get(client)) == before
    fill(survey, 1)
    assert "15 people answered." in words_of(get(client))


def test_an_open_survey_shows_no_tables_by_anything(client, board):
    now = timezone.now()
    survey = make_survey(
        board, ASKS, title="The park", slug="the-park", audience=0, results_show="always",
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
    )  # fmt: skip
    fill(survey, 60)

    answer = get(client, "?question=often&by=channel")

    assert "results-table__part" not in answer.content.decode()
    assert "Look at a question in more detail" not in words_of(answer)


@pytest.mark.parametrize("shows", ["officers", "after_voting", "after_closing"])
def test_who_may_not_see_results_yet_is_told_so(client, board, shows):
    now = timezone.now()
    survey = make_survey(
        board, ASKS, title="The park", slug="the-park", audience=0, results_show=shows,
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
    )  # fmt: skip
    fill(survey, 40)

    text = words_of(get(client))

    assert "The results are not shown yet" in text
    assert "How often do you come?" not in text


def test_a_draft_is_not_there(client, board):
    make_survey(board, ASKS, title="Hidden", slug="hidden", **long_ago(is_draft=True))

    assert get(client, survey="hidden").status_code == 404


@pytest.mark.parametrize("by", ["channel", "likes", "good", "parts.a", "agree"])
def test_a_question_can_be_put_in_a_table_with_any_other(client, survey, by):
    fill(survey, 300)

    answer = get(client, f"?question=often&by={by}")

    assert answer.context["table"] is not None
    assert 'id="table"' in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["?question=often&by=often", "?question=nothing&by=channel", "?by=", "?question=words&by=channel"]
)
def test_a_table_that_cannot_be_made_is_refused_in_words(client, survey, query):
    fill(survey, 40)

    answer = get(client, query)

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert "table" not in answer.context


def test_by_area_counts_the_area_people_belong_to(client, survey, board):
    ward = board.areas.get()
    other = Area.objects.create(code="E05999990", name="High Fell", kind="ward")
    fill(survey, 60, place=ward)
    fill(survey, 50, place=other)

    table = get(client, "?question=often&by=area").context["table"]

    assert {words for _value, words in table.column.lines} == {"Fenny Hale", "High Fell"}
    assert sum(count for (_r, column), count in table.cells.items() if column == str(ward.pk)) == 60


def test_tables_of_one_page_cannot_be_subtracted_from_each_other(client, survey, board):
    """Whole, by channel, by area and by another question, as they are on the page: no sum leaves a small number."""
    areas = [board.areas.get(), Area.objects.create(code="E05999990", name="High Fell", kind="ward")]
    random = Random(3)
    rows = []
    for _ in range(70):
        answers = {"often": random.choice("aaaabbc"), "good": random.choice([1, 1, 1, 2, 3, 5])}
        rows.append(
            Response(
                survey=survey, version=survey.current, state="sent", answers=answers,
                channel=random.choice(["web", "web", "web", "paper", "phone"]), place=random.choice([*areas, None]),
            )
        )  # fmt: skip
    Response.objects.bulk_create(rows)
    full = {by: get(client, f"?question=often&by={by}").context["table"] for by in ("channel", "area", "good")}

    for by, table in full.items():
        for row, column in product(table.row.values, table.column.values):
            assert table.cells[row, column] is None or table.cells[row, column] == 0 or table.cells[row, column] >= 5
        for row in table.row.values:
            alone = table.rows_alone[row]
            cells = [table.cells[row, column] for column in table.column.values]
            if alone is not None and by != "area":
                left = alone - sum(cell for cell in cells if cell is not None)
                assert left == 0 or left >= 5


def test_who_took_part_stands_beside_who_lives_here(client, survey, board):
    ward = board.areas.get()
    Area.objects.filter(pk=ward.pk).update(population=8000)
    survey.asks_equality = True
    survey.save()
    fill(survey, 60, place=ward)
    pop = Indicator.objects.create(key="pop_2021", label="People", unit="people", source="Census", licence="OGL")
    old = Indicator.objects.create(key="age_65_plus_n", label="65+", unit="people", source="Census", licence="OGL")
    IndicatorValue.objects.create(indicator=pop, area=ward, period="2021", value=8000)
    IndicatorValue.objects.create(indicator=old, area=ward, period="2021", value=2000)
    week = week_of(timezone.localdate())
    for value, many in (("65-74", 12), ("85+", 6), ("25-34", 23), ("pnts", 9)):
        EqualityAnswer.objects.bulk_create(
            EqualityAnswer(survey=survey, on=week, answers={"age_band": value}) for _ in range(many)
        )

    text = words_of(get(client))

    assert "Who took part, beside everyone who lives here" in text
    assert "65 or over about 20 of 40 50% 2,000 25%" in text
    assert "Fenny Hale 60 100% 8,000 100%" in text


def test_a_group_of_under_ten_is_not_told(client, survey, board):
    ward = board.areas.get()
    survey.asks_equality = True
    survey.save()
    fill(survey, 60)
    for key in ("pop_2021", "age_65_plus_n"):
        one = Indicator.objects.create(key=key, label=key, unit="people", source="Census", licence="OGL")
        IndicatorValue.objects.create(indicator=one, area=ward, period="2021", value=2000)
    week = week_of(timezone.localdate())
    for value, many in (("65-74", 9), ("25-34", 30)):
        EqualityAnswer.objects.bulk_create(
            EqualityAnswer(survey=survey, on=week, answers={"age_band": value}) for _ in range(many)
        )

    assert "65 or over under 10 2,000" in words_of(get(client))


def test_pins_are_shown_from_five_in_a_square_on(client, survey):
    fill(survey, 9)
    make_response(survey, {"where": {"lat": "54.200", "lon": "-1.100"}})

    answer = get(client).content.decode()

    assert "54.12, -1.34" in answer
    assert "54.20, -1.10" not in answer


@pytest.mark.parametrize("query", ["", "?question=often&by=likes"])
def test_ten_queries_and_no_more_for_ten_thousand(client, survey, django_assert_max_num_queries, board, query):
    board.areas.update(population=100)
    survey.asks_equality = True
    survey.save()
    fill(survey, 10, place=board.areas.get())
    get(client)  # counts what is new
    with django_assert_max_num_queries(10) as few:
        get(client, query)
    fill(survey, 9_990, place=board.areas.get())
    get(client)
    with django_assert_max_num_queries(10) as many:
        get(client, query)

    assert len(many) - len(few) <= 2


def test_a_long_survey_stands_on_several_pages(client, board):
    questions = [question(f"q{n}", "one_choice", f"Question {n}?") for n in range(60)]
    survey = make_survey(
        board, schema(page("p1", *questions)), title="Long", slug="long", **long_ago(results_show="always")
    )
    Response.objects.bulk_create(
        Response(survey=survey, version=survey.current, state="sent", answers={f"q{n}": "a" for n in range(60)})
        for _ in range(9)
    )

    first, last = get(client, survey="long"), get(client, "?page=99", survey="long")

    assert ">Question 0?</caption>" in first.content.decode()
    assert ">Question 59?</caption>" not in first.content.decode()
    assert ">Question 59?</caption>" in last.content.decode()
    assert len(first.content) < 100_000


def test_results_are_for_officers_where_the_activity_says_so(client, survey, coordinator):
    fill(survey, 40)
    Activity.objects.filter(pk=survey.pk).update(results_show="officers")

    assert "The results are not shown yet" in words_of(get(client))
