"""What a value is made of: a bakery reckoned by hand, the mistakes of its file, and the shipped flywheel."""

from pathlib import Path

import pytest

from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import simulate
from putar.flywheels.worth import Worth, find_worth
from tests.flywheels.bakery import FILES, bakery, problems
from tests.flywheels.tesla import base, flywheel, links, run

SHOP = (
    FILES["shop.putar"]
    + """
aux taken[product] : euro/year = sales[product] / 2
  ; up to the end

aux later[product] : euro/year = sales[product] / 4
  ; after it

aux factor : dmnl = 1 - resale_share
  ; half

aux rate : dmnl = resale_share / 5
  ; a tenth

aux worth : euro/year = SUM(taken[*]) + SUM(later[*])
  ; three quarters of income
"""
)
VALUATION = """[valuation]
variable = "shop.worth"
present = "shop.taken"
terminal = "shop.later"
closing = "shop.sales"
discount = "shop.rate"
factor = "shop.factor"
parts = { bread = "Bread", cake = "Cake" }

[[valuation.stated]]
title = "the books"
facts = ["INCOME_1", "INCOME_2"]
"""


def told(text: str = VALUATION) -> dict[str, str]:
    """The bakery's files with a value that is made of parts."""
    questions = FILES["flywheel.toml"].replace('[valuation]\nvariable = "shop.income"\n', text)
    return {"flywheel_toml": questions, "shop_putar": SHOP}


def worth(folder: Path, apart: float | None = None) -> Worth:
    shop = bakery(folder, **told())
    found = find_worth(shop, simulate(shop, RunSpec()), apart)
    assert found is not None
    return found


def test_parts_and_what_the_end_assumes(tmp_path: Path) -> None:
    """Later is a quarter of sales seen at half its size: half a year's, so growth is (.05 - 1) / 1.5."""
    found = worth(tmp_path, apart=1000.0)
    bread, cake = found.parts

    assert (bread.title, cake.title) == ("Bread", "Cake")
    assert (bread.multiple, cake.multiple) == pytest.approx((0.5, 0.5))
    assert bread.growth == pytest.approx((0.1 * 0.5 - 1) / 1.5)
    assert bread.value / cake.value == pytest.approx(7 / 9)
    assert sum(part.value for part in found.parts) == pytest.approx(found.whole)
    assert found.terminal_share == pytest.approx(1 / 3)


def test_document_says_when_the_end_is_most_of_it(tmp_path: Path) -> None:
    """A third is not most; the sum of the facts is 3.8 keuro a year, counted in euro."""
    row = worth(tmp_path, apart=1000.0).as_json()

    assert (row["mostly_terminal"], row["apart"]) == (False, 1000.0)
    assert row["stated"] == [
        {"title": "the books", "value": pytest.approx(3800), "times": pytest.approx(3800 / row["whole"])}
    ]


def test_nothing_is_said_where_nothing_is_named(tmp_path: Path) -> None:
    """A value without parts, and a run that failed."""
    plain = bakery(tmp_path)
    assert find_worth(plain, simulate(plain, RunSpec())) is None
    lost = run({"finance.discount_rate": 0.03})
    assert find_worth(flywheel(), lost) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('present = "shop.taken"\n', "", "what the value is made of is named in part"),
        ('"shop.taken"', '"shop.takn"', "unknown variable 'shop.takn'"),
        ('{ bread = "Bread", cake = "Cake" }', '{ bread = "Bread" }', "the parts of shop.taken are others"),
        ('["INCOME_1", "INCOME_2"]', '["INCOME_3"]', "unknown fact 'INCOME_3'"),
        ('["INCOME_1", "INCOME_2"]', '["POWER"]', "POWER is in kW, the value in another kind of unit"),
        ('["INCOME_1", "INCOME_2"]', '["OPENED"]', "OPENED is in date, the value in another kind of unit"),
        ('["INCOME_1", "INCOME_2"]', "[]", "'the books' is stated by no fact"),
    ],
)
def test_mistakes_are_pointed_at(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Half a declaration, unknown names, other parts, and facts that cannot be added."""
    assert old in VALUATION
    found = problems(tmp_path, **told(VALUATION.replace(old, new)))

    assert any(said in text and text.startswith("flywheel.toml:") for text in found), found


def test_shipped_value_is_mostly_an_assumption_about_its_end() -> None:
    """The parts of the base run; Tesla's end takes growth for granted that the model caps."""
    whole, apart = (find_worth(flywheel(), ran) for ran in (base(), run(cut=links())))
    assert whole is not None
    assert apart is not None
    tesla, space, ai = whole.parts

    assert [round(part.present) for part in whole.parts] == [5, 84, -117]
    assert [round(part.terminal) for part in whole.parts] == [161, 182, 0]
    assert whole.terminal_share == pytest.approx(1.088, abs=5e-4)
    assert tesla.multiple == pytest.approx((1.03 + 3 * (0.25 - 0.03)) / 0.07)
    assert 0.03 < (space.growth or 0) < (tesla.growth or 0) < whole.discount
    assert (ai.multiple, ai.growth) == (None, None)
    assert whole.stated == {"the article's three firms": 2250.0, "the market in June 2026": 3620.0}
    assert whole.whole - apart.whole == pytest.approx(67.8251, rel=1e-5)
