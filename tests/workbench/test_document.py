"""The rows of a run's document: observed values in the run's unit, dates over the whole run, warnings."""

from pathlib import Path

import numpy as np
import pytest

from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import simulate
from putar.runs.ensemble import Ensemble, Status
from putar.workbench.document import headline_rows, shown_dates, warning_rows
from tests.flywheels.bakery import FILES, bakery, problems

SALES = """
[[headline]]
variable = "shop.sales[cake]"
label = "Cake"
series = "sold"
"""
OVER_A_HALF = FILES["series.csv"].replace("1,2,900", "1,1.5,900")


def test_observed_values_are_in_the_variables_unit(tmp_path: Path) -> None:
    """Thousands become ones; a total over half a year becomes the rate of a year."""
    told = bakery(tmp_path, flywheel_toml=FILES["flywheel.toml"] + SALES, series_csv=OVER_A_HALF)
    income, cake = headline_rows(told, simulate(told, RunSpec()), None)

    assert [(row["value"], row["low"], row["high"]) for row in income["observed"]] == [
        (1700.0, 1600.0, 1900.0),
        (2100.0, None, None),
    ]
    assert [row["value"] for row in cake["observed"]] == [1800.0]


def test_a_run_far_from_what_was_seen_is_warned_of_in_one_unit(tmp_path: Path) -> None:
    """1600 * 1.06^8 is 2550 in year 2, 21 % above the 2.1 thousand that were seen."""
    told = bakery(tmp_path)
    (warning,) = warning_rows(told, simulate(told, RunSpec()), RunSpec())

    assert warning["what"] == "Income of 2.0: the model says 2550, 2100 was observed"
    assert "21% too high" in str(warning["why"])


def test_a_headline_cannot_claim_another_unit_than_its_variable(tmp_path: Path) -> None:
    """What is declared is what is shown; the same unit may be written otherwise."""
    headline = 'label = "Income"\n'
    same = FILES["flywheel.toml"].replace(headline, f'{headline}unit = "1e-3 keuro/year"\n')
    other = FILES["flywheel.toml"].replace(headline, f'{headline}unit = "keuro/year"\n')

    assert problems(tmp_path, flywheel_toml=same) == []
    assert (
        "shop.income is shown in euro/year, not in keuro/year" in problems(tmp_path, flywheel_toml=other)[0]
    )


@pytest.mark.parametrize(("stop", "count"), [(10.0, 41), (10_000.0, 2001), (0.1, 2), (10.1, 42)])
def test_dates_of_a_headline_cover_the_whole_run(stop: float, count: int) -> None:
    """However long a run is, its points are evenly spaced, up to the last one."""
    base = Ensemble(np.array([0.0, stop]), ("x",), np.zeros((2, 1, 1)), (Status.FINISHED,))
    dates = shown_dates(base)

    assert (len(dates), dates[0], dates[-1]) == (count, 0.0, pytest.approx(stop))
    assert np.diff(dates).max() == pytest.approx(np.diff(dates)[0])
