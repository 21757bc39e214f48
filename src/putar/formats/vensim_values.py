"""Numbers that a Vensim equation lists or fetches: constant lists, tabbed arrays, GET ... calls.

Lists fill the left side row by row. A GET call names a file, a sheet (or the sign between cells), and a
cell; values of one dimension run along a row, those of two down and across, a `*` turns that round.

Source: Vensim Reference Manual, "Subscript constants" and GET DIRECT functions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from putar.errors import ModelError, UsageError
from putar.formats.tables import Area, Grid, Tables, column_number
from putar.formats.vensim_entries import Entry
from putar.language.expr import Binary, Expr, Name, Number, Unary, is_number
from putar.language.model import Points

__all__ = [
    "Call",
    "constants",
    "fetch_names",
    "fetched_numbers",
    "fetched_points",
    "get_call",
    "is_straight",
    "listed",
    "row_lengths",
]

_NUMBER = r"[-+]?\s*(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_ONE = re.compile(_NUMBER)
MOST_CELLS = 1_000_000
WAYS_NOT_READ = {
    "VDF": "the binary form .vdf is not read",
    "ODBC": "databases are not asked",
    "123": "sheets of Lotus 1-2-3 are not read",
}
_GET = re.compile(
    r"\s*(?:\(\s*)?GET[ _]+(?:(?P<way>XLS|DIRECT|123|ODBC|VDF)[ _]+)?"
    r"(?P<what>CONSTANTS|DATA|LOOKUPS|SUBSCRIPT)\s*\((?P<args>.*)\)\s*(?:\)\s*)?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Call:
    """A GET call: what it gets, its texts, and in which way."""

    what: str
    args: tuple[str, ...]
    way: str = ""


def get_call(body: str) -> Call | None:
    """Return the GET call that a body is, or None."""
    match = _GET.fullmatch(re.sub(r"\\\s*\n\s*", " ", body))
    if match is None or re.match(r"\s*(?:\(\s*)?GET[ _]+DATA[ _]", body, re.IGNORECASE):
        return None
    words = re.findall(r"'((?:[^'])*)'|\"((?:[^\"])*)\"", match["args"])
    return Call(match["what"].upper(), tuple(a or b for a, b in words), (match["way"] or "").upper())


def constants(body: str) -> tuple[float, ...] | None:
    """Return the numbers that a body lists, or None when it is something else."""
    text = re.sub(r"\\\s*\n", " ", body)
    tabbed = re.fullmatch(r"\s*TABBED[ _]ARRAY\s*\((.*)\)\s*", text, re.IGNORECASE | re.DOTALL)
    if tabbed:
        text = re.sub(r"(?<=[\d.])\s+(?=[-+.\d])", ",", tabbed[1].strip())
    return listed(text)


def listed(text: str) -> tuple[float, ...] | None:
    """Return the numbers between commas and semicolons, which may stand behind the last, or None."""
    parts = re.split(r"[,;]", text)
    while parts and not parts[-1].strip():
        parts.pop()
    found = []
    for part in parts:
        if not _ONE.fullmatch(part.strip()):
            return None
        found.append(float("".join(part.split())))
    return tuple(found) or None


def row_lengths(body: str) -> tuple[int, ...]:
    """Return how many numbers each row of a list has, where semicolons part it into rows."""
    if ";" not in body:
        return ()
    rows = (row for row in body.split(";") if row.strip())
    return tuple(len([part for part in row.split(",") if part.strip()]) for row in rows)


def is_straight(expr: Expr) -> bool:
    """Return whether straight lines between data stay straight in an expression: sums, parts, multiples."""
    work = [expr]
    while work:
        match work.pop():
            case Number() | Name():
                continue
            case Unary(op="-" | "+", operand=operand):
                work.append(operand)
            case Binary(op="+" | "-", left=left, right=right):
                work += [left, right]
            case Binary(op="*", left=left, right=right) if is_number(left):
                work.append(right)
            case Binary(op="*" | "/", left=left, right=right) if is_number(right):
                work.append(left)
            case _:
                return False
    return True


def _grid(entry: Entry, call: Call, tables: Tables, least: int) -> Grid:
    if call.way in WAYS_NOT_READ:
        what = f"GET {call.way} {call.what} is not supported: {WAYS_NOT_READ[call.way]}"
        fix = f"keep the values in a .csv file, and write GET DIRECT {call.what}"
        raise ModelError(what, entry.at, fix, "unsupported")
    if len(call.args) < least:
        what = f"GET ... {call.what} needs {least} texts, {len(call.args)} given"
        raise ModelError(what, entry.at, "file, sheet, ... and cell, each in quotes")
    try:
        return tables.grid(call.args[0], call.args[1])
    except UsageError as error:
        raise ModelError(error.what, entry.at, error.fix, "source") from None


def _area(entry: Entry, grid: Grid, text: str) -> Area:
    try:
        return grid.area(text)
    except UsageError as error:
        raise ModelError(error.what, entry.at, error.fix, "source") from None


def fetched_numbers(entry: Entry, call: Call, tables: Tables, shape: Sequence[int]) -> tuple[float, ...]:
    """Return the constants of a call, row-major over the ranges on the left side."""
    grid = _grid(entry, call, tables, 3)
    area = _area(entry, grid, call.args[2])
    across = shape[-1] if shape else 1
    down = 1
    for size in shape[:-1]:
        down *= size
    if area.turned and len(shape) < 2:
        across, down = 1, across
        cells = [(row, 0) for row in range(down)]
    elif area.turned:
        cells = [(column, row) for row in range(down) for column in range(across)]
    else:
        cells = [(row, column) for row in range(down) for column in range(across)]
    found = []
    for row, column in cells:
        value = grid.number(area.row + row, area.column + column)
        if value is None:
            place = f"row {area.row + row + 1}, column {area.column + column + 1} of {grid.title}"
            raise ModelError(f"there is no number in {place}", entry.at, "fill the cell", "source")
        found.append(value)
    return tuple(found)


def fetched_points(entry: Entry, call: Call, tables: Tables, count: int) -> tuple[Points, ...]:
    """Return the series of a call, one for each element on the left side; empty cells are left out."""
    grid = _grid(entry, call, tables, 4)
    axis, cell = call.args[2].strip(), _area(entry, grid, call.args[3])
    down = True
    if re.fullmatch(r"\d+", axis):
        down, start = False, int(axis) - 1
    elif re.fullmatch(r"[A-Za-z]{1,3}", axis) and axis.casefold() not in grid.names:
        start = column_number(axis)
    else:
        area = _area(entry, grid, axis)
        down = area.last_row is None or area.last_row > area.row
        start = area.column if down else area.row
    found = []
    for element in range(count):
        pairs: dict[float, float] = {}
        places = range(cell.row, len(grid.rows)) if down else range(cell.column, grid.width)
        for place in places:
            x = grid.number(place, start) if down else grid.number(start, place)
            row, column = (place, cell.column + element) if down else (cell.row + element, place)
            y = grid.number(row, column)
            if x is not None and y is not None:
                pairs.setdefault(x, y)
        if not pairs:
            what = f"there are no numbers for element {element + 1} in {grid.title}"
            raise ModelError(what, entry.at, "check the row or column, and the first cell", "source")
        ordered = sorted(pairs.items())
        found.append(Points(tuple(x for x, _ in ordered), tuple(y for _, y in ordered)))
    return tuple(found)


def fetch_names(entry: Entry, text: str, tables: Tables) -> tuple[str, ...]:
    """Return the elements that a GET ... SUBSCRIPT call stands for."""
    call = get_call(text)
    if call is None or call.what != "SUBSCRIPT":
        raise ModelError("this is no list of elements", entry.at, "list them, or use GET DIRECT SUBSCRIPT")
    grid = _grid(entry, call, tables, 4)
    first = _area(entry, grid, call.args[2])
    last = call.args[3].strip()
    prefix = call.args[4] if len(call.args) > 4 else ""
    rows, columns = range(first.row, len(grid.rows)), range(first.column, grid.width)
    if re.fullmatch(r"[A-Za-z]{1,3}", last):
        columns = range(first.column, column_number(last) + 1)
    elif re.fullmatch(r"\d+", last):
        rows = range(first.row, min(int(last), len(grid.rows)))
    elif last:
        end = _area(entry, grid, last)
        rows, columns = range(first.row, end.row + 1), range(first.column, end.column + 1)
    cells = [(row, column) for row in rows for column in columns]
    if len(cells) > MOST_CELLS:
        raise ModelError(
            f"{len(cells):,} cells are no list of elements", entry.at, "name the last cell", "source"
        )
    names = []
    for row, column in cells:
        value = grid.cell(row, column)
        if value is None:
            continue
        whole = isinstance(value, float) and value == int(value)
        names.append(f"{prefix}{int(value) if whole else value}")
    return tuple(names)
