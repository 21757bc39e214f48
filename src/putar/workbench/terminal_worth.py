"""Value and loops on a terminal: what the value is made of, and which of the rings that are told close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from putar.words.said import Words

__all__ = ["loops_block", "targets_block", "worth_block"]

Row = Mapping[str, Any]


def worth_block(worth: Row, words: Words) -> RenderableType:
    """Return the parts of the value, what the end of it assumes, and what others state."""
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    names = [*(words.told(part["title"]) for part in worth["parts"]), words.say("terminal.whole")]
    grid.add_column(words.unit(worth["unit"]), min_width=max(len(word) for n in names for word in n.split()))
    heads = [words.say("terminal.until", date=words.formatted(worth["at"], "g"))]
    ends = ("terminal.beyond", "terminal.together", "terminal.years_of_cash", "terminal.must_grow")
    for head in (*heads, *map(words.say, ends)):
        grid.add_column(head, justify="right", min_width=max(map(len, head.split())))
    for part in worth["parts"]:
        growth = part["implied_growth"]
        grid.add_row(
            words.told(part["title"]),
            *(words.number(part[key]) for key in ("present", "terminal", "value")),
            words.number(part["multiple"]),
            "–"
            if growth is None
            else words.say("terminal.ever", growth=words.formatted(100 * growth, ".1f")),
        )
    if len(worth["parts"]) > 1:
        sums = [sum(part[key] for part in worth["parts"]) for key in ("present", "terminal")]
        cells = [words.number(x) for x in (*sums, worth["whole"])]
        grid.add_row(words.say("terminal.whole"), *cells, "", "", style="bold")
    return Group(grid, *(Text(line, style="dim") for line in _lines(worth, words)))


def _lines(worth: Row, words: Words) -> Iterable[str]:
    share = worth["terminal_share"]
    if share is not None:
        yield words.say(
            "terminal.mostly_end" if worth["mostly_terminal"] else "terminal.end",
            share=words.formatted(share, ".0%"),
            date=words.formatted(worth["at"], "g"),
            discount=words.formatted(100 * worth["discount"], ".3g"),
        )
    for stated in worth["stated"]:
        named = {"title": stated["title"], "value": words.number(stated["value"])}
        if stated["times"] is None:
            yield words.say("terminal.stated", **named)
        else:
            yield words.say("terminal.stated_times", times=words.formatted(stated["times"], ".1f"), **named)


def loops_block(told: Sequence[Row], words: Words) -> RenderableType:
    """Return the loops that the flywheel names: those that close with their share, then those that do not."""
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(no_wrap=True, justify="right")
    closed = sorted((loop for loop in told if loop["closes"]), key=lambda loop: -(loop["average"] or 0.0))
    for loop in closed:
        share = loop["average"]
        acts = words.say("terminal.closes", share=words.formatted(share, ".1%")) if share else ""
        grid.add_row(loop["id"], words.told(loop["name"]), acts or words.say("terminal.closes_idle"))
    for loop in (loop for loop in told if not loop["closes"]):
        grid.add_row(loop["id"], words.told(loop["name"]), Text(words.say("terminal.open"), style="yellow"))
        ends = {"from": loop["gap"]["from_label"], "to": loop["gap"]["to_label"]}
        gap = words.say("terminal.gap", reason=loop["reason"], **ends)
        grid.add_row("", Text(gap.rstrip(), style="dim"), "")
    count = words.say("terminal.close_count", closed=len(closed), told=len(told))
    return Group(Text(count, style="dim"), grid)


def targets_block(table: Row, words: Words) -> RenderableType:
    """Return a table of targets in short: what one number would have to be, or the best it can do."""
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(words.say("terminal.for"))
    grid.add_column(words.say("terminal.must_be"))
    grid.add_column(words.say("terminal.needed"), justify="right", no_wrap=True)
    for row in table["rows"]:
        cells = dict(zip((column["name"] for column in table["columns"]), row, strict=True))
        needed = words.number(cells["needed"])
        if cells["needed"] is None:
            ends = {key: words.number(cells[key]) for key in ("low", "high", "reached")}
            needed = words.say("terminal.not_reached", **ends)
        grid.add_row(words.told(cells["case"]), words.told(cells["what_must_be"]), needed)
    return grid
