"""What one equation needs of the lowering of the whole model, and how it asks for what is not there yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from putar.engine.builder import Builder
from putar.engine.ir import Graph, State
from putar.language.expr import Call
from putar.language.model import Equation, Model, Points, Variable

__all__ = ["Key", "Needed", "Whole"]

Key = tuple[str, str, tuple[str, ...]]  # world, variable, elements


class Needed(Exception):
    """An equation needs a value that has no node yet."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


class Whole(Protocol):
    """What one equation needs of the lowering of the whole model."""

    nested: int

    def went_through(self, combinations: int) -> int:
        """Count combinations of ranges; return how many the equations so far went through."""
        ...

    @property
    def model(self) -> Model:
        """The model."""
        ...

    @property
    def graph(self) -> Graph:
        """The graph of nodes."""
        ...

    @property
    def states(self) -> list[State | None]:
        """All states so far, which equations add to."""
        ...

    @property
    def state_slots(self) -> dict[str, int]:
        """The states' places by name."""
        ...

    @property
    def pending(self) -> list[tuple[int, str, int, str, Callable[[], int]]]:
        """States whose next values are still to be lowered."""
        ...

    @property
    def random_slots(self) -> dict[tuple[str, int, int], int]:
        """The places of draws."""
        ...

    def need(self, key: Key) -> int:
        """Return the node of an element, or raise Needed."""
        ...

    def reduced(self, builder: Builder, call: Call, nodes: list[int]) -> int:
        """Return the node of a reducer's value."""
        ...

    def curve(self, points: Points, node: int) -> int:
        """Return the node of a curve's value at a node."""
        ...

    def points_of(self, variable: Variable, elements: tuple[str, ...]) -> Points:
        """Return the points of an element of a curve."""
        ...

    def equation_of(self, variable: Variable, elements: tuple[str, ...]) -> Equation:
        """Return the equation of an element of a variable."""
        ...

    def switch(self, world: str, name: str) -> int:
        """Return the node of a link's switch."""
        ...

    def at_default(self, node: int) -> float:
        """Return the value of a node of the start at the default parameters."""
        ...

    def varies(self, node: int) -> bool:
        """Return whether a node of the start depends on a parameter."""
        ...
