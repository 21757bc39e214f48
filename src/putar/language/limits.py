"""Which flows a stock that may not be negative holds back, and what they leave each other.

Outflows take what the stock holds in their order. A flow that runs backwards fills the stock it leaves, and
drains the one it enters: such an inflow is held back as well, behind the outflows and the inflows before it,
but before those that need its own value.

Source: XMILE 1.0 (OASIS), section 4.2.2; Stella's help on stocks and biflows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from putar.language.expr import Name, walk
from putar.language.model import Model, Variable, shares_flow

__all__ = ["Limit", "limits_of"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A stock that holds a flow back: the outflows, and the inflows that run backwards, that go before."""

    stock: str
    outflows: tuple[str, ...]
    inflows: tuple[str, ...] = ()


def limits_of(model: Model) -> tuple[dict[str, Limit], dict[str, Limit]]:
    """Return the limit of each outflow, and of each inflow that may run backwards."""
    leaving: dict[str, Limit] = {}
    entering: dict[str, Limit] = {}
    stocks = [v for v in model.variables if v.kind == "stock" and v.nonnegative]
    stocks = [stock for stock in stocks if not shares_flow(model, stock)]
    for stock in stocks:
        names = _full(model, stock, stock.outflows)
        for index, name in enumerate(names):
            leaving[name] = Limit(stock.name, tuple(names[:index]))
    needs = {v.name: set(_needed(model, v)) for v in model.variables if v.kind in ("flow", "aux", "curve")}
    for name, limit in leaving.items():
        needs.setdefault(name, set()).update(limit.outflows)
    for stock in stocks:
        outflows = _full(model, stock, stock.outflows)
        before: list[str] = []
        for name in _full(model, stock, stock.inflows):
            if model[name].kind != "flow" or model[name].nonnegative or name in outflows:
                continue
            later = {flow for flow in (*outflows, *before) if _reaches(needs, flow, name)}
            for flow in later:  # what needs this one goes behind it
                side = leaving if flow in outflows else entering
                side[flow] = replace(side[flow], inflows=(*side[flow].inflows, name))
            out, back = (tuple(f for f in side if f not in later) for side in (outflows, before))
            entering[name] = Limit(stock.name, out, back)
            needs.setdefault(name, set()).update(out, back)
            before.append(name)
    return leaving, entering


def _full(model: Model, stock: Variable, flows: tuple[str, ...]) -> list[str]:
    return [str(model.resolve(flow, stock.subsystem)) for flow in flows]


def _needed(model: Model, variable: Variable) -> Iterator[str]:
    for equation in [variable.equation, *(own for _, own in variable.elements)]:
        for node in walk(equation.expr) if equation is not None else ():
            if isinstance(node, Name):
                found = model.resolve(node.name, variable.subsystem)
                if found is not None:
                    yield found


def _reaches(needs: dict[str, set[str]], start: str, wanted: str) -> bool:
    """Return whether a flow needs another one's value at the same instant."""
    met, waiting = {start}, [start]
    while waiting:
        name = waiting.pop()
        if name == wanted:
            return True
        new = needs.get(name, set()) - met
        met |= new
        waiting += new
    return False
