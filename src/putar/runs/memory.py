"""Whether a run fits into memory, asked before anything is allocated."""

from __future__ import annotations

import os
from pathlib import Path

from putar.errors import RunError

__all__ = ["memory_available", "require_memory"]

PART = 0.9  # of what is free that a run may take


def require_memory(values: int, members: int) -> None:
    """Make sure that so many numbers a member can be held.

    Raises
    ------
    RunError
        If they are more than there is memory for, with both sizes.
    """
    need, have = 8 * values * members, memory_available()
    if have is not None and need > PART * have:
        what = f"this run would keep {need / 1e9:.1f} GB, {have / 1e9:.1f} GB are free"
        fix = "run fewer members, keep fewer variables or dates (save, save_at), or use a larger machine"
        raise RunError(what, fix)


def memory_available() -> int | None:
    """Return the bytes that can be had without swapping, or None where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return int(os.sysconf("SC_PAGE_SIZE")) * int(os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return None
