"""What a flywheel is asked: headline, levers, links' protocols, loops, value, self-turning test.

Each is a part of flywheel.toml; the names in them must exist in the model. What the answers are is
computed elsewhere; these are the questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from putar.analysis.naming import AskedLoop
from putar.errors import ModelError, nearest
from putar.flywheels.facts import NOT_COUNTED, Fact
from putar.flywheels.located import Table
from putar.flywheels.series import Observation
from putar.language.model import Model, TimeSpec
from putar.language.units import Unit, UnitTable, parse_unit

__all__ = [
    "Feed",
    "Headline",
    "Lever",
    "Protocol",
    "QuestionReader",
    "SelfTurning",
    "Stated",
    "Valuation",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Headline:
    """An indicator that is shown first; `series` names what was observed of it."""

    variable: str
    label: str
    series: str | None = None


@dataclass(frozen=True, slots=True)
class Lever:
    """A constant that someone may decide, within bounds."""

    variable: str
    low: float
    high: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Protocol:
    """A question to the links: which output, read when, with links cut from when (None: the start).

    It may be asked in a scenario of its own, whatever the others are asked in.
    """

    output: str
    label: str
    at: float
    cut_from: float | None = None
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A value that somebody else states or pays: the sum of some facts."""

    title: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Valuation:
    """The variable that is the flywheel's value, and when it is read (None: at the end).

    What it is made of may be named besides: `present` and `terminal` value, as seen from the date of
    valuation, and the `closing` cash flow of a year at the end, after tax, which may be arrays over parts
    with a title each; the `discount` rate, and the `factor` by which it discounts.
    """

    variable: str
    at: float | None = None
    present: str = ""
    terminal: str = ""
    closing: str = ""
    discount: str = ""
    factor: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    stated: tuple[Stated, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A curve that another flywheel's variable may feed, and the constants that are set while it does."""

    id: str
    title: str
    source: str
    variable: str
    curve: str
    set: Mapping[str, float]
    reason: str = ""


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


class QuestionReader:
    """Reads the questions of flywheel.toml; what is wrong is noted among the table's problems."""

    def __init__(self, top: Table, model: Model) -> None:
        self.top, self.model = top, model
        self.constants = {n for v in model.variables for n, _ in model.parameters(v)}
        self.outputs = {n for v in model.variables for n in model.element_names(v)}

    def headline(
        self, series: Mapping[str, tuple[Observation, ...]], units: UnitTable
    ) -> tuple[Headline, ...]:
        """Return the indicators that are shown first."""
        found: list[Headline] = []
        for table in self.top.tables("headline"):
            variable, label = self._variable(table), table.text("label")
            observed = table.text("series", "") or None
            self._same_unit(table, variable, units)
            table.close()
            if observed is not None and observed not in series:
                unknown(table, "series", "series", observed, series)
            found.append(Headline(variable, label, observed))
        return tuple(found)

    def _same_unit(self, table: Table, variable: str, units: UnitTable) -> None:
        """Note a unit that is not the variable's: numbers are shown as they are computed."""
        text = table.text("unit", "")
        if not text or variable not in self.outputs:
            return
        own = self.model[variable.partition("[")[0]].unit
        try:
            same = parse_unit(text, units, table.where("unit")).ratio(parse_unit(own, units)) == 1.0
        except ModelError as error:
            table.problems.extend(error.problems)
            return
        if not same:
            fix = f'write unit = "{own}", or leave it out'
            table.wrong("unit", f"{variable} is shown in {own}, not in {text}", fix, "unit")

    def levers(self) -> tuple[Lever, ...]:
        """Return what someone may decide, with bounds."""
        found: list[Lever] = []
        for table in self.top.tables("lever"):
            variable = table.text("variable")
            low, high, reason = table.number("low"), table.number("high"), table.text("reason", "")
            table.close()
            if variable and variable not in self.constants:
                unknown(table, "variable", "constant", variable, self.constants)
            if low is not None and high is not None and not low < high:
                table.wrong("low", f"a lever from {low:g} to {high:g}", "put the low end first", "range")
            found.append(Lever(variable, low or 0.0, high or 0.0, reason))
        return tuple(found)

    def protocols(self, time: TimeSpec, now: float | None) -> tuple[Protocol, ...]:
        """Return the questions that are put to the links."""
        found: list[Protocol] = []
        for table in self.top.tables("protocol"):
            output, title, at = self._variable(table, "output"), table.text("title"), table.number("at", None)
            end = time.stop if at is None else at
            scenario = table.text("scenario", "") or None
            scenarios = self.top.table("scenario")
            known = ["base", *(scenarios.data if scenarios is not None else {})]
            if scenario is not None and scenario not in known:
                unknown(table, "scenario", "scenario", scenario, known)
            found.append(Protocol(output, title, end, table.number("cut_from", now), scenario))
            table.close()
        return tuple(found)

    def loops(self) -> tuple[AskedLoop, ...]:
        """Return the loops that have a name; a circuit belongs to the first one it fits."""
        found: list[AskedLoop] = []
        for table in self.top.tables("loop"):
            name_id, name = table.text("id"), table.text("name")
            through, avoid = table.texts("through"), table.texts("avoid")
            polarity, reason = table.text("polarity", "", ("", "R", "B")), table.text("reason", "")
            table.close()
            for key, names in (("through", through), ("avoid", avoid)):
                for name_there in names:
                    if name_there not in self.outputs:
                        unknown(table, key, "variable", name_there, self.outputs)
            if not through:
                table.wrong(
                    "through", f"loop {name_id!r} passes through nothing", "name its variables in order"
                )
            if name_id in [loop.id for loop in found]:
                table.wrong("id", f"loop {name_id!r} is there twice", "give it an id of its own", "name")
                continue
            found.append(AskedLoop(name_id, name, through, polarity, avoid, reason))
        return tuple(found)

    def feeds(self) -> tuple[Feed, ...]:
        """Return the curves that another flywheel may feed."""
        found: list[Feed] = []
        curves = [v.name for v in self.model.variables if v.kind == "curve" and not v.dimensions]
        for table in self.top.tables("feed"):
            name, title, reason = table.text("id"), table.text("title"), table.text("reason", "")
            source, variable, curve = table.text("from"), table.text("variable"), table.text("curve")
            settings = table.numbers("set")
            table.close()
            if curve and curve not in curves:
                unknown(table, "curve", "curve", curve, curves)
            for constant in settings:
                if constant not in self.constants:
                    unknown(table, "set", "constant", constant, self.constants)
            found.append(Feed(name, title, source, variable, curve, settings, reason))
        return tuple(found)

    def valuation(self, facts: Mapping[str, Fact], units: UnitTable) -> Valuation | None:
        """Return what counts as the flywheel's value, if it has one, and what it is made of."""
        for table in _optional(self.top, "valuation"):
            variable, at = self._variable(table), table.number("at", None)
            made = [self._made_of(table, key) for key in ("present", "terminal", "closing")]
            discount, factor = (self._made_of(table, key) for key in ("discount", "factor"))
            if len({bool(name) for name in (*made, discount, factor)}) > 1:
                fix = "name present, terminal, closing, discount and factor, or none of them"
                table.wrong("variable", "what the value is made of is named in part", fix)
            titles = table.get("parts", {})
            parts = (
                {str(key): str(title) for key, title in titles.items()} if isinstance(titles, dict) else {}
            )
            elements = [name.partition("[")[2][:-1] for name in self._elements(made[0])] if made[0] else []
            if made[0] and set(parts) != set(filter(None, elements)):
                fix = f"give a title each: {', '.join(filter(None, elements)) or 'none, it is no array'}"
                table.wrong("parts", f"the parts of {made[0]} are others", fix, "name")
            unit = self.model[variable.partition("[")[0]].unit if variable in self.outputs else "dmnl"
            own = parse_unit(unit, units)
            stated = tuple(self._stated(inner, facts, own, units) for inner in table.tables("stated"))
            table.close()
            present, terminal, closing = made
            return Valuation(variable, at, present, terminal, closing, discount, factor, parts, stated)
        return None

    def _made_of(self, table: Table, key: str) -> str:
        """Return an output or a whole array; empty where the key is not there."""
        name = table.text(key, "")
        if name and name not in self.outputs and name not in self.model.by_name:
            unknown(table, key, "variable", name, [*self.outputs, *self.model.by_name])
            return ""
        return name

    def _elements(self, name: str) -> Sequence[str]:
        return self.model.element_names(self.model[name]) if name in self.model.by_name else (name,)

    def _stated(self, table: Table, facts: Mapping[str, Fact], own: Unit, units: UnitTable) -> Stated:
        title, named = table.text("title"), table.texts("facts")
        table.close()
        for name in named:
            if name not in facts:
                unknown(table, "facts", "fact", name, facts)
            elif facts[name].unit in NOT_COUNTED or parse_unit(facts[name].unit, units).ratio(own) is None:
                what = f"{name} is in {facts[name].unit}, the value in another kind of unit"
                table.wrong("facts", what, "name facts that can be added to the value", "unit")
        if not named:
            table.wrong("facts", f"{title!r} is stated by no fact", "name the facts that it is the sum of")
        return Stated(title, tuple(name for name in named if name in facts))

    def uncertainty(self) -> float | None:
        """Return the date from which constants that were not fitted are drawn."""
        for table in _optional(self.top, "uncertainty"):
            date = table.number("from", None)
            table.close()
            return date
        return None

    def self_turning(self, now: float | None) -> SelfTurning | None:
        """Return how the question "does it turn by itself" is asked, if it is."""
        for table in _optional(self.top, "self_turning"):
            links, ids = table.texts("outside_links"), [link.id for link in self.model.links]
            for link in links:
                if link not in ids:
                    unknown(table, "outside_links", "link", link, ids)
            shock = table.numbers("shock")
            for name in shock:
                if name not in self.constants:
                    unknown(table, "shock", "constant", name, self.constants)
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
            unknown(table, key, "variable", name, self.outputs)
        return name


def unknown(table: Table, key: str, what: str, name: str, known: Iterable[str]) -> None:
    """Note an unknown name at a key, with the nearest right one."""
    near = nearest(name, known)
    fix = f"did you mean {near!r}?" if near else f"name a {what} that exists"
    table.wrong(key, f"unknown {what} {name!r}", fix, "name")


def _optional(top: Table, key: str) -> Iterable[Table]:
    table = top.table(key)
    return () if table is None else (table,)
