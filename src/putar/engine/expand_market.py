"""Built-ins of a market: the price that clears it, and what is demanded and supplied at a price.

A buyer wants its quantity times a curve that falls with the price, a seller offers its capacity times what
is left of such a curve to one. Where both sum to the same, the buyers' curves and the sellers' together
sum to all capacity, so that the price is found as an allocation's is.

Source: Vensim Help, "Allocation Functions", FIND MARKET PRICE, DEMAND AT PRICE and SUPPLY AT PRICE.
"""

from __future__ import annotations

import math

from putar.engine.builder import Builder, Made, total
from putar.engine.expand_allocate import FIXED, claims_of, price_of, share_at
from putar.engine.ir import Op
from putar.language.expr import Call

__all__ = ["MARKET"]


def _market_price(b: Builder, call: Call) -> int:
    wanted, _ = b.vector(call.args[0])
    offered, _ = b.vector(call.args[2])
    buyers, one = claims_of(b, call, call.args[1], wanted)
    sellers, other = claims_of(b, call, call.args[3], offered)
    moving = [claim for claim in (*buyers, *sellers) if claim.kind != FIXED]
    if not moving:
        raise b.refuse(call, "needs a curve that depends on the price", "give one a profile other than 0")
    claims = [*buyers, *[claim for claim in sellers if claim.kind != FIXED]]
    price = price_of(b, claims, total(b, [claim.request for claim in sellers]))
    return b.op(Op.SELECT, b.op(Op.AND, one, other), price, b.const(math.nan))


def _at_price(b: Builder, call: Call, *, supply: bool) -> int:
    quantities, current = b.vector(call.args[0])
    if current is None:
        raise b.refuse(call, "needs the range of its quantities on the left side", "write it there")
    claims, holds = claims_of(b, call, call.args[1], quantities)
    mine = claims[current]
    share = share_at(b, mine, b.node(call.args[2]))
    if supply and mine.kind != FIXED:
        share = b.op(Op.SUB, b.const(1.0), share)
    return b.op(Op.SELECT, holds, b.op(Op.MUL, mine.request, share), b.const(math.nan))


MARKET: dict[str, Made] = {
    "MARKET_PRICE": _market_price,
    "DEMAND_AT_PRICE": lambda b, call: _at_price(b, call, supply=False),
    "SUPPLY_AT_PRICE": lambda b, call: _at_price(b, call, supply=True),
}
