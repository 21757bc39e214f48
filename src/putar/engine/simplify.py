"""Passes from a Program to a smaller Program of the same meaning, to the last bit.

A pass looks at one node at a time, its arguments already rewritten, and returns the node that stands for
it. Only identities that hold for every double are used, signed zeros, infinities and not-a-number
included: x * 1 is x, but x + 0 is not (for -0), nor is x - x zero. Nodes that nothing needs fall away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, cast

from putar.engine.ir import Graph, Node, Op, Program, live_order, verify
from putar.engine.operations import MEANING

__all__ = ["PASSES", "drop_identities", "fold_constants", "rewrite", "simplify"]

Pass = Callable[[Graph, Node, Program], int | None]

_TRUTHS: Final = frozenset(
    {Op.LT, Op.LE, Op.GT, Op.GE, Op.EQ, Op.NE, Op.AND, Op.OR, Op.NOT}
)  # operations that give 0 or 1


def fold_constants(graph: Graph, node: Node, program: Program) -> int | None:
    """Replace an operation on constants by its value, a choice by the branch that is taken."""
    values = [_constant(graph, argument) for argument in node.args]
    if node.op is Op.SELECT and values[0] is not None:
        return node.args[1] if values[0] != 0.0 else node.args[2]
    if not values or None in values:
        return None
    if node.op is Op.LOOKUP:
        return graph.const(program.tables[cast("int", node.key)].at(cast("float", values[0])))
    return graph.const(MEANING[node.op](*values))


def drop_identities(graph: Graph, node: Node, program: Program) -> int | None:  # noqa: ARG001 - a Pass
    """Drop operations that change no double: x * 1, x / 1, x - 0, x ^ 1, -(-x), equal branches, and kin."""
    arguments = [graph.nodes[a] for a in node.args]
    first = node.args[0] if node.args else -1
    second = _constant(graph, node.args[1]) if len(node.args) > 1 else None
    match node.op:
        case Op.MUL if second == 1.0:
            return first
        case Op.MUL if _constant(graph, first) == 1.0:
            return node.args[1]
        case Op.DIV if second == 1.0:
            return first
        case Op.DIV if second is not None and _has_exact_inverse(second):
            return graph.node(Op.MUL, first, graph.const(1.0 / second))
        case Op.POW if second == 1.0:
            return first
        case Op.POW if second == 2.0:
            return graph.node(Op.MUL, first, first)
        case Op.ADD if second is not None and _is_zero(second, -1.0):
            return first
        case Op.SUB if second is not None and _is_zero(second, 1.0):
            return first
        case Op.NEG if arguments[0].op is Op.NEG:
            return arguments[0].args[0]
        case Op.ABS if arguments[0].op in (Op.NEG, Op.ABS):
            return graph.node(Op.ABS, arguments[0].args[0])
        case Op.SELECT if node.args[1] == node.args[2]:
            return node.args[1]
        case Op.MIN | Op.MAX if first == node.args[1]:
            return first
        case Op.AND | Op.OR if first == node.args[1] and arguments[0].op in _TRUTHS:
            return first
        case _:
            return None


PASSES: Final[tuple[Pass, ...]] = (fold_constants, drop_identities)


def simplify(program: Program) -> Program:
    """Return the program after all passes, verified."""
    program = rewrite(program, PASSES)
    verify(program)
    return program


def rewrite(program: Program, passes: Sequence[Pass]) -> Program:
    """Return the program in which each needed node went through the passes, after its arguments did.

    What the passes made unneeded is dropped.
    """
    return _rebuilt(_rebuilt(program, passes), ())


def _rebuilt(program: Program, passes: Sequence[Pass]) -> Program:
    roots = [n for s in program.states for n in (s.initial, s.next)] + [n for _, n in program.outputs]
    graph = Graph()
    place: dict[int, int] = {}
    for index in live_order(program.graph, roots):
        old = program.graph.nodes[index]
        here = graph.node(old.op, *[place[a] for a in old.args], key=old.key)
        for each in passes:
            better = each(graph, graph.nodes[here], program)
            here = here if better is None else better
        place[index] = here
    states = tuple(replace(s, initial=place[s.initial], next=place[s.next]) for s in program.states)
    outputs = tuple((name, place[node]) for name, node in program.outputs)
    return replace(program, graph=graph, states=states, outputs=outputs)


def _constant(graph: Graph, index: int) -> float | None:
    node = graph.nodes[index]
    return cast("float", node.key) if node.op is Op.CONST else None


def _is_zero(value: float, sign: float) -> bool:
    return value == 0.0 and math.copysign(1.0, value) == sign


def _has_exact_inverse(value: float) -> bool:
    """Return whether dividing by value and multiplying by its inverse round alike: powers of two."""
    mantissa, power = math.frexp(value)
    return abs(mantissa) == 0.5 and abs(power) < 1000
