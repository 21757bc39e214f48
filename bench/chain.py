"""The model that benchmarks run: a chain of N rooms, as .putar text, as XMILE, as Vensim .mdl and as NumPy.

Goods arrive in room 1, move on from room to room, and spoil where there are too many; the fuller the last
room, the less arrives in the first. Each room has one stock and five computed variables: an exponential, a
table, a minimum and a maximum, a branch, and a product. The model has no meaning; it has the operations
that real ones have. All four forms come from the same rows, so that every engine is asked the same
question.

    python bench/chain.py 100 DIRECTORY      writes chain100.putar, chain100.xmile and chain100.mdl
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

START, STOP, STEPS_A_MONTH = 0, 100, 8
STEPS = (STOP - START) * STEPS_A_MONTH
SAVED = STOP - START + 1

CONSTANTS = {
    "stay": (4.0, "month"),
    "supply": (20.0, "1/month"),
    "room_size": (80.0, "dmnl"),
    "fastest": (12.0, "1/month"),
    "tolerance": (60.0, "dmnl"),
    "spoilage": (0.03, "1/month"),
    "echo": (150.0, "dmnl"),
}
SLOWNESS = tuple(zip(np.arange(9) / 4, (0.6, 0.7, 0.85, 0.95, 1.0, 1.1, 1.25, 1.45, 1.7), strict=True))


@dataclass(frozen=True, slots=True)
class Row:
    """One variable: kind, name, unit, equation in XMILE syntax, and, for a stock, what flows in and out."""

    kind: str
    name: str
    unit: str
    equation: str
    inflow: str = ""
    outflows: tuple[str, ...] = ()


def first_goods(room: int) -> float:
    """What lies in a room at the start."""
    return 20.0 + (room * 7) % 50


def usual_goods(room: int) -> float:
    """The goods at which a room's slowness is about 1."""
    return 30.0 + (room * 3) % 20


def relative_size(room: int) -> float:
    """The size of a room, 1 for the smallest."""
    return round(1.0 + 0.05 * (room % 7), 2)


def rows(rooms: int) -> list[Row]:
    """The variables of a chain, constants first, in the order of reading."""
    found = [Row("constant", name, unit, repr(value)) for name, (value, unit) in CONSTANTS.items()]
    found.append(Row("aux", "appetite", "dmnl", f"EXP(-goods_{rooms} / echo)"))
    for i in range(1, rooms + 1):
        comes = "supply * appetite" if i == 1 else f"moving_{i - 1} * (0.5 + 0.5 * crowding_{i})"
        goes = f"MAX(0, MIN(goods_{i} / (stay * slowness_{i}), fastest))"
        spoils = f"IF goods_{i} > tolerance THEN goods_{i} * spoilage ELSE 0"
        found += [
            Row(
                "stock",
                f"goods_{i}",
                "dmnl",
                repr(first_goods(i)),
                f"arriving_{i}",
                (f"moving_{i}", f"spoiling_{i}"),
            ),
            Row("aux", f"crowding_{i}", "dmnl", f"EXP(-goods_{i} / (room_size * {relative_size(i)!r}))"),
            Row("curve", f"slowness_{i}", "dmnl", f"goods_{i} / {usual_goods(i)!r}"),
            Row("flow", f"arriving_{i}", "1/month", comes),
            Row("flow", f"moving_{i}", "1/month", goes),
            Row("flow", f"spoiling_{i}", "1/month", spoils),
        ]
    return found


def stocks(rooms: int) -> list[str]:
    """The names of the stocks, which are what every benchmark keeps."""
    return [f"goods_{i}" for i in range(1, rooms + 1)]


def as_putar(rooms: int) -> str:
    """The chain as putar's own text."""
    points = " ".join(f"({x!r}, {y!r})" for x, y in _points())
    text = [f"time {START} to {STOP} step 1/{STEPS_A_MONTH} : month\n  method euler\n  save 1\n"]
    for row in rows(rooms):
        text.append(f"{row.kind} {row.name} : {row.unit} = {row.equation}")
        text += [f"  inflow {row.inflow}"] if row.inflow else []
        text += [f"  outflow {name}" for name in row.outflows]
        text += [f"  points {points}"] if row.kind == "curve" else []
        text.append("  ; a synthetic chain, for benchmarks\n")
    return "\n".join(text)


def as_xmile(rooms: int) -> str:
    """The chain as XMILE 1.0, with the save interval as Stella writes it."""
    heights = ",".join(repr(y) for _, y in _points())
    table = f'<gf><xscale min="0" max="2"/><yscale min="0" max="2"/><ypts>{heights}</ypts></gf>'
    spaces = (
        'xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" xmlns:isee="http://iseesystems.com/XMILE"'
    )
    text = [
        f'<?xml version="1.0" encoding="utf-8"?>\n<xmile version="1.0" {spaces}>',
        f"<header><vendor>putar</vendor><name>chain {rooms}</name>",
        '<product version="1">bench</product></header>',
        '<sim_specs method="Euler" time_units="month" isee:save_interval="1">',
        f"<start>{START}</start><stop>{STOP}</stop><dt>{1 / STEPS_A_MONTH!r}</dt></sim_specs>",
        "<model><variables>",
    ]
    for row in rows(rooms):
        tag = row.kind if row.kind in {"stock", "flow"} else "aux"
        body = f"<eqn>{escape(row.equation)}</eqn>" + (table if row.kind == "curve" else "")
        body += f"<inflow>{row.inflow}</inflow>" if row.inflow else ""
        body += "".join(f"<outflow>{name}</outflow>" for name in row.outflows)
        text.append(f'<{tag} name="{row.name}">{body}</{tag}>')
    return "\n".join([*text, "</variables></model></xmile>\n"])


def as_mdl(rooms: int) -> str:
    """The chain as Vensim text."""
    points = ",".join(f"({x!r},{y!r})" for x, y in _points())
    text = ["{UTF-8}"]
    for row in rows(rooms):
        equation = re.sub(r"IF (.+) THEN (.+) ELSE (.+)", r"IF THEN ELSE(\1, \2, \3)", row.equation)
        if row.kind == "stock":
            equation = f"INTEG({row.inflow} - {' - '.join(row.outflows)}, {equation})"
        elif row.kind == "curve":
            equation = f"WITH LOOKUP({equation}, ([(0,0)-(2,2)],{points}))"
        text.append(f"{row.name} =\n\t{equation}\n\t~\t\n\t~\t\t|\n")
    text.append(f"{'*' * 56}\n\t.Control\n{'*' * 56}~\n\t\tSimulation Control Parameters\n\t|\n")
    control = {"FINAL TIME": STOP, "INITIAL TIME": START, "SAVEPER": 1, "TIME STEP": 1 / STEPS_A_MONTH}
    text += [f"{name} = {value!r}\n\t~\t\n\t~\t\n\t|\n" for name, value in control.items()]
    return "\n".join(text) + "\\\\\\---/// Sketch information - do not modify anything except names\n"


def reference(rooms: int, stay: NDArray[np.float64], supply: NDArray[np.float64]) -> NDArray[np.float64]:
    """The stocks [saved time, room, member] by plain NumPy: what every engine's answer is held to."""
    constant = {name: value for name, (value, _) in CONSTANTS.items()}
    xs, ys = zip(*_points(), strict=True)
    goods = np.array([[first_goods(i)] * len(stay) for i in range(1, rooms + 1)])
    saved = [goods.copy()]
    for step in range(1, STEPS + 1):
        coming = supply * np.exp(-goods[-1] / constant["echo"])
        change = np.empty_like(goods)
        for i, level in enumerate(goods):
            crowding = np.exp(-level / (constant["room_size"] * relative_size(i + 1)))
            slowness = np.interp(level / usual_goods(i + 1), xs, ys)
            moving = np.maximum(0, np.minimum(level / (stay * slowness), constant["fastest"]))
            spoiling = np.where(level > constant["tolerance"], level * constant["spoilage"], 0.0)
            arriving = coming * (0.5 + 0.5 * crowding) if i else coming
            change[i] = arriving - moving - spoiling
            coming = moving
        goods = goods + change / STEPS_A_MONTH
        if step % STEPS_A_MONTH == 0:
            saved.append(goods.copy())
    return np.array(saved)


def members(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two constants that differ from run to run, [member] each: `stay` in months, `supply` a month."""
    spread = 1.0 + 0.2 * np.arange(count) / count
    return CONSTANTS["stay"][0] * spread, CONSTANTS["supply"][0] * spread[::-1]


def write(rooms: int, folder: Path) -> Path:
    """Write the three files of a chain and return their path without suffix."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"chain{rooms}"
    for suffix, form in ((".putar", as_putar), (".xmile", as_xmile), (".mdl", as_mdl)):
        stem.with_suffix(suffix).write_text(form(rooms), encoding="utf-8")
    return stem


def _points() -> list[tuple[float, float]]:
    return [(float(x), y) for x, y in SLOWNESS]


if __name__ == "__main__":
    print(write(int(sys.argv[1]), Path(sys.argv[2])))
