"""Scenarios: named sets of changes, and how a run's wishes become one specification.

A change acts from the start of the run or from a date: it sets constants, or multiplies them. Cut links
take their arm's-length form from a date of their own. What a run does with a `RunSpec` is not known here.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from numpy.typing import ArrayLike

from putar.errors import Problem, UsageError, Where, nearest
from putar.flywheels.facts import decimal_year
from putar.flywheels.located import Table
from putar.language.model import Model
from putar.language.spelling import called, split_outside
from putar.runs.design import Change
from putar.words.said import Said

__all__ = [
    "BASE",
    "RunSpec",
    "Scenario",
    "Setting",
    "combined",
    "find_scenario",
    "parse_date",
    "parse_setting",
    "read_scenario",
    "read_scenarios",
    "read_views",
    "run_spec",
    "whole_number",
]

VECTORS = ("fitted", "default")
BASE = "base"


@dataclass(frozen=True, slots=True)
class RunSpec:
    """All that a run is asked to do.

    `changes` hold from the start or from their dates. `cuts` are the links at arm's length, each with the
    date from which it is (None: the start).
    `vector` is `fitted` or `default`. No members means one run at the central values; otherwise so many
    are drawn with `seed`. `save` names the outputs that are kept, None all of them.
    """

    changes: tuple[Change, ...] = ()
    cuts: Mapping[str, float | None] = field(default_factory=dict)
    vector: str = "fitted"
    members: int = 0
    seed: int = 0
    save: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named specification, as a flywheel's file has it."""

    name: str
    title: str
    spec: RunSpec
    reason: str = ""
    where: Where = field(default=Where("flywheel.toml"), compare=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """One `VAR=VALUE` or `VAR=VALUE@DATE`; in Python also one value a member."""

    name: str
    value: ArrayLike
    at: float | None = None


# from a file --------------------------------------------------------------------------------


def read_scenarios(table: Table, model: Model, now: float | None) -> dict[str, Scenario]:
    """Return the scenarios of `[scenario.NAME]` tables; `base`, which changes nothing, is always there.

    Parameters
    ----------
    table : the flywheel's top table
    model : its constants are what may be changed
    now : links are cut from this date where a scenario does not say one
    """
    found = {name: read_scenario(name, inner, model, now) for name, inner in table.named("scenario").items()}
    base = found.pop(BASE, Scenario(BASE, Said("scenario.base"), RunSpec()))
    return {BASE: base, **found}


def read_views(
    table: Table, scenarios: Mapping[str, Scenario], model: Model, now: float | None
) -> tuple[Scenario, ...]:
    """Return the named views of `[view.NAME]` tables: sets of values that a reader may start from.

    A view is a scenario that only sets values; with `scenario = "NAME"` it takes over those of one.
    """
    found: list[Scenario] = []
    for name, inner in table.named("view").items():
        start = inner.text("scenario", "") or BASE
        if start not in scenarios:
            near = nearest(start, scenarios) or BASE
            inner.wrong("scenario", f"unknown scenario {start!r}", f"did you mean {near!r}?", "name")
            start = BASE
        taken = scenarios[start].spec
        view = read_scenario(name, inner, model, now)
        spec = combined(taken, view.spec)
        if any(change.scale for change in spec.changes) or spec.vector != "fitted":
            fix = "write the values with set"
            inner.wrong("", f"view {name!r} scales or swaps values, but a view only sets them", fix)
        found.append(replace(view, spec=spec))
    return tuple(found)


def read_scenario(name: str, table: Table, model: Model, now: float | None) -> Scenario:
    """Return one scenario; unknown constants, links and keys are noted as the table's problems."""
    title, reason = table.text("title", name.replace("_", " ")), table.text("reason", "")
    changes = [*_changes(table, "from", model)]
    for inner in table.tables("change"):
        changes += _changes(inner, "at", model)
        inner.close()
    cut = table.texts("cut")
    switches = [link.id for link in model.links]
    for index, link in enumerate(cut):
        if link not in switches:
            near = nearest(link, switches)
            fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(switches)}"
            table.problems.append(
                Problem("error", "name", table.where("cut", index), f"unknown link {link!r}", fix)
            )
    cut_from = table.number("cut_from", now if cut else None)
    if not cut and "cut_from" in table.data:
        table.wrong("cut_from", "cut_from without a cut", 'write cut = ["link"]')
    vector = table.text("vector", "fitted", VECTORS)
    table.close()
    spec = RunSpec(tuple(changes), dict.fromkeys(cut, cut_from), vector)
    return Scenario(name, title, spec, reason, table.where())


def _changes(table: Table, date: str, model: Model) -> list[Change]:
    """Return what a table sets and scales from its date; `at` must be said, `from` means the start."""
    at = table.number("at") if date == "at" else table.number("from", None)
    values = {kind: table.numbers(kind) for kind in ("set", "scale")}
    known = settable(model)
    for kind, given in values.items():
        for name in list(given):
            if name not in known:
                what, fix = _not_settable(name, model, known)
                table.problems.append(Problem("error", "name", table.where(kind, name), what, fix))
                del given[name]
    if at is not None and not model.time.start <= at <= model.time.stop:
        fix = f"a date from {model.time.start:g} to {model.time.stop:g}"
        table.wrong(date, f"{date} {at:g} is outside the run", fix, "range")
    return [Change(given, at, kind == "scale") for kind, given in values.items() if given]


# from words ---------------------------------------------------------------------------------


def find_scenario(scenarios: Mapping[str, Scenario], name: str) -> Scenario:
    """Return a scenario by name.

    Raises
    ------
    UsageError
        If there is none, with the nearest name.
    """
    for spelling in (name, name.replace("-", "_")):
        if spelling in scenarios:
            return scenarios[spelling]
    near = nearest(name, scenarios)
    fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(scenarios)}"
    raise UsageError(f"unknown scenario {name!r}", fix)


def parse_setting(text: str, model: Model) -> Setting:
    """Return what `VAR=VALUE` or `VAR=VALUE@DATE` says; the date is a number or `2027-06-30`.

    Raises
    ------
    UsageError
        If the text has another form, or names no constant of the model.
    """
    name, *more = split_outside(text, "=")
    sign, rest = bool(more), "=".join(more)
    value, _, date = rest.partition("@")
    name, date = called(model, name.strip()), date.strip()
    try:
        amount = float(value)
    except ValueError:
        amount = math.nan
    if not sign or not math.isfinite(amount):
        raise UsageError(f"{text!r} sets nothing", "write VAR=VALUE, or VAR=VALUE@DATE with numbers")
    known = settable(model)
    if name not in known:
        raise UsageError(*_not_settable(name, model, known))
    if "@" not in rest:
        return Setting(name, amount)
    return Setting(name, amount, parse_date(date, model))


def parse_date(text: str, model: Model) -> float:
    """Return a date within the run: a number such as 2026.5, or 2026-07-01.

    Raises
    ------
    UsageError
        If the text is no date, or the run does not reach it.
    """
    at = decimal_year(text) if "-" in text else None
    try:
        at = float(text) if at is None else at
    except ValueError:
        raise UsageError(f"{text!r} is no date", "write 2026.5 or 2026-07-01") from None
    start, stop = model.time.start, model.time.stop
    if not start <= at <= stop:
        raise UsageError(f"the date {text} is outside the run", f"a date from {start:g} to {stop:g}")
    return at


def whole_number(name: str, value: int, least: int | None = 0) -> int:
    """Return a number of members, or a seed, that can be counted with.

    Raises
    ------
    UsageError
        If it is not whole, or too small.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise UsageError(f"{name} cannot be {value!r}", "give a whole number") from None
    if least is not None and number < least:
        raise UsageError(f"{number} {name} cannot be run", f"give {least} or more")
    return number


def run_spec(
    model: Model,
    scenario: Scenario,
    settings: Iterable[Setting] = (),
    cut: Sequence[str] = (),
    now: float | None = None,
) -> RunSpec:
    """Return a scenario's specification with further settings and cut links.

    A setting without a date holds from the start and over whatever the scenario does to that constant.

    Raises
    ------
    UsageError
        If a link is unknown, with the nearest.
    """
    spec = scenario.spec
    switches = [link.id for link in model.links]
    for link in cut:
        if link not in switches:
            near = nearest(link, switches)
            fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(switches) or 'none'}"
            raise UsageError(f"unknown link {link!r}", fix)
    if cut:
        spec = combined(spec, RunSpec(cuts=dict.fromkeys(cut, now)))
    for setting in settings:
        spec = with_setting(spec, setting)
    return spec


def with_setting(spec: RunSpec, setting: Setting) -> RunSpec:
    """Return the specification with one constant set, from the start or from a date."""
    return combined(spec, RunSpec((Change({setting.name: setting.value}, setting.at),)))


def combined(spec: RunSpec, more: RunSpec) -> RunSpec:
    """Return a specification with what another one changes and cuts besides.

    What the other one sets from the start holds over whatever the first does to that constant; a link
    that both cut is cut from the earlier date.
    """
    held = {name for c in more.changes if c.at is None and not c.scale for name in c.values}
    kept = [_without(change, held) for change in spec.changes]
    return replace(
        spec,
        changes=(*(change for change in kept if change.values), *more.changes),
        cuts={**spec.cuts, **{link: _earlier(date, spec.cuts, link) for link, date in more.cuts.items()}},
        vector=spec.vector if more.vector == "fitted" else more.vector,
    )


def _without(change: Change, held: set[str]) -> Change:
    if held.isdisjoint(change.values):
        return change
    return replace(change, values={n: value for n, value in change.values.items() if n not in held})


def _earlier(date: float | None, cuts: Mapping[str, float | None], link: str) -> float | None:
    own = cuts.get(link, date)
    return None if own is None or date is None else min(own, date)


def settable(model: Model) -> frozenset[str]:
    """Return what a run may set: constants, element by element, and the links' switches."""
    return model.settable


def _not_settable(name: str, model: Model, known: frozenset[str]) -> tuple[str, str]:
    variable = model.by_name.get(name.partition("[")[0])
    if variable is not None and variable.kind != "constant":
        return f"{name} is computed, it cannot be set", f"set a constant that this {variable.kind} needs"
    if variable is not None:
        return f"{name} is no element of a constant", f"one of: {', '.join(model.element_names(variable))}"
    near = nearest(name, known)
    return (
        f"unknown constant {name!r}",
        f"did you mean {near!r}?" if near else "`putar list MODEL` has them all",
    )
