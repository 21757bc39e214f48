"""A flywheel's folder, read whole: the model, its facts, what it is asked, and every problem at once.

The files are those of docs/format.md: flywheel.toml, parameters.toml, one .putar file a subsystem,
facts.csv, series.csv, claims.toml and, where there are rivals, moat.toml. What is shared by several
subsystems is said in flywheel.toml; constants are in parameters.toml and become variables of the model
here. claims.toml is read by `claims`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from putar.analysis.naming import AskedLoop
from putar.engine.formulas import Formulas, formulas
from putar.engine.ir import Program
from putar.engine.lower import Lowering, lowered
from putar.errors import ModelErrors, Problem, UsageError, Where, nearest
from putar.flywheels.asked_tables import AskedTable, read_tables
from putar.flywheels.ecosystem import shared_units
from putar.flywheels.facts import Fact, find_fact, read_facts
from putar.flywheels.located import Document, Table, read_toml
from putar.flywheels.parameters import read_parameters
from putar.flywheels.questions import (
    Feed,
    Headline,
    Lever,
    Protocol,
    QuestionReader,
    SelfTurning,
    Valuation,
    unknown,
)
from putar.flywheels.rivals import Rivalry, read_rivalry
from putar.flywheels.scenarios import Scenario, read_scenarios, read_views
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
from putar.words.catalogue import own_texts

__all__ = [
    "About",
    "Flywheel",
    "LinkForms",
    "from_model",
    "read_flywheel",
]

BORDERS = ("across", "inside")
SECTIONS = (
    *("headline", "lever", "scenario", "protocol", "valuation"),
    *("uncertainty", "self_turning", "table", "loop", "feed", "view"),
)


@dataclass(frozen=True, slots=True)
class About:
    """What the flywheel is for, where it ends, and what it must not be used for."""

    purpose: str = ""
    boundary: str = ""
    limits: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkForms:
    """A link with both of its forms in words; `border` says whether it joins firms or parts of one `firm`."""

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
    firm: str = ""


@dataclass(frozen=True, eq=False)
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
    tables: tuple[AskedTable, ...] = ()
    loops: tuple[AskedLoop, ...] = ()
    problems: tuple[Problem, ...] = ()
    rivalry: Rivalry | None = None
    feeds: tuple[Feed, ...] = ()
    views: tuple[Scenario, ...] = ()

    def texts(self, language: str) -> Mapping[str, str]:
        """Return the folder's own texts in a language by their English wording."""
        return own_texts(self.path, language)

    @cached_property
    def program(self) -> Program:
        """The model, lowered for the engine.

        Raises
        ------
        UsageError
            If there is none: a file of claims has nothing to run.
        """
        if self.path.suffix == ".toml":
            fix = f"ask for its claims: putar claims {self.path.name}"
            raise UsageError(f"{self.name} is a file of claims, without a model to run", fix)
        return self._lowered.program

    @cached_property
    def formulas(self) -> Formulas:
        """Each equation by itself, for questions about links and loops."""
        return formulas(self.model, self._lowered)

    @cached_property
    def _lowered(self) -> Lowering:
        return lowered(self.model)

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
    reading = read_parts(path)
    if reading.errors or reading.flywheel is None:
        raise ModelErrors(reading.errors)
    return reading.flywheel


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a folder, None where it is too little to go on with, and what was wrong.

    Parameters
    ----------
    lost : full names of what was declared and could not be read; others may name them all the same
    constants, facts : whether constants, or facts, are among what was lost
    """

    flywheel: Flywheel | None
    errors: tuple[Problem, ...]
    lost: frozenset[str]
    constants: bool
    facts: bool

    def follows(self, problem: Problem) -> bool:
        """Return whether a problem may only say again that something could not be read."""
        if problem.kind != "name":
            return False
        said = re.findall(r"'(?:\w+\.)?(\w+)(?:\[[^']*\])?'", problem.what)
        tails = {name.rpartition(".")[2] for name in self.lost}
        if "unknown fact" in problem.what:
            return self.facts
        return self.constants or not tails.isdisjoint(said)


def read_parts(path: Path) -> Reading:
    """Return what can be read of a folder, whatever is wrong with the rest."""
    problems: list[Problem] = []
    folder = _Folder(path, problems)
    flywheel = folder.read()
    errors = tuple(problem for problem in problems if problem.severity == "error")
    return Reading(flywheel, errors, frozenset(folder.lost), folder.no_constants, folder.no_facts)


class _Folder:
    """Reads the files in the order in which they need each other."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path, self.problems = path, problems
        self.lost: set[str] = set()
        self.no_constants = self.no_facts = False
        self.top = Table.of(read_toml(path / "flywheel.toml", problems), problems)

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
        grounds = not self._errors()
        facts = read_facts(self.path / "facts.csv", table, self.problems)
        self.no_facts = any(error.where and error.where.path == "facts.csv" for error in self._errors())
        rooms, variables, files = self._subsystems()
        constants = read_parameters(
            self.path / "parameters.toml", dimensions, [r.name for r in rooms], facts, self.problems, name
        )
        self.no_constants = not constants
        known = {one.name for one in constants if one.subsystem in ("", *[room.name for room in rooms])}
        self.lost |= self._lost_constants(known)
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
        if not grounds:
            top.asked.update(SECTIONS)  # not read: names in them would be reported a second time
            top.close()
            return None
        before = len(self.problems)
        asked = QuestionReader(self.top, model)
        scenarios = read_scenarios(top, model, now)
        series = read_series(self.path / "series.csv", model, facts, table, self.problems)
        ids = [link.id for _, link in links]
        rivalry = read_rivalry(self.path / "moat.toml", ids, facts, table, self.problems)
        extra = () if rivalry is None else ("moat.toml",)
        flywheel = Flywheel(
            name,
            model,
            self.path,
            title,
            question,
            about,
            now,
            asked.headline(series, table),
            tuple(link for _, link in links),
            asked.levers(),
            scenarios,
            asked.protocols(time, now),
            asked.valuation(facts, table),
            asked.uncertainty(),
            asked.self_turning(now),
            facts,
            series,
            ("flywheel.toml", "parameters.toml", *files, "facts.csv", "series.csv", "claims.toml", *extra),
            read_tables(top, model),
            asked.loops(),
            tuple(problem for problem in self.problems if problem.severity != "error"),
            rivalry,
            asked.feeds(),
            read_views(top, scenarios, model, now),
        )
        top.close()
        reading = Reading(None, (), frozenset(self.lost), self.no_constants, self.no_facts)
        self.problems[before:] = [p for p in self.problems[before:] if not reading.follows(p)]
        return flywheel

    def _errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

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
            if now is not None and not start <= now <= stop:
                table.wrong("now", f"now, {now:g}, is outside the run", f"a date from {start:g} to {stop:g}")
            return TimeSpec(start, stop, step, unit, method, save, table.where()), now
        else:
            self.problems.append(
                Problem(
                    "error", "value", self.top.where(), "the time is missing", "add [time] start, stop, step"
                )
            )
        return TimeSpec(0.0, 1.0, 1.0), None

    def _units(self) -> list[tuple[str, str, Where]]:
        found: list[tuple[str, str, Where]] = []
        for table in self._optional("units"):
            for key in table.data:
                text = table.text(key)
                if text == "shared":
                    if key not in shared_units():
                        unknown(table, key, "shared unit", key, shared_units())
                    text = shared_units().get(key, "base")
                found.append((key, text, table.where(key)))
        return found

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
            room, found, lost = read_subsystem(file, name, self.problems)
            self.lost |= lost
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

    def _lost_constants(self, read: set[str]) -> set[str]:
        """Return the names of constants that stand in parameters.toml and could not be read."""
        data = read_toml(self.path / "parameters.toml", []).data if self._errors() else {}
        found: set[str] = set()
        for room, inner in data.items():
            whole = not isinstance(inner, dict) or not all(isinstance(one, dict) for one in inner.values())
            found |= {room} if whole else {f"{room}.{name.partition('[')[0]}" for name in inner}
        return found - read

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
                table.text("firm", ""),
            )
            table.close()
            if link.firm and link.border == "across":
                table.wrong("firm", "a link across firms is inside none", "leave the firm out")
            for key, room in (("from", link.source), ("to", link.target)):
                if room and room not in names:
                    unknown(table, key, "subsystem", room, names)
            for fact in link.facts:
                if find_fact(facts, fact) is None:
                    unknown(table, "facts", "fact", fact, facts)
            if link.id in [other.id for _, other in links]:
                table.wrong("id", f"link {link.id!r} is there twice", "give it an id of its own", "name")
                continue
            links.append((index, link))
        return links
