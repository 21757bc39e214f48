"""A plain view of each room of an XMILE file that has none, so that whoever opens the file sees the model.

Every variable and module has one symbol, every flow a pipe, everything that an equation needs a connector.
The view says that putar made it, so that putar makes it anew instead of keeping it.

Source: XMILE 1.0 (OASIS), chapter 5.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from putar.formats.text_write import number_text
from putar.formats.writing.layout import Diagram, arranged
from putar.formats.writing.xmile_rooms import Room, Rooms
from putar.language.expr import Name, walk
from putar.language.model import Equation, Variable

__all__ = ["MADE", "plain_view", "quoted"]

BOW = 20.0  # degrees by which a connector leaves beside the straight way, so that it goes around
MADE = 'putar:made="true"'


def quoted(name: str) -> str:
    """Return a name as equations and connectors say it."""
    return ".".join(part if part.isidentifier() else f'"{part}"' for part in name.split("."))


def plain_view(rooms: Rooms, room: Room) -> Iterator[str]:
    """Yield the lines of a room's view."""
    spelled = {room.names[v.name]: rooms.spelling(v) for v in room.variables if v.name in rooms.model.by_name}
    spelled |= {name: name for name in [*room.names.values(), *room.inputs.values()] if name not in spelled}
    inside = [name.rpartition(".")[2] for name in room.rooms]
    stocks, flows = _ends(room)
    others = [name for name in spelled if name not in stocks and name not in flows]
    needs = list(dict.fromkeys(_needs(rooms, room)))
    diagram = arranged(stocks, flows, inside, others, needs)
    yield f"    <views {MADE}>"
    yield '      <view type="stock_flow">'
    yield from (f"        {line}" for line in _symbols(diagram, spelled, set(inside)))
    for uid, (source, user) in enumerate(needs, 1):
        angle = _angle(diagram.centre(source), diagram.centre(user))
        ends = f"<from>{escape(quoted(source))}</from><to>{escape(quoted(user))}</to>"
        yield f'        <connector uid="{uid}" angle="{number_text(angle)}">{ends}</connector>'
    yield "      </view>"
    yield "    </views>"


def _ends(room: Room) -> tuple[dict[str, tuple[list[str], list[str]]], list[str]]:
    """Return the stocks of a room with their flows, and all flows, as they are called there."""

    def here(full: str) -> str | None:
        full = full.removeprefix(".")
        return room.names.get(full) or room.inputs.get(full)

    stocks = {}
    moved: list[str] = []
    for variable in room.variables:
        if variable.kind == "stock":
            sides = [
                [name for f in side if (name := here(f))] for side in (variable.inflows, variable.outflows)
            ]
            stocks[room.names[variable.name]] = (sides[0], sides[1])
            moved += [*sides[0], *sides[1]]
    flows = [room.names[v.name] for v in room.variables if v.kind == "flow"]
    flows += [name for name in room.inputs.values() if name in moved]
    return stocks, flows


def _needs(rooms: Rooms, room: Room) -> Iterator[tuple[str, str]]:
    """Yield each symbol with one that needs it; of a module, what it is connected with."""
    for variable in room.variables:
        mine = room.names[variable.name]
        for full in _named(variable):
            source = _symbol(rooms, room, full)
            if source is not None and source != mine:
                yield source, mine
    for name in room.rooms:
        for full in rooms.all[name].inputs:
            source = _symbol(rooms, room, full)
            if source is not None and source != name.rpartition(".")[2]:
                yield source, name.rpartition(".")[2]


def _named(variable: Variable) -> Iterator[str]:
    equations: list[Equation | None] = [variable.equation, *(own for _, own in variable.elements)]
    for equation in equations:
        if equation is not None:
            for node in walk(equation.expr):
                if isinstance(node, Name) and node.name.startswith("."):
                    yield node.name[1:]


def _symbol(rooms: Rooms, room: Room, full: str) -> str | None:
    """Return which symbol of a room's view stands for a variable: itself, an input, or its module."""
    own = room.names.get(full) or room.inputs.get(full)
    if own is not None:
        return own
    inside = f"{room.name}." if room.name else ""
    if not full.startswith(inside):
        return None
    head = full.removeprefix(inside).partition(".")[0]
    return head if f"{inside}{head}" in rooms.all else None


def _symbols(diagram: Diagram, spelled: dict[str, str], modules: set[str]) -> Iterator[str]:
    for name, place in diagram.stocks.items():
        x, y = place.x - place.width / 2, place.y - 17.5
        size = f'width="{number_text(place.width)}" height="35"'
        at = f'x="{number_text(x)}" y="{number_text(y)}"'
        yield f'<stock {at} {size} label_side="top" name={quoteattr(spelled[name])}/>'
    for name, pipe in diagram.flows.items():
        corners = "".join(f'<pt x="{number_text(x)}" y="{number_text(y)}"/>' for x, y in pipe.corners)
        at = f'x="{number_text(pipe.x)}" y="{number_text(pipe.y)}"'
        upright = len(pipe.corners) == 2 and pipe.corners[0][0] == pipe.corners[1][0]
        side = "right" if upright else "bottom"
        yield f'<flow {at} label_side="{side}" name={quoteattr(spelled[name])}><pts>{corners}</pts></flow>'
    for name, place in diagram.others.items():
        at = f'x="{number_text(place.x)}" y="{number_text(place.y)}"'
        tag = "module" if name in modules else "aux"
        yield f"<{tag} {at} name={quoteattr(spelled.get(name, name))}/>"


def _angle(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the direction in which a connector leaves, in degrees from the right, against the clock."""
    straight = math.degrees(math.atan2(start[1] - end[1], end[0] - start[0]))
    return round((straight + BOW) % 360.0, 1)
