"""Curves that are straight in the logarithm come back from XMILE as they were."""

from pathlib import Path

from putar.flywheels.catalogue import find
from putar.formats.text import read_model
from putar.formats.writing.xmile import write_xmile
from putar.formats.xmile_read import read_xmile
from putar.language.model import Model
from tests.formats.foreign import trajectory

TEXT = """time 0 to 4 step 1 : month
dimension d = a, b
curve room.g : dmnl = time
  points (0, 1) (2, 10) (4, 1000)
  between log
curve h : dmnl of month
  points (0, 1) (1, 4)
  between log
  outside extrapolate
aux room.y : dmnl = h(time) + room.g
aux z : dmnl = h(time)
curve k[d] : dmnl = time
  points (0, 1) (2, 10) (4, 1000)
  [b] points (0, 1) (2, 7)
  between log
"""


def _written(folder: Path) -> tuple[Model, Path]:
    text, file = folder / "m.putar", folder / "m.xmile"
    text.write_text(TEXT, encoding="utf-8")
    model = read_model(text)
    file.write_text(write_xmile(model).text, encoding="utf-8")
    return model, file


def test_curves_come_back_whole(tmp_path: Path) -> None:
    """Each is one curve with its own points, and what reads it reads it; 4^3 = 64 at 3, 10 at 2."""
    model, file = _written(tmp_path)
    back = read_xmile(file)

    for name in ("room.g", "h", "k"):
        assert back[name].kind == "curve"
        assert back[name].points == model[name].points
        assert back[name].element_points == model[name].element_points
    assert "room.g_log" not in back.by_name
    assert "h_log" not in back.by_name
    found = trajectory(find(file))
    assert abs(found["z"][3.0] - 64.0) < 1e-12
    assert abs(found["room.y"][2.0] - 26.0) < 1e-12
    assert abs(found["k[b]"][1.0] - 7.0**0.5) < 1e-12


def test_a_table_that_was_changed_since_is_believed(tmp_path: Path) -> None:
    """Another tool's edit of the logarithms, or points that are none, leave two variables that say so."""
    _, file = _written(tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("<ypts>0,2.30", "<ypts>0,0.30"), encoding="utf-8")
    back = read_xmile(file)

    assert back["room.g"].kind == "aux"
    assert "room.g_log" in back.by_name
    file.write_text(text.replace('y="1,10', 'y="one,10'), encoding="utf-8")
    assert read_xmile(file)["k"].kind == "aux"
