"""Passes make programs smaller and change no bit."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from putar.engine.ir import Graph, Op, Program, verify
from putar.engine.operations import MEANING, OPERATIONS
from putar.engine.reference import ReferenceKernel
from putar.engine.simplify import PASSES, rewrite, simplify
from tests.engine.programs import CHAIN_TABLE, SPECIAL, chain, program


def small(node: int, g: Graph) -> Program:
    return program(g, [], {"y": node}, tables=(CHAIN_TABLE,), parameters={"a": 1.0, "b": 2.0}, steps=0)


def kept(node: int, g: Graph) -> str:
    """Return what is left of the output's operation after all passes."""
    done = simplify(small(node, g))
    left = done.graph.nodes[done.outputs[0][1]]
    return f"{left.op.value} {left.key}" if left.key is not None else left.op.value


def test_constants_are_folded() -> None:
    """An operation on constants is its value; a choice with a known condition is its branch."""
    g = Graph()
    two, three, a = g.const(2.0), g.const(3.0), g.param(0)
    assert kept(g.node(Op.POW, two, g.node(Op.ADD, three, two)), g) == "const 32.0"
    assert kept(g.lookup(0, g.const(0.5)), g) == "const 0.85"
    assert kept(g.node(Op.SELECT, g.const(0.0), a, three), g) == "const 3.0"
    assert kept(g.node(Op.SELECT, g.node(Op.LT, two, three), a, g.node(Op.LOG, a)), g) == "param 0"
    assert kept(g.node(Op.DIV, two, g.const(0.0)), g) == "const inf"


def test_identities_that_change_no_bit_are_dropped() -> None:
    """Only what holds for every double."""
    g = Graph()
    a, one = g.param(0), g.const(1.0)
    for node in (
        g.node(Op.MUL, a, one),
        g.node(Op.MUL, one, a),
        g.node(Op.DIV, a, one),
        g.node(Op.POW, a, one),
        g.node(Op.ADD, a, g.const(-0.0)),
        g.node(Op.SUB, a, g.const(0.0)),
        g.node(Op.NEG, g.node(Op.NEG, a)),
        g.node(Op.SELECT, g.param(1), a, a),
        g.node(Op.MIN, a, a),
    ):
        assert kept(node, g) == "param 0"
    assert kept(g.node(Op.DIV, a, g.const(8.0)), g) == "mul"
    assert kept(g.node(Op.POW, a, g.const(2.0)), g) == "mul"


def test_identities_that_would_change_a_bit_stay() -> None:
    """x + 0 turns -0 into 0; x - x may be NaN; 0 * x may be NaN; x / 3 is not x * (1/3)."""
    g = Graph()
    a, zero = g.param(0), g.const(0.0)
    assert kept(g.node(Op.ADD, a, zero), g) == "add"
    assert kept(g.node(Op.SUB, a, a), g) == "sub"
    assert kept(g.node(Op.MUL, a, zero), g) == "mul"
    assert kept(g.node(Op.DIV, a, a), g) == "div"
    assert kept(g.node(Op.DIV, a, g.const(3.0)), g) == "div"
    assert kept(g.node(Op.POW, a, g.const(0.5)), g) == "pow"


@pytest.mark.parametrize("op", MEANING)
def test_every_operation_with_every_special_constant(op: Op) -> None:
    """With a constant on either side, or twice the same argument, all bits stay for all special values."""
    g = Graph()
    a = g.param(0)
    nodes = [g.node(op, *[a] * OPERATIONS[op].arity)]
    for value in SPECIAL if OPERATIONS[op].arity > 1 else ():
        sides = range(OPERATIONS[op].arity)
        nodes += [g.node(op, *[g.const(value) if i == spare else a for i in sides]) for spare in sides]
    made = program(g, [], {f"y{i}": node for i, node in enumerate(nodes)}, parameters={"a": 0.0}, steps=0)
    members = np.array([SPECIAL])
    outputs = [name for name, _ in made.outputs]
    before, after = (
        ReferenceKernel(each, outputs).advance(members, np.empty((0, len(SPECIAL))), 0, 0)
        for each in (made, simplify(made))
    )

    np.testing.assert_array_equal(after, before)
    known = ~np.isnan(before)
    np.testing.assert_array_equal(np.signbit(after[known]), np.signbit(before[known]))


@pytest.mark.parametrize("each", PASSES)
def test_every_pass_keeps_the_rules(each) -> None:  # type: ignore[no-untyped-def]
    """The program is sound after each pass alone, and unneeded nodes are gone."""
    made = chain(3)
    made.graph.node(Op.SIN, made.graph.const(math.pi))
    done = rewrite(made, [each])
    verify(done)

    assert len(done.graph.nodes) < len(made.graph.nodes)
    assert [name for name, _ in done.outputs] == [name for name, _ in made.outputs]


def test_powers_of_two_divide_exactly() -> None:
    """Multiplying by the inverse of a power of two rounds as dividing does."""
    for x, power in product(SPECIAL, range(-990, 990, 90)):
        divisor = math.ldexp(1.0, power)
        found, expected = x * (1.0 / divisor), MEANING[Op.DIV](x, divisor)
        assert found == expected or (math.isnan(found) and math.isnan(expected))
