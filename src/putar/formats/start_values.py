"""What an expression is worth at the start of a run, worked out from a model's equations as they stand.

Readers need it for what must be known before there is a program: when a run ends, how long its steps are.
It knows operators and the common functions; what it does not know has no value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from putar.language.expr import Binary, Call, Expr, If, Index, Name, Number, Unary
from putar.language.model import Variable

__all__ = ["AtStart", "Unknown"]

DEEPEST = 120

_BINARY: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
    "MOD": lambda a, b: a % b,
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "=": lambda a, b: float(a == b),
    "<>": lambda a, b: float(a != b),
    "AND": lambda a, b: float(a != 0 and b != 0),
    "OR": lambda a, b: float(a != 0 or b != 0),
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "MIN": min,
    "MAX": max,
    "ABS": abs,
    "INT": math.floor,
    "TRUNC": math.trunc,
    "SQRT": math.sqrt,
    "EXP": math.exp,
    "LN": math.log,
    "INIT": lambda x: x,
    "ROUND": lambda x: math.floor(x + 0.5),
}


class Unknown(ValueError):
    """An expression has no value that can be told before the run."""


@dataclass(slots=True)
class AtStart:
    """Values at the start; `moving` becomes true when one was met that changes during a run."""

    variables: Mapping[str, Variable]
    times: Mapping[str, float] = field(default_factory=dict)
    moving: bool = False
    _met: list[str] = field(default_factory=list)

    def value(self, expr: Expr) -> float:
        """Return an expression's value.

        Raises
        ------
        Unknown
            If it depends on what is not known before the run, or on itself.
        """
        try:
            return self._value(expr)
        except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
            raise error if isinstance(error, Unknown) else Unknown(str(error)) from None

    def _value(self, expr: Expr) -> float:
        match expr:
            case Number(value=value):
                return value
            case Unary(op=op, operand=operand):
                inner = self._value(operand)
                return inner if op == "+" else -inner if op == "-" else float(inner == 0)
            case Binary(op=op, left=left, right=right):
                return _BINARY[op](self._value(left), self._value(right))
            case If(condition=condition, then=then, otherwise=otherwise):
                return self._value(then if self._value(condition) != 0 else otherwise)
            case Call(function=function, args=args) if function in _FUNCTIONS:
                return float(_FUNCTIONS[function](*[self._value(a) for a in args]))
            case Name():
                return self._named(expr)
        raise Unknown("a function that is not known before the run")

    def _named(self, name: Name) -> float:
        if name.name in self.times and not name.subscripts:
            self.moving |= name.name in ("time", "time_of_step")
            return self.times[name.name]
        variable = self.variables.get(name.name)
        if variable is None:
            raise Unknown(f"{name.name!r} is not known before the run")
        if name.name in self._met or len(self._met) > DEEPEST:
            raise Unknown(f"{name.name!r} depends on itself")
        self._met.append(name.name)
        try:
            return self._element(variable, name)
        finally:
            self._met.pop()

    def _element(self, variable: Variable, name: Name) -> float:
        self.moving |= variable.kind in ("stock", "curve")
        elements: Sequence[str] = [s.name for s in name.subscripts if isinstance(s, Index)]
        if variable.parameter is not None:
            return variable.parameter.runs
        for given, parameter in variable.element_parameters:
            if given == tuple(elements):
                return parameter.runs
        if variable.equation is not None and variable.kind != "curve" and not variable.dimensions:
            return self._value(variable.equation.expr)
        raise Unknown(f"{variable.name!r} is not known before the run")
