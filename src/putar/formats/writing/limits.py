"""Stocks and flows that may not be negative, as equations, for a target that has no such setting.

An outflow of such a stock is no more than what the stock holds and the outflows before it leave, as
`engine.lower` limits it. A stock whose flows are another's as well gets a flow of its own, which is limited.
"""

from __future__ import annotations

from dataclasses import replace

from putar.language.expr import Binary, Call, Expr, Index, Name, Number, Unary
from putar.language.limits import Limit, limits_of
from putar.language.model import Equation, Model, Variable, shares_flow

__all__ = ["with_limits", "with_own_flows"]


def with_limits(model: Model, *, nonnegative: bool) -> Model:
    """Return a model whose equations say what its settings said.

    Parameters
    ----------
    nonnegative : whether the target has such settings, so that only what they cannot say is an equation
    """
    leaving, entering = limits_of(model)
    own: dict[str, list[Variable]] = {}
    for stock in model.variables:
        if stock.kind == "stock" and stock.nonnegative and shares_flow(model, stock):
            own[stock.name] = _with_own_rate(model, stock)
    found: list[Variable] = []
    for variable in model.variables:
        if variable.name in own:
            found.extend(own[variable.name])
            continue
        leaves, enters = leaving.get(variable.name), entering.get(variable.name)
        limited = variable.kind == "flow" and bool(variable.nonnegative or leaves or enters)
        if limited and not nonnegative:
            variable = _limited(variable, model, leaves, enters)
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


def _limited(flow: Variable, model: Model, leaving: Limit | None, entering: Limit | None) -> Variable:
    """Return a flow whose equation says what it, the stock it leaves and the stock it enters allow."""

    def change(equation: Equation, elements: tuple[str, ...]) -> Equation:
        words = elements or equation.over or flow.dimensions
        subscripts = tuple(Index(word) for word in words)
        expr = equation.expr
        if flow.nonnegative:
            expr = Call("MAX", (expr, Number(0.0)))
        if leaving is not None:
            expr = Call("MIN", (expr, _room(model, leaving, subscripts)))
        if entering is not None:
            expr = Call("MAX", (expr, Unary("-", _room(model, entering, subscripts))))
        return replace(equation, expr=expr, text="")

    own = tuple((elements, change(equation, elements)) for elements, equation in flow.elements)
    whole = None if flow.equation is None else change(flow.equation, ())
    return replace(flow, equation=whole, elements=own)


def _room(model: Model, limit: Limit, subscripts: tuple[Index, ...]) -> Expr:
    """Return the rate at which a stock can still be drained, when others have taken theirs."""
    room: Expr = Binary("/", Name(f".{limit.stock}", subscripts), Name("dt"))
    for name in limit.outflows:
        taken: Expr = Name(f".{name}", subscripts)
        if not model[name].nonnegative:
            taken = Call("MAX", (taken, Number(0.0)))
        room = Binary("-", room, taken)
    for name in limit.inflows:
        back = Unary("-", Name(f".{name}", subscripts))
        room = Binary("-", room, Call("MAX", (back, Number(0.0))))
    return Call("MAX", (room, Number(0.0)))
