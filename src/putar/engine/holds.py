"""A Program in which drives can be held still, links be weakened, and all stocks start elsewhere.

A drive is a formula that reads the clock, or a stock that grows without any loop behind it. From the date in
its parameter on, the drive keeps the clock of that date, or its rate is 0; by default the date is infinite
and the Program means what it meant. `start scale` multiplies all initial values of stocks. A link can be
given a strength k from a date on: its target then reads kept + k * (source - kept), where `kept` is a number,
such as the source's value at that date, or 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from putar.engine.formulas import Formulas
from putar.engine.ir import Graph, Op, Program, State, live_order, verify

__all__ = ["HOLD", "KEPT", "START", "STRENGTH", "WEAK_FROM", "holdable", "link_name", "reads_clock"]

HOLD = "hold "  # and the drive's name: the date from which it is held
START = "start scale"
WEAK_FROM = "weak from"
STRENGTH, KEPT = "strength ", "kept "  # and the link's name


def reads_clock(formulas: Formulas, name: str) -> bool:
    """Return whether a formula reads TIME itself."""
    nodes = formulas.graph.nodes
    return any(nodes[i].op is Op.TIME for i in live_order(formulas.graph, [formulas.all[name].node]))


def link_name(link: tuple[str, str]) -> str:
    """Return how a link is called in the names of its parameters."""
    return " > ".join(link)


def holdable(formulas: Formulas, drives: Sequence[str], links: Sequence[tuple[str, str]] = ()) -> Program:
    """Return the Program with parameters `hold NAME` for each drive, `start scale`, and those of links.

    Of each link (source, target) they are `strength SOURCE > TARGET` and `kept SOURCE > TARGET`, and for all
    `weak from`, the date from which they count.
    """
    program = formulas.program
    graph = Graph()
    extra: dict[str, float] = {f"{HOLD}{name}": math.inf for name in drives} | {START: 1.0}
    for link in links:
        extra |= {f"{STRENGTH}{link_name(link)}": 1.0, f"{KEPT}{link_name(link)}": 0.0}
    extra |= {WEAK_FROM: math.inf} if links else {}
    added = {name: graph.param(len(program.parameters) + place) for place, name in enumerate(extra)}
    dates = {name: added[f"{HOLD}{name}"] for name in drives}
    scale = added[START]
    weakened = frozenset(links)
    slots = {state.name: slot for slot, state in enumerate(program.states)}
    nodes = {name: graph.state(slots[name]) for name, formula in formulas.all.items() if formula.keeps}

    def written(name: str) -> int:
        """Return the node of a formula, with the clock held if it is a drive, and weakened links."""

        def other(op: Op, key: int | None) -> int:
            node = graph.node(op, key=key)
            if op is Op.TIME and name in dates:
                return graph.node(Op.MIN, node, dates[name])
            return node

        def leaf(source: str) -> int:
            whole = nodes[source]
            if (source, name) not in weakened:
                return whole
            called = link_name((source, name))
            kept, strength = added[f"{KEPT}{called}"], added[f"{STRENGTH}{called}"]
            part = graph.node(Op.ADD, kept, graph.node(Op.MUL, strength, graph.node(Op.SUB, whole, kept)))
            weak = graph.node(Op.GE, graph.time(), added[WEAK_FROM])
            return graph.node(Op.SELECT, weak, part, whole)

        return formulas.write(graph, formulas.all[name].node, leaf, other)

    for name, formula in formulas.all.items():
        if not formula.keeps:
            nodes[name] = written(name)
    states = []
    for state in program.states:
        formula = formulas.all[state.name]
        following = written(state.name)
        if state.name in dates and formula.kind == "stock":
            moving = graph.node(Op.LT, graph.time(), dates[state.name])
            following = graph.node(Op.SELECT, moving, following, graph.const(0.0))
        initial = _copied(program, state.initial, graph)
        if formula.kind == "stock":
            initial = graph.node(Op.MUL, initial, scale)
        states.append(State(state.name, initial, following, state.kind))
    known = [(name, nodes[name]) for name, _ in program.outputs if name in nodes]
    made = replace(
        program,
        graph=graph,
        parameters=(*program.parameters, *extra),
        defaults=(*program.defaults, *extra.values()),
        states=tuple(states),
        outputs=tuple(known),
    )
    verify(made)
    return made


def _copied(program: Program, root: int, graph: Graph) -> int:
    place: dict[int, int] = {}
    for index in live_order(program.graph, [root]):
        node = program.graph.nodes[index]
        place[index] = graph.node(node.op, *[place[a] for a in node.args], key=node.key)
    return place[root]
