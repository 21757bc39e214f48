"""Straight-line code in LLVM's text form, on vectors of lanes.

A Code collects instructions and hands out the names of their values. One lane is one member. All
arithmetic is IEEE 754 without any fast-math flag, so that no optimiser may change a bit; LLVM contracts
a product and a sum only where `fma` asks for it. Nothing here knows a Program.

Source: LLVM Language Reference Manual, https://llvm.org/docs/LangRef.html.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Code", "Target", "hexadecimal"]


@dataclass(frozen=True, slots=True)
class Target:
    """What the emitted text may use.

    Parameters
    ----------
    lanes : members a vector holds
    avx512 : whether the CPU has AVX-512 F, DQ and VL, whose permutes and scalings have no portable name
    """

    lanes: int
    avx512: bool = False


def hexadecimal(value: float) -> str:
    """Return a double as LLVM writes it, exact for every bit pattern."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"


class Code:
    """Instructions of one function; methods append one and return the name of its value."""

    def __init__(self, target: Target) -> None:
        lanes = target.lanes
        self.target, self.lines = target, list[str]()
        self.declared: dict[str, str] = {}  # intrinsics used: name -> declaration
        self.double, self.word, self.mask = f"<{lanes} x double>", f"<{lanes} x i64>", f"<{lanes} x i1>"
        self.suffix = f"v{lanes}f64"
        self.size = 8 * lanes  # bytes of a vector
        self.align = min(self.size, 64)
        self._count = 0
        self._block = "entry"

    def emit(self, text: str) -> str:
        """Append `%n = text` and return `%n`."""
        self._count += 1
        name = f"%v{self._count}"
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        """Append an instruction without a value."""
        self.lines.append(f"  {text}")

    def label(self, stem: str) -> str:
        """Return a new label's name."""
        self._count += 1
        return f"{stem}{self._count}"

    def begin(self, label: str) -> None:
        """Start the basic block of a label."""
        self.lines.append(f"{label}:")
        self._block = label

    @contextmanager
    def loop(self, count: str, *, start: str = "0", step: str = "1") -> Iterator[str]:
        """Repeat the instructions of the `with` block for i = start, start + step, ... below count."""
        head, body, again, end = (self.label(stem) for stem in ("head", "body", "again", "end"))
        before = self._block
        self.do(f"br label %{head}")
        self.begin(head)
        i = self.emit(f"phi i64 [{start}, %{before}], [%{again}.i, %{again}]")
        inside = self.emit(f"icmp slt i64 {i}, {count}")
        self.do(f"br i1 {inside}, label %{body}, label %{end}")
        self.begin(body)
        yield i
        self.do(f"br label %{again}")
        self.begin(again)
        self.do(f"%{again}.i = add i64 {i}, {step}")
        self.do(f"br label %{head}")
        self.begin(end)

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """Do the instructions of the `with` block if the i1 is set."""
        then, end = self.label("then"), self.label("end")
        self.do(f"br i1 {condition}, label %{then}, label %{end}")
        self.begin(then)
        yield
        self.do(f"br label %{end}")
        self.begin(end)

    def call(self, function: str, kind: str, *arguments: str) -> str:
        """Call a function all of whose arguments, and whose result, are of one type."""
        self.declared[function] = f"declare {kind} @{function}({', '.join([kind] * len(arguments))})"
        return self.emit(f"call {kind} @{function}({', '.join(f'{kind} {a}' for a in arguments)})")

    # doubles

    def const(self, value: float) -> str:
        """Return a constant in all lanes."""
        return f"splat (double {hexadecimal(value)})"

    def vector(self, values: Sequence[float]) -> str:
        """Return a constant with a value for each lane."""
        return "<" + ", ".join(f"double {hexadecimal(value)}" for value in values) + ">"

    def add(self, a: str, b: str) -> str:
        """Return a + b."""
        return self.emit(f"fadd {self.double} {a}, {b}")

    def sub(self, a: str, b: str) -> str:
        """Return a - b."""
        return self.emit(f"fsub {self.double} {a}, {b}")

    def mul(self, a: str, b: str) -> str:
        """Return a * b."""
        return self.emit(f"fmul {self.double} {a}, {b}")

    def div(self, a: str, b: str) -> str:
        """Return a / b."""
        return self.emit(f"fdiv {self.double} {a}, {b}")

    def neg(self, a: str) -> str:
        """Return -a."""
        return self.emit(f"fneg {self.double} {a}")

    def fma(self, a: str, b: str, c: str) -> str:
        """Return a * b + c, rounded once."""
        return self.call(f"llvm.fma.{self.suffix}", self.double, a, b, c)

    def unary(self, intrinsic: str, a: str) -> str:
        """Apply an intrinsic of one argument: fabs, sqrt, floor, trunc."""
        return self.call(f"llvm.{intrinsic}.{self.suffix}", self.double, a)

    def compare(self, predicate: str, a: str, b: str) -> str:
        """Compare doubles; the predicates of fcmp, as olt (ordered) or une (unordered or unequal)."""
        return self.emit(f"fcmp {predicate} {self.double} {a}, {b}")

    def select(self, mask: str, a: str, b: str) -> str:
        """Return a where the mask is set, else b."""
        return self.emit(f"select {self.mask} {mask}, {self.double} {a}, {self.double} {b}")

    def at_least(self, bound: float, a: str) -> str:
        """Return the larger of a constant and a; NaN stays NaN."""
        return self.select(self.compare("ogt", self.const(bound), a), self.const(bound), a)

    def at_most(self, bound: float, a: str) -> str:
        """Return the smaller of a constant and a; NaN stays NaN."""
        return self.select(self.compare("olt", self.const(bound), a), self.const(bound), a)

    def both(self, a: str, b: str) -> str:
        """Return where both masks are set."""
        return self.emit(f"and {self.mask} {a}, {b}")

    def either(self, a: str, b: str) -> str:
        """Return where one of two masks is set."""
        return self.emit(f"or {self.mask} {a}, {b}")

    def without(self, a: str) -> str:
        """Return where the mask is not set."""
        return self.emit(f"xor {self.mask} {a}, splat (i1 true)")

    def any(self, mask: str) -> str:
        """Return whether a mask is set in any lane, as i1."""
        lanes = self.target.lanes
        if lanes == 1:
            return self.emit(f"extractelement {self.mask} {mask}, i64 0")
        bits = self.emit(f"bitcast {self.mask} {mask} to i{lanes}")
        return self.emit(f"icmp ne i{lanes} {bits}, 0")

    # memory

    def move(self, pointer: str, offset: str | int) -> str:
        """Return a pointer moved by bytes."""
        return self.emit(f"getelementptr i8, ptr {pointer}, i64 {offset}")

    def load(self, place: str, align: int = 0) -> str:
        """Return the vector at a place, aligned as vectors are unless said otherwise."""
        return self.emit(f"load {self.double}, ptr {place}, align {align or self.align}")

    def store(self, place: str, value: str, align: int = 0, *, past_caches: bool = False) -> None:
        """Store a vector; past the caches only makes sense for whole lines that are not read again soon."""
        hint = ", !nontemporal !1" if past_caches and self.size == 64 else ""
        self.do(f"store {self.double} {value}, ptr {place}, align {align or self.align}{hint}")

    # words: the 64 bits of a lane

    def integer(self, value: int) -> str:
        """Return a whole number in all lanes."""
        return f"splat (i64 {value})"

    def bits(self, a: str) -> str:
        """Return the bits of doubles."""
        return self.emit(f"bitcast {self.double} {a} to {self.word}")

    def from_bits(self, a: str) -> str:
        """Return the doubles with these bits."""
        return self.emit(f"bitcast {self.word} {a} to {self.double}")

    def integral(self, operation: str, a: str, b: str) -> str:
        """Apply an operation on words: add, sub, mul, and, or, xor, shl, lshr, ashr."""
        return self.emit(f"{operation} {self.word} {a}, {b}")

    def compare_words(self, predicate: str, a: str, b: str) -> str:
        """Compare words; the predicates of icmp."""
        return self.emit(f"icmp {predicate} {self.word} {a}, {b}")

    def select_words(self, mask: str, a: str, b: str) -> str:
        """Return a where the mask is set, else b."""
        return self.emit(f"select {self.mask} {mask}, {self.word} {a}, {self.word} {b}")

    def spread(self, scalar: str, kind: str = "double") -> str:
        """Return a scalar in all lanes."""
        vector = f"<{self.target.lanes} x {kind}>"
        one = self.emit(f"insertelement {vector} poison, {kind} {scalar}, i64 0")
        zeros = f"<{self.target.lanes} x i32> zeroinitializer"
        return self.emit(f"shufflevector {vector} {one}, {vector} poison, {zeros}")

    # what is seldom needed, one lane after the other

    def by_lane(self, mask: str, otherwise: str, function: str, *arguments: str) -> str:
        """Return a scalar function's values where the mask is set; skipped when it is set nowhere."""
        before, work, after = self.label("before"), self.label("work"), self.label("after")
        wanted = self.any(mask)
        self.do(f"br label %{before}")
        self.begin(before)
        self.do(f"br i1 {wanted}, label %{work}, label %{after}")
        self.begin(work)
        result = otherwise
        for lane in range(self.target.lanes):
            scalars = [self.emit(f"extractelement {self.double} {a}, i64 {lane}") for a in arguments]
            value = self.emit(f"call double @{function}({', '.join(f'double {s}' for s in scalars)})")
            result = self.emit(f"insertelement {self.double} {result}, double {value}, i64 {lane}")
        result = self.select(mask, result, otherwise)
        self.do(f"br label %{after}")
        self.begin(after)
        return self.emit(f"phi {self.double} [{otherwise}, %{before}], [{result}, %{work}]")

    # polynomials and sums of two doubles

    def polynomial(self, x: str, coefficients: Sequence[float]) -> str:
        """Return the polynomial at x, lowest coefficient first, by Estrin's scheme."""
        terms = [self.const(c) for c in coefficients]
        power = x
        while len(terms) > 1:
            pairs = [self.fma(high, power, low) for low, high in zip(terms[::2], terms[1::2], strict=False)]
            terms = pairs + terms[len(pairs) * 2 :]
            if len(terms) > 1:
                power = self.mul(power, power)
        return terms[0]

    def two_sum(self, a: str, b: str) -> tuple[str, str]:
        """Return a + b and what rounding took from it (Knuth)."""
        total = self.add(a, b)
        part = self.sub(total, a)
        return total, self.add(self.sub(a, self.sub(total, part)), self.sub(b, part))

    def fast_two_sum(self, a: str, b: str) -> tuple[str, str]:
        """Return a + b and what rounding took from it, for |a| >= |b| (Dekker)."""
        total = self.add(a, b)
        return total, self.sub(b, self.sub(total, a))

    def two_product(self, a: str, b: str) -> tuple[str, str]:
        """Return a * b and what rounding took from it."""
        product = self.mul(a, b)
        return product, self.fma(a, b, self.neg(product))
