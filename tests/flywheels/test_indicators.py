"""What is shown first of a model that names nothing: its stocks, else what moves; its own headlines stay."""

from pathlib import Path

import putar
from putar.flywheels.indicators import default_headlines, with_headlines

POND = """time 0 to 4 step 1 : year

stock fish_in_pond : dmnl = 10
  inflow growth

flow growth : 1/year = rate * fish_in_pond

constant rate : 1/year = 0.1
"""
LINE = """time 0 to 4 step 1 : year

aux height : dmnl = slope * TIME

constant slope : 1/year = 2
"""


def shown(text: str, folder: Path) -> list[tuple[str, str]]:
    path = folder / "model.putar"
    path.write_text(text, encoding="utf-8")
    model = putar.load(path).model
    return [(row.variable, row.label) for row in default_headlines(model)]


def test_stocks_come_first_and_what_moves_where_there_is_none(tmp_path: Path) -> None:
    """A flow is not shown beside a stock; a constant never is."""
    assert shown(POND, tmp_path) == [("fish_in_pond", "Fish in pond")]
    assert shown(LINE, tmp_path) == [("height", "Height")]


def test_own_headlines_stay_and_nothing_is_lowered_twice(tmp_path: Path) -> None:
    """A flywheel is returned as it is; a model's program is taken along."""
    path = tmp_path / "pond.putar"
    path.write_text(POND, encoding="utf-8")
    pond, own = putar.load(path).flywheel, putar.load("openai-compute").flywheel

    assert with_headlines(own) is own
    program = pond.program
    assert with_headlines(pond).program is program


def test_a_run_of_a_model_file_has_numbers_to_show(tmp_path: Path) -> None:
    """The document's first headline is the stock, with its course: 10, and 1.1 times that a year later."""
    path = tmp_path / "pond.putar"
    path.write_text(POND, encoding="utf-8")
    (row,) = putar.load(path).answer().contract["headline"]  # type: ignore[misc]

    assert (row["name"], row["unit"]) == ("fish_in_pond", "dmnl")
    points = {point["time"]: point["value"] for point in row["points"]}
    assert points[0.0] == 10.0
    assert abs(points[1.0] - 11.0) < 1e-12
