"""Where a Program's values live and when they are computed: the plan that emit.py writes out.

Every operation belongs to one group, by what it depends on and by who needs it:

    init            depends on parameters alone: once for each call, per vector of members
    start           the same, needed for initial values only
    rates           needed for the rates of integrals: at every stage of every step
    latches         needed for the next values of latches, not for rates: once a step
    outputs         needed for what is saved alone: on saved steps
    clock.*         of the last three, what depends on time alone: once for all vectors

A group is cut into functions of some hundred operations, so that the time to compile grows linearly.
Values that cross functions have a slot, one vector wide, in the work area of their vector of members, or
in the clock's area. The work area also holds parameters, states, rates and the states inside a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from putar.engine.ir import Op, Program, live_order
from putar.engine.methods import METHODS

__all__ = ["CHUNK", "GROUPS", "Layout", "plan"]

CHUNK: Final = 300  # operations a function
GROUPS: Final = (
    "init",
    "start",
    "clock.rates",
    "rates",
    "clock.latches",
    "latches",
    "clock.outputs",
    "outputs",
)
_LEAVES: Final = frozenset({Op.CONST, Op.PARAM, Op.STATE, Op.TIME})
_MEMBER, _CLOCK = 1, 2  # what a node depends on: state or random draws, time
_PARAMETER: Final = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """The plan; places are counted in vectors from the start of an area.

    Parameters
    ----------
    functions : for each group its functions, each a list of nodes in order
    home : of each operation, its group and the number of its function there
    slots : of each operation that crosses functions, its place, in the clock's area if its group is a clock's
    integrals, latches : the states' numbers, in the order of their places
    state_places : of each state, its place
    rates, inside, next_latches, stream_keys : first places of the rates of all stages, of the integrals
        inside a step, of the latches' next values, of the keys of random draws
    streams : the slots of random draws, in the order of their keys
    copies : what a group copies at its end: (node, place); the place of a rate is counted from the rates
    kept : of each output, the place it is saved from
    work, clock : vectors in the work area of a vector of members, and in the clock's area of a stage
    """

    functions: dict[str, list[list[int]]]
    home: dict[int, tuple[str, int]]
    slots: dict[int, int]
    integrals: list[int]
    latches: list[int]
    state_places: dict[int, int]
    rates: int
    inside: int
    next_latches: int
    stream_keys: int
    streams: list[int]
    copies: dict[str, list[tuple[int, int]]]
    kept: list[int]
    work: int
    clock: int

    def in_clock(self, node: int) -> bool:
        """Return whether an operation's slot is in the clock's area."""
        return self.home[node][0].startswith("clock.")


def plan(program: Program, wanted: Sequence[int], chunk: int = CHUNK) -> Layout:
    """Return where and when all that the program's states and the wanted nodes need is computed."""
    nodes, states = program.graph.nodes, program.states
    integrals = [i for i, state in enumerate(states) if state.kind == "integral"]
    latches = [i for i, state in enumerate(states) if state.kind == "latch"]
    roots = {
        "rates": [states[i].next for i in integrals],
        "latches": [states[i].next for i in latches],
        "outputs": list(wanted),
        "start": [state.initial for state in states],
    }
    functions, home = _grouped(program, roots, chunk)

    # the work area, part by part
    state_places = {i: len(program.parameters) + place for place, i in enumerate(integrals + latches)}
    rates = len(program.parameters) + len(states)
    stages = METHODS[program.method].stages
    inside = rates + stages * len(integrals)
    next_latches = inside + len(integrals) * (stages > 1)
    stream_keys = next_latches + len(latches)
    streams = sorted({n.key for i, n in enumerate(nodes) if n.op is Op.RANDOM and i in home})  # type: ignore[type-var]
    work, clock = stream_keys + len(streams), 0

    # slots: what is read in another function than it is made in, and what is saved
    slots: dict[int, int] = {}
    crossing = {a for i in home for a in nodes[i].args if a in home and home[a] != home[i]}
    ends = {"rates": integrals, "latches": latches, "start": [*integrals, *latches]}
    copies: dict[str, list[tuple[int, int]]] = {group: [] for group in GROUPS}
    for group, members in ends.items():
        for position, i in enumerate(members):
            node = states[i].initial if group == "start" else states[i].next
            base = {"rates": 0, "latches": next_latches, "start": len(program.parameters)}[group]
            copies[group].append((node, base + position))
            crossing |= {node} & home.keys()
    crossing |= set(wanted) & home.keys()
    for node in sorted(crossing):
        if home[node][0].startswith("clock."):
            slots[node], clock = clock, clock + 1
        else:
            slots[node], work = work, work + 1

    kept = []
    extra: dict[int, int] = {}
    for node in wanted:
        match nodes[node].op, nodes[node].key:
            case Op.PARAM, int(slot):
                kept.append(slot)
            case Op.STATE, int(state):
                kept.append(state_places[state])
            case _ if node in slots and not home[node][0].startswith("clock."):
                kept.append(slots[node])
            case _:
                if node not in extra:
                    extra[node], work = work, work + 1
                    copies["outputs"].append((node, extra[node]))
                kept.append(extra[node])
    return Layout(
        functions,
        home,
        slots,
        integrals,
        latches,
        state_places,
        rates,
        inside,
        next_latches,
        stream_keys,
        streams,  # type: ignore[arg-type]
        copies,
        kept,
        work,
        clock,
    )


def _grouped(
    program: Program, roots: dict[str, list[int]], chunk: int
) -> tuple[dict[str, list[list[int]]], dict[int, tuple[str, int]]]:
    """Return the functions of each group, and of each operation its group and function."""
    nodes = program.graph.nodes
    order = live_order(program.graph, [root for each in roots.values() for root in each])
    needed = {group: set(live_order(program.graph, each)) for group, each in roots.items()}
    depends: dict[int, int] = {}
    lists: dict[str, list[int]] = {group: [] for group in GROUPS}
    for i in order:
        node = nodes[i]
        own = {Op.STATE: _MEMBER, Op.RANDOM: _MEMBER, Op.TIME: _CLOCK, Op.PARAM: _PARAMETER}.get(node.op, 0)
        for argument in node.args:
            own |= depends[argument]
        depends[i] = own
        if node.op in _LEAVES:
            continue
        stage = next((g for g in ("rates", "latches", "outputs") if i in needed[g]), "start")
        if not own & (_MEMBER | _CLOCK):
            lists["start" if stage == "start" else "init"].append(i)
        else:
            lists[f"clock.{stage}" if own == _CLOCK else stage].append(i)
    functions = {
        group: [each[k : k + chunk] for k in range(0, len(each), chunk)] for group, each in lists.items()
    }
    home = {
        i: (group, number)
        for group, each in functions.items()
        for number, body in enumerate(each)
        for i in body
    }
    return functions, home
