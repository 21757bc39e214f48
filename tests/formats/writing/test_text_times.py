"""Times that stand as plain numbers keep their unit in the text form."""

from pathlib import Path

from putar.flywheels.catalogue import find
from putar.formats.writing.text import own_model, write_text
from tests.formats.writing.round_trip import differences

CONTROLS = "INITIAL TIME = 0 ~Month~|FINAL TIME = 10 ~Month~|TIME STEP = 1 ~Month~|SAVEPER = 1 ~Month~|"
UNITS = """{UTF-8}
x = 5 ~Widget~|
averaged = SMOOTH3(x * Time / 2, 3) ~Widget~|
y = SMOOTH3(x, 3) ~Widget~|
z = DELAY FIXED(y, 4, 0) ~Widget~|
rate = STEP(x, 5) + PULSE(2, 2) * x + DELAY1(x, 3) + RAMP(0, -1, 4) ~Widget~|
late = IF THEN ELSE(Time > 3, x, IF THEN ELSE(2 >= Time, y, 0)) ~Widget~|
d: a, b ~~|
many[a] = STEP(x, 2) ~Widget~|
many[b] = STEP(x, 2) + STEP(x, 6) ~Widget~|
"""


def model(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "model.mdl"
    path.write_text(text + CONTROLS, encoding="utf-8")
    return path


def test_times_become_constants_and_units_stay(tmp_path: Path) -> None:
    """Only what does not fit for another reason loses its unit; the numbers are the same."""
    flywheel = find(model(tmp_path, UNITS))
    own, losses, _ = own_model(flywheel.model)

    assert own.time.unit == "month"
    assert [loss.where for loss in losses if "unit" in loss.what] == ["averaged"]
    assert {own[name].unit for name in ("y", "z", "rate", "late", "many")} == {"widget"}
    constants = {v.name: v.parameter.runs for v in own.variables if v.parameter and v.unit == "month"}
    assert constants == {
        "averaged_time": 3.0,
        "y_time": 3.0,
        "z_time": 4.0,
        "rate_start": 5.0,
        "rate_start_2": 2.0,
        "rate_width": 2.0,
        "rate_time": 3.0,
        "rate_start_3": -1.0,
        "rate_end": 4.0,
        "late_date": 3.0,
        "late_date_2": 2.0,
        "many_start": 2.0,
        "many_start_2": 6.0,
    }
    assert differences(flywheel, write_text(flywheel.model), tmp_path / "again.putar") == []


def test_numbers_stay_where_no_unit_is_kept_by_naming_them(tmp_path: Path) -> None:
    """A model without units, or one that fits, has no constants that its author did not write."""
    fits = "{UTF-8}\nx = STEP(height, start) ~Widget~|height = 1 ~Widget~|"
    for text in ("{UTF-8}\nx = STEP(1, 5) ~~|", fits):
        more = "start = 5 ~Month~|" if "start" in text else ""
        own, _, _ = own_model(find(model(tmp_path, text + more)).model)
        assert {v.name for v in own.variables} <= {"x", "height", "start"}
