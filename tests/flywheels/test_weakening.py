"""How far a link may weaken before the wheel falls, by simulation, where the answer is known."""

from pathlib import Path

import pytest

from putar.errors import UsageError
from putar.study import Study, load

PAIR = """time 0 to 300 step 0.25 : year
stock a : dmnl = 1
  inflow a_gain
  outflow a_loss
stock b : dmnl = 1
  inflow b_gain
  outflow b_loss
flow a_gain : 1/year = 0.3 * b / one
flow a_loss : 1/year = 0.1 * a / one
flow b_gain : 1/year = 0.2 * a / one
flow b_loss : 1/year = 0.2 * b / one
constant one : year = 1
"""
ALONE = """time 0 to 20 step 0.125 : year
stock x : dmnl = 1
  inflow gain
  outflow loss
flow gain : 1/year = (0.4 * x + push) / one
flow loss : 1/year = 0.1 * x / one
aux push : dmnl = IF TIME > one THEN 5 ELSE 0
constant one : year = 1
"""


def study(folder: Path, text: str) -> Study:
    """A made model."""
    path = folder / "made.putar"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_st_02_by_simulation(tmp_path: Path) -> None:
    """Link (1, 2) of two stocks may weaken to a third: run again and again, the level form finds the same."""
    (found,) = study(tmp_path, PAIR).level_margins(links=[("b", "a_gain")], form="level")

    assert found.value == pytest.approx(2.0 / 3.0, abs=0.01)
    assert found.slope == pytest.approx(0.1, abs=0.002)


def test_the_two_forms_differ_where_levels_matter(tmp_path: Path) -> None:
    """x' = 0.4 x - 0.1 x: a part of x stalls it at a quarter; with what x was kept it rises for ever."""
    model = study(tmp_path, ALONE)
    (level,) = model.level_margins(links=[("x", "gain")], form="level")
    (deviation,) = model.level_margins(links=[("x", "gain")])

    assert level.value == pytest.approx(0.75, abs=1 / 256)
    assert level.slope == pytest.approx(0.3, abs=0.01)  # what pushes from outside is cut
    assert (deviation.form, deviation.value) == ("deviation", 1.0)


def test_a_wheel_that_falls_has_no_margin(tmp_path: Path) -> None:
    """Without its push a wheel of little gain falls with every link whole."""
    model = study(tmp_path, ALONE.replace("0.4 * x", "0.05 * x"))
    found = model.level_margins()

    assert {margin.value for margin in found} == {None}
    assert found[0].slope < 0.0


def test_what_is_no_link_is_refused_by_name(tmp_path: Path) -> None:
    """The nearest link is named; a form that there is not as well."""
    model = study(tmp_path, ALONE)

    with pytest.raises(UsageError, match="there is no link x > gian"):
        model.level_margins(links=[("x", "gian")])
    with pytest.raises(UsageError, match="no form 'square'"):
        model.level_margins(form="square")  # type: ignore[arg-type]
