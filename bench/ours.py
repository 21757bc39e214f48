"""putar as benchmarks call it: loaded once, then one call for all members, through the public interface."""

from pathlib import Path

import numpy as np

import chain
import peers
import putar


def putar_runs(stem: Path, rooms: int, suffix: str = ".putar") -> peers.Runs:
    """One call of `run` for all members; its own array [saved time, room, member] is the answer."""
    model = putar.load(stem.with_suffix(suffix))
    names = chain.stocks(rooms)

    def runs(stay: peers.Array, supply: peers.Array) -> peers.Array:
        kept = model.run(set={"stay": stay, "supply": supply}, save=names).ensemble
        if kept.names != tuple(names) or len(kept.times) != chain.SAVED:
            raise ValueError("the run kept something else than was asked for")
        return np.asarray(kept.values)

    return runs
