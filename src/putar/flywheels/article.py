"""A file of claims without a model: the arithmetic of any article, checked.

The file brings what a flywheel's folder has in files of its own: `[units]`, and facts as `[fact.NAME]`
tables or in a CSV beside it (`facts = "facts.csv"`, the columns of `facts.COLUMNS`). Claims are those of
`story`; a run or a game has nothing to run here. A fact without a source needs a range, and settles nothing
unless every number in that range agrees.
"""

from __future__ import annotations

from pathlib import Path

from putar.errors import ModelError, ModelErrors, Problem
from putar.flywheels.facts import KINDS, NOT_COUNTED, Fact, decimal_year, fact_key, is_id, read_facts
from putar.flywheels.folder import Flywheel
from putar.flywheels.located import Table, read_toml
from putar.flywheels.scenarios import BASE, RunSpec, Scenario
from putar.language.model import Model, TimeSpec, UnitDeclaration
from putar.language.units import UnitTable, parse_unit, unit_table
from putar.words.said import Said

__all__ = ["read_article"]

TIME = TimeSpec(0.0, 1.0, 1.0, "year")  # nothing runs; formulas need a unit of time


def read_article(path: Path) -> Flywheel:
    """Return a file of claims as a flywheel that has facts and a story, and no model.

    Raises
    ------
    ModelErrors
        With everything that is wrong with its units and facts; claims are read when they are asked for.
    """
    problems: list[Problem] = []
    top = Table.of(read_toml(path, problems), problems)
    if "claim" not in top.data and not problems:
        fix = "add [[claim]] with [[claim.check]]; docs/methods/claims.md shows the form"
        problems.append(Problem("error", "value", top.where(), "the file has no claim", fix))
    units = tuple(_unit(name, inner) for inner in _optional(top, "units") for name in inner.data)
    table = unit_table(units, TIME.unit)
    problems += table.problems
    beside = top.text("facts", "")
    facts = read_facts(path.parent / beside, table, problems) if beside else {}
    known = {fact_key(name) for name in facts}
    for name, inner in top.named("fact").items():
        fact = _fact(name, inner, table)
        if fact_key(name) in known:
            inner.wrong("value", f"fact {name} is there twice", "give it an id of its own", "name")
        elif fact is not None:
            facts[name] = fact
            known.add(fact_key(name))
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors:
        raise ModelErrors(errors)
    title = top.text("title", path.stem.replace("_", " "))
    model = Model(path.stem, TIME, (), units=units)
    base = {BASE: Scenario(BASE, Said("scenario.base"), RunSpec())}
    return Flywheel(path.stem, model, path, title, scenarios=base, facts=facts, files=(path.name,))


def _optional(top: Table, key: str) -> tuple[Table, ...]:
    table = top.table(key)
    return () if table is None else (table,)


def _unit(name: str, table: Table) -> UnitDeclaration:
    text = table.text(name)
    return UnitDeclaration(name, None if text == "base" else text, table.where(name))


def _fact(name: str, table: Table, units: UnitTable) -> Fact | None:
    """Return an inline fact; what is wrong with it is noted."""
    quantity, unit, date = table.text("quantity", ""), table.text("unit", "dmnl"), table.text("date", "")
    source, publisher, url = (table.text(key, "") for key in ("source", "publisher", "url"))
    sourced = bool(source or publisher or url)
    kind = table.text("kind", "reported" if sourced else "assumed", KINDS)
    note, low, high = table.text("note", ""), table.number("low", None), table.number("high", None)
    value: float | str | None
    value = table.text("value") if unit in NOT_COUNTED else table.number("value")
    table.close()
    if not is_id(name):
        table.wrong("value", f"{name!r} is not an id", "use letters, digits, _ and -; a letter first", "name")
    if unit == "date" and isinstance(value, str) and decimal_year(value) is None:
        table.wrong("value", f"{value!r} is not a date", "write 2026-05-31, 2026-05, 2026Q2 or 2026")
    if unit not in NOT_COUNTED:
        try:
            parse_unit(unit, units, table.where("unit"))
        except ModelError as error:
            table.problems.extend(error.problems)
    if isinstance(value, float):
        given = [end for end in (low, value, high) if end is not None]
        if given != sorted(given):
            what = f"low, value and high are {', '.join(f'{end:g}' for end in given)}"
            table.wrong("value", what, "low <= value <= high", "range")
        if not sourced and (low is None or high is None):
            fix = "name who says it (source, publisher or url), or give low and high"
            table.wrong("value", f"{name} has no source and no range", fix, "source")
    if value is None:
        return None
    where = table.where("value")
    return Fact(name, quantity, value, low, high, unit, date, kind, source, publisher, url, note, where)
