"""parameters.toml: constants with range, distribution and origin become variables of the model."""

from pathlib import Path

import pytest

from putar.errors import Problem
from putar.flywheels.parameters import read_parameters
from putar.language.model import Dimension, Distribution, Variable

DIMENSIONS = (
    Dimension("actor", ("a", "b", "c")),
    Dimension("rival", ("b", "c")),
    Dimension("side", ("left", "right")),
)
TAIL = 'unit = "dmnl"\nstatus = "assumed"\nreason = "r"\n'


def read(folder: Path, text: str) -> tuple[dict[str, Variable], list[str]]:
    path = folder / "parameters.toml"
    path.write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    found = read_parameters(path, DIMENSIONS, ["room"], {}, problems)
    return {variable.name: variable for variable in found}, [f"{p.where}: {p.what}" for p in problems]


def test_all_keys_of_a_constant(tmp_path: Path) -> None:
    text = """[room.growth]
value = 0.5
fitted = 0.4
unit = "1/year"
range = [0.1, 0.8]
distribution = { kind = "lognormal", median = 0.5, log_sd = 0.3 }
status = "assumed"
reason = "seen elsewhere"
"""
    found, problems = read(tmp_path, text)
    parameter = found["room.growth"].parameter

    assert problems == []
    assert parameter is not None
    assert (parameter.value, parameter.fitted, parameter.runs) == (0.5, 0.4, 0.4)
    assert (parameter.low, parameter.high) == (0.1, 0.8)
    assert parameter.distribution == Distribution("lognormal", 0.5, 0.3)
    assert (parameter.status, parameter.reason, parameter.where.line) == ("assumed", "seen elsewhere", 1)


def test_a_constant_without_a_room_is_global(tmp_path: Path) -> None:
    found, problems = read(tmp_path, f"[pi_ish]\nvalue = 3\n{TAIL}")
    assert (problems, [*found]) == ([], ["pi_ish"])


@pytest.mark.parametrize(
    ("elements", "dimensions"),
    [
        (("a", "b", "c"), ("actor",)),
        (("c", "b"), ("rival",)),
        (("b,left", "b,right", "c,left", "c,right"), ("rival", "side")),
        (("b, left", "b, right", "c, left", "c, right"), ("rival", "side")),
    ],
)
def test_dimensions_are_found_from_the_elements(
    tmp_path: Path, elements: tuple[str, ...], dimensions: tuple[str, ...]
) -> None:
    text = "".join(f'[room."x[{e}]"]\nvalue = {i}\n{TAIL}' for i, e in enumerate(elements))
    found, problems = read(tmp_path, text)
    assert problems == []
    assert found["room.x"].dimensions == dimensions
    assert [parameter.value for _, parameter in found["room.x"].element_parameters] == [*range(len(elements))]


BAD = {
    '[room."x[a]"]': "parameters.toml:1:2: the elements [a] of room.x are those of no dimension",
    '[room."x[b]"]\nvalue = 1\n' + TAIL + '[room."x[a,left]"]': (
        "parameters.toml:1:2: the elements [b] [a,left] of room.x are those of no dimension"
    ),
    "[room.x]\nvalue = 1\n" + TAIL + '[room."x[b]"]\nvalue = 1\n' + TAIL + '[room."x[c]"]': (
        "parameters.toml:1:2: room.x is given as one number and by element"
    ),
    '[room."x["]': "parameters.toml:1:2: 'x[' is not a name",
    "[roam.x]": "parameters.toml:1:2: unknown subsystem 'roam'",
    '[room.x]\nfitted = "much"': "parameters.toml:2:1: fitted is not a number",
    "[room.x]\nrange = [1]": "parameters.toml:2:1: range is not two numbers",
    '[room.x]\ndistribution = { kind = "normal" }': "parameters.toml:2:18: kind cannot be 'normal'",
    '[room.x]\ndistribution = { kind = "uniform", low = 2, high = 1 }': (
        "parameters.toml:2:1: no uniform distribution has these numbers"
    ),
    '[room.x]\ndistribution = { kind = "triangular", low = 0, mode = 2, high = 1 }': (
        "parameters.toml:2:1: no triangular distribution has these numbers"
    ),
    '[room.x]\ndistribution = { kind = "uniform", low = 0, high = 1, sd = 1 }': (
        "parameters.toml:2:55: unknown key 'sd'"
    ),
    '[room.x]\nfacts = ["NOBODY"]': "parameters.toml:2:10: unknown fact 'NOBODY'",
    "[room.x]\nvalu = 1": "parameters.toml:2:1: unknown key 'valu'",
}


@pytest.mark.parametrize("head", BAD)
def test_mistake_is_said_with_its_place(tmp_path: Path, head: str) -> None:
    _, problems = read(tmp_path, f"{head}\nvalue = 1\n{TAIL}")
    assert problems[0] == BAD[head]


def test_a_source_that_is_claimed_must_be_named(tmp_path: Path) -> None:
    _, problems = read(tmp_path, '[room.x]\nvalue = 1\nunit = "dmnl"\nstatus = "reported"\nreason = "r"\n')
    assert problems == ["parameters.toml:4:1: reported, but no fact is cited"]


def test_values_outside_the_range_are_warned_of(tmp_path: Path) -> None:
    _, problems = read(tmp_path, f"[room.x]\nvalue = 3\nfitted = 0\nrange = [1, 2]\n{TAIL}")
    assert problems == [
        "parameters.toml:2:1: value 3 is outside the range 1 to 2",
        "parameters.toml:3:1: fitted 0 is outside the range 1 to 2",
    ]
