"""The bytes of a model file of another tool, unless the file cannot be read or is absurdly large."""

from __future__ import annotations

from pathlib import Path

from putar.errors import UsageError

__all__ = ["LARGEST", "bytes_of"]

LARGEST = 40_000_000  # bytes; a larger file is refused before it is read


def bytes_of(path: Path) -> bytes:
    """Return what a file holds.

    Raises
    ------
    UsageError
        If it cannot be read, or has more than `LARGEST` bytes.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path.name} is larger than {LARGEST:,} bytes", "split the model into files")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", "check the path") from None
