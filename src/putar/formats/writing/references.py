"""References of an equation: what both ways of making them explicit have in common.

A `Reader` knows what names mean in a model, for one target; `References` walks an equation and asks for each
name, call and slice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from putar.formats.writing.target import Target
from putar.language.expr import Call, Expr, Index, Name, children, with_children
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import Model, Variable

__all__ = ["Reader", "References", "descend"]


def descend(expr: Expr, take: Callable[[Expr], Expr | None]) -> Expr:
    """Return a tree in which `take` replaced whole branches, from the top; None leaves a node and goes on."""
    work: list[Expr | tuple[Expr]] = [expr]
    made: list[Expr] = []
    while work:
        item = work.pop()
        if isinstance(item, tuple):
            count = len(children(item[0]))
            parts = made[len(made) - count :]
            del made[len(made) - count :]
            made.append(with_children(item[0], parts) if count else item[0])
            continue
        found = take(item)
        if found is not None:
            made.append(found)
            continue
        work.append((item,))
        work.extend(reversed(children(item)))
    return made[0]


class Reader:
    """What names mean in one model, written for one target."""

    def __init__(self, model: Model, target: Target) -> None:
        self.model, self.target = model, target
        self.verbatim = bool(model.origin) and model.origin == target.origin

    def known(self, room: str, name: str) -> Variable | None:
        """Return the variable that a name means in a room, or None."""
        found = self.model.resolve(name, room)
        return None if found is None else self.model.by_name.get(found)

    def curve(self, room: str, call: Call) -> Variable | None:
        """Return the curve that is called by its name, or None."""
        found = self.known(room, call.function.lower())
        return found if found is not None and found.kind == "curve" else None


class References:
    """What both ways have in common: calls by the name of a curve, tables as arguments."""

    def __init__(self, resolver: Reader, room: str) -> None:
        self.resolver, self.model, self.room = resolver, resolver.model, room

    def expression(self, expr: Expr) -> Expr:
        """Return an expression with explicit references."""
        return descend(expr, self.take)

    def take(self, node: Expr) -> Expr | None:
        """Return a branch whose references are explicit, or None to go on inside of it."""
        match node:
            case Name():
                return self.name(node)
            case Call():
                return self.call(node)
        return None

    def call(self, call: Call) -> Expr | None:
        """Return a call that is more than its arguments, or None."""
        curve = self.resolver.curve(self.room, call)
        if curve is not None:
            table = self.name(Name(f".{curve.name}"))
            return Call("LOOKUP", (table, self.expression(call.args[0])))
        row = FUNCTIONS.get(call.function)
        if row is not None and (row.takes == "vector" or call.function == "VECTOR_SELECT"):
            return self.whole(call)
        if row is not None and row.reduces:
            return self.reducer(call)
        return None

    def whole(self, call: Call) -> Expr:
        """Return a call whose arguments stand for whole vectors."""
        return replace(call, args=tuple(self.vector(arg) for arg in call.args))

    def vector(self, arg: Expr) -> Expr:
        """Return an argument that stands for all elements of its last subscript, with full names."""

        def take(node: Expr) -> Expr | None:
            if not isinstance(node, Name):
                return None
            target = self.resolver.known(self.room, node.name)
            if target is None:
                return node if node.name in CONSTANTS or "." not in node.name else self.name(node)
            subscripts = node.subscripts or tuple(Index(d) for d in target.dimensions)
            return Name(f".{target.name}", subscripts)

        return descend(arg, take)

    def name(self, node: Name) -> Expr:
        """Return an explicit reference."""
        raise NotImplementedError

    def reducer(self, call: Call) -> Expr:
        """Return a function of slices."""
        raise NotImplementedError
