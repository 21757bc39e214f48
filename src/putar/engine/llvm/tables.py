"""Tables and random draws as LLVM IR.

A table's value is found in two moves: the place of the last point not above x, then y + slope * (x - x
there), with the points and slopes of ir.Table. How the place is found depends on the CPU and on the number
of points and never changes the result: a few points by a chain of selections, up to 16 segments by
bisection inside registers (permutes of AVX-512), more by bisection in memory.

Random draws repeat operations.uniform on vectors; seed, slot and member are mixed once a run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from putar.engine.ir import Table
from putar.engine.llvm.text import Code, hexadecimal

__all__ = ["draw", "draw_key", "lookup"]

_GOLDEN: Final = 0x9E3779B97F4A7C15
_SIGNED: Final = 1 << 64

Pick = Callable[[Sequence[float]], str]


def lookup(code: Code, x: str, table: Table, name: str) -> tuple[str, str]:
    """Return the table's value at x, and the text of the constants that it reads under that name."""
    held = table.outside == "hold" or table.between == "step"
    last = len(table.xs) - 1
    inside = code.at_least(table.xs[0], x) if held else x
    count = max(last, 1) if held else last + 1  # the last point of a held curve is one selection at the end
    pick, constants = _places(code, inside, table.xs[:count], name)
    ys = pick(table.ys[:count])
    if table.between == "step":
        # a slope of 0 adds +0, which turns -0 into 0, and passes not-a-number on
        value = code.select(code.compare("uno", x, x), x, code.add(ys, code.const(0.0)))
    else:
        slopes = pick([table.slope(place) for place in range(count)])
        value = code.add(ys, code.mul(slopes, code.sub(inside, pick(table.xs[:count]))))
    if held:
        at_end = code.compare("oge", x, code.const(table.xs[last]))
        value = code.select(at_end, code.const(table.ys[last] + 0.0), value)
    return value, "\n".join(constants)


def draw_key(code: Code, seed: str, slot: int, member: str) -> str:
    """Return what a slot's draws of a run start from, as words, from words."""
    word = _mixed(code, seed)
    word = _mixed(code, code.integral("add", word, code.integer(slot)))
    return _mixed(code, code.integral("add", word, member))


def draw(code: Code, key: str, step: str) -> str:
    """Return the uniform draw of a step."""
    word = _mixed(code, code.integral("add", key, step))
    top = code.integral("lshr", word, code.integer(12))
    one_to_two = code.from_bits(code.integral("or", top, code.integer(0x3FF << 52)))
    return code.add(code.sub(one_to_two, code.const(1.0)), code.const(2.0**-53))


def _mixed(code: Code, word: str) -> str:
    word = code.integral("add", word, code.integer(_GOLDEN - _SIGNED))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        word = code.integral("xor", word, code.integral("lshr", word, code.integer(shift)))
        word = code.integral("mul", word, code.integer(factor - _SIGNED))
    return code.integral("xor", word, code.integral("lshr", word, code.integer(31)))


def _places(code: Code, x: str, knots: Sequence[float], name: str) -> tuple[Pick, list[str]]:
    """Return how to pick, for each lane, the entry of the last knot not above x, or else the first.

    The list receives the text of constants that must stand beside the function.
    """
    permutes = code.target.avx512 and code.target.lanes == 8
    if len(knots) <= (2 if permutes else 12):
        return _by_selection(code, x, knots), []
    size = 1 << (len(knots) - 1).bit_length()
    if permutes and size <= 16:
        return _by_permutes(code, x, knots, size), []
    return _in_memory(code, x, knots, size, name)


def _by_selection(code: Code, x: str, knots: Sequence[float]) -> Pick:
    reached = [code.compare("oge", x, code.const(knot)) for knot in knots[1:]]

    def pick(values: Sequence[float]) -> str:
        chosen = code.const(values[0])
        for mask, value in zip(reached, values[1:], strict=True):
            chosen = code.select(mask, code.const(value), chosen)
        return chosen

    return pick


def _by_permutes(code: Code, x: str, knots: Sequence[float], size: int) -> Pick:
    def entries(values: Sequence[float], places: str) -> str:
        d, w = code.double, code.word
        padded = [*values, *[values[-1]] * (max(size, 8) - len(values))]
        low = code.vector(padded[:8])
        if size <= 8:
            name = "llvm.x86.avx512.permvar.df.512"
            code.declared[name] = f"declare {d} @{name}({d}, {w})"
            return code.emit(f"call {d} @{name}({d} {low}, {w} {places})")
        name = "llvm.x86.avx512.vpermi2var.pd.512"
        code.declared[name] = f"declare {d} @{name}({d}, {w}, {d})"
        return code.emit(f"call {d} @{name}({d} {low}, {w} {places}, {d} {code.vector(padded[8:16])})")

    places = _bisected(code, x, size, lambda places: entries([*knots, math.inf], places))
    return lambda values: entries(values, places)


def _in_memory(code: Code, x: str, knots: Sequence[float], size: int, name: str) -> tuple[Pick, list[str]]:
    constants: list[str] = []

    def array(values: Sequence[float]) -> str:
        label = f"@{name}.{len(constants)}"
        inside = ", ".join(f"double {hexadecimal(value)}" for value in values)
        constants.append(f"{label} = private constant [{len(values)} x double] [{inside}], align 64")
        return label

    def entries(label: str, places: str) -> str:
        lanes, d = code.target.lanes, code.double
        pointers = code.emit(f"getelementptr double, ptr {label}, {code.word} {places}")
        gather = f"llvm.masked.gather.{code.suffix}.v{lanes}p0"
        code.declared[gather] = f"declare {d} @{gather}(<{lanes} x ptr>, i32, {code.mask}, {d})"
        everywhere = f"{code.mask} splat (i1 true)"
        return code.emit(f"call {d} @{gather}(<{lanes} x ptr> {pointers}, i32 8, {everywhere}, {d} poison)")

    def padded(values: Sequence[float], last: float) -> list[float]:
        return [*values, *[last] * (size - len(values))]

    table = array(padded(knots, math.inf))
    places = _bisected(code, x, size, lambda places: entries(table, places))
    return lambda values: entries(array(padded(values, values[-1])), places), constants


def _bisected(code: Code, x: str, size: int, knot_at: Callable[[str], str]) -> str:
    """Return the places as words, below `size`, a power of two; missing knots are infinite."""
    places = code.integer(0)
    width = size // 2
    while width:
        higher = code.integral("or", places, code.integer(width))
        reached = code.compare("oge", x, knot_at(higher))
        places = code.select_words(reached, higher, places)
        width //= 2
    return places
