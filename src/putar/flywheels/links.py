"""What each link of a flywheel carries: all coalitions of links, run as one ensemble.

A coalition leaves some links integrated and puts the others at arm's length from the cut date on.
With members, every coalition meets the same draws. The game itself is `analysis.synergy`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from putar.analysis.synergy import (
    Synergy,
    coalition_switches,
    coalition_values,
    owen,
    shapley_taylor,
    synergy,
)
from putar.errors import RunError, UsageError
from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import Protocol
from putar.flywheels.scenarios import BASE, RunSpec, combined, find_scenario, parse_date
from putar.flywheels.simulate import changes_with_links, draws_for, over_variants
from putar.flywheels.stalling import Stall, StallSpread, stall_margins, stall_spreads
from putar.runs.design import Change, around, design
from putar.runs.ensemble import Ensemble
from putar.runs.execute import execute
from putar.runs.memory import require_memory

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BETWEEN", "LinkFinding", "find_links", "parse_output", "play", "protocols_of", "unions_of"]

BESIDE = 1 << 15  # runs side by side: draws come in blocks, so that memory does not grow with their number
BETWEEN = "between firms"  # the union of the links that no firm has to itself


@dataclass(frozen=True, slots=True, eq=False)
class LinkFinding:
    """The links' game for one output: `point` at the central values, `spread` over draws if asked.

    `stalls` says how far each link may weaken before the output no longer rises, `stall_spreads` how that
    varies over draws. `taylor` [link, link] splits
    the whole into what links add alone and in pairs; `owen` [link] is each link's share when the links of a
    firm join or leave together, None where no firm is named. Both are of the point values.
    """

    flywheel: Flywheel
    protocol: Protocol
    unit: str
    point: Synergy
    spread: Synergy | None
    stalls: Mapping[str, Stall]
    seconds: float
    taylor: NDArray[np.float64] | None = None
    owen: NDArray[np.float64] | None = None
    stall_spreads: Mapping[str, StallSpread] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """The output as it is asked for: `money.run_rate@2026`."""
        return f"{self.protocol.output}@{self.protocol.at:g}"

    @property
    def shapley(self) -> pd.DataFrame:
        """A row a link: its share, the share's 5 to 95 % band, first in, last in, and the border."""
        import pandas as pd

        columns = ["shapley", "low", "high", "first", "last", "border", "from", "to"]
        rows = [[row[column] for column in columns] for row in self.rows()]
        return pd.DataFrame(rows, index=pd.Index(self.point.players, name="link"), columns=columns)

    def as_json(self) -> dict[str, object]:
        """Return the contract of `putar links --json`."""
        point = self.point
        return {
            "output": self.output,
            "label": self.protocol.label,
            "unit": self.unit,
            "cut_from": self.protocol.cut_from,
            "scenario": self.protocol.scenario,
            "all": float(point.all),
            "none": float(point.none),
            "links": self.rows(),
            "pairs": self._pairs(),
            "taylor_pairs": self._taylor_pairs(),
            "owen": self._by_firm(),
            "across": self._sum("across"),
            "inside": self._sum("inside"),
            "linchpin": point.linchpin,
            "linchpin_share": None if self.spread is None else self.spread.linchpin_share,
            "exact": point.exact,
            "runs": point.runs + (0 if self.spread is None else self.spread.runs),
            "seconds": self.seconds,
        }

    def rows(self) -> list[dict[str, object]]:
        """Return the contract's row of each link."""
        point = self.point
        rows: list[dict[str, object]] = []
        for i, form in enumerate(self.flywheel.links):
            low, high = self._band(i)
            rows.append(
                {
                    "id": form.id,
                    "title": form.title,
                    "from": form.source,
                    "to": form.target,
                    "border": form.border,
                    "shapley": float(point.shapley[i]),
                    "low": low,
                    "high": high,
                    "first": float(point.first[i]),
                    "last": float(point.last[i]),
                    "stall_margin": self.stalls[form.id].margin,
                    "why": self.stalls[form.id].why,
                    "half_margin": self.stalls[form.id].half,
                    "margin_drawn": self._drawn(form.id),
                    "integrated": form.integrated,
                    "arms_length": form.arms_length,
                }
            )
        return rows

    def _drawn(self, link: str) -> dict[str, object] | None:
        """Return how a link's margin varies over draws, where draws were asked for."""
        found = self.stall_spreads.get(link)
        if found is None:
            return None
        points = None if found.points is None else list(found.points)
        half = None if found.half is None else list(found.half)
        return {
            "members": found.members,
            "margin": points,
            "margin_below_0.2": found.small,
            "half_margin": half,
        }

    def _sum(self, border: str) -> float:
        """Return what the links of one kind of border carry together."""
        forms = self.flywheel.links
        return float(sum(self.point.shapley[i] for i, form in enumerate(forms) if form.border == border))

    def _taylor_pairs(self) -> list[dict[str, object]]:
        """Return each pair's own effect: below 0 where the two stand in for each other."""
        if self.taylor is None:
            return []
        names = self.point.players
        return [
            {"a": names[j], "b": names[i], "value": float(self.taylor[i, j])}
            for i in range(len(names))
            for j in range(i)
        ]

    def _by_firm(self) -> dict[str, object] | None:
        """Return what each firm's links carry when they are kept or cut together."""
        if self.owen is None:
            return None
        names, share = self.point.players, self.owen
        unions = [
            {"firm": firm, "links": [names[i] for i in inside], "value": float(share[list(inside)].sum())}
            for firm, inside in unions_of(self.flywheel).items()
        ]
        links = [{"id": name, "value": float(x)} for name, x in zip(names, share, strict=True)]
        return {"unions": unions, "links": links}

    def _band(self, link: int) -> tuple[float | None, float | None]:
        if self.spread is None:
            return None, None
        low, high = np.quantile(self.spread.shapley[link], (0.05, 0.95))
        return float(low), float(high)

    def _pairs(self) -> list[dict[str, object]]:
        """Return, for each pair, the loss when both are cut and what that is beyond the single losses."""
        if self.point.pairs is None:
            return []
        found: list[dict[str, object]] = []
        for i, a in enumerate(self.point.players):
            for j, b in enumerate(self.point.players[:i]):
                extra = float(self.point.pairs[i, j])
                loss = float(self.point.last[i] + self.point.last[j]) + extra
                found.append({"a": b, "b": a, "loss": loss, "beyond_single": extra})
        return found


def protocols_of(flywheel: Flywheel, scenario: str = BASE) -> tuple[Protocol, ...]:
    """Return the questions that the flywheel puts to its links; its first headline where it has none.

    Questions with a scenario of their own stand beside the base run and beside no other.
    """
    if flywheel.protocols:
        return tuple(p for p in flywheel.protocols if p.scenario is None or scenario == BASE)
    if not flywheel.headline:
        raise UsageError(f"{flywheel.name} names no output to share out", "say --output VARIABLE@DATE")
    stop = flywheel.model.time.stop
    return (Protocol(flywheel.headline[0].variable, flywheel.headline[0].label, stop, flywheel.now),)


def unions_of(flywheel: Flywheel) -> dict[str, tuple[int, ...]]:
    """Return the links of each firm by number, those across firms as a union of their own; or nothing."""
    firms = dict.fromkeys(form.firm for form in flywheel.links if form.firm)
    named = {
        firm: tuple(i for i, form in enumerate(flywheel.links) if form.firm == firm)
        for firm in (*firms, "")
        if firms
    }
    return {firm or BETWEEN: links for firm, links in named.items() if links}


def parse_output(flywheel: Flywheel, text: str, cut_from: float | None) -> Protocol:
    """Return the question `VARIABLE@DATE`, or `value`, with links cut from a date.

    Raises
    ------
    UsageError
        If the variable is unknown, the date missing or outside the run.
    """
    stop, now = flywheel.model.time.stop, flywheel.now
    start = flywheel.model.time.start if now is None else now
    date = start if cut_from is None else cut_from
    if text == "value":
        if flywheel.valuation is None:
            raise UsageError(f"{flywheel.name} declares no value", "say --output VARIABLE@DATE")
        at = flywheel.valuation.at
        return Protocol(flywheel.valuation.variable, "value", stop if at is None else at, date)
    name, sign, at_text = text.partition("@")
    return Protocol(name, text, parse_date(at_text, flywheel.model) if sign else stop, date)


def find_links(
    flywheel: Flywheel, protocol: Protocol, spec: RunSpec, members: int = 0, seed: int = 0
) -> LinkFinding:
    """Return what each link carries of one output.

    Parameters
    ----------
    spec : the scenario the links are cut in
    members : draws for the band of each value; the point values never depend on them

    Raises
    ------
    UsageError
        If the model has no links, or a name or date is unknown.
    """
    began = time.perf_counter()
    if protocol.scenario is not None:
        own = find_scenario(flywheel.scenarios, protocol.scenario).spec
        spec = combined(own, spec)
    links, values = _game(flywheel, protocol, replace(spec, members=0))
    point = synergy(links, values)
    spread = play(flywheel, protocol, replace(spec, members=members, seed=seed)) if members else None
    unit = flywheel.model[protocol.output.partition("[")[0]].unit
    stalls = stall_margins(flywheel, protocol, spec)
    drawn = replace(spec, members=members, seed=seed)
    spreads = stall_spreads(flywheel, protocol, drawn) if members > 1 else {}
    unions = unions_of(flywheel)
    shares = owen(values, tuple(unions.values())) if unions else None
    pairs = shapley_taylor(values)[1]
    seconds = time.perf_counter() - began
    parts = (flywheel, protocol, unit, point, spread, stalls, seconds, pairs, shares)
    return LinkFinding(*parts, stall_spreads=spreads)


def play(flywheel: Flywheel, protocol: Protocol, spec: RunSpec) -> Synergy:
    """Return the links' game at the central values, or over the specification's draws.

    Raises
    ------
    UsageError
        As `find_links`.
    """
    return synergy(*_game(flywheel, protocol, spec))


def _game(flywheel: Flywheel, protocol: Protocol, spec: RunSpec) -> tuple[list[str], NDArray[np.float64]]:
    """Return the links and the output's value for [coalition] or [coalition, draw]."""
    links = [form.id for form in flywheel.links]
    if not links:
        raise UsageError(f"{flywheel.name} has no links", "declare links with both of their forms")
    draws, count, program = max(1, spec.members), len(links), flywheel.program
    date = flywheel.model.time.start if protocol.cut_from is None else protocol.cut_from
    rows, block = around(program, (protocol.at,)), max(1, BESIDE >> count)
    require_memory(2 * len(program.parameters), min(draws, block) << count)
    drawn = draws_for(flywheel, draws, spec.seed, spec.vector) if spec.members else None
    found: list[NDArray[np.float64]] = []
    for first in range(0, draws, block):
        stop = min(first + block, draws)
        wide, part = stop - first, None if drawn is None else drawn.part(first, stop)
        told = replace(spec, members=wide if spec.members else 0, changes=_part(spec, draws, first, stop))
        cut = dict(zip(links, coalition_switches(count, wide), strict=True))
        changes = changes_with_links(flywheel, told, cut, date, part)
        plan = design(program, [over_variants(c, 1 << count, wide) for c in changes], wide << count)
        ensemble = execute(program, plan, (protocol.output,), save_at=rows, seed=spec.seed, alike=wide)
        _require_finished(ensemble, links, wide)
        values = coalition_values(ensemble.at(protocol.output, protocol.at), count, wide)
        found.append(values.reshape(1 << count, wide))
    return links, found[0][:, 0] if draws == 1 else np.concatenate(found, axis=1)


def _require_finished(ensemble: Ensemble, links: list[str], draws: int) -> None:
    """Make sure that no set of links fails: what a link carries of a failed run means nothing.

    Raises
    ------
    RunError
        With the first set that fails, and why.
    """
    if not ensemble.failures:
        return
    first, failed = ensemble.failures[0], int((~ensemble.finished).sum())
    fix = "check the values that were set, or use a smaller step"
    if failed == ensemble.members:
        raise RunError(f"the run fails whichever links are cut: {first.why}", fix)
    cut = [link for place, link in enumerate(links) if not first.member // draws >> place & 1]
    which = f"{failed} of {ensemble.members} runs fail, the first with {', '.join(cut) or 'no link'}"
    raise RunError(f"{which} at arm's length: {first.why}", fix)


def _part(spec: RunSpec, draws: int, first: int, stop: int) -> tuple[Change, ...]:
    """Return a specification's changes for some of its draws."""
    return tuple(
        replace(
            change,
            values={
                name: np.asarray(value)[first:stop] if draws > 1 and np.shape(value) == (draws,) else value
                for name, value in change.values.items()
            },
        )
        for change in spec.changes
    )
