"""METHODS XM-17: the public corpus of test models, where a checkout of it is at hand.

`BENCH_CORPUS` names the folder that holds `SDXorg+test-models`. Each model file named `test_*` beside a table
of what the field's own tools gave is run and compared. The corpus is no part of this project. What cannot
give its table is listed in `corpus.toml`, each with its reason; a refusal that is not listed there fails.
"""

import csv
import os
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from putar.errors import ModelErrors
from putar.flywheels.catalogue import find
from tests.formats.foreign import trajectory

CORPUS = os.environ.get("BENCH_CORPUS", "")
CONTROLS = {"time", "final_time", "initial_time", "time_step", "saveper"}
LISTED = tomllib.loads(Path(__file__).with_name("corpus.toml").read_text(encoding="utf-8"))
RELATIVE = 1e-4  # tables are printed to six digits, in single precision


def models() -> list[Path]:
    """The model files that have a table beside them."""
    top = Path(CORPUS) / "SDXorg+test-models" / "tests"
    return sorted(
        path
        for path in (top.glob("*/test_*") if CORPUS else ())
        if path.suffix in {".mdl", ".xmile"} and table_of(path) is not None
    )


def table_of(path: Path) -> Path | None:
    """What a model's own tool gave."""
    return next((f for name in ("output.tab", "output.csv") if (f := path.with_name(name)).exists()), None)


def spoken(name: str) -> str:
    """A name as both sides are compared: small letters, each other sign an underscore."""
    return re.sub(r"\W+", "_", name.lower()).strip("_")


@pytest.mark.skipif(not CORPUS, reason="BENCH_CORPUS names no checkout of SDXorg/test-models")
def test_xm_17_the_corpus_is_there() -> None:
    """A wrong folder would compare nothing."""
    assert len(models()) > 50
    listed = {name for table in LISTED.values() for name in table}
    assert listed <= {path.name for path in models()}


@pytest.mark.skipif(not CORPUS, reason="BENCH_CORPUS names no checkout of SDXorg/test-models")
@pytest.mark.parametrize(
    "path", [path for path in models() if path.name in LISTED["refused"]], ids=lambda p: p.name
)
def test_xm_17_what_lost_its_equations_is_refused_by_name(path: Path) -> None:
    """Each file of the list is refused, and for the reason that the list gives."""
    with pytest.raises(ModelErrors, match=re.escape(LISTED["refused"][path.name]["says"])):
        find(path)


@pytest.mark.skipif(not CORPUS, reason="BENCH_CORPUS names no checkout of SDXorg/test-models")
@pytest.mark.parametrize(
    "path", [path for path in models() if path.name not in LISTED["refused"]], ids=lambda path: path.name
)
def test_xm_17_models_of_the_corpus_give_their_tables(path: Path) -> None:
    """Every column and time that both have; a refusal that is not listed fails."""
    table = table_of(path)
    assert table is not None
    text = table.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines(), delimiter="\t" if table.suffix == ".tab" else ","))
    flywheel = find(path, [path.with_name(name) for name in LISTED["data"].get(path.name, ())])
    rough = LISTED["absolute"].get(path.name, {"variables": (), "within": 0.0})
    found = {spoken(name): series for name, series in trajectory(flywheel, "auto").items()}

    compared, wrong = 0, []
    for column, name in enumerate(rows[0]):
        series = found.get(spoken(name))
        if series is None or spoken(name) in CONTROLS:
            continue
        pairs = [(float(row[0]), float(row[column])) for row in rows[1:] if row and row[column].strip()]
        near = RELATIVE * min(1.0, max((abs(value) for _, value in pairs), default=0.0))
        given = rough["within"] if name.partition("[")[0] in rough["variables"] else 0.0
        times, values = np.array(list(series)), np.array(list(series.values()))
        for time, value in pairs:
            at = int(np.argmin(np.abs(times - time)))
            if abs(times[at] - time) > 1e-6 * max(1.0, abs(time)):
                continue
            compared += 1
            if not np.isclose(values[at], value, rtol=RELATIVE, atol=max(near, 1e-6, given)):
                wrong.append((name, time, value, values[at]))
    assert wrong == []
    assert compared > 0
