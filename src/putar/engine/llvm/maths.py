"""exp, log, pow and remainders as LLVM IR: no library is called, all lanes get the same bits.

Only sums, products, divisions, fused multiply-adds and operations on bits are used, so that a result does
not depend on the number of lanes, the CPU or the platform's libm. The tests hold every function under
1.5 units in the last place on dense grids, and to all special values of C99. A function takes a Code
and the names of its arguments and returns the name of its result.

Source: Muller et al. (2018), Handbook of Floating-Point Arithmetic, chapters 4, 5 and 10; special values:
ISO C99, annex F.9. The order of sums in `log` is that of Sun's fdlibm (1993), e_log.c.
"""

from __future__ import annotations

import math
from typing import Final

from putar.engine.llvm.coefficients import EXP, LN2, LOG, LOG_TAIL, TWO_THIRDS
from putar.engine.llvm.text import Code

__all__ = ["MAGNITUDE", "ROUNDER", "ROUNDER_BITS", "SCALAR_REMAINDER", "exp", "log", "mod", "power"]

ROUNDER: Final = 1.5 * 2.0**52  # added to a small number, it leaves the nearest whole one in the low bits
ROUNDER_BITS: Final = 0x4338000000000000
MAGNITUDE: Final = (1 << 63) - 1  # all bits of a double but the sign
_ROOT_HALF_BITS: Final = 0x3FE6A09E667F3BCD  # of the square root of 1/2


def exp(code: Code, x: str) -> str:
    """Return e**x."""
    k, z, r = _reduced_power(code, x)
    r = code.fma(k, code.const(-LN2[1]), r)
    tail = code.mul(code.mul(r, r), code.polynomial(r, EXP))
    return _scaled(code, code.add(code.add(r, tail), code.const(1.0)), k, z)


def log(code: Code, x: str) -> str:
    """Return the natural logarithm; -inf of 0, not-a-number below."""
    k, m = _split(code, x)
    f = code.sub(m, code.const(1.0))
    s = code.div(f, code.add(code.const(2.0), f))
    z = code.mul(s, s)
    tail = code.mul(z, code.polynomial(z, LOG))
    half = code.mul(code.mul(code.const(0.5), f), f)
    low = code.fma(s, code.add(half, tail), code.mul(k, code.const(LN2[1])))
    result = code.sub(code.mul(k, code.const(LN2[0])), code.sub(code.sub(half, low), f))
    infinite = code.const(math.inf)
    result = code.select(code.compare("oeq", x, infinite), infinite, result)
    result = code.select(code.compare("oeq", x, code.const(0.0)), code.const(-math.inf), result)
    return code.select(code.compare("ult", x, code.const(0.0)), code.const(math.nan), result)


def power(code: Code, x: str, y: str) -> str:
    """Return x**y, as pow of C99; its logarithm has some 65 bits, so that exact results come out exact."""
    size = code.unary("fabs", x)
    high, low = _long_log(code, size)
    exponent, rest = code.two_product(y, high)
    rest = code.fma(y, low, rest)
    far = code.compare("uge", code.unary("fabs", exponent), code.const(750.0))
    rest = code.select(far, code.const(0.0), rest)
    result = _long_exp(code, exponent, rest)

    zero, one, infinite = code.const(0.0), code.const(1.0), code.const(math.inf)
    grows = code.compare("ogt", y, zero)
    result = code.select(code.compare("oeq", size, zero), code.select(grows, zero, infinite), result)
    result = code.select(code.compare("oeq", size, infinite), code.select(grows, infinite, zero), result)
    # an infinite y: 1 at |x| = 1, else the limit
    endless = code.compare("oeq", code.unary("fabs", y), infinite)
    outside = code.compare("ogt", size, one)
    same = code.emit(f"xor {code.mask} {outside}, {grows}")
    limit = code.select(same, zero, infinite)
    limit = code.select(code.compare("oeq", size, one), one, limit)
    result = code.select(endless, limit, result)
    # a negative x: odd powers are negative, fractional ones do not exist
    half = code.mul(y, code.const(0.5))
    whole = code.compare("oeq", code.unary("trunc", y), y)
    odd = code.both(whole, code.compare("one", code.unary("trunc", half), half))
    signed = code.compare_words("slt", code.bits(x), code.integer(0))
    result = code.select(code.both(signed, odd), code.neg(result), result)
    below = code.both(code.compare("olt", x, zero), code.compare("one", size, infinite))
    result = code.select(code.both(below, code.without(whole)), code.const(math.nan), result)
    result = code.select(code.compare("uno", x, y), code.const(math.nan), result)
    return code.select(code.either(code.compare("oeq", y, zero), code.compare("oeq", x, one)), one, result)


def mod(code: Code, a: str, b: str) -> str:
    """Return the floored remainder: exact, with the sign of b.

    A quotient below 2**53 leaves its remainder exactly in one fused multiply-add, to within one
    divisor; lanes with larger quotients are done one by one in whole numbers.
    """
    zero = code.const(0.0)
    size, divisor = code.unary("fabs", a), code.unary("fabs", b)
    ratio = code.div(size, divisor)
    rest = code.fma(code.neg(code.unary("trunc", ratio)), divisor, size)
    rest = code.select(code.compare("olt", rest, zero), code.add(rest, divisor), rest)
    rest = code.select(code.compare("oge", rest, divisor), code.sub(rest, divisor), rest)
    rest = code.select(code.compare("oeq", divisor, code.const(math.inf)), size, rest)
    finite = code.compare("olt", size, code.const(math.inf))
    usable = code.both(finite, code.compare("ogt", divisor, zero))
    large = code.both(usable, code.compare("oge", ratio, code.const(2.0**53)))
    one = code.const(1.0)
    sizes, divisors = code.select(large, size, one), code.select(large, divisor, one)  # no division by zero
    rest = code.by_lane(large, rest, "putar.remainder", sizes, divisors)
    # give it the sign of a, then move it to the side of b
    sign = code.integral("and", code.bits(a), code.integer(-(1 << 63)))
    rest = code.from_bits(code.integral("or", code.bits(rest), sign))
    apart = code.emit(f"xor {code.mask} {code.compare('olt', a, zero)}, {code.compare('olt', b, zero)}")
    rest_is_zero = code.compare("oeq", rest, zero)
    moved = code.select(code.both(apart, code.without(rest_is_zero)), code.add(rest, b), rest)
    b_sign = code.integral("and", code.bits(b), code.integer(-(1 << 63)))
    moved = code.select(rest_is_zero, code.from_bits(b_sign), moved)
    defined = code.either(usable, code.compare("uno", a, b))
    return code.select(defined, moved, code.const(math.nan))


def _reduced_power(code: Code, x: str) -> tuple[str, str, str]:
    """Return k, k in the rounder's low bits, and x - k * (first part of ln 2), for exp."""
    x = code.at_least(-750.0, code.at_most(750.0, x))
    z = code.fma(x, code.const(1.0 / math.log(2.0)), code.const(ROUNDER))
    k = code.sub(z, code.const(ROUNDER))
    return k, z, code.fma(k, code.const(-LN2[0]), x)


def _scaled(code: Code, p: str, k: str, z: str) -> str:
    """Return p * 2**k, rounded once, from k in both its forms."""
    if code.target.avx512 and code.target.lanes == 8:
        d, name = code.double, "llvm.x86.avx512.mask.scalef.pd.512"
        code.declared[name] = f"declare {d} @{name}({d}, {d}, {d}, i8, i32)"
        return code.emit(f"call {d} @{name}({d} {p}, {d} {k}, {d} {p}, i8 -1, i32 4)")
    whole = code.integral("sub", code.bits(z), code.integer(ROUNDER_BITS))
    shifted = code.integral("add", whole, code.integer(4096))
    half = code.integral("sub", code.integral("lshr", shifted, code.integer(1)), code.integer(2048))
    for part in (half, code.integral("sub", whole, half)):
        biased = code.integral("add", part, code.integer(1023))
        p = code.mul(p, code.from_bits(code.integral("shl", biased, code.integer(52))))
    return p


def _long_exp(code: Code, high: str, low: str) -> str:
    """Return e**(high + low), nearly as good as rounded once."""
    k, z, r = _reduced_power(code, high)
    low = code.fma(k, code.const(-LN2[1]), low)
    r, low = code.two_sum(r, low)
    low = code.fma(code.mul(r, r), code.polynomial(r, EXP), low)
    r, low = code.fast_two_sum(r, low)
    one, rest = code.fast_two_sum(code.const(1.0), r)
    return _scaled(code, code.add(one, code.add(rest, low)), k, z)


def _split(code: Code, x: str) -> tuple[str, str]:
    """Return k and m with x = m * 2**k and sqrt(1/2) <= m < sqrt(2), for positive finite x."""
    tiny = code.compare("olt", x, code.const(2.0**-1022))
    x = code.select(tiny, code.mul(x, code.const(2.0**54)), x)
    bits = code.bits(x)
    above = code.integral("sub", bits, code.integer(_ROOT_HALF_BITS))
    m = code.from_bits(code.integral("sub", bits, code.integral("and", above, code.integer(-(1 << 52)))))
    # the power as an unsigned number, so that no arithmetic shift of words is needed
    raised = code.integral("add", above, code.integer(1024 << 52))
    power_bits = code.integral(
        "or", code.integral("lshr", raised, code.integer(52)), code.integer(0x433 << 52)
    )
    k = code.sub(code.from_bits(power_bits), code.const(2.0**52 + 1024.0))
    return code.sub(k, code.select(tiny, code.const(54.0), code.const(0.0))), m


def _long_log(code: Code, x: str) -> tuple[str, str]:
    """Return the logarithm of positive finite x as a sum of two doubles."""
    k, m = _split(code, x)
    one = code.const(1.0)
    f = code.sub(m, one)
    # s = f / (m + 1), in two parts
    below, below_rest = code.fast_two_sum(one, m)
    inverse = code.div(one, below)
    s = code.mul(f, inverse)
    minus_s = code.neg(s)
    rest = code.fma(minus_s, below_rest, code.fma(minus_s, below, f))
    s_low = code.mul(rest, inverse)
    # log m = 2 s + s z (2/3 + z tail), z = s**2
    z, z_low = code.two_product(s, s)
    z_low = code.fma(code.add(s, s), s_low, z_low)
    tail = code.mul(z, code.polynomial(z, LOG_TAIL))
    u, u_low = code.fast_two_sum(code.const(TWO_THIRDS[0]), tail)
    u_low = code.add(u_low, code.const(TWO_THIRDS[1]))
    v, v_low = code.two_product(z, u)
    v_low = code.fma(z_low, u, code.fma(z, u_low, v_low))
    w, w_low = code.two_product(s, v)
    w_low = code.fma(s_low, v, code.fma(s, v_low, w_low))
    double = code.add(s, s)
    total, low = code.fast_two_sum(double, w)
    low = code.add(low, code.add(code.add(s_low, s_low), w_low))
    # and the power of two
    high, carry = code.fast_two_sum(code.mul(k, code.const(LN2[0])), total)
    carry = code.add(carry, code.fma(k, code.const(LN2[1]), low))
    return code.fast_two_sum(high, carry)


SCALAR_REMAINDER: Final = """\
define internal double @putar.remainder(double %a, double %b) noinline nounwind {
entry:
  %ai = bitcast double %a to i64
  %bi = bitcast double %b to i64
  %ae0 = lshr i64 %ai, 52
  %be0 = lshr i64 %bi, 52
  %af = and i64 %ai, 4503599627370495
  %bf = and i64 %bi, 4503599627370495
  %an = icmp ne i64 %ae0, 0
  %bn = icmp ne i64 %be0, 0
  %ah = or i64 %af, 4503599627370496
  %bh = or i64 %bf, 4503599627370496
  %am = select i1 %an, i64 %ah, i64 %af
  %bm = select i1 %bn, i64 %bh, i64 %bf
  %ae = select i1 %an, i64 %ae0, i64 1
  %be = select i1 %bn, i64 %be0, i64 1
  %first = urem i64 %am, %bm
  %apart = sub i64 %ae, %be
  br label %loop
loop:
  %left = phi i64 [%apart, %entry], [%less, %more]
  %rest = phi i64 [%first, %entry], [%next, %more]
  %go = icmp sgt i64 %left, 0
  br i1 %go, label %more, label %done
more:
  %few = icmp slt i64 %left, 11
  %by = select i1 %few, i64 %left, i64 11
  %moved = shl i64 %rest, %by
  %next = urem i64 %moved, %bm
  %less = sub i64 %left, %by
  br label %loop
done:
  %r = uitofp i64 %rest to double
  %normal = icmp sgt i64 %be, 52
  %e1 = sub i64 %be, 52
  %b1 = shl i64 %e1, 52
  %e2 = sub i64 %be, 1
  %b2 = shl i64 1, %e2
  %sb = select i1 %normal, i64 %b1, i64 %b2
  %scale = bitcast i64 %sb to double
  %result = fmul double %r, %scale
  ret double %result
}
"""
