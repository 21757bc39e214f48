"""moat.toml: who could build the same, how much of each capability everybody has, and how long the way is.

A capability has a level for each actor (1 is the best in the world), the years and the cost of the whole
way from nothing to the group's level, and the part of the group's level that anybody may rent. It names
the links that need it. Every row has a status, facts and a reason; what comes of it is in `moat`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from putar.analysis.replication import Task
from putar.errors import ModelError, Problem, nearest
from putar.flywheels.facts import Fact, find_fact
from putar.flywheels.located import Table, read_toml
from putar.flywheels.parameters import NEED_FACTS
from putar.language.model import STATUSES
from putar.language.units import UnitTable, parse_unit

__all__ = ["Capability", "Rivalry", "read_rivalry"]


@dataclass(frozen=True, slots=True)
class Capability:
    """A capability: the way to it, the part that can be rented, who has how much, and which links need it."""

    task: Task
    title: str
    rentable: float
    levels: Mapping[str, float]
    links: tuple[str, ...]
    status: str
    facts: tuple[str, ...]
    reason: str

    @property
    def name(self) -> str:
        """The name it is asked for by."""
        return self.task.name


@dataclass(frozen=True, slots=True)
class Rivalry:
    """The group, its rivals and the capabilities between them.

    Parity is `goal` times the group's level; a gap above `large_gap` counts as a thing that is missing;
    levels are judgements that may be wrong by `varied_by`.
    """

    group: str
    actors: Mapping[str, str]
    capabilities: tuple[Capability, ...]
    cost_unit: str
    goal: float
    large_gap: float
    varied_by: float

    @property
    def rivals(self) -> tuple[str, ...]:
        """Everybody but the group."""
        return tuple(actor for actor in self.actors if actor != self.group)


def read_rivalry(
    path: Path, links: Sequence[str], facts: Mapping[str, Fact], units: UnitTable, problems: list[Problem]
) -> Rivalry | None:
    """Return what moat.toml says; None where there is no such file, or where it is wrong.

    Parameters
    ----------
    links : those that capabilities may be needed for
    facts : those that a row may rest on
    problems : what is wrong is added here, with its line
    """
    if not path.is_file():
        return None
    before = len(problems)
    top = Table.of(read_toml(path, problems), problems)
    group, unit = top.text("group"), top.text("cost_unit")
    goal, large, varied = top.number("goal"), top.number("large_gap", 0.5), top.number("varied_by", 0.0)
    if unit:
        try:
            parse_unit(unit, units, top.where("cost_unit"))
        except ModelError as error:
            problems.extend(error.problems)
    for key, number in (("goal", goal), ("large_gap", large), ("varied_by", varied)):
        _share(top, key, number)
    titles = top.table("actors")
    actors = {} if titles is None else {name: titles.text(name) for name in titles.data}
    if group and group not in actors:
        _unknown(top, "group", "actor", group, list(actors))
    capabilities = tuple(_capability(table, actors, links, facts) for table in top.tables("capability"))
    top.close()
    names = [capability.name for capability in capabilities]
    for index, capability in enumerate(capabilities):
        table = top.tables("capability")[index]
        if capability.name in names[:index]:
            table.wrong("name", f"capability {capability.name!r} is there twice", "remove one", "name")
        for earlier in capability.task.after:
            if earlier not in names[:index]:
                fix = "name a capability that stands above it"
                table.wrong("after", f"{earlier!r} does not stand before {capability.name!r}", fix, "name")
    if any(problem.severity == "error" for problem in problems[before:]):
        return None
    return Rivalry(group, actors, capabilities, unit, goal or 0.0, large or 0.0, varied or 0.0)


def _capability(
    table: Table, actors: Mapping[str, str], links: Sequence[str], facts: Mapping[str, Fact]
) -> Capability:
    name, title = table.text("name"), table.text("title")
    years, cost, rentable = table.number("years"), table.number("cost"), table.number("rentable")
    compression, exponent = table.number("compression", 0.0), table.number("exponent", 1.0)
    shortest, after = table.number("shortest", 0.0), table.texts("after")
    levels, needed = table.numbers("level"), table.texts("links")
    status, cited, reason = table.text("status", choices=STATUSES), table.texts("facts"), table.text("reason")
    table.close()
    _share(table, "rentable", rentable)
    for key, number in (
        ("years", years),
        ("cost", cost),
        ("compression", compression),
        ("shortest", shortest),
    ):
        if number is not None and number < 0:
            table.wrong(key, f"{key} is {number:g}", "give a number that is not below 0", "range")
    for actor, level in levels.items():
        if actor not in actors:
            _unknown(table, "level", "actor", actor, list(actors))
        elif not 0.0 <= level <= 1.0:
            where = table.where("level", actor)
            fix = "give a level from 0, nothing, to 1, the best in the world"
            table.problems.append(Problem("error", "range", where, f"{actor} is at {level:g}", fix))
    missing = [actor for actor in actors if actor not in levels]
    if missing:
        table.wrong("level", f"no level of {', '.join(missing)}", "give every actor a level", "value")
    for link in needed:
        if link not in links:
            _unknown(table, "links", "link", link, links)
    for fact in cited:
        if find_fact(facts, fact) is None:
            _unknown(table, "facts", "fact", fact, list(facts))
    if status in NEED_FACTS and not cited:
        table.wrong("status", f"{status}, but no fact is cited", 'cite facts, or call it "assumed"', "source")
    task = Task(name, years or 0.0, cost or 0.0, compression or 0.0, exponent or 0.0, shortest or 0.0, after)
    return Capability(task, title, rentable or 0.0, levels, needed, status, cited, reason)


def _share(table: Table, key: str, number: float | None) -> None:
    if number is not None and not 0.0 <= number <= 1.0:
        table.wrong(key, f"{key} is {number:g}", "give a share from 0 to 1", "range")


def _unknown(table: Table, key: str, what: str, name: str, known: Sequence[str]) -> None:
    near = nearest(name, known)
    fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(known)}"
    table.wrong(key, f"unknown {what} {name!r}", fix, "name")
