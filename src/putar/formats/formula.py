"""Formulas of the language with places to fill: what other tools' functions and constructs become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from putar.language.expr import Call, Expr, Name, rebuild
from putar.language.parse import APART, parse_expression

__all__ = ["filled"]


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
