"""Net rates of stocks, taken apart into flows where they are plain sums and differences of names.

`INTEG(births - deaths, 100)` gives the stock an inflow and an outflow, as a person would draw it. A rate
that is anything else stays one flow, `<stock> net`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from putar.language.expr import Binary, Expr, Index, Name, Unary
from putar.language.model import Variable

__all__ = ["with_flows"]

Terms = list[tuple[int, Name]]


def with_flows(variables: Sequence[Variable]) -> list[Variable]:
    """Return the variables with plain net rates taken apart."""
    known = {variable.name: variable for variable in variables}
    apart: dict[str, Terms] = {}
    for stock in variables:
        if stock.kind == "stock" and len(stock.inflows) == 1:
            terms = _terms(stock, known[stock.inflows[0]], known)
            if terms:
                apart[stock.name] = terms
    uses = Counter((sign, name.name) for terms in apart.values() for sign, name in terms)
    apart = {
        stock: terms for stock, terms in apart.items() if all(uses[(sign, n.name)] == 1 for sign, n in terms)
    }
    flows = {name.name for terms in apart.values() for _, name in terms}
    dropped = {known[stock].inflows[0] for stock in apart}
    found = []
    for variable in variables:
        if variable.name in dropped:
            continue
        if variable.name in apart:
            terms = apart[variable.name]
            inflows = tuple(name.name for sign, name in terms if sign > 0)
            outflows = tuple(name.name for sign, name in terms if sign < 0)
            variable = replace(variable, inflows=inflows, outflows=outflows)
        elif variable.name in flows:
            variable = replace(variable, kind="flow")
        found.append(variable)
    return found


def _terms(stock: Variable, net: Variable, known: dict[str, Variable]) -> Terms | None:
    """Return the signed names that a rate is made of, or None when it is something else."""
    if net.equation is None or net.elements or stock.elements:
        return None
    over = net.equation.over or net.dimensions
    terms: Terms = []
    work: list[tuple[int, Expr]] = [(1, net.equation.expr)]
    while work:
        sign, expr = work.pop()
        match expr:
            case Binary(op="+" | "-" as op, left=left, right=right):
                work.append((sign if op == "+" else -sign, right))
                work.append((sign, left))
            case Unary(op="-", operand=operand):
                work.append((-sign, operand))
            case Name(name=name, subscripts=subscripts) if name in known:
                target = known[name]
                same = target.dimensions == stock.dimensions and not target.partial
                plain = tuple(Index(word) for word in over) == subscripts
                if target.kind != "aux" or not same or not plain:
                    return None
                terms.append((sign, expr))
            case _:
                return None
    names = [name.name for _, name in terms]
    return terms if len(set(names)) == len(names) else None
