"""Built-ins that are a few operations on their arguments, and those that read the clock.

Source: XMILE 1.0 (OASIS), section 3.5; docs/formats.md for the functions of other tools. The logarithm
of the gamma function: Lanczos (1964), doi:10.1137/0701008, with the coefficients for g = 7. The normal
curve: Hart (1968), Computer Approximations, as given by West (2005), Wilmott Magazine, May, 70-76.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from putar.engine.builder import Builder
from putar.engine.ir import Op

__all__ = ["PURE", "normal_share", "polynomial", "safediv"]

_LANCZOS = (
    0.99999999999980993,
    676.5203681218851,
    -1259.1392167224028,
    771.32342877765313,
    -176.61502916214059,
    12.507343278686905,
    -0.13857109526572012,
    9.9843695780195716e-6,
    1.5056327351493116e-7,
)
_HART_TOP = (
    3.52624965998911e-02,
    0.700383064443688,
    6.37396220353165,
    33.912866078383,
    112.079291497871,
    221.213596169931,
    220.206867912376,
)
_HART_BOTTOM = (
    8.83883476483184e-02,
    1.75566716318264,
    16.064177579207,
    86.7807322029461,
    296.564248779674,
    637.333633378831,
    793.826512519948,
    440.413735824752,
)


def _unary(op: Op) -> Callable[..., int]:
    return lambda b, x: b.op(op, x)


def _sign(b: Builder, x: int) -> int:
    zero = b.const(0.0)
    below = b.op(Op.SELECT, b.op(Op.LT, x, zero), b.const(-1.0), x)  # x keeps 0 and not-a-number
    return b.op(Op.SELECT, b.op(Op.GT, x, zero), b.const(1.0), below)


def safediv(b: Builder, top: int, bottom: int, otherwise: int | None = None) -> int:
    """Return a quotient, or another value where the divisor is exactly 0."""
    safe = b.const(0.0) if otherwise is None else otherwise
    return b.op(Op.SELECT, b.op(Op.EQ, bottom, b.const(0.0)), safe, b.op(Op.DIV, top, bottom))


def _step(b: Builder, height: int, start: int) -> int:
    now = b.op(Op.ADD, b.held_clock(), b.const(b.time_spec.step / 2))
    return b.op(Op.SELECT, b.op(Op.GT, now, start), height, b.const(0.0))


def _pulse(b: Builder, amount: int, first: int, interval: int | None = None) -> int:
    step = b.const(b.time_spec.step)
    since = b.op(Op.SUB, b.op(Op.ADD, b.held_clock(), b.const(b.time_spec.step / 2)), first)
    phase = since
    if interval is not None:
        again = b.op(Op.AND, b.op(Op.GT, interval, b.const(0.0)), b.op(Op.GT, since, b.const(0.0)))
        phase = b.op(Op.SELECT, again, b.op(Op.MOD, since, interval), since)
    inside = b.op(Op.AND, b.op(Op.GT, phase, b.const(0.0)), b.op(Op.LE, phase, step))
    return b.op(Op.SELECT, inside, b.op(Op.DIV, amount, step), b.const(0.0))


def _ramp(b: Builder, slope: int, start: int, end: int | None = None) -> int:
    now = b.held_clock() if end is None else b.op(Op.MIN, b.held_clock(), end)
    return b.op(Op.MUL, slope, b.op(Op.MAX, b.op(Op.SUB, now, start), b.const(0.0)))


def _modulo(b: Builder, a: int, c: int) -> int:
    """Return what is left of a / c with the sign of a, exactly; 0 where c is 0."""
    zero = b.const(0.0)
    left = b.op(Op.MOD, b.op(Op.ABS, a), b.op(Op.ABS, c))
    signed = b.op(Op.SELECT, b.op(Op.LT, a, zero), b.op(Op.NEG, left), left)
    return b.op(Op.SELECT, b.op(Op.EQ, c, zero), zero, signed)


def _quantum(b: Builder, a: int, q: int) -> int:
    whole = b.op(Op.MUL, q, b.op(Op.TRUNC, b.op(Op.DIV, a, q)))
    return b.op(Op.SELECT, b.op(Op.LE, q, b.const(0.0)), a, whole)


def _xidz(b: Builder, top: int, bottom: int, otherwise: int | None = None) -> int:
    """Return a / b; what is below a millionth counts as zero, as in Vensim."""
    safe = b.const(0.0) if otherwise is None else otherwise
    small = b.op(Op.LT, b.op(Op.ABS, bottom), b.const(1e-6))
    return b.op(Op.SELECT, small, safe, b.op(Op.DIV, top, bottom))


def _sinh(b: Builder, x: int) -> int:
    gap = b.op(Op.SUB, b.op(Op.EXP, x), b.op(Op.EXP, b.op(Op.NEG, x)))
    return b.op(Op.MUL, gap, b.const(0.5))


def _cosh(b: Builder, x: int) -> int:
    both = b.op(Op.ADD, b.op(Op.EXP, x), b.op(Op.EXP, b.op(Op.NEG, x)))
    return b.op(Op.MUL, both, b.const(0.5))


def _tanh(b: Builder, x: int) -> int:
    small = b.op(Op.EXP, b.op(Op.MUL, b.const(-2.0), b.op(Op.ABS, x)))
    one = b.const(1.0)
    size = b.op(Op.DIV, b.op(Op.SUB, one, small), b.op(Op.ADD, one, small))
    return b.op(Op.SELECT, b.op(Op.LT, x, b.const(0.0)), b.op(Op.NEG, size), size)


def _gamma_logarithm(b: Builder, x: int) -> int:
    less = b.op(Op.SUB, x, b.const(1.0))
    series = b.const(_LANCZOS[0])
    for index, value in enumerate(_LANCZOS[1:], 1):
        series = b.op(Op.ADD, series, b.op(Op.DIV, b.const(value), b.op(Op.ADD, less, b.const(float(index)))))
    t = b.op(Op.ADD, less, b.const(7.5))
    power = b.op(Op.SUB, b.op(Op.MUL, b.op(Op.ADD, less, b.const(0.5)), b.op(Op.LOG, t)), t)
    return b.op(Op.ADD, b.op(Op.ADD, b.const(0.5 * math.log(2.0 * math.pi)), power), b.op(Op.LOG, series))


def polynomial(b: Builder, x: int, coefficients: Sequence[float]) -> int:
    """Return a polynomial's value; the highest power comes first."""
    found = b.const(coefficients[0])
    for value in coefficients[1:]:
        found = b.op(Op.ADD, b.op(Op.MUL, found, x), b.const(value))
    return found


def normal_share(b: Builder, x: int) -> int:
    """Return the standard normal distribution function, good to fifteen digits."""
    size = b.op(Op.ABS, x)
    bell = b.op(Op.EXP, b.op(Op.MUL, b.op(Op.MUL, size, size), b.const(-0.5)))
    near = b.op(Op.DIV, polynomial(b, size, _HART_TOP), polynomial(b, size, _HART_BOTTOM))
    far = b.op(Op.ADD, size, b.const(0.65))
    for value in (4.0, 3.0, 2.0, 1.0):
        far = b.op(Op.ADD, size, b.op(Op.DIV, b.const(value), far))
    far = b.op(Op.DIV, b.const(1.0 / 2.506628274631), far)
    tail = b.op(Op.MUL, bell, b.op(Op.SELECT, b.op(Op.LT, size, b.const(7.07106781186547)), near, far))
    return b.op(Op.SELECT, b.op(Op.GT, x, b.const(0.0)), b.op(Op.SUB, b.const(1.0), tail), tail)


def _soon(b: Builder) -> int:
    """Return the time half a step on, which Vensim compares dates with."""
    return b.op(Op.ADD, b.held_clock(), b.const(b.time_spec.step / 2))


def _pulse_for(b: Builder, start: int, width: int) -> int:
    """Return 1 from the start for a width, at least for one step."""
    step, now = b.const(b.time_spec.step), _soon(b)
    wide = b.op(Op.SELECT, b.op(Op.LE, width, b.const(0.0)), step, width)
    begun = b.op(Op.GT, now, start)
    return b.op(Op.AND, begun, b.op(Op.LT, now, b.op(Op.ADD, start, wide)))


def _pulse_train(b: Builder, start: int, width: int, every: int, end: int) -> int:
    """Return 1 in pulses that are repeated up to the end; 1 throughout where they overlap."""
    step, now = b.const(b.time_spec.step), _soon(b)
    wide = b.op(Op.MAX, width, step)
    since = b.op(Op.SUB, now, start)
    phase = b.op(Op.SELECT, b.op(Op.GT, every, b.const(0.0)), b.op(Op.MOD, since, every), since)
    on = b.op(Op.OR, b.op(Op.LT, phase, wide), b.op(Op.LE, every, wide))
    inside = b.op(Op.AND, b.op(Op.GT, since, b.const(0.0)), b.op(Op.LE, b.held_clock(), end))
    return b.op(Op.AND, inside, on)


def _ramp_until(b: Builder, slope: int, start: int, end: int) -> int:
    endless = b.op(Op.LT, end, start)
    now = b.op(Op.SELECT, endless, b.held_clock(), b.op(Op.MIN, b.held_clock(), end))
    return b.op(Op.MUL, slope, b.op(Op.MAX, b.op(Op.SUB, now, start), b.const(0.0)))


PURE: dict[str, Callable[..., int]] = {
    "ABS": _unary(Op.ABS),
    "INT": _unary(Op.FLOOR),
    "ROUND": lambda b, x: b.op(Op.FLOOR, b.op(Op.ADD, x, b.const(0.5))),
    "SIGN": _sign,
    "SQRT": _unary(Op.SQRT),
    "EXP": _unary(Op.EXP),
    "LN": _unary(Op.LOG),
    "LOG10": lambda b, x: b.op(Op.DIV, b.op(Op.LOG, x), b.const(math.log(10.0))),
    "SIN": _unary(Op.SIN),
    "COS": _unary(Op.COS),
    "TAN": _unary(Op.TAN),
    "ARCSIN": _unary(Op.ASIN),
    "ARCCOS": _unary(Op.ACOS),
    "ARCTAN": _unary(Op.ATAN),
    "SAFEDIV": safediv,
    "STEP": _step,
    "PULSE": _pulse,
    "RAMP": _ramp,
    "TRUNC": _unary(Op.TRUNC),
    "MODULO": _modulo,
    "QUANTUM": _quantum,
    "ZIDZ": _xidz,
    "XIDZ": _xidz,
    "SINH": _sinh,
    "COSH": _cosh,
    "TANH": _tanh,
    "GAMMALN": _gamma_logarithm,
    "NORMALCDF": normal_share,
    "PULSE_FOR": _pulse_for,
    "PULSE_TRAIN": _pulse_train,
    "RAMP_UNTIL": _ramp_until,
}
