"""Every method against exact solutions, on every kernel."""

from __future__ import annotations

import math

import numpy as np
import pytest

from putar.engine import build
from putar.engine.ir import Graph, Op, Program
from putar.engine.methods import METHODS
from tests.engine.programs import program, teacup

KERNELS = ("reference", "numpy", "llvm")


def last_row(made: Program, kernel: str) -> list[float]:
    runner = build.compile(made, [name for name, _ in made.outputs], kernel)
    parameters = np.empty((0, 1))
    return runner.advance(parameters, runner.initialise(parameters), 0, made.steps)[-1, :, 0].tolist()


def oscillator(method: str) -> Program:
    g = Graph()
    return program(
        g,
        [("x", 1.0, g.state(1)), ("v", 0.0, g.node(Op.NEG, g.state(0)))],
        step=0.1,
        steps=100,
        method=method,
    )


def decline(method: str) -> Program:
    g = Graph()
    square = g.node(Op.MUL, g.state(0), g.state(0))
    rate = g.node(Op.MUL, g.node(Op.MUL, g.const(-2.0), g.time()), square)
    return program(g, [("x", 1.0, rate)], step=0.25, steps=4, method=method)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(
    ("step", "method", "expected"),
    [
        (0.125, "euler", 75.374000677),
        (0.125, "heun", 75.477009426),
        (0.125, "rk2", 75.477009426),
        (0.125, "rk4", 75.476577524),
        (1.0, "euler", 74.663027410),
        (1.0, "heun", 75.506175648),
        (1.0, "rk2", 75.506175648),
        (1.0, "rk4", 75.476592403),
    ],
)
def test_in_01_teacup(step: float, method: str, expected: float, kernel: str) -> None:
    """A cup cools to 75.4766; each method misses it by its own digits."""
    assert last_row(teacup(step, method), kernel) == [pytest.approx(expected, abs=6e-10)]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(
    ("method", "expected"),
    [("euler", 0.508356094), ("heun", 0.504810626), ("rk2", 0.496538855), ("rk4", 0.500013553)],
)
def test_in_02_methods_of_second_order_differ(method: str, expected: float, kernel: str) -> None:
    """A rate that depends on time tells Heun's method from the midpoint rule."""
    assert last_row(decline(method), kernel) == [pytest.approx(expected, abs=6e-10)]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(
    ("method", "expected"),
    [("rk4", (-0.83907546, 0.54401377)), ("euler", (-1.40884698, 0.84850693))],
)
def test_in_03_oscillator(method: str, expected: tuple[float, float], kernel: str) -> None:
    """Two integrals that feed each other are moved together."""
    assert last_row(oscillator(method), kernel) == [pytest.approx(value, abs=6e-9) for value in expected]


@pytest.mark.parametrize("method", METHODS)
def test_in_04_method_converges_with_its_order(method: str) -> None:
    """Halving the step divides the error by two to the order."""
    exact = 70.0 + 110.0 * math.exp(-3.0)
    steps = [2.0, 1.0, 0.5, 0.25, 0.125]
    errors = [abs(last_row(teacup(step, method), "reference")[0] - exact) for step in steps]
    slopes = np.diff(np.log(errors)) / np.diff(np.log(steps))

    assert slopes[-1] == pytest.approx(METHODS[method].order, abs=0.05)


@pytest.mark.parametrize(("kernel", "steps"), [("reference", 10_000), ("numpy", 10_000), ("llvm", 1_000_000)])
def test_in_10_time_is_exact_after_a_million_steps(kernel: str, steps: int) -> None:
    """Time is start + n * step from the whole number n, never a sum."""
    g = Graph()
    made = program(g, [], {"t": g.time()}, start=0.0, step=0.1, steps=steps, save_every=steps // 10)
    runner = build.compile(made, ["t"], kernel)
    none = np.empty((0, 1))
    rows = runner.advance(none, np.empty((0, 1)), 0, made.steps)

    assert rows[:, 0, 0].tolist() == [n * 0.1 for n in range(0, steps + 1, steps // 10)]


@pytest.mark.parametrize("method", METHODS)
def test_constant_rate_is_integrated_without_rounding(method: str) -> None:
    """The weights add up to one exactly, because they are whole numbers over a whole number."""
    g = Graph()
    made = program(g, [("x", 0.0, g.const(3.0))], step=0.25, steps=1000, method=method)

    assert last_row(made, "reference") == last_row(made, "llvm") == [750.0]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("method", METHODS)
def test_latches_change_once_a_step(method: str, kernel: str) -> None:
    """A latch holds the value of the step before, also inside the stages of a step."""
    g = Graph()
    x, before = g.state(0), g.state(1)
    made = program(
        g,
        [("x", 1.0, g.node(Op.ADD, before, g.const(1.0))), ("before", -1.0, x), ("older", -2.0, before)],
        latches=("before", "older"),
        step=0.5,
        steps=4,
        method=method,
    )
    expected = run_by_hand(4)

    assert last_row(made, kernel) == expected


def run_by_hand(steps: int) -> list[float]:
    """The rate depends on a latch alone, so that all methods do the same."""
    x, before, older = 1.0, -1.0, -2.0
    for _ in range(steps):
        x, before, older = x + 0.5 * (before + 1.0), x, before
    return [x, before, older]


def test_every_method_is_consistent() -> None:
    """Stages see what came before; weights and nodes of a row fit together."""
    for name, method in METHODS.items():
        assert len(method.weights) == method.stages == len(method.a) + 1, name
        assert method.c[0] == 0.0, name
        assert all(sum(row) == c for row, c in zip(method.a, method.c[1:], strict=True)), name
        assert sum(method.weights) == method.over, name


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("heun", 2), ("rk2", 2), ("rk4", 4)])
def test_in_04_errors_fall_by_the_order_of_the_method(method: str, order: int) -> None:
    """Halving the step four times divides the error at 30 by 2, 4 or 16 each time."""
    exact = 70 + 110 * math.exp(-3)
    steps = [1 / 2**k for k in range(5)]
    errors = [abs(last_row(teacup(step, method), "llvm")[0] - exact) for step in steps]
    slope = np.polyfit(np.log2(steps), np.log2(errors), 1)[0]

    assert slope == pytest.approx(order, abs=0.05)


@pytest.mark.parametrize("kernel", KERNELS[1:])
def test_in_10_time_is_counted_and_not_added_up(kernel: str) -> None:
    """After a million steps of 0.1 the clock shows n times the step, to the last digit."""
    g = Graph()
    steps = 1_000_000 if kernel == "llvm" else 10_000
    made = program(g, [("x", 0.0, g.const(0.0))], step=0.1, steps=steps, outputs={"now": g.time()})

    now = last_row(made, kernel)[-1]
    assert abs(now - steps * 0.1) <= math.ulp(steps * 0.1)
