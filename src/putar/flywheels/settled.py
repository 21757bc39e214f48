"""A scenario, settled into the equations of a model: what a run would change is said by the model itself.

A constant that is set from the start has that number. One that changes on dates becomes an equation of the
time, and the number of before stands beside it. Cut links are switches as variables, with their date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import design_of
from putar.formats.writing.switches import with_switches
from putar.language.expr import Binary, Call, Expr, If, Index, Name, Number, Unary
from putar.language.model import Equation, Model, Parameter, Variable

__all__ = ["settled"]

Moves = Mapping[str, tuple[tuple[float, float], ...]]  # (from when on, value) by element name, in order


def settled(flywheel: Flywheel, spec: RunSpec) -> Model:
    """Return a flywheel's model with what a specification changes as a part of it; draws are not made."""
    program = flywheel.program
    design = design_of(flywheel, replace(spec, members=0))
    moves: dict[str, tuple[tuple[float, float], ...]] = {}
    for slot, name in enumerate(program.parameters):
        found: list[tuple[float, float]] = []
        for segment in design.segments:
            value = float(segment.parameters[slot, 0])
            if not found or found[-1][1] != value:
                found.append((program.time_at(segment.first), value))
        if len(found) > 1 or found[0][1] != program.defaults[slot]:
            moves[name] = tuple(found)
    model = flywheel.model
    if any(name.startswith("links.") for name in moves):
        model = with_switches(model)
        links = {link.switch for link in flywheel.model.links}
        moves = {f"{name}_kept" if name in links else name: values for name, values in moves.items()}
    found_variables = [made for variable in model.variables for made in _settled(model, variable, moves)]
    return replace(model, variables=tuple(found_variables))


def _settled(model: Model, variable: Variable, moves: Moves) -> list[Variable]:
    """Return a constant with its numbers of the start and, where it moves, the equation that moves it."""
    if variable.kind != "constant":
        return [variable]
    names = dict(zip(model.element_names(variable), model.element_tuples(variable), strict=True))
    moved = {elements: moves[name] for name, elements in names.items() if name in moves}
    if not moved:
        return [variable]
    given = dict(variable.element_parameters)
    for elements, values in moved.items():
        parameter = given.get(elements, variable.parameter) or Parameter(0.0)
        given[elements] = replace(parameter, value=values[0][1], fitted=None)
    if not variable.dimensions:
        numbers = replace(variable, parameter=given[()])
    else:
        numbers = replace(variable, element_parameters=tuple(given.items()))
    if all(len(values) == 1 for values in moved.values()):
        return [numbers]
    before = replace(numbers, name=f"{variable.name}_at_first", spelling="")
    subscripts = tuple(Index(d) for d in variable.dimensions)
    equations = tuple(
        (elements, Equation(_moving(model, before.name, elements, moved.get(elements, ()))))
        for elements in names.values()
    )
    whole = Equation(Name(f".{before.name}", subscripts)) if variable.dimensions else equations[0][1]
    moving = replace(
        variable,
        kind="aux",
        parameter=None,
        element_parameters=(),
        equation=whole,
        elements=equations if variable.dimensions else (),
        reason=variable.reason or f"{variable.label}, as the scenario moves it",
    )
    return [before, moving]


def _moving(
    model: Model, before: str, elements: tuple[str, ...], values: tuple[tuple[float, float], ...]
) -> Expr:
    """Return the number that holds at a time: the first, and from each date on another."""
    now: Expr = Name("time")
    if model.time.method != "euler":  # a step has the number of its start
        now = Call("PREVIOUS", (Binary("+", now, Name("dt")), Name("starttime")))
    soon = Binary("+", now, Binary("/", Name("dt"), Number(2.0)))
    found: Expr = Name(f".{before}", tuple(Index(e) for e in elements))
    for at, value in values[1:]:
        number = Number(value) if value >= 0 else Unary("-", Number(-value))
        date = Number(at) if at >= 0 else Unary("-", Number(-at))
        found = If(Binary(">", soon, date), number, found)
    return found
