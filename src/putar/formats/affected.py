"""What a refused equation takes with it: every variable that needs it, named in one note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from putar.errors import Problem
from putar.language.expr import Call, Expr, Name, walk

__all__ = ["Told", "affected_note"]

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Told:
    """A variable of a file that was read: its kind, its equations, and other variables that it needs."""

    kind: str
    exprs: tuple[Expr, ...] = ()
    needs: tuple[str, ...] = ()


def affected_note(refused: Set[str], variables: Mapping[str, Told]) -> list[Problem]:
    """Return a note of the file's structure and of the variables that refused ones take with them."""
    readers: dict[str, list[str]] = {}
    for name, told in variables.items():
        for other in {*told.needs, *_names(told.exprs)}:
            readers.setdefault(other, []).append(name)
    met = set(refused)
    waiting = [*refused]
    while waiting:
        for reader in readers.get(waiting.pop(), ()):
            if reader not in met:
                met.add(reader)
                waiting.append(reader)
    others = [name for name in variables if name in met and name not in refused]
    counts: dict[str, int] = {}
    for told in variables.values():
        counts[told.kind] = counts.get(told.kind, 0) + 1
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    what = f"of {len(variables)} variables read ({kinds}), {len(refused)} cannot be computed"
    if others:
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        what += f" and {len(others)} need them: {', '.join(others[:SHOWN])}{more}"
    return (
        [Problem("note", "affected", None, what, "put the errors right, or leave these out")]
        if refused
        else []
    )


def _names(exprs: Iterable[Expr]) -> set[str]:
    found = set()
    for expr in exprs:
        for node in walk(expr):
            if isinstance(node, Name):
                found.add(node.name.removeprefix("."))
            elif isinstance(node, Call):
                found.add(node.function.lower())
    return found
