"""The sign of a link from its equation alone: +, - or ? where the equation does not settle it.

A conservative reading: every operation passes signs on, with the signs that values had in a run (a stock
that was never negative counts as positive). A loop is reinforcing, R, when it has an even number of negative
links, balancing, B, when odd, and of unknown polarity, ?, when a link is. What a loop did as it ran is told
by its scores, not here.

Source: Richardson (1986), Problems with causal-loop diagrams, System Dynamics Review 2, 158-170.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from putar.engine.formulas import Formulas
from putar.engine.ir import Node, Op, live_order

__all__ = ["link_sign", "loop_polarity", "run_polarity"]

CONFIDENT = 0.99  # a loop that was of one sign for more than this share is R or B "almost always"

_TIMES: Final = {("+", "+"): "+", ("-", "-"): "+", ("+", "-"): "-", ("-", "+"): "-"}
_GROWING: Final = frozenset({Op.EXP, Op.LOG, Op.SQRT, Op.ASIN, Op.ATAN})
_POSITIVE: Final = frozenset({Op.EXP, Op.SQRT, Op.ABS, Op.RANDOM})


def _times(a: str, b: str) -> str:
    return "0" if "0" in (a, b) else _TIMES.get((a, b), "?")


def _plus(a: str, b: str) -> str:
    if a == b or b == "0":
        return a
    return b if a == "0" else "?"


def _minus(a: str) -> str:
    return {"+": "-", "-": "+"}.get(a, a)


def link_sign(
    formulas: Formulas, source: str, target: str, sign: Callable[[str], str], other: Callable[[Node], str]
) -> str:
    """Return +, - or ? for the effect of a source on a target (of what is kept: on its rate).

    Parameters
    ----------
    sign : of a formula's values: +, -, 0 or ?
    other : of the values of TIME, a parameter or a draw
    """
    formula = formulas.all[target]
    if formula.kind == "stock":
        return "+" if formula.signs[formula.inputs.index(source)] > 0 else "-"
    value: dict[int, str] = {}
    slope: dict[int, str] = {}
    for index in live_order(formulas.graph, [formula.node]):
        node = formulas.graph.nodes[index]
        if node.op is Op.STATE:
            name = formulas.leaves[node.key]  # type: ignore[index]
            value[index], slope[index] = sign(name), "+" if name == source else "0"
        elif node.op in (Op.PARAM, Op.TIME, Op.RANDOM):
            value[index], slope[index] = other(node), "0"
        elif node.op is Op.CONST:
            number = float(node.key or 0.0)
            value[index], slope[index] = "+" if number > 0 else "-" if number < 0 else "0", "0"
        else:
            values, slopes = [value[a] for a in node.args], [slope[a] for a in node.args]
            value[index] = _value(node, values)
            slope[index] = _slope(formulas, node, values, slopes)
    return slope[formula.node]


def _value(node: Node, v: list[str]) -> str:
    match node.op:
        case Op.NEG:
            return _minus(v[0])
        case Op.ADD:
            return _plus(*v)
        case Op.SUB:
            return _plus(v[0], _minus(v[1]))
        case Op.MUL | Op.DIV:
            return _times(*v)
        case Op.POW:
            return "+" if v[0] == "+" else "?"
        case Op.MAX:
            return "+" if "+" in v or set(v) == {"0"} else v[0] if v[0] == v[1] else "?"
        case Op.MIN:
            return "-" if "-" in v else v[0] if v[0] == v[1] else "+" if set(v) == {"0", "+"} else "?"
        case Op.SELECT:
            return _plus(v[1], v[2])
        case op if op in _POSITIVE:
            return "+"
        case _:
            return "?"


def _slope(formulas: Formulas, node: Node, v: list[str], s: list[str]) -> str:
    if set(s) == {"0"}:
        return "0"
    op = node.op
    if op in (Op.ADD, Op.MIN, Op.MAX):
        found = _plus(*s)
    elif op is Op.SUB:
        found = _plus(s[0], _minus(s[1]))
    elif op is Op.NEG or op is Op.ACOS:
        found = _minus(s[0])
    elif op is Op.MUL:
        found = _plus(_times(s[0], v[1]), _times(s[1], v[0]))
    elif op is Op.DIV:
        found = _plus(_times(s[0], v[1]), _minus(_times(s[1], v[0])))
    elif op in _GROWING:
        found = s[0]
    elif op is Op.ABS:
        found = _times(s[0], v[0])
    elif op is Op.POW:
        found = _times(s[0], _times(v[1], v[0])) if s[1] == "0" else "?"
    elif op is Op.SELECT:
        found = _plus(s[1], s[2]) if s[0] == "0" else "?"
    elif op is Op.LOOKUP and isinstance(node.key, int):
        table = formulas.program.tables[node.key]
        slopes = [b - a for a, b in zip(table.ys, table.ys[1:], strict=False)]
        rising = "+" if min(slopes, default=0.0) >= 0 else "-" if max(slopes, default=0.0) <= 0 else "?"
        found = _times(s[0], rising)
    else:
        found = "?"
    return found


def loop_polarity(signs: Iterable[str]) -> str:
    """Return R, B or ? from the signs of a loop's links."""
    total = "+"
    for sign in signs:
        total = _times(total, sign)
    return {"+": "R", "-": "B"}.get(total, "?")


def run_polarity(positive: float, negative: float) -> str:
    """Return R or B, Ru or Bu where almost always so, U where both, "" at rest.

    Parameters
    ----------
    positive, negative : sums over time of the sizes of the shares of either sign
    """
    if positive + negative == 0.0:
        return ""
    confidence = abs(positive - negative) / (positive + negative)
    letter = "R" if positive > negative else "B"
    if min(positive, negative) == 0.0:
        return letter
    return f"{letter}u" if confidence > CONFIDENT else "U"
