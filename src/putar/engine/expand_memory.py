"""Built-ins with memory: averages, delays, trends, samples, as states that a modeller could have drawn.

What a structure's size depends on (the order of a delay, the length of a pipeline) is taken from the
default parameters. A member that changes it gets not-a-number rather than a wrong number.

Source: XMILE 1.0 (OASIS), section 3.5; the stock forms of delays and averages: Sterman (2000),
Business Dynamics, chapters 11 and 16; the functions of Vensim: docs/formats.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from putar.engine.builder import Builder, Made
from putar.engine.expand_pure import PURE, safediv
from putar.engine.ir import Op
from putar.errors import ModelError
from putar.language.expr import Call, Expr, Number

__all__ = ["MEMORY"]

HIGHEST_ORDER = 100
LONGEST_PIPELINE = 20_000


def _order(b: Builder, call: Call, at: int) -> tuple[int, int]:
    """Return the order of a delay, and a node that is 0 where a member asks for another one."""
    given = b.at_start(call.args[at])
    number = math.trunc(b.at_default(given)) if math.isfinite(b.at_default(given)) else 0
    literal = isinstance(call.args[at], Number)
    if not 1 <= number <= HIGHEST_ORDER or (literal and b.at_default(given) != number):
        what = f"the order of {call.function} must be a whole number from 1 to {HIGHEST_ORDER}"
        raise ModelError(what, b.equation.where, "write the number itself", "name")
    return number, b.op(Op.EQ, b.op(Op.TRUNC, given), b.const(float(number)))


def _fixed(b: Builder, holds: int, value: int) -> int:
    """Return a value that is not a number where a structure is not the one a member asks for."""
    return b.op(Op.SELECT, holds, value, b.const(math.nan)) if b.varies(holds) else value


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
        initial = call.args[place] if len(call.args) > place else call.args[0]
        if fixed:
            return _stages(b, call, fixed, initial, material=material)
        order, holds = _order(b, call, 2)
        return _fixed(b, holds, _stages(b, call, order, initial, material=material))

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
    return safediv(b, b.op(Op.SUB, b.node(call.args[0]), average), bottom)


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


def _forecast_of_vensim(b: Builder, call: Call) -> int:
    """Return x (1 + (x - A) / (T A) horizon) with A an average of x that starts at x."""
    average = _average(b, call, None)
    bottom = b.op(Op.MUL, average, b.node(call.args[1]))
    growth = PURE["ZIDZ"](b, b.op(Op.SUB, b.node(call.args[0]), average), bottom)
    ahead = b.op(Op.ADD, b.const(1.0), b.op(Op.MUL, growth, b.node(call.args[2])))
    return b.op(Op.MUL, b.node(call.args[0]), ahead)


def _active_initial(b: Builder, call: Call) -> int:
    return b.at_start(call.args[1]) if b.world == "initial" else b.node(call.args[0])


def _sample(b: Builder, call: Call) -> int:
    """Return the value where the condition holds now, else the one last sampled."""
    if b.world == "initial":
        now = b.at_start(call.args[0])
        return b.op(Op.SELECT, now, b.at_start(call.args[1]), b.at_start(call.args[2]))

    def sampled(state: int) -> int:
        return b.op(Op.SELECT, b.node(call.args[0]), b.node(call.args[1]), state)

    return sampled(b.latch(call, 0, lambda: b.at_start(call.args[2]), sampled))


def _pipeline(b: Builder, call: Call) -> int:
    """Return the input of n steps ago, n = floor(max(T / step, 1) + 1/2) with the T of the start.

    The places of the pipeline are latches. A member whose own T needs fewer places than there are
    enters nearer to the exit; one that needs more than there are is not a number.
    """
    initial = call.args[2] if len(call.args) > 2 else call.args[0]
    if b.world == "initial":
        return b.at_start(initial)
    step = b.time_spec.step
    waits = b.op(Op.DIV, b.at_start(call.args[1]), b.const(step))
    length = b.op(Op.FLOOR, b.op(Op.ADD, b.op(Op.MAX, waits, b.const(1.0)), b.const(0.5)))
    steps, varies = b.at_default(length), b.varies(length)
    longest = b.time_spec.steps + 1  # what enters then is never seen
    if steps != steps:  # nobody knows how long it is
        return b.const(math.nan)
    places = int(min(longest, steps))
    if varies:
        places = min(longest, max(2 * places, places + 8))
    if places > LONGEST_PIPELINE:
        what = f"must not wait for more than {LONGEST_PIPELINE} steps"
        raise b.refuse(call, what, "make the step longer, or the delay shorter")
    states: dict[int, int] = {}

    def next_of(part: int) -> Callable[[int], int]:
        def following(state: int) -> int:  # noqa: ARG001 - a pipeline forgets where it was
            before = states[part + 1] if part < places else b.at_start(initial)
            if not varies:
                return b.node(call.args[0]) if part == places else before
            enters = b.op(Op.EQ, length, b.const(float(part)))
            return b.op(Op.SELECT, enters, b.node(call.args[0]), before)

        return following

    for part in range(1, places + 1):
        states[part] = b.latch(call, part, lambda: b.at_start(initial), next_of(part))
    if varies and places < longest:
        return b.op(Op.SELECT, b.op(Op.GT, length, b.const(float(places))), b.const(math.nan), states[1])
    return states[1]


def _delay_n(b: Builder, call: Call) -> int:
    """Return a material delay whose stages keep the delay time that held when their content entered."""
    order, holds = _order(b, call, 3)
    first = b.at_default(b.at_start(call.args[1]))
    while order > 1 and order * b.time_spec.step > first:
        order -= 1
    if b.world == "initial":
        return b.at_start(call.args[2])
    share = b.const(float(order))

    def wait_at_start() -> int:
        return b.op(Op.DIV, b.at_start(call.args[1]), share)

    waits: list[int] = []
    levels: list[int] = []

    def wait_next(part: int) -> Callable[[int], int]:
        return lambda _: waits[part - 1]

    def level_next(part: int) -> Callable[[int], int]:
        def rate(state: int) -> int:
            coming = b.op(Op.DIV, levels[part - 1], waits[part - 1]) if part else b.node(call.args[0])
            return b.op(Op.SUB, coming, b.op(Op.DIV, state, waits[part]))

        return rate

    def start() -> int:
        return b.op(Op.MUL, b.at_start(call.args[2]), wait_at_start())

    waits.append(b.op(Op.DIV, b.node(call.args[1]), share))
    waits.extend(b.latch(call, order + part, wait_at_start, wait_next(part)) for part in range(1, order))
    levels.extend(b.hidden(call, part, start, level_next(part)) for part in range(order))
    return _fixed(b, holds, b.op(Op.DIV, levels[-1], waits[-1]))


def _net_present_value(b: Builder, call: Call) -> int:
    """Return (C + x h d) f, where d is the discount so far and C the discounted flow so far."""
    flow, rate, initial, factor = call.args
    step = b.const(b.time_spec.step)

    def discount(state: int) -> int:
        each = b.node(rate)
        whole = b.op(Op.ADD, b.const(1.0), b.op(Op.MUL, each, step))
        return b.op(Op.NEG, b.op(Op.DIV, b.op(Op.MUL, state, each), whole))

    if b.world == "initial":
        so_far, now = b.at_start(initial), b.const(1.0)
    else:
        now = b.hidden(call, 0, lambda: b.const(1.0), discount)
        so_far = b.hidden(call, 1, lambda: b.at_start(initial), lambda _: b.op(Op.MUL, b.node(flow), now))
    due = b.op(Op.MUL, b.op(Op.MUL, b.node(flow), step), now)
    return b.op(Op.MUL, b.op(Op.ADD, so_far, due), b.node(factor))


def _depreciation(b: Builder, call: Call) -> int:
    """Return what a stream of investments loses in value, in equal parts over its life's fiscal periods.

    The first part falls into the period of the investment itself, so that the answer is the mean of the
    stream now and of its averages in the periods before. Before the run the stream was `initial`.
    """
    stream, life, period, initial = call.args
    given = b.op(Op.DIV, b.at_start(life), b.at_start(period))
    count = b.op(Op.MAX, b.op(Op.FLOOR, b.op(Op.ADD, given, b.const(0.5))), b.const(1.0))
    long = b.op(Op.DIV, b.at_start(period), b.const(b.time_spec.step))
    steps = b.op(Op.MAX, b.op(Op.FLOOR, b.op(Op.ADD, long, b.const(0.5))), b.const(1.0))
    periods, every = b.at_default(count), b.at_default(steps)
    if not (math.isfinite(periods) and math.isfinite(every) and periods <= LONGEST_PIPELINE):
        what = f"must not last more than {LONGEST_PIPELINE} fiscal periods"
        raise b.refuse(call, what, "make the fiscal period longer, or the life shorter")
    whole = b.const(periods)
    if b.world == "initial":
        before = b.op(Op.MUL, b.op(Op.SUB, whole, b.const(1.0)), b.at_start(initial))
        return b.op(Op.DIV, b.op(Op.ADD, b.at_start(stream), before), whole)
    one, zero = b.const(1.0), b.const(0.0)
    so_far = phase = zero
    full = one

    def ends(phase_now: int) -> int:
        return b.op(Op.GE, b.op(Op.ADD, phase_now, one), b.const(every))

    if every > 1 and periods > 1:
        phase = b.latch(
            call, 1, lambda: zero, lambda now: b.op(Op.SELECT, ends(now), zero, b.op(Op.ADD, now, one))
        )
        full = ends(phase)
        so_far = b.latch(
            call,
            2,
            lambda: zero,
            lambda now: b.op(Op.SELECT, full, zero, b.op(Op.ADD, now, b.node(stream))),
        )
    averages: list[int] = []

    def next_of(part: int) -> Callable[[int], int]:
        def following(state: int) -> int:
            if part:
                fresh = averages[part - 1]
            else:
                fresh = b.op(Op.DIV, b.op(Op.ADD, so_far, b.node(stream)), b.const(every))
            return b.op(Op.SELECT, full, fresh, state)

        return following

    parts = range(int(periods) - 1)
    averages.extend(b.latch(call, part + 3, lambda: b.at_start(initial), next_of(part)) for part in parts)
    found = b.node(stream)
    for average in averages:
        found = b.op(Op.ADD, found, average)
    holds = b.op(Op.AND, b.op(Op.EQ, count, whole), b.op(Op.EQ, steps, b.const(every)))
    return _fixed(b, holds, b.op(Op.DIV, found, whole))


MEMORY: dict[str, Made] = {
    "SMTH1": _chain(1, material=False),
    "SMTH3": _chain(3, material=False),
    "SMTHN": _chain(None, material=False),
    "DELAY1": _chain(1, material=True),
    "DELAY3": _chain(3, material=True),
    "DELAYN": _chain(None, material=True),
    "DELAY_N": _delay_n,
    "DELAY": _pipeline,
    "TREND": _trend,
    "FORCST": _forecast,
    "FORECAST": _forecast_of_vensim,
    "NPV": _net_present_value,
    "DEPRECIATION": _depreciation,
    "PREVIOUS": _previous,
    "INIT": _initial,
    "ACTIVE_INITIAL": _active_initial,
    "SAMPLE_IF_TRUE": _sample,
}
