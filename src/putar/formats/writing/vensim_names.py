"""What variables, ranges and elements are called in a Vensim file: readable, valid, each name once.

Vensim has one space of names and no rooms. A variable keeps its author's spelling, or has blanks for
underscores; where that is taken, its room stands before it.

Source: Vensim Reference Manual, "Rules for Variable Names".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from putar.formats.vensim_dialect import name_of, word_of
from putar.formats.vensim_functions import DERIVED, PLAIN, REFUSED
from putar.formats.vensim_time import CONTROLS
from putar.language.expr import Name
from putar.language.model import Dimension, Model, Variable, element_name

__all__ = ["Names", "is_control"]

_PLAIN = re.compile(r"[^\W\d_][\w $']*")
_TAKEN = {name.lower() for name in (*PLAIN, *DERIVED, *REFUSED)}
_TAKEN |= {"time", *CONTROLS, "integ", "elmcount", "game", "with_lookup", "get_time_value"}


class Names:
    """All names of one file; `again` says what each variable is called when the file is read."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.taken: set[str] = set(_TAKEN)
        self.ranges: dict[str, str] = {}
        self.elements: dict[tuple[str, str], str] = {}
        self.renamed: set[tuple[str, str]] = set()
        self.variables: dict[str, str] = {}
        self.again: dict[str, str] = {}
        self.families: list[tuple[str, tuple[str, ...]]] = []
        for dimension in model.dimensions:
            self.ranges[dimension.name] = self._free([dimension.spelling, dimension.name])
        for dimension in model.dimensions:
            self._elements(dimension)
        self._unions()
        for variable in model.variables:
            self._variable(variable)

    def _free(self, wanted: Sequence[str]) -> str:
        """Return the first name that is not taken, or the last with a number; it is taken from now on."""
        shown = [quoted(text) for text in wanted if text]
        count = 1
        while True:
            for text in shown:
                if word_of(text) not in self.taken:
                    self.taken.add(word_of(text))
                    return text
            count += 1
            shown = [quoted(f"{unquoted(shown[-1]).rstrip('0123456789 ')} {count}")]

    def _elements(self, dimension: Dimension) -> None:
        known = {e: name for (_, e), name in self.elements.items() if not e.isdigit()}
        for element in dimension.elements:
            if element in known:
                self.elements[(dimension.name, element)] = known[element]
                if name_of(known[element]) != element:
                    self.renamed.add((dimension.name, element))
                continue
            own = f"{dimension.name}{element}" if element.isdigit() else element
            name = self.elements[(dimension.name, element)] = self._free([own, f"{dimension.name} {own}"])
            if name_of(name) != element:
                self.renamed.add((dimension.name, element))

    def _unions(self) -> None:
        """Find ranges that overlap without one that holds both, which Vensim wants."""
        groups: list[set[str]] = []
        for dimension in self.model.dimensions:
            mine = {self.elements[(dimension.name, e)] for e in dimension.elements}
            rest = [group for group in groups if not group & mine]
            joined = mine.union(*[group for group in groups if group & mine])
            groups = [*rest, joined]
        whole = [{self.elements[(d.name, e)] for e in d.elements} for d in self.model.dimensions]
        for group in groups:
            if group not in whole:
                name = self._free(["all elements"])
                self.families.append((name, tuple(sorted(group))))

    def _variable(self, variable: Variable) -> None:
        name, blank = variable.name, variable.short.replace("_", " ")
        if blank.endswith("\u00b7net"):  # a reader's own flow, which is no part of INTEG here
            blank += " rate"
        blank = " ".join(blank.replace("\u00b7", " ").split())
        room = variable.subsystem.replace(".", " ").replace("_", " ")
        if is_control(self.model, variable):
            self.variables[name], self.again[name] = name.replace("_", " ").upper(), name
            return
        wanted = [variable.spelling if word_of(variable.spelling) == word_of(variable.short) else "", blank]
        if room:
            wanted.append(f"{room} {blank}")
        self.variables[name] = self._free(wanted)
        again = self.again[name] = name_of(self.variables[name])
        if any((d, e) in self.renamed for d in variable.dimensions for e in self.model.dimension_elements[d]):
            for elements in self.model.element_tuples(variable):
                pairs = zip(variable.dimensions, elements, strict=True)
                now = tuple(name_of(self.elements[pair]) for pair in pairs)
                self.again[element_name(name, elements)] = element_name(again, now)

    def subscript(self, word: str, dimension: str) -> str:
        """Return how a subscript is written that stands at a dimension's place."""
        if (dimension, word) in self.elements:
            return self.elements[(dimension, word)]
        if word in self.ranges:
            return self.ranges[word]
        return next((name for (_, e), name in self.elements.items() if e == word), word)


def is_control(model: Model, variable: Variable) -> bool:
    """Return whether a variable stands for a control of Vensim's: what it says of the run is true."""
    if model.origin == "vensim":
        return variable.name in ("final_time", "saveper")
    if variable.name != "saveper":
        return False
    save = model.time.save or model.time.step
    if variable.parameter is not None:
        return variable.parameter.runs == save
    expr = None if variable.equation is None else variable.equation.expr
    return isinstance(expr, Name) and expr.name == "dt" and save == model.time.step


def quoted(text: str) -> str:
    """Return a name as it can stand in an equation, in quotes where it needs them."""
    text = " ".join(text.replace("\u00b7", ".").split())
    if _PLAIN.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquoted(text: str) -> str:
    """Return a name without its quotes."""
    return text[1:-1].replace('\\"', '"').replace("\\\\", "\\") if text.startswith('"') else text
