"""The release test: what the wheel does when its outside drives are cut."""

import math
from pathlib import Path

import pytest

from putar.study import load

MODEL = """time 0 to 20 step 0.125 : year
stock x : dmnl = 1
  inflow births
  inflow coming
  outflow deaths
flow births : 1/year = {births} * x / begin
flow deaths : 1/year = 0.2 * x / begin
flow coming : 1/year = IF TIME < begin THEN 0 ELSE rate
constant begin : year = 1
constant rate : 1/year = 3
"""


def released(folder: Path, births: float) -> dict[str, float]:
    """The release row of a made model."""
    path = folder / "made.putar"
    path.write_text(MODEL.format(births=births), encoding="utf-8")
    wheel = load(path).loops().wheel_row()
    assert wheel is not None
    found: dict[str, float] = wheel["release"]  # type: ignore[assignment]
    return found


def test_a_wheel_that_is_pushed_falls_without_the_push(tmp_path: Path) -> None:
    """Births do not make good the deaths: with arrivals the level rises, without them it fades exactly."""
    found = released(tmp_path, 0.1)

    assert found["drives"] == ["coming"]
    assert (found["cut_from"], found["from"], found["to"]) == (0.0, 5.0, 20.0)
    assert found["slope"] == pytest.approx(math.log1p(-0.1 * 0.125) / 0.125, rel=1e-9)
    assert found["whole"] > 0.0
    assert found["rises"] is False


def test_a_wheel_that_turns_rises_without_its_drives(tmp_path: Path) -> None:
    """More births than deaths: the wheel rises by itself."""
    found = released(tmp_path, 0.25)

    assert found["slope"] == pytest.approx(math.log1p(0.05 * 0.125) / 0.125, rel=1e-9)
    assert found["rises"] is True


def test_a_flywheel_loses_the_links_that_it_names() -> None:
    """Of the compute flywheel capital is cut, and its capacity falls where it grew."""
    study = load("openai-compute")
    wheel = study.loops().wheel_row()
    assert wheel is not None
    found = wheel["release"]
    assert study.flywheel.self_turning is not None

    assert found["drives"] == list(study.flywheel.self_turning.outside_links)  # type: ignore[index]
    assert found["slope"] < 0.0 < found["whole"]  # type: ignore[index]
    assert wheel["level"] > 0.0 > wheel["rate"]  # type: ignore[operator]
