"""Units as other tools' models write them, put into the language's words, each declared as a base unit.

`Metric Tons/Month` becomes `metric_tons/month`. The names of times are read with or without an s. What is
no unit expression stays without a unit and is told by `putar check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from putar.language.model import TimeSpec, UnitDeclaration, Variable

__all__ = ["TIMES", "unit_text", "with_units"]

TIMES = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
_BARE = {"dmnl", "dimensionless", "unitless", "fraction", "1", "none", "no_units"}
_SIGNS = str.maketrans(
    {
        "-": "*",
        "%": " percent ",
        "€": " euro ",
        "£": " pound ",
        "¥": " yen ",
        "°": " degree ",
        "²": "^2",
        "³": "^3",
    }
)
_WORD = re.compile(r"[^\W\d][^*/^()\[\],]*|\$[^*/^()\[\],]*")


@lru_cache(4096)
def unit_text(text: str) -> str:
    """Return a unit in the language's words; `dmnl` for what has none by its own saying."""
    if not text.strip():
        return ""
    shown = _WORD.sub(lambda m: _word(m.group()), text.translate(_SIGNS).strip())
    shown = re.sub(r"\s+", "", shown)
    return "dmnl" if shown.lower() in _BARE else shown


def _word(text: str) -> str:
    word = re.sub(r"\W+", "_", text.strip().replace("$", "dollar ").lower()).strip("_")
    if word in _BARE:
        return "1"
    return word[:-1] if word.endswith("s") and word[:-1] in TIMES else word


def with_units(
    variables: Iterable[Variable], time: TimeSpec
) -> tuple[list[Variable], TimeSpec, tuple[UnitDeclaration, ...]]:
    """Return variables and times with units in the language's words, and the units they declare."""
    found: dict[str, UnitDeclaration] = {}
    made = []
    known: set[str] = set()
    time = replace(time, unit=unit_text(time.unit) or "dmnl")
    _declare(time.unit, found, time)
    for variable in variables:
        unit = unit_text(variable.unit)
        own_flow = variable.name.endswith("\u00b7net") and time.unit != "dmnl"
        if unit and own_flow:  # a reader's own flow has its stock's unit over time
            unit = f"{'1' if unit == 'dmnl' else unit}/{time.unit}"
        if unit not in known:
            known.add(unit)
            _declare(unit, found, time)
        made.append(variable if unit == variable.unit else replace(variable, unit=unit))
    return made, time, tuple(found.values())


def _declare(unit: str, found: dict[str, UnitDeclaration], time: TimeSpec) -> None:
    for word in re.findall(r"[^\W\d]\w*", unit):
        if word != "dmnl":
            found.setdefault(word, UnitDeclaration(word, None, time.where))
