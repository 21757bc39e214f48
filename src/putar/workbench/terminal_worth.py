"""Value and loops on a terminal: what the value is made of, and which of the rings that are told close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from putar.language.amounts import number_text, unit_words

__all__ = ["loops_block", "targets_block", "worth_block"]

Row = Mapping[str, Any]


def worth_block(worth: Row) -> RenderableType:
    """Return the parts of the value, what the end of it assumes, and what others state."""
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(unit_words(worth["unit"]))
    for name in (
        f"to {worth['at']:g}",
        "beyond",
        "together",
        "beyond, in years of cash",
        "which must grow by",
    ):
        grid.add_column(name, justify="right", no_wrap=True)
    for part in worth["parts"]:
        growth = part["implied_growth"]
        grid.add_row(
            part["title"],
            *(number_text(part[key]) for key in ("present", "terminal", "value")),
            number_text(part["multiple"]),
            "–" if growth is None else f"{100 * growth:.1f} % for ever",
        )
    if len(worth["parts"]) > 1:
        sums = [sum(part[key] for part in worth["parts"]) for key in ("present", "terminal")]
        grid.add_row("the whole", *(number_text(x) for x in (*sums, worth["whole"])), "", "", style="bold")
    return Group(grid, *(Text(line, style="dim") for line in _lines(worth)))


def _lines(worth: Row) -> Iterable[str]:
    share = worth["terminal_share"]
    if share is not None:
        much = f"{share:.0%} of it lies beyond {worth['at']:g}, discounted at {100 * worth['discount']:.3g} %"
        warned = (
            ": more than three quarters, so the end is assumed more than computed"
            if worth["mostly_terminal"]
            else ""
        )
        yield f"{much}{warned}."
    if worth["apart"] is not None:
        apart, added = number_text(worth["apart"]), number_text(worth["whole"] - worth["apart"])
        yield f"With every link at arm's length {apart}: together they add {added}."
    for stated in worth["stated"]:
        times = "" if stated["times"] is None else f", {stated['times']:.1f} times what is shown here"
        yield f"Stated: {stated['title']}, {number_text(stated['value'])}{times}."


def loops_block(told: Sequence[Row]) -> RenderableType:
    """Return the loops that the flywheel names: those that close with their share, then those that do not."""
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(no_wrap=True, justify="right")
    closed = sorted((loop for loop in told if loop["closes"]), key=lambda loop: -(loop["average"] or 0.0))
    for loop in closed:
        share = loop["average"]
        grid.add_row(loop["id"], loop["name"], f"closes, {share:.1%}" if share else "closes, never acts")
    for loop in (loop for loop in told if not loop["closes"]):
        grid.add_row(loop["id"], loop["name"], Text("open", style="yellow"))
        gap = f"nothing leads from {loop['gap']['from_label']} to {loop['gap']['to_label']}. {loop['reason']}"
        grid.add_row("", Text(gap.rstrip(), style="dim"), "")
    count = f"{len(closed)} of {len(told)} close in this model; beside them their mean share of what happens."
    return Group(Text(count, style="dim"), grid)


def targets_block(table: Row) -> RenderableType:
    """Return a table of targets in short: what one number would have to be, or the best it can do."""
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("for")
    grid.add_column("what must be")
    grid.add_column("needed", justify="right", no_wrap=True)
    for row in table["rows"]:
        cells = dict(zip((column["name"] for column in table["columns"]), row, strict=True))
        needed = number_text(cells["needed"])
        if cells["needed"] is None:
            ends = f"{number_text(cells['low'])} to {number_text(cells['high'])}"
            needed = f"none in {ends}; {number_text(cells['reached'])} at best"
        grid.add_row(str(cells["case"]), str(cells["what_must_be"]), needed)
    return grid
