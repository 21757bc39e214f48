"""A Program as one LLVM module: functions of straight-line code, and the loops around them.

The module has one public function, `putar.run`, which takes a block of members through all their steps;
see RUN_ARGUMENTS for its arguments. Inside, vectors of members are taken in small groups through each
step of time, so that what depends on time alone is computed once and saved rows are filled in runs.
Where values live and when they are computed is layout.py's plan.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from putar.engine.ir import Op, Program
from putar.engine.llvm import tables
from putar.engine.llvm.body import AREAS, Body
from putar.engine.llvm.layout import CHUNK, Layout, plan
from putar.engine.llvm.library import library, table_functions
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
        shared = [
            *library(self.used, self.target, self.declared, inline=self.inline),
            *table_functions(
                self.tables, self.program.tables, self.target, self.declared, inline=self.inline
            ),
        ]
        width = min(8 * self.vector, 512)
        common = f'nounwind "no-builtins" "min-legal-vector-width"="{width}" "prefer-vector-width"="{width}"'
        attributes = [
            f"attributes #0 = {{ {common} }}",
            f"attributes #1 = {{ noinline {common} }}",
            f"attributes #2 = {{ alwaysinline {common} }}",
            f"attributes #3 = {{ noinline willreturn memory(none) {common} }}",
            f"attributes #4 = {{ alwaysinline willreturn memory(none) {common} }}",
        ]
        attributes += ["!0 = !{}", "!1 = !{i32 1}"]
        parts = [*shared, *bodies, run, *self.declared.values(), *attributes]
        stages = METHODS[self.program.method].stages
        return Emitted("\n".join(parts) + "\n", self.area, self.stage_clock * stages)

    def count(self, group: str) -> int:
        """Return how many functions a group has; copies alone need one."""
        return max(len(self.layout.functions[group]), 1 if self.layout.copies[group] else 0)

    # straight-line functions

    def function(self, group: str, number: int) -> str:
        layout = self.layout
        body = Body(self.program, self.layout, self.target)
        functions = layout.functions[group]
        for node in functions[number] if functions else ():
            body.compute(node)
        if number == self.count(group) - 1:
            for node, place in layout.copies[group]:
                area = "D" if group == "rates" else "W"
                body.store(area, place, body.value(node))
        self.declared |= body.code.declared
        self.used |= body.used
        self.tables |= body.tables
        attribute = "#2" if self.inline and self.count(group) == 1 else "#1"
        head = f'define internal void @"{group}.{number}"({AREAS}) {attribute} {{'
        return "\n".join([head, "entry:", *body.code.lines, "  ret void", "}"])

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
        clocks = code.move("%work", code.emit(f"mul i64 %group, {self.area}"))
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
                    value = code.load(code.move(area, self.offset(code, "putar.states", i)))
                    code.store(self.element(code, "%states", "%stride", i, at), value, 8)
        code.do("fence seq_cst")  # other threads may read the rows from here on
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
            value = code.load(self.element(code, "%parameters", "%stride", i, at), 8)
            offset = code.emit(f"mul i64 {i}, {self.vector}")
            code.store(code.move(area, offset), value)
        with code.loop(str(len(self.program.states))) as i:
            value = code.load(self.element(code, "%states", "%stride", i, at), 8)
            code.store(code.move(area, self.offset(code, "putar.states", i)), value)
        if self.layout.streams:
            vector = code.emit(f"add i64 {base}, {u}")
            lane = code.emit(f"mul i64 {vector}, {self.target.lanes}")
            first = code.spread(code.emit(f"add i64 %member, {lane}"), "i64")
            lanes = ", ".join(f"i64 {i}" for i in range(self.target.lanes))
            member = code.integral("add", first, f"<{lanes}>")
            seed = code.spread("%seed", "i64")
            for position, slot in enumerate(self.layout.streams):
                key = code.from_bits(tables.draw_key(code, seed, slot, member))
                place = code.move(area, str((self.layout.stream_keys + position) * self.vector))
                code.store(place, key)
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
        stage_clocks = [code.move(clocks, str(s * self.stage_clock)) for s in range(method.stages)]
        if self.count("clock.rates"):
            with code.when(moves):
                for place, time in zip(stage_clocks[1:], times[1:], strict=True):
                    self.call(code, "clock.rates", place, place, place, place, time, n)
        with code.loop(count) as u:
            area = self.area_of(code, u)
            states = code.move(area, str(len(self.program.parameters) * self.vector))
            rates = code.move(area, str(layout.rates * self.vector))
            self.call(code, "rates", area, states, rates, clocks, times[0], n)
            self.call(code, "latches", area, states, rates, clocks, times[0], n)
            with code.when(saves):
                self.call(code, "outputs", area, states, rates, clocks, times[0], n)
                now = code.emit(f"mul i64 {code.emit(f'load i64, ptr {row}')}, {row_size}")
                here = code.move("%rows", now)
                at = self.byte_of(code, first_byte, u)
                with code.loop(str(len(self.wanted))) as i:
                    value = code.load(code.move(area, self.offset(code, "putar.kept", i)))
                    code.store(self.element(code, here, "%pitch", i, at), value, past_caches=True)
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
        slopes = [code.move(rates, str(stage * size)) for stage in range(method.stages)]
        count = str(len(layout.integrals))
        inside = code.move(area, str(layout.inside * self.vector))
        for stage in range(1, method.stages if layout.integrals else 1):
            with code.loop(count) as i:
                offset = code.emit(f"mul i64 {i}, {self.vector}")
                total = self.weighted(code, method.a[stage - 1], slopes, offset)
                moved = code.add(code.load(code.move(states, offset)), code.mul(h, total))
                code.store(code.move(inside, offset), moved)
            self.call(code, "rates", area, inside, slopes[stage], clocks[stage], times[stage], n)
        with code.loop(count) as i:
            offset = code.emit(f"mul i64 {i}, {self.vector}")
            total = self.weighted(code, method.weights, slopes, offset)
            if method.over != 1.0:
                total = code.div(total, code.const(method.over))
            place = code.move(states, offset)
            code.store(place, code.add(code.load(place), code.mul(h, total)))
        if layout.latches:
            source = code.move(area, str(layout.next_latches * self.vector))
            target = code.move(states, str(size))
            with code.loop(str(len(layout.latches))) as i:
                offset = code.emit(f"mul i64 {i}, {self.vector}")
                code.store(code.move(target, offset), code.load(code.move(source, offset)))

    def weighted(self, code: Code, weights: Sequence[float], slopes: Sequence[str], offset: str) -> str:
        """Return the weighted sum of rates, from the left, as methods.py says."""
        total = ""
        for weight, slope in zip(weights, slopes, strict=False):
            if weight == 0.0:
                continue
            term = code.load(code.move(slope, offset))
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
        return code.move("%work", code.emit(f"mul i64 {u}, {self.area}"))

    def byte_of(self, code: Code, first_byte: str, u: str) -> str:
        return code.emit(f"add i64 {first_byte}, {code.emit(f'mul i64 {u}, {self.vector}')}")

    def element(self, code: Code, base: str, stride: str, i: str, at: str) -> str:
        row = code.emit(f"mul i64 {i}, {stride}")
        return code.move(base, code.emit(f"add i64 {row}, {at}"))

    def offset(self, code: Code, table: str, i: str) -> str:
        place = code.emit(f"getelementptr i64, ptr @{table}, i64 {i}")
        return code.emit(f"load i64, ptr {place}, !invariant.load !0")


def _offsets(name: str, values: Sequence[int]) -> str:
    inside = ", ".join(f"i64 {value}" for value in values) or "i64 0"
    return f"@{name} = private constant [{max(len(values), 1)} x i64] [{inside}]"
