"""A model in another form: one file of another tool or of text, by its suffix, or a flywheel's folder.

What the other form cannot say is listed, never dropped in silence. A file that exists is not written over
unless that is asked for, and an error leaves it as it was.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from putar.errors import UsageError, nearest
from putar.flywheels.folder import Flywheel
from putar.flywheels.story import read_story
from putar.formats.writing.loss import Loss, Written
from putar.formats.writing.xmile import write_xmile

__all__ = ["WRITERS", "Conversion", "convert"]

WRITERS: dict[str, Callable[[Flywheel], Written]] = {
    ".xmile": lambda flywheel: write_xmile(flywheel.model, flywheel.title),
    ".stmx": lambda flywheel: write_xmile(flywheel.model, flywheel.title),
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was written, what could not be said, and names that changed: the old one and the new one."""

    files: tuple[str, ...]
    losses: tuple[Loss, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the document that the command line prints."""
        losses = [{"what": x.what, "where": x.where, "why": x.why} for x in self.losses]
        return {"files": list(self.files), "losses": losses, "names": dict(self.names)}


def convert(flywheel: Flywheel, out: Path, *, force: bool = False) -> Conversion:
    """Write a flywheel or a model in the form that the suffix of a path names.

    Parameters
    ----------
    force : whether a file that exists is written over

    Raises
    ------
    UsageError
        If the form is unknown, the model is none, or the file exists.
    """
    writer = WRITERS.get(out.suffix.lower())
    if writer is None:
        near = nearest(out.suffix.lower(), WRITERS)
        known = ", ".join(WRITERS)
        fix = f"did you mean {near!r}?" if near else f"one of {known}"
        raise UsageError(f"there is no form {out.suffix!r} to write {out.name} in", fix)
    _ = flywheel.program  # a model that does not run is refused, before anything is written
    if out.exists() and not force:
        raise UsageError(f"{out} exists", "write elsewhere, or say --force (force=True)")
    written = writer(flywheel)
    _replace(out, written.text)
    changed = {old: new for old, new in written.names.items() if old != new}
    return Conversion((str(out),), (*written.losses, *_left_out(flywheel)), changed)


def _replace(path: Path, text: str) -> None:
    """Write a file in one go: whole, or not at all."""
    handle, name = -1, ""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise UsageError(f"cannot write {path}: {error.strerror}", "check the folder") from None


def _left_out(flywheel: Flywheel) -> tuple[Loss, ...]:
    """Return what a flywheel has beside its model, which no single file of a model holds."""
    place = "flywheel.toml"
    found: list[Loss] = []

    def lost(what: str, where: str, why: str) -> None:
        found.append(Loss(what, where, why))

    scenarios = [name for name in flywheel.scenarios if name != "base"]
    if scenarios:
        lost(f"the scenarios {', '.join(scenarios)}", place, "a file holds the base run alone")
    if flywheel.facts:
        lost("the facts themselves", "facts.csv", "their ids stand beside the numbers that rest on them")
    if flywheel.series:
        lost("what was observed", "series.csv", "a model's file has no place for it")
    if flywheel.path.is_dir():
        claims = read_story(flywheel).claims
        if claims:
            lost(f"{len(claims)} claims", "claims.toml", "a model's file has no place for them")
    for what, value in (
        ("the headlines", flywheel.headline),
        ("the levers", flywheel.levers),
        ("the questions to the links", flywheel.protocols),
        ("the tables", flywheel.tables),
        ("the names of the loops", flywheel.loops),
        ("the feeds from other flywheels", flywheel.feeds),
    ):
        if value:
            lost(what, place, "a model's file has no place for them")
    return tuple(found)
