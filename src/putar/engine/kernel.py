"""What a kernel is: the two calls every one of them answers, and the checks they share.

A kernel is a Program made ready for many members. Members lie side by side: parameters are
[parameter, member], states [state, member], rows [time, output, member], all float64. A run may be
split at any step and go on with other parameters; the states are carried by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from putar.engine.ir import Program
from putar.errors import UsageError, nearest

__all__ = ["Array", "Kernel", "check_advance", "check_parameters", "output_nodes", "saved_steps"]

Array = NDArray[np.float64]


class Kernel(Protocol):
    """A Program made ready to run; `note` says what a user should know about the choice of kernel."""

    name: str
    note: str

    def initialise(self, parameters: Array) -> Array:
        """Return the states [state, member] at the start, from parameters [parameter, member]."""
        ...

    def advance(
        self,
        parameters: Array,
        states: Array,
        first: int,
        last: int,
        *,
        seed: int = 0,
        first_member: int = 0,
        threads: int | None = None,
    ) -> Array:
        """Advance the states, in place, from step `first` to step `last` and return what was saved.

        Parameters
        ----------
        parameters : [parameter, member], in force for these steps
        states : [state, member] at step `first`; overwritten with those at step `last`
        first, last : 0 <= first <= last <= program.steps
        seed, first_member : what random draws depend on besides slot and step
        threads : how many to use; by default as many as there are processors

        Returns
        -------
        [time, output, member] at the steps `saved_steps(program, first, last)`
        """
        ...


def saved_steps(program: Program, first: int, last: int) -> list[int]:
    """Return the steps n whose rows advance(first, last) gives.

    They are the multiples of save_every with first <= n < last, and the program's last step whenever
    the run reaches it.
    """
    every = program.save_every
    kept = list(range(-(-first // every) * every, last, every))
    return [*kept, last] if last == program.steps else kept


def output_nodes(program: Program, outputs: Sequence[str]) -> list[int]:
    """Return the nodes of the named outputs.

    Raises
    ------
    UsageError
        If a name is not an output of the program.
    """
    known = dict(program.outputs)
    for name in outputs:
        if name not in known:
            close = nearest(name, known)
            raise UsageError(
                f"the model has no variable '{name}'",
                f"did you mean '{close}'?" if close else "ask for a variable of the model",
            )
    return [known[name] for name in outputs]


def check_parameters(program: Program, parameters: Array) -> int:
    """Return the number of members; a ValueError says which shape was expected."""
    shape, count = parameters.shape, len(program.parameters)
    if len(shape) != 2 or shape[0] != count:
        raise ValueError(f"parameters have shape {shape}, not ({count}, members)")
    if parameters.dtype != np.float64:
        raise ValueError(f"parameters are {parameters.dtype}, not float64")
    return int(shape[1])


def check_advance(program: Program, parameters: Array, states: Array, first: int, last: int) -> int:
    """Return the number of members; a ValueError says what does not fit."""
    members = check_parameters(program, parameters)
    if states.shape != (len(program.states), members):
        raise ValueError(f"states have shape {states.shape}, not ({len(program.states)}, {members})")
    if states.dtype != np.float64 or not states.flags.writeable:
        raise ValueError("states must be writeable float64")
    if not 0 <= first <= last <= program.steps:
        raise ValueError(f"steps {first} to {last} are not within 0 to {program.steps}")
    return members
