"""The small models of these tests: read, run and scored."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from putar.analysis.loops import LoopFinding, find_loops
from putar.analysis.trajectory import Trajectory, trajectory
from putar.engine.formulas import Formulas, formulas
from putar.formats.text import read_model
from putar.language.model import Model
from putar.runs.design import Change, design

FOLDER = Path(__file__).parent / "models"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.putar")))


@cache
def small(name: str) -> Model:
    """A model of the folder."""
    return read_model(FOLDER / f"{name}.putar")


@cache
def equations(name: str, step: float | None = None, method: str | None = None) -> Formulas:
    """The formulas of a small model, with another step or method if asked."""
    model = small(name)
    time = model.time
    time = replace(time, step=step or time.step, method=method or time.method, save=None)
    return formulas(replace(model, time=time))


def rows(name: str, step: float | None = None, method: str | None = None, **values: float) -> Trajectory:
    """A small model's run, with constants set."""
    found = equations(name, step, method)
    return trajectory(found, design(found.program, [Change(values)]))


def loops(name: str, step: float | None = None, **values: float) -> LoopFinding:
    """The loops of a small model."""
    return find_loops(rows(name, step, **values))


def model_from(text: str, folder: Path) -> Formulas:
    """The formulas of a model's text."""
    path = folder / "made.putar"
    path.write_text(text, encoding="utf-8")
    return formulas(read_model(path))
