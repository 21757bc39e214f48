"""What came out of a run: values by time, variable and member, and how each member ended.

One run is an ensemble of one. Nothing here computes; it is the form in which results are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from putar.errors import RunError, UsageError, nearest

__all__ = ["Ensemble", "Failure", "Status", "side_by_side"]


class Status(Enum):
    """How a member ended."""

    FINISHED = "finished"
    NOT_FINITE = "a value became infinite or not-a-number; try a smaller step"


@dataclass(frozen=True, slots=True)
class Failure:
    """The first value of a member that was not finite: where, when, and why in one sentence."""

    member: int
    variable: str
    time: float
    why: str

    def __str__(self) -> str:
        return f"member {self.member}: {self.why}"


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """Outputs [time, variable, member], read-only, in each variable's unit.

    `failures` explains the first few members whose status is not FINISHED; `kernel` names the
    machinery that computed the values.
    """

    times: NDArray[np.float64]
    names: tuple[str, ...]
    values: NDArray[np.float64]
    status: tuple[Status, ...]
    failures: tuple[Failure, ...] = ()
    kernel: str = "reference"

    def __post_init__(self) -> None:
        expected = (len(self.times), len(self.names), len(self.status))
        if self.values.shape != expected:
            raise ValueError(f"values have shape {self.values.shape}, the axes say {expected}")
        self.values.setflags(write=False)
        self.times.setflags(write=False)

    @property
    def members(self) -> int:
        """How many runs there are, side by side."""
        return len(self.status)

    @property
    def finished(self) -> NDArray[np.bool_]:
        """[member], whether a member ended well."""
        return np.array([status is Status.FINISHED for status in self.status])

    def series(self, name: str) -> NDArray[np.float64]:
        """Return one variable, [time, member]."""
        try:
            return self.values[:, self.names.index(name)]
        except ValueError:
            near = nearest(name, self.names)
            fix = f"did you mean {near!r}?" if near else "save it in the run"
            raise UsageError(f"{name!r} was not kept in this run", fix) from None

    def at(self, name: str, time: float | Sequence[float]) -> NDArray[np.float64]:
        """Return one variable at a date, [member], or at dates, [date, member]; linear between rows."""
        wanted = np.atleast_1d(np.asarray(time, dtype=np.float64))
        low, high = self.times[0], self.times[-1]
        if wanted.min() < low - 1e-9 or wanted.max() > high + 1e-9:
            raise UsageError(f"the run covers {low:g} to {high:g}, not {time}", "ask for a date within it")
        series = self.series(name)
        after = np.clip(np.searchsorted(self.times, wanted), 1, max(1, len(self.times) - 1))
        if len(self.times) == 1:
            found = np.repeat(series, len(wanted), axis=0)
        else:
            before = after - 1
            share = (wanted - self.times[before]) / (self.times[after] - self.times[before])
            share = np.clip(share, 0.0, 1.0)[:, None]
            with np.errstate(invalid="ignore"):  # a failed member has infinities
                between = series[before] + share * (series[after] - series[before])
            found = np.where(share == 0.0, series[before], np.where(share == 1.0, series[after], between))
        return found[0] if np.ndim(time) == 0 else found

    def until(self, name: str) -> Ensemble:
        """Return the rows up to the first whose time has reached the value of a variable there.

        Vensim looks at its final time at every step; with several members, the last of them counts.
        """
        reached = (self.times[:, None] >= self.series(name) - 1e-9 * np.abs(self.times[:, None])).all(axis=1)
        rows = int(np.argmax(reached)) + 1 if reached.any() else len(self.times)
        return replace(self, times=self.times[:rows].copy(), values=self.values[:rows].copy())

    def require_finished(self) -> Ensemble:
        """Return the ensemble itself, or raise what went wrong if a member failed."""
        if self.failures:
            more = int((~self.finished).sum()) - 1
            rest = f" (and {more} more members)" if more else ""
            raise RunError(
                f"{self.failures[0]}{rest}", "check the values that were set, or use a smaller step"
            )
        return self


def side_by_side(ensembles: Sequence[Ensemble]) -> Ensemble:
    """Return ensembles of the same rows and outputs as one, their members numbered on."""
    failures: list[Failure] = []
    before = 0
    for one in ensembles:
        failures += [replace(failure, member=before + failure.member) for failure in one.failures]
        before += one.members
    values = np.concatenate([one.values for one in ensembles], axis=2)
    status = tuple(status for one in ensembles for status in one.status)
    first = ensembles[0]
    return Ensemble(first.times, first.names, values, status, tuple(failures), first.kernel)
