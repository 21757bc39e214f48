"""Functions that a target lacks, as formulas of what it has.

A formula's arguments are a1, a2 and so on, `now` is the time that functions of time look at. Steps before the
last stand as `name := formula` and are worked out once. Each is what `engine.expand` computes, operation
by operation, so that a file read again gives the same numbers.

Source: docs/formats.md; the expansions of `engine.expand_pure` and `engine.expand_random`.
"""

from __future__ import annotations

import math

__all__ = ["FORMULAS"]

_LANCZOS = (
    "0.99999999999980993",
    "676.5203681218851",
    "1259.1392167224028",
    "771.32342877765313",
    "176.61502916214059",
    "12.507343278686905",
    "0.13857109526572012",
    "9.9843695780195716e-6",
    "1.5056327351493116e-7",
)
_SIGNS = ["+", "-", "+", "-", "+", "-", "+", "+"]
_SERIES = _LANCZOS[0] + "".join(
    f" {sign} {value} / (less + {index})"
    for index, (sign, value) in enumerate(zip(_SIGNS, _LANCZOS[1:], strict=True), 1)
)
_HART_TOP = (
    *("3.52624965998911e-02", "0.700383064443688", "6.37396220353165", "33.912866078383"),
    *("112.079291497871", "221.213596169931", "220.206867912376"),
)
_HART_BOTTOM = (
    *("8.83883476483184e-02", "1.75566716318264", "16.064177579207", "86.7807322029461"),
    *("296.564248779674", "637.333633378831", "793.826512519948", "440.413735824752"),
)


def _polynomial(name: str, coefficients: tuple[str, ...]) -> str:
    text = coefficients[0]
    for value in coefficients[1:]:
        text = f"({text}) * {name} + {value}"
    return text


_NORMAL = (
    "size := ABS(a1); bell := EXP(size * size * -0.5); "
    f"near := ({_polynomial('size', _HART_TOP)}) / ({_polynomial('size', _HART_BOTTOM)}); "
    "far := size + 1 / (size + 2 / (size + 3 / (size + 4 / (size + 0.65)))); "
    f"tail := bell * (IF size < 7.07106781186547 THEN near ELSE {1.0 / 2.506628274631!r} / far); "
    "IF a1 > 0 THEN 1 - tail ELSE tail"
)
_UPPER = (
    *("-39.69683028665376", "220.9460984245205", "-275.9285104469687", "138.3577518672690"),
    *("-30.66479806614716", "2.506628277459239"),
)
_LOWER = (
    *("-54.47609879822406", "161.5858368580409", "-155.6989798598866", "66.80131188771972"),
    *("-13.28068155288572", "1"),
)
_TAIL_UPPER = (
    *("-0.007784894002430293", "-0.3223964580411365", "-2.400758277161838", "-2.549732539343734"),
    *("4.374664141464968", "2.938163982698783"),
)
_TAIL_LOWER = ("0.007784695709041462", "0.3224671290700398", "2.445134137142996", "3.754408661907416", "1")
_QUANTILE = (
    "rest := 1 - share; least := MIN(share, rest); q := SQRT(-2 * LN(MIN(least, 0.02425))); "
    f"outer := ({_polynomial('q', _TAIL_UPPER)}) / ({_polynomial('q', _TAIL_LOWER)}); "
    "r := share - 0.5; square := r * r; "
    f"inner := ({_polynomial('square', _UPPER)}) / ({_polynomial('square', _LOWER)}) * r; "
    "quantile := IF least < 0.02425 THEN (IF share < rest THEN outer ELSE -outer) ELSE inner; "
)
_SINCE = "since := now + DT / 2 - {0}; "


def _share(bound: str) -> str:
    return f"1 - EXP(-MAX(({bound} - a3) / a4, 0))"


def _weibull_share(bound: str) -> str:
    return f"1 - EXP(-(MAX(({bound} - a4) / a5, 0) ^ a3))"


def _triangle_share(name: str, bound: str) -> str:
    return (
        f"{name}x := MIN(MAX({bound}, a3), a5); "
        f"{name} := IF {name}x < a4 THEN ({name}x - a3) * ({name}x - a3) / (whole * rising) "
        f"ELSE 1 - (a5 - {name}x) * (a5 - {name}x) / behind; "
    )


# by name and number of arguments
FORMULAS: dict[tuple[str, int], str] = {
    ("ROUND", 1): "INT(a1 + 0.5)",
    ("SIGN", 1): "IF a1 > 0 THEN 1 ELSE IF a1 < 0 THEN -1 ELSE a1",
    ("LOG10", 1): f"LN(a1) / {math.log(10.0)!r}",
    ("SAFEDIV", 2): "IF a2 = 0 THEN 0 ELSE a1 / a2",
    ("SAFEDIV", 3): "IF a2 = 0 THEN a3 ELSE a1 / a2",
    ("TRUNC", 1): "IF a1 < 0 THEN -INT(-a1) ELSE INT(a1)",
    ("INT", 1): "whole := TRUNC(a1); IF whole > a1 THEN whole - 1 ELSE whole",
    ("MODULO", 2): "left := ABS(a1) MOD ABS(a2); IF a2 = 0 THEN 0 ELSE IF a1 < 0 THEN -left ELSE left",
    ("MOD", 2): "left := MODULO(a1, a2); IF a2 = 0 THEN 0 / 0 "
    "ELSE IF (left < 0 AND a2 > 0) OR (left > 0 AND a2 < 0) THEN left + a2 ELSE left",
    ("QUANTUM", 2): "IF a2 <= 0 THEN a1 ELSE a2 * TRUNC(a1 / a2)",
    ("ZIDZ", 2): "IF ABS(a2) < 0.000001 THEN 0 ELSE a1 / a2",
    ("XIDZ", 3): "IF ABS(a2) < 0.000001 THEN a3 ELSE a1 / a2",
    ("SINH", 1): "(EXP(a1) - EXP(-a1)) * 0.5",
    ("COSH", 1): "(EXP(a1) + EXP(-a1)) * 0.5",
    ("TANH", 1): "small := EXP(-2 * ABS(a1)); size := (1 - small) / (1 + small); "
    "IF a1 < 0 THEN -size ELSE size",
    ("GAMMALN", 1): f"less := a1 - 1; t := less + 7.5; series := {_SERIES}; "
    f"{0.5 * math.log(2.0 * math.pi)!r} + ((less + 0.5) * LN(t) - t) + LN(series)",
    ("NORMALCDF", 1): _NORMAL,
    ("INVNORM", 1): f"share := a1; {_QUANTILE}"
    f"gap := (NORMALCDF(quantile) - share) * {math.sqrt(2.0 * math.pi)!r} * EXP(0.5 * quantile * quantile); "
    "quantile - gap / (1 + 0.5 * quantile * gap)",
    ("STEP", 2): "IF now + DT / 2 > a2 THEN a1 ELSE 0",
    ("PULSE", 2): _SINCE.format("a2") + "IF since > 0 AND since <= DT THEN a1 / DT ELSE 0",
    ("PULSE", 3): _SINCE.format("a2") + "phase := IF a3 > 0 AND since > 0 THEN since MOD a3 ELSE since; "
    "IF phase > 0 AND phase <= DT THEN a1 / DT ELSE 0",
    ("RAMP", 2): "a1 * MAX(now - a2, 0)",
    ("RAMP", 3): "a1 * MAX(MIN(now, a3) - a2, 0)",
    ("RAMP_UNTIL", 3): "a1 * MAX((IF a3 < a2 THEN now ELSE MIN(now, a3)) - a2, 0)",
    ("PULSE_FOR", 2): "soon := now + DT / 2; "
    "IF soon > a1 AND soon < a1 + (IF a2 <= 0 THEN DT ELSE a2) THEN 1 ELSE 0",
    ("PULSE_TRAIN", 4): _SINCE.format("a1")
    + "wide := MAX(a2, DT); phase := IF a3 > 0 THEN since MOD a3 ELSE since; "
    "IF since > 0 AND now <= a4 AND (phase < wide OR a3 <= wide) THEN 1 ELSE 0",
    ("TREND", 2): "TREND(a1, a2, 0)",
    ("FORCST", 3): "a1 * (1 + TREND(a1, a2) * a3)",
    ("FORCST", 4): "a1 * (1 + TREND(a1, a2, a4) * a3)",
    ("FORECAST", 3): "average := SMTH1(a1, a2); a1 * (1 + ZIDZ(a1 - average, average * a2) * a3)",
    ("SMTHN", 3): "SMTHN(a1, a2, a3, a1)",
    ("DELAY", 2): "DELAY(a1, a2, a1)",
    ("DELAYN", 3): "DELAYN(a1, a2, a3, a1)",
    ("PREVIOUS", 2): "DELAY(a1, DT, a2)",
    ("NORMAL", 2): f"a1 + a2 * (SQRT(-2 * LN(RANDOM(0, 1))) * COS({2.0 * math.pi!r} * RANDOM(0, 1)))",
    ("LOGNORMAL", 2): "ratio := a2 / a1; variance := LN(1 + ratio * ratio); "
    "EXP(LN(a1) - variance / 2 + SQRT(variance) * NORMAL(0, 1))",
    ("EXPRND", 1): "-a1 * LN(RANDOM(0, 1))",
    ("RANDOM_NORMAL", 4): "below := NORMALCDF((a1 - a3) / a4); above := NORMALCDF((a2 - a3) / a4); "
    f"share := below + (above - below) * RANDOM(0, 1); {_QUANTILE}MIN(MAX(a3 + a4 * quantile, a1), a2)",
    ("RANDOM_EXPONENTIAL", 4): f"below := {_share('a1')}; above := {_share('a2')}; "
    "share := below + (above - below) * RANDOM(0, 1); MIN(MAX(a3 + a4 * -LN(1 - share), a1), a2)",
    ("RANDOM_WEIBULL", 5): f"below := {_weibull_share('a1')}; above := {_weibull_share('a2')}; "
    "share := below + (above - below) * RANDOM(0, 1); "
    "MIN(MAX(a4 + a5 * (-LN(1 - share)) ^ (1 / a3), a1), a2)",
    ("RANDOM_TRIANGULAR", 5): "whole := a5 - a3; rising := a4 - a3; falling := a5 - a4; "
    "behind := MAX(whole * falling, 1e-300); "
    + _triangle_share("below", "a1")
    + _triangle_share("above", "a2")
    + "u := below + (above - below) * RANDOM(0, 1); "
    "IF u < rising / whole THEN a3 + SQRT(u * (whole * rising)) ELSE a5 - SQRT((1 - u) * (whole * falling))",
}
