"""What is wrong with a model, short of units: names, arguments, subscripts, flows, missing equations.

All problems are found in one pass, each with its place and what would put it right. Units are
checked by `dimensional`, loops of equations when the model is lowered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from putar.errors import ModelErrors, Problem, Where, nearest
from putar.language.expr import Call, Computed, Expr, Name, children, walk
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import INTEGRATIONS, KINDS, Equation, Model, Variable
from putar.language.parse import place as place_of
from putar.language.subscripts import (
    Place,
    SubscriptError,
    elements_meant,
    position,
    ranges_in,
    slices_in,
)

__all__ = ["MOST_ELEMENTS", "check", "raise_errors", "time_problems"]

MOST_STEPS = 100_000_000
MOST_ELEMENTS = 400_000  # of one array
MOST_VALUES = 1_000_000  # of all variables at one time


def check(model: Model) -> tuple[Problem, ...]:
    """Return every problem of a model's structure, errors and warnings, in the model's order."""
    problems = [*time_problems(model), *_dimensions(model), *_duplicates(model)]
    if not any(problem.severity == "error" for problem in problems):
        problems.extend(_sizes(model))
    if any(problem.severity == "error" for problem in problems):
        return tuple(problems)
    for variable in model.variables:
        problems.extend(_variable(model, variable))
    problems.extend(_flows(model))
    return tuple(problems)


def raise_errors(problems: Iterable[Problem]) -> None:
    """Raise all problems of severity error together; do nothing when there are none."""
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors:
        raise ModelErrors(errors)


def _error(kind: str, where: Where | None, what: str, fix: str) -> Problem:
    return Problem("error", kind, where, what, fix)


def time_problems(model: Model) -> Iterator[Problem]:
    """Yield what is wrong or doubtful about the times of a run."""
    time = model.time
    span = f"from {time.start:g} to {time.stop:g} in steps of {time.step:g}"
    ends = (time.start, time.stop, time.step, (time.stop - time.start) / (time.step or math.nan))
    if not (time.step > 0 and time.stop >= time.start and all(math.isfinite(end) for end in ends)):
        fix = "stop after start, with a step above zero"
        yield _error("value", time.where, f"time does not move forward: {span}", fix)
        return
    if time.steps > MOST_STEPS:
        yield _error("value", time.where, f"the run would have {time.steps:.3g} steps", "use larger steps")
    if time.method not in INTEGRATIONS:
        near = nearest(time.method, INTEGRATIONS)
        fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(INTEGRATIONS)}"
        yield _error("name", time.where, f"unknown method {time.method!r}", fix)
    if time.save is not None and not (0 < time.save < math.inf):
        yield _error(
            "value", time.where, f"rows cannot be {time.save:g} apart", "write how far apart they are"
        )
    elif abs(time.save_every * time.step - (time.save or time.step)) > 1e-6 * time.step:
        what = f"rows are kept every {time.save_every * time.step:g}, not every {time.save:g}"
        fix = "make what is saved a multiple of the step"
        yield Problem("warning", "value", time.where, what, fix)
    last = time.start + time.steps * time.step
    if time.stop - last > 1e-6 * time.step:
        what, fix = f"the run ends at {last:g}: {span}", "choose a step that divides the whole"
        yield Problem("warning", "value", time.where, what, fix)


def _dimensions(model: Model) -> Iterator[Problem]:
    seen: set[str] = set()
    for dimension in model.dimensions:
        if dimension.name in seen:
            yield _error(
                "name", dimension.where, f"dimension {dimension.name!r} is declared twice", "remove one"
            )
        seen.add(dimension.name)
    for variable in model.variables:
        for name in variable.dimensions:
            if name not in seen:
                near = nearest(name, seen)
                fix = f"did you mean {near!r}?" if near else f"declare 'dimension {name} = ...'"
                yield _error("name", variable.where, f"unknown dimension {name!r}", fix)


def _sizes(model: Model) -> Iterator[Problem]:
    """Yield arrays that are too large, before anything goes through their elements."""
    whole, fix = 0, "use smaller dimensions"
    for variable in model.variables:
        count = math.prod(len(model.dimension_elements[d]) for d in variable.dimensions)
        whole += count
        if count > MOST_ELEMENTS:
            yield _error("value", variable.where, f"{variable.name!r} would have {count:,} elements", fix)
    if whole > MOST_VALUES:
        what = f"the model would have {whole:,} values at each time, {MOST_VALUES:,} is the most"
        yield _error("value", model.variables[-1].where, what, fix)


def _duplicates(model: Model) -> Iterator[Problem]:
    first: dict[str, Variable] = {}
    for variable in model.variables:
        if variable.name in first:
            other = first[variable.name].where
            what = f"{variable.name!r} is defined twice (first at {other})"
            yield _error("name", variable.where, what, "rename or remove one")
        elif variable.short in CONSTANTS:
            what = f"{variable.short!r} is a built-in name"
            yield _error("name", variable.where, what, "choose another name")
        first.setdefault(variable.name, variable)
        if variable.kind not in KINDS:
            yield _error(
                "name", variable.where, f"unknown kind {variable.kind!r}", f"one of: {', '.join(KINDS)}"
            )


def _variable(model: Model, variable: Variable) -> Iterator[Problem]:
    known = set(model.element_tuples(variable))
    given = [elements for elements, _ in (*variable.elements, *variable.element_points)]
    given += [elements for elements, _ in variable.element_parameters]
    for elements in given:
        if elements not in known:
            shown = ", ".join(elements)
            what = f"[{shown}] is not an element of {variable.name}[{', '.join(variable.dimensions)}]"
            fix = "elements: " + " ".join(f"[{', '.join(e)}]" for e in sorted(known)[:8])
            yield _error("name", variable.where, what, fix)
    missing = _missing(model, variable)
    if missing is not None:
        yield missing
        return
    for place, equation in _equations(model, variable):
        yield from _equation(model, place, equation)


def _missing(model: Model, variable: Variable) -> Problem | None:
    if variable.kind == "constant":
        if len(model.parameters(variable)) < len(model.element_names(variable)):
            what, fix = f"{variable.name} has elements without a value", "give every element a number"
            return _error("name", variable.where, what, fix)
        return None
    tuples = tuple(model.element_tuples(variable))
    given = dict(variable.elements)
    if variable.kind == "curve":
        points = dict(variable.element_points)
        if variable.points is None and any(e not in points for e in tuples):
            what, fix = f"{variable.name} has elements without points", "points (x, y) (x, y)"
            return _error("name", variable.where, what, fix)
        if variable.equation is None and not given:
            return None  # a table that is called
    if variable.equation is None:
        absent = [e for e in tuples if e not in given]
        if absent:
            which = f" for [{', '.join(absent[0])}]" if absent[0] else ""
            what = f"{variable.name} has no equation{which}"
            return _error("name", variable.where, what, "write '= ...' after its unit")
    return None


def _equations(model: Model, variable: Variable) -> Iterator[tuple[Place, Equation]]:
    if variable.kind == "constant" or (variable.equation is None and not variable.elements):
        return
    given = dict(variable.elements)
    shared: set[int] = set()
    for elements in model.element_tuples(variable):
        equation = given.get(elements, variable.equation)
        if equation is not None:
            if id(equation) in shared and not _depends_on_place(equation.expr):
                continue
            shared.add(id(equation))
            yield Place(variable, elements, equation.over), equation


def _depends_on_place(expr: Expr) -> bool:
    return any(isinstance(node, Name) for node in walk(expr))


def _equation(model: Model, place: Place, equation: Equation) -> Iterator[Problem]:
    for node, reduced in _with_reducers(equation.expr):
        where = place_of(equation.text, equation.where, node.at, node.width)
        if isinstance(node, Call):
            yield from _call(model, place, node, where, reduced=reduced)
        elif isinstance(node, Name):
            yield from _name(model, place, node, where, reduced=reduced)


def _with_reducers(expr: Expr) -> Iterator[tuple[Expr, bool]]:
    """Yield every node with whether it stands where several elements, or a table, may be meant."""
    stack: list[tuple[Expr, bool]] = [(expr, False)]
    while stack:
        node, inside = stack.pop()
        yield node, inside
        row = FUNCTIONS.get(node.function) if isinstance(node, Call) else None
        reduces = row is not None and (row.reduces or row.takes == "vector")
        inner = [(child, inside or reduces) for child in children(node)]
        if row is not None and row.takes == "curve":
            inner = inner[1:]  # `_call` looks at the first
        if isinstance(node, Name) and any(isinstance(s, Computed) for s in node.subscripts):
            inner = [(child, False) for child in children(node)]
        stack.extend(reversed(inner))


def _call(model: Model, place: Place, call: Call, where: Where, *, reduced: bool) -> Iterator[Problem]:
    curve = model.resolve(call.function.lower(), place.variable.subsystem)
    if curve is not None and curve in model.by_name and model[curve].kind == "curve":
        if len(call.args) != 1:
            what = f"the curve {curve} takes one argument, {len(call.args)} given"
            yield _error("name", where, what, f"{model[curve].short}(x)")
        return
    row = FUNCTIONS.get(call.function)
    if row is None:
        near = nearest(call.function, FUNCTIONS)
        fix = f"did you mean {near!r}?" if near else "see docs/functions.md"
        yield _error("name", where, f"unknown function {call.function!r}", fix)
        return
    most = 1000 if row.many else len(row.args)
    if not row.required <= len(call.args) <= most:
        what = f"{row.name} does not take {len(call.args)} argument{'s' * (len(call.args) != 1)}"
        yield _error("name", where, what, row.signature)
        return
    if row.takes == "curve":
        first = call.args[0]
        known = model.resolve(first.name, place.variable.subsystem) if isinstance(first, Name) else ""
        target = model.by_name.get(known or "")
        if not isinstance(first, Name) or target is None or target.kind != "curve":
            what = f"the first argument of {row.name} must be the name of a curve"
            yield _error("name", where, what, row.signature)
            return
        try:
            elements_meant(model, place, first, target, slices=reduced)
        except SubscriptError as error:
            yield _error("name", where, error.what, error.fix)
    if row.reduces:
        try:
            ranges = ranges_in(model, call.args)
            inside = place.with_bound((f"{r}!", model.dimension_elements[r][0]) for r in ranges)
            for arg in call.args:
                slices_in(model, inside, arg)
        except SubscriptError as error:
            yield _error("name", where, error.what, error.fix)


def _name(model: Model, place: Place, name: Name, where: Where, *, reduced: bool) -> Iterator[Problem]:
    known = model.resolve(name.name, place.variable.subsystem)
    if known is None:
        if name.name in CONSTANTS and not name.subscripts:
            return
        if position(model, place, name.name) is None:
            room = place.variable.subsystem
            mine = [v.short for v in model.variables if v.subsystem == room]
            switches = [link.switch for link in model.links]
            near = nearest(name.name, [*mine, *model.by_name, *switches, *CONSTANTS])
            fix = f"did you mean {near!r}?" if near else "define it, or correct the name"
            yield _error("name", where, f"unknown name {name.name!r}", fix)
        return
    if known not in model.by_name:
        return
    target = model[known]
    if target.kind == "curve" and target.equation is None and not target.elements:
        what = f"the curve {known} has no input of its own"
        yield _error("name", where, what, f"call it: {target.short}(x)")
        return
    if reduced:
        return
    several = any(isinstance(subscript, Computed) for subscript in name.subscripts)
    try:
        elements_meant(model, place, name, target, slices=several)
    except SubscriptError as error:
        yield _error("name", where, error.what, error.fix)


def _flows(model: Model) -> Iterator[Problem]:
    users: dict[tuple[str, str], str] = {}
    for stock in model.variables:
        if stock.kind != "stock":
            if stock.inflows or stock.outflows:
                what = f"only a stock has flows, {stock.name} is none ({stock.kind})"
                yield _error("name", stock.where, what, "make it a stock")
            continue
        for side, flows in (("inflow", stock.inflows), ("outflow", stock.outflows)):
            for flow in flows:
                yield from _flow(model, stock, side, flow, users)
    moved = {flow for _, flow in users}
    for variable in model.variables:
        if variable.kind == "flow" and variable.name not in moved:
            what = f"the flow {variable.name} fills and drains no stock"
            fix = "name it as inflow or outflow of a stock, or make it an aux"
            yield Problem("warning", "name", variable.where, what, fix)


def _flow(
    model: Model, stock: Variable, side: str, flow: str, users: dict[tuple[str, str], str]
) -> Iterator[Problem]:
    known = model.resolve(flow, stock.subsystem)
    if known is None or known not in model.by_name:
        near = nearest(flow, model.by_name)
        fix = f"did you mean {near!r}?" if near else f"define 'flow {flow}'"
        yield _error("name", stock.where, f"unknown {side} {flow!r} of {stock.name}", fix)
        return
    if model[known].kind != "flow":
        what = f"{known} is not a flow ({model[known].kind}), but is an {side} of {stock.name}"
        yield _error("name", stock.where, what, f"declare it as 'flow {model[known].short}'")
        return
    taken = users.setdefault((side, known), stock.name)
    if taken != stock.name and not model.origin:
        what = f"{known} is already an {side} of {taken}"
        yield _error("name", stock.where, what, "one flow fills one stock and drains one stock")
    try:
        first = next(iter(model.element_tuples(stock)))
        elements_meant(model, Place(stock, first), Name(flow), model[known], slices=False)
    except SubscriptError as error:
        yield _error("name", stock.where, f"{side} {flow}: {error.what}", error.fix)
