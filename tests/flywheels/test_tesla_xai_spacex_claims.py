"""The story of the second flywheel: every row of its claims table, with numbers from an independent program.

Expected values were computed by a program that shares no code with this one. Verdicts are computed; they
stand here so that a change of facts or equations is noticed.
"""

import json
import re
from functools import cache

import pytest

from putar.flywheels.claims import Finding, check_claims
from putar.flywheels.facts import fact_key
from tests.flywheels.tesla import flywheel

# claim, check: value and how far it may be off
EXPECTED = {
    ("storage_2025", "quarters"): (46.7, 0.001),
    ("storage_2025", "growth"): (48.7, 0.05),
    ("storage_plan", "sum"): (133, 0.001),
    ("storage_margin", "year"): (29.7, 0.05),
    ("almost_twice", "stated"): (1.95, 0.005),
    ("almost_twice", "after"): (1.41, 0.005),
    ("megapack_order", "spent"): (628, 0.5),
    ("megapack_price", "each"): (1.116, 0.0005),
    ("megapack_price", "kwh"): (286, 0.5),
    ("backbone", "hours"): (1.6, 0.05),
    ("anchor_customer", "share"): (3.4, 0.05),
    ("anchor_customer", "idle"): (0, 0),
    ("colossus", "each"): (1.80, 0.005),
    ("colossus", "seen"): (0.65, 0.001),
    ("homes", "homes"): (818.105, 0.001),
    ("world_money", "broad"): (25, 0.5),
    ("world_money", "notes"): (432, 0.5),
    ("cheap_chips", "bill"): (36, 0.5),
    ("starcloud", "scale"): (1428571, 1),
    ("grok5", "days"): (137, 0.5),
    ("fleet_miles", "miles"): (7.25, 0.001),
    ("fifty_times", "then"): (56, 0.5),
    ("fifty_times", "later"): (41, 0.5),
    ("data_alone", "needed"): (123432, 1),
    ("data_engine", "part"): (29, 0.5),
    ("x_actives", "count"): (550, 0.001),
    ("consensus", "right"): (27.8, 0.05),
    ("optimus_market", "bank"): (5, 0.001),
    ("closed_loop", "let"): (50, 0.01),
    ("closed_loop", "better"): (-116, 0.5),
    ("chip_independence", "saved"): (8.4, 0.05),
    ("above_two", "sum"): (2250, 0.001),
    ("above_two", "market"): (3620, 0.001),
    ("synergy", "premium"): (67.83, 0.01),
    ("synergy", "share"): (3.0, 0.05),
    ("turns_itself", "four"): (0.95, 0.05),
    ("five_companies", "google"): (3, 0),
    ("five_companies", "microsoft"): (5, 0),
    ("five_companies", "amazon"): (5, 0),
    ("five_companies", "nvidia"): (5, 0),
    ("five_companies", "google_rents"): (0, 0),
    ("five_companies", "microsoft_rents"): (2, 0),
    ("five_companies", "amazon_rents"): (1, 0),
    ("five_companies", "nvidia_rents"): (1, 0),
    ("microsoft_bound", "built"): (5, 0),
    ("nvidia_physical", "rented"): (1, 0),
    ("beyond_money", "google"): (8.9, 0.05),
    ("beyond_money", "microsoft"): (9.4, 0.05),
    ("beyond_money", "amazon"): (7.2, 0.05),
    ("beyond_money", "nvidia"): (10.0, 0.05),
    ("beyond_money", "rented"): (4.7, 0.05),
}
# figures that the reasons show, as they are printed
SHOWN = {
    "storage_plan": ("56.3%", "35.1%"),
    "storage_margin": ("28.7%",),
    "megapack_order": ("897",),
    "megapack_price": ("−12.7%",),
    "homes": ("91.7%",),
    "world_money": ("35.7 to 57.1",),
    "starship_load": ("3.65 to 10.5", "95.2 to 274"),
    "v3_link": ("31.2 billion",),
    "grok_now": ("1.58 to 2.24",),
    "ten_billion": ("2026.4", "2026.3"),
    "data_alone": ("609 if it were linear",),
    "x_actives": ("−8.33%",),
    "consensus": ("30%", "27.8%", "31.6%"),
    "optimus_2027": ("1,000 times",),
    "optimus_market": ("1.33 billion robots", "66.7%"),
    "chip_independence": ("fair share is −12.3",),
    "cheaper_power": ("2.24 as its fair share of 67.8",),
    "cannot_fail": ("−34.9", "until 2030.3"),
    "synergy": ("−46.3 as fair shares",),
}
VERDICTS = {
    "holds": (
        *("storage_2025", "storage_plan", "megapack_price", "homes", "nvidia_share", "samsung", "h100_price"),
        *("starlink_satellites", "starlink_licence", "v3_link", "grok_now", "above_two", "ipo_value"),
    ),
    "mixed": (
        *(
            "storage_margin",
            "almost_twice",
            "megapack_order",
            "cheaper_power",
            "colossus",
            "ai5",
            "world_money",
        ),
        *("starcloud", "starlink_endpoints", "grok_in_cars", "fleet_miles", "fifty_times", "data_engine"),
        *("consensus", "synergy", "five_companies", "amazon_fleet", "robot_data", "google_lacks"),
        *("microsoft_bound", "nvidia_physical", "beyond_money"),
    ),
    "refuted": (
        *(
            "backbone",
            "anchor_customer",
            "chip_independence",
            "cheap_chips",
            "orbit_pays",
            "grok5",
            "data_alone",
        ),
        *("flank", "energy_funds"),
        *("ten_billion", "x_actives", "x_training", "optimus_2026", "optimus_2027", "optimus_market"),
        *(
            "closed_loop",
            "turns_itself",
            "cannot_fail",
            "stated_values",
            "waymo_marginal",
            "microsoft_hardware",
        ),
    ),
    "untestable": (
        *("inference_market", "starship_load", "largest_site", "bottleneck", "orbit_power", "fleet_for_xai"),
        *("raw_thought", "amazon_consumers", "one_owner"),
    ),
}
SIDES = {"likely": "holds", "unlikely": "refuted"}


@cache
def findings(members: int) -> dict[str, Finding]:
    """All claims by id."""
    return {finding.id: finding for finding in check_claims(flywheel(), members=members)}


@pytest.mark.parametrize("key", EXPECTED, ids="-".join)
def test_number_agrees_with_the_independent_program(key: tuple[str, str]) -> None:
    claim, name = key
    value, tolerance = EXPECTED[key]
    (found,) = (check for check in findings(0)[claim].checks if check.check.id == name)
    assert found.value == pytest.approx(value, abs=tolerance)


@pytest.mark.parametrize("claim", SHOWN)
def test_reasons_show_the_figures_of_the_independent_program(claim: str) -> None:
    for shown in SHOWN[claim]:
        assert shown in findings(0)[claim].why


def test_sides_at_the_central_values() -> None:
    """On which side each claim lies, likely or certain."""
    expected = {name: verdict for verdict, names in VERDICTS.items() for name in names}
    assert {name: SIDES.get(f.verdict, f.verdict) for name, f in findings(0).items()} == expected


def test_draws_change_no_number_and_give_probabilities() -> None:
    few = findings(12)
    for name, finding in findings(0).items():
        assert [check.value for check in few[name].checks] == [check.value for check in finding.checks]
    drawn = [c for f in few.values() for c in f.checks if c.check.kind == "model" and c.low is not None]
    assert len(drawn) > 20
    assert all(check.probability is not None for check in drawn)


def test_nothing_is_ill_posed_and_every_claim_is_quoted() -> None:
    for finding in findings(0).values():
        assert finding.claim.quote
        assert finding.why
        assert "no number" not in finding.why
        assert all(check.verdict != "ill-posed" for check in finding.checks)


def test_every_number_of_the_article_is_in_a_claim() -> None:
    """Each fact of the article is cited by a claim, or marked as context."""
    cited = {fact_key(fact) for finding in findings(0).values() for fact in finding.facts}
    missing = [name for name in flywheel().facts if re.match("K-", name) and fact_key(name) not in cited]
    assert [name for name in missing if not flywheel().facts[name].context] == []
    assert [name for name in missing if flywheel().facts[name].context] == ["K-50", "K-51", "K-52"]


def test_rows_are_json() -> None:
    rows = [finding.as_json() for finding in findings(12).values()]
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
