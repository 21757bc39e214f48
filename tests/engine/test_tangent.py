"""Derivatives of every operation, by differences and at kinks."""

import math

import pytest

from putar.engine.ir import Graph, Op, Table
from putar.engine.operations import MEANING, OPERATIONS
from putar.engine.tangent import RULES, Tangent

TABLE = Table((0.0, 1.0, 2.0, 4.0), (0.0, 2.0, 3.0, 1.0))
POINTS = {
    Op.ASIN: (0.3,),
    Op.ACOS: (0.3,),
    Op.ATAN: (0.7,),
    Op.LOG: (1.7,),
    Op.SQRT: (1.7,),
    Op.LOOKUP: (1.5,),
}


def value(graph: Graph, tables: list[Table], root: int, given: dict[int, float]) -> float:
    """The value of a node where parameters have these values."""
    found: dict[int, float] = {}
    for index, node in enumerate(graph.nodes[: root + 1]):
        if node.op is Op.CONST:
            found[index] = float(node.key or 0.0)
        elif node.op is Op.PARAM:
            found[index] = given[int(node.key or 0)]
        elif node.op is Op.LOOKUP:
            found[index] = tables[int(node.key or 0)].at(found[node.args[0]])
        else:
            found[index] = MEANING[node.op](*[found[a] for a in node.args])
    return found[root]


def slope(op: Op, at: tuple[float, ...], by: int, rising: bool = True, table: Table = TABLE) -> float:
    """The derivative of an operation by one of its arguments."""
    graph, tables = Graph(), [table]
    leaves = [graph.param(n) for n in range(len(at))]
    root = graph.node(op, *leaves, key=0) if op is Op.LOOKUP else graph.node(op, *leaves)
    found = Tangent(graph, tables, leaves[by], graph.const(1.0 if rising else 0.0)).of(root)
    return 0.0 if found is None else value(graph, tables, found, dict(enumerate(at)))


@pytest.mark.parametrize("op", [op for op in RULES if OPERATIONS[op].arity])
def test_every_rule_agrees_with_differences(op: Op) -> None:
    """Away from kinks the derivative is the limit of differences, by each argument."""
    at = POINTS.get(op, (1.3, 0.6, 2.1)[: OPERATIONS[op].arity])
    for by in range(len(at)):
        graph = Graph()
        leaves = [graph.param(n) for n in range(len(at))]
        root = graph.node(op, *leaves, key=0) if op is Op.LOOKUP else graph.node(op, *leaves)
        up, down = (
            value(graph, [TABLE], root, {n: x + (sign * 1e-6 if n == by else 0.0) for n, x in enumerate(at)})
            for sign in (1, -1)
        )
        assert slope(op, at, by) == pytest.approx((up - down) / 2e-6, abs=1e-6)


def test_every_operation_with_arguments_has_a_rule() -> None:
    """No operation is forgotten."""
    assert set(RULES) == {op for op, row in OPERATIONS.items() if row.arity}


@pytest.mark.parametrize(("rising", "expected"), [(True, 1.0), (False, 0.0)])
def test_at_a_tie_the_side_that_comes_counts(rising: bool, expected: float) -> None:
    """MAX(x, 0) at 0 has slope 1 when x rises and 0 when it falls; MIN the other way; ABS either sign."""
    assert slope(Op.MAX, (0.0, 0.0), 0, rising) == expected
    assert slope(Op.MIN, (0.0, 0.0), 0, rising) == 1.0 - expected
    assert slope(Op.ABS, (0.0,), 0, rising) == (1.0 if rising else -1.0)


@pytest.mark.parametrize(
    ("x", "rising", "expected"),
    [
        (1.0, True, 1.0),
        (1.0, False, 2.0),
        (4.0, True, 0.0),
        (4.0, False, -1.0),
        (0.0, False, 0.0),
        (0.0, True, 2.0),
    ],
)
def test_at_a_knot_of_a_table_the_side_that_comes_counts(x: float, rising: bool, expected: float) -> None:
    """At a point of a curve the slope is that of the piece towards which x moves; outside it is 0."""
    assert slope(Op.LOOKUP, (x,), 0, rising) == expected
    assert slope(Op.LOOKUP, (9.0,), 0, rising) == 0.0
    assert slope(Op.LOOKUP, (-9.0,), 0, rising) == 0.0


def test_extrapolated_curves_keep_their_end_slopes() -> None:
    """Outside an extrapolated curve the slope is that of its first or last piece."""
    table = Table((0.0, 1.0, 3.0), (0.0, 2.0, 3.0), "linear", "extrapolate")

    assert slope(Op.LOOKUP, (-5.0,), 0, table=table) == 2.0
    assert slope(Op.LOOKUP, (7.0,), 0, table=table) == 0.5
    assert not math.isnan(slope(Op.LOOKUP, (3.0,), 0, False, table))
