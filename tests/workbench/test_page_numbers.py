"""The one formatter of the page: how numbers, units and dates are written."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from putar.words import languages
from putar.workbench import page

pytestmark = pytest.mark.browser

WRITTEN = [
    ("decimal(142.03)", "142"),
    ("decimal(1782)", "1,780"),
    ("decimal(-0.5)", "−0.5"),
    ("decimal(0.000219)", "0.000219"),
    ("decimal(0.0000219)", "2.19 × 10⁻⁵"),
    ("decimal(9.999)", "10"),
    ("decimal(999.7)", "1,000"),
    ("decimal(1.4e12)", "1.4 × 10¹²"),
    ("decimal(0)", "0"),
    ("decimal(null)", "–"),
    ("decimal(NaN)", "–"),
    ("exact(13.07)", "13.07"),
    ("signed(3)", "+3"),
    ("signed(-53.12)", "−53.1"),
    ("percent(0.397)", "40%"),
    ("percent(0.0042)", "0.42%"),
    ("interval(70.2, 264)", "70.2–264"),
    ("interval(-3, 12)", "−3 to 12"),
    ("interval(null, 12)", ""),
    ("amount(142, 'busd/year')", "US$ 142 bn a year"),
    ("amount(-27.4, 'busd')", "−US$ 27.4 bn"),
    ("amount(905, 'mperson')", "905 million people"),
    ("amount(1.9, 'GW')", "1.9 GW"),
    ("amount(13.3, 'busd/(GW*year)')", "US$ 13.3 bn per GW-year"),
    ("amount(255, 'usd/(person*year)')", "US$ 255 per person-year"),
    ("amount(0.336, '1/year')", "0.336 a year"),
    ("amount(28, 'year^2')", "28 years²"),
    ("amount(32, '%')", "32%"),
    ("amount(30, '%/year')", "30% a year"),
    ("amount(2.85, 'USD/(GPU*hour)')", "US$ 2.85 per GPU-hour"),
    ("amount(100, 'million person')", "100 million people"),
    ("amount(20, 'billion USD/year')", "US$ 20 bn a year"),
    ("amount(0.32, 'dmnl')", "0.32"),
    ("amount(7, 'wombat/year')", "7 wombat a year"),
    ("amount(2025.235, 'year')", "Mar 2025"),
    ("amount(1, 'boolean')", "yes"),
    ("amount('2025-12-17', 'date')", "17 Dec 2025"),
    ("amount(null, 'GW')", "–"),
    ("moment(2026.5)", "2026 Q3"),
    ("moment(2026.4999999)", "2026 Q3"),
    ("dateWords('2025-03')", "Mar 2025"),
    ("dateWords('2019')", "2019"),
    (
        "distributionWords({ kind: 'lognormal', first: 5, second: 0.4 })",
        "log-normal, median 5, standard deviation of the logarithm 0.4",
    ),
    ("distributionWords('as published')", "as published"),
    ("amount(15.6, 'percent')", "15.6%"),
    ("distributionWords({ kind: 'uniform', low: 0.23, high: 0.41 })", "uniform, from 0.23, to 0.41"),
]

WRITTEN_IN_INDONESIAN = [
    ("decimal(1782, 4)", "1.782"),
    ("decimal(0.35)", "0,35"),
    ("decimal(-53.12)", "−53,1"),
    ("decimal(0.0000219)", "2,19 × 10⁻⁵"),
    ("interval(-3, 12.5)", "−3 sampai 12,5"),
    ("amount(142, 'busd/year')", "US$ 142 miliar per tahun"),
    ("amount(905, 'mperson')", "905 juta orang"),
    ("amount(13.3, 'busd/(GW*year)')", "US$ 13,3 miliar per GW-tahun"),
    ("amount('2025-12-17', 'date')", "17 Des 2025"),
    ("amount(2025.37, 'year')", "Mei 2025"),
    ("amount(1, 'boolean')", "ya"),
    ("percent(0.0042)", "0,42%"),
]


@pytest.fixture(scope="module")
def formatter(browser: Any) -> Iterator[Any]:
    """A tab with the words and the formatter alone."""
    tab = browser.new_page()
    words = json.dumps({each: page._words(each) for each in languages()})
    tab.set_content(
        "<script type='application/json' id=words></script>"
        f"<script type='application/zlib' id=payload>{page._packed({})}</script>"
    )
    tab.evaluate("() => (document.documentElement.lang = 'en')")
    tab.evaluate("(text) => (document.getElementById('words').textContent = text)", words)
    parts = page.SCRIPTS[: page.SCRIPTS.index("state.js")]
    called = sorted({call.partition("(")[0] for call, _ in (*WRITTEN, *WRITTEN_IN_INDONESIAN)})
    shown = f"Object.assign(globalThis, {{ {', '.join(called)} }});"  # a module keeps its names to itself
    tab.add_script_tag(content="\n".join((*map(page._static, parts), shown)), type="module")
    tab.wait_for_function(f"'{called[0]}' in globalThis")
    yield tab
    tab.close()


@pytest.mark.parametrize(("call", "written"), WRITTEN, ids=[call for call, _ in WRITTEN])
def test_numbers_are_written_one_way(formatter: Any, call: str, written: str) -> None:
    """Three significant digits, units in words, dates as people say them."""
    assert formatter.evaluate(call) == written


@pytest.mark.parametrize(
    ("call", "written"), WRITTEN_IN_INDONESIAN, ids=[call for call, _ in WRITTEN_IN_INDONESIAN]
)
def test_numbers_are_written_as_indonesian_writes_them(formatter: Any, call: str, written: str) -> None:
    """A comma for the fraction, points between thousands, units and months in the language."""
    speak = "(code) => { document.documentElement.lang = code; return true; }"
    formatter.evaluate(speak, "id")
    try:
        assert formatter.evaluate(call) == written
    finally:
        formatter.evaluate(speak, "en")
