"""Built-ins that look back in the run: pipelines whose length changes, belts with losses, earlier values.

They keep what went in during the last steps, the newest first. A pipeline keeps beside it how many steps
each entry has to wait, so that what comes out is found by age. No more steps are kept than a run has, or
than the equations of a time let it last, and at most LONGEST; an entry that would have to wait longer comes
out as not a number.

Source: Vensim Reference Manual, "DELAY INFORMATION", "DELAY MATERIAL", "DELAY CONVEYOR"; how a delay is
rounded to whole steps is as in DELAY FIXED. The help pages of Stella, "Data builtins", for HISTORY.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from putar.engine.builder import Builder, Made, pick
from putar.engine.ir import Op
from putar.language.expr import Binary, Call, Expr, Name

__all__ = ["HISTORIES"]

LONGEST = 4000
LONGEST_BELT = 20_000


def _depth(b: Builder, longest: float = math.inf) -> int:
    """Return how many steps are kept for times up to one; members may have others than the default."""
    enough = min(b.time_spec.steps + 1, LONGEST)
    if longest < enough * b.time_spec.step:
        enough = min(enough, 2 * math.ceil(max(longest, 0.0) / b.time_spec.step) + 8)
    return max(1, enough)


def _whole_steps(b: Builder, wait: int) -> int:
    """Return a time in whole steps, at least one; halves go up."""
    steps = b.op(Op.MAX, b.op(Op.DIV, wait, b.const(b.time_spec.step)), b.const(1.0))
    return b.op(Op.FLOOR, b.op(Op.ADD, steps, b.const(0.5)))


def _kept(
    b: Builder, call: Call, first: int, depth: int, initial: Callable[[], int], newest: Callable[[], int]
) -> list[int]:
    """Return what a node was one step ago, two steps ago and so on; `initial` before the run."""
    found: list[int] = []

    def following(part: int) -> Callable[[int], int]:
        return lambda _: newest() if part == 0 else found[part - 1]

    found.extend(b.latch(call, first + part, initial, following(part)) for part in range(depth))
    return found


def _entries(b: Builder, call: Call, value: Expr, wait: Expr) -> tuple[list[int], list[int]]:
    """Return the values and the waits, in steps, of what went in one step ago, two steps ago and so on.

    Before the run nothing went in: it has to wait until it is forgotten.
    """
    depth = _depth(b, b.extent(wait)[1])
    longest = b.const(float(depth))

    def steps() -> int:
        time = b.node(wait)
        found = b.op(Op.MIN, _whole_steps(b, time), longest)
        return b.op(Op.SELECT, b.op(Op.EQ, time, time), found, b.const(1.0))

    def entry() -> int:
        time = b.node(wait)
        fits = b.op(Op.EQ, time, time)  # else it is not a number, which arrives at once
        if depth <= b.time_spec.steps:  # else what waits longer is not seen in this run
            fits = b.op(Op.AND, fits, b.op(Op.LE, _whole_steps(b, time), longest))
        return b.op(Op.SELECT, fits, b.node(value), b.const(math.nan))

    values = _kept(b, call, 0, depth, lambda: b.const(0.0), entry)
    waits = _kept(b, call, depth, depth, lambda: b.const(depth + 1.0), steps)
    return values, waits


def _information(b: Builder, call: Call) -> int:
    """Return the newest value that has arrived; one that is overtaken is dropped, none is held."""
    value, wait, initial = call.args
    found = b.at_start(initial)
    if b.world == "initial":
        return found
    values, waits = _entries(b, call, value, wait)
    for age in range(len(values), 0, -1):
        arrived = b.op(Op.LE, waits[age - 1], b.const(float(age)))
        found = b.op(Op.SELECT, arrived, values[age - 1], found)
    return found


def _material(b: Builder, call: Call) -> int:
    """Return the sum of what arrives now, or another value where nothing does.

    At the start of the run the pipeline is as long as the delay is then, and filled with `initial`.
    """
    value, wait, initial, missing = call.args
    start = b.at_start(initial)
    if b.world == "initial":
        return start
    values, waits = _entries(b, call, value, wait)
    gone = b.op(Op.SUB, b.step_clock(), b.const(b.time_spec.start - b.time_spec.step / 2))
    gone = b.op(Op.FLOOR, b.op(Op.DIV, gone, b.const(b.time_spec.step)))
    some = b.op(Op.LT, gone, _whole_steps(b, b.at_start(wait)))
    found = b.op(Op.SELECT, some, start, b.const(0.0))
    for age, (content, steps) in enumerate(zip(values, waits, strict=True), 1):
        here = b.op(Op.EQ, steps, b.const(float(age)))
        found = b.op(Op.ADD, found, b.op(Op.SELECT, here, content, b.const(0.0)))
        some = b.op(Op.OR, some, here)
    return b.op(Op.SELECT, some, found, b.node(missing))


def _conveyor(b: Builder, call: Call) -> int:
    """Return what leaves a belt of constant speed; a share of all that is on it is lost at every step."""
    profile, value, wait, leak, amount, first = call.args
    whole = _whole_steps(b, b.at_start(wait))
    steps = b.at_default(whole)
    exact = b.at_default(b.at_start(wait)) / b.time_spec.step
    empty = b.at_start(amount)
    if not b.steady(wait) or not abs(exact - steps) < 1e-6:
        what = "is computed for a time that stays the same and is a whole number of steps"
        raise b.refuse(call, what, "say the time as a constant, in whole steps")
    if len(set(b.table(profile).ys)) > 1 and (b.varies(empty) or b.at_default(empty) != 0.0):
        what = "is computed for an even profile of what is on it at the start"
        raise b.refuse(call, what, "use a flat profile, or start it empty")
    if steps > LONGEST_BELT:
        what = f"must not last more than {LONGEST_BELT} steps"
        raise b.refuse(call, what, "make the step longer, or the time shorter")

    def start() -> int:
        return b.op(Op.DIV, b.at_start(amount), b.at_start(first))

    if b.world == "initial":
        return start()
    slots: list[int] = []
    count = int(min(steps, b.time_spec.steps + 1))

    def following(part: int) -> Callable[[int], int]:
        def after(_: int) -> int:
            left = b.op(Op.MUL, b.node(leak), b.const(b.time_spec.step))
            before = slots[part - 1] if part else b.node(value)
            return b.op(Op.MUL, before, b.op(Op.SUB, b.const(1.0), left))

        return after

    slots.extend(b.latch(call, part, start, following(part)) for part in range(count))
    same = b.op(Op.AND, b.op(Op.EQ, whole, b.const(steps)), b.op(Op.EQ, b.at_start(first), b.at_start(wait)))
    if b.varies(same) or b.at_default(same) != 1.0:
        return b.op(Op.SELECT, same, slots[-1], b.const(math.nan))
    return slots[-1]


def _lag(when: Expr) -> Expr | None:
    """Return how long ago a time is that is written as TIME less something."""
    match when:
        case Binary(op="-", left=Name(name="time"), right=right):
            return right
    return None


def _history(b: Builder, call: Call) -> int:
    """Return the value at another time of this run so far, to the nearest step; 0 where there is none.

    Within a step, what is some time ago stays as many steps ago, and a date stays where it is.
    """
    value, when = call.args
    lag = _lag(when)
    least, longest = (-math.inf, math.inf) if lag is None else b.extent(lag)
    before = least >= b.time_spec.step / 2  # so that a value may look back on itself
    if b.world == "initial":
        if before:
            return b.const(0.0)
        gap = b.op(Op.SUB, b.const(b.time_spec.start), b.at_start(when))
        now = b.op(Op.LT, b.op(Op.ABS, gap), b.const(b.time_spec.step / 2))
        return b.op(Op.SELECT, now, b.at_start(value), b.const(0.0))
    depth = _depth(b, longest)
    older = _kept(b, call, 0, depth, lambda: b.const(0.0), lambda: b.node(value))
    now = b.step_clock() if lag is None else b.clock()
    ago = b.op(Op.DIV, b.op(Op.SUB, now, b.node(when)), b.const(b.time_spec.step))
    ago = b.op(Op.FLOOR, b.op(Op.ADD, ago, b.const(0.5)))
    found = pick(b, ago, [b.const(math.nan) if before else b.node(value), *older], b.const(0.0))
    if depth > b.time_spec.steps:
        return found
    begun = b.op(Op.GE, b.node(when), b.const(b.time_spec.start - b.time_spec.step / 2))
    far = b.op(Op.AND, begun, b.op(Op.GT, ago, b.const(float(depth))))
    return b.op(Op.SELECT, far, b.const(math.nan), found)


HISTORIES: dict[str, Made] = {
    "DELAY_INFORMATION": _information,
    "DELAY_MATERIAL": _material,
    "DELAY_CONVEYOR": _conveyor,
    "HISTORY": _history,
}
