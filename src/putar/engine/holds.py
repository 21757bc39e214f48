"""A Program in which what comes from outside can be held still, and all stocks can start elsewhere.

A drive is a formula that reads the clock, or a stock that grows without any loop behind it. From the date in
its parameter on, the drive keeps the clock of that date, or its rate is 0; by default the date is infinite
and the Program means what it meant. `start scale` multiplies all initial values of stocks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from putar.engine.formulas import Formulas
from putar.engine.ir import Graph, Op, Program, State, live_order, verify

__all__ = ["HOLD", "START", "holdable", "reads_clock"]

HOLD = "hold "  # and the drive's name: the date from which it is held
START = "start scale"


def reads_clock(formulas: Formulas, name: str) -> bool:
    """Return whether a formula reads TIME itself."""
    nodes = formulas.graph.nodes
    return any(nodes[i].op is Op.TIME for i in live_order(formulas.graph, [formulas.all[name].node]))


def holdable(formulas: Formulas, drives: Sequence[str]) -> Program:
    """Return the Program with parameters `hold NAME` for each drive, and `start scale`."""
    program = formulas.program
    graph = Graph()
    base = len(program.parameters)
    dates = {name: graph.param(base + place) for place, name in enumerate(drives)}
    scale = graph.param(base + len(drives))
    slots = {state.name: slot for slot, state in enumerate(program.states)}
    nodes = {name: graph.state(slots[name]) for name, formula in formulas.all.items() if formula.keeps}

    def written(name: str) -> int:
        """Return the node of a formula, with the clock held if it is a drive."""

        def other(op: Op, key: int | None) -> int:
            node = graph.node(op, key=key)
            if op is Op.TIME and name in dates:
                return graph.node(Op.MIN, node, dates[name])
            return node

        return formulas.write(graph, formulas.all[name].node, nodes.__getitem__, other)

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
        parameters=(*program.parameters, *(f"{HOLD}{name}" for name in drives), START),
        defaults=(*program.defaults, *[math.inf] * len(drives), 1.0),
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
