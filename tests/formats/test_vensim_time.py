"""The control variables of a Vensim model: its unit of time."""

from pathlib import Path

import pytest

from putar.formats.vensim_read import read_vensim

MODEL = """{{UTF-8}}
S = INTEG(F, 1) ~ cow ~|
T = INTEG(G, 1) ~ pig ~|
F = 2 ~ cow/Month ~|
G = 3 ~ pig/{per} ~|
INITIAL TIME = 0 ~~|
FINAL TIME = 4 ~~|
TIME STEP = 1 ~ {unit} ~|
SAVEPER = 1 ~~|
"""


@pytest.mark.parametrize(
    ("per", "unit", "time", "told"),
    [
        ("Month", "", "month", ["TIME STEP has no unit; it is taken to be month"]),
        ("Year", "", "dmnl", ["TIME STEP has no unit; rates cannot be checked"]),  # they do not agree
        ("Month", "Month", "month", []),
    ],
)
def test_a_missing_unit_of_time_is_told_once(
    tmp_path: Path, per: str, unit: str, time: str, told: list[str]
) -> None:
    """One warning at the step's line; where all flows are by one unit of time, it is that."""
    path = tmp_path / "model.mdl"
    path.write_text(MODEL.format(per=per, unit=unit), encoding="utf-8")

    model = read_vensim(path)

    assert model.time.unit == time
    found = [note for note in model.notes if "TIME STEP" in note.what]
    assert [note.what[: len(text)] for note, text in zip(found, told, strict=True)] == told
