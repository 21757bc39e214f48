"""Where the parts of a plain stock and flow diagram stand: chains of stocks in rows, the rest in rows below.

Stocks that flows join stand in one row, with a pipe between neighbours. A flow that finds the side of its
stock taken goes up or down instead, one that leaps over a neighbour goes over the row. Whatever else there is
stands below, in rows: first what flows and stocks need themselves, then what that needs, and so on. Modules
stand in a ring.

Units are those of the diagram, a pixel at full size; y grows downwards. Nothing stands on anything else.

Source: XMILE 1.0 (OASIS), chapter 5, for what a diagram has; the arrangement is putar's own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Diagram", "Pipe", "Place", "arranged"]

APART = 240.0  # from stock to stock
UP = 90.0  # from a stock to its cloud, above or below
PORT = 70.0  # from one pipe on a stock's upper or lower side to the next
LANE = 45.0  # from one pipe over a row to the next
SIDE = 22.5  # half of a stock's width
EDGE = 17.5  # half of its height
ACROSS, DOWN = 130.0, 90.0  # from one small symbol to the next
STAGGER = 30.0  # how much lower every other one stands, so that names and connectors part
LEFT, TOP = 180.0, 80.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A symbol's centre, and a stock's width."""

    x: float
    y: float
    width: float = 2 * SIDE


@dataclass(frozen=True, slots=True)
class Pipe:
    """A flow: where its valve is, and the corners of its pipe, from where it comes to where it goes."""

    x: float
    y: float
    corners: tuple[Point, ...]


@dataclass(slots=True)
class Diagram:
    """Where everything of one view stands."""

    stocks: dict[str, Place] = field(default_factory=dict)
    flows: dict[str, Pipe] = field(default_factory=dict)
    others: dict[str, Place] = field(default_factory=dict)

    def centre(self, name: str) -> Point:
        """Return the middle of a symbol."""
        found: Place | Pipe = self.stocks.get(name) or self.flows.get(name) or self.others[name]
        return found.x, found.y


def arranged(
    stocks: Mapping[str, tuple[Sequence[str], Sequence[str]]],
    flows: Sequence[str],
    modules: Sequence[str],
    others: Sequence[str],
    needs: Iterable[tuple[str, str]],
) -> Diagram:
    """Return a diagram in which every symbol has a place of its own.

    Parameters
    ----------
    stocks : the inflows and outflows of each
    others : auxiliaries and tables
    needs : pairs of a symbol and one that needs it
    """
    sources: dict[str, str] = {}
    targets: dict[str, str] = {}
    for stock, (inflows, outflows) in stocks.items():
        for flow in outflows:
            sources.setdefault(flow, stock)
        for flow in inflows:
            targets.setdefault(flow, stock)
    known = [f for f in dict.fromkeys(flows) if f in sources or f in targets]
    diagram = Diagram()
    y = TOP
    for row in _chains(stocks, known, sources, targets):
        mine = [f for f in known if sources.get(f, targets.get(f)) in row]
        y = _row(diagram, row, mine, sources, targets, y)
    loose = [f for f in dict.fromkeys(flows) if f not in sources and f not in targets]
    for index, flow in enumerate(loose):
        x, line = LEFT + APART * (index % 5), y + DOWN * (index // 5)
        diagram.flows[flow] = Pipe(x, line, ((x - 60.0, line), (x + 60.0, line)))
    y += DOWN * (-(-len(loose) // 5))
    y = _ring(diagram, modules, y)
    _below(diagram, others, list(needs), y)
    return diagram


def _ring(diagram: Diagram, modules: Sequence[str], top: float) -> float:
    """Place modules in a ring; return where the rows below it begin."""
    if not modules:
        return top
    count = len(modules)
    high = 0.0 if count == 1 else max(90.0, ACROSS * count / (2 * math.pi))
    wide = 0.0 if count == 1 else 1.4 * high
    for index, module in enumerate(modules):
        turn = 2 * math.pi * index / count - math.pi / 2
        x, y = LEFT + wide + wide * math.cos(turn), top + high + high * math.sin(turn)
        diagram.others[module] = Place(round(x, 1), round(y, 1))
    return top + 2 * high + DOWN


def _chains(
    stocks: Iterable[str], flows: Iterable[str], sources: Mapping[str, str], targets: Mapping[str, str]
) -> list[list[str]]:
    """Return rows of stocks that flows join, upstream first."""
    onward: dict[str, list[str]] = {stock: [] for stock in stocks}
    backward: dict[str, list[str]] = {stock: [] for stock in onward}
    for flow in flows:
        if flow in sources and flow in targets and sources[flow] != targets[flow]:
            onward[sources[flow]].append(targets[flow])
            backward[targets[flow]].append(sources[flow])
    rows: list[list[str]] = []
    met: set[str] = set()
    for first in sorted(onward, key=lambda s: len(backward[s])):  # sources first, else as written
        if first in met:
            continue
        row, waiting = [], [first]
        while waiting:
            stock = waiting.pop()
            if stock in met:
                continue
            met.add(stock)
            row.append(stock)
            waiting += [*reversed(backward[stock]), *reversed(onward[stock])]
        rows.append(row)
    return rows


def _row(
    diagram: Diagram,
    row: Sequence[str],
    flows: Sequence[str],
    sources: Mapping[str, str],
    targets: Mapping[str, str],
    top: float,
) -> float:
    """Place one row of stocks with its flows; return where the next begins."""
    at = {stock: index for index, stock in enumerate(row)}
    taken: set[tuple[str, str]] = set()  # stocks and their sides
    straight: list[str] = []
    above: list[str] = []
    below: list[str] = []
    over: list[str] = []
    for flow in flows:
        source, target = sources.get(flow), targets.get(flow)
        start = at.get(source or "", -1 if target is None else at.get(target, 0) - 1)
        end = at.get(target or "", start + 1)
        if source is not None and target is not None and abs(end - start) != 1:
            over.append(flow)
            continue
        ends = [(source, "right" if end > start else "left"), (target, "left" if end > start else "right")]
        used = {(stock, side) for stock, side in ends if stock is not None}
        used.add((f"gap {max(start, end)}", ""))
        if not used & taken:
            taken |= used
            straight.append(flow)
        elif source is not None and target is not None:
            over.append(flow)
        else:
            (above if source is None else below).append(flow)
    ports = _ports(row, above, below, over, sources, targets)
    y = top + (LANE * len(over) + UP if over else UP if above else 0.0)
    x = LEFT
    for stock in row:
        width = max(2 * SIDE, PORT * max(len(ports[stock, "up"]), len(ports[stock, "down"])))
        diagram.stocks[stock] = Place(x + width / 2 - SIDE, y, width)
        x += APART + width - 2 * SIDE
    for flow in straight:
        diagram.flows[flow] = _straight(diagram, sources.get(flow), targets.get(flow))
    for flow in (*above, *below):
        up = flow in above
        stock = (targets if up else sources)[flow]
        px = _port(diagram, ports, stock, "up" if up else "down", flow)
        sign = -1.0 if up else 1.0
        cloud, edge = (px, y + sign * UP), (px, y + sign * EDGE)
        diagram.flows[flow] = Pipe(px, y + sign * (UP + EDGE) / 2, (cloud, edge) if up else (edge, cloud))
    for index, flow in enumerate(over):
        lane = y - UP / 2 - LANE * (index + 1)
        a = _port(diagram, ports, sources[flow], "up", f"from {flow}")
        b = _port(diagram, ports, targets[flow], "up", f"to {flow}")
        corners = ((a, y - EDGE), (a, lane), (b, lane), (b, y - EDGE))
        diagram.flows[flow] = Pipe((a + b) / 2, lane, corners)
    return y + (UP if below else 0.0) + DOWN + 25.0


def _ports(
    row: Sequence[str],
    above: Sequence[str],
    below: Sequence[str],
    over: Sequence[str],
    sources: Mapping[str, str],
    targets: Mapping[str, str],
) -> dict[tuple[str, str], list[str]]:
    """Return the pipes at the upper and the lower side of each stock, from left to right."""
    ports: dict[tuple[str, str], list[str]] = {(s, side): [] for s in row for side in ("up", "down")}
    for flow in above:
        ports[targets[flow], "up"].append(flow)
    for flow in below:
        ports[sources[flow], "down"].append(flow)
    for flow in over:
        ports[sources[flow], "up"].append(f"from {flow}")
        ports[targets[flow], "up"].append(f"to {flow}")
    return ports


def _port(
    diagram: Diagram, ports: Mapping[tuple[str, str], list[str]], stock: str, side: str, pipe: str
) -> float:
    pipes = ports[stock, side]
    return diagram.stocks[stock].x + PORT * (pipes.index(pipe) - (len(pipes) - 1) / 2)


def _straight(diagram: Diagram, source: str | None, target: str | None) -> Pipe:
    """Return a pipe on the level of its stocks; a cloud stands half a gap away."""
    if source is not None and target is not None:
        a, b = diagram.stocks[source], diagram.stocks[target]
        sign = 1.0 if b.x > a.x else -1.0
        start, end = a.x + sign * a.width / 2, b.x - sign * b.width / 2
        return Pipe((start + end) / 2, a.y, ((start, a.y), (end, a.y)))
    if target is not None:
        b = diagram.stocks[target]
        end = b.x - b.width / 2
        return Pipe(end - 65.0, b.y, ((end - 120.0, b.y), (end, b.y)))
    assert source is not None  # loose flows have a place of their own
    a = diagram.stocks[source]
    start = a.x + a.width / 2
    return Pipe(start + 65.0, a.y, ((start, a.y), (start + 120.0, a.y)))


def _below(diagram: Diagram, others: Sequence[str], needs: Sequence[tuple[str, str]], top: float) -> None:
    """Place what is neither stock nor flow, nearest to what needs it first."""
    users: dict[str, list[str]] = {}
    for source, user in needs:
        users.setdefault(user, []).append(source)
    depth: dict[str, int] = {}
    waiting, level = [*diagram.flows, *diagram.stocks, *diagram.others], 0
    left = set(others)
    while waiting:
        level += 1
        waiting = [s for s in dict.fromkeys(n for user in waiting for n in users.get(user, ())) if s in left]
        left -= set(waiting)
        depth |= dict.fromkeys(waiting, level)
    columns = max(6, round(1.6 * len(others) ** 0.5))
    y = top
    rows: dict[int, list[str]] = {}
    for name in dict.fromkeys(others):
        rows.setdefault(depth.get(name, level + 1), []).append(name)
    for _, names in sorted(rows.items()):
        for index, name in enumerate(names):
            x, line = LEFT - 60.0 + ACROSS * (index % columns), y + DOWN * (index // columns)
            diagram.others[name] = Place(x, line + STAGGER * (index % 2))
        y += DOWN * (-(-len(names) // columns))
