"""The audit, on models made to fail each of its questions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from putar.analysis.audit import date_of, singular_time
from putar.engine.holds import HOLD, START, holdable
from putar.flywheels.auditing import Check, audit
from putar.flywheels.catalogue import find
from putar.flywheels.questions import Headline
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import design_of
from putar.runs.design import Change, design
from putar.runs.execute import execute
from putar.study import load

TIME = "time 0 to 20 step 0.125 : year\n"


def checks(text: str, folder: Path) -> dict[str, Check]:
    """The audit of a made model, the first of each kind."""
    path = folder / "made.putar"
    path.write_text(TIME + text, encoding="utf-8")
    found: dict[str, Check] = {}
    for check in audit(load(path).flywheel):
        found.setdefault(check.check, check)
    return found


def test_a_story_that_does_not_close(tmp_path: Path) -> None:
    """A chain without a way back cannot spin, and is told so."""
    text = "stock sold : dmnl = 0\n  inflow selling\nflow selling : 1/year = rate\n"
    text += "constant rate : 1/year = 1\n"
    found = checks(text, tmp_path)

    assert found["closed path"].severity == "warning"
    assert found["closed path"].what.startswith("nothing closes: no variable acts on itself")


def test_a_loop_that_nothing_holds_back(tmp_path: Path) -> None:
    """Money that earns on itself has no balancing partner; nothing from outside drives it."""
    text = "stock money : dmnl = 1\n  inflow interest\nflow interest : 1/year = 0.1 * money / one\n"
    text += "constant one : year = 1\n"
    found = checks(text, tmp_path)

    assert found["no balancing partner"].variables == ("money", "interest")
    assert found["outside drives"].numbers == {"all": 0.0}
    assert "infinity" not in found


def test_growth_that_comes_from_outside(tmp_path: Path) -> None:
    """Where a stock only follows a clock, holding the clock takes all of its growth away."""
    text = (
        "stock level : dmnl = 10\n  inflow following\n"
        "aux goal : dmnl = 10 + 5 * TIME / one\nflow following : 1/year = (goal - level) / wait\n"
        "constant one : year = 1\nconstant wait : year = 0.5\n"
    )
    found = checks(text, tmp_path)["outside drives"]

    assert found.severity == "warning"
    assert found.variables == ("goal",)
    assert found.numbers["all"] == pytest.approx(1.0, abs=1e-9)


def test_an_end_that_does_not_depend_on_the_start(tmp_path: Path) -> None:
    """A stock that seeks a goal ends there from any start."""
    text = (
        "stock level : dmnl = 10\n  inflow filling\n"
        "flow filling : 1/year = (goal - level) / wait\nconstant goal : dmnl = 50\nconstant wait : year = 2\n"
    )
    found = checks(text, tmp_path)["start"]

    assert found.severity == "warning"
    assert found.what.startswith("any start gives the same level")


def test_a_date_that_does_not_depend_on_the_start(tmp_path: Path) -> None:
    """Growth along a curve of the calendar: half the start moves the end, but not the date."""
    text = (
        "stock seen : dmnl = 1\n  inflow catching_up\naux level : dmnl = EXP(TIME / slow)\n"
        "flow catching_up : 1/year = (level - seen) / wait\nconstant slow : year = 2\n"
        "constant wait : year = 0.5\n"
        "stock extra : dmnl = 1000\n  inflow none\nflow none : 1/year = 0 * extra / wait\n"
        "aux both : dmnl = seen + extra\n"
    )
    path = tmp_path / "made.putar"
    path.write_text(TIME + text, encoding="utf-8")
    flywheel = replace(load(path).flywheel, headline=(Headline("both", "both"),))
    found = next(check for check in audit(flywheel) if check.check == "start")

    assert found.what.startswith("any start gives the same date: both is halfway at ")
    assert abs(found.numbers["half_later"]) < 0.4
    assert found.numbers["half"] != pytest.approx(found.numbers["base"], rel=0.02)


def test_date_of_a_level_is_read_between_two_rows() -> None:
    """By a straight line, upwards and downwards; a level that is never passed has none."""
    times = np.arange(5.0)

    assert date_of(times, times * 2.0, 3.0) == pytest.approx(1.5)
    assert date_of(times, -times, -2.5) == pytest.approx(2.5)
    assert np.isnan(date_of(times, times, 9.0))


def test_growth_towards_infinity(tmp_path: Path) -> None:
    """x' = x^2 / 25 from 1 reaches infinity at 25, five years after the run ends."""
    text = "stock x : dmnl = 1\n  inflow gain\nflow gain : 1/year = x * x / slow\nconstant slow : year = 25\n"
    found = checks(text, tmp_path)["infinity"]

    assert found.numbers["at"] == pytest.approx(25.0, abs=0.5)


def test_singular_time_is_exact_on_the_exact_curve() -> None:
    """On 1 / (t* - t) the date is found; on an exponential and on a straight line there is none."""
    times = np.linspace(0.0, 8.0, 400)

    assert singular_time(times, 1.0 / (10.0 - times)) == pytest.approx(10.0, abs=1e-3)
    assert singular_time(times, np.exp(0.3 * times)) is None
    assert singular_time(times, 1.0 + times) is None


@pytest.mark.parametrize("name", ["openai-compute", "tesla-xai-spacex"])
def test_a_holdable_program_means_the_same(name: str) -> None:
    """Until something is held, every value is that of the model, to the bit."""
    flywheel = find(name)
    drives = [n for n, f in flywheel.formulas.all.items() if not f.keeps][:40]
    program = holdable(flywheel.formulas, drives)
    outputs = [n for n, _ in program.outputs][:200]
    plan = design_of(flywheel, RunSpec())
    plain = execute(flywheel.program, plan, outputs, kernel="llvm")
    made = execute(program, design(program), outputs, kernel="llvm")

    np.testing.assert_array_equal(made.values, plain.values)
    half = design(program, [Change({START: 0.5, f"{HOLD}{drives[0]}": 2026.0})])
    assert not np.array_equal(execute(program, half, outputs, kernel="llvm").values, plain.values)


def test_audit_of_a_shipped_flywheel() -> None:
    """The compute story closes, its need grows alone, and its past leaves more than one future open."""
    found = audit(find("openai-compute"))
    kinds = {check.check for check in found}

    assert {"closed path", "grows alone", "outside drives", "start"} <= kinds
    assert any(check.variables == ("serving.intensity",) for check in found)
    structures = {c.variables[0]: c for c in found if c.check == "same data, other structure"}
    calendar = structures["users.calendar_driven_share"]
    assert "with 1 nothing runs from frontier to market driver" in calendar.what
    assert calendar.numbers["low"] == pytest.approx(calendar.numbers["high"], rel=0.02)
    assert {"low_without_outside", "high_without_outside", "low_rate", "high_rate"} <= set(calendar.numbers)
    assert all(check.problem().kind == "audit" for check in found)
