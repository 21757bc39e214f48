"""A design, carried out: the kernel is called once for each segment, the states carried across.

Memory is reckoned before anything starts. Members that end with a value that is not finite are
marked, the first of them explained; their neighbours are not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import pairwise

import numpy as np

from putar.engine.build import compile as compile_program
from putar.engine.diagnose import Segment, first_failure
from putar.engine.ir import Op, Program
from putar.engine.kernel import Array, Kernel, saved_steps
from putar.errors import UsageError
from putar.runs.design import Design, step_of
from putar.runs.ensemble import Ensemble, Failure, Status, side_by_side
from putar.runs.memory import require_memory

__all__ = ["execute"]

FEW = 4  # up to so many members a kernel with narrow vectors is quicker
EXPLAINED = 3  # failed members that are run again to say why


def execute(
    program: Program,
    design: Design,
    outputs: Sequence[str],
    *,
    save_at: Sequence[float] | None = None,
    seed: int = 0,
    threads: int | None = None,
    kernel: str = "auto",
    alike: int = 0,
) -> Ensemble:
    """Return what a design gives.

    Parameters
    ----------
    outputs : names of variable elements to keep
    save_at : dates to keep; by default the program's saved rows
    seed : of the random functions inside the model
    alike : members this far apart draw the same random numbers, so that they differ by the design alone; 0
        lets each draw its own

    Raises
    ------
    UsageError
        If a date is outside the run, or nothing is to be kept.
    RunError
        If the memory that is needed is more than there is, said before the run starts.
    """
    wanted = None if save_at is None else sorted({step_of(program, date) for date in save_at})
    if wanted == [] or not outputs:
        raise UsageError("a run that keeps nothing", "name a variable and a date, or leave save_at out")
    rows = len(saved_steps(program, 0, program.steps)) if wanted is None else len(wanted)
    require_memory(rows * len(outputs) + 2 * len(program.states), design.members)
    if alike and alike < design.members and _draws(program):
        blocks = [design.part(first, first + alike) for first in range(0, design.members, alike)]
        one = partial(execute, save_at=save_at, seed=seed, threads=threads, kernel=kernel)
        return side_by_side([one(program, block, outputs) for block in blocks])
    steps, states, pieces, name = _rows(program, design, outputs, wanted, kernel, seed, threads)
    values = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    times = program.start + np.array(steps, dtype=np.float64) * program.step
    status, failures = _endings(program, design, outputs, values, states, seed)
    return Ensemble(times, tuple(outputs), values, status, failures, name)


@lru_cache(maxsize=64)
def _draws(program: Program) -> bool:
    """Return whether a program draws random numbers."""
    return any(node.op is Op.RANDOM for node in program.graph.nodes)


def _spans(program: Program, design: Design, stops: Sequence[int], end: int) -> list[tuple[Array, int, int]]:
    """Return (parameters, first step, last step) pieces up to a step, split at changes and at stops."""
    starts = [segment.first for segment in design.segments if segment.first <= end]
    borders = sorted({*starts, *stops, end})
    pairs = list(pairwise(borders))
    if starts[-1] == program.steps:  # a change at the very stop shows in the last row alone
        pairs.append((program.steps, program.steps))
    held = [max(i for i, start in enumerate(starts) if start <= first) for first, _ in pairs]
    return [(design.segments[i].parameters, *pair) for i, pair in zip(held, pairs, strict=True)]


def _rows(
    program: Program,
    design: Design,
    outputs: Sequence[str],
    wanted: Sequence[int] | None,
    kernel: str,
    seed: int,
    threads: int | None,
) -> tuple[Sequence[int], Array, list[Array], str]:
    """Return the steps that are kept, the last states, the rows span by span, and the kernel's name.

    For dates, the program runs silently between stretches of wanted steps, and stops after the last.
    """
    loud = program if wanted is None else _saving(program, 1)
    quiet = program if wanted is None else _saving(program, program.steps + 1)
    keep = set(saved_steps(program, 0, program.steps) if wanted is None else wanted)
    stops, end = [], program.steps
    if wanted is not None:
        stops = [step for step in wanted if step - 1 not in keep]
        stops += [min(step + 1, end) for step in wanted if step + 1 not in keep]
        end = min(wanted[-1] + 1, end)
    few = design.members if design.members <= FEW else None
    machines = {id(p): _machine(p, tuple(outputs), kernel, few) for p in (loud, quiet)}
    states = machines[id(loud)].initialise(design.segments[0].parameters)
    pieces: list[Array] = []
    spans = _spans(program, design, stops, end)
    for index, (parameters, first, last) in enumerate(spans):
        one = loud if first in keep else quiet
        rows = machines[id(one)].advance(parameters, states, first, last, seed=seed, threads=threads)
        again = index + 1 < len(spans) and last == program.steps  # this row belongs to the next span
        steps = saved_steps(one, first, last)
        chosen = [i for i, step in enumerate(steps) if step in keep and not (again and step == last)]
        if len(chosen) == len(steps):
            pieces.append(rows)
        elif chosen:
            pieces.append(rows[chosen])
    return sorted(keep), states, pieces, machines[id(loud)].name


@lru_cache(maxsize=64)
def _saving(program: Program, every: int) -> Program:
    """Return the program with rows kept at every so many steps; the same one when asked again."""
    return program if every == program.save_every else replace(program, save_every=every)


@lru_cache(maxsize=64)
def _machine(program: Program, outputs: tuple[str, ...], kernel: str, members: int | None) -> Kernel:
    """Return a kernel, made once for the same program, outputs and size."""
    return compile_program(program, outputs, kernel, members=members)


def _endings(
    program: Program,
    design: Design,
    outputs: Sequence[str],
    values: Array,
    states: Array,
    seed: int,
) -> tuple[tuple[Status, ...], tuple[Failure, ...]]:
    fine = np.asarray(np.isfinite(values).all(axis=(0, 1)) & np.isfinite(states).all(axis=0))
    status = tuple(Status.FINISHED if ok else Status.NOT_FINITE for ok in fine.tolist())
    failures: list[Failure] = []
    firsts = [segment.first for segment in design.segments]
    ends = [*firsts[1:], program.steps]
    for member in np.flatnonzero(~fine)[:EXPLAINED]:
        held = [tuple(segment.parameters[:, member].tolist()) for segment in design.segments]
        spans = [Segment(*span) for span in zip(held, firsts, ends, strict=True)]
        found = first_failure(program, spans, seed=seed, member=int(member))
        if found is not None:
            failures.append(Failure(int(member), found.variable, found.time, str(found)))
        else:
            failures.append(Failure(int(member), outputs[0], program.start, Status.NOT_FINITE.value))
    return status, tuple(failures)
