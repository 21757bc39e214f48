"""Rivals and the moat: the file and its mistakes, a bakery reckoned by hand, and the shipped table."""

from functools import cache
from pathlib import Path

import pytest

import putar
from putar.errors import UsageError
from putar.flywheels.links import find_links
from putar.flywheels.moat import MoatFinding, find_moat
from putar.flywheels.scenarios import RunSpec
from tests.flywheels.bakery import bakery, problems
from tests.flywheels.tesla import flywheel

MOAT = """
group = "us"
cost_unit = "keuro"
goal = 1.0
varied_by = 0.1

[actors]
us = "Our bakery"
them = "The other bakery"

[[capability]]
name = "ovens"
title = "Ovens"
years = 2
cost = 10
rentable = 0.75
level = { us = 0.8, them = 0.2 }
links = ["own_oven"]
status = "reported"
facts = ["OVEN_PRICE"]
reason = "A list price."

[[capability]]
name = "recipes"
title = "Recipes"
years = 1
cost = 4
rentable = 0
after = ["ovens"]
level = { us = 0.5, them = 0.4 }
links = ["own_oven", "ploughing_back"]
status = "assumed"
reason = "Nobody can taste the difference by more."
"""


def moat(folder: Path, text: str = MOAT) -> MoatFinding:
    told = bakery(folder, moat_toml=text)
    return find_moat(told, find_links(told, told.protocols[0], RunSpec()))


def test_rival_needs_what_it_lacks(tmp_path: Path) -> None:
    """Ovens 3/4 missing take 1.5 years, then recipes 1/5 missing take 0.2; rented ovens lack a quarter."""
    (rival,) = moat(tmp_path).rivals
    build, contract = rival.build, rival.contract

    assert build.missing.tolist() == pytest.approx([0.75, 0.2])
    assert (build.replication.years, build.replication.cost) == pytest.approx((1.7, 8.3))
    assert build.replication.path == ("ovens", "recipes")
    assert (build.large, contract.large) == (1, 0)
    assert (contract.replication.years, contract.replication.cost) == pytest.approx((0.7, 3.3))
    assert build.saved.tolist() == pytest.approx([1.5, 0.2])


def test_share_out_of_reach_follows_the_weakest_need(tmp_path: Path) -> None:
    """A quarter of an oven gives a quarter of its link; the other link needs recipes alone."""
    found = moat(tmp_path)
    own, back = (max(0.0, float(share)) for share in found.links.point.shapley)
    (rival,) = found.rivals

    assert rival.build.share == pytest.approx((0.75 * own + 0.2 * back) / (own + back))
    assert rival.contract.share == pytest.approx((0.25 * own + 0.2 * back) / (own + back))
    assert rival.build.low[3] < rival.build.share < rival.build.high[3]


def test_document_has_the_contract(tmp_path: Path) -> None:
    """The keys that scripts rely on, and what is missing by name."""
    document = moat(tmp_path).as_json()
    (rival,) = document["rivals"]

    assert list(rival) == ["actor", "title", "build", "contract", "gaps", "share_out_of_reach"]
    assert rival["gaps"] == 1
    assert [row["capability"] for row in rival["build"]["missing"]] == ["ovens", "recipes"]
    assert rival["build"]["longest"] == "recipes"
    assert rival["build"]["varied"]["years"]["low"] < rival["build"]["years"]
    assert document["unit"] == {"years": "year", "cost": "keuro"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('group = "us"', 'group = "me"', "moat.toml:2:1: unknown actor 'me'"),
        ('"keuro"', '"kuro"', "moat.toml:3:14: unknown unit 'kuro'"),
        ("them = 0.2", "then = 0.2", "moat.toml:17:1: unknown actor 'then'"),
        ("them = 0.2", "them = 1.2", "moat.toml:17:21: them is at 1.2"),
        (", them = 0.4", "", "moat.toml:30:1: no level of them"),
        ('links = ["own_oven"]', 'links = ["oven"]', "moat.toml:18:1: unknown link 'oven'"),
        ('facts = ["OVEN_PRICE"]', 'facts = ["OVEN"]', "moat.toml:20:1: unknown fact 'OVEN'"),
        ('facts = ["OVEN_PRICE"]\n', "", "moat.toml:19:1: reported, but no fact is cited"),
        ("rentable = 0.75", "rentable = 75", "moat.toml:16:1: rentable is 75"),
        ("years = 2", "years = -2", "moat.toml:14:1: years is -2"),
        ('after = ["ovens"]', 'after = ["oven"]', "moat.toml:29:1: 'oven' does not stand before 'recipes'"),
        ('name = "recipes"', 'name = "ovens"', "moat.toml:24:1: capability 'ovens' is there twice"),
        ("rentable = 0\n", "rentable = 0\nprice = 3\n", "moat.toml:29:1: unknown key 'price'"),
    ],
)
def test_mistakes_are_pointed_at(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Each with its file, line and column."""
    assert old in MOAT
    assert any(text.startswith(said) for text in problems(tmp_path, moat_toml=MOAT.replace(old, new, 1)))


def test_flywheel_without_rivals_says_so(tmp_path: Path) -> None:
    """The question has no answer where nobody is named."""
    with pytest.raises(UsageError, match="names no rivals"):
        putar.Study(bakery(tmp_path)).moat()


# the shipped table ---------------------------------------------------------------------------------

# rival: years, longest, billions, large gaps, share out of reach; by own means, then with contracts
RIVALS = {
    "google": ((8.9, "launch", 63, 3, 0.5263), (2.3, 16, 0, 0.2296)),
    "microsoft_openai": ((9.4, "launch", 133, 5, 0.8070), (4.7, 68, 2, 0.4353)),
    "amazon": ((7.2, "launch", 98, 5, 0.6111), (4.4, 58, 1, 0.4175)),
    "nvidia": ((10.0, "launch", 195, 5, 0.8327), (4.7, 75, 1, 0.4562)),
}


@cache
def shipped() -> MoatFinding:
    return find_moat(flywheel(), find_links(flywheel(), flywheel().protocols[0], RunSpec()))


@pytest.mark.parametrize("actor", RIVALS)
def test_rival_is_so_far_away(actor: str) -> None:
    """Years, cost, large gaps and shares out of reach, as an independent program has them."""
    rival = next(rival for rival in shipped().rivals if rival.actor == actor)
    own, rented = RIVALS[actor]
    build, contract = rival.build, rival.contract

    assert round(build.replication.years, 1) == own[0]
    assert build.replication.longest == own[1]
    assert (round(build.replication.cost), build.large) == own[2:4]
    assert round(contract.replication.years, 1) == rented[0]
    assert (round(contract.replication.cost), contract.large) == rented[1:3]
    assert build.share == pytest.approx(own[4], rel=1e-3)
    assert contract.share == pytest.approx(rented[3], rel=1e-3)


def test_every_link_needs_a_capability() -> None:
    """No link of the shipped flywheel is open to everybody by oversight."""
    needed = {link for capability in shipped().rivalry.capabilities for link in capability.links}

    assert needed == {link.id for link in flywheel().links}
