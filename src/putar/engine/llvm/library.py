"""The functions that a module's code calls: elementary functions, remainders and tables.

Each is defined once a module, on vectors, and called; in small modules it is written into its callers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from putar.engine.ir import Op, Table
from putar.engine.llvm import circular, maths, tables
from putar.engine.llvm.text import Code, Target

__all__ = ["library", "table_functions"]

_FUNCTIONS: Final[dict[Op, Callable[..., str]]] = {
    Op.EXP: maths.exp,
    Op.LOG: maths.log,
    Op.POW: maths.power,
    Op.MOD: maths.mod,
    Op.SIN: circular.sin,
    Op.COS: circular.cos,
    Op.TAN: circular.tan,
    Op.ASIN: circular.arcsin,
    Op.ACOS: circular.arccos,
    Op.ATAN: circular.arctan,
}
_LONG: Final = frozenset({Op.MOD, Op.SIN, Op.COS, Op.TAN, Op.POW})  # not worth writing out


def library(operations: Iterable[Op], target: Target, declared: dict[str, str], *, inline: bool) -> list[str]:
    """Return the text of the functions of operations, and of the scalar ones they call in turn."""
    wanted = list(operations)
    parts = []
    if Op.MOD in wanted:
        parts.append(maths.SCALAR_REMAINDER)
    if {Op.SIN, Op.COS, Op.TAN} & set(wanted):
        parts.append(circular.SCALAR_REDUCTION)
    for op in wanted:
        code = Code(target)
        arguments = [f"%a{i}" for i in range(2 if op in (Op.POW, Op.MOD) else 1)]
        result = _FUNCTIONS[op](code, *arguments)
        declared |= code.declared
        parts.append(_pure(f"putar.{op.value}", code, arguments, result, inline and op not in _LONG))
    return parts


def table_functions(
    numbers: Iterable[int],
    all_tables: Sequence[Table],
    target: Target,
    declared: dict[str, str],
    *,
    inline: bool,
) -> list[str]:
    """Return the text of the functions of tables, with their points."""
    parts = []
    for number in numbers:
        code = Code(target)
        result, constants = tables.lookup(code, "%a0", all_tables[number], f"points{number}")
        declared |= code.declared
        parts += [constants, _pure(f"table{number}", code, ["%a0"], result, inline)]
    return parts


def _pure(name: str, code: Code, arguments: Sequence[str], result: str, inline: bool) -> str:
    d = code.double
    typed = ", ".join(f"{d} {a}" for a in arguments)
    head = f"define internal {d} @{name}({typed}) {'#4' if inline else '#3'} {{"
    return "\n".join([head, "entry:", *code.lines, f"  ret {d} {result}", "}"])
