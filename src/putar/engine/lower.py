"""A Model, lowered to a Program: every array element becomes a scalar node of one graph.

References are followed as they are met: when an equation needs a variable that has no node yet, that
one is lowered first, on an explicit stack, so that a chain of any length is no deeper than one
equation. A variable met again on the stack is an algebraic loop and is named with its whole path.
There are two worlds: `run`, where stocks are states, and `initial`, where stocks are their initial
values and time is the start. Functions that need states of their own are in `expand`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from putar.engine.expand import PURE, REDUCERS, TIMED, Builder, expand
from putar.engine.ir import Graph, Op, Program, State, Table
from putar.errors import ModelError
from putar.language.check import check, raise_errors
from putar.language.expr import Binary, Call, Expr, If, Name, Number, Unary
from putar.language.model import Equation, Model, Points, Variable, element_name
from putar.language.subscripts import Place, Slices, elements_meant, position, slices_in

__all__ = ["Lowering", "Needed", "lower"]

Key = tuple[str, str, tuple[str, ...]]  # world, variable, elements

_BINARY = {"+": Op.ADD, "-": Op.SUB, "*": Op.MUL, "/": Op.DIV, "^": Op.POW, "MOD": Op.MOD}
_BINARY |= {"<": Op.LT, "<=": Op.LE, ">": Op.GT, ">=": Op.GE, "=": Op.EQ, "<>": Op.NE}
_BINARY |= {"AND": Op.AND, "OR": Op.OR}


class Needed(Exception):
    """An equation needs a value that has no node yet."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


def lower(model: Model) -> Program:
    """Return the Program of a model: all of its variables are outputs, all constants parameters.

    Raises
    ------
    ModelErrors
        If the model has errors (all of them), an algebraic loop or circular initial values.
    """
    raise_errors(check(model))
    return Lowering(model).program()


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
        self.limits = _outflow_limits(model)
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

    def program(self) -> Program:
        outputs: list[tuple[str, int]] = []
        for variable in self.model.variables:
            if variable.kind == "curve" and variable.equation is None:
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
            zero = self.graph.const(0.0)
            self.states[self.state_slots[name]] = State(name, initial, zero if rate is None else rate)

    def _flow(self, stock: Variable, flow: str, place: Place) -> tuple[str, tuple[str, ...]]:
        name = str(self.model.resolve(flow, stock.subsystem))
        variable = self.model[name]
        return name, elements_meant(self.model, place, Name(flow), variable, slices=False)[0]

    # the explicit stack -------------------------------------------------------------------

    def value(self, key: Key) -> int:
        """Return the node of an element, lowering what it needs first."""
        if key not in self.nodes:
            self._drive(lambda: self.nodes[key], [key])
        return self.nodes[key]

    def _drive(self, wanted: Callable[[], int], stack: list[Key] | None = None) -> int:
        stack = stack or []
        while True:
            try:
                if stack:
                    self.nodes[stack[-1]] = self._lower_element(stack[-1])
                    stack.pop()
                    if stack:
                        continue
                return wanted()
            except Needed as needed:
                if needed.key in stack:
                    raise self._loop(stack[stack.index(needed.key) :]) from None
                stack.append(needed.key)

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
        place = Place(variable, elements)
        if variable.kind == "constant":
            return self.graph.param(self.parameters[element_name(name, elements)])
        if variable.kind == "stock" and world == "run":
            return self.graph.state(self.state_slots[element_name(name, elements)])
        equation = self._equation(variable, elements)
        node = _Expression(self, world, place, equation).node(equation.expr)
        if variable.kind == "curve":
            given = dict(variable.element_points).get(elements, variable.points)
            assert given is not None
            return self.curve(given, node)
        if variable.kind == "flow" and variable.nonnegative:
            node = self.graph.node(Op.MAX, node, self.graph.const(0.0))
        if world == "run" and name in self.limits:
            node = self._limited(node, variable, elements)
        return node

    def _equation(self, variable: Variable, elements: tuple[str, ...]) -> Equation:
        found = dict(variable.elements).get(elements, variable.equation)
        assert found is not None  # check() has seen to it
        return found

    def _limited(self, node: int, flow: Variable, elements: tuple[str, ...]) -> int:
        """Return an outflow of a non-negative stock: no more than the stock holds, in their order."""
        g, (stock, before) = self.graph, self.limits[flow.name]
        level = self.need(("run", stock, elements))
        room = g.node(Op.DIV, level, g.const(self.model.time.step))
        for name in before:
            room = g.node(Op.SUB, room, self.need(("run", name, elements)))
        zero = g.const(0.0)
        return g.node(Op.MIN, g.node(Op.MAX, node, zero), g.node(Op.MAX, room, zero))

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
        log = points.between == "log"
        ys = tuple(math.log(y) for y in points.ys) if log else points.ys
        table = Table(points.xs, ys, "linear" if log else points.between, points.outside)
        found = self.graph.lookup(self.tables.setdefault(table, len(self.tables)), node)
        return self.graph.node(Op.EXP, found) if log else found

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


class _Expression(Builder):
    """Lowers one equation in one world at one place."""

    def __init__(self, lowering: Lowering, world: str, place: Place, equation: Equation) -> None:
        super().__init__(lowering.graph, lowering.model.time, world)
        self.all, self.place, self.equation = lowering, place, equation
        self.model = lowering.model

    def node(self, expr: Expr) -> int:
        match expr:
            case Number(value=value):
                return self.graph.const(value)
            case Name():
                return self.reference(expr)
            case Unary(op=op, operand=operand):
                inner = self.node(operand)
                return inner if op == "+" else self.op(Op.NOT if op == "NOT" else Op.NEG, inner)
            case Binary(op=op, left=left, right=right):
                return self.op(_BINARY[op], self.node(left), self.node(right))
            case If(condition=condition, then=then, otherwise=otherwise):
                return self.op(Op.SELECT, self.node(condition), self.node(then), self.node(otherwise))
            case Call():
                return self._call(expr)

    def at_start(self, expr: Expr) -> int:
        """Return the node of an expression at the start of the run."""
        return self.like("initial").node(expr)

    def like(self, world: str) -> _Expression:
        """Return the same equation, lowered in another world."""
        return _Expression(self.all, world, self.place, self.equation)

    @property
    def owner(self) -> str:
        """Whose hidden states and draws these are."""
        return element_name(self.place.variable.name, self.place.elements)

    def hidden(
        self, call: Call, part: int, initial: Callable[[], int], following: Callable[[int], int]
    ) -> int:
        """Return the state that belongs to one part of a call, made when first met."""
        return self._state(call, part, initial, following, "integral")

    def latch(
        self, call: Call, part: int, initial: Callable[[], int], following: Callable[[int], int]
    ) -> int:
        """Return the latch that belongs to one part of a call, made when first met."""
        return self._state(call, part, initial, following, "latch")

    def _state(
        self, call: Call, part: int, initial: Callable[[], int], following: Callable[[int], int], kind: str
    ) -> int:
        name = f"{self.owner}·{call.function}·{call.at}·{part}"
        if name in self.all.state_slots:
            return self.graph.state(self.all.state_slots[name])
        start = initial()
        slot = self.all.state_slots[name] = len(self.all.states)
        self.all.states.append(None)
        node = self.graph.state(slot)
        self.all.pending.append((slot, name, start, kind, lambda: following(node)))
        return node

    def reduced(self, call: Call, nodes: list[int]) -> int:
        """Return the node of a reducer's value over the nodes of all its elements."""
        return self.all.reduced(self, call, nodes)

    def random(self, call: Call, part: int) -> int:
        """Return a uniform draw of its own for one part of a call."""
        slots = self.all.random_slots
        return self.graph.random(slots.setdefault((self.owner, call.at, part), len(slots)))

    def reference(self, name: Name) -> int:
        """Return the node a name stands for."""
        known = self.model.resolve(name.name, self.place.variable.subsystem)
        if known is None:
            if name.name in TIMED:
                return TIMED[name.name](self)
            at = position(self.model, self.place, name.name)
            assert at is not None
            return self.graph.const(float(at))
        if known.startswith("links.") and known not in self.model.by_name:
            return self.all.switch(self.world, known)
        target = self.model[known]
        (elements,) = elements_meant(self.model, self.place, name, target, slices=False)
        return self.all.need((self.world, known, elements))

    def slice(self, expr: Expr) -> list[int]:
        """Return the nodes of all elements an argument of a reducer stands for."""
        slices = slices_in(self.model, self.place, expr)
        if not slices:
            return [self.node(expr)]
        count = len(next(iter(slices.values())))
        return [_Sliced(self, slices, choice).node(expr) for choice in range(count)]

    def _call(self, call: Call) -> int:
        curve = self.model.resolve(call.function.lower(), self.place.variable.subsystem)
        if curve is not None and curve in self.model.by_name:
            target = self.model[curve]
            if target.kind == "curve":
                elements = elements_meant(self.model, self.place, Name(curve), target, slices=False)[0]
                points = dict(target.element_points).get(elements, target.points)
                assert points is not None
                return self.all.curve(points, self.node(call.args[0]))
        if call.function in PURE:
            return PURE[call.function](self, *[self.node(a) for a in call.args])
        return expand(self, call)


class _Sliced(_Expression):
    """An argument of a reducer, with every sliced reference at one of its elements."""

    def __init__(self, outer: _Expression, slices: Slices, choice: int, world: str = "") -> None:
        super().__init__(outer.all, world or outer.world, outer.place, outer.equation)
        self.outer, self.slices, self.choice = outer, slices, choice

    def like(self, world: str) -> _Expression:
        return _Sliced(self.outer, self.slices, self.choice, world)

    @property
    def owner(self) -> str:
        return f"{self.outer.owner}·{self.choice + 1}"

    def reference(self, name: Name) -> int:
        if name not in self.slices:
            return self.outer.like(self.world).reference(name)
        known = str(self.model.resolve(name.name, self.place.variable.subsystem))
        return self.all.need((self.world, known, self.slices[name][self.choice]))


def _outflow_limits(model: Model) -> dict[str, tuple[str, tuple[str, ...]]]:
    limits: dict[str, tuple[str, tuple[str, ...]]] = {}
    for stock in model.variables:
        if stock.kind == "stock" and stock.nonnegative:
            names = [str(model.resolve(flow, stock.subsystem)) for flow in stock.outflows]
            for index, name in enumerate(names):
                limits[name] = (stock.name, tuple(names[:index]))
    return limits
