"""A flywheel of one's own, begun: a small one that works, with a comment at every step."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from putar.errors import UsageError
from putar.flywheels.catalogue import names

__all__ = ["begin"]


def begin(where: Path) -> tuple[str, ...]:
    """Write a small, working flywheel into a new folder and return its files.

    Raises
    ------
    UsageError
        If there is something already, the name is no word, or it is a shipped flywheel's.
    """
    name = where.name
    if not re.fullmatch(r"[A-Za-z][\w-]*", name):
        raise UsageError(f"{name!r} is no name for a flywheel", "letters, digits and -, a letter first")
    if name.replace("_", "-") in names():
        raise UsageError(f"{name} is a flywheel that ships with putar", "choose another name")
    if where.exists():
        raise UsageError(f"{where} exists", "choose another name, or remove it")
    made: list[str] = []
    try:
        where.mkdir(parents=True)
        for file in sorted(files("putar.flywheels.start").joinpath("files").iterdir(), key=lambda f: f.name):
            text = file.read_text(encoding="utf-8").replace("@name@", name)
            path = where / file.name
            path.write_text(text, encoding="utf-8", newline="\n")
            made.append(str(path))
    except OSError as error:
        raise UsageError(f"cannot write {where}: {error.strerror}", "check the folder") from None
    return tuple(made)
