"""How large an argument can become, by what its equations are made of; infinite where that is not said.

It is asked before anything is lowered, so that an argument may depend on what it is asked for. Constants
count with the values that a model gives them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from putar.language.expr import Binary, Call, Computed, Expr, If, Name, Number, Unary
from putar.language.model import Model, Points, Variable

__all__ = ["extent"]

Extent = tuple[float, float]  # from the least to the largest value
ANY: Extent = (-math.inf, math.inf)
TRUTH: Extent = (0.0, 1.0)
DEEPEST = 30


def extent(model: Model, expr: Expr, room: str, depth: int = 0) -> Extent:
    """Return the least and the largest value that an expression of a subsystem can have."""
    if depth > DEEPEST:
        return ANY

    def of(part: Expr) -> Extent:
        return extent(model, part, room, depth + 1)

    match expr:
        case Number(value=value):
            return (value, value)
        case Unary(op="-", operand=operand):
            low, high = of(operand)
            return (-high, -low)
        case Unary(op="+", operand=operand):
            return of(operand)
        case Unary(op="NOT"):
            return TRUTH
        case Binary(op=op, left=left, right=right):
            return _binary(op, of(left), of(right))
        case If(then=then, otherwise=otherwise):
            return _union((of(then), of(otherwise)))
        case Call(function=function, args=args):
            target = model.by_name.get(model.resolve(function.lower(), room) or "")
            if target is not None and target.kind == "curve":
                return _curve(target)
            return _call(function, [of(arg) for arg in args])
        case Name() if not any(isinstance(s, Computed) for s in expr.subscripts):
            return _name(model, expr.name, room, depth)
    return ANY


def _name(model: Model, word: str, room: str, depth: int) -> Extent:
    known = model.resolve(word, room)
    if known is None:
        time = model.time
        fixed = {"dt": time.step, "starttime": time.start, "stoptime": time.stop, "pi": math.pi}
        return (fixed[word], fixed[word]) if word in fixed else ANY
    target = model.by_name.get(known)
    if target is None:
        return ANY
    if target.kind == "constant":
        return _union([(p.runs, p.runs) for _, p in model.parameters(target)])
    if target.kind == "curve":
        return _curve(target)
    if target.kind != "aux" or (target.equation is None and not target.elements):
        return ANY
    equations = [*([target.equation] if target.equation else []), *(e for _, e in target.elements)]
    return _union([extent(model, e.expr, target.subsystem, depth + 1) for e in equations])


def _curve(curve: Variable) -> Extent:
    tables: list[Points] = [*([curve.points] if curve.points else []), *(p for _, p in curve.element_points)]
    if not tables or any(table.outside != "hold" or table.between == "raw" for table in tables):
        return ANY
    return _union([(min(table.ys), max(table.ys)) for table in tables])


def _union(parts: Sequence[Extent]) -> Extent:
    return (min(low for low, _ in parts), max(high for _, high in parts)) if parts else ANY


def _binary(op: str, left: Extent, right: Extent) -> Extent:
    match op:
        case "+":
            return _told((left[0] + right[0], left[1] + right[1]))
        case "-":
            return _told((left[0] - right[1], left[1] - right[0]))
        case "*":
            return _corners([a * b for a, b in product(left, right)])
        case "/" if right[0] > 0 or right[1] < 0:
            return _corners([a / b for a, b in product(left, right)])
        case "<" | "<=" | ">" | ">=" | "=" | "<>" | "AND" | "OR":
            return TRUTH
    return ANY


def _call(function: str, args: Sequence[Extent]) -> Extent:
    match function:
        case "MIN" | "MAX" if len(args) > 1:
            choose = min if function == "MIN" else max
            return (choose(low for low, _ in args), choose(high for _, high in args))
        case "STEP":
            return _union([(0.0, 0.0), args[0]])
        case "PULSE_FOR" | "PULSE_TRAIN":
            return TRUTH
        case "RANDOM" | "RANDOM_NORMAL":
            return _union(args[:2])
        case "INIT":
            return args[0]
    return ANY


def _corners(values: Sequence[float]) -> Extent:
    return _told((min(values), max(values))) if all(v == v for v in values) else ANY


def _told(found: Extent) -> Extent:
    return ANY if any(bound != bound for bound in found) else found
