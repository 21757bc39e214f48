"""Question: how long does it take to read a model file of 500 and of 5,000 values, Vensim's and XMILE?

Reading is all there is between a file and a checked model: no program is made, nothing is compiled or run.
pysimlin opens a project, which parses its file; PySD writes a Python module, and does not take part
with 5,000 values, where that takes minutes. First each reader must find all variables.

    python bench/loading.py
"""

from collections.abc import Callable
from pathlib import Path

import chain
from measure import BUILT, interleaved, report
from putar.formats.vensim_read import read_vensim
from putar.formats.xmile_read import read_xmile
from putar.language.check import check

ROUNDS = 5
SIZES = (83, 833)  # rooms, of six variables each


def putar(path: Path) -> object:
    """Read and check a model."""
    model = read_vensim(path) if path.suffix == ".mdl" else read_xmile(path)
    assert not [problem for problem in check(model) if problem.severity == "error"]
    return model


def pysimlin(path: Path) -> object:
    """Open a project and ask for its variables."""
    import simlin

    return simlin.load(str(path)).variables


def pysd(path: Path) -> object:
    """Translate a model to Python and load that."""
    import pysd as engine

    return (engine.read_vensim if path.suffix == ".mdl" else engine.read_xmile)(str(path))


def agree(path: Path, rooms: int) -> None:
    """Every reader finds each stock of the chain."""
    names = {variable.name for variable in putar(path).variables}  # type: ignore[attr-defined]
    theirs = {str(v.name).replace(" ", "_") for v in pysimlin(path)}  # type: ignore[attr-defined]
    goods = {f"goods_{room}" for room in range(1, rooms + 1)}
    assert goods <= names, sorted(goods - names)[:3]
    assert goods <= theirs, sorted(goods - theirs)[:3]


def main() -> None:
    """Measure and report."""
    rows: list[dict[str, object]] = []
    for rooms in SIZES:
        chain.write(rooms, BUILT)
        for suffix in (".mdl", ".xmile"):
            path = BUILT / f"chain{rooms}{suffix}"
            agree(path, rooms)
            engines: dict[str, Callable[[Path], object]] = {"putar": putar, "pysimlin": pysimlin}
            if rooms == SIZES[0]:
                engines["PySD"] = pysd
            cases = {name: (lambda read=read, path=path: read(path)) for name, read in engines.items()}
            rounds = {name: 1 if name == "PySD" else ROUNDS for name in cases}
            for name, took in interleaved(cases, rounds).items():
                case = {"file": path.name, "reader": name, "values": 6 * rooms}
                rows.append(case | {"wall_s": round(took.wall, 4), "cpu_s": round(took.cpu, 4)})
    report(rows)


if __name__ == "__main__":
    main()
