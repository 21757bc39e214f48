"""A folder of what is made from programs, shared by all processes of a user: machine code, and text.

An entry is a file named by the digest of everything its content depends on, with a checksum inside, so
that nothing is ever invalid, only unknown: a torn, foreign or damaged file reads as absent. Entries are
written beside their place and moved there in one step. Nothing here raises because a folder is missing,
full or read-only; making it again is always possible.

Source of the folders: XDG Base Directory Specification 0.8; Apple File System Programming Guide; Known
Folders of Windows.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

__all__ = ["ENTRIES", "folder", "kept_text", "key_of", "read", "source_digest", "write"]

ENTRIES: Final = 1000  # beyond so many entries the ones longest unused are dropped
_MAGIC: Final = b"putar object 1\n"
_CHECKSUM: Final = 32


def folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return the folder of the cache: PUTAR_CACHE if set, else the platform's place for caches."""
    if chosen := environment.get("PUTAR_CACHE"):
        return Path(chosen)
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or tempfile.gettempdir())
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "putar" / "Cache"
    if platform == "darwin":
        return home / "Library" / "Caches" / "putar"
    xdg = Path(environment.get("XDG_CACHE_HOME", ""))
    return (xdg if xdg.is_absolute() else home / ".cache") / "putar"


def key_of(parts: Iterable[str]) -> str:
    """Return the key of what is made from these texts alone by this version of the engine."""
    return hashlib.sha256("\n\n".join((*parts, source_digest())).encode()).hexdigest()


def kept_text(parts: Iterable[str], make: Callable[[], str]) -> str:
    """Return the text that is made from `parts` alone: the entry, or one made now and kept."""
    place, key = folder(), key_of(parts)
    found = read(place, key)
    if found is not None:
        return found.decode()
    text = make()
    write(place, key, text.encode())
    return text


def read(place: Path, key: str) -> bytes | None:
    """Return an entry, or None where there is none that is whole."""
    path = place / f"{key}.object"
    try:
        content = path.read_bytes()
    except OSError:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    start = len(_MAGIC) + _CHECKSUM
    body = content[start:]
    if content[: len(_MAGIC)] != _MAGIC or content[len(_MAGIC) : start] != hashlib.sha256(body).digest():
        return None
    return body


def write(place: Path, key: str, body: bytes) -> bool:
    """Keep an entry; return whether that was possible."""
    part: Path | None = None
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(prefix=key[:16], suffix=".part", dir=place, delete=False) as file:
            part = Path(file.name)
            file.write(_MAGIC + hashlib.sha256(body).digest() + body)
        part.replace(place / f"{key}.object")
    except OSError:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink()
        return False
    _drop_oldest(place)
    return True


@cache
def source_digest() -> str:
    """Return a digest of the engine's own source: what another version made is never used."""
    digest = hashlib.sha256()
    for package in ("putar.engine", "putar.engine.llvm"):
        for file in sorted(resources.files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".py"):
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _drop_oldest(place: Path) -> None:
    with contextlib.suppress(OSError):
        entries = list(place.glob("*.object"))
        if len(entries) > ENTRIES:
            entries.sort(key=lambda path: path.stat().st_mtime)
            for path in entries[: len(entries) - ENTRIES]:
                path.unlink(missing_ok=True)
