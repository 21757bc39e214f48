"""Built-ins that draw: each from uniform draws of its own, so that no tool's stream is repeated.

Source: normal draws: Box and Muller (1958), doi:10.1214/aoms/1177706645; the normal quantile: Acklam
(2003), An algorithm for computing the inverse normal cumulative distribution function. Draws within
bounds are quantiles of a share between the bounds' own shares, which has the distribution that drawing
again until the bounds hold has.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from putar.engine.builder import Builder, Made
from putar.engine.expand_pure import normal_share, polynomial
from putar.engine.ir import Op
from putar.language.expr import Call

__all__ = ["DRAWN", "drawn", "normal_quantile", "normal_within", "standard_normal"]

_MIDDLE_TOP = (
    -3.969683028665376e01,
    2.209460984245205e02,
    -2.759285104469687e02,
    1.383577518672690e02,
    -3.066479806614716e01,
    2.506628277459239e00,
)
_MIDDLE_BOTTOM = (
    -5.447609879822406e01,
    1.615858368580409e02,
    -1.556989798598866e02,
    6.680131188771972e01,
    -1.328068155288572e01,
)
_TAIL_TOP = (
    -7.784894002430293e-03,
    -3.223964580411365e-01,
    -2.400758277161838e00,
    -2.549732539343734e00,
    4.374664141464968e00,
    2.938163982698783e00,
)
_TAIL_BOTTOM = (
    7.784695709041462e-03,
    3.224671290700398e-01,
    2.445134137142996e00,
    3.754408661907416e00,
)


def standard_normal(b: Builder, call: Call, part: int = 0) -> int:
    """Return a standard normal draw, from two uniform ones of a call."""
    radius = b.op(Op.SQRT, b.op(Op.MUL, b.const(-2.0), b.op(Op.LOG, b.random(call, part))))
    angle = b.op(Op.MUL, b.const(2.0 * math.pi), b.random(call, part + 1))
    return b.op(Op.MUL, radius, b.op(Op.COS, angle))


def drawn(make: Callable[..., int]) -> Callable[[Builder, Call], int]:
    """Return a drawing function that is given the nodes of its arguments."""

    def build(b: Builder, call: Call) -> int:
        return make(b, call, *[b.node(a) for a in call.args])

    return build


def _random(b: Builder, call: Call, low: int, high: int) -> int:
    return b.op(Op.ADD, low, b.op(Op.MUL, b.op(Op.SUB, high, low), b.random(call, 0)))


def _normal(b: Builder, call: Call, mean: int, deviation: int) -> int:
    return b.op(Op.ADD, mean, b.op(Op.MUL, deviation, standard_normal(b, call)))


def _lognormal(b: Builder, call: Call, mean: int, deviation: int) -> int:
    ratio = b.op(Op.DIV, deviation, mean)
    variance = b.op(Op.LOG, b.op(Op.ADD, b.const(1.0), b.op(Op.MUL, ratio, ratio)))
    middle = b.op(Op.SUB, b.op(Op.LOG, mean), b.op(Op.DIV, variance, b.const(2.0)))
    spread = b.op(Op.MUL, b.op(Op.SQRT, variance), standard_normal(b, call))
    return b.op(Op.EXP, b.op(Op.ADD, middle, spread))


def _exponential(b: Builder, call: Call, mean: int) -> int:
    return b.op(Op.MUL, b.op(Op.NEG, mean), b.op(Op.LOG, b.random(call, 0)))


def _quantile(b: Builder, share: int) -> int:
    """Return the standard normal quantile of a share between 0 and 1, good to nine digits."""
    low = b.const(0.02425)
    other = b.op(Op.SUB, b.const(1.0), share)
    least = b.op(Op.MIN, share, other)
    q = b.op(Op.SQRT, b.op(Op.MUL, b.const(-2.0), b.op(Op.LOG, b.op(Op.MIN, least, low))))
    tail = b.op(Op.DIV, polynomial(b, q, _TAIL_TOP), polynomial(b, q, (*_TAIL_BOTTOM, 1.0)))
    tail = b.op(Op.SELECT, b.op(Op.LT, share, other), tail, b.op(Op.NEG, tail))
    r = b.op(Op.SUB, share, b.const(0.5))
    square = b.op(Op.MUL, r, r)
    middle = b.op(Op.DIV, polynomial(b, square, _MIDDLE_TOP), polynomial(b, square, (*_MIDDLE_BOTTOM, 1.0)))
    return b.op(Op.SELECT, b.op(Op.LT, least, low), tail, b.op(Op.MUL, middle, r))


def normal_quantile(b: Builder, share: int) -> int:
    """Return the standard normal quantile of a share between 0 and 1, to the last digits by Halley's step."""
    near = _quantile(b, share)
    half = b.op(Op.MUL, b.const(0.5), near)
    bell = b.op(Op.EXP, b.op(Op.MUL, half, near))
    gap = b.op(Op.SUB, normal_share(b, near), share)
    gap = b.op(Op.MUL, b.op(Op.MUL, gap, b.const(math.sqrt(2.0 * math.pi))), bell)
    return b.op(Op.SUB, near, b.op(Op.DIV, gap, b.op(Op.ADD, b.const(1.0), b.op(Op.MUL, half, gap))))


def normal_within(b: Builder, call: Call, low: int, high: int, mean: int, deviation: int) -> int:
    """Return a normal draw, drawn again until it lies within bounds: the quantile of a share of them."""
    below = normal_share(b, b.op(Op.DIV, b.op(Op.SUB, low, mean), deviation))
    above = normal_share(b, b.op(Op.DIV, b.op(Op.SUB, high, mean), deviation))
    share = b.op(Op.ADD, below, b.op(Op.MUL, b.op(Op.SUB, above, below), b.random(call, 0)))
    value = b.op(Op.ADD, mean, b.op(Op.MUL, deviation, _quantile(b, share)))
    return b.op(Op.MIN, b.op(Op.MAX, value, low), high)


def _exponential_within(b: Builder, call: Call, low: int, high: int, shift: int, stretch: int) -> int:
    """Return shift + stretch e, with e exponential of mean 1, within bounds."""

    def share(bound: int) -> int:
        at = b.op(Op.MAX, b.op(Op.DIV, b.op(Op.SUB, bound, shift), stretch), b.const(0.0))
        return b.op(Op.SUB, b.const(1.0), b.op(Op.EXP, b.op(Op.NEG, at)))

    return _within(b, call, share(low), share(high), low, high, shift, stretch, 1.0)


def _weibull_within(b: Builder, call: Call, low: int, high: int, shape: int, shift: int, stretch: int) -> int:
    """Return shift + stretch w, with w Weibull of that shape and scale 1, within bounds."""

    def share(bound: int) -> int:
        at = b.op(Op.MAX, b.op(Op.DIV, b.op(Op.SUB, bound, shift), stretch), b.const(0.0))
        return b.op(Op.SUB, b.const(1.0), b.op(Op.EXP, b.op(Op.NEG, b.op(Op.POW, at, shape))))

    return _within(b, call, share(low), share(high), low, high, shift, stretch, shape)


def _within(
    b: Builder,
    call: Call,
    below: int,
    above: int,
    low: int,
    high: int,
    shift: int,
    stretch: int,
    shape: int | float,
) -> int:
    share = b.op(Op.ADD, below, b.op(Op.MUL, b.op(Op.SUB, above, below), b.random(call, 0)))
    drawn = b.op(Op.NEG, b.op(Op.LOG, b.op(Op.SUB, b.const(1.0), share)))
    if not isinstance(shape, float):
        drawn = b.op(Op.POW, drawn, b.op(Op.DIV, b.const(1.0), shape))
    value = b.op(Op.ADD, shift, b.op(Op.MUL, stretch, drawn))
    return b.op(Op.MIN, b.op(Op.MAX, value, low), high)


def _triangular(b: Builder, call: Call, low: int, high: int, start: int, peak: int, stop: int) -> int:
    """Return a triangular draw within bounds, by its quantile."""
    whole, rising = b.op(Op.SUB, stop, start), b.op(Op.SUB, peak, start)
    falling = b.op(Op.SUB, stop, peak)
    # a peak at the stop has nothing behind it: 0 of 0 is 0
    behind = b.op(Op.MAX, b.op(Op.MUL, whole, falling), b.const(1e-300))

    def share(x: int) -> int:
        x = b.op(Op.MIN, b.op(Op.MAX, x, start), stop)
        up, down = b.op(Op.SUB, x, start), b.op(Op.SUB, stop, x)
        left = b.op(Op.DIV, b.op(Op.MUL, up, up), b.op(Op.MUL, whole, rising))
        gone = b.op(Op.DIV, b.op(Op.MUL, down, down), behind)
        return b.op(Op.SELECT, b.op(Op.LT, x, peak), left, b.op(Op.SUB, b.const(1.0), gone))

    below = share(low)
    u = b.op(Op.ADD, below, b.op(Op.MUL, b.op(Op.SUB, share(high), below), b.random(call, 0)))
    left = b.op(Op.ADD, start, b.op(Op.SQRT, b.op(Op.MUL, u, b.op(Op.MUL, whole, rising))))
    rest = b.op(Op.SUB, b.const(1.0), u)
    right = b.op(Op.SUB, stop, b.op(Op.SQRT, b.op(Op.MUL, rest, b.op(Op.MUL, whole, falling))))
    before = b.op(Op.LT, u, b.op(Op.DIV, rising, whole))
    return b.op(Op.SELECT, before, left, right)


def _poisson(b: Builder, call: Call, mean: int) -> int:
    """Return a Poisson draw by its distribution function; above mean 50, a rounded normal draw."""
    u, zero = b.random(call, 0), b.const(0.0)
    few = b.op(Op.MIN, mean, b.const(50.0))
    term = b.op(Op.EXP, b.op(Op.NEG, few))
    share, count = term, b.op(Op.GT, u, term)
    for k in range(1, 120):
        term = b.op(Op.MUL, term, b.op(Op.DIV, few, b.const(float(k))))
        share = b.op(Op.ADD, share, term)
        count = b.op(Op.ADD, count, b.op(Op.GT, u, share))
    spread = b.op(Op.MUL, b.op(Op.SQRT, b.op(Op.MAX, mean, zero)), _quantile(b, u))
    many = b.op(Op.FLOOR, b.op(Op.ADD, b.op(Op.ADD, mean, spread), b.const(0.5)))
    return b.op(Op.SELECT, b.op(Op.GT, mean, b.const(50.0)), many, count)


DRAWN: dict[str, Made] = {
    "RANDOM": drawn(_random),
    "NORMAL": drawn(_normal),
    "LOGNORMAL": drawn(_lognormal),
    "EXPRND": drawn(_exponential),
    "POISSON": drawn(_poisson),
    "RANDOM_NORMAL": drawn(normal_within),
    "RANDOM_EXPONENTIAL": drawn(_exponential_within),
    "RANDOM_WEIBULL": drawn(_weibull_within),
    "RANDOM_TRIANGULAR": drawn(_triangular),
}
