"""Flywheels joined: what one computes becomes a curve of another, where a run asks for it.

A `[[feed]]` in flywheel.toml names a curve, the flywheel and variable it can be fed from, and the constants
that are set while it is. The source is run by itself, at its base values, and its variable becomes the
curve's points; nothing flows back. Without the feed the curve is what its own file says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from putar.errors import UsageError, nearest
from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import Feed
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import simulate
from putar.language.model import Model, Points, Variable
from putar.language.units import parse_unit
from putar.words.said import Said, Title

__all__ = ["joined"]

STEP = 0.25  # in the model's unit of time: how dense the points of a fed curve are


def joined(flywheel: Flywheel, feeds: Sequence[str], find: Callable[[str], Flywheel]) -> Flywheel:
    """Return a flywheel whose curves are fed as asked; its title says so.

    Parameters
    ----------
    feeds : ids of the flywheel's feeds
    find : another flywheel by its name

    Raises
    ------
    UsageError
        If there is no such feed, or its source has no such variable or another unit.
    """
    for name in dict.fromkeys(feeds):
        known = {feed.id: feed for feed in flywheel.feeds}
        if name not in known:
            near = nearest(name, known)
            fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(known) or 'none is declared'}"
            raise UsageError(f"{flywheel.name} has no feed {name!r}", fix)
        feed = known[name]
        title = Said("story.joined", title=flywheel.title, feed=Title(feed.title))
        flywheel = replace(flywheel, model=_fed(flywheel, feed, find(feed.source)), title=title)
    return flywheel


def _fed(flywheel: Flywheel, feed: Feed, source: Flywheel) -> Model:
    model = flywheel.model
    curve = model[feed.curve]
    if feed.variable not in {name for name, _ in source.program.outputs}:
        raise UsageError(f"{source.name} has no variable {feed.variable!r}", f"correct the feed {feed.id!r}")
    unit = source.model[feed.variable].unit
    there, here = (
        parse_unit(unit, source.units, curve.where),
        parse_unit(curve.unit, flywheel.units, curve.where),
    )
    if there != here:
        what = f"{feed.variable} is in {unit}, {feed.curve} in {curve.unit}"
        raise UsageError(what, f"correct the feed {feed.id!r}")
    first = max(model.time.start, source.model.time.start)
    last = min(model.time.stop, source.model.time.stop)
    dates = np.arange(first, last + STEP / 2, STEP).tolist()
    ran = simulate(source, RunSpec(), save=(feed.variable,), save_at=dates)
    ran.require_finished()
    values = ran.at(feed.variable, dates)[:, 0].tolist()
    points = Points(tuple(ran.times.tolist()), tuple(values))
    variables = tuple(_changed(variable, feed, points) for variable in model.variables)
    return replace(model, variables=variables)


def _changed(variable: Variable, feed: Feed, points: Points) -> Variable:
    if variable.name == feed.curve:
        return replace(variable, points=points)
    if variable.name in feed.set and variable.parameter is not None:
        number = feed.set[variable.name]
        return replace(variable, parameter=replace(variable.parameter, value=number, fitted=None))
    return variable
