"""Curves that are straight in the logarithm: what putar writes beside them in XMILE, and reads back as one.

XMILE has no such curve, so that one is written as the exponential of a table of logarithms. In the element
`<putar:curve table="...">` stands the table's name and, for a curve with an input, its points as they were.
Where the table says something else, because somebody has changed it since, both stay as they stand.

Source: docs/formats.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from xml.sax.saxutils import quoteattr

from putar.formats.text_write import number_text
from putar.formats.xmile_tree import Element
from putar.language.expr import Call, Expr, Name, rebuild, walk
from putar.language.model import Equation, Model, Points, Variable

__all__ = ["noted_curve", "with_curves"]

CLOSE = 1e-12  # of a logarithm, as far as it is written


def noted_curve(original: Variable | None, written: Variable, model: Model) -> Iterator[str]:
    """Yield the element that tells that a variable is, or was, a curve straight in the logarithm.

    Parameters
    ----------
    original : the variable before it was put into XMILE's words
    model : all that is written
    """
    if original is None or original.kind != "curve":
        return
    tables = [*([((), original.points)] if original.points else []), *original.element_points]
    if {points.between for _, points in tables} != {"log"}:
        return
    if original.equation is None and not original.elements:
        made = [v for v in model.variables if v.reason == f"points of {original.label}" and v.kind == "curve"]
        table = next((v.name for v in made if v.name.startswith(f"{original.name}_log")), None)
        if table is not None:
            yield f"<putar:curve table={quoteattr(table)}/>"
        return
    match written.equation:
        case Equation(expr=Call(function="EXP", args=(Name(name=name),))) if not written.elements:
            yield f"<putar:curve table={quoteattr(name.removeprefix('.'))}>"
            for elements, points in tables:
                given = f" subscript={quoteattr(', '.join(elements))}" if elements else ""
                xs, ys = (",".join(map(number_text, side)) for side in (points.xs, points.ys))
                yield f'  <putar:points{given} outside="{points.outside}" x="{xs}" y="{ys}"/>'
            yield "</putar:curve>"


def with_curves(model: Model, elements: Mapping[str, Element]) -> Model:
    """Return a model whose curves, which putar wrote as exponentials of tables, are curves again.

    Parameters
    ----------
    elements : of each variable
    """
    tables = {}
    for name, element in elements.items():
        told = next((c for c in element.children if c.prefix == "putar" and c.tag == "curve"), None)
        if told is not None and name in model.by_name and told.attributes.get("table") in model.by_name:
            tables[told.attributes["table"]] = (name, told)
    if not tables:
        return model
    made = {table: _curve(model[name], model[table], told) for table, (name, told) in tables.items()}
    curves = {curve.name: curve for curve in made.values() if curve is not None}
    tables = {table: told for table, told in tables.items() if made[table] is not None}
    read = partial(_read, model, {table: name for table, (name, _) in tables.items()})
    found = [curves.get(v.name) or _changed(v, partial(read, v.subsystem)) for v in model.variables]
    left = {model.resolve(n, v.subsystem) for v in found if v.name not in tables for n in _names(v)}
    return replace(model, variables=tuple(v for v in found if v.name not in tables or v.name in left))


def _curve(variable: Variable, table: Variable, told: Element) -> Variable | None:
    """Return a curve with the points that stand beside it, or its own, straight in the logarithm.

    None where they are not what the table has the logarithms of.
    """
    given = [c for c in told.children if c.tag == "points"]
    found = [(_elements(c), _points(c.attributes)) for c in given] if given else _own(variable)
    tables = dict(_own(table))
    for elements, points in found:
        if points is None or not _agrees(points, tables.pop(elements, None)):
            return None
    if tables or not found:
        return None
    whole = replace(variable, equation=table.equation, elements=table.elements) if given else variable
    return replace(
        whole,
        kind="curve",
        points=next((p for e, p in found if not e), None),
        element_points=tuple((e, replace(p, between="log")) for e, p in found if e and p is not None),
    )


def _own(variable: Variable) -> list[tuple[tuple[str, ...], Points | None]]:
    """Return the points of a table as those of a log curve, by elements."""
    listed = [((), variable.points)] if variable.points else []
    return [(e, replace(p, between="log")) for e, p in (*listed, *variable.element_points)]


def _agrees(points: Points, logs: Points | None) -> bool:
    if logs is None or points.xs != logs.xs or points.outside != logs.outside or min(points.ys) <= 0:
        return False
    pairs = zip(points.ys, logs.ys, strict=True)
    return all(abs(math.log(y) - log) <= CLOSE * max(1.0, abs(log)) for y, log in pairs)


def _elements(told: Element) -> tuple[str, ...]:
    words = told.attributes.get("subscript", "")
    return tuple(word.strip() for word in words.split(",")) if words else ()


def _points(told: Mapping[str, str]) -> Points | None:
    try:
        xs, ys = (tuple(float(word) for word in told.get(side, "").split(",")) for side in ("x", "y"))
    except ValueError:
        return None
    return Points(xs, ys, "log", told.get("outside", "hold")) if len(xs) == len(ys) else None


def _read(model: Model, names: Mapping[str, str], room: str, node: Expr) -> Expr:
    """Return a reading of a curve where its table's exponential stands."""
    match node:
        case Call(function="EXP", args=(Call(function="LOOKUP", args=(Name(name=name) as table, x)),)):
            curve = names.get(model.resolve(name, room) or "")
            if curve is not None and model[curve].kind == "curve":
                mine = replace(table, name=curve if not curve.count(".") else f".{curve}")
                return Call("LOOKUP", (mine, x), node.at, node.width)
    return node


def _changed(variable: Variable, change: partial[Expr]) -> Variable:
    def put(equation: Equation) -> Equation:
        expr = rebuild(equation.expr, change)
        return equation if expr == equation.expr else replace(equation, expr=expr, text="")

    return replace(
        variable,
        equation=put(variable.equation) if variable.equation else None,
        elements=tuple((e, put(own)) for e, own in variable.elements),
    )


def _names(variable: Variable) -> Iterator[str]:
    for equation in [variable.equation, *(own for _, own in variable.elements)]:
        if equation is not None:
            yield from (node.name for node in walk(equation.expr) if isinstance(node, Name))
