"""claims.toml: what is read of it, and every mistake with its place."""

from pathlib import Path

import pytest

from putar.flywheels.story import read_story
from tests.flywheels.bakery import bakery

GOOD = """
[run.thrift]
title = "More is ploughed back"
set = { "oven.ploughback" = 0.4 }

[game.carried]
output = "shop.income"
at = 10.0

[[claim]]
id = "grows"
says = "The bakery grows by itself."
quote = "It grows."
facts = ["INCOME_1"]
why = "Growth is {growth}, of which {carried} is carried; P is {growth.probability}."

[claim.given]
twice = { value = 2, unit = "dmnl", reason = "Twice is much." }

[claim.show]
carried = { formula = "carried.ploughing_back / (carried.all - carried.none)", unit = "percent" }

[[claim.check]]
id = "growth"
says = "income grows by a fifth a year or more"
formula = "GROWTH(base.shop.income, 0, 5)"
comparator = ">="
bound = 0.2
unit = "1/year"

[[claim.check]]
id = "observed"
formula = "AT(data.income, 2) / AT(data.income, 1)"
comparator = "between"
bound = [1, "twice"]

[[claim.check]]
id = "unknown"
needs = "the books of other bakeries"
"""


def story_problems(folder: Path, text: str) -> list[str]:
    found = bakery(folder, claims_toml=text)
    return [str(problem) for problem in read_story(found).problems]


def test_a_story_is_read(tmp_path: Path) -> None:
    story = read_story(bakery(tmp_path, claims_toml=GOOD))
    (claim,) = story.claims

    assert story.problems == ()
    assert [check.kind for check in claim.checks] == ["model", "data", "data"]
    assert [check.needs for check in claim.checks] == ["", "", "the books of other bakeries"]
    assert claim.given["twice"].definition
    assert {source.kind for source in claim.figures[0].sources.values()} == {"game"}
    assert story.games is not None
    assert (story.games["carried"].at, story.games["carried"].cut_from) == (10.0, 5.0)


def test_without_claims_there_is_no_story(tmp_path: Path) -> None:
    assert read_story(bakery(tmp_path)).claims == ()


# a mistake: what is replaced in the story, by what, and how what is said then begins
WRONG = {
    "unknown run": (
        "GROWTH(base.shop",
        "GROWTH(bass.shop",
        "claims.toml:26:19: unknown name 'bass.shop.income'",
    ),
    "unknown variable": (
        "base.shop.income, 0",
        "base.shop.incom, 0",
        "claims.toml:26:19: unknown variable 'shop.incom' in 'base.shop.incom'",
    ),
    "unknown series": (
        "AT(data.income, 2)",
        "AT(data.incomes, 2)",
        "claims.toml:33:15: unknown series 'incomes' in 'data.incomes'",
    ),
    "word for a number": (
        "GROWTH(base.shop.income, 0, 5)",
        "BAKER",
        "claims.toml:26:12: fact BAKER is a word, not a number",
    ),
    "series of totals": (
        "AT(data.income, 2)",
        "AT(data.sold, 2)",
        "claims.toml:33:15: series 'sold' has totals of periods only",
    ),
    "unknown link": (
        "carried.ploughing_back /",
        "carried.ploughing /",
        "claims.toml:21:24: unknown link 'ploughing' in 'carried.ploughing'",
    ),
    "unknown function": (
        "GROWTH(",
        "GROWS(",
        "claims.toml:26:12: unknown function GROWS",
    ),
    "not a formula": (
        "GROWTH(base.shop.income, 0, 5)",
        "GROWTH(base.shop.income, 0, 5",
        "claims.toml:26:41: the equation ends where ",
    ),
    "a whole path": (
        "GROWTH(base.shop.income, 0, 5)",
        "base.shop.income / base.shop.income",
        "claims.toml:26:12: the formula is a whole path over time",
    ),
    "unknown comparator": (
        'comparator = ">="',
        'comparator = "=>"',
        "claims.toml:27:1: comparator cannot be '=>'",
    ),
    "one bound for between": (
        'bound = [1, "twice"]',
        "bound = 1",
        "claims.toml:35:1: between cannot have the bound 1",
    ),
    "tolerance of a plain comparison": (
        "bound = 0.2",
        "bound = 0.2\ntolerance = 0.1",
        "claims.toml:29:1: only 'about' has a tolerance",
    ),
    "unknown unit": ('unit = "1/year"', 'unit = "1/yea"', "claims.toml:29:11: unknown unit 'yea'"),
    "unknown figure": ("{carried} is", "{caried} is", "claims.toml:15:1: unknown {caried}"),
    "unknown form of a figure": (
        "{growth.probability}",
        "{growth.odds}",
        "claims.toml:15:1: unknown {growth.odds}",
    ),
    "unknown fact": ('["INCOME_1"]', '["INCOME_9"]', "claims.toml:14:10: unknown fact 'INCOME_9'"),
    "unknown key": ("quote =", "quoth =", "claims.toml:13:1: unknown key 'quoth'"),
    "long quote": (
        '"It grows."',
        '"' + "word " * 26 + '"',
        "claims.toml:13:1: the quote has 26 words",
    ),
    "check without a formula": (
        'needs = "the books of other bakeries"',
        "",
        "claims.toml:38:1: a check without a formula",
    ),
    "assumption without a range": (
        'reason = "Twice is much."',
        'status = "assumed", reason = "Twice is much."',
        "claims.toml:18:11: twice is assumed without a range",
    ),
    "given number named like a fact": (
        "twice = {",
        "power = {",
        "claims.toml:18:11: 'power' cannot name a given number",
    ),
    "run named like a scenario": (
        "[run.thrift]",
        "[run.feast]",
        "claims.toml:3:1: run 'feast' is a scenario of the flywheel",
    ),
    "game of an unknown output": (
        'output = "shop.income"',
        'output = "shop.incom"',
        "claims.toml:7:1: unknown variable 'shop.incom'",
    ),
    "same id twice": (
        'id = "observed"',
        'id = "growth"',
        "claims.toml:11:1: 'growth' is used twice in claim 'grows'",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_mistake_is_said_with_its_place(tmp_path: Path, case: str) -> None:
    old, new, said = WRONG[case]
    assert old in GOOD
    found = story_problems(tmp_path, GOOD.replace(old, new, 1))
    assert found[0].startswith(said)


def test_wrong_unit_is_ill_posed_and_stays_in_the_story(tmp_path: Path) -> None:
    """A warning for the one who wrote it, a verdict for the one who reads it."""
    found = read_story(bakery(tmp_path, claims_toml=GOOD.replace('unit = "1/year"', 'unit = "percent"')))
    assert "\n".join(str(problem) for problem in found.problems) == (
        "claims.toml:26:1: ill-posed: GROWTH(base.shop.income, 0, 5) is 1/year, not a plain number\n"
        '   26 | formula = "GROWTH(base.shop.income, 0, 5)"\n'
        "        ^^^^^^^\n"
        "  fix: compare what counts the same"
    )
    assert found.problems[0].severity == "warning"
    assert found.claims[0].checks[0].comparison is None


def test_a_claim_with_an_error_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    text = GOOD + '[[claim]]\nid = "other"\nsays = "Two and two are four."\n'
    text += '[[claim.check]]\nformula = "2 + 2"\ncomparator = "about"\nbound = 4\n'
    story = read_story(bakery(tmp_path, claims_toml=text.replace("AT(data.income, 2)", "AT(data.x, 2)")))
    assert [claim.id for claim in story.claims] == ["other"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            'value = 2, high = -1, low = -3, status = "assumed"',
            "low, value and high of guess are -3, 2, -1\n    6 | guess = { value = 2",
        ),
        ("value = 1, high = 0", "low, value and high of guess are 1, 0"),
        (
            'value = 1, low = -1, high = 2, status = "assumed", distribution = "lognormal"',
            "guess is lognormal, so it is above 0, but its range begins at -1",
        ),
    ],
)
def test_range_of_a_given_number_that_cannot_be_meant(tmp_path: Path, given: str, message: str) -> None:
    """It is said with its line, and nothing is drawn from it."""
    text = (
        '[[claim]]\nid = "one"\nsays = "It is."\n\n[claim.given]\n'
        f'guess = {{ {given}, reason = "nobody knows" }}\n'
        '[[claim.check]]\nformula = "guess"\ncomparator = ">"\nbound = 0\n'
    )
    (problem,) = read_story(bakery(tmp_path, claims_toml=text)).problems

    assert str(problem).startswith("claims.toml:6:")
    assert message in str(problem)


@pytest.mark.parametrize(("low", "high"), [(-3.0, -1.0), (-1.0, 2.0), (0.0, 4.0)])
def test_a_given_number_that_may_be_zero_or_less_is_normal(tmp_path: Path, low: float, high: float) -> None:
    """Where no shape is declared; its ends are its 5 and 95 % quantiles."""
    text = (
        '[[claim]]\nid = "one"\nsays = "It is."\n[claim.given]\n'
        f"guess = {{ value = {(low + high) / 2}, low = {low}, high = {high}, "
        'status = "assumed", reason = "nobody knows" }\n'
        '[[claim.check]]\nformula = "guess"\ncomparator = ">"\nbound = 100\n'
    )
    (claim,) = read_story(bakery(tmp_path, claims_toml=text)).claims
    number = claim.given["guess"].number

    assert (number.family, number.low, number.high) == ("normal", low, high)
