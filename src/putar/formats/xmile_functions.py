"""What XMILE and Stella have beside the language's own functions: formulas, and what is refused by name.

The language's built-ins are XMILE's, so that most calls stay as they are. A row of DERIVED is a formula of
arguments a1, a2 and so on; docs/formats.md is made from these rows.

Source: XMILE 1.0 (OASIS), section 3.5; the help pages of Stella for functions of its own.
"""

from __future__ import annotations

__all__ = ["DERIVED", "REFUSED", "SEEDED"]

# an array at a share of the way from its first to its last element
_AT = "MIN(MAX(a2, 0), 1) * (SIZE(a1) - 1)"
_FROM = f"MAX(MIN(INT({_AT}), SIZE(a1) - 2), 0)"
_FIRST, _NEXT = f"ELEMENT(a1, {_FROM} + 1)", f"ELEMENT(a1, {_FROM} + 2)"
_BETWEEN = f"{_FIRST} + ({_NEXT} - {_FIRST}) * ({_AT} - {_FROM})"

# name: (numbers of arguments, formula in the language)
DERIVED: dict[str, tuple[tuple[int, ...], str]] = {
    "ZIDZ": ((2,), "SAFEDIV(a1, a2)"),
    "XIDZ": ((3,), "SAFEDIV(a1, a2, a3)"),
    "UNIFORM": ((2,), "RANDOM(a1, a2)"),
    "LOOKUPINV": ((2,), "LOOKUP_INVERT(a1, a2)"),
    "PERCENT": ((1,), "100 * a1"),
    "SINWAVE": ((2,), "a1 * SIN(2 * PI * TIME / a2)"),
    "COSWAVE": ((2,), "a1 * COS(2 * PI * TIME / a2)"),
    "LOGISTICBOUND": ((5,), "a4 + (a3 - a4) / (1 + EXP(-a5 * (a1 - a2)))"),
    "MONTECARLO": ((1,), "IF RANDOM(0, 100) < a1 * DT THEN 1 ELSE 0"),
    "INTEGER": ((1,), "INT(a1)"),
    "NAN": ((0,), "0 / 0"),
    "ROOTN": ((2,), "a1 ^ (1 / a2)"),
    "FACTORIAL": ((1,), "ROUND(EXP(GAMMALN(a1 + 1)))"),
    "COMBINATIONS": ((2,), "ROUND(EXP(GAMMALN(a1 + 1) - GAMMALN(a2 + 1) - GAMMALN(a1 - a2 + 1)))"),
    "PERMUTATIONS": ((2,), "ROUND(EXP(GAMMALN(a1 + 1) - GAMMALN(a1 - a2 + 1)))"),
    "GAMMA": ((2,), "RANDOM_GAMMA(0, 1e300, a1, 0, a2)"),
    "BETA": ((2,), "RANDOM_BETA(0, 1, a1, a2, 0, 1)"),
    "BINOMIAL": ((2,), "RANDOM_BINOMIAL(0, a1, a2, a1, 0, 1)"),
    "GEOMETRIC": ((1,), "RANDOM_NEGATIVE_BINOMIAL(0, 1e9, a1, 1, 0, 1)"),
    "WEIBULL": ((2,), "a2 * (-LN(RANDOM(0, 1))) ^ (1 / a1)"),
    "PARETO": ((2,), "a2 * RANDOM(0, 1) ^ (-1 / a1)"),
    "LOGISTIC": ((2,), "a1 - a2 * LN(1 / RANDOM(0, 1) - 1)"),
    "LOGN": ((1,), "LN(a1)"),
    "MOD": ((2,), "a1 MOD a2"),
    "PCT": ((1,), "100 * a1"),
    "ARRAYSUM": ((1,), "SUM(a1)"),
    "ARRAYMEAN": ((1,), "MEAN(a1)"),
    "ARRAYSTDDEV": ((1,), "STDDEV(a1)"),
    "INTERPOLATE": ((2,), _BETWEEN),
    "PV": ((4,), "IF a1 = 0 THEN -(a3 * a2 + a4) ELSE -(a3 * ((1 + a1) ^ a2 - 1) / a1 + a4) / (1 + a1) ^ a2"),
    "FV": ((4,), "IF a1 = 0 THEN -(a4 + a3 * a2) ELSE -(a4 * (1 + a1) ^ a2 + a3 * ((1 + a1) ^ a2 - 1) / a1)"),
    "PMT": (
        (4,),
        "IF a1 = 0 THEN -(a3 + a4) / a2 ELSE -(a3 * (1 + a1) ^ a2 + a4) * a1 / ((1 + a1) ^ a2 - 1)",
    ),
    "RUNCOUNT": ((0,), "0"),
    "TRIANGULAR": ((3,), "RANDOM_TRIANGULAR(a1, a3, a1, a2, a3)"),
}

# functions that may have a seed behind their arguments: how many arguments without it
SEEDED = {"RANDOM": 2, "NORMAL": 2, "LOGNORMAL": 2, "EXPRND": 1, "POISSON": 1, "UNIFORM": 2, "MONTECARLO": 1}
SEEDED |= {"GAMMA": 2, "BETA": 2, "BINOMIAL": 2, "GEOMETRIC": 1, "WEIBULL": 2, "PARETO": 2, "LOGISTIC": 2}
SEEDED |= {"TRIANGULAR": 3}

_ARRIVAL = "it asks about single batches, which are not told apart"
REFUSED: dict[str, str] = {
    "CGROWTH": "it is computed by Euler's method alone",
    "SWITCH": "what it means is no longer published; write IF a > b THEN 1 ELSE 0 or what is meant",
    "CLOCKTIME": "a run does not depend on the time of day",
    "SOUND": "a run makes no sounds",
    "SAVEDT": "what is kept of a run is no part of the model",
    "LOOKUPAREA": "from where to where it adds is not published",
    "LOOKUPMEAN": "from where to where it goes is not published",
    "LOOKUPXY": "how it reads points that are not in order is not published",
    "HISTORY": "values of another run are not known",
    "DERIVN": "it is computed for orders from 0 to 6 that are written as numbers",
    "SENSIRUNCOUNT": "the members of a run have no numbers of their own",
    "SENSIRUNTOTAL": "the members of a run have no numbers of their own",
    "NPV": "the help of Stella does not say when within a step it discounts",
    "IRR": "which payments count at a time within the run is not published",
    "COUNTER": "whether its end is a part of the cycle is not published",
    "NEGBINOMIAL": "draws from it are not made",
    "HYPERGEOMETRIC": "draws from it are not made",
    "EVENTCHECK": "events of an interface are not known",
    "PAUSE": "a run does not stop for a person",
    "RANDOMIZE": "it sets the seeds of Stella, whose draws are not made",
    "ALLOCATE": "how it shares out by priority is not published",
    "REWORK": "how it works its percentage in is not published",
    "COOKTIME": _ARRIVAL,
    "CTFLOW": _ARRIVAL,
    "CTMAX": _ARRIVAL,
    "CTMEAN": _ARRIVAL,
    "CTMIN": _ARRIVAL,
    "CTSTDDEV": _ARRIVAL,
    "CYCLETIME": _ARRIVAL,
    "CAP": _ARRIVAL,
    "OSTATE": _ARRIVAL,
    "QELEM": _ARRIVAL,
    "QLEN": _ARRIVAL,
    "THROUGHPUT": _ARRIVAL,
    "TIMESTAMP": _ARRIVAL,
}
