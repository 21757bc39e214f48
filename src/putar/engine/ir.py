"""The Program: a model as a graph of scalar operations, ready for any kernel.

A Graph is a list of hash-consed nodes, each after its arguments: equal nodes are one node. A Program
adds what the graph alone does not say: tables, parameters, states with their initial and next values,
the outputs that may be asked for, and the grid of time. `verify` states the rules every pass keeps.
Members, arrays and machine code are the kernels' business; names of a model are the language's.
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
import math
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from putar.engine.methods import METHODS
from putar.engine.operations import MEANING, OPERATIONS, Op

__all__ = [
    "MEANING",
    "OPERATIONS",
    "Graph",
    "Key",
    "Node",
    "Op",
    "Program",
    "State",
    "Table",
    "live_order",
    "owner_of",
    "render",
    "verify",
]

Key = float | int | None
_IN_INITIAL_FORBIDDEN: Final = frozenset({Op.STATE, Op.TIME, Op.RANDOM})


@dataclass(frozen=True, slots=True)
class Node:
    """An operation on earlier nodes; the key is a constant's value or the index of what is read."""

    op: Op
    args: tuple[int, ...]
    key: Key = None


class Graph:
    """Nodes in the order they were made; asking twice for the same node gives the same index."""

    __slots__ = ("_index", "nodes")

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._index: dict[tuple[Op, tuple[int, ...], int | bytes | None], int] = {}

    def node(self, op: Op, *args: int, key: Key = None) -> int:
        """Return the index of the node, making it if it is new; -0.0 and NaNs keep their bits."""
        identity = (op, args, struct.pack("<d", key) if op is Op.CONST and key is not None else key)
        found = self._index.get(identity)  # type: ignore[arg-type]
        if found is None:
            found = len(self.nodes)
            self.nodes.append(Node(op, args, float(key) if op is Op.CONST and key is not None else key))
            self._index[identity] = found  # type: ignore[index]
        return found

    def const(self, value: float) -> int:
        """Return the node of a constant."""
        return self.node(Op.CONST, key=value)

    def param(self, slot: int) -> int:
        """Return the node of a parameter, by its place in Program.parameters."""
        return self.node(Op.PARAM, key=slot)

    def state(self, slot: int) -> int:
        """Return the node of a state, by its place in Program.states."""
        return self.node(Op.STATE, key=slot)

    def time(self) -> int:
        """Return the node of the time of the evaluation."""
        return self.node(Op.TIME)

    def lookup(self, table: int, argument: int) -> int:
        """Return the node of a table's value at an argument, by its place in Program.tables."""
        return self.node(Op.LOOKUP, argument, key=table)

    def random(self, slot: int) -> int:
        """Return the node of a uniform draw in (0, 1), a new one each step, one stream a slot."""
        return self.node(Op.RANDOM, key=slot)


@dataclass(frozen=True, slots=True)
class Table:
    """Points of a curve and what holds between and outside them.

    Two points may share an x: the curve jumps there and has the last of their values at x itself.
    `step` takes the y of the next lower x. Outside, `hold` keeps the end values and `extrapolate`
    continues the end slopes (a step table is always held).
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    between: str = "linear"
    outside: str = "hold"

    def problems(self) -> Iterable[str]:
        """Yield one sentence for each broken rule."""
        if len(self.xs) != len(self.ys) or not self.xs:
            yield f"a table needs as many x as y and at least one, not {len(self.xs)} and {len(self.ys)}"
        if not all(math.isfinite(value) for value in (*self.xs, *self.ys)):
            yield "a table's points must be finite"
        if any(left > right for left, right in itertools.pairwise(self.xs)):
            yield "a table's x must not decrease"
        if self.between not in ("linear", "step") or self.outside not in ("hold", "extrapolate"):
            yield f"a table knows no '{self.between}' between and '{self.outside}' outside"

    def slope(self, place: int) -> float:
        """Return the slope to the right of a point; every kernel uses this very number."""
        last = len(self.xs) - 1
        if self.between == "step" or last == 0:
            return 0.0
        if place == last:
            return self.slope(last - 1) if self.outside == "extrapolate" else 0.0
        width = self.xs[place + 1] - self.xs[place]
        return (self.ys[place + 1] - self.ys[place]) / width if width > 0.0 else 0.0

    def at(self, x: float) -> float:
        """Return the curve's value: y + slope * (x - x of the last point not above x); NaN of NaN."""
        if x != x:
            return x
        if self.outside == "hold" or self.between == "step":
            x = min(max(x, self.xs[0]), self.xs[-1])
        place = max(bisect.bisect_right(self.xs, x) - 1, 0)
        return self.ys[place] + self.slope(place) * (x - self.xs[place])


@dataclass(frozen=True, slots=True)
class State:
    """A value carried from step to step.

    An `integral` moves by step times its rate `next` (see methods.py); a `latch` takes the value of
    `next` at the step's start once the step is done. `initial` holds constants and parameters only.
    """

    name: str
    initial: int
    next: int
    kind: str = "integral"


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A model, compiled to operations: everything a kernel needs and nothing of arrays.

    Parameters
    ----------
    parameters, defaults : names and values of what a member may change; same order
    outputs : (name, node) of all that may be asked for
    start, step, steps : time is start + n * step for n = 0 .. steps, in the model's unit of time
    method : a row of methods.METHODS
    save_every : rows are kept at every so many steps, and at the last
    """

    graph: Graph
    tables: tuple[Table, ...]
    parameters: tuple[str, ...]
    defaults: tuple[float, ...]
    states: tuple[State, ...]
    outputs: tuple[tuple[str, int], ...]
    start: float
    step: float
    steps: int
    method: str = "euler"
    save_every: int = 1

    @property
    def digest(self) -> str:
        """SHA-256 of the content in canonical form, as 64 hexadecimal digits.

        Nodes that nothing needs and the order in which nodes were made do not count.
        """
        return _digest(self)

    def shape(self, wanted: Sequence[int]) -> str:
        """Return the canonical text of what must be computed for the wanted nodes.

        Names, values of parameters, the grid of time and unneeded nodes are left out: two programs of
        one shape share their machine code.
        """
        roots = [node for state in self.states for node in (state.initial, state.next)] + list(wanted)
        nodes = self.graph.nodes
        place: dict[int, int] = {}
        lines = []
        tables: dict[int, int] = {}
        for index in live_order(self.graph, roots):
            place[index] = len(place)
            node = nodes[index]
            key = node.key
            if node.op is Op.CONST and key is not None:
                key = struct.pack(">d", key).hex()  # type: ignore[assignment]
            elif node.op is Op.LOOKUP and isinstance(key, int):
                key = tables.setdefault(key, len(tables))
            lines.append(f"{node.op.value} {' '.join([str(place[a]) for a in node.args])} {key}")
        lines += [repr(self.tables[table]) for table in tables]
        lines += [f"{s.kind} {place[s.initial]} {place[s.next]}" for s in self.states]
        lines += [str(place[node]) for node in wanted]
        lines.append(f"{len(self.parameters)} {self.method}")
        return "\n".join(lines)

    def time_at(self, n: float) -> float:
        """Return the time after n steps, which may be a fraction inside a step."""
        return self.start + n * self.step


@lru_cache(maxsize=16)
def _digest(program: Program) -> str:
    states = [state.name for state in program.states]
    names = (program.parameters, program.defaults, states, [name for name, _ in program.outputs])
    grid = (program.start, program.step, program.steps, program.save_every)
    text = repr((names, grid)) + program.shape([node for _, node in program.outputs])
    return hashlib.sha256(text.encode()).hexdigest()


def live_order(graph: Graph, roots: Iterable[int]) -> list[int]:
    """Return the nodes that the roots need, each after its arguments, depth first.

    The order depends on the roots alone, not on the order in which nodes were made, and keeps a
    value's making close to its use.
    """
    nodes = graph.nodes
    seen: set[int] = set()
    order: list[int] = []
    stack: list[int] = list(roots)
    stack.reverse()
    while stack:
        index = stack[-1]
        if index in seen:
            stack.pop()
            continue
        waiting = [a for a in nodes[index].args if a not in seen]
        if waiting:
            waiting.reverse()
            stack.extend(waiting)
        else:
            seen.add(index)
            order.append(index)
            stack.pop()
    return order


def owner_of(name: str, outputs: Iterable[str]) -> str | None:
    """Return the variable of the model's own that an internal name belongs to; None for one of its own.

    The memories of functions, the slats of conveyors and the insides of macros are called by their owner's
    name, a middle dot and more words.
    """
    owner, dot, _ = name.partition("\u00b7")
    known = dot and any(owner in (output, output.partition("[")[0]) for output in outputs)
    return owner if known else None


def render(program: Program, index: int, depth: int = 3) -> str:
    """Return a node as text, to a depth; deeper parts are dots."""
    node = program.graph.nodes[index]
    match node.op, node.key:
        case Op.CONST, value:
            return f"{value:.6g}"
        case Op.PARAM, int(slot):
            return program.parameters[slot]
        case Op.STATE, int(slot):
            name = program.states[slot].name
            owner = owner_of(name, [output for output, _ in program.outputs])
            return name if owner is None else f"a part of {owner}"
    if depth == 0 and node.args:
        return "..."
    inner = []
    for argument in node.args:
        text = render(program, argument, depth - 1)
        own, outer = OPERATIONS[program.graph.nodes[argument].op], OPERATIONS[node.op]
        between = own.arity > 1 and "(" not in own.symbol and text != "..."
        inner.append(f"({text})" if between and "(" not in outer.symbol else text)
    return OPERATIONS[node.op].symbol.format(*inner, key=node.key)


def verify(program: Program) -> None:
    """Check every rule a Program keeps.

    Raises
    ------
    ValueError
        With all broken rules. They are mistakes of the pass that made the program, not of a model.
    """
    found = [*_node_problems(program), *_program_problems(program)]
    if found:
        raise ValueError("the program breaks its rules:\n  " + "\n  ".join(found))


def _node_problems(program: Program) -> Iterable[str]:
    limits = {
        "parameter": len(program.parameters),
        "state": len(program.states),
        "table": len(program.tables),
        "slot": 1 << 32,
    }
    for index, node in enumerate(program.graph.nodes):
        row = OPERATIONS[node.op]
        if len(node.args) != row.arity:
            yield f"node {index}: {node.op.value} takes {row.arity} arguments, not {len(node.args)}"
        if not all(0 <= argument < index for argument in node.args):
            yield f"node {index}: {node.op.value} reads a node that does not stand before it"
        if row.key == "":
            if node.key is not None:
                yield f"node {index}: {node.op.value} takes no key"
        elif row.key == "value":
            if not isinstance(node.key, float):
                yield f"node {index}: a constant needs a float"
        elif not isinstance(node.key, int) or not 0 <= node.key < limits[row.key]:
            yield f"node {index}: {node.op.value} reads {row.key} {node.key}, which does not exist"


def _program_problems(program: Program) -> Iterable[str]:
    for table in program.tables:
        yield from table.problems()
    if len(program.parameters) != len(program.defaults):
        yield f"{len(program.parameters)} parameters have {len(program.defaults)} defaults"
    if program.method not in METHODS:
        yield f"there is no method '{program.method}'"
    if not (math.isfinite(program.start) and math.isfinite(program.step) and program.step > 0.0):
        yield f"time cannot go from {program.start} in steps of {program.step}"
    if program.steps < 0 or program.save_every < 1:
        yield f"{program.steps} steps cannot be saved at every {program.save_every}"
    for kind, names in (
        ("parameter", list(program.parameters)),
        ("state", [state.name for state in program.states]),
        ("output", [name for name, _ in program.outputs]),
    ):
        if len(set(names)) < len(names):
            twice = sorted(name for name, times in Counter(names).items() if times > 1)
            yield f"{kind} names stand twice: {', '.join(twice)}"
    yield from _reference_problems(program)


def _reference_problems(program: Program) -> Iterable[str]:
    nodes = program.graph.nodes
    for name, index in program.outputs:
        if not 0 <= index < len(nodes):
            yield f"output {name} reads node {index}, which does not exist"
    sound = all(0 <= argument < index for index, node in enumerate(nodes) for argument in node.args)
    for state in program.states:
        if state.kind not in ("integral", "latch"):
            yield f"state {state.name} is of no known kind: '{state.kind}'"
        if not (0 <= state.initial < len(nodes) and 0 <= state.next < len(nodes)):
            yield f"state {state.name} reads a node that does not exist"
        elif sound:
            needed = {nodes[index].op for index in live_order(program.graph, [state.initial])}
            for op in sorted(needed & _IN_INITIAL_FORBIDDEN):
                yield f"the initial value of {state.name} depends on {op.value}"
