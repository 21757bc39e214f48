"""parameters.toml: the constants of a flywheel, each with value, range, distribution and origin.

A table that has a `value`, or names a `shared` constant, is a constant; tables around it are subsystems.
An array constant has one table an element, `"rate[openai]"`; which dimension it runs over is found from
its elements.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path

from putar.errors import Problem, Where, nearest
from putar.flywheels.ecosystem import completed
from putar.flywheels.facts import Fact, find_fact
from putar.flywheels.located import Table, read_toml
from putar.language.model import STATUSES, Dimension, Distribution, Parameter, Variable, element_name

__all__ = ["read_parameters"]

FORMS = {"uniform": ("low", "high"), "lognormal": ("median", "log_sd"), "triangular": ("low", "mode", "high")}
NEED_FACTS = ("reported", "estimated", "claimed")
_ELEMENT = re.compile(r"([^\[\]]+)(?:\[([^\[\]]+)\])?")


def read_parameters(
    path: Path,
    dimensions: Sequence[Dimension],
    subsystems: Iterable[str],
    facts: Mapping[str, Fact],
    problems: list[Problem],
    flywheel: str = "",
) -> tuple[Variable, ...]:
    """Return the constants of a file as variables, in its order.

    Parameters
    ----------
    path : a TOML file
    dimensions : of the model, for array constants
    subsystems : the rooms that constants may be in
    facts : those that constants may rest on
    problems : what is wrong is added here, with its line
    flywheel : its name, under which shared constants know its facts
    """
    top = Table.of(read_toml(path, problems), problems)
    rooms = list(subsystems)
    scalars: dict[str, tuple[str, Parameter]] = {}
    arrays: dict[str, dict[tuple[str, ...], tuple[str, Parameter]]] = {}
    for room, name, table in _constants(top, rooms):
        match = _ELEMENT.fullmatch(name)
        parameter, unit = _parameter(completed(table, flywheel), facts)
        if match is None:
            table.problems.append(
                Problem("error", "name", table.where(), f"{name!r} is not a name", 'write "rate[openai]"')
            )
        elif match[2] is None:
            scalars[room + name] = unit, parameter
        else:
            elements = tuple(part.strip() for part in match[2].split(","))
            arrays.setdefault(room + match[1], {})[elements] = unit, parameter
    order = dict.fromkeys([*scalars, *arrays])
    found: list[Variable] = []
    for name in order:
        if name in scalars and name in arrays:
            where = scalars[name][1].where
            what = f"{name} is given as one number and by element"
            problems.append(Problem("error", "name", where, what, "keep one of the two forms"))
        if name in arrays:
            found.extend(_array(name, arrays[name], dimensions, problems))
        else:
            unit, parameter = scalars[name]
            found.append(Variable(name, "constant", unit, parameter=parameter, where=parameter.where))
    return tuple(found)


def _constants(top: Table, rooms: Sequence[str]) -> list[tuple[str, str, Table]]:
    """Return (room with its dot, name, table) of each constant."""
    found: list[tuple[str, str, Table]] = []
    for key, table in top.all().items():
        if {"value", "status", "shared"} & set(table.data):
            found.append(("", key, table))
            continue
        if key not in rooms:
            near = nearest(key, rooms)
            fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(rooms)}"
            top.wrong(key, f"unknown subsystem {key!r}", fix, "name")
        found.extend((f"{key}.", name, inner) for name, inner in table.all().items())
    return found


def _parameter(table: Table, facts: Mapping[str, Fact]) -> tuple[Parameter, str]:
    value, fitted = table.number("value"), table.number("fitted", None)
    unit, status = table.text("unit"), table.text("status", choices=STATUSES)
    reason, cited = table.text("reason"), table.texts("facts")
    low, high = _range(table)
    distribution = _distribution(table)
    table.close()
    for index, fact in enumerate(cited):
        if find_fact(facts, fact) is None:
            near = nearest(fact, facts)
            fix = f"did you mean {near!r}?" if near else "add it to facts.csv"
            where = table.where("facts", index)
            table.problems.append(Problem("error", "name", where, f"unknown fact {fact!r}", fix))
    if status in NEED_FACTS and not cited:
        fix = 'cite facts = ["..."], or make the status "assumed"'
        table.wrong("status", f"{status}, but no fact is cited", fix, "source", "warning")
    for key, number in (("value", value), ("fitted", fitted)):
        if number is not None and low is not None and high is not None and not low <= number <= high:
            what = f"{key} {number:g} is outside the range {low:g} to {high:g}"
            table.wrong(key, what, "widen the range, or say why in the reason", "range", "warning")
    parameter = Parameter(
        math.nan if value is None else value,
        fitted,
        low,
        high,
        distribution,
        status,
        cited,
        reason,
        table.where(),
    )
    return parameter, unit


def _range(table: Table) -> tuple[float | None, float | None]:
    ends = table.get("range")
    if ends is None:
        return None, None
    numbers = ends if isinstance(ends, list) else []
    if len(numbers) != 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        table.wrong("range", "range is not two numbers", "write range = [0.1, 0.8]")
        return None, None
    if not numbers[0] < numbers[1]:
        table.wrong("range", f"range goes from {numbers[0]:g} to {numbers[1]:g}", "put the low end first")
        return None, None
    return float(numbers[0]), float(numbers[1])


def _distribution(table: Table) -> Distribution | None:
    inner = table.table("distribution")
    if inner is None:
        return None
    kind = inner.text("kind", choices=tuple(FORMS))
    if kind not in FORMS:
        return None
    numbers = [inner.number(key) for key in FORMS[kind]]
    inner.close()
    told = [number for number in numbers if number is not None]
    if len(told) != len(numbers):
        return None
    if kind == "lognormal":
        possible, fix = min(told) > 0, "median and log_sd are above 0"
    elif kind == "triangular":
        possible, fix = told[0] < told[2] and told[0] <= told[1] <= told[2], "low <= mode <= high, low < high"
    else:
        possible, fix = told[0] < told[1], "low is below high"
    if not possible:
        table.wrong("distribution", f"no {kind} distribution has these numbers", fix, "range")
        return None
    return Distribution(kind, *told)


def _array(
    name: str,
    given: Mapping[tuple[str, ...], tuple[str, Parameter]],
    dimensions: Sequence[Dimension],
    problems: list[Problem],
) -> list[Variable]:
    """Return the array constant; none, with a problem, where no dimension fits its elements."""
    where: Where = next(iter(given.values()))[1].where
    rank = {len(elements) for elements in given}
    units = list(dict.fromkeys(unit for unit, _ in given.values()))
    if len(units) > 1:
        what = f"the elements of {name} have different units: {', '.join(units)}"
        problems.append(Problem("error", "unit", where, what, "give all elements one unit"))
    fitting: list[str] = []
    for position in range(max(rank)):
        used = {elements[position] for elements in given if position < len(elements)}
        fitting += [d.name for d in dimensions if set(d.elements) == used][:1]
    sizes = {d.name: d.elements for d in dimensions}
    complete = len(rank) == 1 and len(fitting) == max(rank)
    if not complete or set(product(*(sizes[d] for d in fitting))) != set(given):
        shown = " ".join(element_name("", elements) for elements in given)
        known = "; ".join(f"{d.name}: {', '.join(d.elements)}" for d in dimensions)
        what = f"the elements {shown} of {name} are those of no dimension"
        problems.append(Problem("error", "name", where, what, f"give every element of one of: {known}"))
        return []
    parameters = tuple((elements, parameter) for elements, (_, parameter) in given.items())
    return [
        Variable(
            name,
            "constant",
            units[0],
            dimensions=tuple(fitting),
            element_parameters=parameters,
            where=where,
        )
    ]
