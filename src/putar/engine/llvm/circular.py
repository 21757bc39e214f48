"""sin, cos, tan and their inverses as LLVM IR: no library is called, all lanes get the same bits.

An argument is reduced by multiples of pi/2 into two doubles: below LARGE_ARGUMENT by Cody and Waite's
subtraction in three parts (the first is exact with a fused multiply-add), above it by Payne and Hanek's
product with the needed bits of 2/pi, in whole numbers, one lane at a time. Both are good for every double,
near multiples of pi/2 too. See maths.py for what holds of all these functions.

Source: Muller et al. (2018), Handbook of Floating-Point Arithmetic, sections 10.2 and 5.3; Payne, Hanek
(1983), SIGNUM Newsletter 18, 19-24; the intervals of `arctan`: Abramowitz, Stegun (1964), 4.4.34.
"""

from __future__ import annotations

import math
from typing import Final

from putar.engine.llvm.coefficients import (
    ASIN,
    ATAN,
    COS,
    HALF_PI,
    QUARTER_PI,
    SIN,
    TWO_OVER_PI,
    TWO_OVER_PI_BITS,
)
from putar.engine.llvm.maths import MAGNITUDE, ROUNDER
from putar.engine.llvm.text import Code, hexadecimal

__all__ = ["LARGE_ARGUMENT", "SCALAR_REDUCTION", "arccos", "arcsin", "arctan", "cos", "sin", "tan"]

LARGE_ARGUMENT: Final = 2.0**30


def sin(code: Code, x: str) -> str:
    """Return the sine; not-a-number of an infinity."""
    quadrant, r, low = _reduced(code, x)
    result = _signed(code, quadrant, _either(code, quadrant, *_sine_and_cosine(code, r, low)))
    return code.select(code.compare("oeq", x, code.const(0.0)), x, result)


def cos(code: Code, x: str) -> str:
    """Return the cosine; not-a-number of an infinity."""
    quadrant, r, low = _reduced(code, x)
    quadrant = code.integral("add", quadrant, code.integer(1))
    return _signed(code, quadrant, _either(code, quadrant, *_sine_and_cosine(code, r, low)))


def tan(code: Code, x: str) -> str:
    """Return the tangent; not-a-number of an infinity."""
    quadrant, r, low = _reduced(code, x)
    (s, s_tail), (c, c_tail) = _parts(code, r, low)
    s, s_tail = code.fast_two_sum(s, s_tail)
    c, c_tail = code.fast_two_sum(c, c_tail)
    odd = code.compare_words("ne", code.integral("and", quadrant, code.integer(1)), code.integer(0))
    above, above_tail = code.select(odd, code.neg(c), s), code.select(odd, code.neg(c_tail), s_tail)
    below, below_tail = code.select(odd, s, c), code.select(odd, s_tail, c_tail)
    ratio = code.div(above, below)
    rest = code.fma(code.neg(ratio), below, above)
    rest = code.add(rest, code.fma(code.neg(ratio), below_tail, above_tail))
    result = code.add(ratio, code.div(rest, below))
    return code.select(code.compare("oeq", x, code.const(0.0)), x, result)


def arcsin(code: Code, x: str) -> str:
    """Return the inverse sine, in [-pi/2, pi/2]; not-a-number outside [-1, 1]."""
    large, r, tail = _inverse_parts(code, code.unary("fabs", x))
    small = code.add(r, tail)
    double = code.add(r, r)
    high = code.sub(code.const(HALF_PI[0]), double)
    lost = code.sub(code.sub(code.const(HALF_PI[0]), high), double)
    rest = code.sub(code.add(tail, tail), code.const(HALF_PI[1]))
    return _with_sign(code, code.select(large, code.add(high, code.sub(lost, rest)), small), x)


def arccos(code: Code, x: str) -> str:
    """Return the inverse cosine, in [0, pi]; not-a-number outside [-1, 1]."""
    large, r, tail = _inverse_parts(code, code.unary("fabs", x))
    negative = code.compare("olt", x, code.const(0.0))
    # near 0: pi/2 - (x + tail)
    r_signed, tail_signed = _with_sign(code, r, x), code.select(negative, code.neg(tail), tail)
    high = code.sub(code.const(HALF_PI[0]), r_signed)
    lost = code.sub(code.sub(code.const(HALF_PI[0]), high), r_signed)
    middle = code.add(high, code.add(lost, code.sub(code.const(HALF_PI[1]), tail_signed)))
    # near 1: 2 (r + tail); near -1: pi - that
    double, double_tail = code.add(r, r), code.add(tail, tail)
    right = code.add(double, double_tail)
    high = code.sub(code.const(2.0 * HALF_PI[0]), double)
    lost = code.sub(code.sub(code.const(2.0 * HALF_PI[0]), high), double)
    left = code.add(high, code.add(lost, code.sub(code.const(2.0 * HALF_PI[1]), double_tail)))
    return code.select(large, code.select(negative, left, right), middle)


def arctan(code: Code, x: str) -> str:
    """Return the inverse tangent, in [-pi/2, pi/2]."""
    one, zero = code.const(1.0), code.const(0.0)
    size = code.at_most(1e300, code.unary("fabs", x))
    middle = code.compare("oge", size, code.const(math.sqrt(2.0) - 1.0))
    upper = code.compare("oge", size, code.const(math.sqrt(2.0) + 1.0))

    def choose(low: str, mid: str, high: str) -> str:
        return code.select(upper, high, code.select(middle, mid, low))

    less, less_rest = code.two_sum(size, code.const(-1.0))
    more, more_rest = code.two_sum(size, one)
    above, above_rest = choose(size, less, code.const(-1.0)), choose(zero, less_rest, zero)
    below, below_rest = choose(one, more, size), choose(zero, more_rest, zero)
    r = code.div(above, below)
    rest = code.add(code.fma(code.neg(r), below, above), code.fma(code.neg(r), below_rest, above_rest))
    low = code.div(rest, below)
    z = code.mul(r, r)
    low = code.fma(code.neg(z), low, low)
    base, base_rest = choose(zero, *map(code.const, _firsts())), choose(zero, *map(code.const, _seconds()))
    high = code.add(base, r)
    lost = code.sub(r, code.sub(high, base))
    tail = code.fma(code.mul(r, z), code.polynomial(z, ATAN), low)
    return _with_sign(code, code.add(high, code.add(lost, code.add(base_rest, tail))), x)


def _firsts() -> tuple[float, float]:
    return QUARTER_PI[0], HALF_PI[0]


def _seconds() -> tuple[float, float]:
    return QUARTER_PI[1], HALF_PI[1]


def _reduced(code: Code, x: str) -> tuple[str, str, str]:
    """Return q (its low two bits count) and r in two parts: x = q pi/2 + r, |r| <= pi/4 or a little more."""
    z = code.fma(x, code.const(2.0 / math.pi), code.const(ROUNDER))
    k = code.sub(z, code.const(ROUNDER))
    exact = code.fma(k, code.const(-HALF_PI[0]), x)
    part, part_rest = code.two_product(k, code.const(HALF_PI[1]))
    r, rest = code.two_sum(exact, code.neg(part))
    rest = code.sub(rest, code.fma(k, code.const(HALF_PI[2]), part_rest))
    r, low = code.fast_two_sum(r, rest)
    quadrant = code.from_bits(code.integral("and", code.bits(z), code.integer(3)))
    size = code.unary("fabs", x)
    finite = code.compare("olt", size, code.const(math.inf))
    large = code.both(finite, code.compare("oge", size, code.const(LARGE_ARGUMENT)))
    quadrant = code.by_lane(large, quadrant, "putar.quadrant", x)
    r = code.by_lane(large, r, "putar.reduced", x)
    low = code.by_lane(large, low, "putar.reduced.rest", x)
    return code.bits(quadrant), r, low


def _parts(code: Code, r: str, low: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return sine and cosine of r + low, each as a large part and a correction."""
    z = code.mul(r, r)
    half = code.mul(z, code.const(0.5))
    rest_of_one = code.sub(code.const(1.0), half)
    lost = code.sub(code.sub(code.const(1.0), rest_of_one), half)
    sine_tail = code.fma(code.mul(r, z), code.polynomial(z, SIN), code.mul(low, rest_of_one))
    moved = code.neg(code.mul(r, low))
    cosine_tail = code.add(lost, code.fma(code.mul(z, z), code.polynomial(z, COS), moved))
    return (r, sine_tail), (rest_of_one, cosine_tail)


def _sine_and_cosine(code: Code, r: str, low: str) -> tuple[str, str]:
    sine, cosine = _parts(code, r, low)
    return code.add(*sine), code.add(*cosine)


def _either(code: Code, quadrant: str, sine: str, cosine: str) -> str:
    """Return the sine in even quadrants, the cosine in odd ones."""
    odd = code.compare_words("ne", code.integral("and", quadrant, code.integer(1)), code.integer(0))
    return code.select(odd, cosine, sine)


def _signed(code: Code, quadrant: str, value: str) -> str:
    """Return the value, negated in the upper two of four quadrants."""
    sign = code.integral("shl", code.integral("and", quadrant, code.integer(2)), code.integer(62))
    return code.from_bits(code.integral("xor", code.bits(value), sign))


def _inverse_parts(code: Code, size: str) -> tuple[str, str, str]:
    """Return whether |x| >= 1/2, and a and its correction with arcsin(a') = a + correction.

    a' is |x| below 1/2, and sqrt((1 - |x|) / 2) above: arcsin |x| = pi/2 - 2 arcsin a'.
    """
    half = code.const(0.5)
    large = code.compare("oge", size, half)
    mirrored = code.mul(code.sub(code.const(1.0), size), half)
    root = code.unary("sqrt", mirrored)
    root_rest = code.div(code.fma(code.neg(root), root, mirrored), code.add(root, root))
    root_rest = code.select(code.compare("oeq", root, code.const(0.0)), code.const(0.0), root_rest)
    a = code.select(large, root, size)
    rest = code.select(large, root_rest, code.const(0.0))
    z = code.select(large, mirrored, code.mul(size, size))
    return large, a, code.fma(code.mul(a, z), code.polynomial(z, ASIN), rest)


def _with_sign(code: Code, value: str, x: str) -> str:
    """Return the positive value with the sign of x."""
    sign = code.integral("and", code.bits(x), code.integer(-(1 << 63)))
    return code.from_bits(code.integral("or", code.bits(value), sign))


def _reduction_text() -> str:
    """Return scalar functions for large arguments: the quadrant, r, and the rest of r.

    x = m 2**e with a whole m of 53 bits. A window of 256 bits of 2/pi, times m, modulo 2**256, holds x 2/pi
    modulo 4 with some 190 bits after the point; the nearest whole number is the quadrant, what remains
    is r 2/pi, of which the first 106 significant bits are kept.
    """
    size = 24 * 8
    table = TWO_OVER_PI.to_bytes(size, "little")
    text = "".join(f"\\{byte:02X}" for byte in table)
    unit = f"double {hexadecimal(HALF_PI[0])}"
    return f"""\
@putar.two_over_pi = private constant [{size} x i8] c"{text}", align 8

define internal {{ i64, double, double }} @putar.reduce(double %x) noinline nounwind {{
  %bits = bitcast double %x to i64
  %negative = icmp slt i64 %bits, 0
  %size = and i64 %bits, {MAGNITUDE}
  %biased = lshr i64 %size, 52
  %fraction = and i64 %bits, 4503599627370495
  %m = or i64 %fraction, 4503599627370496
  %e = sub i64 %biased, 1075
  %from = sub i64 {TWO_OVER_PI_BITS - 246}, %e
  %byte.raw = lshr i64 %from, 3
  %small = icmp ugt i64 %byte.raw, {size - 32}
  %byte = select i1 %small, i64 {size - 32}, i64 %byte.raw
  %start = shl i64 %byte, 3
  %base = sub i64 {TWO_OVER_PI_BITS}, %e
  %point = sub i64 %base, %start
  %up = sub i64 254, %point
  %place = getelementptr i8, ptr @putar.two_over_pi, i64 %byte
  %window = load i256, ptr %place, align 1
  %m.wide = zext i64 %m to i256
  %product = mul i256 %window, %m.wide
  %up.safe = and i64 %up, 15
  %up.wide = zext i64 %up.safe to i256
  %turns = shl i256 %product, %up.wide
  %half = shl i256 1, 253
  %raised = add i256 %turns, %half
  %quadrant.wide = lshr i256 %raised, 254
  %quadrant = trunc i256 %quadrant.wide to i64
  %whole = shl i256 %quadrant.wide, 254
  %rest = sub i256 %turns, %whole
  %minus = icmp slt i256 %rest, 0
  %opposite = sub i256 0, %rest
  %distance = select i1 %minus, i256 %opposite, i256 %rest
  %zeros.wide = call i256 @llvm.ctlz.i256(i256 %distance, i1 false)
  %zeros.long = trunc i256 %zeros.wide to i64
  %zeros = and i64 %zeros.long, 255
  %zeros.shift = zext i64 %zeros to i256
  %normal = shl i256 %distance, %zeros.shift
  %top.wide = lshr i256 %normal, 203
  %top.long = trunc i256 %top.wide to i64
  %next.wide = lshr i256 %normal, 150
  %next.raw = trunc i256 %next.wide to i64
  %next.long = and i64 %next.raw, 9007199254740991
  %top.whole = sitofp i64 %top.long to double
  %next.whole = sitofp i64 %next.long to double
  %power = sub i64 {1023 - 51}, %zeros
  %scale.bits = shl i64 %power, 52
  %scale = bitcast i64 %scale.bits to double
  %scale.next = fmul double %scale, {hexadecimal(2.0**-53)}
  %top = fmul double %top.whole, %scale
  %next = fmul double %next.whole, %scale.next
  %high = fmul double %top, {hexadecimal(HALF_PI[0])}
  %high.minus = fneg double %high
  %lost = call double @llvm.fma.f64(double %top, {unit}, double %high.minus)
  %more = call double @llvm.fma.f64(double %next, {unit}, double %lost)
  %low = call double @llvm.fma.f64(double %top, double {hexadecimal(HALF_PI[1])}, double %more)
  %r = fadd double %high, %low
  %r.lost = fsub double %r, %high
  %r.rest = fsub double %low, %r.lost
  %flip = xor i1 %minus, %negative
  %r.minus = fneg double %r
  %r.rest.minus = fneg double %r.rest
  %r.signed = select i1 %flip, double %r.minus, double %r
  %r.rest.signed = select i1 %flip, double %r.rest.minus, double %r.rest
  %quadrant.minus = sub i64 0, %quadrant
  %quadrant.signed = select i1 %negative, i64 %quadrant.minus, i64 %quadrant
  %quadrant.low = and i64 %quadrant.signed, 3
  %one = insertvalue {{ i64, double, double }} poison, i64 %quadrant.low, 0
  %two = insertvalue {{ i64, double, double }} %one, double %r.signed, 1
  %three = insertvalue {{ i64, double, double }} %two, double %r.rest.signed, 2
  ret {{ i64, double, double }} %three
}}

define internal double @putar.quadrant(double %x) noinline nounwind {{
  %all = call {{ i64, double, double }} @putar.reduce(double %x)
  %whole = extractvalue {{ i64, double, double }} %all, 0
  %bits = bitcast i64 %whole to double
  ret double %bits
}}

define internal double @putar.reduced(double %x) noinline nounwind {{
  %all = call {{ i64, double, double }} @putar.reduce(double %x)
  %r = extractvalue {{ i64, double, double }} %all, 1
  ret double %r
}}

define internal double @putar.reduced.rest(double %x) noinline nounwind {{
  %all = call {{ i64, double, double }} @putar.reduce(double %x)
  %rest = extractvalue {{ i64, double, double }} %all, 2
  ret double %rest
}}

declare double @llvm.fma.f64(double, double, double)
declare i256 @llvm.ctlz.i256(i256, i1)
"""


SCALAR_REDUCTION: Final = _reduction_text()
