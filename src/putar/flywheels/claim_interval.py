"""What a formula can be at all while every number stays in its range: interval arithmetic.

Ends are rounded outward, so the true range is inside the one that is given. A number that stands twice
in a formula is treated as if it could differ between its two places; a few such cases are simplified
first, and for the rest the answer is wider than it need be and says so.

Source: Moore, Kearfott, Cloud (2009), Introduction to Interval Analysis, SIAM, chapters 2 and 5.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from putar.flywheels.claim_formula import reference
from putar.language.expr import Binary, Call, Expr, Name, Number, Unary, walk

__all__ = ["Interval", "NoInterval", "interval", "simplified"]


class NoInterval(Exception):
    """No interval can be given: says why."""


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from low to high; not tight when the true range may be narrower."""

    low: float
    high: float
    tight: bool = True


def interval(expr: Expr, ranges: Mapping[str, tuple[float, float]]) -> Interval:
    """Return an interval that holds every value a formula can take.

    Parameters
    ----------
    ranges : low and high of each reference, by key

    Raises
    ------
    NoInterval
        If a function has no interval form, or a divisor's range holds 0.
    """
    formula = simplified(expr, ranges)
    low, high = _ends(formula, ranges)
    times = Counter(reference(node) for node in walk(formula) if isinstance(node, Name))
    tight = all(count == 1 or ranges[key][0] == ranges[key][1] for key, count in times.items())
    return Interval(low, high, tight)


def simplified(expr: Expr, ranges: Mapping[str, tuple[float, float]]) -> Expr:
    """Return the formula with x - x as 0 and x / x as 1, where x cannot be 0."""
    match expr:
        case Unary(operand=operand):
            return replace(expr, operand=simplified(operand, ranges))
        case Call(args=args):
            return replace(expr, args=tuple(simplified(arg, ranges) for arg in args))
        case Binary(op=op, left=left, right=right):
            one, two = simplified(left, ranges), simplified(right, ranges)
            if one == two and op == "-":
                return Number(0.0)
            if one == two and op == "/":
                low, high = _ends(two, ranges)
                if low > 0 or high < 0:
                    return Number(1.0)
            return replace(expr, left=one, right=two)
        case _:
            return expr


def _ends(expr: Expr, ranges: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    match expr:
        case Number(value=value):
            return value, value
        case Name():
            if reference(expr) not in ranges:
                raise NoInterval("a path over time has none")
            return ranges[reference(expr)]
        case Unary(op="+", operand=operand):
            return _ends(operand, ranges)
        case Unary(op="-", operand=operand):
            low, high = _ends(operand, ranges)
            return -high, -low
        case Binary(op=op, left=left, right=right):
            return _operated(op, _ends(left, ranges), _ends(right, ranges))
        case Call(function=function, args=args):
            return _called(function, [_ends(arg, ranges) for arg in args])
        case _:
            raise NoInterval("a condition has no interval")


def _operated(op: str, one: tuple[float, float], two: tuple[float, float]) -> tuple[float, float]:
    if op == "+":
        return _outward(one[0] + two[0], one[1] + two[1])
    if op == "-":
        return _outward(one[0] - two[1], one[1] - two[0])
    if op == "*":
        return _corners([a * b for a in one for b in two])
    if op == "/":
        if two[0] <= 0 <= two[1]:
            raise NoInterval("a divisor may be 0")
        return _corners([a / b for a in one for b in two])
    if op == "^":
        return _power(one, two)
    raise NoInterval("a condition has no interval")


def _power(one: tuple[float, float], two: tuple[float, float]) -> tuple[float, float]:
    whole = two[0] == two[1] and two[0] == int(two[0])
    if one[0] <= 0 and not (whole and two[0] >= 0):
        raise NoInterval("a power of what may be 0 or negative")
    try:
        corners = [a**b for a in one for b in two]
    except OverflowError:
        raise NoInterval("a power too large for a number") from None
    if one[0] < 0 < one[1] and two[0] % 2 == 0:
        corners.append(0.0)
    return _corners(corners)


def _called(function: str, args: list[tuple[float, float]]) -> tuple[float, float]:
    low, high = args[0]
    if function == "MIN":
        return min(a[0] for a in args), min(a[1] for a in args)
    if function == "MAX":
        return max(a[0] for a in args), max(a[1] for a in args)
    if function == "ABS":
        return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
    if function == "EXP":
        try:
            return _outward(math.exp(low), math.exp(high))
        except OverflowError:
            raise NoInterval("an exponential too large for a number") from None
    if function in ("LN", "LOG10", "SQRT"):
        if low < 0 or (low == 0 and function != "SQRT"):
            raise NoInterval(f"{function} of what may be 0 or negative")
        apply = {"LN": math.log, "LOG10": math.log10, "SQRT": math.sqrt}[function]
        return _outward(apply(low), apply(high))
    raise NoInterval(f"{function} has no interval")


def _corners(values: list[float]) -> tuple[float, float]:
    return _outward(min(values), max(values))


def _outward(low: float, high: float) -> tuple[float, float]:
    """Return the next numbers outside: library functions are right to within one of them."""
    if math.isnan(low) or math.isnan(high):
        raise NoInterval("numbers too large")
    return math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
