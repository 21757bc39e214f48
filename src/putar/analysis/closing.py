"""Which loops of a story close in a model, and where the others stay open.

A story tells a loop as a ring of things, each moving the next. In the model the ring closes when there is a
way along the links from each of them to the next and from the last back to the first; where there is none,
the first gap is named. This reads the graph alone: a loop that closes may still do next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from putar.analysis.causal import CausalGraph
from putar.analysis.naming import AskedLoop

__all__ = ["Closing", "closings", "shortest_ring"]


@dataclass(frozen=True, slots=True)
class Closing:
    """A loop that is told, and the pair of its variables where no link leads on; None where it closes."""

    loop: AskedLoop
    gap: tuple[str, str] | None

    @property
    def closes(self) -> bool:
        """Whether there is a way round."""
        return self.gap is None


def closings(asked: Iterable[AskedLoop], graph: CausalGraph) -> tuple[Closing, ...]:
    """Return for each loop whether its ring closes along the links."""
    into: dict[str, list[str]] = {}
    for source, end in graph.links:
        into.setdefault(source, []).append(end)

    def moved_by(start: str) -> set[str]:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            for name in into.get(waiting.pop(), ()):
                if name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    behind = {name: moved_by(name) for loop in asked for name in loop.through}
    return tuple(Closing(loop, _gap(loop, behind)) for loop in asked)


def _gap(loop: AskedLoop, behind: dict[str, set[str]]) -> tuple[str, str] | None:
    ring = pairwise((*loop.through, loop.through[0])) if loop.through else ()
    return next(((a, b) for a, b in ring if b not in behind[a]), None)


def shortest_ring(loop: AskedLoop, graph: CausalGraph) -> tuple[int, ...] | None:
    """Return the links of a circuit through a told loop's variables, each gap by its shortest way; or None.

    No variable is passed twice, and none that the loop avoids.
    """
    out: dict[str, list[tuple[str, int]]] = {}
    for number in graph.inner:
        source, end = graph.links[number]
        out.setdefault(source, []).append((end, number))
    closed = {*loop.through, *loop.avoid}
    ring: list[int] = []
    for start, end in pairwise((*loop.through, loop.through[0])):
        before: dict[str, tuple[str, int]] = {}
        waiting = [start]
        for name in waiting:
            for after, number in out.get(name, ()):
                if after not in before and (after == end or after not in closed):
                    before[after] = (name, number)
                    waiting.append(after)
            if end in before:
                break
        if end not in before:
            return None
        way: list[int] = []
        name = end
        while not way or name != start:
            name, number = before[name]
            way.append(number)
            closed.add(name)
        ring += reversed(way)
    return tuple(ring)
