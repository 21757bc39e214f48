"""The sections on value and on the story's loops: what they say, and what they are silent about."""

from pathlib import Path
from typing import Any

import pytest

from putar.workbench.page import write_page
from tests.workbench import sample
from tests.workbench.screens import Open

pytestmark = pytest.mark.browser

VALUE: dict[str, Any] = {
    "output": "value",
    "unit": "busd",
    "at": 2032.0,
    "whole": 200.0,
    "discount": 0.1,
    "apart": 250.0,
    "terminal_share": 0.9,
    "mostly_terminal": True,
    "parts": [
        {
            "name": "bread",
            "title": "Bread",
            "present": 10.0,
            "terminal": 190.0,
            "value": 200.0,
            "multiple": 18.0,
            "implied_growth": 0.0562,
        },
        {
            "name": "cake",
            "title": "Cake",
            "present": 0.0,
            "terminal": 0.0,
            "value": 0.0,
            "multiple": None,
            "implied_growth": None,
        },
    ],
    "stated": [{"title": "the market", "value": 2300.0, "times": 11.5}],
}
GAP = {"from": "a.cash", "to": "a.flights", "from_label": "cash", "to_label": "flights"}
TOLD: list[dict[str, Any]] = [
    {"id": "R2", "name": "Rockets", "closes": False, "gap": GAP, "reason": "Pads limit.", "average": None},
    {"id": "R1", "name": "Busy", "closes": True, "gap": None, "reason": "", "average": 0.25},
]


def opened(show: Open, folder: Path, **parts: Any) -> Any:
    document = {**sample.payload(), **parts}
    return show(address=write_page(document, folder / "worth.html").as_uri())


def test_value_says_what_its_end_takes_for_granted(show: Open, tmp_path: Path) -> None:
    """Parts with their multiple and growth, more or less than apart, the warning, and what others state."""
    worth = opened(show, tmp_path, value=VALUE).locator("#worth")

    assert "US$\u00a0200 bn" in worth.inner_text() or "US$ 200 bn" in worth.inner_text()
    assert "50 less than the 250 with every link at arm's length." in worth.inner_text()
    assert worth.locator("tbody tr").nth(0).inner_text().split("\t") == [
        *("Bread", "10", "190", "200", "18", "5.6%")
    ]
    assert worth.locator("tbody tr").nth(1).locator("td").last.inner_text() == "\u2013"
    assert (
        "90% of it lies beyond 2032, discounted at 10% a year: more than three quarters" in worth.inner_text()
    )
    assert "Stated: the market, 2,300, 11.5 times what is shown here." in worth.inner_text()


def test_loops_that_stay_open_say_where_and_why(show: Open, tmp_path: Path) -> None:
    """Those that close come first with their share."""
    told = opened(show, tmp_path, told=TOLD).locator("#told")
    rows = told.locator("tbody tr")

    assert "1 of the 2 loops that are told close in this model." in told.inner_text()
    assert rows.nth(0).locator("td").nth(1).inner_text() == "25%"
    assert rows.nth(1).locator("td").nth(0).inner_text() == "no"
    assert rows.nth(1).locator("td").last.inner_text() == "Nothing leads from cash to flights. Pads limit."


def test_nothing_to_say_nothing_said(show: Open, tmp_path: Path) -> None:
    """Without parts no value, and where all loops close nothing that the section on loops does not show."""
    tab = opened(show, tmp_path, value=None, told=TOLD[1:])

    assert tab.locator("#worth").count() == 0
    assert tab.locator("#told").count() == 0
