"""A model, opened for questions: the one object a person holds in Python.

`putar.load` gives it for a shipped name, a folder, a model file or a Model built by hand. Every
method is one question and returns a finding; the command line asks the same ones.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from numpy.typing import ArrayLike

from putar.errors import Problem, UsageError, nearest
from putar.flywheels.catalogue import find, names, with_units
from putar.flywheels.claims import Asked, Finding, check_claims
from putar.flywheels.drivers import Drivers, find_drivers
from putar.flywheels.feedback import Feedback, find_feedback
from putar.flywheels.feeds import joined
from putar.flywheels.folder import Flywheel, from_model
from putar.flywheels.links import LinkFinding, find_links, parse_output, protocols_of
from putar.flywheels.moat import MoatFinding, find_moat, rivalry_of
from putar.flywheels.problems import find_problems
from putar.flywheels.questions import Protocol
from putar.flywheels.scenarios import (
    BASE,
    RunSpec,
    Setting,
    find_scenario,
    parse_date,
    parse_setting,
    run_spec,
    whole_number,
)
from putar.flywheels.simulate import simulate
from putar.flywheels.story import read_story
from putar.flywheels.tables import TableFinding, find_table, table_named
from putar.flywheels.weakening import LevelMargin, find_level_margins
from putar.language.model import Model
from putar.language.spelling import called
from putar.runs.run import Run
from putar.workbench.answer import Answer, answer
from putar.workbench.document import range_warnings

if TYPE_CHECKING:
    from putar.flywheels.auditing import Check
    from putar.flywheels.convert import Conversion

__all__ = ["Study", "load", "shipped_rows"]


def shipped_rows() -> list[dict[str, object]]:
    """Return name, title and sizes of every shipped flywheel."""
    rows: list[dict[str, object]] = []
    for name in names():
        flywheel = find(name)
        rows.append(
            {
                "name": name,
                "title": flywheel.title,
                "subsystems": len(flywheel.model.subsystems),
                "variables": sum(v.kind != "constant" for v in flywheel.model.variables),
                "links": len(flywheel.links),
                "claims": len(read_story(flywheel).claims),
                "facts": len(flywheel.facts),
            }
        )
    return rows


def load(what: str | Path | Model, *, data: Sequence[str | Path] = ()) -> Study:
    """Open a shipped flywheel by name, a folder or file by path, or a Model built by hand.

    Parameters
    ----------
    data : files with the values of a model's data variables

    Raises
    ------
    UsageError
        If there is no such name or path, with the nearest name.
    ModelErrors
        With everything that is wrong with the model, units included.
    """
    if isinstance(what, Model):
        return Study(with_units(from_model(what, Path(f"{what.name}.putar"))))
    return Study(find(what, [Path(file) for file in data]))


@dataclass(frozen=True, slots=True)
class Study:
    """A flywheel (or any model) and the questions it answers."""

    flywheel: Flywheel

    def joined(self, *feeds: str) -> Study:
        """Return the study with curves fed from other flywheels, by the feeds' ids.

        Raises
        ------
        UsageError
            If the flywheel declares no such feed.
        """
        return Study(joined(self.flywheel, feeds, find))

    @property
    def model(self) -> Model:
        """The model itself."""
        return self.flywheel.model

    @property
    def name(self) -> str:
        """The name it is asked for by."""
        return self.flywheel.name

    def spec(
        self,
        scenario: str = "base",
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        cut: Sequence[str] = (),
        cut_from: float | None = None,
        members: int = 0,
        seed: int = 0,
    ) -> RunSpec:
        """Return what a run is asked to do; see `run`."""
        flywheel = self.flywheel
        chosen = find_scenario(flywheel.scenarios, scenario)
        spec = run_spec(flywheel.model, chosen, self._settings(set), cut, flywheel.now)
        if cut_from is not None:
            if not spec.cuts:
                raise UsageError("a cut date without a cut link", "name the link: cut=['...'], --cut LINK")
            spec = replace(spec, cuts=dict.fromkeys(spec.cuts, parse_date(str(cut_from), flywheel.model)))
        return replace(spec, members=whole_number("members", members), seed=whole_number("seed", seed, None))

    def _settings(self, wanted: Mapping[str, ArrayLike] | Sequence[str] | None) -> list[Setting]:
        """Return what a mapping, or texts such as `fleet.life=4@2027`, set."""
        if not isinstance(wanted, Mapping):
            return [parse_setting(text, self.model) for text in wanted or ()]
        known = self.flywheel.program.parameters
        found: list[Setting] = []
        for name, value in wanted.items():
            base, sign, date = name.partition("@")
            at = parse_date(date, self.model) if sign else None
            found.append(Setting(_short_name(called(self.model, base), known), value, at))
        return found

    def run(
        self,
        scenario: str = "base",
        *,
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        cut: Sequence[str] = (),
        cut_from: float | None = None,
        members: int = 0,
        seed: int = 0,
        save: Sequence[str] | None = None,
        save_at: Sequence[float] | None = None,
        kernel: str = "auto",
    ) -> Run:
        """Return a run, or an ensemble of runs.

        Parameters
        ----------
        scenario : one of the flywheel's
        set : values of constants, each in its unit; `name@date` from a date on; an array gives one
            value a member; or texts as on the command line, `fleet.life=4@2027`
        cut : links put at arm's length, from `cut_from` or the flywheel's "now"
        members : runs with constants drawn from their distributions; 0 is one run at the central values
        save, save_at : variables and dates to keep, of a date the first step that is not before it; all,
            where not said, but for the insides of conveyors and macros, which are kept by name alone

        Raises
        ------
        UsageError
            If a name, a link, a scenario or a date is unknown.
        RunError
            If there is too little memory; said before the run starts.
        """
        spec = self.spec(scenario, set, cut, cut_from, members, seed)
        kept = self._visible if save is None else self._outputs(save)
        ensemble = simulate(self.flywheel, spec, save=kept, save_at=save_at, kernel=kernel)
        if self.model.origin == "vensim" and "final_time" in ensemble.names:
            ensemble = ensemble.until("final_time")
        return Run(self.model, ensemble)

    @property
    def _visible(self) -> tuple[str, ...]:
        """The outputs that are not the insides of others."""
        internal = self.model.internal
        return tuple(n for n, _ in self.flywheel.program.outputs if n.partition("[")[0] not in internal)

    def _outputs(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return output names: an array's name stands for all of its elements."""
        outputs = [name for name, _ in self.flywheel.program.outputs]
        known = frozenset(outputs)
        found: list[str] = []
        for name in names:
            full = called(self.model, name)
            full = full if full in known else _short_name(full, [*outputs, *self.model.by_name])
            if full in known:
                found.append(full)
            elif full in self.model.by_name:
                found.extend(e for e in self.model.element_names(self.model[full]) if e in known)
            else:
                raise self.model.unknown(name)
        return tuple(dict.fromkeys(found))

    def links(
        self,
        output: str | None = None,
        *,
        cut_from: float | None = None,
        scenario: str = "base",
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        members: int = 0,
        seed: int = 0,
    ) -> LinkFinding:
        """Return what each link carries of one output, exactly, over all combinations of links.

        Parameters
        ----------
        output : `variable@date`, or `value`; by default the first that the flywheel asks about
        cut_from : the date from which links are at arm's length; by default the flywheel's "now"
        members : draws for the band of each share
        """
        asked = self._asked(output, cut_from)
        spec = self.spec(scenario, set, members=members, seed=seed)
        return find_links(self.flywheel, asked, spec, spec.members, spec.seed)

    def _asked(self, output: str | None, cut_from: float | None) -> Protocol:
        """Return which output is meant, read when, with links cut from when."""
        if cut_from is not None:
            cut_from = parse_date(str(cut_from), self.model)
        if output is not None:
            name, sign, date = output.partition("@")
            outputs = [name for name, _ in self.flywheel.program.outputs]
            full = name if name == "value" else _short_name(called(self.model, name), outputs)
            return parse_output(self.flywheel, f"{full}{sign}{date}", cut_from)
        asked = protocols_of(self.flywheel)[0]
        return asked if cut_from is None else replace(asked, cut_from=cut_from)

    def link_protocols(
        self,
        scenario: str = "base",
        *,
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        members: int = 0,
        seed: int = 0,
    ) -> tuple[LinkFinding, ...]:
        """Return what each link carries of every output that the flywheel asks about."""
        spec = self.spec(scenario, set, members=members, seed=seed)
        return tuple(
            find_links(self.flywheel, protocol, spec, spec.members, spec.seed)
            for protocol in protocols_of(self.flywheel, scenario)
        )

    def loops(
        self,
        scenario: str = "base",
        *,
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        cut: Sequence[str] = (),
        cut_from: float | None = None,
        members: int = 0,
        seed: int = 0,
        window: tuple[float, float] | None = None,
        stocks: Sequence[str] = (),
    ) -> Feedback:
        """Return which loops drive a run and when, and whether the wheel spins up by itself.

        Parameters
        ----------
        members : runs with drawn constants, for the probability that each loop leads
        window : from when to when growth rates and margins are asked; by default the time unit up to
            the flywheel's "now", or the whole run
        stocks : of the wheel, where they are not those of the largest partition
        """
        spec = self.spec(scenario, set, cut, cut_from, members, seed)
        return find_feedback(self.flywheel, spec, window=window, stocks=stocks, release=True)

    def level_margins(
        self,
        scenario: str = "base",
        *,
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        links: Sequence[tuple[str, str]] = (),
        form: Literal["deviation", "level"] = "deviation",
    ) -> tuple[LevelMargin, ...]:
        """Return how far links may weaken before the wheel falls, by simulation; `loops` has linear ones.

        Parameters
        ----------
        links : (source, target) names of variables; by default the most influential of the wheel
        form : "deviation", where the target keeps the source's value at the date of the cut and a part of
            what it moves after, or "level", where it reads a part of the source
        """
        spec = self.spec(scenario, set)
        return find_level_margins(self.flywheel, spec, find_feedback(self.flywheel, spec), links, form)

    def moat(
        self, scenario: str = "base", *, set: Mapping[str, ArrayLike] | Sequence[str] | None = None
    ) -> MoatFinding:
        """Return what each rival would need to stand where the group stands, and what stays out of its reach.

        Raises
        ------
        UsageError
            If the flywheel names no rivals.
        """
        rivalry_of(self.flywheel)  # said before the links are run
        return find_moat(self.flywheel, self.links(scenario=scenario, set=set))

    def sensitivity(
        self,
        output: str | None = None,
        *,
        scenario: str = "base",
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        members: int = 1000,
        seed: int = 0,
    ) -> Drivers:
        """Return how an output spreads over draws, and which constants drive it.

        Parameters
        ----------
        output : `variable@date`, or `value`; by default the first that the flywheel asks its links about
        """
        asked = self._asked(output, None)
        spec = self.spec(scenario, set, members=members, seed=seed)
        return find_drivers(self.flywheel, spec, asked.output, asked.at)

    def table(
        self,
        name: str,
        scenario: str = "base",
        *,
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        cut: Sequence[str] = (),
        cut_from: float | None = None,
        members: int = 0,
        seed: int = 0,
    ) -> TableFinding:
        """Return one of the tables that the flywheel declares; members and seed are for tables of draws."""
        table = table_named(self.flywheel, name)
        if table.kind == "scenarios" and scenario != BASE:
            raise UsageError(f"the rows of {name} are scenarios already", "leave the scenario out")
        return find_table(self.flywheel, table, self.spec(scenario, set, cut, cut_from, members, seed))

    def claims(
        self,
        members: int | None = None,
        seed: int = 0,
        *,
        scenario: str = "base",
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        cut: Sequence[str] = (),
        cut_from: float | None = None,
    ) -> tuple[Finding, ...]:
        """Return every claim of the story with its verdict, computed from facts and runs.

        Parameters
        ----------
        members : draws of each run; a default number, where not said
        scenario, set, cut, cut_from : laid under every run that a claim needs; claims about facts alone
            do not feel them
        """
        draws = None if members is None else whole_number("members", members)
        spec = self.spec(scenario, set, cut, cut_from, 0, seed)
        asked = Asked(find_scenario(self.flywheel.scenarios, scenario).name, spec)
        return check_claims(self.flywheel, members=draws, seed=spec.seed, asked=asked)

    def write(
        self,
        path: str | Path,
        scenario: str = "base",
        *,
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        cut: Sequence[str] = (),
        cut_from: float | None = None,
        force: bool = False,
    ) -> Conversion:
        """Write the model in the form that a path's suffix names; return what could not be said in it.

        Parameters
        ----------
        scenario, set, cut, cut_from : what becomes a part of the model's equations; see `run`
        force : whether what is there is written over

        Raises
        ------
        UsageError
            If the form is unknown, or something is there already.
        """
        from putar.flywheels.convert import convert  # with the writers of all formats

        return convert(self.flywheel, Path(path), force=force, spec=self.spec(scenario, set, cut, cut_from))

    def warnings(
        self, scenario: str = "base", *, set: Mapping[str, ArrayLike] | Sequence[str] | None = None
    ) -> list[dict[str, object]]:
        """Return a warning, with what, why and fix, for each constant that is set outside its range."""
        return range_warnings(self.flywheel, self.spec(scenario, set))

    def check(self) -> tuple[Problem, ...]:
        """Return all that is wrong or doubtful: names, units, sources, ranges, claims."""
        return find_problems(self.flywheel)

    def audit(self) -> tuple[Check, ...]:
        """Return whether the story closes, what pushes it from outside, and what data cannot tell apart."""
        from putar.flywheels.auditing import audit  # needed by this question alone

        return audit(self.flywheel)

    def answer(
        self,
        scenario: str = "base",
        *,
        set: Mapping[str, ArrayLike] | Sequence[str] | None = None,
        cut: Sequence[str] = (),
        cut_from: float | None = None,
        members: int = 0,
        seed: int = 0,
    ) -> Answer:
        """Return the whole answer that `putar run` prints and its page shows."""
        began = time.perf_counter()
        title = find_scenario(self.flywheel.scenarios, scenario)
        spec = self.spec(scenario, set, cut, cut_from, members, seed)
        besides = self.spec(BASE, set, cut, cut_from if cut else None, 0, seed)
        return answer(self.flywheel, title, spec, besides, began)


def _short_name(name: str, known: Sequence[str]) -> str:
    """Return the full name a short one stands for, where just one variable has it."""
    if name in known:
        return name
    full = [one for one in dict.fromkeys(known) if one.rpartition(".")[2] == name]
    if len(full) == 1:
        return full[0]
    if len(full) > 1:
        near = nearest(name, full) or full[0]
        raise UsageError(
            f"{name!r} could be any of {', '.join(full[:5])}", f"write {near!r} if that is meant"
        )
    return name
