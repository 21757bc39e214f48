"""Conveyors and queues of XMILE, as arrays of slats and limited flows in the language's own words.

A conveyor is a stock with a belt of slats beside it, one a step of its transit time; the first slat leaves,
what comes in is laid down at the belt's depth, and each step every slat moves on by one. Leaks take from
the slats in their zone: exponential ones a share of what lies there, linear ones an even part of what the
cohort was where the zone begins. Flows into a conveyor are limited by its capacity and its inflow limit in
their order, but never what another conveyor brings. A queue gives all it has to a stock, and to a conveyor
what that takes; an overflow gets what is left. Everything holds for steps of Euler's method only.

Source: XMILE 1.0 (OASIS), sections 3.7.1 and 3.7.2; Stella's help on conveyors and queues.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from putar.errors import ModelError, Problem, Where
from putar.formats.formula import filled
from putar.formats.xmile_slats import Belt, Leak, Slats, reference, short
from putar.formats.xmile_tree import Element
from putar.language.expr import Expr, Number
from putar.language.model import Dimension, Equation, TimeSpec, Variable

__all__ = ["Belt", "Leak", "belt_of", "leak_of", "with_belts"]


def with_belts(
    variables: Mapping[str, Variable],
    belts: Mapping[str, Belt],
    leaks: Mapping[str, Leak],
    time: TimeSpec,
    dimensions: dict[str, Dimension],
    notes: list[Problem],
) -> dict[str, Variable]:
    """Return the variables with the flows of all conveyors and queues, and the slats of belts.

    Parameters
    ----------
    notes : where a transit time that is not so many steps is warned of

    Raises
    ------
    ModelError
        If the method is not Euler's, a belt's length cannot be told, or its outflows do not fit.
    """
    if not belts:
        return dict(variables)
    return _Maker(dict(variables), belts, leaks, time, dimensions, notes).made()


def refuse_options(element: Element, name: str, where: Where, words: tuple[str, ...] = ("",)) -> None:
    """Refuse a vendor's own options of belts that begin with a word, for they change how a belt moves.

    Raises
    ------
    ModelError
        If one is there and is not switched off.
    """
    told = [(key.rpartition(":"), value) for key, value in element.attributes.items() if ":" in key]
    told += [((c.prefix, ":", c.tag), c.text or "true") for c in element.children if c.prefix]
    for (space, _, word), value in told:
        off = value.strip().casefold() in ("", "false", "0", "none")
        if word.startswith(words) and space not in ("putar", "xmlns") and not off:
            what = f"{name}: the option {space}:{word}={value.strip()!r} of a belt is not computed"
            raise ModelError(what, where, "switch it off", "unsupported")


def belt_of(
    part: Element, stock: str, where: Where, expression: Callable[[Element], Expr], root: Element
) -> Belt:
    """Return what a <conveyor> or a <queue> says.

    Raises
    ------
    ModelError
        If it has no length, or is made of batches that may not be parted.
    """
    refuse_options(part, stock, where)
    specs = root.find("sim_specs")
    if specs is not None and _true(specs, "isee:instantaneous_flows"):
        what = f"{stock}: flows that pass several belts in one step (instantaneous flows) are not computed"
        raise ModelError(what, where, 'isee:instantaneous_flows="false"', "unsupported")
    if part.tag == "queue":
        return Belt(stock, where)
    length = part.find("len")
    if length is None:
        raise ModelError(f"{stock}: a conveyor needs a transit time", where, "<len>4</len>")
    if _true(part, "batch_integrity"):
        what = f"{stock}: batches that may not be parted are not computed"
        raise ModelError(what, where, 'batch_integrity="false"', "unsupported")
    settings = {}
    for child in part.all("capacity", "in_limit", "sample", "arrest"):
        if child.text.strip() and not (child.tag in ("capacity", "in_limit") and _endless(child.text)):
            settings[child.tag] = expression(child)
    exponential = _true(part, "exponential_leak") or _true(part, "exponential_leakage")
    singly = part.attributes.get("one_at_a_time", "true").strip().casefold() not in ("false", "0")
    discrete = _true(part, "discrete")
    return Belt(stock, where, expression(length), settings, exponential, discrete, singly)


def leak_of(
    element: Element, part: Element, where: Where, whole: Expr, expression: Callable[[Element], Expr]
) -> Leak:
    """Return what a leak says: its fraction stands in itself, or is the equation of its flow."""
    zone = []
    for tag, usual in (("leak_start", 0.0), ("leak_end", 1.0)):
        found = element.find(tag)
        given = element.attributes.get(tag) or part.attributes.get(tag)
        text = found.text if found is not None else given
        try:
            zone.append(float(text) if text is not None else usual)
        except ValueError:
            fix = f'{tag}="{usual}"'
            raise ModelError(f"{tag} is no number", where, fix, "unsupported") from None
    if _true(element, "leak_integers") or _true(part, "leak_integers"):
        raise ModelError("leaks of whole numbers are not computed", where, "leave it out", "unsupported")
    fraction = expression(part) if part.text.strip() else whole
    exponential = _true(part, "exponential") or element.find("exponential_leak") is not None
    return Leak(fraction, zone[0], zone[1], exponential)


def _true(part: Element, word: str) -> bool:
    return part.attributes.get(word, "").strip().casefold() in ("true", "1")


def _endless(text: str) -> bool:
    return text.strip().casefold() in ("inf", "infinity")


class _Maker:
    def __init__(
        self,
        variables: dict[str, Variable],
        belts: Mapping[str, Belt],
        leaks: Mapping[str, Leak],
        time: TimeSpec,
        dimensions: dict[str, Dimension],
        notes: list[Problem],
    ) -> None:
        self.variables, self.belts, self.leaks = variables, belts, leaks
        self.time, self.dimensions, self.notes = time, dimensions, notes
        self.plain = dict(variables)  # as they were read, for what is known before the run
        self.into = {flow: stock.name for stock in variables.values() for flow in stock.inflows}
        self.out_of = {flow: stock.name for stock in variables.values() for flow in stock.outflows}
        self.left: dict[str, Expr] = {}  # what an inflow may still bring to a conveyor

    def made(self) -> dict[str, Variable]:
        """Return all variables."""
        for belt in self.belts.values():
            if self.time.method != "euler":
                what = f"{belt.stock}: conveyors and queues are computed by Euler's method only"
                raise ModelError(what, belt.where, 'method="Euler"', "unsupported")
            if belt.length is not None:
                self._conveyor(belt)
        for belt in self.belts.values():
            if belt.length is not None:
                self._inflows(belt)
        for belt in self.belts.values():
            if belt.length is None:
                self._queue(belt)
        return self.variables

    # writing variables --------------------------------------------------------------------

    def add(self, stock: Variable, word: str, text: str, **parts: Expr) -> Variable:
        """Add a variable beside a stock, over its dimensions."""
        name = f"{stock.name}\u00b7{word}"
        equation = Equation(filled(text, parts), "", stock.where)
        made = Variable(name, "aux", equation=equation, dimensions=stock.dimensions, where=stock.where)
        self.variables[name] = made
        return made

    def rate(self, flow: str, expr: Expr) -> None:
        """Make a flow what a belt or a queue gives."""
        old = self.variables[flow]
        equation = Equation(expr, "", old.where)
        self.variables[flow] = replace(
            old, kind="flow", equation=equation, elements=(), parameter=None, element_parameters=()
        )

    # conveyors ----------------------------------------------------------------------------

    def _conveyor(self, belt: Belt) -> None:
        stock = self.variables[belt.stock]
        exits = [f for f in stock.outflows if f not in self.leaks]
        if len(exits) != 1:
            what = f"{stock.name}: a conveyor has one outflow that is no leak, not {len(exits)}"
            raise ModelError(what, belt.where, "mark the others with <leak/>", "name")
        leaks = {f: self.leaks[f] for f in stock.outflows if f in self.leaks}
        leaks = {f: replace(k, exponential=k.exponential or belt.exponential) for f, k in leaks.items()}
        slats = Slats(self, belt, stock, leaks, self.plain)
        for flow in leaks:
            self.rate(flow, filled("SUM(x) / DT", {"x": slats.whole(f"{short(flow)}_leaks")}))
        self.rate(exits[0], slats.leaving())

    # inflows ------------------------------------------------------------------------------

    def _inflows(self, belt: Belt) -> None:
        """Limit what comes into a conveyor, and say how much it is each step."""
        stock = self.variables[belt.stock]
        brought = [f for f in stock.inflows if self._is_conveyor(self.out_of.get(f))]
        asked = [f for f in stock.inflows if f not in brought]
        room = self._room(belt, stock, brought)
        for flow in asked:
            mine = self.variables[flow]
            if self.out_of.get(flow) in self.belts:  # a queue gives what is left of the room
                if belt.discrete and belt.singly:
                    what = f"{stock.name}: taking one batch of the queue {self.out_of[flow]} at a time, as a "
                    what += "discrete conveyor does unless it says otherwise, is not computed"
                    fix = 'one_at_a_time="false" in <conveyor>, if it may take all it has room for'
                    raise ModelError(what, belt.where, fix, "unsupported")
                self.left[flow] = Number(math.inf) if room is None else room
            else:
                wanted = self.add(mine, "asked", "MAX(x, 0)", x=_as_written(mine)) if mine.equation else None
                if wanted is None:
                    what = f"{flow}: a flow into a conveyor needs one equation for all elements"
                    raise ModelError(what, mine.where, "write one <eqn>", "unsupported")
                limited = (
                    reference(wanted)
                    if room is None
                    else filled("MIN(w, r)", {"w": reference(wanted), "r": room})
                )
                self.rate(flow, limited)
            if room is not None:
                room = filled("MAX(r - f, 0)", {"r": room, "f": reference(self.variables[flow])})
        self.add(stock, "came", "t * DT", t=self._sum(stock.inflows))
        if belt.discrete and "in_limit" in belt.settings:
            used = reference(self.variables[f"{stock.name}\u00b7used"])
            self.add(stock, "used_then", "u + t * DT", u=used, t=self._sum(asked))

    def _sum(self, flows: Iterable[str]) -> Expr:
        total: Expr = Number(0.0)
        for flow in flows:
            total = filled("t + f", {"t": total, "f": reference(self.variables[flow])})
        return total

    def _is_conveyor(self, name: str | None) -> bool:
        return name is not None and name in self.belts and self.belts[name].length is not None

    def _room(self, belt: Belt, stock: Variable, brought: list[str]) -> Expr | None:
        """Return the rate at which a conveyor takes what may be kept waiting, or None for any."""
        rooms: list[Expr] = []
        capacity = belt.settings.get("capacity")
        if capacity is not None:
            free = filled("(c - s) / DT", {"c": capacity, "s": reference(stock)})
            for flow in stock.outflows:
                free = filled("r + f", {"r": free, "f": reference(self.variables[flow])})
            for flow in brought:
                free = filled("r - f", {"r": free, "f": reference(self.variables[flow])})
            rooms.append(free)
        if "in_limit" in belt.settings:
            rooms.append(self._limit(belt, stock))
        if "arrest" in belt.settings:
            stopped = reference(self.variables[f"{stock.name}\u00b7arrested"])
            rooms.append(filled("IF s THEN 0 ELSE 1e300", {"s": stopped}))
        if not rooms:
            return None
        whole = rooms[0]
        for room in rooms[1:]:
            whole = filled("MIN(a, b)", {"a": whole, "b": room})
        return reference(self.add(stock, "room", "MAX(r, 0)", r=whole))

    def _limit(self, belt: Belt, stock: Variable) -> Expr:
        """Return the rate that an inflow limit allows; of a discrete one, what is left of it now."""
        limit = belt.settings["in_limit"]
        if not belt.discrete:
            return limit
        then = reference(self.add(stock, "used_then", "0"))
        new = "INT(TIME - STARTTIME + 1e-9) > INT(TIME - DT - STARTTIME + 1e-9)"
        used = self.add(stock, "used", f"IF {new} THEN 0 ELSE PREVIOUS(u, 0)", u=then)
        return filled("(l - u) / DT", {"l": limit, "u": reference(used)})

    # queues -------------------------------------------------------------------------------

    def _queue(self, belt: Belt) -> None:
        stock = self.variables[belt.stock]
        waiting = filled("s / DT", {"s": reference(stock)})
        for flow in stock.inflows:
            if not self._is_conveyor(self.out_of.get(flow)) and self.out_of.get(flow) not in self.belts:
                mine = self.variables[flow]
                self.variables[flow] = replace(mine, nonnegative=True)
            waiting = filled("w + f", {"w": waiting, "f": reference(self.variables[flow])})
        left = waiting
        for flow in stock.outflows:
            most = self.left.get(flow)
            given = filled("MAX(w, 0)", {"w": left})
            if most is not None and not (isinstance(most, Number) and most.value == math.inf):
                given = filled("MAX(MIN(w, r), 0)", {"w": left, "r": most})
            self.rate(flow, given)
            left = filled("w - f", {"w": left, "f": reference(self.variables[flow])})


def _as_written(flow: Variable) -> Expr:
    assert flow.equation is not None
    return flow.equation.expr
