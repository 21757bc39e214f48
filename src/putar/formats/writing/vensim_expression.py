"""An expression as Vensim writes it: its operators and their strength, its functions, its logic.

A comparison is no number in Vensim and a number no condition: each is made from the other where it must be.

Source: Vensim Reference Manual, "Equations"; `vensim_dialect` for the strength of operators.
"""

from __future__ import annotations

import math

from putar.formats.text_write import number_text
from putar.formats.vensim_functions import PLAIN, Plain
from putar.formats.writing.vensim_names import Names
from putar.language.expr import Binary, Call, Computed, Each, Expr, If, Index, Name, Number, Unary
from putar.language.model import NOT_AVAILABLE

__all__ = ["Printer", "number"]

_LEVELS = {"OR": 10, "AND": 20, "=": 40, "<>": 40, "<": 40, "<=": 40, ">": 40, ">=": 40}
_LEVELS |= {"+": 50, "-": 50, "*": 60, "/": 60, "^": 80}
_NOT, _SIGN = 30, 70
_LOGICAL = frozenset({"OR", "AND", "=", "<>", "<", "<=", ">", ">="})
_WORDS = {"OR": ":OR:", "AND": ":AND:"}
_TIMES = {"time": "Time", "dt": "TIME STEP", "starttime": "INITIAL TIME", "stoptime": "FINAL TIME"}


def _inverse() -> dict[tuple[str, int], Plain]:
    found: dict[tuple[str, int], Plain] = {}
    for row in PLAIN.values():
        for count in (len(row.order),) if row.order else row.takes:
            found.setdefault((row.name, count), row)
    return found


_CALLS = _inverse()


def number(value: float) -> str:
    """Return the shortest text that reads back to the same number; of an infinite one a very large number."""
    if value == NOT_AVAILABLE:
        return ":NA:"
    if math.isinf(value):
        return f"{'-' if value < 0 else ''}1e+308"
    return number_text(value)


class Printer:
    """Prints expressions with the names of one file; `endless` says that an infinite number was met."""

    def __init__(self, names: Names) -> None:
        self.names, self.endless = names, False

    def value(self, expr: Expr, level: int = 0) -> str:
        """Return an expression as a number."""
        if _is_logical(expr):
            return f"IF THEN ELSE({self.condition(expr, 0)}, 1, 0)"
        match expr:
            case Number(value=value):
                return self._number(value, level)
            case Unary(op="-", operand=Number(value=value)) if -value == NOT_AVAILABLE:
                return ":NA:"
            case Name():
                return self.name(expr)
            case Unary(op=op, operand=operand):
                text = f"{op}{self.value(operand, _SIGN)}"
                return f"({text})" if level > 0 else text
            case If(condition=condition, then=then, otherwise=otherwise):
                parts = (self.condition(condition, 0), self.value(then), self.value(otherwise))
                return f"IF THEN ELSE({', '.join(parts)})"
            case Binary():
                return self._binary(expr, level)
            case Call():
                return self.call(expr)

    def _number(self, value: float, level: int) -> str:
        if value != value:
            return "(0/0)"
        self.endless |= math.isinf(value)
        text = number(value)
        return f"({text})" if value < 0 and level > 0 and text != ":NA:" else text

    def _binary(self, expr: Binary, level: int) -> str:
        """Return operators in a row; a row of any length is no deeper than one."""
        mine = _LEVELS[expr.op]
        if expr.op == "^":
            text = f"{self.value(expr.left, mine + 1)}^{self.value(expr.right, mine)}"
            return f"({text})" if level > mine else text
        parts: list[str] = []
        closing = 0
        node: Expr = expr
        while isinstance(node, Binary) and node.op != "^" and node.op not in _LOGICAL:
            if _LEVELS[node.op] < level:
                closing += 1
                parts.append(")")
            level = _LEVELS[node.op]
            parts.append(f" {node.op} {self.value(node.right, level + 1)}")
            node = node.left
        signed = isinstance(node, Unary) and not closing and level < _SIGN
        parts.append(self.value(node, 0 if signed else level))
        return "(" * closing + "".join(reversed(parts))

    def condition(self, expr: Expr, level: int) -> str:
        """Return an expression as a condition; anything but 0 holds."""
        match expr:
            case Unary(op="NOT", operand=operand):
                text = f":NOT: {self.condition(operand, _NOT + 11)}"
                return f"({text})" if level > _NOT else text
            case Binary(op="AND" | "OR" as op, left=left, right=right):
                mine = _LEVELS[op]
                text = f"{self.condition(left, mine)} {_WORDS[op]} {self.condition(right, mine + 1)}"
                return f"({text})" if level > mine else text
            case Binary(op=op, left=left, right=right) if op in _LOGICAL:
                mine = _LEVELS[op]
                text = f"{self.value(left, mine + 1)} {op} {self.value(right, mine + 1)}"
                return f"({text})" if level > mine else text
        text = f"{self.value(expr, 41)} <> 0"
        return f"({text})" if level > 40 else text

    def name(self, name: Name) -> str:
        """Return a reference: a variable, the time, a range as the place of its current element."""
        if not name.name.startswith("."):
            if name.name in _TIMES:
                return _TIMES[name.name]
            if name.name == "pi":
                return "3.141592653589793"
            if name.name == "inf":
                self.endless = True
                return number(math.inf)
            return self.names.ranges.get(name.name, name.name)
        full = name.name[1:]
        shown = self.names.variables[full]
        if not name.subscripts:
            return shown
        dimensions = self.names.model[full].dimensions
        words = [self.subscript(s, d) for s, d in zip(name.subscripts, dimensions, strict=True)]
        return f"{shown}[{','.join(words)}]"

    def subscript(self, subscript: object, dimension: str) -> str:
        """Return a subscript that stands at a dimension's place."""
        match subscript:
            case Index(name=name):
                return self.names.subscript(name, dimension)
            case Each(name=name):
                return f"{self.names.ranges[name]}!"
            case Computed(expr=expr):
                return self.value(expr)
        return "*"

    def call(self, call: Call) -> str:
        """Return a call under Vensim's name, its arguments in Vensim's order."""
        if call.function == "LOOKUP" and isinstance(call.args[0], Name):
            return f"{self.name(call.args[0])}({self.value(call.args[1])})"
        if call.function == "POISSON":
            return f"RANDOM POISSON(0, 1e+09, {self.value(call.args[0])}, 0, 1, 0)"
        row = _CALLS.get((call.function, len(call.args)))
        if row is None:
            return f"{call.function.replace('_', ' ')}({', '.join(self.value(a) for a in call.args)})"
        args = [self.value(a) for a in call.args]
        if call.function == "SAMPLE_IF_TRUE":
            args[0] = self.condition(call.args[0], 0)
        if row.order:
            placed = ["0"] * row.takes[0]
            for place, text in zip(row.order, args, strict=True):
                placed[place] = text
            args = placed
        return f"{row.vensim}({', '.join(args)})"


def _is_logical(expr: Expr) -> bool:
    match expr:
        case Binary(op=op):
            return op in _LOGICAL
        case Unary(op="NOT"):
            return True
    return False
