"""Built-in functions as operations: what each row of `language.functions` computes, family by family.

PURE functions are a few operations on their arguments; REDUCERS turn many elements into one value; the
MADE ones ask for more: states, draws, tables, vectors. Each family is a module, `expand_<family>`.

Source: XMILE 1.0 (OASIS), section 3.5; docs/formats.md for the functions of other tools.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from putar.engine import expand_pure
from putar.engine.builder import Builder, Made
from putar.engine.expand_allocate import ALLOCATED
from putar.engine.expand_circle import CIRCULAR
from putar.engine.expand_counts import COUNTED
from putar.engine.expand_history import HISTORIES
from putar.engine.expand_market import MARKET
from putar.engine.expand_memory import MEMORY
from putar.engine.expand_random import DRAWN, normal_quantile
from putar.engine.expand_shapes import SHAPED
from putar.engine.expand_tables import TABLES
from putar.engine.expand_vectors import VECTORS
from putar.engine.ir import Op
from putar.language.expr import Call

__all__ = ["MADE", "PURE", "REDUCERS", "TIMED", "Builder", "expand"]

PURE: dict[str, Callable[..., int]] = {**expand_pure.PURE, "INVNORM": normal_quantile}

TIMED: dict[str, Callable[[Builder], int]] = {
    "time": lambda b: b.clock(),
    "dt": lambda b: b.const(b.time_spec.step),
    "starttime": lambda b: b.const(b.time_spec.start),
    "stoptime": lambda b: b.const(b.time_spec.stop),
    "pi": lambda b: b.const(math.pi),
    "inf": lambda b: b.const(math.inf),
    "time_of_step": lambda b: b.held_clock(),
}


def expand(b: Builder, call: Call) -> int:
    """Return the node of a call that asks for more than the values of its arguments."""
    if call.function in REDUCERS:
        return b.reduced(call, [node for arg in call.args for node in b.slice(arg)])
    return MADE[call.function](b, call)


def _fold(op: Op) -> Callable[[Builder, list[int]], int]:
    def fold(b: Builder, nodes: list[int]) -> int:
        total = nodes[0]
        for node in nodes[1:]:
            total = b.op(op, total, node)
        return total

    return fold


def _mean(b: Builder, nodes: list[int]) -> int:
    return b.op(Op.DIV, _fold(Op.ADD)(b, nodes), b.const(float(len(nodes))))


def _deviation(b: Builder, nodes: list[int]) -> int:
    mean = _mean(b, nodes)
    gaps = [b.op(Op.SUB, node, mean) for node in nodes]
    return b.op(Op.SQRT, _mean(b, [b.op(Op.MUL, gap, gap) for gap in gaps]))


REDUCERS: dict[str, Callable[[Builder, list[int]], int]] = {
    "SUM": _fold(Op.ADD),
    "PROD": _fold(Op.MUL),
    "MIN": _fold(Op.MIN),
    "MAX": _fold(Op.MAX),
    "MEAN": _mean,
    "STDDEV": _deviation,
    "SIZE": lambda b, nodes: b.const(float(len(nodes))),
}

MADE: dict[str, Made] = {
    **MEMORY,
    **HISTORIES,
    **CIRCULAR,
    **DRAWN,
    **COUNTED,
    **SHAPED,
    **TABLES,
    **VECTORS,
    **ALLOCATED,
    **MARKET,
}
