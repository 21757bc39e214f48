"""The belt of one XMILE conveyor: an array of slats that move on by one each step, and what leaks from them.

Slat 1 leaves next; what comes in is laid down at the belt's depth. A belt whose transit time is a number has
as many slats as it is steps long; one whose time may change has enough for all that can still leave during
the run. At the start the slats hold what they would if inflow and leaks had long been steady, scaled to
the stock's initial value.

Source: XMILE 1.0 (OASIS), section 3.7.1; Stella's help on conveyors.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Protocol

from putar.errors import ModelError, Problem, Where
from putar.formats.formula import filled
from putar.formats.start_values import AtStart, Unknown
from putar.language.expr import All, Expr, Index, Name, Number
from putar.language.model import Dimension, Equation, TimeSpec, Variable

__all__ = ["Belt", "Leak", "Slats", "reference", "short"]

MOST_SLATS = 20_000
DEEP = 5_000  # slats of a belt whose transit time may change
ZERO, ONE = Number(0.0), Number(1.0)


@dataclass(frozen=True, slots=True)
class Leak:
    """A flow that leaks from a conveyor: its fraction, its zone from 0 (entry) to 1 (exit), its kind."""

    fraction: Expr
    start: float = 0.0
    end: float = 1.0
    exponential: bool = False

    @property
    def later(self) -> bool:
        """Whether the zone begins behind the entry."""
        return self.start > 0.0


@dataclass(frozen=True, slots=True)
class Belt:
    """What a stock's <conveyor> or <queue> says; a queue has no length.

    A discrete conveyor may take in its whole inflow limit of a unit of time in one step; `singly` says that
    it takes one batch of a queue at a time.
    """

    stock: str
    where: Where
    length: Expr | None = None
    settings: Mapping[str, Expr] = field(default_factory=dict)  # capacity, in_limit, sample, arrest
    exponential: bool = False
    discrete: bool = False
    singly: bool = True


class Writer(Protocol):
    """What a belt needs of whoever makes all belts of a model."""

    variables: dict[str, Variable]
    dimensions: dict[str, Dimension]
    time: TimeSpec
    notes: list[Problem]

    def add(self, stock: Variable, word: str, text: str, **parts: Expr) -> Variable:
        """Add a variable beside a stock, over its dimensions."""
        ...


def short(flow: str) -> str:
    """Return a flow's name without its room."""
    return flow.rpartition(".")[2]


def reference(variable: Variable, *more: str) -> Name:
    """Return a reference to a variable, over its own dimensions but for the last subscripts."""
    over = variable.dimensions[: len(variable.dimensions) - len(more)]
    name = f".{variable.name}" if variable.subsystem else variable.name
    return Name(name, tuple(Index(word) for word in (*over, *more)))


class Slats:
    """Adds the variables of a belt: depth, weights, belt, next, and parts and leaks of each leak."""

    def __init__(
        self,
        writer: Writer,
        belt: Belt,
        stock: Variable,
        leaks: Mapping[str, Leak],
        known: Mapping[str, Variable],
    ) -> None:
        assert belt.length is not None
        self.writer, self.belt, self.stock, self.leaks = writer, belt, stock, leaks
        self.moving = not isinstance(belt.length, Number)
        self.at_first = self._at_first(belt.length, known)
        self.slats = self._dimension()
        self.count = len(self.slats.elements)
        self.zones = {flow: self._zone(leak) for flow, leak in leaks.items()}
        self.depth = reference(writer.add(stock, "depth", "MAX(INT(t / DT + 0.5), 1)", t=belt.length))
        if "sample" in belt.settings:
            text = "SAMPLE_IF_TRUE(s, d, d)"
            self.depth = reference(writer.add(stock, "laid", text, s=belt.settings["sample"], d=self.depth))
        self.stopped: Expr = ZERO
        if "arrest" in belt.settings:
            self.stopped = reference(
                writer.add(stock, "arrested", "IF a THEN 1 ELSE 0", a=belt.settings["arrest"])
            )
        self.fractions = {
            flow: reference(writer.add(writer.variables[flow], "fraction", "f", f=leak.fraction))
            for flow, leak in leaks.items()
        }
        self.came = reference(writer.add(stock, "came", "0"))
        for word in ("weight", "belt", "next"):  # they refer to each other
            self._array(word, ((slat, ZERO) for slat in self._all()))
        self._array("weight", self._weights())
        weights = self.whole("weight")
        start = reference(stock) if stock.elements or stock.equation is None else stock.equation.expr
        self.scale = reference(writer.add(stock, "scale", "INIT(v) / SUM(w)", v=start, w=weights))
        for flow, leak in leaks.items():
            if not leak.exponential:
                self._array(f"{short(flow)}_part", ((slat, ZERO) for slat in self._all()))
                self._array(f"{short(flow)}_part", self._parts(flow, leak))
            self._array(f"{short(flow)}_leaks", self._losses(flow, leak))
        self._array("belt", self._contents())
        self._array("next", self._following())

    # its size -----------------------------------------------------------------------------

    def _at_first(self, length: Expr, known: Mapping[str, Variable]) -> int:
        """Return how many slats the belt has at the start."""
        time = self.writer.time
        try:
            value = AtStart(known, {"time": time.start, "dt": time.step}).value(length)
        except Unknown:
            value = time.step
        if not value > 0 or not math.isfinite(value):
            what = f"{self.stock.name}: a transit time of {value:g} is no time"
            raise ModelError(what, self.belt.where, "make it longer than 0", "number")
        steps = value / time.step
        whole = max(1, math.floor(steps + 0.5))
        if abs(steps - whole) > 1e-6 * whole:
            when = " at the start" if self.moving else ""
            self._rounded(f"a transit time of {value:g}{when}", whole)
        return whole

    def _rounded(self, length: str, whole: int) -> None:
        """Warn that what is laid down stays for whole steps, and not for as long as is said."""
        step = self.writer.time.step
        what = f"{self.stock.name}: {length} is no multiple of the step {step:g}; "
        what += f"{whole} steps, {whole * step:g}, are used"
        fix = f"<len>{whole * step:g}</len>, or a <dt> that divides it"
        self.writer.notes.append(Problem("warning", "number", self.belt.where, what, fix))

    def _dimension(self) -> Dimension:
        count, whole = self.at_first, self.writer.time.steps + 1
        if self.moving:  # what is laid down deeper than the run is long never leaves
            count = max(count, whole if whole <= DEEP else min(whole, max(4 * count, count + 64)))
        if count > MOST_SLATS:
            what = f"{self.stock.name}: its belt would have {count:,} slats"
            fix = f"at most {MOST_SLATS:,}: make the step longer"
            raise ModelError(what, self.belt.where, fix, "unsupported")
        name = f"{self.stock.name.replace('.', '_')}\u00b7slat"  # a dimension stands in no room
        made = Dimension(name, tuple(str(i) for i in range(1, count + 1)), self.stock.where)
        self.writer.dimensions[name] = made
        return made

    def _zone(self, leak: Leak) -> range:
        """Return the slats of a leak's zone."""
        if not 0.0 <= leak.start < leak.end <= 1.0:
            what = f"{self.stock.name}: a leak from {leak.start:g} to {leak.end:g} of a belt has no place"
            raise ModelError(what, self.belt.where, "from 0 to 1", "number")
        if leak.start == 0.0 and leak.end == 1.0:
            return range(1, self.count + 1)
        if self.moving:
            what = f"{self.stock.name}: leaks from a part of a belt need a transit time that is a number"
            raise ModelError(what, self.belt.where, "write the number", "unsupported")
        low, high, whole = leak.start - 1e-9, leak.end - 1e-9, self.count
        inside = [slat for slat in self._all() if low <= (whole - slat) / whole < high]
        if not inside:
            what = f"{self.stock.name}: a leak's zone is shorter than a slat"
            raise ModelError(what, self.belt.where, "make it wider, or the step shorter", "number")
        return range(inside[0], inside[-1] + 1)

    def _all(self) -> range:
        return range(1, self.count + 1)

    # arrays over its slats ----------------------------------------------------------------

    def _array(self, word: str, each: Iterator[tuple[int, Expr]]) -> None:
        name = f"{self.stock.name}\u00b7{word}"
        over = self.stock.dimensions
        outer = [self.writer.dimensions[d].elements for d in over]
        elements = []
        for number, expr in each:
            equation = Equation(expr, "", self.stock.where, (*over, str(number)) if over else ())
            elements += [((*chosen, str(number)), equation) for chosen in product(*outer)]
        self.writer.variables[name] = Variable(
            name,
            "aux",
            dimensions=(*over, self.slats.name),
            elements=tuple(elements),
            where=self.stock.where,
        )

    def whole(self, word: str) -> Name:
        """Return a reference to all slats of an array of this belt."""
        found = self._on(word, 1)
        return replace(found, subscripts=(*found.subscripts[:-1], All()))

    def _on(self, word: str, slat: int) -> Name:
        return reference(self.writer.variables[f"{self.stock.name}\u00b7{word}"], str(slat))

    def leaving(self) -> Expr:
        """Return the rate at which the first slat leaves."""
        return filled("IF s THEN 0 ELSE x / DT", {"s": self.stopped, "x": self._after(1, [*self.leaks])})

    def _after(self, slat: int, flows: list[str]) -> Expr:
        """Return what lies on a slat when some leaks have taken their part."""
        found: Expr = self._on("belt", slat)
        for flow in flows:
            if slat in self.zones[flow]:
                found = filled("x - y", {"x": found, "y": self._on(f"{short(flow)}_leaks", slat)})
        return found

    # at the start -------------------------------------------------------------------------

    def _weights(self) -> Iterator[tuple[int, Expr]]:
        """Yield what slats hold when one comes in each step and leaks have long been steady."""
        for slat in reversed(self._all()):
            kept: Expr = ZERO
            if slat < self.count:
                kept = self._on("weight", slat + 1)
                for flow, leak in self.leaks.items():
                    if slat + 1 in self.zones[flow]:
                        kept = self._lost(kept, slat + 1, flow, leak)
            if self.moving:
                parts: dict[str, Expr] = {"n": Number(float(slat)), "d": self.depth, "x": kept}
                yield slat, filled("IF n = d THEN 1 ELSE IF n > d THEN 0 ELSE x", parts)
            else:
                yield slat, ONE if slat == self.count else kept

    def _lost(self, kept: Expr, slat: int, flow: str, leak: Leak) -> Expr:
        fraction = self.fractions[flow]
        if leak.exponential:
            parts: dict[str, Expr] = {"x": kept, "f": fraction, "w": self._on("weight", slat)}
            return filled("x - f * DT * w", parts)
        begun, length = self._zone_start(flow, leak)
        return filled("x - f * b / n", {"x": kept, "f": fraction, "b": begun, "n": length})

    def _zone_start(self, flow: str, leak: Leak) -> tuple[Expr, Expr]:
        """Return the weight with which a zone begins, and how many slats the zone has."""
        zone = self.zones[flow]
        if leak.later:
            return self._on("weight", zone[-1]), Number(float(len(zone)))
        return ONE, self.depth if self.moving else Number(float(len(zone)))

    # each step ----------------------------------------------------------------------------

    def _contents(self) -> Iterator[tuple[int, Expr]]:
        for slat in self._all():
            parts: dict[str, Expr] = {"n": self._on("next", slat), "w": self._on("weight", slat)}
            yield slat, filled("PREVIOUS(n, s * w)", {**parts, "s": self.scale})

    def _following(self) -> Iterator[tuple[int, Expr]]:
        for slat in self._all():
            moved = self._after(slat + 1, [*self.leaks]) if slat < self.count else ZERO
            moved = self._laid(moved, slat, self.came)
            if self.moving and slat == self.count < self.writer.time.steps + 1:
                parts: dict[str, Expr] = {"m": moved, "d": self.depth, "n": Number(float(slat))}
                moved = filled("IF d > n THEN 0 / 0 ELSE m", parts)
            stay = self._on("belt", slat)
            yield slat, filled("IF s THEN b ELSE m", {"s": self.stopped, "b": stay, "m": moved})

    def _laid(self, moved: Expr, slat: int, came: Expr) -> Expr:
        """Return what lies on a slat after a step, with what came in where it is laid down."""
        if self.moving:
            parts: dict[str, Expr] = {"m": moved, "c": came, "d": self.depth, "n": Number(float(slat))}
            return filled("m + (IF d = n THEN c ELSE 0)", parts)
        return came if slat == self.count else moved

    def _parts(self, flow: str, leak: Leak) -> Iterator[tuple[int, Expr]]:
        """Yield what a linear leak of all would take from each slat in a step: even parts of its cohort."""
        word, zone = f"{short(flow)}_part", self.zones[flow]
        begun, length = self._zone_start(flow, leak)
        for slat in self._all():
            if slat not in zone:
                yield slat, ZERO
                continue
            if leak.later and slat == zone[-1]:
                yield slat, filled("b / n", {"b": self._on("belt", slat), "n": length})
                continue
            start = filled("s * b / n", {"s": self.scale, "b": begun, "n": length})
            if self.moving:
                inside: dict[str, Expr] = {"n": Number(float(slat)), "d": self.depth, "x": start}
                start = filled("IF n > d THEN 0 ELSE x", inside)
            moved: Expr = self._on(word, slat + 1) if slat < zone[-1] else ZERO
            if not leak.later and (self.moving or slat == zone[-1]):
                came = filled("c / n", {"c": self.came, "n": length})
                moved = self._laid(moved, slat, came) if self.moving else came
            stay: dict[str, Expr] = {"a": self.stopped, "b": self._on(word, slat), "m": moved, "i": start}
            yield slat, filled("PREVIOUS(IF a THEN b ELSE m, i)", stay)

    def _losses(self, flow: str, leak: Leak) -> Iterator[tuple[int, Expr]]:
        """Yield what a leak takes from each slat in a step, no more than others have left."""
        flows = [*self.leaks]
        before = flows[: flows.index(flow)]
        for slat in self._all():
            if slat not in self.zones[flow]:
                yield slat, ZERO
                continue
            wanted: dict[str, Expr] = {"f": self.fractions[flow]}
            if leak.exponential:
                taken = filled("f * DT * b", {**wanted, "b": self._on("belt", slat)})
            else:
                taken = filled("f * p", {**wanted, "p": self._on(f"{short(flow)}_part", slat)})
            parts = {"s": self.stopped, "w": taken, "l": self._after(slat, before)}
            yield slat, filled("IF s THEN 0 ELSE MAX(MIN(w, l), 0)", parts)
