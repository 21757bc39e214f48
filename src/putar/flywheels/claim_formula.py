"""The formulas of claims: what they mean in units, and their value over draws or members.

A formula is an expression of the model language over facts, given numbers and the outputs of runs. All
numbers come in base units, so that facts in different units of one kind can be mixed; what is left to
check is whether kinds agree. A run's output is a path, [time, draw]; the functions of PATHS take a path
to one number a draw, [draw]. A formula that ends as a path says nothing and is refused.

Means and shares of time are taken over the rows from the first date up to, not including, the second:
what Euler's method sums. Between rows a path is straight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from putar.errors import nearest
from putar.language.expr import All, Binary, Call, Expr, If, Name, Number, Others, Unary, walk
from putar.language.units import DIMENSIONLESS, Unit

__all__ = [
    "FormulaError",
    "Measure",
    "Path",
    "Value",
    "evaluate",
    "measure",
    "reference",
    "references",
    "spans",
]

Array = NDArray[np.float64]
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")


class FormulaError(Exception):
    """A formula is wrong at one node: what, and what would put it right. `unit` tells unit errors apart."""

    def __init__(self, what: str, at: int, width: int, fix: str, unit: bool = False) -> None:
        super().__init__(what, at, width, fix, unit)
        self.what, self.at, self.width, self.fix, self.unit = what, at, width, fix, unit


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A quantity over time: times [time] and values [time, draw], in base units."""

    times: Array
    values: Array


Value = Array | Path


@dataclass(frozen=True, slots=True)
class Measure:
    """What a part of a formula counts (None: a zero, which fits anything), and whether it is a path."""

    unit: Unit | None
    path: bool = False


def reference(name: Name) -> str:
    """Return the key a reference is looked up by: `base.users.users[openai]`."""
    for subscript in name.subscripts:
        if isinstance(subscript, All | Others):
            raise _error(name, f"{name.name} stands for several elements", "name one element in the brackets")
    inside = ",".join(str(getattr(subscript, "name", "")) for subscript in name.subscripts)
    return f"{name.name}[{inside}]" if inside else name.name


def references(expr: Expr) -> dict[str, Name]:
    """Return the references of a formula by key, in reading order."""
    return {reference(node): node for node in walk(expr) if isinstance(node, Name)}


def spans(expr: Expr) -> tuple[tuple[float, float], ...] | None:
    """Return the times, from and to, at which a formula reads its paths; None where it may read all."""
    found: list[tuple[float, float]] = []
    for node in walk(expr):
        if isinstance(node, Call) and node.function in PATHS:
            dates = [date.value for date in node.args[1:] if isinstance(date, Number)]
            if len(dates) != len(node.args) - 1 or len(dates) + 1 < PATHS[node.function][1]:
                return None
            found.append((dates[0], dates[-1]))
    return tuple(found)


def _error(node: Expr, what: str, fix: str, unit: bool = False) -> FormulaError:
    return FormulaError(what, node.at, node.width, fix, unit)


# units ---------------------------------------------------------------------------------------


def measure(expr: Expr, known: Mapping[str, Measure], time: Unit) -> Measure:
    """Return what a formula counts.

    Parameters
    ----------
    known : what each reference counts, by key
    time : the unit of time

    Raises
    ------
    FormulaError
        At the first node where units of different kinds meet, or a function gets what it cannot take.
    """
    match expr:
        case Number(value=value):
            return Measure(None if value == 0 else DIMENSIONLESS)
        case Name():
            return known[reference(expr)]
        case Unary(op="NOT", operand=operand):
            return Measure(DIMENSIONLESS, measure(operand, known, time).path)
        case Unary(operand=operand):
            return measure(operand, known, time)
        case If(condition=condition, then=then, otherwise=otherwise):
            parts = [measure(part, known, time) for part in (condition, then, otherwise)]
            unit = _same(otherwise, parts[1].unit, parts[2].unit)
            return Measure(unit, any(part.path for part in parts))
        case Binary(op=op, left=left, right=right):
            one, two = measure(left, known, time), measure(right, known, time)
            return Measure(_operated(expr, op, one.unit, two.unit), one.path or two.path)
        case Call(function=function, args=args):
            return _called(expr, function, [measure(arg, known, time) for arg in args], time)


def _kind(unit: Unit | None) -> object:
    return unit.powers if unit is not None else ()


def _same(node: Expr, one: Unit | None, two: Unit | None) -> Unit | None:
    if one is None or two is None:
        return one or two
    if one.powers != two.powers:
        what = f"{_shown(one)} meets {_shown(two)}"
        raise _error(node, what, "compare and add only what counts the same", unit=True)
    return one


def _shown(unit: Unit) -> str:
    return "a plain number" if not unit.powers else Unit(powers=unit.powers).text()


def _operated(node: Binary, op: str, one: Unit | None, two: Unit | None) -> Unit | None:
    if op in ("AND", "OR"):
        return DIMENSIONLESS
    if op == "*":
        return None if one is None or two is None else one * two
    if op == "/":
        return None if one is None else one / (two or DIMENSIONLESS)
    if op == "^":
        if _kind(two):
            raise _error(node.right, f"the power has the unit {_shown(two or DIMENSIONLESS)}", "", unit=True)
        if not _kind(one):
            return DIMENSIONLESS
        if not isinstance(node.right, Number):
            raise _error(
                node.right, "a quantity with a unit needs a written power", "write 2, or 0.5", unit=True
            )
        return (one or DIMENSIONLESS) ** Fraction(node.right.value).limit_denominator(50)
    unit = _same(node.right, one, two)
    return DIMENSIONLESS if op in COMPARISONS else unit


def _called(node: Call, function: str, args: list[Measure], time: Unit) -> Measure:
    if function in PATHS:
        least, most, way, _ = PATHS[function]
        _count(node, len(args), least, most)
        if not args[0].path:
            fix = "give it a run's output, such as base.money.run_rate, or an expression of some"
            raise _error(node.args[0], f"{function} needs a path over time", fix)
        for date, given in zip(node.args[1:], args[1:], strict=True):
            if given.path or _kind(given.unit) not in ((), time.powers):
                raise _error(date, f"{function} needs a date here", "write it as 2026.5", unit=not given.path)
        of = args[0].unit
        if way == "times time":
            return Measure(None if of is None else of * time)
        return Measure(
            {"same": of, "per time": DIMENSIONLESS / time, "none": DIMENSIONLESS, "time": time}[way]
        )
    if function not in PLAIN:
        near = nearest(function, [*PATHS, *PLAIN])
        known = ", ".join([*PATHS, *PLAIN])
        fix = f"did you mean {near}?" if near else f"one of: {known}"
        raise _error(node, f"unknown function {function}", fix)
    least, most, keeps, _ = PLAIN[function]
    _count(node, len(args), least, most)
    path = any(arg.path for arg in args)
    if keeps == "same":
        unit: Unit | None = None
        for part, arg in zip(node.args, args, strict=True):
            unit = _same(part, unit, arg.unit)
        return Measure(unit, path)
    if keeps == "root":
        return Measure(None if args[0].unit is None else args[0].unit ** Fraction(1, 2), path)
    for part, arg in zip(node.args, args, strict=True):
        if _kind(arg.unit):
            what = f"{function} of {_shown(arg.unit or DIMENSIONLESS)} has no meaning"
            raise _error(part, what, "divide by a quantity of the same kind first", unit=True)
    return Measure(DIMENSIONLESS, path)


def _count(node: Call, given: int, least: int, most: int) -> None:
    if not least <= given <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise _error(node, f"{node.function} has {given} arguments, not {wanted}", f"give {wanted}")


# values --------------------------------------------------------------------------------------


def evaluate(expr: Expr, values: Mapping[str, Value]) -> Value:
    """Return a formula's value in base units, [draw] or a number, or a Path.

    Nothing raises for numbers: x/0 is infinite, roots and logarithms of negatives are not-a-number.
    """
    with np.errstate(all="ignore"):
        return _value(expr, values)


def _value(expr: Expr, values: Mapping[str, Value]) -> Value:
    match expr:
        case Number(value=value):
            return np.asarray(value)
        case Name():
            return values[reference(expr)]
        case Unary(op=op, operand=operand):
            inner = _value(operand, values)
            if op == "+":
                return inner
            return _mapped(lambda a: 1.0 * (a == 0) if op == "NOT" else -a, inner)
        case Binary(op=op, left=left, right=right):
            return _mapped(OPERATORS[op], _value(left, values), _value(right, values))
        case If(condition=condition, then=then, otherwise=otherwise):
            parts = [_value(part, values) for part in (condition, then, otherwise)]
            return _mapped(lambda c, a, b: np.where(c != 0, a, b), *parts)
        case Call(function=function, args=args) if function in PATHS:
            path = _value(args[0], values)
            assert isinstance(path, Path)
            dates = [_date(_value(arg, values)) for arg in args[1:]]
            return PATHS[function][3](path, *dates)
        case Call(function=function, args=args):
            return _mapped(PLAIN[function][3], *[_value(arg, values) for arg in args])


def _mapped(function: Callable[..., Any], *parts: Value) -> Value:
    """Apply to numbers, or row by row where a part is a path; all paths share their times."""
    paths = [part for part in parts if isinstance(part, Path)]
    if not paths:
        return np.asarray(function(*parts), dtype=np.float64)
    times = paths[0].times
    rows: list[Array] = []
    for part in parts:
        if not isinstance(part, Path):
            rows.append(part)
        elif len(part.times) == len(times) and (part.times == times).all():
            rows.append(part.values)
        else:
            rows.append(_at_rows(part, times))
    found = np.asarray(function(*rows), dtype=np.float64)
    return Path(times, np.broadcast_to(found, (len(times), found.shape[-1] if found.ndim > 1 else 1)))


def _at_rows(path: Path, times: Array) -> Array:
    """Return a path at another path's times, [time, draw]; held beyond its ends."""
    return np.stack([at(path, time) for time in np.clip(times, path.times[0], path.times[-1])])


def _date(value: Value) -> float:
    assert not isinstance(value, Path)
    return float(np.ravel(value)[0])


OPERATORS: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": np.power,
    "MOD": np.mod,
    "=": lambda a, b: 1.0 * (a == b),
    "<>": lambda a, b: 1.0 * (a != b),
    "<": lambda a, b: 1.0 * (a < b),
    "<=": lambda a, b: 1.0 * (a <= b),
    ">": lambda a, b: 1.0 * (a > b),
    ">=": lambda a, b: 1.0 * (a >= b),
    "AND": lambda a, b: 1.0 * ((a != 0) & (b != 0)),
    "OR": lambda a, b: 1.0 * ((a != 0) | (b != 0)),
}


def at(path: Path, date: float) -> Array:
    """Return a path's value at a date, [draw]; not-a-number outside its times."""
    times, values = path.times, path.values
    slack = 1e-9 * max(1.0, abs(date))
    if not times[0] - slack <= date <= times[-1] + slack:
        return np.full(values.shape[1], np.nan)
    after = int(np.clip(np.searchsorted(times, date - slack), 1, max(1, len(times) - 1)))
    if len(times) == 1:
        return np.asarray(values[0], dtype=np.float64)
    share = min(1.0, max(0.0, float((date - times[after - 1]) / (times[after] - times[after - 1]))))
    if share in (0.0, 1.0):  # exactly a row: a gap beside it must not leak in
        return np.asarray(values[after - 1 + int(share)], dtype=np.float64)
    return np.asarray(values[after - 1] + share * (values[after] - values[after - 1]), dtype=np.float64)


def _rows(path: Path, start: float, stop: float) -> Array:
    """Return the rows from a date up to, not including, another; the row of the date if there is none."""
    inside = (path.times >= start - 1e-9) & (path.times < stop - 1e-9)
    if start < path.times[0] - 1e-9 or stop > path.times[-1] + 1e-9:
        return np.full((1, path.values.shape[1]), np.nan)
    return path.values[inside] if inside.any() else at(path, start)[None, :]


def _mean(path: Path, start: float, stop: float) -> Array:
    return np.asarray(_rows(path, start, stop).mean(axis=0))


def _growth(path: Path, start: float, stop: float) -> Array:
    return np.asarray(np.log(at(path, stop) / at(path, start)) / (stop - start))


def _extreme(largest: bool) -> Callable[..., Array]:
    def extreme(path: Path, start: float = -np.inf, stop: float = np.inf) -> Array:
        """Return the extreme from a date to another, both included."""
        inside = (path.times >= start - 1e-9) & (path.times <= stop + 1e-9)
        values = path.values[inside]
        if not len(values):
            return np.full(path.values.shape[1], np.nan)
        return np.asarray(values.max(axis=0) if largest else values.min(axis=0))

    return extreme


def _date_of(last: bool) -> Callable[..., Array]:
    def date_of(path: Path, start: float = -np.inf, stop: float = np.inf) -> Array:
        """Return the first or last time at which a condition holds; not-a-number where it never does."""
        inside = (path.times >= start - 1e-9) & (path.times <= stop + 1e-9)
        times, rows = path.times[inside], path.values[inside] != 0
        if last:
            times, rows = times[::-1], rows[::-1]
        if not len(times):
            return np.full(path.values.shape[1], np.nan)
        return np.asarray(np.where(rows.any(axis=0), times[rows.argmax(axis=0)], np.nan))

    return date_of


# name: least and most arguments (the path, then dates), the unit's way from the path's, what it does
PATHS: dict[str, tuple[int, int, str, Callable[..., Array]]] = {
    "AT": (2, 2, "same", at),
    "MEAN": (3, 3, "same", _mean),
    "INTEGRAL": (3, 3, "times time", lambda path, start, stop: _mean(path, start, stop) * (stop - start)),
    "GROWTH": (3, 3, "per time", _growth),
    "LOWEST": (1, 3, "same", _extreme(largest=False)),
    "HIGHEST": (1, 3, "same", _extreme(largest=True)),
    "FIRST": (1, 3, "time", _date_of(last=False)),
    "LAST": (1, 3, "time", _date_of(last=True)),
    "SHARE_OF_TIME": (3, 3, "none", lambda path, *dates: np.asarray((_rows(path, *dates) != 0).mean(axis=0))),
}

# name: least and most arguments, what it needs of units (same, root of it, none), what it does
PLAIN: dict[str, tuple[int, int, str, Callable[..., Array]]] = {
    "ABS": (1, 1, "same", np.abs),
    "MIN": (2, 9, "same", lambda *args: np.min(np.broadcast_arrays(*args), axis=0)),
    "MAX": (2, 9, "same", lambda *args: np.max(np.broadcast_arrays(*args), axis=0)),
    "SQRT": (1, 1, "root", np.sqrt),
    "EXP": (1, 1, "none", np.exp),
    "LN": (1, 1, "none", np.log),
    "LOG10": (1, 1, "none", np.log10),
}
