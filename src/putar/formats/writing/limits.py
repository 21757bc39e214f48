"""Stocks and flows that may not be negative, as equations, for a target that has no such setting.

An outflow of such a stock is no more than what the stock holds and the outflows before it leave, as
`engine.lower` limits it. A stock whose flows are another's as well keeps its equations, and that is a loss.
"""

from __future__ import annotations

from dataclasses import replace

from putar.formats.writing.loss import Loss
from putar.language.expr import Binary, Call, Expr, Index, Name, Number
from putar.language.model import Equation, Model, Variable

__all__ = ["with_limits"]


def with_limits(model: Model, losses: list[Loss]) -> Model:
    """Return a model whose equations say what its settings said."""
    limits: dict[str, tuple[Variable, tuple[str, ...]]] = {}
    for stock in model.variables:
        if stock.kind != "stock" or not stock.nonnegative:
            continue
        if _shares(model, stock):
            why = "a flow of it is another stock's as well"
            losses.append(Loss("that it cannot fall below zero", stock.name, why))
            continue
        names = [str(model.resolve(flow, stock.subsystem)) for flow in stock.outflows]
        for index, name in enumerate(names):
            limits[name] = (stock, tuple(names[:index]))
    found = []
    for variable in model.variables:
        if variable.kind == "flow" and (variable.nonnegative or variable.name in limits):
            variable = _limited(variable, limits.get(variable.name))
        found.append(replace(variable, nonnegative=False))
    return replace(model, variables=tuple(found))


def _limited(flow: Variable, limit: tuple[Variable, tuple[str, ...]] | None) -> Variable:
    def change(equation: Equation, elements: tuple[str, ...]) -> Equation:
        words = elements or equation.over or flow.dimensions
        subscripts = tuple(Index(word) for word in words)
        expr: Expr = Call("MAX", (equation.expr, Number(0.0)))
        if limit is not None:
            stock, before = limit
            room: Expr = Binary("/", Name(f".{stock.name}", subscripts), Name("dt"))
            for name in before:
                room = Binary("-", room, Name(f".{name}", subscripts))
            expr = Call("MIN", (expr, Call("MAX", (room, Number(0.0)))))
        return replace(equation, expr=expr, text="")

    own = tuple((elements, change(equation, elements)) for elements, equation in flow.elements)
    whole = None if flow.equation is None else change(flow.equation, ())
    return replace(flow, equation=whole, elements=own)


def _shares(model: Model, stock: Variable) -> bool:
    if not model.origin:
        return False
    for other in model.variables:
        if other.kind == "stock" and other is not stock:
            for mine, others in ((stock.inflows, other.inflows), (stock.outflows, other.outflows)):
                theirs = {model.resolve(flow, other.subsystem) for flow in others}
                if any(model.resolve(flow, stock.subsystem) in theirs for flow in mine):
                    return True
    return False
