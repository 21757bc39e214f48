"""Links on a terminal: what each carries, of one output in full or of several side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from putar.language.amounts import in_sentence, number_text, unit_words

__all__ = ["links_block", "links_overview", "short_text"]

Row = Mapping[str, Any]
BAR = 20
SMALL_BAR = 12


def links_block(output: Row) -> RenderableType:
    """Return everything about the links of one output."""
    rows = sorted(output["links"], key=lambda row: -row["shapley"])
    banded = any(row["low"] is not None for row in rows)
    grid = _grid("link", "")
    for name in ("share", *(["5 to 95 %"] if banded else []), "lost if only this is cut"):
        grid.add_column(name, justify="right", no_wrap=True)
    grid.add_column("border", style="dim")
    for row in rows:
        shown = [number_text(row["shapley"]), *_band(row, banded), number_text(row["last"]), row["border"]]
        grid.add_row(row["title"] or row["id"], _bar(row["shapley"], rows, BAR), *shown)
    return Group(Text(f"{_ends(output)} {_linchpin(output)}"), grid, *_notes(output))


def links_overview(outputs: Sequence[Row]) -> RenderableType:
    """Return what each link carries of several outputs, one column each, in the order of the first."""
    first = outputs[0]
    rows = sorted(first["links"], key=lambda row: -row["shapley"])
    banded = any(row["low"] is not None for row in rows)
    lead = ascii_uppercase[0]
    grid = _grid("link", "")
    for name in (f"{lead}: share", *(["5 to 95 %"] if banded else []), f"{lead}: lost if cut alone"):
        grid.add_column(name, justify="right", no_wrap=True)
    others = [
        (sign, {row["id"]: row["shapley"] for row in output["links"]})
        for sign, output in zip(ascii_uppercase[1:], outputs[1:], strict=False)
    ]
    for sign, _ in others:
        grid.add_column(f"{sign}: share", justify="right", no_wrap=True)
    grid.add_column("border", style="dim")
    for row in rows:
        shown = [number_text(row["shapley"]), *_band(row, banded), number_text(row["last"])]
        shown += [number_text(shares.get(row["id"])) for _, shares in others]
        grid.add_row(row["title"] or row["id"], _bar(row["shapley"], rows, SMALL_BAR), *shown, row["border"])
    heads = [
        Text.assemble((f"{sign}  ", "bold"), f"{output['label']}: {_ends(output)} {_linchpin(output)}")
        for sign, output in zip(ascii_uppercase, outputs, strict=False)
    ]
    notes = [
        Text(f"{sign}  {note.plain}", style="dim")
        for sign, output in zip(ascii_uppercase, outputs, strict=False)
        for note in _notes(output)
    ]
    return Group(*heads, grid, *notes)


def short_text(value: float) -> str:
    """Return a number in two digits, for the ends of a band."""
    size = abs(value)
    return number_text(value) if size >= 99.5 or size < 1e-4 else f"{value:.2g}".replace("-", "−")


def _grid(*words: str) -> Table:
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for word in words:
        grid.add_column(word)
    return grid


def _ends(output: Row) -> str:
    unit = unit_words(output["unit"])
    return f"{number_text(output['all'])} with all links, {number_text(output['none'])} with none ({unit})."


def _linchpin(output: Row) -> str:
    return f"The linchpin is {in_sentence(_title(output, output['linchpin']))}."


def _band(row: Row, shown: bool) -> list[str]:
    return [f"{short_text(row['low'])} to {short_text(row['high'])}"] if shown else []


def _bar(share: float, rows: Sequence[Row], width: int) -> Text:
    largest = max((abs(row["shapley"]) for row in rows), default=0.0) or 1.0
    bar = ("█" if share >= 0 else "░") * max(1, round(width * abs(share) / largest)) if share else ""
    return Text(bar, style="" if share >= 0 else "red")


def _title(output: Row, link: str) -> str:
    return next(str(row["title"] or row["id"]) for row in output["links"] if row["id"] == link)


def _notes(output: Row) -> list[Text]:
    return [*_firms(output), *_together(output)]


def _firms(output: Row) -> Iterable[Text]:
    """Yield what lies between firms and what inside, and what each firm's links carry together."""
    if {row["border"] for row in output["links"]} != {"across", "inside"}:
        return
    across, inside = number_text(output["across"]), number_text(output["inside"])
    said = f"Links across firms carry {across}, links inside {inside}"
    unions = (output.get("owen") or {"unions": []})["unions"]
    shares = [f"{union['firm']} {number_text(union['value'])}" for union in unions]
    together = f"; kept or cut firm by firm: {', '.join(shares)}" if shares else ""
    yield Text(f"{said}{together}.", style="dim")


def _together(output: Row) -> Iterable[Text]:
    """Yield the pair whose two cuts together differ most from the two apart."""
    pairs = sorted(output.get("pairs") or [], key=lambda pair: -abs(pair["beyond_single"]))[:1]
    for pair in pairs:
        names = " and ".join(in_sentence(_title(output, pair[end])) for end in "ab")
        loss, beyond = pair["loss"], pair["beyond_single"]
        word = "stand in for each other" if beyond > 0 else "need each other"
        both = (
            f"cutting both costs {number_text(loss)}"
            if loss >= 0
            else f"cutting both adds {number_text(-loss)}"
        )
        than = "more" if (beyond > 0) == (loss >= 0) else "less"
        size = number_text(abs(beyond))
        yield Text(f"{names} {word}: {both}, {size} {than} than the two cuts apart.", style="dim")
