"""The `.putar` text form, read: lines to declarations, every mistake with its place.

A statement starts at column one with its kind; indented lines carry it on; `;` starts the reason.
docs/format.md has the grammar. A file is read to its end whatever is wrong with it, and all
problems are raised together. The writer is `formats.text_write`; reading what it writes gives the
same Model.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from putar.errors import ModelError, ModelErrors, Problem, UsageError, Where, nearest
from putar.formats.text_lines import NUMBER, Line, Statement, split_reason
from putar.formats.text_variable import as_constant, with_details
from putar.language.model import (
    INTEGRATIONS,
    Dimension,
    Link,
    Model,
    Subsystem,
    TimeSpec,
    UnitDeclaration,
    Variable,
)
from putar.language.parse import canonical

__all__ = ["Declarations", "read_declarations", "read_model", "read_subsystem"]

LARGEST = 4_000_000  # characters; a larger file is refused before it is read
_STATEMENTS: tuple[str, ...] = ("subsystem", "stock", "flow", "aux", "curve", "constant")
_STATEMENTS += ("time", "dimension", "unit", "link")
_NAME = r'(?:[^\W\d][\w$]*|"(?:[^"\\]|\\.)*")(?:\.(?:[^\W\d][\w$]*|"(?:[^"\\]|\\.)*"))*'
_HEAD = re.compile(rf"(\w+)\s+({_NAME})\s*(?:\[([^\]]*)\])?\s*")


@dataclass(slots=True)
class Declarations:
    """What one text declares, in its order."""

    subsystems: list[Subsystem] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    dimensions: list[Dimension] = field(default_factory=list)
    units: list[UnitDeclaration] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    time: TimeSpec | None = None


def read_declarations(text: str, path: str, subsystem: str = "") -> Declarations:
    """Return what a text declares.

    Parameters
    ----------
    text : the whole file
    path : its name, for messages
    subsystem : the room variables belong to until a `subsystem` statement says otherwise

    Raises
    ------
    ModelErrors
        With every mistake in the text, each with its line and column.
    """
    return _Reader(path, subsystem).read(text)


def read_subsystem(
    path: Path, subsystem: str, problems: list[Problem]
) -> tuple[Subsystem, tuple[Variable, ...], frozenset[str]]:
    """Return the room and the variables that one file of a flywheel folder declares.

    What is wrong is added to the problems; the names of variables that were lost to it come last.
    """
    reader = _Reader(path.name, subsystem)
    try:
        text = _load(path)
    except ModelErrors as error:
        problems.extend(error.problems)
        return Subsystem(subsystem), (), frozenset()
    found = reader.declared(text)
    problems.extend(reader.problems)
    room = found.subsystems[0] if found.subsystems else Subsystem(subsystem)
    lost: set[str] = set()
    if reader.problems:
        begun = re.findall(r"^\w+\s+([^\W\d]\w*)", text, re.MULTILINE)
        lost = {f"{room.name}.{name}" for name in begun} - {variable.name for variable in found.variables}
    return room, tuple(found.variables), frozenset(lost)


def read_model(path: Path) -> Model:
    """Return the model of a single `.putar` file, which must say its time."""
    found = read_declarations(_load(path), path.name)
    if found.time is None:
        place = Where(path.name)
        raise ModelError("the model does not say its time", place, "add 'time 0 to 100 step 0.25 : year'")
    return Model(
        path.stem,
        found.time,
        tuple(found.variables),
        tuple(found.dimensions),
        tuple(found.units),
        tuple(found.subsystems),
        tuple(found.links),
    )


def _load(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            what = f"the file is larger than {LARGEST:,} bytes"
            raise ModelError(what, Where(path.name), "split the model into files", "file")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", "check the path") from None
    except UnicodeDecodeError as error:
        what = f"not UTF-8 at byte {error.start}"
        raise ModelError(what, Where(path.name), "save it as UTF-8", "file") from None


def _ratio(text: str) -> float:
    """Return a number, or a fraction of two; infinite where it is too large or is divided by zero."""
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom) if bottom and float(bottom) else float(top) if not bottom else math.inf


class _Reader:
    def __init__(self, path: str, subsystem: str) -> None:
        self.path, self.subsystem = path, subsystem
        self.found = Declarations()
        self.problems: list[Problem] = []

    def read(self, text: str) -> Declarations:
        found = self.declared(text)
        if self.problems:
            raise ModelErrors(tuple(self.problems))
        return found

    def declared(self, text: str) -> Declarations:
        """Return what could be read; the rest is among the problems."""
        for statement in self._statements(text):
            try:
                self._statement(statement)
                statement.check_all_read()
            except ModelErrors as error:
                self.problems.extend(error.problems)
        return self.found

    def _statements(self, text: str) -> Iterator[Statement]:
        current: list[Line] = []
        comments: list[str] = []
        held: tuple[str, ...] = ()
        for number, raw in enumerate(text.split("\n"), start=1):
            raw = raw.rstrip("\r").replace("\t", "    ")
            if raw.lstrip().startswith("#"):
                comments.append(raw.strip()[1:].strip())
                continue
            if not raw.strip():
                continue
            body, reason = split_reason(raw)
            line = Line(number, raw, body, reason)
            if raw[0].isspace():
                if current:
                    current.append(line)
                else:
                    where = Where(self.path, number, 1, 1, raw)
                    fix = "start a statement at column one, with its kind"
                    self.problems.append(
                        Problem("error", "syntax", where, "an indented line has nothing to belong to", fix)
                    )
                continue
            if current:
                yield Statement(self.path, current, held)
            current, held, comments = [line], tuple(comments), []
        if current:
            yield Statement(self.path, current, held + tuple(comments))

    def _statement(self, statement: Statement) -> None:
        first = statement.lines[0]
        word = re.match(r"\w+", first.body)
        kind = word.group() if word else first.body[:1]
        if kind not in _STATEMENTS:
            near = nearest(kind, _STATEMENTS)
            fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(_STATEMENTS)}"
            raise statement.error(f"unknown statement {kind!r}", first, 0, len(kind), fix)
        readers: dict[str, Callable[[Statement], None]] = {
            "subsystem": self._subsystem,
            "time": self._time,
            "dimension": self._dimension,
            "unit": self._unit,
            "link": self._link,
        }
        readers.get(kind, self._variable)(statement)

    # statements about the model ------------------------------------------------------------

    def _subsystem(self, statement: Statement) -> None:
        first = statement.lines[0]
        match = re.fullmatch(r'subsystem\s+([\w.]+)\s*(?:"([^"]*)"\s*)?', first.body)
        if match is None:
            raise statement.error("a subsystem has a name and a title", first, 0, 9, 'subsystem name "Title"')
        self.subsystem = canonical(match[1])
        self.found.subsystems.append(Subsystem(self.subsystem, match[2] or "", statement.reason))

    def _time(self, statement: Statement) -> None:
        first = statement.lines[0]
        number = rf"({NUMBER}(?:/\d+)?)"
        match = re.fullmatch(
            rf"time\s+{number}\s+to\s+{number}\s+step\s+{number}\s*(?::\s*(\w+)\s*)?", first.body
        )
        if match is None:
            fix = "time 2022 to 2032 step 1/64 : year"
            raise statement.error("this is not a time statement", first, 0, 4, fix)
        start, stop, step = (_ratio(match[i]) for i in (1, 2, 3))
        spec = TimeSpec(start, stop, step, match[4] or "year", where=statement.where(first, 0, 4))
        for line, at in statement.details():
            word, _, rest = line.body[at:].strip().partition(" ")
            if word == "method" and rest.strip() in INTEGRATIONS:
                spec = replace(spec, method=rest.strip())
            elif word == "save" and re.fullmatch(number, rest.strip()):
                spec = replace(spec, save=_ratio(rest.strip()))
            else:
                fix = "method euler | rk2 | heun | rk4, or save 0.25"
                raise statement.error(f"{word!r} does not say this", line, at, len(word), fix)
        if not (spec.step > 0 and spec.stop > spec.start):
            fix = "stop after start, with a step above zero"
            raise statement.error("time does not move forward", first, 0, 4, fix)
        if self.found.time is not None:
            raise statement.error("the time is said twice", first, 0, 4, "remove one")
        self.found.time = spec

    def _dimension(self, statement: Statement) -> None:
        first = statement.lines[0]
        match = re.fullmatch(r"dimension\s+(\w+)\s*=(.*)", first.body)
        elements = tuple(canonical(e) for e in match[2].split(",")) if match else ()
        if match is None or not all(re.fullmatch(r"\w+", e) for e in elements):
            fix = "dimension actor = openai, google, anthropic"
            raise statement.error("this is not a dimension", first, 0, 9, fix)
        if len(set(elements)) < len(elements):
            raise statement.error("an element is listed twice", first, 0, 9, "remove one")
        where = statement.where(first, match.start(1), len(match[1]))
        self.found.dimensions.append(Dimension(canonical(match[1]), elements, where))

    def _unit(self, statement: Statement) -> None:
        first = statement.lines[0]
        match = re.fullmatch(r"unit\s+(\S+)\s*(?:=(.*))?", first.body)
        if match is None:
            fix = "unit person, or unit busd = 1e9 USD"
            raise statement.error("this is not a unit", first, 0, 4, fix)
        where = statement.where(first, match.start(1), len(match[1]))
        self.found.units.append(UnitDeclaration(match[1], (match[2] or "").strip() or None, where))

    def _link(self, statement: Statement) -> None:
        first = statement.lines[0]
        match = re.fullmatch(
            r'link\s+(\w+)\s*(?:"([^"]*)"\s*)?(?::\s*([\w.]+)\s*->\s*([\w.]+)\s*)?', first.body
        )
        if match is None:
            fix = 'link own_research "Own research" : fleet -> capability'
            raise statement.error("this is not a link", first, 0, 4, fix)
        where = statement.where(first, match.start(1), len(match[1]))
        self.found.links.append(
            Link(canonical(match[1]), match[2] or "", match[3] or "", match[4] or "", where)
        )

    # variables ------------------------------------------------------------------------------

    def _variable(self, statement: Statement) -> None:
        first = statement.lines[0]
        head = _HEAD.match(first.body)
        if head is None:
            at = len(first.body.split()[0]) if first.body.split() else 0
            raise statement.error("a name is missing", first, at, 1, "stock water : litre = 10")
        kind, name = head[1], canonical(head[2]) if "." not in head[2] else head[2]
        where = statement.where(first, head.start(2), len(head[2]))
        qualified = f"{self.subsystem}.{name}" if self.subsystem else name
        dimensions = tuple(canonical(d) for d in head[3].split(",")) if head[3] is not None else ()
        rest, offset = first.body[head.end() :], head.end()
        declared, equals, _ = rest.partition("=")
        unit, input_unit = self._units(statement, declared, offset)
        equation = None
        if equals:
            equation = statement.equation(first, offset + len(declared) + 1)
        variable = Variable(
            qualified,
            kind,
            unit,
            equation,
            dimensions,
            input_unit=input_unit,
            reason=statement.reason,
            comments=statement.comments,
            where=where,
        )
        variable = with_details(statement, variable)
        self.found.variables.append(as_constant(statement, variable) if kind == "constant" else variable)

    def _units(self, statement: Statement, text: str, offset: int) -> tuple[str, str | None]:
        stripped = text.strip()
        if not stripped:
            return "", None
        if stripped.startswith("of "):
            return "", stripped[3:].strip()
        if not stripped.startswith(":"):
            at = offset + len(text) - len(text.lstrip())
            first = statement.lines[0]
            fix = "kind name : unit = equation"
            raise statement.error(f"{stripped!r} cannot stand here", first, at, len(stripped), fix)
        unit, found, given = stripped[1:].partition(" of ")
        return unit.strip(), given.strip() if found else None
