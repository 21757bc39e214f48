"""What an uncertain output rests on: its spread over draws, and which constants move it most.

Every constant with a distribution is drawn at once; the rank correlation of each with the output says how
much of the spread it carries, as far as that is monotone. All numbers here are estimates from a sample,
so each comes with its standard error.

Source: Spearman (1904), Am. J. Psychol. 15, 72-101; the standard error of a rank correlation after
Bonett and Wright (2000), Psychometrika 65, 23-28, equation 3; that of a quantile from the binomial ranks
of its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from putar.analysis.ranks import rank_correlations
from putar.errors import UsageError
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import draws_for, draws_of, simulate
from putar.runs.design import around
from putar.runs.ensemble import Ensemble

__all__ = ["Driver", "Drivers", "find_all_drivers", "find_drivers"]

Array = NDArray[np.float64]
QUANTILES = (0.05, 0.5, 0.95)
FEWEST = 20  # draws below which a correlation says nothing


@dataclass(frozen=True, slots=True)
class Driver:
    """A drawn constant with its rank correlation with the output."""

    name: str
    correlation: float
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class Drivers:
    """An output's draws [member] and the constants that drive it, strongest first."""

    output: str
    unit: str
    seed: int
    values: Array
    drivers: tuple[Driver, ...]

    def summary(self) -> dict[str, object]:
        """Return mean, quantiles and their standard errors."""
        ordered, count = np.sort(self.values), len(self.values)
        rows = {}
        for q in QUANTILES:
            spread = np.sqrt(count * q * (1 - q))
            ends = np.clip([count * q - spread - 0.5, count * q + spread - 0.5], 0, count - 1)
            low, high = np.interp(ends, np.arange(count), ordered)
            rows[f"{100 * q:g}%"] = {
                "value": float(np.quantile(ordered, q)),
                "standard_error": float(high - low) / 2,
            }
        mean = {"value": float(ordered.mean()), "standard_error": float(ordered.std(ddof=1) / np.sqrt(count))}
        return {
            "output": self.output,
            "unit": self.unit,
            "members": count,
            "seed": self.seed,
            "mean": mean,
            "quantiles": rows,
        }

    def as_json(self) -> dict[str, object]:
        """Return the contract of `putar sensitivity --json`."""
        rows = [
            {"name": d.name, "rank_correlation": d.correlation, "standard_error": d.error}
            for d in self.drivers
        ]
        return {**self.summary(), "drivers": rows}


def find_drivers(flywheel: Flywheel, spec: RunSpec, variable: str, at: float) -> Drivers:
    """Return how an output spreads over the draws of a specification, and what drives it.

    Raises
    ------
    UsageError
        If nothing is drawn, or too few members are asked for.
    """
    (found,) = find_all_drivers(flywheel, spec, (variable,), at)
    return found


def find_all_drivers(
    flywheel: Flywheel, spec: RunSpec, variables: Sequence[str], at: float
) -> tuple[Drivers, ...]:
    """Return the drivers of several outputs at one date, from the same draws.

    Raises
    ------
    UsageError
        If nothing is drawn, too few members are asked for, or too few of an output's draws are finite.
    """
    if spec.members < FEWEST:
        raise UsageError(f"{spec.members} draws say nothing about drivers", f"ask for {FEWEST} or more")
    held = {name for c in spec.changes if not c.scale for name in c.values}
    draws = draws_for(flywheel, spec.members, spec.seed, spec.vector)
    drawn = {
        name: np.asarray(values)
        for change in draws_of(flywheel, draws, held)
        for name, values in change.values.items()
    }
    if not drawn:
        raise UsageError(
            f"no constant of {flywheel.name} has a distribution, so nothing is drawn", _how_drawn(flywheel)
        )
    save_at = around(flywheel.program, (at,))
    ran = simulate(flywheel, spec, save=tuple(variables), save_at=save_at, draws=draws)
    return tuple(_drivers_of(flywheel, spec, variable, at, ran, drawn) for variable in variables)


def _how_drawn(flywheel: Flywheel) -> str:
    """Return how a constant is given a distribution in the form that the model is in."""
    suffix = flywheel.path.suffix
    if suffix == ".putar":
        return "write below a constant that is uncertain: distribution uniform LOW HIGH"
    line = 'distribution = { kind = "uniform", low = LOW, high = HIGH }'
    if suffix:
        folder = f"putar convert {flywheel.path.name} {flywheel.path.stem}"
        return f"make a folder of it, {folder}, and give constants in its parameters.toml {line}"
    return f"give constants that are uncertain in parameters.toml {line}"


def _drivers_of(
    flywheel: Flywheel, spec: RunSpec, variable: str, at: float, ran: Ensemble, drawn: Mapping[str, Array]
) -> Drivers:
    """Return one output's drivers among what was drawn, by rank correlation over the finished members."""
    fine = np.asarray(ran.finished)
    values = ran.at(variable, at)[fine]
    count = len(values)
    if count < FEWEST:
        what = f"only {count} of {spec.members} runs have a finite {variable}"
        raise UsageError(what, "look at the failures with 'putar run'")
    rho = rank_correlations(np.stack([column[fine] for column in drawn.values()]), values)
    error = (1 - rho**2) * np.sqrt((1 + rho**2 / 2) / (count - 3))
    order = np.argsort(-np.abs(rho), kind="stable")
    names = list(drawn)
    drivers = tuple(Driver(names[i], float(rho[i]), float(error[i])) for i in order)
    unit = flywheel.model[variable.partition("[")[0]].unit
    return Drivers(f"{variable}@{at:g}", unit, spec.seed, values, drivers)
