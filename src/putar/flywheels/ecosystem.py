"""What several flywheels stand on, in one place: units and constants, for those that say `shared`.

`[units] hour = "shared"` takes the meaning of an hour from ecosystem/units.toml. In parameters.toml
`shared = "chip_progress"` takes from ecosystem/constants.toml whatever the entry does not say itself; an
entry with a value of its own must give its own reason for it. Facts are kept with the flywheel they come
from, so a shared constant names them as `flywheel:ID` and each flywheel sees its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from putar.errors import nearest
from putar.flywheels.located import Table

__all__ = ["FOLDER", "completed", "shared_constants", "shared_units"]

FOLDER = Path(__file__).parent / "ecosystem"
SHARED = "shared"


@cache
def shared_units() -> Mapping[str, str]:
    """Return the shared units: name to definition, `base` for one of its own."""
    return dict(tomllib.loads((FOLDER / "units.toml").read_text(encoding="utf-8")))


@cache
def shared_constants() -> Mapping[str, Mapping[str, Any]]:
    """Return the shared constants, each as parameters.toml would write it."""
    return dict(tomllib.loads((FOLDER / "constants.toml").read_text(encoding="utf-8")))


def completed(table: Table, flywheel: str) -> Table:
    """Return a constant's table with what it takes from the shared constant it names; others as they are.

    Parameters
    ----------
    flywheel : the name whose facts are meant
    """
    if SHARED not in table.data:
        return table
    name = table.text(SHARED)
    known = shared_constants()
    if name not in known:
        near = nearest(name, known)
        fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(known)}"
        table.wrong(SHARED, f"unknown shared constant {name!r}", fix, "name")
        return table
    told = dict(known[name])
    prefix = f"{flywheel}:"
    told["facts"] = [fact.removeprefix(prefix) for fact in told.get("facts", ()) if fact.startswith(prefix)]
    departs = {"value", "fitted"} & set(table.data)
    if departs and "reason" not in table.data:
        what = f"a value of its own for the shared {name}"
        table.wrong(min(departs), what, "give the reason for it, or leave the value out", "source")
    merged = {**told, **table.data}
    return Table(table.document, table.path, merged, table.problems, {SHARED})
