"""The judge: a Program run in plain Python floats, one member, one node at a time.

It is written to be read, not to be fast. Every other kernel is tested against it, on all operations,
on special values and on generated programs. It uses nothing but the table of meanings, the tables'
own `at`, and the order of sums that methods.py writes down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import numpy as np

from putar.engine.ir import Op, Program, live_order
from putar.engine.kernel import Array, check_advance, check_parameters, output_nodes, saved_steps
from putar.engine.methods import METHODS
from putar.engine.operations import MEANING, uniform

__all__ = ["ReferenceKernel", "evaluate", "step_states"]


def evaluate(
    program: Program,
    order: Sequence[int],
    parameters: Sequence[float],
    states: Sequence[float],
    time: float,
    draw: Callable[[int], float],
) -> dict[int, float]:
    """Return the value of each node in `order`, which lists nodes after their arguments.

    Parameters
    ----------
    parameters, states : of one member
    time : in the model's unit
    draw : gives the uniform draw of a slot
    """
    values: dict[int, float] = {}
    for index in order:
        node = program.graph.nodes[index]
        match node.op:
            case Op.CONST:
                values[index] = cast("float", node.key)
            case Op.PARAM:
                values[index] = parameters[cast("int", node.key)]
            case Op.STATE:
                values[index] = states[cast("int", node.key)]
            case Op.TIME:
                values[index] = time
            case Op.LOOKUP:
                values[index] = program.tables[cast("int", node.key)].at(values[node.args[0]])
            case Op.RANDOM:
                values[index] = draw(cast("int", node.key))
            case op:
                values[index] = MEANING[op](*[values[argument] for argument in node.args])
    return values


def step_states(
    program: Program,
    states: Sequence[float],
    here: dict[int, float],
    rates_at: Callable[[Sequence[float], float], dict[int, float]],
) -> list[float]:
    """Return the states one step on.

    Parameters
    ----------
    states : at the step's start
    here : values of the nodes at the step's start
    rates_at : gives the values of the nodes at other states, a fraction of the step on
    """
    method, h = METHODS[program.method], program.step
    slopes = [[here[state.next] for state in program.states]]
    for row, c in zip(method.a, method.c[1:], strict=True):
        inside = [
            x + h * _weighted(row, [k[i] for k in slopes]) if state.kind == "integral" else x
            for i, (state, x) in enumerate(zip(program.states, states, strict=True))
        ]
        values = rates_at(inside, c)
        slopes.append([values[state.next] for state in program.states])
    done = []
    for i, (state, x) in enumerate(zip(program.states, states, strict=True)):
        if state.kind == "latch":
            done.append(slopes[0][i])
        else:
            total = _weighted(method.weights, [k[i] for k in slopes])
            done.append(x + h * (total if method.over == 1.0 else total / method.over))
    return done


def _weighted(weights: Sequence[float], values: Sequence[float]) -> float:
    """Return the sum of the products, from the left; weights of 0 are left out, of 1 not multiplied."""
    total: float | None = None
    for weight, value in zip(weights, values, strict=True):
        if weight != 0.0:
            term = value if weight == 1.0 else weight * value
            total = term if total is None else total + term
    return 0.0 if total is None else total


class ReferenceKernel:
    """The judge, behind the calls of every kernel."""

    name = "reference"

    def __init__(self, program: Program, outputs: Sequence[str]) -> None:
        self.note = "the reference interpreter: for tests, slow"
        self._program = program
        self._outputs = output_nodes(program, outputs)
        self._order = live_order(program.graph, [s.next for s in program.states] + self._outputs)
        self._initial_order = live_order(program.graph, [s.initial for s in program.states])

    def initialise(self, parameters: Array) -> Array:
        """Return the states [state, member] at the start; see kernel.Kernel."""
        members = check_parameters(self._program, parameters)
        states = np.empty((len(self._program.states), members))
        for member in range(members):
            values = evaluate(
                self._program, self._initial_order, parameters[:, member].tolist(), (), 0.0, _no_draw
            )
            states[:, member] = [values[state.initial] for state in self._program.states]
        return states

    def advance(
        self,
        parameters: Array,
        states: Array,
        first: int,
        last: int,
        *,
        seed: int = 0,
        first_member: int = 0,
        threads: int | None = None,  # noqa: ARG002 - the judge is alone
    ) -> Array:
        """Advance the states in place and return the saved rows; see kernel.Kernel."""
        program = self._program
        members = check_advance(program, parameters, states, first, last)
        saved = saved_steps(program, first, last)
        rows = np.empty((len(saved), len(self._outputs), members))
        for member in range(members):
            run = _Member(program, self._order, parameters[:, member].tolist(), seed, first_member + member)
            now = states[:, member].tolist()
            row = 0
            for n in range(first, last):
                here = run.values(n, now)
                if row < len(saved) and saved[row] == n:
                    rows[row, :, member] = [here[node] for node in self._outputs]
                    row += 1
                now = step_states(program, now, here, partial(run.values, n))
            if row < len(saved):
                here = run.values(last, now)
                rows[row, :, member] = [here[node] for node in self._outputs]
            states[:, member] = now
        return rows


class _Member:
    """One member's evaluations: what stays the same from step to step."""

    def __init__(
        self, program: Program, order: Sequence[int], parameters: Sequence[float], seed: int, member: int
    ) -> None:
        self._program, self._order, self._parameters = program, order, parameters
        self._seed, self._member = seed, member

    def values(self, n: int, states: Sequence[float], c: float = 0.0) -> dict[int, float]:
        time = self._program.time_at(n + c)
        return evaluate(
            self._program,
            self._order,
            self._parameters,
            states,
            time,
            lambda slot: uniform(self._seed, slot, self._member, n),
        )


def _no_draw(slot: int) -> float:
    raise ValueError(f"an initial value draws from slot {slot}")
