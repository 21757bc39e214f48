"""Models as XMILE files: read again they give the same numbers, and what was lost is said."""

from pathlib import Path

import pytest

from putar.flywheels.catalogue import find, names
from putar.formats.writing.xmile import write_xmile
from tests.formats.foreign import FEATURES, files, open_file
from tests.formats.writing.round_trip import differences

CASES = [pytest.param(path, id=f"{feature}{path.suffix}") for feature in FEATURES for path in files(feature)]


@pytest.mark.parametrize("path", CASES)
def test_every_model_reads_back_to_the_same_numbers(path: Path, tmp_path: Path) -> None:
    """Models of every format and feature are written as XMILE and run as before (METHODS XM-18)."""
    flywheel = open_file(path)

    assert differences(flywheel, write_xmile(flywheel.model), tmp_path / "again.xmile") == []


@pytest.mark.parametrize("name", names())
def test_flywheels_read_back_to_the_same_numbers(name: str, tmp_path: Path) -> None:
    """Subsystems as modules and links as switches give a shipped flywheel's own numbers, with no loss."""
    flywheel = find(name)
    written = write_xmile(flywheel.model)

    assert differences(flywheel, written, tmp_path / "again.xmile") == []
    assert written.losses == ()


@pytest.mark.parametrize("name", names())
def test_sources_and_links_read_back(name: str, tmp_path: Path) -> None:
    """Status, facts, ranges, distributions, reasons and links of a flywheel come back as they were."""
    model = find(name).model
    file = tmp_path / "again.xmile"
    file.write_text(write_xmile(model).text, encoding="utf-8")
    back = find(file).model

    for variable in model.variables:
        if variable.kind == "constant":
            assert model.parameters(variable) == back.parameters(back[variable.name])
            assert variable.unit == back[variable.name].unit
    assert model.links == back.links
    assert model.subsystems == back.subsystems
