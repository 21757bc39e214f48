"""claims.toml: the sentences of a flywheel's story, each with the formulas that can prove it wrong.

A check compares a formula with a bound. Names in a formula are facts (`REV_2025`, in any case; `REV_2025.low`
and `.high` are the ends of its range), numbers that the claim or the file gives itself (`given`), outputs of
runs (`base.money.run_rate`; runs are the flywheel's scenarios and the `[run.NAME]` tables), what links carry
(`built.reinvestment`, `built.all`, `built.none` of a `[game.NAME]` table), what rivals lack
(`moat.google.gaps_built`; see `RIVAL_WORDS`) and observed series (`data.weekly_users`). Everything is
resolved and its units are checked when the file is read. A check without a formula is untestable and says
what it would need. No verdict stands in the file. A file of claims may stand alone, see `article`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from putar.errors import ModelError, ModelErrors, Problem, UsageError, Where, nearest
from putar.flywheels.claim_formula import FormulaError, Measure, measure, references
from putar.flywheels.claim_verdict import COMPARATORS, Comparison, Uncertain
from putar.flywheels.facts import fact_key, find_fact
from putar.flywheels.folder import Flywheel
from putar.flywheels.located import Table, as_number, read_toml
from putar.flywheels.scenarios import Scenario, read_scenario
from putar.language.expr import Expr, Number
from putar.language.parse import parse_expression
from putar.language.parse import place as place_in
from putar.language.units import DIMENSIONLESS, Unit, parse_unit

__all__ = [
    "PLACEHOLDER",
    "Check",
    "Claim",
    "Figure",
    "Game",
    "Given",
    "Source",
    "Story",
    "base_factor",
    "fact_unit",
    "read_story",
    "rival_unit",
]

WORDS_QUOTED = 25
ARTICLE = ("title", "units", "facts", "fact")  # keys of a file of claims without a model
SETTLED = ("definition", "assumed")  # what a given number may be, if no fact stands behind it
SHOWN = ("number", "verdict", "probability")  # what {id.SHOWN} in a reason can be, beside {id}
# what a rival lacks, by its own means and with contracts for what can be rented
RIVAL_WORDS = tuple(f"{word}_{way}" for way in ("built", "contracted") for word in ("gaps", "years", "cost"))
PLACEHOLDER = re.compile(r"\{(\w+)(?:\.(\w+))?\}")


@dataclass(frozen=True, slots=True)
class Given:
    """A number that a claim brings along: a definition, or an assumption with its range."""

    name: str
    number: Uncertain
    unit: Unit
    definition: bool
    facts: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """What a reference of a formula means: kind is fact, given, run, game, series or moat; then who and what.

    Of a fact, `what` is `low` or `high` where an end of its range is meant.
    """

    kind: str
    owner: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A formula whose value is shown in the reasons; `unit` is how it is printed, `factor` its base units."""

    id: str
    formula: str
    expr: Expr
    unit: str
    factor: float
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison that can fail. `comparison` is None when it is ill-posed or untestable."""

    id: str
    says: str
    kind: str
    formula: str
    comparator: str
    bound: str
    unit: str
    factor: float
    comparison: Comparison | None
    sources: Mapping[str, Source]
    ill_posed: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the story with its checks, and the figures its reasons show."""

    id: str
    says: str
    quote: str
    facts: tuple[str, ...]
    why: str
    given: Mapping[str, Given]
    checks: tuple[Check, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Game:
    """A question to the links whose answer formulas use: which output, when, links cut from when."""

    name: str
    output: str
    at: float
    cut_from: float


@dataclass(frozen=True, slots=True)
class Story:
    """All claims of a flywheel, the runs and games they ask for, and what is wrong with them."""

    claims: tuple[Claim, ...] = ()
    runs: Mapping[str, Scenario] | None = None
    games: Mapping[str, Game] | None = None
    problems: tuple[Problem, ...] = ()


@lru_cache(maxsize=8)
def read_story(flywheel: Flywheel) -> Story:
    """Return a flywheel's story; without claims.toml an empty one. It is read once for each flywheel object.

    Ill-posed checks are among the problems as warnings, and stay in the story; a claim with an error is
    left out of it.
    """
    path = flywheel.path if flywheel.path.suffix == ".toml" else flywheel.path / "claims.toml"
    if not path.is_file():
        return Story()
    problems: list[Problem] = []
    return _Reader(flywheel, Table.of(read_toml(path, problems), problems)).read()


def base_factor(unit: Unit) -> float:
    """Return how many base units one of a unit is: 1e9 for busd."""
    found = unit.ratio(Unit(powers=unit.powers))
    return 1.0 if found is None else found


def fact_unit(flywheel: Flywheel, name: str) -> Unit:
    """Return the unit of a fact that is counted; a date counts in the model's unit of time."""
    text = flywheel.facts[name].unit
    return parse_unit(flywheel.model.time.unit if text == "date" else text, flywheel.units)


def rival_unit(flywheel: Flywheel, word: str) -> str:
    """Return the unit of what a rival lacks, one of `RIVAL_WORDS`."""
    if word.startswith("gaps") or flywheel.rivalry is None:
        return "dmnl"
    return flywheel.model.time.unit if word.startswith("years") else flywheel.rivalry.cost_unit


class _Reader:
    """Reads the tables in order: runs and games first, for the claims that use them."""

    def __init__(self, flywheel: Flywheel, top: Table) -> None:
        self.flywheel, self.top, self.problems = flywheel, top, top.problems
        self.time = parse_unit(flywheel.model.time.unit, flywheel.units)
        self.runs: dict[str, Scenario] = dict(flywheel.scenarios)
        self.games: dict[str, Game] = {}
        self.shared: dict[str, Given] = {}
        self.facts = {fact_key(name): fact for name, fact in flywheel.facts.items()}
        model = flywheel.model
        self.outputs = {name: v.unit for v in model.variables for name in model.element_names(v)}

    def read(self) -> Story:
        if self.flywheel.path.suffix == ".toml":
            self.runs = {}
            for key in ("run", "game"):
                if key in self.top.data:
                    self.top.wrong(key, f"{key} needs a model", "put the claims into a flywheel's folder")
                    self.top.asked.add(key)
            return self._claims()
        for key in ARTICLE:
            if key in self.top.data:
                fix = "facts are in facts.csv, units in flywheel.toml"
                self.top.wrong(key, f"{key} stands elsewhere in a flywheel", fix)
        if base_factor(self.time) != 1.0:
            what, fix = "formulas need a time unit that is a base unit", "run the model in that unit"
            self.problems.append(Problem("error", "unit", self.flywheel.model.time.where, what, fix))
        for name, table in self.top.named("run").items():
            if name in self.runs:
                table.wrong(
                    "title", f"run {name!r} is a scenario of the flywheel", "name it otherwise", "name"
                )
            self.runs[name] = read_scenario(name, table, self.flywheel.model, self.flywheel.now)
        for name, table in self.top.named("game").items():
            self._game(name, table)
        return self._claims()

    def _claims(self) -> Story:
        shared = {key: self._given(key, inner) for key, inner in self.top.named("given").items()}
        self.shared = {key: one for key, one in shared.items() if one is not None}
        claims: list[Claim] = []
        for table in self.top.tables("claim"):
            errors = sum(problem.severity == "error" for problem in self.problems)
            claim = self._claim(table)
            if claim.id in [other.id for other in claims]:
                table.wrong("id", f"claim {claim.id!r} is there twice", "give it an id of its own", "name")
            if sum(problem.severity == "error" for problem in self.problems) == errors:
                claims.append(claim)
        self.top.asked.update(ARTICLE)  # read by `article` where the file has no model
        self.top.close()
        return Story(tuple(claims), self.runs, self.games, tuple(self.problems))

    def _game(self, name: str, table: Table) -> None:
        output, time = table.text("output"), self.flywheel.model.time
        at, cut_from = table.number("at", time.stop), table.number("cut_from", self.flywheel.now)
        table.text("title", "")
        table.close()
        if output and output not in self.outputs:
            self._unknown(table, "output", f"variable {output!r}", output, self.outputs)
        start = time.start if cut_from is None else cut_from
        self.games[name] = Game(name, output, time.stop if at is None else at, start)

    # one claim ----------------------------------------------------------------------------

    def _claim(self, table: Table) -> Claim:
        name, says, quote = table.text("id"), table.text("says"), table.text("quote", "")
        why, cited = table.text("why", ""), table.texts("facts")
        if len(quote.split()) > WORDS_QUOTED:
            what = f"the quote has {len(quote.split())} words"
            table.wrong("quote", what, f"quote {WORDS_QUOTED} words at most", "source")
        for index, fact in enumerate(cited):
            if find_fact(self.flywheel.facts, fact) is None:
                self._unknown(table, "facts", f"fact {fact!r}", fact, self.flywheel.facts, index)
        given = {key: self._given(key, inner) for key, inner in table.named("given").items()}
        numbers = {**self.shared, **{key: one for key, one in given.items() if one is not None}}
        figures = tuple(self._figure(key, inner, numbers) for key, inner in table.named("show").items())
        inner_tables = table.tables("check")
        checks = tuple(self._check(i, inner, numbers) for i, inner in enumerate(inner_tables))
        table.close()
        if not checks:
            table.wrong("id", f"claim {name!r} has no check", "add [[claim.check]] with a formula")
        names = [*(figure.id for figure in figures if figure), *(check.id for check in checks)]
        for double in {one for one in names if names.count(one) > 1}:
            table.wrong("id", f"{double!r} is used twice in claim {name!r}", "name it otherwise", "name")
        for match in PLACEHOLDER.finditer(why):
            if match[1] not in names:
                self._unknown(table, "why", match[0], match[1], names)
            elif match[2] and match[2] not in SHOWN:
                self._unknown(table, "why", match[0], match[2], SHOWN)
        shown = tuple(figure for figure in figures if figure is not None)
        return Claim(name, says, quote, cited, why, numbers, checks, shown)

    def _given(self, name: str, table: Table) -> Given | None:
        value, text = table.number("value"), table.text("unit", "dmnl")
        low, high = table.number("low", None), table.number("high", None)
        reason, cited = table.text("reason"), table.texts("facts")
        status = table.text("status", "definition" if not cited else "", ("", *SETTLED))
        shape = table.text("distribution", "", ("", "uniform", "normal", "lognormal"))
        table.close()
        unit = self._unit(table, "unit", text)
        for index, fact in enumerate(cited):
            if find_fact(self.flywheel.facts, fact) is None:
                self._unknown(table, "facts", f"fact {fact!r}", fact, self.flywheel.facts, index)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in self.facts:
            table.wrong("value", f"{name!r} cannot name a given number", "a lower-case word that is no fact")
        if status == "assumed" and (low is None or high is None):
            fix = "give low and high, or a fact that it rests on"
            table.wrong("value", f"{name} is assumed without a range", fix, "source")
        if value is None or unit is None:
            return None
        ordered = [end for end in (low, value, high) if end is not None]
        if ordered != sorted(ordered):
            what = f"low, value and high of {name} are {', '.join(f'{end:g}' for end in ordered)}"
            table.wrong("value", what, "low <= value <= high", "range")
        elif shape == "lognormal" and min(ordered) <= 0.0:
            what = f"{name} is lognormal, so it is above 0, but its range begins at {min(ordered):g}"
            table.wrong("distribution", what, 'write distribution = "normal", or give ends above 0', "range")
        factor = base_factor(unit)
        ends = [None if end is None else end * factor for end in (low, high)]
        number = Uncertain.of(value * factor, ends[0], ends[1], sourced=status != "assumed")
        if shape and number.family != "exact":
            number = replace(number, family=shape, declared=True)
        return Given(name, number, unit, status == "definition" and low is high is None, cited, reason)

    def _figure(self, name: str, table: Table, given: Mapping[str, Given]) -> Figure | None:
        formula, text = table.text("formula"), table.text("unit", "dmnl")
        table.close()
        unit = self._unit(table, "unit", text)
        expr = self._parsed(table, "formula", formula)
        if expr is None or unit is None:
            return None
        sources: dict[str, Source] = {}
        wrong = self._measured(table, "formula", formula, expr, unit, given, sources)
        if wrong:
            table.wrong("formula", f"{name}: {wrong}", "correct the formula or the unit", "unit")
        return Figure(name, formula, expr, text, base_factor(unit), sources)

    def _check(self, index: int, table: Table, given: Mapping[str, Given]) -> Check:
        name, says = table.text("id", f"check{index + 1}"), table.text("says", "")
        formula, needs = table.text("formula", ""), table.text("needs", "")
        if not formula:
            kind = table.text("kind", "data", ("arithmetic", "data", "model"))
            table.close()
            if not needs:
                table.wrong("id", "a check without a formula", "give a formula, or say what it needs")
            return Check(name, says, kind, "", "", "", "", 1.0, None, {}, needs=needs)
        comparator = table.text("comparator", choices=COMPARATORS)
        text, tolerance = table.text("unit", "dmnl"), table.number("tolerance", 0.1)
        raw = table.get("bound")
        table.close()
        if comparator != "about" and "tolerance" in table.data:
            table.wrong("tolerance", "only 'about' has a tolerance", "remove it")
        unit = self._unit(table, "unit", text) or DIMENSIONLESS
        factor, sources = base_factor(unit), dict[str, Source]()
        expr = self._parsed(table, "formula", formula)
        ill_posed = (
            "" if expr is None else self._measured(table, "formula", formula, expr, unit, given, sources)
        )
        bounds: list[Expr] = []
        parts: list[Any] = raw if isinstance(raw, list) else [raw]
        if len(parts) != (2 if comparator == "between" else 1) or parts == [None]:
            fix = "between needs bound = [low, high]; all others need one number or formula"
            table.wrong("bound", f"{comparator} cannot have the bound {raw!r}", fix)
        for part in parts:
            number = as_number(part)
            if number is not None:
                bounds.append(Number(number * factor))
            elif isinstance(part, str):
                bound = self._parsed(table, "bound", part)
                if bound is not None:
                    ill_posed = ill_posed or self._measured(table, "bound", part, bound, unit, given, sources)
                    bounds.append(bound)
        if ill_posed:
            table.wrong(
                "formula", f"ill-posed: {ill_posed}", "compare what counts the same", "unit", "warning"
            )
        comparison = None
        if expr is not None and bounds and not ill_posed:
            comparison = Comparison(expr, comparator, tuple(bounds), 0.1 if tolerance is None else tolerance)
        kinds = {source.kind for source in sources.values()}
        kind = "model" if kinds & {"run", "game"} else "data" if "series" in kinds else "arithmetic"
        shown = " to ".join(str(part) for part in parts)
        return Check(
            name, says, kind, formula, comparator, shown, text, factor, comparison, sources, ill_posed, needs
        )

    # formulas -----------------------------------------------------------------------------

    def _unit(self, table: Table, key: str, text: str) -> Unit | None:
        if text == "date":
            return self.time
        try:
            return parse_unit(text, self.flywheel.units, table.where(key))
        except ModelError as error:
            self.problems.extend(error.problems)
            return None

    def _place(self, table: Table, key: str, formula: str) -> Where:
        """Return the place of a formula's first character, where it stands on its key's line."""
        where = table.where(key)
        at = where.text.find(formula.partition("\n")[0])
        return where if at < 0 else Where(where.path, where.line, at + 1, 1, where.text)

    def _parsed(self, table: Table, key: str, formula: str) -> Expr | None:
        try:
            return parse_expression(formula, self._place(table, key, formula))
        except ModelErrors as error:
            self.problems.extend(error.problems)
            return None

    def _measured(
        self,
        table: Table,
        key: str,
        formula: str,
        expr: Expr,
        unit: Unit,
        given: Mapping[str, Given],
        sources: dict[str, Source],
    ) -> str:
        """Resolve a formula's references into `sources`; return what makes its units wrong, or nothing."""
        place = self._place(table, key, formula)
        try:
            known: dict[str, Measure] = {}
            for name, node in references(expr).items():
                source = self._source(name, given)
                if isinstance(source, UsageError):
                    raise FormulaError(source.what, node.at, node.width, source.fix)
                sources[name], known[name] = source, self._counts(source, given)
            found = measure(expr, known, self.time)
            if found.path:
                fix = "take AT(..., date), MEAN(..., from, to) or another function of time"
                raise FormulaError("the formula is a whole path over time", 0, len(formula), fix)
        except FormulaError as error:
            if error.unit:
                return error.what
            where = place_in(formula, place, error.at, error.width)
            self.problems.append(Problem("error", "name", where, error.what, error.fix))
            return ""
        if found.unit is not None and found.unit.powers != unit.powers:
            have = Unit(powers=found.unit.powers).text() if found.unit.powers else "a plain number"
            want = Unit(powers=unit.powers).text() if unit.powers else "a plain number"
            return f"{formula} is {have}, not {want}"
        return ""

    def _source(self, name: str, given: Mapping[str, Given]) -> Source | UsageError:
        if name in given:
            return Source("given", name)
        fact = self.facts.get(fact_key(name))
        if fact is not None:
            if fact.number is None:
                return UsageError(f"fact {fact.id} is a word, not a number", "use a fact that is counted")
            return Source("fact", fact.id)
        base, _, end = name.rpartition(".")
        if end in ("low", "high") and (fact := self.facts.get(fact_key(base))) is not None:
            return Source("fact", fact.id, end)
        owner, _, what = name.partition(".")
        if owner == "data":
            rows = self.flywheel.series.get(what, ())
            if rows and all(row.until is not None for row in rows):
                return UsageError(f"series {what!r} has totals of periods only", "use its facts one by one")
            return Source("series", what) if rows else self._no(name, "series", what)
        if owner == "moat" and self.flywheel.rivalry is not None:
            actor, _, word = what.partition(".")
            known = actor in self.flywheel.rivalry.rivals and word in RIVAL_WORDS
            return Source("moat", actor, word) if known else self._no(name, "rival", what)
        if owner in self.games:
            links = ("all", "none", *(link.id for link in self.flywheel.links))
            return Source("game", owner, what) if what in links else self._no(name, "link", what)
        if owner in self.runs:
            return Source("run", owner, what) if what in self.outputs else self._no(name, "variable", what)
        return self._no(name, "name", name)

    def _no(self, name: str, kind: str, what: str) -> UsageError:
        rivalry = self.flywheel.rivalry
        rivals = () if rivalry is None else rivalry.rivals
        known: dict[str, list[str]] = {
            "rival": [f"{actor}.{word}" for actor in rivals for word in RIVAL_WORDS],
            "series": [*self.flywheel.series],
            "link": ["all", "none", *(link.id for link in self.flywheel.links)],
            "variable": [*self.outputs],
            "name": [*(fact.lower() for fact in self.flywheel.facts), *self.runs, *self.games],
        }
        near = nearest(what, known[kind])
        fix = f"did you mean {near!r}?" if near else "use a fact, a given number, or RUN.subsystem.variable"
        return UsageError(f"unknown {kind} {what!r}" + (f" in {name!r}" if what != name else ""), fix)

    def _counts(self, source: Source, given: Mapping[str, Given]) -> Measure:
        units = self.flywheel.units
        match source.kind:
            case "given":
                return Measure(given[source.owner].unit)
            case "fact":
                return Measure(fact_unit(self.flywheel, source.owner))
            case "series":
                return Measure(parse_unit(self.flywheel.series[source.owner][0].unit, units), path=True)
            case "moat":
                return Measure(parse_unit(rival_unit(self.flywheel, source.what), units))
            case "game":
                output = self.games[source.owner].output
                return Measure(parse_unit(self.outputs.get(output, ""), units))
            case _:
                return Measure(parse_unit(self.outputs[source.what], units), path=True)

    def _unknown(
        self, table: Table, key: str, what: str, name: str, known: Any, index: int | None = None
    ) -> None:
        near = nearest(name, known)
        fix = f"did you mean {near!r}?" if near else "name one that exists"
        where = table.where(key) if index is None else table.where(key, index)
        self.problems.append(Problem("error", "name", where, f"unknown {what}", fix))
