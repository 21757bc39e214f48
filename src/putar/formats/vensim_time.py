"""The control variables of a Vensim model: when it runs, in which steps, by which method.

They are ordinary equations, worked out here from constants before the run. A final time that depends on
more than constants stays a variable of the model; the run is as long as it is at the start, and rows
after it has passed are cut off.

Source: Vensim Reference Manual, "Control"; the place of the method is that of public models' settings.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from putar.errors import ModelError, Problem, Where
from putar.formats.foreign_units import TIMES, unit_text
from putar.formats.start_values import AtStart, Unknown
from putar.formats.vensim_entries import Source
from putar.language.expr import Expr, Number
from putar.language.model import TimeSpec, Variable

__all__ = ["CONTROLS", "time_spec"]

CONTROLS = ("initial_time", "final_time", "time_step", "saveper")
EXAMPLES = {
    "initial_time": "INITIAL TIME = 0 ~ Month ~ |",
    "final_time": "FINAL TIME = 100 ~ Month ~ |",
    "time_step": "TIME STEP = 1 ~ Month ~ |",
}
METHODS = {"1": "rk4", "5": "rk4", "3": "rk2", "4": "rk2"}
MOST_STEPS = 100_000_000


def time_spec(
    path: str,
    controls: Mapping[str, Variable],
    variables: Sequence[Variable],
    source: Source,
    notes: list[Problem],
) -> tuple[TimeSpec, list[Variable]]:
    """Return the times of a run, and the controls that stay variables of the model.

    What is to be said of the method is added to `notes`.

    Raises
    ------
    ModelError
        If a control is missing or cannot be worked out, or time does not move forward.
    """
    known = {variable.name: variable for variable in (*variables, *controls.values())}
    missing = [needed for needed in EXAMPLES if needed not in controls]
    if missing:
        shown = " and ".join(name.replace("_", " ").upper() for name in missing)
        fix = f"add such lines: {'  '.join(EXAMPLES[name] for name in missing)}"
        raise ModelError(f"the model does not say its {shown}", Where(path), fix)
    start, _ = _worked_out(controls["initial_time"], AtStart(known))
    clock = AtStart(known, {"time": start, "starttime": start})
    step, moves = _worked_out(controls["time_step"], clock)
    if moves:
        what = "TIME STEP changes during the run, which is not supported"
        raise ModelError(what, controls["time_step"].where, "give it one number", "unsupported")
    clock = AtStart(known, {"time": start, "starttime": start, "dt": step})
    stop, moving = _worked_out(controls["final_time"], clock)
    save = step
    times = {"time": start, "starttime": start, "dt": step, "stoptime": stop}
    if "saveper" in controls:
        save, moves = _worked_out(controls["saveper"], AtStart(known, times))
        if moves:
            save, where = step, controls["saveper"].where
            what, fix = "SAVEPER changes during the run; every step is kept", "give it one number"
            notes.append(Problem("note", "value", where, what, fix))
    where = controls["final_time"].where
    if not (step > 0 and stop >= start and math.isfinite((stop - start) / step)):
        what = f"time does not move forward: from {start:g} to {stop:g} in steps of {step:g}"
        raise ModelError(what, where, "FINAL TIME after INITIAL TIME, with a TIME STEP above zero")
    if (stop - start) / step > MOST_STEPS:
        raise ModelError(f"the run would have {(stop - start) / step:.3g} steps", where, "use larger steps")
    fields = source.settings.get("15", "").split("\n")[0].split(",")
    method = METHODS.get(fields[3].strip(), "euler") if len(fields) > 3 else "euler"
    if method != "euler":
        what = (
            f"{method} runs with the fixed TIME STEP; where the settings say Auto, Vensim shortens its steps"
        )
        fix = "if they do, see whether a smaller TIME STEP changes the results"
        notes.append(Problem("note", "method", controls["time_step"].where, what, fix))
    unit = controls["time_step"].unit or controls["initial_time"].unit or controls["final_time"].unit
    if not unit:
        told = {
            per for v in variables if (per := unit_text(v.unit.rpartition("/")[2])) in TIMES and "/" in v.unit
        }
        unit = told.pop() if len(told) == 1 else ""
        if unit or any(unit_text(v.unit) not in ("", "dmnl") for v in variables):
            taken = (
                f"it is taken to be {unit}, by which the units of flows are"
                if unit
                else "rates cannot be checked"
            )
            what, fix = f"TIME STEP has no unit; {taken}", f"give it one: ~ {unit.title() or 'Month'}"
            notes.append(Problem("warning", "unit", controls["time_step"].where, what, fix))
    time = TimeSpec(start, stop, step, unit or "dmnl", method, max(save, step), where, frozen=True)
    kept = [replace(controls["final_time"], kind="aux")] if moving else []
    if "saveper" in controls:
        kept.append(controls["saveper"])
    return time, kept


def _worked_out(variable: Variable, clock: AtStart) -> tuple[float, bool]:
    expr: Expr | None = variable.equation.expr if variable.equation else None
    if variable.parameter is not None:
        expr = Number(variable.parameter.runs)
    try:
        if expr is None:
            raise Unknown("it has no equation")
        value = clock.value(expr)
    except Unknown as error:
        shown = variable.name.replace("_", " ").upper()
        what = f"{shown} cannot be worked out before the run: {error}"
        raise ModelError(what, variable.where, "make it depend on constants") from None
    return value, clock.moving
