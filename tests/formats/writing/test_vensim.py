"""Models as Vensim files: read again they give the same numbers, and what was lost is said."""

from pathlib import Path

import pytest

from putar.flywheels.catalogue import find, names
from putar.formats.vensim_entries import load_text, read_source
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
