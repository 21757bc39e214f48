"""The rows of a run's document: one function for each part of the contract.

No number is made here that a run, a fact or the model does not hold; see `answer` for their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

import numpy as np

from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import Headline
from putar.flywheels.scenarios import RunSpec, Scenario
from putar.flywheels.series import in_unit_of_variable
from putar.flywheels.simulate import changes_of
from putar.formats.text_write import variable_lines
from putar.language.check import time_problems
from putar.runs.design import design
from putar.runs.ensemble import Ensemble
from putar.words.said import Date, Number, Said, Title, Unit
from putar.workbench.checksum import checksum, shown_dates

__all__ = [
    "BINDS",
    "about_rows",
    "binding_spans",
    "changed_rows",
    "engine_row",
    "headline_rows",
    "parameter_rows",
    "range_warnings",
    "scenario_series",
    "subsystem_rows",
    "time_row",
    "warning_rows",
]

BINDS = "_binds"  # an auxiliary with this ending is 1 while the limit it is named for is active
FAR = 0.1  # a run that misses the last observation by more, and its range, is warned of
NUMBERS = ("first", "second", "third")  # of a distribution, in the order of its form


def changed_rows(flywheel: Flywheel, scenario: Scenario, spec: RunSpec) -> list[Said]:
    """Return in words what a run changes beside its scenario: constants that are set, links that are cut."""
    rows: list[Said] = []
    model, titles = flywheel.model, {form.id: form.title for form in flywheel.links}
    for change in spec.changes:
        if any(change is other for other in scenario.spec.changes):
            continue
        since = "" if change.at is None else Said("change.since", date=Date(change.at))
        for name, value in change.values.items():
            variable = model.by_name.get(name.partition("[")[0])
            values = np.ravel(np.asarray(value, dtype=np.float64))
            number = Number(values[0], "g") if len(values) == 1 else Said("change.each_member")
            known = variable is not None and variable.unit and not change.scale
            unit = Unit(f" {variable.unit}") if variable is not None and known else ""
            key = "change.scaled" if change.scale else "change.set"
            rows.append(Said(key, name=name, value=number, unit=unit, since=since))
    for link, date in spec.cuts.items():
        if link not in scenario.spec.cuts:
            start = model.time.start if date is None else date
            rows.append(Said("change.cut", link=Title(titles[link]), date=Date(start)))
    return rows


def engine_row(flywheel: Flywheel, spec: RunSpec, base: Ensemble) -> dict[str, object]:
    """Return which machinery made the numbers, and a checksum of the base run."""
    return {
        "kernel": base.kernel,
        "version": version("putar"),
        "checksum": checksum(flywheel, base),
        "members": spec.members,
        "seed": spec.seed,
        "program": flywheel.program.digest[:16],
    }


def time_row(flywheel: Flywheel) -> dict[str, object]:
    """Return the grid of time."""
    spec = flywheel.model.time
    return {
        "start": spec.start,
        "stop": spec.stop,
        "step": spec.step,
        "unit": spec.unit,
        "method": spec.method,
        "now": flywheel.now,
    }


def headline_rows(flywheel: Flywheel, base: Ensemble, band: Ensemble | None) -> list[dict[str, object]]:
    """Return the headline series with their 5 to 95 % band, and what was observed of them."""
    rows: list[dict[str, object]] = []
    dates = shown_dates(base)
    for headline in flywheel.headline:
        values = base.at(headline.variable, dates.tolist())[:, 0]
        low = high = np.full(len(dates), np.nan)
        if band is not None:
            drawn = band.at(headline.variable, dates.tolist())[:, band.finished]
            if drawn.size:
                low, high = np.quantile(drawn, (0.05, 0.95), axis=1)
        points = [
            {"time": float(t), "value": _number(v), "low": _number(a), "high": _number(b)}
            for t, v, a, b in zip(dates, values, low, high, strict=True)
        ]
        unit = flywheel.model[headline.variable.partition("[")[0]].unit
        rows.append(
            {
                "name": headline.variable,
                "label": headline.label,
                "unit": unit,
                "points": points,
                "observed": _observed(flywheel, headline),
            }
        )
    return rows


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _observed(flywheel: Flywheel, headline: Headline) -> list[dict[str, object]]:
    """Return what was seen of a headline, in its variable's unit; a total over a period as its mean rate."""
    rows = flywheel.series.get(headline.series or "", ())
    found: list[dict[str, object]] = []
    for row in rows:
        factor = in_unit_of_variable(flywheel.model, flywheel.units, row)
        value, low, high = (None if v is None else v * factor for v in (row.value, row.low, row.high))
        seen = {"time": row.time, "until": row.until, "value": value, "low": low, "high": high}
        found.append({**seen, "fact": row.fact, "kind": flywheel.fact(row.fact).kind})
    return found


def binding_spans(flywheel: Flywheel, base: Ensemble) -> list[dict[str, object]]:
    """Return which limit is active when: spans of the auxiliaries whose name ends in `_binds`."""
    spans: list[dict[str, object]] = []
    for variable in flywheel.model.variables:
        if not variable.name.endswith(BINDS) or variable.dimensions:
            continue
        active = base.series(variable.name)[:, 0] > 0.5
        edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(int), [0]])))
        what = variable.short.removesuffix(BINDS).replace("_", " ")
        last = len(base.times) - 1
        spans += [
            {
                "from": float(base.times[a]),
                "to": float(base.times[min(b, last)]),
                "what": what,
                "variable": variable.name,
                "reason": variable.reason,
            }
            for a, b in edges.reshape(-1, 2)
        ]
    return sorted(spans, key=lambda span: (str(span["what"]), span["from"]))


def warning_rows(flywheel: Flywheel, base: Ensemble, spec: RunSpec) -> list[dict[str, object]]:
    """Return what a reader must know before believing a number, each with what to do about it."""
    rows: list[dict[str, object]] = [
        {
            "what": Said("warning.failed", why=failure.why),
            "why": Said("warning.no_numbers"),
            "fix": Said("warning.undo"),
        }
        for failure in base.failures
    ]
    rows += range_warnings(flywheel, spec)
    rows += [
        {"what": note.what, "why": str(note.where or ""), "fix": note.fix}
        for note in (*time_problems(flywheel.model), *flywheel.model.notes)
        if note.severity == "warning" or note.kind == "skipped"
    ]
    rows += [
        {"what": problem.what, "why": str(problem.where or ""), "fix": problem.fix}
        for problem in flywheel.problems
        if problem.severity == "warning"
    ]
    return rows + _far_from_data(flywheel, base)


def range_warnings(flywheel: Flywheel, spec: RunSpec) -> list[dict[str, object]]:
    """Return a warning for each constant that is set to a value outside its range."""
    known = {n: p for v in flywheel.model.variables for n, p in flywheel.model.parameters(v)}
    rows: list[dict[str, object]] = []
    for change in spec.changes:
        for name, value in change.values.items():
            parameter = known.get(name)
            if parameter is None or change.scale:
                continue
            lowest, highest = float(np.min(value)), float(np.max(value))
            if not parameter.holds(lowest) or not parameter.holds(highest):
                shown = Number(lowest, "g") if lowest == highest else _span(lowest, highest)
                span = _span(parameter.low, parameter.high)
                what = Said("warning.outside", name=name, value=shown, range=span)
                fix = Said("warning.stay", range=span)
                rows.append({"what": what, "why": Said("warning.not_made"), "fix": fix})
    return rows


def _span(low: float | None, high: float | None) -> Said:
    ends = {"low": low, "high": high}
    return Said("warning.span", **{k: "?" if end is None else Number(end, "g") for k, end in ends.items()})


def _far_from_data(flywheel: Flywheel, base: Ensemble) -> list[dict[str, object]]:
    """Return a warning for each headline whose last observation the run misses by far."""
    rows: list[dict[str, object]] = []
    for headline in flywheel.headline:
        seen = [o for o in flywheel.series.get(headline.series or "", ()) if o.until is None]
        if not seen or not base.times[0] <= seen[-1].time <= base.times[-1]:
            continue
        last = seen[-1]
        model = float(base.at(headline.variable, last.time)[0])
        factor = in_unit_of_variable(flywheel.model, flywheel.units, last)
        value, low, high = (
            factor * (last.value if end is None else end) for end in (last.value, last.low, last.high)
        )
        if value > 0 and not low <= model <= high and abs(model / value - 1) > FAR:
            gap = 100 * (model / value - 1)
            numbers = {"model": Number(model, ".4g"), "seen": Number(value, "g")}
            what = Said("warning.far", label=headline.label, date=Number(last.time, ".1f"), **numbers)
            key = "warning.high" if gap > 0 else "warning.low"
            why = Said(key, gap=Number(abs(gap), ".0f"), fact=last.fact)
            fix = Said("warning.read_later")
            rows.append({"what": what, "why": why, "fix": fix})
    return rows


def parameter_rows(flywheel: Flywheel, spec: RunSpec) -> list[dict[str, object]]:
    """Return every constant with the value that runs, its origin, range and facts."""
    single = RunSpec(spec.changes, spec.cuts, spec.vector)
    plan = design(flywheel.program, changes_of(flywheel, single))
    now = dict(zip(flywheel.program.parameters, plan.segments[0].parameters[:, 0], strict=True))
    rows: list[dict[str, object]] = []
    for variable in flywheel.model.variables:
        for name, parameter in flywheel.model.parameters(variable):
            drawn = parameter.distribution
            whole = parameter.low is not None and parameter.high is not None
            form: dict[str, object] | None = None
            if drawn is not None:
                form = {"kind": drawn.kind, **dict(zip(NUMBERS, drawn.numbers, strict=False))}
            rows.append(
                {
                    "name": name,
                    "label": variable.label + name[len(variable.name) :],
                    "subsystem": variable.subsystem,
                    "value": float(now[name]),
                    "default": parameter.value,
                    "fitted": parameter.fitted,
                    "unit": variable.unit,
                    "low": parameter.low if whole else None,
                    "high": parameter.high if whole else None,
                    "distribution": form,
                    "status": parameter.status,
                    "facts": list(parameter.facts),
                    "reason": parameter.reason,
                }
            )
    return rows


def subsystem_rows(flywheel: Flywheel) -> list[dict[str, object]]:
    """Return the rooms of the model with their equations, constants apart."""
    rooms: list[dict[str, object]] = []
    for room in flywheel.model.subsystems:
        inside = [
            v
            for v in flywheel.model.variables
            if v.subsystem == room.name
            and v.kind != "constant"
            and (v.name not in flywheel.model.internal or v.points or v.element_points)
        ]
        variables = [
            {
                "name": v.short + (f"[{', '.join(v.dimensions)}]" if v.dimensions else ""),
                "kind": v.kind,
                "unit": v.unit,
                "equation": "\n".join(variable_lines(v)),
                "reason": v.reason,
                "status": v.status,
                "facts": list(v.facts),
            }
            for v in inside
        ]
        rooms.append({"name": room.name, "title": room.title, "reason": room.reason, "variables": variables})
    return rooms


def about_rows(flywheel: Flywheel) -> dict[str, object]:
    """Return what the flywheel is for and what it must not be used for."""
    about = flywheel.about
    return {
        "purpose": about.purpose,
        "boundary": about.boundary,
        "limits": list(about.limits),
        "not_for": list(about.not_for),
    }


def scenario_series(flywheel: Flywheel, others: Mapping[str, Ensemble]) -> dict[str, object]:
    """Return, for each headline, its values in each scenario at the headline's own dates, to six digits."""
    return {
        headline.variable: {
            name: [
                _number(float(f"{value:.6g}"))
                for value in ran.at(headline.variable, shown_dates(ran).tolist())[:, 0]
            ]
            for name, ran in others.items()
            if ran.finished[0]
        }
        for headline in flywheel.headline
    }
