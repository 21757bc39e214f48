"""Claims, judged: the cases CL-05, CL-09 and CL-10, runs and games by hand, the rows of the contract."""

import json
import math
from pathlib import Path

import pytest

from putar.errors import ModelErrors, UsageError
from putar.flywheels.claims import Asked, Finding, amount, check_claims
from putar.flywheels.scenarios import RunSpec
from putar.runs.design import Change
from tests.flywheels.bakery import FILES, bakery


def check(formula: str, comparator: str, bound: str, unit: str = "dmnl", extra: str = "") -> str:
    """One check, as claims.toml writes it."""
    return (
        f'[[claim.check]]\nformula = "{formula}"\ncomparator = "{comparator}"\n'
        f'bound = {bound}\nunit = "{unit}"\n{extra}\n'
    )


def judged(folder: Path, *checks: str, before: str = "", members: int = 0, **files: str) -> Finding:
    """The finding of a story of one claim."""
    text = f'{before}\n[[claim]]\nid = "one"\nsays = "It is so."\n{"".join(checks)}'
    (finding,) = check_claims(bakery(folder, claims_toml=text, **files), members=members)
    return finding


def test_cl05_power_is_not_energy(tmp_path: Path) -> None:
    """A formula in kW times hours, compared in W: a verdict of its own."""
    found = judged(
        tmp_path,
        "[claim.given]\nhours = { value = 24, unit = 'hour', reason = 'a day' }\n",
        check("POWER * hours", ">", "100", "W"),
    )
    assert found.verdict == "ill-posed"
    assert found.why == "Check1: ill-posed, POWER * hours is W*year, not W."
    assert found.checks[0].as_json()["computed"] == {"value": None, "low": None, "high": None}


def test_cl09_units_change_nothing(tmp_path: Path) -> None:
    """The same fact in euro an hour gives the same verdict, to the last bit of P."""
    claim = check("INCOME_1", "<", "1800", "euro/year")
    by_year = judged(tmp_path, claim)
    row = "INCOME_1,Income 1,1.7,1.6,1.9,keuro/year"
    hourly = f"INCOME_1,Income 1,{1700 / 8760!r},{1600 / 8760!r},{1900 / 8760!r},euro/hour"
    assert row in FILES["facts.csv"]
    by_hour = judged(tmp_path, claim, facts_csv=FILES["facts.csv"].replace(row, hourly))

    assert by_hour.verdict == by_year.verdict
    assert by_hour.checks[0].probability == by_year.checks[0].probability
    assert by_hour.checks[0].value == pytest.approx(1700)


def test_cl10_tenfold_a_year_doubles_in_three_months_and_a_half(tmp_path: Path) -> None:
    """ln 2 / ln 10 of a year is 3.612 months, about the 3.6 that were claimed."""
    found = judged(
        tmp_path,
        "[claim.given]\n"
        "tenfold = { value = 10, unit = '1/year', reason = 'the claim' }\n"
        "year = { value = 1, unit = 'year', reason = 'its period' }\n",
        check("LN(2) / LN(tenfold * year) * year", "about", "3.6", "month"),
    )
    assert found.verdict == "holds"
    assert found.checks[0].value == pytest.approx(12 * math.log(2) / math.log(10))
    assert round(found.checks[0].value or 0, 3) == 3.612


def test_runs_are_read_as_reckoned_by_hand(tmp_path: Path) -> None:
    """A factor 1.06 each quarter; with four tenths ploughed back, 1.08."""
    found = judged(
        tmp_path,
        check("GROWTH(base.shop.income, 0, 5)", "about", repr(4 * math.log(1.06)), "1/year"),
        check("AT(thrift.shop.income, 5) / AT(base.shop.income, 5)", "about", repr((1.08 / 1.06) ** 20)),
        check("AT(strike.shop.income, 10) / AT(strike.shop.income, 5)", "about", "1"),
        check(
            "INTEGRAL(base.shop.income, 0, 1)", "about", repr(400 * (1 + 1.06 + 1.06**2 + 1.06**3)), "euro"
        ),
        before='[run.thrift]\nset = { "oven.ploughback" = 0.4 }\n',
    )
    assert [one.verdict for one in found.checks] == ["holds"] * 4
    for one in found.checks:
        assert one.value == pytest.approx(one.bound, rel=1e-9)
        assert one.probability is None


def test_members_give_probabilities_and_a_decider(tmp_path: Path) -> None:
    """The share ploughed back is uniform from .2 to .4 from year 5: half of the draws beat .3."""
    found = judged(
        tmp_path,
        check("AT(base.shop.income, 10) / AT(base.shop.income, 5)", ">", repr(1.06**20)),
        check("AT(base.shop.income, 5)", ">", "1", "euro/year"),
        members=400,
    )
    first, second = found.checks
    assert first.probability == pytest.approx(0.5, abs=0.06)
    assert (first.verdict, first.decided_by) == ("undetermined", "oven.ploughback")
    assert first.critical == pytest.approx(0.3, abs=0.01)
    assert first.low == pytest.approx((1 + 0.8 * 0.21 / 4) ** 20, rel=0.02)
    assert (second.verdict, second.probability) == ("holds", None)
    assert found.verdict == "mixed"


FORMULAS = (
    "AT(base.shop.income, {0}) / AT(thrift.shop.income, {1})",
    "MEAN(base.shop.income, {0}, {1}) / AT(base.shop.income, 0)",
    "INTEGRAL(thrift.shop.income - base.shop.income, {0}, {1}) / 1e3",
    "LOWEST(thrift.shop.income / base.shop.income, {0}, {1})",
    "HIGHEST(base.shop.income, {0}, {1}) / AT(thrift.shop.income, {1})",
    "SHARE_OF_TIME(thrift.shop.income > 1.5 * AT(base.shop.income, {0}), {0}, {1})",
    "GROWTH(base.shop.income, {0}, {1}) * LAST(base.shop.income < 3 * AT(base.shop.income, 0), 0, 10)",
)
THRIFT = '[run.thrift]\nfrom = 2.0\nset = { "oven.ploughback" = 0.4 }\n'


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("dates", [(0, 10), (2.5, 3.0), (1.1, 7.35), (9.75, 10), (4.99, 5.01), (3, 11)])
def test_rows_that_no_formula_reads_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, formula: str, dates: tuple[float, float]
) -> None:
    """A run that keeps only the rows around a formula's dates gives what the whole run gives."""
    text = check(formula.format(*dates), ">", "0", "euro" if "INTEGRAL" in formula else "dmnl")
    few = judged(tmp_path / "few", text, before=THRIFT, members=6)
    monkeypatch.setattr("putar.flywheels.claim_evidence.spans", lambda _: None)
    all_rows = judged(tmp_path / "all", text, before=THRIFT, members=6)

    assert few.as_json() == all_rows.as_json()
    assert few.verdict not in ("ill-posed", "untestable")


def test_games_say_what_links_carry(tmp_path: Path) -> None:
    """Two links whose effects multiply: Shapley values by hand."""
    whole, without_oven, without_building = 1.06**20, 0.5 * 1.03**20, 1.0
    neither = 0.5
    oven = ((whole - without_oven) + (without_building - neither)) / 2
    found = judged(
        tmp_path,
        check("kept.own_oven / AT(base.shop.income, 5)", "about", repr(oven)),
        check("(kept.own_oven + kept.ploughing_back) / (kept.all - kept.none)", "about", "1"),
        before='[game.kept]\noutput = "shop.income"\nat = 10.0\ncut_from = 5.0\n',
        members=4,
    )
    assert found.checks[0].value == pytest.approx(oven, rel=0.02)
    assert found.checks[1].value == pytest.approx(1, rel=1e-12)


def test_series_and_facts_are_drawn_from_their_ranges(tmp_path: Path) -> None:
    found = judged(tmp_path, check("AT(data.income, 2) / AT(data.income, 1) - 1", ">", "20", "percent"))
    (one,) = found.checks
    assert one.check.kind == "data"
    assert one.value == pytest.approx(100 * (2.1 / 1.7 - 1))
    assert one.probability == pytest.approx(0.55, abs=0.1)
    assert one.decided_by == "INCOME_1"
    assert one.critical == pytest.approx(2.1 / 1.2, rel=0.01)


def test_dates_are_numbers_of_years(tmp_path: Path) -> None:
    """A fact that is a day counts in the model's unit of time."""
    text = check("OPENED - years", "between", "[0.4, 0.6]", "year")
    found = judged(
        tmp_path,
        '[claim.given]\nyears = { value = 2023, unit = "year", reason = "the year of opening" }\n' + text,
    )
    assert found.checks[0].value == pytest.approx(182 / 365)
    assert found.verdict == "holds"


VERDICTS = {
    "holds": check("1", "<", "2"),
    "refuted": check("1", ">", "2"),
    "undetermined": check("INCOME_1", ">", "1740", "euro/year"),
    "likely": check("INCOME_1", "<", "1850", "euro/year"),
    "untestable": '[[claim.check]]\nneeds = "a second bakery"\n',
    "ill-posed": check("POWER", ">", "2", "euro"),
}
COMBINED = {
    ("holds", "holds"): "holds",
    ("holds", "likely"): "likely",
    ("refuted", "refuted"): "refuted",
    ("holds", "refuted"): "mixed",
    ("holds", "undetermined"): "mixed",
    ("undetermined", "undetermined"): "undetermined",
    ("holds", "untestable"): "mixed",
    ("untestable",): "untestable",
    ("ill-posed", "ill-posed"): "ill-posed",
    ("holds", "ill-posed"): "mixed",
}


@pytest.mark.parametrize("words", COMBINED)
def test_verdict_of_a_claim(tmp_path: Path, words: tuple[str, ...]) -> None:
    """The weakest of one side; mixed where the checks disagree, or one of them cannot be made."""
    found = judged(tmp_path, *(VERDICTS[word] for word in words))
    assert tuple(one.verdict for one in found.checks) == words
    assert found.verdict == COMBINED[words]


def test_reasons_are_filled_with_numbers_and_caveats(tmp_path: Path) -> None:
    text = """
[[claim]]
id = "dear"
says = "An oven costs more than a year's income."
why = "An oven is {price}, a year brings {second.number} thousand; {exact.verdict}, P {exact.probability}."
[claim.given.guess]
value = 1
unit = "keuro"
low = 0.5
high = 2.12
status = "assumed"
distribution = "uniform"
reason = "a bet"
[claim.given.year]
value = 1
unit = "year"
reason = "a year"
[claim.show]
price = { formula = "OVEN_PRICE", unit = "euro" }
[[claim.check]]
id = "exact"
says = "the price is below the income of year two"
formula = "1.9 * INCOME_2 * year"
comparator = "<"
bound = "2 * INCOME_2 * year"
unit = "euro"
[[claim.check]]
id = "second"
says = "the guess is below it"
formula = "INCOME_2 * year"
comparator = ">"
bound = "guess"
unit = "keuro"
"""
    (found,) = check_claims(bakery(tmp_path, claims_toml=text), members=0)
    assert found.why == (
        "An oven is 2,000 euro, a year brings 2.1 thousand; holds, P 1.00. "
        "The guess is below it: capped at undetermined: guess has no source. "
        "Certain over the whole ranges of the facts: exact."
    )
    assert found.facts == ("INCOME_2", "OVEN_PRICE")
    assert found.checks[1].verdict == "undetermined"


def test_rows_are_json_and_have_the_keys_of_the_contract(tmp_path: Path) -> None:
    row = judged(tmp_path, VERDICTS["likely"], check("1", "between", "[1, 2]")).as_json()
    again = json.loads(json.dumps(row, allow_nan=False))
    assert again == row
    assert {"id", "says", "quote", "verdict", "why", "facts", "checks"} == set(again)
    first, second = again["checks"]
    assert {"kind", "formula", "comparator", "bound", "unit", "computed", "verdict"} <= set(first)
    assert {"probability", "decided_by", "critical", "certain"} <= set(first)
    assert set(first["computed"]) == {"value", "low", "high"}
    assert second["bound"] == [1.0, 2.0]


def test_unknown_claim_names_the_nearest(tmp_path: Path) -> None:
    found = bakery(tmp_path, claims_toml='[[claim]]\nid = "one"\nsays = "x"\n' + VERDICTS["holds"])
    assert [finding.id for finding in check_claims(found, only=["one"])] == ["one"]
    with pytest.raises(UsageError, match="unknown claim 'on'\n  fix: did you mean 'one'"):
        check_claims(found, only=["on"])


def test_a_story_with_errors_is_not_judged(tmp_path: Path) -> None:
    found = bakery(tmp_path, claims_toml='[[claim]]\nid = "one"\nsays = "x"\n' + check("NOBODY", "<", "1"))
    with pytest.raises(ModelErrors, match="unknown name 'nobody'"):
        check_claims(found)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.33350, "percent", "0.334%"),
        (33.35, "percent", "33.4%"),
        (1234567.0, "euro", "1,234,567 euro"),
        (-12.345, "", "−12.3"),
        (0.0, "dmnl", "0"),
        (7.0, "day", "7 day"),
        (1e-9, "", "0"),
        (None, "euro", "no number"),
        (math.inf, "euro", "no number"),
    ],
)
def test_amount(value: float | None, unit: str, text: str) -> None:
    assert amount(value, unit) == text


# what was asked for is laid under every run ---------------------------------------------------------

UNDER = """
[run.closed]
title = "Another bakery sells, from year 2 on"
cut = ["own_oven"]
cut_from = 2.0

[game.carried]
output = "shop.income"
at = 10.0
cut_from = 5.0

[[claim]]
id = "one"
says = "It is so."
[[claim.check]]
id = "base"
formula = "AT(base.shop.income, 10)"
comparator = ">"
bound = 3000
unit = "euro/year"
[[claim.check]]
id = "feast"
formula = "AT(feast.shop.income, 10) / AT(base.shop.income, 10)"
comparator = ">"
bound = 1.5
[[claim.check]]
id = "closed"
formula = "AT(closed.shop.income, 4.75) / AT(base.shop.income, 4.75)"
comparator = "<"
bound = 1
[[claim.check]]
id = "carried"
formula = "carried.all - carried.none"
comparator = ">"
bound = 0
unit = "euro/year"
[[claim.check]]
id = "facts"
formula = "INCOME_2"
comparator = "<"
bound = 2
unit = "keuro/year"
"""


def under(folder: Path, asked: Asked) -> dict[str, float | None]:
    """What the checks of UNDER compute, asked under something."""
    (finding,) = check_claims(bakery(folder, claims_toml=UNDER), members=0, asked=asked)
    return {one.check.id: one.value for one in finding.checks}


def test_settings_are_laid_under_every_run_and_game(tmp_path: Path) -> None:
    """With nothing ploughed back income stays as it began, and the second link carries nothing."""
    plain = under(tmp_path / "plain", Asked())
    still = under(tmp_path / "still", Asked(spec=RunSpec((Change({"oven.ploughback": 0.0}),))))

    assert plain["base"] == pytest.approx(1600 * 1.06**40)
    assert still["base"] == pytest.approx(1600)
    assert still["feast"] == pytest.approx((700 + 1800) / 1600)
    assert still["carried"] == pytest.approx(800)
    assert still["facts"] == plain["facts"] == pytest.approx(2.1)


def test_a_scenario_is_not_laid_under_itself(tmp_path: Path) -> None:
    """Asked under the feast, base and feast are the feast; its prices double once."""
    told = bakery(tmp_path, claims_toml=UNDER)
    feast = Asked("feast", told.scenarios["feast"].spec)
    found = under(tmp_path, feast)

    assert found["feast"] == pytest.approx(1.0)


def test_links_cut_at_several_dates_keep_them(tmp_path: Path) -> None:
    """A run cuts one link from year 2; another that was asked for is cut from year 4, in every run."""
    both = under(tmp_path, Asked(spec=RunSpec(cuts={"ploughing_back": 4.0})))
    capacity = 1.06**8 * (1 + 0.03) ** 8

    assert both["base"] == pytest.approx(1600 * 1.06**16)
    assert both["closed"] == pytest.approx(0.5 * capacity / 1.06**16)


def test_members_of_claims_feel_what_was_asked(tmp_path: Path) -> None:
    """A constant that is set is not drawn: nothing is uncertain any more."""
    told = bakery(tmp_path, claims_toml=UNDER)
    still = Asked(spec=RunSpec((Change({"oven.ploughback": 0.3}),)))
    drawn, held = (check_claims(told, members=20, asked=asked)[0].checks[0] for asked in (Asked(), still))

    assert drawn.low is not None
    assert drawn.high is not None
    assert drawn.low < drawn.high
    assert held.low is held.high is None
    assert held.notes == ("no drawn parameter reaches this number",)
