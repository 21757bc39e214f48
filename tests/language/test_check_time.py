"""The time of a model: what cannot be, and what is not what it seems; for every format the same."""

from pathlib import Path

import pytest

import putar
from putar.engine.methods import METHODS
from putar.language.check import check
from putar.language.model import INTEGRATIONS, Model, TimeSpec


def said(time: TimeSpec) -> list[tuple[str, str]]:
    return [(p.severity, p.what) for p in check(Model("m", time, ()))]


def test_methods_are_those_of_the_engine() -> None:
    """The names that a model may say are the rows of the table."""
    assert tuple(METHODS) == INTEGRATIONS


@pytest.mark.parametrize(
    ("time", "severity", "what"),
    [
        (TimeSpec(0, 10, 0), "error", "time does not move forward: from 0 to 10 in steps of 0"),
        (TimeSpec(0, float("inf"), 1), "error", "time does not move forward: from 0 to inf in steps of 1"),
        (TimeSpec(0, 10, float("inf")), "error", "time does not move forward: from 0 to 10 in steps of inf"),
        (TimeSpec(float("nan"), 10, 1), "error", "time does not move forward: from nan to 10 in steps of 1"),
        (TimeSpec(0, 1e12, 1), "error", "the run would have 1e+12 steps"),
        (TimeSpec(0, 10, 1, method="rk5"), "error", "unknown method 'rk5'"),
        (TimeSpec(0, 10, 1, save=-1), "error", "rows cannot be -1 apart"),
        (TimeSpec(0, 10, 1, save=0.3), "warning", "rows are kept every 1, not every 0.3"),
        (TimeSpec(0, 10, 3), "warning", "the run ends at 9: from 0 to 10 in steps of 3"),
    ],
)
def test_times_that_cannot_be_meant(time: TimeSpec, severity: str, what: str) -> None:
    """One problem each."""
    assert said(time) == [(severity, what)]


@pytest.mark.parametrize(
    "time", [TimeSpec(2022, 2032, 1 / 64), TimeSpec(0, 1, 0.1), TimeSpec(0, 10, 0.1, save=0.3)]
)
def test_steps_that_divide_the_whole_but_for_rounding_are_fine(time: TimeSpec) -> None:
    """A tenth is not a double; ten of them are a whole all the same."""
    assert said(time) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("time 0 to 1e400 step 1 : year\n", "time does not move forward"),
        ("time 0 to 10 step 1/0 : year\n", "time does not move forward"),
        ("time 0 to 9 step 1 : year\ntime 0 to 8 step 1 : year\n", "the time is said twice"),
        (
            "time 0 to 9 step 1 : year\nconstant a = 1\n  range 5 to 1\n",
            "the high end is not above the low one",
        ),
        (
            "time 0 to 9 step 1 : year\nconstant a = 1\n  distribution uniform 3 1\n",
            "the high end is not above",
        ),
        (
            "time 0 to 9 step 1 : year\nconstant a = 1\n  distribution lognormal 0 1\n",
            "no lognormal distribution",
        ),
        (
            "time 0 to 9 step 1 : year\nconstant a = 1\n  distribution triangular 1 5 3\n",
            "the high end is not above",
        ),
        ("time 0 to 9 step 1 : year\nconstant a = 1\n  fitted 1e999\n", "a number is not finite"),
        ("time 0 to 9 step 1 : year\ncurve a = TIME\n  points (0, 1e999) (1, 1)\n", "a point is not finite"),
    ],
)
def test_numbers_that_cannot_be_meant_are_said_with_their_line(tmp_path: Path, text: str, what: str) -> None:
    """Of a text file; nothing is repaired in silence."""
    path = tmp_path / "m.putar"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(putar.ModelErrors, match=rf"^m\.putar:\d+:\d+: {what}"):
        putar.load(path)


def test_doubtful_constants_of_a_file_are_warned_of(tmp_path: Path) -> None:
    """A value outside its range, a source that is not named."""
    path = tmp_path / "m.putar"
    path.write_text(
        "time 0 to 9 step 1 : year\nconstant a : dmnl = 1\n  range 2 to 3\n  status reported\n",
        encoding="utf-8",
    )
    found = [(p.severity, p.what) for p in putar.load(path).check()]

    assert ("warning", "a is reported but names no fact") in found
    assert ("warning", "a = 1 is outside its range 2 to 3") in found


def test_a_file_of_another_encoding_is_a_problem_of_its_own(tmp_path: Path) -> None:
    """Said with the file's name; in a folder it stands among the others."""
    path = tmp_path / "m.putar"
    path.write_bytes(b"time 0 to 1 step 1 : year\nunit caf\xe9\n")

    with pytest.raises(putar.ModelErrors, match=r"^m\.putar:1:1: not UTF-8 at byte 34"):
        putar.load(path)
