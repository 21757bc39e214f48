"""Question: how long do 1,000 runs take, beside the peers and beside C by hand?

Two chains (10 and 100 rooms: 61 and 601 variables), Euler, 800 steps, two constants different in every run,
every stock kept at 101 times. Before anything is timed, the stocks of the first members must agree with
plain NumPy. All engines are held to one processor; a last case gives putar and C two. PySD and pysimlin
loop over single runs and therefore take the time of a run times the number of runs, so fewer are made of
them and the seconds are scaled up; the column `made` says how many. Ratios are of processor seconds for one
thread, of wall seconds for two.
"""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

import numpy as np

import chain
import ours
import peers
from measure import BUILT, Seconds, interleaved, one_processor, report

RUNS = 1000
MADE = {"putar": (1000, 1000), "C by hand": (1000, 1000), "pysimlin": (250, 50), "PySD": (5, 1)}
ROUNDS = {"pysimlin": 5, "PySD": 3}
CHECKED = 5


def engines(rooms: int, threads: int) -> dict[str, peers.Runs]:
    """The engines that can run on so many threads, loaded."""
    stem = chain.write(rooms, BUILT)
    found = {"putar": ours.putar_runs(stem, rooms)}
    by_hand = peers.c_by_hand(threads)
    if by_hand is not None:
        found["C by hand"] = by_hand(rooms)
    if threads == 1:
        found |= {"pysimlin": peers.pysimlin(stem, rooms), "PySD": peers.pysd(stem, rooms)}
    return found


def check(found: dict[str, peers.Runs], rooms: int) -> None:
    """Stop unless every engine gives the stocks that plain NumPy gives."""
    some = [values[:CHECKED] for values in chain.members(RUNS)]
    expected = chain.reference(rooms, *some)
    for name, runs in found.items():
        asked = 1 if name == "PySD" else CHECKED
        answer = runs(*(values[:asked] for values in some))
        np.testing.assert_allclose(answer, expected[:, :, :asked], rtol=1e-9, err_msg=name)


def measured(rooms: int, threads: int) -> list[dict[str, object]]:
    """One row an engine: seconds for 1,000 runs, and how many times putar's."""
    found = engines(rooms, threads)
    check(found, rooms)
    made = {name: MADE[name][rooms > 10] for name in found}
    cases: dict[str, Callable[[], object]] = {
        name: partial(runs, *(values[: made[name]] for values in chain.members(RUNS)))
        for name, runs in found.items()
    }
    with one_processor() if threads == 1 else nullcontext():
        took = interleaved(cases, ROUNDS | {"putar": 9, "C by hand": 9})
    scaled = {n: Seconds(t.wall * RUNS / made[n], t.cpu * RUNS / made[n]) for n, t in took.items()}

    def counts(seconds: Seconds) -> float:
        return seconds.cpu if threads == 1 else seconds.wall

    return [
        {
            "model": f"chain{rooms}",
            "engine": name,
            "threads": threads,
            "made": made[name],
            "wall_s": round(seconds.wall, 5),
            "cpu_s": round(seconds.cpu, 5),
            "times_putar": round(counts(seconds) / counts(scaled["putar"]), 3),
        }
        for name, seconds in scaled.items()
    ]


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]] or [10, 100]
    report([row for rooms in sizes for threads in (1, 2) for row in measured(rooms, threads)])
