"""A Program as the text of one JavaScript function, for a page that runs its model without Python.

The function returns the program's data (names, grid of time, coefficients of the method) and four functions
of straight-line code over typed arrays; who calls them step by step is `workbench/static/steps.js`:

    initialise(P, S)            the states at the start
    settle(P, F)                what parameters alone decide, once for each change of parameters
    move(P, F, S, T, U, K)      the next values K of the states S at time T, with the draws U
    record(..., K, R, r, n)     the same, and row r of all outputs: R has a column of n rows for each
    still(P, F, R, r, end, n)   outputs that do not move, into rows r to end of their columns

Nothing of a model is text that is evaluated: the function is part of a page's own script, names are JSON, and
no number is written in another form than its shortest. Large programs are cut into functions that an
optimising compiler still takes; what one part needs of an earlier one passes through V.

Source: ECMA-262 (2024), sections 6.1.6.1 and 21.3.2: operations on Number are those of IEEE 754; exp, log and
kin are left to the engine, and V8's are good to a unit in the last place.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import numpy as np

from putar.engine.cache import kept_text
from putar.engine.ir import Op, Program, live_order
from putar.engine.methods import METHODS
from putar.engine.simplify import simplify

__all__ = ["EMITTED", "javascript", "kept_javascript"]

LARGEST: Final = 3000
"""Operations in one function; V8 does not optimise functions of more than 60 kB of bytecode."""

LINE: Final = 120
"""Signs of an operation's text that may stand inside another's."""

# how strongly the operators of ECMA-262 bind, from the loosest
_CHOICE, _OR, _AND, _EQUAL, _ORDER, _SUM, _PRODUCT, _ATOM = range(8)
_SIGN: Final = _ORDER  # not where it binds: a - -b would be read as a decrement


@dataclass(frozen=True, slots=True)
class _Text:
    """An expression, and how strongly its outermost operator binds."""

    text: str
    binds: int = _ATOM

    def at_least(self, strength: int) -> str:
        """Return the text as it stands beside an operator of some strength."""
        return self.text if self.binds >= strength else f"({self.text})"


@dataclass(frozen=True, slots=True)
class _Form:
    """An operation's text, how strongly it binds, and how strongly each argument must."""

    text: str
    binds: int
    needs: tuple[int, ...]

    def of(self, *arguments: _Text) -> _Text:
        """Return the text of the operation on arguments."""
        texts = [each.at_least(need) for each, need in zip(arguments, self.needs, strict=True)]
        return _Text(self.text.format(*texts), self.binds)


def _call(name: str, arguments: int = 1) -> _Form:
    places = ",".join(f"{{{place}}}" for place in range(arguments))
    return _Form(f"{name}({places})", _ATOM, (_CHOICE,) * arguments)


LONG: Final = 500
"""Signs that a constant's repeats must take before it gets a name."""

EMITTED: Final[Mapping[Op, _Form]] = {
    Op.NEG: _Form("-{0}", _SIGN, (_ATOM,)),
    Op.ABS: _call("abs"),
    Op.SQRT: _call("Math.sqrt"),
    Op.EXP: _call("Math.exp"),
    Op.LOG: _call("Math.log"),
    Op.SIN: _call("Math.sin"),
    Op.COS: _call("Math.cos"),
    Op.TAN: _call("Math.tan"),
    Op.ASIN: _call("Math.asin"),
    Op.ACOS: _call("Math.acos"),
    Op.ATAN: _call("Math.atan"),
    Op.FLOOR: _call("Math.floor"),
    Op.TRUNC: _call("Math.trunc"),
    Op.ADD: _Form("{0}+{1}", _SUM, (_SUM, _PRODUCT)),
    Op.SUB: _Form("{0}-{1}", _SUM, (_SUM, _PRODUCT)),
    Op.MUL: _Form("{0}*{1}", _PRODUCT, (_PRODUCT, _ATOM)),
    Op.DIV: _Form("{0}/{1}", _PRODUCT, (_PRODUCT, _ATOM)),
    Op.POW: _call("power", 2),
    Op.MIN: _Form("{0}<{1}||{0}!=={0}?{0}:{1}", _CHOICE, (_ATOM, _ATOM)),
    Op.MAX: _Form("{0}>{1}||{0}!=={0}?{0}:{1}", _CHOICE, (_ATOM, _ATOM)),
    Op.MOD: _call("modulo", 2),
    Op.SELECT: _Form("{0}?{1}:{2}", _CHOICE, (_OR, _CHOICE, _CHOICE)),
}
"""The text of each operation; the first argument of a choice is a condition."""

COMPARED: Final[Mapping[Op, _Form]] = {
    Op.LT: _Form("{0}<{1}", _ORDER, (_SUM, _SUM)),
    Op.LE: _Form("{0}<={1}", _ORDER, (_SUM, _SUM)),
    Op.GT: _Form("{0}>{1}", _ORDER, (_SUM, _SUM)),
    Op.GE: _Form("{0}>={1}", _ORDER, (_SUM, _SUM)),
    Op.EQ: _Form("{0}==={1}", _EQUAL, (_SUM, _SUM)),
    Op.NE: _Form("{0}!=={1}", _EQUAL, (_SUM, _SUM)),
}
"""Operations on numbers whose value is a truth, kept as a boolean while only choices ask for it."""

LOGICAL: Final[Mapping[Op, _Form]] = {
    Op.AND: _Form("{0}&&{1}", _AND, (_AND, _EQUAL)),
    Op.OR: _Form("{0}||{1}", _OR, (_OR, _AND)),
    Op.NOT: _Form("!{0}", _ATOM, (_ATOM,)),
}
"""Operations on conditions."""

# the lesser and the larger where the first is a number for sure
_PICKED: Final[Mapping[Op, _Form]] = {
    Op.MIN: _Form("{0}<{1}?{0}:{1}", _CHOICE, (_ATOM, _ATOM)),
    Op.MAX: _Form("{0}>{1}?{0}:{1}", _CHOICE, (_ATOM, _ATOM)),
}
_AS_NUMBER: Final = _Form("{0}?1:0", _CHOICE, (_OR,))
_AS_TRUTH: Final = _Form("{0}!==0", _EQUAL, (_SUM,))

# what ECMA-262 means otherwise than IEEE 754's pow and Python's floored remainder
_FUNCTIONS: Final = """\
const { abs } = Math;
function power(a, b) {
  return a === 1 || (a === -1 && (b === Infinity || b === -Infinity)) ? 1 : Math.pow(a, b);
}
function modulo(a, b) {
  const rest = a % b;
  if (rest !== rest) return rest;
  if (rest !== 0) return rest < 0 !== b < 0 ? rest + b : rest;
  return b < 0 ? -0 : 0;
}
function curve(xs, ys, slopes, held, x) {
  if (x !== x) return x;
  const end = xs.length - 1;
  if (held) {
    if (xs[0] > x) x = xs[0];
    if (xs[end] < x) x = xs[end];
  }
  let low = 0;
  let high = end + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x < xs[middle]) high = middle;
    else low = middle + 1;
  }
  const place = low > 0 ? low - 1 : 0;
  return ys[place] + slopes[place] * (x - xs[place]);
}
"""


def javascript(program: Program, name: str, *, bare: bool = False, largest: int = LARGEST) -> str:
    """Return the text of a JavaScript function that gives the program's parts.

    Parameters
    ----------
    name : of the function
    bare : whether names and values of parameters, and names of states, are left out: another program has them
    largest : most operations in one inner function
    """
    made = _Script(simplify(program), bare, largest)
    return f"function {name}() {{\n{made.text()}}}\n"


def kept_javascript(program: Program, name: str) -> str:
    """Return what `javascript` gives, from the cache where it was made before."""
    parts = ("javascript", name, program.digest, repr(program.tables))  # tables are named by their places
    return kept_text(parts, lambda: javascript(program, name))


@dataclass
class _Names:
    """How values are read inside one function: as numbers, and as conditions where they are truths."""

    numbers: dict[int, _Text] = field(default_factory=dict)
    truths: dict[int, _Text] = field(default_factory=dict)


class _Script:
    """Writes the functions of one program."""

    def __init__(self, program: Program, bare: bool, largest: int) -> None:
        self.program, self.bare, self.largest = program, bare, largest
        self.nodes = program.graph.nodes
        nexts = [state.next for state in program.states]
        wanted = [node for _, node in program.outputs]
        self.everything = live_order(program.graph, [*nexts, *wanted])
        self.fixed = self._fixed()
        self.moving = live_order(program.graph, nexts)
        self.slots = sorted(
            {cast("int", self.nodes[i].key) for i in self.everything if self.nodes[i].op is Op.RANDOM}
        )
        settled = [i for i in self.everything if i in self.fixed and self.nodes[i].args]
        asked = {a for i in self.everything if i not in self.fixed for a in self.nodes[i].args}
        asked |= {*nexts, *wanted}
        constants = Counter(
            cast("float", self.nodes[a].key)
            for i in self.everything
            for a in self.nodes[i].args
            if self.nodes[a].op is Op.CONST
        )
        self.constants = {
            value: f"c{place}"
            for place, value in enumerate(sorted(v for v in constants if v == v and v != 0.0))
            if constants[value] * (len(_number(value)) - 3) > LONG
        }
        self.kept = {node: place for place, node in enumerate(i for i in settled if i in asked)}
        self.crossing: dict[int, int] = {}

    def text(self) -> str:
        program = self.program
        fixed = [i for i in self.everything if i in self.fixed]
        starts = [(f"S[{i}]", state.initial) for i, state in enumerate(program.states)]
        nexts = [(f"K[{i}]", state.next) for i, state in enumerate(program.states)]
        shown = [(k, node) for k, (_, node) in enumerate(program.outputs)]
        rows = [(f"R[r+{k}*n]", node) for k, node in shown if node not in self.fixed]
        settled = [(f"F[{place}]", node) for node, place in self.kept.items()]
        initial = live_order(program.graph, [state.initial for state in program.states])
        moving = [i for i in self.moving if i not in self.fixed]
        every = [i for i in self.everything if i not in self.fixed]
        lines = [_FUNCTIONS, *self._tables()]
        lines += [f"const {name} = {_number(value)};\n" for value, name in self.constants.items()]
        lines += self._function("initialise", "P, S", initial, starts)
        lines += self._function("settle", "P, F", fixed, settled)
        lines += self._function("move", "P, F, S, T, U, K", moving, nexts)
        lines += self._function("record", "P, F, S, T, U, K, R, r, n", every, [*nexts, *rows])
        lines.append("function still(P, F, R, r, end, n) {\n")
        lines += [
            f"R.fill({self._leaf(node)},r+{k}*n,end+{k}*n);\n" for k, node in shown if node in self.fixed
        ]
        lines += ["}\n", f"return {{\n{self._data()}  initialise, settle, move, record, still,\n}};\n"]
        return "".join(lines)

    def _fixed(self) -> set[int]:
        """Return the nodes that parameters alone decide."""
        fixed: set[int] = set()
        for i in self.everything:
            node = self.nodes[i]
            if node.op not in (Op.STATE, Op.TIME, Op.RANDOM) and fixed.issuperset(node.args):
                fixed.add(i)
        return fixed

    def _data(self) -> str:
        program, method = self.program, METHODS[self.program.method]
        data: dict[str, object] = {
            "parameters": () if self.bare else program.parameters,
            "defaults": () if self.bare else program.defaults,
            "states": ["" if self.bare else state.name for state in program.states],
            "latches": [i for i, state in enumerate(program.states) if state.kind == "latch"],
            "outputs": [name for name, _ in program.outputs],
            "slots": self.slots,
            "start": program.start,
            "step": program.step,
            "steps": program.steps,
            "every": program.save_every,
            "stages": method.a,
            "weights": method.weights,
            "over": method.over,
            "places": method.c,
            "settled": len(self.kept),
            "passed": len(self.crossing),
        }
        return "".join(f"  {key}: {_literal(value)},\n" for key, value in data.items())

    def _tables(self) -> Iterable[str]:
        used = sorted({cast("int", node.key) for node in self.program.graph.nodes if node.op is Op.LOOKUP})
        for k in used:
            table = self.program.tables[k]
            slopes = [table.slope(place) for place in range(len(table.xs))]
            for letter, values in (("x", table.xs), ("y", table.ys), ("z", slopes)):
                yield f"const {letter}{k} = Float64Array.of({', '.join(map(_number, values))});\n"

    # one function, in as many parts as its size asks for ----------------------------------------

    def _function(
        self, name: str, arguments: str, order: Sequence[int], sinks: Sequence[tuple[str, int]]
    ) -> Iterable[str]:
        """Yield a function that computes nodes in order and stores some of them."""
        parts = [order[i : i + self.largest] for i in range(0, len(order), self.largest)] or [order]
        if len(parts) == 1:
            yield f"function {name}({arguments}, V) {{\n"
            yield from self._body(order, sinks, {}, ())
            yield "}\n"
            return
        part_of = {node: part for part, each in enumerate(parts) for node in each}
        passed: dict[int, int] = {}
        for part, each in enumerate(parts):
            needed = {a for i in each for a in self.nodes[i].args if part_of.get(a, part) < part}
            for a in sorted(needed):
                if not self._is_leaf(a):
                    passed.setdefault(a, self.crossing.setdefault(a, len(self.crossing)))
        for part, each in enumerate(parts):
            before = {node: place for node, place in passed.items() if part_of[node] < part}
            after = [(f"V[{place}]", node) for node, place in passed.items() if part_of[node] == part]
            own = [sink for sink in sinks if part_of.get(sink[1], len(parts) - 1) == part]
            yield f"function {name}{part}({arguments}, V) {{\n"
            yield from self._body(each, own, before, after)
            yield "}\n"
        yield f"function {name}({arguments}, V) {{\n"
        yield from (f"  {name}{part}({arguments}, V);\n" for part in range(len(parts)))
        yield "}\n"

    def _body(
        self,
        order: Sequence[int],
        sinks: Sequence[tuple[str, int]],
        before: Mapping[int, int],
        after: Sequence[tuple[str, int]],
    ) -> Iterable[str]:
        names = _Names()
        asked = Counter(a for node in order for a in self.nodes[node].args)
        asked.update(node for _, node in (*after, *sinks))
        again = {a for i in order if self.nodes[i].op in (Op.MIN, Op.MAX) for a in self.nodes[i].args}
        lines: list[str] = []

        def named(text: str) -> _Text:
            name = f"_{np.base_repr(len(lines), 36).lower()}"
            lines.append(f"{name}={text}")
            return _Text(name)

        for node in order:
            for argument in self.nodes[node].args:
                if argument in before and argument not in names.numbers:
                    names.numbers[argument] = named(f"V[{before[argument]}]")
            if self._is_leaf(node) and self.nodes[node].op is not Op.STATE:
                continue
            made, truth = self._expression(node, names)
            inside = asked[node] == 1 and node not in again and len(made.text) < LINE
            (names.truths if truth else names.numbers)[node] = made if inside else named(made.text)
        if lines:
            yield "const " + ",\n".join(lines) + ";\n"
        yield from (f"{target}={self._value(node, names).text};\n" for target, node in (*after, *sinks))

    def _expression(self, index: int, names: _Names) -> tuple[_Text, bool]:
        """Return an operation's text, and whether it is a condition."""
        node = self.nodes[index]
        if node.op is Op.STATE:
            return _Text(f"S[{node.key}]"), False
        if node.op in LOGICAL:
            return LOGICAL[node.op].of(*[self._condition(a, names) for a in node.args]), True
        values = [self._value(a, names) for a in node.args]
        if node.op in COMPARED:
            return COMPARED[node.op].of(*values), True
        if node.op is Op.LOOKUP:
            table = self.program.tables[cast("int", node.key)]
            held = "true" if table.outside == "hold" or table.between == "step" else "false"
            return _Text(f"curve(x{node.key},y{node.key},z{node.key},{held},{values[0].text})"), False
        if node.op is Op.SELECT:
            values[0] = self._condition(node.args[0], names)
        picked = node.op in _PICKED and self._is_number(node.args[0])
        return (_PICKED if picked else EMITTED)[node.op].of(*values), False

    def _is_number(self, index: int) -> bool:
        """Return whether a node is a constant that is a number."""
        node = self.nodes[index]
        return node.op is Op.CONST and node.key == node.key

    def _is_leaf(self, index: int) -> bool:
        return not self.nodes[index].args

    def _leaf(self, index: int) -> str:
        """Return how a value is read that no statement of the function makes."""
        node = self.nodes[index]
        match node.op:
            case Op.CONST:
                value = cast("float", node.key)
                return self.constants.get(value) or _number(value)
            case Op.PARAM:
                return f"P[{node.key}]"
            case Op.STATE:
                return f"S[{node.key}]"
            case Op.TIME:
                return "T"
            case Op.RANDOM:
                return f"U[{self.slots.index(cast('int', node.key))}]"
            case _:
                return f"F[{self.kept[index]}]"

    def _value(self, index: int, names: _Names) -> _Text:
        """Return a value as a number."""
        if index in names.numbers:
            return names.numbers[index]
        if index in names.truths:
            return _AS_NUMBER.of(names.truths[index])
        return _Text(self._leaf(index))

    def _condition(self, index: int, names: _Names) -> _Text:
        """Return whether a value is not zero: not-a-number is not."""
        return names.truths.get(index) or _AS_TRUTH.of(self._value(index, names))


def _number(value: float) -> str:
    """Return a double as JavaScript reads it back, bit for bit (but for the kind of a not-a-number)."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0.0 else "(-Infinity)"
    text = repr(float(value)).removesuffix(".0").replace("e+", "e")
    return f"({text})" if text.startswith("-") else text


def _literal(value: object) -> str:
    """Return data as JavaScript: numbers of any kind, and JSON that no HTML parser reads as markup."""
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_literal, value))}]"
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e")
