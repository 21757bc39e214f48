"""What the expansion of a built-in may ask for: nodes, states of its own, tables, vectors, the clock.

`lower` answers, knowing the model; the modules that expand functions only ask. Operations that several
of them need (choices over positions, sums, the normal curve) are here as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from putar.engine.ir import Graph, Op
from putar.errors import ModelError
from putar.language.expr import Call, Expr
from putar.language.model import Equation, Points, TimeSpec
from putar.language.parse import place

__all__ = ["Builder", "Made", "pick", "total"]


class Builder:
    """What an expansion may ask for: nodes of arguments, states of its own, the clock, draws."""

    equation: Equation

    def __init__(self, graph: Graph, time: TimeSpec, world: str) -> None:
        self.graph, self.time_spec, self.world = graph, time, world

    def op(self, op: Op, *args: int) -> int:
        """Return the node of an operation."""
        return self.graph.node(op, *args)

    def const(self, value: float) -> int:
        """Return the node of a number."""
        return self.graph.const(value)

    def clock(self) -> int:
        """Return the node of time; in initial values it is the start."""
        return self.const(self.time_spec.start) if self.world == "initial" else self.graph.time()

    def node(self, expr: Expr) -> int:
        """Return the node of an argument."""
        raise NotImplementedError

    def at_start(self, expr: Expr) -> int:
        """Return the node of an argument at the start of the run."""
        raise NotImplementedError

    def slice(self, expr: Expr) -> list[int]:
        """Return the nodes of all elements an argument of a reducer stands for."""
        raise NotImplementedError

    def reduced(self, call: Call, nodes: list[int]) -> int:
        """Return the node of a reducer's value over the nodes of all its elements."""
        raise NotImplementedError

    def hidden(
        self, call: Call, part: int, initial: Callable[[], int], following: Callable[[int], int]
    ) -> int:
        """Return a stock that belongs to a call."""
        raise NotImplementedError

    def latch(
        self, call: Call, part: int, initial: Callable[[], int], following: Callable[[int], int]
    ) -> int:
        """Return a value kept from step to step that belongs to a call."""
        raise NotImplementedError

    def table(self, expr: Expr) -> Points:
        """Return the points of a curve that is named in an argument."""
        raise NotImplementedError

    def curve(self, points: Points, node: int) -> int:
        """Return the node of a curve's value at a node."""
        raise NotImplementedError

    def vector(self, expr: Expr, last: int = 1, shift: int = 0) -> tuple[list[int], int | None]:
        """Return the nodes of all elements of one of an argument's subscripts, and which is current.

        Parameters
        ----------
        last : which subscript, counted from the end
        shift : with `last` 2, how many places on from the element that the last one names
        """
        raise NotImplementedError

    def matrix(self, expr: Expr) -> tuple[list[list[int]], int, int]:
        """Return the nodes over an argument's last two subscripts, and the current row and column."""
        raise NotImplementedError

    def combined(self, exprs: Sequence[Expr]) -> list[list[int]]:
        """Return, for each combination of the ranges in arguments, the node of each argument."""
        raise NotImplementedError

    def at_default(self, node: int) -> float:
        """Return the value of a node of the start at the default parameters."""
        raise NotImplementedError

    def varies(self, node: int) -> bool:
        """Return whether a node of the start depends on a parameter, so that members may differ."""
        raise NotImplementedError

    def steady(self, expr: Expr) -> bool:
        """Return whether an argument is the same at all times of a run."""
        raise NotImplementedError

    def circular(self, expr: Expr, guess: int) -> int:
        """Return the node of an argument if the variable itself had the value of another node."""
        raise NotImplementedError

    def extent(self, expr: Expr) -> tuple[float, float]:
        """Return the least and the largest value that an argument can have at the default parameters."""
        raise NotImplementedError

    def starting(self, call: Call, ask: Callable[[Builder], list[int]]) -> list[int]:
        """Return the nodes that a question gives at the start of the run."""
        raise NotImplementedError

    def flat(self, expr: Expr) -> tuple[list[int], int]:
        """Return the nodes of all elements of an array, row-major, and the place of the one named."""
        raise NotImplementedError

    def refuse(self, call: Call, what: str, fix: str) -> ModelError:
        """Return the error that a call cannot be computed, with its place."""
        where = place(self.equation.text, self.equation.where, call.at, call.width)
        return ModelError(f"{call.function} {what}", where, fix, "name")

    def held_clock(self) -> int:
        """Return the node of the time that functions of time and data read."""
        return self.clock()

    def step_clock(self) -> int:
        """Return the node of the time at the start of the step, which methods do not move within it."""
        return self.clock()

    def random(self, call: Call, part: int) -> int:
        """Return a uniform draw that belongs to a call."""
        raise NotImplementedError


Made = Callable[[Builder, Call], int]


def total(b: Builder, nodes: Sequence[int], op: Op = Op.ADD) -> int:
    """Return the nodes joined by an operation, from the left."""
    found = nodes[0]
    for node in nodes[1:]:
        found = b.op(op, found, node)
    return found


def pick(b: Builder, place: int, nodes: Sequence[int], otherwise: int, first: int = 0) -> int:
    """Return the node at a computed place; places count from `first`, outside is `otherwise`."""
    found = otherwise
    for index in range(len(nodes) - 1, -1, -1):
        here = b.op(Op.EQ, place, b.const(float(index + first)))
        found = b.op(Op.SELECT, here, nodes[index], found)
    return found
