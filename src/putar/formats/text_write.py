"""The `.putar` text form, written: a Model, or one room of it, as lines a person would write.

Reading what is written here gives the same Model. Equations are kept as they were written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from putar.language.expr import to_text
from putar.language.model import Equation, Model, Parameter, Points, TimeSpec, Variable

__all__ = ["model_text", "number_text", "variable_lines", "variable_text"]


def model_text(model: Model) -> str:
    """Return a whole model as one text, which `formats.text` reads back to the same Model."""
    blocks = ["\n".join(_time(model.time))]
    blocks += [f"dimension {d.name} = {', '.join(d.elements)}" for d in model.dimensions]
    blocks += [f"unit {u.name}" + (f" = {u.definition}" if u.definition else "") for u in model.units]
    for link in model.links:
        ends = f" : {link.source} -> {link.target}" if link.source and link.target else ""
        blocks.append(f"link {link.id}" + (f' "{link.title}"' if link.title else "") + ends)
    rooms = {room.name: room for room in model.subsystems}
    here = ""
    blocks += [variable_text(v) for v in model.variables if not v.subsystem]
    for variable in model.variables:
        if variable.subsystem and variable.subsystem != here:
            here = variable.subsystem
            room = rooms.get(here)
            title = f' "{room.title}"' if room and room.title else ""
            reason = f"\n  ; {room.reason}" if room and room.reason else ""
            blocks.append(f"subsystem {here}{title}{reason}")
        if variable.subsystem:
            blocks.append(variable_text(variable))
    return "\n\n".join(blocks) + "\n"


def variable_text(variable: Variable) -> str:
    """Return the statement of one variable."""
    dimensions = f"[{', '.join(variable.dimensions)}]" if variable.dimensions else ""
    unit = f" : {variable.unit}" if variable.unit else ""
    given = f" of {variable.input_unit}" if variable.input_unit else ""
    head = f"{variable.kind} {variable.short}{dimensions}{unit}{given}"
    if variable.equation is not None:
        head += f" = {_equation(variable.equation)}"
    elif variable.kind == "constant" and variable.parameter is not None:
        head += f" = {number_text(variable.parameter.value)}"
    comments = [f"# {comment}".rstrip() for comment in variable.comments]
    return "\n".join([*comments, head, *_details(variable)])


def variable_lines(variable: Variable) -> list[str]:
    """Return what a variable is computed from, without its name, unit, origin and reason."""
    lines = [] if variable.equation is None else [_equation(variable.equation)]
    skipped = ("  status ", "  facts ", "  ;")
    return lines + [line.strip() for line in _details(variable) if not line.startswith(skipped)]


def number_text(value: float) -> str:
    """Return the shortest text that reads back to the same number; an infinite one is beyond all doubles."""
    if not math.isfinite(value):
        return "0/0" if math.isnan(value) else f"{'-' if value < 0 else ''}1e999"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _details(variable: Variable) -> Iterator[str]:
    for elements, equation in variable.elements:
        yield f"  [{', '.join(elements)}] = {_equation(equation)}"
    if variable.inflows:
        yield f"  inflow {', '.join(variable.inflows)}"
    if variable.outflows:
        yield f"  outflow {', '.join(variable.outflows)}"
    if variable.nonnegative:
        yield "  nonnegative"
    shaped: Points | None = variable.points
    if variable.points is not None:
        yield f"  {_points(variable.points)}"
    for elements, points in variable.element_points:
        yield f"  [{', '.join(elements)}] {_points(points)}"
        shaped = points
    if shaped is not None and shaped.between != "linear":
        yield f"  between {shaped.between}"
    if shaped is not None and shaped.outside != "hold":
        yield f"  outside {shaped.outside}"
    yield from _sources("", variable.status, variable.facts)
    reason = variable.reason
    if variable.parameter is not None:
        yield from _parameter("", variable.parameter)
        reason = variable.parameter.reason
    reasons = {parameter.reason for _, parameter in variable.element_parameters}
    for elements, parameter in variable.element_parameters:
        own = f"  ; {parameter.reason}" if len(reasons) > 1 and parameter.reason else ""
        yield f"  [{', '.join(elements)}] = {number_text(parameter.value)}{own}"
        yield from _parameter(f"[{', '.join(elements)}] ", parameter)
    if len(reasons) == 1:
        reason = reason or next(iter(reasons))
    if reason:
        yield f"  ; {reason}"


def _parameter(prefix: str, parameter: Parameter) -> Iterator[str]:
    if parameter.fitted is not None:
        yield f"  {prefix}fitted {number_text(parameter.fitted)}"
    if parameter.low is not None or parameter.high is not None:
        low, high = ("?" if end is None else number_text(end) for end in (parameter.low, parameter.high))
        yield f"  {prefix}range {low} to {high}"
    if (drawn := parameter.distribution) is not None:
        yield f"  {prefix}distribution {drawn.kind} {' '.join(map(number_text, drawn.numbers))}"
    yield from _sources(prefix, parameter.status, parameter.facts)


def _sources(prefix: str, status: str | None, facts: tuple[str, ...]) -> Iterator[str]:
    if status:
        yield f"  {prefix}status {status}"
    if facts:
        yield f"  {prefix}facts {', '.join(facts)}"


def _equation(equation: Equation) -> str:
    text = equation.text or to_text(equation.expr)
    return "\n    ".join(line.strip() for line in text.split("\n") if line.strip())


def _points(points: Points) -> str:
    pairs = zip(points.xs, points.ys, strict=True)
    return "points " + " ".join(f"({number_text(x)}, {number_text(y)})" for x, y in pairs)


def _time(time: TimeSpec) -> Iterator[str]:
    span = f"time {number_text(time.start)} to {number_text(time.stop)} step {number_text(time.step)}"
    yield f"{span} : {time.unit}"
    if time.method != "euler":
        yield f"  method {time.method}"
    if time.save is not None:
        yield f"  save {number_text(time.save)}"
