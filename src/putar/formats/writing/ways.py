"""In which way each built-in function is written in a form, from the writers' tables, for the page."""

from __future__ import annotations

from putar.formats.writing.concrete import SPREAD
from putar.formats.writing.curves import TABLES
from putar.formats.writing.formulas import FORMULAS
from putar.formats.writing.memory import MEMORY
from putar.formats.writing.target import Target
from putar.language.expr import Call, Number
from putar.language.functions import FUNCTIONS

__all__ = ["WAYS", "way_of"]

# way: what it means
WAYS = {
    "itself": "the form has the same function",
    "formula": "a formula of what the form has",
    "elements": "written out, element by element, up to 200 of them",
    "variables": "stocks, tables or other variables of its own",
    "lost": "under its own name, which only putar reads, and listed as lost",
}
_PLAIN = ("MIN", "MAX", "SUM", "PROD", "MEAN", "SIZE")  # of single values, these are operators


def way_of(function: str, target: Target) -> str:
    """Return the way in which a target is told a function, one of WAYS.

    Where a function takes several numbers of arguments, the way is that of the one that is hardest to say.
    """
    row = FUNCTIONS[function]
    counts = range(row.required, max(row.required, len(row.args)) + 1)
    ways = {_way(function, count, target) for count in counts}
    return next(way for way in ("lost", "variables", "elements", "formula", "itself") if way in ways)


def _way(function: str, count: int, target: Target) -> str:
    if target.says(Call(function, (Number(0.0),) * count)) or function in _PLAIN:
        return "itself"
    if (function, count) in FORMULAS:
        return "formula"
    if function in SPREAD:
        return "elements"
    return "variables" if function in MEMORY or function in TABLES or function == "POINTS" else "lost"
