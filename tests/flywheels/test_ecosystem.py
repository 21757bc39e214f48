"""What the flywheels share, and what one may be fed from another."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import putar
from putar.errors import UsageError
from putar.flywheels.catalogue import find, names
from putar.flywheels.ecosystem import shared_constants, shared_units
from putar.flywheels.feeds import joined
from putar.flywheels.located import read_toml
from tests.flywheels.bakery import FILES, bakery, problems


@cache
def shipped() -> tuple[putar.Study, putar.Study]:
    study = putar.load("openai-compute")
    return study, study.joined("xai")


def test_an_hour_is_one_hour_everywhere() -> None:
    """Both flywheels take it from one place, and the constant beside it says the same."""
    for name in names():
        flywheel = find(name)
        told = {unit.name: unit.definition for unit in flywheel.model.units}
        common = {unit: text for unit, text in told.items() if unit in shared_units()}
        assert all((text or "base") == shared_units()[unit] for unit, text in common.items()), name

    assert shared_units()["hour"] == f"year/{shared_constants()['hours_in_a_year']['value']:g}"


def test_every_shared_constant_is_used_and_sourced() -> None:
    """Some flywheel reads it, the chips' progress and hardware both do; its facts are those of flywheels."""
    users: dict[str, list[str]] = {name: [] for name in shared_constants()}
    for name in names():
        flywheel = find(name)
        read = read_toml(flywheel.path / "parameters.toml", [])
        tables = [t for room in read.data.values() for t in (room, *room.values()) if isinstance(t, dict)]
        for table in tables:
            if isinstance(table.get("shared"), str):
                users[table["shared"]].append(name)
        known = [f for told in shared_constants().values() for f in told.get("facts", ())]
        mine = [fact.partition(":")[2] for fact in known if fact.startswith(f"{name}:")]
        assert [fact for fact in mine if fact not in flywheel.facts] == []

    assert [name for name, found in users.items() if not found] == []
    assert users["chip_progress"] == users["hardware_per_gigawatt"] == list(names())


def test_a_constant_takes_what_it_does_not_say(tmp_path: Path) -> None:
    """Value, range and reason come from the shared one; a unit of its own stays its own."""
    text = FILES["parameters.toml"] + '\n[shop.progress]\nshared = "chip_progress"\n'
    told = bakery(tmp_path, parameters_toml=text).model["shop.progress"].parameter

    assert (told.value, told.low, told.high, told.status, told.facts) == (0.35, 0.2, 0.5, "estimated", ())
    assert told.distribution is not None
    assert told.reason.startswith("Growth of computing per watt")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('shared = "chip_progres"', "unknown shared constant 'chip_progres'"),
        ('shared = "chip_progress"\nvalue = 0.3', "a value of its own for the shared chip_progress"),
        ('shared = "chip_progress"\nvalu = 0.3', "unknown key 'valu'"),
    ],
)
def test_mistakes_are_pointed_at(tmp_path: Path, entry: str, said: str) -> None:
    """An unknown name, a departure without a reason, an unknown key."""
    told = problems(tmp_path, parameters_toml=FILES["parameters.toml"] + f"\n[shop.progress]\n{entry}\n")

    assert any(said in text and text.startswith("parameters.toml:") for text in told), told


def test_unknown_shared_unit(tmp_path: Path) -> None:
    """A unit that nobody shares is said."""
    told = problems(
        tmp_path, flywheel_toml=FILES["flywheel.toml"].replace('loaf = "base"', 'loaf = "shared"')
    )

    assert any("unknown shared unit 'loaf'" in text for text in told)


# feeds ---------------------------------------------------------------------------------------------


def test_a_fourth_rival_takes_a_part_of_the_market() -> None:
    """Joined, xAI's training hardware is that of its own flywheel, and the laboratory earns a little less."""
    apart, together = (study.run().ensemble for study in shipped())
    source = putar.load("tesla-xai-spacex").run().ensemble
    dates = [2024.0, 2026.5, 2030.0, 2032.0]

    assert shipped()[1].flywheel.title == f"{shipped()[0].flywheel.title}, with xAI as a fourth rival"
    fed = together.at("capability.fourth_rival_hardware", dates)[:, 0]
    assert fed == pytest.approx(source.at("models.training_hardware", dates)[:, 0], rel=1e-12)
    assert not apart.series("capability.fourth_rival_hardware").any()
    before, after = (run.at("money.enterprise_revenue[openai]", 2030.0)[0] for run in (apart, together))
    assert 0.95 * before < after < before
    rival = together.at("capability.fourth_rival_capability", dates)[:, 0]
    assert (rival < together.at("capability.frontier", dates)[:, 0]).all()


def test_nobody_in_the_race_changes_nothing() -> None:
    """Without the join a better xAI moves no other number, to the last bit."""
    study, _ = shipped()
    plain = study.run(save=["money.run_rate", "users.weekly_users"]).ensemble
    moved = study.run(
        set={"money.fourth_rival_preference": 0.2, "capability.hardware_per_gigawatt": 0.5},
        save=["money.run_rate", "users.weekly_users"],
    ).ensemble

    assert np.array_equal(plain.values, moved.values)


def test_feeds_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    """An unknown feed, a source without the variable, and another unit."""
    study, _ = shipped()
    curve = "\ncurve price_path : euro = TIME\n  points (0, 1) (10, 1)\n  status assumed\n  ; a path\n"
    feed = '\n[[feed]]\nid = "x"\ntitle = "X"\nfrom = "b"\nvariable = "{}"\ncurve = "shop.price_path"\n'

    def fed(variable: str) -> None:
        told = bakery(
            tmp_path,
            shop_putar=FILES["shop.putar"] + curve,
            flywheel_toml=FILES["flywheel.toml"] + feed.format(variable),
        )
        joined(told, ["x"], lambda _: told)

    with pytest.raises(UsageError, match="openai-compute has no feed 'xia'"):
        study.joined("xia")
    with pytest.raises(UsageError, match=r"bakery has no variable 'shop\.incom'"):
        fed("shop.incom")
    with pytest.raises(UsageError, match=r"shop\.income is in euro/year, shop\.price_path in euro"):
        fed("shop.income")
