"""TOML and CSV files read with the place of every key and row, so that each mistake can be pointed at.

`tomllib` and `csv` do the reading; they give no positions, so a scanner walks the same text once and
remembers where each key stands. A `Table` hands out typed values, notes what is wrong and, at its end,
which keys nobody asked for.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from putar.errors import Problem, Where, nearest

__all__ = ["Document", "Row", "Table", "read_rows", "read_text", "read_toml"]

Key = tuple[str | int, ...]
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r"""
      "{3} (?: [^"\\] | \\. | "{1,2}(?!") )* "{3,5}
    | '{3} (?: [^'] | '{1,2}(?!') )* '{3,5}
    | " (?: [^"\\\n] | \\. )* "
    | ' [^'\n]* '
    """,
    re.VERBOSE | re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SYNTAX = re.compile(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)
_MISSING: Any = object()


def read_text(path: Path, problems: list[Problem]) -> str | None:
    """Return a file's text, or None with the reason among the problems."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        fix = f"add the file {path.name} to {path.parent.name}"
        problems.append(Problem("error", "file", Where(path.name), f"{error.strerror}".lower(), fix))
    except UnicodeDecodeError as error:
        what = f"not UTF-8 at byte {error.start}"
        problems.append(Problem("error", "file", Where(path.name), what, "save it as UTF-8"))
    return None


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML file: its data, and the place of each key by its path, tables of arrays by number."""

    name: str
    data: Mapping[str, Any]
    places: Mapping[Key, Where]

    def where(self, *path: str | int) -> Where:
        """Return the place of a key, or of the nearest table around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return Where(self.name)


def read_toml(path: Path, problems: list[Problem]) -> Document:
    """Return a TOML file; what is wrong with its syntax goes among the problems."""
    text = read_text(path, problems)
    if text is None:
        return Document(path.name, {}, {})
    try:
        return Document(path.name, tomllib.loads(text), _Scanner(path.name, text).places())
    except tomllib.TOMLDecodeError as error:
        match = _SYNTAX.match(str(error))
        lines = text.split("\n")
        line = int(match[2]) if match and match[2] else len(lines)
        column = int(match[3]) if match and match[3] else 1
        where = Where(path.name, line, column, 1, lines[min(line, len(lines)) - 1].rstrip("\r"))
        what = f"not TOML: {match[1] if match else error}"
        problems.append(
            Problem("error", "syntax", where, what, "correct the line; see https://toml.io/en/v1.0.0")
        )
        return Document(path.name, {}, {})


class _Scanner:
    """Walks a valid TOML text and notes where each key stands."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text, self.at = name, text, 0
        self.found: dict[Key, Where] = {}
        self.counts: dict[Key, int] = {}
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def places(self) -> dict[Key, Where]:
        section: Key = ()
        while self.blank() < len(self.text):
            if self.text[self.at] == "[":
                many = self.text.startswith("[[", self.at)
                self.at += 1 + many
                start = self.at
                section = self.section(self.keys(), many)
                self.note(section, start, self.at)
                self.at += 1 + many
            else:
                self.pair(section)
        return self.found

    def section(self, keys: Key, many: bool) -> Key:
        path: Key = ()
        for position, key in enumerate(keys):
            path = (*path, key)
            if many and position == len(keys) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = (*path, self.counts[path])
        return path

    def pair(self, section: Key) -> None:
        start = self.at
        path = (*section, *self.keys())
        self.note(path, start, self.at)
        self.blank()
        self.at += 1  # the equals sign
        self.blank()
        self.value(path)

    def keys(self) -> Key:
        keys: list[str] = []
        while True:
            self.blank()
            quote = self.text[self.at]
            if quote in "\"'":
                raw = self.string()
                plain = "\\" not in raw or quote == "'"
                keys.append(raw[1:-1] if plain else tomllib.loads(f"k = {raw}")["k"])
            else:
                match = _BARE.match(self.text, self.at)
                keys.append(match.group() if match else "")
                self.at = match.end() if match else self.at + 1
            end = self.at
            self.blank()
            if self.at >= len(self.text) or self.text[self.at] != ".":
                self.at = end
                return tuple(keys)
            self.at += 1

    def value(self, path: Key) -> None:
        first = self.text[self.at]
        if first == "{":
            self.at += 1
            while self.text[self.blank()] != "}":
                if self.text[self.at] == ",":
                    self.at += 1
                    continue
                self.pair(path)
            self.at += 1
        elif first == "[":
            self.at += 1
            index = 0
            while self.text[self.blank()] != "]":
                if self.text[self.at] == ",":
                    self.at += 1
                    index += 1
                    continue
                start = self.at
                self.value((*path, index))
                self.note((*path, index), start, self.at)
            self.at += 1
        elif first in "\"'":
            self.string()
        else:
            match = _SCALAR.match(self.text, self.at)
            self.at = match.end() if match else self.at

    def string(self) -> str:
        start, match = self.at, _STRING.match(self.text, self.at)
        self.at = match.end() if match else self.at + 1
        return self.text[start : self.at]

    def blank(self) -> int:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def note(self, path: Key, start: int, end: int) -> None:
        line = bisect_right(self.starts, start) - 1
        column = start - self.starts[line] + 1
        width = max(1, min(end, self.starts[line] + len(self.lines[line])) - start)
        where = Where(self.name, line + 1, column, width, self.lines[line].rstrip("\r"))
        self.found.setdefault(path, where)
        for length in range(1, len(path)):  # tables that dotted keys and headers make on the way
            self.found.setdefault(path[:length], where)


@dataclass(slots=True)
class Table:
    """One table of a document: typed values out, problems noted, unknown keys found at the end."""

    document: Document
    path: Key
    data: Mapping[str, Any]
    problems: list[Problem]
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, document: Document, problems: list[Problem]) -> Table:
        """Return the top table of a document."""
        return cls(document, (), document.data, problems)

    def where(self, *keys: str | int) -> Where:
        """Return the place of a key of this table, or of the table."""
        return self.document.where(*self.path, *keys)

    def wrong(
        self, key: str | int, what: str, fix: str, kind: str = "value", severity: str = "error"
    ) -> None:
        """Note a problem at a key."""
        self.problems.append(Problem(severity, kind, self.where(key), what, fix))

    def get(self, key: str, default: Any = None) -> Any:
        """Return the raw value of a key, which is thereby known."""
        self.asked.add(key)
        return self.data.get(key, default)

    def text(self, key: str, default: str = _MISSING, choices: Sequence[str] = ()) -> str:
        """Return a text; absent without a default, of another type, or not among the choices is a problem."""
        value = self.get(key, _MISSING)
        if value is _MISSING:
            return str(self._absent(key, default, "", "a text in quotes"))
        if not isinstance(value, str):
            self.wrong(key, f"{key} is not a text", f'write {key} = "..."')
            return ""
        if choices and value not in choices:
            near = nearest(value, choices)
            fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(choices)}"
            self.wrong(key, f"{key} cannot be {value!r}", fix)
        return value

    def number(self, key: str, default: float | None = _MISSING) -> float | None:
        """Return a number; `1/64` in quotes is one as well."""
        value = self.get(key, _MISSING)
        if value is _MISSING:
            found: float | None = self._absent(key, default, None, "a number")
            return found
        number = as_number(value)
        if number is None:
            self.wrong(key, f"{key} is not a number", f"write {key} = 0.5")
        return number

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when absent."""
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(key, f"{key} is not a list of texts", f'write {key} = ["...", "..."]')
            return ()
        for index, item in enumerate(value):
            if item in value[:index]:
                self.problems.append(
                    Problem("error", "value", self.where(key, index), f"{item!r} stands twice", "remove one")
                )
        return tuple(value)

    def numbers(self, key: str) -> dict[str, float]:
        """Return a table of numbers, dotted names joined; empty when absent."""
        value = self.get(key, {})
        found: dict[str, float] = {}
        if not isinstance(value, Mapping):
            self.wrong(key, f"{key} is not a table of numbers", f'write {key} = {{ "a.b" = 1.0 }}')
            return found
        for keys, item in _leaves(value):
            number = as_number(item)
            if number is None:
                name = ".".join(keys)
                where = self.where(key, *keys)
                self.problems.append(
                    Problem("error", "value", where, f"{name} is not a number", f'write "{name}" = 0.5')
                )
            else:
                found[".".join(keys)] = number
        return found

    def table(self, key: str) -> Table | None:
        """Return a table inside this one, or None."""
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.wrong(key, f"{key} is not a table", f"write [{key}] and its keys below")
            return None
        return Table(self.document, (*self.path, key), value, self.problems)

    def tables(self, key: str) -> list[Table]:
        """Return the tables of an array `[[key]]`, none when absent."""
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.wrong(key, f"{key} is not a list of tables", f"start each with [[{key}]]")
            return []
        return [
            Table(self.document, (*self.path, key, i), item, self.problems) for i, item in enumerate(value)
        ]

    def named(self, key: str) -> dict[str, Table]:
        """Return the tables inside a table, by name; none when absent."""
        outer = self.table(key)
        return outer.all() if outer is not None else {}

    def all(self) -> dict[str, Table]:
        """Return every table in this one, by name; anything else in it is a problem."""
        found: dict[str, Table] = {}
        for name, item in self.data.items():
            self.asked.add(name)
            if isinstance(item, Mapping):
                found[name] = Table(self.document, (*self.path, name), item, self.problems)
            else:
                self.wrong(name, f"{name} is not a table", f"write {name} = {{ ... }}")
        return found

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.data:
            if key not in self.asked:
                near = nearest(key, self.asked)
                fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(sorted(self.asked))}"
                self.wrong(key, f"unknown key {key!r}", fix, kind="name")

    def _absent(self, key: str, default: Any, fallback: Any, form: str) -> Any:
        if default is not _MISSING:
            return default
        self.problems.append(
            Problem("error", "value", self.where(), f"{key} is missing", f"add {key}, {form}")
        )
        return fallback


def as_number(value: object) -> float | None:
    """Return a finite TOML number, or a fraction in quotes, as a float; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) <= sys.float_info.max else None
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*", value)
        if match and float(match[2]):
            return float(match[1]) / float(match[2])
    return None


def _leaves(value: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, item in value.items():
        if isinstance(item, Mapping):
            for keys, leaf in _leaves(item):
                yield (key, *keys), leaf
        else:
            yield (key,), item


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a CSV file, by column."""

    values: Mapping[str, str]
    name: str
    line: int
    text: str

    def where(self, column: str = "") -> Where:
        """Return the place of a column's value, or of the record."""
        value = self.values.get(column, "")
        at = self.text.find(value) if value else -1
        if at < 0:
            return Where(self.name, self.line, 1, 1, self.text)
        return Where(self.name, self.line, at + 1, len(value), self.text)


def read_rows(path: Path, columns: Sequence[str], problems: list[Problem]) -> list[Row]:
    """Return the records of a CSV file that has exactly these columns, in any order.

    A missing, unknown or repeated column and a record of another length are problems.
    """
    text = read_text(path, problems)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text), strict=True)
    lines = text.split("\n")
    rows: list[Row] = []
    header: list[str] = []
    start = 1

    def wrong(line: int, what: str, fix: str) -> None:
        where = Where(path.name, line, 1, 1, lines[line - 1].rstrip("\r") if line <= len(lines) else "")
        problems.append(Problem("error", "syntax", where, what, fix))

    try:
        for record in reader:
            line, start = start, reader.line_num + 1
            if not header:
                header = record
                for column in dict.fromkeys([*columns, *header]):
                    if header.count(column) != 1 or column not in columns:
                        what = f"column {column!r} stands {header.count(column)} times"
                        wrong(line, what, f"the columns are {','.join(columns)}")
            elif record and len(record) != len(header):
                wrong(
                    line, f"{len(record)} values for {len(header)} columns", "quote texts that hold a comma"
                )
            elif record:
                values = {column: value.strip() for column, value in zip(header, record, strict=True)}
                for column in columns:
                    values.setdefault(column, "")
                rows.append(Row(values, path.name, line, lines[line - 1].rstrip("\r")))
    except csv.Error as error:
        wrong(min(start, len(lines)), f"not CSV: {error}", "close the quotes")
    if not header:
        wrong(1, "the file is empty", f"start with {','.join(columns)}")
    return rows
