"""Tables in the forms that a target knows: log curves as exponentials, steps as mirrored tables, and so on.

A table that a target cannot say as it is gets another one beside it, with other points, and a formula that
reads it. The formulas are those by which the engine reads such tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate, pairwise

from putar.formats.vensim_translate import literal
from putar.formats.writing.rewrite import Context, Words, negative
from putar.language.expr import Binary, Call, Expr, If, Index, Name, Number, Unary
from putar.language.model import NOT_AVAILABLE, Points, Variable

__all__ = ["TABLES", "in_place", "looked_up", "read_curve"]

MOST_PIECES = 100


def _mirror(points: Points) -> Points:
    xs, ys = tuple(-x for x in reversed(points.xs)), tuple(reversed(points.ys))
    return Points(xs, ys, "step")


def _slopes(points: Points) -> tuple[float, ...]:
    pairs = pairwise(zip(points.xs, points.ys, strict=True))
    found = [0.0 if x0 == x1 else (y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairs]
    return (*found, found[-1] if found else 0.0)


def _areas(points: Points) -> tuple[float, ...]:
    areas = [0.0]
    for (x0, y0), (x1, y1) in pairwise(zip(points.xs, points.ys, strict=True)):
        areas.append(areas[-1] + (x1 - x0) * (y0 + y1) / 2.0)
    return tuple(areas)


def _inverted(points: Points) -> Points:
    pairs = sorted(zip(points.ys, points.xs, strict=True))
    return Points(tuple(y for y, _ in pairs), tuple(x for _, x in pairs))


def _level(points: Points, value: float) -> Points:
    return Points(points.xs, (value,) * len(points.xs), "linear", "hold")


# another table made of one: by the word that its name gets
_MADE: dict[str, Callable[[Points], Points]] = {
    "table": lambda p: p,
    "line": lambda p: Points(p.xs, p.ys, "linear", "hold"),
    "on": lambda p: Points(p.xs, p.ys, "linear", "extrapolate"),
    "log": lambda p: Points(p.xs, tuple(math.log(y) for y in p.ys), "linear", p.outside),
    "next": _mirror,
    "step": lambda p: Points(p.xs, p.ys, "step"),
    "places": lambda p: Points(p.xs, p.xs, "step"),
    "slopes": lambda p: Points(p.xs, _slopes(p), "step"),
    "falls": lambda p: Points(p.xs, (*_slopes(p)[:-1], 0.0), "step"),
    "areas": lambda p: Points(p.xs, _areas(p), "step"),
    "sums": lambda p: Points(p.xs, tuple(accumulate(p.ys)), "linear", "hold"),
    "start": lambda p: _level(p, p.xs[0]),
    "end": lambda p: _level(p, p.xs[-1]),
    "count": lambda p: _level(p, float(len(p.xs))),
    "total": lambda p: _level(p, math.fsum(p.ys)),
    "inverse": _inverted,
}


def all_points(curve: Variable) -> list[Points]:
    """Return all points of a curve."""
    return [*([curve.points] if curve.points else []), *(points for _, points in curve.element_points)]


def _made(words: Words, curve: Variable, word: str) -> str:
    """Return the name of the table that is made of a curve's, once."""
    key = (curve.name, word)
    if key not in words.known:
        name = words.known[key] = words.free_name(f"{curve.name}_{word}")
        make = _MADE[word]
        words.made.append(
            replace(
                curve,
                name=name,
                equation=None,
                elements=(),
                unit="",
                spelling="",
                points=make(curve.points) if curve.points else None,
                element_points=tuple((e, make(p)) for e, p in curve.element_points),
                reason=f"points of {curve.label}",
            )
        )
    return words.known[key]


class _Reader:
    """Reads one curve at given subscripts."""

    def __init__(self, words: Words, context: Context, table: Name) -> None:
        self.words, self.context, self.table = words, context, table
        self.curve = words.model[table.name.removeprefix(".")]
        self.ways = {(p.between, p.outside) for p in all_points(self.curve)}

    def plain(self, word: str, x: Expr) -> Call:
        """Return a made table at a value, in the target's own way to read such points."""
        made = self.curve
        own = word == "table" and self.curve.equation is None and not self.curve.elements
        name = self.curve.name if own else _made(self.words, self.curve, word)
        points = _MADE[word](all_points(made)[0])
        call = "LOOKUP"
        if (points.between, points.outside) not in self.words.target.curves:
            if points.between == "step":
                call = "LOOKUP_BACKWARD"
            elif points.outside == "extrapolate":
                call = "LOOKUP_EXTRAPOLATE"
        return Call(call, (Name(f".{name}", self.table.subscripts), x))

    def declared(self, x: Expr) -> Expr:
        """Return the curve at a value, as it is declared."""
        if len(self.ways) > 1:
            what = "that its elements' tables are read in different ways"
            self.words.lost(what, self.curve.name, "all are read as the first")
        way = next(iter(self.ways)) if len(self.ways) == 1 else ("linear", "hold")
        if way in self.words.target.curves or way[0] in ("linear", "step"):
            return self.plain("table", x)
        if way[0] == "log":
            return Call("EXP", (self.plain("log", x),))
        if way[0] == "next":
            return self.following(x)
        return self.raw(x)

    def following(self, x: Expr) -> Expr:
        """Return the value of the next point."""
        if "LOOKUP_FORWARD" in self.words.target.functions:
            return Call("LOOKUP_FORWARD", (self.plain("line", x).args[0], x))
        return self.plain("next", Unary("-", x))

    def raw(self, x: Expr) -> Expr:
        """Return the value at a point, and what stands for no value elsewhere."""
        x = self.words.let(self.context, x, "at")
        late = Binary("+", x, Binary("*", Number(1e-6), Name("dt")))
        gap = Call("ABS", (Binary("-", x, self.plain("places", late)),))
        near = Binary("<", gap, Binary("*", Number(1e-5), Name("dt")))
        return If(near, self.plain("step", late), Unary("-", Number(-NOT_AVAILABLE)))

    def within(self, x: Expr, value: Expr) -> Expr:
        """Return a value from the first point to the last, and what stands for no value elsewhere."""
        near = Binary("*", Number(1e-6), Name("dt"))
        begun = Binary(">=", x, Binary("-", self.plain("start", x), near))
        inside = Binary("AND", begun, Binary("<=", x, Binary("+", self.plain("end", x), near)))
        return If(inside, value, Unary("-", Number(-NOT_AVAILABLE)))

    def inverse(self, y: Expr) -> Expr | None:
        """Return the x at which the curve first has a value."""
        rising = all(all(a < b for a, b in pairwise(p.ys)) for p in all_points(self.curve))
        falling = all(all(a > b for a, b in pairwise(p.ys)) for p in all_points(self.curve))
        if rising or falling:
            return self.plain("inverse", y)
        (points, *others) = all_points(self.curve)
        if others or len(points.xs) > MOST_PIECES:
            return None
        y = self.words.let(self.context, y, "y")
        pairs = list(zip(points.xs, points.ys, strict=True))
        lowest, highest = min(pairs, key=lambda p: p[1]), max(pairs, key=lambda p: p[1])
        found: Expr = If(Binary("<", y, negative(lowest[1])), negative(lowest[0]), negative(highest[0]))
        for (x0, y0), (x1, y1) in reversed(list(pairwise(pairs))):
            if y0 == y1:
                found = If(Binary("=", y, negative(y0)), negative(x0), found)
                continue
            low, high = min(y0, y1), max(y0, y1)
            here = Binary("AND", Binary(">=", y, negative(low)), Binary("<=", y, negative(high)))
            part = Binary("*", Binary("-", y, negative(y0)), negative((x1 - x0) / (y1 - y0)))
            found = If(here, Binary("+", negative(x0), part), found)
        return found

    def area(self, x: Expr) -> Expr:
        """Return the area below the curve, its ends held, from its first x on."""
        x = self.words.let(self.context, x, "x")
        on = self.words.let(self.context, Binary("-", x, self.plain("places", x)), "on")
        rise = Binary("*", self.plain("falls", x), Binary("*", on, Number(0.5)))
        height = Binary("+", self.plain("step", x), rise)
        inside = Binary("+", self.plain("areas", x), Binary("*", on, height))
        first = {p.xs[0] for p in all_points(self.curve)}
        if len(first) > 1:
            self.words.lost(
                "the area before the first point", self.context.variable.name, "tables start apart"
            )
        (points, *_) = all_points(self.curve)
        start = self.plain("step", negative(points.xs[0]))
        before = Binary("*", start, Binary("-", x, negative(points.xs[0])))
        return If(Binary("<", x, negative(points.xs[0])), before, inside)


def _invert(words: Words, context: Context, call: Call, table: Name) -> Expr:
    return _Reader(words, context, table).inverse(call.args[1]) or call


def _area(words: Words, context: Context, call: Call, table: Name) -> Expr:
    reader = _Reader(words, context, table)
    return Binary("-", reader.area(call.args[2]), reader.area(call.args[1]))


def _between(words: Words, context: Context, call: Call, table: Name) -> Expr:
    reader = _Reader(words, context, table)
    x = words.let(context, call.args[1], "at")
    mode = words.let(context, call.args[2], "mode")
    back = If(Binary("<=", mode, negative(-1.0)), reader.plain("step", x), reader.plain("line", x))
    return reader.within(x, If(Binary(">=", mode, Number(1.0)), reader.following(x), back))


def _at(words: Words, context: Context, call: Call, table: Name) -> Expr:
    reader = _Reader(words, context, table)
    x = words.let(context, call.args[1], "at")
    return reader.within(x, reader.declared(x))


def _read(word: str) -> Callable[[Words, Context, Call, Name], Expr]:
    def read(words: Words, context: Context, call: Call, table: Name) -> Expr:
        return _Reader(words, context, table).plain(word, call.args[1])

    return read


def _fact(word: str) -> Callable[[Words, Context, Call, Name], Expr]:
    def read(words: Words, context: Context, call: Call, table: Name) -> Expr:  # noqa: ARG001 - as others
        return _Reader(words, context, table).plain(word, Number(0.0))

    return read


def _forward(words: Words, context: Context, call: Call, table: Name) -> Expr:
    return _Reader(words, context, table).following(call.args[1])


def in_place(words: Words, context: Context, call: Call) -> Expr | None:
    """Return a table in place as a table with a name and an input of its own."""
    numbers = [literal(argument) for argument in call.args[1:]]
    given = tuple(value for value in numbers if value is not None)
    if len(given) < len(numbers) or len(given) % 2:
        return None
    points = Points(given[::2], given[1::2])
    return words.add(context, words.helper_name(context, "points"), "curve", call.args[0], points=points)


TABLES: dict[str, Callable[[Words, Context, Call, Name], Expr]] = {
    "LOOKUP_EXTRAPOLATE": _read("on"),
    "LOOKUP_BACKWARD": _read("step"),
    "LOOKUP_FORWARD": _forward,
    "LOOKUP_SLOPE": _read("slopes"),
    "LOOKUP_INVERT": _invert,
    "LOOKUP_AREA": _area,
    "DATA_AT": _at,
    "DATA_BETWEEN": _between,
    "DATA_CUMULATED": _read("sums"),
    "DATA_FIRST_TIME": _fact("start"),
    "DATA_LAST_TIME": _fact("end"),
    "DATA_COUNT": _fact("count"),
    "DATA_TOTAL": _fact("total"),
}


def looked_up(words: Words, context: Context, call: Call) -> Expr:
    """Return a call that reads a table, in the target's words."""
    table = call.args[0]
    if not isinstance(table, Name):
        return call
    curve = words.model.by_name.get(table.name.removeprefix("."))
    if curve is None or curve.kind != "curve":  # one that was made here
        return call
    if call.function == "LOOKUP":
        return _Reader(words, context, table).declared(call.args[1])
    own = curve.equation is None and not curve.elements
    plain = {(p.between, p.outside) for p in all_points(curve)} <= {("linear", "hold")}
    if words.target.says(call) and (plain or call.function != "DATA_AT"):  # that one minds its own way
        return call if own and plain else replace(call, args=(_own(words, curve, table), *call.args[1:]))
    return TABLES[call.function](words, context, call, table)


def _own(words: Words, curve: Variable, table: Name) -> Name:
    return Name(f".{_made(words, curve, 'line')}", table.subscripts)


def _logarithm(words: Words, context: Context, input_expr: Expr) -> Expr:
    """Return a log curve's logarithm, as a table with the curve's own input."""
    curve = context.variable
    if context.over:
        name = words.helper_name(context, "log")
        make = _MADE["log"]
        points = make(curve.points) if curve.points else None
        tables = tuple((e, make(p)) for e, p in curve.element_points)
        return words.add(context, name, "curve", input_expr, points=points, element_points=tables)
    points = dict(curve.element_points).get(context.elements, curve.points)
    assert points is not None  # check() has seen to it
    made = _MADE["log"](points)
    return words.add(context, words.helper_name(context, "log"), "curve", input_expr, points=made)


def read_curve(words: Words, context: Context, input_expr: Expr) -> Expr | None:
    """Return what a curve with an input is, where the target cannot say it as a table; else None."""
    curve = context.variable
    if {(p.between, p.outside) for p in all_points(curve)} <= words.target.curves:
        return None
    if {p.between for p in all_points(curve)} == {"log"}:
        return Call("EXP", (_logarithm(words, context, input_expr),))
    subscripts = context.subscripts if context.over else tuple(Index(e) for e in context.elements)
    reader = _Reader(words, context, Name(f".{curve.name}", subscripts))
    return reader.declared(input_expr)
