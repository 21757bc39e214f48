"""Built-ins that draw whole numbers: Poisson, binomial, trials until successes, each within bounds.

The chances of 0, 1, 2 and so on follow from one another; the draw is the quantile of a share between the
shares of the bounds, which has the distribution that drawing again until the bounds hold has. Where a
mean is above 50, the draw is a rounded normal one within the same bounds.

Source: Devroye (1986), Non-Uniform Random Variate Generation, sections X.3 to X.5; the names and the
order of arguments: Vensim Help, "RANDOM Number Functions".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from putar.engine.builder import Builder, Made, total
from putar.engine.expand_random import drawn, normal_within
from putar.engine.ir import Op
from putar.language.expr import Call

__all__ = ["COUNTED"]

TERMS = 120
MANY = 50.0


@dataclass(frozen=True, slots=True)
class _Law:
    """The chances of whole numbers: of 0, of the next one from one and its number; mean and variance."""

    first: int
    following: Callable[[int, int], int]
    mean: int
    variance: int


def _counted(b: Builder, call: Call, law: _Law, low: int, high: int, shift: int, stretch: int) -> int:
    """Return shift + stretch k, with k drawn by a law, within bounds."""

    def value(k: int) -> int:
        return b.op(Op.ADD, shift, b.op(Op.MUL, stretch, b.const(float(k))))

    term = law.first
    shares, below, inside = [term], [], []
    for k in range(TERMS):
        if k:
            term = law.following(term, k)
            shares.append(b.op(Op.ADD, shares[-1], term))
        below.append(b.op(Op.MUL, term, b.op(Op.LT, value(k), low)))
        fits = b.op(Op.AND, b.op(Op.GE, value(k), low), b.op(Op.LE, value(k), high))
        inside.append(b.op(Op.MUL, term, fits))
    share = b.op(Op.ADD, total(b, below), b.op(Op.MUL, total(b, inside), b.random(call, 0)))
    count = total(b, [b.op(Op.GT, share, one) for one in shares])
    few = b.op(Op.ADD, shift, b.op(Op.MUL, stretch, count))
    middle = b.op(Op.ADD, shift, b.op(Op.MUL, stretch, law.mean))
    spread = b.op(Op.MUL, b.op(Op.ABS, stretch), b.op(Op.SQRT, b.op(Op.MAX, law.variance, b.const(0.0))))
    many = normal_within(b, call, low, high, middle, spread)
    steps = b.op(Op.FLOOR, b.op(Op.ADD, b.op(Op.DIV, b.op(Op.SUB, many, shift), stretch), b.const(0.5)))
    many = b.op(Op.ADD, shift, b.op(Op.MUL, stretch, steps))
    found = b.op(Op.SELECT, b.op(Op.GT, law.mean, b.const(MANY)), many, few)
    return b.op(Op.MIN, b.op(Op.MAX, found, low), high)


def _poisson(b: Builder, call: Call, low: int, high: int, mean: int, shift: int, stretch: int) -> int:
    few = b.op(Op.MIN, mean, b.const(MANY))

    def following(term: int, k: int) -> int:
        return b.op(Op.MUL, term, b.op(Op.DIV, few, b.const(float(k))))

    law = _Law(b.op(Op.EXP, b.op(Op.NEG, few)), following, mean, mean)
    return _counted(b, call, law, low, high, shift, stretch)


def _binomial(
    b: Builder, call: Call, low: int, high: int, chance: int, trials: int, shift: int, stretch: int
) -> int:
    one = b.const(1.0)
    chance = b.op(Op.MIN, b.op(Op.MAX, chance, b.const(0.0)), one)
    trials = b.op(Op.FLOOR, b.op(Op.ADD, trials, b.const(0.5)))
    fails = b.op(Op.SUB, one, chance)
    odds = b.op(Op.DIV, chance, fails)
    mean = b.op(Op.MUL, trials, chance)

    def following(term: int, k: int) -> int:
        left = b.op(Op.MAX, b.op(Op.SUB, trials, b.const(float(k - 1))), b.const(0.0))
        return b.op(Op.MUL, term, b.op(Op.MUL, odds, b.op(Op.DIV, left, b.const(float(k)))))

    law = _Law(b.op(Op.POW, fails, trials), following, mean, b.op(Op.MUL, mean, fails))
    drawn_one = _counted(b, call, law, low, high, shift, stretch)
    all_of_them = b.op(Op.ADD, shift, b.op(Op.MUL, stretch, trials))
    return b.op(Op.SELECT, b.op(Op.GE, chance, one), all_of_them, drawn_one)


def _negative_binomial(
    b: Builder, call: Call, low: int, high: int, chance: int, successes: int, shift: int, stretch: int
) -> int:
    """Return how many trials it takes to succeed so often, at least as many as successes."""
    one = b.const(1.0)
    fails = b.op(Op.SUB, one, chance)
    mean = b.op(Op.DIV, b.op(Op.MUL, successes, fails), chance)

    def following(term: int, k: int) -> int:
        more = b.op(Op.DIV, b.op(Op.ADD, successes, b.const(float(k - 1))), b.const(float(k)))
        return b.op(Op.MUL, term, b.op(Op.MUL, fails, more))

    law = _Law(b.op(Op.POW, chance, successes), following, mean, b.op(Op.DIV, mean, chance))
    on = b.op(Op.ADD, shift, b.op(Op.MUL, stretch, successes))
    return _counted(b, call, law, low, high, on, stretch)


COUNTED: dict[str, Made] = {
    "RANDOM_POISSON": drawn(_poisson),
    "RANDOM_BINOMIAL": drawn(_binomial),
    "RANDOM_NEGATIVE_BINOMIAL": drawn(_negative_binomial),
}
