"""Equations in a circle: one variable's value, tried out through the others that lead back to it.

SIMULTANEOUS asks for the value of an equation if its own variable had a certain one. The variables of the
circle are lowered anew for each such value; all else is what it is. What remembers something is not a part of
a circle, for what it remembers would be that of a trial.

Source: Vensim Reference Manual, "Simultaneous equations".
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from putar.engine.builder import Builder
from putar.engine.ir import Graph, Op, State
from putar.engine.whole import Key, Whole
from putar.errors import ModelError
from putar.language.expr import Call, Expr, Name, walk
from putar.language.functions import FUNCTIONS
from putar.language.model import Equation, Model, Points, Variable
from putar.language.subscripts import Place

__all__ = ["Circle", "in_circle"]

LOOKED_UP = {name for name, row in FUNCTIONS.items() if row.takes == "curve" and name.startswith("LOOKUP")}


def in_circle(model: Model, expr: Expr, own: Variable, pure: Collection[str]) -> frozenset[str]:
    """Return the variables that an expression needs and that need the variable it belongs to.

    Parameters
    ----------
    pure : functions that are operations on their arguments and nothing else

    Raises
    ------
    ModelError
        If the expression itself has functions that remember something.
    """
    plain = {*pure, *LOOKED_UP, *(name for name, row in FUNCTIONS.items() if row.reduces)}

    def remembers(part: Expr, room: str) -> bool:
        calls = [node.function for node in walk(part) if isinstance(node, Call)]
        return any(c not in plain and model.resolve(c.lower(), room) is None for c in calls)

    if remembers(expr, own.subsystem):
        what = f"{own.name}: equations in a circle cannot remember"
        raise ModelError(what, own.where, "give what remembers a variable of its own", "loop")
    needs: dict[str, set[str]] = {}
    work = [(own.name, [expr])]
    while work:
        name, parts = work.pop()
        room = model[name].subsystem
        known = {model.resolve(n.name, room) for part in parts for n in walk(part) if isinstance(n, Name)}
        needs[name] = {word for word in known if word is not None}
        for word in needs[name] - needs.keys():
            target = model.by_name.get(word)
            if target is None or target.kind not in ("aux", "curve", "flow"):
                continue
            given = [target.equation, *(equation for _, equation in target.elements)]
            inner = [equation.expr for equation in given if equation is not None]
            if inner and not any(remembers(part, target.subsystem) for part in inner):
                work.append((word, inner))
    found: set[str] = set()
    while True:
        more = {name for name, words in needs.items() if words & {own.name, *found}} - {own.name}
        if more <= found:
            return frozenset(found)
        found |= more


@dataclass(slots=True)
class Circle:
    """The lowering of a whole model in which one element has a value that is tried out.

    Parameters
    ----------
    own : the element's key
    guess : the node of the value
    names : the variables of the circle, which are lowered anew
    make : lowers one equation
    """

    whole: Whole
    own: Key
    guess: int
    names: frozenset[str]
    make: Callable[[Whole, str, Place, Equation], Builder]
    made: dict[Key, int] = field(default_factory=dict)
    begun: set[Key] = field(default_factory=set)

    @property
    def model(self) -> Model:
        """The model."""
        return self.whole.model

    @property
    def graph(self) -> Graph:
        """The graph of nodes."""
        return self.whole.graph

    @property
    def states(self) -> list[State | None]:
        """All states so far."""
        return self.whole.states

    @property
    def state_slots(self) -> dict[str, int]:
        """The states' places by name."""
        return self.whole.state_slots

    @property
    def pending(self) -> list[tuple[int, str, int, str, Callable[[], int]]]:
        """States whose next values are still to be lowered."""
        return self.whole.pending

    @property
    def random_slots(self) -> dict[tuple[str, int, int], int]:
        """The places of draws."""
        return self.whole.random_slots

    def went_through(self, combinations: int) -> int:
        """Count combinations of ranges; return how many the equations so far went through."""
        return self.whole.went_through(combinations)

    @property
    def nested(self) -> int:
        """How deep calls stand in one another."""
        return self.whole.nested

    @nested.setter
    def nested(self, value: int) -> None:
        """Set how deep calls stand in one another."""
        self.whole.nested = value

    def need(self, key: Key) -> int:
        """Return the node of an element: the value that is tried, or one that is lowered with it."""
        if key == self.own:
            return self.guess
        world, name, elements = key
        if world != self.own[0] or name not in self.names:
            return self.whole.need(key)
        if key not in self.made:
            variable = self.model[name]
            if key in self.begun:
                what = f"{self.own[1]}: more than one circle of equations goes through it, by {name}"
                raise ModelError(what, variable.where, "break one of them with a stock or SMTH1", "loop")
            self.begun.add(key)
            self.made[key] = self._lowered(world, variable, elements)
            self.begun.discard(key)
        return self.made[key]

    def _lowered(self, world: str, variable: Variable, elements: tuple[str, ...]) -> int:
        equation = self.equation_of(variable, elements)
        node = self.make(self, world, Place(variable, elements, equation.over), equation).node(equation.expr)
        if variable.kind == "curve":
            return self.curve(self.points_of(variable, elements), node)
        if variable.kind == "flow" and variable.nonnegative:
            return self.graph.node(Op.MAX, node, self.graph.const(0.0))
        return node

    def reduced(self, builder: Builder, call: Call, nodes: list[int]) -> int:
        """Return the node of a reducer's value."""
        return self.whole.reduced(builder, call, nodes)

    def curve(self, points: Points, node: int) -> int:
        """Return the node of a curve's value at a node."""
        return self.whole.curve(points, node)

    def points_of(self, variable: Variable, elements: tuple[str, ...]) -> Points:
        """Return the points of an element of a curve."""
        return self.whole.points_of(variable, elements)

    def equation_of(self, variable: Variable, elements: tuple[str, ...]) -> Equation:
        """Return the equation of an element of a variable."""
        return self.whole.equation_of(variable, elements)

    def switch(self, world: str, name: str) -> int:
        """Return the node of a link's switch."""
        return self.whole.switch(world, name)

    def at_default(self, node: int) -> float:
        """Return the value of a node of the start at the default parameters."""
        return self.whole.at_default(node)

    def varies(self, node: int) -> bool:
        """Return whether a node of the start depends on a parameter."""
        return self.whole.varies(node)
