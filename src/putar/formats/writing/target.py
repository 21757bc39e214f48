"""What each form of file can say: its functions, its ways to read a table, its arrays.

A target is a row; what is not in its row is rewritten by `rewrite` with what is. Functions stand under the
language's names, with the numbers of arguments that the target's own function takes.

Source: XMILE 1.0 (OASIS), section 3.5; Vensim Reference Manual, by way of `vensim_functions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from putar.formats.vensim_functions import PLAIN
from putar.language.expr import All, Call, Each, Subscript
from putar.language.functions import FUNCTIONS

__all__ = ["TEXT", "TIMED", "VENSIM", "XMILE", "Target"]

# functions that look at the time, which a dialect may hold still within a step
TIMED = frozenset({"STEP", "PULSE", "RAMP", "PULSE_FOR", "PULSE_TRAIN", "RAMP_UNTIL"})


@dataclass(frozen=True, slots=True)
class Target:
    """One form of file.

    Parameters
    ----------
    origin : what a model read from it says it is from
    functions : by the language's name, the numbers of arguments, or None for any
    reducers : functions that may be given a slice of an array, `SUM(a[*])`
    curves : ways between points and outside them that a table can have
    bangs : whether slices are `range!`, not `*`
    either : whether slices may be either
    ranges : whether a part of a dimension may stand for it in a reference
    sliced_expressions : whether what is reduced may be more than one name
    frozen : whether functions of time hold still within a step, whatever the method
    nonnegative : whether stocks and flows may be kept from being negative
    switches : whether links are said as such
    remainder : whether MOD is an operator
    leads : functions that must stand alone behind the equals sign
    methods : of integration
    """

    name: str
    origin: str
    functions: Mapping[str, tuple[int, ...] | None]
    reducers: Mapping[str, str]
    curves: frozenset[tuple[str, str]]
    bangs: bool = False
    either: bool = False
    ranges: bool = False
    sliced_expressions: bool = False
    frozen: bool = False
    nonnegative: bool = True
    switches: bool = False
    remainder: bool = True
    leads: frozenset[str] = frozenset()
    methods: frozenset[str] = field(default=frozenset({"euler", "heun", "rk4"}))

    def slice(self, subscript: Subscript, dimension: str) -> Subscript:
        """Return how all elements of a dimension are meant, as they were where both ways are read."""
        if self.either:
            return subscript
        return Each(dimension) if self.bangs else All()

    def says(self, call: Call) -> bool:
        """Return whether a call can stay as it is."""
        if call.function not in self.functions:
            return False
        counts = self.functions[call.function]
        return counts is None or len(call.args) in counts


def _counted(*rows: tuple[str, tuple[int, ...]]) -> dict[str, tuple[int, ...] | None]:
    return dict(rows)


_ONE = ("ABS", "INT", "SQRT", "EXP", "LN", "LOG10", "SIN", "COS", "TAN", "ARCSIN", "ARCCOS", "ARCTAN")
_STANDARD = _counted(
    *((name, (1,)) for name in (*_ONE, "INIT", "POISSON", "EXPRND", "SUM", "MEAN", "STDDEV", "SIZE")),
    *((name, (1, 2)) for name in ("MIN", "MAX")),
    *((name, (2, 3)) for name in ("SMTH1", "SMTH3", "DELAY1", "DELAY3", "DELAY", "TREND", "PULSE")),
    *((name, (3, 4)) for name in ("SMTHN", "DELAYN", "FORCST")),
    *(
        (name, (2,))
        for name in ("PREVIOUS", "STEP", "RAMP", "RANDOM", "NORMAL", "LOGNORMAL", "LOOKUP", "RANK")
    ),
)
XMILE = Target(
    "XMILE",
    "xmile",
    _STANDARD,
    {name: name for name in ("SUM", "MEAN", "STDDEV", "MIN", "MAX", "SIZE", "RANK")},
    frozenset({("linear", "hold"), ("linear", "extrapolate"), ("step", "hold"), ("step", "extrapolate")}),
)


def _vensim() -> dict[str, tuple[int, ...] | None]:
    found: dict[str, tuple[int, ...] | None] = {}
    for row in PLAIN.values():
        counts = row.takes if not row.order else (len(row.order),)
        found[row.name] = (*(found.get(row.name) or ()), *counts)
    del found["POINTS"]  # a table in place becomes one with a name
    return {**found, "POISSON": (1,)}


VENSIM = Target(
    "Vensim",
    "vensim",
    _vensim(),
    {"SUM": "SUM", "PROD": "PROD", "MIN": "VMIN", "MAX": "VMAX"},
    frozenset({("linear", "hold")}),
    bangs=True,
    ranges=True,
    sliced_expressions=True,
    frozen=True,
    nonnegative=False,
    remainder=False,
    leads=frozenset(
        {"DELAY", "SAMPLE_IF_TRUE", "INIT", "ACTIVE_INITIAL"}
        | {"DELAY_INFORMATION", "DELAY_MATERIAL", "DELAY_CONVEYOR", "SIMULTANEOUS"}
    ),
    methods=frozenset({"euler", "rk2", "rk4"}),
)

TEXT = Target(
    "the text form",
    "",
    dict.fromkeys(FUNCTIONS),
    {name: name for name, row in FUNCTIONS.items() if row.reduces},
    frozenset((way, outside) for way in ("linear", "log", "step") for outside in ("hold", "extrapolate")),
    either=True,
    sliced_expressions=True,
    switches=True,
    methods=frozenset({"euler", "rk2", "heun", "rk4"}),
)
