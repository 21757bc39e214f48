"""Models as Vensim files: read again they give the same numbers, and what was lost is said."""

from dataclasses import replace
from pathlib import Path

import pytest

from putar.flywheels.catalogue import find, names
from putar.formats.text import read_model
from putar.formats.vensim_entries import read_source
from putar.formats.vensim_text import load_text
from putar.formats.writing.vensim import write_vensim
from tests.formats.foreign import FEATURES, files, open_file
from tests.formats.writing.round_trip import differences

CASES = [pytest.param(path, id=f"{feature}{path.suffix}") for feature in FEATURES for path in files(feature)]


@pytest.mark.parametrize("path", CASES)
def test_every_model_reads_back_to_the_same_numbers(path: Path, tmp_path: Path) -> None:
    """Models of every format and feature are written as .mdl and run as before (METHODS XM-18)."""
    flywheel = open_file(path)
    written = write_vensim(flywheel.model)

    wrong = differences(flywheel, written, tmp_path / "again.mdl")

    if flywheel.model.time.method == "heun":  # Vensim's second order is another one, and that is said
        assert [loss.what for loss in written.losses] == ["the method heun"]
    else:
        assert wrong == []


@pytest.mark.parametrize("name", names())
def test_flywheels_read_back_to_the_same_numbers(name: str, tmp_path: Path) -> None:
    """Rooms become groups, links switches, log curves exponentials; sources stand in comments."""
    flywheel = find(name)
    written = write_vensim(flywheel.model)

    assert differences(flywheel, written, tmp_path / "again.mdl") == []
    assert [loss.what for loss in written.losses] == [
        "status, facts and distributions as data",
        "what units are multiples of",
    ]


@pytest.mark.parametrize("name", names())
def test_names_are_readable_and_each_is_there_once(name: str, tmp_path: Path) -> None:
    """No name needs quotes, and every entry has another one than all others."""
    file = tmp_path / "again.mdl"
    file.write_text(write_vensim(find(name).model).text, encoding="utf-8")
    entries = read_source(load_text(file), file.name).entries
    listed = [(entry.name.lower(), entry.subscripts) for entry in entries]

    assert not [entry.name for entry in entries if '"' in entry.name or "_" in entry.name]
    assert len(set(listed)) == len(listed)


def test_sketches_are_written_back(tmp_path: Path) -> None:
    """A sketch that was read is in the file that is written, and names the method that runs."""
    sketch = "\\\\\\---/// Sketch information\nV300\n*View 1\n10,1,level,100,100,40,20,3,3,0,0,0,0,0,0\n"
    settings = "///---\\\\\\\n:L<%^E!@\n15:0,0,0,0,0,0\n"
    file = tmp_path / "seen.mdl"
    controls = "INITIAL TIME = 0 ~~|FINAL TIME = 2 ~~|TIME STEP = 1 ~~|SAVEPER = 1 ~~|\n"
    file.write_text(f"{{UTF-8}}\nlevel = INTEG(1, 0) ~~|\n{controls}{sketch}{settings}", encoding="utf-8")
    model = find(file).model

    assert sketch in write_vensim(model).text
    by_rk4 = write_vensim(replace(model, time=replace(model.time, method="rk4"))).text
    assert "15:0,0,0,1,0,0" in by_rk4


def test_each_room_has_a_view_of_its_variables() -> None:
    """Without a sketch every variable of a flywheel stands in the view of its room."""
    model = find("openai-compute").model
    text = write_vensim(model).text
    views = text.count("V300  Do not put anything below this section")
    shown = [line for line in text.splitlines() if line.startswith("10,")]

    assert views >= len(model.subsystems)
    assert len(shown) >= len(model.variables)


def test_infinity_is_a_loss_of_each_variable_that_has_it(tmp_path: Path) -> None:
    """Vensim has no word for it: a very large number stands there, and the loss says so."""
    text = """time 0 to 2 step 1 : year
aux most = inf - 1
aux least = IF time > 1 THEN -inf ELSE 1e308
constant room = 1e999
  status fixed
aux info = 2
"""
    path = tmp_path / "model.putar"
    path.write_text(text, encoding="utf-8")
    written = write_vensim(read_model(path))

    assert [str(loss) for loss in written.losses if loss.what == "infinity"] == [
        f"{name}: infinity (Vensim has no such number; written as 1e+308)"
        for name in ("most", "least", "room")
    ]
    assert "most = 1e+308 - 1" in written.text
    assert "1e999" not in written.text
