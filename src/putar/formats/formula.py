"""Formulas of the language with places to fill: what other tools' functions and constructs become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from putar.language.expr import Call, Expr, Name, children, rebuild
from putar.language.parse import APART, parse_expression

__all__ = ["MOST_PARTS", "filled", "parts_in"]

MOST_PARTS = 100_000  # of an equation with its formulas filled in


@cache
def _parsed(text: str) -> Expr:
    return parse_expression(text)


def filled(text: str, args: Mapping[str, Expr], at: int = 0, width: int = 1) -> Expr:
    """Return a formula with expressions in the place of names; all of its own parts stand at one place."""
    count = iter(range(1, APART))

    def fill(part: Expr) -> Expr:
        if isinstance(part, Name) and part.name in args:
            return args[part.name]
        if isinstance(part, Call):
            return replace(part, at=at + APART * next(count), width=width)
        return replace(part, at=at, width=width)

    return rebuild(_parsed(text), fill)


def parts_in(expr: Expr) -> int:
    """Return how many parts an expression has, written out; a part that stands in it often is met once."""
    known: dict[int, int] = {}
    stack = [expr]
    while stack:
        node = stack[-1]
        waiting = [child for child in children(node) if id(child) not in known]
        if waiting:
            stack.extend(waiting)
            continue
        known[id(node)] = 1 + sum(known[id(child)] for child in children(node))
        stack.pop()
    return known[id(expr)]
