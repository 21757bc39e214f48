"""Breaking the unit of any one equation of the shipped flywheel is noticed, with its file and line."""

from dataclasses import replace

import pytest

from putar.flywheels.catalogue import find
from putar.language.dimensional import check_units
from putar.language.expr import is_number
from putar.language.model import Equation, Model, Variable
from putar.language.parse import parse_expression

MODEL = find("openai-compute").model


def broken(equation: Equation) -> Equation:
    """The same equation, times the time."""
    text = f"({equation.text}) * TIME"
    return replace(equation, expr=parse_expression(text), text=text)


def mutations(variable: Variable) -> list[tuple[Equation, Variable]]:
    """The equations of a variable, each with the variable in which it alone is broken."""
    found = []
    if variable.equation is not None and not is_number(variable.equation.expr):
        found.append((variable.equation, replace(variable, equation=broken(variable.equation))))
    for place, (elements, equation) in enumerate(variable.elements):
        if not is_number(equation.expr):
            changed = list(variable.elements)
            changed[place] = elements, broken(equation)
            found.append((equation, replace(variable, elements=tuple(changed))))
    return found


@pytest.mark.parametrize("room", [room.name for room in MODEL.subsystems])
def test_every_broken_unit_is_noticed_at_its_line(room: str) -> None:
    """One error, at the equation that was broken; units of numbers without a name are what is declared."""
    for number, variable in enumerate(MODEL.variables):
        if variable.subsystem != room or (variable.kind == "curve" and not variable.input_unit):
            continue  # a curve takes any input where it declares none
        for equation, other in mutations(variable):
            variables = (*MODEL.variables[:number], other, *MODEL.variables[number + 1 :])
            errors = [p for p in check_units(_with(variables)) if p.severity == "error"]

            assert len(errors) == 1, variable.name
            (where,) = (error.where for error in errors)
            assert where is not None
            assert (where.path, where.line) >= (equation.where.path, equation.where.line)
            assert where.path == equation.where.path


def _with(variables: tuple[Variable, ...]) -> Model:
    return replace(MODEL, variables=variables)
