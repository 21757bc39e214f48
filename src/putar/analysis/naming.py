"""Names of loops: those a modeller gave, and readable ones for the rest.

A modeller's loop is a family: every circuit that passes through its variables in their order. Other circuits
are named by their stocks, with the variable that tells twins apart; their ids depend on their links alone.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["AskedLoop", "families", "label", "loop_id", "names"]

LISTED = 5  # stocks in a name


@dataclass(frozen=True, slots=True)
class AskedLoop:
    """A loop with a name: circuits that pass through the variables in this cyclic order.

    `polarity` is R or B where only circuits of that sign belong, else empty. `reason` says why it is told, or
    why the model leaves it open.
    """

    id: str
    name: str
    through: tuple[str, ...]
    polarity: str = ""
    avoid: tuple[str, ...] = ()
    reason: str = ""

    def holds(self, variables: Sequence[str], polarity: str) -> bool:
        """Return whether a circuit belongs to this loop; `polarity`, R or B, is what it was for the most."""
        if self.polarity and polarity != self.polarity:
            return False
        if any(name in variables for name in self.avoid):
            return False
        if not all(name in variables for name in self.through):
            return False
        places = [variables.index(name) for name in self.through]
        turns = sum(b < a for a, b in itertools.pairwise(places))
        return turns == 0 or (turns == 1 and places[-1] < places[0])


def families(
    asked: Sequence[AskedLoop], circuits: Sequence[tuple[str, ...]], polarity: Sequence[str]
) -> list[int]:
    """Return for each circuit the place of the first asked loop that it belongs to, or -1."""
    return [
        next((n for n, loop in enumerate(asked) if loop.holds(variables, sign)), -1)
        for variables, sign in zip(circuits, polarity, strict=True)
    ]


def loop_id(variables: Sequence[str]) -> str:
    """Return an id that depends on which links the loop has, not on their order in a list or on any value."""
    count = len(variables)
    links = sorted(f"{variables[i]}>{variables[(i + 1) % count]}" for i in range(count))
    return "loop-" + hashlib.sha256("\n".join(links).encode()).hexdigest()[:6]


def label(name: str) -> str:
    """Return a variable's name as a person reads it; of a hidden part the function it belongs to."""
    owner, *parts = name.split("·")
    base, _, elements = (owner if "[" in owner or not parts or "[" not in parts[-1] else name).partition("[")
    words = base.partition("·")[0].rpartition(".")[2].replace("_", " ")
    if parts and parts[0].partition("[")[0] == "net":
        words = f"net change of {words}"
    elif len(parts) > 1:
        words = f"{parts[0]} in {words}"
    return f"{words} ({elements.removesuffix(']')})" if elements else words


def names(circuits: Sequence[tuple[str, ...]], kept: frozenset[str]) -> list[str]:
    """Return a readable name for each circuit, no two the same.

    Parameters
    ----------
    kept : names of stocks
    """
    stems = [_stem(variables, kept) for variables in circuits]
    twins = Counter(stems)
    uses = Counter(name for variables in circuits for name in set(variables))
    found: list[str] = []
    taken: set[str] = set()
    for stem, variables in zip(stems, circuits, strict=True):
        name = stem
        if twins[stem] > 1:
            between = [name for name in variables if name not in kept]
            rare = sorted(between, key=lambda n, order=variables: (uses[n], order.index(n)))  # type: ignore[misc]
            for number in range(1, len(rare) + 1):
                name = f"{stem}, by {' and '.join(label(n) for n in rare[:number])}"
                if name not in taken:
                    break
        if name in taken:
            name = f"{stem} ({loop_id(variables)})"
        taken.add(name)
        found.append(name)
    return found


def _stem(variables: Sequence[str], kept: frozenset[str]) -> str:
    stocks = [label(name) for name in variables if name in kept]
    if not stocks:
        return " → ".join(label(name) for name in variables)
    if len(stocks) == 1:
        others = [label(name) for name in variables if name not in kept]
        return f"{stocks[0]} → {others[-1]}" if others else stocks[0]
    more = f" → {len(stocks) - LISTED} more" if len(stocks) > LISTED else ""
    return " → ".join(stocks[:LISTED]) + more
