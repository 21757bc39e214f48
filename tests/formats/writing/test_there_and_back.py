"""Models that went through one form and then another give the numbers they gave at first (METHODS XM-18)."""

from itertools import permutations
from pathlib import Path

import pytest

from putar.flywheels.catalogue import find, names
from putar.flywheels.convert import WRITERS
from tests.formats.foreign import FEATURES, files, open_file
from tests.formats.writing.round_trip import differences

FORMS = (".mdl", ".xmile", ".putar")
CASES = [pytest.param(path, id=f"{feature}{path.suffix}") for feature in FEATURES for path in files(feature)]


@pytest.mark.parametrize(("first", "second"), list(permutations(FORMS, 2)))
@pytest.mark.parametrize("path", CASES)
def test_xm_18_models_go_through_two_forms(path: Path, first: str, second: str, tmp_path: Path) -> None:
    """Vensim's by XMILE and back, XMILE's by Vensim and back, and by the text form."""
    between = tmp_path / f"between{first}"
    between.write_text(WRITERS[first](open_file(path).model, path.parent.name).text, encoding="utf-8")
    flywheel = find(between)

    assert differences(flywheel, WRITERS[second](flywheel.model, "again"), tmp_path / f"again{second}") == []


@pytest.mark.parametrize(("first", "second"), [(".mdl", ".xmile"), (".xmile", ".mdl")])
@pytest.mark.parametrize("name", names())
def test_xm_18_flywheels_go_through_two_forms(name: str, first: str, second: str, tmp_path: Path) -> None:
    """A shipped flywheel by one tool's form into the other's."""
    between = tmp_path / f"between{first}"
    between.write_text(WRITERS[first](find(name).model, name).text, encoding="utf-8")
    flywheel = find(between)

    assert differences(flywheel, WRITERS[second](flywheel.model, name), tmp_path / f"again{second}") == []
