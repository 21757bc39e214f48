"""A flywheel, run as asked: a RunSpec becomes changes, the changes a design, the design an ensemble.

Draws come first, then what the scenario and the caller change: a constant that is set is not drawn,
one that is scaled is drawn and then scaled. Parameters that were fitted to history are drawn from
the fit's own uncertainty, from the start of the run; all others from the date that flywheel.toml
names, so that no draw rewrites what has happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from putar.flywheels.folder import Flywheel
from putar.flywheels.posterior import posterior_draws, read_posterior
from putar.flywheels.scenarios import RunSpec
from putar.runs.design import Change, Design, design
from putar.runs.draws import draw, drawn_parameters
from putar.runs.ensemble import Ensemble
from putar.runs.execute import execute
from putar.runs.memory import require_memory

__all__ = ["Draws", "changes_of", "changes_with_links", "design_of", "draws_for", "draws_of", "simulate"]


def simulate(
    flywheel: Flywheel,
    spec: RunSpec,
    *,
    save: Sequence[str] | None = None,
    save_at: Sequence[float] | None = None,
    kernel: str = "auto",
    threads: int | None = None,
    draws: Draws | None = None,
    alike: int = 0,
) -> Ensemble:
    """Return the ensemble that a specification asks for.

    Parameters
    ----------
    save : outputs to keep; by default those of the specification, or all
    save_at : dates to keep; by default every saved row of the model
    draws : those of `draws_for`, where several runs share them
    alike : as in `execute`

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
        design_of(flywheel, spec, draws),
        outputs,
        save_at=save_at,
        seed=spec.seed,
        kernel=kernel,
        threads=threads,
        alike=alike,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What was drawn, [member] by parameter: `early` from the start on, `later` from the uncertainty date."""

    members: int
    seed: int
    vector: str
    early: Mapping[str, NDArray[np.float64]]
    later: Mapping[str, NDArray[np.float64]]

    def fit(self, spec: RunSpec) -> bool:
        """Return whether a specification asks for draws of this kind."""
        return (self.members, self.seed, self.vector) == (spec.members, spec.seed, spec.vector)

    def part(self, first: int, stop: int) -> Draws:
        """Return the draws of the members from `first` to before `stop`."""
        early, later = (
            {name: values[first:stop] for name, values in drawn.items()} for drawn in (self.early, self.later)
        )
        return replace(self, members=stop - first, early=early, later=later)


def design_of(flywheel: Flywheel, spec: RunSpec, draws: Draws | None = None) -> Design:
    """Return the design of a specification: its changes, with draws where it has members."""
    return design(flywheel.program, changes_of(flywheel, spec, draws), max(1, spec.members))


def changes_of(flywheel: Flywheel, spec: RunSpec, draws: Draws | None = None) -> tuple[Change, ...]:
    """Return everything that a specification changes, in the order in which it acts.

    Parameters
    ----------
    draws : those of `draws_for`; made, where they are not given or are not of the specification's kind
    """
    changes: list[Change] = []
    if spec.vector == "default":
        changes.append(Change(_defaults(flywheel)))
    if spec.members:
        held = {name for c in spec.changes if not c.scale for name in c.values}
        if draws is None or (draws.members, draws.seed, draws.vector) != (
            spec.members,
            spec.seed,
            spec.vector,
        ):
            draws = draws_for(flywheel, spec.members, spec.seed, spec.vector)
        drawn = draws_of(flywheel, draws, held)
        changes.extend(_scaled(change, spec.changes) for change in drawn)
    changes.extend(spec.changes)
    return (*changes, *_cuts(flywheel, spec))


def _cuts(flywheel: Flywheel, spec: RunSpec) -> list[Change]:
    """Return the cuts: the earliest at the switches' own date, each later one as a change of its own.

    A switch that is set acts from the start, whatever is cut later.
    """
    dates = _cut_dates(flywheel, spec)
    if not dates:
        return []
    start = flywheel.model.time.start
    set_switch = any(name.startswith("links.") for change in spec.changes for name in change.values)
    first = start if set_switch else min(dates.values())
    own = {f"links.{link}": 0.0 for link, date in dates.items() if date == first}
    later = [Change({f"links.{link}": 0.0}, date) for link, date in dates.items() if date > first]
    return [Change({**own, "links.cut_date": first}), *later]


def over_variants(change: Change, variants: int, draws: int) -> Change:
    """Return a change whose values for each draw are repeated for every variant, [variant, draw] in a row."""
    values = {
        name: np.tile(np.asarray(value), variants) if np.shape(value) == (draws,) else value
        for name, value in change.values.items()
    }
    return replace(change, values=values)


def changes_with_links(
    flywheel: Flywheel,
    spec: RunSpec,
    strengths: Mapping[str, NDArray[np.float64]],
    date: float,
    draws: Draws | None = None,
) -> tuple[Change, ...]:
    """Return the changes of a specification with links at given strengths from a date on.

    Parameters
    ----------
    strengths : [member] in [0, 1] for every link; a link that the specification cuts is at arm's length
        from its own date on whatever stands here
    draws : as in `changes_of`
    """
    changes = changes_of(flywheel, replace(spec, cuts={}), draws)
    given: dict[str, ArrayLike] = {f"links.{link}": values for link, values in strengths.items()}
    dates = _cut_dates(flywheel, spec)
    if all(own == date for own in dates.values()):
        cut = {f"links.{link}": 0.0 for link in dates}
        return (*changes, Change({**given, **cut, "links.cut_date": date}))
    start = flywheel.model.time.start
    whole = Change({**dict.fromkeys(given, 1.0), "links.cut_date": start})
    cuts = [Change({f"links.{link}": 0.0}, at) for link, own in dates.items() for at in (own, max(own, date))]
    return (*changes, whole, Change(given, date), *cuts)


def _cut_dates(flywheel: Flywheel, spec: RunSpec) -> dict[str, float]:
    """Return the date from which each cut link is at arm's length."""
    start = flywheel.model.time.start
    return {link: start if date is None else date for link, date in spec.cuts.items()}


def draws_for(flywheel: Flywheel, members: int, seed: int, vector: str = "fitted") -> Draws:
    """Return draws of a flywheel's parameters; those that were fitted come from the fit's posterior."""
    known = drawn_parameters(flywheel.model)
    require_memory(2 * len(flywheel.program.parameters), members)  # said before anything is drawn
    posterior = read_posterior(flywheel.path) if vector == "fitted" else None
    early: Mapping[str, NDArray[np.float64]] = {}
    if posterior is not None:
        early = posterior_draws(posterior, _fitted(flywheel), members, seed)
    later = draw(flywheel.model, members, seed, [name for name in known if name not in early])
    return Draws(members, seed, vector, early, later)


def draws_of(flywheel: Flywheel, draws: Draws, held: set[str]) -> tuple[Change, ...]:
    """Return draws as changes, without the parameters that are held: the fitted ones, then the others."""
    changes = [
        Change({name: values for name, values in draws.early.items() if name not in held}),
        Change(
            {name: values for name, values in draws.later.items() if name not in held},
            flywheel.uncertainty_from,
        ),
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
