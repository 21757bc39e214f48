"""Coalitions of links as runs of a model: games whose shares are known, cut dates, draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import putar
from putar.errors import RunError
from putar.flywheels.links import LinkFinding, find_links
from putar.flywheels.questions import Protocol
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import simulate
from putar.runs.design import Change

GAME = """
time 0 to 10 step 0.5 : year
unit item
link left "Left" : a -> b
link right "Right" : a -> b
link third "Third" : b -> a
aux parallel : item = base + links.left * one + links.right * two
aux serial : item = base + links.left * links.right * two
constant base : item = 5
constant one : item = 1
constant two : item = 2
  distribution uniform 1 3
"""


@pytest.fixture
def study(tmp_path: Path) -> putar.Study:
    path = tmp_path / "game.putar"
    path.write_text(GAME, encoding="utf-8")
    return putar.load(path)


def game(study: putar.Study, output: str, members: int = 0, **options: float) -> LinkFinding:
    protocol = Protocol(output, output, options.get("at", 10.0), options.get("cut_from", 0.0))
    return find_links(study.flywheel, protocol, RunSpec(), members)


def test_sh_10_parallel_links_do_not_interact(study: putar.Study) -> None:
    """SH-10: additive links get what they add; no pair has an effect of its own."""
    found = game(study, "parallel").point

    assert found.shapley.tolist() == pytest.approx([1.0, 2.0, 0.0], abs=1e-12)
    assert np.abs(found.pairs).max() < 1e-12


def test_sh_10_serial_links_share_equally(study: putar.Study) -> None:
    """SH-10: links that work only together get the same, and each alone adds nothing."""
    found = game(study, "serial").point

    assert found.shapley.tolist() == pytest.approx([1.0, 1.0, 0.0], abs=1e-12)
    assert found.first.tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    assert found.pairs[0, 1] == pytest.approx(-2.0)  # both cut lose 2, the single cuts 2 each


def test_links_cut_after_the_date_that_is_read_change_nothing(study: putar.Study) -> None:
    """All equals none when the cut comes later."""
    found = game(study, "parallel", at=4.0, cut_from=5.0).point

    assert float(found.all) == float(found.none) == 8.0


def test_bands_come_from_draws_that_all_coalitions_share(study: putar.Study) -> None:
    """The share of a link worth U(1, 3) spreads as U(1, 3); shares add up in each draw."""
    found = game(study, "parallel", members=400)
    spread = found.spread

    assert found.point.shapley[1] == pytest.approx(2.0)
    low, high = np.quantile(spread.shapley[1], [0.05, 0.95])
    assert (low, high) == (pytest.approx(1.1, abs=0.06), pytest.approx(2.9, abs=0.06))
    assert np.allclose(spread.shapley.sum(axis=0), spread.all - spread.none, rtol=1e-12)
    assert found.as_json()["links"][0]["low"] == pytest.approx(1.0)
    row = found.as_json()["links"][1]
    assert (row["low"], row["high"]) == (low, high)


def test_pairs_say_what_both_cuts_cost(study: putar.Study) -> None:
    """Two links that work only together: each cut alone loses 2, both together no more."""
    pairs = {(row["a"], row["b"]): row for row in game(study, "serial").as_json()["pairs"]}

    assert pairs["left", "right"]["loss"] == pytest.approx(2.0)
    assert pairs["left", "right"]["beyond_single"] == pytest.approx(-2.0)


def test_a_scale_acts_on_what_is_drawn(study: putar.Study) -> None:
    """Scaling a drawn constant scales every draw of it."""
    plain = simulate(study.flywheel, RunSpec(members=5), save=("parallel",))
    twice = simulate(
        study.flywheel, RunSpec((Change({"two": 2.0}, scale=True),), members=5), save=("parallel",)
    )

    gain = (twice.values[-1, 0] - 6.0) / (plain.values[-1, 0] - 6.0)
    assert gain.tolist() == pytest.approx([2.0] * 5)


def test_a_scale_from_the_start_is_not_lost_under_later_draws() -> None:
    """Draws that begin on a date keep a scaling that began before it."""
    study = putar.load("openai-compute")
    name = "money.mature_advertising_revenue_per_user"
    options = {"save": ("money.advertising_revenue",), "save_at": (2030.0,)}
    plain = simulate(study.flywheel, RunSpec(members=3), **options)
    none = simulate(study.flywheel, RunSpec((Change({name: 0.0}, scale=True),), members=3), **options)

    assert (plain.values > 0).all()
    assert (none.values == 0).all()


def test_pairs_and_firms_split_the_same_whole() -> None:
    """Singles and pairs add up to the whole, and so do firms; serial links of one firm share its value."""
    study = putar.load("tesla-xai-spacex")
    told = study.links().as_json()
    whole = told["all"] - told["none"]
    singles = sum(row["first"] for row in told["links"])
    unions = {union["firm"]: union for union in told["owen"]["unions"]}
    forms = {form.id: form for form in study.flywheel.links}

    assert singles + sum(pair["value"] for pair in told["taylor_pairs"]) == pytest.approx(whole)
    assert sum(union["value"] for union in unions.values()) == pytest.approx(whole)
    assert told["across"] + told["inside"] == pytest.approx(whole)
    assert round(told["across"]) == -46
    assert unions["SpaceX"]["links"] == ["launch_to_starlink"]
    assert {forms[link].border for link in unions["between firms"]["links"]} == {"across"}
    assert len(told["taylor_pairs"]) == 55


def test_a_question_may_have_its_own_scenario() -> None:
    """The story told right is asked beside the base run, and beside no other scenario."""
    study = putar.load("tesla-xai-spacex")
    *_, told = study.link_protocols()
    other = study.link_protocols("robotaxi_failure")

    assert (told.protocol.scenario, told.point.linchpin) == ("narrative", "x_signal_to_models")
    assert (float(told.point.all), float(told.point.none)) == pytest.approx((4758.15, 2646.19), rel=1e-4)
    assert [one.protocol.scenario for one in other] == [None, None]


@pytest.mark.parametrize(("own", "cut_from"), [(0.0, 0.0), (4.0, 0.0), (0.0, 4.0), (4.0, 4.0)])
def test_a_link_that_the_scenario_cuts_is_cut_in_every_coalition(
    study: putar.Study, own: float, cut_from: float
) -> None:
    """It carries nothing, and the whole is the scenario's own run, whichever of the dates comes first."""
    spec = RunSpec(cuts={"right": own})
    found = find_links(study.flywheel, Protocol("parallel", "", 10.0, cut_from), spec).point
    whole = simulate(study.flywheel, spec, save=("parallel",)).at("parallel", 10.0)

    assert found.shapley.tolist() == pytest.approx([1.0, 0.0, 0.0], abs=1e-12)
    assert float(found.all) == whole[0] == 6.0


def test_a_link_carries_something_until_the_scenario_cuts_it(study: putar.Study) -> None:
    """Read at 3, a link that the scenario cuts from 4 on still counts."""
    spec = RunSpec(cuts={"right": 4.0})
    found = find_links(study.flywheel, Protocol("parallel", "", 3.0, 1.0), spec).point

    assert found.shapley.tolist() == pytest.approx([1.0, 2.0, 0.0], abs=1e-12)


def test_a_date_between_steps_is_read_on_the_line_between_them(tmp_path: Path) -> None:
    """As everywhere: in links, too, a value between two steps lies between theirs."""
    path = tmp_path / "line.putar"
    text = (
        "time 0 to 2 step 0.5 : year\nunit item\nlink a : x -> y\naux level : item = links.a * TIME * one\n"
    )
    path.write_text(text + "constant one : item/year = 1\n", encoding="utf-8")

    assert float(putar.load(path).links("level@1.3").point.all) == pytest.approx(1.3)


def test_draws_in_blocks_are_the_same_draws(study: putar.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many runs stand side by side, each draw meets every set of links with the same constants."""
    one = game(study, "serial", members=5).spread
    monkeypatch.setattr("putar.flywheels.links.BESIDE", 2 << 3)  # two draws of three links at a time
    two = game(study, "serial", members=5).spread

    assert one is not None
    assert two is not None
    assert np.array_equal(one.shapley, two.shapley)
    assert len(set(one.shapley[0].tolist())) == 5


NOISE = """
time 0 to 4 step 0.5 : year
unit item
link left "Left" : a -> b
link right "Right" : a -> b
stock level : item = 0
  inflow growth
flow growth : item/year = rate * RANDOM(0, 1) + links.left * one
constant rate : item/year = 5
  distribution uniform 1 9
constant one : item/year = 1
"""


@pytest.mark.parametrize("members", [0, 3])
def test_all_sets_of_links_meet_the_same_noise(tmp_path: Path, members: int) -> None:
    """What a model draws at random is no difference that a link makes: one item a year for four years."""
    path = tmp_path / "noise.putar"
    path.write_text(NOISE, encoding="utf-8")
    found = putar.load(path).links("level@4", cut_from=0.0, members=members)

    for game in filter(None, (found.point, found.spread)):
        assert np.ravel(game.shapley[0]).tolist() == pytest.approx(
            [4.0] * max(1, members if game is found.spread else 1)
        )
        assert np.ravel(game.shapley[1]).tolist() == pytest.approx(
            [0.0] * np.size(game.shapley[1]), abs=1e-12
        )
    if found.spread is not None:
        assert len(set(np.ravel(found.spread.all).tolist())) == members


FALLS = """
time 0 to 4 step 1 : year
link left "Left" : a -> b
link right "Right" : a -> b
aux level = base / (links.left + links.right)
constant base = 5
"""


def test_a_set_of_links_that_fails_is_named_with_its_reason(tmp_path: Path) -> None:
    """Which links were cut, which variable broke and where; and where all fail, no link is blamed."""
    path = tmp_path / "falls.putar"
    path.write_text(FALLS, encoding="utf-8")
    study = putar.load(path)

    with pytest.raises(RunError) as some:
        study.links("level@4", cut_from=2.0)
    assert str(some.value).startswith(
        "1 of 4 runs fail, the first with left, right at arm's length: level became infinite at 2: 5 / 0"
    )
    with pytest.raises(
        RunError, match="the run fails whichever links are cut: base became not-a-number at 0"
    ):
        study.links("level@4", cut_from=2.0, set={"base": float("nan")})


def test_a_run_that_fails_is_answered_without_links() -> None:
    """The answer says what failed; nothing is attributed, valued or built by rivals."""
    found = putar.load("tesla-xai-spacex").answer(set={"finance.discount_rate": 0.02})

    assert (found.links, found.moat, found.worth) == ((), None, None)
    assert "finance.discount_rate - finance.terminal_growth_rate" in found.verdict.sentence
