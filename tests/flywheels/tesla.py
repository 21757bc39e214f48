"""The Tesla-xAI-SpaceX flywheel for tests: one reading, one base run, and runs with values changed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from putar.flywheels.catalogue import find
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import find_scenario
from putar.flywheels.simulate import simulate
from putar.runs.design import Change
from putar.runs.ensemble import Ensemble

VALUE, END, NOW = "valuation.value", 2035.0, 2026.5
PARTS = ("tesla", "space", "ai")


@cache
def flywheel() -> Flywheel:
    """The flywheel under test."""
    return find("tesla-xai-spacex")


def with_step(step: float) -> Flywheel:
    """The flywheel with another step of time."""
    model = flywheel().model
    return replace(flywheel(), model=replace(model, time=replace(model.time, step=step)))


def links() -> tuple[str, ...]:
    """The links' ids."""
    return tuple(link.id for link in flywheel().links)


def run(
    values: Mapping[str, float] | None = None,
    *,
    cut: Iterable[str] = (),
    cut_from: float | None = NOW,
    scenario: str = "base",
    of: Flywheel | None = None,
) -> Ensemble:
    """One run: a scenario, constants set from the start, links cut from a date."""
    told = of or flywheel()
    spec = find_scenario(told.scenarios, scenario).spec
    spec = replace(spec, changes=(*spec.changes, *([Change(dict(values))] if values else [])))
    if cut:
        spec = replace(spec, cuts=dict.fromkeys(cut, cut_from))
    return simulate(told, spec)


@cache
def base() -> Ensemble:
    """The fitted base run."""
    return run()


def at(ensemble: Ensemble, name: str, date: float = END) -> float:
    """One value of a run of one member."""
    return float(ensemble.at(name, date)[0])


def series(ensemble: Ensemble, name: str) -> NDArray[np.float64]:
    """One variable of a run of one member, [time]."""
    return ensemble.series(name)[:, 0]
