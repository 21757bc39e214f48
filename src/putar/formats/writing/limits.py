"""Stocks and flows that may not be negative, as equations, for a target that has no such setting.

An outflow of such a stock is no more than what the stock holds and the outflows before it leave, as
`engine.lower` limits it. A stock whose flows are another's as well gets a flow of its own, which is limited.
"""

from __future__ import annotations

from dataclasses import replace

from putar.language.expr import Binary, Call, Expr, Index, Name, Number, Unary
from putar.language.model import Equation, Model, Variable, shares_flow

__all__ = ["with_limits", "with_own_flows"]


def with_limits(model: Model, *, nonnegative: bool) -> Model:
    """Return a model whose equations say what its settings said.

    Parameters
    ----------
    nonnegative : whether the target has such settings, so that only what they cannot say is an equation
    """
    limits: dict[str, tuple[Variable, tuple[str, ...]]] = {}
    own: dict[str, list[Variable]] = {}
    for stock in model.variables:
        if stock.kind != "stock" or not stock.nonnegative:
            continue
        if shares_flow(model, stock):
            own[stock.name] = _with_own_rate(model, stock)
            continue
        names = [str(model.resolve(flow, stock.subsystem)) for flow in stock.outflows]
        for index, name in enumerate(names):
            limits[name] = (stock, tuple(names[:index]))
    found: list[Variable] = []
    for variable in model.variables:
        if variable.name in own:
            found.extend(own[variable.name])
            continue
        limited = variable.kind == "flow" and (variable.nonnegative or variable.name in limits)
        if limited and not nonnegative:
            variable = _limited(variable, limits.get(variable.name))
        found.append(variable if nonnegative else replace(variable, nonnegative=False))
    return replace(model, variables=tuple(found))


def _with_own_rate(model: Model, stock: Variable) -> list[Variable]:
    """Return a stock whose flows are others' as well, with one flow of its own that is limited."""
    subscripts = tuple(Index(d) for d in stock.dimensions)
    rate: Expr | None = None
    for sign, flows in (("+", stock.inflows), ("-", stock.outflows)):
        for flow in flows:
            name = Name(f".{model.resolve(flow, stock.subsystem)}", subscripts)
            if rate is None:
                rate = name if sign == "+" else Unary("-", name)
            else:
                rate = Binary(sign, rate, name)
    empty = Unary("-", Binary("/", Name(f".{stock.name}", subscripts), Name("dt")))
    equation = Equation(Call("MAX", (rate or Number(0.0), empty)), "", stock.where)
    own = replace(
        stock,
        name=f"{stock.name}\u00b7net",
        kind="flow",
        equation=equation,
        elements=(),
        inflows=(),
        outflows=(),
        nonnegative=False,
        spelling="",
        reason=f"the limited rate of {stock.label}",
    )
    return [own, replace(stock, inflows=(f".{own.name}",), outflows=(), nonnegative=False)]


def with_own_flows(model: Model) -> Model:
    """Return a model in which each flow fills one stock and drains one; others get a copy of it."""
    taken: set[tuple[str, str]] = set()
    found: list[Variable] = []
    for variable in model.variables:
        if variable.kind != "stock":
            found.append(variable)
            continue
        sides: dict[str, tuple[str, ...]] = {}
        for side in ("inflows", "outflows"):
            names = []
            for flow in getattr(variable, side):
                full = str(model.resolve(flow, variable.subsystem))
                name = f".{full}"
                if (side, full) in taken:
                    copied = f"{full}\u00b7{variable.short}"
                    reference = Name(name, tuple(Index(d) for d in model[full].dimensions))
                    found.append(
                        Variable(
                            copied, "flow", model[full].unit, Equation(reference), model[full].dimensions
                        )
                    )
                    name = f".{copied}"
                taken.add((side, full))
                names.append(name)
            sides[side] = tuple(names)
        found.append(replace(variable, **sides))  # type: ignore[arg-type]
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
