"""Question: how long does one run take once the model is loaded?

The chains of `ensemble.py`, one member: what a slider waits for. Every engine answers with all stocks at
101 times, and must agree with plain NumPy before it is timed. C by hand is left out: it is written for many
members.
"""

import sys
from collections.abc import Callable
from functools import partial

import numpy as np

import chain
import ours
import peers
from measure import BUILT, interleaved, one_processor, report

LOADERS = {"putar": ours.putar_runs, "pysimlin": peers.pysimlin, "PySD": peers.pysd}
ROUNDS = {"putar": 25, "pysimlin": 25, "PySD": 3}


def engines(rooms: int) -> dict[str, peers.Runs]:
    """Every engine with the chain loaded."""
    stem = chain.write(rooms, BUILT)
    return {name: load(stem, rooms) for name, load in LOADERS.items()}


def measured(rooms: int) -> list[dict[str, object]]:
    """One row an engine."""
    one = [values[:1] for values in chain.members(1)]
    expected = chain.reference(rooms, *one)
    found = engines(rooms)
    for name, runs in found.items():
        np.testing.assert_allclose(runs(*one), expected, rtol=1e-9, err_msg=name)
    cases: dict[str, Callable[[], object]] = {name: partial(runs, *one) for name, runs in found.items()}
    with one_processor():
        took = interleaved(cases, ROUNDS)
    return [
        {
            "model": f"chain{rooms}",
            "engine": name,
            "wall_ms": round(1000 * seconds.wall, 3),
            "cpu_ms": round(1000 * seconds.cpu, 3),
            "times_putar": round(seconds.cpu / took["putar"].cpu, 3),
        }
        for name, seconds in took.items()
    ]


if __name__ == "__main__":
    report([row for rooms in [int(word) for word in sys.argv[1:]] or [10, 100] for row in measured(rooms)])
