"""Why a member failed: the first operation whose result is not finite although its arguments are.

The member is run again by the judge, with every variable looked at in the order of evaluation. This
is slow and done for a failed member only.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from putar.engine.ir import Op, Program, live_order, render
from putar.engine.operations import uniform
from putar.engine.reference import evaluate, step_states

__all__ = ["Diagnosis", "diagnose"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The first output that was not finite, when, and why in one sentence."""

    output: str
    time: float
    why: str


def diagnose(
    program: Program,
    segments: Sequence[tuple[int, Sequence[float]]],
    *,
    seed: int = 0,
    member: int = 0,
) -> Diagnosis | None:
    """Return why a member's run failed, or None if every output stays finite.

    Parameters
    ----------
    segments : (first step, parameters of this member) in the order of the steps
    seed, member : what its random draws depend on
    """
    names = dict.fromkeys(node for _, node in program.outputs)
    roots = [state.next for state in program.states] + list(names)
    order = live_order(program.graph, roots)
    starts = [first for first, _ in segments]
    initial = evaluate(
        program,
        live_order(program.graph, [state.initial for state in program.states]),
        segments[0][1],
        (),
        program.start,
        lambda _: math.nan,
    )
    states = [initial[state.initial] for state in program.states]
    for n in range(program.steps + 1):
        parameters = segments[bisect_right(starts, n) - 1][1]

        def values(
            at: Sequence[float], c: float, n: int = n, parameters: Sequence[float] = parameters
        ) -> dict[int, float]:
            def draw(slot: int) -> float:
                return uniform(seed, slot, member, n)

            return evaluate(program, order, parameters, at, program.time_at(n + c), draw)

        here = values(states, 0.0)
        found = _first_failure(program, order, here)
        if found is not None:
            return _explained(program, here, found, program.time_at(n))
        if n < program.steps:
            states = step_states(program, states, here, values)
    return None


def _first_failure(program: Program, order: Sequence[int], here: dict[int, float]) -> int | None:
    """Return the first output or state, in the order of evaluation, whose value is not finite."""
    watched = {node for _, node in program.outputs}
    for index in order:
        stateful = program.graph.nodes[index].op is Op.STATE
        if (index in watched or stateful) and not math.isfinite(here[index]):
            return index
    return None


def _explained(program: Program, here: dict[int, float], found: int, time: float) -> Diagnosis:
    nodes = program.graph.nodes
    named = {node: name for name, node in reversed(program.outputs)}
    name = named.get(found, render(program, found))
    cause = found
    while True:  # go down to the operation that made it, past those that only handed it on
        below = [a for a in nodes[cause].args if not math.isfinite(here[a])]
        if not below:
            break
        cause = below[0]
    value = "not-a-number" if math.isnan(here[found]) else "infinite"
    node = nodes[cause]
    inside = ", ".join(f"{named.get(a, render(program, a, 2))} = {here[a]:.6g}" for a in node.args)
    if node.args:
        text = f"{render(program, cause, 2)} with {inside}"
    else:
        text = f"{render(program, cause)} is {here[cause]:g}"
    why = f"{name} became {value} at {time:g}: {text}"
    return Diagnosis(name, time, why)
