"""How sure a fit is: the covariance of the fitted parameters' logarithms, kept in posterior.csv.

The file is a square table: one row and one column for each fitted parameter. It is made by the
flywheel's own fitting script and read here; draws are log-normal around the fitted values.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from putar.errors import ModelError, UsageError, Where
from putar.runs.draws import rounded, standard_normal

__all__ = ["Posterior", "posterior_draws", "read_posterior"]


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Names of the fitted parameters and the covariance [parameter, parameter] of their logarithms."""

    names: tuple[str, ...]
    covariance: NDArray[np.float64]


def read_posterior(folder: Path) -> Posterior | None:
    """Return the covariance in a flywheel's folder, or None where there is no posterior.csv.

    Raises
    ------
    ModelError
        If the table is not square, not symmetric or not positive definite.
    """
    path = folder / "posterior.csv"
    if not folder.is_dir() or not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    names = tuple(rows[0][1:]) if rows else ()
    try:
        table = np.array([[float(cell) for cell in row[1:]] for row in rows[1:]])
        if tuple(row[0] for row in rows[1:]) != names or not np.allclose(table, table.T, rtol=1e-6):
            raise ValueError("rows and columns differ")
        np.linalg.cholesky(table)
    except (ValueError, np.linalg.LinAlgError) as error:
        what = f"this is not a covariance: {error}"
        raise ModelError(what, Where(path.name, 1), "make it again with the fitting script") from None
    return Posterior(names, table)


def posterior_draws(
    posterior: Posterior, fitted: Mapping[str, float], members: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Return [member] draws of the fitted parameters, each in its unit.

    Raises
    ------
    UsageError
        If the table names a parameter that has no fitted value.
    """
    for name in posterior.names:
        if name not in fitted:
            raise UsageError(f"posterior.csv has {name!r}, which has no fitted value", "fit again")
    normal = np.stack([standard_normal(f"fit:{name}", members, seed) for name in posterior.names])
    shift = np.linalg.cholesky(posterior.covariance) @ normal
    return {n: rounded(fitted[n] * np.exp(rounded(shift[i]))) for i, n in enumerate(posterior.names)}
