"""The tables a flywheel declares, filled: each kind of rows has a function that runs what it needs.

Scenarios are run one by one, dates are rows of one run, levers and grids are one ensemble each, and a
target is solved for by ensembles that close in on it. A run that fails leaves None in its cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from putar.analysis.solve import solve
from putar.errors import UsageError, nearest
from putar.flywheels.asked_tables import AskedTable, Column, Target
from putar.flywheels.drivers import find_drivers
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import RunSpec, combined, find_scenario
from putar.flywheels.simulate import design_of, simulate
from putar.runs.design import Change, around
from putar.runs.ensemble import Ensemble

__all__ = ["TableFinding", "find_table", "table_named"]

Cell = float | str | None
Row = tuple[tuple[Cell, ...], tuple[Cell, ...]]
Head = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class TableFinding:
    """A table with its numbers: `heads` are the columns that name a row, `columns` those that answer."""

    flywheel: Flywheel
    table: AskedTable
    heads: tuple[Head, ...]
    columns: tuple[Head, ...]
    rows: tuple[Row, ...]
    summary: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the contract of `putar run --table`."""
        table = {
            "name": self.table.name,
            "title": self.table.title,
            "kind": self.table.kind,
            "heads": len(self.heads),
            "columns": [*self.heads, *self.columns],
            "rows": [[*names, *values] for names, values in self.rows],
        }
        across = next((axis for axis in self.table.axes if axis.across), None)
        if self.table.even is not None and across is not None:
            table |= {"even": self.table.even, "across": across.label, "across_unit": across.unit}
        return {"table": {**table, "summary": dict(self.summary)} if self.summary else table}

    def column_rows(self) -> list[Head]:
        """Return name, label, unit and date of each column of numbers."""
        return list(self.columns)

    def named_rows(self) -> list[dict[str, object]]:
        """Return each row with its name, what it is called, and its values."""
        titles = {name: scenario.title for name, scenario in self.flywheel.scenarios.items()}
        return [
            {"name": str(names[0]), "title": titles.get(str(names[0]), str(names[0])), "values": list(values)}
            for names, values in self.rows
        ]


def table_named(flywheel: Flywheel, name: str) -> AskedTable:
    """Return a table by name.

    Raises
    ------
    UsageError
        If the flywheel declares none of that name, with the nearest.
    """
    for table in flywheel.tables:
        if table.name in (name, name.replace("-", "_")):
            return table
    known = [table.name for table in flywheel.tables]
    near = nearest(name, known)
    fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(known) or 'none is declared'}"
    raise UsageError(f"{flywheel.name} declares no table {name!r}", fix)


def find_table(flywheel: Flywheel, table: AskedTable, spec: RunSpec) -> TableFinding:
    """Return a table with its numbers.

    Parameters
    ----------
    spec : what is run, besides what the rows change; scenarios bring their own, with this one's changes added
    """
    if table.kind != "draws":
        spec = replace(spec, members=0)
    if table.set:
        spec = combined(spec, RunSpec((Change(table.set),)))
    return _KINDS[table.kind](flywheel, table, spec)


# rows that are runs -----------------------------------------------------------------------------


def _scenarios(flywheel: Flywheel, table: AskedTable, spec: RunSpec) -> TableFinding:
    rows: list[Row] = []
    for name in table.scenarios:
        own = find_scenario(flywheel.scenarios, name).spec
        merged = replace(combined(own, spec), seed=spec.seed)
        cells = _cells(flywheel, table.columns, merged)
        rows.append(((name,), tuple(cell[0] for cell in cells)))
    return TableFinding(flywheel, table, (_head("scenario"),), _heads(flywheel, table.columns), tuple(rows))


def _dates(flywheel: Flywheel, table: AskedTable, spec: RunSpec) -> TableFinding:
    names = tuple(dict.fromkeys(column.variable for column in table.columns))
    dates = {*table.dates, *(c.since for c in table.columns if c.since is not None)}
    ran = simulate(flywheel, spec, save=names, save_at=around(flywheel.program, dates))
    rows = [
        ((f"{date:g}",), tuple(_cell(ran, column, date)[0] for column in table.columns))
        for date in table.dates
    ]
    first = _head(flywheel.model.time.unit)
    return TableFinding(flywheel, table, (first,), _heads(flywheel, table.columns), tuple(rows))


def _levers(flywheel: Flywheel, table: AskedTable, spec: RunSpec) -> TableFinding:
    """Rows are a lever at one end, cells what that moves."""
    plan = design_of(flywheel, spec)
    now = dict(zip(flywheel.program.parameters, plan.segments[0].parameters[:, 0].tolist(), strict=True))
    ends = [(lever.variable, value) for lever in flywheel.levers for value in (lever.low, lever.high)]
    values = {
        lever.variable: np.full(len(ends) + 1, now[lever.variable]) for lever in flywheel.levers
    }  # the last member is the run as it is
    for member, (name, value) in enumerate(ends):
        values[name][member] = value
    cells = _cells(flywheel, table.columns, combined(spec, RunSpec((Change(values),))))
    rows: list[Row] = []
    for member, (name, value) in enumerate(ends):
        moved = tuple(_less(cell[member], cell[-1]) for cell in cells)
        rows.append(((name, value), moved))
    heads = (_head("lever"), _head("value"))
    return TableFinding(flywheel, table, heads, _heads(flywheel, table.columns, "change of "), tuple(rows))


def _grid(flywheel: Flywheel, table: AskedTable, spec: RunSpec) -> TableFinding:
    """All combinations of the axes' values in one ensemble; one axis may go across."""
    grid = np.array(list(product(*(axis.values for axis in table.axes))), dtype=np.float64)
    values: dict[str, NDArray[np.float64]] = {}
    for axis, chosen in zip(table.axes, grid.T, strict=True):
        values.update({name: chosen * factor for name, factor in axis.factors.items()})
    cells = _cells(flywheel, table.columns, combined(spec, RunSpec((Change(values),))))
    shape = tuple(len(axis.values) for axis in table.axes)
    down = [i for i, axis in enumerate(table.axes) if not axis.across]
    across = next((i for i, axis in enumerate(table.axes) if axis.across), None)
    columns: list[Head] = []
    blocks: list[NDArray[np.object_]] = []
    for head, column, cell in zip(_heads(flywheel, table.columns), table.columns, cells, strict=True):
        block = np.array(cell, dtype=object).reshape(shape)
        if across is None:
            columns.append(head)
            blocks.append(block.ravel())
            continue
        axis, block = table.axes[across], np.moveaxis(block, across, 0)
        for i, value in enumerate(axis.values):
            if column.once and i:
                break
            said = {} if column.once else {"label": f"{head['label']} at {value:g}", axis.label: value}
            columns.append({**head, **said})
            blocks.append(block[i].ravel())
    named = product(*(table.axes[i].values for i in down))
    rows = tuple((names, tuple(block[k] for block in blocks)) for k, names in enumerate(named))
    heads = tuple(_head(table.axes[i].label, table.axes[i].unit) for i in down)
    return TableFinding(flywheel, table, heads, tuple(columns), rows)


# rows that are solved for -------------------------------------------------------------------------


def _targets(flywheel: Flywheel, table: AskedTable, spec: RunSpec) -> TableFinding:
    rows = tuple(_solved(flywheel, table, target, spec) for target in table.targets)
    heads = tuple(_head(name) for name in ("case", "wanted", "what must be"))
    asked = [_head("needed"), _head("low"), _head("high"), _head("reached")]
    return TableFinding(flywheel, table, heads, (*asked, *_heads(flywheel, table.columns)), rows)


def _solved(flywheel: Flywheel, table: AskedTable, target: Target, spec: RunSpec) -> Row:
    fixed = combined(spec, RunSpec((Change(target.set),)))
    wanted = Column(target.variable, "", target.at)

    def with_numbers(numbers: NDArray[np.float64]) -> RunSpec:
        change = Change({name: numbers * factor for name, factor in target.factors.items()})
        return combined(fixed, RunSpec((change,)))

    def outcome(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        (cells,) = _cells(flywheel, (wanted,), with_numbers(numbers))
        return np.array([np.nan if cell is None else cell for cell in cells])

    found = solve(outcome, target.value, target.low, target.high, logarithmic=target.logarithmic)
    seen = _cells(flywheel, table.columns, with_numbers(np.array([found.closest])))
    values = (found.at, target.low, target.high, found.outcome, *(cell[0] for cell in seen))
    return (target.title, target.value, target.label), values


def _draws(flywheel: Flywheel, table: AskedTable, spec: RunSpec) -> TableFinding:
    (column,) = table.columns
    at = flywheel.model.time.stop if column.at is None else column.at
    found = find_drivers(flywheel, replace(spec, members=spec.members or table.draws), column.variable, at)
    columns = (_head("rank_correlation"), _head("standard_error"))
    rows = tuple(((d.name,), (d.correlation, d.error)) for d in found.drivers)
    return TableFinding(flywheel, table, (_head("constant"),), columns, rows, found.summary())


_KINDS: Mapping[str, Callable[[Flywheel, AskedTable, RunSpec], TableFinding]] = {
    "scenarios": _scenarios,
    "dates": _dates,
    "levers": _levers,
    "axis": _grid,
    "target": _targets,
    "draws": _draws,
}


# cells --------------------------------------------------------------------------------------------


def _head(name: str, unit: str = "") -> Head:
    return {"name": name.replace(" ", "_"), "label": name.replace("_", " "), "unit": unit}


def _heads(flywheel: Flywheel, columns: Iterable[Column], before: str = "") -> tuple[Head, ...]:
    model = flywheel.model
    return tuple(
        {
            "name": c.variable,
            "label": before + (c.label if not before else c.label[:1].lower() + c.label[1:]),
            "unit": model[c.variable.partition("[")[0]].unit,
            "at": c.at,
            "since": c.since,
            **({"without_links": True} if c.without_links else {}),
        }
        for c in columns
    )


def _cells(flywheel: Flywheel, columns: tuple[Column, ...], spec: RunSpec) -> list[list[float | None]]:
    """Return each column's value in every member of a run."""
    stop = flywheel.model.time.stop
    names = tuple(dict.fromkeys(column.variable for column in columns))
    dates = {stop} | {d for c in columns for d in (c.at, c.since) if d is not None}
    ran = simulate(flywheel, spec, save=names, save_at=around(flywheel.program, dates), alike=1)
    found = [_cell(ran, column, stop if column.at is None else column.at) for column in columns]
    if any(column.without_links for column in columns):
        every = dict.fromkeys((link.id for link in flywheel.links), flywheel.now)
        apart = combined(spec, RunSpec(cuts=every))
        cut = simulate(flywheel, apart, save=names, save_at=around(flywheel.program, dates), alike=1)
        for i, column in enumerate(columns):
            if column.without_links:
                left = _cell(cut, column, stop if column.at is None else column.at)
                found[i] = [_less(a, b) for a, b in zip(found[i], left, strict=True)]
    return found


def _cell(ran: Ensemble, column: Column, date: float) -> list[float | None]:
    values = ran.at(column.variable, date)
    if column.since is not None:
        values = values - ran.at(column.variable, column.since)
    return [float(v) if ok else None for v, ok in zip(values, ran.finished, strict=True)]


def _less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other
