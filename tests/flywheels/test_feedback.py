"""A flywheel's loops, wheel and verdict: what they say, and that they change with the numbers."""

from pathlib import Path

import numpy as np
import pytest

from putar.analysis.dominance import dominance
from putar.flywheels.auditing import audit
from putar.flywheels.catalogue import find
from putar.flywheels.feedback import find_feedback
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import design_of
from putar.flywheels.stalling import stall_margins
from putar.study import Study, load
from tests.formats.foreign import FEATURES, files, open_file

SHIPPED = "openai-compute"

WHEEL = """time 0 to 10 step 0.125 : year
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
constant reinvested : dmnl = {reinvested}
constant price : USD/oven = 100
constant life : year = 10
"""


def bakery(folder: Path, reinvested: float) -> Study:
    """A wheel that turns by itself where more than a quarter of its income is put into ovens."""
    path = folder / "bakery.putar"
    path.write_text(WHEEL.format(reinvested=reinvested), encoding="utf-8")
    return load(path)


def test_numbers_of_a_wheel_of_one_stock(tmp_path: Path) -> None:
    """R is gain over loss; the margin of each link of the loop is 1 - 1/R."""
    found = bakery(tmp_path, 0.5).loops().wheel

    assert found is not None
    assert found.number.value == pytest.approx(2.0, rel=1e-12)
    assert found.uniform.value == pytest.approx(0.5, abs=1e-8)
    margins = {(m.source, m.target): m.margin for m in found.margins}
    assert margins["income", "building"].value == pytest.approx(0.5, abs=1e-8)
    assert margins["wearing", "ovens"].overload == pytest.approx(1.0, rel=1e-6)
    assert found.windows[0].rate == pytest.approx(found.rate, rel=1e-9)


def test_rate_over_members(tmp_path: Path) -> None:
    """The wheel spins in the members whose margin is above 20; the lead goes with the one constant drawn."""
    found = bakery(tmp_path, 0.3).loops(members=400, seed=3)
    assert found.wheel_spread is not None
    assert found.spread is not None

    assert found.wheel_spread.spins == pytest.approx((60 - 100 / 3) / 40, abs=0.2)
    assert [flip.parameter for flip in found.spread.flips] == ["margin"]
    gaining = next(n for n, loop in enumerate(found.finding.main) if "building" in loop.variables)
    assert found.lead_probability[:, gaining] == pytest.approx((60 - 100 / 3) / 40, abs=0.05)


def test_margins_over_members(tmp_path: Path) -> None:
    """With half of the income reinvested a link's margin is 1 - 20 / margin in each of the members."""
    study = bakery(tmp_path, 0.5)
    spread = study.loops(members=400, seed=3).wheel_spread
    assert spread is not None
    income, wearing = spread.links["income", "building"], spread.links["wearing", "ovens"]
    drawn = design_of(study.flywheel, RunSpec(members=spread.members, seed=3)).segments[0].parameters
    exact = 1.0 - 20.0 / drawn[study.flywheel.program.parameters.index("margin")]

    assert spread.spins == 1.0
    assert income.points == pytest.approx(np.quantile(exact, (0.05, 0.5, 0.95)), abs=1e-3)
    assert income.small == pytest.approx((exact < 0.2).mean(), abs=1e-12)
    assert spread.uniform.points == pytest.approx(income.points, abs=1e-3)
    assert income.weakest == 1.0
    assert wearing.weakest == 0.0
    assert wearing.points == (1.0, 1.0, 1.0)  # it holds the wheel back; the wheel turns without it


def test_margins_of_members_that_stand(tmp_path: Path) -> None:
    """Where most members stand there are no points, and they count among the small margins."""
    spread = bakery(tmp_path, 0.2).loops(members=100, seed=3).wheel_spread
    assert spread is not None
    income = spread.links["income", "building"]

    assert income.points is None
    assert income.small >= 1.0 - spread.spins


def test_lead_probability_sums_to_one() -> None:
    """At each time the loops' probabilities, with that of nobody, sum to one; shares lie in [-1, 1]."""
    document = load(SHIPPED).loops(members=30, seed=1).as_json()
    lead = document["lead_probability"]
    assert isinstance(lead, dict)

    assert np.array(lead["probability"]).sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    assert len(lead["probability"][0]) == len(lead["loops"])
    assert lead["times"] == document["times"]
    for loop in document["loops"]:  # type: ignore[attr-defined]
        assert len(loop["share"]) == len(lead["times"])
        assert np.abs(loop["share"]).max() <= 1.0 + 1e-9


def test_scores_of_the_kernel_are_those_of_the_run() -> None:
    """An ensemble of the central values has, in every member, the shares of the single run."""
    flywheel = find(SHIPPED)
    single = find_feedback(flywheel, RunSpec(), rates=False)
    found = dominance(single.finding, flywheel.formulas, design_of(flywheel, RunSpec()), save_every=16)
    inside = np.array([loop.share[single.rows] for loop in single.finding.main]).T
    kept = single.finding.shares
    main = [n for n, circuit in enumerate(kept.circuits) if circuit.partition == 0]
    carried = np.abs(kept.share[single.rows][:, main]).sum(axis=1)[:, None]  # the rest is not scored again

    assert found.middle == pytest.approx(inside / carried, abs=2e-6)


def test_shipped_loops_have_their_names() -> None:
    """The named loops of both flywheels are found."""
    named = {loop.id for loop in find_feedback(find(SHIPPED), RunSpec(), rates=False).finding.loops}
    assert {"R1", "R2", "B2", "B3", "B5", "B6"} <= named
    other = {
        loop.id for loop in find_feedback(find("tesla-xai-spacex"), RunSpec(), rates=False).finding.loops
    }
    assert {"R1", "R2", "B3", "B6"} <= other


def test_margins_by_simulation() -> None:
    """Each link has a margin in [0, 1] or none, and a sentence."""
    flywheel = find(SHIPPED)
    for protocol in flywheel.protocols:
        found = stall_margins(flywheel, protocol, RunSpec())
        assert set(found) == {form.id for form in flywheel.links}
        for stall in found.values():
            assert stall.why
            assert stall.margin is None or 0.0 <= stall.margin <= 1.0
            assert stall.half is None or 0.0 <= stall.half <= 1.0


def test_what_turns_the_lead_and_at_which_value(tmp_path: Path) -> None:
    """Building leads where an oven earns more than 33: the one constant drawn, parted just there."""
    found = bakery(tmp_path, 0.3).loops(members=400, seed=3)
    assert found.spread is not None
    (flip,) = found.spread.flips
    gaining = next(loop.id for loop in found.finding.main if "building" in loop.variables)

    assert found.spread.contested_loop == gaining
    assert flip.parameter == "margin"
    assert flip.correlation == pytest.approx(1.0, abs=1e-9)
    assert flip.at == pytest.approx(100 / 3, abs=0.5)
    assert (flip.below, flip.above) == (0.0, 1.0)


@pytest.mark.parametrize("feature", FEATURES)
def test_every_small_model_has_loops_and_an_audit_or_a_reason(feature: str) -> None:
    """Whatever a Vensim or XMILE model uses, its loops are found in it, or it is said that there are none."""
    flywheel = open_file(files(feature)[0])
    found = find_feedback(flywheel, RunSpec())

    assert bool(found.finding.graph.inner) == (found.wheel is not None)
    assert np.isfinite(found.finding.shares.share).all()
    assert audit(flywheel)[0].check == "closed path"
