"""Plain numbers that are times, as constants with the unit of time: in the text form a number has no unit.

`SMTH3(x, 3)` becomes `SMTH3(x, y_time)` with the constant `y_time : month = 3`, and `TIME > 5` becomes
`TIME > y_date`. The numbers of a run stay the same.

Source: docs/format.md, "Units".
"""

from __future__ import annotations

from dataclasses import replace

from putar.language.expr import Binary, Call, Expr, Name, Number, Unary, is_number, rebuild
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import Equation, Model, Parameter, Variable

__all__ = ["with_named_times"]

# by the rule of units: which arguments are times
_PLACES = {"delay": (1,), "delayn": (1,), "trend": (1,), "forecast": (1, 2)}
_PLACES |= {"step": (1,), "pulse": (1, 2), "ramp": (1, 2)}
_ALIKE = {"+", "-", "<", "<=", ">", ">=", "=", "<>"}
_CLOCK = {name for name, unit in CONSTANTS.items() if unit == "time"}


def _places(function: str) -> tuple[int, ...]:
    """Return which arguments of a function are times."""
    row = FUNCTIONS.get(function)
    if row is None:
        return ()
    if "->" not in row.units:
        return _PLACES.get(row.units, ())
    args = row.units.partition(";")[0].partition("->")[0].split(",")
    return tuple(i for i, unit in enumerate(args) if unit.strip() == "time")


def with_named_times(model: Model) -> Model:
    """Return a model whose plain times are constants, each before the variable that has it."""
    taken = {*model.by_name}
    found: list[Variable] = []
    for variable in model.variables:
        one = _Times(variable, model.time.unit, taken)
        changed = replace(
            variable,
            equation=one.equation(variable.equation),
            elements=tuple((e, one.equation(own) or own) for e, own in variable.elements),
        )
        found.extend(one.made.values())
        found.append(changed)
    return replace(model, variables=tuple(found))


class _Times:
    """The times in one variable's equations, as constants by what they are and their values."""

    def __init__(self, variable: Variable, unit: str, taken: set[str]) -> None:
        self.variable, self.unit, self.taken = variable, unit, taken
        self.made: dict[tuple[str, float], Variable] = {}

    def equation(self, equation: Equation | None) -> Equation | None:
        """Return an equation with names for its times; the same one where it has none."""
        if equation is None or self.variable.kind == "constant":
            return equation
        expr = rebuild(equation.expr, self._change)
        return equation if expr == equation.expr else replace(equation, expr=expr, text="")

    def _change(self, node: Expr) -> Expr:
        if isinstance(node, Call):
            row, args = FUNCTIONS.get(node.function), list(node.args)
            for place in _places(node.function):
                if row is not None and place < len(args):
                    args[place] = self._named(args[place], row.args[place])
            return node if tuple(args) == node.args else replace(node, args=tuple(args))
        if isinstance(node, Binary) and node.op in _ALIKE:
            if isinstance(node.left, Name) and node.left.name in _CLOCK:
                return replace(node, right=self._named(node.right, "date"))
            if isinstance(node.right, Name) and node.right.name in _CLOCK:
                return replace(node, left=self._named(node.left, "date"))
        return node

    def _named(self, arg: Expr, what: str) -> Expr:
        """Return the name of a constant for a number; 0 has every unit."""
        sign = 1.0
        number = arg
        if isinstance(arg, Unary) and arg.op == "-":
            sign, number = -1.0, arg.operand
        if not is_number(arg) or not isinstance(number, Number) or number.value == 0:
            return arg
        value = sign * number.value
        if (what, value) not in self.made:
            base = name = f"{self.variable.name}_{what}"
            count = 1
            while name in self.taken:
                count += 1
                name = f"{base}_{count}"
            self.taken.add(name)
            reason = f"a time that stood as a number in {self.variable.short}"
            self.made[(what, value)] = Variable(
                name, "constant", self.unit, parameter=Parameter(value, reason=reason)
            )
        made = self.made[(what, value)]
        return Name(made.short, (), arg.at, arg.width)
