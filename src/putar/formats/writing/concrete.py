"""An equation of one element: every reference names the element that is meant, every slice its elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from putar.formats.writing.references import Reader, References
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
    Subscript,
)
from putar.language.functions import CONSTANTS
from putar.language.subscripts import (
    Place,
    Slices,
    choices_meant,
    element_named,
    elements_meant,
    position,
    ranges_in,
    slices_in,
)

__all__ = ["MOST_TERMS", "SPREAD", "Concrete", "halved"]

MOST_TERMS = 200  # alternatives written out in one equation
# functions whose elements are written out where a target lacks them
SPREAD = frozenset(
    {"VECTOR_ELM_MAP", "VECTOR_REORDER", "VECTOR_SORT_ORDER", "VECTOR_RANK", "VECTOR_SELECT"}
    | {"ELEMENT", "RANK", "STDDEV"}
)
# of functions that take vectors: how many of the last subscripts of each argument mean whole ranges
_VECTORS = {
    "VECTOR_SORT_ORDER": (1,),
    "VECTOR_RANK": (1,),
    "VECTOR_REORDER": (1,),
    "ALLOCATE_AVAILABLE": (1, 2),
    "ALLOCATE_BY_PRIORITY": (1, 1),
    "INVERT_MATRIX": (2,),
    "VECTOR_LOOKUP": (1,),
    "MARKET_PRICE": (1, 2, 1, 2),
    "DEMAND_AT_PRICE": (1, 2),
    "SUPPLY_AT_PRICE": (1, 2),
}


class Concrete(References):
    """An equation of one element."""

    def __init__(self, resolver: Reader, place: Place) -> None:
        super().__init__(resolver, place.variable.subsystem)
        self.place = place

    def name(self, node: Name) -> Expr:
        """Return a reference to the element that is meant."""
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
        """Return a reducer of a whole array, or of the elements that its slice has."""
        kept = self._kept(call)
        if kept is not None:
            return kept
        if call.function in ("ELEMENT", "RANK"):
            nodes = self.slice(call.args[0])
            if len(nodes) ** (2 if call.function == "RANK" else 1) > MOST_TERMS:
                return replace(call, args=(self.vector(call.args[0]), self.expression(call.args[1])))
            return Call(f"{call.function}_OF", (self.expression(call.args[1]), *nodes))
        nodes = [node for arg in call.args for node in self.slice(arg)]
        return _folded(call.function, nodes)

    def whole(self, call: Call) -> Expr:
        """Return a call that takes vectors: its vectors kept as they are named, or all of their elements."""
        if not self.resolver.target.says(call):
            spread = self._spread(call)
            if spread is not None:
                return spread
        if call.function == "VECTOR_SELECT":
            return super().whole(call)
        kept = _VECTORS.get(call.function, ())
        args = [self._vector(arg, kept[i] if i < len(kept) else 0) for i, arg in enumerate(call.args)]
        return replace(call, args=tuple(args))

    def _vector(self, arg: Expr, kept: int) -> Expr:
        """Return an argument with elements for all but its last subscripts.

        A range that is not on the left side is named by its first element, as Vensim has it.
        """
        if not kept or not isinstance(arg, Name):
            return self.expression(arg)
        target = self.resolver.known(self.room, arg.name)
        if target is None:
            return arg
        subscripts = list(arg.subscripts or (Index(d) for d in target.dimensions))
        choices = choices_meant(self.model, self.place, arg, target, slices=True)
        for index, choice in enumerate(choices[: len(choices) - kept]):
            if len(choice) == 1:
                subscripts[index] = Index(choice[0])
        for index, dimension in list(enumerate(target.dimensions))[-kept:]:
            free = element_named(self.model, self.place, dimension) is None
            if free and subscripts[index] == Index(dimension):
                subscripts[index] = Index(self.model.dimension_elements[dimension][0])
        return Name(f".{target.name}", tuple(subscripts))

    def _spread(self, call: Call) -> Expr | None:
        """Return a call over the single elements of its vectors, as `vectors` writes it out."""
        match call.function:
            case "VECTOR_ELM_MAP" if isinstance(call.args[0], Name):
                target = self.resolver.known(self.room, call.args[0].name)
                if target is None:
                    return None
                (elements,) = elements_meant(self.model, self.place, call.args[0], target, slices=False)
                tuples = list(self.model.element_tuples(target))
                if len(tuples) > MOST_TERMS:
                    return None
                nodes = [Name(f".{target.name}", tuple(Index(e) for e in one)) for one in tuples]
                base = Number(float(tuples.index(elements)))
                return Call("PLACE_OF", (base, self.expression(call.args[1]), *nodes))
            case "VECTOR_REORDER":
                nodes_of, _ = self._elements(call.args[0])
                if len(nodes_of) > MOST_TERMS:
                    return None
                return Call("PLACE_OF", (Number(0.0), self.expression(call.args[1]), *nodes_of))
            case "VECTOR_SORT_ORDER" | "VECTOR_RANK":
                nodes_of, current = self._elements(call.args[0])
                word = "ORDER_OF" if call.function == "VECTOR_SORT_ORDER" else "RANKED_OF"
                if current is None or len(nodes_of) ** 2 > MOST_TERMS:
                    return None
                return Call(word, (self.expression(call.args[1]), Number(float(current)), *nodes_of))
            case "VECTOR_SELECT":
                pairs = self._pairs(call.args[0], call.args[1])
                if len(pairs) > (2 * MOST_TERMS if isinstance(call.args[3], Number) else 24):
                    return None
                rest = tuple(self.expression(arg) for arg in call.args[2:])
                return Call("SELECT_OF", (*rest, *pairs))
        return None

    def _pairs(self, *exprs: Expr) -> list[Expr]:
        bound = dict(self.place.bound)
        ranges = [r for r in ranges_in(self.model, exprs) if f"{r}!" not in bound]
        found: list[Expr] = []
        for chosen in product(*[self.model.dimension_elements[r] for r in ranges]):
            pairs = [(f"{r}!", e) for r, e in zip(ranges, chosen, strict=True)]
            inner = Concrete(self.resolver, self.place.with_bound(pairs))
            found.extend(inner.expression(expr) for expr in exprs)
        return found

    def _elements(self, arg: Expr) -> tuple[list[Expr], int | None]:
        """Return all elements of an argument's last subscript, and the place of the current one."""
        over: Sequence[str] = self.place.over or self.place.variable.dimensions
        target = self.resolver.known(self.room, arg.name) if isinstance(arg, Name) else None
        last = over[-1] if over else ""
        if isinstance(arg, Name) and target is not None:
            last = target.dimensions[-1] if target.dimensions else last
            if arg.subscripts and isinstance(arg.subscripts[-1], Index | Each):
                last = arg.subscripts[-1].name
        elements = self.model.dimension_elements.get(last, ())
        nodes = [
            Concrete(self.resolver, self.place.with_bound([(last, element)])).expression(arg)
            for element in elements
        ]
        here = element_named(self.model, self.place, last)
        if here in elements:
            return nodes, elements.index(here)
        others = self.model.dimension_elements.get(over[-1], ()) if over else ()
        if len(others) == len(elements) and self.place.elements:
            return nodes, others.index(self.place.elements[-1])
        return nodes, None

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
                inner = Concrete(self.resolver, self.place.with_bound(pairs))
                found.extend(inner.slice(arg))
            return found
        slices = slices_in(self.model, self.place, arg)
        if not slices:
            return [self.expression(arg)]
        count = len(next(iter(slices.values())))
        return [_Choice(self, slices, choice).expression(arg) for choice in range(count)]


class _Choice(Concrete):
    """An argument of a reducer at one of its elements."""

    def __init__(self, outer: Concrete, slices: Slices, choice: int) -> None:
        super().__init__(outer.resolver, outer.place)
        self.slices, self.choice = slices, choice

    def name(self, node: Name) -> Expr:
        if node not in self.slices:
            return super().name(node)
        target = self.resolver.known(self.room, node.name)
        assert target is not None  # it has slices
        elements = self.slices[node][self.choice]
        return Name(f".{target.name}", tuple(Index(e) for e in elements))

    def reducer(self, call: Call) -> Expr:
        return Concrete(self.resolver, self.place).reducer(call)


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
            return halved(function, nodes)
        case "MEAN":
            return Binary("/", _folded("SUM", nodes), count)
        case "SIZE":
            return count
    return Call(f"{function}_OF", tuple(nodes))


def halved(function: str, nodes: Sequence[Expr]) -> Expr:
    """Return the least or largest of terms by calls of two arguments, no deeper than it must be."""
    if len(nodes) == 1:
        return nodes[0]
    middle = (len(nodes) + 1) // 2
    return Call(function, (halved(function, nodes[:middle]), halved(function, nodes[middle:])))
