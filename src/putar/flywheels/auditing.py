"""The audit of a flywheel: does its story close, what pushes it, and what would the data not have told apart.

Each question is a check with a sentence and numbers; one ensemble answers most of them: the run with each
outside drive held from "now" on, with other starts, and with each ranged constant at either end of its
range.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from putar.analysis.audit import date_of, drives_of, growth_share, reaches, singular_time, unbalanced
from putar.analysis.naming import label
from putar.engine.holds import HOLD, START, holdable
from putar.errors import RunError
from putar.flywheels.checks import Check
from putar.flywheels.feedback import Feedback, find_feedback
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import changes_of, simulate
from putar.flywheels.twins import SAME, find_twins
from putar.runs.design import Change, design
from putar.runs.execute import execute
from putar.words.amounts import date_text, time_unit

__all__ = ["Check", "audit"]

LISTED = 5
FROM_THE_START = "do not tell the start as the reason of the end"
DATES = 41  # rows of the run that a date is read from

Array = NDArray[np.float64]


def audit(flywheel: Flywheel) -> tuple[Check, ...]:
    """Return what the audit of a flywheel finds, of the single run at its central values."""
    try:
        feedback = find_feedback(flywheel, RunSpec())
    except RunError as error:  # the run itself failed: that is what there is to say
        return (Check("infinity", "warning", error.what, error.fix),)
    found = list(_structure(feedback))
    target = flywheel.headline[0].variable if flywheel.headline else _largest(feedback)
    if target is not None:
        found += _runs(flywheel, feedback, target)
    return tuple(found)


def _largest(feedback: Feedback) -> str | None:
    stocks = feedback.finding.graph.stocks(0)
    visible = [name for name in stocks if name not in feedback.finding.graph.hidden]
    return visible[0] if visible else None


def _structure(feedback: Feedback) -> Iterator[Check]:
    finding = feedback.finding
    graph = finding.graph
    if not graph.inner:
        what = "nothing closes: no variable acts on itself by way of others, so nothing here can spin"
        yield Check("closed path", "warning", what, "add the link by which the result feeds what made it")
        return
    headline = feedback.flywheel.headline
    if headline and not any(graph.partition.get(n) == 0 for n in reaches(graph, headline[0].variable)):
        what = f"no loop of the largest part acts on {headline[0].label}"
        yield Check("closed path", "warning", what, "close the path from the result to what made it")
    stocks = [name for name in graph.stocks(0) if name not in graph.hidden]
    through = ", ".join(label(name) for name in stocks[:LISTED])
    more = f" and {len(stocks) - LISTED} more" if len(stocks) > LISTED else ""
    count = f"{finding.found} loops act" if finding.exact else f"at least {finding.found} loops act"
    what = f"the story closes through {len(stocks)} stocks ({through}{more}); {count}"
    yield Check("closed path", "note", what, "see 'putar loops'", tuple(stocks))
    for loop in unbalanced(finding.loops, graph.kept)[:LISTED]:
        what = f"nothing holds back the reinforcing loop {loop.name}"
        yield Check("no balancing partner", "warning", what, "say what ends its growth", loop.variables)
    grown = [(alone.name, alone.rate) for alone in (feedback.wheel.alone if feedback.wheel else ())]
    for name, rate in grown:
        if rate > 1e-6:
            unit = time_unit(feedback.flywheel.model.time.unit)
            pace = f"{100 * np.expm1(rate):.0f}% a {unit}"
            what = f"{label(name)} grows by itself, at {pace}, whatever the rest does"
            fix = "judge the wheel without it, as the verdict does"
            yield Check("grows alone", "note", what, fix, (name,), {"rate": rate})


def _runs(flywheel: Flywheel, feedback: Feedback, target: str) -> Iterator[Check]:
    formulas, graph = flywheel.formulas, feedback.finding.graph
    time = flywheel.model.time
    now = time.start if flywheel.now is None else flywheel.now
    drives = drives_of(formulas, graph, target)
    ranged = [
        (name, float(parameter.low), float(parameter.high))
        for variable in flywheel.model.variables
        for name, parameter in flywheel.model.parameters(variable)
        if parameter.low is not None and parameter.high is not None and parameter.low < parameter.high
    ]
    program = holdable(formulas, drives)
    defaults = dict(zip(program.parameters, program.defaults, strict=True))
    members: list[dict[str, float]] = [{}]
    members += [{f"{HOLD}{name}": now} for name in drives]
    members.append({f"{HOLD}{name}": now for name in drives})
    members += [{START: 0.5}, {START: 2.0}]
    ends = [{name: end} for name, low, high in ranged for end in (low, high)]
    members += ends
    members += [{**end, **_cut(flywheel)} for end in ends] if flywheel.self_turning is not None else []
    names = sorted({name for member in members for name in member})
    values = {name: np.array([m.get(name, defaults[name]) for m in members]) for name in names}
    plan = design(program, [*changes_of(flywheel, RunSpec()), Change(values)], len(members))
    seen = sorted({now, time.stop, *np.linspace(time.start, time.stop, DATES).tolist()})
    kept = (target, *[name for name in graph.stocks(0) if name not in graph.hidden])
    ensemble = execute(program, plan, tuple(dict.fromkeys(kept)), save_at=seen, alike=1)
    series, times = ensemble.series(target), ensemble.times
    after = int(np.abs(times - now).argmin())
    yield from _drives(target, drives, series, after, date_text(now, time.unit))
    first = len(drives) + 2
    yield from _starts(target, times, series[:, 0], series[:, first : first + 2], time.unit)
    yield from _endings(flywheel, feedback)
    if after > 0:
        tried = series[:, first + 2 :].reshape(len(series), -1, len(ranged), 2)
        yield from find_twins(flywheel, feedback, target, ranged, series[:, 0], tried, after)


def _cut(flywheel: Flywheel) -> dict[str, float]:
    """Return the constants that put the outside links at arm's length."""
    asked = flywheel.self_turning
    assert asked is not None
    start = flywheel.model.time.start if asked.cut_from is None else asked.cut_from
    return {**{f"links.{link}": 0.0 for link in asked.outside_links}, "links.cut_date": start}


def _drives(target: str, drives: list[str], series: Array, now: int, date: str) -> Iterator[Check]:
    whole = (float(series[now, 0]), float(series[-1, 0]))
    shares = {}
    for place, name in enumerate(drives):
        share = growth_share(whole, (float(series[now, place + 1]), float(series[-1, place + 1])))
        if share is not None and abs(share) > SAME / 2:
            shares[name] = share
    together = growth_share(whole, (float(series[now, len(drives) + 1]), float(series[-1, len(drives) + 1])))
    if not drives:
        what = f"no clock and no outside stock drives {label(target)}: all of its growth comes from loops"
        yield Check("outside drives", "note", what, "nothing", (), {"all": 0.0})
        return
    largest = sorted(shares, key=lambda name: -abs(shares[name]))[:LISTED]
    listed = ", ".join(f"{label(name)} {shares[name]:+.0%}" for name in largest)
    growth = f"the later growth of {label(target)}"
    if together is None:
        carried = f"carry a part of {growth} that cannot be said, as it does not grow"
    elif together >= 0.0:
        carried = f"take away {together:.0%} of {growth}"
    else:
        carried = f"hold back {growth}, which would be {-together:.0%} more without them"
    what = f"held from {date} on, the {len(drives)} outside drives {carried}"
    what += f" (one at a time, lost: {listed})" if listed else ""
    severity = "warning" if together is not None and together > 0.5 else "note"
    numbers = {"all": together} if together is not None else {}
    fix = "say so where the growth is told as the wheel's own"
    yield Check("outside drives", severity, what, fix, tuple(drives), {**numbers, **shares})


def _starts(target: str, times: Array, base: Array, other: Array, unit: str) -> Iterator[Check]:
    """Yield whether half or double of all stocks at the start, [row, 2], changes the end or the date."""
    last, span = float(base[-1]), float(times[-1] - times[0])
    ends = [float(value) for value in other[-1]]
    if not np.isfinite([last, *ends]).all() or last == 0.0:
        return
    halfway = (float(base[0]) + last) / 2.0
    dates = [date_of(times, series, halfway) for series in (base, *other.T)]
    moved = max(abs(end / last - 1.0) for end in ends)
    numbers = {"half": ends[0], "base": last, "double": ends[1]}
    stop, name = date_text(float(times[-1]), unit), label(target)
    halved, doubled = (f"{end / last - 1.0:+.0%}" for end in ends)
    if moved < SAME:
        what = f"any start gives the same {name} at {stop}: half or double changes {moved:.1%}"
        yield Check("start", "warning", what, FROM_THE_START, (target,), numbers)
        return
    what = (
        f"with half of all stocks at the start {name} at {stop} changes by {halved}, with double by {doubled}"
    )
    if np.isfinite(dates).all():
        later = [dates[1] - dates[0], dates[2] - dates[0]]
        numbers |= {"date": dates[0], "half_later": later[0], "double_later": later[1]}
        if max(map(abs, later)) < SAME * span:
            what = f"any start gives the same date: {name} is halfway at {dates[0]:.5g}, with half of all "
            what += f"stocks {later[0]:+.2g}, with double {later[1]:+.2g} {time_unit(unit)}s later"
            yield Check("start", "warning", what, FROM_THE_START, (target,), numbers)
            return
        what += f"; it is halfway {later[0]:+.2g} and {later[1]:+.2g} {time_unit(unit)}s later"
    yield Check("start", "note", what, "nothing", (target,), numbers)


def _endings(flywheel: Flywheel, feedback: Feedback) -> Iterator[Check]:
    """Yield the stocks that would reach infinity within as long again as the run."""
    graph, spec = feedback.finding.graph, flywheel.model.time
    names = [name for name in graph.names if name in graph.kept and name in graph.partition]
    names = [name for name in names if name not in graph.hidden]
    if not names:
        return
    run = simulate(flywheel, RunSpec(), save=names)
    for failure in run.failures:
        what = f"{failure.variable} is not finite at {failure.time:g}"
        yield Check(
            "infinity", "warning", what, "bound its growth, or use a smaller step", (failure.variable,)
        )
    for name in names:
        end = singular_time(run.times, run.series(name)[:, 0])
        if end is not None and end < 2 * spec.stop - spec.start:
            what = f"{label(name)} grows faster than exponentially, towards infinity at {end:.4g}"
            yield Check("infinity", "warning", what, "say what bounds it", (name,), {"at": end})
