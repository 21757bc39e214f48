"""Subscript ranges of a Vensim model: elements, sub-ranges, numbered elements, aliases and mappings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

from putar.errors import ModelError, ModelErrors, Problem
from putar.formats.vensim_dialect import name_of
from putar.formats.vensim_entries import Entry, split_names
from putar.language.model import Dimension

__all__ = ["Ranges", "read_ranges"]

MOST = 100_000  # elements of one range

Fetch = Callable[[Entry, str], tuple[str, ...]]


@dataclass(slots=True)
class Ranges:
    """All ranges by name, the largest range of each element, and how elements were spelled."""

    elements: dict[str, tuple[str, ...]] = field(default_factory=dict)
    family: dict[str, str] = field(default_factory=dict)
    spelling: dict[str, str] = field(default_factory=dict)
    dimensions: list[Dimension] = field(default_factory=list)

    def members(self, name: str) -> tuple[str, ...] | None:
        """Return the elements that a subscript stands for, or None when it is unknown."""
        if name in self.elements:
            return self.elements[name]
        return (name,) if name in self.family else None


def read_ranges(entries: list[Entry], fetch: Fetch) -> Ranges:
    """Return the ranges that entries declare.

    Parameters
    ----------
    fetch : gives the names that a GET ... SUBSCRIPT call stands for

    Raises
    ------
    ModelErrors
        With every range that refers to itself, is empty, or maps to one of another size.
    """
    return _Reader(entries, fetch).read()


class _Reader:
    def __init__(self, entries: list[Entry], fetch: Fetch) -> None:
        self.fetch = fetch
        self.found = Ranges()
        self.problems: list[Problem] = []
        self.entries = {name_of(e.name): e for e in entries if e.sign == ":"}
        self.aliases = {name_of(e.name): (name_of(e.body), e) for e in entries if e.sign == "<->"}
        self.resolving: set[str] = set()

    def read(self) -> Ranges:
        for name, entry in self.entries.items():
            try:
                self._elements(name, entry)
            except ModelErrors as error:
                self.problems.extend(error.problems)
        for name, (other, entry) in self.aliases.items():
            known = other
            for _ in range(len(self.aliases)):
                known = self.aliases[known][0] if known in self.aliases else known
            if known in self.found.elements:
                self.found.elements[name] = self.found.elements[known]
            else:
                self._problem(entry, f"{entry.body.strip()!r} is no range", "declare it")
        if not self.problems:
            self._dimensions()
        if self.problems:
            raise ModelErrors(tuple(self.problems))
        return self.found

    def _problem(self, entry: Entry, what: str, fix: str) -> None:
        self.problems.append(Problem("error", "name", entry.where, what, fix))

    def _elements(self, name: str, entry: Entry) -> tuple[str, ...]:
        if name in self.found.elements:
            return self.found.elements[name]
        if name in self.resolving:
            raise ModelError(f"the range {entry.name!r} contains itself", entry.where, "remove it", "loop")
        self.resolving.add(name)
        listed = entry.body.partition("->")[0]
        words: list[str] = []
        get = re.match(r"\s*GET[ _](?:XLS|DIRECT|123)?[ _]?SUBSCRIPT", listed, re.IGNORECASE)
        items = self.fetch(entry, listed) if get else _items(listed)
        for item in items:
            span = re.fullmatch(r"\(\s*(.*?)(\d+)\s*-\s*(.*?)(\d+)\s*\)", item)
            if span:
                words.extend(self._numbered(entry, span))
                continue
            inner = name_of(item)
            if inner in self.aliases and inner not in self.entries:
                inner = self.aliases[inner][0]
            if inner in self.entries and inner != name:
                if len(self.resolving) > 200:
                    raise ModelError("these ranges are nested too deep", entry.where, "list the elements")
                words.extend(self._elements(inner, self.entries[inner]))
                continue
            self.found.spelling.setdefault(inner, item.strip().strip('"'))
            words.append(inner)
        if not words:
            raise ModelError(f"the range {entry.name!r} is empty", entry.where, "list its elements")
        self.resolving.discard(name)
        self.found.elements[name] = tuple(dict.fromkeys(words))
        return self.found.elements[name]

    def _numbered(self, entry: Entry, span: re.Match[str]) -> list[str]:
        first, last = int(span[2]), int(span[4])
        same = name_of(span[1] + "x") == name_of(span[3] + "x")
        if not same or not 0 <= last - first < MOST:
            fix = "(A1-A9), with one name and rising numbers"
            raise ModelError(f"{span.group()} names no elements", entry.where, fix)
        return [name_of(f"{span[1]}{number}") for number in range(first, last + 1)]

    def _dimensions(self) -> None:
        found = self.found
        for name in sorted(found.elements, key=lambda n: -len(found.elements[n])):
            for element in found.elements[name]:
                found.family.setdefault(element, name)
        for name, elements in found.elements.items():
            entry = self.entries.get(name) or self.aliases[name][1]
            maps = self._maps(name, entry) if name in self.entries else ()
            spelling = entry.name.strip('"')
            found.dimensions.append(Dimension(name, elements, entry.where, maps, spelling))

    def _groups(self, name: str, entry: Entry) -> list[tuple[str, ...]]:
        """Return the elements of each item that a range lists, which may be ranges themselves."""
        listed = _items(entry.body.partition("->")[0])
        groups = [self.found.members(name_of(item)) for item in listed]
        known = [group for group in groups if group]
        whole = [element for group in known for element in group]
        return known if tuple(dict.fromkeys(whole)) == self.found.elements[name] else []

    def _maps(self, name: str, entry: Entry) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        mine = self.found.elements[name]
        maps = []
        for item in _items(entry.body.partition("->")[2]):
            listed = re.fullmatch(r"\(\s*([^:]*):(.*)\)", item, re.DOTALL)
            target = name_of(listed[1] if listed else item)
            theirs = self.found.elements.get(target)
            if theirs is None:
                self._problem(entry, f"{entry.name!r} maps to {item!r}, which is no range", "declare it")
                continue
            groups: list[tuple[str, ...]] = [(e,) for e in theirs]
            sources: list[tuple[str, ...]] = [(e,) for e in mine]
            if listed:
                groups = [self.found.members(name_of(w)) or () for w in split_names(listed[2])]
                written = self._groups(name, entry)
                sources = written if len(written) == len(groups) else sources
            if len(groups) != len(sources) or not all(groups):
                what = f"{entry.name!r} has {len(sources)} elements, its map to {target!r} {len(groups)}"
                self._problem(entry, what, "map each element")
                continue
            pairs: list[tuple[str, str]] = []
            for own, other in zip(sources, groups, strict=True):
                together = len(own) == len(other) > 1
                pairs.extend(zip(own, other, strict=True) if together else product(own, other))
            maps.append((target, tuple(pairs)))
        return tuple(maps)


def _items(text: str) -> list[str]:
    """Return what stands between commas outside of brackets and quotes."""
    flat = re.sub(r"\\?\s*\n\s*", " ", text)
    parts = re.findall(r'(?:"(?:[^"\\]|\\.)*"|\([^()]*\)|[^,("])+', flat)
    return [part.strip() for part in parts if part.strip()]
