"""Models of other tools in the text form: they load, units included, and give the same numbers."""

from pathlib import Path

import pytest

from putar.formats.writing.text import write_text
from tests.formats.foreign import FEATURES, files, open_file
from tests.formats.writing.round_trip import differences

CASES = [pytest.param(path, id=f"{feature}{path.suffix}") for feature in FEATURES for path in files(feature)]


@pytest.mark.parametrize("path", CASES)
def test_every_model_reads_back_to_the_same_numbers(path: Path, tmp_path: Path) -> None:
    """Models of every format and feature are written as .putar and run as before."""
    flywheel = open_file(path)

    assert differences(flywheel, write_text(flywheel.model), tmp_path / "again.putar") == []
