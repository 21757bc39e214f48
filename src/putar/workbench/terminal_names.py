"""A model's names on a terminal: what can be typed after which option, room by room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from putar.words.said import Words

__all__ = ["print_names"]

Row = Mapping[str, Any]
TITLED = (("scenarios", "name"), ("links", "id"), ("tables", "name"), ("feeds", "name"))


def print_names(console: Console, found: Row, words: Words) -> None:
    """Print every name of a model: those with titles first, then constants and variables by room."""
    console.print(Text(words.told(found["title"] or found["model"]), style="bold"))
    for kind, key in TITLED:
        if found[kind]:
            _section(console, words.say(f"names.{kind}"), _titled(found[kind], key, words))
    levers = [row for row in found["constants"] if row["lever"]]
    if levers:
        _section(console, words.say("names.levers"), _levers(levers, words))
    for title, constants, names in _rooms(found, words):
        console.print()
        console.print(Text(title, style="bold"))
        if constants:
            _part(console, words.say("names.constants"), _constants(constants, words))
        if names:
            _part(console, words.say("names.variables"), Text(", ".join(names)))
    if any(row["drawn"] for row in found["constants"]):
        console.print(Text(words.say("names.drawn"), style="dim"))


def _section(console: Console, title: str, body: RenderableType) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Padding(body, (0, 2)))


def _part(console: Console, title: str, body: RenderableType) -> None:
    console.print(Padding(Text(title, style="dim"), (0, 2)))
    console.print(Padding(body, (0, 2, 0, 4)))


def _rooms(found: Row, words: Words) -> Iterable[tuple[str, list[Row], list[str]]]:
    """Yield the title of each room, its constants and the names of its variables; globals first."""
    rooms = {"": words.say("names.no_room")}
    for room in found["subsystems"]:
        title = words.told(room["title"])
        rooms[room["name"]] = title if title in ("", room["name"]) else f"{room['name']}: {title}"
    for name, title in rooms.items():
        constants = [row for row in found["constants"] if _room(row["name"]) == name]
        variables = [row["name"] for row in found["variables"] if _room(row["name"]) == name]
        if constants or variables:
            yield title or name, constants, variables


def _room(name: str) -> str:
    return name.partition("[")[0].rpartition(".")[0]


def _grid(columns: Sequence[str]) -> Table:
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for justify in columns:
        grid.add_column(justify=justify, no_wrap=justify == "right")  # type: ignore[arg-type]
    return grid


def _titled(rows: Sequence[Row], key: str, words: Words) -> Table:
    grid = _grid(("left", "left"))
    for row in rows:
        grid.add_row(row[key], Text(words.told(row["title"]), style="dim"))
    return grid


def _levers(rows: Sequence[Row], words: Words) -> Table:
    grid = _grid(("left", "right", "left", "left"))
    for row in rows:
        low, high = row["lever"]
        grid.add_row(row["name"], _typed(row["value"]), words.unit(row["unit"]), _span(low, high, words))
    return grid


def _constants(rows: Sequence[Row], words: Words) -> Table:
    grid = _grid(("left", "right", "left", "left"))
    for row in rows:
        ends = (row["low"], row["high"])
        span = Text("") if None in ends else _span(*ends, words)
        name = f"{row['name']} *" if row["drawn"] else row["name"]
        grid.add_row(name, _typed(row["value"]), words.unit(row["unit"]), span)
    return grid


def _span(low: float, high: float, words: Words) -> Text:
    ends = {"from": _typed(low), "to": _typed(high)}
    return Text(words.say("terminal.span", **ends), style="dim")


def _typed(value: float) -> str:
    """Return a number as it can be typed behind --set, whatever the language."""
    return f"{value:.6g}"
