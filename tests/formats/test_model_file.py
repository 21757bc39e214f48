"""Bytes of model files: what is too large or not there is refused before it is read."""

from pathlib import Path

import pytest

from putar.errors import UsageError
from putar.formats import model_file
from putar.formats.model_file import bytes_of


def test_what_a_file_holds(tmp_path: Path) -> None:
    """To the last byte, at the limit too."""
    path = tmp_path / "a.mdl"
    path.write_bytes(b"\x00\xff\r\n")
    assert bytes_of(path) == b"\x00\xff\r\n"


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its name and the limit."""
    path = tmp_path / "a.xmile"
    path.write_bytes(b"12345")
    monkeypatch.setattr(model_file, "LARGEST", 5)
    assert len(bytes_of(path)) == 5
    monkeypatch.setattr(model_file, "LARGEST", 4)
    with pytest.raises(UsageError, match=r"a\.xmile is larger than 4 bytes"):
        bytes_of(path)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A folder, and what is not there, by their paths."""
    for path in (tmp_path, tmp_path / "none.mdl"):
        with pytest.raises(UsageError, match="cannot read"):
            bytes_of(path)
