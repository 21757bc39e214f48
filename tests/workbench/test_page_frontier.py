"""A declared grid as curves: one panel a value of its first head, a mark where a curve reaches parity."""

from pathlib import Path
from typing import Any

import pytest

from putar.workbench.page import write_page
from tests.workbench import sample
from tests.workbench.screens import Open

pytestmark = pytest.mark.browser

COLUMNS: list[dict[str, Any]] = [
    {"name": "power", "label": "power", "unit": "W/kg"},
    {"name": "cost", "label": "cost", "unit": "USD/W"},
    {"name": "loss", "label": "loss", "unit": "1/year"},
    {"name": "ratio", "label": "ratio at 1000", "unit": "dmnl", "price": 1000.0},
    {"name": "ratio", "label": "ratio at 0", "unit": "dmnl", "price": 0.0},
]
TABLE: dict[str, Any] = {
    "name": "edge",
    "title": "Where one wins",
    "kind": "axis",
    "heads": 3,
    "columns": COLUMNS,
    "even": 1.0,
    "across": "price",
    "across_unit": "USD/kg",
    "rows": [[36.0, 5.0, 0.1, 2.0, 1.5], [36.0, 5.0, 0.0, 1.5, 0.5], [70.0, 5.0, 0.1, 1.2, None]],
}


def opened(show: Open, folder: Path, table: dict[str, Any]) -> Any:
    return show(address=write_page({**sample.payload(), "tables": [table]}, folder / "edge.html").as_uri())


def test_curves_are_marked_where_they_pass(show: Open, tmp_path: Path) -> None:
    """One panel for each power; 0.5 to 1.5 over 1,000 dollars passes 1 at 500; one point is no curve."""
    figure = opened(show, tmp_path, TABLE).locator("#table-edge .frontier")

    assert figure.locator("h3").all_inner_texts() == ["Power 36 W per kg"]
    assert figure.locator("path.curve").count() == 2
    assert figure.locator("path.dashed").count() == 1
    assert figure.locator("circle").count() == 1
    start, stop = (float(figure.locator("line.even").get_attribute(key)) for key in ("x1", "x2"))
    assert float(figure.locator("circle").get_attribute("cx")) == pytest.approx((start + stop) / 2)
    assert "US$ 500 per kg" in figure.locator("svg").get_attribute("aria-label")
    assert "which 1 of 2 reach" in figure.inner_text()
    assert "Solid: loss 0.1 a year; dashed: 0 a year." in figure.inner_text()


@pytest.mark.parametrize("left_out", ["even", "across"])
def test_a_table_without_a_level_stays_a_table(show: Open, tmp_path: Path, left_out: str) -> None:
    """Nothing is drawn that nobody asked for."""
    table = {key: value for key, value in TABLE.items() if key != left_out}
    section = opened(show, tmp_path, table).locator("#table-edge")

    assert section.locator("tbody tr").count() == 3
    assert section.locator(".frontier").count() == 0
