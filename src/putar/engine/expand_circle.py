"""SIMULTANEOUS: the value at which the equations of a circle agree, found by going round it.

From the value of the step before (at first, from a guess) the circle is gone round ROUNDS times, as Vensim
does until nothing changes; a few steps of Steffensen's method then give the last digits. Where the equations
still do not agree, the answer is not a number.

Source: Vensim Reference Manual, "SIMULTANEOUS"; Steffensen (1933), Remarks on iteration, Skandinavisk
Aktuarietidskrift 16, 64-72.
"""

from __future__ import annotations

import math

from putar.engine.builder import Builder, Made
from putar.engine.ir import Op
from putar.language.expr import Call

__all__ = ["CIRCULAR"]

ROUNDS = 24
LAST_STEPS = 4
NEAR = 1e-9  # of the value: how well the equations must agree


def _simultaneous(b: Builder, call: Call) -> int:
    def solved(before: int) -> int:
        return _solved(b, call, before)

    if b.world == "initial":
        return solved(b.at_start(call.args[1]))
    return solved(b.latch(call, 0, lambda: b.at_start(call.args[1]), solved))


def _solved(b: Builder, call: Call, at: int) -> int:
    value = call.args[0]
    for _ in range(ROUNDS):
        at = b.circular(value, at)
    for _ in range(LAST_STEPS):
        once = b.circular(value, at)
        twice = b.circular(value, once)
        first = b.op(Op.SUB, once, at)
        bend = b.op(Op.SUB, b.op(Op.SUB, twice, once), first)
        step = b.op(Op.DIV, b.op(Op.MUL, first, first), bend)
        straight = b.op(Op.EQ, bend, b.const(0.0))
        at = b.op(Op.SELECT, straight, twice, b.op(Op.SUB, at, step))
    gap = b.op(Op.ABS, b.op(Op.SUB, b.circular(value, at), at))
    size = b.op(Op.MAX, b.op(Op.ABS, at), b.const(NEAR))
    agrees = b.op(Op.LE, gap, b.op(Op.MUL, b.const(NEAR), size))
    return b.op(Op.SELECT, agrees, at, b.const(math.nan))


CIRCULAR: dict[str, Made] = {"SIMULTANEOUS": _simultaneous}
