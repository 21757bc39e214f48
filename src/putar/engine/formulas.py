"""Each equation of a model by itself: what it reads, and its value for any values of what it reads.

A Program composes all equations into one graph, in which the border between two variables is lost. Questions
about links (what does x alone do to z?) need that border. Here every equation is lowered against leaves that
stand for the other variables, one leaf an element, and can be written into any graph with nodes of the
caller's choice in the place of the leaves: today's values, yesterday's, or symbols.

Functions with memory own hidden states (`SMTH1`, `DELAY3`), which are formulas like stocks. A reducer over a
slice of an array (`SUM(pop[*])`) becomes a hidden formula, so that links do not grow with the array's square.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from putar.engine.expand import REDUCERS, Builder
from putar.engine.ir import Graph, Op, Program, live_order
from putar.engine.lower import Lowering, lowered
from putar.language.expr import Call
from putar.language.model import Model, element_name
from putar.language.subscripts import Place

__all__ = ["Formula", "Formulas", "formulas"]

HIDDEN = ("memory", "latch", "reducer")


@dataclass(frozen=True, slots=True)
class Formula:
    """One element's equation.

    Parameters
    ----------
    kind : "stock", "flow", "aux" or "curve"; "memory" (a hidden integral), "latch" or "reducer"
    node : its value in the graph of leaves; of stocks and memories the rate, of latches the next value
    inputs : what it reads, in order of first use; of stocks their flows
    signs : of a stock, +1 for each inflow and -1 for each outflow among its inputs
    """

    name: str
    kind: str
    node: int
    inputs: tuple[str, ...]
    signs: tuple[int, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether the modeller wrote a function where this is."""
        return self.kind in HIDDEN

    @property
    def keeps(self) -> bool:
        """Whether the value is carried from step to step, so that reading it closes no algebraic loop."""
        return self.kind in ("stock", "memory", "latch")


@dataclass(frozen=True, slots=True, eq=False)
class Formulas:
    """All equations of a model, in an order in which each stands after what it reads, but for what is kept.

    `program` is the whole model as `lower` gives it; its tables, parameters, states and random slots are
    those that the formulas mean. `leaves` maps the leaf's state slot in `graph` to the name it stands for.
    """

    program: Program
    graph: Graph
    leaves: Mapping[int, str]
    all: Mapping[str, Formula]

    @property
    def digest(self) -> str:
        """SHA-256 of the content, as 64 hexadecimal digits; the order in which nodes were made counts."""
        nodes = [(node.op.value, node.args, node.key) for node in self.graph.nodes]
        text = repr((self.program.tables, nodes, dict(self.leaves), list(self.all.values())))
        return hashlib.sha256((self.program.digest + text).encode()).hexdigest()

    def write(
        self, graph: Graph, root: int, leaf: Callable[[str], int], other: Callable[[Op, int | None], int]
    ) -> int:
        """Write a node of a formula into a graph and return its node there.

        Parameters
        ----------
        leaf : the node to put for a variable
        other : the node to put for TIME, a PARAM or a RANDOM, by operation and key
        """
        nodes = self.graph.nodes
        place: dict[int, int] = {}
        for index in live_order(self.graph, [root]):
            node = nodes[index]
            if node.op is Op.STATE:
                place[index] = leaf(self.leaves[node.key])  # type: ignore[index]
            elif node.op in (Op.TIME, Op.PARAM, Op.RANDOM):
                place[index] = other(node.op, node.key)  # type: ignore[arg-type]
            else:
                place[index] = graph.node(node.op, *[place[a] for a in node.args], key=node.key)
        return place[root]


def formulas(model: Model, whole: Lowering | None = None) -> Formulas:
    """Return the formulas of a model and its Program.

    Parameters
    ----------
    whole : the model as `lowered` gives it, where that was done before

    Raises
    ------
    ModelErrors
        If the model has errors, an algebraic loop or circular initial values.
    """
    return _Separate(model, lowered(model) if whole is None else whole).formulas()


class _Separate(Lowering):
    """Lowers each equation against leaves; shares tables, slots of draws and states' names with the whole."""

    def __init__(self, model: Model, whole: Lowering) -> None:
        super().__init__(model)
        self.whole = whole.program  # made first: it fills the tables and the slots
        self.tables, self.random_slots = whole.tables, whole.random_slots
        self.found: dict[str, Formula] = {}
        self.reducers: dict[tuple[str, tuple[int, ...]], str] = {}
        self.names: dict[int, str] = {}

    def need(self, key: tuple[str, str, tuple[str, ...]]) -> int:
        """Return a leaf for a variable of the run; constants and initial values are lowered as ever."""
        if key[0] == "run" and self.model[key[1]].kind != "constant":
            return self.leaf(element_name(key[1], key[2]))
        return super().need(key)

    def leaf(self, name: str) -> int:
        """Return the leaf that stands for a variable element."""
        if name not in self.state_slots:
            self.state_slots[name] = len(self.states)
            self.states.append(None)
        return self.graph.state(self.state_slots[name])

    def reduced(self, builder: Builder, call: Call, nodes: list[int]) -> int:
        """Return a leaf for a reducer over a slice in a run; anything smaller stays in its equation."""
        if builder.world != "run" or len(nodes) <= len(call.args):
            return super().reduced(builder, call, nodes)
        key = (call.function, tuple(nodes))
        if key not in self.reducers:
            at = f"{len(self.reducers) + 1}"
            self.reducers[key] = f"{call.function}·{at}"
            node = REDUCERS[call.function](builder, nodes)
            self._keep(self.reducers[key], "reducer", node)
        return self.leaf(self.reducers[key])

    def formulas(self) -> Formulas:
        """Return all formulas."""
        for variable in self.model.variables:
            bare = variable.equation is None and not variable.elements
            if variable.kind == "constant" or (variable.kind == "curve" and bare):
                continue
            for elements in self.model.element_tuples(variable):
                name = element_name(variable.name, elements)
                if variable.kind == "stock":
                    self._stock(variable.name, elements, name)
                else:
                    node = self._drive(partial(self._lower_element, ("run", variable.name, elements)))
                    self._keep(name, variable.kind, node)
        while self.pending:
            slot, name, _, kind, following = self.pending.pop(0)
            node = self._drive(following)
            self._keep(name, "memory" if kind == "integral" else "latch", node)
            assert self.state_slots[name] == slot
        leaves = {slot: name for name, slot in self.state_slots.items()}
        return Formulas(self.whole, self.graph, leaves, _ordered(self.found))

    def _stock(self, variable: str, elements: tuple[str, ...], name: str) -> None:
        stock = self.model[variable]
        place = Place(stock, elements)
        flows = [(1, flow) for flow in stock.inflows] + [(-1, flow) for flow in stock.outflows]
        inputs: dict[str, int] = {}
        rate: int | None = None
        for sign, flow in flows:
            known, at = self._flow(stock, flow, place)
            flow_name = element_name(known, at)
            inputs[flow_name] = sign
            node = self.leaf(flow_name)
            if rate is None:
                rate = node if sign > 0 else self.graph.node(Op.NEG, node)
            else:
                rate = self.graph.node(Op.ADD if sign > 0 else Op.SUB, rate, node)
        node = self.graph.const(0.0) if rate is None else rate
        self.found[name] = Formula(name, "stock", node, tuple(inputs), tuple(inputs.values()))

    def _keep(self, name: str, kind: str, node: int) -> None:
        if len(self.names) < len(self.state_slots):
            self.names = {slot: name for name, slot in self.state_slots.items()}
        names = self.names
        read = [self.graph.nodes[i] for i in live_order(self.graph, [node])]
        inputs = dict.fromkeys(names[n.key] for n in read if n.op is Op.STATE)  # type: ignore[index]
        if kind == "latch":
            inputs.pop(name, None)
        self.found[name] = Formula(name, kind, node, tuple(inputs))


def _ordered(found: Mapping[str, Formula]) -> dict[str, Formula]:
    """Return formulas, each after what it reads within a step."""
    order: dict[str, Formula] = {}
    waiting: list[str] = [*reversed(list(found))]
    while waiting:
        name = waiting[-1]
        if name in order:
            waiting.pop()
            continue
        formula = found[name]
        missing = [] if formula.keeps else [i for i in formula.inputs if i not in order]
        missing = [i for i in missing if not found[i].keeps]
        if missing:
            waiting.extend(reversed(missing))
        else:
            order[name] = formula
            waiting.pop()
    return order
