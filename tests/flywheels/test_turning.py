"""The verdict of `putar run`: one sentence that changes when the numbers do, for any model."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import putar
from putar.cli import main

OVENS = """time 0 to 10 step 0.125 : year
unit oven
unit USD
stock ovens : oven = 10
  inflow building
  outflow wearing
aux income : USD/year = margin * ovens
flow building : oven/year = reinvested * income / price
flow wearing : oven/year = ovens / life
constant margin : USD/(oven*year) = 40
  range 20 to 60
  distribution uniform 20 60
constant reinvested : dmnl = 0.5
constant price : USD/oven = 100
constant life : year = 10
"""
SPRING = """time 0 to 20 step 0.125 : second
unit metre
stock place : metre = 1
  inflow speed_now
stock speed : metre/second = 0
  inflow pull
flow speed_now : metre/second = speed
flow pull : metre/second^2 = -place / (spring * spring)
constant spring : second = 1
"""
SETTLED = """time 0 to 5 step 0.125 : year
stock level : dmnl = 50
  inflow filling
flow filling : 1/year = (goal - level) / wait
constant goal : dmnl = 50
constant wait : year = 2
"""
CHAIN = "time 0 to 5 step 0.5 : year\nstock sold : dmnl = 0\n  inflow selling\nflow selling : 1/year = rate\n"
LEARNING = """time 2020 to 2025 step 0.125 : year
stock cost : dmnl = 1
  outflow learning
stock plants : dmnl = 1
  inflow building
  outflow wearing
flow learning : 1/year = cost * learned * plants / one
flow building : 1/year = 0.3 / cost / one
flow wearing : 1/year = 0.1 * plants / one
constant learned : dmnl = 0.1
constant one : year = 1
"""
XMILE = """<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
<header><vendor>made</vendor><product version="1">made</product><name>money</name></header>
<sim_specs method="Euler" time_units="Months"><start>0</start><stop>12</stop><dt>0.25</dt></sim_specs>
<model><variables>
<stock name="Money"><eqn>100</eqn><inflow>interest</inflow></stock>
<flow name="interest"><eqn>0.02 * Money</eqn></flow>
</variables></model></xmile>
"""


def verdict(folder: Path, text: str, *words: str, suffix: str = "putar") -> dict[str, Any]:
    """The verdict of `putar run` on a made model."""
    path = folder / f"made.{suffix}"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["run", str(path), "--out", str(folder), "--json", *words])
    found: dict[str, Any] = json.loads(result.stdout)["verdict"]
    assert result.exit_code == ("the run failed" in found["sentence"]), result.output
    return found


def test_a_wheel_that_spins_and_the_same_that_does_not(tmp_path: Path) -> None:
    """Half of the income reinvested spins the wheel up; a fifth does not make good what wears out."""
    turns = verdict(tmp_path, OVENS)
    stands = verdict(tmp_path, OVENS, "--set", "reinvested=0.2")

    assert turns["spins"] is True
    assert turns["rate"] == pytest.approx(math.log1p(0.125 * 0.1) / 0.125, rel=1e-9)
    assert turns["sentence"] == (
        "Yes, it turns by itself: from year 0 to year 10 a push on the whole wheel grows by 10% a year; "
        "its most fragile link, ovens to income, may weaken by 50%."
    )
    assert stands["spins"] is False
    assert stands["rate"] == pytest.approx(math.log1p(-0.125 * 0.02) / 0.125, rel=1e-9)
    assert stands["sentence"] == (
        "No, it does not turn by itself: from year 0 to year 10 a push on the whole wheel fades by 2% a "
        "year; its links would have to be 1.25 times as strong."
    )
    assert turns["rests_on"][0] == (
        "levels: from year 0 to year 10 the stocks that carry the wheel grew by 10% a year, pushed or not"
    )


def test_with_members_the_sentence_says_how_sure_it_is(tmp_path: Path) -> None:
    """Three tenths reinvested turn the wheel where an oven earns more than 33."""
    found = verdict(tmp_path, OVENS, "--set", "reinvested=0.3", "--members", "60")
    share = int(found["sentence"].partition(" turns in ")[2].partition("%")[0])

    assert found["sentence"].endswith("% of 60 draws.")
    assert share == pytest.approx(100 * (60 - 100 / 3) / 40, abs=20)


def test_with_members_the_leader_is_told_with_its_share_over_draws(tmp_path: Path) -> None:
    """Half reinvested: building leads in every draw, with the middle of its shares, about two thirds."""
    found = verdict(tmp_path, OVENS, "--members", "60")["rests_on"][-1]

    assert "the loop that leads longest, on average over these dates in 100% of the draws, is ovens" in found
    assert "ovens → building (R, 6" in found


def test_a_spring_swings(tmp_path: Path) -> None:
    """A push on a spring comes and goes; by Euler's method it grows as it does."""
    found = verdict(tmp_path, SPRING)

    assert found["spins"] is False
    assert found["sentence"].startswith(
        "No, it swings rather than turning by itself: from second 0 to second 20 a push on the whole wheel "
        "swings to and fro and grows by 6.4% a second"
    )


def test_what_is_at_rest_is_left_open(tmp_path: Path) -> None:
    """A stock at its goal: there is a loop, and it does not act."""
    found = verdict(tmp_path, SETTLED)

    assert found["spins"] is None
    assert found["sentence"] == "Open, the model is at rest: nothing moves, so no loop acts."


def test_what_does_not_close_cannot_turn(tmp_path: Path) -> None:
    """A chain without a way back; the inside of an average is no way back."""
    average = "aux seen : dmnl = SMTH3(sold, wait)\nconstant wait : year = 2\nconstant rate : 1/year = 1\n"
    found = verdict(tmp_path, CHAIN + average)

    assert found["spins"] is False
    assert found["sentence"].startswith("No, nothing here closes: no variable acts on itself")


def test_a_stock_that_falls_as_the_wheel_turns_is_named(tmp_path: Path) -> None:
    """Plants teach, learning lowers cost, a lower cost builds plants: the wheel turns and cost goes down."""
    found = verdict(tmp_path, LEARNING)

    assert found["spins"] is True
    assert found["sentence"].startswith(
        "Yes, it turns by itself: from the start of 2020 to the start of 2025 "
    )
    assert "the other way" in found["sentence"]


def test_an_imported_model_is_judged_as_well(tmp_path: Path) -> None:
    """Money at interest, in XMILE."""
    found = verdict(tmp_path, XMILE, suffix="xmile")

    assert found["spins"] is True
    assert "from month 0 to month 12 a push on the whole wheel grows by 2% a month" in found["sentence"]
    assert "its most fragile link, money to interest, would have to be cut" in found["sentence"]


def test_a_run_that_fails_is_no_verdict(tmp_path: Path) -> None:
    """A value that becomes infinite is named, and nothing is said of the wheel."""
    text = "time 0 to 20 step 0.5 : year\nstock x : dmnl = 1\n  inflow gain\nconstant one : year = 1\n"
    found = verdict(tmp_path, text + "flow gain : 1/year = EXP(x) / one\n")

    assert found["spins"] is None
    assert found["sentence"].startswith("Open, the run failed: ")


EPIDEMIC = """time 0 to 100 step 0.25 : day
unit person
stock susceptible : person = 990
  outflow infecting
stock infected : person = 10
  inflow infecting
  outflow recovering
flow infecting : person/day = spread * susceptible * infected / population
flow recovering : person/day = infected / duration
constant spread : 1/day = 0.5
constant population : person = 1000
constant duration : day = 7
"""


def test_a_wheel_that_took_off_and_ran_out_tells_both(tmp_path: Path) -> None:
    """An epidemic: no push lasts over the whole run, yet one case made more until the susceptible ran out.

    One case grows while spread * susceptible / population > 1 / duration, that is above 286 susceptible;
    at the start by 0.5 * 0.99 - 1/7 = 0.352 a day, which is 42 % a day; less over the first five days.
    """
    found = verdict(tmp_path, EPIDEMIC)["sentence"]

    assert found.startswith("No, it does not turn by itself: from day 0 to day 100 ")
    assert "; but from day 0 to day 10 a push grew, by up to 37% a day" in found


def test_what_the_verdict_rests_on_are_results() -> None:
    """The two tests of the shipped flywheel with their numbers; the share of a push and its amount agree."""
    said = putar.load("openai-compute").answer().contract["verdict"]["rests_on"]  # type: ignore[index, call-overload]
    push, cut = said[0], said[1]
    left = float(re.search(r"As an amount ([\d.]+)% of it is left after one year", push)[1])  # type: ignore[index]
    grew = float(re.search(r"capacity itself is ([\d.]+) times as large", push)[1])  # type: ignore[index]
    first, second = map(float, re.search(r"extra (\d+)% of capacity, ([\d.]+),", push).groups())  # type: ignore[union-attr]
    fades = float(re.search(r"a push on the whole wheel fades by (\d+)% a year", said[2])[1])  # type: ignore[index]

    assert second / first == pytest.approx(
        left / 100 / grew, rel=0.05
    )  # the extra tenth is told to a whole percent
    assert 100 - left == pytest.approx(fades, abs=1.0)
    assert re.search(r"keeps 2\.\d+%; a wheel that turns by itself keeps at least 50%", cut)


def test_one_stock_is_one(tmp_path: Path) -> None:
    """No plural of one."""
    found = verdict(tmp_path, OVENS)["rests_on"]

    assert any("a push on the 1 stock of the wheel grows by 10% a year" in ground for ground in found)


def test_a_wheel_of_too_many_stocks_is_said_to_be_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of which no rates are computed, though its loops are."""
    monkeypatch.setattr("putar.analysis.wheel.LARGEST", 0)
    path = tmp_path / "ovens.putar"
    path.write_text(OVENS, encoding="utf-8")
    result = CliRunner().invoke(main, ["run", str(path), "--out", str(tmp_path)])

    assert result.exit_code == 0
    assert "too many stocks" in " ".join(result.stdout.split())
