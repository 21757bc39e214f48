"""What each operation means, in plain floats: the one table that all kernels are held to.

An operation is a row of OPERATIONS: its arity, how it is printed, what its key selects and its MEANING.
Adding one means adding a row here and one emitter in each kernel; the tests run over all rows. A
meaning follows IEEE 754 and annex F of C99 and never raises: x/0 is an infinity or not-a-number,
log(0) is -inf, sqrt(-1) is not-a-number. Leaves (constants, parameters, states, time), tables and
random draws need more than their arguments, so their meaning here is None and the kernels read them.

Source: IEEE 754-2019; ISO C99 annex F.9. The hash of `uniform`: the finaliser of Steele, Lea, Flood
(2014), Fast splittable pseudorandom number generators, doi:10.1145/2660193.2660195 (variant 13 of Stafford).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["MEANING", "OPERATIONS", "Meaning", "Op", "Operation", "uniform"]

Meaning = Callable[..., float]


class Op(StrEnum):
    """The scalar operations a Program is made of."""

    CONST = "const"
    PARAM = "param"
    STATE = "state"
    TIME = "time"
    NEG = "neg"
    ABS = "abs"
    SQRT = "sqrt"
    EXP = "exp"
    LOG = "log"
    SIN = "sin"
    COS = "cos"
    TAN = "tan"
    ASIN = "asin"
    ACOS = "acos"
    ATAN = "atan"
    FLOOR = "floor"
    TRUNC = "trunc"
    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    DIV = "div"
    POW = "pow"
    MIN = "min"
    MAX = "max"
    MOD = "mod"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    EQ = "eq"
    NE = "ne"
    AND = "and"
    OR = "or"
    NOT = "not"
    SELECT = "select"
    LOOKUP = "lookup"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Operation:
    """One row: how many arguments, how it is printed, what its key selects, what it means."""

    arity: int
    symbol: str
    meaning: Meaning | None = None
    key: str = ""  # "" (none), "value", "parameter", "state", "table" or "slot"


def _divide(a: float, b: float) -> float:
    if b != 0.0:
        return a / b
    if a == 0.0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _square_root(a: float) -> float:
    return math.nan if a < 0.0 else math.sqrt(a)


def _exponential(a: float) -> float:
    try:
        return math.exp(a)
    except OverflowError:
        return math.inf


def _logarithm(a: float) -> float:
    if a == 0.0:
        return -math.inf
    return math.nan if a < 0.0 else math.log(a)


def _circular(function: Callable[[float], float]) -> Meaning:
    return lambda a: math.nan if math.isinf(a) else function(a)


def _inverse(function: Callable[[float], float]) -> Meaning:
    return lambda a: math.nan if abs(a) > 1.0 else function(a)


def _rounded(function: Callable[[float], int]) -> Meaning:
    return lambda a: math.copysign(float(function(a)), a) if math.isfinite(a) else a


def _power(a: float, b: float) -> float:
    odd = math.isfinite(b) and b == math.trunc(b) and math.fmod(b, 2.0) != 0.0
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0.0 and odd else math.inf
    except ValueError:
        if a != 0.0:
            return math.nan
        return math.copysign(math.inf, a) if odd else math.inf


def _modulo(a: float, b: float) -> float:
    return math.nan if b == 0.0 or math.isinf(a) else a % b


def _truth(value: bool) -> float:
    return 1.0 if value else 0.0


OPERATIONS: Final[dict[Op, Operation]] = {
    Op.CONST: Operation(0, "{key}", key="value"),
    Op.PARAM: Operation(0, "p{key}", key="parameter"),
    Op.STATE: Operation(0, "s{key}", key="state"),
    Op.TIME: Operation(0, "TIME"),
    Op.NEG: Operation(1, "-{0}", lambda a: -a),
    Op.ABS: Operation(1, "ABS({0})", abs),
    Op.SQRT: Operation(1, "SQRT({0})", _square_root),
    Op.EXP: Operation(1, "EXP({0})", _exponential),
    Op.LOG: Operation(1, "LN({0})", _logarithm),
    Op.SIN: Operation(1, "SIN({0})", _circular(math.sin)),
    Op.COS: Operation(1, "COS({0})", _circular(math.cos)),
    Op.TAN: Operation(1, "TAN({0})", _circular(math.tan)),
    Op.ASIN: Operation(1, "ARCSIN({0})", _inverse(math.asin)),
    Op.ACOS: Operation(1, "ARCCOS({0})", _inverse(math.acos)),
    Op.ATAN: Operation(1, "ARCTAN({0})", math.atan),
    Op.FLOOR: Operation(1, "FLOOR({0})", _rounded(math.floor)),
    Op.TRUNC: Operation(1, "INT({0})", _rounded(math.trunc)),
    Op.ADD: Operation(2, "{0} + {1}", lambda a, b: a + b),
    Op.SUB: Operation(2, "{0} - {1}", lambda a, b: a - b),
    Op.MUL: Operation(2, "{0} * {1}", lambda a, b: a * b),
    Op.DIV: Operation(2, "{0} / {1}", _divide),
    Op.POW: Operation(2, "{0} ^ {1}", _power),
    # the first operand where it is smaller or not-a-number, else the second: both sides pass NaN on
    Op.MIN: Operation(2, "MIN({0}, {1})", lambda a, b: a if a < b or a != a else b),
    Op.MAX: Operation(2, "MAX({0}, {1})", lambda a, b: a if a > b or a != a else b),
    # floored: the sign of the divisor, exact, as Python's % on floats
    Op.MOD: Operation(2, "{0} MOD {1}", _modulo),
    Op.LT: Operation(2, "{0} < {1}", lambda a, b: _truth(a < b)),
    Op.LE: Operation(2, "{0} <= {1}", lambda a, b: _truth(a <= b)),
    Op.GT: Operation(2, "{0} > {1}", lambda a, b: _truth(a > b)),
    Op.GE: Operation(2, "{0} >= {1}", lambda a, b: _truth(a >= b)),
    Op.EQ: Operation(2, "{0} = {1}", lambda a, b: _truth(a == b)),
    Op.NE: Operation(2, "{0} <> {1}", lambda a, b: _truth(a != b)),
    # truth is "not zero", so that not-a-number is true, as in C
    Op.AND: Operation(2, "{0} AND {1}", lambda a, b: _truth(a != 0.0 and b != 0.0)),
    Op.OR: Operation(2, "{0} OR {1}", lambda a, b: _truth(a != 0.0 or b != 0.0)),
    Op.NOT: Operation(1, "NOT {0}", lambda a: _truth(a == 0.0)),
    Op.SELECT: Operation(3, "IF {0} THEN {1} ELSE {2}", lambda c, a, b: a if c != 0.0 else b),
    Op.LOOKUP: Operation(1, "table{key}({0})", key="table"),
    Op.RANDOM: Operation(0, "RANDOM(slot {key})", key="slot"),
}

MEANING: Final[dict[Op, Meaning]] = {
    op: row.meaning for op, row in OPERATIONS.items() if row.meaning is not None
}


_WORD: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15


def _mix(word: int) -> int:
    word = (word + _GOLDEN) & _WORD
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _WORD
    return word ^ (word >> 31)


def uniform(seed: int, slot: int, member: int, step: int) -> float:
    """Return a uniform draw strictly between 0 and 1, the same in every kernel.

    Each of the four integers is added to the word so far and mixed, in this order, so that a kernel may
    do the first three once a run. The upper 52 bits k give (k + 1/2) / 2**52, which is exact.
    """
    word = 0
    for part in (seed, slot, member, step):
        word = _mix((word + part) & _WORD)
    return ((word >> 12) + 0.5) * 2.0**-52
