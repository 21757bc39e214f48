"""Parts of an XMILE variable: its table, whether it may be negative, numbers as constants.

Source: XMILE 1.0 (OASIS), sections 3.1.4, 3.1.5 and 4.2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

from putar.errors import ModelError, Where
from putar.formats.spans import span_ends, span_of
from putar.formats.xmile_tree import Element
from putar.language.expr import Binary, Expr, Index, Name, Number, Unary
from putar.language.model import Equation, Parameter, Points, Variable

__all__ = [
    "UNSUPPORTED",
    "as_table",
    "curve_points",
    "negative_one",
    "number_list",
    "numbers_of",
    "range_of",
    "with_flows",
    "with_multiplied",
]

UNSUPPORTED = {
    "oven": "ovens are not computed",
    "leak_integers": "leaks of whole numbers are not computed",
}
_GRAPH = re.compile(r"\s*GRAPH\s*\(", re.IGNORECASE)
_NUMBER = r"\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?\s*"
_POINTS = re.compile(rf"(?:\({_NUMBER},{_NUMBER}\)[\s,]*)+$")
_BETWEEN = {"continuous": "linear", "extrapolate": "linear", "discrete": "step"}


def curve_points(element: Element, path: str) -> Points | None:
    """Return the table of an element's <gf>, or None where it has none.

    Raises
    ------
    ModelError
        If the table is not well formed: no y, both forms of x, other lengths, x not rising.
    """
    gf = element if element.tag == "gf" else element.find("gf")
    if gf is None:
        return None
    where = Where(path, gf.line)
    old = "discrete" if gf.attributes.get("discrete", "").casefold() == "true" else "continuous"
    kind = gf.attributes.get("type", old).strip().casefold()
    if kind not in _BETWEEN:
        raise ModelError(f"a table knows no type {kind!r}", where, f"one of: {', '.join(_BETWEEN)}")
    ypts, xpts, scale = gf.find("ypts"), gf.find("xpts"), gf.find("xscale")
    if ypts is None:
        raise ModelError("a table needs <ypts>", where, "<ypts>1,2,3</ypts>")
    ys = _numbers(ypts, path)
    if xpts is not None and scale is not None and not _agree(scale, _numbers(xpts, path)):
        raise ModelError("the table's <xpts> and <xscale> do not agree", where, "write one of them")
    if xpts is None and scale is None:
        raise ModelError("a table needs one of <xpts> and <xscale>", where, "write one of them")
    if xpts is not None:
        xs = _numbers(xpts, path)
    else:
        assert scale is not None
        try:
            low, high = float(scale.attributes["min"]), float(scale.attributes["max"])
        except (KeyError, ValueError):
            raise ModelError(
                "<xscale> needs numbers min and max", where, '<xscale min="0" max="1"/>'
            ) from None
        last = max(1, len(ys) - 1)
        xs = [low + (high - low) * i / last for i in range(len(ys))]
    if len(xs) != len(ys) or not xs:
        raise ModelError(f"this table has {len(xs)} x and {len(ys)} y", where, "give as many of each")
    if any(left > right for left, right in pairwise(xs)):
        raise ModelError("the x of this table are not in rising order", where, "put them in order")
    outside = "extrapolate" if kind == "extrapolate" else "hold"
    return Points(tuple(xs), tuple(ys), _BETWEEN[kind], outside)


def as_table(element: Element) -> None:
    """Put an equation in the words of old Stella, `GRAPH(x) (0, 1), (1, 2)`, as an equation and a <gf>."""
    eqn = element.find("eqn")
    if eqn is None or element.find("gf") is not None or not _GRAPH.match(eqn.text):
        return
    points = _POINTS.search(eqn.text)
    told = eqn.text[: points.start()].rstrip() if points is not None else ""
    if points is None or not told.endswith(")"):
        return
    lead = _GRAPH.match(told)
    assert lead is not None  # as before
    line = eqn.line + told.count("\n", 0, lead.end())
    pairs = [pair.split(",") for pair in re.findall(r"\(([^()]*)\)", points[0])]
    table = Element("gf", {}, eqn.line, file=eqn.file)
    for tag, side in (("xpts", 0), ("ypts", 1)):
        listed = ",".join(pair[side].strip() for pair in pairs)
        table.children.append(Element(tag, {}, eqn.line, parts=[listed], file=eqn.file))
    asked = Element("eqn", {}, line, parts=[told[lead.end() : -1].strip()], file=eqn.file)
    element.children = [*(asked if child is eqn else child for child in element.children), table]


def _agree(scale: Element, xs: list[float]) -> bool:
    """Return whether a scale says nothing else than the points do; an empty one says nothing."""
    try:
        low, high = float(scale.attributes["min"]), float(scale.attributes["max"])
    except (KeyError, ValueError):
        return False
    room = 1e-6 * max(1.0, abs(low), abs(high))
    return low == high or (bool(xs) and abs(xs[0] - low) <= room and abs(xs[-1] - high) <= room)


def _numbers(element: Element, path: str) -> list[float]:
    sign = element.attributes.get("sep", ",")
    words = [word.strip() for word in element.text.split(sign if sign.strip() else None)]
    try:
        found = [float(word) for word in words if word]
    except ValueError:
        what = f"<{element.tag}> has something else than numbers"
        raise ModelError(what, Where(path, element.line), "numbers with commas between") from None
    if not all(math.isfinite(number) for number in found):
        raise ModelError(f"<{element.tag}> has a number without end", Where(path, element.line), "correct it")
    return found


def range_of(element: Element) -> str:
    """Return the <range> of an element as `min,max`, or nothing where it has none."""
    told = element.find("range")
    if told is None:
        return ""
    return span_of(f"[{told.attributes.get('min', '')},{told.attributes.get('max', '')}]")


def negative_one(element: Element, model: Element, root: Element) -> bool:
    """Return whether a stock or a flow is kept from being negative: by itself, the model or the file."""
    if element.tag not in ("stock", "flow"):
        return False
    own = element.find("non_negative")
    if own is not None:
        return _holds(own)
    parts = [part.find("non_negative") for part in element.all("element")]
    if any(part is not None for part in parts):
        told = {part is not None and _holds(part) for part in parts}
        if len(told) > 1:
            where = Where(element.file, element.line)
            name = element.attributes.get("name", "")
            what = f"{name}: only some of its elements may not be negative"
            raise ModelError(what, where, "say it of all, or of none", "unsupported")
        return told.pop()
    for holder in (model, root):
        for behavior in holder.all("behavior"):
            for place in (behavior.find(element.tag), behavior):
                setting = place.find("non_negative") if place is not None else None
                if setting is not None:
                    return _holds(setting)
    return False


def _holds(setting: Element) -> bool:
    return setting.text.strip().casefold() not in ("false", "0")


def numbers_of(variable: Variable) -> Variable:
    """Return a variable whose equations are all plain numbers as a constant."""
    if variable.kind != "aux":
        return variable
    equations = [variable.equation] if variable.equation else []
    values = [_value(own.expr) for own in (*equations, *[e for _, e in variable.elements])]
    if None in values or not values:
        return variable
    parameter = None
    low, high = span_ends(variable.span)

    def known(equation: Equation) -> Parameter:
        return Parameter(_value(equation.expr) or 0.0, low=low, high=high, where=variable.where)

    if variable.equation is not None:
        parameter = known(variable.equation)
    given = tuple((e, known(own)) for e, own in variable.elements)
    return replace(
        variable,
        kind="constant",
        equation=None,
        elements=(),
        parameter=parameter,
        element_parameters=given,
    )


def number_list(variable: Variable, tuples: Iterable[tuple[str, ...]], numbers: Iterable[float]) -> Variable:
    """Return an array whose equation is a list of numbers as a constant."""
    low, high = span_ends(variable.span)
    known = (Parameter(number, low=low, high=high, where=variable.where) for number in numbers)
    return replace(variable, kind="constant", element_parameters=tuple(zip(tuples, known, strict=True)))


def _value(expr: Expr) -> float | None:
    match expr:
        case Number(value=value):
            return value
        case Unary(op="-", operand=Number(value=value)):
            return -value
        case Unary(op="+", operand=Number(value=value)):
            return value
    return None


def with_multiplied(variables: Iterable[Variable], gained: Mapping[str, Expr]) -> list[Variable]:
    """Return the variables; what a flow with a multiplier brings to a stock is a flow of its own."""
    found = []
    for variable in variables:
        if any(flow in gained for flow in variable.inflows):
            inflows = tuple(f"{f}\u00b7gained" if f in gained else f for f in variable.inflows)
            variable = replace(variable, inflows=inflows)
        found.append(variable)
        if variable.name in gained:
            over = tuple(Index(d) for d in variable.dimensions)
            product = Binary(
                "*",
                Name(f".{variable.name}" if variable.subsystem else variable.name, over),
                gained[variable.name],
            )
            found.append(
                Variable(
                    f"{variable.name}\u00b7gained",
                    "flow",
                    equation=Equation(product, "", variable.where),
                    dimensions=variable.dimensions,
                    where=variable.where,
                )
            )
    return found


def with_flows(variables: Iterable[Variable]) -> list[Variable]:
    """Return the variables; whatever fills or drains a stock is a flow."""
    listed_ones = list(variables)
    moved = {f for v in listed_ones for f in (*v.inflows, *v.outflows)}
    found = []
    for variable in listed_ones:
        if variable.name in moved and variable.kind == "curve":
            hidden = replace(variable, name=f"{variable.name}\u00b7table")
            found.append(hidden)
            over = tuple(Index(d) for d in variable.dimensions)
            equation = Equation(Name(hidden.name, over), "", variable.where)
            variable = replace(
                variable, kind="flow", equation=equation, points=None, element_points=(), elements=()
            )
        elif variable.name in moved and variable.kind == "constant":
            variable = _as_equations(variable)
        elif variable.name in moved and variable.kind != "flow":
            variable = replace(variable, kind="flow")
        found.append(variable)
    return found


def _as_equations(variable: Variable) -> Variable:
    """Return a constant as a flow that is the same number all the time."""

    def number(parameter: Parameter) -> Equation:
        value = parameter.runs
        expr: Expr = Number(abs(value))
        if value < 0:
            expr = Binary("-", Number(0.0), expr)
        return Equation(expr, "", variable.where)

    return replace(
        variable,
        kind="flow",
        equation=number(variable.parameter) if variable.parameter else None,
        elements=tuple((elements, number(p)) for elements, p in variable.element_parameters),
        parameter=None,
        element_parameters=(),
    )
