"""Simulation specifications of an XMILE file: when a run starts and stops, its steps and method.

Source: XMILE 1.0 (OASIS), section 2.3. Stella's second-order method is Heun's.
"""

from __future__ import annotations

import math

from putar.errors import ModelError, Problem, Where
from putar.formats.xmile_tree import Element
from putar.language.model import TimeSpec

__all__ = ["own_times", "time_spec"]

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
    asked = _asked(specs)
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


def _asked(specs: Element) -> list[str]:
    """Return the methods that are asked for, the wanted one first."""
    words = [word.strip().casefold() for word in specs.attributes.get("method", "").split(",")]
    return [word for word in words if word] or ["euler"]


def own_times(model: Element, root: Element, main: Element) -> str | None:
    """Return how a module's own times differ from the times it would inherit, or None where they do not."""
    specs, whole = model.find("sim_specs"), main.find("sim_specs") or root.find("sim_specs")
    if specs is None or whole is None:
        return None
    if "independent" in (specs.attributes.get("run", ""), model.attributes.get("run", "")):
        return "runs independently, from its start to its end in each step of the model"
    for tag in ("start", "stop", "dt"):
        mine, theirs = specs.find(tag), whole.find(tag)
        if mine is not None and _worth(mine) != (1.0 if theirs is None else _worth(theirs)):
            return f"has a <{tag}> of its own"
    if specs.attributes.get("method", "").strip() and _asked(specs) != _asked(whole):
        return "has a method of its own"
    return None


def _worth(element: Element) -> float | None:
    """Return the number in an element; a reciprocal one is 1 over it."""
    try:
        number = float(element.text)
    except ValueError:
        return None
    backwards = element.attributes.get("reciprocal", "").strip().casefold() == "true"
    return 1.0 / number if backwards and number else number
