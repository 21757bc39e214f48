"""Built-ins that look at an array as a vector or a matrix: order, rank, choice, inverse.

A vector is made of all elements of an argument's last subscript; the answer is the one for the element
that is being computed. Equal elements keep their order.

Source: docs/formats.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from putar.engine.builder import Builder, Made, pick, total
from putar.engine.ir import Op
from putar.language.expr import Call
from putar.language.model import NOT_AVAILABLE

__all__ = ["VECTORS"]

LARGEST_MATRIX = 20
LARGEST_VECTOR = 500


def _ranks(b: Builder, nodes: Sequence[int], rising: int) -> list[int]:
    """Return the 0-based rank of each node; where `rising` is not above 0, the largest comes first."""
    found = []
    up = b.op(Op.GT, rising, b.const(0.0))
    for i, mine in enumerate(nodes):
        before = [b.const(0.0)]
        for j, other in enumerate(nodes):
            if i == j:
                continue
            less, more = (Op.LE, Op.GE) if j < i else (Op.LT, Op.GT)
            before.append(b.op(Op.SELECT, up, b.op(less, other, mine), b.op(more, other, mine)))
        found.append(total(b, before))
    return found


def _vector(b: Builder, call: Call) -> tuple[list[int], int]:
    nodes, current = b.vector(call.args[0])
    if current is None:
        raise b.refuse(call, "needs the vector's range on the left side", "or a range that maps to it")
    if len(nodes) > LARGEST_VECTOR:
        raise b.refuse(call, f"takes at most {LARGEST_VECTOR} elements", "split the vector")
    return nodes, current


def _sort_order(b: Builder, call: Call) -> int:
    nodes, current = _vector(b, call)
    ranks = _ranks(b, nodes, b.node(call.args[1]))
    here = [b.op(Op.EQ, rank, b.const(float(current))) for rank in ranks]
    return total(b, [b.op(Op.MUL, one, b.const(float(index))) for index, one in enumerate(here)])


def _rank(b: Builder, call: Call) -> int:
    nodes, current = _vector(b, call)
    return b.op(Op.ADD, _ranks(b, nodes, b.node(call.args[1]))[current], b.const(1.0))


def _reorder(b: Builder, call: Call) -> int:
    nodes, _ = b.vector(call.args[0])
    return pick(b, _rounded(b, b.node(call.args[1])), nodes, b.const(NOT_AVAILABLE))


def _rounded(b: Builder, node: int) -> int:
    return b.op(Op.FLOOR, b.op(Op.ADD, node, b.const(0.5)))


def _elm_map(b: Builder, call: Call) -> int:
    nodes, base = b.flat(call.args[0])
    place = b.op(Op.ADD, b.const(float(base)), _rounded(b, b.node(call.args[1])))
    return pick(b, place, nodes, b.const(NOT_AVAILABLE))


def _element(b: Builder, call: Call) -> int:
    """Return one element of a slice by its 1-based place; 0 outside."""
    return pick(b, b.op(Op.FLOOR, b.node(call.args[1])), b.slice(call.args[0]), b.const(0.0), 1)


def _rank_of(b: Builder, call: Call) -> int:
    """Return which element of a slice, from 1, is the k-th smallest."""
    ranks = _ranks(b, b.slice(call.args[0]), b.const(1.0))
    wanted = b.op(Op.SUB, b.node(call.args[1]), b.const(1.0))
    here = [b.op(Op.EQ, rank, wanted) for rank in ranks]
    return total(b, [b.op(Op.MUL, one, b.const(float(index))) for index, one in enumerate(here, 1)])


def _select(b: Builder, call: Call) -> int:
    """Return a sum, product, least, largest or mean of what is selected, by the number of the action."""
    pairs = b.combined(call.args[:2])
    zero, one = b.const(0.0), b.const(1.0)
    chosen = [b.op(Op.NE, selected, zero) for selected, _ in pairs]
    count = total(b, chosen)

    def fold(op: Op, of: Callable[[int, int], int], empty: float) -> int:
        rest = b.const(empty)
        values = [b.op(Op.SELECT, c, of(s, e), rest) for c, (s, e) in zip(chosen, pairs, strict=True)]
        return total(b, values, op)

    def times(selected: int, value: int) -> int:
        return b.op(Op.MUL, selected, value)

    def alone(selected: int, value: int) -> int:  # noqa: ARG001 - the other way to look at a pair
        return value

    def power(selected: int, value: int) -> int:
        return b.op(Op.POW, value, selected)

    def family(of: Callable[[int, int], int]) -> list[int]:
        added = fold(Op.ADD, of, 0.0)
        least, largest = fold(Op.MIN, of, math.inf), fold(Op.MAX, of, -math.inf)
        return [added, fold(Op.MUL, of, 1.0), least, largest, b.op(Op.DIV, added, count)]

    ways = [*family(times), fold(Op.MUL, power, 1.0), *family(alone)]
    found = pick(b, _rounded(b, b.node(call.args[3])), ways, b.const(math.nan))
    error, none, wrong = _rounded(b, b.node(call.args[4])), b.op(Op.EQ, count, zero), b.const(math.nan)
    of_none = b.op(Op.OR, b.op(Op.EQ, error, one), b.op(Op.EQ, error, b.const(3.0)))
    of_many = b.op(Op.AND, b.op(Op.GE, error, b.const(2.0)), b.op(Op.GT, count, one))
    missing = b.op(Op.SELECT, of_none, wrong, b.node(call.args[2]))
    return b.op(Op.SELECT, none, missing, b.op(Op.SELECT, of_many, wrong, found))


def _inverse(b: Builder, call: Call) -> int:
    """Return an element of the inverse, by elimination with the largest pivot; singular is not a number."""
    rows, row, column = b.matrix(call.args[0])
    size = len(rows)
    if size > LARGEST_MATRIX or any(len(line) != size for line in rows):
        raise b.refuse(call, f"takes square matrices of at most {LARGEST_MATRIX} rows", "give a smaller one")
    unit = [[b.const(float(i == j)) for j in range(size)] for i in range(size)]
    both = [[*line, *unit[i]] for i, line in enumerate(rows)]
    for k in range(size):
        for i in range(k + 1, size):
            larger = b.op(Op.GT, b.op(Op.ABS, both[i][k]), b.op(Op.ABS, both[k][k]))
            upper = [b.op(Op.SELECT, larger, x, y) for x, y in zip(both[i], both[k], strict=True)]
            lower = [b.op(Op.SELECT, larger, y, x) for x, y in zip(both[i], both[k], strict=True)]
            both[k], both[i] = upper, lower
        pivot = both[k][k]
        both[k] = [b.op(Op.DIV, x, pivot) for x in both[k]]
        for i in range(size):
            if i != k:
                factor = both[i][k]
                pairs = zip(both[i], both[k], strict=True)
                both[i] = [b.op(Op.SUB, x, b.op(Op.MUL, factor, y)) for x, y in pairs]
    return both[row][size + column]


def _vector_lookup(b: Builder, call: Call) -> int:
    """Return the value at x of points at equal distances from `low` to `high`, read in one of ten ways."""
    ys, _ = b.vector(call.args[0])
    x, low, high, way = (b.node(a) for a in call.args[1:])
    gaps, zero = len(ys) - 1, b.const(0.0)
    if gaps < 1:
        return ys[0]
    width = b.op(Op.DIV, b.op(Op.SUB, high, low), b.const(float(gaps)))
    at = b.op(Op.DIV, b.op(Op.SUB, x, low), width)  # in gaps
    ends = b.const(float(gaps))
    held = b.op(Op.MIN, b.op(Op.MAX, at, zero), ends)
    gap = b.op(Op.MIN, b.op(Op.MAX, b.op(Op.FLOOR, at), zero), b.const(float(gaps - 1)))
    rises = [b.op(Op.SUB, after, before) for before, after in pairwise(ys)]
    sums = [zero]
    for before, after in pairwise(ys):
        sums.append(b.op(Op.ADD, sums[-1], b.op(Op.MUL, b.const(0.5), b.op(Op.ADD, before, after))))
    start, rise = pick(b, gap, ys[:-1], zero), pick(b, gap, rises, zero)

    def height(place: int) -> int:
        return b.op(Op.ADD, start, b.op(Op.MUL, rise, b.op(Op.SUB, place, gap)))

    def area(place: int) -> int:
        on = b.op(Op.SUB, place, gap)
        half = b.op(Op.MUL, b.const(0.5), b.op(Op.MUL, rise, on))
        inside = b.op(Op.ADD, pick(b, gap, sums[:-1], zero), b.op(Op.MUL, on, b.op(Op.ADD, start, half)))
        return b.op(Op.MUL, width, inside)

    beyond = b.op(Op.MUL, pick(b, b.op(Op.GT, at, zero), [ys[0], ys[-1]], zero), b.op(Op.SUB, at, held))
    outside = b.op(Op.OR, b.op(Op.LT, at, zero), b.op(Op.GE, at, ends))
    slope = b.op(Op.DIV, rise, width)

    def inverse(held_ends: bool) -> int:
        found = b.op(Op.SELECT, b.op(Op.LT, x, total(b, ys, Op.MIN)), _place(b, ys, Op.MIN), zero)
        found = b.op(Op.SELECT, b.op(Op.GT, x, total(b, ys, Op.MAX)), _place(b, ys, Op.MAX), found)
        if not held_ends:
            first, last = (
                b.op(Op.ADD, b.const(float(base)), b.op(Op.DIV, b.op(Op.SUB, x, ys[base]), rises[base]))
                for base in (0, gaps - 1)
            )
            found = b.op(Op.SELECT, b.op(Op.LT, first, zero), first, last)
        for index in range(gaps - 1, -1, -1):
            part = b.op(Op.DIV, b.op(Op.SUB, x, ys[index]), rises[index])
            part = b.op(Op.SELECT, b.op(Op.EQ, rises[index], zero), zero, part)
            least, most = (b.op(op, ys[index], ys[index + 1]) for op in (Op.MIN, Op.MAX))
            here = b.op(Op.AND, b.op(Op.GE, x, least), b.op(Op.LE, x, most))
            found = b.op(Op.SELECT, here, b.op(Op.ADD, b.const(float(index)), part), found)
        return b.op(Op.ADD, low, b.op(Op.MUL, width, found))

    ways = [
        height(held),
        b.op(Op.ADD, area(held), b.op(Op.MUL, width, beyond)),
        pick(b, b.op(Op.FLOOR, held), ys, zero),
        height(at),
        pick(b, b.op(Op.NEG, b.op(Op.FLOOR, b.op(Op.NEG, held))), ys, zero),
        inverse(held_ends=True),
        b.op(Op.SELECT, outside, zero, slope),
        area(at),
        inverse(held_ends=False),
        slope,
    ]
    return pick(b, _rounded(b, way), ways, b.const(math.nan))


def _place(b: Builder, nodes: Sequence[int], op: Op) -> int:
    """Return which node, from 0, is the first that is the least or the largest."""
    wanted = total(b, nodes, op)
    found = b.const(float(len(nodes) - 1))
    for index in range(len(nodes) - 1, -1, -1):
        found = b.op(Op.SELECT, b.op(Op.EQ, nodes[index], wanted), b.const(float(index)), found)
    return found


VECTORS: dict[str, Made] = {
    "VECTOR_SORT_ORDER": _sort_order,
    "VECTOR_RANK": _rank,
    "VECTOR_REORDER": _reorder,
    "VECTOR_ELM_MAP": _elm_map,
    "VECTOR_SELECT": _select,
    "INVERT_MATRIX": _inverse,
    "ELEMENT": _element,
    "RANK": _rank_of,
    "VECTOR_LOOKUP": _vector_lookup,
}
