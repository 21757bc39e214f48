"""Simulation specifications of an XMILE file: when a run starts and stops, its steps and method.

Source: XMILE 1.0 (OASIS), section 2.3. Stella's second-order method is Heun's.
"""

from __future__ import annotations

import math

from putar.errors import ModelError, Problem, Where
from putar.formats.xmile_tree import Element
from putar.language.model import TimeSpec

__all__ = ["time_spec"]

METHODS = {"euler": "euler", "rk2": "heun", "rk4": "rk4"}
CLOSE = {"rk45": "rk4", "gear": "rk4"}  # steps of a changing length are made with a fixed one
MOST_STEPS = 100_000_000


def time_spec(
    root: Element, model: Element, path: str, notes: list[Problem], vensim: bool = False
) -> TimeSpec:
    """Return the times of a run.

    Parameters
    ----------
    vensim : whether Vensim wrote the file; it writes RK4 for models that it runs with Euler's method

    Raises
    ------
    ModelError
        If there are none, or time does not move forward.
    """
    specs = model.find("sim_specs") or root.find("sim_specs")
    if specs is None:
        raise ModelError("the model does not say its times", Where(path), "add <sim_specs>")
    where = Where(path, specs.line)
    start, stop = (_number(specs, tag, path) for tag in ("start", "stop"))
    step = 1.0
    dt = specs.find("dt")
    if dt is not None:
        step = _number(specs, "dt", path)
        if dt.attributes.get("reciprocal", "").strip().casefold() == "true":
            step = 1.0 / step if step else 0.0
    if not (step > 0 and stop >= start and math.isfinite((stop - start) / step)):
        what = f"time does not move forward: from {start:g} to {stop:g} in steps of {step:g}"
        raise ModelError(what, where, "stop after start, with a dt above zero")
    if (stop - start) / step > MOST_STEPS:
        raise ModelError(f"the run would have {(stop - start) / step:.3g} steps", where, "use larger steps")
    method = _method(specs, where, notes)
    if vensim and method == "rk4":
        what = (
            "Vensim writes RK4 into XMILE files of models that it runs with Euler's method; Euler's is used"
        )
        notes.append(Problem("warning", "method", where, what, "read the .mdl file, which says the method"))
        method = "euler"
    unit = specs.attributes.get("time_units", "").strip() or "dmnl"
    return TimeSpec(start, stop, step, unit, method, _saved(specs, step), where)


def _number(specs: Element, tag: str, path: str) -> float:
    element = specs.find(tag)
    try:
        return float(element.text) if element is not None else float("nan")
    except ValueError:
        where = Where(path, specs.line)
        raise ModelError(f"<{tag}> is no number", where, f"<{tag}>1</{tag}>") from None


def _saved(specs: Element, step: float) -> float:
    for element in specs.children:
        if element.tag in ("save_interval", "savestep", "save_step"):
            try:
                return max(step, float(element.text))
            except ValueError:
                return step
    for key, value in specs.attributes.items():
        if key.rpartition(":")[2] in ("save_interval", "savestep"):
            try:
                return max(step, float(value))
            except ValueError:
                return step
    return step


def _method(specs: Element, where: Where, notes: list[Problem]) -> str:
    asked = [word.strip().casefold() for word in specs.attributes.get("method", "euler").split(",")]
    for word in asked:
        if word in METHODS:
            return METHODS[word]
    for word in asked:
        if word in CLOSE:
            what = f"the method {word!r} is replaced by {CLOSE[word]} with the fixed step"
            notes.append(Problem("warning", "method", where, what, "make the step small enough"))
            return CLOSE[word]
    fix = f"one of: {', '.join((*METHODS, *CLOSE))}"
    raise ModelError(f"the method {', '.join(asked)!r} is not supported", where, fix, "unsupported")
