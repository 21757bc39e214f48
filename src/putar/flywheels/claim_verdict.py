"""From a comparison and uncertain numbers to a verdict: holds, likely, undetermined, unlikely, refuted.

Two passes. The interval pass asks whether the comparison is the same for every number in its range; if
so the verdict is certain. Else draws give the probability P that it holds, and P the verdict. Where the
shape of a distribution was not declared, other plausible shapes are tried, and numbers that move
together; a verdict that would not survive is drawn one step towards undetermined. A number that rests on
no source cannot settle anything: it caps the verdict at undetermined, unless the interval is certain.

Source: docs/methods/claims.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from putar.analysis.ranks import rank_correlations
from putar.flywheels.claim_formula import Path, Value, evaluate
from putar.flywheels.claim_interval import NoInterval, interval
from putar.language.expr import Binary, Expr
from putar.runs.draws import rounded, standard_normal
from putar.words.said import Listed, Number, Said, Term

__all__ = [
    "COMPARATORS",
    "DRAWS",
    "LADDER",
    "Comparison",
    "Judgement",
    "Uncertain",
    "compare",
    "judge_members",
    "judge_numbers",
    "verdict_of",
]

Array = NDArray[np.float64]
Series = tuple[Array, tuple[str, ...]]  # times, and the keys of the inputs that are its values
COMPARATORS = ("<", "<=", ">", ">=", "about", "between")
DRAWS = 100_000
FEWER = 20_000  # draws for each question that only compares
LADDER = ("refuted", "unlikely", "undetermined", "likely", "holds")
_RUNGS = (0.05, 0.2, 0.8, 0.95)
_Z95 = 1.6448536269514722  # the standard normal's 95 % quantile
BANDS = 40  # steps in which a band between two ends is looked for
FINE = 1201  # the same for exact numbers: less than a fifth of a percent each
TOGETHER = 0.8  # correlation tried where none is declared


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A number in base units with what is known of its spread.

    `family` is `exact`, `normal`, `lognormal`, `uniform` or `whole` (whole numbers, all equally likely). For
    normal and lognormal, low and high are the 5 and 95 % quantiles; for uniform and whole, the ends.
    `declared` shapes are not varied. `sourced` is false for a number that nobody but the claim's author
    stands for.
    """

    value: float
    low: float
    high: float
    family: str
    declared: bool = False
    sourced: bool = True

    @classmethod
    def of(cls, value: float, low: float | None, high: float | None, sourced: bool = True) -> Uncertain:
        """Return a number whose shape is not declared: lognormal above 0, else normal, else exact."""
        if low is None and high is None:
            return cls(value, value, value, "exact", sourced=sourced)
        least, most = value if low is None else low, value if high is None else high
        if least == most:
            return cls(value, value, value, "exact", sourced=sourced)
        return cls(value, least, most, "lognormal" if least > 0 and most > 0 else "normal", sourced=sourced)

    def at(self, normal: Array, family: str = "") -> Array:
        """Return the values that belong to standard normal draws, [draw]; `two-piece` has median `value`."""
        family = family or self.family
        if family == "exact":
            return np.full_like(normal, self.value)
        if family in ("uniform", "whole"):
            from scipy.special import ndtr  # a slow import, needed only here

            share = rounded(ndtr(normal))
            if family == "whole":
                return np.minimum(self.low + np.floor((self.high - self.low + 1.0) * share), self.high)
            return np.asarray(self.low + (self.high - self.low) * share)
        if family == "normal":
            middle, spread = (self.low + self.high) / 2, (self.high - self.low) / (2 * _Z95)
            return np.asarray(middle + spread * normal)
        if family == "lognormal":
            ends = math.log(self.low), math.log(self.high)
            middle, spread = (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / (2 * _Z95)
            return rounded(np.exp(middle + spread * normal))
        below, above = (self.value - self.low) / _Z95, (self.high - self.value) / _Z95
        return np.asarray(
            self.value + np.where(normal < 0, below, above) * normal
        )  # two-piece: median = value


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is claimed: formula, comparator, one bound or two; the tolerance of `about` is a share."""

    formula: Expr
    comparator: str
    bounds: tuple[Expr, ...]
    tolerance: float = 0.1


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what it rests on; values are in base units.

    `probability` is None where nothing was drawn. `decided_by` is the input that moves it most, and
    `critical` the value of that input at which the answer turns. `notes` say how the verdict came about,
    `caveats` what weakened it.
    """

    value: float
    low: float | None
    high: float | None
    verdict: str
    probability: float | None
    certain: bool = False
    decided_by: str | None = None
    critical: float | None = None
    notes: tuple[Said, ...] = ()
    caveats: tuple[Said, ...] = ()


def verdict_of(probability: float) -> str:
    """Return the word for a probability: holds from .95, likely from .8, refuted to .05, unlikely to .2."""
    if probability >= _RUNGS[3]:
        return "holds"
    if probability >= _RUNGS[2]:
        return "likely"
    if probability <= _RUNGS[0]:
        return "refuted"
    return "unlikely" if probability <= _RUNGS[1] else "undetermined"


def compare(comparison: Comparison, values: Mapping[str, Value]) -> tuple[Array, NDArray[np.bool_]]:
    """Return the formula's values and whether the comparison holds, both [draw]; never for not-a-number."""
    found = _plain(evaluate(comparison.formula, values))
    bounds = [_plain(evaluate(bound, values)) for bound in comparison.bounds]
    return found, np.asarray(_holds(comparison, found, bounds))


def _gaps(comparison: Comparison, found: Array, values: Mapping[str, Value]) -> Array:
    """Return how far the formula is from where the comparison turns, [draw]; its sign is the answer's."""
    first, last = (_plain(evaluate(bound, values)) for bound in (comparison.bounds[0], comparison.bounds[-1]))
    if comparison.comparator == "between":
        return np.minimum(found - first, last - found)
    if comparison.comparator == "about":
        return comparison.tolerance * np.abs(first) - np.abs(found - first)
    return found - first


def _plain(value: Value) -> Array:
    assert not isinstance(value, Path)
    return value


def _holds(comparison: Comparison, found: Array, bounds: list[Array]) -> NDArray[np.bool_]:
    bound = bounds[0]
    tests: dict[str, Callable[[], NDArray[np.bool_]]] = {
        "<": lambda: found < bound,
        "<=": lambda: found <= bound,
        ">": lambda: found > bound,
        ">=": lambda: found >= bound,
        "about": lambda: np.abs(found - bound) <= comparison.tolerance * np.abs(bound),
        "between": lambda: (bound <= found) & (found <= bounds[-1]),
    }
    return tests[comparison.comparator]()


# numbers with ranges --------------------------------------------------------------------------


def judge_numbers(
    comparison: Comparison,
    inputs: Mapping[str, Uncertain],
    fixed: Mapping[str, float] | None = None,
    series: Mapping[str, Series] | None = None,
    *,
    seed: int = 0,
    draws: int = DRAWS,
) -> Judgement:
    """Judge a comparison of sourced numbers.

    Parameters
    ----------
    inputs : the uncertain and exact numbers, by key
    fixed : definitions, which nothing can move
    series : observed paths by key, each the times and keys of inputs
    seed : each input has a stream of its own, by its key
    draws : how many
    """
    numbers = _Numbers(comparison, inputs, fixed or {}, series or {}, seed)
    value, holds = numbers.compared({})
    point, centre = float(np.ravel(value)[0]), bool(np.ravel(holds)[0])
    if math.isnan(point):
        return Judgement(point, None, None, "undetermined", None, caveats=(Said("judged.no_value"),))
    values, drawn = numbers.compared(numbers.draws(draws))
    if values.min() == values.max() and drawn.all() == drawn.any():  # no range reaches it
        key, turn = numbers.nearest_turn(centre)
        return Judgement(point, None, None, "holds" if centre else "refuted", float(centre), True, key, turn)
    certain, notes = numbers.settled()
    probability = float(drawn.mean())
    low, high = (float(q) for q in np.quantile(values, (0.05, 0.95)))
    key, turn = numbers.tornado()
    if certain is not None:
        verdict = "holds" if certain else "refuted"
        return Judgement(point, low, high, verdict, probability, True, key, turn, tuple(notes))
    verdict, caveats = verdict_of(probability), list[Said]()
    others = numbers.other_shapes()
    if any(_weaker(verdict_of(other), verdict) for other in others):
        span = {"low": Number(min(others), ".2f"), "high": Number(max(others), ".2f")}
        caveats.append(Said("judged.weaker", verdict=Term(f"verdict.{verdict}", verdict), **span))
        verdict = LADDER[LADDER.index(verdict) + (1 if probability < 0.5 else -1)]
    unsourced = [key for key, number in inputs.items() if not number.sourced]
    if unsourced and verdict != "undetermined":
        caveats.append(Said("judged.capped", names=Listed(tuple(unsourced))))
        verdict = "undetermined"
    return Judgement(point, low, high, verdict, probability, False, key, turn, tuple(notes), tuple(caveats))


def _weaker(other: str, verdict: str) -> bool:
    here, there = LADDER.index(verdict) - 2, LADDER.index(other) - 2
    return here * there < 0 or abs(there) < abs(here)


class _Numbers:
    """The questions that are put to one comparison of numbers."""

    def __init__(
        self,
        comparison: Comparison,
        inputs: Mapping[str, Uncertain],
        fixed: Mapping[str, float],
        series: Mapping[str, Series],
        seed: int,
    ) -> None:
        self.comparison, self.inputs, self.fixed, self.series = comparison, inputs, fixed, series
        self.seed = seed
        self.uncertain = [key for key, number in inputs.items() if number.family != "exact"]
        self.drawn: dict[str, Array] = {}

    def compared(self, drawn: Mapping[str, Array]) -> tuple[Array, NDArray[np.bool_]]:
        """Return values and whether the comparison holds; inputs that are not drawn are at their value."""
        scalars = {**self.fixed, **{key: number.value for key, number in self.inputs.items()}}
        values: dict[str, Value] = {key: np.asarray(value) for key, value in scalars.items()}
        values |= drawn
        for key, (times, parts) in self.series.items():
            rows = np.broadcast_arrays(*[np.ravel(np.asarray(values[part])) for part in parts])
            values[key] = Path(times, np.stack(rows))
        return compare(self.comparison, values)

    def normals(self, draws: int) -> dict[str, Array]:
        """Return standard normal draws; fewer of them are the first of more."""
        if any(len(normal) < draws for normal in self.drawn.values()) or not self.drawn:
            self.drawn = {key: standard_normal(f"fact:{key}", draws, self.seed) for key in self.uncertain}
        return {key: normal[:draws] for key, normal in self.drawn.items()}

    def draws(self, draws: int) -> dict[str, Array]:
        return {key: self.inputs[key].at(normal) for key, normal in self.normals(draws).items()}

    def settled(self) -> tuple[bool | None, list[Said]]:
        """Return whether all ranges give one answer, and what keeps that from being said."""
        ranges = {key: (value, value) for key, value in self.fixed.items()}
        ranges |= {key: (number.low, number.high) for key, number in self.inputs.items()}
        try:
            return _settled(self.comparison, ranges), []
        except NoInterval as reason:
            return None, [Said("judged.no_interval", reason=str(reason))]

    def other_shapes(self) -> list[float]:
        """Return P with other distributions where none is declared, and with numbers that move together."""
        undeclared = [key for key in self.uncertain if not self.inputs[key].declared]
        if not undeclared:
            return []
        normals = self.normals(FEWER)
        found = [self._share(normals, dict.fromkeys(undeclared, f)) for f in ("normal", "two-piece")]
        if len(self.uncertain) > 1:
            shared = standard_normal("fact:shared", FEWER, self.seed)
            own, joint = math.sqrt(1 - TOGETHER), math.sqrt(TOGETHER)
            for turn in (1.0, -1.0):
                signs = {key: turn**place for place, key in enumerate(self.uncertain)}
                moved = {key: joint * signs[key] * shared + own * normals[key] for key in self.uncertain}
                found.append(self._share(moved, {}))
        return found

    def _share(self, normals: Mapping[str, Array], families: Mapping[str, str]) -> float:
        drawn = {key: self.inputs[key].at(normal, families.get(key, "")) for key, normal in normals.items()}
        return float(self.compared(drawn)[1].mean())

    def tornado(self) -> tuple[str | None, float | None]:
        """Return the input whose ends move P most (or the value most), and where it makes P one half."""
        drawn = self.draws(FEWER)

        def held(key: str, value: float) -> tuple[Array, NDArray[np.bool_]]:
            return self.compared({**drawn, key: np.full(FEWER, value)})

        swings: list[tuple[float, float, str]] = []
        for key in self.uncertain:
            low, high = (held(key, end) for end in (self.inputs[key].low, self.inputs[key].high))
            chance = abs(float(high[1].mean()) - float(low[1].mean()))
            swings.append((chance, abs(float(np.median(high[0])) - float(np.median(low[0]))), key))
        key = max(swings)[2]
        low_end, high_end = self.inputs[key].low, self.inputs[key].high
        wide = (low_end / 10, high_end * 10) if low_end > 0 else (10 * low_end - 9 * high_end, 10 * high_end)

        def half(value: float) -> float:
            return float(held(key, value)[1].mean()) - 0.5

        turn = _crossing(half, low_end, high_end)
        turn = _crossing(half, *wide) if turn is None else turn
        if turn is None and self.comparison.comparator in ("about", "between"):  # in and out between the ends
            centre = self.inputs[key].value
            stretches = [*pairwise(_steps(centre, wide[0], BANDS)), *pairwise(_steps(centre, wide[1], BANDS))]
            stretches.sort(key=lambda ends: abs(ends[0] - centre))
            found = (_crossing(half, *ends) for ends in stretches)
            turn = next((one for one in found if one is not None), None)
        return key, turn

    def nearest_turn(self, centre: bool) -> tuple[str | None, float | None]:
        """Return the exact input that turns the answer with the smallest relative change, and where."""
        turns: list[tuple[float, str, float]] = []
        for key, number in self.inputs.items():
            for end in (number.value * 10, number.value / 10):
                turn = self._first_turn(key, number.value, end, centre) if number.value else None
                if turn is not None:
                    turns.append((round(abs(math.log(turn / number.value)), 6), key, turn))
        nearest = min(turns, key=lambda one: one[0], default=(0.0, None, None))  # of equals the first
        return nearest[1], nearest[2]

    def _first_turn(self, key: str, start: float, end: float, centre: bool) -> float | None:
        """Return the value nearest to a start, on the way to an end, at which the answer turns."""
        for _ in range(5):
            steps = _steps(start, end, FINE)
            turned = np.broadcast_to(self.compared({key: steps})[1], steps.shape) != centre
            if not turned.any():
                return None
            first = int(turned.argmax())
            start, end = float(steps[max(0, first - 1)]), float(steps[first])
        return (start + end) / 2


def _steps(start: float, end: float, count: int) -> Array:
    """Return values from one to another, in equal ratios where both have one sign."""
    if start * end > 0:
        return np.asarray(np.copysign(np.geomspace(abs(start), abs(end), count), start))
    return np.linspace(start, end, count)


def _crossing(function: Callable[[float], float], left: float, right: float) -> float | None:
    """Return where a function changes sign between two ends, or None where both have one sign."""
    at_left = function(left)
    if at_left * function(right) >= 0:
        return None
    for _ in range(30):
        middle = math.copysign(math.sqrt(left * right), left) if left * right > 0 else (left + right) / 2
        if function(middle) * at_left > 0:
            left = middle
        else:
            right = middle
    return (left + right) / 2


def _settled(comparison: Comparison, ranges: Mapping[str, tuple[float, float]]) -> bool | None:
    """Return True or False where every number in its range gives that answer, else None."""
    first, last = comparison.bounds[0], comparison.bounds[-1]
    below = interval(Binary("-", comparison.formula, first), ranges)
    above = interval(Binary("-", comparison.formula, last), ranges)
    match comparison.comparator:
        case "<":
            answers = below.high < 0, below.low >= 0
        case "<=":
            answers = below.high <= 0, below.low > 0
        case ">":
            answers = below.low > 0, below.high <= 0
        case ">=":
            answers = below.low >= 0, below.high < 0
        case "between":
            answers = below.low >= 0 and above.high <= 0, below.high < 0 or above.low > 0
        case _:
            bound = interval(first, ranges)
            sizes = sorted((abs(bound.low), abs(bound.high)))
            least = 0.0 if bound.low <= 0 <= bound.high else sizes[0]
            gap = max(abs(below.low), abs(below.high))
            nearest = 0.0 if below.low <= 0 <= below.high else min(abs(below.low), abs(below.high))
            answers = gap <= comparison.tolerance * least, nearest > comparison.tolerance * sizes[1]
    return True if answers[0] else False if answers[1] else None


# members of runs ------------------------------------------------------------------------------


def judge_members(
    comparison: Comparison,
    central: Mapping[str, Value],
    members: Mapping[str, Value] | None = None,
    parameters: Mapping[str, Array] | None = None,
) -> Judgement:
    """Judge a comparison of run outputs.

    Parameters
    ----------
    central : values of the run at the central parameters
    members : the same, [draw] or [time, draw]; None when nothing was drawn
    parameters : what was drawn, [draw] by name, to say which one decides

    Returns
    -------
    a Judgement whose probability is None when nothing was drawn, or no draw reaches the number
    """
    value, holds = compare(comparison, central)
    point, centre = float(np.ravel(value)[0]), bool(np.ravel(holds)[0])
    if math.isnan(point):
        return Judgement(point, None, None, "undetermined", None, caveats=(Said("judged.no_number"),))
    verdict = "holds" if centre else "refuted"
    if members is None:
        return Judgement(point, None, None, verdict, None, notes=(Said("judged.one_run"),))
    values, drawn = compare(comparison, members)
    fine = np.isfinite(values)
    failed = int((~fine).sum())
    caveats = (Said("judged.failed", failed=failed, members=len(values)),) if failed else ()
    if not fine.any():
        return Judgement(point, None, None, "undetermined", None, caveats=caveats)
    if values[fine].min() == values[fine].max() == point:
        unreached = (Said("judged.unreached"),)
        return Judgement(point, None, None, verdict, None, notes=unreached, caveats=caveats)
    probability = float(drawn[fine].mean())
    low, high = (float(q) for q in np.quantile(values[fine], (0.05, 0.95)))
    gaps = np.broadcast_to(_gaps(comparison, values, members), values.shape)
    decided, turn = _decider(gaps[fine], drawn[fine], {k: v[fine] for k, v in (parameters or {}).items()})
    verdict, notes = verdict_of(probability), list[Said]()
    least, most = _wilson(probability, int(fine.sum()))
    if verdict_of(least) != verdict_of(most):
        ends = {"low": Number(least, ".2f"), "high": Number(most, ".2f")}
        notes.append(Said("judged.between", draws=int(fine.sum()), **ends))
    return Judgement(point, low, high, verdict, probability, False, decided, turn, tuple(notes), caveats)


def _wilson(share: float, draws: int) -> tuple[float, float]:
    """Return the 95 % interval of a probability seen as a share of draws (Wilson 1927)."""
    z = 1.959963984540054
    middle = (share + z * z / (2 * draws)) / (1 + z * z / draws)
    reach = z / (1 + z * z / draws) * math.sqrt(share * (1 - share) / draws + z * z / (4 * draws * draws))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _decider(
    gaps: Array, holds: NDArray[np.bool_], parameters: Mapping[str, Array]
) -> tuple[str | None, float | None]:
    """Return the parameter whose ranks follow the gaps most closely, and where the answer turns."""
    names = [name for name, drawn in parameters.items() if drawn.min() < drawn.max()]
    if not names:
        return None, None
    strength = np.abs(rank_correlations(np.stack([parameters[name] for name in names]), gaps))
    best = int(strength.argmax())
    if strength[best] < 2.6 / math.sqrt(len(gaps)):  # about 1 % of chance correlations are larger
        return None, None
    return names[best], _half_way(parameters[names[best]], holds)


def _half_way(drawn: Array, holds: NDArray[np.bool_]) -> float | None:
    """Return the value of a parameter that best parts the members that hold from those that do not."""
    order = np.argsort(drawn, kind="stable")
    sorted_drawn, sorted_holds = drawn[order], holds[order].astype(np.float64)
    total = sorted_holds.sum()
    if total in (0.0, len(holds)):
        return None
    left = np.cumsum(sorted_holds)[:-1]  # members that hold among the lower ones
    below = np.arange(1, len(holds))
    rising = (below - left) + (total - left)  # right if those above hold
    falling = left + (len(holds) - below) - (total - left)
    best = int(np.argmax(np.maximum(rising, falling)))
    return float((sorted_drawn[best] + sorted_drawn[best + 1]) / 2)
