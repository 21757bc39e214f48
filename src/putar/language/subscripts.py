"""Which elements a reference means: subscripts read in the place where they stand.

A place is a variable's element that is being computed. A subscript names an element, a dimension of
the place (then its current element), `*`, `others` or `range!` (inside a reducer). A range that is not
on the left side is read through a mapping, or through element names that it shares with one that is,
so that a sub-range needs no mapping. Without subscripts the place's own elements are meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from putar.language.expr import (
    All,
    Call,
    Computed,
    Each,
    Expr,
    Index,
    Name,
    Others,
    Position,
    Span,
    Subscript,
    children,
)
from putar.language.functions import FUNCTIONS
from putar.language.model import Model, Variable

__all__ = [
    "Place",
    "Slices",
    "SubscriptError",
    "choices_meant",
    "element_named",
    "elements_meant",
    "position",
    "ranges_in",
    "slices_in",
]

Slices = Mapping[Name, tuple[tuple[str, ...], ...]]


class SubscriptError(ValueError):
    """A reference whose elements cannot be told; has what is wrong and what would be right."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what, fix)
        self.what, self.fix = what, fix


@dataclass(frozen=True, slots=True)
class Place:
    """The element being computed: of which variable, and its element of each dimension.

    `over` has the subscripts of the equation's left side where they are not the dimensions; `bound`
    the elements that a reducer goes through, by `range!`, or a vector, by the name of its range.
    """

    variable: Variable
    elements: tuple[str, ...]
    over: tuple[str, ...] = ()
    bound: tuple[tuple[str, str], ...] = ()

    @property
    def current(self) -> dict[str, str]:
        """The current element by dimension or range."""
        found = dict(zip(self.variable.dimensions, self.elements, strict=True))
        if self.over:
            found = dict(zip(self.over, self.elements, strict=True))
        found.update(pair for pair in self.bound if not pair[0].endswith("!"))
        return found

    def with_bound(self, bound: Iterable[tuple[str, str]]) -> Place:
        """Return the place inside a reducer, with an element for each of its ranges."""
        return replace(self, bound=(*self.bound, *bound))


def elements_meant(
    model: Model, place: Place, name: Name, target: Variable, *, slices: bool
) -> tuple[tuple[str, ...], ...]:
    """Return the element tuples of `target` that a reference means at a place.

    Parameters
    ----------
    slices : whether several elements may be meant, as inside SUM

    Raises
    ------
    SubscriptError
        If the number of subscripts is wrong, an element is unknown, or one element is wanted and
        several are meant.
    """
    choices = choices_meant(model, place, name, target, slices=slices)
    if not slices and any(len(choice) != 1 for choice in choices):
        raise SubscriptError(
            f"{target.name} means several elements where one value is wanted",
            "name one element, or put it inside SUM, MAX, MIN or MEAN",
        )
    found = tuple(product(*choices))
    if target.partial:
        given = model.given[target.name]
        for elements in found:
            if elements not in given:
                shown = ", ".join(elements)
                raise SubscriptError(f"{target.name} has no equation for [{shown}]", "give it one")
    return found


def choices_meant(
    model: Model, place: Place, name: Name, target: Variable, *, slices: bool
) -> list[tuple[str, ...]]:
    """Return, for each dimension of `target`, the elements that a reference means at a place."""
    subscripts: tuple[Subscript, ...] = name.subscripts
    if not subscripts and name.transposed and len(place.elements) == len(target.dimensions):
        subscripts = tuple(Position(number) for number in range(len(target.dimensions), 0, -1))
    elif not subscripts:
        subscripts = tuple(_own(model, place, d, slices) for d in target.dimensions)
    if len(subscripts) != len(target.dimensions):
        wanted = len(target.dimensions)
        raise SubscriptError(
            f"{target.name} has {wanted} dimension{'s' * (wanted != 1)}, {len(subscripts)} given",
            f"write {target.name}[{', '.join(target.dimensions)}]" if wanted else f"write {target.name}",
        )
    return [_choice(model, place, s, d, slices) for s, d in zip(subscripts, target.dimensions, strict=True)]


def ranges_in(model: Model, exprs: Iterable[Expr]) -> tuple[str, ...]:
    """Return the ranges that `range!` goes through in arguments of a reducer, in reading order.

    Raises
    ------
    SubscriptError
        If one is no range of the model.
    """
    found: dict[str, None] = {}
    for expr in exprs:
        for name in _names_outside_reducers(expr):
            for subscript in name.subscripts:
                if isinstance(subscript, Each):
                    if subscript.name not in model.dimension_elements:
                        raise SubscriptError(f"{subscript.name!r} is no range", "declare it")
                    found.setdefault(subscript.name)
    return tuple(found)


def slices_in(model: Model, place: Place, expr: Expr) -> Slices:
    """Return, for an argument of a reducer, the elements of each reference that means several.

    Raises
    ------
    SubscriptError
        If two references mean different numbers of elements, or one means none.
    """
    found: dict[Name, tuple[tuple[str, ...], ...]] = {}
    for name in _names_outside_reducers(expr):
        known = model.resolve(name.name, place.variable.subsystem)
        if known is None or known not in model.by_name:
            continue
        elements = elements_meant(model, place, name, model[known], slices=True)
        if not elements:
            raise SubscriptError(f"{known} means no element here", "there are no others to reduce")
        if len(elements) > 1:
            found[name] = elements
    if len({len(elements) for elements in found.values()}) > 1:
        counts = ", ".join(f"{name.name} {len(elements)}" for name, elements in found.items())
        raise SubscriptError(
            f"slices of different length in one argument ({counts})", "reduce each of them on its own"
        )
    return found


def _names_outside_reducers(expr: Expr) -> Iterator[Name]:
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Name):
            yield node
        inner = [
            child
            for child in children(node)
            if not (
                isinstance(child, Call) and child.function in FUNCTIONS and FUNCTIONS[child.function].reduces
            )
        ]
        stack.extend(reversed(inner))


def position(model: Model, place: Place, name: str) -> int | None:
    """Return the 1-based position that a dimension or `dimension.element` stands for, or None."""
    dimension, _, element = name.partition(".")
    positions = model.positions.get(dimension)
    if positions is None:
        return None
    if element in model.positions and element not in positions:  # a range, read as a part of another
        return positions.get(place.current.get(element) or _current_in(model, place, element) or "")
    if element:
        return positions.get(element)
    current = place.current.get(dimension)
    if current is None:
        current = _current_in(model, place, dimension)
    return None if current is None else positions.get(current)


def element_named(model: Model, place: Place, name: str) -> str | None:
    """Return the element that a dimension or `dimension.element` means at a place, or None."""
    if name in model.dimension_elements:
        return place.current.get(name) or _current_in(model, place, name)
    dimension, _, element = name.partition(".")
    return element if element in model.dimension_elements.get(dimension, ()) else None


def _own(model: Model, place: Place, dimension: str, slices: bool) -> Subscript:
    if _current_in(model, place, dimension) is not None:
        return Index(dimension)
    if slices:
        return All()
    elements = ", ".join(model.dimension_elements[dimension])
    raise SubscriptError(
        f"the reference does not say which {dimension} is meant", f"write one of [{elements}]"
    )


def _current_in(model: Model, place: Place, dimension: str) -> str | None:
    """Return the current element of a dimension: its own, a mapped one, or one of the same name."""
    current = place.current
    if dimension in current:
        return current[dimension]
    mapped = _mapped(model, current, dimension)
    if mapped is not None:
        return mapped
    elements = model.positions[dimension]
    shared = {e for e in current.values() if e in elements}
    return next(iter(shared)) if len(shared) == 1 else None


def _mapped(model: Model, current: Mapping[str, str], dimension: str) -> str | None:
    """Return the element of a dimension that maps to a current element, or that one maps to."""
    if not model.dimension_maps:
        return None
    for name, element in current.items():
        pairs = model.dimension_maps.get(dimension, {}).get(name, ())
        found = [own for own, other in pairs if other == element]
        if not found:
            pairs = model.dimension_maps.get(name, {}).get(dimension, ())
            found = [other for own, other in pairs if own == element]
        if len(found) == 1:
            return found[0]
    return None


def _choice(
    model: Model, place: Place, subscript: Subscript, dimension: str, slices: bool
) -> tuple[str, ...]:
    elements = model.dimension_elements[dimension]
    match subscript:
        case All() | Computed():
            return elements
        case Others():
            mine = _current_in(model, place, dimension)
            if mine is None:
                what = f"'others' needs a current {dimension}"
                raise SubscriptError(what, f"compute {place.variable.name} for each {dimension}")
            return tuple(e for e in elements if e != mine)
        case Position(number=number):
            if not 1 <= number <= len(place.elements):
                what = f"@{number} means nothing here"
                raise SubscriptError(what, f"{place.variable.name} has {len(place.elements)} dimensions")
            return _among(place.elements[number - 1], elements, dimension)
        case Each(name=name):
            return _each(model, place, name, dimension)
        case Span(first=first, last=last):
            start, stop = (_number_of(model, word, dimension) for word in (first, last))
            if start > stop:
                raise SubscriptError(f"{first}:{last} means no element of {dimension}", f"{last}:{first}")
            return elements[start - 1 : stop]
        case Index(name=name):
            return _named(model, place, name, dimension, slices)


def _number_of(model: Model, word: str, dimension: str) -> int:
    """Return the 1-based position of an element that is given by its name or its position."""
    positions = model.positions[dimension]
    if word in positions:
        return positions[word]
    if word.isdigit() and 1 <= int(word) <= len(positions):
        return int(word)
    names = ", ".join(model.dimension_elements[dimension][:40])
    raise SubscriptError(f"{word!r} is not an element of {dimension}", f"one of: {names}")


def _named(model: Model, place: Place, name: str, dimension: str, slices: bool) -> tuple[str, ...]:
    elements = model.dimension_elements[dimension]
    known = model.positions[dimension]
    current = place.current
    if name in known and not (name in current and name in model.dimension_elements):
        return (name,)
    if name in model.dimension_elements:
        now = current.get(name)
        if now is None and (name == dimension or not all(e in known for e in model.dimension_elements[name])):
            now = _current_in(model, place, name)
        if now is None:
            now = _mapped(model, current, name)
        if now is None:
            inner = tuple(e for e in model.dimension_elements[name] if e in known)
            if len(inner) == len(model.dimension_elements[name]):
                own = None if slices else _current_in(model, place, name)
                return inner if own is None else (own,)
        elif now in known:
            return (now,)
        else:
            through = _mapped(model, {name: now}, dimension)
            if through is not None:
                return (through,)
    if name.isdigit() and 1 <= int(name) <= len(elements):
        return (elements[int(name) - 1],)
    raise SubscriptError(
        f"{name!r} is not an element of {dimension}", f"one of: {', '.join((*elements[:40], dimension))}"
    )


def _each(model: Model, place: Place, name: str, dimension: str) -> tuple[str, ...]:
    bound = dict(place.bound).get(f"{name}!")
    if bound is None:
        return model.dimension_elements.get(name, ())
    elements = model.dimension_elements[dimension]
    if bound not in model.positions[dimension]:
        through = _mapped(model, {name: bound}, dimension)
        if through is not None:
            return (through,)
    return _among(bound, elements, dimension)


def _among(element: str, elements: tuple[str, ...], dimension: str) -> tuple[str, ...]:
    if element not in elements:
        what = f"{element!r} is not an element of {dimension}"
        raise SubscriptError(what, f"one of: {', '.join(elements[:40])}")
    return (element,)
