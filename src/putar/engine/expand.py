"""Built-in functions as operations: what each row of `language.functions` computes.

PURE functions are a few operations on their arguments. Functions of time read the clock. Functions
with memory (averages, delays, trends) own states, as if a modeller had drawn them, so that every
analysis sees those states like any other.

Source: XMILE 1.0 (OASIS), section 3.5; the stock forms of delays and averages: Sterman (2000),
Business Dynamics, chapters 11 and 16. Normal draws: Box and Muller (1958), doi:10.1214/aoms/1177706645.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from putar.engine.ir import Graph, Op
from putar.errors import ModelError
from putar.language.expr import Call, Expr, Number
from putar.language.model import Equation, TimeSpec

__all__ = ["MEMORY", "PURE", "REDUCERS", "TIMED", "Builder", "expand"]

HIGHEST_ORDER = 100


class Builder:
    """What an expansion may ask for: nodes of arguments, states of its own, the clock, draws."""

    equation: Equation

    def __init__(self, graph: Graph, time: TimeSpec, world: str) -> None:
        self.graph, self.time_spec, self.world = graph, time, world

    def op(self, op: Op, *args: int) -> int:
        """Return the node of an operation."""
        return self.graph.node(op, *args)

    def const(self, value: float) -> int:
        """Return the node of a number."""
        return self.graph.const(value)

    def clock(self) -> int:
        """Return the node of time; in initial values it is the start."""
        return self.const(self.time_spec.start) if self.world == "initial" else self.graph.time()

    def node(self, expr: Expr) -> int:
        """Return the node of an argument."""
        raise NotImplementedError

    def at_start(self, expr: Expr) -> int:
        """Return the node of an argument at the start of the run."""
        raise NotImplementedError

    def slice(self, expr: Expr) -> list[int]:
        """Return the nodes of all elements an argument of a reducer stands for."""
        raise NotImplementedError

    def reduced(self, call: Call, nodes: list[int]) -> int:
        """Return the node of a reducer's value over the nodes of all its elements."""
        raise NotImplementedError

    def hidden(
        self, call: Call, part: int, initial: Callable[[], int], following: Callable[[int], int]
    ) -> int:
        """Return a stock that belongs to a call."""
        raise NotImplementedError

    def latch(
        self, call: Call, part: int, initial: Callable[[], int], following: Callable[[int], int]
    ) -> int:
        """Return a value kept from step to step that belongs to a call."""
        raise NotImplementedError

    def random(self, call: Call, part: int) -> int:
        """Return a uniform draw that belongs to a call."""
        raise NotImplementedError


def _unary(op: Op) -> Callable[..., int]:
    return lambda b, x: b.op(op, x)


def _sign(b: Builder, x: int) -> int:
    zero = b.const(0.0)
    below = b.op(Op.SELECT, b.op(Op.LT, x, zero), b.const(-1.0), x)  # x keeps 0 and not-a-number
    return b.op(Op.SELECT, b.op(Op.GT, x, zero), b.const(1.0), below)


def _safediv(b: Builder, top: int, bottom: int, otherwise: int | None = None) -> int:
    safe = b.const(0.0) if otherwise is None else otherwise
    return b.op(Op.SELECT, b.op(Op.EQ, bottom, b.const(0.0)), safe, b.op(Op.DIV, top, bottom))


def _step(b: Builder, height: int, start: int) -> int:
    now = b.op(Op.ADD, b.clock(), b.const(b.time_spec.step / 2))
    return b.op(Op.SELECT, b.op(Op.GT, now, start), height, b.const(0.0))


def _pulse(b: Builder, amount: int, first: int, interval: int | None = None) -> int:
    step = b.const(b.time_spec.step)
    since = b.op(Op.SUB, b.op(Op.ADD, b.clock(), b.const(b.time_spec.step / 2)), first)
    phase = since
    if interval is not None:
        again = b.op(Op.AND, b.op(Op.GT, interval, b.const(0.0)), b.op(Op.GT, since, b.const(0.0)))
        phase = b.op(Op.SELECT, again, b.op(Op.MOD, since, interval), since)
    inside = b.op(Op.AND, b.op(Op.GT, phase, b.const(0.0)), b.op(Op.LE, phase, step))
    return b.op(Op.SELECT, inside, b.op(Op.DIV, amount, step), b.const(0.0))


def _ramp(b: Builder, slope: int, start: int, end: int | None = None) -> int:
    now = b.clock() if end is None else b.op(Op.MIN, b.clock(), end)
    return b.op(Op.MUL, slope, b.op(Op.MAX, b.op(Op.SUB, now, start), b.const(0.0)))


PURE: dict[str, Callable[..., int]] = {
    "ABS": _unary(Op.ABS),
    "INT": _unary(Op.FLOOR),
    "ROUND": lambda b, x: b.op(Op.FLOOR, b.op(Op.ADD, x, b.const(0.5))),
    "SIGN": _sign,
    "SQRT": _unary(Op.SQRT),
    "EXP": _unary(Op.EXP),
    "LN": _unary(Op.LOG),
    "LOG10": lambda b, x: b.op(Op.DIV, b.op(Op.LOG, x), b.const(math.log(10.0))),
    "SIN": _unary(Op.SIN),
    "COS": _unary(Op.COS),
    "TAN": _unary(Op.TAN),
    "ARCSIN": _unary(Op.ASIN),
    "ARCCOS": _unary(Op.ACOS),
    "ARCTAN": _unary(Op.ATAN),
    "SAFEDIV": _safediv,
    "STEP": _step,
    "PULSE": _pulse,
    "RAMP": _ramp,
}

TIMED: dict[str, Callable[[Builder], int]] = {
    "time": lambda b: b.clock(),
    "dt": lambda b: b.const(b.time_spec.step),
    "starttime": lambda b: b.const(b.time_spec.start),
    "stoptime": lambda b: b.const(b.time_spec.stop),
    "pi": lambda b: b.const(math.pi),
    "inf": lambda b: b.const(math.inf),
}


def expand(b: Builder, call: Call) -> int:
    """Return the node of a call that reduces an array, remembers, or draws."""
    if call.function in REDUCERS:
        nodes = [node for arg in call.args for node in b.slice(arg)]
        return b.reduced(call, nodes)
    return MEMORY[call.function](b, call)


def _fold(op: Op) -> Callable[[Builder, list[int]], int]:
    def fold(b: Builder, nodes: list[int]) -> int:
        total = nodes[0]
        for node in nodes[1:]:
            total = b.op(op, total, node)
        return total

    return fold


def _mean(b: Builder, nodes: list[int]) -> int:
    return b.op(Op.DIV, _fold(Op.ADD)(b, nodes), b.const(float(len(nodes))))


def _deviation(b: Builder, nodes: list[int]) -> int:
    mean = _mean(b, nodes)
    gaps = [b.op(Op.SUB, node, mean) for node in nodes]
    return b.op(Op.SQRT, _mean(b, [b.op(Op.MUL, gap, gap) for gap in gaps]))


REDUCERS: dict[str, Callable[[Builder, list[int]], int]] = {
    "SUM": _fold(Op.ADD),
    "PROD": _fold(Op.MUL),
    "MIN": _fold(Op.MIN),
    "MAX": _fold(Op.MAX),
    "MEAN": _mean,
    "STDDEV": _deviation,
    "SIZE": lambda b, nodes: b.const(float(len(nodes))),
}


def _order(b: Builder, call: Call) -> int:
    given = call.args[2]
    whole = isinstance(given, Number) and given.value == int(given.value)
    if not whole or not 1 <= given.value <= HIGHEST_ORDER:  # type: ignore[union-attr]
        what = f"the order of {call.function} must be a whole number from 1 to {HIGHEST_ORDER}"
        raise ModelError(what, b.equation.where, "write the number itself", "name")
    return int(given.value)  # type: ignore[union-attr]


def _stages(b: Builder, call: Call, order: int, initial: Expr, *, material: bool) -> int:
    """Return the output of a chain of stages: an average of information, or a delay of material."""

    def wait(of: Builder) -> int:
        stage = of.node(call.args[1])
        return stage if order == 1 else of.op(Op.DIV, stage, of.const(float(order)))

    def start() -> int:
        value = b.at_start(initial)
        if not material:
            return value
        stage = b.at_start(call.args[1])
        return b.op(Op.MUL, value, stage if order == 1 else b.op(Op.DIV, stage, b.const(float(order))))

    if b.world == "initial":
        return b.at_start(initial)
    states: list[int] = []

    def next_of(part: int) -> Callable[[int], int]:
        def rate(state: int) -> int:
            before = b.node(call.args[0]) if part == 0 else states[part - 1]
            if material:
                coming = before if part == 0 else b.op(Op.DIV, before, wait(b))
                return b.op(Op.SUB, coming, b.op(Op.DIV, state, wait(b)))
            return b.op(Op.DIV, b.op(Op.SUB, before, state), wait(b))

        return rate

    states.extend(b.hidden(call, part, start, next_of(part)) for part in range(order))
    return b.op(Op.DIV, states[-1], wait(b)) if material else states[-1]


def _chain(fixed: int | None, *, material: bool) -> Callable[[Builder, Call], int]:
    def build(b: Builder, call: Call) -> int:
        place = 2 if fixed else 3
        order = fixed or _order(b, call)
        initial = call.args[place] if len(call.args) > place else call.args[0]
        return _stages(b, call, order, initial, material=material)

    return build


def _average(b: Builder, call: Call, trend: Expr | None) -> int:
    """Return the running average of the input that TREND and FORCST compare it with."""

    def start() -> int:
        value = b.at_start(call.args[0])
        if trend is None:
            return value
        growth = b.op(Op.MUL, b.at_start(trend), b.at_start(call.args[1]))
        return b.op(Op.DIV, value, b.op(Op.ADD, b.const(1.0), growth))

    if b.world == "initial":
        return start()

    def rate(state: int) -> int:
        return b.op(Op.DIV, b.op(Op.SUB, b.node(call.args[0]), state), b.node(call.args[1]))

    return b.hidden(call, 0, start, rate)


def _growth(b: Builder, call: Call, trend: Expr | None) -> int:
    average = _average(b, call, trend)
    bottom = b.op(Op.MUL, b.op(Op.ABS, average), b.node(call.args[1]))
    return _safediv(b, b.op(Op.SUB, b.node(call.args[0]), average), bottom)


def _trend(b: Builder, call: Call) -> int:
    return _growth(b, call, call.args[2] if len(call.args) > 2 else None)


def _forecast(b: Builder, call: Call) -> int:
    growth = _growth(b, call, call.args[3] if len(call.args) > 3 else None)
    ahead = b.op(Op.ADD, b.const(1.0), b.op(Op.MUL, growth, b.node(call.args[2])))
    return b.op(Op.MUL, b.node(call.args[0]), ahead)


def _previous(b: Builder, call: Call) -> int:
    if b.world == "initial":
        return b.at_start(call.args[1])
    return b.latch(call, 0, lambda: b.at_start(call.args[1]), lambda _: b.node(call.args[0]))


def _initial(b: Builder, call: Call) -> int:
    if b.world == "initial":
        return b.at_start(call.args[0])
    return b.latch(call, 0, lambda: b.at_start(call.args[0]), lambda state: state)


def _standard_normal(b: Builder, call: Call) -> int:
    radius = b.op(Op.SQRT, b.op(Op.MUL, b.const(-2.0), b.op(Op.LOG, b.random(call, 0))))
    angle = b.op(Op.MUL, b.const(2.0 * math.pi), b.random(call, 1))
    return b.op(Op.MUL, radius, b.op(Op.COS, angle))


def _drawn(make: Callable[..., int]) -> Callable[[Builder, Call], int]:
    def build(b: Builder, call: Call) -> int:
        if b.world == "initial":
            what = f"{call.function} cannot stand in an initial value"
            raise ModelError(what, b.equation.where, "start from a constant, drawn between runs", "name")
        return make(b, call, *[b.node(a) for a in call.args])

    return build


def _random(b: Builder, call: Call, low: int, high: int) -> int:
    return b.op(Op.ADD, low, b.op(Op.MUL, b.op(Op.SUB, high, low), b.random(call, 0)))


def _normal(b: Builder, call: Call, mean: int, deviation: int) -> int:
    return b.op(Op.ADD, mean, b.op(Op.MUL, deviation, _standard_normal(b, call)))


def _lognormal(b: Builder, call: Call, mean: int, deviation: int) -> int:
    ratio = b.op(Op.DIV, deviation, mean)
    variance = b.op(Op.LOG, b.op(Op.ADD, b.const(1.0), b.op(Op.MUL, ratio, ratio)))
    middle = b.op(Op.SUB, b.op(Op.LOG, mean), b.op(Op.DIV, variance, b.const(2.0)))
    spread = b.op(Op.MUL, b.op(Op.SQRT, variance), _standard_normal(b, call))
    return b.op(Op.EXP, b.op(Op.ADD, middle, spread))


def _exponential(b: Builder, call: Call, mean: int) -> int:
    return b.op(Op.MUL, b.op(Op.NEG, mean), b.op(Op.LOG, b.random(call, 0)))


MEMORY: dict[str, Callable[[Builder, Call], int]] = {
    "SMTH1": _chain(1, material=False),
    "SMTH3": _chain(3, material=False),
    "SMTHN": _chain(None, material=False),
    "DELAY1": _chain(1, material=True),
    "DELAY3": _chain(3, material=True),
    "DELAYN": _chain(None, material=True),
    "TREND": _trend,
    "FORCST": _forecast,
    "PREVIOUS": _previous,
    "INIT": _initial,
    "RANDOM": _drawn(_random),
    "NORMAL": _drawn(_normal),
    "LOGNORMAL": _drawn(_lognormal),
    "EXPRND": _drawn(_exponential),
}
