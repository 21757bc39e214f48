"""A function of straight-line code: operations of a Program on the areas that layout.py plans.

`W` is the work area of a vector of members, `X` its states (those inside a step, at a later stage), `D`
where rates go, `C` the clock's area. Comparisons give masks; a mask becomes 1.0 or 0.0 only where a number
is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, cast

from putar.engine.ir import Node, Op, Program
from putar.engine.llvm import tables
from putar.engine.llvm.layout import Layout
from putar.engine.llvm.text import Code, Target

__all__ = ["AREAS", "Body"]

AREAS: Final = "ptr noalias %W, ptr noalias %X, ptr noalias %D, ptr noalias %C, double %t, i64 %n"

_PLAIN: Final[dict[Op, Callable[..., str]]] = {
    Op.NEG: Code.neg,
    Op.ABS: lambda c, a: c.unary("fabs", a),
    Op.SQRT: lambda c, a: c.unary("sqrt", a),
    Op.FLOOR: lambda c, a: c.unary("floor", a),
    Op.TRUNC: lambda c, a: c.unary("trunc", a),
    Op.ADD: Code.add,
    Op.SUB: Code.sub,
    Op.MUL: Code.mul,
    Op.DIV: Code.div,
}
_COMPARISONS: Final = {
    Op.LT: "olt",
    Op.LE: "ole",
    Op.GT: "ogt",
    Op.GE: "oge",
    Op.EQ: "oeq",
    Op.NE: "une",
}


class Body:
    """One straight-line function: values are made once, masks kept as masks as long as possible.

    `used` and `tables` grow with the operations and tables whose functions are called.
    """

    def __init__(self, program: Program, layout: Layout, target: Target) -> None:
        self._program, self._layout, self.code = program, layout, Code(target)
        self.used: dict[Op, None] = {}
        self.tables: dict[int, None] = {}
        self._values: dict[int, str] = {}
        self._masks: dict[int, str] = {}

    def _node(self, i: int) -> Node:
        return self._program.graph.nodes[i]

    def value(self, i: int) -> str:
        """Return a node's value as numbers, reading it if it was made elsewhere."""
        if i not in self._values:
            if i in self._masks:
                one, zero = self.code.const(1.0), self.code.const(0.0)
                self._values[i] = self.code.select(self._masks[i], one, zero)
            else:
                self._values[i] = self._read(i)
        return self._values[i]

    def _mask(self, i: int) -> str:
        if i not in self._masks:
            self._masks[i] = self.code.compare("une", self.value(i), self.code.const(0.0))
        return self._masks[i]

    def _read(self, i: int) -> str:
        layout, node = self._layout, self._node(i)
        match node.op:
            case Op.CONST:
                return self.code.const(cast("float", node.key))
            case Op.TIME:
                return self.code.spread("%t")
            case Op.PARAM:
                return self._load("W", cast("int", node.key))
            case Op.STATE:
                state = cast("int", node.key)
                place = layout.state_places[state]
                if self._program.states[state].kind == "latch":
                    return self._load("W", place)
                return self._load("X", place - len(self._program.parameters))
            case _:
                return self._load("C" if layout.in_clock(i) else "W", layout.slots[i])

    def _load(self, area: str, place: int) -> str:
        return self.code.load(self.code.move(f"%{area}", place * self.code.size))

    def store(self, area: str, place: int, value: str) -> None:
        """Keep a value at a place of an area."""
        self.code.store(self.code.move(f"%{area}", place * self.code.size), value)

    def compute(self, i: int) -> None:
        """Make a node's value and keep it if another function reads it."""
        node, code = self._node(i), self.code
        op, args = node.op, node.args
        if op in _COMPARISONS:
            self._masks[i] = code.compare(_COMPARISONS[op], *[self.value(a) for a in args])
        elif op is Op.AND:
            self._masks[i] = code.both(*[self._mask(a) for a in args])
        elif op is Op.OR:
            self._masks[i] = code.either(*[self._mask(a) for a in args])
        elif op is Op.NOT:
            self._masks[i] = code.without(self._mask(args[0]))
        else:
            self._values[i] = self._number(node)
        layout = self._layout
        if i in layout.slots:
            self.store("C" if layout.in_clock(i) else "W", layout.slots[i], self.value(i))

    def _number(self, node: Node) -> str:
        op, code = node.op, self.code
        if op is Op.SELECT:
            condition, then, otherwise = node.args
            return code.select(self._mask(condition), self.value(then), self.value(otherwise))
        if op is Op.RANDOM:
            place = self._layout.stream_keys + self._layout.streams.index(cast("int", node.key))
            key = code.bits(self._load("W", place))
            return tables.draw(code, key, code.spread("%n", "i64"))
        values = [self.value(a) for a in node.args]
        if op in (Op.MIN, Op.MAX):
            return self._extreme("olt" if op is Op.MIN else "ogt", node.args, values)
        if op in _PLAIN:
            return _PLAIN[op](code, *values)
        if op is Op.LOOKUP:
            table = cast("int", node.key)
            self.tables[table] = None
            name = f"table{table}"
        else:
            self.used[op] = None
            name = f"putar.{op.value}"
        arguments = ", ".join(f"{code.double} {value}" for value in values)
        return code.emit(f"call {code.double} @{name}({arguments})")

    def _extreme(self, predicate: str, args: Sequence[int], values: Sequence[str]) -> str:
        """Return the first where it is smaller (larger) or not-a-number, else the second."""
        a, b = values
        first = self.code.compare(predicate, a, b)
        known = self._node(args[0])
        if known.op is Op.CONST and known.key == known.key:
            return self.code.select(first, a, b)
        return self.code.select(self.code.either(first, self.code.compare("uno", a, a)), a, b)
