"""What is run: which value every parameter has, in every member, from which step on.

A change gives parameters new values from a date on, one for all members or one for each. The changes
of a scenario, of `--set`, of a cut link and of random draws are all the same kind of thing, applied
in order. A design splits the run where values change; the engine carries the states across.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from putar.engine.ir import Program
from putar.errors import UsageError, nearest
from putar.runs.memory import require_memory

__all__ = ["Change", "Design", "Segment", "around", "design", "step_of"]


@dataclass(frozen=True, slots=True)
class Change:
    """New values of parameters from a date on; `scale` multiplies what holds until then."""

    values: Mapping[str, ArrayLike] = field(default_factory=dict)
    at: float | None = None
    scale: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Parameters [parameter, member] that hold from a step on."""

    first: int
    parameters: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The segments of a run, in time order; the first starts at step 0."""

    members: int
    segments: tuple[Segment, ...]

    def part(self, first: int, stop: int) -> Design:
        """Return the design of the members from `first` to before `stop`."""
        segments = tuple(Segment(s.first, s.parameters[:, first:stop].copy()) for s in self.segments)
        return Design(min(stop, self.members) - first, segments)


def step_of(program: Program, date: float) -> int:
    """Return the first step at or after a date, to half a step's rounding.

    Raises
    ------
    UsageError
        If the date lies outside the run.
    """
    start, stop = program.start, program.time_at(program.steps)
    if not start - program.step / 2 <= date <= stop + program.step / 2:
        raise UsageError(f"the date {date:g} is outside the run", f"choose one from {start:g} to {stop:g}")
    return min(program.steps, max(0, int(np.ceil((date - start) / program.step - 1e-6))))


def around(program: Program, dates: Iterable[float]) -> list[float]:
    """Return the times of the steps on both sides of each date, sorted; what lies between is on a line.

    Raises
    ------
    UsageError
        If a date lies outside the run.
    """
    found: set[int] = set()
    for date in dates:
        after = step_of(program, date)
        on_grid = abs(program.time_at(after) - date) <= 1e-6 * program.step
        found |= {after} if on_grid else {max(0, after - 1), after}
    return [program.time_at(step) for step in sorted(found)]


def design(program: Program, changes: Iterable[Change] = (), members: int = 1) -> Design:
    """Return the design of a run.

    Parameters
    ----------
    changes : applied in order of their dates, and in the given order where dates are equal
    members : how many runs side by side; arrays in the changes must have this length, and a
        longer array of values widens a design of one member

    Raises
    ------
    UsageError
        If a parameter is unknown, a date is outside the run, or lengths differ.
    RunError
        If there is too little memory for so many members.
    """
    slots = {name: slot for slot, name in enumerate(program.parameters)}
    listed = [change for change in changes if change.values]
    for change in listed:
        for name, value in change.values.items():
            members = _members(name, value, members, slots, program)
    dated = sorted(((0 if c.at is None else step_of(program, c.at), c) for c in listed), key=lambda x: x[0])
    require_memory(len({0, *(step for step, _ in dated)}) * len(program.parameters), members)
    base = np.repeat(np.array(program.defaults, dtype=np.float64)[:, None], members, axis=1)
    segments = [Segment(0, base)]
    for step, change in dated:
        if step != segments[-1].first:
            segments.append(Segment(step, segments[-1].parameters.copy()))
        held = segments[-1].parameters
        for name, value in change.values.items():
            new = np.asarray(value, dtype=np.float64)
            held[slots[name]] = held[slots[name]] * new if change.scale else new
    return Design(members, tuple(segments))


def _members(name: str, value: ArrayLike, members: int, slots: Mapping[str, int], program: Program) -> int:
    if name not in slots:
        raise unknown_parameter(name, program)
    try:
        shape = np.shape(np.asarray(value, dtype=np.float64))
    except (TypeError, ValueError):
        raise UsageError(f"{name} was given {value!r}", "give a number, or one for each member") from None
    if 0 in shape or value is None:
        raise UsageError(f"{name} was given no value", "give a number, or one for each member")
    if len(shape) > 1 or (shape and members not in (1, shape[0])):
        what = f"{name} was given {shape} values for {members} members"
        raise UsageError(what, "give one value, or one for each member")
    return shape[0] if shape else members


def unknown_parameter(name: str, program: Program) -> UsageError:
    """Return the error for a name that cannot be set, with the nearest right one."""
    if any(name == output for output, _ in program.outputs):
        near = nearest(name, program.parameters)
        hint = f"; did you mean {near!r}?" if near else ""
        return UsageError(f"{name!r} is computed by the model and cannot be set", f"set a constant{hint}")
    elements = [p for p in program.parameters if p.startswith(f"{name}[")]
    if elements:
        return UsageError(f"{name!r} is an array", f"set its elements: {', '.join(elements[:6])}")
    near = nearest(name, program.parameters)
    fix = f"did you mean {near!r}?" if near else "see the names with 'putar check'"
    return UsageError(f"unknown parameter {name!r}", fix)
