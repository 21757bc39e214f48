"""Models of other tools for tests: read, run, and compared with what was worked out by hand."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from putar.flywheels.catalogue import find
from putar.flywheels.folder import Flywheel
from putar.runs.design import design
from putar.runs.execute import execute

MODELS = Path(__file__).parents[1] / "models"
FEATURES = sorted(path.parent.name for path in MODELS.glob("*/expected.toml"))


def files(feature: str) -> list[Path]:
    """The model files of a feature, one a format."""
    return sorted(path for path in (MODELS / feature).glob("model.*"))


def open_file(path: Path) -> Flywheel:
    """A model file, with the data file beside it."""
    data = path.with_name("data.csv")
    return find(path, [data] if data.exists() else [])


def trajectory(flywheel: Flywheel, kernel: str = "reference") -> dict[str, dict[float, float]]:
    """Every variable's values by time."""
    program = flywheel.program
    names = [name for name, _ in program.outputs]
    found = execute(program, design(program, [], 1), names, kernel=kernel)
    return {
        name: dict(zip(found.times.tolist(), found.values[:, i, 0].tolist(), strict=True))
        for i, name in enumerate(names)
    }


def document(feature: str) -> dict[str, Any]:
    """All that was written down of a feature: how values were found, the values, moments of draws."""
    return tomllib.loads((MODELS / feature / "expected.toml").read_text(encoding="utf-8"))


def expected(feature: str) -> Mapping[str, Mapping[str, float]]:
    """What was worked out by hand: values by variable and time."""
    values: Mapping[str, Mapping[str, float]] = document(feature)["values"]
    return values


def last_draws(flywheel: Flywheel, members: int) -> dict[str, NDArray[np.float64]]:
    """Every variable's values at the last time, one a member."""
    program = flywheel.program
    names = [name for name, _ in program.outputs]
    found = execute(program, design(program, [], members), names)
    return {name: found.values[-1, i] for i, name in enumerate(names)}
