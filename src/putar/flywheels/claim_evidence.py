"""What formulas of claims are computed from: facts, observed series, runs and games of links.

Runs and games are made when a formula first asks for them, once at the central values and once with
draws. A run keeps only the outputs that formulas read, and only the rows from which they read, so it ends
with the last of these. All runs share one set of draws. What was asked for, a scenario, settings, cuts, is
laid under every run: what the run itself changes comes on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from putar.analysis.synergy import Synergy
from putar.engine.kernel import saved_steps
from putar.errors import RunError
from putar.flywheels.claim_formula import Path, Value, spans
from putar.flywheels.claim_verdict import Uncertain
from putar.flywheels.folder import Flywheel
from putar.flywheels.links import play
from putar.flywheels.moat import lacks, rivalry_of
from putar.flywheels.questions import Protocol
from putar.flywheels.scenarios import BASE, RunSpec, combined
from putar.flywheels.simulate import Draws, changes_of, draws_for, simulate
from putar.flywheels.story import Check, Claim, Figure, Source, Story, base_factor, fact_unit, rival_unit
from putar.language.expr import Expr
from putar.language.units import parse_unit
from putar.runs.draws import standard_normal

__all__ = ["GAME_MEMBERS", "Asked", "Evidence"]

GAME_MEMBERS = 50  # draws of a game at most: each is a run of every coalition
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a story is asked under: a scenario by name, and a specification with its changes and more."""

    scenario: str = BASE
    spec: RunSpec = field(default_factory=RunSpec)


class Evidence:
    """Facts as numbers, and the runs and games that the wanted claims ask for, made once each."""

    def __init__(
        self,
        flywheel: Flywheel,
        story: Story,
        claims: Sequence[Claim],
        members: int,
        seed: int,
        asked: Asked | None = None,
    ) -> None:
        self.flywheel, self.story, self.members, self.seed = flywheel, story, members, seed
        self.asked = Asked() if asked is None else asked
        self.used: dict[str, set[str]] = {}
        self.needed: dict[str, set[int]] = {}
        for part in _parts(claims):
            rows = self.rows(part)
            for source in part.sources.values():
                if source.kind == "run":
                    self.used.setdefault(source.owner, set()).add(source.what)
                    self.needed.setdefault(source.owner, set()).update(rows)
        self.save = sorted(set().union(*self.used.values()))  # one list for all: a kernel is compiled for it
        self.made: dict[tuple[str, int], Mapping[str, Path]] = {}
        self.played: dict[tuple[str, bool], Synergy | None] = {}

    # numbers ------------------------------------------------------------------------------

    def number(self, source: Source, claim: Claim) -> Uncertain:
        """Return a fact, one end of its range, or a given number, in base units."""
        if source.kind == "given":
            return claim.given[source.owner].number
        if source.kind == "moat":
            return self.lack(source.owner, source.what)
        fact = self.flywheel.facts[source.owner]
        factor, value = base_factor(fact_unit(self.flywheel, source.owner)), fact.number or 0.0
        ends = {
            "low": value if fact.low is None else fact.low,
            "high": value if fact.high is None else fact.high,
        }
        if source.what:
            return Uncertain.of(ends[source.what] * factor, None, None, sourced=fact.sourced)
        low, high = (None if end is None else end * factor for end in (fact.low, fact.high))
        return Uncertain.of(value * factor, low, high, sourced=fact.sourced)

    def lack(self, actor: str, word: str) -> Uncertain:
        """Return what a rival lacks, with the range that its levels leave, in base units."""
        what, _, way = word.partition("_")
        found = lacks(rivalry_of(self.flywheel), actor, rented=way == "contracted")
        place = ("years", "cost", "gaps").index(what)
        factor = base_factor(parse_unit(rival_unit(self.flywheel, word), self.flywheel.units))
        value = (found.replication.years, found.replication.cost, found.large)[place] * factor
        ends = sorted((found.low[place] * factor, value, found.high[place] * factor))
        if ends[0] == ends[2]:
            return Uncertain(value, value, value, "exact")
        family = "whole" if what == "gaps" else "uniform"
        return Uncertain(value, ends[0], ends[2], family, declared=True)

    def series(self, name: str) -> tuple[Array, dict[str, Uncertain]]:
        """Return the dates of a series and its observations at dates, by fact, in base units."""
        rows = [row for row in self.flywheel.series[name] if row.until is None]
        parts: dict[str, Uncertain] = {}
        for row in rows:
            factor = base_factor(parse_unit(row.unit, self.flywheel.units))
            low, high = (None if end is None else end * factor for end in (row.low, row.high))
            parts[f"{name}:{row.fact}"] = Uncertain.of(row.value * factor, low, high)
        return np.array([row.time for row in rows]), parts

    def values(self, part: Check | Figure, claim: Claim, draws: int) -> dict[str, Value]:
        """Return a value for every reference of a formula, at the centre or the first so many draws.

        A draw is the same however many follow it, so runs and games of different size can be mixed.
        """
        rows = self.rows(part) if any(s.kind == "run" for s in part.sources.values()) else frozenset()
        found: dict[str, Value] = {}
        for key, source in part.sources.items():
            if source.kind == "run":
                path = self._path(source, rows, self.members if draws else 0)
                found[key] = Path(path.times, path.values[:, :draws]) if draws else path
            elif source.kind == "game":
                found[key] = self.game(source.owner, draws)[source.what]
            elif source.kind == "series":
                times, parts = self.series(source.owner)
                found[key] = Path(times, np.array([[number.value] for number in parts.values()]))
            else:
                number = self.number(source, claim)
                found[key] = np.asarray(number.value)
                if draws and number.family != "exact":
                    found[key] = number.at(standard_normal(f"fact:{key}", draws, self.seed))
        return found

    def draws(self, check: Check) -> int:
        """Return how many draws a check has: fewer where it asks for a game."""
        game = any(source.kind == "game" for source in check.sources.values())
        return min(self.members, GAME_MEMBERS) if game else self.members

    # runs ---------------------------------------------------------------------------------

    def run(self, name: str, members: int) -> Mapping[str, Path]:
        """Return the outputs of a run that the claims use, in base units; members 0 is one central run."""
        if (name, members) not in self.made:
            spec = replace(self._spec(name), members=members, seed=self.seed)
            dates = self.grid[sorted(self.needed[name])]
            ensemble = simulate(
                self.flywheel,
                spec,
                save=self.save,
                save_at=None if len(dates) == len(self.grid) else dates.tolist(),
                draws=self._draws if members else None,
            )
            self.made[name, members] = {
                output: Path(ensemble.times, ensemble.series(output) * self.factor(output))
                for output in self.used[name]
            }
        return self.made[name, members]

    def _spec(self, name: str) -> RunSpec:
        """Return what a run does over what was asked for; the asked scenario itself adds nothing."""
        if name == self.asked.scenario:
            return self.asked.spec
        return combined(self.asked.spec, (self.story.runs or {})[name].spec)

    def _path(self, source: Source, rows: frozenset[int], members: int) -> Path:
        """Return the rows of a run's output that a formula reads, so that its paths share their times."""
        path = self.run(source.owner, members)[source.what]
        if len(path.times) == len(rows):
            return path
        held = np.searchsorted(path.times, self.grid[sorted(rows)] - 1e-9)
        return Path(path.times[held], path.values[held])

    def rows(self, part: Check | Figure) -> frozenset[int]:
        """Return which of the saved rows a formula reads: those around its dates, or all."""
        if not any(source.kind == "run" for source in part.sources.values()):
            return frozenset()
        grid = self.grid
        found: set[int] = set()
        for expr in _formulas(part):
            times = spans(expr)
            if times is None:
                return frozenset(range(len(grid)))
            for start, stop in times:
                slack = 1e-9 * max(1.0, abs(start), abs(stop))
                first = int(np.searchsorted(grid, start + slack, side="right")) - 1
                last = int(np.searchsorted(grid, stop - slack))
                found.update(range(max(0, first), min(len(grid) - 1, last) + 1))
        return frozenset(found) or frozenset(range(len(grid)))

    @cached_property
    def grid(self) -> Array:
        """The times of a run's saved rows."""
        program = self.flywheel.program
        return np.array([program.time_at(step) for step in saved_steps(program, 0, program.steps)])

    @cached_property
    def _draws(self) -> Draws:
        return draws_for(self.flywheel, self.members, self.seed, self.asked.spec.vector)

    @cached_property
    def parameters(self) -> Mapping[str, Array]:
        """What was drawn, [draw] by parameter; the same for all runs."""
        spec = replace(self.asked.spec, members=self.members, seed=self.seed)
        drawn: dict[str, Array] = {}
        for change in changes_of(self.flywheel, spec, self._draws):
            drawn |= {n: np.asarray(v, dtype=np.float64) for n, v in change.values.items() if np.ndim(v)}
        return drawn

    # games --------------------------------------------------------------------------------

    def game(self, name: str, members: int) -> Mapping[str, Array]:
        """Return what each link carries, `all` and `none`, [draw] or a number, in base units.

        Not-a-number where a set of links has no number: what links carry of a failed run means nothing.
        """
        key = name, bool(members)
        if key not in self.played:
            game = (self.story.games or {})[name]
            protocol = Protocol(game.output, name, game.at, game.cut_from)
            draws = min(self.members, GAME_MEMBERS) if members else 0
            spec = replace(self.asked.spec, members=draws, seed=self.seed)
            try:
                self.played[key] = play(self.flywheel, protocol, spec)
            except RunError:
                self.played[key] = None
        result = self.played[key]
        if result is None:
            names = ("all", "none", *(link.id for link in self.flywheel.links))
            return dict.fromkeys(names, np.asarray(np.nan))
        values = {"all": result.all, "none": result.none}
        values |= {link: result.shapley[i] for i, link in enumerate(result.players)}
        factor = self.factor((self.story.games or {})[name].output)
        return {what: np.asarray(value) * factor for what, value in values.items()}

    def factor(self, output: str) -> float:
        """Return how many base units one of an output's own units is."""
        unit = self.flywheel.model[output.partition("[")[0]].unit
        return base_factor(parse_unit(unit, self.flywheel.units))


def _parts(claims: Iterable[Claim]) -> Iterable[Check | Figure]:
    for claim in claims:
        yield from claim.checks
        yield from claim.figures


def _formulas(part: Check | Figure) -> tuple[Expr, ...]:
    if isinstance(part, Figure):
        return (part.expr,)
    return () if part.comparison is None else (part.comparison.formula, *part.comparison.bounds)
