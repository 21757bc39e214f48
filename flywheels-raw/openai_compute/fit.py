"""Fit the OpenAI compute flywheel to its series, and write down how sure the fit is.

The model's constants that have a `fitted` value are estimated from series.csv: residuals are differences
of logarithms over the standard deviations of LOG_SD, the log-normal distributions of parameters.toml are
the priors, and a soft-L1 loss keeps single figures from ruling (maximum a posteriori). The covariance of
the logarithms is Laplace's approximation at the `fitted` values that parameters.toml holds: the inverse of
J'J of the scaled residuals. It goes to posterior.csv, from which ensembles draw. A fit that moved is
printed; taking it over into parameters.toml is a decision and is made by hand.

    python flywheels-raw/openai_compute/fit.py
"""

from __future__ import annotations

import csv
import sys

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from putar.flywheels.catalogue import find
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.series import Observation
from putar.flywheels.simulate import simulate
from putar.language.model import Parameter
from putar.runs.design import Change
from putar.runs.ensemble import Ensemble

LOG_SD = {
    "weekly_users": 0.07,
    "run_rate": 0.10,
    "capacity": 0.10,
    "revenue_of_a_year": 0.06,
    "subscribers": 0.10,
    "inference_spending": 0.20,
    "research_spending": 0.20,
    "cash_burn": 0.40,
    "gemini_monthly": 0.20,
    "anthropic_run_rate": 0.40,
}
LESS_SURE = {"ARR_2023_01": 2.0}  # worked out from a growth rate: twice the standard deviation
STEP = 1e-3  # of a logarithm, for the derivatives
SMALLEST = 1e-6  # a model value below counts as this, so that its logarithm exists

Array = NDArray[np.float64]


class Fit:
    """The residuals of a flywheel's fitted constants, many vectors of logarithms at once."""

    def __init__(self, flywheel: Flywheel) -> None:
        self.flywheel = flywheel
        self.fitted = _fitted(flywheel)
        self.names = tuple(self.fitted)
        self.points = [point for rows in flywheel.series.values() for point in rows]
        self.save = tuple(dict.fromkeys(point.variable for point in self.points))

    @property
    def start(self) -> Array:
        """Logarithms of the fitted values of parameters.toml, [parameter]."""
        return np.log([parameter.fitted or 0.0 for parameter in self.fitted.values()])

    def residuals(self, logs: Array) -> Array:
        """Return [observation and prior, vector] for logarithms [parameter, vector]."""
        values = {name: np.exp(logs[row]) for row, name in enumerate(self.names)}
        found = simulate(self.flywheel, RunSpec(changes=(Change(values),)), save=self.save)
        seen = [_residual(found, point) for point in self.points]
        priors = [p.distribution for p in self.fitted.values()]
        pulled = [(logs[i] - np.log(d.first)) / d.second for i, d in enumerate(priors) if d is not None]
        return np.array([*seen, *pulled])

    def jacobian(self, logs: Array) -> Array:
        """Return the residuals' derivatives [observation and prior, parameter], by central differences."""
        shifts = STEP * np.eye(len(logs))
        found = self.residuals(np.hstack([logs[:, None] + shifts, logs[:, None] - shifts]))
        derivatives: Array = (found[:, : len(logs)] - found[:, len(logs) :]) / (2 * STEP)
        return derivatives

    def optimum(self, start: Array, evaluations: int) -> tuple[Array, Array]:
        """Return the logarithms of the best vector and the scaled Jacobian there."""

        def one(logs: Array) -> Array:
            return self.residuals(logs[:, None])[:, 0]

        found = least_squares(one, start, jac=self.jacobian, loss="soft_l1", max_nfev=evaluations)
        return found.x, np.asarray(found.jac)


def _fitted(flywheel: Flywheel) -> dict[str, Parameter]:
    pairs = (pair for variable in flywheel.model.variables for pair in flywheel.model.parameters(variable))
    return {name: parameter for name, parameter in pairs if parameter.fitted is not None}


def _residual(found: Ensemble, point: Observation) -> Array:
    """Return [vector]: log of the model's value less log of the observed one, in standard deviations."""
    if point.until is None:
        value = found.at(point.variable, point.time)
    else:
        inside = (found.times >= point.time) & (found.times < point.until)
        value = found.series(point.variable)[inside].mean(axis=0) * (point.until - point.time)
    deviation = LOG_SD[point.series] * LESS_SURE.get(point.fact, 1.0)
    difference: Array = (np.log(np.maximum(value, SMALLEST)) - np.log(point.value)) / deviation
    return difference


def main() -> None:
    """Print the optimum beside the values in use; write the covariance of the latter."""
    fit = Fit(find("openai-compute"))
    _, jacobian = fit.optimum(fit.start, 1)
    covariance = np.linalg.inv(jacobian.T @ jacobian)
    with (fit.flywheel.path / "posterior.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["covariance of logarithms", *fit.names])
        for name, row in zip(fit.names, covariance, strict=True):
            writer.writerow([name, *(f"{cell:.6g}" for cell in row)])
    best, _ = fit.optimum(fit.start, 60)
    lines = [f"{'constant':55} {'in use':>10} {'optimum':>10} {'log sd':>8}"]
    for name, used, new, variance in zip(fit.names, fit.start, best, covariance.diagonal(), strict=True):
        lines.append(f"{name:55} {np.exp(used):10.5g} {np.exp(new):10.5g} {np.sqrt(variance):8.3f}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
