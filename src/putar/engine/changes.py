"""What one input alone changes in a formula, as operations: the link scores of "Loops That Matter".

For z = f(x, y, ...) on the interval between two rows the score of the link x -> z is

    |f(x now, y before, ...) - z before| / |z now - z before| * sign of (that change / change of x)

and 0 where x or z did not move. For a flow f into or out of a stock it is +-|change of f / change of the
stock's net flow|. A change counts as none when rounding could have made it: 16 units in the last place.
Where "now" and "before" come from is the caller's choice: `scored` puts latches beside a Program, so that a
kernel scores all members as it runs; `points` makes a Program of one evaluation for rows that are kept.

Source: Schoenberg, Davidsen, Eberlein (2020), Understanding model behavior using the Loops that Matter
method, System Dynamics Review 36, with the flow-to-stock link of Schoenberg, Hayward, Eberlein (2023),
Improving Loops that Matter, System Dynamics Review 39; restated in docs/methods/loops.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from putar.engine.formulas import Formulas
from putar.engine.ir import Graph, Op, Program, State, Table, verify

__all__ = [
    "BEFORE",
    "NOISE",
    "NOW",
    "Link",
    "Moment",
    "ScoredLoop",
    "Writer",
    "moments",
    "points",
    "scored",
]

NOISE: Final = 16.0 * 2.0**-52  # relative change that rounding could have made
LARGEST: Final = 1e290  # scores are held below this, so that products and sums stay finite
NOW: Final = "now "
BEFORE: Final = "before "

Link = tuple[str, str]  # (source, target) names of formulas


@dataclass(frozen=True, slots=True)
class ScoredLoop:
    """A loop to score: circuits whose shares add up.

    Parameters
    ----------
    name : of its output
    circuits : each a tuple of ways, of which on each step the one of largest score counts; a way is links
    partition : shares are of the sizes of all circuits that have the same number
    """

    name: str
    circuits: tuple[tuple[tuple[Link, ...], ...], ...]
    partition: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the values of one moment are found: of variables, and of TIME, parameters and draws."""

    leaf: Callable[[str], int]
    other: Callable[[Op, int | None], int]


class Writer:
    """Writes scores into a graph, from the nodes of two moments."""

    def __init__(
        self,
        graph: Graph,
        formulas: Formulas,
        now: Moment,
        before: Moment,
        later: Callable[[int], int] = lambda node: node,
    ) -> None:
        self.graph, self.formulas, self.now, self.before, self.later = graph, formulas, now, before, later

    def value(self, name: str, moment: Moment) -> int:
        """Return the node of a formula's value (of what is kept: its rate or next value) at a moment."""
        return self.formulas.write(self.graph, self.formulas.all[name].node, moment.leaf, moment.other)

    def changed(self, target: str, source: str) -> int:
        """Return the node of a formula's value when the source alone has moved."""

        def leaf(name: str) -> int:
            return self.now.leaf(name) if name == source else self.before.leaf(name)

        return self.formulas.write(self.graph, self.formulas.all[target].node, leaf, self.before.other)

    def score(self, source: str, target: str) -> int:
        """Return the node of a link's score. Of a latch it is the score one step later."""
        g, formula = self.graph, self.formulas.all[target]
        x, x_moved = self._change(self.now.leaf(source), self.before.leaf(source))
        if formula.kind == "stock":
            net, moved = self._change(self.value(target, self.now), self.value(target, self.before))
            ratio = g.node(Op.ABS, g.node(Op.DIV, x, net))
            sign = formula.signs[formula.inputs.index(source)]
            signed = ratio if sign > 0 else g.node(Op.NEG, ratio)
            return g.node(Op.SELECT, g.node(Op.AND, moved, x_moved), signed, g.const(0.0))
        if formula.keeps:
            now, before = self.value(target, self.now), self.value(target, self.before)
        else:
            now, before = self.now.leaf(target), self.before.leaf(target)
        z, moved = self._change(now, before)
        part, part_moved = self._change(self.changed(target, source), before)
        sign = g.node(Op.SELECT, g.node(Op.LT, x, g.const(0.0)), g.const(-1.0), g.const(1.0))
        ratio = g.node(Op.DIV, g.node(Op.MUL, sign, part), g.node(Op.ABS, z))
        active = g.node(Op.AND, g.node(Op.AND, moved, x_moved), part_moved)
        found = g.node(Op.SELECT, active, ratio, g.const(0.0))
        return self.later(found) if formula.kind == "latch" else found

    def loop(self, scores: Sequence[int]) -> int:
        """Return the node of the product of scores, 0 where it is not a number, never infinite."""
        g = self.graph
        product = scores[0]
        for score in scores[1:]:
            product = g.node(Op.MUL, product, score)
        large, zero = g.const(LARGEST), g.const(0.0)
        above = g.node(Op.SELECT, g.node(Op.GT, product, zero), large, zero)
        beyond = g.node(Op.SELECT, g.node(Op.LT, product, zero), g.node(Op.NEG, large), above)
        return g.node(Op.SELECT, g.node(Op.LE, g.node(Op.ABS, product), large), product, beyond)

    def _change(self, now: int, before: int) -> tuple[int, int]:
        """Return the nodes of a change, and of whether it is more than rounding."""
        g = self.graph
        change = g.node(Op.SUB, now, before)
        size = g.node(Op.MAX, g.node(Op.ABS, now), g.node(Op.ABS, before))
        return change, g.node(Op.GT, g.node(Op.ABS, change), g.node(Op.MUL, g.const(NOISE), size))


def scored(
    formulas: Formulas,
    loops: Sequence[ScoredLoop],
    varying: Collection[str] = (),
    save_every: int | None = None,
    outputs: Sequence[str] = (),
    links: Sequence[tuple[str, Link]] = (),
) -> Program:
    """Return the model's Program with the share of each loop as an output, by the loop's name.

    Parameters
    ----------
    varying : parameters that change during the run; the score of an interval uses their earlier values
    save_every : steps between rows
    outputs : names of further outputs of the model, which come first
    links : output names of links whose scores are wanted, which come last

    The first row has no interval before it: its scores are 0.
    """
    program = formulas.program
    graph = _copy(program.graph)
    states = list(program.states)
    latches: dict[int, int] = {}

    def before(node: int) -> int:
        """Return the node of a value one step ago; not-a-number, and so no score, at the start."""
        if node not in latches:
            latches[node] = len(states)
            states.append(State(f"before·{len(latches)}", graph.const(math.nan), node, "latch"))
        return graph.state(latches[node])

    now = _present(graph, formulas)
    changing = {slot for slot, name in enumerate(program.parameters) if name in varying}

    def other_before(op: Op, key: int | None) -> int:
        node = graph.node(op, key=key)
        return before(node) if op is not Op.PARAM or key in changing else node

    moment = Moment(lambda name: before(now.leaf(name)), other_before)
    writer = Writer(graph, formulas, now, moment, before)
    found = [(loop.name, node) for loop, node in zip(loops, _shares(writer, loops), strict=True)]
    found += [(name, writer.score(*link)) for name, link in links]
    known = dict(program.outputs)
    kept = [(name, known[name]) for name in outputs]
    every = program.save_every if save_every is None else save_every
    made = replace(program, graph=graph, states=tuple(states), outputs=(*kept, *found), save_every=every)
    verify(made)
    return made


def _shares(writer: Writer, loops: Sequence[ScoredLoop]) -> list[int]:
    """Return the nodes of the loops' shares: scores over the sum of sizes of all circuits, 0 at rest."""
    g = writer.graph
    zero = g.const(0.0)
    links: dict[Link, int] = {}
    totals: dict[int, int] = {}
    sums = []
    for loop in loops:
        together = zero
        for ways in loop.circuits:
            strongest: int | None = None
            for way in ways:
                for link in way:
                    if link not in links:
                        links[link] = writer.score(*link)
                score = writer.loop([links[link] for link in way])
                if strongest is None:
                    strongest = score
                else:
                    larger = g.node(Op.GT, g.node(Op.ABS, score), g.node(Op.ABS, strongest))
                    strongest = g.node(Op.SELECT, larger, score, strongest)
            assert strongest is not None
            before = totals.get(loop.partition, zero)
            totals[loop.partition] = g.node(Op.ADD, before, g.node(Op.ABS, strongest))
            together = strongest if together == zero else g.node(Op.ADD, together, strongest)
        sums.append(together)
    shares = []
    for loop, together in zip(loops, sums, strict=True):
        total = totals.get(loop.partition, zero)
        acts = g.node(Op.GT, total, zero)
        shares.append(g.node(Op.SELECT, acts, g.node(Op.DIV, together, total), zero))
    return shares


def _present(graph: Graph, formulas: Formulas) -> Moment:
    """Return where the values of the step are, in a copy of the model's own graph."""
    slots = {state.name: slot for slot, state in enumerate(formulas.program.states)}
    nodes = {name: graph.state(slots[name]) for name, formula in formulas.all.items() if formula.keeps}
    moment = Moment(nodes.__getitem__, lambda op, key: graph.node(op, key=key))
    for name, formula in formulas.all.items():
        if not formula.keeps:
            nodes[name] = formulas.write(graph, formula.node, moment.leaf, moment.other)
    return moment


def moments(graph: Graph, formulas: Formulas) -> tuple[Moment, Moment, list[str]]:
    """Return two moments whose values are parameters of a new graph, and those parameters' names so far.

    The list grows as values are asked for: `now x`, `before x`, with TIME, parameters and draws by name.
    """
    names: list[str] = []
    slots: dict[str, int] = {}

    def slot(name: str) -> int:
        if name not in slots:
            slots[name] = len(names)
            names.append(name)
        return graph.param(slots[name])

    def moment(when: str) -> Moment:
        return Moment(
            lambda name: slot(f"{when}{name}"),
            lambda op, key: slot(f"{when}{other_name(formulas.program, op, key)}"),
        )

    return moment(NOW), moment(BEFORE), names


def other_name(program: Program, op: Op, key: int | None) -> str:
    """Return the name under which rows keep TIME, a parameter or a draw."""
    if op is Op.TIME:
        return "TIME"
    return f"random·{key}" if key is None or op is Op.RANDOM else program.parameters[key]


def points(
    formulas: Formulas,
    graph: Graph,
    names: Sequence[str],
    outputs: Sequence[tuple[str, int]],
    tables: tuple[Table, ...] | None = None,
) -> Program:
    """Return a Program of one evaluation: no states, no steps, every value a parameter."""
    program = formulas.program
    made = replace(
        program,
        graph=graph,
        tables=program.tables if tables is None else tables,
        parameters=tuple(names),
        defaults=(math.nan,) * len(names),
        states=(),
        outputs=tuple(outputs),
        steps=0,
        save_every=1,
    )
    verify(made)
    return made


def _copy(graph: Graph) -> Graph:
    new = Graph()
    for node in graph.nodes:
        new.node(node.op, *node.args, key=node.key)
    return new
