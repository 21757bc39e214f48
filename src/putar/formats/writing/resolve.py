"""References of an equation, made explicit: full names, and subscripts that need no reader's help.

An equation that reads the same for all elements of its left side keeps its dimensions as subscripts. One
that leans on mappings, shared element names, `others` or slices of expressions is written out, element by
element, so that any reader understands it in the same way.
"""

from __future__ import annotations

from putar.formats.writing.alike import NotShared, Shared
from putar.formats.writing.concrete import Concrete
from putar.formats.writing.references import Reader
from putar.language.expr import Expr
from putar.language.model import Variable
from putar.language.subscripts import Place

__all__ = ["Resolver"]


class Resolver(Reader):
    """Makes the references of one model's equations explicit, for one target."""

    def shared(self, variable: Variable, over: tuple[str, ...], expr: Expr) -> Expr | None:
        """Return the equation for all elements of its left side, or None where there is no one text."""
        over = over or variable.dimensions
        if not self.verbatim and len(set(over)) < len(over):
            return None
        try:
            return Shared(self, variable, over).expression(expr)
        except NotShared:
            return None

    def at(self, place: Place, expr: Expr) -> Expr:
        """Return the equation of one element, with the elements that are meant there."""
        return Concrete(self, place).expression(expr)
