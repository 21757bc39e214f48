"""Runs as files: CSV for everyone, NetCDF, Parquet and Zarr for those who have them.

A file is written beside its name and moved there when whole. A format whose library is missing is
refused with the line that installs it.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np

from putar.errors import UsageError, nearest
from putar.runs.run import Run

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["FORMATS", "as_document", "write_csv", "write_file"]


def as_document(run: Run) -> dict[str, object]:
    """Return times and variables: [time] for one run, [member][time] for many."""
    ensemble = run.ensemble
    variables: dict[str, object] = {}
    for name in ensemble.names:
        series = ensemble.series(name)
        variables[name] = series[:, 0].tolist() if ensemble.members == 1 else series.T.tolist()
    return {"times": ensemble.times.tolist(), "variables": variables}


def write_csv(run: Run, out: TextIO) -> None:
    """Write one row a time; with several members a row for each, members first."""
    ensemble = run.ensemble
    writer = csv.writer(out, lineterminator="\n")
    many = ensemble.members > 1
    writer.writerow([*(["member"] if many else []), "time", *ensemble.names])
    for member in range(ensemble.members):
        rows = np.column_stack([ensemble.times, ensemble.values[:, :, member]]).tolist()
        for row in rows:
            writer.writerow([member, *row] if many else row)


def write_file(run: Run, path: Path) -> Path:
    """Write a run to a file whose suffix says the form.

    Raises
    ------
    UsageError
        If the suffix is unknown, a library is missing, or the place cannot be written to.
    """
    writer = FORMATS.get(path.suffix.lower())
    if writer is None:
        near = nearest(path.suffix, FORMATS)
        fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(FORMATS)}"
        raise UsageError(f"cannot write a {path.suffix or 'nameless'} file", fix)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".putar-") as folder:
            made = Path(folder) / path.name
            writer(run, made)
            if path.is_dir() and made.is_dir():
                shutil.rmtree(path)
            made.replace(path)
    except ImportError as error:
        library = str(error.name or "the library").partition(".")[0]
        raise UsageError(f"{path.suffix} files need {library}", f"pip install {library}") from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}", "choose another place") from None
    return path


def _csv(run: Run, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        write_csv(run, out)


def _dataset(run: Run) -> xr.Dataset:
    import xarray as xr

    whole: dict[str, xr.DataArray] = {}
    for name in run.ensemble.names:
        base = name.partition("[")[0]
        variable = run.model.by_name.get(base)
        complete = variable is not None and all(
            e in run.ensemble.names for e in run.model.element_names(variable)
        )
        key = base if complete else name
        whole.setdefault(key.replace("/", "_"), run[key])
    return xr.Dataset(whole)


def _netcdf(run: Run, path: Path) -> None:
    _dataset(run).to_netcdf(path, engine="scipy")


def _zarr(run: Run, path: Path) -> None:
    import zarr  # noqa: F401  # names the missing library

    _dataset(run).to_zarr(path)


def _parquet(run: Run, path: Path) -> None:
    import pandas as pd
    import pyarrow  # noqa: F401  # names the missing library

    tables = [run.table(member=m).assign(member=m) for m in range(run.ensemble.members)]
    pd.concat(tables).reset_index().to_parquet(path)


FORMATS: dict[str, Callable[[Run, Path], None]] = {
    ".csv": _csv,
    ".nc": _netcdf,
    ".parquet": _parquet,
    ".zarr": _zarr,
}
