"""Programs made by hand for the engine's tests."""

from __future__ import annotations

import math

from putar.engine.ir import Graph, Op, Program, State, Table

CHAIN_TABLE = Table(
    (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0), (0.6, 0.7, 0.85, 0.95, 1.0, 1.1, 1.25, 1.45, 1.7)
)


def teacup(step: float, method: str, stop: float = 30.0) -> Program:
    """A cup cools towards the room: x' = -(x - 70) / 10 from 180; exact 70 + 110 exp(-t / 10)."""
    g = Graph()
    gap = g.node(Op.SUB, g.state(0), g.const(70.0))
    rate = g.node(Op.NEG, g.node(Op.DIV, gap, g.const(10.0)))
    return program(g, states=[("x", 180.0, rate)], step=step, steps=round(stop / step), method=method)


def program(
    g: Graph,
    states: list[tuple[str, float, int]],
    outputs: dict[str, int] | None = None,
    *,
    tables: tuple[Table, ...] = (),
    parameters: dict[str, float] | None = None,
    latches: tuple[str, ...] = (),
    start: float = 0.0,
    step: float = 1.0,
    steps: int = 10,
    method: str = "euler",
    save_every: int = 1,
) -> Program:
    """Return a Program of states (name, constant initial value, node of the next value)."""
    made = tuple(
        State(name, g.const(initial), node, "latch" if name in latches else "integral")
        for name, initial, node in states
    )
    every = {name: g.state(i) for i, (name, _, _) in enumerate(states)} | (outputs or {})
    parameters = parameters or {}
    return Program(
        g,
        tables,
        tuple(parameters),
        tuple(parameters.values()),
        made,
        tuple(every.items()),
        start,
        step,
        steps,
        method,
        save_every,
    )


def chain(n: int, steps: int = 800) -> Program:
    """A chain of n aged stocks with an exponential, a table, bounds and a branch at each stage.

    The last stock feeds back on the first. Parameters: base delay and input rate.
    """
    g = Graph()
    base, rate = g.param(0), g.param(1)
    stock = [g.state(i) for i in range(n)]
    zero, half, one = g.const(0.0), g.const(0.5), g.const(1.0)
    del one
    inflow = g.node(Op.MUL, rate, g.node(Op.EXP, g.node(Op.DIV, g.node(Op.NEG, stock[-1]), g.const(150.0))))
    states, outputs = [], {}
    for i in range(1, n + 1):
        x = stock[i - 1]
        scale = g.node(Op.MUL, g.const(80.0), g.const(1.0 + 0.05 * (i % 7)))
        press = g.node(Op.EXP, g.node(Op.DIV, g.node(Op.NEG, x), scale))
        delay = g.lookup(0, g.node(Op.DIV, x, g.const(30.0 + (i * 3) % 20)))
        out = g.node(Op.DIV, x, g.node(Op.MUL, base, delay))
        out = g.node(Op.MAX, zero, g.node(Op.MIN, out, g.const(12.0)))
        loss = g.node(Op.SELECT, g.node(Op.GT, x, g.const(60.0)), g.node(Op.MUL, x, g.const(0.03)), zero)
        if i > 1:
            inflow = g.node(Op.MUL, inflow, g.node(Op.ADD, half, g.node(Op.MUL, half, press)))
        net = g.node(Op.SUB, g.node(Op.SUB, inflow, out), loss)
        states.append((f"s{i}", 20.0 + (i * 7) % 50, net))
        outputs |= {f"press{i}": press, f"delay{i}": delay, f"out{i}": out, f"loss{i}": loss}
        inflow = out
    return program(
        g,
        states,
        outputs,
        tables=(CHAIN_TABLE,),
        parameters={"base delay": 4.0, "input rate": 20.0},
        step=0.125,
        steps=steps,
        save_every=8,
    )


SPECIAL = (
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 2.5, 1e300, -1e300, 1e-310, -5e-324, 1e-300,
    3.0, 1e16, 0.1, 7.0, math.inf, -math.inf, math.nan,
)  # fmt: skip
