"""The graph, the program and its rules."""

from __future__ import annotations

import math

import pytest

from putar.engine.ir import Graph, Op, Program, State, Table, render, verify
from tests.engine.programs import chain, program


def test_equal_nodes_are_one() -> None:
    """Asking twice gives the same node; signed zeros differ, a NaN is itself."""
    g = Graph()
    assert g.node(Op.ADD, g.const(1.0), g.param(0)) == g.node(Op.ADD, g.const(1.0), g.param(0))
    assert g.const(0.0) != g.const(-0.0)
    assert g.const(math.nan) == g.const(math.nan)
    assert g.param(1) != g.state(1)
    assert len(g.nodes) == 8


def counter(reverse: bool, *, extra: bool = False, rate: float = 2.0) -> Program:
    g = Graph()
    if reverse:
        second, first = g.const(rate), g.node(Op.MUL, g.param(0), g.state(0))
    else:
        first, second = g.node(Op.MUL, g.param(0), g.state(0)), g.const(rate)
    if extra:
        g.node(Op.SIN, g.const(7.0))
    total = g.node(Op.ADD, first, second)
    return program(g, [("x", 1.0, total)], {"total": total}, parameters={"a": 1.0})


def test_digest_is_of_the_meaning() -> None:
    """The order of making and nodes that nothing needs do not count; every number does."""
    assert counter(False).digest == counter(True).digest == counter(True, extra=True).digest
    assert counter(False).digest != counter(False, rate=2.5).digest
    assert len(counter(False).digest) == 64


def test_render_reads_like_an_equation() -> None:
    """A node is written with the names of parameters and states, to a depth."""
    p = chain(2)
    nodes = dict(p.outputs)
    assert render(p, nodes["out2"], depth=5) == "MAX(0, MIN(s2 / (base delay * table0(...)), 12))"
    assert render(p, nodes["press1"], depth=1) == "EXP(...)"


@pytest.mark.parametrize(
    ("xs", "ys", "sentence"),
    [
        ((1.0, 0.0), (0.0, 0.0), "a table's x must not decrease"),
        ((), (), "a table needs as many x as y and at least one, not 0 and 0"),
        ((0.0, math.inf), (0.0, 0.0), "a table's points must be finite"),
    ],
)
def test_broken_tables_are_found(xs: tuple[float, ...], ys: tuple[float, ...], sentence: str) -> None:
    """Each rule of a table has its sentence."""
    assert list(Table(xs, ys).problems()) == [sentence]


def test_table_between_and_outside() -> None:
    """Linear or step between, held or extrapolated outside; the last y at a doubled x; NaN stays."""
    xs, ys = (0.0, 1.0, 1.0, 3.0), (0.0, 10.0, 20.0, 40.0)
    linear, step = Table(xs, ys), Table(xs, ys, "step")
    beyond = Table(xs, ys, "linear", "extrapolate")

    assert [linear.at(x) for x in (-1.0, 0.5, 1.0, 2.0, 9.0, math.inf)] == [0.0, 5.0, 20.0, 30.0, 40.0, 40.0]
    assert [step.at(x) for x in (-1.0, 0.999, 1.0, 2.9, 3.0)] == [0.0, 0.0, 20.0, 20.0, 40.0]
    assert [beyond.at(x) for x in (-1.0, 4.0)] == [-10.0, 50.0]
    assert math.isnan(linear.at(math.nan))
    assert Table((2.0,), (7.0,)).at(1.0) == Table((2.0,), (7.0,)).at(3.0) == 7.0


def test_verify_names_every_broken_rule() -> None:
    """All mistakes are said at once."""
    g = Graph()
    one, state = g.const(1.0), g.state(0)
    g.node(Op.ADD, one)
    g.node(Op.PARAM, key=3)
    g.node(Op.NEG, one, key=2)
    broken = Program(
        g,
        (),
        ("a", "a"),
        (1.0,),
        (State("x", state, one), State("y", one, 99, "leak")),
        (("o", 77),),
        0.0,
        0.0,
        -1,
        "rk9",
        0,
    )

    with pytest.raises(ValueError, match="the program breaks its rules") as error:
        verify(broken)
    assert str(error.value).splitlines()[1:] == [
        "  node 2: add takes 2 arguments, not 1",
        "  node 3: param reads parameter 3, which does not exist",
        "  node 4: neg takes no key",
        "  2 parameters have 1 defaults",
        "  there is no method 'rk9'",
        "  time cannot go from 0.0 in steps of 0.0",
        "  -1 steps cannot be saved at every 0",
        "  parameter names stand twice: a",
        "  output o reads node 77, which does not exist",
        "  the initial value of x depends on state",
        "  state y is of no known kind: 'leak'",
        "  state y reads a node that does not exist",
    ]
