"""A Model, lowered to a Program: every array element becomes a scalar node of one graph.

References are followed as they are met: when an equation needs a variable that has no node yet, that
one is lowered first, on an explicit stack, so that a chain of any length is no deeper than one
equation. A variable met again on the stack is an algebraic loop and is named with its whole path.
There are two worlds: `run`, where stocks are states, and `initial`, where stocks are their initial
values and time is the start. One equation is the work of `lower_equation`, functions are in `expand`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import cast

from putar.engine.builder import Builder
from putar.engine.expand import REDUCERS
from putar.engine.ir import Graph, Op, Program, State, Table, live_order
from putar.engine.lower_equation import EquationLowering, plain_names
from putar.engine.operations import MEANING
from putar.engine.whole import Key, Needed
from putar.errors import ModelError
from putar.language.check import check, raise_errors
from putar.language.expr import Call, Name
from putar.language.limits import Limit, limits_of
from putar.language.model import NOT_AVAILABLE, Equation, Model, Points, Variable, element_name, shares_flow
from putar.language.subscripts import Place, SubscriptError, elements_meant

__all__ = ["Lowering", "Needed", "lower", "lowered"]

MANY_NAMES = 16  # from so many on, all that an equation needs is asked for at once


def lower(model: Model) -> Program:
    """Return the Program of a model: all of its variables are outputs, all constants parameters.

    Raises
    ------
    ModelErrors
        If the model has errors (all of them), an algebraic loop or circular initial values.
    """
    return lowered(model).program


def lowered(model: Model) -> Lowering:
    """Return a model that is lowered once, for `formulas` too; raises as `lower`."""
    raise_errors(check(model))
    return Lowering(model)


class Lowering:
    """Lowers a model element by element; `formulas` lowers each equation by itself instead."""

    def __init__(self, model: Model) -> None:
        self.model, self.graph = model, Graph()
        self.nodes: dict[Key, int] = {}
        self.tables: dict[Table, int] = {}
        self.states: list[State | None] = []
        self.state_slots: dict[str, int] = {}
        self.pending: list[tuple[int, str, int, str, Callable[[], int]]] = []
        self.random_slots: dict[tuple[str, int, int], int] = {}
        self.parameters: dict[str, int] = {}
        self.defaults: list[float] = []
        self.nested = 0
        self.combined = self.combining = 0  # combinations of ranges in all equations, and in the current one
        self.equations: dict[str, dict[tuple[str, ...], Equation]] = {}
        self.points: dict[str, dict[tuple[str, ...], Points]] = {}
        self.leaving, self.entering = limits_of(model)
        self._declare()

    # the whole ----------------------------------------------------------------------------

    def _declare(self) -> None:
        for variable in self.model.variables:
            for name, parameter in self.model.parameters(variable):
                self._parameter(name, parameter.runs)
            if variable.kind == "stock":
                for name in self.model.element_names(variable):
                    self.state_slots[name] = len(self.states)
                    self.states.append(None)
        for link in self.model.links:
            self._parameter(link.switch, 1.0)
        if self.model.links:
            self._parameter("links.cut_date", self.model.time.start)

    def _parameter(self, name: str, value: float) -> None:
        self.parameters[name] = len(self.defaults)
        self.defaults.append(value)

    @cached_property
    def program(self) -> Program:
        """The whole model's Program."""
        outputs: list[tuple[str, int]] = []
        for variable in self.model.variables:
            if variable.kind == "curve" and variable.equation is None and not variable.elements:
                continue
            for elements in self.model.element_tuples(variable):
                node = self.value(("run", variable.name, elements))
                outputs.append((element_name(variable.name, elements), node))
        for variable in self.model.variables:
            if variable.kind == "stock":
                self._integrate(variable)
        while self.pending:
            slot, name, initial, kind, following = self.pending.pop(0)
            self.states[slot] = State(name, initial, self._drive(following), kind)
        outputs += [(link.switch, self._switch(link.switch)) for link in self.model.links]
        time = self.model.time
        return Program(
            self.graph,
            tuple(self.tables),
            tuple(self.parameters),
            tuple(self.defaults),
            tuple(state for state in self.states if state is not None),
            tuple(outputs),
            time.start,
            time.step,
            time.steps,
            time.method,
            time.save_every,
        )

    def _integrate(self, stock: Variable) -> None:
        shares = stock.nonnegative and shares_flow(self.model, stock)
        step = self.graph.const(self.model.time.step)
        for elements in self.model.element_tuples(stock):
            name = element_name(stock.name, elements)
            initial = self.value(("initial", stock.name, elements))
            place = Place(stock, elements)
            flows = [(1, flow) for flow in stock.inflows] + [(-1, flow) for flow in stock.outflows]
            rate: int | None = None
            for sign, flow in flows:
                node = self.value(("run", *self._flow(stock, flow, place)))
                if rate is None:
                    rate = node if sign > 0 else self.graph.node(Op.NEG, node)
                else:
                    rate = self.graph.node(Op.ADD if sign > 0 else Op.SUB, rate, node)
            if rate is None:
                rate = self.graph.const(0.0)
            elif stock.nonnegative and shares:  # its flows are others' as well: its own change is limited
                empty = self.graph.node(Op.DIV, self.value(("run", stock.name, elements)), step)
                rate = self.graph.node(Op.MAX, rate, self.graph.node(Op.NEG, empty))
            self.states[self.state_slots[name]] = State(name, initial, rate)

    def _flow(self, stock: Variable, flow: str, place: Place) -> tuple[str, tuple[str, ...]]:
        name = str(self.model.resolve(flow, stock.subsystem))
        variable = self.model[name]
        return name, elements_meant(self.model, place, Name(flow), variable, slices=False)[0]

    def went_through(self, combinations: int) -> int:
        """Count combinations of ranges; return how many the equations so far went through."""
        self.combining += combinations  # of this equation; begun again, it counts from the start
        return self.combined + self.combining

    # the explicit stack -------------------------------------------------------------------

    def value(self, key: Key) -> int:
        """Return the node of an element, lowering what it needs first."""
        if key not in self.nodes:
            self._drive(lambda: self.nodes[key], [key])
        return self.nodes[key]

    def _drive(self, wanted: Callable[[], int], stack: list[Key] | None = None) -> int:
        stack = stack or []
        path: dict[Key, None] = {}  # those on the stack that have begun; each needs the next one
        while True:
            try:
                while stack:
                    self._begin(stack, path)
                return wanted()
            except Needed as needed:
                if needed.key in path:
                    cycle = list(path)
                    raise self._loop(cycle[cycle.index(needed.key) :]) from None
                stack.append(needed.key)

    def _begin(self, stack: list[Key], path: dict[Key, None]) -> None:
        key = stack[-1]
        if key not in self.nodes:
            if key not in path:
                path[key] = None
                stack.extend(reversed([k for k in self._plainly_needed(key) if k not in path]))
                if stack[-1] is not key:
                    return
            self.combining = 0
            self.nodes[key] = self._lower_element(key)
            self.combined += self.combining
        stack.pop()
        path.pop(key, None)

    def _plainly_needed(self, key: Key) -> list[Key]:
        """Return what an equation with many names needs and has no node yet."""
        world, name, elements = key
        variable = self.model[name]
        if variable.kind == "constant" or (variable.kind == "stock" and world == "run"):
            return []
        equation = self.equation_of(variable, elements)
        names = plain_names(equation.expr)
        if len(names) < MANY_NAMES:
            return []
        place = Place(variable, elements, equation.over)
        found: dict[Key, None] = {}
        for one in names:
            target = self.model.by_name.get(self.model.resolve(one.name, variable.subsystem) or "")
            if target is not None:
                (meant,) = elements_meant(self.model, place, one, target, slices=False)
                found.setdefault((world, target.name, meant))
        return [k for k in found if k not in self.nodes]

    def _loop(self, cycle: list[Key]) -> ModelError:
        names = [element_name(name, elements) for _, name, elements in [*cycle, cycle[0]]]
        places = ", ".join(f"{self.model[name].where}" for _, name, _ in cycle[:8])
        where = self.model[cycle[0][1]].where
        if cycle[0][0] == "initial":
            what = f"circular initial values: {' -> '.join(names)} ({places})"
            return ModelError(what, where, "give one of them an initial value that is a constant", "loop")
        what = f"algebraic loop: {' -> '.join(names)} ({places})"
        fix = "all are computed at the same instant; break it with a stock, SMTH1, DELAY1 or PREVIOUS"
        return ModelError(what, where, fix, "loop")

    # one element --------------------------------------------------------------------------

    def _lower_element(self, key: Key) -> int:
        world, name, elements = key
        variable = self.model[name]
        if variable.kind == "constant":
            return self.graph.param(self.parameters[element_name(name, elements)])
        if variable.kind == "stock" and world == "run":
            return self.graph.state(self.state_slots[element_name(name, elements)])
        equation = self.equation_of(variable, elements)
        place = Place(variable, elements, equation.over)
        try:
            node = EquationLowering(self, world, place, equation).node(equation.expr)
        except SubscriptError as error:
            raise ModelError(f"{name}: {error.what}", equation.where, error.fix, "name") from None
        if variable.kind == "curve":
            return self.curve(self.points_of(variable, elements), node)
        if variable.kind == "flow" and variable.nonnegative:
            node = self.graph.node(Op.MAX, node, self.graph.const(0.0))
        if world == "run" and name in self.leaving:
            room = self._room(self.leaving[name], elements)
            node = self.graph.node(Op.MIN, node, room)
        if world == "run" and name in self.entering:
            room = self._room(self.entering[name], elements)
            node = self.graph.node(Op.MAX, node, self.graph.node(Op.NEG, room))
        return node

    def equation_of(self, variable: Variable, elements: tuple[str, ...]) -> Equation:
        """Return the equation of an element of a variable."""
        own = self.equations.get(variable.name)
        if own is None:
            own = self.equations[variable.name] = dict(variable.elements)
        found = own.get(elements, variable.equation)
        assert found is not None  # check() has seen to it
        return found

    def points_of(self, variable: Variable, elements: tuple[str, ...]) -> Points:
        """Return the points of an element of a curve."""
        own = self.points.get(variable.name)
        if own is None:
            own = self.points[variable.name] = dict(variable.element_points)
        found = own.get(elements, variable.points)
        assert found is not None  # check() has seen to it
        return found

    def _room(self, limit: Limit, elements: tuple[str, ...]) -> int:
        """Return the rate at which a non-negative stock can be drained, when others have taken theirs."""
        g = self.graph
        zero = g.const(0.0)
        level = self.need(("run", limit.stock, elements))
        room = g.node(Op.DIV, level, g.const(self.model.time.step))
        for name in limit.outflows:
            taken = self.need(("run", name, elements))
            if not self.model[name].nonnegative:  # what runs backwards leaves no more to the others
                taken = g.node(Op.MAX, taken, zero)
            room = g.node(Op.SUB, room, taken)
        for name in limit.inflows:
            taken = g.node(Op.NEG, self.need(("run", name, elements)))
            room = g.node(Op.SUB, room, g.node(Op.MAX, taken, zero))
        return g.node(Op.MAX, room, zero)

    def need(self, key: Key) -> int:
        """Return a node that exists, or ask for it to be lowered first."""
        if key in self.nodes:
            return self.nodes[key]
        raise Needed(key)

    def reduced(self, builder: Builder, call: Call, nodes: list[int]) -> int:
        """Return the node of a reducer's value over the nodes of all its elements."""
        return REDUCERS[call.function](builder, nodes)

    def curve(self, points: Points, node: int) -> int:
        """Return the node of a curve's value at a node; log curves look up the logarithm."""
        g = self.graph
        if points.between == "log":
            table = Table(points.xs, tuple(math.log(y) for y in points.ys), "linear", points.outside)
            return g.node(Op.EXP, self._lookup(table, node))
        if points.between == "next":  # the step table of the mirror image
            xs, ys = tuple(-x for x in reversed(points.xs)), tuple(reversed(points.ys))
            return self._lookup(Table(xs, ys, "step"), g.node(Op.NEG, node))
        if points.between == "raw":
            late = g.node(Op.ADD, node, g.const(1e-6 * self.model.time.step))
            last = self._lookup(Table(points.xs, points.xs, "step"), late)
            gap = g.node(Op.ABS, g.node(Op.SUB, node, last))
            there = g.node(Op.LT, gap, g.const(1e-5 * self.model.time.step))
            value = self._lookup(Table(points.xs, points.ys, "step"), late)
            return g.node(Op.SELECT, there, value, g.const(NOT_AVAILABLE))
        return self._lookup(Table(points.xs, points.ys, points.between, points.outside), node)

    def _lookup(self, table: Table, node: int) -> int:
        return self.graph.lookup(self.tables.setdefault(table, len(self.tables)), node)

    def at_default(self, node: int) -> float:
        """Return the value of a node of the start at the default parameters."""
        values: dict[int, float] = {}
        tables = tuple(self.tables)
        for index in live_order(self.graph, [node]):
            one = self.graph.nodes[index]
            match one.op:
                case Op.CONST:
                    values[index] = cast("float", one.key)
                case Op.PARAM:
                    values[index] = self.defaults[cast("int", one.key)]
                case Op.LOOKUP:
                    values[index] = tables[cast("int", one.key)].at(values[one.args[0]])
                case op:
                    values[index] = MEANING[op](*[values[argument] for argument in one.args])
        return values[node]

    def varies(self, node: int) -> bool:
        """Return whether a node of the start depends on a parameter."""
        return any(self.graph.nodes[i].op is Op.PARAM for i in live_order(self.graph, [node]))

    def _switch(self, name: str) -> int:
        if name == "links.cut_date":
            return self.graph.param(self.parameters[name])
        g = self.graph
        now = g.node(Op.ADD, g.time(), g.const(self.model.time.step / 2))
        before = g.node(Op.LT, now, g.param(self.parameters["links.cut_date"]))
        return g.node(Op.SELECT, before, g.const(1.0), g.param(self.parameters[name]))

    def switch(self, world: str, name: str) -> int:
        """Return the node of a link's switch, which is 1 before the cut date."""
        return self.graph.const(1.0) if world == "initial" else self._switch(name)
