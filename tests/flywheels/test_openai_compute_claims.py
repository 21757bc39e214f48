"""The story of the compute flywheel: its eleven claims, with numbers found by an independent program.

Expected values are those of the specification's claims table, computed by a program that shares no code
with this one. Verdicts are computed; they stand here so that a change of facts or equations is noticed.
"""

import json
from functools import cache

import pytest

from putar.flywheels.catalogue import find
from putar.flywheels.claims import Finding, check_claims

# claim, check: value and how far it may be off
EXPECTED = {
    ("launch_32", "panel"): (33.35, 0.01),
    ("launch_32", "rise"): (29.8, 0.1),
    ("launch_32", "caused"): (12.3, 0.1),
    ("compute_moved", "short"): (77, 1),
    ("compute_moved", "needed"): (77 - 66, 1),
    ("future_sacrificed", "moderate"): (3.2, 0.1),
    ("future_sacrificed", "severe"): (11.8, 0.1),
    ("future_sacrificed", "rule"): (2.1, 0.1),
    ("flywheel", "carries"): (7.9, 0.1),
    ("flywheel", "grows"): (0.0, 0.05),
    ("flywheel", "reinvested"): (100 * 0.3 / 19.9, 0.3),
    ("flywheel", "alone"): (100 * 0.6 / 20.6, 0.4),
    ("revenue_tracks_compute", "capability"): (100 * 7.9 / 11.0, 0.7),
    ("revenue_tracks_compute", "half"): (100 * 5.8 / 11.0, 0.7),
    ("revenue_tracks_compute", "calendar"): (100 * 3.7 / 10.9, 0.7),
    ("revenue_far_from_enough", "covered"): (38.4, 0.1),
    ("revenue_far_from_enough", "announced"): (70, 0.01),
    ("revenue_far_from_enough", "revised"): (24, 0.01),
    ("revenue_far_from_enough", "price"): (13.33, 0.01),
    ("money_goes_round", "round"): (65.6, 0.1),
    ("money_goes_round", "oracle"): (57.4, 0.1),
    ("money_goes_round", "microsoft"): (45, 0.01),
    ("money_goes_round", "bill"): (47, 0.5),
    ("only_scale", "mostly"): (100 * 1.62 / 2.98, 0.3),
    ("fell_behind", "share"): (22.2, 0.01),
    ("fell_behind", "close"): (21 / 30.4, 0.06),
    ("demand_outruns_capacity", "paid"): (0, 0.01),
    ("demand_outruns_capacity", "paid_worst"): (0, 0.01),
    ("demand_outruns_capacity", "free"): (39, 0.6),
    ("demand_outruns_capacity", "ahead"): (12, 0.6),
    ("demand_outruns_capacity", "hungry"): (100, 0.6),
    ("ahead_of_the_curve", "run_rate"): (146 - 142, 1),
    ("ahead_of_the_curve", "value_4x"): (-10 - 2, 1),
    ("ahead_of_the_curve", "value_8x"): (276 - 256, 1),
}
VERDICTS = {
    "launch_32": "mixed",
    "compute_moved": "holds",
    "future_sacrificed": "refuted",
    "flywheel": "mixed",
    "revenue_tracks_compute": "mixed",
    "revenue_far_from_enough": "holds",
    "money_goes_round": "mixed",
    "only_scale": "mixed",
    "fell_behind": "mixed",
    "demand_outruns_capacity": "mixed",
    "ahead_of_the_curve": "mixed",
}


@cache
def findings(members: int) -> dict[str, Finding]:
    """All claims by id."""
    return {finding.id: finding for finding in check_claims(find("openai-compute"), members=members)}


@pytest.mark.parametrize("key", EXPECTED, ids="-".join)
def test_number_agrees_with_the_independent_program(key: tuple[str, str]) -> None:
    claim, name = key
    value, tolerance = EXPECTED[key]
    (found,) = (check for check in findings(0)[claim].checks if check.check.id == name)
    assert found.value == pytest.approx(value, abs=tolerance)


def test_verdicts_at_the_central_values() -> None:
    assert {name: finding.verdict for name, finding in findings(0).items()} == VERDICTS


def test_nothing_is_ill_posed_and_every_claim_is_quoted() -> None:
    for finding in findings(0).values():
        assert finding.claim.quote
        assert finding.facts
        assert finding.why
        assert "no number" not in finding.why
        assert all(check.verdict != "ill-posed" for check in finding.checks)


def test_central_values_do_not_depend_on_members() -> None:
    """Draws add bands and probabilities; the computed value stays that of the central run."""
    few = findings(20)
    for name, finding in findings(0).items():
        assert [check.value for check in few[name].checks] == [check.value for check in finding.checks]
    drawn = [check for finding in few.values() for check in finding.checks if check.low is not None]
    assert drawn
    assert all(check.low <= check.high for check in drawn if check.low is not None and check.high is not None)


def test_facts_alone_need_no_draws_of_runs() -> None:
    """Arithmetic has the same P whatever the members."""
    for name, finding in findings(0).items():
        for one, other in zip(finding.checks, findings(20)[name].checks, strict=True):
            if one.check.kind != "model":
                assert one.probability == other.probability


def test_rows_are_json() -> None:
    rows = [finding.as_json() for finding in findings(20).values()]
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
