"""Question: how long from a model file to the first numbers, without and with the compiled program on disk?

Every case is a fresh process that has just done the same for a small model, so that libraries are loaded
before the clock starts. The first numbers are one run, all stocks kept. PySD does not take part at 1,000
rooms, where loading alone takes minutes.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import chain
import ours
import peers
from measure import BUILT, once, report

SMALL, ROUNDS = 3, 3
PEERS = {"pysimlin": 3, "PySD": 1}  # and their rounds
LOADERS = {"putar": ours.putar_runs, "pysimlin": peers.pysimlin, "PySD": peers.pysd}


def in_this_process(engine: str, rooms: int) -> dict[str, float]:
    """Wall and processor seconds from the file to the first numbers."""
    stay, supply = chain.members(1)

    def first_numbers(size: int) -> object:
        return LOADERS[engine](BUILT / f"chain{size}", size)(stay, supply)

    first_numbers(SMALL)
    took = once(lambda: first_numbers(rooms))
    return {"wall": took.wall, "cpu": took.cpu}


def in_a_fresh_process(engine: str, rooms: int, cache: str) -> dict[str, float]:
    """The same, of a process that has just loaded its libraries."""
    command = [sys.executable, str(Path(__file__)), engine, str(rooms)]
    environment = os.environ | {"PUTAR_CACHE": cache}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    return {key: float(answer[key]) for key in ("wall", "cpu")}


def row(case: str, rooms: int, taken: list[dict[str, float]]) -> dict[str, object]:
    """One case as a row: medians over its rounds."""
    wall, cpu = (statistics.median(times[key] for times in taken) for key in ("wall", "cpu"))
    return {"model": f"chain{rooms}", "case": case, "wall_s": round(wall, 4), "cpu_s": round(cpu, 4)}


def measured(rooms: int) -> list[dict[str, object]]:
    """All cases of one size, in rounds."""
    chain.write(SMALL, BUILT)
    chain.write(rooms, BUILT)
    taken: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as kept:
        in_a_fresh_process("putar", rooms, kept)
        for turn in range(ROUNDS):
            with tempfile.TemporaryDirectory() as empty:
                taken.setdefault("putar, cold", []).append(in_a_fresh_process("putar", rooms, empty))
            taken.setdefault("putar, from cache", []).append(in_a_fresh_process("putar", rooms, kept))
            for peer, rounds in PEERS.items():
                if turn < rounds and (peer, rooms) != ("PySD", 1000):
                    taken.setdefault(peer, []).append(in_a_fresh_process(peer, rooms, kept))
    return [row(case, rooms, times) for case, times in taken.items()]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(in_this_process(sys.argv[1], int(sys.argv[2]))))
    else:
        report([row for rooms in (10, 100, 1000) for row in measured(rooms)])
