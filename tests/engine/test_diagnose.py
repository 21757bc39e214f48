"""The sentence about a member that failed: when, which variable, which operation, on which numbers."""

from __future__ import annotations

import math
from dataclasses import replace

from putar.engine.diagnose import Segment, first_failure
from putar.engine.ir import Graph, Op, Program
from tests.engine.programs import chain, program


def shrinking() -> Program:
    """A pool that empties by 2027.25 and the share it is divided by."""
    g = Graph()
    pool, price = g.state(0), g.param(0)
    share = g.node(Op.DIV, pool, g.node(Op.MUL, pool, price))
    return program(
        g,
        [("users.pool", 1.25, g.const(-1.0))],
        {"users.price": price, "users.share": share, "users.total": g.node(Op.ADD, share, g.const(1.0))},
        parameters={"users.price": 2.0},
        start=2026.0,
        step=0.25,
        steps=8,
    )


def test_first_failure_says_when_what_and_why() -> None:
    """0/0 in the share is found at its time, before the total that it spoils."""
    made = shrinking()
    failure = first_failure(made, [Segment((2.0,), 0, 8)])

    assert failure is not None
    assert (failure.variable, failure.time, failure.step) == ("users.share", 2027.25, 5)
    assert failure.operands == (0.0, 0.0)
    assert str(failure) == (
        "users.share became not-a-number at 2027.25: 0 / 0, in users.pool / (users.pool * users.price)"
    )


def test_finite_member_has_no_failure() -> None:
    """A run that ends well gives None."""
    made = chain(1, steps=8)
    assert first_failure(made, [Segment(made.defaults, 0, 8)]) is None


def test_failure_may_begin_with_a_later_segment() -> None:
    """A dated change of a parameter is followed."""
    made = shrinking()
    failure = first_failure(made, [Segment((2.0,), 0, 2), Segment((0.0,), 2, 8)])

    assert failure is not None
    assert failure.time == 2026.5
    assert str(failure).startswith("users.share became infinite at 2026.5: 0.75 / 0, in ")


def test_branch_that_is_not_taken_is_no_failure() -> None:
    """A division by zero behind an IF does not count, as it does not in a run."""
    g = Graph()
    inverse = g.node(Op.DIV, g.const(1.0), g.state(0))
    safe = g.node(Op.SELECT, g.node(Op.GT, g.state(0), g.const(0.0)), inverse, g.const(0.0))
    made = program(g, [("x", 1.0, g.const(-1.0))], {"safe": safe}, steps=3)

    assert first_failure(made, [Segment((), 0, 3)]) is None


def test_failed_initial_value_is_found() -> None:
    """A state may be wrong from the start."""
    g = Graph()
    root = g.node(Op.SQRT, g.param(0))
    made = program(g, [("x", 0.0, g.const(0.0))], parameters={"a": -4.0}, steps=2)
    made = replace(made, states=(replace(made.states[0], initial=root),))

    failure = first_failure(made, [Segment((-4.0,), 0, 2)])
    assert str(failure) == "x became not-a-number at 0: SQRT(-4), in SQRT(a)"


def test_state_that_overflows_in_its_sum() -> None:
    """Finite rates may still carry a state beyond the largest double."""
    g = Graph()
    made = program(g, [("x", 1e308, g.const(1e308))], steps=2)

    failure = first_failure(made, [Segment((), 0, 2)])
    assert failure is not None
    assert (failure.variable, failure.step, failure.value) == ("x", 1, math.inf)
    assert str(failure) == "x became infinite at 1: 1e+308 + 1 * 1e+308, in x + step * rate"


def test_failure_inside_a_step() -> None:
    """A stage of rk4 may fail where the step's start does not."""
    g = Graph()
    rate = g.node(Op.SQRT, g.node(Op.SUB, g.const(0.9), g.time()))
    made = program(g, [("x", 0.0, rate)], {"rate": rate}, steps=1, method="rk4")

    failure = first_failure(made, [Segment((), 0, 1)])
    assert failure is not None
    assert (failure.variable, failure.time) == ("rate", 1.0)
    assert failure.operands[0] < 0.0


def test_random_draws_are_those_of_the_member() -> None:
    """The member's own draws decide when it fails."""
    g = Graph()
    small = g.node(Op.LT, g.random(0), g.const(0.05))
    value = g.node(Op.SELECT, small, g.const(math.inf), g.const(1.0))
    made = program(g, [], {"v": value}, steps=400)
    found = {first_failure(made, [Segment((), 0, 400)], seed=3, member=m).step for m in range(4)}  # type: ignore[union-attr]

    assert len(found) > 1


def test_failure_inside_a_variable_is_told_of_the_variable() -> None:
    """A name that a reader or a function made up, with a middle dot, is that of its owner to a person."""
    g = Graph()
    memory = g.state(0)
    part = g.node(Op.DIV, g.const(1.0), memory)
    made = program(
        g,
        [("pool\u00b7SMTH1\u00b73\u00b70", 1.0, g.const(-1.0))],
        {"pool": g.const(2.0), "pool\u00b7slat[1]": part},
        step=1.0,
        steps=3,
    )
    failure = first_failure(made, [Segment((), 0, 3)])

    assert failure is not None
    assert failure.variable == "pool"
    assert str(failure) == "a part of pool became infinite at 1: 1 / 0, in 1 / a part of pool"
