"""The built-in functions, one row each: arguments, unit rule and one sentence for the docs.

What a function computes is defined where models become programs (`engine.expand`); this table is
what checkers, readers, writers and the documentation need to know. A function that is not a row is
refused by name. Adding one means a row here and a row there; tests compare the two tables.

Source: XMILE 1.0 (OASIS), sections 3.5 and 3.6; the semantics are in docs/functions.md.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONSTANTS", "FUNCTIONS", "Function"]


@dataclass(frozen=True, slots=True)
class Function:
    """A built-in: argument names (those after the first `required` are optional), unit rule, sense."""

    name: str
    args: tuple[str, ...]
    required: int
    units: str
    says: str
    reduces: bool = False
    many: bool = False

    @property
    def signature(self) -> str:
        """The call as the docs show it."""
        shown = [a if i < self.required else f"[{a}]" for i, a in enumerate(self.args)]
        return f"{self.name}({', '.join(shown)}{', ...' if self.many else ''})"


def _rows() -> tuple[Function, ...]:
    x = ("x",)
    smooth, order = ("input", "time", "initial"), ("input", "time", "order", "initial")
    return (
        Function("ABS", x, 1, "same", "The size of x without its sign."),
        Function("INT", x, 1, "same", "The largest whole number not above x."),
        Function("ROUND", x, 1, "same", "The nearest whole number; halves go up."),
        Function("SIGN", x, 1, "sign", "-1, 0 or 1 by the sign of x."),
        Function("SQRT", x, 1, "sqrt", "The square root; not a number below zero."),
        Function("EXP", x, 1, "dimensionless", "e to the power x."),
        Function("LN", x, 1, "dimensionless", "The natural logarithm."),
        Function("LOG10", x, 1, "dimensionless", "The logarithm to base ten."),
        Function("SIN", x, 1, "dimensionless", "The sine of x radians."),
        Function("COS", x, 1, "dimensionless", "The cosine of x radians."),
        Function("TAN", x, 1, "dimensionless", "The tangent of x radians."),
        Function("ARCSIN", x, 1, "dimensionless", "The angle whose sine is x, in radians."),
        Function("ARCCOS", x, 1, "dimensionless", "The angle whose cosine is x, in radians."),
        Function("ARCTAN", x, 1, "dimensionless", "The angle whose tangent is x, in radians."),
        Function("SAFEDIV", ("a", "b", "otherwise"), 2, "ratio", "a / b, or `otherwise` (0) where b is 0."),
        Function("MIN", ("a", "b"), 1, "same", "The smallest of its arguments or of a slice.", True, True),
        Function("MAX", ("a", "b"), 1, "same", "The largest of its arguments or of a slice.", True, True),
        Function("SUM", ("slice",), 1, "same", "The sum over the elements of a slice.", True),
        Function("PROD", ("slice",), 1, "dimensionless", "The product over a slice.", True),
        Function("MEAN", ("a", "b"), 1, "same", "The mean of its arguments or of a slice.", True, True),
        Function("STDDEV", ("slice",), 1, "same", "The population standard deviation of a slice.", True),
        Function("SIZE", ("slice",), 1, "count", "How many elements a slice has.", True),
        Function("SMTH1", smooth, 2, "delay", "A first-order exponential average of the input."),
        Function("SMTH3", smooth, 2, "delay", "A third-order exponential average of the input."),
        Function("SMTHN", order, 3, "delayn", "An exponential average of a given order."),
        Function("DELAY1", smooth, 2, "delay", "A first-order material delay of the input."),
        Function("DELAY3", smooth, 2, "delay", "A third-order material delay of the input."),
        Function("DELAYN", order, 3, "delayn", "A material delay of a given order."),
        Function("TREND", smooth, 2, "trend", "The fractional growth rate of the input as it is perceived."),
        Function(
            "FORCST",
            ("input", "time", "horizon", "initial"),
            3,
            "forecast",
            "The input carried forward along its perceived trend.",
        ),
        Function("PREVIOUS", ("value", "initial"), 2, "same", "The value one step before."),
        Function("INIT", ("value",), 1, "same", "The value at the start of the run."),
        Function("STEP", ("height", "start"), 2, "step", "0, and the height from the start on."),
        Function("PULSE", ("amount", "first", "interval"), 2, "pulse", "An amount within one step."),
        Function("RAMP", ("slope", "start", "end"), 2, "ramp", "0, then rising by the slope to the end."),
        Function("RANDOM", ("low", "high"), 2, "same", "A uniform draw at every step."),
        Function("NORMAL", ("mean", "deviation"), 2, "same", "A normal draw at every step."),
        Function("LOGNORMAL", ("mean", "deviation"), 2, "same", "A log-normal draw with that mean."),
        Function("EXPRND", ("mean",), 1, "same", "An exponential draw with that mean."),
    )


FUNCTIONS: dict[str, Function] = {row.name: row for row in _rows()}

# names that stand without brackets, with the unit rule of each
CONSTANTS: dict[str, str] = {
    "time": "time",
    "dt": "time",
    "starttime": "time",
    "stoptime": "time",
    "pi": "dimensionless",
    "inf": "any",
}
