"""A Model as a Vensim `.mdl` file: equations, ranges, lookups, groups for rooms, controls, a sketch.

Where a function means something else in Vensim, an expression with the same value stands for it. Where
numbers come from stands in the comments, as words; a range of belief is the range of the units field.

Source: Vensim Reference Manual, "Model (.mdl) format"; public models.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from putar.formats.writing.loss import Loss, Written
from putar.formats.writing.reduce import reduce
from putar.formats.writing.target import VENSIM
from putar.formats.writing.vensim_expression import Printer, number
from putar.formats.writing.vensim_names import Names, is_control
from putar.formats.writing.vensim_sketch import sketch
from putar.language.expr import Expr, Index, Name, names_in, rebuild
from putar.language.model import Equation, Model, Parameter, Points, Variable

__all__ = ["write_vensim"]

NET = "\u00b7net"  # what the reader calls the flow of a stock whose rate is no plain sum
WIDE = 100  # signs in a line of an equation


def write_vensim(model: Model, title: str = "") -> Written:
    """Return a model as the text of a `.mdl` file.

    Parameters
    ----------
    title : what a person calls it; the model's name, where not said
    """
    return _Writer(model, title or model.name).written()


class _Writer:
    def __init__(self, model: Model, title: str) -> None:
        self.original, self.title = model, title
        reduced = reduce(model, VENSIM)
        self.model, self.losses = reduced.model, list(reduced.losses)
        self.names = Names(self.model)
        self.print = Printer(self.names)
        self.inlined = self._inlined()

    def written(self) -> Written:
        lines = ["{UTF-8}", *self._ranges()]
        rooms: dict[str, list[Variable]] = {}
        for variable in self.model.variables:
            if variable.name not in self.inlined and not is_control(self.original, variable):
                rooms.setdefault(variable.subsystem, []).append(variable)
        titles = {room.name: room.title for room in self.model.subsystems}
        for room, variables in rooms.items():
            if room:
                lines += self._group(titles.get(room) or room.replace("_", " "))
            for variable in variables:
                self.print.endless = any(math.isinf(value) for value in _numbers(self.model, variable))
                lines += self._variable(variable)
                if self.print.endless:
                    why = "Vensim has no such number; written as 1e+308"
                    self.losses.append(Loss("infinity", variable.name, why))
        lines += self._controls()
        text = "\n".join(lines) + "\n" + sketch(self.original, rooms, self.names, titles)
        if any(self._told(p) for v in self.model.variables for _, p in self.model.parameters(v)):
            why = "they stand in comments, as words"
            self.losses.append(Loss("status, facts and distributions as data", "", why))
        if self.original.units and any(unit.definition for unit in self.original.units):
            self.losses.append(Loss("what units are multiples of", "", "Vensim has no such units"))
        known = {*self.original.by_name, *(link.switch for link in self.original.links)}
        again = {n: now for n, now in self.names.again.items() if n.partition("[")[0] in known}
        for net in self.inlined:
            again[net] = f"{again[net.removesuffix(NET)]}{NET}"
        return Written(text, tuple(self.losses), again)

    # parts --------------------------------------------------------------------------------

    def _group(self, title: str) -> list[str]:
        return ["*" * 56, f"\t.{_clean(title)}", "*" * 56 + "~", f"\t\t{_clean(title)}", "\t|", ""]

    def _ranges(self) -> Iterator[str]:
        for name, elements in self.names.families:
            yield from self._entry(f"{name}: {', '.join(elements)}", "", "")
        for dimension in self.model.dimensions:
            listed = ", ".join(self.names.elements[(dimension.name, e)] for e in dimension.elements)
            maps = [self._map(dimension.name, other, pairs) for other, pairs in dimension.maps]
            arrow = f" -> {', '.join(maps)}" if maps else ""
            yield from self._entry(f"{self.names.ranges[dimension.name]}: {listed}{arrow}", "", "")

    def _map(self, dimension: str, other: str, pairs: tuple[tuple[str, str], ...]) -> str:
        """Return which element or range of another dimension each element stands for."""
        theirs: dict[str, list[str]] = {}
        for own, element in pairs:
            theirs.setdefault(own, []).append(element)
        words = []
        for own in self.model.dimension_elements[dimension]:
            meant = tuple(theirs.get(own, ()))
            if len(meant) == 1:
                words.append(self.names.elements[(other, meant[0])])
                continue
            same = [d.name for d in self.model.dimensions if set(d.elements) == set(meant)]
            if not same:
                self.losses.append(
                    Loss(f"the map of {dimension} to {other}", dimension, "no range has its elements")
                )
                return self.names.ranges[other]
            words.append(self.names.ranges[same[0]])
        return f"({self.names.ranges[other]}: {', '.join(words)})"

    def _entry(self, equation: str, units: str, comment: str) -> Iterator[str]:
        yield from _wrapped(equation)
        yield f"\t~\t{units}"
        yield f"\t~\t{_clean(comment)}"
        yield "\t|"
        yield ""

    def _controls(self) -> Iterator[str]:
        time, unit = self.model.time, _unit(self.original.time.unit)
        yield from self._group("Control")
        rows = (
            ("INITIAL TIME", time.start, "The start of the run."),
            ("FINAL TIME", time.stop, "The end of the run."),
            ("TIME STEP", time.step, "The step of the run."),
            ("SAVEPER", time.save or time.step, "How far apart the kept times are."),
        )
        for name, value, comment in rows:
            key = name.lower().replace(" ", "_")
            own = self.model.by_name.get(key)
            if own is None or not is_control(self.original, own):
                text = number(value)
            elif own.equation is not None:
                text = self.print.value(own.equation.expr)
            else:
                text = number(value if own.parameter is None else own.parameter.runs)
            yield from self._entry(f"{name} = {text}", unit, comment)

    # variables ----------------------------------------------------------------------------

    def _variable(self, variable: Variable) -> Iterator[str]:
        name = self.names.variables[variable.name]
        units, comment = self._units(variable), self._comment(variable)
        for left, right in self._entries(variable):
            yield from self._entry(f"{name}{left}{right}", units, comment)
            comment = ""

    def _units(self, variable: Variable) -> str:
        """Return the units field: the unit, and the range of the constant or of its display."""
        ends = {(parameter.low, parameter.high) for _, parameter in self.model.parameters(variable)}
        span = variable.span
        if len(ends) == 1 and ends != {(None, None)}:
            step = span.split(",")[2:]
            span = ",".join(["?" if end is None else number(end) for end in ends.pop()] + step)
        return _unit(variable.unit) + (f" [{span}]" if span else "")

    def _comment(self, variable: Variable) -> str:
        said = [variable.reason]
        if variable.status:
            said.append(f"Status: {variable.status}.")
        if variable.facts:
            said.append(f"Facts: {', '.join(variable.facts)}.")
        if variable.parameter is not None:
            said += [variable.parameter.reason, self._told(variable.parameter)]
        for elements, parameter in variable.element_parameters:
            text = " ".join(x for x in (parameter.reason, self._told(parameter)) if x)
            if text and f"{text}" not in said:
                said.append(f"[{', '.join(elements)}] {text}")
        return " ".join(text for text in said if text)

    def _told(self, parameter: Parameter) -> str:
        """Return where a constant comes from, as a sentence."""
        said = [f"Status: {parameter.status}."] if parameter.status else []
        if parameter.facts:
            said.append(f"Facts: {', '.join(parameter.facts)}.")
        if (drawn := parameter.distribution) is not None:
            said.append(f"Drawn: {drawn.kind} {' '.join(map(number, drawn.numbers))}.")
        if parameter.fitted is not None:
            said.append(f"Before the fit: {number(parameter.value)}.")
        return " ".join(said)

    def _left(self, variable: Variable, words: tuple[str, ...]) -> str:
        if not words:
            return ""
        pairs = zip(words, variable.dimensions, strict=True)
        return f"[{','.join(self.names.subscript(w, d) for w, d in pairs)}]"

    def _entries(self, variable: Variable) -> Iterator[tuple[str, str]]:
        """Yield the left and the right side of each entry of a variable."""
        if variable.kind == "constant":
            yield from self._numbers(variable)
            return
        if variable.kind == "curve" and variable.equation is None and not variable.elements:
            for words, points in self._tables(variable):
                yield self._left(variable, words), f"({_table(points)})"
            return
        if variable.kind == "curve":
            yield from self._read(variable)
            return
        for words, equation in _pieces(variable):
            yield self._left(variable, words), f" = {self._right(variable, words, equation)}"

    def _right(self, variable: Variable, words: tuple[str, ...], equation: Equation) -> str:
        value = self.print.value(equation.expr)
        if variable.kind != "stock":
            return value
        return f"INTEG({self._rate(variable, words)}, {value})"

    def _rate(self, stock: Variable, words: tuple[str, ...]) -> str:
        if len(stock.inflows) == 1 and not stock.outflows and stock.inflows[0][1:] in self.inlined:
            net = self.model[stock.inflows[0][1:]]
            assert net.equation is not None  # `_inlined` has seen to it
            return self.print.value(net.equation.expr)
        text = ""
        flows = [("+", f) for f in stock.inflows] + [("-", f) for f in stock.outflows]
        for sign, flow in flows:
            shown = self.names.variables[flow[1:]] + self._left(self.model[flow[1:]], words)
            text += f" {sign} {shown}" if text else f"{'-' if sign == '-' else ''}{shown}"
        return text or "0"

    def _inlined(self) -> set[str]:
        """Return net rates that only their own stock reads, which stand inside of INTEG."""
        uses: dict[str, int] = {}
        for variable in self.model.variables:
            for name in _names(variable):
                uses[name.name] = uses.get(name.name, 0) + 1
            for flow in (*variable.inflows, *variable.outflows):
                uses[flow] = uses.get(flow, 0) + 1
        found = set()
        for stock in self.model.variables:
            if stock.kind != "stock" or len(stock.inflows) != 1 or stock.outflows or stock.elements:
                continue
            net = self.model[stock.inflows[0][1:]]
            plain = not net.elements and net.equation is not None and not net.equation.over
            same = net.dimensions == stock.dimensions and net.name == f"{stock.name}{NET}"
            if plain and same and uses[f".{net.name}"] == 1:
                found.add(net.name)
        return found

    def _numbers(self, variable: Variable) -> Iterator[tuple[str, str]]:
        shared = variable.parameter
        if shared is not None and not variable.element_parameters:
            yield self._left(variable, variable.dimensions), f" = {number(shared.runs)}"
            return
        given = dict(variable.element_parameters)
        tuples = list(self.model.element_tuples(variable))
        values = [(given.get(e) or shared or Parameter(0.0)).runs for e in tuples]
        if len(variable.dimensions) == 1 and not variable.partial:
            listed = ", ".join(map(number, values))
            yield self._left(variable, variable.dimensions), f" = {listed}"
            return
        for elements, value in zip(tuples, values, strict=True):
            yield self._left(variable, elements), f" = {number(value)}"

    def _tables(self, variable: Variable) -> Iterator[tuple[tuple[str, ...], Points]]:
        if variable.points is not None and not variable.element_points:
            yield variable.dimensions, variable.points
            return
        given = dict(variable.element_points)
        for elements in self.model.element_tuples(variable):
            points = given.get(elements, variable.points)
            if points is not None:
                yield elements, points

    def _read(self, curve: Variable) -> Iterator[tuple[str, str]]:
        """Yield the entries of a table that is read at its own input."""
        points = dict(curve.element_points)
        for words, equation in _pieces(curve):
            tuples: list[tuple[str, ...]] = [words]
            if points:
                members = [self.model.dimension_elements.get(word, (word,)) for word in words]
                tuples = [()]
                for group in members:
                    tuples = [(*before, element) for before in tuples for element in group]
            for one in tuples:
                table = points.get(one, curve.points)
                assert table is not None  # check() has seen to it
                value = self.print.value(_within(equation.expr, dict(zip(words, one, strict=True))))
                yield self._left(curve, one), f" = WITH LOOKUP({value}, ({_table(table)}))"


def _within(expr: Expr, elements: dict[str, str]) -> Expr:
    """Return an expression over ranges at one element of each."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Name):
            return node
        words = tuple(
            Index(elements.get(s.name, s.name)) if isinstance(s, Index) else s for s in node.subscripts
        )
        return replace(node, subscripts=words)

    return rebuild(expr, change)


def _pieces(variable: Variable) -> Iterator[tuple[tuple[str, ...], Equation]]:
    """Yield each equation with its left side: ranges, or elements."""
    if variable.equation is not None and not variable.elements:
        yield variable.dimensions, variable.equation
    seen: set[int] = set()
    for elements, equation in variable.elements:
        if id(equation) not in seen:
            seen.add(id(equation))
            yield equation.over or elements, equation


def _names(variable: Variable) -> Iterator[Name]:
    for equation in (variable.equation, *(own for _, own in variable.elements)):
        if equation is not None:
            yield from names_in(equation.expr)


def _numbers(model: Model, variable: Variable) -> Iterator[float]:
    """Yield the numbers of a variable that stand in no equation."""
    yield from (parameter.runs for _, parameter in model.parameters(variable))
    for points in (variable.points, *(own for _, own in variable.element_points)):
        if points is not None:
            yield from (*points.xs, *points.ys)


def _table(points: Points) -> str:
    low, high = min(points.ys), max(points.ys)
    frame = f"[({number(points.xs[0])},{number(low)})-({number(points.xs[-1])},{number(high)})]"
    pairs = ",".join(f"({number(x)},{number(y)})" for x, y in zip(points.xs, points.ys, strict=True))
    return f"{frame},{pairs}"


def _unit(text: str) -> str:
    """Return a unit as Vensim has it, which knows products but no powers."""

    def product(match: re.Match[str]) -> str:
        many = "*".join([match[1]] * abs(int(match[2])))
        return f"({many})" if int(match[2]) > 0 else f"(1/({many}))"

    return "Dmnl" if text in ("dmnl", "1") else _clean(re.sub(r"(\w+)\^(-?[1-9])(?!\d)", product, text))


def _clean(text: str) -> str:
    """Return a text without the signs that end a field."""
    return " ".join(text.replace("~", "-").replace("|", "/").replace("\\", "/").split())


def _wrapped(text: str) -> Iterator[str]:
    """Yield the lines of an equation, broken behind signs and outside of quotes."""
    if len(text) <= WIDE:
        yield text
        return
    parts = re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^"])+?(?:(?<=[,+\-*/<>=]) (?=[^"]|")|$)', text) or [text]
    line = ""
    for part in parts:
        if line and len(line) + len(part) > WIDE:
            yield line.rstrip() + "\\"
            line = "\t\t"
        line += part
    yield line
