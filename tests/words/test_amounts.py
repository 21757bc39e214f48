"""Numbers, units, dates and titles as they stand in sentences."""

from __future__ import annotations

import math

import pytest

from putar.words.amounts import amount, date_text, in_sentence, number_text, time_unit, unit_words, when


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (20.5622, "20.6"),
        (1782.0, "1,782"),
        (-0.2249, "−0.225"),
        (0.0, "0"),
        (0.55, "0.550"),
        (99.96, "100.0"),
        (1.5e9, "1.5e+09"),
        (None, "–"),
        (math.nan, "–"),
    ],
)
def test_numbers_have_three_digits(value: float | None, text: str) -> None:
    """Thousands apart, the minus of print, a dash for nothing."""
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("busd/year", "US$ bn a year"),
        ("busd/(GW*year)", "US$ bn per GW-year"),
        ("mperson", "million people"),
        ("dmnl", ""),
        ("GWe/oom", "GWe per power of ten"),
        ("wombat", "wombat"),
    ],
)
def test_units_are_words_where_they_are_known(unit: str, words: str) -> None:
    """An unknown unit stays as the model has it."""
    assert unit_words(unit) == words


def test_amounts_put_the_currency_first() -> None:
    """US$ 20.6 bn a year, 838 million people."""
    assert amount(20.56, "busd/year") == "US$ 20.6 bn a year"
    assert amount(838.3, "mperson") == "838 million people"
    assert amount(0.5, "dmnl") == "0.500"


def test_dates_are_said_as_people_say_them() -> None:
    """With and without their preposition."""
    assert [date_text(d) for d in (2026.0, 2026.5, 2026.25, 2026.75, 2026.1)] == [
        *("the start of 2026", "mid-2026", "2026 Q2", "2026 Q4", "2026.10")
    ]
    assert (when(2026.0), when(2026.5)) == ("at the start of 2026", "in mid-2026")


def test_times_that_are_no_dates_are_said_with_their_unit() -> None:
    """Months, seconds and a few years are counted, not dated."""
    assert (date_text(12.0, "month"), when(0.5, "second")) == ("month 12", "at second 0.5")
    assert (date_text(20.0, "year"), when(3.0, "time")) == ("year 20", "at time 3")
    assert (time_unit("month"), time_unit("time")) == ("a month", "a time unit")


def test_titles_lose_their_capital_unless_they_are_names() -> None:
    """xAI and Starlink keep theirs."""
    titles = ["Growth capital", "xAI's models in the cars", "Starlink's cash for AI", "X as a human signal"]

    assert [in_sentence(title) for title in titles] == [
        "growth capital",
        "xAI's models in the cars",
        "Starlink's cash for AI",
        "X as a human signal",
    ]


def test_indonesian_writes_numbers_units_and_dates_its_own_way() -> None:
    """A comma for the fraction, points between thousands, words of the language, the currency still first."""
    assert number_text(1782.0, "id") == "1.782"
    assert number_text(-0.2249, "id") == "−0,225"
    assert amount(20.56, "busd/year", "id") == "US$ 20,6 miliar per tahun"
    assert amount(838.3, "mperson", "id") == "838 juta orang"
    assert [when(date, language="id") for date in (2026.0, 2026.5, 2026.25, 2026.1)] == [
        *("pada awal 2026", "pada pertengahan 2026", "pada 2026 Q2", "pada 2026,10")
    ]
