"""Units as other tools' models write them."""

import pytest

from putar.formats.foreign_units import unit_text


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("Metric Tons/Month", "metric_tons/month"),
        ("$/(Year*Person)", "dollar/(year*person)"),
        ("%", "percent"),
        ("%/Year", "percent/year"),
        ("°C", "degree_c"),
        ("€/année", "euro/année"),
        ("W/m²", "w/m^2"),
        ("kilowatt-hours", "kilowatt*hour"),
        ("Dmnl", "dmnl"),
        ("", ""),
    ],
)
def test_signs_and_words_become_one_word_each(written: str, unit: str) -> None:
    assert unit_text(written) == unit
