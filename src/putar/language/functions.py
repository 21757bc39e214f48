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
    """A built-in: argument names (those after the first `required` are optional), unit rule, sense.

    `units` is the name of a rule in `dimensional`, or a signature as `unit_signatures` reads it.

    `reduces` says that arguments may mean several elements, `many` that the last may be repeated.
    `takes` is "" (values), "curve" (the first argument is the name of a table) or "vector" (arguments
    stand for all elements of their last subscript, and the answer is one of as many).
    """

    name: str
    args: tuple[str, ...]
    required: int
    units: str
    says: str
    reduces: bool = False
    many: bool = False
    takes: str = ""

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


def _drawn_within_bounds() -> list[Function]:
    """Return the draws that Vensim shifts and stretches, within bounds."""
    last = ("shift", "stretch")
    rows = (
        ("RANDOM_POISSON", ("mean",), "A Poisson draw"),
        ("RANDOM_BINOMIAL", ("chance", "trials"), "A binomial draw"),
        ("RANDOM_NEGATIVE_BINOMIAL", ("chance", "successes"), "How many trials it takes"),
        ("RANDOM_GAMMA", ("order",), "A gamma draw"),
        ("RANDOM_BETA", ("alpha", "beta"), "A beta draw"),
    )
    return [
        Function(
            name,
            ("low", "high", *args, *last),
            4 + len(args),
            f"a, a, {'1, ' * len(args)}a, a -> a",
            f"{says}, within bounds.",
        )
        for name, args, says in rows
    ]


def _rows_of_other_tools() -> tuple[Function, ...]:
    """Return what models of Vensim and Stella use beside the standard; zero is |b| < 1e-6 in XIDZ."""
    x, smooth = ("x",), ("input", "time", "initial")
    rows = [
        Function("TRUNC", x, 1, "same", "x without what stands behind its point."),
        Function("MODULO", ("a", "b"), 2, "same", "What is left of a / b; it has the sign of a."),
        Function("QUANTUM", ("a", "b"), 2, "same", "The multiple of b next to a, towards zero."),
        Function("ZIDZ", ("a", "b"), 2, "ratio", "a / b, or 0 where b is zero to six digits."),
        Function("XIDZ", ("a", "b", "otherwise"), 3, "ratio", "a / b, or `otherwise` where b is zero."),
        Function("SINH", x, 1, "dimensionless", "The hyperbolic sine."),
        Function("COSH", x, 1, "dimensionless", "The hyperbolic cosine."),
        Function("TANH", x, 1, "dimensionless", "The hyperbolic tangent."),
        Function("GAMMALN", x, 1, "dimensionless", "The logarithm of the gamma function, for x above 0."),
        Function("NORMALCDF", x, 1, "dimensionless", "The share of a standard normal below x."),
        Function(
            "INVNORM", ("share",), 1, "dimensionless", "Below which that share of a standard normal is."
        ),
        Function(
            "FORECAST",
            ("input", "time", "horizon"),
            3,
            "a, time, time -> a",
            "The input along its perceived trend.",
        ),
        Function("ACTIVE_INITIAL", ("value", "initial"), 2, "same", "A value, another one while starting."),
        Function(
            "SAMPLE_IF_TRUE", ("condition", "value", "initial"), 3, "1, a, a -> a", "The value last sampled."
        ),
        Function("DELAY", ("input", "time", "initial"), 2, "delay", "The input of some time ago."),
        Function(
            "SIMULTANEOUS", ("value", "guess"), 2, "same", "The value at which equations in a circle agree."
        ),
        Function("HISTORY", ("value", "time"), 2, "a, time -> a", "The value at a time before; 0 if none."),
        Function(
            "DELAY_INFORMATION", smooth, 3, "a, time, a -> a", "DELAY with a moving time: the newest there."
        ),
        Function(
            "DELAY_MATERIAL",
            (*smooth, "missing"),
            4,
            "a, time, a, a -> a",
            "DELAY with a moving time: the sum of what arrives.",
        ),
        Function(
            "DELAY_N",
            ("input", "time", "initial", "order"),
            4,
            "a, time, a, 1 -> a",
            "DELAYN with moving times.",
        ),
        Function(
            "NPV",
            ("flow", "rate", "initial", "factor"),
            4,
            "a/time, 1/time, a, 1 -> a",
            "Net present value so far.",
        ),
        Function("PULSE_FOR", ("start", "width"), 2, "time, time -> 1", "1 for a time, else 0."),
        Function(
            "PULSE_TRAIN",
            ("start", "width", "every", "end"),
            4,
            "time, time, time, time -> 1",
            "1 again and again, else 0.",
        ),
        Function("RAMP_UNTIL", ("slope", "start", "end"), 3, "ramp", "RAMP; without end before the start."),
        Function(
            "POINTS", ("x", "point"), 3, "any, any -> any", "A table in place: x, then x1, y1, ...", many=True
        ),
        Function(
            "ELEMENT", ("slice", "position"), 2, "a, 1 -> a", "One of a slice by its place.", reduces=True
        ),
        Function(
            "RANK", ("slice", "rank"), 2, "a, 1 -> 1", "Which element is the k-th smallest.", reduces=True
        ),
        Function(
            "VECTOR_SELECT",
            ("selection", "value", "missing", "action", "error"),
            5,
            "1, a, a, 1, 1 -> a; action 1 5 7: 1, 1, 1, 1, 1 -> 1",
            "A sum, product, least, largest or mean of the elements that are selected.",
            reduces=True,
        ),
        Function(
            "RANDOM_NORMAL",
            ("low", "high", "mean", "deviation"),
            4,
            "a, a, a, a -> a",
            "NORMAL within bounds.",
        ),
        Function(
            "RANDOM_TRIANGULAR",
            ("low", "high", "start", "peak", "stop"),
            5,
            "a, a, a, a, a -> a",
            "Triangular.",
        ),
        Function(
            "RANDOM_WEIBULL",
            ("low", "high", "shape", "shift", "stretch"),
            5,
            "a, a, 1, a, a -> a",
            "Weibull.",
        ),
        Function(
            "RANDOM_EXPONENTIAL", ("low", "high", "shift", "stretch"), 4, "a, a, a, a -> a", "Exponential."
        ),
        Function("POISSON", ("mean",), 1, "same", "A Poisson draw at every step."),
        *_drawn_within_bounds(),
        Function(
            "DEPRECIATION",
            ("stream", "life", "period", "initial"),
            4,
            "a, time, time, a -> a",
            "In equal parts.",
        ),
        Function(
            "MARKET_PRICE",
            ("wanted", "buyers", "offered", "sellers"),
            4,
            "a, b, a, b -> b",
            "It clears.",
            takes="vector",
        ),
    ]
    table = ("table", "x")
    for name, units, says in (
        ("LOOKUP", "x -> y", "The curve at x, as it is declared."),
        ("LOOKUP_EXTRAPOLATE", "x -> y", "The curve at x, its end slopes continued."),
        ("LOOKUP_FORWARD", "x -> y", "The curve's value at the next point."),
        ("LOOKUP_BACKWARD", "x -> y", "The curve's value at the point before."),
        ("LOOKUP_INVERT", "y -> x", "The first x at which the curve is y."),
        ("LOOKUP_SLOPE", "x -> y/x", "The slope of the curve at x."),
    ):
        rows.append(Function(name, table, 2, f"curve, {units}", says, takes="curve"))
    shape = "A draw by a density that a table gives."
    args = ("table", "low", "high", "shift", "stretch")
    rows.append(Function("RANDOM_LOOKUP", args, 5, "curve, a, a, a, a/x -> a", shape, takes="curve"))
    belt = ("profile", "input", "time", "leak", "amount", "first")
    units, losing = "curve, a, time, 1/time, a*time, time -> a", "What leaves a belt that loses a share."
    rows.append(Function("DELAY_CONVEYOR", belt, 6, units, losing, takes="curve"))
    area = "The area below the curve between two x."
    rows.append(
        Function("LOOKUP_AREA", ("table", "from", "to"), 3, "curve, x, x -> x*y", area, takes="curve")
    )
    between = "A data variable at another time: forward (1), between (0) or back (-1)."
    rows.append(
        Function("DATA_BETWEEN", ("data", "time", "mode"), 3, "curve, time, 1 -> y", between, takes="curve")
    )
    for name, says in (
        ("DATA_AT", "A data variable at another time; not available outside of its points."),
        ("DATA_CUMULATED", "The sum of its points up to a time, straight between them."),
    ):
        rows.append(Function(name, ("data", "time"), 2, "curve, time -> y", says, takes="curve"))
    for name, unit, says in (
        ("DATA_FIRST_TIME", "time", "The time of the first point of a data variable."),
        ("DATA_LAST_TIME", "time", "The time of its last point."),
        ("DATA_COUNT", "1", "How many points it has."),
        ("DATA_TOTAL", "y", "The sum of all its points."),
    ):
        rows.append(Function(name, ("data",), 1, f"curve -> {unit}", says, takes="curve"))
    for name, says in (
        ("DATA_MAX", "The largest point of a data variable from one time to another."),
        ("DATA_MIN", "The smallest one."),
        ("DATA_MEAN", "Their mean."),
        ("DATA_MEDIAN", "The middle one, or half way between the middle two."),
        ("DATA_DEVIATION", "Their standard deviation, with n - 1."),
    ):
        rows.append(Function(name, ("data", "from", "to"), 3, "curve, time, time -> y", says, takes="curve"))
    price = ("quantity", "profile", "price")
    claims = ("request", "priority", "size", "width", "supply")
    by_way = "a, b, b, b, 1 -> a; way 1 7: a, b, b, b, 1 -> a*b"
    by_way += "; way 5 8: a, a, b, b, 1 -> b; way 6 9: a, b, b, b, 1 -> a/b"
    for name, names, units, says in (
        ("DEMAND_AT_PRICE", price, "a, b, b -> a", "What each buyer wants at a price."),
        ("SUPPLY_AT_PRICE", price, "a, b, b -> a", "What each seller offers at a price."),
        ("VECTOR_LOOKUP", ("vector", "x", "low", "high", "way"), by_way, "A vector, read as a table."),
        ("VECTOR_SORT_ORDER", ("vector", "direction"), "a, 1 -> 1", "Which place, from 0, the k-th has."),
        ("VECTOR_RANK", ("vector", "direction"), "a, 1 -> 1", "Which place, from 1, an element has."),
        ("VECTOR_REORDER", ("vector", "order"), "a, 1 -> a", "The elements in another order."),
        ("VECTOR_ELM_MAP", ("element", "offset"), "a, 1 -> a", "The element so many places on."),
        (
            "ALLOCATE_AVAILABLE",
            ("request", "profile", "available"),
            "a, any, a -> a",
            "What each gets, by priority curves.",
        ),
        ("ALLOCATE_BY_PRIORITY", claims, "a, b, 1, b, a -> a", "What each gets."),
        ("INVERT_MATRIX", ("matrix", "size"), "a, 1 -> 1/a", "The inverse of a square matrix."),
    ):
        rows.append(Function(name, names, len(names), units, says, takes="vector"))
    return tuple(rows)


FUNCTIONS: dict[str, Function] = {row.name: row for row in (*_rows(), *_rows_of_other_tools())}

# names that stand without brackets, with the unit rule of each
CONSTANTS: dict[str, str] = {
    "time": "time",
    "dt": "time",
    "starttime": "time",
    "stoptime": "time",
    "pi": "dimensionless",
    "inf": "any",
    "time_of_step": "time",
}
