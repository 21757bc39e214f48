"""Every small model of tests/models runs in every format it has, with the values worked out by hand.

Covers METHODS XM-01, XM-02, XM-03, XM-04, XM-05, XM-06, XM-07, XM-08, XM-09, XM-10, XM-11, XM-12, XM-13,
XM-14, XM-15, XM-16 and XM-19; IN-01, IN-06 and IN-09; CV-01, CV-02, CV-03, CV-04, CV-05, CV-06, CV-07, CV-08.
"""

from pathlib import Path

import numpy as np
import pytest

from tests.formats.foreign import FEATURES, document, expected, files, last_draws, open_file, trajectory

CASES = [
    pytest.param(feature, path, id=f"{feature}{path.suffix}")
    for feature in FEATURES
    for path in files(feature)
]


@pytest.mark.parametrize(("feature", "path"), CASES)
def test_values_are_those_worked_out_by_hand(feature: str, path: Path) -> None:
    """Each value of expected.toml is met to five digits, as published tables are printed."""
    found = trajectory(open_file(path))

    wrong = []
    for name, pairs in expected(feature).items():
        for time, value in pairs.items():
            if found[name][float(time)] != pytest.approx(value, rel=1e-5, abs=1e-9):
                wrong.append((name, time, value, found[name][float(time)]))
    assert wrong == []


@pytest.mark.parametrize("feature", FEATURES)
def test_machine_code_agrees(feature: str) -> None:
    """The machine-code kernel gives the judge's numbers."""
    flywheel = open_file(files(feature)[0])
    slow, fast = trajectory(flywheel), trajectory(flywheel, "auto")

    for name, series in slow.items():
        assert list(fast[name].values()) == pytest.approx(
            list(series.values()), rel=1e-9, abs=1e-12, nan_ok=True
        )


DRAWN = [feature for feature in FEATURES if "moments" in document(feature)]
MEMBERS = 20_000


@pytest.mark.parametrize("feature", DRAWN)
def test_draws_have_the_moments_worked_out_by_hand(feature: str) -> None:
    """Mean, deviation, bounds and wholeness of 20,000 draws; the mean to 4.5 of its own deviations."""
    found = last_draws(open_file(files(feature)[0]), MEMBERS)

    wrong = []
    for name, moment in document(feature)["moments"].items():
        drawn = found[name]
        near = 4.5 * moment["deviation"] / MEMBERS**0.5
        right = abs(drawn.mean() - moment["mean"]) < near
        right &= abs(drawn.std() / moment["deviation"] - 1) < 0.05
        right &= bool(moment.get("low", -np.inf) <= drawn.min() and drawn.max() <= moment.get("high", np.inf))
        right &= not moment.get("whole") or bool((drawn == np.rint(drawn)).all())
        if not right:
            wrong.append((name, moment, drawn.mean(), drawn.std(), drawn.min(), drawn.max()))
    assert wrong == []


def test_in_05_what_is_kept_does_not_hang_on_how_far_rows_are_apart(tmp_path: Path) -> None:
    """A stock filled by 1 a unit of time less the time is 0 at each row, eight steps apart or one."""
    for apart in ("1", "0.125"):
        path = tmp_path / "model.mdl"
        text = "{UTF-8}\nx = INTEG(1, 0) ~~|flat = x - Time ~~|INITIAL TIME = 0 ~~|FINAL TIME = 4 ~~|"
        path.write_text(f"{text}TIME STEP = 0.125 ~~|SAVEPER = {apart} ~~|", encoding="utf-8")
        rows = trajectory(open_file(path))["flat"]

        assert list(rows) == [i * float(apart) for i in range(round(4 / float(apart)) + 1)]
        assert set(rows.values()) == {0.0}
