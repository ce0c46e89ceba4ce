"""What the rules find in a text, and what they leave alone."""

from __future__ import annotations

import time

import pytest

from engagement.moderation.rules import (
    enough_alike,
    find_addresses,
    find_emails,
    find_links,
    find_names_with_a_street,
    find_telephones,
    find_words,
    mixed_or_unseen,
)


def found(finder, text: str) -> list[str]:
    return [text[span.start : span.end] for span in finder(text)]


@pytest.mark.parametrize(
    "number",
    [
        "01632 960123", "01632960123", "(01632) 960 123", "020 7946 0018", "0207 946 0018", "07700 900123",
        "07700-900-123", "07700.900.123", "+44 7700 900123", "+44 (0)7700 900123", "0044 7700 900123", "0113 496 0000",
        "0808 157 0000", "016977 2345", "+33 1 23 45 67 89", "+353 85 123 4567",
    ],
)  # fmt: skip
def test_a_telephone_number_is_found_however_it_is_spaced(number):
    assert found(find_telephones, f"Ring Jo on {number}, any evening.") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "It costs £1,250.00 or £07700900123 at most.", "Open 09:00 to 17:30, or 08.30 09.30 10.30 11.30.",
        "On 01/02/2026 and 01-02-2026 and 2026-02-01.", "01.02.2026 01.03.2026 01.04.2026", "Postcode YO1 7HH.",
        "We counted 1,234,567,890 leaves.", "Grid SK 1234 5678.", "Charity number 1234567.", "In 2024 2025 2026 we asked.",
        "ISBN 978-0-306-40615-7", "The 7.15, 8.15 and 9.15 buses.", "0.0177009001", "Between 10 and 20 of 300 people.",
        "Account 12345678, sort code 01-23-45.", "UPRN 100023336956", "a0170090012345b",
    ],
)  # fmt: skip
def test_prices_dates_times_and_other_numbers_are_no_telephone_numbers(text):
    assert found(find_telephones, text) == []


def test_e_mail_addresses_are_found_also_when_they_are_spelt_out():
    assert found(find_emails, "Write to jo.hale+park@example.co.uk.") == ["jo.hale+park@example.co.uk"]
    assert found(find_emails, "jo (at) example (dot) org or jo [at] example.org") == [
        "jo (at) example (dot) org",
        "jo [at] example.org",
    ]
    assert found(find_emails, "Meet at the park @ noon. 5 @ £2 each. #tag @name") == []


@pytest.mark.parametrize(
    "link", ["https://example.org/a?b=c", "http://1.2.3.4/x", "www.example.com", "example.co.uk", "Shop.XYZ/buy"]
)
def test_links_are_found_with_and_without_their_beginning(link):
    assert found(find_links, f"See {link} for more") == [link]


@pytest.mark.parametrize(
    "text",
    ["More buses.Please", "e.g. this, i.e. that", "at 5.30pm", "jo@example.org", "v1.2.3", "no.Not here", "etc.co"],
)
def test_full_stops_are_no_links(text):
    assert found(find_links, text) in ([], ["etc.co"])


@pytest.mark.parametrize(
    "address",
    ["12 Mill Lane", "Flat 3, 12A Station Road", "No. 7 St John's Close", "4 Heol y Bont", "XX1 1AA", "yo1 7hh"],
)
def test_a_house_with_its_street_and_a_whole_postcode_are_found(address):
    assert found(find_addresses, f"They live at {address}, I think.")


@pytest.mark.parametrize(
    "text",
    [
        "Benches along Mill Lane.", "20 mph on Mill Lane.", "30 new street lights", "The 12 Mill Lane-ish", "Bus 22 to YO1",
        "It is 5 minutes' walk.", "£12 Park Drive", "3 people on the road", "Room 12, Town Hall", "At 10am Park Street closes",
    ],
)  # fmt: skip
def test_a_street_or_a_number_alone_is_nobodys_home(text):
    assert found(find_addresses, text) in ([], ["12 Mill Lane"])


@pytest.mark.parametrize(
    "text",
    [
        "Mrs Hale of Mill Lane", "Dr. Jo Hale who lives on Station Road", "Mr Patel at 12 Mill Lane", "Jo Hale lives on Mill Lane",
        "Jo Hale from Mill Lane", "Jo Hale of 12 Mill Lane",
    ],
)  # fmt: skip
def test_a_name_with_a_street_is_found(text):
    assert found(find_names_with_a_street, f"The noise is from {text}.") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Thornbridge Town Board on Mill Lane", "Benches by Market Street", "Saint Mary School on Mill Lane", "Mrs Hale runs the cafe",
        "The Old Library at Mill Lane", "Jo Hale likes Mill Lane",
    ],
)  # fmt: skip
def test_a_place_on_a_street_names_nobody(text):
    assert found(find_names_with_a_street, text) == []


def test_words_of_the_list_are_found_whole_whatever_their_letters():
    text = "An ASS in a class: Piss OFF, he said."

    spans = find_words(text, ["ass", "piss off", "café"])

    assert [text[span.start : span.end] for span in spans] == ["ASS", "Piss OFF"]
    assert find_words("A class assessed in Scunthorpe", ["ass", "cunt"]) == []
    assert find_words("Le CAFÉ", ["cafe"]) != []
    assert find_words("Anything", ["", "  ", "!!"]) == []


def test_letters_that_hide_or_deceive_are_found():
    assert mixed_or_unseen("p\u0430rk") != []  # a Cyrillic a
    assert mixed_or_unseen("safe \u202egnp.exe") != []
    assert mixed_or_unseen("i\u200bdiot") != []
    assert mixed_or_unseen("i\u200ddiot") != []


@pytest.mark.parametrize(
    "text",
    [
        "Парк для всех", "Πάρκο", "می\u200cخواهم", "👩\u200d👩\u200d👧 park", "Ŵyl y Môr", "20 µm and 5 Ω", "naïve café", "עברית \u200fabc",
        "Park парк",
    ],
)  # fmt: skip
def test_other_languages_and_emoji_are_left_alone(text):
    assert mixed_or_unseen(text) == []


def test_nearly_the_same_words_are_alike_and_short_ones_never_are():
    text = "Buy our wonderful new windows at half the price this week only"
    assert enough_alike(text, [text + "!", text.upper(), "  " + text], times=3)
    assert not enough_alike(text, [text, text, "We need more benches by the river, with backs and arms."], times=3)
    assert not enough_alike("More buses please", ["More buses please"] * 5, times=1)


@pytest.mark.parametrize(
    "piece",
    ["a", "0", "0 ", "a@", "a.", "www.", "1 A ", "Mr A ", "Ab ", "+1", "( at ) ", "\u200d", "А", "(0", "Aa Bb of "],
)
@pytest.mark.parametrize(
    "finder",
    [find_addresses, find_emails, find_links, find_names_with_a_street, find_telephones, mixed_or_unseen],
)
def test_no_long_text_keeps_a_rule_busy(piece, finder):
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    finder(text)
    assert time.process_time() - began < 2
