"""A Program as one LLVM module: functions of straight-line code, and the loops around them.

The module has one public function, `putar.run`, which takes a block of members through all their steps;
see RUN_ARGUMENTS for its arguments. Inside, vectors of members are taken in small groups through each
step of time, so that what depends on time alone is computed once and saved rows are filled in runs.
Where values live and when they are computed is layout.py's plan.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, cast

from putar.engine.ir import Node, Op, Program
from putar.engine.llvm import circular, maths, tables
from putar.engine.llvm.layout import CHUNK, Layout, plan
from putar.engine.llvm.text import Code, Target, hexadecimal
from putar.engine.methods import METHODS

__all__ = ["RUN_ARGUMENTS", "SYMBOL", "Emitted", "emit"]

SYMBOL: Final = "putar.run"
_INLINE: Final = 600  # below so many operations the mathematics is written into the functions

# name, LLVM type, ctypes type
RUN_ARGUMENTS: Final = (
    ("parameters", "ptr", ctypes.c_void_p),  # [parameter, member], padded to whole vectors
    ("states", "ptr", ctypes.c_void_p),  # [state, member], the same; read, and written at the end
    ("rows", "ptr", ctypes.c_void_p),  # [time, output, member], aligned to vectors
    ("work", "ptr", ctypes.c_void_p),  # `group` work areas, then the clock's areas
    ("stride", "i64", ctypes.c_int64),  # bytes between rows of parameters, and of states
    ("pitch", "i64", ctypes.c_int64),  # bytes between outputs of the saved rows
    ("vectors", "i64", ctypes.c_int64),  # how many vectors of members
    ("group", "i64", ctypes.c_int64),  # how many of them at a time
    ("first", "i64", ctypes.c_int64),
    ("last", "i64", ctypes.c_int64),
    ("steps", "i64", ctypes.c_int64),
    ("every", "i64", ctypes.c_int64),
    ("start", "double", ctypes.c_double),
    ("h", "double", ctypes.c_double),
    ("seed", "i64", ctypes.c_int64),
    ("member", "i64", ctypes.c_int64),  # number of the block's first member
    ("only_initial", "i64", ctypes.c_int64),  # not 0: write the initial states and return
)
_AREAS: Final = "ptr noalias %W, ptr noalias %X, ptr noalias %D, ptr noalias %C, double %t, i64 %n"

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
_WITH_BRANCHES: Final = frozenset({Op.MOD, Op.SIN, Op.COS, Op.TAN})
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


@dataclass(frozen=True, slots=True)
class Emitted:
    """A module's text and what the caller of its function must provide.

    Parameters
    ----------
    work, clock : bytes of one work area and of all the clock's areas
    """

    text: str
    work: int
    clock: int


def emit(program: Program, wanted: Sequence[int], target: Target, chunk: int = CHUNK) -> Emitted:
    """Return the module that runs a program and saves the wanted nodes."""
    return _Module(program, wanted, target, plan(program, wanted, chunk)).emitted()


class _Module:
    def __init__(self, program: Program, wanted: Sequence[int], target: Target, layout: Layout) -> None:
        self.program, self.wanted, self.target, self.layout = program, wanted, target, layout
        self.vector = 8 * target.lanes  # bytes
        self.align = min(self.vector, 64)
        # an odd number of lines keeps the areas of a group from falling onto the same places of the cache
        self.area = (layout.work * self.vector // 64 * 64 + 64) | 64
        self.stage_clock = max(layout.clock, 1) * self.vector
        self.declared: dict[str, str] = {}
        self.used: dict[Op, None] = {}
        self.tables: dict[int, None] = {}
        count = sum(len(body) for bodies in layout.functions.values() for body in bodies)
        self.inline = count <= _INLINE

    def emitted(self) -> Emitted:
        bodies = [
            self.function(group, number)
            for group in self.layout.functions
            for number in range(self.count(group))
        ]
        run = self.run()
        library = [self.library_function(op) for op in self.used]
        library += [self.table_function(table) for table in self.tables]
        scalars = []
        if Op.MOD in self.used:
            scalars.append(maths.SCALAR_REMAINDER)
        if self.used.keys() & {Op.SIN, Op.COS, Op.TAN}:
            scalars.append(circular.SCALAR_REDUCTION)
        width = min(8 * self.vector, 512)
        common = f'nounwind "no-builtins" "min-legal-vector-width"="{width}" "prefer-vector-width"="{width}"'
        attributes = [
            f"attributes #0 = {{ {common} }}",
            f"attributes #1 = {{ noinline {common} }}",
            f"attributes #2 = {{ alwaysinline {common} }}",
            f"attributes #3 = {{ noinline willreturn memory(none) {common} }}",
            f"attributes #4 = {{ alwaysinline willreturn memory(none) {common} }}",
        ]
        attributes.append("!0 = !{}")
        parts = [*scalars, *library, *bodies, run, *self.declared.values(), *attributes]
        stages = METHODS[self.program.method].stages
        return Emitted("\n".join(parts) + "\n", self.area, self.stage_clock * stages)

    def count(self, group: str) -> int:
        """Return how many functions a group has; copies alone need one."""
        return max(len(self.layout.functions[group]), 1 if self.layout.copies[group] else 0)

    # straight-line functions

    def function(self, group: str, number: int) -> str:
        layout = self.layout
        body = _Body(self, group)
        functions = layout.functions[group]
        for node in functions[number] if functions else ():
            body.compute(node)
        if number == self.count(group) - 1:
            for node, place in layout.copies[group]:
                area = "D" if group == "rates" else "W"
                body.store(area, place, body.value(node))
        self.declared |= body.code.declared
        attribute = "#2" if self.inline and self.count(group) == 1 else "#1"
        head = f'define internal void @"{group}.{number}"({_AREAS}) {attribute} {{'
        return "\n".join([head, "entry:", *body.code.lines, "  ret void", "}"])

    def library_function(self, op: Op) -> str:
        code = Code(self.target)
        arguments = [f"%a{i}" for i in range(2 if op in (Op.POW, Op.MOD) else 1)]
        result = _FUNCTIONS[op](code, *arguments)
        self.declared |= code.declared
        inline = self.inline and op not in _WITH_BRANCHES and op is not Op.POW
        return self._pure(f"putar.{op.value}", code, arguments, result, inline)

    def table_function(self, table: int) -> str:
        code = Code(self.target)
        result, constants = tables.lookup(code, "%a0", self.program.tables[table], f"points{table}")
        self.declared |= code.declared
        return constants + "\n" + self._pure(f"table{table}", code, ["%a0"], result, self.inline)

    def _pure(self, name: str, code: Code, arguments: Sequence[str], result: str, inline: bool) -> str:
        d = code.double
        typed = ", ".join(f"{d} {a}" for a in arguments)
        head = f"define internal {d} @{name}({typed}) {'#4' if inline else '#3'} {{"
        return "\n".join([head, "entry:", *code.lines, f"  ret {d} {result}", "}"])

    # the loops

    def run(self) -> str:
        code = Code(self.target)
        layout = self.layout
        order = [layout.state_places[i] * self.vector for i in range(len(self.program.states))]
        text = [
            _offsets("putar.states", order),
            _offsets("putar.kept", [p * self.vector for p in layout.kept]),
        ]
        row = code.emit("alloca i64")
        clocks = self.move(code, "%work", code.emit(f"mul i64 %group, {self.area}"))
        end_at_last = code.emit("icmp eq i64 %last, %steps")
        extra = code.emit(f"zext i1 {end_at_last} to i64")
        end = code.emit(f"add i64 %last, {extra}")
        row_size = code.emit(f"mul i64 %pitch, {len(self.wanted)}")
        with code.loop("%vectors", step="%group") as base:
            left = code.emit(f"sub i64 %vectors, {base}")
            count = code.emit(f"call i64 @llvm.smin.i64(i64 {left}, i64 %group)")
            first_byte = code.emit(f"mul i64 {base}, {self.vector}")
            with code.loop(count) as u:
                self.begin_members(code, base, first_byte, u)
            going = code.emit("icmp eq i64 %only_initial, 0")
            with code.when(going):
                code.do(f"store i64 0, ptr {row}")
                with code.loop(end, start="%first") as n:
                    self.one_step(code, n, count, clocks, row, row_size, first_byte)
            with code.loop(count) as u:
                area, at = self.area_of(code, u), self.byte_of(code, first_byte, u)
                with code.loop(str(len(self.program.states))) as i:
                    value = self.load(code, self.move(code, area, self.offset(code, "putar.states", i)))
                    self.store(code, self.element(code, "%states", "%stride", i, at), value, 8)
        code.do("ret void")
        self.declared |= code.declared
        self.declared["llvm.smin.i64"] = "declare i64 @llvm.smin.i64(i64, i64)"
        arguments = ", ".join(
            f"{kind} {'noalias ' if kind == 'ptr' else ''}%{name}" for name, kind, _ in RUN_ARGUMENTS
        )
        lines = "\n".join(code.lines)
        return "\n".join([*text, f"define void @{SYMBOL}({arguments}) #0 {{\nentry:\n{lines}\n}}"])

    def begin_members(self, code: Code, base: str, first_byte: str, u: str) -> None:
        """Load parameters and states of a vector of members, and do what is done once."""
        area, at = self.area_of(code, u), self.byte_of(code, first_byte, u)
        with code.loop(str(len(self.program.parameters))) as i:
            value = self.load(code, self.element(code, "%parameters", "%stride", i, at), 8)
            offset = code.emit(f"mul i64 {i}, {self.vector}")
            self.store(code, self.move(code, area, offset), value)
        with code.loop(str(len(self.program.states))) as i:
            value = self.load(code, self.element(code, "%states", "%stride", i, at), 8)
            self.store(code, self.move(code, area, self.offset(code, "putar.states", i)), value)
        if self.layout.streams:
            vector = code.emit(f"add i64 {base}, {u}")
            lane = code.emit(f"mul i64 {vector}, {self.target.lanes}")
            first = code.spread(code.emit(f"add i64 %member, {lane}"), "i64")
            lanes = ", ".join(f"i64 {i}" for i in range(self.target.lanes))
            member = code.integral("add", first, f"<{lanes}>")
            seed = code.spread("%seed", "i64")
            for position, slot in enumerate(self.layout.streams):
                key = code.from_bits(tables.draw_key(code, seed, slot, member))
                place = self.move(code, area, str((self.layout.stream_keys + position) * self.vector))
                self.store(code, place, key)
        self.call(code, "init", area, area, area, area, "0.0", "0")
        initial = code.emit("icmp ne i64 %only_initial, 0")
        with code.when(initial):
            self.call(code, "start", area, area, area, area, "0.0", "0")

    def one_step(
        self, code: Code, n: str, count: str, clocks: str, row: str, row_size: str, first_byte: str
    ) -> None:
        """Evaluate all vectors of a group at step n; save, and move on unless it is the last."""
        method, layout = METHODS[self.program.method], self.layout
        moves = code.emit(f"icmp slt i64 {n}, %last")
        rest = code.emit(f"srem i64 {n}, %every")
        due = code.emit(f"icmp eq i64 {rest}, 0")
        final = code.emit(f"icmp eq i64 {n}, %steps")
        saves = code.emit(f"or i1 {due}, {final}")
        number = code.emit(f"sitofp i64 {n} to double")
        times = []
        for c in method.c:
            at = code.emit(f"fadd double {number}, {hexadecimal(c)}") if c else number
            times.append(code.emit(f"fadd double %start, {code.emit(f'fmul double {at}, %h')}"))
        self.call(code, "clock.rates", clocks, clocks, clocks, clocks, times[0], n)
        self.call(code, "clock.latches", clocks, clocks, clocks, clocks, times[0], n)
        with code.when(saves):
            self.call(code, "clock.outputs", clocks, clocks, clocks, clocks, times[0], n)
        stage_clocks = [self.move(code, clocks, str(s * self.stage_clock)) for s in range(method.stages)]
        if self.count("clock.rates"):
            with code.when(moves):
                for place, time in zip(stage_clocks[1:], times[1:], strict=True):
                    self.call(code, "clock.rates", place, place, place, place, time, n)
        with code.loop(count) as u:
            area = self.area_of(code, u)
            states = self.move(code, area, str(len(self.program.parameters) * self.vector))
            rates = self.move(code, area, str(layout.rates * self.vector))
            self.call(code, "rates", area, states, rates, clocks, times[0], n)
            self.call(code, "latches", area, states, rates, clocks, times[0], n)
            with code.when(saves):
                self.call(code, "outputs", area, states, rates, clocks, times[0], n)
                now = code.emit(f"mul i64 {code.emit(f'load i64, ptr {row}')}, {row_size}")
                here = self.move(code, "%rows", now)
                at = self.byte_of(code, first_byte, u)
                with code.loop(str(len(self.wanted))) as i:
                    value = self.load(code, self.move(code, area, self.offset(code, "putar.kept", i)))
                    self.store(code, self.element(code, here, "%pitch", i, at), value)
            with code.when(moves):
                self.move_on(code, area, states, rates, stage_clocks, times, n)
        saved = code.emit(f"zext i1 {saves} to i64")
        rows = code.emit(f"load i64, ptr {row}")
        code.do(f"store i64 {code.emit(f'add i64 {rows}, {saved}')}, ptr {row}")

    def move_on(
        self, code: Code, area: str, states: str, rates: str, clocks: list[str], times: list[str], n: str
    ) -> None:
        """Take one vector of members one step further."""
        method, layout = METHODS[self.program.method], self.layout
        size = len(layout.integrals) * self.vector
        h = code.spread("%h")
        slopes = [self.move(code, rates, str(stage * size)) for stage in range(method.stages)]
        count = str(len(layout.integrals))
        inside = self.move(code, area, str(layout.inside * self.vector))
        for stage in range(1, method.stages if layout.integrals else 1):
            with code.loop(count) as i:
                offset = code.emit(f"mul i64 {i}, {self.vector}")
                total = self.weighted(code, method.a[stage - 1], slopes, offset)
                moved = code.add(self.load(code, self.move(code, states, offset)), code.mul(h, total))
                self.store(code, self.move(code, inside, offset), moved)
            self.call(code, "rates", area, inside, slopes[stage], clocks[stage], times[stage], n)
        with code.loop(count) as i:
            offset = code.emit(f"mul i64 {i}, {self.vector}")
            total = self.weighted(code, method.weights, slopes, offset)
            if method.over != 1.0:
                total = code.div(total, code.const(method.over))
            place = self.move(code, states, offset)
            self.store(code, place, code.add(self.load(code, place), code.mul(h, total)))
        if layout.latches:
            source = self.move(code, area, str(layout.next_latches * self.vector))
            target = self.move(code, states, str(size))
            with code.loop(str(len(layout.latches))) as i:
                offset = code.emit(f"mul i64 {i}, {self.vector}")
                self.store(
                    code, self.move(code, target, offset), self.load(code, self.move(code, source, offset))
                )

    def weighted(self, code: Code, weights: Sequence[float], slopes: Sequence[str], offset: str) -> str:
        """Return the weighted sum of rates, from the left, as methods.py says."""
        total = ""
        for weight, slope in zip(weights, slopes, strict=False):
            if weight == 0.0:
                continue
            term = self.load(code, self.move(code, slope, offset))
            if weight != 1.0:
                term = code.mul(code.const(weight), term)
            total = code.add(total, term) if total else term
        return total

    # memory

    def call(self, code: Code, group: str, *areas: str) -> None:
        kinds = ("ptr", "ptr", "ptr", "ptr", "double", "i64")
        arguments = ", ".join(f"{kind} {area}" for kind, area in zip(kinds, areas, strict=True))
        for number in range(self.count(group)):
            code.do(f'call void @"{group}.{number}"({arguments})')

    def area_of(self, code: Code, u: str) -> str:
        return self.move(code, "%work", code.emit(f"mul i64 {u}, {self.area}"))

    def byte_of(self, code: Code, first_byte: str, u: str) -> str:
        return code.emit(f"add i64 {first_byte}, {code.emit(f'mul i64 {u}, {self.vector}')}")

    def element(self, code: Code, base: str, stride: str, i: str, at: str) -> str:
        row = code.emit(f"mul i64 {i}, {stride}")
        return self.move(code, base, code.emit(f"add i64 {row}, {at}"))

    def offset(self, code: Code, table: str, i: str) -> str:
        place = code.emit(f"getelementptr i64, ptr @{table}, i64 {i}")
        return code.emit(f"load i64, ptr {place}, !invariant.load !0")

    def move(self, code: Code, pointer: str, offset: str) -> str:
        return code.emit(f"getelementptr i8, ptr {pointer}, i64 {offset}")

    def load(self, code: Code, place: str, align: int = 0) -> str:
        return code.emit(f"load {code.double}, ptr {place}, align {align or self.align}")

    def store(self, code: Code, place: str, value: str, align: int = 0) -> None:
        code.do(f"store {code.double} {value}, ptr {place}, align {align or self.align}")


class _Body:
    """One straight-line function: values are made once, masks kept as masks as long as possible."""

    def __init__(self, module: _Module, group: str) -> None:
        self.module, self.group, self.code = module, group, Code(module.target)
        self.values: dict[int, str] = {}
        self.masks: dict[int, str] = {}

    def node(self, i: int) -> Node:
        return self.module.program.graph.nodes[i]

    def value(self, i: int) -> str:
        if i not in self.values:
            if i in self.masks:
                one, zero = self.code.const(1.0), self.code.const(0.0)
                self.values[i] = self.code.select(self.masks[i], one, zero)
            else:
                self.values[i] = self.read(i)
        return self.values[i]

    def mask(self, i: int) -> str:
        if i not in self.masks:
            self.masks[i] = self.code.compare("une", self.value(i), self.code.const(0.0))
        return self.masks[i]

    def read(self, i: int) -> str:
        layout, node = self.module.layout, self.node(i)
        match node.op:
            case Op.CONST:
                return self.code.const(cast("float", node.key))
            case Op.TIME:
                return self.code.spread("%t")
            case Op.PARAM:
                return self.load("W", cast("int", node.key))
            case Op.STATE:
                state = cast("int", node.key)
                place = layout.state_places[state]
                if self.module.program.states[state].kind == "latch":
                    return self.load("W", place)
                return self.load("X", place - len(self.module.program.parameters))
            case _:
                return self.load("C" if layout.in_clock(i) else "W", layout.slots[i])

    def load(self, area: str, place: int) -> str:
        pointer = self.module.move(self.code, f"%{area}", str(place * self.module.vector))
        return self.module.load(self.code, pointer)

    def store(self, area: str, place: int, value: str) -> None:
        pointer = self.module.move(self.code, f"%{area}", str(place * self.module.vector))
        self.module.store(self.code, pointer, value)

    def compute(self, i: int) -> None:
        """Make a node's value and keep it if another function reads it."""
        node, code = self.node(i), self.code
        op, args = node.op, node.args
        if op in _COMPARISONS:
            self.masks[i] = code.compare(_COMPARISONS[op], *[self.value(a) for a in args])
        elif op is Op.AND:
            self.masks[i] = code.both(*[self.mask(a) for a in args])
        elif op is Op.OR:
            self.masks[i] = code.either(*[self.mask(a) for a in args])
        elif op is Op.NOT:
            self.masks[i] = code.without(self.mask(args[0]))
        else:
            self.values[i] = self.number(node)
        layout = self.module.layout
        if i in layout.slots:
            self.store("C" if layout.in_clock(i) else "W", layout.slots[i], self.value(i))

    def number(self, node: Node) -> str:
        op, code, module = node.op, self.code, self.module
        if op is Op.SELECT:
            condition, then, otherwise = node.args
            return code.select(self.mask(condition), self.value(then), self.value(otherwise))
        if op is Op.RANDOM:
            place = module.layout.stream_keys + module.layout.streams.index(cast("int", node.key))
            key = code.bits(self.load("W", place))
            return tables.draw(code, key, code.spread("%n", "i64"))
        values = [self.value(a) for a in node.args]
        if op in (Op.MIN, Op.MAX):
            return self.extreme("olt" if op is Op.MIN else "ogt", node.args, values)
        if op in _PLAIN:
            return _PLAIN[op](code, *values)
        if op is Op.LOOKUP:
            table = cast("int", node.key)
            module.tables[table] = None
            name = f"table{table}"
        else:
            module.used[op] = None
            name = f"putar.{op.value}"
        arguments = ", ".join(f"{code.double} {value}" for value in values)
        return code.emit(f"call {code.double} @{name}({arguments})")

    def extreme(self, predicate: str, args: Sequence[int], values: Sequence[str]) -> str:
        """Return the first where it is smaller (larger) or not-a-number, else the second."""
        a, b = values
        first = self.code.compare(predicate, a, b)
        known = self.node(args[0])
        if known.op is Op.CONST and known.key == known.key:
            return self.code.select(first, a, b)
        return self.code.select(self.code.either(first, self.code.compare("uno", a, a)), a, b)


def _offsets(name: str, values: Sequence[int]) -> str:
    inside = ", ".join(f"i64 {value}" for value in values) or "i64 0"
    return f"@{name} = private constant [{max(len(values), 1)} x i64] [{inside}]"
