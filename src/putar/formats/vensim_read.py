"""Vensim `.mdl` to Model: entries become variables, or are refused by name with line and reason.

Every mistake of a file is reported at once. An array may be defined by several entries, over parts of
its ranges; what one entry says holds for the elements of its left side. Stocks get a flow of their own
where the rate is more than a sum of names. Units are kept and later only warned about.

Source: Vensim Reference Manual; docs/formats.md says what is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

from putar.errors import ModelError, ModelErrors, Problem
from putar.formats.affected import Told, affected_note
from putar.formats.foreign_units import with_units
from putar.formats.pause import no_collecting
from putar.formats.spans import span_of, unit_of
from putar.formats.tables import Series, Tables, read_data_file
from putar.formats.vensim_arrays import Piece, assemble
from putar.formats.vensim_calendar import calendar_of
from putar.formats.vensim_dialect import VENSIM, name_of, points_of
from putar.formats.vensim_entries import Entry, Macro, Source, read_source
from putar.formats.vensim_flows import with_flows
from putar.formats.vensim_ranges import Ranges, read_ranges
from putar.formats.vensim_text import load_text
from putar.formats.vensim_time import CONTROLS, time_spec
from putar.formats.vensim_translate import Scope, Translator, literal
from putar.formats.vensim_values import (
    constants,
    fetch_names,
    fetched_numbers,
    fetched_points,
    get_call,
    is_straight,
    row_lengths,
)
from putar.language.check import MOST_ELEMENTS
from putar.language.expr import Call, Expr, Name, Number, walk
from putar.language.model import Equation, Model, Points, Variable, element_name
from putar.language.parse import parse_expression

__all__ = ["read_vensim"]

NET = "\u00b7net"  # the flow of a stock whose rate is no plain sum
MODES = {":look forward:": "next", ":hold backward:": "step", ":raw:": "raw"}


@no_collecting()
def read_vensim(path: Path, data: Sequence[Path] = ()) -> Model:
    """Return the model of a `.mdl` file.

    Parameters
    ----------
    data : files with the values of its data variables

    Raises
    ------
    UsageError
        If a file cannot be read.
    ModelErrors
        With everything that cannot be read or is not supported, each with its place.
    """
    series: dict[str, Series] = {}
    for file in data:
        series.update(read_data_file(file))
    source = read_source(load_text(path), path.name)
    return _Reader(path, source, series).model()


@dataclass(frozen=True, slots=True)
class _Task:
    """An entry to be read in a scope, under the language's name of its variable."""

    entry: Entry
    name: str
    scope: Scope
    bound: Expr | None = None


class _Reader:
    def __init__(self, path: Path, source: Source, series: Mapping[str, Series]) -> None:
        self.path, self.source, self.series = path, source, series
        self.tables = Tables(path.parent)
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.ranges = Ranges()
        self.macros: dict[str, Macro] = {name_of(m.name): m for m in (*_own_macros(), *source.macros)}
        self.tasks: list[_Task] = []
        self.pieces: dict[str, list[Piece]] = {}
        self.entry_of: dict[str, Entry] = {}
        self.spelling: dict[str, str] = {}
        self.absent: dict[str, Problem] = {}
        self.read: set[str] = set()
        self.translator = Translator(self.ranges, self.macros, self._known, self._expand)

    # the whole ----------------------------------------------------------------------------

    def model(self) -> Model:
        """Return the model, or raise all problems together."""
        entries = self.source.entries
        self.ranges = read_ranges(entries, lambda entry, text: fetch_names(entry, text, self.tables))
        units = [unit_of(e.units) for e in entries if name_of(e.name) in CONTROLS]
        calendar = calendar_of(next(filter(None, units), ""), self.source.settings)
        self.translator = Translator(self.ranges, self.macros, self._known, self._expand, calendar)
        for entry in entries:
            if entry.sign in (":", "<->"):
                continue
            name = name_of(entry.name)
            self.spelling.setdefault(name, " ".join(entry.name.strip().strip('"').split()))
            self.entry_of.setdefault(name, entry)
            self.tasks.append(_Task(entry, name, Scope()))
        self._outputs_of_macros()
        at = 0
        while at < len(self.tasks):
            task = self.tasks[at]
            at += 1
            try:
                self._read(task)
            except ModelErrors as error:
                self.problems.extend(error.problems)
        self.problems.extend(self.translator.problems)
        for name, problem in self.absent.items():
            if name in self.read:
                self.problems.append(problem)
            else:
                self.notes.append(
                    replace(problem, severity="note", fix="nothing reads it, so that it is left out")
                )
        if self.problems:
            raise ModelErrors((*self.problems, *affected_note(self.translator.refused, self._structure())))
        return self._assembled()

    def _known(self, word: str) -> str | None:
        self.read.add(word)
        return word if word in self.entry_of and (word not in CONTROLS or word == "saveper") else None

    def _structure(self) -> dict[str, Told]:
        """Return what was read so far, for a note of what refused equations take with them."""
        found = {}
        for name, pieces in self.pieces.items():
            if not pieces:
                continue
            equations = [e for piece in pieces for e in (piece.equation, piece.rate) if e is not None]
            found[name] = Told(pieces[0].kind, tuple(equation.expr for equation in equations))
        return found

    def _outputs_of_macros(self) -> None:
        """Declare the variables that a macro's call defines behind its ':'."""
        outputs = {name: len(m.inputs) for name, m in self.macros.items() if m.outputs}
        for entry in self.source.entries:
            if ":" not in entry.body or "(" not in entry.body:
                continue
            try:
                tree = parse_expression(entry.body, entry.at, VENSIM)
            except ModelErrors:  # reported when the entry is read
                continue
            for node in walk(tree):
                if isinstance(node, Call) and node.function.lower() in outputs:
                    for more in node.args[outputs[node.function.lower()] :]:
                        if isinstance(more, Name):
                            self.entry_of.setdefault(more.name, entry)

    def _assembled(self) -> Model:
        dimensions = list(self.ranges.dimensions)
        variables: list[Variable] = []
        controls: dict[str, Variable] = {}
        for name, pieces in self.pieces.items():
            made = assemble(name, pieces, self.ranges, dimensions, self.problems)
            for variable in made:
                entry = self.entry_of.get(name, pieces[0].entry)
                variable = replace(
                    variable,
                    unit=unit_of(entry.units) or unit_of(pieces[0].entry.units),
                    span="" if variable.name.endswith(NET) else span_of(entry.units),
                    reason=entry.comment,
                    spelling=self.spelling.get(variable.name, ""),
                )
                if name in CONTROLS:
                    controls[name] = variable
                else:
                    variables.append(variable)
        if self.problems:
            raise ModelErrors(tuple(self.problems))
        time, kept = time_spec(self.path.name, controls, variables, self.source, self.notes)
        kept = [control for control in kept if control.name != "saveper" or control.name in self.read]
        variables, time, units = with_units(with_flows([*variables, *kept]), time)
        self.notes.extend(self.translator.notes)
        for alias, file in self.tables.aliases.items():
            what = f"the alias {alias!r} is taken to mean {file}, which is called like it"
            self.notes.append(Problem("note", "source", None, what, "rename the file where this is wrong"))
        for where in self.source.checks:
            what, fix = "a reality check is not part of a run", "nothing to do"
            self.notes.append(Problem("note", "skipped", where, what, fix))
        if self.problems:
            raise ModelErrors(tuple(self.problems))
        sketch = (("vensim sketch", self.source.sketch),) if self.source.sketch else ()
        return Model(
            self.path.stem,
            time,
            tuple(variables),
            tuple(dimensions),
            units,
            notes=tuple(self.notes),
            kept=sketch,
            origin="vensim",
        )

    # entries ------------------------------------------------------------------------------

    def _expand(self, macro: Macro, scope: Scope, bound: Mapping[str, Expr]) -> None:
        entry = macro.entries[0] if macro.entries else None
        for name, expr in bound.items():
            if entry is not None:
                called = replace(entry, subscripts=(), excepted=(), keyword="", comment="", units="")
                self.tasks.append(_Task(called, name, scope, expr))
        for one in macro.entries:
            if one.sign in (":", "<->"):
                what = f"the macro {macro.name!r} declares a range"
                self.problems.append(Problem("error", "unsupported", one.where, what, "declare it outside"))
            elif name_of(one.name) not in {name_of(word) for word in macro.inputs}:
                self.tasks.append(_Task(_with_own_units(one, macro), scope.names[name_of(one.name)], scope))

    def _read(self, task: _Task) -> None:
        entry = task.entry
        words = tuple(name_of(s) for s in entry.subscripts)
        for word, written in zip(words, entry.subscripts, strict=True):
            if self.ranges.members(word) is None:
                fix = "declare it in a range"
                raise ModelError(f"unknown subscript {written!r}", entry.where, fix, "name")
        over = (*task.scope.over, *words)
        piece = Piece(task.name, entry, over, self._tuples(entry, over, len(task.scope.over)))
        if entry.sign == "" and not entry.body.strip() and self._without_data(piece):
            return
        self.pieces.setdefault(task.name, []).append(self._filled(piece, task))

    def _tuples(self, entry: Entry, over: tuple[str, ...], skip: int) -> tuple[tuple[str, ...], ...]:
        members = [self.ranges.members(word) or () for word in over]
        count = 1
        for group in members:
            count *= len(group)
        if count > MOST_ELEMENTS:
            fix = "use smaller ranges"
            raise ModelError(f"{entry.name!r} would have {count:,} elements", entry.where, fix)
        tuples = tuple(product(*members))
        for group in entry.excepted:
            sets = [set(self.ranges.members(name_of(word)) or ()) for word in group]
            if len(sets) != len(over) - skip or not all(sets):
                what = f":EXCEPT: [{', '.join(group)}] does not fit the left side"
                raise ModelError(what, entry.where, "name as many ranges or elements", "name")
            tuples = tuple(t for t in tuples if not all(e in s for e, s in zip(t[skip:], sets, strict=True)))
        return tuples

    def _filled(self, piece: Piece, task: _Task) -> Piece:
        """Return a piece with what its entry says: numbers, points or an equation."""
        entry = piece.entry
        if task.bound is not None:
            return replace(piece, kind="aux", equation=Equation(task.bound, "", entry.where, piece.over))
        if entry.sign == "" and not entry.body.strip():
            return self._data(piece)
        fetched = get_call(entry.body)
        if fetched is not None:
            shape = [len(self.ranges.elements[w]) for w in piece.over if w in self.ranges.elements]
            if fetched.what == "CONSTANTS":
                numbers = fetched_numbers(entry, fetched, self.tables, shape)
                return replace(piece, kind="constant", numbers=numbers)
            points = fetched_points(entry, fetched, self.tables, len(piece.tuples))
            if fetched.what == "LOOKUPS":
                return replace(piece, kind="lookup", points=points)
            return self._as_data(piece, points)
        if entry.sign == "(":
            try:
                table = points_of(entry.body)
            except ValueError as error:
                raise ModelError(f"{piece.name}: {error}", entry.at, "(x1, y1), (x2, y2)") from None
            return replace(piece, kind="lookup", points=(table,) * len(piece.tuples))
        numbers_listed = constants(entry.body)
        if numbers_listed is not None:
            return self._listed(piece, numbers_listed)
        return self._computed(piece, task)

    def _listed(self, piece: Piece, numbers: tuple[float, ...]) -> Piece:
        count = len(piece.tuples)
        if len(numbers) == 1:
            numbers = numbers * max(1, count)
        if len(numbers) != count or (piece.entry.excepted and len(set(numbers)) > 1):
            what = f"{piece.name} has {count} elements here, {len(numbers)} numbers are given"
            raise ModelError(what, piece.entry.at, "give one number, or one for each element")
        sizes = [len(self.ranges.members(word) or ()) for word in piece.over]
        across = next((size for size in reversed(sizes) if size > 1), 1)  # single elements have no rows
        lengths = row_lengths(piece.entry.body)
        uneven = [length for length in lengths if length != across]
        if uneven and count > 1 and (count > across or set(lengths) != {1}):  # one range may go down as well
            what = f"a row of {piece.name} has {across} numbers, one here has {uneven[0]}"
            raise ModelError(what, piece.entry.at, "end each row with ';', and nothing else")
        return replace(piece, kind="constant", numbers=numbers)

    def _computed(self, piece: Piece, task: _Task) -> Piece:
        entry = piece.entry
        expr = self.translator.expression(entry, piece.name, piece.over, task.scope)
        if expr is None:
            return replace(piece, kind="aux", equation=Equation(Number(0.0), "", entry.at, piece.over))
        where, text = entry.at, entry.body
        if entry.sign == ":=" and not is_straight(expr):
            what = f"{piece.name} is worked out at every step; Vensim does it at the times of the data alone"
            fix = "between them the values differ; give them as data where that matters"
            self.notes.append(Problem("warning", "value", where, what, fix))
        if isinstance(expr, Call) and expr.function == "INTEG" and len(expr.args) == 2:
            rate, initial = expr.args
            return replace(
                piece,
                kind="stock",
                equation=Equation(initial, text, where, piece.over),
                rate=Equation(rate, text, where, piece.over),
            )
        if isinstance(expr, Call) and expr.function == "POINTS":
            numbers = [literal(argument) for argument in expr.args[1:]]
            values = [number for number in numbers if number is not None]
            points = Points(tuple(values[::2]), tuple(values[1::2]))
            equation = Equation(expr.args[0], text, where, piece.over)
            return replace(piece, kind="curve", equation=equation, points=(points,) * len(piece.tuples))
        return replace(piece, kind="aux", equation=Equation(expr, text, where, piece.over))

    # data ---------------------------------------------------------------------------------

    def _without_data(self, piece: Piece) -> bool:
        """Remember a data variable that no file has values for; only one that is read is a mistake."""
        missing = [element_name(piece.name, t) for t in piece.tuples]
        missing = [name for name in missing if name not in self.series]
        if missing:
            what = f"{piece.name} is a data variable without data (no column {missing[0]!r})"
            fix = "give its values with --data FILE"
            self.absent[piece.name] = Problem("error", "source", piece.entry.where, what, fix)
        return bool(missing)

    def _data(self, piece: Piece) -> Piece:
        """Return a data variable whose values come from the files that were given."""
        found = [self.series.get(element_name(piece.name, t)) for t in piece.tuples]
        points = tuple(Points(one.times, one.values) for one in found if one is not None)
        return self._as_data(piece, points)

    def _as_data(self, piece: Piece, points: tuple[Points, ...]) -> Piece:
        between = MODES.get(piece.entry.keyword, "linear")
        made = tuple(replace(one, between=between) for one in points)
        equation = Equation(Name("time_of_step"), "", piece.entry.at, piece.over)
        return replace(piece, kind="curve", equation=equation, points=made)


@cache
def _own_macros() -> tuple[Macro, ...]:
    """Return the functions that have further outputs, which Vensim's manual gives as equations.

    Source: Vensim Help, "DELAYP"; the sum of its three levels is the integral of what comes and goes.
    """
    text = """
:MACRO: DELAYP(input, delay time : pipeline)
DELAYP = DELAY3(input, delay time) ~~|
pipeline = INTEG(input - DELAYP, input * delay time) ~~|
:END OF MACRO:
"""
    return tuple(read_source(text, "DELAYP of Vensim").macros)


def _with_own_units(entry: Entry, macro: Macro) -> Entry:
    """Return a macro's entry without units that are those of its arguments, by their names."""
    inputs = {name_of(word) for word in macro.inputs}
    named = {name_of(word) for word in re.split(r"[*/^()\[\]]", entry.units) if word.strip()}
    return replace(entry, units="") if named & inputs else entry
