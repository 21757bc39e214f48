"""Tables that models take numbers from: sheets, old and new, and what is said without their library."""

import struct
import sys
from pathlib import Path

import pytest

from putar.errors import ModelErrors, UsageError
from putar.flywheels.catalogue import find
from tests.formats.foreign import trajectory
from tests.formats.test_hostile import mdl


def old_sheet(path: Path, rows: list[list[float | str]]) -> Path:
    """Write a sheet as Excel 2 did: a stream of records, each its number, its length and its bytes."""
    records = [struct.pack("<4H", 0x0009, 4, 2, 0x0010)]  # BOF: BIFF 2, a worksheet
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            place = struct.pack("<2H3s", row, column, b"\0\0\0")
            if isinstance(value, str):
                raw = value.encode("cp1252")
                records.append(_record(0x0004, place + bytes([len(raw)]) + raw))  # LABEL
            else:
                records.append(_record(0x0003, place + struct.pack("<d", value)))  # NUMBER
    records.append(_record(0x000A, b""))  # EOF
    path.write_bytes(b"".join(records))
    return path


def _record(number: int, raw: bytes) -> bytes:
    return struct.pack("<2H", number, len(raw)) + raw


def test_sheets_of_the_oldest_form_are_read(tmp_path: Path) -> None:
    """A number in a cell of an `.xls`, whose one sheet has no name of its own there."""
    xlrd = pytest.importorskip("xlrd", reason="the extra putar[sheets] is not installed")
    path = old_sheet(tmp_path / "numbers.xls", [["a", 1.5], ["b", 2.25]])
    sheet = xlrd.open_workbook(str(path)).sheet_names()[0]
    model = mdl(tmp_path, f"x = GET XLS CONSTANTS('numbers.xls', '{sheet}', 'B2') ~~|")

    assert trajectory(find(model))["x"][0.0] == 2.25


def test_data_are_read_from_the_first_sheet_of_an_old_workbook(tmp_path: Path) -> None:
    """Times in the first column, a name above the second."""
    pytest.importorskip("xlrd", reason="the extra putar[sheets] is not installed")
    data = old_sheet(tmp_path / "data.xls", [["time", "seen"], [0.0, 3.0], [1.0, 5.0]])
    model = mdl(tmp_path, "seen ~~|\nx = seen ~~|")

    found = trajectory(find(model, [data]))["x"]
    assert (found[0.0], found[1.0]) == (3.0, 5.0)


@pytest.mark.parametrize(("library", "name"), [("openpyxl", "numbers.xlsx"), ("xlrd", "numbers.xls")])
def test_missing_library_of_sheets_is_said_with_its_install_line(
    library: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a table that a model names, and for a file of data."""
    monkeypatch.setitem(sys.modules, library, None)
    (tmp_path / name).write_bytes(b"")
    model = mdl(tmp_path, f"x = GET DIRECT CONSTANTS('{name}', 'Sheet', 'B2') ~~|")

    with pytest.raises(ModelErrors) as caught:
        find(model)
    (problem,) = (one for one in caught.value.problems if one.severity == "error")
    assert problem.what.endswith(f"{name} needs {library}")
    assert problem.fix == 'pip install "putar[sheets]"'
    assert problem.where is not None
    assert problem.where.line

    unread = mdl(tmp_path, "seen ~~|\nx = seen ~~|")
    with pytest.raises((ModelErrors, UsageError), match=f"{name} needs {library}") as refused:
        find(unread, [tmp_path / name])
    assert 'pip install "putar[sheets]"' in str(refused.value)
