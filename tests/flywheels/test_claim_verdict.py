"""Verdicts: the cases CL-01 to CL-09, intervals, draws, what decides, and members of runs."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from putar.flywheels.claim_formula import Path
from putar.flywheels.claim_interval import Interval, NoInterval, interval, simplified
from putar.flywheels.claim_verdict import (
    COMPARATORS,
    LADDER,
    Comparison,
    Judgement,
    Uncertain,
    judge_members,
    judge_numbers,
    verdict_of,
)
from putar.language.expr import Number, to_text
from putar.language.parse import parse_expression

Ranges = dict[str, tuple[float, float]]


def says(formula: str, comparator: str, *bounds: float | str, tolerance: float = 0.1) -> Comparison:
    parts = [parse_expression(b) if isinstance(b, str) else Number(b) for b in bounds]
    return Comparison(parse_expression(formula), comparator, tuple(parts), tolerance)


def uniform(low: float, high: float) -> Uncertain:
    return Uncertain((low + high) / 2, low, high, "uniform", declared=True)


def between(low: float, high: float) -> Uncertain:
    return Uncertain.of((low + high) / 2, low, high)


XY = {"x": between(2, 3), "y": between(4, 5)}


def test_cl01_interval_on_the_claims_side() -> None:
    """x in [2, 3], y in [4, 5]: their product is 8 to 15, so at least 7 is certain."""
    judged = judge_numbers(says("x * y", ">=", 7), XY)
    assert (judged.verdict, judged.certain) == ("holds", True)
    found = interval(parse_expression("x * y"), {"x": (2, 3), "y": (4, 5)})
    assert (found.low, found.high) == (math.nextafter(8, 0), math.nextafter(15, 16))
    assert found.tight


def test_cl02_interval_on_the_other_side() -> None:
    """The same product is never 16."""
    judged = judge_numbers(says("x * y", ">=", 16), XY)
    assert (judged.verdict, judged.certain) == ("refuted", True)


def test_cl03_uniform_product() -> None:
    """P(xy >= 10) = 3 - 10 ln 1.25 for independent uniforms."""
    judged = judge_numbers(says("x * y", ">=", 10), {"x": uniform(2, 3), "y": uniform(4, 5)})
    assert judged.probability == pytest.approx(3 - 10 * math.log(1.25), abs=0.005)
    assert (judged.verdict, judged.certain) == ("undetermined", False)
    assert judged.decided_by == "x"  # x moves the product by half of its value, y by a quarter


def test_cl04_normal_tail() -> None:
    """N(10, 2) is above 8 with probability .8413."""
    number = Uncertain(10, 10 - 2 * 1.6448536269514722, 10 + 2 * 1.6448536269514722, "normal", declared=True)
    judged = judge_numbers(says("x", ">", 8), {"x": number})
    assert judged.probability == pytest.approx(0.8413447, abs=0.005)
    assert judged.verdict == "likely"
    assert judged.critical == pytest.approx(8, rel=1e-6)


def test_cl06_a_number_less_itself() -> None:
    """x - x is 0 once simplified; what cannot be simplified is wider than it need be and says so."""
    judged = judge_numbers(says("x - x", "about", 0), {"x": between(2, 3)})
    assert (judged.verdict, judged.certain) == ("holds", True)
    naive = interval(parse_expression("x * (1 - x)"), {"x": (0.4, 0.6)})
    assert not naive.tight
    assert naive.low < 0.24 < naive.high
    assert not judge_numbers(says("x * (1 - x)", "<=", 0.26), {"x": between(0.4, 0.6)}).certain


def test_cl07_divisor_around_zero() -> None:
    """1/x for x around 0 has no interval; draws decide, and the reason is said."""
    with pytest.raises(NoInterval, match="a divisor may be 0"):
        interval(parse_expression("1 / x"), {"x": (-1, 1)})
    judged = judge_numbers(says("1 / x", ">", 0), {"x": Uncertain.of(0.1, -1, 1)})
    assert "no interval: a divisor may be 0" in judged.notes
    assert judged.probability == pytest.approx(0.5, abs=0.01)
    assert judged.verdict == "undetermined"


@settings(max_examples=80, deadline=None)
@given(st.data(), st.sampled_from(["<", "<=", ">", ">=", "between", "about"]))
def test_cl08_narrower_ranges_keep_certainty(data: st.DataObject, comparator: str) -> None:
    """Shrinking a range never turns a certain verdict into anything else."""
    ends = st.floats(0.5, 20)
    low, high = sorted(data.draw(st.tuples(ends, ends)))
    inner = sorted(data.draw(st.tuples(st.floats(low, high), st.floats(low, high))))
    bounds = sorted(data.draw(st.tuples(st.floats(0, 60), st.floats(0, 60))))
    claim = says("2 * x + 3", comparator, *(bounds if comparator == "between" else bounds[:1]))

    def judged(least: float, most: float) -> Judgement:
        return judge_numbers(claim, {"x": Uncertain.of((least + most) / 2, least, most)}, draws=100)

    wide, narrow = judged(low, high), judged(*inner)
    if wide.certain:
        assert (narrow.verdict, narrow.certain) == (wide.verdict, True)


def test_cl09_units_change_nothing() -> None:
    """USD an hour or USD a year: the same draws, the same P to the last bit."""
    hours = 8760.0
    by_hour = judge_numbers(says("x", "<", 2.6), {"x": Uncertain.of(2.4, 2.0, 3.0)})
    by_year = judge_numbers(
        says("x", "<", 2.6 * hours), {"x": Uncertain.of(2.4 * hours, 2.0 * hours, 3.0 * hours)}
    )
    assert by_year.verdict == by_hour.verdict
    assert by_year.probability == by_hour.probability
    assert by_year.critical == pytest.approx(2.6 * hours)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 3), st.floats(0.1, 4), st.floats(1, 30))
def test_cl03_uniform_product_anywhere(low: float, width: float, bound: float) -> None:
    """P of a product of two uniforms over [low, low + width] against the integral, for any bound."""
    high = low + width
    judged = judge_numbers(
        says("x * y", ">=", bound), {"x": uniform(low, high), "y": uniform(low, high)}, draws=20_000
    )
    first, last = max(low, min(high, bound / high)), max(low, min(high, bound / low))
    inner = high * (last - first) - (bound * math.log(last / first) if last > first else 0.0)
    expected = (inner + (high - last) * width) / width**2
    assert judged.probability == pytest.approx(expected, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(st.floats(-50, 50), st.floats(0.1, 20), st.floats(-3, 3))
def test_cl04_normal_tail_anywhere(middle: float, spread: float, bound: float) -> None:
    """P that a normal number exceeds its mean by so many standard deviations, and where the answer turns."""
    ends = middle - spread * 1.6448536269514722, middle + spread * 1.6448536269514722
    number = Uncertain(middle, *ends, "normal", declared=True)
    judged = judge_numbers(says("x", ">", middle + bound * spread), {"x": number}, draws=20_000)
    assert judged.probability == pytest.approx(NormalDist().cdf(-bound), abs=0.015)
    if abs(bound) < 1.6:
        assert judged.critical == pytest.approx(middle + bound * spread, rel=1e-6, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.floats(1, 20), st.floats(0.01, 10), st.floats(1, 30))
def test_cl01_and_cl02_are_mirrors(low: float, width: float, bound: float) -> None:
    """A claim and its opposite have opposite verdicts, both certain or both not."""
    number = {"x": between(low, low + width)}
    claim = judge_numbers(says("x * x", ">=", bound), number, draws=4000)
    opposite = judge_numbers(says("x * x", "<", bound), number, draws=4000)
    assert claim.probability is not None
    assert opposite.probability == pytest.approx(1 - claim.probability, abs=1e-12)
    assert (claim.certain, claim.critical) == (opposite.certain, opposite.critical)
    assert LADDER.index(claim.verdict) == 4 - LADDER.index(opposite.verdict)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.2, 20), st.floats(1.01, 5), st.floats(0.3, 3), st.integers(-6, 6))
def test_cl09_any_scale_changes_nothing(value: float, spread: float, at: float, power: int) -> None:
    """A ratio-scale number in another unit: the same verdict, the same P, the same turn in that unit."""
    scale = 8766.0 * 10.0**power
    one = judge_numbers(
        says("x", "<", value * at), {"x": Uncertain.of(value, value / spread, value * spread)}, draws=4000
    )
    other = judge_numbers(
        says("x", "<", value * at * scale),
        {"x": Uncertain.of(value * scale, value / spread * scale, value * spread * scale)},
        draws=4000,
    )
    assert (other.verdict, other.certain, other.decided_by) == (one.verdict, one.certain, one.decided_by)
    assert other.probability == pytest.approx(one.probability, abs=1e-3)
    if one.critical is not None:
        assert other.critical == pytest.approx(one.critical * scale, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.floats(1.05, 40))
def test_cl10_growth_and_doubling_are_one(factor: float) -> None:
    """x-fold a year is a doubling time of 12 ln 2 / ln x months."""
    numbers = {"x": Uncertain.of(factor, None, None), "months": Uncertain.of(12.0, None, None)}
    months = 12 * math.log(2) / math.log(factor)
    formula = "months * LN(2) / LN(x)"
    for stated, holds in (
        (months, True),
        (months * 1.09, True),
        (months / 1.13, False),
        (months * 1.2, False),
    ):
        assert judge_numbers(says(formula, "about", stated), numbers).verdict == (
            "holds" if holds else "refuted"
        )


def test_whole_numbers_are_drawn_as_such() -> None:
    """Between 0 and 5 there are six whole numbers, all equally likely."""
    number = Uncertain(5, 0, 5, "whole", declared=True)
    judged = judge_numbers(says("x", ">=", 5), {"x": number})
    assert judged.probability == pytest.approx(1 / 6, abs=0.005)
    assert set(np.unique(number.at(np.linspace(-8, 8, 999)))) == {0, 1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        *((1.0, "holds"), (0.95, "holds"), (0.94, "likely"), (0.8, "likely"), (0.79, "undetermined")),
        *((0.21, "undetermined"), (0.2, "unlikely"), (0.06, "unlikely"), (0.05, "refuted"), (0.0, "refuted")),
    ],
)
def test_words_for_probabilities(probability: float, word: str) -> None:
    assert verdict_of(probability) == word


@pytest.mark.parametrize("comparator", COMPARATORS)
def test_every_comparator_settles_exact_numbers(comparator: str) -> None:
    """Without ranges the answer is yes or no, certain, and names the nearest change that turns it."""
    bounds = (9.0, 11.0) if comparator == "between" else (10.0,)
    for value in (1.0, 10.5, 100.0):
        judged = judge_numbers(says("x", comparator, *bounds), {"x": Uncertain.of(value, None, None)})
        wanted = {"<": value < 10, "<=": value <= 10, ">": value > 10, ">=": value >= 10}
        expected = wanted.get(comparator, value == 10.5)
        assert (judged.verdict, judged.probability) == ("holds" if expected else "refuted", float(expected))
        assert judged.certain
    assert judge_numbers(says("x", ">", 10), {"x": Uncertain.of(8, None, None)}).critical == pytest.approx(10)


def test_the_nearest_change_decides_between_exact_numbers() -> None:
    """Of two exact numbers the one that must move least is named, with the value that turns the answer."""
    numbers = {"big": Uncertain.of(60.0, None, None), "small": Uncertain.of(2.0, None, None)}
    judged = judge_numbers(says("big + small ^ 4", "<", 100), numbers)
    assert judged.verdict == "holds"
    assert judged.decided_by == "small"
    assert judged.critical == pytest.approx(40**0.25)


def test_of_equal_changes_the_first_number_is_named() -> None:
    """A ratio turns with either of its parts; which of them is named does not depend on rounding."""
    numbers = {"part": Uncertain.of(13.1, None, None), "whole": Uncertain.of(34.07, None, None)}
    judged = judge_numbers(says("part / whole", "<", 0.5), numbers)
    assert judged.decided_by == "part"
    assert judged.critical == pytest.approx(34.07 / 2)


def test_a_band_is_found_between_two_ends_that_both_miss_it() -> None:
    """'about' and 'between' hold inside a band: the nearer edge of it is where a refuted check turns."""
    exact = {"x": Uncertain.of(4.0, None, None)}
    assert judge_numbers(says("x", "about", 10, tolerance=0.01), exact).critical == pytest.approx(9.9)
    assert judge_numbers(says("x", "between", 1, 2), exact).critical == pytest.approx(2)
    ranged = {"x": Uncertain.of(4.0, 3.9, 4.1), "y": Uncertain.of(1.0, 0.999, 1.001)}
    judged = judge_numbers(says("x * y", "about", 10, tolerance=0.1), ranged)
    assert (judged.verdict, judged.decided_by) == ("refuted", "x")
    assert judged.critical == pytest.approx(9, rel=1e-3)


def test_shapes_that_are_not_declared_are_varied() -> None:
    """A verdict that another plausible shape of the range would weaken is one step weaker."""
    skewed = Uncertain.of(1.05, 1.0, 10.0)
    declared = Uncertain(1.05, 1.0, 10.0, "lognormal", declared=True)
    claim = says("x", ">", 1.3)

    assert judge_numbers(claim, {"x": declared}).verdict == "likely"
    judged = judge_numbers(claim, {"x": skewed})
    assert judged.verdict == "undetermined"
    assert "one step weaker than likely" in judged.caveats[0]


def test_numbers_that_move_together_can_weaken_a_verdict() -> None:
    """A sum of independent numbers is steadier than one of numbers that share their errors."""
    numbers = {key: Uncertain.of(10.0, 8.0, 12.0) for key in "abcd"}
    judged = judge_numbers(says("a + b + c + d", ">", 36.3), numbers)
    assert judged.probability == pytest.approx(0.9, abs=0.03)
    assert judged.verdict == "undetermined"


def test_a_number_without_a_source_settles_nothing() -> None:
    """An assumption caps the verdict at undetermined unless its whole range agrees."""
    guess = Uncertain.of(10.0, 8.0, 12.0, sourced=False)
    judged = judge_numbers(says("x", ">", 7.5), {"x": guess})
    assert (judged.verdict, judged.certain) == ("holds", True)
    judged = judge_numbers(says("x", ">", 8.01), {"x": guess})
    assert judged.verdict == "undetermined"
    assert judged.caveats[-1] == "capped at undetermined: x has no source"


def test_same_seed_same_answer() -> None:
    """Draws belong to the seed and the input's name; another seed gives nearly the same P."""
    claim, numbers = says("x / y", ">", 0.55), dict(XY)
    first, again = judge_numbers(claim, numbers, seed=3), judge_numbers(claim, numbers, seed=3)
    assert first == again
    assert judge_numbers(claim, numbers, seed=4).probability == pytest.approx(first.probability, abs=0.01)


def test_observed_series_are_drawn_point_by_point() -> None:
    """A series is a path through its observations, each with its own range."""
    series = {"data.users": (np.array([2024.0, 2025.0]), ("old", "new"))}
    numbers = {"old": Uncertain.of(100.0, None, None), "new": Uncertain.of(200.0, 150.0, 260.0)}
    judged = judge_numbers(says("GROWTH(data.users, 2024, 2025)", ">", 0.5), numbers, series=series)
    assert judged.value == pytest.approx(math.log(2))
    assert judged.decided_by == "new"
    assert judged.critical == pytest.approx(100 * math.exp(0.5), rel=1e-3)


# intervals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("x + 1", 3, 4),
        ("-x", -3, -2),
        ("1 - x", -2, -1),
        ("x / (0 - 2)", -1.5, -1),
        ("z ^ 2", 0, 4),
        ("x ^ 2", 4, 9),
        ("x ^ (0 - 1)", 1 / 3, 1 / 2),
        ("ABS(z)", 0, 2),
        ("MIN(x, 2.5)", 2, 2.5),
        ("MAX(x, z)", 2, 3),
        ("LN(x)", math.log(2), math.log(3)),
        ("EXP(0 - x)", math.exp(-3), math.exp(-2)),
        ("SQRT(x * x)", 2, 3),
        ("LOG10(x / x)", 0, 0),
    ],
)
def test_interval_of(formula: str, low: float, high: float) -> None:
    found = interval(parse_expression(formula), {"x": (2, 3), "z": (-2, 1)})
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)
    assert found.low <= low <= high <= found.high


@pytest.mark.parametrize(
    "formula", ["LN(z)", "z ^ 0.5", "SQRT(z)", "x > 2", "IF x > 2 THEN 1 ELSE 2", "GROWTH(x, 1, 2)"]
)
def test_no_interval_of(formula: str) -> None:
    with pytest.raises(NoInterval):
        interval(parse_expression(formula), {"x": (2, 3), "z": (-2, 1)})


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 10), st.floats(0, 5), st.floats(0, 1))
def test_interval_holds_every_value(low: float, width: float, share: float) -> None:
    """Whatever x in its range, the value is inside."""
    from putar.flywheels.claim_formula import evaluate

    x = low + share * width
    for formula in ("x * (10 - x) / (x + 1)", "LN(x) ^ 2 - EXP(-x)", "ABS(x - 3) * MIN(x, 2)"):
        expr = parse_expression(formula)
        found = interval(expr, {"x": (low, low + width)})
        value = evaluate(expr, {"x": np.asarray(x)})
        assert isinstance(value, np.ndarray)
        assert found.low <= float(value) <= found.high


def test_simplifying_leaves_the_rest_alone() -> None:
    ranges: Ranges = {"x": (1, 2), "y": (-1, 1)}
    assert to_text(simplified(parse_expression("(x - x) + y / y * (x / x)"), ranges)) == "0.0 + y / y * 1.0"
    assert Interval(0, 1).tight


# members --------------------------------------------------------------------------------------

RNG = np.random.default_rng(7)
GAIN, NOISE = RNG.uniform(0, 1, 400), RNG.normal(0, 0.05, 400)
MEMBERS = {"run.x": Path(np.array([0.0, 1.0]), np.stack([np.zeros(400), GAIN + NOISE]))}
CENTRE = {"run.x": Path(np.array([0.0, 1.0]), np.array([[0.0], [0.5]]))}


def test_members_give_probability_band_and_decider() -> None:
    """P is the share of members; the parameter whose ranks follow the value decides, and where it turns."""
    judged = judge_members(
        says("AT(run.x, 1)", ">", 0.3), CENTRE, MEMBERS, {"gain": GAIN, "noise": RNG.normal(size=400)}
    )
    assert judged.probability == pytest.approx(0.7, abs=0.06)
    assert judged.verdict == "undetermined"
    assert judged.value == 0.5
    assert judged.low == pytest.approx(0.05, abs=0.06)
    assert judged.decided_by == "gain"
    assert judged.critical == pytest.approx(0.3, abs=0.05)


def test_who_moves_the_bound_as_well_does_not_decide() -> None:
    """A scale that both sides have moves the formula most and turns nothing; the share does, at a half."""
    scale, share = RNG.uniform(1, 100, 400), RNG.uniform(0.2, 0.7, 400)
    drawn = {"run.x": Path(np.zeros(1), (scale * share)[None]), "run.y": Path(np.zeros(1), scale[None])}
    centre = {"run.x": Path(np.zeros(1), np.array([[4.0]])), "run.y": Path(np.zeros(1), np.array([[10.0]]))}
    compared = says("AT(run.x, 0)", "<", "AT(run.y, 0) / 2")
    judged = judge_members(compared, centre, drawn, {"scale": scale, "share": share})

    assert judged.decided_by == "share"
    assert judged.critical == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("comparator", "bounds"), [("between", (0.0, 0.9)), ("about", (0.5,)), (">=", (0.2,))]
)
def test_every_comparator_knows_how_far_it_is_from_turning(
    comparator: str, bounds: tuple[float, ...]
) -> None:
    """From the nearer end of a range, from the edge of a tolerance, from the one bound."""
    drawn = RNG.uniform(0.5, 1.5, 400)
    members = {"run.x": Path(np.zeros(1), drawn[None])}
    centre = {"run.x": Path(np.zeros(1), np.array([[0.5]]))}
    names = {"noise": RNG.normal(size=400), "gain": drawn}

    assert (
        judge_members(says("AT(run.x, 0)", comparator, *bounds), centre, members, names).decided_by == "gain"
    )


@pytest.mark.parametrize(("high", "said"), [(165, "200 draws leave P between 0.77 and 0.87"), (198, "")])
def test_few_draws_that_leave_the_verdict_open_say_so(high: int, said: str) -> None:
    """165 of 200 could be likely or undetermined (Wilson's interval); 198 hold either way."""
    values = np.repeat([0.0, 2.0], [200 - high, high])
    members = {"run.x": Path(np.array([0.0]), values[None, :])}
    judged = judge_members(
        says("AT(run.x, 0)", ">", 1), {"run.x": Path(np.zeros(1), np.ones((1, 1)))}, members
    )
    assert judged.probability == high / 200
    assert judged.notes == ((said,) if said else ())


def test_members_that_all_fail_settle_nothing() -> None:
    """The central run alone is no proof where every draw gives no number."""
    members = {"run.x": Path(np.zeros(1), np.full((1, 30), np.nan))}
    centre = {"run.x": Path(np.zeros(1), np.ones((1, 1)))}
    judged = judge_members(says("AT(run.x, 0)", ">", 0), centre, members)

    assert judged.verdict == "undetermined"
    assert judged.caveats == ("30 of 30 members gave no number",)


def test_single_run_has_no_probability() -> None:
    judged = judge_members(says("AT(run.x, 1)", ">", 0.3), CENTRE)
    assert (judged.verdict, judged.probability, judged.low) == ("holds", None, None)


def test_draws_that_do_not_reach_a_number_give_no_probability() -> None:
    """History that no draw touches is one run, however many members there are."""
    judged = judge_members(says("AT(run.x, 0)", "<=", 0), CENTRE, MEMBERS, {"gain": GAIN})
    assert (judged.verdict, judged.probability) == ("holds", None)
    assert judged.notes == ("no drawn parameter reaches this number",)


def test_members_without_a_number_are_left_out_and_counted() -> None:
    broken = MEMBERS["run.x"].values.copy()
    broken[1, :3] = np.nan
    judged = judge_members(
        says("AT(run.x, 1)", ">", -1), CENTRE, {"run.x": Path(np.array([0.0, 1.0]), broken)}
    )
    assert (judged.verdict, judged.probability) == ("holds", 1.0)
    assert judged.caveats == ("3 of 400 members gave no number",)


def test_a_run_without_a_number_settles_nothing() -> None:
    nothing = {"run.x": Path(np.array([0.0]), np.array([[math.nan]]))}
    assert judge_members(says("AT(run.x, 0)", ">", 0), nothing).verdict == "undetermined"
