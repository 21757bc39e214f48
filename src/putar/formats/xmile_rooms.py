"""The rooms of an XMILE file: its main model, its modules and theirs, and what names mean in each.

A module becomes a room, whose inputs are what they are connected with. Several modules may be made from one
model.

Source: XMILE 1.0 (OASIS), sections 2.5 and 4.6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from putar.formats.xmile_kept import is_own
from putar.formats.xmile_names import declared, path_of, word_of
from putar.formats.xmile_time import own_times
from putar.formats.xmile_tree import Element

__all__ = ["KINDS", "Module", "Rooms"]

KINDS = ("stock", "flow", "aux", "gf")
DEEPEST = 30  # modules in modules
MOST_MODULES = 20_000

Report = Callable[[Element, str, str, str], None]


@dataclass(slots=True)
class Module:
    """One instance of a model: its room and what its inputs are connected with."""

    model: Element
    room: str
    inputs: dict[str, str] = field(default_factory=dict)


class Rooms:
    """All rooms of a file; `report` is told an element and what is wrong with it, a fix and a kind."""

    def __init__(self, root: Element, report: Report) -> None:
        self.root, self.report, self.own = root, report, is_own(root)
        self.models: dict[str, Element] = {}
        self.main: Element | None = None
        used = {
            word_of(part.attributes.get("model") or part.attributes.get("name", ""))
            for model in root.all("model")
            for part in self.variables_of(model)
            if part.tag == "module"
        }
        for model in root.all("model"):
            name = word_of(model.attributes.get("name", ""))
            if name in self.models and model.file == self.models[name].file:
                what = f"there are two models {name!r}" if name else "there are two models without a name"
                report(model, what, "name one and use it as a module", "name")
            if self.main is None and (not name or name not in used):
                self.main = model
            self.models.setdefault(name, model)
        self.modules: list[Module] = []
        self.kinds: dict[str, Element] = {}  # variables by full name
        self.rooms: dict[str, Module] = {}
        self.holders: dict[str, Element] = {}  # the <module> of each room
        self.brought: list[tuple[Element, str, str]] = []  # connections to variables outside: to, from
        self.loose: list[tuple[Element, str]] = []  # connections to what is not there

    def find(self) -> None:
        """Find all rooms and their variables, from the main model on."""
        if self.main is None:
            return
        self._instances(Module(self.main, ""), 0, ())
        self._bring()
        for module in self.modules:
            for element in self.variables_of(module.model):
                given = declared(element.attributes.get("name", "")) in module.inputs
                flows = element.find("inflow") or element.find("outflow")
                if given and element.tag == "stock" and flows is not None:
                    name = element.attributes.get("name", "")
                    what = f"the stock {name!r} has flows and is connected with a variable"
                    self.report(element, what, "take its flows away, or leave the connection out", "name")
                if element.tag in KINDS and not self.through(module, element):
                    self.kinds[self.full(module.room, element)] = element

    def variables_of(self, model: Element) -> list[Element]:
        """Return the variables and modules of a model, also of one from before the standard."""
        holders = list(model.all("variables"))
        if holders:
            return [child for holder in holders for child in holder.children if not child.prefix]
        return [child for child in model.children if child.tag in (*KINDS, "module") and not child.prefix]

    def through(self, module: Module, element: Element) -> bool:
        """Return whether an input only hands on what putar itself connected it with."""
        return self.own and declared(element.attributes.get("name", "")) in module.inputs

    def full(self, room: str, element: Element) -> str:
        """Return the full name of a variable in a room."""
        name = declared(element.attributes.get("name", ""))
        return f"{room}.{name}" if room else name

    def _instances(self, module: Module, depth: int, path: tuple[int, ...]) -> None:
        self.modules.append(module)
        self.rooms[module.room] = module
        for element in self.variables_of(module.model):
            if element.tag != "module":
                continue
            name = word_of(element.attributes.get("name", ""))
            wanted = element.attributes.get("model") or element.attributes.get("name", "")
            model = self.models.get(word_of(wanted))
            if model is None:
                file = element.attributes.get("resource", "")
                what = f"the module {name!r} has no model in this file"
                what += f"; the file {file!r} is not read" if file else ""
                self.report(element, what, f'add <model name="{wanted}">', "name")
                continue
            if element.find("dimensions") is not None:
                what = f"the module {name!r} is an array of modules"
                self.report(element, what, "make a module for each element", "unsupported")
            if id(model) in path or depth >= DEEPEST or len(self.modules) >= MOST_MODULES:
                self.report(element, f"the module {name!r} contains itself", "end the recursion", "loop")
                continue
            differs = own_times(model, self.root, self.main or model)
            if differs is not None:
                fix = "give it the times, the step and the method of the model, or leave its <sim_specs> out"
                self.report(
                    model.find("sim_specs") or element, f"the module {name!r} {differs}", fix, "unsupported"
                )
            room = f"{module.room}.{name}" if module.room else name
            self.holders[room] = element
            inner = Module(model, room, self._connections(element, module.room, name))
            self._instances(inner, depth + 1, (*path, id(module.model)))

    def _connections(self, element: Element, room: str, name: str) -> dict[str, str]:
        """Return what the inputs of a module are connected with; what it brings to others is remembered."""
        found: dict[str, str] = {}
        mine = {declared(v.attributes.get("name", "")) for v in self.variables_of(self._model_of(element))}
        for connect in element.all("connect"):
            source = self._path(connect.attributes.get("from", ""), room)
            told = connect.attributes.get("to", "").strip()
            to = path_of(told).removeprefix(".")
            to = to.removeprefix(f"{room}.") if room else to
            inner = to.removeprefix(f"{name}.")
            outwards = inner == to and source.startswith(f"{room}.{name}." if room else f"{name}.")
            if not outwards and (inner in mine or declared(inner) in mine):
                self._agree(connect, inner, found.setdefault(inner, source), source)
            else:  # what comes out of a module goes to its namesake outside, where it has one inside as well
                self.brought.append((connect, self._path(told, room), source))
        return found

    def _agree(self, connect: Element, to: str, first: str, source: str) -> None:
        if first != source:
            what = f"{to!r} is connected with {first!r} and with {source!r}"
            self.report(connect, what, "leave one connection out", "name")

    def _model_of(self, module: Element) -> Element:
        wanted = module.attributes.get("model") or module.attributes.get("name", "")
        return self.models[word_of(wanted)]

    def _path(self, told: str, room: str) -> str:
        """Return the full path of a connection's end, which is seen from a room, or from the root."""
        word = path_of(told.strip())
        return word[1:] if word.startswith(".") else f"{room}.{word}" if room else word

    def _bring(self) -> None:
        """Connect what lies outside of a module with what the module gives it."""
        for connect, to, source in self.brought:
            room, _, local = to.rpartition(".")
            outer = self.rooms.get(room)
            names = [] if outer is None else self.variables_of(outer.model)
            if outer is not None and local in [declared(v.attributes.get("name", "")) for v in names]:
                self._agree(connect, to, outer.inputs.setdefault(local, source), source)
            else:
                self.loose.append((connect, to))

    def known(self, room: str, word: str) -> str | None:
        """Return the full name of a variable that a word means in a room."""
        head, dot, last = word.rpartition(".")
        for name in dict.fromkeys((word, f"{head}{dot}{declared(last)}")):
            local = f"{room}.{name}" if room else name
            if local in self.kinds:
                return local
            module = self.rooms.get(local.rpartition(".")[0])
            if module is not None and local.rpartition(".")[2] in module.inputs:
                return module.inputs[local.rpartition(".")[2]]
            if name in self.kinds and ("." in name or not room):
                return name
        return None

    def kept(self) -> tuple[tuple[str, str], ...]:
        """Return what a run needs nothing of, as it is written: header, style, and the views of each room.

        Views are "xmile views" of the main model and "xmile views ROOM" of a module; "xmile names" has the
        attributes of the root element, whose namespaces they use.
        """
        names = " ".join(f"{key}={quoteattr(value)}" for key, value in self.root.attributes.items())
        found = [("xmile names", names)]
        found += [(f"xmile {part.tag}", part.source) for part in self.root.all("header", "style")]
        for module in self.modules:
            found_here = module.model.all("views")
            views = "".join(p.source for p in found_here if not (self.own and "putar:made" in p.attributes))
            if views:
                found.append((f"xmile views {module.room}".rstrip(), views))
        return tuple(found)
