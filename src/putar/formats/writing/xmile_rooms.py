"""Rooms of a model as XMILE modules: what each is called, what it needs from outside, what is kept in it.

A module sees its own variables and those of modules in it. Whatever else its equations name comes in through
an input that the enclosing model connects. A table cannot come in that way; it is copied.

Source: XMILE 1.0 (OASIS), sections 2.7 and 4.7.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from putar.formats.text_write import number_text
from putar.formats.writing.loss import Loss
from putar.formats.xmile_names import word_of
from putar.language.expr import Call, Expr, Name, Number, Unary, rebuild, to_text
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import Model, Variable

__all__ = ["Room", "Rooms"]

_TAKEN = {"if", "then", "else", "and", "or", "not", "mod", "self", "others"}
_TAKEN |= {*CONSTANTS, *(name.lower() for name in FUNCTIONS)}


@dataclass(slots=True)
class Room:
    """One module: its variables by name, its inputs by what they are connected with, its own rooms."""

    name: str
    variables: list[Variable] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)  # full name of the source: name here
    rooms: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # full name: name here
    taken: set[str] = field(default_factory=set)

    def free(self, name: str) -> str:
        """Return a name that nothing here has yet, taken from now on."""
        wanted, count = name, 1
        while wanted in self.taken or wanted.rstrip("_") in _TAKEN:
            count += 1
            wanted = f"{name.rstrip('_')}_{count}"
        self.taken.add(wanted)
        return wanted


class Rooms:
    """All rooms of a model, and the words that equations use in each."""

    def __init__(self, model: Model, losses: list[Loss]) -> None:
        self.model, self.losses = model, losses
        self.all: dict[str, Room] = {"": Room("")}
        self.titles = {room.name: room for room in model.subsystems}
        for name in [*(s.name for s in model.subsystems), *(v.subsystem for v in model.variables)]:
            self._open(name)
        self.elements = {e for d in model.dimensions for e in d.elements}
        for variable in model.variables:
            self._declare(variable)
        self.outputs: set[str] = set()

    def _open(self, name: str) -> Room:
        if name not in self.all:
            parent = self._open(name.rpartition(".")[0])
            self.all[name] = Room(name)
            parent.rooms.append(name)
            parent.taken.add(name.rpartition(".")[2])
        return self.all[name]

    def _declare(self, variable: Variable) -> None:
        room = self.all[variable.subsystem]
        plain = word_of(variable.short.replace("\u00b7", " "))
        name = room.free(plain)
        if name != plain:
            self.losses.append(
                Loss(f"the name {variable.short!r}", variable.name, f"taken; written as {name!r}")
            )
        room.names[variable.name] = name
        room.variables.append(variable)

    def spelling(self, variable: Variable) -> str:
        """Return how a variable's own name is written."""
        name = self.all[variable.subsystem].names[variable.name]
        return variable.spelling if word_of(variable.spelling) == name else name

    def path(self, full: str) -> str:
        """Return a variable's name as the whole file's root sees it."""
        room, dot, _ = full.rpartition(".")
        return f"{room}{dot}{self.all[room].names[full]}"

    def local(self, room: Room, full: str) -> str:
        """Return what a variable is called in a room, connected as an input where it is not seen there."""
        if full in room.names:
            return room.names[full]
        inside = f"{room.name}." if room.name else ""
        if full.startswith(inside):
            self.outputs.add(full)
            return self.path(full).removeprefix(inside)
        if full not in room.inputs:
            room.inputs[full] = room.free(full.replace(".", "_"))
        self.outputs.add(full)
        return room.inputs[full]

    def copied(self, room: Room, table: Variable) -> str:
        """Return the name in a room of a table that is read there, copied where it is another room's."""
        if table.name in room.names:
            return room.names[table.name]
        name = room.names[table.name] = room.free(table.name.replace(".", "_"))
        full = f"{room.name}.{name}" if room.name else name
        room.variables.append(replace(table, name=full, spelling=""))
        room.names[full] = name
        return name

    def text(self, room: Room, expr: Expr) -> str:
        """Return an expression as it stands in a room."""

        def change(node: Expr) -> Expr:
            match node:
                case Number(value=value) if value < 0:
                    return Unary("-", Number(-value))
                case Number(value=value):
                    return Number(value, number_text(value))
                case Name(name=name) if name.startswith("."):
                    return replace(node, name=self._name(room, name[1:]))
                case Call(function="LOOKUP", args=(Name(name=name, subscripts=()), x)) if "." not in name:
                    return Call(name, (x,))
            return node

        return to_text(rebuild(expr, change))

    def _name(self, room: Room, full: str) -> str:
        variable = self.model.by_name[full]
        if variable.kind == "curve" and variable.equation is None and not variable.elements:
            return self.copied(room, variable)
        return self.local(room, full)
