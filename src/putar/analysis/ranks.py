"""Ranks and rank correlation of draws; what is equal shares the mean of its ranks.

Source: Spearman (1904), Am. J. Psychol. 15, 72-101.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["rank_correlations", "ranks"]

Array = NDArray[np.float64]


def ranks(rows: Array) -> Array:
    """Return the ranks 1, 2, ... of the numbers of each row, [row, draw]."""
    order = np.argsort(rows, axis=1, kind="stable")
    ordered = np.take_along_axis(rows, order, axis=1)
    new = np.ones(rows.shape, dtype=bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    found = np.empty(rows.shape, dtype=np.float64)
    np.put_along_axis(found, order, np.arange(1.0, rows.shape[1] + 1)[None, :], axis=1)
    for tied in np.flatnonzero(~new.all(axis=1)):
        starts = np.flatnonzero(new[tied])
        ends = np.append(starts[1:], rows.shape[1])
        found[tied, order[tied]] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return found


def rank_correlations(inputs: Array, output: Array) -> Array:
    """Return Spearman's rank correlation of each input [input, draw] with an output [draw].

    An input, or an output, that does not vary correlates with nothing: 0.
    """
    centred = ranks(np.concatenate([inputs, output[None]]))
    centred -= centred.mean(axis=1, keepdims=True)
    size = np.sqrt((centred[:-1] ** 2).sum(axis=1) * (centred[-1] ** 2).sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = np.where(size > 0.0, centred[:-1] @ centred[-1] / size, 0.0)
    return found
