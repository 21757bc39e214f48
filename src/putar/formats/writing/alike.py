"""An equation that reads the same for all elements of its left side, its dimensions kept as subscripts."""

from __future__ import annotations

from dataclasses import replace

from putar.formats.writing.references import Reader, References, descend
from putar.formats.writing.target import TIMED
from putar.language.expr import (
    All,
    Binary,
    Call,
    Computed,
    Each,
    Expr,
    Index,
    Name,
    Number,
    Position,
    Span,
    Subscript,
    walk,
)
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import Variable

__all__ = ["NotShared", "Shared"]


class NotShared(Exception):
    """The equation does not read the same for every element."""


class Shared(References):
    """An equation over the whole of its left side; raises where an element must be told."""

    def __init__(self, resolver: Reader, variable: Variable, over: tuple[str, ...]) -> None:
        super().__init__(resolver, variable.subsystem)
        self.variable, self.over = variable, over

    def name(self, node: Name) -> Expr:
        """Return a reference that reads the same for all elements."""
        target = self.resolver.known(self.room, node.name)
        if target is None:
            return self._word(node)
        if node.transposed:
            raise NotShared
        if self.resolver.verbatim and node.subscripts:
            subscripts = tuple(self._verbatim(s) for s in node.subscripts)
            return Name(f".{target.name}", subscripts)
        given = node.subscripts or (None,) * len(target.dimensions)
        if len(given) != len(target.dimensions):
            raise NotShared
        pairs = zip(given, target.dimensions, strict=True)
        return Name(f".{target.name}", tuple(self._subscript(s, d) for s, d in pairs))

    def whole(self, call: Call) -> Expr:
        """Return a call that takes vectors, where the target has it."""
        if not self.resolver.verbatim and not self.resolver.target.says(call):
            raise NotShared
        if call.function == "VECTOR_SELECT":
            return replace(call, args=tuple(self._argument(arg) for arg in call.args))
        return super().whole(call)

    def _verbatim(self, subscript: Subscript) -> Subscript:
        return Computed(self.expression(subscript.expr)) if isinstance(subscript, Computed) else subscript

    def _word(self, node: Name) -> Expr:
        if node.name in CONSTANTS:
            return node
        if node.name in self.over or (self.resolver.verbatim and "." not in node.name):
            return node  # the place of the current element
        dimension, _, element = node.name.partition(".")
        number = self.model.positions.get(dimension, {}).get(element)
        if number is None:
            raise NotShared
        return Number(float(number))

    def _subscript(self, subscript: Subscript | None, dimension: str) -> Subscript:
        match subscript:
            case None if dimension in self.over:
                return Index(dimension)
            case Position(number=number) if number <= len(self.over) and self.over[number - 1] == dimension:
                return Index(dimension)
            case Index(name=name):
                if name in self.over and name in self.model.dimension_elements:  # else it is one element
                    inside = set(self.model.dimension_elements[name])
                    whole = set(self.model.dimension_elements[dimension])
                    if name == dimension or (self.resolver.target.ranges and inside <= whole):
                        return subscript
                elif name in self.model.positions[dimension]:
                    return subscript
            case Computed(expr=expr):
                return Computed(self.expression(expr))
        raise NotShared

    def reducer(self, call: Call) -> Expr:
        """Return a function of slices that the target can say."""
        row = self.resolver.target.reducers.get(call.function)
        if row is None and not all(self._plain(arg) for arg in call.args):
            raise NotShared
        return replace(call, args=tuple(self._argument(arg) for arg in call.args))

    def _plain(self, arg: Expr) -> bool:
        names = [node for node in walk(arg) if isinstance(node, Name)]
        return not any(self._is_slice(s) for name in names for s in name.subscripts)

    def _is_slice(self, subscript: Subscript) -> bool:
        """Return whether a subscript means several elements: also a range that is not on the left side."""
        if isinstance(subscript, Index):
            name = subscript.name
            return (
                name in self.model.dimension_elements
                and name not in self.over
                and not any(name in elements for elements in self.model.positions.values())
            )
        return isinstance(subscript, All | Each | Span)

    def _argument(self, arg: Expr) -> Expr:
        """Return an argument whose slices the target can say."""
        if self._plain(arg):
            return self.expression(arg)
        if not self.resolver.target.sliced_expressions and not isinstance(arg, Name):
            raise NotShared
        slices: set[tuple[str, ...]] = set()

        def take(node: Expr) -> Expr | None:
            if isinstance(node, Call):
                row, form = FUNCTIONS.get(node.function), self.resolver.target
                special = row is None or row.reduces or row.takes or node.function in form.leads
                if special or not form.says(node) or node.function in TIMED:
                    raise NotShared
                return self.call(node)
            if isinstance(node, Binary) and node.op == "MOD" and not self.resolver.target.remainder:
                raise NotShared
            if not isinstance(node, Name):
                return None
            target = self.resolver.known(self.room, node.name)
            if target is None or not any(self._is_slice(s) for s in node.subscripts):
                return self.name(node)
            if len(node.subscripts) != len(target.dimensions) or target.partial:
                raise NotShared
            made, sliced = self._sliced(node, target)
            slices.add(sliced)
            return Name(f".{target.name}", made)

        found = descend(arg, take)
        if len(slices) > 1 or len(set(next(iter(slices)))) < len(next(iter(slices))):
            raise NotShared
        return found

    def _sliced(self, node: Name, target: Variable) -> tuple[tuple[Subscript, ...], tuple[str, ...]]:
        made: list[Subscript] = []
        sliced: list[str] = []
        for subscript, dimension in zip(node.subscripts, target.dimensions, strict=True):
            named = isinstance(subscript, Index) and self._is_slice(subscript)
            if isinstance(subscript, Each | Index) and (named or isinstance(subscript, Each)):
                whole = subscript.name == dimension
                subscript = Each(subscript.name)
            else:
                whole = isinstance(subscript, All)
            if whole:
                sliced.append(dimension)
                made.append(self.resolver.target.slice(subscript, dimension))
            elif isinstance(subscript, Each) and (self.resolver.target.bangs or self.resolver.target.either):
                inside = set(self.model.dimension_elements.get(subscript.name, ("?",)))
                if not inside <= set(self.model.dimension_elements[dimension]):
                    raise NotShared
                sliced.append(subscript.name)
                made.append(subscript)
            else:
                made.append(self._subscript(subscript, dimension))
        return tuple(made), tuple(sliced)
