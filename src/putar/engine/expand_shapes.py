"""Built-ins that draw from gamma and beta distributions and from a density that a table gives.

A gamma draw is the first of a few candidates that is accepted and lies within the bounds; a candidate is
accepted with a chance above 0.95, so that twelve all but never fail, and bounds that leave out most of a
distribution pile up the rest at them. A draw by a table is its quantile, exact within bounds.

Source: Marsaglia and Tsang (2000), doi:10.1145/358407.358414; the names and the order of arguments:
Vensim Help, "RANDOM Number Functions".
"""

from __future__ import annotations

from itertools import pairwise

from putar.engine.builder import Builder, Made
from putar.engine.expand_random import drawn, standard_normal
from putar.engine.ir import Op
from putar.language.expr import Call
from putar.language.model import Points

__all__ = ["SHAPED"]

CANDIDATES = 12


def _candidate(b: Builder, call: Call, order: int, part: int) -> tuple[int, int]:
    """Return a gamma draw of an order and scale 1, and whether it is accepted; takes four draws."""
    one = b.const(1.0)
    low = b.op(Op.LT, order, one)
    d = b.op(Op.SUB, b.op(Op.SELECT, low, b.op(Op.ADD, order, one), order), b.const(1.0 / 3.0))
    c = b.op(Op.DIV, one, b.op(Op.SQRT, b.op(Op.MUL, b.const(9.0), d)))
    x = standard_normal(b, call, part)
    root = b.op(Op.ADD, one, b.op(Op.MUL, c, x))
    v = b.op(Op.MUL, root, b.op(Op.MUL, root, root))
    positive = b.op(Op.GT, v, b.const(0.0))
    logarithm = b.op(Op.LOG, b.op(Op.SELECT, positive, v, one))
    bound = b.op(Op.ADD, b.op(Op.SUB, one, v), logarithm)
    bound = b.op(Op.ADD, b.op(Op.MUL, b.const(0.5), b.op(Op.MUL, x, x)), b.op(Op.MUL, d, bound))
    accepted = b.op(Op.LT, b.op(Op.LOG, b.random(call, part + 2)), bound)
    less = b.op(Op.POW, b.random(call, part + 3), b.op(Op.DIV, one, order))
    value = b.op(Op.MUL, d, b.op(Op.MUL, v, b.op(Op.SELECT, low, less, one)))
    return value, b.op(Op.AND, positive, accepted)


def _first(b: Builder, candidates: list[tuple[int, int]], low: int, high: int) -> int:
    """Return the first value that is accepted and within bounds, else the last one moved to them."""
    found = candidates[-1][0]
    for value, accepted in reversed(candidates):
        within = b.op(Op.AND, b.op(Op.GE, value, low), b.op(Op.LE, value, high))
        found = b.op(Op.SELECT, b.op(Op.AND, accepted, within), value, found)
    return b.op(Op.MIN, b.op(Op.MAX, found, low), high)


def _stretched(b: Builder, value: int, shift: int, stretch: int) -> int:
    return b.op(Op.ADD, shift, b.op(Op.MUL, stretch, value))


def _gamma(b: Builder, call: Call, low: int, high: int, order: int, shift: int, stretch: int) -> int:
    made = [_candidate(b, call, order, 4 * i) for i in range(CANDIDATES)]
    return _first(b, [(_stretched(b, v, shift, stretch), a) for v, a in made], low, high)


def _beta(
    b: Builder, call: Call, low: int, high: int, first: int, second: int, shift: int, stretch: int
) -> int:
    made = []
    for i in range(CANDIDATES):
        x, one = _candidate(b, call, first, 8 * i)
        y, other = _candidate(b, call, second, 8 * i + 4)
        share = b.op(Op.DIV, x, b.op(Op.ADD, x, y))
        made.append((_stretched(b, share, shift, stretch), b.op(Op.AND, one, other)))
    return _first(b, made, low, high)


def _by_table(b: Builder, call: Call) -> int:
    """Return shift + stretch x, with x drawn by a density that is straight between points."""
    points = b.table(call.args[0])
    low, high, shift, stretch = (b.node(a) for a in call.args[1:])
    ys = [max(y, 0.0) for y in points.ys]
    areas, slopes = [0.0], []
    for (x0, y0), (x1, y1) in pairwise(zip(points.xs, ys, strict=True)):
        areas.append(areas[-1] + (x1 - x0) * (y0 + y1) / 2.0)
        slopes.append((y1 - y0) / (x1 - x0) if x1 > x0 else 0.0)
    if not areas[-1] > 0.0:
        raise b.refuse(call, "needs a table with an area above zero", "give it values above zero")
    slopes.append(0.0)

    def step(xs: list[float] | tuple[float, ...], values: list[float] | tuple[float, ...], at: int) -> int:
        return b.curve(Points(tuple(xs), tuple(values), "step"), at)

    def area(bound: int) -> int:
        x = b.op(Op.DIV, b.op(Op.SUB, bound, shift), stretch)
        x = b.op(Op.MIN, b.op(Op.MAX, x, b.const(points.xs[0])), b.const(points.xs[-1]))
        on = b.op(Op.SUB, x, step(points.xs, points.xs, x))
        rise = b.op(Op.MUL, b.op(Op.MUL, step(points.xs, slopes, x), on), b.const(0.5))
        height = b.op(Op.ADD, step(points.xs, ys, x), rise)
        return b.op(Op.ADD, step(points.xs, areas, x), b.op(Op.MUL, on, height))

    below = area(low)
    wanted = b.op(Op.ADD, below, b.op(Op.MUL, b.op(Op.SUB, area(high), below), b.random(call, 0)))
    over = b.op(Op.SUB, wanted, step(areas, areas, wanted))
    height, slope = step(areas, ys, wanted), step(areas, slopes, wanted)
    square = b.op(Op.MUL, height, height)
    root = b.op(Op.ADD, square, b.op(Op.MUL, b.const(2.0), b.op(Op.MUL, slope, over)))
    root = b.op(Op.ADD, height, b.op(Op.SQRT, b.op(Op.MAX, root, b.const(0.0))))
    on = b.op(Op.DIV, b.op(Op.MUL, b.const(2.0), over), root)
    on = b.op(Op.SELECT, b.op(Op.GT, root, b.const(0.0)), on, b.const(0.0))
    value = _stretched(b, b.op(Op.ADD, step(areas, points.xs, wanted), on), shift, stretch)
    return b.op(Op.MIN, b.op(Op.MAX, value, low), high)


SHAPED: dict[str, Made] = {
    "RANDOM_GAMMA": drawn(_gamma),
    "RANDOM_BETA": drawn(_beta),
    "RANDOM_LOOKUP": _by_table,
}
