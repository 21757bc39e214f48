"""What putar itself wrote into an XMILE file beside what XMILE can say: sources, links, units.

Elements of the namespace `putar` say where
constants come from, which links there are and what units are made of; `writing.xmile` writes them.

Source: docs/formats.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from putar.errors import Where
from putar.formats.xmile_tree import Element
from putar.language.model import (
    INTEGRATIONS,
    STATUSES,
    Distribution,
    Link,
    Model,
    Parameter,
    Subsystem,
    TimeSpec,
    UnitDeclaration,
    Variable,
)

__all__ = ["NAMESPACE", "is_own", "with_sources"]

NAMESPACE = "https://putar.dev/xmile/1"


def is_own(root: Element) -> bool:
    """Return whether putar wrote a file, so that what it says of sources can be read."""
    return root.attributes.get("xmlns:putar") == NAMESPACE


def with_sources(
    model: Model,
    root: Element,
    elements: Mapping[str, Element],
    rooms: Mapping[str, Element],
    units: Iterable[str],
) -> Model:
    """Return a model with what its file says of sources, links and units, where putar wrote it.

    Parameters
    ----------
    elements : of each variable
    rooms : the module of each room
    units : of the variables, in their order, as they stand in the file
    """
    where = model.time.where
    links = tuple(
        Link(
            link.attributes.get("id", ""),
            link.attributes.get("title", ""),
            link.attributes.get("from", ""),
            link.attributes.get("to", ""),
            Where(where.path, link.line),
        )
        for holder in root.children
        if holder.prefix == "putar" and holder.tag == "links"
        for link in holder.children
    )
    switches = {"links.cut_date", *(n for link in links for n in (link.switch, f"{link.switch}_kept"))}
    variables = tuple(
        _sourced(replace(variable, unit=unit), elements.get(variable.name))
        for variable, unit in zip(model.variables, units, strict=True)
        if not links or variable.name not in switches
    )
    rooms_left = tuple(
        _titled(room, rooms.get(room.name)) for room in model.subsystems if not links or room.name != "links"
    )
    declared = tuple(
        UnitDeclaration(
            unit.attributes.get("name", ""),
            unit.attributes.get("putar:definition"),
            Where(where.path, unit.line),
        )
        for holder in root.all("model_units")
        for unit in holder.all("unit")
    )
    return replace(
        model,
        variables=variables,
        subsystems=rooms_left,
        links=links,
        units=declared,
        time=_time(model.time, root),
    )


def _titled(room: Subsystem, module: Element | None) -> Subsystem:
    if module is None:
        return room
    doc = module.find("doc")
    return Subsystem(room.name, module.attributes.get("putar:title", ""), doc.text if doc else "")


def _time(time: TimeSpec, root: Element) -> TimeSpec:
    specs = root.find("sim_specs")
    if specs is None:
        return time
    method = specs.attributes.get("putar:method", time.method)
    unit = specs.attributes.get("time_units", time.unit)
    return replace(time, method=method if method in INTEGRATIONS else time.method, unit=unit)


def _sourced(variable: Variable, element: Element | None) -> Variable:
    """Return a variable with the source that stands in its element."""
    if element is None:
        return variable
    told = _source(element)
    if variable.kind != "constant":
        if told is None:
            return variable
        facts, status = _facts(told), told.get("status")
        return replace(variable, status=status, facts=facts, input_unit=told.get("input_unit"))
    parameter = variable.parameter
    if parameter is not None:
        parameter = _parameter(replace(parameter, reason=variable.reason), told)
    of_elements: dict[tuple[str, ...], Mapping[str, str] | None] = {}
    for part in element.all("element"):
        words = tuple(word.strip() for word in part.attributes.get("subscript", "").split(","))
        of_elements[words] = _source(part)
    given = tuple((e, _parameter(p, of_elements.get(e))) for e, p in variable.element_parameters)
    reason = variable.reason if parameter is None else ""
    return replace(variable, parameter=parameter, element_parameters=given, reason=reason)


def _source(element: Element) -> Mapping[str, str] | None:
    for child in element.children:
        if child.prefix == "putar" and child.tag == "source":
            return child.attributes
    return None


def _facts(told: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(fact.strip() for fact in told.get("facts", "").split(",") if fact.strip())


def _parameter(parameter: Parameter, told: Mapping[str, str] | None) -> Parameter:
    if told is None:
        return parameter
    value, low, high = (_number(told, key) for key in ("value", "low", "high"))
    status = told.get("status")
    return replace(
        parameter,
        value=parameter.value if value is None else value,
        fitted=None if value is None else parameter.value,
        low=parameter.low if low is None else low,
        high=parameter.high if high is None else high,
        distribution=_distribution(told.get("distribution", "")),
        status=status if status in STATUSES else None,
        facts=_facts(told),
        reason=told.get("reason", parameter.reason),
    )


def _number(told: Mapping[str, str], key: str) -> float | None:
    try:
        return float(told[key])
    except (KeyError, ValueError):
        return None


def _distribution(text: str) -> Distribution | None:
    kind, *words = text.split() or [""]
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return None
    counts = {"uniform": 2, "lognormal": 2, "triangular": 3}
    return Distribution(kind, *numbers) if counts.get(kind) == len(numbers) else None
