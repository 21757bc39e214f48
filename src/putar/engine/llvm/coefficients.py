"""Numbers of the elementary functions: coefficients of their polynomials, and constants in parts.

The coefficients interpolate the function written above them at Chebyshev's nodes of the interval, in
exact rational arithmetic, rounded to double; lowest power first. The tests hold them to the functions.
A constant in parts is the sum of doubles, each the rest of the ones before it, rounded.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ASIN",
    "ATAN",
    "COS",
    "EXP",
    "HALF_PI",
    "LN2",
    "LOG",
    "LOG_TAIL",
    "QUARTER_PI",
    "SIN",
    "TWO_OVER_PI",
    "TWO_OVER_PI_BITS",
    "TWO_THIRDS",
]

# (exp(r) - 1 - r) / r**2, |r| <= 0.34659; relative to exp(r) at most 2**-61
EXP: Final = (
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.00833333333332614,
    0.001388888888888375,
    0.00019841269874806302,
    2.480158732553751e-05,
    2.7557255418377935e-06,
    2.7557273656086726e-07,
    2.5105209441237497e-08,
    2.091468156695048e-09,
)
# (log((1 + s) / (1 - s)) - 2 s) / s**3 with z = s**2 <= 0.029438; at most 2**-57
LOG: Final = (
    0.666666666666667,
    0.3999999999989949,
    0.2857142862598255,
    0.22222211133642084,
    0.18182889209266595,
    0.1533171880828007,
    0.14616484198366603,
)
# the same less 2/3, over z; at most 2**-66
LOG_TAIL: Final = (
    0.4,
    0.28571428571428564,
    0.22222222222228427,
    0.1818181817965791,
    0.15384615761026454,
    0.13333296545723436,
    0.11766812632622647,
    0.10456338214052044,
    0.10762325235515609,
)
# (sin(r) - r) / r**3 with z = r**2 <= 0.6169; at most 2**-57
SIN: Final = (
    -0.16666666666666666,
    0.008333333333333331,
    -0.00019841269841265063,
    2.7557319219337672e-06,
    -2.5052106231927857e-08,
    1.6058531536611833e-10,
    -7.586692262094344e-13,
)
# (cos(r) - 1 + z / 2) / z**2 with z = r**2 <= 0.6169; at most 2**-59
COS: Final = (
    0.041666666666666664,
    -0.0013888888888887398,
    2.4801587298764778e-05,
    -2.7557317271258515e-07,
    2.0876146170183976e-09,
    -1.1382625349447592e-11,
)
# (asin(r) - r) / r**3 with z = r**2 <= 0.25; at most 2**-57
ASIN: Final = (
    0.16666666666666669,
    0.07499999999998433,
    0.04464285714635543,
    0.030381944138531247,
    0.02237217294214989,
    0.017352392720869973,
    0.013971212973552933,
    0.011479177415184906,
    0.01032281435018578,
    0.005457506718640357,
    0.017400879442694025,
    -0.014851887071247209,
    0.028757851367421566,
)
# (atan(r) - r) / r**3 with z = r**2 <= 0.17158; at most 2**-58
ATAN: Final = (
    -0.3333333333333333,
    0.19999999999999804,
    -0.14285714285659806,
    0.11111111105153429,
    -0.09090908753400499,
    0.07692296372129964,
    -0.06666424833613552,
    0.05878928398517232,
    -0.052304498567092406,
    0.0455157308666419,
    -0.034570044186095536,
    0.016285183029865667,
)

LN2: Final = (0.6931471805598903, 5.497923018708371e-14)  # the first has 42 bits: a power times it is exact
HALF_PI: Final = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33)
QUARTER_PI: Final = (0.7853981633974483, 3.061616997868383e-17)
TWO_THIRDS: Final = (0.6666666666666666, 3.700743415417188e-17)

# the first bits of 2 / pi after the binary point
TWO_OVER_PI_BITS: Final = 1232
TWO_OVER_PI: Final = int(
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1d"
    "eb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b"
    "5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b"
    "6babf0cf",
    16,
)
