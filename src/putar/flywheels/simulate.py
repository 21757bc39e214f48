"""A flywheel, run as asked: a RunSpec becomes changes, the changes a design, the design an ensemble.

Draws come first, then what the scenario and the caller change: a constant that is set is not drawn,
one that is scaled is drawn and then scaled. Parameters that were fitted to history are drawn from
the fit's own uncertainty, from the start of the run; all others from the date that flywheel.toml
names, so that no draw rewrites what has happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from putar.flywheels.folder import Flywheel
from putar.flywheels.posterior import posterior_draws, read_posterior
from putar.flywheels.scenarios import RunSpec
from putar.runs.design import Change, Design, design
from putar.runs.draws import draw, drawn_parameters
from putar.runs.ensemble import Ensemble
from putar.runs.execute import execute

__all__ = ["changes_of", "design_of", "draws_of", "simulate"]


def simulate(
    flywheel: Flywheel,
    spec: RunSpec,
    *,
    save: Sequence[str] | None = None,
    save_at: Sequence[float] | None = None,
    kernel: str = "auto",
    threads: int | None = None,
) -> Ensemble:
    """Return the ensemble that a specification asks for.

    Parameters
    ----------
    save : outputs to keep; by default those of the specification, or all
    save_at : dates to keep; by default every saved row of the model

    Raises
    ------
    UsageError
        If a name or a date is unknown.
    RunError
        If there is too little memory.
    """
    program = flywheel.program
    outputs = save or spec.save or tuple(name for name, _ in program.outputs)
    return execute(
        program,
        design_of(flywheel, spec),
        outputs,
        save_at=save_at,
        seed=spec.seed,
        kernel=kernel,
        threads=threads,
    )


def design_of(flywheel: Flywheel, spec: RunSpec) -> Design:
    """Return the design of a specification: its changes, with draws where it has members."""
    return design(flywheel.program, changes_of(flywheel, spec), max(1, spec.members))


def changes_of(flywheel: Flywheel, spec: RunSpec) -> tuple[Change, ...]:
    """Return everything that a specification changes, in the order in which it acts."""
    changes: list[Change] = []
    if spec.vector == "default":
        changes.append(Change(_defaults(flywheel)))
    if spec.members:
        held = {name for c in spec.changes if not c.scale for name in c.values}
        drawn = draws_of(flywheel, spec.members, spec.seed, held, spec.vector)
        changes.extend(_scaled(change, spec.changes) for change in drawn)
    changes.extend(spec.changes)
    if spec.cut:
        switches = {f"links.{link}": 0.0 for link in spec.cut}
        start = flywheel.model.time.start
        date = start if spec.cut_from is None else spec.cut_from
        changes.append(Change({**switches, "links.cut_date": date}))
    return tuple(changes)


def draws_of(
    flywheel: Flywheel, members: int, seed: int, held: set[str], vector: str = "fitted"
) -> tuple[Change, ...]:
    """Return the draws of a flywheel's parameters as changes: the fitted ones, then the others."""
    known = drawn_parameters(flywheel.model)
    posterior = read_posterior(flywheel.path) if vector == "fitted" else None
    fitted = set(posterior.names) if posterior is not None else set()
    early: Mapping[str, NDArray[np.float64]] = {}
    if posterior is not None:
        early = posterior_draws(posterior, _fitted(flywheel), members, seed)
    later = draw(flywheel.model, members, seed, [n for n in known if n not in fitted and n not in held])
    changes = [
        Change({name: values for name, values in early.items() if name not in held}),
        Change(later, flywheel.uncertainty_from),
    ]
    return tuple(change for change in changes if change.values)


def _scaled(drawn: Change, changes: Sequence[Change]) -> Change:
    """Return draws with the scalings that act before their date, and would be lost under them."""
    values = dict(drawn.values)
    for change in changes:
        early = drawn.at is not None and (change.at is None or change.at < drawn.at)
        for name, factor in change.values.items() if change.scale and early else ():
            if name in values:
                values[name] = np.asarray(values[name]) * np.asarray(factor)
    return Change(values, drawn.at)


def _fitted(flywheel: Flywheel) -> dict[str, float]:
    model = flywheel.model
    pairs = (pair for variable in model.variables for pair in model.parameters(variable))
    return {name: parameter.fitted for name, parameter in pairs if parameter.fitted is not None}


def _defaults(flywheel: Flywheel) -> dict[str, float]:
    model = flywheel.model
    pairs = (pair for variable in model.variables for pair in model.parameters(variable))
    return {name: parameter.value for name, parameter in pairs if parameter.fitted is not None}
