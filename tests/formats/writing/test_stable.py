"""A file that was converted says the same when it is converted again (METHODS XM-18)."""

from pathlib import Path

import pytest

from putar.flywheels.catalogue import find
from putar.flywheels.convert import WRITERS
from tests.formats.foreign import FEATURES, files, open_file


@pytest.mark.parametrize("suffix", [".mdl", ".xmile", ".putar"])
@pytest.mark.parametrize("feature", FEATURES)
def test_xm_18_what_is_converted_again_stays_as_it_is(feature: str, suffix: str, tmp_path: Path) -> None:
    """From the second time on, to the letter; the first time a form may still say things its own way."""
    write, path = WRITERS[suffix], tmp_path / f"model{suffix}"
    texts = [write(open_file(files(feature)[0]).model, feature).text]
    for _ in range(2):
        path.write_text(texts[-1], encoding="utf-8")
        texts.append(write(find(path).model, feature).text)

    assert texts[2] == texts[1]
