"""Built-ins that share something scarce out: by priority curves, whose common price clears the supply.

Each claimant gets its request times a curve of the price that falls from 1 to 0 around its priority; the
price is the one at which the sum is what there is. Between the corners of all curves the sum is a straight
line or a parabola for rectangular and triangular curves, so that their price is exact; for the others the
bracket is halved before a last straight line, which leaves an error below the last digits.

Source: docs/formats.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from putar.engine.builder import Builder, Made, total
from putar.engine.expand_pure import normal_share
from putar.engine.ir import Op
from putar.language.expr import Call, Expr

__all__ = ["ALLOCATED", "FIXED", "Claim", "claims_of", "price_of", "share_at"]

FIXED, RECTANGLE, TRIANGLE, NORMAL, EXPONENTIAL = range(5)
HALVINGS = 32
SPREADS = (-40.0, -6.0, -1.0, 0.0, 1.0, 6.0, 40.0)  # corners of the curves that never end, in widths
LARGEST = 60


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimant: nodes of its request, priority and width, and the kind of its curve."""

    request: int
    kind: int
    priority: int
    width: int


def share_at(b: Builder, claim: Claim, price: int) -> int:
    """Return the part of its request that a claimant gets at a price."""
    zero, one = b.const(0.0), b.const(1.0)
    if claim.kind == FIXED:
        return one
    above = b.op(Op.DIV, b.op(Op.SUB, claim.priority, price), claim.width)  # in widths
    if claim.kind == NORMAL:
        return normal_share(b, above)
    if claim.kind == EXPONENTIAL:
        tail = b.op(Op.MUL, b.const(0.5), b.op(Op.EXP, b.op(Op.NEG, b.op(Op.ABS, above))))
        return b.op(Op.SELECT, b.op(Op.LT, above, zero), tail, b.op(Op.SUB, one, tail))
    part = b.op(Op.MIN, b.op(Op.MAX, b.op(Op.ADD, above, b.const(0.5)), zero), one)
    if claim.kind == RECTANGLE:
        return part
    rest = b.op(Op.SUB, one, part)
    early = b.op(Op.MUL, b.const(2.0), b.op(Op.MUL, part, part))
    late = b.op(Op.SUB, one, b.op(Op.MUL, b.const(2.0), b.op(Op.MUL, rest, rest)))
    return b.op(Op.SELECT, b.op(Op.LT, part, b.const(0.5)), early, late)


def _demand(b: Builder, claims: Sequence[Claim], price: int) -> int:
    return total(b, [b.op(Op.MUL, c.request, share_at(b, c, price)) for c in claims])


def _corners(b: Builder, claims: Sequence[Claim]) -> list[int]:
    found = []
    for claim in claims:
        if claim.kind == FIXED:
            continue
        spreads: tuple[float, ...] = (-0.5, 0.5) if claim.kind == RECTANGLE else (-0.5, 0.0, 0.5)
        if claim.kind in (NORMAL, EXPONENTIAL):
            spreads = SPREADS
        for spread in spreads:
            on = b.op(Op.MUL, b.const(spread), claim.width)
            found.append(b.op(Op.ADD, claim.priority, on))
    return found


def price_of(b: Builder, claims: Sequence[Claim], available: int) -> int:
    """Return the price at which the sum of what is given is what is available."""
    corners = _corners(b, claims)
    low, high = total(b, corners, Op.MIN), total(b, corners, Op.MAX)
    for corner in corners:
        given = _demand(b, claims, corner)
        enough = b.op(Op.GE, given, available)
        low = b.op(Op.SELECT, enough, b.op(Op.MAX, low, corner), low)
        short = b.op(Op.LE, given, available)
        high = b.op(Op.SELECT, short, b.op(Op.MIN, high, corner), high)
    kinds = {claim.kind for claim in claims}
    if kinds & {NORMAL, EXPONENTIAL}:
        for _ in range(HALVINGS):
            middle = b.op(Op.MUL, b.const(0.5), b.op(Op.ADD, low, high))
            enough = b.op(Op.GE, _demand(b, claims, middle), available)
            low = b.op(Op.SELECT, enough, middle, low)
            high = b.op(Op.SELECT, enough, high, middle)
    width = b.op(Op.SUB, high, low)
    first, last = _demand(b, claims, low), _demand(b, claims, high)
    over, fall = b.op(Op.SUB, first, available), b.op(Op.SUB, first, last)
    part = b.op(Op.DIV, over, fall)
    if TRIANGLE in kinds and not kinds & {NORMAL, EXPONENTIAL}:
        middle = _demand(b, claims, b.op(Op.MUL, b.const(0.5), b.op(Op.ADD, low, high)))
        part = _root_of_parabola(b, first, middle, last, available)
    flat = b.op(Op.LE, fall, b.const(0.0))
    part = b.op(Op.MIN, b.op(Op.MAX, part, b.const(0.0)), b.const(1.0))
    return b.op(Op.ADD, low, b.op(Op.MUL, width, b.op(Op.SELECT, flat, b.const(0.0), part)))


def _root_of_parabola(b: Builder, first: int, middle: int, last: int, wanted: int) -> int:
    """Return where in [0, 1] a falling parabola through three equally spaced values has a value."""
    # f(t) = first + p t + q t^2 with f(1/2) = middle and f(1) = last
    q = b.op(Op.MUL, b.const(2.0), b.op(Op.ADD, first, last))
    q = b.op(Op.SUB, q, b.op(Op.MUL, b.const(4.0), middle))
    p = b.op(Op.SUB, b.op(Op.SUB, last, first), q)
    c = b.op(Op.SUB, first, wanted)
    square = b.op(Op.SUB, b.op(Op.MUL, p, p), b.op(Op.MUL, b.const(4.0), b.op(Op.MUL, q, c)))
    root = b.op(Op.SQRT, b.op(Op.MAX, square, b.const(0.0)))
    # p < 0 and c >= 0: this form of the smaller root loses no digits, and is -c / p for q = 0
    return b.op(Op.DIV, b.op(Op.MUL, b.const(2.0), c), b.op(Op.SUB, root, p))


def _allocated(b: Builder, claims: Sequence[Claim], available: int, current: int) -> int:
    asked = total(b, [claim.request for claim in claims])
    mine = claims[current]
    if all(claim.kind == FIXED for claim in claims):
        return mine.request
    given = b.op(Op.MUL, mine.request, share_at(b, mine, price_of(b, claims, available)))
    none = b.op(Op.LE, available, b.const(0.0))
    given = b.op(Op.SELECT, none, b.const(0.0), given)
    return b.op(Op.SELECT, b.op(Op.GE, available, asked), mine.request, given)


def _requests(b: Builder, call: Call) -> tuple[list[int], int]:
    nodes, current = b.vector(call.args[0])
    if current is None or len(nodes) > LARGEST:
        what = f"needs the range of its requests on the left side, with at most {LARGEST} elements"
        raise b.refuse(call, what, "put the range that shares last in the first argument")
    return nodes, current


def _by_priority(b: Builder, call: Call) -> int:
    requests, current = _requests(b, call)
    priorities, _ = b.vector(call.args[1])
    if len(priorities) != len(requests):
        raise b.refuse(call, "needs as many priorities as requests", "give both one range last")
    width = b.node(call.args[3])
    claims = [Claim(r, RECTANGLE, p, width) for r, p in zip(requests, priorities, strict=True)]
    return _allocated(b, claims, b.node(call.args[4]), current)


def claims_of(b: Builder, call: Call, profile: Expr, requests: Sequence[int]) -> tuple[list[Claim], int]:
    """Return a claim for each request, and a node that is 0 where a member asks for other kinds of curves."""
    kinds, priorities, widths = (b.vector(profile, 2, shift)[0] for shift in (0, 1, 2))
    starts = b.starting(call, lambda inner: inner.vector(profile, 2, 0)[0])
    if len(kinds) != len(requests):
        raise b.refuse(call, "needs as many profiles as quantities", "give both one range")
    claims, holds = [], b.const(1.0)
    for request, kind, start, priority, width in zip(
        requests, kinds, starts, priorities, widths, strict=True
    ):
        number = b.at_default(start)
        if number not in (FIXED, RECTANGLE, TRIANGLE, NORMAL, EXPONENTIAL):
            what = f"knows no profile {number:g}"
            raise b.refuse(call, what, "0 fixed, 1 rectangular, 2 triangular, 3 normal or 4 exponential")
        claims.append(Claim(request, int(number), priority, width))
        if b.varies(start):
            holds = b.op(Op.AND, holds, b.op(Op.EQ, kind, b.const(number)))
    return claims, holds


def _by_profile(b: Builder, call: Call) -> int:
    requests, current = _requests(b, call)
    claims, holds = claims_of(b, call, call.args[1], requests)
    given = _allocated(b, claims, b.node(call.args[2]), current)
    return b.op(Op.SELECT, holds, given, b.const(float("nan")))


ALLOCATED: dict[str, Made] = {
    "ALLOCATE_AVAILABLE": _by_profile,
    "ALLOCATE_BY_PRIORITY": _by_priority,
}
