"""What is picked or counted among the elements of an array, written out element by element.

The names that end in `_OF` are made by `resolve` where a target cannot say a slice: their arguments are the
single elements, in the array's order.
"""

from __future__ import annotations

from collections.abc import Sequence

from putar.formats.writing.rewrite import MOST_TERMS, Context, Special, Words
from putar.language.expr import Binary, Call, Expr, If, Number

__all__ = ["VECTORS", "picked"]


def total(terms: Sequence[Expr]) -> Expr:
    """Return a sum, in order."""
    found = terms[0]
    for term in terms[1:]:
        found = Binary("+", found, term)
    return found


def picked(place: Expr, nodes: Sequence[Expr], otherwise: Expr, first: int) -> Expr:
    """Return the node whose number a place is."""
    found = otherwise
    for index, node in reversed(list(enumerate(nodes, first))):
        found = If(Binary("=", place, Number(float(index))), node, found)
    return found


def _element(words: Words, context: Context, call: Call) -> Expr | None:
    """Return one of a slice by its place from 1; 0 outside."""
    if len(call.args) > MOST_TERMS:
        return None
    place = words.let(context, words.expression(context, Call("INT", call.args[:1])), "place")
    return picked(place, call.args[1:], Number(0.0), 1)


def _ranks(words: Words, context: Context, nodes: Sequence[Expr], word: str) -> list[Expr]:
    """Return the 0-based rank of each node, the smallest first; earlier ones come first where they tie."""
    named = [words.let(context, node, word) for node in nodes]
    found = []
    for i, mine in enumerate(named):
        before: list[Expr] = [Number(0.0)]
        for j, other in enumerate(named):
            if i != j:
                before.append(If(Binary("<=" if j < i else "<", other, mine), Number(1.0), Number(0.0)))
        found.append(total(before))
    return found


def _rank(words: Words, context: Context, call: Call) -> Expr | None:
    """Return which element, from 1, is the k-th smallest."""
    nodes = call.args[1:]
    if len(nodes) ** 2 > MOST_TERMS:
        return None
    wanted = words.let(context, Binary("-", call.args[0], Number(1.0)), "rank")
    ranks = _ranks(words, context, nodes, "ranked")
    terms = [If(Binary("=", rank, wanted), Number(float(i)), Number(0.0)) for i, rank in enumerate(ranks, 1)]
    return total(terms)


def _deviation(words: Words, context: Context, call: Call) -> Expr:
    count = Number(float(len(call.args)))
    mean = words.let(context, Binary("/", total(call.args), count), "mean")
    gaps = [words.let(context, Binary("-", node, mean), "gap") for node in call.args]
    return Call("SQRT", (Binary("/", total([Binary("*", gap, gap) for gap in gaps]), count),))


VECTORS: dict[str, Special] = {
    "ELEMENT_OF": _element,
    "RANK_OF": _rank,
    "STDDEV_OF": _deviation,
    "STDDEV": _deviation,
}
