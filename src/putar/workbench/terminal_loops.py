"""Loops, rates and margins on a terminal: the rows of `putar loops`, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

__all__ = ["print_loops"]

Row = Mapping[str, Any]
SHOWN = 12  # loops and margins on a screen
DATES = 6  # columns of the lead


def print_loops(console: Console, found: Row) -> None:
    """Print the answer of `putar loops`."""
    console.print(Group(*_parts(found)))


def _parts(found: Row) -> Iterable[RenderableType]:
    search = found["search"]
    if search["resting"]:
        yield Text("The model is at rest: nothing moves, so no loop acts.")
    elif not found["loops"]:
        yield Text("No feedback loop acts in this model.")
    else:
        yield _table(found)
        yield Text(_search(search), style="dim")
    turned = found["turned_by"]
    if turned and turned["parameters"]:
        names = {loop["id"]: loop["name"] for loop in found["loops"]}
        listed = ", ".join(f"{p['parameter']} ({p['correlation']:+.2f})" for p in turned["parameters"][:4])
        what = names.get(turned["loop"], turned["loop"])
        yield Text(f"The lead is least certain at {turned['at']:g}. With the share of {what!r} go: {listed}.")
    if found["wheel"] is not None:
        yield Text()
        yield from _wheel(found["wheel"])


def _search(search: Row) -> str:
    found = (
        f"{search['found']} loops found" if search["exact"] else f"{search['found']} loops found in a sample"
    )
    never = f", {search['never_active']} more never act" if search["never_active"] else ""
    kept = f"those listed carry {search['explained']:.1%} of the behaviour of all found"
    return f"{found}{never}; {search['listed']} kept, {kept}."


def _table(found: Row) -> Table:
    times = found["times"]
    chosen = sorted({round(k * (len(times) - 1) / (DATES - 1)) for k in range(DATES)})
    lead = found["lead_probability"]
    place = {name: k for k, name in enumerate(lead["loops"])}
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 1, 0, 0))
    grid.add_column("share")
    grid.add_column("")
    grid.add_column("loop", ratio=1)
    for k in chosen:
        grid.add_column(f"{times[k]:g}", justify="right")
    for loop in found["loops"][:SHOWN]:
        cells = []
        for k in chosen:
            share, leads = loop["share"][k], 0.0
            if loop["id"] in place:
                leads = lead["probability"][k][place[loop["id"]]]
            style = "bold" if leads >= 0.5 else ""
            mark = f" {leads:.0%}" if found["members"] and leads >= 0.005 else ""
            cells.append(Text(f"{share:+.2f}{mark}", style=style))
        name = loop["name"] if loop["id"].startswith("loop-") else f"{loop['id']} {loop['name']}"
        grid.add_row(f"{loop['average']:.1%}", loop["polarity"], name, *cells)
    return grid


def _wheel(found: Row) -> Iterable[RenderableType]:
    word = "spins up" if found["spins"] else "does not spin up"
    yield Text(
        f"From {found['from']:g} to {found['to']:g} the wheel {word} by itself: a push "
        f"{'grows' if found['rate'] > 0 else 'fades'} at {abs(found['rate']):.3g} a time unit "
        f"(at the end {found['local']:+.3g}{'' if found['real'] else ', swinging'})."
    )
    if found["alone"]:
        listed = ", ".join(f"{one['name']} ({one['rate']:+.3g})" for one in found["alone"])
        yield Text(f"Held aside, because they move by themselves alone: {listed}.", style="dim")
    number = found["number"]
    text = f"R = {number:.3g} turns a lifetime." if number is not None else f"No R: {found['number_why']}."
    yield Text(text, style="dim")
    if found["drawn"] is not None:
        drawn = found["drawn"]
        low, middle, high = drawn["rate"]
        yield Text(
            f"Over {drawn['members']} draws it spins in {drawn['spins']:.0%}; the rate is {middle:+.3g} "
            f"({low:+.3g} to {high:+.3g})."
        )
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("link", "influence", "stall margin", ""):
        grid.add_column(name, justify="left" if name in ("link", "") else "right")
    for link in found["margins"][:SHOWN]:
        margin = "" if link["stall_margin"] is None else f"{link['stall_margin']:.0%}"
        grid.add_row(f"{link['from']} → {link['to']}", f"{link['influence']:+.3f}", margin, link["why"])
    uniform = found["uniform"]
    value = "" if uniform["stall_margin"] is None else f"{uniform['stall_margin']:.0%}"
    grid.add_row(
        "all links that raise a rate", "", value, uniform["why"].replace("this link", "each of them")
    )
    yield grid
