"""Needs, residents' own words and slips, as the public meets them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from boards.places.models import BoardArea
from engagement.evidence import queries
from engagement.evidence.actions import recording
from engagement.evidence.models import Evidence, EvidenceLink, Need, Theme
from engagement.moderation.queries.rules import all_rules
from tests.evidence.factories import make_evidence, make_figure, make_indicator
from tests.factories import make_area, make_need

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7*7 }}{% debug %}‮"


@pytest.fixture
def need(board):
    return make_need(board, "Somewhere warm after four")


def page_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


# --- the two halves --------------------------------------------------------------------------


def test_an_empty_need_says_why_on_both_sides_and_offers_to_fill_each(client, need):
    page = page_of(client, need.get_absolute_url())

    assert "Nobody has told us about this yet" in page
    assert "No figure measures this yet" in page
    assert f'href="/boards/{need.board.slug}/tell-us/?need={need.slug}"' in page
    assert f"/tell-us/?about=figure&amp;need={need.slug}" in page


def test_the_halves_have_the_same_level(client, need):
    page = page_of(client, need.get_absolute_url())

    assert '<h2 class="halves__title">What people told us</h2>' in page
    assert '<h2 class="halves__title">What the figures show</h2>' in page


def test_dissent_stands_beside_support(client, need, board):
    make_evidence(board, "We all want it", need=need)
    make_evidence(board, "Not on my green", need=need, relation="contradicts")

    page = page_of(client, need.get_absolute_url())

    assert "Not on my green" in page
    assert "Says otherwise" in page


def test_small_numbers_of_voices_are_hidden_in_the_breakdown_and_cannot_be_worked_out(client, need, board):
    make_evidence(board, need=need, voices=40, how="meeting")
    make_evidence(board, need=need, voices=12, how="group")
    make_evidence(board, need=need, voices=2, how="call", scopes=("evidence",))

    heard = queries.heard_about(need)

    assert heard.voices == 54
    assert {row.label: row.voices for row in heard.by_how} == {
        "Meeting": 40,
        "Group talk": None,
        "Telephone call": None,
    }


def test_a_figure_is_added_up_from_wards_and_compared_with_all_boards(client, need, board, next_board):
    indicator, homes = make_indicator(need=need), make_indicator("households_2021", label="Households")
    second = make_area("Gallowtree")
    BoardArea.objects.create(board=board, area=second)
    for area, cars, households in [(board.areas.get(name="Fenny Hale"), 200, 1000), (second, 100, 1000)]:
        make_figure(indicator, area, cars)
        make_figure(homes, area, households)
    make_figure(indicator, next_board.areas.get(), 800)
    make_figure(homes, next_board.areas.get(), 2000)

    page = page_of(client, need.get_absolute_url())

    assert "About 15 in every 100 here, and 28 in every 100 across all the boards" in page
    assert "Added up from the 2 areas in this board." in page
    assert "300" in page
    assert "Invented" in page
    assert "CC0-1.0" in page


def test_a_board_with_a_ward_unknown_gets_no_sum_and_the_reason(client, need, board):
    indicator = make_indicator(need=need)
    make_figure(indicator, board.areas.get(), 200)
    BoardArea.objects.create(board=board, area=make_area("Gallowtree"))

    [figure] = queries.figures_for(need)

    assert figure.here is None
    assert "1 of the 2 areas" in figure.note
    assert "1 of the 2 areas" in page_of(client, need.get_absolute_url())


def test_a_rank_is_never_added_up(need, board):
    indicator = make_indicator("imd_rank", unit="rank", need=need)
    make_figure(indicator, board.areas.get(), 12)
    second = make_area("Gallowtree")
    BoardArea.objects.create(board=board, area=second)
    make_figure(indicator, second, 30)

    assert queries.figures_for(need)[0].here is None


def test_a_count_of_people_below_five_is_not_published(client, need, board):
    indicator = make_indicator("disabled_n", unit="people", need=need)
    make_figure(indicator, board.areas.get(), 3)

    [figure] = queries.figures_for(need)

    assert (figure.here, figure.too_few) == (None, True)
    assert "fewer than 5" in page_of(client, need.get_absolute_url())


def test_the_newest_period_is_shown(need, board):
    indicator = make_indicator("asb", unit="rate", need=need)
    make_figure(indicator, board.areas.get(), 11, "2024")
    make_figure(indicator, board.areas.get(), 13, "2025")

    assert [(row.period, row.here) for row in queries.figures_for(need)] == [("2025", 13)]


def test_a_retired_need_has_no_page_and_stands_in_no_list(client, need):
    Need.objects.update(status=Need.Status.RETIRED)

    assert client.get(need.get_absolute_url()).status_code == 404
    assert need.title not in page_of(client, "/needs/")


# --- the shared picture ----------------------------------------------------------------------


def test_needs_are_found_by_board_branch_of_theme_and_words(client, need, next_board):
    top = Theme.objects.create(code="COM", label="Community")
    Need.objects.filter(pk=need.pk).update(theme=Theme.objects.create(code="COM-LON", label="Loneliness", parent=top))
    other = make_need(next_board, "Buses that come")

    for query, found in [
        ("board=mere-and-marsh", other), ("theme=COM", need), ("theme=COM-LON", need), ("q=warm+four", need),
    ]:  # fmt: skip
        page = page_of(client, f"/needs/?{query}")
        missing = need if found is other else other
        assert found.title in page, query
        assert missing.title not in page, query


def test_the_order_is_the_one_asked_for(client, need, board):
    loud = make_need(board, "A loud one")
    make_evidence(board, need=loud, voices=50)
    Need.objects.filter(pk=need.pk).update(since="2020-01-01")

    def order(query):
        page = page_of(client, f"/needs/?{query}")
        return page.index(loud.title) < page.index(need.title)

    assert order("sort=voices")
    assert order("sort=newest")
    assert order("sort=title")


@pytest.mark.parametrize("rows", [3, 60])
def test_pages_make_ten_queries_or_fewer_with_few_rows_and_many(
    client, board, need, rows, django_assert_max_num_queries
):
    indicator = make_indicator(need=need)
    make_figure(indicator, board.areas.get(), 200)
    for number in range(rows):
        each = make_need(board, f"Need {number}")
        make_evidence(board, f"Words {number}", need=need)
        each.indicators.add(indicator)

    for address in (
        need.get_absolute_url(),
        f"/boards/{board.slug}/needs/",
        "/needs/",
        f"/boards/{board.slug}/tell-us/",
    ):
        with django_assert_max_num_queries(10):
            page = page_of(client, address)
        assert len(page) < 100_000


def test_ten_thousand_needs_are_listed_with_the_same_queries(client, board, need, django_assert_max_num_queries):
    Need.objects.bulk_create(Need(board=board, title=f"Need {n}", slug=f"n-{n}") for n in range(10_000))

    with django_assert_max_num_queries(10):
        page = page_of(client, "/needs/")
    assert len(page) < 100_000


@pytest.mark.parametrize(
    "query",
    ["page=abc", "page=-1", "page=" + "9" * 5000, "board=nope", "theme=%FF", "sort=;drop", "q=" + "%F0%9F%98%80" * 900,
     "q=%ED%A0%80", "q=%25_%27", "page=2&page=3", "board[]=1", "q=" + "a+" * 2000],
)  # fmt: skip
def test_odd_questions_get_a_page(client, need, query):
    for address in (
        "/needs/",
        f"/boards/{need.board.slug}/needs/",
        need.get_absolute_url(),
        "/boards/thornbridge-town/tell-us/",
    ):
        assert client.get(f"{address}?{query}").status_code == 200


def test_a_nul_is_refused_and_unknown_addresses_are_not_found(client, need):
    assert client.get("/needs/?q=%00").status_code == 400
    assert client.get("/boards/nowhere/needs/").status_code == 404
    assert client.get(f"/boards/{need.board.slug}/needs/nothing/").status_code == 404
    assert client.get("/boards/nowhere/tell-us/").status_code == 404


def test_a_need_of_one_board_is_not_found_under_another(client, need, next_board):
    assert client.get(f"/boards/{next_board.slug}/needs/{need.slug}/").status_code == 404


def test_hostile_text_is_only_text_everywhere(client, board, resident):
    need = make_need(board, HOSTILE[:150], summary=HOSTILE, no_figures_because=HOSTILE)
    evidence, code = recording.record(
        board=board, text=HOSTILE, how="call", heard_on=timezone.localdate(), voices=1,
        scopes=["evidence", "quote", "contact"], now=timezone.now(), by=None, where_words=HOSTILE[:120],
        contact=resident, language='"><b>',
    )  # fmt: skip
    EvidenceLink.objects.create(evidence=evidence, need=need, relation="qualifies", reason=HOSTILE)
    make_figure(make_indicator("h", need=need, unit=HOSTILE[:40], label=HOSTILE, source=HOSTILE, licence=HOSTILE[:80]),
                board.areas.get(), 9)  # fmt: skip
    client.force_login(resident)

    pages = [page_of(client, need.get_absolute_url()), page_of(client, "/needs/?q=%3Cscript%3Ealert(1)")]
    pages.append(page_of(client, f"/me/words/{evidence.reference}/withdraw/"))
    pages.append(client.post("/slip/", {"code": code}).content.decode())

    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert '"><b>' not in page
        assert "49" not in page.split("alert(1)")[-1][:40]


# --- a resident's own words ------------------------------------------------------------------


def sent(**more):
    return {"form_token": str(uuid4()), "text": "The lamp is out.", "agreed": ["evidence"], **more}


def test_words_sent_in_wait_to_be_read(client, board, need):
    answer = client.post(
        f"/boards/{board.slug}/tell-us/?need={need.slug}", sent(relation="contradicts", agreed=["evidence", "quote"])
    )

    assert answer.status_code == 302
    evidence = Evidence.objects.get()
    assert evidence.state == Evidence.State.PENDING
    assert evidence.links.get().relation == "contradicts"
    assert evidence.reference in page_of(client, answer["Location"])
    assert "The lamp is out." not in page_of(client, answer["Location"])
    assert "The lamp is out." not in page_of(client, need.get_absolute_url())
    assert queries.heard_about(need).voices == 0

    Evidence.objects.update(state=Evidence.State.SHOWN)

    assert "The lamp is out." in page_of(client, need.get_absolute_url())


def test_nothing_is_ticked_beforehand(client, board):
    assert "checked" not in page_of(client, f"/boards/{board.slug}/tell-us/")


def test_a_figure_someone_points_to_is_no_voice(client, board, need):
    client.post(f"/boards/{board.slug}/tell-us/?about=figure&need={need.slug}", sent(text="The census, table 9"))
    Evidence.objects.update(state=Evidence.State.SHOWN)

    assert Evidence.objects.get().how == Evidence.How.FIGURE
    assert queries.heard_about(need).voices == 0


def test_ten_equal_posts_keep_one_thing_and_other_words_are_refused(client, board):
    form = sent()
    address = f"/boards/{board.slug}/tell-us/"

    places = {client.post(address, form)["Location"] for _ in range(10)}
    other = client.post(address, {**form, "text": "Something else"})

    assert len(places) == 1
    assert Evidence.objects.count() == 1
    assert other.status_code == 422
    assert "Something else" in other.content.decode()


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_do(client, board):
    answer = client.post(f"/boards/{board.slug}/tell-us/", sent(agreed=["quote"]))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Tick the first box, or we cannot keep what you wrote." in page
    assert "The lamp is out." in page
    assert not Evidence.objects.exists()


def test_someone_who_wants_an_answer_says_who_they_are_last_and_loses_nothing(client, board, resident):
    answer = client.post(f"/boards/{board.slug}/tell-us/", sent(agreed=["evidence", "contact"]))
    assert answer["Location"].startswith("/account/login/")
    assert not Evidence.objects.exists()

    kept = client.session["pending"]
    client.force_login(resident)
    carried = client.session
    carried["pending"] = kept
    carried.save()
    done = client.get(f"/boards/{board.slug}/tell-us/finish/")

    evidence = Evidence.objects.get()
    assert evidence.reference in done["Location"]
    assert evidence.contact == resident


def test_posts_from_one_address_are_limited_and_the_words_are_kept_on_the_page(client, board):
    address = f"/boards/{board.slug}/tell-us/"
    for _ in range(20):
        client.post(address, sent())

    refused = client.post(address, sent(text="One too many"))

    assert refused.status_code == 422
    assert "One too many" in refused.content.decode()
    assert Evidence.objects.count() == 20


def test_another_site_cannot_post_here(client, board):
    answer = client.post(f"/boards/{board.slug}/tell-us/", sent(), headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [{"text": "a\x00b"}, {"text": "x" * 200_000}, {"agreed": ["evidence", "all"]}, {"where": "9" * 5000},
     {"form_token": "no"}, {"form_token": ""}, {"where": "-1"}, {"text": "   "}],
)  # fmt: skip
def test_odd_answers_are_refused_in_words(client, board, odd):
    answer = client.post(f"/boards/{board.slug}/tell-us/", sent(**odd))

    assert answer.status_code == 422
    assert not Evidence.objects.exists()


def test_a_ward_of_another_board_is_refused(client, board, next_board):
    answer = client.post(f"/boards/{board.slug}/tell-us/", sent(where=next_board.areas.get().pk))

    assert answer.status_code == 422


def test_a_reader_gets_no_cookie(client, need):
    client.get(need.get_absolute_url())
    client.get("/slip/")

    assert not client.cookies


# --- slips -----------------------------------------------------------------------------------


def recorded(board, scopes=("evidence", "quote")):
    return recording.record(
        board=board, text="The swings are cold iron", how="street_talk", heard_on=timezone.localdate(), voices=1,
        scopes=scopes, now=timezone.now(), by=None,
    )  # fmt: skip


def test_a_slip_leads_to_what_came_of_the_words(client, board, need):
    evidence, code = recorded(board)
    EvidenceLink.objects.create(evidence=evidence, need=need, relation="supports")

    page = client.post("/slip/", {"code": f" {code[:4].lower()}-{code[4:8]} {code[8:]}"}).content.decode()

    assert "The swings are cold iron" in page
    assert need.get_absolute_url() in page


def test_a_slip_does_not_show_words_that_may_not_be_shown(client, board):
    _evidence, code = recorded(board, scopes=("evidence",))

    page = client.post("/slip/", {"code": code}).content.decode()

    assert "What came of your words" in page
    assert "cold iron" not in page


def test_the_code_is_not_in_the_database(board):
    evidence, code = recorded(board)

    assert code not in str(Evidence.objects.values().get())
    assert len(code) == 12
    assert evidence.slip_digest


def test_the_holder_of_a_slip_takes_the_words_back_without_an_account(client, board):
    _evidence, code = recorded(board)

    page = client.post("/slip/", {"code": code, "take_back": "yes"}).content.decode()

    assert "Your words are gone" in page
    assert not Evidence.objects.filter(text__contains="cold iron").exists()
    assert client.post("/slip/", {"code": code}).status_code == 422


def test_guessing_is_refused_by_the_eleventh_try(client, board):
    _evidence, code = recorded(board)
    answers = [client.post("/slip/", {"code": "0000-0000-0000"}).status_code for _ in range(10)]

    assert set(answers) == {422}
    assert client.post("/slip/", {"code": code}).status_code == 429


@pytest.mark.parametrize("typed", ["", "x", "\x00" * 12, "9" * 60, "ß" * 12, "😀" * 12, "a" * 5000])
def test_odd_codes_get_a_sentence(client, db, typed):
    answer = client.post("/slip/", {"code": typed})

    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.content.decode()


@pytest.mark.parametrize("already", [10, 10_000])
def test_telling_us_asks_ten_questions_of_the_database(client, board, resident, already, django_assert_num_queries):
    Evidence.objects.bulk_create(
        Evidence(
            board=board,
            reference=f"R{each}",
            text="The bus.",
            how="online",
            heard_on=timezone.localdate(),
            sent_at=timezone.now(),
        )
        for each in range(already)
    )
    client.force_login(resident)
    all_rules()  # kept at hand between posts
    typed = {"text": "The bus is late.", "agreed": ["evidence", "contact"], "where": "", "form_token": str(uuid4())}

    # Nine of its own, and one for the note that its page was not opened first.
    with django_assert_num_queries(10):
        answer = client.post(reverse("evidence:tell_us", args=[board.slug]), typed)

    assert answer.status_code == 302
    assert Evidence.objects.filter(contact=resident).count() == 1
