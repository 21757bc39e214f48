"""Entries of one Vensim variable, put together: which dimensions it has and what holds for each element.

An array may be defined in pieces, over ranges, parts of ranges and single elements. Its dimension at each
place is the range that has just the elements of all pieces; where none has, one is made. Elements that no
piece defines make the array partial. Pieces of different kinds (a stock for some elements, an equation
for others) become variables of their own behind one that reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from putar.errors import Problem
from putar.formats.spans import span_ends, span_of
from putar.formats.vensim_entries import Entry
from putar.formats.vensim_ranges import Ranges
from putar.language.expr import Expr, Index, Name, Number, Unary
from putar.language.model import Dimension, Equation, Parameter, Points, Variable

__all__ = ["Piece", "assemble"]


@dataclass(frozen=True, slots=True)
class Piece:
    """What one entry says: for which elements, and numbers, points or an equation for them.

    `kind` is constant, aux, stock (`equation` is its start, `rate` its net rate), lookup (points that are
    called) or curve (points at `equation`). Numbers and points are one for each element.
    """

    name: str
    entry: Entry
    over: tuple[str, ...]
    tuples: tuple[tuple[str, ...], ...]
    kind: str = "aux"
    equation: Equation | None = None
    rate: Equation | None = None
    numbers: tuple[float, ...] = ()
    points: tuple[Points, ...] = ()


def assemble(
    name: str, pieces: Sequence[Piece], ranges: Ranges, dimensions: list[Dimension], problems: list[Problem]
) -> list[Variable]:
    """Return the variables that a name stands for, the last one under the name itself."""
    kinds = {piece.kind for piece in pieces}
    if not _fits(name, pieces, problems):
        return []
    if len(kinds) == 1:
        return _made(name, pieces, kinds.pop(), ranges, dimensions)
    if kinds == {"constant", "aux"}:
        return _made(name, pieces, "aux", ranges, dimensions)
    if "lookup" in kinds:
        where = pieces[0].entry.where
        what = f"{name} is a table for some elements and something else for others"
        problems.append(Problem("error", "name", where, what, "give all elements a table"))
        return []
    found: list[Variable] = []
    rest: list[Piece] = []
    for kind in ("stock", "curve"):
        own = [piece for piece in pieces if piece.kind == kind]
        if own:
            hidden = f"{name}\u00b7{kind}"
            found.extend(_made(hidden, own, kind, ranges, dimensions))
            for piece in own:
                reference = Name(hidden, tuple(Index(word) for word in piece.over))
                equation = Equation(reference, "", piece.entry.at, piece.over)
                rest.append(Piece(name, piece.entry, piece.over, piece.tuples, "aux", equation))
    rest.extend(piece for piece in pieces if piece.kind in ("constant", "aux"))
    found.extend(_made(name, rest, "aux", ranges, dimensions))
    return found


def _fits(name: str, pieces: Sequence[Piece], problems: list[Problem]) -> bool:
    """Return whether the pieces have one number of subscripts and define each element once."""
    first = pieces[0]
    seen: dict[tuple[str, ...], Piece] = {}
    for piece in pieces:
        if len(piece.over) != len(first.over):
            what = f"{name} has {len(first.over)} subscripts in line {first.entry.where.line}"
            what += f" and {len(piece.over)} here"
            problems.append(Problem("error", "name", piece.entry.where, what, "write as many"))
            return False
        for elements in piece.tuples:
            other = seen.setdefault(elements, piece)
            if other is not piece:
                shown = f"[{', '.join(elements)}]" if elements else ""
                what = f"{name}{shown} is defined twice, first in line {other.entry.where.line}"
                problems.append(Problem("error", "name", piece.entry.where, what, "remove one, or :EXCEPT:"))
                return False
    return True


def _made(
    name: str, pieces: Sequence[Piece], kind: str, ranges: Ranges, dimensions: list[Dimension]
) -> list[Variable]:
    first = pieces[0]
    dims = tuple(_dimension(name, i, pieces, ranges, dimensions) for i in range(len(first.over)))
    sizes = {d.name: len(d.elements) for d in dimensions}
    whole = 1
    for dimension in dims:
        whole *= sizes[dimension]
    defined = sum(len(piece.tuples) for piece in pieces)
    partial = defined < whole
    where = first.entry.where
    if kind == "constant":
        return [_constant(name, pieces, dims, partial)]
    if kind in ("lookup", "curve"):
        return [_curve(name, pieces, dims, partial)]
    variable = Variable(name, kind, dimensions=dims, where=where, partial=partial)
    equation, elements = _equations(pieces, partial, [p.equation for p in pieces])
    variable = _with(variable, equation, elements)
    if kind == "aux":
        return [variable]
    flow = Variable(f"{name}\u00b7net", "flow", dimensions=dims, where=where, partial=partial)
    rate, rates = _equations(pieces, partial, [p.rate for p in pieces])
    flow = _with(flow, rate, rates)
    return [flow, _with(variable, equation, elements, (flow.name,))]


def _with(
    variable: Variable,
    equation: Equation | None,
    elements: tuple[tuple[tuple[str, ...], Equation], ...],
    inflows: tuple[str, ...] = (),
) -> Variable:
    return Variable(
        variable.name,
        variable.kind,
        equation=equation,
        dimensions=variable.dimensions,
        elements=elements,
        inflows=inflows,
        where=variable.where,
        partial=variable.partial,
    )


Elements = tuple[tuple[tuple[str, ...], Equation], ...]


def _equations(
    pieces: Sequence[Piece], partial: bool, equations: Sequence[Equation | None]
) -> tuple[Equation | None, Elements]:
    """Return one equation for all elements where there is one piece, else one for each element."""
    if len(pieces) == 1 and not partial and equations[0] is not None:
        return equations[0], ()
    found: list[tuple[tuple[str, ...], Equation]] = []
    for piece, equation in zip(pieces, equations, strict=True):
        for index, elements in enumerate(piece.tuples):
            own = equation
            if own is None:
                value = piece.numbers[index]
                own = Equation(_number(value), "", piece.entry.at)
            found.append((elements, own))
    return None, tuple(found)


def _number(value: float) -> Expr:
    number = Number(abs(value))
    return number if value >= 0 else Unary("-", number)


def _constant(name: str, pieces: Sequence[Piece], dims: tuple[str, ...], partial: bool) -> Variable:
    where = pieces[0].entry.where
    pairs = [
        (elements, number)
        for piece in pieces
        for elements, number in zip(piece.tuples, piece.numbers, strict=True)
    ]
    if not dims:
        low, high = span_ends(span_of(pieces[0].entry.units))
        parameter = Parameter(pairs[0][1], low=low, high=high, where=where)
        return Variable(name, "constant", where=where, parameter=parameter)
    ends = [span_ends(span_of(piece.entry.units)) for piece in pieces for _ in piece.tuples]
    given = tuple(
        (elements, Parameter(number, low=low, high=high, where=where))
        for (elements, number), (low, high) in zip(pairs, ends, strict=True)
    )
    return Variable(name, "constant", dimensions=dims, where=where, element_parameters=given, partial=partial)


def _curve(name: str, pieces: Sequence[Piece], dims: tuple[str, ...], partial: bool) -> Variable:
    where = pieces[0].entry.where
    equation: Equation | None = None
    elements: Elements = ()
    if pieces[0].equation is not None:
        equation, elements = _equations(pieces, partial, [p.equation for p in pieces])
    if not dims:
        points = pieces[0].points[0]
        return Variable(name, "curve", equation=equation, where=where, points=points)
    pairs = tuple(
        (own, points) for piece in pieces for own, points in zip(piece.tuples, piece.points, strict=True)
    )
    return Variable(
        name,
        "curve",
        equation=equation,
        elements=elements,
        dimensions=dims,
        where=where,
        element_points=pairs,
        partial=partial,
    )


def _dimension(
    name: str, place: int, pieces: Sequence[Piece], ranges: Ranges, dimensions: list[Dimension]
) -> str:
    """Return the range that has just the elements of all pieces at a place, made where there is none."""
    words = list(dict.fromkeys(piece.over[place] for piece in pieces))
    if len(words) == 1 and words[0] in ranges.elements:
        used = {elements[place] for piece in pieces for elements in piece.tuples}
        if used == set(ranges.elements[words[0]]):
            return words[0]
    wanted = {elements[place] for piece in pieces for elements in piece.tuples}
    candidates = [word for word in words if word in ranges.elements]
    candidates += [d.name for d in dimensions]
    for candidate in candidates:
        elements = next(d.elements for d in dimensions if d.name == candidate)
        if set(elements) == wanted:
            return candidate
    family = ranges.elements[ranges.family[next(iter(sorted(wanted)))]]
    ordered = [element for element in family if element in wanted]
    ordered += [element for element in sorted(wanted) if element not in ordered]
    made = Dimension(f"{name}\u00b7{place + 1}", tuple(ordered), pieces[0].entry.where)
    dimensions.append(made)
    return made.name
