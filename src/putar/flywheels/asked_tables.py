"""The tables a flywheel declares, `[[table]]` in flywheel.toml: what stands in their rows and columns.

A table has rows of one kind: scenarios, dates, the levers one at a time, a grid of set values, targets to
solve for, or what drives an uncertain output. Which it is follows from its keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from putar.flywheels.located import Table, as_number
from putar.flywheels.questions import unknown
from putar.language.model import Model

__all__ = ["AskedTable", "Axis", "Column", "Target", "read_tables"]

KINDS = ("scenarios", "dates", "levers", "axis", "target", "draws")  # the key that says what rows are


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a variable at a date, less its value at `since`, or less what is left without links.

    A column that is the same all along the axis that goes across is shown `once`.
    """

    variable: str
    label: str
    at: float | None = None
    since: float | None = None
    without_links: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of a grid: each value sets constants to the value times a factor."""

    label: str
    unit: str
    values: tuple[float, ...]
    factors: Mapping[str, float]
    across: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A row to solve for: what `label` must be, within bounds, so that a variable at a date is `value`.

    The number sets constants to itself times a factor; `set` holds whatever else is changed for the row.
    """

    title: str
    variable: str
    at: float | None
    value: float
    label: str
    factors: Mapping[str, float]
    low: float
    high: float
    logarithmic: bool
    set: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class AskedTable:
    """A table: its columns, and rows of one `kind`; shown on the `page`, or in the terminal's `brief`.

    The page draws a grid as curves where a level is named at which the two sides compared are `even`.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    kind: str = "dates"
    scenarios: tuple[str, ...] = ()
    dates: tuple[float, ...] = ()
    axes: tuple[Axis, ...] = ()
    targets: tuple[Target, ...] = ()
    draws: int = 0
    set: Mapping[str, float] = field(default_factory=dict)
    page: bool = False
    brief: bool = False
    even: float | None = None


def read_tables(top: Table, model: Model) -> tuple[AskedTable, ...]:
    """Return the tables that `putar run --table` can show; what is wrong goes among the table's problems.

    Parameters
    ----------
    top : the whole of flywheel.toml
    model : its outputs may be columns, its constants may be set
    """
    reader = _Reader(top, model)
    return tuple(reader.table(table) for table in top.tables("table"))


class _Reader:
    def __init__(self, top: Table, model: Model) -> None:
        scenarios = top.table("scenario")
        self.scenarios = ["base", *(scenarios.data if scenarios is not None else {})]
        self.constants = {name for v in model.variables for name, _ in model.parameters(v)}
        self.outputs = {name for v in model.variables for name in model.element_names(v)}
        self.time = model.time

    def table(self, table: Table) -> AskedTable:
        name, title, page = table.text("name"), table.text("title"), self.flag(table, "page")
        brief, even = self.flag(table, "brief"), table.number("even", None)
        columns = tuple(self.column(column) for column in table.tables("column"))
        kinds = [key for key in KINDS if key in table.data]
        if len(kinds) != 1:
            given = " and ".join(kinds) or "nothing"
            fix = f"give one of: {', '.join(KINDS)}"
            table.wrong("name", f"the rows of {name!r} are {given}", fix)
        kind = kinds[0] if kinds else "dates"
        levers = self.flag(table, "levers")
        if kind == "levers" and not levers:
            table.wrong("levers", "levers is false", "leave it out, or write levers = true")
        draws = table.number("draws", 0.0) or 0.0
        if kind == "draws" and (draws < 2 or draws != int(draws) or len(columns) != 1):
            table.wrong("draws", "draws needs a whole number above 1, and one column", "write draws = 1000")
            draws = 2
        rows = table.texts("scenarios")
        for row in rows:
            if row not in self.scenarios:
                unknown(table, "scenarios", "scenario", row, self.scenarios)
        axes = tuple(self.axis(axis) for axis in table.tables("axis"))
        if sum(axis.across for axis in axes) > 1:
            table.wrong("axis", "two axes go across", "leave across = true at one of them")
        targets = tuple(self.target(target) for target in table.tables("target"))
        found = AskedTable(
            name,
            title,
            columns,
            kind,
            rows,
            self.numbers(table, "dates"),
            axes,
            targets,
            int(draws),
            self.settings(table, "set"),
            page,
            brief,
            even,
        )
        table.close()
        return found

    def column(self, table: Table) -> Column:
        at, since = self.date(table, "at"), self.date(table, "since")
        without, once = self.flag(table, "without_links"), self.flag(table, "once")
        column = Column(self.variable(table), table.text("label"), at, since, without, once)
        table.close()
        return column

    def axis(self, table: Table) -> Axis:
        values = self.numbers(table, "values")
        if not values:
            table.wrong("values", "an axis without values", "write values = [1, 2, 3]")
        label, unit, across = table.text("label"), table.text("unit", ""), self.flag(table, "across")
        factors = self.factors(table)
        table.close()
        return Axis(label, unit, values, factors, across)

    def target(self, table: Table) -> Target:
        low, high, value = (table.number(key) or 0.0 for key in ("low", "high", "value"))
        logarithmic = table.text("spacing", "even", ("even", "log")) == "log"
        if not low < high or (logarithmic and low <= 0):
            what = f"nothing lies between {low:g} and {high:g}"
            table.wrong("low", what, "put the low end first; with log spacing both are above 0", "range")
            low, high = 1.0, 2.0
        found = Target(
            table.text("title"),
            self.variable(table),
            self.date(table, "at"),
            value,
            table.text("label"),
            self.factors(table),
            low,
            high,
            logarithmic,
            self.settings(table, "set"),
        )
        table.close()
        return found

    def factors(self, table: Table) -> Mapping[str, float]:
        """Return the constants that a number sets, each with the factor it is multiplied by."""
        found = self.settings(table, "factors")
        if not found:
            table.wrong("factors", "no constant is set", 'write factors = { "a.b" = 1.0 }')
        return found

    def settings(self, table: Table, key: str) -> Mapping[str, float]:
        found = table.numbers(key)
        for name in found:
            if name not in self.constants:
                unknown(table, key, "constant", name, self.constants)
        return found

    def variable(self, table: Table) -> str:
        name = table.text("variable")
        if name and name not in self.outputs:
            unknown(table, "variable", "variable", name, self.outputs)
        return name

    def date(self, table: Table, key: str) -> float | None:
        at = table.number(key, None)
        if at is not None and not self.time.start <= at <= self.time.stop:
            fix = f"a date from {self.time.start:g} to {self.time.stop:g}"
            table.wrong(key, f"{key} {at:g} is outside the run", fix, "range")
        return at

    def numbers(self, table: Table, key: str) -> tuple[float, ...]:
        given = table.get(key, [])
        numbers = [as_number(item) for item in given] if isinstance(given, list) else [None]
        if None in numbers:
            what = "dates" if key == "dates" else "numbers"
            table.wrong(key, f"{key} is not a list of {what}", f"write {key} = [2024, 2026]")
            return ()
        return tuple(number for number in numbers if number is not None)

    def flag(self, table: Table, key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            table.wrong(key, f"{key} is neither true nor false", f"write {key} = true")
        return bool(value)
