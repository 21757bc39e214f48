"""The moat in numbers: how long, how dear and how far out of reach the position is for each rival.

Twice for each rival: with its own means, and with contracts for all that can be rented. The share out of
reach is the part of the links' positive Shapley values that a rival cannot have, a link being as
reachable as the weakest of the capabilities it needs. Levels are judgements: low and high come from
moving all levels of a rival by `varied_by`, down and up, which are the true ends because everything here
rises or falls with each level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from putar.analysis.replication import Replication, gaps, replicate, years_saved
from putar.errors import UsageError
from putar.flywheels.folder import Flywheel
from putar.flywheels.links import LinkFinding
from putar.flywheels.rivals import Rivalry

__all__ = ["MoatFinding", "RivalFinding", "Way", "find_moat", "lacks", "out_of_reach", "rivalry_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One way to parity: what is missing by capability [capability], and what closing it takes.

    `low` and `high` are (years, cost, gaps, share out of reach) with all the rival's levels up and down.
    """

    missing: Array
    saved: Array
    replication: Replication
    large: int
    share: float
    low: tuple[float, float, int, float]
    high: tuple[float, float, int, float]


@dataclass(frozen=True, slots=True, eq=False)
class RivalFinding:
    """A rival's two ways: by its own means, and with contracts for what can be rented."""

    actor: str
    title: str
    build: Way
    contract: Way


@dataclass(frozen=True, slots=True, eq=False)
class MoatFinding:
    """What every rival would need to stand where the group stands."""

    flywheel: Flywheel
    rivalry: Rivalry
    links: LinkFinding
    rivals: tuple[RivalFinding, ...]

    def as_json(self) -> dict[str, object]:
        """Return the contract of `putar moat --json`."""
        rivalry = self.rivalry
        return {
            "group": {"actor": rivalry.group, "title": rivalry.actors[rivalry.group]},
            "unit": {"years": self.flywheel.model.time.unit, "cost": rivalry.cost_unit},
            "goal": rivalry.goal,
            "large_gap": rivalry.large_gap,
            "varied_by": rivalry.varied_by,
            "output": self.links.output,
            "cut_from": self.links.protocol.cut_from,
            "rivals": [self._rival(rival) for rival in self.rivals],
            "capabilities": [
                {
                    "name": c.name,
                    "title": c.title,
                    "years": c.task.years,
                    "cost": c.task.cost,
                    "rentable": c.rentable,
                    "levels": dict(c.levels),
                    "links": list(c.links),
                    "status": c.status,
                    "facts": list(c.facts),
                    "reason": c.reason,
                }
                for c in rivalry.capabilities
            ],
        }

    def _rival(self, rival: RivalFinding) -> dict[str, object]:
        return {
            "actor": rival.actor,
            "title": rival.title,
            "build": self._way(rival.build),
            "contract": self._way(rival.contract),
            "gaps": rival.build.large,
            "share_out_of_reach": rival.build.share,
        }

    def _way(self, way: Way) -> dict[str, object]:
        found = way.replication
        ends = {
            key: {"low": way.low[i], "high": way.high[i]}
            for i, key in enumerate(("years", "cost", "gaps", "share_out_of_reach"))
        }
        capabilities = self.rivalry.capabilities
        return {
            "years": found.years,
            "cost": found.cost,
            "longest": found.longest or None,
            "money_cannot_shorten": found.floor,
            "useful_budget": found.useful_budget,
            "gaps": way.large,
            "share_out_of_reach": way.share,
            "varied": ends,
            "missing": [
                {
                    "capability": c.name,
                    "gap": float(gap),
                    "years": c.task.years * float(gap),
                    "cost": c.task.cost * float(gap),
                    "years_saved": float(saved),
                }
                for c, gap, saved in zip(capabilities, way.missing, way.saved, strict=True)
                if gap > 0
            ],
        }


def rivalry_of(flywheel: Flywheel) -> Rivalry:
    """Return who the flywheel's rivals are.

    Raises
    ------
    UsageError
        If the flywheel names none.
    """
    if flywheel.rivalry is None:
        fix = "add a moat.toml; docs/format.md shows the form"
        raise UsageError(f"{flywheel.name} names no rivals", fix)
    return flywheel.rivalry


def find_moat(flywheel: Flywheel, links: LinkFinding) -> MoatFinding:
    """Return what every rival needs to stand where the group stands.

    Parameters
    ----------
    links : what each link carries; only positive shares are worth reaching

    Raises
    ------
    UsageError
        If the flywheel names no rivals.
    """
    rivalry = rivalry_of(flywheel)
    phi = {name: float(x) for name, x in zip(links.point.players, links.point.shapley, strict=True)}
    found = [
        RivalFinding(
            actor, rivalry.actors[actor], _way(rivalry, actor, phi, False), _way(rivalry, actor, phi, True)
        )
        for actor in rivalry.rivals
    ]
    return MoatFinding(flywheel, rivalry, links, tuple(found))


def lacks(rivalry: Rivalry, actor: str, rented: bool) -> Way:
    """Return one rival's way to parity, by its own means or with contracts; without what links carry."""
    links = (link for capability in rivalry.capabilities for link in capability.links)
    return _way(rivalry, actor, dict.fromkeys(links, 0.0), rented)


def _way(rivalry: Rivalry, actor: str, phi: Mapping[str, float], rented: bool) -> Way:
    tasks = [capability.task for capability in rivalry.capabilities]
    group = np.array([c.levels[rivalry.group] for c in rivalry.capabilities])
    own = np.array([c.levels[actor] for c in rivalry.capabilities])
    market = np.array([c.rentable for c in rivalry.capabilities]) if rented else np.zeros(len(tasks))

    def missing(levels: Array) -> Array:
        return gaps(np.maximum(levels, market * group), rivalry.goal * group)

    def numbers(levels: Array) -> tuple[float, float, int, float]:
        gap = missing(levels)
        found = replicate(tasks, gap)
        share = out_of_reach(rivalry, levels, market, phi)
        return found.years, found.cost, int((gap > rivalry.large_gap).sum()), share

    gap = missing(own)
    _, _, large, share = numbers(own)
    better = numbers(np.minimum(1.0, own + rivalry.varied_by))
    worse = numbers(np.maximum(0.0, own - rivalry.varied_by))
    return Way(gap, years_saved(tasks, gap), replicate(tasks, gap), large, share, better, worse)


def out_of_reach(rivalry: Rivalry, levels: Array, market: Array, phi: Mapping[str, float]) -> float:
    """Return the part of the links' positive shares that somebody cannot have, 0 to 1.

    Parameters
    ----------
    levels : [capability], of the rival
    market : [capability], the part of the group's level that the rival may rent
    phi : share of each link; a link that no capability is declared for is open to everybody
    """
    group = [c.levels[rivalry.group] for c in rivalry.capabilities]
    access = dict.fromkeys(phi, 1.0)
    for capability, ours, theirs, rented in zip(rivalry.capabilities, group, levels, market, strict=True):
        reach = max(float(theirs) / ours if ours else 1.0, float(rented))
        for link in capability.links:
            access[link] = min(access[link], reach)
    whole = sum(max(0.0, share) for share in phi.values())
    lost = sum(max(0.0, share) * (1.0 - access[link]) for link, share in phi.items())
    return lost / whole if whole else 0.0
