"""Where a member first went wrong: time, variable, operation and operands.

Kernels do not look at the numbers they make. When a member's rows hold an infinity or not-a-number, this
runs that one member again on the judge's evaluations, step by step and node by node, and stops at the first
value that is not finite though all it was made of is. A variable that is named for it is the first, in the
order of evaluation, that the value reaches.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from putar.engine.ir import Op, Program, live_order, owner_of, render
from putar.engine.operations import OPERATIONS, uniform
from putar.engine.reference import evaluate, step_states

__all__ = ["Failure", "Segment", "first_failure"]


@dataclass(frozen=True, slots=True)
class Segment:
    """Parameters of one member, by Program.parameters, in force from step `first` on, up to `last`."""

    parameters: tuple[float, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Failure:
    """The first value that is not finite.

    Parameters
    ----------
    variable : the first output or state that it reaches; of an internal one its owner, and `part` is true
    time, step : when, in the model's unit and as the number of the step
    value : what the operation gave: an infinity or not-a-number
    operation : the operation, with names, as text
    operands : what it was made of
    """

    variable: str
    time: float
    step: int
    value: float
    operation: str
    operands: tuple[float, ...]
    symbol: str
    part: bool = False

    def __str__(self) -> str:
        became = "not-a-number" if math.isnan(self.value) else "infinite"
        numbers = [f"({x:.6g})" if x < 0 and "(" not in self.symbol else f"{x:.6g}" for x in self.operands]
        shown = self.symbol.format(*numbers, key="") if self.operands else f"{self.value:g}"
        whole = f"a part of {self.variable}" if self.part else self.variable
        return f"{whole} became {became} at {self.time:.10g}: {shown}, in {self.operation}"


def first_failure(
    program: Program, segments: Sequence[Segment], *, seed: int = 0, member: int = 0
) -> Failure | None:
    """Return where a member first became infinite or not-a-number, or None if it stayed finite.

    Parameters
    ----------
    segments : the member's parameters over the run, in order, without gaps
    seed, member : what its random draws depended on
    """
    return _Rerun(program, seed, member).through(segments)


class _Rerun:
    def __init__(self, program: Program, seed: int, member: int) -> None:
        self.program, self.seed, self.member = program, seed, member
        graph, states = program.graph, program.states
        self.initial = live_order(graph, [state.initial for state in states])
        self.outputs = [name for name, _ in program.outputs]
        self.order = live_order(graph, [s.next for s in states] + [node for _, node in program.outputs])

    def through(self, segments: Sequence[Segment]) -> Failure | None:
        program = self.program
        names = {state.initial: state.name for state in reversed(program.states)}
        values = evaluate(program, self.initial, segments[0].parameters, (), program.start, _no_draw)
        found = self.search(self.initial, values, names, 0, 0.0)
        now = [values[state.initial] for state in program.states]
        names = {state.next: state.name for state in reversed(program.states)}
        names |= {node: name for name, node in reversed(program.outputs)}
        for segment in segments:
            for n in range(segment.first, segment.last + (segment.last == program.steps)):
                if found:
                    return found
                at = partial(self.values, segment.parameters, n)
                here = at(now, 0.0)
                found = self.search(self.order, here, names, n, 0.0)
                if found is None and n < segment.last:
                    now, found = self.step(now, here, at, names, n)
        return found

    def values(
        self, parameters: Sequence[float], n: int, states: Sequence[float], c: float
    ) -> dict[int, float]:
        """Return all values at a step, or a fraction c into it."""
        draw = partial(self.draw, n)
        time = self.program.time_at(n + c)
        return evaluate(self.program, self.order, parameters, states, time, draw)

    def draw(self, n: int, slot: int) -> float:
        return uniform(self.seed, slot, self.member, n)

    def step(
        self,
        now: list[float],
        here: dict[int, float],
        at: partial[dict[int, float]],
        names: Mapping[int, str],
        n: int,
    ) -> tuple[list[float], Failure | None]:
        """Return the states one step on, and what failed inside the step or in its sums."""
        stages: list[tuple[float, dict[int, float]]] = []

        def rates(states: Sequence[float], c: float) -> dict[int, float]:
            values = at(states, c)
            stages.append((c, values))
            return values

        moved = step_states(self.program, now, here, rates)
        for c, values in stages:
            if found := self.search(self.order, values, names, n, c):
                return moved, found
        for i, (state, x) in enumerate(zip(self.program.states, moved, strict=True)):
            if not math.isfinite(x):
                rate, h = here[state.next], self.program.step
                owner = owner_of(state.name, self.outputs)
                operation = f"{state.name if owner is None else f'a part of {owner}'} + step * rate"
                time = self.program.time_at(n + 1)
                operands = (now[i], h, rate)
                name, part = owner or state.name, owner is not None
                return moved, Failure(name, time, n + 1, x, operation, operands, "{0} + {1} * {2}", part)
        return moved, None

    def search(
        self,
        order: Sequence[int],
        values: Mapping[int, float],
        names: Mapping[int, str],
        n: int,
        c: float,
    ) -> Failure | None:
        """Return the first node that is not finite though it matters and its arguments are finite.

        A value that no variable reaches (as the branch that is not taken) is no failure.
        """
        bad = {i for i in order if not math.isfinite(values[i])}
        reached = next((i for i in order if i in bad and i in names), None)
        if reached is None:
            return None
        cause = reached
        while True:
            node = self.program.graph.nodes[cause]
            taken = node.args
            if node.op is Op.SELECT:
                taken = (node.args[1] if values[node.args[0]] != 0.0 else node.args[2],)
            earlier = [a for a in taken if a in bad]
            if not earlier:
                break
            cause = earlier[0]
        owner = owner_of(names[reached], self.outputs)
        return Failure(
            owner or names[reached],
            self.program.time_at(n + c),
            n,
            values[cause],
            render(self.program, cause),
            tuple(values[a] for a in node.args),
            _symbol(self.program, cause),
            owner is not None,
        )


def _symbol(program: Program, index: int) -> str:
    node = program.graph.nodes[index]
    if node.op is Op.LOOKUP:
        return "table({0})"
    return OPERATIONS[node.op].symbol


def _no_draw(slot: int) -> float:
    raise ValueError(f"an initial value draws from slot {slot}")
