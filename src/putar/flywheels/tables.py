"""The tables a flywheel declares: scenarios side by side, or one run at several dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from putar.errors import UsageError, nearest
from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import AskedTable, Column
from putar.flywheels.scenarios import RunSpec, find_scenario
from putar.flywheels.simulate import simulate
from putar.runs.ensemble import Ensemble

__all__ = ["TableFinding", "find_table", "table_named"]


@dataclass(frozen=True, slots=True)
class TableFinding:
    """A table with its numbers; a failed run leaves None."""

    flywheel: Flywheel
    table: AskedTable
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]

    def as_json(self) -> dict[str, object]:
        """Return the contract of `putar run --table`."""
        first = "scenario" if self.table.scenarios else self.flywheel.model.time.unit
        columns = [{"name": first, "label": first, "unit": ""}, *self.column_rows()]
        rows = [[name, *values] for name, values in self.rows]
        table, title = self.table.name, self.table.title
        return {"table": {"name": table, "title": title, "columns": columns, "rows": rows}}

    def column_rows(self) -> list[dict[str, object]]:
        """Return name, label, unit and date of each column of numbers."""
        model = self.flywheel.model
        return [
            {
                "name": c.variable,
                "label": c.label,
                "unit": model[c.variable.partition("[")[0]].unit,
                "at": c.at,
                "since": c.since,
            }
            for c in self.table.columns
        ]

    def named_rows(self) -> list[dict[str, object]]:
        """Return each row with its name, what it is called, and its values."""
        titles = {name: scenario.title for name, scenario in self.flywheel.scenarios.items()}
        return [
            {"name": name, "title": titles.get(name, name), "values": list(values)}
            for name, values in self.rows
        ]


def table_named(flywheel: Flywheel, name: str) -> AskedTable:
    """Return a table by name.

    Raises
    ------
    UsageError
        If the flywheel declares none of that name, with the nearest.
    """
    for table in flywheel.tables:
        if table.name == name:
            return table
    known = [table.name for table in flywheel.tables]
    near = nearest(name, known)
    fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(known) or 'none is declared'}"
    raise UsageError(f"{flywheel.name} declares no table {name!r}", fix)


def find_table(flywheel: Flywheel, table: AskedTable, spec: RunSpec) -> TableFinding:
    """Return a table with its numbers.

    Parameters
    ----------
    spec : what is run for a table of dates; scenarios bring their own, with this one's changes added
    """
    names = tuple(dict.fromkeys(column.variable for column in table.columns))
    stop = flywheel.model.time.stop
    rows: list[tuple[str, tuple[float | None, ...]]] = []
    if table.scenarios:
        dates = _dates(table.columns, stop)
        for name in table.scenarios:
            own = find_scenario(flywheel.scenarios, name).spec
            merged = replace(own, changes=(*own.changes, *spec.changes), seed=spec.seed)
            ran = simulate(flywheel, merged, save=names, save_at=dates)
            rows.append((name, tuple(_cell(ran, c, stop if c.at is None else c.at) for c in table.columns)))
    else:
        ran = simulate(flywheel, spec, save=names, save_at=table.dates)
        rows += [(f"{date:g}", tuple(_cell(ran, c, date) for c in table.columns)) for date in table.dates]
    return TableFinding(flywheel, table, tuple(rows))


def _dates(columns: Iterable[Column], stop: float) -> list[float]:
    found = {stop}
    for column in columns:
        found |= {date for date in (column.at, column.since) if date is not None}
    return sorted(found)


def _cell(ran: Ensemble, column: Column, date: float) -> float | None:
    if not ran.finished[0]:
        return None
    value = float(ran.at(column.variable, date)[0])
    return value if column.since is None else value - float(ran.at(column.variable, column.since)[0])
