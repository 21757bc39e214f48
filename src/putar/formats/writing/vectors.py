"""What is picked or counted among the elements of an array, written out element by element.

The names that end in `_OF` are made by `resolve` where a target cannot say a slice: their arguments are the
single elements, in the array's order.
"""

from __future__ import annotations

from collections.abc import Sequence

from putar.formats.writing.concrete import halved
from putar.formats.writing.rewrite import Context, Special, Words, negative
from putar.language.expr import Binary, Call, Expr, If, Name, Number, Unary
from putar.language.model import NOT_AVAILABLE

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


def _element(words: Words, context: Context, call: Call) -> Expr:
    """Return one of a slice by its place from 1; 0 outside."""
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


def _place(words: Words, context: Context, call: Call) -> Expr:
    """Return the element so many places on from a base; outside of all, what stands for no value."""
    base, offset, *nodes = call.args
    rounded = words.expression(context, Call("INT", (Binary("+", offset, Number(0.5)),)))
    place = words.let(context, Binary("+", base, rounded), "place")
    return picked(place, nodes, negative(NOT_AVAILABLE), 0)


def _ways(words: Words, context: Context, call: Call) -> tuple[list[Expr], Expr]:
    """Return the 0-based rank of each element, by a direction, and which of them is the current one."""
    direction, current, *nodes = call.args
    named = [words.let(context, node, "ranked") for node in nodes]
    up = Binary(">", words.let(context, direction, "direction"), Number(0.0))
    found = []
    for i, mine in enumerate(named):
        before: list[Expr] = [Number(0.0)]
        for j, other in enumerate(named):
            if i != j:
                less, more = ("<=", ">=") if j < i else ("<", ">")
                both = If(up, Binary(less, other, mine), Binary(more, other, mine))
                before.append(If(both, Number(1.0), Number(0.0)))
        found.append(total(before))
    return found, current


def _order(words: Words, context: Context, call: Call) -> Expr:
    """Return which place, from 0, the element in the current place of the order has."""
    ranks, current = _ways(words, context, call)
    return total(
        [
            Binary("*", If(Binary("=", rank, current), Number(1.0), Number(0.0)), Number(float(i)))
            for i, rank in enumerate(ranks)
        ]
    )


def _ranked(words: Words, context: Context, call: Call) -> Expr:
    """Return which place, from 1, the current element has in order."""
    ranks, current = _ways(words, context, call)
    assert isinstance(current, Number)  # `resolve` made it
    return Binary("+", ranks[int(current.value)], Number(1.0))


def _select(words: Words, context: Context, call: Call) -> Expr:
    """Return a sum, product, least, largest or mean of what is selected, by the number of the action."""
    missing, action, error, *rest = call.args
    pairs = [
        (words.let(context, s, "selected"), words.let(context, e, "value"))
        for s, e in zip(rest[::2], rest[1::2], strict=True)
    ]
    chosen: list[Expr] = [Binary("<>", s, Number(0.0)) for s, _ in pairs]
    count = words.let(context, total([If(c, Number(1.0), Number(0.0)) for c in chosen]), "count")
    products: list[Expr] = [Binary("*", s, e) for s, e in pairs]
    powers: list[Expr] = [Binary("^", e, s) for s, e in pairs]
    alone: list[Expr] = [e for _, e in pairs]
    wrong = Binary("/", Number(0.0), Number(0.0))
    if isinstance(action, Number):
        ways = [_joined(round(action.value), chosen, products, powers, alone, count) or wrong]
        found = ways[0]
    else:
        ways = [_joined(way, chosen, products, powers, alone, count) or wrong for way in range(11)]
        rounded = words.expression(context, Call("INT", (Binary("+", action, Number(0.5)),)))
        found = picked(words.let(context, rounded, "action"), ways, wrong, 0)
    error = words.let(context, error, "error")
    many = Binary("AND", Binary(">=", error, Number(2.0)), Binary(">", count, Number(1.0)))
    one = Binary("OR", Binary("=", error, Number(1.0)), Binary("=", error, Number(3.0)))
    return If(Binary("=", count, Number(0.0)), If(one, wrong, missing), If(many, wrong, found))


def _joined(
    way: int, chosen: list[Expr], products: list[Expr], powers: list[Expr], alone: list[Expr], count: Expr
) -> Expr | None:
    """Return what is selected, joined as an action says; None for an action that there is not."""
    values = powers if way == 5 else products if way < 5 else alone
    kind = 1 if way == 5 else way % 6
    rows: list[tuple[str, Expr]] = [("+", Number(0.0)), ("*", Number(1.0))]
    rows += [("MIN", Name("inf")), ("MAX", Unary("-", Name("inf"))), ("+", Number(0.0))]
    if not 0 <= way <= 10:
        return None
    sign, empty = rows[kind]
    parts: list[Expr] = [If(c, v, empty) for c, v in zip(chosen, values, strict=True)]
    if sign in ("MIN", "MAX"):
        return halved(sign, parts)
    found = parts[0]
    for part in parts[1:]:
        found = Binary(sign, found, part)
    return Binary("/", found, count) if kind == 4 else found


def _rank(words: Words, context: Context, call: Call) -> Expr:
    """Return which element, from 1, is the k-th smallest."""
    nodes = call.args[1:]
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
    "PLACE_OF": _place,
    "ORDER_OF": _order,
    "RANKED_OF": _ranked,
    "SELECT_OF": _select,
    "STDDEV_OF": _deviation,
    "STDDEV": _deviation,
}
