"""One equation, lowered in one world at one place: an expression becomes nodes of the graph.

A reference to a variable that has no node yet raises `Needed`; whoever drives the lowering makes it and
asks again. The equation's own part of the model's answer to `Builder` is here: elements, slices, hidden
states and tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

from putar.engine.builder import Builder, pick
from putar.engine.circle import Circle, in_circle
from putar.engine.expand import PURE, TIMED, expand
from putar.engine.extent import extent
from putar.engine.ir import Op
from putar.engine.operations import uniform
from putar.engine.whole import Whole
from putar.errors import ModelError
from putar.language.expr import (
    All,
    Binary,
    Call,
    Computed,
    Each,
    Expr,
    If,
    Index,
    Name,
    Number,
    Unary,
    children,
    to_text,
)
from putar.language.model import Equation, Points, Variable, element_name
from putar.language.subscripts import (
    Place,
    Slices,
    SubscriptError,
    choices_meant,
    element_named,
    elements_meant,
    position,
    ranges_in,
    slices_in,
)

__all__ = ["EquationLowering", "plain_names"]

TIMELY = {"STEP", "PULSE", "RAMP", "PULSE_FOR", "PULSE_TRAIN", "RAMP_UNTIL"}  # these look at the time
MOST_COMBINED = 300_000  # combinations of ranges in one call; ten times as many in a model
DEEPEST = 40  # calls with memory, reducers and curves, one in the other

BINARY = {"+": Op.ADD, "-": Op.SUB, "*": Op.MUL, "/": Op.DIV, "^": Op.POW, "MOD": Op.MOD}
BINARY |= {"<": Op.LT, "<=": Op.LE, ">": Op.GT, ">=": Op.GE, "=": Op.EQ, "<>": Op.NE}
BINARY |= {"AND": Op.AND, "OR": Op.OR}


def plain_names(expr: Expr) -> list[Name]:
    """Return the references that an expression needs for certain, in its own world and as one element."""
    found: list[Name] = []
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Name):
            if all(isinstance(s, Index) for s in node.subscripts):
                found.append(node)
        elif not isinstance(node, Call) or node.function in PURE:
            stack.extend(reversed(children(node)))
    return found


class EquationLowering(Builder):
    """Lowers one equation in one world at one place."""

    def __init__(self, lowering: Whole, world: str, place: Place, equation: Equation) -> None:
        super().__init__(lowering.graph, lowering.model.time, world)
        self.all, self.place, self.equation = lowering, place, equation
        self.model = lowering.model

    def node(self, expr: Expr) -> int:
        """Return the node of an expression; operators are taken from a stack, to any depth."""
        work: list[Expr | tuple[Expr]] = [expr]
        made: list[int] = []
        while work:
            item = work.pop()
            if isinstance(item, tuple):
                self._combine(item[0], made)
                continue
            match item:
                case Number(value=value):
                    made.append(self.graph.const(value))
                case Name():
                    made.append(self.reference(item))
                case Call() if item.function not in PURE or self._curve(item) is not None:
                    made.append(self._call(item))
                case _:
                    work.append((item,))
                    work.extend(reversed(children(item)))
        return made[0]

    def _combine(self, expr: Expr, made: list[int]) -> None:
        """Replace the nodes of an expression's parts by its own."""
        count = len(children(expr))
        parts = made[len(made) - count :]
        del made[len(made) - count :]
        match expr:
            case Unary(op=op):
                made.append(parts[0] if op == "+" else self.op(Op.NOT if op == "NOT" else Op.NEG, *parts))
            case Binary(op=op):
                made.append(self.op(BINARY[op], *parts))
            case If():
                made.append(self.op(Op.SELECT, *parts))
            case Call(function=function):
                made.append(PURE[function](self, *parts))

    def at_start(self, expr: Expr) -> int:
        """Return the node of an expression at the start of the run."""
        return self.like("initial").node(expr)

    def like(self, world: str) -> EquationLowering:
        """Return the same equation, lowered in another world."""
        return EquationLowering(self.all, world, self.place, self.equation)

    @property
    def owner(self) -> str:
        """Whose hidden states and draws these are."""
        bound = "".join(f"·{element}" for _, element in self.place.bound)
        return element_name(self.place.variable.name, self.place.elements) + bound

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
        slot = slots.setdefault((self.owner, call.at, part), len(slots))
        if self.world == "initial":
            if not self.model.origin:
                what = f"{call.function} cannot stand in an initial value"
                fix = "start from a constant, drawn between runs"
                raise ModelError(what, self.equation.where, fix, "name")
            return self.const(uniform(0, slot, 0, 0))
        return self.graph.random(slot)

    def held_clock(self) -> int:
        """Return the time at the start of the step, where the model says that inputs hold within it."""
        return self.step_clock() if self.time_spec.frozen else self.clock()

    def step_clock(self) -> int:
        """Return the time at the start of the step."""
        time = self.time_spec
        if self.world == "initial" or time.method == "euler":
            return self.clock()
        name = "time·step"
        if name not in self.all.state_slots:
            slot = self.all.state_slots[name] = len(self.all.states)
            self.all.states.append(None)
            start, following = self.const(time.start), self.op(Op.ADD, self.clock(), self.const(time.step))
            self.all.pending.append((slot, name, start, "latch", lambda: following))
        return self.graph.state(self.all.state_slots[name])

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
        if any(isinstance(subscript, Computed) for subscript in name.subscripts):
            choices = choices_meant(self.model, self.place, name, target, slices=True)
            return self._computed(name, target.name, choices, ())
        (elements,) = elements_meant(self.model, self.place, name, target, slices=False)
        return self.all.need((self.world, known, elements))

    def _computed(
        self, name: Name, target: str, choices: list[tuple[str, ...]], chosen: tuple[str, ...]
    ) -> int:
        """Return an element at computed places; 0 outside of the dimensions, as XMILE says."""
        if len(chosen) == len(choices):
            return self.all.need((self.world, target, chosen))
        nodes = [self._computed(name, target, choices, (*chosen, e)) for e in choices[len(chosen)]]
        subscript = name.subscripts[len(chosen)]
        if not isinstance(subscript, Computed):
            return nodes[0]
        return pick(self, self.op(Op.FLOOR, self.node(subscript.expr)), nodes, self.const(0.0), 1)

    # arrays -------------------------------------------------------------------------------

    def inside(self, bound: Sequence[tuple[str, str]]) -> EquationLowering:
        """Return the same equation with an element for each of some ranges."""
        return EquationLowering(self.all, self.world, self.place.with_bound(bound), self.equation)

    def _combinations(self, exprs: Sequence[Expr]) -> list[EquationLowering]:
        """Return the equation for each combination of the ranges that its arguments go through."""
        bound = dict(self.place.bound)
        ranges = [r for r in ranges_in(self.model, exprs) if f"{r}!" not in bound]
        elements = [self.model.dimension_elements[r] for r in ranges]
        keys = [f"{r}!" for r in ranges]
        count = math.prod(len(group) for group in elements)
        whole = self.all.went_through(count)
        if count > MOST_COMBINED or whole > 10 * MOST_COMBINED:
            what = f"{' and '.join(ranges)} have {count:,} combinations to go through"
            what += f", {whole:,} with those before" if whole > count else ""
            raise SubscriptError(what, "sum over one of them first, in a variable of its own")
        return [self.inside(list(zip(keys, chosen, strict=True))) for chosen in product(*elements)]

    def combined(self, exprs: Sequence[Expr]) -> list[list[int]]:
        """Return, for each combination of the ranges in arguments, the node of each argument."""
        return [[inner.node(expr) for expr in exprs] for inner in self._combinations(exprs)]

    def slice(self, expr: Expr) -> list[int]:
        """Return the nodes of all elements an argument of a reducer stands for."""
        bound = dict(self.place.bound)
        if any(f"{r}!" not in bound for r in ranges_in(self.model, [expr])):
            return [node for inner in self._combinations([expr]) for node in inner.slice(expr)]
        slices = slices_in(self.model, self.place, expr)
        if not slices:
            return [self.node(expr)]
        count = len(next(iter(slices.values())))
        return [_Sliced(self, slices, choice).node(expr) for choice in range(count)]

    def vector(self, expr: Expr, last: int = 1, shift: int = 0) -> tuple[list[int], int | None]:
        """Return the nodes of all elements of one of an argument's subscripts; see Builder."""
        name = self._range_of(expr, last)
        elements = self.model.dimension_elements[name]
        if shift or last > 1:
            assert isinstance(expr, Name)
            expr = self._shifted(expr, shift)
        expr = self._spread(expr, last, name)
        nodes = [self.inside([(name, element)]).node(expr) for element in elements]
        return nodes, self._current(name)

    def matrix(self, expr: Expr) -> tuple[list[list[int]], int, int]:
        """Return the nodes over an argument's last two subscripts, and the current row and column."""
        down, across = self._range_of(expr, 2), self._range_of(expr, 1)
        elements = self.model.dimension_elements
        rows = [
            [self.inside([(down, r), (across, c)]).node(expr) for c in elements[across]]
            for r in elements[down]
        ]
        row, column = self._current(down), self._current(across)
        if row is None or column is None:
            raise SubscriptError("a matrix needs its ranges on the left side", "write them there")
        return rows, row, column

    def _current(self, name: str) -> int | None:
        """Return the place of the current element of a range: its own, or as far along as the last one."""
        element = element_named(self.model, self.place, name)
        elements = self.model.dimension_elements[name]
        if element in elements:
            return elements.index(element)
        over = self.place.over or self.place.variable.dimensions
        if over and over[-1] in self.model.dimension_elements:
            others = self.model.dimension_elements[over[-1]]
            if len(others) == len(elements):
                return others.index(self.place.elements[-1])
        return None

    def _range_of(self, expr: Expr, last: int) -> str:
        over: Sequence[str] = self.place.over or self.place.variable.dimensions
        if isinstance(expr, Name):
            known = self.model.resolve(expr.name, self.place.variable.subsystem)
            target = self.model.by_name.get(known or "")
            if expr.subscripts:
                over = [s.name if isinstance(s, Index | Each) else "" for s in expr.subscripts]
                if target is not None and len(over) == len(target.dimensions):
                    pairs = zip(expr.subscripts, over, target.dimensions, strict=True)
                    ranges = self.model.dimension_elements
                    over = [d if isinstance(s, All) or o not in ranges else o for s, o, d in pairs]
            elif target is not None:
                over = target.dimensions
        if len(over) < last or over[-last] not in self.model.dimension_elements:
            what = f"{to_text(expr)} is no array over a range"
            raise SubscriptError(what, "give it a range as its last subscript")
        return over[-last]

    def _spread(self, expr: Expr, last: int, name: str) -> Expr:
        """Return a reference over a range where it names an element: vectors are named by their first."""
        if not isinstance(expr, Name) or len(expr.subscripts) < last:
            return expr
        own = expr.subscripts[-last]
        if not isinstance(own, Index) or own.name in self.model.dimension_elements:
            return expr
        subscripts = list(expr.subscripts)
        subscripts[-last] = Index(name)
        return replace(expr, subscripts=tuple(subscripts))

    def _shifted(self, name: Name, shift: int) -> Name:
        """Return a reference whose last subscript is an element some places further on."""
        known = self.model.resolve(name.name, self.place.variable.subsystem)
        target = self.model[str(known)]
        dimension = target.dimensions[-1]
        elements = self.model.dimension_elements[dimension]
        first = 0
        if name.subscripts and isinstance(name.subscripts[-1], Index):
            word = name.subscripts[-1].name
            own = self.model.dimension_elements.get(word)
            word = own[0] if own and word not in elements else word
            if word not in elements:
                raise SubscriptError(
                    f"{word!r} is not an element of {dimension}", f"one of: {elements[0]}, ..."
                )
            first = elements.index(word)
        if first + shift >= len(elements):
            raise SubscriptError(f"{name.name} needs {shift + 1} elements from {elements[first]}", "add them")
        subscripts = name.subscripts or tuple(Index(d) for d in target.dimensions)
        return replace(name, subscripts=(*subscripts[:-1], Index(elements[first + shift])))

    def flat(self, expr: Expr) -> tuple[list[int], int]:
        """Return the nodes of all elements of an array, row-major, and the place of the one named."""
        known = self.model.resolve(expr.name, self.place.variable.subsystem) if isinstance(expr, Name) else ""
        target = self.model.by_name.get(known or "")
        if not isinstance(expr, Name) or target is None:
            raise SubscriptError("VECTOR_ELM_MAP takes the name of an array first", "make it a variable")
        (elements,) = elements_meant(self.model, self.place, expr, target, slices=False)
        tuples = list(self.model.element_tuples(target))
        return [self.all.need((self.world, target.name, e)) for e in tuples], tuples.index(elements)

    # what is asked of the whole -----------------------------------------------------------

    def table(self, expr: Expr) -> Points:
        """Return the points of a curve that is named in an argument."""
        assert isinstance(expr, Name)  # check() has seen to it
        target = self.model[str(self.model.resolve(expr.name, self.place.variable.subsystem))]
        (elements,) = elements_meant(self.model, self.place, expr, target, slices=False)
        return self.all.points_of(target, elements)

    def curve(self, points: Points, node: int) -> int:
        """Return the node of a curve's value at a node."""
        return self.all.curve(points, node)

    def starting(self, call: Call, ask: Callable[[Builder], list[int]]) -> list[int]:  # noqa: ARG002
        """Return the nodes that a question gives at the start of the run."""
        return ask(self.like("initial"))

    def at_default(self, node: int) -> float:
        """Return the value of a node of the start at the default parameters."""
        return self.all.at_default(node)

    def varies(self, node: int) -> bool:
        """Return whether a node of the start depends on a parameter."""
        return self.all.varies(node)

    def steady(self, expr: Expr) -> bool:
        """Return whether an argument is the same at all times: of constants and operations on them."""
        work, seen = [(expr, self.place.variable.subsystem)], set[str]()
        while work:
            part, room = work.pop()
            match part:
                case Name(name=word):
                    known = self.model.resolve(word, room)
                    if known is None:
                        if word in ("time", "time_of_step"):
                            return False
                        continue
                    target = self.model.by_name.get(known)
                    if target is None or target.kind not in ("constant", "aux"):
                        return False
                    if target.kind == "aux" and known not in seen:
                        seen.add(known)
                        equations = [target.equation, *(e for _, e in target.elements)]
                        work.extend((e.expr, target.subsystem) for e in equations if e is not None)
                case Call(function=function) if function not in PURE or function in TIMELY:
                    return False
            work.extend((child, room) for child in children(part))
        return True

    def circular(self, expr: Expr, guess: int) -> int:
        """Return the node of an argument if the variable itself had the value of another node."""
        own = (self.world, self.place.variable.name, self.place.elements)
        names = in_circle(self.model, expr, self.place.variable, PURE)
        circle = Circle(self.all, own, guess, names, EquationLowering)
        return EquationLowering(circle, self.world, self.place, self.equation).node(expr)

    def extent(self, expr: Expr) -> tuple[float, float]:
        """Return the least and the largest value that an argument can have at the default parameters."""
        return extent(self.model, expr, self.place.variable.subsystem)

    def _curve(self, call: Call) -> Variable | None:
        """Return the curve that a call means, which goes before a built-in of its name."""
        name = self.model.resolve(call.function.lower(), self.place.variable.subsystem)
        target = self.model.by_name.get(name or "")
        return target if target is not None and target.kind == "curve" else None

    def _call(self, call: Call) -> int:
        target = self._curve(call)
        if len(self.place.bound) + self.all.nested > DEEPEST:
            raise self.refuse(call, "is nested too deep", "split the equation into several variables")
        self.all.nested += 1
        try:
            if target is None:
                return expand(self, call)
            (elements,) = elements_meant(self.model, self.place, Name(target.name), target, slices=False)
            return self.all.curve(self.all.points_of(target, elements), self.node(call.args[0]))
        finally:
            self.all.nested -= 1


class _Sliced(EquationLowering):
    """An argument of a reducer, with every sliced reference at one of its elements."""

    def __init__(self, outer: EquationLowering, slices: Slices, choice: int, world: str = "") -> None:
        super().__init__(outer.all, world or outer.world, outer.place, outer.equation)
        self.outer, self.slices, self.choice = outer, slices, choice

    def like(self, world: str) -> EquationLowering:
        return _Sliced(self.outer, self.slices, self.choice, world)

    @property
    def owner(self) -> str:
        return f"{self.outer.owner}·{self.choice + 1}"

    def reference(self, name: Name) -> int:
        if name not in self.slices:
            return self.outer.like(self.world).reference(name)
        known = str(self.model.resolve(name.name, self.place.variable.subsystem))
        return self.all.need((self.world, known, self.slices[name][self.choice]))
