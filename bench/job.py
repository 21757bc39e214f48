"""Question: what does a person wait for, and how much memory does it take?

Whole commands in processes of their own, from the start of the interpreter to its end: help, the list, and
the main job with what an earlier run kept, machine code and the text of the page's program, at hand (warm)
and without it (cold). Memory is the largest resident size of the process.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import report

PUTAR = str(Path(sys.executable).with_name("putar"))
ROUNDS = 5


def command(arguments: list[str], cache: str) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and largest resident MB of one `putar` process that must succeed."""
    environment = os.environ | {"PUTAR_CACHE": cache, "PYTHONPYCACHEPREFIX": cache}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled modules are kept, as on anybody's machine
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        silent = subprocess.DEVNULL
        process = subprocess.Popen(
            [PUTAR, *arguments], cwd=folder, env=environment, stdout=silent, stderr=silent
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"putar {' '.join(arguments)} ended with {process.returncode}")
    per_mb = 1e6 if sys.platform == "darwin" else 1e3
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / per_mb


def row(case: str, taken: list[tuple[float, float, float]]) -> dict[str, object]:
    """One case as a row: the median of each quantity over the rounds."""
    wall, cpu, size = (statistics.median(values) for values in zip(*taken, strict=True))
    return {
        "case": case,
        "rounds": len(taken),
        "wall_s": round(wall, 3),
        "cpu_s": round(cpu, 3),
        "MB": round(size),
    }


def main() -> None:
    """Run every case in turn, round by round."""
    main_job = ["run", "openai-compute"]
    with tempfile.TemporaryDirectory() as warm:
        command(main_job, warm)
        cases = {
            "putar --help": ["--help"],
            "putar list": ["list"],
            "putar run openai-compute, warm": main_job,
        }
        taken: dict[str, list[tuple[float, float, float]]] = {case: [] for case in cases}
        cold = []
        for _ in range(ROUNDS):
            for case, arguments in cases.items():
                taken[case].append(command(arguments, warm))
            with tempfile.TemporaryDirectory() as empty:
                cold.append(command(main_job, empty))
    report(
        [*(row(case, times) for case, times in taken.items()), row("putar run openai-compute, cold", cold)]
    )


if __name__ == "__main__":
    main()
