"""What a reader of the page may choose: views, levers, dates, and the order in which constants matter.

Nothing is decided here: views and levers are declared by the flywheel, the order comes from draws of
its constants, and the dates are those at which the flywheel itself asks its questions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from putar.errors import UsageError
from putar.flywheels.drivers import find_all_drivers
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import RunSpec, Scenario
from putar.runs.ensemble import Ensemble
from putar.workbench.checksum import shown_dates

__all__ = ["choice_rows", "horizon"]

DRAWS = 128  # enough to tell which ten of a hundred constants matter most
LISTED = 24  # constants listed for an indicator, the strongest first


def horizon(flywheel: Flywheel) -> float:
    """Return the date at which the page compares: of the first question about the future, else the end."""
    now = flywheel.now if flywheel.now is not None else flywheel.model.time.start
    asked = [protocol.at for protocol in flywheel.protocols if protocol.at > now]
    return asked[0] if asked else flywheel.model.time.stop


def choice_rows(flywheel: Flywheel, spec: RunSpec, base: Ensemble) -> dict[str, object]:
    """Return the page's `choices`: views, levers, dates, the order of constants, the growth of the wheel.

    `base` is the run of the page, with every output.
    """
    at = horizon(flywheel)
    drawn = replace(spec, members=DRAWS, save=None)
    levers = {
        lever.variable: {"low": lever.low, "high": lever.high, "reason": lever.reason}
        for lever in flywheel.levers
    }
    return {
        "views": [_view_row(view) for view in flywheel.views],
        "levers": levers,
        "from": flywheel.uncertainty_from,
        "cut_from": flywheel.now,
        "at": at,
        "order": _order(flywheel, drawn, at),
        "growth": _growth(flywheel, base),
        "outside_links": [] if flywheel.self_turning is None else list(flywheel.self_turning.outside_links),
    }


def _order(flywheel: Flywheel, spec: RunSpec, at: float) -> dict[str, list[str]]:
    """Return for each indicator the constants that move it most; nothing where nothing is drawn."""
    shown = tuple(row.variable for row in flywheel.headline)
    try:
        found = find_all_drivers(flywheel, spec, shown, at)
    except UsageError:
        return {}
    return {
        name: [driver.name for driver in drivers.drivers[:LISTED]]
        for name, drivers in zip(shown, found, strict=True)
    }


def _growth(flywheel: Flywheel, base: Ensemble) -> dict[str, object]:
    """Return the course of what the wheel turns: the output of its own test, else the first indicator."""
    asked = flywheel.self_turning
    if asked is None and not flywheel.headline:
        return {}
    name = flywheel.headline[0].variable if asked is None else asked.output
    dates = shown_dates(base)
    points = [
        [float(time), float(value) if np.isfinite(value) else None]
        for time, value in zip(dates, base.at(name, dates.tolist())[:, 0], strict=True)
    ]
    label = {row.variable: row.label for row in flywheel.headline}.get(name)
    return {
        "variable": name,
        "label": label or flywheel.model[name.partition("[")[0]].label,
        "points": points,
    }


def _view_row(view: Scenario) -> dict[str, object]:
    """Return a view as the values it sets, each with the date it holds from (null: the start)."""
    values = {
        name: {"value": value, "from": change.at}
        for change in view.spec.changes
        for name, value in change.values.items()
    }
    cuts = view.spec.cuts  # one table of a file, so of one date
    cut = {"cut": [*cuts], "cut_from": next(iter(cuts.values()), None)}
    return {"name": view.name, "title": view.title, "reason": view.reason, "set": values, **cut}
