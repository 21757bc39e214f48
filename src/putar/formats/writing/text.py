"""A Model of another tool in putar's own text form: names that are words, units that fit, nothing partial.

What `formats.text_write` prints of a model made in the text form needs none of this.

Source: docs/format.md.
"""

from __future__ import annotations

import re
from dataclasses import replace

from putar.formats.text_write import model_text
from putar.formats.writing.loss import Loss, Written
from putar.formats.writing.reduce import reduce
from putar.formats.writing.target import TEXT
from putar.formats.writing.text_times import with_named_times
from putar.language.dimensional import check_units
from putar.language.expr import Call, Computed, Each, Expr, Index, Name, Number, Subscript, Unary, rebuild
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import (
    Dimension,
    Equation,
    Model,
    Parameter,
    Points,
    Subsystem,
    UnitDeclaration,
    Variable,
)

__all__ = ["own_model", "write_text"]

_TAKEN = {"if", "then", "else", "and", "or", "not", "mod", "others", "links"}
_TAKEN |= {*CONSTANTS, *(name.lower() for name in FUNCTIONS)}
MOST_ROUNDS = 30


def write_text(model: Model, title: str = "") -> Written:  # noqa: ARG001 - as the other writers have it
    """Return a model as one `.putar` text."""
    if not model.origin:
        return Written(model_text(model), (), {name: name for name in model.by_name})
    own, losses, names = own_model(model)
    return Written(model_text(own), losses, names)


def own_model(
    model: Model, home: str = "", *, flat: bool = False
) -> tuple[Model, tuple[Loss, ...], dict[str, str]]:
    """Return a model of any tool as one that the text form can hold, its losses, and its new names.

    Parameters
    ----------
    home : the room for what has none; without it, that stays outside of all rooms
    flat : whether rooms in rooms become rooms beside each other
    """
    reduced = reduce(model, TEXT) if model.origin else None
    renamed = _Renamed(model if reduced is None else reduced.model, home, flat)
    own, losses = renamed.model(), [] if reduced is None else [*reduced.losses]
    for variable in model.variables:
        if variable.span and (variable.kind != "constant" or len(variable.span.split(",")) > 2):
            what = f"the range [{variable.span}] of its display"
            losses.append(Loss(what, variable.name, "only constants have ranges, without steps"))
    own = _whole(own, losses)
    if flat:  # a folder's constants must have a unit
        bare = (replace(v, unit="dmnl") if v.kind == "constant" and not v.unit else v for v in own.variables)
        own = replace(own, variables=tuple(bare))
    whole, own_time = own, own.time.unit
    own, taken_off = _with_units(own)
    if taken_off and own_time != "dmnl" and any(_has_unit(v) for v in whole.variables):
        timed, less = _with_units(with_named_times(whole))
        if timed.time.unit != "dmnl" and len(less) < len(taken_off):
            own, taken_off = timed, less
    losses.extend(taken_off)
    names = {old: new for old, new in renamed.outputs(model).items() if old != new}
    return own, tuple(losses), names


class _Renamed:
    """Gives variables, dimensions and elements names that the text form can hold."""

    def __init__(self, model: Model, home: str, flat: bool) -> None:
        self.whole, self.flat = model, flat
        self.rooms = {"": home}
        self.names: dict[str, str] = {}
        self.taken: set[str] = set()
        self.dimensions = {d.name: self._free(d.name) for d in model.dimensions}
        self.elements = {
            (d.name, e): e if e.isdigit() or _word(e) == e else self._free(e)
            for d in model.dimensions
            for e in d.elements
        }
        for room in [*(r.name for r in model.subsystems), *(v.subsystem for v in model.variables)]:
            self._room(room)
        for variable in model.variables:
            room = self.rooms[variable.subsystem]
            self.names[variable.name] = self._free(
                f"{room}.{_word(variable.short)}" if room else variable.short
            )

    def _room(self, room: str) -> str:
        if room not in self.rooms:
            inside = room.rpartition(".")[0]
            if self.flat and inside:
                self.rooms[room] = self._free(room.replace(".", "_"))
                return self.rooms[room]
            parent = self._room(inside) if inside else ""
            word = _word(room.rpartition(".")[2])
            self.rooms[room] = f"{parent}.{word}" if parent else word
        return self.rooms[room]

    def _free(self, name: str) -> str:
        room, dot, last = name.rpartition(".")
        base = f"{room}{dot}{_word(last)}"
        wanted, count = base, 1
        while wanted in self.taken or wanted.rpartition(".")[2] in _TAKEN:
            count += 1
            wanted = f"{base}_{count}"
        self.taken.add(wanted)
        return wanted

    def outputs(self, original: Model) -> dict[str, str]:
        """Return what every variable, and every element that changed its name, is called now."""
        found = {name: self.names[name] for name in original.by_name if name in self.names}
        for variable in original.variables:
            if any(
                self.elements[(d, e)] != e
                for d in variable.dimensions
                for e in original.dimension_elements[d]
            ):
                for elements in original.element_tuples(variable):
                    pairs = zip(variable.dimensions, elements, strict=True)
                    now = ",".join(self.elements[pair] for pair in pairs)
                    old = f"{variable.name}[{','.join(elements)}]"
                    found[old] = f"{self.names[variable.name]}[{now}]"
        return found

    def model(self) -> Model:
        """Return the model with its new names."""
        old = self.whole
        dimensions = tuple(
            Dimension(self.dimensions[d.name], tuple(self.elements[(d.name, e)] for e in d.elements), d.where)
            for d in old.dimensions
        )
        rooms = tuple(Subsystem(self.rooms[r.name], r.title, r.reason) for r in old.subsystems)
        names = frozenset(self.names.values())
        variables = tuple(self._variable(v, names) for v in old.variables)
        time = replace(old.time, frozen=False)
        return replace(
            old,
            variables=variables,
            dimensions=dimensions,
            subsystems=rooms,
            time=time,
            notes=(),
            kept=(),
            origin="",
        )

    def _variable(self, variable: Variable, names: frozenset[str]) -> Variable:
        def elements(words: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(self.elements[pair] for pair in zip(variable.dimensions, words, strict=True))

        def equation(own: Equation) -> Equation:
            made = rebuild(own.expr, lambda node: self._node(node, variable.subsystem, names))
            return Equation(made, own.text if made == own.expr else "", own.where)

        def flow(name: str) -> str:
            full = str(self.whole.resolve(name, variable.subsystem))
            return _shortest(self.names[full], self.rooms[variable.subsystem], names)

        return replace(
            variable,
            name=self.names[variable.name],
            dimensions=tuple(self.dimensions[d] for d in variable.dimensions),
            equation=None if variable.equation is None else equation(variable.equation),
            elements=tuple((elements(e), equation(own)) for e, own in variable.elements),
            points=_two(variable.points),
            element_points=tuple((elements(e), _two(p) or p) for e, p in variable.element_points),
            element_parameters=tuple((elements(e), p) for e, p in variable.element_parameters),
            inflows=tuple(flow(f) for f in variable.inflows),
            outflows=tuple(flow(f) for f in variable.outflows),
            spelling="",
            reason=_line(variable.reason),
        )

    def _node(self, node: Expr, room: str, names: frozenset[str]) -> Expr:
        match node:
            case Call(function=function):
                curve = self.whole.by_name.get(str(self.whole.resolve(function.lower(), room)))
                if curve is None or curve.kind != "curve":
                    return node
                return replace(node, function=_shortest(self.names[curve.name], self.rooms[room], names))
            case Name(name=name):
                target = self.whole.by_name.get(str(self.whole.resolve(name, room)))
                if target is None:
                    return replace(node, name=self.dimensions.get(name, name))
                pairs = zip(node.subscripts, target.dimensions, strict=True) if node.subscripts else ()
                subscripts = tuple(self._subscript(s, d) for s, d in pairs)
                short = _shortest(self.names[target.name], self.rooms[room], names)
                return replace(node, name=short, subscripts=subscripts)
        return node

    def _subscript(self, subscript: Subscript, dimension: str) -> Subscript:
        match subscript:
            case Computed(expr=Name() as name):
                return Computed(Unary("+", name))  # a name alone is read as an element
            case Index(name=name):
                known = self.elements.get((dimension, name))
                return Index(known or self.dimensions.get(name, name))
            case Each(name=name):
                return Each(self.dimensions[name])
        return subscript


def _word(name: str) -> str:
    """Return a name as one word, as the text form compares it."""
    word = re.sub(r"[\W_]+", "_", name).strip("_").casefold() or "x"
    return word if word[0].isalpha() else f"x_{word}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _shortest(full: str, room: str, names: frozenset[str]) -> str:
    """Return how a variable is called in a room: without its room, where nothing else has that name there."""
    short = full.removeprefix(f"{room}.") if room else full
    here = room
    while here:
        if f"{here}.{short}" in names:
            return short if f"{here}.{short}" == full else f".{full}"
        here = here.rpartition(".")[0]
    return short if short == full else f".{full}"


def _two(points: Points | None) -> Points | None:
    """Return a table with two points at least."""
    if points is None or len(points.xs) > 1:
        return points
    return replace(points, xs=(points.xs[0], points.xs[0] + 1.0), ys=points.ys * 2)


def _whole(model: Model, losses: list[Loss]) -> Model:
    """Return a model in which every element of an array has an equation."""

    def filled(variable: Variable) -> Variable:
        if not variable.partial:
            return variable
        losses.append(Loss("that some of its elements have no equation", variable.name, "they are 0"))
        every = replace(variable, partial=False)
        missing = [e for e in model.element_tuples(every) if e not in model.given[variable.name]]
        if variable.kind == "constant":
            more = tuple((e, Parameter(0.0)) for e in missing)
            return replace(every, element_parameters=(*variable.element_parameters, *more))
        zero = tuple((e, Equation(Number(0.0))) for e in missing)
        elements = (
            variable.elements
            if variable.equation is None and not variable.elements
            else (*variable.elements, *zero)
        )
        flat = Points((0.0, 1.0), (0.0, 0.0))
        points = tuple((e, flat) for e in missing) if variable.kind == "curve" else ()
        return replace(every, elements=elements, element_points=(*variable.element_points, *points))

    return replace(model, variables=tuple(filled(v) for v in model.variables))


def _with_units(model: Model) -> tuple[Model, list[Loss]]:
    """Return a model whose units fit; those that do not are taken off, then that of time; and what was."""
    losses: list[Loss] = []
    model = replace(model, units=tuple(u for u in model.units if u.name != model.time.unit))
    for _ in range(MOST_ROUNDS):
        errors = [p for p in check_units(model) if p.severity == "error"]
        if not errors:
            return model, losses
        lines = {p.where.line for p in errors if p.where is not None}
        wrong = {v.name for v in model.variables if _has_unit(v) and _lines(v) & lines}
        if wrong:
            model = _without(model, wrong, losses)
        elif model.time.unit != "dmnl":
            unit = model.time.unit
            losses.append(Loss(f"the unit of time, {unit}", "time", "it is added to plain numbers"))
            base = (*model.units, UnitDeclaration(unit))
            model = replace(model, time=replace(model.time, unit="dmnl"), units=base)
        else:
            break
    return _without(model, {v.name for v in model.variables if _has_unit(v)}, losses), losses


def _has_unit(variable: Variable) -> bool:
    return variable.unit not in ("", "dmnl")


def _lines(variable: Variable) -> set[int]:
    equations = (variable.equation, *(own for _, own in variable.elements))
    return {variable.where.line, *(e.where.line for e in equations if e is not None)}


def _without(model: Model, chosen: set[str], losses: list[Loss]) -> Model:
    """Return a model in which some variables have no unit, but a comment that says what it was."""
    found = []
    for variable in model.variables:
        if variable.name in chosen:
            losses.append(Loss(f"the unit {variable.unit}", variable.name, "it does not fit its equation"))
            comments = (*variable.comments, f"its unit was {variable.unit}")
            unit = "dmnl" if variable.kind == "constant" else ""
            variable = replace(variable, unit=unit, input_unit=None, comments=comments)
        found.append(variable)
    return replace(model, variables=tuple(found))
