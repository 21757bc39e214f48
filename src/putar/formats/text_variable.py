"""The indented lines of a variable in a `.putar` text: flows, points, ranges, elements.

Each line changes the variable a little; the reader applies them in order.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise

from putar.errors import ModelError, nearest
from putar.formats.text_lines import DETAILS, NUMBER, Line, Statement
from putar.language.expr import Binary, Expr, Number, Unary
from putar.language.model import STATUSES, Distribution, Equation, Parameter, Points, Variable
from putar.language.parse import canonical

__all__ = ["as_constant", "with_details"]

_PAIR = re.compile(rf"\s*\(\s*({NUMBER})\s*,\s*({NUMBER})\s*\)\s*,?")


def with_details(statement: Statement, variable: Variable) -> Variable:
    """Return the variable with everything its indented lines say."""
    return _Details(statement, variable).apply()


class _Details:
    """The indented lines of a variable, applied one by one."""

    def __init__(self, statement: Statement, variable: Variable) -> None:
        self.statement, self.variable = statement, variable
        self.between, self.outside = "linear", "hold"
        self.points: list[tuple[tuple[str, ...], tuple[tuple[float, float], ...]]] = []

    def apply(self) -> Variable:
        for line, at in self.statement.details():
            self._line(line, at)
        return self._with_points()

    def _line(self, line: Line, at: int) -> None:
        body = line.body[at:].rstrip()
        elements: tuple[str, ...] = ()
        if body.startswith("["):
            inside, closed, rest = body[1:].partition("]")
            if not closed:
                raise self.statement.error("the bracket is not closed", line, at, 1, "close it with ']'")
            elements = tuple(canonical(e) for e in inside.split(","))
            lead = len(rest) - len(rest.lstrip())
            at += len(inside) + 2 + lead
            body = rest.strip()
            if body.startswith("="):
                equation = self.statement.equation(line, at + 1)
                self._change(elements=(*self.variable.elements, (elements, equation)))
                return
        word, _, rest = body.partition(" ")
        if word == "nonnegative":
            self._change(nonnegative=True)
        elif word in ("inflow", "outflow"):
            names = tuple(n.strip() for n in rest.split(",") if n.strip())
            if not names:
                raise self.statement.error(f"{word} names no flow", line, at, len(word), f"{word} births")
            if word == "inflow":
                self._change(inflows=self.variable.inflows + names)
            else:
                self._change(outflows=self.variable.outflows + names)
        elif word == "points":
            self.points.append((elements, self._pairs(line, at + len(word))))
        elif word == "between":
            self.between = self._choice(line, at, word, rest, ("linear", "log", "step"))
        elif word == "outside":
            self.outside = self._choice(line, at, word, rest, ("hold", "extrapolate"))
        elif word == "status":
            self._parameter(elements, "status", self._choice(line, at, word, rest, STATUSES))
        elif word == "facts":
            facts = tuple(f.strip() for f in rest.split(",") if f.strip())
            self._parameter(elements, "facts", facts)
        elif word in ("range", "fitted", "distribution"):
            self._number_detail(elements, line, at, word, rest)
        else:
            fix = f"one of: {', '.join(DETAILS)}"
            raise self.statement.error(f"unknown line {word!r}", line, at, len(word), fix)

    def _change(self, **changes: object) -> None:
        self.variable = replace(self.variable, **changes)  # type: ignore[arg-type]

    def _choice(self, line: Line, at: int, word: str, rest: str, known: tuple[str, ...]) -> str:
        if rest.strip() in known:
            return rest.strip()
        near = nearest(rest.strip(), known)
        fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(known)}"
        raise self.statement.error(f"{word} cannot be {rest.strip()!r}", line, at, len(word), fix)

    def _pairs(self, line: Line, at: int) -> tuple[tuple[float, float], ...]:
        index = self.statement.lines.index(line)
        pairs: list[tuple[float, float]] = []
        here, body = line, " " * at + line.body[at:]
        while True:
            while match := _PAIR.match(body, at):
                pairs.append((float(match[1]), float(match[2])))
                at = match.end()
            if body[at:].strip():
                raise self.statement.error("this is not a point", here, at, 1, "points (x, y) (x, y)")
            index += 1
            following = self.statement.lines[index] if index < len(self.statement.lines) else None
            if following is None or not following.body.lstrip().startswith("("):
                break
            self.statement.used.add(following.number)
            here, body, at = following, following.body, 0
        if len(pairs) < 2:
            raise self.statement.error("a curve has two points or more", line, 0, 1, "points (0, 1) (1, 2)")
        if not all(math.isfinite(number) for pair in pairs for number in pair):
            raise self.statement.error("a point is not finite", line, 0, 1, "write numbers below 1e308")
        if any(b[0] < a[0] for a, b in pairwise(pairs)):
            raise self.statement.error("the points do not go up in x", line, 0, 1, "sort them by x")
        return tuple(pairs)

    def _parameter(self, elements: tuple[str, ...], key: str, value: object) -> None:
        if self.variable.kind != "constant":
            self._change(**{key: value})
            return
        given = dict(self.variable.element_parameters)
        old = given.get(elements) if elements else self.variable.parameter
        new = replace(old or Parameter(float("nan")), **{key: value})  # type: ignore[arg-type]
        if elements:
            given[elements] = new
            self._change(element_parameters=tuple(given.items()))
        else:
            self._change(parameter=new)

    def _number_detail(self, elements: tuple[str, ...], line: Line, at: int, word: str, rest: str) -> None:
        forms = {
            "fitted": rf"({NUMBER})",
            "range": rf"({NUMBER}|\?)\s+to\s+({NUMBER}|\?)",
            "distribution": rf"(?:(uniform|lognormal)|(triangular)\s+({NUMBER}))\s+({NUMBER})\s+({NUMBER})",
        }
        match = re.fullmatch(forms[word], rest.strip())
        if match is None or self.variable.kind != "constant":
            fix = {
                "fitted": "fitted 0.4",
                "range": "range 0.1 to 0.8",
                "distribution": "uniform LOW HIGH, lognormal MEDIAN LOG_SD or triangular LOW MODE HIGH",
            }[word]
            raise self.statement.error(f"{word} of a constant is not said so", line, at, len(word), fix)
        kind = rest.split(maxsplit=1)[0] if word == "distribution" else ""
        numbers = [float(text) for text in match.groups() if text not in (None, kind, "?")]
        wrong = _impossible(word, kind, numbers)
        if wrong is not None:
            raise self.statement.error(wrong[0], line, at, len(word), wrong[1])
        if word == "fitted":
            self._parameter(elements, "fitted", numbers[0])
        elif word == "range":
            low, high = (None if text == "?" else float(text) for text in match.groups())
            self._parameter(elements, "low", low)
            self._parameter(elements, "high", high)
        else:
            self._parameter(elements, "distribution", Distribution(kind, *numbers))

    def _with_points(self) -> Variable:
        for elements, pairs in self.points:
            xs, ys = zip(*pairs, strict=True)
            if self.between == "log" and min(ys) <= 0:
                first = self.statement.lines[0]
                fix = "use 'between linear', or values above zero"
                raise self.statement.error("a log curve has a value not above zero", first, 0, 5, fix)
            points = Points(xs, ys, self.between, self.outside)
            if elements:
                self._change(element_points=(*self.variable.element_points, (elements, points)))
            else:
                self._change(points=points)
        if self.variable.kind == "curve" and not self.points:
            first = self.statement.lines[0]
            raise self.statement.error("a curve has no points", first, 0, 5, "points (0, 1) (1, 2)")
        return self.variable


def _impossible(word: str, kind: str, numbers: list[float]) -> tuple[str, str] | None:
    """Return what is wrong with the numbers of a detail, and what would put it right."""
    if not all(math.isfinite(number) for number in numbers):
        return "a number is not finite", "stay below 1e308"
    if kind == "lognormal":
        good = all(number > 0 for number in numbers)
        return None if good else ("no lognormal distribution has these numbers", "both are above 0")
    if word == "range" and len(numbers) < 2:
        return None if numbers else ("both ends of the range are open", "write one of them, or leave it out")
    if word != "fitted" and not (sorted(numbers) == numbers and numbers[0] < numbers[-1]):
        return "the high end is not above the low one", "write them from low to high"
    return None


def as_constant(statement: Statement, variable: Variable) -> Variable:
    """Return a constant with its numbers as parameters instead of equations."""

    def number(equation: Equation) -> float:
        value = _literal(equation.expr)
        if value is None:
            fix = "make it an 'aux', or write a number"
            raise ModelError("a constant is one number", equation.where, fix)
        return value

    parameter = variable.parameter
    if variable.equation is not None:
        value = number(variable.equation)
        parameter = replace(parameter or Parameter(value), value=value)
    elif parameter is not None or not variable.elements:
        first = statement.lines[0]
        raise statement.error("a constant has no value", first, 0, 8, "constant growth : 1/year = 0.5")
    if parameter is not None:
        parameter = replace(parameter, reason=variable.reason, where=variable.where)
    given = dict(variable.element_parameters)
    own = {line.number: line.reason for line in statement.lines if line.body.lstrip().startswith("[")}
    shared = " ".join(x.reason for x in statement.lines if x.reason and x.number not in own)
    for elements, equation in variable.elements:
        value = number(equation)
        reason = own.get(equation.where.line) or shared
        old = given.get(elements, Parameter(value))
        given[elements] = replace(old, value=value, reason=reason, where=equation.where)
    return replace(
        variable,
        equation=None,
        elements=(),
        parameter=parameter,
        element_parameters=tuple(given.items()),
        reason="",
    )


def _literal(expr: Expr) -> float | None:
    match expr:
        case Number(value=value):
            return value
        case Unary(op="-" | "+" as op, operand=operand):
            inner = _literal(operand)
            return None if inner is None else (-inner if op == "-" else inner)
        case Binary(op="/", left=left, right=right):
            top, bottom = _literal(left), _literal(right)
            return None if top is None or not bottom else top / bottom
        case _:
            return None
