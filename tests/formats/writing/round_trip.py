"""A model written and read again: which numbers differ."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from putar.flywheels.catalogue import find
from putar.flywheels.folder import Flywheel
from putar.formats.writing.loss import Written
from putar.runs.design import design
from putar.runs.execute import execute

Series = dict[str, NDArray[np.float64]]


def series(flywheel: Flywheel) -> tuple[NDArray[np.float64], Series]:
    """The times of a run, and every variable's values."""
    program = flywheel.program
    names = [name for name, _ in program.outputs]
    found = execute(program, design(program, [], 1), names)
    return found.times, {name: found.values[:, i, 0] for i, name in enumerate(names)}


def differences(flywheel: Flywheel, written: Written, file: Path) -> list[str]:
    """What is not there, or not the same to twelve digits, when a model's text is read again."""
    file.write_text(written.text, encoding="utf-8")
    back = find(file)
    (times, before), (again, after) = series(flywheel), series(back)
    assert times.tolist() == again.tolist()
    wrong = []
    for name, values in before.items():
        base, bracket, elements = name.partition("[")
        now = after.get(written.names.get(name, f"{written.names.get(base, base)}{bracket}{elements}"))
        if now is None:
            wrong.append(f"{name} is gone")
        elif not np.allclose(values, now, rtol=1e-12, atol=0.0, equal_nan=True):
            row = int(np.argmax(np.abs(values - now)))
            wrong.append(f"{name} at {times[row]:g}: {values[row]!r} became {now[row]!r}")
    return wrong
