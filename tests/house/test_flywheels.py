"""House rules for the shipped flywheels: every folder is whole, every number can be traced."""

import csv
import datetime
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from putar.flywheels import catalogue
from putar.flywheels.facts import fact_key
from putar.flywheels.problems import facts_used
from putar.flywheels.story import base_factor
from putar.language.units import parse_unit
from tests.house import tree

FOLDERS = sorted(path.parent for path in (tree.SOURCE / "flywheels").glob("*/flywheel.toml"))
FILES = ("flywheel.toml", "parameters.toml", "claims.toml", "facts.csv", "series.csv", "README.md")
FACT_COLUMNS = [
    *("id", "quantity", "value", "low", "high", "unit"),
    *("date", "kind", "source_title", "publisher", "url", "note"),
]
STATUSES = {"reported", "estimated", "claimed", "assumed", "fitted", "lever", "fixed"}
NEED_NO_FACT = {"assumed", "fitted", "lever", "fixed"}

each_flywheel = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parameters(folder: Path) -> dict[str, dict[str, Any]]:
    """The constants of a flywheel by qualified name, with what they take from the shared ones."""
    found: dict[str, dict[str, Any]] = {}
    shared = tomllib.loads((tree.SOURCE / "flywheels/ecosystem/constants.toml").read_text(encoding="utf-8"))
    mark = f"{folder.name.replace('_', '-')}:"

    def completed(value: dict[str, Any]) -> dict[str, Any]:
        told = dict(shared[value["shared"]]) if "shared" in value else {}
        told["facts"] = [fact.removeprefix(mark) for fact in told.get("facts", []) if fact.startswith(mark)]
        return {**told, **value}

    def walk(prefix: str, table: dict[str, Any]) -> None:
        for key, value in table.items():
            if isinstance(value, dict) and {"value", "status", "shared"} & set(value):
                found[prefix + key] = completed(value)
            elif isinstance(value, dict):
                walk(f"{prefix}{key}.", value)

    walk("", tomllib.loads((folder / "parameters.toml").read_text(encoding="utf-8")))
    return found


def test_a_flywheel_ships() -> None:
    """There is one at least, so that the rules below are tried."""
    assert FOLDERS


@each_flywheel
def test_folder_is_whole(folder: Path) -> None:
    """Every file that a flywheel consists of is there, and a file for each subsystem."""
    told = tomllib.loads((folder / "flywheel.toml").read_text(encoding="utf-8"))
    wanted = {*FILES, *(f"{room['name']}.putar" for room in told["subsystem"])}

    assert wanted - {path.name for path in folder.iterdir()} == set()


@each_flywheel
def test_facts_have_sources(folder: Path) -> None:
    """A fact has the agreed columns, an id of its own, a title, a publisher, an address and a date."""
    facts = rows(folder / "facts.csv")
    wrong = [
        row["id"]
        for row in facts
        if not (row["source_title"] and row["publisher"] and row["unit"] and row["kind"])
        or not re.match(r"https?://\S+$", row["url"])
        or not _is_date(row["date"])
    ]

    assert facts
    assert [*facts[0]] == FACT_COLUMNS
    assert len({row["id"] for row in facts}) == len(facts)
    assert wrong == []


@each_flywheel
def test_parameters_can_be_traced(folder: Path) -> None:
    """A constant has a unit, a known status, and a fact or a reason behind it."""
    known = {row["id"] for row in rows(folder / "facts.csv")}
    wrong = []
    for name, told in parameters(folder).items():
        facts = told.get("facts", [])
        if "unit" not in told or told.get("status") not in STATUSES:
            wrong.append(f"{name}: unit or status")
        if not set(facts) <= known:
            wrong.append(f"{name}: unknown facts {sorted(set(facts) - known)}")
        if not facts and told.get("status") not in NEED_NO_FACT:
            wrong.append(f"{name}: {told.get('status')} without a fact")
        if not told.get("reason"):
            wrong.append(f"{name}: without a reason")

    assert parameters(folder)
    assert wrong == []


@each_flywheel
def test_series_rest_on_facts(folder: Path) -> None:
    """Every observation names a fact that exists."""
    known = {row["id"] for row in rows(folder / "facts.csv")}
    observed = rows(folder / "series.csv")

    assert observed
    assert [row for row in observed if row["fact"] not in known] == []


def test_one_vocabulary_of_units() -> None:
    """A unit that two flywheels declare means the same in both, and no unit has two names for one size."""
    meanings: dict[str, set[object]] = {}
    for name in catalogue.names():
        units = catalogue.find(name).units
        told = tomllib.loads((catalogue.find(name).path / "flywheel.toml").read_text(encoding="utf-8"))
        for unit in told["units"]:
            parsed = parse_unit(unit, units)
            meanings.setdefault(unit, set()).add((parsed.powers, round(base_factor(parsed), 9)))

    assert {unit: found for unit, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", catalogue.names())
def test_no_fact_is_an_orphan(name: str) -> None:
    """Something rests on each fact, or its note says what it is there for; not both."""
    flywheel = catalogue.find(name)
    used = facts_used(flywheel)

    assert [n for n, fact in flywheel.facts.items() if (fact_key(n) in used) == bool(fact.context)] == []


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        return False
    datetime.date.fromisoformat((text + "-01-01")[:10] if len(text) == 4 else (text + "-01")[:10])
    return True
