"""Formulas of claims: units by kind, functions over time, values over draws."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path as Files

import numpy as np
import pytest

from putar.flywheels.claim_formula import (
    PATHS,
    PLAIN,
    FormulaError,
    Measure,
    Path,
    evaluate,
    measure,
    references,
    spans,
)
from putar.flywheels.claim_verdict import COMPARATORS
from putar.language.parse import parse_expression
from putar.language.units import DIMENSIONLESS, Unit

YEAR = Unit(powers=(("year", Fraction(1)),))
USD = Unit(powers=(("USD", Fraction(1)),))
KNOWN = {
    "cost": Measure(USD),
    "rate": Measure(USD / YEAR),
    "span": Measure(YEAR),
    "share": Measure(DIMENSIONLESS),
    "base.money.income": Measure(USD / YEAR, path=True),
    "base.users.n[a]": Measure(DIMENSIONLESS, path=True),
}


def measured(formula: str) -> Measure:
    return measure(parse_expression(formula), KNOWN, YEAR)


@pytest.mark.parametrize(
    ("formula", "unit", "path"),
    [
        ("cost / span", USD / YEAR, False),
        ("cost / span + rate", USD / YEAR, False),
        ("rate * span / cost - 1", DIMENSIONLESS, False),
        ("cost ^ 2 / cost", USD, False),
        ("SQRT(cost * cost)", USD, False),
        ("MAX(cost, 0)", USD, False),
        ("LN(cost / (rate * span))", DIMENSIONLESS, False),
        ("share ^ share", DIMENSIONLESS, False),
        ("IF cost > 0 THEN rate ELSE 0", USD / YEAR, False),
        ("base.money.income / rate", DIMENSIONLESS, True),
        ("AT(base.money.income, 2026.5)", USD / YEAR, False),
        ("AT(base.money.income, 2 * span)", USD / YEAR, False),
        ("INTEGRAL(base.money.income, 2025, 2026)", USD, False),
        ("MEAN(base.users.n[a] * cost, 2025, 2026)", USD, False),
        ("GROWTH(base.users.n[a], 2025, 2026)", DIMENSIONLESS / YEAR, False),
        ("SHARE_OF_TIME(base.money.income > rate, 2025, 2026)", DIMENSIONLESS, False),
        ("HIGHEST(base.money.income)", USD / YEAR, False),
        ("FIRST(base.money.income > rate)", YEAR, False),
        ("LAST(base.money.income > rate, 2025, 2026) - span", YEAR, False),
    ],
)
def test_unit_of_a_formula(formula: str, unit: Unit, path: bool) -> None:
    assert measured(formula) == Measure(unit, path)


@pytest.mark.parametrize(
    ("formula", "what", "at", "is_unit"),
    [
        ("cost + rate", "USD meets USD/year", 7, True),
        ("1 + cost", "a plain number meets USD", 4, True),
        ("LN(cost)", "LN of USD has no meaning", 3, True),
        ("cost ^ share", "a quantity with a unit needs a written power", 7, True),
        ("2 ^ cost", "the power has the unit USD", 4, True),
        ("cost > 1", "USD meets a plain number", 7, True),
        ("AT(rate, 2026)", "AT needs a path over time", 3, False),
        ("AT(base.money.income, cost)", "AT needs a date here", 22, True),
        ("AT(base.money.income)", "AT has 1 arguments, not 2", 0, False),
        ("HIGHEST(base.money.income, 1, 2, 3)", "HIGHEST has 4 arguments, not 1 to 3", 0, False),
        ("AVERAGE(cost, cost)", "unknown function AVERAGE", 0, False),
    ],
)
def test_formula_that_cannot_be_meant(formula: str, what: str, at: int, is_unit: bool) -> None:
    with pytest.raises(FormulaError) as caught:
        measured(formula)
    assert (caught.value.what, caught.value.at, caught.value.unit) == (what, at, is_unit)


def test_several_elements_are_no_number() -> None:
    with pytest.raises(FormulaError, match=r"x stands for several elements"):
        references(parse_expression("SUM(x[*])"))
    assert [*references(parse_expression("x[a] + y[b, c] + X[a]"))] == ["x[a]", "y[b,c]"]


@pytest.mark.parametrize(
    ("formula", "times"),
    [
        ("cost / span", ()),
        ("AT(x, 2026) / AT(y, 2025.5)", ((2026, 2026), (2025.5, 2025.5))),
        ("MEAN(x, 2025, 2026) - HIGHEST(x / y, 2024, 2027)", ((2025, 2026), (2024, 2027))),
        ("HIGHEST(x) - AT(x, 2026)", None),
        ("LOWEST(x, 2025)", None),
        ("AT(x, opened)", None),
    ],
)
def test_times_that_a_formula_reads(formula: str, times: tuple[tuple[float, float], ...] | None) -> None:
    """A date that is written names its rows; any other may be any."""
    assert spans(parse_expression(formula)) == times


TIMES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
RAMP = Path(TIMES, np.stack([TIMES * 4, TIMES * 8 + 1], axis=1))  # two draws
VALUES: Mapping[str, Path] = {"x": RAMP}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("AT(x, 0.5)", [2, 5]),
        ("AT(x, 0.125)", [0.5, 2]),
        ("AT(x, 2)", [np.nan, np.nan]),
        ("MEAN(x, 0, 1)", [1.5, 4]),  # rows 0, .25, .5, .75
        ("INTEGRAL(x, 0.5, 1)", [1.25, 3]),
        ("MEAN(x, 0, 2)", [np.nan, np.nan]),
        ("LOWEST(x)", [0, 1]),
        ("HIGHEST(x, 0.25, 0.5)", [2, 5]),
        ("LOWEST(x, 5, 6)", [np.nan, np.nan]),
        ("GROWTH(x, 0.25, 0.5)", [4 * np.log(2), 4 * np.log(5 / 3)]),
        ("SHARE_OF_TIME(x > 1, 0, 1)", [0.5, 0.75]),
        ("SHARE_OF_TIME(x > 1 AND x < 3, 0, 1)", [0.25, 0]),
        ("FIRST(x > 2)", [0.75, 0.25]),
        ("FIRST(x > 2, 0.5, 1)", [0.75, 0.5]),
        ("LAST(x < 2)", [0.25, 0]),
        ("LAST(x > 6)", [np.nan, 1]),
        ("FIRST(x > 0, 5, 6)", [np.nan, np.nan]),
        ("HIGHEST(IF x < 3 THEN x ELSE 0)", [2, 1]),
        ("AT(-x + 2 * x, 0.5)", [2, 5]),
        ("AT(MAX(x, 3), 0.25)", [3, 3]),
        ("AT(x, 0.5) + 1", [3, 6]),
        ("NOT AT(x, 0)", [1, 0]),
    ],
)
def test_value_over_draws(formula: str, expected: list[float]) -> None:
    found = evaluate(parse_expression(formula), VALUES)
    assert found == pytest.approx(np.array(expected, dtype=float), nan_ok=True)


def test_paths_on_other_times_meet_in_between() -> None:
    """An observed series and a run: the second is read at the dates of the first."""
    seen = Path(np.array([0.0, 1.0]), np.array([[0.0], [4.0]]))
    found = evaluate(parse_expression("HIGHEST(seen - x)"), {"seen": seen, "x": RAMP})
    assert found == pytest.approx(np.array([0.0, -1.0]))


def test_numbers_never_raise() -> None:
    values = {"x": np.array([0.0, -1.0])}
    assert evaluate(parse_expression("1 / x"), values) == pytest.approx([np.inf, -1])
    assert evaluate(parse_expression("LN(x)"), values) == pytest.approx([-np.inf, np.nan], nan_ok=True)


@pytest.mark.parametrize("name", [*PATHS, *PLAIN])
def test_every_function_of_the_tables_works(name: str) -> None:
    """A row of either table can be measured and evaluated."""
    least = (PATHS | PLAIN)[name][0]
    first = "base.users.n[a]" if name in PATHS else "share"
    rest = ["0.25", "0.75"] if name in PATHS else ["share", "share"]
    formula = parse_expression(f"{name}({', '.join([first, *rest][:least])})")
    values: dict[str, Path | np.ndarray] = {"base.users.n[a]": RAMP, "share": np.array([0.25, 0.5])}

    assert not measure(formula, KNOWN, YEAR).path
    found = evaluate(formula, values)
    assert isinstance(found, np.ndarray)
    assert found.shape == (2,)
    assert np.isfinite(found).all()


def test_page_on_claims_names_every_function_and_comparator() -> None:
    """docs/methods/claims.md lists what a formula may use."""
    page = (Files(__file__).parents[2] / "docs" / "methods" / "claims.md").read_text(encoding="utf-8")
    for name in (*PATHS, *PLAIN, *COMPARATORS):
        assert name in page
