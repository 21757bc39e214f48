"""How far a link between subsystems may weaken, by simulation, at the central values and over draws."""

from pathlib import Path

import numpy as np
import pytest

from putar.flywheels.links import find_links
from putar.flywheels.questions import Protocol
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import design_of
from putar.flywheels.stalling import first_stall
from putar.study import Study, load

WHEEL = """time 0 to 5 step 0.125 : year
link made "Made" : a -> b
link idle "Idle" : b -> a
stock x : dmnl = 1
  inflow gaining
  outflow losing
flow gaining : 1/year = links.made * gain * x * (1 + 0 * links.idle)
flow losing : 1/year = loss * x
constant gain : 1/year = 0.4
  range 0.05 to 0.6
  distribution uniform 0.11 0.6
constant loss : 1/year = 0.1
"""
X = Protocol("x", "x", 5.0, 0.0)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    path = tmp_path / "wheel.putar"
    path.write_text(WHEEL, encoding="utf-8")
    return load(path)


def test_margin_of_a_link_that_makes_all_growth(study: Study) -> None:
    """x grows as long as the link's strength times 0.4 is above 0.1: a margin of three quarters."""
    rows = {row["id"]: row for row in find_links(study.flywheel, X, RunSpec()).rows()}

    assert rows["made"]["stall_margin"] == pytest.approx(0.75, abs=1 / 256)
    assert rows["idle"]["stall_margin"] == 1.0
    assert rows["made"]["margin_drawn"] is None


def test_margin_over_draws(study: Study) -> None:
    """With the gain drawn the margin is 1 - 0.1 / gain in each draw."""
    found = {row["id"]: row["margin_drawn"] for row in find_links(study.flywheel, X, RunSpec(), 60).rows()}
    gain = design_of(study.flywheel, RunSpec(members=60)).segments[0].parameters
    exact = 1.0 - 0.1 / gain[study.flywheel.program.parameters.index("gain")]
    made, idle = found["made"], found["idle"]
    assert isinstance(made, dict)
    assert isinstance(idle, dict)

    assert made["members"] == 60
    assert made["margin"] == pytest.approx(np.quantile(exact, (0.05, 0.5, 0.95)), abs=0.005)
    assert made["margin_below_0.2"] == pytest.approx((exact < 0.2).mean(), abs=0.02)
    assert idle["margin"] == [1.0, 1.0, 1.0]
    assert idle["half_margin"] == [1.0, 1.0, 1.0]


def test_draws_that_do_not_rise_have_no_margin_and_count_as_small(study: Study) -> None:
    """With a loss above most gains nothing rises in most draws."""
    spec = study.spec(set={"loss": 0.5})
    row = find_links(study.flywheel, X, spec, 60).rows()[0]
    found = row["margin_drawn"]
    assert isinstance(found, dict)

    assert found["margin"] is None
    assert found["margin_below_0.2"] > 0.6


def test_the_first_stall_is_found_from_above() -> None:
    """Between the last strength that stalls and its neighbour; none where all rise."""
    strengths = np.linspace(0.0, 1.0, 5)

    assert first_stall(strengths, np.array([1.0, -1.0, 1.0, -1.0, 1.0])) == (0.75, 1.0)
    assert first_stall(strengths, np.ones(5)) is None
