"""Designs and their execution: changes from dates, draws, rows at dates, failed members, memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import triang

from putar.engine.ir import Program
from putar.engine.lower import lower
from putar.errors import RunError, UsageError
from putar.formats.text import read_model
from putar.language.model import Distribution, Model
from putar.runs.design import Change, design, step_of
from putar.runs.draws import draw, normal_quantile, quantile, rounded, uniform
from putar.runs.ensemble import Status
from putar.runs.execute import execute

TANK = """
time 0 to 10 step 0.5 : day
subsystem tank
stock water : litre = initial_water
  inflow filling
flow filling : litre/day = rate * SQRT(shape)
constant rate : litre/day = 2
  distribution uniform 1 3
constant shape = 1
  distribution lognormal 1 0.5
constant initial_water : litre = 4
"""

RATE = [1.97115046584, 1.37604213998]
SHAPE = [0.52034181481, 0.811354508602]


@pytest.fixture
def model(tmp_path: Path) -> Model:
    path = tmp_path / "tank.putar"
    path.write_text(TANK, encoding="utf-8")
    return read_model(path)


@pytest.fixture
def program(model: Model) -> Program:
    return lower(model)


def water(program: Program, *changes: Change, members: int = 1, **options: object) -> np.ndarray:
    found = execute(program, design(program, changes, members), ("tank.water",), **options)  # type: ignore[arg-type]
    return found.values[:, 0, :]


def test_one_run_is_an_ensemble_of_one(program: Program) -> None:
    """Rows at every step, the first at the start."""
    rows = water(program)

    assert rows.shape == (21, 1)
    assert rows[:, 0].tolist() == [4.0 + n for n in range(21)]


def test_a_change_from_a_date_acts_from_that_step_on(program: Program) -> None:
    """2 litre a day for four days, then 6."""
    rows = water(program, Change({"tank.rate": 6.0}, at=4.0))

    assert rows[8, 0] == 12.0
    assert rows[-1, 0] == 12.0 + 6 * 6.0


def test_a_date_between_steps_acts_at_the_next(program: Program) -> None:
    """The first step at or after the date."""
    assert step_of(program, 4.2) == 9
    assert step_of(program, 4.0) == 8


def test_scaling_multiplies_what_holds_until_then(program: Program) -> None:
    """A later scale acts on an earlier set."""
    rows = water(program, Change({"tank.rate": 3.0}, at=2.0), Change({"tank.rate": 2.0}, at=4.0, scale=True))

    assert rows[-1, 0] == 4.0 + 2 * 2 + 2 * 3 + 6 * 6


def test_changes_at_one_date_act_in_the_order_given(program: Program) -> None:
    """The last one holds."""
    rows = water(program, Change({"tank.rate": 3.0}), Change({"tank.rate": 5.0}))

    assert rows[-1, 0] == 54.0


def test_an_array_of_values_makes_that_many_members(program: Program) -> None:
    """One value a member."""
    rows = water(program, Change({"tank.rate": np.array([0.0, 1.0, 2.0])}))

    assert rows[-1].tolist() == [4.0, 14.0, 24.0]


def test_a_change_at_the_stop_shows_in_the_last_row_alone(program: Program) -> None:
    """The stock has not moved, the flow has."""
    found = execute(
        program, design(program, [Change({"tank.rate": 9.0}, at=10.0)]), ("tank.water", "tank.filling")
    )

    assert found.values[-1, :, 0].tolist() == [24.0, 9.0]
    assert found.values[-2, :, 0].tolist() == [23.0, 2.0]
    assert len(found.times) == 21


def test_rows_at_dates_are_those_of_the_whole_run(program: Program) -> None:
    """Keeping three rows gives the same numbers as keeping all, in one or several segments."""
    change = Change({"tank.rate": 6.0}, at=4.0)
    whole = execute(program, design(program, [change]), ("tank.water",))
    few = execute(program, design(program, [change]), ("tank.water",), save_at=[10.0, 0.0, 4.0, 4.5])

    assert few.times.tolist() == [0.0, 4.0, 4.5, 10.0]
    assert few.values[:, 0, 0].tolist() == [float(whole.at("tank.water", t)[0]) for t in few.times]


@pytest.mark.parametrize(
    "dates", [[0.0], [9.5], [10.0], [1.0, 1.5, 2.0, 2.5, 7.0], [0.0, 0.5, 3.5, 4.0, 4.5], [9.0, 9.5, 10.0]]
)
def test_stretches_of_rows_are_those_of_the_whole_run(program: Program, dates: list[float]) -> None:
    """Rows that follow each other, alone, across a change, and at either end."""
    changes = [Change({"tank.rate": 6.0}, at=4.0), Change({"tank.rate": 1.0}, at=9.5)]
    whole = execute(program, design(program, changes), ("tank.water", "tank.filling"))
    few = execute(program, design(program, changes), ("tank.water", "tank.filling"), save_at=dates)

    assert few.times.tolist() == dates
    for name in ("tank.water", "tank.filling"):
        assert few.series(name)[:, 0].tolist() == [float(whole.at(name, t)[0]) for t in dates]


def test_reading_between_rows_is_linear_and_outside_is_an_error(program: Program) -> None:
    """A date between two rows lies on the line between them."""
    found = execute(program, design(program), ("tank.water",))

    assert found.at("tank.water", 1.25)[0] == 6.5
    assert found.at("tank.water", [0.0, 10.0])[:, 0].tolist() == [4.0, 24.0]
    with pytest.raises(UsageError, match="the run covers 0 to 10, not 11"):
        found.at("tank.water", 11.0)


@pytest.mark.parametrize("kernel", ["llvm", "numpy", "reference"])
def test_member_that_fails_is_marked_explained_and_alone(program: Program, kernel: str) -> None:
    """One member's square root of a negative number leaves its neighbours untouched."""
    shapes = np.array([1.0, -4.0, 4.0])
    found = execute(
        program, design(program, [Change({"tank.shape": shapes})]), ("tank.water",), kernel=kernel
    )

    assert found.status == (Status.FINISHED, Status.NOT_FINITE, Status.FINISHED)
    assert found.values[-1, 0, [0, 2]].tolist() == [24.0, 44.0]
    assert found.failures[0].member == 1
    assert found.failures[0].time == 0.0
    assert "tank.filling" in found.failures[0].why
    with pytest.raises(RunError, match=r"member 1: .*tank\.filling"):
        found.require_finished()


def test_too_many_members_are_refused_before_the_start(program: Program) -> None:
    """The number of bytes is said, and what to do."""
    plan = design(program)
    huge = type(plan)(10**12, plan.segments)

    with pytest.raises(RunError, match=r"this run would keep [\d.]+ GB, [\d.]+ GB are free"):
        execute(program, huge, ("tank.water",))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tank.rat", "unknown parameter 'tank.rat'\n  fix: did you mean 'tank.rate'?"),
        ("tank.water", "'tank.water' is computed by the model and cannot be set"),
    ],
)
def test_wrong_names_are_refused_with_the_nearest(program: Program, name: str, message: str) -> None:
    """Nothing is silently ignored."""
    with pytest.raises(UsageError) as caught:
        design(program, [Change({name: 1.0})])

    assert str(caught.value).startswith(message)


def test_dates_outside_the_run_are_refused(program: Program) -> None:
    """A change that could never act is a mistake."""
    with pytest.raises(UsageError, match="the date 11 is outside the run"):
        design(program, [Change({"tank.rate": 1.0}, at=11.0)])


def test_draws_depend_on_seed_name_and_member_alone(model: Model) -> None:
    """More members or other parameters change no draw."""
    few, many = draw(model, 5, seed=3), draw(model, 50, seed=3)
    alone = draw(model, 5, seed=3, names=["tank.rate"])

    assert few["tank.rate"].tolist() == many["tank.rate"][:5].tolist() == alone["tank.rate"].tolist()
    assert draw(model, 5, seed=4)["tank.rate"].tolist() != few["tank.rate"].tolist()


def test_draws_are_the_same_on_any_machine(model: Model) -> None:
    """The first draws of seed 0, as they were when this was written."""
    drawn = draw(model, 2, seed=0)

    assert drawn["tank.rate"].tolist() == RATE
    assert drawn["tank.shape"].tolist() == SHAPE


def test_draws_have_their_distribution(model: Model) -> None:
    """Uniform: mean 2 in [1, 3]; log-normal: median 1, deviation of the log 0.5."""
    drawn = draw(model, 40_000, seed=1)
    logs = np.log(drawn["tank.shape"])

    assert drawn["tank.rate"].min() >= 1.0
    assert drawn["tank.rate"].max() <= 3.0
    assert drawn["tank.rate"].mean() == pytest.approx(2.0, abs=5 * (2 / np.sqrt(12)) / 200)
    assert np.median(logs) == pytest.approx(0.0, abs=0.015)
    assert logs.std() == pytest.approx(0.5, rel=0.02)


def test_normal_quantiles_are_those_of_the_library() -> None:
    """The centre, both tails and the far tails, against scipy."""
    share = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 20_001), 10.0 ** -np.arange(2, 17), [0.5]])

    assert normal_quantile(share) == pytest.approx(ndtri(share), rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("mode", [0.0, 1.0, 4.0])
def test_triangular_draws_are_those_of_another_library(mode: float) -> None:
    """Low, mode and high, the mode at an end included, as scipy's quantiles have them."""
    shares = np.linspace(0.0005, 0.9995, 1000)
    expected = triang(mode / 4, loc=0.0, scale=4.0).ppf(shares)

    assert quantile(Distribution("triangular", 0.0, mode, 4.0), shares) == pytest.approx(expected, abs=1e-9)


def test_rounding_keeps_twelve_digits() -> None:
    """The last bits, in which libraries differ, are gone."""
    assert rounded(np.array([1.23456789012349, 0.0, -9.87654321098765e-7])).tolist() == [
        1.23456789012,
        0.0,
        -9.87654321099e-7,
    ]
    assert 0.0 < uniform("x", 1000, 0).min() < uniform("x", 1000, 0).max() < 1.0


def test_too_many_members_are_refused_before_anything_is_made(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said with both sizes: by a design that would not fit, and by rows that would not."""
    monkeypatch.setattr("putar.runs.memory.memory_available", lambda: 10_000_000)
    plan = design(program, members=100_000)

    with pytest.raises(RunError, match=r"would keep 24000000\.0 GB, 0\.0 GB are free"):
        design(program, members=10**15)
    with pytest.raises(RunError, match=r"would keep 0\.0 GB, 0\.0 GB are free"):
        execute(program, plan, ("tank.water",))
    assert execute(program, plan, ("tank.water",), save_at=(10.0,)).members == 100_000


def test_members_that_are_alike_differ_by_the_design_alone(tmp_path: Path) -> None:
    """Members two apart draw the same numbers, a failure keeps its number; unasked, each draws its own."""
    path = tmp_path / "dice.putar"
    path.write_text("time 0 to 3 step 1 : day\naux thrown = SQRT(scale) * RANDOM(0, 1)\nconstant scale = 1\n")
    program = lower(read_model(path))
    plan = design(program, [Change({"scale": np.array([1.0, 1.0, 4.0, 4.0, -1.0, 1.0])})])
    found = execute(program, plan, ("thrown",), alike=2)
    thrown = found.values[:, 0]

    assert np.array_equal(thrown[:, 2:4], 2 * thrown[:, :2])
    assert np.array_equal(thrown[:, 5], thrown[:, 1])
    assert not (thrown[:, 0] == thrown[:, 1]).any()
    assert [failure.member for failure in found.failures] == [4]
    assert [status is Status.FINISHED for status in found.status] == [True] * 4 + [False, True]
    assert not (execute(program, plan, ("thrown",)).values[:, 0, 5] == thrown[:, 1]).any()
