"""A flywheel's folder, read whole: the model, its facts, what it is asked, and every problem at once.

The files are those of docs/format.md: flywheel.toml, parameters.toml, one .putar file a subsystem,
facts.csv, series.csv and claims.toml. What is shared by several subsystems is said in flywheel.toml;
constants are in parameters.toml and become variables of the model here. claims.toml is read by `claims`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from putar.engine.ir import Program
from putar.engine.lower import lower
from putar.errors import ModelErrors, Problem, UsageError, Where, nearest
from putar.flywheels.facts import Fact, find_fact, read_facts
from putar.flywheels.located import Document, Table, read_toml
from putar.flywheels.parameters import read_parameters
from putar.flywheels.scenarios import Scenario, read_scenarios
from putar.flywheels.series import Observation, read_series
from putar.formats.text import read_subsystem
from putar.language.model import (
    STATUSES,
    Dimension,
    Link,
    Model,
    Subsystem,
    TimeSpec,
    UnitDeclaration,
    Variable,
)
from putar.language.units import UnitTable, unit_table

__all__ = [
    "About",
    "Flywheel",
    "Headline",
    "Lever",
    "LinkForms",
    "Protocol",
    "SelfTurning",
    "Valuation",
    "from_model",
    "read_flywheel",
]

BORDERS = ("across", "inside")


@dataclass(frozen=True, slots=True)
class About:
    """What the flywheel is for, where it ends, and what it must not be used for."""

    purpose: str = ""
    boundary: str = ""
    limits: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """An indicator that is shown first; `series` names what was observed of it."""

    variable: str
    label: str
    unit: str
    series: str | None = None


@dataclass(frozen=True, slots=True)
class LinkForms:
    """A link with both of its forms in words; `border` says whether it joins firms or parts of one."""

    id: str
    title: str
    source: str
    target: str
    border: str
    integrated: str
    arms_length: str
    facts: tuple[str, ...] = ()
    status: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Lever:
    """A constant that someone may decide, within bounds."""

    variable: str
    low: float
    high: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Protocol:
    """A question to the links: which output, read when, with links cut from when (None: the start)."""

    output: str
    label: str
    at: float
    cut_from: float | None = None


@dataclass(frozen=True, slots=True)
class Valuation:
    """The variable that is the flywheel's value, and when it is read (None: at the end)."""

    variable: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class SelfTurning:
    """How "does it turn by itself" is asked: cut outside money, and give a push that must not fade.

    With `outside_links` cut from `cut_from`, `output` is read at `at`. `shock` sets constants from the
    start; the gap it leaves in `variable` is read so many years `after` the shock's `shock_date`.
    """

    outside_links: tuple[str, ...]
    cut_from: float | None
    output: str
    at: float | None
    shock: Mapping[str, float]
    shock_date: float | None
    variable: str
    after: tuple[float, ...]


@dataclass(frozen=True)
class Flywheel:
    """A model with its facts, questions and story. A single model file is one without a story."""

    name: str
    model: Model
    path: Path
    title: str = ""
    question: str = ""
    about: About = field(default_factory=About)
    now: float | None = None
    headline: tuple[Headline, ...] = ()
    links: tuple[LinkForms, ...] = ()
    levers: tuple[Lever, ...] = ()
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    protocols: tuple[Protocol, ...] = ()
    valuation: Valuation | None = None
    uncertainty_from: float | None = None
    self_turning: SelfTurning | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    series: Mapping[str, tuple[Observation, ...]] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def program(self) -> Program:
        """The model, lowered for the engine."""
        return lower(self.model)

    @cached_property
    def units(self) -> UnitTable:
        """The units that the model declares."""
        return unit_table(self.model.units, self.model.time.unit)

    def fact(self, name: str) -> Fact:
        """Return a fact by id; case, and `-` for `_`, do not matter.

        Raises
        ------
        UsageError
            If there is none, with the nearest.
        """
        found = find_fact(self.facts, name)
        if found is None:
            near = nearest(name, self.facts)
            fix = f"did you mean {near!r}?" if near else f"see {self.path / 'facts.csv'}"
            raise UsageError(f"unknown fact {name!r}", fix)
        return found


def from_model(model: Model, path: Path) -> Flywheel:
    """Return a flywheel that is a model and nothing else."""
    links = tuple(LinkForms(x.id, x.title, x.source, x.target, "", "", "") for x in model.links)
    table = Table.of(Document(path.name, {}, {}), [])
    return Flywheel(
        model.name, model, path, model.name, links=links, scenarios=read_scenarios(table, model, None)
    )


def read_flywheel(path: Path) -> Flywheel:
    """Return the flywheel in a folder; its warnings are in `problems`.

    Raises
    ------
    ModelErrors
        With every error in any of its files, each with file and line.
    """
    problems: list[Problem] = []
    flywheel = _Folder(path, problems).read()
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors or flywheel is None:
        raise ModelErrors(errors)
    return flywheel


class _Folder:
    """Reads the files in the order in which they need each other."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path, self.problems = path, problems
        self.top = Table.of(read_toml(path / "flywheel.toml", problems), problems)
        self.constants: set[str] = set()
        self.outputs: set[str] = set()

    def read(self) -> Flywheel | None:
        if not self.top.data:
            return None
        top, document = self.top, self.top.document
        name, title, question = top.text("name"), top.text("title"), top.text("question")
        about = self._about()
        time, now = self._time()
        dimensions = tuple(
            Dimension(key, top_table.texts(key), top_table.where(key))
            for top_table in self._optional("dimensions")
            for key in top_table.data
        )
        units = tuple(
            UnitDeclaration(key, None if text == "base" else text, where)
            for key, text, where in self._units()
        )
        table = unit_table(units, time.unit)
        self.problems.extend(table.problems)
        facts = read_facts(self.path / "facts.csv", table, self.problems)
        rooms, variables, files = self._subsystems()
        constants = read_parameters(
            self.path / "parameters.toml", dimensions, [r.name for r in rooms], facts, self.problems
        )
        links = self._links(rooms, facts)
        model = Model(
            name,
            time,
            (*variables, *constants),
            dimensions,
            units,
            rooms,
            tuple(Link(x.id, x.title, x.source, x.target, document.where("link", i)) for i, x in links),
        )
        if any(problem.severity == "error" for problem in self.problems):
            return None  # names below would be reported a second time
        self.constants = {n for v in variables + constants for n, _ in model.parameters(v)}
        self.outputs = {n for v in model.variables for n in model.element_names(v)}
        series = read_series(self.path / "series.csv", model, facts, table, self.problems)
        flywheel = Flywheel(
            name,
            model,
            self.path,
            title,
            question,
            about,
            now,
            self._headline(series),
            tuple(link for _, link in links),
            self._levers(),
            read_scenarios(top, model, now),
            self._protocols(time, now),
            self._valuation(),
            self._uncertainty(),
            self._self_turning(model, now),
            facts,
            series,
            ("flywheel.toml", "parameters.toml", *files, "facts.csv", "series.csv", "claims.toml"),
            tuple(problem for problem in self.problems if problem.severity != "error"),
        )
        top.close()
        return flywheel

    # shared declarations ------------------------------------------------------------------

    def _optional(self, key: str) -> Iterable[Table]:
        table = self.top.table(key)
        return () if table is None else (table,)

    def _about(self) -> About:
        for table in self._optional("about"):
            about = About(
                table.text("purpose"), table.text("boundary"), table.texts("limits"), table.texts("not_for")
            )
            table.close()
            return about
        return About()

    def _time(self) -> tuple[TimeSpec, float | None]:
        for table in self._optional("time"):
            start, stop, step = table.number("start"), table.number("stop"), table.number("step")
            unit, method = table.text("unit", "year"), table.text("method", "euler")
            now, save = table.number("now", None), table.number("save", None)
            table.close()
            if start is None or stop is None or step is None:
                break
            if not (start < stop and 0 < step <= stop - start):
                table.wrong(
                    "stop", f"no steps of {step:g} from {start:g} to {stop:g}", "start < stop, step > 0"
                )
            return TimeSpec(start, stop, step, unit, method, save, table.where()), now
        else:
            self.problems.append(
                Problem(
                    "error", "value", self.top.where(), "the time is missing", "add [time] start, stop, step"
                )
            )
        return TimeSpec(0.0, 1.0, 1.0), None

    def _units(self) -> list[tuple[str, str, Where]]:
        return [(key, t.text(key), t.where(key)) for t in self._optional("units") for key in t.data]

    def _subsystems(self) -> tuple[tuple[Subsystem, ...], tuple[Variable, ...], tuple[str, ...]]:
        rooms: list[Subsystem] = []
        variables: list[Variable] = []
        for table in self.top.tables("subsystem"):
            name, title = table.text("name"), table.text("title", "")
            table.close()
            if name in [room.name for room in rooms]:
                table.wrong("name", f"subsystem {name!r} is listed twice", "remove one", "name")
                continue
            file = self.path / f"{name}.putar"
            if not file.is_file():
                table.wrong(
                    "name", f"there is no file {file.name}", f"add {file.name}, or remove the entry", "file"
                )
                continue
            try:
                room, found = read_subsystem(file, name)
            except ModelErrors as error:
                self.problems.extend(error.problems)
                room, found = Subsystem(name), ()
            if room.name != name:
                what = f"{file.name} declares the subsystem {room.name!r}"
                fix = f"write 'subsystem {name}' there"
                self.problems.append(Problem("error", "name", Where(file.name, 1), what, fix))
            rooms.append(Subsystem(name, title or room.title, room.reason))
            variables.extend(found)
        listed = [f"{room.name}.putar" for room in rooms]
        for file in sorted(self.path.glob("*.putar")):
            if file.name not in listed and not self.top.problems:
                what = f"{file.name} belongs to no [[subsystem]]"
                fix = "list it in flywheel.toml, or remove the file"
                self.problems.append(Problem("error", "file", Where(file.name), what, fix))
        return tuple(rooms), tuple(variables), tuple(listed)

    def _links(self, rooms: tuple[Subsystem, ...], facts: Mapping[str, Fact]) -> list[tuple[int, LinkForms]]:
        names = [room.name for room in rooms]
        links: list[tuple[int, LinkForms]] = []
        for index, table in enumerate(self.top.tables("link")):
            link = LinkForms(
                table.text("id"),
                table.text("title"),
                table.text("from"),
                table.text("to"),
                table.text("border", choices=BORDERS),
                table.text("integrated"),
                table.text("arms_length"),
                table.texts("facts"),
                table.text("status", "", ("", *STATUSES)),
                table.text("reason", ""),
            )
            table.close()
            for key, room in (("from", link.source), ("to", link.target)):
                if room and room not in names:
                    self._unknown(table, key, "subsystem", room, names)
            for fact in link.facts:
                if find_fact(facts, fact) is None:
                    self._unknown(table, "facts", "fact", fact, facts)
            if link.id in [other.id for _, other in links]:
                table.wrong("id", f"link {link.id!r} is there twice", "give it an id of its own", "name")
                continue
            links.append((index, link))
        return links

    # what is asked ------------------------------------------------------------------------

    def _headline(self, series: Mapping[str, tuple[Observation, ...]]) -> tuple[Headline, ...]:
        found: list[Headline] = []
        for table in self.top.tables("headline"):
            variable, label, unit = self._variable(table), table.text("label"), table.text("unit", "")
            observed = table.text("series", "") or None
            table.close()
            if observed is not None and observed not in series:
                self._unknown(table, "series", "series", observed, series)
            found.append(Headline(variable, label, unit, observed))
        return tuple(found)

    def _levers(self) -> tuple[Lever, ...]:
        found: list[Lever] = []
        for table in self.top.tables("lever"):
            variable = table.text("variable")
            low, high, reason = table.number("low"), table.number("high"), table.text("reason", "")
            table.close()
            if variable and variable not in self.constants:
                self._unknown(table, "variable", "constant", variable, self.constants)
            if low is not None and high is not None and not low < high:
                table.wrong("low", f"a lever from {low:g} to {high:g}", "put the low end first", "range")
            found.append(Lever(variable, low or 0.0, high or 0.0, reason))
        return tuple(found)

    def _protocols(self, time: TimeSpec, now: float | None) -> tuple[Protocol, ...]:
        found: list[Protocol] = []
        for table in self.top.tables("protocol"):
            output, title, at = self._variable(table, "output"), table.text("title"), table.number("at", None)
            end = time.stop if at is None else at
            found.append(Protocol(output, title, end, table.number("cut_from", now)))
            table.close()
        return tuple(found)

    def _valuation(self) -> Valuation | None:
        for table in self._optional("valuation"):
            valuation = Valuation(self._variable(table), table.number("at", None))
            table.close()
            return valuation
        return None

    def _uncertainty(self) -> float | None:
        for table in self._optional("uncertainty"):
            date = table.number("from", None)
            table.close()
            return date
        return None

    def _self_turning(self, model: Model, now: float | None) -> SelfTurning | None:
        for table in self._optional("self_turning"):
            links, ids = table.texts("outside_links"), [link.id for link in model.links]
            for link in links:
                if link not in ids:
                    self._unknown(table, "outside_links", "link", link, ids)
            shock = table.numbers("shock")
            for name in shock:
                if name not in self.constants:
                    self._unknown(table, "shock", "constant", name, self.constants)
            after = table.get("after", [])
            if not isinstance(after, list) or not all(isinstance(years, int | float) for years in after):
                table.wrong("after", "after is not a list of years", "write after = [1, 2, 3]")
                after = []
            dates = [value for name, value in shock.items() if name.endswith("_date")]
            found = SelfTurning(
                links,
                table.number("cut_from", now),
                self._variable(table, "output"),
                table.number("at", None),
                shock,
                dates[0] if dates else None,
                self._variable(table),
                tuple(float(years) for years in after),
            )
            table.close()
            return found
        return None

    def _variable(self, table: Table, key: str = "variable") -> str:
        name = table.text(key)
        if name and name not in self.outputs:
            self._unknown(table, key, "variable", name, self.outputs)
        return name

    def _unknown(self, table: Table, key: str, what: str, name: str, known: Iterable[str]) -> None:
        near = nearest(name, known)
        fix = f"did you mean {near!r}?" if near else f"name a {what} that exists"
        table.wrong(key, f"unknown {what} {name!r}", fix, "name")
