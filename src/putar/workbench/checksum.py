"""A run's checksum: the same for two runs whose headlines are the same, on any machine and in a browser.

Numbers that are equal but for their last bits must have equal digits, so each series is rounded to about
six digits of its largest value; it is multiplied by pi before, so that a number that somebody typed does
not lie where rounding turns. `checksumOf` in static/machine.js does the same, sign by sign; the choice is
docs/decisions/0004-checksum.md.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from putar.flywheels.folder import Flywheel
from putar.runs.ensemble import Ensemble

__all__ = ["checked_outputs", "checksum", "shown_dates"]

POINT_STEP = 0.25  # in the model's unit of time: how dense the points of a headline series are
MOST_POINTS = 2000  # of a headline series; a longer run has them farther apart
DIGITS = 5  # after the first, of a series' largest value


def shown_dates(base: Ensemble) -> NDArray[np.float64]:
    """Return the dates at which a headline is shown, over the whole run."""
    start, stop = float(base.times[0]), float(base.times[-1])
    step = max(POINT_STEP, (stop - start) / MOST_POINTS)
    count = int(np.floor((stop - start) / step + 1e-9))
    dates = np.asarray(start + step * np.arange(count + 1), dtype=np.float64)
    return dates if dates[-1] >= stop - 1e-9 else np.append(dates, stop)


def checked_outputs(flywheel: Flywheel) -> tuple[str, ...]:
    """Return what the checksum looks at: the headlines, or all outputs of a model without any."""
    return tuple(row.variable for row in flywheel.headline) or tuple(
        name for name, _ in flywheel.program.outputs
    )


def checksum(flywheel: Flywheel, base: Ensemble) -> str:
    """Return sixteen digits that two runs share when their headlines are the same but for the last bits."""
    dates = shown_dates(base).tolist()
    return _digest((name, base.at(name, dates)[:, 0].tolist()) for name in checked_outputs(flywheel))


def _digest(series: Iterable[tuple[str, Sequence[float]]]) -> str:
    lines = []
    for name, values in series:
        largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
        power = int(f"{largest * math.pi:.{DIGITS}e}".split("e")[1]) - DIGITS if largest > 0.0 else 0
        unit = float(f"1e{power}")
        whole = [
            str(math.floor(value * math.pi / unit + 0.5)) if math.isfinite(value) else "x" for value in values
        ]
        lines.append(f"{name} {power} {' '.join(whole)}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
