"""Which elements a reference means: subscripts read in the place where they stand.

A place is a variable's element that is being computed. A subscript names an element, a dimension of
the place (then its current element), `*` or `others` (inside a reducer). Dimensions that share
element names are read through those names, so a sub-range needs no mapping. Without subscripts the
place's own elements are meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from putar.language.expr import All, Call, Expr, Index, Name, Others, Subscript, children
from putar.language.functions import FUNCTIONS
from putar.language.model import Model, Variable

__all__ = ["Place", "Slices", "SubscriptError", "elements_meant", "position", "slices_in"]

Slices = Mapping[Name, tuple[tuple[str, ...], ...]]


class SubscriptError(ValueError):
    """A reference whose elements cannot be told; has what is wrong and what would be right."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what, fix)
        self.what, self.fix = what, fix


@dataclass(frozen=True, slots=True)
class Place:
    """The element being computed: of which variable, and its element of each dimension."""

    variable: Variable
    elements: tuple[str, ...]

    @property
    def current(self) -> Mapping[str, str]:
        """The current element by dimension."""
        return dict(zip(self.variable.dimensions, self.elements, strict=True))


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
    subscripts: tuple[Subscript, ...] = name.subscripts
    if not subscripts:
        subscripts = tuple(_own(model, place, d, slices) for d in target.dimensions)
    if len(subscripts) != len(target.dimensions):
        wanted = len(target.dimensions)
        raise SubscriptError(
            f"{target.name} has {wanted} dimension{'s' * (wanted != 1)}, {len(subscripts)} given",
            f"write {target.name}[{', '.join(target.dimensions)}]" if wanted else f"write {target.name}",
        )
    choices = [_choice(model, place, s, d) for s, d in zip(subscripts, target.dimensions, strict=True)]
    if not slices and any(len(choice) != 1 for choice in choices):
        raise SubscriptError(
            f"{target.name} means several elements where one value is wanted",
            "name one element, or put it inside SUM, MAX, MIN or MEAN",
        )
    return tuple(product(*choices))


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
    if isinstance(expr, Name):
        yield expr
    for child in children(expr):
        if not (
            isinstance(child, Call) and child.function in FUNCTIONS and FUNCTIONS[child.function].reduces
        ):
            yield from _names_outside_reducers(child)


def position(model: Model, place: Place, name: str) -> int | None:
    """Return the 1-based position that a dimension or `dimension.element` stands for, or None."""
    dimension, _, element = name.partition(".")
    elements = model.dimension_elements.get(dimension)
    if elements is None:
        return None
    if element:
        return elements.index(element) + 1 if element in elements else None
    current = place.current.get(dimension)
    return elements.index(current) + 1 if current in elements else None


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
    current = place.current
    if dimension in current:
        return current[dimension]
    elements = model.dimension_elements[dimension]
    shared = [e for e in current.values() if e in elements]
    return shared[0] if len(shared) == 1 else None


def _choice(model: Model, place: Place, subscript: Subscript, dimension: str) -> tuple[str, ...]:
    elements = model.dimension_elements[dimension]
    if isinstance(subscript, All):
        return elements
    if isinstance(subscript, Others):
        mine = _current_in(model, place, dimension)
        if mine is None:
            raise SubscriptError(
                f"'others' needs a current {dimension}", f"compute {place.variable.name} for each {dimension}"
            )
        return tuple(e for e in elements if e != mine)
    name = subscript.name
    if name in elements:
        return (name,)
    if name in model.dimension_elements:
        current = place.current.get(name)
        if current is None and name == dimension:
            current = _current_in(model, place, dimension)
        if current is None:
            inner = tuple(e for e in model.dimension_elements[name] if e in elements)
            if len(inner) == len(model.dimension_elements[name]):
                return inner  # a sub-range, inside a reducer
        elif current in elements:
            return (current,)
    raise SubscriptError(
        f"{name!r} is not an element of {dimension}", f"one of: {', '.join((*elements, dimension))}"
    )
