"""What a run went through, kept whole: every formula, hidden ones too, at every row, and what was given.

Loop scores and derivatives are functions of such rows. They are evaluated for all rows and members at once,
by a Program of one evaluation in which each value is a parameter; nothing here steps time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from putar.engine.build import compile as compile_program
from putar.engine.changes import BEFORE, NOW, other_name, points
from putar.engine.formulas import Formulas
from putar.engine.ir import Graph, Op, Program, Table
from putar.runs.design import Design
from putar.runs.execute import execute

__all__ = ["Trajectory", "clock_alone", "trajectory"]

Array = NDArray[np.float64]
LARGEST = 20_000  # operations; compiling more takes longer than NumPy takes for them


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """Rows one step apart: `values` holds [row, member] by name, `steps` the number of each row's step.

    Besides formulas the names are TIME, parameters, and draws as `random·slot`. Of a row, "before" is the
    row one step earlier; the first row has none.
    """

    formulas: Formulas
    steps: NDArray[np.int64]
    times: Array
    values: dict[str, Array]
    members: int

    def evaluate(
        self,
        graph: Graph,
        names: Sequence[str],
        outputs: Sequence[int],
        tables: tuple[Table, ...] | None = None,
    ) -> Array:
        """Return nodes of a graph whose parameters are `names`: [output, row, member].

        Parameters
        ----------
        names : as `changes.moments` gives them: "now " or "before ", then what is read
        outputs : nodes, any number; evaluated for all rows and members at once
        tables : what LOOKUPs of the graph read, where they are not the model's own
        """
        rows = len(self.steps)
        if not outputs:
            return np.zeros((0, rows, self.members))
        given = np.array([self._read(name) for name in names]).reshape(len(names), rows * self.members)
        listed = [(f"{number}", node) for number, node in enumerate(outputs)]
        program = points(self.formulas, graph, names, listed, tables)
        kernel = compile_program(
            program, [name for name, _ in listed], "auto" if len(graph.nodes) <= LARGEST else "numpy"
        )
        with np.errstate(all="ignore"):
            found = kernel.advance(given, np.zeros((0, given.shape[1])), 0, 0)
        result: Array = found[0].reshape(len(outputs), rows, self.members)
        return result

    def _read(self, name: str) -> Array:
        if name.startswith(NOW):
            return self.values[name[len(NOW) :]]
        earlier = np.full((len(self.steps), self.members), np.nan)
        earlier[1:] = self.values[name[len(BEFORE) :]][:-1]
        return earlier

    def member(self, number: int) -> Trajectory:
        """Return one member alone."""
        values = {name: array[:, number : number + 1] for name, array in self.values.items()}
        return replace(self, values=values, members=1)


def trajectory(
    formulas: Formulas,
    design: Design,
    *,
    first: int = 0,
    last: int | None = None,
    seed: int = 0,
    kernel: str = "auto",
) -> Trajectory:
    """Return the rows of steps `first` to `last` of a run, with every hidden value.

    Raises
    ------
    RunError
        If there is too little memory.
    """
    program = _traced(formulas)
    last = program.steps if last is None else last
    steps = np.arange(first, last + 1)
    whole = first == 0 and last == program.steps
    times = program.start + steps.astype(np.float64) * program.step
    names = tuple(name for name, _ in program.outputs)
    ensemble = execute(
        program, design, names, save_at=None if whole else times.tolist(), seed=seed, kernel=kernel
    )
    members = ensemble.members
    values = {name: ensemble.values[:, place] for place, name in enumerate(names)}
    starts = np.array([segment.first for segment in design.segments])
    segment = np.searchsorted(starts, steps, side="right") - 1
    held = np.array([each.parameters for each in design.segments])  # [segment, parameter, member]
    for place, name in enumerate(program.parameters):
        values[name] = held[segment, place]
    values["TIME"] = np.repeat(times[:, None], members, axis=1)
    return Trajectory(formulas, steps, times, values, members)


def clock_alone(formulas: Formulas) -> Trajectory:
    """Return the rows of a run with nothing but the time in them, for a model in which nothing closes."""
    program = formulas.program
    steps = np.arange(program.steps + 1)
    times = program.start + steps.astype(np.float64) * program.step
    return Trajectory(formulas, steps, times, {"TIME": times[:, None]}, 1)


@lru_cache(maxsize=16)
def _traced(formulas: Formulas) -> Program:
    """Return the model's Program with all formulas and draws as outputs, a row at each step."""
    program = formulas.program
    graph = program.graph
    known = dict(program.outputs)
    slots = {state.name: slot for slot, state in enumerate(program.states)}
    nodes: dict[str, int] = {}
    for name, formula in formulas.all.items():
        if name in known:
            nodes[name] = known[name]
        elif formula.keeps:
            nodes[name] = graph.state(slots[name])

    def leaf(name: str) -> int:
        return nodes[name] if name in nodes else graph.state(slots[name])

    for name, formula in formulas.all.items():
        if name not in nodes:
            nodes[name] = formulas.write(graph, formula.node, leaf, lambda op, key: graph.node(op, key=key))
    for node in list(graph.nodes):
        if node.op is Op.RANDOM:
            nodes[other_name(program, Op.RANDOM, node.key)] = graph.random(node.key)  # type: ignore[arg-type]
    return replace(program, outputs=tuple(nodes.items()), save_every=1)
