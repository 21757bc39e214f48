"""Derivatives of a graph's nodes, as further nodes of the same graph: exact, one-sided at kinks.

Forward mode, one leaf at a time, with zeros left out. At a kink (MIN and MAX at a tie, ABS at 0, a knot of a
table) the derivative is that of the side towards which the leaf moves. What jumps or is flat (FLOOR,
comparisons, conditions, draws) has derivative 0; a choice has the derivative of the branch that is taken.
Adding an operation means adding a row to RULES.

Source: Griewank, Walther (2008), Evaluating Derivatives, chapters 2 and 3 (rules) and 14 (one-sided ones).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from putar.engine.ir import Graph, Node, Op, Table, live_order

__all__ = ["RULES", "Tangent"]


class Tangent:
    """Derivatives by one leaf; `rising` is a node that is true where the leaf moves up or rests."""

    def __init__(self, graph: Graph, tables: list[Table], leaf: int, rising: int) -> None:
        self.graph, self.tables, self.leaf, self.rising = graph, tables, leaf, rising
        self._of: dict[int, int | None] = {leaf: graph.const(1.0)}

    def of(self, root: int) -> int | None:
        """Return the node of a node's derivative by the leaf; None where it is zero everywhere."""
        for index in live_order(self.graph, [root]):
            if index not in self._of:
                node = self.graph.nodes[index]
                parts = [self._of[a] for a in node.args]
                moving = any(part is not None for part in parts)
                self._of[index] = RULES[node.op](self, index, node, parts) if moving else None
        return self._of[root]

    # small algebra in which None is zero ------------------------------------------------

    def op(self, op: Op, *args: int) -> int:
        """Return the node of an operation."""
        return self.graph.node(op, *args)

    def const(self, value: float) -> int:
        """Return the node of a number."""
        return self.graph.const(value)

    def plus(self, a: int | None, b: int | None) -> int | None:
        """Return a + b."""
        if a is None or b is None:
            return a if b is None else b
        return self.op(Op.ADD, a, b)

    def minus(self, a: int | None, b: int | None) -> int | None:
        """Return a - b."""
        if b is None:
            return a
        return self.op(Op.NEG, b) if a is None else self.op(Op.SUB, a, b)

    def times(self, a: int | None, b: int) -> int | None:
        """Return a * b."""
        if a is None:
            return None
        node = self.graph.nodes[a]
        return b if node.op is Op.CONST and node.key == 1.0 else self.op(Op.MUL, a, b)

    def either(self, condition: int, a: int | None, b: int | None) -> int:
        """Return a where the condition holds, else b."""
        zero = self.const(0.0)
        return self.op(Op.SELECT, condition, zero if a is None else a, zero if b is None else b)


Parts = list[int | None]
Rule = Callable[[Tangent, int, Node, Parts], int | None]


def _flat(_: Tangent, __: int, ___: Node, ____: Parts) -> int | None:
    return None


def _chain(outer: Callable[[Tangent, int, int], int]) -> Rule:
    """Return the rule of a function of one argument, from its derivative by value and argument."""
    return lambda t, value, node, parts: t.times(parts[0], outer(t, value, node.args[0]))


def _multiply(t: Tangent, value: int, node: Node, parts: Parts) -> int | None:  # noqa: ARG001 - a Rule
    a, b = node.args
    return t.plus(t.times(parts[0], b), t.times(parts[1], a))


def _divide(t: Tangent, value: int, node: Node, parts: Parts) -> int | None:
    top = t.minus(parts[0], t.times(parts[1], value))
    return None if top is None else t.op(Op.DIV, top, node.args[1])


def _power(t: Tangent, value: int, node: Node, parts: Parts) -> int | None:
    base, exponent = node.args
    lower = t.op(Op.POW, base, t.op(Op.SUB, exponent, t.const(1.0)))
    first = t.times(parts[0], t.op(Op.MUL, exponent, lower))
    if parts[1] is None:
        return first
    return t.plus(first, t.times(parts[1], t.op(Op.MUL, value, t.op(Op.LOG, base))))


def _modulo(t: Tangent, value: int, node: Node, parts: Parts) -> int | None:  # noqa: ARG001 - a Rule
    turns = t.op(Op.FLOOR, t.op(Op.DIV, *node.args))
    return t.minus(parts[0], t.times(parts[1], turns))


def _absolute(t: Tangent, value: int, node: Node, parts: Parts) -> int | None:  # noqa: ARG001 - a Rule
    (x,), (slope,), zero = node.args, parts, t.const(0.0)
    assert slope is not None
    size = t.op(Op.ABS, slope)
    tie = t.either(t.rising, size, t.op(Op.NEG, size))
    below = t.op(Op.NEG, slope)
    return t.either(t.op(Op.GT, x, zero), slope, t.either(t.op(Op.LT, x, zero), below, tie))


def _extreme(largest: bool) -> Rule:
    """Return the rule of MAX or MIN: of the operand that is taken, at a tie of the one that will be."""
    taken = Op.GT if largest else Op.LT
    up, down = (Op.MAX, Op.MIN) if largest else (Op.MIN, Op.MAX)

    def rule(t: Tangent, value: int, node: Node, parts: Parts) -> int | None:  # noqa: ARG001 - a Rule
        a, b = node.args
        slopes = [t.const(0.0) if part is None else part for part in parts]
        tie = t.either(t.rising, t.op(up, *slopes), t.op(down, *slopes))
        other = t.either(t.op(taken, b, a), parts[1], tie)
        return t.either(t.op(taken, a, b), parts[0], other)

    return rule


def _select(t: Tangent, value: int, node: Node, parts: Parts) -> int | None:  # noqa: ARG001 - a Rule
    if parts[1] is None and parts[2] is None:
        return None
    return t.either(node.args[0], parts[1], parts[2])


def _lookup(t: Tangent, value: int, node: Node, parts: Parts) -> int | None:  # noqa: ARG001 - a Rule
    (x,), (inner,) = node.args, parts
    assert inner is not None
    assert isinstance(node.key, int)
    right, left = (_slopes(t, t.tables[node.key], x, from_right=side) for side in (True, False))
    grows = t.op(Op.GE, inner, t.const(0.0))
    forward = t.either(t.rising, grows, t.op(Op.NOT, grows))
    return t.times(inner, t.either(forward, right, left))


def _slopes(t: Tangent, table: Table, x: int, *, from_right: bool) -> int:
    """Return the node of a table's slope just right, or just left, of x: a step table of its own."""
    last = len(table.xs) - 1
    slopes = [table.slope(place) for place in range(last + 1)]
    before = table.slope(0) if table.outside == "extrapolate" and table.between != "step" else 0.0
    # the slope of the piece that ends at a knot; of knots that share an x, the last piece before them
    xs = sorted(set(table.xs))
    after = [slopes[max(i for i, knot in enumerate(table.xs) if knot == x)] for x in xs]
    pieces = [before, *after]
    if from_right:
        knots, values, at = xs, after, x
        outside = t.op(Op.LT, x, t.const(xs[0]))
        edge = before
    else:
        knots, values = [-x for x in reversed(xs)], list(reversed(pieces[:-1]))
        at = t.op(Op.NEG, x)
        outside = t.op(Op.GT, x, t.const(xs[-1]))
        edge = pieces[-1]
    made = Table(tuple(knots), tuple(values), "step", "hold")
    if made not in t.tables:
        t.tables.append(made)
    found = t.graph.lookup(t.tables.index(made), at)
    return t.op(Op.SELECT, outside, t.const(edge), found)


def _one_minus_square(t: Tangent, x: int) -> int:
    return t.op(Op.SUB, t.const(1.0), t.op(Op.MUL, x, x))


def _inverse(t: Tangent, x: int, sign: float) -> int:
    return t.op(Op.DIV, t.const(sign), t.op(Op.SQRT, _one_minus_square(t, x)))


RULES: Final[dict[Op, Rule]] = {
    Op.NEG: lambda t, _, __, parts: t.minus(None, parts[0]),
    Op.ABS: _absolute,
    Op.SQRT: _chain(lambda t, value, _: t.op(Op.DIV, t.const(0.5), value)),
    Op.EXP: _chain(lambda _, value, __: value),
    Op.LOG: _chain(lambda t, _, x: t.op(Op.DIV, t.const(1.0), x)),
    Op.SIN: _chain(lambda t, _, x: t.op(Op.COS, x)),
    Op.COS: _chain(lambda t, _, x: t.op(Op.NEG, t.op(Op.SIN, x))),
    Op.TAN: _chain(lambda t, value, _: t.op(Op.ADD, t.const(1.0), t.op(Op.MUL, value, value))),
    Op.ASIN: _chain(lambda t, _, x: _inverse(t, x, 1.0)),
    Op.ACOS: _chain(lambda t, _, x: _inverse(t, x, -1.0)),
    Op.ATAN: _chain(
        lambda t, _, x: t.op(Op.DIV, t.const(1.0), t.op(Op.ADD, t.const(1.0), t.op(Op.MUL, x, x)))
    ),
    Op.FLOOR: _flat,
    Op.TRUNC: _flat,
    Op.ADD: lambda t, _, __, parts: t.plus(*parts),
    Op.SUB: lambda t, _, __, parts: t.minus(*parts),
    Op.MUL: _multiply,
    Op.DIV: _divide,
    Op.POW: _power,
    Op.MIN: _extreme(largest=False),
    Op.MAX: _extreme(largest=True),
    Op.MOD: _modulo,
    **dict.fromkeys((Op.LT, Op.LE, Op.GT, Op.GE, Op.EQ, Op.NE, Op.AND, Op.OR, Op.NOT), _flat),
    Op.SELECT: _select,
    Op.LOOKUP: _lookup,
}
