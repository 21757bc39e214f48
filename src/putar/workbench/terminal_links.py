"""Links on a terminal: what each carries, of one output in full or of several side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from putar.words.said import Words
from putar.workbench.terminal_fit import Fitting, longest_word

__all__ = ["links_block", "links_overview", "short_text"]

Row = Mapping[str, Any]
BAR = 20
SMALL_BAR = 12
NAME = 16  # columns that a link's name keeps, so that it is not cut
HEAD = 8  # columns in which "A: share" stands in one line
NEAR = 0.1  # a share within this part of the largest is as good as it, where no draws say how sure it is


def links_block(output: Row, words: Words) -> RenderableType:
    """Return everything about the links of one output."""
    rows = sorted(output["links"], key=lambda row: -row["shapley"])
    banded = any(row["low"] is not None for row in rows)
    grid = _grid(words.say("terminal.link"), "")
    for name in ("terminal.share", *(["terminal.band"] if banded else []), "terminal.lost"):
        grid.add_column(words.say(name), justify="right", no_wrap=True)
    grid.add_column(words.say("terminal.border"), style="dim")
    for row in rows:
        shown = [words.number(row["shapley"]), *_band(row, banded, words), words.number(row["last"])]
        grid.add_row(_name(row, words), _bar(row["shapley"], rows, BAR), *shown, _border(row, words))
    return Group(Text(_ends(output, words)), grid, *_notes(output, words))


def links_overview(outputs: Sequence[Row], words: Words) -> RenderableType:
    """Return what each link carries of several outputs, one column each, in the order of the first."""
    grid = Fitting(lambda narrow: _shares(outputs, words, narrow=narrow))
    lines = [
        Text.assemble((f"{sign}  ", "bold"), f"{words.told(output['label'])}: {_ends(output, words)}")
        for sign, output in zip(ascii_uppercase, outputs, strict=False)
    ]
    notes = [
        Text(f"{sign}  {note.plain}", style="dim")
        for sign, output in zip(ascii_uppercase, outputs, strict=False)
        for note in _notes(output, words)
    ]
    return Group(*lines, grid, *notes)


def _shares(outputs: Sequence[Row], words: Words, *, narrow: bool) -> Table:
    """Return the table of what each link carries; a narrow one is without bars, and its heads wrap."""
    first = outputs[0]
    rows = sorted(first["links"], key=lambda row: -row["shapley"])
    banded = any(row["low"] is not None for row in rows)
    others = [{row["id"]: row["shapley"] for row in output["links"]} for output in outputs[1:]]
    lead, *signs = list(ascii_uppercase[: len(outputs)])
    heads = [f"{lead}: {words.say('terminal.share')}"]
    heads += [words.say("terminal.band")] if banded else []
    heads += [f"{lead}: {words.say('terminal.lost_alone')}"]
    heads += [f"{sign}: {words.say('terminal.share')}" for sign in signs]
    cells = {
        row["id"]: [
            *(words.number(row["shapley"]), *_band(row, banded, words), words.number(row["last"])),
            *(words.number(shares.get(row["id"])) for shares in others),
        ]
        for row in rows
    }
    names = [_name(row, words) for row in rows]
    grid = _grid()
    grid.add_column(words.say("terminal.link"), min_width=min(NAME, max(map(len, names), default=0)))
    if not narrow:
        grid.add_column("", no_wrap=True)
    for place, head in enumerate(heads):
        room = longest_word([head, *(shown[place] for shown in cells.values())], HEAD)
        grid.add_column(head, justify="right", no_wrap=not narrow, width=room if narrow else None)
    grid.add_column(words.say("terminal.border"), style="dim", no_wrap=True)
    for name, row in zip(names, rows, strict=True):
        bar = [_bar(row["shapley"], rows, SMALL_BAR)] if not narrow else []
        grid.add_row(name, *bar, *cells[row["id"]], _border(row, words))
    return grid


def short_text(value: float, words: Words) -> str:
    """Return a number in two digits, for the ends of a band."""
    size = abs(value)
    return words.number(value) if size >= 99.5 or size < 1e-4 else words.formatted(value, ".2g")


def _grid(*heads: str) -> Table:
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for head in heads:
        grid.add_column(head)
    return grid


def _name(row: Row, words: Words) -> str:
    return words.told(row["title"] or row["id"])


def _border(row: Row, words: Words) -> str:
    return words.term(f"terminal.border_{row['border']}", row["border"])


def _ends(output: Row, words: Words) -> str:
    """Return the output with all links and with none, and the linchpin."""
    ends = {key: words.number(output[key]) for key in ("all", "none")}
    said = words.say("terminal.ends", unit=words.unit(output["unit"]), **ends)
    return f"{said} {_linchpin(output, words)}"


def _linchpin(output: Row, words: Words) -> str:
    """Return the link with the largest share, and those that come so near that it may not be the one."""
    rows = {row["id"]: row for row in output["links"]}
    first = rows[output["linchpin"]]
    near = [row for row in output["links"] if row is not first and _ties(first, row)]
    linchpin = words.title(_name(first, words))
    if not near:
        return words.say("terminal.linchpin", linchpin=linchpin)
    others = words.listed([words.title(_name(row, words)) for row in near])
    banded = first["low"] is not None
    return words.say(
        "terminal.linchpin_draws" if banded else "terminal.linchpin_near",
        linchpin=linchpin,
        others=others,
        within=words.formatted(NEAR, ".0%"),
    )


def _ties(first: Row, other: Row) -> bool:
    """Whether another share is as large, within the bands over draws, or within a tenth where none ran."""
    if first["low"] is not None and other["high"] is not None:
        return bool(other["high"] >= first["low"])
    return bool(other["shapley"] >= (1.0 - NEAR) * first["shapley"] > 0.0)


def _band(row: Row, shown: bool, words: Words) -> list[str]:
    if not shown:
        return []
    ends = {"from": short_text(row["low"], words), "to": short_text(row["high"], words)}
    return [words.say("terminal.span", **ends)]


def _bar(share: float, rows: Sequence[Row], width: int) -> Text:
    largest = max((abs(row["shapley"]) for row in rows), default=0.0) or 1.0
    bar = ("█" if share >= 0 else "░") * max(1, round(width * abs(share) / largest)) if share else ""
    return Text(bar, style="" if share >= 0 else "red")


def _title(output: Row, link: str) -> str:
    return next(str(row["title"] or row["id"]) for row in output["links"] if row["id"] == link)


def _notes(output: Row, words: Words) -> list[Text]:
    return [*_firms(output, words), *_together(output, words), *_stalls(output, words)]


def _firms(output: Row, words: Words) -> Iterable[Text]:
    """Yield what lies between firms and what inside, and what each firm's links carry together."""
    if {row["border"] for row in output["links"]} != {"across", "inside"}:
        return
    parts = {key: words.number(output[key]) for key in ("across", "inside")}
    unions = (output.get("owen") or {"unions": []})["unions"]
    shares = [f"{union['firm']} {words.number(union['value'])}" for union in unions]
    if shares:
        yield Text(words.say("terminal.across_firms", firms=", ".join(shares), **parts), style="dim")
    else:
        yield Text(words.say("terminal.across", **parts), style="dim")


def _together(output: Row, words: Words) -> Iterable[Text]:
    """Yield the pair whose two cuts together differ most from the two apart."""
    least = 1e-9 * abs(output["all"] - output["none"])
    pairs = sorted(output.get("pairs") or [], key=lambda pair: -abs(pair["beyond_single"]))[:1]
    for pair in (pair for pair in pairs if abs(pair["beyond_single"]) > least):
        loss, beyond = pair["loss"], pair["beyond_single"]
        cost = words.say(
            "terminal.both_cost" if loss >= 0 else "terminal.both_add", loss=words.number(abs(loss))
        )
        than = words.say(
            "terminal.more_apart" if (beyond > 0) == (loss >= 0) else "terminal.less_apart",
            size=words.number(abs(beyond)),
        )
        said = words.say(
            "terminal.substitutes" if beyond > 0 else "terminal.complements",
            names=words.listed([words.title(_title(output, pair[end])) for end in "ab"]),
            cost=cost,
            than=than,
        )
        yield Text(said, style="dim")


def _stalls(output: Row, words: Words) -> Iterable[Text]:
    """Yield the links that stall the output when they weaken, those that bear least first."""
    margins = {row["id"]: row["stall_margin"] for row in output["links"]}
    stalling = sorted(
        (margin, link) for link, margin in margins.items() if margin is not None and margin < 1.0
    )
    if stalling:
        listed = [
            f"{words.title(_title(output, link))} {words.formatted(margin, '.0%')}"
            for margin, link in stalling
        ]
        yield Text(words.say("terminal.stalls", links=", ".join(listed)), style="dim")
