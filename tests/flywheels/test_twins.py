"""Constants that the past cannot tell apart: two structures, two causes, two futures."""

from dataclasses import replace
from pathlib import Path

import pytest

from putar.flywheels.auditing import audit
from putar.flywheels.checks import Check
from putar.study import load

MODEL = """time 0 to 20 step 0.125 : year
stock users : dmnl = 100
  inflow joining
  inflow extra
  outflow leaving
flow joining : 1/year = pull * ((1 - by_calendar) * users + by_calendar * calendar)
flow leaving : 1/year = users / stay
flow extra : 1/year = late * users
aux calendar : dmnl = 100 * EXP(0.1 * TIME / one)
aux late : 1/year = IF TIME < turn THEN 0 ELSE boost
constant pull : 1/year = 0.2
constant by_calendar : dmnl = 0
  range 0 to 1
constant boost : 1/year = 0.1
  range 0.05 to 0.2
constant stay : year = 10
  range 5 to 20
constant one : year = 1
constant turn : year = 12
"""


def twins(folder: Path) -> dict[str, Check]:
    """The findings about twins, by constant."""
    path = folder / "made.putar"
    path.write_text(MODEL, encoding="utf-8")
    flywheel = replace(load(path).flywheel, now=10.0)
    return {check.variables[0]: check for check in audit(flywheel) if check.check.startswith("same ")}


def test_two_structures_that_fit_the_same_data(tmp_path: Path) -> None:
    """Users who draw users, or a calendar that grows as they did: one past, and wheels that differ."""
    found = twins(tmp_path)["by_calendar"]

    assert found.check == "same data, other structure"
    assert "with 1 nothing runs from users to joining" in found.what
    assert found.numbers["past"] < 0.02
    assert found.numbers["low_rate"] == pytest.approx(0.1, abs=0.05)
    assert found.numbers["high_rate"] == pytest.approx(-0.1, abs=0.05)


def test_what_has_not_happened_yet_is_not_known(tmp_path: Path) -> None:
    """A boost that comes after today leaves the past as it is and the end open."""
    found = twins(tmp_path)["boost"]

    assert found.check == "same past, other future"
    assert found.numbers["past"] == 0.0
    assert found.numbers["high"] > 1.2 * found.numbers["low"]


def test_what_the_past_tells_apart_is_no_twin(tmp_path: Path) -> None:
    """How long users stay shows in what has happened."""
    assert "stay" not in twins(tmp_path)
