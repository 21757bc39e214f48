"""Observed series: what was seen of a variable, at a date or over a period, each tied to a fact.

The file is a CSV with the columns of `COLUMNS`. Without `until` an observation holds at `time`; with it,
it is the mean (of a level) or the total (of a flow) from `time` to `until`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from putar.errors import ModelError, Problem, Where, nearest
from putar.flywheels.facts import Fact, decimal_year, find_fact, number, ordered
from putar.flywheels.located import Row, read_rows
from putar.language.model import Model
from putar.language.units import UnitTable, parse_unit

__all__ = ["COLUMNS", "Observation", "in_unit_of_variable", "read_series"]

COLUMNS = ("series", "variable", "time", "until", "value", "low", "high", "unit", "fact")


@dataclass(frozen=True, slots=True)
class Observation:
    """One observed value of a variable; `until` is None for a value at a date."""

    series: str
    variable: str
    time: float
    until: float | None
    value: float
    low: float | None
    high: float | None
    unit: str
    fact: str
    where: Where


def read_series(
    path: Path, model: Model, facts: Mapping[str, Fact], units: UnitTable, problems: list[Problem]
) -> dict[str, tuple[Observation, ...]]:
    """Return the observations of a file by series, each series in time.

    Parameters
    ----------
    path : a CSV file
    model : its variables are what is observed
    facts : every observation rests on one
    units : the flywheel's units
    problems : what is wrong is added here, with its line; such observations are left out
    """
    names = {element: v.unit for v in model.variables for element in model.element_names(v)}
    found: dict[str, list[Observation]] = {}
    for row in read_rows(path, COLUMNS, problems):
        observation = _observation(row, names, facts, units, problems)
        if observation is not None:
            _same_kind(row, names[observation.variable], model.time.unit, units, problems)
        if observation is None:
            continue
        rows = found.setdefault(observation.series, [])
        same = (observation.time, observation.until)
        twice = next((one for one in rows if (one.time, one.until) == same), None)
        if twice is not None:
            what = f"{observation.series} has this time already, in line {twice.where.line}"
            problems.append(Problem("error", "value", row.where("time"), what, "keep one of the two"))
        elif rows and rows[0].variable != observation.variable:
            what = f"{observation.series} observes {rows[0].variable} above and {observation.variable} here"
            problems.append(Problem("error", "name", row.where("variable"), what, "one variable a series"))
        else:
            rows.append(observation)
    return {name: tuple(sorted(rows, key=lambda o: o.time)) for name, rows in found.items()}


def in_unit_of_variable(model: Model, units: UnitTable, row: Observation) -> float:
    """Return what an observation is multiplied by to be in its variable's unit.

    A total over a period becomes the mean rate of that period.
    """
    unit = parse_unit(model[row.variable.partition("[")[0]].unit, units)
    seen = parse_unit(row.unit, units)
    factor = seen.ratio(unit)
    if factor is None and row.until is not None:
        total = seen.ratio(unit * parse_unit(model.time.unit, units))
        factor = None if total is None else total / (row.until - row.time)
    return 1.0 if factor is None else factor


def _observation(
    row: Row, names: Mapping[str, str], facts: Mapping[str, Fact], units: UnitTable, problems: list[Problem]
) -> Observation | None:
    before = len(problems)

    def wrong(column: str, what: str, fix: str, kind: str = "value") -> None:
        problems.append(Problem("error", kind, row.where(column), what, fix))

    told = row.values
    for column in ("series", "variable", "time", "value", "unit", "fact"):
        if not told[column]:
            wrong(column, f"{column} is empty", f"say the {column}")
    if told["variable"] and told["variable"] not in names:
        near = nearest(told["variable"], names)
        fix = f"did you mean {near!r}?" if near else "name a variable of the model"
        wrong("variable", f"unknown variable {told['variable']!r}", fix, "name")
    if told["fact"] and find_fact(facts, told["fact"]) is None:
        near = nearest(told["fact"], facts)
        fix = f"did you mean {near!r}?" if near else "add it to facts.csv"
        wrong("fact", f"unknown fact {told['fact']!r}", fix, "name")
    try:
        parse_unit(told["unit"], units, row.where("unit"))
    except ModelError as error:
        problems.extend(error.problems)
    time, until = _time(row, "time", problems), _time(row, "until", problems)
    value, low, high = (number(row, column, problems) for column in ("value", "low", "high"))
    ordered(row, told["series"], (low, value, high), problems)
    if time is not None and until is not None and until <= time:
        wrong("until", f"the period ends at {until:g}, before it starts", "until is later than time")
    if time is None or value is None or len(problems) > before:
        return None
    return Observation(
        told["series"],
        told["variable"],
        time,
        until,
        value,
        low,
        high,
        told["unit"],
        told["fact"],
        row.where(),
    )


def _same_kind(row: Row, unit: str, time: str, units: UnitTable, problems: list[Problem]) -> None:
    """Note an observation that counts something else than its variable, or its total over a period."""
    try:
        wanted = [parse_unit(unit, units)]
        if row.values["until"]:
            wanted.append(wanted[0] * parse_unit(time, units))
        seen = parse_unit(row.values["unit"], units)
    except ModelError:
        return  # the unit of the variable is the model's to explain
    if seen.powers not in [one.powers for one in wanted]:
        what = f"{row.values['unit']} is observed of {row.values['variable']}, which is {unit}"
        fix = "observe the same kind, or a total over a period (until)"
        problems.append(Problem("error", "unit", row.where("unit"), what, fix))


def _time(row: Row, column: str, problems: list[Problem]) -> float | None:
    """Return a time: a number in the model's time unit, or a date."""
    text = row.values[column]
    year = decimal_year(text) if "-" in text or "Q" in text else None
    return year if year is not None else number(row, column, problems)
