"""References of an equation, made explicit: full names, and subscripts that need no reader's help.

An equation that reads the same for all elements of its left side keeps its dimensions as subscripts. One
that leans on mappings, shared element names, `others` or slices of expressions is written out, element by
element, so that any reader understands it in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

from putar.formats.writing.target import TIMED, Target
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
    children,
    walk,
    with_children,
)
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import Model, Variable
from putar.language.subscripts import (
    Place,
    choices_meant,
    elements_meant,
    position,
    ranges_in,
    slices_in,
)

__all__ = ["Resolver", "descend"]


class _NotShared(Exception):
    """The equation does not read the same for every element."""


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


class Resolver:
    """Makes the references of one model's equations explicit, for one target."""

    def __init__(self, model: Model, target: Target) -> None:
        self.model, self.target = model, target
        self.verbatim = bool(model.origin) and model.origin == target.origin

    def shared(self, variable: Variable, over: tuple[str, ...], expr: Expr) -> Expr | None:
        """Return the equation for all elements of its left side, or None where there is no one text."""
        over = over or variable.dimensions
        if not self.verbatim and len(set(over)) < len(over):
            return None
        try:
            return _Shared(self, variable, over).expression(expr)
        except _NotShared:
            return None

    def at(self, place: Place, expr: Expr) -> Expr:
        """Return the equation of one element, with the elements that are meant there."""
        return _Concrete(self, place).expression(expr)

    def known(self, room: str, name: str) -> Variable | None:
        """Return the variable that a name means in a room, or None."""
        found = self.model.resolve(name, room)
        return None if found is None else self.model.by_name.get(found)

    def curve(self, room: str, call: Call) -> Variable | None:
        """Return the curve that is called by its name, or None."""
        found = self.known(room, call.function.lower())
        return found if found is not None and found.kind == "curve" else None


class _Equation:
    """What both ways have in common: calls by the name of a curve, tables as arguments."""

    def __init__(self, resolver: Resolver, room: str) -> None:
        self.resolver, self.model, self.room = resolver, resolver.model, room

    def expression(self, expr: Expr) -> Expr:
        return descend(expr, self.take)

    def take(self, node: Expr) -> Expr | None:
        match node:
            case Name():
                return self.name(node)
            case Call():
                return self.call(node)
        return None

    def call(self, call: Call) -> Expr | None:
        curve = self.resolver.curve(self.room, call)
        if curve is not None:
            table = self.name(Name(f".{curve.name}"))
            return Call("LOOKUP", (table, self.expression(call.args[0])))
        row = FUNCTIONS.get(call.function)
        if row is not None and row.takes == "vector":
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
        raise NotImplementedError

    def reducer(self, call: Call) -> Expr:
        raise NotImplementedError


class _Shared(_Equation):
    """An equation over the whole of its left side; raises where an element must be told."""

    def __init__(self, resolver: Resolver, variable: Variable, over: tuple[str, ...]) -> None:
        super().__init__(resolver, variable.subsystem)
        self.variable, self.over = variable, over

    def name(self, node: Name) -> Expr:
        target = self.resolver.known(self.room, node.name)
        if target is None:
            return self._word(node)
        if node.transposed:
            raise _NotShared
        if self.resolver.verbatim and node.subscripts:
            subscripts = tuple(self._verbatim(s) for s in node.subscripts)
            return Name(f".{target.name}", subscripts)
        given = node.subscripts or (None,) * len(target.dimensions)
        if len(given) != len(target.dimensions):
            raise _NotShared
        pairs = zip(given, target.dimensions, strict=True)
        return Name(f".{target.name}", tuple(self._subscript(s, d) for s, d in pairs))

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
            raise _NotShared
        return Number(float(number))

    def _subscript(self, subscript: Subscript | None, dimension: str) -> Subscript:
        match subscript:
            case None if dimension in self.over:
                return Index(dimension)
            case Position(number=number) if number <= len(self.over) and self.over[number - 1] == dimension:
                return Index(dimension)
            case Index(name=name):
                if name in self.over:
                    inside = set(self.model.dimension_elements[name])
                    whole = set(self.model.dimension_elements[dimension])
                    if name == dimension or (self.resolver.target.ranges and inside <= whole):
                        return subscript
                elif name in self.model.positions[dimension]:
                    return subscript
            case Computed(expr=expr):
                return Computed(self.expression(expr))
        raise _NotShared

    def reducer(self, call: Call) -> Expr:
        row = self.resolver.target.reducers.get(call.function)
        if row is None and not all(self._plain(arg) for arg in call.args):
            raise _NotShared
        return replace(call, args=tuple(self._argument(arg) for arg in call.args))

    def _plain(self, arg: Expr) -> bool:
        names = [node for node in walk(arg) if isinstance(node, Name)]
        return not any(isinstance(s, All | Each | Span) for name in names for s in name.subscripts)

    def _argument(self, arg: Expr) -> Expr:
        """Return an argument whose slices the target can say."""
        if self._plain(arg):
            return self.expression(arg)
        if not self.resolver.target.sliced_expressions and not isinstance(arg, Name):
            raise _NotShared
        slices: set[tuple[str, ...]] = set()

        def take(node: Expr) -> Expr | None:
            if isinstance(node, Call):
                row, form = FUNCTIONS.get(node.function), self.resolver.target
                special = row is None or row.reduces or row.takes or node.function in form.leads
                if special or not form.says(node) or node.function in TIMED:
                    raise _NotShared
                return self.call(node)
            if isinstance(node, Binary) and node.op == "MOD" and not self.resolver.target.remainder:
                raise _NotShared
            if not isinstance(node, Name):
                return None
            target = self.resolver.known(self.room, node.name)
            if target is None or not any(isinstance(s, All | Each | Span) for s in node.subscripts):
                return self.name(node)
            if len(node.subscripts) != len(target.dimensions) or target.partial:
                raise _NotShared
            made, sliced = self._sliced(node, target)
            slices.add(sliced)
            return Name(f".{target.name}", made)

        found = descend(arg, take)
        if len(slices) > 1 or len(set(next(iter(slices)))) < len(next(iter(slices))):
            raise _NotShared
        return found

    def _sliced(self, node: Name, target: Variable) -> tuple[tuple[Subscript, ...], tuple[str, ...]]:
        made: list[Subscript] = []
        sliced: list[str] = []
        for subscript, dimension in zip(node.subscripts, target.dimensions, strict=True):
            if isinstance(subscript, All) or (isinstance(subscript, Each) and subscript.name == dimension):
                sliced.append(dimension)
                made.append(self.resolver.target.slice(subscript, dimension))
            elif isinstance(subscript, Each) and (self.resolver.target.bangs or self.resolver.target.either):
                inside = set(self.model.dimension_elements.get(subscript.name, ("?",)))
                if not inside <= set(self.model.dimension_elements[dimension]):
                    raise _NotShared
                sliced.append(subscript.name)
                made.append(subscript)
            else:
                made.append(self._subscript(subscript, dimension))
        return tuple(made), tuple(sliced)


class _Concrete(_Equation):
    """An equation of one element."""

    def __init__(self, resolver: Resolver, place: Place) -> None:
        super().__init__(resolver, place.variable.subsystem)
        self.place = place

    def name(self, node: Name) -> Expr:
        target = self.resolver.known(self.room, node.name)
        if target is None:
            number = None if node.name in CONSTANTS else position(self.model, self.place, node.name)
            return node if number is None else Number(float(number))
        if any(isinstance(s, Computed) for s in node.subscripts):
            choices = choices_meant(self.model, self.place, node, target, slices=True)
            subscripts = tuple(
                Computed(self.expression(s.expr)) if isinstance(s, Computed) else Index(c[0])
                for s, c in zip(node.subscripts, choices, strict=True)
            )
            return Name(f".{target.name}", subscripts)
        (elements,) = elements_meant(self.model, self.place, node, target, slices=False)
        return Name(f".{target.name}", tuple(Index(e) for e in elements))

    def reducer(self, call: Call) -> Expr:
        kept = self._kept(call)
        if kept is not None:
            return kept
        if call.function == "VECTOR_SELECT":
            return replace(call, args=tuple(self.vector(arg) for arg in call.args))
        if call.function in ("ELEMENT", "RANK"):
            nodes = self.slice(call.args[0])
            return Call(f"{call.function}_OF", (self.expression(call.args[1]), *nodes))
        nodes = [node for arg in call.args for node in self.slice(arg)]
        return _folded(call.function, nodes)

    def _kept(self, call: Call) -> Expr | None:
        """Return the reducer of one whole array, which every target can say, or None."""
        row = self.resolver.target.reducers.get(call.function)
        if row is None or not call.args or not isinstance(call.args[0], Name):
            return None
        if len(call.args) > 1 and call.function not in ("ELEMENT", "RANK"):
            return None
        node = call.args[0]
        target = self.resolver.known(self.room, node.name)
        if target is None or target.partial or len(node.subscripts) != len(target.dimensions):
            return None
        choices = choices_meant(self.model, self.place, node, target, slices=True)
        subscripts: list[Subscript] = []
        for subscript, choice, dimension in zip(node.subscripts, choices, target.dimensions, strict=True):
            whole = choice == self.model.dimension_elements[dimension]
            if isinstance(subscript, All | Each) and whole:
                subscripts.append(self.resolver.target.slice(subscript, dimension))
            elif isinstance(subscript, Index | Position) and len(choice) == 1:
                subscripts.append(Index(choice[0]))
            else:
                return None
        if not any(isinstance(s, All | Each) for s in subscripts):
            return None
        each = [d for s, d in zip(subscripts, target.dimensions, strict=True) if not isinstance(s, Index)]
        if len(set(each)) < len(each):
            return None
        rest = tuple(self.expression(arg) for arg in call.args[1:])
        return replace(call, args=(Name(f".{target.name}", tuple(subscripts)), *rest))

    def slice(self, arg: Expr) -> list[Expr]:
        """Return all that an argument of a reducer stands for, in the order in which it is reduced."""
        bound = dict(self.place.bound)
        ranges = [r for r in ranges_in(self.model, [arg]) if f"{r}!" not in bound]
        if ranges:
            elements = [self.model.dimension_elements[r] for r in ranges]
            found: list[Expr] = []
            for chosen in product(*elements):
                pairs = [(f"{r}!", e) for r, e in zip(ranges, chosen, strict=True)]
                inner = _Concrete(self.resolver, self.place.with_bound(pairs))
                found.extend(inner.slice(arg))
            return found
        slices = slices_in(self.model, self.place, arg)
        if not slices:
            return [self.expression(arg)]
        count = len(next(iter(slices.values())))
        return [_Choice(self, slices, choice).expression(arg) for choice in range(count)]


class _Choice(_Concrete):
    """An argument of a reducer at one of its elements."""

    def __init__(self, outer: _Concrete, slices: object, choice: int) -> None:
        super().__init__(outer.resolver, outer.place)
        self.slices, self.choice = slices, choice

    def name(self, node: Name) -> Expr:
        if node not in self.slices:  # type: ignore[operator]
            return super().name(node)
        target = self.resolver.known(self.room, node.name)
        assert target is not None  # it has slices
        elements = self.slices[node][self.choice]  # type: ignore[index]
        return Name(f".{target.name}", tuple(Index(e) for e in elements))

    def reducer(self, call: Call) -> Expr:
        return _Concrete(self.resolver, self.place).reducer(call)


def _folded(function: str, nodes: Sequence[Expr]) -> Expr:
    """Return a reducer over terms, in the order in which it adds, multiplies or compares."""
    count = Number(float(len(nodes)))
    match function:
        case "SUM" | "PROD":
            total = nodes[0]
            for node in nodes[1:]:
                total = Binary("+" if function == "SUM" else "*", total, node)
            return total
        case "MIN" | "MAX":
            total = nodes[0]
            for node in nodes[1:]:
                total = Call(function, (total, node))
            return total
        case "MEAN":
            return Binary("/", _folded("SUM", nodes), count)
        case "SIZE":
            return count
    return Call(f"{function}_OF", tuple(nodes))
