"""Facts: sourced numbers, each with who said it, when and where, and how sure it is.

The file is a CSV with the columns of `COLUMNS`. A fact without low and high is taken as exact: its
source gave one number and nothing contradicts it. Two marks in a note are read, each up to the next `;`:
`unconfirmed 2026-11` (no second source was found by then) and `context: why it is here` (no number rests
on the fact).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from putar.errors import ModelError, Problem, Where
from putar.flywheels.located import Row, read_rows
from putar.language.units import UnitTable, parse_unit

__all__ = ["COLUMNS", "KINDS", "NOT_COUNTED", "Fact", "decimal_year", "fact_key", "is_id", "read_facts"]

COLUMNS = (
    *("id", "quantity", "value", "low", "high", "unit"),
    *("date", "kind", "source_title", "publisher", "url", "note"),
)
KINDS = ("reported", "estimated", "claimed", "measured", "assumed")
NOT_COUNTED = ("date", "text")  # units of facts whose value is a day or a word
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_UNCONFIRMED = re.compile(r"(?:^|;)\s*unconfirmed\b\s*([^;]*)")
_CONTEXT = re.compile(r"(?:^|;)\s*context:\s*([^;]*)")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|Q([1-4]))?")


@dataclass(frozen=True, slots=True)
class Fact:
    """A sourced number. `value` is a text only where the unit is `date` or `text`."""

    id: str
    quantity: str
    value: float | str
    low: float | None
    high: float | None
    unit: str
    date: str
    kind: str
    source_title: str
    publisher: str
    url: str
    note: str
    where: Where

    @property
    def year(self) -> float:
        """The date as a decimal year."""
        return decimal_year(self.date) or 0.0

    @property
    def number(self) -> float | None:
        """The value as a number: a date as a decimal year, None for a word."""
        if isinstance(self.value, str):
            return decimal_year(self.value) if self.unit == "date" else None
        return self.value

    @property
    def sourced(self) -> bool:
        """Whether anyone is named who says it."""
        return bool(self.source_title or self.publisher or self.url)

    @property
    def unconfirmed(self) -> bool:
        """Whether the note says that no second source was found."""
        return _UNCONFIRMED.search(self.note) is not None

    @property
    def context(self) -> str:
        """What the fact is here for where no number rests on it; empty for all others."""
        found = _CONTEXT.search(self.note)
        return found[1].strip() if found else ""

    @property
    def exact(self) -> bool:
        """Whether no range is known."""
        return self.low is None and self.high is None

    def row(self) -> dict[str, float | str | bool | None]:
        """Return what a reader is shown, by column and mark; the id is the key it is listed under."""
        shown = {column: getattr(self, column) for column in COLUMNS[1:]}
        return {**shown, "unconfirmed": self.unconfirmed, "context": self.context or None}


def is_id(name: str) -> bool:
    """Return whether a name can be a fact's id."""
    return _ID.fullmatch(name) is not None


def fact_key(name: str) -> str:
    """Return an id as it is compared: without case, `-` as `_`."""
    return name.casefold().replace("-", "_")


def decimal_year(text: str) -> float | None:
    """Return a date as a decimal year: year + days / days in that year.

    A month, quarter or year alone means its first day. None where the text is no date.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    month = int(match[2] or (int(match[4]) - 1) * 3 + 1 if match[2] or match[4] else 1)
    try:
        day = date(int(match[1]), month, int(match[3] or 1))
    except ValueError:
        return None
    first, following = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + (day - first).days / (following - first).days


def read_facts(path: Path, units: UnitTable, problems: list[Problem]) -> dict[str, Fact]:
    """Return the facts of a file by id, in its order.

    Parameters
    ----------
    path : a CSV file
    units : the flywheel's units; every fact's unit must be one that can be read with them
    problems : what is wrong is added here, with its line; facts with a wrong number are left out
    """
    facts: dict[str, Fact] = {}
    lines: dict[str, int] = {}
    for row in read_rows(path, COLUMNS, problems):
        fact = _fact(row, units, problems)
        if fact is None:
            continue
        key = fact_key(fact.id)
        if key in lines:
            what = f"fact {fact.id} is there already, in line {lines[key]}"
            problems.append(Problem("error", "name", row.where("id"), what, "give it an id of its own"))
            continue
        lines[key] = row.line
        facts[fact.id] = fact
    return facts


def _fact(row: Row, units: UnitTable, problems: list[Problem]) -> Fact | None:
    def wrong(column: str, what: str, fix: str, kind: str = "source") -> None:
        problems.append(Problem("error", kind, row.where(column), what, fix))

    told = row.values
    name = told["id"]
    if not _ID.fullmatch(name):
        wrong("id", f"{name!r} is not an id", "use letters, digits, _ and -; start with a letter", "name")
    if told["kind"] not in KINDS:
        wrong("kind", f"{name}: kind cannot be {told['kind']!r}", f"one of: {', '.join(KINDS)}")
    for column in ("quantity", "unit", "source_title", "publisher", "date"):
        if not told[column]:
            wrong(column, f"{name}: {column} is empty", f"say the {column}")
    if not re.match(r"https?://\S+$", told["url"]):
        what = f"{told['url']!r} is not an address" if told["url"] else "no address"
        wrong("url", f"{name}: {what}", "give the page where it stands")
    if told["date"] and decimal_year(told["date"]) is None:
        wrong("date", f"{name}: {told['date']!r} is not a date", "write 2026-05-31, 2026-05, 2026Q2 or 2026")
    counted = told["unit"] not in NOT_COUNTED
    numbers = {column: number(row, column, problems) for column in ("low", "high")}
    value: float | str | None = number(row, "value", problems) if counted else told["value"]
    if not told["value"]:
        wrong("value", f"{name}: no value", "give the number")
    if told["unit"] == "date" and decimal_year(told["value"]) is None:
        wrong(
            "value", f"{name}: {told['value']!r} is not a date", "write 2026-05-31, 2026-05, 2026Q2 or 2026"
        )
    if counted and told["unit"]:
        try:
            parse_unit(told["unit"], units, row.where("unit"))
        except ModelError as error:
            problems.extend(error.problems)
    low, high = numbers["low"], numbers["high"]
    if isinstance(value, float):
        ordered(row, name, (low, value, high), problems)
    if value is None or not _ID.fullmatch(name):
        return None
    words = {c: told[c] for c in ("date", "kind", "source_title", "publisher", "url", "note")}
    return Fact(name, told["quantity"], value, low, high, told["unit"], where=row.where("id"), **words)


def number(row: Row, column: str, problems: list[Problem]) -> float | None:
    """Return a column's number, None when it is empty; anything else is a problem."""
    text = row.values[column]
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if found != found or found in (float("inf"), float("-inf")):
        what = f"{column} is not a number: {text!r}"
        problems.append(Problem("error", "value", row.where(column), what, "write it as 0.5 or 5e-1"))
        return None
    return found


def ordered(row: Row, name: str, numbers: Sequence[float | None], problems: list[Problem]) -> None:
    """Note where low, value and high do not go up."""
    given = [n for n in numbers if n is not None]
    if given != sorted(given):
        what = f"{name}: low, value and high are {', '.join(f'{n:g}' for n in given)}"
        problems.append(Problem("error", "range", row.where("value"), what, "low <= value <= high"))


def find_fact(facts: Mapping[str, Fact], name: str) -> Fact | None:
    """Return the fact a name means, whatever its case and with `-` or `_`."""
    if name in facts:
        return facts[name]
    key = fact_key(name)
    return next((fact for known, fact in facts.items() if fact_key(known) == key), None)
