"""The functions of Vensim, one row each: what they become in the language, or why they are refused.

A row is the name in Vensim and either a function of the language (with the places its arguments come
from) or a formula of arguments a1, a2 and so on. docs/formats.md is made from these rows, and the writer
reads them backwards. A function that is neither here nor in REFUSED is unknown.

Source: Vensim Reference Manual, "Functions"; where public output of Vensim differs from the manual, as
in the order of `INTEGER` and `MODULO`, the output is followed.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DERIVED", "OLD", "OLD_NAMES", "PLAIN", "REFUSED", "Plain"]


@dataclass(frozen=True, slots=True)
class Plain:
    """A function that has a counterpart: its name there, and which argument goes where.

    `takes` are the numbers of arguments it may have in Vensim.
    """

    vensim: str
    name: str
    takes: tuple[int, ...]
    order: tuple[int, ...] = ()


def _rows() -> tuple[Plain, ...]:
    one = ("ABS", "SQRT", "EXP", "LN", "SIN", "COS", "TAN", "ARCSIN", "ARCCOS", "ARCTAN")
    rows = [Plain(name, name, (1,)) for name in (*one, "SINH", "COSH", "TANH")]
    rows += [
        Plain("INTEGER", "TRUNC", (1,)),
        Plain("GAMMA LN", "GAMMALN", (1,)),
        Plain("MODULO", "MODULO", (2,)),
        Plain("QUANTUM", "QUANTUM", (2,)),
        Plain("ZIDZ", "ZIDZ", (2,)),
        Plain("XIDZ", "XIDZ", (3,)),
        Plain("MIN", "MIN", (2,)),
        Plain("MAX", "MAX", (2,)),
        Plain("SUM", "SUM", (1,)),
        Plain("PROD", "PROD", (1,)),
        Plain("VMIN", "MIN", (1,)),
        Plain("VMAX", "MAX", (1,)),
        Plain("STEP", "STEP", (2,)),
        Plain("PULSE", "PULSE_FOR", (2,)),
        Plain("PULSE TRAIN", "PULSE_TRAIN", (4,)),
        Plain("RAMP", "RAMP_UNTIL", (3,)),
        Plain("SMOOTH", "SMTH1", (2,)),
        Plain("SMOOTHI", "SMTH1", (3,)),
        Plain("SMOOTH3", "SMTH3", (2,)),
        Plain("SMOOTH3I", "SMTH3", (3,)),
        Plain("SMOOTH N", "SMTHN", (4,), (0, 1, 3, 2)),
        Plain("DELAY1", "DELAY1", (2,)),
        Plain("DELAY1I", "DELAY1", (3,)),
        Plain("DELAY3", "DELAY3", (2,)),
        Plain("DELAY3I", "DELAY3", (3,)),
        Plain("DELAY N", "DELAY_N", (4,)),
        Plain("DELAY FIXED", "DELAY", (3,)),
        Plain("DELAY INFORMATION", "DELAY_INFORMATION", (3,)),
        Plain("DELAY MATERIAL", "DELAY_MATERIAL", (4,)),
        Plain("DELAY CONVEYOR", "DELAY_CONVEYOR", (6,), (3, 0, 1, 2, 4, 5)),
        Plain("SIMULTANEOUS", "SIMULTANEOUS", (2,)),
        Plain("TREND", "TREND", (3,)),
        Plain("FORECAST", "FORECAST", (3,)),
        Plain("NPV", "NPV", (4,)),
        Plain("SAMPLE IF TRUE", "SAMPLE_IF_TRUE", (3,)),
        Plain("ACTIVE INITIAL", "ACTIVE_INITIAL", (2,)),
        Plain("INITIAL", "INIT", (1,)),
        Plain("REINITIAL", "INIT", (1,)),
        Plain("WITH LOOKUP", "POINTS", tuple(range(3, 4000, 2))),
        Plain("LOOKUP", "LOOKUP", (2,)),
        Plain("LOOKUP EXTRAPOLATE", "LOOKUP_EXTRAPOLATE", (2,)),
        Plain("LOOKUP FORWARD", "LOOKUP_FORWARD", (2,)),
        Plain("LOOKUP BACKWARD", "LOOKUP_BACKWARD", (2,)),
        Plain("LOOKUP INVERT", "LOOKUP_INVERT", (2,)),
        Plain("LOOKUP AREA", "LOOKUP_AREA", (3,)),
        Plain("LOOKUP SLOPE", "LOOKUP_SLOPE", (2,)),
        Plain("GET DATA AT TIME", "DATA_AT", (2,)),
        Plain("GET DATA BETWEEN TIMES", "DATA_BETWEEN", (3,)),
        Plain("VECTOR SELECT", "VECTOR_SELECT", (5,)),
        Plain("VECTOR SORT ORDER", "VECTOR_SORT_ORDER", (2,)),
        Plain("VECTOR RANK", "VECTOR_RANK", (2,)),
        Plain("VECTOR REORDER", "VECTOR_REORDER", (2,)),
        Plain("VECTOR ELM MAP", "VECTOR_ELM_MAP", (2,)),
        Plain("ALLOCATE AVAILABLE", "ALLOCATE_AVAILABLE", (3,)),
        Plain("ALLOCATE BY PRIORITY", "ALLOCATE_BY_PRIORITY", (5,)),
        Plain("INVERT MATRIX", "INVERT_MATRIX", (2,)),
        Plain("RANDOM UNIFORM", "RANDOM", (3,), (0, 1)),
        Plain("RANDOM NORMAL", "RANDOM_NORMAL", (5,), (0, 1, 2, 3)),
        Plain("RANDOM EXPONENTIAL", "RANDOM_EXPONENTIAL", (5,), (0, 1, 2, 3)),
        Plain("RANDOM WEIBULL", "RANDOM_WEIBULL", (6,), (0, 1, 2, 3, 4)),
        Plain("RANDOM TRIANGULAR", "RANDOM_TRIANGULAR", (6,), (0, 1, 2, 3, 4)),
        Plain("RANDOM POISSON", "RANDOM_POISSON", (6,), (0, 1, 2, 3, 4)),
        Plain("RANDOM BINOMIAL", "RANDOM_BINOMIAL", (7,), (0, 1, 2, 3, 4, 5)),
        Plain("RANDOM NEGATIVE BINOMIAL", "RANDOM_NEGATIVE_BINOMIAL", (7,), (0, 1, 2, 3, 4, 5)),
        Plain("RANDOM GAMMA", "RANDOM_GAMMA", (6,), (0, 1, 2, 3, 4)),
        Plain("RANDOM BETA", "RANDOM_BETA", (7,), (0, 1, 2, 3, 4, 5)),
        Plain("RANDOM LOOKUP", "RANDOM_LOOKUP", (6,), (0, 1, 2, 3, 4)),
        Plain("DEPRECIATE STRAIGHTLINE", "DEPRECIATION", (4,)),
        Plain("FIND MARKET PRICE", "MARKET_PRICE", (4,)),
        Plain("DEMAND AT PRICE", "DEMAND_AT_PRICE", (3,)),
        Plain("SUPPLY AT PRICE", "SUPPLY_AT_PRICE", (3,)),
        Plain("VECTOR LOOKUP", "VECTOR_LOOKUP", (5,)),
        Plain("GET DATA FIRST TIME", "DATA_FIRST_TIME", (1,)),
        Plain("GET DATA LAST TIME", "DATA_LAST_TIME", (1,)),
        Plain("GET DATA TOTAL POINTS", "DATA_COUNT", (1,)),
        Plain("GET DATA MAX", "DATA_MAX", (3,)),
        Plain("GET DATA MIN", "DATA_MIN", (3,)),
        Plain("GET DATA MEAN", "DATA_MEAN", (3,)),
        Plain("GET DATA MEDIAN", "DATA_MEDIAN", (3,)),
        Plain("GET DATA STDV", "DATA_DEVIATION", (3,)),
    ]
    return tuple(rows)


PLAIN: dict[str, Plain] = {row.vensim.replace(" ", "_"): row for row in _rows()}

# name: (numbers of arguments, formula in the language)
DERIVED: dict[str, tuple[tuple[int, ...], str]] = {
    "IF_THEN_ELSE": ((3,), "IF a1 THEN a2 ELSE a3"),
    "POWER": ((2,), "a1 ^ a2"),
    "LOG": ((2,), "LN(a1) / LN(a2)"),
    "GAME": ((1,), "a1"),
    "SSHAPE": ((3,), "a2 + (a3 - a2) / (1 + EXP(4 - 8 * a1))"),
    "RAMP_FROM_TO": ((4,), "a1 + RAMP_UNTIL((a2 - a1) / (a4 - a3), a3, a4)"),
    "RANDOM_0_1": ((0,), "RANDOM(0, 1)"),
    "TIME_BASE": ((2,), "a1 + a2 * TIME"),
    "CUMULATE": ((1,), "DATA_CUMULATED(a1, TIME_OF_STEP)"),
    "CUMULATEF": ((1,), "DATA_TOTAL(a1)"),
    "TIME_SHIFT": ((2,), "LOOKUP(a1, TIME_OF_STEP + a2)"),
    "NPVE": ((4,), "NPV(a1 / (1 + a2 * DT), a2, a3, a4)"),
    "RANDOM_PINK_NOISE": (
        (4,),
        "SMTH1(a1 + a2 * SQRT(MAX(2 * a3 / DT - 1, 0)) * NORMAL(0, 1), a3, a1)",
    ),
}

# forms of the first versions, which have fewer arguments
OLD: dict[tuple[str, int], str] = {
    ("RANDOM_NORMAL", 0): "NORMAL(0, 1)",
    ("RANDOM_POISSON", 1): "POISSON(a1)",
}

# names that first versions wrote with a blank
OLD_NAMES = {f"{kind}_{order}": f"{kind}{order}" for kind in ("DELAY", "SMOOTH") for order in ("3", "3I")}
OLD_NAMES |= {"DELAY_1": "DELAY1", "DELAY_1I": "DELAY1I"}

_QUEUE = "queues and batches are not computed"
REFUSED: dict[str, str] = {
    "DELAY_PROFILE": "how its profile is cut into time steps is not published",
    "DELAY_BATCH": "whether a batch holds more than its size is not published",
    "QUEUE_FIFO": _QUEUE,
    "QUEUE_FIFO_ATTRIB": _QUEUE,
    "QUEUE_AGE_AVERAGE": _QUEUE,
    "QUEUE_AGE_IN_RANGE": _QUEUE,
    "QUEUE_AGE_OLDEST": _QUEUE,
    "QUEUE_ATTRIB_AVERAGE": _QUEUE,
    "QUEUE_ATTRIB_IN_RANGE": _QUEUE,
    "QUEUE_ATTRIB_MAX": _QUEUE,
    "QUEUE_ATTRIB_MIN": _QUEUE,
    "QUEUE_ATTRIB_QUANTITY": _QUEUE,
    "MARKETP": "the scale of its price is not published; ALLOCATE BY PRIORITY gives the same allocation",
    "ALLOC_P": "the scale of its price is not published; ALLOCATE BY PRIORITY gives the same allocation",
    "FIND_ZERO": "equations for several values at once are not solved",
    "A_FUNCTION_OF": "it says what an equation will depend on, but not the equation",
    "SHIFT_IF_TRUE": "at which moment of a step it changes the levels is not published",
    "SAMPLE_UNTIL": "whether the last time itself is sampled is not published",
    "MESSAGE": "a message to the person at the screen has no value",
    "DEPRECIATE_BY_SCHEDULE": "whether its initial amounts are those of a fiscal period is not published",
    "INTERNAL_RATE_OF_RETURN": "which payments of a fiscal period that has not ended count is not published",
    "EMPIRICAL_LOOKUP": "no description of it is published",
    "TABXL": "a table kept in a sheet is not read in an expression",
}
