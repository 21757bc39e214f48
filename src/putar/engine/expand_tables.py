"""Built-ins that read a table in another way than it is declared: on, back, inverted, its slope, its area.

Source: XMILE 1.0 (OASIS), section 3.1.4; docs/formats.md for the functions of other tools.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate, pairwise

from putar.engine.builder import Builder, Made, total
from putar.engine.ir import Op
from putar.language.expr import Call, Expr, Number, Unary
from putar.language.model import NOT_AVAILABLE, Points

__all__ = ["TABLES"]

MOST_POINTS = 2000


def _plain(b: Builder, call: Call) -> int:
    return b.curve(b.table(call.args[0]), b.node(call.args[1]))


def _read_as(between: str, outside: str) -> Made:
    def build(b: Builder, call: Call) -> int:
        points = replace(b.table(call.args[0]), between=between, outside=outside)
        return b.curve(points, b.node(call.args[1]))

    return build


def _in_place(b: Builder, call: Call) -> int:
    numbers = [_literal(b, call, argument) for argument in call.args[1:]]
    if len(numbers) % 2:
        raise b.refuse(call, "needs a y for each x", "write POINTS(x, x1, y1, x2, y2)")
    points = Points(tuple(numbers[::2]), tuple(numbers[1::2]))
    if any(left > right for left, right in pairwise(points.xs)):
        raise b.refuse(call, "needs x that do not decrease", "put its points in order")
    return b.curve(points, b.node(call.args[0]))


def _literal(b: Builder, call: Call, expr: Expr) -> float:
    match expr:
        case Number(value=value):
            return value
        case Unary(op="-", operand=Number(value=value)):
            return -value
    raise b.refuse(call, "takes numbers as its points", "make it a curve with points of its own")


def _invert(b: Builder, call: Call) -> int:
    """Return the x at which the curve first has a value; the nearest point's x where it never has."""
    points, y = b.table(call.args[0]), b.node(call.args[1])
    pairs = list(zip(points.xs, points.ys, strict=True))
    lowest = min(pairs, key=lambda point: point[1])
    highest = max(pairs, key=lambda point: point[1])
    below = b.op(Op.LT, y, b.const(lowest[1]))
    found = b.op(Op.SELECT, below, b.const(lowest[0]), b.const(highest[0]))
    for (x0, y0), (x1, y1) in reversed(list(pairwise(pairs))):
        if y0 == y1:
            here = b.op(Op.EQ, y, b.const(y0))
            found = b.op(Op.SELECT, here, b.const(x0), found)
            continue
        low, high = min(y0, y1), max(y0, y1)
        here = b.op(Op.AND, b.op(Op.GE, y, b.const(low)), b.op(Op.LE, y, b.const(high)))
        part = b.op(Op.MUL, b.op(Op.SUB, y, b.const(y0)), b.const((x1 - x0) / (y1 - y0)))
        found = b.op(Op.SELECT, here, b.op(Op.ADD, b.const(x0), part), found)
    return found


def _slopes(points: Points) -> tuple[float, ...]:
    pairs = pairwise(zip(points.xs, points.ys, strict=True))
    found = [0.0 if x0 == x1 else (y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairs]
    return (*found, found[-1] if found else 0.0)


def _slope(b: Builder, call: Call) -> int:
    points = b.table(call.args[0])
    return b.curve(Points(points.xs, _slopes(points), "step"), b.node(call.args[1]))


def _area(b: Builder, call: Call) -> int:
    """Return the integral between two x of the curve with its ends held."""
    points = b.table(call.args[0])
    slopes = (*_slopes(points)[:-1], 0.0)
    areas = [0.0]
    for (x0, y0), (x1, y1) in pairwise(zip(points.xs, points.ys, strict=True)):
        areas.append(areas[-1] + (x1 - x0) * (y0 + y1) / 2.0)

    def whole(x: int) -> int:
        def part(values: tuple[float, ...]) -> int:
            return b.curve(Points(points.xs, values, "step"), x)

        on = b.op(Op.SUB, x, part(points.xs))
        rise = b.op(Op.MUL, part(slopes), b.op(Op.MUL, on, b.const(0.5)))
        inside = b.op(Op.ADD, part(tuple(areas)), b.op(Op.MUL, on, b.op(Op.ADD, part(points.ys), rise)))
        first = b.const(points.xs[0])
        before = b.op(Op.MUL, b.const(points.ys[0]), b.op(Op.SUB, x, first))
        return b.op(Op.SELECT, b.op(Op.LT, x, first), before, inside)

    return b.op(Op.SUB, whole(b.node(call.args[2])), whole(b.node(call.args[1])))


def _within(b: Builder, points: Points, time: int, value: int) -> int:
    """Return a value where data have one: from the first point to the last."""
    near = 1e-6 * b.time_spec.step
    begun = b.op(Op.GE, time, b.const(points.xs[0] - near))
    inside = b.op(Op.AND, begun, b.op(Op.LE, time, b.const(points.xs[-1] + near)))
    return b.op(Op.SELECT, inside, value, b.const(NOT_AVAILABLE))


def _data_at(b: Builder, call: Call) -> int:
    """Return data at another time, as they are read at their own."""
    points, time = b.table(call.args[0]), b.node(call.args[1])
    return _within(b, points, time, b.curve(points, time))


def _cumulated(b: Builder, call: Call) -> int:
    """Return the sum of the points so far, straight between them; time steps play no part in it."""
    points = b.table(call.args[0])
    return b.curve(Points(points.xs, tuple(accumulate(points.ys))), b.node(call.args[1]))


def _data_between(b: Builder, call: Call) -> int:
    """Return data at another time: the next point for mode 1, the last for -1, else between them."""
    points, time, mode = b.table(call.args[0]), b.node(call.args[1]), b.node(call.args[2])
    ways = {way: b.curve(replace(points, between=way, outside="hold"), time) for way in ("next", "step")}
    between = b.curve(replace(points, between="linear", outside="hold"), time)
    back = b.op(Op.SELECT, b.op(Op.LE, mode, b.const(-1.0)), ways["step"], between)
    return _within(b, points, time, b.op(Op.SELECT, b.op(Op.GE, mode, b.const(1.0)), ways["next"], back))


def _fact(value: Callable[[Points], float]) -> Made:
    return lambda b, call: b.const(value(b.table(call.args[0])))


def _statistic(last: Callable[[Builder, list[int], list[int]], int]) -> Made:
    """Return a statistic of the points of data from one time to another, smallest first.

    Without any point it is not available, which is a number.
    """

    def build(b: Builder, call: Call) -> int:
        points, low, high = b.table(call.args[0]), b.node(call.args[1]), b.node(call.args[2])
        if len(points.xs) > MOST_POINTS:
            raise b.refuse(call, f"takes at most {MOST_POINTS} points", "leave some out")
        near = 1e-6 * b.time_spec.step
        pairs = sorted(zip(points.xs, points.ys, strict=True), key=lambda pair: pair[1])
        inside = [
            b.op(
                Op.AND,
                b.op(Op.GE, b.const(x + near), low),
                b.op(Op.LE, b.const(x - near), high),
            )
            for x, _ in pairs
        ]
        found = last(b, inside, [b.const(y) for _, y in pairs])
        none = b.op(Op.EQ, total(b, inside), b.const(0.0))
        return b.op(Op.SELECT, none, b.const(NOT_AVAILABLE), found)

    return build


def _mean(b: Builder, inside: list[int], ys: list[int]) -> int:
    chosen = [b.op(Op.MUL, one, y) for one, y in zip(inside, ys, strict=True)]
    return b.op(Op.DIV, total(b, chosen), total(b, inside))


def _deviation(b: Builder, inside: list[int], ys: list[int]) -> int:
    mean, one = _mean(b, inside, ys), b.const(1.0)
    gaps = [b.op(Op.SUB, y, mean) for y in ys]
    squares = [b.op(Op.MUL, i, b.op(Op.MUL, gap, gap)) for i, gap in zip(inside, gaps, strict=True)]
    less = b.op(Op.SUB, total(b, inside), one)
    return b.op(Op.SQRT, b.op(Op.DIV, total(b, squares), less))


def _median(b: Builder, inside: list[int], ys: list[int]) -> int:
    """Return the middle one, or half way between the middle two."""
    half = b.op(Op.MUL, total(b, inside), b.const(0.5))
    lower = upper = so_far = b.const(0.0)
    for one, y in zip(inside, ys, strict=True):
        before, so_far = so_far, b.op(Op.ADD, so_far, one)
        first = b.op(Op.AND, b.op(Op.LT, before, half), b.op(Op.GE, so_far, half))
        second = b.op(Op.AND, b.op(Op.LE, before, half), b.op(Op.GT, so_far, half))
        lower = b.op(Op.SELECT, first, y, lower)
        upper = b.op(Op.SELECT, second, y, upper)
    return b.op(Op.MUL, b.const(0.5), b.op(Op.ADD, lower, upper))


def _extreme(op: Op, empty: float) -> Callable[[Builder, list[int], list[int]], int]:
    def build(b: Builder, inside: list[int], ys: list[int]) -> int:
        rest = b.const(empty)
        chosen = [b.op(Op.SELECT, one, y, rest) for one, y in zip(inside, ys, strict=True)]
        return total(b, chosen, op)

    return build


TABLES: dict[str, Made] = {
    "POINTS": _in_place,
    "LOOKUP": _plain,
    "LOOKUP_EXTRAPOLATE": _read_as("linear", "extrapolate"),
    "LOOKUP_FORWARD": _read_as("next", "hold"),
    "LOOKUP_BACKWARD": _read_as("step", "hold"),
    "LOOKUP_INVERT": _invert,
    "LOOKUP_SLOPE": _slope,
    "LOOKUP_AREA": _area,
    "DATA_AT": _data_at,
    "DATA_BETWEEN": _data_between,
    "DATA_CUMULATED": _cumulated,
    "DATA_TOTAL": _fact(lambda points: math.fsum(points.ys)),
    "DATA_FIRST_TIME": _fact(lambda points: points.xs[0]),
    "DATA_LAST_TIME": _fact(lambda points: points.xs[-1]),
    "DATA_COUNT": _fact(lambda points: float(len(points.xs))),
    "DATA_MAX": _statistic(_extreme(Op.MAX, -math.inf)),
    "DATA_MIN": _statistic(_extreme(Op.MIN, math.inf)),
    "DATA_MEAN": _statistic(_mean),
    "DATA_MEDIAN": _statistic(_median),
    "DATA_DEVIATION": _statistic(_deviation),
}
