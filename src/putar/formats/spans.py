"""The range in a units field, `Year [0,?,1]`: between which numbers a slider goes, and in which steps.

Of a constant it is the range of its parameter. Of anything else it says how a display shows it, and is
kept to be written back. `?` leaves an end open.

Source: Vensim Reference Manual, "Model (.mdl) format".
"""

from __future__ import annotations

import math
import re

__all__ = ["span_ends", "span_of", "unit_of"]

_SPAN = re.compile(r"\[([^\[\]]*)\]\s*\Z")
_OPEN = "?"


def unit_of(units: str) -> str:
    """Return a units field without the range behind it and without {comments}."""
    return re.sub(r"\{[^{}]*\}", " ", units).partition("[")[0].strip()


def span_of(units: str) -> str:
    """Return what stands in the brackets at the end of a units field, as `0,?,1`, or nothing."""
    match = _SPAN.search(units)
    if match is None:
        return ""
    parts = [part.strip() or _OPEN for part in match[1].split(",")]
    good = 2 <= len(parts) <= 3 and all(part == _OPEN or _number(part) is not None for part in parts)
    return ",".join(parts) if good and set(parts) != {_OPEN} else ""


def span_ends(span: str) -> tuple[float | None, float | None]:
    """Return the two ends of a span, None for an open one; both are open where they are not in order."""
    low, high = ([_number(part) for part in span.split(",")] + [None, None])[:2]
    return (None, None) if low is not None and high is not None and low >= high else (low, high)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
