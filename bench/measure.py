"""How benchmarks measure: cases side by side in rounds, medians, one JSON line a case, a table at the end.

A case is a function without arguments. Rounds go through all cases in turn, so that a slow minute of the
machine falls on all of them; the median of the rounds is what counts. Wall time is what a person waits;
processor time is the sum over threads and does not grow when another program takes the processor away.
"""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

BUILT = Path(__file__).with_name("built")


@dataclass(frozen=True, slots=True)
class Seconds:
    """What one call took: on the clock, and of the processor over all threads."""

    wall: float
    cpu: float


@contextmanager
def one_processor() -> Iterator[None]:
    """Keep this process and its threads on one processor, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def once(case: Callable[[], object]) -> Seconds:
    """The seconds that one call takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    case()
    return Seconds(time.perf_counter() - wall, time.process_time() - cpu)


def interleaved(cases: Mapping[str, Callable[[], object]], rounds: Mapping[str, int]) -> dict[str, Seconds]:
    """The median seconds of each case over its rounds (5 unless told), after one call that is not counted."""
    for case in cases.values():
        case()
    taken: dict[str, list[Seconds]] = {name: [] for name in cases}
    for turn in range(max(rounds.get(name, 5) for name in cases)):
        for name, case in cases.items():
            if turn < rounds.get(name, 5):
                taken[name].append(once(case))
    return {
        name: Seconds(statistics.median(t.wall for t in times), statistics.median(t.cpu for t in times))
        for name, times in taken.items()
    }


def report(rows: Sequence[Mapping[str, object]]) -> None:
    """Print one JSON line a row, then the rows as a table with the first row's keys as columns."""
    for row in rows:
        print(json.dumps(row), flush=True)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [columns, *([_shown(row.get(key, "")) for key in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    print()
    for line in cells:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))
    print(f"\n{machine()}\n", flush=True)


def machine() -> str:
    """The machine and the versions that the numbers belong to."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            x.split(":")[1].strip() for x in cpuinfo.read_text().splitlines() if x.startswith("model name")
        ]
        model = names[0] if names else model
    packages = ", ".join(f"{name} {version(name)}" for name in ("putar", "numpy", "pysd", "pysimlin"))
    system = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return f"{model}, {system}, {packages}"


def _shown(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
