"""A Model as an XMILE file: modules, links, dimensions, tables, units, views, and where numbers come from.

What XMILE has no words for (status, facts, reasons, ranges, distributions, links, units that are multiples)
stands in elements and attributes of the namespace `putar`, which other tools pass over and putar reads back.

Source: XMILE 1.0 (OASIS), chapters 2 to 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from itertools import pairwise, product
from xml.sax.saxutils import escape, quoteattr

from putar.formats.spans import span_ends
from putar.formats.text_write import number_text
from putar.formats.writing.loss import Loss, Written
from putar.formats.writing.reduce import reduce
from putar.formats.writing.target import XMILE
from putar.formats.writing.xmile_rooms import Room, Rooms
from putar.formats.writing.xmile_views import plain_view, quoted
from putar.formats.xmile_curves import noted_curve
from putar.formats.xmile_kept import NAMESPACE
from putar.language.model import Equation, Model, Parameter, Points, TimeSpec, Variable

__all__ = ["write_xmile"]

STANDARD = "http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"
ISEE = "http://iseesystems.com/XMILE"
_SPACE = re.compile(r'(xmlns:[\w.-]+)="([^"]*)"')
METHODS = {"euler": "euler", "heun": "rk2", "rk4": "rk4"}


def write_xmile(model: Model, title: str = "") -> Written:
    """Return a model as the text of an XMILE file.

    Parameters
    ----------
    title : what a person calls it; the model's name, where not said
    """
    return _Writer(model, title or model.name).written()


def attributes(**values: str | None) -> str:
    """Return attributes as they stand in a tag; those that are None are left out."""
    return "".join(
        f" {key.replace('__', ':')}={quoteattr(value)}" for key, value in values.items() if value is not None
    )


class _Writer:
    def __init__(self, model: Model, title: str) -> None:
        self.original, self.title = model, title
        reduced = reduce(model, XMILE)
        self.model, self.losses = reduced.model, list(reduced.losses)
        self.rooms = Rooms(self.model, self.losses)
        self.kept = dict(model.kept)
        self.elements = self.model.dimension_elements

    def written(self) -> Written:
        bodies = [(room, list(self._variables(room))) for room in self.rooms.all.values()]
        models: list[str] = []
        for room, body in bodies:
            name = None if not room.name else self._module(room.name)
            models += [f"  <model{attributes(name=name)}>", "    <variables>"]
            models += [f"      {line}" for line in (*body, *self._inputs(room), *self._modules(room))]
            models += ["    </variables>", *self._views(room), "  </model>"]
        lines = [*self._head(), *models, "</xmile>", ""]
        names = {full: self.rooms.path(full) for full in self.original.by_name if full in self.model.by_name}
        return Written("\n".join(lines), tuple(self.losses), names)

    # the head -----------------------------------------------------------------------------

    def _head(self) -> Iterator[str]:
        known = {"xmlns:isee": ISEE, **dict(_SPACE.findall(self.kept.get("xmile names", "")))}
        spaces = "".join(f" {key}={quoteattr(value)}" for key, value in known.items() if key != "xmlns:putar")
        yield '<?xml version="1.0" encoding="utf-8"?>'
        yield f'<xmile version="1.0" xmlns="{STANDARD}" xmlns:putar="{NAMESPACE}"{spaces}>'
        yield "  <header>"
        yield f"    <name>{escape(self.title)}</name>"
        yield "    <vendor>putar</vendor>"
        yield f'    <product version="{version("putar")}">putar</product>'
        most = max((len(v.dimensions) for v in self.model.variables), default=0)
        used = [f'<uses_arrays maximum_dimensions="{most}"/>'] if most else []
        used += ["<uses_submodels/>"] if len(self.rooms.all) > 1 else []
        if used:
            yield f'    <options namespace="std">{"".join(used)}</options>'
        yield "  </header>"
        yield from self._times(self.original.time)
        yield from self._units()
        if self.model.dimensions:
            yield "  <dimensions>"
            for dimension in self.model.dimensions:
                listed = "".join(f"<elem name={quoteattr(e)}/>" for e in dimension.elements)
                size = None
                if dimension.elements == tuple(str(i) for i in range(1, len(dimension.elements) + 1)):
                    listed, size = "", str(len(dimension.elements))
                yield f"    <dim{attributes(name=dimension.name, size=size)}>{listed}</dim>"
            yield "  </dimensions>"
        if self.original.links:
            yield "  <putar:links>"
            for link in self.original.links:
                given = {"id": link.id, "title": link.title, "from": link.source, "to": link.target}
                yield f"    <putar:link{attributes(**given)}/>"
            yield "  </putar:links>"

    def _times(self, time: TimeSpec) -> Iterator[str]:
        inverse = round(1.0 / time.step) if time.step < 1.0 else 0
        exact = inverse > 0 and 1.0 / inverse == time.step
        save = None if time.save is None or time.save == time.step else number_text(time.save)
        own = time.method if time.method not in METHODS else None
        method = METHODS.get(time.method, "rk2")
        told = attributes(method=method, time_units=time.unit, isee__save_interval=save, putar__method=own)
        yield f"  <sim_specs{told}>"
        yield f"    <start>{number_text(time.start)}</start>"
        yield f"    <stop>{number_text(time.stop)}</stop>"
        if exact:
            yield f'    <dt reciprocal="true">{inverse}</dt>'
        else:
            yield f"    <dt>{number_text(time.step)}</dt>"
        yield "  </sim_specs>"

    def _units(self) -> Iterator[str]:
        if self.model.units:
            yield "  <model_units>"
            for unit in self.model.units:
                yield f"    <unit{attributes(name=unit.name, putar__definition=unit.definition)}/>"
            yield "  </model_units>"

    # modules ------------------------------------------------------------------------------

    def _module(self, room: str) -> str:
        """Return the name of a room's model: its own where no other room has the same."""
        last = room.rpartition(".")[2]
        same = [name for name in self.rooms.all if name.rpartition(".")[2] == last and name]
        return last if len(same) == 1 else room.replace(".", "_")

    def _modules(self, room: Room) -> Iterator[str]:
        for name in room.rooms:
            inner = self.rooms.all[name]
            last = name.rpartition(".")[2]
            told = self.rooms.titles.get(name)
            model = self._module(name)
            own = {
                "name": last,
                "model": None if model == last else model,
                "putar__title": told.title or None if told else None,
            }
            yield f"<module{attributes(**own)}>"
            for full, here in inner.inputs.items():
                source = self._seen(room, full)
                yield f"  <connect{attributes(to=f'{last}.{here}', **{'from': source})}/>"
            if told and told.reason:
                yield f"  <doc>{escape(told.reason)}</doc>"
            yield "</module>"

    def _seen(self, room: Room, full: str) -> str:
        """Return how a room's connections name a variable."""
        if full in room.names:
            return room.names[full]
        inside = f"{room.name}." if room.name else ""
        path = self.rooms.path(full)
        return path.removeprefix(inside) if full.startswith(inside) else f".{path}"

    def _inputs(self, room: Room) -> Iterator[str]:
        moved = {f[1:] for v in room.variables for f in (*v.inflows, *v.outflows)}
        for full, here in room.inputs.items():
            variable = self.model.by_name[full]
            tag = "flow" if full in moved else "aux"
            yield f"<{tag}{attributes(name=here, access='input')}>"
            yield from self._dimensions(variable)
            yield "  <eqn>0</eqn>"
            if variable.unit:
                yield f"  <units>{escape(variable.unit)}</units>"
            yield f"</{tag}>"

    # variables ----------------------------------------------------------------------------

    def _variables(self, room: Room) -> Iterator[str]:
        for variable in room.variables:  # grows, where tables are copied
            yield from self._variable(room, variable)

    def _variable(self, room: Room, variable: Variable) -> Iterator[str]:
        table = variable.kind == "curve" and variable.equation is None and not variable.elements
        tag = {"constant": "aux", "curve": "gf" if table and not variable.dimensions else "aux"}.get(
            variable.kind, variable.kind
        )
        name = self.rooms.spelling(variable) if variable.name in self.model.by_name else variable.short
        yield (
            f"<{tag}{attributes(name=name)}>"
            if tag != "gf"
            else f"<gf{attributes(name=name)}{self._way(variable.points)}>"
        )
        yield from (f"  {line}" for line in self._inside(room, variable, tag))
        yield f"</{tag}>"

    def _inside(self, room: Room, variable: Variable, tag: str) -> Iterator[str]:
        reason = variable.parameter.reason if variable.parameter else variable.reason
        if reason:
            yield f"<doc>{escape(reason)}</doc>"
        yield from (line.strip() for line in self._dimensions(variable))
        yield from self._equations(room, variable)
        for side in ("inflow", "outflow"):
            for flow in getattr(variable, f"{side}s"):
                yield f"<{side}>{escape(self._flow(room, flow))}</{side}>"
        if variable.nonnegative:
            yield "<non_negative/>"
        if variable.points is not None:
            if tag == "gf":
                yield from self._points(variable.points)
            else:
                yield f"<gf{self._way(variable.points)}>{''.join(self._points(variable.points))}</gf>"
        if variable.unit:
            yield f"<units>{escape(variable.unit)}</units>"
        yield from noted_curve(self.original.by_name.get(variable.name), variable, self.model)
        yield from self._range(variable)
        if variable.status or variable.facts or variable.input_unit:
            told = {"status": variable.status, "facts": ", ".join(variable.facts) or None}
            yield f"<putar:source{attributes(**told, input_unit=variable.input_unit)}/>"
        if variable.parameter is not None:
            yield from self._source(variable.parameter)

    def _range(self, variable: Variable) -> Iterator[str]:
        """Yield the range of a constant, or of a display; XMILE has none with an open end."""
        ends = {(parameter.low, parameter.high) for _, parameter in self.model.parameters(variable)}
        low, high = ends.pop() if len(ends) == 1 else span_ends(variable.span)
        if low is not None and high is not None:
            yield f"<range{attributes(min=number_text(low), max=number_text(high))}/>"
        open_end = variable.kind != "constant" and (low is None or high is None)
        if variable.span and (open_end or len(variable.span.split(",")) > 2):
            what = f"a part of the range [{variable.span}]"
            self.losses.append(Loss(what, variable.name, "XMILE has no steps and no open ends"))

    def _dimensions(self, variable: Variable) -> Iterator[str]:
        if variable.dimensions:
            listed = "".join(f"<dim name={quoteattr(d)}/>" for d in variable.dimensions)
            yield f"  <dimensions>{listed}</dimensions>"

    def _flow(self, room: Room, flow: str) -> str:
        return quoted(self.rooms.local(room, flow.removeprefix(".")))

    def _equations(self, room: Room, variable: Variable) -> Iterator[str]:
        if variable.kind == "constant":
            yield from self._numbers(variable)
            return
        given = dict(variable.elements)
        tables = dict(variable.element_points)
        if variable.dimensions and (given or tables):
            everywhere = variable.equation
            tuples = list(product(*(self.elements[d] for d in variable.dimensions)))
            if everywhere is not None and not given:
                yield f"<eqn>{self._text(room, everywhere)}</eqn>"
            for elements in tuples:
                own = given.get(elements, everywhere if given else None)
                points = tables.get(elements, variable.points)
                if own is None and elements not in tables:
                    continue
                yield f"<element{attributes(subscript=', '.join(elements))}>"
                if own is not None:
                    yield f"  <eqn>{self._text(room, own)}</eqn>"
                if elements in tables and points is not None:
                    yield f"  <gf{self._way(points)}>{''.join(self._points(points))}</gf>"
                yield "</element>"
        elif variable.equation is not None:
            yield f"<eqn>{self._text(room, variable.equation)}</eqn>"

    def _text(self, room: Room, equation: Equation) -> str:
        return escape(self.rooms.text(room, equation.expr))

    def _numbers(self, variable: Variable) -> Iterator[str]:
        if variable.parameter is not None and not variable.element_parameters:
            yield f"<eqn>{number_text(variable.parameter.runs)}</eqn>"
            return
        given = dict(variable.element_parameters)
        for elements in product(*(self.elements[d] for d in variable.dimensions)):
            parameter = given.get(elements, variable.parameter)
            if parameter is None:
                continue
            yield f"<element{attributes(subscript=', '.join(elements))}>"
            yield f"  <eqn>{number_text(parameter.runs)}</eqn>"
            yield from (f"  {line}" for line in self._source(parameter, doc=True))
            yield "</element>"

    def _source(self, parameter: Parameter, *, doc: bool = False) -> Iterator[str]:
        """Yield where a constant comes from, and what is believed of it."""
        drawn = parameter.distribution
        told: dict[str, str | None] = {
            "status": parameter.status,
            "facts": ", ".join(parameter.facts) or None,
            "value": None if parameter.fitted is None else number_text(parameter.value),
            "low": None if parameter.low is None else number_text(parameter.low),
            "high": None if parameter.high is None else number_text(parameter.high),
            "distribution": None
            if drawn is None
            else f"{drawn.kind} {' '.join(map(number_text, drawn.numbers))}",
            "reason": parameter.reason or None if doc else None,
        }
        if any(value is not None for value in told.values()):
            yield f"<putar:source{attributes(**told)}/>"

    def _way(self, points: Points | None) -> str:
        assert points is not None  # a table has points
        kind = "discrete" if points.between == "step" else "continuous"
        return attributes(
            type="extrapolate" if points.outside == "extrapolate" and kind == "continuous" else kind
        )

    def _points(self, points: Points) -> Iterator[str]:
        xs, ys = points.xs, points.ys
        if points.between == "step" and len(ys) > 1 and ys[-1] != ys[-2]:
            gap = xs[-1] - xs[-2] or 1.0  # the last two of a discrete table are equal
            xs, ys = (*xs, xs[-1] + gap), (*ys, ys[-1])
        if len(xs) == 1:
            xs, ys = (xs[0], xs[0] + 1.0), (ys[0], ys[0])
        steps = [b - a for a, b in pairwise(xs)]
        last = len(xs) - 1
        even = [xs[0] + (xs[-1] - xs[0]) * i / last for i in range(last + 1)]
        if steps and tuple(even) == xs:
            yield f"<xscale{attributes(min=number_text(xs[0]), max=number_text(xs[-1]))}/>"
        else:
            yield f"<xpts>{','.join(map(number_text, xs))}</xpts>"
        yield f"<ypts>{','.join(map(number_text, ys))}</ypts>"

    # views --------------------------------------------------------------------------------

    def _views(self, room: Room) -> Iterator[str]:
        kept = self.kept.get(f"xmile views {room.name}".strip())
        if kept:
            yield kept
        else:
            yield from plain_view(self.rooms, room)
