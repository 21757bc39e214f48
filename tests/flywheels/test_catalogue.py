"""What is found by a name or a path: all of its problems at once, and nothing that only follows from them."""

from pathlib import Path

import pytest

from putar.errors import ModelErrors
from putar.flywheels.catalogue import find
from tests.flywheels.bakery import FILES, write

CLAIMS = """
[[claim]]
id = "grows"
says = "It grows."
[[claim.check]]
formula = "AT(base.shop.incom, 10)"
comparator = ">"
bound = 1
unit = "euro/year"
"""


def said(folder: Path, **changed: tuple[str, str]) -> list[str]:
    """The first lines of all problems of a bakery in which one text of each file is another."""
    texts = {}
    for key, (old, new) in changed.items():
        name = "flywheel.toml" if key == "flywheel_toml" else key.replace("_", ".")
        whole = {"claims.toml": CLAIMS, **FILES}[name]
        assert whole.count(old) >= 1
        texts[key] = whole.replace(old, new)
    with pytest.raises(ModelErrors) as caught:
        find(write(folder / "bakery", **texts))
    return [str(problem).partition("\n")[0] for problem in caught.value.problems]


def test_problems_of_all_stages_are_told_together(tmp_path: Path) -> None:
    """A broken entry, an unknown name, a unit that does not fit, a question and a claim, in one go."""
    found = said(
        tmp_path,
        parameters_toml=('status = "lever"', 'status = "leaver"'),
        oven_putar=("ploughback * shop.income", "plowback * shop.income"),
        shop_putar=("SUM(sales[*])", "SUM(sales[*]) * oven.capacity"),
        flywheel_toml=('output = "shop.income"', 'output = "shop.incom"'),
        claims_toml=("claim.check", "claim.check"),
    )
    assert [text.split(": ", 1)[0].rpartition(":")[0].partition(":")[0] for text in found] == [
        *("parameters.toml", "flywheel.toml", "oven.putar", "shop.putar", "claims.toml")
    ]
    assert "leaver" in found[0]
    assert "unknown variable 'shop.incom'" in found[1]
    assert "unknown name 'plowback'" in found[2]
    assert "left side 'shop.income' is euro/year" in found[3]
    assert "unknown variable 'shop.incom'" in found[4]


def test_what_follows_from_a_lost_variable_is_not_said(tmp_path: Path) -> None:
    """A stock that cannot be read is asked about in other files; only the stock is wrong."""
    (one,) = said(
        tmp_path, oven_putar=("stock capacity : loaf/year = initial", "stock capacity : loaf/year == ")
    )
    assert one.startswith("oven.putar:4:")


def test_what_follows_from_a_lost_constant_is_not_said(tmp_path: Path) -> None:
    """Neither equations nor levers that name it are wrong."""
    (one,) = said(tmp_path, parameters_toml=("[oven.ploughback]", "[owen.ploughback]"))
    assert one == "parameters.toml:8:2: unknown subsystem 'owen'"


def test_what_follows_from_a_file_that_is_not_toml_is_not_said(tmp_path: Path) -> None:
    """Without any constant no name is called unknown; units of what is left are still checked."""
    found = said(
        tmp_path,
        parameters_toml=('unit = "loaf/year"', "unit = loaf"),
        shop_putar=("SUM(sales[*])", "SUM(sales[*]) * oven.capacity"),
    )
    assert [text.partition(":")[0] for text in found] == ["parameters.toml", "shop.putar"]


def test_a_loop_without_a_stock_is_said_beside_units(tmp_path: Path) -> None:
    """Both are wrong, both are said."""
    found = said(
        tmp_path,
        oven_putar=("ploughback * shop.income / cost_of_capacity", "ploughback * building"),
        shop_putar=("SUM(sales[*])", "SUM(sales[*]) * oven.capacity"),
    )
    assert len(found) == 2
    assert any("oven.building" in text for text in found)
