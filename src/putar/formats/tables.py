"""Tables that models take numbers from: sheets (`.xlsx`, `.xls`), delimited text, and data files of runs.

A model may name files in its own folder and below, nothing else. A sheet is a grid of cells that are a
number, a text or nothing; names of cells in a workbook are known. Sheets need openpyxl (and xlrd for
`.xls`), which `pip install "putar[sheets]"` brings.

Source: Vensim Reference Manual, GET DIRECT and GET XLS functions, "Data files".
"""

from __future__ import annotations

import csv
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from putar.errors import UsageError
from putar.formats.vensim_dialect import name_of

__all__ = ["Area", "Grid", "Series", "Tables", "read_data_file", "series_key"]

Cell = float | str | None
LARGEST = 60_000_000  # bytes of a file, and of what a packed one unpacks to
INSTALL = 'pip install "putar[sheets]"'


@dataclass(frozen=True, slots=True)
class Area:
    """Where something stands: 0-based first row and column, and the last ones where they are known."""

    row: int
    column: int
    last_row: int | None = None
    last_column: int | None = None
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet and the names of its cells."""

    rows: Sequence[Sequence[Cell]]
    names: Mapping[str, Area] = field(default_factory=dict)
    title: str = ""

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell; outside of what is filled there is nothing."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None

    def number(self, row: int, column: int) -> float | None:
        """Return a cell that is a finite number, else None."""
        value = self.cell(row, column)
        if isinstance(value, str):
            try:
                value = float(value.strip())
            except ValueError:
                return None
        return value if value is not None and math.isfinite(value) else None

    @property
    def width(self) -> int:
        """How many columns the longest row has."""
        return max((len(row) for row in self.rows), default=0)

    def area(self, text: str) -> Area:
        """Return what `B2`, `B2*`, `B2:C5` or a name of cells means.

        Raises
        ------
        UsageError
            If it means nothing.
        """
        turned = text.strip().endswith("*")
        word = text.strip().rstrip("*").strip()
        match = re.fullmatch(
            r"\$?([A-Za-z]{1,3})\$?(\d+)(?::\$?([A-Za-z]{1,3})\$?(\d+))?", word.replace(" ", "")
        )
        if match:
            last_row = int(match[4]) - 1 if match[4] else None
            last_column = column_number(match[3]) if match[3] else None
            return Area(int(match[2]) - 1, column_number(match[1]), last_row, last_column, turned)
        named = self.names.get(word.casefold())
        if named is None:
            raise UsageError(f"{text!r} is no cell and no name of cells in {self.title}", "write a cell: B2")
        return Area(named.row, named.column, named.last_row, named.last_column, turned)


def column_number(letters: str) -> int:
    """Return the 0-based number of a column: A is 0, AA is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


@dataclass(slots=True)
class Tables:
    """The tables of a model's folder, each read once."""

    folder: Path
    aliases: dict[str, str] = field(default_factory=dict)
    _grids: dict[tuple[Path, str], Grid] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """Return the file a model names.

        Raises
        ------
        UsageError
            If it is outside of the model's folder, or does not exist.
        """
        if name.startswith("?"):
            name = self._aliased(name)
        folder = self.folder.resolve()
        wanted = (folder / name.replace("\\", "/")).resolve()
        if not wanted.is_relative_to(folder):
            fix = "put the file into the model's folder"
            raise UsageError(f"{name!r} is outside of the model's folder and is not read", fix)
        for suffix in (wanted.suffix, ".xlsx", ".xls", ".xlsm"):
            if wanted.with_suffix(suffix).is_file() and (
                suffix == wanted.suffix or wanted.suffix.startswith(".xls")
            ):
                return wanted.with_suffix(suffix)
        raise UsageError(f"there is no file {name!r} beside the model", "put it there")

    def _aliased(self, name: str) -> str:
        """Return the one table in the model's folder that is called as an alias is."""
        stem = name[1:].strip().casefold()
        kinds = (".xlsx", ".xlsm", ".xls", ".csv", ".tab", ".txt")
        files = sorted(f.name for f in self.folder.iterdir() if f.suffix.lower() in kinds)
        found = [file for file in files if Path(file).stem.casefold() == stem]
        if len(found) != 1:
            what = f"{name!r} is an alias for a file that the model does not say"
            raise UsageError(what, f"put one table called {name[1:]!r} into the model's folder")
        self.aliases[name] = found[0]
        return found[0]

    def grid(self, name: str, tab: str) -> Grid:
        """Return a sheet of a workbook, or a text file whose cells the tab's sign parts."""
        path = self.path(name)
        key = (path, tab)
        if key not in self._grids:
            if path.stat().st_size > LARGEST:
                raise UsageError(f"{path.name} is larger than {LARGEST:,} bytes", "take out what is not read")
            kind = path.suffix.lower()
            if kind == ".vdf":
                fix = "export it from Vensim as .tab or .csv"
                raise UsageError(f"{path.name}: the binary form .vdf is not read", fix)
            readers = {".xlsx": _xlsx, ".xlsm": _xlsx, ".xls": _xls}
            self._grids[key] = readers[kind](path, tab) if kind in readers else _delimited(path, tab)
        return self._grids[key]


def _delimited(path: Path, tab: str) -> Grid:
    sign = {"tab": "\t", "\\t": "\t"}.get(tab.lower(), tab)
    if len(sign) != 1:
        sign = "," if path.suffix.lower() == ".csv" else "\t"
    return Grid([[_cell(word) for word in row] for row in _read_rows(path, sign)], {}, path.name)


def _read_rows(path: Path, sign: str) -> list[list[str]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    try:
        return list(csv.reader(text.splitlines(), delimiter=sign))
    except csv.Error as error:
        raise UsageError(f"{path.name} is no table ({error})", "save it as delimited text") from None


def _cell(word: str) -> Cell:
    text = word.strip()
    try:
        return float(text)
    except ValueError:
        return text or None


def _xlsx(path: Path, tab: str) -> Grid:
    try:
        import openpyxl
    except ImportError:
        raise UsageError(f"{path.name} needs openpyxl", INSTALL) from None
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(item.file_size for item in packed.infolist()) > 5 * LARGEST:
                raise UsageError(f"{path.name} unpacks to an absurd size", "take out what is not read")
        book = openpyxl.load_workbook(path, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise UsageError(f"{path.name} is no workbook ({error})", "save it again") from None
    sheet = _sheet(path, tab, book.sheetnames)
    rows = [[_value(value) for value in row] for row in book[sheet].iter_rows(values_only=True)]
    names: dict[str, Area] = {}
    for names_of in (book.defined_names, book[sheet].defined_names):
        for name, defined in names_of.items():
            for owner, cells in defined.destinations:
                if owner == sheet:
                    names[name.casefold()] = Grid(()).area(cells)
    return Grid(rows, names, f"{path.name}, {sheet}")


def _xls(path: Path, tab: str) -> Grid:
    try:
        import xlrd
    except ImportError:
        raise UsageError(f"{path.name} needs xlrd", INSTALL) from None
    if path.read_bytes()[:2] == b"PK":  # a new workbook with an old name
        return _xlsx(path, tab)
    try:
        book = xlrd.open_workbook(str(path))
    except (xlrd.XLRDError, OSError, ValueError) as error:
        raise UsageError(f"{path.name} is no workbook ({error})", "save it again") from None
    sheet = book.sheet_by_name(_sheet(path, tab, book.sheet_names()))
    rows = [[_value(value) for value in sheet.row_values(row)] for row in range(sheet.nrows)]
    names: dict[str, Area] = {}
    for defined in book.name_obj_list:
        text = str(getattr(defined, "formula_text", "") or "")
        owner, _, cells = text.rpartition("!")
        if owner.strip("'") == sheet.name and re.fullmatch(r"[$A-Za-z0-9:]+", cells):
            names[defined.name.casefold()] = Grid(()).area(cells)
    return Grid(rows, names, f"{path.name}, {sheet.name}")


def _sheet(path: Path, tab: str, sheets: Sequence[str]) -> str:
    for name in sheets:
        if name.casefold() == tab.casefold():
            return name
    raise UsageError(f"{path.name} has no sheet {tab!r}", f"one of: {', '.join(sheets)}")


def _value(value: object) -> Cell:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value)
    return str(value).strip() or None if value is not None else None


@dataclass(frozen=True, slots=True)
class Series:
    """Values at times, in rising order of time."""

    times: tuple[float, ...]
    values: tuple[float, ...]


def series_key(name: str) -> str:
    """Return the name of a column as it is compared: `Var 1[A, B]` is `var_1[a,b]`."""
    base, bracket, inner = name.strip().strip('"').partition("[")
    if not bracket:
        return name_of(base)
    elements = ",".join(name_of(part) for part in inner.rstrip("]").split(","))
    return f"{name_of(base)}[{elements}]"


def read_data_file(path: Path) -> dict[str, Series]:
    """Return the series of a data file by `series_key`: `.csv`, `.tab`, `.txt`, `.dat` or a sheet.

    The first column (or the first row) holds the times.

    Raises
    ------
    UsageError
        If the file is missing, or is no such table.
    """
    if not path.is_file():
        raise UsageError(f"there is no data file {path}", "check the path")
    kind = path.suffix.lower()
    if kind == ".vdf":
        fix = "export it from Vensim as .tab, .csv or .dat"
        raise UsageError(f"{path.name}: the binary form .vdf is not read", fix)
    if kind == ".dat":
        return _dat(path)
    if kind in (".xlsx", ".xlsm", ".xls"):
        grid = (_xls if kind == ".xls" else _xlsx)(path, _first_sheet(path))
    else:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            head = file.readline()
        sign = "\t" if "\t" in head else ";" if ";" in head and "," not in head else ","
        grid = Grid([[_cell(word) for word in row] for row in _read_rows(path, sign)], {}, path.name)
    return _series(grid)


def _first_sheet(path: Path) -> str:
    try:
        if path.suffix.lower() == ".xls":
            import xlrd

            return str(xlrd.open_workbook(str(path)).sheet_names()[0])
        import openpyxl

        return str(openpyxl.load_workbook(path, read_only=True).sheetnames[0])
    except ImportError as error:
        raise UsageError(f"{path.name} needs {error.name}", INSTALL) from None


def _series(grid: Grid) -> dict[str, Series]:
    """Return the columns of a grid as series, or its rows where times run along the first row."""
    rows = [list(row) for row in grid.rows if any(cell is not None for cell in row)]
    if not rows:
        raise UsageError(f"{grid.title} is empty", "give a table with times and names")
    along = len(rows[0]) > 1 and all(isinstance(cell, float) for cell in rows[0][1:])
    if along:
        rows = [[row[i] if i < len(row) else None for row in rows] for i in range(len(rows[0]))]
    found: dict[str, Series] = {}
    for column, name in enumerate(rows[0]):
        if column == 0 or name is None:
            continue
        pairs = []
        for row in rows[1:]:
            time, value = row[0], row[column] if column < len(row) else None
            if isinstance(time, float) and isinstance(value, float) and math.isfinite(value):
                pairs.append((time, value))
        if pairs:
            found[series_key(str(name))] = _sorted(pairs)
    return found


def _dat(path: Path) -> dict[str, Series]:
    found: dict[str, Series] = {}
    name, pairs = "", list[tuple[float, float]]()
    for line in [*path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), "end"]:
        words = line.split("\t")
        try:
            pairs.append((float(words[0]), float(words[1])))
        except (ValueError, IndexError):
            if name and pairs:
                found[series_key(name)] = _sorted(pairs)
            name, pairs = line.strip(), []
    return found


def _sorted(pairs: list[tuple[float, float]]) -> Series:
    ordered = sorted(dict(pairs).items())
    return Series(tuple(time for time, _ in ordered), tuple(value for _, value in ordered))
