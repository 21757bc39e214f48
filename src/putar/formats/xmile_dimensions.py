"""The dimensions of an XMILE file, and which elements a subscript of one element's equation means.

Source: XMILE 1.0 (OASIS), sections 2.4 and 3.7.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from putar.errors import Where
from putar.formats.xmile_names import word_of
from putar.formats.xmile_rooms import Report
from putar.formats.xmile_tree import Element
from putar.language.model import Dimension, Variable

__all__ = ["dimensions_of", "elements_of"]

MOST_SIZE = 100_000


def dimensions_of(root: Element, report: Report, where: Callable[[Element], Where]) -> dict[str, Dimension]:
    """Return all dimensions of a file by name; `report` is told what is wrong with one."""
    listed = [d for holder in root.all("dimensions") for d in holder.all("dim")]
    for model in root.all("model"):
        listed += [d for holder in model.all("dimensions") for d in holder.all("dim")]
    found: dict[str, Dimension] = {}
    for dim in listed:
        name = word_of(dim.attributes.get("name", ""))
        words = [word_of(e.attributes.get("name", "")) for e in dim.all("elem")]
        size = dim.attributes.get("size", "").strip()
        if not words and size.isdigit() and 0 < int(size) <= MOST_SIZE:
            words = [str(i) for i in range(1, int(size) + 1)]
        if size.isdigit() and int(size) > MOST_SIZE:
            what = f"the dimension {name!r} would have {int(size):,} elements"
            report(dim, what, f"{MOST_SIZE:,} is the most", "value")
            continue
        if not name or not words or len(set(words)) < len(words):
            what = f"the dimension {name!r} has no elements, or one of them twice"
            report(dim, what, '<dim name="d"><elem name="a"/>...', "name")
            continue
        spelling = dim.attributes["name"]
        made = Dimension(name, tuple(words), where(dim), spelling=spelling)
        first = found.setdefault(name, made)
        if first.elements != made.elements and first.where.path == made.where.path:
            report(dim, f"the dimension {name!r} is declared in two ways", "leave one out", "name")
    return found


def elements_of(
    part: Element, variable: Variable, dimensions: Mapping[str, Dimension], report: Report
) -> list[tuple[str, ...]]:
    """Return which elements of an array an <element> is about; none where its subscript is wrong."""
    words = [word_of(w) for w in part.attributes.get("subscript", "").split(",")]
    if len(words) != len(variable.dimensions):
        what = f"{variable.name} has {len(variable.dimensions)} dimensions, {len(words)} subscripts are given"
        report(part, what, 'subscript="a, b"', "name")
        return []
    found: list[tuple[str, ...]] = [()]
    for word, dimension in zip(words, variable.dimensions, strict=True):
        known = dimensions[dimension].elements
        mine: tuple[str, ...] = (word,)
        if word not in known and word in dimensions:
            mine = dimensions[word].elements
        elif word not in known and word.isdigit() and 0 < int(word) <= len(known):
            mine = (known[int(word) - 1],)
        if any(e not in known for e in mine):
            report(part, f"{variable.name}: {word!r} is no element of {dimension}", "correct it", "name")
            return []
        found = [(*before, e) for before in found for e in mine]
    return found
